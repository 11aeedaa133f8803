//! ScheduledStatus.

use serde::Serialize;

use super::MediaAttachment;
use crate::domain::{PostId, ScheduledId};

/// A post that waits for its time.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct ScheduledStatus {
    pub id: ScheduledId,
    pub scheduled_at: String,
    pub params: ScheduledParams,
    pub media_attachments: Vec<MediaAttachment>,
    pub guildhall: ScheduledExtension,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct ScheduledParams {
    pub text: String,
    pub poll: Option<ScheduledPoll>,
    pub media_ids: Option<Vec<String>>,
    pub sensitive: bool,
    pub spoiler_text: Option<String>,
    pub visibility: &'static str,
    pub language: Option<String>,
    /// It is scheduled once.
    pub scheduled_at: Option<()>,
    pub idempotency: Option<String>,
    pub with_rate_limit: bool,
    pub in_reply_to_id: Option<PostId>,
    pub application_id: Option<()>,
    pub quoted_status_id: Option<PostId>,
    pub quote_approval_policy: Option<&'static str>,
}

/// The poll that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct ScheduledPoll {
    pub options: Vec<String>,
    pub expires_in: u64,
    pub multiple: bool,
    pub hide_totals: bool,
}

/// What Mastodon does not know of a post that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScheduledExtension {
    /// Who may read it, in the words in which it is written.
    pub audience: String,
    /// Why it was not published when its time had come.
    pub failed: Option<String>,
    /// The code of that.
    pub failed_code: Option<String>,
}
