//! Our own JSON API, below `/api/guildhall/v1`.

mod accounts;
mod announcements;
mod audit;
mod authority;
mod brands;
mod certificates;
mod crisis;
mod deliveries;
mod doctor;
mod drafts;
mod emojis;
mod exposure;
mod figures;
mod grants;
mod internal_reviews;
mod invitations;
mod jobs;
mod limits;
mod look;
mod me;
mod once;
mod openapi;
mod policy;
mod preview;
mod publish_requests;
mod reach;
mod servers;
mod setup;
mod sign_ups;
mod teams;
mod versions;

use axum::{
    Router,
    middleware::{from_fn, map_response_with_state},
    routing::any,
};
use tower::ServiceBuilder;

pub use jobs::GIVEN_UP;
pub use openapi::{PROBLEMS, Problem, TEXT as OPENAPI};

use super::{
    extract::{Session, read_fields},
    problem,
};
use crate::{
    app::App,
    domain::{AccountId, ActorId},
    error::{Error, Result},
};

/// Everything below `/api/guildhall`.
pub fn routes(app: &App) -> Router<App> {
    Router::new()
        .merge(accounts::routes())
        .merge(announcements::routes())
        .merge(audit::routes())
        .merge(authority::routes())
        .merge(brands::routes())
        .merge(certificates::routes())
        .merge(crisis::routes())
        .merge(deliveries::routes())
        .merge(doctor::routes())
        .merge(drafts::routes())
        .merge(emojis::routes())
        .merge(exposure::routes())
        .merge(figures::routes())
        .merge(grants::routes())
        .merge(internal_reviews::routes())
        .merge(invitations::routes())
        .merge(jobs::routes())
        .merge(limits::routes())
        .merge(look::routes())
        .merge(me::routes())
        .merge(openapi::routes())
        .merge(policy::routes())
        .merge(preview::routes())
        .merge(publish_requests::routes())
        .merge(reach::routes())
        .merge(servers::routes())
        .merge(setup::routes())
        .merge(sign_ups::routes())
        .merge(teams::routes())
        .route("/api/guildhall/{*rest}", any(unknown))
        .method_not_allowed_fallback(problem::method_is_a_problem)
        .layer(
            ServiceBuilder::new()
                .layer(map_response_with_state(app.clone(), problem::as_problem))
                .layer(from_fn(read_fields)),
        )
}

/// Those whose requests carry files, with limits of their own: large ones go to the disk, a logo is 64 KiB.
pub fn file_routes(app: &App) -> Router<App> {
    emojis::file_routes(app)
        .merge(look::file_routes())
        .method_not_allowed_fallback(problem::method_is_a_problem)
        .layer(map_response_with_state(app.clone(), problem::as_problem))
}

async fn unknown() -> Error {
    Error::not_found("route.not_found", "There is nothing at this address.")
}

/// Owners and admins, with a token that may do this.
fn admins_only(me: &Session, scope: &str) -> Result<()> {
    me.need(scope)?;
    if me.account.runs_server() {
        return Ok(());
    }
    let (name, role) = (&me.actor.username, me.account.house_role());
    let told = format!("Only owners and admins can do this; the role of @{name} is {role}.");
    Err(Error::forbidden("admin.only", told))
}

/// Who asks, where their token acts as themselves: what is said inside is no brand's to read.
fn oneself(me: &Session) -> Result<(AccountId, ActorId)> {
    if me.actor.id == me.account.actor_id {
        return Ok((me.account.id, me.actor.id));
    }
    Err(Error::forbidden("token.oneself", "This is asked with a token that acts as yourself, not as a brand."))
}
