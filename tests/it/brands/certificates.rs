//! What people showed that they can do: who says so, for how long, and what rules of brands make of it.

use diesel::prelude::*;
use guildhall::{
    db::schema::accounts as account_rows,
    domain::accounts::{self, AccountKind, GrantRole, Role},
};
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    API, audit_acts,
    desk::{Desk, refused},
    doors::in_an_app,
    give,
};
use crate::mastodon::{House, Person, Reply};

const DAY: u64 = 24 * 3600;

/// An owner of the company.
pub(super) async fn owner(house: &House) -> Person {
    house.person("olga", AccountKind::Employee, Role::Owner).await
}

pub(super) async fn certifies(house: &House, by: &Person, wish: Value) -> Reply {
    house.post(by, &format!("{API}/certificates"), wish).await
}

/// Certifies somebody; answers under which id.
pub(super) async fn certified(house: &House, by: &Person, username: &str, role: &str) -> String {
    let given = certifies(house, by, json!({"account": username, "role": role})).await;
    assert_eq!(given.status, StatusCode::CREATED, "{}", given.body);
    given.body["id"].as_str().unwrap().to_owned()
}

pub(super) async fn takes(house: &House, by: &Person, id: &str) -> Reply {
    house.delete(by, &format!("{API}/certificates/{id}")).await
}

/// Whose certificates somebody sees, for what, and whether each only counts for some days more.
async fn seen(house: &House, by: &Person) -> Vec<(String, String, bool)> {
    let list = house.get(by, &format!("{API}/certificates")).await.ok();
    let one = |one: &Value| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&one["account"]["username"]), text(&one["role"]), one["grace"].as_bool().unwrap())
    };
    list.as_array().unwrap().iter().map(one).collect()
}

async fn authority(desk: &Desk, who: &Person) -> Value {
    desk.house.get(who, &format!("{API}/actors/{}/authority", desk.brand)).await.ok()
}

/// Which steps somebody is told that they lack.
fn steps(authority: &Value) -> Vec<&str> {
    authority["missing"].as_array().unwrap().iter().map(|missing| missing["step"].as_str().unwrap()).collect()
}

