//! docs/clients.md names each call that is served, and a test that makes it and looks what came of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::Path,
    process::Command,
    sync::Mutex,
};

use http::Method;
use serde_json::{Value, json};

use super::pages::{read, top};
use crate::{
    mastodon::House,
    support::{calls, database::TestDatabase},
};

/// What stands in code in each row of the page: a call, and its test or its answer.
fn rows() -> Vec<[String; 2]> {
    let page = read("docs/clients.md").text;
    let row = |row: &str| {
        let cells: Vec<&str> = row.split(" | ").collect();
        let call = cells[0].trim_start_matches("| ").trim_matches('`').to_owned();
        [call, cells[1].to_owned()]
    };
    page.lines().filter(|line| line.starts_with("| `")).map(row).collect()
}

/// The test of a row of the first table; a row of the second one tells an answer.
fn test_of(cell: &str) -> Option<&str> {
    let name = cell.strip_prefix('`')?.strip_suffix('`')?;
    name.bytes()
        .all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
        .then_some(name)
        .filter(|name| name.contains('_'))
}

/// Everything below a folder, as one text.
pub fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    text
}

/// Every call that is served to clients, as `GET /api/v1/lists/{id}`: what stands behind `.at(` in these folders.
pub fn served(folders: &[&str]) -> BTreeSet<String> {
    let mut calls = BTreeSet::new();
    for folder in folders {
        let sources = sources(&top().join(folder)).replace(".route(", ".at(");
        for place in sources.split(".at(").skip(1) {
            let place = place.trim_start();
            let Some((path, rest)) = place.strip_prefix('"').and_then(|place| place.split_once('"')) else {
                panic!("write the path of a route as a text, so that it is found: {}", place.lines().next().unwrap());
            };
            // What everybody is shown in the place of a picture is no call.
            if path.starts_with("/assets/") {
                continue;
            }
            // Its methods end with the statement at the latest.
            let methods = rest.split(";\n").next().unwrap().split("\n}").next().unwrap();
            for method in ["get", "post", "put", "patch", "delete"] {
                let called = methods
                    .match_indices(&format!("{method}("))
                    .any(|(at, _)| !methods[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_'));
                if called {
                    calls.insert(format!("{} {path}", method.to_uppercase()));
                }
            }
        }
    }
    calls
}

/// What the page speaks of.
const FOLDERS: &[&str] = &["src/http/mastodon", "src/http/oauth", "src/http/wellknown"];

#[test]
fn the_page_has_a_row_for_each_call_that_is_served() {
    let served = served(FOLDERS);
    assert!(served.len() > 190 && served.contains("GET /api/v1/timelines/home"), "{}", served.len());
    let twin = |call: &str| match call.split_once(' ') {
        Some(("PUT", path)) => Some(format!("PATCH {path}")),
        Some(("PATCH", path)) => Some(format!("PUT {path}")),
        _ => None,
    };
    let rows = rows();
    let stand: BTreeSet<String> = rows.iter().map(|[call, _]| call.clone()).collect();
    assert_eq!(stand.len(), rows.len(), "a call stands there twice");
    let gone: Vec<&String> = stand.difference(&served).collect();
    assert!(gone.is_empty(), "not served: {gone:#?}");
    let stands = |call: &String| stand.contains(call) || twin(call).is_some_and(|twin| stand.contains(&twin));
    let missing: Vec<String> =
        served.iter().filter(|call| !stands(call)).map(|call| format!("| `{call}` | `` | |")).collect();
    assert!(missing.is_empty(), "add these rows:\n{}", missing.join("\n"));
}

/// The tests of the first table, each with its calls.
fn told() -> BTreeMap<String, Vec<String>> {
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for [call, cell] in rows() {
        if let Some(test) = test_of(&cell) {
            told.entry(test.to_owned()).or_default().push(call);
        }
    }
    told
}

/// What a test of this name calls, each call with its status, in their order.
fn calls_of(test: &str, all: &[String]) -> Result<Vec<String>, String> {
    let named = |one: &&String| {
        let one = one.strip_suffix("::sqlite").unwrap_or(one);
        one == test || one.ends_with(&format!("::{test}"))
    };
    let found: Vec<&String> = all.iter().filter(named).collect();
    let [name] = found.as_slice() else { return Err(format!("there are {} tests of this name", found.len())) };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("calls");
    let mut command = Command::new(env::current_exe().unwrap());
    let output = command.args(["--exact", name]).env(calls::FILE, &file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() || !said.contains("1 passed") {
        return Err(format!("it fails: {said}"));
    }
    Ok(fs::read_to_string(file).unwrap_or_default().lines().map(ToOwned::to_owned).collect())
}

/// Why a test is no proof for a call: it makes it without success, or looks at nothing afterwards.
fn no_proof(call: &str, made: &[String]) -> Option<&'static str> {
    let is_it = |line: &&String| line.rsplit_once(' ').is_some_and(|(made, status)| made == call && status < "400");
    let first = made.iter().position(|line| is_it(&line));
    let Some(first) = first else { return Some("it does not make the call, or is refused") };
    let looks = call.starts_with("GET ")
        || made[first + 1..].iter().any(|line| line.starts_with("GET ") || line.ends_with("introspect 200"));
    (!looks).then_some("it reads nothing after the call")
}

#[test]
fn every_test_of_the_page_makes_its_calls_and_looks_what_came_of_them() {
    let listed = Command::new(env::current_exe().unwrap()).arg("--list").output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let all: Vec<String> =
        listed.lines().filter_map(|line| line.strip_suffix(": test")).map(ToOwned::to_owned).collect();
    let told = told();
    assert!(told.len() > 70, "{}", told.len());
    let (waiting, wrong) = (Mutex::new(told.iter()), Mutex::new(Vec::new()));
    let work = || {
        while let Some((test, calls)) = { waiting.lock().unwrap().next() } {
            let found = match calls_of(test, &all) {
                Ok(made) => calls
                    .iter()
                    .filter_map(|call| Some(format!("{test}: {call}: {}", no_proof(call, &made)?)))
                    .collect(),
                Err(why) => vec![format!("{test}: {why}")],
            };
            wrong.lock().unwrap().extend(found);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether an answer, by its status and body, is what the page says.
type Is = fn(u16, &Value) -> bool;

/// The answers of the second table, as they stand there.
const CONSTANT: &[(&str, Is)] = &[
    ("`OK`", |status, body| status == 200 && body == "OK"),
    ("an empty list", |status, body| status == 200 && *body == json!([])),
    ("an empty object", |status, body| status == 200 && *body == json!({})),
    ("404", |status, body| status == 404 && body["error"].is_string()),
];

#[tokio::test]
async fn what_the_page_calls_always_the_same_is_answered_so() {
    let house = House::open(TestDatabase::sqlite()).await;
    let ana = house.employee("ana").await;
    let post = house.says(&ana, json!({"status": "Tea: https://tea.example/ #tea"})).await;
    let mut seen = 0;
    for [call, answer] in rows().iter().filter(|[_, cell]| test_of(cell).is_none()) {
        let (method, path) = call.split_once(' ').unwrap();
        let path = path.replace("{id}", &post).replace("/timelines/link", "/timelines/link?url=https://tea.example/");
        let body = if method == "GET" { Value::Null } else { json!({}) };
        let reply = house.call(Some(&ana), method.parse::<Method>().unwrap(), &path, body).await;
        let (_, is_it) =
            CONSTANT.iter().find(|(told, _)| told == answer).unwrap_or_else(|| panic!("{call}: what is “{answer}”?"));
        assert!(is_it(reply.status.as_u16(), &reply.body), "{call}: {} {}", reply.status, reply.body);
        seen += 1;
    }
    assert!(seen >= 5, "{seen}");
}
