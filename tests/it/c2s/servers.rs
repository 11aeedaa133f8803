//! What a client writes here is read on another server, and what comes from there is in the inbox.

use guildhall::domain::accounts::AccountKind;
use serde_json::{Value, json};

use crate::support::{
    database::TestDatabase,
    server::{Person, Server},
    world::PUBLIC,
};

async fn submit(server: &Server, who: &Person, document: Value) {
    let path = format!("{}/outbox", who.uri.strip_prefix(&server.origin).unwrap());
    let (status, answer) = server.try_call(Some(who), "POST", &path, document).await;
    assert_eq!(status, 201, "{answer}");
}

on_both! {
    async fn every_verb_of_a_client_travels(database: TestDatabase) {
        let other = if database.url.starts_with("postgres") { TestDatabase::postgres() } else { TestDatabase::sqlite() };
        let (here, there) = (Server::start(database).await, Server::start(other).await);
        let (ana, ben) = (here.person("ana", AccountKind::Employee).await, there.person("ben", AccountKind::Employee).await);
        // She follows him, whom her server does not know yet; he follows her.
        submit(&here, &ana, json!({"type": "Follow", "object": ben.uri})).await;
        let known = here.find(&ana, &ben.handle).await;
        here.wait_for(&ana, &format!("/api/v1/accounts/relationships?id[]={known}"), "his Accept", |answer| answer[0]["following"] == true).await;
        submit(&there, &ben, json!({"type": "Follow", "object": ana.uri})).await;
        here.wait_for(&ana, "/api/v1/notifications", "his follow", |list| list[0]["type"] == "follow").await;
        // She writes to her followers; he reads, likes and answers directly.
        submit(&here, &ana, json!({"type": "Note", "content": "<p>For <b>you</b></p>", "to": format!("{}/followers", ana.uri)})).await;
        let home = there.wait_for(&ben, "/api/v1/timelines/home", "her post", |home| home[0]["visibility"] == "private").await;
        assert_eq!(home[0]["content"], "<p>For <b>you</b></p>");
        let post = home[0]["uri"].as_str().unwrap().to_owned();
        submit(&there, &ben, json!({"type": "Like", "object": post})).await;
        submit(&there, &ben, json!({"type": "Note", "content": "Thanks", "inReplyTo": post, "to": ana.uri})).await;
        let inbox = format!("{}/inbox?page=true", ana.uri.strip_prefix(&here.origin).unwrap());
        let page = here.wait_for(&ana, &inbox, "like and answer", |page| {
            let items = page["orderedItems"].as_array().cloned().unwrap_or_default();
            items.iter().any(|item| item["type"] == "Like") && items.iter().any(|item| item["object"]["content"] == "Thanks")
        }).await;
        assert!(page["orderedItems"].as_array().unwrap().iter().any(|item| item["type"] == "Follow" && item["actor"] == ben.uri));
        // Edited, boosted, deleted.
        submit(&here, &ana, json!({"type": "Update", "object": {"id": post, "content": "<p>For us</p>"}})).await;
        there.wait_for(&ben, "/api/v1/timelines/home", "her edit", |home| home.as_array().is_some_and(|home| home.iter().any(|entry| entry["content"] == "<p>For us</p>"))).await;
        submit(&there, &ben, json!({"type": "Note", "content": "Tea", "to": PUBLIC})).await;
        let home = here.wait_for(&ana, "/api/v1/timelines/home", "his post", |home| home.as_array().is_some_and(|home| home.iter().any(|entry| entry["content"] == "Tea"))).await;
        let tea = home.as_array().unwrap().iter().find(|entry| entry["content"] == "Tea").unwrap()["uri"].clone();
        submit(&here, &ana, json!({"type": "Announce", "object": tea, "to": PUBLIC})).await;
        there.wait_for(&ben, "/api/v1/notifications", "her boost", |list| list.as_array().is_some_and(|list| list.iter().any(|one| one["type"] == "reblog"))).await;
        submit(&here, &ana, json!({"type": "Delete", "object": post})).await;
        there.wait_for(&ben, "/api/v1/timelines/home", "her deletion", |home| home.as_array().is_some_and(|home| home.iter().all(|entry| entry["uri"] != post.as_str()))).await;
    }
}
