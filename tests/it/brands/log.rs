//! What the log of acts says of drafts and invitations, and to whom.

use diesel::{RunQueryDsl, sql_query};
use guildhall::domain::accounts::{AccountKind, GrantRole, Role};
use serde_json::{Value, json};

use super::{API, brand, desk::Desk, doors::in_an_app, with_role};
use crate::{
    invitations::{PASSWORD, come, link},
    mastodon::{House, Person},
    oauth::Browser,
};

/// What the log has of this kind, oldest first.
async fn entries(house: &House, reader: &Person, kind: &str) -> Vec<Value> {
    let all = house.get(reader, &format!("{API}/audit?limit=100")).await.ok();
    let all = all.as_array().unwrap().iter().rev();
    all.filter(|entry| entry["act"].as_str().unwrap().starts_with(kind)).cloned().collect()
}

/// Who did what, oldest first.
fn said(entries: &[Value]) -> Vec<(&str, &str)> {
    entries.iter().map(|entry| (entry["by"]["username"].as_str().unwrap(), entry["act"].as_str().unwrap())).collect()
}

on_both! {
    async fn what_colleagues_do_with_a_draft_is_written_down_once_for_a_sitting(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        let begun = desk.begins(&desk.contributor, json!({"body": "Secret spring"})).await.ok();
        let id = begun["id"].as_str().unwrap();
        desk.saves(&desk.contributor, id, json!({"body": "Secret summer"})).await.ok();
        assert_eq!(entries(house, &desk.auditor, "draft.").await, [Value::Null; 0], "what somebody writes alone is theirs");
        // A colleague saves every few seconds, and goes on for an hour and more.
        for number in 0..10 {
            desk.saves(&desk.publisher, id, json!({"body": format!("Secret {number}")})).await.ok();
            house.wait(if number < 5 { 3 } else { 900 });
        }
        let changed = entries(house, &desk.auditor, "draft.").await;
        assert_eq!(said(&changed), [("the_publisher", "draft.changed")]);
        let author = json!(desk.contributor.account.to_string());
        assert_eq!((&changed[0]["about"], &changed[0]["actor"]), (&json!(format!("draft:{id}")), &json!(desk.brand.to_string())));
        assert_eq!(changed[0]["details"], json!({"author": author, "before": null, "at": null}));
        assert!(changed[0]["people"].as_array().unwrap().iter().any(|one| one["username"] == "the_contributor"));
        // Who comes back later, or after somebody else, begins anew.
        house.wait(3600);
        desk.saves(&desk.publisher, id, json!({"body": "Secret again"})).await.ok();
        desk.saves(&desk.manager, id, json!({"body": "Secret of the manager"})).await.ok();
        desk.saves(&desk.publisher, id, json!({"body": "Secret of the publisher"})).await.ok();
        let changed = entries(house, &desk.auditor, "draft.").await;
        let by = |name| (name, "draft.changed");
        assert_eq!(said(&changed), [by("the_publisher"), by("the_publisher"), by("the_manager"), by("the_publisher")]);
        // Nothing of it says what stands in the draft.
        assert!(!changed.iter().any(|entry| entry.to_string().contains("Secret")), "{changed:?}");
        // Who manages the brand and does not own it reads no log, nor does its author.
        for who in [&desk.manager, &desk.contributor] {
            assert_eq!(house.get(who, &format!("{API}/audit")).await.status, 403);
        }
        let other = brand(house, "other").await;
        let elsewhere = house.person("elsie", AccountKind::Employee, Role::Member).await;
        super::give(house, &elsewhere, other, GrantRole::Auditor).await.unwrap();
        assert_eq!(entries(house, &elsewhere, "draft.").await, [Value::Null; 0], "of another brand");
    }

    async fn handing_in_and_taking_back_are_written_down(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        let id = desk.handed_in("One").await;
        // Handed in twice is once.
        desk.acts(&desk.contributor, &id, "submit", json!({})).await.ok();
        let all = entries(house, &desk.auditor, "draft.").await;
        assert_eq!(said(&all), [("the_contributor", "draft.submitted")]);
        assert_eq!(all[0]["details"], json!({"author": desk.contributor.account.to_string()}));
        // Whoever changes it takes it back, the author too; what they write on is theirs again.
        desk.saves(&desk.contributor, &id, json!({"body": "Two"})).await.ok();
        desk.saves(&desk.contributor, &id, json!({"body": "Three"})).await.ok();
        desk.acts(&desk.contributor, &id, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, &id).await.ok();
        desk.acts(&desk.publisher, &id, "schedule", json!({"scheduled_at": "2026-11-01T18:00:00Z"})).await.ok();
        desk.saves(&desk.publisher, &id, json!({"body": "Four"})).await.ok();
        desk.acts(&desk.publisher, &id, "submit", json!({})).await.ok();
        let all = entries(house, &desk.auditor, "draft.").await;
        assert_eq!(said(&all[1..]), [
            ("the_contributor", "draft.changed"), ("the_contributor", "draft.submitted"), ("the_approver", "draft.approved"),
            ("the_publisher", "draft.scheduled"), ("the_publisher", "draft.changed"), ("the_publisher", "draft.submitted"),
        ]);
        assert_eq!(all[1]["details"]["before"], "in_review");
        let (before, at) = (&all[5]["details"]["before"], &all[5]["details"]["at"]);
        assert_eq!((before, at), (&json!("scheduled"), &json!("2026-11-01T18:00:00.000Z")));
        // The log says whether the draft is there, to which an entry leads.
        assert_eq!(all[0]["about_gone"], false);
        let id_of_it = id.clone();
        let gone = house.app.db.write(move |tx| Ok(sql_query(format!("DELETE FROM drafts WHERE id = {id_of_it}")).execute(tx.conn())?));
        gone.await.unwrap();
        assert_eq!(entries(house, &desk.auditor, "draft.").await[0]["about_gone"], true);
        // What is refused is no act.
        let seen = all.len();
        let other = desk.begins(&desk.contributor, json!({"body": "Other"})).await.ok();
        let other = other["id"].as_str().unwrap();
        assert_eq!(desk.acts(&desk.auditor, other, "submit", json!({})).await.status, 403);
        assert_eq!(entries(house, &desk.auditor, "draft.").await.len(), seen);
    }

    async fn what_nobody_has_to_agree_to_was_handed_to_nobody(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        // Where somebody has to, what is written in an app is handed in as it is sent.
        let app = in_an_app(&desk, &desk.publisher, "pat").await;
        house.post(&app, "/api/v1/statuses", json!({"status": "One"})).await.ok();
        assert_eq!(said(&entries(house, &desk.auditor, "draft.").await), [("the_publisher", "draft.submitted")]);
        desk.rules(json!({"min_approvals": 0})).await;
        // As the workroom sends.
        let two = desk.begins(&desk.publisher, json!({"body": "Two"})).await.ok();
        let id = two["id"].as_str().unwrap();
        assert_eq!(desk.acts(&desk.publisher, id, "submit", json!({})).await.ok()["state"], "approved");
        desk.publishes(&desk.publisher, id).await.ok();
        let all = entries(house, &desk.auditor, "draft.").await;
        assert_eq!(said(&all[1..]), [("the_publisher", "draft.published")]);
        assert_eq!((&all[1]["details"]["needed"], &all[1]["details"]["approved_by"]), (&json!(0), &json!([])));
    }

    async fn the_log_says_whose_an_invitation_is_and_keeps_no_address(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = crate::invitations::owner(&house).await;
        let adam = house.person("adam", AccountKind::Employee, Role::Admin).await;
        let acme = brand(&house, "acme").await;
        let path = "/api/guildhall/v1/invitations";
        let mails = house.post(&adam, path, json!({"kind": "employee", "email": "nina@mail.example"})).await.ok();
        let by_link = house.post(&adam, path, json!({"kind": "customer", "people": 3})).await.ok();
        let cora = [("username", "cora"), ("email", "cora@mail.example"), ("password", PASSWORD)];
        assert_eq!(come(&mut Browser::default(), &house, &link(&by_link), &cora).await.status, 303);
        for made in [&mails, &by_link] {
            house.delete(&olga, &format!("{path}/{}", made["id"].as_str().unwrap())).await.ok();
        }
        let all = entries(&house, &olga, "invitation.").await;
        let acts: Vec<_> = all.iter().map(|entry| (entry["act"].as_str().unwrap(), entry["about_name"].as_str())).collect();
        let address = Some("nina@mail.example");
        assert_eq!(acts, [
            ("invitation.made", address), ("invitation.made", None), ("invitation.accepted", None),
            ("invitation.revoked", address), ("invitation.revoked", None),
        ]);
        let named = |entry: &Value, name: &str| entry["people"].as_array().unwrap().iter().any(|one| one["username"] == name);
        assert!(named(&all[2], "cora") && named(&all[2], "adam"), "who came, and by whom: {}", all[2]);
        assert!(named(&all[3], "adam") && named(&all[3], "olga"), "whose it was, and who took it back: {}", all[3]);
        let details = &all[4]["details"];
        assert_eq!((&details["accepted"], &details["people"]), (&json!(1), &json!(3)));
        assert_eq!((&details["kind"], &details["made_at"]), (&json!("customer"), &json!("2026-11-01T12:00:00.000Z")));
        assert!(!all.iter().any(|entry| entry["details"].to_string().contains("mail.example")), "it is looked up");
        // Whoever reads of one brand alone reads of no invitation.
        let auditor = with_role(&house, acme, GrantRole::Auditor).await;
        assert!(!house.get(&auditor, &format!("{API}/audit")).await.ok().to_string().contains("mail.example"));
    }
}
