//! Senders and servers that hang take their share and no more.

use diesel::prelude::*;
use guildhall::{
    db::schema::jobs as jobs_table,
    federation::{backlog, fetch},
    jobs,
};
use http::StatusCode;
use serde_json::json;
use tokio::sync::watch;

use crate::support::world::{Letter, PUBLIC, Stranger, World};

const ALICE: &str = "https://good.example/users/alice";
const EVE: &str = "https://evil.example/users/eve";

/// All runners of a server, until the end of the test.
fn working(world: &World) -> watch::Sender<bool> {
    let (stop, stopped) = watch::channel(false);
    for runner in jobs::runners(&world.app) {
        tokio::spawn(runner.run(stopped.clone()));
    }
    stop
}

/// Writes Ana a reply to something elsewhere; answers the id of the reply.
async fn replies(world: &World, who: &Stranger, name: &str, parent: &str) -> String {
    let mut note = who.note(name, "<p>re</p>");
    note["to"] = json!([world.ana.uri]);
    note["cc"] = json!([]);
    note["inReplyTo"] = json!(parent);
    assert_eq!(world.receive(who, &who.create(&note)).await, StatusCode::ACCEPTED);
    note["id"].as_str().unwrap().to_owned()
}

async fn waiting(world: &World, kind: &'static str) -> i64 {
    world
        .app
        .db
        .read(move |conn| Ok(jobs_table::table.filter(jobs_table::kind.eq(kind)).count().get_result(conn)?))
        .await
        .unwrap()
}

async fn until_there(world: &World, uri: &str) {
    while world.post(uri).await.is_none() {
        tokio::task::yield_now().await;
    }
}

/// A note that its server shows.
fn shown(world: &World, author: &Stranger, name: &str) -> String {
    let note = author.note(name, "<p>tea</p>");
    let uri = note["id"].as_str().unwrap().to_owned();
    world.serve(&uri, &note);
    uri
}

on_both! {
    async fn parents_that_hang_delay_nobody_elses_boost_or_parent(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let (eve, bob) = (Stranger::new(EVE, 1), Stranger::new("https://other.example/users/bob", 2));
        world.publish(&eve);
        world.publish(&bob);
        for number in 0..64 {
            let hanging = format!("https://slow{number}.example/notes/1");
            world.documents.hold(&hanging);
            replies(&world, &eve, &number.to_string(), &hanging).await;
        }
        let _stop = working(&world);
        while !world.documents.requests().iter().any(|uri| uri.contains("//slow")) {
            tokio::task::yield_now().await;
        }
        let (boosted, parent) = (shown(&world, &bob, "1"), shown(&world, &bob, "2"));
        let mut announce = alice.does("Announce", "1", &boosted);
        announce["to"] = json!([PUBLIC]);
        assert_eq!(world.receive(&alice, &announce).await, StatusCode::ACCEPTED);
        until_there(&world, &boosted).await;
        replies(&world, &bob, "3", &parent).await;
        until_there(&world, &parent).await;
        let hanging = world.documents.requests().iter().filter(|uri| uri.contains("//slow")).count();
        assert_eq!(hanging, 4, "of one sender four at a time");
        assert!(waiting(&world, "fetch_post").await >= 64, "they hang still");
    }

    async fn a_server_that_hangs_holds_few_of_those_who_wait_for_it(database: TestDatabase) {
        let world = World::open(database).await;
        let bob = Stranger::new("https://other.example/users/bob", 1);
        world.publish(&bob);
        for number in 0..20 {
            let friend = world.followed(&format!("https://friend{number}.example/users/f"), 0).await;
            let hanging = format!("https://slow.example:{}/notes/1", 8000 + number);
            world.documents.hold(&hanging);
            assert_eq!(world.receive(&friend, &friend.does("Announce", "1", &hanging)).await, StatusCode::ACCEPTED);
        }
        let _stop = working(&world);
        let boosted = shown(&world, &bob, "1");
        let alice = world.followed(ALICE, 2).await;
        assert_eq!(world.receive(&alice, &alice.does("Announce", "1", &boosted)).await, StatusCode::ACCEPTED);
        until_there(&world, &boosted).await;
        let hanging = || world.documents.requests().iter().filter(|uri| uri.contains("//slow.example")).count();
        while hanging() == 0 {
            tokio::task::yield_now().await;
        }
        assert!((1..=4).contains(&hanging()), "{}", hanging());
        assert!(waiting(&world, "inbound").await >= 20, "they hang still");
    }

    async fn replies_are_kept_whose_parents_are_too_many_to_fetch(database: TestDatabase) {
        let world = World::open(database).await;
        let (eve, bob) = (Stranger::new(EVE, 1), Stranger::new("https://other.example/users/bob", 2));
        world.publish(&eve);
        world.publish(&bob);
        let parent = shown(&world, &bob, "parent");
        let errand = |number| fetch::post_job(&format!("https://slow{number}.example/notes/1"), EVE);
        world.app.db.write(move |tx| (0..backlog::FETCHES).try_for_each(|number| tx.defer(&errand(number)))).await.unwrap();
        let late = replies(&world, &eve, "late", &parent).await;
        assert_eq!(waiting(&world, "fetch_post").await, backlog::FETCHES);
        world.app.db.write(|tx| {
            diesel::delete(jobs_table::table).execute(tx.conn())?;
            Ok(())
        }).await.unwrap();
        let kept = world.post(&late).await.unwrap();
        assert_eq!((kept.reply_to_id, kept.reply_to_uri.as_deref()), (None, Some(parent.as_str())));
        assert!(!world.documents.requests().contains(&parent));
        // The next reply brings it, and both find it.
        let next = replies(&world, &bob, "next", &parent).await;
        world.work().await;
        let parent = world.post(&parent).await.unwrap().id;
        for reply in [late, next] {
            assert_eq!(world.post(&reply).await.unwrap().reply_to_id, Some(parent), "{reply}");
        }
    }

    async fn strangers_whose_keys_hang_keep_no_known_server_out(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        assert_eq!(world.receive(&alice, &alice.does("Follow", "1", &world.ana.uri)).await, StatusCode::ACCEPTED);
        let carol = Stranger::new("https://good.example/users/carol", 2);
        world.publish(&carol);
        let hosts = (0..40).map(|number| format!("slow{number}.example"));
        // A port makes no other server.
        let ports = (0..8).map(|number| format!("ports.example:{}", 8000 + number));
        let strangers: Vec<Stranger> =
            ports.chain(hosts).map(|host| Stranger::new(&format!("https://{host}/users/s"), 1)).collect();
        for stranger in &strangers {
            world.documents.hold(&stranger.uri);
            let letter = Letter::signed(stranger, &stranger.does("Follow", "1", &world.ana.uri));
            let router = world.router.clone();
            tokio::spawn(async move {
                let mut request = http::Request::post(&letter.path).body(axum::body::Body::from(letter.body)).unwrap();
                *request.headers_mut() = letter.headers;
                tower::ServiceExt::oneshot(router, request).await
            });
        }
        let hanging = |name: &str| world.documents.requests().iter().filter(|uri| uri.contains(name)).count();
        while hanging("//slow") + hanging("//ports") < 32 {
            tokio::task::yield_now().await;
        }
        assert_eq!(world.receive(&carol, &carol.does("Follow", "1", &world.ana.uri)).await, StatusCode::ACCEPTED);
        assert_eq!(hanging("//slow") + hanging("//ports"), 32);
        assert!((1..=4).contains(&hanging("//ports")), "{}", hanging("//ports"));
    }
}
