//! Pictures that people elsewhere have in their names and in what they say of themselves.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{Emoji, OF_ONE};
use crate::{
    db::{Among, Conn, Tx, schema::actor_emojis},
    domain::ActorId,
    error::Result,
};

/// The pictures of these actors.
pub(super) fn of(conn: &mut Conn, actors: &[ActorId]) -> Result<HashMap<ActorId, Vec<Emoji>>> {
    let mut found: HashMap<ActorId, Vec<Emoji>> = HashMap::new();
    if actors.is_empty() {
        return Ok(found);
    }
    let rows: Vec<(ActorId, String, String)> = actor_emojis::table
        .filter(actor_emojis::actor_id.among(actors))
        .order((actor_emojis::actor_id, actor_emojis::shortcode))
        .select((actor_emojis::actor_id, actor_emojis::shortcode, actor_emojis::url))
        .load(conn)?;
    for (actor, shortcode, url) in rows {
        found.entry(actor).or_default().push(Emoji { shortcode, url, still: None });
    }
    Ok(found)
}

/// From now on these. Nothing is written where nothing changed.
pub fn replace(tx: &mut Tx<'_>, actor: ActorId, emojis: &[Emoji]) -> Result<()> {
    let known = of(tx.conn(), &[actor])?.remove(&actor).unwrap_or_default();
    let mut wanted: Vec<&Emoji> = emojis.iter().take(OF_ONE).collect();
    wanted.sort_by(|one, other| one.shortcode.cmp(&other.shortcode));
    wanted.dedup_by(|one, other| one.shortcode == other.shortcode);
    if known.iter().eq(wanted.iter().copied()) {
        return Ok(());
    }
    forget_emojis_of(tx, actor)?;
    let rows: Vec<_> = wanted
        .into_iter()
        .map(|emoji| {
            (
                actor_emojis::actor_id.eq(actor),
                actor_emojis::shortcode.eq(&emoji.shortcode),
                actor_emojis::url.eq(&emoji.url),
            )
        })
        .collect();
    for row in rows {
        diesel::insert_into(actor_emojis::table).values(row).execute(tx.conn())?;
    }
    Ok(())
}

/// Forgets the pictures of an actor.
pub fn forget_emojis_of(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    diesel::delete(actor_emojis::table.filter(actor_emojis::actor_id.eq(actor))).execute(tx.conn())?;
    Ok(())
}
