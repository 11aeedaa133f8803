//! How a poll goes on and ends: others hear how it stands, and who voted hears that it is over.

use std::time::Duration;

use super::{
    Details, Post, find,
    vote::{voters_here, write_details},
};
use crate::{
    db::{Conn, Key, Signal, Timestamp, Tx},
    domain::{
        PostId,
        actors::{self, Actor},
        exposure,
        notifications::{self, NotificationKind},
        work::{Change, Job},
    },
    error::Result,
};

/// How long after the end a poll elsewhere is over here: its server has counted then.
pub(super) const LATER: Duration = Duration::from_secs(300);
/// How often the server of a poll is asked for its votes at most, for somebody who looks.
const ASK_AGAIN: Duration = Duration::from_secs(60);

/// Has others told how a poll of ours stands, unless that is told at its end.
pub fn tell_votes(tx: &mut Tx<'_>, id: PostId) -> Result<()> {
    let Some(post) = find(tx.conn(), id)? else { return Ok(()) };
    if post.details.0.closed || !post.details.0.is_poll() {
        return Ok(());
    }
    count_for_others(tx, &post)
}

fn count_for_others(tx: &mut Tx<'_>, post: &Post) -> Result<()> {
    let author = actors::get(tx.conn(), post.author_id)?;
    if !author.is_local() || !author.is_active() || !post.audience.federates() {
        return Ok(());
    }
    let at = tx.now();
    exposure::tell(tx, author.id, Change::VotesCounted { post: post.id, at })
}

/// Ends a poll whose time is up: once. Where it takes votes for longer by now, it is looked at again then.
pub fn end_poll(tx: &mut Tx<'_>, id: PostId) -> Result<()> {
    tx.lock(Key("post", &[id.0]))?;
    let Some(post) = find(tx.conn(), id)? else { return Ok(()) };
    let details = &post.details.0;
    let (true, false, Some(end)) = (details.is_poll(), details.closed, details.ends_at) else { return Ok(()) };
    let author = actors::get(tx.conn(), post.author_id)?;
    let at = if author.is_local() { end } else { end.plus(LATER) };
    if at > tx.now() {
        return tx.defer(&Job::EndPoll { post: id, at });
    }
    close(tx, &post, &author, details.clone())?;
    if let Some(uri) = post.uri.as_ref().filter(|_| !author.is_local() && post.audience.is_open()) {
        tx.defer(&Job::RefreshPost { uri: uri.clone(), sender: uri.clone() })?;
    }
    Ok(())
}

/// The server of a poll says that it is over, earlier than it was said before: those here who voted hear of it.
pub(super) fn ended_elsewhere(tx: &mut Tx<'_>, post: &Post, details: Details) -> Result<()> {
    let author = actors::get(tx.conn(), post.author_id)?;
    if voters_here(tx.conn(), post.id)?.is_empty() { Ok(()) } else { close(tx, post, &author, details) }
}

/// Takes no more votes, and tells the author, who voted, and the readers elsewhere.
fn close(tx: &mut Tx<'_>, post: &Post, author: &Actor, mut details: Details) -> Result<()> {
    details.closed = true;
    write_details(tx, post.id, &details)?;
    let mut concerned = voters_here(tx.conn(), post.id)?;
    concerned.extend(Some(author.id).filter(|_| author.is_local()));
    for owner in concerned {
        notifications::tell(tx, owner, NotificationKind::Poll, author.id, Some(post.id))?;
    }
    count_for_others(tx, post)?;
    tx.signal(Signal { topic: "post", kind: "update", id: post.id.0 });
    Ok(())
}

/// Whether the server of a poll may know more of its votes than we do.
pub fn may_have_more_votes(conn: &mut Conn, post: &Post, now: Timestamp) -> Result<bool> {
    let details = &post.details.0;
    // What was asked for after the end is the result.
    let settled = details.closed && details.refreshed_at > details.ends_at;
    let lately = details.refreshed_at.is_some_and(|asked| asked.plus(ASK_AGAIN) > now);
    if !details.is_poll() || settled || lately || !post.audience.is_open() {
        return Ok(false);
    }
    Ok(!actors::get(conn, post.author_id)?.is_local())
}

/// Has the server of a poll asked for its votes, unless it was asked a moment ago.
pub fn ask_for_votes(tx: &mut Tx<'_>, id: PostId) -> Result<()> {
    tx.lock(Key("post", &[id.0]))?;
    let now = tx.now();
    let Some(post) = find(tx.conn(), id)? else { return Ok(()) };
    let (true, Some(uri)) = (may_have_more_votes(tx.conn(), &post, now)?, &post.uri) else { return Ok(()) };
    write_details(tx, id, &Details { refreshed_at: Some(now), ..post.details.0.clone() })?;
    tx.defer(&Job::RefreshPost { uri: uri.clone(), sender: uri.clone() })
}
