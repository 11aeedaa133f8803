//! What people are told in the workroom of their drafts, and what waits for them.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, sql_query};
use guildhall::{
    db::schema::jobs,
    domain::accounts::{self, GrantRole},
};
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    API,
    desk::{Desk, refused},
};
use crate::mastodon::{
    Person, ids,
    push::{PATH, handed, wish},
    streaming::{listen, serve},
};

const TOLD: &str = "/api/v2/notifications?types[]=guildhall.draft";

/// What somebody was told of drafts, newest first: by whom, what, and of which.
async fn told(desk: &Desk, who: &Person) -> Vec<(String, String, String)> {
    let page = desk.house.get(who, TOLD).await.ok();
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned();
    let name = |id: &Value| {
        let account = page["accounts"].as_array().unwrap().iter().find(|account| account["id"] == *id).unwrap();
        text(&account["username"])
    };
    let groups = page["notification_groups"].as_array().unwrap();
    let one = |group: &Value| {
        let draft = &group["guildhall"]["draft"];
        (name(&group["sample_account_ids"][0]), text(&draft["news"]), text(&draft["excerpt"]))
    };
    groups.iter().map(one).collect()
}

/// The latest that they were told: by whom, and what.
async fn latest(desk: &Desk, who: &Person) -> (String, String) {
    let (by, news, _) = told(desk, who).await.into_iter().next().expect("they were told something");
    (by, news)
}

async fn waits(desk: &Desk, who: &Person) -> (u64, u64) {
    let waits = desk.house.get(who, &format!("{API}/drafts/waiting")).await.ok();
    (waits["reviews"].as_u64().unwrap(), waits["returned"].as_u64().unwrap())
}

async fn returns(desk: &Desk, who: &Person, id: &str) {
    desk.acts(who, id, "request-changes", json!({"comment": "Not yet."})).await.ok();
}

async fn sees(desk: &Desk, who: &Person, id: &str) -> StatusCode {
    desk.acts(who, id, "seen", json!({})).await.status
}

/// How many letters that somebody changed a draft are to be written.
async fn letters_due(desk: &Desk) -> i64 {
    let count = desk.house.app.db.read(|conn| {
        let due = jobs::table.filter(jobs::kind.eq("tell_of_change")).filter(jobs::state.ne("done"));
        Ok(due.count().get_result(conn)?)
    });
    count.await.unwrap()
}

/// Makes the token of somebody that of the workroom.
async fn at_the_workroom(desk: &Desk, who: &Person) {
    let account = who.account;
    let made = "INSERT INTO browsers (id, secret_hash, account_id, name, code_due, wrong_codes, created_at, seen_at)";
    let queries = [
        format!("{made} VALUES (7, '\\x07', {account}, 'A browser', FALSE, 0, 1, 1)"),
        format!("UPDATE tokens SET browser_id = 7 WHERE account_id = {account}"),
    ];
    let write = desk
        .house
        .app
        .db
        .write(move |tx| queries.iter().try_for_each(|query| Ok(sql_query(query).execute(tx.conn()).map(drop)?)));
    write.await.unwrap();
}

