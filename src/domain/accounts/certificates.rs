//! What people showed that they can do. A certificate says so for a year at most, and is given by somebody else; rules of
//! brands may ask for one.

use std::time::Duration;

use diesel::prelude::*;
use serde_json::json;

use super::{
    Account, AccountKind, GrantRole, HouseRight, Right, Role, endings::look_later, find_by_username, get,
    grants::look_at_what_waits, note, people::came_by,
};
use crate::{
    db::{
        Among, Conn, Key, Timestamp, Tx,
        schema::{accounts, certificates, grants},
    },
    domain::{AccountId, ActorId, CertificateId, audit::Act},
    error::{Error, Result},
    text,
};

crate::text_enum! {
    /// For what somebody is certified.
    CertificateRole {
        /// To answer.
        Responder = "responder",
        /// To say yes to what others wrote.
        Approver = "approver",
        /// To publish.
        Publisher = "publisher",
        /// To write drafts.
        Contributor = "contributor",
        /// To change rules.
        Manager = "manager",
    }
}

impl CertificateRole {
    /// Whether it lets somebody answer for a brand whose rules ask for a certificate: who may do more may do this too.
    /// The one place that says so.
    pub const fn lets_answer(self) -> bool {
        match self {
            Self::Responder | Self::Approver | Self::Publisher | Self::Manager => true,
            Self::Contributor => false,
        }
    }

    /// Whether it lets somebody approve for a brand whose rules ask for a certificate. The one place that says so.
    pub const fn lets_approve(self) -> bool {
        matches!(self, Self::Approver)
    }
}

const DAY: u64 = 24 * 3600;
/// How long a certificate is valid where nobody says: twelve months.
const USUAL: Duration = Duration::from_secs(365 * DAY);
/// How long at most: twelve months, one of them with a leap day.
const LONGEST: Duration = Duration::from_secs(366 * DAY);
/// How long it counts after its time, until a new one is there.
pub(super) const GRACE: Duration = Duration::from_secs(14 * DAY);
/// How many characters a note has at most.
const NOTE: usize = 200;
/// How long one that counts no longer is remembered.
const REMEMBERED: Duration = Duration::from_secs(365 * DAY);

/// A certificate as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = certificates)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Certificate {
    pub id: CertificateId,
    /// Whose it is.
    pub account_id: AccountId,
    pub role: CertificateRole,
    /// What they passed.
    pub note: Option<String>,
    /// Who gave it.
    pub given_by: Option<AccountId>,
    pub given_at: Timestamp,
    /// Until when it is valid; it counts for two weeks more.
    pub valid_until: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

impl Certificate {
    /// Until when it counts.
    pub fn counts_until(&self) -> Timestamp {
        self.valid_until.plus(GRACE)
    }

    /// Whether its time is over and it counts for some days more.
    pub fn is_in_grace(&self, now: Timestamp) -> bool {
        self.valid_until <= now && now < self.counts_until()
    }
}

/// A certificate that is to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCertificate {
    /// To whom: a username.
    pub username: String,
    /// For what.
    pub role: CertificateRole,
    /// What they passed.
    pub note: Option<String>,
    /// Until when; for twelve months, where nobody says.
    pub valid_until: Option<Timestamp>,
}

/// Who holds certificates, and until when they count: of people with a role on the brands that were asked about, each
/// with the brand and that role.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Certified(Vec<(ActorId, GrantRole, Certificate)>);

impl Certified {
    /// Those of one brand.
    pub fn of(&self, brand: ActorId) -> Self {
        Self(self.0.iter().filter(|(on, ..)| *on == brand).cloned().collect())
    }

    /// Until when the last of those counts that lets somebody answer, who has a role that answers: a certificate is no
    /// role.
    pub fn answers_until(&self, person: AccountId) -> Option<Timestamp> {
        let theirs = self.0.iter().filter(|(_, role, one)| {
            one.account_id == person && one.role.lets_answer() && role.may(Right::ReplyWithoutApproval)
        });
        theirs.map(|(.., one)| one.counts_until()).max()
    }

    /// Whether somebody holds one at this moment that lets them answer, and has a role that answers.
    pub fn may_answer(&self, person: AccountId, now: Timestamp) -> bool {
        self.answers_until(person).is_some_and(|until| now < until)
    }

