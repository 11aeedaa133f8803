//! Signing in with a browser, and what attackers try there.

use guildhall::domain::accounts::{self, NewBrowser, Role};
use http::{StatusCode, header};

use super::{Browser, Desk, PASSWORD, Page, authorize, landing, person};

/// The one cookie that there is, where the server has https.
const COOKIE: &str = "__Host-guildhall";

fn alert(page: &Page) -> String {
    let after =
        page.text.split("role=\"alert\"").nth(1).unwrap_or_else(|| panic!("{} no alert: {}", page.status, page.text));
    let (_, words) = after.split("<span").nth(1).unwrap().split_once('>').unwrap();
    words.split("</span>").next().unwrap().to_owned()
}

on_both! {
    async fn people_sign_in_by_username_handle_or_address(database: TestDatabase) {
        let desk = Desk::open(database).await;
        for name in ["ana", "@ANA", " ana@mail.example ", "Ana@Mail.Example", "@ana@company.example"] {
            let mut browser = Browser::default();
            let entered = browser.sign_in(&desk.house, name, PASSWORD, "").await;
            assert_eq!((entered.status, entered.location()), (StatusCode::SEE_OTHER, landing()), "{name}");
            let cookie = entered.headers[header::SET_COOKIE].to_str().unwrap();
            for part in ["__Host-guildhall=", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Max-Age="] {
                assert!(cookie.contains(part), "{cookie}");
            }
            assert!(browser.get(&desk.house, "/account").await.text.contains("@ana@company.example"));
        }
    }

    async fn what_does_not_fit_is_told_in_the_same_words(database: TestDatabase) {
        let desk = Desk::open(database).await;
        person(&desk.house, "silent", None, Role::Member).await;
        person(&desk.house, "gone", Some(PASSWORD), Role::Member).await;
        let gone = desk.house.app.db.read(|conn| accounts::find_by_username(conn, "gone")).await.unwrap().unwrap().0.id;
        desk.house.app.db.write(move |tx| accounts::delete(tx, gone)).await.unwrap();
        let mut said = std::collections::BTreeSet::new();
        for (name, password) in [("ana", "wrong"), ("nobody", PASSWORD), ("silent", ""), ("gone", PASSWORD), ("acme", PASSWORD), ("ana@company.test", PASSWORD), ("", "")] {
            let mut browser = Browser::default();
            let page = browser.sign_in(&desk.house, name, password, "").await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            said.insert(alert(&page));
            assert!(browser.get(&desk.house, "/account").await.location().starts_with("/sign-in"), "{name}");
        }
        assert_eq!(said.len(), 1, "{said:?}");
        // Only who knows the password is told what is wrong with the account.
        let account = desk.ana.0;
        desk.house.app.db.write(move |tx| accounts::set_suspended(tx, account, true)).await.unwrap();
        let page = Browser::default().sign_in(&desk.house, "ana", "wrong", "").await;
        assert!(said.contains(&alert(&page)));
        let page = Browser::default().sign_in(&desk.house, "ana", PASSWORD, "").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(alert(&page).contains("suspended"));
    }

    async fn a_form_that_was_refused_can_be_had_in_another_language(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut browser = Browser::default();
        let page = browser.sign_in(&desk.house, "ana", "wrong", "/account?x=1").await;
        let german = "/sign-in?then=%2Faccount%3Fx%3D1&name=ana&language=de";
        assert!(page.text.contains(&format!("href=\"{}\"", german.replace('&', "&#38;"))), "{}", page.text);
        let chosen = browser.get(&desk.house, german).await;
        assert_eq!(chosen.status, StatusCode::SEE_OTHER, "{}", chosen.text);
        let page = browser.get(&desk.house, chosen.location()).await;
        assert!(page.text.contains("<html lang=\"de\"") && page.text.contains("value=\"ana\""), "{}", page.text);
        assert!(page.text.contains("name=\"then\" value=\"/account?x=1\""), "{}", page.text);
    }

    async fn who_guesses_is_told_to_wait_and_others_are_not(database: TestDatabase) {
        let desk = Desk::open_with(database, |_| ()).await;
        person(&desk.house, "ben", Some(PASSWORD), Role::Member).await;
        for name in ["ana", "nobody"] {
            let mut browser = Browser::default();
            let page = browser.get(&desk.house, "/sign-in").await;
            let mut tries = 0;
            while browser.type_in(&desk.house, &page, name, "wrong").await.status == StatusCode::UNPROCESSABLE_ENTITY {
                tries += 1;
            }
            // One more for each half minute that this takes.
            assert!((10..20).contains(&tries), "{tries}");
            // The right one is of no use now, and there is no telling whether it was.
            let refused = browser.type_in(&desk.house, &page, &name.to_uppercase(), PASSWORD).await;
            assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
            let wait: u64 = refused.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
            assert!((1..=300).contains(&wait), "{wait}");
            assert!(alert(&refused).contains("wait 1 minute"), "{}", alert(&refused));
        }
        assert_eq!(Browser::default().sign_in(&desk.house, "ben", PASSWORD, "").await.status, StatusCode::SEE_OTHER);
    }

    async fn who_guesses_elsewhere_keeps_nobody_from_changing_their_password(database: TestDatabase) {
        let desk = Desk::open_with(database, |_| ()).await;
        let mut browser = desk.browser().await;
        let mut other = Browser::default();
        let form = other.get(&desk.house, "/sign-in").await;
        while other.type_in(&desk.house, &form, "ana", "wrong").await.status == StatusCode::UNPROCESSABLE_ENTITY {}
        let page = browser.get(&desk.house, "/account/password").await;
        let mut send = async |old: &str| {
            let mut fields = page.hidden("/account/password");
            let new = "another sentence, just as long";
            fields.extend([("password".to_owned(), old.to_owned()), ("new_password".to_owned(), new.to_owned())]);
            browser.submit(&desk.house, "/account/password", &fields).await.status
        };
        assert_eq!(send("wrong").await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(send(PASSWORD).await, StatusCode::SEE_OTHER);
    }

    async fn a_sign_in_under_way_ends_with_the_password_that_it_showed(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let account = desk.ana.0;
        let shown = desk.house.app.db.read(move |conn| accounts::get(conn, account)).await.unwrap().password_hash;
        let open = async |password_hash: Option<String>, secret: u8| {
            let new = NewBrowser {
                account, password_hash, name: "A browser".to_owned(), secret_hash: [secret; 32], code_due: false, before: None,
            };
            desk.house.app.db.write(move |tx| accounts::open_browser(tx, &new)).await
        };
        assert!(open(shown.clone(), 1).await.is_ok());
        desk.house.app.db.write(move |tx| accounts::set_password(tx, account, "another hash")).await.unwrap();
        for stale in [shown, None] {
            assert_eq!(open(stale, 2).await.unwrap_err().code(), "sign_in.changed");
        }
        assert!(open(Some("another hash".to_owned()), 3).await.is_ok());
    }

    async fn a_form_counts_only_in_the_browser_that_opened_it(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("read").await;
        let (mut browser, mut other) = (desk.browser().await, Browser::default());
        let page = browser.get(&desk.house, &authorize(&app, &[])).await;
        // Without the cookie, with another one, without the token, with a token of before signing in.
        let mut bare = Browser::default();
        assert_eq!(bare.answer(&desk.house, &page, desk.ana.1, "allow").await.status, StatusCode::FORBIDDEN);
        let before = other.get(&desk.house, "/sign-in").await.hidden("/sign-in");
        let foreign = before.iter().find(|(name, _)| name == "form_token").unwrap().1.clone();
        for token in [String::new(), foreign] {
            let mut fields = page.hidden("/oauth/authorize");
            fields.iter_mut().find(|(name, _)| name == "form_token").unwrap().1 = token;
            fields.push(("decision".to_owned(), "allow".to_owned()));
            assert_eq!(browser.submit(&desk.house, "/oauth/authorize", &fields).await.status, StatusCode::FORBIDDEN);
        }
        // Another site that learnt the token is named by the browser.
        for headers in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")] {
            browser.more = vec![headers];
            let refused = browser.answer(&desk.house, &page, desk.ana.1, "allow").await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{headers:?}");
        }
        browser.more = vec![("origin", "https://social.company.example"), ("sec-fetch-site", "same-origin")];
        assert_eq!(browser.answer(&desk.house, &page, desk.ana.1, "allow").await.status, StatusCode::SEE_OTHER);
        // Nobody is signed in as somebody by a page of another site.
        let fields = [("name", "ana"), ("password", PASSWORD)].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let forced = Browser::default().submit(&desk.house, "/sign-in", &fields).await;
        assert_eq!(forced.status, StatusCode::FORBIDDEN);
        for path in ["/sign-out", "/account/end-everything", "/account/browsers/end", "/account/apps/end"] {
            assert_eq!(browser.submit(&desk.house, path, &[]).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(browser.get(&desk.house, "/account").await.status, StatusCode::OK);
    }

    async fn a_cookie_that_somebody_planted_is_worth_nothing_after_signing_in(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut attacker = Browser::default();
        attacker.get(&desk.house, "/sign-in").await;
        let planted = attacker.cookies[COOKIE].clone();
        let mut victim = attacker.clone();
        victim.sign_in(&desk.house, "ana", PASSWORD, "").await;
        assert_ne!(victim.cookies[COOKIE], planted);
        assert!(attacker.get(&desk.house, "/account").await.location().starts_with("/sign-in"));
        assert_eq!(victim.get(&desk.house, "/account").await.status, StatusCode::OK);
        // Signing in once more ends what the old cookie was good for.
        let old = victim.clone();
        let page = victim.get(&desk.house, "/sign-in?then=/account").await;
        victim.type_in(&desk.house, &page, "ana", PASSWORD).await;
        assert_ne!(victim.cookies, old.cookies);
        let mut old = old;
        assert!(old.get(&desk.house, "/account").await.location().starts_with("/sign-in"));
        assert_eq!(victim.get(&desk.house, "/account").await.status, StatusCode::OK);
    }

    async fn nobody_is_led_elsewhere_by_signing_in(database: TestDatabase) {
        let desk = Desk::open(database).await;
        for then in ["https://evil.example/", "//evil.example/", "/\\evil.example", "/@ana", "javascript:alert(1)", "/account\r\nx: y"] {
            let entered = Browser::default().sign_in(&desk.house, "ana", PASSWORD, then).await;
            assert_eq!((entered.status, entered.location()), (StatusCode::SEE_OTHER, landing()), "{then}");
        }
    }

    async fn who_is_signed_in_already_goes_to_their_work(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut browser = desk.browser().await;
        let went = browser.get(&desk.house, "/sign-in").await;
        assert_eq!((went.status, went.location()), (StatusCode::SEE_OTHER, landing()));
        let asked = browser.sign_in(&desk.house, "ana", PASSWORD, "/account").await;
        assert_eq!(asked.location(), "/account", "who asked for something is led there");
    }

    async fn a_browser_is_signed_out_by_time_and_by_hand(database: TestDatabase) {
        const DAY: u64 = 24 * 3600;
        let desk = Desk::open(database).await;
        let mut used = desk.browser().await;
        for _ in 0..6 {
            desk.house.wait(9 * DAY);
            assert_eq!(used.get(&desk.house, "/account").await.status, StatusCode::OK);
        }
        desk.house.wait(9 * DAY);
        assert_eq!(used.get(&desk.house, "/account").await.status, StatusCode::SEE_OTHER, "after sixty days, used or not");
        let mut left = desk.browser().await;
        desk.house.wait(14 * DAY);
        assert_eq!(left.get(&desk.house, "/account").await.status, StatusCode::SEE_OTHER);

        let mut browser = desk.browser().await;
        let page = browser.get(&desk.house, "/account").await;
        let copy = browser.clone();
        let out = browser.submit(&desk.house, "/sign-out", &page.hidden("/sign-out")).await;
        assert_eq!((out.status, out.location()), (StatusCode::SEE_OTHER, "/"));
        assert!(!browser.cookies.contains_key(COOKIE));
        let mut copy = copy;
        assert!(copy.get(&desk.house, "/account").await.location().starts_with("/sign-in"), "also for who kept the cookie");
    }

    async fn who_asks_for_it_signs_in_again(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("read").await;
        let mut browser = desk.browser().await;
        let asked = browser.get(&desk.house, &authorize(&app, &[("force_login", "true"), ("lang", "de")])).await;
        let then = asked.query("then").unwrap();
        assert!(asked.location().starts_with("/sign-in?") && !then.contains("force_login"), "{}", asked.location());
        let entered = browser.sign_in(&desk.house, "ana", PASSWORD, &then).await;
        assert_eq!(browser.get(&desk.house, entered.location()).await.status, StatusCode::OK);
    }
}
