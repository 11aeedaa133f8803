//! Lists of posts: home, public, of a list of people, of one account, of one hashtag. Newest first, paged by id.

mod direct;
mod front;
mod room;
mod trending;

use diesel::{dsl, prelude::*};

pub use direct::{Talk, direct, get_direct};
pub use front::{Conversation, Listening, conversations, listening, listening_of};
pub use room::fitting;
pub use trending::trending;

use super::{
    ActorId, BoostId, Page, PostId,
    lists::{self, List, RepliesPolicy},
    posts::{Audience, EntryRef, Viewer, boost_visible_to, keep_entries, visible_to},
};
use crate::{
    db::{
        Among, Conn, Timestamp,
        schema::{
            actors, blocks, boosts, hashtags, home_entries, limited_actors, mutes, posts, publications, refused_actors,
            shunned_hosts,
        },
    },
    error::Result,
};

/// How many times a page that was thinned out by what its reader may not see is filled up.
const REFILLS: usize = 5;

/// A boxed query within the window of a page. A bound that nobody asked for is not written: PostgreSQL plans prepared
/// statements for whatever values may come, takes a window with two ends for a two-hundredth of the rows, and then
/// reads and sorts all that one hears at home for a page of twenty.
macro_rules! within {
    ($query:expr, $id:path, $page:expr, $kind:path) => {{
        let mut query = $query;
        if let Some(above) = $page.above() {
            query = query.filter($id.gt($kind(above)));
        }
        if let Some(below) = $page.max_id {
            query = query.filter($id.lt($kind(below)));
        }
        query
    }};
}

crate::text_enum! {
    /// On which side of the house's walls posts are.
    Side {
        /// For the company or a team: they never leave.
        Inside = "inside",
        /// All others.
        Outside = "outside",
    }
}

/// What `viewer` hears at home, or on one side of the walls, without those who are blocked, muted or kept apart in a
/// list. Only our own have a home.
pub fn home(
    conn: &mut Conn,
    viewer: &Viewer,
    part: Option<Side>,
    page: &Page,
    now: Timestamp,
) -> Result<Vec<EntryRef>> {
    let Viewer::Local { actor: owner, .. } = *viewer else { return Ok(Vec::new()) };
    filled(conn, viewer, page, |conn, page| home_rows(conn, owner, None, part, page, now))
}

/// What `viewer` hears at home of the members of a list.
pub fn list(conn: &mut Conn, viewer: &Viewer, list: &List, page: &Page, now: Timestamp) -> Result<Vec<EntryRef>> {
    let Viewer::Local { actor: owner, .. } = *viewer else { return Ok(Vec::new()) };
    filled(conn, viewer, page, |conn, page| home_rows(conn, owner, Some(list), None, page, now))
}

fn home_rows(
    conn: &mut Conn,
    owner: ActorId,
    list: Option<&List>,
    part: Option<Side>,
    page: &Page,
    now: Timestamp,
) -> Result<Vec<EntryRef>> {
    let silenced = || {
        mutes::table
            .filter(mutes::actor_id.eq(owner))
            .filter(mutes::expires_at.is_null().or(mutes::expires_at.gt(now)))
            .select(mutes::target_id)
    };
    let shut_out = blocks::table.filter(blocks::actor_id.eq(owner)).select(blocks::target_id);
    let elsewhere = || {
        actors::table
            .inner_join(shunned_hosts::table.on(shunned_hosts::host.eq(actors::host)))
            .filter(shunned_hosts::actor_id.eq(owner))
    };
    let mut query = home_entries::table
        .inner_join(posts::table.on(posts::id.eq(home_entries::post_id)))
        .filter(home_entries::owner_id.eq(owner))
        .filter(dsl::not(home_entries::author_id.eq_any(silenced())))
        .filter(dsl::not(home_entries::author_id.eq_any(refused())))
        .filter(dsl::not(posts::author_id.eq_any(silenced())))
        .filter(dsl::not(posts::author_id.eq_any(shut_out)))
        .filter(dsl::not(dsl::exists(elsewhere().filter(actors::id.eq(posts::author_id)))))
        .filter(dsl::not(dsl::exists(elsewhere().filter(actors::id.eq(home_entries::author_id)))))
        .limit(page.limit)
        .select((home_entries::post_id, home_entries::boost_id))
        .into_boxed();
    query = within!(query, home_entries::id, page, i64::from);
    query = match list {
        None => query.filter(dsl::not(home_entries::author_id.eq_any(lists::keep_apart(owner)))),
        Some(list) => query.filter(home_entries::author_id.eq_any(lists::members_in(list.id))),
    };
    let inside = [Audience::Company, Audience::Team];
    query = match part {
        None => query,
        Some(Side::Inside) => query.filter(posts::audience.among(inside)),
        Some(Side::Outside) => query.filter(dsl::not(posts::audience.among(inside))),
    };
    let answers_nobody_else = || {
        home_entries::boost_id
            .is_not_null()
            .or(posts::reply_to_uri.is_null().and(posts::reply_to_id.is_null()))
            .or(posts::reply_to_author_id.eq(posts::author_id.nullable()))
            .or(posts::reply_to_author_id.eq(owner))
    };
    query = match list.map(|list| (list.id, list.replies_policy)) {
        // What answers somebody whom the owner does not follow is not at home.
        None | Some((_, RepliesPolicy::Followed)) => query,
        Some((id, RepliesPolicy::List)) => {
            let members = lists::members_in(id);
            query.filter(answers_nobody_else().or(posts::reply_to_author_id.assume_not_null().eq_any(members)))
        }
        Some((_, RepliesPolicy::None)) => query.filter(answers_nobody_else()),
    };
    let query = if page.upwards() { query.order(home_entries::id.asc()) } else { query.order(home_entries::id.desc()) };
    let rows: Vec<(PostId, Option<BoostId>)> = query.load(conn)?;
    Ok(rows.into_iter().map(|(post, boost)| EntryRef { post, boost }).collect())
}

