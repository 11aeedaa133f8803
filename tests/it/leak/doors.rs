//! Every door at which something could be found, and a look behind it.

use std::collections::BTreeSet;

use axum::body::Body;
use guildhall::{
    federation::outbound::compose::derived_uri,
    net::{Signer, signatures::cavage},
};
use http::{HeaderMap, Request, header};
use serde_json::Value;

use super::written::Written;
use crate::mastodon::{BASE, House, Person};

/// Every address with a GET that the sources of our doors name, as templates.
fn routes() -> BTreeSet<String> {
    fn read(folder: &std::path::Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for part in text.split(".at(").skip(1).chain(text.split(".route(").skip(1)) {
                let Some(rest) = part.trim_start().strip_prefix('"') else { continue };
                let (template, rest) = rest.split_once('"').unwrap();
                // Its methods end with the statement, the next route or the function.
                let methods =
                    [";", ".at(", ".route(", "\n}"].iter().fold(rest, |rest, end| rest.split(end).next().unwrap());
                if methods.contains("get(") && template.starts_with('/') {
                    found.insert(template.to_owned());
                }
            }
        }
    }
    let mut found = BTreeSet::new();
    read(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http"), &mut found);
    found
}

/// A template with everything that may stand in its gaps.
fn filled(template: &str, words: &[(&str, Vec<String>)]) -> Vec<String> {
    let Some((start, rest)) = template.split_once('{') else { return vec![template.to_owned()] };
    let (name, end) = rest.split_once('}').unwrap();
    let known = words.iter().find(|(known, _)| *known == name);
    let values = &known.unwrap_or_else(|| panic!("what stands for {{{name}}} in {template}?")).1;
    values.iter().flat_map(|value| filled(&format!("{start}{value}{end}"), words)).collect()
}

/// Everything that can be asked about these posts and people.
pub fn doors(house: &House, written: &[&Written], people: &[&Person], more: &[String]) -> Vec<String> {
    let posts: Vec<String> = written.iter().flat_map(|one| [one.post.clone(), one.reply.clone()]).collect();
    let activities = posts.iter().flat_map(|id| {
        let uri = format!("{BASE}/ap/objects/{id}");
        ["Create", "Update", "Delete"]
            .map(|kind| derived_uri(&house.app.site, &[kind, &uri]).rsplit('/').next().unwrap().to_owned())
    });
    let names = ["ana", "ben"].map(ToOwned::to_owned).into_iter();
    let tags = written.iter().flat_map(|one| one.secrets.iter().filter(|secret| secret.contains("tag")).cloned());
    let words = [
        (
            "id",
            posts
                .iter()
                .cloned()
                .chain(people.iter().map(|person| person.id()))
                .chain(activities)
                .chain(more.iter().cloned())
                .collect(),
        ),
        ("name", names.clone().chain(tags).collect()),
        ("username", names.collect::<Vec<String>>()),
        (
            "collection",
            [
                "outbox",
                "outbox?page=true",
                "featured",
                "liked",
                "liked?page=true",
                "followers?page=true",
                "following?page=true",
                "replies?page=true",
                "likes",
                "shares",
            ]
            .map(ToOwned::to_owned)
            .to_vec(),
        ),
        ("group_key", more.iter().map(|id| format!("ungrouped-{id}")).collect()),
        ("version", vec!["2.0".to_owned(), "2.1".to_owned()]),
        ("host", vec!["elsewhere.example".to_owned()]),
        ("kind", ["imprint", "privacy", "rules"].map(ToOwned::to_owned).to_vec()),
        ("hash", vec!["0".repeat(64)]),
        ("token", vec!["0".repeat(43)]),
        ("*place", posts.iter().map(|id| format!("posts/{id}")).collect()),
        ("*file", vec!["version.json".to_owned()]),
        ("file", vec!["pages.xml".to_owned(), format!("posts-{}.xml", &house.app.db.now().rfc3339()[..7])]),
    ];
    // Streams do not end; tests of their own listen to them.
    let routes = routes().into_iter().filter(|route| !route.starts_with("/api/v1/streaming"));
    let mut doors: Vec<String> = routes.flat_map(|template| filled(&template, &words)).collect();
    for one in written {
        for q in [
            format!("canary{}", one.audience),
            format!("%23tagcanary{}", one.audience),
            format!("tagcanary{}", one.audience),
            format!("@handlecanary{}", one.audience),
        ] {
            doors.push(format!("/api/v2/search?q={q}"));
        }
        for id in [&one.post, &one.reply] {
            doors.extend(["ana", "ben"].map(|name| format!("/api/v2/search?q={BASE}/@{name}/{id}")));
            doors.push(format!("/api/v2/search?q={BASE}/ap/objects/{id}"));
            doors.push(format!("/.well-known/webfinger?resource={BASE}/ap/objects/{id}"));
        }
    }
    doors.push("/api/v1/timelines/public?local=true&limit=40".to_owned());
    doors.push("/api/v1/accounts/lookup?acct=ana".to_owned());
    doors.push("/.well-known/webfinger?resource=acct:ana@company.example".to_owned());
    doors
}

/// Who asks: nobody, somebody with a token, or a server that signs.
#[derive(Clone, Copy)]
pub enum Reader<'a> {
    Nobody,
    Token(&'a Person),
    Server(&'a Signer),
}

/// What is answered: status, headers and body as one text.
pub async fn answer(house: &House, reader: Reader<'_>, path: &str, accept: &str) -> (u16, String) {
    let mut headers = HeaderMap::new();
    match reader {
        Reader::Nobody => {}
        Reader::Token(person) => {
            headers.insert(header::AUTHORIZATION, format!("Bearer {}", person.token).parse().unwrap());
        }
        Reader::Server(signer) => {
            let url = format!("{BASE}{path}").parse().unwrap();
            cavage::sign(signer, "GET", &url, &mut headers, None, true, house.app.db.now()).unwrap();
        }
    }
    headers.insert(header::HOST, "social.company.example".parse().unwrap());
    headers.insert(header::ACCEPT, accept.parse().unwrap());
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    *request.headers_mut() = headers;
    let reply = house.send(request).await;
    let text = match &reply.body {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    (reply.status.as_u16(), format!("{:?} {text}", reply.headers))
}

/// Looks behind every door for what must not be there.
pub async fn search(house: &House, who: &str, reader: Reader<'_>, doors: &[String], forbidden: &[&Written]) {
    let accepts: &[&str] = match reader {
        Reader::Token(_) => &["application/json"],
        Reader::Nobody | Reader::Server(_) => &["application/activity+json", "text/html"],
    };
    for door in doors {
        for accept in accepts {
            let (status, said) = answer(house, reader, door, accept).await;
            assert!(status != 429 && status < 500, "{who} {door} {status}");
            // What was asked for is no news.
            let asked = |secret: &&String| door.contains(secret.as_str());
            for secret in forbidden
                .iter()
                .flat_map(|one| &one.secrets)
                .filter(|secret| !asked(secret) || status == 200 && said.contains("\"content\""))
            {
                assert!(!said.contains(secret.as_str()), "{who} finds {secret} at {door} ({accept}): {said}");
            }
        }
    }
}
