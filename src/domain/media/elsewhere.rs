//! Files of other servers that are kept for a while: which, how large, and which go first when there is no room.

use std::time::Duration;

use diesel::{dsl::sum, prelude::*};

use crate::{
    db::{Among, Conn, Key, Timestamp, Tx, schema::elsewhere},
    error::Result,
    on_conn,
};

/// How often it is written down that a file was used.
const SEEN: Duration = Duration::from_secs(24 * 3600);

/// A file of another server that is kept here.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = elsewhere)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Kept {
    /// The SHA-256 of its address.
    pub name: String,
    pub media_type: String,
    pub bytes: i32,
    pub used_at: Timestamp,
}

impl Kept {
    /// Whether it is to be written down once more that it was used.
    pub fn is_to_be_seen(&self, now: Timestamp) -> bool {
        now.since(self.used_at) > SEEN
    }
}

/// A kept file.
pub fn find_kept(conn: &mut Conn, name: &str) -> Result<Option<Kept>> {
    Ok(elsewhere::table.find(name).select(Kept::as_select()).first(conn).optional()?)
}

/// Writes down that a file is kept, or was used.
pub fn keep(tx: &mut Tx<'_>, name: &str, media_type: &str, bytes: i32) -> Result<()> {
    let now = tx.now();
    let row = (
        elsewhere::name.eq(name),
        elsewhere::media_type.eq(media_type),
        elsewhere::bytes.eq(bytes),
        elsewhere::used_at.eq(now),
    );
    on_conn!(tx.conn(), |c| diesel::insert_into(elsewhere::table)
        .values(row)
        .on_conflict(elsewhere::name)
        .do_update()
        .set(elsewhere::used_at.eq(now))
        .execute(c))?;
    Ok(())
}

/// Forgets files until all together have at most `most` bytes, those first that were not used for longest; answers
/// whose files are to be deleted, at most `limit`.
pub fn make_room(tx: &mut Tx<'_>, most: i64, limit: i64) -> Result<Vec<String>> {
    tx.lock(Key("elsewhere", &[]))?;
    let all: Option<i64> = elsewhere::table.select(sum(elsewhere::bytes)).first(tx.conn())?;
    let mut over = all.unwrap_or(0) - most;
    if over <= 0 {
        return Ok(Vec::new());
    }
    let oldest: Vec<(String, i32)> = elsewhere::table
        .order(elsewhere::used_at)
        .limit(limit)
        .select((elsewhere::name, elsewhere::bytes))
        .load(tx.conn())?;
    let mut gone = Vec::new();
    for (name, bytes) in oldest {
        if over <= 0 {
            break;
        }
        over -= i64::from(bytes);
        gone.push(name);
    }
    diesel::delete(elsewhere::table.filter(elsewhere::name.among(&gone))).execute(tx.conn())?;
    Ok(gone)
}

/// Forgets up to `limit` files that were not used for so long; answers whose.
pub fn forget_kept(tx: &mut Tx<'_>, age: Duration, limit: i64) -> Result<Vec<String>> {
    let before = tx.now().minus(age);
    let old: Vec<String> = elsewhere::table
        .filter(elsewhere::used_at.lt(before))
        .order(elsewhere::used_at)
        .limit(limit)
        .select(elsewhere::name)
        .load(tx.conn())?;
    diesel::delete(elsewhere::table.filter(elsewhere::name.among(&old))).execute(tx.conn())?;
    Ok(old)
}
