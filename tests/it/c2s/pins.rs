//! Add and Remove: what one shows first, told to followers, and listed for everybody.

use guildhall::domain::accounts::{self, GrantRole};
use guildhall::domain::actors;
use serde_json::{Value, json};

use super::{Desk, Writer, note};
use crate::support::world::{OURS, PUBLIC};

const ALL: &str = "read write follow";

fn add(who: &Writer, post: &str) -> Value {
    json!({"type": "Add", "object": post, "target": format!("{}/featured", who.actor.uri)})
}

fn remove(who: &Writer, post: &str) -> Value {
    json!({"type": "Remove", "actor": who.actor.uri, "object": {"id": post}, "target": {"id": format!("{}/featured", who.actor.uri)}})
}

/// The ids of what somebody features, as everybody reads it.
async fn featured(desk: &Desk, who: &Writer) -> Vec<Value> {
    let list = desk.get(None, &format!("{}/featured", who.actor.uri)).await.ok();
    let items = list["orderedItems"].as_array().unwrap();
    assert_eq!((&list["type"], &list["totalItems"]), (&json!("OrderedCollection"), &json!(items.len())));
    assert!(items.iter().all(|item| item["attributedTo"] == json!(who.actor.uri)), "whole notes: {list}");
    items.iter().map(|item| item["id"].clone()).collect()
}

