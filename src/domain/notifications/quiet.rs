//! Threads of which somebody wants to be told nothing more.

use diesel::{dsl, prelude::*};

use crate::{
    db::{
        Among, Conn, Key, Tx,
        schema::{posts, quiet_threads},
    },
    domain::{ActorId, PostId},
    error::{Error, Result},
    on_conn,
};

/// How many threads somebody keeps quiet at most.
pub const QUIET: i64 = 5_000;

/// Tells nothing more of the thread of a post; twice is once. It is remembered by the first post of the thread, where
/// that is here, because threads that meet become one.
pub fn quiet(tx: &mut Tx<'_>, me: ActorId, post: PostId) -> Result<()> {
    tx.lock(Key("quiet_threads", &[me.0]))?;
    let thread: PostId = posts::table.find(post).select(posts::thread_id).first(tx.conn())?;
    let root: Option<PostId> = posts::table.find(thread).select(posts::id).first(tx.conn()).optional()?;
    let mine = quiet_threads::table.filter(quiet_threads::actor_id.eq(me));
    if mine.count().get_result::<i64>(tx.conn())? >= QUIET {
        return Err(Error::invalid("thread.limit", format!("At most {QUIET} conversations can be muted.")));
    }
    on_conn!(tx.conn(), |c| diesel::insert_into(quiet_threads::table)
        .values((quiet_threads::actor_id.eq(me), quiet_threads::post_id.eq(root.unwrap_or(post))))
        .on_conflict((quiet_threads::actor_id, quiet_threads::post_id))
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// Tells of the thread of a post again; what was not quiet is fine.
pub fn unquiet(tx: &mut Tx<'_>, me: ActorId, post: PostId) -> Result<()> {
    let thread: PostId = posts::table.find(post).select(posts::thread_id).first(tx.conn())?;
    let in_thread = posts::table.filter(posts::thread_id.eq(thread)).select(posts::id);
    let rows =
        quiet_threads::table.filter(quiet_threads::actor_id.eq(me)).filter(quiet_threads::post_id.eq_any(in_thread));
    diesel::delete(rows).execute(tx.conn())?;
    Ok(())
}

/// Those of these threads that somebody keeps quiet.
pub fn quiet_among(conn: &mut Conn, me: ActorId, threads: &[PostId]) -> Result<Vec<PostId>> {
    Ok(quiet_threads::table
        .inner_join(posts::table)
        .filter(quiet_threads::actor_id.eq(me))
        .filter(posts::thread_id.among(threads.to_vec()))
        .select(posts::thread_id)
        .distinct()
        .load(conn)?)
}

/// Whether somebody keeps the thread of a post quiet.
pub(super) fn is_quiet(conn: &mut Conn, me: ActorId, post: PostId) -> Result<bool> {
    let told = diesel::alias!(posts as told);
    let thread = told.filter(told.field(posts::id).eq(post)).select(told.field(posts::thread_id));
    let rows = quiet_threads::table
        .inner_join(posts::table)
        .filter(quiet_threads::actor_id.eq(me))
        .filter(posts::thread_id.eq_any(thread));
    Ok(diesel::select(dsl::exists(rows)).get_result(conn)?)
}

/// Forgets what an actor keeps quiet, when the actor itself goes.
pub fn forget_quiet_of(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    diesel::delete(quiet_threads::table.filter(quiet_threads::actor_id.eq(actor))).execute(tx.conn())?;
    Ok(())
}
