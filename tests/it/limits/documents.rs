//! What is read of a document that has too much of something: as much as is said, and nothing is fetched for the rest.

use http::StatusCode;
use serde_json::{Value, json};

use crate::support::world::{Letter, OURS, Stranger, World};

const ALICE: &str = "https://good.example/users/alice";

fn tags(kind: &str, count: usize) -> Vec<Value> {
    (0..count)
        .map(|number| match kind {
            "Mention" => {
                json!({ "type": "Mention", "href": format!("https://far{number}.example/users/x"), "name": "@x" })
            }
            "Hashtag" => {
                json!({ "type": "Hashtag", "name": format!("#tag{number}"), "href": "https://good.example/t" })
            }
            _ => json!({
                "type": "Emoji", "name": format!(":e{number}:"),
                "icon": { "type": "Image", "url": format!("https://good.example/{number}.png") },
            }),
        })
        .collect()
}

/// Receives a note with these members, and answers it as it is stored.
async fn arrive(world: &World, alice: &Stranger, id: &str, members: Value) -> guildhall::domain::posts::Post {
    let mut note = alice.note(id, "<p>hello</p>");
    note.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    assert_eq!(world.receive(alice, &alice.create(&note)).await, StatusCode::ACCEPTED, "{id}");
    world.post(&format!("{ALICE}/{id}")).await.unwrap_or_else(|| panic!("{id} is not here"))
}

/// A list nested so deep, in an object that is one level more.
fn nested(alice: &Stranger, id: &str, depth: usize) -> Letter {
    let lists = depth - 1;
    let mut body = alice.create(&alice.note(id, "<p>hello</p>")).to_string();
    body.pop();
    body.push_str(&format!(",\"x\":{}{}}}", "[".repeat(lists), "]".repeat(lists)));
    Letter::with_body(alice, body.into_bytes())
}

