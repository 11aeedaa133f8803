//! Handing a draft in, and what colleagues say of it.

use diesel::prelude::*;
use serde_json::json;

use super::{
    Draft, DraftState, Hand, Outcome, find, history, news,
    publish::{hold_rules, must_be_publishable, settle},
    queries::{get_for, get_to_write},
    said,
    schedule::publish_written,
    standing::{fresh_hash, standing},
    waiting::{begin_waiting, end_waiting},
    write::note,
    wrong_state,
};
use crate::{
    db::{
        Among, Key, Timestamp, Tx,
        schema::{draft_reviews, drafts},
    },
    domain::{
        AccountId, DraftId, Site,
        accounts::{self, Right},
        audit::{self, About, Act, Entry},
        brands::{self, MissingCertificate},
        notifications::DraftNews,
        work::{Job, tell_of_act},
    },
    error::{Error, Result, Rule},
    on_conn,
};

/// How many verdicts on a draft are kept: of earlier texts the oldest go.
const REVIEWS: i64 = 200;
/// How many characters a comment may have.
pub const COMMENT: usize = 2_000;

crate::text_enum! {
    /// What somebody says of a draft.
    Verdict {
        /// Yes.
        Approved = "approved",
        /// Not like this.
        ChangesRequested = "changes_requested",
    }
}

/// What somebody said of one text of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = draft_reviews)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Review {
    pub id: i64,
    pub draft_id: DraftId,
    pub account_id: AccountId,
    /// Of which text.
    pub content_hash: String,
    pub verdict: Verdict,
    pub comment: Option<String>,
    pub created_at: Timestamp,
}

/// Hands a draft in. What could not be published at this moment is refused; what needs no approval has it.
pub fn submit(tx: &mut Tx<'_>, site: &Site, hand: &Hand, id: DraftId, seen: Option<i64>) -> Result<Outcome> {
    brands::hold_crisis(tx)?;
    tx.lock(Key("draft", &[id.0]))?;
    let draft = get_to_write(tx.conn(), hand, id, Right::Submit)?;
    if is_stale(&draft, seen) {
        return Ok(Outcome::Stale(id));
    }
    let renewed = renew(tx, &draft)?;
    let mut handed_in = false;
    match draft.state {
        DraftState::Draft | DraftState::ChangesRequested | DraftState::Held => {
            must_be_publishable(tx, site, hand.account, &draft)?;
            settle(tx, &draft, DraftState::InReview)?;
            begin_waiting(tx, id)?;
            handed_in = true;
        }
        // Handed in twice is once; but what it says, the rules, or what its author may, may have changed meanwhile.
        DraftState::InReview | DraftState::Approved if renewed => show_again(tx, &draft)?,
        DraftState::InReview | DraftState::Approved => {}
        DraftState::Scheduled | DraftState::Published | DraftState::Discarded => return Err(wrong_state(&draft)),
    }
    // Where nobody is missing, it was handed to nobody.
    if !conclude(tx, site, id, None)? && handed_in {
        note(tx, &draft, Act::DraftSubmitted, None, json!({ "author": draft.author_id }))?;
    }
    // Nobody is asked twice for one version.
    if renewed || draft.state == DraftState::Draft {
        news::ask(tx, id, hand.account)?;
    }
    Ok(Outcome::Done(id))
}

/// Makes another version of a draft that says something else than when it was saved although nobody saved it since: its
/// author is called otherwise, or the post that it changes was changed. Answers whether it does.
fn renew(tx: &mut Tx<'_>, draft: &Draft) -> Result<bool> {
    let hash = fresh_hash(tx.conn(), draft)?;
    if hash == draft.content_hash || !draft.state.is_open() {
        return Ok(false);
    }
    let version = draft.version + 1;
    diesel::update(drafts::table.find(draft.id))
        .set((drafts::content_hash.eq(&hash), drafts::version.eq(version)))
        .execute(tx.conn())?;
    history::keep(tx, draft.id, version, draft.author_id, &draft.wish.0, &hash)?;
    Ok(true)
}

