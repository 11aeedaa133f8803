//! Lists on the wire.

use serde_json::{Map, Value, json};

/// A collection without its items: how many there are, and where they are told.
pub fn summary(id: &str, total: i64, first: Option<&str>) -> Value {
    let mut wire = Map::new();
    wire.insert("id".to_owned(), json!(id));
    wire.insert("type".to_owned(), json!("OrderedCollection"));
    wire.insert("totalItems".to_owned(), json!(total.max(0)));
    if let Some(first) = first {
        wire.insert("first".to_owned(), json!(first));
    }
    Value::Object(wire)
}

/// A collection with everything that is in it.
pub fn whole(id: &str, items: &[Value]) -> Value {
    json!({ "id": id, "type": "OrderedCollection", "totalItems": items.len(), "orderedItems": items })
}

/// A collection of which only the number of its items is told.
pub fn count(id: &str, total: i64) -> Value {
    json!({ "id": id, "type": "Collection", "totalItems": total.max(0) })
}

/// A page of an ordered collection.
pub fn page(id: &str, collection: &str, items: Vec<Value>, next: Option<&str>) -> Value {
    let mut wire = Map::new();
    wire.insert("id".to_owned(), json!(id));
    wire.insert("type".to_owned(), json!("OrderedCollectionPage"));
    wire.insert("partOf".to_owned(), json!(collection));
    if let Some(next) = next {
        wire.insert("next".to_owned(), json!(next));
    }
    wire.insert("orderedItems".to_owned(), Value::Array(items));
    Value::Object(wire)
}
