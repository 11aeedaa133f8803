//! The OpenAPI document of our own API tells what is served, and what it says is in the documentation.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
};

use axum::body::Body;
use guildhall::http::company::{GIVEN_UP, OPENAPI, PROBLEMS, Problem};
use http::{Method, Request, StatusCode};
use serde_json::Value;

use super::{
    clients::{served, sources},
    pages::{read, top},
};
use crate::{
    mastodon::{House, attacks::scopes::TAKEN},
    support::{
        contract::{DOCUMENT, referred},
        database::TestDatabase,
    },
};

/// Each operation of the document, as `GET /api/guildhall/v1/me`.
fn operations() -> BTreeMap<String, &'static Value> {
    let mut operations = BTreeMap::new();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations.insert(format!("{} {path}", method.to_uppercase()), operation);
        }
    }
    operations
}

/// Written anew by `make openapi`.
#[test]
fn the_copy_of_the_document_is_what_is_served() {
    let file = top().join("docs/openapi.json");
    if env::var_os("GUILDHALL_TEST_WRITE_OPENAPI").is_some() {
        fs::write(&file, OPENAPI.as_str()).unwrap();
    }
    let copy = fs::read_to_string(&file).unwrap_or_default();
    let line = copy.lines().zip(OPENAPI.lines()).position(|(old, new)| old != new);
    assert!(
        copy == *OPENAPI,
        "docs/openapi.json is older from line {line:?}: run `make openapi`, and look at what changed"
    );
}

#[tokio::test]
async fn everybody_is_told_what_the_api_answers() {
    let house = House::open(TestDatabase::sqlite()).await;
    let reply = house.get(None, "/api/guildhall/v1/openapi.json").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(reply.body, *DOCUMENT);
    // What is no operation is refused as all else.
    let reply = house.call(None, Method::POST, "/api/guildhall/v1/openapi.json", Value::Null).await;
    assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(reply.headers["content-type"], "application/problem+json");
    assert_eq!((&reply.body["code"], &reply.body["status"]), (&"route.method".into(), &405.into()));
}

/// Also what is refused before a call is reached.
#[tokio::test]
async fn every_refusal_is_a_problem() {
    let house = House::open(TestDatabase::sqlite()).await;
    for (path, page, expected) in [
        ("/api/guildhall/v1/drafts/%00", None, (404, "path.not_found")),
        ("/api/guildhall/v1/drafts", Some("x"), (401, "browser.ended")),
        ("/api/guildhall/v1/drafts", None, (401, "token.invalid")),
        ("/api/guildhall/v1/nothing", None, (404, "route.not_found")),
    ] {
        let mut request = Request::get(path);
        if let Some(form_token) = page {
            request = request.header("guildhall-form-token", form_token);
        }
        let reply = house.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.headers["content-type"], "application/problem+json", "{path}");
        assert_eq!((reply.status.as_u16(), reply.body["code"].as_str().unwrap()), expected, "{path}");
    }
}

#[test]
fn the_document_has_each_call_that_is_served_and_no_other() {
    let served = served(&["src/http/company"]);
    assert!(served.len() > 70, "{}", served.len());
    let told: BTreeSet<String> = operations().into_keys().collect();
    let missing: Vec<&String> = served.difference(&told).collect();
    assert!(missing.is_empty(), "say in `operations` of their modules what these do: {missing:#?}");
    let gone: Vec<&String> = told.difference(&served).collect();
    assert!(gone.is_empty(), "not served: {gone:#?}");
}

#[test]
fn each_operation_tells_the_scopes_that_it_takes() {
    let mut taken: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (scopes, lines) in TAKEN {
        for line in *lines {
            let (methods, path) = line.rsplit_once(' ').unwrap();
            for method in methods.split(' ') {
                taken.insert(format!("{method} {path}"), scopes.split_whitespace().collect());
            }
        }
    }
    for (call, operation) in operations() {
        let told: BTreeSet<&str> =
            operation["security"].as_array().unwrap().iter().map(|one| one["token"][0].as_str().unwrap()).collect();
        assert_eq!(told, taken[&call], "{call}");
    }
}

#[test]
fn each_operation_has_a_name_of_its_own_and_a_sentence() {
    let mut names = BTreeSet::new();
    for (call, operation) in operations() {
        let (name, summary) = (operation["operationId"].as_str().unwrap(), operation["summary"].as_str().unwrap());
        assert!(names.insert(name), "{call}: {name} is another one, too");
        assert!(summary.ends_with('.') && summary.len() > 12, "{call}: {summary}");
        let done = operation["responses"].as_object().unwrap().keys().any(|status| status.starts_with('2'));
        assert!(done, "{call}: say what it answers when all is well");
    }
}

