//! What whoever is quoted says to it, and when they change their mind.

use diesel::prelude::*;
use serde_json::json;

use super::{Quote, QuotePolicy, QuoteState, Standing, attach::tell_quoted, counted::set_state, quote_standing};
use crate::{
    db::{
        Among, Conn, Json, Key, Signal, Tx,
        schema::{posts, quotes},
    },
    domain::{
        ActorId, By, PostId, QuoteId, Site,
        actors::{self, Actor},
        audit::{About, Act},
        brands, exposure,
        notifications::{self, NotificationKind},
        posts::{Details, Post, Viewer, find, get, may_see},
        work::Change,
    },
    error::{Error, Result},
};

/// How many quotes may claim one approval that is taken back.
const CLAIMS: i64 = 100;

/// The quote of this id.
pub fn find_quote(conn: &mut Conn, id: QuoteId) -> Result<Option<Quote>> {
    Ok(quotes::table.find(id).select(Quote::as_select()).first(conn).optional()?)
}

fn of_post(conn: &mut Conn, post: PostId) -> Result<Option<Quote>> {
    Ok(quotes::table.filter(quotes::post_id.eq(post)).select(Quote::as_select()).first(conn).optional()?)
}

/// The quote that a post makes, however it stands, with the id of that post.
pub fn find_quote_of(conn: &mut Conn, post: PostId) -> Result<Option<(Quote, Post)>> {
    match (of_post(conn, post)?, find(conn, post)?) {
        (Some(quote), Some(post)) => Ok(Some((quote, post))),
        _ => Ok(None),
    }
}

/// The quote of this id, when what it quotes is by `author`: theirs to answer.
pub fn find_quote_to_answer(conn: &mut Conn, id: QuoteId, author: ActorId) -> Result<Option<Quote>> {
    let asked = quotes::table.inner_join(posts::table.on(posts::id.nullable().eq(quotes::quoted_id)));
    let theirs = asked.filter(quotes::id.eq(id)).filter(posts::author_id.eq(author));
    Ok(theirs.select(Quote::as_select()).first(conn).optional()?)
}

/// The quote as it stands, which nobody else changes until the transaction ends.
pub(super) fn hold(tx: &mut Tx<'_>, id: QuoteId) -> Result<Option<Quote>> {
    tx.lock(Key("quote", &[id.0]))?;
    find_quote(tx.conn(), id)
}

/// Whether somebody may quote what another wrote without that one being asked.
pub(super) fn may_quote(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    asker: ActorId,
    quoted: &Post,
    owner: &Actor,
) -> Result<bool> {
    let sees = quoted.audience.is_open() && may_see(tx.conn(), viewer, quoted)?;
    Ok(sees && quote_standing(tx.conn(), asker, quoted, owner)? == Standing::Automatic)
}

/// Somebody elsewhere asks to quote one of our posts, by an activity with this id. `quoting` is their post, by its id
/// and as far as it is here. Answers whether something must be fetched first: without their post nothing is allowed.
pub fn asked(tx: &mut Tx<'_>, by: &By, quoted: PostId, request: &str, quoting: (&str, Option<PostId>)) -> Result<bool> {
    let asker = by.actor();
    tx.lock(Key("post", &[quoted.0]))?;
    let quoted = get(tx.conn(), quoted)?;
    let owner = actors::get(tx.conn(), quoted.author_id)?;
    if !owner.is_local() || !owner.is_active() || !quoted.audience.is_open() {
        return Err(Error::not_found("post.not_found", "There is no such post."));
    }
    let refuse = |tx: &mut Tx<'_>| {
        let (Some(uri), request) = (quoted.uri.clone(), request.to_owned()) else { return Ok(()) };
        let change = Change::QuoteRejected { request, quoted: uri, quoting: quoting.0.to_owned(), asker };
        exposure::tell(tx, owner.id, change)
    };
    let quote = match quoting.1 {
        Some(post) if find(tx.conn(), post)?.is_some_and(|post| post.author_id == asker) => of_post(tx.conn(), post)?,
        _ => None,
    };
    let quote = match quote.filter(|quote| quote.quoted_id == Some(quoted.id)) {
        Some(quote) => hold(tx, quote.id)?,
        None => None,
    };
    // What was agreed to is agreed to, whatever the policy says now.
    let agreed = quote.as_ref().is_some_and(|quote| quote.state == QuoteState::Accepted);
    if !agreed && !may_quote(tx, &Viewer::Remote(asker), asker, &quoted, &owner)? {
        if let Some(quote) = quote.filter(|quote| quote.state == QuoteState::Pending) {
            set_state(tx, &quote, QuoteState::Rejected)?;
            changed(tx, quote.post_id);
        }
        refuse(tx)?;
        return Ok(false);
    }
    if quoting.1.is_none() {
        return Ok(true);
    }
    let Some(quote) = quote else {
        return Err(Error::invalid("quote.other", "This post does not quote that one."));
    };
    if quote.state == QuoteState::Revoked {
        refuse(tx)?;
        return Ok(false);
    }
    diesel::update(quotes::table.find(quote.id)).set(quotes::request_uri.eq(request)).execute(tx.conn())?;
    accept(tx, &quote, None)?;
    exposure::tell(tx, owner.id, Change::QuoteAccepted { quote: quote.id, asker })?;
    Ok(false)
}

