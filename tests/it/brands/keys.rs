//! What is made through our own API under a key is made once, whoever asks how often.

use guildhall::domain::accounts::{AccountKind, Role};
use http::{Method, Request, header};
use serde_json::{Value, json};

use super::{API, desk::refused};
use crate::mastodon::{
    House, Person, Reply,
    media::{form, picture, url},
};

/// Asks for something under a key.
async fn keyed(house: &House, who: &Person, method: Method, path: &str, key: &str, body: &Value) -> Reply {
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
