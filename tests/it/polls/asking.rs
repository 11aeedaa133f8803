//! Asking, and changing what is asked.

use axum::body::Body;
use http::{Request, header};
use serde_json::{Value, json};

use super::{ALL, asks, call, counts, id_of, poll, refusal, votes};
use crate::{c2s::Desk, support::world::PUBLIC};

on_both! {
    async fn a_poll_is_asked_in_every_form_that_clients_send(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let form = "status=Tea+or+coffee?&poll[options][]=Tea&poll[options][]=+Coffee+&poll[expires_in]=3600&poll[multiple]=true&poll[hide_totals]=false";
        let request = Request::post("/api/v1/statuses")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::AUTHORIZATION, format!("Bearer {}", ana.token))
            .body(Body::from(form)).unwrap();
        let by_form = desk.send(request).await.ok();
        let by_json = asks(&desk, &ana, json!({"poll": {"multiple": "1", "expires_in": "3600"}})).await;
        for status in [by_form, by_json] {
            let id = id_of(&status);
            let expected = json!({
                "id": id, "expires_at": "2026-11-03T13:00:00.000Z", "expired": false, "multiple": true, "votes_count": 0, "voters_count": 0,
                "options": [{"title": "Tea", "votes_count": 0}, {"title": "Coffee", "votes_count": 0}], "emojis": [], "voted": true, "own_votes": [],
            });
            let mut shown = status["poll"].clone();
            let asked_at = status["created_at"].as_str().unwrap().to_owned();
            assert!(shown["expires_at"].as_str().unwrap() > asked_at.as_str());
            shown["expires_at"] = expected["expires_at"].clone();
            assert_eq!(shown, expected);
            assert_eq!(poll(&desk, Some(&ana), &id).await, status["poll"]);
            assert_eq!(poll(&desk, Some(&ben), &id).await["voted"], false);
            let anonymous = poll(&desk, None, &id).await;
            assert!(anonymous.get("voted").is_none() && anonymous.get("own_votes").is_none(), "{anonymous}");
        }
        let note = call(&desk, Some(&ana), "POST", "/api/v1/statuses", json!({"status": "No poll", "poll": null})).await.ok();
        assert_eq!(note["poll"], Value::Null);
        assert_eq!(refusal(&call(&desk, Some(&ana), "GET", &format!("/api/v1/polls/{}", id_of(&note)), Value::Null).await), (404, "Record not found".to_owned()));
    }

    async fn what_is_no_poll_is_refused(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", ALL).await;
        let before = desk.world.state().await;
        let with = |name: &str, value: Value| {
            let mut poll = json!({"options": ["Tea", "Coffee"], "expires_in": 300});
            poll[name] = value;
            poll
        };
        let many: Vec<String> = (0..10_000).map(|number| number.to_string()).collect();
        for (poll, told) in [
            (with("options", json!([])), "2 to 4"),
            (with("options", json!(["Tea"])), "2 to 4"),
            (with("options", json!(["a", "b", "c", "d", "e"])), "2 to 4"),
            (with("options", json!(many)), "2 to 4"),
            (with("options", json!(["Tea", "x".repeat(51)])), "50 characters"),
            (with("options", json!(["Tea", "x".repeat(1_000_000)])), "50 characters"),
            (with("options", json!(["Tea", " Tea "])), "differ"),
            (with("options", json!(["Tea", " \u{200b} "])), "differ"),
            (with("options", json!(["Tea", {"a": 1}])), "must be text"),
            (with("expires_in", json!(299)), "five minutes"),
            (with("expires_in", json!(2_629_747)), "five minutes"),
            (with("expires_in", json!(i64::MAX)), "five minutes"),
            (with("expires_in", json!(null)), "five minutes"),
            (with("expires_in", json!(-300)), ""),
            (with("expires_in", json!("soon")), "whole number"),
            (with("multiple", json!("perhaps")), "true or false"),
            (json!("Tea"), "must be an object"),
        ] {
            let (status, said) = refusal(&call(&desk, Some(&ana), "POST", "/api/v1/statuses", json!({"status": "x", "poll": poll})).await);
            assert_eq!(status, 422, "{said}");
            assert!(said.contains(told), "{said}: {told}");
        }
        let (status, _) = refusal(&call(&desk, Some(&ana), "POST", "/api/v1/statuses", json!({"status": "x", "poll": with("options", json!(["x".repeat(1024 * 1024), "b"]))})).await);
        assert_eq!(status, 413);
        assert_eq!(desk.world.state().await, before);
        let edge = with("options", json!(["ß".repeat(50), "b", "c", "d"]));
        call(&desk, Some(&ana), "POST", "/api/v1/statuses", json!({"status": "x", "poll": edge})).await.ok();
    }

    async fn a_poll_leaves_as_a_question(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", ALL).await;
        for (multiple, member, other) in [(false, "oneOf", "anyOf"), (true, "anyOf", "oneOf")] {
            let status = asks(&desk, &ana, json!({"poll": {"multiple": multiple}})).await;
            let sent = desk.last_sent().await;
            assert_eq!(sent.kind, "Create");
            let question = &sent.body["object"];
            assert_eq!((&question["type"], &question["endTime"]), (&json!("Question"), &status["poll"]["expires_at"]));
            assert_eq!(question[member], json!([
                {"type": "Note", "name": "Tea", "replies": {"type": "Collection", "totalItems": 0}},
                {"type": "Note", "name": "Coffee", "replies": {"type": "Collection", "totalItems": 0}},
            ]));
            assert_eq!((&question["votersCount"], question.get(other), question.get("closed")), (&json!(0), None, None));
            let terms = sent.body["@context"].as_array().unwrap().last().unwrap();
            assert_eq!(terms["votersCount"], "toot:votersCount");
            let fetched = desk.get(None, question["id"].as_str().unwrap()).await.ok();
            assert_eq!((&fetched["type"], &fetched[member]), (&json!("Question"), &question[member]));
            assert_eq!(question["to"], json!([PUBLIC]));
        }
    }

    async fn other_choices_begin_anew_and_the_same_keep_their_votes(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let id = id_of(&asks(&desk, &ana, json!({})).await);
        let path = format!("/api/v1/statuses/{id}");
        votes(&desk, &ben, &id, json!([0])).await.ok();
        // A new text, without a word of the poll, and with the same poll for longer.
        for body in [json!({"status": "Tea?"}), json!({"status": "Tea?", "poll": {"options": ["Tea", "Coffee"], "expires_in": 7200}})] {
            desk.world.clock.advance(std::time::Duration::from_secs(60));
            let edited = call(&desk, Some(&ana), "PUT", &path, body).await.ok();
            assert_eq!(counts(&edited["poll"]), [Some(1), Some(0)]);
            assert_eq!(poll(&desk, Some(&ben), &id).await["own_votes"], json!([0]));
        }
        for other in [json!({"options": ["Coffee", "Tea"], "expires_in": 3600}), json!({"options": ["Coffee", "Tea"], "expires_in": 3600, "multiple": true})] {
            desk.world.clock.advance(std::time::Duration::from_secs(60));
            let edited = call(&desk, Some(&ana), "PUT", &path, json!({"status": "Tea?", "poll": other})).await.ok();
            assert_eq!((counts(&edited["poll"]), &edited["poll"]["voters_count"]), (vec![Some(0), Some(0)], &json!(0)));
            assert_eq!(poll(&desk, Some(&ben), &id).await["voted"], false);
            let sent = desk.last_sent().await;
            assert_eq!((sent.kind.as_str(), &sent.body["object"]["updated"]), ("Update", &edited["edited_at"]));
            votes(&desk, &ben, &id, json!([1])).await.ok();
        }
        desk.world.clock.advance(std::time::Duration::from_secs(60));
        let deleted = call(&desk, Some(&ana), "PUT", &path, json!({"status": "No", "poll": null})).await.ok();
        assert_eq!(deleted["poll"], Value::Null);
        assert_eq!(desk.world.count("poll_votes", "1 = 1").await, 0);
        assert_eq!(desk.last_sent().await.body["object"]["type"], "Note");
        let again = call(&desk, Some(&ana), "PUT", &path, json!({"status": "Yes", "poll": {"options": ["a", "b"], "expires_in": 300}})).await.ok();
        assert_eq!(again["poll"]["options"][1]["title"], "b");
        // What is deleted answers with all that it takes to write it anew.
        let gone = call(&desk, Some(&ana), "DELETE", &path, Value::Null).await.ok();
        assert_eq!((&gone["text"], &gone["poll"]["options"][0]["title"]), (&json!("Yes"), &json!("a")));
        assert_eq!(call(&desk, Some(&ana), "GET", &format!("/api/v1/polls/{id}"), Value::Null).await.status, 404);
    }
}
