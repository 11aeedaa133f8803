//! Where apps are told while they are not open: one place for each token, at a push service of their device's maker.

use std::time::Duration;

use diesel::prelude::*;

use super::{Notification, NotificationKind, moderators::may_be_shown, policy, services::paused_among};
use crate::{
    db::{
        Among, Conn, Key, Timestamp, Tx,
        schema::{notifications, push_subscriptions, tokens},
    },
    domain::{
        ActorId, NotificationId, SubscriptionId, TokenId,
        accounts::{self, Session},
        work::{Job, machine_in},
    },
    error::{Error, Result},
};

/// How many apps of one account are told, whoever it acts as; its oldest goes where another comes.
const APPS: i64 = 50;
/// How many apps are told of what one actor is told, of all who act as it: the latest.
const TOLD: i64 = 500;
/// How many messages wait for one push service.
const WAITING: i64 = 10_000;
/// How long after it happened nobody is told any more.
const FRESH: Duration = Duration::from_secs(2 * 24 * 3600);

crate::text_enum! {
    /// Of whom an app wants to tell, named as in the Mastodon API.
    PushPolicy {
        /// Of everybody.
        All = "all",
        /// Of those whom its owner follows.
        Followed = "followed",
        /// Of those who follow its owner.
        Follower = "follower",
        /// Of nobody.
        Nobody = "none",
    }
}

/// A place at which an app is told.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = push_subscriptions)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Subscription {
    pub id: SubscriptionId,
    pub token_id: TokenId,
    pub owner_id: ActorId,
    pub endpoint: String,
    /// The public key of the app, with which messages are encrypted.
    pub public_key: Vec<u8>,
    /// A secret of the app.
    pub auth: Vec<u8>,
    /// Whether it reads the encoding of the standard, or that of the draft.
    pub standard: bool,
    alerts: String,
    pub policy: PushPolicy,
    /// The token, encrypted: apps know by it for whom a message is.
    pub sealed_token: Vec<u8>,
    pub created_at: Timestamp,
}

impl Subscription {
    /// Whether its app wants to tell of this.
    pub fn wants(&self, kind: NotificationKind) -> bool {
        self.alerts.split(' ').any(|name| name == kind.as_str())
    }
}

/// Of what an app wants to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wants {
    /// Which kinds.
    pub alerts: Vec<NotificationKind>,
    /// Of whom.
    pub policy: PushPolicy,
}

impl Wants {
    fn names(&self) -> String {
        let names: Vec<&str> = self.alerts.iter().map(|kind| kind.as_str()).collect();
        names.join(" ")
    }
}

/// A place that an app names.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as in Subscription")]
pub struct NewSubscription {
    pub endpoint: String,
    pub public_key: Vec<u8>,
    pub auth: Vec<u8>,
    pub standard: bool,
    pub sealed_token: Vec<u8>,
    pub wants: Wants,
}

/// What the secrets of a token's place are encrypted for.
pub fn purpose(token: TokenId) -> String {
    format!("push.token:{token}")
}

