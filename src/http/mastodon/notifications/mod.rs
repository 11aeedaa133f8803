//! `/api/v1/notifications/…` and `/api/v2/notifications/…`: what one is told.

mod first;
mod grouped;
mod policy;
mod requests;
mod which;

use axum::{
    Router,
    routing::{get, post},
};

use crate::{app::App, http::extract::Paths};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/v1/notifications", get(first::list))
        .at("/api/v1/notifications/unread_count", get(first::unread_count))
        .at("/api/v1/notifications/clear", post(first::clear))
        .at("/api/v1/notifications/dismiss", post(first::dismiss_named))
        .at("/api/v1/notifications/{id}", get(first::show))
        .at("/api/v1/notifications/{id}/dismiss", post(first::dismiss))
        .at("/api/v1/notifications/policy", get(policy::show_v1).patch(policy::change_v1).put(policy::change_v1))
        .at("/api/v2/notifications/policy", get(policy::show).patch(policy::change).put(policy::change))
        .at("/api/v1/notifications/requests", get(requests::list))
        .at("/api/v1/notifications/requests/merged", get(requests::merged))
        .at("/api/v1/notifications/requests/accept", post(requests::accept_named))
        .at("/api/v1/notifications/requests/dismiss", post(requests::dismiss_named))
        .at("/api/v1/notifications/requests/{id}", get(requests::show))
        .at("/api/v1/notifications/requests/{id}/accept", post(requests::accept))
        .at("/api/v1/notifications/requests/{id}/dismiss", post(requests::dismiss))
        .at("/api/v2/notifications", get(grouped::list))
        .at("/api/v2/notifications/unread_count", get(grouped::unread_count))
        .at("/api/v2/notifications/clear", post(first::clear))
        .at("/api/v2/notifications/{group_key}", get(grouped::show))
        .at("/api/v2/notifications/{group_key}/accounts", get(grouped::accounts))
        .at("/api/v2/notifications/{group_key}/dismiss", post(grouped::dismiss))
}
