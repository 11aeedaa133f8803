//! Who sees what, at this door.

use serde_json::json;

use super::{BASE, House, Person, ids};

/// Who of these finds the post by id, in the public timeline, on the author's page and in its thread.
async fn finders(
    house: &House,
    author: &Person,
    id: &str,
    readers: &[(&'static str, Option<&Person>)],
) -> Vec<&'static str> {
    let mut found = Vec::new();
    for (name, reader) in readers {
        let by_id = house.get(*reader, &format!("/api/v1/statuses/{id}")).await.status == 200;
        let context = house.get(*reader, &format!("/api/v1/statuses/{id}/context")).await.status == 200;
        let on_page = ids(&house.get(*reader, &format!("/api/v1/accounts/{}/statuses", author.id())).await.ok());
        assert_eq!((by_id, by_id), (context, on_page.contains(&id.to_owned())), "{name}");
        let public = ids(&house.get(*reader, "/api/v1/timelines/public").await.ok());
        assert!(by_id || !public.contains(&id.to_owned()), "{name}");
        if by_id {
            found.push(*name);
        }
    }
    found
}

on_both! {
    async fn each_audience_is_seen_by_its_readers_only(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        let (dora, emil) = (house.customer("dora").await, house.customer("emil").await);
        house.post(&dora, &format!("/api/v1/accounts/{}/follow", ana.id()), json!({})).await.ok();
        let boss = house.person("boss", guildhall::domain::accounts::AccountKind::Employee, guildhall::domain::accounts::Role::Owner).await;
        let team = house.post(&boss, "/api/guildhall/v1/teams", json!({"name": "Press", "members": ["ana", "ben"]})).await.ok();
        let team = team["audience"].as_str().unwrap().to_owned();
        let readers =
            [("ana", Some(&ana)), ("ben", Some(&ben)), ("cleo", Some(&cleo)), ("dora", Some(&dora)), ("emil", Some(&emil)), ("nobody", None)];
        for (body, shown_as, local_only, expected) in [
            (json!({"status": "1"}), "public", false, "ana ben cleo dora emil nobody"),
            (json!({"status": "2", "visibility": "unlisted"}), "unlisted", false, "ana ben cleo dora emil nobody"),
            (json!({"status": "3", "visibility": "private"}), "private", false, "ana dora"),
            (json!({"status": "4 @emil", "visibility": "direct"}), "direct", false, "ana emil"),
            (json!({"status": "5 @emil", "local_only": true}), "private", true, "ana ben cleo"),
            (json!({"status": "6", "local_only": "1", "visibility": "public"}), "private", true, "ana ben cleo"),
            (json!({"status": "7", "guildhall_audience": team}), "private", true, "ana ben"),
        ] {
            let status = house.post(&ana, "/api/v1/statuses", body.clone()).await.ok();
            assert_eq!((&status["visibility"], &status["local_only"]), (&json!(shown_as), &json!(local_only)), "{body}");
            let found = finders(&house, &ana, status["id"].as_str().unwrap(), &readers).await;
            assert_eq!(found.join(" "), expected, "{body}");
        }
        let told = house.get(&emil, "/api/v1/notifications?include_filtered=true").await.ok();
        assert_eq!(told.as_array().unwrap().len(), 1, "only the direct message");
    }

    async fn an_internal_post_says_so_and_has_an_address(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let status = house.post(&ana, "/api/v1/statuses", json!({"status": "Inside", "local_only": true})).await.ok();
        assert_eq!(status["guildhall"], json!({"audience": "company", "approval": null, "author": null, "review_at": "2027-01-30T12:00:00.000Z"}));
        assert_eq!(status["uri"], format!("{}/@ana/{}", BASE, status["id"].as_str().unwrap()));
        assert_eq!(status["url"], status["uri"]);
    }

    async fn who_may_not_write_inside_is_refused(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, dora) = (house.employee("ana").await, house.customer("dora").await);
        let boss = house.person("boss", guildhall::domain::accounts::AccountKind::Employee, guildhall::domain::accounts::Role::Owner).await;
        let team = house.post(&boss, "/api/guildhall/v1/teams", json!({"name": "Press", "members": ["boss"]})).await.ok();
        assert_eq!(house.post(&dora, "/api/v1/statuses", json!({"status": "x", "local_only": true})).await.status, 403);
        assert_eq!(house.post(&ana, "/api/v1/statuses", json!({"status": "x", "guildhall_audience": team["audience"]})).await.status, 403);
        assert_eq!(house.post(&boss, "/api/v1/statuses", json!({"status": "x", "guildhall_audience": team["audience"]})).await.status, 200);
        assert_eq!(house.post(&ana, "/api/v1/statuses", json!({"status": "x", "guildhall_audience": "nobody"})).await.status, 422);
        assert_eq!(house.post(&ana, "/api/v1/statuses", json!({"status": "x", "local_only": true, "visibility": "direct"})).await.status, 422);
        house.stranger("eve", "remote.example").await;
        assert_eq!(house.post(&ana, "/api/v1/statuses", json!({"status": "@eve@remote.example", "local_only": true})).await.status, 422);
    }

    async fn an_answer_to_an_internal_post_stays_inside(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, dora) = (house.employee("ana").await, house.employee("ben").await, house.customer("dora").await);
        let id = house.says(&ana, json!({"status": "Inside", "local_only": true})).await;
        for body in [
            json!({"status": "Me too", "in_reply_to_id": id}),
            json!({"status": "Me too", "in_reply_to_id": id, "visibility": "private"}),
            json!({"status": "Me too", "in_reply_to_id": id, "local_only": true}),
        ] {
            let reply = house.post(&ben, "/api/v1/statuses", body.clone()).await.ok();
            assert_eq!((&reply["local_only"], &reply["in_reply_to_id"]), (&json!(true), &json!(id)), "{body}");
        }
        let public = house.post(&ben, "/api/v1/statuses", json!({"status": "x", "in_reply_to_id": id, "visibility": "public"})).await;
        assert_eq!(public.status, 422);
        let outsider = house.post(&dora, "/api/v1/statuses", json!({"status": "x", "in_reply_to_id": id})).await;
        assert_eq!(outsider.refusal(), (404, "Record not found"));
    }

    async fn nothing_can_be_done_to_what_is_hidden(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, dora) = (house.employee("ana").await, house.customer("dora").await);
        let id = house.says(&ana, json!({"status": "Inside", "local_only": true})).await;
        let missing = "112345678901234567";
        for verb in ["favourite", "unfavourite", "reblog", "unreblog"] {
            let hidden = house.post(&dora, &format!("/api/v1/statuses/{id}/{verb}"), json!({})).await;
            let none = house.post(&dora, &format!("/api/v1/statuses/{missing}/{verb}"), json!({})).await;
            assert_eq!((hidden.status, hidden.body), (none.status, none.body), "{verb}");
        }
        for what in ["", "/context", "/history", "/source", "/favourited_by", "/reblogged_by"] {
            let hidden = house.get(&dora, &format!("/api/v1/statuses/{id}{what}")).await;
            let none = house.get(&dora, &format!("/api/v1/statuses/{missing}{what}")).await;
            assert_eq!(hidden.status, 404, "{what}");
            assert_eq!((hidden.status, hidden.body), (none.status, none.body), "{what}");
        }
        assert_eq!(house.post(&ana, &format!("/api/v1/statuses/{id}/reblog"), json!({})).await.status, 403, "the allowed reader cannot boost it either");
        assert_eq!(house.post(&ana, &format!("/api/v1/statuses/{id}/favourite"), json!({})).await.status, 200);
    }

    async fn naming_a_customer_in_an_edit_of_an_internal_post_tells_them_nothing(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, dora) = (house.employee("ana").await, house.employee("ben").await, house.customer("dora").await);
        let id = house.says(&ana, json!({"status": "Inside", "local_only": true})).await;
        house.put(&ana, &format!("/api/v1/statuses/{id}"), json!({"status": "Inside @dora @ben"})).await.ok();
        assert_eq!(house.get(&dora, "/api/v1/notifications").await.ok(), json!([]));
        assert_eq!(house.get(&ben, "/api/v1/notifications").await.ok().as_array().unwrap().len(), 1);
        house.stranger("eve", "remote.example").await;
        let reply = house.put(&ana, &format!("/api/v1/statuses/{id}"), json!({"status": "Inside @eve@remote.example"})).await;
        assert_eq!(reply.status, 422);
    }

    async fn a_boost_for_followers_is_told_to_followers_only(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        house.post(&cleo, &format!("/api/v1/accounts/{}/follow", ben.id()), json!({})).await.ok();
        let id = house.says(&ana, json!({"status": "Open"})).await;
        let boost = house.post(&ben, &format!("/api/v1/statuses/{id}/reblog"), json!({"visibility": "private"})).await.ok();
        assert_eq!(boost["visibility"], "private");
        let boost = boost["id"].as_str().unwrap();
        for (reader, sees) in [(Some(&ben), true), (Some(&cleo), true), (Some(&ana), false), (None, false)] {
            assert_eq!(house.get(reader, &format!("/api/v1/statuses/{boost}")).await.status == 200, sees);
            assert_eq!(ids(&house.get(reader, &format!("/api/v1/accounts/{}/statuses", ben.id())).await.ok()).len(), usize::from(sees));
            assert_eq!(ids(&house.get(reader, &format!("/api/v1/statuses/{id}/reblogged_by")).await.ok()).len(), usize::from(sees));
        }
    }
}
