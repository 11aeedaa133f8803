//! What may wait: of a server that does not answer, and of one that makes us ask others who do not.

use std::sync::Arc;

use diesel::prelude::*;
use guildhall::{
    app::App,
    db::schema::{deliveries, jobs},
    domain::{
        By, actors, follows,
        posts::{self, Audience},
        work::Job,
    },
    federation::{backlog, outbound::handle_federate},
    jobs::runner::{Claimed, Handler, Outcome, Runner},
    secrets::SecretKey,
};
use http::StatusCode;
use serde_json::json;

use crate::{
    federation::house::{House, here},
    support::{
        people::remote,
        world::{Letter, Stranger, World},
    },
};

const ALICE: &str = "https://good.example/users/alice";

/// Something that cannot be applied before somebody else has answered.
fn boost(by: &Stranger, number: usize) -> serde_json::Value {
    by.does("Announce", &number.to_string(), format!("https://silent.example/notes/{number}"))
}

/// So many activities of this server wait already, each as long as this.
async fn wait(world: &World, signer: &str, count: usize, bytes: usize) {
    let job =
        Job::Inbound { signer: signer.to_owned(), activity: "x".repeat(bytes), needs: signer.to_owned(), inbox: None };
    world.app.db.write(move |tx| (0..count).try_for_each(|_| tx.defer(&job))).await.unwrap();
}

