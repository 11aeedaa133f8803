//! What other platforms make of what we say. Each reader demands what the source of its platform demands, and is
//! stricter in one thing: what the platform would throw away without a word, whole or a part of it, is refused too.
//!
//! So that it proves something, each reader first takes what its own platform sends, and refuses mutants of what we
//! send, each by its name. Then all of them take what a brand sends.

mod gotosocial;
mod lemmy;
mod letters;
mod mastodon;
mod misskey;
mod nodebb;
mod values;

use std::{collections::BTreeSet, path::Path};

use serde_json::{Value, json};
use url::Url;

use letters::{Form, HERE, recorded};
use values::{Read, host, id_of};

/// A platform as it reads.
pub struct Reader {
    name: &'static str,
    /// Of a letter, of whoever signed it, and at which host it arrives.
    letter: fn(&Value, &str, &str) -> Read,
    /// Of a document of somebody, fetched at an address.
    actor: fn(&Value, &str) -> Read,
    /// Of a post, fetched at an address.
    post: fn(&Value, &str) -> Read,
    /// Which of the forms that we send it has no use for, and why.
    declines: &'static [(&'static str, &'static str)],
    /// What the platform sends, in its own shape.
    fixtures: &'static str,
    /// Which form, what in it (JSON pointers), what it becomes (JSON; nothing takes it away), and why it is refused.
    mutants: &'static [(&'static str, &'static str, &'static str, &'static str)],
}

const READERS: [Reader; 5] = [mastodon::READER, lemmy::READER, nodebb::READER, gotosocial::READER, misskey::READER];

const ACTORS: [&str; 5] = ["Person", "Service", "Organization", "Group", "Application"];
const LETTERS: [&str; 5] = ["Create", "Update", "Delete", "Follow", "Accept"];
const POSTS: [&str; 5] = ["Note", "Question", "Page", "Article", "Video"];

/// Files of the shared corpus that their own platform would not take, and why.
const NOT_TAKEN: &[(&str, &str)] = &[
    ("gotosocial/delete__delete_internaltoas_13.json", "a Delete without an id"),
    ("gotosocial/delete__delete_internaltoas_15.json", "a Delete without an id"),
    ("gotosocial/doc_posts_10_delete.json", "documentation: a Delete without an id"),
    ("gotosocial/doc_posts_11_delete.json", "documentation: a Delete without an id"),
    ("gotosocial/doc_posts_8_note.json", "documentation: a vote without an id"),
    ("gotosocial/note__note_extractpolicy_0.json", "a policy and nothing else"),
    ("gotosocial/note__note_extractpolicy_2.json", "a policy and nothing else"),
    ("gotosocial/person__person_normalize_5.json", "fields and nothing else"),
    ("lemmy/person__lemmy_user.json", "of a time when there was no outbox"),
    ("mastodon/create_note__pf_noteattachmenttest_invalidmime.json", "cut out, without a context"),
    ("mastodon/create_note__pf_noteattachmenttest_invalidtype.json", "cut out, without a context"),
    ("mastodon/create_note__pf_noteattachmenttest_mastodon.json", "cut out, without a context"),
    ("mastodon/delete_person__delete_user.json", "of a time with another context"),
    ("mastodon/delete_tombstone__delete.json", "of a time with another context"),
    ("mastodon/doc_activitypub_10_person.json", "documentation: some properties of a person"),
    ("mastodon/doc_activitypub_11_person.json", "documentation: some properties of a person"),
    ("mastodon/doc_activitypub_12_person.json", "documentation: some properties of a person"),
    ("mastodon/doc_activitypub_13_person.json", "documentation: some properties of a person"),
    ("mastodon/doc_activitypub_14_person.json", "documentation: some properties of a person"),
    ("mastodon/doc_activitypub_15_note.json", "documentation: to nobody"),
    ("mastodon/doc_activitypub_17_note.json", "documentation: by nobody"),
    ("mastodon/doc_activitypub_18_note.json", "documentation: by nobody"),
    ("mastodon/doc_activitypub_3_question.json", "documentation: by nobody"),
    ("mastodon/doc_activitypub_8_person.json", "documentation: some properties of a person"),
    ("mastodon/doc_activitypub_9_person.json", "documentation: some properties of a person"),
    ("mastodon/doc_webfinger_1_create.json", "documentation: without a context"),
];

/// Reads whatever it is, as it would arrive.
fn read(reader: &Reader, document: &Value) -> Option<Read> {
    let kind = document["type"].as_str()?;
    let id = id_of(document).unwrap_or_default();
    if ACTORS.contains(&kind) {
        return Some((reader.actor)(document, id));
    }
    if POSTS.contains(&kind) {
        return Some((reader.post)(document, id));
    }
    if !LETTERS.contains(&kind) {
        return None;
    }
    let object = &document["object"];
    let asked = if kind == "Accept" { &object["actor"] } else { object };
    let here = id_of(asked).and_then(host).unwrap_or_default();
    Some((reader.letter)(document, id_of(&document["actor"]).unwrap_or_default(), &here))
}

