//! `/api/guildhall/v1/servers`: the other servers that we know, and how well sending to them goes.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    admins_only,
    deliveries::{self, Retried},
    openapi::{self, Operation},
};
use crate::{
    app::App,
    db::{Conn, Timestamp, Tx},
    domain::servers::{self, Server},
    error::{Error, Result},
    federation::delivery::{self, Of},
    http::extract::{Form, Given, Json, Links, Paging, Paths, Session},
};

/// How many servers a page has where nobody says, and how many it has at most.
const PAGE: i64 = 100;
const LARGEST: i64 = 500;
/// How many deliveries are tried again at once.
const MOST: i64 = 100_000;
/// How many characters the reason of a block or a limit may have.
const REASON: usize = 1_000;

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/servers", get(list))
        .at("/api/guildhall/v1/servers/{host}", get(show))
        .at("/api/guildhall/v1/servers/{host}/deliveries", get(owed))
        .at("/api/guildhall/v1/servers/{host}/block", post(block))
        .at("/api/guildhall/v1/servers/{host}/allow", post(allow))
        .at("/api/guildhall/v1/servers/{host}/limit", post(limit))
        .at("/api/guildhall/v1/servers/{host}/unlimit", post(unlimit))
        .at("/api/guildhall/v1/servers/{host}/retry", post(retry))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get("/servers", "listServers", "Lists the other servers that we know, by name.")
            .refuses(&["admin.only", "server.state"])
            .needs("admin:read")
            .query::<servers::State>("state", "Only those in this state.")
            .query::<String>("after", "Goes on behind this name.")
            .query_of(
                "limit",
                "How many.",
                &serde_json::json!({ "type": "integer", "minimum": 1, "maximum": LARGEST, "default": PAGE }),
            )
            .answers_list::<Shown>(),
        openapi::get("/servers/{host}", "showServer", "Shows one server, and what waits for it.")
            .refuses(&["admin.only", "server.host", "server.not_found"])
            .needs("admin:read")
            .answers::<Shown>(),
        openapi::get(
            "/servers/{host}/deliveries",
            "listServerDeliveries",
            "Lists what waits for a server or was given up.",
        )
        .refuses(&["admin.only", "delivery.state", "server.host"])
        .tells("Whatever they carry; their content is not shown.")
        .needs("admin:read")
        .query::<deliveries::DeliveryState>("state", "Only those in this state.")
        .paged(PAGE)
        .answers_list::<deliveries::Shown>(),
        openapi::post(
            "/servers/{host}/block",
            "blockServer",
            "Refuses a server, and everything below its domain, at every door; nothing is sent to it.",
        )
        .refuses(&["admin.only", "server.all_below", "server.host", "server.ourselves", "server.reason", "server.star"])
        .tells("Also one of which nobody here has heard yet. What came from it before is kept, and not shown.")
        .needs("admin:write")
        .takes::<Why>()
        .answers::<Shown>(),
        openapi::post("/servers/{host}/allow", "allowServer", "Talks to a server again, and shows what came from it.")
            .refuses(&["admin.only", "server.host", "server.not_found"])
            .tells("A block of a domain above it stays.")
            .needs("admin:write")
            .answers::<Shown>(),
        openapi::post(
            "/servers/{host}/limit",
            "limitServer",
            "Limits everybody of a server: only who follows them comes upon what they say.",
        )
        .refuses(&[
            "admin.only",
            "server.all_below",
            "server.host",
            "server.not_found",
            "server.ourselves",
            "server.reason",
            "server.star",
        ])
        .needs("admin:write")
        .takes::<Why>()
        .answers::<Shown>(),
        openapi::post("/servers/{host}/unlimit", "unlimitServer", "Ends the limit of a server.")
            .refuses(&["admin.only", "server.host", "server.not_found"])
            .needs("admin:write")
            .answers::<Shown>(),
        openapi::post(
            "/servers/{host}/retry",
            "retryServer",
            "Ends the pause of a server, and tries again what has not arrived.",
        )
        .refuses(&["admin.only", "server.host", "server.not_found"])
        .needs("admin:write")
        .answers::<Retried>(),
    ]
}

