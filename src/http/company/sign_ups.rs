//! `/api/guildhall/v1/registrations`: whether people may sign up. `/api/guildhall/v1/sign-ups`: who waits for an answer.

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    once::once,
    openapi::{self, Operation},
};
use crate::{
    app::App,
    db::{Timestamp, Tx},
    domain::{
        AccountId, SignUpId,
        accounts::{self, HouseRight},
        act_once, actors,
        org::{self, Registrations},
        sign_ups::{self, SignUp},
    },
    error::{Error, Result},
    http::extract::{Form, Id, Json, Links, Paging, Paths, Session},
};

/// How many a page has where nobody says.
const PAGE: i64 = 40;

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/registrations", get(look).put(set).patch(set))
        .at("/api/guildhall/v1/sign-ups", get(list))
        .at("/api/guildhall/v1/sign-ups/{id}", get(show))
        .at("/api/guildhall/v1/sign-ups/{id}/approve", post(approve))
        .at("/api/guildhall/v1/sign-ups/{id}/reject", post(reject))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get("/registrations", "showRegistrations", "Tells whether people may sign up.")
            .refuses(&["role.house_right"])
            .needs("admin:read")
            .answers::<Mode>(),
        openapi::change("/registrations", "setRegistrations", "Says whether people may sign up.")
            .refuses(&["parameter.missing", "registrations.mode", "role.house_right"])
            .tells("`registrations` must be given: `open`, `approval` or `closed`.")
            .needs("admin:write")
            .takes::<Wish>()
            .answers::<Mode>(),
        openapi::get(
            "/sign-ups",
            "listSignUps",
            "Lists who confirmed their address and waits for an answer, newest first.",
        )
        .refuses(&["role.house_right"])
        .needs("admin:read")
        .paged(PAGE)
        .answers_list::<Shown>(),
        openapi::get("/sign-ups/{id}", "showSignUp", "Shows who waits.")
            .refuses(&["role.house_right", "sign_up.not_found"])
            .needs("admin:read")
            .answers::<Shown>(),
        openapi::post("/sign-ups/{id}/approve", "approveSignUp", "Gives somebody who waits their account.")
            .refuses(&["account.email_taken", "role.house_right", "sign_up.not_found", "username.taken"])
            .needs("admin:write")
            .once()
            .answers::<Came>(),
        openapi::post("/sign-ups/{id}/reject", "rejectSignUp", "Refuses somebody who waits, with a letter.")
            .refuses(&["role.house_right", "sign_up.not_found", "sign_up.reason_too_long"])
            .tells("What they had said is deleted.")
            .needs("admin:write")
            .once()
            .takes::<Why>()
            .answers::<Refused>(),
    ]
}

/// Whether people may sign up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RegistrationMode)]
struct Mode {
    registrations: Registrations,
}

/// `GET /api/guildhall/v1/registrations`
async fn look(State(app): State<App>, me: Session) -> Result<Json<Mode>> {
    me.need("admin:read")?;
    let registrations = app.db.read(move |conn| org::registrations_for(conn, me.account.id)).await?;
    Ok(Json(Mode { registrations }))
}

/// What is to be.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = RegistrationWish)]
struct Wish {
    #[schema(value_type = Registrations)]
    registrations: Option<String>,
}

/// `PUT /api/guildhall/v1/registrations`
async fn set(State(app): State<App>, me: Session, Form(wish): Form<Wish>) -> Result<Json<Mode>> {
    me.need("admin:write")?;
    let missing = "param is missing or the value is empty: registrations";
    let wish = wish.registrations.ok_or_else(|| Error::malformed("parameter.missing", missing))?;
    let invalid = |told: String| Error::invalid("registrations.mode", format!("registrations: {told}"));
    let registrations: Registrations = wish.parse().map_err(invalid)?;
    let changed = app.db.write(move |tx| {
        tx.behalf_of(me.account.id.0);
        org::set_registrations(tx, Some(me.account.id), registrations)
    });
    changed.await?;
    Ok(Json(Mode { registrations }))
}

/// Somebody who waits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignUp)]
struct Shown {
    id: SignUpId,
    username: String,
    display_name: String,
    email: String,
    /// Why they want to come, in their words.
    reason: String,
    created_at: String,
    confirmed_at: Option<String>,
}

fn shown(one: SignUp) -> Shown {
    Shown {
        id: one.id,
        username: one.username,
        display_name: one.display_name,
        email: one.email,
        reason: one.reason,
        created_at: one.created_at.rfc3339(),
        confirmed_at: one.confirmed_at.map(Timestamp::rfc3339),
    }
}

/// `GET /api/guildhall/v1/sign-ups`: who confirmed their address and waits for an answer, newest first.
async fn list(State(app): State<App>, me: Session, paging: Paging) -> Result<(Links, Json<Vec<Shown>>)> {
    me.need("admin:read")?;
    let page = paging.page(PAGE);
    let found = app.db.read(move |conn| sign_ups::list(conn, Some(me.account.id), &page)).await?;
    let links = paging.links(&app.site.base_url, found.first().map(|one| one.id.0), found.last().map(|one| one.id.0));
    Ok((links, Json(found.into_iter().map(shown).collect())))
}

/// `GET /api/guildhall/v1/sign-ups/{id}`
async fn show(State(app): State<App>, me: Session, Id(id): Id<SignUpId>) -> Result<Json<Shown>> {
    me.need("admin:read")?;
    app.db.read(move |conn| sign_ups::get_for(conn, Some(me.account.id), id)).await.map(shown).map(Json)
}

/// Who has an account now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignedUp)]
struct Came {
    account: AccountId,
    username: String,
}

/// `POST /api/guildhall/v1/sign-ups/{id}/approve`
async fn approve(State(app): State<App>, me: Session, headers: HeaderMap, Id(id): Id<SignUpId>) -> Result<Json<Came>> {
    me.need("admin:write")?;
    me.account.need(HouseRight::AnswerSignUps)?;
    let (site, once) = (app.site.clone(), once(&me, &headers, &("sign-up.approve", id))?);
    let approved = app.db.write(move |tx| {
        tx.behalf_of(me.account.id.0);
        let approve = |tx: &mut Tx<'_>| Ok(sign_ups::approve(tx, &site, Some(me.account.id), id)?.id.0);
        let account = AccountId(act_once(tx, once.as_ref(), approve)?);
        let account = accounts::get(tx.conn(), account)?;
        let username = actors::get(tx.conn(), account.actor_id)?.username;
        Ok(Came { account: account.id, username })
    });
    approved.await.map(Json)
}

/// Why somebody is refused.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = SignUpRefusal)]
struct Why {
    #[serde(default)]
    reason: String,
}

/// Who waits no more.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignUpRefused)]
struct Refused {
    id: SignUpId,
}

/// `POST /api/guildhall/v1/sign-ups/{id}/reject`: what was said is deleted.
async fn reject(
    State(app): State<App>,
    me: Session,
    headers: HeaderMap,
    Id(id): Id<SignUpId>,
    Form(why): Form<Why>,
) -> Result<Json<Refused>> {
    me.need("admin:write")?;
    me.account.need(HouseRight::AnswerSignUps)?;
    let once = once(&me, &headers, &("sign-up.reject", id, &why.reason))?;
    let refused = app.db.write(move |tx| {
        tx.behalf_of(me.account.id.0);
        act_once(tx, once.as_ref(), |tx| {
            sign_ups::refuse(tx, Some(me.account.id), id, &why.reason)?;
            Ok(id.0)
        })
    });
    Ok(Json(Refused { id: SignUpId(refused.await?) }))
}
