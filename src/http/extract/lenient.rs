//! Reads a type from what clients send: numbers and switches as text, one value where a list is wanted, objects
//! with numbered keys as lists, nulls and empty strings.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor},
    forward_to_deserialize_any,
};
use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// Reads a `T`. An error names the field.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T> {
    T::deserialize(Lenient(value)).map_err(|wrong| {
        if wrong.missing {
            Error::malformed("parameter.missing", format!("param is missing or the value is empty: {}", wrong.message))
        } else {
            Error::invalid("parameter.invalid", wrong.to_string())
        }
    })
}

/// Text that may be left out (`None`) or given empty (`Some("")`); an `Option<String>` takes empty for left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given(pub Option<String>);

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(Self(match Value::deserialize(input)? {
            Value::Null => None,
            Value::String(text) => Some(text),
            other @ (Value::Bool(_) | Value::Number(_)) => Some(other.to_string()),
            Value::Array(_) | Value::Object(_) => return Err(serde::de::Error::custom("must be text")),
        }))
    }
}

/// What is wrong, and where.
#[derive(Debug)]
struct Wrong {
    path: Vec<String>,
    message: String,
    missing: bool,
}

impl Wrong {
    fn at(mut self, key: &str) -> Self {
        self.path.insert(0, key.to_owned());
        self
    }
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path.join("."), self.message)
        }
    }
}

impl std::error::Error for Wrong {}

impl serde::de::Error for Wrong {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self { path: Vec::new(), message: message.to_string(), missing: false }
    }

    fn missing_field(field: &'static str) -> Self {
        Self { path: Vec::new(), message: field.to_owned(), missing: true }
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self::custom(format!("must be {expected}"))
    }
}

fn wrong<T>(message: &str) -> Result<T, Wrong> {
    Err(serde::de::Error::custom(message))
}

#[derive(Clone, Copy)]
struct Lenient<'a>(&'a Value);

impl Lenient<'_> {
    fn is_blank(self) -> bool {
        match self.0 {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    fn integer(self) -> Result<i64, Wrong> {
        let number = match self.0 {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.map_or_else(|| wrong("must be a whole number"), Ok)
    }

    fn float(self) -> Result<f64, Wrong> {
        let number = match self.0 {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        };
        number.map_or_else(|| wrong("must be a number"), Ok)
    }

    fn switch(self) -> Result<bool, Wrong> {
        match self.0 {
            Value::Bool(on) => Ok(*on),
            Value::Null => Ok(false),
            Value::Number(number) if number.as_i64() == Some(0) => Ok(false),
            Value::Number(number) if number.as_i64() == Some(1) => Ok(true),
            Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
                "1" | "true" | "t" | "on" | "yes" => Ok(true),
                "" | "0" | "false" | "f" | "off" | "no" => Ok(false),
                _ => wrong("must be true or false"),
            },
            _ => wrong("must be true or false"),
        }
    }

    fn text(self) -> Result<String, Wrong> {
        match self.0 {
            Value::String(text) => Ok(text.clone()),
            Value::Number(_) | Value::Bool(_) => Ok(self.0.to_string()),
            _ => wrong("must be text"),
        }
    }
}

macro_rules! numbers {
    ($($name:ident)*) => {$(
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            visitor.visit_i64(self.integer()?)
        }
    )*};
}

macro_rules! texts {
    ($($name:ident)*) => {$(
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            visitor.visit_string(self.text()?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Lenient<'_> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(on) => visitor.visit_bool(*on),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => visitor.visit_i64(whole),
                (None, Some(float)) => visitor.visit_f64(float),
                (None, None) => wrong("must be a number of the usual size"),
            },
            Value::String(text) => visitor.visit_str(text),
            Value::Array(list) => visitor.visit_seq(Elements(list.iter().collect())),
            Value::Object(object) => visitor.visit_map(Members::of(object)),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_bool(self.switch()?)
    }

    numbers! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_f64(self.float()?)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_f64(self.float()?)
    }

    texts! { deserialize_str deserialize_string deserialize_char deserialize_identifier }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.is_blank() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let elements: Vec<&Value> = match self.0 {
            Value::Array(list) => list.iter().collect(),
            Value::Object(object) => numbered(object)?,
            _ if self.is_blank() => Vec::new(),
            one => vec![one],
        };
        visitor.visit_seq(Elements(elements.into()))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            Value::Object(object) => visitor.visit_map(Members::of(object)),
            _ if self.is_blank() => visitor.visit_map(Members { rest: Vec::new(), next: None }),
            _ => wrong("must be an object"),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_enum(IntoDeserializer::<Wrong>::into_deserializer(self.text()?))
    }

    forward_to_deserialize_any! { bytes byte_buf unit unit_struct tuple tuple_struct ignored_any }
}

