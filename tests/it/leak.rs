//! Nothing of what is said inside leaves: words that exist nowhere else are written for the company and for a team, and
//! looked for at every door, in every request to another server, in what is stored for sending, and in the log.

use std::{
    collections::BTreeSet,
    io::Write,
    sync::{Arc, Mutex, OnceLock},
};

use axum::body::Body;
use diesel::prelude::*;
use guildhall::{
    db::schema::{activities, deliveries},
    domain::{
        By,
        accounts::{self, AccountKind, GrantRole, Role},
        actors::{self, ActorKind, Collections, RemoteActor, RemoteKey},
        follows::{self, Wishes},
    },
    federation::{delivery::Deliverer, outbound::compose::derived_uri},
    jobs::{Handlers, runner::Runner},
    net::{Signer, SigningKey, signatures::cavage},
    secrets,
};
use http::{HeaderMap, Request, header};
use serde_json::{Value, json};

use crate::mastodon::{BASE, House, Person, ids};

/// Everything that was logged by this process, at every level.
static LOG: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();

fn log() -> Arc<Mutex<Vec<u8>>> {
    LOG.get_or_init(|| {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let written = lines.clone();
        let everything = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || Pen(written.clone()))
            .finish();
        tracing::subscriber::set_global_default(everything).expect("no other test of this process listens");
        lines
    })
    .clone()
}

struct Pen(Arc<Mutex<Vec<u8>>>);

impl Write for Pen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What was written for one audience.
struct Written {
    audience: &'static str,
    post: String,
    reply: String,
    /// Everything that nobody outside may meet: the words, and the numbers of the posts.
    secrets: Vec<String>,
}

/// The same conversation for an audience: a post that is edited, answered and liked, and one that is deleted.
async fn conversation(house: &House, audience: &'static str, readers: &Value, ana: &Person, ben: &Person) -> Written {
    let word = |what: &str| format!("{what}canary{audience}");
    let say = |status: String, more: Value| {
        let mut body = json!({ "status": status, "spoiler_text": word("warning") });
        for part in [readers, &more] {
            body.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        }
        body
    };
    let named = format!("@{}@{}.example", word("handle"), word("host"));
    let text = format!("{} #{} {named}", word("text"), word("tag"));
    let post = house.says(ana, say(text, json!({}))).await;
    let path = format!("/api/v1/statuses/{post}");
    let reply = house
        .says(ben, say(format!("{} #{} {named}", word("reply"), word("replytag")), json!({ "in_reply_to_id": post })))
        .await;
    house.post(ben, &format!("{path}/favourite"), json!({})).await.ok();
    if audience != "public" {
        assert_eq!(house.post(ben, &format!("{path}/reblog"), json!({})).await.status, 403);
    }
    work(house).await;
    house.wait(1);
    let edit = say(format!("{} #{} {named}", word("edit"), word("edittag")), json!({}));
    house.put(ana, &path, edit).await.ok();
    let deleted = house.says(ana, say(word("deleted"), json!({}))).await;
    house.delete(ana, &format!("/api/v1/statuses/{deleted}")).await.ok();
    let said = ["warning", "handle", "host", "text", "tag", "reply", "replytag", "edit", "edittag", "deleted"];
    let secrets = said.into_iter().map(word).chain([post.clone(), reply.clone(), deleted]).collect();
    Written { audience, post, reply, secrets }
}

/// Everything that is owed is done and sent.
async fn work(house: &House) {
    Runner::new(house.app.db.clone(), Arc::new(Handlers::new(house.app.clone())), 1).run_until_idle().await.unwrap();
    Deliverer::new(house.app.clone()).run_until_idle().await;
}

/// Everything that went to other servers, and what is kept of it.
async fn sent(house: &House) -> Vec<String> {
    let mut sent: Vec<String> = house.documents.requests();
    for (url, headers, body) in house.documents.posts() {
        sent.push(format!("{url} {headers:?} {}", String::from_utf8_lossy(&body)));
    }
    let kept = house.app.db.read(|conn| {
        let said: Vec<(String, Option<String>)> =
            activities::table.select((activities::body, activities::object_uri)).load(conn)?;
        let owed: Vec<(String, Option<String>)> =
            deliveries::table.select((deliveries::inbox, deliveries::last_error)).load(conn)?;
        Ok(said.into_iter().chain(owed).map(|row| format!("{row:?}")).collect::<Vec<String>>())
    });
    sent.extend(kept.await.unwrap());
    sent
}

