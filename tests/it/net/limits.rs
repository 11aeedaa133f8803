//! Servers that answer slowly, endlessly, too much, compressed, or with somewhere else.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use guildhall::{
    error::{Kind, Result},
    net::{AddressPolicy, Client, ClientOptions, Fetched, Get, Transport},
};
use http::HeaderMap;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use url::Url;

/// How a server answers.
#[derive(Clone, Copy)]
enum Manner {
    /// A byte now and then.
    Drip,
    /// Headers, one now and then.
    DripHeaders,
    /// Nothing at all.
    Silent,
    /// More and more, with no end.
    Endless,
    /// So many bytes.
    Size(usize),
    /// It says fewer bytes than it sends.
    Lies,
    /// Compressed, though nobody asked for that.
    Gzip,
    /// To itself.
    Loop,
    /// Far too many headers.
    Headers,
    /// Something that is not HTTP.
    Nonsense,
}

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/activity+json\r\nconnection: close\r\n";

async fn serve(mut stream: TcpStream, manner: Manner) -> std::io::Result<()> {
    let mut request = [0_u8; 4096];
    let _ = stream.read(&mut request).await?;
    let chunk = vec![b'a'; 64 * 1024];
    match manner {
        Manner::Drip => {
            stream.write_all(format!("{HEAD}content-length: 100000\r\n\r\n").as_bytes()).await?;
            loop {
                stream.write_all(b"a").await?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Manner::DripHeaders => {
            stream.write_all(HEAD.as_bytes()).await?;
            loop {
                stream.write_all(b"x-more: 1\r\n").await?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Manner::Silent => std::future::pending().await,
        Manner::Endless => {
            stream.write_all(format!("{HEAD}\r\n").as_bytes()).await?;
            loop {
                stream.write_all(&chunk).await?;
            }
        }
        Manner::Size(size) => {
            stream.write_all(format!("{HEAD}content-length: {size}\r\n\r\n").as_bytes()).await?;
            stream.write_all(&vec![b'a'; size]).await?;
        }
        Manner::Lies => {
            stream.write_all(format!("{HEAD}content-length: 10\r\n\r\n").as_bytes()).await?;
            stream.write_all(&chunk).await?;
        }
        Manner::Gzip => {
            stream
                .write_all(format!("{HEAD}content-encoding: gzip\r\ncontent-length: 4\r\n\r\n\u{1f}aaa").as_bytes())
                .await?;
        }
        Manner::Loop => {
            stream
                .write_all(b"HTTP/1.1 302 Found\r\nlocation: /again\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
                .await?;
        }
        Manner::Headers => {
            stream.write_all(HEAD.as_bytes()).await?;
            for number in 0..200 {
                stream.write_all(format!("x-{number}: {}\r\n", "a".repeat(8000)).as_bytes()).await?;
            }
            stream.write_all(b"content-length: 1\r\n\r\na").await?;
        }
        Manner::Nonsense => stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n\r\n").await?,
    }
    stream.shutdown().await
}

/// A client that has a moment of patience, the address of a server, and how often that was asked.
async fn start(manner: Manner) -> (Client, Url, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(serve(stream, manner));
        }
    });
    let slow = matches!(manner, Manner::Drip | Manner::DripHeaders | Manner::Silent);
    let client = Client::new(ClientOptions {
        allow_http: true,
        policy: AddressPolicy::parse(&[format!("127.0.0.1:{port}")]).unwrap(),
        total_timeout: if slow { Duration::from_millis(300) } else { Duration::from_secs(60) },
        ..ClientOptions::default()
    })
    .unwrap();
    (client, Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap(), asked)
}

async fn get(client: &Client, url: &Url) -> Result<Fetched> {
    client
        .get(
            url,
            Get {
                accept: "application/activity+json",
                signer: None,
                sign_query: true,
                most: None,
                ends: None,
                refuses: &|_| false,
            },
        )
        .await
}

#[tokio::test]
async fn who_is_too_slow_is_left() {
    for (manner, answers) in [(Manner::Drip, true), (Manner::DripHeaders, false), (Manner::Silent, false)] {
        let (client, url, _) = start(manner).await;
        let error = get(&client, &url).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (Kind::Unavailable, "net.timeout"));
        // Whether a delivery arrived is known by its status line; a body that drips is not waited for.
        let sent = client.post(&url, HeaderMap::new(), bytes::Bytes::from_static(b"{}")).await;
        assert_eq!(sent.is_ok(), answers);
    }
}

#[tokio::test]
async fn what_is_too_large_or_compressed_is_refused() {
    let limit = ClientOptions::default().body_limit;
    for manner in [Manner::Endless, Manner::Size(2 * 1024 * 1024), Manner::Size(limit + 1), Manner::Gzip] {
        let (client, url, _) = start(manner).await;
        let error = get(&client, &url).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (Kind::Invalid, "net.unusable"));
    }
    for manner in [Manner::Headers, Manner::Nonsense] {
        let (client, url, _) = start(manner).await;
        assert_eq!(get(&client, &url).await.unwrap_err().kind(), Kind::Unavailable);
    }
    // The controls: exactly as much as we read, and what a server says it sends.
    let (client, url, _) = start(Manner::Size(limit)).await;
    assert_eq!(get(&client, &url).await.unwrap().body.len(), limit);
    let (client, url, _) = start(Manner::Lies).await;
    assert_eq!(get(&client, &url).await.unwrap().body.len(), 10);
}

#[tokio::test]
async fn a_loop_of_redirects_ends() {
    let (client, url, asked) = start(Manner::Loop).await;
    assert_eq!(get(&client, &url).await.unwrap_err().code(), "net.unusable");
    assert_eq!(asked.load(Ordering::SeqCst), 4);
    // A delivery follows none.
    let answer = client.post(&url, HeaderMap::new(), bytes::Bytes::from_static(b"{}")).await.unwrap();
    assert_eq!((answer.status.as_u16(), asked.load(Ordering::SeqCst)), (302, 5));
}
