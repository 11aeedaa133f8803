//! What is logged, and how.

use super::section::{plain, section, text};
use crate::telemetry::LogFormat;
use toml::Value;
use tracing_subscriber::EnvFilter;

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
