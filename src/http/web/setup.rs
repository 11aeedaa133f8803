//! The first-run form: does what `guildhall setup` does, behind a token that works once.

use std::time::Duration;

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::{
    assets,
    error::page_for,
    frame::Frame,
    head::Head,
    language,
    page::page_with_status,
    refusals,
    sign_in::{Proven, new_browser},
    workroom,
};
use crate::{
    db::Db,
    domain::{
        Site,
        accounts::{self, BROWSER_LASTS},
        actors::{self, Actor},
        org,
        setup::{self, Company},
    },
    error::{Error, Kind, Result},
    http::{
        activitypub::negotiation,
        extract::{Form, Reader, read_fields, set_cookie},
        problem,
    },
    secrets,
};

/// What a server knows before it has a company.
#[derive(Clone)]
pub struct FirstRun {
    /// The database, migrated and empty.
    pub db: Db,
    /// Where it answers, and what its handles will end in.
    pub site: Site,
    /// The name of the key that will seal the company's secrets.
    pub key_fingerprint: String,
    /// Why it will not talk with other servers, where it will not.
    pub alone: Option<String>,
}

/// How the colour and the logo are set without the workroom.
const COMMAND: &str = "guildhall company set --colour \"#f2572b\" --logo logo.svg";

/// How often we look whether another process made the company, when no signal says so.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Fields {
    token: String,
    name: String,
    handle: String,
    owner: String,
    email: String,
    password: String,
    /// Something where the box is ticked.
    listed: String,
}

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    done: bool,
    alone: Option<&'a str>,
    domain: &'a str,
    token: &'a str,
    error: Option<&'a str>,
    form: &'a Fields,
    handle: String,
    page: String,
    workroom: Option<&'static str>,
    command: &'static str,
}

/// The routes of a server that has no company yet.
pub(in crate::http) fn routes(first: FirstRun) -> Router {
    Router::new()
        .route("/setup", get(show).post(submit))
        .route("/assets/{file}", get(asset))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(|| async { (StatusCode::SERVICE_UNAVAILABLE, "not set up yet") }))
        .layer(from_fn(read_fields))
        .layer(from_fn_with_state(first.site.clone(), language::choose))
        .fallback(|| async {
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "This server is not set up yet. Open the first-run link that it printed when it started.\n",
            )
        })
        .with_state(first)
}

async fn asset(Path(file): Path<String>) -> Result<Response, StatusCode> {
    assets::find(&file).ok_or(StatusCode::NOT_FOUND)
}

fn page(first: &FirstRun, reader: &Reader, status: StatusCode, shown: &Shown<'_>) -> Response {
    let (frame, say) = (Frame::bare(&first.site, "Guildhall", reader), reader.language);
    let mut head = Head::new(&frame, "/setup", say.set_up_company().to_owned(), say.first_run());
    head.hidden = true;
    let template = SetupPage {
        head,
        place: "setup",
        done: shown.opened.is_some(),
        alone: first.alone.as_deref(),
        domain: &first.site.domain,
        token: &shown.form.token,
        error: shown.error,
        form: shown.form,
        handle: shown.opened.map(|brand| brand.handle(&first.site)).unwrap_or_default(),
        page: shown.opened.map(|brand| brand.page().to_owned()).unwrap_or_default(),
        workroom: workroom::way_in(),
        command: COMMAND,
        frame: &frame,
    };
    page_with_status(&frame, status, &template).unwrap_or_else(IntoResponse::into_response)
}

/// What the form shows.
struct Shown<'a> {
    form: &'a Fields,
    error: Option<&'a str>,
    opened: Option<&'a Actor>,
}

/// A refusal, as a page for browsers.
fn refused(first: &FirstRun, reader: &Reader, headers: &HeaderMap, error: Error) -> Response {
    if !negotiation::wants_page(headers) {
        return error.into_response();
    }
    let frame = Frame::bare(&first.site, "Guildhall", reader);
    let status = problem::status(error.kind());
    page_for(&frame, status, &error).unwrap_or_else(IntoResponse::into_response)
}

