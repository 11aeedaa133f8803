//! One axum route that answers the same thousand bytes: what this machine needs for any answer at all.

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use axum::{Router, routing::get};
use http::header;
use tokio::net::TcpListener;

/// With this word the bench is the bare server.
pub const WORD: &str = "--bare";

/// Serves until it is killed; says its port first.
pub async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    let answer = || async { ([(header::CONTENT_TYPE, "application/activity+json")], "x".repeat(1000)) };
    axum::serve(listener, Router::new().route("/", get(answer))).await.unwrap();
}

/// The bare server in a process of its own.
pub struct Bare {
    process: Child,
    pub port: u16,
}

impl Bare {
    /// Starts it.
    pub fn start() -> Self {
        let process = Command::new(env::current_exe().unwrap()).arg(WORD).stdout(Stdio::piped()).spawn();
        let mut process = process.unwrap();
        let mut port = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Self { process, port: port.trim().parse().unwrap() }
    }

    /// CPU milliseconds so far.
    pub fn cpu(&self) -> f64 {
        let fields = crate::company::stat(self.process.id()).unwrap();
        (fields[11] + fields[12]) as f64 * 10.0
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
