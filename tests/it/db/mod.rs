//! The floor: group commit, retries, locks, ids, the wall between inside and outside.

mod among;
mod files;
mod postgres;

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    task::Poll,
    time::Duration,
};

use diesel::{connection::SimpleConnection, prelude::*};
use guildhall::{
    db::{
        Conn, Db, Engine, IdSource, Key, Options, Signal, Timestamp,
        schema::{settings, slots},
        time_of,
    },
    error::{Error, Kind, Result},
};

use crate::support::database::TestDatabase;

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

    async fn a_part_that_fails_is_undone_and_the_rest_stays(database: TestDatabase) {
        let mut signals = database.db.signals();
        database.db.write(|tx| {
            set(tx, "before", "value")?;
            let refused: Result<()> = tx.attempt(|tx| {
                set(tx, "within", "value")?;
                tx.signal(Signal { topic: "post", kind: "new", id: 7 });
                tx.behalf_of(7);
                tx.at_the_end(|tx| set(tx, "left for the end", "value"));
                // Parts have parts.
                tx.attempt(|tx| set(tx, "inner", "value"))?;
                Err(Error::invalid("test", "no"))
            });
            assert_eq!((refused.unwrap_err().kind(), tx.behind()), (Kind::Invalid, None));
            // What the database refuses ends the part, and not the rest.
            assert_eq!(tx.attempt(|tx| set(tx, "before", "again")).unwrap_err().kind(), Kind::Internal);
            let answer = tx.attempt(|tx| {
                set(tx, "after", "value")?;
                tx.signal(Signal { topic: "post", kind: "new", id: 8 });
                Ok(42)
            });
            assert_eq!(answer?, 42);
            set(tx, "last", "value")
        }).await.unwrap();
        let keys = database.db.read(|conn| Ok(settings::table.order(settings::key).select(settings::key).load::<String>(conn)?)).await.unwrap();
        assert_eq!(keys, ["after", "before", "last"]);
        let told = tokio::time::timeout(Duration::from_secs(5), async {
            loop {
                let signal = signals.recv().await.unwrap();
                if signal.topic == "post" { break signal; }
            }
        }).await.unwrap();
        assert_eq!(told.id, 8);
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

    async fn what_is_left_for_the_end_comes_last_or_undoes_everything(database: TestDatabase) {
        let order = |refused: bool| {
            database.db.write(move |tx| {
                tx.at_the_end(|tx| {
                    let seen = count(tx.conn())?;
                    set(tx, "second", &seen.to_string())?;
                    tx.at_the_end(|tx| set(tx, "fourth", ""));
                    Ok(())
                });
                tx.at_the_end(move |tx| if refused { Err(Error::invalid("test", "no")) } else { set(tx, "third", "") });
                set(tx, "first", "")
            })
        };
        assert_eq!(order(true).await.unwrap_err().kind(), Kind::Invalid);
        assert_eq!(database.db.read(count).await.unwrap(), 0);
        order(false).await.unwrap();
        let seen = database.db.read(|conn| Ok(settings::table.find("second").select(settings::value).first::<String>(conn)?));
        assert_eq!(seen.await.unwrap(), "1");
        assert_eq!(database.db.read(count).await.unwrap(), 4);
    }

    async fn a_part_that_fails_for_want_of_room_says_so(database: TestDatabase) {
        if database.db.engine() == Engine::Postgres {
            return;
        }
        let refused = database.db.write(|tx| {
            tx.conn().batch_execute("PRAGMA max_page_count = 1")?;
            tx.attempt(|tx| (0..500).try_for_each(|number| set(tx, &number.to_string(), &"x".repeat(4_000))))
        });
        let refused = refused.await.unwrap_err();
        assert_eq!((refused.kind(), refused.code()), (Kind::Unavailable, "database.full"), "{refused:?}");
        database.db.write(|tx| Ok(tx.conn().batch_execute("PRAGMA max_page_count = 1000000")?)).await.unwrap();
        database.db.write(|tx| set(tx, "key", "value")).await.unwrap();
        assert_eq!(database.db.read(count).await.unwrap(), 1);
    }

    async fn another_process_hears_of_a_change(database: TestDatabase) {
        let other = database.another();
        let mut signals = other.signals();
        let wanted = match database.db.engine() {
            Engine::Sqlite => "external",
            Engine::Postgres => "jobs",
        };
        // Whether the other one listens already cannot be seen, so it is told until it hears.
        for attempt in 0.. {
            assert!(attempt < 100, "nothing was heard");
            database.db.write(move |tx| { set(tx, &attempt.to_string(), "b")?; tx.signal(Signal { topic: "jobs", kind: "new", id: 0 }); Ok(()) }).await.unwrap();
            let heard = async { while signals.recv().await.unwrap().topic != wanted {} };
            if tokio::time::timeout(Duration::from_millis(200), heard).await.is_ok() { break; }
        }
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

    async fn a_write_ends_even_when_nobody_waits_for_it(database: TestDatabase) {
        let db = database.db.clone();
        let (begun, has_begun) = mpsc::channel();
        let (go, may_go) = mpsc::channel::<()>();
        let may_go = Mutex::new(may_go);
        let waiting = tokio::spawn(async move {
            db.write(move |tx| {
                let _ = begun.send(());
                let _ = may_go.lock().unwrap().recv();
                set(tx, "a", "b")
            }).await
        });
        tokio::task::spawn_blocking(move || has_begun.recv()).await.unwrap().unwrap();
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        go.send(()).unwrap();
        // Writers come one after the other on SQLite, and a row is locked on PostgreSQL: this one comes after it.
        while database.db.read(count).await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
    }

    async fn work_that_ignores_an_error_is_not_told_that_lost_rows_are_there(database: TestDatabase) {
        database.db.write(|tx| set(tx, "a", "b")).await.unwrap();
        let told = database.db.write(|tx| {
            set(tx, "c", "d")?;
            assert!(set(tx, "a", "again").is_err());
            Ok(())
        }).await;
        // SQLite undoes one statement, PostgreSQL the whole transaction.
        let there = database.db.read(count).await.unwrap() == 2;
        assert_eq!(told.is_ok(), there);
        database.db.write(|tx| set(tx, "e", "f")).await.unwrap();
    }

    async fn the_first_write_leases_a_slot(database: TestDatabase) {
        let here: i64 = database.db.write(|tx| Ok(tx.new_id())).await.unwrap();
        let options = Options { url: database.url.clone(), pool: 2 };
        let other = Db::open(&options).unwrap();
        let mut tasks = Vec::new();
        for _ in 0..8 {
            let other = other.clone();
            tasks.push(tokio::spawn(async move { other.write(|tx| Ok(tx.new_id())).await.unwrap() }));
        }
        for task in tasks {
            assert_ne!((task.await.unwrap() >> 10) & 63, (here >> 10) & 63);
        }
    }

    async fn a_lost_slot_is_replaced(database: TestDatabase) {
        database.db.write(|tx| {
            diesel::update(slots::table).set((slots::holder.eq("another"), slots::leased_until.eq(i64::MAX))).execute(tx.conn())?;
            Ok(())
        }).await.unwrap();
        database.db.renew_slot().await.unwrap();
        let id: i64 = database.db.write(|tx| Ok(tx.new_id())).await.unwrap();
        assert_eq!((id >> 10) & 63, 1);
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
async fn a_server_that_is_not_there_is_unavailable_for_now() {
    let options = Options { url: "postgres://nobody@127.0.0.1:1/nothing".to_owned(), pool: 1 };
    let error = Db::open(&options).unwrap().ping().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (Kind::Unavailable, "database.unavailable"));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(5)));
    for url in ["sqlite:", "sqlite::memory:", "mysql://localhost/x", "guildhall.sqlite"] {
        let refused = Db::open(&Options { url: url.to_owned(), pool: 1 });
        assert_eq!(refused.err().map(|error| error.code()), Some("database.url"), "{url}");
    }
}

