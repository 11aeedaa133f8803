//! What others show first, and who may say so.

use std::time::Duration;

use guildhall::domain::{
    accounts::AccountKind,
    actors,
    posts::{self, Viewer},
    servers,
};
use serde_json::{Value, json};

use crate::support::{
    database::TestDatabase,
    server::Server,
    world::{Letter, NOW, Stranger, World},
};

const ALICE: &str = "https://good.example/users/alice";
const NEIGHBOUR: &str = "https://good.example/users/mallory";
const EVE: &str = "https://evil.example/users/eve";

fn collection(of: &str) -> String {
    format!("{of}/collections/featured")
}

/// Somebody whom Ana follows, with a collection of pinned posts.
async fn featuring(world: &World, uri: &str, number: usize) -> Stranger {
    let stranger = Stranger::new(uri, number);
    let mut document = stranger.document();
    document["featured"] = json!(collection(uri));
    world.serve(uri, &document);
    world.follow(uri).await;
    stranger
}

/// As Mastodon says it: without an id of its own.
fn says(kind: &str, actor: &str, object: impl serde::Serialize, target: &str) -> Value {
    json!({"@context": "https://www.w3.org/ns/activitystreams", "type": kind, "actor": actor, "object": object, "target": target})
}

async fn pinned(world: &World, uri: &str) -> Vec<String> {
    let actor = world.actor(uri).await.unwrap().id;
    world
        .app
        .db
        .read(move |conn| {
            let ids = posts::pinned_by(conn, &Viewer::Anonymous, actor)?;
            Ok(posts::get_many(conn, &ids)?.into_iter().filter_map(|post| post.uri).collect())
        })
        .await
        .unwrap()
}

async fn wrote(world: &World, by: &Stranger, name: &str) -> String {
    let note = by.note(name, "<p>pin me</p>");
    assert_eq!(world.receive(by, &by.create(&note)).await, 202);
    note["id"].as_str().unwrap().to_owned()
}

