//! People who go on reading, whatever happens. Each of them gets an answer soon: what they asked for, or that they
//! should come again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::task::JoinHandle;

use crate::{load::HANG_UP, rig::Connection, scene::Scene};

/// Who reads, until told to stop.
pub struct Readers {
    stop: Arc<AtomicBool>,
    pub served: Arc<AtomicUsize>,
    tasks: Vec<JoinHandle<Duration>>,
}

impl Readers {
    /// So many people at the same time, each on a connection of their own: Ana's home, the public page, a profile.
    pub fn begin(scene: &Scene, many: usize) -> Self {
        let requests = [
            scene.server.request("GET", "/api/v1/timelines/home", &scene.ana, "", &Value::Null),
            scene.server.request("GET", "/", &scene.ana, "accept: text/html\r\n", &Value::Null),
            scene.server.request("GET", "/api/v1/accounts/lookup?acct=acme", &scene.ana, "", &Value::Null),
        ];
        let (stop, served) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let tasks = (0..many)
            .map(|number| {
                let (address, request) = (scene.server.address(), requests[number % requests.len()].clone());
                tokio::spawn(read(address, request, stop.clone(), served.clone()))
            })
            .collect();
        Self { stop, served, tasks }
    }

    /// Answers how long anybody waited at most.
    pub async fn end(self) -> Duration {
        self.stop.store(true, Ordering::SeqCst);
        let mut longest = Duration::ZERO;
        for task in self.tasks {
            longest = longest.max(task.await.unwrap());
        }
        longest
    }
}

async fn read(
    address: (&'static str, u16),
    request: Vec<u8>,
    stop: Arc<AtomicBool>,
    served: Arc<AtomicUsize>,
) -> Duration {
    let mut longest = Duration::ZERO;
    let mut connection = Connection::open(address).await.unwrap();
    while !stop.load(Ordering::SeqCst) {
        let asked = Instant::now();
        let answer = tokio::time::timeout(HANG_UP, connection.ask(&request)).await;
        let (status, retry_after, said) = answer.expect("a reader is not left waiting").unwrap();
        longest = longest.max(asked.elapsed());
        if status == 200 {
            served.fetch_add(1, Ordering::SeqCst);
        } else {
            let said = String::from_utf8_lossy(&said);
            assert!(status == 503 && retry_after.is_some(), "{status} {retry_after:?} {said}");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    longest
}
