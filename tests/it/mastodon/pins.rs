//! Posts that their author shows first.

use guildhall::domain::actors;
use serde_json::{Value, json};

use super::{House, Person, ids};

async fn pinned(house: &House, who: Option<&Person>, author: &Person) -> Vec<String> {
    ids(&house.get(who, &format!("/api/v1/accounts/{}/statuses?pinned=true", author.id())).await.ok())
}

async fn pin(house: &House, who: &Person, post: &str) -> super::Reply {
    house.post(who, &format!("/api/v1/statuses/{post}/pin"), Value::Null).await
}

on_both! {
    async fn what_one_pins_is_shown_first_until_it_is_unpinned(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let old = house.says(&ana, json!({"status": "Who we are"})).await;
        let reply = house.says(&ana, json!({"status": "And where", "in_reply_to_id": old, "visibility": "unlisted"})).await;
        let new = house.says(&ana, json!({"status": "Today"})).await;
        assert_eq!(pinned(&house, None, &ana).await, [""; 0]);
        for post in [&old, &reply, &old] {
            let shown = pin(&house, &ana, post).await.ok();
            assert_eq!((&shown["id"], &shown["pinned"]), (&json!(post), &json!(true)), "twice is once");
        }
        for who in [None, Some(&ana), Some(&ben)] {
            assert_eq!(pinned(&house, who, &ana).await, [reply.clone(), old.clone()], "what was pinned last is first");
            assert_eq!(pinned(&house, who, &ben).await, [""; 0]);
        }
        let own = house.get(&ana, &format!("/api/v1/statuses/{old}")).await.ok();
        let others = house.get(&ben, &format!("/api/v1/statuses/{old}")).await.ok();
        let nobodys = house.get(None, &format!("/api/v1/statuses/{old}")).await.ok();
        assert_eq!((&own["pinned"], &others["pinned"], &nobodys["pinned"]), (&json!(true), &json!(false), &Value::Null));
        let all = house.get(&ana, &format!("/api/v1/accounts/{}/statuses", ana.id())).await.ok();
        assert_eq!(ids(&all), [new.clone(), reply.clone(), old.clone()], "the whole list is as ever");
        assert_eq!(house.get(&ana, &format!("/api/v1/accounts/{}/statuses?pinned=true&max_id={reply}", ana.id())).await.ok(), json!([]));
        let shown = house.post(&ana, &format!("/api/v1/statuses/{reply}/unpin"), Value::Null).await.ok();
        assert_eq!(shown["pinned"], false);
        house.post(&ana, &format!("/api/v1/statuses/{reply}/unpin"), Value::Null).await.ok();
        assert_eq!(pinned(&house, None, &ana).await, std::slice::from_ref(&old));
        // What is deleted is pinned no more, and makes room.
        house.delete(&ana, &format!("/api/v1/statuses/{old}")).await.ok();
        assert_eq!(pinned(&house, None, &ana).await, [""; 0]);
        for number in 0..5 {
            let post = house.says(&ana, json!({"status": format!("Number {number}")})).await;
            pin(&house, &ana, &post).await.ok();
        }
        let refused = pin(&house, &ana, &new).await;
        assert_eq!(refused.refusal(), (422, "At most 5 posts can be pinned. Unpin another one first."));
        assert_eq!(pinned(&house, None, &ana).await.len(), 5);
    }

    async fn only_open_posts_of_ones_own_are_pinned(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let eve = house.stranger("eve", "remote.example").await;
        let own = "Only your own posts can be pinned.";
        let open = "Only public and unlisted posts can be pinned: everybody sees what is pinned.";
        let bens = house.says(&ben, json!({"status": "Ben's"})).await;
        let eves = house.arrived(&eve, |_| {}).await.to_string();
        let boost = house.post(&ana, &format!("/api/v1/statuses/{bens}/reblog"), json!({})).await.ok()["id"].as_str().unwrap().to_owned();
        let hidden = house.says(&ben, json!({"status": "Psst", "visibility": "direct"})).await;
        for post in [bens, eves, boost] {
            assert_eq!(pin(&house, &ana, &post).await.refusal(), (422, own));
        }
        assert_eq!(pin(&house, &ana, &hidden).await.status, 404);
        for readers in [
            json!({"visibility": "private"}),
            json!({"visibility": "direct"}),
            json!({"local_only": true}),
        ] {
            let mut post = readers.clone();
            post["status"] = json!("Not for everybody");
            let post = house.says(&ana, post).await;
            assert_eq!(pin(&house, &ana, &post).await.refusal(), (422, open), "{readers}");
        }
        assert_eq!(pinned(&house, Some(&ana), &ana).await, [""; 0]);
        let post = house.says(&ana, json!({"status": "For everybody"})).await;
        pin(&house, &ana, &post).await.ok();
        assert_eq!(house.post(&ben, &format!("/api/v1/statuses/{post}/unpin"), Value::Null).await.status, 200, "none of his");
        assert_eq!(pinned(&house, None, &ana).await, std::slice::from_ref(&post));
        let writer = Person { token: house.person_with("cleo", guildhall::domain::accounts::AccountKind::Employee, guildhall::domain::accounts::Role::Member, "read write:statuses").await.token, ..ana };
        assert_eq!(pin(&house, &writer, &post).await.status, 403, "that is another scope");
        assert_eq!(house.post(None, &format!("/api/v1/statuses/{post}/pin"), Value::Null).await.status, 401);
    }

    async fn a_page_shows_what_is_pinned_above_the_rest_and_once(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let first = house.says(&ana, json!({"status": "Who we are, in short"})).await;
        for number in 0..20 {
            house.says(&ana, json!({"status": format!("Later on number {number:02}")})).await;
        }
        let page = async |path: &str| house.get(None, path).await.ok().as_str().unwrap().to_owned();
        let before = page("/@ana").await;
        assert!(!before.contains("Who we are, in short") && !before.contains("Pinned"), "{before}");
        pin(&house, &ana, &first).await.ok();
        let newest = house.says(&ana, json!({"status": "And the newest"})).await;
        let shown = page("/@ana").await;
        assert_eq!(shown.matches("Pinned").count(), 1);
        assert!(shown.find("Who we are, in short").unwrap() < shown.find("And the newest").unwrap(), "{shown}");
        pin(&house, &ana, &newest).await.ok();
        let shown = page("/@ana").await;
        assert_eq!((shown.matches("Pinned").count(), shown.matches("And the newest").count()), (2, before.matches("Later on number 19").count()));
        // Further down it stands in its place, without the mark.
        let older = page(&format!("/@ana?before={}", first.parse::<i64>().unwrap() + 1)).await;
        assert!(older.contains("Who we are, in short") && !older.contains("Pinned"), "{older}");
        let actor = ana.actor;
        house.app.db.write(move |tx| actors::set_suspended(tx, actor, true)).await.unwrap();
        assert_eq!(pinned(&house, None, &ana).await, [""; 0]);
    }
}
