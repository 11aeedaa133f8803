//! The doctor on the command line and in the API.

use std::{
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use axum::body::Body;
use guildhall::{
    domain::accounts::{self, AccountKind, NewAccount, Role},
    secrets,
};
use http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use super::front::Front;
use crate::support::ports;

/// A running or a short `guildhall`, on this database and in this folder.
pub struct Binary {
    url: String,
    pub port: u16,
    pub folder: tempfile::TempDir,
}

impl Binary {
    pub fn new(url: &str) -> Self {
        let port = ports::reserve(1);
        Self { url: url.to_owned(), port, folder: tempfile::tempdir().unwrap() }
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guildhall"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("GUILDHALL_BASE_URL", format!("http://localhost:{}", self.port))
            .env("GUILDHALL_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("GUILDHALL_DATABASE_URL", &self.url)
            .env("GUILDHALL_FEDERATION__ALLOW_HTTP", "true")
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub fn set_up(&self) {
        let arguments = ["setup", "--name", "Acme", "--handle", "acme", "--owner", "ana", "--email", "ana@acme.test"];
        let set_up = self.run(&[&arguments[..], &["--password", "correct horse battery"]].concat());
        assert!(set_up.status.success(), "{set_up:?}");
    }

    pub fn doctor(&self) -> (bool, Value) {
        let output = self.run(&["doctor", "--json"]);
        let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
        (output.status.success(), report)
    }
}

/// Waits until somebody listens.
pub async fn started(port: u16) {
    let patience = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(patience.elapsed() < Duration::from_secs(60), "the server does not start");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

pub fn result<'r>(report: &'r Value, id: &str) -> &'r str {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|check| check["id"] == id).unwrap()["result"].as_str().unwrap()
}

on_both! {
    async fn the_command_line_tells_the_same_with_and_without_a_server(database: TestDatabase) {
        let binary = Binary::new(&database.url);
        binary.set_up();
        let (healthy, report) = binary.doctor();
        assert!(!healthy && report["healthy"] == false, "{report:#}");
        for (id, expected) in [("front_door", "failed"), ("webfinger", "skipped"), ("database", "ok"), ("certificate", "skipped"), ("email", "warning")] {
            assert_eq!(result(&report, id), expected, "{id}: {report:#}");
        }
        let mut server = binary.command(&["serve"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        started(binary.port).await;
        let (healthy, report) = binary.doctor();
        let plain = binary.run(&["doctor"]);
        server.kill().unwrap();
        server.wait().unwrap();
        assert!(healthy && report["healthy"] == true, "{report:#}");
        for (id, expected) in [("front_door", "ok"), ("requests_intact", "ok"), ("signed_cavage", "ok"), ("webfinger", "ok"), ("settings", "warning"), ("lemmy", "warning")] {
            assert_eq!(result(&report, id), expected, "{id}: {report:#}");
        }
        let text = String::from_utf8(plain.stdout).unwrap();
        assert!(plain.status.success() && text.contains("ok       front_door"), "{text}");
        assert!(text.contains("-> Serve the company over https"), "{text}");
        assert!(!text.contains('\u{1b}'), "colours are for terminals");
    }

    async fn the_api_shows_the_report_to_admins(database: TestDatabase) {
        let front = Front::open(database).await;
        let site = front.app.site.clone();
        front.write(move |tx| {
            for (name, role, scopes) in [
                ("boss", Role::Admin, "read admin:read"),
                ("clerk", Role::Member, "read admin:read"),
                ("idle", Role::Admin, "read write"),
            ] {
                let new = NewAccount {
                    username: name.to_owned(),
                    display_name: String::new(),
                    email: None,
                    password_hash: None,
                    kind: AccountKind::Employee,
                    role,
                };
                let (account, actor) = accounts::create(tx, &site, &new)?;
                accounts::issue_token(tx, account.id, actor.id, scopes, "test", &secrets::token_hash(name))?;
            }
            Ok(())
        }).await;
        for (token, expected) in [("boss", 200), ("clerk", 403), ("idle", 403), ("nobody", 401)] {
            let request = Request::get("/api/guildhall/v1/doctor").header(header::AUTHORIZATION, format!("Bearer {token}"));
            let response = front.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(response.status(), expected, "{token}");
            let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
            let body: Value = serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap();
            if token == "boss" {
                // Here nobody has told it where the name is to be found: DNS does not know it.
                assert_eq!(result(&body, "addresses"), "failed", "{body:#}");
                assert_eq!(result(&body, "database"), "ok");
                assert_eq!(body["base_url"], "https://social.company.example");
            } else {
                assert_eq!(kind, "application/problem+json");
            }
        }
    }

    async fn nobody_else_learns_anything_from_a_probe(database: TestDatabase) {
        let front = Front::open(database).await;
        let good = guildhall::federation::probe::ticket(&front.app);
        let stranger = Front::open(crate::support::database::TestDatabase::sqlite()).await;
        let foreign = guildhall::federation::probe::ticket(&stranger.app);
        for (ticket, expected) in [(None, 404), (Some(foreign), 404), (Some("nonsense".to_owned()), 404), (Some(good), 200)] {
            let mut request = Request::post("/ap/probe");
            if let Some(ticket) = ticket {
                request = request.header("guildhall-probe", ticket);
            }
            let response = front.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(response.status(), StatusCode::from_u16(expected).unwrap());
        }
    }
}
