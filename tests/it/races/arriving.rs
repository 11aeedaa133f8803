//! What arrives at the same time and speaks of the same things.

use std::time::Duration;

use guildhall::{
    db::Tx,
    domain::{
        PostId, actors,
        posts::{self, Audience, Draft},
        servers,
    },
};
use serde_json::json;

use super::{
    ROUNDS, by, fine,
    posts::{does, note},
    stranger,
};
use crate::races;

races! {
    async fn a_delete_and_the_create_that_it_overtakes_leave_nothing(race: Race) {
        let alice = race.theirs[0].clone();
        race.follow(&race.ours[0].1, &alice).await;
        for round in 0..ROUNDS {
            let (first, second) = (format!("a{round}"), format!("b{round}"));
            let create = |name: &str| race.arriving(&alice, does("Create", &alice.uri, note(&alice.uri, name, None)));
            let delete = |name: &str| race.arriving(&alice, does("Delete", &alice.uri, format!("{}/{name}", alice.uri)));
            let (one, two) = race.held(create(&first), delete(&first)).await;
            fine(one);
            fine(two);
            let (one, two) = race.held(delete(&second), create(&second)).await;
            fine(one);
            fine(two);
        }
        assert_eq!(race.count("posts", &format!("author_id = {}", alice.id)).await, 0);
        race.assert_sound().await;
    }

    async fn a_delete_by_a_stranger_and_the_create_that_it_overtakes_leave_nothing(race: Race) {
        let ours = race.post(&race.ours[0].1, None).await;
        let ours = race.read(move |conn| posts::get(conn, ours)).await.uri.unwrap();
        // Each has written nothing before that is here.
        for (number, zoe) in race.theirs.clone().into_iter().enumerate() {
            let create = race.arriving(&zoe, does("Create", &zoe.uri, note(&zoe.uri, "1", Some(&ours))));
            let delete = race.arriving(&zoe, does("Delete", &zoe.uri, format!("{}/1", zoe.uri)));
            let (one, two) = if number % 2 == 0 { race.held(create, delete).await } else { race.held(delete, create).await };
            fine(one);
            fine(two);
            assert_eq!(race.count("posts", &format!("author_id = {}", zoe.id)).await, 0, "{number}");
        }
        assert_eq!(race.count("taken_back", "1 = 1").await, 4);
        race.assert_sound().await;
    }

    async fn a_reply_and_its_post_find_each_other(race: Race) {
        let (alice, bob) = (race.theirs[0].clone(), race.theirs[1].clone());
        for them in [&alice, &bob] {
            race.follow(&race.ours[0].1, them).await;
        }
        for round in 0..ROUNDS {
            for reply_first in [true, false] {
                let name = format!("{round}{reply_first}");
                let parent = race.arriving(&alice, does("Create", &alice.uri, note(&alice.uri, &name, None)));
                let uri = format!("{}/{name}", alice.uri);
                let reply = race.arriving(&bob, does("Create", &bob.uri, note(&bob.uri, &name, Some(&uri))));
                let (one, two) = if reply_first { race.held(reply, parent).await } else { race.held(parent, reply).await };
                assert!(fine(one).is_some() && fine(two).is_some());
            }
        }
        assert_eq!(race.count("posts", "reply_to_id IS NOT NULL").await, 2 * ROUNDS as i64);
        race.assert_sound().await;
    }

    async fn who_arrives_while_their_server_is_blocked_is_refused(race: Race) {
        for round in 0..ROUNDS {
            for block_first in [true, false] {
                let name = format!("{round}{block_first}");
                let block = |tx: &mut Tx<'_>| servers::block(tx, "far.example", None);
                let newcomer = stranger(&name);
                let arrive = move |tx: &mut Tx<'_>| Ok(actors::upsert_remote(tx, &newcomer)?.actor.id);
                let id = if block_first {
                    let (blocked, arrived) = race.held(block, arrive).await;
                    blocked.unwrap();
                    arrived.unwrap()
                } else {
                    let (arrived, blocked) = race.held(arrive, block).await;
                    blocked.unwrap();
                    arrived.unwrap()
                };
                assert!(race.read(move |conn| servers::is_refused(conn, id)).await, "{name}");
                assert!(race.write(|tx| servers::allow(tx, "far.example")).await);
                assert!(!race.read(move |conn| servers::is_refused(conn, id)).await, "{name}");
            }
        }
    }

    async fn what_is_given_to_a_post_goes_with_it(race: Race) {
        let (author, fan) = (race.ours[0].1.clone(), race.ours[1].1.clone());
        let site = race.site.clone();
        for round in 0..ROUNDS {
            for (gift, delete_first) in [("like", true), ("like", false), ("boost", true), ("boost", false), ("reply", true), ("reply", false)] {
                let post = race.post(&author, None).await;
                let (site, fan, by_author) = (site.clone(), by(&fan), by(&author));
                let give = move |tx: &mut Tx<'_>| match gift {
                    "like" => posts::like(tx, &site, &fan, post),
                    "boost" => posts::boost(tx, &site, &fan, post, Audience::Public, None).map(|_| ()),
                    _ => {
                        let mut draft = Draft::note(Audience::Public, "<p>reply</p>".to_owned());
                        draft.reply_to = Some(posts::ReplyTo { post: Some(post), uri: None });
                        posts::create(tx, &site, &fan, &draft).map(|_| ())
                    }
                };
                let delete = move |tx: &mut Tx<'_>| posts::delete(tx, &by_author, post);
                let (given, deleted) = if delete_first {
                    let (deleted, given) = race.held(delete, give).await;
                    (given, deleted)
                } else {
                    race.held(give, delete).await
                };
                deleted.unwrap();
                let given = fine(given);
                assert!(!(delete_first && gift != "reply" && given.is_some()), "round {round}: a {gift} for a post that is gone");
                assert_eq!(race.count("posts", &format!("id = {post}")).await, 0);
                assert_eq!(race.count("notifications", &format!("post_id = {post}")).await, 0);
                assert_eq!(race.count("home_entries", &format!("post_id = {post}")).await, 0);
            }
        }
        race.assert_sound().await;
    }

    async fn an_old_post_that_somebody_here_wants_at_the_last_moment_is_kept(race: Race) {
        let (author, fan) = (race.theirs[0].clone(), race.ours[1].1.clone());
        for round in 0..ROUNDS {
            for (gift, prune_first) in [("like", true), ("like", false), ("boost", true), ("boost", false), ("reply", true), ("reply", false)] {
                let uri = format!("{}/{round}{gift}{prune_first}", author.uri);
                let (site, by_author, named) = (race.site.clone(), by(&author), uri.clone());
                let post = race.write(move |tx| {
                    let mut draft = Draft::note(Audience::Public, "<p>old</p>".to_owned());
                    draft.uri = Some(named.clone());
                    posts::create(tx, &site, &by_author, &draft)
                }).await;
                let (site, fan) = (race.site.clone(), by(&fan));
                let give = move |tx: &mut Tx<'_>| match gift {
                    "like" => posts::like(tx, &site, &fan, post),
                    "boost" => posts::boost(tx, &site, &fan, post, Audience::Public, None).map(|_| ()),
                    _ => {
                        let mut draft = Draft::note(Audience::Public, "<p>reply</p>".to_owned());
                        draft.reply_to = Some(posts::ReplyTo { post: Some(post), uri: Some(uri.clone()) });
                        posts::create(tx, &site, &fan, &draft).map(|_| ())
                    }
                };
                let prune = move |tx: &mut Tx<'_>| {
                    let before = tx.now().plus(Duration::from_secs(24 * 3600));
                    posts::prune_stale(tx, PostId(post.0 - 1), before, 1)
                };
                let (given, pruned) = if prune_first {
                    let (pruned, given) = race.held(prune, give).await;
                    (given, pruned)
                } else {
                    race.held(give, prune).await
                };
                let forgotten = pruned.unwrap().forgotten;
                assert_eq!((forgotten, fine(given).is_some()), if prune_first { (1, false) } else { (0, true) }, "round {round}: {gift}");
                assert_eq!(race.count("posts", &format!("id = {post}")).await, i64::from(!prune_first));
            }
        }
        race.assert_sound().await;
    }

    async fn one_id_used_by_eight_people_is_nobodys_fault_of_ours(race: Race) {
        let target = race.ours[0].1.clone();
        for round in 0..ROUNDS {
            let arriving: Vec<_> = race.theirs.iter().map(|asker| {
                race.arriving(asker, json!({"id": format!("https://far.example/one{round}"), "type": "Follow", "actor": asker.uri, "object": target.uri}))
            }).collect();
            for outcome in race.eight(move |number, tx| arriving[number](tx)).await {
                fine(outcome);
            }
        }
        race.assert_sound().await;
    }
}
