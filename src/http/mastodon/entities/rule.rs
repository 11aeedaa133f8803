//! Rule.

use serde::Serialize;
use serde_json::{Map, Value};

/// What the company asks of people; it writes in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Rule {
    pub id: String,
    pub text: String,
    pub hint: &'static str,
    pub translations: Map<String, Value>,
}

impl Rule {
    /// The rule at this place, from 1 on.
    pub fn new(number: i32, text: String) -> Self {
        Self { id: number.to_string(), text, hint: "", translations: Map::new() }
    }

    /// All of them, in their order.
    pub fn list(texts: Vec<String>) -> Vec<Self> {
        (1..).zip(texts).map(|(number, text)| Self::new(number, text)).collect()
    }
}
