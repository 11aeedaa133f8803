//! `/api/v2/notifications/policy`, and its first version: by whom one is told at once.

use axum::extract::State;
use serde::Deserialize;

use crate::{
    app::App,
    domain::notifications::{self, Policy, PolicyAction, PolicyChange, Summary},
    error::{Error, Result},
    http::{
        extract::{Form, Json, Session},
        mastodon::{
            entities::{NotificationPolicy, NotificationPolicyV1, PolicySummary},
            look::look,
        },
    },
};

/// A policy as a client wants it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    for_not_following: Option<String>,
    for_not_followers: Option<String>,
    for_new_accounts: Option<String>,
    for_private_mentions: Option<String>,
    for_limited_accounts: Option<String>,
}

impl Wanted {
    fn read(&self) -> Result<PolicyChange> {
        let action = |word: &Option<String>| -> Result<Option<PolicyAction>> {
            let refused = |wrong: String| Error::invalid("notification.policy", wrong);
            word.as_deref().map(|word| word.parse().map_err(refused)).transpose()
        };
        Ok(PolicyChange {
            for_not_following: action(&self.for_not_following)?,
            for_not_followers: action(&self.for_not_followers)?,
            for_new_accounts: action(&self.for_new_accounts)?,
            for_private_mentions: action(&self.for_private_mentions)?,
            for_limited_accounts: action(&self.for_limited_accounts)?,
        })
    }
}

/// The same in its first version, which knows no dropping.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WantedV1 {
    filter_not_following: Option<bool>,
    filter_not_followers: Option<bool>,
    filter_new_accounts: Option<bool>,
    filter_private_mentions: Option<bool>,
}

impl WantedV1 {
    fn read(&self) -> PolicyChange {
        let action = |on: bool| if on { PolicyAction::Filter } else { PolicyAction::Accept };
        PolicyChange {
            for_not_following: self.filter_not_following.map(action),
            for_not_followers: self.filter_not_followers.map(action),
            for_new_accounts: self.filter_new_accounts.map(action),
            for_private_mentions: self.filter_private_mentions.map(action),
            for_limited_accounts: None,
        }
    }
}

async fn read(app: &App, me: &Session) -> Result<(Policy, PolicySummary)> {
    let owner = me.actor.id;
    look(app, Some(owner), move |look| {
        let Summary { requests, notifications } = notifications::summary(look.conn, owner)?;
        let summary = PolicySummary { pending_requests_count: requests, pending_notifications_count: notifications };
        Ok((notifications::find_policy(look.conn, owner)?, summary))
    })
    .await
}

async fn shown(app: &App, me: &Session) -> Result<Json<NotificationPolicy>> {
    let (policy, summary) = read(app, me).await?;
    Ok(Json(NotificationPolicy {
        for_not_following: policy.for_not_following,
        for_not_followers: policy.for_not_followers,
        for_new_accounts: policy.for_new_accounts,
        for_private_mentions: policy.for_private_mentions,
        for_limited_accounts: policy.for_limited_accounts,
        summary,
    }))
}

async fn shown_v1(app: &App, me: &Session) -> Result<Json<NotificationPolicyV1>> {
    let (policy, summary) = read(app, me).await?;
    let filters = |action: PolicyAction| action != PolicyAction::Accept;
    Ok(Json(NotificationPolicyV1 {
        filter_not_following: filters(policy.for_not_following),
        filter_not_followers: filters(policy.for_not_followers),
        filter_new_accounts: filters(policy.for_new_accounts),
        filter_private_mentions: filters(policy.for_private_mentions),
        summary,
    }))
}

/// `GET /api/v2/notifications/policy`
pub(super) async fn show(State(app): State<App>, me: Session) -> Result<Json<NotificationPolicy>> {
    me.need("read:notifications")?;
    shown(&app, &me).await
}

/// `PATCH /api/v2/notifications/policy`
pub(super) async fn change(
    State(app): State<App>,
    me: Session,
    Form(wanted): Form<Wanted>,
) -> Result<Json<NotificationPolicy>> {
    me.need("write:notifications")?;
    let (owner, change) = (me.actor.id, wanted.read()?);
    app.db.write(move |tx| notifications::change_policy(tx, owner, &change)).await?;
    shown(&app, &me).await
}

/// `GET /api/v1/notifications/policy`
pub(super) async fn show_v1(State(app): State<App>, me: Session) -> Result<Json<NotificationPolicyV1>> {
    me.need("read:notifications")?;
    shown_v1(&app, &me).await
}

/// `PATCH /api/v1/notifications/policy`
pub(super) async fn change_v1(
    State(app): State<App>,
    me: Session,
    Form(wanted): Form<WantedV1>,
) -> Result<Json<NotificationPolicyV1>> {
    me.need("write:notifications")?;
    let (owner, change) = (me.actor.id, wanted.read());
    app.db.write(move |tx| notifications::change_policy(tx, owner, &change)).await?;
    shown_v1(&app, &me).await
}
