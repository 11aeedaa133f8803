//! Not wanting to hear from a whole server: one's own choice, for nobody else.

use diesel::prelude::*;

use super::{remove_follower, unfollow};
use crate::{
    db::{
        Conn, Key, Tx,
        schema::{actor_notes, actors, blocks, follows, home_entries, mutes, notifications, shunned_hosts},
    },
    domain::{ActorId, By, Page, Site, servers, work::Job},
    error::{Error, Result},
    on_conn,
};

/// How many servers somebody shuns at most.
pub const SHUNNED: i64 = 1_000;

/// Hears nothing from a server from now on: its people are neither shown nor heard, and follows end both ways, by a
/// job, because they may be thousands.
pub fn shun(tx: &mut Tx<'_>, site: &Site, me: ActorId, host: &str) -> Result<()> {
    let host = servers::normalise(host)?;
    if site.is_our_host(&host) {
        return Err(Error::invalid("domain.own", "This is our own server."));
    }
    tx.lock(Key("shunned", &[me.0]))?;
    let mine = shunned_hosts::table.filter(shunned_hosts::actor_id.eq(me));
    if mine.count().get_result::<i64>(tx.conn())? >= SHUNNED {
        return Err(Error::invalid("domain.limit", format!("At most {SHUNNED} domains can be blocked.")));
    }
    let (id, now) = (tx.new_id(), tx.now());
    on_conn!(tx.conn(), |c| diesel::insert_into(shunned_hosts::table)
        .values((
            shunned_hosts::id.eq(id),
            shunned_hosts::actor_id.eq(me),
            shunned_hosts::host.eq(&host),
            shunned_hosts::created_at.eq(now),
        ))
        .on_conflict((shunned_hosts::actor_id, shunned_hosts::host))
        .do_nothing()
        .execute(c))?;
    let theirs = || actors::table.filter(actors::host.eq(host.clone())).select(actors::id);
    diesel::delete(
        notifications::table.filter(notifications::owner_id.eq(me)).filter(notifications::from_id.eq_any(theirs())),
    )
    .execute(tx.conn())?;
    diesel::delete(
        home_entries::table.filter(home_entries::owner_id.eq(me)).filter(home_entries::author_id.eq_any(theirs())),
    )
    .execute(tx.conn())?;
    tx.defer(&Job::PartFrom { actor: me, host })
}

/// Hears from a server again. What ended stays ended.
pub fn unshun(tx: &mut Tx<'_>, me: ActorId, host: &str) -> Result<()> {
    let host = servers::normalise(host)?;
    let row = shunned_hosts::table.filter(shunned_hosts::actor_id.eq(me)).filter(shunned_hosts::host.eq(host));
    diesel::delete(row).execute(tx.conn())?;
    Ok(())
}

/// Whether somebody wants to hear nothing from this server.
pub fn shuns(conn: &mut Conn, me: ActorId, host: &str) -> Result<bool> {
    let row = shunned_hosts::table.filter(shunned_hosts::actor_id.eq(me)).filter(shunned_hosts::host.eq(host));
    Ok(diesel::select(diesel::dsl::exists(row)).get_result(conn)?)
}

/// The servers that somebody shuns, shunned last first, each with the number by which they are paged.
pub fn shunned(conn: &mut Conn, me: ActorId, page: &Page) -> Result<Vec<(i64, String)>> {
    let (above, below) = page.bounds();
    let query = shunned_hosts::table
        .filter(shunned_hosts::actor_id.eq(me))
        .filter(shunned_hosts::id.gt(above))
        .filter(shunned_hosts::id.lt(below))
        .limit(page.limit)
        .select((shunned_hosts::id, shunned_hosts::host))
        .into_boxed();
    let query =
        if page.upwards() { query.order(shunned_hosts::id.asc()) } else { query.order(shunned_hosts::id.desc()) };
    let mut rows: Vec<(i64, String)> = query.load(conn)?;
    if page.upwards() {
        rows.reverse();
    }
    Ok(rows)
}

/// How many on this server somebody follows, and how many there follow them.
pub fn ties_with(conn: &mut Conn, me: ActorId, host: &str) -> Result<(i64, i64)> {
    let host = servers::normalise(host)?;
    let theirs = || actors::table.filter(actors::host.eq(host.clone())).select(actors::id);
    let accepted = || follows::table.filter(follows::state.eq("accepted"));
    let following = accepted().filter(follows::follower_id.eq(me)).filter(follows::target_id.eq_any(theirs()));
    let followers = accepted().filter(follows::target_id.eq(me)).filter(follows::follower_id.eq_any(theirs()));
    Ok((following.count().get_result(conn)?, followers.count().get_result(conn)?))
}

/// Ends up to `limit` follows with a server that somebody shuns, both ways; answers whether any may be left. Done with
/// when they hear from it again.
pub fn part_from(tx: &mut Tx<'_>, me: ActorId, host: &str, limit: i64) -> Result<bool> {
    if !shuns(tx.conn(), me, host)? {
        return Ok(false);
    }
    let theirs = || actors::table.filter(actors::host.eq(host.to_owned())).select(actors::id);
    let pairs: Vec<(ActorId, ActorId)> = follows::table
        .filter(
            follows::follower_id
                .eq(me)
                .and(follows::target_id.eq_any(theirs()))
                .or(follows::target_id.eq(me).and(follows::follower_id.eq_any(theirs()))),
        )
        .order(follows::id)
        .limit(limit)
        .select((follows::follower_id, follows::target_id))
        .load(tx.conn())?;
    let by = By::Local { actor: me, account: None };
    for (follower, target) in &pairs {
        if *follower == me {
            unfollow(tx, &by, *target)?;
        } else {
            remove_follower(tx, me, *follower)?;
        }
    }
    Ok(i64::try_from(pairs.len()).unwrap_or(i64::MAX) >= limit)
}

/// Forgets whom an actor blocks, mutes and shuns, and what they noted about people, when the actor itself goes.
pub fn forget_aversions_of(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    diesel::delete(shunned_hosts::table.filter(shunned_hosts::actor_id.eq(actor))).execute(tx.conn())?;
    diesel::delete(actor_notes::table.filter(actor_notes::actor_id.eq(actor))).execute(tx.conn())?;
    diesel::delete(mutes::table.filter(mutes::actor_id.eq(actor))).execute(tx.conn())?;
    diesel::delete(blocks::table.filter(blocks::actor_id.eq(actor))).execute(tx.conn())?;
    Ok(())
}
