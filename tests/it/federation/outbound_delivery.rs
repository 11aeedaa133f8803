//! Sending: signed, in order, again when it must be, and nobody waits for somebody else's server.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use diesel::prelude::*;
use guildhall::{
    db::{
        Timestamp,
        schema::{actor_keys, deliveries, servers},
    },
    domain::{
        actors,
        posts::{self, Audience},
    },
    federation::delivery,
    net::{
        PublicKey,
        signatures::{self, Expectations, RequestParts, proof},
    },
};

use super::{
    house::{House, here},
    peers::Behaviour,
};

/// A company with one follower on each of these servers, whose Accepts are settled.
async fn followed(database: crate::support::database::TestDatabase, hosts: &[&str]) -> House {
    let house = House::open(database).await;
    for host in hosts {
        let follower = house.stranger("bob", host).await;
        house.follow(&follower, house.brand.id).await;
    }
    house.send().await;
    house
}

on_both! {
    async fn what_is_sent_is_signed_by_its_actor(database: TestDatabase) {
        let house = followed(database, &["one.example"]).await;
        house.note(Audience::Public, "News").await;
        house.send().await;
        let received = house.peers.received("one.example");
        let post = received.last().unwrap();
        assert_eq!(post.url, "https://one.example/inbox");
        assert_eq!(post.headers["content-type"], "application/activity+json");
        let hosts = ["one.example".to_owned()];
        let parts = RequestParts { method: "POST", path_and_query: "/inbox", headers: &post.headers, body: &post.body };
        let candidates = signatures::parse(&parts, &Expectations { hosts: &hosts, scheme: "https", now: house.now() }).unwrap();
        assert_eq!(candidates[0].key_id(), format!("{}#main-key", house.brand.uri));
        let keys: Vec<(String, Vec<u8>)> = house
            .read(|conn| Ok(actor_keys::table.select((actor_keys::key_uri, actor_keys::public_key)).load(conn)?))
            .await;
        let key = |uri: &str| keys.iter().find(|(known, _)| known == uri).unwrap().1.clone();
        assert!(candidates[0].verify(&PublicKey::from_bytes("rsa", &key(candidates[0].key_id())).unwrap()));
        let document = post.json();
        let method = proof::verification_method(&document).unwrap();
        proof::verify(&document, &PublicKey::from_bytes("ed25519", &key(&method)).unwrap()).unwrap();
        let owed = house.owed().await;
        assert!(owed.iter().all(|one| one.state == "delivered" && one.attempts == 1 && one.status == Some(202)), "{owed:?}");
    }

    async fn a_server_that_reads_only_the_newer_scheme_is_asked_twice_once(database: TestDatabase) {
        let house = House::open(database).await;
        house.peers.behave("one.example", Behaviour { only_rfc9421: true, ..Behaviour::default() });
        let bob = house.stranger("bob", "one.example").await;
        house.follow(&bob, house.brand.id).await;
        house.tell().await;
        let deliverer = house.deliverer();
        deliverer.run_until_idle().await;
        assert_eq!(house.peers.received("one.example").len(), 2, "knocked twice");
        house.note(Audience::Public, "News").await;
        house.tell().await;
        deliverer.run_until_idle().await;
        assert_eq!(house.peers.received("one.example").len(), 3, "remembered");
        // Another process remembers it too.
        house.note(Audience::Public, "More").await;
        house.send().await;
        let received = house.peers.received("one.example");
        assert_eq!(received.len(), 4);
        assert!(received[3].headers.contains_key("signature-input"));
    }

    async fn each_actor_is_heard_in_order(database: TestDatabase) {
        let house = followed(database, &["one.example", "two.example"]).await;
        house.peers.behave("one.example", Behaviour { delay: Duration::from_millis(15), ..Behaviour::default() });
        let mut expected = Vec::new();
        for number in 0..12 {
            let post = house.note(Audience::Public, &format!("Number {number}")).await;
            expected.push(house.app.site.object_uri(post));
        }
        house.send().await;
        for host in ["one.example", "two.example"] {
            let got: Vec<String> = house.peers.received(host).iter().skip(1)
                .map(|post| post.json()["object"]["id"].as_str().unwrap().to_owned()).collect();
            assert_eq!(got, expected, "{host}");
            assert_eq!(house.peers.most_at_once(host), 1, "one actor, one server: one at a time");
        }
    }

    async fn one_server_gets_four_at_a_time(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", "one.example").await;
        house.peers.behave("one.example", Behaviour { delay: Duration::from_millis(40), ..Behaviour::default() });
        let site = house.app.site.clone();
        let people = house.write(move |tx| {
            (0..10).map(|number| {
                let new = actors::NewLocal {
                    kind: actors::ActorKind::Person,
                    username: format!("person{number}"),
                    name: String::new(),
                    summary: String::new(),
                    locked: false,
                };
                actors::create_local(tx, &site, &new)
            }).collect::<guildhall::error::Result<Vec<_>>>()
        }).await;
        for person in &people {
            let mut draft = posts::Draft::note(Audience::Public, "<p>Hello</p>".to_owned());
            draft.mentions = vec![bob.id];
            house.post(person.id, draft).await;
        }
        house.send().await;
        assert_eq!(house.peers.received("one.example").len(), 10);
        assert_eq!(house.peers.most_at_once("one.example"), 4);
    }

    async fn a_server_that_asks_for_time_gets_it(database: TestDatabase) {
        let house = followed(database, &["one.example"]).await;
        house.peers.behave("one.example", Behaviour { status: 429, retry_after: Some(Duration::from_secs(600)), ..Behaviour::default() });
        house.note(Audience::Public, "News").await;
        house.send().await;
        let owed = house.owed().await.pop().unwrap();
        assert_eq!((owed.state.as_str(), owed.attempts, owed.status), ("waiting", 1, Some(429)));
        assert_eq!(owed.next_at, house.now().plus(Duration::from_secs(600)));
        // Everything else for this server waits as well.
        house.note(Audience::Public, "More").await;
        house.wait(300);
        house.send().await;
        assert_eq!(house.peers.received("one.example").len(), 2);
        house.peers.behave("one.example", Behaviour::default());
        house.wait(301);
        house.send().await;
        let texts: Vec<String> = house.peers.received("one.example").iter().skip(2)
            .map(|post| post.json()["object"]["content"].as_str().unwrap().to_owned()).collect();
        assert_eq!(texts, ["<p>News</p>", "<p>More</p>"]);
        let failures: i32 = house.read(|conn| Ok(servers::table.find("one.example").select(servers::failures).first(conn)?)).await;
        assert_eq!(failures, 0);
    }

    async fn what_is_refused_for_good_is_not_tried_again(database: TestDatabase) {
        let refusals = [("a", 400), ("b", 403), ("c", 404), ("d", 410), ("e", 413), ("f", 422)];
        let hosts: Vec<String> = refusals.iter().map(|(name, _)| format!("{name}.example")).collect();
        let house = followed(database, &hosts.iter().map(String::as_str).collect::<Vec<_>>()).await;
        for (name, status) in refusals {
            house.peers.behave(&format!("{name}.example"), Behaviour { status, ..Behaviour::default() });
        }
        house.note(Audience::Public, "News").await;
        house.send().await;
        let owed = house.owed().await.split_off(refusals.len());
        for (one, (name, status)) in owed.iter().zip(refusals) {
            assert_eq!((one.state.as_str(), one.status), ("failed", Some(i32::from(status))), "{name}");
        }
        house.wait(30 * 24 * 3600);
        house.send().await;
        for (name, status) in refusals {
            // 400 may be about the signature, so it is knocked at twice.
            let tries = if status == 400 { 3 } else { 2 };
            assert_eq!(house.peers.received(&format!("{name}.example")).len(), tries, "{name}");
        }
    }

    async fn passing_trouble_is_waited_out_for_a_week(database: TestDatabase) {
        let house = followed(database, &["one.example", "two.example"]).await;
        house.peers.behave("one.example", Behaviour { unreachable: true, ..Behaviour::default() });
        house.note(Audience::Public, "News").await;
        house.send().await;
        let first = house.owed().await.into_iter().rfind(|one| one.inbox.contains("one.example")).unwrap();
        assert_eq!((first.state.as_str(), first.attempts, first.status), ("waiting", 1, None));
        let wait = first.next_at.since(house.now());
        assert!(wait <= Duration::from_secs(60), "{wait:?}");
        for _ in 0..6 {
            house.wait(24 * 3600);
            house.send().await;
        }
        let owed = house.owed().await.into_iter().rfind(|one| one.inbox.contains("one.example")).unwrap();
        assert_eq!((owed.state.as_str(), owed.attempts), ("waiting", 7));
        house.wait(25 * 3600);
        house.send().await;
        let owed = house.owed().await.into_iter().rfind(|one| one.inbox.contains("one.example")).unwrap();
        assert_eq!((owed.state.as_str(), owed.attempts), ("failed", 8));
        assert!(house.owed().await.iter().filter(|one| one.inbox.contains("two.example")).all(|one| one.state == "delivered"));
        // The operator tries it again.
        house.peers.behave("one.example", Behaviour::default());
        let this = delivery::Of { id: Some(owed.id), ..delivery::Of::default() };
        assert_eq!(house.write(move |tx| delivery::retry_of(tx, &this, 1)).await, 1);
        house.wait(24 * 3600);
        house.send().await;
        assert!(house.owed().await.iter().all(|one| one.state == "delivered"));
    }

    async fn a_name_that_leads_behind_a_wall_for_a_moment_is_waited_out(database: TestDatabase) {
        let house = followed(database, &["one.example"]).await;
        house.peers.behave("one.example", Behaviour { private: true, ..Behaviour::default() });
        house.note(Audience::Public, "News").await;
        house.send().await;
        let owed = house.owed().await.pop().unwrap();
        assert_eq!((owed.state.as_str(), owed.attempts, owed.status), ("waiting", 1, None));
        house.peers.behave("one.example", Behaviour::default());
        house.wait(61);
        house.send().await;
        assert_eq!(house.owed().await.pop().unwrap().state, "delivered");
    }

    async fn hearing_from_a_server_ends_its_pause(database: TestDatabase) {
        let house = followed(database, &["one.example"]).await;
        house.peers.behave("one.example", Behaviour { unreachable: true, ..Behaviour::default() });
        house.note(Audience::Public, "News").await;
        for _ in 0..4 {
            house.send().await;
            house.wait(24 * 3600);
        }
        house.send().await;
        house.note(Audience::Public, "More").await;
        house.peers.behave("one.example", Behaviour::default());
        house.send().await;
        assert_eq!(house.peers.received("one.example").len(), 1, "paused");
        house.write(|tx| delivery::heard_from(tx, "one.example")).await;
        house.send().await;
        assert_eq!(house.peers.received("one.example").len(), 1, "it has only just failed");
        house.wait(61);
        house.send().await;
        assert_eq!(house.peers.received("one.example").len(), 3);
        assert!(house.owed().await.iter().all(|one| one.state == "delivered"));
    }

    async fn one_activity_that_a_server_chokes_on_does_not_hold_up_the_rest_for_ever(database: TestDatabase) {
        let house = followed(database, &["one.example"]).await;
        house.peers.behave("one.example", Behaviour { status: 500, ..Behaviour::default() });
        house.note(Audience::Public, "Poison").await;
        for _ in 0..4 {
            house.send().await;
            house.wait(24 * 3600);
        }
        assert_eq!(house.owed().await.pop().unwrap().attempts, 4);
        // A moment before the fifth try another one comes.
        let poison = house.owed().await.pop().unwrap().id;
        let later = house.now().plus(Duration::from_secs(12 * 3600));
        house.write(move |tx| {
            diesel::update(deliveries::table.find(poison)).set(deliveries::next_at.eq(later)).execute(tx.conn())?;
            Ok(())
        }).await;
        house.peers.behave("one.example", Behaviour::default());
        house.note(Audience::Public, "News").await;
        house.send().await;
        let states: Vec<String> = house.owed().await.into_iter().skip(1).map(|one| one.state).collect();
        assert_eq!(states, ["waiting", "delivered"]);
    }

    async fn what_is_deleted_before_it_could_be_sent_is_not_sent(database: TestDatabase) {
        let house = followed(database, &["one.example"]).await;
        house.peers.behave("one.example", Behaviour { unreachable: true, ..Behaviour::default() });
        let post = house.note(Audience::Public, "A slip").await;
        house.send().await;
        let brand = house.brand.id;
        house.write(move |tx| posts::delete(tx, &here(brand), post)).await;
        house.peers.behave("one.example", Behaviour::default());
        house.wait(24 * 3600);
        house.send().await;
        let kinds: Vec<String> = house.peers.received("one.example").iter()
            .map(|post| post.json()["type"].as_str().unwrap().to_owned()).collect();
        assert_eq!(kinds, ["Accept", "Delete"]);
    }

    async fn a_lease_that_ended_is_tried_again(database: TestDatabase) {
        let house = followed(database, &["one.example"]).await;
        house.note(Audience::Public, "News").await;
        house.tell().await;
        let id = house.owed().await.pop().unwrap().id;
        let until = house.now().plus(Duration::from_secs(120));
        house.write(move |tx| {
            diesel::update(deliveries::table.find(id))
                .set((deliveries::attempts.eq(1), deliveries::leased_until.eq(until), deliveries::next_at.eq(until)))
                .execute(tx.conn())?;
            Ok(())
        }).await;
        house.send().await;
        assert_eq!(house.peers.received("one.example").len(), 1, "another process sends it");
        house.wait(121);
        house.send().await;
        assert_eq!(house.peers.received("one.example").len(), 2, "that process died");
        assert_eq!(house.owed().await.pop().unwrap().attempts, 2);
    }

    async fn dead_and_slow_servers_delay_nobody_else(database: TestDatabase) {
        let house = House::build(database).await;
        let mut good = HashSet::new();
        for number in 0..30 {
            let host = format!("h{number}.example");
            match number % 3 {
                0 => house.peers.behave(&host, Behaviour { unreachable: true, ..Behaviour::default() }),
                1 => house.peers.behave(&host, Behaviour { held: true, ..Behaviour::default() }),
                _ => { good.insert(host.clone()); }
            }
            let follower = house.stranger("bob", &host).await;
            house.follow(&follower, house.brand.id).await;
        }
        // The Accepts are not what is measured.
        house.write(|tx| {
            diesel::delete(guildhall::db::schema::jobs::table).execute(tx.conn())?;
            Ok(())
        }).await;
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let running = tokio::spawn(house.deliverer().run(stopped));
        for number in 0..5 {
            house.note(Audience::Public, &format!("Number {number}")).await;
        }
        let started = Instant::now();
        house.tell().await;
        while !good.iter().all(|host| house.peers.received(host).len() == 5) {
            assert!(started.elapsed() < Duration::from_secs(100), "good servers wait for bad ones");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // All that while the slow ones held what they were sent first.
        stop.send(true).unwrap();
        house.peers.let_go();
        running.await.unwrap();
        let left: i64 = house.read(|conn| {
            Ok(deliveries::table.filter(deliveries::leased_until.gt(Timestamp(0))).filter(deliveries::state.eq("waiting")).count().get_result(conn)?)
        }).await;
        assert_eq!(left, 0, "what was under way was written down");
    }

    async fn receipts_tell_what_became_of_a_post(database: TestDatabase) {
        let house = followed(database, &["one.example", "two.example", "three.example"]).await;
        house.peers.behave("two.example", Behaviour { status: 410, ..Behaviour::default() });
        house.peers.behave("three.example", Behaviour { unreachable: true, ..Behaviour::default() });
        let post = house.note(Audience::Public, "News").await;
        house.send().await;
        let receipts = house.read(move |conn| {
            let post = posts::get(conn, post)?;
            delivery::receipts(conn, &post)
        }).await;
        let mut shown: Vec<(&str, &str, Option<i32>)> =
            receipts.iter().map(|one| (one.host.as_str(), one.state.as_str(), one.last_status)).collect();
        shown.sort_unstable();
        assert_eq!(shown, [
            ("one.example", "delivered", Some(202)),
            ("three.example", "waiting", None),
            ("two.example", "failed", Some(410)),
        ]);
        house.wait(31 * 24 * 3600);
        assert_eq!(house.write(|tx| delivery::prune(tx, 100)).await, 4, "three Accepts and a Create arrived long ago");
    }
}