fn read_form(reader: &Reader, form: &Form, body: &Value) -> Read {
    match form.fetched_at.as_deref() {
        Some(uri) => (reader.actor)(body, uri),
        None => (reader.letter)(body, &form.signer, HERE),
    }
}

/// A copy in which something became something else.
fn mutant(form: &Form, paths: &str, becomes: &str) -> Value {
    let mut body = form.body.clone();
    let other = format!("{}/1", form.actor.rsplit_once('/').unwrap().0);
    let becomes = becomes.replace("$actor", &form.actor).replace("$other", &other);
    let becomes = becomes.replace("$here", &format!("https://{HERE}/users/finn"));
    let becomes = becomes.replace("$elsewhere", "https://elsewhere.example").replace("$long", &"long ".repeat(13_200));
    let mut found = false;
    for path in paths.split(' ') {
        let (parent, name) = path.rsplit_once('/').unwrap();
        let parent = body.pointer_mut(parent).unwrap_or_else(|| panic!("{path} is not in {}", form.body));
        match (parent, becomes.as_str()) {
            (Value::Object(members), "") => found |= members.remove(name).is_some(),
            (Value::Object(members), json) => {
                members.insert(name.to_owned(), serde_json::from_str(json).unwrap());
                found = true;
            }
            (Value::Array(items), json) => {
                items[name.parse::<usize>().unwrap()] = serde_json::from_str(json).unwrap();
                found = true;
            }
            (other, _) => panic!("{path} leads into {other}"),
        }
    }
    assert!(found, "there is no {paths} in {}", form.body);
    body
}

#[test]
fn each_reader_takes_what_its_own_platform_sends() {
    for reader in &READERS {
        let fixtures: Vec<Value> = serde_json::from_str(reader.fixtures).unwrap();
        let mut kinds = BTreeSet::new();
        for fixture in &fixtures {
            let kind = fixture["type"].as_str().unwrap();
            assert_eq!(read(reader, fixture), Some(Ok(())), "{}: {fixture}", reader.name);
            kinds.insert(kind);
        }
        for kind in ["Create", "Update", "Delete", "Follow", "Accept", "Person"] {
            assert!(kinds.contains(kind), "{} has no {kind} of its own", reader.name);
        }
    }
}

#[test]
fn each_reader_takes_what_the_shared_corpus_has_of_its_platform() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let Ok(index) = std::fs::read_to_string(folder.join("index.json")) else {
        eprintln!("The shared corpus is not here; our own files were read.");
        return;
    };
    let index: Vec<Value> = serde_json::from_str(&index).unwrap();
    let (mut taken, mut wrong, mut refused) = (0, Vec::new(), BTreeSet::new());
    for row in &index {
        let name = row["file"].as_str().unwrap();
        let Some(reader) = READERS.iter().find(|reader| row["platform"] == reader.name) else { continue };
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let Ok(document) = serde_json::from_str::<Value>(&text) else { continue };
        let excused = NOT_TAKEN.iter().any(|(file, _)| *file == name);
        match read(reader, &document) {
            Some(Ok(())) if !excused => taken += 1,
            Some(Err(_)) if excused => drop(refused.insert(name)),
            Some(read) => wrong.push(format!("{name}: {read:?}")),
            None => {}
        }
    }
    assert!(wrong.is_empty(), "{taken} taken, {wrong:#?}");
    assert_eq!(refused.len(), NOT_TAKEN.len(), "{refused:?}");
    assert!(taken >= 100, "{taken}");
}

on_both! {
    async fn whatever_a_brand_sends_is_read_and_no_mutant_of_it(database: TestDatabase) {
        let forms = recorded(database).await;
        for reader in &READERS {
            for (name, form) in &forms {
                let expected = match reader.declines.iter().find(|(declined, _)| declined == name) {
                    Some((_, why)) => Err((*why).to_owned()),
                    None => Ok(()),
                };
                assert_eq!(read_form(reader, form, &form.body), expected, "{} reads {name}: {:#}", reader.name, form.body);
            }
            assert!(reader.declines.iter().all(|(name, _)| forms.contains_key(name)));
            assert!(reader.mutants.len() >= 20, "{} knows {} mutants", reader.name, reader.mutants.len());
            for (name, paths, becomes, why) in reader.mutants {
                let form = forms.get(name).unwrap_or_else(|| panic!("nothing is called {name}"));
                let body = mutant(form, paths, becomes);
                assert_eq!(read_form(reader, form, &body), Err((*why).to_owned()), "{} reads {name} with {paths} {becomes}: {body:#}", reader.name);
            }
        }
        // One string, whoever reads it (spec A3).
        let create = &forms["create"].body;
        assert_eq!((&create["object"]["attributedTo"], &create["actor"]), (&json!(forms["create"].actor), &json!(forms["create"].actor)));
        assert!(forms.values().all(|form| Url::parse(&form.actor).is_ok()));
    }
}
