//! Pictures that stand for a name between colons, such as `:tea:`: the company's own, and those of other servers.
//!
//! Which of ours stand in a text is looked up when it is shown, so that one that was taken away stands nowhere any
//! more. Those of others are kept with the post or the actor that names them.

mod elsewhere;
mod own;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

pub use elsewhere::{forget_emojis_of, replace};
pub use own::{
    CATEGORY, EMOJIS, NewEmoji, OwnEmoji, Which, add, check, find, find_by_name, in_picker, list, named_in, remove,
};

use super::ActorId;
use crate::{db::Conn, error::Result, text};

/// How many different ones a post or an actor has.
pub const OF_ONE: usize = 50;

/// A picture that stands for `:shortcode:`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emoji {
    /// Without colons.
    pub shortcode: String,
    /// Where the picture is.
    pub url: String,
    /// Where one is that does not move, when that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub still: Option<String>,
}

/// What somebody, or a post of theirs, says.
#[derive(Debug, Clone)]
pub struct Said<'a> {
    /// Who it is.
    pub actor: ActorId,
    /// It is one of ours, whose pictures are the company's.
    pub ours: bool,
    /// Their texts.
    pub texts: Vec<&'a str>,
}

impl Said<'_> {
    /// The names between colons in it.
    fn shortcodes(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for name in self.texts.iter().flat_map(|text| text::shortcodes(text, OF_ONE)) {
            if found.len() < OF_ONE && !found.contains(&name) {
                found.push(name);
            }
        }
        found
    }
}

/// The pictures in what these people say of themselves. No query when there is no name between colons, else two.
pub fn of_actors(conn: &mut Conn, people: &[Said<'_>]) -> Result<HashMap<ActorId, Vec<Emoji>>> {
    let named: Vec<(&Said<'_>, Vec<&str>)> =
        people.iter().map(|said| (said, said.shortcodes())).filter(|(_, names)| !names.is_empty()).collect();
    let ours: Vec<&str> =
        named.iter().filter(|(said, _)| said.ours).flat_map(|(_, names)| names.iter().copied()).collect();
    let own: Vec<Emoji> = own::by_shortcodes(conn, &ours)?.iter().map(OwnEmoji::emoji).collect();
    let others: Vec<ActorId> = named.iter().filter(|(said, _)| !said.ours).map(|(said, _)| said.actor).collect();
    let elsewhere = elsewhere::of(conn, &others)?;
    let mut found: HashMap<ActorId, Vec<Emoji>> = HashMap::new();
    for (said, names) in named {
        let known: &[Emoji] =
            if said.ours { &own } else { elsewhere.get(&said.actor).map(Vec::as_slice).unwrap_or_default() };
        let shown: Vec<Emoji> =
            known.iter().filter(|emoji| names.contains(&emoji.shortcode.as_str())).cloned().collect();
        if !shown.is_empty() {
            found.insert(said.actor, shown);
        }
    }
    Ok(found)
}
