//! Text that must not show up in logs, errors or listings.

use serde::{Serialize, Serializer};
use std::{fmt, ops::Deref};

/// A setting that holds a secret: it reads as text in code and prints as `[hidden]`.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(String);

impl Deref for Hidden {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<String> for Hidden {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Hidden {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

impl Serialize for Hidden {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str("[hidden]")
    }
}
