//! The product, in its own words. No HTTP, no JSON-LD, no await.
//!
//! Every operation takes a [`Tx`](crate::db::Tx) and is shared by every door: client API, inbox, command
//! line, jobs. An area may use those above it in this list, never those below.

pub mod accounts;
pub mod actors;
pub mod announcements;
pub mod apps;
mod audience;
pub mod audit;
pub mod brands;
pub mod calendar;
pub mod cards;
pub mod conversations;
pub mod copies;
pub mod crisis;
pub mod drafts;
pub mod emojis;
pub mod exposure;
pub mod filters;
pub mod follows;
pub mod home;
pub mod invitations;
pub mod lists;
pub mod mailbox;
pub mod markers;
pub mod media;
pub mod notifications;
mod once;
pub mod org;
pub mod posts;
pub mod reports;
pub mod scheduled;
pub mod search;
pub mod servers;
pub mod setup;
pub mod sign_ups;
pub mod tags;
pub mod timelines;
pub mod words;
pub mod work;

pub use audience::Audience;
pub use once::{Deed, Once, act_once, find_act, keep_act, known_act, prune_acts};

crate::id_type! {
    /// Everyone who can act.
    ActorId;
    /// A login.
    AccountId;
    /// A bearer token.
    TokenId;
    /// A browser in which somebody is signed in.
    BrowserId;
    /// A link by which a password is set again.
    ResetId;
    /// That somebody may come.
    InvitationId;
    /// That somebody wants an account.
    SignUpId;
    /// That somebody who wanted an account does not get one.
    RefusalId;
    /// What somebody signs in with instead of a password.
    PasskeyId;
    /// A program that people let act for them.
    AppId;
    /// What an app changes for a token.
    CodeId;
    /// A team inside the company.
    TeamId;
    /// That somebody showed what they can do.
    CertificateId;
    /// A list of people.
    ListId;
    /// A follow or a request to follow.
    FollowId;
    /// A block.
    BlockId;
    /// A picture that stands for a name.
    EmojiId;
    /// What the company tells everybody who has an account here.
    AnnouncementId;
    /// A post.
    PostId;
    /// A boost; shares its number space with posts, because a boost is an entry of a timeline.
    BoostId;
    /// A like.
    LikeId;
    /// A pinned post.
    PinId;
    /// A vote for one choice of a poll.
    VoteId;
    /// A post that waits for its time.
    ScheduledId;
    /// What is written for a brand before it is a post.
    DraftId;
    /// That somebody wants a copy of an internal post published.
    PublishRequestId;
    /// A report.
    ReportId;
    /// A notification.
    NotificationId;
    /// A place at which an app is told of notifications.
    SubscriptionId;
    /// Somebody whose notifications wait.
    NotificationRequestId;
    /// Direct posts with the same people.
    ConversationId;
    /// What somebody does not want to read.
    FilterId;
    /// A word of a filter.
    FilterKeywordId;
    /// A single post in a filter.
    FilterPostId;
    /// That a post quotes another.
    QuoteId;
    /// Something that was uploaded.
    MediaId;
    /// A time in which crisis mode was on.
    CrisisId;
}

/// What is the same for the whole company and decided at set-up: who we are on the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Where the server answers, without a trailing slash, such as `https://social.company.com`.
    pub base_url: String,
    /// The domain of our handles, such as `company.com`; with a port only where the base URL has one.
    pub domain: String,
    /// The most characters that a post may have.
    pub post_characters: usize,
    /// Whether it talks with other servers.
    pub federates: bool,
}

impl Site {
    /// The id of one of our actors.
    pub fn actor_uri(&self, id: ActorId) -> String {
        format!("{}/ap/actors/{id}", self.base_url)
    }

    /// The id of one of our posts.
    pub fn object_uri(&self, id: PostId) -> String {
        format!("{}/ap/objects/{id}", self.base_url)
    }

    /// The id of an activity of ours.
    pub fn activity_uri(&self, id: i64) -> String {
        format!("{}/ap/activities/{id}", self.base_url)
    }

    /// The id of one of our pictures for names.
    pub fn emoji_uri(&self, id: EmojiId) -> String {
        format!("{}/ap/emojis/{id}", self.base_url)
    }

    /// Where it is written that one of ours agrees to be quoted.
    pub fn quote_uri(&self, id: QuoteId) -> String {
        format!("{}/ap/quotes/{id}", self.base_url)
    }

    /// The inbox that all our actors share.
    pub fn shared_inbox(&self) -> String {
        format!("{}/ap/inbox", self.base_url)
    }

    /// Whether an id lies on our own server.
    pub fn owns(&self, uri: &str) -> bool {
        uri.strip_prefix(&self.base_url).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether a handle or an address with this host is ours: the domain of our handles, or the server's own name.
    pub fn is_our_host(&self, host: &str) -> bool {
        !host.is_empty() && (host.eq_ignore_ascii_case(&self.domain) || host.eq_ignore_ascii_case(self.host()))
    }

    /// The server's own name: the host of its base URL, with a port only where that has one.
    pub fn host(&self) -> &str {
        self.base_url.split_once("://").map_or("", |(_, server)| server)
    }

    /// Where a hashtag, in the form in which it is compared, is shown.
    pub fn tag_url(&self, name: &str) -> String {
        let encoded: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        format!("{}/tags/{encoded}", self.base_url)
    }

    /// The number in one of our ids below `prefix` (`actors`, `objects`, `activities`).
    pub fn local_id(&self, uri: &str, prefix: &str) -> Option<i64> {
        let rest = uri.strip_prefix(&self.base_url)?.strip_prefix("/ap/")?.strip_prefix(prefix)?.strip_prefix('/')?;
        rest.parse().ok().filter(|id: &i64| *id > 0 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    }
}

/// Who acts, and through which door it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// Somebody with a login here, as themselves or for a brand.
    Local {
        /// The actor that is seen to act.
        actor: ActorId,
        /// The person behind it.
        account: Option<AccountId>,
    },
    /// An actor of another server, by an activity whose signature was checked.
    Remote {
        /// The actor that signed.
        actor: ActorId,
        /// The id of the activity.
        activity: Option<String>,
    },
}

impl By {
    /// The actor that is seen to act.
    pub fn actor(&self) -> ActorId {
        match self {
            Self::Local { actor, .. } | Self::Remote { actor, .. } => *actor,
        }
    }

    /// Whether this came in from another server.
    pub fn is_remote(&self) -> bool {
        matches!(self, Self::Remote { .. })
    }
}

/// A window into a list that is sorted by id, newest first, as in the Mastodon API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Only ids below this one.
    pub max_id: Option<i64>,
    /// Only ids above this one, the newest of them.
    pub since_id: Option<i64>,
    /// Only ids above this one, the ones just above it.
    pub min_id: Option<i64>,
    /// How many rows at most.
    pub limit: i64,
}

impl Default for Page {
    fn default() -> Self {
        Self { max_id: None, since_id: None, min_id: None, limit: 20 }
    }
}

impl Page {
    /// The rows are read oldest first and must be turned round.
    pub fn upwards(&self) -> bool {
        self.min_id.is_some()
    }

    /// Only ids above this one, when there is such a bound. The other one is `max_id`.
    pub fn above(&self) -> Option<i64> {
        self.min_id.into_iter().chain(self.since_id).max()
    }

    /// The exclusive bounds (above, below) of the ids in this window.
    pub fn bounds(&self) -> (i64, i64) {
        (self.above().unwrap_or(-1), self.max_id.unwrap_or(i64::MAX))
    }
}
