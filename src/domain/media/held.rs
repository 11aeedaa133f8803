//! Uploads of what is not a post yet: kept until then, and on no other post.

use diesel::prelude::*;

use super::{Media, MediaState, Purpose, attach::unknown};
use crate::{
    db::{Among, Conn, Tx, schema::media},
    domain::{AccountId, ActorId, DraftId, MediaId, PublishRequestId, ScheduledId},
    error::{Error, Result},
};

/// What will have an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A post that waits for its time.
    Scheduled(ScheduledId),
    /// A draft of a brand.
    Draft(DraftId),
    /// A copy of an internal post.
    Copy(PublishRequestId),
}

/// Keeps these uploads for what is not a post yet. Whoever was faster with one of them has it.
pub fn hold(tx: &mut Tx<'_>, actor: ActorId, holder: Holder, ids: &[MediaId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let free = media::table
        .filter(media::id.among(ids))
        .filter(media::actor_id.eq(actor))
        .filter(media::purpose.eq(Purpose::Post))
        .filter(media::state.eq(MediaState::Ready))
        .filter(media::scheduled_id.is_null())
        .filter(media::draft_id.is_null())
        .filter(media::copy_id.is_null());
    let held = match holder {
        Holder::Scheduled(id) => diesel::update(free).set(media::scheduled_id.eq(id)).execute(tx.conn())?,
        Holder::Draft(id) => diesel::update(free).set(media::draft_id.eq(id)).execute(tx.conn())?,
        Holder::Copy(id) => diesel::update(free).set(media::copy_id.eq(id)).execute(tx.conn())?,
    };
    if held == ids.len() { Ok(()) } else { Err(unknown()) }
}

/// Lets go of the uploads of what was not a post, so that they can hang on one.
pub fn release(tx: &mut Tx<'_>, holder: Holder) -> Result<()> {
    match holder {
        Holder::Scheduled(id) => diesel::update(media::table.filter(media::scheduled_id.eq(id)))
            .set(media::scheduled_id.eq(None::<ScheduledId>))
            .execute(tx.conn())?,
        Holder::Draft(id) => diesel::update(media::table.filter(media::draft_id.eq(id)))
            .set(media::draft_id.eq(None::<DraftId>))
            .execute(tx.conn())?,
        Holder::Copy(id) => diesel::update(media::table.filter(media::copy_id.eq(id)))
            .set(media::copy_id.eq(None::<PublishRequestId>))
            .execute(tx.conn())?,
    };
    Ok(())
}

/// The uploads of posts that wait.
pub fn held(conn: &mut Conn, waiting: &[ScheduledId]) -> Result<Vec<Media>> {
    Ok(media::table.filter(media::scheduled_id.among(waiting)).select(Media::as_select()).load(conn)?)
}

/// Refuses uploads that this account did not make, whoever it acts as: who guesses the number of another's has it not.
pub fn must_be_by(conn: &mut Conn, account: AccountId, ids: &[MediaId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let others = media::table.filter(media::id.among(ids)).filter(media::account_id.ne(account));
    if diesel::select(diesel::dsl::exists(others)).get_result(conn)? { Err(unknown()) } else { Ok(()) }
}

/// Gives those of these uploads that are somebody's own, and hang on nothing, to whoever will publish them.
pub fn hand_over(tx: &mut Tx<'_>, from: ActorId, to: ActorId, ids: &[MediaId]) -> Result<()> {
    if ids.is_empty() || from == to {
        return Ok(());
    }
    let own = || {
        media::table
            .filter(media::id.among(ids))
            .filter(media::actor_id.eq(from))
            .filter(media::purpose.eq(Purpose::Post))
            .filter(media::scheduled_id.is_null())
            .filter(media::draft_id.is_null())
            .filter(media::copy_id.is_null())
    };
    let working = own().filter(media::state.eq(MediaState::Working));
    if diesel::select(diesel::dsl::exists(working)).get_result::<bool>(tx.conn())? {
        let told = "A file is still being read. Please try again in a moment.";
        return Err(Error::conflict("media.working", told).retry_in(std::time::Duration::from_secs(5)));
    }
    diesel::update(own().filter(media::state.eq(MediaState::Ready))).set(media::actor_id.eq(to)).execute(tx.conn())?;
    Ok(())
}
