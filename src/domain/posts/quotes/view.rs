//! What readers see of quotes.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{Quote, QuoteState};
use crate::{
    db::{
        Among, Conn, Timestamp,
        schema::{actors, blocks, mutes, posts, quotes, shunned_hosts},
    },
    domain::{
        ActorId, Page, PostId, QuoteId,
        posts::{Viewer, keep_met},
    },
    error::Result,
};

crate::text_enum! {
    /// How a quote is shown to somebody, named as in the Mastodon API.
    QuoteShown {
        /// The other did not answer yet.
        Pending = "pending",
        /// With what is quoted.
        Accepted = "accepted",
        /// The other does not agree.
        Rejected = "rejected",
        /// The other does not agree any more.
        Revoked = "revoked",
        /// What was quoted is gone.
        Deleted = "deleted",
        /// The reader may not see what is quoted, or does not follow its author, who is limited.
        Unauthorized = "unauthorized",
        /// The reader blocks its author.
        BlockedAccount = "blocked_account",
        /// The reader blocks its author's server.
        BlockedDomain = "blocked_domain",
        /// The reader mutes its author.
        MutedAccount = "muted_account",
    }
}

impl QuoteShown {
    /// Whether what is quoted is shown, perhaps only when the reader asks for it.
    pub const fn has_post(self) -> bool {
        matches!(self, Self::Accepted | Self::BlockedAccount | Self::BlockedDomain | Self::MutedAccount)
    }
}

/// What these posts quote, by the post that quotes, but for what was said the old way and nobody agreed to.
pub fn quotes_among(conn: &mut Conn, posts: &[PostId]) -> Result<HashMap<PostId, Quote>> {
    let shown = quotes::legacy.eq(false).or(quotes::state.eq(QuoteState::Accepted));
    let rows: Vec<Quote> = quotes::table
        .filter(quotes::post_id.among(posts.to_vec()))
        .filter(shown)
        .select(Quote::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(|quote| (quote.post_id, quote)).collect())
}

/// How these quotes are shown to `viewer`, by the post that quotes. Five queries at most, and none without quotes.
pub fn quotes_shown(
    conn: &mut Conn,
    viewer: &Viewer,
    now: Timestamp,
    quotes: &[&Quote],
) -> Result<HashMap<PostId, QuoteShown>> {
    let accepted: Vec<PostId> =
        quotes.iter().filter(|quote| quote.state == QuoteState::Accepted).filter_map(|quote| quote.quoted_id).collect();
    let visible = keep_met(conn, viewer, &accepted)?;
    let averse = averse(conn, viewer.actor(), now, &visible)?;
    let shown = |quote: &&Quote| {
        let shown = match (quote.state, quote.quoted_id) {
            (QuoteState::Pending, _) => QuoteShown::Pending,
            (QuoteState::Rejected, _) => QuoteShown::Rejected,
            (QuoteState::Revoked, _) => QuoteShown::Revoked,
            (QuoteState::Deleted, _) | (QuoteState::Accepted, None) => QuoteShown::Deleted,
            (QuoteState::Accepted, Some(post)) if !visible.contains(&post) => QuoteShown::Unauthorized,
            (QuoteState::Accepted, Some(post)) => averse.get(&post).copied().unwrap_or(QuoteShown::Accepted),
        };
        (quote.post_id, shown)
    };
    Ok(quotes.iter().map(shown).collect())
}

/// Those of these posts of which a reader wants to see nothing unasked, and why.
fn averse(
    conn: &mut Conn,
    me: Option<ActorId>,
    now: Timestamp,
    visible: &[PostId],
) -> Result<HashMap<PostId, QuoteShown>> {
    let Some(me) = me.filter(|_| !visible.is_empty()) else { return Ok(HashMap::new()) };
    let authors: Vec<(PostId, ActorId, String)> = posts::table
        .inner_join(actors::table.on(actors::id.eq(posts::author_id)))
        .filter(posts::id.among(visible.to_vec()))
        .select((posts::id, actors::id, actors::host))
        .load(conn)?;
    let people: Vec<ActorId> = authors.iter().map(|(_, author, _)| *author).collect();
    let blocked: Vec<ActorId> = blocks::table
        .filter(blocks::actor_id.eq(me))
        .filter(blocks::target_id.among(people.clone()))
        .select(blocks::target_id)
        .load(conn)?;
    let muted: Vec<ActorId> = mutes::table
        .filter(mutes::actor_id.eq(me))
        .filter(mutes::target_id.among(people))
        .filter(mutes::expires_at.is_null().or(mutes::expires_at.gt(now)))
        .select(mutes::target_id)
        .load(conn)?;
    let shunned: Vec<String> =
        shunned_hosts::table.filter(shunned_hosts::actor_id.eq(me)).select(shunned_hosts::host).load(conn)?;
    let why = |(post, author, host): (PostId, ActorId, String)| {
        let why = if blocked.contains(&author) {
            QuoteShown::BlockedAccount
        } else if shunned.contains(&host) {
            QuoteShown::BlockedDomain
        } else if muted.contains(&author) {
            QuoteShown::MutedAccount
        } else {
            return None;
        };
        Some((post, why))
    };
    Ok(authors.into_iter().filter_map(why).collect())
}

/// Which posts quote this one by consent, newest quote first. Pages by the id of the quote; who may see each is decided
/// by whoever shows it.
pub fn list_quotes(conn: &mut Conn, quoted: PostId, page: &Page) -> Result<Vec<(QuoteId, PostId)>> {
    let (above, below) = page.bounds();
    let query = quotes::table
        .filter(quotes::quoted_id.eq(quoted))
        .filter(quotes::state.eq(QuoteState::Accepted))
        .filter(quotes::id.gt(QuoteId(above)))
        .filter(quotes::id.lt(QuoteId(below)))
        .limit(page.limit)
        .select((quotes::id, quotes::post_id))
        .into_boxed();
    let query = if page.upwards() { query.order(quotes::id.asc()) } else { query.order(quotes::id.desc()) };
    let mut rows: Vec<(QuoteId, PostId)> = query.load(conn)?;
    if page.upwards() {
        rows.reverse();
    }
    Ok(rows)
}
