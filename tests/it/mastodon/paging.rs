//! Pages and the links between them.

use serde_json::json;

use super::{House, ids};

on_both! {
    async fn a_list_is_walked_down_and_up_by_its_links(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let mut all = Vec::new();
        for number in 0..7 {
            all.push(house.says(&ana, json!({"status": format!("Number {number}")})).await);
        }
        all.reverse();
        for path in ["/api/v1/timelines/home?limit=3", "/api/v1/timelines/public?limit=3&local=true", &format!("/api/v1/accounts/{}/statuses?limit=3", ana.id())] {
            let first = house.get(&ana, path).await;
            let mut next = first.link("next");
            let mut seen = ids(&first.ok());
            assert_eq!(seen.len(), 3, "{path}");
            while let Some(link) = next {
                assert!(link.contains("limit=3"), "{link}");
                let page = house.get(&ana, &link).await;
                next = page.link("next");
                seen.extend(ids(&page.ok()));
            }
            assert_eq!(seen, all, "{path}");
            // From the oldest page up again, each page newest first.
            let separator = if path.contains('?') { "&" } else { "?" };
            let last = house.get(&ana, &format!("{path}{separator}max_id={}", all[5])).await;
            let mut previous = last.link("prev");
            let mut upwards = vec![ids(&last.ok())];
            while let Some(link) = previous {
                let page = house.get(&ana, &link).await;
                previous = page.link("prev");
                upwards.insert(0, ids(&page.ok()));
            }
            assert_eq!(upwards.concat(), all, "{path}");
        }
        let since = ids(&house.get(&ana, &format!("/api/v1/timelines/home?limit=2&since_id={}", all[6])).await.ok());
        assert_eq!(since, all[..2]);
        let just_above = ids(&house.get(&ana, &format!("/api/v1/timelines/home?limit=2&min_id={}", all[6])).await.ok());
        assert_eq!(just_above, all[4..6]);
    }

    async fn limits_are_capped_not_refused(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        for number in 0..42 {
            house.says(&ana, json!({"status": format!("Number {number}")})).await;
        }
        for (limit, expected) in [("", 20), ("?limit=5", 5), ("?limit=1000", 40), ("?limit=0", 20), ("?limit=-3", 20)] {
            assert_eq!(ids(&house.get(&ana, &format!("/api/v1/timelines/home{limit}")).await.ok()).len(), expected, "{limit}");
        }
        assert_eq!(house.get(&ana, "/api/v1/timelines/home?limit=many").await.refusal(), (422, "limit: must be a whole number"));
        assert_eq!(house.get(&ana, "/api/v1/timelines/home?max_id=x").await.status, 422);
    }

    async fn people_are_paged_by_hidden_ids(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let mut all = Vec::new();
        for number in 0..5 {
            let fan = house.employee(&format!("fan{number}")).await;
            house.post(&fan, &format!("/api/v1/accounts/{}/follow", ana.id()), json!({})).await.ok();
            all.push(fan.id());
        }
        all.reverse();
        let first = house.get(None, &format!("/api/v1/accounts/{}/followers?limit=2", ana.id())).await;
        let second = house.get(None, &first.link("next").unwrap()).await;
        let third = house.get(None, &second.link("next").unwrap()).await;
        let back = house.get(None, &third.link("prev").unwrap()).await;
        assert_eq!(back.body, second.body);
        let pages = [ids(&first.ok()), ids(&second.ok()), ids(&third.ok())];
        assert_eq!(pages.concat(), all);
    }

    async fn notifications_are_paged_filtered_and_dismissed(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let mut posts = Vec::new();
        for number in 0..3 {
            let id = house.says(&ana, json!({"status": format!("Number {number}")})).await;
            house.post(&ben, &format!("/api/v1/statuses/{id}/favourite"), json!({})).await.ok();
            posts.push(id);
        }
        house.post(&ben, &format!("/api/v1/accounts/{}/follow", ana.id()), json!({})).await.ok();
        let kinds = async |path: &str| -> Vec<String> {
            let list = house.get(&ana, path).await.ok();
            list.as_array().unwrap().iter().map(|told| told["type"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(kinds("/api/v1/notifications").await, ["follow", "favourite", "favourite", "favourite"]);
        assert_eq!(kinds("/api/v1/notifications?types[]=follow&types[]=poll").await, ["follow"]);
        assert_eq!(kinds("/api/v1/notifications?exclude_types[]=favourite").await, ["follow"]);
        assert_eq!(kinds("/api/v1/notifications?types[]=poll").await.len(), 0);
        let first = house.get(&ana, "/api/v1/notifications?limit=3&exclude_types[]=follow").await;
        assert_eq!(first.body[0]["status"]["id"], json!(posts[2]));
        let empty = house.get(&ana, &first.link("next").unwrap()).await;
        assert_eq!((empty.link("next"), &empty.body), (None, &json!([])));
        let id = first.body[0]["id"].as_str().unwrap();
        assert_eq!(house.post(&ben, &format!("/api/v1/notifications/{id}/dismiss"), json!({})).await.status, 404);
        assert_eq!(house.get(&ben, &format!("/api/v1/notifications/{id}")).await.status, 404);
        assert_eq!(kinds("/api/v1/notifications").await.len(), 4, "only its owner can dismiss it");
        house.post(&ana, &format!("/api/v1/notifications/{id}/dismiss"), json!({})).await.ok();
        assert_eq!(house.post(&ana, &format!("/api/v1/notifications/{id}/dismiss"), json!({})).await.status, 404, "it is gone");
        assert_eq!(kinds("/api/v1/notifications").await.len(), 3);
        house.post(&ana, "/api/v1/notifications/clear", json!({})).await.ok();
        assert_eq!(kinds("/api/v1/notifications").await.len(), 0);
    }
}
