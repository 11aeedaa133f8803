//! The real binary in a process of its own, and the little that is needed to talk with it over the wire.

use std::{
    collections::HashMap,
    fs::{self, OpenOptions},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use guildhall::{
    db::Timestamp,
    net::{
        Signer,
        signatures::{Digested, cavage},
    },
};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Says where everybody is: the audience of what is public.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// A company that is set up, and its server's process.
pub struct Server {
    pub origin: String,
    /// How long the last start took.
    pub start: Duration,
    /// What its process and commands are told from the next start on.
    pub environment: HashMap<&'static str, String>,
    /// The command that runs its program, when something has to be arranged for it first.
    pub launcher: Vec<String>,
    pub process: Option<Child>,
    /// A folder that lives as long as this: its data, unless the environment names another one, and its log.
    pub folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let said = self.said();
            let lines: Vec<&str> = said.lines().rev().take(40).collect();
            eprintln!("The server said, newest first:\n{}", lines.join("\n"));
        }
    }
}

impl Server {
    /// Sets the company up and starts it; it may ask the `allowed` private addresses. Without a database in SQLite.
    /// `prepare` may arrange for more before anything runs.
    pub async fn open(allowed: &str, database: Option<String>, prepare: impl FnOnce(&mut Self)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let origin = format!("http://localhost:{port}");
        let mut environment = HashMap::from([
            ("GUILDHALL_BASE_URL", origin.clone()),
            ("GUILDHALL_LISTEN", format!("127.0.0.1:{port}")),
            ("GUILDHALL_DATA_DIR", folder.path().display().to_string()),
            ("GUILDHALL_FEDERATION__ALLOW_HTTP", "true".to_owned()),
            ("GUILDHALL_FEDERATION__ALLOWED_PRIVATE_ADDRESSES", format!("[\"{allowed}\"]")),
            ("GUILDHALL_LIMITS__ENABLED", "false".to_owned()),
            ("GUILDHALL_LOG__FILTER", "error".to_owned()),
        ]);
        if let Some(url) = database {
            environment.insert("GUILDHALL_DATABASE_URL", url);
        }
        let (start, launcher) = (Duration::ZERO, Vec::new());
        let mut server = Self { origin, start, environment, launcher, process: None, folder };
        prepare(&mut server);
        let company = ["--name", "Acme", "--handle", "acme", "--owner", "olga", "--email", "olga@acme.test"];
        server.run(&[&["setup", "--password", "correct horse"][..], &company].concat());
        server.start().await;
        server
    }

    /// Everything that it logged.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.folder.path().join("log")).unwrap_or_default()).into_owned()
    }

    /// Starts the process and waits until it listens.
    pub async fn start(&mut self) {
        let started = Instant::now();
        let log = OpenOptions::new().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let mut words = self.launcher.clone();
        words.extend([env!("CARGO_BIN_EXE_guildhall").to_owned(), "serve".to_owned()]);
        let process =
            Command::new(&words[0]).args(&words[1..]).envs(&self.environment).stdout(Stdio::null()).stderr(log).spawn();
        self.process = Some(process.unwrap());
        while TcpStream::connect(self.address()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(2)).await;
            assert!(started.elapsed() < Duration::from_secs(60), "the server does not start");
        }
        self.start = started.elapsed();
    }

    /// `kill -9`, without a word of warning.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Where it listens.
    pub fn address(&self) -> (&'static str, u16) {
        ("127.0.0.1", self.origin.rsplit_once(':').unwrap().1.parse().unwrap())
    }

    /// Runs a command of the same binary on the same data; answers what it prints.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// A command of the same binary on the same data.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guildhall"));
        command.args(arguments).envs(&self.environment);
        command
    }

    /// Creates somebody; answers their token.
    pub fn person(&self, name: &str) -> String {
        let create = ["account", "create", name, "--role", "employee", "--token", "read write follow", "--json"];
        let created: Value = serde_json::from_str(&self.run(&create)).unwrap();
        created["token"].as_str().unwrap().to_owned()
    }

    /// The token with which the owner speaks as the brand.
    pub fn brand(&self) -> String {
        let issue = ["token", "create", "olga", "--as", "acme", "--scopes", "read write"];
        self.run(&issue).split_whitespace().last().unwrap().to_owned()
    }

    /// CPU time used so far, user and system.
    pub fn cpu(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.as_ref().unwrap().id())).unwrap();
        let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
        let ticks: u64 = fields[11..=12].iter().map(|ticks| ticks.parse::<u64>().unwrap()).sum();
        Duration::from_millis(ticks * 10)
    }

    /// Resident memory in MB.
    pub fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.as_ref().unwrap().id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1000
    }

    /// A call of the client API that must succeed.
    pub async fn call(&self, method: &str, path: &str, token: &str, body: Value) -> Value {
        let request = self.request(method, path, token, "", &body);
        let mut connection = Connection::open(self.address()).await.unwrap();
        let (status, answer) = connection.exchange(&request).await.unwrap();
        assert_eq!(status, 200, "{method} {path}: {}", String::from_utf8_lossy(&answer));
        serde_json::from_slice(&answer).unwrap()
    }

    /// A request of the client API as it goes over the wire; `more` are further header lines, each with its end.
    pub fn request(&self, method: &str, path: &str, token: &str, more: &str, body: &Value) -> Vec<u8> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let host = self.origin.strip_prefix("http://").unwrap();
        format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n{more}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }

    /// Somebody makes `token` follow the actor of this address, found as a person would. The other server has to accept.
    pub async fn follow(&self, token: &str, uri: &str) {
        let encoded: String = form_urlencoded::byte_serialize(uri.as_bytes()).collect();
        let query = format!("/api/v2/search?resolve=true&limit=1&type=accounts&q={encoded}");
        let found = self.call("GET", &query, token, Value::Null).await;
        let id = found["accounts"][0]["id"].as_str().unwrap_or_else(|| panic!("{found}")).to_owned();
        self.call("POST", &format!("/api/v1/accounts/{id}/follow"), token, json!({})).await;
    }
}

