//! What moderators are told of reports: which rules were broken, and that somebody reports at all.

use guildhall::domain::{
    accounts::{self, AccountKind, Role},
    org::{self, LegalText},
};
use http::Method;
use serde_json::{Value, json};

use super::{ADMIN, call, flag, listed, moderator, reports, server};
use crate::c2s::{Desk, Writer};

/// The company writes its rules, one a line.
async fn rules(desk: &Desk, text: &'static str) {
    let edit = org::Edit { legal: vec![(LegalText::Rules, text.to_owned())], ..org::Edit::default() };
    desk.world.app.db.write(move |tx| org::edit_company(tx, &edit)).await.unwrap();
}

/// What somebody is told, at an address of the client API.
async fn told(desk: &Desk, who: &Writer, path: &str) -> Value {
    call(desk, who, Method::GET, path, Value::Null).await.ok()
}

const OF_REPORTS: &str = "/api/v1/notifications?types[]=admin.report";

on_both! {
    async fn a_report_names_the_rules_that_were_broken_as_they_were(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben, mona) = (desk.writer("writer", "read write").await, desk.writer("ben", "read write").await, moderator(&desk).await);
        rules(&desk, "- Be kind\n- Keep secrets\n- Be on time").await;
        for path in ["/api/v1/instance", "/api/v2/instance"] {
            let shown = desk.get(None, path).await.ok()["rules"].clone();
            assert_eq!((&shown[2]["id"], &shown[2]["text"]), (&json!("3"), &json!("Be on time")), "{path}");
        }
        let target = ben.actor.id.to_string();
        for wrong in [json!(["4"]), json!(["1", "0"]), json!(["01"]), json!(["x"]), json!(["-1"]), json!([""]), json!(["1", "99999999999999999999"])] {
            let reply = reports(&desk, &ana, json!({"account_id": target, "rule_ids": wrong})).await;
            assert_eq!((reply.status.as_u16(), &reply.body["error"]), (422, &json!("Validation failed: Rules does not reference valid rules")), "{wrong}");
        }
        assert_eq!(desk.world.count("reports", "1 = 1").await, 0);
        let filed = reports(&desk, &ana, json!({"account_id": target, "rule_ids": ["3", "1", "1"], "category": "spam"})).await.ok();
        assert_eq!((&filed["rule_ids"], &filed["category"]), (&json!(["1", "3"]), &json!("violation")));
        let plain = reports(&desk, &ana, json!({"account_id": target, "rule_ids": [], "category": "spam"})).await.ok();
        assert_eq!((&plain["rule_ids"], &plain["category"]), (&json!([]), &json!("spam")));
        // Whatever the rules become, moderators read which were meant.
        rules(&desk, "- Do as you like").await;
        let seen = listed(&desk, &mona, "").await;
        assert_eq!(seen[0]["rules"], json!([]));
        let rule = |id: &str, text: &str| json!({"id": id, "text": text, "hint": "", "translations": {}});
        assert_eq!(seen[1]["rules"], json!([rule("1", "Be kind"), rule("3", "Be on time")]));
        let path = format!("{ADMIN}/{}", filed["id"].as_str().unwrap());
        assert_eq!(told(&desk, &mona, &path).await["rules"], seen[1]["rules"]);
        // They go with the report.
        let account = ana.account;
        desk.world.app.db.write(move |tx| accounts::delete(tx, account)).await.unwrap();
        desk.world.work().await;
        assert_eq!(desk.world.count("report_rules", "1 = 1").await + desk.world.count("reports", "1 = 1").await, 0);
    }

    async fn moderators_are_told_of_each_report(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben, mona) = (desk.writer("writer", "read write").await, desk.writer("ben", "read write").await, moderator(&desk).await);
        let rude = call(&desk, &ben, Method::POST, "/api/v1/statuses", json!({"status": "Rude words"})).await.ok()["id"].clone();
        let filed = reports(&desk, &ana, json!({"account_id": ben.actor.id.to_string(), "status_ids": [rude], "comment": "Look"})).await.ok();
        reports(&desk, &ana, json!({"account_id": ben.actor.id.to_string()})).await.ok();
        let seen = told(&desk, &mona, OF_REPORTS).await;
        assert_eq!(seen.as_array().unwrap().len(), 2, "each report is told of: {seen}");
        let first = &seen[1];
        assert_eq!((&first["type"], &first["account"]["acct"], &first["status"]), (&json!("admin.report"), &json!("writer"), &Value::Null));
        assert_eq!(first["report"], filed);
        let groups = told(&desk, &mona, "/api/v2/notifications").await["notification_groups"].clone();
        assert_eq!((groups.as_array().unwrap().len(), &groups[1]["type"], &groups[1]["report"]), (2, &json!("admin.report"), &filed));
        // Nobody else, and not whoever reports.
        for who in [&ana, &ben] {
            assert_eq!(told(&desk, who, "/api/v1/notifications").await, json!([]));
        }
        reports(&desk, &mona, json!({"account_id": ben.actor.id.to_string()})).await.ok();
        assert_eq!(told(&desk, &mona, OF_REPORTS).await.as_array().unwrap().len(), 2);
        // Another server's report, by the actor with which it reports.
        let there = server(&desk.world, "https://there.example/actor", 0);
        assert_eq!(desk.world.receive(&there, &flag(&there, "1", json!(ben.actor.uri), &json!({}))).await, 202);
        let newest = told(&desk, &mona, OF_REPORTS).await[0].clone();
        assert_eq!((&newest["report"]["target_account"]["acct"], &newest["report"]["comment"]), (&json!("ben"), &json!("Rude")));
        assert!(newest["account"]["acct"].as_str().unwrap().ends_with("@there.example"), "{newest}");
        // What is not theirs is not there.
        let path = format!("/api/v1/notifications/{}", first["id"].as_str().unwrap());
        assert_eq!(call(&desk, &ana, Method::GET, &path, Value::Null).await.status, 404);
        assert_eq!(call(&desk, &ana, Method::POST, &format!("{path}/dismiss"), Value::Null).await.status, 404);
        assert_eq!(told(&desk, &mona, &path).await["report"]["id"], filed["id"]);
        // A report that is gone is told of no more.
        let account = ana.account;
        desk.world.app.db.write(move |tx| accounts::delete(tx, account)).await.unwrap();
        desk.world.work().await;
        assert_eq!(told(&desk, &mona, OF_REPORTS).await.as_array().unwrap().len(), 1);
    }

    async fn who_moderates_no_more_is_shown_no_reports_any_more(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben, mona) = (desk.writer("writer", "read write").await, desk.writer("ben", "read write").await, moderator(&desk).await);
        reports(&desk, &ana, json!({"account_id": ben.actor.id.to_string(), "comment": "Between us"})).await.ok();
        let id = told(&desk, &mona, OF_REPORTS).await[0]["id"].as_str().unwrap().to_owned();
        let group = format!("/api/v2/notifications/ungrouped-{id}");
        assert_eq!(told(&desk, &mona, &group).await["notification_groups"][0]["report"]["comment"], "Between us");
        let account = mona.account;
        desk.world.app.db.write(move |tx| accounts::set_role(tx, account, AccountKind::Employee, Role::Member)).await.unwrap();
        for path in ["/api/v1/notifications", OF_REPORTS] {
            assert_eq!(told(&desk, &mona, path).await, json!([]), "{path}");
        }
        assert_eq!(told(&desk, &mona, "/api/v2/notifications").await["notification_groups"], json!([]));
        for version in ["v1", "v2"] {
            assert_eq!(told(&desk, &mona, &format!("/api/{version}/notifications/unread_count")).await["count"], 0);
        }
        for path in [format!("/api/v1/notifications/{id}"), group] {
            assert_eq!(call(&desk, &mona, Method::GET, &path, Value::Null).await.status, 404, "{path}");
        }
        reports(&desk, &ana, json!({"account_id": ben.actor.id.to_string()})).await.ok();
        let told = format!("kind = 'admin.report' AND owner_id = {}", mona.actor.id);
        assert_eq!(desk.world.count("notifications", &told).await, 1, "she is told of nothing more");
    }
}
