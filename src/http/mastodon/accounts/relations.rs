//! Following, blocking and muting people.

use std::time::Duration;

use axum::extract::State;
use serde::Deserialize;

use crate::{
    app::App,
    domain::{
        ActorId,
        follows::{self, Wishes},
    },
    error::Result,
    http::{
        extract::{Form, Id, Json, Session},
        mastodon::{entities::Relationship, look::look},
    },
};

async fn show(app: &App, me: &Session, other: ActorId) -> Result<Json<Relationship>> {
    look(app, Some(me.actor.id), move |look| look.relationship(other)).await.map(Json)
}

/// Whom one asks about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Whom {
    id: Vec<String>,
}

/// `GET /api/v1/accounts/relationships`
pub(super) async fn list(
    State(app): State<App>,
    me: Session,
    Form(whom): Form<Whom>,
) -> Result<Json<Vec<Relationship>>> {
    me.need("read:follows")?;
    let mut ids: Vec<ActorId> = Vec::new();
    for id in whom.id.iter().take(200).filter_map(|id| id.parse().ok()) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    look(&app, Some(me.actor.id), move |look| look.relationships(&ids)).await.map(Json)
}

/// How one wants to follow; what is left out stays as it was.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct How {
    reblogs: Option<bool>,
    notify: Option<bool>,
    /// Codes such as `en`; none of them is all languages.
    languages: Option<Vec<String>>,
}

/// `POST /api/v1/accounts/:id/follow`
pub(super) async fn follow(
    State(app): State<App>,
    Id(id): Id<ActorId>,
    me: Session,
    Form(how): Form<How>,
) -> Result<Json<Relationship>> {
    me.need("write:follows")?;
    let (by, site) = (me.by(), app.site.clone());
    app.db
        .write(move |tx| {
            let before = follows::find_between(tx.conn(), by.actor(), id)?;
            let before = before.as_ref().map_or_else(Wishes::default, Wishes::of);
            let wishes = Wishes {
                show_boosts: how.reblogs.unwrap_or(before.show_boosts),
                notify: how.notify.unwrap_or(before.notify),
                languages: how.languages.clone().or(before.languages),
            };
            follows::request(tx, &site, &by, id, &wishes)
        })
        .await?;
    show(&app, &me, id).await
}

/// `POST /api/v1/accounts/:id/unfollow`
pub(super) async fn unfollow(State(app): State<App>, Id(id): Id<ActorId>, me: Session) -> Result<Json<Relationship>> {
    me.need("write:follows")?;
    let by = me.by();
    app.db.write(move |tx| follows::unfollow(tx, &by, id)).await?;
    show(&app, &me, id).await
}

/// `POST /api/v1/accounts/:id/remove_from_followers`
pub(super) async fn remove_from_followers(
    State(app): State<App>,
    Id(id): Id<ActorId>,
    me: Session,
) -> Result<Json<Relationship>> {
    me.need("write:follows")?;
    let owner = me.actor.id;
    app.db.write(move |tx| follows::remove_follower(tx, owner, id)).await?;
    show(&app, &me, id).await
}

/// `POST /api/v1/accounts/:id/block`
pub(super) async fn block(State(app): State<App>, Id(id): Id<ActorId>, me: Session) -> Result<Json<Relationship>> {
    me.need("write:blocks")?;
    let (by, site) = (me.by(), app.site.clone());
    app.db.write(move |tx| follows::block(tx, &site, &by, id)).await?;
    show(&app, &me, id).await
}

/// `POST /api/v1/accounts/:id/unblock`
pub(super) async fn unblock(State(app): State<App>, Id(id): Id<ActorId>, me: Session) -> Result<Json<Relationship>> {
    me.need("write:blocks")?;
    let by = me.by();
    app.db.write(move |tx| follows::unblock(tx, &by, id)).await?;
    show(&app, &me, id).await
}

/// How one wants to mute.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Silence {
    notifications: Option<bool>,
    /// Seconds; 0 is for good.
    duration: Option<u32>,
}

/// `POST /api/v1/accounts/:id/mute`
pub(super) async fn mute(
    State(app): State<App>,
    Id(id): Id<ActorId>,
    me: Session,
    Form(silence): Form<Silence>,
) -> Result<Json<Relationship>> {
    me.need("write:mutes")?;
    let owner = me.actor.id;
    let notifications = silence.notifications.unwrap_or(true);
    let lasting = silence.duration.filter(|seconds| *seconds > 0).map(|seconds| Duration::from_secs(seconds.into()));
    app.db.write(move |tx| follows::mute(tx, owner, id, notifications, lasting)).await?;
    show(&app, &me, id).await
}

/// `POST /api/v1/accounts/:id/unmute`
pub(super) async fn unmute(State(app): State<App>, Id(id): Id<ActorId>, me: Session) -> Result<Json<Relationship>> {
    me.need("write:mutes")?;
    let owner = me.actor.id;
    app.db.write(move |tx| follows::unmute(tx, owner, id)).await?;
    show(&app, &me, id).await
}
