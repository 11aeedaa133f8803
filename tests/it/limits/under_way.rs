//! Requests under way, counted by visitor also behind a proxy: who sends slowly takes no place of another.

use std::{convert::Infallible, net::SocketAddr, sync::Arc};

use axum::{
    body::{Body, Bytes},
    extract::ConnectInfo,
    response::Response,
};
use futures_util::stream;
use http::{Request, StatusCode};
use tokio::{
    sync::{Notify, Semaphore},
    task::JoinHandle,
};
use tower::ServiceExt;

use crate::support::world::World;

const PROXY: &str = "127.0.0.1";
const SETTINGS: [(&str, &str); 2] =
    [("GUILDHALL_SERVER__REQUESTS_PER_ADDRESS", "2"), ("GUILDHALL_SERVER__TRUSTED_PROXIES", "[\"127.0.0.0/8\"]")];

fn request(peer: &str, forwarded: &str) -> http::request::Builder {
    let peer: SocketAddr = format!("{peer}:4711").parse().unwrap();
    Request::builder().header("x-forwarded-for", forwarded).extension(ConnectInfo(peer))
}

async fn ask(world: &World, peer: &str, forwarded: &str) -> Response {
    let request = request(peer, forwarded).uri("/healthz").body(Body::empty()).unwrap();
    world.router.clone().oneshot(request).await.unwrap()
}

/// A letter whose sender has sent its head, and sends the body when it is told to.
async fn slow(world: &World, peer: &str, forwarded: &str, go: &Arc<Semaphore>) -> JoinHandle<StatusCode> {
    let (begun, reading, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()), go.clone());
    let told = reading.clone();
    let body = stream::once(async move {
        told.notify_one();
        go.acquire().await.unwrap().forget();
        Ok::<_, Infallible>(Bytes::from_static(b"{}"))
    });
    let letter = request(peer, forwarded)
        .method("POST")
        .uri("/ap/inbox")
        .header("content-type", "application/activity+json")
        .header("signature", "x");
    let (router, letter) = (world.router.clone(), letter.body(Body::from_stream(body)).unwrap());
    let started = begun.clone();
    let sending = tokio::spawn(async move {
        started.notify_one();
        router.oneshot(letter).await.unwrap().status()
    });
    begun.notified().await;
    reading.notified().await;
    sending
}

on_both! {
    async fn who_sends_slowly_behind_a_proxy_takes_nobody_elses_place(database: TestDatabase) {
        let world = World::configured(database, &SETTINGS).await;
        let go = Arc::new(Semaphore::new(0));
        let (one, two) = ("2001:db8::1", "2001:db8::2");
        let mut sending = vec![slow(&world, PROXY, one, &go).await, slow(&world, PROXY, two, &go).await];
        // The whole /64 is one visitor.
        let refused = ask(&world, PROXY, "2001:db8::3").await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!(wait > 0);
        for other in ["2001:db8:0:1::1", "198.51.100.7"] {
            assert_eq!(ask(&world, PROXY, other).await.status(), StatusCode::OK, "{other}");
        }
        // Whoever is not our proxy cannot pretend to be somebody else, and needs no proxy to be counted.
        sending.push(slow(&world, "203.0.113.9", "192.0.2.1", &go).await);
        sending.push(slow(&world, "203.0.113.9", "192.0.2.2", &go).await);
        assert_eq!(ask(&world, "203.0.113.9", "192.0.2.3").await.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(ask(&world, PROXY, "192.0.2.1").await.status(), StatusCode::OK);
        // Who has sent it all, and who gives up, may come again.
        sending.pop().unwrap().abort();
        while ask(&world, "203.0.113.9", "192.0.2.3").await.status() != StatusCode::OK {
            tokio::task::yield_now().await;
        }
        go.add_permits(10);
        for sent in sending {
            assert_eq!(sent.await.unwrap(), StatusCode::UNAUTHORIZED, "it was read");
        }
        assert_eq!(ask(&world, PROXY, one).await.status(), StatusCode::OK);
    }
}
