//! What the server says of itself.

use guildhall::domain::{
    org::{self, LegalText},
    servers,
};
use serde_json::json;

use super::sight::Sight;
use crate::mastodon::House;

pub const SERVER: &[&str] = &[
    "Instance",
    "Instance::usage",
    "Instance::usage::users",
    "Instance::thumbnail",
    "InstanceIcon",
    "Instance::configuration",
    "Instance::urls",
    "Instance::vapid",
    "Instance::accounts",
    "Instance::statuses",
    "Instance::media_attachments",
    "Instance::polls",
    "Instance::translation",
    "Instance::timelines_access",
    "Instance::feeds",
    "Instance::registrations",
    "Instance::api_versions",
    "Instance::contact",
    "V1::Instance",
    "V1::Instance::urls",
    "V1::Instance::stats",
    "V1::Instance::configuration",
    "Rule",
    "ExtendedDescription",
    "PrivacyPolicy",
    "DomainBlock",
    "Announcement",
    "Error",
];

on_both! {
    async fn the_server_has_the_documented_fields(database: TestDatabase) {
        let (house, mut sight) = (House::open(database).await, Sight::default());
        let ana = house.employee("ana").await;
        for path in ["/api/v2/instance", "/api/v1/instance"] {
            let entity = if path.contains("v2") { "Instance" } else { "V1::Instance" };
            sight.see(entity, &house.get(None, path).await.ok());
        }
        let written = house.app.db.write(|tx| {
            let edit = org::Edit {
                name: Some("Company".to_owned()),
                description: Some("We make tea".to_owned()),
                legal: vec![
                    (LegalText::Rules, "- Be kind\n- Keep secrets".to_owned()),
                    (LegalText::Privacy, "We keep *little*.".to_owned()),
                ],
                ..org::Edit::default()
            };
            org::edit_company(tx, &edit)?;
            servers::block(tx, "bad.example", Some("our note"))
        });
        written.await.unwrap();
        sight.see("Instance", &house.get(None, "/api/v2/instance").await.ok());
        sight.see("V1::Instance", &house.get(None, "/api/v1/instance").await.ok());
        sight.see("[Rule]", &house.get(None, "/api/v1/instance/rules").await.ok());
        sight.see("ExtendedDescription", &house.get(None, "/api/v1/instance/extended_description").await.ok());
        sight.see("PrivacyPolicy", &house.get(None, "/api/v1/instance/privacy_policy").await.ok());
        house.emoji("tea").await;
        house.announces("We are closed :tea:", Some("2026-11-02T12:00:00Z")).await.unwrap();
        sight.see("[Announcement]", &house.get(&ana, "/api/v1/announcements").await.ok());
        sight.see("[DomainBlock]", &house.get(&ana, "/api/v1/instance/domain_blocks").await.ok());
        for (path, status) in [("/api/v1/statuses/1", 404), ("/api/v1/timelines/home", 401), ("/api/v1/filters/x/y/z", 404)] {
            let refused = house.get(None, path).await;
            assert_eq!(refused.status.as_u16(), status, "{path}");
            sight.see("Error", &refused.body);
        }
        let untold = house.post(&ana, "/api/v1/reports", json!({})).await;
        assert_eq!(untold.status.as_u16(), 400);
        sight.see("Error", &untold.body);
        sight.whole(SERVER);
    }
}
