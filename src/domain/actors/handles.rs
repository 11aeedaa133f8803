//! Whose a handle is. Anybody can say to be called like somebody else; only who holds the handle is found by it.

use diesel::{dsl, prelude::*};

use super::Actor;
use crate::{
    db::{
        Conn, Key, Tx,
        schema::{actors, doubtful_handles},
    },
    domain::ActorId,
    error::Result,
    on_conn,
};

/// What is known of the handle of an actor of another server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handle {
    /// What was known before still holds.
    Kept,
    /// WebFinger leads from the handle to this actor, and to these others, as Lemmy's does for a person and a
    /// community of one name.
    Confirmed {
        /// Their ids.
        beside: Vec<String>,
    },
    /// Nobody answers for handles there: it is the actor's while nobody else has it.
    Unclaimed,
    /// It is somebody else's, or who should know did not answer.
    Doubtful,
    /// It is said to be of this host, which is blocked and was not asked.
    Refused {
        /// The host.
        host: String,
    },
}

/// Whether the handle of an actor leads to it, as far as we know.
pub fn holds_handle(conn: &mut Conn, actor: ActorId) -> Result<bool> {
    let doubtful = dsl::exists(doubtful_handles::table.find(actor));
    Ok(!diesel::select(doubtful).get_result::<bool>(conn)?)
}

/// Writes down whether an actor holds the handle that it has now. Whoever had it without WebFinger saying so loses it to
/// who is confirmed.
pub(super) fn settle(tx: &mut Tx<'_>, actor: &Actor, handle: &Handle) -> Result<()> {
    if *handle == Handle::Kept {
        return Ok(());
    }
    let name = actor.username.to_lowercase();
    tx.lock(Key(&format!("handle {name}@{}", actor.host), &[]))?;
    let doubtful = doubtful_handles::table.filter(doubtful_handles::actor_id.eq(actors::id));
    let others = actors::table
        .filter(actors::username_key.eq(name))
        .filter(actors::host.eq(&actor.host))
        .filter(actors::id.ne(actor.id))
        .filter(actors::deleted_at.is_null())
        .filter(dsl::not(dsl::exists(doubtful)));
    match handle {
        Handle::Confirmed { beside } => {
            let losing = others.filter(actors::uri.ne_all(beside)).select(actors::id).load::<ActorId>(tx.conn())?;
            for other in losing {
                doubt(tx, other, None)?;
            }
            diesel::delete(doubtful_handles::table.find(actor.id)).execute(tx.conn())?;
            Ok(())
        }
        Handle::Unclaimed if diesel::select(dsl::exists(others)).get_result::<bool>(tx.conn())? => {
            doubt(tx, actor.id, None)
        }
        Handle::Unclaimed => {
            diesel::delete(doubtful_handles::table.find(actor.id)).execute(tx.conn())?;
            Ok(())
        }
        Handle::Kept => Ok(()),
        Handle::Doubtful => doubt(tx, actor.id, None),
        Handle::Refused { host } => doubt(tx, actor.id, Some(host)),
    }
}

fn doubt(tx: &mut Tx<'_>, actor: ActorId, claimed: Option<&str>) -> Result<()> {
    on_conn!(tx.conn(), |c| diesel::insert_into(doubtful_handles::table)
        .values((doubtful_handles::actor_id.eq(actor), doubtful_handles::claimed_host.eq(claimed)))
        .on_conflict(doubtful_handles::actor_id)
        .do_update()
        .set(doubtful_handles::claimed_host.eq(claimed))
        .execute(c))?;
    Ok(())
}
