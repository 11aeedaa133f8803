//! What requests cost in statements: a cost that grows with the instance shows here first.

mod drafts;
mod every_list;
mod hidden;
mod homes;
mod looks;
mod most_used;
mod page;
mod shelves;
#[path = "../rig/statements.rs"]
mod statements;

use std::{env, process::Command, sync::Mutex};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use guildhall::{
    db::Tx,
    domain::{
        By, PostId,
        accounts::{self, Role},
        filters::{self, FilterContext, KeywordChange, Wish},
        notifications::{self, PolicyAction, PolicyChange},
        posts::{self, Audience, Draft, ReplyTo},
    },
    secrets::{new_token, token_hash},
};
use http::{Request, StatusCode};
use serde_json::json;
use tower::ServiceExt;

use crate::{
    c2s::Desk,
    polls::{asks, call, id_of, votes},
    support::{
        database::TestDatabase,
        world::{OURS, Stranger, World},
    },
};

/// Other lists that one reads signed in, with filters.
const LISTS: [(&str, usize); 5] = [
    ("/api/v1/notifications?limit=40", 23),
    ("/api/v2/notifications?limit=40", 25),
    ("/api/v1/notifications/requests?limit=40", 25),
    ("/api/v1/conversations?limit=40", 23),
    ("/api/v2/search?type=statuses&q=hello&limit=40", statements::SEARCH),
];

/// A page of the home feed of somebody with filters, of posts that are nothing but words.
const HOME: usize = 22;

/// What was asked of the database, by this process alone.
static ASKED: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Listener;

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            ASKED.lock().unwrap().push(query.to_string());
        }
    }
}

/// What is asked while something is done: statements that read or write rows, without what frames a transaction.
async fn asked(work: impl Future<Output = ()>) -> Vec<String> {
    ASKED.lock().unwrap().clear();
    work.await;
    let asked = std::mem::take(&mut *ASKED.lock().unwrap());
    let verbs = ["SELECT", "INSERT", "UPDATE", "DELETE"];
    let counts = |query: &String| verbs.iter().any(|verb| query.starts_with(verb)) && !query.ends_with("COMMIT");
    asked.into_iter().filter(counts).collect()
}

async fn arrive(world: &World, author: &Stranger, number: usize) {
    let note = author.note(&number.to_string(), "<p>hello</p>");
    assert_eq!(world.receive(author, &author.create(&note)).await, StatusCode::ACCEPTED);
}

async fn read_home(world: &World, token: &str) -> usize {
    read(world, token, "/api/v1/timelines/home?limit=40").await.as_array().unwrap().len()
}

async fn read(world: &World, token: &str, path: &str) -> serde_json::Value {
    let request = Request::builder()
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .body(axum::body::Body::empty())
        .unwrap();
    let response = world.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    serde_json::from_slice(&body).unwrap()
}

/// Somebody elsewhere writes to ana alone, and likes what she wrote.
async fn approach(world: &World, number: usize, liked: &str) {
    let stranger = Stranger::new(&format!("https://other{number}.good.example/users/eve"), number % 2);
    world.publish(&stranger);
    let mut note = stranger.note("1", "<p>hello</p>");
    note["to"] = serde_json::json!([world.ana.uri]);
    note["cc"] = serde_json::json!([]);
    note["tag"] = serde_json::json!({"type": "Mention", "href": world.ana.uri, "name": "@ana@company.example"});
    assert_eq!(world.receive(&stranger, &stranger.create(&note)).await, StatusCode::ACCEPTED);
    assert_eq!(world.receive(&stranger, &stranger.does("Like", "1", liked)).await, StatusCode::ACCEPTED);
}

/// From now on what strangers write to ana waits, or not.
async fn waits(world: &World, on: bool) {
    let (ana, action) = (world.ana.id, if on { PolicyAction::Filter } else { PolicyAction::Accept });
    let change = PolicyChange { for_private_mentions: Some(action), ..PolicyChange::default() };
    world.app.db.write(move |tx| notifications::change_policy(tx, ana, &change)).await.unwrap();
}

/// What each list costs, and how much stands in it.
async fn reads(world: &World, token: &str) -> (Vec<usize>, Vec<usize>) {
    let (mut costs, mut sizes) = (Vec::new(), Vec::new());
    for (path, most) in LISTS {
        let asked = asked(async {
            let list = read(world, token, path).await;
            let list = list.get("notification_groups").or(list.get("statuses")).unwrap_or(&list);
            sizes.push(list.as_array().unwrap().len());
        })
        .await;
        assert!(asked.len() <= most, "{path} takes {} statements: {asked:#?}", asked.len());
        costs.push(asked.len());
    }
    (costs, sizes)
}

