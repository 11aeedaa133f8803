//! Whom a brand answers: the lane for answers is for answering others.

use super::{MissingCertificate, Speech, hold_crisis, rules_of};
use crate::{
    db::{Conn, Key, Tx},
    domain::{ActorId, accounts, actors},
    error::Result,
};

/// Whom something answers that a brand says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// Nobody: it begins a thread.
    Nobody,
    /// The brand itself, or somebody of the company.
    Ourselves,
    /// Somebody else: a customer here, or anybody on another server.
    Others,
}

/// Whom something answers, by the author of what is answered.
pub fn answers(conn: &mut Conn, author: Option<ActorId>) -> Result<Answers> {
    Ok(all_answers(conn, &[author])?.pop().unwrap_or(Answers::Nobody))
}

/// The same for several, in their order. Two queries at most.
pub fn all_answers(conn: &mut Conn, authors: &[Option<ActorId>]) -> Result<Vec<Answers>> {
    let mut known: Vec<ActorId> = authors.iter().copied().flatten().collect();
    known.sort();
    known.dedup();
    let here: Vec<ActorId> = if known.is_empty() {
        Vec::new()
    } else {
        let local = actors::get_many(conn, &known)?.into_iter().filter(actors::Actor::is_local);
        local.map(|actor| actor.id).collect()
    };
    let guests = if here.is_empty() { Vec::new() } else { accounts::guests_among(conn, &here)? };
    let of = |author: &Option<ActorId>| match author {
        None => Answers::Nobody,
        Some(author) if here.contains(author) && !guests.contains(author) => Answers::Ourselves,
        Some(_) => Answers::Others,
    };
    Ok(authors.iter().map(of).collect())
}

/// What keeps something back that somebody says for a brand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asks {
    /// How many approvals it needs; none, where nothing keeps it back.
    pub approvals: usize,
    /// The names of the topics about which is asked first.
    pub topics: String,
    /// What would have let it go, where whoever wrote it lacks that.
    pub missing: Option<MissingCertificate>,
}

/// What something needs that a brand says as an answer to this author; to nobody, where there is none. The rules stay as
/// they are until that is said.
pub fn what_asks(tx: &mut Tx<'_>, brand: ActorId, author: Option<ActorId>, speech: &Speech<'_>) -> Result<Asks> {
    hold_policy(tx, brand)?;
    let rules = rules_of(tx.conn(), brand)?;
    if !rules.may_ask() {
        return Ok(Asks::default());
    }
    Ok(rules.asks(answers(tx.conn(), author)?, speech))
}

/// Whether something that a brand said as an answer to this author may have needed approval.
pub fn may_have_asked(tx: &mut Tx<'_>, brand: ActorId, author: Option<ActorId>) -> Result<bool> {
    hold_policy(tx, brand)?;
    let rules = rules_of(tx.conn(), brand)?;
    Ok(rules.may_have_asked(answers(tx.conn(), author)?))
}

/// Nobody changes the rules of a brand, nor begins or ends crisis mode, until this transaction ends: what is published is
/// published under them.
pub fn hold_policy(tx: &mut Tx<'_>, brand: ActorId) -> Result<()> {
    hold_crisis(tx)?;
    tx.share(Key("brand.policy", &[brand.0]))
}
