//! What may be found by typing: accounts and hashtags by their beginning, posts by what they say.

mod posts;
mod wording;

use diesel::{prelude::*, sql_query, sql_types::Text};

pub use posts::posts;

use super::{
    ActorId, Page, Site, accounts,
    actors::{self, Actor, Seeker},
    posts::Audience,
};
use crate::{db::Conn, error::Result};

/// The username of a handle, and the host where there is one; our own stand without one in the table.
fn handle<'a>(site: &Site, typed: &'a str) -> (&'a str, Option<&'a str>) {
    let typed = typed.trim().trim_start_matches('@');
    let (username, host) = typed.split_once('@').map_or((typed, None), |(username, host)| (username, Some(host)));
    (username, host.map(|host| if site.is_our_host(host) { "" } else { host }))
}

/// Accounts whose handle begins as `query` does: `ana`, `@ana`, `ana@host`; only those that `reader` follows, where
/// that is asked for. Of our own people, who does not work here finds those who let themselves be found.
pub fn accounts(
    conn: &mut Conn,
    site: &Site,
    query: &str,
    reader: Option<ActorId>,
    only_followed: bool,
    page: &Page,
    offset: i64,
) -> Result<Vec<Actor>> {
    let (username, host) = handle(site, query);
    if username.is_empty() {
        return Ok(Vec::new());
    }
    // Whoever reads as a brand works here.
    let inside = match reader {
        Some(reader) => accounts::employee_behind(conn, reader)?.unwrap_or(true),
        None => false,
    };
    let seeker = Seeker { reader, only_followed, inside };
    actors::search_by_handle(conn, username, host, seeker, page.limit, offset)
}

/// Hashtags of public posts that begin as `query` does: those that lead to something on the hashtag's timeline. That
/// somebody used one in a post for fewer readers is not told.
pub fn tags(conn: &mut Conn, query: &str, limit: i64) -> Result<Vec<String>> {
    let start = query.trim().trim_start_matches('#').to_lowercase();
    if start.is_empty() {
        return Ok(Vec::new());
    }
    let end = format!("{start}\u{10ffff}");
    // From one to the next, in one query: of a hashtag that thousands of posts have, only one post is looked at.
    let next = |after: &str| {
        format!(
            "(SELECT hashtags.name FROM hashtags WHERE hashtags.name {after} AND hashtags.name < $2 AND EXISTS ( \
                 SELECT 1 FROM posts JOIN actors ON actors.id = posts.author_id \
                 WHERE posts.id = hashtags.post_id AND posts.audience = '{public}' AND actors.suspended_at IS NULL \
                 AND NOT EXISTS (SELECT 1 FROM limited_actors WHERE limited_actors.actor_id = actors.id)) \
             ORDER BY hashtags.name LIMIT 1)",
            public = Audience::Public.as_str()
        )
    };
    let query = format!(
        "WITH RECURSIVE found(name, place) AS ( \
             SELECT {first}, 1 \
             UNION ALL SELECT {then}, found.place + 1 FROM found WHERE found.name IS NOT NULL AND found.place < {limit}) \
         SELECT name FROM found WHERE name IS NOT NULL ORDER BY place",
        first = next(">= $1"),
        then = next("> found.name"),
    );
    let found = sql_query(query).bind::<Text, _>(start).bind::<Text, _>(end).load::<Found>(conn)?;
    Ok(found.into_iter().map(|found| found.name).collect())
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    name: String,
}
