//! The proxies of docs/deploy, run as they are written there but for names and ports, before a real server: the
//! doctor finds nothing, and nobody can claim another address. Where everything is tested both must be installed;
//! elsewhere one that is not is not tried.

use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use guildhall::{doctor::Verdict, federation::probe};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket},
    sync::watch,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs, pki_types::ServerName},
};

use super::front::{Front, Plan, found, read, troubles};
use crate::support::{database::TestDatabase, ports, server::connections};

const NAME: &str = "social.company.example";

/// Where the proxy listens, and the server behind it.
struct Ports {
    https: u16,
    http: u16,
    server: u16,
}

/// A running proxy, which does not outlive its test.
struct Proxy {
    process: Child,
    _folder: tempfile::TempDir,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub fn installed(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Not everybody has Debian's place of nginx on the path.
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    let found = folders.map(|folder| folder.join(program)).find(|file| file.is_file());
    if found.is_none() {
        let everything = std::env::var_os("GUILDHALL_TEST_POSTGRES_URL").is_some();
        assert!(!everything, "{program} is not installed: run `scripts/setup --test`");
        eprintln!("{program} is not installed; its configuration was not run.");
    }
    found
}

/// A file of docs/deploy with the names of the tests' certificate.
fn documented(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/deploy").join(name);
    fs::read_to_string(file).unwrap().replace("company.com", "company.example")
}

/// Writes the tests' certificate as proxies read it.
fn certificate(folder: &Path) {
    for (name, label, file) in [("good", "CERTIFICATE", "fullchain.pem"), ("key", "PRIVATE KEY", "privkey.pem")] {
        let pem = format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(read(name)));
        fs::write(folder.join(file), pem).unwrap();
    }
}

fn nginx(program: &Path, ports: &Ports) -> Proxy {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().display().to_string();
    certificate(folder.path());
    let sites = documented("nginx.conf") + &documented("nginx-company.conf");
    let own: Vec<String> = sites
        .lines()
        .filter(|line| !line.contains("[::]"))
        .map(|line| {
            line.replace("listen 443", &format!("listen 127.0.0.1:{}", ports.https))
                .replace("listen 80;", &format!("listen 127.0.0.1:{};", ports.http))
                .replace("127.0.0.1:8080", &format!("127.0.0.1:{}", ports.server))
                .replace(&format!("/etc/letsencrypt/live/{NAME}"), &at)
                .replace("/etc/letsencrypt/live/company.example", &at)
        })
        .collect();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {at}/{kind};\n"))
        .concat();
    let is_root = fs::metadata(folder.path()).unwrap().uid() == 0;
    let user = if is_root { "user root;\n" } else { "" };
    let around = format!(
        "{user}daemon off;\nmaster_process off;\npid {at}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{}\n}}\n",
        own.join("\n")
    );
    fs::write(folder.path().join("nginx.conf"), around).unwrap();
    let process = Command::new(program).args(["-p", &at, "-c", "nginx.conf", "-e", "stderr"]).spawn().unwrap();
    Proxy { process, _folder: folder }
}

fn caddy(program: &Path, ports: &Ports) -> Proxy {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().display().to_string();
    certificate(folder.path());
    let options = format!("{{\n\tadmin off\n\thttp_port {}\n\thttps_port {}\n}}\n", ports.http, ports.https);
    let sites = (documented("Caddyfile") + &documented("Caddyfile-company"))
        .replace(
            "company.example {\n",
            &format!("company.example {{\n\tbind 127.0.0.1\n\ttls {at}/fullchain.pem {at}/privkey.pem\n"),
        )
        .replace("127.0.0.1:8080", &format!("127.0.0.1:{}", ports.server));
    fs::write(folder.path().join("Caddyfile"), options + &sites).unwrap();
    let file = folder.path().join("Caddyfile");
    let process = Command::new(program)
        .args(["run", "--adapter", "caddyfile", "--config", &file.display().to_string()])
        .env("HOME", &at)
        .env_remove("XDG_DATA_HOME")
        .env_remove("XDG_CONFIG_HOME")
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    Proxy { process, _folder: folder }
}

/// Waits until somebody listens.
async fn listening(proxy: &mut Proxy, port: u16) {
    let began = Instant::now();
    while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        assert!(proxy.process.try_wait().unwrap().is_none(), "the proxy ended");
        assert!(began.elapsed() < Duration::from_secs(30), "the proxy does not listen");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Whom the server takes for the visitor when somebody at this address claims to be another.
async fn visitor(front: &Front, from: &str, port: u16) -> Value {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
    let stream = socket.connect(SocketAddr::from(([127, 0, 0, 1], port))).await.unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(read("authority").into()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(NAME).unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    let ticket = probe::ticket(&front.app);
    let request = format!(
        "GET {} HTTP/1.0\r\nHost: {NAME}\r\n{}: {ticket}\r\nX-Forwarded-For: 198.51.100.7\r\nConnection: close\r\n\r\n",
        probe::PATH,
        probe::TICKET
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // Not every proxy says goodbye before it hangs up.
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(" 200 "), "{answer}");
    let seen: Value = serde_json::from_str(body).unwrap();
    seen["client"].clone()
}

async fn passes_every_check(database: TestDatabase, program: &str, start: fn(&Path, &Ports) -> Proxy) {
    let Some(program) = installed(program) else { return };
    let proxies = ("GUILDHALL_SERVER__TRUSTED_PROXIES", r#"["127.0.0.1/32"]"#.to_owned());
    let mut front = Front::planned(database, Plan { settings: vec![proxies], ..Plan::default() }).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ports =
        Ports { https: ports::reserve(1), http: ports::reserve(1), server: listener.local_addr().unwrap().port() };
    let (_stop, stopped) = watch::channel(false);
    tokio::spawn(guildhall::http::serve(listener, front.router.clone(), connections(Duration::from_secs(20)), stopped));
    let mut proxy = start(&program, &ports);
    listening(&mut proxy, ports.https).await;
    listening(&mut proxy, ports.http).await;
    let at = |port| vec![SocketAddr::from(([127, 0, 0, 1], port))];
    for (name, addresses) in &mut front.options.pins {
        *addresses = at(if name.ends_with(":80") { ports.http } else { ports.https });
    }
    let report = front.examine().await;
    assert_eq!(troubles(&report), Vec::<String>::new(), "{report:#?}");
    for id in [
        "requests_intact",
        "signed_cavage",
        "signed_rfc9421",
        "signed_get",
        "large_bodies",
        "visitors",
        "split_domain",
        "https_redirect",
    ] {
        assert_eq!(found(&report, id).0, Verdict::Ok, "{id}");
    }
    assert_eq!(visitor(&front, "127.0.0.2", ports.https).await, "127.0.0.2", "not whom he claims to be");
}

on_both! {
    async fn nginx_as_documented_passes_every_check(database: TestDatabase) {
        passes_every_check(database, "nginx", nginx).await;
    }

    async fn caddy_as_documented_passes_every_check(database: TestDatabase) {
        passes_every_check(database, "caddy", caddy).await;
    }
}
