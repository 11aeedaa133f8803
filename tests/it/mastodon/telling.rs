//! What figures, searches, boosts and requests to other servers must not tell.

use guildhall::domain::{actors, posts::Audience};
use serde_json::{Value, json};

use super::{House, Person, ids};

async fn tags_found(house: &House, who: Option<&Person>, q: &str) -> Vec<String> {
    let found = house.get(who, &format!("/api/v2/search?type=hashtags&q={q}")).await.ok();
    found["hashtags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap().to_owned()).collect()
}

async fn figures(house: &House, post: &str, author: &Person) -> (Value, Value, Value) {
    let account = house.get(None, &format!("/api/v1/accounts/{}", author.id())).await.ok();
    let post = house.get(None, &format!("/api/v1/statuses/{post}")).await.ok();
    (post["replies_count"].clone(), account["statuses_count"].clone(), account["last_status_at"].clone())
}

on_both! {
    async fn only_hashtags_of_public_posts_are_found(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        for (number, visibility) in ["public", "unlisted", "private", "direct"].into_iter().enumerate() {
            house.says(&ana, json!({"status": format!("#tea{number}"), "visibility": visibility})).await;
        }
        house.says(&ana, json!({"status": "#tea4 #teapublic", "local_only": true})).await;
        for who in [None, Some(&ben), Some(&ana)] {
            assert_eq!(tags_found(&house, who, "tea").await, ["tea0"]);
        }
        house.says(&ben, json!({"status": "#teapublic"})).await;
        assert_eq!(tags_found(&house, None, "%23TEA").await, ["tea0", "teapublic"]);
        let ben = ben.actor;
        house.app.db.write(move |tx| actors::set_suspended(tx, ben, true)).await.unwrap();
        assert_eq!(tags_found(&house, None, "tea").await, ["tea0"]);
    }

    async fn a_page_shows_neither_boosts_for_followers_nor_what_the_suspended_wrote(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        let closed = house.says(&ana, json!({"status": "Quietly passed on"})).await;
        let open = house.says(&cleo, json!({"status": "Loudly passed on"})).await;
        house.post(&ben, &format!("/api/v1/statuses/{closed}/reblog"), json!({"visibility": "private"})).await.ok();
        let boost = house.post(&ben, &format!("/api/v1/statuses/{open}/reblog"), json!({})).await.ok();
        let page = async || house.get(None, "/@ben").await.ok().as_str().unwrap().to_owned();
        let before = page().await;
        assert!(before.contains("Loudly passed on") && !before.contains("Quietly passed on"), "{before}");
        let cleo = cleo.actor;
        house.app.db.write(move |tx| actors::set_suspended(tx, cleo, true)).await.unwrap();
        assert!(!page().await.contains("Loudly passed on"));
        for path in [format!("/api/v1/statuses/{open}"), format!("/api/v1/statuses/{}", boost["id"].as_str().unwrap())] {
            for who in [None, Some(&ana), Some(&ben)] {
                assert_eq!(house.get(who, &path).await.status, 404, "{path}");
            }
        }
        assert_eq!(house.get(&ben, "/api/v1/timelines/home").await.ok().as_array().unwrap().len(), 1, "the other boost");
        house.app.db.write(move |tx| actors::set_suspended(tx, cleo, false)).await.unwrap();
        assert!(page().await.contains("Loudly passed on"));
    }

    async fn figures_count_only_what_their_readers_may_read(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let root = house.says(&ana, json!({"status": "Root"})).await;
        let nothing = (json!(0), json!(0), json!(null));
        assert_eq!(figures(&house, &root, &ben).await, nothing);
        let mut hidden = Vec::new();
        for readers in [json!({"local_only": true}), json!({"visibility": "direct"}), json!({"visibility": "private"})] {
            let mut body = json!({"status": "Hidden @ana", "in_reply_to_id": root});
            body.as_object_mut().unwrap().extend(readers.as_object().unwrap().clone());
            hidden.push(house.says(&ben, body).await);
            assert_eq!(figures(&house, &root, &ben).await, nothing, "{readers}");
        }
        let inside = hidden[0].clone();
        house.says(&ana, json!({"status": "Inside too", "in_reply_to_id": inside})).await;
        let internal = house.get(&ana, &format!("/api/v1/statuses/{inside}")).await.ok();
        assert_eq!(internal["replies_count"], 1, "inside, what is inside counts");
        let open = house.says(&ben, json!({"status": "Open", "in_reply_to_id": root})).await;
        let counted = (json!(1), json!(1), json!("2026-11-01"));
        assert_eq!(figures(&house, &root, &ben).await, counted);
        for id in hidden {
            house.delete(&ben, &format!("/api/v1/statuses/{id}")).await.ok();
            assert_eq!(figures(&house, &root, &ben).await, counted);
        }
        house.delete(&ben, &format!("/api/v1/statuses/{open}")).await.ok();
        assert_eq!(figures(&house, &root, &ben).await, (json!(0), json!(0), json!("2026-11-01")));
    }

    async fn replies_that_came_early_or_go_with_their_author_are_counted_as_others(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, eve) = (house.employee("ana").await, house.stranger("eve", "remote.example").await);
        let finn = house.stranger("finn", "remote.example").await;
        let root = "https://remote.example/users/finn/posts/root";
        for audience in [Audience::Public, Audience::Direct] {
            let ana = ana.actor;
            house.arrived(&eve, move |draft| {
                draft.audience = audience;
                draft.mentions = vec![ana];
                draft.reply_to = Some(guildhall::domain::posts::ReplyTo { post: None, uri: Some(root.to_owned()) });
            }).await;
        }
        let id = house.arrived(&finn, |draft| draft.uri = Some(root.to_owned())).await;
        let path = format!("/api/v1/statuses/{id}");
        assert_eq!(house.get(None, &path).await.ok()["replies_count"], 1);
        house.app.db.write(move |tx| guildhall::domain::posts::delete_all_of(tx, eve.id, 100)).await.unwrap();
        assert_eq!(house.get(None, &path).await.ok()["replies_count"], 0);
    }

    async fn no_address_elsewhere_is_given_out_as_a_picture(database: TestDatabase) {
        let house = House::open(database).await;
        let mut eve = house.stranger("eve", "remote.example").await;
        let id = eve.id;
        house.app.db.write(move |tx| {
            use diesel::prelude::*;
            use guildhall::db::schema::actors;
            diesel::update(actors::table.find(id))
                .set((actors::icon.eq(Some("https://remote.example/eve.png")), actors::header.eq(Some("https://remote.example/wide.png"))))
                .execute(tx.conn())?;
            Ok(())
        }).await.unwrap();
        eve.icon = None;
        let post = house.arrived(&eve, |draft| {
            let url = "https://remote.example/cat.png".to_owned();
            draft.attachments = vec![guildhall::domain::posts::Attachment { kind: "image".to_owned(), url: url.clone(), ..Default::default() }];
            draft.emojis = vec![guildhall::domain::posts::Emoji { shortcode: "cat".to_owned(), url, still: None }];
        }).await;
        let shown = house.get(None, &format!("/api/v1/statuses/{post}")).await.ok();
        let media = &shown["media_attachments"][0];
        assert_eq!((&media["type"], &media["remote_url"]), (&json!("image"), &json!("https://remote.example/cat.png")));
        for address in ["url", "preview_url"] {
            assert!(media[address].as_str().unwrap().starts_with(&format!("{}/elsewhere/", super::BASE)), "{media}");
        }
        for address in ["url", "static_url"] {
            let url = shown["emojis"][0][address].as_str().unwrap();
            assert!(url.starts_with(&format!("{}/elsewhere/", super::BASE)), "{url}");
        }
        for picture in ["avatar", "avatar_static", "header", "header_static"] {
            let url = shown["account"][picture].as_str().unwrap();
            assert!(url.starts_with(super::BASE), "{picture} {url}");
        }
    }

    async fn nobody_outside_is_asked_for_whoever_an_internal_post_names(database: TestDatabase) {
        let house = House::open(database).await;
        house.reaches_eve().await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let named = json!({"status": "Inside @eve@remote.example", "local_only": true});
        assert_eq!(house.post(&ana, "/api/v1/statuses", named).await.status, 422);
        // In code a name is nobody.
        let root = house.says(&ana, json!({"status": "Inside `@eve@remote.example`", "local_only": true})).await;
        for (body, status) in [
            (json!({"visibility": "private"}), 200),
            (json!({}), 200),
            (json!({"local_only": true}), 200),
            (json!({"visibility": "public"}), 422),
            (json!({"visibility": "direct"}), 422),
        ] {
            for (text, status) in [("What of `@eve@remote.example`?", status), ("What of @eve@remote.example?", 422)] {
                let mut reply = json!({"status": text, "in_reply_to_id": root});
                reply.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
                assert_eq!(house.post(&ben, "/api/v1/statuses", reply).await.status, status, "{body} {text}");
            }
        }
        let path = format!("/api/v1/statuses/{root}");
        assert_eq!(house.put(&ana, &path, json!({"status": "Inside, @eve@remote.example"})).await.status, 422);
        house.put(&ana, &path, json!({"status": "Inside, `@eve@remote.example`"})).await.ok();
        assert_eq!(house.documents.requests(), [""; 0]);
        house.says(&ana, json!({"status": "Hello @eve@remote.example"})).await;
        assert!(!house.documents.requests().is_empty(), "an open post makes us look for her");
    }

    async fn whoever_is_named_in_an_edit_finds_a_direct_post_at_home(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        for reader in [&ben, &cleo] {
            super::follow(&house, reader, &ana.id()).await;
            house.post(reader, "/api/v1/notifications/clear", json!({})).await.ok();
        }
        let id = house.says(&ana, json!({"status": "For @ben", "visibility": "direct"})).await;
        assert_eq!(ids(&house.get(&cleo, "/api/v1/timelines/home").await.ok()).len(), 0);
        house.put(&ana, &format!("/api/v1/statuses/{id}"), json!({"status": "For @ben and @cleo"})).await.ok();
        for reader in [&ben, &cleo] {
            assert_eq!(ids(&house.get(reader, "/api/v1/timelines/home").await.ok()), std::slice::from_ref(&id));
            assert_eq!(house.get(reader, "/api/v1/notifications").await.ok().as_array().unwrap().len(), 1);
        }
        house.put(&ana, &format!("/api/v1/statuses/{id}"), json!({"status": "For @ben alone"})).await.ok();
        assert_eq!(ids(&house.get(&cleo, "/api/v1/timelines/home").await.ok()).len(), 0);
    }

    async fn a_new_language_alone_is_an_edit(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let id = house.says(&ana, json!({"status": "Gift", "language": "en"})).await;
        house.wait(60);
        let edited = house.put(&ana, &format!("/api/v1/statuses/{id}"), json!({"status": "Gift", "language": "de"})).await.ok();
        assert_eq!((&edited["language"], &edited["edited_at"]), (&json!("de"), &json!("2026-11-01T12:01:00.000Z")));
        assert_eq!(house.get(None, &format!("/api/v1/statuses/{id}/history")).await.ok().as_array().unwrap().len(), 2);
        let same = house.put(&ana, &format!("/api/v1/statuses/{id}"), json!({"status": "Gift"})).await.ok();
        assert_eq!(same["language"], "de");
        assert_eq!(house.get(None, &format!("/api/v1/statuses/{id}/history")).await.ok().as_array().unwrap().len(), 2);
    }

    async fn the_language_that_one_chose_is_that_of_new_posts(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let language = async |body: Value| house.post(&ana, "/api/v1/statuses", body).await.ok()["language"].clone();
        assert_eq!(language(json!({"status": "Hello"})).await, json!(null));
        let path = "/api/v1/accounts/update_credentials";
        let shown = house.call(Some(&ana), http::Method::PATCH, path, json!({"source": {"language": "pt-BR"}})).await.ok();
        assert_eq!(shown["source"]["language"], "pt-BR");
        assert_eq!(language(json!({"status": "Hello"})).await, "pt-BR");
        assert_eq!(language(json!({"status": "Hello", "language": "en"})).await, "en");
        let refused = house.call(Some(&ana), http::Method::PATCH, path, json!({"source": {"language": "<b>"}})).await;
        assert_eq!(refused.status, 422);
    }
}
