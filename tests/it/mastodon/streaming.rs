//! Streams: what happens, to whom it is told, and to whom it is not.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use guildhall::domain::accounts::{self, AccountKind, Role};
use http::{HeaderValue, Request, StatusCode, header};
use serde_json::{Value, json};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use super::{House, Person};

/// How long something that must come may take. Nothing waits for it when it comes.
const PATIENCE: Duration = Duration::from_secs(20);

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// A socket of somebody who listens.
pub struct Listener(Socket);

impl Listener {
    async fn says(&mut self, kind: &str, stream: &str, tag: Option<&str>) {
        let said = json!({"type": kind, "stream": stream, "tag": tag});
        self.0.send(Message::Text(said.to_string().into())).await.unwrap();
    }

    /// The next message; nothing when the server ended the stream.
    pub async fn hears(&mut self) -> Option<Value> {
        loop {
            match tokio::time::timeout(PATIENCE, self.0.next()).await.expect("something comes") {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next event: its stream, its name and its payload.
    pub async fn event(&mut self) -> (Value, String, String) {
        let event = self.hears().await.expect("the stream goes on");
        let text = |name: &str| event[name].as_str().unwrap_or_else(|| panic!("{event}")).to_owned();
        (event["stream"].clone(), text("event"), text("payload"))
    }

    /// Waits until everything that was said before has been read.
    async fn settle(&mut self) {
        self.says("subscribe", "nonsense", None).await;
        assert_eq!(self.hears().await.unwrap()["error"], "Unknown stream type");
    }
}

/// The server on a port of this machine.
pub async fn serve(house: &House) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = guildhall::http::router(house.app.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("ws://{address}/api/v1/streaming")
}

pub async fn listen(address: &str, who: &Person, streams: &[&str]) -> Listener {
    let (socket, _) = connect_async(format!("{address}?access_token={}", who.token.replace(' ', "+"))).await.unwrap();
    let mut listener = Listener(socket);
    for stream in streams {
        listener.says("subscribe", stream, None).await;
    }
    listener.settle().await;
    listener
}

fn id(payload: &str) -> String {
    serde_json::from_str::<Value>(payload).unwrap()["id"].as_str().unwrap().to_owned()
}

on_both! {
    async fn what_happens_is_heard_as_it_happens(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        house.post(&ben, &format!("/api/v1/accounts/{}/follow", ana.id()), json!({})).await.ok();
        let address = serve(&house).await;
        let mut bens = listen(&address, &ben, &["user"]).await;
        let post = house.says(&ana, json!({"status": "Tea, @ben"})).await;
        let mut heard = [bens.event().await, bens.event().await];
        heard.sort_by(|a, b| a.1.cmp(&b.1));
        assert_eq!((&heard[0].0, heard[0].1.as_str()), (&json!(["user"]), "notification"));
        assert_eq!(serde_json::from_str::<Value>(&heard[0].2).unwrap()["status"]["id"], json!(post));
        assert_eq!((heard[1].1.as_str(), id(&heard[1].2)), ("update", post.clone()));
        house.wait(60);
        house.put(&ana, &format!("/api/v1/statuses/{post}"), json!({"status": "Coffee, @ben"})).await.ok();
        let (_, event, payload) = bens.event().await;
        assert_eq!((event.as_str(), id(&payload)), ("status.update", post.clone()));
        assert!(payload.contains("Coffee"));
        house.post(&ana, &format!("/api/v1/statuses/{post}/favourite"), json!({})).await.ok();
        house.delete(&ana, &format!("/api/v1/statuses/{post}")).await.ok();
        let (_, event, payload) = bens.event().await;
        assert_eq!((event.as_str(), payload), ("delete", post), "a like is no edit");
        house.post(&ben, "/api/v2/filters", json!({"title": "Tea", "context": ["home"]})).await.ok();
        let changed = bens.hears().await.unwrap();
        assert_eq!(changed, json!({"stream": ["user"], "event": "filters_changed"}));
        // Another post, which is boosted by somebody whom one follows.
        let cleo = house.customer("cleo").await;
        let other = house.says(&cleo, json!({"status": "Scones"})).await;
        let boost = house.post(&ana, &format!("/api/v1/statuses/{other}/reblog"), json!({})).await.ok();
        let (_, event, payload) = bens.event().await;
        assert_eq!((event.as_str(), json!(id(&payload))), ("update", boost["id"].clone()));
    }

    async fn channels_are_chosen_and_left(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let eve = house.stranger("eve", "remote.example").await;
        let address = serve(&house).await;
        let mut everything = listen(&address, &ana, &["public"]).await;
        let mut here = listen(&address, &ana, &["public:local"]).await;
        let mut elsewhere = listen(&address, &ana, &["public:remote"]).await;
        let mut tea = listen(&address, &ana, &[]).await;
        tea.says("subscribe", "hashtag", Some("Tea")).await;
        tea.settle().await;
        let ours = house.says(&ana, json!({"status": "Ours #tea"})).await;
        let theirs = house.arrived(&eve, |_| ()).await.to_string();
        let heard = async |listener: &mut Listener| {
            let (stream, event, payload) = listener.event().await;
            assert_eq!(event, "update");
            (stream, id(&payload))
        };
        assert_eq!(heard(&mut everything).await, (json!(["public"]), ours.clone()));
        assert_eq!(heard(&mut everything).await, (json!(["public"]), theirs.clone()));
        assert_eq!(heard(&mut here).await, (json!(["public:local"]), ours.clone()));
        assert_eq!(heard(&mut elsewhere).await, (json!(["public:remote"]), theirs));
        assert_eq!(heard(&mut tea).await, (json!(["hashtag", "Tea"]), ours));
        // A list: of whom one follows.
        let ben = house.employee("ben").await;
        house.post(&ana, &format!("/api/v1/accounts/{}/follow", ben.id()), json!({})).await.ok();
        let list = house.post(&ana, "/api/v1/lists", json!({"title": "Few"})).await.ok()["id"].clone();
        house.post(&ana, &format!("/api/v1/lists/{}/accounts", list.as_str().unwrap()), json!({"account_ids": [ben.id()]})).await.ok();
        for who in [&ana, &ben] {
            let mut few = listen(&address, who, &[]).await;
            few.0.send(Message::Text(json!({"type": "subscribe", "stream": "list", "list": list}).to_string().into())).await.unwrap();
            if who.id() == ben.id() {
                assert_eq!(few.hears().await.unwrap()["error"], "There is no such list of yours.");
            }
            few.says("subscribe", "public", None).await;
            few.settle().await;
            let said = house.says(&ben, json!({"status": "Said in the list"})).await;
            let mut streams = vec![heard(&mut few).await];
            if who.id() == ana.id() {
                streams.push(heard(&mut few).await);
                assert!(streams.contains(&(json!(["list", list]), said.clone())), "{streams:?}");
            }
            assert!(streams.contains(&(json!(["public"]), said)), "{streams:?}");
            few.settle().await;
            for listener in [&mut everything, &mut here] {
                heard(listener).await;
            }
        }
        let another = house.get(&ben, &format!("/api/v1/streaming/list?list={}", list.as_str().unwrap())).await;
        assert_eq!(another.status, 404, "{}", another.body);
        // One socket, two channels, and one of them no more.
        here.says("subscribe", "public", None).await;
        here.says("unsubscribe", "public:local", None).await;
        here.settle().await;
        let more = house.says(&ana, json!({"status": "More"})).await;
        assert_eq!(heard(&mut here).await, (json!(["public"]), more));
        here.settle().await;
        here.says("subscribe", "hashtag", None).await;
        assert!(here.hears().await.unwrap()["error"].as_str().unwrap().contains("hashtag"));
        for junk in ["", "{}", "[]", "null", "{\"type\": 5}"] {
            here.0.send(Message::Text(junk.into())).await.unwrap();
            assert!(here.hears().await.unwrap()["error"].is_string(), "{junk}");
        }
        here.0.send(Message::Binary(vec![1].into())).await.unwrap();
        assert_eq!(here.hears().await, None);
    }

    async fn conversations_are_heard_by_those_in_them(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        let address = serve(&house).await;
        let mut listeners = Vec::new();
        for who in [&ana, &ben, &cleo] {
            listeners.push(listen(&address, who, &["direct"]).await);
        }
        house.says(&ana, json!({"status": "For everybody"})).await;
        let post = house.says(&ana, json!({"status": "Tea, @ben?", "visibility": "direct"})).await;
        for (place, unread, with) in [(0, false, &ben), (1, true, &ana)] {
            let (stream, event, payload) = listeners[place].event().await;
            assert_eq!((&stream, event.as_str()), (&json!(["direct"]), "conversation"));
            let talk: Value = serde_json::from_str(&payload).unwrap();
            assert_eq!((&talk["unread"], &talk["last_status"]["id"]), (&json!(unread), &json!(post)), "{talk}");
            assert_eq!(talk["accounts"][0]["id"], json!(with.id()));
        }
        house.delete(&ana, &format!("/api/v1/statuses/{post}")).await.ok();
        let last = house.says(&cleo, json!({"status": "@ana @ben All of us", "visibility": "direct"})).await;
        for listener in &mut listeners {
            let (_, event, payload) = listener.event().await;
            let talk: Value = serde_json::from_str(&payload).unwrap();
            assert_eq!((event.as_str(), &talk["last_status"]["id"]), ("conversation", &json!(last)), "others hear nothing before");
        }
    }

    async fn who_is_let_in_is_heard_of(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, dan) = (house.employee("ana").await, house.customer("dan").await);
        let address = serve(&house).await;
        let (mut anas, mut dans) = (listen(&address, &ana, &["user:notification"]).await, listen(&address, &dan, &["user"]).await);
        house.says(&dan, json!({"status": "@ana Between us", "visibility": "direct"})).await;
        assert_eq!(dans.event().await.1, "update", "his own");
        let waiting = house.get(&ana, "/api/v1/notifications/requests").await.ok();
        house.post(&ana, "/api/v1/notifications/requests/accept", json!({"id": [waiting[0]["id"]]})).await.ok();
        let merged = (json!(["user:notification"]), "notifications_merged".to_owned(), "1".to_owned());
        assert_eq!(anas.event().await, merged, "what waits is not heard");
        let end = house.says(&dan, json!({"status": "That was all"})).await;
        assert_eq!(id(&dans.event().await.2), end, "nobody else hears it");
    }

    async fn nobody_hears_what_they_may_not_read(database: TestDatabase) {
        use guildhall::domain::org;
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.customer("cleo").await);
        let account = ana.account;
        let team = house.app.db.write(move |tx| {
            let team = org::create_team(tx, "Hills", org::TeamKind::Team)?;
            org::add_to_team(tx, team, account)?;
            Ok(team)
        }).await.unwrap();
        for who in [&ben, &cleo] {
            house.post(who, &format!("/api/v1/accounts/{}/follow", ana.id()), json!({})).await.ok();
        }
        let dan = house.customer("dan").await;
        house.put(&dan, "/api/v2/notifications/policy", json!({"for_private_mentions": "accept"})).await.ok();
        let address = serve(&house).await;
        let all = ["user", "public", "public:local", "public:remote", "user:notification"];
        let mut listeners = [listen(&address, &ben, &all).await, listen(&address, &cleo, &all).await, listen(&address, &dan, &all).await];
        for listener in &mut listeners {
            listener.says("subscribe", "hashtag", Some("tea")).await;
            listener.settle().await;
        }
        for (body, hears) in [
            (json!({"status": "#tea for the company", "local_only": true}), [true, false, false]),
            (json!({"status": "#tea for the team", "guildhall_audience": format!("team:{team}")}), [false, false, false]),
            (json!({"status": "#tea for followers", "guildhall_audience": "followers"}), [true, true, false]),
            (json!({"status": "#tea for @dan", "visibility": "direct"}), [false, false, true]),
        ] {
            let post = house.says(&ana, body.clone()).await;
            house.wait(60);
            house.put(&ana, &format!("/api/v1/statuses/{post}"), json!({"status": format!("{} once more", body["status"].as_str().unwrap())})).await.ok();
            house.delete(&ana, &format!("/api/v1/statuses/{post}")).await.ok();
            let end = house.says(&ana, json!({"status": "That was all"})).await;
            for (listener, hears) in listeners.iter_mut().zip(hears) {
                let mut heard = Vec::new();
                // Everybody hears the public post, at least on the channel of all and on that of ours.
                loop {
                    let (stream, event, payload) = listener.event().await;
                    if event == "update" && id(&payload) == end {
                        if stream == json!(["public:local"]) {
                            break;
                        }
                        continue;
                    }
                    heard.push(format!("{stream} {event} {payload}"));
                }
                let found = heard.iter().any(|event| event.contains(&post));
                assert_eq!(found, hears, "{body} {heard:?}");
                if !hears {
                    assert!(heard.is_empty(), "{body} {heard:?}");
                }
                assert!(!heard.iter().any(|event| event.contains("[\"public") || event.contains("[\"hashtag")), "{body} {heard:?}");
            }
        }
    }

    async fn a_token_opens_the_door_in_three_places_and_its_end_closes_it(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        // Words of a protocol have no spaces.
        let (account, actor) = (ana.account, ana.actor);
        let token = "streaming-token";
        house.app.db.write(move |tx| {
            accounts::issue_token(tx, account, actor, "read", "test", &guildhall::secrets::token_hash(token))
        }).await.unwrap();
        let address = serve(&house).await;
        let mut request = address.as_str().into_client_request().unwrap();
        request.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(token));
        let (socket, answer) = connect_async(request).await.unwrap();
        assert_eq!(answer.headers()[header::SEC_WEBSOCKET_PROTOCOL], token);
        let mut by_protocol = Listener(socket);
        let mut request = address.as_str().into_client_request().unwrap();
        request.headers_mut().insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer streaming-token"));
        let mut by_header = Listener(connect_async(request).await.unwrap().0);
        let mut by_query = Listener(connect_async(format!("{address}?access_token={token}&stream=public")).await.unwrap().0);
        by_protocol.says("subscribe", "public", None).await;
        by_header.says("subscribe", "public", None).await;
        for listener in [&mut by_protocol, &mut by_header, &mut by_query] {
            listener.settle().await;
        }
        house.says(&ana, json!({"status": "Hello"})).await;
        for listener in [&mut by_protocol, &mut by_header, &mut by_query] {
            assert_eq!(listener.event().await.1, "update");
        }
        let hash = guildhall::secrets::token_hash(token);
        house.app.db.write(move |tx| {
            let session = accounts::session(tx.conn(), &hash)?.unwrap();
            accounts::revoke_token(tx, session.token.id)
        }).await.unwrap();
        for listener in [&mut by_protocol, &mut by_header, &mut by_query] {
            assert_eq!(listener.hears().await, None);
        }
        for wrong in [address.clone(), format!("{address}?access_token=wrong"), format!("{address}?access_token={token}")] {
            let refused = connect_async(wrong).await.unwrap_err();
            let tokio_tungstenite::tungstenite::Error::Http(answer) = refused else { panic!("refused otherwise") };
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        }
    }

