//! A request of ours to ourselves, through the front door: what of it arrives, and whether its signature is accepted.
//!
//! Only who holds a ticket is told, and only our own processes can make one: it is sealed with the secret key.

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::HeaderMap;
use serde::{Deserialize, Serialize};

use super::{inbox, signed_get};
use crate::{
    app::App,
    db::Timestamp,
    error::{Error, Result},
    net::signatures::Digested,
};

/// Where probes are answered.
pub const PATH: &str = "/ap/probe";
/// The header that carries the ticket.
pub const TICKET: &str = "guildhall-probe";
/// What tickets are sealed for.
const PURPOSE: &str = "probe";
/// For how long a ticket is good, and how far the clocks of our processes may differ.
const GOOD: Duration = Duration::from_secs(3600);

/// A request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Such as `POST`.
    pub method: String,
    /// Path with query.
    pub target: String,
    /// All headers but the ticket; several of one name in a row.
    pub headers: BTreeMap<String, String>,
    /// The digest of the body, as in a `Digest` header.
    pub digest: String,
    /// Why the signature is refused; nothing when it is accepted.
    pub refused: Option<String>,
    /// Who connected to us.
    pub peer: Option<IpAddr>,
    /// Whom we take for the sender.
    pub client: Option<IpAddr>,
    /// Our time, in microseconds.
    pub now: i64,
}

/// A ticket that this instance will accept for a while.
pub fn ticket(app: &App) -> String {
    URL_SAFE_NO_PAD.encode(app.secrets.seal(PURPOSE, app.db.now().0.to_string().as_bytes()))
}

/// Whether one of our own processes made the ticket, not long ago.
pub fn may_see(app: &App, ticket: &str) -> bool {
    let made = URL_SAFE_NO_PAD.decode(ticket).ok().and_then(|sealed| app.secrets.open(PURPOSE, &sealed).ok());
    let made = made.and_then(|plain| std::str::from_utf8(&plain).ok()?.parse::<i64>().ok()).map(Timestamp);
    let now = app.db.now();
    made.is_some_and(|made| made.since(now) < GOOD && now.since(made) < GOOD)
}

/// Describes a request, and judges its signature as the inbox would.
pub async fn examine(app: &App, method: &str, target: &str, headers: &HeaderMap, body: &[u8]) -> Result<Seen> {
    let refused = match accepted(app, method, target, headers, body).await {
        Ok(()) => None,
        Err(error) if matches!(error.kind(), crate::error::Kind::Internal | crate::error::Kind::Unavailable) => {
            return Err(error);
        }
        Err(error) => Some(error.safe().to_owned()),
    };
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers.iter().filter(|(name, _)| name.as_str() != TICKET) {
        let value = String::from_utf8_lossy(value.as_bytes());
        seen.entry(name.as_str().to_owned())
            .and_modify(|known| {
                known.push_str(", ");
                known.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    Ok(Seen {
        method: method.to_owned(),
        target: target.to_owned(),
        headers: seen,
        digest: Digested::of(body).header(),
        refused,
        peer: None,
        client: None,
        now: app.db.now().0,
    })
}

async fn accepted(app: &App, method: &str, target: &str, headers: &HeaderMap, body: &[u8]) -> Result<()> {
    for candidate in inbox::signatures_of(app, method, target, headers, body)? {
        if let Some((_, key)) = signed_get::known_key(app, candidate.key_id()).await?
            && candidate.verify(&key)
        {
            return Ok(());
        }
    }
    Err(Error::unauthorized("signature.invalid", "No key that we know made the signature over what arrived."))
}
