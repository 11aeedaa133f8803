//! Apps are told of notifications while they are not open. Messages are decrypted by Mastodon.py, in `tests/clients`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use diesel::prelude::*;
use guildhall::{
    db::schema::push_subscriptions,
    domain::{
        accounts::{self, AccountKind, GrantRole, Role},
        notifications,
    },
};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use super::{House, Person, follow};

const ENDPOINT: &str = "https://push.example/send/1";
const KEY: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
pub const PATH: &str = "/api/v1/push/subscription";

pub fn wish(endpoint: &str, alerts: &[&str]) -> Value {
    let alerts: serde_json::Map<String, Value> = alerts.iter().map(|name| ((*name).to_owned(), json!(true))).collect();
    json!({
        "subscription": { "endpoint": endpoint, "keys": { "p256dh": KEY, "auth": AUTH }, "standard": true },
        "data": { "alerts": alerts },
    })
}

/// What was handed to push services since.
pub fn handed(house: &House, to: &str) -> Vec<HeaderMap> {
    house.documents.posts().into_iter().filter(|(url, ..)| url == to).map(|(_, headers, _)| headers).collect()
}

pub async fn places(house: &House) -> i64 {
    house.app.db.read(|conn| Ok(push_subscriptions::table.count().get_result(conn)?)).await.unwrap()
}

/// Somebody else here likes what `author` says, once more.
pub async fn likes(house: &House, who: &Person, author: &Person) {
    let post = house.says(author, json!({ "status": "Hello" })).await;
    house.post(who, &format!("/api/v1/statuses/{post}/favourite"), json!({})).await.ok();
}

