//! NUL, which PostgreSQL does not store.

use serde_json::Value;

/// Turns NUL into U+FFFD in every text of a value, as HTML does; a member with NUL in its name is dropped.
pub fn replace_nul(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\0') => *text = text.replace('\0', "\u{fffd}"),
        Value::Array(items) => items.iter_mut().for_each(replace_nul),
        Value::Object(members) => {
            if members.keys().any(|name| name.contains('\0')) {
                members.retain(|name, _| !name.contains('\0'));
            }
            members.values_mut().for_each(replace_nul);
        }
        _ => {}
    }
}
