//! By whom somebody is told at once, whose notifications wait, and whose are dropped.

use std::time::Duration;

use diesel::{dsl, prelude::*};

use super::NotificationKind;
use crate::{
    db::{
        Conn, Timestamp, Tx,
        schema::{actors, follows, limited_actors, mentions, notification_permissions, notification_policies, posts},
    },
    domain::{ActorId, Audience, PostId, accounts, actors::ActorKind},
    error::Result,
    on_conn,
};

const DAY: u64 = 24 * 3600;
/// How long an account is new.
const NEW_ACCOUNT: Duration = Duration::from_secs(30 * DAY);
/// How long somebody must have followed to count as a follower: whoever wants in could follow at once.
const NEW_FOLLOWER: Duration = Duration::from_secs(3 * DAY);

crate::text_enum! {
    /// What becomes of a notification, named as in the Mastodon API; the later one is the stronger one.
    PolicyAction {
        /// It is told.
        Accept = "accept",
        /// It waits until its sender is let in.
        Filter = "filter",
        /// It is not told.
        Drop = "drop",
    }
}

/// What becomes of notifications by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = notification_policies)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Policy {
    pub for_not_following: PolicyAction,
    pub for_not_followers: PolicyAction,
    pub for_new_accounts: PolicyAction,
    pub for_private_mentions: PolicyAction,
    /// By whom a moderator limits, or whose server is.
    pub for_limited_accounts: PolicyAction,
}

impl Policy {
    /// Where nobody says anything: as in Mastodon what strangers write to a person alone waits. A brand is there to be
    /// asked.
    fn usual(kind: ActorKind) -> Self {
        let private = if kind == ActorKind::Person { PolicyAction::Filter } else { PolicyAction::Accept };
        Self {
            for_not_following: PolicyAction::Accept,
            for_not_followers: PolicyAction::Accept,
            for_new_accounts: PolicyAction::Accept,
            for_private_mentions: private,
            for_limited_accounts: PolicyAction::Filter,
        }
    }
}

/// How somebody wants their policy; what is left out stays as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct PolicyChange {
    pub for_not_following: Option<PolicyAction>,
    pub for_not_followers: Option<PolicyAction>,
    pub for_new_accounts: Option<PolicyAction>,
    pub for_private_mentions: Option<PolicyAction>,
    pub for_limited_accounts: Option<PolicyAction>,
}

/// The policy of `owner`.
pub fn find_policy(conn: &mut Conn, owner: ActorId) -> Result<Policy> {
    Ok(policy_and_limit(conn, owner, owner)?.0)
}

/// The policy of `owner`, and whether `from` is limited. One query.
fn policy_and_limit(conn: &mut Conn, owner: ActorId, from: ActorId) -> Result<(Policy, bool)> {
    let (kind, own, limited): (ActorKind, Option<Policy>, bool) = actors::table
        .find(owner)
        .left_join(notification_policies::table.on(notification_policies::owner_id.eq(actors::id)))
        .select((actors::kind, Option::<Policy>::as_select(), dsl::exists(limited_actors::table.find(from))))
        .first(conn)?;
    Ok((own.unwrap_or_else(|| Policy::usual(kind)), limited))
}

/// Changes the policy of `owner`. What waits goes on waiting.
pub fn change_policy(tx: &mut Tx<'_>, owner: ActorId, change: &PolicyChange) -> Result<()> {
    let old = find_policy(tx.conn(), owner)?;
    let values = (
        notification_policies::for_not_following.eq(change.for_not_following.unwrap_or(old.for_not_following)),
        notification_policies::for_not_followers.eq(change.for_not_followers.unwrap_or(old.for_not_followers)),
        notification_policies::for_new_accounts.eq(change.for_new_accounts.unwrap_or(old.for_new_accounts)),
        notification_policies::for_private_mentions.eq(change.for_private_mentions.unwrap_or(old.for_private_mentions)),
        notification_policies::for_limited_accounts.eq(change.for_limited_accounts.unwrap_or(old.for_limited_accounts)),
    );
    on_conn!(tx.conn(), |c| diesel::insert_into(notification_policies::table)
        .values((notification_policies::owner_id.eq(owner), values))
        .on_conflict(notification_policies::owner_id)
        .do_update()
        .set(values)
        .execute(c))?;
    Ok(())
}

