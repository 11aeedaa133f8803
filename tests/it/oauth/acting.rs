//! As whom an app acts: a person, or a brand for as long as that person may speak for it.

use guildhall::domain::{
    Page,
    accounts::{self, GrantRole, Role},
    audit::{Of, Record, list},
    brands,
};
use http::StatusCode;
use serde_json::json;

use super::{Browser, ClientApp, Desk, PASSWORD, authorize, person};

const ME: &str = "/api/v1/accounts/verify_credentials";

on_both! {
    async fn a_token_for_a_brand_is_the_brand_and_ends_with_the_right_to_speak_for_it(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("read write").await;
        let acme = desk.let_in(&app, "read write", desk.brand.id).await;
        assert_eq!(desk.house.get(&acme, ME).await.ok()["username"], "acme");
        let post = desk.house.says(&acme, json!({ "status": "We are open" })).await;
        assert_eq!(desk.house.get(None, &format!("/api/v1/statuses/{post}")).await.ok()["account"]["username"], "acme");
        let herself = desk.let_in(&app, "read", desk.ana.1).await;
        // The audit log says with which app they signed in as the brand; as themselves is nobody else's matter.
        let page = Page { limit: 100, ..Page::default() };
        let records = desk.house.app.db.read(move |conn| list(conn, &Of::Everybody, &page)).await.unwrap();
        let issued: Vec<&Record> = records.iter().filter(|record| record.act == "token.issued").collect();
        assert_eq!(issued.len(), 1);
        let details: serde_json::Value = serde_json::from_str(&issued[0].details).unwrap();
        assert_eq!((&details["holder"], &details["name"]), (&json!("app"), &json!("Parrot")));

        // Another role that may publish changes nothing. One that may not is as good as none, and no token comes back.
        let (account, brand) = (desk.ana.0, desk.brand.id);
        let first = desk.let_in(&app, "read", brand).await;
        for (role, expected) in [(GrantRole::Manager, 200), (GrantRole::Analyst, 401), (GrantRole::Owner, 401)] {
            desk.house.app.db.write(move |tx| accounts::grant(tx, account, brand, role)).await.unwrap();
            assert_eq!(desk.house.get(&first, ME).await.status, expected, "{role}");
        }
        let acme = desk.let_in(&app, "read write", brand).await;
        assert_eq!(desk.house.get(&acme, ME).await.ok()["username"], "acme");
        desk.house.app.db.write(move |tx| accounts::revoke_grant(tx, account, brand)).await.unwrap();
        let refused = desk.house.post(&acme, "/api/v1/statuses", json!({ "status": "Still here?" })).await;
        assert_eq!(refused.refusal(), (401, "The access token is invalid"));
        assert_eq!(desk.house.get(&acme, "/api/v1/timelines/home").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(desk.house.get(&herself, ME).await.ok()["username"], "ana");
    }

    async fn nobody_is_offered_or_given_whom_they_may_not_speak_for(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ben = person(&desk.house, "ben", Some(PASSWORD), Role::Member).await;
        let app = desk.app("read write").await;
        let mut browser = Browser::default();
        browser.sign_in(&desk.house, "ben", PASSWORD, "").await;
        let page = browser.get(&desk.house, &authorize(&app, &[])).await;
        assert!(!page.text.contains("@acme@"), "{}", page.text);
        for somebody_else in [desk.brand.id, desk.ana.1] {
            let answer = browser.answer(&desk.house, &page, somebody_else, "allow").await;
            assert_eq!((answer.status, answer.location()), (StatusCode::FORBIDDEN, ""));
        }
        assert_eq!(browser.answer(&desk.house, &page, ben.1, "allow").await.status, StatusCode::SEE_OTHER);

        // The page was open when the right went away, and then the code was not changed yet.
        let mut hers = desk.browser().await;
        let page = hers.get(&desk.house, &authorize(&app, &[])).await;
        assert!(page.text.contains("@acme@"), "{}", page.text);
        let given = hers.answer(&desk.house, &page, desk.brand.id, "allow").await.query("code").unwrap();
        let (account, brand) = (desk.ana.0, desk.brand.id);
        desk.house.app.db.write(move |tx| accounts::revoke_grant(tx, account, brand)).await.unwrap();
        assert_eq!(desk.exchange(&app, &given).await.body["error"], "invalid_grant");
        assert_eq!(hers.answer(&desk.house, &page, desk.brand.id, "allow").await.status, StatusCode::FORBIDDEN);
    }

    async fn a_suspended_or_deleted_person_acts_as_nobody(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("read").await;
        let (herself, acme) = (desk.let_in(&app, "read", desk.ana.1).await, desk.let_in(&app, "read", desk.brand.id).await);
        let mut browser = desk.browser().await;
        let account = desk.ana.0;
        desk.house.app.db.write(move |tx| accounts::set_suspended(tx, account, true)).await.unwrap();
        for token in [&herself, &acme] {
            assert_eq!(desk.house.get(token, ME).await.status, StatusCode::UNAUTHORIZED);
        }
        assert!(browser.get(&desk.house, "/account").await.location().starts_with("/sign-in"));
        desk.house.app.db.write(move |tx| accounts::set_suspended(tx, account, false)).await.unwrap();
        desk.house.get(&acme, ME).await.ok();
        desk.house.app.db.write(move |tx| accounts::delete(tx, account)).await.unwrap();
        for token in [&herself, &acme] {
            assert_eq!(desk.house.get(token, ME).await.status, StatusCode::UNAUTHORIZED);
        }
        assert!(browser.get(&desk.house, "/account").await.location().starts_with("/sign-in"));
    }

    async fn running_the_server_is_given_only_by_who_runs_it_and_in_no_brands_name(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let chief = person(&desk.house, "chief", Some(PASSWORD), Role::Admin).await;
        let brand = desk.brand.id;
        desk.house.app.db.write(move |tx| accounts::grant(tx, chief.0, brand, GrantRole::Owner)).await.unwrap();
        let app = desk.app("read admin:read admin:write").await;
        for (name, actor, expected) in [
            ("ana", desk.ana.1, "read"),
            ("chief", chief.1, "read admin:read"),
            ("chief", brand, "read"),
        ] {
            let mut browser = Browser::default();
            browser.sign_in(&desk.house, name, PASSWORD, "").await;
            let page = browser.get(&desk.house, &authorize(&app, &[("scope", "read admin:read")])).await;
            let given = browser.answer(&desk.house, &page, actor, "allow").await.query("code").unwrap();
            assert_eq!(desk.exchange(&app, &given).await.ok()["scope"], expected, "{name}");
        }
        // Nothing else was asked for, so nothing is left.
        let mut browser = desk.browser().await;
        let page = browser.get(&desk.house, &authorize(&app, &[("scope", "admin:write")])).await;
        assert_eq!(browser.answer(&desk.house, &page, desk.ana.1, "allow").await.status, StatusCode::FORBIDDEN);
    }

    async fn whoever_lets_an_app_in_is_told_that_its_likes_approve(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, brand) = (desk.ana.0, desk.brand.id);
        let mut browser = desk.browser().await;
        let (writes, likes, reads) = (desk.app("read write").await, desk.app("read write:favourites").await, desk.app("read write:statuses").await);
        let mut told = async |app: &ClientApp, scope: &str| {
            let page = browser.get(&desk.house, &authorize(app, &[("scope", scope)])).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.text);
            page.text.contains("Likes approve: when the app likes, as <b dir=\"auto\">Acme</b>, a post that waits for approval")
        };
        let rules = async |role: GrantRole, approvals: i32| {
            let change = move |tx: &mut guildhall::db::Tx<'_>| {
                let change = brands::PolicyChange { min_approvals: Some(approvals), ..brands::PolicyChange::default() };
                accounts::grant(tx, ana, brand, GrantRole::Owner)?;
                brands::change_policy(tx, ana, brand, &change, Some("The test asks for it."), None)?;
                accounts::grant(tx, ana, brand, role)
            };
            desk.house.app.db.write(change).await.unwrap();
        };
        rules(GrantRole::Approver, 0).await;
        assert!(!told(&writes, "read write").await, "nothing waits for approval");
        rules(GrantRole::Publisher, 1).await;
        assert!(!told(&writes, "read write").await, "she may not approve");
        rules(GrantRole::Approver, 1).await;
        assert!(told(&writes, "read write").await);
        assert!(told(&likes, "read write:favourites").await);
        assert!(!told(&reads, "read write:statuses").await, "an app that cannot like");
        assert!(!told(&writes, "read").await, "an app that does not ask for it");
    }

    async fn who_only_writes_drafts_for_a_brand_is_told_what_becomes_of_them(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("read write").await;
        let (account, brand) = (desk.ana.0, desk.brand.id);
        let told = "Drafts only: what the app posts as <b dir=\"auto\">Acme</b> waits, and only the team sees it.";
        let mut browser = desk.browser().await;
        assert!(!browser.get(&desk.house, &authorize(&app, &[])).await.text.contains("Drafts only"));
        for (role, offered) in [(GrantRole::Contributor, true), (GrantRole::Responder, true), (GrantRole::Analyst, false), (GrantRole::Auditor, false)] {
            desk.house.app.db.write(move |tx| accounts::grant(tx, account, brand, role)).await.unwrap();
            let page = browser.get(&desk.house, &authorize(&app, &[("scope", "read write")])).await;
            assert_eq!((page.text.contains("@acme@"), page.text.contains(told)), (offered, offered), "{role}: {}", page.text);
            let answer = browser.answer(&desk.house, &page, brand, "allow").await;
            assert_eq!(answer.status == StatusCode::SEE_OTHER, offered, "{role}");
            let Some(code) = answer.query("code") else { continue };
            let token = desk.exchange(&app, &code).await.ok()["access_token"].as_str().unwrap().to_owned();
            let acme = crate::mastodon::Person { actor: brand, account, token };
            assert_eq!(desk.house.get(&acme, ME).await.ok()["username"], "acme");
            let waits = desk.house.post(&acme, "/api/v1/statuses", json!({ "status": "We are open" })).await.ok();
            assert_eq!(waits["visibility"], "direct", "{role}");
            assert_eq!(desk.house.get(None, &format!("/api/v1/accounts/{brand}/statuses")).await.ok(), json!([]));
        }
    }
}
