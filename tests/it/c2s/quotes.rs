//! Quotes by people's own ActivityPub clients: the rules are those of every other door.

use serde_json::{Value, json};

use super::{Desk, Writer, note, number};
use crate::support::world::PUBLIC;

fn quoting(member: &str, quoted: &str) -> Value {
    let mut note = note("<p>Look</p>");
    note[member] = json!(quoted);
    note
}

async fn quote(desk: &Desk, who: &Writer, uri: &str) -> Value {
    desk.status(Some(who), uri).await.ok()["quote"].clone()
}

on_both! {
    async fn a_client_quotes_as_every_other_does(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", "read write").await, desk.writer("ben", "read write").await);
        let quoted = desk.writes(&ben, note("Quote me")).await;
        for member in ["quote", "quoteUrl", "_misskey_quote", "quoteUri"] {
            let post = desk.writes(&ana, quoting(member, &quoted)).await;
            let shown = quote(&desk, &ana, &post).await;
            assert_eq!((&shown["state"], &shown["quoted_status"]["id"]), (&json!("accepted"), &json!(number(&quoted))), "{member}");
            let document = desk.get(None, &post).await.ok();
            assert_eq!((&document["quote"], &document["quoteUrl"]), (&json!(quoted), &json!(quoted)));
        }
        // Without words of its own, too; and an edit keeps what is quoted.
        let bare = desk.writes(&ana, json!({"type": "Note", "to": PUBLIC, "quote": quoted})).await;
        desk.world.clock.advance(std::time::Duration::from_secs(60));
        desk.say(&ana, json!({"type": "Update", "object": {"id": bare, "type": "Note", "content": "Words", "quote": quoted}})).await;
        desk.say(&ana, json!({"type": "Update", "object": {"id": bare, "type": "Note", "content": ""}})).await;
        assert_eq!(quote(&desk, &ana, &bare).await["state"], "accepted");
        let other = json!({"type": "Update", "object": {"id": bare, "type": "Note", "content": "x", "quote": bare}});
        assert_eq!(desk.submit(&ana, other).await.refusal(), (422, "post.quote_fixed"));
        // Somebody elsewhere is asked.
        let bob = desk.world.followed("https://there.example/users/bob", 0).await;
        let mut theirs = bob.note("1", "<p>Quote me</p>");
        theirs["interactionPolicy"] = json!({"canQuote": {"automaticApproval": [PUBLIC]}});
        assert_eq!(desk.world.receive(&bob, &bob.create(&theirs)).await, 202);
        let post = desk.writes(&ana, quoting("quote", theirs["id"].as_str().unwrap())).await;
        assert_eq!(quote(&desk, &ana, &post).await["state"], "pending");
        let sent = desk.sent().await;
        assert!(sent.iter().any(|sent| sent.kind == "QuoteRequest" && sent.body["object"] == theirs["id"]), "{sent:?}");
    }

    async fn what_may_not_be_quoted_is_not_there_for_clients(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", "read write").await, desk.writer("ben", "read write").await);
        let hidden = desk.writes(&ben, json!({"type": "Note", "content": "For you", "to": ben.followers()})).await;
        let closed = json!({"type": "Note", "content": "Not to be quoted", "to": PUBLIC, "interactionPolicy": {"canQuote": {"automaticApproval": [ben.actor.uri], "manualApproval": [PUBLIC]}}});
        let closed = desk.writes(&ben, closed).await;
        assert_eq!(desk.status(Some(&ana), &closed).await.ok()["quote_approval"], json!({"automatic": [], "manual": [], "current_user": "denied"}));
        let before = desk.world.state().await;
        for quoted in [&hidden, &closed] {
            let refused = desk.submit(&ana, quoting("quote", quoted)).await;
            assert_eq!(refused.status, 404, "{quoted}: {}", refused.body);
        }
        for wrong in [json!(7), json!("not an address"), json!({"type": "Note"}), json!([])] {
            let mut document = note("<p>Look</p>");
            document["quote"] = wrong.clone();
            if wrong != json!([]) {
                assert_eq!(desk.submit(&ana, document).await.refusal(), (422, "post.quote"), "{wrong}");
            }
        }
        assert_eq!(desk.world.state().await, before);
        // Its author opens it.
        desk.world.clock.advance(std::time::Duration::from_secs(60));
        desk.say(&ben, json!({"type": "Update", "object": {"id": closed, "type": "Note", "content": "Quote me", "interactionPolicy": {"canQuote": {"automaticApproval": [PUBLIC]}}}})).await;
        let post = desk.writes(&ana, quoting("quote", &closed)).await;
        assert_eq!(quote(&desk, &ana, &post).await["state"], "accepted");
    }
}
