//! Which activities arrived already and had an effect. An id counts for whoever used it: nobody can use up the id of an
//! activity that another is about to send. Of each only a digest is kept: ids are as long as their senders like.

use std::time::Duration;

use diesel::prelude::*;

use crate::{
    db::{Timestamp, Tx, schema::received},
    domain::ActorId,
    error::Result,
    on_conn,
};

/// Notes that an activity of `signer` arrived; answers whether it is the first time.
pub fn claim(tx: &mut Tx<'_>, signer: ActorId, activity_uri: &str) -> Result<bool> {
    let now = tx.now();
    let inserted = on_conn!(tx.conn(), |c| diesel::insert_into(received::table)
        .values((
            received::signer_id.eq(signer),
            received::activity_uri.eq(digest(activity_uri)),
            received::received_at.eq(now),
        ))
        .on_conflict((received::signer_id, received::activity_uri))
        .do_nothing()
        .execute(c))?;
    Ok(inserted == 1)
}

/// Forgets about `limit` activities that arrived long ago, the oldest first; answers how many.
pub fn prune(tx: &mut Tx<'_>, older_than: Duration, limit: i64) -> Result<usize> {
    let before = tx.now().minus(older_than);
    let old = received::table.filter(received::received_at.lt(before));
    // Those that arrived in the same moment go together.
    let until: Option<Timestamp> =
        old.order(received::received_at).offset(limit - 1).select(received::received_at).first(tx.conn()).optional()?;
    Ok(match until {
        Some(until) => diesel::delete(received::table.filter(received::received_at.le(until))).execute(tx.conn())?,
        None => diesel::delete(old).execute(tx.conn())?,
    })
}

/// Takes a claim back, because there was no effect.
pub fn release(tx: &mut Tx<'_>, signer: ActorId, activity_uri: &str) -> Result<()> {
    diesel::delete(received::table.find((signer, digest(activity_uri)))).execute(tx.conn())?;
    Ok(())
}

/// What is kept of an id.
pub(super) fn digest(text: &str) -> String {
    hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes()))
}
