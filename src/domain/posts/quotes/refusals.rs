//! What a post was refused to quote, while it quotes something else.

use diesel::prelude::*;

use super::{Quote, QuoteState};
use crate::{
    db::{Tx, schema::quote_refusals},
    domain::PostId,
    error::Result,
    on_conn,
};

/// How many refusals of one post are remembered. One that was refused more often quotes nothing else any more.
const REFUSALS: i64 = 20;

/// Remembers how a quote that a post takes back stood, when it was refused. Answers whether the post may quote something
/// else.
pub(super) fn remember(tx: &mut Tx<'_>, quote: &Quote) -> Result<bool> {
    let (QuoteState::Rejected | QuoteState::Revoked, Some(uri)) = (quote.state, &quote.quoted_uri) else {
        return Ok(true);
    };
    let known = quote_refusals::table.filter(quote_refusals::post_id.eq(quote.post_id));
    if known.count().get_result::<i64>(tx.conn())? >= REFUSALS {
        return Ok(false);
    }
    on_conn!(tx.conn(), |c| diesel::insert_into(quote_refusals::table)
        .values((
            quote_refusals::post_id.eq(quote.post_id),
            quote_refusals::quoted_uri.eq(uri),
            quote_refusals::state.eq(quote.state),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(true)
}

/// How it was refused that this post quotes that one, when it was.
pub(super) fn recall(tx: &mut Tx<'_>, post: PostId, quoted: Option<&str>) -> Result<Option<QuoteState>> {
    let Some(quoted) = quoted else { return Ok(None) };
    let refusal = quote_refusals::table.find((post, quoted.to_owned()));
    Ok(refusal.select(quote_refusals::state).first(tx.conn()).optional()?)
}
