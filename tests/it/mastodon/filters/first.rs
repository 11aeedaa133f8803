//! Each word as a filter of its own, for older clients.

use serde_json::{Value, json};

use super::filter;
use crate::mastodon::{House, ids};

on_both! {
    async fn older_clients_see_each_word_as_a_filter(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let made = house.post(&ana, "/api/v1/filters", json!({"phrase": "tea", "context": ["home", "thread"], "irreversible": true, "whole_word": false, "expires_in": 60})).await.ok();
        assert_eq!(made, json!({"id": made["id"], "phrase": "tea", "context": ["home", "thread"], "whole_word": false, "expires_at": "2026-11-01T12:01:00.000Z", "irreversible": true}));
        let path = format!("/api/v1/filters/{}", made["id"].as_str().unwrap());
        assert_eq!((house.get(&ana, &path).await.ok(), house.get(&ana, "/api/v1/filters").await.ok()), (made.clone(), json!([made])));
        let whole = house.get(&ana, "/api/v2/filters").await.ok();
        assert_eq!((&whole[0]["title"], &whole[0]["filter_action"], &whole[0]["keywords"][0]["id"]), (&json!("tea"), &json!("hide"), &made["id"]));
        let changed = house.put(&ana, &path, json!({"phrase": "mate", "context": ["home"], "irreversible": false, "expires_in": null})).await.ok();
        assert_eq!(changed, json!({"id": made["id"], "phrase": "mate", "context": ["home"], "whole_word": false, "expires_at": null, "irreversible": false}));
        assert_eq!(house.get(&ana, &path).await.ok(), changed);
        assert_eq!(house.delete(&ana, &path).await.ok(), json!({}));
        assert_eq!(house.get(&ana, "/api/v2/filters").await.ok(), json!([]), "nothing is left in it");
        assert_eq!(house.delete(&ana, &path).await.status, 404);
        assert_eq!(house.post(&ana, "/api/v1/filters", json!({"context": ["home"]})).await.status, 422);
    }

    async fn older_clients_change_no_filter_with_words_that_they_do_not_mean(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let made = filter(&house, &ana, "warn", &["home"], &["tea", "mate"]).await;
        let path = format!("/api/v1/filters/{}", made["keywords"][0]["id"].as_str().unwrap());
        for change in [json!({"irreversible": true}), json!({"context": ["public"]}), json!({"expires_in": 60})] {
            let refused = house.put(&ana, &path, change).await;
            assert_eq!(refused.refusal(), (422, "This filter has other words too. Change it in an app that shows them."));
        }
        house.put(&ana, &path, json!({"phrase": "green tea", "context": ["home"], "irreversible": false})).await.ok();
        let whole = house.get(&ana, &format!("/api/v2/filters/{}", made["id"].as_str().unwrap())).await.ok();
        let words: Vec<&Value> = whole["keywords"].as_array().unwrap().iter().map(|word| &word["keyword"]).collect();
        assert_eq!((&whole["title"], words), (&json!("Not today"), vec![&json!("green tea"), &json!("mate")]));
        house.delete(&ana, &path).await.ok();
        assert_eq!(ids(&house.get(&ana, "/api/v2/filters").await.ok()).len(), 1, "the other word stays");
    }
}
