//! `/api/v1/polls/…`: how a poll stands, and voting. The id of a poll is that of the post that asks.

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use serde::Deserialize;

use super::{
    entities::Poll,
    look::{Look, look},
};
use crate::{
    app::App,
    domain::{
        PostId,
        posts::{self, EntryRef},
    },
    error::{Error, Result},
    http::extract::{Form, Id, Json, MaybeSession, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/v1/polls/{id}", get(show)).at("/api/v1/polls/{id}/votes", post(vote))
}

/// What is chosen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Choices {
    choices: Vec<String>,
}

/// `GET /api/v1/polls/:id`: what we know. Somebody who looks has the server of a poll elsewhere asked for its votes.
async fn show(State(app): State<App>, Id(id): Id<PostId>, me: MaybeSession) -> Result<Json<Poll>> {
    me.need("read:statuses")?;
    let reader = me.actor();
    let (poll, is_old) = look(&app, reader, move |look| {
        let found = poll(look, id)?;
        let asked = posts::get(look.conn, id)?;
        Ok((found, reader.is_some() && posts::may_have_more_votes(look.conn, &asked, look.now)?))
    })
    .await?;
    if is_old {
        app.db.write(move |tx| posts::ask_for_votes(tx, id)).await?;
    }
    Ok(Json(poll))
}

/// `POST /api/v1/polls/:id/votes`
async fn vote(
    State(app): State<App>,
    Id(id): Id<PostId>,
    me: Session,
    Form(wanted): Form<Choices>,
) -> Result<Json<Poll>> {
    me.need("write:statuses")?;
    if wanted.choices.is_empty() {
        return Err(Error::malformed("parameter.missing", "param is missing or the value is empty: choices"));
    }
    // What is no number is no choice, and is refused as such where the others are known.
    let choices: Vec<usize> = wanted.choices.iter().map(|choice| choice.trim().parse().unwrap_or(usize::MAX)).collect();
    let by = me.by();
    app.db.write(move |tx| posts::vote(tx, &by, id, &choices)).await?;
    look(&app, Some(me.actor.id), move |look| poll(look, id)).await.map(Json)
}

/// The poll of a post that the reader may see.
fn poll(look: &mut Look<'_>, id: PostId) -> Result<Poll> {
    let poll = look.status(EntryRef::post(id))?.poll;
    poll.ok_or_else(|| Error::not_found("poll.not_found", "There is no such poll."))
}
