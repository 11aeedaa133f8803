//! How clients say what they want of a filter.

use std::{str::FromStr, time::Duration};

use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

use crate::{
    domain::filters::{FilterContext, Lasting},
    error::{Error, Result},
};

/// `expires_in`: seconds, or nothing for good. Left out it says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ExpiresIn(pub(super) Lasting);

impl<'de> Deserialize<'de> for ExpiresIn {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let seconds = match Value::deserialize(input)? {
            Value::Null => None,
            Value::Number(number) => Some(number.as_i64().ok_or_else(|| D::Error::custom("must be a whole number"))?),
            Value::String(text) if text.trim().is_empty() => None,
            Value::String(text) => {
                Some(text.trim().parse().map_err(|_| D::Error::custom("must be a whole number of seconds"))?)
            }
            _ => return Err(D::Error::custom("must be a whole number of seconds")),
        };
        // What ends before now ends now.
        let span = |seconds: i64| Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
        Ok(Self(seconds.map_or(Lasting::Forever, |seconds| Lasting::For(span(seconds)))))
    }
}

/// Where the filter is at work.
pub(super) fn contexts(names: Option<&[String]>) -> Result<Option<Vec<FilterContext>>> {
    let Some(names) = names else { return Ok(None) };
    let named = names.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
    named.map(known).collect::<Result<Vec<FilterContext>>>().map(Some)
}

/// A word of ours, or a refusal that names those that there are.
pub(super) fn known<T: FromStr<Err = String>>(word: &str) -> Result<T> {
    word.parse().map_err(|wrong: String| Error::invalid("filter.word", wrong))
}
