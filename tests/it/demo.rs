//! `guildhall demo` as somebody who tries it: three servers that show the same conversations, and a clean end.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::support::{browser::look, ports};

/// The demo's process, which does not outlive its test.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn get(address: &str, accept: &str, token: Option<&str>) -> (u16, String) {
    let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host.replace("localhost", "127.0.0.1")).await.unwrap();
    let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    let request =
        format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\naccept: {accept}\r\n{token}connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

fn start(port: u16) -> (Demo, Value) {
    let demo = Command::new(env!("CARGO_BIN_EXE_guildhall"))
        .args(["demo", "--json", "--port", &port.to_string()])
        .env_clear()
        .stdout(Stdio::piped())
        .spawn();
    let mut demo = Demo(demo.unwrap());
    let mut line = String::new();
    BufReader::new(demo.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (demo, serde_json::from_str(&line).expect("the demo says what there is"))
}

#[tokio::test]
async fn three_servers_share_the_same_conversations_and_end_cleanly() {
    let port = ports::reserve(3);
    let (mut demo, report) = start(port);
    let houses = report["houses"].as_array().unwrap();
    assert_eq!(houses.len(), 3);
    for house in houses {
        let (origin, brand) = (house["origin"].as_str().unwrap(), house["brand"].as_str().unwrap());
        let (status, page) = get(&format!("{origin}/@{brand}"), "text/html", None).await;
        assert_eq!(status, 200);
        assert!(page.contains(house["name"].as_str().unwrap()), "{page}");
    }
    // The same thread, seen by the brand of each house.
    let thread = report["threads"]["tensioner"].as_str().unwrap().rsplit_once('/').unwrap().1;
    let (_, object) = get(
        &format!("{}/ap/objects/{thread}", houses[2]["origin"].as_str().unwrap()),
        "application/activity+json",
        None,
    )
    .await;
    let uri = serde_json::from_str::<Value>(&object).unwrap()["id"].as_str().unwrap().to_owned();
    let mut seen = Vec::new();
    for house in houses {
        let (origin, brand) = (house["origin"].as_str().unwrap(), house["brand"].as_str().unwrap());
        let token = house["tokens"][brand].as_str();
        let (_, found) =
            get(&format!("{origin}/api/v2/search?resolve=true&type=statuses&q={uri}"), "application/json", token).await;
        let found: Value = serde_json::from_str(&found).unwrap();
        let id = found["statuses"][0]["id"].as_str().unwrap();
        let (_, context) = get(&format!("{origin}/api/v1/statuses/{id}/context"), "application/json", token).await;
        let context: Value = serde_json::from_str(&context).unwrap();
        let mut uris: Vec<String> = context["descendants"]
            .as_array()
            .unwrap()
            .iter()
            .map(|post| post["uri"].as_str().unwrap().to_owned())
            .collect();
        uris.sort();
        seen.push(uris);
    }
    assert_eq!(seen[0].len(), 5, "{seen:#?}");
    assert!(seen.iter().all(|uris| *uris == seen[0]), "{seen:#?}");
    // It happened in the last days, one after the other, and every house agrees when.
    let now = jiff::Timestamp::from_microsecond(guildhall::db::Timestamp::wall_clock().0).unwrap();
    let mut when = Vec::new();
    for house in houses {
        let (origin, brand) = (house["origin"].as_str().unwrap(), house["brand"].as_str().unwrap());
        let path = format!("{origin}/api/v1/timelines/home?limit=40");
        // The brand of the neighbours follows nobody, and who keeps their server running does.
        let reader = if brand == "fernstreet" { "noor" } else { brand };
        let (_, home) = get(&path, "application/json", house["tokens"][reader].as_str()).await;
        let home: Value = serde_json::from_str(&home).unwrap();
        let said: Vec<(String, jiff::Timestamp)> = home
            .as_array()
            .unwrap()
            .iter()
            .filter(|post| post["reblog"].is_null())
            .map(|post| {
                (post["uri"].as_str().unwrap().to_owned(), post["created_at"].as_str().unwrap().parse().unwrap())
            })
            .collect();
        let times: Vec<jiff::Timestamp> = said.iter().map(|(_, at)| *at).collect();
        assert!(times.is_sorted_by(|later, earlier| later > earlier), "the newest first: {times:?}");
        let (newest, oldest) = (times[0], times[times.len() - 1]);
        assert!(newest < now && now.duration_since(newest).as_hours() < 6, "{newest}");
        assert!(newest.duration_since(oldest).as_hours() >= 36, "{oldest} to {newest}");
        when.extend(said);
    }
    when.sort();
    when.dedup();
    let posts: std::collections::HashSet<&String> = when.iter().map(|(uri, _)| uri).collect();
    assert!(posts.len() > 20 && posts.len() == when.len(), "{when:#?}");
    // What is more than a few words.
    let page = async |name: &str| {
        let page = get(report["threads"][name].as_str().unwrap(), "text/html", None).await;
        assert_eq!(page.0, 200, "{name}");
        page.1
    };
    assert!(page("article").await.contains("What nine weeks for a fork taught us"));
    assert!(page("crossing").await.contains("A crash, nobody hurt"));
    let colour = report["threads"]["colour"].as_str().unwrap().rsplit_once('/').unwrap().1;
    let (_, question) =
        get(&format!("{}/api/v1/statuses/{colour}", houses[0]["origin"].as_str().unwrap()), "*/*", None).await;
    let question: Value = serde_json::from_str(&question).unwrap();
    let votes = question["poll"]["options"].as_array().unwrap().iter().map(|option| option["votes_count"].clone());
    assert_eq!(votes.collect::<Vec<_>>(), [3, 1, 1], "{question}");
    let (people, password) = (&houses[0]["people"], report["password"].as_str().unwrap());
    assert!(
        people.as_array().unwrap().contains(&"mette".into()) && password.len() >= 12,
        "who can sign in is told: {report}"
    );
    // What is inside stays inside: colleagues have it at home, and nobody else anywhere.
    let token = houses[0]["tokens"]["ana"].as_str();
    let home = format!("{}/api/v1/timelines/home?limit=40", houses[0]["origin"].as_str().unwrap());
    assert!(get(&home, "application/json", token).await.1.contains("charger margin"));
    let outside = houses[1]["tokens"]["priya"].as_str();
    let home = format!("{}/api/v1/timelines/home?limit=40", houses[1]["origin"].as_str().unwrap());
    let (status, read) = get(&home, "application/json", outside).await;
    assert!(status == 200 && read.contains("washer") && !read.contains("charger margin"), "{read}");

    let process = demo.0.id().to_string();
    assert!(Command::new("kill").args(["-INT", &process]).status().unwrap().success());
    let ended = demo.0.wait().unwrap();
    assert!(ended.success(), "{ended}");
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn what_the_demo_prints_is_there_on_the_ports_of_ones_choice() {
    let port = ports::reserve(3);
    let demo = Command::new(env!("CARGO_BIN_EXE_guildhall"))
        .args(["demo", "--port", &port.to_string()])
        .env_clear()
        .stdout(Stdio::piped())
        .spawn();
    let mut demo = Demo(demo.unwrap());
    let mut told = String::new();
    let mut out = BufReader::new(demo.0.stdout.take().unwrap());
    while !told.contains("Ctrl-C stops all three. Nothing is kept.") {
        assert!(out.read_line(&mut told).unwrap() > 0, "it ended: {told}");
    }
    assert!(told.starts_with("Three servers are open, and "), "{told}");
    assert!(told.contains("Everybody's password: three small houses"), "{told}");
    // Every address that it prints answers, on its own ports.
    let of = |words: &str| -> Vec<String> {
        let at = told.lines().flat_map(|line| line.split_whitespace()).filter(|word| word.starts_with(words));
        at.map(ToOwned::to_owned).collect()
    };
    for (number, brand) in (port..port + 3).zip(["@larkfield", "@hillfolk", "@fernstreet"]) {
        let origin = format!("http://localhost:{number}");
        let addresses = of(&origin);
        let brands = addresses.iter().filter(|address| address.starts_with(&format!("{origin}/{brand}")));
        assert!(brands.count() > 0 && addresses.contains(&origin), "{origin}: {told}");
        let (door, people) = told.split_once(&format!("{origin}/sign-in   ")).unwrap();
        assert!(door.contains("Sign in as one of its people") && !people.lines().next().unwrap().is_empty(), "{told}");
    }
    let addresses = of("http://");
    assert!(
        addresses.iter().all(|address| (0..3).any(|more| address.contains(&format!(":{}", port + more)))),
        "{told}"
    );
    for address in addresses.iter().filter(|address| !address.contains("/api/")) {
        let address = if address.matches('/').count() == 2 { format!("{address}/") } else { address.clone() };
        assert_eq!(get(&address, "text/html", None).await.0, 200, "{address}");
    }
    let threads = told.split_once("Conversations that all three servers share:").unwrap().1;
    let threads = threads.split_once("Sign in as").unwrap().0;
    assert_eq!(threads.matches("http://").count(), 7, "{told}");
    // The command that shows what is inside.
    let command = told.lines().find(|line| line.trim_start().starts_with("curl ")).unwrap();
    let (token, address) = command.split_once("Bearer ").unwrap().1.split_once("' ").unwrap();
    let (status, home) = get(address, "application/json", Some(token)).await;
    assert!(status == 200 && home.contains("charger margin"), "{home}");

    assert!(Command::new("kill").args(["-INT", &demo.0.id().to_string()]).status().unwrap().success());
    assert!(demo.0.wait().unwrap().success());
}

#[test]
fn make_demo_hands_the_port_on() {
    let make = |arguments: &[&str], environment: Option<&str>| {
        let mut make = Command::new("make");
        make.args(["--dry-run", "--no-print-directory", "demo"]).args(arguments);
        // Tests are run by make too, which hands on what it was told.
        for name in ["PORT", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES"] {
            make.env_remove(name);
        }
        make.envs(environment.map(|port| ("PORT", port)));
        let said = make.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
        String::from_utf8(said.stdout).unwrap().lines().last().unwrap().trim_end().to_owned()
    };
    assert_eq!(make(&[], None), "./target/release/guildhall demo");
    assert_eq!(make(&["PORT=9001"], None), "./target/release/guildhall demo --port 9001");
    // A port that something else set for its own purpose is none of ours.
    assert_eq!(make(&[], Some("3000")), "./target/release/guildhall demo");
    assert_eq!(make(&["PORT=9001"], Some("3000")), "./target/release/guildhall demo --port 9001");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_demo_tells_is_seen_in_a_browser() {
    let (_demo, report) = start(ports::reserve(3));
    let threads = report["threads"].as_object().unwrap();
    let mut seen = 0;
    for house in report["houses"].as_array().unwrap() {
        let (origin, brand) = (house["origin"].as_str().unwrap(), house["brand"].as_str().unwrap());
        let mut pages = vec!["home=/".to_owned(), format!("brand=/@{brand}")];
        let people = house["tokens"].as_object().unwrap().keys().filter(|name| *name != brand);
        pages.extend(people.map(|name| format!("{name}=/@{name}")));
        for (name, page) in threads {
            let Some(path) = page.as_str().unwrap().strip_prefix(origin) else { continue };
            pages.push(format!("{name}={path}"));
            seen += 1;
        }
        look(origin, &format!("demo/{brand}"), &pages, &["--only-look"]).await;
    }
    assert_eq!((seen, threads.len()), (7, 7), "each thread is seen where it began");
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let output = Command::new(env!("CARGO_BIN_EXE_guildhall"))
        .args(["demo", "--port", &port.min(65_533).to_string()])
        .env_clear()
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("in use") && said.contains("--port"), "{said}");
}
