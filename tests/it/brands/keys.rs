//! What is made through our own API under a key is made once, whoever asks how often.

use guildhall::domain::accounts::{self, AccountKind, GrantRole, Role};
use http::{Method, Request, header};
use serde_json::{Value, json};

use super::{
    API,
    desk::{Desk, refused},
    doors::in_an_app,
    give,
};
use crate::mastodon::{
    House, Person, Reply,
    media::{form, picture, url},
};

/// Asks for something under a key.
pub async fn keyed(house: &House, who: &Person, method: Method, path: &str, key: &str, body: &Value) -> Reply {
    let request = Request::builder()
        .method(method)
        .uri(format!("{API}/{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", key);
    house.send(request.body(body.to_string().into()).unwrap()).await
}

/// How many acts stand in the audit log.
async fn acts(house: &House) -> usize {
    use guildhall::domain::{Page, audit};
    let page = Page { limit: 1_000, ..Page::default() };
    house.app.db.read(move |conn| audit::list(conn, &audit::Of::Everybody, &page)).await.unwrap().len()
}

on_both! {
    async fn what_is_made_under_one_key_is_made_once(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = house.person("olga", AccountKind::Employee, Role::Owner).await;
        house.employee("ana").await;
        let asks = [
            (Method::POST, "brands", json!({"username": "shop", "display_name": "Shop"}), json!({"username": "store", "display_name": "Store"})),
            (Method::POST, "announcements", json!({"text": "Closed on Friday"}), json!({"text": "Open on Friday"})),
            (Method::POST, "teams", json!({"name": "Sales", "members": ["ana"]}), json!({"name": "Sales", "members": []})),
            (Method::POST, "teams", json!({"name": "South", "kind": "department"}), json!({"name": "South", "kind": "team"})),
            (Method::POST, "certificates", json!({"account": "ana", "role": "approver"}), json!({"account": "ana", "role": "approver", "note": "Twice"})),
            (Method::POST, "invitations", json!({"kind": "customer"}), json!({"kind": "employee"})),
            (Method::POST, "crisis", json!({"reason": "The factory is on fire."}), json!({"reason": "The house is on fire."})),
            (Method::PATCH, "crisis", json!({"statement": "We know"}), json!({"statement": "We do not know"})),
            (Method::POST, "crisis/end", json!({"reason": "The fire is out."}), json!({"reason": "Nobody was hurt."})),
        ];
        for (number, (method, path, body, other)) in asks.iter().enumerate() {
            let key = format!("key {number}");
            let first = keyed(&house, &olga, method.clone(), path, &key, body).await;
            assert!(first.status.is_success(), "{path} {}", first.body);
            let before = acts(&house).await;
            let again = keyed(&house, &olga, method.clone(), path, &key, body).await;
            assert_eq!(again.status, first.status, "{path} {}", again.body);
            assert_eq!(acts(&house).await, before, "{path}");
            // Whoever is invited comes by either link.
            let (mut one, mut two) = (first.body, again.body);
            if *path == "invitations" {
                one["link"] = Value::Null;
                two["link"] = Value::Null;
            }
            assert_eq!(two, one, "{path}");
            let reused = keyed(&house, &olga, method.clone(), path, &key, other).await;
            assert_eq!(refused(&reused), (422, "request.idempotency_key_reused"), "{path}");
            let long = keyed(&house, &olga, method.clone(), path, &"k".repeat(256), body).await;
            assert_eq!(refused(&long), (400, "request.idempotency_key"), "{path}");
        }
        // The key of one thing is none for another.
        let elsewhere = keyed(&house, &olga, Method::POST, "teams", "key 0", &json!({"name": "North"})).await;
        assert_eq!(refused(&elsewhere), (422, "request.idempotency_key_reused"));
        // It is a token's own.
        let oda = house.person("oda", AccountKind::Employee, Role::Owner).await;
        assert!(keyed(&house, &oda, Method::POST, "teams", "key 0", &json!({"name": "North"})).await.status.is_success());
        // What was refused is tried again under its key.
        let taken = keyed(&house, &olga, Method::POST, "teams", "again", &json!({"name": "North"})).await;
        assert_eq!(refused(&taken), (409, "team.taken"));
        assert_eq!(refused(&keyed(&house, &olga, Method::POST, "teams", "again", &json!({"name": "North"})).await), (409, "team.taken"));
        assert!(keyed(&house, &olga, Method::POST, "teams", "again", &json!({"name": "East"})).await.status.is_success());
    }

    async fn a_crisis_that_is_over_does_not_begin_again_under_its_key(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = house.person("olga", AccountKind::Employee, Role::Owner).await;
        let begin = json!({"reason": "The factory is on fire.", "statement": "We know"});
        let (first, end) = ("first", json!({"reason": "The fire is out."}));
        let begun = keyed(&house, &olga, Method::POST, "crisis", first, &begin).await;
        assert_eq!((begun.status.as_u16(), &begun.body["ended_at"]), (201, &Value::Null));
        assert_eq!(keyed(&house, &olga, Method::POST, "crisis/end", "over", &end).await.ok()["active"], false);
        let over = keyed(&house, &olga, Method::POST, "crisis", first, &begin).await.ok();
        assert_eq!((&over["active"], &over["since"], &over["statement"]), (&json!(false), &begun.body["since"], &Value::Null));
        assert!(over["ended_at"].is_string(), "{over}");
        // Another one is none of it.
        house.wait(60);
        assert_eq!(keyed(&house, &olga, Method::POST, "crisis", "second", &begin).await.status, 201);
        assert_eq!(keyed(&house, &olga, Method::POST, "crisis", first, &begin).await.ok(), over);
        let now = house.get(&olga, &format!("{API}/crisis")).await.ok();
        assert_eq!((&now["active"], &now["ended_at"]), (&json!(true), &Value::Null));
        // What was said at its end is of it as well.
        let ended = keyed(&house, &olga, Method::POST, "crisis/end", "over", &end).await;
        assert_eq!((ended.status.as_u16(), &ended.body), (200, &over));
        // Who has no say any more is told nothing under any key.
        let oda = house.person("oda", AccountKind::Employee, Role::Owner).await;
        house.app.db.write(move |tx| accounts::set_role(tx, olga.account, AccountKind::Employee, Role::Member)).await.unwrap();
        assert_eq!(refused(&keyed(&house, &olga, Method::POST, "crisis", first, &begin).await), (403, "crisis.right"));
        assert_eq!(refused(&keyed(&house, &olga, Method::POST, "crisis/end", "over", &end).await), (403, "crisis.right"));
        // A second person who agreed agreed to the end of that one.
        let ada = house.person("ada", AccountKind::Employee, Role::Admin).await;
        assert_eq!(keyed(&house, &oda, Method::POST, "crisis/end", "ask", &json!({})).await.status, 202);
        let second = keyed(&house, &ada, Method::POST, "crisis/end/confirm", "yes", &json!({})).await.ok();
        assert_eq!((&second["active"], &second["since"]), (&json!(false), &now["since"]));
        assert_eq!(keyed(&house, &ada, Method::POST, "crisis", "third", &begin).await.status, 201);
        assert_eq!(keyed(&house, &ada, Method::POST, "crisis/end/confirm", "yes", &json!({})).await.ok(), second);
        let asked = keyed(&house, &oda, Method::POST, "crisis/end", "ask", &json!({})).await;
        assert_eq!((asked.status.as_u16(), &asked.body), (200, &second), "it is over");
    }

    async fn the_key_of_a_draft_a_copy_or_an_invitation_is_none_for_another_act(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let olga = desk.house.person("olga", AccountKind::Employee, Role::Owner).await;
        give(&desk.house, &olga, desk.brand, GrantRole::Publisher).await.unwrap();
        let source = desk.house.says(&olga, json!({"status": "Among us", "local_only": true})).await;
        let asks = [
            (format!("actors/{}/drafts", desk.brand), json!({"body": "For everybody"})),
            (format!("posts/{source}/publish-copy"), json!({"body": "For everybody"})),
            ("invitations".to_owned(), json!({"kind": "customer"})),
            ("teams".to_owned(), json!({"name": "North"})),
        ];
        for (number, (path, body)) in asks.iter().enumerate() {
            let key = format!("key {number}");
            let first = keyed(&desk.house, &olga, Method::POST, path, &key, body).await.ok();
            let again = keyed(&desk.house, &olga, Method::POST, path, &key, body).await.ok();
            assert_eq!(again["id"], first["id"], "{path}");
            for (other, body) in asks.iter().filter(|(other, _)| other != path) {
                let reused = keyed(&desk.house, &olga, Method::POST, other, &key, body).await;
                assert_eq!(refused(&reused), (422, "request.idempotency_key_reused"), "{path}, then {other}");
            }
        }
        // What an app hands in is one of them.
        let pat = in_an_app(&desk, &desk.publisher, "pat").await;
        let (drafts, body) = &asks[0];
        let posts = async |key: &str, text: &str| {
            let request = Request::post("/api/v1/statuses")
                .header(header::AUTHORIZATION, "Bearer pat")
                .header(header::CONTENT_TYPE, "application/json")
                .header("idempotency-key", key);
            desk.house.send(request.body(json!({"status": text}).to_string().into()).unwrap()).await
        };
        let waits = posts("app", "Once").await.ok();
        assert_eq!(posts("app", "Twice").await.ok()["id"], waits["id"], "as in Mastodon");
        assert_eq!(keyed(&desk.house, &pat, Method::POST, drafts, "app", body).await.status, 422);
        keyed(&desk.house, &pat, Method::POST, drafts, "draft", body).await.ok();
        assert_eq!(posts("draft", "Once").await.status, 422);
    }

    async fn a_second_person_who_agrees_twice_under_one_key_agrees_once(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let olga = desk.also("olga", GrantRole::Owner).await;
        let policy = format!("{API}/actors/{}/policy", desk.brand);
        let waits = desk.house.put(&desk.manager, &policy, json!({"min_approvals": 0, "reason": "We answer faster now."})).await;
        let proposal = waits.body["proposal"]["id"].as_str().unwrap().to_owned();
        let confirm = format!("actors/{}/policy/proposals/{proposal}/confirm", desk.brand);
        for _ in 0..2 {
            let confirmed = keyed(&desk.house, &olga, Method::POST, &confirm, "yes", &json!({})).await.ok();
            assert_eq!((&confirmed["min_approvals"], &confirmed["version"]), (&json!(0), &json!(2)));
        }
        let drafts = format!("actors/{}/drafts", desk.brand);
        let reused = keyed(&desk.house, &olga, Method::POST, &drafts, "yes", &json!({"body": "Hello"})).await;
        assert_eq!(refused(&reused), (422, "request.idempotency_key_reused"));
        assert_eq!(refused(&keyed(&desk.house, &olga, Method::POST, &confirm, "again", &json!({})).await), (404, "policy.no_proposal"));
    }

    async fn a_picture_that_is_sent_twice_under_one_key_is_one_emoji(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = house.person("olga", AccountKind::Employee, Role::Owner).await;
        let send = async |content: &[u8]| {
            let body = form(&[("shortcode", "tea")], &[("image", "x.png", content)]);
            let request = Request::post(format!("{API}/emojis"))
                .header(header::AUTHORIZATION, format!("Bearer {}", olga.token))
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
                .header("idempotency-key", "tea");
            house.send(request.body(body.into()).unwrap()).await
        };
        let small = picture(64, 48, image::ImageFormat::Png);
        let first = send(&small).await.ok();
        assert_eq!(send(&small).await.ok(), first);
        let file = house.file(url(&first["url"]), &[]).await;
        assert_eq!(file.status, http::StatusCode::OK);
        assert_eq!(refused(&send(&picture(32, 48, image::ImageFormat::Png)).await), (422, "request.idempotency_key_reused"));
        assert_eq!(house.get(&olga, &format!("{API}/emojis")).await.ok().as_array().unwrap().len(), 1);
    }
}