fn accept(tx: &mut Tx<'_>, quote: &Quote, approval: Option<&str>) -> Result<()> {
    if quote.state == QuoteState::Accepted {
        return Ok(());
    }
    let approval = approval.or(quote.approval_uri.as_deref());
    diesel::update(quotes::table.find(quote.id)).set(quotes::approval_uri.eq(approval)).execute(tx.conn())?;
    set_state(tx, quote, QuoteState::Accepted)?;
    let quoted = match quote.quoted_id {
        Some(quoted) => find(tx.conn(), quoted)?,
        None => None,
    };
    if let (Some(quoted), Some(post)) = (quoted, find(tx.conn(), quote.post_id)?) {
        tell_quoted(tx, post.author_id, post.id, &quoted)?;
    }
    changed(tx, quote.post_id);
    Ok(())
}

pub(super) fn changed(tx: &mut Tx<'_>, post: PostId) {
    tx.signal(Signal { topic: "post", kind: "quote", id: post.0 });
}

/// Others read of a post of ours that how it quotes changed.
fn tell_again(tx: &mut Tx<'_>, post: PostId) -> Result<()> {
    let Some(post) = find(tx.conn(), post)? else { return Ok(()) };
    let author = actors::get(tx.conn(), post.author_id)?;
    if !author.is_local() || !post.audience.federates() {
        return Ok(());
    }
    let at = tx.now();
    exposure::tell(tx, author.id, Change::QuoteChanged { post: post.id, at })
}

/// Whoever is quoted by one of ours agrees, and says where that can be read.
pub fn accepted_elsewhere(tx: &mut Tx<'_>, id: QuoteId, approval: &str) -> Result<bool> {
    let Some(quote) = hold(tx, id)?.filter(|quote| quote.state == QuoteState::Pending) else {
        return Ok(false);
    };
    accept(tx, &quote, Some(approval))?;
    tell_again(tx, quote.post_id)?;
    Ok(true)
}

/// Whoever is quoted by one of ours does not agree, or does not any more.
pub fn rejected_elsewhere(tx: &mut Tx<'_>, id: QuoteId) -> Result<bool> {
    let Some(quote) = hold(tx, id)? else { return Ok(false) };
    let state = match quote.state {
        QuoteState::Pending => QuoteState::Rejected,
        QuoteState::Accepted => QuoteState::Revoked,
        _ => return Ok(false),
    };
    set_state(tx, &quote, state)?;
    changed(tx, quote.post_id);
    tell_again(tx, quote.post_id)?;
    Ok(true)
}

/// The author of a quoted post elsewhere takes back where it was said that they agree.
pub fn revoked_elsewhere(tx: &mut Tx<'_>, author: ActorId, approval: &str) -> Result<bool> {
    // More than one post may claim it: whoever quotes says what their approval is.
    let found: Vec<QuoteId> = quotes::table
        .inner_join(posts::table.on(posts::id.nullable().eq(quotes::quoted_id)))
        .filter(quotes::approval_uri.eq(approval))
        .filter(posts::author_id.eq(author))
        .filter(quotes::state.among([QuoteState::Pending, QuoteState::Accepted]))
        .order(quotes::id)
        .limit(CLAIMS)
        .select(quotes::id)
        .load(tx.conn())?;
    let mut had_effect = false;
    for quote in found {
        had_effect |= rejected_elsewhere(tx, quote)?;
    }
    Ok(had_effect)
}

