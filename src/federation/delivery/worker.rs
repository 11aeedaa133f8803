//! Claims deliveries and sends them side by side.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{broadcast::error::RecvError, mpsc, watch},
    task::JoinSet,
};

use super::{
    queue::{self, Claimed, Ended, Ending},
    send::{self, Memory, SharedMemory},
};
use crate::{app::App, error::Result, telemetry};

/// How many deliveries are under way in all.
const AT_ONCE: usize = 256;
/// How many of them to one host.
const PER_HOST: usize = 4;
/// How long the worker sleeps at most when it was not woken.
const LOOK_AROUND: Duration = Duration::from_secs(2);
/// Endings are written together: at most this many,
const ENDINGS: usize = 64;
/// collected for at most this long.
const COLLECT: Duration = Duration::from_millis(20);

/// Sends what is owed.
pub struct Deliverer {
    app: App,
    memory: SharedMemory,
    /// Deliveries under way, by host.
    busy: Arc<Mutex<HashMap<String, usize>>>,
}

impl Deliverer {
    /// A worker of this application.
    pub fn new(app: App) -> Self {
        Self { app, memory: Arc::new(Memory::default()), busy: Arc::default() }
    }

    /// Runs until told to stop; deliveries under way are finished.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let (endings, arrived) = mpsc::channel(1024);
        let app = self.app.clone();
        let mut tasks = JoinSet::new();
        tasks.spawn(write_endings(app, arrived));
        let mut signals = self.app.db.signals();
        let mut under_way = JoinSet::new();
        while !*stop.borrow() {
            while under_way.try_join_next().is_some() {}
            let claimed = match self.claim(AT_ONCE - under_way.len().min(AT_ONCE)).await {
                Ok(claimed) => claimed,
                Err(error) => {
                    tracing::error!(%error, "Could not look for deliveries");
                    Vec::new()
                }
            };
            let found = !claimed.is_empty();
            for row in claimed {
                let (app, memory, busy, endings) =
                    (self.app.clone(), self.memory.clone(), self.busy.clone(), endings.clone());
                under_way.spawn(async move {
                    let ending = send::deliver(&app, &memory, &row).await;
                    free(&busy, &row.host);
                    // Fails when we stop; the lease runs out and it is sent again.
                    let _ = endings.send((row, ending)).await;
                });
            }
            if found && under_way.len() < AT_ONCE {
                continue;
            }
            tokio::select! {
                _ = stop.changed() => break,
                () = woken(&mut signals) => {}
                _ = under_way.join_next(), if under_way.len() >= AT_ONCE => {}
                () = tokio::time::sleep(LOOK_AROUND) => {}
            }
        }
        while under_way.join_next().await.is_some() {}
        drop(endings);
        while tasks.join_next().await.is_some() {}
    }

    /// Sends everything that is due now, and answers how many. For tests.
    pub async fn run_until_idle(&self) -> Result<usize> {
        let mut sent = 0;
        loop {
            let claimed = self.claim(AT_ONCE).await?;
            if claimed.is_empty() {
                return Ok(sent);
            }
            let mut ended = Vec::new();
            for row in claimed {
                let ending = send::deliver(&self.app, &self.memory, &row).await;
                free(&self.busy, &row.host);
                ended.push((row, ending));
            }
            sent += ended.len();
            write(&self.app, ended).await;
        }
    }

    async fn claim(&self, room: usize) -> Result<Vec<Claimed>> {
        let now = self.app.db.now();
        if room == 0 || !self.app.db.read(move |conn| queue::anything_due(conn, now)).await? {
            return Ok(Vec::new());
        }
        let full: Vec<String> = {
            let busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
            busy.iter().filter(|(_, count)| **count >= PER_HOST).map(|(host, _)| host.clone()).collect()
        };
        let room = i64::try_from(room).unwrap_or(0);
        let claimed = self.app.db.write(move |tx| queue::claim(tx, room, &full)).await?;
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        for row in &claimed {
            *busy.entry(row.host.clone()).or_default() += 1;
        }
        Ok(claimed)
    }
}

fn free(busy: &Mutex<HashMap<String, usize>>, host: &str) {
    let mut busy = busy.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(count) = busy.get_mut(host) {
        *count -= 1;
        if *count == 0 {
            busy.remove(host);
        }
    }
}

/// Waits for a signal that may mean something to send.
async fn woken(signals: &mut tokio::sync::broadcast::Receiver<crate::db::Signal>) {
    loop {
        match signals.recv().await {
            Ok(signal) if signal.topic == "deliveries" || signal.topic == "external" => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending::<()>().await,
        }
    }
}

/// Writes endings, many at a time.
async fn write_endings(app: App, mut arrived: mpsc::Receiver<(Claimed, Ending)>) {
    while let Some(first) = arrived.recv().await {
        let mut ended = vec![first];
        let deadline = tokio::time::sleep(COLLECT);
        tokio::pin!(deadline);
        while ended.len() < ENDINGS {
            tokio::select! {
                next = arrived.recv() => match next {
                    Some(next) => ended.push(next),
                    None => break,
                },
                () = &mut deadline => break,
            }
        }
        write(&app, ended).await;
    }
}

async fn write(app: &App, ended: Vec<(Claimed, Ending)>) {
    for (_, ending) in &ended {
        let outcome = match ending {
            Ending::Delivered { .. } => "delivered",
            Ending::Refused { .. } => "refused",
            Ending::Later { .. } => "later",
        };
        metrics::counter!(telemetry::DELIVERIES, "outcome" => outcome).increment(1);
    }
    let ended: Ended = Arc::new(ended);
    let mut wait = Duration::from_millis(100);
    // What was sent must not be sent again because the database was away for a moment.
    for _ in 0..8 {
        let again = ended.clone();
        match app.db.write(move |tx| queue::conclude(tx, &again)).await {
            Ok(()) => return,
            Err(error) => tracing::error!(%error, deliveries = ended.len(), "Could not write down what was delivered"),
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
}
