//! What clients said, by the id that they were told. An activity is sent by a job, and some are never sent because
//! all concerned are here; until then, and for those, it is written anew from what happened.

use std::time::Duration;

use diesel::prelude::*;

use crate::{
    app::App,
    db::{Among, Conn, Tx, schema::submissions},
    domain::{ActorId, Site, actors::Actor, work::Change},
    error::{Error, Result},
    federation::{
        keys,
        objects::context,
        outbound::{self, Stored, compose},
    },
    on_conn,
};

/// Keeps what happened under the id of its activity, and answers the id.
pub(super) fn keep(tx: &mut Tx<'_>, site: &Site, actor: ActorId, change: &Change) -> Result<String> {
    let uri = outbound::uri_of(tx.conn(), site, change)?;
    let uri = uri.ok_or_else(|| Error::internal("something that a client did has no id"))?;
    keep_as(tx, &uri, actor, change)?;
    Ok(uri)
}

/// The same under an id that is known.
pub(super) fn keep_as(tx: &mut Tx<'_>, uri: &str, actor: ActorId, change: &Change) -> Result<()> {
    let (change, now) = (serde_json::to_string(change)?, tx.now());
    on_conn!(tx.conn(), |c| diesel::insert_into(submissions::table)
        .values((
            submissions::uri.eq(uri),
            submissions::actor_id.eq(actor.0),
            submissions::change.eq(&change),
            submissions::created_at.eq(now),
        ))
        .on_conflict(submissions::uri)
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// Whether `actor` said this before.
pub(super) fn is_kept(conn: &mut Conn, actor: ActorId, uri: &str) -> Result<bool> {
    let known = submissions::table.find(uri).filter(submissions::actor_id.eq(actor.0));
    Ok(diesel::select(diesel::dsl::exists(known)).get_result(conn)?)
}

/// The activity of `me` with this id: as it was sent, else as it will be.
pub async fn find(app: &App, me: &Actor, uri: &str) -> Result<Option<Stored>> {
    let (actor, wanted) = (me.id, uri.to_owned());
    let (sent, change) = app
        .db
        .read(move |conn| {
            let sent = outbound::find_own(conn, actor, &wanted)?;
            let change: Option<String> = submissions::table
                .find(&wanted)
                .filter(submissions::actor_id.eq(actor.0))
                .select(submissions::change)
                .first(conn)
                .optional()?;
            Ok((sent, change))
        })
        .await?;
    let (None, Some(change)) = (&sent, change) else { return Ok(sent) };
    let change: Change = serde_json::from_str(&change)?;
    let keys = keys::ensure_keys(app, me).await?;
    let (inner, who, now) = (app.clone(), me.clone(), app.db.now());
    let message = app.db.read(move |conn| compose::message(conn, &inner, who, &keys, &change, now)).await?;
    // What was edited again, or taken back, is not what was said under this id.
    match message.filter(|message| message.uri == uri) {
        Some(message) => Ok(Some(Stored::There(context::document(message.body, message.terms, false)?))),
        None => Ok(Some(Stored::Gone)),
    }
}

/// Forgets up to `limit` things that were said long ago; answers how many.
pub fn prune(tx: &mut Tx<'_>, older_than: Duration, limit: i64) -> Result<usize> {
    let before = tx.now().minus(older_than);
    let old: Vec<String> = submissions::table
        .filter(submissions::created_at.lt(before))
        .order(submissions::created_at)
        .limit(limit)
        .select(submissions::uri)
        .load(tx.conn())?;
    Ok(diesel::delete(submissions::table.filter(submissions::uri.among(old))).execute(tx.conn())?)
}
