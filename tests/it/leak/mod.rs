//! Nothing of what is said inside leaves: words that exist nowhere else are written for the company and for a team, and
//! looked for at every door, in every request to another server, in what is stored for sending, and in the log.

mod copies;
mod doors;
mod matrix;
mod phones;
mod sign_ups;
mod waiting;
mod written;

use std::{
    io::Write,
    sync::{Arc, Mutex, OnceLock},
};

use guildhall::{
    domain::{
        By,
        accounts::{AccountKind, Role},
        actors::{self, RemoteActor},
        follows::{self, Wishes},
    },
    federation::outbound::compose::derived_uri,
    net::Signer,
};
use serde_json::json;

use crate::{
    mastodon::{BASE, House, Person, ids},
    support::{keys, people::remote},
};
use doors::{Reader, answer, doors, search};
use phones::Phone;
pub use written::work;
use written::{conversation, sent};

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

/// A server that follows these actors and signs what it asks.
async fn remote_follower(house: &House, targets: &[&Person]) -> Signer {
    let key = keys::rsa(0);
    let finn = remote("finn", "follower.example", Some(&key));
    let remote = RemoteActor { shared_inbox: None, followers_uri: None, ..finn };
    let signer = Signer { key, key_id: remote.keys[0].uri.clone() };
    let (site, targets) = (house.app.site.clone(), targets.iter().map(|person| person.actor).collect::<Vec<_>>());
    house
        .app
        .db
        .write(move |tx| {
            let finn = actors::upsert_remote(tx, &remote)?.actor.id;
            for target in &targets {
                let by = By::Remote { actor: finn, activity: Some(format!("{}/follows/{target}", remote.uri)) };
                follows::request(tx, &site, &by, *target, &Wishes::default())?;
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
        let parker = house.person("parker", AccountKind::Partner, Role::Member).await;
        let paige = house.person("paige", AccountKind::Press, Role::Member).await;
        let brand = house.brand_of(&boss).await;
        let finn = remote_follower(&house, &[&ana, &ben, &brand]).await;
        for outsider in [&dora, &parker, &paige] {
            house.post(outsider, &format!("/api/v1/accounts/{}/follow", ana.id()), json!({})).await.ok();
            house.post(outsider, &format!("/api/v1/accounts/{}/follow", ben.id()), json!({})).await.ok();
        }
        house.post(&brand, &format!("/api/v1/accounts/{}/follow", ana.id()), json!({})).await.ok();
        let mut phones = Vec::new();
        for (whose, owner) in [
            ("ana", &ana),
            ("ben", &ben),
            ("cleo", &cleo),
            ("fred", &fred),
            ("dora", &dora),
            ("parker", &parker),
            ("paige", &paige),
            ("brand", &brand),
        ] {
            phones.push(Phone::of(&house, whose, owner).await);
            // Each wants to hear of every post of hers.
            if whose != "ana" {
                house.post(owner, &format!("/api/v1/accounts/{}/follow", ana.id()), json!({"notify": true})).await.ok();
            }
        }
        let team = house.post(&boss, "/api/guildhall/v1/teams", json!({"name": "Press", "members": ["ana", "ben", "fred"]})).await.ok();
        work(&house).await;

        let company = conversation(&house, "company", &json!({"local_only": true}), &ana, &ben).await;
        let for_team = conversation(&house, "team", &json!({"guildhall_audience": team["audience"]}), &ana, &ben).await;
        // What colleagues note on a thread in the open is said inside as well.
        let question = house.says(&dora, json!({"status": "Is it waterproof?"})).await;
        let note = conversation(&house, "note", &json!({"local_only": true, "in_reply_to_id": question}), &ana, &ben).await;
        let teams = format!("/api/guildhall/v1/teams/{}/members/fred", team["id"].as_str().unwrap());
        house.delete(&boss, &teams).await.ok();
        work(&house).await;
        let figures = house.get(None, &format!("/api/v1/accounts/{}", ana.id())).await.ok();
        assert_eq!((&figures["statuses_count"], &figures["last_status_at"]), (&json!(0), &json!(null)));
        for secret in company.secrets.iter().chain(&for_team.secrets).chain(&note.secrets) {
            for one in sent(&house).await {
                assert!(!one.contains(secret.as_str()), "{secret} went out: {one}");
            }
        }
        // Apps that are not open are told of what their owners may read, and of nothing else.
        for phone in &phones {
            let heard = phone.heard(&house);
            let mut inside = 0;
            for (one, readers) in [(&company, vec!["ana", "ben", "cleo", "fred"]), (&for_team, vec!["ana", "ben", "fred"]), (&note, vec!["ana", "ben", "cleo", "fred"])] {
                let met = one.secrets.iter().filter(|secret| heard.contains(secret.as_str())).count();
                assert!(met == 0 || readers.contains(&phone.whose), "{} heard of {}: {heard}", phone.whose, one.audience);
                inside += met;
            }
            // The one who is answered hears of it, so that there is something to be heard.
            assert!(phone.whose != "ana" || (inside > 0 && heard.contains("warningcanarycompany")), "{heard}");
        }
        let public = conversation(&house, "public", &json!({"visibility": "public"}), &ana, &ben).await;
        work(&house).await;

        // Those who may read it find it, so that there is something to be found.
        for (one, readers) in [(&company, vec![&ana, &ben, &cleo, &fred]), (&for_team, vec![&ana, &ben]), (&note, vec![&ana, &ben, &cleo, &fred])] {
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
        let more: Vec<String> = mine.into_iter().chain([team["id"].as_str().unwrap().to_owned(), question.clone()]).collect();
        let doors = doors(&house, &[&company, &for_team, &note], &[&ana, &ben], &more);
        assert!(doors.len() > 300, "{}", doors.len());
        let all = [&company, &for_team, &note];
        search(&house, "nobody", Reader::Nobody, &doors, &all).await;
        search(&house, "a follower's server", Reader::Server(&finn), &doors, &all).await;
        search(&house, "a customer", Reader::Token(&dora), &doors, &all).await;
        search(&house, "a partner", Reader::Token(&parker), &doors, &all).await;
        search(&house, "the press", Reader::Token(&paige), &doors, &all).await;
        search(&house, "the brand", Reader::Token(&brand), &doors, &all).await;
        search(&house, "somebody outside the team", Reader::Token(&cleo), &doors, &[&for_team]).await;
        search(&house, "somebody who left the team", Reader::Token(&fred), &doors, &[&for_team]).await;
        // The thread of which colleagues speak shows them that they do, and nobody else.
        let thread = format!("/api/v1/statuses/{question}");
        assert!(house.get(&cleo, &format!("{thread}/context")).await.ok().to_string().contains("replycanarynote"));
        for reader in [None, Some(&dora), Some(&parker), Some(&paige), Some(&brand)] {
            assert_eq!(house.get(reader, &thread).await.ok()["replies_count"], 0);
            assert_eq!(house.get(reader, &format!("{thread}/context")).await.ok()["descendants"], json!([]));
        }
        for reader in [&dora, &parker, &paige, &brand] {
            let told = answer(&house, Reader::Token(reader), "/api/v1/notifications", "*/*").await.1;
            assert!(!["company", "team", "note"].iter().any(|one| told.contains(&format!("canary{one}"))), "{told}");
        }

        tracing::trace!("the log is heard");
        let logged = String::from_utf8(log.lock().unwrap().clone()).unwrap();
        assert!(logged.contains("TRACE") && logged.contains("the log is heard"));
        for line in logged.lines() {
            for what in ["text", "warning", "reply", "edit", "deleted", "tag"] {
                assert!(!line.contains(&format!("{what}canary")), "what people write is logged: {line}");
            }
            assert!(!["company", "team", "note"].iter().any(|one| line.contains(&format!("canary{one}"))), "{line}");
        }
    }
}

async fn actors_path(house: &House, person: &Person) -> String {
    let id = person.actor;
    let actor = house.app.db.read(move |conn| actors::get(conn, id)).await.unwrap();
    actor.uri.strip_prefix(BASE).unwrap().to_owned()
}
