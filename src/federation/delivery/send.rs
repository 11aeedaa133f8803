//! One delivery: signed now, knocked twice when the first signature is not understood.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use url::Url;

use super::queue::{self, Claimed, Ending};
use crate::{
    app::App,
    db::Timestamp,
    domain::{actors, servers},
    error::{Error, Kind, Result},
    federation::keys,
    net::{
        Answer, Signer,
        content_type::ACTIVITY,
        signatures::{Digested, Scheme, cavage, rfc9421},
    },
};

/// The body of an activity with its digest, computed once for all inboxes.
#[derive(Clone)]
pub(super) struct Body {
    bytes: Bytes,
    digest: Digested,
}

/// What is remembered between deliveries.
pub(super) struct Memory {
    bodies: moka::sync::Cache<i64, Body>,
    /// Hosts that took the last delivery, and the scheme they took.
    healthy: moka::sync::Cache<String, Scheme>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            bodies: moka::sync::Cache::builder().max_capacity(256).time_to_idle(Duration::from_secs(60)).build(),
            healthy: moka::sync::Cache::builder().max_capacity(50_000).time_to_live(Duration::from_secs(3600)).build(),
        }
    }
}

/// Makes one delivery and tells how it ended.
pub(super) async fn deliver(app: &App, memory: &Memory, row: &Claimed) -> Ending {
    match attempt(app, memory, row).await {
        Ok(ending) => ending,
        Err(error) => match error.kind() {
            Kind::Unavailable | Kind::TooMany | Kind::Internal => {
                memory.healthy.invalidate(&row.host);
                Ending::Later { status: None, reason: error.safe().to_owned(), asked: error.retry_after() }
            }
            _ => Ending::Refused { status: None, reason: error.safe().to_owned() },
        },
    }
}

async fn attempt(app: &App, memory: &Memory, row: &Claimed) -> Result<Ending> {
    if app.refuses(&row.host) {
        return Err(Error::forbidden("server.blocked", "This server is blocked."));
    }
    let inbox =
        Url::parse(&row.inbox).map_err(|_| Error::invalid("delivery.inbox", "The inbox is not a web address."))?;
    let body = body(app, memory, row.activity_id).await?;
    let signer = signer(app, row).await?;
    let known = memory.healthy.get(&row.host);
    let first = match known {
        Some(scheme) => scheme,
        None => preferred(app, &row.host).await?,
    };
    let mut scheme = first;
    let mut answer = knock(app, &signer, &inbox, &body, scheme).await?;
    if matches!(answer.status.as_u16(), 400 | 401) {
        scheme = if first == Scheme::Cavage { Scheme::Rfc9421 } else { Scheme::Cavage };
        let second = knock(app, &signer, &inbox, &body, scheme).await?;
        if second.status.is_success() {
            answer = second;
        }
    }
    let status = Some(i32::from(answer.status.as_u16()));
    if answer.status.is_success() {
        memory.healthy.insert(row.host.clone(), scheme);
        return Ok(Ending::Delivered {
            status: i32::from(answer.status.as_u16()),
            scheme: scheme.as_str(),
            news: known != Some(scheme),
        });
    }
    let reason = explain(&answer);
    Ok(if is_final(answer.status) {
        Ending::Refused { status, reason }
    } else {
        memory.healthy.invalidate(&row.host);
        Ending::Later { status, reason, asked: answer.retry_after }
    })
}

/// 4xx says that trying again is useless, but for these; so does 501.
fn is_final(status: StatusCode) -> bool {
    status == StatusCode::NOT_IMPLEMENTED
        || (status.is_client_error() && !matches!(status.as_u16(), 401 | 408 | 425 | 429))
        || status.is_redirection()
}

/// The status and the beginning of what the server said, in one line.
fn explain(answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.body);
    let line: String = text.chars().filter(|c| !c.is_control()).take(200).collect();
    format!("{} {line}", answer.status.as_u16()).trim().to_owned()
}

async fn knock(app: &App, signer: &Signer, inbox: &Url, body: &Body, scheme: Scheme) -> Result<Answer> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(ACTIVITY));
    let now = Timestamp::wall_clock();
    match scheme {
        Scheme::Cavage => cavage::sign(signer, "POST", inbox, &mut headers, Some(&body.digest), true, now)?,
        Scheme::Rfc9421 => rfc9421::sign(signer, "POST", inbox, &mut headers, Some(&body.digest), now)?,
    }
    app.transport.post(inbox, headers, body.bytes.clone()).await
}

async fn body(app: &App, memory: &Memory, activity: i64) -> Result<Body> {
    if let Some(body) = memory.bodies.get(&activity) {
        return Ok(body);
    }
    let text = app.db.read(move |conn| queue::body(conn, activity)).await?;
    let text = text.ok_or_else(|| Error::gone("delivery.activity", "The activity is not there any more."))?;
    let body = Body { digest: Digested::of(text.as_bytes()), bytes: Bytes::from(text) };
    memory.bodies.insert(activity, body.clone());
    Ok(body)
}

async fn signer(app: &App, row: &Claimed) -> Result<Signer> {
    if let Some(keys) = keys::cached(app, row.actor_id) {
        return Ok(keys.rsa);
    }
    let id = row.actor_id;
    let actor = app.db.read(move |conn| actors::find(conn, id)).await?;
    let actor = actor.ok_or_else(|| Error::gone("delivery.actor", "The sender is not there any more."))?;
    Ok(keys::open_keys(app, &actor).await?.rsa)
}

/// The scheme that the host took last, else the older one, which nearly everybody reads.
async fn preferred(app: &App, host: &str) -> Result<Scheme> {
    let host = host.to_owned();
    let server = app.db.read(move |conn| servers::find(conn, &host)).await?;
    Ok(match server.and_then(|server| server.signature_scheme).as_deref() {
        Some("rfc9421") => Scheme::Rfc9421,
        _ => Scheme::Cavage,
    })
}

/// Shared by the tasks of a worker.
pub(super) type SharedMemory = Arc<Memory>;
