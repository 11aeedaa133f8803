//! Posts that wait as ScheduledStatus.

use super::{attachment::upload, status::visibility};
use crate::{
    domain::{
        Site,
        media::Media,
        posts::{NewPoll, QuotePolicy},
        scheduled::Scheduled,
    },
    http::mastodon::entities::{ScheduledExtension, ScheduledParams, ScheduledPoll, ScheduledStatus},
};

fn quoters(policy: &QuotePolicy) -> &'static str {
    policy.automatic.first().map_or("nobody", |quoters| quoters.as_str())
}

/// A post that waits, as its author sees it; its uploads are among `held`.
pub(in crate::http::mastodon) fn scheduled(site: &Site, waiting: &Scheduled, held: &[Media]) -> ScheduledStatus {
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
            media_ids: (!wish.media.is_empty()).then(|| wish.media.iter().map(ToString::to_string).collect()),
            sensitive: wish.sensitive,
            spoiler_text: Some(wish.summary.clone()).filter(|summary| !summary.is_empty()),
            visibility: visibility(wish.audience),
            language: wish.language.clone(),
            scheduled_at: None,
            idempotency: waiting.idempotency_key.clone(),
            with_rate_limit: false,
            in_reply_to_id: wish.reply_to,
            application_id: None,
            quoted_status_id: wish.quote,
            quote_approval_policy: wish.quoting.as_ref().map(quoters),
        },
        media_attachments: wish
            .media
            .iter()
            .filter_map(|id| held.iter().find(|one| one.id == *id))
            .map(|one| upload(site, one))
            .collect(),
        guildhall: ScheduledExtension {
            audience: wish.readers(),
            failed: waiting.failed.clone(),
            failed_code: waiting.failed_code.clone(),
        },
    }
}
