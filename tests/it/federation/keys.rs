//! Keys that must be fetched first: slow ones, many at once, forged ones, and what waits for other addresses.

use axum::{body::Body, response::Response};
use diesel::prelude::*;
use futures_util::future::join_all;
use guildhall::{
    db::schema::{home_entries, jobs},
    domain::work::Room,
    federation::fetch,
    jobs::{Handlers, runner::Runner},
};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::world::{Letter, PUBLIC, Stranger, World};

const ALICE: &str = "https://good.example/users/alice";

async fn answer(world: &World, letter: Letter) -> Response {
    let mut request = Request::builder().method("POST").uri(&letter.path).body(Body::from(letter.body)).unwrap();
    *request.headers_mut() = letter.headers;
    world.router.clone().oneshot(request).await.unwrap()
}

/// How often an address was asked for.
fn asked(world: &World, uri: &str) -> usize {
    world.documents.requests().iter().filter(|asked| *asked == uri).count()
}

/// What a stranger can do here with an effect: follow Ana.
fn follow(by: &Stranger, world: &World) -> Value {
    by.does("Follow", "1", world.ana.uri.as_str())
}

/// Makes what waits due, and does it.
async fn later(world: &World) {
    world.app.fetches.forget();
    world
        .app
        .db
        .write(|tx| {
            diesel::update(jobs::table.filter(jobs::state.eq("ready")))
                .set(jobs::run_at.eq(0_i64))
                .execute(tx.conn())?;
            Ok(())
        })
        .await
        .unwrap();
    world.work().await;
}

async fn waiting(world: &World, kind: &'static str) -> i64 {
    world.app.db.read(move |conn| Ok(jobs::table.filter(jobs::kind.eq(kind)).count().get_result(conn)?)).await.unwrap()
}

async fn is_at_home(world: &World, uri: &str) -> bool {
    let Some(post) = world.post(uri).await else { return false };
    let ana = world.ana.id;
    world
        .app
        .db
        .read(move |conn| {
            let entry =
                home_entries::table.filter(home_entries::owner_id.eq(ana)).filter(home_entries::post_id.eq(post.id));
            Ok(diesel::select(diesel::dsl::exists(entry)).get_result(conn)?)
        })
        .await
        .unwrap()
}

