//! `/api/guildhall/v1/actors/{id}/figures`: how a brand's conversations go, day by day.

use axum::{Router, extract::State, routing::get};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::openapi::{self, Operation};
use crate::{
    app::App,
    domain::{
        ActorId,
        accounts::{self, Right},
        drafts::Hand,
        posts::{self, Figures, MOST_DAYS},
    },
    error::{Error, Result},
    http::extract::{Form, Id, Json, Paths, Session},
};

/// How many days are told where nothing is wished.
const DAYS: i64 = 28;

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/guildhall/v1/actors/{id}/figures", get(show))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get(
            "/actors/{id}/figures",
            "listFigures",
            "Tells day by day how a brand's conversations went, the oldest day first.",
        )
        .refuses(&["brand.not_found", "figures.days", "role.right"])
        .needs("read")
        .query_of(
            "days",
            "How many days, today with them.",
            &json!({ "type": "integer", "minimum": 1, "maximum": MOST_DAYS, "default": DAYS }),
        )
        .answers_list::<Shown>(),
    ]
}

/// What is wished.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wish {
    days: Option<i64>,
}

/// A day in UTC.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DayFigures)]
struct Shown {
    /// Such as 2026-11-27.
    day: String,
    /// What the brand began.
    posts: i64,
    /// What it answered to others.
    answers: i64,
    /// What others wrote to it.
    asked: i64,
    /// In how many minutes half of those were answered whom it answered first on this day.
    answered_within: Option<i64>,
}

fn shown(day: &Figures) -> Shown {
    let mut start = day.start().rfc3339();
    start.truncate("2026-11-27".len());
    Shown { day: start, posts: day.posts, answers: day.answers, asked: day.asked, answered_within: day.answered_within }
}

/// `GET /api/guildhall/v1/actors/{id}/figures?days=28`: the oldest day first.
async fn show(
    State(app): State<App>,
    me: Session,
    Id(brand): Id<ActorId>,
    Form(wish): Form<Wish>,
) -> Result<Json<Vec<Shown>>> {
    me.need("read")?;
    if !Hand::of(&me).reaches(brand) {
        return Err(accounts::no_brand());
    }
    let days = wish.days.unwrap_or(DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Error::invalid("figures.days", format!("Ask for 1 to {MOST_DAYS} days.")));
    }
    let now = app.db.now();
    let read = app.db.read(move |conn| {
        accounts::need_right(conn, me.account.id, brand, Right::ReadFigures)?;
        posts::figures(conn, brand, now, days)
    });
    Ok(Json(read.await?.iter().map(shown).collect()))
}
