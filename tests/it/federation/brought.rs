//! What is brought to somebody's own inbox without naming them: they read it, and nobody else learns of that.

use guildhall::{
    domain::{
        By, Site,
        accounts::{self, AccountKind, NewAccount, Role},
        actors::Actor,
        follows,
        posts::{self, Viewer},
    },
    net::{Signer, SigningKey, signatures::proof},
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    database::TestDatabase,
    server::Server,
    world::{Letter, NOW, OURS, Stranger, World},
};

const ALICE: &str = "https://good.example/users/alice";

/// Brings an activity to somebody's own inbox.
async fn bring(world: &World, by: &Stranger, activity: &Value, to: &Actor) -> StatusCode {
    let mut letter = Letter::dated(activity);
    letter.path = format!("{}/inbox", to.uri.strip_prefix(OURS).unwrap());
    world
        .send(letter.covering(by, &["(request-target)", "host", "date", "digest"], &[("algorithm", "rsa-sha256")]))
        .await
}

async fn colleague(world: &World, name: &str) -> Actor {
    let (site, name) = (Site::clone(&world.app.site), name.to_owned());
    let new = NewAccount {
        username: name.clone(),
        display_name: name,
        email: None,
        password_hash: None,
        kind: AccountKind::Employee,
        role: Role::Member,
    };
    world.app.db.write(move |tx| Ok(accounts::create(tx, &site, &new)?.1)).await.unwrap()
}

async fn sees(world: &World, who: &Actor, uri: &str) -> bool {
    let Some(post) = world.post(uri).await else { return false };
    let who = who.id;
    let seen = world.app.db.read(move |conn| {
        let viewer = Viewer::local(conn, who)?;
        posts::may_see(conn, &viewer, &post)
    });
    seen.await.unwrap()
}

fn secret(by: &Stranger, name: &str, to: Value) -> Value {
    let mut note = by.note(name, "<p>between us</p>");
    note["to"] = to;
    note["cc"] = json!([]);
    let mut create = by.create(&note);
    create["to"] = note["to"].clone();
    create
}

