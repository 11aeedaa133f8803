//! The switch, and the statement.

use diesel::prelude::*;
use serde_json::json;

use super::{concerned, get, need, note};
use crate::{
    db::{Tx, schema::crises},
    domain::{
        AccountId, Audience, CrisisId, actors,
        audit::Act,
        brands::{self, CRISIS},
        drafts,
        org::{self, Statement},
        posts, scheduled,
    },
    error::{Error, Result},
    text,
};

/// How many characters the reason has at least, and at most.
pub const REASON: (usize, usize) = (15, 1_000);
/// How many characters the statement on the company's pages has at most.
pub const STATEMENT: usize = 1_000;

/// Begins crisis mode, and puts a statement on the company's pages where there is one. In one transaction all drafts and
/// posts of brands that wait for their time are held; a post that is being published at this moment is published before.
pub fn start(tx: &mut Tx<'_>, by: Option<AccountId>, reason: &str, statement: Option<&Statement>) -> Result<CrisisId> {
    tx.lock(CRISIS)?;
    need(tx, by)?;
    if let Some(on) = brands::crisis(tx.conn())? {
        let told = format!("Crisis mode is on already, since {}.", on.started_at.rfc3339());
        return Err(Error::conflict("crisis.already_on", told));
    }
    let reason = checked_reason(reason)?;
    let statement = statement.map(|statement| checked(tx, statement)).transpose()?;
    let (id, now) = (CrisisId(tx.new_id()), tx.now());
    diesel::insert_into(crises::table)
        .values((
            crises::id.eq(id),
            crises::started_at.eq(now),
            crises::started_by.eq(by),
            crises::reason.eq(reason),
            crises::held_drafts.eq(0),
            crises::held_posts.eq(0),
        ))
        .execute(tx.conn())?;
    let why = get(tx.conn())?.refusal();
    let held_drafts = drafts::hold_all(tx, &why)?;
    let held_posts = scheduled::hold_all_of_brands(tx, &why)?;
    let count = |held: usize| i64::try_from(held).unwrap_or(i64::MAX);
    diesel::update(crises::table.find(id))
        .set((crises::held_drafts.eq(count(held_drafts)), crises::held_posts.eq(count(held_posts))))
        .execute(tx.conn())?;
    if statement.is_some() {
        org::set_statement(tx, statement.as_ref())?;
    }
    let details = json!({
        "crisis": id, "held_drafts": held_drafts, "held_posts": held_posts, "statement": named(statement.as_ref()),
    });
    let told = concerned(tx.conn(), by)?;
    note(tx, Act::CrisisStarted, Some(reason), details, told)?;
    Ok(id)
}

/// Puts another statement on the company's pages while crisis mode is on, or takes it away.
/// Answers which crisis it is.
pub fn change_statement(tx: &mut Tx<'_>, by: Option<AccountId>, statement: Option<&Statement>) -> Result<CrisisId> {
    tx.lock(CRISIS)?;
    need(tx, by)?;
    let crisis = get(tx.conn())?;
    let statement = statement.map(|statement| checked(tx, statement)).transpose()?;
    org::set_statement(tx, statement.as_ref())?;
    let details = json!({ "crisis": crisis.id, "statement": named(statement.as_ref()) });
    note(tx, Act::CrisisStatement, None, details, Vec::new())?;
    Ok(crisis.id)
}

/// What the audit log says of a statement: which post it is, and of a text only that it is one.
fn named(statement: Option<&Statement>) -> Option<String> {
    statement.map(|statement| match statement {
        Statement::Text(_) => "text".to_owned(),
        Statement::Post(post) => format!("post:{post}"),
    })
}

/// The reason as it is kept.
pub(super) fn checked_reason(reason: &str) -> Result<&str> {
    let (reason, (shortest, longest)) = (reason.trim(), REASON);
    let count = reason.chars().count();
    if (shortest..=longest).contains(&count) && !text::is_blank(reason) {
        return Ok(reason);
    }
    let told = format!("Say why in `reason`, with {shortest} to {longest} characters; this has {count}.");
    Err(Error::invalid("crisis.reason", told))
}

/// The statement as it is kept: a text that says something, or a public post that a brand of ours published.
fn checked(tx: &mut Tx<'_>, statement: &Statement) -> Result<Statement> {
    match statement {
        Statement::Text(source) => {
            let source = source.trim();
            let count = source.chars().count();
            if text::is_blank(source) || count > STATEMENT {
                let told = format!("A statement has 1 to {STATEMENT} characters; this one has {count}.");
                return Err(Error::invalid("crisis.statement", told));
            }
            Ok(Statement::Text(source.to_owned()))
        }
        Statement::Post(id) => {
            let told = "The statement is a public post of a brand, by its number here. There is no such post.";
            let missing = || Error::invalid("crisis.statement", told);
            let post = posts::find(tx.conn(), *id)?.filter(|post| post.audience == Audience::Public);
            let post = post.ok_or_else(missing)?;
            let author = actors::get(tx.conn(), post.author_id)?;
            if !author.is_local() || !author.kind.has_speakers() {
                return Err(missing());
            }
            Ok(Statement::Post(post.id))
        }
    }
}
