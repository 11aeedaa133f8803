//! Activities that were said, for those who ask for them by their id.

use diesel::prelude::*;
use serde_json::Value;

use crate::{
    db::{Conn, schema::activities},
    domain::{
        ActorId, actors,
        posts::{self, Audience},
    },
    error::Result,
};

/// What is at the address of an activity.
#[derive(Debug, Clone, PartialEq)]
pub enum Stored {
    /// The activity, as it was sent.
    There(Value),
    /// What it was about, or who did it, is deleted.
    Gone,
}

/// The activity with this id, when everybody may read it.
pub fn find_open(conn: &mut Conn, uri: &str) -> Result<Option<Stored>> {
    type Row = (i64, String, Option<String>, Option<Audience>, String);
    let row: Option<Row> = activities::table
        .filter(activities::uri.eq(uri))
        .select((
            activities::actor_id,
            activities::kind,
            activities::object_uri,
            activities::audience,
            activities::body,
        ))
        .first(conn)
        .optional()?;
    let Some((actor, kind, object, audience, body)) = row else { return Ok(None) };
    let actor = actors::get(conn, ActorId(actor))?;
    if !audience.is_some_and(Audience::is_open) || actor.suspended_at.is_some() {
        return Ok(None);
    }
    let object_gone = match &object {
        Some(object) => posts::deleted_at(conn, object)?.is_some(),
        None => false,
    };
    if (actor.deleted_at.is_some() || object_gone) && kind != "Delete" {
        return Ok(Some(Stored::Gone));
    }
    Ok(Some(Stored::There(serde_json::from_str(&body)?)))
}