impl FirstRun {
    /// Waits until the company exists, whether this form made it or another process.
    pub(in crate::http) async fn is_over(&self) {
        let mut signals = self.db.signals();
        loop {
            if self.db.read(setup::is_done).await.unwrap_or(false) {
                return;
            }
            // Signals may be lost, so the wait has an end; an error means that some were missed.
            let _ = tokio::time::timeout(LOOK_AGAIN, signals.recv()).await;
        }
    }

    async fn check(&self, token: &str) -> Result<()> {
        let hash = hex::encode(secrets::token_hash(token));
        let stored = self.db.read(|conn| org::setting(conn, setup::TOKEN_SETTING)).await?;
        if stored.is_some_and(|stored| stored == hash) {
            Ok(())
        } else {
            Err(Error::forbidden("setup.token", "This link does not work. Use the one that the server printed last."))
        }
    }
}

#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    token: String,
}

async fn show(State(first): State<FirstRun>, reader: Reader, headers: HeaderMap, Form(link): Form<Link>) -> Response {
    if let Err(error) = first.check(&link.token).await {
        return refused(&first, &reader, &headers, error);
    }
    let fields = Fields { token: link.token, ..Fields::default() };
    // Where nobody could be found later, that is said before anything is typed.
    let wrong = setup::check_domain(&first.site.domain).err();
    let wrong = wrong.map(|error| reader.language.set_base_url(error.safe()));
    page(&first, &reader, StatusCode::OK, &Shown { form: &fields, error: wrong.as_deref(), opened: None })
}

async fn submit(
    State(first): State<FirstRun>,
    reader: Reader,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    if let Err(error) = first.check(&fields.token).await {
        return refused(&first, &reader, &headers, error);
    }
    match establish(&first, &headers, fields.clone()).await {
        Ok(Opened { brand, secret }) => {
            let mut response =
                page(&first, &reader, StatusCode::OK, &Shown { form: &fields, error: None, opened: Some(&brand) });
            set_cookie(&mut response, &first.site, &secret, Some(BROWSER_LASTS.as_secs()));
            response
        }
        Err(error) if matches!(error.kind(), Kind::Invalid | Kind::Conflict) => {
            let told = refusals::words(reader.language, &error);
            let shown = Shown { form: &fields, error: Some(&told), opened: None };
            page(&first, &reader, StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(error) => refused(&first, &reader, &headers, error),
    }
}

/// A company that has come into being.
struct Opened {
    brand: Actor,
    /// What the owner's browser keeps: they are signed in.
    secret: String,
}

async fn establish(first: &FirstRun, headers: &HeaderMap, fields: Fields) -> Result<Opened> {
    secrets::check_password(&fields.password)?;
    let password = fields.password;
    let password_hash =
        tokio::task::spawn_blocking(move || secrets::hash_password(&password)).await.map_err(Error::internal)??;
    let company =
        Company { name: fields.name, handle: fields.handle, owner: fields.owner, email: fields.email, password_hash };
    let site = first.site.clone();
    let fingerprint = first.key_fingerprint.clone();
    let unlisted = fields.listed.is_empty();
    let headers = headers.clone();
    let established = first.db.write(move |tx| {
        let (brand, owner) = setup::establish(tx, &site, &company)?;
        setup::remember_key(tx, &fingerprint)?;
        if unlisted {
            actors::keep_unlisted(tx, owner.id)?;
        }
        let account = accounts::find_by_actor(tx.conn(), owner.id)?;
        let account = account.ok_or_else(|| Error::internal("the owner has no account"))?;
        let proven = Proven { account: account.id, password_hash: account.password_hash };
        let (secret, browser) = new_browser(&headers, proven, false, None);
        accounts::open_browser(tx, &browser)?;
        Ok(Opened { brand, secret })
    });
    established.await
}
