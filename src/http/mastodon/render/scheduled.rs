//! Posts that wait as ScheduledStatus.

use super::status::visibility;
use crate::{
    domain::{Audience, posts::NewPoll, scheduled::Scheduled},
    http::mastodon::entities::{ScheduledExtension, ScheduledParams, ScheduledPoll, ScheduledStatus},
};

/// A post that waits, as its author sees it.
pub(in crate::http::mastodon) fn scheduled(waiting: &Scheduled) -> ScheduledStatus {
    let wish = &waiting.wish.0;
    let poll = |poll: &NewPoll| ScheduledPoll {
        options: poll.choices.clone(),
        expires_in: poll.seconds,
        multiple: poll.multiple,
        hide_totals: poll.hide_totals,
    };
    ScheduledStatus {
        id: waiting.id,
        scheduled_at: waiting.publish_at.rfc3339(),
        params: ScheduledParams {
            text: wish.text.clone(),
            poll: wish.poll.as_ref().map(poll),
            media_ids: None,
            sensitive: wish.sensitive,
            spoiler_text: Some(wish.summary.clone()).filter(|summary| !summary.is_empty()),
            visibility: visibility(wish.audience),
            language: wish.language.clone(),
            scheduled_at: None,
            idempotency: waiting.idempotency_key.clone(),
            with_rate_limit: false,
            in_reply_to_id: wish.reply_to,
            application_id: None,
            quoted_status_id: None,
            quote_approval_policy: None,
        },
        media_attachments: Vec::new(),
        guildhall: ScheduledExtension {
            audience: match wish.team {
                Some(team) if wish.audience == Audience::Team => format!("team:{team}"),
                _ => wish.audience.as_str().to_owned(),
            },
            failed: waiting.failed.clone(),
        },
    }
}
