//! The same figures at 10 thousand, 100 thousand and 1 million posts: what grows with the instance shows here.

use std::{
    collections::BTreeMap,
    env,
    time::{Duration, Instant},
};

use guildhall::db::Timestamp;
use serde_json::{Value, json};

use crate::{
    database::{self, Database},
    fill, inbox, load,
    reads::Reading,
    report::{line, rounded, say},
    scene::{AUTHORS, Scene, activity, create},
};

/// How many posts there are, unless numbers among the arguments say otherwise.
const SIZES: [i64; 3] = [10_000, 100_000, 1_000_000];
/// How many posts arrive then.
const CREATES: usize = 2_000;
/// How long pruning may take.
const PATIENCE: Duration = Duration::from_secs(1_800);

/// Costs by what is done, from small to large.
type Costs = BTreeMap<String, Vec<f64>>;

/// All of it.
pub async fn measure(engine: &'static str, url: Option<&str>) {
    let asked: Vec<i64> = env::args().filter_map(|word| word.parse().ok()).collect();
    let sizes = if asked.is_empty() { SIZES.to_vec() } else { asked };
    let mut costs = Costs::new();
    for posts in sizes.iter().copied() {
        database::empty(url);
        let mut scene = Scene::open(engine, url.map(ToOwned::to_owned)).await;
        prepare(&scene).await;
        scene.company.server.kill();
        let started = Instant::now();
        fill::fill(&scene, posts);
        let filled = started.elapsed().as_secs();
        scene.company.server.start().await;
        let megabytes = Database::open(&scene.company.server).megabytes(&scene.company.server);
        say(&json!({
            "bench": "growth", "engine": engine, "posts": posts, "database_megabytes": megabytes, "filled_in_seconds": filled,
            "start_ms": scene.company.server.start.as_millis() as u64,
        }));
        indexed(&scene, posts).await;
        for reading in readings(&scene).await {
            let each = reading.measure(&scene.company, &scene.machine, &json!({ "posts": posts })).await;
            costs.entry(reading.name.to_owned()).or_default().push(each);
        }
        costs.entry("inbox Create".to_owned()).or_default().push(creates(&scene, posts).await);
        costs.entry("prune, each post forgotten".to_owned()).or_default().push(prune(&mut scene, posts).await);
        say(
            &json!({ "bench": "memory", "engine": engine, "posts": posts, "resident_mb": scene.company.server.resident() }),
        );
    }
    for (what, each) in costs {
        let times = each.last().unwrap() / each[0];
        say(&json!({
            "bench": "growth", "engine": engine, "what": what, "posts": sizes,
            "cpu_ms_each": each.into_iter().map(rounded).collect::<Vec<_>>(), "times_smallest": rounded(times),
        }));
    }
}

/// One row of each kind comes through the front door, to be copied; and more people read here.
async fn prepare(scene: &Scene) {
    for number in 0..10 {
        scene.company.server.person(&format!("reader{number}"));
    }
    let author = &scene.authors[0];
    let post = create(author, &inbox::news(author, "grown", 0));
    let reaction = |kind: &str| activity(&author.uri, &format!("{}/{kind}", author.uri), kind, &scene.posts[0]["uri"]);
    let letters =
        [post, reaction("Like"), reaction("Announce")].iter().map(|letter| scene.letter(author, letter)).collect();
    load::accepted(&scene.company.server, letters).await;
}

