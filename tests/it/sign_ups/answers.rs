//! Where somebody here says yes.

use guildhall::domain::{
    Page,
    accounts::{AccountKind, Role},
    audit::{Of, list},
    org::{self, Registrations},
};
use http::Method;
use serde_json::json;

use super::{API, PASSWORD, account, allow, count, letters, owner_of, sign_up_as, waits};
use crate::{
    brands::{desk::refused, keys::keyed},
    mastodon::House,
    oauth::{Browser, landing},
};

on_both! {
    async fn somebody_waits_until_somebody_says_yes(database: TestDatabase) {
        let house = House::open(database).await;
        let mona = house.person("mona", AccountKind::Employee, Role::Moderator).await;
        allow(&house, Registrations::Approval).await;
        let instance = house.get(None, "/api/v2/instance").await.ok();
        let registrations = &instance["registrations"];
        assert_eq!([&registrations["enabled"], &registrations["approval_required"], &registrations["reason_required"]], [true, true, true]);
        waits(&house, "cora").await;
        sign_up_as(&mut Browser::default(), &house, "never").await;
        assert!(account(&house, "cora").await.is_none());
        let page = Browser::default().sign_in(&house, "cora", PASSWORD, "").await;
        assert!(page.status == 403 && page.text.contains("Somebody here still has to say yes"), "{}", page.text);
        // Only those are shown who confirmed their address.
        let waiting = house.get(&mona, API).await.ok();
        assert_eq!(waiting.as_array().unwrap().len(), 1);
        assert_eq!((&waiting[0]["username"], &waiting[0]["email"], &waiting[0]["reason"]), (&json!("cora"), &json!("cora@mail.example"), &json!("I weld, too.")));
        let one = format!("{API}/{}", waiting[0]["id"].as_str().unwrap());
        assert_eq!(house.get(&mona, &one).await.ok(), waiting[0]);
        let came = house.post(&mona, &format!("{one}/approve"), json!({})).await.ok();
        assert_eq!(came["username"], "cora");
        let cora = account(&house, "cora").await.unwrap();
        assert_eq!((cora.kind, cora.id.to_string()), (AccountKind::Customer, came["account"].as_str().unwrap().to_owned()));
        let sent = letters(&house).await;
        assert!(sent.iter().any(|letter| letter.contains("Subject: Welcome to") && letter.contains("To: cora@mail.example")), "{sent:?}");
        assert_eq!(Browser::default().sign_in(&house, "cora", PASSWORD, "").await.location(), landing());
        // Whoever comes second hears that.
        for act in ["approve", "reject"] {
            assert_eq!(refused(&house.post(&mona, &format!("{one}/{act}"), json!({})).await), (404, "sign_up.not_found"));
        }
        let records = house.app.db.read(|conn| list(conn, &Of::Everybody, &Page { limit: 100, ..Page::default() })).await.unwrap();
        assert_eq!((records[0].act.as_str(), records[0].person_id), ("sign_up.approved", Some(mona.account)));
        assert!(!records.iter().any(|record| record.details.contains("mail.example")), "no address is in the log");
    }

    async fn who_answers_twice_under_one_key_answers_once(database: TestDatabase) {
        let house = House::open(database).await;
        let mona = house.person("mona", AccountKind::Employee, Role::Moderator).await;
        allow(&house, Registrations::Approval).await;
        let mut waiting = Vec::new();
        for name in ["cora", "carl"] {
            waits(&house, name).await;
            waiting.push(house.get(&mona, API).await.ok()[0]["id"].as_str().unwrap().to_owned());
        }
        for (id, act, said) in [(&waiting[0], "approve", json!({})), (&waiting[1], "reject", json!({"reason": "Who are you?"}))] {
            let path = format!("sign-ups/{id}/{act}");
            let first = keyed(&house, &mona, Method::POST, &path, act, &said).await.ok();
            assert_eq!(keyed(&house, &mona, Method::POST, &path, act, &said).await.ok(), first);
            assert_eq!(refused(&keyed(&house, &mona, Method::POST, &path, "another", &said).await), (404, "sign_up.not_found"));
        }
        let other = format!("sign-ups/{}/reject", waiting[1]);
        assert_eq!(refused(&keyed(&house, &mona, Method::POST, &other, "approve", &json!({})).await), (422, "request.idempotency_key_reused"));
        assert_eq!(refused(&keyed(&house, &mona, Method::POST, &other, "reject", &json!({"reason": "Why?"})).await), (422, "request.idempotency_key_reused"));
        assert!(account(&house, "cora").await.is_some() && account(&house, "carl").await.is_none());
        let sent = letters(&house).await;
        assert_eq!(sent.iter().filter(|letter| letter.contains("Who are you?")).count(), 1, "{sent:?}");
        // Who may answer no more hears nothing of it under that key.
        let gone = mona.account;
        house.app.db.write(move |tx| guildhall::domain::accounts::set_role(tx, gone, AccountKind::Employee, Role::Member)).await.unwrap();
        for (id, act, said) in [(&waiting[0], "approve", json!({})), (&waiting[1], "reject", json!({"reason": "Who are you?"}))] {
            let again = keyed(&house, &mona, Method::POST, &format!("sign-ups/{id}/{act}"), act, &said).await;
            assert_eq!(refused(&again), (403, "role.house_right"), "{act}");
        }
    }

    async fn who_is_refused_hears_why_and_is_forgotten(database: TestDatabase) {
        let house = House::open(database).await;
        let mona = house.person("mona", AccountKind::Employee, Role::Moderator).await;
        allow(&house, Registrations::Approval).await;
        waits(&house, "cora").await;
        let id = house.get(&mona, API).await.ok()[0]["id"].as_str().unwrap().to_owned();
        let long = "x".repeat(1001);
        assert_eq!(refused(&house.post(&mona, &format!("{API}/{id}/reject"), json!({"reason": long})).await), (422, "sign_up.reason_too_long"));
        house.post(&mona, &format!("{API}/{id}/reject"), json!({"reason": "We do not know <b>you</b>."})).await.ok();
        let sent = letters(&house).await;
        let letter = sent.iter().find(|letter| letter.contains("You do not get one")).unwrap();
        assert!(letter.contains("To: cora@mail.example") && letter.contains("We do not know <b>you</b>."), "{letter}");
        assert!(letter.contains("&#60;b&#62;") || letter.contains("&lt;b&gt;"), "{letter}");
        assert_eq!(house.get(&mona, API).await.ok(), json!([]));
        for table in ["sign_ups", "sign_up_links", "sign_up_refusals"] {
            assert_eq!(count(&house, table, "TRUE").await, 0, "{table}");
        }
        let page = Browser::default().sign_in(&house, "cora", PASSWORD, "").await;
        assert!(page.text.contains("do not belong together"), "{}", page.text);
        // They may ask again, under the same name.
        assert_eq!(sign_up_as(&mut Browser::default(), &house, "cora").await.status, 200);
    }

    async fn those_who_may_answer_get_one_letter_however_many_come(database: TestDatabase) {
        let house = House::open(database).await;
        let (mona, ben) = (owner_of(&house, "mona").await, owner_of(&house, "ben").await);
        let account = mona.account;
        house.app.db.write(move |tx| guildhall::domain::accounts::set_role(tx, account, AccountKind::Employee, Role::Moderator)).await.unwrap();
        allow(&house, Registrations::Approval).await;
        for name in ["carl", "cora", "cleo"] {
            waits(&house, name).await;
        }
        let told = async || letters(&house).await.into_iter().filter(|letter| letter.contains("want an account") || letter.contains("wants an account")).collect::<Vec<_>>();
        assert_eq!(told().await, [""; 0]);
        house.wait(3601);
        let sent = told().await;
        let [letter] = sent.as_slice() else { panic!("{sent:?}") };
        assert!(letter.contains("To: mona@mail.example") && letter.contains("3 people want an account"), "{letter}");
        assert_eq!(house.get(&ben, API).await.status, 403);
    }

    async fn each_role_does_what_it_may(database: TestDatabase) {
        let house = House::open(database).await;
        let registrations = "/api/guildhall/v1/registrations";
        for (name, kind, role, sets, answers) in [
            ("olga", AccountKind::Employee, Role::Owner, true, true),
            ("adam", AccountKind::Employee, Role::Admin, true, true),
            ("mona", AccountKind::Employee, Role::Moderator, false, true),
            ("ben", AccountKind::Employee, Role::Member, false, false),
            ("carl", AccountKind::Customer, Role::Owner, false, false),
        ] {
            let person = house.person(name, kind, role).await;
            let status = |may: bool| if may { 200 } else { 403 };
            assert_eq!(house.get(&person, registrations).await.status, status(sets), "{name}");
            assert_eq!(house.put(&person, registrations, json!({"registrations": "open"})).await.status, status(sets), "{name}");
            assert_eq!(house.get(&person, API).await.status, status(answers), "{name}");
            let missing = if answers { 404 } else { 403 };
            for act in ["approve", "reject"] {
                assert_eq!(house.post(&person, &format!("{API}/1/{act}"), json!({})).await.status, missing, "{name}");
            }
        }
        // A role of who does not work here is none, also where it is told why not.
        let cleo = house.person("cleo", AccountKind::Customer, Role::Owner).await;
        for (path, code) in [(API, "role.house_right"), ("/api/guildhall/v1/jobs/parked", "admin.only")] {
            let told = house.get(&cleo, path).await;
            assert_eq!(refused(&told), (403, code));
            assert!(told.body["detail"].as_str().unwrap().contains(" is member."), "{}", told.body);
        }
        let olga = house.person("olga2", AccountKind::Employee, Role::Owner).await;
        assert_eq!(refused(&house.put(&olga, registrations, json!({"registrations": "sometimes"})).await), (422, "registrations.mode"));
        assert_eq!(house.get(&olga, registrations).await.ok(), json!({"registrations": "open"}));
        let records = house.app.db.read(|conn| list(conn, &Of::Everybody, &Page { limit: 100, ..Page::default() })).await.unwrap();
        let changed: Vec<&str> = records.iter().filter(|record| record.act == "registrations.changed").map(|record| record.details.as_str()).collect();
        assert_eq!(changed, [r#"{"registrations":"open","before":"closed"}"#]);
    }

    async fn a_name_that_the_company_gave_away_meanwhile_is_told(database: TestDatabase) {
        let house = House::open(database).await;
        let mona = house.person("mona", AccountKind::Employee, Role::Moderator).await;
        allow(&house, Registrations::Approval).await;
        waits(&house, "cora").await;
        house.employee("cora").await;
        let id = house.get(&mona, API).await.ok()[0]["id"].as_str().unwrap().to_owned();
        assert_eq!(refused(&house.post(&mona, &format!("{API}/{id}/approve"), json!({})).await), (409, "username.taken"));
        house.post(&mona, &format!("{API}/{id}/reject"), json!({"reason": "Choose another name."})).await.ok();
    }

    async fn whether_people_may_sign_up_is_said_by_who_may_at_every_door(database: TestDatabase) {
        let house = House::open(database).await;
        let (boss, ana) = (house.person("boss", AccountKind::Employee, Role::Owner).await, house.employee("ana").await);
        let moderator = house.person("mod", AccountKind::Employee, Role::Moderator).await;
        for who in [&ana, &moderator] {
            let account = who.account;
            let asked = house.app.db.write(move |tx| org::set_registrations(tx, Some(account), Registrations::Open));
            assert_eq!(asked.await.unwrap_err().kind(), guildhall::error::Kind::Forbidden);
            let looked = house.app.db.read(move |conn| org::registrations_for(conn, account));
            assert_eq!(looked.await.unwrap_err().kind(), guildhall::error::Kind::Forbidden);
            assert_eq!(house.get(who, "/api/guildhall/v1/registrations").await.status, 403);
            assert_eq!(house.put(who, "/api/guildhall/v1/registrations", json!({"registrations": "open"})).await.status, 403);
        }
        house.put(&boss, "/api/guildhall/v1/registrations", json!({"registrations": "open"})).await.ok();
        assert_eq!(house.get(&boss, "/api/guildhall/v1/registrations").await.ok()["registrations"], "open");
    }
}
