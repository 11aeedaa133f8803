//! What goes wrong between the network and the server.

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use serde_json::{Value, json};

use super::front::{BASE, Front, Manners, Plan, found, troubles};

/// Changes a JSON answer at one path.
fn json_at(
    path: impl Fn(&str) -> bool + Send + Sync + 'static,
    change: impl Fn(&mut Value) + Send + Sync + 'static,
) -> Manners {
    Manners::answer(move |asked, answer| {
        if !path(asked) {
            return;
        }
        if let Ok(mut value) = serde_json::from_slice::<Value>(answer.body()) {
            change(&mut value);
            *answer.body_mut() = Bytes::from(value.to_string());
        }
    })
}

/// Changes the document of the brand.
fn brand(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Manners {
    json_at(|path| path.starts_with("/ap/actors/") && path.matches('/').count() == 3, change)
}

fn remove(value: &mut Value, name: &str) {
    value.as_object_mut().unwrap().remove(name);
}

fn answer(status: StatusCode, body: &str) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::from(body.to_owned())).unwrap()
}

/// A way to break something, and every check that must notice.
type Case = (&'static str, Manners, &'static [&'static str]);

fn requests() -> Vec<Case> {
    let signatures = &["requests_intact failed", "signed_cavage failed", "signed_rfc9421 failed", "signed_get failed"];
    vec![
        (
            "the Host is another",
            Manners::request(|request| {
                request.headers_mut().insert(header::HOST, HeaderValue::from_static("127.0.0.1:8080"));
            }),
            signatures,
        ),
        (
            "Signature is lost",
            Manners::request(|request| {
                request.headers_mut().remove("signature");
            }),
            signatures,
        ),
        (
            "Digest is lost",
            Manners::request(|request| {
                request.headers_mut().remove("digest");
            }),
            &["requests_intact failed", "signed_cavage failed"],
        ),
        (
            "Signature-Input is lost",
            Manners::request(|request| {
                request.headers_mut().remove("signature-input");
            }),
            &["requests_intact failed", "signed_rfc9421 failed"],
        ),
        (
            "Date is lost",
            Manners::request(|request| {
                request.headers_mut().remove(header::DATE);
            }),
            &["requests_intact failed", "signed_cavage failed", "signed_get failed"],
        ),
        (
            "the query is tidied up",
            Manners::request(|request| {
                let tidy = request.uri().to_string().replace("%2F", "/").replace("[]", "%5B%5D");
                *request.uri_mut() = tidy.parse().unwrap();
            }),
            &["requests_intact failed", "signed_rfc9421 failed", "signed_cavage failed", "signed_get failed"],
        ),
        (
            "the body is written anew",
            Manners::request(|request| {
                if request.uri().path() == "/ap/probe" && !request.body().is_empty() {
                    *request.body_mut() = Bytes::from_static(b"{ \"type\": \"Probe\" }");
                }
            }),
            &["requests_intact failed", "signed_cavage failed", "signed_rfc9421 failed", "large_bodies failed"],
        ),
        (
            "nobody says who asks",
            Manners::request(|request| {
                request.headers_mut().remove("x-forwarded-for");
            }),
            &["visitors failed"],
        ),
    ]
}

fn posts() -> Vec<Case> {
    vec![
        (
            "a firewall refuses POST",
            Manners::answer(|path, reply| {
                if path == "/ap/inbox" {
                    *reply = answer(StatusCode::FORBIDDEN, "Are you human?");
                }
            }),
            &["shared_inbox failed"],
        ),
        (
            "an inbox of an actor is elsewhere",
            Manners::answer(|path, reply| {
                if path.ends_with("/inbox") && path != "/ap/inbox" {
                    *reply = answer(StatusCode::NOT_FOUND, "");
                }
            }),
            &["shared_inbox failed"],
        ),
        (
            "probes do not arrive",
            Manners::answer(|path, reply| {
                if path == "/ap/probe" {
                    *reply = answer(StatusCode::NOT_FOUND, "");
                }
            }),
            &[
                "requests_intact failed",
                "signed_cavage failed",
                "signed_rfc9421 failed",
                "signed_get failed",
                "large_bodies failed",
                "visitors failed",
            ],
        ),
        (
            "bodies are limited",
            Manners::request(|request| {
                if request.body().len() > 900_000 {
                    *request.uri_mut() = "/nowhere".parse().unwrap();
                }
            }),
            &["large_bodies failed"],
        ),
    ]
}

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
            &["indexable failed"],
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

fn elsewhere() -> Vec<Case> {
    let domain = |change: fn(&Request<Bytes>) -> Option<Response<Bytes>>| Manners {
        domain: std::sync::Arc::new(change),
        ..Manners::default()
    };
    let plain = |change: fn(&Request<Bytes>) -> Option<Response<Bytes>>| Manners {
        plain: std::sync::Arc::new(change),
        ..Manners::default()
    };
    vec![
        (
            "the domain knows nothing of us",
            domain(|_| Some(answer(StatusCode::NOT_FOUND, "No such page"))),
            &["webfinger failed", "split_domain failed", "host_meta failed", "server_actor failed"],
        ),
        (
            "the domain loses the query",
            domain(|request| {
                let to = format!("{BASE}{}", request.uri().path());
                Some(Response::builder().status(302).header(header::LOCATION, to).body(Bytes::new()).unwrap())
            }),
            &["webfinger failed", "server_actor failed"],
        ),
        (
            "the domain sends on handles only",
            domain(|request| (request.uri().path() != "/.well-known/webfinger").then(|| answer(StatusCode::OK, "{}"))),
            &["split_domain failed", "host_meta failed"],
        ),
        ("plain http is served", plain(|_| Some(answer(StatusCode::OK, "Hello"))), &["https_redirect failed"]),
        (
            "plain http leads elsewhere",
            plain(|_| {
                Some(
                    Response::builder()
                        .status(301)
                        .header(header::LOCATION, "https://company.example/")
                        .body(Bytes::new())
                        .unwrap(),
                )
            }),
            &["https_redirect warning"],
        ),
    ]
}

async fn each(front: &Front, cases: Vec<Case>) {
    for (what, manners, expected) in cases {
        front.behave(manners);
        let report = front.examine().await;
        let (mut told, mut expected): (Vec<String>, Vec<String>) =
            (troubles(&report), expected.iter().map(|id| (*id).to_owned()).collect());
        told.sort();
        expected.sort();
        assert_eq!(told, expected, "{what}: {report:#?}");
    }
}

on_both! {
    async fn what_a_proxy_does_to_requests_is_noticed(database: TestDatabase) {
        let front = Front::open(database).await;
        each(&front, requests()).await;
        each(&front, posts()).await;
    }

    async fn what_happens_to_answers_is_noticed(database: TestDatabase) {
        let front = Front::open(database).await;
        each(&front, answers()).await;
        each(&front, elsewhere()).await;
    }

    async fn each_kind_of_server_complains_of_what_it_cannot_read(database: TestDatabase) {
        let front = Front::open(database).await;
        each(&front, documents()).await;
    }

    async fn handles_on_the_servers_own_domain_are_fine(database: TestDatabase) {
        let front = Front::planned(database, Plan { whole: true, ..Plan::default() }).await;
        let report = front.examine().await;
        assert_eq!(troubles(&report), Vec::<String>::new(), "{report:#?}");
        assert_eq!(found(&report, "split_domain").0, guildhall::doctor::Verdict::Skipped);
    }
}
