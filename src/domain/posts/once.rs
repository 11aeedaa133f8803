//! A client that asks twice makes one post, also when the server died in between.

use diesel::prelude::*;

use crate::{
    db::{Conn, Key, Tx, schema::idempotency_keys},
    domain::{PostId, TokenId},
    error::Result,
    on_conn,
};

/// What a client calls one act of writing; the same key with the same token is the same post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The token that writes.
    pub token: TokenId,
    /// The client's name for the act.
    pub key: String,
}

/// The post that was made under this key, while it is there.
pub fn made(conn: &mut Conn, once: &Once) -> Result<Option<PostId>> {
    Ok(idempotency_keys::table
        .find((once.token, &once.key))
        .select(idempotency_keys::post_id)
        .first(conn)
        .optional()?)
}

/// Keeps others who ask under this key waiting.
pub fn hold_key(tx: &mut Tx<'_>, once: &Once) -> Result<()> {
    tx.lock(Key(&format!("idempotency.{}", once.key), &[once.token.0]))
}

/// Remembers the post that was made under a key, unless another was.
pub fn keep_key(tx: &mut Tx<'_>, once: &Once, post: PostId) -> Result<()> {
    let now = tx.now();
    on_conn!(tx.conn(), |c| diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::token_id.eq(once.token),
            idempotency_keys::key.eq(&once.key),
            idempotency_keys::post_id.eq(post),
            idempotency_keys::created_at.eq(now),
        ))
        .on_conflict((idempotency_keys::token_id, idempotency_keys::key))
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// Forgets up to `limit` keys that are older than anybody asks again. Answers how many.
pub fn prune_keys(tx: &mut Tx<'_>, older_than: std::time::Duration, limit: i64) -> Result<usize> {
    let before = tx.now().minus(older_than);
    let old: Vec<(TokenId, String)> = idempotency_keys::table
        .filter(idempotency_keys::created_at.lt(before))
        .order(idempotency_keys::created_at)
        .limit(limit)
        .select((idempotency_keys::token_id, idempotency_keys::key))
        .load(tx.conn())?;
    let mut forgotten = 0;
    for (token, key) in old {
        forgotten += diesel::delete(idempotency_keys::table.find((token, key))).execute(tx.conn())?;
    }
    Ok(forgotten)
}
