//! An internal post has a reason to stay inside, or a date at which its author is asked.

use guildhall::domain::accounts;
use serde_json::{Value, json};

use super::{API, letters, reached};
use crate::{
    brands::desk::Desk,
    mastodon::{House, Person, ids},
};

const DAY: u64 = 24 * 3600;

async fn reviews(house: &House, who: &Person) -> Vec<String> {
    ids(&house.get(who, &format!("{API}/internal-reviews")).await.ok())
}

async fn told(house: &House, who: &Person) -> Vec<Value> {
    let told = house.get(who, "/api/v1/notifications?types[]=guildhall.review").await.ok();
    told.as_array().unwrap().clone()
}

on_both! {
    async fn an_internal_post_has_a_reason_or_a_date(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let plain = house.post(&ana, "/api/v1/statuses", json!({"status": "For us", "local_only": true})).await.ok();
        assert_eq!((plain["guildhall"].get("reason"), &plain["guildhall"]["review_at"]), (None, &json!("2027-01-30T12:00:00.000Z")));
        // Who may read it reads why, and until when.
        let path = format!("/api/v1/statuses/{}", plain["id"].as_str().unwrap());
        assert_eq!(house.get(&ben, &path).await.ok()["guildhall"]["review_at"], "2027-01-30T12:00:00.000Z");
        let reason = json!({"status": "Of Dora", "guildhall_audience": "company", "guildhall_reason": "customer_data"});
        let reasoned = house.post(&ana, "/api/v1/statuses", reason).await.ok();
        assert_eq!((&reasoned["guildhall"]["reason"], reasoned["guildhall"].get("review_at")), (&json!("customer_data"), None));
        let both = json!({"status": "Soon", "local_only": true, "guildhall_reason": "unreleased", "guildhall_review_at": "2026-12-01T09:00:00Z"});
        let both = house.post(&ana, "/api/v1/statuses", both).await.ok();
        assert_eq!((&both["guildhall"]["reason"], &both["guildhall"]["review_at"]), (&json!("unreleased"), &json!("2026-12-01T09:00:00.000Z")));
        // An answer inside goes with what it answers; what colleagues note on a public post is a post of its own.
        let answer = house.post(&ben, "/api/v1/statuses", json!({"status": "Yes", "in_reply_to_id": both["id"]})).await.ok();
        assert_eq!((&answer["local_only"], answer["guildhall"].get("review_at")), (&json!(true), None));
        let public = house.post(&ben, "/api/v1/statuses", json!({"status": "Hello"})).await.ok();
        assert_eq!((public["guildhall"].get("reason"), public["guildhall"].get("review_at")), (None, None));
        let note = house.post(&ana, "/api/v1/statuses", json!({"status": "A note", "local_only": true, "in_reply_to_id": public["id"]})).await.ok();
        assert_eq!(note["guildhall"]["review_at"], "2027-01-30T12:00:00.000Z");
        // One that waits for its time keeps both.
        let later = json!({"status": "Later", "local_only": true, "guildhall_reason": "people", "scheduled_at": "2026-11-01T13:00:00Z"});
        house.post(&ana, "/api/v1/statuses", later).await.ok();
        house.wait(2 * 3600);
        house.work().await;
        let home = house.get(&ben, "/api/v1/timelines/home").await.ok();
        assert_eq!((&home[0]["content"], &home[0]["guildhall"]["reason"]), (&json!("<p>Later</p>"), &json!("people")));
        for wrong in [
            json!({"status": "Hello", "guildhall_reason": "people"}),
            json!({"status": "Hello", "local_only": true, "guildhall_reason": "because"}),
            json!({"status": "Hello", "local_only": true, "guildhall_review_at": "soon"}),
            json!({"status": "Hello", "local_only": true, "guildhall_review_at": "2026-10-01T12:00:00Z"}),
            json!({"status": "Hello", "local_only": true, "guildhall_review_at": "2036-10-01T12:00:00Z"}),
        ] {
            assert_eq!(house.post(&ana, "/api/v1/statuses", wrong.clone()).await.status, 422, "{wrong}");
        }
    }

    async fn what_is_published_late_is_looked_at_later(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let later = |review: &str| json!({"status": "Later", "local_only": true, "guildhall_reason": "unreleased", "guildhall_review_at": review, "scheduled_at": "2026-11-01T13:00:00Z"});
        // Nothing is looked at again before it is there.
        for review in ["2026-11-01T12:30:00Z", "2026-11-01T13:00:00Z"] {
            let refused = house.post(&ana, "/api/v1/statuses", later(review)).await;
            assert!(refused.status == 422 && refused.body["error"].as_str().unwrap().contains("before it is published"), "{}", refused.body);
        }
        let waiting = house.post(&ana, "/api/v1/statuses", later("2026-11-01T14:00:00Z")).await.ok();
        let path = format!("/api/v1/scheduled_statuses/{}", waiting["id"].as_str().unwrap());
        assert_eq!(house.put(&ana, &path, json!({"scheduled_at": "2026-11-01T14:30:00Z"})).await.status, 422);
        // The server was away, and the date went by: it is as of a post that has none.
        house.wait(3 * 3600);
        house.work().await;
        let home = house.get(&ana, "/api/v1/timelines/home").await.ok();
        assert_eq!((&home[0]["content"], &home[0]["guildhall"]["reason"]), (&json!("<p>Later</p>"), &json!("unreleased")));
        assert_eq!(home[0]["guildhall"]["review_at"], "2027-01-30T15:00:00.000Z");
    }

    async fn a_draft_that_was_approved_late_is_looked_at_later(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let draft = desk.begins(&desk.contributor, json!({"body": "Among us", "audience": "company", "review_at": "2026-11-01T13:00:00Z"})).await.ok();
        let id = draft["id"].as_str().unwrap().to_owned();
        desk.acts(&desk.contributor, &id, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, &id).await.ok();
        let late = desk.acts(&desk.publisher, &id, "schedule", json!({"scheduled_at": "2026-11-01T13:00:00Z"})).await;
        assert_eq!((late.status.as_u16(), &late.body["code"]), (422, &json!("post.review_at")), "{}", late.body);
        desk.house.wait(2 * 3600);
        let published = desk.publishes(&desk.publisher, &id).await.ok();
        let post = desk.house.get(&desk.auditor, &format!("/api/v1/statuses/{}", published["post"]["id"].as_str().unwrap())).await.ok();
        assert_eq!(post["guildhall"]["review_at"], "2027-01-30T14:00:00.000Z");
    }

    async fn when_the_date_comes_its_author_is_asked_once(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, dora) = (house.employee("ana").await, house.employee("ben").await, house.customer("dora").await);
        reached(&house, &ana, "ana").await;
        reached(&house, &ben, "ben").await;
        let one = house.says(&ana, json!({"status": "Onecanary", "local_only": true})).await;
        house.wait(3_600);
        let two = house.says(&ana, json!({"status": "Twocanary", "local_only": true})).await;
        let reasoned = house.says(&ana, json!({"status": "Three", "local_only": true, "guildhall_reason": "people"})).await;
        house.wait(89 * DAY);
        assert_eq!((letters(&house).await.len(), reviews(&house, &ana).await.len(), told(&house, &ana).await.len()), (0, 0, 0));
        house.wait(DAY - 1_800);
        house.work().await;
        assert_eq!(reviews(&house, &ana).await, std::slice::from_ref(&one), "the other date is half an hour away");
        house.wait(DAY / 2);
        house.work().await;
        assert_eq!(reviews(&house, &ana).await, [two.clone(), one.clone()]);
        assert_eq!(letters(&house).await.len(), 0, "what comes within a day is told together");
        house.wait(DAY);
        house.work().await;
        assert_eq!(told(&house, &ana).await.iter().map(|row| row["status"]["id"].as_str().unwrap()).collect::<Vec<_>>(), [&two, &one]);
        // One letter for both, and it says nothing of what they say: it leaves the company.
        let sent = letters(&house).await;
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert!(sent[0].contains("ana@mail.example") && sent[0].contains("2 internal posts") && !sent[0].contains("canary"), "{}", sent[0]);
        house.wait(DAY);
        house.work().await;
        assert_eq!(letters(&house).await.len(), 1);
        // Nobody else is asked, nor decides; who may not read it does not learn that it is there.
        assert_eq!((reviews(&house, &ben).await.len(), reviews(&house, &dora).await.len()), (0, 0));
        let keep = format!("{API}/posts/{one}/keep");
        assert_eq!(house.post(&ben, &keep, json!({})).await.status, 403);
        assert_eq!(house.post(&dora, &keep, json!({})).await.status, 404);
        assert_eq!(house.post(&dora, &format!("{API}/posts/999/keep"), json!({})).await.status, 404);
        let public = house.says(&ana, json!({"status": "Hello"})).await;
        assert_eq!(house.post(&ana, &format!("{API}/posts/{public}/keep"), json!({})).await.status, 422);
        assert_eq!(house.post(&ana, &keep, json!({"review_at": "2026-01-01T00:00:00Z"})).await.status, 422);
        let brand = house.brand_of(&ana).await;
        assert_eq!(house.post(&brand, &keep, json!({})).await.status, 403);
        assert_eq!(house.get(&brand, &format!("{API}/internal-reviews")).await.status, 403);
        // Kept, it is asked of again at the next date; deleted, it is gone.
        let kept = house.post(&ana, &keep, json!({"reason": "other"})).await.ok();
        assert_eq!((&kept["reason"], &kept["asked_at"], &kept["text"]), (&json!("other"), &json!(null), &json!("Onecanary")));
        assert_eq!(reviews(&house, &ana).await, std::slice::from_ref(&two));
        assert_eq!(told(&house, &ana).await.len(), 1);
        house.delete(&ana, &format!("/api/v1/statuses/{two}")).await.ok();
        assert_eq!((reviews(&house, &ana).await.len(), told(&house, &ana).await.len()), (0, 0));
        house.wait(90 * DAY);
        house.work().await;
        assert_eq!(reviews(&house, &ana).await, [one]);
        house.wait(DAY);
        house.work().await;
        assert_eq!(letters(&house).await.len(), 2);
        assert!(!reviews(&house, &ana).await.contains(&reasoned));
    }

    async fn who_publishes_for_a_brand_answers_for_it_and_nobody_for_who_is_gone(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        let brand = house.brand_of(&ana).await;
        let said = house.says(&brand, json!({"status": "Among us", "local_only": true})).await;
        house.says(&ben, json!({"status": "Of Ben", "local_only": true})).await;
        let gone = house.says(&cleo, json!({"status": "Of Cleo", "local_only": true})).await;
        let (ben_account, cleo_account) = (ben.account, cleo.account);
        house.app.db.write(move |tx| {
            accounts::set_suspended(tx, ben_account, true)?;
            accounts::delete(tx, cleo_account)
        }).await.unwrap();
        house.work().await;
        house.wait(91 * DAY);
        house.work().await;
        assert_eq!(reviews(&house, &ana).await, std::slice::from_ref(&said));
        assert_eq!(told(&house, &ana).await.len(), 1);
        house.post(&ana, &format!("{API}/posts/{said}/keep"), json!({})).await.ok();
        assert_eq!(reviews(&house, &ana).await.len(), 0);
        // What Cleo wrote went with her; what Ben wrote is there when he is back, and so is the question.
        assert_eq!(house.get(&ana, &format!("/api/v1/statuses/{gone}")).await.status, 404);
        house.app.db.write(move |tx| accounts::set_suspended(tx, ben_account, false)).await.unwrap();
        let token = guildhall::secrets::token_hash("again");
        let actor = ben.actor;
        house.app.db.write(move |tx| accounts::issue_token(tx, ben_account, actor, "read write", "again", &token)).await.unwrap();
        let back = Person { token: "again".to_owned(), ..ben };
        assert_eq!(reviews(&house, &back).await.len(), 1);
    }
}
