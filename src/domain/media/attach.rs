//! Hanging uploads on a post.

use diesel::prelude::*;

use super::{Attachment, Media, MediaState, Purpose, forget::forget_picture};
use crate::{
    db::{Among, Conn, Tx, schema::media},
    domain::{ActorId, MediaId, PostId, Site},
    error::{Error, Result},
};

/// How many uploads one post of ours may have.
pub const FILES: usize = 4;

pub(super) fn unknown() -> Error {
    Error::invalid("media.unknown", "One of these uploads is not there, or hangs on another post already.")
}

/// The uploads of an actor with these names, in this order.
pub fn named(conn: &mut Conn, actor: ActorId, names: &[String]) -> Result<Vec<MediaId>> {
    check_count(names.len())?;
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<(String, MediaId)> = media::table
        .filter(media::name.among(names))
        .filter(media::actor_id.eq(actor))
        .select((media::name, media::id))
        .load(conn)?;
    let id = |name: &String| found.iter().find(|(known, _)| known == name).map(|(_, id)| *id);
    names.iter().map(|name| id(name).ok_or_else(unknown)).collect()
}

fn check_count(count: usize) -> Result<()> {
    if count > FILES {
        return Err(Error::invalid("media.count", format!("A post has at most {FILES} files. Please take some away.")));
    }
    Ok(())
}

/// The uploads that an actor wants on a post, in this order: those that hang on nothing, and when it is edited those
/// that were on it before.
pub fn for_post(
    conn: &mut Conn,
    site: &Site,
    actor: ActorId,
    ids: &[MediaId],
    edited: Option<PostId>,
) -> Result<Vec<Attachment>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    check_count(ids.len())?;
    let found: Vec<Media> = media::table
        .filter(media::id.among(ids))
        .filter(media::actor_id.eq(actor))
        .filter(media::purpose.eq(Purpose::Post))
        .select(Media::as_select())
        .load(conn)?;
    let mut chosen: Vec<&Media> = Vec::with_capacity(ids.len());
    for id in ids {
        let one = found.iter().find(|one| one.id == *id).ok_or_else(unknown)?;
        match one.state {
            MediaState::Ready if one.scheduled_id.is_none() && one.draft_id.is_none() && one.copy_id.is_none() => {}
            MediaState::Attached if edited.is_some() && one.post_id == edited => {}
            MediaState::Working => {
                return Err(Error::invalid(
                    "media.working",
                    "A file is still being read. Please try again in a moment.",
                ));
            }
            MediaState::Failed => {
                return Err(Error::invalid("media.failed", "One of these files could not be read. Upload it again."));
            }
            MediaState::Ready | MediaState::Attached | MediaState::Gone => return Err(unknown()),
        }
        if !chosen.iter().any(|known| known.id == one.id) {
            chosen.push(one);
        }
    }
    // Mastodon and its apps have room for several pictures or one film.
    if chosen.len() > 1 && chosen.iter().any(|one| one.kind != "image") {
        return Err(Error::invalid("media.mixed", "A film or a sound hangs on a post alone, without other files."));
    }
    Ok(chosen.into_iter().map(|one| one.attachment(&site.base_url)).collect())
}

/// Hangs these uploads on a post. Whoever was faster with one of them has it.
pub fn attach(tx: &mut Tx<'_>, actor: ActorId, post: PostId, attachments: &[Attachment]) -> Result<()> {
    let ids: Vec<MediaId> = attachments.iter().filter_map(|one| one.media).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let held = media::scheduled_id.is_not_null().or(media::draft_id.is_not_null()).or(media::copy_id.is_not_null());
    let free = media::state.eq(MediaState::Ready).and(diesel::dsl::not(held)).or(media::post_id.eq(post));
    let own = media::table.filter(media::id.among(&ids)).filter(media::actor_id.eq(actor)).filter(free);
    let taken =
        diesel::update(own).set((media::state.eq(MediaState::Attached), media::post_id.eq(post))).execute(tx.conn())?;
    if taken == ids.len() { Ok(()) } else { Err(unknown()) }
}

/// Makes an upload the picture of its actor; the one before goes. Answers where it is.
pub fn use_picture(tx: &mut Tx<'_>, site: &Site, actor: ActorId, id: MediaId) -> Result<String> {
    let own = media::table.find(id).filter(media::actor_id.eq(actor)).filter(media::state.eq(MediaState::Ready));
    let found: Media = own.select(Media::as_select()).first(tx.conn()).optional()?.ok_or_else(unknown)?;
    diesel::update(media::table.find(id)).set(media::state.eq(MediaState::Attached)).execute(tx.conn())?;
    forget_picture(tx, actor, found.purpose, Some(id))?;
    Ok(found.url(&site.base_url))
}
