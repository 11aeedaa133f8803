//! Whose job has a place that is free: of who has nothing running, before who has some.

use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use guildhall::{
    db::{Db, Later},
    error::Result,
    jobs::runner::{Claimed, Handler, Outcome, Runner},
};
use tokio::sync::{Notify, Semaphore, watch};

/// Something that a server caused, or that waits for one.
#[derive(Clone)]
struct Errand {
    origin: Option<String>,
    target: Option<String>,
    name: String,
}

impl Later for Errand {
    fn kind(&self) -> &'static str {
        "test"
    }
    fn origin(&self) -> Option<String> {
        self.origin.clone()
    }
    fn target(&self) -> Option<String> {
        self.target.clone()
    }
    fn payload(&self) -> Result<String> {
        Ok(self.name.clone())
    }
}

/// Begins what it is given, and ends one of them for each permit.
struct Held {
    begun: Mutex<Vec<String>>,
    began: Notify,
    ends: Semaphore,
}

impl Handler for Held {
    fn handle(&self, job: Claimed) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            self.begun.lock().unwrap().push(job.payload);
            self.began.notify_one();
            self.ends.acquire().await.unwrap().forget();
            Outcome::Done
        })
    }
}

impl Held {
    /// What was begun, as soon as it is so much.
    async fn begun(&self, count: usize) -> Vec<String> {
        loop {
            let begun = self.begun.lock().unwrap().clone();
            if begun.len() >= count {
                return begun;
            }
            self.began.notified().await;
        }
    }
}

async fn write_down(db: &Db, errands: Vec<Errand>) {
    db.write(move |tx| errands.iter().try_for_each(|errand| tx.defer(errand))).await.unwrap();
}

async fn the_idle_come_first(database: crate::support::database::TestDatabase, errand: fn(&str) -> Errand) {
    let db = &database.db;
    let held = Arc::new(Held { begun: Mutex::default(), began: Notify::new(), ends: Semaphore::new(0) });
    // Several servers have written down much.
    let many = (0..40).map(|number| errand(&format!("hostile{}.example", number / 10)));
    write_down(db, many.collect()).await;
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(Runner::new(db.clone(), held.clone(), 16).run(stopped));
    let first = held.begun(16).await;
    for number in 0..4 {
        let host = format!("hostile{number}.example");
        assert_eq!(first.iter().filter(|name| **name == host).count(), 4, "each has its share: {first:?}");
    }
    // Those who come late wait for one place, and not for what was there before them.
    for number in 0..3 {
        let calm = format!("calm{number}.example");
        write_down(db, vec![errand(&calm)]).await;
        held.ends.add_permits(1);
        let begun = held.begun(17 + number).await;
        assert_eq!(begun[16 + number], calm, "{begun:?}");
    }
    held.ends.add_permits(1_000);
    let all = held.begun(43).await;
    stop.send_replace(true);
    running.await.unwrap();
    assert_eq!(all.len(), 43, "and the others have their turn");
}

on_both! {
    async fn a_sender_with_nothing_running_comes_before_those_with_some(database: TestDatabase) {
        the_idle_come_first(database, |host| Errand { origin: Some(host.to_owned()), target: None, name: host.to_owned() }).await;
    }

    async fn a_server_for_which_nobody_waits_comes_before_those_for_which_some_do(database: TestDatabase) {
        the_idle_come_first(database, |host| Errand { origin: None, target: Some(host.to_owned()), name: host.to_owned() }).await;
    }
}
