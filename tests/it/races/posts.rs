//! Posts, likes and boosts.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use guildhall::{
    db::{Tx, schema::internal_reviews},
    domain::{
        PostId,
        posts::{self, Audience, Draft},
    },
    error::{Kind, Result},
};
use serde_json::{Value, json};

use super::{EIGHT, ROUNDS, by};
use crate::{races, support::world::PUBLIC};

/// A note of theirs as it arrives.
pub fn note(author: &str, name: &str, reply_to: Option<&str>) -> Value {
    json!({
        "id": format!("{author}/{name}"), "type": "Note", "attributedTo": author, "content": "<p>x</p>",
        "to": [PUBLIC], "inReplyTo": reply_to, "published": "2026-11-01T10:00:00Z",
    })
}

pub fn does(kind: &str, actor: &str, object: impl serde::Serialize) -> Value {
    json!({"type": kind, "actor": actor, "object": object, "to": [PUBLIC]})
}

races! {
    async fn one_who_likes_eight_times_at_once_likes_once(race: Race) {
        let (author, fan) = (race.ours[0].1.clone(), race.ours[1].1.clone());
        for _ in 0..ROUNDS {
            let post = race.post(&author, None).await;
            let (site, who) = (race.site.clone(), by(&fan));
            for outcome in race.eight(move |_, tx| posts::like(tx, &site, &who, post)).await {
                outcome.unwrap();
            }
            assert_eq!(race.number(&format!("SELECT likes_count AS count FROM posts WHERE id = {post}")).await, 1);
            assert_eq!(race.count("notifications", &format!("post_id = {post}")).await, 1);
            let who = by(&fan);
            for outcome in race.eight(move |_, tx| posts::unlike(tx, &who, post)).await {
                outcome.unwrap();
            }
            assert_eq!(race.number(&format!("SELECT likes_count AS count FROM posts WHERE id = {post}")).await, 0);
            let (site, who) = (race.site.clone(), by(&fan));
            for outcome in race.eight(move |_, tx| posts::boost(tx, &site, &who, post, Audience::Public, None)).await {
                outcome.unwrap();
            }
            assert_eq!(race.number(&format!("SELECT boosts_count AS count FROM posts WHERE id = {post}")).await, 1);
            let who = by(&fan);
            for outcome in race.eight(move |_, tx| posts::unboost(tx, &who, post)).await {
                outcome.unwrap();
            }
            assert_eq!(race.number(&format!("SELECT boosts_count AS count FROM posts WHERE id = {post}")).await, 0);
        }
        race.assert_sound().await;
    }

    async fn eight_who_like_and_boost_at_once_are_eight(race: Race) {
        let author = race.theirs[0].clone();
        race.follow(&race.ours[0].1, &author).await;
        for round in 0..ROUNDS {
            let create = race.arriving(&author, does("Create", &author.uri, note(&author.uri, &round.to_string(), None)));
            race.write(create).await;
            let uri = format!("{}/{round}", author.uri);
            let post = race.read(move |conn| posts::find_by_uri(conn, &uri)).await.unwrap().id;
            let fans: Vec<_> = race.ours.iter().map(|ours| by(&ours.1)).collect();
            let site = race.site.clone();
            let both = race.eight(move |number, tx| {
                posts::like(tx, &site, &fans[number], post)?;
                posts::boost(tx, &site, &fans[number], post, Audience::Public, None)
            });
            for outcome in both.await {
                outcome.unwrap();
            }
            let counted = race.read(move |conn| posts::get(conn, post)).await;
            assert_eq!((counted.likes_count, counted.boosts_count), (EIGHT as i64, EIGHT as i64));
            let fans: Vec<_> = race.ours.iter().map(|ours| by(&ours.1)).collect();
            for outcome in race.eight(move |number, tx| { posts::unlike(tx, &fans[number], post)?; posts::unboost(tx, &fans[number], post) }).await {
                outcome.unwrap();
            }
            let counted = race.read(move |conn| posts::get(conn, post)).await;
            assert_eq!((counted.likes_count, counted.boosts_count), (0, 0));
        }
        race.assert_sound().await;
    }

    async fn the_same_post_arriving_eight_times_is_one(race: Race) {
        let alice = race.theirs[0].clone();
        race.follow(&race.ours[0].1, &alice).await;
        for round in 0..ROUNDS {
            let create = race.arriving(&alice, does("Create", &alice.uri, note(&alice.uri, &round.to_string(), None)));
            for outcome in race.eight(move |_, tx| create(tx)).await {
                outcome.unwrap();
            }
        }
        assert_eq!(race.count("posts", "TRUE").await, ROUNDS as i64);
        assert_eq!(race.count("home_entries", "TRUE").await, ROUNDS as i64);
        race.assert_sound().await;
    }

    async fn eight_edits_keep_every_version(race: Race) {
        let author = race.ours[0].1.clone();
        for _ in 0..ROUNDS {
            let post = race.post(&author, None).await;
            let who = by(&author);
            let edits = race.eight(move |number, tx| {
                posts::edit(tx, &who, post, &Draft::note(Audience::Public, format!("<p>{number}</p>")))
            });
            for outcome in edits.await {
                outcome.unwrap();
            }
            let versions = race.read(move |conn| posts::history(conn, post)).await;
            let mut texts: Vec<String> = versions.into_iter().map(|version| version.content).collect();
            texts.push(race.read(move |conn| posts::get(conn, post)).await.content);
            texts.sort();
            let mut wanted: Vec<String> = (0..EIGHT).map(|number| format!("<p>{number}</p>")).collect();
            wanted.push("<p>text</p>".to_owned());
            assert_eq!(texts, wanted);
        }
    }

    async fn an_edit_and_a_delete_end_with_the_delete(race: Race) {
        let author = race.ours[0].1.clone();
        for round in 0..ROUNDS {
            let post = race.post(&author, None).await;
            let (editor, deleter) = (by(&author), by(&author));
            let edit = move |tx: &mut Tx<'_>| {
                posts::edit(tx, &editor, post, &Draft::note(Audience::Public, "<p>new</p>".to_owned()))
            };
            let delete = move |tx: &mut Tx<'_>| posts::delete(tx, &deleter, post);
            if round % 2 == 0 {
                let (edited, deleted) = race.held(edit, delete).await;
                edited.unwrap();
                deleted.unwrap();
            } else {
                let (deleted, edited) = race.held(delete, edit).await;
                deleted.unwrap();
                assert_eq!(edited.unwrap_err().kind(), Kind::NotFound);
            }
            assert_eq!(race.count("posts", &format!("id = {post}")).await, 0);
        }
        race.assert_sound().await;
    }

    async fn eight_pins_at_once_are_five_at_most_and_none_of_what_is_deleted(race: Race) {
        let author = race.ours[0].1.clone();
        for _ in 0..ROUNDS {
            let mut written = Vec::new();
            for _ in 0..EIGHT {
                written.push(race.post(&author, None).await);
            }
            let (who, all) = (by(&author), written.clone());
            let pinned = race.eight(move |number, tx| posts::pin(tx, &who, all[number])).await;
            assert_eq!(pinned.iter().filter(|pinned| pinned.is_ok()).count(), posts::PINS);
            assert_eq!(race.count("pins", "TRUE").await, posts::PINS as i64);
            // Deleted by one while another pins it again.
            let (who, all) = (by(&author), written.clone());
            for outcome in race.eight(move |number, tx| {
                let post = all[number / 2];
                if number % 2 == 0 { posts::delete(tx, &who, post) } else { posts::pin(tx, &who, post).map(|_| ()) }
            }).await {
                let known = |error: &guildhall::error::Error| matches!(error.code(), "post.not_found" | "pin.limit");
                assert!(outcome.as_ref().err().is_none_or(known), "{outcome:?}");
            }
            for post in written {
                let who = by(&author);
                race.write(move |tx| posts::delete(tx, &who, post)).await;
            }
            assert_eq!(race.count("pins", "TRUE").await, 0);
        }
    }

    async fn eight_deletes_of_a_reply_count_once(race: Race) {
        let (author, other) = (race.ours[0].1.clone(), race.ours[1].1.clone());
        for _ in 0..ROUNDS {
            let parent = race.post(&author, None).await;
            let reply = race.post(&other, Some(parent)).await;
            let kept = race.post(&other, Some(parent)).await;
            let who = by(&other);
            for outcome in race.eight(move |_, tx| posts::delete(tx, &who, reply)).await {
                outcome.unwrap();
            }
            assert_eq!(race.number(&format!("SELECT replies_count AS count FROM posts WHERE id = {parent}")).await, 1);
            assert_eq!(race.count("posts", &format!("id = {kept}")).await, 1);
        }
        race.assert_sound().await;
    }

    async fn what_is_due_next_is_looked_for_with_what_is_just_written(race: Race) {
        let (author, site) = (race.ours[0].1.clone(), race.site.clone());
        let who = by(&author);
        let written = move |tx: &mut Tx<'_>| -> Result<PostId> {
            posts::create(tx, &site, &who, &Draft::note(Audience::Company, "<p>Among us</p>".to_owned()))
        };
        let seen = move |tx: &mut Tx<'_>| -> Result<i64> {
            posts::look_again(tx, author.id)?;
            let due = internal_reviews::table.filter(internal_reviews::author_id.eq(author.id));
            Ok(due.count().get_result::<i64>(tx.conn())?)
        };
        let (written, seen) = race.held(written, seen).await;
        written.unwrap();
        assert_eq!(seen.unwrap(), 1);
    }
}
