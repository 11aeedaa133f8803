//! What is taken back before it arrived is not sent after its end.

use std::sync::Arc;

use diesel::prelude::*;
use guildhall::{
    db::{
        Tx,
        schema::{deliveries, jobs},
    },
    domain::{
        By, PostId, Site,
        actors::Actor,
        follows::{self, Wishes},
        posts::{self, Audience},
        work::Room,
    },
    error::Result,
    federation::delivery::{self, Of},
    jobs::{
        Handlers,
        runner::{self, Runner},
    },
};

use super::{
    house::{House, here},
    peers::Behaviour,
};

const HOST: &str = "one.example";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Like,
    Announce,
    Follow,
    Block,
}

impl Deed {
    fn begin(self, tx: &mut Tx<'_>, site: &Site, by: &By, bob: &Actor, post: PostId) -> Result<()> {
        match self {
            Self::Like => posts::like(tx, site, by, post).map(|_| ()),
            Self::Announce => posts::boost(tx, site, by, post, Audience::Public, None).map(|_| ()),
            Self::Follow => follows::request(tx, site, by, bob.id, &Wishes::default()).map(|_| ()),
            Self::Block => follows::block(tx, site, by, bob.id),
        }
    }

    fn end(self, tx: &mut Tx<'_>, by: &By, bob: &Actor, post: PostId) -> Result<()> {
        match self {
            Self::Like => posts::unlike(tx, by, post).map(|_| ()),
            Self::Announce => posts::unboost(tx, by, post).map(|_| ()),
            Self::Follow => follows::unfollow(tx, by, bob.id),
            Self::Block => follows::unblock(tx, by, bob.id),
        }
    }
}

async fn begin(house: &House, deed: Deed, bob: &Actor, post: PostId) {
    let (site, bob, by) = (house.app.site.clone(), bob.clone(), here(house.brand.id));
    house.write(move |tx| deed.begin(tx, &site, &by, &bob, post)).await;
}

async fn end(house: &House, deed: Deed, bob: &Actor, post: PostId) {
    let (bob, by) = (bob.clone(), here(house.brand.id));
    house.write(move |tx| deed.end(tx, &by, &bob, post)).await;
}