/// Those whose server is blocked.
fn refused() -> dsl::Select<refused_actors::table, refused_actors::actor_id> {
    refused_actors::table.select(refused_actors::actor_id)
}

/// Reads rows until the page is full of what `viewer` may see, or nothing is left. Newest first.
fn filled(
    conn: &mut Conn,
    viewer: &Viewer,
    page: &Page,
    read: impl Fn(&mut Conn, &Page) -> Result<Vec<EntryRef>>,
) -> Result<Vec<EntryRef>> {
    let wanted = usize::try_from(page.limit).unwrap_or(0);
    let (mut page, mut entries) = (*page, Vec::new());
    for _ in 0..REFILLS {
        let rows = read(conn, &page)?;
        entries.extend(keep_entries(conn, viewer, &rows)?);
        let Some(last) = rows.last().filter(|_| rows.len() >= wanted && entries.len() < wanted) else { break };
        if page.upwards() {
            page.min_id = Some(last.id());
        } else {
            page.max_id = Some(last.id());
        }
    }
    entries.truncate(wanted);
    Ok(in_order(entries, &page))
}

/// Which part of the public timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum From {
    /// Everything that is known.
    #[default]
    Everywhere,
    /// Posts from here.
    Here,
    /// Posts from elsewhere.
    Elsewhere,
}

/// A page of what everybody may read, in the order of the column through which it is found: of a hashtag by its index,
/// of ours by what we published, so that a page costs the same however much there is besides.
macro_rules! open_rows {
    ($conn:expr, $of:expr, $id:path, $audience:path, $hashtag:expr, $reader:expr, $from:expr, $page:expr, $now:expr) => {{
        let mut query = $of
            .filter($audience.eq(Audience::Public))
            .filter(actors::suspended_at.is_null())
            .filter(dsl::not(posts::author_id.eq_any(refused())))
            .filter(dsl::not(dsl::exists(limited_actors::table.find(posts::author_id))))
            .limit($page.limit)
            .select($id)
            .into_boxed();
        query = within!(query, $id, $page, PostId);
        query = match $from {
            From::Everywhere => query,
            // What is found by what we published needs no other proof. The host of the author would be one, but
            // SQLite would begin with it and sort all that ours ever wrote.
            From::Here if $hashtag.is_none() => query,
            From::Here => {
                let ours = diesel::alias!(publications as ours);
                query.filter(posts::id.eq_any(ours.select(ours.field(publications::post_id))))
            }
            From::Elsewhere => query.filter(actors::host.ne("")),
        };
        if $hashtag.is_none() {
            query = query
                .filter(posts::reply_to_uri.is_null().or(posts::reply_to_author_id.eq(posts::author_id.nullable())));
        }
        if let Some(reader) = $reader {
            let silenced = mutes::table
                .filter(mutes::actor_id.eq(reader))
                .filter(mutes::expires_at.is_null().or(mutes::expires_at.gt($now)))
                .select(mutes::target_id);
            let shut_out = blocks::table.filter(blocks::actor_id.eq(reader)).select(blocks::target_id);
            let shunned = shunned_hosts::table.filter(shunned_hosts::actor_id.eq(reader)).select(shunned_hosts::host);
            query = query
                .filter(dsl::not(actors::host.eq_any(shunned)))
                .filter(dsl::not(posts::author_id.eq_any(silenced)))
                .filter(dsl::not(posts::author_id.eq_any(shut_out)));
        }
        let query = if $page.upwards() { query.order($id.asc()) } else { query.order($id.desc()) };
        query.load::<PostId>($conn)?
    }};
}

