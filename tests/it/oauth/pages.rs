//! The pages of signing in: their protection, and the page on which people end what they allowed.

use std::sync::Arc;

use guildhall::jobs::{Handlers, runner::Runner};
use http::{StatusCode, header};

use super::{Browser, Desk, authorize};

on_both! {
    async fn pages_for_one_person_are_kept_by_nobody_and_leave_popups_their_opener(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("read").await;
        let mut browser = desk.browser().await;
        let sign_in = Browser::default().get(&desk.house, "/sign-in").await;
        let consent = browser.get(&desk.house, &authorize(&app, &[])).await;
        let account = browser.get(&desk.house, "/account").await;
        let refused = browser.get(&desk.house, "/oauth/authorize").await;
        for (name, page) in [("sign-in", &sign_in), ("consent", &consent), ("account", &account), ("refused", &refused)] {
            let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{name}: {policy}");
            assert_eq!(page.headers[header::CACHE_CONTROL], "no-store", "{name}");
            assert!(!page.headers.contains_key("cross-origin-opener-policy"), "{name}");
            // The way of the consent form leads to the app, and Chromium holds all of it against the policy.
            assert_eq!(policy.contains("form-action"), name != "consent", "{name}: {policy}");
        }
        for page in [&consent, &account] {
            assert!(!page.text.contains("<script"), "{}", page.text);
            assert!(!page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("script-src"));
        }
        // One script of ours asks for a passkey; nothing else can run beside it.
        assert_eq!(sign_in.text.matches("<script").count(), 1, "{}", sign_in.text);
        assert!(sign_in.text.contains("<script src=\"/assets/passkey-"), "{}", sign_in.text);
        assert_eq!(sign_in.headers[header::CONTENT_SECURITY_POLICY], crate::web::pages::POLICY);
        assert!(browser.get(&desk.house, "/about").await.headers.contains_key("cross-origin-opener-policy"));
    }

    async fn people_see_and_end_what_they_allowed(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("read write").await;
        let (herself, acme) = (desk.let_in(&app, "read", desk.ana.1).await, desk.let_in(&app, "read write", desk.brand.id).await);
        let mut browser = desk.browser().await;
        browser.more = vec![("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")];
        let page = browser.get(&desk.house, "/account").await;
        assert!(page.text.contains("@acme@company.example"), "{}", page.text);
        assert!(page.text.contains("this one"));
        // The newest is first: the brand's.
        let ended = browser.submit(&desk.house, "/account/apps/end", &page.hidden("/account/apps/end")).await;
        assert_eq!(ended.location(), "/account");
        let me = "/api/v1/accounts/verify_credentials";
        assert_eq!(desk.house.get(&acme, me).await.status, StatusCode::UNAUTHORIZED);
        desk.house.get(&herself, me).await.ok();
        // Another browser is signed out, and nobody's else.
        let mut phone = Browser { more: browser.more.clone(), ..Browser::default() };
        phone.sign_in(&desk.house, "ana", super::PASSWORD, "").await;
        let page = phone.get(&desk.house, "/account").await;
        assert!(page.text.contains("Firefox on Linux"), "{}", page.text);
        super::person(&desk.house, "ben", Some(super::PASSWORD), guildhall::domain::accounts::Role::Member).await;
        let mut bens = Browser::default();
        bens.sign_in(&desk.house, "ben", super::PASSWORD, "").await;
        let token = bens.get(&desk.house, "/account").await.hidden("/sign-out");
        for path in ["/account/browsers/end", "/account/apps/end"] {
            let mut fields = page.hidden(if path.contains("apps") { "/account/apps/end" } else { "/account/browsers/end" });
            fields[0] = token[0].clone();
            assert_eq!(bens.submit(&desk.house, path, &fields).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        desk.house.get(&herself, me).await.ok();
        let everything = phone.submit(&desk.house, "/account/end-everything", &page.hidden("/account/end-everything")).await;
        assert_eq!(everything.status, StatusCode::SEE_OTHER);
        assert_eq!(desk.house.get(&herself, me).await.status, StatusCode::UNAUTHORIZED);
        for browser in [&mut phone, &mut browser] {
            assert!(browser.get(&desk.house, "/account").await.location().starts_with("/sign-in"));
        }
        assert_eq!(bens.get(&desk.house, "/account").await.status, StatusCode::OK);
    }

    async fn another_browser_is_signed_out_alone(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (mut here, mut there) = (desk.browser().await, desk.browser().await);
        let end = "/account/browsers/end";
        let forms = |page: &super::Page| page.text.matches(&format!("action=\"{end}\"")).count();
        let page = here.get(&desk.house, "/account").await;
        assert_eq!(forms(&page), 1, "the other one, and not the one that asks: {}", page.text);
        assert_eq!(there.get(&desk.house, "/account").await.status, StatusCode::OK);
        let ended = here.submit(&desk.house, end, &page.hidden(end)).await;
        assert_eq!((ended.status, ended.location()), (StatusCode::SEE_OTHER, "/account"));
        assert!(there.get(&desk.house, "/account").await.location().starts_with("/sign-in"));
        let page = here.get(&desk.house, "/account").await;
        assert_eq!((page.status, forms(&page)), (StatusCode::OK, 0), "{}", page.text);
    }

    async fn what_apps_say_of_themselves_is_only_text(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let said = serde_json::json!({ "client_name": "Parrot <script>alert(1)</script>", "redirect_uris": super::BACK, "scopes": "read" });
        let made = desk.house.post(None, "/api/v1/apps", said).await.ok();
        let app = super::ClientApp { id: made["client_id"].as_str().unwrap().to_owned(), secret: String::new() };
        let page = desk.browser().await.get(&desk.house, &authorize(&app, &[("state", "\"><script>x</script>")])).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text.contains("<script"), "{}", page.text);
    }

    async fn a_password_is_changed_by_who_knows_it_and_ends_everything_else(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("read").await;
        let token = desk.let_in(&app, "read", desk.ana.1).await;
        let (mut browser, mut other) = (desk.browser().await, desk.browser().await);
        let page = browser.get(&desk.house, "/account/password").await;
        let send = async |browser: &mut Browser, old: &str, new: &str| {
            let mut fields = page.hidden("/account/password");
            fields.extend([("password".to_owned(), old.to_owned()), ("new_password".to_owned(), new.to_owned())]);
            browser.submit(&desk.house, "/account/password", &fields).await
        };
        let new = "another sentence, just as long";
        for (old, new) in [("wrong", new), (super::PASSWORD, "short")] {
            let refused = send(&mut browser, old, new).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.text.contains("role=\"alert\""), "{}", refused.text);
        }
        let both = send(&mut browser, "wrong", "short").await.text;
        assert!(both.contains("id=\"password-fault\"") && both.contains("id=\"new-password-fault\""), "at once: {both}");
        let old = browser.cookies.clone();
        let changed = send(&mut browser, super::PASSWORD, new).await;
        assert_eq!((changed.status, changed.location()), (StatusCode::SEE_OTHER, "/account"));
        assert_ne!(browser.cookies, old);
        assert_eq!(browser.get(&desk.house, "/account").await.status, StatusCode::OK);
        let mut stolen = Browser { cookies: old, ..Browser::default() };
        for browser in [&mut other, &mut stolen] {
            assert!(browser.get(&desk.house, "/account").await.location().starts_with("/sign-in"));
        }
        assert_eq!(desk.house.get(&token, "/api/v1/accounts/verify_credentials").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(Browser::default().sign_in(&desk.house, "ana", super::PASSWORD, "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(Browser::default().sign_in(&desk.house, "ana", new, "").await.status, StatusCode::SEE_OTHER);
    }

    async fn what_nobody_uses_any_more_is_forgotten(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (used, unused) = (desk.app("read").await, desk.app("read").await);
        let mut browser = desk.browser().await;
        let page = browser.get(&desk.house, &authorize(&used, &[])).await;
        let given = browser.answer(&desk.house, &page, desk.ana.1, "allow").await.query("code").unwrap();
        let token = desk.exchange(&used, &given).await.ok();
        let token = crate::mastodon::Person { actor: desk.ana.1, account: desk.ana.0, token: token["access_token"].as_str().unwrap().to_owned() };
        let count = async || {
            desk.house.app.db.read(|conn| {
                use diesel::prelude::*;
                use guildhall::db::schema::{app_codes, apps, browsers};
                let apps: i64 = apps::table.count().get_result(conn)?;
                let codes: i64 = app_codes::table.count().get_result(conn)?;
                let browsers: i64 = browsers::table.count().get_result(conn)?;
                Ok((apps, codes, browsers))
            })
            .await
            .unwrap()
        };
        for (days, expected) in [(0, (2, 1, 1)), (2, (2, 0, 1)), (13, (2, 0, 0)), (16, (1, 0, 0))] {
            desk.house.wait(days * 24 * 3600);
            guildhall::jobs::ensure_pruning(&desk.house.app.db).await.unwrap();
            let handlers = Arc::new(Handlers::new(desk.house.app.clone()));
            Runner::new(desk.house.app.db.clone(), handlers, 1).run_until_idle().await.unwrap();
            assert_eq!(count().await, expected, "{days}");
        }
        desk.house.get(&token, "/api/v1/apps/verify_credentials").await.ok();
        let asked = browser.get(&desk.house, &authorize(&unused, &[])).await;
        assert_eq!(asked.status, StatusCode::BAD_REQUEST);
    }
}
