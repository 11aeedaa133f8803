//! Undo of what the same actor did: Follow, Like, Announce, Block; whole or by its id.

use serde_json::Value;

use super::{Activity, Applied, Verb, create::inner_id};
use crate::{
    db::Tx,
    domain::{
        By,
        actors::{self, Actor},
        follows, posts,
    },
    error::Result,
    federation::{
        early::{self, Deed},
        incoming::values::{id, id_of, list, one_origin},
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

/// Undoes one thing; answers whether it was there.
fn one(tx: &mut Tx<'_>, signer: &Actor, activity: &Activity, object: &Value) -> Result<bool> {
    if object.is_object() && id(object, "actor").is_some_and(|actor| actor != signer.uri) {
        return Ok(false);
    }
    let (verb, undone) = (Verb::read(object), id_of(object));
    if let Some(uri) = undone {
        // What is undone may be arriving at this moment.
        early::hold(tx, uri)?;
    }
    let exactly = is_here(tx, signer, undone)?;
    let was_there = match (verb, inner_id(object)) {
        (Verb::Follow | Verb::Block | Verb::Like | Verb::Announce, Some(target)) => {
            end(tx, &activity.by(signer), verb, target)?
        }
        _ => by_id(tx, signer, activity, undone)?,
    };
    // It may still wait for something to be fetched, or come later, also where an earlier like of the same post went.
    // Misskey has one id for all follows of a pair: the next one is meant.
    let may_come = !exactly && (!was_there || verb != Verb::Other);
    if let (true, Verb::Like | Verb::Announce | Verb::Other, Some(uri)) = (may_come, verb, undone)
        && one_origin(uri, &signer.uri)
    {
        early::remember(tx, Deed::Undo, &signer.uri, uri)?;
    }
    Ok(was_there)
}

/// Whether a like or boost with this id is here.
fn is_here(tx: &mut Tx<'_>, signer: &Actor, uri: Option<&str>) -> Result<bool> {
    let Some(uri) = uri else { return Ok(false) };
    Ok(posts::find_like_by_uri(tx.conn(), uri, signer.id)?.is_some()
        || posts::find_boost_by_uri(tx.conn(), uri, signer.id)?.is_some())
}

/// The whole of it is given: what it was, and about whom or what.
fn end(tx: &mut Tx<'_>, by: &By, verb: Verb, target: &str) -> Result<bool> {
    if matches!(verb, Verb::Follow | Verb::Block) {
        let Some(target) = actors::find_by_uri(tx.conn(), target)? else { return Ok(false) };
        if verb == Verb::Follow {
            follows::unfollow(tx, by, target.id)?;
        } else {
            follows::unblock(tx, by, target.id)?;
        }
        return Ok(true);
    }
    let Some(post) = posts::find_by_uri(tx.conn(), target)? else { return Ok(false) };
    if verb == Verb::Like { posts::unlike(tx, by, post.id) } else { posts::unboost(tx, by, post.id) }
}

/// Only the id is given: look what it was.
fn by_id(tx: &mut Tx<'_>, signer: &Actor, activity: &Activity, uri: Option<&str>) -> Result<bool> {
    let (Some(uri), by) = (uri, activity.by(signer)) else { return Ok(false) };
    if let Some(follow) = follows::find_by_uri(tx.conn(), uri, signer.id)? {
        follows::unfollow(tx, &by, follow.target_id)?;
        return Ok(true);
    }
    if let Some(like) = posts::find_like_by_uri(tx.conn(), uri, signer.id)? {
        return posts::unlike(tx, &by, like.post_id);
    }
    match posts::find_boost_by_uri(tx.conn(), uri, signer.id)? {
        Some(boost) => posts::unboost(tx, &by, boost.post_id),
        None => Ok(false),
    }
}
