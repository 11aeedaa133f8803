//! Those who wait to follow.

use axum::extract::State;

use crate::{
    app::App,
    domain::{ActorId, follows},
    error::Result,
    http::{
        extract::{Id, Json, Paging, Session},
        mastodon::{
            entities::{Account, Relationship},
            look::{Answer, look},
        },
    },
};

/// `GET /api/v1/follow_requests`
pub(super) async fn list(State(app): State<App>, me: Session, paging: Paging) -> Result<Answer<Account>> {
    me.need("read:follows")?;
    let (owner, page) = (me.actor.id, paging.page(40));
    let listed = look(&app, Some(owner), move |look| {
        let rows = follows::list_requests(look.conn, owner, &page)?;
        let rows: Vec<(i64, ActorId)> = rows.into_iter().map(|follow| (follow.id.0, follow.follower_id)).collect();
        look.people(&rows)
    });
    Ok(listed.await?.answer(&app, &paging))
}

/// `POST /api/v1/follow_requests/:account_id/authorize`
pub(super) async fn authorize(State(app): State<App>, Id(id): Id<ActorId>, me: Session) -> Result<Json<Relationship>> {
    me.need("write:follows")?;
    let owner = me.actor.id;
    app.db.write(move |tx| follows::accept(tx, owner, id)).await?;
    look(&app, Some(owner), move |look| look.relationship(id)).await.map(Json)
}

/// `POST /api/v1/follow_requests/:account_id/reject`
pub(super) async fn reject(State(app): State<App>, Id(id): Id<ActorId>, me: Session) -> Result<Json<Relationship>> {
    me.need("write:follows")?;
    let owner = me.actor.id;
    app.db.write(move |tx| follows::reject(tx, owner, id)).await?;
    look(&app, Some(owner), move |look| look.relationship(id)).await.map(Json)
}
