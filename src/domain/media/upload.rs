//! Taking something in: first the row, so that it counts, then the files, then what was found out about them.

use std::time::Duration;

use diesel::{dsl::sum, prelude::*};

use super::{
    Facts, MediaState, Purpose,
    describe::{check_description, clean_focus},
    queries::find,
};
use crate::{
    db::{Json, Key, Tx, schema::media},
    domain::{AccountId, ActorId, MediaId, work::Job},
    error::{Error, Result},
};

/// How much one account may upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// How many files in an hour.
    pub files_per_hour: i64,
    /// How many bytes altogether.
    pub bytes: i64,
}

/// What somebody wants to upload.
#[derive(Debug, Clone, PartialEq)]
pub struct Upload {
    /// As whom.
    pub actor: ActorId,
    /// Who it is.
    pub account: AccountId,
    /// What for.
    pub purpose: Purpose,
    /// The name of its folder, which nobody can guess.
    pub name: String,
    /// `image`, `video` or `audio`.
    pub kind: String,
    /// What it was found to be.
    pub media_type: String,
    /// How large it is.
    pub bytes: i32,
    /// What it shows, for those who do not see it.
    pub description: String,
    /// The point that matters.
    pub focus: Option<(f32, f32)>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// What it is now.
    pub media_type: String,
    /// How large its files are together.
    pub bytes: i32,
    /// What is known of them.
    pub facts: Facts,
}

/// Counts an upload before its files are kept; too many or too much is refused.
pub fn begin(tx: &mut Tx<'_>, upload: &Upload, allowance: Allowance) -> Result<MediaId> {
    check_description(&upload.description)?;
    let focus = upload.focus.map(clean_focus).transpose()?;
    tx.lock(Key("account", &[upload.account.0]))?;
    let (now, own) = (tx.now(), media::account_id.eq(upload.account));
    let recent: i64 = media::table
        .filter(own)
        .filter(media::created_at.gt(now.minus(Duration::from_secs(3600))))
        .count()
        .get_result(tx.conn())?;
    if recent >= allowance.files_per_hour {
        return Err(Error::too_many(
            "media.too_many",
            format!("You may upload {} files in an hour. Please wait a little.", allowance.files_per_hour),
        )
        .retry_in(Duration::from_secs(600)));
    }
    let used: Option<i64> = media::table
        .filter(own)
        .filter(media::state.ne(MediaState::Gone))
        .select(sum(media::bytes))
        .first(tx.conn())?;
    if used.unwrap_or(0).saturating_add(upload.bytes.into()) > allowance.bytes {
        return Err(Error::invalid(
            "media.quota",
            format!(
                "All your uploads together may have {} MB. Delete posts with pictures or films to make room.",
                allowance.bytes / 1_000_000
            ),
        ));
    }
    let id = MediaId(tx.new_id());
    diesel::insert_into(media::table)
        .values((
            media::id.eq(id),
            media::actor_id.eq(upload.actor),
            media::account_id.eq(upload.account),
            media::purpose.eq(upload.purpose),
            media::state.eq(MediaState::Working),
            media::name.eq(&upload.name),
            media::kind.eq(&upload.kind),
            media::media_type.eq(&upload.media_type),
            media::bytes.eq(upload.bytes),
            media::description.eq(upload.description.trim()),
            media::details.eq(Json(Facts { focus, ..Facts::default() })),
            media::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

/// Says what became of an upload: from now on it can be attached. One that was deleted meanwhile stays deleted; the
/// answer is whether it is there.
pub fn finish(tx: &mut Tx<'_>, id: MediaId, made: &Made) -> Result<bool> {
    let Some(found) = find(tx.conn(), id)? else { return Ok(false) };
    let there = found.state == MediaState::Working;
    let facts = Facts { focus: found.details.0.focus, ..made.facts.clone() };
    let state = if there { MediaState::Ready } else { found.state };
    diesel::update(media::table.find(id))
        .set((
            media::state.eq(state),
            media::media_type.eq(&made.media_type),
            media::bytes.eq(made.bytes),
            media::details.eq(Json(facts)),
        ))
        .execute(tx.conn())?;
    Ok(there)
}

/// Says where the file of an upload is, and that a job reads it. One that was deleted meanwhile stays deleted; the
/// answer is whether it is there.
pub fn await_reading(tx: &mut Tx<'_>, id: MediaId, made: &Made) -> Result<bool> {
    let Some(found) = find(tx.conn(), id)?.filter(|found| found.state == MediaState::Working) else {
        return Ok(false);
    };
    let facts = Facts { focus: found.details.0.focus, ..made.facts.clone() };
    diesel::update(media::table.find(id)).set(media::details.eq(Json(facts))).execute(tx.conn())?;
    tx.defer(&Job::ReadFilm { media: id })?;
    Ok(true)
}

/// Says that an upload could not be read.
pub fn fail(tx: &mut Tx<'_>, id: MediaId) -> Result<()> {
    let working = media::table.find(id).filter(media::state.eq(MediaState::Working));
    diesel::update(working).set(media::state.eq(MediaState::Failed)).execute(tx.conn())?;
    Ok(())
}
