//! How much text one answer of a list has.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::{
    db::{Among, Conn, octet_length, schema::posts},
    domain::{Page, PostId},
    error::Result,
};

/// How many bytes of text are shown of a list at once.
const TEXT: i64 = 2 * 1024 * 1024;

/// As many of these rows of a list as there is room for in one answer, at least one; the others are on the next page.
/// `post` tells of which post a row shows the text. One query.
pub fn fitting<T>(
    conn: &mut Conn,
    mut rows: Vec<T>,
    page: &Page,
    post: impl Fn(&T) -> Option<PostId>,
) -> Result<Vec<T>> {
    let ids: Vec<PostId> = rows.iter().filter_map(&post).collect();
    let sizes: HashMap<PostId, i32> = posts::table
        .filter(posts::id.among(ids))
        .select((posts::id, octet_length(posts::content)))
        .load(conn)?
        .into_iter()
        .collect();
    let mut bytes = 0;
    let mut has_room = |row: &&T| {
        bytes += post(row).and_then(|post| sizes.get(&post)).copied().map_or(0, i64::from);
        bytes <= TEXT
    };
    // Reading goes on from the end that is farther from where it began.
    if page.upwards() {
        let fit = rows.iter().rev().take_while(&mut has_room).count().max(1);
        Ok(rows.split_off(rows.len().saturating_sub(fit)))
    } else {
        let fit = rows.iter().take_while(&mut has_room).count().max(1);
        rows.truncate(fit);
        Ok(rows)
    }
}
