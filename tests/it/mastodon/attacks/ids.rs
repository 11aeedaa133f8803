//! Ids of what is somebody else's: not found, whatever is asked, and nothing changes.

use std::collections::BTreeSet;

use guildhall::domain::{
    accounts::{AccountKind, GrantRole, Role},
    emojis,
    invitations::{self, NewInvitation},
    org::{self, Registrations},
    sign_ups::{self, NewSignUp},
};
use http::{Method, Request, header};
use serde_json::{Value, json};

use crate::{
    brands::{API, brand, give},
    docs::clients::served,
    mastodon::{House, Person, Reply},
};

/// What Ben has that nobody else may even know of.
struct Held {
    words: Vec<(&'static str, String)>,
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap_or_else(|| panic!("no id: {value}")).to_owned()
}

impl Held {
    async fn by(house: &House, ben: &Person) -> Self {
        let (cleo, dora) = (house.employee("cleo").await, house.employee("dora").await);
        let invitation = NewInvitation {
            by: None,
            kind: AccountKind::Customer,
            role: Role::Member,
            grants: Vec::new(),
            team: None,
            email: None,
            lasts: std::time::Duration::from_secs(86_400),
            most: 1,
        };
        let invitation =
            house.app.db.write(move |tx| invitations::make(tx, &invitation, &[7; 32], None)).await.unwrap();
        let (site, link) = (house.app.site.clone(), [7; 32]);
        let sign_up = house.app.db.write(move |tx| {
            org::set_registrations(tx, None, Registrations::Approval)?;
            let new = NewSignUp {
                username: "later".to_owned(),
                email: "later@mail.example".to_owned(),
                reason: "Tea".to_owned(),
                agrees: true,
                ..NewSignUp::default()
            };
            let id = sign_ups::ask(tx, &new, "none", &link)?;
            sign_ups::open_link(tx, id, &link)?;
            sign_ups::confirm(tx, &site, &link)?;
            Ok(id)
        });
        let sign_up = sign_up.await.unwrap();
        let hidden = house.says(ben, json!({"status": "Hidden", "visibility": "private"})).await;
        let own = house.says(ben, json!({"status": "Hello #tea"})).await;
        let quoting = house.says(&cleo, json!({"status": "As he says", "quoted_status_id": own})).await;
        let asked =
            json!({"status": "Tea?", "visibility": "private", "poll": {"options": ["Yes", "No"], "expires_in": 600}});
        let poll = house.post(ben, "/api/v1/statuses", asked).await.ok()["poll"].clone();
        let list = house.post(ben, "/api/v1/lists", json!({"title": "Ben's"})).await.ok();
        let filter = json!({"title": "Ben's", "context": ["home"], "keywords_attributes": [{"keyword": "tea"}]});
        let filter = house.post(ben, "/api/v2/filters", filter).await.ok();
        let marked =
            house.post(ben, &format!("/api/v2/filters/{}/statuses", id(&filter)), json!({"status_id": own})).await.ok();
        let waits = house
            .post(ben, "/api/v1/statuses", json!({"status": "Later", "scheduled_at": "2026-11-01T13:00:00Z"}))
            .await
            .ok();
        let media = house.uploaded(ben).await;
        let tag = house.post(ben, "/api/v1/featured_tags", json!({"name": "tea"})).await.ok();
        house.says(&cleo, json!({"status": "@ben Between us", "visibility": "direct"})).await;
        let talk = house.get(ben, "/api/v1/conversations").await.ok();
        let told = house.get(ben, "/api/v1/notifications?types[]=mention").await.ok();
        house.put(ben, "/api/v2/notifications/policy", json!({"for_not_following": "filter"})).await.ok();
        house.says(&dora, json!({"status": "@ben Hello"})).await;
        let request = house.get(ben, "/api/v1/notifications/requests").await.ok();
        house.call(Some(ben), Method::PATCH, "/api/v1/accounts/update_credentials", json!({"locked": true})).await.ok();
        house.post(&dora, &format!("/api/v1/accounts/{}/follow", ben.id()), json!({})).await.ok();
        let acme = brand(house, "acme").await;
        give(house, ben, acme, GrantRole::Contributor).await.unwrap();
        let draft = house.post(ben, &format!("{API}/actors/{acme}/drafts"), json!({"body": "A secret"})).await.ok();
        let rules = format!("{API}/actors/{acme}/policy");
        let chief = house.employee("chief").await;
        give(house, &chief, acme, GrantRole::Owner).await.unwrap();
        let deputy = house.employee("deputy").await;
        give(house, &deputy, acme, GrantRole::Owner).await.unwrap();
        house.put(&chief, &rules, json!({"min_approvals": 1})).await.ok();
        let wish = house.put(&chief, &rules, json!({"min_approvals": 0})).await.body;
        let report =
            house.post(ben, "/api/v1/reports", json!({"account_id": cleo.id(), "comment": "Noise"})).await.ok();
        house.emoji("tea").await;
        let inside = house.says(&cleo, json!({"status": "Among us", "local_only": true})).await;
        let copy =
            house.post(ben, &format!("{API}/posts/{inside}/publish-copy"), json!({"body": "For everybody"})).await.ok();
        let emoji = house.app.db.read(emojis::list).await.unwrap()[0].id;
        let boss = house.person("certifier", AccountKind::Employee, Role::Admin).await;
        let certified = json!({"account": "chief", "role": "approver"});
        let certificate = house.post(&boss, &format!("{API}/certificates"), certified).await.body;
        Self {
            words: vec![
                ("WISH", id(&wish["proposal"])),
                ("REPORT", id(&report)),
                ("EMOJI", emoji.to_string()),
                ("ANNOUNCED", house.announces("Tea", None).await.unwrap()),
                ("INVITATION", invitation.to_string()),
                ("SIGNUP", sign_up.to_string()),
                ("CERTIFICATE", id(&certificate)),
                // There is none: what it is of is looked for first.
                ("DELIVERY", "1".to_owned()),
                ("JOB", "1".to_owned()),
                ("HIDDEN", hidden),
                ("OWN", own),
                ("QUOTING", quoting),
                ("POLL", id(&poll)),
                ("LIST", id(&list)),
                ("FILTER", id(&filter)),
                ("KEYWORD", id(&filter["keywords"][0])),
                ("MARKED", id(&marked)),
                ("WAITS", id(&waits)),
                ("MEDIA", id(&media)),
                ("TAG", id(&tag)),
                ("TALK", id(&talk[0])),
                ("TOLD", id(&told[0])),
                ("REQUEST", id(&request[0])),
                ("DORA", dora.id()),
                ("BRAND", acme.to_string()),
                ("DRAFT", id(&draft)),
                ("COPY", id(&copy)),
                ("CHIEF", "chief".to_owned()),
            ],
        }
    }

