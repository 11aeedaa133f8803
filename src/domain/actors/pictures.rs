//! Pictures that stand for names between colons in what actors say of themselves.

use std::collections::HashMap;

use super::Actor;
use crate::{
    db::Conn,
    domain::{
        ActorId,
        emojis::{self, Emoji, OwnEmoji, Said},
    },
    error::Result,
};

impl Actor {
    /// Everything in which such a name may stand.
    fn texts(&self) -> Vec<&str> {
        let fields = self.fields.0.iter().flat_map(|field| [field.name.as_str(), field.value.as_str()]);
        [self.name.as_str(), self.summary.as_str()].into_iter().chain(fields).collect()
    }

    /// Whether such a name may stand in it.
    pub(super) fn may_have_emojis(&self) -> bool {
        self.texts().iter().any(|text| !crate::text::shortcodes(text, 1).is_empty())
    }
}

/// The pictures in the profiles of these actors. Two queries at most, and none where no name is between colons.
pub fn emojis_of<'a>(
    conn: &mut Conn,
    people: impl IntoIterator<Item = &'a Actor>,
) -> Result<HashMap<ActorId, Vec<Emoji>>> {
    let said = |actor: &'a Actor| Said { actor: actor.id, ours: actor.is_local(), texts: actor.texts() };
    let said: Vec<Said<'_>> = people.into_iter().filter(|actor| actor.is_active()).map(said).collect();
    emojis::of_actors(conn, &said)
}

/// Those of the company that stand in the profile of one of ours.
pub fn own_emojis_of(conn: &mut Conn, actor: &Actor) -> Result<Vec<OwnEmoji>> {
    Ok(emojis::named_in(conn, &[actor.texts()])?.pop().unwrap_or_default())
}
