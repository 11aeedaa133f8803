//! What is more than a note, and what nobody here knows, is kept and shown.

use guildhall::domain::actors::{self, ActorKind, NewLocal};
use serde_json::{Value, json};

use crate::support::world::{PUBLIC, Stranger, World};

const ALICE: &str = "https://social.good.example/users/alice";

/// An object of hers arrives.
async fn arrives(world: &World, alice: &Stranger, mut object: Value) -> Option<guildhall::domain::posts::Post> {
    let id = format!("{ALICE}/{}", object["id"].as_str().unwrap());
    object["id"] = json!(id);
    object["attributedTo"] = json!(ALICE);
    object["to"] = json!([PUBLIC]);
    world.receive(alice, &alice.create(&object)).await;
    world.work().await;
    world.post(&id).await
}

on_both! {
    async fn an_event_says_when_and_where(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let event = json!({
            "id": "event", "type": "Event", "name": "Open day", "content": "<p>Come by</p>", "startTime": "2026-12-05T10:00:00Z",
            "endTime": "2026-12-05T16:00:00Z", "location": { "type": "Place", "name": "Hall <b>2</b>", "address": { "addressLocality": "Bonn" } },
        });
        let shown = arrives(&world, &alice, event).await.unwrap().shown_html();
        assert!(shown.contains("<strong>Open day</strong>"), "{shown}");
        assert!(shown.contains("<p>2026-12-05 10:00 UTC – 2026-12-05 16:00 UTC, Hall 2, Bonn</p><p>Come by</p>"), "{shown}");
        let note = arrives(&world, &alice, json!({ "id": "note", "type": "Note", "content": "<p>Hi</p>" })).await.unwrap();
        assert_eq!(note.shown_html(), "<p>Hi</p>");
    }

    async fn a_film_keeps_its_still_and_an_unknown_kind_its_page(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let film = json!({
            "id": "film", "type": "Video", "name": "A film", "icon": [{ "type": "Image", "url": "https://social.good.example/small.jpg" },
            { "type": "Image", "url": "https://social.good.example/large.jpg" }],
        });
        let film = arrives(&world, &alice, film).await.unwrap();
        assert_eq!(film.attachments.0.iter().map(|one| (one.kind.as_str(), one.url.as_str())).collect::<Vec<_>>(), [("image", "https://social.good.example/large.jpg")]);
        let review = arrives(&world, &alice, json!({ "id": "review", "type": "Review", "content": "<p>Good</p>" })).await.unwrap();
        assert_eq!((review.kind.as_str(), review.title.as_deref()), ("note", Some("Review")));
        assert!(review.shown_html().contains(&format!("<a href=\"{ALICE}/review\"")), "{}", review.shown_html());
        for nothing in [
            json!({ "id": "empty", "type": "Review" }),
            json!({ "id": "list", "type": "OrderedCollection", "name": "Favourites" }),
            json!({ "id": "deed", "type": "Listen", "name": "A song", "object": "https://social.good.example/song" }),
            json!({ "id": "app", "type": "Application", "name": "An app" }),
        ] {
            assert!(arrives(&world, &alice, nothing.clone()).await.is_none(), "{nothing}");
        }
    }

    async fn the_language_is_that_of_the_text(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        assert!(!world.actor(ALICE).await.unwrap().discoverable, "nobody is who does not say so");
        for (number, content, map, language) in [
            (1, json!("<p>Hallo</p>"), json!({ "de": "<p>Hallo</p>" }), Some("de")),
            (2, json!("<p>Hallo</p>"), json!({ "ab": "<p>Other</p>", "de": "<p>Hallo</p>" }), Some("de")),
            (3, json!("<p>Hallo</p>"), json!({ "ab": "<p>Other</p>", "en": "<p>Hello</p>" }), None),
            (4, Value::Null, json!({ "en": "<p>Hello</p>" }), Some("en")),
        ] {
            let note = json!({ "id": format!("note-{number}"), "type": "Note", "content": content, "contentMap": map });
            assert_eq!(arrives(&world, &alice, note).await.unwrap().language.as_deref(), language, "{number}");
        }
    }

    async fn names_that_read_as_the_companys_own_voice_cannot_be_taken(database: TestDatabase) {
        let world = World::open(database).await;
        for (name, taken) in [("admin", false), ("Admin", false), ("SECURITY", false), ("no-reply", false), ("ap", false), ("adminna", true), ("ben", true)] {
            let (site, username) = (world.app.site.clone(), name.to_owned());
            let made = world.app.db.write(move |tx| {
                let new = NewLocal { kind: ActorKind::Person, username: username.clone(), name: String::new(), summary: String::new(), locked: false };
                actors::create_local(tx, &site, &new)
            });
            let made = made.await.map(|_| ()).map_err(|error| error.code().to_owned());
            assert_eq!(made, if taken { Ok(()) } else { Err("username.reserved".to_owned()) }, "{name}");
        }
    }
}
