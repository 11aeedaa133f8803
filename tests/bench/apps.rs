//! What apps ask most often: what Ana reads, and what somebody writes.

use serde_json::{Value, json};

use crate::{
    fediverse::Person,
    load,
    reads::{Reading, TIME},
    report::{line, rounded, say},
    scene::{Scene, activity, create, note},
    statements::{LIKING, READ_BY_APPS, UPLOADING, WRITING},
};

/// How many of a kind there are at least: as many as a page has.
const PAGE: usize = 20;

/// Puts something on every shelf of Ana's.
pub async fn prepare(scene: &Scene) {
    let (server, token) = (&scene.company.server, scene.ana.as_str());
    let ana = scene.actor(token).await;
    let own = server.call("POST", "/api/v1/statuses", token, json!({ "status": "Who has tea? #tea" })).await;
    let letters = scene.authors.iter().take(PAGE).flat_map(|author: &Person| {
        let morning =
            note(author, "morning", "<p>Good morning. There is tea, and there is cake for who comes early.</p>");
        let mut between = note(author, "between", "<p>Tea? Only between us.</p>");
        (between["to"], between["cc"]) = (json!([ana]), json!([]));
        between["tag"] = json!([{ "type": "Mention", "href": ana, "name": "@ana" }]);
        let like = activity(&author.uri, &format!("{}/like", author.uri), "Like", &own["uri"]);
        [create(author, &morning), create(author, &between), like].map(|letter| scene.letter(author, &letter))
    });
    load::accepted(server, letters.collect()).await;
    for (number, post) in scene.posts.iter().take(PAGE).enumerate() {
        let path = format!("/api/v1/statuses/{}/bookmark", post["id"].as_str().unwrap());
        server.call("POST", &path, token, json!({})).await;
        server.call("POST", &format!("/api/v1/tags/tag{number}/follow"), token, json!({})).await;
        server.call("POST", "/api/v1/lists", token, json!({ "title": format!("List {number}") })).await;
    }
    let words: Vec<Value> = ["coffee", "monday"].iter().map(|word| json!({ "keyword": word })).collect();
    let filter = json!({ "title": "Not now", "context": ["home", "notifications"], "keywords_attributes": words });
    server.call("POST", "/api/v2/filters", token, filter).await;
    let read = json!({ "last_read_id": own["id"] });
    server
        .call("POST", "/api/v1/markers", token, json!({ "home": read, "notifications": { "last_read_id": "1" } }))
        .await;
}

/// What she reads: every entry of the list by which the tests count statements.
pub async fn readings(scene: &Scene) -> Vec<Reading> {
    let server = &scene.company.server;
    let [ana, brand] = [scene.actor(&scene.ana).await, scene.actor(&scene.brand).await]
        .map(|uri| uri.rsplit('/').next().unwrap().to_owned());
    let followed = format!("/api/v1/accounts/{ana}/following?limit={PAGE}");
    let followed = server.call("GET", &followed, &scene.ana, Value::Null).await;
    let people = followed.as_array().unwrap().iter().map(|person| format!("id[]={}", person["id"].as_str().unwrap()));
    let people = people.collect::<Vec<_>>().join("&");
    let post = scene.posts.last().unwrap()["id"].as_str().unwrap();
    let names = [("ACCOUNT", brand.as_str()), ("NAME", "acme"), ("POST", post), ("TAG", "news"), ("WORD", "number")];
    let names = names.into_iter().chain([("PEOPLE", people.as_str())]);
    let reading = |(name, path, most): (&'static str, &str, usize)| {
        let path = names.clone().fold(path.to_owned(), |path, (word, value)| path.replace(word, value));
        Reading::api(name, path, Some(&scene.ana), if name == "home timeline" { 0.15 } else { 0.2 }).within(most)
    };
    READ_BY_APPS.map(reading).into()
}

/// A picture as it is uploaded.
fn upload(scene: &Scene, token: &str) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    let colours = |x: u32, y: u32| image::Rgb([(x % 256) as u8, (y % 256) as u8, (x * y / 1024 % 256) as u8]);
    image::RgbImage::from_fn(1200, 900, colours).write_to(&mut file, image::ImageFormat::Jpeg).unwrap();
    let mut body = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"tea.jpg\"\r\n\r\n".to_vec();
    body.extend(file.into_inner());
    body.extend(b"\r\n--x--\r\n");
    let host = scene.company.server.origin.strip_prefix("http://").unwrap();
    let head = format!(
        "POST /api/v2/media HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {}\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: {}\r\n\r\n",
        token,
        body.len()
    );
    [head.into_bytes(), body].concat()
}

/// What somebody writes whom nobody elsewhere follows, so that nothing leaves.
pub async fn write(scene: &Scene) {
    let server = &scene.company.server;
    let token = server.person("tom");
    let token = token.as_str();
    let post = json!({ "status": "Good morning, #office: https://acme.example/morning" });
    let post = server.request("POST", "/api/v1/statuses", token, "", &post);
    // Each connection has a post of its own to like, and to like no more.
    let likes = scene.posts.iter().take(load::CONNECTIONS).map(|post| {
        let post = post["id"].as_str().unwrap();
        let request =
            |verb: &str| server.request("POST", &format!("/api/v1/statuses/{post}/{verb}"), token, "", &json!({}));
        ["favourite", "unfavourite"].map(request).to_vec()
    });
    let one = |request: Vec<u8>| vec![vec![request]; load::CONNECTIONS];
    for (name, turns, most) in [
        ("write a post", one(post), WRITING),
        ("like a post, and take the like back, each", likes.collect(), LIKING[0].max(LIKING[1])),
        ("upload a picture", one(upload(scene, token)), UPLOADING),
    ] {
        let meter = scene.company.meter();
        let (asked, bytes) = load::take_turns(server.address().1, turns, TIME).await;
        let spent = meter.spent();
        let each = (spent.server + spent.database.unwrap_or(0.0)) / asked as f64;
        let about = json!({
            "bench": "write", "engine": scene.company.engine, "what": name, "bytes": bytes, "statements_at_most": most,
            "limit_bare_route_cpu_ms": rounded(scene.machine.bare), "times_bare_route": rounded(each / scene.machine.bare),
        });
        say(&line(about, &spent, asked));
    }
}
