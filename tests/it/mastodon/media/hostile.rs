//! Files that mean harm.

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use image::ImageFormat;
use serde_json::json;

use super::{super::House, form, picture, url};
use crate::limits::bodies::Flood;

/// A PNG that says that it is so large, with a body that says nothing.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let small = picture(2, 2, ImageFormat::Png);
    let mut content = small[..16].to_vec();
    content.extend(width.to_be_bytes());
    content.extend(height.to_be_bytes());
    content.extend(&small[24..29]);
    content.extend(crc(&content[12..29]).to_be_bytes());
    content.extend(&small[33..]);
    content
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

on_both! {
    async fn files_arrive_while_there_is_no_room_for_other_bodies(database: TestDatabase) {
        let house = House::open_with(database, |config| {
            config.limits.enabled = false;
            config.server.request_timeout_seconds = 300;
        });
        let house = house.await;
        let ana = house.employee("ana").await;
        let mut flood = Flood::new();
        for number in 0..64 {
            flood.begin(&house.router, [192, 0, 2, number], "/oauth/token").await;
        }
        assert_eq!(flood.held(), 64);
        let said = json!({"status": "hello"});
        assert_eq!(house.post(&ana, "/api/v1/statuses", said.clone()).await.status, StatusCode::SERVICE_UNAVAILABLE);
        // What stands behind the picture makes it larger than any other body may be.
        let mut content = picture(64, 48, ImageFormat::Png);
        content.extend(vec![0; 3 * 1024 * 1024]);
        house.uploads(&ana, &content).await.ok();
        flood.end().await;
        assert_eq!(house.post(&ana, "/api/v1/statuses", said).await.status, StatusCode::OK);
    }

    async fn what_is_no_picture_film_or_sound_is_refused_whatever_it_is_called(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let truncated = picture(300, 300, ImageFormat::Jpeg);
        let png = picture(64, 64, ImageFormat::Png);
        let mut damaged = png.clone();
        let middle = damaged.len() / 2;
        damaged[middle..].fill(0x41);
        let cases: [(&str, &[u8]); 12] = [
            ("empty", b""),
            ("svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"></svg>"),
            ("html", b"<!doctype html><script>alert(1)</script>"),
            ("json", b"{\"@context\": \"https://www.w3.org/ns/activitystreams\", \"type\": \"Note\"}"),
            ("mvg", b"push graphic-context\nimage over 0,0 0,0 'https://127.0.0.1/x'\npop graphic-context"),
            ("playlist", b"#EXTM3U\n#EXTINF:1\nhttp://127.0.0.1/secret\n"),
            ("pdf", b"%PDF-1.7 x"),
            ("heic", b"\0\0\0\x1cftypheic\0\0\0\0mif1heic"),
            ("cut off", &truncated[..100]),
            ("only its beginning", b"\x89PNG\r\n\x1a\n"),
            ("damaged", &damaged),
            ("gif of nothing", b"GIF89a\0\0\0\0\0\0\0"),
        ];
        for (what, content) in cases {
            let reply = house.uploads(&ana, content).await;
            assert_eq!(reply.status, 422, "{what}: {}", reply.body);
            assert!(reply.body["error"].as_str().is_some_and(|said| said.len() > 10), "{what}: {}", reply.body);
        }
        house.work().await;
        assert_eq!((house.kept(), house.leftovers()), (0, 0));
        assert_eq!(house.uploads(&ana, &png).await.status, 200);
    }

    async fn a_bomb_does_not_go_off(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        for (width, height) in [(30_000, 30_000), (65_535, 1), (16_384, 16_384), (4_294_967_295, 4_294_967_295), (6_000, 6_000)] {
            let reply = house.uploads(&ana, &bomb(width, height)).await;
            assert_eq!(reply.status, 422, "{width}x{height}: {}", reply.body);
        }
        // Many frames, each of which is small as a file.
        let mut animation = b"GIF89a\xd0\x07\xd0\x07\x80\0\0\0\0\0\xff\xff\xff".to_vec();
        for _ in 0..400 {
            animation.extend(b"\x2c\0\0\0\0\xd0\x07\xd0\x07\0\x02\x02\x44\x01\0");
        }
        animation.push(0x3b);
        assert_eq!(house.uploads(&ana, &animation).await.status, 422);
        house.work().await;
        assert_eq!(house.kept(), 0);
    }

    async fn what_is_too_large_is_cut_off(database: TestDatabase) {
        let house = House::open_with(database, |config| {
            config.limits.enabled = false;
            config.media.image_bytes = 65_536;
            config.media.video_bytes = 200_000;
        }).await;
        let ana = house.employee("ana").await;
        let large = |start: &[u8], size: usize| {
            let mut content = start.to_vec();
            content.resize(size, 0);
            content
        };
        assert_eq!(house.uploads(&ana, &large(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 65_537)).await.status, 413);
        assert_eq!(house.uploads(&ana, &large(b"ID3\x04\0", 200_001)).await.status, 413);
        assert_eq!(house.uploads(&ana, &large(b"ID3\x04\0", 600_000)).await.status, 413);
        assert_eq!(house.uploads(&ana, &large(b"ID3\x04\0", 200_000)).await.status, 200);
        // Text is as short as in other requests, and files in other fields count too.
        let words = "x".repeat(1024 * 1024 + 1);
        let body = form(&[("description", &words)], &[]);
        assert_eq!(house.send_form(Some(&ana), Method::POST, "/api/v2/media", body).await.status, 413);
        let body = form(&[], &[("thumbnail", "x", &large(b"x", 600_000))]);
        assert_eq!(house.send_form(Some(&ana), Method::POST, "/api/v2/media", body).await.status, 413);
        assert_eq!(house.leftovers(), 0);
    }

    async fn names_lead_nowhere_and_forms_that_are_broken_are_refused(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let png = picture(8, 8, ImageFormat::Png);
        for name in ["../../../etc/passwd", "/etc/passwd", "a\\b.png", "x.html", "..", "con.svg", "%2e%2e%2fx"] {
            let body = form(&[], &[("file", name, &png)]);
            let media = house.send_form(Some(&ana), Method::POST, "/api/v2/media", body).await.ok();
            let address = url(&media["url"]);
            assert!(address.ends_with("/original.png") && !address.contains("passwd"), "{address}");
            // Whoever knows the number of an upload does not know where it is.
            assert!(!address.contains(media["id"].as_str().unwrap()));
            assert!(address.len() > 90, "{address}");
        }
        let media = house.uploads(&ana, &png).await.ok();
        let address = url(&media["url"]);
        let folder = address.strip_suffix("original.png").unwrap();
        for path in ["secret.key", "..%2fsecret.key", "%2e%2e/secret.key", "small.gif", "original.PNG", "original.png/", ""] {
            assert_eq!(house.file(&format!("{folder}{path}"), &[]).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for name in ["..", "%2e%2e", "0", "a%2fb", "original.png"] {
            assert_eq!(house.file(&format!("/media/{name}/original.png"), &[]).await.status, StatusCode::NOT_FOUND, "{name}");
        }
        for (body, status) in [
            (form(&[], &[]), 400),
            (form(&[("file", "words")], &[]), 400),
            (b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n\x89PNG".to_vec(), 400),
            (b"--y--".to_vec(), 400),
            (Vec::new(), 400),
        ] {
            let reply = house.send_form(Some(&ana), Method::POST, "/api/v2/media", body).await;
            assert_eq!(reply.status, status, "{}", reply.body);
        }
        let many: Vec<(&str, &str, &[u8])> = (0..3).map(|_| ("file", "x", png.as_slice())).collect();
        assert_eq!(house.send_form(Some(&ana), Method::POST, "/api/v2/media", form(&[], &many)).await.status, 400);
        let request = Request::post("/api/v2/media")
            .header(header::AUTHORIZATION, format!("Bearer {}", ana.token))
            .header(header::CONTENT_TYPE, "image/png");
        assert_eq!(house.send(request.body(Body::from(png)).unwrap()).await.status, 415);
        assert_eq!(house.post(&ana, "/api/v2/media", json!({"file": "x"})).await.status, 400);
        assert_eq!(house.leftovers(), 0);
    }

    async fn numbers_of_uploads_are_worth_nothing(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let media = house.uploaded(&ana).await;
        let id: i64 = media["id"].as_str().unwrap().parse().unwrap();
        for guess in [id - 1, id, id + 1, 0, -1, i64::MAX] {
            assert_eq!(house.get(&ben, &format!("/api/v1/media/{guess}")).await.status, 404);
            let post = json!({"status": "x", "media_ids": [guess.to_string()]});
            assert_eq!(house.post(&ben, "/api/v1/statuses", post).await.status, 422);
        }
        assert_eq!(house.get(&ana, "/api/v1/media/99999999999999999999").await.status, 404);
        let own = house.says(&ben, json!({"status": "x"})).await;
        let change = json!({"status": "x", "media_attributes": [{"id": media["id"], "description": "Mine"}]});
        assert_eq!(house.put(&ben, &format!("/api/v1/statuses/{own}"), change).await.status, 422);
        assert_eq!(house.get(&ana, &format!("/api/v1/media/{id}")).await.ok()["description"], json!(null));
    }
}
