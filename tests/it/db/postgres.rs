//! What only a server does to a transaction: deadlocks, serialization failures, connections that end.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use diesel::{connection::SimpleConnection, prelude::*};
use guildhall::{
    db::{Db, Tx, schema::settings},
    error::{Kind, Result},
};

use super::{count, set};
use crate::support::database::TestDatabase;

#[tokio::test(flavor = "multi_thread")]
async fn a_deadlock_is_tried_again_on_postgres() {
    let database = TestDatabase::postgres();
    database
        .db
        .write(|tx| {
            set(tx, "a", "0")?;
            set(tx, "b", "0")
        })
        .await
        .unwrap();
    let crosswise = |first: &'static str, second: &'static str| {
        let db = database.db.clone();
        async move {
            db.write(move |tx| {
                diesel::update(settings::table.find(first)).set(settings::value.eq("1")).execute(tx.conn())?;
                std::thread::sleep(Duration::from_millis(100));
                diesel::update(settings::table.find(second)).set(settings::value.eq("1")).execute(tx.conn())?;
                Ok(())
            })
            .await
        }
    };
    let (one, two) = tokio::join!(crosswise("a", "b"), crosswise("b", "a"));
    one.unwrap();
    two.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_serialization_failure_is_tried_again_on_postgres() {
    let database = TestDatabase::postgres();
    database.db.write(|tx| set(tx, "count", "0")).await.unwrap();
    let mut tasks = Vec::new();
    for _ in 0..3 {
        let db = database.db.clone();
        tasks.push(tokio::spawn(async move {
            db.write(|tx| {
                tx.conn().batch_execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")?;
                let text: String = settings::table.find("count").select(settings::value).first(tx.conn())?;
                std::thread::sleep(Duration::from_millis(30));
                let more = (text.parse::<i64>().unwrap() + 1).to_string();
                diesel::update(settings::table.find("count")).set(settings::value.eq(more)).execute(tx.conn())?;
                Ok(())
            })
            .await
        }));
    }
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let text: String =
        database.db.read(|conn| Ok(settings::table.find("count").select(settings::value).first(conn)?)).await.unwrap();
    assert_eq!(text, "3");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_died_are_replaced_on_postgres() {
    let database = TestDatabase::postgres();
    let reads = |db: Db| async move {
        let mut tasks = Vec::new();
        for _ in 0..8 {
            let db = db.clone();
            tasks.push(tokio::spawn(async move {
                db.read(|conn| {
                    std::thread::sleep(Duration::from_millis(50));
                    count(conn)
                })
                .await
            }));
        }
        let mut lost = 0;
        for task in tasks {
            if let Err(error) = task.await.unwrap() {
                assert_eq!(error.kind(), Kind::Unavailable);
                lost += 1;
            }
        }
        lost
    };
    assert_eq!(reads(database.db.clone()).await, 0);
    let admin = database.another();
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    admin.read(|conn| Ok(conn.batch_execute(kill)?)).await.unwrap();
    // Used a moment ago and taken for alive: a write begins again elsewhere, a read fails once.
    let written = database.db.write(|tx| set(tx, "a", "b")).await;
    assert!(written.is_ok() || written.is_err_and(|error| error.kind() == Kind::Unavailable));
    reads(database.db.clone()).await;
    assert_eq!(reads(database.db.clone()).await, 0);
    // Idle for longer: nobody notices.
    admin.read(|conn| Ok(conn.batch_execute(kill)?)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1100)).await;
    database.db.write(|tx| set(tx, "c", "d")).await.unwrap();
    assert_eq!(reads(database.db.clone()).await, 0);
}

#[tokio::test]
async fn who_begins_to_serve_alone_takes_up_what_a_dead_process_held_on_postgres() {
    static ALONE: AtomicUsize = AtomicUsize::new(0);
    fn alone(_: &mut Tx<'_>) -> Result<()> {
        ALONE.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
    let times = || ALONE.load(Ordering::SeqCst);
    let database = TestDatabase::postgres();
    let first = database.db.serve(alone).await.unwrap().unwrap();
    assert_eq!(times(), 1);
    // Beside another one nothing of it may be taken away.
    let other = database.another();
    let second = other.serve(alone).await.unwrap().unwrap();
    assert_eq!(times(), 1);
    // The first one dies, and its connection with it; the second still serves.
    drop(first);
    let third = database.db.serve(alone).await.unwrap().unwrap();
    assert_eq!(times(), 1);
    drop((second, third));
    let fourth = database.db.serve(alone).await.unwrap().unwrap();
    assert_eq!(times(), 2);
    // Its connection breaks; it says so again, and whoever comes is not alone.
    let end = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND database = \
               (SELECT oid FROM pg_database WHERE datname = current_database())";
    database.db.write(move |tx| Ok(diesel::sql_query(end).execute(tx.conn())?)).await.unwrap();
    fourth.renew().await.unwrap();
    let fifth = other.serve(alone).await.unwrap().unwrap();
    assert_eq!(times(), 2);
    drop((fourth, fifth));
}
