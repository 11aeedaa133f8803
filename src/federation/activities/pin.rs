//! Add to and Remove from what an actor features: the posts that it shows first.

use super::{Activity, Applied};
use crate::{
    db::Tx,
    domain::{Site, actors::Actor, follows, posts},
    error::Result,
    federation::{
        backlog, fetch,
        incoming::{
            note,
            values::{id, one_origin},
        },
    },
};

/// What is added to an actor's own collection is noted by its id, and fetched where we do not have it; an embedded copy
/// is not believed.
pub(super) fn add(tx: &mut Tx<'_>, site: &Site, signer: &Actor, activity: &Activity) -> Result<Applied> {
    let uri = match featured(signer, activity) {
        Ok(uri) => uri,
        Err(why) => return Ok(Applied::Ignored(why)),
    };
    // Mastodon adds hashtags to the same collection.
    if activity.object().is_object() && !note::is_post(activity.object()) {
        return Ok(Applied::Ignored("not a post"));
    }
    if site.owns(uri) || !one_origin(uri, &signer.uri) {
        return Ok(Applied::Ignored("somebody else's post"));
    }
    // Whom nobody here follows may not fill our tables.
    if !follows::is_heard_here(tx.conn(), signer.id)? {
        return Ok(Applied::Ignored("nobody here follows"));
    }
    match posts::find_by_uri(tx.conn(), uri)? {
        Some(post) if post.author_id != signer.id => return Ok(Applied::Ignored("somebody else's post")),
        Some(_) => {}
        None if posts::is_deleted_by(tx.conn(), uri, signer.id)? => return Ok(Applied::Ignored("a post that is gone")),
        None => backlog::store_lookup(tx, &fetch::post_job(uri, &signer.uri))?,
    }
    posts::pinned_elsewhere(tx, signer.id, uri)?;
    Ok(Applied::Done)
}

pub(super) fn remove(tx: &mut Tx<'_>, signer: &Actor, activity: &Activity) -> Result<Applied> {
    match featured(signer, activity) {
        Ok(uri) => posts::forget_pin(tx, signer.id, uri)?,
        Err(why) => return Ok(Applied::Ignored(why)),
    }
    Ok(Applied::Done)
}

/// The id of the object, when the target is the signer's own collection of pinned posts.
fn featured<'a>(signer: &Actor, activity: &'a Activity) -> std::result::Result<&'a str, &'static str> {
    let target = id(&activity.document, "target");
    if target.is_none() || target != signer.collections.0.featured.as_deref() {
        return Err("not added to what they feature");
    }
    activity.object_id().ok_or("an object without an id")
}
