//! What arrives: 2,000 signed activities of each kind over 16 connections, from 202 to the effect that a reader sees.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::{
    fediverse::Person,
    load,
    report::{line, rounded, say},
    rig::PUBLIC,
    scene::{AUTHORS, Scene, activity, create, note},
    statements,
};

/// How many activities of people whom we know.
const KNOWN: usize = 2_000;
/// How many of strangers, each on a server of their own.
const STRANGERS: usize = 1_000;
/// The streets in which those live.
const WRITERS: u8 = 2;
const FOLLOWERS: u8 = 3;
/// How many posts of the brand are liked and boosted.
const TARGETS: usize = KNOWN / AUTHORS;
/// How many pages they speak of.
const PAGES: usize = 20;

/// All of it.
pub async fn measure(scene: &Scene) {
    creates(scene).await;
    reactions(scene, "Like", "favourites_count", 0.15).await;
    reactions(scene, "Announce", "reblogs_count", 0.2).await;
    first_posts(scene).await;
    first_follows(scene).await;
    dirty(scene).await;
    first_links(scene).await;
}

/// Sends the letters and says what they cost once everybody could see what they did.
async fn figure(scene: &Scene, mut about: Value, letters: Vec<Vec<u8>>) {
    scene.company.settle().await;
    let (count, meter) = (letters.len(), scene.company.meter());
    load::accepted(&scene.company.server, letters).await;
    let spent = meter.spent();
    about["engine"] = scene.company.engine.into();
    about["limit_rsa_verify_cpu_ms"] = rounded(scene.machine.verify).into();
    let total = (spent.server + spent.database.unwrap_or(0.0)) / count as f64;
    about["times_verify"] = rounded(total / scene.machine.verify).into();
    say(&line(about, &spent, count));
}

/// A post that is worth reading. Many speak of the same pages, as people do.
pub fn news(author: &Person, name: &str, number: usize) -> Value {
    news_of(author, name, number, &format!("https://news.example/{}", number % PAGES))
}

/// The same, with a link to some page.
fn news_of(author: &Person, name: &str, number: usize, page: &str) -> Value {
    let content = format!(
        "<p>Number {number}: <a href=\"{page}\">something</a> that many people may like to read, and to answer.</p>"
    );
    note(author, &format!("{name}-{number}"), &content)
}

/// Posts of people whom Ana follows: all of them are in her home afterwards.
async fn creates(scene: &Scene) {
    let before = scene.company.count("/api/v1/timelines/home?limit=40", &scene.ana).await;
    let letter = |number: usize| {
        let author = &scene.authors[number % AUTHORS];
        scene.letter(author, &create(author, &news(author, "create", number)))
    };
    let about = json!({ "bench": "inbox", "what": "Create", "statements_at_most": statements::ARRIVING_POST, "aim_cpu_ms": 0.2 });
    figure(scene, about, (0..KNOWN).map(letter).collect()).await;
    let seen = scene.company.count("/api/v1/timelines/home?limit=40", &scene.ana).await;
    assert_eq!(seen - before, KNOWN, "all are in Ana's home");
}

/// Posts that each link to a page of which we never heard, and look for a preview of it, which is not there.
async fn first_links(scene: &Scene) {
    let letter = |number: usize| {
        let author = &scene.authors[number % AUTHORS];
        let note = news_of(author, "linked", number, &format!("https://news.example/first/{number}"));
        scene.letter(author, &create(author, &note))
    };
    let about = json!({ "bench": "inbox", "what": "Create with a link that is new" });
    figure(scene, about, (0..KNOWN).map(letter).collect()).await;
}

/// Likes and boosts of the brand's posts: all are counted afterwards.
async fn reactions(scene: &Scene, kind: &str, counter: &str, aim: f64) {
    let letter = |number: usize| {
        let (author, post) = (&scene.authors[number % AUTHORS], &scene.posts[number / AUTHORS]);
        let id = format!("{}/{kind}-{number}", author.uri);
        let mut reaction = activity(&author.uri, &id, kind, &post["uri"]);
        reaction["to"] = json!([PUBLIC]);
        scene.letter(author, &reaction)
    };
    let about = json!({ "bench": "inbox", "what": kind, "aim_cpu_ms": aim });
    figure(scene, about, (0..KNOWN).map(letter).collect()).await;
    let mut counted = 0;
    for post in scene.posts.iter().take(TARGETS) {
        let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
        let shown = scene.company.server.call("GET", &path, &scene.ana, Value::Null).await;
        counted += shown[counter].as_u64().unwrap();
    }
    assert_eq!(counted, KNOWN as u64, "all are counted");
}

