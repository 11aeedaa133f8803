//! NUL, control characters and endless ids, wherever a text can stand: refused or taken, never a fault of ours.

use guildhall::{
    domain::accounts,
    federation::fetch::{self, Budget},
    secrets::{new_token, token_hash},
};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::world::{PUBLIC, World};

const ALICE: &str = "https://good.example/users/alice";

/// Every place of a text in a value, as the path to it.
fn places(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(path.to_owned()),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, &format!("{path}/{index}"), found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                places(member, &format!("{path}/{name}"), found);
            }
        }
        _ => {}
    }
}

/// The value once for each text in it and each way of spoiling that.
fn spoilt(value: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    places(value, "", &mut found);
    let mut spoilt = Vec::new();
    for path in found {
        let text = value.pointer(&path).unwrap().as_str().unwrap();
        for (how, bad) in [
            ("NUL", format!("{text}\0")),
            ("NUL inside", text.replacen('e', "\0e", 1)),
            ("a tab", format!("{text}\t")),
            ("no end", format!("{text}{}", "x".repeat(5000))),
        ] {
            let mut copy = value.clone();
            *copy.pointer_mut(&path).unwrap() = json!(bad);
            spoilt.push((format!("{how} in {path}"), copy));
        }
    }
    spoilt
}

on_both! {
    async fn nul_and_endless_ids_are_no_fault_of_ours_wherever_they_stand(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        // The control: a text with NUL is read, and shows that something was there.
        let odd = alice.note("odd", "<p>be\0fore</p>");
        assert_eq!(world.receive(&alice, &alice.create(&odd)).await, StatusCode::ACCEPTED);
        assert_eq!(world.post(&format!("{ALICE}/odd")).await.unwrap().content, "<p>be\u{fffd}fore</p>");
        let ours = world.ana_writes("ours").await.uri.unwrap();
        let mut note = alice.note("1", "<p>hello</p>");
        note["summary"] = json!("careful");
        note["name"] = json!("title");
        note["url"] = json!("https://good.example/@alice/1");
        note["inReplyTo"] = json!(ours);
        note["tag"] = json!([
            {"type": "Mention", "href": world.ana.uri, "name": "@ana"},
            {"type": "Hashtag", "href": "https://good.example/tags/tea", "name": "#tea"},
            {"type": "Emoji", "name": ":tea:", "icon": {"type": "Image", "url": "https://good.example/tea.png"}},
        ]);
        note["attachment"] = json!([{"type": "Document", "mediaType": "image/png", "url": "https://good.example/1.png", "name": "a pot", "blurhash": "LEHV6n"}]);
        note["contentMap"] = json!({"en": "<p>hello</p>"});
        let mut profile = alice.document();
        profile["summary"] = json!("tea");
        profile["attachment"] = json!([{"type": "PropertyValue", "name": "site", "value": "x"}]);
        profile["alsoKnownAs"] = json!(["https://good.example/users/ally"]);
        let like = alice.does("Like", "1", &ours);
        let mut boost = alice.does("Announce", "1", &ours);
        boost["published"] = json!("2026-11-01T10:00:00Z");
        boost["to"] = json!([PUBLIC]);
        for activity in [
            alice.create(&note),
            alice.does("Update", "1", &note),
            alice.does("Update", "2", &profile),
            alice.does("Delete", "1", json!({"id": format!("{ALICE}/gone"), "type": "Tombstone"})),
            alice.does("Follow", "1", &world.ana.uri),
            like.clone(),
            boost,
            alice.does("Undo", "1", &like),
            alice.does("Block", "1", &world.ana.uri),
        ] {
            for (name, activity) in spoilt(&activity) {
                let status = world.receive(&alice, &activity).await;
                assert!(status == StatusCode::ACCEPTED || status.is_client_error(), "{name}: {status} {activity:.300}");
            }
        }
        // The same in documents that we fetch.
        for (number, (name, mut document)) in spoilt(&profile).into_iter().enumerate() {
            let uri = format!("https://good.example/people/{number}");
            world.serve(&uri, &json!({}));
            if document["id"] == ALICE {
                document = serde_json::from_str(&document.to_string().replace(ALICE, &uri)).unwrap();
            }
            world.serve(&uri, &document);
            let found = fetch::actor(&world.app, &uri, &mut Budget::default()).await;
            if let Err(error) = found {
                assert_ne!(error.kind(), guildhall::error::Kind::Internal, "{name}: {error}");
            }
        }
    }

    async fn nul_in_what_clients_say_is_no_fault_of_ours(database: TestDatabase) {
        let world = World::open(database).await;
        let token = new_token();
        let (hash, ana) = (token_hash(&token), world.ana.id);
        world
            .app
            .db
            .write(move |tx| {
                let account = accounts::find_by_actor(tx.conn(), ana)?.unwrap();
                accounts::issue_token(tx, account.id, ana, "read write follow", "test", &hash)
            })
            .await
            .unwrap();
        let ask = async |method: &str, path: &str, body: Option<Value>| {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header("host", "company.example")
                .header("authorization", format!("Bearer {token}"))
                .header("content-type", "application/json")
                .body(body.map_or_else(axum::body::Body::empty, |body| axum::body::Body::from(body.to_string())))
                .unwrap();
            world.router.clone().oneshot(request).await.unwrap().status()
        };
        for path in [
            "/api/v1/accounts/lookup?acct=%00",
            "/api/v1/accounts/lookup?acct=a%00@b.example",
            "/api/v1/accounts/search?q=%00",
            "/api/v2/search?q=%00x&resolve=true",
            "/api/v2/search?q=https://x.example/%00",
            "/api/v1/timelines/tag/%00",
            "/@a%00",
            "/@ana%00/1",
            "/users/a%00",
            "/.well-known/webfinger?resource=acct:a%00@company.example",
            "/ap/objects/1%00",
        ] {
            let status = ask("GET", path, None).await;
            assert!(!status.is_server_error(), "{path}: {status}");
        }
        assert_eq!(ask("GET", "/@ana%00", None).await, StatusCode::NOT_FOUND);
        let said = json!({"status": "a\0b", "spoiler_text": "\0", "language": "e\0n", "\0": "\0"});
        assert!(!ask("POST", "/api/v1/statuses", Some(said)).await.is_server_error());
        let said = json!({"display_name": "a\0b", "note": "\0", "fields_attributes": [{"name": "\0", "value": "\0"}]});
        assert!(!ask("PATCH", "/api/v1/accounts/update_credentials", Some(said)).await.is_server_error());
        // The controls.
        assert_eq!(ask("GET", "/api/v1/accounts/lookup?acct=ana", None).await, StatusCode::OK);
        assert_eq!(ask("POST", "/api/v1/statuses", Some(json!({"status": "a\0b"}))).await, StatusCode::OK);
    }
}
