//! The story as it is written down in `story.toml`.

use std::time::Duration;

use serde::Deserialize;

use crate::error::{Error, Result};

/// Everybody, and everything that happens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// The servers.
    #[serde(rename = "house")]
    pub houses: Vec<House>,
    /// What happens, in order.
    #[serde(rename = "line")]
    pub lines: Vec<Line>,
}

/// A server and who lives there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct House {
    /// A short name, for folders.
    pub key: String,
    /// The company's name.
    pub name: String,
    /// The username of its brand.
    pub handle: String,
    /// Its colour, such as `#f4592b`.
    pub colour: String,
    /// What the brand says of itself.
    pub about: String,
    /// Its people; the first one owns it.
    #[serde(rename = "person")]
    pub people: Vec<Person>,
}

/// Somebody.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Unique in the whole story.
    pub username: String,
    /// What they are called.
    pub name: String,
    /// `owner`, `employee` or `customer`.
    pub role: String,
    /// What they say of themselves.
    pub about: String,
}

/// One act of one person.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// How many minutes go by before it.
    #[serde(default)]
    pub after: u32,
    /// The name by which later lines refer to what is said.
    pub id: Option<String>,
    /// Who acts: a person or a brand.
    pub who: String,
    /// A post; `{name}` is somebody's address.
    pub say: Option<String>,
    /// What it answers.
    pub to: Option<String>,
    /// Makes it an article of this title, in Markdown; other posts are plain text.
    pub title: Option<String>,
    /// A warning before it.
    pub warning: Option<String>,
    /// Makes it a question, of which one answer is chosen.
    #[serde(default)]
    pub answers: Vec<String>,
    /// The question that they answer, and the place of their answer, from 0.
    pub vote: Option<(String, usize)>,
    /// `company` for colleagues only; everybody otherwise.
    pub audience: Option<String>,
    /// Whom they begin to follow.
    #[serde(default)]
    pub follow: Vec<String>,
    /// What they like.
    #[serde(default)]
    pub like: Vec<String>,
    /// What they boost.
    #[serde(default)]
    pub boost: Vec<String>,
}

impl Story {
    /// How long ago it begins.
    pub fn length(&self) -> Duration {
        minutes(self.lines.iter().map(|line| line.after).sum::<u32>() + LATELY)
    }
}

/// How many minutes ago it ends.
const LATELY: u32 = 4;

/// So many minutes.
pub const fn minutes(count: u32) -> Duration {
    Duration::from_secs(count as u64 * 60)
}

/// The story that comes with Guildhall.
pub fn story() -> Result<Story> {
    toml::from_str(include_str!("story.toml")).map_err(Error::internal)
}