/// Shows apps a draft that waits under another id: it is another text.
fn show_again(tx: &mut Tx<'_>, draft: &Draft) -> Result<()> {
    if draft.waiting_id.is_none() {
        return Ok(());
    }
    end_waiting(tx, draft)?;
    begin_waiting(tx, draft.id)
}

/// What becomes of a draft that was handed in or agreed to: it is approved while nobody is missing and waits for approval
/// otherwise, and what was written as a post is one as soon as it is approved: by its author, where they may publish, and
/// otherwise by who agreed to it. What waits for its time goes on waiting. Answers whether nobody is
/// missing.
fn conclude(tx: &mut Tx<'_>, site: &Site, id: DraftId, agreed: Option<AccountId>) -> Result<bool> {
    let Some(draft) = find(tx.conn(), id)? else { return Ok(false) };
    if !matches!(draft.state, DraftState::InReview | DraftState::Approved) {
        return Ok(false);
    }
    if draft.at_once {
        // It may be published here, by the rules by which it is judged here.
        hold_rules(tx, &draft)?;
    }
    let now = tx.now();
    let met = standing(tx.conn(), &draft, None, now)?.is_met();
    let state = if met { DraftState::Approved } else { DraftState::InReview };
    if draft.state != state {
        settle(tx, &draft, state)?;
    }
    if met && draft.at_once {
        publish_written(tx, site, &draft, agreed)?;
    }
    Ok(met)
}

/// Says yes to what is there now, as whoever says it saw it: where something else is there, although nobody saved it,
/// nothing is said. What was written as a post is one, when nobody is missing any more.
pub fn approve(
    tx: &mut Tx<'_>,
    site: &Site,
    hand: &Hand,
    id: DraftId,
    seen: Option<i64>,
    comment: Option<&str>,
) -> Result<Outcome> {
    brands::hold_crisis(tx)?;
    tx.lock(Key("draft", &[id.0]))?;
    let draft = get_for(tx.conn(), hand, id, Right::Approve)?;
    if is_stale(&draft, seen) {
        return Ok(Outcome::Stale(id));
    }
    if !matches!(draft.state, DraftState::InReview | DraftState::Approved | DraftState::Scheduled) {
        return Err(wrong_state(&draft));
    }
    let wrote = draft.author_id == hand.account || draft.writers.0.contains(&hand.account);
    let (rules, now) = (brands::rules_of(tx.conn(), draft.actor_id)?, tx.now());
    if wrote && !rules.self_approve {
        let told = "You wrote in this draft yourself: somebody else approves it.";
        return Err(Error::forbidden("draft.own", told).ruled_by(Rule::Brand(draft.actor_id.0)));
    }
    if !rules.counts_approval_of(hand.account, now) {
        let told = MissingCertificate::CertificateToApprove.told();
        return Err(Error::forbidden("draft.certificate", told).ruled_by(Rule::Brand(draft.actor_id.0)));
    }
    let comment = comment.map(|comment| said(comment, 1, COMMENT, "draft.comment")).transpose()?;
    if renew(tx, &draft)? {
        show_again(tx, &draft)?;
        return Ok(Outcome::Stale(id));
    }
    let hash = say(tx, &draft, hand.account, Verdict::Approved, comment.as_deref())?;
    note_approved(tx, &draft, hand.account, &hash)?;
    conclude(tx, site, id, Some(hand.account))?;
    let is_out = find(tx.conn(), id)?.is_some_and(|draft| draft.state == DraftState::Published);
    let news = if is_out { DraftNews::Published } else { DraftNews::Approved };
    news::tell_author(tx, &draft, hand.account, news)?;
    Ok(Outcome::Done(id))
}

/// Writes down that somebody agreed to a draft. Its author gets a letter when nobody is missing any more.
fn note_approved(tx: &mut Tx<'_>, draft: &Draft, by: AccountId, hash: &str) -> Result<()> {
    let (act, about, brand) = (Act::DraftApproved, About::Draft(draft.id), Some(draft.actor_id));
    let (id, before, told) = (draft.id, draft.state, author_by_letter(tx, draft, by)?);
    let entry = Entry { act, about, brand, reason: None, details: json!({ "content_hash": hash }) };
    audit::record_then(tx, &entry, move |tx, entry| {
        if told.is_empty() || before != DraftState::InReview {
            return Ok(());
        }
        let state = find(tx.conn(), id)?.map(|draft| draft.state);
        if !matches!(state, Some(DraftState::Approved | DraftState::Published)) {
            return Ok(());
        }
        told.into_iter().try_for_each(|account| tx.defer(&Job::TellOfAct { entry, account }))
    })
}

