//! What is logged, and how.

use super::section::{plain, section, text};
use serde::{Deserialize, Serialize};
use toml::Value;
use tracing_subscriber::EnvFilter;

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Pretty on a terminal, JSON otherwise.
    Auto,
    /// For people.
    Pretty,
    /// For machines, one object a line.
    Json,
}

section! {
    /// What is logged, and how.
    Log {
        /// How log lines look: `pretty` for people, `json` for machines, `auto` to choose by whether they go to a terminal.
        format: LogFormat = LogFormat::Auto, "auto, pretty or json", plain;
        /// Which lines are logged: a level, or levels by module separated by commas.
        filter: String = "info".to_owned(), "a log filter, such as info or info,guildhall::net=debug", filter;
    }
}

fn filter(value: &Value) -> Option<String> {
    text(value).filter(|filter| EnvFilter::builder().parse(filter).is_ok())
}
