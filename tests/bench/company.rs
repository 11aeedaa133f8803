//! The company that is measured: its server's process, and what it and its database use of the machine.

use std::{
    fs,
    time::{Duration, Instant},
};

use crate::{
    database::Database,
    fediverse,
    rig::{Connection, Server},
};
use serde_json::Value;

/// How often a second the system counts CPU time.
const TICKS: f64 = 100.0;
/// A server that used no more than this of so long a rest has nothing left to do.
const STILL: Duration = Duration::from_millis(20);
const REST: Duration = Duration::from_millis(500);
/// How many rests at most.
const LONGEST_REST: usize = 240;

/// The company, its server running.
pub struct Company {
    pub server: Server,
    pub engine: &'static str,
    /// The process from which PostgreSQL's others descend, when it runs on this machine.
    postmaster: Option<u32>,
}

/// What something took, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Spent {
    pub wall: f64,
    /// CPU time of the server.
    pub server: f64,
    /// CPU time of PostgreSQL, all its processes.
    pub database: Option<f64>,
}

/// What was used when something began.
pub struct Meter<'a> {
    company: &'a Company,
    started: Instant,
    server: Duration,
    database: Option<f64>,
}

impl Company {
    /// Sets a company up on an empty database and starts its server. It may speak with the whole of loopback.
    pub async fn open(engine: &'static str, url: Option<String>) -> Self {
        let many_files = |server: &mut Server| {
            server.environment.insert("GUILDHALL_MEDIA__UPLOADS_PER_HOUR", "100000".to_owned());
        };
        let server = Server::open(fediverse::ADDRESSES, url, many_files).await;
        let postmaster = Database::open(&server).postmaster();
        Self { server, engine, postmaster }
    }

    /// Waits until the server is done with what came before: keys that are made ahead, deliveries, previews of links.
    /// None of that belongs to the next figure.
    pub async fn settle(&self) {
        for _ in 0..LONGEST_REST {
            let before = self.server.cpu();
            tokio::time::sleep(REST).await;
            if self.server.cpu() - before < STILL {
                return;
            }
        }
        panic!("the server does not come to rest");
    }

    /// Begins to measure.
    pub fn meter(&self) -> Meter<'_> {
        Meter { company: self, started: Instant::now(), server: self.server.cpu(), database: self.database_cpu() }
    }

    fn database_cpu(&self) -> Option<f64> {
        self.postmaster.map(descendants_cpu)
    }

    /// A page of the client API, read to its end: how many entries it has in all.
    pub async fn count(&self, path: &str, token: &str) -> usize {
        let (mut seen, mut older) = (0, String::new());
        loop {
            let page = self.server.call("GET", &format!("{path}{older}"), token, Value::Null).await;
            let entries = page.as_array().unwrap();
            let Some(last) = entries.last() else { return seen };
            seen += entries.len();
            older = format!("&max_id={}", last["id"].as_str().unwrap());
        }
    }

    /// What is at an address, for somebody without a token.
    pub async fn read(&self, path: &str, accept: &str) -> String {
        let mut connection = Connection::open(self.server.address()).await.unwrap();
        let request = crate::load::get(&self.server, path, accept, None);
        let (status, body) = connection.exchange(&request).await.unwrap();
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        String::from_utf8(body).unwrap()
    }
}

impl Meter<'_> {
    /// What was used since it began.
    pub fn spent(&self) -> Spent {
        let (before, after) = (self.database, self.company.database_cpu());
        Spent {
            wall: self.started.elapsed().as_secs_f64() * 1000.0,
            server: (self.company.server.cpu() - self.server).as_secs_f64() * 1000.0,
            database: after.zip(before).map(|(after, before)| after - before),
        }
    }
}

/// The fields of a process's `stat` behind its name; nothing when it has ended.
pub fn stat(process: u32) -> Option<Vec<u64>> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The first is a letter, and none of ours is negative.
    Some(stat.rsplit_once(") ")?.1.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect())
}

/// CPU milliseconds of a process and those it started: those that ended are counted with their parent.
fn descendants_cpu(parent: u32) -> f64 {
    let mut ticks: u64 = stat(parent).map_or(0, |fields| fields[11..15].iter().sum());
    let processes =
        fs::read_dir("/proc").unwrap().filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    for process in processes {
        if let Some(fields) = stat(process).filter(|fields| fields[1] == u64::from(parent)) {
            ticks += fields[11] + fields[12];
        }
    }
    ticks as f64 * 1000.0 / TICKS
}
