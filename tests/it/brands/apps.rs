//! What a brand is to say, written and approved in apps that know only posts.

use guildhall::domain::accounts::{AccountKind, GrantRole, Role};
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    API, audit_acts,
    desk::{Desk, refused},
    doors::in_an_app,
    give,
};
use crate::mastodon::{Person, Reply, ids, streaming};

async fn writes(desk: &Desk, app: &Person, text: &str) -> String {
    let waits = desk.house.post(app, "/api/v1/statuses", json!({"status": text})).await.ok();
    waits["id"].as_str().unwrap().to_owned()
}

async fn likes(desk: &Desk, who: &Person, id: &str) -> Reply {
    desk.house.post(who, &format!("/api/v1/statuses/{id}/favourite"), json!({})).await
}

async fn shown(desk: &Desk, who: &Person, id: &str) -> Reply {
    desk.house.get(who, &format!("/api/v1/statuses/{id}")).await
}

on_both! {
    async fn a_post_waits_and_is_one_when_a_colleague_likes_it(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, pat, abe) = (&desk.house, in_an_app(&desk, &desk.publisher, "pat").await, in_an_app(&desk, &desk.approver, "abe").await);
        let picture = house.uploaded(&pat).await;
        let body = json!({"status": "The **price** is 10", "spoiler_text": "News", "content_type": "text/markdown", "media_ids": [picture["id"]]});
        let waits = house.post(&pat, "/api/v1/statuses", body).await.ok();
        let id = waits["id"].as_str().unwrap();
        assert_eq!((&waits["visibility"], &waits["spoiler_text"], &waits["content"]), (&json!("direct"), &json!("⏳ waiting for approval (public): News"), &json!("<p>The <strong>price</strong> is 10</p>")));
        assert_eq!((&waits["account"]["username"], &waits["media_attachments"][0]["id"]), (&json!("acme"), &picture["id"]));
        let approval = &waits["guildhall"]["approval"];
        assert_eq!((&approval["state"], &approval["needed"], &approval["approved"]), (&json!("in_review"), &json!(1), &json!(0)));
        assert_eq!(desk.said().await.len(), 0);
        // It stands in the feed of the brand, and has a place of its own.
        for app in [&pat, &abe] {
            assert_eq!(ids(&house.get(app, "/api/v1/timelines/home").await.ok()), [id]);
            assert_eq!(shown(&desk, app, id).await.ok()["content"], waits["content"]);
            assert_eq!(house.get(app, &format!("/api/v1/statuses/{id}/context")).await.ok(), json!({"ancestors": [], "descendants": []}));
        }
        assert_eq!(likes(&desk, &pat, id).await.status, StatusCode::FORBIDDEN, "who wrote it does not approve it");
        let posted = likes(&desk, &abe, id).await.ok();
        assert_eq!((&posted["visibility"], &posted["spoiler_text"], &posted["favourited"], &posted["guildhall"]["approval"]), (&json!("public"), &json!("News"), &json!(true), &Value::Null));
        assert_eq!(desk.said().await, ["<p>The <strong>price</strong> is 10</p>"]);
        assert_eq!(shown(&desk, &pat, id).await.status, StatusCode::NOT_FOUND);
        assert_eq!(ids(&house.get(&pat, "/api/v1/timelines/home").await.ok()), [posted["id"].as_str().unwrap()]);
        let draft = desk.reads(&desk.manager, approval["id"].as_str().unwrap()).await;
        assert_eq!((&draft["post"]["by"]["username"], &draft["approvals"]["by"][0]["username"]), (&json!("the_publisher"), &json!("the_approver")));
        let acts = audit_acts(&desk).await;
        assert_eq!(acts[acts.len() - 2..], ["draft.approved", "draft.published"]);
    }

    async fn a_like_approves_for_who_may_with_a_token_that_may(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let pat = in_an_app(&desk, &desk.publisher, "pat").await;
        let id = writes(&desk, &pat, "The price is 10").await;
        let phone = desk.house.person_with("phone", AccountKind::Employee, Role::Member, "read write").await;
        give(&desk.house, &phone, desk.brand, GrantRole::Approver).await.unwrap();
        // As themselves they reach every brand, so it takes more than to post.
        assert_eq!(likes(&desk, &phone, &id).await.status, StatusCode::FORBIDDEN);
        assert_eq!(likes(&desk, &desk.contributor, &id).await.status, StatusCode::FORBIDDEN);
        assert_eq!(likes(&desk, &desk.auditor, &id).await.status, StatusCode::FORBIDDEN);
        let (cleo, carl) = (desk.house.employee("cleo").await, desk.house.customer("carl").await);
        for stranger in [&cleo, &carl] {
            assert_eq!(likes(&desk, stranger, &id).await.status, StatusCode::NOT_FOUND);
            assert_eq!(shown(&desk, stranger, &id).await.status, StatusCode::NOT_FOUND);
            assert_eq!(desk.house.delete(stranger, &format!("/api/v1/statuses/{id}")).await.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(desk.house.get(None, &format!("/api/v1/statuses/{id}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(desk.said().await.len(), 0);
        likes(&desk, &desk.approver, &id).await.ok();
        assert_eq!(desk.said().await, ["<p>The price is 10</p>"]);
    }

    async fn a_like_is_of_the_text_that_was_there(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (pat, abe) = (in_an_app(&desk, &desk.publisher, "pat").await, in_an_app(&desk, &desk.approver, "abe").await);
        let id = writes(&desk, &pat, "The price is 10").await;
        let draft = shown(&desk, &pat, &id).await.ok()["guildhall"]["approval"]["id"].as_str().unwrap().to_owned();
        desk.saves(&desk.publisher, &draft, json!({"body": "The price is 20"})).await.ok();
        desk.acts(&desk.publisher, &draft, "submit", json!({})).await.ok();
        assert_eq!(likes(&desk, &abe, &id).await.status, StatusCode::NOT_FOUND, "it is another text now");
        let home = desk.house.get(&abe, "/api/v1/timelines/home").await.ok();
        assert_eq!(home[0]["content"], "<p>The price is 20</p>");
        likes(&desk, &abe, &ids(&home)[0]).await.ok();
        assert_eq!(desk.said().await, ["<p>The price is 20</p>"]);
    }

    async fn what_waits_is_one_under_one_key_and_is_taken_back(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (pat, abe) = (in_an_app(&desk, &desk.publisher, "pat").await, in_an_app(&desk, &desk.approver, "abe").await);
        let keyed = async |text: &str| {
            let request = http::Request::post("/api/v1/statuses").header("authorization", "Bearer pat").header("content-type", "application/json").header("idempotency-key", "one");
            desk.house.send(request.body(json!({"status": text}).to_string().into()).unwrap()).await.ok()["id"].as_str().unwrap().to_owned()
        };
        let id = keyed("Once").await;
        assert_eq!(keyed("Once").await, id);
        let posted = likes(&desk, &abe, &id).await.ok();
        assert_eq!(keyed("Once").await, posted["id"].as_str().unwrap(), "it is a post by now");
        assert_eq!(desk.said().await.len(), 1);
        let id = writes(&desk, &pat, "Never mind").await;
        let gone = desk.house.delete(&pat, &format!("/api/v1/statuses/{id}")).await.ok();
        assert_eq!((&gone["text"], &gone["id"]), (&json!("Never mind"), &json!(id)));
        assert_eq!(likes(&desk, &abe, &id).await.status, StatusCode::NOT_FOUND);
        assert_eq!(ids(&desk.house.get(&desk.manager, &format!("{API}/drafts?state=discarded")).await.ok()).len(), 1);
        assert_eq!(desk.said().await.len(), 1);
    }

    async fn what_was_handed_in_by_the_api_waits_in_apps_too_and_is_published_by_who_may(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let abe = in_an_app(&desk, &desk.approver, "abe").await;
        let draft = desk.handed_in("By the contributor").await;
        let home = desk.house.get(&abe, "/api/v1/timelines/home").await.ok();
        assert_eq!(home[0]["guildhall"]["approval"]["id"], json!(draft));
        let waits = likes(&desk, &abe, &ids(&home)[0]).await.ok();
        assert_eq!((&waits["guildhall"]["approval"]["state"], desk.said().await.len()), (&json!("approved"), 0));
        desk.publishes(&desk.publisher, &draft).await.ok();
        // What whoever may publish no more wrote in an app is published by who agrees to it.
        let pat = in_an_app(&desk, &desk.publisher, "pat").await;
        let id = writes(&desk, &pat, "By the publisher").await;
        give(&desk.house, &desk.publisher, desk.brand, GrantRole::Contributor).await.unwrap();
        assert_eq!(likes(&desk, &abe, &id).await.ok()["guildhall"]["approval"], Value::Null);
        assert_eq!(desk.said().await, ["<p>By the publisher</p>", "<p>By the contributor</p>"]);
        assert_eq!(refused(&desk.publishes(&desk.contributor, &draft).await), (403, "role.right"));
    }

    async fn what_waits_stands_in_its_place_on_every_page(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, abe) = (&desk.house, in_an_app(&desk, &desk.approver, "abe").await);
        let carl = house.customer("carl").await;
        house.post(&abe, &format!("/api/v1/accounts/{}/follow", carl.id()), json!({})).await.ok();
        let mut expected = Vec::new();
        for number in 0..9 {
            house.wait(1);
            if number % 3 == 0 {
                desk.handed_in(&format!("Draft {number}")).await;
                let home = house.get(&abe, "/api/v1/timelines/home?limit=40").await.ok();
                expected.push(ids(&home)[0].clone());
            } else {
                expected.push(house.says(&carl, json!({"status": format!("Post {number}")})).await);
            }
        }
        expected.reverse();
        for limit in [2, 3, 40] {
            let (down, up) = crate::mastodon::walk(house, &abe, &format!("/api/v1/timelines/home?limit={limit}")).await;
            assert_eq!((&down, &up), (&expected, &expected), "{limit}");
            let page = house.get(&abe, &format!("/api/v1/timelines/home?limit={limit}")).await.ok();
            assert_eq!(ids(&page), expected[..limit.min(9)], "no page is longer than it was asked to be");
        }
    }

    async fn apps_hear_of_what_waits_and_that_it_is_a_post(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (pat, abe) = (in_an_app(&desk, &desk.publisher, "pat").await, in_an_app(&desk, &desk.approver, "abe").await);
        let address = streaming::serve(&desk.house).await;
        let mut heard = streaming::listen(&address, &pat, &["user"]).await;
        let mut outside = streaming::listen(&address, &desk.contributor, &["user"]).await;
        let id = writes(&desk, &pat, "The price is 10").await;
        let (_, event, payload) = heard.event().await;
        let waits: Value = serde_json::from_str(&payload).unwrap();
        assert_eq!((event.as_str(), &waits["id"], &waits["visibility"]), ("update", &json!(id), &json!("direct")));
        let posted = likes(&desk, &abe, &id).await.ok();
        let mut told = Vec::new();
        for _ in 0..2 {
            let (_, event, payload) = heard.event().await;
            let post = serde_json::from_str::<Value>(&payload).unwrap();
            told.push((event, post["id"].as_str().map_or(payload, ToOwned::to_owned)));
        }
        told.sort();
        assert_eq!(told, [("delete".to_owned(), id), ("update".to_owned(), posted["id"].as_str().unwrap().to_owned())]);
        // Nobody hears of it as themselves: what comes next is the first that they hear.
        desk.house.post(&desk.contributor, "/api/v1/statuses", json!({"status": "Mine"})).await.ok();
        let (_, event, payload) = outside.event().await;
        assert!(event == "update" && payload.contains("Mine"), "{event} {payload}");
    }

    async fn apps_that_listen_later_hear_that_what_they_read_before_is_gone(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (pat, abe) = (in_an_app(&desk, &desk.publisher, "pat").await, in_an_app(&desk, &desk.approver, "abe").await);
        let address = streaming::serve(&desk.house).await;
        let id = writes(&desk, &pat, "The price is 10").await;
        let mut heard = streaming::listen(&address, &pat, &["user"]).await;
        let mut outside = streaming::listen(&address, &desk.publisher, &["user"]).await;
        let posted = likes(&desk, &abe, &id).await.ok();
        let mut told = Vec::new();
        for _ in 0..2 {
            let (_, event, payload) = heard.event().await;
            told.push((event, serde_json::from_str::<Value>(&payload).unwrap()["id"].as_str().map_or(payload, ToOwned::to_owned)));
        }
        told.sort();
        assert_eq!(told, [("delete".to_owned(), id), ("update".to_owned(), posted["id"].as_str().unwrap().to_owned())]);
        desk.house.post(&desk.publisher, "/api/v1/statuses", json!({"status": "Mine"})).await.ok();
        let (_, event, payload) = outside.event().await;
        assert!(event == "update" && payload.contains("Mine"), "{event} {payload}");
    }

    async fn who_approves_sees_all_that_it_says(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"signature": "name"})).await;
        let (house, pat, abe) = (&desk.house, in_an_app(&desk, &desk.publisher, "pat").await, in_an_app(&desk, &desk.approver, "abe").await);
        let asks = json!({"status": "Tea?", "visibility": "unlisted", "poll": {"options": ["Yes", "No"], "expires_in": 3600, "multiple": true, "hide_totals": true}});
        let id = house.post(&pat, "/api/v1/statuses", asks).await.ok()["id"].as_str().unwrap().to_owned();
        let seen = shown(&desk, &abe, &id).await.ok();
        assert_eq!((&seen["spoiler_text"], &seen["content"]), (&json!("⏳ waiting for approval (unlisted)"), &json!("<p>Tea?</p><p>— THE_PUBLISHER</p>")));
        let poll = &seen["poll"];
        assert_eq!(poll["options"], json!([{"title": "Yes", "votes_count": null}, {"title": "No", "votes_count": null}]));
        assert_eq!((&poll["multiple"], &poll["expires_at"], &poll["voted"]), (&json!(true), &json!("2026-11-01T13:00:00.000Z"), &json!(true)));
        assert_eq!(house.post(&abe, &format!("/api/v1/polls/{id}/votes"), json!({"choices": [0]})).await.status, StatusCode::NOT_FOUND);
        let draft = desk.reads(&desk.auditor, seen["guildhall"]["approval"]["id"].as_str().unwrap()).await;
        assert_eq!(draft["poll"], json!({"options": ["Yes", "No"], "expires_in": 3600, "multiple": true, "hide_totals": true}));
        assert_eq!((&draft["signature"], &draft["audience"], &draft["quotable_by"]), (&json!("— THE_PUBLISHER"), &json!("unlisted"), &Value::Null));
        let posted = likes(&desk, &abe, &id).await.ok();
        assert_eq!((&posted["content"], &posted["poll"]["expires_at"], &posted["visibility"]), (&seen["content"], &poll["expires_at"], &json!("unlisted")));
        // A quote is shown with what it quotes, and who may quote in turn.
        let quoted = posted["id"].as_str().unwrap();
        let quotes = json!({"status": "Hear", "quoted_status_id": quoted, "quote_approval_policy": "followers", "in_reply_to_id": quoted});
        let id = house.post(&pat, "/api/v1/statuses", quotes).await.ok()["id"].as_str().unwrap().to_owned();
        for who in [&abe, &desk.auditor] {
            let seen = shown(&desk, who, &id).await.ok();
            assert_eq!((&seen["quote"]["state"], &seen["quote"]["quoted_status"]["id"]), (&json!("accepted"), &json!(quoted)));
            assert_eq!(seen["quote_approval"], json!({"automatic": ["followers"], "manual": [], "current_user": "denied"}));
            assert_eq!((&seen["in_reply_to_id"], &seen["in_reply_to_account_id"]), (&json!(quoted), &json!(desk.brand.to_string())));
        }
        let home = house.get(&abe, "/api/v1/timelines/home").await.ok();
        assert_eq!(home[0]["quote"]["quoted_status"]["id"], quoted);
        let draft = shown(&desk, &abe, &id).await.ok()["guildhall"]["approval"]["id"].clone();
        let draft = desk.reads(&desk.auditor, draft.as_str().unwrap()).await;
        assert_eq!((&draft["quote_of"], &draft["quotable_by"]), (&json!(quoted), &json!({"automatic": ["followers"], "manual": []})));
        // An edit keeps the poll of its post, and is seen with it.
        let edit = desk.begins(&desk.contributor, json!({"of_post": quoted, "body": "More tea?"})).await.ok();
        desk.acts(&desk.contributor, edit["id"].as_str().unwrap(), "submit", json!({})).await.ok();
        let home = house.get(&abe, "/api/v1/timelines/home").await.ok();
        assert_eq!((&home[0]["content"], &home[0]["poll"]["options"][1]["title"]), (&json!("<p>More tea?</p><p>— THE_PUBLISHER</p>"), &json!("No")));
    }

    async fn what_was_held_goes_at_once_when_it_is_handed_in_again(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"reply_lane": "approval"})).await;
        let (house, pat, abe) = (&desk.house, in_an_app(&desk, &desk.publisher, "pat").await, in_an_app(&desk, &desk.approver, "abe").await);
        let carl = house.customer("carl").await;
        let question = house.says(&carl, json!({"status": "Is it waterproof?"})).await;
        let answer = house.post(&pat, "/api/v1/statuses", json!({"status": "Yes", "in_reply_to_id": question})).await.ok();
        let draft = answer["guildhall"]["approval"]["id"].as_str().unwrap();
        // Who blocks the brand is not answered by it, until they do so no more.
        house.post(&carl, &format!("/api/v1/accounts/{}/block", desk.brand), json!({})).await.ok();
        let liked = likes(&desk, &abe, answer["id"].as_str().unwrap()).await.ok();
        assert_eq!(liked["guildhall"]["approval"]["state"], "held");
        let held = desk.reads(&desk.manager, draft).await;
        assert_eq!((&held["state"], &held["approvals"]["by"][0]["username"]), (&json!("held"), &json!("the_approver")), "the approval stays: {held}");
        house.post(&carl, &format!("/api/v1/accounts/{}/unblock", desk.brand), json!({})).await.ok();
        let again = desk.acts(&desk.publisher, draft, "submit", json!({})).await.ok();
        assert_eq!((&again["state"], &again["post"]["by"]["username"]), (&json!("published"), &json!("the_publisher")));
        assert_eq!(desk.said().await, ["<p>Yes</p>"]);
        // Stricter rules take an approval back into the review, and the next one publishes.
        let answer = house.post(&pat, "/api/v1/statuses", json!({"status": "Strictly", "in_reply_to_id": question})).await.ok();
        house.post(&carl, &format!("/api/v1/accounts/{}/block", desk.brand), json!({})).await.ok();
        let draft = likes(&desk, &abe, answer["id"].as_str().unwrap()).await.ok()["guildhall"]["approval"]["id"].as_str().unwrap().to_owned();
        house.post(&carl, &format!("/api/v1/accounts/{}/unblock", desk.brand), json!({})).await.ok();
        desk.rules(json!({"min_approvals": 2})).await;
        assert_eq!(desk.acts(&desk.publisher, &draft, "submit", json!({})).await.ok()["state"], "in_review");
        assert_eq!(desk.approves(&desk.manager, &draft).await.ok()["state"], "published");
        assert_eq!(desk.said().await.len(), 2);
    }

    async fn what_somebody_else_rewrote_or_gave_a_time_goes_no_more_at_once(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (pat, second) = (in_an_app(&desk, &desk.publisher, "pat").await, desk.also("second", GrantRole::Publisher).await);
        let waits = |status: Value| status["guildhall"]["approval"]["id"].as_str().unwrap().to_owned();
        let mut states = Vec::new();
        for who in [&desk.publisher, &second] {
            let id = writes(&desk, &pat, "The price is 10").await;
            let draft = waits(shown(&desk, &pat, &id).await.ok());
            desk.saves(who, &draft, json!({"body": "The price is 20"})).await.ok();
            desk.acts(&desk.publisher, &draft, "submit", json!({})).await.ok();
            states.push(desk.approves(&desk.approver, &draft).await.ok()["state"].clone());
        }
        assert_eq!(states, ["published", "approved"], "the author alone says that it goes at once");
        desk.rules(json!({"min_approvals": 0})).await;
        let cora = in_an_app(&desk, &desk.contributor, "cora").await;
        let id = writes(&desk, &cora, "Not before noon").await;
        let draft = waits(shown(&desk, &cora, &id).await.ok());
        desk.acts(&second, &draft, "schedule", json!({"scheduled_at": "2026-11-01T13:00:00Z"})).await.ok();
        desk.acts(&desk.approver, &draft, "request-changes", json!({"comment": "Wait"})).await.ok();
        desk.acts(&desk.contributor, &draft, "submit", json!({})).await.ok();
        assert_eq!(desk.approves(&desk.approver, &draft).await.ok()["state"], "approved");
        assert_eq!(desk.said().await.len(), 1);
    }
}
