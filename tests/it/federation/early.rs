//! What is taken back before it comes, by people of whom nobody here ever heard: it stays away when it was theirs, and
//! nobody takes back what is another's.

use std::{net::SocketAddr, time::Duration};

use guildhall::{db::Clock, jobs::ensure_pruning};
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::world::{Letter, Stranger, World};

const ZOE: &str = "https://far.example/users/zoe";
const NEIGHBOUR: &str = "https://far.example/users/mallory";
const HOUR: Duration = Duration::from_secs(3600);

fn zoe(world: &World) -> Stranger {
    let zoe = Stranger::new(ZOE, 1);
    world.publish(&zoe);
    zoe
}

/// A post that names Ana.
fn note(world: &World, by: &Stranger, id: &str) -> Value {
    let mut note = by.note(id, "<p>hello</p>");
    note["cc"] = json!([world.ana.uri]);
    note["tag"] = json!([{ "type": "Mention", "href": world.ana.uri, "name": "@ana" }]);
    note
}

pub fn delete(by: &Stranger, id: &str) -> Value {
    by.does("Delete", id, json!({ "type": "Tombstone", "id": format!("{}/{id}", by.uri) }))
}

pub async fn send(world: &World, letter: Letter) {
    assert_eq!(world.send(letter).await, StatusCode::ACCEPTED);
}

async fn receive(world: &World, by: &Stranger, activity: &Value) {
    send(world, Letter::signed_at(by, activity, world.clock.now())).await;
}

pub async fn is_shown(world: &World, by: &Stranger, id: &str) -> bool {
    receive(world, by, &by.create(&note(world, by, id))).await;
    world.post(&format!("{}/{id}", by.uri)).await.is_some()
}

