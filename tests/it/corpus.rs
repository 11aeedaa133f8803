//! Real payloads of 33 platforms, replayed through the front door: nothing crashes, what must be refused is, and
//! what must be kept is. Runs on the shared corpus where it lies beside the checkout, and always on our own files.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use guildhall::{federation::incoming, net::Signer};
use serde_json::{Value, json};

use crate::support::{
    database::TestDatabase,
    world::{Stranger, World},
};

/// A file with what a correct server does.
struct Entry {
    name: String,
    expect: String,
    document: Value,
}

fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    folder.join("index.json").exists().then_some(folder)
}

fn read(folder: &Path) -> Vec<Entry> {
    let index: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(folder.join("index.json")).unwrap()).unwrap();
    index
        .into_iter()
        .map(|row| {
            let name = row["file"].as_str().unwrap().to_owned();
            let text = std::fs::read_to_string(folder.join(&name)).unwrap();
            let document = serde_json::from_str(&text).unwrap_or(Value::Null);
            Entry { expect: row["expect"].as_str().unwrap_or_default().to_owned(), document, name }
        })
        .collect()
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Stored,
    Ignored,
    Refused,
}

/// Swaps the actor's key for one of ours, so that we can sign for it.
fn rekeyed(document: &Value, stranger: &Stranger) -> Value {
    let mut document = document.clone();
    let mine = stranger.document();
    let members = document.as_object_mut().unwrap();
    members.insert("publicKey".to_owned(), mine["publicKey"].clone());
    members.remove("assertionMethod");
    members.remove("proof");
    document
}

fn id_of<'a>(document: &'a Value, name: &str) -> Option<&'a str> {
    incoming::values::id(document, name)
}

/// Sends an activity as its own actor, whose document is served with a key of ours, and whom somebody here follows.
async fn send(world: &World, activity: &Value) -> (u16, Fate) {
    let Some(actor) = id_of(activity, "actor").filter(|actor| actor.starts_with("http")) else {
        let nobody = Stranger::new("https://nobody.example/users/x", 0);
        let status = world.receive(&nobody, activity).await;
        return (status.as_u16(), Fate::Refused);
    };
    let mut stranger = Stranger::new(actor, 0);
    let fragment = actor.split('#').next().unwrap();
    stranger.signer = Signer { key_id: format!("{fragment}#main-key"), ..stranger.signer };
    let mut document = stranger.document();
    document["type"] =
        if activity["type"] == "Announce" && activity["object"].is_object() { json!("Group") } else { json!("Person") };
    document["preferredUsername"] = json!("somebody");
    world.serve(actor, &document);
    world.follow(actor).await;
    if let Some(object) = activity.get("object").filter(|object| object.is_string() || activity["type"] == "Announce")
        && let Some(uri) = incoming::values::id_of(object)
        && object.is_object()
        && object.get("attributedTo").is_some()
    {
        // What an announce embeds is fetched at its origin.
        world.serve(uri, object);
    }
    let before = world.state().await;
    let status = world.receive(&stranger, activity).await.as_u16();
    world.work().await;
    let fate = match (status, world.state().await == before) {
        (202, false) => Fate::Stored,
        (202, true) => Fate::Ignored,
        _ => Fate::Refused,
    };
    (status, fate)
}

/// Replays one file; panics when a correct server would do something else.
async fn replay(world: &World, entry: &Entry) -> Fate {
    let (name, expect, document) = (&entry.name, &entry.expect, &entry.document);
    if expect.contains("REJECT") && expect.starts_with("ACTOR") {
        assert!(incoming::actor::read(document).is_err(), "{name}: {expect}");
        return Fate::Refused;
    }
    if expect.starts_with("ACTOR") {
        let Some(uri) = document["id"].as_str() else { return Fate::Refused };
        let stranger = Stranger::new(uri, 0);
        world.serve(uri, &rekeyed(document, &stranger));
        let found =
            guildhall::federation::fetch::actor(&world.app, uri, &mut guildhall::federation::fetch::Budget::default())
                .await;
        let actor = found.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!actor.username.is_empty() && actor.inbox.starts_with("http"), "{name}");
        return Fate::Stored;
    }
    if expect.starts_with("fetched OBJECT: store") {
        return fetched(world, entry).await;
    }
    if document["actor"].is_null() || !document.is_object() {
        // Fragments, keys, collections, HTML: whatever it is, posting it does no harm.
        let stranger = Stranger::new("https://nobody.example/users/x", 0);
        let status = world.receive(&stranger, document).await;
        assert!(status.is_client_error(), "{name}: {status}");
        let _ = (incoming::actor::read(document), incoming::note::read(document, None));
        return Fate::Refused;
    }
    let (status, fate) = send(world, document).await;
    assert!(matches!(status, 202 | 400 | 401 | 403), "{name}: {status}");
    if expect.contains("REJECT") {
        assert_ne!(fate, Fate::Stored, "{name}: {expect}");
    }
    if expect.starts_with("Create: store as") && !expect.contains("or ignore") && !expect.contains("fragment") {
        let uri = incoming::values::id_of(&document["object"]).unwrap_or_default();
        let post = world.post(uri).await.unwrap_or_else(|| panic!("{name}: not stored ({status}): {expect}"));
        let visibility =
            expect.split("visibility ").nth(1).map(|rest| rest.split([';', ',', '(']).next().unwrap().trim());
        if let Some(visibility) = visibility {
            assert_eq!(post.audience.as_str(), visibility, "{name}");
        }
        assert!(!post.content.contains("<script"), "{name}");
    }
    fate
}

