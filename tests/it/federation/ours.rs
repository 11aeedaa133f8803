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

/// The addresses of the accounts in a list.
fn accounts(list: &Value) -> Vec<Value> {
    let mut uris: Vec<Value> = list.as_array().unwrap().iter().map(|account| account["uri"].clone()).collect();
    uris.sort_by_key(ToString::to_string);
    uris
}

/// A post without what differs from server to server; `all` is its thread.
async fn portrait(server: &Server, who: &Person, post: &Value, all: &[Value]) -> Value {
    let id = post["id"].as_str().unwrap();
    let parent = all.iter().find(|other| other["id"] == post["in_reply_to_id"]).map(|other| other["uri"].clone());
    let history = server.get(who, &format!("/api/v1/statuses/{id}/history")).await;
    let versions = history.as_array().unwrap().iter().map(|version| {
        json!([version["content"], version["spoiler_text"], version["sensitive"], version["created_at"]])
    });
    let mut mentions: Vec<Value> =
        post["mentions"].as_array().unwrap().iter().map(|mention| mention["url"].clone()).collect();
    mentions.sort_by_key(ToString::to_string);
    json!({
        "uri": post["uri"], "url": post["url"], "content": post["content"], "spoiler": post["spoiler_text"],
        "visibility": post["visibility"], "language": post["language"], "sensitive": post["sensitive"],
        "created_at": post["created_at"], "edited_at": post["edited_at"], "author": post["account"]["uri"],
        "answers": parent, "mentions": mentions, "history": versions.collect::<Vec<_>>(),
        "replies": post["replies_count"], "likes": post["favourites_count"], "boosts": post["reblogs_count"],
        "liked_by": accounts(&server.get(who, &format!("/api/v1/statuses/{id}/favourited_by")).await),
        "boosted_by": accounts(&server.get(who, &format!("/api/v1/statuses/{id}/reblogged_by")).await),
        "tags": post["tags"].as_array().unwrap().iter().map(|tag| tag["name"].clone()).collect::<Vec<_>>(),
    })
}

