//! Those who act on what is not theirs, or say they are somebody else. Each beside who may.

use guildhall::{
    domain::{
        By,
        follows::{self, FollowState, Wishes},
    },
    federation::fetch::{self, Budget, Resolved},
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::world::{Stranger, World};

const ALICE: &str = "https://good.example/users/alice";
const EVE: &str = "https://evil.example/users/eve";
const NEIGHBOUR: &str = "https://good.example/users/mallory";

/// Ana asks to follow somebody, who has not answered; answers the id of the Follow.
async fn asks(world: &World, uri: &str) -> String {
    let target = fetch::actor(&world.app, uri, &mut Budget::default()).await.unwrap().id;
    let (site, ana) = (world.app.site.clone(), world.ana.id);
    let by = By::Local { actor: ana, account: None };
    let asked =
        world.app.db.write(move |tx| follows::request(tx, &site, &by, target, &Wishes::default())).await.unwrap();
    asked.unwrap().uri.unwrap()
}

async fn state_of(world: &World, uri: &str) -> Option<FollowState> {
    let target = world.actor(uri).await.unwrap().id;
    let ana = world.ana.id;
    let follow = world.app.db.read(move |conn| follows::find_between(conn, ana, target)).await.unwrap();
    follow.map(|follow| follow.state)
}

/// The handle as `name@host` that we would show.
async fn handle_of(world: &World, uri: &str) -> String {
    world.actor(uri).await.unwrap().acct()
}

on_both! {
    async fn only_who_was_asked_answers_a_follow(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = Stranger::new(ALICE, 0);
        world.publish(&alice);
        let follow = asks(&world, ALICE).await;
        let attackers = [world.followed(EVE, 1).await, world.followed(NEIGHBOUR, 2).await];
        world.work().await;
        let whole = json!({"id": follow, "type": "Follow", "actor": world.ana.uri, "object": ALICE});
        let theirs = |attacker: &Stranger| json!({"id": follow, "type": "Follow", "actor": world.ana.uri, "object": attacker.uri});
        let before = world.state().await;
        for attacker in &attackers {
            let nameless = json!({"type": "Follow", "actor": world.ana.uri, "object": ALICE});
            for (number, (kind, object)) in [
                ("Accept", json!(follow)), ("Accept", whole.clone()), ("Accept", nameless.clone()), ("Accept", theirs(attacker)),
                ("Reject", json!(follow)), ("Reject", whole.clone()), ("Reject", nameless.clone()),
            ].into_iter().enumerate() {
                let activity = attacker.does(kind, &number.to_string(), &object);
                assert_eq!(world.receive(attacker, &activity).await, StatusCode::ACCEPTED, "{activity}");
                world.work().await;
                world.state().await.assert_same(&before, &format!("{activity}"));
            }
        }
        assert_eq!(state_of(&world, ALICE).await, Some(FollowState::Requested));
        assert_eq!(world.receive(&alice, &alice.does("Accept", "own", &whole)).await, StatusCode::ACCEPTED);
        assert_eq!(state_of(&world, ALICE).await, Some(FollowState::Accepted));
        // A follow that holds is ended by nobody else either.
        let before = world.state().await;
        for attacker in &attackers {
            assert_eq!(world.receive(attacker, &attacker.does("Reject", "held", &whole)).await, StatusCode::ACCEPTED);
            assert_eq!(world.receive(attacker, &attacker.does("Undo", "held", &whole)).await, StatusCode::ACCEPTED);
            world.work().await;
            world.state().await.assert_same(&before, "an end to somebody else's follow");
        }
        assert_eq!(world.receive(&alice, &alice.does("Reject", "own", &whole)).await, StatusCode::ACCEPTED);
        assert_eq!(state_of(&world, ALICE).await, None);
    }

    async fn what_we_do_not_take_from_others_changes_nothing(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let attackers = [world.followed(EVE, 1).await, world.followed(NEIGHBOUR, 2).await];
        let note = alice.note("1", "<p>original</p>");
        assert_eq!(world.receive(&alice, &alice.create(&note)).await, StatusCode::ACCEPTED);
        let ours = world.ana_writes("ours").await.uri.unwrap();
        world.work().await;
        let before = world.state().await;
        for attacker in &attackers {
            let featured = format!("{}/featured", world.ana.uri);
            let mut add = attacker.does("Add", "1", &ours);
            add["target"] = json!(featured);
            let mut pin = attacker.does("Add", "2", &note);
            pin["target"] = json!(format!("{ALICE}/featured"));
            let mut remove = attacker.does("Remove", "3", &ours);
            remove["target"] = json!(featured);
            let relayed_flag = attacker.does("Announce", "5", alice.does("Flag", "6", &ours));
            let wrapped = attacker.does("Announce", "7", alice.does("Delete", "8", note["id"].as_str().unwrap()));
            let arrive = json!({"id": format!("{}#arrive", attacker.uri), "type": "Arrive", "actor": attacker.uri, "location": {"type": "Place"}});
            for activity in [add, pin, remove, relayed_flag, wrapped, arrive] {
                assert_eq!(world.receive(attacker, &activity).await, StatusCode::ACCEPTED, "{activity}");
                world.work().await;
                world.state().await.assert_same(&before, &format!("{activity}"));
            }
        }
        assert_eq!(world.receive(&alice, &alice.does("Like", "1", &ours)).await, StatusCode::ACCEPTED);
        assert_eq!(world.post(&ours).await.unwrap().likes_count, 1);
    }

    async fn a_note_counts_only_as_an_activity_document(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let eve = world.followed(EVE, 1).await;
        let before = world.state().await;
        let kinds = ["text/html", "image/png", "application/octet-stream", "application/json", "text/plain", "application/ld+json", "application/ld+json; profile=\"https://evil.example/\"", ""];
        for (number, kind) in kinds.into_iter().enumerate() {
            // Somebody uploads a note in Alice's name to her server.
            let uri = format!("https://good.example/uploads/{number}");
            let mut note = alice.note("x", "<p>as alice</p>");
            note["id"] = json!(uri);
            world.documents.put(&uri, kind, note.to_string());
            assert_eq!(fetch::resolve(&world.app, &uri).await.unwrap(), None, "{kind}");
            world.app.fetches.forget();
            assert_eq!(world.receive(&eve, &eve.does("Announce", &number.to_string(), &uri)).await, StatusCode::ACCEPTED);
            assert_eq!(world.receive(&eve, &eve.does("Create", &number.to_string(), &uri)).await, StatusCode::ACCEPTED);
            world.work().await;
            world.state().await.assert_same(&before, kind);
        }
        let good = ["application/activity+json", "Application/Activity+JSON; charset=utf-8", "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"", "application/ld+json;charset=utf-8;profile=https://www.w3.org/ns/activitystreams"];
        for (number, kind) in good.into_iter().enumerate() {
            let note = alice.note(&format!("true{number}"), "<p>by alice</p>");
            let uri = note["id"].as_str().unwrap();
            world.documents.put(uri, kind, note.to_string());
            assert!(matches!(fetch::resolve(&world.app, uri).await.unwrap(), Some(Resolved::Post(_))), "{kind}");
        }
    }

    async fn a_handle_belongs_to_the_host_that_says_so(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = Stranger::new(ALICE, 0);
        world.publish(&alice);
        world.finger("alice@good.example", "acct:alice@good.example", ALICE);
        fetch::actor(&world.app, ALICE, &mut Budget::default()).await.unwrap();
        let claims: [(&str, Value, &str); 4] = [
            ("eve1", Value::Null, "acct:alice@good.example"),
            ("eve2", json!("alice@good.example"), "acct:eve2@evil.example"),
            ("eve3", json!("acct:nobody@good.example"), "acct:nobody@good.example"),
            ("eve4", json!("@boss@company.example"), "acct:boss@company.example"),
        ];
        for (number, (name, claimed, subject)) in claims.into_iter().enumerate() {
            let eve = Stranger::new(&format!("https://evil.example/users/{name}"), number % 2);
            let mut document = eve.document();
            document["webfinger"] = claimed;
            world.serve(&eve.uri, &document);
            world.finger(&format!("{name}@evil.example"), subject, &eve.uri);
            fetch::actor(&world.app, &eve.uri, &mut Budget::default()).await.unwrap();
            assert_eq!(handle_of(&world, &eve.uri).await, format!("{name}@evil.example"));
        }
        // A name with a host in it is no name.
        let odd = Stranger::new("https://evil.example/users/odd", 1);
        let mut document = odd.document();
        document["preferredUsername"] = json!("alice@good.example");
        world.serve(&odd.uri, &document);
        fetch::actor(&world.app, &odd.uri, &mut Budget::default()).await.unwrap_err();
        // Who asks for somebody else's handle gets whom that host names.
        world.finger("victor@good.example", "acct:victor@good.example", "https://evil.example/users/eve1");
        let found = fetch::resolve(&world.app, "@victor@good.example").await.unwrap();
        let shown = match found {
            Some(Resolved::Actor(id)) => world.app.db.read(move |conn| guildhall::domain::actors::get(conn, id)).await.unwrap().acct(),
            other => format!("{other:?}"),
        };
        assert!(!shown.starts_with("victor@"), "{shown}");
        // The control: both hosts agree that the handle lives elsewhere than the server.
        let split = Stranger::new("https://social.brand.example/users/team", 2);
        world.publish(&split);
        world.finger("team@social.brand.example", "acct:team@brand.example", &split.uri);
        world.finger("team@brand.example", "acct:team@brand.example", &split.uri);
        fetch::actor(&world.app, &split.uri, &mut Budget::default()).await.unwrap();
        assert_eq!(handle_of(&world, &split.uri).await, "team@brand.example");
        assert_eq!(handle_of(&world, ALICE).await, "alice@good.example");
    }
}
