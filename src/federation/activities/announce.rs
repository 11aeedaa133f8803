//! Announce: a boost, or a group passing on what its members did (FEP-1b12).

use serde_json::Value;

use super::{Activity, Applied, Need, Verb, create::inner_id, is_heard_here};
use crate::{
    db::{Timestamp, Tx},
    domain::{
        By, Site,
        actors::{self, Actor, ActorKind},
        posts::{self, Audience, Post},
    },
    error::Result,
    federation::incoming::values::{id, ids, is_public, one_origin, text},
};

pub(super) fn apply(tx: &mut Tx<'_>, site: &Site, signer: &Actor, activity: &Activity) -> Result<Applied> {
    let object = activity.object();
    let Some(uri) = activity.object_id() else { return Ok(Applied::Ignored("an object without an id")) };
    if object.is_object() && Verb::read(object) != Verb::Other {
        return relay(tx, site, signer, object);
    }
    boost(tx, site, signer, activity, uri)
}

/// A boost of a post that we have, or that somebody here may want to see. An embedded copy is never believed.
fn boost(tx: &mut Tx<'_>, site: &Site, signer: &Actor, activity: &Activity, uri: &str) -> Result<Applied> {
    let post = match find_or_need(tx, site, signer, uri)? {
        Ok(post) => post,
        Err(applied) => return Ok(applied),
    };
    let to = ids(&activity.document, "to", 50);
    let audience = if to.iter().any(|uri| is_public(uri)) { Audience::Public } else { Audience::Unlisted };
    let published = text(&activity.document, "published").and_then(Timestamp::parse_rfc3339);
    posts::boost(tx, site, &activity.by(signer), post.id, audience, published)?;
    Ok(Applied::Done)
}

fn find_or_need(tx: &mut Tx<'_>, site: &Site, signer: &Actor, uri: &str) -> Result<std::result::Result<Post, Applied>> {
    if let Some(post) = posts::find_by_uri(tx.conn(), uri)? {
        return Ok(Ok(post));
    }
    Ok(Err(if site.owns(uri) || posts::is_tombstone(tx.conn(), uri)? {
        Applied::Ignored("a post that is gone")
    } else if is_heard_here(tx.conn(), signer)? {
        Applied::Needs(Need::Post(uri.to_owned()))
    } else {
        Applied::Ignored("nobody here follows")
    }))
}

/// A group passes on an activity. Its word counts for likes; posts are read at their own server; deletions count
/// within one server.
fn relay(tx: &mut Tx<'_>, site: &Site, group: &Actor, inner: &Value) -> Result<Applied> {
    if group.kind != ActorKind::Group {
        return Ok(Applied::Ignored("not a group"));
    }
    let (Some(object), Some(doer)) = (inner_id(inner), id(inner, "actor")) else {
        return Ok(Applied::Ignored("an object without an id"));
    };
    let verb = Verb::read(inner);
    match verb {
        Verb::Create | Verb::Update => {
            let post = match find_or_need(tx, site, group, object)? {
                Ok(post) => post,
                Err(applied) => return Ok(applied),
            };
            if verb == Verb::Create && post.audience.is_open() && post.reply_to_uri.is_none() {
                let by =
                    By::Remote { actor: group.id, activity: text(inner, "id").map(|uri| format!("{uri}#announced")) };
                posts::boost(tx, site, &by, post.id, Audience::Public, None)?;
            }
            Ok(Applied::Done)
        }
        Verb::Like | Verb::Undo => {
            let undone = inner.get("object").filter(|_| verb == Verb::Undo);
            let target = match undone {
                Some(like) if Verb::read(like) == Verb::Like => inner_id(like),
                Some(_) => None,
                None => Some(object),
            };
            let Some(post) = target.map(|uri| posts::find_by_uri(tx.conn(), uri)).transpose()?.flatten() else {
                return Ok(Applied::Ignored("a post that we do not have"));
            };
            let Some(doer) = actors::find_by_uri(tx.conn(), doer)?.filter(|doer| !doer.is_local() && doer.is_active())
            else {
                return Ok(if site.owns(doer) {
                    Applied::Ignored("our own")
                } else {
                    Applied::Needs(Need::Actor(doer.to_owned()))
                });
            };
            let by = By::Remote { actor: doer.id, activity: text(inner, "id").map(ToOwned::to_owned) };
            if undone.is_some() {
                posts::unlike(tx, &by, post.id)?;
            } else {
                posts::like(tx, site, &by, post.id)?;
            }
            Ok(Applied::Done)
        }
        Verb::Delete if one_origin(object, &group.uri) => {
            let Some(post) = posts::find_by_uri(tx.conn(), object)? else {
                return Ok(Applied::Ignored("a post that we do not have"));
            };
            posts::delete(tx, &By::Remote { actor: post.author_id, activity: None }, post.id)?;
            Ok(Applied::Done)
        }
        _ => Ok(Applied::Ignored("not passed on")),
    }
}
