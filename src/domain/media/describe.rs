//! What an upload shows, in words, and the point that matters in it.

use diesel::prelude::*;

use super::{Facts, Media, MediaState, get_own, queries::find};
use crate::{
    db::{Json, Key, Tx, schema::media},
    domain::{ActorId, MediaId, PostId},
    error::{Error, Result},
};

/// How many characters a description may have.
pub const DESCRIPTION: usize = 1_500;

/// What is said about an upload; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Words {
    /// What it shows.
    pub description: Option<String>,
    /// The point that matters, each from -1 to 1.
    pub focus: Option<(f32, f32)>,
}

/// Refuses a description that is too long, with the count.
pub fn check_description(description: &str) -> Result<()> {
    let count = description.trim().chars().count();
    if count > DESCRIPTION {
        return Err(Error::invalid(
            "media.description",
            format!("This description has {count} characters; the limit is {DESCRIPTION}. Please shorten it."),
        ));
    }
    Ok(())
}

/// The point, where it is one of the picture.
pub(super) fn clean_focus((x, y): (f32, f32)) -> Result<(f32, f32)> {
    if [x, y].iter().all(|part| part.is_finite() && (-1.0..=1.0).contains(part)) {
        return Ok((x, y));
    }
    Err(Error::invalid("media.focus", "A focal point is two numbers from -1 to 1, such as 0.5,-0.25."))
}

/// Says what an upload shows that hangs on nothing yet.
pub fn describe(tx: &mut Tx<'_>, actor: ActorId, id: MediaId, words: &Words) -> Result<Media> {
    tx.lock(Key("media", &[id.0]))?;
    let old = get_own(tx.conn(), actor, id)?;
    if old.draft_id.is_some() || old.copy_id.is_some() {
        // What it shows is a part of what others approve, or agree to.
        let told = "This file belongs to a draft. Take it out of that, describe it, and put it back.";
        return Err(Error::invalid("media.draft", told));
    }
    write(tx, &old, words)?;
    find(tx.conn(), id)?.ok_or_else(super::queries::not_found)
}

/// Says what the uploads of a post of one's own show, when it is edited.
pub fn describe_attached(tx: &mut Tx<'_>, actor: ActorId, post: PostId, id: MediaId, words: &Words) -> Result<()> {
    let is_free =
        |found: &Media| found.state == MediaState::Ready && found.draft_id.is_none() && found.copy_id.is_none();
    let old =
        find(tx.conn(), id)?.filter(|found| found.actor_id == actor && (is_free(found) || found.post_id == Some(post)));
    let old = old.ok_or_else(super::attach::unknown)?;
    write(tx, &old, words)
}

fn write(tx: &mut Tx<'_>, old: &Media, words: &Words) -> Result<()> {
    let description = words.description.as_deref().map_or(old.description.as_str(), str::trim);
    check_description(description)?;
    let focus = words.focus.map(clean_focus).transpose()?.or(old.details.0.focus);
    let details = Json(Facts { focus, ..old.details.0.clone() });
    // A draft or a copy may have taken it at this moment.
    let free = media::draft_id.is_null().and(media::copy_id.is_null());
    let written = diesel::update(media::table.find(old.id).filter(free))
        .set((media::description.eq(description), media::details.eq(details)))
        .execute(tx.conn())?;
    if written == 0 { Err(super::attach::unknown()) } else { Ok(()) }
}
