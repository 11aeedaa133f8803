//! What a brand published is changed the way it was published; little mistakes sooner, where its rules let them.

use guildhall::domain::drafts::EDITS;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::{
    API, audit_acts,
    desk::{Desk, refused},
    doors::in_an_app,
};
use crate::mastodon::{Person, Reply};

/// Tries to give a post another text in an app.
async fn edits(desk: &Desk, app: &Person, post: &str, change: Value) -> Reply {
    desk.house.call(Some(app), Method::PUT, &format!("/api/v1/statuses/{post}"), change).await
}

async fn shown(desk: &Desk, post: &str) -> Value {
    desk.house.get(None, &format!("/api/v1/statuses/{post}")).await.ok()
}

on_both! {
    async fn no_door_changes_what_was_approved(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let post = desk.published("The price is low").await;
        for (who, token) in [(&desk.publisher, "publisher-app"), (&desk.manager, "manager-app")] {
            let app = in_an_app(&desk, who, token).await;
            for change in [json!({"status": "The price is high"}), json!({"spoiler_text": "News"}), json!({"status": "The price is low!"})] {
                let reply = edits(&desk, &app, &post, change.clone()).await;
                assert_eq!(reply.status, StatusCode::FORBIDDEN, "{change}: {}", reply.body);
                assert!(reply.body["error"].as_str().unwrap().contains("draft"), "{}", reply.body);
            }
            // Saying the same again changes nothing, and is no edit.
            edits(&desk, &app, &post, json!({"status": "The price is low"})).await.ok();
            let update = json!({
                "@context": "https://www.w3.org/ns/activitystreams", "type": "Update",
                "object": {"id": format!("{}/ap/objects/{post}", crate::mastodon::BASE), "type": "Note", "content": "<p>The price is high</p>"},
            });
            let sent = Request::post(format!("/ap/actors/{}/outbox", desk.brand))
                .header("authorization", format!("Bearer {token}")).header("content-type", "application/activity+json");
            let sent = desk.house.send(sent.body(update.to_string().into()).unwrap()).await;
            assert_eq!((sent.status, &sent.body["code"]), (StatusCode::FORBIDDEN, &json!("brand.approval")), "{}", sent.body);
        }
        assert_eq!(desk.said().await, ["<p>The price is low</p>"]);
        assert_eq!(shown(&desk, &post).await["edited_at"], Value::Null);
        // An answer goes free, so it is changed freely.
        let carl = desk.house.customer("carl").await;
        let question = desk.house.says(&carl, json!({"status": "Is it waterproof?"})).await;
        let app = in_an_app(&desk, &desk.publisher, "another").await;
        let answer = desk.house.post(&app, "/api/v1/statuses", json!({"status": "Yes", "in_reply_to_id": question})).await.ok();
        edits(&desk, &app, answer["id"].as_str().unwrap(), json!({"status": "No, sorry"})).await.ok();
    }

    async fn an_edit_is_drafted_approved_and_published_as_the_post_was(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"signature": "name"})).await;
        let post = desk.published("The **price** is 10").await;
        let draft = desk.begins(&desk.contributor, json!({"of_post": post})).await.ok();
        let id = draft["id"].as_str().unwrap();
        assert_eq!((&draft["body"], &draft["format"], &draft["of_post"], &draft["post"]), (&json!("The **price** is 10"), &json!("markdown"), &json!(post), &Value::Null));
        desk.saves(&desk.contributor, id, json!({"body": "The **price** is 20", "content_warning": "Sad news"})).await.ok();
        assert_eq!(refused(&desk.publishes(&desk.publisher, id).await), (403, "draft.approvals_missing"));
        desk.acts(&desk.contributor, id, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, id).await.ok();
        assert_eq!(refused(&desk.publishes(&desk.contributor, id).await), (403, "role.right"));
        assert_eq!(desk.said().await, ["<p>The <strong>price</strong> is 10</p><p>— THE_CONTRIBUTOR</p>"]);
        let published = desk.publishes(&desk.publisher, id).await.ok();
        assert_eq!((&published["state"], &published["post"]["id"]), (&json!("published"), &json!(post)));
        assert_eq!(desk.publishes(&desk.publisher, id).await.ok()["state"], "published", "twice is once");
        assert_eq!(desk.said().await, ["<p>The <strong>price</strong> is 20</p><p>— THE_CONTRIBUTOR</p>"]);
        let now = shown(&desk, &post).await;
        assert!(now["edited_at"].is_string() && now["spoiler_text"] == "Sad news", "{now}");
        let versions = desk.house.get(None, &format!("/api/v1/statuses/{post}/history")).await.ok();
        assert_eq!(versions.as_array().unwrap().len(), 2);
        // Both drafts say who agreed to what.
        let both = desk.house.get(&desk.manager, &format!("{API}/drafts?state=published")).await.ok();
        for draft in both.as_array().unwrap() {
            assert_eq!((&draft["approvals"]["by"][0]["username"], &draft["post"]["id"]), (&json!("the_approver"), &json!(post)));
        }
        assert_eq!(audit_acts(&desk).await.last().unwrap(), "draft.published");
    }

    async fn an_edit_is_approved_in_place_of_what_is_there(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let post = desk.published("One").await;
        let mut drafts = Vec::new();
        for text in ["Two", "Three"] {
            let draft = desk.begins(&desk.contributor, json!({"of_post": post, "body": text})).await.ok();
            let id = draft["id"].as_str().unwrap().to_owned();
            desk.acts(&desk.contributor, &id, "submit", json!({})).await.ok();
            desk.approves(&desk.approver, &id).await.ok();
            drafts.push(id);
        }
        desk.house.wait(60);
        desk.publishes(&desk.publisher, &drafts[0]).await.ok();
        assert_eq!(refused(&desk.publishes(&desk.publisher, &drafts[1]).await), (403, "draft.approvals_missing"), "it was of another text");
        desk.acts(&desk.contributor, &drafts[1], "submit", json!({})).await;
        desk.approves(&desk.approver, &drafts[1]).await.ok();
        desk.publishes(&desk.publisher, &drafts[1]).await.ok();
        assert_eq!(desk.said().await, ["<p>Three</p>"]);
    }

    async fn an_edit_keeps_what_no_edit_changes_and_its_pictures(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, ana) = (&desk.house, &desk.contributor);
        let first = house.uploaded(ana).await;
        let draft = desk.begins(ana, json!({"body": "Look", "media": [first["id"]]})).await.ok();
        let id = draft["id"].as_str().unwrap();
        desk.acts(ana, id, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, id).await.ok();
        let post = desk.publishes(&desk.publisher, id).await.ok()["post"]["id"].clone();
        for change in [json!({"audience": "unlisted"}), json!({"reply_to": post}), json!({"quote_of": post})] {
            let mut body = change.clone();
            body["of_post"] = post.clone();
            assert_eq!(refused(&desk.begins(ana, body).await), (422, "draft.edit"), "{change}");
        }
        let second = house.uploaded(ana).await;
        let edit = desk.begins(ana, json!({"of_post": post, "media": [first["id"], second["id"]]})).await.ok();
        let edit = edit["id"].as_str().unwrap();
        assert_eq!(refused(&desk.saves(ana, edit, json!({"audience": "unlisted"})).await), (422, "draft.edit"));
        desk.acts(ana, edit, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, edit).await.ok();
        desk.publishes(&desk.publisher, edit).await.ok();
        let now = shown(&desk, post.as_str().unwrap()).await;
        assert_eq!((now["media_attachments"].as_array().unwrap().len(), &now["content"]), (2, &json!("<p>Look</p>")));
        // It goes with its post.
        let app = in_an_app(&desk, &desk.publisher, "publisher-app").await;
        house.delete(&app, &format!("/api/v1/statuses/{}", post.as_str().unwrap())).await.ok();
        assert_eq!(house.get(&desk.manager, &format!("{API}/drafts/{edit}")).await.status, 404);
    }

    async fn nobody_begins_an_edit_of_what_they_may_not_read_or_is_anothers(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"min_approvals": 0})).await;
        let app = in_an_app(&desk, &desk.publisher, "publisher-app").await;
        let carl = desk.house.customer("carl").await;
        let secret = desk.house.post(&app, "/api/v1/statuses", json!({"status": "@carl your code", "visibility": "direct"})).await.ok();
        let anothers = desk.house.says(&carl, json!({"status": "Mine"})).await;
        for post in [&secret["id"], &json!(anothers), &json!("12345")] {
            assert_eq!(refused(&desk.begins(&desk.contributor, json!({"of_post": post})).await), (404, "post.not_found"));
        }
        assert_eq!(refused(&desk.begins(&carl, json!({"of_post": secret["id"]})).await), (404, "post.not_found"));
        assert_eq!(refused(&desk.begins(&desk.publisher, json!({"of_post": anothers})).await), (404, "post.not_found"));
        desk.begins(&desk.publisher, json!({"of_post": secret["id"]})).await.ok();
    }

    async fn little_mistakes_are_mended_at_once_where_the_rules_let_them_until_they_are_many(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"typo_lane": true, "signature": "name"})).await;
        let text = "Teh new kettle is 10.00 € at https://acme.example/kettle and @the_manager knows more #tea";
        let post = desk.published(text).await;
        let app = in_an_app(&desk, &desk.publisher, "publisher-app").await;
        for wrong in [
            text.replace("10.00", "1.000"), text.replace("10.00 €", "10.00€"), text.replace("/kettle", "/kettles"), text.replace("@the_manager", "@the_auditor"),
            text.replace("#tea", "#teas"), text.replace("Teh new", "The brand new and very shiny red"), text.replace("Teh new", "Teh 2 new"),
        ] {
            let reply = edits(&desk, &app, &post, json!({"status": wrong})).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{wrong}");
        }
        // Nobody sees what stands in the source alone, and other servers get it all the same.
        let hidden = format!("{text}\n\n[x]: /y");
        for wrong in [hidden.clone(), hidden.replace("Teh", "The")] {
            let reply = edits(&desk, &app, &post, json!({"status": wrong, "content_type": "text/markdown"})).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{wrong}");
        }
        assert_eq!(edits(&desk, &app, &post, json!({"status": text, "content_type": "text/plain"})).await.status, StatusCode::FORBIDDEN);
        for wrong in [json!({"status": text, "sensitive": true}), json!({"status": text, "language": "de"}), json!({"status": text, "poll": {"options": ["Yes", "No"], "expires_in": 3600}})] {
            assert_eq!(edits(&desk, &app, &post, wrong.clone()).await.status, StatusCode::FORBIDDEN, "{wrong}");
        }
        assert_eq!(shown(&desk, &post).await["edited_at"], Value::Null);
        let mended = text.replace("Teh", "The");
        edits(&desk, &app, &post, json!({"status": mended})).await.ok();
        assert!(desk.said().await[0].starts_with("<p>The new kettle"));
        let boss = desk.house.person("boss", guildhall::domain::accounts::AccountKind::Employee, guildhall::domain::accounts::Role::Owner).await;
        let entry = &desk.house.get(&boss, &format!("{API}/audit?limit=1")).await.ok()[0];
        assert_eq!((&entry["act"], &entry["details"]), (&json!("post.edited"), &json!({"lane": "typo", "characters": 2})));
        // Little by little it would be another text: eighteen characters are left.
        edits(&desk, &app, &post, json!({"status": mended.replace("knows more", "is informed")})).await.ok();
        let reply = edits(&desk, &app, &post, json!({"status": mended.replace("knows more", "would like to tell you so")})).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{}", reply.body);
        // What is approved anew begins anew.
        let draft = desk.begins(&desk.contributor, json!({"of_post": post, "body": mended})).await.ok();
        let id = draft["id"].as_str().unwrap();
        desk.acts(&desk.contributor, id, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, id).await.ok();
        desk.publishes(&desk.publisher, id).await.ok();
        edits(&desk, &app, &post, json!({"status": mended.replace("knows more", "is informed")})).await.ok();
    }

    async fn a_change_of_a_post_for_few_is_seen_by_those_who_may_see_the_post(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"min_approvals": 0})).await;
        let app = in_an_app(&desk, &desk.publisher, "publisher-app").await;
        let house = &desk.house;
        house.customer("carl").await;
        house.post(&desk.auditor, &format!("/api/v1/accounts/{}/follow", desk.brand), json!({})).await.ok();
        let mut changes = Vec::new();
        for said in [json!({"status": "@carl your code", "visibility": "direct"}), json!({"status": "For friends", "visibility": "private"}), json!({"status": "For all"})] {
            let post = house.post(&app, "/api/v1/statuses", said).await.ok();
            let draft = desk.begins(&desk.publisher, json!({"of_post": post["id"]})).await.ok();
            changes.push(draft["id"].as_str().unwrap().to_owned());
        }
        let new = desk.begins(&desk.contributor, json!({"body": "New"})).await.ok()["id"].as_str().unwrap().to_owned();
        house.work().await;
        let [direct, followers, open] = [&changes[0], &changes[1], &changes[2]];
        let all = [direct, followers, open, &new];
        for (who, name, sees) in [
            (&desk.contributor, "a contributor", vec![open, &new]),
            // Who follows the brand reads what it says to followers.
            (&desk.auditor, "an auditor who follows", vec![followers, open, &new]),
            (&desk.approver, "who may act as the brand", all.to_vec()),
        ] {
            let list = house.get(who, &format!("{API}/drafts?limit=40")).await.ok();
            let mut listed = crate::mastodon::ids(&list);
            listed.sort();
            let mut expected: Vec<String> = sees.iter().map(|id| (*id).clone()).collect();
            expected.sort();
            assert_eq!(listed, expected, "{name}");
            for id in all {
                for path in [format!("{API}/drafts/{id}"), format!("{API}/drafts/{id}/history")] {
                    let status = if sees.contains(&id) { 200 } else { 404 };
                    assert_eq!(house.get(who, &path).await.status, status, "{name}: {path}");
                }
            }
        }
        assert_eq!(refused(&desk.saves(&desk.contributor, direct, json!({"body": "Mine"})).await), (404, "draft.not_found"));
    }

    async fn one_post_is_changed_by_so_many_drafts_and_no_more(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let post = desk.published("One").await;
        let draft = desk.begins(&desk.contributor, json!({"of_post": post})).await.ok()["id"].as_str().unwrap().to_owned();
        let columns = "actor_id, author_id, wish, content_hash, version, writers, reply_owner_id, created_at, updated_at, of_post";
        let copies: Vec<String> = (1..EDITS)
            .map(|number| format!("INSERT INTO drafts (id, state, {columns}) SELECT {number}, 'published', {columns} FROM drafts WHERE id = {draft}"))
            .collect();
        desk.house.app.db.write(move |tx| Ok(diesel::connection::SimpleConnection::batch_execute(tx.conn(), &copies.join(";"))?)).await.unwrap();
        assert_eq!(refused(&desk.begins(&desk.contributor, json!({"of_post": post})).await), (422, "draft.edits"));
        // The one that is open still goes its way, and another post is changed.
        desk.acts(&desk.contributor, &draft, "submit", json!({})).await.ok();
        let another = desk.published("Two").await;
        desk.begins(&desk.contributor, json!({"of_post": another})).await.ok();
        desk.house.delete(&desk.contributor, &format!("{API}/drafts/{draft}")).await.ok();
        desk.begins(&desk.contributor, json!({"of_post": post})).await.ok();
    }
}
