//! What people say: writing, editing, deleting, liking, boosting, pinning, asking and voting, and who may see it.
//!
//! A post never changes its audience. What is meant for the company alone is an [`InternalPost`], a type
//! that nothing in `federation` accepts; the database repeats the rule (table `publications`).

mod bookmark;
mod boost;
mod compose;
mod counterparts;
mod create;
mod delete;
mod edit;
mod figures;
mod files;
mod inside;
mod like;
mod linked;
mod once;
mod pictures;
mod pin;
mod poll;
mod poll_end;
mod prune;
mod queries;
mod quotes;
mod readers;
mod rights;
mod said;
mod signature;
mod spread;
mod take_back;
mod thread;
mod twin;
mod typo;
mod view;
mod visibility;
mod vote;
mod waiting;
mod weekly;
mod wording;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

pub use super::{audience::Audience, emojis::Emoji, media::Attachment};
pub use bookmark::{BOOKMARKS, bookmark, bookmarked, forget_bookmarks_of, unbookmark};
pub use boost::{Boost, boost, boosters, find_boost, find_boost_by_uri, find_boost_of, unboost};
pub use compose::{
    Addressees, NewPost, Readers, attachment_length, check_size, compose, preview, settle_audience, wire_length,
};
pub use counterparts::counterparts_of;
pub(in crate::domain) use counterparts::{keep_as_agreed, link};
pub use create::{Draft, MENTIONS, ReplyTo, check_may_publish, create};
pub use delete::{
    delete, delete_all_of, deleted_at, deletion, is_deleted_by, may_come, prune_tombstones, remember_deleted,
};
pub use edit::{Edit, PastVersion, compose_edit, edit, history};
pub use figures::{Figures, MOST_DAYS, figures};
pub use files::{Showing, find_file, may_see_file};
pub use inside::{
    Inside, InternalReason, Review, authors_of, count_reviews, inside_of, keep_inside, list_reviews, look_again,
};
pub(in crate::domain) use inside::{is_to_be_reviewed, keep_on};
pub use like::{Like, find_like, find_like_by_uri, find_like_of, like, liked_by, likers, likes_of, unlike};
pub use linked::first_link;
pub use once::{Once, hold_key, keep_key, made, prune_keys};
pub use pictures::own_emojis_in;
pub use pin::{PINS, Pin, find_pin, find_pin_of, forget_pin, pin, pinned_by, pinned_elsewhere, unpin};
pub use poll::{CHOICE_LENGTH, CHOICES, LONGEST, NewPoll, SHORTEST, named};
pub use poll_end::{ask_for_votes, end_poll, may_have_more_votes, tell_votes};
pub use prune::{Window, prune_stale};
pub use queries::{
    addressed_in, count_likes_by, count_local, find, find_by_uri, first_indexable, get, get_many, get_visible,
    hashtags_in, hidden_readers, is_said_to, list_indexable, local_collection, mentioned, mentioned_in, published_for,
    replies,
};
pub use quotes::{
    Quote, QuotePolicy, QuoteShown, QuoteState, Quoters, Quoting, Standing, accepted_elsewhere, asked, checked,
    find_quote, find_quote_of, find_quote_to_answer, list_quotes, quote_standing, quotes_among, quotes_shown,
    rejected_elsewhere, revoke_quote, revoked_elsewhere, set_quote_policy,
};
pub use readers::{addressees_of_edit, is_addressed_apart, wording};
pub use said::{everything_said, index_stored};
pub use signature::{Authorship, Unsigned, find_authorship, lately_named, named_authors, signatures};
pub use spread::converse_stored;
pub use take_back::take_back_all_of;
pub use thread::thread;
pub use twin::{Twin, check_twin, publish};
pub use typo::TYPO;
pub use view::{BoostView, EntryRef, PostView, views};
pub use visibility::{
    Reach, Viewer, addresses_followers, boost_visible_to, find_visible_boost, keep_entries, keep_met, keep_visible,
    may_see, not_open_among, reach, reach_of, visible_by_uri, visible_to,
};
pub use vote::{Vote, find_vote, vote, vote_for, voter_inboxes};
pub use waiting::{Waiting, waiting};
pub use weekly::{Written, weekly};

use super::{ActorId, PostId, TeamId};
use crate::db::{Json, Timestamp, schema::posts};