/// Every address with a GET that the sources of our doors name, as templates.
fn routes() -> BTreeSet<String> {
    fn read(folder: &std::path::Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for part in text.split(".at(").skip(1).chain(text.split(".route(").skip(1)) {
                let Some(rest) = part.trim_start().strip_prefix('"') else { continue };
                let (template, rest) = rest.split_once('"').unwrap();
                let methods =
                    rest.split([';']).next().unwrap().split(".at(").next().unwrap().split(".route(").next().unwrap();
                if methods.contains("get(") && template.starts_with('/') {
                    found.insert(template.to_owned());
                }
            }
        }
    }
    let mut found = BTreeSet::new();
    read(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http"), &mut found);
    found
}

/// A template with everything that may stand in its gaps.
fn filled(template: &str, words: &[(&str, Vec<String>)]) -> Vec<String> {
    let Some((start, rest)) = template.split_once('{') else { return vec![template.to_owned()] };
    let (name, end) = rest.split_once('}').unwrap();
    let known = words.iter().find(|(known, _)| *known == name);
    let values = &known.unwrap_or_else(|| panic!("what stands for {{{name}}} in {template}?")).1;
    values.iter().flat_map(|value| filled(&format!("{start}{value}{end}"), words)).collect()
}

/// Everything that can be asked about these posts and people.
fn doors(house: &House, written: &[&Written], people: &[&Person], more: &[String]) -> Vec<String> {
    let posts: Vec<String> = written.iter().flat_map(|one| [one.post.clone(), one.reply.clone()]).collect();
    let activities = posts.iter().flat_map(|id| {
        let uri = format!("{BASE}/ap/objects/{id}");
        ["Create", "Update", "Delete"]
            .map(|kind| derived_uri(&house.app.site, &[kind, &uri]).rsplit('/').next().unwrap().to_owned())
    });
    let names = ["ana", "ben"].map(ToOwned::to_owned).into_iter();
    let tags = written.iter().flat_map(|one| one.secrets.iter().filter(|secret| secret.contains("tag")).cloned());
    let words = [
        (
            "id",
            posts
                .iter()
                .cloned()
                .chain(people.iter().map(|person| person.id()))
                .chain(activities)
                .chain(more.iter().cloned())
                .collect(),
        ),
        ("name", names.clone().chain(tags).collect()),
        ("username", names.collect::<Vec<String>>()),
        (
            "collection",
            [
                "outbox",
                "outbox?page=true",
                "featured",
                "liked",
                "liked?page=true",
                "followers?page=true",
                "following?page=true",
                "replies?page=true",
                "likes",
                "shares",
            ]
            .map(ToOwned::to_owned)
            .to_vec(),
        ),
        ("version", vec!["2.0".to_owned(), "2.1".to_owned()]),
        ("host", vec!["elsewhere.example".to_owned()]),
        ("kind", ["imprint", "privacy", "rules"].map(ToOwned::to_owned).to_vec()),
        ("file", vec!["pages.xml".to_owned(), format!("posts-{}.xml", &house.app.db.now().rfc3339()[..7])]),
    ];
    let mut doors: Vec<String> = routes().iter().flat_map(|template| filled(template, &words)).collect();
    for one in written {
        for q in [
            format!("canary{}", one.audience),
            format!("%23tagcanary{}", one.audience),
            format!("tagcanary{}", one.audience),
            format!("@handlecanary{}", one.audience),
        ] {
            doors.push(format!("/api/v2/search?q={q}"));
        }
        for id in [&one.post, &one.reply] {
            doors.extend(["ana", "ben"].map(|name| format!("/api/v2/search?q={BASE}/@{name}/{id}")));
            doors.push(format!("/api/v2/search?q={BASE}/ap/objects/{id}"));
            doors.push(format!("/.well-known/webfinger?resource={BASE}/ap/objects/{id}"));
        }
    }
    doors.push("/api/v1/timelines/public?local=true&limit=40".to_owned());
    doors.push("/api/v1/accounts/lookup?acct=ana".to_owned());
    doors.push("/.well-known/webfinger?resource=acct:ana@company.example".to_owned());
    doors
}

