//! Who asks too often is told to wait, and nobody else is.

use std::net::SocketAddr;

use axum::{body::Body, extract::ConnectInfo, response::Response};
use guildhall::db::Timestamp;
use http::{Request, StatusCode};
use tower::ServiceExt;

use crate::support::world::{Letter, NOW, World};

async fn ask(world: &World, peer: &str, forwarded: &str, token: Option<&str>) -> Response {
    let peer: SocketAddr = format!("{peer}:4711").parse().unwrap();
    let mut request = Request::builder()
        .uri("/api/v2/instance")
        .header("x-forwarded-for", forwarded)
        .header("origin", "https://app.example");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.extension(ConnectInfo(peer)).body(Body::empty()).unwrap();
    world.router.clone().oneshot(request).await.unwrap()
}

/// Registers an app from an address.
async fn register(world: &World, peer: &str) -> Response {
    let peer: SocketAddr = format!("[{peer}]:4711").parse().unwrap();
    let said = r#"{"client_name": "Parrot", "redirect_uris": "https://app.example/back"}"#;
    let request = Request::post("/api/v1/apps").header("content-type", "application/json").extension(ConnectInfo(peer));
    world.router.clone().oneshot(request.body(Body::from(said)).unwrap()).await.unwrap()
}

/// What an answer tells of the limit and of what is left. When all is there again lies in the next five minutes.
fn told(answer: &Response) -> (String, String) {
    let text = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    let reset = Timestamp::parse_rfc3339(&text("x-ratelimit-reset")).unwrap();
    assert!((1..=300).contains(&reset.since(NOW).as_secs()), "{reset:?}");
    (text("x-ratelimit-limit"), text("x-ratelimit-remaining"))
}

on_both! {
    async fn a_token_is_told_what_is_left_of_its_own_share(database: TestDatabase) {
        let settings = [("GUILDHALL_LIMITS__API_REQUESTS_PER_5_MINUTES", "3")];
        let world = World::configured(database, &settings).await;
        for (token, left) in [("one", "2"), ("one", "1"), ("two", "2"), ("one", "0")] {
            let answer = ask(&world, "203.0.113.9", "", Some(token)).await;
            assert_eq!(told(&answer), ("3".to_owned(), left.to_owned()), "{token}");
        }
        let refused = ask(&world, "203.0.113.9", "", Some("one")).await;
        assert_eq!((refused.status(), told(&refused).1.as_str()), (StatusCode::TOO_MANY_REQUESTS, "0"));
        // Where nothing is counted nothing is told.
        let off = World::configured(world.leave(), &[("GUILDHALL_LIMITS__ENABLED", "false"), ("GUILDHALL_BASE_URL", "https://company.test")]).await;
        let answer = ask(&off, "203.0.113.9", "", Some("one")).await;
        assert!(!answer.headers().contains_key("x-ratelimit-limit"));
    }

    async fn an_address_without_a_token_has_its_share(database: TestDatabase) {
        let settings = [
            ("GUILDHALL_LIMITS__ANONYMOUS_REQUESTS_PER_5_MINUTES", "2"),
            ("GUILDHALL_SERVER__TRUSTED_PROXIES", "[\"127.0.0.0/8\"]"),
        ];
        let world = World::configured(database, &settings).await;
        for left in ["1", "0"] {
            let answer = ask(&world, "127.0.0.1", "198.51.100.1", None).await;
            assert_eq!((answer.status(), told(&answer)), (StatusCode::OK, ("2".to_owned(), left.to_owned())));
        }
        let refused = ask(&world, "127.0.0.1", "198.51.100.1", None).await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(told(&refused), ("2".to_owned(), "0".to_owned()));
        let exposed = refused.headers()["access-control-expose-headers"].to_str().unwrap();
        assert!(exposed.contains("x-ratelimit-remaining") && exposed.contains("x-ratelimit-reset"), "{exposed}");
        let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=300).contains(&wait), "{wait}");
        assert_eq!(refused.headers()["access-control-allow-origin"], "*", "the page that asked may read it");
        assert_eq!(ask(&world, "127.0.0.1", "198.51.100.2", None).await.status(), StatusCode::OK, "somebody else");
        // Whoever is not our proxy cannot pretend to be many.
        for (number, expected) in [(1, 200), (2, 200), (3, 429)] {
            let pretended = format!("192.0.2.{number}");
            assert_eq!(ask(&world, "203.0.113.9", &pretended, None).await.status(), expected, "{number}");
        }
        // Documents of other servers' interest are not the API.
        let request = Request::builder().uri("/.well-known/nodeinfo").extension(ConnectInfo(SocketAddr::from(([203, 0, 113, 9], 1))));
        let response = world.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
    }

    async fn a_network_registers_so_many_apps_and_another_one_goes_on(database: TestDatabase) {
        let world = World::open(database).await;
        let mut registered = 0;
        // All of a /64 is one network.
        let refused = loop {
            let answer = register(&world, &format!("2001:db8::{registered}")).await;
            if answer.status() != StatusCode::OK { break answer; }
            registered += 1;
        };
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        // One more for each ten seconds that this takes.
        assert!((30..40).contains(&registered), "{registered}");
        assert_eq!(world.count("apps", "0 = 0").await, registered, "who is refused registers nothing");
        let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=300).contains(&wait), "{wait}");
        assert_eq!(register(&world, "2001:db8:0:1::1").await.status(), StatusCode::OK, "somebody else");
    }

    async fn a_server_has_its_share_of_the_inbox(database: TestDatabase) {
        let settings = [("GUILDHALL_LIMITS__INBOX_REQUESTS_PER_HOST_PER_5_MINUTES", "3")];
        let world = World::configured(database, &settings).await;
        let busy = world.followed("https://busy.example/users/b", 0).await;
        let calm = world.followed("https://calm.example/users/c", 1).await;
        let mut answers = Vec::new();
        for number in 0..5 {
            let note = busy.note(&number.to_string(), "hello");
            answers.push(world.receive(&busy, &busy.create(&note)).await.as_u16());
        }
        assert_eq!(answers, [202, 202, 202, 429, 429]);
        assert!(world.post("https://busy.example/users/b/4").await.is_none(), "what was refused is not here");
        let refused = world.answer(Letter::signed(&busy, &busy.create(&busy.note("5", "hello")))).await;
        let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=300).contains(&wait), "{wait}");
        assert_eq!(world.receive(&calm, &calm.create(&calm.note("1", "hello"))).await, StatusCode::ACCEPTED);
        // Somebody who only says that it is the calm server uses nothing of its share.
        for _ in 0..5 {
            let mut forged = calm.create(&calm.note("2", "x"));
            forged["actor"] = "https://calm.example/users/c".into();
            let letter = Letter::signed(&calm, &forged).edit("digest", "SHA-256=", "SHA-256=AAAA");
            assert!(world.send(letter).await.is_client_error());
        }
        assert_eq!(world.receive(&calm, &calm.create(&calm.note("3", "hello"))).await, StatusCode::ACCEPTED);
    }
}
