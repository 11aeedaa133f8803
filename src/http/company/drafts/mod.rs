//! `/api/guildhall/v1/drafts`: what is written for brands before it is a post, and what colleagues say of it.
//!
//! A draft carries its version as `ETag`. Whoever saves or approves says in `If-Match` which one they saw, and gets 409
//! with the present one where somebody else saved meanwhile.

mod act;
mod form;
mod show;
mod shown;
mod write;

use axum::{
    Router,
    routing::{get, post},
};

pub(super) use shown::{Names, Somebody};
pub(super) use write::once;

use crate::{app::App, http::extract::Paths};

/// The routes of this part.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/actors/{id}/drafts", post(write::create))
        .at("/api/guildhall/v1/drafts", get(show::list))
        .at("/api/guildhall/v1/drafts/{id}", get(show::one).patch(write::save).delete(write::discard))
        .at("/api/guildhall/v1/drafts/{id}/history", get(show::history))
        .at("/api/guildhall/v1/drafts/{id}/presence", post(write::presence))
        .at("/api/guildhall/v1/drafts/{id}/submit", post(act::submit))
        .at("/api/guildhall/v1/drafts/{id}/approve", post(act::approve))
        .at("/api/guildhall/v1/drafts/{id}/request-changes", post(act::request_changes))
        .at("/api/guildhall/v1/drafts/{id}/schedule", post(act::schedule))
        .at("/api/guildhall/v1/drafts/{id}/publish", post(act::publish))
        .at("/api/guildhall/v1/drafts/{id}/override", post(act::publish_anyway))
}
