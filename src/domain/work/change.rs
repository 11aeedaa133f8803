//! What other servers are told of.

use serde::{Deserialize, Serialize};

use crate::{
    db::Timestamp,
    domain::{ActorId, Audience, BoostId, FollowId, LikeId, PinId, PostId, QuoteId, ReportId, VoteId},
};

/// What happened, for other servers to hear of. How it is said and to whom is decided in
/// `federation::outbound`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// A post was published.
    PostCreated {
        /// Which.
        post: PostId,
    },
    /// A post was edited.
    PostEdited {
        /// Which.
        post: PostId,
    },
    /// A post was deleted; the row is gone, so this carries what addressing needs.
    PostDeleted {
        /// Its id on the network.
        uri: String,
        /// Who could read it.
        audience: Audience,
        /// Who was mentioned, and whose post it answered.
        concerned: Vec<ActorId>,
        /// Who had it without others being told.
        #[serde(default)]
        hidden: Vec<ActorId>,
    },
    /// A post was liked.
    Liked {
        /// The like.
        like: LikeId,
    },
    /// A like was taken back.
    Unliked {
        /// The id of the Like.
        uri: String,
        /// The id of the post.
        post_uri: String,
        /// Whose post it was.
        author: ActorId,
    },
    /// A post was boosted.
    Boosted {
        /// The boost.
        boost: BoostId,
    },
    /// A boost was taken back.
    Unboosted {
        /// The id of the Announce.
        uri: String,
        /// The id of the post.
        post_uri: String,
        /// Whose post it was.
        author: ActorId,
        /// Who could see the boost.
        audience: Audience,
    },
    /// A post was pinned.
    Pinned {
        /// The pin.
        pin: PinId,
    },
    /// A post is pinned no more; the row is gone, so this carries what addressing needs.
    Unpinned {
        /// The pin that was.
        pin: PinId,
        /// The id of the post.
        post_uri: String,
        /// Who can see the post.
        audience: Audience,
    },
    /// One of ours chose something in a poll elsewhere.
    Voted {
        /// The vote.
        vote: VoteId,
    },
    /// The votes of a poll of ours were counted.
    VotesCounted {
        /// The post that asks.
        post: PostId,
        /// When.
        at: Timestamp,
    },
    /// Somebody elsewhere is reported to their own server.
    Reported {
        /// The report.
        report: ReportId,
    },
    /// One of ours quotes somebody elsewhere, who is asked.
    QuoteRequested {
        /// The quote.
        quote: QuoteId,
    },
    /// One of ours agrees to be quoted.
    QuoteAccepted {
        /// The quote.
        quote: QuoteId,
        /// Who asked.
        asker: ActorId,
    },
    /// One of ours does not agree to be quoted.
    QuoteRejected {
        /// The id of the QuoteRequest, as the asker's server gave it.
        request: String,
        /// The id of the post of ours.
        quoted: String,
        /// The id of the post that quotes.
        quoting: String,
        /// Who asked.
        asker: ActorId,
    },
    /// One of ours does not agree to be quoted any more.
    QuoteRevoked {
        /// Where it was written that they did.
        stamp: String,
        /// Who quotes.
        author: ActorId,
    },
    /// How a post of ours quotes, or who may quote it, changed.
    QuoteChanged {
        /// The post.
        post: PostId,
        /// When.
        at: Timestamp,
    },
    /// One of ours asks to follow.
    FollowRequested {
        /// The request.
        follow: FollowId,
    },
    /// One of ours no longer follows.
    FollowUndone {
        /// The id of the Follow.
        uri: String,
        /// Whom.
        target: ActorId,
    },
    /// One of ours accepts a follower.
    FollowAccepted {
        /// The id of the Follow, as the follower's server gave it.
        uri: String,
        /// The follower.
        follower: ActorId,
    },
    /// One of ours refuses or removes a follower.
    FollowRejected {
        /// The id of the Follow, as the follower's server gave it.
        uri: String,
        /// The follower.
        follower: ActorId,
    },
    /// One of ours blocks somebody elsewhere.
    Blocked {
        /// The id of the Block.
        uri: String,
        /// Whom.
        target: ActorId,
    },
    /// One of ours no longer blocks somebody elsewhere.
    Unblocked {
        /// The id of the Block.
        uri: String,
        /// Whom.
        target: ActorId,
    },
    /// The profile changed.
    ActorUpdated,
    /// The actor was deleted.
    ActorDeleted,
}
