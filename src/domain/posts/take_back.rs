//! What an actor that is gone gave to the posts of others.

use diesel::prelude::*;

use super::{unboost, unlike, vote::forget_votes_of};
use crate::{
    db::{
        Tx,
        schema::{boosts, likes},
    },
    domain::{ActorId, By, PostId},
    error::Result,
};

/// Takes back the likes and boosts of an actor that is gone, so that they count no more, and forgets what it voted;
/// others are not told: the Delete of the actor says it all. Done in portions of `limit`; answers whether anything may be left.
pub fn take_back_all_of(tx: &mut Tx<'_>, actor: ActorId, limit: i64) -> Result<bool> {
    // What comes from elsewhere is not told elsewhere.
    let by = By::Remote { actor, activity: None };
    let liked: Vec<PostId> =
        likes::table.filter(likes::actor_id.eq(actor)).limit(limit).select(likes::post_id).load(tx.conn())?;
    for post in &liked {
        unlike(tx, &by, *post)?;
    }
    let boosted: Vec<PostId> =
        boosts::table.filter(boosts::actor_id.eq(actor)).limit(limit).select(boosts::post_id).load(tx.conn())?;
    for post in &boosted {
        unboost(tx, &by, *post)?;
    }
    let voted = forget_votes_of(tx, actor, limit)?;
    Ok(i64::try_from(liked.len().max(boosted.len()).max(voted)).unwrap_or(i64::MAX) >= limit)
}
