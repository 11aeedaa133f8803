//! What apps ask: registered, checked, and nobody sent where the app did not say before.

use guildhall::domain::apps;
use http::StatusCode;
use serde_json::{Value, json};

use super::{BACK, Browser, ClientApp, Desk, authorize};
use crate::mastodon::{BASE, Person};

on_both! {
    async fn apps_register_in_every_form_and_dangerous_ones_do_not(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let made = desk.house.post(None, "/api/v1/apps", json!({
            "client_name": "Parrot", "redirect_uris": ["https://a.example/cb", "parrot://cb"], "scopes": "read write:statuses read", "website": "https://a.example/about",
        }))
        .await
        .ok();
        assert_eq!(made["redirect_uris"], json!(["https://a.example/cb", "parrot://cb"]));
        assert_eq!(made["redirect_uri"], "https://a.example/cb\nparrot://cb");
        assert_eq!(made["scopes"], json!(["read", "write:statuses"]));
        assert_eq!((&made["website"], &made["client_secret_expires_at"]), (&json!("https://a.example/about"), &json!(0)));
        let as_form = desk.form("/api/v1/apps", &[("client_name", "Form"), ("redirect_uris", "x-form://a\nx-form://b")]).await.ok();
        assert_eq!((&as_form["redirect_uris"], &as_form["scopes"]), (&json!(["x-form://a", "x-form://b"]), &json!(["read"])));
        let multipart = "--b\r\nContent-Disposition: form-data; name=\"client_name\"\r\n\r\nParts\r\n--b\r\nContent-Disposition: form-data; name=\"redirect_uris\"\r\n\r\nparts://cb\r\n--b--\r\n";
        let request = http::Request::post("/api/v1/apps").header("content-type", "multipart/form-data; boundary=b");
        assert_eq!(desk.house.send(request.body(multipart.into()).unwrap()).await.ok()["name"], "Parts");

        let wrong: [(&str, Value); 8] = [
            ("client_name", json!("")),
            ("client_name", json!("x".repeat(61))),
            ("redirect_uris", json!("javascript:alert(1)")),
            ("redirect_uris", json!("data:text/html,hello")),
            ("redirect_uris", json!("https://a.example/#fragment")),
            ("redirect_uris", json!([])),
            ("scopes", json!("read everything")),
            ("website", json!("javascript:alert(1)")),
        ];
        for (field, value) in wrong {
            let mut said = json!({ "client_name": "Parrot", "redirect_uris": BACK, "scopes": "read" });
            said[field] = value;
            let refused = desk.house.post(None, "/api/v1/apps", said.clone()).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
            assert!(refused.body["error"].is_string());
        }
    }

    async fn nobody_is_sent_where_the_app_did_not_say(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("read").await;
        let mut browser = desk.browser().await;
        let elsewhere = [
            "https://evil.example/",
            "https://app.example/back",
            "https://app.example/back?from=us&more",
            "https://APP.example/back?from=us",
            "https://app.example/back?from=us#x",
            "https://app.example/back/../evil?from=us",
            "https://app.example@evil.example/back?from=us",
            "javascript:alert(1)",
            "urn:ietf:wg:oauth:2.0:oob",
            "",
        ];
        for address in elsewhere {
            // With an error that would be told there, too.
            for kind in ["code", "token"] {
                let asked = authorize(&app, &[("redirect_uri", address), ("response_type", kind)]);
                for browser in [&mut browser, &mut Browser::default()] {
                    let page = browser.get(&desk.house, &asked).await;
                    assert_eq!((page.status, page.location()), (StatusCode::BAD_REQUEST, ""), "{address}");
                    assert!(page.text.contains("did not register"), "{}", page.text);
                }
            }
        }
        // Some clients write a slash behind the address.
        let slash = authorize(&app, &[]).replace("/oauth/authorize?", "/oauth/authorize/?");
        assert_eq!(browser.get(&desk.house, &slash).await.status, StatusCode::OK);
        let unknown = browser.get(&desk.house, &authorize(&ClientApp { id: "nobody".to_owned(), ..app.clone() }, &[])).await;
        assert_eq!((unknown.status, unknown.location()), (StatusCode::BAD_REQUEST, ""));
        // A page that was fine, sent with another address.
        let page = browser.get(&desk.house, &authorize(&app, &[])).await;
        let mut fields = page.hidden("/oauth/authorize");
        fields.iter_mut().find(|(name, _)| name == "redirect_uri").unwrap().1 = "https://evil.example/".to_owned();
        fields.push(("decision".to_owned(), "allow".to_owned()));
        let refused = browser.submit(&desk.house, "/oauth/authorize", &fields).await;
        assert_eq!((refused.status, refused.location()), (StatusCode::BAD_REQUEST, ""));
    }

    async fn nobody_is_sent_away_who_did_not_answer(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("read write:statuses").await;
        let challenge = "x".repeat(43);
        let cases: [&[(&str, &str)]; 7] = [
            &[("response_type", "token")],
            &[("response_type", "")],
            &[("scope", "write")],
            &[("scope", "everything")],
            &[("code_challenge", &challenge)],
            &[("code_challenge", &challenge), ("code_challenge_method", "plain")],
            &[("code_challenge", "short"), ("code_challenge_method", "S256")],
        ];
        for more in cases {
            let mut all = vec![("state", "mine")];
            all.extend(more);
            // Neither strangers nor who is signed in: anybody can register an app with any address.
            for mut browser in [Browser::default(), desk.browser().await] {
                let page = browser.get(&desk.house, &authorize(&app, &all)).await;
                assert_eq!(page.status, StatusCode::BAD_REQUEST, "{more:?} {}", page.text);
                assert!(page.text.contains("The app asks for what cannot be done"), "{}", page.text);
            }
        }
        let mut browser = desk.browser().await;
        let page = browser.get(&desk.house, &authorize(&app, &[("state", "mine")])).await;
        let denied = browser.answer(&desk.house, &page, desk.ana.1, "deny").await;
        assert_eq!((denied.query("error").as_deref(), denied.query("state").as_deref()), (Some("access_denied"), Some("mine")));
        assert_eq!(denied.query("code"), None);
        let page = browser.get(&desk.house, &authorize(&app, &[("state", "mine")])).await;
        let allowed = browser.answer(&desk.house, &page, desk.ana.1, "allow").await;
        assert!(allowed.query("code").is_some());
        // Both say which server answers (RFC 9207).
        for answer in [denied, allowed] {
            assert_eq!(answer.query("iss").as_deref(), Some("https://social.company.example/"), "{}", answer.location());
        }
    }

    async fn an_app_has_few_tokens_for_itself_and_goes_with_them(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (app, used) = (desk.app("read").await, desk.app("read").await);
        let mut tokens = Vec::new();
        for _ in 0..25 {
            let token = desk.token(&app, &[("grant_type", "client_credentials")]).await.ok();
            tokens.push(token["access_token"].as_str().unwrap().to_owned());
        }
        let works = async |token: &String| {
            let asked = [("client_id", app.id.as_str()), ("client_secret", &app.secret), ("token", token)];
            desk.form("/oauth/introspect", &asked).await.ok()["active"] == true
        };
        for (number, token) in tokens.iter().enumerate() {
            assert_eq!(works(token).await, number >= 5, "{number}");
        }
        desk.let_in(&used, "read", desk.ana.1).await;
        desk.house.wait(31 * 24 * 3600);
        let newest = desk.token(&used, &[("grant_type", "client_credentials")]).await.ok();
        assert_eq!(desk.house.app.db.write(|tx| apps::prune(tx, 1000)).await.unwrap(), 1);
        let known = |id: &str| {
            let id = id.to_owned();
            desk.house.app.db.read(move |conn| apps::find_by_client_id(conn, &id))
        };
        assert!(known(&app.id).await.unwrap().is_none() && known(&used.id).await.unwrap().is_some());
        assert!(newest["access_token"].is_string());
        assert_eq!(desk.house.app.db.write(|tx| apps::prune(tx, 1000)).await.unwrap(), 0);
    }

    async fn tokens_are_refused_as_oauth_says(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("read").await;
        let cases: [(&[(&str, &str)], &str); 6] = [
            (&[], "invalid_request"),
            (&[("grant_type", "password"), ("username", "ana"), ("password", super::PASSWORD)], "unsupported_grant_type"),
            (&[("grant_type", "refresh_token")], "unsupported_grant_type"),
            (&[("grant_type", "authorization_code")], "invalid_request"),
            (&[("grant_type", "authorization_code"), ("code", "x")], "invalid_request"),
            (&[("grant_type", "client_credentials"), ("scope", "write")], "invalid_scope"),
        ];
        for (fields, expected) in cases {
            let refused = desk.token(&app, fields).await;
            assert_eq!((refused.status, &refused.body["error"]), (StatusCode::BAD_REQUEST, &json!(expected)), "{fields:?}");
            assert!(refused.body["error_description"].is_string());
        }
        let nobody = desk.form("/oauth/token", &[("grant_type", "client_credentials")]).await;
        assert_eq!((nobody.status, &nobody.body["error"]), (StatusCode::UNAUTHORIZED, &json!("invalid_client")));
        // Somebody else's token is not ended, and nothing is told of it.
        let me = desk.let_in(&app, "read", desk.ana.1).await;
        let other = desk.app("read").await;
        let asked = [("client_id", other.id.as_str()), ("client_secret", &other.secret), ("token", &me.token)];
        let refused = desk.form("/oauth/revoke", &asked).await;
        assert_eq!((refused.status, &refused.body["error"]), (StatusCode::FORBIDDEN, &json!("unauthorized_client")));
        assert_eq!(desk.form("/oauth/revoke", &asked[2..]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(desk.form("/oauth/introspect", &asked).await.ok(), json!({ "active": false }));
        desk.house.get(&me, "/api/v1/accounts/verify_credentials").await.ok();
    }

    async fn an_app_finds_its_way_by_what_the_server_says_of_itself(database: TestDatabase) {
        let desk = Desk::open(database).await;
        // A page that sends a header of its own asks first.
        for path in ["/api/v1/instance", "/oauth/token", "/.well-known/webfinger", "/.well-known/host-meta", "/.well-known/host-meta.json", "/.well-known/oauth-authorization-server", "/.well-known/nodeinfo", "/nodeinfo/2.0", "/nodeinfo/2.1"] {
            let request = http::Request::options(path).header("origin", "https://app.example").header("access-control-request-method", "GET").header("access-control-request-headers", "x-app");
            let reply = desk.house.send(request.body(axum::body::Body::empty()).unwrap()).await;
            let said = ["access-control-allow-origin", "access-control-allow-headers"].map(|name| reply.headers.get(name).map(|value| value.to_str().unwrap().to_owned()));
            assert_eq!((reply.status, said), (StatusCode::OK, [Some("*".to_owned()), Some("x-app".to_owned())]), "{path}");
        }
        let told = desk.house.get(None, "/.well-known/oauth-authorization-server").await.ok();
        let door = |name: &str| told[name].as_str().and_then(|url| url.strip_prefix(BASE)).unwrap_or_else(|| panic!("{name}: {told}")).to_owned();
        let said = json!({"client_name": "Parrot", "redirect_uris": BACK, "scopes": "read profile"});
        let made = desk.house.post(None, &door("app_registration_endpoint"), said).await.ok();
        let app = ClientApp { id: made["client_id"].as_str().unwrap().to_owned(), secret: made["client_secret"].as_str().unwrap().to_owned() };
        let asks = authorize(&app, &[("scope", "read profile")]);
        assert!(asks.starts_with(&format!("{}?", door("authorization_endpoint"))), "{asks}");
        let mut browser = desk.browser().await;
        let page = browser.get(&desk.house, &asks).await;
        let answer = browser.answer(&desk.house, &page, desk.ana.1, "allow").await;
        assert_eq!(answer.query("iss").as_deref(), told["issuer"].as_str());
        let code = answer.query("code").unwrap();
        let keys = [("client_id", app.id.as_str()), ("client_secret", &app.secret)];
        let asked = [&keys[..], &[("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", BACK)]].concat();
        let token = desk.form(&door("token_endpoint"), &asked).await.ok()["access_token"].as_str().unwrap().to_owned();
        let me = Person { actor: desk.ana.1, account: desk.ana.0, token: token.clone() };
        assert_eq!(desk.house.get(&me, &door("userinfo_endpoint")).await.ok()["preferred_username"], "ana");
        let asked = [&keys[..], &[("token", token.as_str())]].concat();
        assert_eq!(desk.form(&door("introspection_endpoint"), &asked).await.ok()["active"], true);
        desk.form(&door("revocation_endpoint"), &asked).await.ok();
        assert_eq!(desk.house.get(&me, &door("userinfo_endpoint")).await.status, StatusCode::UNAUTHORIZED);
    }

    async fn pages_of_other_sites_may_talk_with_us_also_when_refused(database: TestDatabase) {
        let desk = Desk::open(database).await;
        for (method, path) in [
            ("POST", "/api/v1/apps"),
            ("POST", "/oauth/token"),
            ("POST", "/oauth/revoke"),
            ("GET", "/oauth/userinfo"),
            ("GET", "/.well-known/oauth-authorization-server"),
        ] {
            let request = http::Request::builder().method(method).uri(path).header("origin", "https://app.example");
            let reply = desk.house.send(request.body(axum::body::Body::empty()).unwrap()).await;
            assert_eq!(reply.headers["access-control-allow-origin"], "*", "{path} {}", reply.status);
            assert!(!reply.headers.contains_key("access-control-allow-credentials"));
        }
        // A page that sends a header of its own asks first.
        for path in ["/api/v1/instance", "/oauth/token", "/.well-known/webfinger", "/.well-known/host-meta", "/.well-known/host-meta.json", "/.well-known/oauth-authorization-server", "/.well-known/nodeinfo", "/nodeinfo/2.0", "/nodeinfo/2.1"] {
            let request = http::Request::options(path).header("origin", "https://app.example").header("access-control-request-method", "GET").header("access-control-request-headers", "x-app");
            let reply = desk.house.send(request.body(axum::body::Body::empty()).unwrap()).await;
            let said = ["access-control-allow-origin", "access-control-allow-headers"].map(|name| reply.headers.get(name).map(|value| value.to_str().unwrap().to_owned()));
            assert_eq!((reply.status, said), (StatusCode::OK, [Some("*".to_owned()), Some("x-app".to_owned())]), "{path}");
        }
        let told = desk.house.get(None, "/.well-known/oauth-authorization-server").await.ok();
        assert_eq!(told["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(told["app_registration_endpoint"], "https://social.company.example/api/v1/apps");
        assert_eq!(told["issuer"], "https://social.company.example/");
        assert_eq!(told["authorization_response_iss_parameter_supported"], true);
        assert!(told["scopes_supported"].as_array().unwrap().contains(&json!("write:statuses")));
        // The page where people say yes is for no other page.
        let request = http::Request::get("/oauth/authorize").header("origin", "https://app.example");
        assert!(!desk.house.send(request.body(axum::body::Body::empty()).unwrap()).await.headers.contains_key("access-control-allow-origin"));
    }
}
