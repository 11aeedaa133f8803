//! Whether the chain is whole.

use diesel::prelude::*;

use super::Record;
use crate::{
    db::{Conn, Seal, schema::audit},
    error::Result,
};

/// An entry by its number and its hash: up to here the chain is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The number of the entry.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

impl Head {
    /// Before the first entry.
    pub fn beginning() -> Self {
        Self { seq: 0, hash: "0".repeat(64) }
    }

    /// The newest entry.
    pub fn last(conn: &mut Conn) -> Result<Self> {
        let last: Option<(i64, String)> =
            audit::table.order(audit::seq.desc()).select((audit::seq, audit::hash)).first(conn).optional()?;
        Ok(last.map_or_else(Self::beginning, |(seq, hash)| Self { seq, hash }))
    }
}

/// What a look at some entries found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// They are whole up to this one.
    Sound(Head),
    /// There are no more.
    End,
    /// The first that is not what it was, and what is wrong with it.
    Broken {
        /// Its number.
        seq: i64,
        /// Such as `is missing`.
        why: &'static str,
    },
}

/// Looks at up to `limit` entries behind one that is known, whose hashes were made by `seal`.
pub fn check(conn: &mut Conn, seal: &Seal, behind: &Head, limit: i64) -> Result<Checked> {
    // Nothing stands before the first one either.
    let above = if behind.seq == 0 { i64::MIN } else { behind.seq };
    let records: Vec<Record> = audit::table
        .filter(audit::seq.gt(above))
        .order(audit::seq.asc())
        .limit(limit)
        .select(Record::as_select())
        .load(conn)?;
    let mut last = behind.clone();
    for record in &records {
        let broken = |seq, why| Ok(Checked::Broken { seq, why });
        if record.seq > last.seq + 1 {
            return broken(last.seq + 1, "is missing");
        }
        if record.seq <= last.seq {
            return broken(record.seq, "was put there afterwards");
        }
        if record.previous != last.hash {
            return broken(record.seq, "does not follow the entry before it");
        }
        if record.hash != seal.mark(&record.said()?) {
            return broken(record.seq, "was changed");
        }
        last = Head { seq: record.seq, hash: record.hash.clone() };
    }
    Ok(if records.is_empty() { Checked::End } else { Checked::Sound(last) })
}
