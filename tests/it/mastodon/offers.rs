//! What the server offers to look at, and says of itself.

use guildhall::domain::{
    org::{self, LegalText},
    servers,
};
use http::Method;
use serde_json::{Value, json};

use super::{House, Person, follow, ids};

async fn discoverable(house: &House, who: &Person, wanted: bool) {
    let body = json!({ "discoverable": wanted });
    house.call(Some(who), Method::PATCH, "/api/v1/accounts/update_credentials", body).await.ok();
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect()
}

on_both! {
    async fn the_directory_lists_our_own_who_let_themselves_be_found(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo, dora) =
            (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await, house.employee("dora").await);
        house.stranger("eve", "remote.example").await;
        for who in [&ana, &ben, &dora] {
            discoverable(&house, who, true).await;
        }
        discoverable(&house, &cleo, false).await;
        for who in [&ben, &cleo, &ana] {
            house.says(who, json!({"status": "Hello"})).await;
            house.wait(1);
        }
        let listed = async |query: &str| ids(&house.get(None, &format!("/api/v1/directory{query}")).await.ok());
        assert_eq!(listed("").await, [ana.id(), ben.id(), dora.id()], "who never wrote stands last");
        assert_eq!(listed("?order=active&limit=2&offset=1").await, [ben.id(), dora.id()]);
        assert_eq!(listed("?order=new&local=true").await, [dora.id(), ben.id(), ana.id()]);
        assert_eq!(listed("?order=new&limit=1&offset=1").await, [ben.id()]);
        discoverable(&house, &ben, false).await;
        assert_eq!(listed("").await, [ana.id(), dora.id()]);
    }

    async fn suggestions_are_our_own_whom_one_does_not_follow(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let mut others = Vec::new();
        for name in ["ben", "cleo", "dora", "fred", "greta"] {
            let who = house.employee(name).await;
            discoverable(&house, &who, name != "greta").await;
            house.says(&who, json!({"status": "Hello"})).await;
            house.wait(1);
            others.push(who);
        }
        let act = async |index: usize, verb: &str| {
            house.post(&ana, &format!("/api/v1/accounts/{}/{verb}", others[index].id()), json!({})).await.ok();
        };
        assert_eq!(ids(&house.get(&ana, "/api/v1/suggestions").await.ok()).len(), 4);
        act(0, "follow").await;
        act(1, "mute").await;
        assert_eq!(ids(&house.get(&ana, "/api/v1/suggestions").await.ok()), [others[3].id(), others[2].id()]);
        let list = house.get(&ana, "/api/v2/suggestions?limit=1").await.ok();
        assert_eq!((&list[0]["source"], &list[0]["sources"], &list[0]["account"]["id"]), (&json!("staff"), &json!(["featured"]), &json!(others[3].id())));
        house.post(&others[3], &format!("/api/v1/accounts/{}/block", ana.id()), json!({})).await.ok();
        assert_eq!(ids(&house.get(&ana, "/api/v1/suggestions").await.ok()), [others[2].id()]);
        assert_eq!(house.get(None, "/api/v2/suggestions").await.status, 401);
    }

    async fn what_trends_is_what_our_own_wrote_this_week(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        for who in [&ana, &ben] {
            discoverable(&house, who, true).await;
        }
        for path in ["/api/v1/trends/tags", "/api/v1/trends", "/api/v1/trends/statuses", "/api/v1/trends/links"] {
            assert_eq!(house.get(None, path).await.ok(), json!([]), "{path}");
        }
        let old = house.says(&ana, json!({"status": "Old #old"})).await;
        house.says(&ben, json!({"status": "Old as well #old"})).await;
        house.post(&ben, &format!("/api/v1/statuses/{old}/favourite"), json!({})).await.ok();
        house.wait(8 * 24 * 3600);
        let one = house.says(&ana, json!({"status": "#tea #milk"})).await;
        let two = house.says(&ben, json!({"status": "#tea"})).await;
        house.says(&ana, json!({"status": "Again #milk"})).await;
        house.says(&ben, json!({"status": "Inside #milk", "local_only": true})).await;
        house.post(&ana, &format!("/api/v1/statuses/{two}/favourite"), json!({})).await.ok();
        house.post(&ben, &format!("/api/v1/statuses/{one}/favourite"), json!({})).await.ok();
        house.post(&ana, &format!("/api/v1/statuses/{two}/reblog"), json!({})).await.ok();
        let trends = house.get(None, "/api/v1/trends/tags").await.ok();
        assert_eq!((names(&trends), &trends[0]["history"][0]["accounts"]), (vec!["tea"], &json!("2")));
        assert_eq!(names(&house.get(None, "/api/v1/trends").await.ok()), ["tea"]);
        assert_eq!(ids(&house.get(None, "/api/v1/trends/statuses").await.ok()), [two.clone(), one.clone()]);
        assert_eq!(ids(&house.get(None, "/api/v1/trends/statuses?offset=1").await.ok()), [one]);
        discoverable(&house, &ana, false).await;
        assert_eq!(ids(&house.get(None, "/api/v1/trends/statuses").await.ok()), [two], "only of those who let themselves be found");
    }

    async fn the_instance_tells_of_itself(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        follow(&house, &ana, &ben.id()).await;
        house.says(&ana, json!({"status": "One"})).await;
        house.says(&ana, json!({"status": "Inside", "local_only": true})).await;
        house.wait(7 * 24 * 3600);
        house.says(&ana, json!({"status": "Two"})).await;
        house.says(&ben, json!({"status": "Three", "visibility": "unlisted"})).await;
        house.says(&ben, json!({"status": "Followers", "visibility": "private"})).await;
        let activity = house.get(None, "/api/v1/instance/activity").await.ok();
        assert_eq!(activity.as_array().unwrap().len(), 12);
        // 8 November 2026 is a Sunday: its week began on the 2nd.
        assert_eq!(activity[0], json!({"week": "1793577600", "statuses": "2", "logins": "2", "registrations": "0"}));
        assert_eq!(activity[1], json!({"week": "1792972800", "statuses": "1", "logins": "1", "registrations": "2"}));
        assert_eq!(activity[2]["statuses"], "0");

        assert_eq!(house.get(None, "/api/v1/instance/rules").await.ok(), json!([]));
        for path in ["/api/v1/instance/extended_description", "/api/v1/instance/privacy_policy"] {
            assert_eq!(house.get(None, path).await.ok(), json!({"updated_at": null, "content": ""}), "{path}");
        }
        house.app.db.write(|tx| {
            let edit = org::Edit {
                description: Some("We make <tea>".to_owned()),
                legal: vec![
                    (LegalText::Rules, "Please:\n\n- Be **kind**\n- Keep secrets".to_owned()),
                    (LegalText::Privacy, "We keep *little*.".to_owned()),
                ],
                ..org::Edit::default()
            };
            org::edit_company(tx, &edit)?;
            for host in ["b.example", "a.example", "bad.example", "social.bad.example"] {
                servers::succeeded(tx, host, "cavage")?;
            }
            servers::block(tx, "bad.example", Some("our note"))
        }).await.unwrap();
        assert_eq!(
            house.get(None, "/api/v1/instance/rules").await.ok(),
            json!([
                {"id": "1", "text": "Be kind", "hint": "", "translations": {}},
                {"id": "2", "text": "Keep secrets", "hint": "", "translations": {}},
            ]),
        );
        assert_eq!(house.get(None, "/api/v1/instance/extended_description").await.ok()["content"], "<p>We make &lt;tea&gt;</p>");
        let privacy = house.get(None, "/api/v1/instance/privacy_policy").await.ok();
        assert!(privacy["content"].as_str().unwrap().contains("<em>little</em>"), "{privacy}");
        let peers = house.get(None, "/api/v1/instance/peers").await.ok();
        assert_eq!(peers, json!(["a.example", "b.example"]));
        assert_eq!(house.get(None, "/api/v1/instance/domain_blocks").await.status, 401);
        let blocked = house.get(&ana, "/api/v1/instance/domain_blocks").await.ok();
        assert_eq!((&blocked[0]["domain"], &blocked[0]["severity"], &blocked[0]["comment"]), (&json!("bad.example"), &json!("suspend"), &json!("")));
        assert_eq!(blocked[0]["digest"].as_str().unwrap().len(), 64);
    }

    async fn what_is_not_offered_says_so(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        assert_eq!(house.get(None, "/api/v1/trends/links").await.ok(), json!([]));
        assert_eq!(house.get(None, "/api/v1/instance/translation_languages").await.ok(), json!({}));
        assert_eq!(house.get(&ana, "/api/v1/timelines/link?url=https://example.com").await.refusal(), (404, "Record not found"));
        let said = house.says(&ana, json!({"status": "Hello"})).await;
        assert_eq!(house.post(&ana, &format!("/api/v1/statuses/{said}/translate"), json!({})).await.refusal(), (404, "Record not found"));
    }
}