    fn fill(&self, template: &str) -> String {
        self.words.iter().fold(template.to_owned(), |path, (word, id)| path.replace(word, id))
    }
}

/// Everything that Ben has, as he sees it.
async fn sight(house: &House, ben: &Person) -> Vec<Value> {
    let mut seen = Vec::new();
    for path in [
        "/api/v1/lists",
        "/api/v2/filters",
        "/api/v1/scheduled_statuses",
        "/api/v1/featured_tags",
        "/api/v1/conversations",
        "/api/v1/notifications",
        "/api/v1/notifications/requests",
        "/api/v1/follow_requests",
        "/api/v1/bookmarks",
        "/api/v1/favourites",
        "/api/v1/timelines/home",
        "/api/v1/accounts/verify_credentials",
        "/api/guildhall/v1/drafts",
        "/api/guildhall/v1/publish-requests",
    ] {
        seen.push(house.get(ben, path).await.ok());
    }
    seen
}

/// What is tried with his ids, each by its method; after `+` what is sent.
const TRIED: &[&str] = &[
    "GET PUT+title PATCH+title DELETE /api/v1/lists/LIST",
    "GET POST+account_ids DELETE+account_ids /api/v1/lists/LIST/accounts",
    "GET /api/v1/timelines/list/LIST",
    "GET PUT+title PATCH+title DELETE /api/v2/filters/FILTER",
    "GET POST+keyword /api/v2/filters/FILTER/keywords",
    "GET POST+status_id /api/v2/filters/FILTER/statuses",
    "GET PUT+keyword PATCH+keyword DELETE /api/v2/filters/keywords/KEYWORD",
    "GET DELETE /api/v2/filters/statuses/MARKED",
    "GET PUT+phrase PATCH+phrase DELETE /api/v1/filters/KEYWORD",
    "GET PUT+scheduled_at PATCH+scheduled_at DELETE /api/v1/scheduled_statuses/WAITS",
    "GET PUT+description PATCH+description DELETE /api/v1/media/MEDIA",
    "DELETE /api/v1/featured_tags/TAG",
    "POST /api/v1/conversations/TALK/read",
    "POST /api/v1/conversations/TALK/unread",
    "DELETE /api/v1/conversations/TALK",
    "GET /api/v1/notifications/TOLD",
    "POST /api/v1/notifications/TOLD/dismiss",
    "GET /api/v2/notifications/ungrouped-TOLD",
    "GET /api/v1/notifications/requests/REQUEST",
    "POST /api/v1/notifications/requests/REQUEST/accept",
    "POST /api/v1/notifications/requests/REQUEST/dismiss",
    "POST /api/v1/follow_requests/DORA/authorize",
    "POST /api/v1/follow_requests/DORA/reject",
    "GET PUT+status PATCH+status DELETE /api/v1/statuses/HIDDEN",
    "GET /api/v1/statuses/HIDDEN/context",
    "GET /api/v1/statuses/HIDDEN/history",
    "GET /api/v1/statuses/HIDDEN/source",
    "GET /api/v1/statuses/HIDDEN/card",
    "GET /api/v1/statuses/HIDDEN/quotes",
    "GET /api/v1/statuses/HIDDEN/favourited_by",
    "GET /api/v1/statuses/HIDDEN/reblogged_by",
    "POST /api/v1/statuses/HIDDEN/favourite",
    "POST /api/v1/statuses/HIDDEN/unfavourite",
    "POST /api/v1/statuses/HIDDEN/reblog",
    "POST /api/v1/statuses/HIDDEN/unreblog",
    "POST /api/v1/statuses/HIDDEN/bookmark",
    "POST /api/v1/statuses/HIDDEN/unbookmark",
    "POST /api/v1/statuses/HIDDEN/mute",
    "POST /api/v1/statuses/HIDDEN/unmute",
    "POST /api/v1/statuses/HIDDEN/pin",
    "POST /api/v1/statuses/HIDDEN/unpin",
    "POST /api/v1/statuses/HIDDEN/translate",
    "PUT+quote_approval_policy PATCH+quote_approval_policy /api/v1/statuses/HIDDEN/interaction_policy",
    "GET /api/v1/polls/POLL",
    "POST+choices /api/v1/polls/POLL/votes",
    "PUT+status DELETE /api/v1/statuses/OWN",
    "GET /api/v1/statuses/OWN/source",
    "PUT+quote_approval_policy /api/v1/statuses/OWN/interaction_policy",
    "POST /api/v1/statuses/OWN/quotes/QUOTING/revoke",
    "GET /api/guildhall/v1/actors/BRAND/authority",
    "GET /api/guildhall/v1/actors/BRAND/figures",
    "GET /api/guildhall/v1/actors/BRAND/waiting",
    "GET PUT+level /api/guildhall/v1/actors/BRAND/exposure",
    "GET /api/guildhall/v1/actors/BRAND/grants",
    "PUT+role DELETE /api/guildhall/v1/actors/BRAND/grants/CHIEF",
    "GET PUT+min_approvals PATCH+min_approvals /api/guildhall/v1/actors/BRAND/policy",
    "DELETE /api/guildhall/v1/actors/BRAND/policy/proposals/WISH",
    "POST /api/guildhall/v1/actors/BRAND/policy/proposals/WISH/confirm",
    "POST+body /api/guildhall/v1/actors/BRAND/drafts",
    "GET PATCH+body DELETE /api/guildhall/v1/drafts/DRAFT",
    "GET /api/guildhall/v1/drafts/DRAFT/history",
    "POST DELETE /api/guildhall/v1/drafts/DRAFT/presence",
    "POST /api/guildhall/v1/drafts/DRAFT/submit",
    "POST /api/guildhall/v1/drafts/DRAFT/approve",
    "POST+comment /api/guildhall/v1/drafts/DRAFT/request-changes",
    "POST+scheduled_at DELETE /api/guildhall/v1/drafts/DRAFT/schedule",
    "POST /api/guildhall/v1/drafts/DRAFT/seen",
    "POST /api/guildhall/v1/drafts/DRAFT/publish",
    "POST+reason /api/guildhall/v1/drafts/DRAFT/override",
    "GET /api/guildhall/v1/posts/HIDDEN/deliveries",
    "POST+reason /api/guildhall/v1/posts/HIDDEN/keep",
    "POST+body /api/guildhall/v1/posts/HIDDEN/publish-copy",
    "GET PATCH+body /api/guildhall/v1/publish-requests/COPY",
    "POST /api/guildhall/v1/publish-requests/COPY/consent",
    "POST /api/guildhall/v1/publish-requests/COPY/decline",
    "POST /api/guildhall/v1/publish-requests/COPY/withdraw",
    "POST /api/guildhall/v1/posts/OWN/deliveries/retry",
    "POST /api/guildhall/v1/posts/OWN/deliveries/DELIVERY/retry",
];

/// What answers that it is done whoever asks, and does it to one's own: several are named, or a group.
const SILENT: &[&str] =
    &["GET /api/v2/notifications/ungrouped-TOLD/accounts", "POST /api/v2/notifications/ungrouped-TOLD/dismiss"];

/// What is for those who run the server: everybody else hears that, whatever there is.
const RUNNERS: &[&str] = &[
    "GET /api/v1/admin/reports/REPORT",
    "POST /api/v1/admin/reports/REPORT/assign_to_self",
    "POST /api/v1/admin/reports/REPORT/unassign",
    "POST /api/v1/admin/reports/REPORT/resolve",
    "POST /api/v1/admin/reports/REPORT/reopen",
    "DELETE /api/guildhall/v1/emojis/EMOJI",
    "GET PUT PATCH DELETE /api/guildhall/v1/announcements/ANNOUNCED",
    "GET DELETE /api/guildhall/v1/invitations/INVITATION",
    "GET /api/guildhall/v1/sign-ups/SIGNUP",
    "POST /api/guildhall/v1/sign-ups/SIGNUP/approve",
    "POST /api/guildhall/v1/sign-ups/SIGNUP/reject",
    "POST /api/guildhall/v1/jobs/parked/JOB/retry",
    "DELETE /api/guildhall/v1/certificates/CERTIFICATE",
];

/// What is no secret: people are found by everybody, and each call does to oneself what it does; names of hashtags and
/// servers are typed, not given; and what everybody is told, everybody may put away.
const OPEN: &[&str] = &[
    "GET /api/v1/accounts/*",
    "GET /api/v1/accounts/*/statuses",
    "GET /api/v1/accounts/*/followers",
    "GET /api/v1/accounts/*/following",
    "GET /api/v1/accounts/*/lists",
    "GET /api/v1/accounts/*/endorsements",
    "GET /api/v1/accounts/*/featured_tags",
    "POST /api/v1/accounts/*/follow",
    "POST /api/v1/accounts/*/unfollow",
    "POST /api/v1/accounts/*/remove_from_followers",
    "POST /api/v1/accounts/*/block",
    "POST /api/v1/accounts/*/unblock",
    "POST /api/v1/accounts/*/mute",
    "POST /api/v1/accounts/*/unmute",
    "POST /api/v1/accounts/*/note",
    "POST /api/v1/accounts/*/endorse",
    "POST /api/v1/accounts/*/unendorse",
    "POST /api/v1/accounts/*/pin",
    "POST /api/v1/accounts/*/unpin",
    "GET /api/v1/tags/*",
    "POST /api/v1/tags/*/follow",
    "POST /api/v1/tags/*/unfollow",
    "POST /api/v1/tags/*/feature",
    "POST /api/v1/tags/*/unfeature",
    "GET /api/v1/timelines/tag/*",
    "POST /api/v1/announcements/*/dismiss",
    // Those of the company, by name: `telling.rs`, `teams.rs`, `limited.rs`, `web/company.rs` and `sign_ups/running.rs` say who may.
    "DELETE /api/guildhall/v1/accounts/*",
    "POST /api/guildhall/v1/accounts/*/limit",
    "POST /api/guildhall/v1/accounts/*/restore",
    "PUT /api/guildhall/v1/accounts/*/role",
    "POST /api/guildhall/v1/accounts/*/suspend",
    "POST /api/guildhall/v1/accounts/*/unlimit",
    "GET /api/guildhall/v1/servers/*",
    "GET /api/guildhall/v1/servers/*/deliveries",
    "POST /api/guildhall/v1/servers/*/allow",
    "POST /api/guildhall/v1/servers/*/block",
    "POST /api/guildhall/v1/servers/*/limit",
    "POST /api/guildhall/v1/servers/*/retry",
    "POST /api/guildhall/v1/servers/*/unlimit",
    "DELETE /api/guildhall/v1/setup/*",
    "GET PATCH DELETE /api/guildhall/v1/teams/*",
    "POST /api/guildhall/v1/teams/*/members/*",
    "DELETE /api/guildhall/v1/teams/*/members/*",
];

/// The calls of a line, each with its method, and what stands in their gaps left out.
pub fn calls_of(line: &str) -> Vec<String> {
    let (methods, path) = line.rsplit_once(' ').unwrap();
    let gap = |part: &str| part.starts_with('{') || part == "*" || part.chars().any(|one| one.is_ascii_uppercase());
    let parts: Vec<&str> = path.split('/').map(|part| if gap(part) { "*" } else { part }).collect();
    let method = |method: &str| method.split('+').next().unwrap().to_owned();
    methods.split(' ').map(|one| format!("{} {}", method(one), parts.join("/"))).collect()
}

#[test]
fn every_call_with_an_id_is_tried_or_known_to_be_open() {
    let mut tried = BTreeSet::new();
    for line in TRIED.iter().chain(SILENT).chain(RUNNERS).chain(OPEN) {
        tried.extend(calls_of(line));
    }
    let calls = served(&["src/http/mastodon", "src/http/company"]);
    let named: BTreeSet<String> =
        calls.iter().filter(|call| call.contains('{')).flat_map(|call| calls_of(call)).collect();
    assert!(named.len() > 110, "{}", named.len());
    assert_eq!(tried, named, "each call with an id is tried, or stands among those that need not be, and no other");
}

fn sent(what: &str, held: &Held) -> Value {
    match what {
        "" => json!({}),
        "account_ids" => json!({"account_ids": [held.fill("DORA")]}),
        "status_id" => json!({"status_id": held.fill("OWN")}),
        "scheduled_at" => json!({"scheduled_at": "2026-11-01T15:00:00Z"}),
        "choices" => json!({"choices": [0]}),
        "reason" => json!({"reason": "other"}),
        "role" => json!({"role": "owner"}),
        "min_approvals" => json!({"min_approvals": 0}),
        "quote_approval_policy" => json!({"quote_approval_policy": "nobody"}),
        field => json!({field: "Stolen"}),
    }
}

/// A call that says that it saw the first version of what it changes, where that matters.
async fn tries(house: &House, who: &Person, method: &str, path: &str, body: &Value) -> Reply {
    let mut request = Request::builder().method(method).uri(path).header(header::IF_MATCH, "\"1\"");
    request = request.header(header::AUTHORIZATION, format!("Bearer {}", who.token));
    if !body.is_null() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let body = if body.is_null() { String::new() } else { body.to_string() };
    house.send(request.body(body.into()).unwrap()).await
}

on_both! {
    async fn an_id_of_somebody_elses_is_not_found_and_changes_nothing(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let held = Held::by(&house, &ben).await;
        let before = sight(&house, &ben).await;
        let (mut wrong, mut tried) = (Vec::new(), 0);
        for line in TRIED {
            let (methods, path) = line.rsplit_once(' ').unwrap();
            let path = held.fill(path);
            for method in methods.split(' ') {
                let (method, what) = method.split_once('+').unwrap_or((method, ""));
                let body = if method == "GET" { Value::Null } else { sent(what, &held) };
                let answer = tries(&house, &ana, method, &path, &body).await;
                tried += 1;
                if answer.status != 404 {
                    wrong.push(format!("{method} {line}: {} {}", answer.status, answer.body));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(tried >= 80, "{tried}");
        // What names several, or a group, and answers that it is done: it is done to one's own.
        assert_eq!(house.get(&ana, &held.fill("/api/v2/notifications/ungrouped-TOLD/accounts")).await.ok(), json!([]));
        for line in SILENT {
            let (method, path) = line.split_once(' ').unwrap();
            let answer = tries(&house, &ana, method, &held.fill(path), &Value::Null).await;
            assert!([200, 404].contains(&answer.status.as_u16()), "{line}: {} {}", answer.status, answer.body);
        }
        for line in RUNNERS {
            let (methods, path) = line.rsplit_once(' ').unwrap();
            for method in methods.split(' ') {
                let [there, nowhere] = [held.fill(path), ["REPORT", "EMOJI", "ANNOUNCED", "INVITATION", "SIGNUP", "CERTIFICATE", "JOB"].iter().fold(path.to_owned(), |path, word| path.replace(word, "999"))];
                let answers = [tries(&house, &ana, method, &there, &Value::Null).await, tries(&house, &ana, method, &nowhere, &Value::Null).await];
                assert_eq!(answers[0].status, 403, "{method} {path}: {}", answers[0].body);
                assert_eq!(answers[0].body, answers[1].body, "{method} {path}");
            }
        }
        for (path, body) in [
            ("/api/v1/notifications/clear", json!({})),
            ("/api/v1/notifications/requests/accept", json!({"id": [held.fill("REQUEST")]})),
            ("/api/v1/notifications/requests/dismiss", json!({"id": [held.fill("REQUEST")]})),
        ] {
            let status = house.post(&ana, &held.fill(path), body).await.status.as_u16();
            assert!([200, 404].contains(&status), "{path}: {status}");
        }
        assert_eq!(sight(&house, &ben).await, before);
        // His own token does all of it.
        for path in ["/api/v1/lists/LIST", "/api/v2/filters/FILTER", "/api/v1/scheduled_statuses/WAITS", "/api/v1/media/MEDIA", "/api/v1/statuses/HIDDEN", "/api/v1/polls/POLL", "/api/guildhall/v1/drafts/DRAFT"] {
            house.get(&ben, &held.fill(path)).await.ok();
        }
    }
}