on_both! {
    async fn a_post_that_names_nobody_is_read_by_those_to_whom_it_is_brought(database: TestDatabase) {
        let world = World::open(database).await;
        let (ben, cleo) = (colleague(&world, "ben").await, colleague(&world, "cleo").await);
        let alice = Stranger::new(ALICE, 0);
        world.publish(&alice);
        let create = secret(&alice, "1", json!([]));
        let uri = format!("{ALICE}/1");
        let before = world.state().await.without(&["actors", "actor_keys"]);
        assert_eq!(world.receive(&alice, &create).await, 202);
        world.state().await.without(&["actors", "actor_keys"]).assert_same(&before, "a post for nobody");
        assert_eq!(bring(&world, &alice, &create, &world.ana).await, 202);
        assert_eq!((sees(&world, &world.ana, &uri).await, sees(&world, &ben, &uri).await), (true, false));
        // Brought to another, it is theirs as well, under the same id.
        assert_eq!(bring(&world, &alice, &create, &ben).await, 202);
        assert_eq!(bring(&world, &alice, &create, &ben).await, 202);
        assert_eq!((sees(&world, &world.ana, &uri).await, sees(&world, &ben, &uri).await, sees(&world, &cleo, &uri).await), (true, true, false));
        let post = world.post(&uri).await.unwrap();
        for who in [&world.ana, &ben] {
            // They hear of it, and a stranger's is not at home.
            for (table, condition, rows) in [("home_entries", format!("owner_id = {}", who.id), 0), ("notifications", format!("owner_id = {} AND kind = 'mention'", who.id), 1)] {
                assert_eq!(world.count(table, &format!("post_id = {} AND {condition}", post.id)).await, rows, "{table}");
            }
        }
        let id = post.id;
        let (open, hidden) = world.app.db.read(move |conn| Ok((posts::mentioned(conn, id)?, posts::hidden_readers(conn, id)?))).await.unwrap();
        let mut both = [world.ana.id, ben.id];
        both.sort();
        assert_eq!((open.len(), &hidden[..]), (0, &both[..]), "neither is told of the other");
        // An edit keeps them.
        let mut edit = alice.note("1", "<p>between us, still</p>");
        edit["to"] = json!([]);
        edit["cc"] = json!([]);
        edit["updated"] = json!("2026-11-02T10:00:00Z");
        assert_eq!(bring(&world, &alice, &alice.does("Update", "1", &edit), &ben).await, 202);
        assert!(world.post(&uri).await.unwrap().content.contains("still"));
        assert!(sees(&world, &world.ana, &uri).await && sees(&world, &ben, &uri).await && !sees(&world, &cleo, &uri).await);
        // Deleted, it does not come back with a letter for one more.
        assert_eq!(bring(&world, &alice, &alice.does("Delete", "1", &uri), &ben).await, 202);
        assert_eq!(bring(&world, &alice, &create, &cleo).await, 202);
        assert!(world.post(&uri).await.is_none());
    }

    async fn who_is_named_or_follows_is_no_hidden_reader(database: TestDatabase) {
        let world = World::open(database).await;
        let ben = colleague(&world, "ben").await;
        let alice = world.followed(ALICE, 0).await;
        let hidden = async || world.count("mentions", "hidden").await;
        for (name, to) in [("named", json!([world.ana.uri])), ("followers", json!([format!("{ALICE}/followers")]))] {
            assert_eq!(bring(&world, &alice, &secret(&alice, name, to), &world.ana).await, 202);
            assert!(sees(&world, &world.ana, &format!("{ALICE}/{name}")).await, "{name}");
        }
        assert_eq!(hidden().await, 0);
        assert_eq!(world.count("notifications", "kind = 'mention'").await, 1, "of the post that names her");
        // Who does not follow gets it only because it was brought.
        let followers = secret(&alice, "more", json!([format!("{ALICE}/followers")]));
        assert_eq!(bring(&world, &alice, &followers, &ben).await, 202);
        assert_eq!((sees(&world, &ben, &format!("{ALICE}/more")).await, sees(&world, &ben, &format!("{ALICE}/followers")).await), (true, false));
        // What everybody reads is for nobody in particular.
        let eve = Stranger::new("https://evil.example/users/eve", 1);
        world.publish(&eve);
        let open = eve.create(&eve.note("1", "<p>buy</p>"));
        assert_eq!(bring(&world, &eve, &open, &ben).await, 202);
        assert!(world.post("https://evil.example/users/eve/1").await.is_none());
        assert_eq!(bring(&world, &alice, &alice.create(&alice.note("open", "<p>hello</p>")), &ben).await, 202);
        assert!(world.post(&format!("{ALICE}/open")).await.is_some());
        assert_eq!(hidden().await, 1);
    }

    async fn who_is_blocked_brings_nothing_and_nobody_else_may_bring_it(database: TestDatabase) {
        let world = World::open(database).await;
        let ben = colleague(&world, "ben").await;
        let alice = Stranger::new(ALICE, 0);
        let second = Signer { key: std::sync::Arc::new(SigningKey::generate("ed25519").unwrap()), key_id: format!("{ALICE}#ed25519-key") };
        let mut document = alice.document();
        document["assertionMethod"] = json!([{
            "id": second.key_id, "type": "Multikey", "controller": ALICE,
            "publicKeyMultibase": second.key.public_key().unwrap().to_multibase(),
        }]);
        world.serve(ALICE, &document);
        let mallory = world.followed("https://good.example/users/mallory", 2).await;
        // What Alice wrote to Ana, proven, is passed on to Ben by somebody else: it is here then, and not for him.
        let mut create = secret(&alice, "1", json!([world.ana.uri]));
        proof::attach(&mut create, &second, NOW).unwrap();
        assert_eq!(bring(&world, &mallory, &create, &ben).await, 202);
        let uri = format!("{ALICE}/1");
        assert_eq!((sees(&world, &world.ana, &uri).await, sees(&world, &ben, &uri).await), (true, false));
        let (site, who, author) = (world.app.site.clone(), ben.id, world.actor(ALICE).await.unwrap().id);
        world.app.db.write(move |tx| follows::block(tx, &site, &By::Local { actor: who, account: None }, author)).await.unwrap();
        world.work().await;
        let before = world.state().await;
        assert_eq!(bring(&world, &alice, &secret(&alice, "2", json!([])), &ben).await, 202);
        assert_eq!(bring(&world, &alice, &create, &ben).await, 202);
        world.state().await.assert_same(&before, "a letter of somebody who is blocked");
        assert_eq!(bring(&world, &alice, &secret(&alice, "2", json!([])), &world.ana).await, 202);
        assert!(sees(&world, &world.ana, &format!("{ALICE}/2")).await);
    }

    async fn what_one_of_ours_sends_by_bcc_is_read_at_another(database: TestDatabase) {
        let other = if database.url.starts_with("postgres") { TestDatabase::postgres() } else { TestDatabase::sqlite() };
        let (here, there) = (Server::start(database).await, Server::start(other).await);
        let ana = here.person("ana", AccountKind::Employee).await;
        let (bo, cy) = (there.person("bo", AccountKind::Employee).await, there.person("cy", AccountKind::Employee).await);
        let outbox = format!("{}/outbox", ana.uri.strip_prefix(&here.origin).unwrap());
        let note = json!({"type": "Note", "content": "Between us", "bcc": [bo.uri, cy.uri]});
        assert_eq!(here.try_call(Some(&ana), "POST", &outbox, note).await.0, 201);
        for reader in [&bo, &cy] {
            // What a stranger writes to them alone waits.
            let all = "/api/v1/notifications?include_filtered=true";
            let told = there.wait_for(reader, all, "her post", |told| told[0]["status"]["content"] == "Between us").await;
            let status = &told[0]["status"];
            assert_eq!((&status["visibility"], &status["mentions"]), (&json!("direct"), &json!([])));
        }
    }
}
