//! What follows end with an actor that is gone.

use diesel::prelude::*;

use super::request::end;
use crate::{
    db::{Tx, schema::follows},
    domain::{
        ActorId,
        notifications::{self, NotificationKind},
    },
    error::Result,
};

/// Ends the follows of an actor, both ways, and nobody is told: its Delete says it all. Those who remain count one
/// less. Done in portions of `limit`; answers whether anything may be left.
pub fn end_all_of(tx: &mut Tx<'_>, actor: ActorId, limit: i64) -> Result<bool> {
    let pairs: Vec<(ActorId, ActorId)> = follows::table
        .filter(follows::follower_id.eq(actor).or(follows::target_id.eq(actor)))
        .order(follows::id)
        .limit(limit)
        .select((follows::follower_id, follows::target_id))
        .load(tx.conn())?;
    for (follower, target) in &pairs {
        end(tx, *follower, *target)?;
        for kind in [NotificationKind::Follow, NotificationKind::FollowRequest] {
            notifications::forget(tx, *target, kind, *follower, None)?;
        }
    }
    Ok(i64::try_from(pairs.len()).unwrap_or(i64::MAX) >= limit)
}
