//! One operation, as the document tells it. What every operation has in common is said here once.

use std::collections::{BTreeMap, BTreeSet};

use http::StatusCode;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema, openapi::RefOr, openapi::Schema};

use super::{problems, schemas};

/// Below what all of it is.
pub(super) const ROOT: &str = "/api/guildhall/v1";
/// What any call may be refused with, whatever it does.
const ALWAYS: &[&str] = &[
    "database.busy",
    "database.full",
    "database.unavailable",
    "internal",
    "limits.reached",
    "limits.under_way",
    "parameter.invalid",
    "path.not_found",
    "request.encoding",
    "request.no_room",
    "request.too_deep",
    "request.too_many_fields",
];
/// What is refused of a body.
const BODIES: &[&str] = &[
    "request.broken",
    "request.json",
    "request.media_type",
    "request.multipart",
    "request.too_large",
    "request.too_slow",
];
/// What is refused of a token, or of a page of ours in its place.
const TOKENS: &[&str] = &[
    "browser.as",
    "401 browser.ended",
    "form.token",
    "sign_up.waiting",
    "token.invalid",
    "token.no_person",
    "403 token.scope",
];

/// What most calls answer alike, with its name.
struct Usual {
    name: &'static str,
    status: u16,
    codes: &'static [&'static str],
}

const USUAL: &[Usual] = &[
    usual("Malformed", 400, &["browser.as", "request.encoding", "request.too_deep", "request.too_many_fields"]),
    usual(
        "MalformedBody",
        400,
        &[
            "browser.as",
            "request.broken",
            "request.encoding",
            "request.json",
            "request.multipart",
            "request.too_deep",
            "request.too_many_fields",
        ],
    ),
    usual("Unauthorized", 401, &["browser.ended", "token.invalid"]),
    usual("Forbidden", 403, &["form.token", "sign_up.waiting", "token.drafts_only", "token.scope"]),
    usual("AdminsOnly", 403, &["admin.only", "form.token", "sign_up.waiting", "token.drafts_only", "token.scope"]),
    usual("NoSuchAddress", 404, &["path.not_found"]),
    usual("TooSlow", 408, &["request.too_slow"]),
    usual("TooLarge", 413, &["request.too_large"]),
    usual("UnsupportedBody", 415, &["request.media_type"]),
    usual("Invalid", 422, &["parameter.invalid", "token.no_person"]),
    usual("TooMany", 429, &["limits.reached", "limits.under_way"]),
    usual("Broken", 500, &["internal"]),
    usual("Unavailable", 503, &["database.busy", "database.full", "database.unavailable", "request.no_room"]),
];

const fn usual(name: &'static str, status: u16, codes: &'static [&'static str]) -> Usual {
    Usual { name, status, codes }
}

/// What operations refer to instead of saying it themselves.
pub(super) fn usual_answers() -> Map<String, Value> {
    let late = json!({ "description": "It took longer than a request may. What was written stays." });
    let refused = USUAL.iter().map(|usual| (usual.name.to_owned(), refusal(usual.status, usual.codes, None)));
    refused.chain(std::iter::once(("TookTooLong".to_owned(), late))).collect()
}

/// An operation of our API. Begin with [`get`], [`post`] and the like, and say the rest as a sentence: what it needs,
/// what it takes, what it answers, with what it is refused.
pub(in crate::http::company) struct Operation {
    methods: &'static [&'static str],
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    more: Option<&'static str>,
    /// Each of these scopes will do.
    scopes: Vec<&'static str>,
    drafters: bool,
    parameters: Vec<Value>,
    body: Option<Value>,
    answers: BTreeMap<u16, Value>,
    codes: BTreeSet<&'static str>,
    /// What is told beside a refusal with this code, as members of the problem: how things are now.
    stale: Option<(&'static str, Value)>,
    pub(super) taken: schemas::Found,
    pub(super) given: schemas::Found,
}

/// Reads something.
pub(in crate::http::company) fn get(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation::new(&["get"], path, id, summary)
}

/// Does something.
pub(in crate::http::company) fn post(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation::new(&["post"], path, id, summary)
}

/// Puts something in the place of what is there.
pub(in crate::http::company) fn put(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation::new(&["put"], path, id, summary)
}

/// Changes a part of something.
pub(in crate::http::company) fn patch(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation::new(&["patch"], path, id, summary)
}

/// The same by `PATCH` and by `PUT`: what is left out stays.
pub(in crate::http::company) fn change(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation::new(&["patch", "put"], path, id, summary)
}

/// Takes something away.
pub(in crate::http::company) fn delete(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation::new(&["delete"], path, id, summary)
}

/// A schema as JSON.
fn json_of(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}

/// Puts something into an object.
fn add(object: &mut Value, name: &str, what: Value) {
    if let Value::Object(object) = object {
        object.insert(name.to_owned(), what);
    }
}

fn reference<T: ToSchema>() -> Value {
    json!({ "$ref": format!("#/components/schemas/{}", T::name()) })
}

fn header(name: &str, required: bool, told: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "header", "required": required, "description": told, "schema": schema })
}

