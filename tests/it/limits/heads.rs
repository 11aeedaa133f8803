//! How large the head of a request may be, and the body of one that does not say how large it is.

use std::{net::SocketAddr, time::Duration};

use axum::Router;
use guildhall::{federation::inbox::BODY_LIMIT, http as rim};
use http::{Request, StatusCode};
use http_body_util::Empty;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::support::{
    server::connections,
    world::{Letter, World},
};

const FOR_EVER: Duration = Duration::from_secs(600);

async fn serve(router: Router) -> (SocketAddr, watch::Sender<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(rim::serve(listener, router, connections(FOR_EVER), stopped));
    (address, stop)
}

/// What is answered to these bytes, all of them or as many as are taken.
async fn say(address: SocketAddr, request: &[u8]) -> (u16, String) {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let request = request.to_vec();
    let sending = tokio::spawn(async move {
        // Whoever is refused half-way is not listened to any more.
        let _ = writing.write_all(&request).await;
        writing
    });
    let mut said = Vec::new();
    let _ = reading.read_to_end(&mut said).await;
    drop(sending.await);
    let said = String::from_utf8_lossy(&said).into_owned();
    let status = said.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or_else(|| panic!("no answer: {said}")), said)
}

fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: company.example\r\nConnection: close\r\n{headers}\r\n").into_bytes()
}

/// As many headers as this.
fn lines(count: usize) -> String {
    (0..count).map(|number| format!("x-{number}: y\r\n")).collect()
}

/// A letter as it is written on the wire, its body in chunks and of no declared length.
fn in_chunks(letter: &Letter) -> Vec<u8> {
    let mut request = format!("POST {} HTTP/1.1\r\nconnection: close\r\ntransfer-encoding: chunked\r\n", letter.path);
    for (name, value) in &letter.headers {
        request.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    let mut request = format!("{request}\r\n").into_bytes();
    for chunk in letter.body.chunks(64 * 1024) {
        request.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        request.extend_from_slice(chunk);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"0\r\n\r\n");
    request
}

on_both! {
    async fn a_head_has_64_kib_and_100_headers(database: TestDatabase) {
        let world = World::open(database).await;
        let (address, _stop) = serve(world.router.clone()).await;
        let door = "/.well-known/nodeinfo";
        let long = |bytes: usize| format!("{door}?q={}", "a".repeat(bytes));
        let large = |bytes: usize| format!("x-large: {}\r\n", "a".repeat(bytes));
        for (what, request, expected) in [
            ("a long line", get(&long(60_000), ""), &[200][..]),
            ("too long a line", get(&long(70_000), ""), &[414, 431]),
            ("a large header", get(door, &large(60_000)), &[200]),
            ("too large a header", get(door, &large(70_000)), &[431]),
            ("many headers", get(door, &lines(98)), &[200]),
            ("too many headers", get(door, &lines(101)), &[431]),
        ] {
            let (status, said) = say(address, &request).await;
            assert!(expected.contains(&status), "{what}: {said:.200}");
        }
    }

    async fn a_head_of_http_2_has_as_much(database: TestDatabase) {
        let world = World::open(database).await;
        let (address, _stop) = serve(world.router.clone()).await;
        for (bytes, expected) in [(60_000, StatusCode::OK), (70_000, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)] {
            let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
            let (mut sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
            tokio::spawn(connection);
            let request = Request::get("http://company.example/.well-known/nodeinfo").header("x-large", "a".repeat(bytes));
            let response = sender.send_request(request.body(Empty::<bytes::Bytes>::new()).unwrap()).await.unwrap();
            assert_eq!(response.status(), expected, "{bytes}");
        }
    }

    async fn a_letter_has_one_mebibyte_whether_it_says_so_or_not(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed("https://good.example/users/alice", 0).await;
        let (address, _stop) = serve(world.router.clone()).await;
        let sized = |number: &str, bytes: usize| {
            let mut body = alice.create(&alice.note(number, "<p>hello</p>")).to_string().into_bytes();
            body.resize(bytes, b' ');
            Letter::with_body(&alice, body)
        };
        let (status, said) = say(address, &in_chunks(&sized("1", BODY_LIMIT))).await;
        assert_eq!(status, 202, "{said}");
        let (status, said) = say(address, &in_chunks(&sized("2", BODY_LIMIT + 1))).await;
        assert_eq!(status, 413, "{said}");
        assert!(world.post("https://good.example/users/alice/1").await.is_some());
        assert!(world.post("https://good.example/users/alice/2").await.is_none());
        assert_eq!(world.send(sized("3", BODY_LIMIT)).await, StatusCode::ACCEPTED);
        assert_eq!(world.send(sized("4", BODY_LIMIT + 1)).await, StatusCode::PAYLOAD_TOO_LARGE);
        // A length that is a lie is found out before a byte is read.
        let lie = b"POST /ap/inbox HTTP/1.1\r\nHost: company.example\r\nContent-Type: application/activity+json\r\nContent-Length: 9999999999\r\n\r\n";
        assert_eq!(say(address, lie).await.0, 413);
    }
}