on_both! {
    async fn an_author_hears_what_became_of_a_draft_and_who_did_it(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let author = &desk.contributor;
        let id = desk.handed_in("**Spring**\nsale").await;
        let by = |name: &str, news: &str| (name.to_owned(), news.to_owned());
        assert_eq!(told(&desk, author).await, []);
        returns(&desk, &desk.approver, &id).await;
        assert_eq!(told(&desk, author).await, [("the_approver".to_owned(), "changes_requested".to_owned(), "Spring sale".to_owned())]);
        desk.acts(author, &id, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, &id).await.ok();
        assert_eq!(latest(&desk, author).await, by("the_approver", "approved"));
        assert_eq!(told(&desk, author).await.len(), 1, "of each only what they did last");
        let at = json!({"scheduled_at": "2026-11-01T13:00:00Z"});
        desk.acts(&desk.publisher, &id, "schedule", at).await.ok();
        assert_eq!(latest(&desk, author).await, by("the_publisher", "scheduled"));
        desk.house.delete(&desk.manager, &format!("{API}/drafts/{id}/schedule")).await.ok();
        assert_eq!(latest(&desk, author).await, by("the_manager", "unscheduled"));
        assert_eq!(latest(&desk, &desk.publisher).await, by("the_manager", "unscheduled"), "who chose the time hears it too");
        desk.publishes(&desk.publisher, &id).await.ok();
        assert_eq!(latest(&desk, author).await, by("the_publisher", "published"));
        // What is published in spite of all.
        desk.reached(&desk.approver, "approver").await;
        crate::brands::give(&desk.house, &desk.approver, desk.brand, GrantRole::Manager).await.unwrap();
        let urgent = desk.handed_in("Urgent").await;
        desk.acts(&desk.manager, &urgent, "override", json!({"reason": "The shop burns down."})).await.ok();
        assert_eq!(latest(&desk, author).await, by("the_manager", "published"));
        let gone = desk.handed_in("Nonsense").await;
        desk.house.delete(&desk.manager, &format!("{API}/drafts/{gone}")).await.ok();
        assert_eq!(told(&desk, author).await[0], ("the_manager".to_owned(), "discarded".to_owned(), "Nonsense".to_owned()));
        // Each of several is told, and nobody of what they did themselves.
        let both = desk.handed_in("Two opinions").await;
        returns(&desk, &desk.approver, &both).await;
        desk.acts(author, &both, "submit", json!({})).await.ok();
        returns(&desk, &desk.manager, &both).await;
        let of_it: Vec<_> = told(&desk, author).await.into_iter().filter(|(.., text)| text == "Two opinions").map(|(by, ..)| by).collect();
        assert_eq!(of_it, ["the_manager", "the_approver"]);
        let own = desk.begins(&desk.manager, json!({"body": "Mine"})).await.ok();
        let own = own["id"].as_str().unwrap();
        desk.acts(&desk.manager, own, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, own).await.ok();
        desk.publishes(&desk.manager, own).await.ok();
        assert_eq!(told(&desk, &desk.manager).await, [("the_approver".to_owned(), "approved".to_owned(), "Mine".to_owned())]);
    }

    async fn an_author_hears_once_that_a_colleague_changed_the_text_until_they_have_looked(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let author = &desk.contributor;
        desk.reached(author, "carla").await;
        let begun = desk.begins(author, json!({"body": "Sale"})).await.ok();
        let id = begun["id"].as_str().unwrap();
        let saves = async |who: &Person, text: &str| {
            desk.saves(who, id, json!({"body": text})).await.ok();
            told(&desk, author).await
        };
        let changed = |by: &str, text: &str| (by.to_owned(), "changed".to_owned(), text.to_owned());
        let letters = async || {
            desk.house.wait(600);
            desk.letters().await.into_iter().filter(|letter| letter.contains("was changed")).collect::<Vec<_>>()
        };
        assert_eq!(saves(author, "Spring sale").await, []);
        assert_eq!(saves(&desk.publisher, "Summer sale").await, [changed("the_publisher", "Summer sale")]);
        assert_eq!(saves(&desk.publisher, "Summer sales").await, [changed("the_publisher", "Summer sales")]);
        assert_eq!(saves(&desk.manager, "Autumn sale").await, [changed("the_publisher", "Autumn sale")], "they know already");
        let sent = letters().await;
        assert!(sent.len() == 1 && sent[0].contains("@the_publisher changed your draft for @acme"), "{sent:?}");
        assert!(sent[0].contains(id) && !sent[0].contains("sale"), "{sent:?}");
        // Whoever has looked is told anew, and not by letter where they look soon.
        assert_eq!(sees(&desk, author, id).await, StatusCode::NO_CONTENT);
        assert_eq!(saves(&desk.manager, "Winter sale").await[0], changed("the_manager", "Winter sale"));
        assert_eq!(sees(&desk, author, id).await, StatusCode::NO_CONTENT);
        assert_eq!(letters().await.len(), 1);
        // Whoever writes on has looked.
        saves(&desk.manager, "Sale in winter").await;
        saves(author, "The sale in winter").await;
        assert_eq!(saves(&desk.publisher, "The sale").await[0], changed("the_publisher", "The sale"));
        assert_eq!(letters().await.len(), 2);
        // Who looks after the answers is not what it says.
        sees(&desk, author, id).await;
        desk.saves(&desk.manager, id, json!({"reply_owner": "the_manager"})).await.ok();
        assert_eq!(letters().await.len(), 2);
    }

    async fn a_change_is_told_beside_what_whoever_made_it_did_next_while_there_is_the_draft(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let author = &desk.contributor;
        desk.reached(author, "carla").await;
        let letters = async || {
            desk.house.wait(600);
            desk.letters().await.into_iter().filter(|letter| letter.contains("was changed")).count()
        };
        let of = async |text: &str| {
            let all = told(&desk, author).await.into_iter().filter(|(.., of)| of == text);
            all.map(|(by, news, _)| (by, news)).collect::<Vec<_>>()
        };
        let by = |name: &str, news: &str| (name.to_owned(), news.to_owned());
        // Whoever changes a draft gives it a time, or publishes it.
        for (number, text) in ["Later", "Now"].into_iter().enumerate() {
            let id = desk.handed_in("Sale").await;
            desk.saves(&desk.publisher, &id, json!({"body": text})).await.ok();
            desk.acts(&desk.publisher, &id, "submit", json!({})).await.ok();
            desk.approves(&desk.approver, &id).await.ok();
            let news = if text == "Later" {
                let at = json!({"scheduled_at": "2026-11-01T18:00:00Z"});
                desk.acts(&desk.publisher, &id, "schedule", at).await.ok();
                "scheduled"
            } else {
                desk.publishes(&desk.publisher, &id).await.ok();
                "published"
            };
            let told = [by("the_publisher", news), by("the_approver", "approved"), by("the_publisher", "changed")];
            assert_eq!(of(text).await, told);
            assert_eq!(letters().await, number + 1, "{text}");
            // Whoever has looked has one of each again.
            assert_eq!(sees(&desk, author, &id).await, StatusCode::NO_CONTENT);
            if text == "Later" {
                desk.house.delete(&desk.publisher, &format!("{API}/drafts/{id}/schedule")).await.ok();
                assert_eq!(of(text).await, [by("the_publisher", "unscheduled"), by("the_approver", "approved")]);
            }
        }
        // Of what was thrown away no letter tells that it was changed, whoever did that.
        for (who, text) in [(&desk.publisher, "Gone"), (&desk.manager, "Away")] {
            let id = desk.handed_in("Nonsense").await;
            desk.saves(&desk.publisher, &id, json!({"body": text})).await.ok();
            desk.house.delete(who, &format!("{API}/drafts/{id}")).await.ok();
            assert_eq!(of(text).await[0].1, "discarded");
            assert_eq!(letters().await, 2, "{text}");
        }
        assert_eq!(of("Gone").await, [by("the_publisher", "discarded")]);
    }

    async fn no_change_is_told_to_an_author_who_may_not_read_the_draft(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let author = &desk.contributor;
        desk.reached(author, "carla").await;
        let id = desk.handed_in("Secret").await;
        desk.house.work().await;
        let (account, brand) = (author.account, desk.brand);
        desk.house.app.db.write(move |tx| accounts::revoke_grant(tx, account, brand)).await.unwrap();
        desk.saves(&desk.publisher, &id, json!({"body": "More secret"})).await.ok();
        assert_eq!(letters_due(&desk).await, 0);
        crate::brands::give(&desk.house, author, brand, GrantRole::Contributor).await.unwrap();
        desk.house.wait(600);
        assert!(desk.letters().await.iter().all(|letter| !letter.contains("was changed")));
        assert_eq!(told(&desk, author).await, []);
        desk.saves(&desk.publisher, &id, json!({"body": "No secret"})).await.ok();
        assert_eq!(letters_due(&desk).await, 1);
        desk.house.wait(600);
        assert_eq!(desk.letters().await.iter().filter(|letter| letter.contains("was changed")).count(), 1);
    }

    async fn what_is_held_is_told_to_its_author_and_to_who_gave_it_its_time(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let id = desk.approved("Later").await;
        desk.acts(&desk.publisher, &id, "schedule", json!({"scheduled_at": "2026-11-01T13:00:00Z"})).await.ok();
        desk.rules(json!({"min_approvals": 2})).await;
        desk.house.wait(3600);
        desk.house.work().await;
        for who in [&desk.contributor, &desk.publisher] {
            assert_eq!(latest(&desk, who).await, ("acme".to_owned(), "held".to_owned()), "the house did that");
            assert_eq!(waits(&desk, who).await.1, 1);
        }
        // Whoever silenced a colleague hears of their work all the same.
        let other = desk.handed_in("Other").await;
        desk.house.post(&desk.contributor, &format!("/api/v1/accounts/{}/block", desk.approver.id()), json!({})).await.ok();
        returns(&desk, &desk.approver, &other).await;
        assert_eq!(latest(&desk, &desk.contributor).await.1, "changes_requested");
        // In a crisis all are held.
        desk.rules(json!({"min_approvals": 1})).await;
        let waiting = desk.approved("Soon").await;
        desk.acts(&desk.publisher, &waiting, "schedule", json!({"scheduled_at": "2026-11-01T15:00:00Z"})).await.ok();
        let began = desk.house.post(&desk.manager, &format!("{API}/crisis"), json!({"reason": "The factory is on fire."})).await;
        assert_eq!(began.status, StatusCode::CREATED, "{}", began.body);
        assert_eq!(told(&desk, &desk.contributor).await[0], ("acme".to_owned(), "held".to_owned(), "Soon".to_owned()));
    }

    async fn what_waits_for_somebody_is_a_number_until_they_looked(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let author = &desk.contributor;
        let (first, second) = (desk.handed_in("First").await, desk.handed_in("Second").await);
        assert_eq!((waits(&desk, &desk.approver).await, waits(&desk, author).await, waits(&desk, &desk.publisher).await), ((2, 0), (0, 0), (0, 0)));
        returns(&desk, &desk.approver, &first).await;
        desk.approves(&desk.approver, &second).await.ok();
        // What is approved waits for whoever publishes it, as its author may not.
        assert_eq!((waits(&desk, &desk.approver).await, waits(&desk, author).await), ((1, 0), (0, 1)));
        assert_eq!(waits(&desk, &desk.publisher).await, (1, 0));
        desk.publishes(&desk.publisher, &second).await.ok();
        assert_eq!(waits(&desk, &desk.approver).await, (0, 0));
        // It is seen on every device at once, and nobody else sees it for them.
        assert_eq!(sees(&desk, &desk.manager, &first).await, StatusCode::NO_CONTENT);
        assert_eq!(waits(&desk, author).await, (0, 1));
        for _ in 0..2 {
            assert_eq!(sees(&desk, author, &first).await, StatusCode::NO_CONTENT);
            assert_eq!(waits(&desk, author).await, (0, 0));
        }
        desk.acts(author, &first, "submit", json!({})).await.ok();
        returns(&desk, &desk.manager, &first).await;
        assert_eq!(waits(&desk, author).await, (0, 1), "given back anew");
        // What goes on waits for them no more, seen or not.
        desk.acts(author, &first, "submit", json!({})).await.ok();
        assert_eq!(waits(&desk, author).await, (0, 0));
        returns(&desk, &desk.manager, &first).await;
        desk.house.delete(author, &format!("{API}/drafts/{first}")).await.ok();
        assert_eq!(waits(&desk, author).await, (0, 0));
        assert_eq!(refused(&desk.acts(&desk.house.employee("eve").await, &first, "seen", json!({})).await), (404, "draft.not_found"));
    }

    async fn who_may_not_read_the_draft_any_more_is_shown_nothing_of_it(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (author, brand) = (&desk.contributor, desk.brand);
        desk.house.post(author, PATH, wish("https://push.example/send/1", &["guildhall.draft"])).await.ok();
        let id = desk.handed_in("Secret").await;
        returns(&desk, &desk.approver, &id).await;
        let one = desk.house.get(author, "/api/v1/notifications?types[]=guildhall.draft").await.ok();
        let path = format!("/api/v1/notifications/{}", ids(&one)[0]);
        assert_eq!(desk.house.get(author, &path).await.ok()["guildhall"]["draft"]["id"], json!(id));
        let unread = async || {
            let mut counts = Vec::new();
            for version in ["v1", "v2"] {
                let path = format!("/api/{version}/notifications/unread_count?types[]=guildhall.draft");
                counts.push(desk.house.get(author, &path).await.ok()["count"].as_u64().unwrap());
            }
            counts
        };
        assert_eq!(unread().await, [1, 1]);
        let account = author.account;
        desk.house.app.db.write(move |tx| accounts::revoke_grant(tx, account, brand)).await.unwrap();
        desk.house.work().await;
        assert_eq!(unread().await, [0, 0], "what is not listed is not counted");
        assert_eq!(handed(&desk.house, "https://push.example/send/1").len(), 0);
        let page = desk.house.get(author, TOLD).await.ok();
        assert!(!page.to_string().contains("Secret") && told(&desk, author).await.is_empty(), "{page}");
        assert_eq!((desk.house.get(author, &path).await.status, waits(&desk, author).await), (StatusCode::NOT_FOUND, (0, 0)));
        // What happens now is not told at all; what was told is there again with the role.
        desk.house.delete(&desk.manager, &format!("{API}/drafts/{id}")).await.ok();
        crate::brands::give(&desk.house, author, brand, GrantRole::Contributor).await.unwrap();
        assert_eq!(told(&desk, author).await, [("the_approver".to_owned(), "changes_requested".to_owned(), "Secret".to_owned())]);
        assert_eq!(unread().await, [1, 1]);
        // What goes takes it along.
        desk.house.app.db.write(move |tx| Ok(sql_query("DELETE FROM drafts").execute(tx.conn())?)).await.unwrap();
        assert_eq!(told(&desk, author).await, []);
    }

    async fn apps_that_do_not_ask_for_it_are_told_nothing_and_the_workroom_is(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let author = &desk.contributor;
        let (address, place) = (serve(&desk.house).await, "https://push.example/send/1");
        desk.house.post(author, PATH, wish(place, &["mention", "guildhall.consent"])).await.ok();
        let mut app = listen(&address, author, &["user"]).await;
        let id = desk.handed_in("News").await;
        returns(&desk, &desk.approver, &id).await;
        desk.house.work().await;
        assert_eq!(handed(&desk.house, place).len(), 0);
        for path in ["/api/v1/notifications", "/api/v2/notifications", "/api/v1/notifications?exclude_types[]=poll"] {
            assert!(!desk.house.get(author, path).await.ok().to_string().contains("guildhall.draft"), "{path}");
        }
        for version in ["v1", "v2"] {
            assert_eq!(desk.house.get(author, &format!("/api/{version}/notifications/unread_count")).await.ok()["count"], 0);
        }
        desk.house.says(&desk.manager, json!({"status": "@the_contributor hello"})).await;
        let (_, event, payload) = app.event().await;
        assert!(event == "notification" && payload.contains("mention"), "the first that the app hears: {payload}");
        // The workroom in the same browser.
        at_the_workroom(&desk, author).await;
        let changed = desk.house.post(author, PATH, wish(place, &["guildhall.draft"])).await.ok();
        assert_eq!(changed["alerts"]["guildhall.draft"], true);
        let mut workroom = listen(&address, author, &["user"]).await;
        desk.acts(author, &id, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, &id).await.ok();
        let (_, event, payload) = workroom.event().await;
        let heard: Value = serde_json::from_str(&payload).unwrap();
        assert_eq!((event.as_str(), &heard["type"], &heard["guildhall"]["draft"]), ("notification", &json!("guildhall.draft"), &json!({"id": id, "news": "approved", "actor": desk.brand.to_string(), "excerpt": "News"})));
        assert!(desk.house.get(author, "/api/v2/notifications").await.ok().to_string().contains("guildhall.draft"));
        assert_eq!(desk.house.get(author, "/api/v2/notifications/unread_count").await.ok()["count"], 2);
        desk.house.work().await;
        assert_eq!(handed(&desk.house, place).len(), 1);
    }

    async fn what_nobody_must_approve_and_its_author_may_not_publish_waits_for_who_may(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, carl) = (&desk.house, desk.house.customer("carl").await);
        for (who, name) in [(&desk.publisher, "pat"), (&desk.contributor, "carla"), (&desk.auditor, "aud")] {
            desk.reached(who, name).await;
        }
        let question = house.says(&carl, json!({"status": "Is it waterproof?"})).await;
        let begin = async |who: &Person| {
            let draft = desk.begins(who, json!({"body": "Yes", "reply_to": question})).await.ok();
            draft["id"].as_str().unwrap().to_owned()
        };
        let id = begin(&desk.contributor).await;
        assert_eq!(desk.reads(&desk.contributor, &id).await["waits_for_publisher"], false);
        let handed = desk.acts(&desk.contributor, &id, "submit", json!({})).await.ok();
        assert_eq!((&handed["state"], &handed["waits_for_publisher"]), (&json!("approved"), &json!(true)));
        for (who, expected) in [(&desk.publisher, 1), (&desk.approver, 1), (&desk.contributor, 0), (&desk.auditor, 0)] {
            assert_eq!(waits(&desk, who).await, (expected, 0));
        }
        house.wait(3600);
        let letters = desk.letters().await;
        assert!(letters.len() == 1 && letters[0].contains("To: pat@mail.example\r\n"), "{letters:?}");
        assert!(letters[0].contains("waits for you"), "{letters:?}");
        let out = desk.publishes(&desk.publisher, &id).await.ok();
        assert_eq!(out["waits_for_publisher"], false);
        assert_eq!(waits(&desk, &desk.approver).await, (0, 0));
        // Who may send it themselves waits for nobody.
        let rita = desk.also("rita", GrantRole::Responder).await;
        for who in [&rita, &desk.publisher] {
            let own = begin(who).await;
            let handed = desk.acts(who, &own, "submit", json!({})).await.ok();
            assert_eq!((&handed["state"], &handed["waits_for_publisher"]), (&json!("approved"), &json!(false)));
        }
        assert_eq!(waits(&desk, &desk.approver).await, (0, 0));
        // Where answers go as posts do, who may only answer sends none, though nobody has to agree.
        desk.rules(json!({"min_approvals": 0, "reply_lane": "approval"})).await;
        let id = begin(&rita).await;
        let handed = desk.acts(&rita, &id, "submit", json!({})).await.ok();
        assert_eq!((&handed["state"], &handed["waits_for_publisher"]), (&json!("approved"), &json!(true)));
        assert_eq!(refused(&desk.publishes(&rita, &id).await), (403, "role.right"));
        assert!(waits(&desk, &desk.manager).await.0 > 0);
        desk.publishes(&desk.publisher, &id).await.ok();
        desk.rules(json!({"min_approvals": 1, "reply_lane": "free"})).await;
        // What was approved waits as well, for everybody who publishes, until one of them does.
        let id = desk.approved("News").await;
        assert_eq!(waits(&desk, &desk.manager).await, (1, 0));
        desk.publishes(&desk.approver, &id).await.ok();
        assert_eq!(waits(&desk, &desk.manager).await, (0, 0));
    }
}
