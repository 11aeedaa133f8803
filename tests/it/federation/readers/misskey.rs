//! What Misskey demands. Read in MisskeyIO/misskey at 431e1c1 (2026-03), which follows misskey-dev/misskey:
//! packages/backend/src/queue/processors/InboxProcessorService.ts and core/activitypub/ApInboxService.ts,
//! core/activitypub/models/{ApNoteService,ApPersonService,ApQuestionService,ApImageService}.ts, type.ts,
//! server/ActivityPubServerService.ts.

use serde_json::Value;

use super::{
    Reader,
    values::{Read, address, demand, host, id_of, is_a, is_missing, is_wrong_time, list, need, same_host},
};

const POSTS: &[&str] = &["Note", "Question", "Article", "Audio", "Document", "Image", "Page", "Video", "Event"];
const ACTORS: &[&str] = &["Person", "Service", "Group", "Organization", "Application"];
const OTHERS: &[&str] = &["Reject", "Add", "Remove", "Announce", "Like", "Undo", "Block", "Flag", "Move"];

pub const READER: Reader = Reader {
    name: "misskey",
    letter,
    actor,
    post,
    declines: &[("edit", "only polls and people are updated")],
    fixtures: include_str!("../../../fixtures/readers/misskey.json"),
    mutants: &[
        ("create", "/id", "7", "the activity has no id"),
        ("create", "/id", r#""$elsewhere/1""#, "the activity is on another host"),
        ("create", "/actor", r#""$other""#, "somebody else signed it"),
        ("create", "/actor", r#"{"id": "$actor"}"#, "somebody else signed it"),
        ("create", "/type", r#""Shout""#, "the activity is unknown"),
        ("create", "/object", "", "there is no object"),
        ("create", "/object/id", "", "the object has no id"),
        ("create", "/object/id", r#""bear:?u=$actor/1""#, "a bearcap is not read"),
        ("create", "/object/id", r#""$elsewhere/1""#, "the object is on another host"),
        ("create", "/object/type", r#""Shout""#, "the object is of an unknown type"),
        ("create", "/object/attributedTo", r#"["$actor"]"#, "somebody else wrote it"),
        ("create", "/object/attributedTo", r#"{"id": "$actor"}"#, "somebody else wrote it"),
        ("create", "/object/attributedTo", r#""$other""#, "somebody else wrote it"),
        ("create", "/object/published", r#""yesterday""#, "its time is no time"),
        ("create", "/object/url", r#""http://social.company.example/@acme/1""#, "its page is not on https"),
        ("create", "/object/url", r#""$elsewhere/1""#, "its page is on another host"),
        ("create", "/object/content", "7", "the text is lost"),
        ("create", "/object/tag/0/href", "", "a mention leads nowhere"),
        ("create", "/object/source", r#"{"content": "$long"}"#, "it is larger than 64 KiB"),
        ("picture", "/object/attachment/0/type", r#""Shout""#, "an attachment is lost"),
        ("picture", "/object/attachment/0/url", r#""http://social.company.example/1""#, "an attachment is lost"),
        ("poll", "/object/anyOf", "", "a poll has no choices"),
        ("delete", "/object", r#"{"type": "Tombstone"}"#, "the object has no id"),
        ("delete", "/object/formerType", r#""Shout""#, "what is deleted is of an unknown type"),
        ("accept", "/object/type", r#""Offer""#, "no follow is accepted"),
        ("follow", "/object", r#""$other""#, "who is followed is not here"),
        ("organization", "/type", r#""Brand""#, "it is no actor"),
        ("organization", "/inbox", "", "there is no inbox"),
        ("organization", "/inbox", r#""$elsewhere/inbox""#, "its inbox is on another host"),
        ("organization", "/endpoints/sharedInbox", r#""$elsewhere/inbox""#, "its shared inbox is on another host"),
        ("organization", "/outbox", r#""$elsewhere/outbox""#, "a collection is on another host"),
        ("organization", "/preferredUsername", r#""the brand""#, "the name cannot be one"),
        ("organization", "/summary", r#"{"en": "We"}"#, "the description is no string"),
        ("organization", "/publicKey/id", r#""$elsewhere/key""#, "the key is on another host"),
        ("organization", "/id", r#""$elsewhere/1""#, "it is on another host"),
    ],
};

fn letter(body: &Value, signer: &str, here: &str) -> Read {
    demand(body.to_string().len() <= 64 * 1024, "it is larger than 64 KiB")?;
    demand(body["actor"].as_str() == Some(signer), "somebody else signed it")?;
    let id = need(body["id"].as_str(), "the activity has no id")?;
    demand(same_host(id, signer), "the activity is on another host")?;
    let object = &body["object"];
    match body["type"].as_str().unwrap_or_default() {
        "Create" => {
            demand(!object.is_null(), "there is no object")?;
            let uri = need(id_of(object), "the object has no id")?;
            demand(!uri.starts_with("bear:"), "a bearcap is not read")?;
            if object.is_string() {
                return Ok(());
            }
            demand(is_a(object, POSTS), "the object is of an unknown type")?;
            let author = &object["attributedTo"];
            demand(author.is_null() || author.as_str() == Some(signer), "somebody else wrote it")?;
            demand(same_host(uri, signer), "the object is on another host")?;
            content(object)
        }
        "Update" if is_a(object, ACTORS) => actor(object, signer),
        "Update" => {
            demand(is_a(object, &["Question"]), "only polls and people are updated")?;
            demand(id_of(&object["attributedTo"]) == Some(signer), "somebody else wrote it")?;
            choices(object)
        }
        "Delete" => {
            need(id_of(object), "the object has no id")?;
            let former = if is_a(object, &["Tombstone"]) { &object["formerType"] } else { &object["type"] };
            let known = |kind: &str| POSTS.contains(&kind) || ACTORS.contains(&kind);
            let known = former.as_str().is_none_or(known);
            demand(known, "what is deleted is of an unknown type")
        }
        "Follow" => demand(id_of(object).and_then(host).as_deref() == Some(here), "who is followed is not here"),
        "Accept" if object.is_string() => Ok(()),
        "Accept" => {
            demand(is_a(object, &["Follow"]), "no follow is accepted")?;
            demand(id_of(&object["actor"]).and_then(host).as_deref() == Some(here), "who asked is not here")
        }
        other => demand(OTHERS.contains(&other), "the activity is unknown"),
    }
}

fn post(document: &Value, uri: &str) -> Read {
    demand(is_a(document, POSTS), "the object is of an unknown type")?;
    let author = need(list(&document["attributedTo"]).first().copied().and_then(id_of), "there is no author")?;
    demand(same_host(author, uri), "somebody else wrote it")?;
    content(document)
}

fn content(object: &Value) -> Read {
    let id = need(object["id"].as_str(), "the object has no id")?;
    demand(id.starts_with("https://"), "the object is not on https")?;
    demand(!is_wrong_time(&object["published"]), "its time is no time")?;
    let page = list(&object["url"]).first().map(|url| if url.is_string() { *url } else { &url["href"] });
    if let Some(page) = page.and_then(Value::as_str) {
        demand(page.starts_with("https://"), "its page is not on https")?;
        demand(same_host(page, id), "its page is on another host")?;
    }
    let said = [&object["content"], &object["_misskey_content"]].iter().any(|text| text.is_string());
    demand(
        said || !list(&object["attachment"]).is_empty() || !is_missing(&object["_misskey_quote"]),
        "the text is lost",
    )?;
    for tag in list(&object["tag"]) {
        demand(!is_a(tag, &["Mention"]) || address(&tag["href"]).is_some(), "a mention leads nowhere")?;
    }
    for one in list(&object["attachment"]) {
        let shown = is_a(one, &["Audio", "Document", "Image", "Page", "Video"]);
        demand(shown && address(&one["url"]).is_some_and(|url| url.starts_with("https://")), "an attachment is lost")?;
    }
    let quoted = [&object["_misskey_quote"], &object["quoteUrl"]].into_iter().find(|one| !one.is_null());
    demand(quoted.is_none_or(|quoted| address(quoted).is_some()), "a quote leads nowhere")?;
    if is_a(object, &["Question"]) { choices(object) } else { Ok(()) }
}

fn choices(object: &Value) -> Read {
    let choices = [list(&object["oneOf"]), list(&object["anyOf"])].concat();
    demand(choices.iter().any(|choice| choice["name"].is_string()), "a poll has no choices")
}

fn actor(document: &Value, uri: &str) -> Read {
    demand(is_a(document, ACTORS), "it is no actor")?;
    let id = need(document["id"].as_str().filter(|id| !id.is_empty()), "it has no id")?;
    let inbox = need(document["inbox"].as_str().filter(|inbox| !inbox.is_empty()), "there is no inbox")?;
    demand(same_host(inbox, uri), "its inbox is on another host")?;
    let shared = document.get("sharedInbox").or_else(|| document["endpoints"].get("sharedInbox"));
    demand(shared.and_then(id_of).is_none_or(|shared| same_host(shared, uri)), "its shared inbox is on another host")?;
    for name in ["outbox", "followers", "following"] {
        demand(id_of(&document[name]).is_none_or(|one| same_host(one, uri)), "a collection is on another host")?;
    }
    let name = document["preferredUsername"].as_str().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let inside = name.chars().all(|c| plain(c) || c == '-' || c == '.');
    demand(inside && name.starts_with(plain) && name.ends_with(plain) && name.len() <= 128, "the name cannot be one")?;
    let or_string = |value: &Value| value.is_null() || value.is_string();
    demand(or_string(&document["name"]), "the displayed name is no string")?;
    demand(or_string(&document["summary"]), "the description is no string")?;
    demand(same_host(id, uri), "it is on another host")?;
    let key = &document["publicKey"];
    demand(key.is_null() || key["id"].is_string(), "the key has no id")?;
    demand(key["id"].as_str().is_none_or(|key| same_host(key, uri)), "the key is on another host")?;
    let page = list(&document["url"]).first().map(|url| if url.is_string() { *url } else { &url["href"] });
    let page = page.and_then(Value::as_str);
    demand(page.is_none_or(|page| page.starts_with("https://") && same_host(page, id)), "its page is elsewhere")
}
