//! `/api/guildhall/v1/jobs`: work that was given up, and trying it again.

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    admins_only,
    deliveries::Retried,
    openapi::{self, Operation, PROBLEMS},
};
use crate::{
    app::App,
    error::Result,
    http::extract::{Id, Json, Links, Paging, Paths, Session},
    jobs::runner::{self, ParkedJob},
};

/// How many jobs a page has where nobody says.
const PAGE: i64 = 100;

/// Why work is given up, beside what our API refuses with: what other servers and services did.
pub const GIVEN_UP: &[&str] = &[
    "actor.gone",
    "fetch.address",
    "fetch.budget",
    "fetch.busy",
    "fetch.down",
    "fetch.failed",
    "fetch.gone",
    "fetch.missing",
    "fetch.nothing",
    "fetch.refused",
    "job.too_long",
    "mail.refused",
    "mail.server",
    "net.not_public",
    "net.timeout",
    "net.unreachable",
    "post.deleted",
    "push.later",
    "scheduled.rights",
    "server.blocked",
];

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/jobs/parked", get(parked))
        .at("/api/guildhall/v1/jobs/parked/retry", post(retry_all))
        .at("/api/guildhall/v1/jobs/parked/{id}/retry", post(retry))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get("/jobs/parked", "listParkedJobs", "Lists work that was given up, newest first.")
            .refuses(&["admin.only"])
            .needs("admin:read")
            .paged(PAGE)
            .answers_list::<Shown>(),
        openapi::post("/jobs/parked/retry", "retryParkedJobs", "Tries all of it again.")
            .refuses(&["admin.only"])
            .needs("admin:write")
            .answers::<Retried>(),
        openapi::post("/jobs/parked/{id}/retry", "retryParkedJob", "Tries one of them again.")
            .refuses(&["admin.only", "job.not_found"])
            .needs("admin:write")
            .answers::<Retried>(),
    ]
}

/// A job as it is shown: without what it carries, which may be a message to somebody.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ParkedJob)]
struct Shown {
    id: String,
    kind: String,
    attempts: i32,
    last_error: Option<String>,
    /// The code of that, such as `net.timeout`, where it is one that people are told.
    last_error_code: Option<&'static str>,
    created_at: String,
}

impl From<ParkedJob> for Shown {
    fn from(job: ParkedJob) -> Self {
        Self {
            id: job.id.to_string(),
            kind: job.kind,
            attempts: job.attempts,
            last_error_code: job.last_error.as_deref().and_then(code),
            last_error: job.last_error,
            created_at: job.created_at.rfc3339(),
        }
    }
}

/// With what the kept error of a job begins (`jobs::rows`), where that is a code which we know.
fn code(error: &str) -> Option<&'static str> {
    let (code, _) = error.split_once(": ")?;
    let mut known = GIVEN_UP.iter().copied().chain(PROBLEMS.iter().map(|problem| problem.code));
    known.find(|known| *known == code)
}

/// `GET /api/guildhall/v1/jobs/parked`: newest first.
async fn parked(State(app): State<App>, me: Session, paging: Paging) -> Result<(Links, Json<Vec<Shown>>)> {
    admins_only(&me, "admin:read")?;
    let page = paging.page(PAGE);
    let jobs = app.db.read(move |conn| runner::parked_page(conn, &page)).await?;
    let links = paging.links(&app.site.base_url, jobs.first().map(|job| job.id), jobs.last().map(|job| job.id));
    Ok((links, Json(jobs.into_iter().map(Shown::from).collect())))
}

/// `POST /api/guildhall/v1/jobs/parked/{id}/retry`
async fn retry(State(app): State<App>, me: Session, Id(id): Id<i64>) -> Result<Json<Retried>> {
    admins_only(&me, "admin:write")?;
    runner::retry(&app.db, id).await?;
    Ok(Json(Retried { retried: 1 }))
}

/// `POST /api/guildhall/v1/jobs/parked/retry`
async fn retry_all(State(app): State<App>, me: Session) -> Result<Json<Retried>> {
    admins_only(&me, "admin:write")?;
    Ok(Json(Retried { retried: runner::retry_all(&app.db).await? }))
}
