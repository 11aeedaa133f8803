//! The handlers of uploads.

use std::time::Duration;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::{Words, take_in};
use crate::{
    app::App,
    domain::{
        MediaId,
        media::{self, Media, MediaState, Purpose},
    },
    error::{Error, Result},
    http::{
        extract::{Files, Form, Given, Id, Json, Session},
        mastodon::{entities::MediaAttachment, render::upload as render},
    },
};

/// How often, and how many times, the older call looks whether a film was read.
const LOOK_EVERY: Duration = Duration::from_millis(250);
const LOOKS: usize = 80;

/// What is said about an upload.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    description: Given,
    focus: Given,
}

/// Two numbers with a comma between them.
pub(in crate::http::mastodon) fn focus(text: &str) -> Result<Option<(f32, f32)>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let point = text.split_once(',').and_then(|(x, y)| Some((x.trim().parse().ok()?, y.trim().parse().ok()?)));
    point
        .map(Some)
        .ok_or_else(|| Error::invalid("media.focus", "A focal point is two numbers from -1 to 1, such as 0.5,-0.25."))
}

/// `POST /api/v2/media`: 200 when it can be used, 202 while it is read.
pub(super) async fn upload(
    State(app): State<App>,
    me: Session,
    files: Files,
    Form(said): Form<Said>,
) -> Result<Response> {
    let media = receive(&app, &me, &files, said).await?;
    let status = if media.state == MediaState::Working { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, Json(render(&app.site, &media))).into_response())
}

/// `POST /api/v1/media`: answers when it can be used.
pub(super) async fn upload_and_wait(
    State(app): State<App>,
    me: Session,
    files: Files,
    Form(said): Form<Said>,
) -> Result<Json<MediaAttachment>> {
    let mut media = receive(&app, &me, &files, said).await?;
    for _ in 0..LOOKS {
        if media.state != MediaState::Working {
            break;
        }
        tokio::time::sleep(LOOK_EVERY).await;
        let (actor, id) = (me.reads_as(), media.id);
        media = app.db.read(move |conn| media::get_own(conn, actor, id)).await?;
    }
    if media.state == MediaState::Failed {
        return Err(unreadable());
    }
    Ok(Json(render(&app.site, &media)))
}

async fn receive(app: &App, me: &Session, files: &Files, said: Said) -> Result<Media> {
    me.need("write:media")?;
    let missing = || Error::malformed("parameter.missing", "param is missing or the value is empty: file");
    let file = files.take("file").ok_or_else(missing)?;
    let description = said.description.0.unwrap_or_default();
    let words = Words { description, focus: focus(said.focus.0.as_deref().unwrap_or_default())? };
    take_in(app, (me.actor.id, me.account.id), Purpose::Post, file, words).await
}

fn unreadable() -> Error {
    Error::invalid("media.failed", "Error processing thumbnail for uploaded media")
}

/// `GET /api/v1/media/:id`: 206 while it is read.
pub(super) async fn show(State(app): State<App>, Id(id): Id<MediaId>, me: Session) -> Result<Response> {
    me.need("write:media")?;
    let actor = me.reads_as();
    let media = app.db.read(move |conn| media::get_own(conn, actor, id)).await?;
    let status = match media.state {
        MediaState::Failed => return Err(unreadable()),
        MediaState::Working => StatusCode::PARTIAL_CONTENT,
        _ => StatusCode::OK,
    };
    Ok((status, Json(render(&app.site, &media))).into_response())
}

/// `PUT /api/v1/media/:id`
pub(super) async fn describe(
    State(app): State<App>,
    Id(id): Id<MediaId>,
    me: Session,
    Form(said): Form<Said>,
) -> Result<Json<MediaAttachment>> {
    me.need("write:media")?;
    let words =
        media::Words { description: said.description.0, focus: focus(said.focus.0.as_deref().unwrap_or_default())? };
    let actor = me.reads_as();
    let media = app.db.write(move |tx| media::describe(tx, actor, id, &words)).await?;
    Ok(Json(render(&app.site, &media)))
}

/// `DELETE /api/v1/media/:id`
pub(super) async fn delete(
    State(app): State<App>,
    Id(id): Id<MediaId>,
    me: Session,
) -> Result<Json<serde_json::Value>> {
    me.need("write:media")?;
    let actor = me.reads_as();
    app.db.write(move |tx| media::delete(tx, actor, id)).await?;
    Ok(Json(json!({})))
}
