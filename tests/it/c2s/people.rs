//! Follow, Like, Announce, Block, and the Undo of each.

use serde_json::json;

use super::{Desk, note, number};
use crate::support::world::{OURS, PUBLIC, Stranger};

const ALL: &str = "read write follow";

on_both! {
    async fn likes_and_boosts_are_done_once_and_taken_back(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", ALL).await;
        let bob = Stranger::new("https://there.example/users/bob", 0);
        desk.world.publish(&bob);
        let mut theirs = bob.note("notes/1", "<p>Tea?</p>");
        theirs["@context"] = json!("https://www.w3.org/ns/activitystreams");
        let uri = theirs["id"].as_str().unwrap().to_owned();
        desk.world.serve(&uri, &theirs);
        // The post is not known yet: it is fetched.
        let like = desk.say(&ana, json!({"type": "Like", "object": uri})).await;
        assert_eq!(desk.say(&ana, json!({"type": "Like", "actor": ana.actor.uri, "object": theirs})).await, like);
        let boost = desk.say(&ana, json!({"type": "Announce", "object": {"id": uri}, "to": PUBLIC, "cc": ana.followers()})).await;
        let known = desk.world.post(&uri).await.unwrap();
        let status = desk.get(Some(&ana), &format!("/api/v1/statuses/{}", known.id)).await.ok();
        assert_eq!((&status["favourited"], &status["reblogged"], &status["favourites_count"]), (&json!(true), &json!(true), &json!(1)));
        let sent = desk.sent().await;
        assert_eq!(sent.iter().map(|sent| sent.kind.as_str()).collect::<Vec<_>>(), ["Like", "Announce"]);
        assert_eq!((&sent[0].body["id"], &sent[1].body["id"]), (&json!(like), &json!(boost)));
        assert!(sent.iter().all(|sent| sent.inboxes == [format!("{}/inbox", bob.uri)]), "{sent:?}");
        // Back by id, and embedded without one.
        let undo = desk.say(&ana, json!({"type": "Undo", "object": like})).await;
        desk.say(&ana, json!({"type": "Undo", "object": {"type": "Announce", "actor": ana.actor.uri, "object": uri}})).await;
        let status = desk.get(Some(&ana), &format!("/api/v1/statuses/{}", known.id)).await.ok();
        assert_eq!((&status["favourited"], &status["reblogged"]), (&json!(false), &json!(false)));
        let sent = desk.sent().await;
        assert_eq!((sent[2].kind.as_str(), &sent[2].body["id"], &sent[2].body["object"]["id"]), ("Undo", &json!(undo), &json!(like)));
        assert_eq!(sent[3].body["object"]["id"], json!(boost));
        assert_eq!(desk.say(&ana, json!({"type": "Undo", "object": like})).await, undo, "twice is once");
        assert_eq!(desk.sent().await.len(), 4);
        let never = desk.submit(&ana, json!({"type": "Undo", "object": {"type": "Like", "object": uri}})).await;
        assert_eq!(never.refusal(), (404, "activity.not_found"));
    }

    async fn a_like_between_people_here_has_an_address_all_the_same(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let uri = desk.writes(&ana, note("Hello")).await;
        let like = desk.say(&ben, json!({"type": "Like", "object": uri})).await;
        let follow = desk.say(&ben, json!({"type": "Follow", "object": ana.actor.uri})).await;
        for (activity, kind, object) in [(&like, "Like", &uri), (&follow, "Follow", &ana.actor.uri)] {
            let shown = desk.get(Some(&ben), activity).await.ok();
            assert_eq!((&shown["id"], &shown["type"], &shown["object"]), (&json!(activity), &json!(kind), &json!(object)));
            assert_eq!(desk.get(None, activity).await.status, 404);
            assert_eq!(desk.get(Some(&ana), activity).await.status, 404, "it is the doer's alone");
        }
        assert_eq!(desk.status(None, &uri).await.ok()["favourites_count"], 1);
        let undo = desk.say(&ben, json!({"type": "Undo", "object": {"id": like, "type": "Like"}})).await;
        assert_eq!(desk.get(Some(&ben), &like).await.status, 410);
        assert_eq!(desk.get(Some(&ben), &undo).await.ok()["object"]["id"], json!(like));
        let foreign = desk.submit(&ana, json!({"type": "Undo", "object": follow})).await;
        assert_eq!(foreign.refusal(), (404, "activity.not_found"), "only one's own is taken back");
        desk.say(&ben, json!({"type": "Undo", "object": follow})).await;
    }

    async fn follows_and_blocks_are_told_and_ended(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", ALL).await;
        let bob = Stranger::new("https://there.example/users/bob", 0);
        desk.world.publish(&bob);
        let follow = desk.say(&ana, json!({"type": "Follow", "object": bob.uri, "to": bob.uri})).await;
        assert_eq!(desk.say(&ana, json!({"type": "Follow", "object": bob.document()})).await, follow);
        let accept = bob.does("Accept", "1", json!({"id": follow, "type": "Follow", "actor": ana.actor.uri, "object": bob.uri}));
        assert_eq!(desk.world.receive(&bob, &accept).await, 202);
        let id = desk.world.actor(&bob.uri).await.unwrap().id;
        let relation = || async { desk.get(Some(&ana), &format!("/api/v1/accounts/relationships?id[]={id}")).await.ok()[0].clone() };
        assert_eq!(relation().await["following"], true);
        assert_eq!(desk.last_sent().await.inboxes, [format!("{}/inbox", bob.uri)]);
        let undo = desk.say(&ana, json!({"type": "Undo", "object": follow})).await;
        assert_eq!(relation().await["following"], false);
        let block = desk.say(&ana, json!({"type": "Block", "object": bob.uri})).await;
        assert_eq!(desk.say(&ana, json!({"type": "Block", "object": bob.uri})).await, block);
        assert_eq!(relation().await["blocking"], true);
        let unblock = desk.say(&ana, json!({"type": "Undo", "object": {"type": "Block", "object": bob.uri}})).await;
        assert_eq!(relation().await["blocking"], false);
        let sent: Vec<(String, String)> = desk.sent().await.iter().map(|sent| (sent.kind.clone(), sent.body["id"].as_str().unwrap().to_owned())).collect();
        let told = [("Follow", follow), ("Undo", undo), ("Block", block), ("Undo", unblock)].map(|(kind, id)| (kind.to_owned(), id));
        assert_eq!(sent, told);
    }

    async fn nobody_follows_whom_they_block_at_any_door(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let bob = Stranger::new("https://there.example/users/bob", 0);
        desk.world.publish(&bob);
        let follow = desk.say(&ana, json!({"type": "Follow", "object": bob.uri})).await;
        let accept = bob.does("Accept", "1", json!({"id": follow, "type": "Follow", "actor": ana.actor.uri, "object": bob.uri}));
        assert_eq!(desk.world.receive(&bob, &accept).await, 202);
        assert_eq!(desk.world.receive(&bob, &bob.does("Follow", "2", json!(ana.actor.uri))).await, 202);
        let id = desk.world.actor(&bob.uri).await.unwrap().id;
        let relation = || async {
            let relation = desk.get(Some(&ana), &format!("/api/v1/accounts/relationships?id[]={id}")).await.ok()[0].clone();
            ["following", "requested", "followed_by", "blocking"].map(|name| relation[name].as_bool().unwrap())
        };
        assert_eq!(relation().await, [true, false, true, false]);
        desk.say(&ana, json!({"type": "Block", "object": bob.uri})).await;
        assert_eq!(relation().await, [false, false, false, true], "a block ends follows both ways");
        let said = desk.sent().await.len();
        for target in [&bob.uri, &ben.actor.uri] {
            desk.say(&ana, json!({"type": "Block", "object": target})).await;
            let refused = desk.submit(&ana, json!({"type": "Follow", "object": target})).await;
            assert_eq!(refused.refusal(), (403, "follow.blocked"));
            assert!(refused.body["detail"].as_str().unwrap().contains("End the block first"), "{}", refused.body);
        }
        let tried = desk.post_to(Some(&ana.token), &format!("{OURS}/api/v1/accounts/{id}/follow"), "application/json", "{}").await;
        assert_eq!(tried.status, 403, "{}", tried.body);
        assert_eq!(relation().await, [false, false, false, true]);
        assert_eq!(desk.sent().await.len(), said, "and nobody is asked");
        // Whoever elsewhere wants to follow blocks no more, whether or not we heard that it ended.
        let undo = json!({"type": "Undo", "object": {"type": "Block", "object": bob.uri}});
        desk.say(&ana, undo).await;
        assert_eq!(desk.world.receive(&bob, &bob.does("Block", "3", json!(ana.actor.uri))).await, 202);
        assert_eq!(desk.world.receive(&bob, &bob.does("Follow", "4", json!(ana.actor.uri))).await, 202);
        assert_eq!(relation().await, [false, false, true, false]);
        let told = desk.last_sent().await;
        assert_eq!((told.kind.as_str(), &told.body["object"]["id"]), ("Accept", &json!(bob.does("Follow", "4", json!(0))["id"])), "{}", told.body);
        // When the block is over, she may.
        desk.say(&ana, json!({"type": "Undo", "object": {"type": "Block", "object": ben.actor.uri}})).await;
        desk.say(&ana, json!({"type": "Follow", "object": ben.actor.uri})).await;
    }

    async fn a_boost_goes_to_somebody_and_only_of_what_is_open(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let open = desk.writes(&ana, note("Hello")).await;
        let closed = desk.writes(&ana, json!({"type": "Note", "content": "Psst", "to": ben.actor.uri})).await;
        for (document, refusal) in [
            (json!({"type": "Announce", "object": open}), (422, "boost.addressing")),
            (json!({"type": "Announce", "object": open, "to": ana.actor.uri}), (422, "boost.addressing")),
            (json!({"type": "Announce", "object": open, "to": PUBLIC, "bcc": ana.actor.uri}), (422, "boost.addressing")),
            (json!({"type": "Announce", "object": closed, "to": PUBLIC}), (403, "boost.audience")),
        ] {
            assert_eq!(desk.submit(&ben, document.clone()).await.refusal(), refusal, "{document}");
        }
        desk.say(&ben, json!({"type": "Announce", "object": open, "to": ben.followers()})).await;
        let boosts = desk.get(Some(&ben), &format!("/api/v1/accounts/{}/statuses", ben.actor.id)).await.ok();
        assert_eq!((&boosts[0]["visibility"], &boosts[0]["reblog"]["id"]), (&json!("private"), &json!(number(&open))));
    }
}
