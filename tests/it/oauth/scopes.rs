//! What a token may be used for.

use guildhall::domain::accounts::{AccountKind, Role};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::Desk;
use crate::mastodon::Person;

/// An endpoint of each kind, with the scope that it takes.
const DOORS: &[(&str, &str, &str)] = &[
    ("GET", "/api/v1/accounts/verify_credentials", "read:accounts"),
    ("GET", "/api/v1/accounts/relationships?id=1", "read:follows"),
    ("GET", "/api/v1/accounts/search?q=a", "read:accounts"),
    ("PATCH", "/api/v1/accounts/update_credentials", "write:accounts"),
    ("POST", "/api/v1/accounts/1/follow", "write:follows"),
    ("POST", "/api/v1/accounts/1/unfollow", "write:follows"),
    ("POST", "/api/v1/accounts/1/remove_from_followers", "write:follows"),
    ("POST", "/api/v1/accounts/1/block", "write:blocks"),
    ("POST", "/api/v1/accounts/1/unblock", "write:blocks"),
    ("POST", "/api/v1/accounts/1/mute", "write:mutes"),
    ("POST", "/api/v1/accounts/1/unmute", "write:mutes"),
    ("GET", "/api/v1/follow_requests", "read:follows"),
    ("POST", "/api/v1/follow_requests/1/authorize", "write:follows"),
    ("POST", "/api/v1/follow_requests/1/reject", "write:follows"),
    ("POST", "/api/v1/statuses", "write:statuses"),
    ("PUT", "/api/v1/statuses/1", "write:statuses"),
    ("DELETE", "/api/v1/statuses/1", "write:statuses"),
    ("GET", "/api/v1/statuses/1/source", "read:statuses"),
    ("POST", "/api/v1/statuses/1/favourite", "write:favourites"),
    ("POST", "/api/v1/statuses/1/unfavourite", "write:favourites"),
    ("POST", "/api/v1/statuses/1/reblog", "write:statuses"),
    ("POST", "/api/v1/statuses/1/unreblog", "write:statuses"),
    ("GET", "/api/v1/timelines/home", "read:statuses"),
    ("GET", "/api/v1/notifications", "read:notifications"),
    ("GET", "/api/v1/notifications/1", "read:notifications"),
    ("POST", "/api/v1/notifications/clear", "write:notifications"),
    ("POST", "/api/v1/notifications/1/dismiss", "write:notifications"),
    ("GET", "/oauth/userinfo", "profile"),
];

/// Endpoints that everybody may read, with the scope that a token needs all the same.
const OPEN: &[(&str, &str)] = &[
    ("/api/v1/timelines/public", "read:statuses"),
    ("/api/v1/timelines/tag/tea", "read:statuses"),
    ("/api/v1/accounts/ID", "read:accounts"),
    ("/api/v1/accounts/ID/statuses", "read:statuses"),
    ("/api/v1/accounts/ID/followers", "read:accounts"),
    ("/api/v2/search?q=tea", "read:search"),
];

const OUTSIDE: (u16, &str) = (403, "This action is outside the authorized scopes");

