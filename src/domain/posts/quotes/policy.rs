//! Who may quote a post.

use std::collections::HashMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    db::{Among, Conn, schema::follows},
    domain::{
        ActorId, PostId,
        actors::{Actor, UsualQuoters},
        posts::{Audience, Post},
    },
    error::Result,
};

/// People who may quote, named as in the Mastodon API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quoters {
    /// Everybody.
    Public,
    /// The author's followers.
    Followers,
    /// Those whom the author follows.
    Following,
    /// Somebody whom only the author's server knows.
    UnsupportedPolicy,
}

impl Quoters {
    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Followers => "followers",
            Self::Following => "following",
            Self::UnsupportedPolicy => "unsupported_policy",
        }
    }
}

/// Who may quote a post; its author always may.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotePolicy {
    /// Who may without being asked about.
    #[serde(default)]
    pub automatic: Vec<Quoters>,
    /// For whom the author is asked each time.
    #[serde(default)]
    pub manual: Vec<Quoters>,
}

impl QuotePolicy {
    /// These may without being asked about, and nobody else.
    pub fn automatic(quoters: Option<Quoters>) -> Self {
        Self { automatic: quoters.into_iter().collect(), manual: Vec::new() }
    }

    /// The policy of posts that say nothing themselves, by a habit of their author.
    pub fn usual(quoters: UsualQuoters) -> Self {
        Self::automatic(match quoters {
            UsualQuoters::Public => Some(Quoters::Public),
            UsualQuoters::Followers => Some(Quoters::Followers),
            UsualQuoters::Nobody => None,
        })
    }

    /// The policy of a post. Ours that say nothing were told to others as open to all; of other servers nobody may
    /// quote what does not say so.
    pub fn of(post: &Post, author: &Actor) -> Self {
        if !post.audience.is_open() {
            return Self::default();
        }
        let ours = || Self::automatic(author.is_local().then_some(Quoters::Public));
        post.details.0.quoting.clone().unwrap_or_else(ours)
    }

    /// Whether it depends on who follows whom.
    fn asks_for_follows(&self) -> bool {
        let all = self.automatic.iter().chain(&self.manual);
        !self.automatic.contains(&Quoters::Public) && all.into_iter().any(|quoters| *quoters != Quoters::Public)
    }

    fn judge(&self, follows: bool, followed: bool) -> Standing {
        let has = |list: &[Quoters]| {
            list.contains(&Quoters::Public)
                || follows && list.contains(&Quoters::Followers)
                || followed && list.contains(&Quoters::Following)
        };
        let unsupported = |list: &[Quoters]| list.contains(&Quoters::UnsupportedPolicy);
        if has(&self.automatic) {
            Standing::Automatic
        } else if has(&self.manual) {
            Standing::Manual
        } else if unsupported(&self.automatic) || unsupported(&self.manual) {
            Standing::Unknown
        } else {
            Standing::Denied
        }
    }
}

/// How somebody stands with the policy of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// They may quote it.
    Automatic,
    /// The author is asked.
    Manual,
    /// They may not.
    Denied,
    /// Only the author's server can tell.
    Unknown,
}

impl Standing {
    /// As in the Mastodon API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Manual => "manual",
            Self::Denied => "denied",
            Self::Unknown => "unknown",
        }
    }
}

/// How somebody stands with the policy of one post.
pub fn quote_standing(conn: &mut Conn, me: ActorId, post: &Post, author: &Actor) -> Result<Standing> {
    Ok(standings(conn, Some(me), &[(post, author)])?.remove(&post.id).unwrap_or(Standing::Denied))
}

/// How somebody stands with the policies of these posts. Two queries at most.
pub(in crate::domain::posts) fn standings(
    conn: &mut Conn,
    me: Option<ActorId>,
    posts: &[(&Post, &Actor)],
) -> Result<HashMap<PostId, Standing>> {
    let Some(me) = me else { return Ok(posts.iter().map(|(post, _)| (post.id, Standing::Denied)).collect()) };
    let policies: Vec<QuotePolicy> = posts.iter().map(|(post, author)| QuotePolicy::of(post, author)).collect();
    let (mut follows, mut followed) = (Vec::new(), Vec::new());
    if policies.iter().any(QuotePolicy::asks_for_follows) {
        let authors: Vec<ActorId> = posts.iter().map(|(_, author)| author.id).collect();
        let accepted = || follows::table.filter(follows::state.eq("accepted"));
        follows = accepted()
            .filter(follows::follower_id.eq(me))
            .filter(follows::target_id.among(authors.clone()))
            .select(follows::target_id)
            .load(conn)?;
        followed = accepted()
            .filter(follows::target_id.eq(me))
            .filter(follows::follower_id.among(authors))
            .select(follows::follower_id)
            .load::<ActorId>(conn)?;
    }
    let judge = |((post, author), policy): (&(&Post, &Actor), QuotePolicy)| {
        let standing = match post.audience {
            Audience::Direct | Audience::Space | Audience::Company | Audience::Team => Standing::Denied,
            _ if author.id == me => Standing::Automatic,
            _ => policy.judge(follows.contains(&author.id), followed.contains(&author.id)),
        };
        (post.id, standing)
    };
    Ok(posts.iter().zip(policies).map(judge).collect())
}
