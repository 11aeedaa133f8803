//! What people are told in the workroom of their drafts, and what waits for them.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use diesel::prelude::*;

use super::{Draft, DraftState, DraftView, Hand, Sought, find, get, is_closed_to, list, queries::readable_by, view};
use crate::{
    db::{Among, Conn, Timestamp, Tx, schema::drafts, time_of},
    domain::{
        AccountId, ActorId, DraftId, Page,
        accounts::{self, Right},
        brands::{self, Rules},
        notifications::{self, DraftNews},
        work::Job,
    },
    error::Result,
};

/// How many drafts that wait for approval are looked at to count those that wait for one person.
const COUNTED: i64 = 100;
/// How much earlier than a letter was asked for a draft may have been handed in of which it tells: of several at the
/// same moment the first may be the last that is written down.
const AT_THE_SAME_MOMENT: Duration = Duration::from_secs(5);

/// Tells these people what somebody did with a draft, or the brand itself where nobody did: not who did it, nor who may not
/// read the draft.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    (id, brand): (DraftId, ActorId),
    told: impl IntoIterator<Item = AccountId>,
    by: Option<AccountId>,
    news: DraftNews,
) -> Result<()> {
    let from = match by {
        Some(person) => accounts::get(tx.conn(), person)?.actor_id,
        None => brand,
    };
    for account in told.into_iter().filter(|account| Some(*account) != by) {
        let person = accounts::get(tx.conn(), account)?;
        if !is_closed_to(tx.conn(), &person, id)? {
            notifications::tell_of_draft(tx, person.actor_id, from, id, news)?;
        }
    }
    Ok(())
}

/// Tells the author of a draft what somebody did with it.
pub(super) fn tell_author(tx: &mut Tx<'_>, draft: &Draft, by: AccountId, news: DraftNews) -> Result<()> {
    tell(tx, (draft.id, draft.actor_id), [draft.author_id], Some(by), news)
}

/// Tells the author of a draft that somebody else changed what it says, in the workroom and by letter: once until they
/// have looked at it, however often it is saved. Who may not read it hears nothing.
pub(super) fn tell_of_change(tx: &mut Tx<'_>, draft: &Draft, by: AccountId) -> Result<()> {
    let author = accounts::get(tx.conn(), draft.author_id)?;
    let knows = notifications::unseen_change(tx.conn(), author.actor_id, draft.id)?.is_some();
    if knows || is_closed_to(tx.conn(), &author, draft.id)? {
        return Ok(());
    }
    tell_author(tx, draft, by, DraftNews::Changed)?;
    for account in accounts::with_address(tx.conn(), &[author.id])? {
        tx.defer(&Job::TellOfChange { account, draft: draft.id })?;
    }
    Ok(())
}

/// That somebody else changed what a draft of theirs says, for the letter to an author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Where the letter goes.
    pub address: String,
    /// For which brand it is.
    pub brand: ActorId,
    /// Who changed it.
    pub by: ActorId,
}

/// What the author of a draft is to be told of a change at which they have not looked; nothing where it was thrown away, or
/// they may not read it any more, or may not sign in.
pub fn unseen_change(conn: &mut Conn, account: AccountId, id: DraftId) -> Result<Option<Changed>> {
    let person = accounts::get(conn, account)?;
    if !person.is_active() || is_closed_to(conn, &person, id)? {
        return Ok(None);
    }
    let Some(by) = notifications::unseen_change(conn, person.actor_id, id)? else { return Ok(None) };
    let draft = find(conn, id)?.filter(|draft| draft.state != DraftState::Discarded);
    let (Some(draft), Some(address)) = (draft, person.email) else { return Ok(None) };
    Ok(Some(Changed { address, brand: draft.actor_id, by }))
}

/// Asks those by letter who may approve a draft that was handed in, where it waits for that, or publish it, where it waits
/// for nobody else: neither who wrote in it nor who handed it in. What is handed in soon after is in the same letter.
pub(super) fn ask(tx: &mut Tx<'_>, id: DraftId, by: AccountId) -> Result<()> {
    let Some(draft) = find(tx.conn(), id)? else { return Ok(()) };
    let (since, brand, hands) = (tx.now(), draft.actor_id, draft.hands());
    let asked = match draft.state {
        DraftState::InReview => Right::Approve,
        DraftState::Approved if view(tx.conn(), vec![draft], since)?.iter().any(DraftView::waits_for_publisher) => {
            Right::Publish
        }
        _ => return Ok(()),
    };
    let people = accounts::people_with(tx.conn(), &[brand], asked)?.into_iter();
    let others: Vec<AccountId> =
        people.map(|(_, person)| person).filter(|person| *person != by && !hands.contains(person)).collect();
    for account in accounts::with_address(tx.conn(), &others)? {
        tx.defer(&Job::TellOfDrafts { account, since })?;
    }
    Ok(())
}

