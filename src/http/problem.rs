//! From an [`Error`] to a status code and a body; the only place that knows status codes.
//!
//! Handlers answer with [`crate::error::Result`]. An error becomes the plain JSON form; a layer around each API
//! then says it the way that API's readers expect: [`as_mastodon`] or [`as_problem`].

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    app::App,
    domain::Site,
    error::{Error, Kind, Rule},
};

/// Where the types of our problems are described (RFC 9457).
const TYPES: &str = "https://w3id.org/guildhall/problems/";

/// The error behind a response, for the layers that say it in another form.
#[derive(Debug, Clone)]
struct Refusal(Arc<Error>);

/// The status code of a kind of error.
pub const fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Gone => StatusCode::GONE,
        Kind::Unauthorized => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Malformed => StatusCode::BAD_REQUEST,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::TooSlow => StatusCode::REQUEST_TIMEOUT,
        Kind::Unsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self.kind() {
            Kind::Internal => {
                tracing::error!(error.code = self.code(), error = %self, "A request failed through a fault of ours");
            }
            Kind::Unavailable => {
                tracing::warn!(error.code = self.code(), error = %self, "A request failed because something does not answer");
            }
            _ => {}
        }
        let error = Arc::new(self);
        let body = json!({ "error": error.safe(), "code": error.code() });
        let mut response = answer(&error, status(error.kind()), "application/json; charset=utf-8", &body);
        response.extensions_mut().insert(Refusal(error));
        response
    }
}

fn answer(error: &Error, status: StatusCode, media_type: &'static str, body: &Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    let waits = matches!(error.kind(), Kind::TooMany | Kind::Unavailable);
    if let Some(seconds) = error.retry_after().map(|wait| wait.as_secs().max(1)).or(waits.then_some(30)) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The error behind a response, if there is one.
pub fn refusal(response: &Response) -> Option<Arc<Error>> {
    response.extensions().get::<Refusal>().map(|Refusal(error)| error.clone())
}

/// Layer: errors as Mastodon's clients read them, `{"error", "error_description"}`, with our own code beside them.
pub async fn as_mastodon(response: Response) -> Response {
    let Some(Refusal(error)) = response.extensions().get::<Refusal>().cloned() else { return response };
    let kind = match error.kind() {
        Kind::Gone => Kind::NotFound,
        Kind::Conflict if error.code() != "marker.moved" => Kind::Invalid,
        kind => kind,
    };
    let mut body = match kind {
        Kind::NotFound => json!({ "error": "Record not found", "error_description": error.safe() }),
        Kind::Unauthorized => json!({ "error": "The access token is invalid", "error_description": error.safe() }),
        // The sentence that clients know from Mastodon, and which scope it is.
        Kind::Forbidden if error.code() == "token.scope" => {
            json!({ "error": "This action is outside the authorized scopes", "error_description": error.safe() })
        }
        _ => json!({ "error": error.safe() }),
    };
    if let Some(members) = body.as_object_mut() {
        members.insert("guildhall".to_owned(), json!({ "code": error.code() }));
    }
    answer(&error, status(kind), "application/json; charset=utf-8", &body)
}

/// A refusal of what somebody typed, with what is wrong in each field, as Mastodon's clients read it.
pub fn unsound(sentence: &str, details: &Value) -> Response {
    let body = json!({ "error": sentence, "details": details });
    let mut response = (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Layer: errors as `application/problem+json` (RFC 9457).
pub async fn as_problem(State(app): State<App>, response: Response) -> Response {
    let Some(Refusal(error)) = response.extensions().get::<Refusal>().cloned() else { return response };
    let mut body = problem(&error);
    if let (Some(rule), Some(members)) = (error.rule(), body.as_object_mut()) {
        members.insert("policy_url".to_owned(), policy_url(&app.site, rule).into());
    }
    answer(&error, status(error.kind()), "application/problem+json", &body)
}

/// The page of the workroom on which a rule stands.
fn policy_url(site: &Site, rule: Rule) -> String {
    match rule {
        Rule::Brand(id) => format!("{}/home/company/brands/{id}", site.base_url),
        Rule::Company => format!("{}/home/company", site.base_url),
    }
}

/// What a layer around several APIs refuses, in the form of the one that is asked.
pub fn said_at(path: &str, error: Error) -> Response {
    if !path.starts_with("/api/guildhall/") {
        return error.into_response();
    }
    let body = problem(&error);
    answer(&error, status(error.kind()), "application/problem+json", &body)
}

fn problem(error: &Error) -> Value {
    described(status(error.kind()), error.code(), error.safe())
}

fn described(status: StatusCode, code: &str, detail: &str) -> Value {
    json!({
        "type": format!("{TYPES}{code}"),
        "title": status.canonical_reason().unwrap_or("Error"),
        "status": status.as_u16(),
        "detail": detail,
        "code": code,
    })
}

/// A refusal of our own API that tells how things are now, so that the client can go on from there (RFC 9457,
/// section 3.2).
pub fn with_current(error: &Error, current: &impl Serialize) -> Response {
    #[derive(Serialize)]
    struct Current<'a, T> {
        current: &'a T,
    }
    with(error, &Current { current })
}

/// A problem with members of its own.
pub fn with(error: &Error, members: &impl Serialize) -> Response {
    let mut body = problem(error);
    match (serde_json::to_value(members), body.as_object_mut()) {
        (Ok(Value::Object(more)), Some(members)) => members.extend(more),
        (Err(cause), _) => return Error::from(cause).into_response(),
        (Ok(_), _) => {}
    }
    answer(error, status(error.kind()), "application/problem+json", &body)
}

/// Layer: errors as OAuth's clients read them (RFC 6749, section 5.2; RFC 6750, section 3.1).
pub async fn as_oauth(response: Response) -> Response {
    let Some(Refusal(error)) = response.extensions().get::<Refusal>().cloned() else { return response };
    let (kind, name) = match (error.code().strip_prefix("oauth."), error.kind()) {
        (Some(name), kind) => (kind, name),
        (None, Kind::Unauthorized) => (Kind::Unauthorized, "invalid_token"),
        (None, Kind::Forbidden) => (Kind::Forbidden, "insufficient_scope"),
        (None, kind @ (Kind::TooMany | Kind::Unavailable)) => (kind, "temporarily_unavailable"),
        (None, Kind::Internal) => (Kind::Internal, "server_error"),
        (None, Kind::Invalid) => (Kind::Malformed, "invalid_request"),
        (None, kind) => (kind, "invalid_request"),
    };
    let body = json!({ "error": name, "error_description": error.safe() });
    let mut response = answer(&error, status(kind), "application/json; charset=utf-8", &body);
    if name == "invalid_client" {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"OAuth\""));
    }
    response
}

const NO_METHOD: (StatusCode, &str, &str) =
    (StatusCode::METHOD_NOT_ALLOWED, "route.method", "This address does not answer this method.");

/// What is answered to a method that an address does not know.
pub async fn method_not_allowed() -> Response {
    let (status, code, told) = NO_METHOD;
    (status, Json(json!({ "error": told, "code": code }))).into_response()
}

/// The same as `application/problem+json`.
pub async fn method_is_a_problem() -> Response {
    let (status, code, told) = NO_METHOD;
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, kind, described(status, code, told).to_string()).into_response()
}
