//! Activities that were said, for those who ask for them by their id.

use diesel::prelude::*;
use serde_json::Value;

use crate::{
    db::{
        Conn,
        schema::{activities, actors, tombstones},
    },
    domain::posts::Audience,
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
    type Row =
        (String, Option<String>, Option<Audience>, String, Option<crate::db::Timestamp>, Option<crate::db::Timestamp>);
    let row: Option<Row> = activities::table
        .inner_join(actors::table)
        .filter(activities::uri.eq(uri))
        .select((
            activities::kind,
            activities::object_uri,
            activities::audience,
            activities::body,
            actors::suspended_at,
            actors::deleted_at,
        ))
        .first(conn)
        .optional()?;
    let Some((kind, object, audience, body, suspended, deleted)) = row else { return Ok(None) };
    if !audience.is_some_and(Audience::is_open) || suspended.is_some() {
        return Ok(None);
    }
    let object_gone = match &object {
        Some(object) => diesel::select(diesel::dsl::exists(tombstones::table.filter(tombstones::uri.eq(object))))
            .get_result(conn)?,
        None => false,
    };
    if (deleted.is_some() || object_gone) && kind != "Delete" {
        return Ok(Some(Stored::Gone));
    }
    Ok(Some(Stored::There(serde_json::from_str(&body)?)))
}
