//! Lists of long posts: an answer has so much of them, and the rest is on the next page.

use std::{collections::BTreeSet, net::SocketAddr};

use axum::{
    body::{Body, to_bytes},
    extract::ConnectInfo,
};
use guildhall::domain::accounts;
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::world::{Stranger, World};

const MEBIBYTE: usize = 1024 * 1024;
const ALICE: &str = "https://good.example/users/alice";

async fn ask(world: &World, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::builder().uri(path).extension(ConnectInfo(SocketAddr::from(([203, 0, 113, 9], 1))));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = world.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 64 * MEBIBYTE).await.unwrap();
    (parts.status, parts.headers, String::from_utf8_lossy(&body).into_owned())
}

/// Twelve posts with a hashtag that say 250 kB each.
async fn long_posts(world: &World) -> Stranger {
    let alice = world.followed(ALICE, 0).await;
    for number in 0..12 {
        let mut note = alice.note(&number.to_string(), &format!("<p>{}</p>", "word ".repeat(50_000)));
        note["tag"] = json!([{ "type": "Hashtag", "name": "#big" }]);
        assert_eq!(world.receive(&alice, &alice.create(&note)).await, StatusCode::ACCEPTED);
    }
    alice
}

/// Reads a list page by page; answers the ids of what is in it, and how many pages it has.
async fn read_all(world: &World, list: &str, from: &str, next: impl Fn(&[i64]) -> String) -> (BTreeSet<i64>, usize) {
    read_all_as(world, "", list, from, next).await
}

/// The same with a token.
async fn read_all_as(
    world: &World,
    token: &str,
    list: &str,
    from: &str,
    next: impl Fn(&[i64]) -> String,
) -> (BTreeSet<i64>, usize) {
    let shown = format!("Bearer {token}");
    let headers: &[(&str, &str)] = if token.is_empty() { &[] } else { &[("authorization", &shown)] };
    let (mut seen, mut pages, mut path) = (BTreeSet::new(), 0, format!("{list}{from}"));
    loop {
        let (status, _, body) = ask(world, &path, headers).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert!(body.len() <= 3 * MEBIBYTE, "{path}: {} bytes", body.len());
        let posts: Vec<Value> = serde_json::from_str(&body).unwrap();
        if posts.is_empty() {
            return (seen, pages);
        }
        let ids: Vec<i64> = posts.iter().map(|post| post["id"].as_str().unwrap().parse().unwrap()).collect();
        assert!(ids.is_sorted_by(|newer, older| newer > older));
        for id in &ids {
            assert!(seen.insert(*id), "{id} is there twice");
        }
        pages += 1;
        path = format!("{list}&{}", next(&ids));
    }
}

