//! What must be known of a letter before its signature is checked: whose it is, and what kind. The rest of it is
//! passed over: a letter unfolds to many times its length, and anybody can send one.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

/// How many items of a list are kept.
const ITEMS: usize = 8;
/// How far lists and objects are followed into each other.
const DEPTH: u8 = 3;
/// The longest text that is kept, in bytes: no longer one is an id or a type.
const TEXT: usize = 2048;

/// The members of a letter by which it is judged, without anything that can be large. `object` is there as `true`.
pub fn read(bytes: &[u8]) -> serde_json::Result<Value> {
    let mut letter = serde_json::Deserializer::from_slice(bytes);
    let Outline(mut outline) = Outline::deserialize(&mut letter)?;
    letter.end()?;
    crate::text::replace_nul(&mut outline);
    Ok(outline)
}

struct Outline(Value);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Member {
    Id,
    Type,
    Actor,
    Object,
    Proof,
    #[serde(other)]
    Other,
}

impl<'de> Deserialize<'de> for Outline {
    fn deserialize<D: Deserializer<'de>>(letter: D) -> Result<Self, D::Error> {
        letter.deserialize_map(Top).map(Self)
    }
}

struct Top;

impl<'de> Visitor<'de> for Top {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an activity")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut letter: A) -> Result<Value, A::Error> {
        let mut kept = Map::new();
        while let Some(member) = letter.next_key()? {
            let name = match member {
                Member::Id => "id",
                Member::Type => "type",
                Member::Actor => "actor",
                Member::Proof => "proof",
                Member::Object => {
                    let is_there = letter.next_value::<Option<IgnoredAny>>()?.is_some();
                    kept.insert("object".to_owned(), if is_there { Value::Bool(true) } else { Value::Null });
                    continue;
                }
                Member::Other => {
                    letter.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            kept.insert(name.to_owned(), letter.next_value_seed(Shallow(DEPTH))?);
        }
        Ok(Value::Object(kept))
    }
}

/// A value as far as an id, a type or the key of a proof may be in it.
#[derive(Clone, Copy)]
struct Shallow(u8);

/// The members that say so.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "camelCase")]
enum Inner {
    Id,
    Href,
    Type,
    Cryptosuite,
    ProofPurpose,
    VerificationMethod,
    Created,
    #[serde(other)]
    Other,
}

impl Inner {
    const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Id => "id",
            Self::Href => "href",
            Self::Type => "type",
            Self::Cryptosuite => "cryptosuite",
            Self::ProofPurpose => "proofPurpose",
            Self::VerificationMethod => "verificationMethod",
            Self::Created => "created",
            Self::Other => return None,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Shallow {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Value, D::Error> {
        if self.0 == 0 {
            return IgnoredAny::deserialize(value).map(|_| Value::Null);
        }
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Shallow {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(if text.len() <= TEXT { text.to_owned() } else { String::new() }))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut kept = Vec::new();
        while kept.len() < ITEMS {
            let Some(item) = list.next_element_seed(Self(self.0 - 1))? else { return Ok(Value::Array(kept)) };
            kept.push(item);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Array(kept))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut kept = Map::new();
        while let Some(member) = members.next_key::<Inner>()? {
            if let Some(name) = member.name() {
                kept.insert(name.to_owned(), members.next_value_seed(Self(self.0 - 1))?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Value::Object(kept))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ITEMS, read};

    #[test]
    fn it_keeps_what_a_letter_is_judged_by_and_nothing_large() {
        let letter = json!({
            "id": "https://far.example/1", "type": ["Create", "x".repeat(5_000)], "actor": [7, { "id": "https://far.example/a", "image": "large" }],
            "object": { "content": "large" }, "proof": { "verificationMethod": "https://far.example/a#key", "proofValue": "large" },
            "content": ["large"],
        });
        let outline = json!({
            "id": "https://far.example/1", "type": ["Create", ""], "actor": [7, { "id": "https://far.example/a" }],
            "object": true, "proof": { "verificationMethod": "https://far.example/a#key" },
        });
        assert_eq!(read(letter.to_string().as_bytes()).unwrap(), outline);
        let many = json!({ "actor": vec!["a"; 1_000], "type": [[[["deep"]]]], "object": null }).to_string();
        let outline = json!({ "actor": vec!["a"; ITEMS], "type": [[[null]]], "object": null });
        assert_eq!(read(many.as_bytes()).unwrap(), outline);
    }

    #[test]
    fn what_is_no_object_is_no_letter() {
        for text in ["", "[]", "1", "null", "{", "{}{}", "{\"object\": tru}"] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
