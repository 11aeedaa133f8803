//! Writing, editing and deleting posts, in every form in which clients send them.

use axum::body::Body;
use http::{Request, header};
use serde_json::{Value, json};

use super::{House, Person, Reply, ids};

async fn form(house: &House, who: &Person, media_type: &str, body: &str) -> Reply {
    let request = Request::post("/api/v1/statuses")
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, media_type)
        .body(Body::from(body.to_owned()))
        .unwrap();
    house.send(request).await
}

on_both! {
    async fn the_same_post_comes_as_json_form_multipart_and_query(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let multipart = "--x\r\nContent-Disposition: form-data; name=\"status\"\r\n\r\nHello & bye\r\n--x\r\n\
            Content-Disposition: form-data; name=\"sensitive\"\r\n\r\ntrue\r\n--x\r\n\
            Content-Disposition: form-data; name=\"visibility\"\r\n\r\nunlisted\r\n--x--\r\n";
        let replies = [
            form(&house, &ana, "application/json", r#"{"status": "Hello & bye", "sensitive": true, "visibility": "unlisted", "media_ids": null, "in_reply_to_id": ""}"#).await,
            form(&house, &ana, "application/x-www-form-urlencoded", "status=Hello+%26+bye&sensitive=1&visibility=unlisted&media_ids[]=").await,
            form(&house, &ana, "multipart/form-data; boundary=x", multipart).await,
            house.post(&ana, "/api/v1/statuses?status=Hello%20%26%20bye&sensitive=on&visibility=unlisted", Value::Null).await,
        ];
        for reply in replies {
            let status = reply.ok();
            assert!(status["content"].as_str().unwrap().contains("Hello"), "{status}");
            assert_eq!((&status["sensitive"], &status["visibility"]), (&json!(true), &json!("unlisted")));
        }
        assert_eq!(house.get(&ana, "/api/v1/timelines/home").await.ok().as_array().unwrap().len(), 4);
    }

    async fn a_text_looks_before_it_is_sent_as_it_does_then(database: TestDatabase) {
        const PREVIEW: &str = "/api/guildhall/v1/preview";
        let house = House::open(database).await;
        let (ana, _) = (house.employee("ana").await, house.employee("ben_o_k").await);
        let text = "Hello **@ben_o_k** and @nobody\nhttps://a.example/_x_/y #one_two\n\n- tea\n- <b>milk</b>";
        for (format, media_type) in [(json!("markdown"), json!("text/markdown")), (json!("plain"), json!("text/plain")), (json!(null), json!("text/markdown"))] {
            let seen = house.post(&ana, PREVIEW, json!({"text": text, "format": format})).await.ok();
            let sent = house.post(&ana, "/api/v1/statuses", json!({"status": text, "content_type": media_type})).await.ok();
            assert_eq!(seen["html"], sent["content"]);
        }
        let html = house.post(&ana, PREVIEW, json!({"text": text})).await.ok()["html"].as_str().unwrap().to_owned();
        assert!(html.contains("@ben_o_k\" class=") && html.contains("<li>tea</li>") && html.contains("&lt;b&gt;") && html.contains("<br"), "{html}");
        assert_eq!(house.post(&ana, PREVIEW, json!({})).await.ok(), json!({"html": ""}));
        for (body, code) in [(json!({"text": "x", "format": "html"}), "draft.format"), (json!({"text": "x".repeat(100_000)}), "post.too_long")] {
            assert_eq!(house.post(&ana, PREVIEW, body).await.body["code"], code);
        }
        assert_eq!(house.post(None, PREVIEW, json!({"text": "x"})).await.status, 401);
        assert_eq!(house.get(&ana, "/api/v1/timelines/home").await.ok().as_array().unwrap().len(), 3, "nothing else was written");
    }

    async fn posts_that_cannot_be_are_refused_with_the_reason(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        for (body, told) in [
            (json!({}), "needs some text"),
            (json!({"status": " \n "}), "needs some text"),
            (json!({"status": "x".repeat(501)}), "501"),
            (json!({"status": "x", "visibility": "everybody"}), "everybody"),
            (json!({"status": "x", "media_ids": ["1"]}), "is not there"),
            (json!({"status": "x", "media_ids": ["cat"]}), "no id of an upload"),
            (json!({"status": "x", "content_type": "text/html"}), "text/html"),
            (json!({"status": {"a": 1}}), "status: must be text"),
            (json!({"status": "x", "sensitive": "perhaps"}), "sensitive: must be true or false"),
            (json!({"status": "x", "language": "not a language"}), "language"),
        ] {
            let reply = house.post(&ana, "/api/v1/statuses", body.clone()).await;
            assert_eq!(reply.status, 422, "{body}: {}", reply.body);
            assert!(reply.refusal().1.contains(told), "{body}: {}", reply.body);
        }
        let reply = house.post(&ana, "/api/v1/statuses", json!({"status": "x", "in_reply_to_id": "12345"})).await;
        assert_eq!(reply.refusal(), (404, "Record not found"));
    }

    async fn an_edit_keeps_history_and_what_was_not_said(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let id = house.says(&ana, json!({"status": "One", "spoiler_text": "Careful", "language": "de", "visibility": "unlisted"})).await;
        house.wait(60);
        let path = format!("/api/v1/statuses/{id}");
        let edited = house.put(&ana, &path, json!({"status": "Two @ben"})).await.ok();
        assert_eq!(edited["edited_at"], "2026-11-01T12:01:00.000Z");
        assert_eq!(edited["created_at"], "2026-11-01T12:00:00.000Z");
        assert_eq!((&edited["spoiler_text"], &edited["language"], &edited["visibility"]), (&json!("Careful"), &json!("de"), &json!("unlisted")));
        assert_eq!(edited["mentions"][0]["acct"], "ben");
        let cleared = house.put(&ana, &path, json!({"status": "Two @ben", "spoiler_text": ""})).await.ok();
        assert_eq!((&cleared["spoiler_text"], &cleared["sensitive"]), (&json!(""), &json!(false)));
        let history = house.get(None, &format!("{path}/history")).await.ok();
        assert_eq!(history.as_array().unwrap().len(), 3);
        assert!(history[0]["content"].as_str().unwrap().contains("One"));
        assert_eq!(history[0]["spoiler_text"], "Careful");
        assert_eq!(house.get(&ana, &format!("{path}/source")).await.ok()["text"], "Two @ben");
        assert_eq!(house.get(&ben, "/api/v1/notifications?types[]=mention").await.ok()[0]["status"]["id"], json!(id));
        assert_eq!(house.put(&ben, &path, json!({"status": "Mine"})).await.refusal(), (404, "Record not found"));
        assert_eq!(house.get(&ben, &format!("{path}/source")).await.refusal(), (404, "Record not found"));
    }

    async fn a_deleted_post_answers_its_text_and_is_gone(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let id = house.says(&ana, json!({"status": "One *two*"})).await;
        let path = format!("/api/v1/statuses/{id}");
        assert_eq!(house.delete(&ben, &path).await.refusal(), (404, "Record not found"));
        let deleted = house.delete(&ana, &path).await.ok();
        assert_eq!((&deleted["text"], &deleted["id"]), (&json!("One *two*"), &json!(id)));
        assert_eq!(house.get(None, &path).await.refusal(), (404, "Record not found"));
        assert_eq!(house.delete(&ana, &path).await.refusal(), (404, "Record not found"));
        assert_eq!(house.get(&ana, "/api/v1/timelines/home").await.ok(), json!([]));
        assert_eq!(house.get(None, &format!("/api/v1/accounts/{}", ana.id())).await.ok()["statuses_count"], 0);
    }

    async fn the_same_key_is_the_same_post_also_for_twins(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let write = |who: &Person, key: &str| {
            let request = Request::post("/api/v1/statuses")
                .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
                .header(header::CONTENT_TYPE, "application/json")
                .header("Idempotency-Key", key)
                .body(Body::from(r#"{"status": "Once"}"#))
                .unwrap();
            house.send(request)
        };
        let twins = futures_util::future::join_all((0..8).map(|_| write(&ana, "k1"))).await;
        let twins: Vec<String> = twins.into_iter().map(|reply| reply.ok()["id"].as_str().unwrap().to_owned()).collect();
        assert!(twins.iter().all(|id| *id == twins[0]), "{twins:?}");
        assert_eq!(write(&ana, "k1").await.ok()["id"], json!(twins[0]));
        assert_ne!(write(&ana, "k2").await.ok()["id"], json!(twins[0]));
        assert_ne!(write(&ben, "k1").await.ok()["id"], json!(twins[0]));
        assert_eq!(ids(&house.get(None, "/api/v1/timelines/public").await.ok()).len(), 3);
        // A key that says nothing is none.
        assert_ne!(write(&ana, "").await.ok()["id"], write(&ana, " ").await.ok()["id"]);
        house.delete(&ana, &format!("/api/v1/statuses/{}", twins[0])).await.ok();
        assert_ne!(write(&ana, "k1").await.ok()["id"], json!(twins[0]));
    }
}
