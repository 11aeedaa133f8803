//! Copies: while the server works, put back, and refused where they would do harm.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_query, sql_types::Text};
use http::StatusCode;

use super::{Place, ask};

#[derive(diesel::QueryableByName)]
struct Verdict {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_made_while_people_write_can_be_put_back_on_another_machine() {
    let place = Place::empty();
    place.set_up().fine();
    let token = place.employee("ana");
    let server = place.serve();
    let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (address, token) = (server.address.clone(), token.clone());
            let (stop, written) = (stop.clone(), written.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::SeqCst) {
                    let body = format!("status=post+of+{writer}&visibility=public");
                    let (status, answer) = ask(&address, "POST", "/api/v1/statuses", Some(&token), Some(&body)).await;
                    assert_eq!(status, StatusCode::OK, "{answer}");
                    written.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    while written.load(Ordering::SeqCst) < 20 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let copy = place.file("copy.sqlite");
    let name = copy.to_str().unwrap();
    place.run(&["backup", name]).fine();
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.unwrap();
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    }
    place.run(&["backup", name]).refused(&["exists already"]);
    place.run(&["restore", name]).refused(&["--force"]);
    place.run(&["restore", name, "--force"]).refused(&["running"]);
    drop(server);

    let other = Place::empty();
    other.run(&["restore", name]).fine();
    other.run(&["account", "list"]).fine();
    other.run(&["serve"]).refused(&["secret.key"]);
    std::fs::copy(place.data().join("secret.key"), other.data().join("secret.key")).unwrap();
    let server = other.serve();
    let (status, posts) = server.get("/api/v1/timelines/public?local=true&limit=40", None).await;
    assert_eq!(status, StatusCode::OK);
    assert!(posts.matches("post of").count() >= 20, "{posts}");
    let (status, _) = server.get("/api/v1/accounts/verify_credentials", Some(&token)).await;
    assert_eq!(status, StatusCode::OK);
    drop(server);
    let mut restored = SqliteConnection::establish(other.data().join("guildhall.sqlite").to_str().unwrap()).unwrap();
    let verdict: Verdict = sql_query("PRAGMA integrity_check").get_result(&mut restored).unwrap();
    assert_eq!(verdict.integrity_check, "ok");
}

#[test]
fn nothing_is_copied_from_a_folder_that_holds_no_company() {
    let place = Place::empty();
    let copy = place.file("copy.sqlite");
    let name = copy.to_str().unwrap();
    place.run(&["backup", name]).refused(&["no database", "guildhall.sqlite", "data_dir"]);
    assert!(!place.data().exists() && !copy.exists());
    place.run(&["migrate"]).fine();
    place.run(&["backup", name]).refused(&["not set up"]);
    assert!(!copy.exists());
}

#[test]
fn a_copy_that_cannot_be_finished_leaves_nothing_behind() {
    let place = Place::empty();
    place.set_up().fine();
    let nowhere = place.file("missing").join("copy.sqlite");
    place.run(&["backup", nowhere.to_str().unwrap()]).refused(&["Cannot write", "copy.sqlite"]);
    assert!(!place.file("missing").exists());
    // Every page but the first is unreadable: the copy begins and cannot end.
    let file = place.data().join("guildhall.sqlite");
    let mut bytes = std::fs::read(&file).unwrap();
    let length = bytes.len();
    bytes[length / 2..].fill(0xA5);
    std::fs::write(&file, bytes).unwrap();
    let copy = place.file("copy.sqlite");
    assert_eq!(place.run(&["backup", copy.to_str().unwrap()]).status, Some(1));
    assert!(!copy.exists());
}

#[test]
fn on_postgres_the_commands_are_told_whole_and_without_the_password_or_a_server() {
    let url = "postgres://ana:s3cr3t@nowhere.invalid:5433/guild?sslmode=require";
    let place = Place::empty().with("GUILDHALL_DATABASE_URL", url);
    let address = "'postgres://ana@nowhere.invalid:5433/guild?sslmode=require'";
    let told = place.run(&["backup", "my copy.dump"]);
    let told = told.refused(&[&format!("pg_dump --format=custom --file='my copy.dump' --dbname={address}")]);
    assert!(!told.err.contains("s3cr3t"));
    let told = place.run(&["restore", "my copy.dump"]);
    let told = told.refused(&[&format!("pg_restore --clean --if-exists --dbname={address} 'my copy.dump'")]);
    assert!(!told.err.contains("s3cr3t"));
}
