//! What goes wrong with answers and documents on their way out.

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use super::{
    breaking::{Case, brand, each, json_at, remove},
    front::{Front, Manners},
};

fn answers() -> Vec<Case> {
    vec![
        (
            "a cache forgets Vary",
            Manners::answer(|_, reply| {
                reply.headers_mut().remove(header::VARY);
            }),
            &["negotiation failed"],
        ),
        (
            "a cache mixes pages up",
            Manners::request(|request| {
                if request.uri().path().starts_with("/@") {
                    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("text/html"));
                }
            }),
            &["negotiation failed"],
        ),
        (
            "WebFinger leads elsewhere",
            json_at(
                |path| path == "/.well-known/webfinger",
                |finger| {
                    for link in finger["links"].as_array_mut().unwrap() {
                        link["href"] = json!("https://elsewhere.example/1");
                    }
                },
            ),
            &["webfinger failed", "webfinger_back failed", "server_actor failed"],
        ),
        (
            "WebFinger answers for somebody else",
            json_at(
                |path| path == "/.well-known/webfinger",
                |finger| {
                    if finger["subject"] == "acct:company@company.example" {
                        finger["subject"] = json!("acct:company@social.company.example");
                    }
                },
            ),
            &["webfinger failed", "webfinger_back failed"],
        ),
        (
            "WebFinger is closed to web apps",
            Manners::answer(|path, reply| {
                if path == "/.well-known/webfinger" {
                    reply.headers_mut().remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
                }
            }),
            &["webfinger failed"],
        ),
        (
            "WebFinger has another type",
            Manners::answer(|path, reply| {
                if path == "/.well-known/webfinger" {
                    reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
                }
            }),
            &["webfinger failed", "webfinger_back failed", "server_actor failed"],
        ),
        (
            "host-meta is another's",
            Manners::answer(|path, reply| {
                if path == "/.well-known/host-meta" {
                    *reply.body_mut() = Bytes::from_static(b"<XRD/>");
                }
            }),
            &["host_meta failed"],
        ),
        (
            "NodeInfo is another's",
            json_at(|path| path == "/nodeinfo/2.1", |info| info["software"]["name"] = json!("blog")),
            &["nodeinfo failed"],
        ),
        (
            "an old version answers",
            json_at(|path| path.starts_with("/nodeinfo/"), |info| info["software"]["version"] = json!("0.0.1")),
            &["nodeinfo warning"],
        ),
        (
            "NodeInfo does not know the server's actor",
            json_at(
                |path| path == "/.well-known/nodeinfo",
                |found| {
                    found["links"].as_array_mut().unwrap().truncate(2);
                },
            ),
            &["server_actor failed"],
        ),
        (
            "the server's actor is no Application",
            json_at(|path| path == "/ap/actor", |actor| actor["type"] = json!("Person")),
            &["server_actor failed"],
        ),
        (
            "the page is not to be listed",
            Manners::answer(|path, reply| {
                if path == "/@company" {
                    reply.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
                }
            }),
            &["indexable failed"],
        ),
        (
            "the page does not lead to its document",
            Manners::answer(|path, reply| {
                if path == "/@company" {
                    *reply.body_mut() = Bytes::from_static(b"<title>Company</title>");
                }
            }),
            &["indexable failed", "feeds failed"],
        ),
    ]
}

fn documents() -> Vec<Case> {
    vec![
        (
            "the context is an object",
            brand(|actor| actor["@context"] = json!({ "@vocab": "https://www.w3.org/ns/activitystreams" })),
            &["mastodon failed", "misskey failed"],
        ),
        ("the type is unknown", brand(|actor| actor["type"] = json!("Company")), &["mastodon failed", "nodebb failed"]),
        (
            "the name has odd letters",
            brand(|actor| actor["preferredUsername"] = json!("com pany")),
            &["webfinger_back failed", "mastodon failed", "misskey failed"],
        ),
        (
            "there is no outbox",
            brand(|actor| remove(actor, "outbox")),
            &["mastodon failed", "misskey failed", "lemmy failed", "collections failed"],
        ),
        (
            "the inbox is on another host",
            brand(|actor| actor["endpoints"]["sharedInbox"] = json!("https://cdn.example/inbox")),
            &["misskey failed"],
        ),
        (
            "the owner of the key is missing",
            brand(|actor| remove(&mut actor["publicKey"], "owner")),
            &["lemmy failed", "gotosocial failed"],
        ),
        (
            "the keys are listed",
            brand(|actor| actor["publicKey"] = json!([actor["publicKey"]])),
            &["mastodon failed", "misskey failed", "lemmy failed", "gotosocial failed", "nodebb failed"],
        ),
        (
            "an old key is published",
            brand(|actor| actor["publicKey"]["id"] = json!("https://social.company.example/ap/actors/1#old")),
            &["gotosocial failed"],
        ),
        ("the key of proofs is lost", brand(|actor| remove(actor, "assertionMethod")), &["proofs failed"]),
        ("the handle is not said", brand(|actor| remove(actor, "webfinger")), &["webfinger_back failed"]),
        (
            "the media type has a profile too many",
            Manners::answer(|path, reply| {
                if path.starts_with("/ap/actors/") && path.matches('/').count() == 3 && reply.status() == StatusCode::OK
                {
                    reply.headers_mut().insert(
                        header::CONTENT_TYPE,
                        HeaderValue::from_static("application/activity+json; charset=utf-8; profile=x"),
                    );
                }
            }),
            &["lemmy failed"],
        ),
        (
            "followers are not counted",
            json_at(|path| path.ends_with("/followers"), |list| remove(list, "totalItems")),
            &["collections failed"],
        ),
        (
            "tags of posts are no list",
            json_at(|path| path.starts_with("/ap/objects/"), |post| post["tag"] = json!({})),
            &["newest_post failed"],
        ),
        (
            "the newest post is another's",
            json_at(|path| path.starts_with("/ap/objects/"), |post| post["id"] = json!("https://elsewhere.example/1")),
            &["newest_post failed"],
        ),
    ]
}

on_both! {
    async fn what_happens_to_answers_is_noticed(database: TestDatabase) {
        let front = Front::open(database).await;
        each(&front, answers()).await;
    }

    async fn each_kind_of_server_complains_of_what_it_cannot_read(database: TestDatabase) {
        let front = Front::open(database).await;
        each(&front, documents()).await;
    }
}