/// What a thread looks like to somebody: what is above a post, the post, and what is below.
async fn thread(server: &Server, who: &Person, uri: &str) -> Vec<Value> {
    let id = server.find_post(who, uri).await;
    let root = server.get(who, &format!("/api/v1/statuses/{id}")).await;
    let context = server.get(who, &format!("/api/v1/statuses/{id}/context")).await;
    let mut all = context["ancestors"].as_array().unwrap().clone();
    all.push(root);
    all.extend(context["descendants"].as_array().unwrap().iter().cloned());
    let mut portraits = Vec::new();
    for post in &all {
        portraits.push(portrait(server, who, post, &all).await);
    }
    portraits
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
        // An answer to the answer: its thread has something above it.
        let answer = here.post(&ana, "/api/v1/statuses", json!({"status": format!("{} Thank you", bo.handle), "in_reply_to_id": reply_here, "sensitive": true, "language": "de"})).await;
        let answer_uri = answer["uri"].as_str().unwrap().to_owned();
        there.wait_at_home(&bo, &answer_uri).await;
        // Edit, with history.
        here.call(&ana, "PUT", &format!("/api/v1/statuses/{here_id}"), json!({"status": format!("Good morning {} #Tea #Cake", bo.handle), "spoiler_text": ""})).await;
        there.wait_for(&bo, &format!("/api/v1/statuses/{there_id}"), "the edit", |post| post["content"].as_str().is_some_and(|text| text.contains("Good morning"))).await;
        assert_eq!(there.get(&bo, &format!("/api/v1/statuses/{there_id}/history")).await.as_array().unwrap().len(), 2);
        let ours = thread(&here, &ana, &uri).await;
        assert_eq!(ours, thread(&there, &bo, &uri).await);
        assert_eq!((ours.len(), &ours[0]["liked_by"], &ours[0]["boosted_by"]), (3, &json!([bo.uri]), &json!([bo.uri])));
        assert_eq!((&ours[1]["answers"], &ours[1]["liked_by"], &ours[2]["answers"]), (&json!(uri), &json!([ana.uri]), &json!(reply_uri)));
        assert_eq!((ours[0]["history"].as_array().unwrap().len(), &ours[2]["language"], &ours[2]["sensitive"]), (2, &json!("de"), &json!(true)));
        for part in [&reply_uri, &answer_uri] {
            let ours = thread(&here, &ana, part).await;
            assert_eq!(ours, thread(&there, &bo, part).await);
            assert_eq!(ours.len(), 3);
        }
        // Take back what can be taken back.
        there.post(&bo, &format!("/api/v1/statuses/{there_id}/unfavourite"), Value::Null).await;
        there.post(&bo, &format!("/api/v1/statuses/{there_id}/unreblog"), Value::Null).await;
        here.wait_for(&ana, &format!("/api/v1/statuses/{here_id}"), "unlike and unboost", |post| post["favourites_count"] == 0 && post["reblogs_count"] == 0).await;
        assert_eq!(thread(&here, &ana, &uri).await, thread(&there, &bo, &uri).await);
        there.call(&bo, "DELETE", &format!("/api/v1/statuses/{}", reply["id"].as_str().unwrap()), Value::Null).await;
        here.wait_for(&ana, &format!("/api/v1/statuses/{reply_here}"), "the deletion", |answer| answer["error"].is_string()).await;
        assert_eq!(thread(&here, &ana, &uri).await, thread(&there, &bo, &uri).await);
        // Receipts say who got it.
        let delivered = |receipts: &Value| {
            receipts.as_array().is_some_and(|all| all.len() == 2 && all.iter().all(|one| one["state"] == "delivered"))
        };
        let receipts = here.wait_for(&ana, &format!("/api/guildhall/v1/posts/{here_id}/deliveries"), "the receipts", delivered).await;
        let all: Vec<_> = receipts.as_array().unwrap().iter().rev().map(|receipt| (receipt["activity"].clone(), receipt["state"].clone())).collect();
        assert_eq!(all, [(json!("Create"), json!("delivered")), (json!("Update"), json!("delivered"))]);
        // Unfollow, remove a follower, block.
        there.post(&bo, &format!("/api/v1/accounts/{ana_there}/unfollow"), Value::Null).await;
        here.wait_for(&ana, &format!("/api/v1/accounts/relationships?id[]={bo_here}"), "the Undo", |answer| answer[0]["followed_by"] == false).await;
        there.post(&bo, &format!("/api/v1/accounts/{ana_there}/remove_from_followers"), Value::Null).await;
        here.wait_for(&ana, &format!("/api/v1/accounts/relationships?id[]={bo_here}"), "the Reject", |answer| answer[0]["following"] == false).await;
        there.post(&bo, &format!("/api/v1/accounts/{ana_there}/block"), Value::Null).await;
        here.wait_for(&ana, &format!("/api/v1/accounts/relationships?id[]={bo_here}"), "the Block", |answer| answer[0]["blocked_by"] == true).await;
    }

    async fn what_one_hides_is_hidden_until_one_looks_again(database: TestDatabase) {
        let ((here, ana), (there, bo)) = two(database).await;
        let bo_here = here.find(&ana, &bo.handle).await;
        let relation = format!("/api/v1/accounts/relationships?id[]={bo_here}");
        here.post(&ana, &format!("/api/v1/accounts/{bo_here}/follow"), Value::Null).await;
        here.wait_for(&ana, &relation, "the Accept", following).await;
        let first = there.post(&bo, "/api/v1/statuses", json!({"status": "before"})).await;
        here.wait_at_home(&ana, first["uri"].as_str().unwrap()).await;
        // Mute: nothing of theirs at home, and nobody is told.
        let told = there.letters().len();
        let muted = here.post(&ana, &format!("/api/v1/accounts/{bo_here}/mute"), Value::Null).await;
        assert_eq!((&muted["muting"], &muted["following"]), (&json!(true), &json!(true)));
        let home = here.get(&ana, "/api/v1/timelines/home").await;
        assert!(home.as_array().unwrap().iter().all(|post| post["account"]["uri"] != bo.uri.as_str()), "{home:#}");
        let second = there.post(&bo, "/api/v1/statuses", json!({"status": format!("{} while muted", ana.handle)})).await;
        here.wait_for(&ana, &format!("/api/v1/accounts/{bo_here}/statuses"), "the post while muted", |list| list.as_array().is_some_and(|list| list.len() == 2)).await;
        assert_eq!(here.get(&ana, "/api/v1/notifications").await, json!([]));
        let shown = here.post(&ana, &format!("/api/v1/accounts/{bo_here}/unmute"), Value::Null).await;
        assert_eq!(shown["muting"], false);
        here.wait_at_home(&ana, second["uri"].as_str().unwrap()).await;
        assert_eq!(there.letters().len(), told, "nobody is told of a mute");
        // Block: follows end, and following again is refused while it lasts.
        let ana_there = there.find(&bo, &ana.handle).await;
        there.post(&bo, &format!("/api/v1/accounts/{ana_there}/follow"), Value::Null).await;
        let relation_there = format!("/api/v1/accounts/relationships?id[]={ana_there}");
        there.wait_for(&bo, &relation_there, "the Accept", following).await;
        here.post(&ana, &format!("/api/v1/accounts/{bo_here}/block"), Value::Null).await;
        let blocked = there.wait_for(&bo, &relation_there, "the Block", |answer| answer[0]["blocked_by"] == true).await;
        assert_eq!((&blocked[0]["following"], &blocked[0]["followed_by"]), (&json!(false), &json!(false)));
        let (status, _) = there.try_call(Some(&bo), "POST", &format!("/api/v1/accounts/{ana_there}/follow"), Value::Null).await;
        assert!(status.is_client_error(), "{status}");
        let (status, _) = here.try_call(Some(&ana), "POST", &format!("/api/v1/accounts/{bo_here}/follow"), Value::Null).await;
        assert!(status.is_client_error() || here.get(&ana, &relation).await[0]["following"] == false, "{status}");
        // Unblock: following works again, for who wants to.
        here.post(&ana, &format!("/api/v1/accounts/{bo_here}/unblock"), Value::Null).await;
        there.wait_for(&bo, &relation_there, "the end of the Block", |answer| answer[0]["blocked_by"] == false).await;
        there.post(&bo, &format!("/api/v1/accounts/{ana_there}/follow"), Value::Null).await;
        there.wait_for(&bo, &relation_there, "the Accept", following).await;
    }

    async fn an_unlisted_post_travels_as_such_and_an_internal_one_not_at_all(database: TestDatabase) {
        let ((here, ana), (there, bo)) = two(database).await;
        let ana_there = there.find(&bo, &ana.handle).await;
        there.post(&bo, &format!("/api/v1/accounts/{ana_there}/follow"), Value::Null).await;
        there.wait_for(&bo, &format!("/api/v1/accounts/relationships?id[]={ana_there}"), "the Accept", following).await;
        let internal = here.post(&ana, "/api/v1/statuses", json!({"status": "for colleagues", "local_only": true})).await;
        assert_eq!(internal["local_only"], true);
        let unlisted = here.post(&ana, "/api/v1/statuses", json!({"status": "quietly", "visibility": "unlisted"})).await;
        let arrived = there.wait_at_home(&bo, unlisted["uri"].as_str().unwrap()).await;
        assert_eq!(arrived["visibility"], "unlisted");
        // What was written after it is there, so it is not on its way.
        let theirs = there.get(&bo, &format!("/api/v1/accounts/{ana_there}/statuses")).await;
        assert_eq!(theirs.as_array().unwrap().len(), 1, "{theirs:#}");
        let held: String = there.get(&bo, "/api/v1/timelines/home").await.to_string();
        assert!(!held.contains("for colleagues"));
        let public = there.get(&bo, "/api/v1/timelines/public").await.to_string();
        assert!(!public.contains("quietly") && !public.contains("for colleagues"));
        let own = here.get(&ana, "/api/v1/timelines/home").await.to_string();
        assert!(own.contains("for colleagues") && own.contains("quietly"));
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
        // What strangers write to somebody alone waits.
        let all = "/api/v1/notifications?include_filtered=true";
        let told = there.wait_for(&bo, all, "the message", |list| list[0]["type"] == "mention").await;
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
