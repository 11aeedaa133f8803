//! `/api/guildhall/v1/preview`: how a text will look, before it is sent.

use axum::{Router, extract::State, routing::post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::{self, Operation};
use crate::{
    app::App,
    domain::posts,
    error::{Error, Result},
    http::extract::{Form, Given, Json, Paths, Session},
    text::Format,
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/guildhall/v1/preview", post(preview))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::post("/preview", "previewText", "Shows how a text will look; nothing is written.")
            .refuses(&["draft.format", "post.too_long"])
            .tells("People whom nobody here has met are looked for when it is written; until then they are no links.")
            .needs("write:statuses")
            .takes::<Typed>()
            .answers::<Preview>(),
    ]
}

/// What somebody typed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = TextToPreview)]
struct Typed {
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    text: Given,
    /// `markdown` or `plain`; Markdown where it is left out.
    format: Option<String>,
}

/// How it will look.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TextPreview)]
struct Preview {
    /// Clean HTML, as the content of the post.
    html: String,
}

/// `POST /api/guildhall/v1/preview`: it is no GET, since words do not belong into addresses, which proxies write down.
async fn preview(State(app): State<App>, me: Session, Form(typed): Form<Typed>) -> Result<Json<Preview>> {
    me.need("write:statuses")?;
    let format = match typed.format.as_deref() {
        None | Some("markdown") => Format::Markdown,
        Some("plain") => Format::Plain,
        Some(_) => return Err(Error::invalid("draft.format", "The format is markdown or plain.")),
    };
    let (site, text) = (app.site.clone(), typed.text.0.unwrap_or_default());
    let html = app.db.read(move |conn| posts::preview(conn, &site, &text, format)).await?;
    Ok(Json(Preview { html }))
}
