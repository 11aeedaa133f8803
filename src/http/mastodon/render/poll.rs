//! A question as Poll.

use std::time::Duration;

use crate::{
    db::Timestamp,
    domain::{
        ActorId, PostId,
        posts::{NewPoll, PostView},
    },
    http::mastodon::entities::{Emoji, Poll, PollOption},
};

/// The poll of what is not published yet, as if that were done now, so that the reader sees how long it takes votes.
/// Its author is who reads it, so apps offer no vote.
pub(super) fn poll_to_be(id: i64, poll: &NewPoll, now: Timestamp) -> Poll {
    let NewPoll { choices, seconds, multiple, hide_totals } = poll;
    let votes_count = (!hide_totals).then_some(0);
    Poll {
        id: PostId(id),
        expires_at: Some(now.plus(Duration::from_secs(*seconds)).rfc3339()),
        expired: false,
        multiple: *multiple,
        votes_count: 0,
        voters_count: Some(0),
        options: choices.iter().map(|choice| PollOption { title: choice.clone(), votes_count }).collect(),
        emojis: Vec::new(),
        voted: Some(true),
        own_votes: Some(Vec::new()),
    }
}

/// The poll of a post that is a question. `emojis` are those of the whole post.
pub(super) fn poll(view: &PostView, now: Timestamp, reader: Option<ActorId>, emojis: &[Emoji]) -> Option<Poll> {
    let details = &view.post.details.0;
    if !details.is_poll() {
        return None;
    }
    let expired = details.has_ended(now);
    let option = |(title, votes_count): (&str, Option<u64>)| PollOption { title: title.to_owned(), votes_count };
    let names = |shortcode: &str| details.options.iter().any(|(title, _)| title.contains(&format!(":{shortcode}:")));
    Some(Poll {
        id: view.post.id,
        expires_at: details.ends_at.map(Timestamp::rfc3339),
        expired,
        multiple: details.multiple,
        votes_count: details.votes(),
        voters_count: details.voters,
        options: details.told(expired).into_iter().map(option).collect(),
        emojis: emojis.iter().filter(|emoji| names(&emoji.shortcode)).cloned().collect(),
        // Whoever asks sees the result from the beginning.
        voted: reader.map(|reader| reader == view.post.author_id || !view.chosen.is_empty()),
        own_votes: reader.map(|_| view.chosen.clone()),
    })
}
