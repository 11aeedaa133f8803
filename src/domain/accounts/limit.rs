//! Limiting somebody, here or elsewhere: who follows them reads them as before, and nobody else is shown them unasked.

use super::{Account, HouseRight, find_by_actor, get};
use crate::{
    db::{Conn, Tx},
    domain::{
        AccountId, ActorId,
        actors::{self, Actor},
        audit::{self, About, Act, Entry},
        servers,
    },
    error::{Error, Result},
};

/// How many characters the reason may have.
const REASON: usize = 1_000;

/// Whom it concerns: somebody elsewhere, or the own actor of somebody with a login here, and that login. Whoever speaks
/// for a brand is told to stop, and the server itself is nobody.
fn find(conn: &mut Conn, actor: ActorId) -> Result<(Actor, Option<Account>)> {
    let actor = actors::get(conn, actor)?;
    let login = find_by_actor(conn, actor.id)?;
    if actor.is_local() && login.is_none() {
        let told = "A brand is not limited: take the roles of those who speak for it.";
        return Err(Error::invalid("account.brand", told));
    }
    Ok((actor, login))
}

/// Limits somebody, or ends that, and writes down why. Twice is once.
pub fn limit(tx: &mut Tx<'_>, actor: ActorId, limited: bool, reason: Option<&str>) -> Result<Actor> {
    let (actor, login) = find(tx.conn(), actor)?;
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    if reason.is_some_and(|reason| reason.chars().count() > REASON) {
        return Err(Error::invalid("account.reason", format!("The reason may have {REASON} characters at most.")));
    }
    if servers::set_limited(tx, actor.id, limited)? {
        let act = if limited { Act::AccountLimited } else { Act::AccountUnlimited };
        let about = login.map_or(About::Actor(actor.id), |login| About::Account(login.id));
        let details = serde_json::json!({});
        audit::record(tx, &Entry { act, about, brand: None, reason, details })?;
    }
    actors::get(tx.conn(), actor.id)
}

/// The same for somebody who may. Who may do it with nobody hears that, whoever there is.
pub fn limit_for(
    tx: &mut Tx<'_>,
    by: AccountId,
    actor: Option<ActorId>,
    limited: bool,
    reason: Option<&str>,
) -> Result<Actor> {
    let by = get(tx.conn(), by)?;
    by.need(HouseRight::LimitAccount)?;
    let actor = actor.ok_or_else(|| Error::not_found("account.not_found", "There is no such account."))?;
    let (actor, login) = find(tx.conn(), actor)?;
    if let Some(login) = login {
        by.need(HouseRight::to_limit(login.kind, login.role))?;
        if login.id == by.id {
            return Err(Error::forbidden("account.own", "This is your own account. Ask a colleague who may do this."));
        }
    }
    limit(tx, actor.id, limited, reason)
}
