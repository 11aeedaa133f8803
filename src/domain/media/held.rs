//! Uploads of posts that wait for their time: kept until then, and on no other post.

use diesel::prelude::*;

use super::{Media, MediaState, attach::unknown};
use crate::{
    db::{Conn, Tx, schema::media},
    domain::{ActorId, MediaId, ScheduledId},
    error::Result,
};

/// Keeps these uploads for a post that waits. Whoever was faster with one of them has it.
pub fn hold(tx: &mut Tx<'_>, actor: ActorId, waiting: ScheduledId, ids: &[MediaId]) -> Result<()> {
    if hold_free(tx, actor, waiting, ids)? == ids.len() { Ok(()) } else { Err(unknown()) }
}

/// Keeps those of these uploads that are free, and answers how many.
pub fn hold_free(tx: &mut Tx<'_>, actor: ActorId, waiting: ScheduledId, ids: &[MediaId]) -> Result<usize> {
    if ids.is_empty() {
        return Ok(0);
    }
    let free = media::table
        .filter(media::id.eq_any(ids))
        .filter(media::actor_id.eq(actor))
        .filter(media::state.eq(MediaState::Ready))
        .filter(media::scheduled_id.is_null());
    Ok(diesel::update(free).set(media::scheduled_id.eq(waiting)).execute(tx.conn())?)
}

/// Lets go of the uploads of a post that waited, so that they can hang on a post.
pub fn release(tx: &mut Tx<'_>, waiting: ScheduledId) -> Result<()> {
    diesel::update(media::table.filter(media::scheduled_id.eq(waiting)))
        .set(media::scheduled_id.eq(None::<ScheduledId>))
        .execute(tx.conn())?;
    Ok(())
}

/// The uploads of posts that wait.
pub fn held(conn: &mut Conn, waiting: &[ScheduledId]) -> Result<Vec<Media>> {
    Ok(media::table.filter(media::scheduled_id.eq_any(waiting)).select(Media::as_select()).load(conn)?)
}
