//! Query and body as one JSON object, whatever the body is: JSON, a form or multipart.

use std::{borrow::Cow, sync::Arc};

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, Request},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header};
use serde_json::{Map, Value};

use super::brackets::Collector;
use crate::{
    error::{Error, Result},
    http::bodies::{self, Held},
    text,
};

/// What is believed in the body of a request that does something, and not in its address.
const SECRETS: &[&str] = &["client_secret", "code", "code_verifier", "password", "new_password", "token"];

/// What a request says, merged; kept in the request's extensions.
#[derive(Debug, Clone)]
pub(super) struct Fields(pub(super) Arc<Value>);

/// Layer: reads query and body into one object, which [`Form`](super::Form) and the others read. Where both name
/// a field the body counts.
pub async fn read_fields(request: Request, next: Next) -> Response {
    match merged(request).await {
        // What was read of the body is in hand until it is answered.
        Ok((request, _held)) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

pub(super) async fn merged(request: Request) -> Result<(Request, Held)> {
    let (mut parts, body) = request.into_parts();
    let mut collector = Collector::default();
    for (name, value) in pairs(parts.uri.query().unwrap_or_default().as_bytes())? {
        // Addresses are written down by proxies and kept by browsers (RFC 6749, section 2.3.1).
        if !parts.method.is_safe() && SECRETS.contains(&&*name) {
            continue;
        }
        collector.put(&name, value.into_owned())?;
    }
    bodies::check_length(&parts.headers)?;
    let bytes = bodies::read(&parts.extensions, body).await?;
    if !bytes.is_empty() {
        collector.merge(object_of(&parts.headers, &bytes).await?);
    }
    let mut fields = Value::Object(collector.finish());
    text::replace_nul(&mut fields);
    parts.extensions.insert(Fields(Arc::new(fields)));
    Ok((Request::from_parts(parts, Body::empty()), bytes))
}

/// The fields of an address or a form. What is not UTF-8 is refused: read as it comes, it would be kept, and published,
/// with U+FFFD in the place of what somebody wrote.
pub(super) fn pairs(form: &[u8]) -> Result<impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)>> {
    // What separates fields is ASCII, and so is a plus: all of it is UTF-8 when each of them is.
    percent_encoding::percent_decode(form).decode_utf8().map_err(|cause| other_encoding().because(cause))?;
    Ok(form_urlencoded::parse(form))
}

/// What is said of text in another encoding.
pub(super) fn other_encoding() -> Error {
    Error::malformed("request.encoding", "The text of this request is not UTF-8. Send it as UTF-8.")
}

async fn object_of(headers: &HeaderMap, bytes: &[u8]) -> Result<Map<String, Value>> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "multipart/form-data" => multipart(media_type, bytes).await,
        "application/x-www-form-urlencoded" | "" => {
            let mut collector = Collector::default();
            for (name, value) in pairs(bytes)? {
                collector.put(&name, value.into_owned())?;
            }
            Ok(collector.finish())
        }
        json if json == "application/json" || json.ends_with("+json") => match serde_json::from_slice(bytes) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(Error::malformed("request.json", "The JSON body must be an object.")),
            Err(cause) => Err(Error::malformed("request.json", "The body is not valid JSON.").because(cause)),
        },
        _ => Err(Error::unsupported(
            "request.media_type",
            "Send the body as application/json, application/x-www-form-urlencoded or multipart/form-data.",
        )),
    }
}

/// The text fields of a multipart body; files are left out.
async fn multipart(media_type: &str, bytes: &[u8]) -> Result<Map<String, Value>> {
    let broken = |cause| Error::malformed("request.multipart", "The multipart body cannot be read.").because(cause);
    let request = Request::builder()
        .header(header::CONTENT_TYPE, media_type)
        .body(Body::from(Bytes::copy_from_slice(bytes)))
        .map_err(Error::internal)?;
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|cause| Error::malformed("request.multipart", "The multipart body cannot be read.").because(cause))?;
    let mut collector = Collector::default();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let Some(name) = field.name().map(str::to_owned) else { continue };
        if field.file_name().is_none() {
            // Not `text()`, which reads what is no UTF-8 as something else.
            let value = field.bytes().await.map_err(broken)?.to_vec();
            collector.put(&name, String::from_utf8(value).map_err(|cause| other_encoding().because(cause))?)?;
        }
    }
    Ok(collector.finish())
}
