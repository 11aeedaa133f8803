//! What was addressed by an ActivityPub client and is edited in one of Mastodon's: nobody is lost, nobody gets in.

use axum::body::Body;
use http::{Request, header};
use serde_json::{Value, json};

use super::{Desk, Reply, Writer, number};
use crate::support::world::{OURS, Stranger};

const ALL: &str = "read write follow";

async fn edit(desk: &Desk, who: &Writer, uri: &str, text: &str) -> Reply {
    let request = Request::put(format!("/api/v1/statuses/{}", number(uri)))
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, "application/json");
    desk.send(request.body(Body::from(json!({ "status": text }).to_string())).unwrap()).await
}

/// Who of these may read a post.
async fn readers<'a>(desk: &Desk, uri: &str, people: &[&'a Writer]) -> Vec<&'a str> {
    let mut readers = Vec::new();
    for person in people {
        if desk.status(Some(person), uri).await.status.is_success() {
            readers.push(person.actor.username.as_str());
        }
    }
    readers
}

on_both! {
    async fn readers_of_what_is_not_open_stay_and_links_stay_links(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", ALL).await;
        let (ben, cleo, dan, fay) = (desk.writer("ben", ALL).await, desk.writer("cleo", ALL).await, desk.writer("dan", ALL).await, desk.writer("fay", ALL).await);
        let all = [&ben, &cleo, &dan, &fay];
        let plain = json!({"content": "Ask @cleo about it", "mediaType": "text/plain"});
        let markup = "<p>Ask <a href=\"https://company.example/@cleo\">@cleo</a> about it</p>";
        for (wording, addresses) in [
            (json!({"source": plain}), json!({"to": [ben.actor.uri], "bto": fay.actor.uri})),
            (json!({"content": markup}), json!({"to": [ben.actor.uri], "bto": fay.actor.uri})),
            (json!({"source": plain}), json!({"to": ana.followers(), "cc": ben.actor.uri, "bcc": [fay.actor.uri]})),
        ] {
            let mut document = json!({"type": "Note"});
            for part in [&wording, &addresses] {
                document.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
            }
            let uri = desk.writes(&ana, document).await;
            assert_eq!(readers(&desk, &uri, &all).await, ["ben", "fay"], "{addresses}");
            for text in ["Ask @cleo about it, please", "Never mind"] {
                edit(&desk, &ana, &uri, text).await.ok();
                assert_eq!(readers(&desk, &uri, &all).await, ["ben", "fay"], "{addresses}: {text}");
            }
            // She was linked before the last edit and is named anew now, as anybody in that client is.
            edit(&desk, &ana, &uri, "Ask @dan instead").await.ok();
            assert_eq!(readers(&desk, &uri, &all).await, ["ben", "dan", "fay"], "{addresses}");
            let shown = desk.status(Some(&ben), &uri).await.ok();
            let mut names: Vec<&str> = shown["mentions"].as_array().unwrap().iter().map(|one| one["acct"].as_str().unwrap()).collect();
            names.sort_unstable();
            assert_eq!(names, ["ben", "dan"], "who is hidden stays so");
        }
        // Where names are addresses, a name that is taken out is a reader who goes.
        let direct = json!({"status": "For @ben and @dan", "visibility": "direct"});
        let direct = desk.post_to(Some(&ana.token), &format!("{OURS}/api/v1/statuses"), "application/json", direct.to_string()).await.ok();
        let uri = direct["uri"].as_str().unwrap();
        assert_eq!(readers(&desk, uri, &all).await, ["ben", "dan"]);
        edit(&desk, &ana, uri, "For @ben and @cleo").await.ok();
        assert_eq!(readers(&desk, uri, &all).await, ["ben", "cleo"]);
    }

    async fn nobody_elsewhere_is_asked_for_who_is_only_linked(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let bob = Stranger::new("https://there.example/users/bob", 0);
        desk.world.publish(&bob);
        desk.world.finger("bob@there.example", "acct:bob@there.example", &bob.uri);
        let source = json!({"content": "About @bob@there.example", "mediaType": "text/plain"});
        let uri = desk.writes(&ana, json!({"type": "Note", "source": source, "to": ben.actor.uri})).await;
        edit(&desk, &ana, &uri, "About @bob@there.example again").await.ok();
        assert_eq!(desk.world.documents.requests(), [""; 0]);
        assert!(desk.world.actor(&bob.uri).await.is_none());
        edit(&desk, &ana, &uri, "Something else").await.ok();
        edit(&desk, &ana, &uri, "For you too, @bob@there.example").await.ok();
        let bobs = desk.world.actor(&bob.uri).await.expect("named anew, he is asked for").id;
        let named = desk.get(Some(&ana), &uri).await.ok()["to"].clone();
        assert_eq!(named.as_array().unwrap().len(), 2, "{bobs}: {named}");
        assert_eq!(desk.last_sent().await.inboxes, [format!("{}/inbox", bob.uri)]);
    }

    async fn hidden_readers_count_among_those_whom_an_edit_addresses(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", ALL).await;
        let mut people: Vec<Value> = Vec::new();
        for number in 0..51 {
            people.push(json!(desk.writer(&format!("person{number}"), ALL).await.actor.uri));
        }
        let (hidden, named) = people.split_at(30);
        let uri = desk.writes(&ana, json!({"type": "Note", "content": "Hello", "to": "as:Public", "bto": hidden})).await;
        let update = |to: &[Value]| {
            let mut everybody = to.to_vec();
            everybody.push(json!("as:Public"));
            json!({"type": "Update", "to": everybody, "object": {"id": uri, "content": "Hello all"}})
        };
        assert_eq!(desk.submit(&ana, update(named)).await.refusal(), (422, "post.too_many"));
        desk.say(&ana, update(&named[..20])).await;
        // Whoever is named is hidden no more, and counts once.
        desk.say(&ana, update(&people[..50])).await;
    }
}
