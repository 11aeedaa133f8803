//! Writing a draft: beginning it, saving it, throwing it away.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::json;

use super::{
    Draft, DraftState, Hand, Outcome,
    copied::{end_request, must_be_free},
    edits::{check_edit, check_edits},
    history, new_uploads, news, presence,
    queries::get_to_write,
    standing::fresh_hash,
    waiting::end_waiting,
    wrong_state,
};
use crate::{
    db::{Among, Conn, Json, Key, Timestamp, Tx, schema::drafts},
    domain::{
        AccountId, ActorId, Audience, DraftId, MediaId, Once, PostId, Site, TeamId,
        accounts::{self, GrantRole, Right},
        act_once,
        audit::{self, About, Act, Entry},
        media::{self, Holder},
        notifications::{self, DraftNews},
        org,
        posts::{self, Viewer},
        scheduled::Wish,
    },
    error::{Error, Result},
    text,
};

/// How many drafts of a brand may be open.
pub const OPEN: i64 = 500;
/// How many that were thrown away can be found.
const DISCARDED: i64 = 1_000;
/// How many characters a content warning may have while it is a draft.
const WARNING: usize = 500;

/// What somebody writes into a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// What is to be published.
    pub wish: Wish,
    /// Who looks after the answers; the author, where nobody is named.
    pub reply_owner: Option<ReplyOwner>,
}

/// Who looks after the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ReplyOwner {
    /// A person.
    Person(AccountId),
    /// A team or a department: whoever of it may write for the brand.
    Team(TeamId),
}

impl ReplyOwner {
    /// The person, who is this one where it is a team, and the team.
    const fn columns(self, person: AccountId) -> (AccountId, Option<TeamId>) {
        match self {
            Self::Person(person) => (person, None),
            Self::Team(team) => (person, Some(team)),
        }
    }
}

/// Begins a draft for a brand: of something new, or of a post that is to be changed. The same key with the same words is
/// the same draft.
pub fn create(
    tx: &mut Tx<'_>,
    site: &Site,
    hand: &Hand,
    brand: ActorId,
    of_post: Option<PostId>,
    content: &Content,
    once: Option<&Once>,
) -> Result<DraftId> {
    if !hand.reaches(brand) {
        return Err(Error::not_found("brand.not_found", "This token acts for another brand."));
    }
    let role = accounts::need_right(tx.conn(), hand.account, brand, Right::WriteDraft)?;
    act_once(tx, once, |tx| Ok(begin(tx, site, hand, (brand, role), of_post, content)?.0)).map(DraftId)
}

fn begin(
    tx: &mut Tx<'_>,
    site: &Site,
    hand: &Hand,
    (brand, role): (ActorId, GrantRole),
    of_post: Option<PostId>,
    content: &Content,
) -> Result<DraftId> {
    tx.lock(Key("drafts", &[brand.0]))?;
    check(tx, site, brand, content)?;
    if !role.may(Right::Publish) {
        check_own_eyes(tx.conn(), hand, &content.wish, None)?;
    }
    if let Some(post) = of_post {
        check_edit(tx.conn(), brand, post, &content.wish)?;
        check_edits(tx.conn(), post)?;
    }
    let open: i64 = drafts::table
        .filter(drafts::actor_id.eq(brand))
        .filter(drafts::state.among(DraftState::open()))
        .count()
        .get_result(tx.conn())?;
    if open >= OPEN {
        let told = format!("This brand has {OPEN} drafts already. Publish some, or throw some away.");
        return Err(Error::invalid("draft.limit", told));
    }
    let (id, now) = (DraftId(tx.new_id()), tx.now());
    let reply_owner = content.reply_owner.unwrap_or(ReplyOwner::Person(hand.account));
    let (reply_owner, reply_team) = reply_owner.columns(hand.account);
    diesel::insert_into(drafts::table)
        .values((
            drafts::id.eq(id),
            drafts::actor_id.eq(brand),
            drafts::author_id.eq(hand.account),
            drafts::state.eq(DraftState::Draft),
            drafts::wish.eq(Json(content.wish.clone())),
            drafts::content_hash.eq(""),
            drafts::version.eq(1),
            drafts::writers.eq(Json(vec![hand.account])),
            drafts::reply_owner_id.eq(reply_owner),
            drafts::reply_team_id.eq(reply_team),
            drafts::created_at.eq(now),
            drafts::updated_at.eq(now),
            drafts::of_post.eq(of_post),
        ))
        .execute(tx.conn())?;
    keep_uploads(tx, hand, brand, (id, of_post), &content.wish)?;
    let hash = keep_hash(tx, id)?;
    history::keep(tx, id, 1, hand.account, &content.wish, &hash)?;
    presence::note(tx, id, hand.account)?;
    Ok(id)
}

