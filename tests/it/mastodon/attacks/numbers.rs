//! Odd numbers where a part of a list is asked for, bodies of calls that delete, and what a WebSocket is not for.

use std::collections::BTreeSet;

use diesel::RunQueryDsl;
use futures_util::{SinkExt, StreamExt};
use guildhall::domain::{
    accounts::{AccountKind, GrantRole, Role},
    announcements,
};
use http::{Method, Request, header};
use serde_json::{Value, json};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use super::ids::calls_of;
use crate::{
    brands::{API, brand, give},
    docs::clients::served,
    mastodon::{House, Person, follow, streaming::serve},
    support::database::TestDatabase,
};

/// A list of which a part can be asked for.
pub struct List {
    pub path: &'static str,
    /// How many rows it has where nobody says.
    usual: usize,
    /// How many it has at most.
    pub most: usize,
    /// Who reads it.
    pub by: Who,
}

/// Whose list there is more in than it shows at most, so that the most is seen.
#[derive(Clone, Copy, PartialEq)]
pub enum Who {
    Ana,
    Ben,
    Carla,
    Dora,
    /// Ana, and there is little in it.
    Few,
}

const fn list(path: &'static str, usual: usize, by: Who) -> List {
    List { path, usual, most: usual * 2, by }
}

/// Each list that is served of which a part can be asked for.
pub const LISTS: &[List] = &[
    list("/api/v1/timelines/home", 20, Who::Ana),
    list("/api/v1/timelines/public", 20, Who::Ana),
    list("/api/v1/timelines/tag/TAG", 20, Who::Ana),
    list("/api/v1/timelines/list/LIST", 20, Who::Ana),
    list("/api/v1/accounts/ANA/statuses", 20, Who::Ana),
    list("/api/v1/accounts/ANA/followers", 40, Who::Ana),
    list("/api/v1/accounts/ANA/following", 40, Who::Ana),
    list("/api/v1/accounts/ANA/endorsements", 40, Who::Ana),
    list("/api/v1/accounts/search?q=guest", 40, Who::Ana),
    list("/api/v1/statuses/POST/favourited_by", 40, Who::Ana),
    list("/api/v1/statuses/POST/reblogged_by", 40, Who::Ana),
    list("/api/v1/statuses/POST/quotes", 20, Who::Ana),
    list("/api/v1/notifications", 40, Who::Ana),
    list("/api/v2/notifications", 40, Who::Ana),
    list("/api/v2/notifications/GROUP/accounts", 40, Who::Ana),
    list("/api/v1/notifications/requests", 40, Who::Dora),
    list("/api/v1/favourites", 20, Who::Ana),
    list("/api/v1/bookmarks", 20, Who::Ana),
    list("/api/v1/conversations", 20, Who::Ana),
    list("/api/v1/scheduled_statuses", 20, Who::Ana),
    list("/api/v1/lists/LIST/accounts", 40, Who::Ana),
    list("/api/v1/blocks", 40, Who::Ben),
    list("/api/v1/mutes", 40, Who::Ben),
    list("/api/v1/domain_blocks", 100, Who::Ana),
    list("/api/v1/followed_tags", 100, Who::Ana),
    list("/api/v1/endorsements", 40, Who::Ana),
    list("/api/v1/follow_requests", 40, Who::Carla),
    list("/api/v1/directory", 40, Who::Ana),
    list("/api/v1/suggestions", 40, Who::Carla),
    list("/api/v2/suggestions", 40, Who::Carla),
    list("/api/v1/trends", 10, Who::Ana),
    list("/api/v1/trends/tags", 10, Who::Ana),
    list("/api/v1/trends/statuses", 20, Who::Ana),
    list("/api/v2/search?q=guest&type=accounts", 20, Who::Ana),
    list("/api/v1/admin/reports", 100, Who::Ana),
    list("/api/guildhall/v1/audit", 100, Who::Ana),
    list("/api/guildhall/v1/drafts", 20, Who::Ana),
    list("/api/guildhall/v1/accounts", 40, Who::Ana),
    list("/api/guildhall/v1/internal-reviews", 20, Who::Carla),
    list("/api/guildhall/v1/publish-requests", 20, Who::Ben),
    // What these cost is measured while they grow, in `costs/every_list.rs`.
    list("/api/guildhall/v1/invitations", 40, Who::Few),
    list("/api/guildhall/v1/sign-ups", 40, Who::Few),
    list("/api/guildhall/v1/jobs/parked", 100, Who::Few),
    list("/api/guildhall/v1/posts/POST/deliveries", 100, Who::Few),
    list("/api/guildhall/v1/servers/A.EXAMPLE/deliveries", 100, Who::Few),
    List { path: "/api/guildhall/v1/servers", usual: 100, most: 500, by: Who::Few },
];

