//! Posts, what hangs on them, and what stands around them.

use guildhall::domain::posts::{Attachment, QuotePolicy, Quoters};
use http::{Method, Request, header};
use serde_json::json;

use super::sight::Sight;
use crate::mastodon::{House, Person};

pub const POSTS: &[&str] = &[
    "Status",
    "Status::Mention",
    "Status::Tag",
    "QuoteApproval",
    "StatusEdit",
    "StatusSource",
    "Poll",
    "Poll::Option",
    "MediaAttachment",
    "MediaAttachment::meta",
    "MediaAttachment::focus",
    "MediaAttachment::size",
    "PreviewCard",
    "Quote",
    "PreviewCard::Author",
    "Context",
    "Conversation",
    "CustomEmoji",
];
pub const WAITING: &[&str] = &["ScheduledStatus", "ScheduledStatus::params", "ScheduledStatus::poll"];

/// A picture that hangs on an answer, which is edited, boosted, filtered by its reader, and deleted.
async fn an_answer(house: &House, sight: &mut Sight, ana: &Person, ben: &Person) {
    let media = house.uploaded(ana).await;
    let path = format!("/api/v1/media/{}", media["id"].as_str().unwrap());
    let words = json!({"description": "A hill", "focus": "0.5,-0.5"});
    let media = house.put(ana, &path, words).await.ok();
    sight.see("MediaAttachment", &media);
    let first = house.says(ben, json!({"status": "Tea?"})).await;
    let filter = json!({"title": "Hills", "context": ["public"], "keywords_attributes": [{"keyword": "hill"}]});
    house.post(ben, "/api/v2/filters", filter).await.ok();
    let answer = json!({
        "status": "@ben Yes, on the hill #tea :tea:", "spoiler_text": "About tea", "language": "en", "in_reply_to_id": first,
        "media_ids": [media["id"]], "sensitive": true,
    });
    let status = house.post(ana, "/api/v1/statuses", answer).await.ok();
    sight.see("Status", &status);
    let path = format!("/api/v1/statuses/{}", status["id"].as_str().unwrap());
    house.wait(60);
    let edited =
        json!({"status": "@ben Yes, on that hill #tea :tea:", "spoiler_text": "About tea", "media_ids": [media["id"]]});
    sight.see("Status", &house.put(ana, &path, edited).await.ok());
    for reader in [None, Some(ben)] {
        sight.see("Status", &house.get(reader, &path).await.ok());
    }
    sight.see("[StatusEdit]", &house.get(None, &format!("{path}/history")).await.ok());
    sight.see("StatusSource", &house.get(ana, &format!("{path}/source")).await.ok());
    sight.see("Context", &house.get(ben, &format!("{path}/context")).await.ok());
    sight.see("Context", &house.get(ben, &format!("/api/v1/statuses/{first}/context")).await.ok());
    sight.see("Status", &house.post(ben, &format!("{path}/reblog"), json!({})).await.ok());
    sight.see("[Status]", &house.get(ben, "/api/v1/timelines/home").await.ok());
    sight.see("Status", &house.delete(ana, &path).await.ok());
}

/// A post that links to a page, which is a picture by somebody and says everything of itself.
async fn a_link(house: &House, sight: &mut Sight, ana: &Person) {
    house.documents.put(
        "https://pictures.example/1",
        "text/html",
        "<html lang=en><title>A hill</title><meta property=og:description content=Green>\
        <meta property=og:image:alt content=Grass><meta property=article:published_time content='2026-10-01T10:00:00Z'>\
        <meta name='fediverse:creator' content='@ana@company.example'>\
        <link rel=alternate type=application/json+oembed href=/embed>",
    );
    let embed = json!({
        "type": "photo", "url": "https://pictures.example/1.jpg", "width": 400, "height": "200", "author_name": "Mette",
        "author_url": "https://pictures.example/mette", "provider_name": "Pictures", "provider_url": "https://pictures.example/",
    });
    house.documents.put("https://pictures.example/embed", "application/json", embed.to_string());
    let agrees = json!({"attribution_domains": ["pictures.example"]});
    house.call(Some(ana), Method::PATCH, "/api/v1/accounts/update_credentials", agrees).await.ok();
    let id = house.says(ana, json!({"status": "https://pictures.example/1"})).await;
    house.work().await;
    sight.see("Status", &house.get(ana, &format!("/api/v1/statuses/{id}")).await.ok());
}

