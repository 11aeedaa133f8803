//! Who may speak for an actor that is not their own.

use diesel::prelude::*;

use serde_json::json;

use super::{AccountKind, Right, get, people_with, tokens};
use crate::{
    db::{
        Among, Conn, Signal, Timestamp, Tx,
        schema::{accounts, actors as actors_table, grants},
    },
    domain::{
        AccountId, ActorId,
        actors::{self, Actor, ActorKind},
        audit::{self, About, Act, Entry},
        work::Job,
    },
    error::{Error, Result},
    on_conn,
};

crate::text_enum! {
    /// What a person may do with a brand or a space.
    GrantRole {
        /// Everything, handing it over too.
        Owner = "owner",
        /// Its rules and people.
        Manager = "manager",
        /// Says yes to what others wrote.
        Approver = "approver",
        /// Publishes.
        Publisher = "publisher",
        /// Writes drafts.
        Contributor = "contributor",
        /// Answers.
        Responder = "responder",
        /// Reads figures.
        Analyst = "analyst",
        /// Reads everything, changes nothing.
        Auditor = "auditor",
    }
}

/// A person's role on an actor.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = grants)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Grant {
    pub account_id: AccountId,
    pub actor_id: ActorId,
    pub role: GrantRole,
    pub created_at: Timestamp,
}

/// How much of an actor a person has who acts as it. It is asked at every call, so it rises and falls with their role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// All of it: it is their own, or they may publish as it.
    Whole,
    /// What they write for it are drafts, which wait for colleagues; nothing else is done or read as it.
    Drafts,
}

/// Gives a person a role on an actor, in place of the one they had. One that may not even write drafts ends their tokens
/// for it; one that may not publish ends those of their browsers, in which the workroom is the whole brand.
pub fn grant(tx: &mut Tx<'_>, account: AccountId, actor: ActorId, role: GrantRole) -> Result<()> {
    if get(tx.conn(), account)?.kind != AccountKind::Employee {
        return Err(Error::invalid("grant.employees", "Only employees speak for the company's brands."));
    }
    let spoken_for = actors::get(tx.conn(), actor)?;
    if !spoken_for.is_local() || !spoken_for.kind.has_speakers() {
        return Err(Error::invalid(
            "grant.actor",
            format!("@{} is no brand: nobody else can speak for it.", spoken_for.username),
        ));
    }
    let before = find_grant(tx.conn(), account, actor)?;
    let now = tx.now();
    on_conn!(tx.conn(), |c| diesel::insert_into(grants::table)
        .values((
            grants::account_id.eq(account),
            grants::actor_id.eq(actor),
            grants::role.eq(role),
            grants::created_at.eq(now)
        ))
        .on_conflict((grants::account_id, grants::actor_id))
        .do_update()
        .set(grants::role.eq(role))
        .execute(c))?;
    if !role.may(Right::WriteDraft) {
        tokens::revoke_tokens_as(tx, account, actor)?;
    } else if !role.may(Right::Publish) {
        tokens::revoke_browser_tokens_as(tx, account, actor)?;
    }
    // Whoever had no role takes none away.
    if before.is_some_and(|before| before != role) {
        tx.defer(&Job::HoldUnready { actor })?;
    }
    tx.signal(Signal { topic: "account", kind: "update", id: account.0 });
    let details = json!({ "role": role, "before": before });
    let about = About::Account(account);
    audit::record(tx, &Entry { act: Act::GrantGiven, about, brand: Some(actor), reason: None, details })
}

/// Takes a person's role on an actor away; their tokens for it end at once, and for good. Answers whether there was
/// one.
pub fn revoke_grant(tx: &mut Tx<'_>, account: AccountId, actor: ActorId) -> Result<bool> {
    let before = find_grant(tx.conn(), account, actor)?;
    let taken = diesel::delete(grants::table.find((account, actor))).execute(tx.conn())?;
    tokens::revoke_tokens_as(tx, account, actor)?;
    tx.signal(Signal { topic: "account", kind: "update", id: account.0 });
    if taken > 0 {
        tx.defer(&Job::HoldUnready { actor })?;
        let (about, details) = (About::Account(account), json!({ "before": before }));
        audit::record(tx, &Entry { act: Act::GrantTaken, about, brand: Some(actor), reason: None, details })?;
    }
    Ok(taken > 0)
}