/// Lists of which no part can be asked for: all of what has a bound of its own. What each costs is counted, too.
pub const WHOLE: &[&str] = &[
    "/api/v1/accounts",
    "/api/v1/accounts/familiar_followers",
    "/api/v1/accounts/relationships",
    "/api/v1/accounts/{id}/featured_tags",
    "/api/v1/accounts/{id}/lists",
    "/api/v1/custom_emojis",
    "/api/v1/featured_tags",
    "/api/v1/featured_tags/suggestions",
    "/api/v1/lists",
    "/api/v1/markers",
    "/api/v1/statuses",
    "/api/v1/statuses/{id}/context",
    "/api/v1/statuses/{id}/history",
    "/api/v2/filters",
    "/api/v2/filters/{id}/keywords",
    "/api/v2/filters/{id}/statuses",
];

/// What is read otherwise: one thing, or names and figures that are few.
pub const OTHERS: &[&str] = &[
    "/api/guildhall/v1/actors/{id}/authority",
    "/api/guildhall/v1/actors/{id}/exposure",
    "/api/guildhall/v1/actors/{id}/figures",
    "/api/guildhall/v1/actors/{id}/grants",
    "/api/guildhall/v1/actors/{id}/policy",
    "/api/guildhall/v1/actors/{id}/waiting",
    "/api/guildhall/v1/announcements",
    "/api/guildhall/v1/announcements/{id}",
    "/api/guildhall/v1/certificates",
    "/api/guildhall/v1/company",
    "/api/guildhall/v1/company/colours",
    "/api/guildhall/v1/crisis",
    "/api/guildhall/v1/deliveries/figures",
    "/api/guildhall/v1/doctor",
    "/api/guildhall/v1/exposure",
    "/api/guildhall/v1/drafts/waiting",
    "/api/guildhall/v1/drafts/{id}",
    "/api/guildhall/v1/drafts/{id}/history",
    "/api/guildhall/v1/invitations/{id}",
    "/api/guildhall/v1/publish-requests/{id}",
    "/api/guildhall/v1/emojis",
    "/api/guildhall/v1/me",
    "/api/guildhall/v1/meters",
    "/api/guildhall/v1/openapi.json",
    "/api/guildhall/v1/registrations",
    "/api/guildhall/v1/servers/{host}",
    "/api/guildhall/v1/setup",
    "/api/guildhall/v1/sign-ups/{id}",
    "/api/guildhall/v1/teams",
    "/api/guildhall/v1/teams/{id}",
    "/api/v1/accounts/lookup",
    "/api/v1/accounts/verify_credentials",
    "/api/v1/accounts/{id}",
    "/api/v1/admin/reports/{id}",
    "/api/v1/announcements",
    "/api/v1/apps/verify_credentials",
    "/api/v1/domain_blocks/preview",
    "/api/v1/emails/check_confirmation",
    "/api/v1/filters",
    "/api/v1/filters/{id}",
    "/api/v1/instance",
    "/api/v1/instance/activity",
    "/api/v1/instance/domain_blocks",
    "/api/v1/instance/extended_description",
    "/api/v1/instance/peers",
    "/api/v1/instance/privacy_policy",
    "/api/v1/instance/rules",
    "/api/v1/instance/translation_languages",
    "/api/v1/lists/{id}",
    "/api/v1/media/{id}",
    "/api/v1/notifications/policy",
    "/api/v1/notifications/requests/merged",
    "/api/v1/notifications/requests/{id}",
    "/api/v1/notifications/unread_count",
    "/api/v1/notifications/{id}",
    "/api/v1/polls/{id}",
    "/api/v1/preferences",
    "/api/v1/push/subscription",
    "/api/v1/scheduled_statuses/{id}",
    "/api/v1/statuses/{id}",
    "/api/v1/statuses/{id}/card",
    "/api/v1/statuses/{id}/source",
    "/api/v1/tags/{name}",
    "/api/v1/timelines/link",
    "/api/v1/trends/links",
    "/api/v2/filters/keywords/{id}",
    "/api/v2/filters/statuses/{id}",
    "/api/v2/filters/{id}",
    "/api/v2/instance",
    "/api/v2/notifications/policy",
    "/api/v2/notifications/unread_count",
    "/api/v2/notifications/{group_key}",
];