on_both! {
    async fn a_create_after_the_delete_of_somebody_never_seen_stays_dead(database: TestDatabase) {
        let world = World::open(database).await;
        let zoe = zoe(&world);
        receive(&world, &zoe, &delete(&zoe, "1")).await;
        send(&world, Letter::signed_9421(&zoe, &delete(&zoe, "2"))).await;
        // For one person alone, in a letter that lists no Tombstone.
        receive(&world, &zoe, &zoe.does("Delete", "3", format!("{ZOE}/3"))).await;
        assert!(world.actor(ZOE).await.is_none(), "nothing is fetched for a Delete");
        assert_eq!(world.count("taken_back", "letter IS NOT NULL").await, 3);
        assert!(!is_shown(&world, &zoe, "1").await);
        assert!(!is_shown(&world, &zoe, "2").await);
        let mut alone = note(&world, &zoe, "3");
        alone["to"] = json!([]);
        receive(&world, &zoe, &zoe.create(&alone)).await;
        // Its first version may come as an Update.
        receive(&world, &zoe, &zoe.does("Update", "3", &alone)).await;
        assert!(world.post(&format!("{ZOE}/3")).await.is_none());
        assert_eq!(world.count("notifications", "1 = 1").await, 0);
        // The control: others of hers.
        assert!(is_shown(&world, &zoe, "4").await);
        assert_eq!(world.count("notifications", "1 = 1").await, 1);
    }

    async fn nobody_takes_back_what_somebody_elsewhere_will_write(database: TestDatabase) {
        let world = World::open(database).await;
        let zoe = zoe(&world);
        // Signed by others, under her key's name and under their own, on her server and elsewhere.
        let mut forger = Stranger::new(ZOE, 2);
        receive(&world, &forger, &delete(&zoe, "1")).await;
        forger.signer.key_id = format!("{NEIGHBOUR}#main-key");
        receive(&world, &forger, &delete(&zoe, "1")).await;
        forger.signer.key_id = "https://other.example/users/mallory#main-key".to_owned();
        receive(&world, &forger, &delete(&zoe, "1")).await;
        // By a neighbour in their own name.
        let mallory = Stranger::new(NEIGHBOUR, 2);
        world.publish(&mallory);
        receive(&world, &mallory, &mallory.does("Delete", "1", format!("{ZOE}/1"))).await;
        // Her own letter to another server, or changed on its way.
        let astray = Letter::signed(&zoe, &delete(&zoe, "1")).with("host", "elsewhere.example");
        assert_eq!(world.send(astray).await, StatusCode::UNAUTHORIZED);
        let mut changed = Letter::signed(&zoe, &delete(&zoe, "2"));
        changed.body = delete(&zoe, "1").to_string().into_bytes();
        assert_eq!(world.send(changed).await, StatusCode::UNAUTHORIZED);
        assert!(is_shown(&world, &zoe, "1").await);
        // The control: whoever came first, her own word counts.
        let forger = Stranger::new("https://far.example/users/yan", 2);
        let yan = Stranger::new(&forger.uri, 0);
        world.publish(&yan);
        receive(&world, &forger, &delete(&yan, "1")).await;
        receive(&world, &yan, &delete(&yan, "1")).await;
        assert!(!is_shown(&world, &yan, "1").await);
    }

    async fn somebody_known_who_has_nothing_to_do_with_us_is_believed_for_some_hours(database: TestDatabase) {
        let world = World::open(database).await;
        let zoe = zoe(&world);
        receive(&world, &zoe, &zoe.does("Listen", "1", "x")).await;
        for id in ["1", "2"] {
            receive(&world, &zoe, &delete(&zoe, id)).await;
        }
        assert_eq!(world.count("taken_back", "letter IS NULL").await, 2);
        world.clock.advance(11 * HOUR);
        assert!(!is_shown(&world, &zoe, "1").await);
        world.clock.advance(2 * HOUR);
        assert!(is_shown(&world, &zoe, "2").await);
        // What is remembered no more is deleted.
        ensure_pruning(&world.app.db).await.unwrap();
        world.work().await;
        assert_eq!(world.count("taken_back", "1 = 1").await, 0);
    }

    async fn so_much_that_never_was_is_remembered_and_no_more(database: TestDatabase) {
        let world = World::open(database).await;
        let zoe = zoe(&world);
        // Of somebody never seen the first hundred, of their whole server.
        let other = Stranger::new("https://far.example/users/yan", 2);
        for number in 0..60 {
            receive(&world, &zoe, &delete(&zoe, &number.to_string())).await;
            receive(&world, &other, &delete(&other, &number.to_string())).await;
        }
        assert_eq!(world.count("taken_back", "letter IS NOT NULL").await, 100);
        assert!(!is_shown(&world, &zoe, "7").await);
        // Others have room of their own.
        let calm = Stranger::new("https://calm.example/users/c", 0);
        receive(&world, &calm, &delete(&calm, "1")).await;
        assert_eq!(world.count("taken_back", "letter IS NOT NULL").await, 101);
        // Of who is known the latest hundred, and neither long ids nor long letters make more of it.
        for number in 0..110 {
            receive(&world, &zoe, &delete(&zoe, &format!("known{number}{}", "q".repeat(1_500)))).await;
        }
        assert_eq!(world.count("taken_back", "letter IS NULL").await, 100);
        assert_eq!(world.count("taken_back", "LENGTH(claim) = 64 AND COALESCE(LENGTH(letter), 0) < 4096").await, 201);
        let mut long = delete(&calm, "2");
        long["content"] = json!("x".repeat(20_000));
        receive(&world, &calm, &long).await;
        assert_eq!(world.count("taken_back", "letter IS NOT NULL").await, 101);
    }

    async fn forged_letters_take_no_room_from_those_who_send_their_own(database: TestDatabase) {
        let world = World::open(database).await;
        let zoe = zoe(&world);
        let from = |host: u8| SocketAddr::from(([203, 0, 113, host], 1));
        let unchecked = async || world.count("taken_back", "letter IS NOT NULL").await;
        // In the name of her server, and of ten thousand others.
        for number in 0..1_010 {
            let host = if number < 110 { "far".to_owned() } else { format!("far{number}") };
            let forger = Stranger::new(&format!("https://{host}.example/users/x"), 2);
            send(&world, Letter::signed(&forger, &delete(&forger, &number.to_string())).from(from(1))).await;
        }
        assert_eq!(unchecked().await, 1_000);
        // A whole network of IPv6 is one.
        for number in 0..110_u16 {
            let address = SocketAddr::from(([0x2001, 0xdb8, 0, number, number, 0, 0, 1], 1));
            let forger = Stranger::new("https://far.example/users/y", 2);
            send(&world, Letter::signed(&forger, &delete(&forger, &format!("six{number}"))).from(address)).await;
        }
        assert_eq!(unchecked().await, 1_100);
        // The control: hers comes from elsewhere, and counts.
        send(&world, Letter::signed(&zoe, &delete(&zoe, "1")).from(from(2))).await;
        assert_eq!(unchecked().await, 1_101);
        assert!(!is_shown(&world, &zoe, "1").await);
        assert!(is_shown(&world, &zoe, "2").await);
        assert_eq!(world.count("taken_back", "sender LIKE '%203.0%'").await, 0, "addresses are kept as digests");
    }

    async fn the_undo_of_what_never_was_leaves_little_and_of_what_was_nothing(database: TestDatabase) {
        let world = World::open(database).await;
        let zoe = zoe(&world);
        let ours = world.ana_writes("like me").await.uri.unwrap();
        let likes = async || world.post(&ours).await.unwrap().likes_count;
        let does = |kind: &str, number: usize| zoe.does(kind, &number.to_string(), &ours);
        for (number, kind) in ["Like", "Announce"].into_iter().enumerate() {
            let done = does(kind, number);
            receive(&world, &zoe, &done).await;
            receive(&world, &zoe, &zoe.does("Undo", &format!("u{number}"), &done)).await;
        }
        receive(&world, &zoe, &zoe.does("Follow", "f", &world.ana.uri)).await;
        receive(&world, &zoe, &zoe.does("Undo", "uf", zoe.does("Follow", "f", &world.ana.uri))).await;
        assert_eq!((likes().await, world.count("follows", "1 = 1").await, world.count("taken_back", "1 = 1").await), (0, 0, 0));
        // Ten in each letter, in both forms.
        for letter in 0..12 {
            let many: Vec<Value> = (0..10).map(|number| match number % 2 {
                0 => does("Like", 1_000 + 10 * letter + number),
                _ => json!(format!("{ZOE}#Like-{}", 1_000 + 10 * letter + number)),
            }).collect();
            receive(&world, &zoe, &zoe.does("Undo", &format!("many{letter}"), many)).await;
        }
        assert_eq!(world.count("taken_back", "1 = 1").await, 100);
        assert_eq!(world.count("received", "1 = 1").await, world.count("received", "LENGTH(activity_uri) = 64").await);
        // The latest have no effect when they come, within some hours; what is not hers is not hers to undo.
        receive(&world, &zoe, &does("Like", 1_119)).await;
        receive(&world, &zoe, &does("Like", 1_118)).await;
        assert_eq!(likes().await, 0);
        receive(&world, &zoe, &does("Like", 1)).await;
        assert_eq!(likes().await, 1);
        receive(&world, &zoe, &zoe.does("Undo", "hers", does("Like", 1))).await;
        world.clock.advance(13 * HOUR);
        receive(&world, &zoe, &does("Like", 1_117)).await;
        assert_eq!(likes().await, 1);
    }

    async fn the_undo_of_the_second_like_does_not_spend_itself_on_the_first(database: TestDatabase) {
        let world = World::open(database).await;
        let zoe = zoe(&world);
        let ours = world.ana_writes("like me").await.uri.unwrap();
        for kind in ["Like", "Announce"] {
            let (first, second) = (zoe.does(kind, "1", &ours), zoe.does(kind, "2", &ours));
            receive(&world, &zoe, &first).await;
            // What undoes the second is here before it.
            receive(&world, &zoe, &zoe.does("Undo", &format!("{kind}2"), &second)).await;
            receive(&world, &zoe, &second).await;
        }
        let post = world.post(&ours).await.unwrap();
        assert_eq!((post.likes_count, world.count("boosts", "1 = 1").await), (0, 0));
    }

    async fn what_another_takes_back_in_ones_name_is_not_taken_back(database: TestDatabase) {
        let world = World::open(database).await;
        let (zoe, mallory) = (zoe(&world), Stranger::new(NEIGHBOUR, 2));
        world.publish(&mallory);
        let ours = world.ana_writes("like me").await.uri.unwrap();
        let like = zoe.does("Like", "1", &ours);
        for object in [json!(like["id"]), like.clone()] {
            let mut undo = mallory.does("Undo", "1", object);
            undo["id"] = json!(format!("{NEIGHBOUR}#{}", undo["object"].is_string()));
            receive(&world, &mallory, &undo).await;
        }
        receive(&world, &zoe, &like).await;
        assert_eq!(world.post(&ours).await.unwrap().likes_count, 1);
    }
}
