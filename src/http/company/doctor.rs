//! `/api/guildhall/v1/doctor`: the company as others see it, for whoever runs it.

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::State, routing::get};
use tokio::{sync::Mutex, time::Instant};

use super::{
    admins_only,
    openapi::{self, Operation},
};
use crate::{
    app::App,
    doctor::{self, Options, Report},
    error::Result,
    http::extract::{Json, Paths, Session},
};

/// One run at a time; the last report, and when it was finished.
type Turn = Arc<Mutex<Option<(Instant, Report)>>>;

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    let turn = Turn::default();
    Router::new().at("/api/guildhall/v1/doctor", get(move |app, me| examine(app, me, turn)))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get("/doctor", "examine", "Looks at the company as others see it; that takes some seconds.")
            .refuses(&["admin.only"])
            .tells("Who asks while a look is under way is given what that one finds.")
            .needs("admin:read")
            .answers::<Report>(),
    ]
}

/// `GET /api/guildhall/v1/doctor`. Who asks while somebody else's run is under way is given what that finds.
async fn examine(State(app): State<App>, me: Session, turn: Turn) -> Result<Json<Report>> {
    admins_only(&me, "admin:read")?;
    let asked = Instant::now();
    let mut last = turn.lock().await;
    if let Some((finished, report)) = last.as_ref()
        && *finished >= asked
    {
        return Ok(Json(report.clone()));
    }
    // Answered with what is known before the time of the whole request is over.
    let longest = Duration::from_secs(app.config.server.request_timeout_seconds).mul_f64(0.8);
    let options = Options { longest: longest.saturating_sub(asked.elapsed()), ..Options::default() };
    // Its size is that of all checks together.
    let report = Box::pin(doctor::examine(&app, options)).await?;
    *last = Some((Instant::now(), report.clone()));
    Ok(Json(report))
}
