//! `/api/v1/accounts/…` and `/api/v1/follow_requests`: people.

mod credentials;
mod follow_requests;
mod known;
mod lists;
mod profile;
mod relations;
mod show;
mod sign_up;

use axum::{
    Router,
    routing::{delete, get, post},
};

pub(super) use profile::update;

use crate::{
    app::App,
    db::Conn,
    domain::{
        Site,
        actors::{self, Actor},
        servers,
    },
    error::Result,
    http::extract::Paths,
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/v1/accounts/verify_credentials", get(credentials::verify))
        .at("/api/v1/profile/avatar", delete(profile::remove_avatar))
        .at("/api/v1/profile/header", delete(profile::remove_header))
        .at("/api/v1/accounts/lookup", get(show::lookup))
        .at("/api/v1/accounts/relationships", get(relations::list))
        .at("/api/v1/accounts/search", get(show::search))
        .at("/api/v1/accounts/familiar_followers", get(known::familiar))
        .at("/api/v1/accounts", get(known::many).post(sign_up::create))
        .at("/api/v1/emails/check_confirmation", get(sign_up::check))
        .at("/api/v1/emails/confirmations", post(sign_up::again))
        .at("/api/v1/accounts/{id}", get(show::show))
        .at("/api/v1/accounts/{id}/statuses", get(lists::statuses))
        .at("/api/v1/accounts/{id}/followers", get(lists::followers))
        .at("/api/v1/accounts/{id}/following", get(lists::following))
        .at("/api/v1/accounts/{id}/lists", get(super::lists::with))
        .at("/api/v1/accounts/{id}/follow", post(relations::follow))
        .at("/api/v1/accounts/{id}/unfollow", post(relations::unfollow))
        .at("/api/v1/accounts/{id}/remove_from_followers", post(relations::remove_from_followers))
        .at("/api/v1/accounts/{id}/block", post(relations::block))
        .at("/api/v1/accounts/{id}/unblock", post(relations::unblock))
        .at("/api/v1/accounts/{id}/mute", post(relations::mute))
        .at("/api/v1/accounts/{id}/unmute", post(relations::unmute))
        .at("/api/v1/accounts/{id}/note", post(known::note))
        .at("/api/v1/accounts/{id}/endorse", post(known::endorse))
        .at("/api/v1/accounts/{id}/unendorse", post(known::unendorse))
        .at("/api/v1/accounts/{id}/pin", post(known::endorse))
        .at("/api/v1/accounts/{id}/unpin", post(known::unendorse))
        .at("/api/v1/accounts/{id}/endorsements", get(known::endorsements))
        .at("/api/v1/endorsements", get(known::own_endorsements))
        .at("/api/v1/follow_requests", get(follow_requests::list))
        .at("/api/v1/follow_requests/{id}/authorize", post(follow_requests::authorize))
        .at("/api/v1/follow_requests/{id}/reject", post(follow_requests::reject))
}

/// Somebody by handle: `ana`, `@ana`, `ana@host`; our own also with our domain.
pub(super) fn find_by_handle(conn: &mut Conn, site: &Site, handle: &str) -> Result<Option<Actor>> {
    match actors::find_by_address(conn, site, handle)? {
        Some(actor) if servers::is_refused(conn, actor.id)? => Ok(None),
        found => Ok(found),
    }
}
