//! What is left of what was deleted.

use serde_json::{Value, json};

use crate::db::Timestamp;

/// The tombstone of something; `deleted` where the moment is known.
pub fn to_json(uri: &str, deleted: Option<Timestamp>) -> Value {
    match deleted {
        Some(deleted) => json!({ "id": uri, "type": "Tombstone", "deleted": deleted.rfc3339() }),
        None => json!({ "id": uri, "type": "Tombstone" }),
    }
}