on_both! {
    async fn owners_and_admins_certify_others_and_nobody_else_does(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let admin = house.person("adam", AccountKind::Employee, Role::Admin).await;
        let moderator = house.person("mona", AccountKind::Employee, Role::Moderator).await;
        let (ana, ben, dora) = (house.employee("ana").await, house.employee("ben").await, house.customer("dora").await);
        let wish = json!({"account": "ana", "role": "responder", "note": " Answers,\n week 1 "});
        for who in [&moderator, &ben, &ana, &dora] {
            assert_eq!(refused(&certifies(&house, who, wish.clone()).await), (403, "role.house_right"));
        }
        assert_eq!(refused(&certifies(&house, &olga, json!({"account": "olga", "role": "responder"})).await), (403, "certificate.own"));
        for (wrong, code) in [
            (json!({"account": "nobody", "role": "responder"}), "certificate.account"),
            (json!({"role": "responder"}), "certificate.account"),
            (json!({"account": "dora", "role": "responder"}), "certificate.employees"),
            (json!({"account": "ana", "role": "owner"}), "certificate.role"),
            (json!({"account": "ana"}), "certificate.role"),
            (json!({"account": "ana", "role": "responder", "note": "x".repeat(201)}), "certificate.note"),
            (json!({"account": "ana", "role": "responder", "note": "a\u{0}b\u{7}"}), "certificate.note"),
            (json!({"account": "ana", "role": "responder", "valid_until": "2026-11-01T12:00:00Z"}), "certificate.valid_until"),
            (json!({"account": "ana", "role": "responder", "valid_until": "2027-11-03T12:00:00Z"}), "certificate.valid_until"),
            (json!({"account": "ana", "role": "responder", "valid_until": "tomorrow"}), "certificate.valid_until"),
        ] {
            assert_eq!(refused(&certifies(&house, &olga, wrong.clone()).await), (422, code), "{wrong}");
        }
        let given = certifies(&house, &admin, wish).await;
        assert_eq!(given.status, StatusCode::CREATED, "{}", given.body);
        let shown = &given.body;
        assert_eq!(shown["account"], json!({"id": ana.account.to_string(), "username": "ana", "display_name": "ANA"}));
        assert_eq!(shown["given_by"]["username"], "adam");
        assert_eq!((&shown["role"], &shown["note"], &shown["grace"]), (&json!("responder"), &json!("Answers, week 1"), &json!(false)));
        assert!(shown["valid_until"].as_str().unwrap().starts_with("2027-11-01T"), "for twelve months: {shown}");
        assert_eq!(seen(&house, &olga).await, [("ana".to_owned(), "responder".to_owned(), false)]);
        assert_eq!(seen(&house, &ana).await.len(), 1);
        for who in [&ben, &moderator, &dora] {
            assert_eq!(seen(&house, who).await, [], "others see their own");
        }
        let reader = house.person_with("otto", AccountKind::Employee, Role::Owner, "read write").await;
        assert_eq!(seen(&house, &reader).await, [], "a token for less sees less");
        // A new one takes the place of the old one; one for something else stands beside it.
        let first = shown["id"].as_str().unwrap();
        let second = certifies(&house, &olga, json!({"account": "@ana", "role": "responder", "valid_until": "2026-12-01T00:00:00Z"})).await.body;
        assert_eq!(second["valid_until"], "2026-12-01T00:00:00.000Z");
        let second = second["id"].as_str().unwrap();
        assert_eq!(refused(&takes(&house, &olga, first).await), (404, "certificate.not_found"));
        certified(&house, &olga, "ana", "approver").await;
        let of_adam = certified(&house, &olga, "adam", "manager").await;
        assert_eq!(seen(&house, &ana).await.len(), 2);
        assert_eq!(seen(&house, &olga).await.len(), 3);
        // Who may not, and who would decide about themselves, takes none back either.
        for who in [&moderator, &ben, &ana] {
            assert_eq!(refused(&takes(&house, who, second).await), (403, "role.house_right"));
        }
        assert_eq!(refused(&takes(&house, &admin, &of_adam).await), (403, "certificate.own"));
        assert_eq!(refused(&takes(&house, &admin, "12345").await), (404, "certificate.not_found"));
        assert_eq!(takes(&house, &admin, second).await.status, StatusCode::NO_CONTENT);
        assert_eq!(refused(&takes(&house, &admin, second).await), (404, "certificate.not_found"), "once");
        assert_eq!(seen(&house, &ana).await, [("ana".to_owned(), "approver".to_owned(), false)]);
        let entries = house.get(&olga, &format!("{API}/audit?limit=100")).await.ok();
        let entries: Vec<&Value> = entries.as_array().unwrap().iter().rev().collect();
        let acts: Vec<&str> = entries.iter().map(|entry| entry["act"].as_str().unwrap()).collect();
        assert_eq!(acts, ["certificate.given", "certificate.given", "certificate.given", "certificate.given", "certificate.revoked"]);
        assert_eq!(entries[1]["details"]["replaces"], first);
        assert_eq!((&entries[4]["by"]["username"], &entries[4]["details"]["role"]), (&json!("adam"), &json!("responder")));
        assert!(entries.iter().all(|entry| !entry["details"].to_string().contains("week 1")), "what somebody passed is no business of the log");
        // It goes with the person.
        let account = ana.account;
        let suspend = async |whether| house.app.db.write(move |tx| accounts::set_suspended(tx, account, whether)).await.unwrap();
        suspend(true).await;
        assert_eq!(seen(&house, &olga).await, [("adam".to_owned(), "manager".to_owned(), false)]);
        assert_eq!(refused(&certifies(&house, &olga, json!({"account": "ana", "role": "manager"})).await), (422, "certificate.account"));
        suspend(false).await;
        assert_eq!(seen(&house, &olga).await.len(), 2);
        house.delete(&olga, &format!("{API}/accounts/ana")).await.ok();
        assert_eq!(seen(&house, &olga).await.len(), 1);
    }

    async fn nobody_is_certified_by_whom_they_brought_here(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let admin = house.person("adam", AccountKind::Employee, Role::Admin).await;
        let second = house.person("adam2", AccountKind::Employee, Role::Admin).await;
        let third = house.person("adam3", AccountKind::Employee, Role::Admin).await;
        let came = async |who: &Person, by: &Person| {
            let (account, by) = (who.account, by.account);
            house.app.db.write(move |tx| {
                diesel::update(account_rows::table.find(account)).set(account_rows::invited_by.eq(by)).execute(tx.conn())?;
                Ok(())
            }).await.unwrap();
        };
        came(&second, &admin).await;
        came(&third, &second).await;
        let wish = json!({"account": "adam", "role": "responder"});
        for who in [&second, &third] {
            assert_eq!(refused(&certifies(&house, who, wish.clone()).await), (403, "certificate.own"), "by a detour neither");
        }
        let id = certified(&house, &olga, "adam", "responder").await;
        assert_eq!(refused(&takes(&house, &third, &id).await), (403, "certificate.own"));
        certified(&house, &admin, "adam2", "responder").await;
        // Who brought everybody here has nobody else who could do it.
        came(&admin, &olga).await;
        certified(&house, &admin, "olga", "responder").await;
    }

    async fn nothing_is_missing_where_an_answer_goes_anyway(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"reply_lane": "certified", "min_approvals": 0})).await;
        let rita = desk.also("rita", GrantRole::Responder).await;
        for (who, replies, lacks) in [(&desk.publisher, "free", false), (&rita, "approval", true)] {
            let told = authority(&desk, who).await;
            assert_eq!((&told["replies"], steps(&told).contains(&"certificate_to_answer")), (&json!(replies), lacks), "{told}");
        }
    }

    async fn an_answer_goes_at_once_by_whoever_holds_a_certificate_and_waits_otherwise(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let olga = owner(&desk.house).await;
        let carl = desk.house.customer("carl").await;
        let question = desk.house.says(&carl, json!({"status": "Is it waterproof?"})).await;
        desk.rules(json!({"reply_lane": "certified"})).await;
        // Whether each role answers at once with a certificate for this, in the order of the certificates.
        let certificates = ["responder", "approver", "publisher", "contributor", "manager"];
        let mut cases = 0;
        for (role, answers) in [
            (GrantRole::Owner, true), (GrantRole::Manager, true), (GrantRole::Approver, true), (GrantRole::Publisher, true),
            (GrantRole::Responder, true), (GrantRole::Contributor, false),
        ] {
            let name = format!("trying_{role}");
            let who = desk.also(&name, role).await;
            let app = in_an_app(&desk, &who, role.as_str()).await;
            let mut outcome = async || {
                cases += 1;
                let told = authority(&desk, &who).await;
                let lacks = steps(&told).contains(&"certificate_to_answer");
                let text = format!("Yes, number {cases} of {role}");
                let post = desk.house.post(&app, "/api/v1/statuses", json!({"status": text, "in_reply_to_id": question})).await.ok();
                let gone = post["guildhall"]["approval"].is_null();
                assert_eq!(told["replies"] == "free", gone, "what was told came about: {role} {told}");
                assert_eq!(told["reply_lane"], "certified");
                assert_eq!(lacks, answers && !gone, "{role} {told}");
                // What begins a thread waits for everybody, and so does going on with what the brand said.
                assert_eq!(told["posts"], "approval");
                gone
            };
            assert!(!outcome().await, "{role} without");
            for certificate in certificates {
                let id = certified(&desk.house, &olga, &name, certificate).await;
                assert_eq!(outcome().await, answers && certificate != "contributor", "{role} with {certificate}");
                assert_eq!(takes(&desk.house, &olga, &id).await.status, StatusCode::NO_CONTENT);
            }
            assert!(!outcome().await, "{role} after it was taken back");
        }
        assert_eq!(cases, 42);
    }

    async fn a_certificate_counts_two_weeks_longer_than_it_is_valid(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let olga = owner(&desk.house).await;
        let carl = desk.house.customer("carl").await;
        let question = desk.house.says(&carl, json!({"status": "Is it waterproof?"})).await;
        desk.rules(json!({"reply_lane": "certified"})).await;
        let rita = desk.also("rita", GrantRole::Responder).await;
        let answers = async || {
            let draft = desk.begins(&rita, json!({"body": "Yes", "reply_to": question})).await.ok();
            desk.publishes(&rita, draft["id"].as_str().unwrap()).await
        };
        let waits = answers().await;
        assert_eq!(refused(&waits), (403, "draft.certificate"));
        assert!(waits.body["detail"].as_str().unwrap().contains("responder, approver, publisher, manager"), "{}", waits.body);
        certifies(&desk.house, &olga, json!({"account": "rita", "role": "responder", "valid_until": "2026-11-11T12:00:00Z"})).await;
        assert_eq!(answers().await.ok()["state"], "published");
        desk.house.wait(9 * DAY);
        assert_eq!(seen(&desk.house, &rita).await, [("rita".to_owned(), "responder".to_owned(), false)]);
        desk.house.wait(2 * DAY);
        assert_eq!(seen(&desk.house, &rita).await, [("rita".to_owned(), "responder".to_owned(), true)], "its time is over");
        assert_eq!((answers().await.ok()["state"].clone(), steps(&authority(&desk, &rita).await)), (json!("published"), vec![]));
        desk.house.wait(12 * DAY);
        answers().await.ok();
        desk.house.wait(2 * DAY);
        assert_eq!(seen(&desk.house, &rita).await, []);
        assert_eq!(refused(&answers().await), (403, "draft.certificate"));
        assert_eq!(steps(&authority(&desk, &rita).await), ["certificate_to_answer"]);
        // A new one, and it counts again.
        certified(&desk.house, &olga, "rita", "responder").await;
        answers().await.ok();
    }

    async fn whoever_wrote_in_an_answer_and_whoever_sends_it_are_certified(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let olga = owner(&desk.house).await;
        let carl = desk.house.customer("carl").await;
        let question = desk.house.says(&carl, json!({"status": "Is it waterproof?"})).await;
        desk.rules(json!({"reply_lane": "certified"})).await;
        let rita = desk.also("rita", GrantRole::Responder).await;
        let of_rita = certified(&desk.house, &olga, "rita", "responder").await;
        let begun = async |who: &Person| {
            let draft = desk.begins(who, json!({"body": "Yes", "reply_to": question})).await.ok();
            draft["id"].as_str().unwrap().to_owned()
        };
        // Somebody without wrote it, and somebody with sends it.
        let id = begun(&desk.contributor).await;
        assert_eq!(refused(&desk.publishes(&rita, &id).await), (403, "draft.certificate"));
        // Somebody with wrote it, and somebody without sends it, now or later.
        let id = begun(&rita).await;
        let refusal = desk.publishes(&desk.publisher, &id).await;
        assert_eq!(refused(&refusal), (403, "draft.approvals_missing"));
        assert!(refusal.body["detail"].as_str().unwrap().contains("valid certificate"), "{}", refusal.body);
        let later = json!({"scheduled_at": "2026-11-01T13:00:00Z"});
        assert_eq!(refused(&desk.acts(&desk.publisher, &id, "schedule", later.clone()).await), (403, "draft.approvals_missing"));
        // Both have one: it goes. Where one of them loses it before its time comes, it is held, and says why.
        let of_publisher = certified(&desk.house, &olga, "the_publisher", "publisher").await;
        desk.acts(&desk.publisher, &id, "schedule", later.clone()).await.ok();
        let other = begun(&rita).await;
        desk.acts(&desk.publisher, &other, "schedule", json!({"scheduled_at": "2026-11-01T15:00:00Z"})).await.ok();
        desk.house.wait(3600 + 60);
        desk.house.work().await;
        assert_eq!(desk.reads(&desk.manager, &id).await["state"], "published");
        takes(&desk.house, &olga, &of_rita).await;
        desk.house.wait(2 * 3600);
        desk.house.work().await;
        let held = desk.reads(&desk.manager, &other).await;
        assert!(held["state"] == "held" && held["held"].as_str().unwrap().contains("valid certificate"), "{held}");
        assert_eq!(refused(&desk.publishes(&rita, &other).await), (403, "draft.certificate"));
        // With an approval it needs no certificate.
        desk.acts(&rita, &other, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, &other).await.ok();
        takes(&desk.house, &olga, &of_publisher).await;
        assert_eq!(desk.publishes(&desk.publisher, &other).await.ok()["state"], "published");
        // Crisis mode asks for approval of everybody.
        certified(&desk.house, &olga, "rita", "responder").await;
        let id = begun(&rita).await;
        let begun = desk.house.post(&desk.manager, &format!("{API}/crisis"), json!({"reason": "The warehouse burns."})).await;
        assert_eq!(begun.status, StatusCode::CREATED);
        assert_eq!(refused(&desk.publishes(&rita, &id).await), (403, "role.right"));
        assert_eq!(authority(&desk, &rita).await["replies"], "approval");
    }

    async fn an_answer_of_who_has_no_role_that_answers_is_approved_and_goes_out(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let olga = owner(&desk.house).await;
        let carl = desk.house.customer("carl").await;
        let question = desk.house.says(&carl, json!({"status": "Is it waterproof?"})).await;
        desk.rules(json!({"reply_lane": "certified", "min_approvals": 2})).await;
        // A certificate gives no role: the contributor may not send what they answer.
        certified(&desk.house, &olga, "the_contributor", "responder").await;
        certified(&desk.house, &olga, "the_publisher", "publisher").await;
        let waiting = async || {
            let listed = desk.house.get(&desk.approver, &format!("{API}/drafts?state=in_review")).await.ok();
            listed.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        // From an app: each approval stays, and with the second one it is out.
        let app = in_an_app(&desk, &desk.contributor, "contributor-app").await;
        let waits = desk.house.post(&app, "/api/v1/statuses", json!({"status": "Yes", "in_reply_to_id": question})).await.ok();
        let approval = &waits["guildhall"]["approval"];
        assert_eq!((&approval["state"], &approval["needed"]), (&json!("in_review"), &json!(2)), "{waits}");
        let id = approval["id"].as_str().unwrap();
        assert_eq!(waiting().await, [id]);
        let like = format!("/api/v1/statuses/{}/favourite", waits["id"].as_str().unwrap());
        desk.house.post(&desk.approver, &like, json!({})).await.ok();
        let draft = desk.reads(&desk.manager, id).await;
        assert_eq!((&draft["state"], &draft["approvals"]["by"][0]["username"]), (&json!("in_review"), &json!("the_approver")));
        desk.house.post(&desk.manager, &like, json!({})).await.ok();
        let draft = desk.reads(&desk.manager, id).await;
        assert_eq!((&draft["state"], &draft["post"]["by"]["username"]), (&json!("published"), &json!("the_manager")), "{draft}");
        // From the workroom: it waits in the queue for as many approvals as it needs, whoever would send it.
        let draft = desk.begins(&desk.contributor, json!({"body": "Yes, it is", "reply_to": question})).await.ok();
        let id = draft["id"].as_str().unwrap();
        let submitted = desk.acts(&desk.contributor, id, "submit", json!({})).await.ok();
        assert_eq!((&submitted["state"], &submitted["approvals"]["needed"]), (&json!("in_review"), &json!(2)), "{submitted}");
        assert_eq!(waiting().await, [id]);
        assert_eq!(refused(&desk.publishes(&desk.publisher, id).await), (403, "draft.approvals_missing"));
        desk.approves(&desk.approver, id).await.ok();
        assert_eq!(waiting().await, [id]);
        assert_eq!(desk.approves(&desk.manager, id).await.ok()["state"], "approved");
        assert_eq!(desk.publishes(&desk.publisher, id).await.ok()["state"], "published");
        // Whoever may send it themselves needs nobody; what they wrote waits while their role is another one.
        let rita = desk.also("rita", GrantRole::Responder).await;
        certified(&desk.house, &olga, "rita", "responder").await;
        let draft = desk.begins(&rita, json!({"body": "It is", "reply_to": question})).await.ok();
        let id = draft["id"].as_str().unwrap();
        let submitted = desk.acts(&rita, id, "submit", json!({})).await.ok();
        assert_eq!((&submitted["state"], &submitted["approvals"]["needed"]), (&json!("approved"), &json!(0)));
        give(&desk.house, &rita, desk.brand, GrantRole::Contributor).await.unwrap();
        assert_eq!(waiting().await, [id]);
        give(&desk.house, &rita, desk.brand, GrantRole::Responder).await.unwrap();
        assert_eq!(desk.publishes(&rita, id).await.ok()["state"], "published");
    }

    async fn an_answer_is_given_a_time_as_far_as_the_certificates_reach_by_which_it_goes(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let olga = owner(&desk.house).await;
        let carl = desk.house.customer("carl").await;
        let question = desk.house.says(&carl, json!({"status": "Is it waterproof?"})).await;
        desk.rules(json!({"reply_lane": "certified", "approval_hours": 744})).await;
        let short = json!({"account": "the_publisher", "role": "publisher", "valid_until": "2026-11-01T14:00:00Z"});
        assert_eq!(certifies(&desk.house, &olga, short).await.status, StatusCode::CREATED);
        let draft = desk.begins(&desk.publisher, json!({"body": "Yes", "reply_to": question})).await.ok();
        let id = draft["id"].as_str().unwrap();
        let schedule = async |at: &str| desk.acts(&desk.publisher, id, "schedule", json!({"scheduled_at": at})).await;
        let refusal = schedule("2026-11-15T14:00:00Z").await;
        assert_eq!(refused(&refusal), (422, "draft.time_certificates"));
        assert!(refusal.body["detail"].as_str().unwrap().contains("count until 2026-11-15T14:00:00"), "{}", refusal.body);
        assert_eq!(schedule("2026-11-15T13:00:00Z").await.ok()["state"], "scheduled");
        // With the approvals that it needs it needs no certificate.
        desk.approves(&desk.approver, id).await.ok();
        assert_eq!(schedule("2026-11-15T15:00:00Z").await.ok()["state"], "scheduled");
    }

    async fn approvals_count_of_those_who_are_certified_where_the_rules_say_so(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let olga = owner(&desk.house).await;
        desk.rules(json!({"certified_approvers": true})).await;
        let told = authority(&desk, &desk.approver).await;
        assert_eq!((steps(&told), &told["approvers"]), (vec!["certificate_to_approve"], &json!([])));
        let id = desk.handed_in("Certified news").await;
        let refusal = desk.approves(&desk.approver, &id).await;
        assert_eq!(refused(&refusal), (403, "draft.certificate"));
        assert!(refusal.body["detail"].as_str().unwrap().contains("(approver)"), "{}", refusal.body);
        // For something else is not enough.
        certified(&desk.house, &olga, "the_approver", "manager").await;
        assert_eq!(refused(&desk.approves(&desk.approver, &id).await), (403, "draft.certificate"));
        let first = certified(&desk.house, &olga, "the_approver", "approver").await;
        assert_eq!(authority(&desk, &desk.contributor).await["approvers"][0]["username"], "the_approver");
        assert_eq!(desk.approves(&desk.approver, &id).await.ok()["state"], "approved");
        // It is asked again when it is published.
        takes(&desk.house, &olga, &first).await;
        assert_eq!(desk.reads(&desk.manager, &id).await["state"], "in_review");
        let refusal = desk.publishes(&desk.publisher, &id).await;
        assert_eq!(refused(&refusal), (403, "draft.approvals_missing"));
        assert!(refusal.body["detail"].as_str().unwrap().contains("0 of the 1") && refusal.body["detail"].as_str().unwrap().contains("(approver)"), "{}", refusal.body);
        certified(&desk.house, &olga, "the_approver", "approver").await;
        assert_eq!(desk.publishes(&desk.publisher, &id).await.ok()["state"], "published", "the approval counts again");
        // A time is given as far as the certificate reaches, its two weeks of grace among it; what is over is held.
        certifies(&desk.house, &olga, json!({"account": "the_approver", "role": "approver", "valid_until": "2026-11-01T14:00:00Z"})).await;
        desk.rules(json!({"approval_hours": 744})).await;
        let id = desk.approved("Later news").await;
        let schedule = async |at: &str| desk.acts(&desk.publisher, &id, "schedule", json!({"scheduled_at": at})).await;
        assert_eq!(refused(&schedule("2026-11-15T14:00:00Z").await), (422, "draft.time_approvals"));
        schedule("2026-11-15T13:00:00Z").await.ok();
        let short = json!({"account": "the_approver", "role": "approver", "valid_until": "2026-11-01T13:00:00Z"});
        assert_eq!(certifies(&desk.house, &olga, short).await.status, StatusCode::CREATED);
        desk.house.wait(14 * DAY + 3600 + 60);
        desk.house.work().await;
        let held = desk.reads(&desk.manager, &id).await;
        assert!(held["state"] == "held" && held["held"].as_str().unwrap().contains("(approver)"), "{held}");
        assert_eq!(audit_acts(&desk).await.last().unwrap(), "draft.held");
        // In an app nobody approves by liking it without one either.
        let waits = in_an_app(&desk, &desk.approver, "approver-app").await;
        let id = desk.handed_in("In an app").await;
        let home = desk.house.get(&waits, "/api/v1/timelines/home").await.ok();
        let like = format!("/api/v1/statuses/{}/favourite", home[0]["id"].as_str().unwrap());
        assert_eq!(desk.house.post(&waits, &like, json!({})).await.status, 403);
        assert_eq!(desk.reads(&desk.manager, &id).await["state"], "in_review");
    }

    async fn the_rules_of_one_brand_ask_nobody_of_another(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let other = super::brand(&desk.house, "beta").await;
        give(&desk.house, &desk.publisher, other, GrantRole::Responder).await.unwrap();
        desk.rules(json!({"reply_lane": "certified", "certified_approvers": true})).await;
        let told = desk.house.get(&desk.publisher, &format!("{API}/actors/{other}/authority")).await.ok();
        assert_eq!((&told["replies"], &told["reply_lane"], &told["missing"]), (&json!("free"), &json!("free"), &json!([])));
    }
}
