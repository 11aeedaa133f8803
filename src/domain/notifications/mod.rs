//! What each person here is told.

mod drafts;
mod groups;
mod moderators;
mod policy;
mod push;
mod queries;
mod quiet;
mod requests;
mod roles;
mod services;

use diesel::prelude::*;

pub use drafts::{DraftNews, see_draft, tell_of_draft, unseen_change, unseen_drafts};
pub use groups::{Group, Grouping, find_group, group_members, list_groups};
use groups::{Named, key_for};
pub use moderators::{tell_of_report, tell_of_sign_up};
pub use policy::{Policy, PolicyAction, PolicyChange, change_policy, find_policy};
pub use push::{
    Due, NewSubscription, PushPolicy, Subscription, Wants, change_subscription, due, forget_subscription,
    get_subscription, prune_subscriptions, purpose, subscribe, unsubscribe,
};
pub use queries::{Which, count_unread, find, list};
pub use quiet::{QUIET, forget_quiet_of, quiet, quiet_among, unquiet};
pub use requests::{
    Request, Summary, accept_requests, dismiss_requests, find_request, is_merged, list_requests, merge, summary,
    waits_among,
};
pub use roles::{Roles, appoint, give_house_role, give_role, giver_of, set_role, tell_of_role};
pub use services::{
    PushService, find_service, forget_service, pause_service, prune_services, service_answered, try_service,
};

use super::{AccountId, ActorId, DraftId, NotificationId, PostId, ReportId};
use crate::{
    db::{
        Among, Signal, Timestamp, Tx, first_id_at,
        schema::{actors, blocks, mutes, notifications, shunned_hosts},
    },
    error::{Error, Result},
    on_conn,
};

/// How the name of a notification begins in the Mastodon API that is shown alone.
const OWN: &str = "ungrouped-";

crate::text_enum! {
    /// Why somebody is told, named as in the Mastodon API.
    NotificationKind {
        /// Mentioned or answered.
        Mention = "mention",
        /// Somebody follows now.
        Follow = "follow",
        /// Somebody asks to follow.
        FollowRequest = "follow_request",
        /// A post was liked.
        Favourite = "favourite",
        /// A post was boosted.
        Reblog = "reblog",
        /// Somebody whose every post one wants to hear of has posted.
        Status = "status",
        /// A post that one boosted was edited.
        Update = "update",
        /// A poll that one asked, or voted in, is over.
        Poll = "poll",
        /// A post was quoted.
        Quote = "quote",
        /// A post that one quotes was edited.
        QuotedUpdate = "quoted_update",
        /// An internal post of one's own is to be looked at again. No kind of Mastodon's.
        Review = "guildhall.review",
        /// Somebody asks whether a copy of an internal post may be published, or answered that. No kind of Mastodon's.
        Consent = "guildhall.consent",
        /// Somebody did something with a draft of one's own. No kind of Mastodon's, and told to apps that ask for it alone:
        /// it has no post.
        Draft = "guildhall.draft",
        /// One has another role with a brand or with the house, or none any more. No kind of Mastodon's, and told as
        /// [`Self::Draft`].
        Role = "guildhall.role",
        /// Somebody was reported; for moderators.
        AdminReport = "admin.report",
        /// Somebody has an account now; for moderators.
        AdminSignUp = "admin.sign_up",
    }
}

impl NotificationKind {
    /// The kinds of which several are shown as one.
    pub const GROUPED: [Self; 4] = [Self::Favourite, Self::Reblog, Self::Follow, Self::AdminSignUp];

    /// The kinds that have no post and that apps do not know: told to those that name them, and to the workroom.
    pub const FOR_THE_WORKROOM: [Self; 2] = [Self::Draft, Self::Role];

    /// The kinds that moderators alone are told, as long as they moderate.
    pub const FOR_MODERATORS: [Self; 2] = [Self::AdminReport, Self::AdminSignUp];

    /// Whether a policy may keep it back: not what one asked for.
    pub const fn is_filterable(self) -> bool {
        matches!(
            self,
            Self::Mention | Self::Follow | Self::FollowRequest | Self::Favourite | Self::Reblog | Self::Quote
        )
    }
}

/// One thing that somebody is told.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = notifications)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Notification {
    pub id: NotificationId,
    pub owner_id: ActorId,
    pub kind: NotificationKind,
    pub from_id: ActorId,
    pub post_id: Option<PostId>,
    pub created_at: Timestamp,
    pub read_at: Option<Timestamp>,
    /// It waits until its owner lets its sender in.
    pub filtered: bool,
    /// Those of one owner with the same key are shown as one.
    pub group_key: Option<String>,
    pub report_id: Option<ReportId>,
    /// The draft with which something was done.
    pub draft_id: Option<DraftId>,
    /// What was done with it.
    pub draft_news: Option<DraftNews>,
    /// Who gave or took the role; nobody, where the command line did.
    pub given_by: Option<AccountId>,
}