/// Every `$ref` leads somewhere, and every schema is used.
#[test]
fn the_document_refers_to_what_is_in_it() {
    let mut meant = BTreeSet::new();
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                found.extend(object.get("$ref").and_then(Value::as_str).map(ToOwned::to_owned));
                object.values().for_each(|inner| references(inner, found));
            }
            Value::Array(list) => list.iter().for_each(|inner| references(inner, found)),
            _ => {}
        }
    }
    references(&DOCUMENT, &mut meant);
    let names = |kind: &str| {
        let all = DOCUMENT["components"][kind].as_object().unwrap();
        all.keys().map(|name| format!("#/components/{kind}/{name}")).collect::<BTreeSet<_>>()
    };
    let there: BTreeSet<String> = names("schemas").union(&names("responses")).cloned().collect();
    assert_eq!(meant, there);
}

/// The codes of problems in a source, each with its statuses.
fn codes(source: &str) -> BTreeMap<String, BTreeSet<u16>> {
    let mut codes: BTreeMap<String, BTreeSet<u16>> = BTreeMap::new();
    for place in source.split("Error::").chain(source.split("Self::")).skip(1) {
        let Some((kind, rest)) = place.split_once('(') else { continue };
        let (kind, rest) = match (kind, rest.split_once(',')) {
            ("new", Some((kind, rest))) => (kind.rsplit("::").next().unwrap().to_lowercase(), rest),
            (kind, _) => (kind.replace('_', ""), rest),
        };
        let code = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
        // What goes wrong on our side has a sentence there and no code.
        let code = code.filter(|code| !code.contains(' '));
        if let (Some(status), Some(code)) = (status(&kind), code) {
            codes.entry(code.to_owned()).or_default().insert(status);
        }
    }
    codes
}

/// What the kind of an error is as a status.
fn status(kind: &str) -> Option<u16> {
    Some(match kind {
        "notfound" => 404,
        "gone" => 410,
        "unauthorized" => 401,
        "forbidden" => 403,
        "invalid" => 422,
        "malformed" => 400,
        "conflict" => 409,
        "toolarge" => 413,
        "tooslow" => 408,
        "unsupported" => 415,
        "toomany" => 429,
        "unavailable" => 503,
        "internal" => 500,
        _ => return None,
    })
}

#[test]
fn the_guide_explains_each_problem_that_the_api_refuses_with() {
    let page = read("docs/guide/problems.md").text;
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
    let row = |one: &Problem| {
        let statuses: Vec<String> = one.statuses.iter().map(u16::to_string).collect();
        let rule = if one.is_rule { " `policy_url` leads to the rule." } else { "" };
        format!("| `{}` | {} | {}{rule} |", one.code, statuses.join(", "), one.told)
    };
    let expected: Vec<String> = PROBLEMS.iter().map(row).collect();
    assert!(rows == expected, "the table of docs/guide/problems.md should be:\n{}", expected.join("\n"));
    let known: BTreeSet<&str> = PROBLEMS.iter().map(|problem| problem.code).collect();
    assert_eq!(known.len(), PROBLEMS.len(), "a code stands there twice");
}

#[test]
fn each_problem_is_one_of_the_source_and_of_an_operation() {
    let source = codes(&sources(&top().join("src")));
    let told: BTreeSet<(&str, u16)> =
        PROBLEMS.iter().flat_map(|one| one.statuses.iter().map(|status| (one.code, *status))).collect();
    let text = sources(&top().join("src/domain"));
    for (code, status) in &told {
        match source.get(*code) {
            Some(given) => assert!(given.contains(status), "{code} is given as {given:?} and not {status}"),
            // Handed to what refuses.
            None => assert!(text.contains(&format!("\"{code}\"")), "{code} is nowhere"),
        }
    }
    let mut named = BTreeSet::new();
    for operation in operations().values() {
        for (status, answer) in operation["responses"].as_object().unwrap() {
            let codes = referred(answer)["x-codes"].as_array().into_iter().flatten();
            named.extend(codes.map(|code| (code.as_str().unwrap(), status.parse::<u16>().unwrap())));
        }
    }
    assert_eq!(named, told, "operations name what problems.rs has, and the other way round");
    let own = codes(&sources(&top().join("src/http/company")));
    let explained = |code: &&String| told.iter().any(|(known, _)| known == code) || *code == "route.not_found";
    let unknown: Vec<&String> = own.keys().filter(|code| !explained(code)).collect();
    assert!(unknown.is_empty(), "explain these in src/http/company/openapi/problems.rs: {unknown:?}");
}

