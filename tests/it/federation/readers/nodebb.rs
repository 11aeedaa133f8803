//! What NodeBB demands. Read in NodeBB/NodeBB (develop, 2026): src/middleware/activitypub.js (`assertPayload`,
//! `resolveObjects`, `normalize`), src/activitypub/{index,inbox,mocks,notes,actors,helpers}.js,
//! src/controllers/activitypub/index.js.

use serde_json::Value;

use super::{
    Reader,
    values::{PUBLIC, Read, address, demand, host, id_of, is_a, is_missing, is_wrong_time, list, need, same_host},
};

const POSTS: &[&str] = &["Note", "Page", "Article", "Question", "Video"];
const ACTORS: &[&str] = &["Application", "Organization", "Person", "Service"];
const OTHERS: &[&str] = &["Announce", "Like", "Undo", "Flag", "Reject", "Add", "Remove", "Move", "Dislike"];

pub const READER: Reader = Reader {
    name: "nodebb",
    letter,
    actor,
    post,
    declines: &[],
    fixtures: include_str!("../../../fixtures/readers/nodebb.json"),
    mutants: &[
        ("create", "/id", "", "a property is missing"),
        ("create", "/type", "", "a property is missing"),
        ("create", "/actor", "", "a property is missing"),
        ("create", "/object", "", "a property is missing"),
        ("create", "/actor", r#""somebody""#, "the actor is no address"),
        ("create", "/actor", r#""$other""#, "the key belongs to somebody else"),
        ("create", "/type", r#""Shout""#, "the activity is unknown"),
        ("create", "/object/id", r#""$elsewhere/1""#, "the object is on another host"),
        ("create", "/object/id", r#""one""#, "the object has no address"),
        ("create", "/object/attributedTo", r#"["$actor"]"#, "several are said to have written it"),
        ("create", "/object/attributedTo", r#""$elsewhere/1""#, "the author is on another host"),
        ("create", "/object/attributedTo", "", "there is no author"),
        ("create", "/object/attributedTo", "7", "there is no author"),
        ("create", "/object/type", r#""Shout""#, "the object is of an unknown type"),
        ("create", "/object/content /object/source", "", "the text is lost"),
        ("create", "/object/to", "7", "to is no list"),
        ("create", "/object/to /object/cc", "", "nobody here is addressed"),
        ("create", "/object/published", r#""yesterday""#, "its time is no time"),
        ("create", "/object/tag", r#"[{"type": "Hashtag"}]"#, "a hashtag has no name"),
        ("edit", "/object/attributedTo", r#"["$actor"]"#, "several are said to have written it"),
        ("edit", "/object/type", r#""Shout""#, "the object is of an unknown type"),
        ("delete", "/object/id", "", "what is deleted is not named"),
        ("delete", "/object", r#""$elsewhere/1""#, "what is deleted is on another host"),
        ("follow", "/object", r#""$other""#, "who is followed is not here"),
        ("accept", "/object/id", r#""$elsewhere/1""#, "the object is on another host"),
        ("accept", "/object", r#"{"type": "Follow", "actor": "$other"}"#, "who asked is not here"),
        ("accept", "/object", r#"{"type": "Offer", "actor": "$here"}"#, "no follow is accepted"),
        ("organization", "/type", r#""Brand""#, "it is no actor"),
        ("organization", "/inbox", "", "there is no inbox"),
        ("organization", "/id", r#""$elsewhere/1""#, "it is on another host"),
        ("organization", "/preferredUsername", "", "there is no name"),
        ("organization", "/publicKey", "", "there is no key"),
    ],
};

/// An address of https, as `isUri` demands.
fn is_uri(value: &Value) -> bool {
    address(value).is_some_and(|uri| uri.starts_with("https://"))
}

fn letter(body: &Value, signer: &str, here: &str) -> Read {
    for name in ["id", "type", "actor", "object"] {
        demand(body.get(name).is_some(), "a property is missing")?;
    }
    let actor = need(id_of(&body["actor"]), "the actor is no address")?;
    demand(host(actor).is_some(), "the actor is no address")?;
    demand(actor == signer, "the key belongs to somebody else")?;
    let object = &body["object"];
    if let Some(id) = object.get("id") {
        let id = need(address(id), "the object has no address")?;
        // It would be fetched from there, or looked up when it is of here.
        let known = body["type"] == "Accept" && host(id).as_deref() == Some(here);
        demand(same_host(id, actor) || known, "the object is on another host")?;
        if known {
            return Ok(());
        }
    }
    match body["type"].as_str().unwrap_or_default() {
        "Create" if object.is_string() => Ok(()),
        "Create" => {
            attributed(object, actor)?;
            addressed(object, here)?;
            content(object)
        }
        "Update" if is_a(object, ACTORS) => Ok(()),
        "Update" => {
            attributed(object, actor)?;
            demand(is_a(object, &["Tombstone"]) || is_a(object, POSTS), "the object is of an unknown type")?;
            content(object)
        }
        "Delete" => {
            let gone = need(id_of(object), "what is deleted is not named")?;
            demand(same_host(gone, actor), "what is deleted is on another host")
        }
        "Follow" => demand(id_of(object).and_then(host).as_deref() == Some(here), "who is followed is not here"),
        "Accept" => {
            let asked = id_of(&object["actor"]).and_then(host);
            demand(object.is_string() || asked.as_deref() == Some(here), "who asked is not here")?;
            demand(object.is_string() || object["type"] == "Follow", "no follow is accepted")
        }
        other => demand(OTHERS.contains(&other), "the activity is unknown"),
    }
}

fn attributed(object: &Value, actor: &str) -> Read {
    let author = &object["attributedTo"];
    demand(!author.is_array(), "several are said to have written it")?;
    let author = need(id_of(author), "there is no author")?;
    demand(same_host(author, actor), "the author is on another host")
}

fn addressed(object: &Value, here: &str) -> Read {
    for name in ["to", "cc"] {
        let value = &object[name];
        demand(value.is_null() || value.is_string() || value.is_array(), &format!("{name} is no list"))?;
    }
    let all = [list(&object["to"]), list(&object["cc"])].concat();
    let reaches = |one: &&Value| {
        let one = one.as_str().unwrap_or_default();
        [PUBLIC, "as:Public", "Public"].contains(&one) || host(one).as_deref() == Some(here)
    };
    demand(all.iter().any(reaches), "nobody here is addressed")
}

fn post(document: &Value, _uri: &str) -> Read {
    content(document)
}

/// What `mocks.post` and what follows it make of a post.
fn content(object: &Value) -> Read {
    if is_a(object, &["Tombstone"]) {
        return Ok(());
    }
    demand(is_a(object, POSTS), "the object is of an unknown type")?;
    demand(is_uri(&object["id"]), "the object has no address")?;
    let author = match &object["attributedTo"] {
        Value::Array(all) => all.first().and_then(id_of),
        one => id_of(one),
    };
    demand(author.is_some_and(|author| author.starts_with("https://")), "there is no author")?;
    let markdown = object["source"]["mediaType"] == "text/markdown" && !is_missing(&object["source"]["content"]);
    demand(markdown || object["content"].as_str().is_some_and(|text| !text.is_empty()), "the text is lost")?;
    demand(!is_wrong_time(&object["published"]) && !is_wrong_time(&object["updated"]), "its time is no time")?;
    for tag in list(&object["tag"]) {
        demand(!is_a(tag, &["Hashtag"]) || tag["name"].is_string(), "a hashtag has no name")?;
    }
    Ok(())
}

fn actor(document: &Value, uri: &str) -> Read {
    demand(document["id"].as_str().is_some_and(|id| same_host(id, uri)), "it is on another host")?;
    // Its name at the host of its id is looked up by WebFinger, which has to lead back.
    demand(document["preferredUsername"].is_string(), "there is no name")?;
    demand(is_a(document, ACTORS) || is_a(document, &["Group"]), "it is no actor")?;
    demand(document.get("inbox").is_some(), "there is no inbox")?;
    // Each letter is signed by the key that is named here.
    demand(document["publicKey"]["id"].is_string(), "there is no key")
}
