//! Like, with or without an emoji.

use super::{Activity, Applied};
use crate::{
    db::Tx,
    domain::{Site, actors::Actor, posts},
    error::Result,
};

pub(super) fn apply(tx: &mut Tx<'_>, site: &Site, signer: &Actor, activity: &Activity) -> Result<Applied> {
    let Some(uri) = activity.object_id() else { return Ok(Applied::Ignored("an object without an id")) };
    let Some(post) = posts::find_by_uri(tx.conn(), uri)? else {
        return Ok(Applied::Ignored("a post that we do not have"));
    };
    posts::like(tx, site, &activity.by(signer), post.id)?;
    Ok(Applied::Done)
}
