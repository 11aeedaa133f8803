//! Announce: a boost, or a group passing on what its members did (FEP-1b12).

use serde_json::Value;

use super::{Activity, Applied, Need, Verb, claimed_id, create::inner_id};
use crate::{
    db::Tx,
    domain::{
        By, Site,
        actors::{self, Actor, ActorKind},
        follows,
        posts::{self, Audience, Post},
        servers,
        work::Job,
    },
    error::Result,
    federation::{
        backlog,
        fetch::host_in,
        incoming::{
            note,
            values::{id, ids, moment, one_origin},
        },
    },
};

pub(super) fn apply(tx: &mut Tx<'_>, site: &Site, signer: &Actor, activity: &Activity) -> Result<Applied> {
    let object = activity.object();
    let Some(uri) = activity.object_id() else { return Ok(Applied::Ignored("an object without an id")) };
    if object.is_object() && Verb::read(object) != Verb::Other {
        return relay(tx, site, signer, activity);
    }
    boost(tx, site, signer, activity, uri)
}

/// A boost of a post that we have, or that somebody here may want to see. An embedded copy is never believed.
fn boost(tx: &mut Tx<'_>, site: &Site, signer: &Actor, activity: &Activity, uri: &str) -> Result<Applied> {
    let post = match find_or_need(tx, site, signer, activity, uri)? {
        Ok(post) => post,
        Err(applied) => return Ok(applied),
    };
    let published = moment(&activity.document, "published");
    let audience = audience(signer, &activity.document);
    posts::boost(tx, site, &activity.by(signer), post.id, audience, published)?;
    Ok(Applied::Done)
}

/// Who sees a boost: at least the followers of whoever boosts, to whose homes it goes.
fn audience(signer: &Actor, document: &Value) -> Audience {
    let audience = note::audience(&ids(document, "to", 50), &ids(document, "cc", 50), signer.followers_uri.as_deref());
    if audience.is_open() { audience } else { Audience::Followers }
}

fn find_or_need(
    tx: &mut Tx<'_>,
    site: &Site,
    signer: &Actor,
    activity: &Activity,
    uri: &str,
) -> Result<std::result::Result<Post, Applied>> {
    if let Some(post) = activity.find_post(tx.conn(), uri)? {
        return Ok(Ok(post));
    }
    Ok(Err(if site.owns(uri) {
        Applied::Ignored("a post that is gone")
    } else if follows::is_heard_here(tx.conn(), signer.id)? {
        Applied::Needs(Need::Post(uri.to_owned()))
    } else {
        Applied::Ignored("nobody here follows")
    }))
}

/// A group that somebody here follows passes on an activity. Posts, and that they are gone, are read at their own
/// server; the group's word counts for the likes of its own server's members, whom that server speaks for.
fn relay(tx: &mut Tx<'_>, site: &Site, group: &Actor, activity: &Activity) -> Result<Applied> {
    let inner = activity.object();
    if group.kind != ActorKind::Group || !follows::is_heard_here(tx.conn(), group.id)? {
        return Ok(Applied::Ignored("not a group that somebody here follows"));
    }
    let (Some(object), Some(doer)) = (inner_id(inner), id(inner, "actor")) else {
        return Ok(Applied::Ignored("an object without an id"));
    };
    if servers::is_blocked(tx.conn(), &host_in(doer))? {
        return Ok(Applied::Ignored("a blocked server"));
    }
    match Verb::read(inner) {
        Verb::Create => {
            let post = match find_or_need(tx, site, group, activity, object)? {
                Ok(post) => post,
                Err(applied) => return Ok(applied),
            };
            if post.audience.is_open() && post.reply_to_uri.is_none() {
                posts::boost(tx, site, &activity.by(group), post.id, Audience::Public, None)?;
            }
            Ok(Applied::Done)
        }
        Verb::Update => match find_or_need(tx, site, group, activity, object)? {
            Ok(post) => ask_again(tx, group, &post),
            Err(applied) => Ok(applied),
        },
        Verb::Delete => match posts::find_by_uri(tx.conn(), object)? {
            Some(post) => ask_again(tx, group, &post),
            None => Ok(Applied::Ignored("a post that we do not have")),
        },
        Verb::Like | Verb::Undo if one_origin(doer, &group.uri) => vote(tx, site, inner, object, doer),
        _ => Ok(Applied::Ignored("not passed on")),
    }
}

/// What became of the post is read at its own server. One that its server shows to few would look gone from here, so
/// nobody but its author's server speaks for it.
fn ask_again(tx: &mut Tx<'_>, group: &Actor, post: &Post) -> Result<Applied> {
    if !post.audience.is_open() {
        return Ok(Applied::Ignored("a post that is not for everybody"));
    }
    if let Some(uri) = &post.uri {
        backlog::store_lookup(tx, &Job::RefreshPost { uri: uri.clone(), sender: group.uri.clone() })?;
    }
    Ok(Applied::Done)
}

/// A like, or the end of one, by a member on the group's own server.
fn vote(tx: &mut Tx<'_>, site: &Site, inner: &Value, object: &str, doer: &str) -> Result<Applied> {
    let undone = inner.get("object").filter(|_| Verb::read(inner) == Verb::Undo);
    let target = match undone {
        Some(like) if Verb::read(like) == Verb::Like => inner_id(like),
        Some(_) => None,
        None => Some(object),
    };
    let Some(post) = target.map(|uri| posts::find_by_uri(tx.conn(), uri)).transpose()?.flatten() else {
        return Ok(Applied::Ignored("a post that we do not have"));
    };
    let doer_id = match actors::find_by_uri(tx.conn(), doer)? {
        Some(known) if !known.is_local() && known.is_active() => known.id,
        Some(_) => return Ok(Applied::Ignored("somebody who cannot act from there")),
        None if site.owns(doer) => return Ok(Applied::Ignored("our own")),
        None => return Ok(Applied::Needs(Need::Actor(doer.to_owned()))),
    };
    let by = By::Remote { actor: doer_id, activity: claimed_id(inner, doer) };
    if undone.is_some() {
        posts::unlike(tx, &by, post.id)?;
    } else {
        posts::like(tx, site, &by, post.id)?;
    }
    Ok(Applied::Done)
}
