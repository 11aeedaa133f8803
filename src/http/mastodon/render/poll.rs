//! A question as Poll.

use crate::{
    db::Timestamp,
    domain::{ActorId, posts::PostView},
    http::mastodon::entities::{Emoji, Poll, PollOption},
};

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
