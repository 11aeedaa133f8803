//! Hashtags: looked at, followed, and shown on profiles.

use guildhall::domain::accounts;
use serde_json::{Value, json};

use super::{BASE, House, Person, follow, ids};

async fn tag(house: &House, who: &Person, name: &str, verb: &str) -> Value {
    house.post(who, &format!("/api/v1/tags/{name}/{verb}"), json!({})).await.ok()
}

async fn home(house: &House, who: &Person) -> Vec<String> {
    ids(&house.get(who, "/api/v1/timelines/home").await.ok())
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect()
}

on_both! {
    async fn a_hashtag_tells_how_much_it_is_used(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        house.says(&ana, json!({"status": "One #Tea"})).await;
        house.wait(24 * 3600);
        house.says(&ana, json!({"status": "Two #tea"})).await;
        house.says(&ana, json!({"status": "Three #tea"})).await;
        house.says(&ben, json!({"status": "Four #TEA"})).await;
        house.says(&ben, json!({"status": "Inside #tea", "local_only": true})).await;
        house.says(&ben, json!({"status": "Unlisted #tea", "visibility": "unlisted"})).await;
        for path in ["/api/v1/tags/tea", "/api/v1/tags/tea/", "/api/v1/tags/Tea", "/api/v1/tags/%23tea"] {
            let shown = house.get(None, path).await.ok();
            assert_eq!((&shown["name"], &shown["url"]), (&json!("tea"), &json!(format!("{BASE}/tags/tea"))));
            assert!(shown.get("following").is_none() && shown.get("featuring").is_none());
            let history = shown["history"].as_array().unwrap();
            assert_eq!(history.len(), 7);
            assert_eq!(history[0], json!({"day": "1793577600", "uses": "3", "accounts": "2"}));
            assert_eq!(history[1], json!({"day": "1793491200", "uses": "1", "accounts": "1"}));
            assert_eq!((&history[2]["uses"], &history[6]["accounts"]), (&json!("0"), &json!("0")));
        }
        let shown = house.get(&ana, "/api/v1/tags/unheard").await.ok();
        assert_eq!((&shown["following"], &shown["featuring"], &shown["history"][0]["uses"]), (&json!(false), &json!(false), &json!("0")));
        for name in ["no%20tag", "123", "a-b"] {
            assert_eq!(house.get(&ana, &format!("/api/v1/tags/{name}")).await.status, 404, "{name}");
            assert_eq!(house.post(&ana, &format!("/api/v1/tags/{name}/follow"), json!({})).await.status, 404, "{name}");
        }
    }

    async fn a_followed_hashtag_brings_public_posts_home(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        let eve = house.stranger("eve", "remote.example").await;
        follow(&house, &ana, &cleo.id()).await;
        let before = house.says(&ben, json!({"status": "Before #tea"})).await;
        assert_eq!(home(&house, &ana).await, [""; 0]);
        assert_eq!(tag(&house, &ana, "Tea", "follow").await["following"], true);
        assert_eq!(tag(&house, &ana, "tea", "follow").await["following"], true, "twice is once");
        assert_eq!(home(&house, &ana).await, std::slice::from_ref(&before), "the latest come at once");
        let with = |name: &'static str| move |draft: &mut guildhall::domain::posts::Draft| draft.hashtags = vec![name.to_owned()];
        // What comes from elsewhere is sorted by the moment at which it was written.
        house.wait(1);
        let elsewhere = house.arrived(&eve, with("tea")).await.to_string();
        house.arrived(&eve, with("coffee")).await;
        house.wait(1);
        house.says(&ben, json!({"status": "Unlisted #tea", "visibility": "unlisted"})).await;
        house.says(&ben, json!({"status": "Followers #tea", "visibility": "private"})).await;
        let followed = house.says(&cleo, json!({"status": "Cleo #tea"})).await;
        assert_eq!(home(&house, &ana).await, [followed.clone(), elsewhere.clone(), before.clone()]);
        assert!(!home(&house, &ben).await.contains(&elsewhere), "it comes to nobody else");
        assert_eq!(house.get(&ana, "/api/v1/notifications").await.ok(), json!([]));
        tag(&house, &ana, "earlgrey", "follow").await;
        let both = house.says(&ben, json!({"status": "Both #tea #earlgrey"})).await;
        house.post(&ana, &format!("/api/v1/accounts/{}/mute", eve.id), json!({})).await.ok();
        assert!(!home(&house, &ana).await.contains(&elsewhere), "who is muted is muted here too");
        assert_eq!(tag(&house, &ana, "tea", "unfollow").await["following"], false);
        assert_eq!(tag(&house, &ana, "tea", "unfollow").await["following"], false);
        assert_eq!(home(&house, &ana).await, [both, followed], "what is there for another reason stays");
        house.says(&ben, json!({"status": "After #tea"})).await;
        assert_eq!(home(&house, &ana).await.len(), 2);
    }

    async fn a_hashtag_brings_home_nothing_that_is_hidden(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, dora) = (house.employee("ana").await, house.employee("ben").await, house.customer("dora").await);
        tag(&house, &dora, "tea", "follow").await;
        tag(&house, &ana, "tea", "follow").await;
        house.post(&ben, &format!("/api/v1/accounts/{}/block", ana.id()), json!({})).await.ok();
        let open = house.says(&ben, json!({"status": "Open #tea"})).await;
        house.says(&ben, json!({"status": "Inside #tea", "local_only": true})).await;
        assert_eq!(home(&house, &dora).await, [open]);
        let read = home(&house, &ana).await;
        assert_eq!(read, [""; 0], "nobody reads whom they are blocked by");
    }

    async fn followed_hashtags_are_listed(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let brand = house.brand_of(&ana).await;
        for name in ["beta", "alpha", "gamma"] {
            tag(&house, &ana, name, "follow").await;
        }
        let mut seen = Vec::new();
        let mut next = Some("/api/v1/followed_tags?limit=2".to_owned());
        while let Some(path) = next {
            let page = house.get(&ana, &path).await;
            next = page.link("next");
            seen.extend(names(&page.ok()).into_iter().map(ToOwned::to_owned));
        }
        assert_eq!(seen, ["gamma", "alpha", "beta"]);
        assert_eq!(house.get(&ana, "/api/v1/followed_tags").await.ok()[0]["following"], true);
        for other in [&ben, &brand] {
            assert_eq!(house.get(other, "/api/v1/followed_tags").await.ok(), json!([]));
        }
        tag(&house, &brand, "alpha", "follow").await;
        let said = house.says(&ben, json!({"status": "Hello #alpha"})).await;
        assert_eq!(home(&house, &brand).await, std::slice::from_ref(&said), "the brand follows for itself");
        let found = house.get(&ana, "/api/v2/search?q=alpha&type=hashtags").await.ok();
        assert_eq!((&found["hashtags"][0]["following"], &found["hashtags"][0]["history"][0]["uses"]), (&json!(true), &json!("1")));
        // Who is deleted is brought nothing.
        let account = ana.account;
        house.app.db.write(move |tx| accounts::delete(tx, account)).await.unwrap();
        house.says(&ben, json!({"status": "Later #alpha"})).await;
        assert_eq!(house.get(&brand, "/api/v1/timelines/home").await.status, 401, "nor reads the brand through them");
    }

    async fn hashtags_are_shown_on_profiles(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        for text in ["One #tea #cups", "Two #tea", "Three #milk"] {
            house.says(&ana, json!({"status": text})).await;
        }
        house.says(&ana, json!({"status": "Inside #tea", "local_only": true})).await;
        house.says(&ben, json!({"status": "Not mine #tea"})).await;
        assert_eq!(names(&house.get(&ana, "/api/v1/featured_tags/suggestions").await.ok()), ["tea", "cups", "milk"]);
        let made = house.post(&ana, "/api/v1/featured_tags", json!({"name": "#Tea"})).await.ok();
        let id = made["id"].as_str().unwrap();
        assert_eq!(made, json!({"id": id, "name": "tea", "url": format!("{BASE}/tags/tea"), "statuses_count": "2", "last_status_at": "2026-11-01"}));
        assert_eq!(tag(&house, &ana, "quiet", "feature").await["featuring"], true);
        let list = house.get(&ana, "/api/v1/featured_tags").await.ok();
        assert_eq!(names(&list), ["tea", "quiet"]);
        assert_eq!((&list[1]["statuses_count"], &list[1]["last_status_at"]), (&json!("0"), &Value::Null));
        assert_eq!(house.get(None, &format!("/api/v1/accounts/{}/featured_tags", ana.id())).await.ok(), list);
        assert_eq!(names(&house.get(&ana, "/api/v1/featured_tags/suggestions").await.ok()), ["cups", "milk"]);
        assert_eq!(house.post(&ana, "/api/v1/featured_tags", json!({"name": "TEA"})).await.refusal(), (422, "Validation failed: Name has already been taken"));
        for name in ["", "no tag", "1"] {
            assert_eq!(house.post(&ana, "/api/v1/featured_tags", json!({"name": name})).await.status, 422, "{name}");
        }
        let path = format!("/api/v1/featured_tags/{id}");
        assert_eq!(house.delete(&ben, &path).await.refusal(), (404, "Record not found"), "that of another is not there");
        assert_eq!(house.delete(&ana, &path).await.ok(), json!({}));
        assert_eq!(house.delete(&ana, &path).await.status, 404);
        assert_eq!(tag(&house, &ana, "quiet", "unfeature").await["featuring"], false);
        assert_eq!(house.get(&ana, "/api/v1/featured_tags").await.ok(), json!([]));
        for number in 0..10 {
            tag(&house, &ana, &format!("number{number}"), "feature").await;
        }
        assert_eq!(house.post(&ana, "/api/v1/featured_tags", json!({"name": "onemore"})).await.status, 422);
    }
}
