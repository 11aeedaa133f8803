//! What may be found by typing. Full-text search comes with the client API.

use diesel::prelude::*;

use super::{
    Page,
    actors::{self, Actor},
};
use crate::{
    db::{Conn, schema::hashtags},
    error::Result,
};

/// Accounts whose handle begins as `query` does: `ana`, `@ana`, `ana@host`.
pub fn accounts(conn: &mut Conn, query: &str, page: &Page, offset: i64) -> Result<Vec<Actor>> {
    let query = query.trim().trim_start_matches('@');
    let (username, host) = query.split_once('@').map_or((query, None), |(username, host)| (username, Some(host)));
    if username.is_empty() {
        return Ok(Vec::new());
    }
    actors::search_by_handle(conn, username, host, page.limit, offset)
}

/// Hashtags that begin as `query` does.
pub fn tags(conn: &mut Conn, query: &str, limit: i64) -> Result<Vec<String>> {
    let start = query.trim().trim_start_matches('#').to_lowercase();
    if start.is_empty() {
        return Ok(Vec::new());
    }
    let end = format!("{start}\u{10ffff}");
    Ok(hashtags::table
        .filter(hashtags::name.ge(start))
        .filter(hashtags::name.lt(end))
        .select(hashtags::name)
        .distinct()
        .order(hashtags::name)
        .limit(limit)
        .load(conn)?)
}
