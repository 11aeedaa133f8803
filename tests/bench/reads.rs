//! What is read: every public document and page, and the timelines, each asked by 16 connections for a second.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    apps,
    company::Company,
    load,
    machine::Machine,
    report::{line, rounded, say},
    scene::Scene,
    statements,
};

const DOCUMENT: &str = "application/activity+json";
const PAGE: &str = "text/html";
const ANY: &str = "*/*";

/// How long each is asked.
pub const TIME: Duration = Duration::from_secs(1);

/// Something that is read.
pub struct Reading {
    pub name: &'static str,
    pub path: String,
    pub accept: &'static str,
    pub token: Option<String>,
    /// What it may cost.
    pub aim: Option<f64>,
    /// How many statements it may take.
    pub statements: Option<usize>,
}

impl Reading {
    fn document(name: &'static str, path: String, aim: f64) -> Self {
        Self { name, path, accept: DOCUMENT, token: None, aim: Some(aim), statements: None }
    }

    fn page(name: &'static str, path: String, statements: Option<usize>) -> Self {
        Self { name, path, accept: PAGE, token: None, aim: Some(0.2), statements }
    }

    fn other(name: &'static str, path: String, aim: Option<f64>) -> Self {
        Self { name, path, accept: ANY, token: None, aim, statements: None }
    }

    /// Something that apps read.
    pub fn api(name: &'static str, path: String, token: Option<&str>, aim: f64) -> Self {
        let token = token.map(ToOwned::to_owned);
        Self { name, path, accept: "application/json", token, aim: Some(aim), statements: None }
    }

    /// Something of which only the growth is asked.
    pub fn plain(name: &'static str, path: String, token: Option<&str>) -> Self {
        Self { name, path, accept: ANY, token: token.map(ToOwned::to_owned), aim: None, statements: None }
    }

    /// The same, with how many statements it may take.
    pub fn within(self, statements: usize) -> Self {
        Self { statements: Some(statements), ..self }
    }

