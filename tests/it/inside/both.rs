//! One text for everybody and for colleagues: two posts that come together.

use guildhall::domain::accounts::{AccountKind, Role};
use http::{Request, header};
use serde_json::{Value, json};

use super::copies::id;
use crate::{
    brands::desk::Desk,
    mastodon::{House, Person, ids},
};

/// The other sides of a post, as somebody reads it.
async fn others(house: &House, who: impl Into<Option<&Person>>, post: &str) -> Vec<String> {
    let status = house.get(who, &format!("/api/v1/statuses/{post}")).await.ok();
    match status["guildhall"].get("counterparts") {
        Some(found) => ids(found),
        None => Vec::new(),
    }
}

on_both! {
    async fn one_text_is_said_in_the_open_and_inside(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, dora) = (house.employee("ana").await, house.employee("ben").await, house.customer("dora").await);
        let both = json!({
            "status": "We open on Monday with @dora",
            "guildhall_also_internal": {"audience": "company", "text": "Badges at the door insidecanary"},
            "guildhall_reason": "people",
        });
        let public = house.post(&ana, "/api/v1/statuses", both).await.ok();
        let post = id(&public);
        assert_eq!((&public["visibility"], &public["local_only"], public["guildhall"].get("reason")), (&json!("public"), &json!(false), None));
        let inside = ids(&public["guildhall"]["counterparts"]).remove(0);
        // Colleagues see each on the other; nobody else sees that there is one.
        assert_eq!((others(&house, &ben, &post).await, others(&house, &ben, &inside).await), (vec![inside.clone()], vec![post.clone()]));
        for outsider in [None, Some(&dora)] {
            assert!(others(&house, outsider, &post).await.is_empty());
            let seen = house.get(outsider, &format!("/api/v1/statuses/{post}")).await.ok().to_string();
            assert!(!seen.contains("insidecanary") && !seen.contains(&inside), "{seen}");
            assert_eq!(house.get(outsider, &format!("/api/v1/statuses/{inside}")).await.status, 404);
        }
        let said = house.get(&ben, &format!("/api/v1/statuses/{inside}")).await.ok();
        assert!(said["content"].as_str().unwrap().contains("We open on Monday") && said["content"].as_str().unwrap().contains("insidecanary"), "{said}");
        assert_eq!((&said["guildhall"]["audience"], &said["guildhall"]["reason"], said["mentions"].as_array().unwrap().len()), (&json!("company"), &json!("people"), 0));
        // Who is mentioned hears of it once, in the open. Each has comments of its own.
        let told = house.get(&dora, "/api/v1/notifications").await.ok();
        assert_eq!(told.as_array().unwrap().iter().map(|row| row["status"]["id"].as_str().unwrap()).collect::<Vec<_>>(), [&post]);
        house.says(&ben, json!({"status": "See you", "in_reply_to_id": inside})).await;
        assert_eq!(house.get(&ben, &format!("/api/v1/statuses/{inside}")).await.ok()["replies_count"], 1);
        assert_eq!(house.get(&ben, &format!("/api/v1/statuses/{post}")).await.ok()["replies_count"], 0);
        // One goes, and the other stays.
        house.delete(&ana, &format!("/api/v1/statuses/{inside}")).await.ok();
        assert!(others(&house, &ben, &post).await.is_empty());
    }

    async fn both_come_once_or_not_at_all(database: TestDatabase) {
        let house = House::open(database).await;
        let boss = house.person("boss", AccountKind::Employee, Role::Owner).await;
        let (ana, ben, dora) = (house.employee("ana").await, house.employee("ben").await, house.customer("dora").await);
        let team = house.post(&boss, "/api/guildhall/v1/teams", json!({"name": "Press", "members": ["ana"]})).await.ok();
        let count = async || {
            let mine = ids(&house.get(&ana, &format!("/api/v1/accounts/{}/statuses", ana.id())).await.ok());
            mine.len()
        };
        for wrong in [
            json!({"status": "Hello", "visibility": "private", "guildhall_also_internal": {"audience": "company"}}),
            json!({"status": "Hello", "local_only": true, "guildhall_also_internal": {"audience": "company"}}),
            json!({"status": "Hello", "guildhall_also_internal": {"audience": "public"}}),
            json!({"status": "Hello", "guildhall_also_internal": {"audience": "team:x"}}),
            json!({"status": "Hello", "guildhall_also_internal": {"audience": "company", "text": "x".repeat(500)}}),
        ] {
            assert_eq!(house.post(&ana, "/api/v1/statuses", wrong.clone()).await.status, 422, "{wrong}");
        }
        let for_team = json!({"status": "Hello", "guildhall_also_internal": {"audience": team["audience"]}});
        assert_eq!(house.post(&ben, "/api/v1/statuses", for_team.clone()).await.status, 403);
        assert_eq!(house.post(&dora, "/api/v1/statuses", json!({"status": "Hello", "guildhall_also_internal": {"audience": "company"}})).await.status, 403);
        assert_eq!((count().await, ids(&house.get(None, "/api/v1/timelines/public").await.ok()).len()), (0, 0));
        let keyed = async || {
            let request = Request::post("/api/v1/statuses")
                .header(header::AUTHORIZATION, format!("Bearer {}", ana.token))
                .header(header::CONTENT_TYPE, "application/json")
                .header("idempotency-key", "both");
            house.send(request.body(for_team.to_string().into()).unwrap()).await.ok()
        };
        let (one, two) = (keyed().await, keyed().await);
        assert_eq!((one["id"].clone(), count().await), (two["id"].clone(), 2));
        // Who is not in the team does not see that there is one.
        assert!(others(&house, &ben, one["id"].as_str().unwrap()).await.is_empty());
        assert_eq!(others(&house, &ana, one["id"].as_str().unwrap()).await.len(), 1);
        // What waits for its time comes with its other side, too; an app sends it as a form.
        let form = "status=Later&scheduled_at=2026-11-01T13:00:00Z&guildhall_also_internal[audience]=company&guildhall_also_internal[text]=Beside";
        let request = Request::post("/api/v1/statuses")
            .header(header::AUTHORIZATION, format!("Bearer {}", ana.token))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        house.send(request.body(form.to_owned().into()).unwrap()).await.ok();
        assert_eq!(count().await, 2);
        house.wait(2 * 3600);
        house.work().await;
        assert_eq!(count().await, 4);
        let home = house.get(&ben, "/api/v1/timelines/home").await.ok();
        assert_eq!(home[0]["content"], "<p>Later</p><p>Beside</p>");
    }

    async fn a_brand_says_both_when_its_draft_is_published(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let draft = desk.begins(&desk.contributor, json!({"body": "For everybody", "also_internal": {"audience": "company", "text": "Among us"}})).await.ok();
        assert_eq!(draft["also_internal"], json!({"audience": "company", "text": "Among us"}));
        let id = draft["id"].as_str().unwrap().to_owned();
        desk.acts(&desk.contributor, &id, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, &id).await.ok();
        // What is said inside is approved with it: another text there is another text.
        let changed = desk.saves(&desk.contributor, &id, json!({"also_internal": {"text": "Among us all"}})).await.ok();
        assert_eq!((&changed["state"], &changed["approvals"]["by"]), (&json!("draft"), &json!([])));
        assert_eq!(desk.house.get(&desk.auditor, "/api/v1/timelines/home?guildhall_part=inside").await.ok(), json!([]));
        desk.acts(&desk.contributor, &id, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, &id).await.ok();
        let published = desk.publishes(&desk.publisher, &id).await.ok();
        let post = published["post"]["id"].as_str().unwrap().to_owned();
        let inside = others(&desk.house, &desk.auditor, &post).await;
        assert_eq!(inside.len(), 1);
        let said = desk.house.get(&desk.auditor, &format!("/api/v1/statuses/{}", inside[0])).await.ok();
        assert!(said["content"].as_str().unwrap().starts_with("<p>For everybody</p>") && said["content"].as_str().unwrap().contains("Among us all"), "{said}");
        assert_eq!(said["account"]["username"], "acme");
        // It is taken out of a draft again by naming nobody.
        let draft = desk.begins(&desk.contributor, json!({"body": "For everybody", "also_internal": {"audience": "company"}})).await.ok();
        let without = desk.saves(&desk.contributor, draft["id"].as_str().unwrap(), json!({"also_internal": {"audience": ""}})).await.ok();
        assert_eq!(without.get("also_internal"), None::<&Value>);
    }
}
