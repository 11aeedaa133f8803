//! Every answer of our own API that any test gets is held against its OpenAPI document.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, LazyLock, Mutex},
};

use axum::{
    Router,
    body::Body,
    extract::{MatchedPath, Request},
    middleware::{Next, from_fn},
    response::Response,
};
use guildhall::{
    app::App,
    http::company::{OPENAPI, PROBLEMS, Problem},
};
use http::{Method, StatusCode, header};
use http_body_util::BodyExt;
use jsonschema::Validator;
use serde_json::{Value, json};

/// Below what the document speaks of.
const ROOT: &str = "/api/guildhall/v1/";

/// The whole document.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(&OPENAPI).unwrap());

/// Its schemas, which take no field that is not in them.
static STRICT: LazyLock<Value> = LazyLock::new(|| {
    let mut schemas = DOCUMENT["components"]["schemas"].clone();
    let mut parts = BTreeSet::new();
    parts_of_others(&DOCUMENT, &mut parts);
    for (name, schema) in schemas.as_object_mut().unwrap() {
        if schema.get("allOf").is_some() {
            schema["unevaluatedProperties"] = false.into();
        } else if schema.get("properties").is_some() && !parts.contains(name) {
            schema["additionalProperties"] = false.into();
        }
    }
    schemas
});

/// Schemas that are a part of another one beside other fields.
fn parts_of_others(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for part in object.get("allOf").and_then(Value::as_array).into_iter().flatten() {
                found.extend(part["$ref"].as_str().and_then(|path| path.rsplit('/').next()).map(ToOwned::to_owned));
            }
            object.values().for_each(|inner| parts_of_others(inner, found));
        }
        Value::Array(list) => list.iter().for_each(|inner| parts_of_others(inner, found)),
        _ => {}
    }
}

/// What the server answers, each answer of our own API looked at.
pub fn router(app: App) -> Router {
    guildhall::http::router(app).layer(from_fn(hold))
}

async fn hold(mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().trim_end_matches('/').to_owned());
    let Some(path) = path.filter(|path| path.starts_with(ROOT)) else { return next.run(request).await };
    // Browsers take it compressed, which says no more.
    request.headers_mut().remove(header::ACCEPT_ENCODING);
    let method = request.method().clone();
    let response = next.run(request).await;
    // What is no operation, and what a browser asks before one.
    if matches!(method, Method::HEAD | Method::OPTIONS) || response.status() == StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let told = parts.headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap()).unwrap_or_default();
    if let Err(wrong) = compare(&method, &path, parts.status, told, &bytes) {
        let said = String::from_utf8_lossy(&bytes);
        panic!(
            "{method} {path} {}: {wrong}\n{said}\nSee operations() of its module, and docs/NEW-FEATURE.md.",
            parts.status
        );
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Why an answer is none of those that the document tells.
fn compare(method: &Method, path: &str, status: StatusCode, media_type: &str, body: &[u8]) -> Result<(), String> {
    let operation = &DOCUMENT["paths"][path][method.as_str().to_lowercase()];
    if operation.is_null() {
        return Err("the document has no such operation".to_owned());
    }
    let answer = referred(&operation["responses"][status.as_str()]);
    let body: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    if answer.is_null() {
        return Err(format!("the document has no such status, with the code {}", body["code"]));
    }
    let Some(content) = answer["content"].as_object() else { return Ok(()) };
    let essence = media_type.split(';').next().unwrap_or_default();
    let Some(content) = content.get(essence) else { return Err(format!("the document has no {essence:?} here")) };
    if !answer["x-codes"].is_null() {
        let known = |one: &&Problem| body["code"] == one.code && one.statuses.contains(&status.as_u16());
        let Some(problem) = PROBLEMS.iter().find(known) else {
            return Err(format!("problems.rs has no code {} of this status", body["code"]));
        };
        if body.get("policy_url").is_some() != (problem.is_rule && status == StatusCode::FORBIDDEN) {
            return Err("a rule says where it stands, and nothing else does: see by_rule() in problems.rs".to_owned());
        }
    }
    let validator = validator(&format!("{method} {path} {status} {essence}"), &content["schema"]);
    let wrong: Vec<String> =
        validator.iter_errors(&body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// What stands there, or what it refers to.
pub fn referred(value: &'static Value) -> &'static Value {
    value["$ref"].as_str().and_then(|path| DOCUMENT.pointer(path.trim_start_matches('#'))).unwrap_or(value)
}

/// What holds a body against a schema; it is made once.
fn validator(name: &str, schema: &Value) -> Arc<Validator> {
    static MADE: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut made = MADE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let make = || {
        let schema = json!({ "allOf": [schema], "components": { "schemas": *STRICT } });
        let options = jsonschema::draft202012::options().should_validate_formats(true);
        Arc::new(options.build(&schema).unwrap())
    };
    made.entry(name.to_owned()).or_insert_with(make).clone()
}
