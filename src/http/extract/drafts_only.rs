//! What is open to a token with which somebody only writes drafts for a brand. Everything else is refused, also a call
//! that is built tomorrow: it is one that does or reads something as the brand until it is named here.
//!
//! What is read is read with the person's own eyes ([`accounts::Session::reads_as`]), and what the brand is told in
//! private is not read at all: their role reads drafts.

use axum::extract::MatchedPath;
use http::{Method, request::Parts};

use crate::{
    domain::accounts,
    error::{Error, Result},
};

/// The calls, each as its methods and its path as it is routed.
const OPEN: &[&str] = &[
    // Who they are, and how the brand writes.
    "GET /api/v1/accounts/verify_credentials",
    "GET /api/v1/apps/verify_credentials",
    "GET /api/v1/preferences",
    "GET /oauth/userinfo",
    // What everybody with an account is told.
    "GET /api/v1/announcements",
    // People to name and posts to answer.
    "GET /api/v1/accounts/lookup",
    "GET /api/v1/accounts/search",
    "GET /api/v1/accounts/{id}",
    "GET /api/v1/accounts/{id}/statuses",
    "GET /api/v1/timelines/home",
    "GET /api/v1/timelines/public",
    "GET /api/v1/timelines/tag/{name}",
    "GET /api/v2/search",
    "GET /api/v1/streaming",
    "GET /api/v1/streaming/user",
    // What they write, which waits.
    "POST /api/v1/statuses",
    "GET PUT PATCH DELETE /api/v1/statuses/{id}",
    "GET /api/v1/statuses/{id}/context",
    "GET /api/v1/statuses/{id}/source",
    "POST /api/v1/media",
    "POST /api/v2/media",
    "GET PUT PATCH DELETE /api/v1/media/{id}",
    "GET /api/guildhall/v1/actors/{id}/authority",
    "GET /api/guildhall/v1/actors/{id}/policy",
    "POST /api/guildhall/v1/actors/{id}/drafts",
    "GET /api/guildhall/v1/drafts",
    "GET PATCH DELETE /api/guildhall/v1/drafts/{id}",
    "GET /api/guildhall/v1/drafts/{id}/history",
    "POST /api/guildhall/v1/drafts/{id}/presence",
    "POST /api/guildhall/v1/drafts/{id}/submit",
];

/// Refuses what is not open to who only writes drafts.
pub(super) fn check(session: &accounts::Session, parts: &Parts) -> Result<()> {
    if !session.drafts_only() || is_open(&parts.method, parts.extensions.get::<MatchedPath>()) {
        return Ok(());
    }
    let told = format!(
        "As @{} you write drafts: post, and a colleague approves it. This is for those who may publish as the brand.",
        session.actor.username
    );
    Err(Error::forbidden("token.drafts_only", told))
}

fn is_open(method: &Method, path: Option<&MatchedPath>) -> bool {
    let Some(path) = path.map(|path| path.as_str().trim_end_matches('/')) else { return false };
    OPEN.iter().any(|line| {
        let Some((methods, known)) = line.rsplit_once(' ') else { return false };
        known == path && methods.split(' ').any(|known| known == method.as_str())
    })
}
