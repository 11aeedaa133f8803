//! Advisory locks for operations that check and then write.

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Bool},
};

use super::Conn;
use crate::error::Result;

/// What is locked: a word for the rule and the rows it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key<'a>(pub &'a str, pub &'a [i64]);

impl Key<'_> {
    fn number(&self) -> i64 {
        let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        digest.update(self.0.as_bytes());
        for id in self.1 {
            digest.update(&id.to_be_bytes());
        }
        digest.finish().as_ref().iter().take(8).fold(0_i64, |number, byte| (number << 8) | i64::from(*byte))
    }
}

pub(super) fn take(conn: &mut Conn, key: Key<'_>) -> Result<()> {
    ask(conn, "SELECT pg_advisory_xact_lock($1)", key)
}

pub(super) fn share(conn: &mut Conn, key: Key<'_>) -> Result<()> {
    ask(conn, "SELECT pg_advisory_xact_lock_shared($1)", key)
}

/// Like [`share`], without waiting: answers whether it is shared now.
pub(super) fn try_share(conn: &mut Conn, key: Key<'_>) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Answer {
        #[diesel(sql_type = Bool)]
        shared: bool,
    }
    let Conn::Pg(pg) = conn else { return Ok(true) };
    let statement = "SELECT pg_try_advisory_xact_lock_shared($1) AS shared";
    Ok(sql_query(statement).bind::<BigInt, _>(key.number()).get_result::<Answer>(pg)?.shared)
}

fn ask(conn: &mut Conn, statement: &str, key: Key<'_>) -> Result<()> {
    if let Conn::Pg(pg) = conn {
        sql_query(statement).bind::<BigInt, _>(key.number()).execute(pg)?;
    }
    Ok(())
}