/// Forgets the policy of somebody who goes.
pub(super) fn forget(tx: &mut Tx<'_>, owner: ActorId) -> Result<()> {
    diesel::delete(notification_policies::table.find(owner)).execute(tx.conn())?;
    Ok(())
}

/// What becomes of it when `from` does something of which `owner` could be told: the strongest of what the policy says
/// of such a sender.
pub(super) fn verdict(
    tx: &mut Tx<'_>,
    owner: ActorId,
    kind: NotificationKind,
    from: ActorId,
    post: Option<PostId>,
) -> Result<PolicyAction> {
    if !kind.is_filterable() {
        return Ok(PolicyAction::Accept);
    }
    let (policy, limited) = policy_and_limit(tx.conn(), owner, from)?;
    // Only what the policy asks about is looked up.
    let private = match post.filter(|_| kind == NotificationKind::Mention) {
        Some(post) if policy.for_private_mentions > PolicyAction::Accept => is_unasked(tx.conn(), owner, from, post)?,
        _ => false,
    };
    let asks = private || policy.for_not_following > PolicyAction::Accept;
    let mut strongest = PolicyAction::Accept;
    if asks && follows_since(tx.conn(), owner, from)?.is_none() {
        strongest = policy.for_not_following.max(if private { policy.for_private_mentions } else { strongest });
    }
    if policy.for_not_followers > strongest {
        let settled = tx.now().minus(NEW_FOLLOWER);
        if follows_since(tx.conn(), from, owner)?.is_none_or(|since| since > settled) {
            strongest = policy.for_not_followers;
        }
    }
    if policy.for_new_accounts > strongest {
        let made: Timestamp = actors::table.find(from).select(actors::published_at).first(tx.conn())?;
        if made > tx.now().minus(NEW_ACCOUNT) {
            strongest = policy.for_new_accounts;
        }
    }
    if limited && policy.for_limited_accounts > strongest && follows_since(tx.conn(), owner, from)?.is_none() {
        strongest = policy.for_limited_accounts;
    }
    let let_in = strongest > PolicyAction::Accept && is_let_in(tx.conn(), owner, from)?;
    Ok(if let_in { PolicyAction::Accept } else { strongest })
}

/// Whether `owner` let this sender in.
pub(super) fn is_let_in(conn: &mut Conn, owner: ActorId, from: ActorId) -> Result<bool> {
    Ok(diesel::select(dsl::exists(notification_permissions::table.find((owner, from)))).get_result(conn)?)
}

/// Since when one follows the other.
pub(super) fn follows_since(conn: &mut Conn, follower: ActorId, target: ActorId) -> Result<Option<Timestamp>> {
    Ok(follows::table
        .filter(follows::follower_id.eq(follower))
        .filter(follows::target_id.eq(target))
        .filter(follows::state.eq("accepted"))
        .select(follows::created_at)
        .first(conn)
        .optional()?)
}

/// Whether this is a direct post in a thread in which `owner` wrote nothing to its author. Colleagues need not be asked.
fn is_unasked(conn: &mut Conn, owner: ActorId, from: ActorId, post: PostId) -> Result<bool> {
    let (audience, thread): (Audience, PostId) =
        posts::table.find(post).select((posts::audience, posts::thread_id)).first(conn)?;
    if audience != Audience::Direct {
        return Ok(false);
    }
    let asked = posts::table
        .inner_join(mentions::table)
        .filter(posts::thread_id.eq(thread))
        .filter(posts::author_id.eq(owner))
        .filter(posts::audience.eq(Audience::Direct))
        .filter(mentions::actor_id.eq(from));
    if diesel::select(dsl::exists(asked)).get_result(conn)? {
        return Ok(false);
    }
    let both = [owner, from];
    Ok(accounts::employees_among(conn, &both)?.len() < both.len())
}
