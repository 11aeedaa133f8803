//! The doctor answers in time, however much does not; and says why it did not ask.

use std::{net::TcpListener, process::Stdio, time::Duration};

use guildhall::doctor::{CHECKS, Options, Verdict};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{
    doors::{Binary, result, started},
    front::{Front, found},
};
use crate::support::ports;

/// Begins to ask the API for the report.
async fn ask(port: u16, token: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = format!(
        "GET /api/guildhall/v1/doctor HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

async fn report(mut stream: TcpStream) -> Value {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

on_both! {
    async fn a_door_that_never_answers_holds_up_nothing_but_itself(database: TestDatabase) {
        let mut front = Front::open(database).await;
        // It takes connections, and says nothing to anybody.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        for addresses in front.options.pins.values_mut() {
            *addresses = vec![silent.local_addr().unwrap()];
        }
        let report = front.examine_with(Options { longest: Duration::from_secs(4), ..front.options.clone() }).await;
        assert_eq!(report.checks.len(), CHECKS.len());
        for id in ["certificate", "front_door"] {
            let (verdict, said) = found(&report, id);
            assert!(verdict == Verdict::Failed && said.contains("time of all checks was over, 4 s"), "{id}: {said}");
        }
        let (verdict, said) = found(&report, "webfinger");
        assert!(verdict == Verdict::Skipped && said.contains("front_door failed"), "{said}");
    }

    async fn the_api_answers_in_time_and_makes_one_run_for_all_who_ask(database: TestDatabase) {
        let binary = Binary::new(&database.url);
        binary.set_up();
        let created = binary.run(&["account", "create", "boss", "--role", "admin", "--token", "read admin:read", "--json"]);
        let token = serde_json::from_slice::<Value>(&created.stdout).unwrap()["token"].as_str().unwrap().to_owned();
        // Somebody else has the port of the base URL, takes connections and says nothing.
        let _silent = TcpListener::bind(("127.0.0.1", binary.port)).unwrap();
        let own = ports::reserve(1);
        let mut server = binary
            .command(&["serve"])
            .env("GUILDHALL_LISTEN", format!("127.0.0.1:{own}"))
            .env("GUILDHALL_SERVER__REQUEST_TIMEOUT_SECONDS", "6")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        started(own).await;
        let both = (ask(own, &token).await, ask(own, &token).await);
        let (one, other) = tokio::join!(report(both.0), report(both.1));
        server.kill().unwrap();
        server.wait().unwrap();
        assert_eq!(one["checks"].as_array().unwrap().len(), CHECKS.len());
        assert_eq!(result(&one, "front_door"), "failed", "{one:#}");
        assert_eq!(result(&one, "shared_inbox"), "skipped", "{one:#}");
        assert_eq!(one["checked_at"], other["checked_at"], "they share a run");
        let settings = &one["checks"][0];
        assert!(settings["found"].as_str().unwrap().contains(&format!("listens on 127.0.0.1:{own}")), "{settings}");
    }

    async fn without_the_secret_key_nothing_that_is_signed_is_asked(database: TestDatabase) {
        let binary = Binary::new(&database.url);
        binary.set_up();
        let mut server = binary.command(&["serve"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        started(binary.port).await;
        let key = binary.folder.path().join("data/secret.key");
        std::fs::rename(&key, key.with_extension("away")).unwrap();
        let (healthy, report) = binary.doctor();
        assert!(!healthy && !key.exists());
        assert_eq!((result(&report, "front_door"), result(&report, "secret_key")), ("ok", "failed"), "{report:#}");
        for id in ["requests_intact", "signed_cavage", "signed_rfc9421", "signed_get", "large_bodies", "visitors"] {
            let check = report["checks"].as_array().unwrap().iter().find(|check| check["id"] == id).unwrap();
            assert_eq!(check["result"], "skipped", "{check}");
            assert!(check["found"].as_str().unwrap().contains("because secret_key failed"), "{check}");
        }
        assert!(!report.to_string().contains("should not happen"), "{report:#}");
        std::fs::rename(key.with_extension("away"), &key).unwrap();
        let (healthy, report) = binary.doctor();
        server.kill().unwrap();
        server.wait().unwrap();
        assert!(healthy, "and the keys are as they were: {report:#}");
    }
}
