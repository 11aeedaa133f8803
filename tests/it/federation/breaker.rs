//! Servers in trouble: who is paused, who ends a pause, and who is not held up by them.

use std::{collections::BTreeMap, time::Duration};

use axum::body::Body;
use diesel::prelude::*;
use guildhall::{
    db::schema::{actor_keys, deliveries, servers},
    domain::{
        By, Page, actors,
        posts::{Audience, Draft},
        servers::Pause,
    },
    federation::delivery::{self, Deliverer, Of},
    http as rim,
    net::{
        AddressPolicy, Client, ClientOptions, Signer, Transport,
        signatures::{Digested, cavage},
    },
};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tower::ServiceExt;
use url::Url;

use super::{
    house::{BASE, House},
    peers::Behaviour,
};
use crate::support::keys;

/// Posts an activity to our shared inbox, signed at the house's own time.
async fn receive(house: &House, signer: &Signer, activity: &Value) -> StatusCode {
    let body = activity.to_string().into_bytes();
    let digest = Digested::of(&body);
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/activity+json"));
    headers.insert("digest", HeaderValue::from_str(&digest.header()).unwrap());
    let url = Url::parse(&format!("{BASE}/ap/inbox")).unwrap();
    cavage::sign(signer, "POST", &url, &mut headers, Some(&digest), true, house.now()).unwrap();
    let mut request = Request::post("/ap/inbox").body(Body::from(body)).unwrap();
    *request.headers_mut() = headers;
    rim::router(house.app.clone()).oneshot(request).await.unwrap().status()
}

/// A company that is followed from one.example by somebody with a key.
async fn followed(house: &House) -> (actors::Actor, Signer) {
    let key = keys::rsa(0);
    let bob = house.stranger_with_key("bob", "one.example", Some(&key)).await;
    house.follow(&bob, house.brand.id).await;
    house.send().await;
    let signer = Signer { key, key_id: format!("{}#main-key", bob.uri) };
    (bob, signer)
}

fn like(bob: &actors::Actor, number: u32) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{}#like-{number}", bob.uri), "type": "Like",
        "actor": bob.uri, "object": "https://social.company.example/ap/objects/1",
    })
}