on_both! {
    async fn a_pinned_post_is_featured_and_followers_are_told(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, bob) = (desk.writer("writer", ALL).await, desk.world.followed("https://there.example/users/bob", 0).await);
        assert_eq!(desk.world.receive(&bob, &bob.does("Follow", "1", &ana.actor.uri)).await, 202);
        let inbox = format!("{}/inbox", bob.uri);
        let (one, two) = (desk.writes(&ana, note("One")).await, desk.writes(&ana, json!({"type": "Note", "content": "Two", "to": ana.followers(), "cc": PUBLIC})).await);
        assert_eq!(featured(&desk, &ana).await, [json!(null); 0]);
        let told = desk.sent().await.len();
        let added = desk.say(&ana, add(&ana, &one)).await;
        assert_eq!(desk.say(&ana, add(&ana, &one)).await, added, "twice is once");
        let unlisted = desk.say(&ana, add(&ana, &two)).await;
        assert_eq!(featured(&desk, &ana).await, [json!(two), json!(one)]);
        let sent = desk.sent().await;
        let [first, second] = &sent[told..] else { panic!("{sent:?}") };
        for (sent, id, object) in [(first, &added, &one), (second, &unlisted, &two)] {
            let target = format!("{}/featured", ana.actor.uri);
            assert_eq!((sent.kind.as_str(), &sent.body["id"], &sent.body["object"], &sent.body["target"]), ("Add", &json!(id), &json!(object), &json!(target)));
            assert_eq!(sent.inboxes, std::slice::from_ref(&inbox));
            assert!(sent.body["proof"].is_object(), "everybody may read it");
            assert_eq!(desk.get(Some(&ana), id).await.ok(), sent.body);
        }
        assert_eq!((&first.body["to"], &first.body["cc"]), (&json!([PUBLIC]), &json!([ana.followers()])));
        assert_eq!((&second.body["to"], &second.body["cc"]), (&json!([ana.followers()]), &json!([PUBLIC])));
        // Her own outbox tells it, others' view of it does not.
        let outbox = desk.get(Some(&ana), &format!("{}?page=true", ana.outbox())).await.ok();
        let kinds: Vec<&str> = outbox["orderedItems"].as_array().unwrap().iter().map(|item| item["type"].as_str().unwrap()).collect();
        assert_eq!((kinds, &outbox["orderedItems"][0]["id"]), (vec!["Add", "Add", "Create", "Create"], &json!(unlisted)));
        assert_eq!(desk.get(Some(&ana), &ana.outbox()).await.ok()["totalItems"], 4);
        let removed = desk.say(&ana, remove(&ana, &one)).await;
        assert_eq!(featured(&desk, &ana).await, [json!(two)]);
        let last = desk.last_sent().await;
        assert_eq!((last.kind.as_str(), &last.body["id"], &last.body["object"]), ("Remove", &json!(removed), &json!(one)));
        assert_eq!((&last.inboxes[..], &last.body["target"]), (std::slice::from_ref(&inbox), &first.body["target"]));
        assert_eq!(desk.submit(&ana, remove(&ana, &one)).await.refusal(), (404, "pin.not_found"));
        // Pinned again it is another act.
        assert_ne!(desk.say(&ana, add(&ana, &one)).await, added);
        assert_eq!(featured(&desk, &ana).await, [json!(one), json!(two)]);
        desk.say(&ana, json!({"type": "Delete", "object": one})).await;
        assert_eq!(featured(&desk, &ana).await, [json!(two)]);
        assert_eq!(desk.world.count("pins", "1 = 1").await, 1);
        assert_eq!(desk.last_sent().await.kind, "Delete", "that says it all");
    }

    async fn what_cannot_be_pinned_is_refused_with_the_reason(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let bob = desk.world.followed("https://there.example/users/bob", 0).await;
        let theirs = bob.note("notes/1", "<p>Tea?</p>");
        assert_eq!(desk.world.receive(&bob, &bob.create(&theirs)).await, 202);
        let (mine, bens) = (desk.writes(&ana, note("Mine")).await, desk.writes(&ben, note("Ben's")).await);
        let closed = desk.writes(&ana, json!({"type": "Note", "content": "Psst", "to": ana.followers()})).await;
        let gone = desk.writes(&ana, note("Gone")).await;
        desk.say(&ana, json!({"type": "Delete", "object": gone})).await;
        let before = desk.world.state().await;
        let at = |target: String| json!({"type": "Add", "object": mine, "target": target});
        for (document, refusal) in [
            (json!({"type": "Add", "object": mine}), (422, "activity.target")),
            (json!({"type": "Remove", "object": mine}), (422, "activity.target")),
            (at(format!("{}/featured", ben.actor.uri)), (422, "activity.target")),
            (at(format!("{}/followers", ana.actor.uri)), (422, "activity.target")),
            (at(format!("{}/outbox", ana.actor.uri)), (422, "activity.target")),
            (at(format!("{}/featured", bob.uri)), (422, "activity.target")),
            (at(ana.actor.uri.clone()), (422, "activity.target")),
            (json!({"type": "Add", "target": format!("{}/featured", ana.actor.uri)}), (400, "activity.object")),
            (json!({"type": "Add", "actor": ben.actor.uri, "object": mine, "target": format!("{}/featured", ana.actor.uri)}), (403, "activity.actor")),
            (add(&ana, &bens), (403, "post.not_yours")),
            (add(&ana, theirs["id"].as_str().unwrap()), (403, "post.not_yours")),
            (add(&ana, &closed), (422, "pin.audience")),
            (add(&ana, &gone), (410, "post.deleted")),
            (add(&ana, &format!("{OURS}/ap/objects/12345")), (404, "post.not_found")),
            (add(&ana, "https://there.example/never"), (404, "post.not_found")),
            (add(&ana, &ana.actor.uri), (404, "post.not_found")),
            (remove(&ana, &bens), (403, "post.not_yours")),
            (remove(&ana, &mine), (404, "pin.not_found")),
        ] {
            assert_eq!(desk.submit(&ana, document.clone()).await.refusal(), refusal, "{document}");
        }
        assert_eq!(desk.world.state().await, before, "nothing was changed by any of them");
        for number in 0..5 {
            let post = desk.writes(&ana, note(&format!("Number {number}"))).await;
            desk.say(&ana, add(&ana, &post)).await;
        }
        assert_eq!(desk.submit(&ana, add(&ana, &mine)).await.refusal(), (422, "pin.limit"));
        assert_eq!(featured(&desk, &ana).await.len(), 5);
    }

    async fn a_brand_pins_for_itself_with_a_token_of_its_own(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", ALL).await;
        let brand = desk.world.app.db.read(|conn| actors::find_local(conn, "brand")).await.unwrap().unwrap();
        let (account, actor) = (ana.account, brand.id);
        desk.world.app.db.write(move |tx| accounts::grant(tx, account, actor, GrantRole::Publisher)).await.unwrap();
        let as_brand = Writer { token: desk.token(ana.account, &brand, ALL).await, actor: brand, account: ana.account };
        let uri = desk.writes(&as_brand, note("We are hiring")).await;
        assert_eq!(desk.submit(&ana, add(&ana, &uri)).await.refusal(), (403, "post.not_yours"));
        assert_eq!(desk.submit(&ana, add(&as_brand, &uri)).await.refusal(), (422, "activity.target"));
        let crossed = desk.post_to(Some(&ana.token), &as_brand.outbox(), super::LD, add(&as_brand, &uri).to_string()).await;
        assert_eq!(crossed.refusal(), (403, "token.actor"));
        assert_eq!(featured(&desk, &as_brand).await, [json!(null); 0]);
        desk.say(&as_brand, add(&as_brand, &uri)).await;
        assert_eq!((featured(&desk, &as_brand).await, featured(&desk, &ana).await), (vec![json!(uri)], Vec::new()));
    }
}
