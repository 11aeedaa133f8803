//! A real foreign server follows, posts, replies, likes, boosts, edits and deletes against us, and we against it:
//! once with RFC 9421 first, once with draft-cavage first.

use guildhall::domain::accounts::AccountKind;
use serde_json::{Value, json};

use crate::support::{
    database::TestDatabase,
    peer::{CAVAGE, Peer, RFC_9421},
    server::{Person, Server},
};

/// The whole conversation, both ways.
async fn converse(database: TestDatabase, first_knock: &str, arguments: &[&str]) {
    let here = Server::start(database).await;
    let ana = here.person("ana", AccountKind::Employee).await;
    let peer = Peer::start_with("alice", first_knock, arguments);
    let ana_uri = ana.uri.clone();
    // They find and follow us.
    let found = peer.act("lookup", json!({"handle": ana.handle})).await;
    assert_eq!(found["id"], ana_uri.as_str());
    peer.act("follow", json!({"actor": ana.handle})).await;
    peer.wait_for("our Accept", |state| {
        state["following"].as_array().is_some_and(|list| list.iter().any(|uri| *uri == ana_uri.as_str()))
    })
    .await;
    here.wait_for(&ana, "/api/v1/notifications", "their follow", |list| list[0]["type"] == "follow").await;
    // We find and follow them.
    let alice = here.find(&ana, &peer.handle()).await;
    here.post(&ana, &format!("/api/v1/accounts/{alice}/follow"), Value::Null).await;
    here.wait_for(&ana, &format!("/api/v1/accounts/relationships?id[]={alice}"), "their Accept", |answer| {
        answer[0]["following"] == true
    })
    .await;
    // We post; they answer, like, boost.
    let post = here
        .post(
            &ana,
            "/api/v1/statuses",
            json!({"status": format!("Hello {} #tea", peer.handle()), "spoiler_text": "greeting"}),
        )
        .await;
    let (uri, id) = (post["uri"].as_str().unwrap().to_owned(), post["id"].as_str().unwrap().to_owned());
    let state = peer.wait_for("our post", |state| state["notes"][&uri]["content"].is_string()).await;
    assert_eq!(state["notes"][&uri]["summary"], "greeting");
    assert_eq!(state["notes"][&uri]["attributedTo"], ana_uri.as_str());
    let reply = peer.act("post", json!({"content": "<p>Welcome <script>alert(1)</script></p>", "to": "public", "mentions": [ana_uri], "inReplyTo": uri})).await;
    let reply_uri = reply["id"].as_str().unwrap().to_owned();
    peer.act("like", json!({"object": uri})).await;
    peer.act("boost", json!({"object": uri})).await;
    let counted =
        |post: &Value| post["favourites_count"] == 1 && post["reblogs_count"] == 1 && post["replies_count"] == 1;
    here.wait_for(&ana, &format!("/api/v1/statuses/{id}"), "their reply, like and boost", counted).await;
    let theirs = here.find_post(&ana, &reply_uri).await;
    let shown = here.get(&ana, &format!("/api/v1/statuses/{theirs}")).await;
    assert_eq!((&shown["in_reply_to_id"], shown["content"].as_str().unwrap().contains("script")), (&json!(id), false));
    // We answer, like and boost theirs.
    let answer = here
        .post(
            &ana,
            "/api/v1/statuses",
            json!({"status": format!("{} thanks", peer.handle()), "in_reply_to_id": theirs}),
        )
        .await;
    let answer_uri = answer["uri"].as_str().unwrap().to_owned();
    here.post(&ana, &format!("/api/v1/statuses/{theirs}/favourite"), Value::Null).await;
    here.post(&ana, &format!("/api/v1/statuses/{theirs}/reblog"), Value::Null).await;
    peer.wait_for("our reply, like and boost", |state| {
        let note = &state["notes"][&reply_uri];
        state["notes"][&answer_uri]["inReplyTo"] == reply_uri.as_str()
            && note["likes"].as_array().is_some_and(|list| list.len() == 1)
            && note["shares"].as_array().is_some_and(|list| list.len() == 1)
    })
    .await;
    // Both edit.
    here.call(&ana, "PUT", &format!("/api/v1/statuses/{id}"), json!({"status": "Good morning"})).await;
    peer.wait_for("our edit", |state| {
        state["notes"][&uri]["content"].as_str().is_some_and(|text| text.contains("Good morning"))
    })
    .await;
    peer.act("edit", json!({"id": reply_uri, "content": "<p>Welcome back</p>"})).await;
    here.wait_for(&ana, &format!("/api/v1/statuses/{theirs}"), "their edit", |post| {
        post["content"] == "<p>Welcome back</p>"
    })
    .await;
    // Both take back and delete.
    peer.act("unlike", json!({"object": uri})).await;
    peer.act("unboost", json!({"object": uri})).await;
    here.wait_for(&ana, &format!("/api/v1/statuses/{id}"), "their Undo", |post| {
        post["favourites_count"] == 0 && post["reblogs_count"] == 0
    })
    .await;
    here.post(&ana, &format!("/api/v1/statuses/{theirs}/unfavourite"), Value::Null).await;
    here.post(&ana, &format!("/api/v1/statuses/{theirs}/unreblog"), Value::Null).await;
    peer.wait_for("our Undo", |state| {
        let note = &state["notes"][&reply_uri];
        note["likes"].as_array().is_some_and(Vec::is_empty) && note["shares"].as_array().is_some_and(Vec::is_empty)
    })
    .await;
    here.call(&ana, "DELETE", &format!("/api/v1/statuses/{}", answer["id"].as_str().unwrap()), Value::Null).await;
    peer.wait_for("our deletion", |state| state["notes"][&answer_uri]["deleted"] == true).await;
    peer.act("delete", json!({"id": reply_uri})).await;
    here.wait_for(&ana, &format!("/api/v1/statuses/{theirs}"), "their deletion", |answer| answer["error"].is_string())
        .await;
    // A followers-only post, fetched by its reader with a signature.
    let private =
        here.post(&ana, "/api/v1/statuses", json!({"status": "for followers", "visibility": "private"})).await;
    let private_uri = private["uri"].as_str().unwrap().to_owned();
    peer.wait_for("our followers-only post", |state| state["notes"][&private_uri]["content"].is_string()).await;
    let fetched = peer.act("fetch", json!({"uri": private_uri})).await;
    assert_eq!(fetched["document"]["id"], private_uri.as_str());
    talk_to_followers_and_in_private(&here, &ana, &peer).await;
    // Unfollow, both ways.
    peer.act("unfollow", json!({"actor": ana_uri})).await;
    here.wait_for(&ana, &format!("/api/v1/accounts/relationships?id[]={alice}"), "their unfollow", |answer| {
        answer[0]["followed_by"] == false
    })
    .await;
    here.post(&ana, &format!("/api/v1/accounts/{alice}/unfollow"), Value::Null).await;
    peer.wait_for("our unfollow", |state| state["followers"].as_array().is_some_and(Vec::is_empty)).await;
    // Block, both ways.
    peer.act("block", json!({"actor": ana_uri})).await;
    here.wait_for(&ana, &format!("/api/v1/accounts/relationships?id[]={alice}"), "their Block", |answer| {
        answer[0]["blocked_by"] == true
    })
    .await;
    peer.act("unblock", json!({"actor": ana_uri})).await;
    here.wait_for(&ana, &format!("/api/v1/accounts/relationships?id[]={alice}"), "the end of their Block", |answer| {
        answer[0]["blocked_by"] == false
    })
    .await;
    here.post(&ana, &format!("/api/v1/accounts/{alice}/block"), Value::Null).await;
    let state = peer
        .wait_for("our Block", |state| {
            state["blockedBy"].as_array().is_some_and(|list| list.iter().any(|uri| *uri == ana_uri.as_str()))
        })
        .await;
    assert_eq!(state["errors"], json!([]), "the peer had nothing to complain of");
    assert_signed_as_said(&here, &state, first_knock, arguments.contains(&"--only-accept"));
}

