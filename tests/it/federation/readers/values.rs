//! What all readers ask of JSON.

use serde_json::Value;
use url::Url;

/// What a reader says: nothing, or why it throws away what it was given, whole or a part of it.
pub type Read = Result<(), String>;

pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Refuses, and says so, what does not hold.
pub fn demand(holds: bool, or: &str) -> Read {
    if holds { Ok(()) } else { Err(or.to_owned()) }
}

/// A value that is there, or why it has to be.
pub fn need<T>(value: Option<T>, or: &str) -> Result<T, String> {
    value.ok_or_else(|| or.to_owned())
}

/// An id, whether it stands alone or in what it names.
pub fn id_of(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value["id"].as_str())
}

/// One, many or none as a list.
pub fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

pub fn host(uri: &str) -> Option<String> {
    Some(Url::parse(uri).ok()?.host_str()?.to_owned())
}

pub fn same_host(one: &str, other: &str) -> bool {
    host(one).is_some() && host(one) == host(other)
}

/// The address of a string that is one.
pub fn address(value: &Value) -> Option<&str> {
    let text = value.as_str()?;
    Url::parse(text).is_ok_and(|url| url.has_host()).then_some(text)
}

/// Whether a type, or one of several, is one of these.
pub fn is_a(value: &Value, kinds: &[&str]) -> bool {
    list(&value["type"]).iter().any(|kind| kind.as_str().is_some_and(|kind| kinds.contains(&kind)))
}

pub fn is_missing(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(str::is_empty)
}

/// Whether it is a time of RFC 3339, with an offset.
pub fn is_time(value: &Value) -> bool {
    let Some(text) = value.as_str() else { return false };
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let Some(rest) = shape.strip_prefix("0000-00-00T00:00:00") else { return false };
    ["Z", "+00:00", "-00:00"].contains(&rest.trim_start_matches(['.', '0']))
}

/// Whether it is no time, though it is there.
pub fn is_wrong_time(value: &Value) -> bool {
    !value.is_null() && !is_time(value)
}
