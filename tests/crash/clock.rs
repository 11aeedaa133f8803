//! The machine's clock is set back by two hours while everybody is at work, stays so over a restart, and is set
//! forwards by three. Nothing waits for the time that was taken back, nothing is sent twice, ids keep their order.
//!
//! libfaketime gives the release binary its clock; the time that really goes by stays as it is.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    database::Database,
    load::{PATIENCE, wait_for},
    others::{DEAD, FOLLOWERS, WRITER},
    rig::{Connection, Server},
    scene::{Ledger, Scene, text},
};

const BACK: i64 = -7200;
const FORWARDS: i64 = 3600;

/// The clock that the server's process sees.
struct Clock(PathBuf);

impl Clock {
    /// Gives the server a clock that can be set.
    fn of(server: &mut Server) -> Self {
        let library = fs::read_dir("/usr/lib")
            .unwrap()
            .map(|entry| entry.unwrap().path().join("faketime/libfaketimeMT.so.1"))
            .find(|path| path.exists())
            .expect("libfaketime is missing: run scripts/setup --test");
        let clock = Self(server.folder.path().join("clock"));
        clock.set(0);
        server.environment.insert("LD_PRELOAD", library.display().to_string());
        server.environment.insert("FAKETIME_TIMESTAMP_FILE", clock.0.display().to_string());
        server.environment.insert("FAKETIME_NO_CACHE", "1".to_owned());
        server.environment.insert("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned());
        server.environment.insert("NO_FAKE_STAT", "1".to_owned());
        clock
    }

    /// Sets it to so many seconds from the right time. It never shows half of a setting.
    fn set(&self, seconds: i64) {
        let beside: &Path = &self.0.with_extension("new");
        fs::write(beside, format!("{seconds:+}")).unwrap();
        fs::rename(beside, &self.0).unwrap();
    }
}

/// Sends a letter and answers its status and what was said.
async fn knock(scene: &Scene, name: &str) -> (u16, String) {
    let letter = scene.letter(WRITER, 0, &scene.note(name, 0).1);
    let (status, answer) = Connection::open(scene.server.address()).await.unwrap().exchange(&letter).await.unwrap();
    (status, String::from_utf8_lossy(&answer).into_owned())
}

/// Somebody without a token asks; answers how long they have to wait, if they may not.
async fn ask(scene: &Scene) -> Option<u64> {
    let request = b"GET /api/v1/instance HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut connection = Connection::open(scene.server.address()).await.unwrap();
    let (status, wait, _) = connection.ask(request).await.unwrap();
    assert!(status == 200 || status == 429, "{status}");
    if status == 429 { wait } else { None }
}

/// Traffic from its beginning to its end.
async fn traffic(scene: &Scene, name: &str, ledger: &mut Ledger) {
    let (traffic, new) = scene.traffic(name, 40, 20);
    assert_eq!(traffic.end().await, 60);
    ledger.add(new);
}

/// Traffic in the midst of which the clock is set.
async fn traffic_while_set(scene: &Scene, name: &str, clock: &Clock, seconds: i64, ledger: &mut Ledger) {
    let (traffic, new) = scene.traffic(name, 80, 20);
    traffic.tally.reaches(30).await;
    clock.set(seconds);
    assert_eq!(traffic.end().await, 100);
    ledger.add(new);
}

/// Every follower that lives hears of all that was written so far.
async fn the_living_hear(scene: &Scene, ledger: &Ledger) {
    for follower in FOLLOWERS.filter(|follower| *follower != DEAD) {
        wait_for(&format!("server {follower} to hear of everything"), || {
            scene.others.heard(follower).len() == ledger.written.len()
        })
        .await;
    }
}

async fn survive(database: Database) {
    let mut clock = None;
    let mut scene = Scene::prepared(&database, |server| {
        server.environment.insert("GUILDHALL_LIMITS__ENABLED", "true".to_owned());
        server.environment.insert("GUILDHALL_LIMITS__API_REQUESTS_PER_5_MINUTES", "10000".to_owned());
        clock = Some(Clock::of(server));
    })
    .await;
    let clock = clock.unwrap();
    let mut ledger = Ledger::default();
    scene.others.die(DEAD);
    // What the busy server is owed waits when the clock is set.
    scene.refuse(1_000_000);
    traffic(&scene, "a", &mut ledger).await;
    while ask(&scene).await.is_none() {}

    // What the others sign is as old as the clock will be.
    scene.ahead = BACK;
    let set = Instant::now();
    traffic_while_set(&scene, "b", &clock, BACK, &mut ledger).await;
    scene.refuse(0);
    scene.ahead = 0;
    let (status, said) = knock(&scene, "right").await;
    assert!(status == 401 && said.contains("from the future") && said.contains("clock"), "{status} {said}");
    scene.ahead = BACK;
    // A stranger waits for the next place in the bucket, and no longer.
    while let Some(wait) = ask(&scene).await {
        assert!(wait <= 5, "{wait} s");
        assert!(set.elapsed() < PATIENCE, "nobody may ask any more");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    the_living_hear(&scene, &ledger).await;
    let heard_after = set.elapsed();

    scene.server.stop();
    scene.server.start().await;
    traffic(&scene, "c", &mut ledger).await;
    the_living_hear(&scene, &ledger).await;

    traffic_while_set(&scene, "d", &clock, FORWARDS, &mut ledger).await;
    scene.others.rise(DEAD).await;
    let first = scene.own().await.last().unwrap()["uri"].as_str().unwrap().to_owned();
    scene.like(DEAD, "back", &first).await;
    let own = scene.check(&ledger).await;
    in_order(&own, &ledger);
    scene.server.assert_calm();
    let (deliveries, again) = scene.others.count();
    assert_eq!(again, 0, "nothing is sent twice");
    println!(
        "{}",
        json!({
            "clock": database.name(), "set_by_s": [BACK, FORWARDS - BACK],
            "acknowledged": ledger.received.len() + ledger.written.len(), "lost": 0, "with_double_effect": 0,
            "deliveries": deliveries, "sent_again_under_the_same_id": again,
            "what_waited_left_after_ms": heard_after.as_millis() as u64,
        })
    );
}

/// The brand's posts stand in the order in which they were written, each with an id of its own.
fn in_order(own: &[Value], ledger: &Ledger) {
    let texts: Vec<String> = own.iter().rev().map(text).collect();
    assert_eq!(texts, ledger.written.iter().cloned().collect::<Vec<_>>());
    let ids: Vec<i64> = own.iter().rev().map(|post| post["id"].as_str().unwrap().parse().unwrap()).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_set_back_and_forwards_holds_nothing_up_sqlite() {
    Box::pin(survive(Database::sqlite())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_set_back_and_forwards_holds_nothing_up_postgres() {
    Box::pin(survive(Database::postgres(""))).await;
}