fn received(house: &House) -> Vec<String> {
    house.peers.received(HOST).iter().map(|one| one.json()["type"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    async fn what_a_server_choked_on_does_not_come_after_its_undo(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", HOST).await;
        let post = house.arrives(&bob, 1, Audience::Public, vec![]).await;
        for deed in [Deed::Like, Deed::Announce, Deed::Follow, Deed::Block] {
            house.peers.behave(HOST, Behaviour { status: 500, ..Behaviour::default() });
            begin(&house, deed, &bob, post).await;
            for _ in 0..4 {
                house.send().await;
                house.wait(24 * 3600);
            }
            let before = received(&house);
            assert_eq!(before[before.len() - 4..], vec![format!("{deed:?}"); 4]);
            house.peers.behave(HOST, Behaviour::default());
            end(&house, deed, &bob, post).await;
            house.send().await;
            // Neither by itself nor by an operator.
            house.wait(24 * 3600);
            house.send().await;
            let of = Of { host: Some(HOST.to_owned()), ..Of::default() };
            assert_eq!(house.write(move |tx| delivery::retry_of(tx, &of, 100)).await, 0, "{deed:?}");
            house.send().await;
            assert_eq!(received(&house)[before.len()..], ["Undo"], "{deed:?}");
        }
    }

    async fn what_is_deleted_while_it_is_under_way_is_not_tried_again(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", HOST).await;
        house.follow(&bob, house.brand.id).await;
        house.tell().await;
        // That it may follow has arrived.
        house.write(|tx| {
            diesel::update(deliveries::table).set(deliveries::state.eq("delivered")).execute(tx.conn())?;
            Ok(())
        }).await;
        let (post, kept) = (house.note(Audience::Public, "x").await, house.note(Audience::Public, "y").await);
        house.peers.behave(HOST, Behaviour { status: 500, held: true, ..Behaviour::default() });
        house.tell().await;
        let deliverer = house.deliverer();
        let sending = tokio::spawn(async move { deliverer.run_until_idle().await });
        while house.peers.most_at_once(HOST) == 0 {
            tokio::task::yield_now().await;
        }
        house.peers.behave(HOST, Behaviour::default());
        let by = here(house.brand.id);
        house.write(move |tx| posts::delete(tx, &by, post)).await;
        house.tell().await;
        house.peers.let_go();
        sending.await.unwrap();
        for _ in 0..3 {
            house.wait(24 * 3600);
            house.send().await;
        }
        // The first try of it was under way already; the other post is tried until it arrives.
        let about: Vec<(String, String)> = house.peers.received(HOST).iter().map(|one| {
            let json = one.json();
            let object = &json["object"];
            let id = object["id"].as_str().or(object.as_str()).unwrap().rsplit('/').next().unwrap().to_owned();
            (json["type"].as_str().unwrap().to_owned(), id)
        }).collect();
        let of = |id: PostId| -> Vec<&str> {
            about.iter().filter(|(_, about)| *about == id.to_string()).map(|(kind, _)| kind.as_str()).collect()
        };
        assert_eq!(of(post), ["Create", "Delete"], "{about:?}");
        assert_eq!(of(kept).last(), Some(&"Create"), "{about:?}");
    }

    async fn what_was_given_up_and_taken_back_since_is_not_told_when_it_is_tried_again(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", HOST).await;
        house.follow(&bob, house.brand.id).await;
        house.send().await;
        let before = house.said().await.len();
        let theirs = house.arrives(&bob, 1, Audience::Public, vec![]).await;
        begin(&house, Deed::Like, &bob, theirs).await;
        let (gone, kept) = (house.note(Audience::Public, "gone").await, house.note(Audience::Public, "kept").await);
        // Something went wrong ten times.
        house.write(|tx| {
            diesel::update(jobs::table.filter(jobs::kind.eq("federate"))).set(jobs::state.eq("parked")).execute(tx.conn())?;
            Ok(())
        }).await;
        end(&house, Deed::Like, &bob, theirs).await;
        let by = here(house.brand.id);
        house.write(move |tx| posts::delete(tx, &by, gone)).await;
        let kinds = async || -> Vec<String> { house.said().await.split_off(before).into_iter().map(|said| said.kind).collect() };
        let runner = || Runner::new(house.app.db.clone(), Arc::new(Handlers::new(house.app.clone())), 1).of(&[Room::Own]);
        runner().run_until_idle().await.unwrap();
        assert_eq!(kinds().await, ["Undo", "Delete"], "parked jobs hold up no others of their lane");
        assert_eq!(runner::retry_all(&house.app.db).await.unwrap(), 3);
        runner().run_until_idle().await.unwrap();
        assert_eq!(runner::parked(&house.app.db).await.unwrap().len(), 0);
        assert_eq!(kinds().await, ["Undo", "Delete", "Create"]);
        let told = house.said().await.pop().unwrap().body;
        assert!(told["object"]["id"].as_str().unwrap().ends_with(&kept.to_string()), "{told}");
    }

    async fn what_is_undone_while_it_is_under_way_is_not_tried_again(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", HOST).await;
        let post = house.arrives(&bob, 1, Audience::Public, vec![]).await;
        house.peers.behave(HOST, Behaviour { status: 500, held: true, ..Behaviour::default() });
        begin(&house, Deed::Like, &bob, post).await;
        house.tell().await;
        let deliverer = house.deliverer();
        let sending = tokio::spawn(async move { deliverer.run_until_idle().await });
        while house.peers.most_at_once(HOST) == 0 {
            tokio::task::yield_now().await;
        }
        house.peers.behave(HOST, Behaviour::default());
        end(&house, Deed::Like, &bob, post).await;
        house.tell().await;
        house.peers.let_go();
        sending.await.unwrap();
        for _ in 0..3 {
            house.wait(24 * 3600);
            house.send().await;
        }
        assert_eq!(received(&house), ["Like", "Undo"]);
        let told = house.read(|conn| delivery::list(conn, &Of::default(), &guildhall::domain::Page::default())).await;
        assert_eq!(told.last().unwrap().last_error.as_deref(), Some(delivery::WITHDRAWN));
    }
}
