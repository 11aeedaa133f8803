//! The first-run form: does what `guildhall setup` does, behind a token that works once.

use std::time::Duration;

use askama::Template;
use axum::{
    Router,
    extract::State,
    middleware::from_fn,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use serde::Deserialize;

use super::extract::{Form, read_fields};
use crate::{
    db::Db,
    domain::{
        Site, org,
        setup::{self, Company},
    },
    error::{Error, Kind, Result},
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
}

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
}

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage<'a> {
    done: bool,
    domain: &'a str,
    token: &'a str,
    error: Option<&'a str>,
    form: &'a Fields,
    handle: String,
    page: String,
}

/// The routes of a server that has no company yet.
pub(super) fn routes(first: FirstRun) -> Router {
    Router::new()
        .route("/setup", get(show).post(submit))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(|| async { (StatusCode::SERVICE_UNAVAILABLE, "not set up yet") }))
        .layer(from_fn(read_fields))
        .fallback(|| async {
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "This server is not set up yet. Open the first-run link that it printed when it started.\n",
            )
        })
        .with_state(first)
}

fn page(status: StatusCode, page: &SetupPage<'_>) -> Response {
    match page.render() {
        Ok(html) => {
            let headers = [
                (header::CACHE_CONTROL, "no-store"),
                (header::REFERRER_POLICY, "no-referrer"),
                (
                    header::CONTENT_SECURITY_POLICY,
                    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
                ),
            ];
            (status, headers, Html(html)).into_response()
        }
        Err(error) => Error::internal(error).into_response(),
    }
}

impl FirstRun {
    /// Waits until the company exists, whether this form made it or another process.
    pub(super) async fn is_over(&self) {
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
            Err(Error::not_found("setup.token", "This link does not work. Use the one that the server printed last."))
        }
    }
}

#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    token: String,
}

async fn show(State(first): State<FirstRun>, Form(link): Form<Link>) -> Response {
    if let Err(error) = first.check(&link.token).await {
        return error.into_response();
    }
    let fields = Fields::default();
    page(
        StatusCode::OK,
        &SetupPage {
            done: false,
            domain: &first.site.domain,
            token: &link.token,
            error: None,
            form: &fields,
            handle: String::new(),
            page: String::new(),
        },
    )
}

async fn submit(State(first): State<FirstRun>, Form(fields): Form<Fields>) -> Response {
    if let Err(error) = first.check(&fields.token).await {
        return error.into_response();
    }
    match establish(&first, fields.clone()).await {
        Ok(brand) => {
            let shown = SetupPage {
                done: true,
                domain: &first.site.domain,
                token: "",
                error: None,
                form: &fields,
                handle: brand.handle(&first.site),
                page: brand.page().to_owned(),
            };
            page(StatusCode::OK, &shown)
        }
        Err(error) if matches!(error.kind(), Kind::Invalid | Kind::Conflict) => {
            let shown = SetupPage {
                done: false,
                domain: &first.site.domain,
                token: &fields.token,
                error: Some(error.safe()),
                form: &fields,
                handle: String::new(),
                page: String::new(),
            };
            page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(error) => error.into_response(),
    }
}

async fn establish(first: &FirstRun, fields: Fields) -> Result<crate::domain::actors::Actor> {
    secrets::check_password(&fields.password)?;
    let password = fields.password;
    let password_hash =
        tokio::task::spawn_blocking(move || secrets::hash_password(&password)).await.map_err(Error::internal)??;
    let company =
        Company { name: fields.name, handle: fields.handle, owner: fields.owner, email: fields.email, password_hash };
    let site = first.site.clone();
    let fingerprint = first.key_fingerprint.clone();
    let established = first.db.write(move |tx| {
        let (brand, _) = setup::establish(tx, &site, &company)?;
        setup::remember_key(tx, &fingerprint)?;
        Ok(brand)
    });
    established.await
}