on_both! {
    async fn a_key_that_takes_too_long_is_there_for_the_next_letter(database: TestDatabase) {
        let world = World::open(database).await;
        let (alice, fay) = (Stranger::new(ALICE, 0), Stranger::new("https://fast.example/users/fay", 1));
        world.publish(&alice);
        world.publish(&fay);
        world.documents.hold(ALICE);
        let slow = answer(&world, Letter::signed(&alice, &follow(&alice, &world))).await;
        assert_eq!(slow.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(slow.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 0);
        assert_eq!(world.receive(&fay, &follow(&fay, &world)).await, StatusCode::ACCEPTED, "others do not wait");
        world.documents.release(ALICE);
        assert_eq!(world.receive(&alice, &follow(&alice, &world)).await, StatusCode::ACCEPTED);
        assert_eq!(asked(&world, ALICE), 1, "the fetch went on");
        assert!(world.actor(ALICE).await.is_some());
    }

    async fn many_letters_with_one_unknown_key_make_one_fetch(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = Stranger::new(ALICE, 0);
        world.publish(&alice);
        let letters: Vec<Value> =
            (0..30).map(|number| alice.does("Like", &number.to_string(), "https://company.example/ap/objects/1")).collect();
        let answers = join_all(letters.iter().map(|letter| world.receive(&alice, letter))).await;
        assert!(answers.iter().all(|status| *status == StatusCode::ACCEPTED), "{answers:?}");
        assert!((1..=2).contains(&asked(&world, ALICE)), "{:?}", world.documents.requests());
    }

    async fn a_webfinger_that_hangs_keeps_nobody_out(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = Stranger::new(ALICE, 0);
        world.publish(&alice);
        let finger = "https://good.example/.well-known/webfinger?resource=acct%3Aalice%40good.example";
        world.documents.hold(finger);
        assert_eq!(world.receive(&alice, &follow(&alice, &world)).await, StatusCode::ACCEPTED);
        assert_eq!(asked(&world, finger), 1);
        let known = world.actor(ALICE).await.unwrap();
        assert_eq!((known.host.as_str(), known.fetched_at, known.moved_to), ("good.example", None, None));
        // What WebFinger says counts as soon as it says it.
        let links = json!([{"rel": "self", "type": "application/activity+json", "href": ALICE}]);
        let jrd = json!({"subject": "acct:Alice@good.example", "links": links});
        world.documents.put(finger, "application/jrd+json", jrd.to_string());
        world.documents.release(finger);
        while world.actor(ALICE).await.unwrap().fetched_at.is_none() {
            tokio::task::yield_now().await;
        }
        assert_eq!(world.actor(ALICE).await.unwrap().username, "Alice");
    }

    async fn servers_that_hang_leave_room_for_the_keys_of_others(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = Stranger::new(ALICE, 0);
        world.publish(&alice);
        let slow: Vec<Stranger> =
            (0..12).map(|number| Stranger::new(&format!("https://slow.example/users/s{number}"), 1)).collect();
        for stranger in &slow {
            world.documents.hold(&stranger.uri);
        }
        let letters: Vec<Value> = slow.iter().map(|stranger| follow(stranger, &world)).collect();
        let hanging = join_all(slow.iter().zip(&letters).map(|(stranger, letter)| world.receive(stranger, letter)));
        let greeting = follow(&alice, &world);
        let (slow_ones, good) = tokio::join!(hanging, world.receive(&alice, &greeting));
        assert_eq!(good, StatusCode::ACCEPTED);
        assert!(slow_ones.iter().all(|status| *status == StatusCode::SERVICE_UNAVAILABLE), "{slow_ones:?}");
        let asked = world.documents.requests().iter().filter(|uri| uri.contains("slow.example")).count();
        assert_eq!(asked, 4, "one server has four of our fetches at most, as long as they hang");
    }

    async fn forgeries_in_the_name_of_a_server_do_not_lock_it_out(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        // Keys that do not exist, and a key that does with signatures that are not its own.
        for number in 0..120 {
            let nobody = Stranger::new(&format!("https://good.example/users/nobody{number}"), 1);
            assert_eq!(world.receive(&nobody, &follow(&nobody, &world)).await, StatusCode::UNAUTHORIZED);
            let mut forger = alice.clone();
            forger.signer.key = nobody.signer.key.clone();
            assert_eq!(world.receive(&forger, &follow(&forger, &world)).await, StatusCode::UNAUTHORIZED);
        }
        let carol = Stranger::new("https://good.example/users/carol", 2);
        world.publish(&carol);
        assert_eq!(world.receive(&carol, &follow(&carol, &world)).await, StatusCode::ACCEPTED);
        assert_eq!(world.receive(&alice, &follow(&alice, &world)).await, StatusCode::ACCEPTED);
    }

    async fn forgeries_at_the_same_moment_make_one_fetch(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let before = asked(&world, ALICE);
        let mut forger = alice.clone();
        forger.signer.key = Stranger::new(ALICE, 1).signer.key;
        let letters: Vec<Value> = (0..30).map(|number| alice.does("Like", &number.to_string(), ALICE)).collect();
        let answers = join_all(letters.iter().map(|letter| world.receive(&forger, letter))).await;
        assert!(answers.iter().all(|status| *status == StatusCode::UNAUTHORIZED), "{answers:?}");
        assert_eq!(asked(&world, ALICE) - before, 1);
    }

    async fn a_new_key_that_cannot_be_had_for_now_is_no_forgery(database: TestDatabase) {
        let world = World::open(database).await;
        world.followed(ALICE, 0).await;
        let renewed = Stranger::new(ALICE, 3);
        world.documents.put_status(ALICE, StatusCode::BAD_GATEWAY);
        let response = answer(&world, Letter::signed(&renewed, &follow(&renewed, &world))).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(response.headers().contains_key("retry-after"));
        world.publish(&renewed);
        world.app.fetches.forget();
        assert_eq!(world.receive(&renewed, &follow(&renewed, &world)).await, StatusCode::ACCEPTED);
    }

    async fn who_is_refused_is_told_what_we_read(database: TestDatabase) {
        let world = World::open(database).await;
        let nobody = Stranger::new(ALICE, 1);
        let response = answer(&world, Letter::signed(&nobody, &follow(&nobody, &world))).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        let accepted = response.headers()["accept-signature"].to_str().unwrap();
        assert!(accepted.contains("\"@target-uri\"") && accepted.contains("rsa-v1_5-sha256"), "{accepted}");
    }

    async fn an_address_that_fails_holds_up_nothing_else_of_its_host(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let bob = Stranger::new("https://other.example/users/bob", 1);
        world.publish(&bob);
        let (down, up) = (bob.note("down", "<p>down</p>"), bob.note("up", "<p>up</p>"));
        let uri = |note: &Value| note["id"].as_str().unwrap().to_owned();
        world.documents.put_status(&uri(&down), StatusCode::INTERNAL_SERVER_ERROR);
        world.serve(&uri(&up), &up);
        for (number, note) in [("1", &down), ("2", &up)] {
            let mut announce = alice.does("Announce", number, uri(note));
            announce["to"] = json!([PUBLIC]);
            assert_eq!(world.receive(&alice, &announce).await, StatusCode::ACCEPTED);
        }
        world.work().await;
        assert!(is_at_home(&world, &uri(&up)).await);
        assert!(!is_at_home(&world, &uri(&down)).await);
        // It comes when its address answers.
        world.serve(&uri(&down), &down);
        later(&world).await;
        assert!(is_at_home(&world, &uri(&down)).await);
        assert_eq!(waiting(&world, "inbound").await, 0);
    }

    async fn what_never_can_be_fetched_is_given_up(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let gone = "https://dead.example/notes/1";
        world.documents.put_status(gone, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(world.receive(&alice, &alice.does("Announce", "1", gone)).await, StatusCode::ACCEPTED);
        world.work().await;
        for _ in 0..5 {
            assert_eq!(waiting(&world, "inbound").await, 1);
            later(&world).await;
        }
        assert_eq!((waiting(&world, "inbound").await, asked(&world, gone)), (0, 6));
        // It had no effect, so it may come again.
        assert_eq!(world.receive(&alice, &alice.does("Announce", "1", gone)).await, StatusCode::ACCEPTED);
        assert_eq!(waiting(&world, "inbound").await, 1);
    }

    async fn one_boost_under_two_ids_is_one(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let post = world.ana_writes("ours").await;
        let uri = post.uri.clone().unwrap();
        for number in ["1", "2"] {
            assert_eq!(world.receive(&alice, &alice.does("Announce", number, &uri)).await, StatusCode::ACCEPTED);
        }
        assert_eq!(world.post(&uri).await.unwrap().boosts_count, 1);
    }

    async fn the_same_errand_waits_once(database: TestDatabase) {
        let world = World::open(database).await;
        world.app.db.write(|tx| {
            for _ in 0..3 {
                tx.defer(&fetch::post_job("https://good.example/notes/1", ALICE))?;
            }
            tx.defer(&fetch::post_job("https://good.example/notes/2", ALICE))
        }).await.unwrap();
        assert_eq!(waiting(&world, "fetch_post").await, 2);
    }

    async fn what_leaves_does_not_wait_for_what_is_fetched(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        for number in 0..20 {
            let slow = format!("https://slow.example/notes/{number}");
            world.documents.hold(&slow);
            let announce = alice.does("Announce", &number.to_string(), &slow);
            assert_eq!(world.receive(&alice, &announce).await, StatusCode::ACCEPTED);
        }
        let runner = |rooms, at_once| {
            let handlers = std::sync::Arc::new(Handlers::new(world.app.clone()));
            Runner::new(world.app.db.clone(), handlers, at_once).of(rooms)
        };
        let (_stop, stopped) = tokio::sync::watch::channel(false);
        let fetching = tokio::spawn(runner(Room::FETCHING, 4).run(stopped));
        while !world.documents.requests().iter().any(|uri| uri.contains("slow.example")) {
            tokio::task::yield_now().await;
        }
        world.ana_writes("ours").await;
        runner(&[Room::Own], 4).run_until_idle().await.unwrap();
        let federated = waiting(&world, "federate").await;
        assert_eq!((federated, waiting(&world, "inbound").await), (0, 20));
        fetching.abort();
    }
}
