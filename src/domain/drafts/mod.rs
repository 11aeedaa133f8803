//! What is written for a brand before it is a post: by several people, under the brand's rules.
//!
//! A draft is changed ([`save`]), handed in ([`submit`]), approved or given back ([`approve`], [`request_changes`]), and
//! published now or later ([`publish`], [`schedule`], [`unschedule`], [`publish_due`]); one that changes a published post ([`begin_edit`])
//! goes the same way. Who may do each is the table of
//! `accounts::Right`; how many must agree is the brand's [`Policy`](super::brands::Policy); whether they agree to what is there now is [`Standing`],
//! which counts approvals of just what it says. Publishing is `posts::compose` and `posts::create`, as at every
//! other door, in the transaction in which the draft becomes [`DraftState::Published`].

mod copied;
mod edits;
mod hash;
mod history;
mod news;
mod presence;
mod publish;
mod queries;
mod review;
mod schedule;
mod standing;
mod teams;
mod view;
mod waiting;
mod write;

use diesel::prelude::*;

pub use copied::{ask_for_copy, consent_to_copy, decline_copy, rewrite_copy, withdraw_copy};
pub use edits::{EDITS, begin_edit};
pub use history::{PastText, VERSIONS, VERSIONS_BYTES, history, text_at};
pub use news::{Changed, Waiting, asked_since, readable_among, see, unseen_change, waiting_for};
pub use presence::{PRESENT, end_presence, note_presence};
pub use publish::{REASON, publish, publish_anyway};
pub use queries::{
    Made, Sought, existing, find, forget_all_of, get, held_code, is_closed_to, keep_readable, list, made_by, missing,
    prune,
};
pub use review::{COMMENT, Review, Verdict, approve, request_changes, submit};
pub use schedule::{hold_all, hold_broken, hold_unready, next_due, publish_due, schedule, unschedule};
pub use standing::{Counted, Standing};
pub use teams::delete_team;
pub use view::{DraftView, view};
pub use waiting::{get_waiting, hand_in, list_waiting, must_wait, refuse_time, rewrite};
pub use write::{Content, OPEN, ReplyOwner, create, discard, save};

pub use super::Once;
use super::{
    AccountId, ActorId, Deed, DraftId, MediaId, PostId, PublishRequestId, TeamId,
    accounts::{self, GrantRole, Right},
    posts::Post,
    scheduled::Wish,
};
use crate::{
    db::{Json, Timestamp, schema::drafts},
    error::{Error, Result},
    text::{self, Format, Links},
};

crate::text_enum! {
    /// How far a draft is.
    DraftState {
        /// It is being written.
        Draft = "draft",
        /// It waits for approval.
        InReview = "in_review",
        /// Somebody asked for changes.
        ChangesRequested = "changes_requested",
        /// It has the approvals that it needs.
        Approved = "approved",
        /// It waits for its time.
        Scheduled = "scheduled",
        /// Its time came, and it could not be published.
        Held = "held",
        /// It is a post.
        Published = "published",
        /// It was thrown away.
        Discarded = "discarded",
    }
}

impl DraftState {
    /// Whether it may still become a post.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Published | Self::Discarded)
    }

    /// The state of a draft that has, or has not, the approvals that it needs at this moment.
    const fn with(self, approved: bool) -> Self {
        match (self, approved) {
            (Self::InReview, true) => Self::Approved,
            (Self::Approved, false) => Self::InReview,
            _ => self,
        }
    }

    /// The states in which it may.
    fn open() -> Vec<Self> {
        Self::ALL.iter().copied().filter(|state| state.is_open()).collect()
    }
}

/// A draft as it is stored.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = drafts)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Draft {
    pub id: DraftId,
    /// The brand.
    pub actor_id: ActorId,
    /// Who began it.
    pub author_id: AccountId,
    pub state: DraftState,
    /// What is to be published.
    pub wish: Json<Wish>,
    pub content_hash: String,
    /// How often it was saved.
    pub version: i64,
    /// Who wrote in it, the author among them.
    pub writers: Json<Vec<AccountId>>,
    /// Who looks after the answers.
    pub reply_owner_id: AccountId,
    pub scheduled_at: Option<Timestamp>,
    pub scheduled_by: Option<AccountId>,
    /// Why it was not published when its time had come.
    pub held: Option<String>,
    /// The code of that.
    pub held_code: Option<String>,
    pub post_id: Option<PostId>,
    pub published_by: Option<AccountId>,
    /// Why it was published without the approvals that it needs.
    pub override_reason: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// The published post that it changes; a new post comes of all others.
    pub of_post: Option<PostId>,
    /// Who agreed when it was published.
    pub counted: Option<Json<Counted>>,
    /// Under which id apps see it while it waits.
    pub waiting_id: Option<i64>,
    /// It was written as a post, and is one as soon as it is approved.
    pub at_once: bool,
    /// The request for a copy of an internal post from which it came: it is published as people agreed to it.
    pub copy_id: Option<PublishRequestId>,
    /// The team that looks after the answers, in place of `reply_owner_id`.
    pub reply_team_id: Option<TeamId>,
}

