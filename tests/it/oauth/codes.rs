//! From "let it in" to a token: the code works once, soon, for its app and with its secret.

use guildhall::{domain::accounts, secrets};
use http::StatusCode;
use serde_json::json;

use super::{BACK, Browser, ClientApp, Desk, PASSWORD, authorize};

/// Ana lets the app in and answers the code.
async fn code(desk: &Desk, app: &ClientApp, more: &[(&str, &str)]) -> String {
    let mut browser = desk.browser().await;
    let page = browser.get(&desk.house, &authorize(app, more)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let answer = browser.answer(&desk.house, &page, desk.ana.1, "allow").await;
    answer.query("code").unwrap_or_else(|| panic!("{} {}", answer.status, answer.text))
}

#[track_caller]
fn grant_refused(reply: &crate::mastodon::Reply) {
    assert_eq!(
        (reply.status, &reply.body["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_grant")),
        "{}",
        reply.body
    );
    assert!(reply.body["error_description"].as_str().is_some_and(|why| !why.is_empty()));
}

on_both! {
    async fn an_app_is_let_in_and_posts_until_its_token_is_given_back(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("read write follow push").await;
        let mut browser = Browser::default();
        // Not signed in: first that, then back to the question.
        let asked = browser.get(&desk.house, &authorize(&app, &[("scope", "read write"), ("state", "a&b=ü")])).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER);
        let then = asked.query("then").unwrap();
        let entered = browser.sign_in(&desk.house, "ana", PASSWORD, &then).await;
        assert_eq!((entered.status, entered.location()), (StatusCode::SEE_OTHER, then.as_str()));
        let page = browser.get(&desk.house, &then).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("Parrot") && page.text.contains("app.example"), "{}", page.text);
        let answer = browser.answer(&desk.house, &page, desk.ana.1, "allow").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        assert!(answer.location().starts_with(&format!("{BACK}&code=")), "{}", answer.location());
        assert_eq!(answer.query("state").as_deref(), Some("a&b=ü"));
        assert_eq!(answer.headers["cache-control"], "no-store");

        let token = desk.exchange(&app, &answer.query("code").unwrap()).await;
        assert_eq!(token.headers["cache-control"], "private, no-store");
        let token = token.ok();
        assert_eq!((&token["token_type"], &token["scope"]), (&json!("Bearer"), &json!("read write")));
        assert!(token["created_at"].is_i64());
        let me = crate::mastodon::Person { actor: desk.ana.1, account: desk.ana.0, token: token["access_token"].as_str().unwrap().to_owned() };
        assert_eq!(desk.house.get(&me, "/api/v1/accounts/verify_credentials").await.ok()["username"], "ana");
        assert_eq!(desk.house.get(&me, "/api/v1/apps/verify_credentials").await.ok()["name"], "Parrot");
        let post = desk.house.says(&me, json!({ "status": "From my app" })).await;
        assert_eq!(desk.house.get(&me, &format!("/api/v1/statuses/{post}")).await.ok()["account"]["username"], "ana");

        let asked = [("client_id", app.id.as_str()), ("client_secret", &app.secret), ("token", &me.token)];
        assert_eq!(desk.form("/oauth/introspect", &asked).await.ok()["username"], "ana");
        assert_eq!(desk.form("/oauth/revoke", &asked).await.ok(), json!({}));
        assert_eq!(desk.house.get(&me, "/api/v1/accounts/verify_credentials").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(desk.form("/oauth/introspect", &asked).await.ok(), json!({ "active": false }));
        assert_eq!(desk.form("/oauth/revoke", &asked).await.ok(), json!({}), "once more does no harm");
    }

    async fn the_secret_behind_a_challenge_must_be_shown(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("read").await;
        let verifier = "a-verifier-of-forty-three-characters-or-more";
        let challenge = secrets::challenge_of(verifier);
        let asked = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
        let given = code(&desk, &app, &asked).await;
        let with = async |code: &str, verifier: Option<&str>| {
            let mut fields = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK)];
            fields.extend(verifier.map(|verifier| ("code_verifier", verifier)));
            desk.token(&app, &fields).await
        };
        grant_refused(&with(&given, None).await);
        grant_refused(&with(&given, Some("another")).await);
        grant_refused(&with(&given, Some(&challenge)).await);
        with(&given, Some(verifier)).await.ok();
        // Whoever took the challenge away on the way to the page does not get through with a verifier.
        let bare = code(&desk, &app, &[]).await;
        grant_refused(&with(&bare, Some(verifier)).await);
        with(&bare, None).await.ok();
    }

    async fn a_code_that_is_shown_twice_ends_the_token_that_it_gave(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("read").await;
        let other = desk.let_in(&app, "read", desk.ana.1).await;
        let given = code(&desk, &app, &[]).await;
        let token = desk.exchange(&app, &given).await.ok();
        let me = crate::mastodon::Person { actor: desk.ana.1, account: desk.ana.0, token: token["access_token"].as_str().unwrap().to_owned() };
        desk.house.get(&me, "/api/v1/accounts/verify_credentials").await.ok();
        grant_refused(&desk.exchange(&app, &given).await);
        assert_eq!(desk.house.get(&me, "/api/v1/accounts/verify_credentials").await.status, StatusCode::UNAUTHORIZED);
        desk.house.get(&other, "/api/v1/accounts/verify_credentials").await.ok();
    }

    async fn a_code_is_for_its_app_its_address_and_ten_minutes(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (app, thief) = (desk.app("read").await, desk.app("read").await);
        let given = code(&desk, &app, &[]).await;
        grant_refused(&desk.exchange(&thief, &given).await);
        let elsewhere = [("grant_type", "authorization_code"), ("code", given.as_str()), ("redirect_uri", "https://app.example/back")];
        grant_refused(&desk.token(&app, &elsewhere).await);
        let wrong = ClientApp { secret: thief.secret.clone(), ..app.clone() };
        let refused = desk.exchange(&wrong, &given).await;
        assert_eq!((refused.status, &refused.body["error"]), (StatusCode::UNAUTHORIZED, &json!("invalid_client")));
        assert!(refused.headers["www-authenticate"].to_str().unwrap().starts_with("Basic"));
        desk.exchange(&app, &given).await.ok();
        let late = code(&desk, &app, &[]).await;
        desk.house.wait(601);
        grant_refused(&desk.exchange(&app, &late).await);
        grant_refused(&desk.exchange(&app, "made-up").await);
    }

    async fn a_new_password_ends_codes_tokens_and_browsers(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("read").await;
        let me = desk.let_in(&app, "read", desk.ana.1).await;
        let mut browser = desk.browser().await;
        let given = code(&desk, &app, &[]).await;
        let (account, hash) = (desk.ana.0, secrets::hash_password("another sentence, just as long").unwrap());
        desk.house.app.db.write(move |tx| accounts::set_password(tx, account, &hash)).await.unwrap();
        grant_refused(&desk.exchange(&app, &given).await);
        assert_eq!(desk.house.get(&me, "/api/v1/accounts/verify_credentials").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(browser.get(&desk.house, "/account").await.location(), "/sign-in?then=%2Faccount");
    }

    async fn of_eight_who_show_a_code_at_once_one_gets_a_token_and_nobody_keeps_it(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("read").await;
        let given = code(&desk, &app, &[]).await;
        let tries = futures_util::future::join_all((0..8).map(|_| desk.exchange(&app, &given))).await;
        let got: Vec<_> = tries.iter().filter(|reply| reply.status == StatusCode::OK).collect();
        assert_eq!(got.len(), 1);
        let me = crate::mastodon::Person { actor: desk.ana.1, account: desk.ana.0, token: got[0].body["access_token"].as_str().unwrap().to_owned() };
        assert_eq!(desk.house.get(&me, "/api/v1/accounts/verify_credentials").await.status, StatusCode::UNAUTHORIZED);
    }

    async fn a_code_can_be_copied_by_hand(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let oob = "urn:ietf:wg:oauth:2.0:oob";
        let app = desk.app_at(oob, "read").await;
        let mut browser = desk.browser().await;
        let page = browser.get(&desk.house, &authorize(&app, &[("redirect_uri", oob)])).await;
        let answer = browser.answer(&desk.house, &page, desk.ana.1, "allow").await;
        assert!(answer.location().starts_with("/oauth/authorize/native?code="), "{}", answer.location());
        let given = answer.query("code").unwrap();
        let shown = browser.get(&desk.house, answer.location()).await;
        assert!(shown.text.contains(&format!("value=\"{given}\"")), "{}", shown.text);
        let fields = [("grant_type", "authorization_code"), ("code", given.as_str()), ("redirect_uri", oob)];
        desk.token(&app, &fields).await.ok();
        let words = browser.get(&desk.house, "/oauth/authorize/native?code=Call+us+now").await;
        assert_eq!(words.status, StatusCode::NOT_FOUND);
        assert!(!words.text.contains("Call us"));
    }

    async fn an_app_may_show_its_secret_in_the_header(database: TestDatabase) {
        use base64::Engine as _;
        let desk = Desk::open(database).await;
        let app = desk.app("read").await;
        let given = code(&desk, &app, &[]).await;
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("{}:{}", app.id, app.secret));
        let body = json!({ "grant_type": "authorization_code", "code": given, "redirect_uri": BACK });
        let request = http::Request::post("/oauth/token").header("authorization", format!("Basic {basic}")).header("content-type", "application/json");
        let token = desk.house.send(request.body(body.to_string().into()).unwrap()).await.ok();
        assert_eq!(token["scope"], "read");
    }
}
