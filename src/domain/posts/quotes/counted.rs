//! How often posts are quoted: by consent, and where everybody may read it.

use diesel::prelude::*;

use super::{Quote, QuoteState, answer};
use crate::{
    db::{
        Tx,
        schema::{posts, quotes},
    },
    domain::PostId,
    error::Result,
};

impl Quote {
    /// Whether it is one that what is quoted counts.
    const fn counts(&self) -> bool {
        matches!(self.state, QuoteState::Accepted) && self.open
    }
}

/// From now on a quote, as it was held, stands like this.
pub(super) fn set_state(tx: &mut Tx<'_>, held: &Quote, state: QuoteState) -> Result<()> {
    diesel::update(quotes::table.find(held.id)).set(quotes::state.eq(state)).execute(tx.conn())?;
    let stands = Quote { state, ..held.clone() };
    match (held.counts(), stands.counts()) {
        (false, true) => add(tx, held.quoted_id, 1),
        (true, false) => add(tx, held.quoted_id, -1),
        _ => Ok(()),
    }
}

/// So many quotes more, or less, of a post.
pub(super) fn add(tx: &mut Tx<'_>, quoted: Option<PostId>, more: i64) -> Result<()> {
    let Some(quoted) = quoted else { return Ok(()) };
    diesel::update(posts::table.find(quoted))
        .set(posts::quotes_count.eq(posts::quotes_count + more))
        .execute(tx.conn())?;
    Ok(())
}

/// Deletes what a post quotes, which counts no more.
pub(in crate::domain::posts) fn take_out(tx: &mut Tx<'_>, post: PostId) -> Result<()> {
    let own = quotes::table.filter(quotes::post_id.eq(post)).select(quotes::id).first(tx.conn()).optional()?;
    let Some(own) = own else { return Ok(()) };
    // Whoever consents or takes that back at this moment is waited for: what counts is what they left.
    let Some(quote) = answer::hold(tx, own)? else { return Ok(()) };
    diesel::delete(quotes::table.find(quote.id)).execute(tx.conn())?;
    if quote.counts() { add(tx, quote.quoted_id, -1) } else { Ok(()) }
}
