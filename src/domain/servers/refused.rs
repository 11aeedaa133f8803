//! Actors whose server is blocked. Which they are is worked out when a block begins or ends and when an actor is read,
//! so that reading asks a small table.

use diesel::{dsl, prelude::*};

use super::{covers, is_blocked, list_blocked};
use crate::{
    db::{
        Conn, Tx,
        schema::{actors, refused_actors},
    },
    domain::ActorId,
    error::Result,
    on_conn,
};

/// Hides every actor of a server that is now blocked: by the host of its handle or of its id.
pub(super) fn hide(tx: &mut Tx<'_>, host: &str) -> Result<()> {
    let like = format!("%{}%", host.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    let maybe: Vec<(ActorId, String, String)> = actors::table
        .filter(actors::host.ne(""))
        .filter(actors::host.like(like.clone()).escape('\\').or(actors::uri.like(like).escape('\\')))
        .select((actors::id, actors::host, actors::uri))
        .load(tx.conn())?;
    let blocked = [host.to_owned()];
    let theirs: Vec<ActorId> =
        maybe.into_iter().filter(|(_, host, uri)| is_covered(&blocked, host, uri)).map(|(id, ..)| id).collect();
    for portion in theirs.chunks(500) {
        let rows: Vec<_> = portion.iter().map(|id| refused_actors::actor_id.eq(*id)).collect();
        on_conn!(tx.conn(), |c| diesel::insert_into(refused_actors::table)
            .values(&rows)
            .on_conflict(refused_actors::actor_id)
            .do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// Shows every actor whose server is not blocked any more.
pub(super) fn show(tx: &mut Tx<'_>) -> Result<()> {
    let blocked = list_blocked(tx.conn())?;
    let hidden: Vec<(ActorId, String, String)> = refused_actors::table
        .inner_join(actors::table.on(actors::id.eq(refused_actors::actor_id)))
        .select((actors::id, actors::host, actors::uri))
        .load(tx.conn())?;
    let free: Vec<ActorId> =
        hidden.into_iter().filter(|(_, host, uri)| !is_covered(&blocked, host, uri)).map(|(id, ..)| id).collect();
    for portion in free.chunks(500) {
        diesel::delete(refused_actors::table.filter(refused_actors::actor_id.eq_any(portion.to_vec())))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Hides or shows an actor that was just read: it may be new, or its handle may have moved while a block lasts.
pub fn settle(tx: &mut Tx<'_>, actor: ActorId, host: &str, uri: &str) -> Result<()> {
    let origin = origin(uri).filter(|origin| origin != host);
    let mut refused = is_blocked(tx.conn(), host)?;
    if let (false, Some(origin)) = (refused, origin) {
        refused = is_blocked(tx.conn(), &origin)?;
    }
    if refused {
        on_conn!(tx.conn(), |c| diesel::insert_into(refused_actors::table)
            .values(refused_actors::actor_id.eq(actor))
            .on_conflict(refused_actors::actor_id)
            .do_nothing()
            .execute(c))?;
    } else {
        diesel::delete(refused_actors::table.find(actor)).execute(tx.conn())?;
    }
    Ok(())
}

fn is_covered(blocked: &[String], host: &str, uri: &str) -> bool {
    covers(blocked, host) || origin(uri).is_some_and(|origin| covers(blocked, &origin))
}

/// The host of an id, with its port where that is unusual.
fn origin(uri: &str) -> Option<String> {
    let url = url::Url::parse(uri).ok()?;
    let name = url.host_str()?.trim_end_matches('.');
    Some(url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}")))
}

/// Whether this actor's server is blocked.
pub fn is_refused(conn: &mut Conn, actor: ActorId) -> Result<bool> {
    Ok(diesel::select(dsl::exists(refused_actors::table.find(actor))).get_result(conn)?)
}

/// Those of these actors whose server is not blocked, in their order.
pub fn keep_shown(conn: &mut Conn, actors: &[ActorId]) -> Result<Vec<ActorId>> {
    let refused: Vec<ActorId> = refused_actors::table
        .filter(refused_actors::actor_id.eq_any(actors.to_vec()))
        .select(refused_actors::actor_id)
        .load(conn)?;
    Ok(actors.iter().copied().filter(|actor| !refused.contains(actor)).collect())
}