/// What somebody may write who tries. What is no number at all is refused or passed over.
const ODD: &[&str] = &[
    "limit=-1",
    "limit=0",
    "limit=1000000000",
    "limit=9223372036854775807",
    "limit=-9223372036854775808",
    "limit=99999999999999999999",
    "limit=1.5",
    "limit=abc",
    "limit=",
    "limit[]=1",
    "limit[a]=1",
    "offset=-1",
    "offset=9223372036854775807",
    "offset=abc",
    "max_id=-1",
    "max_id=0",
    "max_id=9223372036854775807",
    "max_id=99999999999999999999",
    "max_id=abc",
    "max_id=",
    "max_id[]=1",
    "min_id=-9223372036854775808",
    "since_id=-1&max_id=-1",
    "min_id=9223372036854775807&max_id=0",
    "max_id=1%00",
    "since_id=1;drop",
];

/// How many rows an answer has.
pub fn rows(body: &Value) -> usize {
    let named = ["notification_groups", "accounts"].iter().find_map(|name| body.get(name));
    named.unwrap_or(body).as_array().unwrap_or_else(|| panic!("no list: {body}")).len()
}

/// More guests than any list of people shows.
const GUESTS: usize = 82;

/// A company in which there is more of everything than is shown at once.
pub struct Full {
    pub house: House,
    ana: Person,
    ben: Person,
    carla: Person,
    dora: Person,
    words: Vec<(&'static str, String)>,
}

impl Full {
    pub async fn open(database: TestDatabase) -> Self {
        let house = House::open(database).await;
        let ana = house.person("ana", AccountKind::Employee, Role::Owner).await;
        let (ben, carla, dora) =
            (house.employee("ben").await, house.employee("carla").await, house.employee("dora").await);
        let lock = json!({"locked": true});
        house.call(Some(&carla), Method::PATCH, "/api/v1/accounts/update_credentials", lock).await.ok();
        house.put(&dora, "/api/v2/notifications/policy", json!({"for_not_following": "filter"})).await.ok();
        let post = house.says(&ana, json!({"status": "Who has tea?"})).await;
        let mut guests = Vec::new();
        for number in 0..GUESTS {
            guests.push(Self::welcome(&house, &ana, &post, number, &carla).await);
        }
        let does = async |who: &Person, path: String, body: Value| {
            let reply = house.post(who, &path, body).await;
            assert_eq!(reply.status, 200, "{path}: {}", reply.body);
            reply.body
        };
        for (guest, said) in &guests {
            for verb in ["block", "mute"] {
                does(&ben, format!("/api/v1/accounts/{guest}/{verb}"), json!({})).await;
            }
            does(&ana, format!("/api/v1/accounts/{guest}/endorse"), json!({})).await;
            for verb in ["favourite", "bookmark"] {
                does(&ana, format!("/api/v1/statuses/{said}/{verb}"), json!({})).await;
            }
        }
        let list =
            does(&ana, "/api/v1/lists".to_owned(), json!({"title": "Guests"})).await["id"].as_str().unwrap().to_owned();
        let ids: Vec<&String> = guests.iter().map(|(guest, _)| guest).collect();
        does(&ana, format!("/api/v1/lists/{list}/accounts"), json!({"account_ids": ids})).await;
        for number in 0..201 {
            does(&ana, "/api/v1/domain_blocks".to_owned(), json!({"domain": format!("noise{number}.example")})).await;
            does(&ana, format!("/api/v1/tags/tea{number}/follow"), json!({})).await;
            // So many a day each.
            let reporter = [&ben, &carla, &dora][number % 3];
            does(
                reporter,
                "/api/v1/reports".to_owned(),
                json!({"account_id": guests[number % GUESTS].0, "comment": "Noise"}),
            )
            .await;
        }
        for number in 0..41 {
            does(
                &carla,
                "/api/v1/statuses".to_owned(),
                json!({"status": format!("Inside {number}"), "local_only": true}),
            )
            .await;
        }
        let inside = house.says(&carla, json!({"status": "Inside", "local_only": true})).await;
        for number in 0..41 {
            does(&ben, format!("{API}/posts/{inside}/publish-copy"), json!({"body": format!("Outside {number}")}))
                .await;
        }
        // Of all of it she is asked whether it stays.
        let due = "UPDATE internal_reviews SET asked_at = 1";
        house.app.db.write(move |tx| Ok(diesel::sql_query(due).execute(tx.conn())?)).await.unwrap();
        let acme = brand(&house, "acme").await;
        give(&house, &ana, acme, GrantRole::Contributor).await.unwrap();
        for number in 0..41 {
            house.says(&ana, json!({"status": format!("Tea number {number}")})).await;
            let later = format!("2026-11-{:02}T12:00:00Z", 2 + number / 20);
            does(
                &ana,
                "/api/v1/statuses".to_owned(),
                json!({"status": format!("Later {number}"), "scheduled_at": later}),
            )
            .await;
            does(&ana, format!("{API}/actors/{acme}/drafts"), json!({"body": format!("Draft {number}")})).await;
        }
        let site = house.app.site.clone();
        let noted = house.app.db.write(move |tx| {
            for _ in 0..101 {
                let id = announcements::make(tx, &site, "Tea", None)?;
                announcements::remove(tx, id)?;
            }
            Ok(())
        });
        noted.await.unwrap();
        let groups = house.get(&ana, "/api/v2/notifications?types[]=favourite").await.ok();
        let group = groups["notification_groups"][0]["group_key"].as_str().unwrap().to_owned();
        let words = vec![
            ("ANA", ana.id()),
            ("POST", post),
            ("GUEST", guests[0].0.clone()),
            ("LIST", list),
            ("GROUP", group),
            ("TAG", "shared".to_owned()),
            ("A.EXAMPLE", "a.example".to_owned()),
        ];
        Self { house, ana, ben, carla, dora, words }
    }

