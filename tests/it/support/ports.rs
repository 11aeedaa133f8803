//! Ports that nothing else has.
//!
//! A port that was free a moment ago may be somebody else's by the time that it is used: another test asks for one too,
//! or the system gives it to a connection. Caddy even shares a port with another Caddy.

use std::{
    fs::{self, File},
    net::TcpListener,
    sync::Mutex,
};

/// Below those that the system gives out by itself.
const FIRST: u16 = 20_000;
const LAST: u16 = 29_999;

/// What this process has. The system takes it back when the process ends.
static KEPT: Mutex<Vec<File>> = Mutex::new(Vec::new());

/// The first of so many neighbouring ports on which nobody listens, and that no other test gets while this process
/// runs. Others are kept out by locks on files, which all checkouts on a machine share.
pub fn reserve(count: u16) -> u16 {
    let folder = std::env::temp_dir().join("guildhall-test-ports");
    fs::create_dir_all(&folder).unwrap();
    let take = |port: u16| -> Option<File> {
        let file = File::options().create(true).write(true).truncate(false).open(folder.join(port.to_string())).ok()?;
        file.try_lock().ok()?;
        TcpListener::bind(("127.0.0.1", port)).ok()?;
        Some(file)
    };
    for first in (FIRST..=LAST - count).step_by(usize::from(count)) {
        let taken: Vec<File> = (first..first + count).map_while(take).collect();
        if taken.len() == usize::from(count) {
            KEPT.lock().unwrap().extend(taken);
            return first;
        }
    }
    panic!("no {count} ports from {FIRST} on are free");
}
