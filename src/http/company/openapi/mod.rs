//! `/api/guildhall/v1/openapi.json`: our own API as an OpenAPI document, for programs that are made from it.
//!
//! Each module tells in `operations` what it answers, beside its routes; its types are schemas by [`utoipa::ToSchema`].
//! Tests compare the document with the routes, and every answer that any test gets with the document. A copy is
//! `docs/openapi.json`, from which the workroom has its types.

mod operation;
mod problems;
mod schemas;

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::LazyLock,
};

use axum::{
    Router,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use serde_json::{Map, Value, json};

pub(super) use self::operation::{Operation, change, delete, get, patch, post, put};
pub use self::problems::{PROBLEMS, Problem};
use crate::{app::App, http::extract::Paths};

/// The name of a part, what it is about, and its operations.
type Part = (&'static str, &'static str, fn() -> Vec<Operation>);

/// What the API is about, in the order in which it is told.
const PARTS: &[Part] = &[
    ("accounts", "Who has a login here.", super::accounts::operations),
    ("announcements", "What the company tells everybody who has an account here.", super::announcements::operations),
    ("audit", "What people with rights did.", super::audit::operations),
    ("authority", "Who may say what for a brand without asking.", super::authority::operations),
    ("brands", "The brands that the company makes.", super::brands::operations),
    ("certificates", "Who showed what they can do.", super::certificates::operations),
    ("company", "What the company says of itself, its colour and its logo.", super::look::operations),
    ("crisis", "The switch for the bad day.", super::crisis::operations),
    ("deliveries", "Which servers have a post.", super::deliveries::operations),
    ("doctor", "The company as others see it.", super::doctor::operations),
    ("drafts", "What is written for brands before it is a post.", super::drafts::operations),
    ("emojis", "The company's own pictures for names between colons.", super::emojis::operations),
    ("exposure", "How far the company, a brand or a person reaches.", super::exposure::operations),
    ("figures", "How a brand's conversations and sending to other servers go.", super::figures::operations),
    ("grants", "Who may do what for a brand.", super::grants::operations),
    ("internal-reviews", "Internal posts that are looked at again.", super::internal_reviews::operations),
    ("invitations", "Who was asked to come.", super::invitations::operations),
    ("jobs", "Work that was given up.", super::jobs::operations),
    ("limits", "Whom only those find who follow them.", super::limits::operations),
    ("me", "What a person decides for themselves.", super::me::operations),
    ("openapi", "This document.", operations),
    ("policy", "By which rules a brand speaks.", super::policy::operations),
    ("preview", "How a text will look.", super::preview::operations),
    ("publish-requests", "Copies of internal posts for everybody.", super::publish_requests::operations),
    ("reach", "Whom a post would reach.", super::reach::operations),
    ("servers", "The other servers that we know.", super::servers::operations),
    ("setup", "What the set-up still asks.", super::setup::operations),
    ("sign-ups", "Whether people may sign up, and who waits for an answer.", super::sign_ups::operations),
    ("teams", "The teams of the company.", super::teams::operations),
];

/// What is said before everything else.
const INTRODUCTION: &str = "What Guildhall does beyond Mastodon's client API, over the same accounts and posts.

Ids are text, because they do not fit in the numbers of JavaScript. Times are as in RFC 3339. Fields are taken from the query and the body together, the body as JSON or as a form; a number or a switch may be text. What is refused is `application/problem+json` (RFC 9457) with a `code` that stays the same. Every answer says in `X-RateLimit-Limit`, `X-RateLimit-Remaining` and `X-RateLimit-Reset` how many calls are left. Each path answers with a slash at its end, too.";

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/guildhall/v1/openapi.json", axum::routing::get(show))
}

fn operations() -> Vec<Operation> {
    let schema = json!({ "type": "object", "properties": { "openapi": { "type": "string" }, "info": { "type": "object" }, "paths": { "type": "object" } }, "required": ["openapi", "info", "paths"] });
    vec![
        get("/openapi.json", "getDocument", "Tells what this API answers, as an OpenAPI document.")
            .answers_as("The document.", &schema),
    ]
}

/// `GET /api/guildhall/v1/openapi.json`
async fn show() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")),
    ];
    (headers, TEXT.as_str()).into_response()
}

/// The document as it is answered, and as it stands in `docs/openapi.json`.
pub static TEXT: LazyLock<String> = LazyLock::new(|| format!("{:#}\n", document()));

/// The whole document.
fn document() -> Value {
    let (mut paths, mut tags) = (Map::new(), Vec::new());
    let (mut taken, mut given) = (schemas::Found::default(), schemas::Found::default());
    for (tag, told, operations) in PARTS {
        tags.push(json!({ "name": tag, "description": told }));
        for operation in operations().into_iter().map(Operation::said) {
            operation.write(tag, &mut paths);
            taken.0.extend(operation.taken.0);
            given.0.extend(operation.given.0);
        }
    }
    given.add::<Refused>();
    given.0.values_mut().for_each(schemas::as_answered);
    let mut all: BTreeMap<String, Value> = given.0;
    for (name, schema) in taken.0 {
        // What is both taken and answered may be left out where it is taken.
        if let Entry::Vacant(place) = all.entry(name) {
            place.insert(schema);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Guildhall",
            "summary": "Brands, drafts, people and the running of a company's server.",
            "description": INTRODUCTION,
            "version": "1",
            "license": { "name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later" },
        },
        "servers": [{ "url": "/", "description": "The server that answers this document." }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": all,
            "responses": operation::usual_answers(),
            "securitySchemes": { "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "A token of a person, from `/oauth/token` or `guildhall token create`. Each operation names the scope that it needs; a broad one (`read`) has the fine ones below it (`read:statuses`).",
            } },
        },
    })
}

/// A refusal (RFC 9457). `docs/guide/problems.md` says of each `code` what to do.
#[derive(utoipa::ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "only its description is used: crate::http::problem writes it")]
struct Refused {
    /// An address that stays the same for this code; its last part is `code`.
    #[schema(rename = "type", example = "https://w3id.org/guildhall/problems/draft.stale")]
    kind: String,
    /// The name of the status.
    title: String,
    /// The status.
    status: u16,
    /// What happened and what to do next, for people, in English.
    detail: String,
    /// What programs look at.
    code: String,
    /// Where a rule says no: the page of the workroom on which it stands, for people who work here.
    #[schema(nullable = false, format = "uri", example = "https://social.example/home/company/brands/42")]
    policy_url: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_types_have_one_name() {
        let mut all: BTreeMap<String, Value> = BTreeMap::new();
        for (tag, _, operations) in PARTS {
            for operation in operations() {
                for (name, schema) in operation.taken.0.into_iter().chain(operation.given.0) {
                    let known = all.entry(name.clone()).or_insert_with(|| schema.clone());
                    assert_eq!(*known, schema, "{tag}: two types are called {name}");
                }
            }
        }
    }
}
