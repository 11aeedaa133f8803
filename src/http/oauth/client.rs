//! Which app asks: by HTTP Basic or by fields of the body (RFC 6749, section 2.3.1).

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header};
use serde::Deserialize;

use crate::{
    app::App,
    domain::apps::{self, ClientApp},
    error::{Error, Result},
    secrets,
};

/// What an app says about itself in the body.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Credentials {
    client_id: Option<String>,
    client_secret: Option<String>,
}

/// The app that shows its secret; refused when there is none or it is wrong.
pub(super) async fn client(app: &App, headers: &HeaderMap, said: Credentials) -> Result<ClientApp> {
    find(app, headers, said).await?.ok_or_else(unknown)
}

/// The app that shows its secret, or nothing where none says who it is.
pub(super) async fn find(app: &App, headers: &HeaderMap, said: Credentials) -> Result<Option<ClientApp>> {
    let basic = basic(headers)?;
    if basic.is_none() && said.client_id.is_none() && said.client_secret.is_none() {
        return Ok(None);
    }
    let (id, secret) = match basic {
        Some(pair) => pair,
        None => (said.client_id.ok_or_else(unknown)?, said.client_secret.ok_or_else(unknown)?),
    };
    let found = app.db.read(move |conn| apps::find_by_client_id(conn, &id)).await?;
    // Hashes of 256 random bits tell nothing by the time that comparing them takes.
    found.filter(|found| found.secret_hash == secrets::token_hash(&secret)).map(Some).ok_or_else(unknown)
}

fn unknown() -> Error {
    Error::unauthorized(
        "oauth.invalid_client",
        "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.",
    )
}

fn basic(headers: &HeaderMap) -> Result<Option<(String, String)>> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some((scheme, encoded)) = value.and_then(|value| value.split_once(' ')) else { return Ok(None) };
    if !scheme.eq_ignore_ascii_case("basic") {
        return Ok(None);
    }
    let decoded = STANDARD.decode(encoded.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let (id, secret) = decoded.as_deref().and_then(|pair| pair.split_once(':')).ok_or_else(unknown)?;
    // Ours need no escaping, and some clients escape all the same.
    let plain = |text: &str| {
        form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
    };
    Ok(Some((plain(id), plain(secret))))
}
