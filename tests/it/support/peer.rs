//! A foreign Fediverse server: the fedify peer of tests/peers/fedify, run as a
//! child process and told by HTTP what its user does.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

/// RFC 9421, the scheme Fedify and Ghost try first.
pub const RFC_9421: &str = "rfc9421";
/// The older draft that Mastodon and most others try first.
pub const CAVAGE: &str = "draft-cavage-http-signatures-12";

/// How long a condition may take to become true.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long one command to the peer may take.
const COMMAND: Duration = Duration::from_secs(60);

/// A running peer, which ends when this is dropped.
pub struct Peer {
    /// Where it serves, such as `http://localhost:40123`.
    pub origin: String,
    user: String,
    child: Child,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Peer {
    /// Starts a peer with one user who signs with the named scheme first.
    pub fn start(user: &str, first_knock: &str) -> Self {
        Self::start_with(user, first_knock, &[])
    }

    /// Starts a peer with further arguments of its command line, such as `--manual`.
    pub fn start_with(user: &str, first_knock: &str, arguments: &[&str]) -> Self {
        let log = std::env::var_os("PEER_LOG").is_some();
        let mut child = Command::new(node())
            .arg(root().join("tests/peers/fedify/peer.mjs"))
            .args(["--attached", "--user", user, "--first-knock", first_knock])
            .args(arguments)
            // The peer ends with this process, however that ends.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(if log { Stdio::inherit() } else { Stdio::null() })
            .spawn()
            .expect("the peer can be started");
        let stdout = child.stdout.take().expect("the peer has a standard output");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("the peer's first line can be read");
        let ready: Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("the peer did not start, set PEER_LOG=1 to see why; it said: {line:?}"));
        Self {
            origin: text(&ready, "origin"),
            user: user.to_owned(),
            child,
            client: Client::builder(TokioExecutor::new()).build_http(),
        }
    }

    /// The URI of the peer's user.
    pub fn uri(&self) -> String {
        format!("{}/users/{}", self.origin, self.user)
    }

    /// The handle of the peer's user, as `@user@host:port`.
    pub fn handle(&self) -> String {
        let host = self.origin.trim_start_matches("http://");
        format!("@{}@{host}", self.user)
    }

    /// Makes the peer's user act, and fails the test when the peer or the server it talks to refuses.
    pub async fn act(&self, verb: &str, body: Value) -> Value {
        let answer = self.attempt(verb, body.clone()).await;
        assert!(answer.get("ok") == Some(&json!(true)), "{verb} {body}: {answer}");
        answer
    }

    /// Makes the peer's user act; a refusal comes back as `ok: false` with `error` and `status`.
    pub async fn attempt(&self, verb: &str, body: Value) -> Value {
        self.request(Method::POST, verb, body.to_string()).await.1
    }

    /// What the peer knows: relations, notes, received activities, requests and errors.
    pub async fn state(&self) -> Value {
        let (status, state) = self.request(Method::GET, "state", String::new()).await;
        assert!(status.is_success(), "the peer's state: {status} {state}");
        state
    }

    /// Waits until the state meets a condition, and returns it.
    pub async fn wait_for(&self, what: &str, condition: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let state = self.state().await;
            if condition(&state) {
                return state;
            }
            assert!(start.elapsed() < PATIENCE, "waited in vain for {what} at {}: {state:#}", self.uri());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn request(&self, method: Method, verb: &str, body: String) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/control/{verb}", self.origin))
            .body(Full::from(body))
            .expect("the control address is valid");
        let exchange = async {
            let response = self.client.request(request).await.expect("the peer answers");
            let status = response.status();
            let body = response.into_body().collect().await;
            (status, body.expect("the peer's answer is whole").to_bytes())
        };
        let (status, body) = tokio::time::timeout(COMMAND, exchange)
            .await
            .unwrap_or_else(|_| panic!("the peer took too long for {verb}"));
        let answer = serde_json::from_slice(&body).expect("the peer answers in JSON");
        (status, answer)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Node to run peers and the browser's checks with, found or installed once, with what they need.
pub fn node() -> &'static Path {
    static NODE: OnceLock<PathBuf> = OnceLock::new();
    NODE.get_or_init(|| {
        run_node_script("install");
        PathBuf::from(run_node_script("path"))
    })
}

fn run_node_script(verb: &str) -> String {
    let output = Command::new(root().join("scripts/node"))
        .arg(verb)
        .stderr(Stdio::inherit())
        .output()
        .expect("scripts/node can be run");
    assert!(output.status.success(), "scripts/node {verb} failed");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn text(value: &Value, name: &str) -> String {
    match value.get(name).and_then(Value::as_str) {
        Some(text) => text.to_owned(),
        None => panic!("no {name} in {value}"),
    }
}
