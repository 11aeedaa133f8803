//! Writes an activity and what is owed, so that nothing is lost and nothing is there twice.

use diesel::prelude::*;

use super::Outgoing;
use crate::{
    app::App,
    db::{
        Signal, Tx,
        schema::{activities, deliveries},
    },
    domain::{actors::Actor, posts::Audience},
    error::Result,
    federation::{keys, objects::context},
    net::signatures::proof,
    on_conn,
};

/// How many deliveries are written in one transaction.
const PORTION: usize = 500;

/// Stores an activity with the deliveries it is owed to.
pub async fn store(app: &App, author: &Actor, outgoing: Outgoing) -> Result<()> {
    let mut document = context::with_context(outgoing.document)?;
    let open = outgoing.audience.is_some_and(Audience::is_open);
    if open && author.deleted_at.is_none() {
        let keys = keys::open_keys(app, author).await?;
        proof::attach(&mut document, &keys.ed25519, app.db.now())?;
    }
    let body = serde_json::to_string(&document)?;
    let (actor, kind) = (author.id, outgoing.kind);
    let (uri, post, audience, object_uri) = (outgoing.uri, outgoing.post, outgoing.audience, outgoing.object_uri);
    let id: i64 = app
        .db
        .write(move |tx| {
            let (id, now) = (tx.new_id(), tx.now());
            on_conn!(tx.conn(), |c| diesel::insert_into(activities::table)
                .values((
                    activities::id.eq(id),
                    activities::uri.eq(&uri),
                    activities::kind.eq(kind),
                    activities::actor_id.eq(actor),
                    activities::post_id.eq(post),
                    activities::audience.eq(audience),
                    activities::object_uri.eq(&object_uri),
                    activities::body.eq(&body),
                    activities::created_at.eq(now),
                ))
                .on_conflict(activities::uri)
                .do_nothing()
                .execute(c))?;
            Ok(activities::table.filter(activities::uri.eq(&uri)).select(activities::id).first(tx.conn())?)
        })
        .await?;
    for portion in outgoing.inboxes.chunks(PORTION) {
        let portion = portion.to_vec();
        app.db.write(move |tx| owe(tx, id, actor.0, &portion)).await?;
    }
    Ok(())
}

fn owe(tx: &mut Tx<'_>, activity: i64, actor: i64, inboxes: &[(String, String)]) -> Result<()> {
    let now = tx.now();
    let rows: Vec<_> = inboxes
        .iter()
        .map(|(host, inbox)| {
            (
                deliveries::id.eq(tx.new_id()),
                deliveries::activity_id.eq(activity),
                deliveries::actor_id.eq(actor),
                deliveries::host.eq(host),
                deliveries::inbox.eq(inbox),
                deliveries::state.eq("waiting"),
                deliveries::next_at.eq(now),
                deliveries::created_at.eq(now),
            )
        })
        .collect();
    on_conn!(tx.conn(), |c| diesel::insert_into(deliveries::table)
        .values(&rows)
        .on_conflict((deliveries::activity_id, deliveries::inbox))
        .do_nothing()
        .execute(c))?;
    tx.signal(Signal { topic: "deliveries", kind: "new", id: 0 });
    Ok(())
}

/// The bytes of one of our activities, when anybody may read it.
pub fn open_activity(conn: &mut crate::db::Conn, uri: &str) -> Result<Option<String>> {
    Ok(activities::table
        .filter(activities::uri.eq(uri))
        .filter(activities::audience.eq_any([Audience::Public, Audience::Unlisted]))
        .select(activities::body)
        .first(conn)
        .optional()?)
}
