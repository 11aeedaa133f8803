//! Tokens, scopes, unknown addresses, bodies that cannot be read, other sites' pages.

use axum::body::Body;
use guildhall::domain::accounts::{AccountKind, Role};
use http::{Method, Request, header};
use serde_json::json;

use super::{House, Person};

on_both! {
    async fn tokens_come_by_header_query_and_form(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.person_with("ana", AccountKind::Employee, Role::Member, "read write").await;
        let encoded: String = form_urlencoded::byte_serialize(ana.token.as_bytes()).collect();
        assert_eq!(house.get(None, &format!("/api/v1/accounts/verify_credentials?access_token={encoded}")).await.ok()["username"], "ana");
        let form = Request::post("/api/v1/statuses")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("access_token={encoded}&status=Hello")))
            .unwrap();
        assert_eq!(house.send(form).await.ok()["account"]["username"], "ana");
        let lower = Request::get("/api/v1/timelines/home").header(header::AUTHORIZATION, format!("bearer {}", ana.token)).body(Body::empty()).unwrap();
        assert_eq!(house.send(lower).await.status, 200);
    }

    async fn without_a_good_token_one_is_refused(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let wrong = Person { token: "wrong".to_owned(), ..house.employee("ben").await };
        for path in ["/api/v1/timelines/home", "/api/v1/accounts/verify_credentials", "/api/v1/notifications"] {
            let reply = house.get(None, path).await;
            assert_eq!(reply.refusal(), (401, "The access token is invalid"), "{path}");
            assert!(reply.headers.contains_key(header::WWW_AUTHENTICATE));
            let refused = house.get(&wrong, path).await;
            assert_eq!(refused.refusal(), (401, "The access token is invalid"), "{path}");
            assert_ne!(refused.body["error_description"], reply.body["error_description"], "a wrong token is another thing than none");
            assert_eq!(house.get(&ana, path).await.status, 200, "{path}");
        }
        assert_eq!(house.get(None, "/api/v1/timelines/public").await.status, 200);
        assert_eq!(house.get(&wrong, "/api/v1/timelines/public").await.status, 401, "a bad token is refused at public doors too");
        let account = ana.account;
        house.app.db.write(move |tx| guildhall::domain::accounts::set_suspended(tx, account, true)).await.unwrap();
        assert_eq!(house.get(&ana, "/api/v1/timelines/home").await.status, 401);
    }

    async fn scopes_are_checked(database: TestDatabase) {
        let house = House::open(database).await;
        let outside = (403, "This action is outside the authorized scopes");
        let reader = house.person_with("reader", AccountKind::Employee, Role::Owner, "read").await;
        let writer = house.person_with("writer", AccountKind::Employee, Role::Owner, "write:statuses follow").await;
        let profile = house.person_with("profile", AccountKind::Employee, Role::Member, "profile").await;
        assert_eq!(house.post(&reader, "/api/v1/statuses", json!({"status": "x"})).await.refusal(), outside);
        assert_eq!(house.get(&reader, "/api/v1/timelines/home").await.status, 200);
        assert_eq!(house.post(&writer, "/api/v1/statuses", json!({"status": "x"})).await.status, 200);
        assert_eq!(house.get(&writer, "/api/v1/timelines/home").await.refusal(), outside);
        assert_eq!(house.get(&writer, "/api/v1/timelines/public").await.refusal(), outside);
        assert_eq!(house.post(&writer, &format!("/api/v1/accounts/{}/follow", reader.id()), json!({})).await.status, 200);
        assert_eq!(house.post(&writer, "/api/v1/statuses/1/favourite", json!({})).await.refusal(), outside);
        let refused = house.post(&reader, "/api/guildhall/v1/teams", json!({"name": "x"})).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (403, &json!("token.scope")));
        for refused in [refused.body["detail"].clone(), house.post(&reader, "/api/v1/statuses", json!({"status": "x"})).await.body["error_description"].clone()] {
            let said = refused.as_str().unwrap().to_owned();
            assert!(said.contains("the scope ") && said.contains("write") && said.contains("this one has: read."), "it tells what is missing: {said}");
        }
        let clerk = house.person_with("clerk", AccountKind::Employee, Role::Member, "admin:read").await;
        let refused = house.get(&clerk, "/api/guildhall/v1/servers").await;
        assert!(refused.body["detail"].as_str().unwrap().contains("the role of @clerk is member"), "{}", refused.body);
        assert_eq!(house.get(&profile, "/api/v1/accounts/verify_credentials").await.status, 200);
        assert_eq!(house.get(&profile, "/api/v1/notifications").await.refusal(), outside);
    }

    async fn what_is_not_there_is_said_in_json(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        for path in ["/api/v1/nothing", "/api/v1/accounts/1/nothing", "/api/v1/statuses/abc", "/api/v1/statuses/-1", "/api/v1/accounts/999", "/api/v9"] {
            assert_eq!(house.get(&ana, path).await.refusal(), (404, "Record not found"), "{path}");
        }
        let reply = house.call(Some(&ana), Method::DELETE, "/api/v1/timelines/home", json!({})).await;
        assert_eq!(reply.status, 405);
        assert!(reply.body["error"].is_string());
        assert_eq!(house.get(&ana, "/api/v1/timelines/home/").await.status, 200, "a slash at the end");
        let problem = house.get(&ana, "/api/guildhall/v1/nothing").await;
        assert_eq!(problem.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!((&problem.body["status"], &problem.body["type"]), (&json!(404), &json!("https://w3id.org/guildhall/problems/route.not_found")));
    }

    async fn bodies_that_cannot_be_read_are_refused(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        for (media_type, body, status) in [
            ("application/json", "{".to_owned(), 400),
            ("application/json", "[1]".to_owned(), 400),
            ("application/json", "\u{0}".to_owned(), 400),
            ("text/plain", "status=x".to_owned(), 415),
            ("multipart/form-data", "x".to_owned(), 400),
            ("multipart/form-data; boundary=x", "--x\r\nbroken".to_owned(), 400),
            ("application/x-www-form-urlencoded", format!("status={}", "x".repeat(1024 * 1024)), 413),
            ("application/x-www-form-urlencoded", format!("a{}=1", "[b]".repeat(100)), 400),
            ("application/x-www-form-urlencoded", "a[]=1&".repeat(1001), 400),
        ] {
            let request = Request::post("/api/v1/statuses")
                .header(header::AUTHORIZATION, format!("Bearer {}", ana.token))
                .header(header::CONTENT_TYPE, media_type)
                .body(Body::from(body.clone()))
                .unwrap();
            let reply = house.send(request).await;
            assert_eq!(reply.status, status, "{media_type} {:.40}: {}", body, reply.body);
            assert!(reply.body["error"].is_string());
            assert_eq!(reply.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        }
    }

    async fn other_sites_pages_may_call(database: TestDatabase) {
        let house = House::open(database).await;
        let preflight = Request::builder()
            .method(Method::OPTIONS)
            .uri("/api/v1/statuses")
            .header(header::ORIGIN, "https://app.example")
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization,idempotency-key")
            .body(Body::empty())
            .unwrap();
        let reply = house.send(preflight).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert_eq!(reply.headers[header::ACCESS_CONTROL_ALLOW_HEADERS], "authorization,idempotency-key");
        for path in ["/api/v1/timelines/home", "/api/v1/nothing", "/api/guildhall/v1/teams", "/api/v2/instance", "/oauth/userinfo"] {
            let request = Request::get(path).header(header::ORIGIN, "https://app.example").body(Body::empty()).unwrap();
            let reply = house.send(request).await;
            assert_eq!(reply.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*", "{path}");
            let exposed: Vec<&str> = reply.headers[header::ACCESS_CONTROL_EXPOSE_HEADERS].to_str().unwrap().split(',').collect();
            for name in ["etag", "link", "x-ratelimit-reset", "x-ratelimit-limit", "x-ratelimit-remaining", "x-request-id", "mastodon-async-refresh"] {
                assert!(exposed.contains(&name), "{path} {name}: {exposed:?}");
            }
            assert!(!reply.headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
        }
    }
}
