//! Marker.

use serde::Serialize;

/// How far somebody has read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Marker {
    pub last_read_id: String,
    pub version: i64,
    pub updated_at: String,
}