/// What only some kinds of posts have.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Details {
    /// The choices of a poll with their votes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<(String, Option<u64>)>,
    /// Several choices may be made.
    #[serde(default)]
    pub multiple: bool,
    /// How many people voted, when that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voters: Option<u64>,
    /// Votes are shown only when the poll has ended.
    #[serde(default)]
    pub hide_totals: bool,
    /// The poll takes no more votes, and who voted here was told.
    #[serde(default)]
    pub closed: bool,
    /// When the server of a poll elsewhere last said how it stands, or was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refreshed_at: Option<Timestamp>,
    /// When the poll or the event ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// When the event begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
    /// Where the event takes place, plain text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The post that is quoted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// Who may quote this one, as far as it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoting: Option<QuotePolicy>,
}

/// A post as it is stored.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = posts)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Post {
    pub id: PostId,
    pub audience: Audience,
    /// The ActivityPub id; internal posts have none.
    pub uri: Option<String>,
    pub url: Option<String>,
    pub author_id: ActorId,
    /// `note`, `article`, `page`, `question`, `video`, `audio`, `image`, `event`, …
    pub kind: String,
    pub title: Option<String>,
    /// Clean HTML.
    pub content: String,
    /// What one of our own typed.
    pub source: Option<String>,
    /// `text/plain` or `text/markdown`.
    pub source_type: Option<String>,
    /// The content warning, plain text; empty when there is none.
    pub summary: String,
    pub sensitive: bool,
    pub language: Option<String>,
    pub team_id: Option<TeamId>,
    pub reply_to_id: Option<PostId>,
    pub reply_to_uri: Option<String>,
    pub reply_to_author_id: Option<ActorId>,
    /// The first post of the thread, as far as it is known.
    pub thread_id: PostId,
    pub attachments: Json<Vec<Attachment>>,
    /// Of what others say; which of ours stand in a text is looked up when it is shown.
    pub emojis: Json<Vec<Emoji>>,
    pub details: Json<Details>,
    pub replies_count: i64,
    pub likes_count: i64,
    pub boosts_count: i64,
    pub published_at: Timestamp,
    pub created_at: Timestamp,
    pub edited_at: Option<Timestamp>,
    pub quotes_count: i64,
    /// There are counterparts of it, or were.
    pub linked: bool,
    /// It is a copy of an internal post to which others than its author agreed as it is.
    pub agreed: bool,
}

/// A post that may leave the company. Only [`Post::placed`] makes one.
///
/// What may leave has a wire form:
///
/// ```no_run
/// use guildhall::{domain::{Site, posts::FederablePost}, federation::objects::note};
/// fn tell(site: &Site, post: &FederablePost) -> guildhall::error::Result<serde_json::Value> {
///     note::to_json(site, post, &note::Surroundings::default())
/// }
/// ```
///
/// An internal post has none. This is the same but for the type, and does not compile (E0308, mismatched types):
///
/// ```compile_fail,E0308
/// use guildhall::{domain::{Site, posts::InternalPost}, federation::objects::note};
/// fn tell(site: &Site, post: &InternalPost) -> guildhall::error::Result<serde_json::Value> {
///     note::to_json(site, post, &note::Surroundings::default())
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FederablePost {
    post: Post,
    uri: String,
}

impl FederablePost {
    /// The ActivityPub id.
    pub fn uri(&self) -> &str {
        &self.uri
    }
}

impl std::ops::Deref for FederablePost {
    type Target = Post;
    fn deref(&self) -> &Post {
        &self.post
    }
}

/// A post that stays inside: no id on the network, no wire form, no way into the outbox.
#[derive(Debug, Clone, PartialEq)]
pub struct InternalPost(Post);

impl std::ops::Deref for InternalPost {
    type Target = Post;
    fn deref(&self) -> &Post {
        &self.0
    }
}

/// On which side of the wall a post is.
#[derive(Debug, Clone, PartialEq)]
pub enum Placed {
    /// Outside.
    Federable(FederablePost),
    /// Inside.
    Internal(InternalPost),
}

impl Post {
    /// Who may read it, in the words in which it is written: `public`, …, `team:ID`.
    pub fn readers(&self) -> String {
        match self.team_id {
            Some(team) if self.audience == Audience::Team => format!("team:{team}"),
            _ => self.audience.as_str().to_owned(),
        }
    }

    /// Tells on which side of the wall this post is.
    pub fn placed(self) -> Placed {
        match (self.audience.federates(), self.uri.clone()) {
            (true, Some(uri)) => Placed::Federable(FederablePost { post: self, uri }),
            _ => Placed::Internal(InternalPost(self)),
        }
    }

    /// The post, if it may leave.
    pub fn federable(self) -> Option<FederablePost> {
        match self.placed() {
            Placed::Federable(post) => Some(post),
            Placed::Internal(_) => None,
        }
    }
}
