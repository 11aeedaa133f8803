//! Actors whom only those find who follow them: a moderator limits one of them, or all of a server are. Which they are is
//! worked out when a limit begins or ends and when an actor is read, so that reading asks a small table.

use diesel::prelude::*;

use super::{REFUSED, normalise, refused};
use crate::{
    db::{
        Among, Conn, Signal, Timestamp, Tx,
        schema::{limited_actors, servers},
    },
    domain::{
        ActorId,
        audit::{self, About, Act, Entry},
    },
    error::Result,
    on_conn,
};

/// By whom an actor is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Queryable)]
pub struct Limit {
    /// Since when a moderator limits the actor itself.
    pub since: Option<Timestamp>,
    /// All of its server are limited.
    pub with_server: bool,
}

/// By whom this actor is limited.
pub fn limit_of(conn: &mut Conn, actor: ActorId) -> Result<Limit> {
    let row = limited_actors::table.find(actor).select((limited_actors::limited_at, limited_actors::with_server));
    Ok(row.first(conn).optional()?.unwrap_or_default())
}

/// Limits an actor, or ends that; what is decided of its server stays. Answers whether anything changed. Whether it may be
/// done is asked elsewhere.
pub fn set_limited(tx: &mut Tx<'_>, actor: ActorId, limited: bool) -> Result<bool> {
    tx.lock(REFUSED)?;
    let now = tx.now();
    if limit_of(tx.conn(), actor)?.since.is_some() == limited {
        return Ok(false);
    }
    if limited {
        on_conn!(tx.conn(), |c| diesel::insert_into(limited_actors::table)
            .values((limited_actors::actor_id.eq(actor), limited_actors::limited_at.eq(now)))
            .on_conflict(limited_actors::actor_id)
            .do_update()
            .set(limited_actors::limited_at.eq(now))
            .execute(c))?;
    } else {
        diesel::update(limited_actors::table.find(actor))
            .set(limited_actors::limited_at.eq(None::<Timestamp>))
            .execute(tx.conn())?;
        forget_free(tx, &[actor])?;
    }
    tx.signal(Signal { topic: "actor", kind: "update", id: actor.0 });
    Ok(true)
}

/// Limits every actor of a server, and of those below its domain, now and later.
pub fn limit(tx: &mut Tx<'_>, host: &str, reason: Option<&str>) -> Result<()> {
    let host = normalise(host)?;
    let now = tx.now();
    on_conn!(tx.conn(), |c| diesel::insert_into(servers::table)
        .values((
            servers::host.eq(&host),
            servers::limited_at.eq(now),
            servers::limit_reason.eq(reason),
            servers::seen_at.eq(now),
        ))
        .on_conflict(servers::host)
        .do_update()
        .set((servers::limited_at.eq(now), servers::limit_reason.eq(reason)))
        .execute(c))?;
    tx.lock(REFUSED)?;
    let theirs = refused::actors_of(tx, &host)?;
    for portion in theirs.chunks(500) {
        let row = |id: &ActorId| (limited_actors::actor_id.eq(*id), limited_actors::with_server.eq(true));
        let rows: Vec<_> = portion.iter().map(row).collect();
        on_conn!(tx.conn(), |c| diesel::insert_into(limited_actors::table)
            .values(&rows)
            .on_conflict(limited_actors::actor_id)
            .do_update()
            .set(limited_actors::with_server.eq(true))
            .execute(c))?;
    }
    tx.signal(Signal { topic: "servers", kind: "update", id: 0 });
    let (act, about) = (Act::ServerLimited, About::Server(&host));
    audit::record(tx, &Entry { act, about, brand: None, reason, details: serde_json::json!({}) })
}

/// Ends the limit of a server; whom a moderator limits stays so. Answers whether there was one.
pub fn unlimit(tx: &mut Tx<'_>, host: &str) -> Result<bool> {
    let host = normalise(host)?;
    let ended = diesel::update(servers::table.find(&host).filter(servers::limited_at.is_not_null()))
        .set((servers::limited_at.eq(None::<Timestamp>), servers::limit_reason.eq(None::<String>)))
        .execute(tx.conn())?;
    tx.lock(REFUSED)?;
    let limited = list_limited(tx.conn())?;
    let with_server: Vec<ActorId> = limited_actors::table
        .filter(limited_actors::with_server.eq(true))
        .select(limited_actors::actor_id)
        .load(tx.conn())?;
    for portion in with_server.chunks(500) {
        let free = refused::not_covered(tx, &limited, portion)?;
        diesel::update(limited_actors::table.filter(limited_actors::actor_id.among(free.clone())))
            .set(limited_actors::with_server.eq(false))
            .execute(tx.conn())?;
        forget_free(tx, &free)?;
    }
    tx.signal(Signal { topic: "servers", kind: "update", id: 0 });
    if ended > 0 {
        let (act, about) = (Act::ServerUnlimited, About::Server(&host));
        let details = serde_json::json!({});
        audit::record(tx, &Entry { act, about, brand: None, reason: None, details })?;
    }
    Ok(ended > 0)
}

/// Writes down whether the server of an actor that was just read is limited.
pub(super) fn settle(tx: &mut Tx<'_>, actor: ActorId, limited: bool) -> Result<()> {
    if limited {
        on_conn!(tx.conn(), |c| diesel::insert_into(limited_actors::table)
            .values((limited_actors::actor_id.eq(actor), limited_actors::with_server.eq(true)))
            .on_conflict(limited_actors::actor_id)
            .do_update()
            .set(limited_actors::with_server.eq(true))
            .execute(c))?;
        return Ok(());
    }
    let known = limited_actors::table.find(actor).filter(limited_actors::with_server.eq(true));
    if diesel::update(known).set(limited_actors::with_server.eq(false)).execute(tx.conn())? > 0 {
        forget_free(tx, &[actor])?;
    }
    Ok(())
}

/// Of whom nothing limits any more, nothing is kept.
fn forget_free(tx: &mut Tx<'_>, actors: &[ActorId]) -> Result<()> {
    let free = limited_actors::table
        .filter(limited_actors::actor_id.among(actors.to_vec()))
        .filter(limited_actors::limited_at.is_null())
        .filter(limited_actors::with_server.eq(false));
    diesel::delete(free).execute(tx.conn())?;
    Ok(())
}

/// Hosts that are limited. A limit of `example.com` also covers `social.example.com`.
pub fn list_limited(conn: &mut Conn) -> Result<Vec<String>> {
    let limited = servers::table.filter(servers::limited_at.is_not_null());
    Ok(limited.order(servers::host).select(servers::host).load(conn)?)
}
