//! Whose notifications wait, and how they are let in.

use guildhall::domain::accounts;
use http::Method;
use serde_json::{Value, json};

use super::{each, kinds, likes};
use crate::mastodon::{House, Person, calm, ids};

const PATH: &str = "/api/v1/notifications/requests";

/// Ana lets nobody in whom she does not follow.
async fn closed(house: &House) -> Person {
    let ana = house.employee("ana").await;
    house.put(&ana, "/api/v2/notifications/policy", json!({"for_not_following": "filter"})).await.ok();
    ana
}

async fn requests(house: &House, who: &Person) -> Value {
    house.get(who, PATH).await.ok()
}

on_both! {
    async fn however_much_waits_takes_nothing_from_what_was_told(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let post = house.says(&ana, json!({ "status": "Hello" })).await;
        likes(&house, &ben, &post).await;
        let eve = house.stranger("eve", "remote.example").await;
        let to = ana.actor;
        for _ in 0..7 {
            house.arrived(&eve, move |draft| {
                draft.audience = guildhall::domain::posts::Audience::Direct;
                draft.mentions = vec![to];
            }).await;
        }
        let counted = async || {
            let told = house.get(&ana, "/api/v1/notifications").await.ok().as_array().unwrap().len();
            let waits = house.get(&ana, "/api/v1/notifications/requests").await.ok();
            (told, waits[0]["notifications_count"].as_str().unwrap_or("0").to_owned())
        };
        assert_eq!(counted().await, (1, "7".to_owned()));
        let prune = async |keep: i64| {
            house.app.db.write(move |tx| guildhall::domain::notifications::prune(tx, to, guildhall::db::Timestamp(0), keep, 100)).await.unwrap()
        };
        assert_eq!((prune(3).await, counted().await), (4, (1, "3".to_owned())));
        for _ in 0..4 {
            let post = house.says(&ana, json!({ "status": "Hello" })).await;
            likes(&house, &ben, &post).await;
        }
        assert_eq!((prune(3).await, counted().await), (2, (3, "3".to_owned())));
        // Groups go on whatever stands in them.
        let grouped = house.get(&ana, "/api/v2/notifications").await.ok();
        assert_eq!(grouped["notification_groups"].as_array().unwrap().len(), 3);
    }

    async fn who_waits_is_listed_with_their_last_post(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (closed(&house).await, house.employee("ben").await, house.employee("cleo").await);
        house.says(&ben, json!({"status": "@ana One"})).await;
        house.wait(60);
        house.says(&cleo, json!({"status": "@ana Hello"})).await;
        let last = house.says(&ben, json!({"status": "@ana Two"})).await;
        let list = requests(&house, &ana).await;
        let told: Vec<&Value> = list.as_array().unwrap().iter().map(|one| &one["account"]["username"]).collect();
        assert_eq!(told, [&json!("cleo"), &json!("ben")]);
        let id = list[1]["id"].as_str().unwrap();
        let mut shown = calm(&list[1], &[(id, "REQUEST")]);
        assert_eq!((&shown["account"]["id"], &shown["last_status"]["id"]), (&json!(ben.id()), &json!(last)));
        shown["account"] = Value::Null;
        shown["last_status"] = Value::Null;
        assert_eq!(shown, json!({"id": "REQUEST", "created_at": "2026-11-01T12:00:00.000Z", "updated_at": "2026-11-01T12:01:00.000Z", "notifications_count": "2", "account": null, "last_status": null}));
        assert_eq!(house.get(&ana, &format!("{PATH}/{id}")).await.ok(), list[1]);
        let first = house.get(&ana, &format!("{PATH}?limit=1")).await;
        let second = house.get(&ana, &first.link("next").unwrap()).await;
        assert_eq!([ids(&first.body), ids(&second.body)].concat(), ids(&list));
        assert_eq!(house.get(&ana, "/api/v2/notifications/policy").await.ok()["summary"], json!({"pending_requests_count": 2, "pending_notifications_count": 3}));
        // What is taken back waits no more.
        house.delete(&ben, &format!("/api/v1/statuses/{last}")).await.ok();
        assert_eq!(requests(&house, &ana).await[1]["notifications_count"], "1");
        house.post(&ana, "/api/v1/notifications/clear", json!({})).await.ok();
        assert_eq!((requests(&house, &ana).await, house.get(&ana, &format!("{PATH}/{id}")).await.status.as_u16()), (json!([]), 404));
    }

    async fn who_is_let_in_stays_in(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (closed(&house).await, house.employee("ben").await);
        house.says(&ben, json!({"status": "@ana One"})).await;
        let id = ids(&requests(&house, &ana).await)[0].clone();
        assert_eq!(kinds(&house, &ana, "").await.len(), 0);
        assert_eq!(house.post(&ana, &format!("{PATH}/{id}/accept"), json!({})).await.ok(), json!({}));
        assert_eq!(house.get(&ana, &format!("{PATH}/merged")).await.ok(), json!({"merged": true}));
        assert_eq!((kinds(&house, &ana, "").await, requests(&house, &ana).await), (vec!["mention".to_owned()], json!([])));
        house.says(&ben, json!({"status": "@ana Two"})).await;
        assert_eq!(kinds(&house, &ana, "").await.len(), 2);
        assert_eq!(house.post(&ana, &format!("{PATH}/{id}/accept"), json!({})).await.status, 404);
        // Until one blocks them.
        for what in ["block", "unblock"] {
            house.post(&ana, &format!("/api/v1/accounts/{}/{what}", ben.id()), json!({})).await.ok();
        }
        house.says(&ben, json!({"status": "@ana Three"})).await;
        assert_eq!((kinds(&house, &ana, "").await.len(), requests(&house, &ana).await.as_array().unwrap().len()), (0, 1));
    }

    async fn who_is_dismissed_waits_again(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (closed(&house).await, house.employee("ben").await);
        for word in ["One", "Two"] {
            house.says(&ben, json!({"status": format!("@ana {word}")})).await;
            let id = ids(&requests(&house, &ana).await)[0].clone();
            assert_eq!(house.post(&ana, &format!("{PATH}/{id}/dismiss"), json!({})).await.ok(), json!({}));
            assert_eq!((requests(&house, &ana).await, kinds(&house, &ana, "?include_filtered=true").await.len()), (json!([]), 0));
        }
    }

    async fn several_are_answered_at_once_and_only_ones_own(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, mut all) = (closed(&house).await, Vec::new());
        for name in ["ben", "cleo", "dora", "eve"] {
            all.push(house.employee(name).await);
            house.says(&all[all.len() - 1], json!({"status": "@ana Hello"})).await;
        }
        let waiting = ids(&requests(&house, &ana).await);
        for what in ["accept", "dismiss"] {
            house.post(&all[0], &format!("{PATH}/{what}"), json!({"id": waiting})).await.ok();
            for id in &waiting {
                assert_eq!(house.post(&all[0], &format!("{PATH}/{id}/{what}"), json!({})).await.status, 404);
                assert_eq!(house.get(&all[0], &format!("{PATH}/{id}")).await.status, 404);
            }
        }
        assert_eq!(ids(&requests(&house, &ana).await), waiting);
        let many: Vec<&String> = std::iter::repeat_n(&waiting[0], 81).collect();
        assert_eq!(house.post(&ana, &format!("{PATH}/accept"), json!({"id": many})).await.status, 422);
        house.call(Some(&ana), Method::POST, &format!("{PATH}/accept?id[]={}&id[]={}", waiting[0], waiting[1]), Value::Null).await.ok();
        house.post(&ana, &format!("{PATH}/dismiss"), json!({"id": [waiting[2]]})).await.ok();
        assert_eq!(ids(&requests(&house, &ana).await), waiting[3..]);
        let told = house.get(&ana, "/api/v1/notifications").await.ok();
        assert_eq!(each(&told, "type").len(), 2);
    }

    async fn what_somebody_was_told_goes_with_them(database: TestDatabase) {
        use diesel::prelude::*;
        use guildhall::db::schema::{notification_permissions, notification_policies, notification_requests, notifications};
        let house = House::open(database).await;
        let (ana, ben, cleo) = (closed(&house).await, house.employee("ben").await, house.employee("cleo").await);
        for who in [&ben, &cleo] {
            house.says(who, json!({"status": "@ana Hello"})).await;
        }
        let id = ids(&requests(&house, &ana).await)[0].clone();
        house.post(&ana, &format!("{PATH}/{id}/accept"), json!({})).await.ok();
        let left = || house.app.db.read(|conn| Ok([
            notifications::table.count().get_result::<i64>(conn)?,
            notification_policies::table.count().get_result(conn)?,
            notification_requests::table.count().get_result(conn)?,
            notification_permissions::table.count().get_result(conn)?,
        ]));
        assert_eq!(left().await.unwrap(), [2, 1, 1, 1]);
        let account = ana.account;
        house.app.db.write(move |tx| accounts::delete(tx, account)).await.unwrap();
        crate::leak::work(&house).await;
        assert_eq!(left().await.unwrap(), [0; 4]);
    }
}
