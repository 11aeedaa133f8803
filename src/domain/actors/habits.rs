//! How somebody's posts begin, where an app does not say.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::{
    db::{Among, Conn, Tx, schema::writing_habits},
    domain::{ActorId, Audience},
    error::{Error, Result},
    on_conn, text_enum,
};

text_enum! {
    /// Who may quote somebody's posts, where an app does not say.
    UsualQuoters {
        /// Everybody.
        Public = "public",
        /// Followers.
        Followers = "followers",
        /// Nobody.
        Nobody = "nobody",
    }
}

/// How somebody's posts begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = writing_habits)]
pub struct Habits {
    /// Who reads them: everybody, everybody who has the link, or followers.
    pub audience: Audience,
    /// Whether attachments are hidden until asked.
    pub sensitive: bool,
    /// Who may quote them.
    pub quoters: UsualQuoters,
}

/// Other habits; what is left out stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in Habits")]
pub struct HabitChange {
    pub audience: Option<Audience>,
    pub sensitive: Option<bool>,
    pub quoters: Option<UsualQuoters>,
}

impl Default for Habits {
    fn default() -> Self {
        Self { audience: Audience::Public, sensitive: false, quoters: UsualQuoters::Public }
    }
}

/// How the posts of `actor` begin.
pub fn habits(conn: &mut Conn, actor: ActorId) -> Result<Habits> {
    let row: Option<Habits> = writing_habits::table.find(actor).select(Habits::as_select()).first(conn).optional()?;
    Ok(row.unwrap_or_default())
}

/// How the posts of several begin; who never said so is left out, and begins as `Habits::default`.
pub fn habits_of(conn: &mut Conn, actors: &[ActorId]) -> Result<HashMap<ActorId, Habits>> {
    let query = writing_habits::table
        .filter(writing_habits::actor_id.among(actors))
        .select((writing_habits::actor_id, Habits::as_select()));
    let rows: Vec<(ActorId, Habits)> = query.load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Changes how one's posts begin.
pub fn set_habits(tx: &mut Tx<'_>, actor: ActorId, change: HabitChange) -> Result<()> {
    let open = |audience| matches!(audience, Audience::Public | Audience::Unlisted | Audience::Followers);
    if change.audience.is_some_and(|audience| !open(audience)) {
        return Err(Error::invalid("profile.privacy", "Posts begin as public, unlisted or private."));
    }
    if change == HabitChange::default() {
        return Ok(());
    }
    let old = habits(tx.conn(), actor)?;
    let audience = change.audience.unwrap_or(old.audience);
    let sensitive = change.sensitive.unwrap_or(old.sensitive);
    let quoters = change.quoters.unwrap_or(old.quoters);
    on_conn!(tx.conn(), |c| diesel::insert_into(writing_habits::table)
        .values((
            writing_habits::actor_id.eq(actor),
            writing_habits::audience.eq(audience),
            writing_habits::sensitive.eq(sensitive),
            writing_habits::quoters.eq(quoters),
        ))
        .on_conflict(writing_habits::actor_id)
        .do_update()
        .set((
            writing_habits::audience.eq(audience),
            writing_habits::sensitive.eq(sensitive),
            writing_habits::quoters.eq(quoters),
        ))
        .execute(c))?;
    Ok(())
}

/// Forgets how an actor's posts begin, when the actor itself goes.
pub fn forget_habits_of(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    diesel::delete(writing_habits::table.find(actor)).execute(tx.conn())?;
    Ok(())
}
