//! Who is called like somebody else: only who holds a handle is found by it, and nobody is taken for another.

use guildhall::{
    domain::{ActorId, actors},
    federation::fetch::{self, Budget, Resolved},
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::world::{Letter, Stranger, World};

const ALICE: &str = "https://good.example/users/alice";
const MALLORY: &str = "https://good.example/users/mallory";

/// Mallory, who is called as Alice is.
fn called_alike(world: &World, claim: Option<&str>) -> Stranger {
    let mallory = Stranger::new(MALLORY, 2);
    let mut document = mallory.document();
    document["preferredUsername"] = json!("alice");
    if let Some(claim) = claim {
        document["webfinger"] = json!(claim);
    }
    world.serve(MALLORY, &document);
    mallory
}

async fn known(world: &World, uri: &str) -> ActorId {
    fetch::actor(&world.app, uri, &mut Budget::default()).await.unwrap().id
}

/// Whom a handle leads to, without anybody being asked.
async fn held_by(world: &World, username: &'static str, host: &'static str) -> Option<String> {
    let found = world.app.db.read(move |conn| actors::find_by_handle(conn, username, host)).await.unwrap();
    found.map(|actor| actor.uri)
}

on_both! {
    async fn who_is_called_alike_gets_nothing_that_is_for_the_other(database: TestDatabase) {
        let mut database = database;
        for (claim, first) in [(None, true), (None, false), (Some("alice@good.example"), true), (Some("acct:alice@good.example"), false)] {
            let world = World::open(database).await;
            world.publish(&Stranger::new(ALICE, 0));
            world.finger("alice@good.example", "acct:alice@good.example", ALICE);
            let mallory = called_alike(&world, claim);
            if !first {
                known(&world, ALICE).await;
            }
            let evil = known(&world, MALLORY).await;
            assert_ne!(held_by(&world, "alice", "good.example").await.as_deref(), Some(MALLORY));
            let found = fetch::resolve(&world.app, "@alice@good.example").await.unwrap();
            assert_eq!(found, Some(Resolved::Actor(known(&world, ALICE).await)), "{claim:?} {first}");
            assert_eq!(held_by(&world, "alice", "good.example").await.as_deref(), Some(ALICE));
            // What she writes is under no name that is Alice's.
            let note = mallory.note("1", "<p>me</p>");
            assert_eq!(world.receive(&mallory, &mallory.create(&note)).await, StatusCode::ACCEPTED);
            let shown = world.actor(MALLORY).await.unwrap();
            assert_eq!((shown.id, shown.acct().as_str()), (evil, "users~mallory@good.example"));
            // Nor when she says so once more.
            let update = mallory.does("Update", "1", world_document(&mallory));
            assert_eq!(world.receive(&mallory, &update).await, StatusCode::ACCEPTED);
            world.app.fetches.forget();
            world.work().await;
            assert_eq!(held_by(&world, "alice", "good.example").await.as_deref(), Some(ALICE));
            assert_eq!(world.actor(MALLORY).await.unwrap().acct(), "users~mallory@good.example");
            database = world.leave();
        }
    }

    async fn where_nobody_answers_for_handles_who_comes_first_has_theirs(database: TestDatabase) {
        let world = World::open(database).await;
        world.publish(&Stranger::new(ALICE, 0));
        called_alike(&world, None);
        known(&world, ALICE).await;
        known(&world, MALLORY).await;
        assert_eq!(held_by(&world, "alice", "good.example").await.as_deref(), Some(ALICE));
        // And loses it to who is confirmed.
        world.finger("alice@good.example", "acct:alice@good.example", MALLORY);
        world.app.fetches.forget();
        world.app.db.write(|tx| tx.defer(&guildhall::domain::work::Job::RefreshActor { uri: MALLORY.to_owned() })).await.unwrap();
        world.work().await;
        assert_eq!(held_by(&world, "alice", "good.example").await.as_deref(), Some(MALLORY));
    }

    async fn a_person_and_a_community_may_have_one_handle(database: TestDatabase) {
        let world = World::open(database).await;
        let (person, group) = ("https://lemmy.example/u/tea", "https://lemmy.example/c/tea");
        for (number, uri) in [person, group].into_iter().enumerate() {
            world.publish(&Stranger::new(uri, number));
        }
        let link = |uri: &str| json!({"rel": "self", "type": "application/activity+json", "href": uri});
        let jrd = json!({"subject": "acct:tea@lemmy.example", "links": [link(person), link(group)]});
        let finger = "https://lemmy.example/.well-known/webfinger?resource=acct%3Atea%40lemmy.example";
        world.documents.put(finger, "application/jrd+json", jrd.to_string());
        for uri in [person, group] {
            let id = known(&world, uri).await;
            assert!(world.app.db.read(move |conn| actors::holds_handle(conn, id)).await.unwrap(), "{uri}");
            assert_eq!(world.actor(uri).await.unwrap().acct(), "tea@lemmy.example");
        }
        assert!(held_by(&world, "tea", "lemmy.example").await.is_some());
    }

    async fn a_letter_that_is_not_rightly_signed_leaves_nothing(database: TestDatabase) {
        let world = World::open(database).await;
        let before = world.state().await;
        for number in 0..20 {
            let somebody = Stranger::new(&format!("https://many.example/users/u{number}"), 0);
            let mut document = somebody.document();
            document["summary"] = json!("x".repeat(5_000));
            document["attachment"] = json!([{"type": "PropertyValue", "name": "me", "value": "<a href=\"https://far.example/\">https://far.example/</a>"}]);
            world.serve(&somebody.uri, &document);
            // Signed with another key under the id of hers.
            let mut forger = Stranger::new(&somebody.uri, 1);
            forger.signer.key_id.clone_from(&somebody.signer.key_id);
            let letter = forger.does("Like", "1", world.ana.uri.as_str());
            assert_eq!(world.receive(&forger, &letter).await, StatusCode::UNAUTHORIZED);
            assert!(world.actor(&somebody.uri).await.is_none());
        }
        world.state().await.assert_same(&before, "letters with wrong signatures");
        assert_eq!(world.count("jobs", "kind <> 'prune'").await, 0);
        // The control: her own signature is enough.
        let somebody = Stranger::new("https://many.example/users/u0", 0);
        assert_eq!(world.send(Letter::signed(&somebody, &somebody.does("Follow", "1", world.ana.uri.as_str()))).await, StatusCode::ACCEPTED);
        assert!(world.actor(&somebody.uri).await.is_some());
        assert_eq!(world.count("jobs", "kind = 'verify_fields'").await, 1);
    }

    async fn the_page_of_somebody_else_is_nobodys_proof(database: TestDatabase) {
        let world = World::open(database).await;
        let mut document = Stranger::new(MALLORY, 2).document();
        document["url"] = json!("https://victim.example/@victim");
        document["attachment"] = json!([{"type": "PropertyValue", "name": "site", "value": "<a href=\"https://site.example/\">https://site.example/</a>"}]);
        world.serve(MALLORY, &document);
        world.documents.put("https://site.example/", "text/html", "<a rel=me href=https://victim.example/@victim>me</a>".to_owned());
        world.follow(MALLORY).await;
        world.work().await;
        let shown = world.actor(MALLORY).await.unwrap();
        assert_eq!((shown.page(), shown.fields.0[0].verified_at), (MALLORY, None));
        // The control: her own page counts.
        document["url"] = json!("https://www.good.example/@mallory");
        world.serve(MALLORY, &document);
        world.documents.put("https://site.example/", "text/html", "<a rel=me href=https://www.good.example/@mallory>me</a>".to_owned());
        world.app.fetches.forget();
        world.clock.advance(std::time::Duration::from_secs(2 * 24 * 3600));
        world.app.db.write(|tx| tx.defer(&guildhall::domain::work::Job::RefreshActor { uri: MALLORY.to_owned() })).await.unwrap();
        world.work().await;
        let shown = world.actor(MALLORY).await.unwrap();
        assert!(shown.page() == "https://www.good.example/@mallory" && shown.fields.0[0].verified_at.is_some(), "{shown:?}");
    }
}

/// Her document as she sends it along.
fn world_document(mallory: &Stranger) -> Value {
    let mut document = mallory.document();
    document["preferredUsername"] = json!("alice");
    document
}
