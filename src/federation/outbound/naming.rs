//! The ids of our activities. They follow from what happened, so that telling it again is telling the same.

use super::compose::derived_uri;
use crate::{
    db::{Conn, Timestamp},
    domain::{
        PinId, Site, VoteId, follows,
        posts::{self, FederablePost, Post},
        work::Change,
    },
    error::Result,
};

/// The id of the Create of a post.
pub fn create_uri(site: &Site, post: &FederablePost) -> String {
    derived_uri(site, &["Create", post.uri()])
}

/// The id of the Update of something to the version of this moment.
pub fn update_uri(site: &Site, object: &str, at: Timestamp) -> String {
    derived_uri(site, &["Update", object, &at.0.to_string()])
}

/// The id of the Delete of something.
pub fn delete_uri(site: &Site, object: &str) -> String {
    derived_uri(site, &["Delete", object])
}

/// The id of the Undo of an activity.
pub fn undo_uri(site: &Site, activity: &str) -> String {
    derived_uri(site, &["Undo", activity])
}

/// The id of the Add of a pinned post: pinned again it is another.
pub fn pin_uri(site: &Site, pin: PinId) -> String {
    site.activity_uri(pin.0)
}

/// The id of the Create of a vote.
pub fn vote_uri(site: &Site, vote: VoteId) -> String {
    site.activity_uri(vote.0)
}

/// The id of the Remove of a post that was pinned.
pub fn unpin_uri(site: &Site, pin: PinId) -> String {
    derived_uri(site, &["Remove", &pin_uri(site, pin)])
}

/// The id of the activity that tells what somebody did; none for answers, for news of actors, and for what is not
/// there any more.
pub fn uri_of(conn: &mut Conn, site: &Site, change: &Change) -> Result<Option<String>> {
    Ok(match change {
        Change::PostCreated { post } => {
            posts::find(conn, *post)?.and_then(Post::federable).map(|post| create_uri(site, &post))
        }
        Change::PostEdited { post } => posts::find(conn, *post)?
            .and_then(Post::federable)
            .map(|post| update_uri(site, post.uri(), post.edited_at.unwrap_or(post.published_at))),
        Change::PostDeleted { uri, .. } => Some(delete_uri(site, uri)),
        Change::Liked { like } => posts::find_like(conn, *like)?.and_then(|like| like.uri),
        Change::Boosted { boost } => posts::find_boost(conn, *boost)?.and_then(|boost| boost.uri),
        Change::Pinned { pin } => posts::find_pin(conn, *pin)?.map(|(pin, _)| pin_uri(site, pin.id)),
        Change::Unpinned { pin, .. } => Some(unpin_uri(site, *pin)),
        Change::Voted { vote } => posts::find_vote(conn, *vote)?.map(|(vote, _)| vote_uri(site, vote.id)),
        Change::QuoteRequested { quote } => Some(site.activity_uri(quote.0)),
        Change::QuoteRevoked { stamp, .. } => Some(delete_uri(site, stamp)),
        Change::VotesCounted { post, at } | Change::QuoteChanged { post, at } => {
            posts::find(conn, *post)?.and_then(Post::federable).map(|post| update_uri(site, post.uri(), *at))
        }
        Change::FollowRequested { follow } => follows::find(conn, *follow)?.and_then(|follow| follow.uri),
        Change::Blocked { uri, .. } => Some(uri.clone()),
        Change::Unliked { uri, .. }
        | Change::Unboosted { uri, .. }
        | Change::FollowUndone { uri, .. }
        | Change::Unblocked { uri, .. } => Some(undo_uri(site, uri)),
        Change::Reported { report } => Some(site.activity_uri(report.0)),
        Change::FollowAccepted { .. }
        | Change::FollowRejected { .. }
        | Change::QuoteAccepted { .. }
        | Change::QuoteRejected { .. }
        | Change::ActorUpdated
        | Change::ActorDeleted => None,
    })
}
