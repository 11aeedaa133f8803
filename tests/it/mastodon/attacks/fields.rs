//! Fields that are not the caller's to set: whatever stands in them, nothing comes of it.

use guildhall::domain::accounts;
use http::Method;
use image::ImageFormat;
use serde_json::{Map, Value, json};

use crate::mastodon::{BASE, House, Person, media::picture};

/// What an attacker adds to whatever they send. `BEN` is somebody else.
fn more(ben: &Person, body: Value) -> Value {
    let ben = ben.id();
    let who = json!({
        "id": "1", "account_id": ben, "actor_id": ben, "owner_id": ben, "author_id": ben, "user_id": ben,
        "account": {"id": ben, "admin": true, "role": "owner", "username": "root"}, "user": {"role": "owner", "admin": true},
        "admin": true, "role": "owner", "role_id": "3", "roles": [{"id": "3"}], "kind": "employee", "group": true, "moderator": true,
        "username": "root", "acct": "root", "email": "root@evil.example", "password": "a sentence that is easy",
        "uri": "https://evil.example/1", "url": "https://evil.example/1", "inbox": "https://evil.example/inbox",
        "suspended": true, "limited": true, "moved": {"id": ben}, "mentions": [{"id": ben}], "team_id": "1",
    });
    let when = json!({
        "created_at": "2000-01-01T00:00:00.000Z", "published_at": "2000-01-01T00:00:00.000Z", "updated_at": "2000-01-01T00:00:00.000Z",
        "edited_at": "2000-01-01T00:00:00.000Z", "verified_at": "2000-01-01T00:00:00.000Z",
        "followers_count": 1_000_000, "following_count": 1, "statuses_count": 7, "favourites_count": 7, "reblogs_count": 7, "replies_count": 7,
        "quotes_count": 7, "pinned": true, "bookmarked": true, "favourited": true, "reblogged": true, "muted": true, "uses": 1,
    });
    let what = json!({
        "content": "<script>alert(1)</script>", "application": {"name": "Trusted", "website": "https://evil.example"}, "reblog": {"id": "1"},
        "guildhall": {"author": "root", "approval": "approved", "audience": "company"}, "state": "ready", "purpose": "avatar",
        "type": "video", "meta": {"original": {"width": 1}}, "blurhash": "x", "preview_url": "https://evil.example/1.png",
        "emojis": [{"shortcode": "x", "url": "https://evil.example/x.png"}], "tags": [{"name": "evil"}], "card": {"url": "https://evil.example"},
        "params": {"text": "Other", "account_id": ben}, "client_id": "x",
    });
    let mut sent = Map::new();
    for part in [who, when, what] {
        sent.extend(part.as_object().unwrap().clone());
    }
    let Value::Object(body) = body else { panic!("{body}") };
    sent.extend(body);
    Value::Object(sent)
}

/// What of two answers differs, but for these.
fn differs(before: &Value, after: &Value, but: &[&str]) -> Vec<String> {
    let keys = before.as_object().unwrap().keys().chain(after.as_object().unwrap().keys());
    let mut keys: Vec<String> = keys
        .filter(|key| before[key.as_str()] != after[key.as_str()] && !but.contains(&key.as_str()))
        .cloned()
        .collect();
    keys.dedup();
    keys
}

