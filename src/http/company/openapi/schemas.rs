//! The types of the wire as schemas, with what serde knows of them and utoipa does not.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Types that were named, with those that are in them.
#[derive(Debug, Clone, Default)]
pub(super) struct Found(pub(super) BTreeMap<String, Value>);

impl Found {
    pub(super) fn add<T: ToSchema>(&mut self) {
        let mut schemas = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut schemas);
        for (name, schema) in schemas {
            self.0.insert(name, serde_json::to_value(schema).unwrap_or_default());
        }
    }
}

/// What we answer: a field that may be null is there all the same. One that may be missing is never null.
pub(super) fn as_answered(schema: &mut Value) {
    each_object(schema, &mut |object| {
        let Some(properties) = object.get("properties").and_then(Value::as_object) else { return };
        let nullable: Vec<Value> =
            properties.iter().filter(|(_, schema)| may_be_null(schema)).map(|(name, _)| name.clone().into()).collect();
        let moments: Vec<String> = properties.keys().filter(|name| is_a_moment(name)).cloned().collect();
        if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
            for name in moments {
                if let Some(Value::Object(moment)) = properties.get_mut(&name) {
                    moment.insert("format".to_owned(), "date-time".into());
                }
            }
        }
        if !nullable.is_empty() {
            let required = object.entry("required").or_insert_with(|| Value::Array(Vec::new()));
            if let Some(required) = required.as_array_mut() {
                required.extend(nullable);
            }
        }
    });
}

/// Times are told as in RFC 3339, in fields that are named like this.
fn is_a_moment(name: &str) -> bool {
    ["_at", "_since", "_until"].iter().any(|ending| name.ends_with(ending)) || matches!(name, "at" | "since" | "until")
}

fn may_be_null(schema: &Value) -> bool {
    let is_null = |schema: &Value| schema["type"] == "null";
    let types = schema["type"].as_array().is_some_and(|types| types.iter().any(|one| one == "null"));
    types || schema["oneOf"].as_array().is_some_and(|all| all.iter().any(is_null))
}

/// Every object of a schema that describes an object.
fn each_object(schema: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match schema {
        Value::Object(object) => {
            change(object);
            object.values_mut().for_each(|inner| each_object(inner, change));
        }
        Value::Array(list) => list.iter_mut().for_each(|inner| each_object(inner, change)),
        _ => {}
    }
}
