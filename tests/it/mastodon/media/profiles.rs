//! Pictures of profiles.

use diesel::prelude::*;
use guildhall::{
    db::schema::actors as actors_table,
    domain::{
        accounts::{self, GrantRole},
        actors::{self, ActorKind},
    },
    federation::objects::actor,
    secrets,
};
use http::Method;
use image::{GenericImageView, ImageFormat};
use serde_json::{Value, json};

use super::{
    super::{House, Person},
    form, photograph, picture, url,
};

async fn change(house: &House, who: &Person, method: Method, files: &[(&str, &str, &[u8])]) -> super::super::Reply {
    let body = form(&[("display_name", "Ana Hill")], files);
    house.send_form(Some(who), method, "/api/v1/accounts/update_credentials", body).await
}

async fn wire(house: &House, who: &Person) -> Value {
    let (site, id) = (house.app.site.clone(), who.actor);
    house
        .app
        .db
        .read(move |conn| actor::to_json(&site, &actors::get(conn, id)?, &[], &actor::Surroundings::default()))
        .await
        .unwrap()
}

on_both! {
    async fn pictures_of_a_profile_are_shown_told_and_taken_away(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let before = house.get(&ana, "/api/v1/accounts/verify_credentials").await.ok();
        assert!(url(&before["avatar"]).ends_with("/assets/avatar.svg"));
        let png = picture(900, 600, ImageFormat::Png);
        let files: [(&str, &str, &[u8]); 2] = [("avatar", "a.png", &png), ("header", "h.jpg", &photograph(300, 600, "canary"))];
        let mine = change(&house, &ana, Method::PATCH, &files).await.ok();
        assert_eq!(mine["display_name"], "Ana Hill");
        for (name, size, media_type) in [("avatar", (400, 400), "image/png"), ("header", (1500, 500), "image/jpeg")] {
            assert_eq!(mine[name], mine[format!("{name}_static")]);
            let file = house.file(url(&mine[name]), &[]).await;
            assert_eq!(file.header("content-type"), media_type);
            assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
            assert_eq!(image::load_from_memory(&file.content).unwrap().dimensions(), size);
            assert!(!file.content.windows(6).any(|part| part == b"canary"));
        }
        assert_eq!(house.get(None, &format!("/api/v1/accounts/{}", ana.id())).await.ok()["avatar"], mine["avatar"]);
        let told = wire(&house, &ana).await;
        assert_eq!(told["icon"], json!({"type": "Image", "mediaType": "image/png", "url": mine["avatar"]}));
        assert_eq!(told["image"], json!({"type": "Image", "mediaType": "image/jpeg", "url": mine["header"]}));
        let page = house.file("/@ana", &[]).await;
        let page = String::from_utf8_lossy(&page.content).into_owned();
        assert!(page.contains(&format!("<meta property=\"og:image\" content=\"{}\">", url(&mine["avatar"]))));
        let face = page.split("<img class=\"face").nth(1).unwrap().split("src=\"").nth(1).unwrap().split('"').next().unwrap();
        let face = house.file(face, &[]).await;
        // Nobody elsewhere has what lies here for a face.
        let (eve, named) = (house.stranger("eve", "remote.example").await, url(&mine["avatar"]).to_owned());
        let theirs = format!("/faces/{}/{}", eve.id, hex::encode(secrets::token_hash(&named)));
        house.app.db.write(move |tx| {
            diesel::update(actors_table::table.find(eve.id)).set(actors_table::icon.eq(Some(&named))).execute(tx.conn())?;
            Ok(())
        }).await.unwrap();
        let refused = house.file(&theirs, &[]).await;
        assert_eq!((refused.status, refused.header("location")), (http::StatusCode::FOUND, before["avatar"].as_str().unwrap()));
        assert!(face.status == http::StatusCode::OK && face.content.len() < 12_000, "{} bytes", face.content.len());
        assert_eq!(house.kept(), 5, "two pictures, their small ones, and a face");
        // Another one takes its place, also with PUT.
        let again = change(&house, &ana, Method::PUT, &files[..1]).await.ok();
        assert_ne!(again["avatar"], mine["avatar"]);
        assert_eq!(again["header"], mine["header"]);
        assert_eq!(house.file_for(url(&mine["avatar"]), None).await, 404);
        house.work().await;
        assert_eq!(house.kept(), 4);
        for name in ["avatar", "header"] {
            let gone = house.delete(&ana, &format!("/api/v1/profile/{name}")).await.ok();
            assert_eq!(gone[name], before[name]);
            house.delete(&ana, &format!("/api/v1/profile/{name}")).await.ok();
            assert_eq!(house.get(&ana, "/api/v1/accounts/verify_credentials").await.ok()[name], before[name]);
        }
        assert_eq!((&wire(&house, &ana).await["icon"], &wire(&house, &ana).await["image"]), (&Value::Null, &Value::Null));
        house.work().await;
        assert_eq!(house.kept(), 0);
    }

    async fn a_brand_has_its_own_picture(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let (site, account) = (house.app.site.clone(), ana.account);
        let actor = house.app.db.write(move |tx| {
            let new = actors::NewLocal { kind: ActorKind::Organization, username: "company".to_owned(), name: "Company".to_owned(), summary: String::new(), locked: false };
            let actor = actors::create_local(tx, &site, &new)?.id;
            accounts::grant(tx, account, actor, GrantRole::Publisher)?;
            accounts::issue_token(tx, account, actor, "read write", "brand", &secrets::token_hash("brand-token"))?;
            Ok(actor)
        }).await.unwrap();
        let brand = Person { actor, account, token: "brand-token".to_owned() };
        let png = picture(50, 50, ImageFormat::Png);
        let files: [(&str, &str, &[u8]); 1] = [("avatar", "a.png", &png)];
        let shown = change(&house, &brand, Method::PATCH, &files).await.ok();
        assert!(url(&shown["avatar"]).contains("/media/"));
        let own = house.get(&ana, "/api/v1/accounts/verify_credentials").await.ok();
        assert!(url(&own["avatar"]).ends_with("avatar.svg"));
        // What the brand uploads hangs on posts of the brand, and not of the person.
        let media = house.uploaded(&brand).await;
        let post = json!({"status": "x", "media_ids": [media["id"]]});
        assert_eq!(house.post(&ana, "/api/v1/statuses", post.clone()).await.status, 422);
        assert_eq!(house.get(&ana, &format!("/api/v1/media/{}", media["id"].as_str().unwrap())).await.status, 404);
        house.post(&brand, "/api/v1/statuses", post).await.ok();
    }

    async fn what_is_no_picture_changes_no_profile(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let reader = house.person_with("reader", accounts::AccountKind::Employee, accounts::Role::Member, "read write:media").await;
        let png = picture(50, 50, ImageFormat::Png);
        let cases: [(&[u8], u16); 5] = [
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", 422),
            (b"", 422),
            (b"fLaC\0\0\0\x22 sound", 422),
            (b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41", 422),
            (&png[..40], 422),
        ];
        for (content, status) in cases {
            let files: [(&str, &str, &[u8]); 1] = [("avatar", "a.png", content)];
            assert_eq!(change(&house, &ana, Method::PATCH, &files).await.status, status);
        }
        let mine = house.get(&ana, "/api/v1/accounts/verify_credentials").await.ok();
        assert_eq!((&mine["display_name"], url(&mine["avatar"]).ends_with("avatar.svg")), (&json!("ANA"), true));
        let files: [(&str, &str, &[u8]); 1] = [("avatar", "a.png", &png)];
        assert_eq!(change(&house, &reader, Method::PATCH, &files).await.status, 403);
        assert_eq!(house.delete(&reader, "/api/v1/profile/avatar").await.status, 403);
        house.work().await;
        assert_eq!((house.kept(), house.leftovers()), (0, 0));
        let body = json!({"display_name": "Ana", "avatar": "https://evil.example/x.png"});
        let named = house.call(Some(&ana), Method::PATCH, "/api/v1/accounts/update_credentials", body).await.ok();
        assert!(url(&named["avatar"]).ends_with("avatar.svg"));
    }
}