on_both! {
    async fn nobody_becomes_somebody_else_by_a_profile(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let path = "/api/v1/accounts/verify_credentials";
        let (before, other) = (house.get(&ana, path).await.ok(), house.get(&ben, path).await.ok());
        let account = ana.account;
        let login = async || house.app.db.read(move |conn| accounts::get(conn, account)).await.unwrap();
        let kept = login().await;
        for method in [Method::PATCH, Method::PUT] {
            let sent = more(&ben, json!({
                "fields_attributes": [{"name": "Page", "value": "https://ana.example/", "verified_at": "2000-01-01T00:00:00.000Z"}],
                "source": {"follow_requests_count": 9, "role": "owner", "id": ben.id()}, "avatar": "https://evil.example/a.png", "header": "javascript:alert(1)",
            }));
            house.call(Some(&ana), method, "/api/v1/accounts/update_credentials", sent).await.ok();
        }
        let after = house.get(&ana, path).await.ok();
        assert_eq!(differs(&before, &after, &["fields", "source"]), [""; 0], "{after}");
        assert_eq!(differs(&before["source"], &after["source"], &["fields"]), [""; 0], "{after}");
        assert_eq!(after["fields"][0]["verified_at"], Value::Null);
        let now = login().await;
        assert_eq!((now.role, now.kind, &now.email, &now.password_hash, now.id), (kept.role, kept.kind, &kept.email, &kept.password_hash, kept.id));
        assert_eq!(house.get(&ben, path).await.ok(), other);
    }

    async fn a_post_is_by_whoever_writes_it_and_as_new_as_it_is(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let plain = house.post(&ana, "/api/v1/statuses", json!({"status": "Hello"})).await.ok();
        let post = house.post(&ana, "/api/v1/statuses", more(&ben, json!({"status": "Hello"}))).await.ok();
        assert_eq!(differs(&plain, &post, &["id", "uri", "url", "account"]), [""; 0], "{post}");
        assert_eq!((&post["account"]["id"], &post["created_at"]), (&json!(ana.id()), &json!("2026-11-01T12:00:00.000Z")));
        assert!(post["id"] != "1" && post["uri"].as_str().unwrap().starts_with(BASE) && post["url"].as_str().unwrap().starts_with(BASE), "{post}");
        let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
        let edited = house.put(&ana, &path, more(&ben, json!({"status": "Hello", "visibility": "direct", "in_reply_to_id": "1"}))).await.ok();
        assert_eq!(differs(&post, &edited, &["account"]), [""; 0], "{edited}");
        for wrong in ["", "everyone", "space", "company", "team", "limited", "local", "Public", "0", "public; direct"].into_iter().skip(1) {
            let refused = house.post(&ana, "/api/v1/statuses", json!({"status": "Hello", "visibility": wrong})).await;
            assert_eq!(refused.status, 422, "{wrong}");
        }
        let media = house.uploaded(&ben).await;
        for wrong in [json!({"media_ids": [media["id"]]}), json!({"guildhall_audience": "team:1"}), json!({"guildhall_audience": "space"}), json!({"in_reply_to_id": "1"}), json!({"quoted_status_id": "1"})] {
            let refused = house.post(&ana, "/api/v1/statuses", more(&ben, wrong.clone())).await;
            assert!([403, 404, 422].contains(&refused.status.as_u16()), "{wrong}: {}", refused.status);
        }
        let listed = house.get(&ana, &format!("/api/v1/accounts/{}/statuses", ana.id())).await.ok();
        assert_eq!((listed.as_array().unwrap().len(), house.get(&ben, &format!("/api/v1/accounts/{}/statuses", ben.id())).await.ok()), (2, json!([])));
    }

    async fn what_somebody_keeps_is_theirs_whatever_it_says(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let own = json!({"title": "Ben's", "context": ["home"], "keywords_attributes": [{"keyword": "tea"}]});
        let theirs = house.post(&ben, "/api/v2/filters", own).await.ok();
        let keyword = theirs["keywords"][0]["id"].clone();
        let lists = async |who: &Person| house.get(who, "/api/v1/lists").await.ok();
        let filters = async |who: &Person| house.get(who, "/api/v2/filters").await.ok();
        let waiting = async |who: &Person| house.get(who, "/api/v1/scheduled_statuses").await.ok();
        let list = house.post(&ana, "/api/v1/lists", more(&ben, json!({"title": "Tea"}))).await.ok();
        let path = format!("/api/v1/lists/{}", list["id"].as_str().unwrap());
        assert_ne!(list["id"], "1");
        assert_eq!(house.put(&ana, &path, more(&ben, json!({"title": "Tea"}))).await.ok(), list);
        let filter = house.post(&ana, "/api/v2/filters", more(&ben, json!({"title": "Mine", "context": ["home"]}))).await.ok();
        let path = format!("/api/v2/filters/{}", filter["id"].as_str().unwrap());
        for stolen in [json!({"id": keyword, "keyword": "stolen"}), json!({"id": keyword, "_destroy": true})] {
            house.put(&ana, &path, more(&ben, json!({"keywords_attributes": [stolen]}))).await;
        }
        let at = json!({"status": "Later", "scheduled_at": "2026-11-01T13:00:00Z"});
        let waits = house.post(&ana, "/api/v1/statuses", more(&ben, at)).await.ok();
        let path = format!("/api/v1/scheduled_statuses/{}", waits["id"].as_str().unwrap());
        let moved = house.put(&ana, &path, more(&ben, json!({"scheduled_at": "2026-11-01T14:00:00Z", "status": "Other", "text": "Other"}))).await.ok();
        assert_eq!(differs(&waits, &moved, &["scheduled_at"]), [""; 0], "{moved}");
        let media = house.uploaded(&ana).await;
        let path = format!("/api/v1/media/{}", media["id"].as_str().unwrap());
        let described = house.put(&ana, &path, more(&ben, json!({"description": "A hill"}))).await.ok();
        assert_eq!(differs(&media, &described, &["description"]), [""; 0], "{described}");
        assert_eq!((lists(&ben).await, filters(&ben).await, waiting(&ben).await), (json!([]), json!([theirs]), json!([])));
        assert_eq!((lists(&ana).await.as_array().unwrap().len(), filters(&ana).await[0]["id"].clone(), waiting(&ana).await.as_array().unwrap().len()), (1, filter["id"].clone(), 1));
        house.wait(2 * 3600);
        house.work().await;
        assert_eq!(house.get(&ben, &format!("/api/v1/accounts/{}/statuses", ben.id())).await.ok(), json!([]));
        assert_eq!(house.get(None, &format!("/api/v1/accounts/{}/statuses", ana.id())).await.ok()[0]["content"], "<p>Later</p>");
        let face = house.send_form(Some(&ana), Method::PATCH, "/api/v1/accounts/update_credentials", crate::mastodon::media::form(&[("account_id", &ben.id())], &[("avatar", "a.png", &picture(8, 8, ImageFormat::Png))]));
        face.await.ok();
        assert!(house.get(None, &format!("/api/v1/accounts/{}", ben.id())).await.ok()["avatar"].as_str().unwrap().ends_with("/assets/avatar.svg"));
    }
}