impl Operation {
    fn new(methods: &'static [&'static str], path: &'static str, id: &'static str, summary: &'static str) -> Self {
        let mut operation = Self {
            methods,
            path,
            id,
            summary,
            more: None,
            scopes: Vec::new(),
            drafters: false,
            parameters: path
                .split('{')
                .skip(1)
                .filter_map(|rest| path_parameter(path, rest.split('}').next()?))
                .collect(),
            body: None,
            answers: BTreeMap::new(),
            codes: ALWAYS.iter().copied().collect(),
            stale: None,
            taken: schemas::Found::default(),
            given: schemas::Found::default(),
        };
        if methods != ["get"] {
            operation.codes.extend(BODIES);
        }
        operation
    }

    /// What else is worth knowing.
    pub(in crate::http::company) fn tells(mut self, more: &'static str) -> Self {
        self.more = Some(more);
        self
    }

    /// The scope that a token needs. Said twice, one of the two will do.
    pub(in crate::http::company) fn needs(mut self, scope: &'static str) -> Self {
        self.scopes.push(scope);
        self.codes.extend(TOKENS);
        self
    }

    /// Open to tokens of those who only write drafts (see `extract/drafts_only.rs`).
    pub(in crate::http::company) fn for_drafters(mut self) -> Self {
        self.drafters = true;
        self
    }

    /// A page of rows by their ids, with `usual` of them where nobody says, and twice as many at most.
    pub(in crate::http::company) fn paged(mut self, usual: i64) -> Self {
        let id = json!({ "type": "string", "pattern": "^[0-9]+$" });
        for (name, told) in [
            ("max_id", "Rows older than this one."),
            ("since_id", "Rows newer than this one, the newest first."),
            ("min_id", "Rows newer than this one, those next to it."),
        ] {
            self.parameters.push(json!({ "name": name, "in": "query", "description": told, "schema": id }));
        }
        let limit = json!({ "type": "integer", "minimum": 1, "maximum": usual * 2, "default": usual });
        self.query_of("limit", "How many rows.", &limit)
    }

    /// A parameter of the query, as a type.
    pub(in crate::http::company) fn query<T: PartialSchema>(self, name: &'static str, told: &'static str) -> Self {
        self.query_of(name, told, &json_of(&T::schema()))
    }

    /// A parameter of the query, as a schema.
    pub(in crate::http::company) fn query_of(mut self, name: &'static str, told: &'static str, schema: &Value) -> Self {
        self.parameters.push(json!({ "name": name, "in": "query", "description": told, "schema": schema }));
        self
    }

    /// The fields of its body.
    pub(in crate::http::company) fn takes<T: ToSchema>(mut self) -> Self {
        self.taken.add::<T>();
        let content = json!({ "schema": reference::<T>() });
        self.body = Some(json!({ "content": {
            "application/json": content,
            "application/x-www-form-urlencoded": content,
            "multipart/form-data": content,
        } }));
        self
    }

    /// The fields of its body, and a file, which only a form carries.
    pub(in crate::http::company) fn takes_with_file<T: ToSchema>(mut self, name: &str) -> Self {
        self.taken.add::<T>();
        let file = json!({ "type": "object", "properties": { name: { "type": "string", "contentMediaType": "application/octet-stream" } }, "required": [name] });
        let schema = json!({ "allOf": [reference::<T>(), file] });
        self.body = Some(json!({ "required": true, "content": { "multipart/form-data": { "schema": schema } } }));
        self
    }

    /// A file as its whole body, whatever media type is said.
    pub(in crate::http::company) fn takes_bytes(mut self, told: &str) -> Self {
        self.body = Some(json!({ "description": told, "required": true, "content": { "*/*": {} } }));
        self
    }

    /// Done once for each `Idempotency-Key`.
    pub(in crate::http::company) fn once(mut self) -> Self {
        let told = "A name of your own for this request: sent again with the same token and key it is not done again, and answers as it stands now. The same key with another request is refused.";
        let schema = json!({ "type": "string", "minLength": 1, "maxLength": 255 });
        self.parameters.push(header("Idempotency-Key", false, told, &schema));
        self.codes.extend(["request.idempotency_key", "request.idempotency_key_reused"]);
        self
    }

    /// Refused where another version is there than `If-Match` says; `must` it say one?
    pub(in crate::http::company) fn of_version<T: ToSchema>(mut self, stale: &'static str, must: bool) -> Self {
        let told = "The version that you saw, as its `ETag` says. Where somebody saved another one meanwhile nothing is done; the answer is 409 with that one as `current`.";
        self.parameters.push(header("If-Match", must, told, &json!({ "type": "string", "examples": ["\"3\""] })));
        self.given.add::<T>();
        self.codes.extend(["request.if_match", stale]);
        self.stale = Some((stale, json!({ "current": reference::<T>() })));
        self
    }

    /// Beside the present version there is this too.
    pub(in crate::http::company) fn merged<T: ToSchema>(mut self) -> Self {
        self.given.add::<T>();
        if let Some((_, members)) = &mut self.stale {
            add(members, "merged", reference::<T>());
        }
        self
    }

    /// 200 with one of these.
    pub(in crate::http::company) fn answers<T: ToSchema>(self) -> Self {
        self.answers_with::<T>(StatusCode::OK, "As it is now.")
    }

    /// Another status with one of these.
    pub(in crate::http::company) fn answers_with<T: ToSchema>(mut self, status: StatusCode, told: &str) -> Self {
        self.given.add::<T>();
        let answer = json!({ "description": told, "content": { "application/json": { "schema": reference::<T>() } } });
        self.answers.insert(status.as_u16(), answer);
        self
    }

    /// 200 with a list of these.
    pub(in crate::http::company) fn answers_list<T: ToSchema>(mut self) -> Self {
        self.given.add::<T>();
        let list = json!({ "type": "array", "items": reference::<T>() });
        let mut answer = json!({ "description": "A list.", "content": { "application/json": { "schema": list } } });
        if self.parameters.iter().any(|parameter| parameter["name"] == "limit") {
            add(
                &mut answer,
                "headers",
                json!({ "Link": {
                "description": "The addresses of the next page (`rel=\"next\"`) and the one before (`rel=\"prev\"`), where there is something.",
                "schema": { "type": "string" },
            } }),
            );
        }
        self.answers.insert(200, answer);
        self
    }

    /// 204: it is done, and there is nothing to show.
    pub(in crate::http::company) fn answers_nothing(mut self) -> Self {
        self.answers.insert(StatusCode::NO_CONTENT.as_u16(), json!({ "description": "It is done." }));
        self
    }

    /// 200 with something that no type describes.
    pub(in crate::http::company) fn answers_as(mut self, told: &str, schema: &Value) -> Self {
        let answer = json!({ "description": told, "content": { "application/json": { "schema": schema } } });
        self.answers.insert(200, answer);
        self
    }

    /// Its answers carry their version.
    pub(in crate::http::company) fn versioned(mut self) -> Self {
        for answer in self.answers.values_mut() {
            add(
                answer,
                "headers",
                json!({ "ETag": {
                "description": "The version, for `If-Match`.", "schema": { "type": "string", "examples": ["\"3\""] },
            } }),
            );
        }
        self
    }

    /// The codes of problems with which it is usually refused, beside what every call is refused with. They also say
    /// which statuses it has. A code of several statuses stands behind the one that it has here: `409 NAME`.
    pub(in crate::http::company) fn refuses(mut self, codes: &[&'static str]) -> Self {
        self.codes.extend(codes);
        self
    }

    /// The answers to what is refused, by status.
    fn refusals(&self) -> BTreeMap<u16, Value> {
        let mut by_status: BTreeMap<u16, Vec<&'static str>> = BTreeMap::new();
        for code in &self.codes {
            let (status, code) = match code.split_once(' ') {
                Some((status, code)) => (status.parse().ok(), code),
                None => (problems::find(code).and_then(|problem| problem.statuses.first().copied()), *code),
            };
            by_status.entry(status.unwrap_or_default()).or_default().push(code);
        }
        let answer = |(status, mut codes): (u16, Vec<&'static str>)| {
            codes.sort_unstable();
            if let Some(usual) = self.usual(status, &codes) {
                return (status, json!({ "$ref": format!("#/components/responses/{usual}") }));
            }
            (status, refusal(status, &codes, self.stale.as_ref()))
        };
        by_status.into_iter().map(answer).collect()
    }

    /// The name of what is answered alike by most calls, where it is that.
    fn usual(&self, status: u16, codes: &[&str]) -> Option<&'static str> {
        USUAL.iter().find(|usual| usual.status == status && usual.codes == codes).map(|usual| usual.name)
    }

    /// Writes it into the paths of the document.
    pub(super) fn write(&self, tag: &str, paths: &mut Map<String, Value>) {
        let mut answers = self.refusals();
        answers.insert(504, json!({ "$ref": "#/components/responses/TookTooLong" }));
        answers.extend(self.answers.clone());
        let answers: Map<String, Value> =
            answers.into_iter().map(|(status, answer)| (status.to_string(), answer)).collect();
        let security: Vec<Value> = self.scopes.iter().map(|scope| json!({ "token": [scope] })).collect();
        let path = paths.entry(format!("{ROOT}{}", self.path)).or_insert_with(|| json!({}));
        for (number, method) in self.methods.iter().enumerate() {
            let id = if number == 0 { self.id.to_owned() } else { format!("{}By{}", self.id, capital(method)) };
            let mut operation = json!({
                "tags": [tag],
                "operationId": id,
                "summary": self.summary,
                "security": security,
                "responses": answers,
            });
            if let Some(more) = self.more {
                add(&mut operation, "description", more.into());
            }
            if !self.parameters.is_empty() {
                add(&mut operation, "parameters", self.parameters.clone().into());
            }
            if let Some(body) = &self.body {
                add(&mut operation, "requestBody", body.clone());
            }
            add(path, method, operation);
        }
    }

    /// As it is, once everything was said of it.
    pub(super) fn said(mut self) -> Self {
        if !self.scopes.is_empty() && !self.drafters {
            self.codes.insert("token.drafts_only");
        }
        let takes_id = self.path.contains("{id}");
        if takes_id {
            self.codes.insert("id.not_found");
        }
        self
    }
}

