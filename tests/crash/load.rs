//! Calls that are made until they are answered as they should be, as servers and clients do.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{sync::Notify, task::JoinHandle};

use crate::rig::Connection;

/// How long anything may take to come right.
pub const PATIENCE: Duration = Duration::from_secs(150);
/// After this long a caller hangs up: Mastodon's servers and most clients wait no longer.
pub const HANG_UP: Duration = Duration::from_secs(10);

/// Something that is sent until it is answered.
pub struct Call {
    pub request: Vec<u8>,
    pub wanted: u16,
}

/// What became of calls so far.
#[derive(Default)]
pub struct Tally {
    pub answered: AtomicUsize,
    /// How often a call was asked to come again.
    pub refused: AtomicUsize,
    tick: Notify,
}

impl Tally {
    /// Waits until so many calls were answered.
    pub async fn reaches(&self, answered: usize) {
        self.wait(&self.answered, answered).await;
    }

    /// Waits until so many calls were asked to come again.
    pub async fn is_refused(&self, times: usize) {
        self.wait(&self.refused, times).await;
    }

    async fn wait(&self, count: &AtomicUsize, wanted: usize) {
        while count.load(Ordering::SeqCst) < wanted {
            let told = tokio::time::timeout(PATIENCE, self.tick.notified()).await;
            assert!(told.is_ok(), "waited in vain for {wanted} calls: {count:?}");
        }
    }
}

/// Sends every call until it is answered as it should be, whatever happens to the server meanwhile. Nobody is left
/// waiting; who cannot be served is told when to come again. Hands back the answers.
pub async fn send(address: (&'static str, u16), calls: Vec<Call>, tally: Arc<Tally>) -> Vec<Vec<u8>> {
    let (mut connection, mut answers) = (None, Vec::new());
    let started = Instant::now();
    for call in calls {
        loop {
            assert!(started.elapsed() < PATIENCE, "a call was never answered");
            if connection.is_none() {
                connection = Connection::open(address).await.ok();
            }
            let Some(open) = &mut connection else {
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            };
            let exchanged = tokio::time::timeout(HANG_UP, open.ask(&call.request)).await;
            match exchanged.unwrap_or_else(|_| panic!("no answer within {HANG_UP:?}: {}", head(&call.request))) {
                Ok((status, _, answer)) if status == call.wanted => {
                    tally.answered.fetch_add(1, Ordering::SeqCst);
                    tally.tick.notify_one();
                    answers.push(answer);
                    break;
                }
                Ok((status, retry_after, answer)) => {
                    let said = String::from_utf8_lossy(&answer);
                    assert_eq!(status, 503, "{}: {said}", head(&call.request));
                    assert!(retry_after.is_some(), "503 without Retry-After: {said}");
                    tally.refused.fetch_add(1, Ordering::SeqCst);
                    tally.tick.notify_one();
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(_) => connection = None,
            }
        }
    }
    answers
}

fn head(request: &[u8]) -> String {
    String::from_utf8_lossy(request).lines().next().unwrap_or_default().to_owned()
}

/// Calls over several connections at the same time.
pub struct Traffic {
    pub tally: Arc<Tally>,
    senders: Vec<JoinHandle<usize>>,
}

impl Traffic {
    /// Begins to send; each list of calls has a connection of its own.
    pub fn begin(address: (&'static str, u16), lists: Vec<Vec<Call>>) -> Self {
        let tally = Arc::new(Tally::default());
        let senders = lists
            .into_iter()
            .map(|calls| {
                let sent = send(address, calls, tally.clone());
                tokio::spawn(async move { sent.await.len() })
            })
            .collect();
        Self { tally, senders }
    }

    /// Waits until everything was answered as it should be; answers how many that were.
    pub async fn end(self) -> usize {
        let mut answered = 0;
        for sender in self.senders {
            answered += sender.await.unwrap();
        }
        answered
    }
}

/// A number below this one.
pub fn random(below: usize) -> usize {
    let mut bytes = [0_u8; 4];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    u32::from_le_bytes(bytes) as usize % below
}

/// Waits until it is so.
pub async fn wait_for(what: &str, done: impl Fn() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < PATIENCE, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
