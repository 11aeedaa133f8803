//! The pages of signing in: their protection, and the page on which people end what they allowed.

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
        for page in [&sign_in, &consent, &account] {
            assert!(!page.text.contains("<script"), "{}", page.text);
        }
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
        let other = super::person(&desk.house, "ben", Some(super::PASSWORD), guildhall::domain::accounts::Role::Member).await;
        let mut bens = Browser::default();
        bens.sign_in(&desk.house, "ben", super::PASSWORD, "").await;
        let token = bens.get(&desk.house, "/account").await.hidden("/sign-out");
        for path in ["/account/browsers/end", "/account/apps/end"] {
            let mut fields = page.hidden(if path.contains("apps") { "/account/apps/end" } else { "/account/browsers/end" });
            fields[0] = token[0].clone();
            assert_eq!(bens.submit(&desk.house, path, &fields).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        desk.house.get(&herself, me).await.ok();
        assert!(other.0.0 > 0);
        let everything = phone.submit(&desk.house, "/account/end-everything", &page.hidden("/account/end-everything")).await;
        assert_eq!(everything.status, StatusCode::SEE_OTHER);
        assert_eq!(desk.house.get(&herself, me).await.status, StatusCode::UNAUTHORIZED);
        for browser in [&mut phone, &mut browser] {
            assert!(browser.get(&desk.house, "/account").await.location().starts_with("/sign-in"));
        }
        assert_eq!(bens.get(&desk.house, "/account").await.status, StatusCode::OK);
    }

    async fn what_apps_say_of_themselves_is_only_text(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let said = serde_json::json!({ "client_name": "<script>alert(1)</script>", "redirect_uris": super::BACK, "scopes": "read" });
        let made = desk.house.post(None, "/api/v1/apps", said).await.ok();
        let app = super::ClientApp { id: made["client_id"].as_str().unwrap().to_owned(), secret: String::new() };
        let page = desk.browser().await.get(&desk.house, &authorize(&app, &[("state", "\"><script>x</script>")])).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text.contains("<script"), "{}", page.text);
    }
}
