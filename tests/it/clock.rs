//! Clocks that jump: what waits does not wait for the time that was taken back, what is under way is not begun twice,
//! and ids keep their order over a restart.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use diesel::prelude::*;
use futures_util::future::BoxFuture;
use guildhall::{
    db::{
        Db, Later, Options, TestClock, Timestamp,
        schema::{jobs, slots},
    },
    error::Result,
    jobs::{
        self as work,
        runner::{Claimed, Handler, Outcome, Runner},
    },
};
use tokio::sync::{Notify, watch};

const START: Timestamp = Timestamp(1_700_000_000_000_000);
const HOUR: Duration = Duration::from_secs(3600);

struct Errand(Duration);

impl Later for Errand {
    fn kind(&self) -> &'static str {
        "test"
    }
    fn delay(&self) -> Duration {
        self.0
    }
    fn payload(&self) -> Result<String> {
        Ok(String::new())
    }
}

/// Counts how often it is called, and holds the first call until it is let go.
#[derive(Default)]
struct Held {
    calls: Mutex<usize>,
    began: Notify,
    go: Notify,
}

impl Handler for Held {
    fn handle(&self, _: Claimed) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            let call = {
                let mut calls = self.calls.lock().unwrap();
                *calls += 1;
                *calls
            };
            self.began.notify_one();
            if call == 1 {
                self.go.notified().await;
            }
            Outcome::Done
        })
    }
}

async fn write_down(db: &Db, delay: Duration) {
    db.write(move |tx| tx.defer(&Errand(delay))).await.unwrap();
}

async fn left(db: &Db) -> i64 {
    db.read(|conn| Ok(jobs::table.count().get_result(conn)?)).await.unwrap()
}

on_both! {
    async fn what_is_under_way_is_not_begun_again_when_the_clock_jumps(database: TestDatabase) {
        let database = database.with_clock(START);
        let (db, clock) = (&database.db, database.clock.clone().unwrap());
        for by in [-3, 5] {
            let held = Arc::new(Held::default());
            write_down(db, Duration::ZERO).await;
            let (stop, stopped) = watch::channel(false);
            let running = tokio::spawn(Runner::new(db.clone(), held.clone(), 2).run(stopped));
            held.began.notified().await;
            clock.set(Timestamp(clock_now(&clock).0 + by * 3_600_000_000));
            // Another job makes the runner look; it ends after the one that was held, if that were begun again.
            write_down(db, Duration::ZERO).await;
            while left(db).await > 1 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            held.go.notify_one();
            while left(db).await > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert_eq!(*held.calls.lock().unwrap(), 2, "{by} hours");
            stop.send(true).unwrap();
            running.await.unwrap();
        }
    }

    async fn what_a_dead_process_did_is_begun_again_though_the_clock_was_set_back(database: TestDatabase) {
        let database = database.with_clock(START);
        let (db, clock) = (&database.db, database.clock.clone().unwrap());
        write_down(db, Duration::ZERO).await;
        let dying = Arc::new(Held::default());
        let process = Runner::new(db.clone(), dying.clone(), 1);
        let process = tokio::spawn(async move { process.run_until_idle().await });
        dying.began.notified().await;
        process.abort();
        clock.set(START.minus(HOUR));
        let held = Arc::new(Held::default());
        held.go.notify_one();
        assert_eq!(Runner::new(db.clone(), held, 1).run_until_idle().await.unwrap(), 1);
        assert_eq!(left(db).await, 0);
    }

    async fn what_waits_is_moved_with_a_clock_that_is_set_back(database: TestDatabase) {
        let database = database.with_clock(START);
        let (db, clock) = (&database.db, database.clock.clone().unwrap());
        write_down(db, Duration::from_secs(60)).await;
        let held = Arc::new(Held::default());
        held.go.notify_one();
        let runner = Runner::new(db.clone(), held, 1);
        clock.set(START.minus(HOUR));
        work::move_back(db, HOUR).await.unwrap();
        clock.advance(Duration::from_secs(59));
        assert_eq!(runner.run_until_idle().await.unwrap(), 0);
        clock.advance(Duration::from_secs(1));
        assert_eq!(runner.run_until_idle().await.unwrap(), 1);
    }

    async fn a_clock_that_was_ahead_moves_what_waits_once(database: TestDatabase) {
        let db = &database.db;
        write_down(db, HOUR * 5).await;
        let due = async || db.read(|conn| Ok(jobs::table.select(jobs::run_at).first::<Timestamp>(conn)?)).await.unwrap();
        let before = due().await;
        // A process died while the clock was three hours ahead.
        let until = Timestamp::wall_clock().plus(HOUR * 3);
        db.write(move |tx| {
            let dead = (slots::slot.eq(60), slots::holder.eq("dead"), slots::leased_until.eq(until));
            diesel::insert_into(slots::table).values(dead).execute(tx.conn())?;
            Ok(())
        }).await.unwrap();
        // Two servers notice it at the same time, and a command that only writes.
        let (one, other, command) = (database.another(), database.another(), database.another());
        command.write(|tx| Ok(tx.new_id())).await.unwrap();
        let moved = [work::catch_up(&one).await.unwrap(), work::catch_up(&other).await.unwrap()];
        let by = moved[0].unwrap();
        assert!(by > HOUR * 2 && by <= HOUR * 3, "{by:?}");
        assert_eq!((moved[1], due().await), (None, before.minus(by)));
        // Whoever starts from now on finds it done.
        for _ in 0..2 {
            assert_eq!(work::catch_up(&database.another()).await.unwrap(), None);
        }
        assert_eq!(due().await, before.minus(by));
        // A clock that is set back while the server runs leaves nothing for the next start either.
        db.write(move |tx| {
            diesel::update(slots::table.find(60)).set(slots::leased_until.eq(until)).execute(tx.conn())?;
            Ok(())
        }).await.unwrap();
        work::move_back(db, HOUR).await.unwrap();
        assert_eq!(work::catch_up(&database.another()).await.unwrap(), None);
    }

    async fn ids_keep_their_order_over_a_restart_with_a_clock_that_was_set_back(database: TestDatabase) {
        let database = database.with_clock(START);
        write_down(&database.db, Duration::ZERO).await;
        let before: i64 = database.db.read(|conn| Ok(jobs::table.select(jobs::id).first(conn)?)).await.unwrap();
        let next = |back: Duration| {
            let clock = Arc::new(TestClock::at(START.minus(back)));
            let options = Options { url: database.url.clone(), pool: 1 };
            async move {
                let db = Db::open_with_clock(&options, clock).unwrap();
                db.write(|tx| Ok(tx.new_id())).await.unwrap()
            }
        };
        let after: i64 = next(HOUR).await;
        assert!(after > before, "{after} {before}");
        // What a clock wrote that was badly wrong does not hold those back that are right.
        let right: i64 = next(HOUR * 48).await;
        assert!(right < before, "{right} {before}");
    }
}

fn clock_now(clock: &TestClock) -> Timestamp {
    use guildhall::db::Clock;
    clock.now()
}
