//! Update of a post or of the actor itself.

use super::{Activity, Applied, create};
use crate::{
    db::{Key, Tx},
    domain::{
        Site,
        actors::{self, Actor, Handle},
        posts,
        work::Job,
    },
    error::Result,
    federation::{
        backlog, fetch,
        incoming::{note, values::one_origin},
    },
};

pub(super) fn apply(tx: &mut Tx<'_>, site: &Site, signer: &Actor, activity: &Activity) -> Result<Applied> {
    let object = activity.object();
    let Some(uri) = activity.object_id() else { return Ok(Applied::Ignored("an object without an id")) };
    if uri == signer.uri {
        return profile(tx, signer, activity);
    }
    if !one_origin(uri, &signer.uri) || !object.is_object() || !note::is_post(object) {
        return Ok(Applied::Ignored("not theirs to update"));
    }
    let Some(incoming) = activity.post(signer) else { return Ok(Applied::Ignored("a post that cannot be used")) };
    if incoming.author != signer.uri {
        return Ok(Applied::Ignored("somebody else's post"));
    }
    // Its Create or its Delete may be arriving at this moment; a Create locks its author, and then what it answers too,
    // in this order.
    tx.lock(Key("actor", &[signer.id.0]))?;
    let mut uris: Vec<&str> = std::iter::once(uri).chain(incoming.reply_to.as_deref()).collect();
    uris.sort_unstable();
    for uri in uris {
        tx.lock(Key(uri, &[]))?;
    }
    match posts::find_by_uri(tx.conn(), uri)? {
        // Without its time it may be older than what we have: the author's server knows, where it shows the post to
        // everybody. What it shows to few only it can send us, and what it sent last counts.
        Some(known)
            if known.author_id == signer.id
                && known.edited_at.is_some()
                && known.audience.is_open()
                && !incoming.says_when() =>
        {
            backlog::store_lookup(tx, &Job::RefreshPost { uri: uri.to_owned(), sender: signer.uri.clone() })?;
            Ok(Applied::Done)
        }
        Some(known) if known.author_id == signer.id => {
            let draft = incoming.into_draft(tx, site)?;
            posts::edit(tx, &activity.by(signer), known.id, &draft)?;
            Ok(Applied::Done)
        }
        Some(_) => Ok(Applied::Ignored("somebody else's post")),
        // Its Create is late, or was before our time.
        None => create::publish(tx, site, signer, activity, incoming),
    }
}

fn profile(tx: &mut Tx<'_>, signer: &Actor, activity: &Activity) -> Result<Applied> {
    match activity.profile() {
        // The handle is as it was confirmed; a new one must be confirmed again.
        Some(mut remote) if remote.username == signer.username && !remote.keys.is_empty() => {
            remote.host.clone_from(&signer.host);
            remote.handle = Handle::Kept;
            // Where it moved to must be confirmed by who is there.
            if remote.moved_to.is_some() && remote.moved_to != signer.moved_to {
                remote.moved_to = None;
                backlog::store_lookup(tx, &Job::RefreshActor { uri: signer.uri.clone() })?;
            }
            let stored = actors::upsert_remote(tx, &remote)?;
            fetch::check_links(tx, stored)?;
        }
        _ => backlog::store_lookup(tx, &Job::RefreshActor { uri: signer.uri.clone() })?,
    }
    Ok(Applied::Done)
}
