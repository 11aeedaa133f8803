//! What people with rights did, written down so that nobody can change it unnoticed.
//!
//! [`record`] is called by the operation itself, in its transaction: an act and its entry are both there or neither is.
//! Entries are written when all else in the transaction is done, since they are written one after the other: whoever
//! waits for the log waits for nothing else, and whoever holds it is about to commit.
//! Each entry carries the hash of the one before it, so whoever changes, takes out or adds one must write all later
//! ones anew; and the hashes are made under a key that the database does not hold, so who can only write to the
//! database cannot. [`check`] walks the chain.

mod check;
mod list;

use std::fmt;

use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;

pub use check::{Checked, Head, check};
pub use list::{Of, find, list};

use super::{AccountId, ActorId, DraftId, InvitationId, PostId, SignUpId, TeamId};
use crate::{
    db::{Key, Timestamp, Tx, schema::audit},
    error::Result,
    text,
};

crate::text_enum! {
    /// What was done.
    Act {
        /// A brand was made.
        BrandCreated = "brand.created",
        /// Somebody got a role on a brand, or another one.
        GrantGiven = "grant.given",
        /// Somebody's role on a brand was taken away.
        GrantTaken = "grant.taken",
        /// Somebody was locked out.
        AccountSuspended = "account.suspended",
        /// Somebody was let in again.
        AccountRestored = "account.restored",
        /// Somebody was invited.
        InvitationMade = "invitation.made",
        /// An invitation was taken back.
        InvitationRevoked = "invitation.revoked",
        /// Somebody came by an invitation.
        InvitationAccepted = "invitation.accepted",
        /// Whether people may sign up was changed.
        RegistrationsChanged = "registrations.changed",
        /// Somebody signed up, confirmed their address, and has an account.
        SignUpConfirmed = "sign_up.confirmed",
        /// Somebody who signed up was given an account.
        SignUpApproved = "sign_up.approved",
        /// Somebody who signed up was refused one.
        SignUpRefused = "sign_up.refused",
        /// A login was deleted.
        AccountDeleted = "account.deleted",
        /// What somebody may do with the server was changed.
        AccountRole = "account.role",
        /// A token was issued that acts as a brand.
        TokenIssued = "token.issued",
        /// Another server was refused.
        ServerBlocked = "server.blocked",
        /// Another server was let in again.
        ServerAllowed = "server.allowed",
        /// Only those find somebody from now on who follow them.
        AccountLimited = "account.limited",
        /// That ended.
        AccountUnlimited = "account.unlimited",
        /// Only those find the people of another server from now on who follow them.
        ServerLimited = "server.limited",
        /// That ended.
        ServerUnlimited = "server.unlimited",
        /// What the company says of itself was changed.
        CompanyChanged = "company.changed",
        /// Everybody who has an account here was told something.
        AnnouncementMade = "announcement.made",
        /// What everybody was told was changed.
        AnnouncementChanged = "announcement.changed",
        /// What everybody was told was taken back.
        AnnouncementRemoved = "announcement.removed",
        /// A picture that stands for a name was added.
        EmojiAdded = "emoji.added",
        /// A picture that stands for a name was taken away.
        EmojiRemoved = "emoji.removed",
        /// A team was made.
        TeamCreated = "team.created",
        /// A team was given another name, or made a department or a team again.
        TeamChanged = "team.changed",
        /// A team was deleted.
        TeamDeleted = "team.deleted",
        /// Somebody was put into a team.
        TeamJoined = "team.joined",
        /// Somebody was taken out of a team.
        TeamLeft = "team.left",
        /// Somebody was given a certificate.
        CertificateGiven = "certificate.given",
        /// Somebody's certificate was taken back.
        CertificateRevoked = "certificate.revoked",
        /// The rules of a brand were changed.
        PolicyChanged = "policy.changed",
        /// Somebody wishes weaker rules for a brand, to which another must agree.
        PolicyProposed = "policy.proposed",
        /// Weaker rules that somebody wished were withdrawn, or another did not agree.
        PolicyDropped = "policy.dropped",
        /// What a draft says was changed by somebody else than its author, or after it was handed in.
        DraftChanged = "draft.changed",
        /// A draft was handed in.
        DraftSubmitted = "draft.submitted",
        /// Somebody said yes to a draft.
        DraftApproved = "draft.approved",
        /// Somebody asked for changes of a draft.
        DraftReturned = "draft.returned",
        /// A draft was given a time.
        DraftScheduled = "draft.scheduled",
        /// The time of a draft was taken back.
        DraftUnscheduled = "draft.unscheduled",
        /// A draft was not published when its time had come.
        DraftHeld = "draft.held",
        /// A draft was published.
        DraftPublished = "draft.published",
        /// A draft was published although approvals were missing.
        DraftOverridden = "draft.overridden",
        /// A little of what a brand published with approval was changed without.
        PostEdited = "post.edited",
        /// A post was passed on to the followers of a brand.
        PostBoosted = "post.boosted",
        /// A brand passes a post on no longer.
        PostUnboosted = "post.unboosted",
        /// A brand shows a post first.
        PostPinned = "post.pinned",
        /// A brand shows a post first no longer.
        PostUnpinned = "post.unpinned",
        /// Who may quote a post of a brand was changed, or the post was taken out of one that quotes it.
        PostQuoting = "post.quoting",
        /// How a brand presents itself was changed.
        ProfileEdited = "profile.edited",
        /// What a brand published with approval was deleted.
        PostDeleted = "post.deleted",
        /// A draft was thrown away.
        DraftDiscarded = "draft.discarded",
        /// Somebody wants a copy of an internal post published.
        CopyAsked = "copy.asked",
        /// Somebody agreed to a copy of an internal post.
        CopyConsented = "copy.consented",
        /// Somebody did not agree to one.
        CopyDeclined = "copy.declined",
        /// Whoever wanted one took that back.
        CopyWithdrawn = "copy.withdrawn",
        /// A copy of an internal post was published.
        CopyPublished = "copy.published",
        /// Crisis mode was begun.
        CrisisStarted = "crisis.started",
        /// What the company's pages say during a crisis was changed.
        CrisisStatement = "crisis.statement",
        /// Somebody wishes to end crisis mode, to which another must agree.
        CrisisEndAsked = "crisis.end_asked",
        /// The wish to end crisis mode was withdrawn, or another did not agree.
        CrisisEndDropped = "crisis.end_dropped",
        /// Crisis mode was ended.
        CrisisEnded = "crisis.ended",
        /// How far somebody reaches was set.
        ExposureSet = "exposure.set",
    }
}