/// Posts of people of whom we never heard, who mention Ana: she is told of each.
async fn first_posts(scene: &Scene) {
    let ana = scene.actor(&scene.ana).await;
    let before = scene.company.count("/api/v1/notifications?types[]=mention&limit=40", &scene.ana).await;
    let letter = |number: usize| {
        let stranger = scene.fediverse.person(WRITERS, number, number);
        let mut note = news(&stranger, "first", number);
        note["tag"] = json!([{ "type": "Mention", "href": ana, "name": "@ana" }]);
        note["cc"] = json!([ana]);
        scene.letter(&stranger, &create(&stranger, &note))
    };
    let letters = (0..STRANGERS).map(letter).collect();
    let about = json!({ "bench": "inbox", "what": "Create from strangers", "aim_cpu_ms": 2.0 });
    figure(scene, about, letters).await;
    let told = scene.company.count("/api/v1/notifications?types[]=mention&limit=40", &scene.ana).await;
    assert_eq!(told - before, STRANGERS, "Ana is told of all");
}

/// Follows of people of whom we never heard: each is fetched, counted, and sent an Accept.
async fn first_follows(scene: &Scene) {
    let target = scene.actor(&scene.ana).await;
    let letter = |number| follow(scene, &scene.fediverse.person(FOLLOWERS, number, number), &target);
    let letters = (0..STRANGERS).map(letter).collect();
    let accepted = scene.fediverse.arrived("Accept").len();
    let asked = scene.fediverse.asked.load(Ordering::Relaxed);
    scene.company.settle().await;
    let meter = scene.company.meter();
    load::accepted(&scene.company.server, letters).await;
    scene.fediverse.wait_for("Accept", accepted + STRANGERS).await;
    let spent = meter.spent();
    let asked = scene.fediverse.asked.load(Ordering::Relaxed) - asked;
    say(&line(
        json!({
            "bench": "inbox", "what": "Follow from strangers, until the last Accept is there", "engine": scene.company.engine,
            "documents_fetched_each": rounded(asked as f64 / STRANGERS as f64),
            "limit_rsa_sign_cpu_ms": rounded(scene.machine.sign), "limit_rsa_verify_cpu_ms": rounded(scene.machine.verify),
            "aim_cpu_ms": 2.0,
        }),
        &spent,
        STRANGERS,
    ));
    let own = scene.company.server.call("GET", "/api/v1/accounts/verify_credentials", &scene.ana, Value::Null).await;
    assert_eq!(own["followers_count"], STRANGERS, "all are counted");
}

/// Somebody asks to follow one of ours.
pub fn follow(scene: &Scene, follower: &Person, target: &str) -> Vec<u8> {
    let id = format!("{}/follow", follower.uri);
    scene.letter(follower, &activity(&follower.uri, &id, "Follow", &json!(target)))
}

/// What a public inbox really gets: of ten letters four are new posts, two the same again, one a forgery, two of a
/// type that nobody knows, one a Delete of somebody of whom we never heard.
async fn dirty(scene: &Scene) {
    let before = scene.company.count("/api/v1/timelines/home?limit=40", &scene.ana).await;
    let post = |number: usize| {
        let author = &scene.authors[number % AUTHORS];
        (author, create(author, &news(author, "mixed", number)))
    };
    let letter = |number: usize| {
        let (author, create) = post(number);
        let other = &scene.authors[(number + 1) % AUTHORS];
        match number % 10 {
            0..=3 => scene.letter(author, &create),
            // The first two of four that came before.
            4 | 5 => {
                let (author, create) = post(number - 4);
                scene.letter(author, &create)
            }
            6 => author.forged(other, &scene.company.server.origin, &create),
            7 | 8 => {
                let id = format!("{}/wave-{number}", author.uri);
                scene.letter(author, &activity(&author.uri, &id, "Wave", &json!("https://acme.example")))
            }
            _ => {
                let nobody = scene.fediverse.person(9, number, number);
                let id = format!("{}#delete", nobody.uri);
                scene.letter(&nobody, &activity(&nobody.uri, &id, "Delete", &json!(nobody.uri)))
            }
        }
    };
    let letters = (0..KNOWN).map(letter).collect();
    scene.company.settle().await;
    let meter = scene.company.meter();
    let statuses = load::send(&scene.company.server, letters).await;
    let spent = meter.spent();
    let refused: usize = statuses.iter().filter(|(status, _)| **status != 202).map(|(_, count)| count).sum();
    assert_eq!(refused, KNOWN / 10, "only forgeries are refused: {statuses:?}");
    say(&line(
        json!({
            "bench": "inbox", "what": "dirty mix", "engine": scene.company.engine,
            "limit_rsa_verify_cpu_ms": rounded(scene.machine.verify), "aim_cpu_ms": 0.2,
        }),
        &spent,
        KNOWN,
    ));
    let seen = scene.company.count("/api/v1/timelines/home?limit=40", &scene.ana).await;
    assert_eq!(seen - before, KNOWN * 4 / 10, "each new post is there once");
}