    async fn scopes_are_checked_and_streams_are_few(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.person_with("ana", AccountKind::Employee, Role::Member, "read:statuses").await;
        let mute = house.person_with("mute", AccountKind::Employee, Role::Member, "write").await;
        let address = serve(&house).await;
        let mut listener = listen(&address, &ana, &[]).await;
        for stream in ["user", "user:notification"] {
            listener.says("subscribe", stream, None).await;
            assert!(listener.hears().await.unwrap()["error"].as_str().unwrap().contains("scope"), "{stream}");
        }
        for path in ["user", "user/notification", "direct", "public", "hashtag?tag=tea"] {
            assert_eq!(house.get(&mute, &format!("/api/v1/streaming/{path}")).await.status, 403, "{path}");
            assert_eq!(house.get(None, &format!("/api/v1/streaming/{path}")).await.status, 401, "{path}");
        }
        assert_eq!(house.get(&mute, "/api/v1/streaming/hashtag").await.status, 400);
        assert_eq!(house.get(&ana, "/api/v1/streaming?stream=nonsense").await.status, 400);
        assert_eq!(house.get(None, "/api/v1/streaming/health").await.ok(), json!("OK"));
        let mut open = Vec::new();
        for _ in 1..20 {
            open.push(listen(&address, &ana, &[]).await);
        }
        let refused = connect_async(format!("{address}?access_token={}", ana.token.replace(' ', "+"))).await.unwrap_err();
        let tokio_tungstenite::tungstenite::Error::Http(answer) = refused else { panic!("refused otherwise") };
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    }

