//! Publishing in an emergency what was not approved.

use std::fs;

use diesel::{RunQueryDsl, sql_query};
use guildhall::domain::accounts::GrantRole;
use serde_json::json;

use super::{
    audit_acts,
    desk::{Desk, refused},
};

const REASON: &str = "The factory is on fire.";

on_both! {
    async fn an_override_needs_a_reason_and_a_second_manager_who_is_told(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let id = desk.handed_in("Leave the building").await;
        let tries = async |who, reason: &str| desk.acts(who, &id, "override", json!({"reason": reason})).await;
        assert_eq!(refused(&tries(&desk.approver, REASON).await), (403, "role.right"));
        assert_eq!(refused(&tries(&desk.manager, "Only fourteen.").await), (422, "draft.reason"));
        assert_eq!(refused(&tries(&desk.manager, REASON).await), (409, "draft.no_second_manager"), "there is nobody to tell");
        assert_eq!(desk.said().await.len(), 0);
        let owner = desk.also("olga", GrantRole::Owner).await;
        let account = owner.account;
        desk.house.app.db.write(move |tx| Ok(sql_query(format!("UPDATE accounts SET email = 'olga@mail.example' WHERE id = {account}")).execute(tx.conn())?)).await.unwrap();
        let published = tries(&desk.manager, &format!("  {REASON} ")).await.ok();
        assert_eq!((&published["state"], &published["post"]["override_reason"]), (&json!("published"), &json!(REASON)));
        assert_eq!(desk.said().await, ["<p>Leave the building</p>"]);
        assert_eq!(refused(&tries(&desk.manager, REASON).await), (409, "draft.state"));
        desk.house.work().await;
        let letters: Vec<String> = fs::read_dir(desk.house.app.config.data_dir.join("mail")).unwrap()
            .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap().replace("=\r\n", "")).collect();
        assert_eq!(letters.len(), 1, "whoever did it is not told");
        for said in ["To: olga@mail.example\r\n", "Subject: Published as @acme without approval", REASON, "@the_manager"] {
            assert!(letters[0].contains(said), "should say “{said}”: {}", letters[0]);
        }
        let acts = audit_acts(&desk).await;
        assert!(acts.contains(&"draft.overridden".to_owned()) && acts.contains(&"draft.published".to_owned()), "{acts:?}");
    }
}