on_both! {
    async fn posts_have_the_documented_fields(database: TestDatabase) {
        let (house, mut sight) = (House::open(database).await, Sight::default());
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        house.emoji("tea").await;
        sight.see("[CustomEmoji]", &house.get(None, "/api/v1/custom_emojis").await.ok());
        an_answer(&house, &mut sight, &ana, &ben).await;
        a_link(&house, &mut sight, &ana).await;
        let quoted = house.says(&ana, json!({"status": "Quote me"})).await;
        let quoting = house.says(&ben, json!({"status": "As said", "quoted_status_id": quoted})).await;
        let again = house.says(&ana, json!({"status": "I said it", "quoted_status_id": quoting})).await;
        sight.see("Status", &house.get(&ana, &format!("/api/v1/statuses/{again}")).await.ok());
        let poll = json!({"status": "Tea or coffee?", "poll": {"options": [":tea:", "Coffee"], "expires_in": 600, "multiple": true}});
        let asked = house.post(&ana, "/api/v1/statuses", poll).await.ok();
        sight.see("Status", &asked);
        let path = format!("/api/v1/polls/{}", asked["poll"]["id"].as_str().unwrap());
        sight.see("Poll", &house.post(&ben, &format!("{path}/votes"), json!({"choices": [0, 1]})).await.ok());
        sight.see("Poll", &house.get(None, &path).await.ok());
        let inside = json!({"status": "Inside", "local_only": true});
        sight.see("Status", &house.post(&ana, "/api/v1/statuses", inside).await.ok());
        house.says(&ana, json!({"status": "@ben Between us", "visibility": "direct"})).await;
        sight.see("[Conversation]", &house.get(&ben, "/api/v1/conversations").await.ok());
        let eve = house.stranger("eve", "remote.example").await;
        let id = house.arrived(&eve, |draft| {
            draft.details.quoting = Some(QuotePolicy { automatic: Vec::new(), manual: vec![Quoters::Public] });
            draft.attachments = [("image", "a.png"), ("video", "b.mp4"), ("audio", "c.ogg"), ("unknown", "d.pdf")]
                .into_iter()
                .map(|(kind, name)| Attachment {
                    kind: kind.to_owned(),
                    url: format!("https://remote.example/{name}"),
                    size: Some((400, 200)),
                    seconds: (kind != "image").then_some(2.5),
                    ..Attachment::default()
                })
                .collect();
        }).await;
        sight.see("Status", &house.get(&ana, &format!("/api/v1/statuses/{id}")).await.ok());
        sight.whole(POSTS);
    }

    async fn posts_that_wait_have_the_documented_fields(database: TestDatabase) {
        let (house, mut sight) = (House::open(database).await, Sight::default());
        let ana = house.employee("ana").await;
        let parent = house.says(&ana, json!({"status": "Hello"})).await;
        let wish = json!({
            "status": "Later", "spoiler_text": "Patience", "language": "en", "in_reply_to_id": parent, "scheduled_at": "2026-11-01T12:10:00Z",
            "poll": {"options": ["Tea", "Coffee"], "expires_in": 600, "multiple": true},
        });
        let request = Request::post("/api/v1/statuses")
            .header(header::AUTHORIZATION, format!("Bearer {}", ana.token))
            .header("idempotency-key", "once")
            .header(header::CONTENT_TYPE, "application/json");
        sight.see("ScheduledStatus", &house.send(request.body(wish.to_string().into()).unwrap()).await.ok());
        sight.see("[ScheduledStatus]", &house.get(&ana, "/api/v1/scheduled_statuses").await.ok());
        sight.whole(WAITING);
    }
}
