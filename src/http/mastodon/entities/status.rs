//! Status.

use serde::Serialize;

use super::{Account, Emoji, FilterResult, MediaAttachment, Poll, PreviewCard};
use crate::domain::{
    AccountId, ActorId, DraftId, PostId, TeamId,
    drafts::DraftState,
    posts::{InternalReason, QuoteShown},
};

/// A post or a boost, as its reader sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Status {
    pub id: String,
    pub created_at: String,
    pub in_reply_to_id: Option<PostId>,
    pub in_reply_to_account_id: Option<ActorId>,
    pub sensitive: bool,
    pub spoiler_text: String,
    pub visibility: &'static str,
    pub language: Option<String>,
    pub uri: String,
    pub url: String,
    pub replies_count: i64,
    pub reblogs_count: i64,
    pub favourites_count: i64,
    pub quotes_count: i64,
    pub edited_at: Option<String>,
    /// What its author typed; only when it is deleted, to be written anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    pub content: String,
    pub reblog: Option<Box<Status>>,
    pub application: Option<()>,
    pub account: Account,
    pub media_attachments: Vec<MediaAttachment>,
    pub mentions: Vec<Mention>,
    pub tags: Vec<StatusTag>,
    pub emojis: Vec<Emoji>,
    pub card: Option<PreviewCard>,
    pub poll: Option<Poll>,
    pub quote: Option<Quote>,
    pub quote_approval: QuoteApproval,
    pub filtered: Vec<FilterResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub favourited: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reblogged: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bookmarked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned: Option<bool>,
    /// It never leaves the company.
    pub local_only: bool,
    pub guildhall: StatusExtension,
}

impl Status {
    /// Shows another side of the post with this id, also where somebody boosted it.
    pub fn gains(&mut self, id: &str, counterpart: &Counterpart) {
        if let Some(boosted) = &mut self.reblog {
            boosted.gains(id, counterpart);
        } else if self.id == id {
            self.guildhall.counterparts.push(counterpart.clone());
        }
    }
}

/// What Mastodon does not know of a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusExtension {
    /// Who may read it, in the words in which it is written: `public`, `unlisted`, `followers`, `direct`,
    /// `company`, `team:ID`.
    pub audience: String,
    /// How far its approval is, while it waits for that.
    pub approval: Option<Approval>,
    /// The person behind a brand's post; only where one post is asked for, by who may read the brand's drafts.
    pub author: Option<Colleague>,
    /// Who agreed to it before it was published; only for the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<Vec<Colleague>>,
    /// Who looks after the answers, where that is one person; only for the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_owner: Option<Colleague>,
    /// The team that looks after them in place of one person; only for the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_team: Option<ReplyTeam>,
    /// Why it stays inside; only where somebody said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<InternalReason>,
    /// When its author is asked whether it stays inside; only where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_at: Option<String>,
    /// The same said inside, or in the open; only where there is one that the reader may read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counterparts: Vec<Counterpart>,
}

/// Somebody who works here, as colleagues see who did what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Colleague {
    /// Their login.
    pub account: AccountId,
    /// The name in their handle.
    pub username: String,
    /// What they are called; empty where they said nothing.
    pub display_name: String,
}

/// A team that looks after answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplyTeam {
    /// By which it is named in `team:ID`.
    pub id: TeamId,
    /// What it is called.
    pub name: String,
}

/// The other side of a post: what is said of the same inside, or in the open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counterpart {
    /// The other post.
    pub id: PostId,
    /// Who may read it.
    pub audience: String,
    /// Its page, where it has one.
    pub url: Option<String>,
}

/// How far the approval of what a brand is to say is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Approval {
    /// Its draft.
    pub id: DraftId,
    /// How far that is.
    pub state: DraftState,
    /// How many approvals it needs.
    pub needed: usize,
    /// How many it has.
    pub approved: usize,
}

/// What a post quotes: with the post, or in a post that is itself quoted with its id (ShallowQuote).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub enum Quote {
    Whole { state: QuoteShown, quoted_status: Option<Box<Status>> },
    Shallow { state: QuoteShown, quoted_status_id: Option<PostId> },
}

/// Who may quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct QuoteApproval {
    pub automatic: Vec<&'static str>,
    pub manual: Vec<&'static str>,
    pub current_user: &'static str,
}

/// Somebody who is mentioned in a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Mention {
    pub id: ActorId,
    pub username: String,
    pub url: String,
    pub acct: String,
}

/// A hashtag of a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct StatusTag {
    pub name: String,
    pub url: String,
}
