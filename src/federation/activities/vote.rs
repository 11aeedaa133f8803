//! Votes in polls of ours: a Note that has a name and no text, as a reply to the poll. They are counted and never shown.

use super::{Activity, Applied};
use crate::{
    db::Tx,
    domain::{
        Site,
        actors::{self, Actor},
        posts,
    },
    error::Result,
    federation::incoming::vote::Vote,
};

/// How many votes are read of one activity: GoToSocial sends all choices of a voter together.
const VOTES: usize = 50;

pub(super) fn apply(
    tx: &mut Tx<'_>,
    site: &Site,
    signer: &Actor,
    activity: &Activity,
    votes: &[Vote<'_>],
) -> Result<Applied> {
    for vote in votes.iter().take(VOTES) {
        if vote.author.is_some_and(|author| author != signer.uri) {
            return Ok(Applied::Ignored("somebody else's vote"));
        }
        let poll = if site.owns(vote.poll) { posts::find_by_uri(tx.conn(), vote.poll)? } else { None };
        let Some(poll) = poll.filter(|poll| poll.details.0.is_poll()) else {
            return Ok(Applied::Ignored("a vote on a poll that is not ours"));
        };
        if !actors::get(tx.conn(), poll.author_id)?.is_local() {
            return Ok(Applied::Ignored("a vote on a poll that is not ours"));
        }
        posts::vote_for(tx, &activity.by(signer), poll.id, vote.choice)?;
    }
    Ok(Applied::Done)
}
