//! Our own JSON API, below `/api/guildhall/v1`.

mod receipts;
mod teams;

use axum::{
    Router,
    middleware::{from_fn, map_response},
    routing::any,
};

use super::{extract::read_fields, problem};
use crate::{app::App, error::Error};

/// Everything below `/api/guildhall`.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(receipts::routes())
        .merge(teams::routes())
        .route("/api/guildhall/{*rest}", any(unknown))
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(from_fn(read_fields))
        .layer(map_response(problem::as_problem))
}

async fn unknown() -> Error {
    Error::not_found("route.not_found", "There is nothing at this address.")
}
