//! A backup is made while the server works, and started from in another place, as docs/guide/backup.md says.

use std::{path::Path, process::Command, sync::atomic::Ordering};

use serde_json::{Value, json};
use tokio::task::block_in_place;

use crate::{
    database::{Database, assert_sound},
    load::wait_for,
    others::{DEAD, FOLLOWERS},
    scene::{Ledger, Scene, text},
};

/// Makes a copy by the command, or by the one that it tells.
fn back_up(scene: &Scene, file: &Path) {
    let file = file.to_str().unwrap();
    if scene.server.environment.contains_key("GUILDHALL_DATABASE_URL") {
        run_as_told(scene, &["backup", file]);
    } else {
        scene.server.run(&["backup", file]);
    }
}

/// Puts the copy into the place that the settings name now.
fn restore(scene: &Scene, file: &Path) {
    let file = file.to_str().unwrap();
    if scene.server.environment.contains_key("GUILDHALL_DATABASE_URL") {
        run_as_told(scene, &["restore", file]);
    } else {
        scene.server.run(&["restore", file]);
    }
}

/// PostgreSQL has tools of its own: our command says how to call them.
fn run_as_told(scene: &Scene, arguments: &[&str]) {
    let said = String::from_utf8(scene.server.command(arguments).output().unwrap().stderr).unwrap();
    let command = said.lines().find_map(|line| line.split_once("un: ")).unwrap_or_else(|| panic!("{said}")).1;
    let output = Command::new("sh").args(["-c", command]).output().unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
}

async fn survive(database: Database, elsewhere: Database) {
    let mut scene = Scene::open(&database).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy");
    scene.others.die(DEAD);
    let (traffic, before) = scene.traffic("before", 80, 20);
    traffic.end().await;
    let (traffic, during) = scene.traffic("during", 400, 60);
    traffic.tally.reaches(40).await;
    block_in_place(|| back_up(&scene, &file));
    let answered = traffic.tally.answered.load(Ordering::SeqCst);
    traffic.end().await;
    wait_for("the first follower to hear of everything", || scene.others.heard(1).len() == 80).await;

    // The machine is gone; another one takes its place.
    scene.server.kill();
    let place = tempfile::tempdir().unwrap();
    scene.server.move_to(place.path());
    if let Some(url) = elsewhere.url() {
        scene.server.environment.insert("GUILDHALL_DATABASE_URL", url);
    }
    block_in_place(|| restore(&scene, &file));
    let (_, sent_again_before) = scene.others.count();
    scene.server.start().await;
    scene.others.rise(DEAD).await;
    let (traffic, after) = scene.traffic("after", 40, 10);
    traffic.end().await;

    let own = scene.own().await;
    scene.like(DEAD, "back", own.last().unwrap()["uri"].as_str().unwrap()).await;
    everything_is_there(&scene, &own, &[&before, &after], &during).await;
    what_is_there_arrives(&scene, &own).await;
    scene.server.assert_calm();
    if database.url().is_none() {
        scene.server.stop();
        assert_sound(&place.path().join("guildhall.sqlite"));
    }
    let (deliveries, again) = scene.others.count();
    println!(
        "{}",
        json!({
            "backup": database.name(), "acknowledged_before": before.received.len() + before.written.len(),
            "acknowledged_while_it_was_made": answered - 40, "lost": 0, "with_double_effect": 0, "deliveries": deliveries,
            "sent_again_under_the_same_id": again - sent_again_before,
        })
    );
}

/// What was acknowledged before the backup began or after the restore is there, once; of what was acknowledged
/// meanwhile some is.
async fn everything_is_there(scene: &Scene, own: &[Value], whole: &[&Ledger], during: &Ledger) {
    let mut texts: Vec<String> = own.iter().map(text).collect();
    let mut home = scene.home().await;
    for (there, wanted, some) in [
        (&mut texts, whole.iter().flat_map(|ledger| &ledger.written).collect::<Vec<_>>(), &during.written),
        (&mut home, whole.iter().flat_map(|ledger| &ledger.received).collect(), &during.received),
    ] {
        let all = there.len();
        there.sort_unstable();
        there.dedup();
        assert_eq!(there.len(), all, "each is there once");
        assert!(wanted.iter().all(|name| there.contains(name)), "{there:?}");
        assert!(there.iter().all(|name| wanted.contains(&name) || some.contains(name)), "{there:?}");
    }
}

/// Every post of the restored server is known to every follower, under one id of its activity: who got it before
/// takes what comes again for the same.
async fn what_is_there_arrives(scene: &Scene, own: &[Value]) {
    for follower in FOLLOWERS {
        let missing = || {
            let heard = scene.others.heard(follower);
            own.iter().filter(|post| !heard.contains_key(post["uri"].as_str().unwrap())).count()
        };
        wait_for(&format!("what is owed to arrive at server {follower}"), || missing() == 0).await;
        assert!(scene.others.heard(follower).values().all(|ids| ids.len() == 1), "a post is told of by one activity");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_busy_server_can_be_started_from_sqlite() {
    Box::pin(survive(Database::sqlite(), Database::sqlite())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_busy_server_can_be_started_from_postgres() {
    Box::pin(survive(Database::postgres(""), Database::postgres(""))).await;
}
