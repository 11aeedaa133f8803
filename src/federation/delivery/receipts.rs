//! Who got a post, who is waiting, and why.

use diesel::prelude::*;
use serde::Serialize;

use crate::{
    db::{
        Conn, Timestamp,
        schema::{activities, deliveries},
    },
    domain::PostId,
    error::Result,
};

/// What became of one delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Receipt {
    #[serde(serialize_with = "as_text")]
    pub id: i64,
    /// `Create`, `Update` or `Delete`.
    pub activity: String,
    pub host: String,
    pub inbox: String,
    /// `waiting`, `delivered` or `failed`.
    pub state: String,
    pub attempts: i32,
    pub last_status: Option<i32>,
    pub last_error: Option<String>,
    #[serde(serialize_with = "as_time")]
    pub next_at: Timestamp,
    #[serde(serialize_with = "as_optional_time")]
    pub done_at: Option<Timestamp>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn as_text<S: serde::Serializer>(id: &i64, out: S) -> std::result::Result<S::Ok, S::Error> {
    out.collect_str(id)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn as_time<S: serde::Serializer>(at: &Timestamp, out: S) -> std::result::Result<S::Ok, S::Error> {
    out.serialize_str(&at.rfc3339())
}

#[expect(clippy::ref_option, reason = "the signature is serde's")]
fn as_optional_time<S: serde::Serializer>(at: &Option<Timestamp>, out: S) -> std::result::Result<S::Ok, S::Error> {
    at.map(Timestamp::rfc3339).serialize(out)
}

/// The deliveries of a post's activities, oldest first.
pub fn receipts(conn: &mut Conn, post: PostId) -> Result<Vec<Receipt>> {
    Ok(deliveries::table
        .inner_join(activities::table)
        .filter(activities::post_id.eq(post))
        .order((deliveries::id, deliveries::host))
        .limit(5000)
        .select((
            deliveries::id,
            activities::kind,
            deliveries::host,
            deliveries::inbox,
            deliveries::state,
            deliveries::attempts,
            deliveries::last_status,
            deliveries::last_error,
            deliveries::next_at,
            deliveries::done_at,
        ))
        .load(conn)?)
}
