//! The foreign peer by itself: what the federation tests rely on.

use serde_json::json;

use crate::support::peer::{CAVAGE, Peer, RFC_9421};

#[tokio::test]
async fn two_peers_with_different_first_knocks_follow_and_talk() {
    let alice = Peer::start("alice", RFC_9421);
    let bob = Peer::start_with("bob", CAVAGE, &["--only-accept", RFC_9421]);

    alice.act("follow", json!({ "actor": bob.handle() })).await;
    alice.wait_for("the accepted follow", |state| state["following"] == json!([bob.uri()])).await;

    let post = bob.act("post", json!({ "content": "hello" })).await;
    let id = post["id"].as_str().unwrap();
    let state = alice.wait_for("the post", |state| state["notes"].get(id).is_some()).await;
    assert_eq!(state["notes"][id]["content"], "<p>hello</p>");

    let refused = alice.attempt("lookup", json!({ "handle": "@nobody@localhost:1" }));
    assert_eq!(refused.await["ok"], false);
    let schemes: Vec<_> = bob.state().await["requests"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|request| request["method"] == "POST")
        .map(|request| (request["scheme"].clone(), request["signature"].clone()))
        .collect();
    assert_eq!(schemes, [(json!(RFC_9421), json!("verified"))]);
}
