//! What happens to the file of a database: the disk is full, it is closed, copied and restored.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use guildhall::{
    db::{Db, Options, restore},
    error::Kind,
};

use super::{count, set};
use crate::support::database::TestDatabase;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_loses_nothing_that_was_confirmed() {
    let database = TestDatabase::sqlite();
    // The writer's own limit stands in for the disk's.
    let pages = |limit: i64| {
        move |tx: &mut guildhall::db::Tx<'_>| {
            Ok(tx.conn().batch_execute(&format!("PRAGMA max_page_count = {limit}"))?)
        }
    };
    database.db.write(pages(200)).await.unwrap();
    let mut tasks = Vec::new();
    for number in 0..60 {
        let db = database.db.clone();
        tasks.push(tokio::spawn(async move {
            db.write(move |tx| set(tx, &format!("key {number}"), &"x".repeat(20_000))).await
        }));
    }
    let (mut confirmed, mut refused) = (0, 0);
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => confirmed += 1,
            Err(error) => {
                assert_eq!(error.kind(), Kind::Unavailable);
                refused += 1;
            }
        }
    }
    assert!(refused > 0);
    assert_eq!(database.db.read(count).await.unwrap(), confirmed);
    database.db.write(pages(1_000_000)).await.unwrap();
    database.db.write(|tx| set(tx, "after", "x")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_queued_is_written_before_the_database_closes() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { url: format!("sqlite:{}", folder.path().join("new/guildhall.sqlite").display()), pool: 2 };
    let db = Db::open(&options).unwrap();
    db.migrate().unwrap();
    for number in 0..50 {
        let write = db.write(move |tx| set(tx, &format!("key {number}"), "value"));
        // Polled once, so that it is queued, and then dropped.
        let _ = tokio::time::timeout(Duration::ZERO, write).await;
    }
    drop(db);
    assert_eq!(Db::open(&options).unwrap().read(count).await.unwrap(), 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_a_database_in_use_can_be_restored() {
    let database = TestDatabase::sqlite();
    database.db.write(|tx| set(tx, "a", "b")).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (copy, target) = (folder.path().join("copy"), folder.path().join("target.sqlite"));
    database.db.backup(copy.clone()).await.unwrap();
    assert_eq!(database.db.backup(copy.clone()).await.unwrap_err().code(), "backup.exists");
    database.db.write(|tx| set(tx, "later", "b")).await.unwrap();

    let in_use = std::path::PathBuf::from(database.url.strip_prefix("sqlite:").unwrap());
    assert_eq!(restore(&copy, &in_use, false).unwrap_err().code(), "restore.exists");
    assert_eq!(restore(&copy, &in_use, true).unwrap_err().code(), "restore.in_use");
    let missing = folder.path().join("missing");
    assert_eq!(restore(&missing, &target, false).unwrap_err().code(), "restore.missing");
    assert!(!missing.exists());
    std::fs::write(&missing, "not a database, but long enough to be read as one").unwrap();
    assert_eq!(restore(&missing, &target, false).unwrap_err().code(), "restore.not_ours");

    // What is left of a database that was deleted must not be replayed.
    let left = folder.path().join("target.sqlite-wal");
    std::fs::write(&left, "left behind").unwrap();
    restore(&copy, &target, false).unwrap();
    assert!(!left.exists());
    let options = Options { url: format!("sqlite:{}", target.display()), pool: 1 };
    let db = Db::open(&options).unwrap();
    assert!(db.pending_migrations().unwrap().is_empty());
    assert_eq!(db.read(count).await.unwrap(), 1);
    drop(db);
    // A damaged database is what one restores for.
    std::fs::write(&target, "damaged ".repeat(1000)).unwrap();
    restore(&copy, &target, true).unwrap();
    assert_eq!(Db::open(&options).unwrap().read(count).await.unwrap(), 1);
}
