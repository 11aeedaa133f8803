//! Clients that ask twice, and apps that may post and yet not agree.

use guildhall::domain::accounts::{AccountKind, GrantRole, Role};
use http::{Method, Request, header};
use serde_json::{Value, json};

use super::{
    API,
    desk::{Desk, refused},
    doors::in_an_app,
    give,
};
use crate::mastodon::{Person, Reply};

/// Does something with a draft under a key.
async fn keyed(desk: &Desk, who: &Person, path: &str, key: &str, version: Option<i64>, body: Value) -> Reply {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(format!("{API}/drafts/{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", key);
    if let Some(version) = version {
        request = request.header(header::IF_MATCH, format!("\"{version}\""));
    }
    desk.house.send(request.body(body.to_string().into()).unwrap()).await
}

on_both! {
    async fn what_is_asked_twice_under_one_key_is_done_once(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let owner = desk.also("olga", GrantRole::Owner).await;
        desk.reached(&owner, "olga").await;
        let id = desk.handed_in("Once").await;
        let path = format!("{id}/request-changes");
        keyed(&desk, &desk.approver, &path, "back", None, json!({"comment": "No"})).await.ok();
        desk.acts(&desk.contributor, &id, "submit", json!({})).await.ok();
        let again = keyed(&desk, &desk.approver, &path, "back", None, json!({"comment": "No"})).await.ok();
        assert_eq!(again["state"], "in_review", "it was done before, and is not done again");
        let other = keyed(&desk, &desk.approver, &path, "back", None, json!({"comment": "Never"})).await;
        assert_eq!(refused(&other), (422, "request.idempotency_key_reused"));
        let other = keyed(&desk, &desk.approver, &format!("{id}/approve"), "back", Some(1), json!({})).await;
        assert_eq!(refused(&other), (422, "request.idempotency_key_reused"));
        // What is refused is tried again.
        let publish = format!("{id}/publish");
        assert_eq!(refused(&keyed(&desk, &desk.publisher, &publish, "out", None, json!({})).await), (403, "draft.objection"));
        for _ in 0..2 {
            assert_eq!(keyed(&desk, &desk.approver, &format!("{id}/approve"), "yes", Some(1), json!({})).await.ok()["state"], "approved");
        }
        let at = json!({"scheduled_at": "2026-11-01T13:00:00Z"});
        for _ in 0..2 {
            keyed(&desk, &desk.publisher, &format!("{id}/schedule"), "later", None, at.clone()).await.ok();
        }
        for _ in 0..2 {
            assert_eq!(keyed(&desk, &desk.publisher, &publish, "out", None, json!({})).await.ok()["state"], "published");
        }
        // An emergency is one, and its letter goes once.
        let urgent = desk.handed_in("Leave").await;
        for _ in 0..2 {
            let said = json!({"reason": "The factory is on fire."});
            assert_eq!(keyed(&desk, &desk.manager, &format!("{urgent}/override"), "fire", None, said).await.ok()["state"], "published");
        }
        assert_eq!(desk.letters().await.len(), 1);
        // A key is a token's own, and is forgotten after a day.
        assert_eq!(keyed(&desk, &desk.manager, &publish, "out", None, json!({})).await.ok()["state"], "published");
        desk.house.wait(25 * 3600);
        desk.house.app.db.write(|tx| tx.defer(&guildhall::domain::work::Job::Prune)).await.unwrap();
        desk.house.work().await;
        let left = desk.house.app.db.read(|conn| {
            use diesel::prelude::*;
            Ok(guildhall::db::schema::acts_once::table.count().get_result::<i64>(conn)?)
        });
        assert_eq!(left.await.unwrap(), 0);
    }

    async fn an_app_that_was_let_in_to_post_does_not_agree_in_somebodys_name(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let id = desk.handed_in("The price is 10").await;
        let phone = desk.house.person_with("phone", AccountKind::Employee, Role::Member, "read write follow push admin:write").await;
        give(&desk.house, &phone, desk.brand, GrantRole::Manager).await.unwrap();
        let as_brand = in_an_app(&desk, &desk.approver, "approver-app").await;
        for who in [&phone, &as_brand] {
            for verb in ["approve", "override"] {
                let reply = desk.with(who, Method::POST, &format!("{id}/{verb}"), 1, json!({"reason": "The factory is on fire."})).await;
                assert_eq!(refused(&reply), (403, "token.scope"), "{verb}");
            }
        }
        assert_eq!(desk.reads(&desk.manager, &id).await["state"], "in_review");
        let desktop = desk.house.person_with("desktop", AccountKind::Employee, Role::Member, "read write guildhall:approve").await;
        give(&desk.house, &desktop, desk.brand, GrantRole::Approver).await.unwrap();
        assert_eq!(desk.approves(&desktop, &id).await.ok()["state"], "approved");
    }

    async fn what_was_published_shows_who_agreed_then(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let id = desk.approved("Agreed").await;
        desk.publishes(&desk.publisher, &id).await.ok();
        give(&desk.house, &desk.approver, desk.brand, GrantRole::Analyst).await.unwrap();
        desk.rules(json!({"min_approvals": 3})).await;
        desk.house.wait(100 * 3600);
        let shown = desk.reads(&desk.manager, &id).await;
        assert_eq!((&shown["approvals"]["needed"], &shown["approvals"]["by"][0]["username"]), (&json!(1), &json!("the_approver")));
        assert_eq!(shown["reviews"][0]["current"], true);
    }

    async fn an_objection_stays_when_whoever_raised_it_loses_their_role(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let id = desk.approved("Rough").await;
        desk.acts(&desk.manager, &id, "request-changes", json!({"comment": "Name the price"})).await.ok();
        give(&desk.house, &desk.manager, desk.brand, GrantRole::Contributor).await.unwrap();
        desk.acts(&desk.contributor, &id, "submit", json!({})).await.ok();
        assert_eq!(refused(&desk.publishes(&desk.publisher, &id).await), (403, "draft.objection"));
        // Another text is another matter.
        desk.saves(&desk.contributor, &id, json!({"body": "The price is 10"})).await.ok();
        desk.acts(&desk.contributor, &id, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, &id).await.ok();
        desk.publishes(&desk.publisher, &id).await.ok();
    }
}