on_both! {
    async fn a_letter_from_a_server_ends_its_pause(database: TestDatabase) {
        let house = House::open(database).await;
        let (bob, signer) = followed(&house).await;
        house.peers.behave("one.example", Behaviour { unreachable: true, ..Behaviour::default() });
        house.note(Audience::Public, "News").await;
        for _ in 0..4 {
            house.send().await;
            house.wait(24 * 3600);
        }
        house.send().await;
        house.peers.behave("one.example", Behaviour::default());
        house.send().await;
        assert_eq!(house.peers.received("one.example").len(), 1, "paused");
        assert_eq!(receive(&house, &signer, &like(&bob, 1)).await, StatusCode::ACCEPTED);
        house.send().await;
        assert_eq!(house.peers.received("one.example").len(), 1, "it has only just failed");
        house.wait(61);
        house.send().await;
        assert_eq!(house.peers.received("one.example").len(), 2);
        assert!(house.owed().await.iter().all(|one| one.state == "delivered"));
    }

    async fn who_writes_and_takes_nothing_is_tried_once_a_minute_at_most(database: TestDatabase) {
        let house = House::open(database).await;
        let (bob, signer) = followed(&house).await;
        house.peers.behave("one.example", Behaviour { unreachable: true, ..Behaviour::default() });
        house.note(Audience::Public, "News").await;
        house.send().await;
        let tried = async || house.owed().await.pop().unwrap().attempts;
        for round in 1..4 {
            assert_eq!(tried().await, round);
            for number in 0..5 {
                assert_eq!(receive(&house, &signer, &like(&bob, 100 * round.unsigned_abs() + number)).await, StatusCode::ACCEPTED);
                house.send().await;
            }
            assert_eq!(tried().await, round, "letters change nothing so soon after it failed");
            house.wait(61);
            house.send().await;
        }
    }

    async fn a_letter_does_not_end_a_pause_that_the_server_asked_for(database: TestDatabase) {
        let house = House::open(database).await;
        let (bob, signer) = followed(&house).await;
        house.peers.behave("one.example", Behaviour { status: 429, retry_after: Some(Duration::from_secs(600)), ..Behaviour::default() });
        house.note(Audience::Public, "News").await;
        house.send().await;
        house.peers.behave("one.example", Behaviour::default());
        house.wait(300);
        assert_eq!(receive(&house, &signer, &like(&bob, 1)).await, StatusCode::ACCEPTED);
        house.note(Audience::Public, "More").await;
        house.send().await;
        assert_eq!(house.peers.received("one.example").len(), 2, "it asked for time");
        house.wait(301);
        house.send().await;
        assert_eq!(house.peers.received("one.example").len(), 4);
    }

    async fn servers_that_are_known_to_be_dead_leave_half_of_the_room(database: TestDatabase) {
        let house = House::build(database).await;
        let good = crowd(&house).await;
        house.write(|tx| {
            for number in 0..100 {
                guildhall::domain::servers::failed(tx, &format!("dead{number}.example"), "dead", Pause::Ours(Duration::ZERO))?;
            }
            Ok(())
        }).await;
        news_arrives_while_the_dead_hang(&house, &good).await;
    }

    async fn servers_that_die_all_at_once_hold_nobody_up(database: TestDatabase) {
        let house = House::build(database).await;
        let good = crowd(&house).await;
        news_arrives_while_the_dead_hang(&house, &good).await;
    }

    async fn an_actor_whose_keys_are_lost_silences_nobody_else(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", "one.example").await;
        house.follow(&bob, house.brand.id).await;
        let (site, owner, bob_id) = (house.app.site.clone(), house.owner.id, bob.id);
        house.write(move |tx| {
            let by = By::Remote { actor: bob_id, activity: Some("https://one.example/follows/2".to_owned()) };
            guildhall::domain::follows::request(tx, &site, &by, owner, &guildhall::domain::follows::Wishes::default())
        }).await;
        house.send().await;
        house.post(owner, Draft::note(Audience::Public, "<p>Mine</p>".to_owned())).await;
        house.note(Audience::Public, "News").await;
        house.tell().await;
        house.write(move |tx| {
            diesel::update(actor_keys::table.filter(actor_keys::actor_id.eq(owner)))
                .set(actor_keys::private_key.eq(Some(vec![1_u8, 2, 3])))
                .execute(tx.conn())?;
            Ok(())
        }).await;
        house.app.local_keys.forget(owner.0);
        house.deliverer().run_until_idle().await;
        let states: BTreeMap<String, i64> = house.read(|conn| {
            Ok(deliveries::table.group_by(deliveries::state).select((deliveries::state, diesel::dsl::count_star())).load(conn)?.into_iter().collect())
        }).await;
        assert_eq!(states, BTreeMap::from([("delivered".to_owned(), 3), ("failed".to_owned(), 1)]));
    }

    async fn what_is_owed_can_be_seen_and_tried_again(database: TestDatabase) {
        let house = House::open(database).await;
        let (bob, _) = followed(&house).await;
        let ann = house.stranger("ann", "two.example").await;
        house.peers.behave("one.example", Behaviour { status: 410, ..Behaviour::default() });
        house.peers.behave("two.example", Behaviour { unreachable: true, ..Behaviour::default() });
        let (site, brand) = (house.app.site.clone(), house.brand.id);
        house.write(move |tx| {
            for target in [bob.id, ann.id] {
                let wishes = guildhall::domain::follows::Wishes::default();
                guildhall::domain::follows::request(tx, &site, &super::house::here(brand), target, &wishes)?;
            }
            Ok(())
        }).await;
        house.send().await;
        let seen = |of: Of| house.read(move |conn| delivery::list(conn, &of, &Page::default()));
        let unsettled = || Of { states: vec!["waiting".to_owned(), "failed".to_owned()], ..Of::default() };
        let follows = seen(unsettled()).await;
        let shown: Vec<(&str, &str, &str, Option<i32>)> = follows.iter()
            .map(|one| (one.activity.as_str(), one.host.as_str(), one.state.as_str(), one.last_status)).collect();
        assert_eq!(shown, [("Follow", "two.example", "waiting", None), ("Follow", "one.example", "failed", Some(410))]);
        let debts = house.read(|conn| delivery::hosts(conn, 10)).await;
        let shown: Vec<(&str, i64, i64)> = debts.iter().map(|debt| (debt.host.as_str(), debt.waiting, debt.failed)).collect();
        assert_eq!(shown, [("two.example", 1, 0), ("one.example", 0, 1)]);
        assert!(debts[0].paused_until.is_some_and(|until| until > house.now()));
        // Naming the server ends its pause.
        for host in ["one.example", "two.example"] {
            house.peers.behave(host, Behaviour::default());
            let of = Of { host: Some(host.to_owned()), ..Of::default() };
            assert_eq!(house.write(move |tx| delivery::retry_of(tx, &of, 100)).await, 1, "{host}");
        }
        house.send().await;
        assert!(seen(unsettled()).await.is_empty());
        assert_eq!(house.write(|tx| delivery::retry_of(tx, &Of { states: vec!["delivered".to_owned()], ..Of::default() }, 100)).await, 0);
    }

    async fn two_senders_on_one_database_send_each_letter_once_and_in_order(database: TestDatabase) {
        let house = House::build(database).await;
        let hosts: Vec<String> = (0..6).map(|number| format!("h{number}.example")).collect();
        for host in &hosts {
            house.peers.behave(host, Behaviour { delay: Duration::from_millis(5), ..Behaviour::default() });
            let follower = house.stranger("bob", host).await;
            house.follow(&follower, house.brand.id).await;
        }
        house.send().await;
        let mut expected = Vec::new();
        for number in 0..10 {
            let post = house.note(Audience::Public, &format!("Number {number}")).await;
            expected.push(house.app.site.object_uri(post));
        }
        house.tell().await;
        let (one, other) = (Deliverer::new(house.app.clone()), Deliverer::new(house.app.clone()));
        while house.owed().await.iter().any(|one| one.state != "delivered") {
            tokio::join!(one.run_until_idle(), other.run_until_idle());
        }
        for host in &hosts {
            let got: Vec<String> = house.peers.received(host).iter().skip(1)
                .map(|post| post.json()["object"]["id"].as_str().unwrap().to_owned()).collect();
            assert_eq!(got, expected, "{host}");
            assert_eq!(house.peers.most_at_once(host), 1);
        }
    }
}

