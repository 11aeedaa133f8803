//! `/api/v1/announcements`: what the company tells everybody who has an account here.

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    entities::Announcement,
    look::{Look, look},
    render::offered,
};
use crate::{
    app::App,
    db::Timestamp,
    domain::{AnnouncementId, announcements, emojis},
    error::Result,
    http::extract::{Form, Id, Json, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/v1/announcements", get(list)).at("/api/v1/announcements/{id}/dismiss", post(dismiss))
}

impl Look<'_> {
    /// Announcements; `read` tells who was put away, where somebody reads.
    pub(in crate::http::mastodon) fn announcements(
        &mut self,
        all: Vec<announcements::Announcement>,
        read: Option<&[AnnouncementId]>,
    ) -> Result<Vec<Announcement>> {
        let said: Vec<Vec<&str>> = all.iter().map(|one| vec![one.content.as_str()]).collect();
        let emojis = emojis::named_in(self.conn, &said)?;
        let shown = all.into_iter().zip(emojis).map(|(one, emojis)| Announcement {
            id: one.id,
            content: one.content,
            starts_at: None,
            ends_at: one.ends_at.map(Timestamp::rfc3339),
            all_day: false,
            published_at: one.created_at.rfc3339(),
            updated_at: one.changed_at.unwrap_or(one.created_at).rfc3339(),
            read: read.map(|read| read.contains(&one.id)),
            mentions: [],
            statuses: [],
            tags: [],
            emojis: emojis.into_iter().map(offered).collect(),
            reactions: [],
        });
        Ok(shown.collect())
    }
}

/// Which of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    with_dismissed: Option<bool>,
}

/// `GET /api/v1/announcements`, with those that were put away but where they are not wanted, as Mastodon's servers do
/// it: apps show them as read.
async fn list(State(app): State<App>, me: Session, Form(which): Form<Which>) -> Result<Json<Vec<Announcement>>> {
    me.need("read")?;
    let actor = me.actor.id;
    let listed = look(&app, Some(actor), move |look| {
        let mut all = announcements::list(look.conn, look.now)?;
        let read = announcements::read_by(look.conn, actor)?;
        if which.with_dismissed == Some(false) {
            all.retain(|one| !read.contains(&one.id));
        }
        look.announcements(all, Some(&read))
    });
    listed.await.map(Json)
}

/// `POST /api/v1/announcements/:id/dismiss`
async fn dismiss(State(app): State<App>, Id(id): Id<AnnouncementId>, me: Session) -> Result<Json<Value>> {
    me.need("write:accounts")?;
    let actor = me.actor.id;
    app.db.write(move |tx| announcements::dismiss(tx, actor, id)).await?;
    Ok(Json(json!({})))
}
