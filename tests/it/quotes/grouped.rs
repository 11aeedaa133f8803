//! Likes, boosts and follows are shown together.

use serde_json::{Value, json};

use super::{each, follows, likes};
use crate::mastodon::{House, Person, ids};

async fn groups(house: &House, who: &Person, query: &str) -> Value {
    house.get(who, &format!("/api/v2/notifications{query}")).await.ok()["notification_groups"].clone()
}

on_both! {
    async fn likes_of_one_post_are_one_group(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let post = house.says(&ana, json!({"status": "Hello"})).await;
        let mut fans = Vec::new();
        for number in 0..10 {
            fans.insert(0, house.employee(&format!("fan{number}")).await);
            house.wait(1);
            likes(&house, &fans[0], &post).await;
        }
        let one_by_one = ids(&house.get(&ana, "/api/v1/notifications").await.ok());
        let key = format!("favourite-{post}-498204");
        let newest: Vec<String> = fans.iter().take(8).map(Person::id).collect();
        let shown = house.get(&ana, "/api/v2/notifications").await.ok();
        assert_eq!(shown["notification_groups"], json!([{
            "group_key": key, "notifications_count": 10, "type": "favourite",
            "most_recent_notification_id": one_by_one[0].parse::<i64>().unwrap(), "page_min_id": one_by_one[9], "page_max_id": one_by_one[0],
            "latest_page_notification_at": "2026-11-01T12:00:10.000Z", "sample_account_ids": newest, "status_id": post,
        }]));
        assert_eq!((ids(&shown["accounts"]), ids(&shown["statuses"])), (newest.clone(), vec![post.clone()]));
        assert!(shown.get("partial_accounts").is_none());
        assert_eq!(house.get(&ana, "/api/v1/notifications?limit=1").await.ok()[0]["group_key"], json!(key));
        let partial = house.get(&ana, "/api/v2/notifications?expand_accounts=partial_avatars").await.ok();
        assert_eq!((ids(&partial["accounts"]), ids(&partial["partial_accounts"])), (newest[..1].to_vec(), newest[1..].to_vec()));
        let mut keys: Vec<&String> = partial["partial_accounts"][0].as_object().unwrap().keys().collect();
        keys.sort();
        assert_eq!(keys, ["acct", "avatar", "avatar_static", "bot", "id", "locked", "url"]);
        let refused = house.get(&ana, "/api/v2/notifications?expand_accounts=none").await;
        assert_eq!(refused.refusal(), (400, "expand_accounts is full or partial_avatars."));
        assert_eq!(each(&groups(&house, &ana, "?grouped_types[]=follow").await, "group_key").len(), 10);

        // The group alone, its people, and its end; nobody else has it.
        let path = format!("/api/v2/notifications/{key}");
        let alone = house.get(&ana, &path).await.ok();
        assert_eq!((&alone["notification_groups"][0]["notifications_count"], alone["accounts"].as_array().unwrap().len()), (&json!(10), 8));
        let first = house.get(&ana, &format!("{path}/accounts?limit=6")).await;
        let second = house.get(&ana, &first.link("next").unwrap()).await;
        assert_eq!([ids(&first.body), ids(&second.body)].concat(), fans.iter().map(Person::id).collect::<Vec<_>>());
        for other in [format!("{path}0"), "/api/v2/notifications/ungrouped-x".to_owned(), "/api/v2/notifications/ungrouped-5".to_owned()] {
            assert_eq!(house.get(&ana, &other).await.status, 404, "{other}");
        }
        assert_eq!(house.get(&fans[0], &path).await.status, 404);
        assert_eq!(house.get(&fans[0], &format!("{path}/accounts")).await.ok(), json!([]));
        house.post(&fans[0], &format!("{path}/dismiss"), json!({})).await.ok();
        assert_eq!(groups(&house, &ana, "").await.as_array().unwrap().len(), 1);
        house.post(&ana, &format!("{path}/dismiss"), json!({})).await.ok();
        assert_eq!((groups(&house, &ana, "").await, house.get(&ana, "/api/v1/notifications").await.ok()), (json!([]), json!([])));
    }

    async fn groups_end_after_half_a_day_and_mentions_stand_alone(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo, dora) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await, house.employee("dora").await);
        let post = house.says(&ana, json!({"status": "Hello"})).await;
        for fan in [&ben, &cleo] {
            follows(&house, fan, &ana).await;
            house.post(fan, &format!("/api/v1/statuses/{post}/reblog"), json!({})).await.ok();
            house.says(fan, json!({"status": "@ana Hello"})).await;
        }
        house.wait(11 * 3600);
        follows(&house, &dora, &ana).await;
        house.wait(3600);
        let eve = house.employee("eve").await;
        follows(&house, &eve, &ana).await;
        let shown = groups(&house, &ana, "").await;
        let told: Vec<(&str, i64)> = shown.as_array().unwrap().iter().map(|group| (group["type"].as_str().unwrap(), group["notifications_count"].as_i64().unwrap())).collect();
        assert_eq!(told, [("follow", 1), ("follow", 3), ("mention", 1), ("reblog", 2), ("mention", 1)]);
        assert!(each(&shown, "group_key")[2].starts_with("ungrouped-"));
        let mention = shown[2]["group_key"].as_str().unwrap();
        let alone = house.get(&ana, &format!("/api/v2/notifications/{mention}")).await.ok();
        assert_eq!(alone["notification_groups"], json!([shown[2]]));
        // One of a group by its own number.
        let one = ids(&house.get(&ana, "/api/v1/notifications?types[]=reblog").await.ok())[0].clone();
        let alone = house.get(&ana, &format!("/api/v2/notifications/ungrouped-{one}")).await.ok();
        assert_eq!(alone["notification_groups"][0]["notifications_count"], 1);
        house.post(&ana, &format!("/api/v2/notifications/ungrouped-{one}/dismiss"), json!({})).await.ok();
        assert_eq!(groups(&house, &ana, "?types[]=reblog").await[0]["notifications_count"], 1);
    }

    async fn groups_are_walked_down_and_up_each_once(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        let mut posts = Vec::new();
        for number in 0..5 {
            posts.push(house.says(&ana, json!({"status": format!("Number {number}")})).await);
        }
        // The likes of all posts are mixed.
        for fan in [&ben, &cleo] {
            for post in &posts {
                likes(&house, fan, post).await;
            }
        }
        let mut seen = Vec::new();
        let mut next = Some("/api/v2/notifications?limit=2".to_owned());
        let mut last = None;
        while let Some(path) = next {
            let page = house.get(&ana, &path).await;
            next = page.link("next");
            last = page.link("prev").or(last);
            let page = page.ok();
            seen.extend(each(&page["notification_groups"], "status_id").into_iter().map(ToOwned::to_owned));
        }
        let newest_first: Vec<String> = posts.iter().rev().cloned().collect();
        assert_eq!(seen[..5], newest_first);
        // Below the newest of each group lie its others, of which it was not known there that they were shown above.
        assert_eq!(seen[5..], newest_first);
        let up = house.get(&ana, &last.unwrap()).await.ok();
        assert_eq!(each(&up["notification_groups"], "status_id").len(), 2);
        let all = groups(&house, &ana, "?limit=40").await;
        assert_eq!(each(&all, "status_id"), newest_first);
        let top = all[0]["page_max_id"].as_str().unwrap();
        assert_eq!(groups(&house, &ana, &format!("?since_id={top}")).await, json!([]));
        assert_eq!(groups(&house, &ana, &format!("?min_id={}", top.parse::<i64>().unwrap() - 1)).await.as_array().unwrap().len(), 1);
    }

    async fn a_group_tells_nothing_of_what_may_not_be_seen(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        let post = house.says(&ana, json!({"status": "Hello"})).await;
        likes(&house, &ben, &post).await;
        likes(&house, &cleo, &post).await;
        let cleo_actor = cleo.actor;
        house.app.db.write(move |tx| guildhall::domain::actors::set_suspended(tx, cleo_actor, true)).await.unwrap();
        let shown = house.get(&ana, "/api/v2/notifications").await.ok();
        assert_eq!((ids(&shown["accounts"]), &shown["notification_groups"][0]["sample_account_ids"]), (vec![ben.id()], &json!([ben.id()])));
        house.delete(&ana, &format!("/api/v1/statuses/{post}")).await.ok();
        assert_eq!(groups(&house, &ana, "").await, json!([]));
    }
}
