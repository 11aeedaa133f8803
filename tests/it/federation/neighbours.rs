//! Actors of one server that list each other's keys: whoever is heard of first silences nobody, and is nobody else.

use diesel::prelude::*;
use guildhall::{
    db::schema::{actor_keys, actors},
    domain::work::Job,
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::world::{Stranger, World};

const ALICE: &str = "https://good.example/users/alice";
const MALLORY: &str = "https://good.example/users/mallory";

/// A document of Mallory that lists a key of Alice: with Mallory's own bytes, or with Alice's, which everybody can read.
fn usurping(mallory: &Stranger, key_id: &str, bytes: &Stranger) -> Value {
    let mut document = mallory.document();
    let stolen = json!({
        "id": key_id, "owner": MALLORY, "publicKeyPem": bytes.signer.key.public_key().unwrap().to_pem(),
    });
    document["publicKey"] = json!([document["publicKey"], stolen]);
    document
}

/// Whose key this is for us.
async fn owner_of(world: &World, key_id: &str) -> Option<String> {
    let key_id = key_id.to_owned();
    let found = world.app.db.read(move |conn| {
        let owner = actor_keys::table.inner_join(actors::table).filter(actor_keys::key_uri.eq(&key_id));
        Ok(owner.select(actors::uri).first(conn).optional()?)
    });
    found.await.unwrap()
}

/// Ana follows Mallory, whose document is this.
async fn known_first(world: &World, document: &Value) {
    world.serve(MALLORY, document);
    world.follow(MALLORY).await;
}

/// Mallory's document is read again.
async fn read_again(world: &World) {
    world.app.fetches.forget();
    world.app.db.write(|tx| tx.defer(&Job::RefreshActor { uri: MALLORY.to_owned() })).await.unwrap();
    world.work().await;
}

/// A letter by `by` has its effect: Ana is followed.
async fn is_heard(world: &World, by: &Stranger) {
    let follow = by.does("Follow", "1", world.ana.uri.as_str());
    assert_eq!(world.receive(by, &follow).await, StatusCode::ACCEPTED);
    assert_eq!(world.count("follows", "follower_id <> target_id AND uri LIKE '%#Follow-1'").await, 1);
    assert_eq!(owner_of(world, &by.signer.key_id).await.as_deref(), Some(by.uri.as_str()));
}

/// Nobody is believed to be Mallory, or Alice, by a key of the other.
async fn is_nobody_else(world: &World, alice: &Stranger) {
    let mut forger = Stranger::new(MALLORY, 2);
    forger.signer.key_id.clone_from(&alice.signer.key_id);
    let before = world.state().await;
    for name in [MALLORY, ALICE] {
        let mut forged = forger.does("Follow", "forged", world.ana.uri.as_str());
        forged["actor"] = json!(name);
        assert_eq!(world.receive(&forger, &forged).await, StatusCode::UNAUTHORIZED, "{name}");
    }
    world.state().await.assert_same(&before, "a letter signed with a key of Mallory's under the id of Alice's");
    let mut borrowed = alice.does("Follow", "borrowed", world.ana.uri.as_str());
    borrowed["actor"] = json!(MALLORY);
    assert_eq!(world.receive(alice, &borrowed).await, StatusCode::UNAUTHORIZED);
    world.state().await.assert_same(&before, "a letter of Mallory's signed by Alice");
}

on_both! {
    async fn who_lists_a_neighbours_key_first_does_not_silence_them(database: TestDatabase) {
        let mut database = database;
        for own_bytes in [false, true] {
            let world = World::open(database).await;
            let (alice, mallory) = (Stranger::new(ALICE, 0), Stranger::new(MALLORY, 2));
            let bytes = if own_bytes { &mallory } else { &alice };
            let document = usurping(&mallory, &alice.signer.key_id, bytes);
            known_first(&world, &document).await;
            world.publish(&alice);
            is_heard(&world, &alice).await;
            is_nobody_else(&world, &alice).await;
            read_again(&world).await;
            assert_eq!(owner_of(&world, &alice.signer.key_id).await.as_deref(), Some(ALICE), "nor afterwards");
            database = world.leave();
        }
    }

    async fn the_key_of_somebody_known_is_not_taken(database: TestDatabase) {
        let world = World::open(database).await;
        let (alice, mallory) = (world.followed(ALICE, 0).await, Stranger::new(MALLORY, 2));
        // Alice's server lists another id than it did.
        let mut renamed = alice.clone();
        renamed.signer.key_id = format!("{ALICE}#second");
        known_first(&world, &usurping(&mallory, &renamed.signer.key_id, &mallory)).await;
        assert_eq!(owner_of(&world, &renamed.signer.key_id).await, None);
        assert_eq!(owner_of(&world, &mallory.signer.key_id).await.as_deref(), Some(MALLORY), "the control");
    }

    async fn a_key_with_an_address_of_its_own_is_whose_that_says(database: TestDatabase) {
        let world = World::open(database).await;
        let (mut alice, mallory) = (Stranger::new(ALICE, 0), Stranger::new(MALLORY, 2));
        alice.signer.key_id = "https://good.example/keys/1".to_owned();
        known_first(&world, &usurping(&mallory, &alice.signer.key_id, &alice)).await;
        assert_eq!(owner_of(&world, &alice.signer.key_id).await.as_deref(), Some(MALLORY));
        world.publish(&alice);
        let shown = json!({
            "id": alice.signer.key_id, "owner": ALICE, "publicKeyPem": alice.signer.key.public_key().unwrap().to_pem(),
        });
        world.serve(&alice.signer.key_id, &shown);
        is_heard(&world, &alice).await;
        is_nobody_else(&world, &alice).await;
        read_again(&world).await;
        assert_eq!(owner_of(&world, &alice.signer.key_id).await.as_deref(), Some(ALICE), "nor afterwards");
    }

    async fn a_key_one_step_below_its_owner_is_the_owners(database: TestDatabase) {
        let world = World::open(database).await;
        let (mut alice, mallory) = (Stranger::new(ALICE, 0), Stranger::new(MALLORY, 2));
        alice.signer.key_id = format!("{ALICE}/main-key");
        known_first(&world, &usurping(&mallory, &alice.signer.key_id, &alice)).await;
        world.publish(&alice);
        world.follow(ALICE).await;
        assert_eq!(owner_of(&world, &alice.signer.key_id).await.as_deref(), Some(ALICE));
        // It is not asked for at its own address.
        is_heard(&world, &alice).await;
        assert!(!world.documents.requests().contains(&alice.signer.key_id));
    }
}