async fn read_outbox(world: &World) -> usize {
    let path = world.ana.uri.strip_prefix(OURS).unwrap();
    let request = Request::builder().uri(format!("{path}/outbox?page=true")).header("host", "company.example");
    let response = world.router.clone().oneshot(request.body(axum::body::Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let page: serde_json::Value = serde_json::from_slice(&body).unwrap();
    page["orderedItems"].as_array().unwrap().len()
}

async fn visit(world: &World, path: &str) {
    let request = Request::builder().uri(path).header("accept", "text/html").body(axum::body::Body::empty()).unwrap();
    let response = world.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
}

/// What each page costs, and the page of a post.
async fn visits(world: &World, post: &str) -> Vec<(String, usize)> {
    let mut costs = Vec::new();
    for (path, most) in statements::PAGES.into_iter().chain([(post, statements::POST)]) {
        let asked = asked(visit(world, path)).await;
        assert!(asked.len() <= most, "{path} takes {} statements: {asked:#?}", asked.len());
        costs.push((path.to_owned(), asked.len()));
    }
    costs
}

/// Somebody here writes, and is answered from elsewhere and from here.
async fn talk(world: &World, answered_by: &Stranger, number: usize) -> String {
    let (site, ana) = (world.app.site.clone(), world.ana.id);
    let write = move |to: Option<PostId>| {
        let site = site.clone();
        world.app.db.write(move |tx| {
            let mut draft = Draft::note(Audience::Public, "<p>hello</p>".to_owned());
            draft.hashtags = vec!["hello".to_owned()];
            draft.reply_to = to.map(|post| ReplyTo { post: Some(post), uri: None });
            let id = posts::create(tx, &site, &By::Local { actor: ana, account: None }, &draft)?;
            posts::get(tx.conn(), id)
        })
    };
    let post = write(None).await.unwrap();
    let mut note = answered_by.note(&format!("re-{number}"), "<p>hello</p>");
    note["inReplyTo"] = post.uri.clone().unwrap().into();
    assert_eq!(world.receive(answered_by, &answered_by.create(&note)).await, StatusCode::ACCEPTED);
    write(Some(post.id)).await.unwrap();
    format!("/@ana/{}", post.id)
}

async fn costs(database: TestDatabase) {
    let world = World::open(database).await;
    let token = new_token();
    let (hash, ana) = (token_hash(&token), world.ana.id);
    world
        .app
        .db
        .write(move |tx| {
            let account = accounts::find_by_actor(tx.conn(), ana)?.unwrap();
            let wish =
                Wish { title: Some("Tea".to_owned()), contexts: Some(vec![FilterContext::Home]), ..Wish::default() };
            let word = KeywordChange { keyword: Some("tea".to_owned()), ..KeywordChange::default() };
            filters::create(tx, ana, &wish, &[word])?;
            accounts::issue_token(tx, account.id, ana, "read", "test", &hash)
        })
        .await
        .unwrap();
    let alice = world.followed("https://social.good.example/users/alice", 0).await;
    let bob = world.followed("https://other.good.example/users/bob", 1).await;
    for number in 0..2 {
        arrive(&world, &alice, number).await;
        arrive(&world, &bob, number).await;
    }
    let first = asked(arrive(&world, &alice, 10)).await;
    assert!(
        (8..=statements::ARRIVING_POST).contains(&first.len()),
        "a post arrives for {} statements: {first:#?}",
        first.len()
    );
    let few = asked(async { assert_eq!(read_home(&world, &token).await, 5) }).await;
    for number in 20..40 {
        arrive(&world, &alice, number).await;
        arrive(&world, &bob, number).await;
    }
    let later = asked(arrive(&world, &alice, 50)).await;
    assert_eq!(later.len(), first.len(), "{later:#?}");
    let many = asked(async { assert_eq!(read_home(&world, &token).await, 40) }).await;
    assert_eq!(many.len(), few.len(), "{few:#?} {many:#?}");
    assert!(many.len() <= HOME, "a page of the home feed takes {} statements: {many:#?}", many.len());
    world.ana_writes("One").await;
    let few = asked(async { assert_eq!(read_outbox(&world).await, 1) }).await;
    for number in 0..19 {
        world.ana_writes(&number.to_string()).await;
    }
    let many = asked(async { assert_eq!(read_outbox(&world).await, 20) }).await;
    assert_eq!(many.len(), few.len(), "{few:#?} {many:#?}");
    assert!(many.len() <= statements::OUTBOX, "a page of the outbox takes {} statements: {many:#?}", many.len());
    let liked = world.ana_writes("Like this").await.uri.unwrap();
    waits(&world, false).await;
    for number in 0..2 {
        approach(&world, number, &liked).await;
    }
    waits(&world, true).await;
    approach(&world, 2, &liked).await;
    let (few, sizes) = reads(&world, &token).await;
    assert_eq!(sizes, [5, 3, 1, 2, 3]);
    for number in 3..13 {
        approach(&world, number, &liked).await;
    }
    waits(&world, false).await;
    for number in 13..20 {
        approach(&world, number, &liked).await;
    }
    let (many, sizes) = reads(&world, &token).await;
    assert_eq!((sizes, many), (vec![29, 10, 11, 9, 20], few));
    let post = talk(&world, &alice, 60).await;
    let few = visits(&world, &post).await;
    for number in 70..90 {
        talk(&world, if number % 2 == 0 { &alice } else { &bob }, number).await;
    }
    assert_eq!(visits(&world, &post).await, few);
}

/// Lists that have more in them than posts: polls with one's votes, posts that wait, reports.
async fn lists(database: TestDatabase) {
    let desk = Desk::open(database).await;
    let (ana, ben) = (desk.writer("writer", "read write").await, desk.writer("ben", "read write admin:read").await);
    let moderator = ben.account;
    let promote =
        move |tx: &mut Tx<'_>| accounts::set_role(tx, moderator, accounts::AccountKind::Employee, Role::Moderator);
    desk.world.app.db.write(promote).await.unwrap();
    let fill = async |rows: usize| {
        for _ in 0..rows {
            let id = id_of(&asks(&desk, &ana, json!({})).await);
            votes(&desk, &ben, &id, json!([0])).await.ok();
            let reported = json!({"account_id": ana.actor.id.to_string(), "status_ids": [id]});
            call(&desk, Some(&ben), "POST", "/api/v1/reports", reported).await.ok();
            let later = json!({"status": "Later", "scheduled_at": "2026-11-10T12:00:00Z"});
            call(&desk, Some(&ana), "POST", "/api/v1/statuses", later).await.ok();
        }
    };
    let polls = format!("/api/v1/accounts/{}/statuses", ana.actor.id);
    let mut first = Vec::new();
    for (more, all) in [(2, 2), (10, 12)] {
        fill(more).await;
        for (who, path) in
            [(&ben, polls.as_str()), (&ana, "/api/v1/scheduled_statuses"), (&ben, "/api/v1/admin/reports")]
        {
            let reads = asked(async {
                let rows = desk.get(Some(who), path).await.ok();
                assert_eq!(rows.as_array().unwrap().len(), all, "{path}");
            });
            let reads = reads.await;
            assert!((2..=30).contains(&reads.len()), "{path}: {reads:#?}");
            if all == 2 {
                first.push(reads.len());
            } else {
                assert_eq!(reads.len(), first.remove(0), "{path}: {reads:#?}");
            }
        }
    }
}

/// Who asks for a letter costs the same, known or not.
async fn letters(database: TestDatabase) {
    let desk = crate::oauth::Desk::open(database).await;
    let mut costs = Vec::new();
    for name in ["ana", "nobody", "ana@mail.example", "nobody@mail.example", ""] {
        let mut browser = crate::oauth::Browser::default();
        let fields = crate::oauth::asking(&mut browser, &desk.house, name).await;
        costs.push(
            asked(async {
                let asked = browser.submit(&desk.house, "/sign-in/forgotten", &fields).await;
                assert_eq!(asked.status, StatusCode::OK);
            })
            .await,
        );
    }
    // The statements themselves, whatever they are asked with.
    let said = |asked: &Vec<String>| -> Vec<String> {
        asked.iter().map(|query| query.split(" -- binds").next().unwrap().to_owned()).collect()
    };
    assert!(costs[0].len() > 1 && costs.iter().all(|asked| said(asked) == said(&costs[0])), "{costs:#?}");
}

/// Runs a test of this file in a process of its own: what listens to statements listens to the whole process.
fn alone(name: &str) {
    let test = format!("costs::{name}");
    let output = Command::new(env::current_exe().unwrap()).args(["--ignored", "--exact", &test]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn statements_do_not_grow_with_what_is_there_sqlite() {
    alone("measured_on_sqlite");
}

#[test]
fn statements_do_not_grow_with_what_is_there_postgres() {
    alone("measured_on_postgres");
}

/// Each is run by its namesake, in a process of its own: who counts statements counts all of a process.
macro_rules! measured {
    ($($name:ident on $database:ident: $($costs:path),+;)+) => { $(
        #[tokio::test]
        #[ignore = "run by its namesake, in a process of its own"]
        async fn $name() {
            set_default_instrumentation(|| Some(Box::new(Listener))).unwrap();
            $( $costs(TestDatabase::$database()).await; )+
        }
    )+ };
}

measured! {
    measured_on_sqlite on sqlite: costs, lists, letters;
    measured_on_postgres on postgres: costs, lists, letters;
    shelves_on_sqlite on sqlite: shelves::costs;
    shelves_on_postgres on postgres: shelves::costs;
    drafts_on_sqlite on sqlite: drafts::costs;
    drafts_on_postgres on postgres: drafts::costs;
    homes_on_postgres on postgres: homes::costs;
    every_list_on_sqlite on sqlite: every_list::costs;
    every_list_on_postgres on postgres: every_list::costs;
    hidden_on_sqlite on sqlite: hidden::costs;
    hidden_on_postgres on postgres: hidden::costs;
    looks_on_sqlite on sqlite: looks::costs;
    looks_on_postgres on postgres: looks::costs;
    most_used_on_sqlite on sqlite: most_used::costs;
    most_used_on_postgres on postgres: most_used::costs;
}
