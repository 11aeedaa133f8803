//! How far somebody here reaches: a ladder that a company climbs at its own pace.
//!
//! Everything that other servers hear of what people and brands of ours do goes through here: [`ask`] says whether what
//! somebody does may leave, and only with its [`Leave`] is it told; [`tell`] tells what may always leave, because it takes
//! something back, changes what is out there already, or only listens. Whichever door something came through, it leaves
//! by this one; a test reads the source for another.

use diesel::prelude::*;
use serde_json::json;

use super::{
    AccountId, ActorId,
    accounts::{self, HouseRight, Right},
    actors::{self, Actor},
    audit::{self, About, Act, Entry},
    work::{Change, Job},
};
use crate::{
    db::{Among, Conn, Key, Timestamp, Tx, schema::exposures},
    error::{Error, Result, Rule},
    on_conn,
};

crate::text_enum! {
    /// A rung of the ladder; each has what those before it have.
    Exposure {
        /// Reads and follows; nothing that is said, liked or boosted leaves.
        Listen = "listen",
        /// Answers whoever wrote first, and names nobody else.
        Reply = "reply",
        /// Everything.
        Publish = "publish",
    }
}

/// Under which number the rung of the whole company is kept: no actor has it.
const COMPANY: ActorId = ActorId(0);

/// The rungs of an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rungs {
    /// Its own.
    pub own: Exposure,
    /// The company's, which nobody goes beyond.
    pub company: Exposure,
}

impl Rungs {
    /// The one that counts.
    pub fn counts(self) -> Exposure {
        self.own.min(self.company)
    }
}

/// On which rung an actor stands. One query.
pub fn rungs(conn: &mut Conn, actor: ActorId) -> Result<Rungs> {
    let set: Vec<(ActorId, Exposure)> = exposures::table
        .filter(exposures::actor_id.among([COMPANY, actor]))
        .select((exposures::actor_id, exposures::level))
        .load(conn)?;
    let of = |whose: ActorId| set.iter().find(|(id, _)| *id == whose).map_or(Exposure::Publish, |(_, level)| *level);
    Ok(Rungs { own: of(actor), company: of(COMPANY) })
}

/// The rung of the whole company.
pub fn of_company(conn: &mut Conn) -> Result<Exposure> {
    rungs(conn, COMPANY).map(|rungs| rungs.company)
}

/// How far each of these actors reaches. One query.
pub fn reaches(conn: &mut Conn, actors: &[ActorId]) -> Result<Vec<(ActorId, Exposure)>> {
    let asked: Vec<ActorId> = actors.iter().copied().chain([COMPANY]).collect();
    let set: Vec<(ActorId, Exposure)> = exposures::table
        .filter(exposures::actor_id.among(asked))
        .select((exposures::actor_id, exposures::level))
        .load(conn)?;
    let of = |whose: ActorId| set.iter().find(|(id, _)| *id == whose).map_or(Exposure::Publish, |(_, level)| *level);
    Ok(actors.iter().map(|actor| (*actor, of(*actor).min(of(COMPANY)))).collect())
}

/// Whether other servers may fetch what somebody likes: what does not leave is not there to be asked for.
pub fn shows_likes(conn: &mut Conn, actor: ActorId) -> Result<bool> {
    Ok(rungs(conn, actor)?.counts() == Exposure::Publish)
}

/// Somebody here who wants other servers to hear of something.
#[derive(Debug)]
pub struct Asked {
    actor: ActorId,
    /// How far they reach.
    pub level: Exposure,
}

/// That something may leave. Nobody else makes one.
#[derive(Debug)]
pub struct Leave(ActorId);

/// How far somebody reaches who wants other servers to hear of something.
pub fn ask(tx: &mut Tx<'_>, actor: ActorId) -> Result<Asked> {
    Ok(Asked { actor, level: rungs(tx.conn(), actor)?.counts() })
}

impl Asked {
    /// Lets out what needs this rung, or says who can change that it does not leave.
    pub fn needing(self, tx: &mut Tx<'_>, needed: Exposure) -> Result<Leave> {
        if self.level >= needed {
            return Ok(Leave(self.actor));
        }
        let (code, told) = match self.level {
            Exposure::Listen => (
                "exposure.listen",
                "This account only listens for now: nothing that it says, likes or boosts leaves this server.",
            ),
            Exposure::Reply | Exposure::Publish => (
                "exposure.reply",
                "This account only answers for now: it replies to somebody who wrote first, and names nobody else.",
            ),
        };
        let who = "Owners and managers of a brand, and owners and admins of the server, can change that. What is out \
                   there already can be changed and taken back.";
        let is_brand = actors::get(tx.conn(), self.actor)?.kind.has_speakers();
        let rule = if is_brand { Rule::Brand(self.actor.0) } else { Rule::Company };
        Err(Error::forbidden(code, format!("{told} {who}")).ruled_by(rule))
    }
}

