//! The doctor names who keeps visitors out: DNS, the proxy, the certificate, or the server.

use std::process::Stdio;

use guildhall::doctor::{Report, Verdict};
use http::StatusCode;
use serde_json::Value;
use tokio::sync::watch;

use super::{
    breaking::answer,
    doors::{Binary, result, started},
    front::{Front, Manners, Plan},
};
use crate::support::{ports, server::connections};

/// What the doctor advises when nobody of ours answers.
fn advice(report: &Report) -> &str {
    let finding = report.checks.iter().find(|finding| finding.id == "front_door").unwrap();
    assert_eq!(finding.result, Verdict::Failed, "{report:#?}");
    finding.advice.as_deref().unwrap()
}

fn bad_gateway() -> Manners {
    Manners::answer(|_, reply| *reply = answer(StatusCode::BAD_GATEWAY, "<h1>502 Bad Gateway</h1>"))
}

/// A front whose server would listen at this port.
async fn front(
    database: crate::support::database::TestDatabase,
    port: u16,
    certificate: Option<&'static str>,
) -> Front {
    let listen = ("GUILDHALL_LISTEN", format!("127.0.0.1:{port}"));
    Front::planned(database, Plan { settings: vec![listen], certificate, ..Plan::default() }).await
}

on_both! {
    async fn the_cause_is_named_when_nobody_of_ours_answers(database: TestDatabase) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut front = front(database, port, None).await;
        front.behave(bad_gateway());
        drop(listener);
        let report = front.examine().await;
        assert!(advice(&report).starts_with("The cause is the server:"), "{}", advice(&report));
        assert!(advice(&report).contains(&format!("127.0.0.1:{port}")), "{}", advice(&report));

        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let (_stop, stopped) = watch::channel(false);
        tokio::spawn(guildhall::http::serve(listener, front.router.clone(), connections(std::time::Duration::from_secs(20)), stopped));
        let report = front.examine().await;
        assert!(advice(&report).starts_with("The cause is the proxy:"), "{}", advice(&report));
        assert!(advice(&report).contains(&format!("proxy_pass http://127.0.0.1:{port};")), "{}", advice(&report));
        front.behave(Manners::answer(|_, reply| *reply = answer(StatusCode::OK, "<h1>Welcome to nginx!</h1>")));
        let report = front.examine().await;
        assert!(advice(&report).starts_with("The cause is the proxy, or --at:"), "{}", advice(&report));

        let nobody: std::net::SocketAddr = ([127, 0, 0, 1], ports::reserve(1)).into();
        let pins = front.options.pins.clone();
        for addresses in front.options.pins.values_mut() {
            *addresses = vec![nobody];
        }
        let report = front.examine().await;
        assert!(advice(&report).contains(&format!("nobody takes connections at {nobody}")), "{}", advice(&report));
        assert!(advice(&report).starts_with("The cause is the proxy, or --at:"), "{}", advice(&report));
        assert!(!report.checks.iter().any(|finding| format!("{finding:?}").contains("port 443")), "{report:#?}");
        for addresses in front.options.pins.values_mut() {
            *addresses = Vec::new();
        }
        let report = front.examine().await;
        assert!(advice(&report).starts_with("The cause is DNS: social.company.example has no address."), "{}", advice(&report));
        front.options.pins = pins;
        front.behave(Manners::default());
        assert!(front.examine().await.healthy);
    }

    async fn a_server_that_does_not_run_is_told_before_anything_else(database: TestDatabase) {
        let nobody: std::net::SocketAddr = ([127, 0, 0, 1], ports::reserve(1)).into();
        let mut front = front(database, nobody.port(), None).await;
        for (addresses, cause) in [(vec![nobody], "The causes are the server and the proxy:"), (Vec::new(), "The causes are the server and DNS:")] {
            for places in front.options.pins.values_mut() {
                places.clone_from(&addresses);
            }
            let report = front.examine().await;
            let first = report.checks.iter().find(|finding| finding.result == Verdict::Failed).unwrap();
            let advice = first.advice.as_deref().unwrap();
            assert!(first.id == "addresses" && advice.starts_with(cause), "{first:?}");
            let (start, dns) = (advice.find("Start it: guildhall serve").unwrap(), advice.find("Add an A record"));
            assert!(dns.is_none_or(|dns| dns > start), "the server first: {advice}");
            let certificate = report.checks.iter().find(|finding| finding.id == "certificate").unwrap();
            assert!(certificate.result == Verdict::Skipped && certificate.found.contains("addresses failed"), "{certificate:?}");
            assert_eq!(certificate.found_values["check"], "addresses", "by which the workroom names it");
        }
    }

    async fn a_bad_certificate_is_the_cause(database: TestDatabase) {
        let front = front(database, 1, Some("expired")).await;
        let report = front.examine().await;
        assert!(advice(&report).starts_with("The cause is the certificate"), "{}", advice(&report));
    }

    async fn what_was_not_asked_for_one_reason_is_one_line(database: TestDatabase) {
        let binary = Binary::new(&database.url);
        binary.set_up();
        let output = binary.run(&["doctor"]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.matches("Not asked, because front_door failed.").count(), 1, "{text}");
        let line = text.lines().find(|line| line.contains("requests_intact")).unwrap();
        assert!(line.contains("webfinger, ") && line.contains("newest_post"), "it names them: {text}");
        assert!(text.contains(&format!("The cause is the server: nobody listens on 127.0.0.1:{}", binary.port)), "{text}");
        let first = text.lines().skip_while(|line| !line.starts_with("FAILED")).take(3).collect::<Vec<_>>().join(" ");
        assert!(first.contains("Start it: guildhall serve") && !first.contains("correct DNS"), "{text}");
        // Somewhere else it is that address which is named, and --at is what may be wrong.
        let at = format!("127.0.0.1:{}", ports::reserve(1));
        let text = String::from_utf8(binary.run(&["doctor", "--at", &at]).stdout).unwrap();
        assert!(text.contains(&format!("Nobody answers at {at} (localhost:{}).", binary.port)), "{text}");
        assert!(text.contains(&format!("nor at {at}.")) && text.contains("correct --at") && !text.contains("correct DNS"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_database_the_rest_is_looked_at() {
    let nobody = ports::reserve(1);
    let binary = Binary::new(&format!("postgres://guildhall@127.0.0.1:{nobody}/guildhall"));
    let (healthy, report) = binary.doctor();
    assert!(!healthy, "{report:#}");
    for (id, expected) in
        [("database", "failed"), ("settings", "warning"), ("addresses", "failed"), ("webfinger", "skipped")]
    {
        assert_eq!(result(&report, id), expected, "{id}: {report:#}");
    }
    let database = report["checks"].as_array().unwrap().iter().find(|check| check["id"] == "database").unwrap();
    let said = database["found"].as_str().unwrap();
    assert!(said.contains("127.0.0.1") && said.contains(&nobody.to_string()), "{database}");
    assert!(database["advice"].as_str().unwrap().contains("Start the database"), "{database}");
    assert!(!report.to_string().contains("should not happen"), "{report:#}");
}

/// nginx with these lines beside `listen`, in front of a server on another port.
fn nginx(program: &str, folder: &std::path::Path, port: u16, lines: &str) -> std::process::Child {
    let at = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {at}/{kind};\n"))
        .concat();
    let config = format!(
        "daemon off;\nmaster_process off;\npid {at}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}\
         server {{\nlisten 127.0.0.1:{port};\nclient_max_body_size 2m;\nlocation / {{\n{lines}\n}}\n}}\n}}\n"
    );
    std::fs::write(folder.join("nginx.conf"), config).unwrap();
    let mut command = std::process::Command::new(program);
    command.args(["-p", &at.to_string(), "-c", "nginx.conf", "-e", "stderr"]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_as_people_get_it_wrong_is_told_the_lines() {
    let Some(program) = super::proxies::installed("nginx") else { return };
    let database = crate::support::database::TestDatabase::sqlite();
    let binary = Binary::new(&database.url);
    binary.set_up();
    let own = ports::reserve(1);
    let mut server = binary.command(&["serve"]);
    server.env("GUILDHALL_LISTEN", format!("127.0.0.1:{own}"));
    server.env("GUILDHALL_SERVER__TRUSTED_PROXIES", r#"["127.0.0.1/32"]"#);
    let mut server = server.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    started(own).await;
    let good = format!(
        "proxy_pass http://127.0.0.1:{own};\nproxy_set_header Host $http_host;\nproxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
    );
    let silent = good.lines().filter(|line| !line.contains("X-Forwarded-For")).collect::<Vec<_>>().join("\n");
    let cases = [
        ("fine", good.clone(), vec![]),
        ("silent", silent, vec![("visitors", "proxy_set_header X-Forwarded-For")]),
        ("path", good.replace(&format!("{own};"), &format!("{own}/;")), vec![("requests_intact", "not even a /")]),
    ];
    let mut told = Vec::new();
    for (name, lines, expected) in cases {
        let folder = tempfile::tempdir().unwrap();
        let mut proxy = nginx(&program.display().to_string(), folder.path(), binary.port, &lines);
        started(binary.port).await;
        let output = binary
            .command(&["doctor", "--json"])
            .env("GUILDHALL_SERVER__TRUSTED_PROXIES", r#"["127.0.0.1/32"]"#)
            .output()
            .unwrap();
        proxy.kill().unwrap();
        proxy.wait().unwrap();
        told.push((name, serde_json::from_slice::<Value>(&output.stdout).unwrap(), expected));
    }
    server.kill().unwrap();
    server.wait().unwrap();
    for (name, report, expected) in told {
        let checks = report["checks"].as_array().unwrap();
        let failed: Vec<&Value> = checks.iter().filter(|check| check["result"] == "failed").collect();
        let ids: Vec<&str> = failed.iter().map(|check| check["id"].as_str().unwrap()).collect();
        assert_eq!(ids, expected.iter().map(|(id, _)| *id).collect::<Vec<_>>(), "{name}: {report:#}");
        for (check, (_, line)) in failed.iter().zip(expected) {
            assert!(check["advice"].as_str().unwrap().contains(line), "{name}: {check}");
        }
    }
}
