//! `/api/v2/filters/…` and `/api/v1/filters/…`: what one does not want to read.

mod first;
mod form;
mod keywords;
mod second;
mod statuses;

use axum::{
    Router,
    routing::{get, put},
};

use crate::{app::App, http::extract::Paths};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/v2/filters", get(second::list).post(second::create))
        .at("/api/v2/filters/{id}", get(second::show).put(second::update).patch(second::update).delete(second::delete))
        .at("/api/v2/filters/{id}/keywords", get(keywords::list).post(keywords::create))
        .at("/api/v2/filters/keywords/{id}", get(keywords::show).delete(keywords::delete))
        .at("/api/v2/filters/keywords/{id}", put(keywords::update).patch(keywords::update))
        .at("/api/v2/filters/{id}/statuses", get(statuses::list).post(statuses::create))
        .at("/api/v2/filters/statuses/{id}", get(statuses::show).delete(statuses::delete))
        .at("/api/v1/filters", get(first::list).post(first::create))
        .at("/api/v1/filters/{id}", get(first::show).put(first::update).patch(first::update).delete(first::delete))
}
