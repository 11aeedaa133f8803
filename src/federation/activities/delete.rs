//! Delete of a post, of a boost, of the consent to a quote, or of the actor itself.

use super::{Activity, Applied};
use crate::{
    db::{Key, Tx},
    domain::{
        actors::{self, Actor},
        posts,
    },
    error::Result,
    federation::{
        backlog,
        early::{self, Deed},
        incoming::values::one_origin,
    },
};

pub(super) fn apply(tx: &mut Tx<'_>, signer: &Actor, activity: &Activity) -> Result<Applied> {
    let Some(uri) = activity.object_id() else { return Ok(Applied::Ignored("an object without an id")) };
    if uri == signer.uri {
        actors::forget_remote(tx, signer.id)?;
        return Ok(Applied::Done);
    }
    if !one_origin(uri, &signer.uri) {
        return Ok(Applied::Ignored("not theirs to delete"));
    }
    // Its Create may be arriving at this moment.
    tx.lock(Key(uri, &[]))?;
    if let Some(post) = posts::find_by_uri(tx.conn(), uri)? {
        if post.author_id != signer.id {
            return Ok(Applied::Ignored("not theirs to delete"));
        }
        posts::delete(tx, &activity.by(signer), post.id)?;
        return Ok(Applied::Done);
    }
    if let Some(boost) = posts::find_boost_by_uri(tx.conn(), uri, signer.id)? {
        posts::unboost(tx, &activity.by(signer), boost.post_id)?;
        return Ok(Applied::Done);
    }
    if posts::revoked_elsewhere(tx, signer.id, uri)? {
        return Ok(Applied::Done);
    }
    // Its Create may come later, or wait here for something.
    if posts::may_come(tx.conn(), uri, signer.id)? || backlog::waits_for(tx, &signer.uri)? {
        posts::remember_deleted(tx, uri, signer.id)?;
        return Ok(Applied::Done);
    }
    // It cannot be told from what never was: that is remembered for some hours, and not very much of it.
    early::remember(tx, Deed::Delete, &signer.uri, uri)?;
    Ok(Applied::Ignored("a post that nobody here waits for"))
}