on_both! {
    async fn an_app_says_where_it_is_told_changes_it_and_ends_it(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        assert_eq!(house.get(&ana, PATH).await.status, 404);
        assert_eq!(house.put(&ana, PATH, json!({ "data": { "policy": "all" } })).await.status, 404);
        let made = house.post(&ana, PATH, wish(ENDPOINT, &["mention", "poll"])).await.ok();
        let key = house.get(None, "/api/v2/instance").await.ok()["configuration"]["vapid"]["public_key"].clone();
        assert_eq!(URL_SAFE_NO_PAD.decode(key.as_str().unwrap()).unwrap().len(), 65);
        let alerts = json!({ "mention": true, "follow": false, "follow_request": false, "favourite": false, "reblog": false, "status": false, "update": false, "poll": true, "quote": false, "quoted_update": false, "admin.sign_up": false, "admin.report": false });
        assert_eq!(made, json!({ "id": made["id"], "endpoint": ENDPOINT, "standard": true, "alerts": alerts, "policy": "all", "server_key": key }));
        assert!(i32::try_from(made["id"].as_i64().unwrap()).is_ok(), "{made}");
        assert_eq!(house.get(&ana, PATH).await.ok(), made);
        let changed = house.put(&ana, PATH, json!({ "data": { "alerts": { "follow": "true" }, "policy": "followed" } })).await.ok();
        assert_eq!((&changed["alerts"]["follow"], &changed["alerts"]["mention"], &changed["policy"]), (&json!(true), &json!(false), &json!("followed")));
        // One place for each token, and each token its own.
        let again = house.post(&ana, PATH, wish("https://push.example/send/2", &[])).await.ok();
        assert_eq!((again["endpoint"].as_str(), places(&house).await), (Some("https://push.example/send/2"), 1));
        let other = house.person_with("ben", AccountKind::Employee, Role::Member, "push").await;
        assert_eq!(house.get(&other, PATH).await.status, 404);
        assert_eq!(house.delete(&other, PATH).await.ok(), json!({}));
        assert_eq!(places(&house).await, 1);
        assert_eq!(house.delete(&ana, PATH).await.ok(), json!({}));
        assert_eq!((house.get(&ana, PATH).await.status, places(&house).await), (StatusCode::NOT_FOUND, 0));
    }

    async fn what_is_no_place_is_refused(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let long = format!("https://push.example/{}", "x".repeat(2_000));
        for endpoint in ["", "x", "http://push.example/", "ftp://push.example/", "https://", "https://a:b@push.example/", "javascript:alert(1)", &long] {
            assert_eq!(house.post(&ana, PATH, wish(endpoint, &[])).await.status, 422, "{endpoint}");
        }
        for (key, auth) in [("", AUTH), (KEY, ""), ("x", AUTH), (&KEY[..80], AUTH), (KEY, KEY), (&KEY.replace("BCVx", "BCVy"), AUTH), (&"A".repeat(87), AUTH)] {
            let said = json!({ "subscription": { "endpoint": ENDPOINT, "keys": { "p256dh": key, "auth": auth } } });
            assert_eq!(house.post(&ana, PATH, said).await.status, 422, "{key} {auth}");
        }
        for said in [json!({}), json!({ "subscription": {} }), json!({ "subscription": "x" }), json!({ "subscription": { "endpoint": ENDPOINT } })] {
            let status = house.post(&ana, PATH, said.clone()).await.status;
            assert!(status == 400 || status == 422, "{status} {said}");
        }
        assert_eq!(house.post(&ana, PATH, json!({ "subscription": wish(ENDPOINT, &[])["subscription"], "data": { "policy": "x" } })).await.status, 422);
        let reader = house.person_with("reader", AccountKind::Employee, Role::Member, "read write follow").await;
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            assert_eq!(house.call(Some(&reader), method.clone(), PATH, wish(ENDPOINT, &[])).await.status, 403);
            assert_eq!(house.call(None, method, PATH, wish(ENDPOINT, &[])).await.status, 401);
        }
        assert_eq!(places(&house).await, 0);
    }

    async fn an_app_is_told_of_what_it_wants_to_tell(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        house.post(&ana, PATH, wish(ENDPOINT, &["favourite"])).await.ok();
        likes(&house, &ben, &ana).await;
        follow(&house, &ben, &ana.id()).await;
        likes(&house, &ana, &ben).await;
        house.work().await;
        let [headers] = handed(&house, ENDPOINT).try_into().unwrap();
        assert_eq!((&headers["content-encoding"], &headers["ttl"], &headers["urgency"]), (&"aes128gcm".parse().unwrap(), &"172800".parse().unwrap(), &"normal".parse().unwrap()));
        assert!(headers["authorization"].to_str().unwrap().starts_with("vapid t="));
        // Of whom: ana does not follow ben, who follows her.
        for (policy, told) in [("followed", 1), ("follower", 2), ("none", 2), ("all", 3)] {
            house.put(&ana, PATH, json!({ "data": { "alerts": { "favourite": true }, "policy": policy } })).await.ok();
            likes(&house, &ben, &ana).await;
            house.work().await;
            assert_eq!(handed(&house, ENDPOINT).len(), told, "{policy}");
        }
    }

    async fn a_moderator_is_told_of_reports_as_long_as_they_moderate(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let mona = house.person("mona", AccountKind::Employee, Role::Moderator).await;
        let made = house.post(&mona, PATH, wish(ENDPOINT, &["admin.report"])).await.ok();
        assert_eq!((&made["alerts"]["admin.report"], &made["alerts"]["admin.sign_up"]), (&json!(true), &json!(false)));
        // Who asks for it without moderating hears nothing.
        house.post(&ben, PATH, wish("https://push.example/send/2", &["admin.report", "admin.sign_up"])).await.ok();
        let reports = async || { house.post(&ana, "/api/v1/reports", json!({ "account_id": ben.id() })).await.ok() };
        reports().await;
        house.work().await;
        reports().await;
        let account = mona.account;
        house.app.db.write(move |tx| accounts::set_role(tx, account, AccountKind::Employee, Role::Member)).await.unwrap();
        house.work().await;
        assert_eq!((handed(&house, ENDPOINT).len(), handed(&house, "https://push.example/send/2").len()), (1, 0));
    }

    async fn news_of_what_is_said_inside_reach_an_app_that_asks_for_them(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let kinds = ["guildhall.review", "guildhall.consent"];
        let made = house.post(&ana, PATH, wish(ENDPOINT, &kinds)).await.ok();
        assert!(kinds.iter().all(|kind| made["alerts"][kind] == true), "{made}");
        assert_eq!(house.get(&ana, PATH).await.ok()["alerts"], made["alerts"]);
        let other = house.post(&ben, PATH, wish("https://push.example/send/2", &["mention"])).await.ok();
        assert!(kinds.iter().all(|kind| other["alerts"].get(kind).is_none()), "who did not ask for what is none of Mastodon's is not told of it: {other}");
        let said = json!({"status": "Among us", "local_only": true, "guildhall_review_at": "2026-11-20T12:00:00Z"});
        let inside = house.says(&ana, said).await;
        let copy = format!("/api/guildhall/v1/posts/{inside}/publish-copy");
        house.post(&ben, &copy, json!({"body": "For everybody"})).await.ok();
        house.work().await;
        assert_eq!(handed(&house, ENDPOINT).len(), 1, "of the copy that waits for her word");
        house.wait(20 * 24 * 3600);
        house.work().await;
        assert_eq!(handed(&house, ENDPOINT).len(), 2, "and of the post that she looks at again");
        let changed = house.put(&ana, PATH, json!({"data": {"alerts": {"guildhall.consent": true}}})).await.ok();
        assert_eq!((&changed["alerts"]["guildhall.consent"], changed["alerts"].get("guildhall.review")), (&json!(true), None));
        assert_eq!(handed(&house, "https://push.example/send/2").len(), 0);
    }

    async fn who_is_signed_out_or_gone_is_told_nothing(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        house.post(&ana, PATH, wish(ENDPOINT, &["favourite"])).await.ok();
        // Signed out between the like and the message.
        likes(&house, &ben, &ana).await;
        let account = ana.account;
        house.app.db.write(move |tx| accounts::end_everything_of(tx, account)).await.unwrap();
        house.work().await;
        assert!(handed(&house, ENDPOINT).is_empty());
        house.app.db.write(|tx| notifications::prune_subscriptions(tx, 100)).await.unwrap();
        assert_eq!(places(&house).await, 0, "its place goes with the token");
        // Taken back before it was told.
        house.post(&ben, PATH, wish(ENDPOINT, &["favourite"])).await.ok();
        let post = house.says(&ben, json!({ "status": "Hello" })).await;
        let eve = house.customer("eve").await;
        house.post(&eve, &format!("/api/v1/statuses/{post}/favourite"), json!({})).await.ok();
        house.post(&eve, &format!("/api/v1/statuses/{post}/unfavourite"), json!({})).await.ok();
        house.work().await;
        assert!(handed(&house, ENDPOINT).is_empty());
        let account = ben.account;
        house.app.db.write(move |tx| accounts::delete(tx, account)).await.unwrap();
        house.work().await;
        assert_eq!(places(&house).await, 0, "and with its owner");
    }

    async fn a_push_service_is_asked_again_or_forgotten_by_what_it_answers(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        house.post(&ana, PATH, wish(ENDPOINT, &["favourite"])).await.ok();
        house.documents.put_status(ENDPOINT, StatusCode::SERVICE_UNAVAILABLE);
        likes(&house, &ben, &ana).await;
        house.work().await;
        assert_eq!(handed(&house, ENDPOINT).len(), 1);
        house.documents.put_status(ENDPOINT, StatusCode::CREATED);
        house.wait(3600);
        house.work().await;
        house.wait(3600);
        house.work().await;
        assert_eq!(handed(&house, ENDPOINT).len(), 2, "asked again, and told once");
        house.documents.put_status(ENDPOINT, StatusCode::GONE);
        likes(&house, &ben, &ana).await;
        house.work().await;
        assert_eq!((handed(&house, ENDPOINT).len(), places(&house).await), (3, 0));
        likes(&house, &ben, &ana).await;
        house.work().await;
        assert_eq!(handed(&house, ENDPOINT).len(), 3);
    }

    async fn a_name_that_leads_inside_for_a_moment_costs_nobody_their_notifications(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        house.post(&ana, PATH, wish(ENDPOINT, &["favourite"])).await.ok();
        house.documents.lead_inside(ENDPOINT, true);
        likes(&house, &ben, &ana).await;
        house.work().await;
        assert_eq!((handed(&house, ENDPOINT).len(), places(&house).await), (1, 1));
        house.documents.lead_inside(ENDPOINT, false);
        house.wait(3600);
        house.work().await;
        house.wait(3600);
        house.work().await;
        assert_eq!((handed(&house, ENDPOINT).len(), places(&house).await), (2, 1), "asked again, and told once");
        // An address without a name is what it is.
        let literal = "https://[fd00::1]/push";
        house.post(&ana, PATH, wish(literal, &["favourite"])).await.ok();
        house.documents.lead_inside(literal, true);
        likes(&house, &ben, &ana).await;
        house.work().await;
        assert_eq!((handed(&house, literal).len(), places(&house).await), (1, 0));
    }

    async fn fifty_apps_of_one_account_are_told_whoever_it_acts_as(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let brand = house.brand_of(&ana).await;
        let speaker = ben.account;
        let speaks = brand.actor;
        house.app.db.write(move |tx| accounts::grant(tx, speaker, speaks, GrantRole::Publisher)).await.unwrap();
        let subscribe = async |account, actor, number: usize| {
            let token = format!("push-{number}");
            let hash = guildhall::secrets::token_hash(&token);
            house.app.db.write(move |tx| accounts::issue_token(tx, account, actor, "push", "app", &hash)).await.unwrap();
            let app = Person { actor, account, token };
            house.post(&app, PATH, wish(&format!("https://push.example/{number}"), &["favourite"])).await.ok();
        };
        subscribe(ben.account, brand.actor, 0).await;
        for number in 1..=52 {
            subscribe(ana.account, if number % 2 == 0 { ana.actor } else { brand.actor }, number).await;
        }
        // Her oldest went, and nobody else's.
        assert_eq!(places(&house).await, 51);
        let told = async |number: usize| {
            let endpoint = format!("https://push.example/{number}");
            let found = push_subscriptions::table.filter(push_subscriptions::endpoint.eq(endpoint));
            house.app.db.read(move |conn| Ok(found.count().get_result::<i64>(conn)?)).await.unwrap() == 1
        };
        assert!(told(0).await && told(3).await && told(52).await && !told(1).await && !told(2).await);
        // All of those who speak for the brand are told of what it is told.
        let (account, actor) = (ana.account, brand.actor);
        let writes = guildhall::secrets::token_hash("writes");
        house.app.db.write(move |tx| accounts::issue_token(tx, account, actor, "write", "app", &writes)).await.unwrap();
        let writer = Person { actor, account, token: "writes".to_owned() };
        let post = house.says(&writer, json!({ "status": "Hello" })).await;
        house.post(&ben, &format!("/api/v1/statuses/{post}/favourite"), json!({})).await.ok();
        house.work().await;
        assert_eq!(house.documents.posts().len(), 26);
    }
}
