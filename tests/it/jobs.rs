//! The runner: lanes, tries, leases, and several processes at once.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use diesel::prelude::*;
use futures_util::future::BoxFuture;
use guildhall::{
    db::{Db, Later, Timestamp, schema::jobs},
    domain::work::Room,
    error::{Error, Kind, Result},
    jobs::runner::{self, Claimed, Handler, Outcome, Runner},
};
use tokio::sync::{Notify, watch};

const START: Timestamp = Timestamp(1_700_000_000_000_000);

struct Job {
    name: String,
    lane: Option<&'static str>,
    delay: Duration,
}

impl Later for Job {
    fn kind(&self) -> &'static str {
        "test"
    }
    fn lane(&self) -> Option<String> {
        self.lane.map(str::to_owned)
    }
    fn delay(&self) -> Duration {
        self.delay
    }
    fn payload(&self) -> Result<String> {
        Ok(self.name.clone())
    }
}

async fn write_down(db: &Db, lane: Option<&'static str>, name: &str) {
    let job = Job { name: name.to_owned(), lane, delay: Duration::ZERO };
    db.write(move |tx| tx.defer(&job)).await.unwrap();
}

/// Ends jobs as the test says, and remembers which it was given.
struct Hand<F> {
    seen: Mutex<Vec<String>>,
    attempts: Mutex<Vec<i32>>,
    end: F,
}

impl<F: Fn(&Claimed) -> Outcome + Send + Sync + 'static> Hand<F> {
    fn new(end: F) -> Arc<Self> {
        Arc::new(Self { seen: Mutex::default(), attempts: Mutex::default(), end })
    }
    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

impl<F: Fn(&Claimed) -> Outcome + Send + Sync + 'static> Handler for Hand<F> {
    fn handle(&self, job: Claimed) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            self.seen.lock().unwrap().push(job.payload.clone());
            self.attempts.lock().unwrap().push(job.attempts);
            (self.end)(&job)
        })
    }
}

/// Says that it began, then waits to be let go.
#[derive(Default)]
struct Slow {
    began: Notify,
    go: Notify,
}

impl Handler for Slow {
    fn handle(&self, _: Claimed) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            self.began.notify_one();
            self.go.notified().await;
            failure()
        })
    }
}

fn failure() -> Outcome {
    Outcome::Retry(Error::unavailable("test", "Not now."))
}

async fn rows(db: &Db) -> Vec<(String, String, i32)> {
    db.read(|conn| Ok(jobs::table.order(jobs::id).select((jobs::payload, jobs::state, jobs::attempts)).load(conn)?))
        .await
        .unwrap()
}

