//! A blocked server: no way round the door, and nothing of it shown until it is allowed again.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, response::Redirect, routing::get};
use guildhall::{
    domain::{accounts, servers},
    federation::fetch::{self, Budget},
    net::{AddressPolicy, Client, ClientOptions, Get, Transport, host_of, signatures::cavage},
    secrets::{new_token, token_hash},
};
use http::{HeaderValue, Request, StatusCode};
use serde_json::json;
use tower::ServiceExt;

use crate::support::world::{OURS, Stranger, World};

const ALICE: &str = "https://good.example/users/alice";
const BOB: &str = "https://other.example/users/bob";

/// A token with which Ana reads.
async fn token(world: &World) -> String {
    let token = new_token();
    let (hash, ana) = (token_hash(&token), world.ana.id);
    world
        .app
        .db
        .write(move |tx| {
            let account = accounts::find_by_actor(tx.conn(), ana)?.unwrap();
            accounts::issue_token(tx, account.id, ana, "read", "test", &hash)
        })
        .await
        .unwrap();
    token
}

async fn read(world: &World, token: &str, path: &str) -> String {
    let request = Request::builder()
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .body(axum::body::Body::empty())
        .unwrap();
    let response = world.router.clone().oneshot(request).await.unwrap();
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

async fn block(world: &World, host: &'static str) {
    world.app.db.write(move |tx| servers::block(tx, host, None)).await.unwrap();
    world.app.reload_policies().await.unwrap();
}

/// Somebody elsewhere reads with a signature.
async fn looks(world: &World, who: &Stranger, uri: &str) -> StatusCode {
    let mut request = Request::builder().uri(uri.strip_prefix(OURS).unwrap()).body(axum::body::Body::empty()).unwrap();
    request.headers_mut().insert("accept", HeaderValue::from_static("application/activity+json"));
    cavage::sign(&who.signer, "GET", &uri.parse().unwrap(), request.headers_mut(), None, true, world.app.db.now())
        .unwrap();
    world.router.clone().oneshot(request).await.unwrap().status()
}

on_both! {
    async fn what_came_from_a_blocked_server_is_hidden_until_it_is_allowed_again(database: TestDatabase) {
        let world = World::open(database).await;
        let token = token(&world).await;
        let alice = world.followed(ALICE, 0).await;
        let bob = world.followed(BOB, 1).await;
        let ours = world.ana_writes("tea?").await;
        let mut note = alice.note("1", "<p>#tea</p>");
        note["tag"] = json!([{"type": "Hashtag", "name": "#tea"}]);
        let mut reply = alice.note("2", "<p>tea!</p>");
        reply["inReplyTo"] = json!(ours.uri);
        for note in [&note, &reply] {
            assert_eq!(world.receive(&alice, &alice.create(note)).await, StatusCode::ACCEPTED);
        }
        let uri = note["id"].as_str().unwrap();
        let (post, her) = (world.post(uri).await.unwrap().id, world.actor(ALICE).await.unwrap().id);
        let paths = [
            "/api/v1/timelines/home".to_owned(),
            "/api/v1/timelines/public".to_owned(),
            "/api/v1/timelines/tag/tea".to_owned(),
            "/api/v1/notifications".to_owned(),
            "/api/v1/accounts/lookup?acct=alice@good.example".to_owned(),
            "/api/v2/search?q=alice".to_owned(),
            format!("/api/v2/search?q={ALICE}"),
            format!("/api/v2/search?q={uri}"),
            format!("/api/v1/accounts/{her}"),
            format!("/api/v1/accounts/{her}/statuses"),
            format!("/api/v1/accounts/{}/following", world.ana.id),
            format!("/api/v1/statuses/{post}"),
            format!("/api/v1/statuses/{}/context", ours.id),
        ];
        let check = async |shown: bool| {
            for path in &paths {
                let body = read(&world, &token, path).await;
                assert_eq!(body.contains(ALICE), shown, "{path}: {body}");
            }
        };
        check(true).await;
        block(&world, "good.example").await;
        check(false).await;
        // Nobody passes it on either.
        assert_eq!(world.receive(&bob, &bob.does("Announce", "1", uri)).await, StatusCode::ACCEPTED);
        world.work().await;
        assert_eq!(world.post(uri).await.unwrap().boosts_count, 0);
        // A wider block stays when the narrower one ends.
        block(&world, "example").await;
        world.app.db.write(|tx| servers::allow(tx, "good.example")).await.unwrap();
        check(false).await;
        world.app.db.write(|tx| servers::allow(tx, "example")).await.unwrap();
        world.app.reload_policies().await.unwrap();
        check(true).await;
        assert_eq!(world.receive(&bob, &bob.does("Announce", "2", uri)).await, StatusCode::ACCEPTED);
        assert_eq!(world.post(uri).await.unwrap().boosts_count, 1);
    }

    async fn a_handle_on_a_blocked_server_is_refused_wherever_its_id_is(database: TestDatabase) {
        let world = World::open(database).await;
        let ours = world.ana_writes("tea?").await;
        let stranger = |name: &str, number| {
            let stranger = Stranger::new(&format!("https://social.host.example/users/{name}"), number);
            let mut document = stranger.document();
            let handle = format!("{name}@handles.example");
            if name == "carol" {
                document["webfinger"] = json!(handle);
            } else {
                world.finger(&format!("{name}@social.host.example"), &format!("acct:{handle}"), &stranger.uri);
                world.finger(&handle, &format!("acct:{handle}"), &stranger.uri);
            }
            world.serve(&stranger.uri, &document);
            stranger
        };
        // Alice is known when the block begins; Carol and Dora come later.
        let (alice, carol, dora) = (stranger("alice", 0), stranger("carol", 1), stranger("dora", 2));
        world.follow(&alice.uri).await;
        assert_eq!(world.actor(&alice.uri).await.unwrap().host, "handles.example");
        block(&world, "handles.example").await;
        let comes = async |who: &Stranger, number: &str| {
            for (kind, object) in [("Follow", &world.ana.uri), ("Like", ours.uri.as_ref().unwrap())] {
                assert_eq!(world.receive(who, &who.does(kind, number, object)).await, StatusCode::ACCEPTED);
            }
            let her = world.actor(&who.uri).await.unwrap().id;
            let follows = world.count("follows", &format!("follower_id = {her}")).await;
            (follows, world.count("likes", &format!("actor_id = {her}")).await)
        };
        for (who, host) in [(&alice, "handles.example"), (&carol, "social.host.example"), (&dora, "social.host.example")] {
            assert_eq!(comes(who, "1").await, (0, 0), "{}", who.uri);
            assert_eq!(world.actor(&who.uri).await.unwrap().host, host, "nobody was asked whether it is theirs");
            assert_eq!(looks(&world, who, ours.uri.as_ref().unwrap()).await, StatusCode::FORBIDDEN, "{}", who.uri);
        }
        assert!(!world.documents.requests().iter().any(|uri| uri.contains("handles.example/") && uri.contains("dora%40handles")));
        world.app.db.write(|tx| servers::allow(tx, "handles.example")).await.unwrap();
        world.app.reload_policies().await.unwrap();
        for who in [&alice, &carol, &dora] {
            assert_eq!(comes(who, "2").await, (1, 1), "{}", who.uri);
            assert_eq!(looks(&world, who, ours.uri.as_ref().unwrap()).await, StatusCode::OK, "{}", who.uri);
        }
        // What was claimed while nobody was asked is nobody's until somebody says so.
        for (name, found) in [("alice", true), ("carol", false), ("dora", true)] {
            let handle = format!("@{name}@handles.example");
            assert_eq!(fetch::resolve(&world.app, &handle).await.unwrap().is_some(), found, "{name}");
        }
        assert_eq!(world.actor(&dora.uri).await.unwrap().host, "handles.example");
    }

    async fn there_is_no_way_round_a_block(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        // What waits when the block comes is not done.
        let far = "https://far.example/notes/1";
        assert_eq!(world.receive(&alice, &alice.does("Announce", "1", far)).await, StatusCode::ACCEPTED);
        block(&world, "good.example.").await;
        let asked = world.documents.requests().len();
        world.work().await;
        assert!(!world.documents.requests().iter().any(|request| request == far));
        for uri in [ALICE, "https://good.example./users/alice", "https://GOOD.example:443/users/alice"] {
            assert!(fetch::actor(&world.app, uri, &mut Budget::default()).await.is_err(), "{uri}");
            assert_eq!(fetch::resolve(&world.app, uri).await.unwrap(), None, "{uri}");
        }
        for handle in ["alice@good.example", "@alice@good.example.", "acct:alice@GOOD.EXAMPLE", "alice@good.example.."] {
            assert_eq!(fetch::resolve(&world.app, handle).await.unwrap(), None, "{handle}");
        }
        for host in ["good.example", "good.example.", "good.example..", "www.good.example.", "GOOD.example"] {
            let stranger = Stranger::new(&format!("https://{host}/users/alice"), 0);
            world.publish(&stranger);
            let status = world.receive(&stranger, &stranger.create(&stranger.note("1", "<p>x</p>"))).await;
            assert!(status.is_client_error(), "{host}: {status}");
        }
        assert_eq!(world.documents.requests().len(), asked);
        assert_eq!(servers::normalise("Good.example.").unwrap(), "good.example");
        assert!(servers::normalise("good.example..").is_err());
        // The control: a neighbour by name is not covered.
        let other = Stranger::new("https://notgood.example/users/zoe", 1);
        world.publish(&other);
        assert!(fetch::actor(&world.app, &other.uri, &mut Budget::default()).await.is_ok());
    }

    async fn what_failed_is_asked_for_again_when_somebody_changes_what_we_think_of_servers(database: TestDatabase) {
        let world = World::open(database).await;
        tokio::spawn(world.app.clone().keep_fresh());
        let alice = Stranger::new(ALICE, 0);
        let asked = async || fetch::actor(&world.app, ALICE, &mut Budget::default()).await.is_ok();
        assert!(!asked().await);
        world.publish(&alice);
        assert!(!asked().await, "that there was nothing is remembered for a while");
        world.app.db.write(|tx| servers::block(tx, "elsewhere.example", None)).await.unwrap();
        while !asked().await {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test]
async fn no_redirect_leads_through_a_blocked_server() {
    let (one, other) = (
        tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap(),
        tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap(),
    );
    let (here, there) = (one.local_addr().unwrap(), other.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let good = Router::new()
        .route("/start", get(move || async move { Redirect::temporary(&format!("http://{there}/hop")) }))
        .route("/end", get(|| async { "here" }));
    let evil = Router::new().route(
        "/hop",
        get(move || async move {
            counted.fetch_add(1, Ordering::SeqCst);
            Redirect::temporary(&format!("http://{here}/end"))
        }),
    );
    tokio::spawn(async move { axum::serve(one, good).await });
    tokio::spawn(async move { axum::serve(other, evil).await });
    let policy = AddressPolicy::parse(&["127.0.0.1:1024-65535".to_owned()]).unwrap();
    let client = Client::new(ClientOptions { allow_http: true, policy, ..ClientOptions::default() }).unwrap();
    let start = url::Url::parse(&format!("http://{here}/start")).unwrap();
    let blocked = there.to_string();
    let refuses = |url: &url::Url| host_of(url) == blocked;
    let how = Get { accept: "*/*", signer: None, sign_query: true, most: None, ends: None, refuses: &refuses };
    assert_eq!(client.get(&start, how).await.unwrap_err().code(), "server.blocked");
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    // The control: the same way when nobody is blocked.
    let fetched = client.get(&start, Get { refuses: &|_| false, ..how }).await.unwrap();
    assert_eq!((fetched.status, asked.load(Ordering::SeqCst)), (StatusCode::OK, 1));
}
