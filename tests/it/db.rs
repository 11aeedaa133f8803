//! The floor: group commit, retries, locks, ids, the wall between inside and outside.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may")]

use std::time::Duration;

use diesel::{connection::SimpleConnection, prelude::*};
use guildhall::{
    db::{Conn, Engine, IdSource, Key, Signal, Timestamp, schema::settings, time_of},
    error::{Error, Kind, Result},
};

fn set(tx: &mut guildhall::db::Tx<'_>, key: &str, value: &str) -> Result<()> {
    diesel::insert_into(settings::table)
        .values((settings::key.eq(key), settings::value.eq(value)))
        .execute(tx.conn())?;
    Ok(())
}

fn count(conn: &mut Conn) -> Result<i64> {
    Ok(settings::table.count().get_result(conn)?)
}

on_both! {
    async fn a_failing_operation_does_not_disturb_its_neighbours(database: TestDatabase) {
        let mut tasks = Vec::new();
        for number in 0..60 {
            let db = database.db.clone();
            tasks.push(tokio::spawn(async move {
                db.write(move |tx| {
                    set(tx, &format!("key {number}"), "value")?;
                    match number % 3 {
                        0 => Err(Error::invalid("test", "no")),
                        1 if number == 31 => panic!("a bug"),
                        _ => Ok(()),
                    }
                })
                .await
                .is_ok()
            }));
        }
        let mut ok = 0;
        for task in tasks {
            ok += i64::from(task.await.unwrap());
        }
        assert_eq!(ok, 39);
        assert_eq!(database.db.read(count).await.unwrap(), 39);
    }

    async fn signals_come_after_the_commit_and_only_then(database: TestDatabase) {
        let mut signals = database.db.signals();
        let signal = Signal { topic: "post", kind: "new", id: 7 };
        let told = signal.clone();
        database.db.write(move |tx| { tx.signal(told.clone()); tx.signal(told.clone()); Ok(()) }).await.unwrap();
        let refused: Result<()> = database.db.write(|tx| {
            tx.signal(Signal { topic: "post", kind: "new", id: 8 });
            Err(Error::invalid("test", "no"))
        }).await;
        assert_eq!(refused.unwrap_err().kind(), Kind::Invalid);
        let received = tokio::time::timeout(Duration::from_secs(5), async {
            loop {
                let signal = signals.recv().await.unwrap();
                if signal.topic == "post" { break signal; }
            }
        }).await.unwrap();
        assert_eq!(received, signal);
        tokio::time::sleep(Duration::from_millis(100)).await;
        while let Ok(more) = signals.try_recv() {
            assert_ne!(more.topic, "post");
        }
    }

    async fn another_process_hears_of_a_change(database: TestDatabase) {
        let other = database.another();
        let mut signals = other.signals();
        tokio::time::sleep(Duration::from_millis(400)).await;
        while signals.try_recv().is_ok() {}
        database.db.write(|tx| { set(tx, "a", "b")?; tx.signal(Signal { topic: "jobs", kind: "new", id: 0 }); Ok(()) }).await.unwrap();
        let wanted = match database.db.engine() {
            Engine::Sqlite => "external",
            Engine::Postgres => "jobs",
        };
        let heard = async { while signals.recv().await.unwrap().topic != wanted {} };
        tokio::time::timeout(Duration::from_secs(5), heard).await.unwrap();
    }

    async fn processes_lease_different_slots(database: TestDatabase) {
        let other = database.another();
        let here: i64 = database.db.write(|tx| Ok(tx.new_id())).await.unwrap();
        let there: i64 = other.write(|tx| Ok(tx.new_id())).await.unwrap();
        assert_ne!((here >> 10) & 63, (there >> 10) & 63);
        database.db.renew_slot().await.unwrap();
    }

    async fn an_internal_post_cannot_be_published_even_by_hand(database: TestDatabase) {
        for audience in ["company", "team", "nonsense"] {
            let refused = database.db.write(move |tx| {
                // Foreign keys are not what is tested: the post is there, with this audience.
                let post = format!(
                    "INSERT INTO actors (id, kind, username, username_key, uri, inbox, published_at, updated_at) VALUES (1, 'Person', 'a', 'a', 'u', 'i', 1, 1);
                     INSERT INTO posts (id, audience, author_id, content, thread_id, published_at, created_at) VALUES (1, '{audience}', 1, 'x', 1, 1, 1);");
                tx.conn().batch_execute(&post)?;
                tx.conn().batch_execute(&format!("INSERT INTO publications (post_id, audience) VALUES (1, '{audience}')"))?;
                Ok(())
            }).await;
            assert!(refused.is_err(), "{audience}");
            let lied = database.db.write(move |tx| {
                let post = format!(
                    "INSERT INTO actors (id, kind, username, username_key, uri, inbox, published_at, updated_at) VALUES (1, 'Person', 'a', 'a', 'u', 'i', 1, 1);
                     INSERT INTO posts (id, audience, author_id, content, thread_id, published_at, created_at) VALUES (1, '{audience}', 1, 'x', 1, 1, 1);
                     INSERT INTO publications (post_id, audience) VALUES (1, 'public')");
                tx.conn().batch_execute(&post)?;
                Ok(())
            }).await;
            assert!(lied.is_err(), "{audience}");
        }
        database.db.write(|tx| {
            tx.conn().batch_execute(
                "INSERT INTO actors (id, kind, username, username_key, uri, inbox, published_at, updated_at) VALUES (1, 'Person', 'a', 'a', 'u', 'i', 1, 1);
                 INSERT INTO posts (id, audience, author_id, content, thread_id, published_at, created_at) VALUES (1, 'public', 1, 'x', 1, 1, 1);
                 INSERT INTO publications (post_id, audience) VALUES (1, 'public')")?;
            Ok(())
        }).await.unwrap();
    }

    async fn checking_and_writing_under_a_lock_is_not_a_race(database: TestDatabase) {
        let mut tasks = Vec::new();
        for _ in 0..8 {
            let db = database.db.clone();
            tasks.push(tokio::spawn(async move {
                db.write(|tx| {
                    tx.lock(Key("test", &[1]))?;
                    let there: i64 = count(tx.conn())?;
                    if there > 0 { return Ok(0); }
                    set(tx, &format!("only {}", tx.new_id()), "one")?;
                    Ok(1)
                }).await.unwrap()
            }));
        }
        let mut written = 0;
        for task in tasks { written += task.await.unwrap(); }
        assert_eq!(written, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadlock_is_tried_again_on_postgres() {
    let database = crate::support::database::TestDatabase::postgres();
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

#[test]
fn ids_never_go_backwards_even_when_the_clock_does() {
    let source = IdSource::new(5);
    let mut last = 0;
    for step in 0..20_000_i64 {
        let clock = Timestamp(1_700_000_000_000_000 - step * 1000);
        let id = source.next(clock);
        assert!(id > last);
        assert_eq!((id >> 10) & 63, 5);
        last = id;
    }
    let moment = Timestamp(1_500_000_000_123_000);
    assert_eq!(time_of(source.at(moment)), moment);
    assert_ne!([source.at(moment), source.at(moment), source.at(moment)], [source.at(moment); 3]);
}