/// Tells the app with this token there from now on, instead of where it was told before.
pub fn subscribe(tx: &mut Tx<'_>, me: &Session, new: &NewSubscription) -> Result<Subscription> {
    tx.lock(Key("push", &[me.account.id.0]))?;
    unsubscribe(tx, me.token.id)?;
    let others: Vec<SubscriptionId> = push_subscriptions::table
        .inner_join(tokens::table)
        .filter(tokens::account_id.eq(me.account.id))
        .order(push_subscriptions::id.desc())
        .offset(APPS - 1)
        .limit(APPS)
        .select(push_subscriptions::id)
        .load(tx.conn())?;
    diesel::delete(push_subscriptions::table.filter(push_subscriptions::id.among(others))).execute(tx.conn())?;
    let (id, now) = (SubscriptionId(tx.new_id()), tx.now());
    diesel::insert_into(push_subscriptions::table)
        .values((
            push_subscriptions::id.eq(id),
            push_subscriptions::token_id.eq(me.token.id),
            push_subscriptions::owner_id.eq(me.actor.id),
            push_subscriptions::endpoint.eq(&new.endpoint),
            push_subscriptions::public_key.eq(&new.public_key),
            push_subscriptions::auth.eq(&new.auth),
            push_subscriptions::standard.eq(new.standard),
            push_subscriptions::alerts.eq(new.wants.names()),
            push_subscriptions::policy.eq(new.wants.policy),
            push_subscriptions::sealed_token.eq(&new.sealed_token),
            push_subscriptions::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    get_subscription(tx.conn(), me.token.id)
}

/// Changes of what the app with this token wants to tell.
pub fn change_subscription(tx: &mut Tx<'_>, token: TokenId, wants: &Wants) -> Result<Subscription> {
    diesel::update(push_subscriptions::table.filter(push_subscriptions::token_id.eq(token)))
        .set((push_subscriptions::alerts.eq(wants.names()), push_subscriptions::policy.eq(wants.policy)))
        .execute(tx.conn())?;
    get_subscription(tx.conn(), token)
}

/// Where the app with this token is told.
pub fn get_subscription(conn: &mut Conn, token: TokenId) -> Result<Subscription> {
    push_subscriptions::table
        .filter(push_subscriptions::token_id.eq(token))
        .select(Subscription::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| Error::not_found("push.not_found", "Record not found"))
}

/// Tells the app with this token no more.
pub fn unsubscribe(tx: &mut Tx<'_>, token: TokenId) -> Result<()> {
    diesel::delete(push_subscriptions::table.filter(push_subscriptions::token_id.eq(token))).execute(tx.conn())?;
    Ok(())
}

/// Forgets a place that its push service does not know any more.
pub fn forget_subscription(tx: &mut Tx<'_>, id: SubscriptionId) -> Result<()> {
    diesel::delete(push_subscriptions::table.find(id)).execute(tx.conn())?;
    Ok(())
}

/// Forgets where apps are told of what somebody is told who goes.
pub(super) fn forget_all_of(tx: &mut Tx<'_>, owner: ActorId) -> Result<()> {
    diesel::delete(push_subscriptions::table.filter(push_subscriptions::owner_id.eq(owner))).execute(tx.conn())?;
    Ok(())
}

/// Forgets the places of tokens that ended; answers how many.
pub fn prune_subscriptions(tx: &mut Tx<'_>, limit: i64) -> Result<usize> {
    let ended = push_subscriptions::table
        .inner_join(tokens::table)
        .filter(tokens::revoked_at.is_not_null())
        .select(push_subscriptions::id)
        .limit(limit)
        .load::<SubscriptionId>(tx.conn())?;
    Ok(diesel::delete(push_subscriptions::table.filter(push_subscriptions::id.among(ended))).execute(tx.conn())?)
}

/// Has every app told that wants to tell of this.
pub(super) fn wake(tx: &mut Tx<'_>, owner: ActorId, kind: NotificationKind, told: NotificationId) -> Result<()> {
    let places: Vec<Subscription> = push_subscriptions::table
        .filter(push_subscriptions::owner_id.eq(owner))
        .order(push_subscriptions::id.desc())
        .limit(TOLD)
        .select(Subscription::as_select())
        .load(tx.conn())?;
    let keen = |place: Subscription| {
        let wanted = place.wants(kind) && place.policy != PushPolicy::Nobody;
        machine_in(&place.endpoint).filter(|_| wanted).map(|service| (service, place))
    };
    let places: Vec<(String, Subscription)> = places.into_iter().filter_map(keen).collect();
    let mut services: Vec<String> = places.iter().map(|(service, _)| service.clone()).collect();
    services.sort();
    services.dedup();
    if services.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    let paused = paused_among(tx.conn(), &services, now)?;
    let mut full = Vec::new();
    for service in services {
        if tx.is_full(&service, Job::PUSH, WAITING)? {
            tracing::debug!(service, "Too many messages wait for a push service");
            full.push(service);
        }
    }
    for (service, place) in places.into_iter().filter(|(service, _)| !full.contains(service)) {
        let at = paused.iter().find(|(host, _)| *host == service).map(|(_, until)| *until);
        tx.defer(&Job::Push { subscription: place.id, notification: told, endpoint: place.endpoint, at })?;
    }
    Ok(())
}

/// What an app is to be told, and where.
#[derive(Debug, Clone)]
pub struct Due {
    /// Where.
    pub place: Subscription,
    /// What.
    pub notification: Notification,
}

/// What an app is to be told now; nothing where that ended meanwhile: the notification, the token, the right to act as
/// its owner, or the wish to be told.
pub fn due(
    conn: &mut Conn,
    place: SubscriptionId,
    notification: NotificationId,
    now: Timestamp,
) -> Result<Option<Due>> {
    let place: Option<Subscription> =
        push_subscriptions::table.find(place).select(Subscription::as_select()).first(conn).optional()?;
    let Some(place) = place else { return Ok(None) };
    let told: Option<Notification> = notifications::table
        .find(notification)
        .filter(notifications::owner_id.eq(place.owner_id))
        .filter(notifications::filtered.eq(false))
        .filter(notifications::created_at.gt(now.minus(FRESH)))
        .select(Notification::as_select())
        .first(conn)
        .optional()?;
    let Some(told) = told.filter(|told| place.wants(told.kind)) else { return Ok(None) };
    let (owner, from) = (place.owner_id, told.from_id);
    let welcome = match place.policy {
        PushPolicy::All => true,
        PushPolicy::Followed => policy::follows_since(conn, owner, from)?.is_some(),
        PushPolicy::Follower => policy::follows_since(conn, from, owner)?.is_some(),
        PushPolicy::Nobody => false,
    };
    if !welcome || !may_be_shown(conn, owner, told.kind)? {
        return Ok(None);
    }
    // What a brand is told is not for who only writes drafts for it.
    let holder = accounts::session_of(conn, place.token_id)?.filter(|holder| !holder.drafts_only());
    Ok(holder.map(|_| Due { place, notification: told }))
}
