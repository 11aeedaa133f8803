//! Holds what is answered against the table.

use std::collections::BTreeSet;

use guildhall::db::Timestamp;
use serde_json::Value;

use super::table::{ENTITIES, Field, Remark, fields};

/// What was seen, and what was wrong with it.
#[derive(Default)]
pub struct Sight {
    faults: Vec<String>,
    /// Entities and their fields that had a value.
    seen: BTreeSet<(&'static str, &'static str)>,
}

impl Sight {
    /// Looks at something that is said to be of a type, such as `Status` or `[Status]`.
    pub fn see(&mut self, shape: &str, shown: &Value) {
        self.value(shape, shown, shape);
    }

    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// Nothing was wrong, and of these entities every field that we promise was seen with a value.
    #[track_caller]
    pub fn whole(mut self, entities: &[&str]) {
        for name in entities {
            let (name, entity) = ENTITIES.get_key_value(*name).unwrap();
            for field in entity.fields.iter().filter(|field| field.is_promised()) {
                if !self.seen.contains(&(*name, field.name)) {
                    self.faults.push(format!("{name}.{} was never seen with a value", field.name));
                }
            }
        }
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
    }

    fn value(&mut self, shape: &str, value: &Value, place: &str) {
        if let Some(inner) = within(shape, '[', ']') {
            match value.as_array() {
                Some(list) => list.iter().for_each(|one| self.value(inner, one, &format!("{place}[]"))),
                None => self.wrong(place, value, shape),
            }
        } else if let Some(inner) = within(shape, '{', '}') {
            match value.as_object() {
                Some(object) => object.iter().for_each(|(key, one)| self.value(inner, one, &format!("{place}[{key}]"))),
                None => self.wrong(place, value, shape),
            }
        } else if ENTITIES.contains_key(shape) {
            self.entity(shape, value, place);
        } else if !fits(shape, value) {
            self.wrong(place, value, shape);
        }
    }

    fn entity(&mut self, name: &str, value: &Value, place: &str) {
        let Some(object) = value.as_object() else { return self.wrong(place, value, name) };
        let fields = fields(name);
        for &(entity, field) in &fields {
            match object.get(field.name) {
                Some(value) => self.field(entity, field, value, &format!("{place}.{}", field.name)),
                None if field.may_be_left_out() => {}
                None => self.faults.push(format!("{place}.{} is missing", field.name)),
            }
        }
        for key in object.keys().filter(|key| !fields.iter().any(|(_, field)| field.name == key.as_str())) {
            self.faults.push(format!("{place}.{key} is not in the table"));
        }
    }

    fn field(&mut self, entity: &'static str, field: &Field, value: &Value, place: &str) {
        if field.is(&Remark::Lacking) {
            self.faults.push(format!("{place} is there, and the table says that it is lacking"));
        } else if value.is_null() {
            if !field.may_be_null() {
                self.faults.push(format!("{place} is null"));
            }
        } else {
            self.value(field.shape(), value, place);
            if is_empty(value) {
                return;
            }
            self.seen.insert((entity, field.name));
            if field.is(&Remark::Empty) {
                self.faults.push(format!("{place} is {value}, and the table says that it is empty"));
            }
        }
    }

    fn wrong(&mut self, place: &str, value: &Value, shape: &str) {
        self.faults.push(format!("{place} is {value}, and no {shape}"));
    }
}

fn within(shape: &str, open: char, close: char) -> Option<&str> {
    shape.strip_prefix(open)?.strip_suffix(close)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether this is a type that is no entity.
pub fn is_plain(shape: &str) -> bool {
    const PLAIN: [&str; 12] =
        ["text", "html", "id", "url", "moment", "date", "stamp", "count", "whole", "number", "boolean", "object"];
    PLAIN.contains(&shape) || shape.contains('|')
}

fn fits(shape: &str, value: &Value) -> bool {
    let text = |fits: fn(&str) -> bool| value.as_str().is_some_and(fits);
    match shape {
        "text" | "html" => text(|_| true),
        "id" => text(|text| !text.is_empty()),
        "url" => text(|text| ["https://", "http://", "wss://"].iter().any(|scheme| text.starts_with(scheme))),
        "moment" => text(|text| text.contains('T') && Timestamp::parse_rfc3339(text).is_some()),
        "date" => text(|text| text.len() == 10 && Timestamp::parse_rfc3339(&format!("{text}T00:00:00Z")).is_some()),
        "stamp" | "count" => text(|text| text.parse::<i64>().is_ok()),
        "whole" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        words => words.contains('|') && words.split('|').any(|word| value == word),
    }
}