on_both! {
    async fn what_others_pin_and_unpin_is_shown_by_their_word(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = featuring(&world, ALICE, 0).await;
        let (one, two) = (wrote(&world, &alice, "1").await, wrote(&world, &alice, "2").await);
        let add = says("Add", ALICE, &one, &collection(ALICE));
        assert_eq!(world.receive(&alice, &add).await, 202);
        let mut whole = says("Add", ALICE, alice.note("2", "<p>another text</p>"), &collection(ALICE));
        whole["target"] = json!({"id": collection(ALICE), "type": "OrderedCollection"});
        assert_eq!(world.receive(&alice, &whole).await, 202);
        assert_eq!(pinned(&world, ALICE).await, [two.clone(), one.clone()]);
        assert!(world.post(&two).await.unwrap().content.contains("pin me"), "the copy is not believed");
        assert_eq!(world.receive(&alice, &says("Remove", ALICE, &two, &collection(ALICE))).await, 202);
        assert_eq!(pinned(&world, ALICE).await, std::slice::from_ref(&one));
        let remove = says("Remove", ALICE, &one, &collection(ALICE));
        assert_eq!(world.receive(&alice, &remove).await, 202);
        // The old letter again has no effect, though it has no id; a new one has.
        assert_eq!(world.receive(&alice, &add).await, 202);
        assert_eq!(pinned(&world, ALICE).await, [""; 0]);
        world.clock.advance(Duration::from_secs(60));
        let later = NOW.plus(Duration::from_secs(60));
        assert_eq!(world.send(Letter::signed_at(&alice, &add, later)).await, 202);
        assert_eq!(pinned(&world, ALICE).await, std::slice::from_ref(&one));
        // Deleted, it is pinned no more, also when it comes to be pinned late.
        assert_eq!(world.receive(&alice, &alice.does("Delete", "1", &one)).await, 202);
        let late = later.plus(Duration::from_secs(60));
        assert_eq!(world.send(Letter::signed_at(&alice, &add, late)).await, 202);
        world.work().await;
        assert_eq!((pinned(&world, ALICE).await, world.count("pins", "1 = 1").await), (Vec::new(), 0));
    }

    async fn what_is_pinned_before_it_is_here_is_fetched(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = featuring(&world, ALICE, 0).await;
        let (here, never) = (alice.note("old", "<p>Long ago</p>"), alice.note("never", "<p>Nowhere</p>"));
        let (old, gone) = (here["id"].as_str().unwrap(), never["id"].as_str().unwrap());
        world.serve(old, &here);
        for (kind, object) in [("Add", old), ("Add", gone)] {
            assert_eq!(world.receive(&alice, &says(kind, ALICE, object, &collection(ALICE))).await, 202);
        }
        assert_eq!(pinned(&world, ALICE).await, [""; 0]);
        world.work().await;
        assert_eq!(pinned(&world, ALICE).await, [old]);
        // Unpinned while it is on its way, it stays so.
        let note = alice.note("brief", "<p>Briefly</p>");
        let brief = note["id"].as_str().unwrap();
        world.serve(brief, &note);
        for kind in ["Add", "Remove"] {
            assert_eq!(world.receive(&alice, &says(kind, ALICE, brief, &collection(ALICE))).await, 202);
        }
        world.work().await;
        assert!(world.post(brief).await.is_some());
        assert_eq!(pinned(&world, ALICE).await, [old]);
    }

    async fn nobody_pins_what_is_not_theirs_nor_where_it_is_not_theirs(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = featuring(&world, ALICE, 0).await;
        let eve = featuring(&world, EVE, 1).await;
        let mallory = featuring(&world, NEIGHBOUR, 2).await;
        let stranger = Stranger::new("https://far.example/users/far", 3);
        let mut document = stranger.document();
        document["featured"] = json!(collection(&stranger.uri));
        world.serve(&stranger.uri, &document);
        let (alices, eves, mallorys) = (wrote(&world, &alice, "1").await, wrote(&world, &eve, "1").await, wrote(&world, &mallory, "1").await);
        let ours = world.ana_writes("ours").await.uri.unwrap();
        assert_eq!(world.receive(&alice, &says("Add", ALICE, &alices, &collection(ALICE))).await, 202);
        world.work().await;
        let our_featured = format!("{}/featured", world.ana.uri);
        let before = world.state().await.without(&["actors", "actor_keys"]);
        let asked = world.documents.requests().len();
        let attacks: Vec<(&str, &Stranger, Value)> = vec![
            ("another's collection", &eve, says("Add", EVE, &eves, &collection(ALICE))),
            ("a neighbour's collection", &mallory, says("Add", NEIGHBOUR, &mallorys, &collection(ALICE))),
            ("our collection", &eve, says("Add", EVE, &ours, &our_featured)),
            ("another's post in her own", &eve, says("Add", EVE, &alices, &collection(EVE))),
            ("a neighbour's post in her own", &mallory, says("Add", NEIGHBOUR, &alices, &collection(NEIGHBOUR))),
            ("our post in her own", &eve, says("Add", EVE, &ours, &collection(EVE))),
            ("a post elsewhere that nobody has", &eve, says("Add", EVE, "https://good.example/secret", &collection(EVE))),
            ("her outbox", &eve, says("Add", EVE, &eves, &format!("{EVE}/outbox"))),
            ("no target", &eve, json!({"type": "Add", "actor": EVE, "object": eves})),
            ("a hashtag", &eve, says("Add", EVE, json!({"type": "Hashtag", "href": format!("{EVE}/tagged/tea"), "name": "#tea"}), &collection(EVE))),
            ("an actor", &eve, says("Add", EVE, json!({"type": "Person", "id": EVE}), &collection(EVE))),
            ("unpinning another's", &eve, says("Remove", EVE, &alices, &collection(ALICE))),
            ("unpinning a neighbour's", &mallory, says("Remove", NEIGHBOUR, &alices, &collection(NEIGHBOUR))),
            ("somebody whom nobody follows", &stranger, says("Add", &stranger.uri, format!("{}/1", stranger.uri), &collection(&stranger.uri))),
        ];
        for (name, by, activity) in attacks {
            assert_eq!(world.receive(by, &activity).await, 202, "{name}");
            world.work().await;
            world.state().await.without(&["actors", "actor_keys"]).assert_same(&before, name);
        }
        let asked: Vec<String> = world.documents.requests().split_off(asked);
        let only = asked.iter().all(|url| url.starts_with("https://far.example/") && !url.ends_with("/1"));
        assert!(only, "nothing is fetched for them but the stranger's key: {asked:?}");
        let forged = world.receive(&eve, &says("Add", ALICE, &alices, &collection(ALICE))).await;
        assert_eq!(forged, 401);
        // A post of no list is shown to those who may see it, whoever pins it.
        for (by, uri, post) in [(&eve, EVE, &eves), (&mallory, NEIGHBOUR, &mallorys)] {
            assert_eq!(world.receive(by, &says("Add", uri, post, &collection(uri))).await, 202);
            assert_eq!(pinned(&world, uri).await, std::slice::from_ref(post));
        }
        assert_eq!(pinned(&world, ALICE).await, [alices]);
        world.app.db.write(|tx| servers::block(tx, "evil.example", None)).await.unwrap();
        world.app.reload_policies().await.unwrap();
        assert_eq!(pinned(&world, EVE).await, [""; 0], "what a blocked server said is not shown");
    }

    async fn who_pins_without_end_keeps_the_newest_twenty(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = featuring(&world, ALICE, 0).await;
        for number in 0..25 {
            let uri = wrote(&world, &alice, &number.to_string()).await;
            assert_eq!(world.receive(&alice, &says("Add", ALICE, &uri, &collection(ALICE))).await, 202);
        }
        let newest: Vec<String> = (5..25).rev().map(|number| format!("{ALICE}/{number}")).collect();
        assert_eq!(pinned(&world, ALICE).await, newest);
        // When she goes, they go.
        assert_eq!(world.receive(&alice, &alice.does("Delete", "me", ALICE)).await, 202);
        world.work().await;
        assert_eq!(world.count("pins", "1 = 1").await, 0);
    }

    async fn what_is_for_followers_is_pinned_for_them_alone(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = featuring(&world, ALICE, 0).await;
        let mut note = alice.note("quiet", "<p>For you</p>");
        note["to"] = json!([format!("{ALICE}/followers")]);
        note["cc"] = json!([]);
        assert_eq!(world.receive(&alice, &alice.create(&note)).await, 202);
        let uri = note["id"].as_str().unwrap();
        assert_eq!(world.receive(&alice, &says("Add", ALICE, uri, &collection(ALICE))).await, 202);
        assert_eq!(pinned(&world, ALICE).await, [""; 0]);
        let (author, ana) = (world.actor(ALICE).await.unwrap().id, world.ana.id);
        let seen = world.app.db.read(move |conn| {
            let viewer = Viewer::local(conn, ana)?;
            posts::pinned_by(conn, &viewer, author)
        });
        assert_eq!(seen.await.unwrap(), [world.post(uri).await.unwrap().id]);
    }

    async fn a_pin_travels_between_two_of_ours_and_back(database: TestDatabase) {
        let other = if database.url.starts_with("postgres") { TestDatabase::postgres() } else { TestDatabase::sqlite() };
        let (here, there) = (Server::start(database).await, Server::start(other).await);
        let (ana, bo) = (here.person("ana", AccountKind::Employee).await, there.person("bo", AccountKind::Employee).await);
        // Written before anybody there knows her.
        let post = here.post(&ana, "/api/v1/statuses", json!({"status": "Who I am"})).await;
        let (id, uri) = (post["id"].as_str().unwrap().to_owned(), post["uri"].clone());
        let ana_there = there.find(&bo, &ana.handle).await;
        there.post(&bo, &format!("/api/v1/accounts/{ana_there}/follow"), Value::Null).await;
        there.wait_for(&bo, &format!("/api/v1/accounts/relationships?id[]={ana_there}"), "the Accept", |answer| answer[0]["following"] == true).await;
        here.post(&ana, &format!("/api/v1/statuses/{id}/pin"), Value::Null).await;
        let list = format!("/api/v1/accounts/{ana_there}/statuses?pinned=true");
        let shown = there.wait_for(&bo, &list, "the pin", |list| list[0]["uri"] == uri).await;
        assert_eq!((shown.as_array().unwrap().len(), &shown[0]["pinned"]), (1, &json!(false)), "it is not his");
        let path = format!("{}/featured", ana.uri.strip_prefix(&here.origin).unwrap());
        let (_, featured) = here.try_call(None, "GET", &path, Value::Null).await;
        assert_eq!((&featured["totalItems"], &featured["orderedItems"][0]["id"]), (&json!(1), &uri));
        here.post(&ana, &format!("/api/v1/statuses/{id}/unpin"), Value::Null).await;
        there.wait_for(&bo, &list, "the end of the pin", |list| list == &json!([])).await;
        here.post(&ana, &format!("/api/v1/statuses/{id}/pin"), Value::Null).await;
        there.wait_for(&bo, &list, "the pin", |list| list[0]["uri"] == uri).await;
        here.call(&ana, "DELETE", &format!("/api/v1/statuses/{id}"), Value::Null).await;
        there.wait_for(&bo, &list, "the end of the post", |list| list == &json!([])).await;
    }

    async fn our_own_that_is_deleted_pins_nothing(database: TestDatabase) {
        let world = World::open(database).await;
        let post = world.ana_writes("mine").await;
        let (ana, who) = (world.ana.id, guildhall::domain::By::Local { actor: world.ana.id, account: None });
        world.app.db.write(move |tx| posts::pin(tx, &who, post.id)).await.unwrap();
        assert_eq!(world.count("pins", "1 = 1").await, 1);
        world.app.db.write(move |tx| actors::delete(tx, ana)).await.unwrap();
        world.work().await;
        assert_eq!(world.count("pins", "1 = 1").await, 0);
    }
}
