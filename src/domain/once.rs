//! What a client calls one request, so that it may ask twice and have it done once, also when the server died in between.

use std::time::Duration;

use diesel::prelude::*;

use super::TokenId;
use crate::{
    db::{Conn, Key, Timestamp, Tx, schema::acts_once},
    error::{Error, Result},
};

/// What a client calls one request, so that it may ask twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The token that acts.
    pub token: TokenId,
    /// The client's name for the request.
    pub key: String,
    /// What it said, as a fingerprint.
    pub request: String,
}

impl Once {
    /// Refuses other words under a key that was used.
    pub(in crate::domain) fn must_be(&self, said: Option<&str>) -> Result<()> {
        if said == Some(self.request.as_str()) {
            return Ok(());
        }
        let told = "This Idempotency-Key was used for another request. Please use a new one.";
        Err(Error::invalid("request.idempotency_key_reused", told))
    }
}

/// What comes of a request that a client may ask twice.
pub trait Deed: Sized {
    /// What was made or acted upon; nothing where nothing was done, so that it is tried again.
    fn subject(&self) -> Option<i64>;
    /// What comes of it where it was done before.
    fn done(subject: i64) -> Self;
}

impl Deed for i64 {
    fn subject(&self) -> Option<i64> {
        Some(*self)
    }

    fn done(subject: i64) -> Self {
        subject
    }
}

/// Does something, unless it was done under this key before. Answers what was made or acted upon, then as now.
pub fn act_once<D: Deed>(
    tx: &mut Tx<'_>,
    once: Option<&Once>,
    act: impl FnOnce(&mut Tx<'_>) -> Result<D>,
) -> Result<D> {
    if let Some(subject) = known_act(tx, once)? {
        return Ok(D::done(subject));
    }
    let deed = act(tx)?;
    if let Some(subject) = deed.subject() {
        keep_act(tx, once, subject)?;
    }
    Ok(deed)
}

/// What was made or acted upon under this key before. Nobody else asks for it until this transaction has ended.
pub fn known_act(tx: &mut Tx<'_>, once: Option<&Once>) -> Result<Option<i64>> {
    let Some(once) = once else { return Ok(None) };
    tx.lock(Key(&format!("acts.once.{}", once.key), &[once.token.0]))?;
    find_act(tx.conn(), once)
}

/// The same, as things are at this moment.
pub fn find_act(conn: &mut Conn, once: &Once) -> Result<Option<i64>> {
    let known: Option<(i64, String)> = acts_once::table
        .find((once.token, &once.key))
        .select((acts_once::subject_id, acts_once::request_hash))
        .first(conn)
        .optional()?;
    let Some((subject, said)) = known else { return Ok(None) };
    once.must_be(Some(&said))?;
    Ok(Some(subject))
}

/// Writes down what was made or acted upon under this key.
pub fn keep_act(tx: &mut Tx<'_>, once: Option<&Once>, subject: i64) -> Result<()> {
    let Some(once) = once else { return Ok(()) };
    let now = tx.now();
    diesel::insert_into(acts_once::table)
        .values((
            acts_once::token_id.eq(once.token),
            acts_once::key.eq(&once.key),
            acts_once::request_hash.eq(&once.request),
            acts_once::subject_id.eq(subject),
            acts_once::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Forgets up to `limit` acts that are older than anybody asks again. Answers how many.
pub fn prune_acts(tx: &mut Tx<'_>, older_than: Duration, limit: i64) -> Result<usize> {
    let before = tx.now().minus(older_than);
    let old: Vec<Timestamp> = acts_once::table
        .filter(acts_once::created_at.lt(before))
        .order(acts_once::created_at)
        .limit(limit)
        .select(acts_once::created_at)
        .load(tx.conn())?;
    // Those of the last moment go together: a moment has few.
    let Some(last) = old.last() else { return Ok(0) };
    Ok(diesel::delete(acts_once::table.filter(acts_once::created_at.le(*last))).execute(tx.conn())?)
}
