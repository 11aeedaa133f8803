//! Taking a post or a boost back.

use axum::extract::State;

use super::waiting;
use crate::{
    app::App,
    domain::posts,
    error::{Kind, Result},
    http::{
        extract::{Id, Json, Session},
        mastodon::{entities::Status, look::look},
    },
    text,
};

/// `DELETE /api/v1/statuses/:id`: answers what was there, with the text as typed, so that it can be written anew.
pub(super) async fn delete(State(app): State<App>, Id(id): Id<i64>, me: Session) -> Result<Json<Status>> {
    me.need("write:statuses")?;
    if me.drafts_only() {
        return waiting::discard(&app, &me, id).await;
    }
    let found = look(&app, Some(me.actor.id), move |look| {
        let target = look.own(id)?;
        let entry = target.entry();
        let mut status = look.status(entry)?;
        if entry.boost.is_none() {
            status.text = Some(target.post.source.unwrap_or_else(|| text::plain(&target.post.content)));
        }
        Ok((entry, status))
    });
    let (entry, status) = match found.await {
        Err(error) if error.kind() == Kind::NotFound => return waiting::discard(&app, &me, id).await,
        found => found?,
    };
    let by = me.by();
    app.db
        .write(move |tx| match entry.boost {
            Some(_) => posts::unboost(tx, &by, entry.post).map(|_| ()),
            None => posts::delete(tx, &by, entry.post),
        })
        .await?;
    Ok(Json(status))
}
