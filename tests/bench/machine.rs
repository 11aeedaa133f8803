//! What the machine can do without us, measured in the same run: the yardsticks of every other figure.

use std::{
    fs,
    time::{Duration, Instant},
};

use guildhall::net::{Algorithm, SigningKey};
use serde_json::json;

use crate::{
    bare::Bare,
    company::Company,
    database::Database,
    load,
    report::{rounded, say},
};

/// How long the bare route is asked.
const TIME: Duration = Duration::from_secs(2);

/// CPU milliseconds that things cost here by themselves.
#[derive(Debug, Clone, Copy)]
pub struct Machine {
    pub sign: f64,
    pub verify: f64,
    pub bare: f64,
}

impl Machine {
    /// Measures them, and says them.
    pub async fn measure(company: &Company) -> Self {
        let (sign, verify) = signatures();
        let (bare, bare_per_second) = bare_route().await;
        say(&json!({
            "bench": "machine", "engine": company.engine,
            "rsa_sign_cpu_ms": rounded(sign), "rsa_verify_cpu_ms": rounded(verify),
            "bare_route_cpu_ms": rounded(bare), "bare_route_per_second": bare_per_second.round(),
        }));
        inserts(company);
        Self { sign, verify, bare }
    }
}

/// CPU time of this thread in milliseconds.
fn thread_cpu() -> f64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split(' ').next().unwrap().parse::<f64>().unwrap() / 1_000_000.0
}

/// RSA with 2,048 bits: signing, and verifying with a key that is parsed already.
fn signatures() -> (f64, f64) {
    let (key, message) = (SigningKey::generate("rsa").unwrap(), b"message");
    let (public, signature) = (key.public_key().unwrap(), key.sign(message).unwrap());
    let time = |rounds: u32, work: &dyn Fn()| {
        let before = thread_cpu();
        for _ in 0..rounds {
            work();
        }
        (thread_cpu() - before) / f64::from(rounds)
    };
    let sign = time(500, &|| drop(key.sign(message).unwrap()));
    let verify = time(5_000, &|| assert!(public.verify(Algorithm::RsaSha256, message, &signature)));
    (sign, verify)
}

/// The same load that the documents get.
async fn bare_route() -> (f64, f64) {
    let bare = Bare::start();
    let request = format!("GET / HTTP/1.1\r\nhost: localhost:{}\r\n\r\n", bare.port).into_bytes();
    load::repeat(bare.port, request.clone(), TIME / 4).await;
    let (before, started) = (bare.cpu(), Instant::now());
    let (asked, _) = load::repeat(bare.port, request, TIME).await;
    let wall = started.elapsed().as_secs_f64();
    ((bare.cpu() - before) / asked as f64, asked as f64 / wall)
}

/// Rows as long as a post into a table with one index, by one connection: each in a transaction of its own, and
/// many in one.
fn inserts(company: &Company) {
    let mut database = Database::open(&company.server);
    database
        .run("CREATE TABLE bench_rows (id BIGINT NOT NULL PRIMARY KEY, uri TEXT NOT NULL UNIQUE, body TEXT NOT NULL)");
    let body = "x".repeat(600);
    let mut insert = |rows: i64, together: i64, first: i64| {
        let started = Instant::now();
        for at in (first..first + rows).step_by(usize::try_from(together).unwrap()) {
            let row = |id| format!("INSERT INTO bench_rows VALUES ({id}, 'http://host.example/{id}', '{body}');");
            let statements: String = (at..at + together).map(row).collect();
            if together == 1 {
                database.run(&statements);
            } else {
                database.run(&format!("BEGIN; {statements} COMMIT"));
            }
        }
        (rows as f64 / started.elapsed().as_secs_f64()).round()
    };
    let (alone, batched) = (insert(300, 1, 0), insert(12_800, 256, 1000));
    database.run("DROP TABLE bench_rows");
    say(&json!({
        "bench": "raw_inserts", "engine": company.engine,
        "per_second_one_a_transaction": alone, "per_second_256_a_transaction": batched,
    }));
}