    /// One more guest, of whom there is something in each list, and what they said.
    async fn welcome(house: &House, ana: &Person, post: &str, number: usize, carla: &Person) -> (String, String) {
        let guest = house.employee(&format!("guest{number}")).await;
        let found = json!({"discoverable": true});
        house.call(Some(&guest), Method::PATCH, "/api/v1/accounts/update_credentials", found).await.ok();
        follow(house, ana, &guest.id()).await;
        follow(house, &guest, &ana.id()).await;
        follow(house, &guest, &carla.id()).await;
        let said = house
            .says(&guest, json!({"status": format!("Tea #shared #topic{}", number % 21), "quoted_status_id": post}))
            .await;
        house.says(&guest, json!({"status": "@ana @dora Between us", "visibility": "direct"})).await;
        for verb in ["favourite", "reblog"] {
            house.post(&guest, &format!("/api/v1/statuses/{post}/{verb}"), json!({})).await.ok();
        }
        (guest.id(), said)
    }

    pub fn who(&self, who: Who) -> &Person {
        match who {
            Who::Ana | Who::Few => &self.ana,
            Who::Ben => &self.ben,
            Who::Carla => &self.carla,
            Who::Dora => &self.dora,
        }
    }

    /// What a word in an address stands for.
    pub fn word(&self, word: &str) -> &str {
        &self.words.iter().find(|(known, _)| *known == word).unwrap().1
    }