on_both! {
    async fn jobs_of_a_lane_run_in_order_and_wait_for_the_one_before(database: TestDatabase) {
        let database = database.with_clock(START);
        let (db, clock) = (&database.db, database.clock.clone().unwrap());
        for (lane, name) in [(Some("a"), "a1"), (Some("a"), "a2"), (Some("b"), "b1"), (None, "x"), (Some("a"), "a3")] {
            write_down(db, lane, name).await;
        }
        let failing = Mutex::new(true);
        let hand = Hand::new(move |job| {
            if job.payload == "a1" && std::mem::take(&mut *failing.lock().unwrap()) { failure() } else { Outcome::Done }
        });
        let runner = Runner::new(db.clone(), hand.clone(), 4);
        runner.run_until_idle().await.unwrap();
        let mut seen = hand.seen();
        seen.sort();
        assert_eq!(seen, ["a1", "b1", "x"]);
        clock.advance(Duration::from_secs(6));
        assert_eq!(runner.run_until_idle().await.unwrap(), 3);
        assert_eq!(hand.seen()[3..], ["a1", "a2", "a3"]);
        assert!(rows(db).await.is_empty());
    }

    async fn a_job_that_goes_on_failing_is_parked_and_holds_nobody_up(database: TestDatabase) {
        let database = database.with_clock(START);
        let (db, clock) = (&database.db, database.clock.clone().unwrap());
        write_down(db, Some("a"), "bad").await;
        write_down(db, Some("a"), "good").await;
        let hand = Hand::new(|job| if job.payload == "bad" { failure() } else { Outcome::Done });
        let runner = Runner::new(db.clone(), hand.clone(), 4);
        let mut waits = Vec::new();
        for _ in 0..9 {
            assert_eq!(runner.run_until_idle().await.unwrap(), 1);
            let due: Timestamp = db.read(|conn| Ok(jobs::table.select(jobs::run_at).order(jobs::id).first(conn)?)).await.unwrap();
            waits.push(due.since(db.now()).as_secs_f64());
            clock.set(due);
        }
        for (wait, longest) in waits.iter().zip([5.0, 30.0, 120.0, 600.0, 3600.0, 14_400.0, 43_200.0, 86_400.0, 86_400.0]) {
            assert!(*wait <= longest && *wait >= longest / 2.0 - 0.001, "{wait} of {longest}");
        }
        assert_eq!(runner.run_until_idle().await.unwrap(), 2);
        assert_eq!(hand.seen().last().unwrap(), "good");
        let parked = runner::parked(db).await.unwrap();
        assert_eq!((parked.len(), parked[0].attempts), (1, 10));
        assert!(parked[0].last_error.as_ref().unwrap().contains("Not now."));
        assert_eq!(runner.run_until_idle().await.unwrap(), 0);
        // An operator tries it again, from the beginning.
        runner::retry(db, parked[0].id).await.unwrap();
        assert_eq!(runner::retry(db, parked[0].id).await.unwrap_err().kind(), Kind::NotFound);
        assert_eq!(runner.run_until_idle().await.unwrap(), 1);
        assert_eq!(*hand.attempts.lock().unwrap().last().unwrap(), 1);
    }

    async fn parked_jobs_are_pruned_by_age(database: TestDatabase) {
        let database = database.with_clock(START);
        let (db, clock) = (&database.db, database.clock.clone().unwrap());
        write_down(db, None, "old").await;
        clock.advance(Duration::from_secs(3600));
        write_down(db, None, "young").await;
        write_down(db, None, "fine").await;
        let hand = Hand::new(|job| if job.payload == "fine" { Outcome::Later(Duration::from_secs(60)) } else { Outcome::Park(Error::invalid("test", "Never.")) });
        Runner::new(db.clone(), hand, 4).run_until_idle().await.unwrap();
        assert_eq!(runner::prune(db, Duration::from_secs(1800), 10).await.unwrap(), 1);
        let left: Vec<String> = rows(db).await.into_iter().map(|row| row.0).collect();
        assert_eq!(left, ["young", "fine"]);
    }

    async fn coming_again_later_is_not_a_failure(database: TestDatabase) {
        let database = database.with_clock(START);
        let (db, clock) = (&database.db, database.clock.clone().unwrap());
        write_down(db, None, "again").await;
        let hand = Hand::new(|_| Outcome::Later(Duration::from_secs(60)));
        let runner = Runner::new(db.clone(), hand.clone(), 4);
        for _ in 0..30 {
            assert_eq!(runner.run_until_idle().await.unwrap(), 1);
            clock.advance(Duration::from_secs(60));
        }
        assert!(hand.attempts.lock().unwrap().iter().all(|attempts| *attempts == 1));
    }

    async fn a_panic_fails_its_job_and_nothing_else(database: TestDatabase) {
        write_down(&database.db, None, "bug").await;
        write_down(&database.db, None, "fine").await;
        let hand = Hand::new(|job| { assert_ne!(job.payload, "bug"); Outcome::Done });
        assert_eq!(Runner::new(database.db.clone(), hand, 4).run_until_idle().await.unwrap(), 2);
        assert_eq!(rows(&database.db).await, [("bug".to_owned(), "ready".to_owned(), 1)]);
    }

    async fn a_job_that_kills_the_process_three_times_is_parked(database: TestDatabase) {
        let database = database.with_clock(START);
        let (db, clock) = (&database.db, database.clock.clone().unwrap());
        write_down(db, None, "poison").await;
        for death in 0..3 {
            let slow = Arc::new(Slow::default());
            let runner = Runner::new(db.clone(), slow.clone(), 1);
            let process = tokio::spawn(async move { runner.run_until_idle().await });
            slow.began.notified().await;
            process.abort();
            // Until the lease runs out nobody else takes it.
            let hand = Hand::new(|_| Outcome::Done);
            assert_eq!(Runner::new(db.clone(), hand, 1).run_until_idle().await.unwrap(), 0, "{death}");
            clock.advance(Duration::from_secs(301));
        }
        let hand = Hand::new(|_| Outcome::Done);
        Runner::new(db.clone(), hand.clone(), 1).run_until_idle().await.unwrap();
        assert!(hand.seen().is_empty());
        assert_eq!(runner::parked(db).await.unwrap().len(), 1);
    }

    async fn who_lost_the_lease_does_not_touch_the_job_of_another(database: TestDatabase) {
        let database = database.with_clock(START);
        let (db, clock) = (&database.db, database.clock.clone().unwrap());
        write_down(db, None, "job").await;
        let (first, second) = (Arc::new(Slow::default()), Arc::new(Slow::default()));
        let mut tasks = Vec::new();
        for slow in [&first, &second] {
            // The lease of whoever has it runs out.
            clock.advance(Duration::from_secs(301));
            let runner = Runner::new(db.clone(), slow.clone(), 1);
            tasks.push(tokio::spawn(async move { runner.run_until_idle().await }));
            slow.began.notified().await;
        }
        let second_claim = rows(db).await;
        first.go.notify_one();
        // The first writes nothing down and finds nothing else to do.
        tasks.remove(0).await.unwrap().unwrap();
        assert_eq!(rows(db).await, second_claim);
        assert_eq!(second_claim[0].1, "running");
        for task in tasks { task.abort(); }
    }

    async fn a_handler_may_finish_its_job_with_its_effect(database: TestDatabase) {
        struct Finishing(Db);
        impl Handler for Finishing {
            fn handle(&self, job: Claimed) -> BoxFuture<'_, Outcome> {
                Box::pin(async move {
                    self.0.write(move |tx| {
                        runner::finish(tx, &job)?;
                        if job.payload == "first" {
                            tx.defer(&Job { name: "follow-up".to_owned(), lane: None, delay: Duration::ZERO })?;
                        }
                        Ok(())
                    }).await.unwrap();
                    Outcome::Done
                })
            }
        }
        write_down(&database.db, Some("a"), "first").await;
        let runner = Runner::new(database.db.clone(), Arc::new(Finishing(database.db.clone())), 2);
        assert_eq!(runner.run_until_idle().await.unwrap(), 2);
        assert!(rows(&database.db).await.is_empty());
    }

    async fn a_delayed_job_runs_when_it_is_due(database: TestDatabase) {
        let database = database.with_clock(START);
        let hand = Hand::new(|_| Outcome::Done);
        let job = Job { name: "soon".to_owned(), lane: None, delay: Duration::from_millis(700) };
        database.db.write(move |tx| tx.defer(&job)).await.unwrap();
        let runner = Runner::new(database.db.clone(), hand.clone(), 2);
        database.clock.as_ref().unwrap().advance(Duration::from_millis(699));
        assert_eq!(runner.run_until_idle().await.unwrap(), 0);
        database.clock.as_ref().unwrap().advance(Duration::from_millis(1));
        assert_eq!(runner.run_until_idle().await.unwrap(), 1);
        assert_eq!(hand.seen(), ["soon"]);
    }

    async fn a_runner_wakes_for_what_was_put_off(database: TestDatabase) {
        let hand = Hand::new(|_| Outcome::Done);
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(Runner::new(database.db.clone(), hand.clone(), 2).run(stopped));
        let job = Job { name: "soon".to_owned(), lane: None, delay: Duration::from_millis(300) };
        database.db.write(move |tx| tx.defer(&job)).await.unwrap();
        while hand.seen().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        stop.send(true).unwrap();
        running.await.unwrap();
    }

    async fn a_job_that_takes_too_long_when_we_stop_is_given_back(database: TestDatabase) {
        write_down(&database.db, None, "slow").await;
        let slow = Arc::new(Slow::default());
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(Runner::new(database.db.clone(), slow.clone(), 2).run(stopped));
        slow.began.notified().await;
        stop.send(true).unwrap();
        tokio::time::timeout(Duration::from_secs(10), running).await.unwrap().unwrap();
        assert_eq!(rows(&database.db).await, [("slow".to_owned(), "ready".to_owned(), 0)]);
    }

    async fn eight_runners_do_each_job_once_and_each_lane_in_order(database: TestDatabase) {
        for number in 0..150 {
            let lane = [None, Some("a"), Some("b"), Some("c")][number % 4];
            write_down(&database.db, lane, &format!("{number:03}")).await;
        }
        let hand = Hand::new(|_| Outcome::Done);
        let (stop, stopped) = watch::channel(false);
        let runners: Vec<_> = (0..8)
            .map(|_| tokio::spawn(Runner::new(database.another(), hand.clone(), 3).run(stopped.clone())))
            .collect();
        let began = Instant::now();
        while !rows(&database.db).await.is_empty() {
            assert!(began.elapsed() < Duration::from_secs(60), "{} left", rows(&database.db).await.len());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        stop.send(true).unwrap();
        for running in runners { running.await.unwrap(); }
        let seen = hand.seen();
        let mut sorted = seen.clone();
        sorted.sort();
        assert_eq!(sorted, (0..150).map(|number| format!("{number:03}")).collect::<Vec<_>>());
        let mut lanes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for name in seen {
            let number: usize = name.parse().unwrap();
            lanes.entry(number % 4).or_default().push(number);
        }
        for lane in 1..4 {
            assert!(lanes[&lane].is_sorted(), "{:?}", lanes[&lane]);
        }
    }

    async fn a_claim_of_long_ago_does_not_touch_a_job_that_came_again(database: TestDatabase) {
        let database = database.with_clock(START);
        let (db, clock) = (&database.db, database.clock.clone().unwrap());
        write_down(db, None, "job").await;
        let (first, third) = (Arc::new(Slow::default()), Arc::new(Slow::default()));
        let begin = |slow: &Arc<Slow>| {
            let runner = Runner::new(db.clone(), slow.clone(), 1);
            tokio::spawn(async move { runner.run_until_idle().await })
        };
        let forgotten = begin(&first);
        first.began.notified().await;
        clock.advance(Duration::from_secs(301));
        let hand = Hand::new(|_| Outcome::Later(Duration::from_secs(60)));
        assert_eq!(Runner::new(db.clone(), hand, 1).run_until_idle().await.unwrap(), 1);
        clock.advance(Duration::from_secs(60));
        let running = begin(&third);
        third.began.notified().await;
        // It is the first try of the job again, as it was for the one who was forgotten.
        let held = rows(db).await;
        assert_eq!(held, [("job".to_owned(), "running".to_owned(), 1)]);
        first.go.notify_one();
        forgotten.await.unwrap().unwrap();
        assert_eq!(rows(db).await, held);
        running.abort();
    }

    async fn a_runner_does_the_jobs_of_its_rooms_only(database: TestDatabase) {
        struct Errand(&'static str);
        impl Later for Errand {
            fn kind(&self) -> &'static str { self.0 }
            fn room(&self) -> &'static str { if self.0 == "fetch" { Room::LookedUp.name() } else { Room::Own.name() } }
            fn payload(&self) -> Result<String> { Ok(self.0.to_owned()) }
        }
        database.db.write(|tx| { tx.defer(&Errand("fetch"))?; tx.defer(&Errand("tell"))?; tx.defer(&Errand("mail")) }).await.unwrap();
        let slow = Arc::new(Slow::default());
        let fetching = Runner::new(database.db.clone(), slow.clone(), 1).of(&[Room::LookedUp]);
        let hanging = tokio::spawn(async move { fetching.run_until_idle().await });
        slow.began.notified().await;
        let hand = Hand::new(|_| Outcome::Done);
        let telling = Runner::new(database.db.clone(), hand.clone(), 1).of(&[Room::Own]);
        assert_eq!(telling.run_until_idle().await.unwrap(), 2);
        assert_eq!(hand.seen(), ["tell", "mail"]);
        hanging.abort();
    }
}
