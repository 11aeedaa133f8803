//! What GoToSocial demands. Read in superseriousbusiness/gotosocial at 57cb4fe (2025-10): internal/ap/{resolve,extract,
//! interfaces}.go, internal/typeutils/astointernal.go, internal/federation/federatingdb/{create,update,delete,follow,
//! accept,util}.go, internal/federation/{federatingactor,federatingprotocol}.go, internal/federation/dereferencing.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::{
    Reader,
    values::{Read, address, demand, host, id_of, is_a, is_missing, is_wrong_time, list, need, same_host},
};

const POSTS: &[&str] =
    &["Article", "Document", "Image", "Video", "Note", "Page", "Event", "Place", "Profile", "Question", "Album"];
const ACTORS: &[&str] = &["Person", "Application", "Organization", "Service", "Group"];
const OTHERS: &[&str] = &["Announce", "Like", "Block", "Undo", "Reject", "Flag", "Add", "Remove", "Move"];

pub const READER: Reader = Reader {
    name: "gotosocial",
    letter,
    actor,
    post,
    declines: &[],
    fixtures: include_str!("../../../fixtures/readers/gotosocial.json"),
    mutants: &[
        ("create", "/type", "", "the type cannot be resolved"),
        ("create", "/type", r#""Shout""#, "the type cannot be resolved"),
        ("create", "/type", r#""Person""#, "it is no activity"),
        ("create", "/id", "", "it is gone as soon as it is said"),
        ("create", "/actor", "", "there is no actor"),
        ("create", "/object", "", "there is no object"),
        ("create", "/object/type", r#""Shout""#, "the object is of an unknown type"),
        ("create", "/object/id", "", "the object has no address"),
        ("create", "/object/attributedTo", "", "somebody else's words are passed on"),
        ("create", "/object/attributedTo", r#""$other""#, "somebody else's words are passed on"),
        ("create", "/object/to /object/cc", "", "nobody is addressed"),
        ("create", "/object/content /object/contentMap", "", "the text is lost"),
        ("create", "/object/content", "7", "the text is lost"),
        ("create", "/object/published", r#""yesterday""#, "its time is no time"),
        ("create", "/object/updated", r#""2001-01-01T00:00:00Z""#, "it was changed before it was written"),
        ("create", "/object/tag/0", r#"{"type": "Mention"}"#, "a mention names nobody"),
        ("picture", "/object/attachment/0/type", r#""Shout""#, "an attachment is of an unknown type"),
        ("picture", "/object/attachment/0/url", "", "an attachment has no address"),
        ("poll", "/object/anyOf", "", "a poll has no choices"),
        ("poll", "/object/anyOf/0/name", "", "a choice has no name"),
        ("edit", "/object/attributedTo", r#""$other""#, "somebody else's words are passed on"),
        ("edit", "/id", r#""$elsewhere/1""#, "the activity is on another host"),
        ("update_actor", "/object/id", r#""$actor/2""#, "another actor is described"),
        ("delete", "/object", "", "there is no object"),
        ("delete", "/object/id", r#""$elsewhere/1""#, "the activity is on another host"),
        ("follow", "/object", r#""$other""#, "who is followed is not here"),
        ("follow", "/actor", r#""$other""#, "somebody else signed it"),
        ("accept", "/actor", r#""$other""#, "somebody else signed it"),
        ("accept", "/object/object", r#""$other""#, "somebody else was to be followed"),
        ("accept", "/object/actor", r#""$other""#, "who asked is not here"),
        ("organization", "/type", r#""Brand""#, "it is no actor"),
        ("organization", "/preferredUsername", "", "there is no name"),
        ("organization", "/publicKey", "", "there is no key"),
        ("organization", "/publicKey/owner", r#""$other""#, "the key belongs to somebody else"),
        ("organization", "/publicKey/publicKeyPem", r#""none""#, "the key cannot be read"),
        ("organization", "/id", "", "it has no address"),
    ],
};

fn letter(body: &Value, signer: &str, here: &str) -> Read {
    let kind = body["type"].as_str().unwrap_or_default();
    let known = ["Create", "Update", "Delete", "Follow", "Accept"];
    demand(!is_a(body, ACTORS) && !is_a(body, POSTS), "it is no activity")?;
    demand(known.contains(&kind) || OTHERS.contains(&kind), "the type cannot be resolved")?;
    let id = need(address(&body["id"]), "it is gone as soon as it is said")?;
    let actor = need(id_of(&body["actor"]), "there is no actor")?;
    let object = &body["object"];
    demand(!object.is_null(), "there is no object")?;
    match kind {
        "Create" => list(object).into_iter().try_for_each(|one| created(one, signer)),
        "Update" => {
            let changed = need(id_of(object), "the object has no address")?;
            demand(same_host(id, changed), "the activity is on another host")?;
            if is_a(object, ACTORS) {
                return demand(changed == signer, "another actor is described");
            }
            created(object, signer)
        }
        "Delete" => {
            let gone = need(id_of(object), "the object has no address")?;
            demand(same_host(id, gone), "the activity is on another host")
        }
        "Follow" => {
            demand(actor == signer, "somebody else signed it")?;
            demand(id_of(object).and_then(host).as_deref() == Some(here), "who is followed is not here")
        }
        "Accept" => {
            demand(actor == signer, "somebody else signed it")?;
            if object.is_string() || !is_a(object, &["Follow"]) {
                return Ok(());
            }
            demand(id_of(&object["object"]) == Some(signer), "somebody else was to be followed")?;
            demand(id_of(&object["actor"]).and_then(host).as_deref() == Some(here), "who asked is not here")
        }
        _ => Ok(()),
    }
}

fn created(object: &Value, signer: &str) -> Read {
    if object.is_string() {
        return Ok(());
    }
    demand(is_a(object, POSTS), "the object is of an unknown type")?;
    let vote = is_a(object, &["Note"]) && object["content"].is_null() && !is_missing(&object["name"]);
    let words = list(&object["attributedTo"]).iter().any(|one| id_of(one) == Some(signer));
    // What is passed on is fetched from where it was said, and nothing of the letter is believed.
    demand(vote || words, "somebody else's words are passed on")?;
    if vote { Ok(()) } else { content(object) }
}

fn post(document: &Value, uri: &str) -> Read {
    demand(is_a(document, POSTS), "the object is of an unknown type")?;
    demand(!list(&document["attributedTo"]).is_empty(), "there is no author")?;
    let there = [&document["id"], &document["url"]].into_iter().any(|one| one.as_str() == Some(uri));
    demand(there, "it stands at another address")?;
    content(document)
}

fn content(object: &Value) -> Read {
    demand(address(&object["id"]).is_some(), "the object has no address")?;
    demand(!list(&object["to"]).is_empty() || !list(&object["cc"]).is_empty(), "nobody is addressed")?;
    demand(!is_wrong_time(&object["published"]) && !is_wrong_time(&object["updated"]), "its time is no time")?;
    if let (Some(said), Some(changed)) = (object["published"].as_str(), object["updated"].as_str()) {
        demand(changed >= said, "it was changed before it was written")?;
    }
    let has_map = object["contentMap"].as_object().is_some_and(|map| !map.is_empty());
    let text = object["content"].is_string() || (object["content"].is_null() && has_map);
    demand(text || !list(&object["attachment"]).is_empty(), "the text is lost")?;
    for tag in list(&object["tag"]) {
        let named = !is_missing(&tag["name"]) || address(&tag["href"]).is_some();
        demand(!is_a(tag, &["Mention"]) || named, "a mention names nobody")?;
    }
    for one in list(&object["attachment"]) {
        demand(is_a(one, &["Audio", "Document", "Image", "Video"]), "an attachment is of an unknown type")?;
        let place = list(&one["url"]).into_iter().next().and_then(|url| address(url).or_else(|| address(&url["href"])));
        demand(place.is_some(), "an attachment has no address")?;
    }
    if is_a(object, &["Question"]) {
        let choices = [list(&object["oneOf"]), list(&object["anyOf"])].concat();
        demand(!choices.is_empty(), "a poll has no choices")?;
        demand(choices.iter().all(|choice| !is_missing(&choice["name"])), "a choice has no name")?;
    }
    Ok(())
}

fn actor(document: &Value, uri: &str) -> Read {
    demand(is_a(document, ACTORS), "it is no actor")?;
    let id = need(address(&document["id"]), "it has no address")?;
    demand(!is_missing(&document["preferredUsername"]), "there is no name")?;
    let key = list(&document["publicKey"]).into_iter().find(|key| key.is_object());
    let key = need(key.filter(|key| key["id"].is_string()), "there is no key")?;
    demand(id_of(&key["owner"]) == Some(id), "the key belongs to somebody else")?;
    let pem = key["publicKeyPem"].as_str().unwrap_or_default().trim();
    let block = ["PUBLIC KEY", "RSA PUBLIC KEY"].iter().find_map(|kind| {
        let rest = pem.strip_prefix(&format!("-----BEGIN {kind}-----"))?;
        rest.strip_suffix(&format!("-----END {kind}-----"))
    });
    let bare: String = block.unwrap_or("-").split_whitespace().collect();
    demand(STANDARD.decode(bare).is_ok(), "the key cannot be read")?;
    let there = [&document["id"], &document["url"]].into_iter().any(|one| one.as_str() == Some(uri));
    demand(there, "it stands at another address")
}
