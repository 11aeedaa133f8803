//! Create, Update and Delete.

use serde_json::{Value, json};

use super::{Desk, note, number};
use crate::support::world::{OURS, PUBLIC, Stranger};

const ALL: &str = "read write follow";

on_both! {
    async fn a_note_and_its_create_are_the_same_post_under_ids_of_ours(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", ALL).await;
        let mut bare = note("<p>Hello <b onclick=\"x()\">world</b><script>alert(1)</script></p>");
        bare["id"] = json!("https://evil.example/notes/1");
        bare["bto"] = json!(ana.actor.uri);
        let wrapped = json!({
            "id": "https://evil.example/activities/1", "type": ["Create", "https://x.example/Thing"],
            "actor": ana.actor.uri, "to": "as:Public", "object": bare,
        });
        for document in [bare.clone(), wrapped] {
            let location = desk.say(&ana, document).await;
            let before = desk.get(Some(&ana), &location).await.ok();
            assert_eq!((&before["id"], &before["type"], &before["actor"]), (&json!(location), &json!("Create"), &json!(ana.actor.uri)));
            assert_eq!(before["to"], json!([PUBLIC]));
            assert_eq!(before["object"]["to"], before["to"], "the object's addresses are the activity's");
            assert!(before["bto"].is_null() && before["object"]["bto"].is_null());
            let uri = before["object"]["id"].as_str().unwrap();
            assert!(uri.starts_with(&format!("{OURS}/ap/objects/")), "{uri}");
            let status = desk.status(None, uri).await.ok();
            assert_eq!((&status["content"], &status["visibility"]), (&json!("<p>Hello <b>world</b></p>"), &json!("public")));
            let sent = desk.last_sent().await;
            assert_eq!((sent.kind.as_str(), &sent.body["id"]), ("Create", &json!(location)), "what is sent has the id that was told");
            assert_eq!(desk.get(Some(&ana), &location).await.ok(), sent.body);
            assert_eq!(desk.get(None, &location).await.ok(), sent.body, "it is open");
        }
    }

    async fn addresses_become_audiences_and_nothing_is_widened(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let followers = ana.followers();
        for (addresses, visibility, others_see) in [
            (json!({"to": "as:Public", "cc": followers}), "public", true),
            (json!({"to": ["Public"]}), "public", true),
            (json!({"to": followers, "cc": PUBLIC}), "unlisted", true),
            (json!({"cc": [followers]}), "private", false),
            (json!({}), "direct", false),
        ] {
            let mut document = json!({"type": "Note", "content": "<p>For whom?</p>"});
            document.as_object_mut().unwrap().extend(addresses.as_object().unwrap().clone());
            let uri = desk.writes(&ana, document).await;
            assert_eq!(desk.status(Some(&ana), &uri).await.ok()["visibility"], visibility, "{addresses}");
            assert_eq!(desk.status(Some(&ben), &uri).await.status.is_success(), others_see, "{addresses}");
            assert_eq!(desk.get(Some(&ben), &uri).await.status.is_success(), others_see, "{addresses}");
            assert_eq!(desk.get(None, &uri).await.status.is_success(), others_see, "{addresses}");
            assert!(desk.get(Some(&ana), &uri).await.status.is_success());
        }
    }

    async fn whoever_is_named_reads_it_and_whoever_is_only_spoken_of_does_not(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben, cleo) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await, desk.writer("cleo", ALL).await);
        let bob = Stranger::new("https://there.example/users/bob", 0);
        desk.world.publish(&bob);
        let uri = desk.writes(&ana, json!({
            "type": "Note", "to": [ben.actor.uri, bob.uri], "source": {"content": "About **@cleo**", "mediaType": "text/markdown"},
        })).await;
        let status = desk.status(Some(&ben), &uri).await.ok();
        assert_eq!(status["visibility"], "direct");
        assert!(status["content"].as_str().unwrap().contains("<strong>"), "{status}");
        assert_eq!(status["mentions"].as_array().unwrap().len(), 2);
        assert_eq!(desk.status(Some(&cleo), &uri).await.status, 404, "a name in the text is no address");
        assert_eq!(desk.get(Some(&ben), "/api/v1/notifications").await.ok()[0]["type"], "mention");
        let sent = desk.last_sent().await;
        assert_eq!(sent.inboxes, [format!("{}/inbox", bob.uri)]);
        assert_eq!(sent.body["object"]["source"], json!({"content": "About **@cleo**", "mediaType": "text/markdown"}));
        assert_eq!(sent.body["object"]["tag"].as_array().unwrap().len(), 2);
        // What is open names those whom its tags mention.
        let uri = desk.writes(&ana, json!({
            "type": "Note", "to": PUBLIC, "content": "<p>Hello</p>", "contentMap": {"de": "<p>Hello</p>"},
            "summary": "Greeting", "tag": [
                {"type": "Mention", "href": bob.uri, "name": "@bob"}, {"type": "Hashtag", "name": "#Launch"},
            ],
        })).await;
        let status = desk.status(None, &uri).await.ok();
        assert_eq!((&status["mentions"][0]["acct"], &status["tags"][0]["name"]), (&json!("bob@there.example"), &json!("launch")));
        assert_eq!((&status["spoiler_text"], &status["language"]), (&json!("Greeting"), &json!("de")));
        assert_eq!(desk.last_sent().await.inboxes, [format!("{}/inbox", bob.uri)]);
    }

    async fn hidden_readers_get_it_and_nobody_is_told(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben, cleo) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await, desk.writer("cleo", ALL).await);
        let bob = Stranger::new("https://there.example/users/bob", 0);
        desk.world.publish(&bob);
        let uri = desk.writes(&ana, json!({
            "type": "Create", "bcc": [bob.uri], "object": {"type": "Note", "to": ben.actor.uri, "bto": cleo.actor.uri, "content": "Psst"},
        })).await;
        for reader in [&ana, &ben, &cleo] {
            let status = desk.status(Some(reader), &uri).await.ok();
            let mentions = status["mentions"].as_array().unwrap();
            assert_eq!((mentions.len(), &mentions[0]["acct"]), (1, &json!("ben")), "{status}");
            let object = desk.get(Some(reader), &uri).await.ok().to_string();
            assert!(!object.contains(&cleo.actor.uri) && !object.contains(&bob.uri) && !object.contains("bto"), "{object}");
        }
        let sent = desk.last_sent().await;
        assert_eq!(sent.inboxes, [format!("{}/inbox", bob.uri)], "only the hidden reader is elsewhere");
        assert!(!sent.body.to_string().contains(&bob.uri) && !sent.body.to_string().contains("bcc"), "{}", sent.body);
        // They stay readers when it is edited, and hear when it is deleted.
        desk.say(&ana, json!({"type": "Update", "object": {"id": uri, "content": "Pssst"}})).await;
        assert_eq!(desk.status(Some(&cleo), &uri).await.ok()["content"], "Pssst");
        let sent = desk.last_sent().await;
        assert_eq!((sent.kind.as_str(), sent.inboxes), ("Update", vec![format!("{}/inbox", bob.uri)]));
        desk.say(&ana, json!({"type": "Delete", "object": uri})).await;
        let sent = desk.last_sent().await;
        assert_eq!((sent.kind.as_str(), sent.inboxes), ("Delete", vec![format!("{}/inbox", bob.uri)]));
        assert!(!sent.body.to_string().contains(&bob.uri), "{}", sent.body);
    }

    async fn an_update_changes_what_it_says_and_nothing_else(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let uri = desk.writes(&ana, json!({
            "type": "Article", "name": "Plans", "to": PUBLIC, "content": "<p>One</p>", "summary": "Careful",
            "tag": [{"type": "Mention", "href": ben.actor.uri}, {"type": "Hashtag", "name": "#tea"}],
        })).await;
        let location = desk.say(&ana, json!({"type": "Update", "object": {"id": uri, "content": "<p>Two</p>"}})).await;
        let shown = desk.get(Some(&ana), &location).await.ok();
        assert_eq!((&shown["type"], &shown["object"]["content"]), (&json!("Update"), &json!("<p>Two</p>")));
        let object = desk.get(None, &uri).await.ok();
        assert_eq!((&object["type"], &object["name"], &object["summary"]), (&json!("Article"), &json!("Plans"), &json!("Careful")));
        let status = desk.status(None, &uri).await.ok();
        assert_eq!((&status["mentions"][0]["acct"], &status["tags"][0]["name"]), (&json!("ben"), &json!("tea")));
        let history = desk.get(None, &format!("/api/v1/statuses/{}/history", number(&uri))).await.ok();
        assert_eq!(history.as_array().unwrap().len(), 2);
        let sent = desk.last_sent().await;
        assert_eq!((sent.kind.as_str(), &sent.body["id"]), ("Update", &json!(location)));
        // Null clears, and the same addresses are fine.
        desk.say(&ana, json!({"type": "Update", "object": {"id": uri, "summary": null, "to": "as:Public", "sensitive": false}})).await;
        let object = desk.get(None, &uri).await.ok();
        assert_eq!((&object["summary"], &object["content"]), (&Value::Null, &json!("<p>Two</p>")));
        let refused = desk.submit(&ana, json!({"type": "Update", "object": {"id": uri, "content": "x", "to": ana.followers()}})).await;
        assert_eq!(refused.refusal(), (422, "post.audience_fixed"));
        // A client of the other API goes on where this one was.
        let source = desk.get(Some(&ana), &format!("/api/v1/statuses/{}/source", number(&uri))).await.ok();
        assert_eq!(source["text"], "Two");
    }

    async fn a_reply_and_a_deleted_post(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let bob = desk.world.followed("https://there.example/users/bob", 0).await;
        let theirs = bob.note("notes/1", "<p>Tea?</p>");
        assert_eq!(desk.world.receive(&bob, &bob.create(&theirs)).await, 202);
        let mut reply = note("Yes");
        reply["inReplyTo"] = theirs["id"].clone();
        let uri = desk.writes(&ana, reply).await;
        assert!(desk.status(None, &uri).await.ok()["in_reply_to_id"].is_string());
        let sent = desk.last_sent().await;
        assert_eq!((&sent.body["object"]["inReplyTo"], &sent.inboxes[..]), (&theirs["id"], &[format!("{}/inbox", bob.uri)][..]));
        let location = desk.say(&ana, json!({"type": "Delete", "object": {"id": uri, "type": "Tombstone"}})).await;
        assert_eq!(desk.status(None, &uri).await.status, 404);
        assert_eq!(desk.get(None, &uri).await.status, 410);
        let again = desk.say(&ana, json!({"type": "Delete", "object": uri})).await;
        assert_eq!(again, location, "twice is once");
        let sent = desk.last_sent().await;
        assert_eq!((sent.kind.as_str(), &sent.body["id"]), ("Delete", &json!(location)));
        let deleted = desk.sent().await.iter().filter(|sent| sent.kind == "Delete").count();
        assert_eq!(deleted, 1);
        let late = desk.submit(&ana, json!({"type": "Update", "object": {"id": uri, "content": "again"}})).await;
        assert_eq!(late.refusal(), (410, "post.deleted"));
        // To what one may not see one cannot reply.
        let secret = desk.writes(&ben, json!({"type": "Note", "content": "mine"})).await;
        let mut reply = note("What?");
        reply["inReplyTo"] = json!(secret);
        assert_eq!(desk.submit(&ana, reply).await.refusal(), (404, "post.not_found"));
    }
}