/// What is read most, and what could look at many rows.
async fn readings(scene: &Scene) -> Vec<Reading> {
    let brand = scene.actor(&scene.brand).await;
    let actor = brand.strip_prefix(&scene.company.server.origin).unwrap();
    let id = scene.posts.last().unwrap()["id"].as_str().unwrap();
    let account = brand.rsplit('/').next().unwrap();
    let ana = Some(scene.ana.as_str());
    let read = |name, path: String, token| Reading::plain(name, path, token);
    vec![
        read("home timeline", "/api/v1/timelines/home".to_owned(), ana),
        read("public timeline", "/api/v1/timelines/public".to_owned(), None),
        read("public timeline, ours", "/api/v1/timelines/public?local=true".to_owned(), None),
        read("timeline of a tag", "/api/v1/timelines/tag/topic3".to_owned(), None),
        read("posts of an account", format!("/api/v1/accounts/{account}/statuses"), None),
        read("notifications", "/api/v1/notifications".to_owned(), ana),
        read("context of a post", format!("/api/v1/statuses/{id}/context"), None),
        read("search for accounts", "/api/v2/search?q=a123&type=accounts".to_owned(), ana),
        read("search for posts, by a word that all have", "/api/v2/search?q=number&type=statuses".to_owned(), ana),
        read("search for posts, by a rare word", "/api/v2/search?q=4243&type=statuses".to_owned(), ana),
        read("search for tags", "/api/v2/search?q=topic&type=hashtags".to_owned(), ana),
        read("company home", "/".to_owned(), None),
        read("brand page", "/@acme".to_owned(), None),
        read("post with its thread", format!("/@acme/{id}"), None),
        read("tag", "/tags/news".to_owned(), None),
        read("feed", "/@acme/feed.atom".to_owned(), None),
        read("sitemap", "/sitemap.xml".to_owned(), None),
        read("outbox", format!("{actor}/outbox"), None),
        read("outbox page", format!("{actor}/outbox?page=true"), None),
    ]
}

/// The words of posts that were there before are read.
async fn indexed(scene: &Scene, posts: i64) {
    let mut database = Database::open(&scene.company.server);
    let (meter, started) = (scene.company.meter(), Instant::now());
    while database.number("SELECT COUNT(*) AS number FROM jobs WHERE kind = 'index_posts'") > 0 {
        assert!(started.elapsed() < PATIENCE, "indexing does not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let about = json!({ "bench": "index of words", "engine": scene.company.engine, "posts": posts });
    say(&line(about, &meter.spent(), usize::try_from(posts).unwrap()));
}

/// Posts of people whom Ana follows arrive.
async fn creates(scene: &Scene, posts: i64) -> f64 {
    let letter = |number: usize| {
        let author = &scene.authors[number % AUTHORS];
        scene.letter(author, &create(author, &inbox::news(author, "late", number)))
    };
    let letters = (0..CREATES).map(letter).collect();
    scene.company.settle().await;
    let meter = scene.company.meter();
    load::accepted(&scene.company.server, letters).await;
    let spent = meter.spent();
    let about = json!({ "bench": "inbox", "engine": scene.company.engine, "what": "Create", "posts": posts });
    say(&line(about, &spent, CREATES));
    (spent.server + spent.database.unwrap_or(0.0)) / CREATES as f64
}

/// A day has passed: the server starts and forgets what is old.
async fn prune(scene: &mut Scene, posts: i64) -> f64 {
    scene.company.server.kill();
    let mut database = Database::open(&scene.company.server);
    let stored = "SELECT COUNT(*) AS number FROM posts";
    let before = database.number(stored);
    database.run("UPDATE jobs SET run_at = 0 WHERE kind = 'prune'");
    scene.company.server.start().await;
    let (meter, started) = (scene.company.meter(), Instant::now());
    let now = Timestamp::wall_clock().0;
    let done =
        format!("SELECT COUNT(*) AS number FROM jobs WHERE kind = 'prune' AND state = 'ready' AND run_at > {now}");
    while database.number(&done) == 0 {
        assert!(started.elapsed() < PATIENCE, "pruning does not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let spent = meter.spent();
    let forgotten = usize::try_from(before - database.number(stored)).unwrap();
    let about: Value = json!({ "bench": "prune", "engine": scene.company.engine, "posts": posts });
    say(&line(about, &spent, forgotten.max(1)));
    (spent.server + spent.database.unwrap_or(0.0)) / forgotten.max(1) as f64
}
