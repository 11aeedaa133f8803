//! Looking at hashtags and following them.

use axum::extract::{Path, State};

use super::name_of;
use crate::{
    app::App,
    domain::tags,
    error::Result,
    http::{
        extract::{Json, MaybeSession, Paging, Session},
        mastodon::{
            entities::Tag,
            look::{Answer, Listed, look},
        },
    },
};

/// `GET /api/v1/tags/:name`
pub(super) async fn show(State(app): State<App>, Path(name): Path<String>, me: MaybeSession) -> Result<Json<Tag>> {
    let name = name_of(&name)?;
    look(&app, me.actor(), move |look| look.tag(&name)).await.map(Json)
}

/// `POST /api/v1/tags/:name/follow`
pub(super) async fn follow(State(app): State<App>, Path(name): Path<String>, me: Session) -> Result<Json<Tag>> {
    me.need("write:follows")?;
    let (owner, name) = (me.actor.id, name_of(&name)?);
    let followed = name.clone();
    app.db.write(move |tx| tags::follow(tx, owner, &followed)).await?;
    look(&app, Some(owner), move |look| look.tag(&name)).await.map(Json)
}

/// `POST /api/v1/tags/:name/unfollow`
pub(super) async fn unfollow(State(app): State<App>, Path(name): Path<String>, me: Session) -> Result<Json<Tag>> {
    me.need("write:follows")?;
    let (owner, name) = (me.actor.id, name_of(&name)?);
    let followed = name.clone();
    app.db.write(move |tx| tags::unfollow(tx, owner, &followed)).await?;
    look(&app, Some(owner), move |look| look.tag(&name)).await.map(Json)
}

/// `GET /api/v1/followed_tags`
pub(super) async fn list(State(app): State<App>, me: Session, paging: Paging) -> Result<Answer<Tag>> {
    me.need("read:follows")?;
    let (owner, page) = (me.actor.id, paging.page(100));
    let listed = look(&app, Some(owner), move |look| {
        let rows = tags::followed(look.conn, owner, &page)?;
        let (first, last) = (rows.first().map(|(id, _)| *id), rows.last().map(|(id, _)| *id));
        let names: Vec<String> = rows.into_iter().map(|(_, name)| name).collect();
        Ok(Listed { rows: look.tags(&names)?, first, last })
    });
    Ok(listed.await?.answer(&app, &paging))
}
