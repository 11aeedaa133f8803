//! A post that quotes comes, changes, or finds what it quotes; and what is quoted goes.

use diesel::{dsl, prelude::*};

use super::{
    QuoteState, Quoting, Standing,
    answer::{changed, checked, hold, may_quote},
    counted::{add, set_state, take_out},
    quote_standing, refusals,
};
use crate::{
    db::{Conn, Later, Tx, schema::quotes},
    domain::{
        ActorId, By, PostId, QuoteId,
        actors::{self, Actor},
        exposure, follows,
        notifications::{self, NotificationKind},
        posts::{Draft, Post, Viewer, find, find_by_uri, get_visible, like::viewer_of, may_see},
        work::{Change, Job},
    },
    error::{Error, Result},
    on_conn,
};

/// How many quotes lead to one at most that is still looked up, as in Mastodon.
const DEPTH: u8 = 2;
/// How many quotes that one server made us look up may wait.
const WAITING: i64 = 1_000;
/// How many of those who quote a post are told when it says something else: the latest.
const TOLD: i64 = 200;
/// How many quotes that came before what they quote find it; the others stay what they were.
const FOUND: i64 = 100;

/// The post that one of ours wants to quote; not found where they may not. Internal posts are quoted by nobody, what is
/// not open by its author alone. Inside the company nobody can be asked, so there only what needs no answer is quoted.
pub(in crate::domain::posts) fn quotable(tx: &mut Tx<'_>, by: &By, id: PostId, asks: bool) -> Result<Post> {
    let refused = || Error::not_found("quote.not_found", "There is no such post that you may quote.");
    let viewer = viewer_of(tx, by)?;
    let post = get_visible(tx.conn(), &viewer, id).map_err(|_| refused())?;
    let author = actors::get(tx.conn(), post.author_id)?;
    let averse = follows::is_blocked_by(tx.conn(), by.actor(), author.id)?;
    match quote_standing(tx.conn(), by.actor(), &post, &author)? {
        Standing::Denied => Err(refused()),
        _ if averse => Err(refused()),
        Standing::Manual | Standing::Unknown if !asks => Err(refused()),
        Standing::Automatic | Standing::Manual | Standing::Unknown => Ok(post),
    }
}

/// Whether a post quotes another, however that stands.
pub(in crate::domain::posts) fn is_quoting(conn: &mut Conn, post: PostId) -> Result<bool> {
    Ok(diesel::select(dsl::exists(quotes::table.filter(quotes::post_id.eq(post)))).get_result(conn)?)
}

/// What a post quotes already.
pub(in crate::domain::posts) fn quoted_in(conn: &mut Conn, post: PostId) -> Result<Option<Post>> {
    let quoted: Option<Option<PostId>> =
        quotes::table.filter(quotes::post_id.eq(post)).select(quotes::quoted_id).first(conn).optional()?;
    match quoted.flatten() {
        Some(quoted) => find(conn, quoted),
        None => Ok(None),
    }
}

/// Writes down what a new post quotes, and asks whom there is to ask.
pub(in crate::domain::posts) fn attach(
    tx: &mut Tx<'_>,
    by: &By,
    author: &Actor,
    id: PostId,
    draft: &Draft,
) -> Result<()> {
    let Some(quoting) = &draft.quote else { return Ok(()) };
    let quoted = quoted_by(tx, quoting)?.filter(|quoted| quoted.id != id);
    let uri = quoted.as_ref().and_then(|quoted| quoted.uri.clone()).or_else(|| quoting.uri.clone());
    let refused = refusals::recall(tx, id, uri.as_deref())?;
    let state = match refused {
        Some(refused) => refused,
        None => judge(tx, by, draft, quoting, quoted.as_ref())?,
    };
    let (row, now) = (QuoteId(tx.new_id()), tx.now());
    let added = on_conn!(tx.conn(), |c| diesel::insert_into(quotes::table)
        .values((
            quotes::id.eq(row),
            quotes::post_id.eq(id),
            quotes::quoted_id.eq(quoted.as_ref().map(|quoted| quoted.id)),
            quotes::quoted_uri.eq(uri),
            quotes::state.eq(state),
            quotes::legacy.eq(quoting.legacy),
            quotes::open.eq(draft.audience.is_open()),
            quotes::approval_uri.eq(&quoting.approval),
            quotes::created_at.eq(now),
        ))
        .on_conflict(quotes::post_id)
        .do_nothing()
        .execute(c))?;
    if added > 0 && state == QuoteState::Accepted && draft.audience.is_open() {
        add(tx, quoted.as_ref().map(|quoted| quoted.id), 1)?;
    }
    match quoted {
        _ if refused.is_some() => Ok(()),
        Some(quoted) if state == QuoteState::Accepted => tell_quoted(tx, author.id, id, &quoted),
        Some(_) if !by.is_remote() && draft.audience.federates() => {
            exposure::tell(tx, author.id, Change::QuoteRequested { quote: row })
        }
        _ => look_up(tx, by, author, id, quoting),
    }
}

fn quoted_by(tx: &mut Tx<'_>, quoting: &Quoting) -> Result<Option<Post>> {
    match quoting {
        Quoting { post: Some(post), .. } => find(tx.conn(), *post),
        Quoting { uri: Some(uri), .. } => find_by_uri(tx.conn(), uri),
        _ => Ok(None),
    }
}

