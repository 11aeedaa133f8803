//! What Mastodon demands. Read in glitch-soc/mastodon at 839591f (2026-08): app/lib/activitypub/activity.rb and
//! activity/{create,update,delete,follow,accept}.rb, parser/{status,poll,media_attachment}_parser.rb,
//! app/services/activitypub/{process_activity,process_account,fetch_remote_actor,fetch_remote_status}_service.rb,
//! app/helpers/json_ld_helper.rb, app/models/status.rb.

use serde_json::Value;

use super::{
    Reader,
    values::{Read, address, demand, host, id_of, is_a, is_missing, is_wrong_time, list, need, same_host},
};

const NATIVE: &[&str] = &["Note", "Question"];
const CONVERTED: &[&str] = &["Image", "Audio", "Video", "Article", "Page", "Event"];
const ACTORS: &[&str] = &["Application", "Group", "Organization", "Person", "Service"];
/// Verbs of process_activity_service.rb that this reader does not follow further.
const OTHERS: &[&str] =
    &["Announce", "Like", "Block", "Undo", "Reject", "Flag", "Add", "Remove", "Move", "QuoteRequest"];

pub const READER: Reader = Reader {
    name: "mastodon",
    letter,
    actor,
    post,
    declines: &[],
    fixtures: include_str!("../../../fixtures/readers/mastodon.json"),
    mutants: &[
        ("create", "/@context", "", "the context is not supported"),
        ("create", "/@context", r#""http://www.w3.org/ns/activitystreams#""#, "the context is not supported"),
        ("create", "/@context", r#"[{"as": "https://www.w3.org/ns/activitystreams"}]"#, "the context is not supported"),
        ("create", "/actor", r#""$other""#, "somebody else signed it"),
        ("create", "/type", r#""Shout""#, "the activity is unknown"),
        ("create", "/object/type", r#""Shout""#, "the object is of an unknown type"),
        ("create", "/object/id", "", "the object has no address of http"),
        ("create", "/object/id", r#""urn:uuid:1""#, "the object has no address of http"),
        ("create", "/object/id", r#""$elsewhere/1""#, "the object is on another host"),
        ("create", "/object/content /object/contentMap", "", "there is neither a text nor a picture nor a quote"),
        ("create", "/object/content", r#"{"en": "<p>Hello</p>"}"#, "the text is no string"),
        ("create", "/object/published", r#""yesterday""#, "its time is no time"),
        ("create", "/object/to /object/cc", "", "nobody is addressed"),
        ("create", "/object/tag/0/href", "", "a mention leads nowhere"),
        ("picture", "/object/attachment/0/url", r#""ftp://social.company.example/1""#, "an attachment has no address"),
        ("picture", "/object/attachment/0/url", "", "an attachment has no address"),
        ("poll", "/object/anyOf", r#"{"name": "Yes"}"#, "a poll has no choices"),
        ("poll", "/object/anyOf/0/name", "", "a choice has no name"),
        ("edit", "/object/updated", "", "an edit does not say when"),
        ("edit", "/object/id", r#""$elsewhere/1""#, "the object is on another host"),
        ("delete", "/object", "", "the object has no address of http"),
        ("delete", "/object/id", r#""$elsewhere/1""#, "the object is on another host"),
        ("follow", "/object", r#""$other""#, "who is followed is not here"),
        ("accept", "/object", r#"{"type": "Follow", "actor": "$other"}"#, "what is accepted was not asked for here"),
        ("accept", "/object", r#"{"type": "Offer"}"#, "what is accepted was not asked for here"),
        ("update_actor", "/object/id", r#""$other""#, "another actor is described"),
        ("organization", "/@context", "", "the context is not supported"),
        ("organization", "/type", r#""Brand""#, "it is no actor"),
        ("organization", "/preferredUsername /webfinger", "", "there is no name"),
        ("organization", "/inbox", "", "there is no inbox"),
        ("organization", "/id", r#""$other""#, "it stands at another address"),
        ("organization", "/publicKey", "", "there is no key"),
    ],
};

fn context(document: &Value) -> Read {
    let plain = |one: &&Value| one.as_str() == Some("https://www.w3.org/ns/activitystreams");
    demand(list(&document["@context"]).iter().any(plain), "the context is not supported")
}

/// An id that can be used, on the host of whoever speaks of it.
fn own<'a>(object: &'a Value, actor: &str) -> Result<&'a str, String> {
    let uri = need(id_of(object).filter(|id| id.starts_with("http")), "the object has no address of http")?;
    demand(same_host(uri, actor), "the object is on another host")?;
    Ok(uri)
}

fn letter(body: &Value, signer: &str, here: &str) -> Read {
    demand(body.to_string().len() <= 1 << 20, "it is larger than a megabyte")?;
    context(body)?;
    demand(is_missing(&body["actor"]) || id_of(&body["actor"]) == Some(signer), "somebody else signed it")?;
    let object = &body["object"];
    match body["type"].as_str().unwrap_or_default() {
        "Create" => {
            demand(
                object.is_string() || is_a(object, NATIVE) || is_a(object, CONVERTED),
                "the object is of an unknown type",
            )?;
            own(object, signer)?;
            if object.is_string() { Ok(()) } else { content(object) }
        }
        "Update" if is_a(object, ACTORS) => {
            demand(id_of(object) == Some(signer), "another actor is described")?;
            described(object)
        }
        "Update" => {
            demand(
                object.is_string() || is_a(object, NATIVE) || is_a(object, CONVERTED),
                "the object is of an unknown type",
            )?;
            own(object, signer)?;
            if object.is_string() {
                return Ok(());
            }
            // Without it only numbers are taken over (process_status_update_service.rb).
            demand(is_a(object, &["Question"]) || !object["updated"].is_null(), "an edit does not say when")?;
            content(object)
        }
        "Delete" => own(object, signer).map(drop),
        "Follow" => demand(id_of(object).and_then(host).as_deref() == Some(here), "who is followed is not here"),
        "Accept" => {
            let by_id = id_of(object).is_some();
            let asked = is_a(object, &["Follow"]) && id_of(&object["actor"]).and_then(host).as_deref() == Some(here);
            demand(asked || (by_id && !object.is_object()), "what is accepted was not asked for here")
        }
        other => demand(OTHERS.contains(&other), "the activity is unknown"),
    }
}

/// A post that was fetched.
fn post(document: &Value, uri: &str) -> Read {
    context(document)?;
    demand(is_a(document, NATIVE) || is_a(document, CONVERTED), "the object is of an unknown type")?;
    let author = list(&document["attributedTo"]).first().copied().and_then(id_of);
    let author = need(author.filter(|id| id.starts_with("http")), "there is no author")?;
    own(document, author)?;
    demand(same_host(uri, author), "the author is on another host")?;
    content(document)
}

fn content(object: &Value) -> Read {
    let content = &object["content"];
    demand(content.is_null() || content.is_string(), "the text is no string")?;
    let text = !is_missing(content) || object["contentMap"].as_object().is_some_and(|map| !map.is_empty());
    let quotes = ["quote", "_misskey_quote", "quoteUrl", "quoteUri"].iter().any(|key| !is_missing(&object[*key]));
    let converted = is_a(object, CONVERTED);
    let attached = !list(&object["attachment"]).is_empty();
    let vote = !is_missing(&object["name"]) && !is_missing(&object["inReplyTo"]);
    demand(text || attached || quotes || converted || vote, "there is neither a text nor a picture nor a quote")?;
    demand(!is_wrong_time(&object["published"]) && !is_wrong_time(&object["updated"]), "its time is no time")?;
    demand(!list(&object["to"]).is_empty() || !list(&object["cc"]).is_empty(), "nobody is addressed")?;
    for tag in list(&object["tag"]) {
        if is_a(tag, &["Mention"]) {
            demand(address(&tag["href"]).is_some(), "a mention leads nowhere")?;
        } else if is_a(tag, &["Hashtag"]) {
            demand(!is_missing(&tag["name"]), "a hashtag has no name")?;
        }
    }
    for one in list(&object["attachment"]) {
        let url = list(&one["url"]).first().map(|url| if url.is_string() { *url } else { &url["href"] });
        let url = url.or(Some(&one["href"])).and_then(Value::as_str);
        demand(url.is_some_and(|url| url.starts_with("http")), "an attachment has no address")?;
    }
    if is_a(object, &["Question"]) {
        let choices = object["anyOf"].as_array().or_else(|| object["oneOf"].as_array());
        let choices = need(choices.filter(|choices| !choices.is_empty()), "a poll has no choices")?;
        let named = |choice: &Value| !is_missing(&choice["name"]) || !is_missing(&choice["content"]);
        demand(choices.iter().all(named), "a choice has no name")?;
    }
    Ok(())
}

fn actor(document: &Value, uri: &str) -> Read {
    context(document)?;
    demand(is_a(document, ACTORS), "it is no actor")?;
    demand(id_of(document) == Some(uri), "it stands at another address")?;
    described(document)
}

fn described(document: &Value) -> Read {
    demand(!is_missing(&document["preferredUsername"]) || !is_missing(&document["webfinger"]), "there is no name")?;
    demand(!is_missing(&document["inbox"]), "there is no inbox")?;
    let keys = list(&document["publicKey"]);
    demand(keys.first().is_some_and(|key| key.is_string() || !is_missing(&key["publicKeyPem"])), "there is no key")
}
