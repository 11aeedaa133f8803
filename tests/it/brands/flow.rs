//! From a draft to a post.

use guildhall::domain::accounts::{AccountKind, GrantRole, Role};
use http::{Method, header};
use serde_json::{Value, json};

use super::{
    API, brand,
    desk::{Desk, refused},
    give,
};
use crate::mastodon::ids;

on_both! {
    async fn a_draft_is_approved_by_a_colleague_and_published_once(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let begun = desk.begins(&desk.contributor, json!({"body": "Hello **world**", "content_warning": "News"})).await;
        assert_eq!(begun.headers[header::ETAG], "\"1\"");
        let draft = begun.ok();
        let id = draft["id"].as_str().unwrap();
        assert_eq!((&draft["state"], &draft["author"]["username"], &draft["actor"]["username"]), (&json!("draft"), &json!("the_contributor"), &json!("acme")));
        assert_eq!((&draft["approvals"]["needed"], &draft["reply_owner"]["username"]), (&json!(1), &json!("the_contributor")));
        assert_eq!(refused(&desk.approves(&desk.approver, id).await), (409, "draft.state"));
        assert_eq!(desk.acts(&desk.contributor, id, "submit", json!({})).await.ok()["state"], "in_review");
        assert_eq!(refused(&desk.publishes(&desk.publisher, id).await), (403, "draft.approvals_missing"));
        assert_eq!(refused(&desk.approves(&desk.contributor, id).await), (403, "role.right"));
        assert_eq!(refused(&desk.approves(&desk.publisher, id).await), (403, "role.right"));
        let approved = desk.approves(&desk.approver, id).await.ok();
        assert_eq!((&approved["state"], &approved["approvals"]["by"][0]["username"]), (&json!("approved"), &json!("the_approver")));
        assert_eq!(refused(&desk.publishes(&desk.contributor, id).await), (403, "role.right"));
        assert_eq!(desk.said().await, Vec::<String>::new(), "nothing is out yet");
        let published = desk.publishes(&desk.publisher, id).await.ok();
        assert_eq!((&published["state"], &published["post"]["by"]["username"]), (&json!("published"), &json!("the_publisher")));
        let again = desk.publishes(&desk.manager, id).await.ok();
        assert_eq!(again["post"], published["post"]);
        assert_eq!(desk.said().await, ["<p>Hello <strong>world</strong></p>"]);
        let post = desk.house.get(None, &format!("/api/v1/statuses/{}", published["post"]["id"].as_str().unwrap())).await.ok();
        assert_eq!((&post["account"]["username"], &post["spoiler_text"], &post["url"]), (&json!("acme"), &json!("News"), &published["post"]["url"]));
        // What is published is a draft no more.
        assert_eq!(refused(&desk.saves(&desk.contributor, id, json!({"body": "Other"})).await), (409, "draft.state"));
        assert_eq!(refused(&desk.house.delete(&desk.manager, &format!("{API}/drafts/{id}")).await), (409, "draft.state"));
    }

    async fn where_no_approval_is_asked_for_whoever_may_publish_does(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"min_approvals": 0})).await;
        let draft = desk.begins(&desk.publisher, json!({"body": "At once"})).await.ok();
        assert_eq!(desk.publishes(&desk.publisher, draft["id"].as_str().unwrap()).await.ok()["state"], "published");
        let id = desk.handed_in("By the contributor").await;
        assert_eq!(desk.reads(&desk.contributor, &id).await["state"], "approved", "nothing to wait for");
        assert_eq!(refused(&desk.publishes(&desk.contributor, &id).await), (403, "role.right"));
        desk.publishes(&desk.publisher, &id).await.ok();
        assert_eq!(desk.said().await, ["<p>By the contributor</p>", "<p>At once</p>"]);
    }

    async fn whoever_wrote_in_a_draft_approves_it_only_where_the_rules_let_them(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let draft = desk.begins(&desk.approver, json!({"body": "Mine"})).await.ok();
        let own = draft["id"].as_str().unwrap();
        desk.acts(&desk.approver, own, "submit", json!({})).await.ok();
        assert_eq!(refused(&desk.approves(&desk.approver, own).await), (403, "draft.own"));
        // Somebody who changed what another began wrote in it as well.
        let changed = desk.handed_in("Teh news").await;
        desk.saves(&desk.approver, &changed, json!({"body": "The news"})).await.ok();
        desk.acts(&desk.contributor, &changed, "submit", json!({})).await.ok();
        assert_eq!(refused(&desk.approves(&desk.approver, &changed).await), (403, "draft.own"));
        assert_eq!(desk.approves(&desk.manager, &changed).await.ok()["state"], "approved");
        desk.rules(json!({"self_approve": true})).await;
        assert_eq!(desk.approves(&desk.approver, own).await.ok()["state"], "approved");
        // And it counts no more when the rules are stricter again.
        desk.rules(json!({"self_approve": false})).await;
        assert_eq!(refused(&desk.publishes(&desk.publisher, own).await), (403, "draft.approvals_missing"));
    }

    async fn the_state_of_a_draft_is_what_would_happen_now(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (first, second, third) = (desk.approved("First").await, desk.approved("Second").await, desk.handed_in("Third").await);
        let state = async |id: &str| desk.reads(&desk.publisher, id).await["state"].as_str().unwrap().to_owned();
        let listed = async |query: &str| ids(&desk.house.get(&desk.publisher, &format!("{API}/drafts?{query}")).await.ok());
        assert_eq!((state(&first).await, state(&third).await), ("approved".to_owned(), "in_review".to_owned()));
        assert_eq!(listed("state=approved").await, [second.clone(), first.clone()]);
        // Stricter rules, and nobody touches the drafts.
        desk.rules(json!({"min_approvals": 2})).await;
        assert_eq!((state(&first).await, listed("state=approved").await.len()), ("in_review".to_owned(), 0));
        assert_eq!(listed("state=in_review").await, [third.clone(), second.clone(), first.clone()]);
        assert_eq!(refused(&desk.publishes(&desk.publisher, &first).await), (403, "draft.approvals_missing"));
        // One of them has enough: pages go on past those that have not.
        assert_eq!(desk.approves(&desk.manager, &first).await.ok()["state"], "approved");
        assert_eq!(listed("state=approved&limit=1").await, std::slice::from_ref(&first));
        assert_eq!(listed("state=in_review&limit=1").await, std::slice::from_ref(&third));
        assert_eq!(listed(&format!("state=in_review&limit=1&max_id={third}")).await, std::slice::from_ref(&second));
        assert_eq!(listed(&format!("state=in_review&limit=1&min_id={first}")).await, std::slice::from_ref(&second));
        assert_eq!(listed("state=in_review&limit=2&min_id=1").await, [third.clone(), second.clone()], "the oldest, past one that is approved");
        // Looser rules again: it could be published, and is.
        desk.rules(json!({"min_approvals": 1})).await;
        assert_eq!((state(&second).await, listed("state=in_review").await), ("approved".to_owned(), vec![third.clone()]));
        // An approval that is too old counts no more.
        desk.house.wait(400 * 24 * 3600);
        assert_eq!(listed("state=approved").await.len(), 0);
        assert_eq!((state(&second).await, listed("state=in_review").await.len()), ("in_review".to_owned(), 3));
    }

    async fn approvals_are_of_one_text(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let id = desk.approved("As it was").await;
        let before = desk.reads(&desk.manager, &id).await;
        for change in [
            json!({"body": "As it is"}), json!({"format": "plain"}), json!({"content_warning": "Careful"}), json!({"language": "de"}),
            json!({"audience": "unlisted"}), json!({"sensitive": true}),
        ] {
            let changed = desk.saves(&desk.contributor, &id, change.clone()).await.ok();
            assert_eq!((&changed["state"], &changed["approvals"]["by"]), (&json!("draft"), &json!([])), "{change}");
            assert_ne!(changed["content_hash"], before["content_hash"], "{change}");
            assert_eq!(refused(&desk.publishes(&desk.publisher, &id).await), (403, "draft.approvals_missing"), "{change}");
            desk.saves(&desk.contributor, &id, json!({"body": "As it was", "format": "markdown", "content_warning": "", "language": "", "audience": "public", "sensitive": false})).await.ok();
        }
        // What says the same again is approved: the approval is of the text.
        let again = desk.acts(&desk.contributor, &id, "submit", json!({})).await.ok();
        assert_eq!((&again["state"], &again["content_hash"]), (&json!("approved"), &before["content_hash"]));
        // Who looks after the answers is no part of it.
        desk.saves(&desk.contributor, &id, json!({"reply_owner": "the_publisher"})).await.ok();
        assert_eq!(desk.acts(&desk.contributor, &id, "submit", json!({})).await.ok()["state"], "approved");
        assert_eq!(desk.publishes(&desk.publisher, &id).await.ok()["reply_owner"]["username"], "the_publisher");
    }

    async fn a_stale_version_is_refused_with_the_present_one(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let id = desk.handed_in("One").await;
        desk.saves(&desk.publisher, &id, json!({"body": "Two"})).await.ok();
        desk.acts(&desk.contributor, &id, "submit", json!({})).await.ok();
        for (who, method, path) in [
            (&desk.contributor, Method::PATCH, id.clone()),
            (&desk.approver, Method::POST, format!("{id}/approve")),
            (&desk.approver, Method::POST, format!("{id}/request-changes")),
            (&desk.publisher, Method::POST, format!("{id}/publish")),
        ] {
            let reply = desk.with(who, method, &path, 1, json!({"body": "Mine", "comment": "Fine"})).await;
            assert_eq!((refused(&reply), &reply.body["current"]["version"], &reply.body["current"]["body"]), ((409, "draft.stale"), &json!(2), &json!("Two")), "{path}");
            assert_eq!(reply.headers[header::CONTENT_TYPE], "application/problem+json");
            assert_eq!(reply.body["type"], "https://w3id.org/guildhall/problems/draft.stale");
        }
        // The text that somebody wanted to save and the present one are put together, or it is told where they clash.
        let merged = async |body: &str| desk.with(&desk.contributor, Method::PATCH, &id, 1, json!({"body": body})).await.body["merged"].clone();
        assert_eq!(merged("One and more").await, json!({"body": null, "conflicts": [{"base": "One", "mine": "One and more", "theirs": "Two"}]}));
        let long = desk.handed_in("We open at ten and close at six.").await;
        desk.saves(&desk.publisher, &long, json!({"body": "We open at nine and close at six."})).await.ok();
        let late = desk.with(&desk.contributor, Method::PATCH, &long, 1, json!({"body": "We open at ten and close at seven."})).await;
        assert_eq!(late.body["merged"], json!({"body": "We open at nine and close at seven.", "conflicts": []}));
        assert_eq!((refused(&late), &late.body["current"]["version"]), ((409, "draft.stale"), &json!(2)), "nothing was saved");
        let other = desk.with(&desk.contributor, Method::PATCH, &long, 1, json!({"sensitive": true})).await;
        assert_eq!((refused(&other), &other.body["merged"]), ((409, "draft.stale"), &json!(null)));
        // What was taken out of a text that is not kept any more does not come back.
        desk.saves(&desk.publisher, &long, json!({"body": "Today we open at nine and close at six."})).await.ok();
        let gone = desk.with(&desk.contributor, Method::PATCH, &long, 2, json!({"body": "We open at nine."})).await;
        assert_eq!((refused(&gone), gone.body.get("merged")), ((409, "draft.stale"), None));
        let huge = desk.with(&desk.contributor, Method::PATCH, &long, 1, json!({"body": "a ".repeat(100_000)})).await;
        assert_eq!(refused(&huge), (422, "post.too_long"));
        // Whoever changed it is named, and nobody throws away what they have not seen.
        let now = desk.reads(&desk.manager, &long).await;
        assert_eq!((&now["author"]["username"], &now["changed_by"][0]["username"]), (&json!("the_contributor"), &json!("the_publisher")));
        let unseen = desk.with(&desk.contributor, Method::DELETE, &long, 1, json!({})).await;
        assert_eq!((refused(&unseen), &unseen.body["current"]["version"]), ((409, "draft.stale"), &now["version"]));
        let seen = desk.with(&desk.contributor, Method::DELETE, &long, now["version"].as_i64().unwrap(), json!({})).await.ok();
        assert_eq!(seen["state"], "discarded");
        // Who saves or approves says what they saw.
        for (who, method, path) in [(&desk.contributor, Method::PATCH, id.clone()), (&desk.approver, Method::POST, format!("{id}/approve"))] {
            let reply = desk.house.call(Some(who), method, &format!("{API}/drafts/{path}"), json!({"body": "Mine"})).await;
            assert_eq!(refused(&reply), (400, "request.if_match"));
        }
        let now = desk.reads(&desk.manager, &id).await;
        assert_eq!((&now["body"], &now["state"], &now["reviews"]), (&json!("Two"), &json!("in_review"), &json!([])), "nothing of it was done");
    }

    async fn what_is_given_back_waits_until_whoever_gave_it_back_agrees(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let id = desk.approved("Rough").await;
        assert_eq!(refused(&desk.acts(&desk.manager, &id, "request-changes", json!({"comment": " "})).await), (422, "draft.comment"));
        assert_eq!(refused(&desk.acts(&desk.publisher, &id, "request-changes", json!({"comment": "No"})).await), (403, "role.right"));
        let back = desk.acts(&desk.manager, &id, "request-changes", json!({"comment": "Name the price"})).await.ok();
        assert_eq!((&back["state"], &back["reviews"][1]["comment"], &back["reviews"][1]["verdict"]), (&json!("changes_requested"), &json!("Name the price"), &json!("changes_requested")));
        assert_eq!(refused(&desk.publishes(&desk.publisher, &id).await), (403, "draft.objection"));
        assert_eq!(desk.acts(&desk.contributor, &id, "submit", json!({})).await.ok()["state"], "in_review", "the same again");
        assert_eq!(refused(&desk.publishes(&desk.publisher, &id).await), (403, "draft.objection"));
        assert_eq!(desk.approves(&desk.manager, &id).await.ok()["state"], "approved");
        desk.publishes(&desk.publisher, &id).await.ok();
    }

    async fn approvals_go_with_time_and_with_the_role_of_who_gave_them(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"min_approvals": 2})).await;
        let id = desk.handed_in("Two must agree").await;
        assert_eq!(desk.approves(&desk.approver, &id).await.ok()["state"], "in_review");
        assert_eq!(desk.approves(&desk.approver, &id).await.ok()["approvals"]["by"].as_array().unwrap().len(), 1, "twice is once");
        desk.house.wait(3600);
        assert_eq!(desk.approves(&desk.manager, &id).await.ok()["state"], "approved");
        give(&desk.house, &desk.approver, desk.brand, GrantRole::Publisher).await.unwrap();
        assert_eq!(refused(&desk.publishes(&desk.publisher, &id).await), (403, "draft.approvals_missing"));
        give(&desk.house, &desk.approver, desk.brand, GrantRole::Approver).await.unwrap();
        desk.house.wait(71 * 3600);
        assert_eq!(refused(&desk.publishes(&desk.publisher, &id).await), (403, "draft.approvals_missing"), "the first is 72 hours old");
        desk.approves(&desk.approver, &id).await.ok();
        desk.house.wait(3599);
        assert_eq!(desk.publishes(&desk.publisher, &id).await.ok()["state"], "published");
    }

    async fn nobody_else_finds_a_draft(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        let id = desk.handed_in("The merger is on").await;
        let rival = brand(house, "rival").await;
        let stranger = house.employee("stranger").await;
        give(house, &stranger, rival, GrantRole::Owner).await.unwrap();
        let (analyst, customer) = (desk.also("analyst", GrantRole::Analyst).await, house.customer("carl").await);
        let path = format!("{API}/drafts/{id}");
        for who in [&stranger, &analyst, &customer] {
            for (method, path) in [
                (Method::GET, path.clone()), (Method::GET, format!("{path}/history")), (Method::DELETE, path.clone()),
                (Method::POST, format!("{path}/presence")), (Method::DELETE, format!("{path}/presence")), (Method::POST, format!("{path}/submit")), (Method::POST, format!("{path}/publish")),
                (Method::POST, format!("{path}/request-changes")), (Method::POST, format!("{path}/override")),
            ] {
                let reply = house.call(Some(who), method.clone(), &path, json!({"comment": "No", "reason": "because I can do it"})).await;
                assert_eq!(refused(&reply), (404, "draft.not_found"), "{method} {path}");
            }
            for (method, path) in [(Method::PATCH, id.clone()), (Method::POST, format!("{id}/approve"))] {
                assert_eq!(refused(&desk.with(who, method, &path, 1, json!({"body": "Mine"})).await), (404, "draft.not_found"));
            }
            let scheduled = desk.acts(who, &id, "schedule", json!({"scheduled_at": "2026-12-01T12:00:00Z"})).await;
            assert_eq!(refused(&scheduled), (404, "draft.not_found"));
            assert_eq!(house.get(who, &format!("{API}/drafts")).await.ok(), json!([]));
        }
        assert_eq!(refused(&desk.begins(&stranger, json!({"body": "Mine"})).await), (404, "brand.not_found"));
        assert_eq!(refused(&desk.begins(&analyst, json!({"body": "Mine"})).await), (403, "role.right"));
        assert_eq!(house.get(None, &path).await.status, 401);
        let reader = house.person_with("reader", AccountKind::Employee, Role::Member, "read").await;
        give(house, &reader, desk.brand, GrantRole::Owner).await.unwrap();
        house.get(&reader, &path).await.ok();
        assert_eq!(refused(&desk.publishes(&reader, &id).await), (403, "token.scope"));
        // Whoever acts as another brand of theirs reaches this one by another token only.
        give(house, &desk.publisher, rival, GrantRole::Publisher).await.unwrap();
        let account = desk.publisher.account;
        let issue = move |tx: &mut guildhall::db::Tx<'_>| {
            guildhall::domain::accounts::issue_token(tx, account, rival, "read write", "rival", &guildhall::secrets::token_hash("rival"))
        };
        house.app.db.write(issue).await.unwrap();
        let as_rival = crate::mastodon::Person { actor: rival, account, token: "rival".to_owned() };
        assert_eq!(refused(&house.get(&as_rival, &path).await), (404, "draft.not_found"));
        assert_eq!(house.get(&as_rival, &format!("{API}/drafts")).await.ok(), json!([]));
        assert_eq!(refused(&desk.begins(&as_rival, json!({"body": "Mine"})).await), (404, "brand.not_found"));
        assert_eq!(ids(&house.get(&desk.publisher, &format!("{API}/drafts")).await.ok()), [id]);
    }

    async fn answers_go_free_where_the_rules_let_them(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, responder) = (&desk.house, desk.also("rita", GrantRole::Responder).await);
        let carl = house.customer("carl").await;
        let question = house.says(&carl, json!({"status": "Is it waterproof?"})).await;
        let own = desk.approved("News").await;
        let own = desk.publishes(&desk.publisher, &own).await.ok()["post"]["id"].as_str().unwrap().to_owned();
        let answers = async |who, to: &str| {
            let draft = desk.begins(who, json!({"body": "Yes", "reply_to": to})).await.ok();
            desk.publishes(who, draft["id"].as_str().unwrap()).await
        };
        assert_eq!(answers(&responder, &question).await.ok()["state"], "published");
        assert_eq!(refused(&answers(&responder, &own).await), (403, "role.right"), "to go on with one's own is no answer");
        assert_eq!(refused(&answers(&desk.publisher, &own).await), (403, "draft.approvals_missing"));
        assert_eq!(refused(&answers(&desk.contributor, &question).await), (403, "role.right"));
        desk.rules(json!({"reply_lane": "approval"})).await;
        assert_eq!(refused(&answers(&responder, &question).await), (403, "role.right"));
        assert_eq!(refused(&answers(&desk.publisher, &question).await), (403, "draft.approvals_missing"));
        let thread = house.get(&carl, &format!("/api/v1/statuses/{question}/context")).await.ok();
        assert_eq!(thread["descendants"].as_array().unwrap().len(), 1);
    }

    async fn a_team_looks_after_the_answers_and_hears_when_there_is_something_to_answer(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        let boss = house.person("boss", AccountKind::Employee, Role::Admin).await;
        let teams = format!("{API}/teams");
        let made = async |name: &str, kind: &str, members: Value| {
            house.post(&boss, &teams, json!({"name": name, "kind": kind, "members": members})).await.ok()["id"].as_str().unwrap().to_owned()
        };
        let support = made("Support", "department", json!(["the_auditor", "the_publisher", "the_approver", "boss"])).await;
        let strangers = made("Strangers", "team", json!(["boss"])).await;
        let readers = made("Readers", "team", json!(["the_auditor"])).await;
        for (wrong, code) in [(format!("team:{strangers}"), 422), (format!("team:{readers}"), 422), ("the_auditor".to_owned(), 422), ("team:12345".to_owned(), 422), ("team:x".to_owned(), 422)] {
            let refused = desk.begins(&desk.contributor, json!({"body": "News", "reply_owner": wrong})).await;
            assert_eq!((refused.status.as_u16(), &refused.body["code"]), (code, &json!("draft.reply_owner")), "{wrong}");
        }
        let draft = desk.begins(&desk.contributor, json!({"body": "News", "reply_owner": format!("team:{support}")})).await.ok();
        let id = draft["id"].as_str().unwrap();
        assert_eq!(draft["reply_team"], json!({"id": support, "name": "Support"}));
        assert_eq!(desk.saves(&desk.contributor, id, json!({"body": "More news"})).await.ok()["reply_team"]["name"], "Support", "it stays");
        let person = desk.saves(&desk.contributor, id, json!({"reply_owner": "the_publisher"})).await.ok();
        assert_eq!((&person["reply_team"], &person["reply_owner"]["username"]), (&Value::Null, &json!("the_publisher")));
        desk.saves(&desk.contributor, id, json!({"reply_owner": format!("team:{support}")})).await.ok();
        let delete = async |team: &str| house.call(Some(&boss), Method::DELETE, &format!("{teams}/{team}"), json!({})).await;
        assert_eq!(refused(&delete(&support).await), (409, "team.has_drafts"));
        desk.acts(&desk.contributor, id, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, id).await.ok();
        let post = desk.publishes(&desk.publisher, id).await.ok()["post"]["id"].clone();
        let told = async |who| {
            let told = house.get(who, "/api/v1/notifications?types[]=status").await.ok();
            told.as_array().unwrap().iter().map(|one| one["status"]["id"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(told(&desk.approver).await, [post], "who is in the team and may write for the brand");
        assert!(told(&desk.auditor).await.is_empty(), "who only reads does not answer");
        assert!(told(&boss).await.is_empty(), "who has none is not told");
        assert!(told(&desk.publisher).await.is_empty() && told(&desk.contributor).await.is_empty(), "who published it knows, and others are not in the team");
        assert_eq!(delete(&support).await.status, 204);
        assert_eq!(desk.reads(&desk.manager, id).await["reply_team"], Value::Null);
        // Where nobody of it may answer any more, the author looks after the answers.
        let rita = desk.also("rita", GrantRole::Responder).await;
        let night = made("Night", "team", json!(["rita"])).await;
        let draft = desk.begins(&desk.contributor, json!({"body": "Good night", "reply_owner": format!("team:{night}")})).await.ok();
        let id = draft["id"].as_str().unwrap();
        give(house, &rita, desk.brand, GrantRole::Analyst).await.unwrap();
        desk.acts(&desk.contributor, id, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, id).await.ok();
        let post = desk.publishes(&desk.publisher, id).await.ok()["post"]["id"].clone();
        assert_eq!(told(&desk.contributor).await, [post]);
        assert!(told(&rita).await.is_empty());
    }

    async fn what_could_not_be_published_is_not_handed_in(database: TestDatabase) {
        let desk = Desk::open(database).await;
        for (body, expected) in [
            (json!({}), (422, "post.empty")),
            (json!({"body": "\u{200b}\u{200b}"}), (422, "post.empty")),
            (json!({"body": "x".repeat(501)}), (422, "post.too_long")),
            (json!({"body": "Hello", "audience": "team:12345"}), (403, "post.team")),
        ] {
            let draft = desk.begins(&desk.contributor, body.clone()).await.ok();
            let reply = desk.acts(&desk.contributor, draft["id"].as_str().unwrap(), "submit", json!({})).await;
            assert_eq!(refused(&reply), expected, "{body}");
        }
        for (body, expected) in [
            (json!({"body": "x".repeat(100_000)}), (422, "post.too_long")),
            (json!({"body": "Hello", "reply_to": "12345"}), (404, "post.not_found")),
            (json!({"content_warning": "x".repeat(501)}), (422, "draft.warning")),
            (json!({"language": "not a language"}), (422, "post.language")),
            (json!({"audience": "everyone"}), (422, "post.audience")),
            (json!({"audience": "space"}), (422, "post.audience")),
            (json!({"format": "html"}), (422, "draft.format")),
            (json!({"reply_to": "x"}), (422, "draft.post")),
            (json!({"media": ["12345"]}), (422, "media.unknown")),
            (json!({"media": ["1", "2", "3", "4", "5"]}), (422, "media.count")),
            (json!({"reply_owner": "nobody"}), (422, "draft.reply_owner")),
        ] {
            assert_eq!(refused(&desk.begins(&desk.contributor, body.clone()).await), expected, "{body}");
        }
        assert_eq!(desk.house.get(&desk.manager, &format!("{API}/drafts?limit=40")).await.ok().as_array().unwrap().len(), 4);
        assert_eq!(desk.house.get(&desk.manager, &format!("{API}/drafts?state=lost")).await.status, 400);
    }

    async fn what_says_the_same_twice_under_one_key_is_one_draft(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let begins = async |key: &str, body: Value| {
            let request = http::Request::post(format!("{API}/actors/{}/drafts", desk.brand))
                .header(header::AUTHORIZATION, format!("Bearer {}", desk.contributor.token))
                .header(header::CONTENT_TYPE, "application/json")
                .header("idempotency-key", key);
            desk.house.send(request.body(body.to_string().into()).unwrap()).await
        };
        let one = begins("a", json!({"body": "Once"})).await.ok();
        assert_eq!(begins("a", json!({"body": "Once"})).await.ok()["id"], one["id"]);
        assert_eq!(refused(&begins("a", json!({"body": "Other"})).await), (422, "request.idempotency_key_reused"));
        assert_ne!(begins("b", json!({"body": "Once"})).await.ok()["id"], one["id"]);
        assert_eq!(begins("", json!({})).await.status, 400);
    }
    async fn a_brand_asks_its_readers_what_a_colleague_approved(database: TestDatabase) {
        let desk = Desk::open(database).await;
        // It is kept while it is unfinished, and not handed in.
        let poll = json!({"options": ["Tea", ""], "expires_in": 3600});
        let id = desk.begins(&desk.contributor, json!({"body": "What do you drink?", "poll": poll})).await.ok()["id"].as_str().unwrap().to_owned();
        assert_eq!(refused(&desk.acts(&desk.contributor, &id, "submit", json!({})).await), (422, "poll.choices"));
        for (poll, code) in [
            (json!({"options": ["1", "2", "3", "4", "5"], "expires_in": 3600}), "poll.choices"),
            (json!({"options": ["x".repeat(51), "2"], "expires_in": 3600}), "poll.choice_too_long"),
        ] {
            assert_eq!(refused(&desk.saves(&desk.contributor, &id, json!({"poll": poll})).await), (422, code));
        }
        desk.saves(&desk.contributor, &id, json!({"poll": {"options": ["Tea", "Coffee"], "expires_in": 1}})).await.ok();
        assert_eq!(refused(&desk.acts(&desk.contributor, &id, "submit", json!({})).await), (422, "poll.time"));
        let saved = desk.saves(&desk.contributor, &id, json!({"poll": {"options": ["Tea", "Coffee"], "expires_in": 3600, "multiple": true}})).await.ok();
        assert_eq!(saved["poll"], json!({"options": ["Tea", "Coffee"], "expires_in": 3600, "multiple": true, "hide_totals": false}));
        // What says nothing of it leaves it; another question needs another approval.
        desk.saves(&desk.contributor, &id, json!({"body": "What would you drink?"})).await.ok();
        desk.acts(&desk.contributor, &id, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, &id).await.ok();
        desk.saves(&desk.contributor, &id, json!({"poll": {"options": ["Tea", "Beer"], "expires_in": 3600}})).await.ok();
        assert_eq!(refused(&desk.publishes(&desk.publisher, &id).await), (403, "draft.approvals_missing"));
        desk.acts(&desk.contributor, &id, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, &id).await.ok();
        let out = desk.publishes(&desk.publisher, &id).await.ok();
        let post = out["post"]["id"].as_str().unwrap();
        let shown = desk.house.get(None, &format!("/api/v1/statuses/{post}")).await.ok();
        assert_eq!((&shown["poll"]["options"][1]["title"], &shown["poll"]["multiple"]), (&json!("Beer"), &json!(false)));
        // What was asked stays asked, and a draft asks nothing once its options are taken away.
        let edit = desk.begins(&desk.contributor, json!({"of_post": post, "poll": {"options": ["A", "B"], "expires_in": 3600}})).await;
        assert_eq!(refused(&edit), (422, "draft.edit"));
        let other = desk.begins(&desk.contributor, json!({"body": "Hm", "poll": {"options": ["A", "B"], "expires_in": 3600}})).await.ok();
        let none = desk.saves(&desk.contributor, other["id"].as_str().unwrap(), json!({"poll": {"options": [], "expires_in": 0}})).await.ok();
        assert_eq!(none["poll"], Value::Null);
    }
}
