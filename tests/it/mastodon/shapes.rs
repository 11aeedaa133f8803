//! Every key that Mastodon's clients read is there.

use guildhall::domain::{
    actors,
    posts::{Attachment, Details, Emoji},
};
use insta::assert_json_snapshot;
use serde_json::json;

use super::{BASE, House, calm, ids};

on_both! {
    async fn a_status_has_every_key(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let status = house.post(&ana, "/api/v1/statuses", json!({"status": "Hello @ben #Autumn", "language": "en", "spoiler_text": "A greeting"})).await.ok();
        let id = status["id"].as_str().unwrap().to_owned();
        let names = [(id.as_str(), "POST"), (&ana.id(), "ANA"), (&ben.id(), "BEN")];
        assert_json_snapshot!("status_by_its_author", calm(&status, &names));
        let anonymous = house.get(None, &format!("/api/v1/statuses/{id}")).await.ok();
        for key in ["favourited", "reblogged", "muted", "bookmarked", "pinned", "text"] {
            assert!(anonymous.get(key).is_none(), "{key}");
        }
        let boost = house.post(&ben, &format!("/api/v1/statuses/{id}/reblog"), json!({})).await.ok();
        let boost_id = boost["id"].as_str().unwrap().to_owned();
        assert_ne!(boost_id, id);
        assert_eq!(boost["reblog"]["id"], json!(id));
        let mut wrapper = calm(&boost, &[(boost_id.as_str(), "BOOST"), (id.as_str(), "POST"), (&ana.id(), "ANA"), (&ben.id(), "BEN")]);
        wrapper["reblog"] = json!("[the post]");
        wrapper["account"] = json!("[ben]");
        assert_json_snapshot!("boost", wrapper);
    }

    async fn a_status_from_elsewhere_shows_its_media_poll_and_title(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let eve = house.stranger("eve", "remote.example").await;
        let id = house.arrived(&eve, |draft| {
            draft.kind = "question".to_owned();
            draft.title = Some("Tea & <coffee>".to_owned());
            draft.uri = Some("https://remote.example/polls/1".to_owned());
            draft.url = Some("https://remote.example/@eve/1".to_owned());
            draft.attachments = vec![Attachment {
                kind: "image".to_owned(),
                url: "https://remote.example/a.png".to_owned(),
                media_type: Some("image/png".to_owned()),
                description: Some("A cup".to_owned()),
                blurhash: Some("abc".to_owned()),
                size: Some((400, 200)),
                focus: Some((0.5, -0.5)),
                ..Attachment::default()
            }];
            draft.emojis = vec![Emoji { shortcode: "tea".to_owned(), url: "https://remote.example/tea.png".to_owned(), still: None }];
            draft.details = Details { options: vec![("Tea".to_owned(), Some(3)), ("Coffee".to_owned(), Some(2))], ..Details::default() };
        }).await.to_string();
        let status = house.get(&ana, &format!("/api/v1/statuses/{id}")).await.ok();
        assert_json_snapshot!("status_from_elsewhere", calm(&status, &[(&id, "POST"), (&eve.id.to_string(), "EVE")]));
    }

    async fn an_account_has_every_key(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        house.says(&ana, json!({"status": "Hello"})).await;
        let names = [(ana.id(), "ANA".to_owned())];
        let names: Vec<(&str, &str)> = names.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
        let own = house.get(&ana, "/api/v1/accounts/verify_credentials").await.ok();
        assert_json_snapshot!("credential_account", calm(&own, &names));
        let account = house.get(None, &format!("/api/v1/accounts/{}", ana.id())).await.ok();
        assert_json_snapshot!("account", calm(&account, &names));
        let eve = house.stranger("eve", "remote.example").await;
        let account = house.get(None, "/api/v1/accounts/lookup?acct=eve@remote.example").await.ok();
        assert_json_snapshot!("account_elsewhere", calm(&account, &[(&eve.id.to_string(), "EVE")]));
        let avatar = house.get(None, account["avatar"].as_str().unwrap().strip_prefix(BASE).unwrap()).await;
        assert_eq!(avatar.status, 200);
        assert_eq!(avatar.headers["content-type"], "image/svg+xml");
    }

    async fn somebody_suspended_is_a_name_only(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let id = house.says(&ben, json!({"status": "Hello"})).await;
        let actor = ben.actor;
        house.app.db.write(move |tx| actors::set_suspended(tx, actor, true)).await.unwrap();
        let account = house.get(&ana, &format!("/api/v1/accounts/{}", ben.id())).await.ok();
        assert_eq!((&account["suspended"], &account["display_name"]), (&json!(true), &json!("")));
        assert_eq!(house.get(&ana, &format!("/api/v1/statuses/{id}")).await.refusal(), (404, "Record not found"));
        assert_eq!(house.post(&ana, &format!("/api/v1/statuses/{id}/favourite"), json!({})).await.refusal(), (404, "Record not found"));
        assert_eq!(house.get(None, "/api/v1/timelines/public").await.ok(), json!([]));
        assert_eq!(house.get(&ana, &format!("/api/v1/accounts/{}/statuses", ben.id())).await.ok(), json!([]));
    }

    async fn a_refusal_has_a_code_besides_what_mastodon_says(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let reply = house.get(&ana, "/api/v1/statuses/1").await;
        assert_eq!(reply.refusal(), (404, "Record not found"));
        assert_eq!(reply.body["guildhall"], json!({"code": "post.not_found"}));
        let reply = house.post(&ana, "/api/v1/statuses", json!({"status": ""})).await;
        assert_eq!(reply.refusal(), (422, "A post needs some text."));
        assert_eq!(reply.body["guildhall"], json!({"code": "post.empty"}));
    }

    async fn a_relationship_has_every_key(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let relationship = house.post(&ana, &format!("/api/v1/accounts/{}/follow", ben.id()), json!({})).await.ok();
        assert_json_snapshot!("relationship", calm(&relationship, &[(&ben.id(), "BEN")]));
    }

    async fn a_notification_has_every_key(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let id = house.says(&ana, json!({"status": "Hello"})).await;
        house.post(&ben, &format!("/api/v1/statuses/{id}/favourite"), json!({})).await.ok();
        let list = house.get(&ana, "/api/v1/notifications").await.ok();
        let told = list[0]["id"].as_str().unwrap().to_owned();
        let mut notification = calm(&list[0], &[(&told, "TOLD"), (&id, "POST"), (&ana.id(), "ANA"), (&ben.id(), "BEN")]);
        notification["status"] = json!("[the post]");
        notification["account"] = json!("[ben]");
        assert_json_snapshot!("notification", notification);
        assert_eq!(house.get(&ana, &format!("/api/v1/notifications/{told}")).await.ok(), list[0]);
    }

    async fn both_instances_have_every_key(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        house.says(&ana, json!({"status": "Hello"})).await;
        let key = house.app.vapid.public_key();
        let names = [(env!("CARGO_PKG_VERSION"), "VERSION"), (&key, "KEY")];
        assert_json_snapshot!("instance_v2", calm(&house.get(None, "/api/v2/instance").await.ok(), &names));
        assert_json_snapshot!("instance_v1", calm(&house.get(None, "/api/v1/instance").await.ok(), &names));
    }

    async fn versions_sources_and_searches_have_every_key(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let id = house.says(&ana, json!({"status": "One #tea"})).await;
        house.wait(60);
        house.put(&ana, &format!("/api/v1/statuses/{id}"), json!({"status": "Two #tea"})).await.ok();
        let mut history = calm(&house.get(None, &format!("/api/v1/statuses/{id}/history")).await.ok(), &[(&ana.id(), "ANA")]);
        for version in history.as_array_mut().unwrap() {
            version["account"] = json!("[ana]");
        }
        assert_json_snapshot!("history", history);
        let source = house.get(&ana, &format!("/api/v1/statuses/{id}/source")).await.ok();
        assert_json_snapshot!("source", calm(&source, &[(&id, "POST")]));
        let mut search = house.get(&ana, "/api/v2/search?q=tea").await.ok();
        assert_eq!(ids(&search["statuses"]), [id]);
        search["statuses"] = json!(["[the post]"]);
        assert_json_snapshot!("search", search);
    }
}
