//! What is forgotten by age, and what is kept however old it is.

use std::{sync::Arc, time::Duration};

use diesel::prelude::*;
use guildhall::{
    db::schema::{activities, actor_keys, actors, deliveries, jobs, notifications, received, servers},
    domain::{
        By, PostId,
        actors::Actor,
        follows::{self, Wishes},
        home::{self, Entry},
        posts::{self, Audience, Draft, ReplyTo},
        servers as servers_area,
    },
    federation::received as received_area,
    jobs::{
        Handlers, ensure_pruning,
        runner::{self, Runner},
    },
};
use http::StatusCode;

use crate::{
    federation::house::{House, here},
    support::world::{Letter, Stranger, World},
};

const DAY: u64 = 24 * 3600;

async fn work(house: &House) {
    Runner::new(house.app.db.clone(), Arc::new(Handlers::new(house.app.clone())), 1).run_until_idle().await.unwrap();
}

async fn prune_after(house: &House, days: u64) {
    house.wait(days * DAY);
    work(house).await;
}

async fn is_there(house: &House, post: PostId) -> bool {
    house.read(move |conn| posts::find(conn, post)).await.is_some()
}

async fn reply(house: &House, author: &Actor, number: u32, parent: PostId) -> PostId {
    let (site, by) = (house.app.site.clone(), By::Remote { actor: author.id, activity: None });
    let mut draft = Draft::note(Audience::Public, "<p>An answer</p>".to_owned());
    draft.uri = Some(format!("{}/notes/{number}", author.uri));
    draft.reply_to = Some(ReplyTo { post: Some(parent), uri: None });
    house.write(move |tx| posts::create(tx, &site, &by, &draft)).await
}

/// The names of those elsewhere whom we know.
async fn there(house: &House) -> Vec<String> {
    house
        .read(|conn| {
            let elsewhere = actors::table.filter(actors::host.ne(""));
            Ok(elsewhere.order(actors::username).select(actors::username).load(conn)?)
        })
        .await
}

