//! Writing it down: the activity as the bytes that are sent, and one row for each inbox that it is owed to.

use std::{collections::HashMap, sync::Arc};

use diesel::prelude::*;

use super::{audience::Inbox, compose::Message};
use crate::{
    app::App,
    db::{
        Among, Signal, Timestamp, Tx,
        schema::{activities, deliveries},
    },
    domain::{
        PostId,
        posts::{self, Audience},
        servers,
    },
    error::{Error, Result},
    federation::{
        delivery::{TOO_MUCH, WITHDRAWN},
        keys,
        objects::context,
    },
    net::signatures::proof,
    on_conn,
};

/// How many deliveries are written in one transaction.
const PORTION: usize = 500;

/// An activity as it is stored.
struct Row {
    uri: String,
    kind: &'static str,
    actor: i64,
    post: Option<PostId>,
    audience: Option<Audience>,
    object_uri: Option<String>,
    body: String,
}

/// Stores a message and what is owed. Each portion is one transaction that can be repeated without harm.
pub(super) async fn publish(app: &App, message: Message) -> Result<()> {
    let open = message.is_open();
    let mut document = context::document(message.body, message.terms, open)?;
    if open {
        let keys = keys::open_keys(app, &message.actor).await?;
        proof::attach(&mut document, &keys.ed25519, app.db.now())?;
    }
    let row = Arc::new(Row {
        uri: message.uri,
        kind: message.kind,
        actor: message.actor.id.0,
        post: message.post,
        audience: message.audience,
        object_uri: message.object_uri,
        body: serde_json::to_string(&document)?,
    });
    // Whoever takes something back, or shuts somebody out, is heard by everybody, however much waits.
    let most = match message.kind {
        "Delete" | "Undo" | "Reject" | "Block" => i64::MAX,
        _ => i64::from(app.config.federation.deliveries_waiting_per_host),
    };
    let mut portions: Vec<Vec<Inbox>> = message.recipients.chunks(PORTION).map(<[Inbox]>::to_vec).collect();
    if portions.is_empty() {
        portions.push(Vec::new());
    }
    for portion in portions {
        let row = row.clone();
        app.db
            .write(move |tx| {
                let activity = store(tx, &row)?;
                owe(tx, activity, row.actor, &portion, most)
            })
            .await?;
    }
    Ok(())
}

/// Stores the activity unless it is stored; answers its row id.
fn store(tx: &mut Tx<'_>, row: &Row) -> Result<i64> {
    let known: Option<i64> =
        activities::table.filter(activities::uri.eq(&row.uri)).select(activities::id).first(tx.conn()).optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    // The gate: what has no publication does not get out, whatever went wrong before.
    if let Some(post) = row.post
        && posts::published_for(tx.conn(), post)? != row.audience
    {
        return Err(Error::not_found("post.not_published", "This post is not there any more."));
    }
    if let Some(object) = &row.object_uri {
        withdraw(tx, row.kind, object)?;
    }
    let (id, now) = (tx.new_id(), tx.now());
    on_conn!(tx.conn(), |c| diesel::insert_into(activities::table)
        .values((
            activities::id.eq(id),
            activities::uri.eq(&row.uri),
            activities::kind.eq(row.kind),
            activities::actor_id.eq(row.actor),
            activities::post_id.eq(row.post.map(|post| post.0)),
            activities::audience.eq(row.audience),
            activities::object_uri.eq(&row.object_uri),
            activities::body.eq(&row.body),
            activities::created_at.eq(now),
        ))
        .on_conflict(activities::uri)
        .do_nothing()
        .execute(c))?;
    Ok(activities::table.filter(activities::uri.eq(&row.uri)).select(activities::id).first(tx.conn())?)
}

/// What a Delete or an Undo makes untrue, and still waits to be sent, is not sent any more.
fn withdraw(tx: &mut Tx<'_>, kind: &str, object: &str) -> Result<()> {
    let now = tx.now();
    let untrue: Vec<i64> = match kind {
        "Delete" => activities::table
            .filter(activities::object_uri.eq(object))
            .filter(activities::kind.among(["Create", "Update"]))
            .select(activities::id)
            .load(tx.conn())?,
        "Undo" => activities::table.filter(activities::uri.eq(object)).select(activities::id).load(tx.conn())?,
        _ => return Ok(()),
    };
    diesel::update(
        deliveries::table
            .filter(deliveries::activity_id.among(untrue))
            .filter(deliveries::state.eq("waiting"))
            .filter(deliveries::leased_until.lt(now)),
    )
    .set((deliveries::state.eq("failed"), deliveries::last_error.eq(WITHDRAWN), deliveries::done_at.eq(now)))
    .execute(tx.conn())?;
    Ok(())
}

/// Writes down that the activity is owed to these inboxes; those that have a row keep it. A server to which `most`
/// deliveries wait already is owed no more: one receipt says so.
fn owe(tx: &mut Tx<'_>, activity: i64, actor: i64, inboxes: &[Inbox], most: i64) -> Result<()> {
    if inboxes.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    let mut hosts: Vec<&str> = inboxes.iter().map(|inbox| inbox.host.as_str()).collect();
    hosts.dedup();
    let paused: HashMap<String, Timestamp> = servers::pauses(tx.conn(), &hosts, now)?.into_iter().collect();
    let mut waiting = waiting_for(tx, &hosts, most)?;
    let mut rows = Vec::with_capacity(inboxes.len());
    for inbox in inboxes {
        let count = waiting.entry(inbox.host.clone()).or_default();
        *count += 1;
        // Of what is too much the first is written down, and only that.
        if *count > most.saturating_add(1) {
            continue;
        }
        let fits = *count <= most;
        rows.push((
            deliveries::id.eq(tx.new_id()),
            deliveries::activity_id.eq(activity),
            deliveries::actor_id.eq(actor),
            deliveries::host.eq(&inbox.host),
            deliveries::inbox.eq(&inbox.url),
            deliveries::state.eq(if fits { "waiting" } else { "failed" }),
            deliveries::last_error.eq((!fits).then_some(TOO_MUCH)),
            deliveries::done_at.eq((!fits).then_some(now)),
            deliveries::next_at.eq(paused.get(&inbox.host).copied().unwrap_or(now)),
            deliveries::created_at.eq(now),
        ));
    }
    on_conn!(tx.conn(), |c| diesel::insert_into(deliveries::table)
        .values(&rows)
        .on_conflict((deliveries::activity_id, deliveries::inbox))
        .do_nothing()
        .execute(c))?;
    tx.signal(Signal { topic: "deliveries", kind: "new", id: 0 });
    Ok(())
}

/// How many deliveries wait for each of these servers, `most` at most.
fn waiting_for(tx: &mut Tx<'_>, hosts: &[&str], most: i64) -> Result<HashMap<String, i64>> {
    let counts: Vec<(String, i64)> = deliveries::table
        .filter(deliveries::state.eq("waiting"))
        .filter(deliveries::host.among(hosts.to_vec()))
        .group_by(deliveries::host)
        .select((deliveries::host, diesel::dsl::count_star()))
        .load(tx.conn())?;
    Ok(counts.into_iter().map(|(host, count)| (host, count.min(most))).collect())
}
