//! Signing up in an app, as Mastodon's clients do it.

use guildhall::domain::{
    accounts::{AccountKind, Role},
    org::Registrations,
};
use serde_json::{Value, json};

use super::{API, PASSWORD, account, allow, confirm, letters, link_in};
use crate::{
    mastodon::{House, Person, Reply},
    oauth::{BACK, Browser},
};

/// A token of an app that acts for nobody.
async fn app_token(house: &House, scopes: &str) -> String {
    let said = json!({"client_name": "Parrot", "redirect_uris": BACK, "scopes": scopes});
    let app = house.post(None, "/api/v1/apps", said).await.ok();
    let asked = json!({"grant_type": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"], "scope": scopes});
    house.post(None, "/oauth/token", asked).await.ok()["access_token"].as_str().unwrap().to_owned()
}

/// Somebody who shows a token; who it is does not matter.
async fn shows(house: &House, name: &str, token: &str) -> Person {
    let person = house.customer(name).await;
    Person { token: token.to_owned(), ..person }
}

async fn sign_up(house: &House, app: &Person, change: Value) -> Reply {
    let mut said = json!({"username": "cora", "email": "cora@mail.example", "password": PASSWORD, "agreement": true, "locale": "en", "reason": "I weld, too."});
    said.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    house.post(app, "/api/v1/accounts", said).await
}

on_both! {
    async fn an_app_gets_what_everybody_may_give_and_what_it_gives_back_never_works(database: TestDatabase) {
        let house = House::open(database).await;
        allow(&house, Registrations::Open).await;
        let scopes = "read write follow admin:read admin:write guildhall:approve";
        let said = json!({"client_name": "Parrot", "redirect_uris": BACK, "scopes": scopes});
        let client = house.post(None, "/api/v1/apps", said).await.ok();
        let asked = json!({"grant_type": "client_credentials", "client_id": client["client_id"], "client_secret": client["client_secret"], "scope": scopes});
        let token = house.post(None, "/oauth/token", asked).await.ok()["access_token"].as_str().unwrap().to_owned();
        let app = shows(&house, "phone", &token).await;
        let issued = sign_up(&house, &app, json!({})).await.ok();
        assert_eq!(issued["scope"], "read write follow");
        let cora = shows(&house, "other", issued["access_token"].as_str().unwrap()).await;
        assert_eq!(house.get(&cora, "/api/v1/timelines/home").await.status, 403);
        let revoke = json!({"client_id": client["client_id"], "client_secret": client["client_secret"], "token": cora.token});
        house.post(None, "/oauth/revoke", revoke).await.ok();
        assert_eq!(house.get(&cora, "/api/v1/timelines/home").await.status, 401);
        assert_eq!(confirm(&mut Browser::default(), &house, &link_in(&letters(&house).await[0])).await.status, 200);
        assert_eq!(house.get(&cora, "/api/v1/timelines/home").await.status, 401, "it was given back");
    }

    async fn nobody_takes_the_place_of_who_confirmed_and_waits(database: TestDatabase) {
        let house = House::open(database).await;
        let mona = house.person("mona", AccountKind::Employee, Role::Moderator).await;
        allow(&house, Registrations::Approval).await;
        let app = shows(&house, "phone", &app_token(&house, "read write follow").await).await;
        sign_up(&house, &app, json!({})).await.ok();
        sign_up(&house, &app, json!({"username": "earlier"})).await.ok();
        let sent = letters(&house).await;
        let [hers, earlier] = ["@cora@", "@earlier@"].map(|name| link_in(sent.iter().find(|letter| letter.contains(name)).unwrap()));
        assert_eq!(confirm(&mut Browser::default(), &house, &hers).await.status, 200);
        // Who gave the same address before has a link that leads nowhere; who gives it now gets none.
        assert_eq!(Browser::default().get(&house, &earlier).await.status, 410);
        sign_up(&house, &app, json!({"username": "later"})).await.ok();
        assert!(!letters(&house).await.iter().any(|letter| letter.contains("@later@")));
        let waiting = house.get(&mona, API).await.ok();
        assert_eq!((waiting.as_array().unwrap().len(), &waiting[0]["username"]), (1, &json!("cora")));
        for spelled in ["\"cora\"@mail.example", "co\\ra@mail.example"] {
            assert_eq!(sign_up(&house, &app, json!({"username": "last", "email": spelled})).await.status, 422);
        }
    }

    async fn a_token_works_when_its_owner_has_an_account(database: TestDatabase) {
        let house = House::open(database).await;
        let mona = house.person("mona", AccountKind::Employee, Role::Moderator).await;
        allow(&house, Registrations::Approval).await;
        let app = shows(&house, "phone", &app_token(&house, "read write follow").await).await;
        let issued = sign_up(&house, &app, json!({})).await.ok();
        assert_eq!((&issued["token_type"], &issued["scope"]), (&json!("Bearer"), &json!("read write follow")));
        assert!(issued["created_at"].is_i64());
        let cora = shows(&house, "other", issued["access_token"].as_str().unwrap()).await;
        let check = "/api/v1/emails/check_confirmation";
        assert_eq!(house.get(&cora, "/api/v1/accounts/verify_credentials").await.refusal(), (403, "Your login is missing a confirmed e-mail address"));
        assert_eq!(house.get(&cora, "/api/v1/timelines/home").await.status, 403);
        assert_eq!(house.get(&cora, check).await.ok(), json!(false));
        // Another letter, to another address.
        house.post(&cora, "/api/v1/emails/confirmations", json!({"email": "right@mail.example"})).await.ok();
        assert_eq!(house.post(&cora, "/api/v1/emails/confirmations", json!({"email": "nobody"})).await.status, 422);
        let sent = letters(&house).await;
        let letter = sent.iter().find(|letter| letter.contains("To: right@mail.example")).unwrap();
        assert_eq!(confirm(&mut Browser::default(), &house, &link_in(letter)).await.status, 200);
        assert_eq!(house.get(&cora, check).await.ok(), json!(true));
        assert_eq!(house.get(&cora, "/api/v1/accounts/verify_credentials").await.refusal(), (403, "Your login is currently pending approval"));
        assert_eq!(house.post(&cora, "/api/v1/emails/confirmations", json!({})).await.status, 403);
        let id = house.get(&mona, API).await.ok()[0]["id"].as_str().unwrap().to_owned();
        house.post(&mona, &format!("{API}/{id}/approve"), json!({})).await.ok();
        let me = house.get(&cora, "/api/v1/accounts/verify_credentials").await.ok();
        assert_eq!((&me["username"], &me["discoverable"]), (&json!("cora"), &json!(false)));
        assert_eq!(house.get(&cora, check).await.ok(), json!(true));
        assert_eq!(house.post(&cora, "/api/v1/emails/confirmations", json!({})).await.status, 403);
        assert_eq!(house.get(&cora, "/api/v1/apps/verify_credentials").await.ok()["name"], "Parrot");
        house.says(&cora, json!({"status": "Hello"})).await;
        assert_eq!(account(&house, "cora").await.unwrap().kind, AccountKind::Customer);
    }

    async fn what_is_wrong_is_told_for_each_field(database: TestDatabase) {
        let house = House::open(database).await;
        house.employee("ana").await;
        allow(&house, Registrations::Approval).await;
        let app = shows(&house, "phone", &app_token(&house, "read write").await).await;
        for (change, field, error) in [
            (json!({"username": "ana"}), "username", "ERR_TAKEN"),
            (json!({"username": "admin"}), "username", "ERR_RESERVED"),
            (json!({"username": "a b"}), "username", "ERR_INVALID"),
            (json!({"email": "nobody"}), "email", "ERR_INVALID"),
            (json!({"password": "short"}), "password", "ERR_TOO_SHORT"),
            (json!({"agreement": false}), "agreement", "ERR_ACCEPTED"),
            (json!({"reason": ""}), "reason", "ERR_BLANK"),
        ] {
            let refused = sign_up(&house, &app, change).await;
            assert_eq!(refused.status, 422);
            assert!(refused.body["error"].as_str().unwrap().starts_with("Validation failed: "), "{}", refused.body);
            let details = refused.body["details"].as_object().unwrap();
            assert_eq!(details.keys().collect::<Vec<_>>(), [field]);
            assert_eq!(details[field][0]["error"], error);
            assert!(details[field][0]["description"].is_string());
        }
        let refused = sign_up(&house, &app, json!({"username": "ana", "password": "short"})).await;
        assert_eq!(refused.body["details"].as_object().unwrap().len(), 2);
        assert_eq!(letters(&house).await, [""; 0]);
    }

    async fn only_an_app_signs_somebody_up_and_only_where_it_may(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let app = shows(&house, "phone", &app_token(&house, "read write").await).await;
        assert_eq!(sign_up(&house, &app, json!({})).await.status, 403);
        allow(&house, Registrations::Open).await;
        assert_eq!(sign_up(&house, &ana, json!({})).await.status, 403);
        let reads = shows(&house, "reader", &app_token(&house, "read").await).await;
        assert_eq!(sign_up(&house, &reads, json!({})).await.refusal(), (403, "This action is outside the authorized scopes"));
        assert_eq!(house.post(None, "/api/v1/accounts", json!({"username": "cora"})).await.status, 401);
        assert_eq!(house.get(None, "/api/v1/emails/check_confirmation").await.status, 401);
        assert_eq!(house.get(&app, "/api/v1/emails/check_confirmation").await.status, 401);
        assert_eq!(sign_up(&house, &app, json!({})).await.status, 200);
    }
}
