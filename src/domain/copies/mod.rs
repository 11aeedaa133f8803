//! Publishing a copy of an internal post: another text, written for everybody, for which those agree who are in it.
//!
//! A post never changes its audience. Whoever may read an internal post can ask for a text of their own to be published
//! ([`ask`]), as themselves or as a brand. Whoever wrote the original agrees ([`consent`]), and everybody of the original
//! whose name still stands in the copy; an agreement is to the exact text, by its hash, so a changed text ([`rewrite`])
//! asks again. When all agree the copy becomes a post, or a draft of the brand that goes the brand's own way: `drafts`
//! does both, by the operations of every other door. Nothing of the original goes with it: no link, no answer, no file.
//!
//! Only whoever asked and whoever is asked know of a request, and those who are asked only as long as they may read the
//! original.

mod answer;
mod ask;
mod people;
mod queries;
mod standing;

use diesel::prelude::*;

pub use answer::{consent, decline, end_with_draft, not_now, withdraw};
pub use ask::{NewRequest, Words, ask, rewrite};
pub use queries::{CopyView, Shown, find, forget_all_of, get, list, prune, view, waiting_for, waits_for};
pub use standing::{agreed_draft, drafted, is_ready, published};

use super::{AccountId, ActorId, DraftId, PostId, PublishRequestId, scheduled::Wish};
use crate::{
    db::{Json, Timestamp, schema::publish_requests},
    error::{Error, Result},
};

crate::text_enum! {
    /// How far a request is.
    CopyState {
        /// Somebody has not agreed yet.
        Waiting = "waiting_for_consent",
        /// All agreed, and it is a draft of the brand.
        Drafted = "drafted",
        /// It is a post.
        Published = "published",
        /// Somebody did not agree, or threw its draft away.
        Declined = "declined",
        /// Whoever asked took it back.
        Withdrawn = "withdrawn",
    }
}

impl CopyState {
    /// Whether it may still become a post.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Drafted)
    }
}

/// A request as it is stored.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = publish_requests)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct PublishRequest {
    pub id: PublishRequestId,
    /// The internal post, while it is there.
    pub source_id: Option<PostId>,
    /// Who asked.
    pub account_id: AccountId,
    /// As whom it is published.
    pub actor_id: ActorId,
    pub state: CopyState,
    /// What is to be published.
    pub wish: Json<Wish>,
    pub content_hash: String,
    /// How often the text was written.
    pub version: i64,
    /// The draft of the brand that came of it.
    pub draft_id: Option<DraftId>,
    /// The post that came of it.
    pub post_id: Option<PostId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Somebody who asks or answers, as themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// Their login.
    pub account: AccountId,
    /// Their own actor.
    pub own: ActorId,
}

/// What came of handling a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done(PublishRequestId),
    /// There is another text by now: nothing was done.
    Stale(PublishRequestId),
}

/// What is said where a state does not allow something.
fn wrong_state(request: &PublishRequest) -> Error {
    let told = match request.state {
        CopyState::Waiting => "This copy waits for consent.",
        CopyState::Drafted => {
            "All agreed to this copy, and it is a draft of the brand with just that text. Withdraw it, and ask anew with \
             another."
        }
        CopyState::Published => "This copy is published.",
        CopyState::Declined => {
            "Somebody did not agree to this copy, or threw its draft away. Ask anew with another text."
        }
        CopyState::Withdrawn => "This copy was withdrawn.",
    };
    Error::conflict("copy.state", told)
}