/// The answer to what is refused with one of these; what a stale version is told with goes with its code.
fn refusal(status: u16, codes: &[&str], stale: Option<&(&'static str, Value)>) -> Value {
    let problem = json!({ "$ref": "#/components/schemas/Problem" });
    let schema = match stale.filter(|(stale, _)| codes.contains(stale)) {
        Some((_, members)) => {
            json!({ "allOf": [problem, { "type": "object", "properties": members }] })
        }
        None => problem,
    };
    let named: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
    let mut answer = json!({
        "description": format!("Refused. As `code` there is one of these: {}; now and then another one of the list of problems.", named.join(", ")),
        "content": { "application/problem+json": { "schema": schema } },
        "x-codes": codes,
    });
    if matches!(status, 429 | 503) {
        add(
            &mut answer,
            "headers",
            json!({ "Retry-After": {
            "description": "After how many seconds to try again.", "schema": { "type": "integer" },
        } }),
        );
    }
    answer
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// What stands in a path, by what stands before it.
fn path_parameter(path: &str, name: &str) -> Option<Value> {
    let before = path.split_once(&format!("/{{{name}}}"))?.0.rsplit('/').next().unwrap_or_default();
    let (told, digits) = match (name, before) {
        ("id", "actors") => ("The brand or person, by the number at the end of its `uri`.", true),
        ("id", "announcements") => ("The announcement.", true),
        ("id", "drafts") => ("The draft.", true),
        ("id", "emojis") => ("The emoji.", true),
        ("id", "invitations") => ("The invitation.", true),
        ("id", "parked") => ("The job.", true),
        ("id", "posts") => ("The post, by its id in Mastodon's API.", true),
        ("id", "publish-requests") => ("The copy that somebody asked for.", true),
        ("id", "sign-ups") => ("Who waits.", true),
        ("id", "teams") => ("The team.", true),
        ("delivery", _) => ("The delivery.", true),
        ("proposal", _) => ("The wish for weaker rules.", true),
        ("username", _) => ("By which name somebody signs in; where it says so also `eve@social.example`.", false),
        ("step", _) => ("The question, as in `left`.", false),
        ("host", _) => ("The server, such as `social.example`.", false),
        _ => ("The id.", true),
    };
    let schema = if digits { json!({ "type": "string", "pattern": "^[0-9]+$" }) } else { json!({ "type": "string" }) };
    Some(json!({ "name": name, "in": "path", "required": true, "description": told, "schema": schema }))
}
