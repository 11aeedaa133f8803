//! Activities that were said, for those who ask for them by their id.

use diesel::prelude::*;
use serde_json::Value;

use crate::{
    db::{Conn, schema::activities},
    domain::{
        ActorId,
        actors::{self, Actor},
        posts::{self, Audience},
    },
    error::Result,
};

/// What is at the address of an activity.
#[derive(Debug, Clone, PartialEq)]
pub enum Stored {
    /// The activity, as it was sent.
    There(Value),
    /// What it was about, or who did it, is deleted. The Delete that tells so stays.
    Gone,
}

/// What is kept of an activity.
#[derive(Queryable)]
struct Row {
    actor: i64,
    kind: String,
    object: Option<String>,
    audience: Option<Audience>,
    body: String,
}

/// The activity with this id, when everybody may read it.
pub fn find_open(conn: &mut Conn, uri: &str) -> Result<Option<Stored>> {
    let Some(row) = find(conn, uri)? else { return Ok(None) };
    let Some(actor) = actors::find(conn, ActorId(row.actor))? else { return Ok(None) };
    if !row.audience.is_some_and(Audience::is_open) || actor.suspended_at.is_some() {
        return Ok(None);
    }
    stored(conn, &row, &actor).map(Some)
}

/// The activity with this id, when `actor` said it; for whomever it was.
pub fn find_own(conn: &mut Conn, actor: ActorId, uri: &str) -> Result<Option<Stored>> {
    let Some(row) = find(conn, uri)?.filter(|row| row.actor == actor.0) else { return Ok(None) };
    let Some(actor) = actors::find(conn, actor)? else { return Ok(None) };
    stored(conn, &row, &actor).map(Some)
}

fn find(conn: &mut Conn, uri: &str) -> Result<Option<Row>> {
    Ok(activities::table
        .filter(activities::uri.eq(uri))
        .select((
            activities::actor_id,
            activities::kind,
            activities::object_uri,
            activities::audience,
            activities::body,
        ))
        .first(conn)
        .optional()?)
}

fn stored(conn: &mut Conn, row: &Row, actor: &Actor) -> Result<Stored> {
    let object_gone = match &row.object {
        Some(object) => posts::deleted_at(conn, object)?.is_some(),
        None => false,
    };
    if (actor.deleted_at.is_some() || object_gone) && row.kind != "Delete" {
        return Ok(Stored::Gone);
    }
    Ok(Stored::There(serde_json::from_str(&row.body)?))
}
