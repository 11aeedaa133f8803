//! `/api/guildhall/v1/exposure` and `/api/guildhall/v1/actors/{id}/exposure`: how far the company, a brand or a person
//! reaches.

use axum::{Router, extract::State, routing::get};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::{self, Operation};
use crate::{
    app::App,
    db::Conn,
    domain::{
        AccountId, ActorId, accounts,
        drafts::Hand,
        exposure::{self, Exposure},
    },
    error::{Error, Result},
    http::extract::{Form, Given, Id, Json, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/exposure", get(show_company).put(set_company))
        .at("/api/guildhall/v1/actors/{id}/exposure", get(show).put(set))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get(
            "/exposure",
            "showCompanyExposure",
            "Tells how far the company reaches, for everybody who works here.",
        )
        .refuses(&["exposure.employees"])
        .needs("read")
        .answers::<Shown>(),
        openapi::put("/exposure", "setCompanyExposure", "Sets how far the company reaches.")
            .refuses(&["exposure.level", "exposure.right"])
            .needs("admin:write")
            .takes::<Wish>()
            .answers::<Shown>(),
        openapi::get("/actors/{id}/exposure", "showExposure", "Tells how far a brand or a person reaches.")
            .refuses(&["actor.not_found"])
            .needs("read")
            .answers::<Shown>(),
        openapi::put("/actors/{id}/exposure", "setExposure", "Sets how far a brand or a person reaches.")
            .refuses(&["actor.not_found", "exposure.level", "exposure.right"])
            .needs("admin:write")
            .takes::<Wish>()
            .answers::<Shown>(),
    ]
}

/// How far somebody reaches.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExposureStanding)]
struct Shown {
    /// Whose it is; nobody for the whole company.
    actor: Option<ActorId>,
    /// What was set for them.
    level: Exposure,
    /// What was set for the whole company.
    company: Exposure,
    /// The lower of the two, which counts.
    counts: Exposure,
    may_answer: bool,
    may_publish: bool,
    /// Whether whoever asks may set it.
    may_set: bool,
}

fn shown(conn: &mut Conn, person: AccountId, actor: Option<ActorId>) -> Result<Shown> {
    let (level, company) = match actor {
        Some(actor) => {
            let rungs = exposure::rungs(conn, actor)?;
            (rungs.own, rungs.company)
        }
        None => {
            let company = exposure::of_company(conn)?;
            (company, company)
        }
    };
    let counts = level.min(company);
    Ok(Shown {
        actor,
        level,
        company,
        counts,
        may_answer: counts >= Exposure::Reply,
        may_publish: counts >= Exposure::Publish,
        may_set: exposure::may_set(conn, person, actor)?,
    })
}

/// Refuses whoever is neither this person, nor has a role on this brand, nor runs the server: to them it is not there.
fn must_concern(conn: &mut Conn, hand: &Hand, actor: ActorId) -> Result<()> {
    let own = hand.own == actor || accounts::role_on(conn, hand.account, actor)?.is_some();
    if own && hand.reaches(actor) || exposure::may_set(conn, hand.account, Some(actor))? {
        return Ok(());
    }
    Err(Error::not_found("actor.not_found", "There is no such person or brand here."))
}

/// What is wished.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = ExposureWish)]
struct Wish {
    #[schema(value_type = Exposure, required = true)]
    #[serde(default)]
    level: Given,
}

impl Wish {
    fn level(&self) -> Result<Exposure> {
        let level = self.level.0.as_deref().unwrap_or_default().trim();
        level.parse().map_err(|told: String| Error::invalid("exposure.level", told))
    }
}

/// `GET /api/guildhall/v1/exposure`: of the whole company, for everybody who works here.
async fn show_company(State(app): State<App>, me: Session) -> Result<Json<Shown>> {
    me.need("read")?;
    if me.account.kind != accounts::AccountKind::Employee {
        return Err(Error::forbidden("exposure.employees", "This is for people who work here."));
    }
    let person = me.account.id;
    app.db.read(move |conn| shown(conn, person, None)).await.map(Json)
}

/// `PUT /api/guildhall/v1/exposure`
async fn set_company(State(app): State<App>, me: Session, Form(wish): Form<Wish>) -> Result<Json<Shown>> {
    me.need("admin:write")?;
    let (person, level) = (me.account.id, wish.level()?);
    let set = app.db.write(move |tx| {
        tx.behalf_of(person.0);
        exposure::set(tx, Some(person), None, level)?;
        shown(tx.conn(), person, None)
    });
    set.await.map(Json)
}

/// `GET /api/guildhall/v1/actors/{id}/exposure`
async fn show(State(app): State<App>, me: Session, Id(actor): Id<ActorId>) -> Result<Json<Shown>> {
    me.need("read")?;
    let hand = Hand::of(&me);
    let read = app.db.read(move |conn| {
        must_concern(conn, &hand, actor)?;
        shown(conn, hand.account, Some(actor))
    });
    read.await.map(Json)
}

/// `PUT /api/guildhall/v1/actors/{id}/exposure`
async fn set(
    State(app): State<App>,
    me: Session,
    Id(actor): Id<ActorId>,
    Form(wish): Form<Wish>,
) -> Result<Json<Shown>> {
    me.need("admin:write")?;
    let hand = Hand::of(&me);
    let wished = wish.level();
    let set = app.db.write(move |tx| {
        tx.behalf_of(hand.account.0);
        // Who may not even know of them is told so, whatever they ask for.
        must_concern(tx.conn(), &hand, actor)?;
        let level = match &wished {
            Ok(level) => *level,
            Err(error) => return Err(Error::invalid("exposure.level", error.safe().to_owned())),
        };
        exposure::set(tx, Some(hand.account), Some(actor), level)?;
        shown(tx.conn(), hand.account, Some(actor))
    });
    set.await.map(Json)
}
