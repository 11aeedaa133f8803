//! What people hear by letter of certificates that end: a month before, and when they have. Each is told once.

use std::{collections::BTreeMap, time::Duration};

use diesel::prelude::*;

use super::{
    AccountKind, Certificate,
    certificates::{GRACE, held, who_may_give},
    get,
};
use crate::{
    db::{
        Among, Conn, Key, Timestamp, Tx,
        schema::{accounts, certificates},
    },
    domain::{AccountId, CertificateId, work::Job},
    error::Result,
};

/// How long before its end people hear of it.
const AHEAD: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long what ends gathers: what was given in one sitting is told in one letter.
const GATHER: Duration = Duration::from_secs(3600);
/// How many of those who may give another one hear of it.
const GIVERS: usize = 3;
/// How many certificates are told of in one transaction.
const PORTION: i64 = 100;
/// Held by whoever looks for what ends next, and by whoever gives one: none is overlooked.
const LOOKED_AT: Key<'static> = Key("account.endings", &[]);

/// Sees to it that people hear of a new certificate when its time comes. Answers since when they know that it ends:
/// from now on, where it is given for a month or less.
pub(super) fn look_later(tx: &mut Tx<'_>, valid_until: Timestamp) -> Result<Option<Timestamp>> {
    tx.lock(LOOKED_AT)?;
    let (now, ahead) = (tx.now(), valid_until.minus(AHEAD));
    let is_short = ahead <= now;
    tx.defer(&Job::LookAtCertificates { at: if is_short { valid_until } else { ahead } })?;
    Ok(is_short.then_some(now))
}

/// Has letters written of what ends within a month, and of what has ended and still counts: to whoever holds it, and to
/// some who may give another one. Comes again when the next is due. Of what was taken back or replaced, and of who may
/// not sign in, nobody is told.
pub fn tell_of_endings(tx: &mut Tx<'_>) -> Result<()> {
    tx.lock(LOOKED_AT)?;
    let now = tx.now();
    let ending = || {
        certificates::table
            .inner_join(accounts::table)
            .filter(held!())
            .filter(certificates::warned_at.is_null())
            .filter(certificates::valid_until.gt(now))
            .order((certificates::valid_until, certificates::id))
    };
    let ended = || {
        certificates::table
            .inner_join(accounts::table)
            .filter(held!())
            .filter(certificates::ended_told_at.is_null())
            .filter(certificates::valid_until.gt(now.minus(GRACE)))
            .order((certificates::valid_until, certificates::id))
    };
    let soon: Vec<Certificate> = ending()
        .filter(certificates::valid_until.le(now.plus(AHEAD)))
        .limit(PORTION)
        .select(Certificate::as_select())
        .load(tx.conn())?;
    diesel::update(certificates::table.filter(certificates::id.among(ids(&soon))))
        .set(certificates::warned_at.eq(Some(now)))
        .execute(tx.conn())?;
    let over: Vec<Certificate> = ended()
        .filter(certificates::valid_until.le(now))
        .limit(PORTION)
        .select(Certificate::as_select())
        .load(tx.conn())?;
    diesel::update(certificates::table.filter(certificates::id.among(ids(&over))))
        .set(certificates::ended_told_at.eq(Some(now)))
        .execute(tx.conn())?;
    write_of(tx, &soon, false)?;
    write_of(tx, &over, true)?;
    let warned: Option<Timestamp> = ending().select(certificates::valid_until).first(tx.conn()).optional()?;
    let told: Option<Timestamp> = ended().select(certificates::valid_until).first(tx.conn()).optional()?;
    match warned.map(|until| until.minus(AHEAD)).into_iter().chain(told).min() {
        Some(next) => tx.defer(&Job::LookAtCertificates { at: next.max(now.plus(GATHER)) }),
        None => Ok(()),
    }
}

fn ids(found: &[Certificate]) -> Vec<CertificateId> {
    found.iter().map(|one| one.id).collect()
}

/// One letter to each person about their own, and one about those of others that they may give anew.
fn write_of(tx: &mut Tx<'_>, found: &[Certificate], ended: bool) -> Result<()> {
    let mut letters: BTreeMap<(AccountId, bool), Vec<CertificateId>> = BTreeMap::new();
    for one in found {
        letters.entry((one.account_id, true)).or_default().push(one.id);
        let mut givers = who_may_give(tx.conn(), one.account_id)?;
        givers.retain(|giver| giver.email.is_some());
        // Whoever gave it knows best what was shown.
        givers.sort_by_key(|giver| (Some(giver.id) != one.given_by, giver.id));
        for giver in givers.iter().take(GIVERS) {
            letters.entry((giver.id, false)).or_default().push(one.id);
        }
    }
    for ((account, _), certificates) in letters {
        tx.defer(&Job::TellOfCertificates { account, certificates, ended })?;
    }
    Ok(())
}

/// What somebody is told of certificates that end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endings {
    /// Where they are told so.
    pub address: String,
    /// They are their own; else they may give them anew.
    pub own: bool,
    /// Which, those that end first before the others.
    pub certificates: Vec<Certificate>,
}

/// Of these certificates those of which somebody is still to be told that they end, or that they have: what was taken
/// back or replaced meanwhile is left out, and what counts no longer. Nothing where none is left.
pub fn endings_for(
    conn: &mut Conn,
    account: AccountId,
    certificates: &[CertificateId],
    ended: bool,
    now: Timestamp,
) -> Result<Option<Endings>> {
    let person = get(conn, account)?;
    let (true, Some(address)) = (person.is_active(), person.email) else { return Ok(None) };
    let known: Vec<Certificate> = certificates::table
        .inner_join(accounts::table)
        .filter(held!())
        .filter(certificates::id.among(certificates.to_vec()))
        .order((certificates::valid_until, certificates::id))
        .select(Certificate::as_select())
        .load(conn)?;
    let mut told = Vec::new();
    for one in known {
        let is_time = if ended { one.is_in_grace(now) } else { now < one.valid_until };
        let hears =
            one.account_id == account || who_may_give(conn, one.account_id)?.iter().any(|giver| giver.id == account);
        if is_time && hears {
            told.push(one);
        }
    }
    let own = told.iter().any(|one| one.account_id == account);
    Ok((!told.is_empty()).then_some(Endings { address, own, certificates: told }))
}
