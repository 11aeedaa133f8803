//! The time of a post has come.

use diesel::prelude::*;

use super::Scheduled;
use crate::{
    db::{Key, Tx, schema::scheduled_posts},
    domain::{
        ActorId, By, PostId, Site, accounts,
        media::{self, Holder},
        posts::{self, Once},
        work::Job,
    },
    error::{Error, Kind, Result},
};

/// Publishes the next post of an actor whose time has come, and answers whether there may be another. In one
/// transaction it is published and waits no longer, so it is published once, whenever the process dies. One that may
/// not be published any more stays with the reason, for its author to change or take back.
pub fn publish_next(tx: &mut Tx<'_>, site: &Site, actor: ActorId) -> Result<bool> {
    tx.lock(Key("scheduled", &[actor.0]))?;
    let next: Option<Scheduled> = scheduled_posts::table
        .filter(scheduled_posts::actor_id.eq(actor))
        .filter(scheduled_posts::failed.is_null())
        .order((scheduled_posts::publish_at, scheduled_posts::id))
        .select(Scheduled::as_select())
        .first(tx.conn())
        .optional()?;
    let Some(next) = next else { return Ok(false) };
    if next.publish_at > tx.now() {
        tx.defer(&Job::PublishScheduled { actor, at: next.publish_at })?;
        return Ok(false);
    }
    match publish(tx, site, &next) {
        Ok(post) => {
            diesel::delete(scheduled_posts::table.find(next.id)).execute(tx.conn())?;
            if let (Some(token), Some(key)) = (next.token_id, next.idempotency_key) {
                posts::keep_key(tx, &Once { token, key }, post)?;
            }
        }
        Err(error) if matches!(error.kind(), Kind::Internal | Kind::Unavailable) => return Err(error),
        // Nothing was written: operations refuse before they write.
        Err(error) => {
            diesel::update(scheduled_posts::table.find(next.id))
                .set(scheduled_posts::failed.eq(error.safe()))
                .execute(tx.conn())?;
            media::hold_free(tx, actor, Holder::Scheduled(next.id), &next.wish.0.media)?;
        }
    }
    Ok(true)
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
    media::release(tx, Holder::Scheduled(scheduled.id))?;
    let by = By::Local { actor, account: Some(account) };
    let draft = posts::compose(tx, site, &by, &scheduled.wish.0.clone().into_post())?;
    posts::create(tx, site, &by, &draft)
}