    /// Until when the last of those counts that let somebody approve.
    pub fn approves_until(&self, person: AccountId) -> Option<Timestamp> {
        let theirs = self.0.iter().filter(|(.., one)| one.account_id == person && one.role.lets_approve());
        theirs.map(|(.., one)| one.counts_until()).max()
    }

    /// Whether somebody holds one at this moment that lets them approve.
    pub fn may_approve(&self, person: AccountId, now: Timestamp) -> bool {
        self.approves_until(person).is_some_and(|until| now < until)
    }
}

/// Of a certificate and its person, in a query: it was not taken back, and they are an employee who may sign in.
macro_rules! held {
    () => {
        certificates::revoked_at
            .is_null()
            .and(accounts::kind.eq(AccountKind::Employee))
            .and(accounts::suspended_at.is_null())
            .and(accounts::deleted_at.is_null())
    };
}
pub(super) use held;

/// The certificates of everybody who has a role on one of these brands, on each of them. One query.
pub fn certified_on(conn: &mut Conn, brands: &[ActorId]) -> Result<Certified> {
    Ok(Certified(
        certificates::table
            .inner_join(accounts::table)
            .inner_join(grants::table.on(grants::account_id.eq(certificates::account_id)))
            .filter(grants::actor_id.among(brands.to_vec()))
            .filter(held!())
            .select((grants::actor_id, grants::role, Certificate::as_select()))
            .load(conn)?,
    ))
}

fn no_certificate() -> Error {
    Error::not_found("certificate.not_found", "There is no such certificate.")
}

/// A certificate that was not taken back.
pub fn get_certificate(conn: &mut Conn, id: CertificateId) -> Result<Certificate> {
    let known = certificates::table.find(id).filter(certificates::revoked_at.is_null());
    known.select(Certificate::as_select()).first(conn).optional()?.ok_or_else(no_certificate)
}

/// The certificates that count at this moment, by person and role: of everybody, for who may give them and asks for all;
/// else one's own.
pub fn list_certificates(conn: &mut Conn, of: Option<AccountId>, now: Timestamp) -> Result<Vec<Certificate>> {
    let mut query = certificates::table
        .inner_join(accounts::table)
        .filter(held!())
        .filter(certificates::valid_until.gt(now.minus(GRACE)))
        .order((certificates::account_id, certificates::role))
        .select(Certificate::as_select())
        .into_boxed();
    if let Some(person) = of {
        query = query.filter(certificates::account_id.eq(person));
    }
    Ok(query.load(conn)?)
}

/// What somebody passed, in one line; nothing where nothing is said.
fn checked_note(said: Option<&str>) -> Result<Option<String>> {
    let line = said.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > NOTE || line.chars().any(char::is_control) {
        let told = format!("What somebody passed is said in {NOTE} characters at most.");
        return Err(Error::invalid("certificate.note", told));
    }
    Ok(Some(line).filter(|line| !text::is_blank(line)))
}

/// Refuses who decides about themselves. Whom the other one brought here is no second person, as long as somebody else
/// may do it.
fn must_be_another(conn: &mut Conn, by: &Account, whose: AccountId) -> Result<()> {
    if by.id == whose {
        let told = "Nobody decides about their own certificates. Ask another owner or admin.";
        return Err(Error::forbidden("certificate.own", told));
    }
    if came_by(conn, by, whose)? && !seconds_of(conn, whose)?.is_empty() {
        let told = "You came here by an invitation of this person, so another owner or admin has to do this.";
        return Err(Error::forbidden("certificate.own", told));
    }
    Ok(())
}

/// Everybody else who may give certificates.
fn others_who_give(conn: &mut Conn, whose: AccountId) -> Result<Vec<Account>> {
    let mut people: Vec<Account> = accounts::table
        .filter(accounts::role.ne(Role::Member))
        .filter(accounts::id.ne(whose))
        .filter(accounts::suspended_at.is_null())
        .filter(accounts::deleted_at.is_null())
        .select(Account::as_select())
        .load(conn)?;
    people.retain(|person| person.may(HouseRight::GiveCertificates));
    Ok(people)
}

/// Those of them whom this person did not bring here.
fn seconds_of(conn: &mut Conn, whose: AccountId) -> Result<Vec<Account>> {
    let mut seconds = Vec::new();
    for person in others_who_give(conn, whose)? {
        if !came_by(conn, &person, whose)? {
            seconds.push(person);
        }
    }
    Ok(seconds)
}