/// Public posts that are no replies to others, of nobody who is limited.
pub fn public(
    conn: &mut Conn,
    reader: Option<ActorId>,
    from: From,
    hashtag: Option<&str>,
    page: &Page,
    now: Timestamp,
) -> Result<Vec<EntryRef>> {
    let rows: Vec<PostId> = match (hashtag, from) {
        (Some(name), _) => {
            let tagged = hashtags::table
                .inner_join(posts::table.inner_join(actors::table.on(actors::id.eq(posts::author_id))))
                .filter(hashtags::name.eq(name));
            open_rows!(conn, tagged, hashtags::post_id, posts::audience, hashtag, reader, from, page, now)
        }
        (None, From::Here) => {
            let published = publications::table
                .inner_join(posts::table.on(posts::id.eq(publications::post_id)))
                .inner_join(actors::table.on(actors::id.eq(posts::author_id)));
            open_rows!(conn, published, publications::post_id, publications::audience, hashtag, reader, from, page, now)
        }
        (None, From::Everywhere | From::Elsewhere) => {
            let all = posts::table.inner_join(actors::table.on(actors::id.eq(posts::author_id)));
            open_rows!(conn, all, posts::id, posts::audience, hashtag, reader, from, page, now)
        }
    };
    Ok(in_order(rows.into_iter().map(EntryRef::post).collect(), page))
}

/// What to leave out of an account's list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Without {
    /// Replies to others.
    pub replies: bool,
    /// Boosts.
    pub boosts: bool,
    /// Posts with nothing attached.
    pub media: bool,
    /// Posts without this hashtag.
    pub other_than: Option<String>,
}

/// What an account posted and boosted, as far as `viewer` may see it.
pub fn account(
    conn: &mut Conn,
    viewer: &Viewer,
    author: ActorId,
    without: &Without,
    page: &Page,
) -> Result<Vec<EntryRef>> {
    let mut own = posts::table
        .filter(posts::author_id.eq(author))
        .filter(visible_to(viewer))
        .limit(page.limit)
        .select(posts::id)
        .into_boxed();
    own = within!(own, posts::id, page, PostId);
    if without.replies {
        own = own.filter(posts::reply_to_uri.is_null().or(posts::reply_to_author_id.eq(author)));
    }
    if without.media {
        own = own.filter(posts::attachments.ne("[]"));
    }
    if let Some(name) = &without.other_than {
        let tagged = hashtags::table.filter(hashtags::name.eq(name.clone())).select(hashtags::post_id);
        own = own.filter(posts::id.eq_any(tagged));
    }
    let own = if page.upwards() { own.order(posts::id.asc()) } else { own.order(posts::id.desc()) };
    let mut entries: Vec<EntryRef> = own.load::<PostId>(conn)?.into_iter().map(EntryRef::post).collect();
    if !without.boosts && !without.media && without.other_than.is_none() {
        entries.extend(filled(conn, viewer, page, |conn, page| boost_rows(conn, viewer, author, page))?);
    }
    entries.sort_by_key(EntryRef::id);
    if !page.upwards() {
        entries.reverse();
    }
    entries.truncate(usize::try_from(page.limit).unwrap_or(0));
    Ok(in_order(entries, page))
}

fn boost_rows(conn: &mut Conn, viewer: &Viewer, author: ActorId, page: &Page) -> Result<Vec<EntryRef>> {
    let query = boosts::table
        .filter(boosts::actor_id.eq(author))
        .filter(boost_visible_to(viewer))
        .limit(page.limit)
        .select((boosts::post_id, boosts::id))
        .into_boxed();
    let query = within!(query, boosts::id, page, BoostId);
    let query = if page.upwards() { query.order(boosts::id.asc()) } else { query.order(boosts::id.desc()) };
    let rows: Vec<(PostId, BoostId)> = query.load(conn)?;
    Ok(rows.into_iter().map(|(post, boost)| EntryRef { post, boost: Some(boost) }).collect())
}

/// Newest first, whichever way the rows were read.
fn in_order(mut entries: Vec<EntryRef>, page: &Page) -> Vec<EntryRef> {
    if page.upwards() {
        entries.reverse();
    }
    entries
}
