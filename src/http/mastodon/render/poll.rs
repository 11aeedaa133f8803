//! A question as Poll.

use crate::{
    db::Timestamp,
    domain::posts::Post,
    http::mastodon::entities::{Poll, PollOption},
};

/// The poll of a post that is a question. Nobody here has voted: votes are not cast from here yet.
pub(super) fn poll(post: &Post, now: Timestamp, signed_in: bool) -> Option<Poll> {
    let details = &post.details.0;
    if details.options.is_empty() {
        return None;
    }
    Some(Poll {
        id: post.id,
        expires_at: details.ends_at.map(Timestamp::rfc3339),
        expired: details.ends_at.is_some_and(|end| end <= now),
        multiple: details.multiple,
        votes_count: details.options.iter().filter_map(|(_, votes)| *votes).fold(0, u64::saturating_add),
        voters_count: None,
        options: details
            .options
            .iter()
            .map(|(title, votes)| PollOption { title: title.clone(), votes_count: *votes })
            .collect(),
        emojis: Vec::new(),
        voted: signed_in.then_some(false),
        own_votes: signed_in.then(Vec::new),
    })
}
