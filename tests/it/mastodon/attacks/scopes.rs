//! Every call that the router answers asks for a token, and for a scope of it; those that do not stand in these tables.

use std::collections::BTreeSet;

use guildhall::domain::accounts::{AccountKind, Role};
use http::Method;
use serde_json::{Value, json};

use crate::{
    docs::clients::served,
    mastodon::{House, Person, Reply},
};

/// What everybody may call.
const PUBLIC: &[&str] = &[
    "GET /api/v1/accounts",
    "GET /api/v1/accounts/lookup",
    "GET /api/v1/accounts/{id}",
    "GET /api/v1/accounts/{id}/endorsements",
    "GET /api/v1/accounts/{id}/featured_tags",
    "GET /api/v1/accounts/{id}/followers",
    "GET /api/v1/accounts/{id}/following",
    "GET /api/v1/accounts/{id}/statuses",
    "GET /api/v1/custom_emojis",
    "GET /api/v1/directory",
    "GET /api/v1/instance",
    "GET /api/v1/instance/activity",
    "GET /api/v1/instance/extended_description",
    "GET /api/v1/instance/peers",
    "GET /api/v1/instance/privacy_policy",
    "GET /api/v1/instance/rules",
    "GET /api/v1/instance/translation_languages",
    "GET /api/v1/polls/{id}",
    "GET /api/v1/statuses",
    "GET /api/v1/statuses/{id}",
    "GET /api/v1/statuses/{id}/card",
    "GET /api/v1/statuses/{id}/context",
    "GET /api/v1/statuses/{id}/favourited_by",
    "GET /api/v1/statuses/{id}/history",
    "GET /api/v1/statuses/{id}/reblogged_by",
    "GET /api/v1/tags/{name}",
    "GET /api/v1/timelines/link",
    "GET /api/v1/timelines/public",
    "GET /api/v1/timelines/tag/{name}",
    "GET /api/v1/trends",
    "GET /api/v1/trends/links",
    "GET /api/v1/trends/statuses",
    "GET /api/v1/trends/tags",
    "GET /api/v2/instance",
    "GET /api/v2/search",
    "POST /api/v1/apps",
];

/// What may be called with a token of other scopes than its method makes one think: of most everybody may.
const SCOPELESS: &[&str] = &[
    // `profile` is for it.
    "GET /api/v1/accounts/verify_credentials",
    // It tells whose token it is.
    "GET /api/v1/apps/verify_credentials",
    "GET /api/v1/custom_emojis",
    "GET /api/v1/instance",
    "GET /api/v1/instance/activity",
    // It asks who somebody is, not what they may do.
    "GET /api/v1/instance/domain_blocks",
    "GET /api/v1/instance/extended_description",
    "GET /api/v1/instance/peers",
    "GET /api/v1/instance/privacy_policy",
    "GET /api/v1/instance/rules",
    "GET /api/v1/instance/translation_languages",
    // Whoever uploads looks what became of it, with the scope of uploading.
    "GET /api/v1/media/{id}",
    "GET /api/v1/tags/{name}",
    "GET /api/v1/timelines/link",
    "GET /api/v1/trends",
    "GET /api/v1/trends/links",
    "GET /api/v1/trends/statuses",
    "GET /api/v1/trends/tags",
    "GET /api/v2/instance",
    // As Mastodon documents it, with the scope of writing.
    "GET /api/v2/notifications/{group_key}/accounts",
    "POST /api/v1/apps",
    // With the scope of reading.
    "POST /api/v1/statuses/{id}/translate",
];

/// Everything that is served to people's apps and to owners, but for streams, which have tests of their own.
fn calls() -> BTreeSet<String> {
    let all = served(&["src/http/mastodon", "src/http/company"]);
    all.into_iter().filter(|call| !call.contains("/streaming")).collect()
}

/// A call with something in each of its gaps.
async fn call(house: &House, who: Option<&Person>, call: &str) -> Reply {
    let (method, template) = call.split_once(' ').unwrap();
    let mut path = template.to_owned();
    for (name, value) in [
        ("id", "1"),
        ("quoting", "1"),
        ("delivery", "1"),
        ("proposal", "1"),
        ("name", "tea"),
        ("username", "ana"),
        ("host", "a.example"),
        ("group_key", "ungrouped-1"),
    ] {
        path = path.replace(&format!("{{{name}}}"), value);
    }
    assert!(!path.contains('{'), "what stands in {template}?");
    // Whatever a call needs to be understood.
    let body = if method == "GET" {
        Value::Null
    } else {
        json!({"id": "1", "name": "x", "title": "x", "phrase": "x", "status": "x"})
    };
    house.call(who, method.parse::<Method>().unwrap(), &path, body).await
}

on_both! {
    async fn every_call_asks_for_a_token_and_for_its_scope(database: TestDatabase) {
        let house = House::open(database).await;
        let holder = async |name: &str, scopes: &str| house.person_with(name, AccountKind::Employee, Role::Owner, scopes).await;
        let reader = holder("reader", "read admin:read push").await;
        let writer = holder("writer", "write admin:write push").await;
        let both = holder("both", "read write admin:read admin:write").await;
        let profile = holder("profile", "profile").await;
        let (mut public, mut scopeless) = (Vec::new(), Vec::new());
        let calls = calls();
        assert!(calls.len() > 210 && calls.contains("GET /api/v1/timelines/home") && calls.contains("POST /api/guildhall/v1/emojis"), "{}", calls.len());
        for named in &calls {
            // Whose token has every scope but the one that is asked for, and whose has hardly any.
            let other = if named.contains("/push/") { &both } else if named.starts_with("GET ") { &writer } else { &reader };
            let anonymous = call(&house, None, named).await.status;
            assert!(!anonymous.is_server_error(), "{named}: {anonymous}");
            if anonymous != 401 {
                public.push(named.as_str());
            }
            let answers = [call(&house, Some(other), named).await.status.as_u16(), call(&house, Some(&profile), named).await.status.as_u16()];
            if answers != [403, 403] {
                scopeless.push(named.as_str());
            }
        }
        assert_eq!(public, PUBLIC);
        assert_eq!(scopeless, SCOPELESS);
    }

    async fn what_one_method_changes_its_twin_changes_too(database: TestDatabase) {
        let house = House::open(database).await;
        let boss = house.person("boss", AccountKind::Employee, Role::Owner).await;
        let mut twins = 0;
        for named in calls().iter().filter(|call| !call.contains("/api/guildhall/")) {
            let Some((method @ ("PUT" | "PATCH"), path)) = named.split_once(' ') else { continue };
            let twin = format!("{} {path}", if method == "PUT" { "PATCH" } else { "PUT" });
            assert_ne!(call(&house, Some(&boss), &twin).await.status, 405, "{twin}");
            twins += 1;
        }
        assert!(twins > 15, "{twins}");
    }
}