/// What somebody is told about: at most one of these, or who gave a role.
#[derive(Debug, Clone, Copy, Default)]
struct About {
    post: Option<PostId>,
    report: Option<ReportId>,
    draft: Option<(DraftId, DraftNews)>,
    given_by: Option<AccountId>,
}

impl About {
    /// A post, where there is one.
    fn post(post: Option<PostId>) -> Self {
        Self { post, ..Self::default() }
    }
}

impl Notification {
    /// The name of its group in the Mastodon API, of which it may be the only one.
    pub fn shown_key(&self) -> String {
        self.group_key.clone().unwrap_or_else(|| self.own_key())
    }

    /// Its name in the Mastodon API where it is shown alone.
    fn own_key(&self) -> String {
        format!("{OWN}{}", self.id)
    }
}

/// Tells `owner` once that `from` did something. Says nothing to strangers, to oneself (but for the end of one's own
/// poll, the date of one's own internal post and one's role with the house), to those who block or mute `from` or shun
/// the server of `from`, nothing of threads that somebody keeps quiet, and nothing to those whose policy drops it; what a
/// policy filters waits.
pub fn tell(
    tx: &mut Tx<'_>,
    owner: ActorId,
    kind: NotificationKind,
    from: ActorId,
    post: Option<PostId>,
) -> Result<()> {
    tell_about(tx, owner, kind, from, About::post(post))?;
    Ok(())
}

/// Tells `owner` that `from` wrote to them, as [`tell`] does. Answers what they make of it: what they do not want to hear
/// is dropped, whatever their policy says of others.
pub fn tell_of_mention(tx: &mut Tx<'_>, owner: ActorId, from: ActorId, post: PostId) -> Result<PolicyAction> {
    tell_about(tx, owner, NotificationKind::Mention, from, About::post(Some(post)))
}

