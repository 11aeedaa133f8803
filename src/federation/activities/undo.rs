//! Undo of what the same actor did: Follow, Like, Announce, Block; whole or by its id.

use serde_json::Value;

use super::{Activity, Applied, Verb, create::inner_id};
use crate::{
    db::Tx,
    domain::{
        actors::{self, Actor},
        follows, posts,
    },
    error::Result,
    federation::{
        incoming::values::{id, id_of, list},
        received,
    },
};

pub(super) fn apply(tx: &mut Tx<'_>, signer: &Actor, activity: &Activity) -> Result<Applied> {
    let mut outcome = Applied::Ignored("nothing to undo");
    for object in list(&activity.document, "object").into_iter().take(10) {
        if one(tx, signer, activity, object)? {
            outcome = Applied::Done;
        }
    }
    Ok(outcome)
}

fn one(tx: &mut Tx<'_>, signer: &Actor, activity: &Activity, object: &Value) -> Result<bool> {
    let by = activity.by(signer);
    if object.is_object() && id(object, "actor").is_some_and(|actor| actor != signer.uri) {
        return Ok(false);
    }
    let target = inner_id(object);
    // What is undone may still wait for something to be fetched, or come later.
    if let (Verb::Like | Verb::Announce | Verb::Other, Some(uri)) = (Verb::read(object), id_of(object)) {
        received::note_undone(tx, signer.id, uri)?;
    }
    match (Verb::read(object), target) {
        (Verb::Follow, Some(target)) => {
            let Some(target) = actors::find_by_uri(tx.conn(), target)? else { return Ok(false) };
            follows::unfollow(tx, &by, target.id)?;
        }
        (Verb::Block, Some(target)) => {
            let Some(target) = actors::find_by_uri(tx.conn(), target)? else { return Ok(false) };
            follows::unblock(tx, &by, target.id)?;
        }
        (Verb::Like, Some(target)) => {
            let Some(post) = posts::find_by_uri(tx.conn(), target)? else { return Ok(false) };
            posts::unlike(tx, &by, post.id)?;
        }
        (Verb::Announce, Some(target)) => {
            let Some(post) = posts::find_by_uri(tx.conn(), target)? else { return Ok(false) };
            posts::unboost(tx, &by, post.id)?;
        }
        _ => return by_id(tx, signer, activity, id_of(object)),
    }
    Ok(true)
}

/// Only the id is given: look what it was.
fn by_id(tx: &mut Tx<'_>, signer: &Actor, activity: &Activity, uri: Option<&str>) -> Result<bool> {
    let (Some(uri), by) = (uri, activity.by(signer)) else { return Ok(false) };
    if let Some(follow) = follows::find_by_uri(tx.conn(), uri, signer.id)? {
        follows::unfollow(tx, &by, follow.target_id)?;
    } else if let Some(like) = posts::find_like_by_uri(tx.conn(), uri, signer.id)? {
        posts::unlike(tx, &by, like.post_id)?;
    } else if let Some(boost) = posts::find_boost_by_uri(tx.conn(), uri, signer.id)? {
        posts::unboost(tx, &by, boost.post_id)?;
    } else {
        return Ok(false);
    }
    Ok(true)
}