/// How a quote stands when it comes. Everybody may quote themselves. For our own posts their policy decides, whoever
/// quotes and however they say it; what asks nobody, because it was said the old way or stays inside, is judged by the
/// policy that the post itself tells; everything else waits for whoever is quoted.
fn judge(tx: &mut Tx<'_>, by: &By, draft: &Draft, quoting: &Quoting, quoted: Option<&Post>) -> Result<QuoteState> {
    let Some(quoted) = quoted else { return Ok(QuoteState::Pending) };
    if quoted.author_id == by.actor() {
        return Ok(QuoteState::Accepted);
    }
    let owner = actors::get(tx.conn(), quoted.author_id)?;
    if !(owner.is_local() || quoting.legacy || !draft.audience.federates()) {
        return Ok(QuoteState::Pending);
    }
    let viewer = viewer_of(tx, by)?;
    let allowed = may_quote(tx, &viewer, by.actor(), quoted, &owner)?;
    Ok(if allowed { QuoteState::Accepted } else { QuoteState::Pending })
}

/// Has what is quoted fetched, and the consent checked, where there is something to find out.
fn look_up(tx: &mut Tx<'_>, by: &By, author: &Actor, id: PostId, quoting: &Quoting) -> Result<()> {
    if !by.is_remote() || quoting.depth >= DEPTH {
        return Ok(());
    }
    let job = Job::CheckQuote { post: id, sender: author.uri.clone(), depth: quoting.depth };
    if let Some(origin) = job.origin()
        && tx.waiting_for(&origin, job.kind())?.0 >= WAITING
    {
        return Ok(());
    }
    tx.defer(&job)
}

/// Tells one of ours that they are quoted, when they may read where.
pub(super) fn tell_quoted(tx: &mut Tx<'_>, author: ActorId, id: PostId, quoted: &Post) -> Result<()> {
    let Some(owner) = actors::find(tx.conn(), quoted.author_id)?.filter(Actor::is_local) else { return Ok(()) };
    let viewer = Viewer::local(tx.conn(), owner.id)?;
    let Some(post) = find(tx.conn(), id)? else { return Ok(()) };
    if may_see(tx.conn(), &viewer, &post)? {
        notifications::tell(tx, owner.id, NotificationKind::Quote, author, Some(id))?;
    }
    Ok(())
}

/// The same for a post that its server says anew. What people here quote does not change with an edit.
pub(in crate::domain::posts) fn attach_again(tx: &mut Tx<'_>, by: &By, old: &Post, draft: &Draft) -> Result<()> {
    if !by.is_remote() {
        return Ok(());
    }
    let id: Option<QuoteId> =
        quotes::table.filter(quotes::post_id.eq(old.id)).select(quotes::id).first(tx.conn()).optional()?;
    // Who is quoted may be answering at this moment.
    let known = match id {
        Some(id) => hold(tx, id)?,
        None => None,
    };
    if known.is_none() && draft.quote.is_none() {
        return Ok(());
    }
    let author = actors::get(tx.conn(), old.author_id)?;
    if let (Some(known), Some(quoting)) = (&known, &draft.quote)
        && known.quoted_uri == quoting.uri
    {
        if quoting.approval.is_none() || known.approval_uri == quoting.approval {
            return Ok(());
        }
        if !matches!(known.state, QuoteState::Pending | QuoteState::Accepted) {
            return Ok(());
        }
        // What was agreed under another approval is found out anew.
        diesel::update(quotes::table.find(known.id))
            .set(quotes::approval_uri.eq(&quoting.approval))
            .execute(tx.conn())?;
        set_state(tx, known, QuoteState::Pending)?;
        changed(tx, old.id);
        return look_up(tx, by, &author, old.id, quoting);
    }
    // What was refused stays refused when it is named again later.
    if draft.quote.is_none()
        && known.as_ref().is_some_and(|known| matches!(known.state, QuoteState::Rejected | QuoteState::Revoked))
    {
        return Ok(());
    }
    if let Some(known) = &known
        && !refusals::remember(tx, known)?
    {
        return Ok(());
    }
    take_out(tx, old.id)?;
    attach(tx, by, &author, old.id, draft)
}

/// Quotes that came before what they quote now find it.
pub(in crate::domain::posts) fn adopt(tx: &mut Tx<'_>, id: PostId, uri: &str) -> Result<()> {
    let waiting: Vec<PostId> = quotes::table
        .filter(quotes::quoted_uri.eq(uri))
        .filter(quotes::quoted_id.is_null())
        .filter(quotes::state.eq(QuoteState::Pending))
        .filter(quotes::post_id.ne(id))
        .order(quotes::id)
        .limit(FOUND)
        .select(quotes::post_id)
        .load(tx.conn())?;
    for post in waiting {
        checked(tx, post, id, None)?;
    }
    Ok(())
}

/// What was quoted is gone.
pub(in crate::domain::posts) fn orphan(tx: &mut Tx<'_>, id: PostId) -> Result<()> {
    diesel::update(quotes::table.filter(quotes::quoted_id.eq(id)))
        .set((quotes::state.eq(QuoteState::Deleted), quotes::quoted_id.eq(None::<PostId>)))
        .execute(tx.conn())?;
    Ok(())
}

/// Tells those of ours who quote a post that it says something else now.
pub(in crate::domain::posts) fn tell_of_edit(tx: &mut Tx<'_>, edited: &Post) -> Result<()> {
    use crate::db::schema::{actors as people, posts};
    let quoting: Vec<(ActorId, PostId)> = quotes::table
        .inner_join(posts::table.on(posts::id.eq(quotes::post_id)))
        .inner_join(people::table.on(people::id.eq(posts::author_id)))
        .filter(quotes::quoted_id.eq(edited.id))
        .filter(quotes::state.eq(QuoteState::Accepted))
        .filter(people::host.eq(""))
        .order(quotes::id.desc())
        .limit(TOLD)
        .select((people::id, posts::id))
        .load(tx.conn())?;
    for (owner, post) in quoting {
        notifications::tell(tx, owner, NotificationKind::QuotedUpdate, edited.author_id, Some(post))?;
    }
    Ok(())
}
