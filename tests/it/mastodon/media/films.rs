//! Films and sounds, with and without the programs that read them. Those of these tests are scripts.

use std::os::unix::fs::PermissionsExt;

use http::StatusCode;
use image::ImageFormat;
use serde_json::json;

use super::{
    super::{House, Person},
    form, picture, url,
};

const FILM: &[u8] = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41 place: canary";

/// A ffmpeg that writes down what it is asked, and does what is expected of it.
fn programs(folder: &std::path::Path, works: bool) -> String {
    let still = folder.join("still.png");
    std::fs::write(&still, picture(320, 240, ImageFormat::Png)).unwrap();
    let write = |name: &str, script: String| {
        let path = folder.join(name);
        std::fs::write(&path, format!("#!/bin/sh\necho \"$0 $*\" >> {}\n{script}\n", folder.join("asked").display()))
            .unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path.display().to_string()
    };
    let probe = if works {
        r#"echo '{"streams": [{"width": 640, "height": 480}], "format": {"duration": "6.5"}}'"#.to_owned()
    } else {
        r#"case "$*" in *-version*) exit 0;; *) exit 1;; esac"#.to_owned()
    };
    write("ffprobe", probe);
    write(
        "ffmpeg",
        format!(
            "for last; do :; done\ncase \"$*\" in *-version*) exit 0;; *image2*) cp {} \"$last\";; *) printf 'cleaned' > \"$last\";; esac",
            still.display()
        ),
    )
}

async fn with_programs(
    database: crate::support::database::TestDatabase,
    works: bool,
) -> (House, Person, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let ffmpeg = programs(folder.path(), works);
    let house = House::open_with(database, |config| {
        config.limits.enabled = false;
        config.media.ffmpeg = ffmpeg;
    })
    .await;
    let ana = house.employee("ana").await;
    (house, ana, folder)
}

on_both! {
    async fn a_film_is_read_after_the_answer(database: TestDatabase) {
        let (house, ana, folder) = with_programs(database, true).await;
        let reply = house.uploads(&ana, FILM).await;
        assert_eq!((reply.status, &reply.body["url"], &reply.body["type"]), (StatusCode::ACCEPTED, &json!(null), &json!("video")));
        let path = format!("/api/v1/media/{}", reply.body["id"].as_str().unwrap());
        assert_eq!(house.get(&ana, &path).await.status, StatusCode::PARTIAL_CONTENT);
        let early = house.post(&ana, "/api/v1/statuses", json!({"status": "x", "media_ids": [reply.body["id"]]})).await;
        assert_eq!(early.status, 422);
        assert!(early.refusal().1.contains("still being read"));
        house.put(&ana, &path, json!({"description": "A walk"})).await.ok();
        house.work().await;
        let media = house.get(&ana, &path).await.ok();
        assert_eq!((&media["description"], &media["meta"]["original"]["duration"]), (&json!("A walk"), &json!(6.5)));
        assert_eq!(media["meta"]["original"]["width"], 640);
        let film = house.file(url(&media["url"]), &[]).await;
        assert_eq!((film.header("content-type"), &film.content[..]), ("video/mp4", &b"cleaned"[..]));
        let still = house.file(url(&media["preview_url"]), &[]).await;
        assert!(image::load_from_memory(&still.content).is_ok());
        let post = house.post(&ana, "/api/v1/statuses", json!({"media_ids": [media["id"]]})).await.ok();
        assert_eq!(post["media_attachments"][0]["preview_url"], media["preview_url"]);
        assert_eq!(house.leftovers(), 0);
        // It is told what the file is, and may open nothing else.
        let asked = std::fs::read_to_string(folder.path().join("asked")).unwrap();
        for line in asked.lines().filter(|line| !line.contains("-version")) {
            assert!(line.contains("-protocol_whitelist file -f mov"), "{line}");
        }
    }

    async fn a_film_that_cannot_be_read_fails(database: TestDatabase) {
        let (house, ana, _folder) = with_programs(database, false).await;
        let reply = house.uploads(&ana, FILM).await;
        assert_eq!(reply.status, StatusCode::ACCEPTED);
        let path = format!("/api/v1/media/{}", reply.body["id"].as_str().unwrap());
        house.work().await;
        assert_eq!(house.get(&ana, &path).await.status, 422);
        let post = house.post(&ana, "/api/v1/statuses", json!({"status": "x", "media_ids": [reply.body["id"]]})).await;
        assert_eq!(post.status, 422);
        house.delete(&ana, &path).await.ok();
        house.work().await;
        assert_eq!(house.kept(), 0);
    }

    async fn without_programs_a_film_is_taken_as_it_is(database: TestDatabase) {
        let house = House::open_with(database, |config| {
            config.limits.enabled = false;
            config.media.ffmpeg = "/nowhere/ffmpeg".to_owned();
        }).await;
        let ana = house.employee("ana").await;
        let media = house.uploads(&ana, FILM).await.ok();
        assert_eq!((&media["type"], &media["preview_url"], &media["blurhash"]), (&json!("video"), &json!(null), &json!(null)));
        let film = house.file(url(&media["url"]), &[("range", "bytes=4-11")]).await;
        assert_eq!((film.header("content-type"), &film.content[..]), ("video/mp4", &b"ftypisom"[..]));
        let body = form(&[], &[("file", "x", FILM)]);
        let older = house.send_form(Some(&ana), http::Method::POST, "/api/v1/media", body).await.ok();
        assert!(url(&older["url"]).ends_with("/original.mp4"));
    }
}
