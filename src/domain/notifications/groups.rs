//! Several notifications that are shown as one: who liked a post, who boosted it, who follows.

use std::collections::HashMap;

use diesel::{dsl, prelude::*};

use super::{
    Notification, NotificationKind, OWN, Which,
    queries::{Query, page_of},
};
use crate::{
    db::{
        Among, Conn, Timestamp, Tx,
        schema::{notifications, refused_actors},
    },
    domain::{ActorId, NotificationId, Page, PostId},
    error::Result,
};

/// For how many hours a group goes on.
const SPAN: i64 = 12;
/// How many people of a group are shown.
const SAMPLES: usize = 8;
/// How many of the latest notifications of all groups of a page are looked at to find these people.
const LOOKED_AT: i64 = 4_000;

/// A group as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub key: String,
    /// One of its notifications: the one through which it is on the page.
    pub shown: Notification,
    /// How many it has.
    pub count: i64,
    /// The newest.
    pub newest: NotificationId,
    /// When that came.
    pub newest_at: Timestamp,
    /// The oldest one that belongs to the page.
    pub oldest_on_page: NotificationId,
    /// The latest people, each once.
    pub people: Vec<ActorId>,
}

/// Which kinds are shown in groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping(pub Vec<NotificationKind>);

impl Default for Grouping {
    fn default() -> Self {
        Self(NotificationKind::GROUPED.to_vec())
    }
}

/// What the name of a group names.
pub(super) enum Named<'a> {
    /// Several notifications.
    Group(&'a str),
    /// One alone.
    One(NotificationId),
    /// Nothing.
    Nothing,
}

impl<'a> Named<'a> {
    /// Reads a name.
    pub(super) fn read(key: &'a str) -> Self {
        match key.strip_prefix(OWN) {
            None => Self::Group(key),
            Some(id) => id.parse().map_or(Self::Nothing, Self::One),
        }
    }
}

/// The key of the group to which a new notification belongs: one that began within the last hours, or a new one.
pub(super) fn key_for(
    tx: &mut Tx<'_>,
    owner: ActorId,
    kind: NotificationKind,
    post: Option<PostId>,
) -> Result<Option<String>> {
    if !NotificationKind::GROUPED.contains(&kind) {
        return Ok(None);
    }
    let hour = tx.now().0 / 3_600_000_000;
    let key = |hour: i64| match post {
        Some(post) => format!("{kind}-{post}-{hour}"),
        None => format!("{kind}-{hour}"),
    };
    let possible: Vec<String> = (0..SPAN).map(|back| key(hour - back)).collect();
    // At most one of them has begun, however many stand in it: one tells.
    let begun: Option<Option<String>> = notifications::table
        .filter(notifications::owner_id.eq(owner))
        .filter(notifications::group_key.among(possible))
        .select(notifications::group_key)
        .first(tx.conn())
        .optional()?;
    Ok(Some(begun.flatten().unwrap_or_else(|| key(hour))))
}

/// A page of what `owner` was told, groups once: where their newest is, or their oldest when the page is read
/// upwards. Newest first. Three queries.
pub fn list_groups(
    conn: &mut Conn,
    owner: ActorId,
    which: &Which,
    grouping: &Grouping,
    page: &Page,
) -> Result<Vec<Group>> {
    let rows = page_of(conn, once_for_each_group(owner, which, grouping, page), page)?;
    let Some((first, last)) = rows.first().zip(rows.last()) else { return Ok(Vec::new()) };
    let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= page.limit;
    let (above, below) = page.bounds();
    // A page that is not full is the last one in its direction: it reaches to where it was asked to begin.
    let (mut oldest, mut newest) = (last.id, first.id);
    if !full && page.upwards() {
        newest = NotificationId(below.saturating_sub(1));
    } else if !full {
        oldest = NotificationId(above.saturating_add(1));
    }
    as_groups(conn, owner, rows, grouping, oldest, newest)
}

/// The group of this name, or the one notification; nothing when there is none.
pub fn find_group(conn: &mut Conn, owner: ActorId, key: &str) -> Result<Option<Group>> {
    let page = Page { limit: 1, ..Page::default() };
    let rows = page_of(conn, members(owner, key), &page)?;
    let (oldest, newest) = (NotificationId(0), NotificationId(i64::MAX));
    // One that is asked for alone is shown alone.
    let grouping = if matches!(Named::read(key), Named::Group(_)) { Grouping::default() } else { Grouping(Vec::new()) };
    Ok(as_groups(conn, owner, rows, &grouping, oldest, newest)?.into_iter().next())
}

