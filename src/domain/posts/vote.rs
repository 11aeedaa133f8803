//! Voting in a poll: one choice, or several where that is asked. What somebody chose nobody else is shown.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{Details, Post, get_visible, like::viewer_of, poll, poll_end::LATER};
use crate::{
    db::{
        Among, Conn, Json, Key, Signal, Timestamp, Tx,
        schema::{actors as actors_table, poll_votes, posts},
    },
    domain::{
        ActorId, By, PostId, VoteId,
        actors::{self, Actor},
        exposure, follows,
        work::{Change, Job},
    },
    error::{Error, Result},
};

/// A vote for one choice.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = poll_votes)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Vote {
    pub id: VoteId,
    pub post_id: PostId,
    pub actor_id: ActorId,
    /// Its place among the choices, from 0.
    pub choice: i32,
    pub created_at: Timestamp,
}

/// Chooses in a poll that one may see, once; where several choices may be made, each once. Answers the votes in the
/// order of the choices. Clients know the sentences of refusal from Mastodon.
pub fn vote(tx: &mut Tx<'_>, by: &By, id: PostId, choices: &[usize]) -> Result<Vec<VoteId>> {
    // Whoever is being deleted at this moment leaves no vote behind.
    tx.lock(Key("actor", &[by.actor().0]))?;
    tx.lock(Key("post", &[id.0]))?;
    let viewer = viewer_of(tx, by)?;
    let post = get_visible(tx.conn(), &viewer, id)?;
    let author = actors::get(tx.conn(), post.author_id)?;
    let before = chosen_by(tx.conn(), by.actor(), id)?;
    may_vote(tx, by, (&post, &author), choices, &before)?;
    let mut details = post.details.0.clone();
    let mut votes = Vec::new();
    for choice in choices {
        votes.push(insert(tx, by.actor(), id, *choice)?);
        if let Some((_, Some(count))) = details.options.get_mut(*choice) {
            *count = count.saturating_add(1);
        }
    }
    if before.is_empty() {
        details.voters = details.voters.map(|voters| voters.saturating_add(1));
    }
    write_details(tx, id, &details)?;
    tell(tx, by, (&post, &author), &details, &votes)?;
    tx.signal(Signal { topic: "post", kind: "update", id: id.0 });
    Ok(votes)
}

/// The same by what the choice is called, as polls travel.
pub fn vote_for(tx: &mut Tx<'_>, by: &By, id: PostId, choice: &str) -> Result<Vec<VoteId>> {
    let details = super::get(tx.conn(), id)?.details.0;
    let wanted = poll::named(choice);
    let place = details.options.iter().position(|(known, _)| *known == wanted);
    // What is no choice is refused by the same rule as a number that is none, after the others.
    vote(tx, by, id, &[place.unwrap_or(usize::MAX)])
}

fn may_vote(
    tx: &mut Tx<'_>,
    by: &By,
    (post, author): (&Post, &Actor),
    choices: &[usize],
    before: &[i32],
) -> Result<()> {
    let details = &post.details.0;
    let refuse = |code, told: &str| Err(Error::invalid(code, format!("Validation failed: {told}")));
    if !details.is_poll() {
        return Err(Error::not_found("poll.not_found", "There is no such poll."));
    }
    if by.is_remote() && !author.is_local() {
        return Err(Error::forbidden("poll.elsewhere", "The votes of this poll are counted elsewhere."));
    }
    if !actors::get(tx.conn(), by.actor())?.is_active() || follows::is_blocked_by(tx.conn(), by.actor(), author.id)? {
        return Err(Error::forbidden("poll.not_allowed", "This action is not allowed"));
    }
    if details.has_ended(tx.now()) {
        return refuse("poll.ended", "The poll has already ended");
    }
    if author.id == by.actor() {
        return refuse("poll.own", "You cannot vote in your own polls");
    }
    if choices.iter().any(|choice| *choice >= details.options.len()) {
        return refuse("poll.no_choice", "The chosen vote option does not exist");
    }
    let again = |(place, choice): (usize, &usize)| {
        choices.iter().take(place).any(|other| other == choice)
            || i32::try_from(*choice).is_ok_and(|choice| before.contains(&choice))
    };
    let used_up = !details.multiple && (choices.len() > 1 || !before.is_empty());
    if used_up || choices.iter().enumerate().any(again) {
        return refuse("poll.voted", "You have already voted on this poll");
    }
    Ok(())
}