/// Who may give this person a certificate: those whom they brought here only where there is nobody else.
pub(super) fn who_may_give(conn: &mut Conn, whose: AccountId) -> Result<Vec<Account>> {
    let seconds = seconds_of(conn, whose)?;
    if seconds.is_empty() { others_who_give(conn, whose) } else { Ok(seconds) }
}

/// Gives somebody a certificate, in place of the one for the same role that they held. Nobody gives one to themselves.
pub fn give_certificate(tx: &mut Tx<'_>, by: AccountId, new: &NewCertificate) -> Result<CertificateId> {
    let giver = get(tx.conn(), by)?;
    giver.need(HouseRight::GiveCertificates)?;
    let (account, _) =
        find_by_username(tx.conn(), &new.username)?.filter(|(account, _)| account.is_active()).ok_or_else(|| {
            let told = format!("There is nobody here called “{:.40}” who may sign in.", new.username);
            Error::invalid("certificate.account", told)
        })?;
    must_be_another(tx.conn(), &giver, account.id)?;
    if account.kind != AccountKind::Employee {
        return Err(Error::invalid("certificate.employees", "Certificates are for people who work here."));
    }
    let passed = checked_note(new.note.as_deref())?;
    let now = tx.now();
    let valid_until = new.valid_until.unwrap_or_else(|| now.plus(USUAL));
    if valid_until <= now || valid_until > now.plus(LONGEST) {
        let told = "A certificate is valid for twelve months at most, and not only in the past.";
        return Err(Error::invalid("certificate.valid_until", told));
    }
    tx.lock(Key("account.certificates", &[account.id.0]))?;
    let held = certificates::table
        .filter(certificates::account_id.eq(account.id))
        .filter(certificates::role.eq(new.role))
        .filter(certificates::revoked_at.is_null());
    let replaced: Option<CertificateId> = held.select(certificates::id).first(tx.conn()).optional()?;
    diesel::update(held).set(certificates::revoked_at.eq(now)).execute(tx.conn())?;
    let warned_at = look_later(tx, valid_until)?;
    let id = CertificateId(tx.new_id());
    diesel::insert_into(certificates::table)
        .values((
            certificates::id.eq(id),
            certificates::account_id.eq(account.id),
            certificates::role.eq(new.role),
            certificates::note.eq(passed),
            certificates::given_by.eq(by),
            certificates::given_at.eq(now),
            certificates::valid_until.eq(valid_until),
            certificates::warned_at.eq(warned_at),
        ))
        .execute(tx.conn())?;
    let details = json!({
        "certificate": id,
        "role": new.role,
        "valid_until": valid_until.rfc3339(),
        "replaces": replaced,
    });
    note(tx, Act::CertificateGiven, account.id, details)?;
    Ok(id)
}

/// Takes a certificate back: from the next request on it counts for nothing. Nobody decides about their own.
pub fn revoke_certificate(tx: &mut Tx<'_>, by: AccountId, id: CertificateId) -> Result<()> {
    let by = get(tx.conn(), by)?;
    by.need(HouseRight::GiveCertificates)?;
    let owner = get_certificate(tx.conn(), id)?.account_id;
    must_be_another(tx.conn(), &by, owner)?;
    tx.lock(Key("account.certificates", &[owner.0]))?;
    let known = get_certificate(tx.conn(), id)?;
    let now = tx.now();
    diesel::update(certificates::table.find(id)).set(certificates::revoked_at.eq(now)).execute(tx.conn())?;
    look_at_what_waits(tx, owner)?;
    let details = json!({ "certificate": id, "role": known.role });
    note(tx, Act::CertificateRevoked, owner, details)
}

/// Forgets the certificates of somebody who is deleted.
pub(super) fn forget_certificates_of(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    diesel::delete(certificates::table.filter(certificates::account_id.eq(account))).execute(tx.conn())?;
    Ok(())
}

/// Forgets up to `limit` certificates that count no longer for a year; answers how many.
pub fn prune_certificates(tx: &mut Tx<'_>, limit: i64) -> Result<usize> {
    let before = tx.now().minus(REMEMBERED);
    let old: Vec<CertificateId> = certificates::table
        .filter(certificates::valid_until.lt(before.minus(GRACE)).or(certificates::revoked_at.lt(before)))
        .order(certificates::valid_until)
        .limit(limit)
        .select(certificates::id)
        .load(tx.conn())?;
    Ok(diesel::delete(certificates::table.filter(certificates::id.among(old))).execute(tx.conn())?)
}