/// Lets something begin, and answers how far it came at once.
async fn begins<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(Pin::new(&mut *future).poll(context))).await
}

/// Ten writes that stand in the writer's queue together, of which the sixth makes the commit fail. Who was refused.
async fn refused_of_ten(database: &TestDatabase, round: i64) -> Vec<i64> {
    let (go, may_go) = mpsc::channel::<()>();
    let may_go = Mutex::new(may_go);
    let mut busy = Box::pin(database.db.write(move |_| {
        let _ = may_go.lock().unwrap().recv();
        Ok(())
    }));
    assert!(begins(&mut busy).await.is_pending());
    let mut tasks = Vec::new();
    for number in round..round + 10 {
        let mut task = Box::pin(database.db.write(move |tx| {
            if number == round + 5 {
                tx.conn().batch_execute(
                    "PRAGMA defer_foreign_keys = ON; INSERT INTO publications (post_id, audience) VALUES (1, 'public')",
                )?;
            }
            tx.signal(Signal { topic: "post", kind: "new", id: number });
            set(tx, &format!("key {number}"), "value")
        }));
        assert!(begins(&mut task).await.is_pending());
        tasks.push((number, task));
    }
    go.send(()).unwrap();
    // Whether it was quick enough to be in a batch with the others is all one.
    let _ = busy.await;
    let mut refused = Vec::new();
    for (number, task) in tasks {
        if let Err(error) = task.await {
            assert_eq!(error.kind(), Kind::Unavailable);
            refused.push(number);
        }
    }
    assert!(refused.contains(&(round + 5)), "{refused:?}");
    refused
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_batch_stays_and_nothing_is_told_when_its_commit_fails() {
    let database = TestDatabase::sqlite();
    let mut signals = database.db.signals();
    // A slow machine ends a batch before all ten are in it. Those that met the sixth are refused with it.
    let mut written = 0;
    for round in 0.. {
        let refused = refused_of_ten(&database, round * 10).await;
        written += 10 - refused.len();
        assert_eq!(database.db.read(count).await.unwrap(), i64::try_from(written).unwrap());
        while let Ok(signal) = signals.try_recv() {
            assert!(signal.topic != "post" || !refused.contains(&signal.id), "{signal:?}");
        }
        if refused.len() > 1 {
            break;
        }
    }
    database.db.write(|tx| set(tx, "a", "b")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_postgres_names_its_own_command() {
    let error = TestDatabase::postgres().db.backup("copy".into()).await.unwrap_err();
    assert_eq!(error.code(), "backup.postgres");
    assert!(error.safe().contains("pg_dump"));
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

#[tokio::test]
async fn whoever_serves_from_a_file_is_alone() {
    static ALONE: AtomicUsize = AtomicUsize::new(0);
    let database = TestDatabase::sqlite();
    let said = database.db.serve(|_| {
        ALONE.fetch_add(1, Ordering::SeqCst);
        Ok(())
    });
    assert!(said.await.unwrap().is_none());
    assert_eq!(ALONE.load(Ordering::SeqCst), 1);
}
