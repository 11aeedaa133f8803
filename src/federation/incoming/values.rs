//! JSON as peers write it: one value or a list, an id or the whole object, three spellings of the public address.

use serde_json::Value;
use url::Url;

use crate::{db::Timestamp, federation::objects::context::PUBLIC, net::same_origin};

/// 1990, in microseconds.
const WEB: i64 = 631_152_000_000_000;

/// The longest id that is read, in bytes; the indexes of the database have room for no more.
const LONGEST: usize = 2048;

/// Reads JSON.
pub fn parse(bytes: &[u8]) -> serde_json::Result<Value> {
    let mut document = serde_json::from_slice(bytes)?;
    crate::text::replace_nul(&mut document);
    Ok(document)
}

/// Whether this can be an id: parsers of addresses skip control characters, so that two texts would be one address, and
/// XML has no way to write what is no character.
fn is_sound(id: &str) -> bool {
    let is_none = |c: char| u32::from(c) & 0xfffe == 0xfffe || ('\u{fdd0}'..='\u{fdef}').contains(&c);
    !id.is_empty() && id.len() <= LONGEST && !id.chars().any(|c| c.is_control() || c == '\u{fffd}' || is_none(c))
}

/// The id under which a document goes.
pub fn own_id(object: &Value) -> Option<&str> {
    text(object, "id").filter(|id| is_sound(id))
}

/// A member as a list, whatever it is.
pub fn list<'a>(object: &'a Value, name: &str) -> Vec<&'a Value> {
    match object.get(name) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items.iter().collect(),
        Some(one) => vec![one],
    }
}

/// The id of a value: itself, or its `id`, or its `href`.
pub fn id_of(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text.as_str()),
        Value::Object(members) => members.get("id").or_else(|| members.get("href")).and_then(Value::as_str),
        _ => None,
    }
    .filter(|id| is_sound(id))
}

/// The id of a member that is one thing; the first when there are several.
pub fn id<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    list(object, name).into_iter().find_map(id_of)
}

/// The ids of a member, at most `most`.
pub fn ids(object: &Value, name: &str, most: usize) -> Vec<String> {
    list(object, name).into_iter().filter_map(id_of).take(most).map(ToOwned::to_owned).collect()
}

/// A member that is text.
pub fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str)
}

/// A member that is a moment. What lies before the web is a mistake or a trick, and no moment.
pub fn moment(object: &Value, name: &str) -> Option<Timestamp> {
    text(object, name).and_then(Timestamp::parse_rfc3339).filter(|at| at.0 > WEB)
}

/// The type; the first that `known` knows when there are several, else the first.
pub fn kind(object: &Value, known: impl Fn(&str) -> bool) -> &str {
    let kinds: Vec<&str> = list(object, "type").into_iter().filter_map(Value::as_str).collect();
    kinds.iter().find(|kind| known(kind)).or_else(|| kinds.first()).copied().unwrap_or_default()
}

/// Whether an address is the public one, in any of its spellings.
pub fn is_public(uri: &str) -> bool {
    uri == PUBLIC || uri == "as:Public" || uri == "Public"
}

/// Whether two ids have one origin.
pub fn one_origin(one: &str, other: &str) -> bool {
    match (Url::parse(one), Url::parse(other)) {
        (Ok(one), Ok(other)) => same_origin(&one, &other),
        _ => false,
    }
}

/// A link that may be shown: the first of text, `{href}` or `{url}` that is http(s); pages before others.
pub fn link(object: &Value, name: &str) -> Option<String> {
    let candidates = list(object, name);
    let is_page = |value: &&Value| value.get("mediaType").and_then(Value::as_str) == Some("text/html");
    let address = |value: &Value| {
        let text = value
            .as_str()
            .or_else(|| text(value, "href"))
            .or_else(|| id_of(value).filter(|_| value.is_string()))
            .or_else(|| text(value, "url"))?;
        crate::text::http_url(text)
    };
    candidates.iter().copied().filter(is_page).chain(candidates.iter().copied()).find_map(address)
}
