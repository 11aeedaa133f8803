//! The time of a post has come.

use diesel::prelude::*;

use super::{BROKEN, Scheduled};
use crate::{
    db::{Key, Timestamp, Tx, schema::scheduled_posts},
    domain::{
        ActorId, By, PostId, ScheduledId, Site, accounts, brands,
        media::{self, Holder},
        posts::{self, Once},
        work::Job,
    },
    error::{Error, Kind, Result},
};

/// The next post of an actor whose time has come. Where none has, the job comes again when the first is due.
pub fn next_due(tx: &mut Tx<'_>, actor: ActorId) -> Result<Option<ScheduledId>> {
    tx.lock(Key("scheduled", &[actor.0]))?;
    let next: Option<(ScheduledId, Timestamp)> = scheduled_posts::table
        .filter(scheduled_posts::actor_id.eq(actor))
        .filter(scheduled_posts::failed.is_null())
        .order((scheduled_posts::publish_at, scheduled_posts::id))
        .select((scheduled_posts::id, scheduled_posts::publish_at))
        .first(tx.conn())
        .optional()?;
    let Some((id, at)) = next else { return Ok(None) };
    if at > tx.now() {
        tx.defer(&Job::PublishScheduled { actor, at })?;
        return Ok(None);
    }
    Ok(Some(id))
}

/// Publishes a post whose time has come. In one transaction it is published and waits no longer, so it is published
/// once, whenever the process dies. One that may not be published any more stays with the reason, for its author to
/// change or take back.
pub fn publish_due(tx: &mut Tx<'_>, site: &Site, actor: ActorId, id: ScheduledId) -> Result<()> {
    brands::hold_crisis(tx)?;
    tx.lock(Key("scheduled", &[actor.0]))?;
    let now = tx.now();
    // Somebody may have moved it, or published it, meanwhile.
    let due: Option<Scheduled> = scheduled_posts::table
        .find(id)
        .filter(scheduled_posts::failed.is_null())
        .filter(scheduled_posts::publish_at.le(now))
        .select(Scheduled::as_select())
        .first(tx.conn())
        .optional()?;
    let Some(due) = due else { return Ok(()) };
    match tx.attempt(|tx| publish(tx, site, &due)) {
        Ok(post) => {
            diesel::delete(scheduled_posts::table.find(due.id)).execute(tx.conn())?;
            if let (Some(token), Some(key)) = (due.token_id, due.idempotency_key) {
                posts::keep_key(tx, &Once { token, key }, post)?;
            }
            Ok(())
        }
        Err(error) if matches!(error.kind(), Kind::Internal | Kind::Unavailable) => Err(error),
        Err(error) => fail(tx, due.id, (error.code(), error.safe())),
    }
}

/// Keeps a post that could not be published by a fault of ours, so that those behind it are published. Of the post itself
/// nothing is read: it may be what is broken.
pub fn fail_broken(tx: &mut Tx<'_>, actor: ActorId, id: ScheduledId) -> Result<()> {
    tx.lock(Key("scheduled", &[actor.0]))?;
    fail(tx, id, BROKEN)
}

fn fail(tx: &mut Tx<'_>, id: ScheduledId, (code, reason): (&str, &str)) -> Result<()> {
    diesel::update(scheduled_posts::table.find(id))
        .set((scheduled_posts::failed.eq(reason), scheduled_posts::failed_code.eq(code)))
        .execute(tx.conn())?;
    Ok(())
}

/// Rights are those of this moment: the person's, and theirs to speak for a brand.
fn publish(tx: &mut Tx<'_>, site: &Site, scheduled: &Scheduled) -> Result<PostId> {
    let (actor, account) = (scheduled.actor_id, scheduled.account_id);
    let person = accounts::get(tx.conn(), account)?;
    if !person.is_active() || !accounts::may_act_as(tx.conn(), account, actor)? {
        return Err(Error::forbidden(
            "scheduled.rights",
            "Whoever scheduled this may not write as this account any more.",
        ));
    }
    brands::may_wait(tx, actor)?;
    media::release(tx, Holder::Scheduled(scheduled.id))?;
    let by = By::Local { actor, account: Some(account) };
    let new = scheduled.wish.0.clone().into_published(tx.now());
    posts::publish(tx, site, &by, &new, |_| ())
}