/// A server as it is shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Server)]
struct Shown {
    host: String,
    /// `blocked`, `paused`, `failing` or `fine`.
    #[schema(inline)]
    state: servers::State,
    blocked_at: Option<String>,
    block_reason: Option<String>,
    /// Since when only those find its people who follow them.
    limited_at: Option<String>,
    limit_reason: Option<String>,
    software: Option<String>,
    signature_scheme: Option<String>,
    /// Failed tries in a row.
    failures: i32,
    paused_until: Option<String>,
    last_success_at: Option<String>,
    last_failure_at: Option<String>,
    last_error: Option<String>,
    /// The code of that, such as `delivery.answered`, where it has one.
    last_error_code: Option<&'static str>,
    /// The status of which it tells.
    last_status: Option<u16>,
    seen_at: String,
    /// How many deliveries wait for it.
    waiting: i64,
    /// How many were given up.
    failed: i64,
}

/// These servers with what they are owed, in two queries.
fn shown(conn: &mut Conn, found: Vec<Server>, now: Timestamp) -> Result<Vec<Shown>> {
    let hosts: Vec<String> = found.iter().map(|server| server.host.clone()).collect();
    let debts = delivery::debts(conn, &hosts)?;
    let shown = found.into_iter().map(|server| {
        let debt = debts.get(&server.host).copied().unwrap_or_default();
        Shown {
            state: server.state(now),
            blocked_at: server.blocked_at.map(Timestamp::rfc3339),
            block_reason: server.block_reason,
            limited_at: server.limited_at.map(Timestamp::rfc3339),
            limit_reason: server.limit_reason,
            software: server.software,
            signature_scheme: server.signature_scheme,
            failures: server.failures,
            paused_until: (server.paused_until > now).then(|| server.paused_until.rfc3339()),
            last_success_at: server.last_success_at.map(Timestamp::rfc3339),
            last_failure_at: server.last_failure_at.map(Timestamp::rfc3339),
            last_error_code: server.last_error.as_deref().and_then(delivery::code),
            last_status: server.last_error.as_deref().and_then(delivery::status),
            last_error: server.last_error,
            seen_at: server.seen_at.rfc3339(),
            waiting: debt.waiting,
            failed: debt.failed,
            host: server.host,
        }
    });
    Ok(shown.collect())
}

/// Which servers are wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    state: Option<String>,
    after: Option<String>,
    limit: Option<i64>,
}

/// `GET /api/guildhall/v1/servers`: by name; `after` goes on behind a name.
async fn list(
    State(app): State<App>,
    me: Session,
    Form(wanted): Form<Wanted>,
) -> Result<(HeaderMap, Json<Vec<Shown>>)> {
    admins_only(&me, "admin:read")?;
    let state: Option<servers::State> = wanted
        .state
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(|_| Error::malformed("server.state", "A server is blocked, paused, failing or fine."))?;
    let limit = wanted.limit.unwrap_or(PAGE).clamp(1, LARGEST);
    let (after, now) = (wanted.after.unwrap_or_default(), app.db.now());
    let rows = app
        .db
        .read(move |conn| {
            let found = servers::page(conn, state, &after, now, limit)?;
            shown(conn, found, now)
        })
        .await?;
    let mut headers = HeaderMap::new();
    if let Some(last) = rows.last().filter(|_| i64::try_from(rows.len()).is_ok_and(|count| count == limit)) {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(state) = state {
            query.append_pair("state", state.as_str());
        }
        query.append_pair("limit", &limit.to_string()).append_pair("after", &last.host);
        let link = format!("<{}/api/guildhall/v1/servers?{}>; rel=\"next\"", app.site.base_url, query.finish());
        headers.insert(header::LINK, HeaderValue::try_from(link).map_err(Error::internal)?);
    }
    Ok((headers, Json(rows)))
}

fn missing() -> Error {
    Error::not_found("server.not_found", "We know no such server.")
}

/// `GET /api/guildhall/v1/servers/{host}`
async fn show(State(app): State<App>, me: Session, Path(host): Path<String>) -> Result<Json<Shown>> {
    admins_only(&me, "admin:read")?;
    let now = app.db.now();
    let rows = app.db.read(move |conn| {
        let server = servers::find(conn, &servers::normalise(&host)?)?.ok_or_else(missing)?;
        shown(conn, vec![server], now)
    });
    rows.await?.into_iter().next().map(Json).ok_or_else(missing)
}