/// The values of an object whose keys are numbers, in their order: how forms write lists of objects.
fn numbered(object: &Map<String, Value>) -> Result<Vec<&Value>, Wrong> {
    let mut numbered: Vec<(u32, &Value)> = Vec::new();
    for (key, value) in object {
        let Ok(number) = key.parse() else { return wrong("must be a list") };
        numbered.push((number, value));
    }
    numbered.sort_by_key(|(number, _)| *number);
    Ok(numbered.into_iter().map(|(_, value)| value).collect())
}

struct Elements<'a>(std::collections::VecDeque<&'a Value>);

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Wrong> {
        self.0.pop_front().map(|value| seed.deserialize(Lenient(value))).transpose()
    }
}

struct Members<'a> {
    /// Last first.
    rest: Vec<(&'a String, &'a Value)>,
    next: Option<(&'a String, &'a Value)>,
}

impl<'a> Members<'a> {
    fn of(object: &'a Map<String, Value>) -> Self {
        let mut rest: Vec<_> = object.iter().collect();
        rest.reverse();
        Self { rest, next: None }
    }
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        self.next = self.rest.pop();
        let Some((key, _)) = self.next else { return Ok(None) };
        seed.deserialize(IntoDeserializer::<Wrong>::into_deserializer(key.as_str())).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        let Some((key, value)) = self.next.take() else { return wrong("a value without a name") };
        seed.deserialize(Lenient(value)).map_err(|wrong| wrong.at(key))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq, Default)]
    #[serde(default)]
    struct Sample {
        on: Option<bool>,
        number: Option<i64>,
        ids: Vec<String>,
        fields: Vec<Pair>,
        text: Given,
        id: Option<crate::domain::PostId>,
    }

    #[derive(Debug, Deserialize, PartialEq, Default)]
    #[serde(default)]
    struct Pair {
        name: String,
    }

    #[test]
    fn what_forms_send_is_read_like_json() {
        let form = json!({"on": "1", "number": "12", "ids": "7", "fields": {"1": {"name": "b"}, "0": {"name": "a"}}, "text": "", "id": "5", "other": {"a": [1]}});
        let json = json!({"on": true, "number": 12, "ids": [7], "fields": [{"name": "a"}, {"name": "b"}], "text": "", "id": "5"});
        let expected = Sample {
            on: Some(true),
            number: Some(12),
            ids: vec!["7".to_owned()],
            fields: vec![Pair { name: "a".to_owned() }, Pair { name: "b".to_owned() }],
            text: Given(Some(String::new())),
            id: Some(crate::domain::PostId(5)),
        };
        assert_eq!(from_value::<Sample>(&form).unwrap(), expected);
        assert_eq!(from_value::<Sample>(&json).unwrap(), expected);
    }

    #[test]
    fn nulls_and_empty_strings_are_nothing() {
        let empty = json!({"on": "", "number": null, "ids": null, "fields": "", "text": null, "id": ""});
        assert_eq!(from_value::<Sample>(&empty).unwrap(), Sample::default());
    }

    #[test]
    fn errors_name_the_field() {
        for (value, told) in [
            (json!({"number": "many"}), "number: must be a whole number"),
            (json!({"on": "perhaps"}), "on: must be true or false"),
            (json!({"fields": [{"name": {}}]}), "fields.name: must be text"),
            (json!({"fields": "x"}), "fields: must be an object"),
        ] {
            assert_eq!(from_value::<Sample>(&value).unwrap_err().safe(), told);
        }
    }
}