fn insert(tx: &mut Tx<'_>, actor: ActorId, post: PostId, choice: usize) -> Result<VoteId> {
    let (id, now) = (VoteId(tx.new_id()), tx.now());
    let choice = i32::try_from(choice).map_err(Error::internal)?;
    diesel::insert_into(poll_votes::table)
        .values((
            poll_votes::id.eq(id),
            poll_votes::post_id.eq(post),
            poll_votes::actor_id.eq(actor),
            poll_votes::choice.eq(choice),
            poll_votes::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

pub(super) fn write_details(tx: &mut Tx<'_>, id: PostId, details: &Details) -> Result<()> {
    diesel::update(posts::table.find(id)).set(posts::details.eq(Json(details.clone()))).execute(tx.conn())?;
    Ok(())
}

/// Who hears of votes: the server of the poll, and for a poll of ours, after a while, whoever reads it elsewhere.
fn tell(tx: &mut Tx<'_>, by: &By, (post, author): (&Post, &Actor), details: &Details, votes: &[VoteId]) -> Result<()> {
    if !post.audience.federates() {
        return Ok(());
    }
    if author.is_local() {
        return if details.hide_totals { Ok(()) } else { tx.defer(&Job::TellVotes { post: post.id }) };
    }
    for vote in votes {
        exposure::ask_and_tell(tx, by.actor(), Change::Voted { vote: *vote })?;
    }
    match details.ends_at {
        Some(end) => tx.defer(&Job::EndPoll { post: post.id, at: end.plus(LATER) }),
        None => Ok(()),
    }
}

/// What somebody chose in a poll.
fn chosen_by(conn: &mut Conn, actor: ActorId, post: PostId) -> Result<Vec<i32>> {
    Ok(poll_votes::table
        .filter(poll_votes::post_id.eq(post))
        .filter(poll_votes::actor_id.eq(actor))
        .select(poll_votes::choice)
        .load(conn)?)
}

/// What somebody chose in each of these polls.
pub(super) fn chosen_among(conn: &mut Conn, actor: ActorId, ids: &[PostId]) -> Result<HashMap<PostId, Vec<i32>>> {
    let rows: Vec<(PostId, i32)> = poll_votes::table
        .filter(poll_votes::post_id.among(ids.to_vec()))
        .filter(poll_votes::actor_id.eq(actor))
        .order((poll_votes::post_id, poll_votes::choice))
        .select((poll_votes::post_id, poll_votes::choice))
        .load(conn)?;
    let mut chosen: HashMap<PostId, Vec<i32>> = HashMap::new();
    for (post, choice) in rows {
        chosen.entry(post).or_default().push(choice);
    }
    Ok(chosen)
}

/// The vote of this id with the post that asks.
pub fn find_vote(conn: &mut Conn, id: VoteId) -> Result<Option<(Vote, Post)>> {
    Ok(poll_votes::table
        .inner_join(posts::table)
        .filter(poll_votes::id.eq(id))
        .select((Vote::as_select(), Post::as_select()))
        .first(conn)
        .optional()?)
}

/// Those here who voted in a poll.
pub(super) fn voters_here(conn: &mut Conn, post: PostId) -> Result<Vec<ActorId>> {
    Ok(poll_votes::table
        .inner_join(actors_table::table)
        .filter(poll_votes::post_id.eq(post))
        .filter(actors_table::host.eq(""))
        .order(poll_votes::actor_id)
        .select(poll_votes::actor_id)
        .distinct()
        .load(conn)?)
}

/// The inboxes of those elsewhere who voted in a poll, each once, with the hosts of their handles; shared ones where
/// their servers have them.
pub fn voter_inboxes(conn: &mut Conn, post: PostId) -> Result<Vec<(String, String)>> {
    let rows: Vec<(String, String, Option<String>)> = poll_votes::table
        .inner_join(actors_table::table)
        .filter(poll_votes::post_id.eq(post))
        .filter(actors_table::host.ne(""))
        .filter(actors_table::deleted_at.is_null())
        .select((actors_table::host, actors_table::inbox, actors_table::shared_inbox))
        .distinct()
        .load(conn)?;
    let mut inboxes: Vec<(String, String)> =
        rows.into_iter().map(|(host, own, shared)| (host, shared.unwrap_or(own))).collect();
    inboxes.sort();
    inboxes.dedup();
    Ok(inboxes)
}

/// Forgets all votes in a poll that asks something else now.
pub(super) fn forget_votes(tx: &mut Tx<'_>, post: PostId) -> Result<()> {
    diesel::delete(poll_votes::table.filter(poll_votes::post_id.eq(post))).execute(tx.conn())?;
    Ok(())
}

/// Forgets what somebody chose, when they go: up to `limit` votes; answers how many. A poll stands as it was voted.
pub(super) fn forget_votes_of(tx: &mut Tx<'_>, actor: ActorId, limit: i64) -> Result<usize> {
    let theirs: Vec<VoteId> =
        poll_votes::table.filter(poll_votes::actor_id.eq(actor)).limit(limit).select(poll_votes::id).load(tx.conn())?;
    Ok(diesel::delete(poll_votes::table.filter(poll_votes::id.among(theirs))).execute(tx.conn())?)
}