on_both! {
    async fn old_posts_of_others_go_unless_somebody_here_needs_them(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", "one.example").await;
        let brand = house.brand.id;
        let stale = house.arrives(&bob, 1, Audience::Public, Vec::new()).await;
        let answer_to_stale = reply(&house, &bob, 2, stale).await;
        let liked = house.arrives(&bob, 3, Audience::Public, Vec::new()).await;
        let boosted = house.arrives(&bob, 4, Audience::Public, Vec::new()).await;
        let mentioning = house.arrives(&bob, 5, Audience::Public, vec![brand]).await;
        let answered = house.arrives(&bob, 6, Audience::Public, Vec::new()).await;
        let beside_our_answer = reply(&house, &bob, 7, answered).await;
        let ours = house.note(Audience::Public, "Ours").await;
        let answer_to_ours = reply(&house, &bob, 8, ours).await;
        let site = house.app.site.clone();
        let our_answer = house.write(move |tx| {
            posts::like(tx, &site, &here(brand), liked)?;
            posts::boost(tx, &site, &here(brand), boosted, Audience::Public, None)?;
            let mut draft = Draft::note(Audience::Public, "<p>Thanks</p>".to_owned());
            draft.reply_to = Some(ReplyTo { post: Some(answered), uri: None });
            posts::create(tx, &site, &here(brand), &draft)
        }).await;
        // A stranger's like keeps nothing.
        let (site, by) = (house.app.site.clone(), By::Remote { actor: bob.id, activity: None });
        house.write(move |tx| posts::like(tx, &site, &by, stale)).await;
        prune_after(&house, 80).await;
        assert!(is_there(&house, stale).await, "not old enough");
        let fresh = house.arrives(&bob, 9, Audience::Public, Vec::new()).await;
        prune_after(&house, 11).await;
        for gone in [stale, answer_to_stale] {
            assert!(!is_there(&house, gone).await);
        }
        for kept in [liked, boosted, mentioning, answered, beside_our_answer, ours, answer_to_ours, our_answer, fresh] {
            assert!(is_there(&house, kept).await, "{kept}");
        }
        let tombstone = house.read(move |conn| posts::deleted_at(conn, "https://one.example/users/bob/notes/1")).await;
        assert_eq!(tombstone, None, "it may come again");
        let author = house.read(move |conn| guildhall::domain::actors::get(conn, bob.id)).await;
        assert_eq!(author.posts_count, 7);
    }

    async fn what_is_at_home_stays_as_long_as_it_is_there(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", "one.example").await;
        let (site, brand) = (house.app.site.clone(), house.brand.id);
        let bob_id = bob.id;
        house.write(move |tx| {
            follows::request(tx, &site, &here(brand), bob_id, &Wishes::default())?;
            follows::accepted_elsewhere(tx, bob_id, brand)
        }).await;
        let old = house.arrives(&bob, 1, Audience::Public, Vec::new()).await;
        house.wait(60 * DAY);
        // Somebody whom the brand follows boosts it again.
        let ann = house.stranger("ann", "two.example").await;
        let boost = guildhall::domain::BoostId(house.write(|tx| Ok(tx.new_id())).await);
        let entry = Entry { post: old, by: ann.id, boost: Some(boost), reply_to_author: None };
        house.write(move |tx| home::deliver(tx, entry, &[brand])).await;
        prune_after(&house, 40).await;
        assert!(is_there(&house, old).await, "it is still at home");
        prune_after(&house, 60).await;
        assert!(!is_there(&house, old).await);
    }

    async fn nothing_is_forgotten_where_the_operator_says_so(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", "one.example").await;
        let old = house.arrives(&bob, 1, Audience::Public, Vec::new()).await;
        let mut config = house.app.config.clone();
        config.retention.remote_posts_days = 0;
        let site = (*house.app.site).clone();
        let secrets = guildhall::secrets::SecretKey::load(config.secret_key.as_deref(), &config.data_dir).unwrap();
        let app = guildhall::app::App::new(config, site, house.app.db.clone(), secrets, house.peers.clone()).await.unwrap();
        house.wait(1000 * DAY);
        Runner::new(app.db.clone(), Arc::new(Handlers::new(app.clone())), 1).run_until_idle().await.unwrap();
        assert!(is_there(&house, old).await);
    }

    async fn more_than_a_portion_goes_in_several(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", "one.example").await;
        let site = house.app.site.clone();
        house.write(move |tx| {
            for number in 0..1100 {
                let mut draft = Draft::note(Audience::Public, format!("<p>Number {number}</p>"));
                draft.uri = Some(format!("https://one.example/notes/{number}"));
                posts::create(tx, &site, &By::Remote { actor: bob.id, activity: None }, &draft)?;
                received_area::claim(tx, bob.id, &format!("https://one.example/{number}"))?;
                posts::remember_deleted(tx, &format!("https://one.example/deleted/{number}"), bob.id)?;
            }
            Ok(())
        }).await;
        prune_after(&house, 91).await;
        let left: (i64, i64) = house.read(|conn| {
            use guildhall::db::schema::{posts, tombstones};
            Ok((posts::table.count().get_result(conn)?, tombstones::table.count().get_result(conn)?))
        }).await;
        assert_eq!(left, (0, 0));
        assert_eq!(house.read(|conn| Ok(received::table.count().get_result::<i64>(conn)?)).await, 0);
    }

    async fn receipts_and_activities_go_by_age(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", "one.example").await;
        house.follow(&bob, house.brand.id).await;
        house.note(Audience::Public, "News").await;
        house.send().await;
        let count = || house.read(|conn| {
            Ok((deliveries::table.count().get_result::<i64>(conn)?, activities::table.count().get_result::<i64>(conn)?))
        });
        assert_eq!(count().await, (2, 2));
        prune_after(&house, 31).await;
        assert_eq!(count().await, (0, 2));
        prune_after(&house, 60).await;
        assert_eq!(count().await, (0, 0));
    }

    async fn what_people_were_told_goes_after_half_a_year(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", "one.example").await;
        let mention = house.arrives(&bob, 1, Audience::Public, vec![house.brand.id]).await;
        let told = || house.read(|conn| Ok(notifications::table.count().get_result::<i64>(conn)?));
        assert_eq!(told().await, 1);
        prune_after(&house, 179).await;
        assert_eq!(told().await, 1);
        prune_after(&house, 2).await;
        assert_eq!(told().await, 0);
        assert!(is_there(&house, mention).await, "a post that names somebody here stays");
    }

    async fn servers_that_nobody_needs_are_forgotten(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", "known.example").await;
        house.follow(&bob, house.brand.id).await;
        house.write(|tx| {
            for host in ["known.example", "idle.example", "bad.example", "lively.example"] {
                servers_area::succeeded(tx, host, "cavage")?;
            }
            servers_area::block(tx, "bad.example", None)
        }).await;
        prune_after(&house, 80).await;
        house.write(|tx| servers_area::succeeded(tx, "lively.example", "cavage")).await;
        prune_after(&house, 11).await;
        let left: Vec<String> = house.read(|conn| Ok(servers::table.order(servers::host).select(servers::host).load(conn)?)).await;
        assert_eq!(left, ["bad.example", "known.example", "lively.example"]);
    }

    async fn people_elsewhere_go_when_nobody_here_has_to_do_with_them(database: TestDatabase) {
        let house = House::open(database).await;
        let mut people = std::collections::BTreeMap::new();
        for name in ["nobody", "follower", "followed", "blocked", "blocking", "muted", "author", "named", "fan", "passer", "lively"] {
            people.insert(name, house.stranger(name, &format!("{name}.example")).await);
        }
        let of = |name: &str| people[name].id;
        house.follow(&people["follower"], house.brand.id).await;
        let liked = house.note(Audience::Public, "Ours").await;
        // What is marked by a like of ours stays, and so does whoever wrote it and is named in it.
        let kept = house.arrives(&people["author"], 1, Audience::Public, vec![of("named")]).await;
        let (site, brand) = (house.app.site.clone(), house.brand.id);
        let (followed, blocked, blocking, muted, fan, passer) = (of("followed"), of("blocked"), of("blocking"), of("muted"), of("fan"), of("passer"));
        house.write(move |tx| {
            let by = |actor| By::Remote { actor, activity: None };
            follows::request(tx, &site, &here(brand), followed, &Wishes::default())?;
            follows::block(tx, &site, &here(brand), blocked)?;
            follows::block(tx, &site, &by(blocking), brand)?;
            follows::mute(tx, brand, muted, false, None)?;
            posts::like(tx, &site, &here(brand), kept)?;
            posts::like(tx, &site, &by(fan), liked)?;
            posts::boost(tx, &site, &by(passer), liked, Audience::Public, None)?;
            Ok(())
        }).await;
        prune_after(&house, 80).await;
        assert_eq!(there(&house).await.len(), 11, "not old enough");
        house.stranger("lively", "lively.example").await;
        prune_after(&house, 11).await;
        let left = there(&house).await;
        let expected: Vec<&str> = people.keys().copied().filter(|name| *name != "nobody").collect();
        assert_eq!(left, expected);
    }

    async fn who_was_forgotten_may_write_again(database: TestDatabase) {
        let world = World::open(database).await;
        tokio::spawn(world.app.clone().keep_fresh());
        let zoe = Stranger::new("https://far.example/users/zoe", 0);
        world.publish(&zoe);
        let like = zoe.does("Like", "1", "https://company.example/ap/objects/1");
        assert_eq!(world.receive(&zoe, &like).await, StatusCode::ACCEPTED);
        assert!(world.actor(&zoe.uri).await.is_some());
        world.clock.advance(Duration::from_secs(91 * DAY));
        ensure_pruning(&world.app.db).await.unwrap();
        world.work().await;
        assert!(world.actor(&zoe.uri).await.is_none());
        assert_eq!(world.count("actor_keys", "key_uri LIKE 'https://far.example/%'").await, 0);
        while world.app.remote_keys.get(&zoe.signer.key_id).is_some() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let follow = zoe.does("Follow", "2", &world.ana.uri);
        assert_eq!(world.send(Letter::signed_at(&zoe, &follow, world.app.db.now())).await, StatusCode::ACCEPTED);
        assert!(world.actor(&zoe.uri).await.is_some());
        assert_eq!(world.count("follows", "uri LIKE 'https://far.example/%'").await, 1);
    }

    async fn pruning_goes_on_whatever_happened_to_its_job(database: TestDatabase) {
        let house = House::open(database).await;
        let prunes = || house.read(|conn| {
            Ok(jobs::table.filter(jobs::kind.eq("prune")).select((jobs::state, jobs::run_at)).load::<(String, i64)>(conn)?)
        });
        house.write(|tx| {
            diesel::update(jobs::table.filter(jobs::kind.eq("prune"))).set(jobs::state.eq("parked")).execute(tx.conn())?;
            Ok(())
        }).await;
        ensure_pruning(&house.app.db).await.unwrap();
        ensure_pruning(&house.app.db).await.unwrap();
        assert_eq!(prunes().await.iter().map(|(state, _)| state.as_str()).collect::<Vec<_>>(), ["ready"]);
        house.write(|tx| {
            diesel::delete(jobs::table.filter(jobs::kind.eq("prune"))).execute(tx.conn())?;
            Ok(())
        }).await;
        ensure_pruning(&house.app.db).await.unwrap();
        assert_eq!(prunes().await.len(), 1);
        // A pruning that fails is tried again in an hour and never given up.
        house.write(|tx| { diesel::sql_query("ALTER TABLE tombstones RENAME TO away").execute(tx.conn())?; Ok(()) }).await;
        for _ in 0..12 {
            work(&house).await;
            let (state, run_at) = prunes().await.remove(0);
            assert_eq!((state.as_str(), run_at), ("ready", house.now().plus(Duration::from_secs(3600)).0));
            house.wait(3600);
        }
        assert!(runner::parked(&house.app.db).await.unwrap().is_empty());
    }

    async fn what_we_wanted_to_tell_never_vanishes(database: TestDatabase) {
        let house = House::open(database).await;
        let brand = house.brand.id;
        house.note(Audience::Public, "First").await;
        work(&house).await;
        // Its keys are lost.
        house.write(move |tx| {
            diesel::update(actor_keys::table.filter(actor_keys::actor_id.eq(brand)))
                .set(actor_keys::private_key.eq(Some(vec![1_u8, 2, 3])))
                .execute(tx.conn())?;
            Ok(())
        }).await;
        house.app.local_keys.forget(brand.0);
        house.note(Audience::Public, "Second").await;
        for _ in 0..10 {
            work(&house).await;
            house.wait(DAY + 1);
        }
        let parked = runner::parked(&house.app.db).await.unwrap();
        assert_eq!(parked.iter().map(|job| (job.kind.as_str(), job.attempts)).collect::<Vec<_>>(), [("federate", 10)]);
        assert_eq!(runner::count_parked(&house.app.db).await.unwrap(), 1);
        assert_eq!(runner::retry_all(&house.app.db).await.unwrap(), 1);
        assert_eq!(runner::count_parked(&house.app.db).await.unwrap(), 0);
        work(&house).await;
        let left = house.read(|conn| Ok(jobs::table.filter(jobs::kind.eq("federate")).count().get_result::<i64>(conn)?)).await;
        assert_eq!(left, 1, "it waits for its next try");
    }

    async fn what_was_deleted_before_it_could_be_told_is_no_loss(database: TestDatabase) {
        let house = House::open(database).await;
        let brand = house.brand.id;
        let post = house.note(Audience::Public, "A slip").await;
        house.write(move |tx| posts::delete(tx, &here(brand), post)).await;
        work(&house).await;
        assert!(runner::parked(&house.app.db).await.unwrap().is_empty());
    }
}