/// What waits for its time as a brand of somebody who may do less now is looked at again.
pub(super) fn look_at_what_waits(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    for grant in grants_of(tx.conn(), account)? {
        tx.defer(&Job::HoldUnready { actor: grant.actor_id })?;
    }
    Ok(())
}

pub(super) fn find_grant(conn: &mut Conn, account: AccountId, actor: ActorId) -> Result<Option<GrantRole>> {
    Ok(grants::table.find((account, actor)).select(grants::role).first(conn).optional()?)
}

pub(super) fn revoke_all_of(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    for grant in grants_of(tx.conn(), account)? {
        revoke_grant(tx, account, grant.actor_id)?;
    }
    Ok(())
}

/// Every role of a person.
pub fn grants_of(conn: &mut Conn, account: AccountId) -> Result<Vec<Grant>> {
    Ok(grants::table
        .filter(grants::account_id.eq(account))
        .order(grants::actor_id)
        .select(Grant::as_select())
        .load(conn)?)
}

/// Everybody else as whom a person may act, wholly or by drafts, the longest granted first.
pub fn spoken_for(conn: &mut Conn, account: AccountId) -> Result<Vec<(Actor, Voice)>> {
    let brands: Vec<(Actor, GrantRole)> = grants::table
        .inner_join(actors_table::table)
        .inner_join(accounts::table)
        .filter(grants::account_id.eq(account))
        .filter(accounts::kind.eq(AccountKind::Employee))
        .filter(grants::role.among(GrantRole::having(Right::WriteDraft)))
        .order((grants::created_at, grants::actor_id))
        .select((Actor::as_select(), grants::role))
        .load(conn)?;
    let there = brands.into_iter().filter(|(brand, _)| brand.is_active() && brand.kind.has_speakers());
    Ok(there.filter_map(|(brand, role)| Some((brand, role.voice()?))).collect())
}

/// Every role of everybody, each with the username of the actor it is on.
pub fn list_grants(conn: &mut Conn) -> Result<Vec<(Grant, String)>> {
    Ok(grants::table
        .inner_join(actors_table::table)
        .order((grants::account_id, grants::actor_id))
        .select((Grant::as_select(), actors_table::username))
        .load(conn)?)
}

/// Whether anybody may publish as this actor.
pub fn has_speakers(conn: &mut Conn, actor: ActorId) -> Result<bool> {
    Ok(!people_with(conn, &[actor], Right::Publish)?.is_empty())
}

/// Whether a person may publish as this actor, and do everything else as it.
pub fn may_act_as(conn: &mut Conn, account: AccountId, actor: ActorId) -> Result<bool> {
    Ok(voice_as(conn, account, actor)? == Some(Voice::Whole))
}

/// How much of this actor a person has: it is their own, or a role lets them publish as it or write for it, for as long
/// as they are an employee, since whoever speaks for a brand reads what it wrote for the company. Nothing where they may
/// not act as it at all.
pub fn voice_as(conn: &mut Conn, account: AccountId, actor: ActorId) -> Result<Option<Voice>> {
    let own: bool =
        diesel::select(diesel::dsl::exists(accounts::table.find(account).filter(accounts::actor_id.eq(actor))))
            .get_result(conn)?;
    if own {
        return Ok(Some(Voice::Whole));
    }
    let granted: Option<(GrantRole, ActorKind)> = grants::table
        .inner_join(actors_table::table)
        .inner_join(accounts::table)
        .filter(grants::account_id.eq(account))
        .filter(grants::actor_id.eq(actor))
        .filter(accounts::kind.eq(AccountKind::Employee))
        .select((grants::role, actors_table::kind))
        .first(conn)
        .optional()?;
    Ok(granted.filter(|(_, kind)| kind.has_speakers()).and_then(|(role, _)| role.voice()))
}
