//! What somebody wrote down about somebody else, for themselves.

use diesel::prelude::*;

use crate::{
    db::{Key, Tx, schema::actor_notes},
    domain::{ActorId, actors},
    error::{Error, Result},
    on_conn,
};

/// How long a note may be: as long as on Mastodon.
pub const NOTE_LENGTH: usize = 2_000;
/// How many notes somebody keeps at most.
pub const NOTES: i64 = 5_000;

/// Writes down something about somebody; empty takes it away.
pub fn note(tx: &mut Tx<'_>, me: ActorId, target: ActorId, text: &str) -> Result<()> {
    actors::get(tx.conn(), target)?;
    let length = text.chars().count();
    if length > NOTE_LENGTH {
        return Err(Error::invalid(
            "note.too_long",
            format!("The note has {length} characters; the limit is {NOTE_LENGTH}."),
        ));
    }
    tx.lock(Key("notes", &[me.0]))?;
    let mine = actor_notes::table.filter(actor_notes::actor_id.eq(me));
    diesel::delete(mine.filter(actor_notes::target_id.eq(target))).execute(tx.conn())?;
    if text.trim().is_empty() {
        return Ok(());
    }
    if mine.count().get_result::<i64>(tx.conn())? >= NOTES {
        return Err(Error::invalid("note.limit", format!("At most {NOTES} notes about people can be kept.")));
    }
    on_conn!(tx.conn(), |c| diesel::insert_into(actor_notes::table)
        .values((actor_notes::actor_id.eq(me), actor_notes::target_id.eq(target), actor_notes::text.eq(text)))
        .execute(c))?;
    Ok(())
}
