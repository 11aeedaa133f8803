//! People whom somebody shows on their profile, and those whom one knows through others.

use std::collections::HashMap;

use diesel::{dsl, prelude::*};

use super::{FollowState, find_between};
use crate::{
    db::{
        Among, Conn, Key, Tx,
        schema::{actors, blocks, endorsements, follows, limited_actors, mutes},
    },
    domain::{
        ActorId, Page,
        actors::{Actor, ActorKind},
    },
    error::{Error, Result},
    on_conn,
};

/// How many people somebody shows at most.
pub const ENDORSED: i64 = 100;
/// How many pairs of two who follow are looked at, to tell who is familiar.
const FAMILIAR: i64 = 2_000;

/// Shows somebody whom one follows; twice is once. It ends with the follow.
pub fn endorse(tx: &mut Tx<'_>, me: ActorId, target: ActorId) -> Result<()> {
    tx.lock(Key("endorsements", &[me.0]))?;
    tx.lock(Key("follow", &[me.0, target.0]))?;
    let follow = find_between(tx.conn(), me, target)?.filter(|follow| follow.state == FollowState::Accepted);
    let Some(follow) = follow else {
        return Err(Error::invalid(
            "endorse.not_followed",
            "Validation failed: You must be already following the person you want to endorse",
        ));
    };
    let mine = endorsements::table.filter(endorsements::actor_id.eq(me));
    if mine.count().get_result::<i64>(tx.conn())? >= ENDORSED {
        return Err(Error::invalid("endorse.limit", format!("At most {ENDORSED} people can be endorsed.")));
    }
    let (id, now) = (tx.new_id(), tx.now());
    on_conn!(tx.conn(), |c| diesel::insert_into(endorsements::table)
        .values((
            endorsements::id.eq(id),
            endorsements::actor_id.eq(me),
            endorsements::target_id.eq(target),
            endorsements::follow_id.eq(follow.id),
            endorsements::created_at.eq(now),
        ))
        .on_conflict((endorsements::actor_id, endorsements::target_id))
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// Shows somebody no longer; who never was shown is fine.
pub fn unendorse(tx: &mut Tx<'_>, me: ActorId, target: ActorId) -> Result<()> {
    let row = endorsements::table.filter(endorsements::actor_id.eq(me)).filter(endorsements::target_id.eq(target));
    diesel::delete(row).execute(tx.conn())?;
    Ok(())
}

/// Whom somebody shows, shown last first, each with the number by which they are paged.
pub fn endorsed_by(conn: &mut Conn, actor: ActorId, page: &Page) -> Result<Vec<(i64, ActorId)>> {
    let (above, below) = page.bounds();
    let query = endorsements::table
        .filter(endorsements::actor_id.eq(actor))
        .filter(endorsements::id.gt(above))
        .filter(endorsements::id.lt(below))
        .limit(page.limit)
        .select((endorsements::id, endorsements::target_id))
        .into_boxed();
    let query = if page.upwards() { query.order(endorsements::id.asc()) } else { query.order(endorsements::id.desc()) };
    let mut rows: Vec<(i64, ActorId)> = query.load(conn)?;
    if page.upwards() {
        rows.reverse();
    }
    Ok(rows)
}

/// Our own who let themselves be found, are not limited, and whom `me` neither follows nor wants to be without, who
/// wrote last first.
pub fn suggestions(conn: &mut Conn, me: ActorId, limit: i64) -> Result<Vec<Actor>> {
    let followed = follows::table.filter(follows::follower_id.eq(me)).select(follows::target_id);
    let blocked = blocks::table.filter(blocks::actor_id.eq(me)).select(blocks::target_id);
    let blocking = blocks::table.filter(blocks::target_id.eq(me)).select(blocks::actor_id);
    let muted = mutes::table.filter(mutes::actor_id.eq(me)).select(mutes::target_id);
    Ok(actors::table
        .filter(actors::host.eq(""))
        .filter(actors::kind.ne(ActorKind::Application))
        .filter(actors::discoverable.eq(true))
        .filter(dsl::not(dsl::exists(limited_actors::table.find(actors::id))))
        .filter(actors::suspended_at.is_null())
        .filter(actors::deleted_at.is_null())
        .filter(actors::id.ne(me))
        .filter(dsl::not(actors::id.eq_any(followed)))
        .filter(dsl::not(actors::id.eq_any(blocked)))
        .filter(dsl::not(actors::id.eq_any(blocking)))
        .filter(dsl::not(actors::id.eq_any(muted)))
        .filter(actors::last_post_at.is_not_null())
        .order((actors::last_post_at.desc(), actors::id.desc()))
        .limit(limit)
        .select(Actor::as_select())
        .load(conn)?)
}

/// Those whom `me` follows and who follow one of these people, by whom they follow. One query.
pub fn familiar(conn: &mut Conn, me: ActorId, people: &[ActorId]) -> Result<HashMap<ActorId, Vec<ActorId>>> {
    let mine = diesel::alias!(follows as mine);
    let known = mine
        .filter(mine.field(follows::follower_id).eq(me))
        .filter(mine.field(follows::state).eq(FollowState::Accepted))
        .select(mine.field(follows::target_id));
    let rows: Vec<(ActorId, ActorId)> = follows::table
        .filter(follows::target_id.among(people.to_vec()))
        .filter(follows::state.eq(FollowState::Accepted))
        .filter(follows::follower_id.eq_any(known))
        .order(follows::id.desc())
        .limit(FAMILIAR)
        .select((follows::target_id, follows::follower_id))
        .load(conn)?;
    let mut familiar: HashMap<ActorId, Vec<ActorId>> = HashMap::new();
    for (person, through) in rows {
        familiar.entry(person).or_default().push(through);
    }
    Ok(familiar)
}
