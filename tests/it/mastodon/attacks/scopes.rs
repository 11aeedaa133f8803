//! Every call that the router answers asks for a token, and for a scope of it; those that do not stand in these tables.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use guildhall::domain::accounts::{self, AccountKind, Role};
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    docs::clients::served,
    mastodon::{House, Person, Reply},
    support::database::TestDatabase,
};

/// What everybody may call.
const PUBLIC: &[&str] = &[
    "GET /api/guildhall/v1/openapi.json",
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

/// Every token opens these: who it is, is asked at most.
const ANY: &str = "";

/// Each call that is served with the scope that it takes, or with several of which each will do. A broad one opens what
/// the fine ones below it open.
pub const TAKEN: &[(&str, &[&str])] = &[
    (
        ANY,
        &[
            "GET /api/guildhall/v1/openapi.json",
            "POST /api/v1/apps",
            "GET /api/v1/apps/verify_credentials",
            "GET /api/v1/custom_emojis",
            "GET /api/v1/instance",
            "GET /api/v1/instance/activity",
            "GET /api/v1/instance/domain_blocks",
            "GET /api/v1/instance/extended_description",
            "GET /api/v1/instance/peers",
            "GET /api/v1/instance/privacy_policy",
            "GET /api/v1/instance/rules",
            "GET /api/v1/instance/translation_languages",
            "GET /api/v1/tags/{name}",
            "GET /api/v1/timelines/link",
            "GET /api/v1/trends",
            "GET /api/v1/trends/links",
            "GET /api/v1/trends/statuses",
            "GET /api/v1/trends/tags",
            "GET /api/v2/instance",
        ],
    ),
    (
        "admin:read",
        &[
            "GET /api/guildhall/v1/accounts",
            "GET /api/guildhall/v1/announcements",
            "GET /api/guildhall/v1/announcements/{id}",
            "GET /api/guildhall/v1/audit",
            "GET /api/guildhall/v1/deliveries/figures",
            "GET /api/guildhall/v1/doctor",
            "GET /api/guildhall/v1/emojis",
            "GET /api/guildhall/v1/invitations",
            "GET /api/guildhall/v1/invitations/{id}",
            "GET /api/guildhall/v1/jobs/parked",
            "GET /api/guildhall/v1/registrations",
            "GET /api/guildhall/v1/servers",
            "GET /api/guildhall/v1/servers/{host}",
            "GET /api/guildhall/v1/servers/{host}/deliveries",
            "GET /api/guildhall/v1/setup",
            "GET /api/guildhall/v1/sign-ups",
            "GET /api/guildhall/v1/sign-ups/{id}",
        ],
    ),
    ("admin:read:reports", &["GET /api/v1/admin/reports", "GET /api/v1/admin/reports/{id}"]),
    (
        "admin:write",
        &[
            "DELETE /api/guildhall/v1/accounts/{username}",
            "POST /api/guildhall/v1/accounts/{username}/limit",
            "POST /api/guildhall/v1/accounts/{username}/restore",
            "PUT /api/guildhall/v1/accounts/{username}/role",
            "POST /api/guildhall/v1/accounts/{username}/suspend",
            "POST /api/guildhall/v1/accounts/{username}/unlimit",
            "PUT /api/guildhall/v1/actors/{id}/exposure",
            "PUT DELETE /api/guildhall/v1/actors/{id}/grants/{username}",
            "PUT PATCH /api/guildhall/v1/actors/{id}/policy",
            "PUT /api/guildhall/v1/exposure",
            "DELETE /api/guildhall/v1/actors/{id}/policy/proposals/{proposal}",
            "POST /api/guildhall/v1/actors/{id}/policy/proposals/{proposal}/confirm",
            "POST /api/guildhall/v1/announcements",
            "PUT PATCH DELETE /api/guildhall/v1/announcements/{id}",
            "POST /api/guildhall/v1/brands",
            "POST /api/guildhall/v1/certificates",
            "DELETE /api/guildhall/v1/certificates/{id}",
            "PATCH /api/guildhall/v1/company",
            "PUT DELETE /api/guildhall/v1/company/logo",
            "POST PATCH /api/guildhall/v1/crisis",
            "POST DELETE /api/guildhall/v1/crisis/end",
            "POST /api/guildhall/v1/crisis/end/confirm",
            "POST /api/guildhall/v1/emojis",
            "DELETE /api/guildhall/v1/emojis/{id}",
            "POST /api/guildhall/v1/invitations",
            "DELETE /api/guildhall/v1/invitations/{id}",
            "POST /api/guildhall/v1/jobs/parked/retry",
            "POST /api/guildhall/v1/jobs/parked/{id}/retry",
            "PUT PATCH /api/guildhall/v1/registrations",
            "POST /api/guildhall/v1/servers/{host}/allow",
            "POST /api/guildhall/v1/servers/{host}/block",
            "POST /api/guildhall/v1/servers/{host}/limit",
            "POST /api/guildhall/v1/servers/{host}/retry",
            "POST /api/guildhall/v1/servers/{host}/unlimit",
            "DELETE /api/guildhall/v1/setup/{step}",
            "POST /api/guildhall/v1/sign-ups/{id}/approve",
            "POST /api/guildhall/v1/sign-ups/{id}/reject",
            "POST /api/guildhall/v1/teams",
            "PATCH DELETE /api/guildhall/v1/teams/{id}",
            "POST DELETE /api/guildhall/v1/teams/{id}/members/{username}",
        ],
    ),
    (
        "admin:write:reports",
        &[
            "POST /api/v1/admin/reports/{id}/assign_to_self",
            "POST /api/v1/admin/reports/{id}/reopen",
            "POST /api/v1/admin/reports/{id}/resolve",
            "POST /api/v1/admin/reports/{id}/unassign",
        ],
    ),
    (
        "guildhall:approve",
        &["POST /api/guildhall/v1/drafts/{id}/approve", "POST /api/guildhall/v1/drafts/{id}/override"],
    ),
    ("push", &["GET POST PUT PATCH DELETE /api/v1/push/subscription"]),
    (
        "read",
        &[
            "GET /api/guildhall/v1/actors/{id}/authority",
            "GET /api/guildhall/v1/actors/{id}/figures",
            "GET /api/guildhall/v1/actors/{id}/policy",
            "GET /api/guildhall/v1/actors/{id}/waiting",
            "GET /api/guildhall/v1/certificates",
            "GET /api/guildhall/v1/company",
            "GET /api/guildhall/v1/company/colours",
            "GET /api/guildhall/v1/crisis",
            "GET /api/guildhall/v1/actors/{id}/exposure",
            "GET /api/guildhall/v1/actors/{id}/grants",
            "GET /api/guildhall/v1/exposure",
            "GET /api/guildhall/v1/me",
            "GET /api/guildhall/v1/meters",
            "GET /api/guildhall/v1/teams",
            "GET /api/guildhall/v1/teams/{id}",
            "GET /api/v1/announcements",
            "GET /api/v1/streaming/user",
            "GET /api/v1/suggestions",
            "GET /api/v2/suggestions",
        ],
    ),
    (
        "read:accounts",
        &[
            "GET /api/v1/accounts",
            "GET /api/v1/accounts/lookup",
            "GET /api/v1/accounts/search",
            "GET /api/v1/accounts/{id}",
            "GET /api/v1/accounts/{id}/endorsements",
            "GET /api/v1/accounts/{id}/featured_tags",
            "GET /api/v1/accounts/{id}/followers",
            "GET /api/v1/accounts/{id}/following",
            "GET /api/v1/directory",
            "GET /api/v1/emails/check_confirmation",
            "GET /api/v1/endorsements",
            "GET /api/v1/featured_tags",
            "GET /api/v1/featured_tags/suggestions",
            "GET /api/v1/preferences",
            "GET /api/v1/statuses/{id}/favourited_by",
            "GET /api/v1/statuses/{id}/reblogged_by",
        ],
    ),
    ("read:blocks", &["GET /api/v1/blocks", "GET /api/v1/domain_blocks", "GET /api/v1/domain_blocks/preview"]),
    ("read:bookmarks", &["GET /api/v1/bookmarks"]),
    ("read:favourites", &["GET /api/v1/favourites"]),
    (
        "read:filters",
        &[
            "GET /api/v1/filters",
            "GET /api/v1/filters/{id}",
            "GET /api/v2/filters",
            "GET /api/v2/filters/keywords/{id}",
            "GET /api/v2/filters/statuses/{id}",
            "GET /api/v2/filters/{id}",
            "GET /api/v2/filters/{id}/keywords",
            "GET /api/v2/filters/{id}/statuses",
        ],
    ),
    (
        "read:follows",
        &[
            "GET /api/v1/accounts/familiar_followers",
            "GET /api/v1/accounts/relationships",
            "GET /api/v1/follow_requests",
            "GET /api/v1/followed_tags",
        ],
    ),
    (
        "read:lists",
        &[
            "GET /api/v1/accounts/{id}/lists",
            "GET /api/v1/lists",
            "GET /api/v1/lists/{id}",
            "GET /api/v1/lists/{id}/accounts",
            "GET /api/v1/streaming/list",
            "GET /api/v1/timelines/list/{id}",
        ],
    ),
    ("read:mutes", &["GET /api/v1/mutes"]),
    (
        "read:notifications",
        &[
            "GET /api/v1/notifications",
            "GET /api/v1/notifications/policy",
            "GET /api/v1/notifications/requests",
            "GET /api/v1/notifications/requests/merged",
            "GET /api/v1/notifications/requests/{id}",
            "GET /api/v1/notifications/unread_count",
            "GET /api/v1/notifications/{id}",
            "GET /api/v1/streaming/user/notification",
            "GET /api/v2/notifications",
            "GET /api/v2/notifications/policy",
            "GET /api/v2/notifications/unread_count",
            "GET /api/v2/notifications/{group_key}",
        ],
    ),
    ("read:search", &["GET /api/v2/search"]),
    (
        "read:statuses",
        &[
            "GET /api/guildhall/v1/drafts",
            "GET /api/guildhall/v1/drafts/waiting",
            "GET /api/guildhall/v1/drafts/{id}",
            "GET /api/guildhall/v1/drafts/{id}/history",
            "GET /api/guildhall/v1/internal-reviews",
            "GET /api/guildhall/v1/publish-requests",
            "GET /api/guildhall/v1/publish-requests/{id}",
            "GET /api/v1/accounts/{id}/statuses",
            "GET /api/v1/conversations",
            "GET /api/v1/markers",
            "GET /api/v1/polls/{id}",
            "GET /api/v1/scheduled_statuses",
            "GET /api/v1/scheduled_statuses/{id}",
            "GET /api/v1/statuses",
            "GET /api/v1/statuses/{id}",
            "GET /api/v1/statuses/{id}/card",
            "GET /api/v1/statuses/{id}/context",
            "GET /api/v1/statuses/{id}/history",
            "GET /api/v1/statuses/{id}/quotes",
            "GET /api/v1/statuses/{id}/source",
            "POST /api/v1/statuses/{id}/translate",
            "GET /api/v1/streaming/direct",
            "GET /api/v1/streaming/hashtag",
            "GET /api/v1/streaming/hashtag/local",
            "GET /api/v1/streaming/public",
            "GET /api/v1/streaming/public/local",
            "GET /api/v1/streaming/public/remote",
            "GET /api/v1/timelines/home",
            "GET /api/v1/timelines/public",
            "GET /api/v1/timelines/tag/{name}",
        ],
    ),
    ("write", &["PATCH /api/guildhall/v1/me"]),
    (
        "write:accounts",
        &[
            "POST /api/v1/accounts",
            "POST /api/v1/emails/confirmations",
            "PUT PATCH /api/v1/accounts/update_credentials",
            "POST /api/v1/accounts/{id}/endorse",
            "POST /api/v1/accounts/{id}/note",
            "POST /api/v1/accounts/{id}/pin",
            "POST /api/v1/accounts/{id}/unendorse",
            "POST /api/v1/accounts/{id}/unpin",
            "POST /api/v1/announcements/{id}/dismiss",
            "POST /api/v1/featured_tags",
            "DELETE /api/v1/featured_tags/{id}",
            "DELETE /api/v1/profile/avatar",
            "DELETE /api/v1/profile/header",
            "POST /api/v1/statuses/{id}/pin",
            "POST /api/v1/statuses/{id}/unpin",
            "POST /api/v1/tags/{name}/feature",
            "POST /api/v1/tags/{name}/unfeature",
        ],
    ),
    (
        "write:blocks",
        &[
            "POST /api/v1/accounts/{id}/block",
            "POST /api/v1/accounts/{id}/unblock",
            "POST DELETE /api/v1/domain_blocks",
        ],
    ),
    ("write:bookmarks", &["POST /api/v1/statuses/{id}/bookmark", "POST /api/v1/statuses/{id}/unbookmark"]),
    (
        "write:conversations",
        &[
            "DELETE /api/v1/conversations/{id}",
            "POST /api/v1/conversations/{id}/read",
            "POST /api/v1/conversations/{id}/unread",
        ],
    ),
    ("write:favourites", &["POST /api/v1/statuses/{id}/favourite", "POST /api/v1/statuses/{id}/unfavourite"]),
    (
        "write:filters",
        &[
            "POST /api/v1/filters",
            "PUT PATCH DELETE /api/v1/filters/{id}",
            "POST /api/v2/filters",
            "PUT PATCH DELETE /api/v2/filters/keywords/{id}",
            "DELETE /api/v2/filters/statuses/{id}",
            "PUT PATCH DELETE /api/v2/filters/{id}",
            "POST /api/v2/filters/{id}/keywords",
            "POST /api/v2/filters/{id}/statuses",
        ],
    ),
    (
        "write:follows",
        &[
            "POST /api/v1/accounts/{id}/follow",
            "POST /api/v1/accounts/{id}/remove_from_followers",
            "POST /api/v1/accounts/{id}/unfollow",
            "POST /api/v1/follow_requests/{id}/authorize",
            "POST /api/v1/follow_requests/{id}/reject",
            "POST /api/v1/tags/{name}/follow",
            "POST /api/v1/tags/{name}/unfollow",
        ],
    ),
    (
        "write:lists",
        &["POST /api/v1/lists", "PUT PATCH DELETE /api/v1/lists/{id}", "POST DELETE /api/v1/lists/{id}/accounts"],
    ),
    ("write:media", &["POST /api/v1/media", "GET PUT PATCH DELETE /api/v1/media/{id}", "POST /api/v2/media"]),
    (
        "write:mutes",
        &[
            "POST /api/v1/accounts/{id}/mute",
            "POST /api/v1/accounts/{id}/unmute",
            "POST /api/v1/statuses/{id}/mute",
            "POST /api/v1/statuses/{id}/unmute",
        ],
    ),
    (
        "write:notifications",
        &[
            "POST /api/guildhall/v1/drafts/{id}/seen",
            "POST /api/v1/notifications/clear",
            "POST /api/v1/notifications/dismiss",
            "PUT PATCH /api/v1/notifications/policy",
            "POST /api/v1/notifications/requests/accept",
            "POST /api/v1/notifications/requests/dismiss",
            "POST /api/v1/notifications/requests/{id}/accept",
            "POST /api/v1/notifications/requests/{id}/dismiss",
            "POST /api/v1/notifications/{id}/dismiss",
            "POST /api/v2/notifications/clear",
            "PUT PATCH /api/v2/notifications/policy",
            "POST /api/v2/notifications/{group_key}/dismiss",
        ],
    ),
    ("write:reports", &["POST /api/v1/reports"]),
    (
        "write:statuses",
        &[
            "POST /api/guildhall/v1/actors/{id}/drafts",
            "PATCH DELETE /api/guildhall/v1/drafts/{id}",
            "POST DELETE /api/guildhall/v1/drafts/{id}/presence",
            "POST /api/guildhall/v1/drafts/{id}/publish",
            "POST /api/guildhall/v1/drafts/{id}/request-changes",
            "POST DELETE /api/guildhall/v1/drafts/{id}/schedule",
            "POST /api/guildhall/v1/drafts/{id}/submit",
            "POST /api/guildhall/v1/posts/{id}/keep",
            "POST /api/guildhall/v1/posts/{id}/publish-copy",
            "PATCH /api/guildhall/v1/publish-requests/{id}",
            "POST /api/guildhall/v1/publish-requests/{id}/consent",
            "POST /api/guildhall/v1/publish-requests/{id}/decline",
            "POST /api/guildhall/v1/publish-requests/{id}/withdraw",
            "POST /api/guildhall/v1/preview",
            "POST /api/guildhall/v1/reach-preview",
            "POST /api/v1/markers",
            "POST /api/v1/polls/{id}/votes",
            "PUT PATCH DELETE /api/v1/scheduled_statuses/{id}",
            "POST /api/v1/statuses",
            "PUT PATCH DELETE /api/v1/statuses/{id}",
            "PUT PATCH /api/v1/statuses/{id}/interaction_policy",
            "POST /api/v1/statuses/{id}/quotes/{quoting}/revoke",
            "POST /api/v1/statuses/{id}/reblog",
            "POST /api/v1/statuses/{id}/unreblog",
        ],
    ),
    // Whom it concerns, and who is asked whose token it is.
    ("read:accounts profile", &["GET /api/v1/accounts/verify_credentials"]),
    // As Mastodon documents it, beside the scope that one would think of.
    ("read:notifications write:notifications", &["GET /api/v2/notifications/{group_key}/accounts"]),
    // Authors, and who runs the server.
    ("read:statuses admin:read", &["GET /api/guildhall/v1/posts/{id}/deliveries"]),
    (
        "write:statuses admin:write",
        &[
            "POST /api/guildhall/v1/posts/{id}/deliveries/retry",
            "POST /api/guildhall/v1/posts/{id}/deliveries/{delivery}/retry",
        ],
    ),
];

/// What is asked for a scope later, for each channel: `streaming.rs` tries them.
const LATER: &[&str] = &["GET /api/v1/streaming", "GET /api/v1/streaming/health"];

/// Whether a token of this scope alone opens what takes one of those.
fn opens(scope: &str, taken: &str) -> bool {
    let one = |taken: &str| {
        let kind = taken.rsplit(':').next().unwrap();
        let broad = taken.strip_suffix(kind).and_then(|broad| broad.strip_suffix(':'));
        // What runs the server, and what approves, has two words in its broad name.
        let broad = broad.filter(|broad| !matches!(*broad, "admin" | "guildhall"));
        scope == taken || Some(scope) == broad || (scope == "follow" && matches!(kind, "follows" | "blocks" | "mutes"))
    };
    taken == ANY || taken.split(' ').any(one)
}

/// Everything that is served to people's apps and to owners, but for streams.
fn calls() -> BTreeSet<String> {
    let all = served(&["src/http/mastodon", "src/http/company"]);
    all.into_iter().filter(|call| !call.contains("/streaming")).collect()
}

/// A call with something in each of its gaps. The body of a stream, which does not end, is not read.
pub(super) async fn call(house: &House, who: Option<&Person>, call: &str) -> Reply {
    let (method, template) = call.split_once(' ').unwrap();
    if template.contains("/streaming") {
        return head(house, who, template).await;
    }
    let mut path = template.to_owned();
    for (name, value) in [
        ("id", "1"),
        ("quoting", "1"),
        ("delivery", "1"),
        ("proposal", "1"),
        ("name", "tea"),
        ("username", "ana"),
        ("host", "a.example"),
        ("step", "look"),
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

/// A stream that is asked for, without what it tells.
async fn head(house: &House, who: Option<&Person>, path: &str) -> Reply {
    let token = who.map_or_else(String::new, |who| format!("Bearer {}", who.token));
    let request = Request::get(format!("{path}?tag=tea&list=1")).header(header::AUTHORIZATION, token);
    let (parts, body) = house.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().into_parts();
    let body = if parts.status.is_success() {
        Value::Null
    } else {
        serde_json::from_slice(&body.collect().await.unwrap().to_bytes()).unwrap()
    };
    Reply { status: parts.status, headers: parts.headers, body }
}

/// Whether somebody is told that their token is for something else.
fn is_outside(reply: &Reply) -> bool {
    let told =
        reply.body["error"] == "This action is outside the authorized scopes" || reply.body["code"] == "token.scope";
    reply.status == StatusCode::FORBIDDEN && told
}

/// Each call with each scope alone. Which scope opens what stands in no database: one will do.
#[tokio::test]
async fn each_call_opens_to_its_own_scope_and_to_no_other() {
    let house = House::open(TestDatabase::sqlite()).await;
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    for (scopes, lines) in TAKEN {
        for line in *lines {
            let (methods, path) = line.rsplit_once(' ').unwrap();
            for method in methods.split(' ') {
                assert!(
                    taken.insert(format!("{method} {path}"), scopes).is_none(),
                    "{method} {path} stands there twice"
                );
            }
        }
    }
    let mut served = served(&["src/http/mastodon", "src/http/company"]);
    served.retain(|call| !LATER.contains(&call.as_str()));
    assert_eq!(taken.keys().cloned().collect::<BTreeSet<_>>(), served, "each call that is served, and no other");
    let mut people = Vec::new();
    for (number, scope) in accounts::SCOPES.iter().enumerate() {
        let name = format!("scope{number}");
        people.push((*scope, house.person_with(&name, AccountKind::Employee, Role::Owner, scope).await));
    }
    let mut wrong = Vec::new();
    for (named, taken) in &taken {
        for (scope, person) in &people {
            let opens = opens(scope, taken);
            // What the doctor asks takes its time, and has tests of its own.
            if opens && named.ends_with("/doctor") {
                continue;
            }
            let reply = call(&house, Some(person), named).await;
            if is_outside(&reply) == opens || reply.status.is_server_error() || reply.status == StatusCode::UNAUTHORIZED
            {
                wrong.push(format!("{named} with {scope}: {} {}", reply.status, reply.body));
            }
        }
    }
    assert!(wrong.is_empty(), "{} are wrong: {}", wrong.len(), wrong.join("\n"));
}

on_both! {
    async fn every_call_that_is_not_for_everybody_asks_for_a_token(database: TestDatabase) {
        let house = House::open(database).await;
        let calls = calls();
        assert!(calls.len() > 210 && calls.contains("GET /api/v1/timelines/home") && calls.contains("POST /api/guildhall/v1/emojis"), "{}", calls.len());
        let mut public = Vec::new();
        for named in &calls {
            let anonymous = call(&house, None, named).await.status;
            assert!(!anonymous.is_server_error(), "{named}: {anonymous}");
            if anonymous != 401 {
                public.push(named.as_str());
            }
        }
        assert_eq!(public, PUBLIC);
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
