//! `kill -9` at random moments. Three rounds: in each, 200 signed activities arrive over four connections, the brand
//! writes 50 posts for followers on four servers (one answers slowly, one is dead, one says 503 at first), and the
//! process is killed three times. Whoever was not answered asks again. What was promised for later is done as well.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use crate::{
    database::Database,
    errands::Errands,
    load::{Call, Traffic, random, send},
    others::{DEAD, WRITER},
    rig::PUBLIC,
    scene::{AUTHORS, CONNECTIONS, Ledger, Scene, text},
};

const ROUNDS: usize = 3;
const KILLS: usize = 3;
const ACTIVITIES: usize = 200;
const POSTS: usize = 50;

/// One round; what was acknowledged in it comes into the ledger.
async fn round(scene: &mut Scene, errands: &mut Errands, database: &Database, round: usize, ledger: &mut Ledger) {
    let texts: Vec<String> = (0..ACTIVITIES / 4).map(|number| format!("Before {round} {number}")).collect();
    let written = texts.iter().map(|text| scene.writing(text)).collect();
    let answers = send(scene.server.address(), written, Arc::default()).await;
    ledger.written.extend(texts);
    let targets: Vec<String> = answers
        .iter()
        .map(|answer| serde_json::from_slice::<Value>(answer).unwrap()["uri"].as_str().unwrap().to_owned())
        .collect();
    scene.others.die(DEAD);
    scene.refuse(5);

    let mut calls: Vec<Vec<Call>> = (0..CONNECTIONS).map(|_| Vec::new()).collect();
    for number in 0..ACTIVITIES {
        let activity = activity(scene, round, number, &targets);
        if activity["type"] == "Create" {
            ledger.received.insert(activity["object"]["id"].as_str().unwrap().to_owned());
        }
        let request = scene.letter(WRITER, number % AUTHORS, &activity);
        calls[number % CONNECTIONS].push(Call { request, wanted: 202 });
    }
    let texts: Vec<String> = (0..POSTS).map(|number| format!("During {round} {number}")).collect();
    calls.push(texts.iter().map(|text| scene.writing(text)).collect());
    ledger.written.extend(texts);
    errands.begin(scene, round, ledger).await;
    let traffic = Traffic::begin(scene.server.address(), calls);
    for kill in 0..KILLS {
        // Somewhere in this part of the round, by what was answered and not by the clock.
        let part = (ACTIVITIES + POSTS) / KILLS;
        traffic.tally.reaches(kill * part + random(part)).await;
        tokio::time::sleep(Duration::from_micros(random(20_000) as u64)).await;
        scene.server.kill();
        if kill == 0 {
            Errands::some_day_comes(scene, database);
        }
        scene.server.start().await;
    }
    assert_eq!(traffic.end().await, ACTIVITIES + POSTS);
    // The dead server lives again, and we hear of it.
    scene.others.rise(DEAD).await;
    scene.like(DEAD, &round.to_string(), &targets[0]).await;
    Errands::nothing_waits(scene).await;
}

/// Half are posts, a quarter likes and a quarter boosts, each of another post of the brand.
fn activity(scene: &Scene, round: usize, number: usize, targets: &[String]) -> Value {
    let kind = match number % 4 {
        2 => "Like",
        3 => "Announce",
        _ => return scene.note(&round.to_string(), number).1,
    };
    let uri = scene.others.uri(WRITER, number % AUTHORS);
    json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{uri}/{round}/{number}/activity"), "actor": uri,
        "to": [PUBLIC], "type": kind, "object": targets[number / 4],
    })
}

async fn survive(database: Database) {
    let mut errands = Errands::open().await;
    let mut scene = Scene::prepared(&database, |server| errands.prepare(server)).await;
    errands.subscribe(&scene).await;
    let mut ledger = Ledger::default();
    for number in 0..ROUNDS {
        round(&mut scene, &mut errands, &database, number, &mut ledger).await;
    }
    let own = scene.check(&ledger).await;
    let again_and_again = errands.check(&scene, &own).await;
    for post in own.iter().filter(|post| text(post).starts_with("Before")) {
        // The dead server's sign of life is a like of the first.
        assert_eq!(post["favourites_count"], if text(post).ends_with(" 0") { 2 } else { 1 }, "{post:#}");
        assert_eq!(post["reblogs_count"], 1, "{post:#}");
    }
    let (deliveries, again) = scene.others.count();
    println!(
        "{}",
        json!({
            "crash": database.name(), "rounds": ROUNDS, "kills": ROUNDS * KILLS,
            "acknowledged": ROUNDS * (ACTIVITIES + ACTIVITIES / 4 + POSTS), "lost": 0, "with_double_effect": 0,
            "deliveries": deliveries, "sent_again_under_the_same_id": again,
            "promised_for_later": again_and_again, "resident_mb": scene.server.resident(), "cpu_ms_since_the_last_start": scene.server.cpu().as_millis() as u64,
        })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kill_9_sqlite() {
    Box::pin(survive(Database::sqlite())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kill_9_postgres() {
    Box::pin(survive(Database::postgres(""))).await;
}
