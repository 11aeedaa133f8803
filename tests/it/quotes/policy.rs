//! By whom one is told at once, whose notifications wait, and whose are dropped.

use guildhall::domain::posts::Audience;
use http::Method;
use serde_json::{Value, json};

use super::{follows, kinds, likes};
use crate::mastodon::{House, Person};

const PATH: &str = "/api/v2/notifications/policy";

async fn wants(house: &House, who: &Person, policy: Value) -> Value {
    house.call(Some(who), Method::PATCH, PATH, policy).await.ok()
}

/// Somebody mentions another, for everybody or for them alone; how many notifications that makes, waiting ones too.
async fn mentions(house: &House, who: &Person, whom: &Person, body: Value) -> (usize, usize) {
    let mut post = json!({"status": "@ana Hello"});
    post.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    house.says(who, post).await;
    let all = kinds(house, whom, &format!("?account_id={}", who.id())).await.len();
    let told = house.get(whom, "/api/v1/notifications").await.ok();
    let told = told.as_array().unwrap().iter().filter(|one| one["account"]["id"] == who.id()).count();
    house.post(whom, "/api/v1/notifications/clear", json!({})).await.ok();
    (told, all)
}

on_both! {
    async fn a_policy_is_read_and_changed_by_either_version(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let open = json!({
            "for_not_following": "accept", "for_not_followers": "accept", "for_new_accounts": "accept", "for_private_mentions": "accept",
            "for_limited_accounts": "accept", "summary": {"pending_requests_count": 0, "pending_notifications_count": 0},
        });
        assert_eq!(house.get(&ana, PATH).await.ok(), open);
        let mut expected = open.clone();
        expected["for_not_following"] = json!("filter");
        expected["for_limited_accounts"] = json!("drop");
        let change = json!({"for_not_following": "filter", "for_limited_accounts": "drop"});
        assert_eq!(wants(&house, &ana, change).await, expected);
        expected["for_new_accounts"] = json!("drop");
        assert_eq!(house.put(&ana, PATH, json!({"for_new_accounts": "drop"})).await.ok(), expected, "PUT is the same");
        assert_eq!(house.get(&ana, PATH).await.ok(), expected);
        assert_eq!(house.get(&ben, PATH).await.ok(), open);
        let first = "/api/v1/notifications/policy";
        let summary = json!({"pending_requests_count": 0, "pending_notifications_count": 0});
        assert_eq!(house.get(&ana, first).await.ok(), json!({"filter_not_following": true, "filter_not_followers": false, "filter_new_accounts": true, "filter_private_mentions": false, "summary": summary}));
        let changed = house.call(Some(&ana), Method::PATCH, first, json!({"filter_not_following": false, "filter_private_mentions": "1"})).await.ok();
        assert_eq!((&changed["filter_not_following"], &changed["filter_private_mentions"]), (&json!(false), &json!(true)));
        assert_eq!(house.get(&ana, PATH).await.ok()["for_private_mentions"], "filter");
        let refused = house.put(&ana, PATH, json!({"for_new_accounts": "maybe", "for_not_followers": "drop"})).await;
        assert_eq!(refused.refusal(), (422, "“maybe” is not known here. Known: accept, filter, drop."));
        assert_eq!(house.get(&ana, PATH).await.ok()["for_not_followers"], "accept");
    }

    async fn what_a_policy_filters_waits_and_what_it_drops_is_gone(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        house.wait(60 * 24 * 3600);
        assert_eq!(mentions(&house, &ben, &ana, json!({})).await, (1, 1));
        follows(&house, &ana, &cleo).await;
        for (action, expected) in [("filter", (0, 1)), ("drop", (0, 0)), ("accept", (1, 1))] {
            wants(&house, &ana, json!({"for_not_following": action})).await;
            assert_eq!(mentions(&house, &ben, &ana, json!({})).await, expected, "{action}");
            assert_eq!(mentions(&house, &cleo, &ana, json!({})).await, (1, 1), "ana follows cleo");
        }
        // Whoever follows has to have done so for three days.
        wants(&house, &ana, json!({"for_not_followers": "filter"})).await;
        follows(&house, &ben, &ana).await;
        house.wait(2 * 24 * 3600);
        assert_eq!(mentions(&house, &ben, &ana, json!({})).await, (0, 1));
        house.wait(24 * 3600 + 1);
        assert_eq!(mentions(&house, &ben, &ana, json!({})).await, (1, 1));
        assert_eq!(mentions(&house, &cleo, &ana, json!({})).await, (0, 1));
        wants(&house, &ana, json!({"for_not_followers": "accept", "for_new_accounts": "drop"})).await;
        let dora = house.employee("dora").await;
        assert_eq!(mentions(&house, &dora, &ana, json!({})).await, (0, 0));
        assert_eq!(mentions(&house, &cleo, &ana, json!({})).await, (1, 1));
        house.wait(31 * 24 * 3600);
        assert_eq!(mentions(&house, &dora, &ana, json!({})).await, (1, 1));
        // The stronger of two counts.
        wants(&house, &ana, json!({"for_new_accounts": "filter", "for_not_following": "drop"})).await;
        let eve = house.employee("eve").await;
        assert_eq!(mentions(&house, &eve, &ana, json!({})).await, (0, 0));
    }

    async fn private_mentions_wait_unless_one_wrote_first(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        wants(&house, &ana, json!({"for_private_mentions": "filter"})).await;
        assert_eq!(mentions(&house, &ben, &ana, json!({})).await, (1, 1), "for everybody");
        assert_eq!(mentions(&house, &ben, &ana, json!({"visibility": "direct"})).await, (0, 1));
        let asked = house.says(&ana, json!({"status": "@ben What do you think?", "visibility": "direct"})).await;
        assert_eq!(mentions(&house, &ben, &ana, json!({"visibility": "direct", "in_reply_to_id": asked})).await, (1, 1));
        assert_eq!(mentions(&house, &ben, &ana, json!({"visibility": "direct"})).await, (0, 1), "another thread");
        follows(&house, &ana, &ben).await;
        assert_eq!(mentions(&house, &ben, &ana, json!({"visibility": "direct"})).await, (1, 1));
    }

    async fn a_policy_holds_for_likes_from_elsewhere_and_is_that_of_whom_one_acts_as(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let brand = crate::leak::brand_token(&house, &ana).await;
        let eve = house.stranger("eve", "remote.example").await;
        wants(&house, &brand, json!({"for_not_following": "filter"})).await;
        assert_eq!(house.get(&ana, PATH).await.ok()["for_not_following"], "accept");
        let post = house.says(&brand, json!({"status": "News"})).await;
        likes(&house, &ana, &post).await;
        let (brand_actor, ana_actor) = (brand.actor, ana.actor);
        house.arrived(&eve, move |draft| {
            draft.audience = Audience::Direct;
            draft.mentions = vec![brand_actor, ana_actor];
        }).await;
        assert_eq!(kinds(&house, &brand, "").await, [""; 0]);
        assert_eq!(kinds(&house, &brand, "?include_filtered=true").await, ["mention", "favourite"]);
        assert_eq!(kinds(&house, &ana, "").await, ["mention"]);
        assert_eq!(house.get(&brand, PATH).await.ok()["summary"], json!({"pending_requests_count": 1, "pending_notifications_count": 1}));
        let waiting = house.get(&brand, "/api/v1/notifications?include_filtered=true").await.ok();
        assert_eq!((&waiting[0]["filtered"], waiting[1]["group_key"].as_str().unwrap().starts_with("ungrouped-")), (&json!(true), true));
        assert_eq!(house.get(&brand, "/api/v1/notifications/unread_count").await.ok(), json!({"count": 0}));
    }
}
