//! Servers that somebody does not want to hear.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    app::App,
    domain::follows,
    error::{Error, Result},
    http::{
        extract::{Form, Json, Paging, Session},
        mastodon::look::{Answer, Listed},
    },
};

/// A server.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    domain: Option<String>,
}

impl Which {
    fn domain(self) -> Result<String> {
        self.domain.ok_or_else(|| Error::invalid("domain.missing", "Validation failed: Domain can't be blank"))
    }
}

/// `GET /api/v1/domain_blocks`
pub(super) async fn list(State(app): State<App>, me: Session, paging: Paging) -> Result<Answer<String>> {
    me.need("read:blocks")?;
    let (owner, page) = (me.actor.id, paging.page(100));
    let rows = app.db.read(move |conn| follows::shunned(conn, owner, &page)).await?;
    let (first, last) = (rows.first().map(|(id, _)| *id), rows.last().map(|(id, _)| *id));
    Ok(Listed { rows: rows.into_iter().map(|(_, host)| host).collect(), first, last }.answer(&app, &paging))
}

/// `POST /api/v1/domain_blocks`
pub(super) async fn block(State(app): State<App>, me: Session, Form(which): Form<Which>) -> Result<Json<Value>> {
    me.need("write:blocks")?;
    let (owner, site, domain) = (me.actor.id, app.site.clone(), which.domain()?);
    app.db.write(move |tx| follows::shun(tx, &site, owner, &domain)).await?;
    Ok(Json(json!({})))
}

/// `DELETE /api/v1/domain_blocks`
pub(super) async fn unblock(State(app): State<App>, me: Session, Form(which): Form<Which>) -> Result<Json<Value>> {
    me.need("write:blocks")?;
    let (owner, domain) = (me.actor.id, which.domain()?);
    app.db.write(move |tx| follows::unshun(tx, owner, &domain)).await?;
    Ok(Json(json!({})))
}

/// `GET /api/v1/domain_blocks/preview`: how many ties would end.
pub(super) async fn preview(State(app): State<App>, me: Session, Form(which): Form<Which>) -> Result<Json<Value>> {
    me.need("read:blocks")?;
    let (owner, domain) = (me.actor.id, which.domain()?);
    let (following, followers) = app.db.read(move |conn| follows::ties_with(conn, owner, &domain)).await?;
    Ok(Json(json!({ "following_count": following, "followers_count": followers })))
}