/// What a quote of others quotes is here, and its author's server says under `approval` that it agrees, or that was not
/// asked. Consent is not needed to quote oneself; what was said the old way is judged by what the quoted post tells.
pub fn checked(tx: &mut Tx<'_>, post: PostId, quoted: PostId, approval: Option<&str>) -> Result<()> {
    let Some(quote) = of_post(tx.conn(), post)? else { return Ok(()) };
    let Some(quote) = hold(tx, quote.id)?.filter(|quote| quote.state == QuoteState::Pending) else {
        return Ok(());
    };
    let (quoting, quoted) = (get(tx.conn(), post)?, get(tx.conn(), quoted)?);
    if quote.quoted_uri != quoted.uri || quoted.id == post {
        return Ok(());
    }
    if quote.quoted_id.is_none() {
        diesel::update(quotes::table.find(quote.id)).set(quotes::quoted_id.eq(Some(quoted.id))).execute(tx.conn())?;
    }
    let approved = approval.is_some() && approval == quote.approval_uri.as_deref();
    let agrees = quoting.author_id == quoted.author_id
        || approved && quoted.audience.is_open()
        || quote.legacy && {
            let owner = actors::get(tx.conn(), quoted.author_id)?;
            may_quote(tx, &Viewer::Remote(quoting.author_id), quoting.author_id, &quoted, &owner)?
        };
    if agrees { accept(tx, &Quote { quoted_id: Some(quoted.id), ..quote }, None) } else { Ok(()) }
}

/// Takes a post of one's own out of another that quotes it.
pub fn revoke_quote(tx: &mut Tx<'_>, site: &Site, by: &By, quoted: PostId, quoting: PostId) -> Result<()> {
    let missing = || Error::not_found("quote.not_found", "This post does not quote yours.");
    let own = get(tx.conn(), quoted)?;
    if own.author_id != by.actor() {
        return Err(missing());
    }
    let quote = of_post(tx.conn(), quoting)?.filter(|quote| quote.quoted_id == Some(quoted)).ok_or_else(missing)?;
    let quote = hold(tx, quote.id)?.ok_or_else(missing)?;
    if matches!(quote.state, QuoteState::Rejected | QuoteState::Revoked) {
        return Ok(());
    }
    brands::act_for(tx, by, Act::PostQuoting, About::Post(quoted), json!({ "revoked": quote.id }))?;
    set_state(tx, &quote, QuoteState::Revoked)?;
    changed(tx, quoting);
    let post = get(tx.conn(), quoting)?;
    notifications::forget(tx, own.author_id, NotificationKind::Quote, post.author_id, Some(quoting))?;
    if own.audience.federates() && post.audience.federates() {
        let change = Change::QuoteRevoked { stamp: site.quote_uri(quote.id), author: post.author_id };
        exposure::tell(tx, own.author_id, change)?;
    }
    tell_again(tx, quoting)
}

/// Changes who may quote a post of one's own from now on. Of what not everybody may read others quote nothing anyway.
pub fn set_quote_policy(tx: &mut Tx<'_>, by: &By, id: PostId, policy: &QuotePolicy) -> Result<()> {
    tx.lock(Key("post", &[id.0]))?;
    let post = get(tx.conn(), id)?;
    if post.author_id != by.actor() || by.is_remote() {
        return Err(Error::not_found("post.not_yours", "There is no such post of yours."));
    }
    if !post.audience.is_open() || post.details.0.quoting.as_ref() == Some(policy) {
        return Ok(());
    }
    brands::act_for(tx, by, Act::PostQuoting, About::Post(id), json!({ "now": policy }))?;
    let details = Details { quoting: Some(policy.clone()), ..post.details.0 };
    diesel::update(posts::table.find(id)).set(posts::details.eq(Json(details))).execute(tx.conn())?;
    changed(tx, id);
    tell_again(tx, id)
}
