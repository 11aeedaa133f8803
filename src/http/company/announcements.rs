//! `/api/guildhall/v1/announcements`: what the company tells everybody who has an account here.

use axum::{Router, extract::State, routing::get};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    admins_only,
    once::once,
    openapi::{self, Operation},
};
use crate::{
    app::App,
    db::{Conn, Timestamp},
    domain::{
        AnnouncementId, act_once,
        announcements::{self, Announcement, Change},
    },
    error::{Error, Result},
    http::extract::{Form, Given, Id, Json, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/announcements", get(list).post(make))
        .at("/api/guildhall/v1/announcements/{id}", get(show).put(change).patch(change).delete(remove))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get("/announcements", "listAnnouncements", "Lists what everybody is told now, the oldest first.")
            .refuses(&["admin.only"])
            .needs("admin:read")
            .answers_list::<Shown>(),
        openapi::post("/announcements", "createAnnouncement", "Tells everybody something.")
            .refuses(&[
                "admin.only",
                "announcement.ends_at",
                "announcement.length",
                "announcement.over",
                "announcement.too_many",
            ])
            .needs("admin:write")
            .once()
            .takes::<Said>()
            .answers::<Shown>(),
        openapi::get("/announcements/{id}", "showAnnouncement", "Shows one announcement.")
            .refuses(&["admin.only", "announcement.not_found"])
            .needs("admin:read")
            .answers::<Shown>(),
        openapi::change("/announcements/{id}", "changeAnnouncement", "Changes what is said, or until when.")
            .refuses(&[
                "admin.only",
                "announcement.ends_at",
                "announcement.length",
                "announcement.not_found",
                "announcement.over",
            ])
            .tells("What is left out stays.")
            .needs("admin:write")
            .takes::<Said>()
            .answers::<Shown>(),
        openapi::delete("/announcements/{id}", "deleteAnnouncement", "Takes an announcement back.")
            .refuses(&["admin.only", "announcement.not_found"])
            .tells("Answers what it was.")
            .needs("admin:write")
            .answers::<Shown>(),
    ]
}

/// One of them, as it is told now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Announcement)]
struct Shown {
    id: AnnouncementId,
    /// Markdown, as it was typed.
    text: String,
    /// Clean HTML, as apps show it.
    content: String,
    /// When it is shown no more.
    ends_at: Option<String>,
    published_at: String,
    updated_at: String,
}

fn shown(one: Announcement) -> Shown {
    Shown {
        id: one.id,
        text: one.source,
        content: one.content,
        ends_at: one.ends_at.map(Timestamp::rfc3339),
        published_at: one.created_at.rfc3339(),
        updated_at: one.changed_at.unwrap_or(one.created_at).rfc3339(),
    }
}

fn get_shown(conn: &mut Conn, id: AnnouncementId, now: Timestamp) -> Result<Shown> {
    announcements::get(conn, id, now).map(shown)
}

/// `GET /api/guildhall/v1/announcements`: what everybody is told now, the oldest first.
async fn list(State(app): State<App>, me: Session) -> Result<Json<Vec<Shown>>> {
    admins_only(&me, "admin:read")?;
    let now = app.db.now();
    let all = app.db.read(move |conn| announcements::list(conn, now)).await?;
    Ok(Json(all.into_iter().map(shown).collect()))
}

/// `GET /api/guildhall/v1/announcements/{id}`
async fn show(State(app): State<App>, me: Session, Id(id): Id<AnnouncementId>) -> Result<Json<Shown>> {
    admins_only(&me, "admin:read")?;
    let now = app.db.now();
    app.db.read(move |conn| get_shown(conn, id, now)).await.map(Json)
}

/// What is said, and until when.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = AnnouncementWish)]
struct Said {
    /// Markdown.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    text: Given,
    /// A moment as in RFC 3339; empty: until it is taken back.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    ends_at: Given,
}

impl Said {
    fn ends_at(&self) -> Result<Option<Option<Timestamp>>> {
        let wrong = || Error::invalid("announcement.ends_at", "ends_at is no moment such as 2026-12-24T18:00:00Z.");
        let moment = |text: &str| Timestamp::parse_rfc3339(text).ok_or_else(wrong);
        let given = self.ends_at.0.as_deref().map(str::trim);
        given.map(|text| if text.is_empty() { Ok(None) } else { moment(text).map(Some) }).transpose()
    }
}

/// `POST /api/guildhall/v1/announcements`
async fn make(State(app): State<App>, me: Session, headers: HeaderMap, Form(said): Form<Said>) -> Result<Json<Shown>> {
    admins_only(&me, "admin:write")?;
    let (site, ends_at) = (app.site.clone(), said.ends_at()?.flatten());
    let text = said.text.0.unwrap_or_default();
    let once = once(&me, &headers, &("announcement", &text, ends_at.map(Timestamp::rfc3339)))?;
    let made = app.db.write(move |tx| {
        tx.behalf_of(me.account.id.0);
        let made = act_once(tx, once.as_ref(), |tx| Ok(announcements::make(tx, &site, &text, ends_at)?.0))?;
        let now = tx.now();
        get_shown(tx.conn(), AnnouncementId(made), now)
    });
    made.await.map(Json)
}

/// `PUT /api/guildhall/v1/announcements/{id}`: what is not said stays.
async fn change(
    State(app): State<App>,
    me: Session,
    Id(id): Id<AnnouncementId>,
    Form(said): Form<Said>,
) -> Result<Json<Shown>> {
    admins_only(&me, "admin:write")?;
    let change = Change { ends_at: said.ends_at()?, source: said.text.0 };
    let site = app.site.clone();
    let changed = app.db.write(move |tx| {
        tx.behalf_of(me.account.id.0);
        announcements::change(tx, &site, id, &change)?;
        let now = tx.now();
        get_shown(tx.conn(), id, now)
    });
    changed.await.map(Json)
}

/// `DELETE /api/guildhall/v1/announcements/{id}`: answers what it was.
async fn remove(State(app): State<App>, me: Session, Id(id): Id<AnnouncementId>) -> Result<Json<Shown>> {
    admins_only(&me, "admin:write")?;
    let removed = app.db.write(move |tx| {
        tx.behalf_of(me.account.id.0);
        announcements::remove(tx, id).map(shown)
    });
    removed.await.map(Json)
}
