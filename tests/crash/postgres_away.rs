//! PostgreSQL goes away under load, once by a crash and once in order, and comes back. Meanwhile everybody is told to
//! come again; afterwards the server goes on by itself.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use http::StatusCode;
use serde_json::{Value, json};
use tokio::task::block_in_place;

use crate::{
    database::{Cluster, Database},
    load::{PATIENCE, wait_for},
    others::WRITER,
    readers::Readers,
    rig::Connection,
    scene::{Ledger, Scene},
};

const NOTES: usize = 160;
const POSTS: usize = 40;
/// More people than there are connections to the database.
const READERS: usize = 60;

/// The status that a plain GET is answered with.
async fn status(scene: &Scene, path: &str) -> u16 {
    let mut connection = Connection::open(scene.server.address()).await.unwrap();
    let request = scene.server.request("GET", path, &scene.ana, "", &Value::Null);
    connection.exchange(&request).await.unwrap().0
}

/// Stops PostgreSQL while everybody is at work, and starts it again; answers how long everything took to go on, and
/// how long anybody waited for an answer at most.
async fn outage(scene: &Scene, cluster: &Cluster, how: &str, ledger: &mut Ledger) -> (Duration, Duration) {
    let readers = Readers::begin(scene, READERS);
    let (traffic, new) = scene.traffic(how, NOTES, POSTS);
    traffic.tally.reaches(40).await;
    block_in_place(|| cluster.halt(how));
    assert_eq!(status(scene, "/readyz").await, 503, "it says that it cannot work");
    assert_eq!(status(scene, "/healthz").await, 200, "nobody need restart it");
    traffic.tally.is_refused(20).await;
    assert_eq!(status(scene, "/readyz").await, 503);
    block_in_place(|| cluster.revive());
    let revived = Instant::now();
    let served = readers.served.load(Ordering::SeqCst);
    assert_eq!(traffic.end().await, NOTES + POSTS);
    wait_for("readers to be served", || readers.served.load(Ordering::SeqCst) > served).await;
    let recovered = revived.elapsed();
    assert_eq!(status(scene, "/readyz").await, 200);
    ledger.add(new);
    (recovered, readers.end().await)
}

/// What another process does is heard of again: the connection that listens has come back.
async fn hears_of_a_block(scene: &Scene) {
    scene.server.run(&["server", "block", &scene.others.host(WRITER)]);
    let (_, activity) = scene.note("blocked", 0);
    let mut connection = Connection::open(scene.server.address()).await.unwrap();
    let began = Instant::now();
    loop {
        let (status, answer) = connection.exchange(&scene.letter(WRITER, 0, &activity)).await.unwrap();
        if status == StatusCode::FORBIDDEN.as_u16() {
            return;
        }
        assert_eq!(status, 202, "{}", String::from_utf8_lossy(&answer));
        assert!(began.elapsed() < PATIENCE, "the block is never heard of");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn survive() {
    let cluster = Cluster::start();
    let database = Database::postgres_at(&cluster.server, "");
    let scene = Scene::open(&database).await;
    let mut ledger = Ledger::default();
    let crash = outage(&scene, &cluster, "immediate", &mut ledger).await;
    let stop = outage(&scene, &cluster, "fast", &mut ledger).await;
    Box::pin(scene.check(&ledger)).await;
    hears_of_a_block(&scene).await;
    scene.server.assert_calm();
    let (deliveries, again) = scene.others.count();
    println!(
        "{}",
        json!({
            "postgresql_away": ["immediate", "fast"], "acknowledged": ledger.received.len() + ledger.written.len(),
            "lost": 0, "with_double_effect": 0, "deliveries": deliveries, "sent_again_under_the_same_id": again,
            "longest_answer_ms": crash.1.max(stop.1).as_millis() as u64,
            "recovered_after_ms": [crash.0.as_millis() as u64, stop.0.as_millis() as u64],
        })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_goes_away_under_load_and_everything_goes_on_when_it_is_back() {
    Box::pin(survive()).await;
}
