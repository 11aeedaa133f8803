//! Jobs of one lane: what waits stands behind, where no look finds it, and comes when its turn comes.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use diesel::prelude::*;
use futures_util::future::{BoxFuture, join_all};
use guildhall::{
    db::{Db, Later, Timestamp, schema::jobs},
    error::{Error, Result},
    jobs::runner::{self, Claimed, Handler, Outcome, Runner},
};
use tokio::sync::watch;

const START: Timestamp = Timestamp(1_700_000_000_000_000);

/// Something to do in a lane.
struct Errand {
    name: String,
    lane: &'static str,
}

impl Later for Errand {
    fn kind(&self) -> &'static str {
        "test"
    }
    fn lane(&self) -> Option<String> {
        Some(self.lane.to_owned())
    }
    fn payload(&self) -> Result<String> {
        Ok(self.name.clone())
    }
}

async fn write_down(db: &Db, lane: &'static str, name: &str) {
    let errand = Errand { name: name.to_owned(), lane };
    db.write(move |tx| tx.defer(&errand)).await.unwrap();
}

/// Fails with what is named, and remembers what it was given.
#[derive(Default)]
struct Hand {
    fails: Mutex<Vec<(&'static str, bool)>>,
    seen: Mutex<Vec<String>>,
}

impl Hand {
    /// From now on these fail, and for good where it says so.
    fn failing(&self, fails: &[(&'static str, bool)]) {
        *self.fails.lock().unwrap() = fails.to_vec();
    }

    fn seen(&self) -> Vec<String> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

impl Handler for Hand {
    fn handle(&self, job: Claimed) -> BoxFuture<'_, Outcome> {
        let fails = self.fails.lock().unwrap().iter().find(|(name, _)| *name == job.payload).copied();
        self.seen.lock().unwrap().push(job.payload);
        let outcome = match fails {
            None => Outcome::Done,
            Some((_, false)) => Outcome::Retry(Error::unavailable("test", "Not now.")),
            Some((_, true)) => Outcome::Park(Error::invalid("test", "Never.")),
        };
        Box::pin(async move { outcome })
    }
}

/// The jobs in the order in which they were written, each with its state.
async fn rows(db: &Db) -> Vec<String> {
    let rows: Vec<(String, String)> =
        db.read(|conn| Ok(jobs::table.order(jobs::id).select((jobs::payload, jobs::state)).load(conn)?)).await.unwrap();
    rows.into_iter().map(|(name, state)| format!("{name} {state}")).collect()
}

on_both! {
    async fn what_waits_for_its_lane_stands_behind_until_its_turn_comes(database: TestDatabase) {
        let database = database.with_clock(START);
        let (db, clock, hand) = (&database.db, database.clock.clone().unwrap(), Arc::new(Hand::default()));
        for (lane, name) in [("a", "a1"), ("a", "a2"), ("b", "b1"), ("a", "a3")] {
            write_down(db, lane, name).await;
        }
        assert_eq!(rows(db).await, ["a1 ready", "a2 behind", "b1 ready", "a3 behind"]);
        assert_eq!(runner::waiting(db).await.unwrap(), 4);
        let runner = Runner::new(db.clone(), hand.clone(), 4);
        hand.failing(&[("a1", false), ("b1", false)]);
        runner.run_until_idle().await.unwrap();
        assert_eq!(rows(db).await, ["a1 ready", "a2 behind", "b1 ready", "a3 behind"], "it is tried again before them");
        // One that is given up holds nobody up.
        hand.failing(&[("a1", true), ("a2", false)]);
        clock.advance(Duration::from_secs(5));
        runner.run_until_idle().await.unwrap();
        assert_eq!(hand.seen(), ["a1", "b1", "a1", "b1", "a2"]);
        assert_eq!(rows(db).await, ["a1 parked", "a2 ready", "a3 behind"]);
        // Tried again it comes first, and those that wait for it now are passed over only once.
        runner::retry_all(db).await.unwrap();
        hand.failing(&[("a1", false)]);
        clock.advance(Duration::from_secs(5));
        runner.run_until_idle().await.unwrap();
        assert_eq!(rows(db).await, ["a1 ready", "a2 behind", "a3 behind"]);
        hand.failing(&[]);
        clock.advance(Duration::from_secs(5));
        runner.run_until_idle().await.unwrap();
        assert_eq!(hand.seen(), ["a1", "a1", "a2", "a3"]);
        assert!(rows(db).await.is_empty());
    }

    async fn what_an_older_version_wrote_down_is_set_aside_at_one_look(database: TestDatabase) {
        let database = database.with_clock(START);
        let (db, hand) = (&database.db, Arc::new(Hand::default()));
        for number in 0..60 {
            write_down(db, "a", &format!("{number:02}")).await;
        }
        db.write(|tx| {
            diesel::update(jobs::table).set(jobs::state.eq("ready")).execute(tx.conn())?;
            Ok(())
        }).await.unwrap();
        hand.failing(&[("00", false)]);
        let runner = Runner::new(db.clone(), hand.clone(), 2);
        runner.run_until_idle().await.unwrap();
        let behind = rows(db).await.iter().filter(|row| row.ends_with(" behind")).count();
        assert_eq!((hand.seen(), behind), (vec!["00".to_owned()], 59));
        hand.failing(&[]);
        database.clock.as_ref().unwrap().advance(Duration::from_secs(5));
        runner.run_until_idle().await.unwrap();
        assert_eq!(hand.seen(), (0..60).map(|number| format!("{number:02}")).collect::<Vec<_>>());
    }

    async fn what_stands_behind_nobody_comes_again(database: TestDatabase) {
        let database = database.with_clock(START);
        let (db, hand) = (&database.db, Arc::new(Hand::default()));
        for (lane, name) in [("a", "a1"), ("a", "a2"), ("a", "a3"), ("b", "b1"), ("b", "b2")] {
            write_down(db, lane, name).await;
        }
        // An older version ends a job, and knows nothing of those that stand behind.
        db.write(|tx| Ok(diesel::delete(jobs::table.filter(jobs::payload.eq("a1"))).execute(tx.conn())?)).await.unwrap();
        let stranded = ["a2 behind", "a3 behind", "b1 ready", "b2 behind"];
        assert_eq!(rows(db).await, stranded);
        runner::free_stranded(db).await.unwrap();
        assert_eq!(rows(db).await, ["a2 ready", "a3 ready", "b1 ready", "b2 behind"]);
        Runner::new(db.clone(), hand.clone(), 1).run_until_idle().await.unwrap();
        assert_eq!(hand.seen(), ["a2", "a3", "b1", "b2"]);
    }

    async fn one_that_runs_holds_up_those_with_lesser_ids_as_well(database: TestDatabase) {
        let database = database.with_clock(START);
        let (db, clock, hand) = (&database.db, database.clock.clone().unwrap(), Arc::new(Hand::default()));
        write_down(db, "a", "late").await;
        let until = START.plus(Duration::from_secs(60));
        db.write(move |tx| {
            Ok(diesel::update(jobs::table).set((jobs::state.eq("running"), jobs::leased_until.eq(until))).execute(tx.conn())?)
        }).await.unwrap();
        write_down(db, "a", "early").await;
        db.write(|tx| {
            let early = jobs::table.filter(jobs::payload.eq("early"));
            Ok(diesel::update(early).set((jobs::id.eq(1), jobs::state.eq("ready"))).execute(tx.conn())?)
        }).await.unwrap();
        Runner::new(db.clone(), hand.clone(), 4).run_until_idle().await.unwrap();
        assert_eq!(hand.seen(), Vec::<String>::new());
        clock.advance(Duration::from_secs(61));
        Runner::new(db.clone(), hand.clone(), 4).run_until_idle().await.unwrap();
        assert_eq!(hand.seen(), ["early", "late"]);
    }

    async fn a_job_whose_process_died_holds_its_lane_until_it_is_done_again(database: TestDatabase) {
        let database = database.with_clock(START);
        let (db, clock, hand) = (&database.db, database.clock.clone().unwrap(), Arc::new(Hand::default()));
        for name in ["1", "2", "3"] {
            write_down(db, "a", name).await;
        }
        db.write(move |tx| {
            diesel::update(jobs::table.filter(jobs::payload.eq("1")))
                .set((jobs::state.eq("running"), jobs::attempts.eq(1), jobs::leased_until.eq(START.plus(Duration::from_secs(60)))))
                .execute(tx.conn())?;
            Ok(())
        }).await.unwrap();
        let runner = Runner::new(db.clone(), hand.clone(), 4);
        assert_eq!(runner.run_until_idle().await.unwrap(), 0);
        assert_eq!(rows(db).await, ["1 running", "2 behind", "3 behind"]);
        clock.advance(Duration::from_secs(61));
        assert_eq!(runner.run_until_idle().await.unwrap(), 3);
        assert_eq!(hand.seen(), ["1", "2", "3"]);
    }

    async fn nobody_is_left_standing_behind_one_that_ends_at_the_same_moment(database: TestDatabase) {
        let hand = Arc::new(Hand::default());
        let (stop, stopped) = watch::channel(false);
        let runners: Vec<_> =
            (0..4).map(|_| tokio::spawn(Runner::new(database.another(), hand.clone(), 2).run(stopped.clone()))).collect();
        let writers = (0..8).map(|writer| {
            let db = database.another();
            async move {
                for number in 0..25 {
                    write_down(&db, ["a", "b", "c"][number % 3], &format!("{writer} {number:02}")).await;
                }
            }
        });
        join_all(writers).await;
        // Somebody who were left there would be left for ever.
        while !rows(&database.db).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        stop.send(true).unwrap();
        for running in runners { running.await.unwrap(); }
        let seen = hand.seen();
        assert_eq!(seen.len(), 200);
        for (writer, lane) in (0..8).flat_map(|writer| (0..3).map(move |lane| (writer, lane))) {
            let of_one = seen.iter().filter_map(|name| {
                let (by, number) = name.split_once(' ').unwrap();
                let number: usize = number.parse().unwrap();
                (by == writer.to_string() && number % 3 == lane).then_some(number)
            });
            assert!(of_one.is_sorted(), "{writer} wrote {seen:?}");
        }
    }
}