/// Gives a draft another text. What is changed is a draft again, whatever it was: approvals are of a text. Nothing is
/// done where somebody else saved it since the version `seen`.
pub fn save(tx: &mut Tx<'_>, site: &Site, hand: &Hand, id: DraftId, seen: i64, content: &Content) -> Result<Outcome> {
    tx.lock(Key("draft", &[id.0]))?;
    let draft = get_to_write(tx.conn(), hand, id, Right::WriteDraft)?;
    if !draft.state.is_open() {
        return Err(wrong_state(&draft));
    }
    if draft.version != seen {
        return Ok(Outcome::Stale(id));
    }
    presence::note(tx, id, hand.account)?;
    let before = (draft.reply_owner_id, draft.reply_team_id);
    let (reply_owner, reply_team) = content.reply_owner.map_or(before, |owner| owner.columns(draft.reply_owner_id));
    if draft.wish.0 == content.wish && before == (reply_owner, reply_team) {
        return Ok(Outcome::Done(id));
    }
    if draft.wish.0 != content.wish {
        must_be_free(&draft)?;
    }
    check(tx, site, draft.actor_id, content)?;
    let role = accounts::role_on(tx.conn(), hand.account, draft.actor_id)?;
    if !role.is_some_and(|role| role.may(Right::Publish)) {
        check_own_eyes(tx.conn(), hand, &content.wish, Some(&draft.wish.0))?;
    }
    if let Some(post) = draft.of_post {
        check_edit(tx.conn(), draft.actor_id, post, &content.wish)?;
    }
    media::release(tx, Holder::Draft(id))?;
    keep_uploads(tx, hand, draft.actor_id, (id, draft.of_post), &content.wish)?;
    let mut writers = draft.writers.0.clone();
    if !writers.contains(&hand.account) {
        writers.push(hand.account);
    }
    end_waiting(tx, &draft)?;
    let (version, now) = (draft.version + 1, tx.now());
    diesel::update(drafts::table.find(id))
        .set((
            drafts::state.eq(DraftState::Draft),
            drafts::wish.eq(Json(content.wish.clone())),
            drafts::version.eq(version),
            drafts::writers.eq(Json(writers)),
            drafts::at_once.eq(draft.at_once && draft.author_id == hand.account),
            drafts::reply_owner_id.eq(reply_owner),
            drafts::reply_team_id.eq(reply_team),
            drafts::scheduled_at.eq(None::<Timestamp>),
            drafts::scheduled_by.eq(None::<AccountId>),
            drafts::held.eq(None::<String>),
            drafts::held_code.eq(None::<String>),
            drafts::updated_at.eq(now),
        ))
        .execute(tx.conn())?;
    let hash = keep_hash(tx, id)?;
    let begins = history::keep(tx, id, version, hand.account, &content.wish, &hash)?;
    note_changed(tx, &draft, hand.account, begins)?;
    if hand.account == draft.author_id {
        // Whoever writes on has looked at what is there.
        notifications::see_draft(tx, hand.own, id)?;
    } else if draft.wish.0 != content.wish {
        news::tell_of_change(tx, &draft, hand.account)?;
    }
    Ok(Outcome::Done(id))
}

/// Throws a draft away, unless somebody saved another version than was seen. Its uploads hang on nothing then.
pub fn discard(tx: &mut Tx<'_>, hand: &Hand, id: DraftId, seen: Option<i64>) -> Result<Outcome> {
    tx.lock(Key("draft", &[id.0]))?;
    let draft = get_to_write(tx.conn(), hand, id, Right::WriteDraft)?;
    if draft.state == DraftState::Discarded {
        return Ok(Outcome::Done(id));
    }
    if seen.is_some_and(|seen| seen != draft.version) {
        return Ok(Outcome::Stale(id));
    }
    if !draft.state.is_open() {
        return Err(wrong_state(&draft));
    }
    media::release(tx, Holder::Draft(id))?;
    super::publish::settle(tx, &draft, DraftState::Discarded)?;
    end_request(tx, hand, &draft)?;
    history::keep_last(tx, id)?;
    news::tell_author(tx, &draft, hand.account, DraftNews::Discarded)?;
    forget_oldest(tx, draft.actor_id)?;
    note(tx, &draft, Act::DraftDiscarded, None, json!({ "author": draft.author_id }))?;
    Ok(Outcome::Done(id))
}

/// Keeps the newest drafts that were thrown away.
fn forget_oldest(tx: &mut Tx<'_>, brand: ActorId) -> Result<()> {
    let old: Vec<DraftId> = drafts::table
        .filter(drafts::actor_id.eq(brand))
        .filter(drafts::state.eq(DraftState::Discarded))
        .order((drafts::updated_at.desc(), drafts::id.desc()))
        .offset(DISCARDED)
        .limit(DISCARDED)
        .select(drafts::id)
        .load(tx.conn())?;
    if old.is_empty() {
        return Ok(());
    }
    diesel::delete(drafts::table.filter(drafts::id.among(old))).execute(tx.conn())?;
    Ok(())
}

/// Writes down what was done with a draft.
pub(super) fn note(
    tx: &mut Tx<'_>,
    draft: &Draft,
    act: Act,
    reason: Option<&str>,
    details: serde_json::Value,
) -> Result<()> {
    let (about, brand) = (About::Draft(draft.id), Some(draft.actor_id));
    audit::record(tx, &Entry { act, about, brand, reason, details })
}