/// The same, about anything.
fn tell_about(
    tx: &mut Tx<'_>,
    owner: ActorId,
    kind: NotificationKind,
    from: ActorId,
    about: About,
) -> Result<PolicyAction> {
    let About { post, report, draft, given_by } = about;
    if owner == from && !matches!(kind, NotificationKind::Poll | NotificationKind::Review | NotificationKind::Role) {
        return Ok(PolicyAction::Accept);
    }
    if !wants_to_hear(tx, owner, kind, from, post)? {
        return Ok(PolicyAction::Drop);
    }
    let filtered = match policy::verdict(tx, owner, kind, from, post)? {
        PolicyAction::Accept => false,
        PolicyAction::Filter => {
            // Their sender may be let in at this moment.
            requests::lock(tx, owner, &[from])?;
            !policy::is_let_in(tx.conn(), owner, from)?
        }
        PolicyAction::Drop => return Ok(PolicyAction::Drop),
    };
    let action = if filtered { PolicyAction::Filter } else { PolicyAction::Accept };
    let group_key = if filtered { None } else { key_for(tx, owner, kind, post)? };
    let (id, now) = (NotificationId(tx.new_id()), tx.now());
    let inserted = on_conn!(tx.conn(), |c| diesel::insert_into(notifications::table)
        .values((
            notifications::id.eq(id),
            notifications::owner_id.eq(owner),
            notifications::kind.eq(kind),
            notifications::from_id.eq(from),
            notifications::post_id.eq(post),
            notifications::report_id.eq(report),
            notifications::draft_id.eq(draft.map(|(id, _)| id)),
            notifications::draft_news.eq(draft.map(|(_, news)| news)),
            notifications::given_by.eq(given_by),
            notifications::created_at.eq(now),
            notifications::filtered.eq(filtered),
            notifications::group_key.eq(&group_key),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    if inserted == 0 {
        return Ok(action);
    }
    if !filtered {
        tx.signal(Signal { topic: "notification", kind: "new", id: id.0 });
        push::wake(tx, owner, kind, id)?;
    } else if kind == NotificationKind::Mention {
        requests::note(tx, owner, from)?;
    }
    Ok(action)
}

/// Whether `owner` is one of ours, and unless it is their duty to hear it, has not silenced `from`, and does not keep the
/// thread of the post quiet.
fn wants_to_hear(
    tx: &mut Tx<'_>,
    owner: ActorId,
    kind: NotificationKind,
    from: ActorId,
    post: Option<PostId>,
) -> Result<bool> {
    let now = tx.now();
    let local = actors::table.find(owner).filter(actors::host.eq("")).filter(actors::deleted_at.is_null());
    if NotificationKind::FOR_THE_WORKROOM.contains(&kind) || NotificationKind::FOR_MODERATORS.contains(&kind) {
        return Ok(diesel::select(diesel::dsl::exists(local)).get_result(tx.conn())?);
    }
    let blocked = blocks::table.filter(blocks::actor_id.eq(owner)).filter(blocks::target_id.eq(from));
    let muted = mutes::table
        .filter(mutes::actor_id.eq(owner))
        .filter(mutes::target_id.eq(from))
        .filter(mutes::notifications.eq(true))
        .filter(mutes::expires_at.is_null().or(mutes::expires_at.gt(now)));
    let shunned = actors::table
        .inner_join(shunned_hosts::table.on(shunned_hosts::host.eq(actors::host)))
        .filter(actors::id.eq(from))
        .filter(shunned_hosts::actor_id.eq(owner));
    let hears = diesel::dsl::exists(local)
        .and(diesel::dsl::not(diesel::dsl::exists(blocked)))
        .and(diesel::dsl::not(diesel::dsl::exists(muted)))
        .and(diesel::dsl::not(diesel::dsl::exists(shunned)));
    if !diesel::select(hears).get_result(tx.conn())? {
        return Ok(false);
    }
    match post {
        Some(post) => Ok(!quiet::is_quiet(tx.conn(), owner, post)?),
        None => Ok(true),
    }
}

/// Takes back what was told, when its reason is gone.
pub fn forget(
    tx: &mut Tx<'_>,
    owner: ActorId,
    kind: NotificationKind,
    from: ActorId,
    post: Option<PostId>,
) -> Result<()> {
    let told = notifications::table
        .filter(notifications::owner_id.eq(owner))
        .filter(notifications::kind.eq(kind))
        .filter(notifications::from_id.eq(from));
    match post {
        Some(post) => diesel::delete(told.filter(notifications::post_id.eq(post))).execute(tx.conn())?,
        None => diesel::delete(told.filter(notifications::post_id.is_null())).execute(tx.conn())?,
    };
    Ok(())
}

/// Takes back everything that `owner` was told of `from`, and lets them in no more.
pub fn forget_all_from(tx: &mut Tx<'_>, owner: ActorId, from: ActorId) -> Result<()> {
    let theirs = notifications::table.filter(notifications::owner_id.eq(owner)).filter(notifications::from_id.eq(from));
    diesel::delete(theirs).execute(tx.conn())?;
    requests::forget_sender(tx, owner, from)
}

/// Takes away everything that was told to somebody who goes, and by whom they wanted to be told.
pub fn forget_all_of(tx: &mut Tx<'_>, owner: ActorId) -> Result<()> {
    diesel::delete(notifications::table.filter(notifications::owner_id.eq(owner))).execute(tx.conn())?;
    policy::forget(tx, owner)?;
    push::forget_all_of(tx, owner)?;
    requests::forget_all_of(tx, owner)
}

/// Forgets one notification, or not found where `owner` has none of this id.
pub fn dismiss(tx: &mut Tx<'_>, owner: ActorId, id: NotificationId) -> Result<()> {
    let mine = notifications::table.filter(notifications::owner_id.eq(owner));
    if diesel::delete(mine.filter(notifications::id.eq(id))).execute(tx.conn())? == 0 {
        return Err(Error::not_found("notification.not_found", "There is no such notification of yours."));
    }
    Ok(())
}

/// Forgets all of them.
pub fn clear(tx: &mut Tx<'_>, owner: ActorId) -> Result<()> {
    diesel::delete(notifications::table.filter(notifications::owner_id.eq(owner))).execute(tx.conn())?;
    Ok(())
}

/// Forgets a group of notifications.
pub fn dismiss_group(tx: &mut Tx<'_>, owner: ActorId, key: &str) -> Result<()> {
    let mine = notifications::table.filter(notifications::owner_id.eq(owner));
    match Named::read(key) {
        Named::Nothing => 0,
        Named::One(id) => diesel::delete(mine.filter(notifications::id.eq(id))).execute(tx.conn())?,
        Named::Group(key) => diesel::delete(mine.filter(notifications::group_key.eq(key))).execute(tx.conn())?,
    };
    Ok(())
}

/// Takes up to `limit` of what somebody was told before a moment back, and what is beyond the latest `keep`; and the same
/// of what waits, which is counted apart: however much of it there is, it takes nothing from what was told. Answers how
/// many.
pub fn prune(tx: &mut Tx<'_>, owner: ActorId, before: Timestamp, keep: i64, limit: i64) -> Result<usize> {
    let mut gone = 0;
    for waits in [false, true] {
        gone += prune_of(tx, owner, waits, before, keep, limit)?;
    }
    if gone == 0 {
        requests::forget_empty(tx, owner)?;
    }
    Ok(gone)
}

fn prune_of(tx: &mut Tx<'_>, owner: ActorId, waits: bool, before: Timestamp, keep: i64, limit: i64) -> Result<usize> {
    let mine = notifications::table.filter(notifications::owner_id.eq(owner)).filter(notifications::filtered.eq(waits));
    let overflow: Option<NotificationId> =
        mine.order(notifications::id.desc()).offset(keep).select(notifications::id).first(tx.conn()).optional()?;
    let below = overflow.map_or(first_id_at(before), |id| first_id_at(before).max(id.0.saturating_add(1)));
    let old: Vec<NotificationId> = mine
        .filter(notifications::id.lt(NotificationId(below)))
        .order(notifications::id)
        .limit(limit)
        .select(notifications::id)
        .load(tx.conn())?;
    Ok(diesel::delete(notifications::table.filter(notifications::id.among(old))).execute(tx.conn())?)
}