/// The author of a draft, where they can be written a letter and did not do this themselves.
fn author_by_letter(tx: &mut Tx<'_>, draft: &Draft, by: AccountId) -> Result<Vec<AccountId>> {
    if draft.author_id == by {
        return Ok(Vec::new());
    }
    accounts::with_address(tx.conn(), &[draft.author_id])
}

/// Gives a draft back, with what is to be changed. What was scheduled waits no more.
pub fn request_changes(tx: &mut Tx<'_>, hand: &Hand, id: DraftId, seen: Option<i64>, comment: &str) -> Result<Outcome> {
    tx.lock(Key("draft", &[id.0]))?;
    let draft = get_for(tx.conn(), hand, id, Right::RequestChanges)?;
    if is_stale(&draft, seen) {
        return Ok(Outcome::Stale(id));
    }
    if !matches!(draft.state, DraftState::InReview | DraftState::Approved | DraftState::Scheduled | DraftState::Held) {
        return Err(wrong_state(&draft));
    }
    let comment = said(comment, 1, COMMENT, "draft.comment")?;
    let hash = say(tx, &draft, hand.account, Verdict::ChangesRequested, Some(&comment))?;
    settle(tx, &draft, DraftState::ChangesRequested)?;
    let (act, about, brand) = (Act::DraftReturned, About::Draft(id), Some(draft.actor_id));
    let told = author_by_letter(tx, &draft, hand.account)?;
    tell_of_act(tx, &Entry { act, about, brand, reason: None, details: json!({ "content_hash": hash }) }, told)?;
    news::tell_author(tx, &draft, hand.account, DraftNews::ChangesRequested)?;
    Ok(Outcome::Done(id))
}

/// Whether somebody else saved the draft since the version that was seen.
pub(super) fn is_stale(draft: &Draft, seen: Option<i64>) -> bool {
    seen.is_some_and(|seen| seen != draft.version)
}

/// Keeps a verdict on the text that is there now, in place of an earlier one of the same person; answers the hash of
/// that text.
fn say(tx: &mut Tx<'_>, draft: &Draft, account: AccountId, verdict: Verdict, comment: Option<&str>) -> Result<String> {
    let hash = fresh_hash(tx.conn(), draft)?;
    let (id, now) = (tx.new_id(), tx.now());
    on_conn!(tx.conn(), |c| diesel::insert_into(draft_reviews::table)
        .values((
            draft_reviews::id.eq(id),
            draft_reviews::draft_id.eq(draft.id),
            draft_reviews::account_id.eq(account),
            draft_reviews::content_hash.eq(&hash),
            draft_reviews::verdict.eq(verdict),
            draft_reviews::comment.eq(comment),
            draft_reviews::created_at.eq(now),
        ))
        .on_conflict((draft_reviews::draft_id, draft_reviews::account_id, draft_reviews::content_hash))
        .do_update()
        .set((
            draft_reviews::verdict.eq(verdict),
            draft_reviews::comment.eq(comment),
            draft_reviews::created_at.eq(now),
        ))
        .execute(c))?;
    let old: Vec<i64> = draft_reviews::table
        .filter(draft_reviews::draft_id.eq(draft.id))
        .filter(draft_reviews::content_hash.ne(&hash))
        .order((draft_reviews::created_at.desc(), draft_reviews::id.desc()))
        .offset(REVIEWS)
        .limit(REVIEWS)
        .select(draft_reviews::id)
        .load(tx.conn())?;
    if !old.is_empty() {
        diesel::delete(draft_reviews::table.filter(draft_reviews::id.among(old))).execute(tx.conn())?;
    }
    Ok(hash)
}