on_both! {
    async fn a_page_of_long_posts_is_so_large_and_none_of_them_is_lost(database: TestDatabase) {
        let world = World::open(database).await;
        long_posts(&world).await;
        for list in ["/api/v1/timelines/tag/big?limit=40", "/api/v1/timelines/public?limit=40"] {
            let down = read_all(&world, list, "", |ids| format!("max_id={}", ids.last().unwrap())).await;
            assert_eq!((down.0.len(), down.1), (12, 2), "{list}");
            let up = read_all(&world, list, "&min_id=0", |ids| format!("min_id={}", ids[0])).await;
            assert_eq!(up, down, "{list}");
        }
    }

    async fn posts_that_are_asked_for_together_are_so_large(database: TestDatabase) {
        let world = World::open(database).await;
        long_posts(&world).await;
        let (ids, _) = read_all(&world, "/api/v1/timelines/public?limit=40", "", |ids| format!("max_id={}", ids.last().unwrap())).await;
        let asked: Vec<String> = ids.iter().map(|id| format!("id[]={id}")).collect();
        let (status, _, body) = ask(&world, &format!("/api/v1/statuses?{}", asked.join("&")), &[]).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let shown: Vec<Value> = serde_json::from_str(&body).unwrap();
        assert!(body.len() <= 3 * MEBIBYTE && (1..12).contains(&shown.len()), "{} bytes, {} posts", body.len(), shown.len());
    }

    async fn what_one_is_told_is_so_large_and_none_of_it_is_lost(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        for number in 0..12 {
            let mut note = alice.note(&number.to_string(), &format!("<p>{}</p>", "word ".repeat(50_000)));
            note["tag"] = json!([{ "type": "Mention", "href": world.ana.uri }]);
            assert_eq!(world.receive(&alice, &alice.create(&note)).await, StatusCode::ACCEPTED);
        }
        let hash = guildhall::secrets::token_hash("hers");
        let issued = world.app.db.write(move |tx| {
            let (account, actor) = accounts::find_by_username(tx.conn(), "ana")?.unwrap();
            accounts::issue_token(tx, account.id, actor.id, "read", "app", &hash)
        });
        issued.await.unwrap();
        let list = "/api/v1/notifications?limit=40";
        let down = read_all_as(&world, "hers", list, "", |ids| format!("max_id={}", ids.last().unwrap())).await;
        assert_eq!((down.0.len(), down.1), (12, 2));
        let up = read_all_as(&world, "hers", list, "&min_id=0", |ids| format!("min_id={}", ids[0])).await;
        assert_eq!(up, down);
        let (status, headers, body) = ask(&world, "/api/v2/notifications?limit=40", &[("authorization", "Bearer hers")]).await;
        assert!(status == StatusCode::OK && body.len() <= 3 * MEBIBYTE, "{} bytes", body.len());
        assert!(headers["link"].to_str().unwrap().contains("rel=\"next\""), "the others are on the next page");
    }

    async fn a_feed_has_the_beginning_of_long_posts_and_all_of_short_ones(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = long_posts(&world).await;
        let mut note = alice.note("short", "<p>All of it is <b>here</b>.</p>");
        note["tag"] = json!([{ "type": "Hashtag", "name": "#big" }]);
        assert_eq!(world.receive(&alice, &alice.create(&note)).await, StatusCode::ACCEPTED);
        let (status, _, feed) = ask(&world, "/tags/big/feed.atom", &[]).await;
        assert_eq!((status, feed.matches("<entry>").count()), (StatusCode::OK, 13));
        assert!(feed.len() < MEBIBYTE / 4, "{} bytes", feed.len());
        assert_eq!(feed.matches("Read all of it").count(), 12);
        assert!(feed.contains("All of it is &#60;b&#62;here") || feed.contains("All of it is &lt;b&gt;here"), "{feed}");
    }

    async fn pages_and_feeds_are_counted_as_the_api_is_and_files_are_not(database: TestDatabase) {
        let world = World::configured(database, &[("GUILDHALL_LIMITS__ANONYMOUS_REQUESTS_PER_5_MINUTES", "3")]).await;
        for path in ["/", "/@ana", "/@ana/feed.atom"] {
            assert_eq!(ask(&world, path, &[("accept", "text/html")]).await.0, StatusCode::OK, "{path}");
        }
        for path in ["/", "/@ana", "/@ana/feed.atom", "/tags/x", "/about", "/sitemap.xml", "/interact", "/sign-in", "/api/v2/instance"] {
            let (status, headers, _) = ask(&world, path, &[("accept", "text/html")]).await;
            assert_eq!((status, headers.contains_key("retry-after")), (StatusCode::TOO_MANY_REQUESTS, true), "{path}");
        }
        assert_eq!(ask(&world, "/robots.txt", &[]).await.0, StatusCode::OK);
    }

    async fn what_has_secrets_in_it_is_not_compressed(database: TestDatabase) {
        let world = World::open(database).await;
        for (path, expected) in [("/", true), ("/sign-in", false)] {
            for encoding in ["gzip", "br"] {
                let (status, headers, _) = ask(&world, path, &[("accept", "text/html"), ("accept-encoding", encoding)]).await;
                assert_eq!(status, StatusCode::OK, "{path}");
                assert_eq!(headers.get("content-encoding").is_some(), expected, "{path} {encoding}");
            }
        }
    }
}