on_both! {
    async fn a_document_is_127_levels_deep_at_most(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        assert_eq!(world.send(nested(&alice, "1", 127)).await, StatusCode::ACCEPTED);
        assert!(world.post(&format!("{ALICE}/1")).await.is_some());
        for depth in [128, 500_000] {
            assert_eq!(world.send(nested(&alice, "2", depth)).await, StatusCode::BAD_REQUEST, "{depth}");
        }
        assert!(world.post(&format!("{ALICE}/2")).await.is_none());
    }

    async fn many_members_and_long_texts_are_read_as_far_as_they_are_of_use(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let members: serde_json::Map<String, Value> = (0..60_000).map(|number| (format!("k{number}"), json!(number))).collect();
        arrive(&world, &alice, "members", Value::Object(members)).await;
        let many: Vec<Value> = (0..40_000).map(|number| json!(number)).collect();
        arrive(&world, &alice, "items", json!({ "tag": many, "attachment": many, "to": ["as:Public", many] })).await;
        let long = arrive(&world, &alice, "long", json!({ "content": format!("<p>{}</p>", "a".repeat(900_000)) })).await;
        assert!((250_000..=256 * 1024 + 10).contains(&long.content.len()), "{}", long.content.len());
        let plain = json!({ "content": "<".repeat(900_000), "mediaType": "text/plain" });
        let plain = arrive(&world, &alice, "plain", plain).await;
        assert_eq!(plain.content.matches("&lt;").count(), 256 * 1024);
        let whole = arrive(&world, &alice, "whole", json!({ "content": format!("<p>{}</p>", "a".repeat(200_000)) })).await;
        assert_eq!(whole.content.len(), 200_007);
        let titled = arrive(&world, &alice, "titled", json!({ "type": "Article", "name": "t".repeat(100_000) })).await;
        assert_eq!(titled.title.unwrap().len(), 500);
        let warned = arrive(&world, &alice, "warned", json!({ "summary": "w".repeat(100_000) })).await;
        assert_eq!(warned.summary.len(), 500);
    }

    async fn a_post_has_so_many_attachments_emoji_hashtags_and_choices(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let pictures = |count: usize| -> Vec<Value> {
            (0..count).map(|number| json!({ "type": "Image", "url": format!("https://good.example/{number}.png") })).collect()
        };
        let choices = |count: usize| -> Vec<Value> { (0..count).map(|number| json!({ "name": format!("c{number}") })).collect() };
        let asked = world.documents.requests().len();
        for (id, more) in [("most", 0), ("more", 40)] {
            let mut tag = tags("Emoji", 50 + more);
            tag.extend(tags("Hashtag", 100 + more));
            let members = json!({ "type": "Question", "attachment": pictures(16 + more), "tag": tag, "oneOf": choices(50 + more) });
            let post = arrive(&world, &alice, id, members).await;
            assert_eq!(post.attachments.0.len(), 16, "{id}");
            assert_eq!(post.details.0.options.len(), 50, "{id}");
            assert_eq!(world.count("hashtags", &format!("post_id = {}", post.id)).await, 100, "{id}");
            assert_eq!(post.emojis.0.len(), 50, "{id}");
        }
        let few = arrive(&world, &alice, "few", json!({ "attachment": pictures(15), "tag": tags("Emoji", 49) })).await;
        assert_eq!((few.attachments.0.len(), few.emojis.0.len()), (15, 49));
        world.work().await;
        assert_eq!(world.documents.requests().len(), asked, "nobody is asked for any of it");
    }

    async fn a_post_mentions_50_and_is_for_200(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let asked = world.documents.requests().len();
        let ana = json!({ "type": "Mention", "href": world.ana.uri, "name": "@ana" });
        for (id, before, expected) in [("50", 49, 1), ("51", 50, 0), ("2000", 1_999, 0)] {
            let mut tag = tags("Mention", before);
            tag.push(ana.clone());
            let post = arrive(&world, &alice, id, json!({ "tag": tag })).await;
            assert_eq!(world.count("mentions", &format!("post_id = {}", post.id)).await, expected, "{id}");
        }
        let stranger = Stranger::new("https://else.example/users/bob", 1);
        world.publish(&stranger);
        for (id, before, expected) in [("200", 199, true), ("201", 200, false)] {
            let mut to: Vec<String> = (0..before).map(|number| format!("https://far{number}.example/users/x")).collect();
            to.push(world.ana.uri.clone());
            let mut note = stranger.note(id, "<p>hello</p>");
            (note["to"], note["cc"]) = (json!(to), json!([]));
            assert_eq!(world.receive(&stranger, &stranger.create(&note)).await, StatusCode::ACCEPTED);
            assert_eq!(world.post(&format!("https://else.example/users/bob/{id}")).await.is_some(), expected, "{id}");
        }
        world.work().await;
        let requests = world.documents.requests().split_off(asked);
        assert!(requests.iter().all(|request| request.contains("else.example")), "{requests:?}");
    }

    async fn a_profile_has_so_much_of_everything(database: TestDatabase) {
        let world = World::open(database).await;
        let profile = |fields: usize, letters: usize| {
            let stranger = Stranger::new(&format!("https://good.example/users/p{fields}"), 0);
            let mut document = stranger.document();
            let field = |number: usize| json!({ "type": "PropertyValue", "name": format!("{number}{}", "n".repeat(letters)), "value": "v".repeat(letters) });
            document["attachment"] = (0..fields).map(field).collect();
            document["name"] = json!("n".repeat(letters));
            document["summary"] = json!("s".repeat(letters));
            document["alsoKnownAs"] = (0..fields).map(|number| json!(format!("https://good.example/a{number}"))).collect();
            world.serve(&stranger.uri, &document);
            stranger
        };
        for (stranger, expected) in [
            (profile(19, 90), (19, 19, 90, 90, 90)),
            (profile(60, 15_000), (50, 20, 100, 15_000, 2048)),
            (profile(20, 30_000), (20, 20, 100, 20 * 1024, 2048)),
        ] {
            let follow = stranger.does("Follow", "1", &world.ana.uri);
            assert_eq!(world.receive(&stranger, &follow).await, StatusCode::ACCEPTED);
            let known = world.actor(&stranger.uri).await.unwrap();
            let read = (known.fields.0.len(), known.also_known_as.0.len(), known.name.len(), known.summary.len(), known.fields.0[0].value.len());
            assert_eq!(read, expected, "{}", stranger.uri);
            assert!(known.fields.0.iter().all(|field| field.name.len() <= 255));
        }
        let huge = Stranger::new(&format!("{OURS}x/users/{}", "u".repeat(129)), 0);
        let mut document = huge.document();
        document["preferredUsername"] = json!("u".repeat(129));
        world.serve(&huge.uri, &document);
        assert!(world.receive(&huge, &huge.does("Follow", "1", &world.ana.uri)).await.is_client_error());
        assert!(world.actor(&huge.uri).await.is_none());
    }

    async fn a_thread_without_an_end_is_read_only_so_far(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        for number in 0..60 {
            let mut note = alice.note(&format!("t{number}"), "<p>and on</p>");
            note["inReplyTo"] = json!(format!("{ALICE}/t{}", number + 1));
            world.serve(&format!("{ALICE}/t{number}"), &note);
        }
        let asked = world.documents.requests().len();
        let mut note = alice.note("new", "<p>hello</p>");
        note["inReplyTo"] = json!(format!("{ALICE}/t0"));
        assert_eq!(world.receive(&alice, &alice.create(&note)).await, StatusCode::ACCEPTED);
        world.work().await;
        let fetches = world.documents.requests().len() - asked;
        assert!((5..=20).contains(&fetches), "{fetches}");
        assert!(world.post(&format!("{ALICE}/t0")).await.is_some(), "the control: the beginning is there");
    }
}
