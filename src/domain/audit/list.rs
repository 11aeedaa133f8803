//! Reading what was written down.

use diesel::prelude::*;

use super::Record;
use crate::{
    db::{Among, Conn, schema::audit},
    domain::{ActorId, Page},
    error::Result,
};

/// Whose entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    /// All of them.
    Everybody,
    /// Those that concern one of these brands.
    Brands(Vec<ActorId>),
}

/// The entry of this number.
pub fn find(conn: &mut Conn, seq: i64) -> Result<Option<Record>> {
    Ok(audit::table.find(seq).select(Record::as_select()).first(conn).optional()?)
}

/// A page of entries, newest first.
pub fn list(conn: &mut Conn, of: &Of, page: &Page) -> Result<Vec<Record>> {
    let (above, below) = page.bounds();
    let mut query = audit::table
        .filter(audit::seq.gt(above))
        .filter(audit::seq.lt(below))
        .limit(page.limit)
        .select(Record::as_select())
        .into_boxed();
    if let Of::Brands(brands) = of {
        query = query.filter(audit::actor_id.among(brands.clone()));
    }
    query = if page.upwards() { query.order(audit::seq.asc()) } else { query.order(audit::seq.desc()) };
    let mut records: Vec<Record> = query.load(conn)?;
    if page.upwards() {
        records.reverse();
    }
    Ok(records)
}