/// The drafts that were handed in since a moment and wait for somebody whose approval counts, and where they are told so;
/// nothing where none does, or they may not sign in.
pub fn asked_since(
    conn: &mut Conn,
    account: AccountId,
    since: Timestamp,
    now: Timestamp,
) -> Result<Option<(Vec<DraftId>, String)>> {
    let person = accounts::get(conn, account)?;
    let (true, Some(address)) = (person.is_active(), person.email) else { return Ok(None) };
    let hand = Hand { account, own: person.actor_id, actor: person.actor_id };
    let since = since.minus(AT_THE_SAME_MOMENT);
    let found = to_review(conn, &hand, now)?;
    let brands: BTreeSet<ActorId> = found.iter().map(|view| view.draft.actor_id).collect();
    let rules = brands::all_rules_of(conn, &brands.into_iter().collect::<Vec<_>>())?;
    let mut asked = Vec::new();
    for view in found {
        // Who agreed to one that is approved has seen it: for that no letter is written.
        let publishes = view.waits_for_publisher() && view.standing.needed == 0;
        let DraftView { draft, standing, .. } = view;
        let is_new = draft.waiting_id.is_some_and(|waiting| time_of(waiting) >= since);
        let asks = is_new
            && (publishes || standing.approved_by.len() < standing.needed)
            && !standing.objected_by.contains(&account)
            && !draft.hands().contains(&account);
        let counts = |rules: &Rules| rules.actor_id == draft.actor_id && rules.counts_approval_of(account, now);
        if asks && (publishes || rules.iter().any(counts)) {
            asked.push(draft.id);
        }
    }
    Ok((!asked.is_empty()).then_some((asked, address)))
}

/// The drafts in which somebody did not write that wait for them: for approval, to which they may agree and have not, or
/// for anybody who publishes. Of all that wait the latest are looked at.
fn to_review(conn: &mut Conn, hand: &Hand, now: Timestamp) -> Result<Vec<DraftView>> {
    let approves = accounts::brands_with(conn, hand.account, Right::Approve)?;
    let publishes = accounts::brands_with(conn, hand.account, Right::Publish)?;
    if approves.is_empty() && publishes.is_empty() {
        return Ok(Vec::new());
    }
    let page = Page { limit: COUNTED, ..Page::default() };
    let sought = Sought { state: Some(DraftState::InReview), or_for_publishers: true, ..Sought::default() };
    let mut found = list(conn, hand, &sought, &page, now)?;
    found.retain(|view| {
        let (brand, wrote) = (view.draft.actor_id, view.draft.hands().contains(&hand.account));
        if view.waits_for_publisher() {
            return publishes.contains(&brand) && view.draft.author_id != hand.account;
        }
        approves.contains(&brand) && !wrote && !view.standing.approved_by.contains(&hand.account)
    });
    Ok(found)
}

/// Remembers that somebody has seen how it stands with a draft which they may read.
pub fn see(tx: &mut Tx<'_>, hand: &Hand, id: DraftId) -> Result<()> {
    let draft = get(tx.conn(), hand, id)?;
    notifications::see_draft(tx, hand.own, draft.id)
}

/// Of these drafts those that `owner`, the own actor of a person, may read at this moment. No query where there are none.
pub fn readable_among(conn: &mut Conn, owner: ActorId, ids: Vec<DraftId>) -> Result<HashMap<DraftId, Draft>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let Some(person) = accounts::find_by_actor(conn, owner)? else { return Ok(HashMap::new()) };
    let found: Vec<Draft> = drafts::table.filter(drafts::id.among(ids)).select(Draft::as_select()).load(conn)?;
    let readable = readable_by(conn, &person, found)?;
    Ok(readable.into_iter().map(|draft| (draft.id, draft)).collect())
}

/// How many drafts wait for one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Drafts of colleagues that wait for their approval, or for anybody who publishes them.
    pub reviews: usize,
    /// Drafts that were given back to them or held, at which they have not looked since.
    pub returned: usize,
}

/// What waits for a person.
pub fn waiting_for(conn: &mut Conn, hand: &Hand, now: Timestamp) -> Result<Waiting> {
    let reviews = to_review(conn, hand, now)?.len();
    let unseen = notifications::unseen_drafts(conn, hand.own)?;
    let waits = |draft: &&Draft| {
        matches!(draft.state, DraftState::ChangesRequested | DraftState::Held) && hand.reaches(draft.actor_id)
    };
    let returned = readable_among(conn, hand.own, unseen)?.values().filter(waits).count();
    Ok(Waiting { reviews, returned })
}