impl Draft {
    /// Everybody who wrote in it.
    fn hands(&self) -> Vec<AccountId> {
        let mut hands = self.writers.0.clone();
        hands.push(self.author_id);
        hands
    }

    /// Whether somebody with this role publishes it, once nobody is missing; `free` is what goes by the lane for answers.
    fn is_sent_by(&self, role: GrantRole, free: bool) -> bool {
        match self.of_post {
            Some(_) => role.may(Right::EditPublished),
            None => role.may(Right::Publish) || free && role.may(Right::ReplyWithoutApproval),
        }
    }

    /// Who wrote in it besides its author.
    pub fn changed_by(&self) -> Vec<AccountId> {
        self.writers.0.iter().copied().filter(|writer| *writer != self.author_id).collect()
    }

    /// How what it says begins, in one line and without the signs of Markdown: at most so many characters.
    pub fn beginning(&self, most: usize) -> String {
        let wish = &self.wish.0;
        let format = if wish.markdown { Format::Markdown } else { Format::Plain };
        let links = Links { mention: &|_, _| None, hashtag: &|_| String::new() };
        let said = text::plain(&text::render(&wish.text, format, &links).html);
        text::shortened(&said.split_whitespace().collect::<Vec<_>>().join(" "), most)
    }
}

/// Who handles a draft: a person, and whom their token acts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hand {
    /// The person.
    pub account: AccountId,
    /// The person's own actor.
    pub own: ActorId,
    /// Whom they act as.
    pub actor: ActorId,
}

impl Hand {
    /// The person behind a token, and whom it acts as.
    pub fn of(session: &accounts::Session) -> Self {
        Self { account: session.account.id, own: session.account.actor_id, actor: session.actor.id }
    }

    /// Whether the token lets them handle what is this brand's: their own does, and the brand's.
    pub const fn reaches(&self, brand: ActorId) -> bool {
        self.actor.0 == self.own.0 || self.actor.0 == brand.0
    }
}

/// What came of handling a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done(DraftId),
    /// There is another version by now, because somebody saved it or what belongs to it changed: nothing was done.
    Stale(DraftId),
}

impl Deed for Outcome {
    fn subject(&self) -> Option<i64> {
        match self {
            Self::Done(id) => Some(id.0),
            Self::Stale(_) => None,
        }
    }

    fn done(subject: i64) -> Self {
        Self::Done(DraftId(subject))
    }
}

/// What is said where a state does not allow something.
fn wrong_state(draft: &Draft) -> Error {
    let told = match draft.state {
        DraftState::Draft => "This draft is still being written. Submit it first.",
        DraftState::InReview => "This draft waits for approval.",
        DraftState::ChangesRequested => "Somebody asked for changes of this draft. Change it, and submit it again.",
        DraftState::Approved => "This draft is approved already.",
        DraftState::Scheduled => "This draft waits for its time.",
        DraftState::Held => "This draft is held. Look at the reason, and submit it again.",
        DraftState::Published => "This draft is published.",
        DraftState::Discarded => "This draft was thrown away.",
    };
    Error::conflict("draft.state", told)
}

/// A line or more that somebody wrote about a draft, trimmed; refused when it is too short or too long.
fn said(text: &str, shortest: usize, longest: usize, code: &'static str) -> Result<String> {
    let text = text.trim();
    let count = text.chars().count();
    if count < shortest || count > longest || text::is_blank(text) {
        return Err(Error::invalid(
            code,
            format!("This needs {shortest} to {longest} characters that say why; it has {count}."),
        ));
    }
    Ok(text.to_owned())
}

/// The uploads of a draft that do not hang on the post which it changes, in order.
fn new_uploads(wish: &Wish, changes: Option<&Post>) -> Vec<MediaId> {
    let there = |id: &MediaId| changes.is_some_and(|post| post.attachments.0.iter().any(|one| one.media == Some(*id)));
    wish.media.iter().copied().filter(|id| !there(id)).collect()
}
