//! Films and sounds that ffmpeg made, read by ffmpeg. `scripts/setup --test` installs it.

use std::{path::Path, process::Command};

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    super::{House, Person},
    url,
};

/// What ffmpeg makes by these arguments.
fn made(folder: &Path, name: &str, arguments: &[&str]) -> Vec<u8> {
    let path = folder.join(name);
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-nostdin", "-v", "error"]).args(arguments).args(["-metadata", "comment=canary", "-y"]).arg(&path);
    let output = ffmpeg.output().expect("ffmpeg is there: scripts/setup --test installs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(path).unwrap()
}

/// Uploads a file, waits until it was read, and answers what became of it.
async fn read(house: &House, who: &Person, content: &[u8]) -> Value {
    let reply = house.uploads(who, content).await;
    assert_eq!((reply.status, &reply.body["url"]), (StatusCode::ACCEPTED, &json!(null)), "{}", reply.body);
    let path = format!("/api/v1/media/{}", reply.body["id"].as_str().unwrap());
    assert_eq!(house.get(who, &path).await.status, StatusCode::PARTIAL_CONTENT);
    house.work().await;
    let read = house.get(who, &path).await;
    if read.status == StatusCode::OK { read.body } else { json!(read.status.as_u16()) }
}

fn seconds(media: &Value) -> f64 {
    media["meta"]["original"]["duration"].as_f64().unwrap_or_else(|| panic!("{media}"))
}

fn names(content: &[u8], word: &str) -> bool {
    content.windows(word.len()).any(|part| part == word.as_bytes())
}

on_both! {
    async fn real_films_and_sounds_are_read_and_cleaned(database: TestDatabase) {
        let house = House::open_with(database, |config| {
            config.limits.enabled = false;
            config.media.ffmpeg = "ffmpeg".to_owned();
        }).await;
        let (ana, folder) = (house.employee("ana").await, tempfile::tempdir().unwrap());
        let sine = ["-f", "lavfi", "-i", "sine=frequency=440", "-t", "2"];
        let film = ["-f", "lavfi", "-i", "testsrc=size=320x240:rate=10"];
        let film = made(folder.path(), "film.mp4", &[&film[..], &sine[..], &["-c:v", "mpeg4", "-c:a", "aac"]].concat());
        assert!(names(&film, "canary"), "it says something of itself");
        let media = read(&house, &ana, &film).await;
        let original = &media["meta"]["original"];
        assert_eq!((&media["type"], &original["width"], &original["height"]), (&json!("video"), &json!(320), &json!(240)), "{media}");
        assert!((1.9..2.3).contains(&seconds(&media)), "{media}");
        assert!(media["blurhash"].is_string(), "{media}");
        let still = house.file(url(&media["preview_url"]), &[]).await;
        let still = image::load_from_memory(&still.content).unwrap();
        assert_eq!((still.width(), still.height()), (320, 240));
        // The film that is kept says nothing more, and is a film still.
        let kept = house.file(url(&media["url"]), &[]).await;
        assert_eq!(kept.header("content-type"), "video/mp4");
        assert!(!names(&kept.content, "canary"));
        assert!(seconds(&read(&house, &ana, &kept.content).await) > 1.9);
        for (name, codec, kind) in [("sound.mp3", "libmp3lame", "audio/mpeg"), ("sound.ogg", "libvorbis", "audio/ogg")] {
            let sound = made(folder.path(), name, &[&sine[..], &["-c:a", codec]].concat());
            let media = read(&house, &ana, &sound).await;
            assert_eq!((&media["type"], &media["preview_url"]), (&json!("audio"), &json!(null)), "{media}");
            assert!((1.9..2.3).contains(&seconds(&media)), "{media}");
            let kept = house.file(url(&media["url"]), &[]).await;
            assert_eq!(kept.header("content-type"), kind);
            assert!(!names(&kept.content, "canary"), "{name}");
            let post = house.post(&ana, "/api/v1/statuses", json!({"status": name, "media_ids": [media["id"]]})).await.ok();
            assert_eq!(post["media_attachments"][0]["meta"], media["meta"]);
        }
        // What only begins like a film is none.
        let mut broken = film[..64].to_vec();
        broken.extend(std::iter::repeat_n(7, 10_000));
        assert_eq!(read(&house, &ana, &broken).await, 422);
        assert_eq!(house.leftovers(), 0);
    }
}
