//! Requests over several connections at once.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use crate::rig::{Connection, Server};

/// How many connections are kept busy.
pub const CONNECTIONS: usize = 16;

/// Sends each of these requests once; answers how often each status was said.
pub async fn send(server: &Server, requests: Vec<Vec<u8>>) -> BTreeMap<u16, usize> {
    let requests = Arc::new(Mutex::new(requests.into_iter()));
    let senders = (0..CONNECTIONS).map(|_| {
        let (requests, address) = (requests.clone(), server.address());
        tokio::spawn(async move {
            let mut connection = Connection::open(address).await.unwrap();
            let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
            loop {
                let Some(request) = requests.lock().unwrap().next() else { return statuses };
                let (status, _) = connection.exchange(&request).await.unwrap();
                *statuses.entry(status).or_default() += 1;
            }
        })
    });
    let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
    for sender in senders.collect::<Vec<_>>() {
        for (status, count) in sender.await.unwrap() {
            *statuses.entry(status).or_default() += count;
        }
    }
    statuses
}

/// Sends these; each must be accepted.
pub async fn accepted(server: &Server, requests: Vec<Vec<u8>>) {
    let count = requests.len();
    let statuses = send(server, requests).await;
    assert_eq!(statuses, BTreeMap::from([(202, count)]));
}

/// Asks for the same thing again and again for this long; answers how often, and how long the answer is.
pub async fn repeat(port: u16, request: Vec<u8>, time: Duration) -> (usize, usize) {
    take_turns(port, vec![vec![request]; CONNECTIONS], time).await
}

/// The same with several requests, of which each connection has its own; it asks for one after the other.
pub async fn take_turns(port: u16, turns: Vec<Vec<Vec<u8>>>, time: Duration) -> (usize, usize) {
    let askers = turns.into_iter().map(|requests| {
        tokio::spawn(async move {
            let mut connection = Connection::open(("127.0.0.1", port)).await.unwrap();
            let (started, mut asked, mut bytes) = (Instant::now(), 0, 0);
            for request in requests.iter().cycle() {
                if started.elapsed() >= time {
                    break;
                }
                let (status, body) = connection.exchange(request).await.unwrap();
                assert_eq!(status, 200, "{}", String::from_utf8_lossy(request));
                asked += 1;
                bytes = body.len();
            }
            (asked, bytes)
        })
    });
    let (mut asked, mut bytes) = (0, 0);
    for asker in askers.collect::<Vec<_>>() {
        let (more, length) = asker.await.unwrap();
        asked += more;
        bytes = length;
    }
    (asked, bytes)
}

/// A GET as it goes over the wire.
pub fn get(server: &Server, path: &str, accept: &str, token: Option<&str>) -> Vec<u8> {
    let host = server.origin.strip_prefix("http://").unwrap();
    let token = token.map_or_else(String::new, |token| format!("authorization: Bearer {token}\r\n"));
    format!("GET {path} HTTP/1.1\r\nhost: {host}\r\naccept: {accept}\r\n{token}\r\n").into_bytes()
}
