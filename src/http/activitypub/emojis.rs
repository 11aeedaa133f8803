//! The company's own pictures for names between colons, as documents.

use axum::{
    extract::{Path, State},
    response::Response,
};

use super::negotiation;
use crate::{
    app::App,
    domain::{EmojiId, emojis},
    error::{Error, Result},
    federation::objects::{
        context::{self, Terms},
        emoji,
    },
};

/// `GET /ap/emojis/{id}`: for everybody, as the picture itself.
pub(super) async fn emoji(State(app): State<App>, Path(id): Path<String>) -> Result<Response> {
    let missing = || Error::not_found("emoji.not_found", "There is no such emoji.");
    let uri = format!("{}/ap/emojis/{id}", app.site.base_url);
    let id = app.site.local_id(&uri, "emojis").map(EmojiId).ok_or_else(missing)?;
    let found = app.db.read(move |conn| emojis::find(conn, id)).await?.ok_or_else(missing)?;
    Ok(negotiation::object(&context::document(emoji::to_json(&app.site, &found), Terms::Post, false)?))
}
