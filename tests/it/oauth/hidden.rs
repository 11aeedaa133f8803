//! Secrets come in the body and nowhere else, names of apps are what one reads, and a password counts as it is now.

use guildhall::{domain::accounts, error::Kind};
use http::StatusCode;
use serde_json::json;

use super::{BACK, Browser, Desk, PASSWORD, authorize};

on_both! {
    async fn secrets_in_an_address_are_not_believed(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("read").await;
        let said = [("grant_type", "client_credentials"), ("client_id", app.id.as_str())];
        let with_secret = format!("/oauth/token?client_secret={}", app.secret);
        assert_eq!(desk.form(&with_secret, &said).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(desk.token(&app, &[("grant_type", "client_credentials")]).await.status, StatusCode::OK);
        let mut browser = desk.browser().await;
        let page = browser.get(&desk.house, &authorize(&app, &[("scope", "read")])).await;
        let code = browser.answer(&desk.house, &page, desk.ana.1, "allow").await.query("code").unwrap();
        let exchange = [
            ("client_id", app.id.as_str()), ("client_secret", &app.secret),
            ("grant_type", "authorization_code"), ("redirect_uri", BACK),
        ];
        assert_eq!(desk.form(&format!("/oauth/token?code={code}"), &exchange).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(desk.exchange(&app, &code).await.status, StatusCode::OK, "it was not used up");
        let mut browser = Browser::default();
        let page = browser.get(&desk.house, "/sign-in").await;
        let mut fields = page.hidden("/sign-in");
        fields.push(("name".to_owned(), "ana".to_owned()));
        let in_address = format!("/sign-in?password={}", PASSWORD.replace(' ', "+"));
        let refused = browser.submit(&desk.house, &in_address, &fields).await;
        assert_ne!(refused.status, StatusCode::SEE_OTHER);
    }

    async fn the_name_of_an_app_is_one_line_that_reads_as_it_is(database: TestDatabase) {
        let desk = Desk::open(database).await;
        for (name, shown) in [("Par\u{202e}rot\r\n\r\nallow", "Parrot allow"), ("  <b>Parrot</b> ", "Parrot")] {
            let said = json!({ "client_name": name, "redirect_uris": BACK, "scopes": "read" });
            assert_eq!(desk.house.post(None, "/api/v1/apps", said).await.ok()["name"], shown);
        }
        for said in [
            json!({ "client_name": "\u{202e}\u{200b}", "redirect_uris": BACK }),
            json!({ "client_name": "Parrot", "redirect_uris": "ms-msdt:/id" }),
            json!({ "client_name": "Parrot", "redirect_uris": "chrome-extension://x/back" }),
            json!({ "client_name": "Parrot", "redirect_uris": "steam://run/1" }),
        ] {
            assert_eq!(desk.house.post(None, "/api/v1/apps", said.clone()).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        }
    }

    async fn what_an_app_asks_is_not_lost_by_signing_in(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("read").await;
        let state = "s".repeat(12_000);
        let asked = authorize(&app, &[("scope", "read"), ("state", &state)]);
        let mut browser = Browser::default();
        let sent = browser.get(&desk.house, &asked).await;
        let page = browser.get(&desk.house, sent.location()).await;
        let entered = browser.type_in(&desk.house, &page, "ana", PASSWORD).await;
        assert!(entered.location().starts_with("/oauth/authorize?") && entered.location().contains(&state));
        // What would be lost is refused at once.
        let too_long = authorize(&app, &[("scope", "read"), ("state", &"s".repeat(20_000))]);
        assert_eq!(Browser::default().get(&desk.house, &too_long).await.status, StatusCode::BAD_REQUEST);
    }

    async fn a_password_that_was_changed_since_it_was_checked_does_not_count(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let account = desk.ana.0;
        let write = |checked: String| desk.house.app.db.write(move |tx| accounts::same_password(tx, account, &checked));
        let hash = desk.house.app.db.read(move |conn| Ok(accounts::get(conn, account)?.password_hash)).await.unwrap().unwrap();
        assert!(write(hash.clone()).await.is_ok());
        desk.house.app.db.write(move |tx| accounts::set_password(tx, account, "another hash")).await.unwrap();
        assert_eq!(write(hash).await.unwrap_err().kind(), Kind::Conflict);
    }
}
