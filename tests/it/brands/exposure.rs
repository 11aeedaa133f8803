//! Who sets how far a brand reaches, and what that means for its drafts.

use guildhall::domain::accounts::{AccountKind, Role};
use http::{Request, StatusCode};
use serde_json::json;

use super::{
    API, audit_acts,
    desk::{Desk, refused},
    doors::in_an_app,
};
use crate::mastodon::{BASE, Person, Reply};

async fn sets(desk: &Desk, who: &Person, level: &str) -> Reply {
    desk.house.put(who, &format!("{API}/actors/{}/exposure", desk.brand), json!({"level": level})).await
}

async fn shown(desk: &Desk, who: &Person) -> Reply {
    desk.house.get(who, &format!("{API}/actors/{}/exposure", desk.brand)).await
}

on_both! {
    async fn a_rung_is_set_by_who_may_and_seen_by_whom_it_concerns(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        let ada = house.person("ada", AccountKind::Employee, Role::Admin).await;
        let (cleo, carl) = (house.employee("cleo").await, house.customer("carl").await);
        for who in [&desk.contributor, &desk.publisher, &desk.approver, &desk.auditor] {
            assert_eq!(refused(&sets(&desk, who, "listen").await), (403, "exposure.right"));
            assert_eq!(shown(&desk, who).await.ok()["may_set"], false);
        }
        for who in [&cleo, &carl] {
            assert_eq!(refused(&sets(&desk, who, "listen").await), (404, "actor.not_found"), "strangers learn nothing");
            assert_eq!(shown(&desk, who).await.status, StatusCode::NOT_FOUND);
            assert_eq!(refused(&house.put(who, &format!("{API}/exposure"), json!({"level": "listen"})).await), (403, "exposure.right"));
        }
        assert_eq!(refused(&house.put(&desk.manager, &format!("{API}/exposure"), json!({"level": "listen"})).await), (403, "exposure.right"));
        for level in ["", "loud", "LISTEN"] {
            assert_eq!(refused(&sets(&desk, &desk.manager, level).await), (422, "exposure.level"), "{level}");
        }
        let set = sets(&desk, &desk.manager, "reply").await.ok();
        assert_eq!((&set["level"], &set["company"], &set["counts"], &set["may_answer"], &set["may_publish"]), (&json!("reply"), &json!("publish"), &json!("reply"), &json!(true), &json!(false)));
        house.put(&ada, &format!("{API}/exposure"), json!({"level": "listen"})).await.ok();
        assert_eq!(house.get(&cleo, &format!("{API}/exposure")).await.ok()["counts"], "listen");
        assert_eq!(refused(&house.get(&carl, &format!("{API}/exposure")).await), (403, "exposure.employees"));
        assert_eq!(shown(&desk, &desk.contributor).await.ok()["counts"], "listen", "nobody goes beyond the company");
        let own = format!("{API}/actors/{}/exposure", cleo.actor);
        assert_eq!(house.get(&cleo, &own).await.ok()["counts"], "listen");
        assert_eq!(house.put(&cleo, &own, json!({"level": "publish"})).await.status, StatusCode::FORBIDDEN);
        house.put(&ada, &own, json!({"level": "reply"})).await.ok();
        assert_eq!(refused(&house.put(&ada, &format!("{API}/actors/999/exposure"), json!({"level": "reply"})).await), (404, "actor.not_found"));
        assert_eq!(audit_acts(&desk).await.iter().filter(|act| *act == "exposure.set").count(), 3);
    }

    async fn a_refusal_leads_to_the_page_on_which_its_rule_stands(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        let draft = desk.begins(&desk.contributor, json!({"body": "Hello"})).await.ok();
        let id = draft["id"].as_str().unwrap();
        desk.acts(&desk.contributor, id, "submit", json!({})).await.ok();
        let approved = desk.approved("Now").await;
        let page = format!("{BASE}/home/company/brands/{}", desk.brand);
        let early = desk.publishes(&desk.publisher, id).await;
        assert_eq!((refused(&early), &early.body["policy_url"]), ((403, "draft.approvals_missing"), &json!(page)));
        let no_role = desk.approves(&desk.publisher, id).await;
        assert_eq!((refused(&no_role), &no_role.body["policy_url"]), ((403, "role.right"), &json!(page)));
        sets(&desk, &desk.manager, "listen").await.ok();
        let quiet = desk.publishes(&desk.publisher, &approved).await;
        assert_eq!((refused(&quiet), &quiet.body["policy_url"]), ((403, "exposure.listen"), &json!(page)));
        // People have no such page; the company has one.
        let ada = house.person("ada", AccountKind::Employee, Role::Admin).await;
        let cleo = house.employee("cleo").await;
        house.put(&ada, &format!("{API}/exposure"), json!({"level": "listen"})).await.ok();
        let quiet = house.post(&cleo, &format!("{API}/reach-preview"), json!({"status": "Hello"})).await;
        assert_eq!((refused(&quiet), &quiet.body["policy_url"]), ((403, "exposure.listen"), &json!(format!("{BASE}/home/company"))));
        // What is no rule has no page.
        assert_eq!(desk.acts(&desk.contributor, "1", "submit", json!({})).await.body["policy_url"], json!(null));
    }

    async fn drafts_meet_the_ladder_when_they_are_handed_in_and_when_their_time_comes(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (later, approved) = (desk.approved("Later").await, desk.approved("Now").await);
        desk.acts(&desk.publisher, &later, "schedule", json!({"scheduled_at": "2026-11-01T13:00:00Z"})).await.ok();
        sets(&desk, &desk.manager, "listen").await.ok();
        assert_eq!(refused(&desk.publishes(&desk.publisher, &approved).await), (403, "exposure.listen"));
        assert_eq!(refused(&desk.acts(&desk.publisher, &approved, "schedule", json!({"scheduled_at": "2026-11-01T13:00:00Z"})).await), (403, "exposure.listen"));
        let new = desk.begins(&desk.contributor, json!({"body": "New"})).await.ok();
        assert_eq!(refused(&desk.acts(&desk.contributor, new["id"].as_str().unwrap(), "submit", json!({})).await), (403, "exposure.listen"));
        desk.house.wait(3600);
        desk.house.work().await;
        let held = desk.reads(&desk.manager, &later).await;
        assert!(held["state"] == "held" && held["held"].as_str().unwrap().contains("only listens"), "{held}");
        assert_eq!(desk.said().await, Vec::<String>::new());
        sets(&desk, &desk.manager, "publish").await.ok();
        desk.publishes(&desk.publisher, &approved).await.ok();
        assert_eq!(desk.said().await, ["<p>Now</p>"]);
    }

    async fn what_is_liked_where_likes_do_not_leave_is_not_there_to_be_fetched(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (carl, pat) = (desk.house.customer("carl").await, in_an_app(&desk, &desk.publisher, "pat").await);
        let likes = async || {
            let post = desk.house.says(&carl, json!({"status": "It works"})).await;
            desk.house.post(&pat, &format!("/api/v1/statuses/{post}/favourite"), json!({})).await.ok();
        };
        // How many others read of, and how many they find.
        let shown = async || {
            let path = format!("/ap/actors/{}/liked", desk.brand);
            let mut numbers = Vec::new();
            for (path, member) in [(path.clone(), "totalItems"), (format!("{path}?page=true"), "orderedItems")] {
                let request = Request::get(path).header("host", "social.company.example").header("accept", "application/activity+json");
                let told = desk.house.send(request.body(axum::body::Body::empty()).unwrap()).await.ok()[member].clone();
                numbers.push(told.as_array().map_or_else(|| told.as_i64().unwrap(), |items| items.len() as i64));
            }
            numbers
        };
        likes().await;
        assert_eq!(shown().await, [1, 1]);
        for level in ["reply", "listen"] {
            sets(&desk, &desk.manager, level).await.ok();
            likes().await;
            assert_eq!(shown().await, [0, 0], "{level}");
        }
        sets(&desk, &desk.manager, "publish").await.ok();
        assert_eq!(shown().await, [3, 3], "now all of it may be known");
    }
}
