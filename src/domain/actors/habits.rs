//! How somebody's posts begin, where an app does not say.

use diesel::prelude::*;

use crate::{
    db::{Conn, Tx, schema::writing_habits},
    domain::{ActorId, Audience},
    error::{Error, Result},
    on_conn,
};

/// How somebody's posts begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = writing_habits)]
pub struct Habits {
    /// Who reads them: everybody, everybody who has the link, or followers.
    pub audience: Audience,
    /// Whether attachments are hidden until asked.
    pub sensitive: bool,
}

impl Default for Habits {
    fn default() -> Self {
        Self { audience: Audience::Public, sensitive: false }
    }
}

/// How the posts of `actor` begin.
pub fn habits(conn: &mut Conn, actor: ActorId) -> Result<Habits> {
    let row: Option<Habits> = writing_habits::table.find(actor).select(Habits::as_select()).first(conn).optional()?;
    Ok(row.unwrap_or_default())
}

/// Changes how one's posts begin; what is left out stays.
pub fn set_habits(tx: &mut Tx<'_>, actor: ActorId, audience: Option<Audience>, sensitive: Option<bool>) -> Result<()> {
    if audience.is_some_and(|audience| !matches!(audience, Audience::Public | Audience::Unlisted | Audience::Followers))
    {
        return Err(Error::invalid("profile.privacy", "Posts begin as public, unlisted or private."));
    }
    if audience.is_none() && sensitive.is_none() {
        return Ok(());
    }
    let old = habits(tx.conn(), actor)?;
    let (audience, sensitive) = (audience.unwrap_or(old.audience), sensitive.unwrap_or(old.sensitive));
    on_conn!(tx.conn(), |c| diesel::insert_into(writing_habits::table)
        .values((
            writing_habits::actor_id.eq(actor),
            writing_habits::audience.eq(audience),
            writing_habits::sensitive.eq(sensitive),
        ))
        .on_conflict(writing_habits::actor_id)
        .do_update()
        .set((writing_habits::audience.eq(audience), writing_habits::sensitive.eq(sensitive)))
        .execute(c))?;
    Ok(())
}

/// Forgets how an actor's posts begin, when the actor itself goes.
pub fn forget_habits_of(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    diesel::delete(writing_habits::table.find(actor)).execute(tx.conn())?;
    Ok(())
}
