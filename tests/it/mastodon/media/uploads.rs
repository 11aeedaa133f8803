//! Uploading, describing and deleting.

use http::{Method, StatusCode};
use image::{GenericImageView, ImageFormat};
use serde_json::{Value, json};

use super::{super::House, form, photograph, picture, url};

on_both! {
    async fn a_picture_is_kept_with_its_blur_and_a_small_one(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let body = form(
            &[("description", " Two hills "), ("focus", "-0.5,0.25")],
            &[("file", "x.gif", &picture(1600, 800, ImageFormat::Png))],
        );
        for path in ["/api/v2/media", "/api/v1/media/"] {
            let reply = house.send_form(Some(&ana), Method::POST, path, body.clone()).await;
            let media = reply.ok();
            assert_eq!((&media["type"], &media["description"]), (&json!("image"), &json!("Two hills")));
            assert_eq!(media["meta"]["original"], json!({"width": 1600, "height": 800, "size": "1600x800", "aspect": 2.0}));
            assert_eq!(media["meta"]["focus"], json!({"x": -0.5, "y": 0.25}));
            assert!(media["meta"]["small"]["width"].as_u64().unwrap() <= 680, "{media}");
            assert!(media["blurhash"].as_str().unwrap().len() > 20);
            assert_eq!((&media["remote_url"], &media["text_url"]), (&Value::Null, &Value::Null));
            assert_eq!(house.get(&ana, &format!("/api/v1/media/{}", media["id"].as_str().unwrap())).await.ok(), media);
            let whole = house.file(url(&media["url"]), &[]).await;
            assert_eq!((whole.status, whole.header("content-type")), (StatusCode::OK, "image/png"));
            assert_eq!(image::load_from_memory(&whole.content).unwrap().dimensions(), (1600, 800));
            let small = house.file(url(&media["preview_url"]), &[]).await;
            assert!(image::load_from_memory(&small.content).unwrap().width() <= 680);
        }
        assert_eq!(house.leftovers(), 0);
    }

    async fn a_photograph_stands_upright_and_says_nothing_of_its_place(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let place = "52.5163N 13.3777E canary";
        let mut content = photograph(400, 200, place);
        assert!(content.windows(6).any(|part| part == b"canary"));
        // A second life behind its end: a page.
        content.extend(b"<script>canary</script>");
        let media = house.uploads(&ana, &content).await.ok();
        assert_eq!((&media["meta"]["original"]["width"], &media["meta"]["original"]["height"]), (&json!(200), &json!(400)));
        for address in [&media["url"], &media["preview_url"]] {
            let file = house.file(url(address), &[]).await;
            assert_eq!(file.header("content-type"), "image/jpeg");
            assert!(!file.content.windows(6).any(|part| part == b"canary" || part == &b"Exif\0\0"[..]), "{address}");
        }
    }

    async fn an_animation_stays_one_and_webp_becomes_what_everybody_reads(database: TestDatabase) {
        use image::codecs::gif::{GifDecoder, GifEncoder};
        use image::AnimationDecoder;
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let mut content = Vec::new();
        let frame = |shade: u8| image::Frame::new(image::RgbaImage::from_pixel(20, 10, image::Rgba([shade, 0, 0, 255])));
        GifEncoder::new(&mut content).encode_frames([frame(0), frame(100), frame(200)]).unwrap();
        let media = house.uploads(&ana, &content).await.ok();
        let file = house.file(url(&media["url"]), &[]).await;
        assert_eq!(file.header("content-type"), "image/gif");
        let frames = GifDecoder::new(std::io::Cursor::new(file.content.to_vec())).unwrap().into_frames().collect_frames().unwrap();
        assert_eq!(frames.len(), 3);
        let media = house.uploads(&ana, &picture(30, 20, ImageFormat::WebP)).await.ok();
        let file = house.file(url(&media["url"]), &[]).await;
        assert!(["image/png", "image/jpeg"].contains(&file.header("content-type")));
        assert_eq!(image::load_from_memory(&file.content).unwrap().dimensions(), (30, 20));
    }

    async fn an_upload_is_described_until_it_hangs_and_deleted_by_its_owner_only(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let media = house.uploaded(&ana).await;
        let path = format!("/api/v1/media/{}", media["id"].as_str().unwrap());
        let told = house.put(&ana, &path, json!({"description": "A hill", "focus": "0.1,-0.2"})).await.ok();
        assert_eq!(told["description"], "A hill");
        assert!((told["meta"]["focus"]["x"].as_f64().unwrap() - 0.1).abs() < 1e-6);
        assert_eq!(house.put(&ana, &path, json!({"focus": "0,0"})).await.ok()["description"], "A hill");
        let long = "é".repeat(1501);
        for (body, said) in [
            (json!({"description": long}), "1501"),
            (json!({"focus": "2,0"}), "-1 to 1"),
            (json!({"focus": "left"}), "-1 to 1"),
            (json!({"focus": "NaN,0"}), "-1 to 1"),
        ] {
            let refused = house.put(&ana, &path, body).await;
            assert_eq!(refused.status, 422);
            assert!(refused.refusal().1.contains(said), "{refused:?}");
        }
        assert_eq!(house.get(&ana, &path).await.ok()["description"], "A hill");
        assert_eq!(house.get(&ben, &path).await.status, 404);
        assert_eq!(house.put(&ben, &path, json!({"description": "Mine"})).await.status, 404);
        assert_eq!(house.delete(&ben, &path).await.status, 404);
        assert_eq!(house.post(&ben, "/api/v1/statuses", json!({"status": "x", "media_ids": [media["id"]]})).await.status, 422);
        house.delete(&ana, &path).await.ok();
        assert_eq!(house.get(&ana, &path).await.status, 404);
        assert_eq!(house.file_for(url(&media["url"]), Some(&ana)).await, 404);
        assert_eq!(house.kept(), 2);
        house.work().await;
        assert_eq!(house.kept(), 0);
        // What hangs on a post is changed with that.
        let hangs = house.uploaded(&ana).await;
        house.says(&ana, json!({"status": "Look", "media_ids": [hangs["id"]]})).await;
        let path = format!("/api/v1/media/{}", hangs["id"].as_str().unwrap());
        for answer in [house.get(&ana, &path).await, house.put(&ana, &path, json!({"description": "x"})).await, house.delete(&ana, &path).await] {
            assert_eq!(answer.status, 404, "{}", answer.body);
        }
        assert_eq!(house.file_for(url(&hangs["url"]), None).await, 200);
    }

    async fn what_hangs_on_nothing_goes_after_a_day(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let (left, used) = (house.uploaded(&ana).await, house.uploaded(&ana).await);
        house.says(&ana, json!({"status": "x", "media_ids": [used["id"]]})).await;
        guildhall::jobs::ensure_pruning(&house.app.db).await.unwrap();
        house.work().await;
        assert_eq!(house.kept(), 4);
        house.wait(24 * 3600 + 60);
        house.work().await;
        house.work().await;
        assert_eq!(house.kept(), 2);
        assert_eq!(house.file_for(url(&left["url"]), Some(&ana)).await, 404);
        assert_eq!(house.file_for(url(&used["url"]), None).await, 200);
    }

    async fn files_in_an_hour_and_bytes_together_have_a_limit(database: TestDatabase) {
        let house = House::open_with(database, |config| {
            config.limits.enabled = false;
            config.media.uploads_per_hour = 3;
            config.media.account_megabytes = 1;
        }).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let small = picture(8, 8, ImageFormat::Png);
        for _ in 0..3 {
            house.uploads(&ana, &small).await.ok();
        }
        let refused = house.uploads(&ana, &small).await;
        assert_eq!(refused.status, 429);
        assert!(refused.headers.contains_key("retry-after"));
        house.uploads(&ben, &small).await.ok();
        house.wait(3601);
        house.uploads(&ana, &small).await.ok();
        let mut noise = b"fLaC\0\0\0\x22".to_vec();
        noise.resize(900_000, 7);
        house.uploads(&ana, &noise).await.ok();
        house.wait(3601);
        let refused = house.uploads(&ana, &noise).await;
        assert_eq!(refused.status, 422);
        assert!(refused.refusal().1.contains("1 MB"), "{refused:?}");
        assert_eq!(house.leftovers(), 0);
    }

    async fn uploading_takes_the_scope_and_a_person(database: TestDatabase) {
        use guildhall::domain::accounts::{AccountKind, Role};
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let reader = house.person_with("reader", AccountKind::Employee, Role::Member, "read").await;
        let media = house.uploaded(&ana).await;
        let path = format!("/api/v1/media/{}", media["id"].as_str().unwrap());
        let body = form(&[], &[("file", "a.png", &picture(8, 8, ImageFormat::Png))]);
        for door in ["/api/v1/media", "/api/v2/media"] {
            assert_eq!(house.send_form(None, Method::POST, door, body.clone()).await.status, 401);
            assert_eq!(house.send_form(Some(&reader), Method::POST, door, body.clone()).await.status, 403);
        }
        assert_eq!(house.get(&reader, &path).await.status, 403);
        assert_eq!(house.put(&reader, &path, json!({})).await.status, 403);
        assert_eq!(house.delete(&reader, &path).await.status, 403);
        assert_eq!(house.get(None, &path).await.status, 401);
        let small = house.get(None, "/api/v2/instance").await.ok();
        let limits = &small["configuration"];
        assert_eq!(limits["statuses"]["max_media_attachments"], 4);
        assert!(limits["media_attachments"]["supported_mime_types"].as_array().unwrap().contains(&json!("image/webp")));
        assert_eq!(limits["media_attachments"]["image_size_limit"], 16_777_216);
    }
}
