//! Actors whose server is blocked. Which they are is worked out when a block begins or ends and when an actor is read,
//! so that reading asks a small table.

use std::collections::BTreeSet;

use diesel::{dsl, prelude::*};

use super::{REFUSED, above, covers, limited, list_blocked};
use crate::{
    db::{
        Among, Conn, Timestamp, Tx,
        schema::{actors, doubtful_handles, refused_actors, servers},
    },
    domain::ActorId,
    error::Result,
    on_conn,
};

/// What decides where an actor is from: the host of its handle, the one of a handle that it claims, and its id.
type Places = (String, Option<String>, String);

/// Every actor of a server that we know, and of those below its domain.
pub(super) fn actors_of(tx: &mut Tx<'_>, host: &str) -> Result<Vec<ActorId>> {
    let like = format!("%{}%", host.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    let maybe: Vec<(ActorId, Places)> = actors::table
        .left_join(doubtful_handles::table.on(doubtful_handles::actor_id.eq(actors::id)))
        .filter(actors::host.ne(""))
        .filter(
            actors::host
                .like(like.clone())
                .escape('\\')
                .or(actors::uri.like(like.clone()).escape('\\'))
                .or(doubtful_handles::claimed_host.like(like).escape('\\')),
        )
        .select((actors::id, (actors::host, doubtful_handles::claimed_host.nullable(), actors::uri)))
        .load(tx.conn())?;
    let hosts = [host.to_owned()];
    Ok(maybe.into_iter().filter(|(_, places)| is_covered(&hosts, places)).map(|(id, ..)| id).collect())
}

/// Those of these actors who are from none of these hosts.
pub(super) fn not_covered(tx: &mut Tx<'_>, hosts: &[String], actors: &[ActorId]) -> Result<Vec<ActorId>> {
    let places: Vec<(ActorId, Places)> = actors::table
        .left_join(doubtful_handles::table.on(doubtful_handles::actor_id.eq(actors::id)))
        .filter(actors::id.among(actors.to_vec()))
        .select((actors::id, (actors::host, doubtful_handles::claimed_host.nullable(), actors::uri)))
        .load(tx.conn())?;
    Ok(places.into_iter().filter(|(_, places)| !is_covered(hosts, places)).map(|(id, _)| id).collect())
}

/// Hides every actor of a server that is now blocked.
pub(super) fn hide(tx: &mut Tx<'_>, host: &str) -> Result<()> {
    let theirs = actors_of(tx, host)?;
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

/// Shows every actor whose server is not blocked any more. A handle that was claimed meanwhile is asked about when the
/// actor is read next.
pub(super) fn show(tx: &mut Tx<'_>) -> Result<()> {
    let blocked = list_blocked(tx.conn())?;
    let hidden: Vec<ActorId> = refused_actors::table.select(refused_actors::actor_id).load(tx.conn())?;
    for portion in hidden.chunks(500) {
        let portion = not_covered(tx, &blocked, portion)?;
        let claimed = || {
            doubtful_handles::table
                .filter(doubtful_handles::actor_id.among(portion.to_vec()))
                .filter(doubtful_handles::claimed_host.is_not_null())
        };
        diesel::update(actors::table.filter(actors::id.eq_any(claimed().select(doubtful_handles::actor_id))))
            .set(actors::fetched_at.eq(None::<Timestamp>))
            .execute(tx.conn())?;
        diesel::update(claimed()).set(doubtful_handles::claimed_host.eq(None::<String>)).execute(tx.conn())?;
        diesel::delete(refused_actors::table.filter(refused_actors::actor_id.among(portion.to_vec())))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Hides or shows an actor that was just read, and limits it or not: it may be new, or its handle may have moved while a
/// block or a limit lasts.
pub fn settle(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    tx.share(REFUSED)?;
    let (host, claimed, uri): Places = actors::table
        .left_join(doubtful_handles::table.on(doubtful_handles::actor_id.eq(actors::id)))
        .filter(actors::id.eq(actor))
        .select((actors::host, doubtful_handles::claimed_host.nullable(), actors::uri))
        .first(tx.conn())?;
    let places: BTreeSet<String> = [Some(host), claimed, origin(&uri)].into_iter().flatten().collect();
    let names: BTreeSet<String> = places.iter().flat_map(|place| above(place)).collect();
    let standing: Vec<(bool, bool)> = servers::table
        .filter(servers::host.among(names))
        .filter(servers::blocked.eq(true).or(servers::limited_at.is_not_null()))
        .select((servers::blocked, servers::limited_at.is_not_null()))
        .load(tx.conn())?;
    limited::settle(tx, actor, standing.iter().any(|(_, limited)| *limited))?;
    if standing.iter().any(|(blocked, _)| *blocked) {
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

fn is_covered(blocked: &[String], (host, claimed, uri): &Places) -> bool {
    covers(blocked, host)
        || claimed.as_ref().is_some_and(|claimed| covers(blocked, claimed))
        || origin(uri).is_some_and(|origin| covers(blocked, &origin))
}

/// The host of an id, with its port where that is unusual.
pub fn origin(uri: &str) -> Option<String> {
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
        .filter(refused_actors::actor_id.among(actors.to_vec()))
        .select(refused_actors::actor_id)
        .load(conn)?;
    Ok(actors.iter().copied().filter(|actor| !refused.contains(actor)).collect())
}
