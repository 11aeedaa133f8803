//! Letting uploads go. The row says so first, in the transaction in which they lose their place; a job deletes the
//! files, and then the row.

use std::time::Duration;

use diesel::prelude::*;

use super::{Media, MediaState, Purpose, get_own};
use crate::{
    db::{Among, Conn, Tx, schema::media},
    domain::{
        ActorId, By, MediaId, PostId,
        actors::{self, Profile},
        brands,
        work::Job,
    },
    error::{Error, Result},
};

/// Deletes an upload that hangs on nothing.
pub fn delete(tx: &mut Tx<'_>, actor: ActorId, id: MediaId) -> Result<()> {
    let found = get_own(tx.conn(), actor, id)?;
    if found.draft_id.is_some() {
        let told = "This file belongs to a draft. Please take it out of that first.";
        return Err(Error::invalid("media.draft", told));
    }
    if found.copy_id.is_some() {
        let told = "This file belongs to a copy that waits for consent. Please withdraw that first.";
        return Err(Error::invalid("media.copy", told));
    }
    if found.scheduled_id.is_some() {
        return Err(Error::invalid(
            "media.scheduled",
            "This file belongs to a post that waits. Please cancel that first.",
        ));
    }
    let free = media::state
        .ne(MediaState::Attached)
        .and(media::scheduled_id.is_null())
        .and(media::draft_id.is_null())
        .and(media::copy_id.is_null());
    let one = media::table.find(found.id).filter(free);
    diesel::update(one).set(media::state.eq(MediaState::Gone)).execute(tx.conn())?;
    tx.defer(&Job::DropFiles)
}

/// Lets go of an upload that came to nothing.
pub fn discard(tx: &mut Tx<'_>, id: MediaId) -> Result<()> {
    let one = media::table.find(id).filter(media::state.ne(MediaState::Attached));
    diesel::update(one).set(media::state.eq(MediaState::Gone)).execute(tx.conn())?;
    tx.defer(&Job::DropFiles)
}

/// Lets go of everything that hangs on a post, or hung on it before an edit.
pub fn forget_post(tx: &mut Tx<'_>, post: PostId) -> Result<()> {
    let gone = diesel::update(media::table.filter(media::post_id.eq(post)))
        .set(media::state.eq(MediaState::Gone))
        .execute(tx.conn())?;
    if gone > 0 { tx.defer(&Job::DropFiles) } else { Ok(()) }
}

/// Lets go of an actor's pictures for one purpose, but for the new one.
pub fn forget_picture(tx: &mut Tx<'_>, actor: ActorId, purpose: Purpose, but: Option<MediaId>) -> Result<()> {
    let old = media::table
        .filter(media::actor_id.eq(actor))
        .filter(media::purpose.eq(purpose))
        .filter(media::state.eq(MediaState::Attached))
        .filter(media::id.ne(but.unwrap_or(MediaId(0))));
    let gone = diesel::update(old).set(media::state.eq(MediaState::Gone)).execute(tx.conn())?;
    if gone > 0 { tx.defer(&Job::DropFiles) } else { Ok(()) }
}

/// Takes a picture off somebody's profile; where there is none that is done already.
pub fn take_off_picture(tx: &mut Tx<'_>, by: &By, purpose: Purpose) -> Result<()> {
    let actor = by.actor();
    forget_picture(tx, actor, purpose, None)?;
    let old = actors::get(tx.conn(), actor)?;
    let gone = match purpose {
        Purpose::Header => old.header.map(|_| Profile { header: Some(None), ..Profile::default() }),
        Purpose::Avatar | Purpose::Post => old.icon.map(|_| Profile { icon: Some(None), ..Profile::default() }),
    };
    gone.map_or(Ok(()), |profile| brands::edit_profile(tx, by, &profile))
}

/// Lets go of everything that an actor uploaded, when it is deleted.
pub fn forget_files_of_actor(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    let all = media::table.filter(media::actor_id.eq(actor));
    let gone = diesel::update(all).set(media::state.eq(MediaState::Gone)).execute(tx.conn())?;
    if gone > 0 { tx.defer(&Job::DropFiles) } else { Ok(()) }
}

/// Lets go of up to `limit` uploads that hang on nothing and are older than `age`; answers how many.
pub fn forget_unused(tx: &mut Tx<'_>, age: Duration, limit: i64) -> Result<usize> {
    let before = tx.now().minus(age);
    let unused = || {
        let open = [MediaState::Working, MediaState::Ready, MediaState::Failed];
        media::state
            .among(open)
            .and(media::scheduled_id.is_null())
            .and(media::draft_id.is_null())
            .and(media::copy_id.is_null())
    };
    let old: Vec<MediaId> = media::table
        .filter(unused())
        .filter(media::created_at.lt(before))
        .order(media::created_at)
        .limit(limit)
        .select(media::id)
        .load(tx.conn())?;
    if old.is_empty() {
        return Ok(0);
    }
    tx.defer(&Job::DropFiles)?;
    // Some may have been hung on a post since.
    Ok(diesel::update(media::table.filter(media::id.among(old)).filter(unused()))
        .set(media::state.eq(MediaState::Gone))
        .execute(tx.conn())?)
}

/// Up to `limit` uploads whose files are to be deleted.
pub fn gone(conn: &mut Conn, limit: i64) -> Result<Vec<Media>> {
    Ok(media::table
        .filter(media::state.eq(MediaState::Gone))
        .order(media::created_at)
        .limit(limit)
        .select(Media::as_select())
        .load(conn)?)
}

/// Forgets uploads whose files are deleted.
pub fn drop_rows(tx: &mut Tx<'_>, ids: &[MediaId]) -> Result<()> {
    let gone = media::table.filter(media::id.among(ids)).filter(media::state.eq(MediaState::Gone));
    diesel::delete(gone).execute(tx.conn())?;
    Ok(())
}