/// What is not an answer to anything, and what is for one reader alone.
async fn talk_to_followers_and_in_private(here: &Server, ana: &Person, peer: &Peer) {
    let post = peer.act("post", json!({"content": "<p>Good evening</p>", "to": "public", "hashtags": ["tea"]})).await;
    let shown = here.wait_at_home(ana, post["id"].as_str().unwrap()).await;
    assert_eq!((&shown["visibility"], &shown["content"]), (&json!("public"), &json!("<p>Good evening</p>")));
    let said = json!({"content": "<p>between us</p>", "to": "direct", "mentions": [ana.uri]});
    let secret = peer.act("post", said).await;
    let told = here
        .wait_for(ana, "/api/v1/notifications", "their message", |list| list[0]["status"]["uri"] == secret["id"])
        .await;
    assert_eq!((&told[0]["type"], &told[0]["status"]["visibility"]), (&json!("mention"), &json!("direct")));
    let text = format!("{} between us two", peer.handle());
    let ours = here.post(ana, "/api/v1/statuses", json!({"status": text, "visibility": "direct"})).await;
    let uri = ours["uri"].as_str().unwrap();
    let state = peer.wait_for("our message", |state| state["notes"][uri]["content"].is_string()).await;
    assert_eq!((&state["notes"][uri]["to"], &state["notes"][uri]["cc"]), (&json!([peer.uri()]), &json!([])));
}

/// Every request was verified, by the scheme that was to come first.
fn assert_signed_as_said(here: &Server, state: &Value, first_knock: &str, only_accept: bool) {
    let letters = here.letters();
    assert!(letters.len() >= 10, "{letters:#?}");
    for letter in &letters {
        assert_eq!(letter.status, 202, "{letter:?}");
        assert!(letter.path.starts_with("/ap/"), "{letter:?}");
        assert_eq!(letter.rfc9421, first_knock == RFC_9421, "{letter:?}");
    }
    let posts: Vec<&Value> =
        state["requests"].as_array().unwrap().iter().filter(|request| request["method"] == "POST").collect();
    let posts: Vec<&&Value> =
        posts.iter().filter(|request| request["path"].as_str().is_some_and(|path| path.ends_with("inbox"))).collect();
    assert!(posts.len() >= 10, "{posts:#?}");
    let (refused, taken): (Vec<&&Value>, Vec<&&Value>) =
        posts.into_iter().partition(|request| request["status"] == 401);
    for request in &taken {
        assert_eq!(request["signature"], "verified", "{request}");
        assert_eq!(request["scheme"], if only_accept { RFC_9421 } else { CAVAGE }, "{request}");
    }
    // Where draft-cavage is refused, we knock again by the other scheme, and remember it for the host.
    assert_eq!(refused.len(), usize::from(only_accept), "{refused:#?}");
    if let Some(first) = refused.first() {
        assert_eq!(first["scheme"], CAVAGE);
    }
}

on_both! {
    async fn a_peer_converses_with_rfc_9421_first(database: TestDatabase) {
        converse(database, RFC_9421, &[]).await;
    }

    async fn a_peer_converses_with_draft_cavage_first(database: TestDatabase) {
        converse(database, CAVAGE, &[]).await;
    }

    async fn a_peer_that_reads_only_rfc_9421_gets_our_second_knock(database: TestDatabase) {
        converse(database, RFC_9421, &["--only-accept", RFC_9421]).await;
    }
}