    async fn events_come_as_server_sent_events_too(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let request = Request::get("/api/v1/streaming/public/local")
            .header(header::AUTHORIZATION, format!("Bearer {}", ana.token))
            .header(header::ACCEPT_ENCODING, "gzip");
        let response = tower::ServiceExt::oneshot(guildhall::http::router(house.app.clone()), request.body(axum::body::Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        assert!(!response.headers().contains_key(header::CONTENT_ENCODING));
        let post = house.says(&ana, json!({"status": "Hello"})).await;
        let mut body = response.into_body().into_data_stream();
        let mut heard = String::new();
        while !heard.contains("\n\n") {
            heard.push_str(&String::from_utf8_lossy(&tokio::time::timeout(PATIENCE, body.next()).await.unwrap().unwrap().unwrap()));
        }
        let (event, data) = heard.trim().split_once('\n').unwrap();
        assert_eq!(event, "event: update");
        assert_eq!(id(data.strip_prefix("data: ").unwrap()), post);
    }

    async fn every_channel_is_heard_as_server_sent_events(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let eve = house.stranger("eve", "remote.example").await;
        house.post(&ana, &format!("/api/v1/accounts/{}/follow", ben.id()), json!({})).await.ok();
        let list = house.post(&ana, "/api/v1/lists", json!({"title": "Tea"})).await.ok();
        let list = list["id"].as_str().unwrap();
        house.post(&ana, &format!("/api/v1/lists/{list}/accounts"), json!({"account_ids": [ben.id()]})).await.ok();
        let mut streams = Vec::new();
        for (channel, event) in [
            ("user", "update"), ("user/notification", "notification"), ("direct", "conversation"), ("public", "update"),
            ("public/local", "update"), ("public/remote", "update"), ("hashtag?tag=tea", "update"),
            ("hashtag/local?tag=tea", "update"), (&*format!("list?list={list}"), "update"),
        ] {
            let request = Request::get(format!("/api/v1/streaming/{channel}")).header(header::AUTHORIZATION, format!("Bearer {}", ana.token));
            let request = request.body(axum::body::Body::empty()).unwrap();
            let response = tower::ServiceExt::oneshot(guildhall::http::router(house.app.clone()), request).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK, "{channel}");
            streams.push((channel.to_owned(), event, response.into_body().into_data_stream()));
        }
        house.says(&ben, json!({"status": "Tea, @ana? #tea"})).await;
        house.says(&ben, json!({"status": "@ana Between us", "visibility": "direct"})).await;
        house.arrived(&eve, |_| {}).await;
        for (channel, event, mut body) in streams {
            let mut heard = String::new();
            while !heard.contains(&format!("event: {event}\n")) {
                let part = tokio::time::timeout(PATIENCE, body.next()).await;
                heard.push_str(&String::from_utf8_lossy(&part.unwrap_or_else(|_| panic!("{channel}: {heard}")).unwrap().unwrap()));
            }
            let foreign = if channel == "public/remote" { "Tea" } else { "Hello from elsewhere" };
            if channel.contains("/local") || channel == "public/remote" {
                assert!(!heard.contains(foreign), "{channel}: {heard}");
            }
        }
    }
}

/// Proxies and phones end what says nothing. It takes the time that it takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nothing_happens_it_is_said_that_the_stream_is_there() {
    let house = House::open(crate::support::database::TestDatabase::sqlite()).await;
    let ana = house.employee("ana").await;
    let address = serve(&house).await;
    let request = Request::get("/api/v1/streaming/user").header(header::AUTHORIZATION, format!("Bearer {}", ana.token));
    let request = request.body(axum::body::Body::empty()).unwrap();
    let response = tower::ServiceExt::oneshot(guildhall::http::router(house.app.clone()), request).await.unwrap();
    let mut body = response.into_body().into_data_stream();
    let (mut socket, _) =
        connect_async(format!("{address}?stream=user&access_token={}", ana.token.replace(' ', "+"))).await.unwrap();
    let silent =
        tokio::time::timeout(Duration::from_secs(10), async { tokio::join!(body.next(), socket.next()) }).await;
    assert!(silent.is_err(), "nobody is woken for nothing: {silent:?}");
    let thump =
        tokio::time::timeout(PATIENCE, body.next()).await.expect("after a quarter of a minute").unwrap().unwrap();
    assert_eq!(&thump[..], b": thump\n\n");
    let ping = tokio::time::timeout(Duration::from_secs(40), socket.next())
        .await
        .expect("after half a minute")
        .unwrap()
        .unwrap();
    assert!(matches!(ping, Message::Ping(_)), "{ping:?}");
}

/// Across processes: what one of them writes is heard by who is connected to another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_process_writes_is_heard_here() {
    let house = House::open(crate::support::database::TestDatabase::postgres()).await;
    let ana = house.employee("ana").await;
    let address = serve(&house).await;
    let mut listener = listen(&address, &ana, &["public"]).await;
    let other = house.database.another();
    let (site, by) =
        (house.app.site.clone(), guildhall::domain::By::Local { actor: ana.actor, account: Some(ana.account) });
    // Until it listens, a process hears nothing: it is told once more.
    for _ in 0..20 {
        let (site, by) = (site.clone(), by.clone());
        let written = other.write(move |tx| {
            use guildhall::domain::posts::{self, Audience, Draft};
            posts::create(tx, &site, &by, &Draft::note(Audience::Public, "<p>From next door</p>".to_owned()))
        });
        let written = written.await.unwrap();
        if let Ok((_, event, payload)) = tokio::time::timeout(Duration::from_secs(1), listener.event()).await {
            assert_eq!(event, "update");
            assert!(id(&payload).parse::<i64>().unwrap() <= written.0);
            return;
        }
    }
    panic!("nothing was heard");
}
