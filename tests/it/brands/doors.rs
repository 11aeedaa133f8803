//! A brand whose rules ask for approval publishes nothing without, whichever door it comes through.

use guildhall::domain::accounts;
use http::StatusCode;
use serde_json::json;

use super::{
    audit_acts,
    desk::{Desk, refused},
};
use crate::mastodon::Person;

/// Somebody who acts as the brand in an app.
pub async fn in_an_app(desk: &Desk, who: &Person, token: &'static str) -> Person {
    let (account, brand) = (who.account, desk.brand);
    let issue = move |tx: &mut guildhall::db::Tx<'_>| {
        accounts::issue_token(tx, account, brand, "read write", "app", &guildhall::secrets::token_hash(token))
    };
    desk.house.app.db.write(issue).await.unwrap();
    Person { actor: brand, account, token: token.to_owned() }
}

on_both! {
    async fn no_door_lets_a_brand_publish_what_nobody_approved(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        let app = in_an_app(&desk, &desk.publisher, "publisher-app").await;
        let carl = house.customer("carl").await;
        let question = house.says(&carl, json!({"status": "Is it waterproof?"})).await;
        for body in [
            json!({"status": "Hello"}),
            json!({"status": "Hello", "visibility": "unlisted"}),
            json!({"status": "Hello @carl", "visibility": "direct"}),
            json!({"status": "Hello", "local_only": true}),
        ] {
            let waits = house.post(&app, "/api/v1/statuses", body.clone()).await.ok();
            assert_eq!((&waits["visibility"], &waits["guildhall"]["approval"]["state"]), (&json!("direct"), &json!("in_review")), "{body}");
        }
        let reply = house.post(&app, "/api/v1/statuses", json!({"status": "Hello", "scheduled_at": "2026-11-01T13:00:00Z"})).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{}", reply.body);
        assert!(reply.body["error"].as_str().unwrap().contains("draft"), "{}", reply.body);
        assert_eq!(reply.body["guildhall"]["code"], "draft.no_time");
        let outbox = format!("/ap/actors/{}/outbox", desk.brand);
        let note = json!({"@context": "https://www.w3.org/ns/activitystreams", "type": "Note", "content": "<p>Hello</p>", "to": ["https://www.w3.org/ns/activitystreams#Public"]});
        let sent = http::Request::post(&outbox).header("authorization", "Bearer publisher-app").header("content-type", "application/activity+json");
        let sent = house.send(sent.body(note.to_string().into()).unwrap()).await;
        assert_eq!((sent.status, &sent.body["code"]), (StatusCode::FORBIDDEN, &json!("brand.approval")), "{}", sent.body);
        assert_eq!(desk.said().await.len(), 0);
        // Answers go free, and a person speaks for themselves.
        house.post(&app, "/api/v1/statuses", json!({"status": "Yes, @carl", "in_reply_to_id": question})).await.ok();
        house.says(&desk.publisher, json!({"status": "As myself"})).await;
        desk.rules(json!({"reply_lane": "approval"})).await;
        let waits = house.post(&app, "/api/v1/statuses", json!({"status": "Yes, @carl", "in_reply_to_id": question})).await.ok();
        assert_eq!(waits["guildhall"]["approval"]["needed"], 1);
        // Without rules everything is as before.
        desk.rules(json!({"min_approvals": 0})).await;
        house.post(&app, "/api/v1/statuses", json!({"status": "Hello"})).await.ok();
    }

    async fn what_waited_when_the_rules_came_is_not_published_by_its_time(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"min_approvals": 0})).await;
        let app = in_an_app(&desk, &desk.publisher, "publisher-app").await;
        let waits = desk.house.post(&app, "/api/v1/statuses", json!({"status": "Later", "scheduled_at": "2026-11-01T13:00:00Z"})).await.ok();
        desk.rules(json!({"min_approvals": 1})).await;
        desk.house.wait(3600);
        desk.house.work().await;
        assert_eq!(desk.said().await.len(), 0);
        let path = format!("/api/v1/scheduled_statuses/{}", waits["id"].as_str().unwrap());
        let left = desk.house.get(&app, &path).await.ok();
        assert!(left["guildhall"]["failed"].as_str().unwrap().contains("approved"), "{left}");
    }

    async fn taking_back_what_was_approved_needs_nobody_and_is_written_down(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let post = desk.published("The price is 10").await;
        let app = in_an_app(&desk, &desk.publisher, "publisher-app").await;
        desk.house.delete(&app, &format!("/api/v1/statuses/{post}")).await.ok();
        assert_eq!(desk.said().await.len(), 0);
        assert_eq!(audit_acts(&desk).await.last().unwrap(), "post.deleted");
    }

    async fn who_answers_a_colleague_writes_for_everybody(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, app) = (&desk.house, in_an_app(&desk, &desk.publisher, "publisher-app").await);
        let carl = house.customer("carl").await;
        let rival = house.brand_of(&desk.manager).await;
        let waits = async |to: &str| {
            let said = house.post(&app, "/api/v1/statuses", json!({"status": "As I said", "in_reply_to_id": to})).await.ok();
            !said["guildhall"]["approval"].is_null()
        };
        // A colleague, oneself, another brand of the company, what the brand said: none of them is somebody else.
        for who in [&desk.contributor, &desk.publisher, &rival] {
            let said = house.says(who, json!({"status": "Buy it"})).await;
            assert!(waits(&said).await);
            let draft = desk.begins(&desk.publisher, json!({"body": "As I said", "reply_to": said})).await.ok();
            assert_eq!(draft["approvals"]["needed"], 1);
            assert_eq!(refused(&desk.publishes(&desk.publisher, draft["id"].as_str().unwrap()).await), (403, "draft.approvals_missing"));
        }
        let own = desk.published("News").await;
        assert!(waits(&own).await);
        let question = house.says(&carl, json!({"status": "Is it waterproof?"})).await;
        assert!(!waits(&question).await);
    }
}
