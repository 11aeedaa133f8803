//! What is fuzzed: every parser that reads bytes of strangers, as a plain function. The seeds in `seeds/NAME` are
//! replayed by the tests, with this file, so that a fault found once stays found.

use guildhall::{
    db::Timestamp,
    federation::{activities, incoming},
    http::extract::{Collector, from_value},
    net::{
        PublicKey, content_type,
        signatures::{self, Expectations, RequestParts, proof},
    },
    text::{self, Format, Links, MentionLink},
};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

/// A function that is given any bytes, and panics when they break something.
pub type Target = fn(&[u8]);

/// Every target by name.
pub const ALL: &[(&str, Target)] = &[
    ("activity", activity),
    ("content_type", media_type),
    ("html", html),
    ("keys", keys),
    ("lenient", lenient),
    ("proof", integrity_proof),
    ("signatures", http_signatures),
    ("text", typed_text),
];

/// Headers, an empty line, a body: signatures of both schemes.
pub fn http_signatures(data: &[u8]) {
    let (head, body) = match data.windows(2).position(|pair| pair == b"\n\n") {
        Some(end) => (&data[..end], &data[end + 2..]),
        None => (data, &[][..]),
    };
    let mut headers = HeaderMap::new();
    for line in head.split(|byte| *byte == b'\n').take(64) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let value = line[colon + 1..].trim_ascii();
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(&line[..colon]), HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    let hosts = ["company.example".to_owned()];
    let expect = Expectations { hosts: &hosts, scheme: "https", now: Timestamp(1_789_380_000_000_000) };
    for method in ["POST", "GET"] {
        for path_and_query in ["/inbox", "/inbox?page=1"] {
            let request = RequestParts { method, path_and_query, headers: &headers, body };
            for candidate in signatures::parse(&request, &expect).unwrap_or_default() {
                assert!(candidate.key_id().starts_with("http"), "a key that cannot be looked up");
            }
        }
    }
}

/// JSON from elsewhere as an activity, a post and an actor.
pub fn activity(data: &[u8]) {
    let Ok(document) = serde_json::from_slice::<Value>(data) else { return };
    for followers in [None, Some("https://far.example/users/alice/followers")] {
        if let Ok(note) = incoming::note::read(&document, followers) {
            assert!(incoming::values::one_origin(&note.uri, &note.author), "somebody else's post");
        }
    }
    if let Ok(actor) = incoming::actor::read(&document) {
        assert!(incoming::values::one_origin(&actor.uri, &actor.inbox), "an inbox on another server");
        assert!(incoming::actor::is_username(&actor.username), "a name that cannot stand in a handle");
    }
    if let Ok(activity) = activities::parse(document) {
        let _ = activity.object_id();
    }
}

/// HTML from elsewhere: what is clean stays as it is.
pub fn html(data: &[u8]) {
    let Ok(source) = std::str::from_utf8(data) else { return };
    let clean = text::clean(source);
    assert_eq!(text::clean(&clean), clean, "cleaned twice is another text");
    for harm in ["<script", "<style", "<iframe", "<img", "<svg", "<math", "<form"] {
        assert!(!clean.to_lowercase().contains(harm), "{harm} in {clean}");
    }
    assert!(!text::clean_name(source, 50).contains('\n'));
    let _ = text::plain(source);
}

/// What somebody typed.
pub fn typed_text(data: &[u8]) {
    let Ok(source) = std::str::from_utf8(data) else { return };
    for mention in text::find_mentions(source) {
        assert!(source.get(mention.range).is_some_and(|written| written.contains(&mention.username)));
    }
    for tag in text::find_hashtags(source) {
        assert_eq!(text::normalise_hashtag(&tag), Some(tag));
    }
    let links = Links {
        mention: &|name, _| Some(MentionLink { href: format!("https://far.example/@{name}"), handle: name.to_owned() }),
        hashtag: &|name| format!("https://company.example/tags/{name}"),
    };
    for format in [Format::Plain, Format::Markdown] {
        let rendered = text::render(source, format, &links);
        assert_eq!(text::clean(&rendered.html).trim(), rendered.html, "what we write is clean");
    }
    let _ = (text::count(source), text::is_blank(source));
}

/// Media types.
pub fn media_type(data: &[u8]) {
    let Ok(source) = std::str::from_utf8(data) else { return };
    if content_type::is_activity(source) {
        let source = source.to_ascii_lowercase();
        assert!(source.contains("activity+json") || source.contains("ld+json"));
        assert!(!content_type::is_html(&source));
    }
    let _ = content_type::is_jrd(source);
}

/// Public keys in every form.
pub fn keys(data: &[u8]) {
    let mut read = vec![PublicKey::from_bytes("rsa", data), PublicKey::from_bytes("ed25519", data)];
    if let Ok(source) = std::str::from_utf8(data) {
        read.extend([PublicKey::from_pem(source), PublicKey::from_multibase(source.trim())]);
    }
    for key in read.into_iter().flatten() {
        assert_eq!(PublicKey::from_bytes(key.algorithm(), &key.to_bytes()).ok(), Some(key));
    }
}

/// Integrity proofs.
pub fn integrity_proof(data: &[u8]) {
    let Ok(document) = serde_json::from_slice::<Value>(data) else { return };
    let _ = (proof::verification_method(&document), proof::created(&document));
    let key = PublicKey::from_multibase("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2");
    if let Ok(key) = key {
        let _ = proof::verify(&document, &key);
    }
}

/// Fields of clients, with brackets and without.
pub fn lenient(data: &[u8]) {
    #[derive(serde::Deserialize, Debug)]
    #[expect(dead_code, reason = "read, not used")]
    struct Fields {
        status: Option<String>,
        sensitive: Option<bool>,
        limit: Option<u32>,
        #[serde(default)]
        media_ids: Vec<String>,
        poll: Option<Poll>,
    }
    #[derive(serde::Deserialize, Debug)]
    #[expect(dead_code, reason = "read, not used")]
    struct Poll {
        #[serde(default)]
        options: Vec<String>,
        expires_in: Option<i64>,
    }
    if let Ok(value) = serde_json::from_slice::<Value>(data) {
        let _ = from_value::<Fields>(&value);
    }
    let mut collector = Collector::default();
    let all = form_urlencoded::parse(data).all(|(name, value)| collector.put(&name, value.into_owned()).is_ok());
    if all {
        let _ = from_value::<Fields>(&Value::Object(collector.finish()));
    }
}
