//! Looking notifications up, one by one.

use diesel::prelude::*;

use super::{Notification, NotificationKind, moderators::may_be_shown};
use crate::{
    db::{
        Among, Conn,
        schema::{accounts, actors, drafts, grants, notifications, refused_actors},
    },
    domain::{
        ActorId, NotificationId, Page,
        accounts::{AccountKind, GrantRole, Right, Role},
    },
    error::Result,
};

/// Which notifications.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Which {
    /// Only these kinds, when any are given.
    pub only: Vec<NotificationKind>,
    /// None of these kinds.
    pub except: Vec<NotificationKind>,
    /// Only by this one; also what waits.
    pub from: Option<ActorId>,
    /// Also what waits.
    pub filtered: bool,
}

/// A query of notifications that is not finished.
pub(super) type Query = notifications::BoxedQuery<'static, crate::db::MultiBackend>;

impl Which {
    /// Those of `owner`, without those of blocked servers, without those for moderators where `owner` is none, and without
    /// those of drafts of brands whose drafts they may not read any more.
    pub(super) fn of(&self, owner: ActorId) -> Query {
        let refused = refused_actors::table.select(refused_actors::actor_id);
        let moderates = accounts::table
            .filter(accounts::actor_id.eq(owner))
            .filter(accounts::kind.eq(AccountKind::Employee))
            .filter(accounts::role.ne(Role::Member))
            .filter(accounts::suspended_at.is_null())
            .filter(accounts::deleted_at.is_null());
        let for_everybody = notifications::kind.ne_all(NotificationKind::FOR_MODERATORS);
        let reads = grants::table
            .inner_join(accounts::table)
            .inner_join(actors::table)
            .filter(accounts::actor_id.eq(owner))
            .filter(grants::role.among(GrantRole::having(Right::ReadDrafts)))
            .filter(actors::suspended_at.is_null())
            .filter(actors::deleted_at.is_null())
            .select(grants::actor_id);
        let readable = drafts::table.filter(drafts::actor_id.eq_any(reads)).select(drafts::id.nullable());
        let mut query = notifications::table
            .into_boxed()
            .filter(notifications::draft_id.is_null().or(notifications::draft_id.eq_any(readable)))
            .filter(notifications::owner_id.eq(owner))
            .filter(for_everybody.or(diesel::dsl::exists(moderates)))
            .filter(diesel::dsl::not(notifications::from_id.eq_any(refused)));
        if !self.only.is_empty() {
            query = query.filter(notifications::kind.among(self.only.clone()));
        }
        if !self.except.is_empty() {
            query = query.filter(notifications::kind.ne_all(self.except.clone()));
        }
        match self.from {
            Some(from) => query.filter(notifications::from_id.eq(from)),
            None if self.filtered => query,
            None => query.filter(notifications::filtered.eq(false)),
        }
    }
}

/// The rows of a page, newest first.
pub(super) fn page_of(conn: &mut Conn, query: Query, page: &Page) -> Result<Vec<Notification>> {
    let (above, below) = page.bounds();
    let query = query
        .filter(notifications::id.gt(NotificationId(above)))
        .filter(notifications::id.lt(NotificationId(below)))
        .limit(page.limit);
    let query =
        if page.upwards() { query.order(notifications::id.asc()) } else { query.order(notifications::id.desc()) };
    let mut rows: Vec<Notification> = query.select(Notification::as_select()).load(conn)?;
    if page.upwards() {
        rows.reverse();
    }
    Ok(rows)
}

/// What `owner` was told, newest first.
pub fn list(conn: &mut Conn, owner: ActorId, which: &Which, page: &Page) -> Result<Vec<Notification>> {
    page_of(conn, which.of(owner), page)
}

/// One notification of `owner`.
pub fn find(conn: &mut Conn, owner: ActorId, id: NotificationId) -> Result<Option<Notification>> {
    let found: Option<Notification> = notifications::table
        .find(id)
        .filter(notifications::owner_id.eq(owner))
        .select(Notification::as_select())
        .first(conn)
        .optional()?;
    match found {
        Some(found) if may_be_shown(conn, owner, found.kind)? => Ok(Some(found)),
        _ => Ok(None),
    }
}

/// How many came after `read`, counted up to `limit`.
pub fn count_unread(conn: &mut Conn, owner: ActorId, which: &Which, read: NotificationId, limit: i64) -> Result<usize> {
    let newer = which.of(owner).filter(notifications::id.gt(read)).limit(limit);
    Ok(newer.select(notifications::id).load::<NotificationId>(conn)?.len())
}
