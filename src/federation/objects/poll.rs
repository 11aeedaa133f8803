//! What a Question says beside its text.

use serde_json::{Value, json};

use crate::{db::Timestamp, domain::posts::Details};

/// The members that a poll adds to the post that asks, named as Mastodon names them.
pub(super) fn members(details: &Details) -> Vec<(&'static str, Value)> {
    if !details.is_poll() {
        return Vec::new();
    }
    let choice = |(name, votes): (&str, Option<u64>)| {
        let mut replies = json!({ "type": "Collection" });
        if let (Some(votes), Some(members)) = (votes, replies.as_object_mut()) {
            members.insert("totalItems".to_owned(), json!(votes));
        }
        json!({ "type": "Note", "name": name, "replies": replies })
    };
    let choices = details.told(details.closed).into_iter().map(choice).collect();
    let mut members = vec![(if details.multiple { "anyOf" } else { "oneOf" }, Value::Array(choices))];
    let end = details.ends_at.map(Timestamp::rfc3339);
    members.extend(end.iter().map(|end| ("endTime", json!(end))));
    members.extend(end.iter().filter(|_| details.closed).map(|end| ("closed", json!(end))));
    members.extend(details.voters.map(|voters| ("votersCount", json!(voters))));
    members
}
