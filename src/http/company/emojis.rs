//! `/api/guildhall/v1/emojis`: the company's own pictures for names between colons.

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    middleware::from_fn_with_state,
    routing::{delete, get},
};
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
    domain::{
        EmojiId,
        emojis::{self, OwnEmoji, Which},
    },
    error::{Error, Result},
    http::{
        emojis::{LARGEST, Shelf, Wish},
        extract::{Files, Form, Id, Json, Paths, Session, take_files},
    },
};

/// What a request has besides its file.
const AROUND: usize = 64 * 1024;

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/guildhall/v1/emojis/{id}", delete(remove))
}

/// The one at which requests carry a file.
pub(super) fn file_routes(app: &App) -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/emojis", get(list).post(add))
        .layer(from_fn_with_state(app.clone(), take_files))
        .layer(DefaultBodyLimit::max(LARGEST + AROUND))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get("/emojis", "listEmojis", "Lists the company's own emojis.")
            .refuses(&["admin.only"])
            .needs("admin:read")
            .answers_list::<Shown>(),
        openapi::post("/emojis", "createEmoji", "Adds an emoji.")
            .refuses(&[
                "admin.only",
                "emoji.file",
                "emoji.image",
                "emoji.kind",
                "emoji.pixels",
                "emoji.shortcode",
                "emoji.taken",
                "emoji.too_large",
                "emoji.too_many",
                "media.broken",
                "media.kind",
                "media.store",
                "media.too_large",
                "media.too_long",
                "media.too_many_pixels",
                "request.too_many_files",
            ])
            .needs("admin:write")
            .once()
            .takes_with_file::<New>("image")
            .answers::<Shown>(),
        openapi::delete("/emojis/{id}", "deleteEmoji", "Removes an emoji.")
            .refuses(&["admin.only", "emoji.not_found"])
            .tells("Answers what it was.")
            .needs("admin:write")
            .answers::<Shown>(),
    ]
}

/// One of them as it is shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnEmoji)]
struct Shown {
    id: EmojiId,
    shortcode: String,
    category: Option<String>,
    url: String,
    static_url: String,
    visible_in_picker: bool,
    created_at: String,
}

fn shown(emoji: OwnEmoji) -> Shown {
    Shown {
        id: emoji.id,
        shortcode: emoji.shortcode,
        category: emoji.category,
        url: emoji.url,
        static_url: emoji.static_url,
        visible_in_picker: emoji.visible,
        created_at: emoji.created_at.rfc3339(),
    }
}

/// `GET /api/guildhall/v1/emojis`
async fn list(State(app): State<App>, me: Session) -> Result<Json<Vec<Shown>>> {
    admins_only(&me, "admin:read")?;
    let all = app.db.read(emojis::list).await?;
    Ok(Json(all.into_iter().map(shown).collect()))
}

/// What is said of a new one.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = EmojiWish)]
struct New {
    #[serde(default)]
    shortcode: String,
    category: Option<String>,
    visible_in_picker: Option<bool>,
}

fn shelf<'a>(app: &'a App, me: &Session) -> Shelf<'a> {
    Shelf { files: &app.files, db: &app.db, site: &app.site, by: Some(me.account.id) }
}

/// `POST /api/guildhall/v1/emojis`, with the picture as `image`
async fn add(
    State(app): State<App>,
    me: Session,
    headers: HeaderMap,
    files: Files,
    Form(new): Form<New>,
) -> Result<Json<Shown>> {
    admins_only(&me, "admin:write")?;
    let missing = || Error::malformed("emoji.image", "Send the picture as the file image, in multipart/form-data.");
    let image = files.take("image").ok_or_else(missing)?;
    let visible = new.visible_in_picker.unwrap_or(true);
    // The picture is a part of what is said.
    let content = tokio::fs::read(image.file.path()).await.map_err(Error::internal)?;
    let picture = hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &content));
    let once = once(&me, &headers, &("emoji", &new.shortcode, &new.category, visible, picture))?;
    let wish = Wish { shortcode: new.shortcode, category: new.category, visible };
    shelf(&app, &me).add(&wish, image.file.path(), once).await.map(|added| Json(shown(added)))
}

/// `DELETE /api/guildhall/v1/emojis/:id`
async fn remove(State(app): State<App>, me: Session, Id(id): Id<EmojiId>) -> Result<Json<Shown>> {
    admins_only(&me, "admin:write")?;
    shelf(&app, &me).remove(Which::Id(id)).await.map(|removed| Json(shown(removed)))
}
