//! Somebody leaves: at once for everybody else, and nothing of theirs stays.

use diesel::prelude::*;
use guildhall::{
    db::schema::{
        actors as actors_table, boosts, follows as follows_table, home_entries, jobs, likes, posts as posts_table,
    },
    domain::{
        ActorId, By, accounts,
        actors::{self, Actor},
        follows::{self, Wishes},
        posts::{self, Audience, Draft},
    },
    error::Kind,
    jobs::{Handlers, runner::Runner},
};

use http::StatusCode;

use super::house::{House, here};

async fn counts(house: &House, actor: ActorId) -> (i64, i64) {
    house
        .read(move |conn| {
            let columns = (actors_table::followers_count, actors_table::following_count);
            Ok(actors_table::table.find(actor).select(columns).first(conn)?)
        })
        .await
}

/// Follows that hold, of `one` by `other` and back.
async fn befriend(house: &House, one: &Actor, other: &Actor) {
    let (site, one, other) = (house.app.site.clone(), one.clone(), other.clone());
    house
        .write(move |tx| {
            for (follower, target) in [(&one, &other), (&other, &one)] {
                let by = if follower.is_local() {
                    here(follower.id)
                } else {
                    By::Remote { actor: follower.id, activity: Some(format!("{}/follows/{}", follower.uri, target.id)) }
                };
                follows::request(tx, &site, &by, target.id, &Wishes::default())?;
                if !target.is_local() {
                    follows::accepted_elsewhere(tx, target.id, follower.id)?;
                }
            }
            Ok(())
        })
        .await;
}

async fn work(house: &House) {
    let handlers = std::sync::Arc::new(Handlers::new(house.app.clone()));
    Runner::new(house.app.db.clone(), handlers, 1).run_until_idle().await.unwrap();
}

/// How much of an actor is left: follows, likes, boosts, posts, entries at anybody's home.
async fn left(house: &House, actor: ActorId) -> [i64; 5] {
    house
        .read(move |conn| {
            let follows = follows_table::follower_id.eq(actor).or(follows_table::target_id.eq(actor));
            Ok([
                follows_table::table.filter(follows).count().get_result(conn)?,
                likes::table.filter(likes::actor_id.eq(actor)).count().get_result(conn)?,
                boosts::table.filter(boosts::actor_id.eq(actor)).count().get_result(conn)?,
                posts_table::table.filter(posts_table::author_id.eq(actor)).count().get_result(conn)?,
                home_entries::table.filter(home_entries::author_id.eq(actor)).count().get_result(conn)?,
            ])
        })
        .await
}

on_both! {
    async fn nothing_stays_of_somebody_elsewhere_who_leaves(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", "one.example").await;
        let ann = house.stranger("ann", "two.example").await;
        befriend(&house, &bob, &house.brand).await;
        befriend(&house, &ann, &house.brand).await;
        for number in 0..250 {
            house.arrives(&bob, number, Audience::Public, Vec::new()).await;
        }
        let post = house.note(Audience::Public, "News").await;
        let (site, by) = (house.app.site.clone(), By::Remote { actor: bob.id, activity: None });
        house.write(move |tx| {
            posts::like(tx, &site, &by, post)?;
            posts::boost(tx, &site, &by, post, Audience::Public, None)
        }).await;
        assert_eq!(counts(&house, house.brand.id).await, (2, 2));
        house.write(move |tx| actors::forget_remote(tx, bob.id)).await;
        let gone = house.read(move |conn| actors::find(conn, bob.id)).await;
        assert!(gone.is_none_or(|gone| gone.deleted_at.is_some()), "at once");
        work(&house).await;
        assert_eq!(left(&house, bob.id).await, [0; 5]);
        assert_eq!(counts(&house, house.brand.id).await, (1, 1));
        let post = house.read(move |conn| posts::get(conn, post)).await;
        assert_eq!((post.likes_count, post.boosts_count), (0, 0));
        assert_eq!(left(&house, ann.id).await[0], 2, "others stay");
    }

    async fn followers_hear_that_one_of_ours_leaves_and_then_nothing_stays(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", "one.example").await;
        befriend(&house, &bob, &house.owner).await;
        befriend(&house, &house.brand, &house.owner).await;
        house.post(house.owner.id, Draft::note(Audience::Public, "<p>Hello</p>".to_owned())).await;
        work(&house).await;
        // Receipts of what was sent before are gone: the followers themselves must be known.
        house.write(|tx| {
            diesel::delete(guildhall::db::schema::activities::table).execute(tx.conn())?;
            Ok(())
        }).await;
        assert_eq!(counts(&house, house.brand.id).await, (1, 1));
        let owner = house.owner.id;
        house.write(move |tx| actors::delete(tx, owner)).await;
        let site = house.app.site.clone();
        let late = house.app.db.write(move |tx| {
            posts::create(tx, &site, &here(owner), &Draft::note(Audience::Public, "<p>late</p>".to_owned()))
        }).await;
        assert_eq!(late.unwrap_err().kind(), Kind::NotFound, "nothing is written in between");
        work(&house).await;
        let said = house.said().await;
        assert_eq!((said[0].kind.as_str(), said[0].inboxes.as_slice()), ("Delete", ["https://one.example/inbox".to_owned()].as_slice()));
        assert_eq!(left(&house, owner).await, [0; 5]);
        assert_eq!(counts(&house, house.brand.id).await, (0, 0));
        assert_eq!(counts(&house, bob.id).await, (0, 0));
    }

    async fn a_deleted_login_cannot_write_and_what_it_wrote_goes(database: TestDatabase) {
        let house = House::open(database).await;
        let site = house.app.site.clone();
        let (account, zoe) = house.write(move |tx| {
            let new = accounts::NewAccount {
                username: "zoe".to_owned(),
                display_name: String::new(),
                email: None,
                password_hash: None,
                kind: accounts::AccountKind::Employee,
                role: accounts::Role::Member,
            };
            accounts::create(tx, &site, &new)
        }).await;
        house.post(zoe.id, Draft::note(Audience::Public, "<p>Hello</p>".to_owned())).await;
        house.write(move |tx| accounts::delete(tx, account.id)).await;
        work(&house).await;
        assert_eq!(left(&house, zoe.id).await, [0; 5]);
        assert_eq!(house.read(|conn| Ok(jobs::table.filter(jobs::kind.eq("erase_actor")).count().get_result::<i64>(conn)?)).await, 0);
    }

    async fn who_is_still_there_is_not_erased(database: TestDatabase) {
        let house = House::open(database).await;
        house.note(Audience::Public, "News").await;
        let brand = house.brand.id;
        house.write(move |tx| tx.defer(&guildhall::domain::work::Job::EraseActor { actor: brand })).await;
        work(&house).await;
        assert_eq!(left(&house, brand).await[3], 1);
    }

    async fn what_somebody_said_who_was_deleted_is_gone(database: TestDatabase) {
        let house = House::open(database).await;
        house.note(Audience::Public, "News").await;
        let create = house.says().await.body["id"].as_str().unwrap().to_owned();
        assert_eq!(house.get_object(&create).await.0, StatusCode::OK);
        let brand = house.brand.id;
        house.write(move |tx| actors::delete(tx, brand)).await;
        assert_eq!(house.get_object(&create).await.0, StatusCode::GONE);
        let delete = house.says().await.body["id"].as_str().unwrap().to_owned();
        assert_eq!(house.get_object(&delete).await.0, StatusCode::OK);
    }
}
