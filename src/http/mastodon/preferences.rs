//! `GET /api/v1/preferences`: how somebody writes and reads, for apps that begin.

use axum::{Router, extract::State, routing::get};

use super::{entities::Preferences, look::look, render::visibility};
use crate::{
    app::App,
    domain::{accounts, actors},
    error::Result,
    http::extract::{Json, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/v1/preferences", get(show))
}

/// `GET /api/v1/preferences`
async fn show(State(app): State<App>, me: Session) -> Result<Json<Preferences>> {
    me.need("read:accounts")?;
    let (actor, account) = (me.actor.id, me.account.id);
    let preferences = look(&app, Some(actor), move |look| {
        let habits = actors::habits(look.conn, actor)?;
        Ok(Preferences {
            visibility: visibility(habits.audience),
            sensitive: habits.sensitive,
            language: accounts::get(look.conn, account)?.default_language,
            quote_policy: habits.quoters.as_str(),
            expand_media: "default",
            expand_spoilers: false,
            autoplay_gifs: false,
        })
    });
    preferences.await.map(Json)
}
