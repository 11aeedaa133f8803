//! Which notifications are listed, counted and dismissed.

use serde_json::json;

use super::{follows, kinds, likes};
use crate::mastodon::{House, ids};

on_both! {
    async fn notifications_are_counted_and_narrowed(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        let post = house.says(&ana, json!({"status": "Hello"})).await;
        for fan in [&ben, &cleo] {
            likes(&house, fan, &post).await;
        }
        follows(&house, &ben, &ana).await;
        house.says(&cleo, json!({"status": "@ana Hello", "in_reply_to_id": post})).await;
        assert_eq!(kinds(&house, &ana, "").await, ["mention", "follow", "favourite", "favourite"]);
        assert_eq!(kinds(&house, &ana, &format!("?account_id={}", ben.id())).await, ["follow", "favourite"]);
        assert_eq!(kinds(&house, &ana, &format!("?account_id={}&types[]=favourite", cleo.id())).await, ["favourite"]);
        assert_eq!(kinds(&house, &ana, "?exclude_types[]=favourite&exclude_types[]=mention").await, ["follow"]);
        let all = ids(&house.get(&ana, "/api/v1/notifications").await.ok());
        for (query, expected) in [
            (format!("?limit=2&max_id={}", all[0]), &all[1..3]),
            (format!("?limit=2&since_id={}", all[3]), &all[..2]),
            (format!("?limit=2&min_id={}", all[3]), &all[1..3]),
        ] {
            assert_eq!(ids(&house.get(&ana, &format!("/api/v1/notifications{query}")).await.ok()), expected, "{query}");
        }
        for (path, count) in [
            ("/api/v1/notifications/unread_count", 4),
            ("/api/v1/notifications/unread_count?limit=3", 3),
            ("/api/v1/notifications/unread_count?types[]=favourite", 2),
            ("/api/v1/notifications/unread_count?types[]=poll", 0),
            ("/api/v2/notifications/unread_count", 3),
            ("/api/v2/notifications/unread_count?limit=2", 2),
            ("/api/v2/notifications/unread_count?grouped_types[]=follow", 4),
        ] {
            assert_eq!(house.get(&ana, path).await.ok(), json!({ "count": count }), "{path}");
        }
        // Behind the marker of all one's apps.
        house.post(&ana, "/api/v1/markers", json!({"notifications": {"last_read_id": all[2]}})).await.ok();
        for path in ["/api/v1/notifications/unread_count", "/api/v2/notifications/unread_count"] {
            assert_eq!(house.get(&ana, path).await.ok(), json!({ "count": 2 }), "{path}");
        }
        // By the id in the form, as older clients do it, and only one's own.
        assert_eq!(house.post(&ben, "/api/v1/notifications/dismiss", json!({"id": all[0]})).await.status, 404);
        assert_eq!(kinds(&house, &ana, "").await.len(), 4);
        house.post(&ana, "/api/v1/notifications/dismiss", json!({"id": all[0]})).await.ok();
        assert_eq!(kinds(&house, &ana, "").await, ["follow", "favourite", "favourite"]);
        assert_eq!(house.post(&ana, "/api/v1/notifications/dismiss", json!({})).await.status, 400);
        assert_eq!(house.post(&ana, "/api/v2/notifications/clear", json!({})).await.ok(), json!({}));
        assert_eq!(house.get(&ana, "/api/v1/notifications/unread_count").await.ok(), json!({ "count": 0 }));
    }

    async fn filters_hold_for_what_one_is_told(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.customer("ben").await);
        house.says(&ben, json!({"status": "@ana Tea?"})).await;
        house.says(&ben, json!({"status": "@ana Tea, between us?", "visibility": "direct"})).await;
        let filter = json!({"title": "Tea", "context": ["notifications"], "filter_action": "warn", "keywords_attributes": [{"keyword": "tea"}]});
        let filter = house.post(&ana, "/api/v2/filters", filter).await.ok();
        let paths = ["/api/v1/notifications", "/api/v2/notifications", "/api/v1/notifications/requests"];
        for path in paths {
            let told = house.get(&ana, path).await.ok();
            let post = match path {
                "/api/v1/notifications" => &told[0]["status"],
                "/api/v2/notifications" => &told["statuses"][0],
                _ => &told[0]["last_status"],
            };
            assert_eq!(post["filtered"][0]["filter"]["title"], "Tea", "{path} {told}");
        }
        house.put(&ana, &format!("/api/v2/filters/{}", filter["id"].as_str().unwrap()), json!({"filter_action": "hide"})).await.ok();
        assert_eq!(house.get(&ana, paths[0]).await.ok(), json!([]));
        let groups = house.get(&ana, paths[1]).await.ok();
        assert_eq!((&groups["statuses"], &groups["notification_groups"]), (&json!([]), &json!([])));
        assert_eq!(house.get(&ana, paths[2]).await.ok()[0]["last_status"], json!(null), "who waits is still there");
    }

    async fn notifications_ask_for_their_scopes(database: TestDatabase) {
        use guildhall::domain::accounts::{AccountKind, Role};
        let house = House::open(database).await;
        let reader = house.person_with("ana", AccountKind::Employee, Role::Member, "read:notifications").await;
        let writer = house.person_with("ben", AccountKind::Employee, Role::Member, "write:notifications").await;
        for path in [
            "/api/v1/notifications", "/api/v1/notifications/unread_count", "/api/v2/notifications", "/api/v2/notifications/unread_count",
            "/api/v1/notifications/policy", "/api/v2/notifications/policy", "/api/v1/notifications/requests", "/api/v1/notifications/requests/merged",
        ] {
            assert_eq!(house.get(&reader, path).await.status, 200, "{path}");
            assert_eq!(house.get(&writer, path).await.status, 403, "{path}");
            assert_eq!(house.get(None, path).await.status, 401, "{path}");
        }
        for path in ["/api/v2/notifications/clear", "/api/v2/notifications/follow-1/dismiss", "/api/v1/notifications/requests/accept", "/api/v1/notifications/requests/dismiss"] {
            assert_eq!(house.post(&reader, path, json!({})).await.status, 403, "{path}");
            assert_eq!(house.post(&writer, path, json!({})).await.status, 200, "{path}");
        }
        assert_eq!(house.put(&reader, "/api/v2/notifications/policy", json!({"for_not_following": "drop"})).await.status, 403);
    }
}
