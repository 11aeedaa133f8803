//! Lists of people, and what they say.

use axum::body::Body;
use guildhall::domain::{
    accounts::{self, AccountKind, Role},
    follows,
    posts::ReplyTo,
};
use http::{Method, Request, header};
use serde_json::{Value, json};

use super::{House, Person, follow, ids, walk};

async fn list(house: &House, who: &Person, body: Value) -> String {
    house.post(who, "/api/v1/lists", body).await.ok()["id"].as_str().unwrap().to_owned()
}

async fn put_in(house: &House, who: &Person, list: &str, whom: &[&str]) {
    let path = format!("/api/v1/lists/{list}/accounts");
    assert_eq!(house.post(who, &path, json!({"account_ids": whom})).await.ok(), json!({}));
}

async fn timeline(house: &House, who: &Person, list: &str) -> Vec<String> {
    ids(&house.get(who, &format!("/api/v1/timelines/list/{list}")).await.ok())
}

async fn home(house: &House, who: &Person) -> Vec<String> {
    ids(&house.get(who, "/api/v1/timelines/home").await.ok())
}

on_both! {
    async fn a_list_is_made_changed_and_deleted(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        assert_eq!(house.get(&ana, "/api/v1/lists").await.ok(), json!([]));
        let made = house.post(&ana, "/api/v1/lists", json!({"title": " Friends "})).await.ok();
        let id = made["id"].as_str().unwrap();
        assert_eq!(made, json!({"id": id, "title": "Friends", "replies_policy": "list", "exclusive": false}));
        let path = format!("/api/v1/lists/{id}");
        assert_eq!(house.get(&ana, &path).await.ok(), made);
        let second = house.post(&ana, "/api/v1/lists", json!({"title": "Press", "replies_policy": "none", "exclusive": "1"})).await.ok();
        assert_eq!((&second["replies_policy"], &second["exclusive"]), (&json!("none"), &json!(true)));
        assert_eq!(house.get(&ana, "/api/v1/lists").await.ok(), json!([made, second]));
        let changed = house.put(&ana, &path, json!({"title": "Team", "replies_policy": "followed"})).await.ok();
        assert_eq!(changed, json!({"id": id, "title": "Team", "replies_policy": "followed", "exclusive": false}));
        let changed = house.call(Some(&ana), Method::PATCH, &path, json!({"exclusive": true})).await.ok();
        assert_eq!(changed, json!({"id": id, "title": "Team", "replies_policy": "followed", "exclusive": true}));
        assert_eq!(house.get(&ana, &path).await.ok(), changed);
        for body in [json!({}), json!({"title": "  "}), json!({"title": "x".repeat(257)}), json!({"title": "x", "replies_policy": "some"})] {
            assert_eq!(house.post(&ana, "/api/v1/lists", body.clone()).await.status, 422, "{body}");
        }
        assert_eq!(house.put(&ana, &path, json!({"title": ""})).await.refusal(), (422, "Validation failed: Title can't be blank"));
        assert_eq!(house.delete(&ana, &path).await.ok(), json!({}));
        assert_eq!(house.delete(&ana, &path).await.refusal(), (404, "Record not found"));
        assert_eq!(house.get(&ana, "/api/v1/lists").await.ok(), json!([second]));
        for number in 0..49 {
            list(&house, &ana, json!({"title": format!("Number {number}")})).await;
        }
        assert_eq!(house.post(&ana, "/api/v1/lists", json!({"title": "One too many"})).await.status, 422);
        assert_eq!(house.get(&ana, "/api/v1/lists").await.ok().as_array().unwrap().len(), 50);
    }

    async fn only_whom_one_follows_goes_into_a_list(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo, dora) =
            (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await, house.employee("dora").await);
        let eve = house.stranger("eve", "remote.example").await;
        let eve_id = eve.id.to_string();
        for whom in [&ben.id(), &cleo.id(), &eve_id] {
            follow(&house, &ana, whom).await;
        }
        let id = list(&house, &ana, json!({"title": "Friends"})).await;
        let path = format!("/api/v1/lists/{id}/accounts");
        put_in(&house, &ana, &id, &[&ben.id()]).await;
        for (whom, status) in [
            (vec![dora.id()], 404),
            (vec![cleo.id(), dora.id()], 404),
            (vec!["999".to_owned()], 404),
            (vec!["x".to_owned()], 404),
            (vec![ben.id()], 422),
            (vec![cleo.id(), ben.id()], 422),
        ] {
            assert_eq!(house.post(&ana, &path, json!({"account_ids": whom})).await.status, status, "{whom:?}");
            assert_eq!(ids(&house.get(&ana, &path).await.ok()), [ben.id()], "all or none");
        }
        // Who was only asked counts as well, and oneself needs no follow.
        let form = Request::post(&path)
            .header(header::AUTHORIZATION, format!("Bearer {}", ana.token))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("account_ids[]={}&account_ids[]={eve_id}&account_ids[]={}", cleo.id(), ana.id())))
            .unwrap();
        house.send(form).await.ok();
        let mut members = ids(&house.get(&ana, &format!("{path}?limit=0")).await.ok());
        members.sort();
        let mut expected = vec![ana.id(), ben.id(), cleo.id(), eve_id.clone()];
        expected.sort();
        assert_eq!(members, expected);
        let (down, up) = walk(&house, &ana, &format!("{path}?limit=1")).await;
        assert_eq!((down.len(), &down), (4, &up));
        let with = |whom: String| format!("/api/v1/accounts/{whom}/lists");
        assert_eq!(ids(&house.get(&ana, &with(eve_id.clone())).await.ok()), std::slice::from_ref(&id));
        assert_eq!(house.get(&ana, &with(dora.id())).await.ok(), json!([]));
        assert_eq!(house.get(&ana, &with("999".to_owned())).await.status, 404);
        // Out by the query, by a form and by JSON; who is unfollowed or says no leaves by themselves.
        house.delete(&ana, &format!("{path}?account_ids[]={}", ana.id())).await.ok();
        let form = Request::delete(&path)
            .header(header::AUTHORIZATION, format!("Bearer {}", ana.token))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("account_ids[]={}", cleo.id())))
            .unwrap();
        assert_eq!(house.send(form).await.ok(), json!({}));
        assert_eq!(house.get(&ana, &path).await.ok().as_array().unwrap().len(), 2);
        house.call(Some(&ana), Method::DELETE, &path, json!({"account_ids": [dora.id()]})).await.ok();
        house.post(&ana, &format!("/api/v1/accounts/{}/unfollow", ben.id()), json!({})).await.ok();
        assert_eq!(ids(&house.get(&ana, &path).await.ok()), [eve_id]);
        let (target, follower) = (eve.id, ana.actor);
        house.app.db.write(move |tx| follows::rejected_elsewhere(tx, target, follower)).await.unwrap();
        assert_eq!(house.get(&ana, &path).await.ok(), json!([]));
    }

    async fn a_list_shows_what_its_members_say_and_boost(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        let eve = house.stranger("eve", "remote.example").await;
        follow(&house, &ana, &ben.id()).await;
        follow(&house, &ana, &cleo.id()).await;
        let before = house.says(&ben, json!({"status": "Before the list"})).await;
        let id = list(&house, &ana, json!({"title": "Friends"})).await;
        put_in(&house, &ana, &id, &[&ben.id()]).await;
        house.says(&cleo, json!({"status": "Not in the list"})).await;
        let inside = house.says(&ben, json!({"status": "Inside", "local_only": true})).await;
        let elsewhere = house.arrived(&eve, |_| {}).await;
        let boost = house.post(&ben, &format!("/api/v1/statuses/{elsewhere}/reblog"), json!({})).await.ok();
        let boost = boost["id"].as_str().unwrap().to_owned();
        assert_eq!(timeline(&house, &ana, &id).await, [boost.clone(), inside.clone(), before.clone()]);
        let (down, up) = walk(&house, &ana, &format!("/api/v1/timelines/list/{id}?limit=1")).await;
        assert_eq!((&down, &up), (&vec![boost.clone(), inside, before], &down));
        let filter = json!({"title": "Not now", "context": ["home"], "filter_action": "hide", "keywords_attributes": [{"keyword": "before", "whole_word": true}]});
        house.post(&ana, "/api/v2/filters", filter).await.ok();
        assert_eq!(timeline(&house, &ana, &id).await.len(), 2, "filters for home hold here too");
        house.post(&ana, &format!("/api/v1/accounts/{}/mute", ben.id()), json!({})).await.ok();
        assert_eq!(timeline(&house, &ana, &id).await, [""; 0], "who is muted is muted here too");
    }

    async fn replies_to_others_are_shown_as_the_list_says(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo, dora) =
            (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await, house.employee("dora").await);
        for whom in [&ben, &cleo, &dora] {
            follow(&house, &ana, &whom.id()).await;
        }
        let id = list(&house, &ana, json!({"title": "Friends", "replies_policy": "followed"})).await;
        put_in(&house, &ana, &id, &[&ben.id(), &cleo.id()]).await;
        let mut questions = Vec::new();
        for who in [&ana, &ben, &cleo, &dora] {
            questions.push(house.says(who, json!({"status": "A question", "visibility": "unlisted"})).await);
        }
        let mut answers = Vec::new();
        for question in &questions {
            answers.push(house.says(&ben, json!({"status": "An answer", "in_reply_to_id": question})).await);
        }
        let [to_ana, to_himself, to_cleo, to_dora] = answers.try_into().unwrap();
        let shown = async |policy: &str| {
            house.put(&ana, &format!("/api/v1/lists/{id}"), json!({"replies_policy": policy})).await.ok();
            timeline(&house, &ana, &id).await.into_iter().filter(|shown| !questions.contains(shown)).collect::<Vec<_>>()
        };
        assert_eq!(shown("followed").await, [to_dora.clone(), to_cleo.clone(), to_himself.clone(), to_ana.clone()]);
        assert_eq!(shown("list").await, [to_cleo, to_himself.clone(), to_ana.clone()]);
        assert_eq!(shown("none").await, [to_himself, to_ana]);
    }

    async fn what_answers_nothing_that_is_here_is_no_answer_to_a_member(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let eve = house.stranger("eve", "remote.example").await;
        follow(&house, &ana, &eve.id.to_string()).await;
        let (target, follower) = (eve.id, ana.actor);
        house.app.db.write(move |tx| follows::accepted_elsewhere(tx, target, follower)).await.unwrap();
        let id = list(&house, &ana, json!({"title": "Friends", "replies_policy": "none"})).await;
        put_in(&house, &ana, &id, &[&eve.id.to_string()]).await;
        let plain = house.arrived(&eve, |_| {}).await.to_string();
        house.arrived(&eve, |draft| draft.reply_to = Some(ReplyTo { post: None, uri: Some("https://third.example/1".to_owned()) })).await;
        assert_eq!(timeline(&house, &ana, &id).await, [plain]);
    }

    async fn members_of_an_exclusive_list_are_not_at_home(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        follow(&house, &ana, &ben.id()).await;
        follow(&house, &ana, &cleo.id()).await;
        follow(&house, &cleo, &ben.id()).await;
        let (from_ben, from_cleo) = (house.says(&ben, json!({"status": "Hello"})).await, house.says(&cleo, json!({"status": "Hello"})).await);
        let id = list(&house, &ana, json!({"title": "Apart", "exclusive": true})).await;
        assert_eq!(home(&house, &ana).await, [from_cleo.clone(), from_ben.clone()]);
        put_in(&house, &ana, &id, &[&ben.id()]).await;
        let again = house.says(&ben, json!({"status": "Again"})).await;
        assert_eq!(home(&house, &ana).await, std::slice::from_ref(&from_cleo));
        assert_eq!(timeline(&house, &ana, &id).await, [again.clone(), from_ben.clone()]);
        assert_eq!(home(&house, &cleo).await, [again.clone(), from_cleo.clone(), from_ben.clone()], "others read on");
        house.put(&ana, &format!("/api/v1/lists/{id}"), json!({"exclusive": false})).await.ok();
        assert_eq!(home(&house, &ana).await, [again.clone(), from_cleo.clone(), from_ben.clone()]);
        house.put(&ana, &format!("/api/v1/lists/{id}"), json!({"exclusive": true})).await.ok();
        house.delete(&ana, &format!("/api/v1/lists/{id}")).await.ok();
        assert_eq!(home(&house, &ana).await, [again, from_cleo, from_ben]);
    }

    async fn nobody_finds_or_changes_the_lists_of_another(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        follow(&house, &ana, &ben.id()).await;
        follow(&house, &ben, &ana.id()).await;
        let brand = house.brand_of(&ana).await;
        let id = list(&house, &ana, json!({"title": "Secret"})).await;
        put_in(&house, &ana, &id, &[&ben.id()]).await;
        let (path, accounts) = (format!("/api/v1/lists/{id}"), format!("/api/v1/lists/{id}/accounts"));
        for other in [&ben, &brand] {
            for (method, path, body) in [
                (Method::GET, path.clone(), Value::Null),
                (Method::PUT, path.clone(), json!({"title": "Mine"})),
                (Method::DELETE, path.clone(), Value::Null),
                (Method::GET, accounts.clone(), Value::Null),
                (Method::POST, accounts.clone(), json!({"account_ids": [ana.id()]})),
                (Method::DELETE, accounts.clone(), json!({"account_ids": [ben.id()]})),
                (Method::GET, format!("/api/v1/timelines/list/{id}"), Value::Null),
            ] {
                assert_eq!(house.call(Some(other), method.clone(), &path, body).await.refusal(), (404, "Record not found"), "{method} {path}");
            }
            assert_eq!(house.get(other, "/api/v1/lists").await.ok(), json!([]));
            assert_eq!(house.get(other, &format!("/api/v1/accounts/{}/lists", ben.id())).await.ok(), json!([]));
        }
        assert_eq!(house.get(&ana, &path).await.ok()["title"], "Secret");
        assert_eq!(ids(&house.get(&ana, &accounts).await.ok()), [ben.id()]);
        // The brand has its own, with what the brand hears.
        follow(&house, &brand, &ben.id()).await;
        let its = list(&house, &brand, json!({"title": "Partners"})).await;
        put_in(&house, &brand, &its, &[&ben.id()]).await;
        let said = house.says(&ben, json!({"status": "Hello"})).await;
        assert_eq!(timeline(&house, &brand, &its).await, [said]);
        assert_eq!(ids(&house.get(&ana, "/api/v1/lists").await.ok()), [id]);
        let outside = (403, "This action is outside the authorized scopes");
        let reader = house.person_with("reader", AccountKind::Employee, Role::Member, "read:statuses read:accounts write:statuses").await;
        for (method, path) in [(Method::GET, "/api/v1/lists"), (Method::POST, "/api/v1/lists"), (Method::GET, "/api/v1/timelines/list/1"), (Method::GET, "/api/v1/lists/1/accounts"), (Method::DELETE, "/api/v1/lists/1")] {
            assert_eq!(house.call(Some(&reader), method, path, json!({})).await.refusal(), outside, "{path}");
            assert_eq!(house.get(None, "/api/v1/lists").await.status, 401);
        }
    }

    async fn lists_go_with_their_owner(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        follow(&house, &ana, &ben.id()).await;
        let id = list(&house, &ana, json!({"title": "Friends"})).await;
        put_in(&house, &ana, &id, &[&ben.id(), &ana.id()]).await;
        let account = ana.account;
        house.app.db.write(move |tx| accounts::delete(tx, account)).await.unwrap();
        house.work().await;
        let left = house.app.db.read(|conn| {
            use diesel::prelude::*;
            use guildhall::db::schema::{list_members, lists};
            Ok((lists::table.count().get_result::<i64>(conn)?, list_members::table.count().get_result::<i64>(conn)?))
        });
        assert_eq!(left.await.unwrap(), (0, 0));
    }
}
