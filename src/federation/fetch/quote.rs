//! What posts of other servers quote, and whether whoever is quoted agrees.

use super::{Budget, document};
use crate::{
    app::App,
    domain::{
        PostId, actors,
        posts::{self, QuoteState},
    },
    error::{Error, Kind, Result},
    federation::incoming::values::{id, kind, one_origin},
};

/// How many documents one quote may cost.
const FETCHES: u8 = 8;

/// Fetches what a post quotes, where it is not here, and believes that its author agrees when their own server says so.
pub async fn handle_check_quote(app: &App, post: PostId, depth: u8) -> Result<()> {
    match check(app, post, depth).await {
        Err(error) if is_passing(&error) => Err(error),
        // What cannot be found out stays a quote that waits.
        Ok(()) | Err(_) => Ok(()),
    }
}

fn is_passing(error: &Error) -> bool {
    matches!(error.kind(), Kind::Unavailable | Kind::Internal)
}

async fn check(app: &App, post: PostId, depth: u8) -> Result<()> {
    let Some((quote, quoting)) = app.db.read(move |conn| posts::find_quote_of(conn, post)).await? else {
        return Ok(());
    };
    let (QuoteState::Pending, Some(uri), Some(quoting)) = (quote.state, quote.quoted_uri, quoting.uri) else {
        return Ok(());
    };
    let mut budget = Budget::of(FETCHES).at_depth(depth.saturating_add(1));
    let quoted = super::post(app, &uri, &mut budget).await?;
    let (quoted, author) = app
        .db
        .read(move |conn| {
            let quoted = posts::get(conn, quoted)?;
            let author = actors::get(conn, quoted.author_id)?;
            Ok((quoted, author))
        })
        .await?;
    let approval = quote.approval_uri.filter(|uri| one_origin(uri, &author.uri) && !author.is_local());
    let said = [("attributedTo", author.uri), ("interactingObject", quoting), ("interactionTarget", uri)];
    let approval = match approval {
        Some(approval) if agrees(app, &approval, &said, &mut budget).await? => Some(approval),
        _ => None,
    };
    let quoted = quoted.id;
    app.db.write(move |tx| posts::checked(tx, post, quoted, approval.as_deref())).await
}

/// Whether this document of the author's server says so, in these members.
async fn agrees(app: &App, approval: &str, said: &[(&str, String)], budget: &mut Budget) -> Result<bool> {
    let document = match document::activity(app, approval, budget).await {
        Ok(document) => document,
        Err(error) if is_passing(&error) => return Err(error),
        Err(_) => return Ok(false),
    };
    // Found where it says that it is: a redirect may lead to somebody else's.
    let is_there = id(&document, "id") == Some(approval);
    let is_approval = is_there && kind(&document, |kind| kind == "QuoteAuthorization") == "QuoteAuthorization";
    Ok(is_approval && said.iter().all(|(member, value)| id(&document, member) == Some(value)))
}
