//! Two instances of ours through every verb, ending with the same thread on both.

use guildhall::domain::accounts::AccountKind;
use serde_json::{Value, json};

use crate::support::{
    database::TestDatabase,
    server::{Person, Server},
};

async fn two(database: TestDatabase) -> ((Server, Person), (Server, Person)) {
    let other = if database.url.starts_with("postgres") { TestDatabase::postgres() } else { TestDatabase::sqlite() };
    let (here, there) = (Server::start(database).await, Server::start(other).await);
    let (ana, bo) = (here.person("ana", AccountKind::Employee).await, there.person("bo", AccountKind::Employee).await);
    ((here, ana), (there, bo))
}

fn following(answer: &Value) -> bool {
    answer[0]["following"] == true
}

/// What a thread looks like to somebody, without what differs from server to server.
async fn thread(server: &Server, who: &Person, uri: &str) -> Vec<Value> {
    let id = server.find_post(who, uri).await;
    let root = server.get(who, &format!("/api/v1/statuses/{id}")).await;
    let context = server.get(who, &format!("/api/v1/statuses/{id}/context")).await;
    std::iter::once(&root)
        .chain(context["descendants"].as_array().unwrap())
        .map(|post| {
            json!({
                "uri": post["uri"], "content": post["content"], "spoiler": post["spoiler_text"], "visibility": post["visibility"],
                "author": post["account"]["uri"], "replies": post["replies_count"], "likes": post["favourites_count"], "boosts": post["reblogs_count"],
                "tags": post["tags"].as_array().unwrap().iter().map(|tag| tag["name"].clone()).collect::<Vec<_>>(),
            })
        })
        .collect()
}

