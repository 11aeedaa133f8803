//! Votes and questions from other servers.

use std::time::Duration;

use guildhall::domain::posts::Audience;
use serde_json::{Value, json};

use super::{ALL, HOUR, ana_asks, asked_elsewhere, call, counts, poll, question, refusal, somebody, vote, votes};
use crate::{
    c2s::Desk,
    support::world::{Letter, NOW, OURS},
};

on_both! {
    async fn votes_are_counted_once_and_never_shown(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let world = &desk.world;
        let (one, several) = (ana_asks(world, &["Tea & <milk>", "Coffee"], false, Audience::Public).await, ana_asks(world, &["a", "b", "c"], true, Audience::Public).await);
        let (eve, bob) = (somebody(world, "https://there.example/users/eve", 0), somebody(world, "https://far.example/users/bob", 1));
        let (first, second) = (one.uri.clone().unwrap(), several.uri.clone().unwrap());
        for (by, poll, choice, id) in [(&eve, &first, "Tea & <milk>", "1"), (&bob, &first, " Coffee", "1"), (&eve, &second, "a", "2"), (&eve, &second, "c", "3")] {
            assert_eq!(world.receive(by, &vote(by, poll, choice, id)).await, 202);
            // The same letter, and the same vote under another id.
            assert_eq!(world.receive(by, &vote(by, poll, choice, id)).await, 202);
            assert_eq!(world.receive(by, &vote(by, poll, choice, &format!("again-{id}"))).await, 202);
        }
        // GoToSocial sends all choices together, without saying again whose they are.
        let note = |choice: &str| json!({"type": "Note", "name": choice, "inReplyTo": second, "to": OURS});
        let together = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": format!("{}#both", bob.uri), "type": "Create", "actor": bob.uri, "object": [note("a"), note("b")]});
        assert_eq!(world.receive(&bob, &together).await, 202);
        world.work().await;
        let (shown, other) = (poll(&desk, None, &one.id.to_string()).await, poll(&desk, None, &several.id.to_string()).await);
        assert_eq!((counts(&shown), &shown["voters_count"]), (vec![Some(1), Some(1)], &json!(2)));
        assert_eq!((counts(&other), &other["voters_count"]), (vec![Some(2), Some(1), Some(1)], &json!(2)));
        assert_eq!((world.count("posts", "1 = 1").await, world.count("notifications", "1 = 1").await), (2, 0));
        for id in [one.id, several.id] {
            let status = call(&desk, None, "GET", &format!("/api/v1/statuses/{id}"), Value::Null).await.ok();
            assert_eq!(status["replies_count"], 0);
            let context = call(&desk, None, "GET", &format!("/api/v1/statuses/{id}/context"), Value::Null).await.ok();
            assert_eq!(context["descendants"], json!([]));
        }
    }

    async fn what_is_no_vote_changes_nothing(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let world = &desk.world;
        let (open, direct) = (ana_asks(world, &["Tea", "Coffee"], false, Audience::Public).await, ana_asks(world, &["Tea", "Coffee"], false, Audience::Direct).await);
        let note = world.ana_writes("no poll").await;
        let (eve, bob) = (somebody(world, "https://there.example/users/eve", 0), somebody(world, "https://far.example/users/bob", 1));
        let theirs = question(&bob, "poll", [0, 0]);
        world.follow(&bob.uri).await;
        assert_eq!(world.receive(&bob, &bob.create(&theirs)).await, 202);
        let (open, direct, note, theirs) = (open.uri.unwrap(), direct.uri.unwrap(), note.uri.unwrap(), theirs["id"].as_str().unwrap().to_owned());
        // Eve is known from here on.
        assert_eq!(world.receive(&eve, &vote(&eve, &note, "Tea", "0")).await, 202);
        let before = world.state().await;
        let with = |change: &dyn Fn(&mut Value)| {
            let mut vote = vote(&eve, &open, "Tea", "x");
            change(&mut vote);
            vote
        };
        let two = |first: &str, second: &str| with(&|vote| {
            let (mut one, mut other) = (vote["object"].clone(), vote["object"].clone());
            (one["name"], other["name"]) = (json!(first), json!(second));
            vote["object"] = json!([one, other]);
        });
        for (name, letter) in [
            ("an unknown choice", with(&|vote| vote["object"]["name"] = json!("Water"))),
            ("a choice of a megabyte", with(&|vote| vote["object"]["name"] = json!("x".repeat(900_000)))),
            ("in another's name", with(&|vote| vote["object"]["attributedTo"] = json!(bob.uri))),
            ("in Ana's name", with(&|vote| vote["object"]["attributedTo"] = json!(world.ana.uri))),
            ("two choices where one may be made", two("Tea", "Coffee")),
            ("one choice twice", two("Tea", "Tea")),
            ("a choice and none", two("Tea", "Water")),
            ("a poll that she may not see", with(&|vote| vote["object"]["inReplyTo"] = json!(direct))),
            ("a post that asks nothing", with(&|vote| vote["object"]["inReplyTo"] = json!(note))),
            ("a poll of another server", with(&|vote| vote["object"]["inReplyTo"] = json!(theirs))),
            ("a poll that is not there", with(&|vote| vote["object"]["inReplyTo"] = json!(format!("{OURS}/ap/objects/12345")))),
        ] {
            assert_eq!(world.receive(&eve, &letter).await, 202, "{name}");
            world.work().await;
            world.state().await.assert_same(&before, name);
        }
        // Signed by another than its actor.
        let forged = Letter::signed(&bob, &vote(&eve, &open, "Tea", "forged"));
        assert_eq!(world.send(forged).await, 401);
        world.state().await.assert_same(&before, "a forgery");
        assert_eq!(world.count("poll_votes", "1 = 1").await, 0);
        // After the end nothing counts, even where nobody has noticed it yet.
        world.clock.advance(HOUR);
        let late = Letter::signed_at(&eve, &vote(&eve, &open, "Tea", "late"), NOW.plus(HOUR));
        assert_eq!(world.send(late).await, 202);
        assert_eq!(world.count("poll_votes", "1 = 1").await, 0);
        world.work().await;
        let late = Letter::signed_at(&eve, &vote(&eve, &open, "Tea", "later"), NOW.plus(HOUR));
        assert_eq!(world.send(late).await, 202);
        assert_eq!(world.count("poll_votes", "1 = 1").await, 0);
    }

    async fn a_flood_of_votes_is_one_vote_and_one_update(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let world = &desk.world;
        let ana_follower = world.followed("https://near.example/users/finn", 2).await;
        let post = ana_asks(world, &["Tea", "Coffee"], false, Audience::Public).await;
        let uri = post.uri.clone().unwrap();
        let (eve, bob) = (somebody(world, "https://there.example/users/eve", 0), somebody(world, "https://far.example/users/bob", 1));
        for number in 0..60 {
            let choice = if number % 2 == 0 { "Tea" } else { "Coffee" };
            assert_eq!(world.receive(&eve, &vote(&eve, &uri, choice, &number.to_string())).await, 202);
        }
        assert_eq!(world.receive(&bob, &vote(&bob, &uri, "Coffee", "1")).await, 202);
        assert_eq!(counts(&poll(&desk, None, &post.id.to_string()).await), [Some(1), Some(1)]);
        let updates = |sent: Vec<crate::c2s::Sent>| sent.into_iter().filter(|sent| sent.kind == "Update").collect::<Vec<_>>();
        assert_eq!(updates(desk.sent().await).len(), 0, "they gather");
        world.clock.advance(Duration::from_secs(181));
        let said = updates(desk.sent().await);
        assert_eq!(said.len(), 1);
        let question = &said[0].body["object"];
        assert_eq!((&question["oneOf"][0]["replies"]["totalItems"], &question["votersCount"]), (&json!(1), &json!(2)));
        assert!(question.get("updated").is_none() && question.get("closed").is_none(), "{question}");
        assert_eq!(said[0].inboxes, [format!("{}/inbox", bob.uri), format!("{}/inbox", eve.uri)], "who voted hears how it stands");
        drop(ana_follower);
        // Nothing more is said until somebody votes again.
        world.clock.advance(Duration::from_secs(600));
        assert_eq!(updates(desk.sent().await).len(), 1);
    }

    async fn a_question_elsewhere_stands_as_its_server_says(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", ALL).await;
        let (eve, uri, id) = asked_elsewhere(&desk).await;
        let world = &desk.world;
        let seen = poll(&desk, Some(&ana), &id).await;
        assert_eq!((counts(&seen), &seen["voters_count"], &seen["expired"]), (vec![Some(3), Some(2)], &json!(5), &json!(false)));
        votes(&desk, &ana, &id, json!([0])).await.ok();
        // Votes alone are no edit: what somebody chose here stays.
        let told = question(&eve, "poll", [9, 4]);
        assert_eq!(world.receive(&eve, &eve.does("Update", "1", &told)).await, 202);
        let seen = poll(&desk, Some(&ana), &id).await;
        assert_eq!((counts(&seen), &seen["own_votes"], &seen["voters_count"]), (vec![Some(9), Some(4)], &json!([0]), &json!(13)));
        let status = call(&desk, Some(&ana), "GET", &format!("/api/v1/statuses/{id}"), Value::Null).await.ok();
        assert_eq!(status["edited_at"], Value::Null);
        // Other choices are: nobody here has voted for them.
        let mut other = question(&eve, "poll", [0, 0]);
        other["oneOf"][0]["name"] = json!("Water");
        other["updated"] = json!("2026-11-01T11:00:00Z");
        assert_eq!(world.receive(&eve, &eve.does("Update", "2", &other)).await, 202);
        let seen = poll(&desk, Some(&ana), &id).await;
        assert_eq!((&seen["options"][0]["title"], &seen["voted"]), (&json!("Water"), &json!(false)));
        assert_eq!(world.count("poll_votes", "1 = 1").await, 0);
        // Nobody else says how it stands.
        let mallory = world.followed("https://there.example/users/mallory", 1).await;
        assert_eq!(world.receive(&mallory, &mallory.does("Update", "3", question(&eve, "poll", [99, 99]))).await, 202);
        assert_eq!(counts(&poll(&desk, None, &id).await), [Some(0), Some(0)]);
        assert!(world.post(&uri).await.unwrap().edited_at.is_some());
    }

    async fn whoever_looks_has_its_server_asked_but_not_often(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", ALL).await;
        let (eve, uri, id) = asked_elsewhere(&desk).await;
        let world = &desk.world;
        let asked = || world.documents.requests().iter().filter(|request| request.contains(&uri)).count();
        world.serve(&uri, &question(&eve, "poll", [7, 7]));
        poll(&desk, None, &id).await;
        world.work().await;
        assert_eq!(asked(), 0, "whoever has no token makes us ask nothing");
        for _ in 0..10 {
            poll(&desk, Some(&ana), &id).await;
        }
        world.work().await;
        assert_eq!((asked(), counts(&poll(&desk, Some(&ana), &id).await)), (1, vec![Some(7), Some(7)]));
        world.work().await;
        assert_eq!(asked(), 1);
        world.clock.advance(Duration::from_secs(61));
        poll(&desk, Some(&ana), &id).await;
        world.work().await;
        assert_eq!(asked(), 2);
    }

    async fn large_and_odd_questions_are_read_as_far_as_they_make_sense(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", ALL).await;
        let eve = desk.world.followed("https://there.example/users/eve", 0).await;
        let arrives = async |id: &str, change: &dyn Fn(&mut Value)| {
            let mut question = question(&eve, id, [3, 2]);
            change(&mut question);
            assert_eq!(desk.world.receive(&eve, &eve.create(&question)).await, 202);
            let post = desk.world.post(question["id"].as_str().unwrap()).await.unwrap();
            poll(&desk, Some(&ana), &post.id.to_string()).await
        };
        let many: Vec<Value> = (0..10_000).map(|number| json!({"type": "Note", "name": number.to_string()})).collect();
        assert_eq!(arrives("many", &|question| question["oneOf"] = json!(many)).await["options"].as_array().unwrap().len(), 50);
        let long = arrives("long", &|question| question["oneOf"][0]["name"] = json!("x".repeat(500_000))).await;
        assert_eq!(long["options"][0]["title"].as_str().unwrap().len(), 500);
        let huge = arrives("huge", &|question| {
            for choice in 0..2 {
                question["oneOf"][choice]["replies"]["totalItems"] = json!(u64::MAX);
            }
        }).await;
        assert_eq!(huge["votes_count"], json!(u64::MAX));
        votes(&desk, &ana, huge["id"].as_str().unwrap(), json!([0])).await.ok();
        let untold = arrives("untold", &|question| question["oneOf"][0]["replies"] = json!({"totalItems": -3})).await;
        assert_eq!(counts(&untold), [None, Some(2)]);
        let closed = arrives("closed", &|question| question["closed"] = json!("2026-11-01T11:00:00Z")).await;
        assert_eq!((&closed["expired"], &closed["expires_at"]), (&json!(true), &json!("2026-11-01T11:00:00.000Z")));
        let shut = arrives("shut", &|question| question["closed"] = json!(true)).await;
        assert_eq!(refusal(&votes(&desk, &ana, shut["id"].as_str().unwrap(), json!([0])).await), (422, "Validation failed: The poll has already ended".to_owned()));
        let endless = arrives("endless", &|question| question["endTime"] = Value::Null).await;
        assert_eq!((&endless["expires_at"], &endless["expired"]), (&Value::Null, &json!(false)));
        votes(&desk, &ana, endless["id"].as_str().unwrap(), json!([0])).await.ok();
    }
}
