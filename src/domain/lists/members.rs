//! Who is in a list.

use diesel::prelude::*;

use super::{List, get};
use crate::{
    db::{
        Among, Conn, Key, Tx,
        schema::{follows, list_members, lists},
    },
    domain::{ActorId, FollowId, ListId, Page},
    error::{Error, Result},
    on_conn,
};

/// How many people are in a list at most.
pub const MEMBERS: i64 = 1_000;

/// Somebody in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Member {
    /// The number by which members are paged.
    pub id: i64,
    /// Who it is.
    pub actor: ActorId,
}

/// Puts people into a list of one's own: all of them, or none. One must follow them, or have asked to.
pub fn add(tx: &mut Tx<'_>, owner: ActorId, id: ListId, people: &[ActorId]) -> Result<()> {
    tx.lock(Key("list", &[id.0]))?;
    get(tx.conn(), owner, id)?;
    if people.is_empty() {
        return Ok(());
    }
    let asked = follows::table
        .filter(follows::follower_id.eq(owner))
        .filter(follows::target_id.among(people.to_vec()))
        .select((follows::target_id, follows::id));
    // Whoever is unfollowed at this moment waits until they are written, and leaves the list with the follow.
    let follows: Vec<(ActorId, FollowId)> = match tx.conn() {
        Conn::Pg(pg) => asked.for_key_share().load(pg)?,
        Conn::Sqlite(sqlite) => asked.load(sqlite)?,
    };
    let here: Vec<ActorId> = list_members::table
        .filter(list_members::list_id.eq(id))
        .filter(list_members::actor_id.among(people.to_vec()))
        .select(list_members::actor_id)
        .load(tx.conn())?;
    if !here.is_empty() {
        return Err(Error::invalid("list.member", "Validation failed: Account has already been taken"));
    }
    let count: i64 = list_members::table.filter(list_members::list_id.eq(id)).count().get_result(tx.conn())?;
    if count.saturating_add(i64::try_from(people.len()).unwrap_or(i64::MAX)) > MEMBERS {
        return Err(Error::invalid("list.members", format!("At most {MEMBERS} people can be in a list.")));
    }
    let mut rows = Vec::new();
    for actor in people {
        let follow = follows.iter().find(|(target, _)| target == actor).map(|(_, follow)| *follow);
        if follow.is_none() && *actor != owner {
            return Err(Error::not_found("list.not_followed", "Only people whom you follow can be in a list."));
        }
        rows.push((
            list_members::id.eq(tx.new_id()),
            list_members::list_id.eq(id),
            list_members::actor_id.eq(*actor),
            list_members::follow_id.eq(follow),
        ));
    }
    on_conn!(tx.conn(), |c| diesel::insert_into(list_members::table).values(&rows).execute(c))?;
    Ok(())
}

/// Takes people out of a list of one's own; who is not in it is fine.
pub fn remove(tx: &mut Tx<'_>, owner: ActorId, id: ListId, people: &[ActorId]) -> Result<()> {
    get(tx.conn(), owner, id)?;
    let those =
        list_members::table.filter(list_members::list_id.eq(id)).filter(list_members::actor_id.among(people.to_vec()));
    diesel::delete(those).execute(tx.conn())?;
    Ok(())
}

/// Who is in a list of `owner`, added last first. Pages by the id of the member.
pub fn members(conn: &mut Conn, owner: ActorId, id: ListId, page: &Page) -> Result<Vec<Member>> {
    get(conn, owner, id)?;
    let (above, below) = page.bounds();
    let query = list_members::table
        .filter(list_members::list_id.eq(id))
        .filter(list_members::id.gt(above))
        .filter(list_members::id.lt(below))
        .limit(page.limit)
        .select((list_members::id, list_members::actor_id))
        .into_boxed();
    let query = if page.upwards() { query.order(list_members::id.asc()) } else { query.order(list_members::id.desc()) };
    let mut rows: Vec<Member> = query.load(conn)?;
    if page.upwards() {
        rows.reverse();
    }
    Ok(rows)
}

/// The lists of `owner` that somebody is in.
pub fn lists_with(conn: &mut Conn, owner: ActorId, member: ActorId) -> Result<Vec<List>> {
    Ok(lists::table
        .inner_join(list_members::table)
        .filter(lists::owner_id.eq(owner))
        .filter(list_members::actor_id.eq(member))
        .order(lists::id)
        .select(List::as_select())
        .load(conn)?)
}

/// The members of a list, for a condition of a query.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn members_in(list: ListId) -> _ {
    list_members::table.filter(list_members::list_id.eq(list)).select(list_members::actor_id)
}

/// Those whom `owner` keeps apart from home, in lists that are exclusive, for a condition of a query.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn keep_apart(owner: ActorId) -> _ {
    list_members::table
        .inner_join(lists::table)
        .filter(lists::owner_id.eq(owner))
        .filter(lists::exclusive.eq(true))
        .select(list_members::actor_id)
}