/// Who asks: nobody, somebody with a token, or a server that signs.
#[derive(Clone, Copy)]
enum Reader<'a> {
    Nobody,
    Token(&'a Person),
    Server(&'a Signer),
}

/// What is answered: status, headers and body as one text.
async fn answer(house: &House, reader: Reader<'_>, path: &str, accept: &str) -> (u16, String) {
    let mut headers = HeaderMap::new();
    match reader {
        Reader::Nobody => {}
        Reader::Token(person) => {
            headers.insert(header::AUTHORIZATION, format!("Bearer {}", person.token).parse().unwrap());
        }
        Reader::Server(signer) => {
            let url = format!("{BASE}{path}").parse().unwrap();
            cavage::sign(signer, "GET", &url, &mut headers, None, true, house.app.db.now()).unwrap();
        }
    }
    headers.insert(header::HOST, "social.company.example".parse().unwrap());
    headers.insert(header::ACCEPT, accept.parse().unwrap());
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    *request.headers_mut() = headers;
    let reply = house.send(request).await;
    let text = match &reply.body {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    (reply.status.as_u16(), format!("{:?} {text}", reply.headers))
}

/// Looks behind every door for what must not be there.
async fn search(house: &House, who: &str, reader: Reader<'_>, doors: &[String], forbidden: &[&Written]) {
    let accepts: &[&str] = match reader {
        Reader::Token(_) => &["application/json"],
        Reader::Nobody | Reader::Server(_) => &["application/activity+json", "text/html"],
    };
    for door in doors {
        for accept in accepts {
            let (status, said) = answer(house, reader, door, accept).await;
            assert!(status != 429 && status < 500, "{who} {door} {status}");
            // What was asked for is no news.
            let asked = |secret: &&String| door.contains(secret.as_str());
            for secret in forbidden
                .iter()
                .flat_map(|one| &one.secrets)
                .filter(|secret| !asked(secret) || status == 200 && said.contains("\"content\""))
            {
                assert!(!said.contains(secret.as_str()), "{who} finds {secret} at {door} ({accept}): {said}");
            }
        }
    }
}

/// A person with a grant and a token for a brand.
async fn brand_token(house: &House, holder: &Person) -> Person {
    let (site, account) = (house.app.site.clone(), holder.account);
    let made = house.app.db.write(move |tx| {
        let brand = actors::NewLocal {
            kind: ActorKind::Organization,
            username: "company".to_owned(),
            name: "Company".to_owned(),
            summary: String::new(),
            locked: false,
        };
        let actor = actors::create_local(tx, &site, &brand)?.id;
        accounts::grant(tx, account, actor, GrantRole::Publisher)?;
        accounts::issue_token(tx, account, actor, "read write follow", "brand", &secrets::token_hash("brand-token"))?;
        Ok(Person { actor, account, token: "brand-token".to_owned() })
    });
    made.await.unwrap()
}

/// A server that follows these actors and signs what it asks.
async fn remote_follower(house: &House, targets: &[&Person]) -> Signer {
    let key = SigningKey::generate("rsa").unwrap();
    let uri = "https://follower.example/users/finn".to_owned();
    let public_key = key.public_key().unwrap().to_bytes();
    let signer = Signer { key: Arc::new(key), key_id: format!("{uri}#main-key") };
    let keys = vec![RemoteKey { uri: signer.key_id.clone(), algorithm: "rsa".to_owned(), public_key }];
    let (site, targets) = (house.app.site.clone(), targets.iter().map(|person| person.actor).collect::<Vec<_>>());
    house
        .app
        .db
        .write(move |tx| {
            let remote = RemoteActor {
                kind: ActorKind::Person,
                username: "finn".to_owned(),
                host: "follower.example".to_owned(),
                url: None,
                name: String::new(),
                summary: String::new(),
                icon: None,
                header: None,
                fields: Vec::new(),
                inbox: format!("{uri}/inbox"),
                shared_inbox: None,
                followers_uri: None,
                collections: Collections::default(),
                locked: false,
                discoverable: true,
                indexable: true,
                bot: false,
                also_known_as: Vec::new(),
                moved_to: None,
                published_at: None,
                keys: keys.clone(),
                uri: uri.clone(),
            };
            let finn = actors::upsert_remote(tx, &remote)?.id;
            for target in &targets {
                let by = By::Remote { actor: finn, activity: Some(format!("{uri}/follows/{target}")) };
                follows::request(tx, &site, &by, *target, Wishes::default())?;
            }
            Ok(())
        })
        .await
        .unwrap();
    signer
}

on_both! {
    async fn nothing_of_what_is_said_inside_is_found_outside(database: TestDatabase) {
        let log = log();
        let house = House::open(database).await;
        house.reaches_eve().await;
        let (ana, ben, cleo, fred) =
            (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await, house.employee("fred").await);
        let (dora, boss) = (house.customer("dora").await, house.person("boss", AccountKind::Employee, Role::Owner).await);
        let brand = brand_token(&house, &boss).await;
        let finn = remote_follower(&house, &[&ana, &ben, &brand]).await;
        house.post(&dora, &format!("/api/v1/accounts/{}/follow", ana.id()), json!({})).await.ok();
        house.post(&dora, &format!("/api/v1/accounts/{}/follow", ben.id()), json!({})).await.ok();
        house.post(&brand, &format!("/api/v1/accounts/{}/follow", ana.id()), json!({})).await.ok();
        let team = house.post(&boss, "/api/guildhall/v1/teams", json!({"name": "Press", "members": ["ana", "ben", "fred"]})).await.ok();
        work(&house).await;

        let company = conversation(&house, "company", &json!({"local_only": true}), &ana, &ben).await;
        let for_team = conversation(&house, "team", &json!({"guildhall_audience": team["audience"]}), &ana, &ben).await;
        let teams = format!("/api/guildhall/v1/teams/{}/members/fred", team["id"].as_str().unwrap());
        house.delete(&boss, &teams).await.ok();
        work(&house).await;
        let figures = house.get(None, &format!("/api/v1/accounts/{}", ana.id())).await.ok();
        assert_eq!((&figures["statuses_count"], &figures["last_status_at"]), (&json!(0), &json!(null)));
        for secret in company.secrets.iter().chain(&for_team.secrets) {
            for one in sent(&house).await {
                assert!(!one.contains(secret.as_str()), "{secret} went out: {one}");
            }
        }
        let public = conversation(&house, "public", &json!({"visibility": "public"}), &ana, &ben).await;
        work(&house).await;

        // Those who may read it find it, so that there is something to be found.
        for (one, readers) in [(&company, vec![&ana, &ben, &cleo, &fred]), (&for_team, vec![&ana, &ben])] {
            for reader in readers {
                let by_id = house.get(reader, &format!("/api/v1/statuses/{}", one.post)).await.ok();
                assert!(by_id["content"].as_str().unwrap().contains(&format!("editcanary{}", one.audience)));
                assert!(ids(&house.get(reader, "/api/v1/timelines/home").await.ok()).contains(&one.post));
                let found = house.get(reader, &format!("/api/v2/search?type=statuses&q={BASE}/@ana/{}", one.post)).await.ok();
                assert_eq!(ids(&found["statuses"]), std::slice::from_ref(&one.post));
            }
            let told = house.get(&ana, "/api/v1/notifications").await.ok().to_string();
            assert!(told.contains(&format!("replycanary{}", one.audience)), "{told}");
        }

        // The public conversation is found at the doors, so that looking there means something.
        let (post, reply) = (&public.post, &public.reply);
        let object = "application/activity+json";
        let create = derived_uri(&house.app.site, &["Create", &format!("{BASE}/ap/objects/{post}")]);
        let outbox = actors_path(&house, &ana).await + "/outbox?page=true";
        for (door, accept, word) in [
            (format!("/api/v1/statuses/{post}"), "*/*", "editcanarypublic"),
            (format!("/api/v1/statuses/{post}/context"), "*/*", "replycanarypublic"),
            (format!("/api/v1/statuses/{post}/history"), "*/*", "textcanarypublic"),
            (format!("/api/v1/statuses/{post}/favourited_by"), "*/*", "\"ben\""),
            (format!("/api/v1/accounts/{}/statuses", ana.id()), "*/*", "editcanarypublic"),
            ("/api/v1/timelines/public".to_owned(), "*/*", "warningcanarypublic"),
            ("/api/v1/timelines/tag/edittagcanarypublic".to_owned(), "*/*", "editcanarypublic"),
            ("/api/v2/search?type=hashtags&q=edittagcanary".to_owned(), "*/*", "edittagcanarypublic"),
            (format!("/api/v2/search?q={BASE}/@ana/{post}"), "*/*", "editcanarypublic"),
            ("/@ana".to_owned(), "text/html", "editcanarypublic"),
            (format!("/@ana/{post}"), "text/html", "editcanarypublic"),
            (format!("/ap/objects/{post}"), object, "editcanarypublic"),
            (format!("/ap/objects/{post}/replies?page=true"), object, reply.as_str()),
            (create.strip_prefix(BASE).unwrap().to_owned(), object, "textcanarypublic"),
            (outbox, object, "editcanarypublic"),
        ] {
            let (status, said) = answer(&house, Reader::Nobody, &door, accept).await;
            assert!(status == 200 && said.contains(word), "{word} is not found at {door}: {status} {said}");
        }
        for (reader, word) in [(&dora, "editcanarypublic"), (&brand, "editcanarypublic")] {
            let (_, home) = answer(&house, Reader::Token(reader), "/api/v1/timelines/home", "*/*").await;
            assert!(home.contains(word), "{home}");
        }
        let sent = sent(&house).await.join("\n");
        for word in ["textcanarypublic", "editcanarypublic", "replycanarypublic", "hostcanarypublic.example/.well-known", "\"Delete\""] {
            assert!(sent.contains(word), "{word} did not go out");
        }

        // And what is inside is found at none.
        let mine = ids(&house.get(&ana, "/api/v1/notifications").await.ok());
        let more: Vec<String> = mine.into_iter().chain([team["id"].as_str().unwrap().to_owned()]).collect();
        let doors = doors(&house, &[&company, &for_team], &[&ana, &ben], &more);
        assert!(doors.len() > 300, "{}", doors.len());
        let both = [&company, &for_team];
        search(&house, "nobody", Reader::Nobody, &doors, &both).await;
        search(&house, "a follower's server", Reader::Server(&finn), &doors, &both).await;
        search(&house, "a customer", Reader::Token(&dora), &doors, &both).await;
        search(&house, "the brand", Reader::Token(&brand), &doors, &both).await;
        search(&house, "somebody outside the team", Reader::Token(&cleo), &doors, &[&for_team]).await;
        search(&house, "somebody who left the team", Reader::Token(&fred), &doors, &[&for_team]).await;
        for reader in [&dora, &brand] {
            let told = answer(&house, Reader::Token(reader), "/api/v1/notifications", "*/*").await.1;
            assert!(!told.contains("canarycompany") && !told.contains("canaryteam"), "{told}");
        }

        tracing::trace!("the log is heard");
        let logged = String::from_utf8(log.lock().unwrap().clone()).unwrap();
        assert!(logged.contains("TRACE") && logged.contains("the log is heard"));
        for line in logged.lines() {
            for what in ["text", "warning", "reply", "edit", "deleted", "tag"] {
                assert!(!line.contains(&format!("{what}canary")), "what people write is logged: {line}");
            }
            assert!(!line.contains("canarycompany") && !line.contains("canaryteam"), "{line}");
        }
    }
}

async fn actors_path(house: &House, person: &Person) -> String {
    let id = person.actor;
    let actor = house.app.db.read(move |conn| actors::get(conn, id)).await.unwrap();
    actor.uri.strip_prefix(BASE).unwrap().to_owned()
}
