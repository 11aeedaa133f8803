//! `/home` and below: the workroom, a page of ours with script, for people with an account here.
//!
//! It is built from `frontend/` when Node is there, and its files are in the binary. The page comes with what it needs
//! to begin ([`told`]); all else it asks of the two APIs, which let it in by the cookie of the browser
//! (`extract::let_workroom_in`).

mod built;
mod review;
mod told;

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use serde::Deserialize;

use super::{frame::Frame, head::Head, page, private};
use crate::{
    app::App,
    domain::{
        ActorId,
        accounts::{self, APPROVE, AccountKind},
    },
    error::{Error, Result},
    http::extract::{Form, Json, Reader, Visitor},
    secrets,
};

/// What the workroom may do in somebody's name: no more than its screens do.
const SCOPES: &str = "read write follow push";
/// What running the house and its brands takes. What they may really do is asked at each call.
const RUN: &str = "admin:read admin:write";

/// Where browsers read how the workroom is installed.
const MANIFEST: &str = "/home/manifest.webmanifest";

/// The routes of this module; `/home/_app` is with the other files.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/home", get(show))
        .route("/home/enter", post(enter))
        .route("/home/service-worker.js", get(worker))
        .route(MANIFEST, get(manifest))
        .route("/home/{*place}", get(show))
}

#[derive(askama::Template)]
#[template(path = "no_workroom.html")]
struct NotBuilt<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
}

/// Where people begin to work in their browser; nothing where the workroom is not in this server.
pub fn way_in() -> Option<&'static str> {
    built::shell().map(|_| private::WORKROOM)
}

/// `GET /home` and every place below it: the same page, which reads in its address what to show.
async fn show(State(app): State<App>, visitor: Visitor, at: Uri) -> Result<Response> {
    let Some(person) = visitor.signed_in() else {
        return Ok(private::to_sign_in(at.path_and_query().map_or(private::WORKROOM, |at| at.as_str())));
    };
    if !built::is_there()
        && let Some(draft) = review::named(at.path())
    {
        return review::show(&app, &person.account, visitor.reader(), draft).await;
    }
    let (site, account) = (app.site.clone(), person.account.clone());
    let reader = visitor.reader().clone();
    let (frame, told) = app
        .db
        .read(move |conn| {
            let frame = Frame::load(conn, &site, &reader)?;
            let told = told::read(conn, &site, &account)?;
            Ok((frame, told))
        })
        .await?;
    let Some(shell) = built::shell() else {
        let mut head =
            Head::new(&frame, private::WORKROOM, frame.say.the_workroom().to_owned(), frame.say.not_in_this_server());
        head.hidden = true;
        let template = NotBuilt { head, place: "account", frame: &frame };
        return page::page_with_status(&frame, StatusCode::SERVICE_UNAVAILABLE, &template);
    };
    let told = told.about(&frame, visitor.form_token(), app.mailer.sends());
    let mut response = Body::from(shell.with(&frame, &serde_json::to_string(&told)?)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    // The secret of the browser's forms is in it.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, shell.policy()?);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    Ok(response)
}

/// `GET /home/_app/{file}`
pub(super) async fn file(Path(file): Path<String>, asked: HeaderMap) -> Result<Response> {
    built::file(&file, &asked).ok_or_else(|| Error::not_found("asset.not_found", "There is no such file."))
}

/// `GET /home/service-worker.js`: it sees to `/home` itself too, which lies above its own folder.
async fn worker(asked: HeaderMap) -> Result<Response> {
    let missing = || Error::not_found("asset.not_found", "There is no such file.");
    let mut response = built::worker(&asked).ok_or_else(missing)?;
    response.headers_mut().insert("service-worker-allowed", HeaderValue::from_static(private::WORKROOM));
    Ok(response)
}

/// `GET /home/manifest.webmanifest`: how the workroom looks on a device on which it is installed. Whoever may see the
/// company's pages may read it: it says its name, colour and logo.
async fn manifest(State(app): State<App>) -> Result<Response> {
    let site = app.site.clone();
    let frame = app.db.read(move |conn| Frame::load(conn, &site, &Reader::default())).await?;
    let manifest = serde_json::json!({
        "id": private::WORKROOM,
        "name": frame.company.name,
        "start_url": private::WORKROOM,
        "scope": private::WORKROOM,
        "display": "standalone",
        "theme_color": frame.company.colour.to_string(),
        "background_color": "#ffffff",
        "icons": [{ "src": frame.icon(), "sizes": "any" }],
    });
    let mut response = Body::from(manifest.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/manifest+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

/// As whom the page wants to act.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wish {
    form_token: String,
    act_as: Option<ActorId>,
}

/// `POST /home/enter`: gives this browser the token with which it acts as somebody; the page itself never sees it.
async fn enter(State(app): State<App>, visitor: Visitor, Form(wish): Form<Wish>) -> Result<Json<()>> {
    visitor.check(&wish.form_token)?;
    let ended = || Error::unauthorized("browser.ended", "You are not signed in here any more. Sign in again.");
    let person = visitor.signed_in().ok_or_else(ended)?;
    let (browser, account) = (person.browser.id, person.account.id);
    let actor = wish.act_as.unwrap_or(person.actor.id);
    let hash = secrets::token_hash(&visitor.token_as(actor));
    // Approving, and running the house and its brands, is something that people who work here do as themselves.
    let runs = actor == person.actor.id && person.account.kind == AccountKind::Employee;
    let scopes = if runs { format!("{SCOPES} {APPROVE} {RUN}") } else { SCOPES.to_owned() };
    let entered = app.db.write(move |tx| {
        tx.behalf_of(account.0);
        accounts::issue_browser_token(tx, browser, account, actor, &scopes, &hash)
    });
    entered.await.map(Json)
}
