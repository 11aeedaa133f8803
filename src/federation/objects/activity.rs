//! The verbs on the wire, as we say them.

use serde_json::{Map, Value, json};

use super::addressing::Addressing;
use crate::db::Timestamp;

/// What every activity says.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity<'a> {
    /// Its id.
    pub id: &'a str,
    /// `Create`, `Like`, …
    pub kind: &'static str,
    /// Who does it.
    pub actor: &'a str,
    /// What it is done to: an id, or the whole thing.
    pub object: Value,
    /// For whom.
    pub addressing: Addressing,
    /// When it was done.
    pub published: Option<Timestamp>,
}

impl Activity<'_> {
    /// The activity as others read it.
    pub fn to_json(self) -> Value {
        let mut wire = Map::new();
        wire.insert("id".to_owned(), json!(self.id));
        wire.insert("type".to_owned(), json!(self.kind));
        wire.insert("actor".to_owned(), json!(self.actor));
        if let Some(published) = self.published {
            wire.insert("published".to_owned(), json!(published.rfc3339()));
        }
        wire.insert("to".to_owned(), json!(self.addressing.to));
        if !self.addressing.cc.is_empty() {
            wire.insert("cc".to_owned(), json!(self.addressing.cc));
        }
        wire.insert("object".to_owned(), self.object);
        Value::Object(wire)
    }
}

/// The activity with what its object is added to or removed from.
pub fn targeted(mut activity: Value, target: &str) -> Value {
    if let Some(members) = activity.as_object_mut() {
        members.insert("target".to_owned(), json!(target));
    }
    activity
}

/// An activity inside another one: what Accept, Reject and Undo are about. Peers need the whole of it, because
/// not all of them look ids up.
pub fn inner(id: &str, kind: &'static str, actor: &str, object: &str) -> Value {
    json!({ "id": id, "type": kind, "actor": actor, "object": object })
}
