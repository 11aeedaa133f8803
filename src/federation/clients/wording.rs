//! What a post says, as a client sent it: `source` where it is given, else `content`.

use serde_json::Value;

use crate::{
    domain::{
        actors::Actor,
        posts::{self, QuotePolicy, Quoters},
    },
    error::{Error, Result},
    federation::incoming::{
        note, quote,
        values::{kind, link, list, text},
    },
    text::{self as floor, Format},
};

/// The id of the post that is quoted, in any of the ways in which others say it.
pub(super) fn quote(object: &Value) -> Result<Option<String>> {
    let given = ["quote", "_misskey_quote", "quoteUrl", "quoteUri"].iter().any(|name| !list(object, name).is_empty());
    match quote::read(object).and_then(|quoting| quoting.uri) {
        None if given => Err(Error::invalid("post.quote", "quote: must be the id of a post.")),
        found => Ok(found),
    }
}

/// Who may quote it, where that is said. Nobody is asked by hand here, so whoever would have to be may not.
pub(super) fn quoters(object: &Value, author: &Actor) -> Option<QuotePolicy> {
    let mut policy = quote::quoters(object)?.policy(Some(author));
    policy.automatic.retain(|quoters| *quoters != Quoters::UnsupportedPolicy);
    Some(QuotePolicy { manual: Vec::new(), ..policy })
}

/// Refuses what is not served, rather than leaving it out of the post.
pub(super) fn refuse_unserved(object: &Value) -> Result<()> {
    let given = |name: &str| !list(object, name).is_empty();
    let asks = kind(object, |kind| kind == "Question") == "Question";
    let told = if given("image") {
        "image: files hang on a post in attachment. Put it there."
    } else if !asks && (given("oneOf") || given("anyOf")) {
        "oneOf, anyOf: only a Question has choices. Make it one, or leave them out."
    } else {
        return Ok(());
    };
    Err(Error::invalid("post.not_served", told))
}

/// A file that hangs on a post, as its client names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hung {
    /// The name of the upload.
    pub name: String,
    /// What it shows, where that is said.
    pub description: Option<String>,
}

/// The files that hang on it, in order: uploads of ours by their address. `None` where they are not spoken of.
pub(super) fn hung(object: &Value, base_url: &str) -> Result<Option<Vec<Hung>>> {
    if object.get("attachment").is_none() {
        return Ok(None);
    }
    list(object, "attachment").into_iter().map(|value| one_hung(value, base_url)).collect::<Result<_>>().map(Some)
}

fn one_hung(value: &Value, base_url: &str) -> Result<Hung> {
    let address = value.as_str().map(ToOwned::to_owned).or_else(|| link(value, "url")).or_else(|| link(value, "href"));
    let path = address.as_deref().and_then(|address| address.strip_prefix(base_url)?.strip_prefix("/media/"));
    let Some((name, _)) = path.and_then(|path| path.split_once('/')) else {
        return Err(Error::invalid(
            "media.elsewhere",
            "attachment: only what you uploaded here can hang on a post. Upload the file with POST /api/v2/media \
             (multipart form, member file), and name the url of the answer as url.",
        ));
    };
    let description = member(value, "name")?.map(|text| floor::plain(&text).trim().to_owned());
    Ok(Hung { name: name.to_owned(), description: description.filter(|text| !text.is_empty()) })
}

/// The text and how it is written; `None` where none is given.
pub(super) fn read(object: &Value) -> Result<Option<(String, Format)>> {
    if let Some(source) = object.get("source").filter(|source| source.is_object()) {
        let content = member(source, "content")?;
        let media = member(source, "mediaType")?;
        return content.map(|content| Ok((content, format(media.as_deref().unwrap_or("text/plain"))?))).transpose();
    }
    let mapped = object.get("contentMap").and_then(Value::as_object);
    let content = match member(object, "content")? {
        None => mapped.and_then(|map| map.values().find_map(Value::as_str)).map(ToOwned::to_owned),
        content => content,
    };
    // Without a type, content is HTML (ActivityStreams vocabulary).
    let media = member(object, "mediaType")?;
    content.map(|content| Ok((content, format(media.as_deref().unwrap_or("text/html"))?))).transpose()
}

fn format(media: &str) -> Result<Format> {
    match media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "text/plain" => Ok(Format::Plain),
        "text/markdown" => Ok(Format::Markdown),
        "text/html" => Ok(Format::Html),
        _ => Err(Error::invalid(
            "post.media_type",
            "This media type is not read. Known: text/html, text/markdown, text/plain.",
        )),
    }
}

/// A member that is text; something else in its place is refused.
fn member(object: &Value, name: &str) -> Result<Option<String>> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Error::invalid("post.form", format!("{name}: must be text."))),
    }
}

/// The content warning as plain text; `None` where it is not spoken of.
pub(super) fn summary(object: &Value) -> Result<Option<String>> {
    said(object, "summary", |text| floor::plain(text).trim().to_owned())
}

/// The title as plain text; `None` where it is not spoken of.
pub(super) fn title(object: &Value) -> Result<Option<String>> {
    said(object, "name", |text| floor::clean_name(text, 500))
}

/// A member that is cleared by null (section 6.3.1) and kept when it is left out.
fn said(object: &Value, name: &str, clean: impl Fn(&str) -> String) -> Result<Option<String>> {
    let spoken = object.get(name).is_some();
    Ok(member(object, name)?.map(|text| clean(&text)).or_else(|| spoken.then(String::new)))
}

/// Whether attachments are hidden until asked for.
pub(super) fn sensitive(object: &Value) -> Option<bool> {
    object.get("sensitive").and_then(Value::as_bool)
}

/// The language, from `contentMap`.
pub(super) fn language(object: &Value) -> Option<String> {
    note::language(object)
}

/// Hashtags in `tag`, normalised.
pub(super) fn hashtags(object: &Value) -> Vec<String> {
    note::hashtags(object)
}

/// Ids of those whom `tag` mentions.
pub(super) fn mentions(object: &Value) -> Vec<String> {
    let tags = list(object, "tag").into_iter().filter(|tag| text(tag, "type") == Some("Mention"));
    let mut mentions: Vec<String> = tags.filter_map(|tag| text(tag, "href")).map(ToOwned::to_owned).collect();
    mentions.sort();
    mentions.dedup();
    mentions.truncate(posts::MENTIONS);
    mentions
}
