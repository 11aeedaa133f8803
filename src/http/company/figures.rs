//! `/api/guildhall/v1/actors/{id}/figures` and `/api/guildhall/v1/deliveries/figures`: how a brand's conversations and
//! sending to other servers go, day by day; `/api/guildhall/v1/actors/{id}/waiting`: who waits for an answer;
//! `/api/guildhall/v1/meters`: how much brands answer beside how much they announce.

use axum::{Router, extract::State, routing::get};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    admins_only,
    openapi::{self, Operation},
};
use crate::{
    app::App,
    db::Timestamp,
    domain::{
        ActorId, PostId,
        accounts::{self, Right},
        drafts::Hand,
        posts::{self, Figures, MOST_DAYS},
        timelines,
    },
    error::{Error, Result},
    federation::delivery::{self, Deliveries},
    http::extract::{Form, Id, Json, Paths, Session},
};

/// How many days are told where nothing is wished.
const DAYS: i64 = 28;

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/actors/{id}/figures", get(show))
        .at("/api/guildhall/v1/actors/{id}/waiting", get(waiting))
        .at("/api/guildhall/v1/meters", get(meters))
        .at("/api/guildhall/v1/deliveries/figures", get(sending))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    let days = |most: i64| json!({ "type": "integer", "minimum": 1, "maximum": most, "default": DAYS });
    vec![
        openapi::get(
            "/actors/{id}/figures",
            "listFigures",
            "Tells day by day how a brand's conversations went, the oldest day first.",
        )
        .refuses(&["brand.not_found", "figures.days", "role.right"])
        .needs("read")
        .query_of("days", "How many days, today with them.", &days(MOST_DAYS))
        .answers_list::<Shown>(),
        openapi::get("/actors/{id}/waiting", "showWaiting", "Tells how many people wait for an answer.")
            .refuses(&["brand.not_found"])
            .tells(
                "Of oneself, or of a brand on which one has a role. Counted are people who wrote within two weeks and \
                 were answered neither by it nor by anybody who works here.",
            )
            .needs("read")
            .answers::<Waits>(),
        openapi::get("/meters", "listMeters", "Lists how much brands answer beside how much they announce.")
            .tells(
                "Each brand on which one has a role. Counted is what it said in public in the last 28 days, as on its \
                 page; going on with its own thread answers nobody.",
            )
            .needs("read")
            .answers_list::<Meter>(),
        openapi::get(
            "/deliveries/figures",
            "listDeliveryFigures",
            "Tells day by day how sending to other servers went, the oldest day first.",
        )
        .refuses(&["admin.only", "figures.days"])
        .needs("admin:read")
        .query_of("days", "How many days, today with them.", &days(delivery::MOST_DAYS))
        .answers_list::<Sent>(),
    ]
}

/// What is wished.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wish {
    days: Option<i64>,
}

impl Wish {
    fn days(self, most: i64) -> Result<i64> {
        let days = self.days.unwrap_or(DAYS);
        if (1..=most).contains(&days) {
            return Ok(days);
        }
        Err(Error::invalid("figures.days", format!("Ask for 1 to {most} days.")))
    }
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
    Shown {
        day: day.day.date(),
        posts: day.posts,
        answers: day.answers,
        asked: day.asked,
        answered_within: day.answered_within,
    }
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
    let days = wish.days(MOST_DAYS)?;
    let now = app.db.now();
    let read = app.db.read(move |conn| {
        accounts::need_right(conn, me.account.id, brand, Right::ReadFigures)?;
        posts::figures(conn, brand, now, days)
    });
    Ok(Json(read.await?.iter().map(shown).collect()))
}

/// Who waits for an answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Waiting)]
struct Waits {
    /// How many people, 200 at most.
    people: usize,
    /// The post that waits longest.
    post: Option<PostId>,
    /// When it was written.
    since: Option<String>,
}

/// `GET /api/guildhall/v1/actors/{id}/waiting`
async fn waiting(State(app): State<App>, me: Session, Id(actor): Id<ActorId>) -> Result<Json<Waits>> {
    me.need("read")?;
    let (hand, now) = (Hand::of(&me), app.db.now());
    let found = app.db.read(move |conn| {
        let own = actor == hand.own;
        if !hand.reaches(actor) || !own && accounts::role_on(conn, hand.account, actor)?.is_none() {
            return Err(accounts::no_brand());
        }
        posts::waiting(conn, actor, now)
    });
    let found = found.await?;
    let (post, since) = found.longest.unzip();
    Ok(Json(Waits { people: found.people, post, since: since.map(Timestamp::rfc3339) }))
}

/// How much a brand answers beside how much it announces.
#[derive(Debug, Serialize, ToSchema)]
struct Meter {
    /// The brand.
    actor: ActorId,
    /// Public answers to others.
    answers: i64,
    /// Public posts that answer nobody else.
    announcements: i64,
}

/// `GET /api/guildhall/v1/meters`: of every brand on which they have a role, in the order of their ids.
async fn meters(State(app): State<App>, me: Session) -> Result<Json<Vec<Meter>>> {
    me.need("read")?;
    let (hand, now) = (Hand::of(&me), app.db.now());
    let read = app.db.read(move |conn| {
        let mut brands = accounts::brands_of(conn, hand.account)?;
        brands.retain(|brand| hand.reaches(*brand));
        let heard = timelines::listening_of(conn, &brands, now)?;
        let meter = |actor: ActorId| {
            let listening = heard.get(&actor).copied().unwrap_or_default();
            Meter { actor, answers: listening.answers, announcements: listening.announcements }
        };
        Ok(brands.into_iter().map(meter).collect())
    });
    Ok(Json(read.await?))
}

/// A day in UTC.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DayDeliveries)]
struct Sent {
    /// Such as 2026-11-27.
    day: String,
    /// How many activities arrived at an inbox.
    delivered: i64,
    /// How many tries failed and were to be made again.
    retried: i64,
    /// How many were given up after a try.
    given_up: i64,
}

impl From<Deliveries> for Sent {
    fn from(day: Deliveries) -> Self {
        Self { day: day.day.date(), delivered: day.delivered, retried: day.retried, given_up: day.given_up }
    }
}

/// `GET /api/guildhall/v1/deliveries/figures?days=28`: how sending to all servers went, the oldest day first.
async fn sending(State(app): State<App>, me: Session, Form(wish): Form<Wish>) -> Result<Json<Vec<Sent>>> {
    admins_only(&me, "admin:read")?;
    let (now, days) = (app.db.now(), wish.days(delivery::MOST_DAYS)?);
    let days = app.db.read(move |conn| delivery::days(conn, now, days)).await?;
    Ok(Json(days.into_iter().map(Sent::from).collect()))
}
