//! Who does not take what a stream says is cut off, and everybody else hears it as before. It takes the time that it
//! takes: a server waits a while for whoever is slow.

use std::time::Duration;

use futures_util::StreamExt;
use guildhall::{db::Signal, domain::PostId};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{client_async, tungstenite::Message};

use super::{
    House, Person,
    streaming::{Listener, listen, serve},
};

/// How long something that must come may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a server waits for one message to be taken, and a little more.
const CUT_OFF: Duration = Duration::from_secs(13);
/// How often the post is edited: all of it is far more than two ends of a connection hold back for each other.
const EDITS: usize = 40;
/// How many bytes the post has.
const LONG: usize = 256 * 1024;

/// A connection of which one end takes little.
async fn narrow(address: &str) -> TcpStream {
    let host = address.strip_prefix("ws://").unwrap().split('/').next().unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 * 1024).unwrap();
    socket.connect(host.parse().unwrap()).await.unwrap()
}

/// A company with a long post from elsewhere.
async fn talkative(house: &House) -> PostId {
    let eve = house.stranger("eve", "remote.example").await;
    house.arrived(&eve, |draft| draft.content = format!("<p>{}</p>", "tea ".repeat(LONG / 4))).await
}

/// Everybody who listens hears of the post again; the one who keeps up heard it before it comes the next time.
async fn tell(house: &House, post: PostId, keeping_up: &mut Listener) {
    for _ in 0..EDITS {
        house
            .app
            .db
            .write(move |tx| {
                tx.signal(Signal { topic: "post", kind: "edit", id: post.0 });
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(keeping_up.event().await.1, "status.update");
    }
}

/// Still hears what happens.
async fn hears_on(house: &House, who: &Person, keeping_up: &mut Listener) {
    house.says(who, json!({"status": "And so on"})).await;
    assert_eq!(keeping_up.event().await.1, "update");
}

on_both! {
    async fn a_socket_that_takes_nothing_is_cut_off(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let address = serve(&house).await;
        let post = talkative(&house).await;
        let mut keeping_up = listen(&address, &ben, &["public"]).await;
        let path = format!("{address}?stream=public&access_token={}", ana.token.replace(' ', "+"));
        let (mut slow, _) = client_async(path, narrow(&address).await).await.unwrap();
        tell(&house, post, &mut keeping_up).await;
        tokio::time::sleep(CUT_OFF).await;
        // What was under way arrives, and then nothing more.
        let mut heard = 0;
        loop {
            match timeout(PATIENCE, slow.next()).await.expect("it ends") {
                Some(Ok(Message::Text(_))) => heard += 1,
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            }
            assert!(heard < EDITS, "all of it was kept for somebody who took nothing");
        }
        hears_on(&house, &ana, &mut keeping_up).await;
    }

    async fn events_that_nobody_takes_end_when_too_much_was_missed(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let address = serve(&house).await;
        let post = talkative(&house).await;
        let mut keeping_up = listen(&address, &ben, &["public"]).await;
        let mut slow = narrow(&address).await;
        let request = format!("GET /api/v1/streaming/public HTTP/1.1\r\nHost: social.company.example\r\nAuthorization: Bearer {}\r\n\r\n", ana.token);
        slow.write_all(request.as_bytes()).await.unwrap();
        let mut head = [0; 12];
        timeout(PATIENCE, slow.read_exact(&mut head)).await.unwrap().unwrap();
        assert_eq!(&head, b"HTTP/1.1 200");
        tell(&house, post, &mut keeping_up).await;
        // What concerns nobody who listens is much, too, and is more than is kept for whoever does not take it.
        for batch in 0..60 {
            let told = house.app.db.write(move |tx| {
                // What is said twice in a transaction is said once.
                for id in 0..100 {
                    tx.signal(Signal { topic: "servers", kind: "update", id: batch * 100 + id });
                }
                Ok(())
            });
            told.await.unwrap();
            // Whoever keeps up has the time for it, on a busy machine too.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let (mut heard, mut part) = (Vec::new(), vec![0; 1 << 16]);
        loop {
            let read = timeout(PATIENCE, slow.read(&mut part)).await.expect("it ends").unwrap_or(0);
            heard.extend_from_slice(&part[..read]);
            // The last chunk says that there is no more; one that only says that it goes on is no end.
            if read == 0 || heard.ends_with(b"0\r\n\r\n") {
                break;
            }
            assert!(!heard.ends_with(b": thump\n\n\r\n"), "it goes on");
        }
        let heard = String::from_utf8_lossy(&heard);
        let events = heard.matches("event: status.update").count();
        assert!(events > 0 && events < EDITS, "{events} of {EDITS}");
        hears_on(&house, &ana, &mut keeping_up).await;
    }
}
