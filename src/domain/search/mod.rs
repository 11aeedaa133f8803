//! What may be found by typing: accounts and hashtags by their beginning, posts by what they say.

mod posts;
mod wording;

use diesel::prelude::*;

pub use posts::posts;

use super::{
    ActorId, Page, Site,
    actors::{self, Actor},
    posts::Audience,
};
use crate::{
    db::{
        Conn,
        schema::{actors as actors_table, hashtags, posts as posts_table},
    },
    error::Result,
};

/// The username of a handle, and the host where there is one; our own stand without one in the table.
fn handle<'a>(site: &Site, typed: &'a str) -> (&'a str, Option<&'a str>) {
    let typed = typed.trim().trim_start_matches('@');
    let (username, host) = typed.split_once('@').map_or((typed, None), |(username, host)| (username, Some(host)));
    (username, host.map(|host| if site.is_our_host(host) { "" } else { host }))
}

/// Accounts whose handle begins as `query` does: `ana`, `@ana`, `ana@host`; only those that `followed_by` follows, where
/// somebody is given.
pub fn accounts(
    conn: &mut Conn,
    site: &Site,
    query: &str,
    followed_by: Option<ActorId>,
    page: &Page,
    offset: i64,
) -> Result<Vec<Actor>> {
    let (username, host) = handle(site, query);
    if username.is_empty() {
        return Ok(Vec::new());
    }
    actors::search_by_handle(conn, username, host, followed_by, page.limit, offset)
}

/// Hashtags of public posts that begin as `query` does: those that lead to something on the hashtag's timeline. That
/// somebody used one in a post for fewer readers is not told.
pub fn tags(conn: &mut Conn, query: &str, limit: i64) -> Result<Vec<String>> {
    let start = query.trim().trim_start_matches('#').to_lowercase();
    if start.is_empty() {
        return Ok(Vec::new());
    }
    let end = format!("{start}\u{10ffff}");
    let mut found: Vec<String> = Vec::new();
    // One after the other: of a hashtag that thousands of posts have, only one post is looked at.
    while i64::try_from(found.len()).is_ok_and(|count| count < limit) {
        let open = posts_table::table
            .inner_join(actors_table::table.on(actors_table::id.eq(posts_table::author_id)))
            .filter(posts_table::id.eq(hashtags::post_id))
            .filter(posts_table::audience.eq(Audience::Public))
            .filter(actors_table::suspended_at.is_null());
        let query = hashtags::table
            .filter(diesel::dsl::exists(open))
            .filter(hashtags::name.lt(&end))
            .order(hashtags::name)
            .select(hashtags::name)
            .limit(1)
            .into_boxed();
        let query = match found.last() {
            Some(last) => query.filter(hashtags::name.gt(last.clone())),
            None => query.filter(hashtags::name.ge(&start)),
        };
        match query.first(conn).optional()? {
            Some(name) => found.push(name),
            None => break,
        }
    }
    Ok(found)
}
