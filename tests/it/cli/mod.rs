//! The command line as scripts and operators see it: the binary, in a process of its own.

mod backup;
mod commands;
mod first_run;
mod logs;
mod running;
mod settings;
mod terminal;

pub use first_run::link;

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::Value;

use crate::support::database::TestDatabase;

/// How long something may take to happen.
const PATIENCE: Duration = Duration::from_secs(30);
/// The owner's password.
pub const PASSWORD: &str = "a sentence that is easy";

/// A data folder, a database, and the settings of an instance.
pub struct Place {
    folder: tempfile::TempDir,
    settings: BTreeMap<String, String>,
    pub database: Option<TestDatabase>,
}

/// What a command answered.
#[derive(Debug)]
pub struct Said {
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    /// The command succeeded.
    pub fn fine(self) -> Self {
        assert_eq!(self.status, Some(0), "{self:?}");
        self
    }

    /// The command failed, said all of this on standard error, and nothing on standard output.
    pub fn refused(self, words: &[&str]) -> Self {
        assert_eq!(self.status, Some(1), "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        for word in words {
            assert!(self.err.contains(word), "should say “{word}”: {}", self.err);
        }
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("only JSON is on standard output: {self:?}"))
    }
}

impl Place {
    /// A place with SQLite in a data folder that is not there yet.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Self { folder, settings: BTreeMap::new(), database: None };
        let data = place.data().display().to_string();
        place
            .with("GUILDHALL_DATA_DIR", &data)
            .with("GUILDHALL_LISTEN", "127.0.0.1:0")
            .with("GUILDHALL_BASE_URL", "http://guildhall.test")
    }

    /// A place with the database of a test.
    pub fn on(database: TestDatabase) -> Self {
        let mut place = Self::empty().with("GUILDHALL_DATABASE_URL", &database.url);
        place.database = Some(database);
        place
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.settings.remove(name);
        self
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A file beside the data folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guildhall"));
        command.args(arguments).env_clear().envs(&self.settings).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        said(self.command(arguments).spawn().unwrap())
    }

    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Said {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        said(child)
    }

    /// Sets up Acme with the brand @acme and the owner @olga.
    pub fn set_up(&self) -> Said {
        let arguments = ["setup", "--name", "Acme", "--handle", "acme", "--owner", "olga", "--email", "olga@acme.test"];
        self.run(&[&arguments[..], &["--password", PASSWORD]].concat())
    }

    /// The token of a new employee.
    pub fn employee(&self, name: &str) -> String {
        let answer =
            self.run(&["account", "create", name, "--role", "employee", "--token", "read write follow", "--json"]);
        answer.fine().json()["token"].as_str().unwrap().to_owned()
    }

    pub fn serve(&self) -> Running {
        Running::start(self.command(&["serve"]))
    }

    /// Everything that is in the data folder.
    pub fn files(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.data()) else { return Vec::new() };
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }
}

fn said(child: Child) -> Said {
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A server in a process of its own; killed when dropped.
pub struct Running {
    child: Child,
    out: Arc<Mutex<String>>,
    log: Arc<Mutex<String>>,
    /// Where it listens.
    pub address: String,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let (out, log) = (gather(child.stdout.take().unwrap()), gather(child.stderr.take().unwrap()));
        let mut running = Self { child, out, log, address: String::new() };
        running.address = running.logged("Listening on ");
        running
    }

    /// What the log says behind these words, up to the next quotation mark; waits until it does.
    pub fn logged(&self, words: &str) -> String {
        patiently(words, || {
            let log = self.log();
            let rest = log.split_once(words)?.1;
            rest.split_once('"').map(|(found, _)| found.to_owned())
        })
    }

    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    pub fn out(&self) -> String {
        self.out.lock().unwrap().clone()
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        let status = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for the end of the process and answers its exit code.
    pub fn ended(&mut self) -> Option<i32> {
        patiently("the end of the server", || self.child.try_wait().unwrap()).code()
    }

    /// Asks the server; with a token, with a body as a form or as JSON by its first character.
    pub async fn ask(&self, method: &str, path: &str, token: Option<&str>, body: Option<&str>) -> (StatusCode, String) {
        ask(&self.address, method, path, token, body).await
    }

    pub async fn get(&self, path: &str, token: Option<&str>) -> (StatusCode, String) {
        self.ask("GET", path, token, None).await
    }

    /// Waits until a GET answers with this status.
    pub async fn until(&self, path: &str, token: Option<&str>, wanted: StatusCode) {
        let began = Instant::now();
        loop {
            // Between the form of the first run and the company's server a connection may be closed unanswered.
            let answer = try_ask(&self.address, "GET", path, token, None).await;
            if answer.as_ref().is_ok_and(|(status, _)| *status == wanted) {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "{path} answers {answer:?}, not {wanted}: {}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends one request and reads the answer.
pub async fn ask(
    address: &str,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Option<&str>,
) -> (StatusCode, String) {
    try_ask(address, method, path, token, body).await.unwrap()
}

async fn try_ask(
    address: &str,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Option<&str>,
) -> Result<(StatusCode, String), Box<dyn std::error::Error>> {
    let mut request = Request::builder()
        .method(Method::from_bytes(method.as_bytes()).unwrap())
        .uri(format!("http://{address}{path}"))
        .header("host", "guildhall.test");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    if let Some(body) = body {
        let json = body.starts_with('{');
        request =
            request.header("content-type", if json { "application/json" } else { "application/x-www-form-urlencoded" });
    }
    let request = request.body(Full::new(Bytes::from(body.unwrap_or_default().to_owned()))).unwrap();
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let response = client.request(request).await?;
    let status = response.status();
    let bytes = response.into_body().collect().await?.to_bytes();
    Ok((status, String::from_utf8_lossy(&bytes).into_owned()))
}

/// Reads a pipe to its end, on a thread of its own.
fn gather(pipe: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let text = Arc::new(Mutex::new(String::new()));
    let into = text.clone();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let mut text = into.lock().unwrap();
            text.push_str(&line);
            text.push('\n');
        }
    });
    text
}

/// Asks again and again until there is an answer.
fn patiently<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "{what} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}
