//! Votes as other servers write them.

use serde_json::Value;

use super::values::{id, id_of, kind, list, text};
use crate::text as floor;

/// A vote, not yet believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vote<'a> {
    /// Who it says votes.
    pub author: Option<&'a str>,
    /// What the choice is called.
    pub choice: &'a str,
    /// The id of the poll.
    pub poll: &'a str,
}

/// Reads a vote: a Note with a name and without a text that answers something.
pub fn read(object: &Value) -> Option<Vote<'_>> {
    let says = |name: &str| text(object, name).is_some_and(|text| !floor::is_blank(text));
    let mapped = object.get("contentMap").and_then(Value::as_object).is_some_and(|map| !map.is_empty());
    if kind(object, |kind| kind == "Note") != "Note" || says("content") || says("source") || mapped {
        return None;
    }
    Some(Vote {
        author: list(object, "attributedTo").into_iter().find_map(id_of),
        choice: text(object, "name").filter(|name| !floor::is_blank(name))?,
        poll: id(object, "inReplyTo")?,
    })
}

/// The votes that an activity carries; nothing when any of what it carries is something else.
pub fn carried(activity: &Value) -> Option<Vec<Vote<'_>>> {
    let votes: Option<Vec<Vote<'_>>> = list(activity, "object").into_iter().map(read).collect();
    votes.filter(|votes| !votes.is_empty())
}
