//! What strangers send that concerns nobody here leaves nothing behind; what concerns somebody is remembered.

use diesel::{RunQueryDsl, sql_query};
use http::StatusCode;
use serde_json::json;

use crate::support::world::{OURS, Stranger, World};

const ALICE: &str = "https://good.example/users/alice";
const ZOE: &str = "https://far.example/users/zoe";

fn long(number: usize) -> String {
    format!("{ZOE}/{number}{}", "q".repeat(1_900))
}

on_both! {
    async fn letters_without_an_effect_leave_nothing(database: TestDatabase) {
        let world = World::open(database).await;
        let zoe = Stranger::new(ZOE, 1);
        world.publish(&zoe);
        for number in 0..5 {
            let mut listen = zoe.does("Listen", "1", "x");
            listen["id"] = json!(long(number));
            let note = zoe.note(&number.to_string(), "<p>to nobody</p>");
            let mut delete = zoe.does("Delete", "1", long(100 + number));
            delete["id"] = json!(long(200 + number));
            let mut follow = zoe.does("Follow", &number.to_string(), format!("{OURS}/ap/actors/1"));
            follow["id"] = json!(long(300 + number));
            for letter in [listen, zoe.create(&note), delete, follow] {
                assert_eq!(world.receive(&zoe, &letter).await, StatusCode::ACCEPTED, "{letter}");
                assert_eq!(world.receive(&zoe, &letter).await, StatusCode::ACCEPTED, "{letter}");
            }
        }
        for table in ["received", "tombstones", "posts"] {
            assert_eq!(world.count(table, "1 = 1").await, 0, "{table}");
        }
    }

    async fn what_had_an_effect_is_remembered_by_a_digest(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let mut create = alice.create(&alice.note("1", "<p>hello</p>"));
        create["id"] = json!(format!("{ALICE}/activities/{}", "q".repeat(1_900)));
        for _ in 0..2 {
            assert_eq!(world.receive(&alice, &create).await, StatusCode::ACCEPTED);
        }
        assert_eq!(world.count("received", "LENGTH(activity_uri) = 64").await, 1);
        assert_eq!(world.count("received", "1 = 1").await, 1);
    }

    async fn a_create_after_its_delete_stays_dead_where_somebody_here_would_see_it(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let note = alice.note("1", "<p>hello</p>");
        assert_eq!(world.receive(&alice, &alice.does("Delete", "1", &note["id"])).await, StatusCode::ACCEPTED);
        assert_eq!(world.receive(&alice, &alice.create(&note)).await, StatusCode::ACCEPTED);
        assert!(world.post(&format!("{ALICE}/1")).await.is_none(), "somebody here follows her");
        // A stranger whose post is answered here.
        let zoe = Stranger::new(ZOE, 1);
        world.publish(&zoe);
        let mut reply = alice.note("re", "<p>yes</p>");
        reply["inReplyTo"] = json!(format!("{ZOE}/2"));
        assert_eq!(world.receive(&alice, &alice.create(&reply)).await, StatusCode::ACCEPTED);
        assert_eq!(world.receive(&zoe, &zoe.does("Listen", "1", "x")).await, StatusCode::ACCEPTED);
        assert_eq!(world.receive(&zoe, &zoe.does("Delete", "2", format!("{ZOE}/2"))).await, StatusCode::ACCEPTED);
        let mut late = zoe.note("2", "<p>hello</p>");
        late["cc"] = json!([world.ana.uri]);
        late["tag"] = json!([{ "type": "Mention", "href": world.ana.uri, "name": "@ana" }]);
        assert_eq!(world.receive(&zoe, &zoe.create(&late)).await, StatusCode::ACCEPTED);
        assert!(world.post(&format!("{ZOE}/2")).await.is_none(), "a post here answers it");
        assert_eq!(world.count("tombstones", "1 = 1").await, 2);
        // One whose other letters are known here.
        late["id"] = json!(format!("{ZOE}/3"));
        assert_eq!(world.receive(&zoe, &zoe.create(&late)).await, StatusCode::ACCEPTED);
        assert!(world.post(&format!("{ZOE}/3")).await.is_some());
        assert_eq!(world.receive(&zoe, &zoe.does("Delete", "4", format!("{ZOE}/4"))).await, StatusCode::ACCEPTED);
        late["id"] = json!(format!("{ZOE}/4"));
        assert_eq!(world.receive(&zoe, &zoe.create(&late)).await, StatusCode::ACCEPTED);
        assert!(world.post(&format!("{ZOE}/4")).await.is_none());
    }

    async fn somebody_who_was_forgotten_a_moment_ago_is_asked_to_come_again(database: TestDatabase) {
        let world = World::open(database).await;
        let zoe = Stranger::new(ZOE, 1);
        world.publish(&zoe);
        let mut note = zoe.note("1", "<p>hello</p>");
        note["cc"] = json!([world.ana.uri]);
        note["tag"] = json!([{ "type": "Mention", "href": world.ana.uri, "name": "@ana" }]);
        assert_eq!(world.receive(&zoe, &zoe.does("Listen", "1", "x")).await, StatusCode::ACCEPTED);
        let id = world.actor(ZOE).await.unwrap().id;
        world.app.db.write(move |tx| {
            for statement in ["DELETE FROM actor_keys WHERE actor_id = ", "DELETE FROM actors WHERE id = "] {
                sql_query(format!("{statement}{id}")).execute(tx.conn())?;
            }
            Ok(())
        }).await.unwrap();
        let create = zoe.create(&note);
        assert_eq!(world.receive(&zoe, &create).await, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(world.receive(&zoe, &create).await, StatusCode::ACCEPTED);
        assert!(world.post(&format!("{ZOE}/1")).await.is_some());
    }
}
