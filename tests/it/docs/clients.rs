//! docs/clients.md names calls that are served, and tests that are there.

use std::{collections::BTreeSet, fs, path::Path};

use super::pages::{read, top};

/// Everything below a folder, as one text.
fn sources(folder: &Path) -> String {
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

#[test]
fn every_call_of_the_page_is_served_and_has_its_test() {
    let page = read("docs/clients.md").text;
    let (served, tested) = (sources(&top().join("src/http")), sources(&top().join("tests/it")));
    let mut seen = BTreeSet::new();
    for row in page.lines().filter(|line| line.starts_with("| `")) {
        let words: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
        let (method, path) = words[0].split_once(' ').unwrap();
        assert!(seen.insert(words[0]), "{} stands there twice", words[0]);
        let places: Vec<&str> = served.split(&format!(".at(\"{path}\"")).skip(1).collect();
        let methods = places.iter().map(|place| place.split(".at(").next().unwrap());
        let method = method.to_lowercase();
        assert!(methods.into_iter().any(|methods| methods.contains(&format!("{method}("))), "{row}");
        // A row of the second table tells the answer instead.
        if let Some(test) = words.get(1).filter(|word| word.contains('_') && !word.contains('/')) {
            assert!(tested.contains(&format!("fn {test}(")), "{row}");
        }
    }
    assert!(!seen.is_empty());
}

/// Every call that is served to clients, as `GET /api/v1/lists/{id}`: what stands behind `.at(` in these folders.
pub fn served(folders: &[&str]) -> BTreeSet<String> {
    let mut calls = BTreeSet::new();
    for folder in folders {
        for place in sources(&top().join(folder)).split(".at(").skip(1) {
            let place = place.trim_start();
            let Some((path, rest)) = place.strip_prefix('"').and_then(|place| place.split_once('"')) else { continue };
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

#[test]
fn every_call_that_is_served_stands_on_the_page() {
    let page = read("docs/clients.md").text;
    let served = served(&["src/http/mastodon", "src/http/oauth"]);
    assert!(served.len() > 190 && served.contains("GET /api/v1/timelines/home"), "{}", served.len());
    let stands = |call: &str| page.contains(&format!("| `{call}` |"));
    let twin = |call: &str| match call.split_once(' ') {
        Some(("PUT", path)) => Some(format!("PATCH {path}")),
        Some(("PATCH", path)) => Some(format!("PUT {path}")),
        _ => None,
    };
    let missing: Vec<&String> =
        served.iter().filter(|call| !stands(call) && !twin(call).is_some_and(|twin| stands(&twin))).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
