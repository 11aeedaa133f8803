//! Crisis mode: what it holds, what it asks for, and who ends it.

use guildhall::domain::{
    accounts::{self, AccountKind, GrantRole, Role},
    crisis,
};
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use super::{
    API, audit_acts,
    desk::{Desk, refused},
    doors::in_an_app,
};
use crate::mastodon::{Person, Reply};

const WHY: &str = "The factory is on fire.";
const TIME: &str = "2026-11-01T13:00:00Z";

fn path() -> String {
    format!("{API}/crisis")
}

async fn starts(desk: &Desk, who: &Person, body: Value) -> Reply {
    desk.house.post(who, &path(), body).await
}

async fn shown(desk: &Desk, who: &Person) -> Value {
    desk.house.get(who, &path()).await.ok()
}

async fn ends(desk: &Desk, who: &Person, verb: &str) -> Reply {
    desk.house.post(who, &format!("{API}/crisis/end{verb}"), json!({})).await
}

/// A draft that waits for its time.
async fn scheduled(desk: &Desk, text: &str) -> String {
    let id = desk.approved(text).await;
    desk.acts(&desk.publisher, &id, "schedule", json!({"scheduled_at": TIME})).await.ok();
    id
}

/// Writes as the brand with an ActivityPub client.
async fn sends(desk: &Desk, token: &str, activity: Value) -> Reply {
    let sent = Request::post(format!("/ap/actors/{}/outbox", desk.brand))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/activity+json");
    desk.house.send(sent.body(activity.to_string().into()).unwrap()).await
}

fn note(text: &str) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams", "type": "Note", "content": text,
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
    })
}

