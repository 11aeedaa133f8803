//! Bodies: how much of them is in hand at once, and what is read of a letter before it is known who signed it.

use std::{
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use axum::{Router, body::Body, extract::ConnectInfo};
use bytes::Bytes;
use guildhall::federation::inbox::BODY_LIMIT;
use http::{Method, Request, StatusCode};
use hyper::body::Frame;
use serde_json::json;
use tokio::{sync::Notify, task::JoinSet};
use tower::ServiceExt;

use crate::support::world::{Letter, Stranger, World};

const ALICE: &str = "https://good.example/users/alice";

/// Who waits in vain for the rest of a body.
#[derive(Default)]
struct Waiting {
    count: AtomicUsize,
    changed: Notify,
}

/// A body of which no more comes.
struct Endless {
    begun: Option<Bytes>,
    waiting: Arc<Waiting>,
}

impl hyper::body::Body for Endless {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Some(begun) = self.begun.take() {
            return Poll::Ready(Some(Ok(Frame::data(begun))));
        }
        self.waiting.count.fetch_add(1, Ordering::SeqCst);
        self.waiting.changed.notify_one();
        Poll::Pending
    }
}

/// Sends a request from an address.
async fn send(world: &World, from: [u8; 4], mut request: Request<Body>) -> (StatusCode, bool) {
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((from, 4000))));
    let response = world.router.clone().oneshot(request).await.unwrap();
    (response.status(), response.headers().contains_key("retry-after"))
}

fn signed(by: &Stranger, id: &str) -> Request<Body> {
    let letter = Letter::signed(by, &by.create(&by.note(id, "<p>hello</p>")));
    let mut request = Request::post("/ap/inbox").body(Body::from(letter.body)).unwrap();
    *request.headers_mut() = letter.headers;
    request
}

/// Bodies that somebody begins at a door and never ends; answers how many of them wait.
pub struct Flood {
    waiting: Arc<Waiting>,
    all: JoinSet<(StatusCode, bool)>,
    refused: usize,
}

impl Flood {
    pub fn new() -> Self {
        Self { waiting: Arc::default(), all: JoinSet::new(), refused: 0 }
    }

    pub async fn begin(&mut self, router: &Router, from: [u8; 4], path: &str) {
        let body = Endless { begun: Some(Bytes::from(vec![b' '; BODY_LIMIT])), waiting: self.waiting.clone() };
        let mut request = Request::builder().method(Method::POST).uri(path).body(Body::new(body)).unwrap();
        for (name, value) in
            [("content-type", "application/activity+json"), ("signature", "x"), ("host", "company.example")]
        {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let before = self.waiting.count.load(Ordering::SeqCst);
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((from, 4000))));
        let router = router.clone();
        self.all.spawn(async move {
            let response = router.oneshot(request).await.unwrap();
            (response.status(), response.headers().contains_key("retry-after"))
        });
        while self.waiting.count.load(Ordering::SeqCst) == before {
            tokio::select! {
                () = self.waiting.changed.notified() => {}
                Some(answer) = self.all.join_next() => {
                    assert_eq!(answer.unwrap(), (StatusCode::SERVICE_UNAVAILABLE, true), "{path}");
                    self.refused += 1;
                    return;
                }
            }
        }
    }

    pub fn held(&self) -> usize {
        self.waiting.count.load(Ordering::SeqCst)
    }

    /// They hang up.
    pub async fn end(mut self) {
        self.all.shutdown().await;
    }
}