on_both! {
    async fn a_server_has_its_share_of_what_waits_for_others(database: TestDatabase) {
        let world = World::open(database).await;
        let busy = world.followed(ALICE, 0).await;
        let calm = world.followed("https://calm.example/users/c", 1).await;
        let most = usize::try_from(world.app.config.federation.activities_waiting_per_host).unwrap();
        wait(&world, "https://good.example/users/another", most - 1, 10).await;
        assert_eq!(world.receive(&busy, &boost(&busy, 1)).await, StatusCode::ACCEPTED, "the last for which there is room");
        let response = world.answer(Letter::signed(&busy, &boost(&busy, 2))).await;
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        let seconds: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!(seconds > 0);
        assert_eq!(world.count("jobs", "kind = 'inbound'").await, i64::try_from(most).unwrap());
        // What needs nobody else has its effect, and so has what others send.
        assert_eq!(world.receive(&busy, &busy.create(&busy.note("1", "hello"))).await, StatusCode::ACCEPTED);
        assert!(world.post(&format!("{ALICE}/1")).await.is_some());
        assert_eq!(world.receive(&calm, &boost(&calm, 3)).await, StatusCode::ACCEPTED);
        // What was refused may come again when there is room.
        world.app.db.write(|tx| {
            diesel::delete(jobs::table.filter(jobs::origin.eq("good.example"))).execute(tx.conn())?;
            Ok(())
        }).await.unwrap();
        assert_eq!(world.receive(&busy, &boost(&busy, 2)).await, StatusCode::ACCEPTED);
        assert_eq!(world.count("jobs", "origin = 'good.example'").await, 1);
    }

    async fn what_waits_of_a_server_has_so_many_bytes(database: TestDatabase) {
        let world = World::open(database).await;
        let busy = world.followed(ALICE, 0).await;
        let bytes = usize::try_from(backlog::BYTES).unwrap() / 64 - 10_000;
        wait(&world, ALICE, 64, bytes).await;
        assert_eq!(world.receive(&busy, &boost(&busy, 1)).await, StatusCode::ACCEPTED);
        wait(&world, ALICE, 1, 650_000).await;
        assert_eq!(world.receive(&busy, &boost(&busy, 2)).await, StatusCode::TOO_MANY_REQUESTS);
    }

    async fn who_passes_on_edits_uses_up_their_own_share_and_nobody_elses(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let most = usize::try_from(backlog::FETCHES).unwrap();
        world.app.db.write(move |tx| {
            (0..most).try_for_each(|number| tx.defer(&Job::RefreshPost {
                uri: format!("{ALICE}/{number}"), sender: "https://gossip.example/groups/g".to_owned(),
            }))
        }).await.unwrap();
        assert_eq!(world.count("jobs", "origin = 'good.example'").await, 0);
        assert_eq!(world.receive(&alice, &boost(&alice, 1)).await, StatusCode::ACCEPTED);
        assert_eq!(world.count("jobs", "origin = 'good.example' AND kind = 'inbound'").await, 1);
    }

    async fn parents_that_never_come_do_not_pile_up(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let most = usize::try_from(backlog::FETCHES).unwrap();
        world.app.db.write(move |tx| {
            (1..most).try_for_each(|number| tx.defer(&Job::FetchPost { uri: format!("https://silent.example/{number}"), budget: 1, sender: ALICE.to_owned() }))
        }).await.unwrap();
        for (id, waiting) in [("1", most), ("2", most)] {
            let mut note = alice.note(id, "<p>hello</p>");
            note["inReplyTo"] = json!(format!("https://silent.example/notes/{id}"));
            assert_eq!(world.receive(&alice, &alice.create(&note)).await, StatusCode::ACCEPTED);
            assert!(world.post(&format!("{ALICE}/{id}")).await.is_some());
            assert_eq!(world.count("jobs", "kind = 'fetch_post'").await, i64::try_from(waiting).unwrap(), "{id}");
        }
    }

    async fn a_server_that_is_waited_for_leaves_room_for_the_others(database: TestDatabase) {
        let world = World::open(database).await;
        wait(&world, "https://silent.example/users/s", 40, 10).await;
        wait(&world, "https://calm.example/users/c", 3, 10).await;
        let hand = Arc::new(Patient::default());
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let running = tokio::spawn(Runner::new(world.app.db.clone(), hand.clone(), 16).run(stopped));
        while hand.calm() < 3 || hand.silent() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert!((1..=4).contains(&hand.silent()), "{}", hand.silent());
        hand.answer();
        while world.count("jobs", "kind = 'inbound'").await > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        stop.send(true).unwrap();
        running.await.unwrap();
    }

    async fn a_server_that_never_answers_is_owed_only_so_much(database: TestDatabase) {
        let house = House::open(database).await;
        let app = stingy(&house, 100).await;
        for (name, host) in [("bob", "dead.example"), ("ann", "good.example")] {
            let follower = house.stranger(name, host).await;
            house.follow(&follower, house.brand.id).await;
        }
        // To each it is told that it may follow.
        tell(&house, &app).await;
        let mut first = None;
        for number in 0..99 {
            let post = house.note(Audience::Public, &format!("Number {number}")).await;
            first = first.or(Some(post));
        }
        tell(&house, &app).await;
        assert_eq!(states(&house, "dead.example").await, (100, 0), "the last for which there is room");
        // One of the two takes what it is sent.
        house.write(|tx| {
            diesel::update(deliveries::table.filter(deliveries::host.eq("good.example"))).set(deliveries::state.eq("delivered")).execute(tx.conn())?;
            Ok(())
        }).await;
        for number in 0..3 {
            house.note(Audience::Public, &format!("More {number}")).await;
            tell(&house, &app).await;
        }
        assert_eq!(states(&house, "dead.example").await, (100, 3));
        assert_eq!(states(&house, "good.example").await, (3, 0));
        let told: Vec<Option<String>> = house.read(|conn| {
            Ok(deliveries::table.filter(deliveries::state.eq("failed")).select(deliveries::last_error).load(conn)?)
        }).await;
        assert!(told.iter().all(|why| why.as_ref().is_some_and(|why| why.contains("nothing more is kept"))), "{told:?}");
        // What is deleted is taken back from everybody.
        let (by, first) = (here(house.brand.id), first.unwrap());
        house.write(move |tx| posts::delete(tx, &by, first)).await;
        tell(&house, &app).await;
        assert_eq!(states(&house, "dead.example").await, (100, 4), "the post itself is not sent any more, its end is");
        assert_eq!(states(&house, "good.example").await, (4, 0));
    }

    async fn what_takes_back_is_owed_however_much_waits(database: TestDatabase) {
        let house = House::open(database).await;
        let app = stingy(&house, 100).await;
        let follower = house.stranger("bob", "dead.example").await;
        house.follow(&follower, house.brand.id).await;
        let (liked, unliked) = (house.arrives(&follower, 1, Audience::Public, vec![]).await, house.arrives(&follower, 2, Audience::Public, vec![]).await);
        let (site, brand) = (house.app.site.clone(), here(house.brand.id));
        house.write(move |tx| posts::like(tx, &site, &brand, unliked)).await;
        tell(&house, &app).await;
        // It has it, as far as we know.
        house.write(|tx| {
            diesel::update(deliveries::table).set(deliveries::state.eq("delivered")).execute(tx.conn())?;
            Ok(())
        }).await;
        for number in 0..100 {
            house.note(Audience::Public, &format!("Number {number}")).await;
        }
        tell(&house, &app).await;
        assert_eq!(states(&house, "dead.example").await, (100, 0));
        let (site, brand) = (house.app.site.clone(), here(house.brand.id));
        house.write(move |tx| {
            posts::like(tx, &site, &brand, liked)?;
            posts::unlike(tx, &brand, unliked)
        }).await;
        tell(&house, &app).await;
        assert_eq!(states(&house, "dead.example").await, (101, 1), "the new like is not kept, the end of the old one is");
        let waits = house.said().await.pop().unwrap();
        assert_eq!((waits.kind.as_str(), waits.inboxes.len()), ("Undo", 1));
    }

    async fn of_many_inboxes_of_one_server_so_many_are_owed(database: TestDatabase) {
        let house = House::open(database).await;
        let app = stingy(&house, 100).await;
        house.write(|tx| {
            // Followers who say that each has an inbox of their own.
            for number in 0..130 {
                let mut follower = remote(&format!("u{number}"), "many.example", None);
                follower.shared_inbox = None;
                actors::upsert_remote(tx, &follower)?;
            }
            Ok(())
        }).await;
        let (site, brand) = (house.app.site.clone(), house.brand.id);
        house.write(move |tx| {
            for number in 0..130 {
                let uri = format!("https://many.example/users/u{number}");
                let follower = actors::find_by_uri(tx.conn(), &uri)?.unwrap();
                let by = By::Remote { actor: follower.id, activity: Some(format!("{uri}#follow")) };
                follows::request(tx, &site, &by, brand, &follows::Wishes::default())?;
            }
            diesel::delete(jobs::table).execute(tx.conn())?;
            Ok(())
        }).await;
        house.note(Audience::Public, "Hello").await;
        tell(&house, &app).await;
        assert_eq!(states(&house, "many.example").await, (100, 1));
    }
}