async fn fetched(world: &World, entry: &Entry) -> Fate {
    let (name, document) = (&entry.name, &entry.document);
    let (Some(uri), Some(author)) = (document["id"].as_str(), incoming::note::author_of(document)) else {
        return Fate::Refused;
    };
    let stranger = Stranger::new(&author, 0);
    if world.actor(&author).await.is_none() {
        let mut actor = stranger.document();
        actor["preferredUsername"] = json!("somebody");
        world.serve(&author, &actor);
    }
    world.serve(uri, document);
    let budget = &mut guildhall::federation::fetch::Budget::default();
    match guildhall::federation::fetch::post(&world.app, uri, budget).await {
        Ok(_) => {
            let post = world.post(uri).await.unwrap();
            let visibility =
                entry.expect.split("visibility ").nth(1).map(|rest| rest.split([';', ',', '(']).next().unwrap().trim());
            if let Some(visibility) = visibility {
                assert_eq!(post.audience.as_str(), visibility, "{name}");
            }
            Fate::Stored
        }
        Err(error) => {
            assert!(!matches!(error.kind(), guildhall::error::Kind::Internal), "{name}: {error}");
            panic!("{name}: not stored: {error}; {}", entry.expect);
        }
    }
}

async fn replay_all(world: &World, entries: &[Entry]) -> BTreeMap<Fate, usize> {
    let mut fates: BTreeMap<Fate, usize> = BTreeMap::new();
    for entry in entries {
        *fates.entry(replay(world, entry).await).or_default() += 1;
    }
    fates
}

on_both! {
    async fn every_file_of_ours_is_handled_as_its_index_says(database: TestDatabase) {
        let world = World::open(database).await;
        let entries = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/activitypub"));
        assert!(entries.len() >= 12);
        replay_all(&world, &entries).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file_of_the_shared_corpus_is_handled_as_its_index_says() {
    let Some(folder) = shared() else {
        eprintln!("The shared corpus is not here; our own files were replayed.");
        return;
    };
    let entries = read(&folder);
    assert!(entries.len() >= 500);
    let mut platforms: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for entry in entries {
        platforms.entry(entry.name.split('/').next().unwrap().to_owned()).or_default().push(entry);
    }
    let (mut failures, mut fates): (Vec<String>, BTreeMap<Fate, usize>) = Default::default();
    for mut files in platforms.into_values() {
        // The files of a platform speak of the same people: what ends something comes last.
        files.sort_by_key(|file| {
            let ending = ["Update", "Undo", "Block", "Move", "Announce wrapping activity Delete", "Delete"];
            ending.iter().position(|end| file.expect.starts_with(end)).map_or(0, |rank| rank + 1)
        });
        let world = std::sync::Arc::new(World::open(TestDatabase::sqlite()).await);
        for file in files.iter().filter(|file| file.expect.starts_with("fetched OBJECT")) {
            if let Some(uri) = file.document["id"].as_str() {
                world.serve(uri, &file.document);
            }
        }
        for entry in files {
            let (world, name) = (world.clone(), entry.name.clone());
            world.app.fetches.forget();
            match tokio::spawn(async move { replay(&world, &entry).await }).await {
                Ok(fate) => *fates.entry(fate).or_default() += 1,
                Err(error) => {
                    let panic = error.into_panic();
                    let text = panic
                        .downcast_ref::<String>()
                        .cloned()
                        .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
                    failures.push(format!("{name}: {}", text.unwrap_or_default()));
                }
            }
        }
    }
    eprintln!("{fates:?}");
    assert!(failures.is_empty(), "{} files: {failures:#?}", failures.len());
}
