//! How much text one answer of a list has.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::{
    db::{Conn, octet_length, schema::posts},
    domain::{Page, PostId, posts::EntryRef},
    error::Result,
};

/// How many bytes of text are shown of a list at once.
const TEXT: i64 = 2 * 1024 * 1024;

/// As many of these entries of a list as there is room for in one answer, at least one; the others are on the next
/// page. One query.
pub fn fitting(conn: &mut Conn, mut entries: Vec<EntryRef>, page: &Page) -> Result<Vec<EntryRef>> {
    let ids: Vec<PostId> = entries.iter().map(|entry| entry.post).collect();
    let sizes: HashMap<PostId, i32> = posts::table
        .filter(posts::id.eq_any(ids))
        .select((posts::id, octet_length(posts::content)))
        .load(conn)?
        .into_iter()
        .collect();
    let mut bytes = 0;
    let mut has_room = |entry: &&EntryRef| {
        bytes += sizes.get(&entry.post).copied().map_or(0, i64::from);
        bytes <= TEXT
    };
    // Reading goes on from the end that is farther from where it began.
    if page.upwards() {
        let fit = entries.iter().rev().take_while(&mut has_room).count().max(1);
        Ok(entries.split_off(entries.len().saturating_sub(fit)))
    } else {
        let fit = entries.iter().take_while(&mut has_room).count().max(1);
        entries.truncate(fit);
        Ok(entries)
    }
}
