//! What is done in a brand's name besides writing.

use guildhall::domain::accounts::{AccountKind, GrantRole, Role};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{API, desk::Desk, doors::in_an_app, give};
use crate::mastodon::Person;

/// What the audit log has of what was done to a post or a profile, oldest first.
async fn noted(desk: &Desk, boss: &Person) -> Vec<String> {
    let entries = desk.house.get(boss, &format!("{API}/audit?limit=100")).await.ok();
    let act = |entry: &Value| entry["act"].as_str().unwrap().to_owned();
    let all = entries.as_array().unwrap().iter().rev().map(act);
    all.filter(|act| act.starts_with("post.") || act.starts_with("profile.")).collect()
}

on_both! {
    async fn what_a_brand_passes_on_shows_first_and_says_of_itself_is_written_down(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, app) = (&desk.house, in_an_app(&desk, &desk.publisher, "publisher-app").await);
        let boss = house.person("boss", AccountKind::Employee, Role::Owner).await;
        let carl = house.customer("carl").await;
        let praise = house.says(&carl, json!({"status": "Great kettle"})).await;
        let own = desk.published("News").await;
        let quoting = house.post(&carl, "/api/v1/statuses", json!({"status": "Look", "quoted_status_id": own})).await.ok();
        let quoting = quoting["id"].as_str().unwrap().to_owned();
        for (method, path, body) in [
            (Method::POST, format!("/api/v1/statuses/{praise}/reblog"), json!({})),
            (Method::POST, format!("/api/v1/statuses/{praise}/reblog"), json!({})),
            (Method::POST, format!("/api/v1/statuses/{praise}/unreblog"), json!({})),
            (Method::POST, format!("/api/v1/statuses/{own}/pin"), json!({})),
            (Method::POST, format!("/api/v1/statuses/{own}/unpin"), json!({})),
            (Method::PUT, format!("/api/v1/statuses/{own}/interaction_policy"), json!({"quote_approval_policy": "nobody"})),
            (Method::POST, format!("/api/v1/statuses/{own}/quotes/{quoting}/revoke"), json!({})),
            (Method::PATCH, "/api/v1/accounts/update_credentials".to_owned(), json!({"display_name": "Acme"})),
        ] {
            let reply = house.call(Some(&app), method, &path, body).await;
            assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.body);
        }
        let expected = ["post.boosted", "post.unboosted", "post.pinned", "post.unpinned", "post.quoting", "post.quoting", "profile.edited"];
        assert_eq!(noted(&desk, &boss).await, expected);
        let entry = &house.get(&boss, &format!("{API}/audit?limit=1")).await.ok()[0];
        assert_eq!((&entry["by"]["username"], &entry["details"]), (&json!("the_publisher"), &json!({"changed": ["name"]})));
        // Where the rules ask for nothing, and for people themselves, nothing is written down.
        desk.rules(json!({"min_approvals": 0})).await;
        house.post(&app, &format!("/api/v1/statuses/{praise}/reblog"), json!({})).await.ok();
        house.post(&desk.publisher, &format!("/api/v1/statuses/{praise}/reblog"), json!({})).await.ok();
        assert_eq!(noted(&desk, &boss).await, expected);
    }

    async fn who_only_contributes_does_none_of_it(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, app) = (&desk.house, in_an_app(&desk, &desk.publisher, "publisher-app").await);
        let own = desk.published("News").await;
        let carl = house.customer("carl").await;
        let praise = house.says(&carl, json!({"status": "Great kettle"})).await;
        give(house, &desk.publisher, desk.brand, GrantRole::Contributor).await.unwrap();
        for (method, path, expected) in [
            (Method::POST, format!("/api/v1/statuses/{praise}/reblog"), StatusCode::FORBIDDEN),
            (Method::POST, format!("/api/v1/statuses/{own}/pin"), StatusCode::FORBIDDEN),
            (Method::PUT, format!("/api/v1/statuses/{own}"), StatusCode::NOT_FOUND),
            (Method::DELETE, format!("/api/v1/statuses/{own}"), StatusCode::NOT_FOUND),
            (Method::PATCH, "/api/v1/accounts/update_credentials".to_owned(), StatusCode::FORBIDDEN),
        ] {
            let reply = house.call(Some(&app), method, &path, json!({"status": "Other", "display_name": "Mine"})).await;
            assert_eq!(reply.status, expected, "{path}: {}", reply.body);
        }
        assert_eq!(desk.said().await, ["<p>News</p>"]);
    }
}
