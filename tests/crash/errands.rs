//! What is done later, and was promised: posts that wait for their time, letters, messages for apps that are not open,
//! and the words by which posts are found. Each is asked for before the process is killed, and looked at afterwards.

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::{Value, json};

use crate::{
    database::Database,
    load::{Call, PATIENCE, send, wait_for},
    postbox::{Device, Postbox},
    rig::Server,
    scene::{Ledger, Scene, text},
};

/// How many posts wait for their time in a round.
const LATER: usize = 8;
/// How many people forgot their password in a round.
const FORGETFUL: usize = 3;
/// A time that does not come while this runs.
pub const SOME_DAY: &str = "2100-01-01T00:00:00Z";

/// Who is told of what.
pub struct Errands {
    postbox: Arc<Postbox>,
    device: Arc<Device>,
    forgetful: Vec<String>,
}

impl Errands {
    pub async fn open() -> Self {
        Self { postbox: Postbox::open().await, device: Device::open().await, forgetful: Vec::new() }
    }

    /// Where letters and messages go.
    pub fn prepare(&self, server: &mut Server) {
        server.environment.insert("GUILDHALL_MAIL__SMTP_URL", format!("smtp://{}", self.postbox.address));
        let allowed = server.environment.get_mut("GUILDHALL_FEDERATION__ALLOWED_PRIVATE_ADDRESSES").unwrap();
        *allowed = allowed.replace(']', &format!(", \"127.0.0.1/32:{}\"]", self.device.address.port()));
    }

    /// An app of the brand's wants to be told of likes.
    pub async fn subscribe(&self, scene: &Scene) {
        let token = scene.server.run(&["token", "create", "olga", "--as", "acme", "--scopes", "read push"]);
        let token = token.split_whitespace().last().unwrap();
        let wish = self.device.subscription(&json!({ "favourite": true }));
        scene.server.call("POST", "/api/v1/push/subscription", token, wish).await;
    }

    /// Some posts are to wait, and some people forgot their password.
    pub async fn begin(&mut self, scene: &Scene, round: usize, ledger: &mut Ledger) {
        let texts: Vec<String> = (0..LATER).map(|number| format!("Later {round} {number}")).collect();
        let calls = texts.iter().map(|text| {
            let body = json!({ "status": text, "visibility": "public", "scheduled_at": SOME_DAY });
            Call { request: scene.server.request("POST", "/api/v1/statuses", &scene.brand, "", &body), wanted: 200 }
        });
        send(scene.server.address(), calls.collect(), Arc::default()).await;
        ledger.written.extend(texts);
        for number in 0..FORGETFUL {
            let (name, email) = (format!("ben{round}{number}"), format!("ben{round}{number}@acme.test"));
            scene.server.run(&["account", "create", &name, "--role", "employee", "--email", &email]);
            ask_for_letter(scene, &name).await;
            self.forgetful.push(email);
        }
    }

    /// The time of what waits has come, while nobody was there to see it.
    pub fn some_day_comes(scene: &Scene, database: &Database) {
        let file = scene.server.folder.path().join("guildhall.sqlite");
        database.run(
            &file,
            "UPDATE scheduled_posts SET publish_at = 1; UPDATE jobs SET run_at = 0 WHERE kind = 'publish_scheduled'",
        );
    }

    /// What waits for its time is published.
    pub async fn nothing_waits(scene: &Scene) {
        let started = Instant::now();
        while !scene
            .server
            .call("GET", "/api/v1/scheduled_statuses", &scene.brand, Value::Null)
            .await
            .as_array()
            .unwrap()
            .is_empty()
        {
            assert!(started.elapsed() < PATIENCE, "what was scheduled is not published");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// Everything that was promised was done; answers what was done more than once, which may be.
    pub async fn check(&self, scene: &Scene, own: &[Value]) -> Value {
        for word in ["before", "during", "later"] {
            let mut wanted: Vec<&str> =
                own.iter().filter(|post| text(post).to_lowercase().starts_with(word)).map(id).collect();
            let found = found(scene, word).await;
            let mut found: Vec<&str> = found.iter().map(id).collect();
            wanted.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, wanted, "every post is found by its word, once: {word}");
        }
        let likes = scene.all("/api/v1/notifications", &scene.brand).await;
        let mut likes: Vec<&str> = likes.iter().filter(|told| told["type"] == "favourite").map(id).collect();
        likes.sort_unstable();
        wait_for("the app to be told of every like", || self.device.told().len() >= likes.len()).await;
        let told = self.device.told();
        let mut heard: Vec<&str> = told.keys().map(|id| id.trim_matches('"')).collect();
        heard.sort_unstable();
        assert_eq!(heard, likes, "it is told of every like under its own id, and of nothing else");
        let mut letters = 0;
        for email in &self.forgetful {
            wait_for("the letters", || !self.postbox.letters(email).is_empty()).await;
            let all = self.postbox.letters(email);
            letters += all.len();
            // Whoever got two can use the last.
            let link = all.last().unwrap().split_once("/sign-in/reset?token=").unwrap().1;
            let token = link.split(|sign: char| !(sign.is_ascii_alphanumeric() || "-_".contains(sign))).next().unwrap();
            let (_, page) = ask(scene, "GET", &format!("/sign-in/reset?token={token}"), "", String::new()).await;
            assert!(page.contains("new_password"), "{page}");
        }
        json!({ "told_again": told.values().sum::<usize>() - told.len(), "letters_again": letters - self.forgetful.len() })
    }
}

fn id(entry: &Value) -> &str {
    entry["id"].as_str().unwrap()
}

/// Everything that the brand finds by a word.
async fn found(scene: &Scene, word: &str) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let path = format!("/api/v2/search?type=statuses&limit=40&offset={}&q={word}", all.len());
        let page = scene.server.call("GET", &path, &scene.brand, Value::Null).await;
        let page = page["statuses"].as_array().unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page.iter().cloned());
    }
}

/// A browser's request; answers the cookie that it is given, and the page.
async fn ask(scene: &Scene, method: &str, path: &str, cookie: &str, body: String) -> (String, String) {
    let request = Request::builder()
        .method(method)
        .uri(format!("{}{path}", scene.server.origin))
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::new(Bytes::from(body)))
        .unwrap();
    let response = Client::builder(TokioExecutor::new()).build_http().request(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{method} {path}");
    let given = response.headers().get(header::SET_COOKIE).map(|cookie| cookie.to_str().unwrap());
    let given = given.unwrap_or_default().split(';').next().unwrap().to_owned();
    let page = response.into_body().collect().await.unwrap().to_bytes();
    (given, String::from_utf8(page.to_vec()).unwrap())
}

/// Somebody asks for a letter by which they set another password.
async fn ask_for_letter(scene: &Scene, name: &str) {
    let path = "/sign-in/forgotten";
    let (cookie, page) = ask(scene, "GET", path, "", String::new()).await;
    let token = page.split_once("name=\"form_token\" value=\"").unwrap().1.split('"').next().unwrap();
    let (_, page) = ask(scene, "POST", path, &cookie, format!("form_token={token}&name={name}")).await;
    assert!(page.contains("a letter is on its way"), "{page}");
}