/// The sentences of a catalogue of the workroom that are found by a code, each with its code.
pub(super) fn sentences(name: &str) -> BTreeMap<String, String> {
    let page = read(&format!("frontend/src/lib/words/{name}.ts")).text;
    let mut sentences = BTreeMap::new();
    let mut code = String::new();
    for line in page.lines() {
        // What is long stands in a line of its own, further in.
        let said = match line.strip_prefix("  ").filter(|row| !row.starts_with(' ')) {
            Some(row) => {
                let (name, said) = row.split_once(':').unwrap();
                name.trim_matches('\'').clone_into(&mut code);
                said
            }
            None if line.starts_with(' ') => line,
            None => continue,
        };
        let said = said.trim().trim_end_matches(',').trim_matches('\'');
        if !said.is_empty() {
            assert_eq!(sentences.insert(code.clone(), said.to_owned()), None, "{name} says {code} twice");
        }
    }
    sentences
}

/// English is what the server says itself.
#[test]
fn the_workroom_says_each_problem_in_german_and_in_arabic() {
    let (german, arabic) = (sentences("problems/de"), sentences("problems/ar"));
    let missing = |said: &BTreeMap<String, String>| {
        let codes = PROBLEMS.iter().map(|problem| problem.code).chain(GIVEN_UP.iter().copied());
        codes.filter(|code| !said.contains_key(*code)).collect::<Vec<_>>()
    };
    assert_eq!((missing(&german), missing(&arabic)), (vec![], vec![]));
    assert!(german.keys().eq(arabic.keys()), "the two catalogues have the same codes");
    // Besides them stand those with which the Mastodon API refuses, and why something is held or was not delivered.
    let source = sources(&top().join("src"));
    let left: Vec<&String> = german.keys().filter(|code| !source.contains(&format!("\"{code}\""))).collect();
    assert!(left.is_empty(), "nothing refuses with {left:?}");
    for (code, said) in german.iter().chain(&arabic) {
        assert!(said.ends_with('.'), "{code} ends within a sentence: {said}");
        assert!(!said.contains('`'), "{code} has the name of a field, which people do not see: {said}");
    }
    for (code, said) in &arabic {
        assert!(!said.contains([',', ';', '?']), "{code} has a Latin sign: {said}");
        assert!(said.chars().any(|letter| ('\u{600}'..='\u{6ff}').contains(&letter)), "{code}: {said}");
    }
}

/// What is refused at no call of the Mastodon API but on pages of the web, at the command line, or of other servers.
const ELSEWHERE: &[&str] = &[
    "account.password_changed",
    "actor.host",
    "browser.not_found",
    "company.legal",
    "invitation.void",
    "oauth.unauthorized_client",
    "passkey.challenge_used",
    "passkey.changed",
    "passkey.known",
    "passkey.name",
    "passkey.not_found",
    "passkey.not_yours",
    "passkey.signed_out",
    "passkey.too_many",
    "post.not_theirs",
    "reset.ended",
    "second_step.on",
    "setup.domain",
    "setup.done",
    "setup.name",
    "setup.same_username",
    "sign_in.changed",
    "sign_up.ended",
];

/// As `guildhall.code` in its refusals; English is what the server says itself.
#[test]
fn the_workroom_says_in_german_and_in_arabic_what_the_mastodon_api_refuses() {
    let rim = ["src/http/extract", "src/http/mastodon"].map(|place| codes(&sources(&top().join(place))));
    let rules = codes(&sources(&top().join("src/domain")));
    let gone: Vec<_> = ELSEWHERE.iter().filter(|code| !rules.contains_key(**code)).collect();
    assert!(gone.is_empty(), "no rule refuses with {gone:?}");
    let mut refused: BTreeSet<&String> = rules.keys().filter(|code| !ELSEWHERE.contains(&code.as_str())).collect();
    refused.extend(rim.iter().flat_map(BTreeMap::keys));
    assert!(refused.len() > 200, "{}", refused.len());
    for catalogue in ["problems/de", "problems/ar"] {
        let said = sentences(catalogue);
        let missing: Vec<_> = refused.iter().filter(|code| !said.contains_key(code.as_str())).collect();
        assert!(missing.is_empty(), "{catalogue} has no words for {missing:?}");
    }
}
