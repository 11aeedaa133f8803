//! The command line beside a running server, and how that server starts, tells of itself and ends.

use diesel::{Connection, PgConnection, connection::SimpleConnection, prelude::*};
use guildhall::{
    db::{
        Engine, Timestamp,
        schema::{actor_keys, slots},
    },
    net::{
        Signer,
        signatures::{Digested, cavage},
    },
};
use http::{HeaderMap, HeaderValue, StatusCode};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use url::Url;

use super::{Place, Running, patiently};
use crate::support::{database::TestDatabase, keys, ports};

const WHO: &str = "/api/v1/accounts/verify_credentials";

/// What the inbox says to a Delete by somebody whom nobody here knows, signed: nothing of it needs the network.
async fn inbox_says(server: &Running, signer: &Signer) -> StatusCode {
    let actor = signer.key_id.split('#').next().unwrap();
    let body = format!(r#"{{"type":"Delete","id":"{actor}#gone","actor":"{actor}","object":"{actor}"}}"#).into_bytes();
    let digest = Digested::of(&body);
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static("guildhall.test"));
    headers.insert("content-type", HeaderValue::from_static("application/activity+json"));
    headers.insert("digest", HeaderValue::from_str(&digest.header()).unwrap());
    let url = Url::parse("http://guildhall.test/ap/inbox").unwrap();
    cavage::sign(signer, "POST", &url, &mut headers, Some(&digest), true, Timestamp::wall_clock()).unwrap();
    let mut request = b"POST /ap/inbox HTTP/1.1\r\nconnection: close\r\n".to_vec();
    for (name, value) in &headers {
        request.extend_from_slice(format!("{name}: {}\r\n", value.to_str().unwrap()).as_bytes());
    }
    if !headers.contains_key("content-length") {
        request.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
    }
    request.extend_from_slice(b"\r\n");
    request.extend_from_slice(&body);
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    stream.write_all(&request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    StatusCode::from_bytes(answer.split_whitespace().nth(1).unwrap().as_bytes()).unwrap()
}

async fn until_inbox_says(server: &Running, signer: &Signer, wanted: StatusCode) {
    let began = std::time::Instant::now();
    loop {
        let said = inbox_says(server, signer).await;
        if said == wanted {
            return;
        }
        assert!(began.elapsed() < super::PATIENCE, "the inbox says {said}, not {wanted}: {}", server.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn leased_slots(place: &Place) -> i64 {
    let db = &place.database.as_ref().unwrap().db;
    let now = Timestamp::wall_clock();
    db.read(move |conn| Ok(slots::table.filter(slots::leased_until.gt(now)).count().get_result(conn)?)).await.unwrap()
}

on_both! {
    async fn commands_take_effect_in_a_running_server(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        let server = place.serve();
        let first = place.employee("ana");
        server.until(WHO, Some(&first), StatusCode::OK).await;

        place.run(&["account", "suspend", "ana"]).fine();
        server.until(WHO, Some(&first), StatusCode::UNAUTHORIZED).await;
        place.run(&["account", "suspend", "ana", "--undo"]).fine();
        server.until(WHO, Some(&first), StatusCode::OK).await;

        place.run(&["account", "password", "ana"]).fine();
        server.until(WHO, Some(&first), StatusCode::UNAUTHORIZED).await;
        let create = |more: &[&str]| {
            let made = place.run(&[&["token", "create", "ana", "--scopes", "read", "--json"][..], more].concat());
            made.fine().json()["token"].as_str().unwrap().to_owned()
        };
        let second = create(&[]);
        server.until(WHO, Some(&second), StatusCode::OK).await;
        let listed = place.run(&["token", "list", "ana"]).fine().out;
        place.run(&["token", "revoke", listed.split_whitespace().next().unwrap()]).fine();
        server.until(WHO, Some(&second), StatusCode::UNAUTHORIZED).await;

        place.run(&["grant", "acme", "ana", "publisher"]).fine();
        let brand = create(&["--as", "acme"]);
        server.until(WHO, Some(&brand), StatusCode::OK).await;
        place.run(&["grant", "acme", "ana", "none"]).fine();
        server.until(WHO, Some(&brand), StatusCode::UNAUTHORIZED).await;

        let last = create(&[]);
        let (_, me) = server.get(WHO, Some(&last)).await;
        let id = serde_json::from_str::<serde_json::Value>(&me).unwrap()["id"].as_str().unwrap().to_owned();
        place.run(&["account", "delete", "ana"]).fine();
        server.until(WHO, Some(&last), StatusCode::UNAUTHORIZED).await;
        server.until(&format!("/ap/actors/{id}"), None, StatusCode::GONE).await;
        assert!(!place.run(&["account", "list"]).fine().out.contains("ana"));
    }

    async fn a_server_is_blocked_and_allowed_while_ours_runs(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        let server = place.serve();
        let key = keys::rsa(0);
        let signer = Signer { key, key_id: "https://social.spam.test/users/eve#main-key".to_owned() };
        until_inbox_says(&server, &signer, StatusCode::ACCEPTED).await;
        place.run(&["server", "block", "spam.test", "--reason", "spam"]).fine();
        until_inbox_says(&server, &signer, StatusCode::FORBIDDEN).await;
        assert!(place.run(&["server", "list"]).fine().out.contains("spam.test"));
        place.run(&["server", "allow", "spam.test"]).fine();
        until_inbox_says(&server, &signer, StatusCode::ACCEPTED).await;
    }

    async fn a_request_under_way_ends_before_the_server_does(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        let token = place.employee("ana");
        let before = leased_slots(&place).await;
        let mut server = place.serve();
        server.until("/readyz", None, StatusCode::OK).await;
        assert_eq!(leased_slots(&place).await, before + 1);

        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        let body = "status=the+last+words";
        let head = format!(
            "POST /api/v1/statuses HTTP/1.1\r\nhost: guildhall.test\r\nauthorization: Bearer {token}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // The server asks for the body, so it has begun.
        let mut interim = [0; 25];
        stream.read_exact(&mut interim).await.unwrap();
        assert!(interim.starts_with(b"HTTP/1.1 100 Continue"), "{interim:?}");
        server.terminate();
        server.logged("Stopping");
        stream.write_all(body.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("the last words"), "{answer}");
        assert_eq!(server.ended(), Some(0), "{}", server.log());
        assert_eq!(leased_slots(&place).await, before, "the slot for ids is given back");
    }

    async fn health_and_metrics_are_told(database: TestDatabase) {
        let place = Place::on(database).with("GUILDHALL_METRICS__LISTEN", "127.0.0.1:0");
        place.set_up().fine();
        let server = place.serve();
        server.until("/readyz", None, StatusCode::OK).await;
        assert_eq!(server.get("/healthz", None).await, (StatusCode::OK, "ok".to_owned()));
        assert_eq!(server.get("/metrics", None).await.0, StatusCode::NOT_FOUND, "not where everybody reads");
        let metrics = server.logged("Metrics are at http://");
        let metrics = metrics.strip_suffix("/metrics").unwrap();
        let (status, page) = super::ask(metrics, "GET", "/metrics", None, None).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("guildhall_http_requests_total") && page.contains("route=\"/readyz\""), "{page}");
    }

    async fn everybody_has_keys_before_somebody_asks_for_them(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        let keys = async || {
            let db = &place.database.as_ref().unwrap().db;
            db.read(|conn| Ok(actor_keys::table.count().get_result::<i64>(conn)?)).await.unwrap()
        };
        assert_eq!(keys().await, 0);
        let _server = place.serve();
        let began = std::time::Instant::now();
        // Of the server, the brand and the owner: an RSA key and an Ed25519 key each.
        while keys().await < 6 {
            assert!(began.elapsed() < super::PATIENCE, "reading a document would have to write");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn a_port_that_is_taken_is_named(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        place.with("GUILDHALL_LISTEN", &address).run(&["serve"]).refused(&[&address, "--listen"]);
    }

    async fn an_older_version_says_what_to_do(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        let db = &place.database.as_ref().unwrap().db;
        db.write(|tx| {
            diesel::sql_query("INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231235959')").execute(tx.conn())?;
            Ok(())
        }).await.unwrap();
        for command in [&["serve"][..], &["migrate"], &["account", "list"], &["config", "check"], &["setup", "--name", "A", "--handle", "a", "--owner", "o", "--email", "o@a.test", "--password", super::PASSWORD]] {
            place.run(command).refused(&["newer version of Guildhall", "29991231235959", "backup"]);
        }
    }

    async fn a_company_at_another_port_than_the_servers_is_told(database: TestDatabase) {
        let place = Place::on(database).with("GUILDHALL_BASE_URL", "http://localhost:8123");
        place.set_up().fine();
        let port = ports::reserve(1);
        let place = place.with("GUILDHALL_LISTEN", &format!("127.0.0.1:{port}")).without("GUILDHALL_BASE_URL");
        let server = place.serve();
        assert!(server.log().contains("config.listen") && server.log().contains("http://localhost:8123"), "{}", server.log());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_or_database_that_postgres_does_not_have_is_named() {
    let place = Place::on(TestDatabase::postgres());
    let url = Url::parse(&place.database.as_ref().unwrap().url).unwrap();
    let mut other = url.clone();
    other.set_path("/no_such_company");
    let told = ["no database “no_such_company”", "createdb"];
    let place = place.with("GUILDHALL_DATABASE_URL", other.as_str());
    for command in [&["serve"][..], &["migrate"], &["account", "list"]] {
        place.run(command).refused(&told);
    }
    other = url;
    other.set_username("nobody_here").unwrap();
    place
        .with("GUILDHALL_DATABASE_URL", other.as_str())
        .run(&["migrate"])
        .refused(&["no role “nobody_here”", "createuser"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_postgres_is_gone_lives_and_is_not_ready() {
    let database = TestDatabase::postgres();
    assert_eq!(database.db.engine(), Engine::Postgres);
    let place = Place::on(database);
    place.set_up().fine();
    let server = place.serve();
    server.until("/readyz", None, StatusCode::OK).await;
    let url = place.database.as_ref().unwrap().url.clone();
    let (start, name) = url.rsplit_once('/').unwrap();
    let mut admin = PgConnection::establish(&format!("{start}/postgres")).unwrap();
    admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).unwrap();
    server.until("/readyz", None, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(server.get("/healthz", None).await.0, StatusCode::OK);
    let (status, _) = server.get("/.well-known/webfinger?resource=acct:acme@guildhall.test", None).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "senders come again");
    patiently("a line about it", || server.log().contains("Not ready").then_some(()));
}