/// Tells every change that waits.
async fn tell(house: &House, app: &App) {
    for (actor, change) in house.changes().await {
        handle_federate(app, actor, &change).await.unwrap();
    }
    house
        .write(|tx| {
            diesel::delete(jobs::table.filter(jobs::kind.eq("federate"))).execute(tx.conn())?;
            Ok(())
        })
        .await;
}

/// How many deliveries to a server wait, and how many failed.
async fn states(house: &House, host: &'static str) -> (i64, i64) {
    house
        .read(move |conn| {
            let of = |state: &'static str| {
                deliveries::table.filter(deliveries::host.eq(host)).filter(deliveries::state.eq(state)).count()
            };
            Ok((of("waiting").get_result(conn)?, of("failed").get_result(conn)?))
        })
        .await
}

/// The same company, which keeps less for each server.
async fn stingy(house: &House, most: u32) -> App {
    let mut config = house.app.config.clone();
    config.federation.deliveries_waiting_per_host = most;
    let site = (*house.app.site).clone();
    let secrets = SecretKey::load(config.secret_key.as_deref(), &config.data_dir).unwrap();
    App::new(config, site, house.app.db.clone(), secrets, house.peers.clone()).await.unwrap()
}

/// Does what the calm server wants, and waits for the silent one until that answers.
struct Patient {
    calm: std::sync::atomic::AtomicUsize,
    silent: std::sync::atomic::AtomicUsize,
    answered: tokio::sync::watch::Sender<bool>,
}

impl Default for Patient {
    fn default() -> Self {
        Self { calm: 0.into(), silent: 0.into(), answered: tokio::sync::watch::channel(false).0 }
    }
}

impl Patient {
    fn calm(&self) -> usize {
        self.calm.load(std::sync::atomic::Ordering::SeqCst)
    }

    fn silent(&self) -> usize {
        self.silent.load(std::sync::atomic::Ordering::SeqCst)
    }

    fn answer(&self) {
        self.answered.send_replace(true);
    }
}

impl Handler for Patient {
    fn handle(&self, job: Claimed) -> futures_util::future::BoxFuture<'_, Outcome> {
        Box::pin(async move {
            if job.payload.contains("calm.example") {
                self.calm.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            } else if job.payload.contains("silent.example") {
                self.silent.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                let _ = self.answered.subscribe().wait_for(|answered| *answered).await;
            }
            Outcome::Done
        })
    }
}
