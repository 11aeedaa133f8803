//! Odd numbers where a part of a list is asked for, bodies of calls that delete, and what a WebSocket is not for.

use futures_util::{SinkExt, StreamExt};
use http::{Method, Request, header};
use serde_json::{Value, json};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use crate::mastodon::{House, Person, follow, ids, streaming::serve};

/// Lists, and how many rows they have at most.
const LISTS: &[(&str, usize)] = &[
    ("/api/v1/timelines/home", 40),
    ("/api/v1/timelines/public", 40),
    ("/api/v1/timelines/tag/tea", 40),
    ("/api/v1/accounts/ANA/statuses", 40),
    ("/api/v1/accounts/ANA/followers", 80),
    ("/api/v1/accounts/ANA/following", 80),
    ("/api/v1/notifications", 80),
    ("/api/v1/favourites", 40),
    ("/api/v1/bookmarks", 40),
    ("/api/v1/conversations", 40),
    ("/api/v1/scheduled_statuses", 40),
    ("/api/v1/blocks", 80),
    ("/api/v1/mutes", 80),
    ("/api/v1/domain_blocks", 200),
    ("/api/v1/followed_tags", 200),
    ("/api/v1/endorsements", 80),
    ("/api/v1/follow_requests", 80),
    ("/api/v1/directory", 80),
    ("/api/v1/suggestions", 80),
    ("/api/v1/trends/statuses", 40),
    ("/api/v1/trends/tags", 20),
];

/// What somebody may write who tries. What is no number at all is refused or passed over.
const ODD: &[&str] = &[
    "limit=-1",
    "limit=0",
    "limit=99999",
    "limit=9223372036854775807",
    "limit=-9223372036854775808",
    "limit=99999999999999999999",
    "limit=1.5",
    "limit=abc",
    "limit=",
    "limit[]=1",
    "limit[a]=1",
    "offset=-1",
    "offset=9223372036854775807",
    "offset=abc",
    "max_id=-1",
    "max_id=0",
    "max_id=9223372036854775807",
    "max_id=99999999999999999999",
    "max_id=abc",
    "max_id=",
    "max_id[]=1",
    "min_id=-9223372036854775808",
    "since_id=-1&max_id=-1",
    "min_id=9223372036854775807&max_id=0",
    "max_id=1%00",
    "since_id=1;drop",
];

async fn form(house: &House, who: &Person, path: &str, body: &str) -> u16 {
    let request = Request::delete(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body.to_owned().into())
        .unwrap();
    house.send(request).await.status.as_u16()
}

on_both! {
    async fn odd_numbers_break_no_list(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        follow(&house, &ben, &ana.id()).await;
        for number in 0..3 {
            let post = house.says(&ana, json!({"status": format!("#tea {number}")})).await;
            house.post(&ben, &format!("/api/v1/statuses/{post}/favourite"), json!({})).await.ok();
        }
        for (list, most) in LISTS {
            let list = list.replace("ANA", &ana.id());
            for odd in ODD {
                let answer = house.get(&ana, &format!("{list}?{odd}")).await;
                let status = answer.status.as_u16();
                assert!([200, 400, 422].contains(&status), "{list}?{odd}: {status} {}", answer.body);
                if status == 200 {
                    assert!(answer.body.as_array().unwrap().len() <= *most, "{list}?{odd}");
                } else {
                    assert!(answer.body["error"].is_string(), "{list}?{odd}: {}", answer.body);
                }
            }
        }
        for odd in ["limit=-1", "offset=-1"] {
            assert_eq!(house.get(&ana, &format!("/api/v2/search?q=tea&{odd}")).await.status, 400, "{odd}");
        }
        for odd in ["limit=-1", "limit=0", "limit="] {
            assert_eq!(ids(&house.get(&ana, &format!("/api/v1/accounts/{}/statuses?{odd}", ana.id())).await.ok()).len(), 3, "{odd}: as usual");
        }
    }

    async fn what_deletes_reads_the_form_in_its_body(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        follow(&house, &ana, &ben.id()).await;
        let list = house.post(&ana, "/api/v1/lists", json!({"title": "Tea"})).await.ok()["id"].as_str().unwrap().to_owned();
        let members = format!("/api/v1/lists/{list}/accounts");
        house.post(&ana, &members, json!({"account_ids": [ben.id()]})).await.ok();
        assert_eq!(form(&house, &ana, &members, &format!("account_ids[]={}", ben.id())).await, 200);
        assert_eq!(house.get(&ana, &members).await.ok(), json!([]));
        house.post(&ana, "/api/v1/domain_blocks", json!({"domain": "bad.example"})).await.ok();
        assert_eq!(form(&house, &ana, "/api/v1/domain_blocks", "domain=bad.example").await, 200);
        assert_eq!(house.get(&ana, "/api/v1/domain_blocks").await.ok(), json!([]));
        let post = house.says(&ana, json!({"status": "Hello"})).await;
        assert_eq!(form(&house, &ana, &format!("/api/v1/statuses/{post}"), "delete_media=true").await, 200);
        // A token in the form is one too, and what is no form is refused.
        let request = Request::builder().method(Method::DELETE).uri("/api/v1/domain_blocks");
        let request = request.header(header::CONTENT_TYPE, "application/json").header(header::AUTHORIZATION, format!("Bearer {}", ana.token));
        assert_eq!(house.send(request.body("{".into()).unwrap()).await.status, 400);
    }

    async fn a_socket_takes_no_binary_messages(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let address = serve(&house).await;
        let (mut socket, _) = connect_async(format!("{address}?access_token={}", ana.token.replace(' ', "+"))).await.unwrap();
        socket.send(Message::Binary(b"hello".to_vec().into())).await.unwrap();
        let closed = loop {
            match socket.next().await {
                Some(Ok(Message::Close(frame))) => break frame.unwrap(),
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(u16::from(closed.code), 1003);
        assert_ne!(closed.reason.as_str(), "");
        // Words are understood as before.
        let (mut socket, _) = connect_async(format!("{address}?access_token={}", ana.token.replace(' ', "+"))).await.unwrap();
        socket.send(Message::Text(json!({"type": "subscribe", "stream": "nonsense"}).to_string().into())).await.unwrap();
        let Some(Ok(Message::Text(text))) = socket.next().await else { panic!("no answer") };
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["error"], "Unknown stream type");
    }
}
