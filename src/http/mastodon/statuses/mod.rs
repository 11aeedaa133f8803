//! `/api/v1/statuses/…`: writing, reading, liking, boosting and pinning posts.
//!
//! The id of a boost stands wherever that of a post may: it is shown as the boost, and what is done to it is done
//! to the post.

mod create;
mod delete;
mod edit;
mod form;
mod idempotency;
mod poll;
mod quote;
mod react;
mod scheduled;
mod show;
mod waiting;

use axum::{
    Router,
    routing::{get, post, put},
};

pub use create::typed;
pub use form::Writing;
pub(super) use form::visibility;

use crate::{app::App, http::extract::Paths};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .merge(scheduled::routes())
        .at("/api/v1/statuses", get(show::many).post(create::create))
        .at("/api/v1/statuses/{id}", get(show::show).put(edit::edit).patch(edit::edit).delete(delete::delete))
        .at("/api/v1/statuses/{id}/context", get(show::context))
        .at("/api/v1/statuses/{id}/card", get(show::card))
        .at("/api/v1/statuses/{id}/quotes", get(quote::list))
        .at("/api/v1/statuses/{id}/quotes/{quoting}/revoke", post(quote::revoke))
        .at("/api/v1/statuses/{id}/interaction_policy", put(quote::change_policy).patch(quote::change_policy))
        .at("/api/v1/statuses/{id}/source", get(show::source))
        .at("/api/v1/statuses/{id}/history", get(show::history))
        .at("/api/v1/statuses/{id}/favourite", post(react::favourite))
        .at("/api/v1/statuses/{id}/unfavourite", post(react::unfavourite))
        .at("/api/v1/statuses/{id}/reblog", post(react::reblog))
        .at("/api/v1/statuses/{id}/unreblog", post(react::unreblog))
        .at("/api/v1/statuses/{id}/bookmark", post(react::bookmark))
        .at("/api/v1/statuses/{id}/unbookmark", post(react::unbookmark))
        .at("/api/v1/statuses/{id}/mute", post(react::mute))
        .at("/api/v1/statuses/{id}/unmute", post(react::unmute))
        .at("/api/v1/statuses/{id}/pin", post(react::pin))
        .at("/api/v1/statuses/{id}/unpin", post(react::unpin))
        .at("/api/v1/statuses/{id}/favourited_by", get(react::favourited_by))
        .at("/api/v1/statuses/{id}/reblogged_by", get(react::reblogged_by))
}
