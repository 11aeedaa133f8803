//! Asking and voting by a person's own ActivityPub client.

use serde_json::{Value, json};

use super::{ALL, HOUR, asked_elsewhere, call, counts, poll, votes};
use crate::{
    c2s::{Desk, number},
    support::world::{NOW, PUBLIC},
};

fn asking(more: &Value) -> Value {
    let mut question = json!({
        "type": "Question", "content": "<p>Tea or <b>coffee</b>?</p>", "to": PUBLIC, "endTime": NOW.plus(HOUR).rfc3339(),
        "anyOf": [{"type": "Note", "name": "Tea"}, {"type": "Note", "name": "Coffee"}],
    });
    question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    question
}

on_both! {
    async fn a_question_is_asked_changed_and_answered(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let uri = desk.writes(&ana, asking(&json!({}))).await;
        let id = number(&uri).to_owned();
        let seen = poll(&desk, Some(&ben), &id).await;
        assert_eq!((&seen["multiple"], &seen["expires_at"], counts(&seen)), (&json!(true), &json!(NOW.plus(HOUR).rfc3339()), vec![Some(0), Some(0)]));
        votes(&desk, &ben, &id, json!([1])).await.ok();
        // A new text keeps the choices and their votes, and so does another end alone.
        for change in [json!({"content": "<p>Which?</p>"}), json!({"endTime": NOW.plus(HOUR * 2).rfc3339()})] {
            let mut update = change;
            update["type"] = json!("Question");
            update["id"] = json!(uri);
            desk.say(&ana, json!({"type": "Update", "object": update})).await;
            assert_eq!(counts(&poll(&desk, None, &id).await), [Some(0), Some(1)]);
        }
        assert_eq!(poll(&desk, None, &id).await["expires_at"], json!(NOW.plus(HOUR * 2).rfc3339()));
        desk.say(&ana, json!({"type": "Update", "object": {"type": "Question", "id": uri, "oneOf": [{"name": "Now"}, {"name": "Later"}]}})).await;
        let seen = poll(&desk, Some(&ben), &id).await;
        assert_eq!((&seen["multiple"], &seen["voted"], counts(&seen)), (&json!(false), &json!(false), vec![Some(0), Some(0)]));
        let vote = desk.say(&ben, json!({"type": "Note", "name": "Later", "inReplyTo": uri, "to": ana.actor.uri})).await;
        let shown = desk.get(Some(&ben), &vote).await.ok();
        assert_eq!((&shown["type"], &shown["object"]["name"], &shown["to"]), (&json!("Create"), &json!("Later"), &json!([ana.actor.uri])));
        assert_eq!(desk.get(None, &vote).await.status, 404);
        assert_eq!(counts(&poll(&desk, None, &id).await), [Some(0), Some(1)]);
        let again = desk.submit(&ben, json!({"type": "Note", "name": "Now", "inReplyTo": uri})).await;
        assert_eq!(again.refusal(), (422, "poll.voted"));
        // Elsewhere too, and to nobody but whoever asks.
        let (eve, theirs, _) = asked_elsewhere(&desk).await;
        desk.say(&ben, json!({"type": "Create", "object": {"type": "Note", "name": "Tea", "inReplyTo": theirs}})).await;
        let sent = desk.last_sent().await;
        assert_eq!((sent.inboxes.as_slice(), &sent.body["object"]["name"]), ([format!("{}/inbox", eve.uri)].as_slice(), &json!("Tea")));
    }

    async fn what_asks_nothing_is_refused(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", ALL).await;
        let note = desk.writes(&ana, json!({"type": "Note", "content": "Tea", "to": PUBLIC})).await;
        let before = desk.world.state().await;
        for (document, refusal) in [
            (asking(&json!({"anyOf": []})), (422, "poll.choices")),
            (asking(&json!({"oneOf": [{"name": "Tea"}, {"name": "Coffee"}]})), (422, "poll.choices")),
            (asking(&json!({"anyOf": [{"name": "Tea"}, {"type": "Note"}]})), (422, "poll.choices")),
            (asking(&json!({"anyOf": [{"name": "Tea"}, {"name": "x".repeat(51)}]})), (422, "poll.choice_too_long")),
            (asking(&json!({"endTime": null})), (422, "poll.time")),
            (asking(&json!({"endTime": "2020-01-01T00:00:00Z"})), (422, "poll.time")),
            (asking(&json!({"content": ""})), (422, "post.empty")),
            (json!({"type": "Note", "name": "Tea", "inReplyTo": note}), (422, "post.empty")),
            (json!({"type": "Note", "content": "x", "oneOf": [{"name": "a"}, {"name": "b"}]}), (422, "post.not_served")),
        ] {
            assert_eq!(desk.submit(&ana, document.clone()).await.refusal(), refusal, "{document}");
        }
        assert_eq!(desk.world.state().await, before);
        let reader = desk.writer("reader", "read").await;
        assert_eq!(desk.submit(&reader, asking(&json!({}))).await.refusal(), (403, "token.scope"));
        assert_eq!(call(&desk, None, "GET", "/api/v1/timelines/public", Value::Null).await.ok().as_array().unwrap().len(), 1);
    }
}
