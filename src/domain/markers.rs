//! How far somebody has read, for all their apps.

use diesel::prelude::*;

use super::ActorId;
use crate::{
    db::{Among, Conn, Key, Timestamp, Tx, schema::markers},
    error::{Error, Result},
    on_conn,
};

crate::text_enum! {
    /// What is read, named as in the Mastodon API.
    Timeline {
        /// The home feed.
        Home = "home",
        /// What one is told.
        Notifications = "notifications",
    }
}

/// A place in something that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = markers)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Marker {
    pub timeline: Timeline,
    pub last_read_id: i64,
    /// How often it was moved.
    pub version: i64,
    pub updated_at: Timestamp,
}

/// Where somebody wants a marker to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// Of what.
    pub timeline: Timeline,
    /// Behind which row.
    pub last_read_id: i64,
    /// Which version they knew, where they say.
    pub known: Option<i64>,
}

/// Moves markers, all of them or none. Refused where another app moved one since the version that was known.
pub fn set(tx: &mut Tx<'_>, me: ActorId, moves: &[Move]) -> Result<()> {
    tx.lock(Key("markers", &[me.0]))?;
    let now = tx.now();
    let old = list(tx.conn(), me, Timeline::ALL)?;
    for wish in moves {
        let version = old.iter().find(|marker| marker.timeline == wish.timeline).map_or(0, |marker| marker.version);
        if wish.known.is_some_and(|known| known != version) {
            return Err(Error::conflict("marker.moved", "Conflict during update, please try again"));
        }
        on_conn!(tx.conn(), |c| diesel::insert_into(markers::table)
            .values((
                markers::actor_id.eq(me),
                markers::timeline.eq(wish.timeline),
                markers::last_read_id.eq(wish.last_read_id),
                markers::version.eq(version + 1),
                markers::updated_at.eq(now),
            ))
            .on_conflict((markers::actor_id, markers::timeline))
            .do_update()
            .set((
                markers::last_read_id.eq(wish.last_read_id),
                markers::version.eq(version + 1),
                markers::updated_at.eq(now),
            ))
            .execute(c))?;
    }
    Ok(())
}

/// Somebody's markers.
pub fn list(conn: &mut Conn, me: ActorId, timelines: &[Timeline]) -> Result<Vec<Marker>> {
    Ok(markers::table
        .filter(markers::actor_id.eq(me))
        .filter(markers::timeline.among(timelines.to_vec()))
        .order(markers::timeline)
        .select(Marker::as_select())
        .load(conn)?)
}

/// Behind which row something is unread to somebody: everything, where no marker was ever set.
pub fn last_read(conn: &mut Conn, me: ActorId, timeline: Timeline) -> Result<i64> {
    Ok(list(conn, me, &[timeline])?.first().map_or(0, |marker| marker.last_read_id))
}

/// Forgets where an actor was, when the actor itself goes.
pub fn forget_all_of(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    diesel::delete(markers::table.filter(markers::actor_id.eq(actor))).execute(tx.conn())?;
    Ok(())
}