impl Leave {
    /// Tells other servers.
    pub fn tell(self, tx: &mut Tx<'_>, change: Change) -> Result<()> {
        tx.defer(&Job::Federate { actor: self.0, change })
    }
}

/// Asks for something that needs the whole ladder, and tells other servers of it.
pub fn ask_and_tell(tx: &mut Tx<'_>, actor: ActorId, change: Change) -> Result<()> {
    ask(tx, actor)?.needing(tx, Exposure::Publish)?.tell(tx, change)
}

/// Tells other servers what may always leave.
pub fn tell(tx: &mut Tx<'_>, actor: ActorId, change: Change) -> Result<()> {
    match change {
        Change::PostCreated { .. }
        | Change::Liked { .. }
        | Change::Boosted { .. }
        | Change::Pinned { .. }
        | Change::Voted { .. } => Err(Error::internal("somebody said something and nobody asked whether it may leave")),
        Change::PostEdited { .. }
        | Change::PostDeleted { .. }
        | Change::Unliked { .. }
        | Change::Unboosted { .. }
        | Change::Unpinned { .. }
        | Change::VotesCounted { .. }
        | Change::Reported { .. }
        | Change::QuoteRequested { .. }
        | Change::QuoteAccepted { .. }
        | Change::QuoteRejected { .. }
        | Change::QuoteRevoked { .. }
        | Change::QuoteChanged { .. }
        | Change::FollowRequested { .. }
        | Change::FollowUndone { .. }
        | Change::FollowAccepted { .. }
        | Change::FollowRejected { .. }
        | Change::Blocked { .. }
        | Change::Unblocked { .. }
        | Change::ActorUpdated
        | Change::ActorDeleted => tx.defer(&Job::Federate { actor, change }),
    }
}

/// Whether a person may set how far somebody reaches, or the whole company where it is nobody: owners and admins of the
/// server, and for a brand its owners and managers.
pub fn may_set(conn: &mut Conn, person: AccountId, actor: Option<ActorId>) -> Result<bool> {
    if accounts::get(conn, person)?.may(HouseRight::SetExposure) {
        return Ok(true);
    }
    let Some(actor) = actor else { return Ok(false) };
    Ok(accounts::role_on(conn, person, actor)?.is_some_and(|role| role.may(Right::ChangePolicy)))
}

/// Sets how far a person or a brand of ours reaches, or the whole company. It counts from the next request on. `by` is
/// nobody for the command line.
pub fn set(tx: &mut Tx<'_>, by: Option<AccountId>, actor: Option<ActorId>, level: Exposure) -> Result<()> {
    let found = actor.map(|actor| get_local(tx.conn(), actor)).transpose()?;
    if let Some(person) = by
        && !may_set(tx.conn(), person, actor)?
    {
        let told = "How far somebody reaches is set by owners and admins of the server, and for a brand by its owners \
                    and managers.";
        return Err(Error::forbidden("exposure.right", told));
    }
    let whose = actor.unwrap_or(COMPANY);
    tx.lock(Key("exposure", &[whose.0]))?;
    let before = rungs(tx.conn(), whose)?.own;
    let now: Timestamp = tx.now();
    let values = (exposures::level.eq(level), exposures::set_by.eq(by), exposures::set_at.eq(now));
    on_conn!(tx.conn(), |c| diesel::insert_into(exposures::table)
        .values((exposures::actor_id.eq(whose), values))
        .on_conflict(exposures::actor_id)
        .do_update()
        .set(values)
        .execute(c))?;
    let brand = found.filter(|actor| actor.kind.has_speakers()).map(|actor| actor.id);
    let about = actor.map_or(About::Company, About::Brand);
    let details = json!({ "before": before, "now": level });
    audit::record(tx, &Entry { act: Act::ExposureSet, about, brand, reason: None, details })
}

/// A person or a brand of ours.
fn get_local(conn: &mut Conn, actor: ActorId) -> Result<Actor> {
    let missing = || Error::not_found("actor.not_found", "There is no such person or brand here.");
    actors::find(conn, actor)?.filter(|actor| actor.is_local() && actor.is_active()).ok_or_else(missing)
}
