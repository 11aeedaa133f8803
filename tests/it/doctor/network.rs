//! What goes wrong between the network and the server.

use bytes::Bytes;
use guildhall::doctor::Verdict;
use http::{HeaderValue, Request, Response, StatusCode, header};

use super::{
    breaking::{Case, answer, each},
    front::{BASE, Front, Manners, Plan, found, troubles},
};

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
            "paths are tidied up",
            Manners::request(|request| {
                let (path, query) =
                    (request.uri().path().replace("%2F", "/"), request.uri().query().map(str::to_owned));
                *request.uri_mut() = query.map_or(path.clone(), |query| format!("{path}?{query}")).parse().unwrap();
            }),
            &["requests_intact failed"],
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

on_both! {
    async fn what_a_proxy_does_to_requests_is_noticed(database: TestDatabase) {
        let front = Front::open(database).await;
        each(&front, requests()).await;
        each(&front, posts()).await;
        each(&front, elsewhere()).await;
    }

    async fn handles_on_the_servers_own_domain_are_fine(database: TestDatabase) {
        let front = Front::planned(database, Plan { whole: true, ..Plan::default() }).await;
        let report = front.examine().await;
        assert_eq!(troubles(&report), Vec::<String>::new(), "{report:#?}");
        assert_eq!(found(&report, "split_domain").0, Verdict::Skipped);
    }
}
