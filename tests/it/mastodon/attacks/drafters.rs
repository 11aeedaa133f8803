//! Every call with the token of somebody who only writes drafts for a brand: what is not named here is refused, and
//! changes nothing.

use std::collections::BTreeSet;

use guildhall::domain::accounts::GrantRole;
use http::Method;
use serde_json::{Value, json};

use super::scopes;
use crate::{
    brands::{desk::Desk, doors::in_an_app},
    docs::clients::served,
    mastodon::{House, Person, Reply},
};

/// What is open to them.
const OPEN: &[&str] = &[
    "DELETE /api/guildhall/v1/drafts/{id}",
    "DELETE /api/guildhall/v1/drafts/{id}/presence",
    "DELETE /api/v1/media/{id}",
    "DELETE /api/v1/statuses/{id}",
    "GET /api/guildhall/v1/actors/{id}/authority",
    "GET /api/guildhall/v1/actors/{id}/policy",
    "GET /api/guildhall/v1/drafts",
    "GET /api/guildhall/v1/drafts/{id}",
    "GET /api/guildhall/v1/drafts/{id}/history",
    "GET /api/v1/accounts/lookup",
    "GET /api/v1/accounts/search",
    "GET /api/v1/accounts/verify_credentials",
    "GET /api/v1/accounts/{id}",
    "GET /api/v1/accounts/{id}/statuses",
    "GET /api/v1/announcements",
    "GET /api/v1/apps/verify_credentials",
    "GET /api/v1/media/{id}",
    "GET /api/v1/preferences",
    "GET /api/v1/statuses/{id}",
    "GET /api/v1/statuses/{id}/context",
    "GET /api/v1/statuses/{id}/source",
    "GET /api/v1/streaming",
    "GET /api/v1/streaming/user",
    "GET /api/v1/timelines/home",
    "GET /api/v1/timelines/public",
    "GET /api/v1/timelines/tag/{name}",
    "GET /api/v2/search",
    "PATCH /api/guildhall/v1/drafts/{id}",
    "PATCH /api/v1/media/{id}",
    "PATCH /api/v1/statuses/{id}",
    "POST /api/guildhall/v1/actors/{id}/drafts",
    "POST /api/guildhall/v1/drafts/{id}/presence",
    "POST /api/guildhall/v1/drafts/{id}/submit",
    "POST /api/v1/media",
    "POST /api/v1/statuses",
    "POST /api/v2/media",
    "PUT /api/v1/media/{id}",
    "PUT /api/v1/statuses/{id}",
];

/// What is the same for everybody, and what concerns the address of whoever signed up: nobody looks as whom they act.
const TOKENLESS: &[&str] = &[
    "GET /api/guildhall/v1/openapi.json",
    "GET /api/v1/custom_emojis",
    "GET /api/v1/emails/check_confirmation",
    "GET /api/v1/instance",
    "GET /api/v1/instance/activity",
    "GET /api/v1/instance/extended_description",
    "GET /api/v1/instance/peers",
    "GET /api/v1/instance/privacy_policy",
    "GET /api/v1/instance/rules",
    "GET /api/v1/instance/translation_languages",
    "GET /api/v1/streaming/health",
    "GET /api/v1/timelines/link",
    "GET /api/v1/trends/links",
    "GET /api/v2/instance",
    "POST /api/v1/apps",
    "POST /api/v1/emails/confirmations",
];

/// What somebody who may publish reads of the brand, by which it would show that something was done as it.
const SHOWN: &[&str] = &[
    "/api/v1/accounts/verify_credentials",
    "/api/v1/accounts/{brand}/statuses",
    "/api/v1/accounts/{brand}/following",
    "/api/v1/accounts/{brand}/followers",
    "/api/v1/accounts/relationships?id[]={carl}",
    "/api/v1/blocks",
    "/api/v1/bookmarks",
    "/api/v1/conversations",
    "/api/v1/domain_blocks",
    "/api/v1/endorsements",
    "/api/v1/favourites",
    "/api/v1/featured_tags",
    "/api/v1/filters",
    "/api/v1/follow_requests",
    "/api/v1/followed_tags",
    "/api/v1/lists",
    "/api/v1/markers?timeline[]=home&timeline[]=notifications",
    "/api/v1/mutes",
    "/api/v1/notifications",
    "/api/v1/notifications/policy",
    "/api/v1/preferences",
    "/api/v1/scheduled_statuses",
    "/api/v1/statuses/{post}",
    "/api/v1/statuses/{question}",
    "/api/v1/timelines/home",
    "/api/v2/filters",
    "/api/guildhall/v1/actors/{brand}/exposure",
    "/api/guildhall/v1/actors/{brand}/authority",
    "/api/guildhall/v1/actors/{brand}/policy",
    "/api/guildhall/v1/crisis",
    "/api/guildhall/v1/drafts",
];

