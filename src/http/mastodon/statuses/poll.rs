//! The poll that a client sends with a post.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::{domain::posts::NewPoll, error::Result, http::extract::from_value};

/// What a client says of a poll: nothing, that there is none, or what it asks.
#[derive(Debug, Clone, Default)]
pub(super) enum PollField {
    /// It is not spoken of.
    #[default]
    Unsaid,
    /// It is null or empty.
    Empty,
    /// It is there, not yet read.
    Given(Value),
}

/// What becomes of the poll of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PollChange {
    /// It stays as it is.
    Kept,
    /// There is none any more.
    Removed,
    /// It asks this.
    Asked(NewPoll),
}

impl PollChange {
    /// What it asks.
    pub(super) fn asked(self) -> Option<NewPoll> {
        match self {
            Self::Asked(poll) => Some(poll),
            Self::Kept | Self::Removed => None,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Given {
    options: Vec<String>,
    expires_in: Option<u64>,
    multiple: bool,
    hide_totals: bool,
}

impl PollField {
    /// Reads it; what is no poll is refused.
    pub(super) fn read(&self) -> Result<PollChange> {
        let given = match self {
            Self::Unsaid => return Ok(PollChange::Kept),
            Self::Empty => return Ok(PollChange::Removed),
            Self::Given(value) => from_value::<Given>(value)?,
        };
        let poll = NewPoll {
            choices: given.options,
            // Without a time it is refused as too short.
            seconds: given.expires_in.unwrap_or(0),
            multiple: given.multiple,
            hide_totals: given.hide_totals,
        };
        poll.check()?;
        Ok(PollChange::Asked(poll))
    }
}

impl<'de> Deserialize<'de> for PollField {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(input)? {
            Value::Null => Self::Empty,
            Value::String(text) if text.trim().is_empty() => Self::Empty,
            given => Self::Given(given),
        })
    }
}
