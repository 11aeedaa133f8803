//! Real payloads of 33 platforms through the front door, each judged as its index says: what must be kept is kept,
//! what must be refused is refused, and what is not for us changes nothing. Runs on the shared corpus where it lies
//! beside the checkout, and always on our own files. Each file has an instance of its own, prepared as it expects.

mod activities;
mod documents;
mod rules;
mod table;

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
use rules::Rule;
use table::{Judged, Outcome};

/// Files that are not judged, and why.
const NOT_JUDGED: &[(&str, &str)] = &[
    ("fep_examples/feature__521a_fep_521a_feature.feature", "steps of a test in prose, no payload"),
    ("fep_examples/feature__8b32_fep_8b32_feature.feature", "steps of a test in prose, no payload"),
];

/// A file with what a correct server does.
struct Entry {
    name: String,
    platform: String,
    /// Such as `Create(Note)`.
    kind: String,
    expect: String,
    text: String,
    document: Value,
}

impl Entry {
    fn says(&self, words: &str) -> bool {
        self.expect.contains(words)
    }
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
            let said = |member: &str| row[member].as_str().unwrap_or_default().to_owned();
            let kind = match said("type").as_str() {
                "txt" => "recorded answer".to_owned(),
                "json" => document["type"].as_str().unwrap_or("JSON").to_owned(),
                other => other.to_owned(),
            };
            Entry { expect: said("expect"), platform: said("platform"), kind, document, text, name }
        })
        .collect()
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

fn id_of(value: &Value) -> Option<String> {
    incoming::values::id_of(value).map(ToOwned::to_owned)
}

fn origin(uri: &str) -> String {
    url::Url::parse(uri).unwrap().origin().ascii_serialization()
}

/// Somebody whose requests we can sign.
fn signer(uri: &str) -> Stranger {
    let mut stranger = Stranger::new(uri, 0);
    let bare = uri.split('#').next().unwrap().to_owned();
    stranger.signer = Signer { key_id: format!("{bare}#main-key"), ..stranger.signer };
    stranger
}

/// Serves a plain actor of this kind at an address, unless something is served there already.
fn serve_actor(world: &World, uri: &str, kind: &str) -> Stranger {
    let stranger = signer(uri);
    let mut document = stranger.document();
    document["type"] = json!(kind);
    document["preferredUsername"] = json!("somebody");
    world.serve(uri, &document);
    stranger
}

/// Replaces one address by another wherever it stands.
fn swapped(document: &Value, from: &str, to: &str) -> Value {
    match document {
        Value::String(text) if text == from => json!(to),
        Value::Array(items) => items.iter().map(|item| swapped(item, from, to)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), swapped(value, from, to))).collect()
        }
        other => other.clone(),
    }
}

async fn judge(world: &World, entry: &Entry) -> (Rule, Option<Outcome>) {
    let (rule, why) = rules::of(entry);
    let outcome = match rule {
        Rule::NotJudged => return (rule, None),
        Rule::Actor
        | Rule::ActorRefused
        | Rule::Object
        | Rule::ObjectRefused
        | Rule::Upload
        | Rule::Key
        | Rule::KeyStub
        | Rule::WebFinger
        | Rule::Recorded
        | Rule::NotForUs => documents::judge(world, entry, rule, why).await,
        _ => activities::judge(world, entry, rule, why).await,
    };
    (rule, Some(outcome))
}

/// What a panic said.
fn said(error: tokio::task::JoinError) -> String {
    let panic = error.into_panic();
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default()
}

/// Judges files one after the other, each in an instance of its own on one database; answers the rules that were
/// kept and what went wrong.
async fn judge_some(entries: Vec<Entry>, postgres: bool) -> (Vec<(Rule, Option<Judged>)>, Vec<String>) {
    let open = || if postgres { TestDatabase::postgres() } else { TestDatabase::sqlite() };
    let (mut database, mut kept, mut failures) = (open(), Vec::new(), Vec::new());
    for entry in entries {
        let name = entry.name.clone();
        let judging = tokio::spawn(async move {
            let world = World::open(database).await;
            let (rule, outcome) = judge(&world, &entry).await;
            let judged = outcome.map(|outcome| Judged { platform: entry.platform, kind: entry.kind, outcome });
            // Whatever it was, we go on.
            let alice = world.followed("https://after.example/users/alice", 1).await;
            let note = alice.note("after", "<p>after</p>");
            assert_eq!(world.receive(&alice, &alice.create(&note)).await, 202, "the next note");
            assert!(world.post("https://after.example/users/alice/after").await.is_some(), "the next note");
            ((rule, judged), world.leave())
        });
        match judging.await {
            Ok((judged, emptied)) => {
                kept.push(judged);
                database = emptied;
            }
            Err(error) => {
                failures.push(format!("{name}: {}", said(error)));
                database = open();
            }
        }
    }
    (kept, failures)
}

/// Judges every file, some at a time, because most of it is waiting; answers how many there were of each rule, and
/// what became of them.
async fn judge_all(entries: Vec<Entry>, postgres: bool) -> (BTreeMap<Rule, usize>, Vec<Judged>) {
    const AT_A_TIME: usize = 6;
    let mut parts: Vec<Vec<Entry>> = (0..AT_A_TIME).map(|_| Vec::new()).collect();
    for (number, entry) in entries.into_iter().enumerate() {
        parts[number % AT_A_TIME].push(entry);
    }
    let judged = futures_util::future::join_all(parts.into_iter().map(|part| judge_some(part, postgres))).await;
    let (kept, failures): (Vec<_>, Vec<_>) = judged.into_iter().unzip();
    let (kept, failures) = (kept.concat(), failures.concat());
    let mut counts = BTreeMap::new();
    for (rule, _) in &kept {
        *counts.entry(*rule).or_default() += 1;
    }
    eprintln!("{counts:?}");
    assert!(failures.is_empty(), "{} files: {failures:#?}", failures.len());
    (counts, kept.into_iter().filter_map(|(_, judged)| judged).collect())
}

on_both! {
    async fn every_file_of_ours_is_handled_as_its_index_says(database: TestDatabase) {
        let postgres = database.url.starts_with("postgres");
        let entries = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/activitypub"));
        let all = entries.len();
        let (counts, _) = judge_all(entries, postgres).await;
        assert_eq!(counts.get(&Rule::NotJudged), None);
        assert_eq!((counts.values().sum::<usize>(), all), (14, 14));
    }

    async fn every_file_of_the_shared_corpus_is_handled_as_its_index_says(database: TestDatabase) {
        let Some(folder) = shared() else {
            eprintln!("The shared corpus is not here; our own files were judged.");
            return;
        };
        let postgres = database.url.starts_with("postgres");
        let entries = read(&folder);
        assert_eq!(entries.len(), 514);
        let (counts, judged) = judge_all(entries, postgres).await;
        assert_eq!(counts[&Rule::NotJudged], NOT_JUDGED.len());
        assert!(counts[&Rule::Create] >= 40 && counts[&Rule::Object] >= 90 && counts[&Rule::Actor] >= 75, "{counts:?}");
        let verbs = [Rule::Follow, Rule::Like, Rule::Announce, Rule::AnnounceCopy, Rule::Delete, Rule::Accept, Rule::Undo, Rule::Update, Rule::Block, Rule::Relay];
        for verb in verbs {
            assert!(counts.get(&verb).copied().unwrap_or(0) >= 2, "{verb:?}: {counts:?}");
        }
        let table = table::render(&judged);
        let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/interoperability.md")).unwrap();
        assert!(page.contains(&table), "docs/interoperability.md should hold this table:\n{table}");
    }
}
