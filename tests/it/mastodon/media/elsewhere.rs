//! Files of other servers, handed on by us.

use guildhall::domain::media::Attachment;
use http::StatusCode;
use image::ImageFormat;
use serde_json::{Value, json};

use super::{super::House, picture, url};

fn attached(address: &str) -> Vec<Attachment> {
    vec![Attachment { kind: "image".to_owned(), url: address.to_owned(), ..Attachment::default() }]
}

/// How often an address of another server was asked for.
fn asked(house: &House, address: &str) -> usize {
    house.documents.requests().iter().filter(|request| *request == address).count()
}

on_both! {
    async fn a_picture_of_another_server_is_fetched_once_and_kept(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let eve = house.stranger("eve", "remote.example").await;
        let address = "https://remote.example/files/cat.png";
        let content = picture(20, 10, ImageFormat::Png);
        // What its server says that it is counts for nothing.
        house.documents.put(address, "text/html", content.clone());
        let post = house.arrived(&eve, move |draft| draft.attachments = attached(address)).await;
        let status = house.get(&ana, &format!("/api/v1/statuses/{post}")).await.ok();
        let media = &status["media_attachments"][0];
        assert_eq!((&media["type"], &media["remote_url"]), (&json!("image"), &json!(address)));
        assert_eq!(media["url"], media["preview_url"]);
        assert!(url(&media["url"]).starts_with(&format!("{}/elsewhere/posts/{post}/", super::BASE)));
        for _ in 0..3 {
            let file = house.file(url(&media["url"]), &[]).await;
            assert_eq!((file.status, file.header("content-type"), &file.content[..]), (StatusCode::OK, "image/png", &content[..]));
            assert_eq!((file.header("x-content-type-options"), file.header("cache-control")), ("nosniff", "private, max-age=31536000, immutable"));
            assert!(file.header("content-security-policy").ends_with("sandbox"));
        }
        assert_eq!(asked(&house, address), 1);
        let part = house.file(url(&media["url"]), &[("range", "bytes=0-3")]).await;
        assert_eq!((part.status, &part.content[..]), (StatusCode::PARTIAL_CONTENT, &content[..4]));
    }

    async fn only_what_is_shown_here_is_fetched(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let eve = house.stranger("eve", "remote.example").await;
        let (shown, other) = ("https://remote.example/a.png", "https://remote.example/b.png");
        for address in [shown, other] {
            house.documents.put(address, "image/png", picture(4, 4, ImageFormat::Png));
        }
        let one = house.arrived(&eve, move |draft| draft.attachments = attached(shown)).await;
        let two = house.arrived(&eve, move |draft| draft.attachments = attached(other)).await;
        let address = async |post| {
            let status = house.get(&ana, &format!("/api/v1/statuses/{post}")).await.ok();
            url(&status["media_attachments"][0]["url"]).to_owned()
        };
        let (ours, theirs) = (address(one).await, address(two).await);
        let hash = ours.rsplit('/').next().unwrap();
        for path in [
            format!("/elsewhere/posts/{two}/{hash}"),
            format!("/elsewhere/posts/{}/{hash}", one.0 + 1),
            format!("/elsewhere/posts/x/{hash}"),
            format!("/elsewhere/actors/{}/{hash}", eve.id),
            format!("/elsewhere/posts/{one}/"),
            format!("/elsewhere/posts/{one}/..%2f..%2fsecret.key"),
            format!("/elsewhere/posts/{one}/https%3a%2f%2fremote.example%2fa.png"),
        ] {
            assert_eq!(house.file(&path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!((asked(&house, shown), asked(&house, other)), (0, 0));
        assert_eq!(house.file(&ours, &[]).await.status, StatusCode::OK);
        // Whoever is suspended, and whose server is refused, is not handed on.
        let author = eve.id;
        house.app.db.write(move |tx| guildhall::domain::actors::set_suspended(tx, author, true)).await.unwrap();
        assert_eq!(house.file(&ours, &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(house.file(&theirs, &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(asked(&house, other), 0);
    }

    async fn what_is_no_picture_film_or_sound_is_not_handed_on(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let eve = house.stranger("eve", "remote.example").await;
        let cases: [(&str, &[u8]); 5] = [
            ("svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"),
            ("html", b"<!doctype html><script>alert(1)</script>"),
            ("note", b"{\"@context\": \"https://www.w3.org/ns/activitystreams\", \"id\": \"https://social.company.example/x\"}"),
            ("nothing", b""),
            ("script", b"#!/bin/sh\necho"),
        ];
        for (name, content) in cases {
            let address = format!("https://remote.example/{name}.png");
            house.documents.put(&address, "image/png", content.to_vec());
            let named = address.clone();
            let post = house.arrived(&eve, move |draft| draft.attachments = attached(&named)).await;
            let status = house.get(&ana, &format!("/api/v1/statuses/{post}")).await.ok();
            for _ in 0..3 {
                assert_eq!(house.file_for(url(&status["media_attachments"][0]["url"]), Some(&ana)).await, 404, "{name}");
            }
            // It is not asked for again and again.
            assert_eq!(asked(&house, &address), 1, "{name}");
        }
        assert_eq!(house.kept(), 0);
        let large = "https://remote.example/large.png";
        let mut content = picture(4, 4, ImageFormat::Png);
        content.resize(16 * 1024 * 1024 + 1, 0);
        house.documents.put(large, "image/png", content);
        let post = house.arrived(&eve, move |draft| draft.attachments = attached(large)).await;
        let status = house.get(&ana, &format!("/api/v1/statuses/{post}")).await.ok();
        assert_eq!(house.file_for(url(&status["media_attachments"][0]["url"]), None).await, 404);
        assert_eq!(house.kept(), 0);
    }

    async fn pictures_of_people_elsewhere_are_shown_and_make_room_for_each_other(database: TestDatabase) {
        use diesel::prelude::*;
        use guildhall::db::schema::actors;
        let house = House::open_with(database, |config| {
            config.limits.enabled = false;
            config.media.elsewhere_megabytes = 1;
        }).await;
        let ana = house.employee("ana").await;
        let mut content = picture(4, 4, ImageFormat::Png);
        content.resize(400_000, 0);
        let mut shown: Vec<Value> = Vec::new();
        for number in 0..4 {
            let eve = house.stranger(&format!("eve{number}"), "remote.example").await;
            let address = format!("https://remote.example/{number}.png");
            house.documents.put(&address, "image/png", content.clone());
            house.app.db.write(move |tx| {
                diesel::update(actors::table.find(eve.id)).set(actors::icon.eq(Some(&address))).execute(tx.conn())?;
                Ok(())
            }).await.unwrap();
            let account = house.get(&ana, &format!("/api/v1/accounts/{}", eve.id)).await.ok();
            assert!(url(&account["avatar"]).starts_with(&format!("{}/elsewhere/actors/{}/", super::BASE, eve.id)), "{account}");
            let file = house.file(url(&account["avatar"]), &[]).await;
            assert_eq!((file.status, file.header("cache-control")), (StatusCode::OK, "public, max-age=31536000, immutable"));
            shown.push(account["avatar"].clone());
            house.wait(1);
        }
        assert_eq!(house.kept(), 2);
        assert_eq!(asked(&house, "https://remote.example/0.png"), 1);
        assert_eq!(house.file_for(url(&shown[0]), None).await, 200);
        assert_eq!(asked(&house, "https://remote.example/0.png"), 2);
        // What nobody looks at goes by age.
        guildhall::jobs::ensure_pruning(&house.app.db).await.unwrap();
        house.wait(31 * 24 * 3600);
        house.work().await;
        assert_eq!(house.kept(), 0);
    }

    async fn pages_show_faces_of_few_bytes(database: TestDatabase) {
        use diesel::prelude::*;
        use guildhall::db::schema::actors;
        let house = House::open(database).await;
        let eve = house.stranger("eve", "remote.example").await;
        let name = |icon: &'static str| house.app.db.write(move |tx| {
            diesel::update(actors::table.find(eve.id)).set(actors::icon.eq(Some(icon))).execute(tx.conn())?;
            Ok(())
        });
        let face = |icon: &str| format!("/faces/{}/{}", eve.id, hex::encode(guildhall::secrets::token_hash(icon)));
        // Noise, of which PNG makes 1.9 MB.
        let mut noise = 1_u32;
        let noisy = image::RgbaImage::from_fn(700, 900, |_, _| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            image::Rgba([(noise >> 24) as u8, (noise >> 16) as u8, (noise >> 8) as u8, 255])
        });
        let mut large = std::io::Cursor::new(Vec::new());
        noisy.write_to(&mut large, ImageFormat::Png).unwrap();
        house.documents.put("https://remote.example/large.png", "image/png", large.into_inner());
        let mut clear = std::io::Cursor::new(Vec::new());
        image::RgbaImage::from_pixel(300, 200, image::Rgba([200, 30, 30, 90])).write_to(&mut clear, ImageFormat::Png).unwrap();
        house.documents.put("https://remote.example/clear.png", "image/png", clear.into_inner());
        for (icon, media_type) in [("https://remote.example/large.png", "image/jpeg"), ("https://remote.example/clear.png", "image/png")] {
            name(icon).await.unwrap();
            for _ in 0..2 {
                let shown = house.file(&face(icon), &[]).await;
                assert_eq!((shown.status, shown.header("content-type")), (StatusCode::OK, media_type));
                assert_eq!((shown.header("cache-control"), shown.header("x-content-type-options")), ("public, max-age=31536000, immutable", "nosniff"));
                assert!(shown.content.len() < 12_000, "{icon}: {} bytes", shown.content.len());
                let picture = image::load_from_memory(&shown.content).unwrap();
                assert_eq!((picture.width(), picture.height()), (96, 96));
                assert_eq!(picture.to_rgba8().get_pixel(40, 40).0[3] < 255, media_type == "image/png", "what can be seen through stays so");
            }
            assert_eq!(asked(&house, icon), 1);
        }
        assert_eq!(house.kept(), 4, "two pictures and two faces");
        // Nobody makes us read what nobody names any more, or what somebody else names.
        for path in [face("https://remote.example/large.png"), format!("/faces/{}/{}", eve.id.0 + 1, face("https://remote.example/clear.png").rsplit('/').next().unwrap()), format!("/faces/x/{}", "0".repeat(64))] {
            assert_eq!(house.file(&path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        // What is no picture, or has more pixels than are read, leads to the face of those who have none.
        let mut bomb = picture(4, 4, ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0x40, 0, 0, 0, 0x40, 0]);
        house.documents.put("https://remote.example/bomb.png", "image/png", bomb);
        house.documents.put("https://remote.example/page.png", "image/png", "<!doctype html>".to_owned());
        for icon in ["https://remote.example/bomb.png", "https://remote.example/page.png", "https://remote.example/gone.png"] {
            name(icon).await.unwrap();
            for _ in 0..2 {
                let answer = house.file(&face(icon), &[]).await;
                assert_eq!((answer.status, answer.header("location")), (StatusCode::FOUND, format!("{}/assets/avatar.svg", super::BASE).as_str()), "{icon}");
                assert_eq!(answer.header("cache-control"), "public, max-age=60");
            }
            assert!(asked(&house, icon) <= 1, "{icon} is not asked for again and again");
        }
    }

    async fn a_face_that_cannot_be_had_is_the_one_of_those_who_have_none(database: TestDatabase) {
        use diesel::prelude::*;
        use guildhall::db::schema::actors;
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let eve = house.stranger("eve", "remote.example").await;
        let pictures = [("https://remote.example/gone.png", "avatar"), ("https://remote.example/page.png", "header")];
        house.documents.put(pictures[1].0, "image/png", "<!doctype html><p>No picture".to_owned());
        house.app.db.write(move |tx| {
            let named = (actors::icon.eq(Some(pictures[0].0)), actors::header.eq(Some(pictures[1].0)));
            diesel::update(actors::table.find(eve.id)).set(named).execute(tx.conn())?;
            Ok(())
        }).await.unwrap();
        let account = house.get(&ana, &format!("/api/v1/accounts/{}", eve.id)).await.ok();
        for (address, which) in pictures {
            for _ in 0..2 {
                let answer = house.file(url(&account[which]), &[]).await;
                let to = format!("{}/assets/{which}.svg", super::BASE);
                assert_eq!((answer.status, answer.header("location")), (StatusCode::FOUND, to.as_str()));
                assert_eq!((answer.header("cache-control"), answer.header("access-control-allow-origin")), ("public, max-age=60", "*"));
            }
            assert_eq!(asked(&house, address), 1, "it is not asked for again and again");
        }
        let instead = house.file(&format!("{}/assets/avatar.svg", super::BASE), &[]).await;
        assert_eq!((instead.status, instead.header("content-type")), (StatusCode::OK, "image/svg+xml"));
        // Of whom there is nothing there is no picture either.
        let hash = url(&account["avatar"]).rsplit('/').next().unwrap();
        for path in [format!("/elsewhere/actors/{}/{hash}", eve.id.0 + 1), format!("/elsewhere/actors/{}/{}", eve.id, "0".repeat(64))] {
            assert_eq!(house.file(&path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}