/// `GET /api/guildhall/v1/servers/{host}/deliveries`: whatever they carry; their content is not shown.
async fn owed(
    State(app): State<App>,
    me: Session,
    Path(host): Path<String>,
    paging: Paging,
    Form(wanted): Form<deliveries::Wanted>,
) -> Result<(Links, Json<Vec<deliveries::Shown>>)> {
    admins_only(&me, "admin:read")?;
    let (states, page) = (wanted.states()?, paging.page(PAGE));
    let of = Of { host: Some(servers::normalise(&host)?), states, ..Of::default() };
    let found = app.db.read(move |conn| deliveries::Listed::read(conn, &me, &of, &page)).await?;
    Ok(found.answer(&app, &paging))
}

/// `POST /api/guildhall/v1/servers/{host}/retry`: ends its pause, and tries what has not arrived again.
async fn retry(State(app): State<App>, me: Session, Path(host): Path<String>) -> Result<Json<Retried>> {
    admins_only(&me, "admin:write")?;
    let host = servers::normalise(&host)?;
    let retried = app.db.write(move |tx| {
        servers::find(tx.conn(), &host)?.ok_or_else(missing)?;
        delivery::retry_of(tx, &Of { host: Some(host.clone()), ..Of::default() }, MOST)
    });
    Ok(Json(Retried { retried: retried.await? }))
}

/// Why.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = ServerReason)]
struct Why {
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    reason: Given,
}

/// What is done with a server, which is shown afterwards.
async fn decide<F>(app: &App, me: &Session, host: String, decision: F) -> Result<Json<Shown>>
where
    F: Fn(&mut Tx<'_>, &str) -> Result<()> + Send + 'static,
{
    let (by, now) = (me.account.id, app.db.now());
    let rows = app.db.write(move |tx| {
        tx.behalf_of(by.0);
        decision(tx, &host)?;
        let server = servers::find(tx.conn(), &host)?.ok_or_else(missing)?;
        shown(tx.conn(), vec![server], now)
    });
    rows.await?.into_iter().next().map(Json).ok_or_else(missing)
}

/// The server that is to be judged, and why.
fn judged(app: &App, me: &Session, host: &str, why: Why) -> Result<(String, Option<String>)> {
    admins_only(me, "admin:write")?;
    let host = servers::normalise(host)?;
    servers::may_judge(&app.site, &host, false)?;
    let reason = why.reason.0.filter(|reason| !reason.trim().is_empty());
    if reason.as_ref().is_some_and(|reason| reason.chars().count() > REASON) {
        return Err(Error::invalid("server.reason", format!("The reason may have {REASON} characters at most.")));
    }
    Ok((host, reason))
}

/// `POST /api/guildhall/v1/servers/{host}/block`
async fn block(
    State(app): State<App>,
    me: Session,
    Path(host): Path<String>,
    Form(why): Form<Why>,
) -> Result<Json<Shown>> {
    let (host, reason) = judged(&app, &me, &host, why)?;
    decide(&app, &me, host, move |tx, host| servers::block(tx, host, reason.as_deref())).await
}

/// `POST /api/guildhall/v1/servers/{host}/allow`
async fn allow(State(app): State<App>, me: Session, Path(host): Path<String>) -> Result<Json<Shown>> {
    admins_only(&me, "admin:write")?;
    decide(&app, &me, servers::normalise(&host)?, |tx, host| {
        servers::find(tx.conn(), host)?.ok_or_else(missing)?;
        servers::allow(tx, host).map(drop)
    })
    .await
}

/// `POST /api/guildhall/v1/servers/{host}/limit`
async fn limit(
    State(app): State<App>,
    me: Session,
    Path(host): Path<String>,
    Form(why): Form<Why>,
) -> Result<Json<Shown>> {
    let (host, reason) = judged(&app, &me, &host, why)?;
    decide(&app, &me, host, move |tx, host| servers::limit(tx, host, reason.as_deref())).await
}

/// `POST /api/guildhall/v1/servers/{host}/unlimit`
async fn unlimit(State(app): State<App>, me: Session, Path(host): Path<String>) -> Result<Json<Shown>> {
    admins_only(&me, "admin:write")?;
    decide(&app, &me, servers::normalise(&host)?, |tx, host| {
        servers::find(tx.conn(), host)?.ok_or_else(missing)?;
        servers::unlimit(tx, host).map(drop)
    })
    .await
}
