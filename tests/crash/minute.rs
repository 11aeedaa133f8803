//! Many posts of a brand are due in the same minute, and `kill -9` comes while they go out: five hundred in a release
//! build, fewer in the slow one of all tests. Each is published once, in the order in which it was written, and is told
//! to each follower once. How long it takes is printed: with three restarts, and for as many more with none.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    database::Database,
    errands::SOME_DAY,
    load::{Call, PATIENCE, random, send},
    scene::{Scene, text},
};

/// How many posts; `cargo test --release --test crash minute` has as many as the specification asks for.
const POSTS: usize = if cfg!(debug_assertions) { 60 } else { 500 };
const KILLS: usize = 3;
/// Over how many connections the brand's people work.
const HANDS: usize = 4;

/// The brand's people at their desks.
struct Desk {
    scene: Scene,
    token: String,
    brand: String,
}

impl Desk {
    async fn open(database: &Database) -> Self {
        let scene = Scene::open(database).await;
        let token = scene.server.run(&["token", "create", "olga", "--scopes", "read write"]);
        let token = token.split_whitespace().last().unwrap().to_owned();
        let own = scene.server.call("GET", "/api/v1/accounts/verify_credentials", &scene.brand, Value::Null).await;
        Self { brand: own["id"].as_str().unwrap().to_owned(), scene, token }
    }

    /// Makes such calls over some connections; answers what was said, in their order.
    async fn asks(&self, calls: Vec<(String, Value)>) -> Vec<Value> {
        let mut lists: Vec<Vec<Call>> = (0..HANDS).map(|_| Vec::new()).collect();
        let size = calls.len();
        for (number, (path, body)) in calls.into_iter().enumerate() {
            let request = self.scene.server.request("POST", &path, &self.token, "", &body);
            lists[number % HANDS].push(Call { request, wanted: 200 });
        }
        let sent = lists.into_iter().map(|list| send(self.scene.server.address(), list, Arc::default()));
        let answers = futures_util::future::join_all(sent).await;
        let answer = |number: usize| serde_json::from_slice(&answers[number % HANDS][number / HANDS]).unwrap();
        (0..size).map(answer).collect()
    }

    /// Writes so many drafts and gives each a time that does not come by itself.
    async fn schedules(&self, texts: &[String]) {
        let drafts = format!("/api/guildhall/v1/actors/{}/drafts", self.brand);
        let drafts = self.asks(texts.iter().map(|text| (drafts.clone(), json!({ "body": text }))).collect()).await;
        for (verb, body) in [("submit", json!({})), ("schedule", json!({ "scheduled_at": SOME_DAY }))] {
            let path = |draft: &Value| format!("/api/guildhall/v1/drafts/{}/{verb}", draft["id"].as_str().unwrap());
            self.asks(drafts.iter().map(|draft| (path(draft), body.clone())).collect()).await;
        }
    }

    /// The minute comes while nobody is there to see it, and the server starts.
    async fn minute_comes(&mut self, database: &Database) -> Instant {
        self.scene.server.kill();
        let file = self.scene.server.folder.path().join("guildhall.sqlite");
        database.run(
            &file,
            "UPDATE drafts SET scheduled_at = 1 WHERE state = 'scheduled'; UPDATE jobs SET run_at = 0 WHERE kind = 'publish_drafts'",
        );
        let begun = Instant::now();
        self.scene.server.start().await;
        begun
    }

    /// Waits until so many posts are out; each that comes is waited for anew.
    async fn reaches(&self, posts: usize) {
        let path = format!("/api/v1/accounts/{}", self.brand);
        let (mut out, mut since) = (0, Instant::now());
        while out < posts {
            let account = self.scene.server.call("GET", &path, &self.scene.brand, Value::Null).await;
            let now = usize::try_from(account["statuses_count"].as_i64().unwrap()).unwrap();
            if now > out {
                (out, since) = (now, Instant::now());
            }
            assert!(since.elapsed() < PATIENCE, "{out} of {posts} are out");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn survive(database: Database) {
    let mut desk = Desk::open(&database).await;
    let texts = |name: &str| (0..POSTS).map(|number| format!("{name} {number:03}")).collect::<Vec<String>>();
    let (mut all, mut took) = (Vec::new(), Vec::new());
    for (name, kills) in [("killed", KILLS), ("left alone", 0)] {
        let written = texts(name);
        desk.schedules(&written).await;
        let begun = desk.minute_comes(&database).await;
        for kill in 0..kills {
            let part = POSTS / (kills + 1);
            desk.reaches(all.len() + kill * part + random(part)).await;
            desk.scene.server.kill();
            desk.scene.server.start().await;
        }
        desk.reaches(all.len() + POSTS).await;
        took.push(begun.elapsed().as_millis() as u64);
        all.extend(written);
    }
    let own = desk.scene.own().await;
    let mut said: Vec<String> = own.iter().map(text).collect();
    said.sort_unstable();
    assert_eq!(said, all, "every post is there, once");
    desk.scene.everybody_heard(&own).await;
    let waiting = desk
        .scene
        .server
        .call(
            "GET",
            &format!("/api/guildhall/v1/drafts?actor={}&state=scheduled", desk.brand),
            &desk.token,
            Value::Null,
        )
        .await;
    assert_eq!(waiting, json!([]), "nothing waits any more");
    desk.scene.server.assert_calm();
    println!(
        "{}",
        json!({
            "minute": database.name(), "due_at_once": POSTS, "published_once": own.len(), "kills": KILLS,
            "published_after_ms_with_kills": took[0], "published_after_ms": took[1],
        })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn posts_of_one_minute_are_published_once_sqlite() {
    Box::pin(survive(Database::sqlite())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn posts_of_one_minute_are_published_once_postgres() {
    Box::pin(survive(Database::postgres(""))).await;
}
