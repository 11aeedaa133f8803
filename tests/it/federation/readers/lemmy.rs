//! What Lemmy demands. Read in LemmyNet/lemmy at 439734d (2026-08): crates/apub/objects/src/protocol/{note,page,
//! private_message,person,tags}.rs, crates/apub/activities/src/protocol/{create_or_update,deletion,following}, the
//! `verify` functions of crates/apub/{objects,activities}, and activitypub_federation 0.7.0-beta.14.
//!
//! Form alone is judged. Where a post belongs is another question: Lemmy keeps what answers something that it has, or
//! goes to a community or to one of its people. Its people follow communities only (following/accept.rs).

use serde_json::Value;

use super::{
    Reader,
    values::{PUBLIC, Read, address, demand, is_time, list, need, same_host},
};

pub const READER: Reader = Reader {
    name: "lemmy",
    letter,
    actor,
    post,
    declines: &[
        ("poll", "the object is of an unknown type"),
        ("update_actor", "only communities are updated"),
        ("application", "it is nobody of a known type"),
    ],
    fixtures: include_str!("../../../fixtures/readers/lemmy.json"),
    mutants: &[
        ("create", "/id", "", "the activity has no address"),
        ("create", "/id", r#""$elsewhere/1""#, "the activity is on another host"),
        ("create", "/actor", r#"["$actor"]"#, "the actor is no address"),
        ("create", "/actor", r#""$other""#, "somebody else signed it"),
        ("create", "/type", r#""Shout""#, "the activity is unknown"),
        ("create", "/object", r#""$actor/1""#, "the object is not there"),
        ("create", "/object/type", r#""Shout""#, "the object is of an unknown type"),
        ("create", "/object/id", "", "the object has no address"),
        ("create", "/object/id", r#""$elsewhere/1""#, "the object is on another host"),
        ("create", "/object/attributedTo", r#"["$actor"]"#, "the author is no address"),
        ("create", "/object/attributedTo", r#"{"id": "$actor", "type": "Organization"}"#, "the author is no address"),
        ("create", "/object/attributedTo", r#""$elsewhere/1""#, "the author is on another host"),
        ("create", "/cc", "", "cc is no list of addresses"),
        ("create", "/to", r#"["everybody"]"#, "to is no list of addresses"),
        ("create", "/object/content", "7", "the text is no string"),
        ("create", "/object/published", r#""yesterday""#, "its time is no time"),
        ("create", "/object/mediaType", r#""text/plain""#, "the text is neither HTML nor Markdown"),
        ("create", "/object/to /object/cc /to /cc", r#"["$actor/followers"]"#, "it is not public"),
        ("picture", "/object/attachment", r#"{"type": "Document", "url": "$actor/1"}"#, "the attachments are no list"),
        ("picture", "/object/attachment/0/type", r#""Audio""#, "an attachment is of an unknown type"),
        ("picture", "/object/attachment/0/url", "", "an attachment has no address"),
        ("reply", "/object/tag", r#"{"type": "Mention", "href": "$other"}"#, "the tags are no list"),
        ("reply", "/object/inReplyTo", r#"["$elsewhere/1"]"#, "what is answered is no address"),
        ("reply", "/object/content", "", "the text is no string"),
        ("reply", "/object/attributedTo", r#""$other""#, "these are somebody else's words"),
        ("delete", "/object/type", r#""Note""#, "what is deleted is neither an address nor a tombstone"),
        ("delete", "/object/id", "", "what is deleted is neither an address nor a tombstone"),
        ("delete", "/to", "", "to is no list of addresses"),
        ("follow", "/object", r#"{"id": "$other"}"#, "who is followed is no address"),
        ("accept", "/object", r#""$actor/follows/1""#, "what is accepted is not there"),
        ("organization", "/outbox", "", "there is no outbox"),
        ("organization", "/publicKey/owner", "", "the key has no owner"),
        ("organization", "/endpoints", "{}", "the endpoints have no shared inbox"),
        ("organization", "/type", r#""Brand""#, "it is nobody of a known type"),
    ],
};

/// An address in a string, as `ObjectId` and `Url` are read.
fn url<'a>(value: &'a Value, or: &str) -> Result<&'a str, String> {
    need(address(value), or)
}

/// One address or many, as `deserialize_one_or_many` reads them.
fn urls<'a>(value: &'a Value, may_be_missing: bool, or: &str) -> Result<Vec<&'a str>, String> {
    demand(may_be_missing || !value.is_null(), or)?;
    let read = |one: &&'a Value| match one.as_str() {
        Some("Public" | "as:Public") => Some(PUBLIC),
        _ => address(one),
    };
    need(list(value).iter().map(read).collect::<Option<Vec<&str>>>(), or)
}

fn optional_text(value: &Value, or: &str) -> Read {
    demand(value.is_null() || value.is_string(), or)
}

fn letter(body: &Value, signer: &str, _here: &str) -> Read {
    let id = url(&body["id"], "the activity has no address")?;
    let actor = url(&body["actor"], "the actor is no address")?;
    demand(actor == signer, "somebody else signed it")?;
    demand(same_host(id, actor), "the activity is on another host")?;
    let object = &body["object"];
    match body["type"].as_str().unwrap_or_default() {
        "Create" | "Update" => said(body, actor),
        "Delete" => {
            urls(&body["to"], false, "to is no list of addresses")?;
            urls(&body["cc"], true, "cc is no list of addresses")?;
            let buried = object["type"] == "Tombstone";
            let gone = address(object).or_else(|| address(&object["id"]).filter(|_| buried));
            let gone = need(gone, "what is deleted is neither an address nor a tombstone")?;
            demand(same_host(gone, actor), "what is deleted is on another host")
        }
        "Follow" => url(object, "who is followed is no address").map(drop),
        "Accept" => {
            demand(object["type"] == "Follow", "what is accepted is not there")?;
            url(&object["id"], "what is accepted is not there")?;
            url(&object["actor"], "who asked is no address")?;
            url(&object["object"], "who is followed is no address").map(drop)
        }
        "Announce" | "Like" | "Dislike" | "Undo" | "Reject" | "Flag" | "Add" | "Remove" | "Block" | "Lock" => Ok(()),
        _ => Err("the activity is unknown".to_owned()),
    }
}

fn said(body: &Value, actor: &str) -> Read {
    let object = &body["object"];
    demand(object.is_object(), "the object is not there")?;
    let kind = object["type"].as_str().unwrap_or_default();
    if body["type"] == "Update" && ["Person", "Organization", "Service", "Application"].contains(&kind) {
        return Err("only communities are updated".to_owned());
    }
    if kind == "Group" {
        return actor_of(object);
    }
    let to = urls(&body["to"], false, "to is no list of addresses")?;
    let author = written(object)?;
    let id = url(&object["id"], "the object has no address")?;
    demand(same_host(id, actor), "the object is on another host")?;
    demand(same_host(author, id), "the author is on another host")?;
    if is_private(object) {
        return demand(author == actor, "these are somebody else's words");
    }
    let cc = urls(&body["cc"], false, "cc is no list of addresses")?;
    if !object["inReplyTo"].is_null() {
        demand(author == actor, "these are somebody else's words")?;
    }
    demand(to.contains(&PUBLIC) || cc.contains(&PUBLIC), "it is not public")
}

/// A private message goes to one of its people and nobody else.
fn is_private(object: &Value) -> bool {
    let to: Vec<Option<&str>> = list(&object["to"]).iter().map(|one| one.as_str()).collect();
    let open = to.contains(&Some(PUBLIC)) || list(&object["cc"]).iter().any(|one| one.as_str() == Some(PUBLIC));
    let to_one = to.len() == 1 && !open && !to.iter().flatten().any(|one| one.ends_with("/followers"));
    object["type"] == "ChatMessage" || (object["type"] == "Note" && to_one)
}

fn post(document: &Value, uri: &str) -> Read {
    let author = written(document)?;
    let id = url(&document["id"], "the object has no address")?;
    demand(same_host(id, uri), "the object is on another host")?;
    demand(same_host(author, id), "the author is on another host")
}

/// Reads a comment (note.rs), a post (page.rs) or a private message, and answers whose it is.
fn written(object: &Value) -> Result<&str, String> {
    let comment = !object["inReplyTo"].is_null();
    let kinds: &[&str] = match (comment, is_private(object)) {
        (_, true) => &["ChatMessage", "Note"],
        (true, _) => &["Note"],
        (false, _) => &["Page", "Article", "Note", "Video", "Event"],
    };
    demand(object["type"].as_str().is_some_and(|kind| kinds.contains(&kind)), "the object is of an unknown type")?;
    url(&object["id"], "the object has no address")?;
    let author = url(&object["attributedTo"], "the author is no address")?;
    urls(&object["to"], !comment, "to is no list of addresses")?;
    urls(&object["cc"], true, "cc is no list of addresses")?;
    let text_is_needed = comment || is_private(object);
    demand(object["content"].is_string() || (!text_is_needed && object["content"].is_null()), "the text is no string")?;
    let media = object["mediaType"].as_str();
    demand(
        object["mediaType"].is_null() || media.is_some_and(|kind| ["text/html", "text/markdown"].contains(&kind)),
        "the text is neither HTML nor Markdown",
    )?;
    let times = [&object["published"], &object["updated"]];
    demand(times.iter().all(|time| time.is_null() || is_time(time)), "its time is no time")?;
    optional_text(&object["context"], "the context of the thread is no string")?;
    if is_private(object) {
        return Ok(author);
    }
    let language = &object["language"];
    let tagged = language["identifier"].is_string() && language["name"].is_string();
    demand(language.is_null() || tagged, "the language is not described")?;
    demand(object["audience"].is_null() || address(&object["audience"]).is_some(), "the audience is no address")?;
    if comment {
        url(&object["inReplyTo"], "what is answered is no address")?;
        demand(object.get("tag").is_none_or(Value::is_array), "the tags are no list")?;
    } else {
        optional_text(&object["name"], "the title is no string")?;
        demand(
            object["sensitive"].is_null() || object["sensitive"].is_boolean(),
            "sensitive is neither true nor false",
        )?;
    }
    demand(object.get("attachment").is_none_or(Value::is_array), "the attachments are no list")?;
    for one in list(&object["attachment"]) {
        let place = match one["type"].as_str() {
            Some("Link") => &one["href"],
            Some("Image" | "Document") => &one["url"],
            _ => return Err("an attachment is of an unknown type".to_owned()),
        };
        url(place, "an attachment has no address")?;
        optional_text(&one["name"], "the description of an attachment is no string")?;
    }
    Ok(author)
}

fn actor(document: &Value, uri: &str) -> Read {
    actor_of(document)?;
    demand(document["id"].as_str().is_some_and(|id| same_host(id, uri)), "it is on another host")
}

fn actor_of(document: &Value) -> Read {
    let kind = document["type"].as_str().unwrap_or_default();
    demand(["Person", "Service", "Organization", "Group"].contains(&kind), "it is nobody of a known type")?;
    url(&document["id"], "it has no address")?;
    demand(document["preferredUsername"].is_string(), "there is no name")?;
    url(&document["inbox"], "there is no inbox")?;
    url(&document["outbox"], "there is no outbox")?;
    let key = &document["publicKey"];
    demand(key["id"].is_string() && key["publicKeyPem"].is_string(), "there is no key")?;
    url(&key["owner"], "the key has no owner")?;
    optional_text(&document["name"], "the displayed name is no string")?;
    optional_text(&document["summary"], "the description is no string")?;
    let endpoints = &document["endpoints"];
    demand(endpoints.is_null() || address(&endpoints["sharedInbox"]).is_some(), "the endpoints have no shared inbox")?;
    for name in ["icon", "image"] {
        let picture = list(&document[name]).last().copied().unwrap_or(&Value::Null);
        let is_one = picture["type"] == "Image" && address(&picture["url"]).is_some();
        demand(picture.is_null() || is_one, "a picture is none")?;
    }
    let times = [&document["published"], &document["updated"]];
    demand(times.iter().all(|time| time.is_null() || is_time(time)), "its time is no time")
}
