//! Connections: how many, and for how long by somebody who only waits.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, routing::get};
use guildhall::http::{self as rim, Connections};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
};

/// What no test waits for in vain.
const FOR_EVER: Duration = Duration::from_secs(600);
const MANY: usize = 1_000;
/// More than the system holds for a reader who does not read.
const LARGE: usize = 64 * 1024 * 1024;
const ASK: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

/// A server that says hello, and something large.
async fn serve(rules: Connections) -> (SocketAddr, watch::Sender<bool>) {
    let router =
        Router::new().route("/", get(|| async { "hello" })).route("/large", get(|| async { vec![b'a'; LARGE] }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(rim::serve(listener, router, rules, stopped));
    (address, stop)
}

fn rules(most: usize, per_address: usize) -> Connections {
    Connections { head_timeout: FOR_EVER, most, per_address, proxies: Vec::new() }
}

/// A connection from one of our own addresses.
async fn connect(from: &str, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
    socket.connect(to).await.unwrap()
}

/// The status that this connection is answered with, and the rest of the head.
async fn ask(stream: &mut TcpStream) -> String {
    // Whoever is refused may be refused before it has asked.
    let _ = stream.write_all(ASK.as_bytes()).await;
    let mut said = Vec::new();
    let mut byte = [0_u8];
    while !said.ends_with(b"\r\n\r\n") && stream.read(&mut byte).await.unwrap() == 1 {
        said.push(byte[0]);
    }
    let said = String::from_utf8(said).unwrap();
    if said.starts_with("HTTP/1.1 200") {
        let mut body = [0_u8; 5];
        stream.read_exact(&mut body).await.unwrap();
        assert_eq!(&body, b"hello");
    }
    said
}

/// Asks by new connections until one is let in.
async fn until_let_in(from: &str, to: SocketAddr) {
    while !ask(&mut connect(from, to).await).await.starts_with("HTTP/1.1 200") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn an_address_has_its_share_of_the_connections_and_those_that_it_has_go_on() {
    let (address, _stop) = serve(rules(MANY, 3)).await;
    let mut kept = Vec::new();
    for _ in 0..3 {
        let mut stream = connect("127.0.0.1", address).await;
        assert!(ask(&mut stream).await.starts_with("HTTP/1.1 200"));
        kept.push(stream);
    }
    let mut fourth = connect("127.0.0.1", address).await;
    let refused = ask(&mut fourth).await;
    assert!(refused.starts_with("HTTP/1.1 429") && refused.contains("retry-after: "), "{refused}");
    assert_eq!(fourth.read(&mut [0_u8]).await.unwrap(), 0, "and is closed");
    for stream in &mut kept {
        assert!(ask(stream).await.starts_with("HTTP/1.1 200"), "who is there is served");
    }
    let mut elsewhere = connect("127.0.0.2", address).await;
    assert!(ask(&mut elsewhere).await.starts_with("HTTP/1.1 200"), "and so is somebody else");
    drop(kept.pop());
    until_let_in("127.0.0.1", address).await;
}

#[tokio::test]
async fn all_addresses_together_have_so_many_connections() {
    let (address, _stop) = serve(rules(2, MANY)).await;
    let mut one = connect("127.0.0.1", address).await;
    let mut two = connect("127.0.0.2", address).await;
    for stream in [&mut one, &mut two] {
        assert!(ask(stream).await.starts_with("HTTP/1.1 200"));
    }
    let refused = ask(&mut connect("127.0.0.3", address).await).await;
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after: "), "{refused}");
    for stream in [&mut one, &mut two] {
        assert!(ask(stream).await.starts_with("HTTP/1.1 200"), "who is there is served");
    }
    drop(one);
    until_let_in("127.0.0.3", address).await;
}

#[tokio::test]
async fn a_trusted_proxy_speaks_for_many_and_nobody_else_does() {
    let proxies = vec!["127.0.0.9/32".parse().unwrap()];
    let (address, _stop) = serve(Connections { proxies, ..rules(MANY, 1) }).await;
    let mut kept = Vec::new();
    for _ in 0..5 {
        let mut stream = connect("127.0.0.9", address).await;
        assert!(ask(&mut stream).await.starts_with("HTTP/1.1 200"));
        kept.push(stream);
    }
    let mut visitor = connect("127.0.0.1", address).await;
    assert!(ask(&mut visitor).await.starts_with("HTTP/1.1 200"));
    assert!(ask(&mut connect("127.0.0.1", address).await).await.starts_with("HTTP/1.1 429"));
}

#[tokio::test]
async fn many_who_are_refused_at_once_cost_the_others_nothing() {
    let (address, _stop) = serve(rules(MANY, 1)).await;
    let mut first = connect("127.0.0.1", address).await;
    assert!(ask(&mut first).await.starts_with("HTTP/1.1 200"));
    let mut refused = Vec::new();
    for _ in 0..300 {
        refused.push(connect("127.0.0.1", address).await);
    }
    assert!(ask(&mut first).await.starts_with("HTTP/1.1 200"));
    assert!(ask(&mut connect("127.0.0.2", address).await).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn who_says_nothing_at_all_loses_the_connection() {
    let (address, _stop) = serve(Connections { head_timeout: Duration::from_millis(300), ..rules(MANY, MANY) }).await;
    // The second is how HTTP/2 begins.
    for beginning in ["", "PRI * HTTP/2"] {
        let mut stream = connect("127.0.0.1", address).await;
        stream.write_all(beginning.as_bytes()).await.unwrap();
        let mut said = Vec::new();
        let _ = stream.read_to_end(&mut said).await;
        assert!(!said.starts_with(b"HTTP/1.1 200"), "{beginning}");
    }
}

#[tokio::test]
async fn who_takes_nothing_of_the_answer_loses_the_connection() {
    let large = "GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let impatient = Connections { head_timeout: Duration::from_millis(500), ..rules(MANY, 1) };
    let (address, _stop) = serve(impatient).await;
    let mut idle = connect("127.0.0.1", address).await;
    idle.write_all(large.as_bytes()).await.unwrap();
    // Its place is free before it has read a byte.
    until_let_in("127.0.0.1", address).await;
    let mut got = Vec::new();
    let _ = idle.read_to_end(&mut got).await;
    assert!(got.len() < LARGE, "{}", got.len());
    // The control: who reads gets all of it.
    let (address, _stop) = serve(rules(MANY, 1)).await;
    let mut reader = connect("127.0.0.1", address).await;
    reader.write_all(large.as_bytes()).await.unwrap();
    let mut got = Vec::new();
    reader.read_to_end(&mut got).await.unwrap();
    assert!(got.len() > LARGE);
}