    /// The address of a part of a list.
    pub fn path(&self, list: &str, part: &str) -> String {
        let path = self.words.iter().fold(list.to_owned(), |path, (word, id)| path.replace(word, id));
        format!("{path}{}{part}", if path.contains('?') { '&' } else { '?' })
    }
}

#[test]
fn every_list_that_is_served_is_tried_with_odd_numbers() {
    let calls = served(&["src/http/mastodon", "src/http/company"]);
    let read: BTreeSet<String> = calls
        .iter()
        .filter(|call| call.starts_with("GET ") && !call.contains("/streaming"))
        .flat_map(|call| calls_of(call))
        .collect();
    let bare = |path: &str| calls_of(&format!("GET {}", path.split('?').next().unwrap()));
    let known: Vec<String> =
        LISTS.iter().map(|list| list.path).chain(WHOLE.iter().chain(OTHERS).copied()).flat_map(bare).collect();
    let once: BTreeSet<String> = known.iter().cloned().collect();
    assert_eq!(once.len(), known.len(), "one stands there twice");
    assert_eq!(
        once, read,
        "each call that reads is a list of one kind or the other, or stands among the others, and no other"
    );
}

async fn form(house: &House, who: &Person, path: &str, body: &str) -> u16 {
    let request = Request::delete(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body.to_owned().into())
        .unwrap();
    house.send(request).await.status.as_u16()
}

on_both! {
    async fn no_list_shows_more_than_its_most_and_odd_numbers_break_none(database: TestDatabase) {
        let full = Full::open(database).await;
        let mut wrong = Vec::new();
        for List { path, usual, most, by } in LISTS {
            let filled = *by != Who::Few;
            for odd in std::iter::once(&"").chain(ODD) {
                let path = full.path(path, odd);
                let answer = full.house.get(full.who(*by), &path).await;
                let status = answer.status.as_u16();
                if status == 404 && !filled {
                    continue;
                }
                if status != 200 {
                    let refused = [400, 422].contains(&status) && (answer.body["error"].is_string() || answer.body["code"].is_string());
                    if !refused || odd.is_empty() || odd.starts_with("limit=1000") {
                        wrong.push(format!("{path}: {status} {}", answer.body));
                    }
                    continue;
                }
                let shown = rows(&answer.body);
                // Some of Mastodon's lists show all of what has a bound when they are asked for nothing.
                let all = *odd == "limit=0" && path.contains("/lists/") && shown == GUESTS;
                let right = match *odd {
                    _ if all => true,
                    "limit=1000000000" | "limit=9223372036854775807" if filled => shown == *most,
                    "" | "limit=0" | "limit=-1" | "limit=-9223372036854775808" if filled => shown == *usual,
                    _ => shown <= *most,
                };
                if !right {
                    wrong.push(format!("{path}: {shown} rows"));
                }
            }
        }
        for path in WHOLE.iter().chain(OTHERS).filter(|path| !path.ends_with("/doctor")) {
            let parts: Vec<&str> = path.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect();
            for odd in ["limit=0", "limit=-1", "limit=1000000000", "limit=abc", "id[]=-1", "id[]=abc", "offset=-1"] {
                let status = full.house.get(&full.ana, &format!("{}?{odd}", parts.join("/"))).await.status;
                if status.is_server_error() {
                    wrong.push(format!("{path}?{odd}: {status}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        for odd in ["limit=-1", "offset=-1"] {
            assert_eq!(full.house.get(&full.ana, &format!("/api/v2/search?q=tea&{odd}")).await.status, 400, "{odd}");
        }
    }

    async fn what_deletes_reads_the_form_in_its_body(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        follow(&house, &ana, &ben.id()).await;
        let list = house.post(&ana, "/api/v1/lists", json!({"title": "Tea"})).await.ok()["id"].as_str().unwrap().to_owned();
        let members = format!("/api/v1/lists/{list}/accounts");
        house.post(&ana, &members, json!({"account_ids": [ben.id()]})).await.ok();
        assert_eq!(form(&house, &ana, &members, &format!("account_ids[]={}", ben.id())).await, 200);
        assert_eq!(house.get(&ana, &members).await.ok(), json!([]));
        house.post(&ana, "/api/v1/domain_blocks", json!({"domain": "bad.example"})).await.ok();
        assert_eq!(form(&house, &ana, "/api/v1/domain_blocks", "domain=bad.example").await, 200);
        assert_eq!(house.get(&ana, "/api/v1/domain_blocks").await.ok(), json!([]));
        let post = house.says(&ana, json!({"status": "Hello"})).await;
        assert_eq!(form(&house, &ana, &format!("/api/v1/statuses/{post}"), "delete_media=true").await, 200);
        // A token in the form is one too, and what is no form is refused.
        let request = Request::builder().method(Method::DELETE).uri("/api/v1/domain_blocks");
        let request = request.header(header::CONTENT_TYPE, "application/json").header(header::AUTHORIZATION, format!("Bearer {}", ana.token));
        assert_eq!(house.send(request.body("{".into()).unwrap()).await.status, 400);
    }

    async fn a_socket_takes_no_binary_messages(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let address = serve(&house).await;
        let (mut socket, _) = connect_async(format!("{address}?access_token={}", ana.token.replace(' ', "+"))).await.unwrap();
        socket.send(Message::Binary(b"hello".to_vec().into())).await.unwrap();
        let closed = loop {
            match socket.next().await {
                Some(Ok(Message::Close(frame))) => break frame.unwrap(),
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(u16::from(closed.code), 1003);
        assert_ne!(closed.reason.as_str(), "");
        // Words are understood as before.
        let (mut socket, _) = connect_async(format!("{address}?access_token={}", ana.token.replace(' ', "+"))).await.unwrap();
        socket.send(Message::Text(json!({"type": "subscribe", "stream": "nonsense"}).to_string().into())).await.unwrap();
        let Some(Ok(Message::Text(text))) = socket.next().await else { panic!("no answer") };
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["error"], "Unknown stream type");
    }
}
