//! `/api/guildhall/v1/doctor`: the company as others see it, for whoever runs it.

use axum::{Router, extract::State, routing::get};

use super::admins_only;
use crate::{
    app::App,
    doctor::{self, Options, Report},
    error::Result,
    http::extract::{Json, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/guildhall/v1/doctor", get(examine))
}

/// `GET /api/guildhall/v1/doctor`
async fn examine(State(app): State<App>, me: Session) -> Result<Json<Report>> {
    admins_only(&me, "admin:read")?;
    // Its size is that of all checks together.
    Box::pin(doctor::examine(&app, Options::default())).await.map(Json)
}
