//! Posts of others that few may read: they look gone to the server, and are not.

use http::StatusCode;
use serde_json::{Value, json};

use crate::support::world::{PUBLIC, Stranger, World};

const ALICE: &str = "https://good.example/users/alice";
const GROUP: &str = "https://forum.example/groups/tea";

/// A note of hers for these, which her server shows to nobody who asks.
async fn arrives(world: &World, alice: &Stranger, name: &str, to: Value) -> Value {
    let mut note = alice.note(name, "<p>one</p>");
    note["to"] = to;
    note["cc"] = json!([]);
    assert_eq!(world.receive(alice, &alice.create(&note)).await, StatusCode::ACCEPTED);
    assert!(world.post(note["id"].as_str().unwrap()).await.is_some(), "{name}");
    note
}

on_both! {
    async fn edits_that_do_not_say_when_leave_what_few_may_read(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        for (name, to, stays) in [
            ("direct", json!([world.ana.uri]), true),
            ("followers", json!([format!("{ALICE}/followers")]), true),
            // The control: what everybody may read and nobody finds is gone.
            ("open", json!([PUBLIC]), false),
        ] {
            let mut note = arrives(&world, &alice, name, to).await;
            for text in ["two", "three"] {
                note["content"] = json!(format!("<p>{text}</p>"));
                let update = alice.does("Update", &format!("{name}-{text}"), &note);
                assert_eq!(world.receive(&alice, &update).await, StatusCode::ACCEPTED);
                world.work().await;
            }
            let left = world.post(note["id"].as_str().unwrap()).await.map(|post| post.content);
            assert_eq!(left, stays.then(|| "<p>three</p>".to_owned()), "{name}");
        }
    }

    async fn a_group_takes_nothing_away_that_few_may_read(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let group = Stranger::new(GROUP, 1);
        let mut document = group.document();
        document["type"] = json!("Group");
        world.serve(GROUP, &document);
        world.follow(GROUP).await;
        for (name, to, stays) in [
            ("direct", json!([world.ana.uri]), true),
            ("followers", json!([format!("{ALICE}/followers")]), true),
            ("open", json!([PUBLIC]), false),
        ] {
            let note = arrives(&world, &alice, name, to).await;
            for verb in ["Update", "Delete"] {
                let passed_on = group.does("Announce", &format!("{name}-{verb}"), alice.does(verb, name, &note));
                assert_eq!(world.receive(&group, &passed_on).await, StatusCode::ACCEPTED);
                world.work().await;
                assert_eq!(world.post(note["id"].as_str().unwrap()).await.is_some(), stays, "{verb} of {name}");
            }
        }
    }
}