on_both! {
    async fn bodies_that_never_end_take_so_much_and_one_address_a_part_of_it(database: TestDatabase) {
        let world = World::configured(database, &[("GUILDHALL_SERVER__REQUEST_TIMEOUT_SECONDS", "300")]).await;
        let alice = world.followed(ALICE, 0).await;
        let mut flood = Flood::new();
        for number in 0..40 {
            // Whatever door it is, and whether anybody is allowed in there is not known yet.
            let path = ["/ap/inbox", "/api/v1/statuses", "/sign-in", "/oauth/token"][number % 4];
            flood.begin(&world.router, [192, 0, 2, 1], path).await;
        }
        let of_one = flood.held();
        assert!((10..=16).contains(&of_one) && flood.refused == 40 - of_one, "{of_one}");
        assert_eq!(send(&world, [192, 0, 2, 2], signed(&alice, "1")).await, (StatusCode::ACCEPTED, false), "others are heard");
        assert_eq!(send(&world, [192, 0, 2, 1], signed(&alice, "2")).await, (StatusCode::SERVICE_UNAVAILABLE, true));
        for number in 0..200 {
            flood.begin(&world.router, [192, 0, 3, number], "/ap/inbox").await;
        }
        assert_eq!(flood.held(), 64, "all together have 64 MiB");
        assert_eq!(send(&world, [192, 0, 2, 2], signed(&alice, "3")).await, (StatusCode::SERVICE_UNAVAILABLE, true));
        // What nobody waits for any more is free.
        flood.end().await;
        assert_eq!(send(&world, [192, 0, 2, 1], signed(&alice, "4")).await, (StatusCode::ACCEPTED, false));
        for (id, there) in [("1", true), ("2", false), ("3", false), ("4", true)] {
            assert_eq!(world.post(&format!("{ALICE}/{id}")).await.is_some(), there, "{id}");
        }
    }

    async fn a_head_that_is_no_letters_is_refused_before_its_body_comes(database: TestDatabase) {
        let world = World::open(database).await;
        for (name, value, expected) in [
            ("signature", None, StatusCode::UNAUTHORIZED),
            ("content-type", Some("text/plain"), StatusCode::UNSUPPORTED_MEDIA_TYPE),
            ("content-encoding", Some("gzip"), StatusCode::UNSUPPORTED_MEDIA_TYPE),
            ("content-length", Some("1048577"), StatusCode::PAYLOAD_TOO_LARGE),
        ] {
            let waiting = Arc::<Waiting>::default();
            let body = Endless { begun: None, waiting: waiting.clone() };
            let mut request = Request::post("/ap/inbox").body(Body::new(body)).unwrap();
            for (name, value) in [("content-type", "application/activity+json"), ("signature", "x")] {
                request.headers_mut().insert(name, value.parse().unwrap());
            }
            match value {
                Some(value) => request.headers_mut().insert(name, value.parse().unwrap()),
                None => request.headers_mut().remove(name),
            };
            assert_eq!(send(&world, [192, 0, 2, 1], request).await.0, expected, "{name}");
            assert_eq!(waiting.count.load(Ordering::SeqCst), 0, "{name}");
        }
    }

    async fn nothing_of_a_letter_is_unfolded_before_its_signature_is_right(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        // What is nested so deep is refused by whoever unfolds it.
        let deep = |id: &str| {
            let mut body = alice.create(&alice.note(id, "<p>hello</p>")).to_string();
            body.pop();
            body.push_str(&format!(",\"x\":{}{}}}", "[".repeat(500), "]".repeat(500)));
            Letter::with_body(&alice, body.into_bytes())
        };
        assert_eq!(world.send(deep("1")).await, StatusCode::BAD_REQUEST, "signed rightly, it is unfolded");
        let mut forged = deep("2");
        let signature = forged.headers["signature"].to_str().unwrap().replace("signature=\"", "signature=\"AAAA");
        forged.headers.insert("signature", signature.parse().unwrap());
        assert_eq!(world.send(forged).await, StatusCode::UNAUTHORIZED);
        // Nor is one whose key cannot be had: its server hangs.
        let zoe = Stranger::new("https://far.example/users/zoe", 1);
        let body = String::from_utf8(deep("3").body).unwrap().replace(ALICE, &zoe.uri);
        let letter = Letter::with_body(&zoe, body.into_bytes());
        assert_ne!(world.send(letter).await, StatusCode::BAD_REQUEST);
    }

    async fn whose_a_letter_is_can_be_said_in_one_way_only(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let bob = world.followed("https://other.example/users/bob", 1).await;
        let mut letter = alice.create(&alice.note("1", "<p>hello</p>"));
        // The ninth is read by whoever unfolds it, and by nobody who asks whose it is.
        let mut actors = vec![json!(7); 8];
        actors.push(json!(ALICE));
        letter["actor"] = json!(actors);
        assert!(world.receive(&alice, &letter).await.is_client_error());
        letter["actor"] = json!([7, { "id": ALICE, "name": "Alice" }, bob.uri]);
        assert_eq!(world.receive(&bob, &letter).await, StatusCode::UNAUTHORIZED);
        assert!(world.post(&format!("{ALICE}/1")).await.is_none());
        assert_eq!(world.receive(&alice, &letter).await, StatusCode::ACCEPTED);
        assert!(world.post(&format!("{ALICE}/1")).await.is_some());
    }
}
