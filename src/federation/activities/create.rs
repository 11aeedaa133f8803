//! Create, and the first that we hear of a post by its Update.

use serde_json::Value;

use super::{Activity, Applied, Need, vote};
use crate::{
    db::Tx,
    domain::{
        ActorId, PostId, Site,
        actors::{self, Actor},
        follows::{self, FollowState},
        posts::{self, Audience},
    },
    error::{Error, Result},
    federation::{
        backlog,
        early::{self, Deed},
        fetch,
        incoming::{
            note::{self, Incoming},
            values::{id_of, one_origin},
            vote::carried as votes_in,
        },
    },
};

pub(super) fn apply(tx: &mut Tx<'_>, site: &Site, signer: &Actor, activity: &Activity) -> Result<Applied> {
    if let Some(votes) = votes_in(&activity.document) {
        return vote::apply(tx, site, signer, activity, &votes);
    }
    let object = activity.object();
    let Some(uri) = activity.object_id() else { return Ok(Applied::Ignored("an object without an id")) };
    if site.owns(uri) {
        return Ok(Applied::Ignored("our own object"));
    }
    // An id alone, or a copy of something on another server: what its own server says counts.
    if !object.is_object() || !one_origin(uri, &signer.uri) {
        if activity.find_post(tx.conn(), uri)?.is_some() {
            return Ok(Applied::Done);
        }
        return Ok(if follows::is_heard_here(tx.conn(), signer.id)? {
            Applied::Needs(Need::Post(uri.to_owned()))
        } else {
            Applied::Ignored("nobody here follows")
        });
    }
    if !note::is_post(object) {
        return Ok(Applied::Ignored("not a post"));
    }
    let Some(incoming) = activity.post(signer) else { return Ok(Applied::Ignored("a post that cannot be used")) };
    publish(tx, site, signer, activity, incoming)
}

/// Publishes a post that its author's own server sent.
pub(super) fn publish(
    tx: &mut Tx<'_>,
    site: &Site,
    signer: &Actor,
    activity: &Activity,
    incoming: Incoming,
) -> Result<Applied> {
    if incoming.author != signer.uri {
        return Ok(Applied::Ignored("somebody else's post"));
    }
    if incoming.is_vote {
        return Ok(Applied::Ignored("a vote"));
    }
    let reader = unnamed_reader(tx, signer, activity, &incoming)?;
    if reader.is_none() && !concerns_us(tx, site, signer, &incoming)? {
        return Ok(Applied::Ignored("nobody here follows or is addressed"));
    }
    let parent = match &incoming.reply_to {
        Some(uri) if posts::find_by_uri(tx.conn(), uri)?.is_none() && !site.owns(uri) => Some(uri.clone()),
        _ => None,
    };
    store(tx, site, signer, activity, incoming, reader)?;
    if let Some(parent) = parent {
        backlog::store_lookup(tx, &fetch::post_job(&parent, &signer.uri))?;
    }
    Ok(Applied::Done)
}

/// Stores a post that its author's own server sent, unless it was deleted before it came.
pub(super) fn store(
    tx: &mut Tx<'_>,
    site: &Site,
    signer: &Actor,
    activity: &Activity,
    incoming: Incoming,
    reader: Option<ActorId>,
) -> Result<PostId> {
    let uri = incoming.uri.clone();
    let mut draft = incoming.into_draft(tx, site)?;
    draft.hidden.extend(reader.filter(|reader| !draft.mentions.contains(reader)));
    let post = posts::create(tx, site, &activity.by(signer), &draft)?;
    // Asked under the locks of what was just written, so that no Delete slips by.
    if early::is_taken_back(tx, Deed::Delete, signer, &uri)? {
        return Err(Error::gone("post.deleted", "This post was deleted before it came."));
    }
    Ok(post)
}

/// The owner of the inbox that a post was brought to, when it is not for everybody and they could not read it else: it
/// is addressed to them by `bto` or `bcc`, which are not delivered (section 6).
fn unnamed_reader(
    tx: &mut Tx<'_>,
    signer: &Actor,
    activity: &Activity,
    incoming: &Incoming,
) -> Result<Option<ActorId>> {
    let Some(owner) = activity.inbox.filter(|_| !incoming.draft().audience.is_open()) else { return Ok(None) };
    if follows::is_blocked_by(tx.conn(), owner, signer.id)? {
        return Ok(None);
    }
    let follow = follows::find_between(tx.conn(), owner, signer.id)?;
    let follows = follow.is_some_and(|follow| follow.state == FollowState::Accepted);
    Ok(Some(owner).filter(|_| !(follows && incoming.draft().audience == Audience::Followers)))
}

/// Somebody here follows the author, is addressed or mentioned, or the post is part of a thread that we have.
fn concerns_us(tx: &mut Tx<'_>, site: &Site, signer: &Actor, incoming: &Incoming) -> Result<bool> {
    let ours: Vec<String> =
        incoming.recipients.iter().chain(&incoming.mentions).filter(|uri| site.owns(uri)).cloned().collect();
    if !ours.is_empty() && actors::find_by_uris(tx.conn(), &ours)?.iter().any(Actor::is_local) {
        return Ok(true);
    }
    if follows::is_heard_here(tx.conn(), signer.id)? {
        return Ok(true);
    }
    match &incoming.reply_to {
        Some(parent) => Ok(posts::find_by_uri(tx.conn(), parent)?.is_some()),
        None => Ok(false),
    }
}

/// The id of an activity's inner object.
pub(super) fn inner_id(object: &Value) -> Option<&str> {
    object.get("object").and_then(id_of)
}
