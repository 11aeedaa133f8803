//! The table of all settings in the operator's guide.

use super::{Config, sources::keys};
use std::fmt::Write;
use toml::Value;

/// Writes every setting with its environment variable, default and meaning, as Markdown.
pub fn reference() -> String {
    let defaults = Value::try_from(Config::default()).unwrap_or(Value::Boolean(false));
    let mut page = String::from("| Setting | Environment variable | Default | Meaning |\n| --- | --- | --- | --- |\n");
    for (name, key) in keys() {
        let variable = format!("GUILDHALL_{}", name.replace('.', "__").to_uppercase());
        let default = name.split('.').try_fold(&defaults, |value, part| value.get(part));
        let default = default.map_or_else(|| "not set".to_owned(), |value| format!("`{value}`"));
        // Writing into a String cannot fail.
        let _ = writeln!(
            page,
            "| `{name}` | `{variable}` | {default} | {} Must be {}. |",
            key.about.trim(),
            key.allowed.replace('|', "\\|")
        );
    }
    page
}
