//! Hashtags: those that somebody follows, those that they show on their profile, and how much a hashtag is used.

mod featured;
mod followed;
mod usage;

use diesel::prelude::*;

pub use featured::{
    FEATURED, Featured, feature, featured_among, featured_by, find_featured, suggestions, unfeature, unfeature_by_name,
};
pub use followed::{FOLLOWED, follow, followed, followers, following_among, unfollow};
pub use usage::{Usage, trending, usage};

use super::ActorId;
use crate::{
    db::{
        Tx,
        schema::{featured_tags, followed_tags},
    },
    error::Result,
};

/// Forgets the hashtags that an actor follows or shows, when the actor itself goes.
pub fn forget_all_of(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    diesel::delete(followed_tags::table.filter(followed_tags::actor_id.eq(actor))).execute(tx.conn())?;
    diesel::delete(featured_tags::table.filter(featured_tags::actor_id.eq(actor))).execute(tx.conn())?;
    Ok(())
}