/// The notifications of the group of this name, newest first.
pub fn group_members(conn: &mut Conn, owner: ActorId, key: &str, page: &Page) -> Result<Vec<Notification>> {
    page_of(conn, members(owner, key), page)
}

fn members(owner: ActorId, key: &str) -> Query {
    let all = Which { filtered: true, ..Which::default() }.of(owner);
    match Named::read(key) {
        Named::Group(key) => all.filter(notifications::group_key.eq(key.to_owned())),
        Named::One(id) => all.filter(notifications::id.eq(id)),
        Named::Nothing => all.filter(notifications::id.eq(NotificationId(0))),
    }
}

/// Of a group only the first row in the direction of the page.
fn once_for_each_group(owner: ActorId, which: &Which, grouping: &Grouping, page: &Page) -> Query {
    let (above, below) = page.bounds();
    let other = diesel::alias!(notifications as other);
    let refused = refused_actors::table.select(refused_actors::actor_id);
    let before_it = other
        .filter(other.field(notifications::owner_id).eq(owner))
        .filter(other.field(notifications::group_key).eq(notifications::group_key))
        .filter(other.field(notifications::id).gt(NotificationId(above)))
        .filter(other.field(notifications::id).lt(NotificationId(below)))
        .filter(dsl::not(other.field(notifications::from_id).eq_any(refused)));
    let alone = notifications::kind.ne_all(grouping.0.clone());
    if page.upwards() {
        let older = before_it.filter(other.field(notifications::id).lt(notifications::id));
        which.of(owner).filter(alone.or(dsl::not(dsl::exists(older))))
    } else {
        let newer = before_it.filter(other.field(notifications::id).gt(notifications::id));
        which.of(owner).filter(alone.or(dsl::not(dsl::exists(newer))))
    }
}

/// What is shown of these notifications and of the groups that they stand for, between two ids. Two queries.
fn as_groups(
    conn: &mut Conn,
    owner: ActorId,
    rows: Vec<Notification>,
    grouping: &Grouping,
    oldest: NotificationId,
    newest: NotificationId,
) -> Result<Vec<Group>> {
    let key_of = |row: &Notification| row.group_key.clone().filter(|_| grouping.0.contains(&row.kind));
    let keys: Vec<String> = rows.iter().filter_map(key_of).collect();
    let counts: Vec<(Option<String>, i64)> = notifications::table
        .filter(notifications::owner_id.eq(owner))
        .filter(notifications::group_key.among(keys.clone()))
        .filter(notifications::id.le(newest))
        .filter(dsl::not(notifications::from_id.eq_any(refused_actors::table.select(refused_actors::actor_id))))
        .group_by(notifications::group_key)
        .select((notifications::group_key, dsl::count_star()))
        .load(conn)?;
    let counts: HashMap<String, i64> = counts.into_iter().filter_map(|(key, count)| Some((key?, count))).collect();
    let latest: Vec<Notification> = Which::default()
        .of(owner)
        .filter(notifications::group_key.among(keys))
        .filter(notifications::id.le(newest))
        .order(notifications::id.desc())
        .limit(LOOKED_AT)
        .select(Notification::as_select())
        .load(conn)?;
    let group = |row: Notification| match key_of(&row) {
        None => alone(row),
        Some(key) => {
            let of_it = |one: &&Notification| one.group_key.as_ref() == Some(&key);
            let members: Vec<&Notification> = latest.iter().filter(of_it).collect();
            let count = counts.get(&key).copied().unwrap_or(1);
            together(key, row, &members, count, oldest)
        }
    };
    Ok(rows.into_iter().map(group).collect())
}

fn alone(row: Notification) -> Group {
    Group {
        key: row.own_key(),
        count: 1,
        newest: row.id,
        newest_at: row.created_at,
        oldest_on_page: row.id,
        people: vec![row.from_id],
        shown: row,
    }
}

/// A group of which these are the latest, newest first.
fn together(key: String, row: Notification, members: &[&Notification], count: i64, oldest: NotificationId) -> Group {
    let newest = members.first().copied().unwrap_or(&row);
    let mut people: Vec<ActorId> = Vec::new();
    for member in members {
        if people.len() < SAMPLES && !people.contains(&member.from_id) {
            people.push(member.from_id);
        }
    }
    if people.is_empty() {
        people.push(row.from_id);
    }
    let on_page = members.iter().map(|member| member.id).filter(|id| *id >= oldest).min();
    Group {
        key,
        count,
        newest: newest.id,
        newest_at: newest.created_at,
        oldest_on_page: on_page.unwrap_or(row.id).min(row.id),
        people,
        shown: row,
    }
}
