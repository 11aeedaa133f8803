//! Publishing in an emergency what was not approved.

use guildhall::domain::accounts::GrantRole;
use serde_json::json;

use super::{
    audit_acts,
    desk::{Desk, refused},
    doors::in_an_app,
};

const REASON: &str = "The factory is on fire.";

on_both! {
    async fn an_override_needs_a_reason_and_a_second_manager_who_is_told(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let id = desk.handed_in("Leave the building").await;
        let tries = async |who, reason: &str| desk.acts(who, &id, "override", json!({"reason": reason})).await;
        assert_eq!(refused(&tries(&desk.approver, REASON).await), (403, "role.right"));
        assert_eq!(refused(&tries(&desk.manager, "Only fourteen.").await), (422, "draft.reason"));
        assert_eq!(refused(&tries(&desk.manager, &"x".repeat(1_001)).await), (422, "draft.reason"));
        assert_eq!(refused(&tries(&desk.manager, REASON).await), (409, "draft.no_second_manager"), "there is nobody to tell");
        // Somebody without an address is told nothing, so they do not count.
        let owner = desk.also("olga", GrantRole::Owner).await;
        assert_eq!(refused(&tries(&desk.manager, REASON).await), (409, "draft.no_second_manager"), "nobody has an address");
        assert_eq!(desk.said().await.len(), 0);
        desk.reached(&owner, "olga").await;
        let silent = desk.also("silent", GrantRole::Manager).await;
        let published = tries(&desk.manager, &format!("  {REASON} ")).await.ok();
        assert_eq!((&published["state"], &published["post"]["override_reason"]), (&json!("published"), &json!(REASON)));
        assert_eq!(desk.said().await, ["<p>Leave the building</p>"]);
        assert_eq!(refused(&tries(&desk.manager, REASON).await), (409, "draft.state"));
        let letters = desk.letters().await;
        assert_eq!(letters.len(), 1, "whoever did it is not told");
        for said in ["To: olga@mail.example\r\n", "Subject: Published as @acme without approval", REASON, "@the_manager"] {
            assert!(letters[0].contains(said), "should say “{said}”: {}", letters[0]);
        }
        let acts = audit_acts(&desk).await;
        assert!(acts.contains(&"draft.overridden".to_owned()) && acts.contains(&"draft.published".to_owned()), "{acts:?}");
        let log = desk.house.get(&owner, &format!("{}/audit?limit=5", super::API)).await.ok();
        let entry = log.as_array().unwrap().iter().find(|entry| entry["act"] == "draft.overridden").unwrap();
        assert_eq!(entry["details"]["told"], json!([owner.account.to_string()]));
        assert_eq!(entry["details"]["without_address"], json!([silent.account.to_string()]));
    }

    async fn the_letter_is_written_although_the_post_went_first(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let id = desk.handed_in("Leave the building").await;
        let owner = desk.also("olga", GrantRole::Owner).await;
        desk.reached(&owner, "olga").await;
        let published = desk.acts(&desk.manager, &id, "override", json!({"reason": REASON})).await.ok();
        let app = in_an_app(&desk, &desk.manager, "manager-app").await;
        desk.house.delete(&app, &format!("/api/v1/statuses/{}", published["post"]["id"].as_str().unwrap())).await.ok();
        assert_eq!(desk.house.get(&desk.manager, &format!("{}/drafts/{id}", super::API)).await.status, 404);
        let letters = desk.letters().await;
        assert!(letters.len() == 1 && letters[0].contains(REASON) && letters[0].contains("@the_manager"), "{letters:?}");
    }
}
