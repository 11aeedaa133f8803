//! Who got a post, who is waiting, and why.

use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Value, json};

use crate::{
    app::App,
    domain::{PostId, accounts::Role, posts},
    error::{Error, Result},
    federation::delivery,
    http::extract::Session,
};

/// `GET /api/guildhall/v1/posts/{id}/receipts`: for the author and for those who run the server.
pub async fn list(State(app): State<App>, me: Session, Path(id): Path<i64>) -> Result<Json<Value>> {
    me.need("read:statuses")?;
    let (author, runs) = (me.0.actor.id, matches!(me.0.account.role, Role::Owner | Role::Admin));
    let receipts = app
        .db
        .read(move |conn| {
            let post = posts::find(conn, PostId(id))?
                .filter(|post| post.author_id == author || (runs && post.audience.federates()));
            post.ok_or_else(|| Error::not_found("post.not_found", "There is no such post."))?;
            delivery::receipts(conn, PostId(id))
        })
        .await?;
    Ok(Json(json!({ "receipts": receipts })))
}