/// Whether somebody is told that they only write drafts.
fn is_refused(reply: &Reply) -> bool {
    reply.status == 403 && reply.body.to_string().contains("you write drafts")
}

async fn shown(house: &House, who: &Person, gaps: &[(&str, String)]) -> Vec<Value> {
    let mut all = Vec::new();
    for path in SHOWN {
        let path = gaps.iter().fold((*path).to_owned(), |path, (name, value)| path.replace(name, value));
        let reply = house.get(who, &path).await;
        assert!(reply.status.is_success(), "{path}: {} {}", reply.status, reply.body);
        all.push(json!([path, reply.body]));
    }
    all
}

on_both! {
    async fn every_call_of_who_only_writes_drafts_is_named_or_refused(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        let (pat, carl) = (in_an_app(&desk, &desk.publisher, "pat").await, house.customer("carl").await);
        let rosa = desk.also("rosa", GrantRole::Responder).await;
        let drafters = [in_an_app(&desk, &desk.contributor, "cora").await, in_an_app(&desk, &rosa, "rosa-app").await];
        let post = desk.published("The price is 10").await;
        house.post(&carl, &format!("/api/v1/accounts/{}/follow", desk.brand), json!({})).await.ok();
        house.says(&carl, json!({"status": "My order is 4711 @acme", "visibility": "direct"})).await;
        let question = house.says(&carl, json!({"status": "Is it waterproof, @acme?"})).await;
        let handed_in = desk.handed_in("Theirs").await;
        let picture = house.uploaded(&pat).await;
        let gaps = [("{brand}", desk.brand.to_string()), ("{carl}", carl.id()), ("{post}", post.clone()), ("{question}", question.clone())];
        let before = shown(house, &pat, &gaps).await;
        let calls: BTreeSet<String> = served(&["src/http/mastodon", "src/http/company"]);
        assert!(OPEN.iter().all(|open| calls.contains(*open)), "{:?}", OPEN.iter().filter(|open| !calls.contains(**open)).collect::<Vec<_>>());
        let mut wrong = Vec::new();
        for drafter in &drafters {
            for named in &calls {
                let (method, template) = named.split_once(' ').unwrap();
                let open = OPEN.contains(&named.as_str());
                // What may be done as the brand is done by the tests of brands.
                if open && method != "GET" {
                    continue;
                }
                let id = match template {
                    template if template.contains("/statuses/{id}") && template.contains("/api/v1/statuses") => if template.ends_with("/favourite") { &question } else { &post },
                    template if template.contains("/accounts/{id}") => &gaps[1].1,
                    template if template.contains("/actors/{id}") => &gaps[0].1,
                    template if template.contains("/drafts/{id}") => &handed_in,
                    template if template.contains("/media/{id}") => picture["id"].as_str().unwrap(),
                    _ => "1",
                };
                let reply = scopes::call(house, Some(drafter), &format!("{method} {}", template.replace("{id}", id))).await;
                if is_refused(&reply) == (open || TOKENLESS.contains(&named.as_str())) || reply.status.is_server_error() || reply.status == 401 {
                    wrong.push(format!("{named}: {} {}", reply.status, reply.body));
                }
            }
        }
        assert!(wrong.is_empty(), "{} are wrong: {}", wrong.len(), wrong.join("\n"));
        for (before, after) in before.iter().zip(shown(house, &pat, &gaps).await) {
            assert_eq!(*before, after, "what was refused changed nothing");
        }
        // What they hold is no key to what ActivityPub clients do, either.
        for drafter in &drafters {
            for path in ["inbox", "outbox"] {
                let reply = house.call(Some(drafter), Method::GET, &format!("/ap/actors/{}/{path}", desk.brand), Value::Null).await;
                assert!(is_refused(&reply), "{path}: {} {}", reply.status, reply.body);
            }
        }
    }
}