    /// Asks for a while, and says what it cost.
    pub async fn measure(&self, company: &Company, machine: &Machine, more: &Value) -> f64 {
        let request = load::get(&company.server, &self.path, self.accept, self.token.as_deref());
        let port = company.server.address().1;
        // The first answers are not like the others: pages are read from the disk, statements are planned.
        load::repeat(port, request.clone(), TIME / 10).await;
        let (meter, started) = (company.meter(), Instant::now());
        let (asked, bytes) = load::repeat(port, request, TIME).await;
        let (mut spent, wall) = (meter.spent(), started.elapsed());
        spent.wall = wall.as_secs_f64() * 1000.0;
        let each = (spent.server + spent.database.unwrap_or(0.0)) / asked as f64;
        let mut about = json!({
            "bench": "read", "engine": company.engine, "what": self.name, "bytes": bytes,
            "limit_bare_route_cpu_ms": rounded(machine.bare), "times_bare_route": rounded(each / machine.bare),
        });
        let also =
            [("aim_cpu_ms", self.aim.map(Value::from)), ("statements_at_most", self.statements.map(Value::from))];
        let line_about = about.as_object_mut().unwrap();
        line_about.extend(also.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        line_about.extend(more.as_object().unwrap().clone());
        say(&line(about, &spent, asked));
        each
    }
}

/// The statements of a page that `tests/it/costs.rs` counts.
fn of_page(path: &str) -> Option<usize> {
    statements::PAGES.iter().find(|(page, _)| *page == path).map(|(_, most)| *most)
}

/// What there is to read in a scene.
async fn readings(scene: &Scene) -> Vec<Reading> {
    let company = &scene.company;
    let (brand, ana) = (scene.actor(&scene.brand).await, scene.actor(&scene.ana).await);
    let path = |uri: &str| uri.strip_prefix(&company.server.origin).unwrap().to_owned();
    let (brand_path, note) = (path(&brand), path(scene.posts.last().unwrap()["uri"].as_str().unwrap()));
    let id = scene.posts.last().unwrap()["id"].as_str().unwrap();
    let outbox: Value =
        serde_json::from_str(&company.read(&format!("{brand_path}/outbox?page=true"), DOCUMENT).await).unwrap();
    let create = path(outbox["orderedItems"][0]["id"].as_str().unwrap());
    let maps = company.read("/sitemap.xml", ANY).await;
    let map = maps.rsplit("<loc>").next().unwrap().split("</loc>").next().unwrap().to_owned();
    let host = company.server.origin.strip_prefix("http://").unwrap();
    let origin: String = form_urlencoded::byte_serialize(company.server.origin.as_bytes()).collect();
    let token = Some(scene.ana.as_str());
    vec![
        Reading::document("actor", brand_path.clone(), 0.04),
        Reading::document("note", note.clone(), 0.06),
        Reading::document("activity", create, 0.06),
        Reading::document("outbox", format!("{brand_path}/outbox"), 0.06),
        Reading::document("outbox page", format!("{brand_path}/outbox?page=true"), 0.06).within(statements::OUTBOX),
        Reading::document("followers", format!("{}/followers", path(&ana)), 0.06),
        Reading::document("followers page", format!("{}/followers?page=true", path(&ana)), 0.06),
        Reading::document("following", format!("{}/following", path(&ana)), 0.06),
        Reading::document("following page", format!("{}/following?page=true", path(&ana)), 0.06),
        Reading::document("featured", format!("{brand_path}/featured"), 0.06),
        Reading::document("liked page", format!("{}/liked?page=true", path(&ana)), 0.06),
        Reading::document("replies page", format!("{note}/replies?page=true"), 0.06),
        Reading::document("likes", format!("{note}/likes"), 0.06),
        Reading::document("shares", format!("{note}/shares"), 0.06),
        Reading::other("webfinger", format!("/.well-known/webfinger?resource=acct:acme@{host}"), Some(0.03)),
        Reading::other("nodeinfo", "/nodeinfo/2.1".to_owned(), Some(0.03)),
        Reading::other("nodeinfo links", "/.well-known/nodeinfo".to_owned(), Some(0.03)),
        Reading::other("host-meta", "/.well-known/host-meta".to_owned(), None),
        Reading::page("company home", "/".to_owned(), of_page("/")),
        Reading::page("brand page", "/@acme".to_owned(), of_page("/@brand")),
        Reading::page("person", "/@ana".to_owned(), of_page("/@ana")),
        Reading::page("post with its thread", format!("/@acme/{id}"), Some(statements::POST)),
        Reading::page("tag", "/tags/news".to_owned(), of_page("/tags/hello")),
        Reading::page("about", "/about".to_owned(), of_page("/about")),
        Reading::page("imprint", "/legal/imprint".to_owned(), None),
        Reading::page("privacy", "/legal/privacy".to_owned(), None),
        Reading::page("rules", "/legal/rules".to_owned(), None),
        Reading::other("oEmbed of a post", format!("/oembed?url={origin}/@acme/{id}"), None),
        Reading::other("oEmbed of a person", format!("/oembed?url={origin}/@ana"), None),
        Reading::other("feed", "/@acme/feed.atom".to_owned(), None),
        Reading::other("feed of a tag", "/tags/news/feed.atom".to_owned(), None),
        Reading::other("sitemap", "/sitemap.xml".to_owned(), None),
        Reading::other("sitemap of a month", path(&map), None),
        Reading::other("robots.txt", "/robots.txt".to_owned(), None),
        Reading::api("public timeline, ours", "/api/v1/timelines/public?local=true".to_owned(), None, 0.2),
        Reading::api("search for posts", "/api/v2/search?q=number&type=statuses".to_owned(), token, 0.2)
            .within(statements::SEARCH),
        Reading::api("search for accounts", "/api/v2/search?q=u1&type=accounts".to_owned(), token, 0.2),
    ]
}

/// Something is pinned, and somebody likes and shares what is read most.
async fn prepare(scene: &Scene) {
    let server = &scene.company.server;
    let post =
        |number: usize, verb: &str| format!("/api/v1/statuses/{}/{verb}", scene.posts[number]["id"].as_str().unwrap());
    server.call("POST", &post(0, "pin"), &scene.brand, Value::Null).await;
    for verb in ["favourite", "reblog"] {
        server.call("POST", &post(scene.posts.len() - 1, verb), &scene.ana, Value::Null).await;
    }
}

/// All of it, and what apps write.
pub async fn measure(scene: &Scene) {
    apps::prepare(scene).await;
    prepare(scene).await;
    scene.company.settle().await;
    for reading in readings(scene).await.into_iter().chain(apps::readings(scene).await) {
        reading.measure(&scene.company, &scene.machine, &json!({})).await;
    }
    apps::write(scene).await;
}