on_both! {
    async fn each_door_opens_to_its_own_scope_and_to_no_other(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let fine = ["read:accounts", "read:follows", "read:statuses", "read:notifications", "write:accounts", "write:follows",
            "write:blocks", "write:mutes", "write:statuses", "write:favourites", "write:notifications", "profile", "push", "follow", "read", "write"];
        let mut people: Vec<(&str, Person)> = Vec::new();
        for (number, scope) in fine.iter().enumerate() {
            let person = desk.house.person_with(&format!("p{number}"), AccountKind::Employee, Role::Member, scope).await;
            people.push((scope, person));
        }
        for (method, path, wanted) in DOORS {
            for (scope, person) in &people {
                let reply = desk.house.call(Some(person), Method::from_bytes(method.as_bytes()).unwrap(), path, Value::Null).await;
                let opens = scope == wanted
                    || wanted.split_once(':').is_some_and(|(broad, kind)| broad == *scope || (*scope == "follow" && matches!(kind, "follows" | "blocks" | "mutes")))
                    || (*scope == "profile" && *path == "/api/v1/accounts/verify_credentials");
                let refused = reply.status == StatusCode::FORBIDDEN || reply.status == StatusCode::UNAUTHORIZED;
                assert_eq!(!refused, opens, "{scope} at {method} {path}: {} {}", reply.status, reply.body);
                if refused && !path.starts_with("/oauth") {
                    assert_eq!(reply.refusal(), OUTSIDE);
                }
            }
        }
        for (path, wanted) in OPEN {
            let path = path.replace("ID", &desk.ana.1.to_string());
            for (scope, person) in &people {
                let reply = desk.house.get(person, &path).await;
                let opens = scope == wanted || *scope == "read";
                assert_eq!(reply.status == StatusCode::OK, opens, "{scope} at {path}: {}", reply.status);
            }
        }
    }

    async fn a_token_of_no_person_reads_what_everybody_may(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("read write").await;
        let ask = [("grant_type", "client_credentials"), ("scope", "read write")];
        let token = desk.token(&app, &ask).await.ok();
        assert_eq!((&token["token_type"], &token["scope"]), (&json!("Bearer"), &json!("read write")));
        let parrot = Person { actor: desk.ana.1, account: desk.ana.0, token: token["access_token"].as_str().unwrap().to_owned() };
        assert_eq!(desk.house.get(&parrot, "/api/v1/apps/verify_credentials").await.ok()["name"], "Parrot");
        for (method, path, scope) in DOORS.iter().filter(|(_, path, _)| !path.starts_with("/oauth")) {
            let reply = desk.house.call(Some(&parrot), Method::from_bytes(method.as_bytes()).unwrap(), path, Value::Null).await;
            assert_eq!(reply.refusal(), (422, "This method requires an authenticated user"), "{path} {scope}");
        }
        for (path, _) in OPEN {
            desk.house.get(&parrot, &path.replace("ID", &desk.ana.1.to_string())).await.ok();
        }
        // Its own scopes count for it, too.
        let narrow = desk.token(&app, &[("grant_type", "client_credentials"), ("scope", "read:accounts")]).await.ok();
        let narrow = Person { token: narrow["access_token"].as_str().unwrap().to_owned(), ..parrot };
        assert_eq!(desk.house.get(&narrow, "/api/v1/timelines/public").await.refusal(), OUTSIDE);
        let asked = [("client_id", app.id.as_str()), ("client_secret", &app.secret), ("token", &narrow.token)];
        assert_eq!(desk.form("/oauth/introspect", &asked).await.ok()["scope"], "read:accounts");
        desk.form("/oauth/revoke", &asked).await.ok();
        assert_eq!(desk.house.get(&narrow, "/api/v1/apps/verify_credentials").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(desk.house.get(&narrow, "/api/v1/accounts/verify_credentials").await.status, StatusCode::UNAUTHORIZED);
    }

    async fn who_somebody_is_can_be_asked_without_more(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let app = desk.app("profile").await;
        let me = desk.let_in(&app, "profile", desk.ana.1).await;
        let told = desk.house.get(&me, "/oauth/userinfo").await.ok();
        assert_eq!((&told["preferred_username"], &told["name"]), (&json!("ana"), &json!("ANA")));
        assert_eq!(told["sub"], format!("{}/ap/actors/{}", crate::mastodon::BASE, desk.ana.1));
        assert_eq!(desk.house.post(&me, "/oauth/userinfo", json!({})).await.ok(), told);
        let nobody = desk.house.get(None, "/oauth/userinfo").await;
        assert_eq!((nobody.status, &nobody.body["error"]), (StatusCode::UNAUTHORIZED, &json!("invalid_token")));
    }
}
