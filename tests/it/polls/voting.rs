//! Voting through the client API.

use guildhall::domain::accounts::{self, GrantRole};
use serde_json::{Value, json};

use super::{ALL, asked_elsewhere, asks, call, counts, id_of, poll, refusal, votes};
use crate::c2s::{Desk, Writer};

const AGAIN: &str = "Validation failed: You have already voted on this poll";
const NO_CHOICE: &str = "Validation failed: The chosen vote option does not exist";

on_both! {
    async fn everybody_votes_once(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben, cleo) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await, desk.writer("cleo", ALL).await);
        let id = id_of(&asks(&desk, &ana, json!({})).await);
        let seen = votes(&desk, &ben, &id, json!(["1"])).await.ok();
        assert_eq!((counts(&seen), &seen["voted"], &seen["own_votes"]), (vec![Some(0), Some(1)], &json!(true), &json!([1])));
        let seen = votes(&desk, &cleo, &id, json!([0])).await.ok();
        assert_eq!((counts(&seen), &seen["votes_count"], &seen["voters_count"]), (vec![Some(1), Some(1)], &json!(2), &json!(2)));
        let before = desk.world.state().await;
        for (who, choices, told) in [
            (&ben, json!([1]), AGAIN), (&ben, json!(["0"]), AGAIN), (&cleo, json!([0, 1]), AGAIN),
            (&ana, json!([0]), "Validation failed: You cannot vote in your own polls"),
            (&ben, json!([2]), NO_CHOICE), (&ben, json!([-1]), NO_CHOICE), (&ben, json!(["tea"]), NO_CHOICE),
            (&ben, json!([u64::MAX]), NO_CHOICE), (&ben, json!(vec![9; 100_000]), NO_CHOICE),
        ] {
            assert_eq!(refusal(&votes(&desk, who, &id, choices).await), (422, told.to_owned()));
        }
        assert_eq!(votes(&desk, &ben, &id, json!([])).await.status, 400);
        assert_eq!(refusal(&votes(&desk, &ben, &id, json!([{"a": 1}])).await).0, 422);
        assert_eq!(call(&desk, None, "POST", &format!("/api/v1/polls/{id}/votes"), json!({"choices": [0]})).await.status, 401);
        let reader = desk.writer("reader", "read write:favourites").await;
        assert_eq!(votes(&desk, &reader, &id, json!([0])).await.status, 403);
        assert_eq!(desk.world.state().await.without(&["accounts", "actors", "tokens"]), before.without(&["accounts", "actors", "tokens"]));
        assert_eq!(desk.world.count("poll_votes", "1 = 1").await, 2);
        // Nobody is told of votes while they are cast, and nobody is shown whose they are.
        assert_eq!(call(&desk, Some(&ana), "GET", "/api/v1/notifications", Value::Null).await.ok(), json!([]));
    }

    async fn several_choices_are_made_where_they_may_be(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let id = id_of(&asks(&desk, &ana, json!({"poll": {"options": ["a", "b", "c"], "multiple": true}})).await);
        assert_eq!(refusal(&votes(&desk, &ben, &id, json!([1, 1])).await), (422, AGAIN.to_owned()));
        let seen = votes(&desk, &ben, &id, json!([2, "0"])).await.ok();
        assert_eq!((counts(&seen), &seen["own_votes"]), (vec![Some(1), Some(0), Some(1)], &json!([0, 2])));
        assert_eq!((&seen["votes_count"], &seen["voters_count"]), (&json!(2), &json!(1)));
        assert_eq!(refusal(&votes(&desk, &ben, &id, json!([1, 2])).await), (422, AGAIN.to_owned()));
        assert_eq!(counts(&poll(&desk, None, &id).await), [Some(1), Some(0), Some(1)]);
    }

    async fn nobody_votes_in_what_they_may_not_see(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        for visibility in ["private", "direct"] {
            let id = id_of(&asks(&desk, &ana, json!({"visibility": visibility})).await);
            for who in [Some(&ben), None] {
                assert_eq!(refusal(&call(&desk, who, "GET", &format!("/api/v1/polls/{id}"), Value::Null).await), (404, "Record not found".to_owned()));
            }
            assert_eq!(refusal(&votes(&desk, &ben, &id, json!([0])).await), (404, "Record not found".to_owned()));
            assert_eq!(counts(&poll(&desk, Some(&ana), &id).await), [Some(0), Some(0)]);
        }
        let named = id_of(&asks(&desk, &ana, json!({"visibility": "direct", "status": "@ben, tea or coffee?"})).await);
        votes(&desk, &ben, &named, json!([0])).await.ok();
        // What is for the company stays inside, and is voted on inside.
        let inside = asks(&desk, &ana, json!({"local_only": true})).await;
        votes(&desk, &ben, &id_of(&inside), json!([1])).await.ok();
        desk.world.clock.advance(std::time::Duration::from_secs(7200));
        assert!(desk.sent().await.iter().all(|sent| sent.kind != "Update" || sent.inboxes.is_empty()));
        assert_eq!(desk.world.count("activities", &format!("body LIKE '%{}%'", id_of(&inside))).await, 0);
        assert_eq!(votes(&desk, &ben, "12345", json!([0])).await.status, 404);
        assert_eq!(votes(&desk, &ben, "tea", json!([0])).await.status, 404);
        // Whoever blocks whom, there is no vote between them.
        let open = id_of(&asks(&desk, &ana, json!({})).await);
        call(&desk, Some(&ben), "POST", &format!("/api/v1/accounts/{}/block", ana.actor.id), Value::Null).await.ok();
        assert_eq!(refusal(&votes(&desk, &ben, &open, json!([0])).await), (403, "This action is not allowed".to_owned()));
        call(&desk, Some(&ben), "POST", &format!("/api/v1/accounts/{}/unblock", ana.actor.id), Value::Null).await.ok();
        call(&desk, Some(&ana), "POST", &format!("/api/v1/accounts/{}/block", ben.actor.id), Value::Null).await.ok();
        assert_eq!(votes(&desk, &ben, &open, json!([0])).await.status, 404);
    }

    async fn a_brand_asks_and_votes_as_itself(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let (account, ours) = (ana.account, desk.world.app.site.clone());
        let brand = desk.world.app.db.write(move |tx| {
            let brand = guildhall::domain::actors::find_local(tx.conn(), "brand")?.unwrap();
            accounts::grant(tx, account, brand.id, GrantRole::Publisher)?;
            Ok(brand)
        }).await.unwrap();
        assert!(brand.uri.starts_with(&ours.base_url));
        let token = desk.token(ana.account, &brand, ALL).await;
        let company = Writer { actor: brand, account: ana.account, token };
        let asked = asks(&desk, &company, json!({})).await;
        assert_eq!(asked["account"]["username"], "brand");
        // The person behind it has a vote of their own; the brand has none in its own poll.
        assert_eq!(counts(&votes(&desk, &ana, &id_of(&asked), json!([0])).await.ok()), [Some(1), Some(0)]);
        assert_eq!(votes(&desk, &company, &id_of(&asked), json!([0])).await.status, 422);
        let bens = id_of(&asks(&desk, &ben, json!({})).await);
        votes(&desk, &company, &bens, json!([0])).await.ok();
        let seen = votes(&desk, &ana, &bens, json!([1])).await.ok();
        assert_eq!((counts(&seen), &seen["own_votes"]), (vec![Some(1), Some(1)], &json!([1])));
    }

    async fn votes_at_the_same_moment_are_one_vote_each(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", ALL).await;
        let mut voters = Vec::new();
        for name in ["ben", "cleo", "dan", "eva"] {
            voters.push(desk.writer(name, ALL).await);
        }
        let id = id_of(&asks(&desk, &ana, json!({})).await);
        let twins = voters.iter().chain(&voters).enumerate().map(|(number, who)| votes(&desk, who, &id, json!([number % 2])));
        let replies = futures_util::future::join_all(twins).await;
        assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 4);
        assert!(replies.iter().all(|reply| reply.status == 200 || refusal(reply) == (422, AGAIN.to_owned())));
        let seen = poll(&desk, None, &id).await;
        assert_eq!((&seen["votes_count"], &seen["voters_count"]), (&json!(4), &json!(4)));
        assert_eq!(desk.world.count("poll_votes", "1 = 1").await, 4);
    }

    async fn a_vote_goes_to_whoever_asks_and_to_nobody_else(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let (eve, uri, id) = asked_elsewhere(&desk).await;
        let seen = votes(&desk, &ana, &id, json!([1])).await.ok();
        assert_eq!((counts(&seen), &seen["voters_count"], &seen["own_votes"]), (vec![Some(3), Some(3)], &json!(6), &json!([1])));
        let sent = desk.last_sent().await;
        assert_eq!((sent.kind.as_str(), sent.inboxes.as_slice()), ("Create", [format!("{}/inbox", eve.uri)].as_slice()));
        let note = &sent.body["object"];
        assert_eq!((&note["type"], &note["name"], &note["inReplyTo"]), (&json!("Note"), &json!("Coffee"), &json!(uri)));
        assert_eq!((&note["to"], &note["attributedTo"], note.get("content")), (&json!([eve.uri]), &json!(ana.actor.uri), None));
        assert_eq!(sent.body["to"], json!([eve.uri]));
        // Nobody else reads it: not at its address, not in the outbox.
        let activity = sent.body["id"].as_str().unwrap();
        for who in [None, Some(&ben)] {
            assert_eq!(desk.get(who, activity).await.status, 404);
        }
        let outbox = desk.get(None, &format!("{}?page=true", ana.outbox())).await.ok();
        assert!(!outbox.to_string().contains("Coffee"), "{outbox}");
        assert_eq!(refusal(&votes(&desk, &ana, &id, json!([0])).await), (422, AGAIN.to_owned()));
        assert_eq!(desk.sent().await.iter().filter(|sent| sent.kind == "Create").count(), 1, "what is refused is not told");
    }
}
