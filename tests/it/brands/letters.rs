//! Letters about drafts: to those who may approve them, and to their authors; and who is named on a post as its makers.

use guildhall::domain::accounts::GrantRole;
use serde_json::{Value, json};

use super::{desk::Desk, doors::in_an_app, give};
use crate::mastodon::Person;

/// How long drafts gather before those who may approve them get a letter, in seconds, and a moment.
const GATHERED: u64 = 301;

/// The letters to somebody with a subject that begins like this.
async fn got(desk: &Desk, name: &str, subject: &str) -> Vec<String> {
    let (to, subject) = (format!("To: {name}@mail.example\r\n"), format!("Subject: {subject}"));
    desk.letters().await.into_iter().filter(|letter| letter.contains(&to) && letter.contains(&subject)).collect()
}

async fn saves_and_hands_in(desk: &Desk, id: &str, text: &str) {
    desk.saves(&desk.contributor, id, json!({"body": text})).await.ok();
    desk.acts(&desk.contributor, id, "submit", json!({})).await.ok();
}

async fn returns(desk: &Desk, id: &str) {
    desk.acts(&desk.manager, id, "request-changes", json!({"comment": "commentcanary"})).await.ok();
}

on_both! {
    async fn who_may_approve_is_asked_in_one_letter_and_once_for_each_version(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let all = [(&desk.approver, "abe"), (&desk.manager, "man"), (&desk.contributor, "con"), (&desk.publisher, "pat"), (&desk.auditor, "aud")];
        for (who, name) in all {
            desk.reached(who, name).await;
        }
        let first = desk.handed_in("textcanary one").await;
        desk.handed_in("textcanary two").await;
        assert_eq!(desk.letters().await.len(), 0, "they gather");
        desk.house.wait(GATHERED);
        let letters = desk.letters().await;
        assert_eq!(letters.len(), 2, "one for each who may approve: {letters:?}");
        for name in ["abe", "man"] {
            let letter = got(&desk, name, "2 drafts at ").await.pop().unwrap();
            assert!(letter.contains("/home/review") && !letter.contains("textcanary"), "{letter}");
        }
        // Handed in again as it is, nobody is asked again; as another version they are.
        returns(&desk, &first).await;
        desk.acts(&desk.contributor, &first, "submit", json!({})).await.ok();
        desk.acts(&desk.contributor, &first, "submit", json!({})).await.ok();
        desk.house.wait(GATHERED);
        let asked = async || got(&desk, "abe", "2 drafts").await.len() + got(&desk, "abe", "A draft").await.len();
        assert_eq!(asked().await, 1);
        saves_and_hands_in(&desk, &first, "Another text").await;
        desk.house.wait(GATHERED);
        let letter = got(&desk, "abe", "A draft at ").await.pop().unwrap();
        assert!(letter.contains(&format!("/home/review/{first}")), "{letter}");
        assert_eq!(asked().await, 2);
        // What is approved, or given back, by the time of the letter asks nobody.
        desk.approved("Done").await;
        let back = desk.handed_in("Back").await;
        returns(&desk, &back).await;
        desk.house.wait(GATHERED);
        assert_eq!(asked().await, 2);
        // Nor who has no such role any more, and nobody for what they wrote themselves.
        desk.handed_in("Later").await;
        give(&desk.house, &desk.approver, desk.brand, GrantRole::Publisher).await.unwrap();
        let own = desk.begins(&desk.manager, json!({"body": "Mine"})).await.ok();
        desk.acts(&desk.manager, own["id"].as_str().unwrap(), "submit", json!({})).await.ok();
        desk.house.wait(GATHERED);
        assert_eq!(asked().await, 2);
        assert_eq!(got(&desk, "man", "A draft at ").await.len(), 2, "of the one that is not their own");
        assert_eq!(got(&desk, "man", "2 drafts at ").await.len(), 1);
        for name in ["pat", "aud"] {
            assert_eq!(got(&desk, name, "").await.len(), 0, "{name}");
        }
    }

    async fn its_author_is_told_when_nobody_is_missing_and_what_comes_next(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.reached(&desk.contributor, "con").await;
        desk.rules(json!({"min_approvals": 2})).await;
        let id = desk.handed_in("textcanary").await;
        desk.approves(&desk.approver, &id).await.ok();
        assert_eq!(desk.letters().await.len(), 0, "one is missing");
        desk.approves(&desk.manager, &id).await.ok();
        let approved = got(&desk, "con", "Your draft for @acme is approved").await;
        assert_eq!(approved.len(), 1);
        for said in ["@the_manager", "waits for somebody to publish it", &format!("/home/review/{id}")] {
            assert!(approved[0].contains(said), "should say “{said}”: {}", approved[0]);
        }
        assert!(!approved[0].contains("textcanary"));
        // Another yes tells nothing new.
        let third = desk.also("olga", GrantRole::Approver).await;
        desk.approves(&third, &id).await.ok();
        assert_eq!(desk.letters().await.len(), 1);
        // Given a time meanwhile, the letter names it.
        desk.rules(json!({"min_approvals": 1})).await;
        let timed = desk.approved("Timed").await;
        desk.acts(&desk.publisher, &timed, "schedule", json!({"scheduled_at": "2026-11-01T15:00:00Z"})).await.ok();
        let approved = got(&desk, "con", "Your draft for @acme is approved").await;
        assert!(approved.len() == 2 && approved.iter().any(|letter| letter.contains("published by itself at 1 Nov 2026, 15:00 UTC")), "{approved:?}");
        // Written as a post it goes out by itself.
        let app = in_an_app(&desk, &desk.contributor, "cora").await;
        let waits = desk.house.post(&app, "/api/v1/statuses", json!({"status": "At once"})).await.ok();
        let draft = waits["guildhall"]["approval"]["id"].as_str().unwrap().to_owned();
        assert_eq!(desk.approves(&desk.approver, &draft).await.ok()["state"], "published");
        let approved = got(&desk, "con", "Your draft for @acme is approved").await;
        assert!(approved.len() == 3 && approved.iter().any(|letter| letter.contains("It is published.")), "{approved:?}");
    }

    async fn its_author_is_told_that_changes_are_asked_for_while_they_may_read_it(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.reached(&desk.contributor, "con").await;
        desk.reached(&desk.manager, "man").await;
        let id = desk.handed_in("textcanary").await;
        returns(&desk, &id).await;
        let told = got(&desk, "con", "Your draft for @acme needs changes").await;
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("@the_manager") && told[0].contains(&format!("/home/review/{id}")), "{}", told[0]);
        assert!(!told[0].contains("textcanary") && !told[0].contains("commentcanary"), "{}", told[0]);
        // Nobody hears of what they did themselves.
        let own = desk.begins(&desk.manager, json!({"body": "Mine"})).await.ok();
        let own = own["id"].as_str().unwrap();
        desk.acts(&desk.manager, own, "submit", json!({})).await.ok();
        returns(&desk, own).await;
        assert_eq!(got(&desk, "man", "Your draft").await.len(), 0);
        // Nor of what they may not read when the letter is written.
        let other = desk.handed_in("Another").await;
        returns(&desk, &other).await;
        let third = desk.approved("A third").await;
        give(&desk.house, &desk.contributor, desk.brand, GrantRole::Analyst).await.unwrap();
        assert_eq!(got(&desk, "con", "Your draft").await.len(), 1, "{third}");
    }

    async fn colleagues_with_a_role_see_who_made_a_post_and_nobody_else_does(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        desk.rules(json!({"min_approvals": 2})).await;
        let id = desk.handed_in("News").await;
        for who in [&desk.approver, &desk.manager] {
            desk.approves(who, &id).await.ok();
        }
        let post = desk.publishes(&desk.publisher, &id).await.ok()["post"]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/statuses/{post}");
        let makers = |status: &Value| {
            let extension = &status["guildhall"];
            let mut approved: Vec<String> = extension["approved_by"].as_array().unwrap().iter().map(|one| one["username"].as_str().unwrap().to_owned()).collect();
            approved.sort();
            (extension["author"]["username"].as_str().unwrap().to_owned(), approved)
        };
        let expected = ("the_contributor".to_owned(), vec!["the_approver".to_owned(), "the_manager".to_owned()]);
        let in_app = in_an_app(&desk, &desk.publisher, "pat").await;
        let readers: [&Person; 4] = [&desk.contributor, &desk.publisher, &desk.auditor, &in_app];
        for who in readers {
            assert_eq!(makers(&house.get(who, &path).await.ok()), expected);
        }
        let boost = house.post(&desk.auditor, &format!("{path}/reblog"), json!({})).await.ok();
        let boosted = house.get(&desk.auditor, &format!("/api/v1/statuses/{}", boost["id"].as_str().unwrap())).await.ok();
        assert_eq!(makers(&boosted["reblog"]), expected);
        // To everybody else a post is as it ever was, and so it is in lists.
        let analyst = desk.also("ann", GrantRole::Analyst).await;
        let (eve, carl) = (house.employee("eve").await, house.customer("carl").await);
        let hidden = |status: &Value| status["guildhall"]["author"].is_null() && status["guildhall"].get("approved_by").is_none();
        for who in [&analyst, &eve, &carl] {
            assert!(hidden(&house.get(who, &path).await.ok()));
        }
        let request = http::Request::get(&path).body(String::new().into()).unwrap();
        assert!(hidden(&house.send(request).await.ok()));
        let listed = house.get(&desk.publisher, &format!("/api/v1/accounts/{}/statuses", desk.brand)).await.ok();
        assert!(hidden(&listed[0]));
        let own = house.says(&desk.publisher, json!({"status": "My own"})).await;
        assert!(hidden(&house.get(&desk.publisher, &format!("/api/v1/statuses/{own}")).await.ok()));
        // What went out without an approval names who wrote it.
        desk.rules(json!({"min_approvals": 0})).await;
        let quick = house.post(&in_app, "/api/v1/statuses", json!({"status": "Quick"})).await.ok();
        let quick = house.get(&desk.auditor, &format!("/api/v1/statuses/{}", quick["id"].as_str().unwrap())).await.ok();
        assert_eq!(makers(&quick), ("the_publisher".to_owned(), Vec::new()));
        // Whoever posted it in an app looks after the answers, and of a draft whom it names.
        assert_eq!(quick["guildhall"]["reply_owner"]["username"], "the_publisher");
        let draft = desk.begins(&desk.contributor, json!({"body": "Ask us", "reply_owner": "the_manager"})).await.ok();
        let draft = draft["id"].as_str().unwrap();
        desk.acts(&desk.contributor, draft, "submit", json!({})).await.ok();
        let asked = desk.publishes(&desk.publisher, draft).await.ok()["post"]["id"].as_str().unwrap().to_owned();
        let asked = format!("/api/v1/statuses/{asked}");
        assert_eq!(house.get(&desk.auditor, &asked).await.ok()["guildhall"]["reply_owner"]["username"], "the_manager");
        assert!(house.get(&eve, &asked).await.ok()["guildhall"].get("reply_owner").is_none());
    }
}
