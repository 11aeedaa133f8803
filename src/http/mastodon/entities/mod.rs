//! What Mastodon's clients read, exactly as they expect it: every key is there, also when it is null.
//!
//! Pure data. How it comes about is in `render`.

mod account;
mod announcement;
mod application;
mod card;
mod context;
mod conversation;
mod credential_account;
mod edit;
mod filter;
mod instance;
mod instance_v1;
mod limits;
mod list;
mod marker;
mod media;
mod notification;
mod poll;
mod preferences;
mod push;
mod relationship;
mod report;
mod rule;
mod scheduled_status;
mod search;
mod status;
mod tag;

pub use account::{Account, AccountExtension, Emoji, Field, MutedAccount};
pub use announcement::Announcement;
pub use application::{Application, CredentialApplication};
pub use card::{CardAuthor, PreviewCard};
pub use context::Context;
pub use conversation::Conversation;
pub use credential_account::{CredentialAccount, Role, Source};
pub use edit::{StatusEdit, StatusSource};
pub use filter::{Filter, FilterKeyword, FilterResult, FilterStatus, FilterV1};
pub use instance::{Contact, Icon, Instance, Registrations, Thumbnail, Usage, UsageUsers};
pub use instance_v1::{InstanceV1, Stats, UrlsV1};
pub use limits::{
    AccountLimits, ApiVersions, Configuration, Feeds, MediaLimits, PollLimits, StatusLimits, TimelinesAccess,
    Translation, Urls, Vapid,
};
pub use list::List;
pub use marker::Marker;
pub use media::MediaAttachment;
pub use notification::{
    GroupedNotifications, Notification, NotificationExtension, NotificationGroup, NotificationPolicy,
    NotificationPolicyV1, NotificationRequest, NotifiedDraft, NotifiedRole, PartialAccount, PolicySummary,
};
pub use poll::{Poll, PollOption};
pub use preferences::Preferences;
pub use push::{Alerts, WebPushSubscription};
pub use relationship::Relationship;
pub use report::{AdminAccount, AdminReport, AdminReportExtension, Report, ReportedLogin, ReportedPost};
pub use rule::Rule;
pub use scheduled_status::{ScheduledExtension, ScheduledParams, ScheduledPoll, ScheduledStatus};
pub use search::Search;
pub use status::{
    Approval, Colleague, Counterpart, Mention, Quote, QuoteApproval, ReplyTeam, Status, StatusExtension, StatusTag,
};
pub use tag::{FeaturedTag, Tag, TagDay};
