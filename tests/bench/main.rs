//! `make bench`: what the release binary costs, on SQLite and on PostgreSQL, beside what the machine itself can do in
//! the same run. One JSON line for each figure; docs/performance.md explains them.
//!
//! The server is the real binary in a process of its own. The other servers of the Fediverse live in this process, on
//! loopback, and share the machine with it. CPU time is the figure to trust: the system counts it for each process.
//!
//! Words choose parts: `inbox`, `fanout`, `reads`, `growth`, `sqlite`, `postgresql`. Without any, all but `growth`.
//! Numbers say how many posts `growth` is measured at.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench fails loudly"
)]

mod apps;
mod bare;
mod company;
mod database;
mod fanout;
mod fediverse;
mod fill;
mod growth;
mod inbox;
mod load;
mod machine;
mod reads;
mod report;
#[path = "../rig/mod.rs"]
mod rig;
mod scene;
#[path = "../rig/statements.rs"]
mod statements;

use std::{env, fs};

use serde_json::json;

use self::{report::say, scene::Scene};

/// What is measured.
const PARTS: [&str; 4] = ["inbox", "fanout", "reads", "growth"];
/// On what.
const ENGINES: [&str; 2] = ["sqlite", "postgresql"];

/// Those of `all` that were asked for; the `usual` ones when none was.
fn chosen(all: &[&'static str], usual: usize) -> Vec<&'static str> {
    let words: Vec<String> = env::args().skip(1).collect();
    let asked: Vec<&str> = all.iter().copied().filter(|name| words.iter().any(|word| word == name)).collect();
    if asked.is_empty() { all[..usual].to_vec() } else { asked }
}

async fn measure(engine: &'static str, url: Option<String>, parts: &[&str]) {
    if parts.iter().any(|part| *part != "growth") {
        database::empty(url.as_deref());
        let scene = Scene::open(engine, url.clone()).await;
        if parts.contains(&"inbox") {
            inbox::measure(&scene).await;
        }
        if parts.contains(&"reads") {
            reads::measure(&scene).await;
        }
        if parts.contains(&"fanout") {
            fanout::measure(&scene).await;
        }
        say(
            &json!({ "bench": "memory", "engine": engine, "when": "after load", "resident_mb": scene.company.server.resident() }),
        );
    }
    if parts.contains(&"growth") {
        growth::measure(engine, url.as_deref()).await;
    }
}

#[tokio::main]
async fn main() {
    if env::args().any(|word| word == bare::WORD) {
        return bare::serve().await;
    }
    let parts = chosen(&PARTS, PARTS.len() - 1);
    let binary = fs::metadata(env!("CARGO_BIN_EXE_guildhall")).unwrap().len();
    say(&json!({ "bench": "binary", "megabytes": binary / 1_000_000 }));
    for engine in chosen(&ENGINES, ENGINES.len()) {
        let url = match engine {
            "sqlite" => None,
            _ => match env::var("GUILDHALL_BENCH_POSTGRES_URL") {
                Ok(url) => Some(url),
                Err(_) => panic!("GUILDHALL_BENCH_POSTGRES_URL must name a database of PostgreSQL that may be emptied"),
            },
        };
        measure(engine, url, &parts).await;
    }
}
