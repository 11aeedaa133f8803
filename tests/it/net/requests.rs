//! Everything that makes us ask another server, aimed at addresses that must not be contacted: by every spelling,
//! over real sockets. The control is the same aimed at a server that may be.

use std::time::Duration;

use axum::body::Body;
use guildhall::{
    db::Timestamp,
    domain::{
        By,
        accounts::AccountKind,
        actors::{self, Field, Profile},
        follows::{self, Wishes},
        notifications::{self, NotificationKind},
    },
    net::signatures::{Digested, cavage},
};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;
use url::Url;

use super::neighbour::{Canary, Neighbour};
use crate::support::{
    database::TestDatabase,
    server::{Person, Server},
    world::Stranger,
};

/// What can make us ask.
const VECTORS: &[&str] = &[
    "search",
    "acct",
    "key",
    "actor",
    "reply",
    "announce",
    "object",
    "author",
    "delivery",
    "inbox by update",
    "moved",
    "webfinger link",
    "profile field",
    "push",
    "redirect 301",
    "redirect 302",
    "redirect 303",
    "redirect 307",
    "redirect 308",
    "two redirects",
    "redirected key",
    "redirected reply",
];

struct Stage {
    server: Server,
    ana: Person,
    good: Neighbour,
    /// Followed by Ana.
    alice: Stranger,
}

