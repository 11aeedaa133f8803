//! Hashtags whose public posts come home.

use diesel::{dsl, prelude::*};

use crate::{
    db::{
        Among, Conn, Key, Tx,
        schema::{actors, followed_tags},
    },
    domain::{ActorId, Page, home},
    error::{Error, Result},
    on_conn,
};

/// How many hashtags somebody follows at most.
pub const FOLLOWED: i64 = 500;

/// Brings the public posts with a hashtag home from now on, and the latest of them at once; twice is once. `name` is in
/// the form in which hashtags are compared.
pub fn follow(tx: &mut Tx<'_>, me: ActorId, name: &str) -> Result<()> {
    tx.lock(Key("followed_tags", &[me.0]))?;
    let mine = followed_tags::table.filter(followed_tags::actor_id.eq(me));
    if diesel::select(dsl::exists(mine.filter(followed_tags::name.eq(name)))).get_result(tx.conn())? {
        return Ok(());
    }
    if mine.count().get_result::<i64>(tx.conn())? >= FOLLOWED {
        return Err(Error::invalid("tag.limit", format!("At most {FOLLOWED} hashtags can be followed.")));
    }
    let (id, now) = (tx.new_id(), tx.now());
    on_conn!(tx.conn(), |c| diesel::insert_into(followed_tags::table)
        .values((
            followed_tags::id.eq(id),
            followed_tags::actor_id.eq(me),
            followed_tags::name.eq(name),
            followed_tags::created_at.eq(now),
        ))
        .execute(c))?;
    home::backfill_tag(tx, me, name)
}

/// Follows a hashtag no longer: what is at home because of it alone leaves. What never was is fine.
pub fn unfollow(tx: &mut Tx<'_>, me: ActorId, name: &str) -> Result<()> {
    tx.lock(Key("followed_tags", &[me.0]))?;
    let mine = followed_tags::table.filter(followed_tags::actor_id.eq(me));
    if diesel::delete(mine.filter(followed_tags::name.eq(name))).execute(tx.conn())? == 0 {
        return Ok(());
    }
    let others: Vec<String> = mine.select(followed_tags::name).load(tx.conn())?;
    home::remove_tag(tx, me, name, &others)
}

/// The hashtags that somebody follows, followed last first, each with the number by which it is paged.
pub fn followed(conn: &mut Conn, me: ActorId, page: &Page) -> Result<Vec<(i64, String)>> {
    let (above, below) = page.bounds();
    let query = followed_tags::table
        .filter(followed_tags::actor_id.eq(me))
        .filter(followed_tags::id.gt(above))
        .filter(followed_tags::id.lt(below))
        .limit(page.limit)
        .select((followed_tags::id, followed_tags::name))
        .into_boxed();
    let query =
        if page.upwards() { query.order(followed_tags::id.asc()) } else { query.order(followed_tags::id.desc()) };
    let mut rows: Vec<(i64, String)> = query.load(conn)?;
    if page.upwards() {
        rows.reverse();
    }
    Ok(rows)
}

/// Those of these hashtags that somebody follows.
pub fn following_among(conn: &mut Conn, me: ActorId, names: &[String]) -> Result<Vec<String>> {
    Ok(followed_tags::table
        .filter(followed_tags::name.among(names.to_vec()))
        .filter(followed_tags::actor_id.eq(me))
        .select(followed_tags::name)
        .load(conn)?)
}

/// Who here follows one of these hashtags. No more than there are people here.
pub fn followers(conn: &mut Conn, names: &[String]) -> Result<Vec<ActorId>> {
    Ok(followed_tags::table
        .inner_join(actors::table.on(actors::id.eq(followed_tags::actor_id)))
        .filter(followed_tags::name.among(names.to_vec()))
        .filter(actors::deleted_at.is_null())
        .select(followed_tags::actor_id)
        .distinct()
        .load(conn)?)
}
