//! Uploads on posts.

use std::time::Duration;

use guildhall::{
    domain::{media, posts},
    federation::objects::note,
};
use serde_json::json;

use super::{super::House, url};

const DAY: u64 = 24 * 3600;

/// What hangs on nothing for more than a day goes.
async fn prune(house: &House) {
    house.app.db.write(|tx| media::forget_unused(tx, Duration::from_secs(DAY), 100)).await.unwrap();
    house.work().await;
}

on_both! {
    async fn a_post_shows_its_uploads_and_tells_them_to_others(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let (one, two) = (house.uploaded(&ana).await, house.uploaded(&ana).await);
        let path = format!("/api/v1/media/{}", one["id"].as_str().unwrap());
        house.put(&ana, &path, json!({"description": "A <hill>", "focus": "0.5,-0.5"})).await.ok();
        // Pictures need no words.
        let post = json!({"media_ids": [two["id"], one["id"]], "sensitive": true});
        let status = house.post(&ana, "/api/v1/statuses", post).await.ok();
        let shown = &status["media_attachments"];
        assert_eq!((&shown[0]["id"], &shown[1]["id"]), (&two["id"], &one["id"]));
        assert_eq!((&shown[1]["description"], &shown[1]["type"]), (&json!("A <hill>"), &json!("image")));
        assert_eq!((&shown[1]["preview_url"], &shown[1]["remote_url"]), (&one["preview_url"], &json!(null)));
        assert_eq!(status["sensitive"], true);
        let id = status["id"].as_str().unwrap();
        assert_eq!(house.get(&ben, &format!("/api/v1/statuses/{id}")).await.ok()["media_attachments"], *shown);
        let own = format!("/api/v1/accounts/{}/statuses?only_media=true", ana.id());
        assert_eq!(house.get(None, &own).await.ok()[0]["id"], json!(id));
        // It hangs now, and can neither be changed nor hung once more.
        assert_eq!(house.get(&ana, &path).await.status, 404);
        assert_eq!(house.put(&ana, &path, json!({"description": "x"})).await.status, 404);
        assert_eq!(house.delete(&ana, &path).await.status, 404);
        assert_eq!(house.post(&ana, "/api/v1/statuses", json!({"status": "x", "media_ids": [one["id"]]})).await.status, 422);
        let (site, number) = (house.app.site.clone(), id.parse().unwrap());
        let wire = house.app.db.read(move |conn| {
            let post = posts::get(conn, number)?.federable().unwrap();
            let around = note::Surroundings::load(conn, &post)?;
            note::to_json(&site, &post, &around)
        }).await.unwrap();
        let told = &wire["attachment"][1];
        assert_eq!((&told["type"], &told["mediaType"]), (&json!("Document"), &json!("image/png")));
        assert_eq!((&told["url"], &told["name"]), (&one["url"], &json!("A <hill>")));
        assert_eq!((&told["blurhash"], &told["width"], &told["height"]), (&one["blurhash"], &json!(64), &json!(48)));
        assert_eq!((&told["focalPoint"], &wire["sensitive"]), (&json!([0.5, -0.5]), &json!(true)));
        let page = house.file(&format!("/@ana/{id}"), &[]).await;
        let page = String::from_utf8(page.content.to_vec()).unwrap();
        let picture = format!("<img src=\"{}\" alt=\"A &#60;hill&#62;\" width=\"64\" height=\"48\" loading=\"lazy\"", url(&one["preview_url"]));
        assert!(page.contains(&picture), "{picture} {page}");
        assert!(!page.contains("og:image\" content=\"https://social.company.example/media"), "sensitive pictures are no cards");
    }

    async fn a_card_shows_the_first_picture(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let media = house.uploaded(&ana).await;
        let id = house.says(&ana, json!({"status": "Look", "media_ids": [media["id"]]})).await;
        let page = house.file(&format!("/@ana/{id}"), &[]).await;
        let page = String::from_utf8(page.content.to_vec()).unwrap();
        assert!(page.contains(&format!("<meta property=\"og:image\" content=\"{}\">", url(&media["preview_url"]))), "{page}");
        assert!(page.contains("alt=\"Picture\""), "a link of a picture that nobody described has a name: {page}");
    }

    async fn too_many_mixed_and_taken_uploads_are_refused(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let mut ids = Vec::new();
        for _ in 0..5 {
            ids.push(house.uploaded(&ana).await["id"].clone());
        }
        let sound = house.uploads(&ana, b"fLaC\0\0\0\x22 silence").await.ok();
        assert_eq!((&sound["type"], &sound["preview_url"]), (&json!("audio"), &json!(null)));
        for (media_ids, told) in [
            (json!(ids), "at most 4"),
            (json!([ids[0], sound["id"]]), "alone"),
            (json!([ids[0], "12345"]), "not there"),
            (json!([ids[0], "x"]), "no id"),
        ] {
            let refused = house.post(&ana, "/api/v1/statuses", json!({"status": "x", "media_ids": media_ids})).await;
            assert_eq!(refused.status, 422);
            assert!(refused.refusal().1.contains(told), "{refused:?}");
        }
        // Of twins one gets it.
        let post = || house.post(&ana, "/api/v1/statuses", json!({"status": "x", "media_ids": [ids[0]]}));
        let twins = futures_util::future::join_all((0..8).map(|_| post())).await;
        assert_eq!(twins.iter().filter(|reply| reply.status == 200).count(), 1, "{twins:?}");
        assert!(twins.iter().all(|reply| reply.status == 200 || reply.status == 422), "{twins:?}");
        let named_twice = json!({"media_ids": [ids[1], ids[1]]});
        let once = house.post(&ana, "/api/v1/statuses", named_twice).await.ok();
        assert_eq!(once["media_attachments"].as_array().unwrap().len(), 1);
        house.post(&ana, "/api/v1/statuses", json!({"media_ids": [sound["id"]]})).await.ok();
    }

    async fn uploads_of_a_post_that_waits_are_kept_for_it(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let (one, two) = (house.uploaded(&ana).await, house.uploaded(&ana).await);
        let at = house.app.db.now().plus(Duration::from_secs(3 * DAY)).rfc3339();
        let wish = json!({"status": "Later", "media_ids": [two["id"], one["id"]], "scheduled_at": at});
        assert_eq!(house.post(&ben, "/api/v1/statuses", wish.clone()).await.status, 422);
        let waiting = house.post(&ana, "/api/v1/statuses", wish.clone()).await.ok();
        assert_eq!(waiting["params"]["media_ids"], json!([two["id"], one["id"]]));
        assert_eq!((&waiting["media_attachments"][0]["id"], &waiting["media_attachments"][1]["url"]), (&two["id"], &one["url"]));
        assert_eq!(house.get(&ana, "/api/v1/scheduled_statuses").await.ok(), json!([waiting]));
        // They hang on no other post, cannot be deleted under it, and can still be described.
        assert_eq!(house.post(&ana, "/api/v1/statuses", wish).await.status, 422);
        assert_eq!(house.post(&ana, "/api/v1/statuses", json!({"media_ids": [one["id"]]})).await.status, 422);
        let path = format!("/api/v1/media/{}", one["id"].as_str().unwrap());
        assert_eq!(house.delete(&ana, &path).await.status, 422);
        house.put(&ana, &path, json!({"description": "A hill"})).await.ok();
        // What hangs on nothing is forgotten after a day; these are not.
        house.wait(2 * DAY);
        prune(&house).await;
        assert_eq!(house.kept(), 4);
        house.wait(DAY);
        house.work().await;
        let posted = house.get(&ana, &format!("/api/v1/accounts/{}/statuses", ana.id())).await.ok();
        assert_eq!(posted[0]["media_attachments"].as_array().unwrap().len(), 2);
        assert_eq!((&posted[0]["media_attachments"][0]["id"], &posted[0]["media_attachments"][1]["description"]), (&two["id"], &json!("A hill")));
        prune(&house).await;
        assert_eq!(house.kept(), 4);
    }

    async fn uploads_of_a_post_that_is_cancelled_or_refused_are_not_lost_at_once(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let one = house.uploaded(&ana).await;
        let at = house.app.db.now().plus(Duration::from_secs(600)).rfc3339();
        let wish = json!({"status": "Later", "media_ids": [one["id"]], "scheduled_at": at});
        let waiting = house.post(&ana, "/api/v1/statuses", wish.clone()).await.ok();
        let path = format!("/api/v1/scheduled_statuses/{}", waiting["id"].as_str().unwrap());
        house.delete(&ana, &path).await.ok();
        // Free again, for another that waits. When that cannot be published, the file stays with it.
        let answered = house.says(&ana, json!({"status": "Hello"})).await;
        let mut wish = wish;
        wish["in_reply_to_id"] = json!(answered);
        let waiting = house.post(&ana, "/api/v1/statuses", wish).await.ok();
        house.delete(&ana, &format!("/api/v1/statuses/{answered}")).await.ok();
        house.wait(600);
        house.work().await;
        let path = format!("/api/v1/scheduled_statuses/{}", waiting["id"].as_str().unwrap());
        let refused = house.get(&ana, &path).await.ok();
        assert!(refused["guildhall"]["failed"].is_string(), "{refused}");
        assert_eq!(refused["media_attachments"][0]["id"], one["id"]);
        house.wait(2 * DAY);
        prune(&house).await;
        assert_eq!(house.kept(), 2);
        // Once it is taken back, its file is forgotten as any other that hangs on nothing.
        house.delete(&ana, &path).await.ok();
        prune(&house).await;
        assert_eq!(house.kept(), 0);
    }

    async fn an_edit_keeps_changes_and_describes_uploads(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let (one, two) = (house.uploaded(&ana).await, house.uploaded(&ana).await);
        let id = house.says(&ana, json!({"status": "One", "media_ids": [one["id"]]})).await;
        let path = format!("/api/v1/statuses/{id}");
        house.wait(60);
        let kept = house.put(&ana, &path, json!({"status": "Two"})).await.ok();
        assert_eq!(kept["media_attachments"][0]["id"], one["id"]);
        let described = json!({"status": "Two", "media_attributes": [{"id": one["id"], "description": "A hill", "focus": "0,1"}]});
        let described = house.put(&ana, &path, described).await.ok();
        assert_eq!(described["media_attachments"][0]["description"], "A hill");
        assert_eq!(described["media_attachments"][0]["meta"]["focus"], json!({"x": 0.0, "y": 1.0}));
        let long = json!({"status": "Two", "media_attributes": [{"id": one["id"], "description": "x".repeat(1501)}]});
        assert_eq!(house.put(&ana, &path, long).await.status, 422);
        let both = house.put(&ana, &path, json!({"status": "Two", "media_ids": [two["id"], one["id"]]})).await.ok();
        assert_eq!((&both["media_attachments"][0]["id"], &both["media_attachments"][1]["id"]), (&two["id"], &one["id"]));
        // Taken off, it stays with the history of the post, and can come back to it, and to no other.
        let fewer = house.put(&ana, &path, json!({"status": "Two", "media_ids": [two["id"]]})).await.ok();
        assert_eq!(fewer["media_attachments"].as_array().unwrap().len(), 1);
        assert_eq!(house.post(&ana, "/api/v1/statuses", json!({"status": "x", "media_ids": [one["id"]]})).await.status, 422);
        let back = house.put(&ana, &path, json!({"status": "Two", "media_ids": [one["id"]]})).await.ok();
        assert_eq!(back["media_attachments"][0]["id"], one["id"]);
        let none = house.put(&ana, &path, json!({"status": "Two", "media_ids": []})).await.ok();
        assert_eq!(none["media_attachments"], json!([]));
        assert_eq!(house.put(&ana, &path, json!({"status": "", "media_ids": []})).await.status, 422);
        let history = house.get(None, &format!("{path}/history")).await.ok();
        assert_eq!(history[0]["media_attachments"][0]["url"], one["url"]);
        house.work().await;
        assert_eq!(house.kept(), 4);
        house.delete(&ana, &path).await.ok();
        assert_eq!(house.file_for(url(&one["url"]), Some(&ana)).await, 404);
        house.work().await;
        assert_eq!(house.kept(), 0);
    }

    async fn what_somebody_uploaded_goes_with_them(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let (hung, loose) = (house.uploaded(&ana).await, house.uploaded(&ana).await);
        house.says(&ana, json!({"status": "x", "media_ids": [hung["id"]]})).await;
        let actor = ana.actor;
        house.app.db.write(move |tx| guildhall::domain::actors::delete(tx, actor)).await.unwrap();
        assert_eq!(house.file_for(url(&hung["url"]), None).await, 404);
        house.work().await;
        assert_eq!(house.kept(), 0);
        assert_eq!(house.file_for(url(&loose["url"]), None).await, 404);
    }
}
