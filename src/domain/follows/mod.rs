//! Who hears whom: requests, accepting, blocks, mutes, servers that somebody shuns.

mod block;
mod end;
mod endorse;
mod note;
mod queries;
mod request;
mod shun;

use diesel::prelude::*;

pub use block::{Block, block, find_block, find_block_by_uri, is_blocked_by, mute, unblock, unmute};
pub use end::end_all_of;
pub use endorse::{ENDORSED, endorse, endorsed_by, familiar, suggestions, unendorse};
pub use note::{NOTE_LENGTH, NOTES, note};
pub use queries::{
    Muted, Relationship, count_requests, find, find_asked, find_between, find_by_uri, follower_inboxes, is_heard_here,
    list_blocks, list_followers, list_following, list_mutes, list_requests, relationships,
};
pub use request::{Wishes, accept, accepted_elsewhere, reject, rejected_elsewhere, remove_follower, request, unfollow};
pub use shun::{SHUNNED, forget_aversions_of, part_from, shun, shunned, shuns, ties_with, unshun};

use super::{ActorId, FollowId};
use crate::db::{Json, Timestamp, schema::follows};

crate::text_enum! {
    /// How far a follow has come.
    FollowState {
        /// Asked, not answered.
        Requested = "requested",
        /// Answered with yes.
        Accepted = "accepted",
    }
}

/// A follow, or a request to follow.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = follows)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Follow {
    pub id: FollowId,
    pub follower_id: ActorId,
    pub target_id: ActorId,
    pub state: FollowState,
    /// The id of the Follow activity.
    pub uri: Option<String>,
    pub show_boosts: bool,
    pub notify: bool,
    pub created_at: Timestamp,
    /// In which languages the follower reads the other at home; nothing for all.
    pub languages: Option<Json<Vec<String>>>,
}

impl Follow {
    /// In which languages the follower reads the other at home; nothing for all.
    pub fn languages(&self) -> Option<&[String]> {
        self.languages.as_ref().map(|languages| languages.0.as_slice())
    }
}