/// A follower on each of 20 good servers and 100 others; all of them answered once. Answers the good ones.
async fn crowd(house: &House) -> Vec<String> {
    let good: Vec<String> = (0..20).map(|number| format!("good{number}.example")).collect();
    // Whoever comes first is served first: the good ones come last.
    for host in (0..100).map(|number| format!("dead{number}.example")).chain(good.clone()) {
        let follower = house.stranger("bob", &host).await;
        house.follow(&follower, house.brand.id).await;
        house.write(move |tx| guildhall::domain::servers::succeeded(tx, &host, "cavage")).await;
    }
    house
        .write(|tx| {
            diesel::delete(guildhall::db::schema::jobs::table).execute(tx.conn())?;
            Ok(())
        })
        .await;
    good
}

async fn news_arrives_while_the_dead_hang(house: &House, good: &[String]) {
    for number in 0..100 {
        house.peers.behave(&format!("dead{number}.example"), Behaviour { held: true, ..Behaviour::default() });
    }
    house.note(Audience::Public, "News").await;
    house.tell().await;
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    let running = tokio::spawn(house.deliverer().run(stopped));
    while !good.iter().all(|host| house.peers.received(host).len() == 1) {
        assert!(!running.is_finished());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let settled: i64 = house
        .read(|conn| {
            let dead = deliveries::table.filter(deliveries::host.like("dead%")).filter(deliveries::state.ne("waiting"));
            Ok(dead.count().get_result(conn)?)
        })
        .await;
    assert_eq!(settled, 0, "they hang still");
    let failures: Option<i32> = house
        .read(|conn| {
            Ok(servers::table
                .filter(servers::host.like("good%"))
                .select(diesel::dsl::max(servers::failures))
                .first(conn)?)
        })
        .await;
    assert_eq!(failures, Some(0));
    running.abort();
}

#[tokio::test]
async fn an_answer_whose_body_hangs_counts_by_its_status() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0_u8; 4096];
        let _ = stream.read(&mut request).await.unwrap();
        stream.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\nhal").await.unwrap();
        std::future::pending::<()>().await;
    });
    let client = Client::new(ClientOptions {
        allow_http: true,
        policy: AddressPolicy::parse(&["127.0.0.1:1024-65535".to_owned()]).unwrap(),
        ..ClientOptions::default()
    })
    .unwrap();
    let url = Url::parse(&format!("http://{address}/inbox")).unwrap();
    let answer = client.post(&url, HeaderMap::new(), "{}".into()).await.unwrap();
    assert_eq!(answer.status, StatusCode::ACCEPTED);
}