impl Stage {
    async fn set(database: TestDatabase) -> Self {
        let good = Neighbour::start().await;
        let server = Server::admitting(database, &format!(r#"["127.0.0.1:{}"]"#, good.port)).await;
        let ana = server.person("ana", AccountKind::Employee).await;
        let alice = good.stranger("alice");
        let stage = Self { server, ana, good, alice };
        stage.know("alice").await;
        let (site, me, target) = (stage.server.app.site.clone(), stage.ana.actor, stage.actor("alice").await);
        stage
            .server
            .app
            .db
            .write(move |tx| {
                follows::request(tx, &site, &By::Local { actor: me, account: None }, target, &Wishes::default())?;
                follows::accepted_elsewhere(tx, target, me)
            })
            .await
            .unwrap();
        stage
    }

    /// Somebody at the good server whom we have met.
    async fn know(&self, name: &str) {
        use guildhall::federation::fetch::{Budget, actor};
        actor(&self.server.app, &self.good.stranger(name).uri, &mut Budget::default()).await.unwrap();
    }

    async fn actor(&self, name: &str) -> guildhall::domain::ActorId {
        let uri = self.good.stranger(name).uri;
        self.server.app.db.read(move |conn| actors::find_by_uri(conn, &uri)).await.unwrap().unwrap().id
    }

    /// Sends an activity to our inbox, signed by this key.
    async fn send(&self, by: &Stranger, activity: &Value) -> StatusCode {
        let body = activity.to_string().into_bytes();
        let url = Url::parse(&format!("{}/ap/inbox", self.server.origin)).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/activity+json"));
        let digest = Digested::of(&body);
        cavage::sign(&by.signer, "POST", &url, &mut headers, Some(&digest), true, Timestamp::wall_clock()).unwrap();
        let mut request = Request::builder().method("POST").uri("/ap/inbox").body(Body::from(body)).unwrap();
        *request.headers_mut() = headers;
        guildhall::http::router(self.server.app.clone()).oneshot(request).await.unwrap().status()
    }

    async fn alice_does(&self, kind: &str, id: &str, object: Value) {
        let status = self.send(&self.alice, &self.alice.does(kind, id, object)).await;
        assert!(!status.is_server_error(), "{kind} {id}: {status}");
    }

    async fn search(&self, query: &str) {
        let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
        self.server.get(&self.ana, &format!("/api/v2/search?resolve=true&q={query}")).await;
    }

    /// Makes us want to ask for `target`; `tag` is a word that was not used before.
    async fn play(&self, vector: &str, target: &str, tag: &str) {
        let mut stranger = self.good.stranger(tag);
        match vector {
            "search" => self.search(target).await,
            "acct" => {
                let authority = target.split("://").nth(1).unwrap_or(target).split('/').next().unwrap();
                self.search(&format!("@{tag}@{authority}")).await;
            }
            "key" | "actor" => {
                stranger.uri = target.to_owned();
                stranger.signer.key_id = if vector == "key" { format!("{target}#key") } else { target.to_owned() };
                let status = self.send(&stranger, &stranger.does("Like", tag, "https://x.example/1")).await;
                assert!(
                    status.is_client_error() || status == StatusCode::SERVICE_UNAVAILABLE,
                    "{vector} {target}: {status}"
                );
            }
            "redirected key" => {
                stranger.signer.key_id = self.good.redirect(302, target);
                self.send(&stranger, &stranger.does("Like", tag, "https://x.example/1")).await;
            }
            "reply" | "redirected reply" => {
                let mut note = self.alice.note(tag, "reply");
                let parent = if vector == "reply" { target.to_owned() } else { self.good.redirect(307, target) };
                note["inReplyTo"] = json!(parent);
                note["published"] = Value::Null;
                self.alice_does("Create", tag, note).await;
            }
            "announce" => self.alice_does("Announce", tag, json!(target)).await,
            "object" => self.alice_does("Create", tag, json!(target)).await,
            "author" => {
                let uri = self.good.note(tag, target);
                self.search(&uri).await;
            }
            "delivery" => {
                let mut remote = crate::races::stranger(tag);
                remote.inbox = target.to_owned();
                let (site, me) = (self.server.app.site.clone(), self.ana.actor);
                self.server
                    .app
                    .db
                    .write(move |tx| {
                        let who = actors::upsert_remote(tx, &remote)?.actor.id;
                        let by = By::Remote { actor: who, activity: Some(format!("{}#follow", remote.uri)) };
                        follows::request(tx, &site, &by, me, &Wishes::default())
                    })
                    .await
                    .unwrap();
            }
            "inbox by update" => {
                self.know(tag).await;
                self.good.change(tag, json!({"inbox": target}));
                let document = self.good.document(tag);
                self.send(&stranger, &stranger.does("Update", tag, document)).await;
                self.quiet().await;
                self.send(&stranger, &stranger.does("Follow", tag, &self.ana.uri)).await;
            }
            "moved" => {
                self.know(tag).await;
                self.good.change(tag, json!({"movedTo": target}));
                let mut moved = stranger.does("Move", tag, &stranger.uri);
                moved["target"] = json!(target);
                self.send(&stranger, &moved).await;
            }
            "webfinger link" => {
                self.good.point(tag, target);
                self.search(&format!("@{tag}@127.0.0.1:{}", self.good.port)).await;
            }
            "profile field" => {
                let field = Field {
                    name: "Site".to_owned(),
                    value: format!("<p><a href=\"{target}\">{target}</a></p>"),
                    verified_at: None,
                };
                let profile = Profile { fields: Some(vec![field]), ..Profile::default() };
                let me = self.ana.actor;
                self.server.app.db.write(move |tx| actors::edit_profile(tx, me, &profile)).await.unwrap();
                self.quiet().await;
            }
            "push" => self.push(target).await,
            "two redirects" => {
                let second = self.good.redirect(302, target);
                self.search(&self.good.redirect(301, &second)).await;
            }
            redirect => {
                let code = redirect.strip_prefix("redirect ").unwrap().parse().unwrap();
                self.search(&self.good.redirect(code, target)).await;
            }
        }
    }

    /// Ana's app says that it is told there, where such an address is taken at all; then somebody follows her.
    async fn push(&self, target: &str) {
        let wish = crate::mastodon::push::wish(target, &["follow"]);
        let (status, _) = self.server.try_call(Some(&self.ana), "POST", "/api/v1/push/subscription", wish).await;
        assert!(status.is_success() || status == StatusCode::UNPROCESSABLE_ENTITY, "{target}: {status}");
        let (me, alice) = (self.ana.actor, self.actor("alice").await);
        self.server
            .app
            .db
            .write(move |tx| {
                notifications::forget(tx, me, NotificationKind::Follow, alice, None)?;
                notifications::tell(tx, me, NotificationKind::Follow, alice, None)
            })
            .await
            .unwrap();
        self.quiet().await;
    }

    /// Whether Ana's app is told anywhere.
    async fn is_told_somewhere(&self) -> bool {
        let places = "SELECT COUNT(*) AS count FROM push_subscriptions";
        self.count(places.to_owned()).await > 0
    }

    /// A query that answers one number as `count`.
    async fn count(&self, query: String) -> i64 {
        use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
        #[derive(QueryableByName)]
        struct Found {
            #[diesel(sql_type = BigInt)]
            count: i64,
        }
        self.server.app.db.read(move |conn| Ok(sql_query(query).get_result::<Found>(conn)?.count)).await.unwrap()
    }

    /// Waits until nothing is left to do now. What waits behind an earlier letter to the same server waits for a try
    /// of that one, which on a busy machine comes due again while this test runs.
    async fn quiet(&self) {
        loop {
            let now = Timestamp::wall_clock().0;
            let left = format!(
                "SELECT (SELECT COUNT(*) FROM jobs WHERE state = 'running' OR (state = 'ready' AND run_at <= {now})) \
                 + (SELECT COUNT(*) FROM deliveries AS d WHERE state = 'waiting' AND (leased_until > {now} \
                 OR (attempts = 0 AND next_at <= {now} AND NOT EXISTS (SELECT 1 FROM deliveries AS earlier \
                 WHERE earlier.state = 'waiting' AND earlier.host = d.host AND earlier.actor_id = d.actor_id \
                 AND earlier.id < d.id)))) AS count"
            );
            if self.count(left).await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// The same address in many spellings, and others that lead to the same machine.
fn spellings(second: &Canary, sixth: &Canary, first: &Canary) -> Vec<String> {
    let (p, q, r) = (second.address.port(), sixth.address.port(), first.address.port());
    let of_second = [
        "127.0.0.2",
        "2130706434",
        "0x7f000002",
        "0x7f.2",
        "0177.0.0.2",
        "017700000002",
        "127.2",
        "127.0.2",
        "[::ffff:127.0.0.2]",
        "[::ffff:7f00:2]",
        "[::127.0.0.2]",
        "[64:ff9b::7f00:2]",
        "[2002:7f00:2::]",
        "１２７.０.０.２",
        "127。0。0。2",
        "①②⑦.0.0.2",
        "127.0.0.2.",
    ];
    let mut all: Vec<String> = of_second.iter().map(|host| format!("http://{host}:{p}")).collect();
    all.extend(["[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "localhost"].iter().map(|host| format!("http://{host}:{q}")));
    all.extend(
        ["127.0.0.1", "127.1", "0.0.0.0", "0", "localhost", "LOCALHOST", "[::ffff:127.0.0.1]"]
            .iter()
            .map(|host| format!("http://{host}:{r}")),
    );
    all.extend([
        format!("https://127.0.0.2:{p}"),
        format!("http://ana:secret@127.0.0.2:{p}"),
        format!("http:127.0.0.2:{p}"),
        format!("http:\\\\127.0.0.2:{p}"),
    ]);
    all.extend(
        ["gopher", "ftp", "dict", "ldap", "ws", "jar", "file"].iter().map(|scheme| format!("{scheme}://127.0.0.2:{p}")),
    );
    all
}

on_both! {
    async fn nothing_makes_us_connect_to_an_address_that_is_not_public(database: TestDatabase) {
        let stage = Stage::set(database).await;
        let (second, sixth, first) = (Canary::at("127.0.0.2").await, Canary::at("::1").await, Canary::at("127.0.0.1").await);
        for (number, base) in spellings(&second, &sixth, &first).iter().enumerate() {
            for (place, vector) in VECTORS.iter().enumerate() {
                // Every vector meets the plain spellings, and every spelling some vectors, in turn.
                let plain = ["127.0.0.2", "[::1]", "[::ffff:127.0.0.2]"].iter().any(|host| base.contains(&format!("http://{host}:")));
                if plain || (number + place) % 5 == 0 {
                    stage.play(vector, &format!("{base}/x{place}"), &format!("n{number}x{place}")).await;
                }
            }
            stage.quiet().await;
            let visits = [second.visits(), sixth.visits(), first.visits()];
            assert_eq!(visits, [0, 0, 0], "{base} was contacted");
            assert!(!stage.is_told_somewhere().await, "{base} is kept as a place of an app");
        }
        // The control: the canaries sing, and each vector does reach a server that may be contacted.
        assert_eq!(second.sing().await, 0);
        for (place, vector) in VECTORS.iter().enumerate() {
            let target = format!("{}/target/{place}", stage.good.origin);
            stage.play(vector, &target, &format!("good{place}")).await;
            stage.quiet().await;
            let wanted = match *vector {
                "acct" => format!("/.well-known/webfinger?resource=acct%3Agood{place}%40"),
                _ => format!("/target/{place}"),
            };
            let asked = stage.good.asked();
            assert!(asked.iter().any(|path| path.starts_with(&wanted)), "{vector} asked for nothing: {asked:#?}");
        }
    }
}
