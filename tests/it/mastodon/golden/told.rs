//! What people are told: of others, in groups, by push, and of reports.

use guildhall::{
    domain::{
        accounts::{self, AccountKind, Role},
        actors, org,
    },
    secrets,
};
use http::Method;
use serde_json::json;

use super::sight::Sight;
use crate::{
    mastodon::{House, Person, follow, push},
    oauth,
};

pub const TOLD: &[&str] = &[
    "Notification",
    "GroupedNotificationsResults",
    "NotificationGroup",
    "PartialAccountWithAvatar",
    "NotificationRequest",
    "NotificationPolicy",
    "NotificationPolicy::summary",
    "V1::NotificationPolicy",
];
pub const PUSH: &[&str] = &["WebPushSubscription", "WebPushSubscription::alerts"];
pub const REPORTS: &[&str] = &["Report", "Admin::Report", "Admin::Account"];

/// Somebody whose address of mail and language are known.
async fn known(house: &House, username: &'static str) -> Person {
    let (account, actor) = oauth::person(house, username, None, Role::Member).await;
    let (token, hash) = (username.to_owned(), secrets::token_hash(username));
    let issued = house.app.db.write(move |tx| accounts::issue_token(tx, account, actor, "read write", "test", &hash));
    issued.await.unwrap();
    let person = Person { actor, account, token };
    let speaks = json!({"source": {"language": "en"}});
    house.call(Some(&person), Method::PATCH, "/api/v1/accounts/update_credentials", speaks).await.ok();
    person
}

on_both! {
    async fn notifications_have_the_documented_fields(database: TestDatabase) {
        let (house, mut sight) = (House::open(database).await, Sight::default());
        let (ana, ben, cleo, dora) =
            (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await, house.employee("dora").await);
        let post = house.says(&ana, json!({"status": "Hello"})).await;
        for fan in [&ben, &cleo] {
            house.post(fan, &format!("/api/v1/statuses/{post}/favourite"), json!({})).await.ok();
            follow(&house, fan, &ana.id()).await;
        }
        house.says(&cleo, json!({"status": "@ana Hello"})).await;
        let strict = json!({"for_not_following": "filter"});
        sight.see("NotificationPolicy", &house.call(Some(&ana), Method::PATCH, "/api/v2/notifications/policy", strict).await.ok());
        house.says(&dora, json!({"status": "@ana Hello"})).await;
        sight.see("[Notification]", &house.get(&ana, "/api/v1/notifications").await.ok());
        sight.see("[Notification]", &house.get(&ana, &format!("/api/v1/notifications?account_id={}", dora.id())).await.ok());
        for query in ["", "?expand_accounts=partial_avatars"] {
            sight.see("GroupedNotificationsResults", &house.get(&ana, &format!("/api/v2/notifications{query}")).await.ok());
        }
        let mona = house.person("mona", AccountKind::Employee, Role::Moderator).await;
        house.post(&ana, "/api/v1/reports", json!({"account_id": ben.id()})).await.ok();
        sight.see("[Notification]", &house.get(&mona, "/api/v1/notifications").await.ok());
        sight.see("GroupedNotificationsResults", &house.get(&mona, "/api/v2/notifications").await.ok());
        sight.see("[NotificationRequest]", &house.get(&ana, "/api/v1/notifications/requests").await.ok());
        sight.see("NotificationPolicy", &house.get(&ana, "/api/v2/notifications/policy").await.ok());
        sight.see("V1::NotificationPolicy", &house.get(&ana, "/api/v1/notifications/policy").await.ok());
        sight.whole(TOLD);
    }

    async fn push_subscriptions_have_the_documented_fields(database: TestDatabase) {
        let (house, mut sight) = (House::open(database).await, Sight::default());
        let ana = house.employee("ana").await;
        let wish = push::wish("https://push.example/send/1", &["mention"]);
        sight.see("WebPushSubscription", &house.post(&ana, "/api/v1/push/subscription", wish).await.ok());
        sight.see("WebPushSubscription", &house.get(&ana, "/api/v1/push/subscription").await.ok());
        sight.whole(PUSH);
    }

    async fn reports_have_the_documented_fields(database: TestDatabase) {
        let (house, mut sight) = (House::open(database).await, Sight::default());
        let (ana, ben) = (known(&house, "ana").await, known(&house, "ben").await);
        let mona = house.person("mona", AccountKind::Employee, Role::Moderator).await;
        let eve = house.stranger("eve", "remote.example").await;
        let rude = house.says(&ben, json!({"status": "Rude words"})).await;
        house.app.db.write(|tx| {
            let rules = vec![(org::LegalText::Rules, "- Be kind".to_owned())];
            org::edit_company(tx, &org::Edit { legal: rules, ..org::Edit::default() })
        }).await.unwrap();
        let told = json!({"account_id": ben.id(), "status_ids": [rude], "comment": "Look", "rule_ids": ["1"]});
        let report = house.post(&ana, "/api/v1/reports", told).await.ok();
        sight.see("Report", &report);
        let told = json!({"account_id": eve.id.to_string()});
        sight.see("Report", &house.post(&ana, "/api/v1/reports", told).await.ok());
        sight.see("[Admin::Report]", &house.get(&mona, "/api/v1/admin/reports").await.ok());
        let path = format!("/api/v1/admin/reports/{}", report["id"].as_str().unwrap());
        for act in ["assign_to_self", "resolve"] {
            sight.see("Admin::Report", &house.post(&mona, &format!("{path}/{act}"), json!({})).await.ok());
        }
        sight.see("[Notification]", &house.get(&mona, "/api/v1/notifications").await.ok());
        let actor = ben.actor;
        house.app.db.write(move |tx| actors::set_suspended(tx, actor, true)).await.unwrap();
        sight.see("Admin::Report", &house.get(&mona, &path).await.ok());
        sight.whole(REPORTS);
    }
}