on_both! {
    async fn every_verb_travels_and_the_threads_end_identical(database: TestDatabase) {
        let ((here, ana), (there, bo)) = two(database).await;
        // Follow, both ways.
        let ana_there = there.find(&bo, &ana.handle).await;
        there.post(&bo, &format!("/api/v1/accounts/{ana_there}/follow"), Value::Null).await;
        there.wait_for(&bo, &format!("/api/v1/accounts/relationships?id[]={ana_there}"), "the Accept", following).await;
        let bo_here = here.find(&ana, &bo.handle).await;
        here.wait_for(&ana, "/api/v1/notifications", "the follow's notification", |list| list[0]["type"] == "follow").await;
        here.post(&ana, &format!("/api/v1/accounts/{bo_here}/follow"), Value::Null).await;
        here.wait_for(&ana, &format!("/api/v1/accounts/relationships?id[]={bo_here}"), "the Accept", following).await;
        // Post with a mention, a hashtag and a content warning.
        let post = here.post(&ana, "/api/v1/statuses", json!({"status": format!("Hello {} #Tea", bo.handle), "spoiler_text": "greeting", "language": "en"})).await;
        let uri = post["uri"].as_str().unwrap().to_owned();
        let arrived = there.wait_at_home(&bo, &uri).await;
        assert_eq!((&arrived["spoiler_text"], &arrived["language"], &arrived["content"]), (&json!("greeting"), &json!("en"), &post["content"]));
        assert_eq!(arrived["mentions"][0]["acct"], "bo");
        there.wait_for(&bo, "/api/v1/notifications", "the mention", |list| list[0]["type"] == "mention").await;
        // Reply, like, boost.
        let there_id = arrived["id"].as_str().unwrap().to_owned();
        let reply = there.post(&bo, "/api/v1/statuses", json!({"status": format!("{} Welcome", ana.handle), "in_reply_to_id": there_id})).await;
        let reply_uri = reply["uri"].as_str().unwrap().to_owned();
        here.wait_at_home(&ana, &reply_uri).await;
        there.post(&bo, &format!("/api/v1/statuses/{there_id}/favourite"), Value::Null).await;
        there.post(&bo, &format!("/api/v1/statuses/{there_id}/reblog"), Value::Null).await;
        let here_id = post["id"].as_str().unwrap().to_owned();
        let counted = |post: &Value| post["favourites_count"] == 1 && post["reblogs_count"] == 1 && post["replies_count"] == 1;
        here.wait_for(&ana, &format!("/api/v1/statuses/{here_id}"), "like and boost", counted).await;
        let reply_here = here.find_post(&ana, &reply_uri).await;
        here.post(&ana, &format!("/api/v1/statuses/{reply_here}/favourite"), Value::Null).await;
        there.wait_for(&bo, &format!("/api/v1/statuses/{}", reply["id"].as_str().unwrap()), "the like of the reply", |post| post["favourites_count"] == 1).await;
        // Edit, with history.
        here.call(&ana, "PUT", &format!("/api/v1/statuses/{here_id}"), json!({"status": format!("Good morning {} #Tea #Cake", bo.handle), "spoiler_text": ""})).await;
        there.wait_for(&bo, &format!("/api/v1/statuses/{there_id}"), "the edit", |post| post["content"].as_str().is_some_and(|text| text.contains("Good morning"))).await;
        assert_eq!(there.get(&bo, &format!("/api/v1/statuses/{there_id}/history")).await.as_array().unwrap().len(), 2);
        assert_eq!(thread(&here, &ana, &uri).await, thread(&there, &bo, &uri).await);
        // Take back what can be taken back.
        there.post(&bo, &format!("/api/v1/statuses/{there_id}/unfavourite"), Value::Null).await;
        there.post(&bo, &format!("/api/v1/statuses/{there_id}/unreblog"), Value::Null).await;
        here.wait_for(&ana, &format!("/api/v1/statuses/{here_id}"), "unlike and unboost", |post| post["favourites_count"] == 0 && post["reblogs_count"] == 0).await;
        assert_eq!(thread(&here, &ana, &uri).await, thread(&there, &bo, &uri).await);
        there.call(&bo, "DELETE", &format!("/api/v1/statuses/{}", reply["id"].as_str().unwrap()), Value::Null).await;
        here.wait_for(&ana, &format!("/api/v1/statuses/{reply_here}"), "the deletion", |answer| answer["error"].is_string()).await;
        assert_eq!(thread(&here, &ana, &uri).await, thread(&there, &bo, &uri).await);
        // Receipts say who got it.
        let receipts = here.get(&ana, &format!("/api/guildhall/v1/posts/{here_id}/receipts")).await;
        let all: Vec<_> = receipts["receipts"].as_array().unwrap().iter().map(|receipt| (receipt["activity"].clone(), receipt["state"].clone())).collect();
        assert_eq!(all, [(json!("Create"), json!("delivered")), (json!("Update"), json!("delivered"))]);
        // Unfollow, remove a follower, block.
        there.post(&bo, &format!("/api/v1/accounts/{ana_there}/unfollow"), Value::Null).await;
        here.wait_for(&ana, &format!("/api/v1/accounts/relationships?id[]={bo_here}"), "the Undo", |answer| answer[0]["followed_by"] == false).await;
        there.post(&bo, &format!("/api/v1/accounts/{ana_there}/remove_from_followers"), Value::Null).await;
        here.wait_for(&ana, &format!("/api/v1/accounts/relationships?id[]={bo_here}"), "the Reject", |answer| answer[0]["following"] == false).await;
        there.post(&bo, &format!("/api/v1/accounts/{ana_there}/block"), Value::Null).await;
        here.wait_for(&ana, &format!("/api/v1/accounts/relationships?id[]={bo_here}"), "the Block", |answer| answer[0]["blocked_by"] == true).await;
    }

    async fn a_locked_account_answers_when_it_likes(database: TestDatabase) {
        let ((here, ana), (there, bo)) = two(database).await;
        here.call(&ana, "PATCH", "/api/v1/accounts/update_credentials", json!({"locked": true})).await;
        let ana_there = there.find(&bo, &ana.handle).await;
        let asked = there.post(&bo, &format!("/api/v1/accounts/{ana_there}/follow"), Value::Null).await;
        assert_eq!((&asked["following"], &asked["requested"]), (&json!(false), &json!(true)));
        let waiting = here.wait_for(&ana, "/api/v1/follow_requests", "the request", |list| list[0]["id"].is_string()).await;
        let bo_here = waiting[0]["id"].as_str().unwrap().to_owned();
        // Nothing for followers reaches somebody who was not accepted.
        let early = here.post(&ana, "/api/v1/statuses", json!({"status": "for followers", "visibility": "private"})).await;
        here.post(&ana, &format!("/api/v1/follow_requests/{bo_here}/reject"), Value::Null).await;
        there.wait_for(&bo, &format!("/api/v1/accounts/relationships?id[]={ana_there}"), "the Reject", |answer| answer[0]["requested"] == false).await;
        there.post(&bo, &format!("/api/v1/accounts/{ana_there}/follow"), Value::Null).await;
        here.wait_for(&ana, "/api/v1/follow_requests", "the second request", |list| list[0]["id"].is_string()).await;
        here.post(&ana, &format!("/api/v1/follow_requests/{bo_here}/authorize"), Value::Null).await;
        there.wait_for(&bo, &format!("/api/v1/accounts/relationships?id[]={ana_there}"), "the Accept", following).await;
        let late = here.post(&ana, "/api/v1/statuses", json!({"status": "for followers now", "visibility": "private"})).await;
        let arrived = there.wait_at_home(&bo, late["uri"].as_str().unwrap()).await;
        assert_eq!(arrived["visibility"], "private");
        let home = there.get(&bo, "/api/v1/timelines/home").await;
        assert!(home.as_array().unwrap().iter().all(|post| post["uri"] != early["uri"]));
        let (status, _) = there.try_call(Some(&bo), "POST", &format!("/api/v1/statuses/{}/reblog", arrived["id"].as_str().unwrap()), Value::Null).await;
        assert!(status.is_client_error(), "followers-only posts of others cannot be boosted");
    }

    async fn a_direct_message_reaches_only_whom_it_names(database: TestDatabase) {
        let ((here, ana), (there, bo)) = two(database).await;
        let cy = there.person("cy", AccountKind::Customer).await;
        let ana_there = there.find(&cy, &ana.handle).await;
        there.post(&cy, &format!("/api/v1/accounts/{ana_there}/follow"), Value::Null).await;
        there.wait_for(&cy, &format!("/api/v1/accounts/relationships?id[]={ana_there}"), "the Accept", following).await;
        here.post(&ana, "/api/v1/statuses", json!({"status": format!("{} just us", bo.handle), "visibility": "direct"})).await;
        let told = there.wait_for(&bo, "/api/v1/notifications", "the message", |list| list[0]["type"] == "mention").await;
        let id = told[0]["status"]["id"].as_str().unwrap().to_owned();
        assert_eq!(told[0]["status"]["visibility"], "direct");
        let (status, _) = there.try_call(Some(&cy), "GET", &format!("/api/v1/statuses/{id}"), Value::Null).await;
        assert_eq!(status, 404);
        let (status, _) = there.try_call(None, "GET", &format!("/api/v1/statuses/{id}"), Value::Null).await;
        assert_eq!(status, 404);
    }

    async fn what_is_deleted_answers_410_and_a_deleted_person_is_gone_everywhere(database: TestDatabase) {
        let ((here, ana), (there, bo)) = two(database).await;
        let ana_there = there.find(&bo, &ana.handle).await;
        there.post(&bo, &format!("/api/v1/accounts/{ana_there}/follow"), Value::Null).await;
        there.wait_for(&bo, &format!("/api/v1/accounts/relationships?id[]={ana_there}"), "the Accept", following).await;
        let post = here.post(&ana, "/api/v1/statuses", json!({"status": "soon gone"})).await;
        there.wait_at_home(&bo, post["uri"].as_str().unwrap()).await;
        here.call(&ana, "DELETE", &format!("/api/v1/statuses/{}", post["id"].as_str().unwrap()), Value::Null).await;
        let path = post["uri"].as_str().unwrap().strip_prefix(&here.origin).unwrap();
        let (status, tombstone) = here.try_call(None, "GET", path, Value::Null).await;
        assert_eq!((status.as_u16(), &tombstone["type"]), (410, &json!("Tombstone")));
        let actor = ana.actor;
        here.app.db.write(move |tx| {
            while guildhall::domain::posts::delete_all_of(tx, actor, 100)? {}
            let account = guildhall::domain::accounts::find_by_actor(tx.conn(), actor)?.unwrap();
            guildhall::domain::accounts::delete(tx, account.id)
        }).await.unwrap();
        let (status, _) = here.try_call(None, "GET", ana.uri.strip_prefix(&here.origin).unwrap(), Value::Null).await;
        assert_eq!(status, 410);
        there.wait_for(&bo, &format!("/api/v1/accounts/{ana_there}"), "the Delete of the person", |answer| answer["error"].is_string() || answer["suspended"] == true).await;
        let home = there.get(&bo, "/api/v1/timelines/home").await;
        assert_eq!(home, json!([]));
    }
}