/// Writes down that a draft was changed: by a colleague, once for what they save at one sitting, and by anybody where that
/// takes back what had become of it. What its author writes while it is theirs alone is nobody's business.
fn note_changed(tx: &mut Tx<'_>, draft: &Draft, by: AccountId, begins: bool) -> Result<()> {
    let took_back = matches!(draft.state, DraftState::InReview | DraftState::Approved | DraftState::Scheduled);
    if !took_back && (by == draft.author_id || !begins) {
        return Ok(());
    }
    let details = json!({
        "author": draft.author_id,
        "before": took_back.then_some(draft.state),
        "at": draft.scheduled_at.map(Timestamp::rfc3339),
    });
    note(tx, draft, Act::DraftChanged, None, details)
}

/// Writes down the hash of what a draft says now, and answers it.
fn keep_hash(tx: &mut Tx<'_>, id: DraftId) -> Result<String> {
    let draft: Draft = drafts::table.find(id).select(Draft::as_select()).first(tx.conn())?;
    let hash = fresh_hash(tx.conn(), &draft)?;
    diesel::update(drafts::table.find(id)).set(drafts::content_hash.eq(&hash)).execute(tx.conn())?;
    Ok(hash)
}

/// Keeps the uploads of a draft for it: those that whoever writes it made, as themselves or as the brand, and those that
/// one of its texts has. Those of the person become the brand's: it publishes them. Those that hang on the post which it
/// changes hang there.
fn keep_uploads(
    tx: &mut Tx<'_>,
    hand: &Hand,
    brand: ActorId,
    (id, of_post): (DraftId, Option<PostId>),
    wish: &Wish,
) -> Result<()> {
    let changes = of_post.map(|post| posts::get(tx.conn(), post)).transpose()?;
    let new = new_uploads(wish, changes.as_ref());
    let before = history::uploads(tx.conn(), id)?;
    let unseen: Vec<MediaId> = new.iter().copied().filter(|upload| !before.contains(upload)).collect();
    media::must_be_by(tx.conn(), hand.account, &unseen)?;
    media::hand_over(tx, hand.own, brand, &new)?;
    media::hold(tx, brand, Holder::Draft(id), &new)
}

/// Refuses what somebody who only writes drafts may not read themselves, unless the draft names it already: what the brand
/// alone may read is neither answered nor quoted by them.
fn check_own_eyes(conn: &mut Conn, hand: &Hand, wish: &Wish, before: Option<&Wish>) -> Result<()> {
    let known = |id: &PostId| before.is_some_and(|old| old.reply_to == Some(*id) || old.quote == Some(*id));
    let mut named: Vec<PostId> = wish.reply_to.into_iter().chain(wish.quote).filter(|id| !known(id)).collect();
    named.dedup();
    let viewer = Viewer::local(conn, hand.own)?;
    if posts::keep_visible(conn, &viewer, &named)?.len() < named.len() {
        return Err(Error::not_found("post.not_found", "There is no such post."));
    }
    Ok(())
}

/// Refuses what could never be published, or would fill the disk; whether it can be is asked when it is handed in.
fn check(tx: &mut Tx<'_>, site: &Site, brand: ActorId, content: &Content) -> Result<()> {
    let wish = &content.wish;
    posts::check_size(site, &wish.text)?;
    if wish.summary.chars().count() > WARNING {
        return Err(Error::invalid("draft.warning", format!("A content warning has {WARNING} characters at most.")));
    }
    if wish.language.as_ref().is_some_and(|language| !text::is_language(language)) {
        return Err(Error::invalid("post.language", "A language is a code such as en or pt-BR."));
    }
    if wish.audience == Audience::Space || (wish.audience == Audience::Team) != wish.team.is_some() {
        return Err(Error::invalid("post.audience", "A post for a team names it, such as team:42, and no other does."));
    }
    if wish.media.len() > media::FILES {
        let told = format!("A post has at most {} files. Please take some away.", media::FILES);
        return Err(Error::invalid("media.count", told));
    }
    if let Some(poll) = &wish.poll {
        poll.check_size()?;
    }
    let told = match content.reply_owner {
        Some(ReplyOwner::Person(owner))
            if !accounts::role_on(tx.conn(), owner, brand)?.is_some_and(|role| role.may(Right::WriteDraft)) =>
        {
            "Whoever looks after the answers has a role on this brand by which they write for it."
        }
        Some(ReplyOwner::Team(team)) if desk(tx, team, brand)?.is_empty() => {
            "There is no such team, or nobody of it has a role by which they write for this brand. Give somebody one, or \
             name another team."
        }
        _ => return Ok(()),
    };
    Err(Error::invalid("draft.reply_owner", told))
}

/// Those of a team who look after answers to a brand: who may write for it, by their own actors. The team is not deleted
/// meanwhile.
pub(super) fn desk(tx: &mut Tx<'_>, team: TeamId, brand: ActorId) -> Result<Vec<ActorId>> {
    org::hold_team(tx, team)?;
    Ok(org::writers_in(tx.conn(), team, brand)?.into_iter().map(|person| person.actor_id).collect())
}
