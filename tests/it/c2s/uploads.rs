//! What was uploaded with the other API, hung on posts by ActivityPub clients.

use guildhall::domain::media::FILES;
use http::{Request, StatusCode, header};
use image::ImageFormat;
use serde_json::{Value, json};

use super::{Desk, Writer, note};
use crate::{
    mastodon::media::{form, picture},
    support::world::{OURS, PUBLIC},
};

const ALL: &str = "read write follow";

/// Uploads a small picture; answers where it is.
async fn uploaded(desk: &Desk, who: &Writer) -> String {
    let body = form(&[], &[("file", "tea.png", &picture(16, 16, ImageFormat::Png))]);
    let request = Request::post("/api/v2/media")
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    let made = desk.send(request.body(body.into()).unwrap()).await.ok();
    made["url"].as_str().unwrap().to_owned()
}

fn with(attachment: &Value) -> Value {
    json!({"type": "Note", "content": "Tea", "to": PUBLIC, "attachment": attachment})
}

on_both! {
    async fn own_uploads_hang_on_what_a_client_writes(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", ALL).await;
        let (one, other, third) = (uploaded(&desk, &ana).await, uploaded(&desk, &ana).await, uploaded(&desk, &ana).await);
        let written = with(&json!([{"type": "Image", "mediaType": "image/png", "url": one, "name": "A <b>cup</b> of tea"}, other]));
        let uri = desk.writes(&ana, written).await;
        let shown = desk.status(None, &uri).await.ok();
        let files = |status: &Value| -> Vec<(String, Option<String>)> {
            let files = status["media_attachments"].as_array().unwrap().iter();
            files.map(|file| (file["url"].as_str().unwrap().to_owned(), file["description"].as_str().map(str::to_owned))).collect()
        };
        assert_eq!(files(&shown), [(one.clone(), Some("A cup of tea".to_owned())), (other.clone(), None)], "in their order: {shown:#}");
        let object = desk.get(None, &uri).await.ok();
        assert_eq!((&object["attachment"][0]["url"], &object["attachment"][0]["name"]), (&json!(one), &json!("A cup of tea")));
        assert_eq!(desk.submit(&ana, with(&json!([one]))).await.refusal(), (422, "media.unknown"), "it hangs on another post");

        // An edit that says nothing of them leaves them, one that names them counts, null takes them away.
        let update = async |change: Value| {
            let mut object = json!({"id": uri, "content": "More tea"});
            object.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            desk.say(&ana, json!({"type": "Update", "object": object})).await;
            files(&desk.status(None, &uri).await.ok())
        };
        assert_eq!(update(json!({})).await.len(), 2);
        let back = update(json!({"attachment": [object["attachment"][1], {"type": "Image", "url": third, "name": "The pot"}]})).await;
        assert_eq!(back, [(other.clone(), None), (third.clone(), Some("The pot".to_owned()))]);
        assert_eq!(update(json!({"attachment": null})).await, []);
    }

    async fn what_cannot_hang_on_a_post_is_refused_with_what_to_do(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let (own, bens) = (uploaded(&desk, &ana).await, uploaded(&desk, &ben).await);
        let before = desk.world.state().await;
        for attachment in [
            json!([{"type": "Image", "url": "https://x.example/media/a/1.png"}]),
            json!([{"type": "Image", "url": format!("{OURS}.evil.example/media/a/1.png")}]),
            json!([{"type": "Image", "url": format!("{OURS}/@ana")}]),
            json!([{"type": "Image", "url": "/media/a/1.png"}]),
            json!([{"type": "Image"}]),
            json!([7]),
            json!({"type": "Image", "url": {"a": 1}}),
        ] {
            let reply = desk.submit(&ana, with(&attachment)).await;
            assert_eq!(reply.refusal(), (422, "media.elsewhere"), "{attachment}");
            assert!(reply.body["detail"].as_str().unwrap().contains("POST /api/v2/media"), "{}", reply.body);
        }
        let many: Vec<&str> = vec![own.as_str(); FILES + 1];
        let end = desk.world.app.db.now().plus(std::time::Duration::from_secs(3600)).rfc3339();
        let strange = bens.replace("/media/", "/media/x");
        for (document, refusal) in [
            (with(&json!([bens])), (422, "media.unknown")),
            (with(&json!([strange])), (422, "media.unknown")),
            (with(&json!(many)), (422, "media.count")),
            (with(&json!([{"type": "Image", "url": own, "name": "x".repeat(1501)}])), (422, "media.description")),
            (with(&json!([{"type": "Image", "url": own, "name": ["x"]}])), (422, "post.form")),
            (json!({"type": "Question", "content": "x", "to": PUBLIC, "oneOf": [{"name": "a"}, {"name": "b"}], "endTime": end, "attachment": [own]}), (422, "media.poll")),
            ({ let mut document = note("x"); document["image"] = json!(own); document }, (422, "post.not_served")),
        ] {
            let reply = desk.submit(&ana, document.clone()).await;
            assert_eq!(reply.refusal(), refusal, "{document}");
            assert!(!reply.body["detail"].as_str().unwrap().contains("yet."), "{}", reply.body);
        }
        assert_eq!(desk.world.state().await, before, "nothing was changed by any of them");
        assert_eq!(desk.submit(&ana, with(&json!([own]))).await.status, StatusCode::CREATED, "and it can still be used");
    }
}