/// A signed POST to the server's inbox, as it goes over the wire.
pub fn letter(signer: &Signer, server: &str, activity: &Value) -> Vec<u8> {
    letter_at(Timestamp::wall_clock(), signer, server, activity)
}

/// The same, signed by somebody whose clock shows `now`.
pub fn letter_at(now: Timestamp, signer: &Signer, server: &str, activity: &Value) -> Vec<u8> {
    let body = activity.to_string().into_bytes();
    let digest = Digested::of(&body);
    let url = format!("{server}/ap/inbox").parse().unwrap();
    let host = server.strip_prefix("http://").unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_str(host).unwrap());
    headers.insert("content-type", HeaderValue::from_static("application/activity+json"));
    headers.insert("digest", HeaderValue::from_str(&digest.header()).unwrap());
    cavage::sign(signer, "POST", &url, &mut headers, Some(&digest), true, now).unwrap();
    let mut letter = format!("POST /ap/inbox HTTP/1.1\r\ncontent-length: {}\r\n", body.len()).into_bytes();
    for (name, value) in &headers {
        letter.extend_from_slice(format!("{name}: {}\r\n", value.to_str().unwrap()).as_bytes());
    }
    letter.extend_from_slice(b"\r\n");
    letter.extend_from_slice(&body);
    letter
}

/// An actor as other servers describe theirs.
pub fn actor_document(uri: &str, name: &str, signer: &Signer) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
        "id": uri, "type": "Person", "preferredUsername": name, "name": name,
        "inbox": format!("{uri}/inbox"), "outbox": format!("{uri}/outbox"), "followers": format!("{uri}/followers"),
        "publicKey": { "id": signer.key_id, "owner": uri, "publicKeyPem": signer.key.public_key().unwrap().to_pem() },
    })
}

/// An HTTP/1.1 connection that is kept open: little enough to cost nothing beside what is measured.
pub struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    pub async fn open(address: (&str, u16)) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::new() })
    }

    /// Sends a request and reads the answer's status and body. An error when the other side is gone.
    pub async fn exchange(&mut self, request: &[u8]) -> std::io::Result<(u16, Vec<u8>)> {
        self.ask(request).await.map(|(status, _, body)| (status, body))
    }

    /// The same, with the seconds after which one should come again.
    pub async fn ask(&mut self, request: &[u8]) -> std::io::Result<(u16, Option<u64>, Vec<u8>)> {
        self.stream.write_all(request).await?;
        loop {
            if let Some(end) = self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&self.read[..end]).to_ascii_lowercase();
                let number = |name: &str| {
                    let rest = head.split_once(&format!("\r\n{name}: "))?.1;
                    rest.lines().next().unwrap().trim().parse::<u64>().ok()
                };
                let length = number("content-length").unwrap_or(0) as usize;
                if self.read.len() >= end + 4 + length {
                    let body = self.read[end + 4..end + 4 + length].to_vec();
                    self.read.drain(..end + 4 + length);
                    return Ok((head[9..12].parse().unwrap(), number("retry-after"), body));
                }
            }
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}