on_both! {
    async fn the_switch_holds_what_brands_have_scheduled_and_nothing_goes_at_the_end(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        let ada = house.person("ada", AccountKind::Employee, Role::Admin).await;
        let draft = scheduled(&desk, "Buy our kettles").await;
        // An app schedules as the brand while it asks for nothing, and somebody as themselves.
        desk.rules(json!({"min_approvals": 0})).await;
        let app = in_an_app(&desk, &desk.publisher, "app").await;
        let post = house.post(&app, "/api/v1/statuses", json!({"status": "Kettles are cheap", "scheduled_at": TIME})).await.ok();
        house.post(&desk.publisher, "/api/v1/statuses", json!({"status": "My own words", "scheduled_at": TIME})).await.ok();
        desk.rules(json!({"min_approvals": 1})).await;
        let on = starts(&desk, &desk.manager, json!({"reason": WHY})).await;
        assert_eq!(on.status, StatusCode::CREATED);
        let on = on.body;
        assert_eq!((&on["active"], &on["held_drafts"], &on["held_posts"], &on["reason"]), (&json!(true), &json!(1), &json!(1), &json!(WHY)));
        assert_eq!(on["started_by"]["username"], "the_manager");
        let held = desk.reads(&desk.contributor, &draft).await;
        assert_eq!((&held["state"], &held["scheduled_at"]), (&json!("held"), &Value::Null));
        assert!(held["held"].as_str().unwrap().contains("Crisis mode is on since 2026-11-01"), "{held}");
        let waiting = house.get(&app, "/api/v1/scheduled_statuses").await.ok();
        assert!(waiting[0]["guildhall"]["failed"].as_str().unwrap().contains("Crisis mode"), "{waiting}");
        assert_eq!((&held["held_code"], &waiting[0]["guildhall"]["failed_code"]), (&json!("crisis.on"), &json!("crisis.on")));
        house.wait(7200);
        house.work().await;
        assert_eq!(desk.said().await.len(), 0, "nothing of the brand left");
        let own = house.get(None, &format!("/api/v1/accounts/{}/statuses", desk.publisher.actor)).await.ok();
        assert_eq!(own[0]["content"], "<p>My own words</p>", "people's own posts are theirs");
        // Nothing gets another time meanwhile, whatever the door.
        let later = "2026-11-02T13:00:00Z";
        let moved = house.put(&app, &format!("/api/v1/scheduled_statuses/{}", post["id"].as_str().unwrap()), json!({"scheduled_at": later})).await;
        assert_eq!(moved.status, StatusCode::FORBIDDEN);
        assert!(moved.body["error"].as_str().unwrap().contains("Crisis mode is on"), "{}", moved.body);
        let new = house.post(&app, "/api/v1/statuses", json!({"status": "More kettles", "scheduled_at": later})).await;
        assert_eq!(new.status, StatusCode::FORBIDDEN, "{}", new.body);
        let fresh = desk.approved("We are looking into it").await;
        assert_eq!(refused(&desk.acts(&desk.publisher, &fresh, "schedule", json!({"scheduled_at": later})).await), (403, "crisis.on"));
        // Two end it.
        assert_eq!(ends(&desk, &desk.manager, "").await.status, StatusCode::ACCEPTED);
        assert_eq!(refused(&ends(&desk, &desk.manager, "/confirm").await), (403, "crisis.own"));
        assert_eq!(ends(&desk, &ada, "/confirm").await.ok()["active"], false);
        house.wait(7200);
        house.work().await;
        assert_eq!(desk.said().await.len(), 0, "nothing goes by itself at the end");
        assert_eq!(desk.reads(&desk.manager, &draft).await["state"], "held");
        // By hand everything goes on: handed in, approved and given a time anew.
        desk.acts(&desk.contributor, &draft, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, &draft).await.ok();
        desk.acts(&desk.publisher, &draft, "schedule", json!({"scheduled_at": later})).await.ok();
        desk.rules(json!({"min_approvals": 0})).await;
        house.put(&app, &format!("/api/v1/scheduled_statuses/{}", post["id"].as_str().unwrap()), json!({"scheduled_at": later})).await.ok();
        house.wait(24 * 3600);
        house.work().await;
        assert_eq!(desk.said().await.len(), 2);
        let acts = audit_acts(&desk).await;
        for act in ["crisis.started", "draft.held", "crisis.end_asked", "crisis.ended"] {
            assert!(acts.iter().any(|one| one == act), "{act}: {acts:?}");
        }
    }

    async fn every_door_asks_for_an_approval_whatever_the_rules_say(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        let carl = house.customer("carl").await;
        let question = house.says(&carl, json!({"status": "Is it waterproof?"})).await;
        desk.rules(json!({"typo_lane": true})).await;
        let app = in_an_app(&desk, &desk.publisher, "app").await;
        let posted = desk.published("The price is low").await;
        desk.rules(json!({"min_approvals": 0, "self_approve": true})).await;
        let free = house.post(&app, "/api/v1/statuses", json!({"status": "As ever"})).await.ok();
        assert_eq!(free["guildhall"]["approval"], Value::Null);
        // Approved before the switch.
        desk.rules(json!({"min_approvals": 1, "self_approve": false})).await;
        let early = desk.approved("Summer sale").await;
        desk.rules(json!({"min_approvals": 0, "self_approve": true})).await;
        house.wait(1);
        starts(&desk, &desk.manager, json!({"reason": WHY})).await;
        let rules = house.get(&desk.publisher, &format!("{API}/actors/{}/policy", desk.brand)).await.ok();
        assert_eq!(rules["min_approvals"], 0, "the brand's own rules stay what they are");
        assert_eq!(rules["crisis"], json!({"since": "2026-11-01T12:00:01.000Z", "min_approvals": 1, "self_approve": false, "reply_lane": "approval", "typo_lane": false}));
        // Mastodon's apps: posts, answers, edits, little ones too.
        for body in [json!({"status": "Hello"}), json!({"status": "Yes, @carl", "in_reply_to_id": question})] {
            let waits = house.post(&app, "/api/v1/statuses", body.clone()).await.ok();
            assert_eq!((&waits["visibility"], &waits["guildhall"]["approval"]["needed"]), (&json!("direct"), &json!(1)), "{body}");
        }
        for text in ["The price is high", "The price is low."] {
            let edit = house.call(Some(&app), Method::PUT, &format!("/api/v1/statuses/{posted}"), json!({"status": text})).await;
            assert_eq!(edit.status, StatusCode::FORBIDDEN, "{text}");
            assert!(edit.body["error"].as_str().unwrap().starts_with("Crisis mode is on."), "{}", edit.body);
        }
        // ActivityPub clients.
        for activity in [note("<p>Hello</p>"), json!({
            "@context": "https://www.w3.org/ns/activitystreams", "type": "Update",
            "object": {"id": format!("{}/ap/objects/{posted}", crate::mastodon::BASE), "type": "Note", "content": "<p>The price is high</p>"},
        })] {
            let sent = sends(&desk, "app", activity).await;
            assert_eq!((sent.status, &sent.body["code"]), (StatusCode::FORBIDDEN, &json!("brand.approval")), "{}", sent.body);
        }
        // Drafts: an approval from before is of another world, and one's own is none.
        assert_eq!(refused(&desk.publishes(&desk.publisher, &early).await), (403, "draft.approvals_missing"));
        desk.approves(&desk.approver, &early).await.ok();
        let own = desk.begins(&desk.manager, json!({"body": "My own words"})).await.ok()["id"].as_str().unwrap().to_owned();
        desk.acts(&desk.manager, &own, "submit", json!({})).await.ok();
        assert_eq!(refused(&desk.approves(&desk.manager, &own).await), (403, "draft.own"));
        assert_eq!(refused(&desk.publishes(&desk.manager, &own).await), (403, "draft.approvals_missing"));
        assert_eq!(desk.said().await, ["<p>As ever</p>", "<p>The price is low</p>"]);
        // With an approval of somebody else it goes, and what is wrong is taken back by who may.
        desk.publishes(&desk.publisher, &early).await.ok();
        house.delete(&app, &format!("/api/v1/statuses/{posted}")).await.ok();
        assert_eq!(desk.said().await, ["<p>Summer sale</p>", "<p>As ever</p>"]);
        // People speak for themselves.
        house.says(&desk.publisher, json!({"status": "I am fine"})).await;
    }

    async fn it_is_begun_and_ended_by_who_may_and_by_two(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        let (carl, mia) = (house.customer("carl").await, house.person("mia", AccountKind::Employee, Role::Moderator).await);
        let admin = house.person("ada", AccountKind::Employee, Role::Admin).await;
        for who in [&desk.contributor, &desk.publisher, &desk.approver, &desk.auditor, &mia] {
            assert_eq!(refused(&starts(&desk, who, json!({"reason": WHY})).await), (403, "crisis.right"));
            assert_eq!(shown(&desk, who).await["may_handle"], false);
        }
        assert_eq!(refused(&starts(&desk, &carl, json!({"reason": WHY})).await), (403, "crisis.employees"));
        assert_eq!(refused(&house.get(&carl, &path()).await), (403, "crisis.employees"));
        assert_eq!(house.get(None, &path()).await.status, StatusCode::UNAUTHORIZED);
        for reason in ["", "Only fourteen.", "\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}", &"x".repeat(1_001)] {
            assert_eq!(refused(&starts(&desk, &admin, json!({"reason": reason})).await), (422, "crisis.reason"), "{reason}");
        }
        assert_eq!(refused(&ends(&desk, &admin, "").await), (409, "crisis.off"));
        starts(&desk, &admin, json!({"reason": WHY})).await;
        assert_eq!(refused(&starts(&desk, &desk.manager, json!({"reason": WHY})).await), (409, "crisis.already_on"));
        assert_eq!(shown(&desk, &desk.contributor).await["active"], true);
        // The wish to end it waits for an hour.
        assert_eq!(refused(&ends(&desk, &desk.manager, "/confirm").await), (404, "crisis.not_asked"));
        assert_eq!(refused(&ends(&desk, &desk.approver, "").await), (403, "crisis.right"));
        let asked = ends(&desk, &admin, "").await;
        assert_eq!((asked.status, &asked.body["end"]["asked_by"]["username"], &asked.body["end"]["until"]), (StatusCode::ACCEPTED, &json!("ada"), &json!("2026-11-01T13:00:00.000Z")));
        assert_eq!(refused(&ends(&desk, &desk.manager, "").await), (409, "crisis.end_asked"));
        house.wait(3600);
        assert_eq!(shown(&desk, &admin).await["end"], Value::Null);
        assert_eq!(refused(&ends(&desk, &desk.manager, "/confirm").await), (404, "crisis.not_asked"));
        // Who says no, says no.
        ends(&desk, &admin, "").await;
        assert_eq!(house.delete(&desk.manager, &format!("{API}/crisis/end")).await.ok()["end"], Value::Null);
        assert_eq!(refused(&ends(&desk, &desk.manager, "/confirm").await), (404, "crisis.not_asked"));
        // Who has no say any more has none.
        ends(&desk, &admin, "").await;
        let gone = admin.account;
        house.app.db.write(move |tx| accounts::set_role(tx, gone, AccountKind::Employee, Role::Member)).await.unwrap();
        assert_eq!(refused(&ends(&desk, &desk.manager, "/confirm").await), (409, "crisis.asker"));
        house.delete(&desk.manager, &format!("{API}/crisis/end")).await.ok();
        // Alone it takes a reason.
        assert_eq!(shown(&desk, &desk.manager).await["active"], true);
        house.app.db.write(|tx| crisis::ask_end(tx, None, None)).await.unwrap();
        let own = house.app.db.write(|tx| crisis::confirm_end(tx, None)).await.unwrap_err();
        assert_eq!(own.code(), "crisis.own", "the command line is one of the two, not both");
        assert_eq!(ends(&desk, &desk.manager, "/confirm").await.ok()["active"], false);
    }

    async fn who_is_alone_ends_it_with_a_reason(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let owners = desk.house.app.db.read(accounts::crisis_handlers).await.unwrap();
        assert_eq!(owners, [desk.manager.account]);
        starts(&desk, &desk.manager, json!({"reason": WHY})).await;
        assert_eq!(refused(&ends(&desk, &desk.manager, "").await), (422, "crisis.reason"));
        let over = desk.house.post(&desk.manager, &format!("{API}/crisis/end"), json!({"reason": "The fire is out, we have a plan."})).await;
        assert_eq!((over.status, &over.body["active"]), (StatusCode::OK, &json!(false)));
    }

    async fn everybody_whom_it_concerns_gets_a_letter(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let olga = desk.also("olga", GrantRole::Owner).await;
        for (who, name) in [(&olga, "olga"), (&desk.contributor, "con"), (&desk.manager, "max")] {
            desk.reached(who, name).await;
        }
        starts(&desk, &desk.manager, json!({"reason": WHY})).await;
        let letters = desk.letters().await;
        assert_eq!(letters.len(), 2, "who did it is not told: {letters:?}");
        for name in ["olga", "con"] {
            let letter = letters.iter().find(|letter| letter.contains(&format!("To: {name}@mail.example"))).unwrap();
            assert!(letter.contains("Subject: Crisis mode is on at ") && letter.contains(WHY) && letter.contains("@the_manager"), "{letter}");
        }
        ends(&desk, &desk.manager, "").await;
        let letters = desk.letters().await;
        assert_eq!(letters.len(), 3, "who may confirm is asked");
        assert!(letters.iter().any(|letter| letter.contains("To: olga@") && letter.contains("Shall crisis mode end")), "{letters:?}");
        ends(&desk, &olga, "/confirm").await.ok();
        assert_eq!(desk.letters().await.len(), 5);
    }

    async fn a_statement_stands_on_the_pages_until_it_is_over(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        let olga = desk.also("olga", GrantRole::Owner).await;
        let page = async || {
            let request = Request::get("/@acme").header("accept", "text/html");
            let reply = house.send(request.body(String::new().into()).unwrap()).await;
            reply.body.as_str().map(ToOwned::to_owned).unwrap_or_else(|| reply.body.to_string())
        };
        assert!(!page().await.contains("class=\"statement"));
        let post = desk.published("We know of the fire").await;
        let inside = house.post(&desk.manager, "/api/v1/statuses", json!({"status": "Inside", "local_only": true})).await.ok();
        let own = house.says(&desk.manager, json!({"status": "My own"})).await;
        for mut body in [
            json!({"statement": "x".repeat(1_001)}),
            json!({"statement_post": "999"}),
            json!({"statement_post": inside["id"]}),
            json!({"statement_post": own}),
            json!({"statement_post": "x"}),
            json!({"statement": "a", "statement_post": post}),
        ] {
            body["reason"] = json!(WHY);
            assert_eq!(refused(&starts(&desk, &desk.manager, body.clone()).await), (422, "crisis.statement"), "{body}");
        }
        assert_eq!(shown(&desk, &desk.manager).await["active"], false, "nothing was begun by halves");
        let on = starts(&desk, &desk.manager, json!({"reason": WHY, "statement": "We are **sorry** <script>alert(1)</script>"})).await.body;
        assert_eq!(on["statement"], "We are **sorry** <script>alert(1)</script>");
        let seen = page().await;
        assert!(seen.contains("class=\"statement") && seen.contains("We are <strong>sorry</strong>") && !seen.contains("<script>alert"), "{seen}");
        let change = async |body: Value| house.call(Some(&desk.manager), Method::PATCH, &path(), body).await;
        change(json!({"statement_post": post})).await.ok();
        let seen = page().await;
        assert!(seen.contains("class=\"statement") && seen.matches("We know of the fire").count() >= 2 && !seen.contains("sorry"), "{seen}");
        assert_eq!(refused(&change(json!({})).await), (422, "crisis.statement"));
        // A post that is taken back stands there no more.
        let app = in_an_app(&desk, &desk.manager, "app").await;
        house.delete(&app, &format!("/api/v1/statuses/{post}")).await.ok();
        assert!(!page().await.contains("class=\"statement"));
        change(json!({"statement": "All is well"})).await.ok();
        change(json!({"statement": ""})).await.ok();
        assert!(!page().await.contains("class=\"statement"));
        change(json!({"statement": "All is well"})).await.ok();
        ends(&desk, &desk.manager, "").await;
        ends(&desk, &olga, "/confirm").await.ok();
        assert!(!page().await.contains("All is well"));
        assert_eq!(refused(&change(json!({"statement": "Late"})).await), (409, "crisis.off"));
    }
}
