//! Posts are found by what they say, by those who may find them.

use guildhall::domain::{
    actors,
    posts::{Audience, Draft},
};
use serde_json::{Value, json};

use super::{House, Person, ids};

/// What somebody finds.
async fn finds(house: &House, who: impl Into<Option<&Person>>, q: &str) -> Vec<String> {
    finds_with(house, who, q, "").await
}

async fn finds_with(house: &House, who: impl Into<Option<&Person>>, q: &str, more: &str) -> Vec<String> {
    let q: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
    ids(&house.get(who, &format!("/api/v2/search?type=statuses&q={q}{more}")).await.ok()["statuses"])
}

/// Somebody says whether their public posts may be found.
async fn wants_to_be_found(house: &House, who: &Person, wants: bool) {
    let path = "/api/v1/accounts/update_credentials";
    house.call(Some(who), http::Method::PATCH, path, json!({"indexable": wants})).await.ok();
}

async fn says(house: &House, who: &Person, text: &str, more: Value) -> String {
    let mut post = json!({"status": text});
    post.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    house.says(who, post).await
}

const NOTHING: [&str; 0] = [];

on_both! {
    async fn posts_are_found_by_all_their_words(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let tea = says(&house, &ana, "Grüner Tee, **kalt**: snake_case #Sencha", json!({"spoiler_text": "Getränke"})).await;
        let both = says(&house, &ana, "Tee oder Kaffee? 緑茶が好きです", json!({})).await;
        let (first, second, all): (&[&String], &[&String], &[&String]) = (&[&tea], &[&both], &[&both, &tea]);
        for (q, found) in [
            ("tee", all),
            ("TEE grüner", first),
            ("\"Tee\" & Kaffee", second),
            ("getränke", first),
            ("snake_case", first),
            ("kaff", second),
            ("kaff tee", &[]),
            ("\"kaff\"", &[]),
            ("ka", &[]),
            ("tee wasser", &[]),
            ("tee -kaffee", first),
            ("-kaffee", &[]),
            ("strong", &[]),
            ("sencha", first),
            ("#sencha", first),
            ("緑茶", second),
            ("茶が好", second),
            ("茶", second),
            ("す", second),
            ("好茶", &[]),
            ("'; DROP TABLE posts; --", &[]),
            ("NOT tee", &[]),
            ("te*", &[]),
        ] {
            assert_eq!(finds(&house, &ana, q).await.iter().collect::<Vec<_>>(), found, "{q}");
        }
        for q in ["' OR 1", "\"", "a:b", "* ( )", "\u{0}x", "&|!", ":open", "NEAR(a b)", "words:tee", "\\", "from::"] {
            finds(&house, &ana, q).await;
        }
        assert_eq!(finds(&house, &ana, &"tee ".repeat(5_000)).await.len(), 2);
        assert_eq!(finds(&house, None, "tee").await, NOTHING, "nobody without signing in");
        house.put(&ana, &format!("/api/v1/statuses/{tea}"), json!({"status": "Wasser"})).await.ok();
        assert_eq!(finds(&house, &ana, "grüner").await, NOTHING);
        assert_eq!(finds(&house, &ana, "wasser").await, std::slice::from_ref(&tea));
        house.delete(&ana, &format!("/api/v1/statuses/{tea}")).await.ok();
        assert_eq!(finds(&house, &ana, "wasser").await, NOTHING);
    }

    async fn what_is_found_is_walked_and_narrowed(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        wants_to_be_found(&house, &ben, true).await;
        let one = says(&house, &ana, "Tea one", json!({})).await;
        house.wait(24 * 3600);
        let two = says(&house, &ben, "Tea two https://tea.example/", json!({"in_reply_to_id": one, "sensitive": true, "language": "de"})).await;
        house.wait(24 * 3600);
        let three = says(&house, &ana, "Tea three", json!({"poll": {"options": ["Green", "Black"], "expires_in": 3600}})).await;
        let all = [three.clone(), two.clone(), one.clone()];
        for (more, found) in [
            ("", &all[..]),
            ("&limit=2", &all[..2]),
            ("&limit=2&offset=1", &all[1..]),
            (&format!("&max_id={three}"), &all[1..]),
            (&format!("&min_id={one}&limit=1"), &all[1..2]),
            (&format!("&account_id={}", ben.id()), &all[1..2]),
            ("&account_id=1", &[]),
            ("&resolve=true&exclude_unreviewed=true&following=true", &all[..]),
        ] {
            assert_eq!(finds_with(&house, &ana, "tea", more).await, found, "{more}");
        }
        for (q, found) in [
            ("tea from:me", vec![&three, &one]),
            ("from:@ben", vec![&two]),
            ("from:ben@social.company.example tea", vec![&two]),
            ("tea from:nobody", vec![]),
            ("tea -from:ben", vec![&three, &one]),
            ("tea is:reply", vec![&two]),
            ("tea -is:reply", vec![&three, &one]),
            ("is:sensitive", vec![&two]),
            ("language:de", vec![&two]),
            ("has:poll", vec![&three]),
            ("green", vec![&three]),
            ("tea has:link", vec![&two]),
            ("tea has:media", vec![]),
            ("tea in:library", vec![&three, &one]),
            // What one wrote oneself one finds there too.
            ("in:public tea", vec![&three, &two, &one]),
            ("tea before:2026-11-02", vec![&one]),
            ("tea during:2026-11-02", vec![&two]),
            ("tea after:2026-11-02", vec![&three]),
            ("after:2026-11-01 before:2026-11-03", vec![&two]),
        ] {
            assert_eq!(finds(&house, &ana, q).await.iter().collect::<Vec<_>>(), found, "{q}");
        }
        let everything = house.get(&ana, "/api/v2/search?q=tea&offset=1").await.ok();
        assert_eq!(ids(&everything["statuses"]), all, "left out only of one kind");
        let people = async |more: &str| ids(&house.get(&ana, &format!("/api/v2/search?type=accounts&q=be{more}")).await.ok()["accounts"]);
        assert_eq!((people("").await, people("&following=true").await), (vec![ben.id()], vec![]));
        house.post(&ana, &format!("/api/v1/accounts/{}/follow", ben.id()), json!({})).await.ok();
        assert_eq!(people("&following=true").await, [ben.id()]);
        let known = house.get(&ana, "/api/v1/accounts/search?q=a&following=true").await.ok();
        assert_eq!(ids(&known), NOTHING);
    }

    async fn only_what_somebody_may_find_is_found(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, dora) = (house.employee("ana").await, house.employee("ben").await, house.customer("dora").await);
        let mut posts = Vec::new();
        for how in [
            json!({"visibility": "public"}),
            json!({"visibility": "unlisted"}),
            json!({"visibility": "private"}),
            json!({"visibility": "direct"}),
            json!({"local_only": true}),
        ] {
            posts.insert(0, says(&house, &ana, "canary", how).await);
        }
        let public = posts[4].clone();
        assert_eq!(finds(&house, &ana, "canary").await, posts, "one's own, all of them");
        wants_to_be_found(&house, &ana, false).await;
        for who in [&ben, &dora] {
            assert_eq!(finds(&house, who, "canary").await, NOTHING);
        }
        wants_to_be_found(&house, &ana, true).await;
        for who in [&ben, &dora] {
            assert_eq!(finds(&house, who, "canary").await, std::slice::from_ref(&public), "public ones of who wants to be found");
            assert_eq!(finds(&house, who, "from:ana").await, std::slice::from_ref(&public));
        }
        let named = says(&house, &ana, "@ben canary", json!({"visibility": "direct"})).await;
        assert_eq!(finds(&house, &ben, "canary").await, [named.clone(), public.clone()]);
        let unlisted = posts[3].clone();
        for (does, undoes) in [("favourite", "unfavourite"), ("bookmark", "unbookmark")] {
            house.post(&ben, &format!("/api/v1/statuses/{unlisted}/{does}"), json!({})).await.ok();
            let found = [named.clone(), unlisted.clone(), public.clone()];
            assert_eq!(finds(&house, &ben, "canary").await, found, "{does}");
            assert_eq!(finds(&house, &ben, "canary in:library").await, found[..2]);
            house.post(&ben, &format!("/api/v1/statuses/{unlisted}/{undoes}"), json!({})).await.ok();
            assert_eq!(finds(&house, &ben, "canary").await, [named.clone(), public.clone()], "{undoes}");
        }
        assert_eq!(finds(&house, &dora, "canary").await, std::slice::from_ref(&public));
        // Whom one mutes or blocks one does not find, nor does who is blocked.
        for (does, undoes) in [("mute", "unmute"), ("block", "unblock")] {
            house.post(&dora, &format!("/api/v1/accounts/{}/{does}", ana.id()), json!({})).await.ok();
            assert_eq!(finds(&house, &dora, "canary").await, NOTHING, "{does}");
            house.post(&dora, &format!("/api/v1/accounts/{}/{undoes}", ana.id()), json!({})).await.ok();
            assert_eq!(finds(&house, &dora, "canary").await, std::slice::from_ref(&public), "{undoes}");
        }
        house.post(&ana, &format!("/api/v1/accounts/{}/block", dora.id()), json!({})).await.ok();
        assert_eq!(finds(&house, &dora, "canary").await, NOTHING);
        // Named no more, one finds no more.
        house.put(&ana, &format!("/api/v1/statuses/{named}"), json!({"status": "@dora canary"})).await.ok();
        assert_eq!(finds(&house, &ben, "canary").await, std::slice::from_ref(&public));
        let actor = ana.actor;
        house.app.db.write(move |tx| actors::set_suspended(tx, actor, true)).await.unwrap();
        assert_eq!(finds(&house, &ben, "canary").await, NOTHING);
        house.app.db.write(move |tx| actors::set_suspended(tx, actor, false)).await.unwrap();
        let account = ana.account;
        house.app.db.write(move |tx| guildhall::domain::accounts::delete(tx, account)).await.unwrap();
        crate::leak::work(&house).await;
        assert_eq!(kept_words(&house).await, 0);
    }

    async fn of_others_only_words_are_kept_that_somebody_may_find(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let (eve, shy) = (house.stranger("eve", "remote.example").await, house.stranger("shy", "remote.example").await);
        let id = shy.id;
        house.app.db.write(move |tx| {
            use diesel::prelude::*;
            use guildhall::db::schema::actors;
            diesel::update(actors::table.find(id)).set(actors::indexable.eq(false)).execute(tx.conn())?;
            Ok(())
        }).await.unwrap();
        let to = ana.actor;
        let canary = |audience: Audience, named: bool| move |draft: &mut Draft| {
            draft.content = "<p>canary</p>".to_owned();
            draft.audience = audience;
            draft.mentions = if named { vec![to] } else { Vec::new() };
        };
        let open = house.arrived(&eve, canary(Audience::Public, false)).await.to_string();
        house.wait(1);
        let quiet = house.arrived(&eve, canary(Audience::Unlisted, false)).await.to_string();
        house.arrived(&shy, canary(Audience::Public, false)).await;
        assert_eq!(kept_words(&house).await, 1);
        house.wait(1);
        let named = house.arrived(&shy, canary(Audience::Direct, true)).await.to_string();
        assert_eq!(finds(&house, &ana, "canary").await, [named.clone(), open.clone()]);
        house.post(&ana, &format!("/api/v1/statuses/{quiet}/favourite"), json!({})).await.ok();
        assert_eq!(finds(&house, &ana, "canary").await, [named.clone(), quiet.clone(), open.clone()]);
        house.post(&ana, "/api/v1/domain_blocks", json!({"domain": "remote.example"})).await.ok();
        assert_eq!(finds(&house, &ana, "canary").await, NOTHING);
    }

    async fn posts_that_were_here_before_the_index_are_read_once(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let post = says(&house, &ana, "canary", json!({})).await;
        // As if the tables had been made by a version without the index.
        let engine = if matches!(house.app.db.engine(), guildhall::db::Engine::Postgres) { "postgres" } else { "sqlite" };
        let path = format!("{}/migrations/{engine}/2026-11-26-016000_post_words", env!("CARGO_MANIFEST_DIR"));
        let both = ["down", "up"].map(|way| std::fs::read_to_string(format!("{path}/{way}.sql")).unwrap());
        house.app.db.write(move |tx| {
            use diesel::connection::SimpleConnection;
            tx.conn().batch_execute(&both.concat())?;
            Ok(())
        }).await.unwrap();
        assert_eq!(finds(&house, &ana, "canary").await, NOTHING);
        crate::leak::work(&house).await;
        assert_eq!(finds(&house, &ana, "canary").await, std::slice::from_ref(&post));
        assert_eq!(kept_words(&house).await, 1);
    }
}

/// Of how many posts words are kept.
async fn kept_words(house: &House) -> i64 {
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        count: i64,
    }
    let count = house.app.db.read(|conn| {
        use diesel::RunQueryDsl;
        let query = "SELECT COUNT(*) AS count FROM post_words";
        Ok(guildhall::on_conn!(conn, |c| diesel::sql_query(query).get_result::<Count>(c))?)
    });
    count.await.unwrap().count
}
