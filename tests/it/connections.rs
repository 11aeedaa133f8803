//! Connections: who sends too slowly, who keeps one open, and stopping.

use std::time::Duration;

use axum::{
    Router,
    routing::{get, post},
};
use diesel::{Connection, PgConnection, SqliteConnection, connection::SimpleConnection};
use guildhall::http as rim;
use http::StatusCode;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

use crate::support::{
    server::connections,
    world::{Letter, Stranger, World},
};

/// What no test waits for in vain.
const FOR_EVER: Duration = Duration::from_secs(600);

async fn serve(router: Router, head_timeout: Duration) -> (String, watch::Sender<bool>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (stop, stopped) = watch::channel(false);
    let running =
        tokio::spawn(async move { rim::serve(listener, router, connections(head_timeout), stopped).await.unwrap() });
    (address, stop, running)
}

async fn open(address: &str, sent: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
    stream
}

/// Everything that comes until the other side closes.
async fn rest(mut stream: TcpStream) -> String {
    let mut all = Vec::new();
    // A reset is an end as well.
    let _ = stream.read_to_end(&mut all).await;
    String::from_utf8_lossy(&all).into_owned()
}

fn hello() -> Router {
    Router::new().route("/", get(|| async { "hello" }))
}

#[tokio::test]
async fn who_does_not_finish_a_head_loses_the_connection() {
    let (address, _stop, _running) = serve(hello(), Duration::from_millis(300)).await;
    let said = rest(open(&address, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow:").await).await;
    assert!(!said.contains("200 OK"), "{said}");
    // Nor does who says nothing any more after a request.
    let said = rest(open(&address, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await).await;
    assert!(said.starts_with("HTTP/1.1 200 OK") && said.ends_with("hello"), "{said}");
}

#[tokio::test]
async fn stopping_finishes_requests_and_closes_idle_connections() {
    let (begun, mut beginning) = watch::channel(false);
    let (go, going) = watch::channel(false);
    let slow = get(move || {
        let (begun, mut going) = (begun.clone(), going.clone());
        async move {
            begun.send_replace(true);
            going.wait_for(|go| *go).await.unwrap();
            "finished"
        }
    });
    let (address, stop, running) = serve(hello().route("/slow", slow), FOR_EVER).await;
    let mut idle = open(&address, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut first = [0_u8; 15];
    idle.read_exact(&mut first).await.unwrap();
    let silent = open(&address, "").await;
    let busy = open(&address, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await;
    beginning.wait_for(|begun| *begun).await.unwrap();
    stop.send_replace(true);
    assert!(rest(idle).await.ends_with("hello"), "an idle connection is closed");
    assert_eq!(rest(silent).await, "");
    assert!(!running.is_finished(), "a request is under way");
    go.send_replace(true);
    assert!(rest(busy).await.ends_with("finished"));
    running.await.unwrap();
}

/// The head of one answer, and whatever its length says comes with it.
async fn one_answer(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    stream.read_exact(&mut vec![0; length.parse().unwrap()]).await.unwrap();
    head
}

#[tokio::test]
async fn who_is_refused_before_the_body_came_keeps_the_connection() {
    let refusing = hello()
        .route("/refused", post(|| async { (StatusCode::UNAUTHORIZED, "no") }))
        .route("/read", post(|words: String| async { words }));
    let (address, _stop, _running) = serve(refusing, FOR_EVER).await;
    for (head, body) in [
        ("POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n", "later"),
        ("POST /refused HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nlater\r\n0\r\n\r\n"),
        // Some proxies send a GET with a body of which they do not know yet that it is none.
        ("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "0\r\n\r\n"),
    ] {
        let mut stream = open(&address, head).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        stream.write_all(body.as_bytes()).await.unwrap();
        assert!(!one_answer(&mut stream).await.contains("connection: close"), "{head}");
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        assert!(one_answer(&mut stream).await.starts_with("http/1.1 200 ok"), "{head}");
    }
    // Who waits to be asked, and is, keeps the connection too.
    for (length, body) in [("Content-Length: 5", "later"), ("Transfer-Encoding: chunked", "5\r\nlater\r\n0\r\n\r\n")] {
        let head = format!("POST /read HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n{length}\r\n\r\n");
        let mut stream = open(&address, &head).await;
        let mut asked = [0_u8; 25];
        stream.read_exact(&mut asked).await.unwrap();
        assert!(asked.starts_with(b"HTTP/1.1 100 Continue\r\n"));
        stream.write_all(body.as_bytes()).await.unwrap();
        let said = one_answer(&mut stream).await;
        assert!(said.starts_with("http/1.1 200 ok") && !said.contains("connection: close"), "{said}");
    }
    // What is long, asked for first or does not come is not waited for, and whoever sends is told so.
    for head in ["Content-Length: 70000", "Content-Length: 5\r\nExpect: 100-continue", "Content-Length: 5"] {
        let head = format!("POST /refused HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n");
        let said = rest(open(&address, &head).await).await.to_ascii_lowercase();
        assert!(said.starts_with("http/1.1 401") && said.contains("\r\nconnection: close\r\n"), "{said}");
        assert!(said.ends_with("no"), "{said}");
    }
}

on_both! {
    async fn a_letter_that_comes_too_slowly_is_the_senders_fault(database: TestDatabase) {
        let world = World::configured(database, &[("GUILDHALL_SERVER__REQUEST_TIMEOUT_SECONDS", "2")]).await;
        let (address, _stop, _running) = serve(world.router.clone(), FOR_EVER).await;
        let head = "POST /ap/inbox HTTP/1.1\r\nHost: company.example\r\nContent-Type: application/activity+json\r\nSignature: x\r\nContent-Length: 500\r\nConnection: close\r\n\r\n{";
        let said = rest(open(&address, head).await).await;
        assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    }

    async fn nothing_is_accepted_that_could_not_be_written_down(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed("https://good.example/users/alice", 0).await;
        let letter = |number: &str| alice.create(&alice.note(number, "<p>hello</p>"));
        assert_eq!(world.receive(&alice, &letter("1")).await, StatusCode::ACCEPTED);
        world.app.db.write(|tx| {
            use diesel::RunQueryDsl;
            diesel::sql_query("ALTER TABLE received RENAME TO away").execute(tx.conn())?;
            Ok(())
        }).await.unwrap();
        let status = world.receive(&alice, &letter("2")).await;
        assert!(status.is_server_error(), "{status}");
        world.app.db.write(|tx| {
            use diesel::RunQueryDsl;
            diesel::sql_query("ALTER TABLE away RENAME TO received").execute(tx.conn())?;
            Ok(())
        }).await.unwrap();
        assert_eq!(world.receive(&alice, &letter("2")).await, StatusCode::ACCEPTED);
        assert!(world.post("https://good.example/users/alice/2").await.is_some());
        let stranger = Stranger::new("https://far.example/users/zoe", 1);
        assert_eq!(world.send(Letter::unsigned(&stranger.document())).await, StatusCode::UNAUTHORIZED);
    }

    async fn while_the_database_does_not_answer_the_sender_is_asked_to_come_again(database: TestDatabase) {
        let url = database.url.clone();
        let world = World::open(database).await;
        let alice = world.followed("https://good.example/users/alice", 0).await;
        let letter = alice.create(&alice.note("1", "<p>hello</p>"));
        let stopped = tokio::task::spawn_blocking(move || stop_database(&url)).await.unwrap();
        assert_eq!(world.receive(&alice, &letter).await, StatusCode::SERVICE_UNAVAILABLE);
        tokio::task::spawn_blocking(stopped).await.unwrap();
        // The first connections after it may be dead ones: the sender comes again until it is told otherwise.
        let mut status = world.receive(&alice, &letter).await;
        while status == StatusCode::SERVICE_UNAVAILABLE {
            status = world.receive(&alice, &letter).await;
        }
        assert_eq!(status, StatusCode::ACCEPTED);
        assert!(world.post("https://good.example/users/alice/1").await.is_some());
    }
}

/// Keeps everybody from writing to a database; what is answered lets them again.
fn stop_database(url: &str) -> Box<dyn FnOnce() + Send> {
    if let Some(path) = url.strip_prefix("sqlite:") {
        let mut other = SqliteConnection::establish(path).unwrap();
        other.batch_execute("BEGIN IMMEDIATE").unwrap();
        return Box::new(move || other.batch_execute("ROLLBACK").unwrap());
    }
    let (server, name) = url.rsplit_once('/').unwrap();
    let mut admin = PgConnection::establish(&format!("{server}/postgres")).unwrap();
    let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    admin.batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).unwrap();
    admin.batch_execute(&end).unwrap();
    let again = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true");
    Box::new(move || admin.batch_execute(&again).unwrap())
}