/// What an act was done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say what they are")]
pub enum About<'a> {
    Account(AccountId),
    Actor(ActorId),
    Brand(ActorId),
    Company,
    Draft(DraftId),
    Invitation(InvitationId),
    Post(PostId),
    Server(&'a str),
    SignUp(SignUpId),
    Team(TeamId),
}

impl fmt::Display for About<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => write!(out, "account:{id}"),
            Self::Actor(id) | Self::Brand(id) => write!(out, "actor:{id}"),
            Self::Company => out.write_str("company"),
            Self::Draft(id) => write!(out, "draft:{id}"),
            Self::Invitation(id) => write!(out, "invitation:{id}"),
            Self::Post(id) => write!(out, "post:{id}"),
            Self::Server(host) => write!(out, "server:{host}"),
            Self::SignUp(id) => write!(out, "sign_up:{id}"),
            Self::Team(id) => write!(out, "team:{id}"),
        }
    }
}

/// An act, to be written down. Who did it and when is known by the transaction.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// What was done.
    pub act: Act,
    /// To what.
    pub about: About<'a>,
    /// The brand whose owners and auditors may read of it.
    pub brand: Option<ActorId>,
    /// Why, in the words of whoever did it.
    pub reason: Option<&'a str>,
    /// What else there is to know: names of fields, roles, ids. Never a text of a post, an address or a secret. Ids are
    /// strings.
    pub details: Value,
}

/// An entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = audit)]
pub struct Record {
    /// Its number: 1, 2, 3, without gaps.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// The person who did it; nobody when it was the command line or the server itself.
    pub person_id: Option<AccountId>,
    /// What was done. Text, because an older version may have written what this one does not know.
    pub act: String,
    /// To what, such as `account:12`.
    pub about: String,
    /// The brand that it concerns.
    pub actor_id: Option<ActorId>,
    /// Why.
    pub reason: Option<String>,
    /// JSON.
    pub details: String,
    /// The hash of the entry before it.
    pub previous: String,
    /// The hash of this one.
    pub hash: String,
}

impl Record {
    /// What the entry says, in one form. Numbers are text in it: JSON knows none so large.
    fn said(&self) -> Result<Vec<u8>> {
        #[derive(Serialize)]
        struct Sealed<'a> {
            seq: String,
            at: String,
            person: Option<AccountId>,
            act: &'a str,
            about: &'a str,
            actor: Option<ActorId>,
            reason: Option<&'a str>,
            details: &'a str,
            previous: &'a str,
        }
        Ok(text::canonical(&Sealed {
            seq: self.seq.to_string(),
            at: self.at.0.to_string(),
            person: self.person_id,
            act: &self.act,
            about: &self.about,
            actor: self.actor_id,
            reason: self.reason.as_deref(),
            details: &self.details,
            previous: &self.previous,
        })?)
    }
}

/// Writes down what is done in this transaction.
pub fn record(tx: &mut Tx<'_>, entry: &Entry<'_>) -> Result<()> {
    record_then(tx, entry, |_, _| Ok(()))
}

/// The same, and then does what needs the number of the entry: a letter says what the entry says.
pub fn record_then(
    tx: &mut Tx<'_>,
    entry: &Entry<'_>,
    then: impl FnOnce(&mut Tx<'_>, i64) -> Result<()> + 'static,
) -> Result<()> {
    // What does not know the secret key does not act either.
    tx.seal()?;
    let record = Record {
        seq: 0,
        at: tx.now(),
        person_id: tx.behind().map(AccountId),
        act: entry.act.as_str().to_owned(),
        about: entry.about.to_string(),
        actor_id: entry.brand,
        reason: entry.reason.map(ToOwned::to_owned),
        details: serde_json::to_string(&entry.details)?,
        previous: String::new(),
        hash: String::new(),
    };
    tx.at_the_end(move |tx| {
        let entry = append(tx, record)?;
        then(tx, entry)
    });
    Ok(())
}

/// Puts an entry behind the last one, and answers its number.
fn append(tx: &mut Tx<'_>, mut record: Record) -> Result<i64> {
    // One after the other: each follows the one before it.
    tx.lock(Key("audit", &[]))?;
    let last = Head::last(tx.conn())?;
    record.seq = last.seq + 1;
    record.previous = last.hash;
    record.hash = tx.seal()?.mark(&record.said()?);
    let seq = record.seq;
    diesel::insert_into(audit::table)
        .values((
            audit::seq.eq(record.seq),
            audit::at.eq(record.at),
            audit::person_id.eq(record.person_id),
            audit::act.eq(record.act),
            audit::about.eq(record.about),
            audit::actor_id.eq(record.actor_id),
            audit::reason.eq(record.reason),
            audit::details.eq(record.details),
            audit::previous.eq(record.previous),
            audit::hash.eq(record.hash),
        ))
        .execute(tx.conn())?;
    Ok(seq)
}
