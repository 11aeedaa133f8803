//! Whose word counts for what: each forgery stands beside the same thing said by whom it belongs to.

use std::time::Duration;

use diesel::prelude::*;
use guildhall::{
    db::{Timestamp, schema},
    domain::{By, follows, posts, posts::Audience, servers},
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::world::{Letter, OURS, PUBLIC, Stranger, World};

const ALICE: &str = "https://good.example/users/alice";
const NEIGHBOUR: &str = "https://good.example/users/mallory";
const EVE: &str = "https://evil.example/users/eve";
const GROUP: &str = "https://forum.example/groups/tea";
const MEMBER: &str = "https://forum.example/users/bob";

/// A group on another server that nobody here follows yet.
fn group(world: &World, number: usize) -> Stranger {
    let group = Stranger::new(GROUP, number);
    let mut document = group.document();
    document["type"] = json!("Group");
    world.serve(GROUP, &document);
    group
}

async fn accepted(world: &World, by: &Stranger, activity: &Value) {
    assert_eq!(world.receive(by, activity).await, StatusCode::ACCEPTED, "{activity}");
    world.work().await;
}

async fn likes(world: &World, uri: &str) -> i64 {
    world.post(uri).await.unwrap().likes_count
}

async fn count_jobs(world: &World, kind: &'static str) -> i64 {
    use schema::jobs;
    world
        .app
        .db
        .read(move |conn| {
            Ok(jobs::table.filter(jobs::kind.eq(kind)).filter(jobs::state.ne("done")).count().get_result(conn)?)
        })
        .await
        .unwrap()
}

/// How many activities of this kind we said.
async fn said(world: &World, kind: &'static str) -> i64 {
    use schema::activities;
    world
        .app
        .db
        .read(move |conn| Ok(activities::table.filter(activities::kind.eq(kind)).count().get_result(conn)?))
        .await
        .unwrap()
}

on_both! {
    async fn a_group_speaks_for_its_own_members_only(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let group = group(&world, 1);
        let member = Stranger::new(MEMBER, 2);
        world.publish(&member);
        let note = alice.note("1", "<p>tea</p>");
        let uri = note["id"].as_str().unwrap().to_owned();
        world.serve(&uri, &note);
        accepted(&world, &alice, &alice.create(&note)).await;
        let ours = world.ana_writes("ours").await.uri.unwrap();
        accepted(&world, &alice, &alice.does("Like", "own", &ours)).await;
        // Nobody here follows the group.
        accepted(&world, &group, &group.does("Announce", "0", member.does("Like", "0", &uri))).await;
        assert_eq!(likes(&world, &uri).await, 0);
        world.follow(GROUP).await;
        for (number, forged) in [
            alice.does("Like", "forged", &uri),
            alice.does("Undo", "forged", alice.does("Like", "own", &ours)),
            alice.does("Delete", "forged", &uri),
            member.does("Delete", "forged", &uri),
        ]
        .into_iter()
        .enumerate()
        {
            accepted(&world, &group, &group.does("Announce", &format!("forged{number}"), forged)).await;
        }
        assert_eq!((likes(&world, &uri).await, likes(&world, &ours).await), (0, 1));
        // Neither does it speak for those whom we refuse.
        let eve = Stranger::new(EVE, 3);
        let evil = eve.note("1", "<p>spam</p>");
        world.serve(evil["id"].as_str().unwrap(), &evil);
        world.publish(&eve);
        world.app.db.write(|tx| servers::block(tx, "evil.example", None)).await.unwrap();
        world.app.reload_policies().await.unwrap();
        accepted(&world, &group, &group.does("Announce", "blocked", eve.create(&evil))).await;
        assert!(!world.documents.requests().iter().any(|request| request.contains("evil.example")));
        // The controls: its own member likes and takes that back; what is gone at its origin is gone here.
        let like = member.does("Like", "1", &uri);
        accepted(&world, &group, &group.does("Announce", "like", &like)).await;
        assert_eq!(likes(&world, &uri).await, 1);
        accepted(&world, &group, &group.does("Announce", "undo", member.does("Undo", "1", &like))).await;
        assert_eq!(likes(&world, &uri).await, 0);
        world.documents.put_status(&uri, StatusCode::GONE);
        accepted(&world, &group, &group.does("Announce", "delete", alice.does("Delete", "1", &uri))).await;
        assert!(world.post(&uri).await.is_none());
    }

    async fn an_id_on_another_origin_is_nobodys(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let eve = world.followed(EVE, 1).await;
        let post = world.ana_writes("like me").await.uri.unwrap();
        let like = alice.does("Like", "1", &post);
        // Eve uses up the id that Alice is about to use.
        let mut stolen = eve.does("Like", "1", &post);
        stolen["id"] = like["id"].clone();
        accepted(&world, &eve, &stolen).await;
        accepted(&world, &alice, &like).await;
        assert_eq!(likes(&world, &post).await, 2);
        accepted(&world, &alice, &alice.does("Undo", "1", like["id"].as_str().unwrap())).await;
        let (ana, alice_id) = (world.ana.id, world.actor(ALICE).await.unwrap().id);
        let id = world.post(&post).await.unwrap().id;
        let hers = world.app.db.read(move |conn| posts::find_like_of(conn, alice_id, id)).await.unwrap();
        assert_eq!((hers, likes(&world, &post).await), (None, 1));
        // The same with the id of a Follow: the one whom it belongs to can still use it.
        let follow = json!({"id": format!("{ALICE}#follow"), "type": "Follow", "actor": ALICE, "object": world.ana.uri});
        let mut squat = follow.clone();
        squat["actor"] = json!(EVE);
        accepted(&world, &eve, &squat).await;
        let mallory = world.followed(NEIGHBOUR, 2).await;
        squat["actor"] = json!(NEIGHBOUR);
        accepted(&world, &mallory, &squat).await;
        accepted(&world, &alice, &follow).await;
        let follows = |who| world.app.db.read(move |conn| follows::find_between(conn, who, ana));
        assert!(follows(alice_id).await.unwrap().is_some());
        accepted(&world, &alice, &alice.does("Undo", "2", format!("{ALICE}#follow"))).await;
        assert!(follows(alice_id).await.unwrap().is_none());
        assert!(follows(world.actor(NEIGHBOUR).await.unwrap().id).await.unwrap().is_some());
    }

    async fn one_id_for_every_follow_of_a_pair_is_answered_every_time(database: TestDatabase) {
        let database = database.with_clock(Timestamp::parse_rfc3339("2026-11-01T12:00:00Z").unwrap());
        let clock = database.clock.clone().unwrap();
        let world = World::open(database).await;
        let alice = Stranger::new("https://misskey.example/users/alice", 0);
        world.publish(&alice);
        let follow = json!({"id": format!("{}/follows/1", alice.uri), "type": "Follow", "actor": alice.uri, "object": world.ana.uri});
        let undo = json!({"id": format!("{}/follows/1/undo", alice.uri), "type": "Undo", "actor": alice.uri, "object": follow});
        let first = world.app.db.now();
        // Five letters, one after the other; the last two ask again because an Accept was lost.
        let steps = [(&follow, 1, true), (&undo, 1, false), (&follow, 2, true), (&follow, 3, true), (&follow, 4, true)];
        let ana = world.ana.id;
        for (step, (activity, accepts, follows)) in steps.into_iter().enumerate() {
            let letter = Letter::signed_at(&alice, activity, world.app.db.now());
            assert_eq!(world.send(letter).await, StatusCode::ACCEPTED);
            world.work().await;
            let id = world.actor(&alice.uri).await.unwrap().id;
            let found = world.app.db.read(move |conn| follows::find_between(conn, id, ana)).await.unwrap();
            assert_eq!((said(&world, "Accept").await, found.is_some()), (accepts, follows), "step {step}");
            clock.advance(Duration::from_secs(600));
        }
        // She ends it, and somebody sends her first letter again, byte for byte.
        assert_eq!(world.send(Letter::signed_at(&alice, &undo, world.app.db.now())).await, StatusCode::ACCEPTED);
        let replay = Letter::signed_at(&alice, &follow, first);
        assert_eq!(world.send(replay).await, StatusCode::ACCEPTED);
        world.work().await;
        let id = world.actor(&alice.uri).await.unwrap().id;
        assert_eq!(world.app.db.read(move |conn| follows::find_between(conn, id, ana)).await.unwrap(), None);
        assert_eq!(said(&world, "Accept").await, 4);
    }

    async fn where_somebody_moved_to_counts_when_the_new_one_agrees(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let eve = world.followed(EVE, 1).await;
        let mut document = eve.document();
        document["movedTo"] = json!(ALICE);
        world.serve(EVE, &document);
        accepted(&world, &eve, &eve.does("Update", "1", &document)).await;
        assert_eq!(world.actor(EVE).await.unwrap().moved_to, None);
        let mut leave = eve.does("Move", "1", EVE);
        leave["target"] = json!(ALICE);
        accepted(&world, &eve, &leave).await;
        assert_eq!(world.actor(EVE).await.unwrap().moved_to, None);
        // An address that leads to somebody who agrees to be another is not that one.
        let other = format!("{ALICE}?as=other");
        let mut agreeing = alice.document();
        agreeing["alsoKnownAs"] = json!([EVE]);
        agreeing["id"] = json!(format!("{ALICE}#me"));
        world.serve(&other, &agreeing);
        world.serve(&format!("{ALICE}#me"), &agreeing);
        document["movedTo"] = json!(other);
        world.serve(EVE, &document);
        accepted(&world, &eve, &eve.does("Update", "2", &document)).await;
        assert_eq!(world.actor(EVE).await.unwrap().moved_to, None);
        // The control: Alice's own document names Eve.
        agreeing["id"] = json!(ALICE);
        world.serve(ALICE, &agreeing);
        accepted(&world, &alice, &alice.does("Update", "1", &agreeing)).await;
        document["movedTo"] = json!(ALICE);
        world.serve(EVE, &document);
        accepted(&world, &eve, &eve.does("Update", "3", &document)).await;
        assert_eq!(world.actor(EVE).await.unwrap().moved_to.as_deref(), Some(ALICE));
    }

    async fn a_boost_is_for_those_to_whom_it_is_addressed(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let followers = format!("{ALICE}/followers");
        for (number, (to, cc, expected)) in [
            (json!([PUBLIC]), json!([followers]), Audience::Public),
            (json!([followers]), json!(["as:Public"]), Audience::Unlisted),
            (json!([followers]), json!([]), Audience::Followers),
            (Value::Null, Value::Null, Audience::Followers),
        ]
        .into_iter()
        .enumerate()
        {
            let post = world.ana_writes(&format!("boost me {number}")).await;
            let mut announce = alice.does("Announce", &number.to_string(), post.uri.unwrap());
            announce["to"] = to;
            announce["cc"] = cc;
            accepted(&world, &alice, &announce).await;
            let booster = world.actor(ALICE).await.unwrap().id;
            let boost = world.app.db.read(move |conn| posts::find_boost_of(conn, booster, post.id)).await.unwrap();
            assert_eq!(boost.unwrap().audience, expected, "{number}");
        }
    }

    async fn who_may_answer_is_for_the_server_of_what_is_answered(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let bob = world.followed("https://other.example/users/bob", 1).await;
        let mut closed = alice.note("closed", "<p>for my followers</p>");
        closed["to"] = json!([format!("{ALICE}/followers")]);
        closed["cc"] = json!([]);
        accepted(&world, &alice, &alice.create(&closed)).await;
        // Bob follows Alice, which we cannot know.
        let mut reply = bob.note("reply", "<p>indeed</p>");
        reply["inReplyTo"] = closed["id"].clone();
        reply["to"] = json!([format!("{}/followers", bob.uri)]);
        reply["cc"] = json!([]);
        accepted(&world, &bob, &bob.create(&reply)).await;
        let stored = world.post(reply["id"].as_str().unwrap()).await.unwrap();
        assert_eq!(stored.reply_to_id, Some(world.post(closed["id"].as_str().unwrap()).await.unwrap().id));
        // What Ana wrote for her followers, Bob may not have read; nor may anybody elsewhere answer inside.
        let ours = written(&world, Audience::Followers).await;
        let mut intruding = bob.note("intruding", "<p>hm</p>");
        intruding["inReplyTo"] = json!(ours);
        accepted(&world, &bob, &bob.create(&intruding)).await;
        assert!(world.post(intruding["id"].as_str().unwrap()).await.is_none());
        // The control: a follower of hers may.
        accepted(&world, &bob, &bob.does("Follow", "1", &world.ana.uri)).await;
        let mut welcome = bob.note("welcome", "<p>yes</p>");
        welcome["inReplyTo"] = json!(ours);
        accepted(&world, &bob, &bob.create(&welcome)).await;
        assert!(world.post(welcome["id"].as_str().unwrap()).await.is_some());
    }

    async fn a_neighbours_early_delete_does_not_spoil_the_authors(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let mallory = world.followed(NEIGHBOUR, 2).await;
        let note = alice.note("early", "<p>x</p>");
        let uri = note["id"].as_str().unwrap();
        accepted(&world, &mallory, &mallory.does("Delete", "1", uri)).await;
        accepted(&world, &alice, &alice.does("Delete", "1", uri)).await;
        accepted(&world, &alice, &alice.create(&note)).await;
        assert!(world.post(uri).await.is_none());
        // The control: of the neighbour's word alone nothing follows.
        let kept = alice.note("kept", "<p>x</p>");
        accepted(&world, &mallory, &mallory.does("Delete", "2", kept["id"].as_str().unwrap())).await;
        accepted(&world, &alice, &alice.create(&kept)).await;
        assert!(world.post(kept["id"].as_str().unwrap()).await.is_some());
    }

    async fn what_was_undone_does_not_happen_whichever_comes_first(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let far = Stranger::new("https://far.example/users/zoe", 1);
        world.publish(&far);
        let note = far.note("1", "<p>far</p>");
        let uri = note["id"].as_str().unwrap();
        world.serve(uri, &note);
        let boosts = async || world.post(uri).await.map_or(0, |post| post.boosts_count);
        // The Announce waits until the post is fetched; meanwhile it is undone. Sent five times it waits once.
        let announce = alice.does("Announce", "1", uri);
        for _ in 0..5 {
            assert_eq!(world.receive(&alice, &announce).await, StatusCode::ACCEPTED);
        }
        assert_eq!(count_jobs(&world, "inbound").await, 1);
        assert_eq!(world.receive(&alice, &alice.does("Undo", "1", &announce)).await, StatusCode::ACCEPTED);
        world.work().await;
        assert_eq!(boosts().await, 0);
        // The Undo comes first, whole and by id.
        let second = alice.does("Announce", "2", uri);
        accepted(&world, &alice, &alice.does("Undo", "2", &second)).await;
        accepted(&world, &alice, &second).await;
        let ours = world.ana_writes("like me").await.uri.unwrap();
        let like = alice.does("Like", "1", &ours);
        accepted(&world, &alice, &alice.does("Undo", "3", like["id"].as_str().unwrap())).await;
        accepted(&world, &alice, &like).await;
        assert_eq!((boosts().await, likes(&world, &ours).await), (0, 0));
        // The controls: others that were not undone.
        accepted(&world, &alice, &alice.does("Announce", "3", uri)).await;
        accepted(&world, &alice, &alice.does("Like", "2", &ours)).await;
        assert_eq!((boosts().await, likes(&world, &ours).await), (1, 1));
    }

    async fn a_reaction_is_one_emoji_and_counts_as_a_like(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let ours = world.ana_writes("react").await.uri.unwrap();
        let react = |number: usize, content: Value, tag: Value| {
            let mut reaction = alice.does("EmojiReact", &number.to_string(), &ours);
            reaction["content"] = content;
            reaction["tag"] = tag;
            reaction
        };
        let picture = json!([{"type": "Emoji", "name": ":tea:", "icon": {"type": "Image", "url": "https://good.example/tea.png"}}]);
        let wrong = [json!("nice"), json!("👍👍"), json!(":tea:"), json!(""), json!(null), json!(7), json!({}), json!("👍 x")];
        for (number, content) in wrong.into_iter().enumerate() {
            accepted(&world, &alice, &react(number, content, json!([]))).await;
        }
        assert_eq!(likes(&world, &ours).await, 0);
        let right = [(json!("👍"), json!([])), (json!("👩‍💻"), json!([])), (json!(":tea:"), picture.clone()), (json!(":tea@good.example:"), picture)];
        for (number, (content, tag)) in right.into_iter().enumerate() {
            let reaction = react(10 + number, content, tag);
            accepted(&world, &alice, &reaction).await;
            assert_eq!(likes(&world, &ours).await, 1, "{reaction}");
            accepted(&world, &alice, &alice.does("Undo", &format!("u{number}"), &reaction)).await;
            assert_eq!(likes(&world, &ours).await, 0);
        }
    }

    async fn a_boost_by_the_address_of_a_page_finds_the_post(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let far = Stranger::new("https://far.example/users/zoe", 1);
        world.publish(&far);
        let note = far.note("1", "<p>far</p>");
        let (uri, page) = (note["id"].as_str().unwrap(), "https://far.example/@zoe/1");
        world.serve(uri, &note);
        world.serve(page, &note);
        accepted(&world, &alice, &alice.does("Announce", "1", page)).await;
        assert_eq!(world.post(uri).await.unwrap().boosts_count, 1);
    }

    async fn an_update_that_does_not_say_when_is_checked_at_its_origin(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let note = alice.note("1", "<p>first</p>");
        let uri = note["id"].as_str().unwrap();
        accepted(&world, &alice, &alice.create(&note)).await;
        let mut newest = note.clone();
        newest["content"] = json!("<p>newest</p>");
        newest["updated"] = json!("2026-11-02T10:00:00Z");
        world.serve(uri, &newest);
        accepted(&world, &alice, &alice.does("Update", "2", &newest)).await;
        let mut stale = note.clone();
        stale["content"] = json!("<p>stale</p>");
        accepted(&world, &alice, &alice.does("Update", "1", &stale)).await;
        assert_eq!(world.post(uri).await.unwrap().content, "<p>newest</p>");
        // The control: the first edit needs no time, and one that its origin shows counts.
        let other = alice.note("2", "<p>first</p>");
        accepted(&world, &alice, &alice.create(&other)).await;
        let mut edited = other.clone();
        edited["content"] = json!("<p>edited</p>");
        accepted(&world, &alice, &alice.does("Update", "3", &edited)).await;
        assert_eq!(world.post(other["id"].as_str().unwrap()).await.unwrap().content, "<p>edited</p>");
    }
}

/// A post by Ana for these, and its id.
async fn written(world: &World, audience: Audience) -> String {
    let (site, ana) = (world.app.site.clone(), world.ana.id);
    let post = world
        .app
        .db
        .write(move |tx| {
            let draft = posts::Draft::note(audience, "<p>closed</p>".to_owned());
            let id = posts::create(tx, &site, &By::Local { actor: ana, account: None }, &draft)?;
            posts::get(tx.conn(), id)
        })
        .await
        .unwrap();
    post.uri.unwrap_or_else(|| format!("{OURS}/ap/objects/{}", post.id))
}
