//! The end of crisis mode takes two: one asks, another confirms.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{concerned, end_waits, get, need, note, start::checked_reason};
use crate::{
    db::{Timestamp, Tx, schema::crises},
    domain::{
        AccountId, CrisisId, accounts,
        audit::Act,
        brands::{CRISIS, Crisis},
        org,
    },
    error::{Error, Result, Rule},
};

/// What came of asking for the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A second person must agree.
    Waits,
    /// Nobody else could agree: it is over.
    Over,
}

/// Asks to end crisis mode; asked again by the same person it waits from now. Where nobody else could agree it ends, and a
/// reason is asked for. `None` is the command line, which is one of the two like a person. Answers which crisis it is.
pub fn ask_end(tx: &mut Tx<'_>, by: Option<AccountId>, reason: Option<&str>) -> Result<(CrisisId, Asked)> {
    tx.lock(CRISIS)?;
    need(tx, by)?;
    let (crisis, now) = (get(tx.conn())?, tx.now());
    if end_waits(&crisis, now).is_some() && crisis.end_asked_by != by {
        let told = "Somebody else asked to end crisis mode already. Confirm that, or withdraw it.";
        return Err(Error::conflict("crisis.end_asked", told));
    }
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    let mut others = accounts::crisis_handlers(tx.conn())?;
    others.retain(|other| Some(*other) != by);
    if others.is_empty() {
        let reason = checked_reason(reason.unwrap_or_default())?;
        finish(tx, &crisis, by, Some(reason), json!({ "alone": true }))?;
        return Ok((crisis.id, Asked::Over));
    }
    let reason = reason.map(checked_reason).transpose()?;
    diesel::update(crises::table.find(crisis.id))
        .set((crises::end_asked_at.eq(Some(now)), crises::end_asked_by.eq(by), crises::end_reason.eq(reason)))
        .execute(tx.conn())?;
    note(tx, Act::CrisisEndAsked, reason, json!({ "crisis": crisis.id }), others)?;
    Ok((crisis.id, Asked::Waits))
}

/// A second person agrees to end crisis mode. What was held stays held, for people to give it a time by hand.
/// Answers which crisis it was.
pub fn confirm_end(tx: &mut Tx<'_>, by: Option<AccountId>) -> Result<CrisisId> {
    tx.lock(CRISIS)?;
    need(tx, by)?;
    let crisis = get_asked(tx)?;
    if crisis.end_asked_by == by {
        let told = "You asked to end crisis mode yourself: somebody else confirms it.";
        return Err(Error::forbidden("crisis.own", told).ruled_by(Rule::Company));
    }
    // Whoever asked must still be somebody with a say.
    if let Some(asker) = crisis.end_asked_by
        && !accounts::crisis_handlers(tx.conn())?.contains(&asker)
    {
        let told = "Whoever asked to end crisis mode may not do so any more. Ask yourself, and let another confirm.";
        return Err(Error::conflict("crisis.asker", told));
    }
    finish(tx, &crisis, by, crisis.end_reason.as_deref(), json!({ "asked_by": crisis.end_asked_by }))?;
    Ok(crisis.id)
}

/// Withdraws the wish to end crisis mode, or says no to it. Answers which crisis goes on.
pub fn drop_end(tx: &mut Tx<'_>, by: Option<AccountId>) -> Result<CrisisId> {
    tx.lock(CRISIS)?;
    need(tx, by)?;
    let crisis = get_asked(tx)?;
    diesel::update(crises::table.find(crisis.id))
        .set((
            crises::end_asked_at.eq(None::<Timestamp>),
            crises::end_asked_by.eq(None::<AccountId>),
            crises::end_reason.eq(None::<String>),
        ))
        .execute(tx.conn())?;
    let details = json!({ "crisis": crisis.id, "asked_by": crisis.end_asked_by });
    note(tx, Act::CrisisEndDropped, None, details, Vec::new())?;
    Ok(crisis.id)
}

/// The crisis, while somebody wishes to end it.
fn get_asked(tx: &mut Tx<'_>) -> Result<Crisis> {
    let (crisis, now) = (get(tx.conn())?, tx.now());
    if end_waits(&crisis, now).is_none() {
        let told =
            "Nobody asks to end crisis mode: it was withdrawn, or an hour went by. Ask, and let another confirm.";
        return Err(Error::not_found("crisis.not_asked", told));
    }
    Ok(crisis)
}

fn finish(
    tx: &mut Tx<'_>,
    crisis: &Crisis,
    by: Option<AccountId>,
    reason: Option<&str>,
    mut details: Value,
) -> Result<()> {
    let now = tx.now();
    diesel::update(crises::table.find(crisis.id))
        .set((crises::ended_at.eq(Some(now)), crises::ended_by.eq(by)))
        .execute(tx.conn())?;
    org::set_statement(tx, None)?;
    if let Value::Object(fields) = &mut details {
        fields.insert("crisis".to_owned(), json!(crisis.id));
    }
    let told = concerned(tx.conn(), by)?;
    note(tx, Act::CrisisEnded, reason, details, told)
}
