//! `/emojis/…`: the company's own pictures for names between colons, and taking them in and away, whoever asks for it.

use std::path;

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::get,
};
use http::HeaderMap;
use tokio::io::AsyncReadExt;

use super::files::{Keep, hand_out};
use crate::{
    app::App,
    db::Db,
    domain::{
        AccountId, EmojiId, Once, Site, act_once,
        emojis::{self, NewEmoji, OwnEmoji, Which},
    },
    error::{Error, Result},
    files::{Files, Kind, START, Shape, judge},
    secrets,
};

/// The largest file of a picture, in bytes, before and after it is written anew: other servers take none larger.
pub const LARGEST: usize = 256 * 1024;
/// The longest side of a picture, in pixels.
const SIDE: u32 = 512;
/// What a picture may be.
const KINDS: [&str; 3] = ["png", "gif", "webp"];

/// The routes of this module.
pub fn routes() -> Router<App> {
    Router::new().route("/emojis/{name}/{file}", get(show))
}

fn missing() -> Error {
    Error::not_found("emoji.not_found", "There is no such emoji.")
}

fn folder(name: &str) -> String {
    format!("emojis/{name}")
}

/// `GET /emojis/NAME/FILE`
async fn show(
    State(app): State<App>,
    Path((name, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response> {
    let found = app.db.read(move |conn| emojis::find_by_name(conn, &name)).await?.ok_or_else(missing)?;
    let media_type = if file == found.file {
        found.media_type.as_str()
    } else if file == found.still {
        "image/png"
    } else {
        return Err(missing());
    };
    hand_out(&app, &folder(&found.name), &file, media_type, Keep::Everybody, &headers).await
}

/// Where pictures are kept, and who adds one or takes one away: a person, or the command line.
#[derive(Clone, Copy)]
pub struct Shelf<'a> {
    /// The files.
    pub files: &'a Files,
    /// The database.
    pub db: &'a Db,
    /// Who we are on the network.
    pub site: &'a Site,
    /// The person.
    pub by: Option<AccountId>,
}

/// What a new picture is called.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Its name.
    pub shortcode: String,
    /// Under which heading apps offer it.
    pub category: Option<String>,
    /// Whether they do.
    pub visible: bool,
}

impl Shelf<'_> {
    /// Takes in the picture in a file.
    /// The same key with the same words and picture is the same emoji.
    pub async fn add(self, wish: &Wish, path: &path::Path, once: Option<Once>) -> Result<OwnEmoji> {
        let (shortcode, category) = emojis::check(&wish.shortcode, wish.category.as_deref())?;
        let kind = kind_of(path).await?;
        let picture = self.files.picture(path.to_owned(), kind, Shape::Drawn).await?;
        let (width, height) = picture.size;
        if width > SIDE || height > SIDE {
            let told = format!("This picture has {width} × {height} pixels; an emoji has {SIDE} × {SIDE} at most.");
            return Err(Error::invalid("emoji.pixels", told));
        }
        if picture.content.len() > LARGEST {
            let told = format!(
                "Written anew as {} this picture has more than the {} KiB of an emoji. Please make it smaller.",
                picture.kind.extension.to_uppercase(),
                LARGEST / 1024,
            );
            return Err(Error::invalid("emoji.too_large", told));
        }
        let name = secrets::new_file_name();
        let file = format!("original.{}", picture.kind.extension);
        let moves = picture.kind.extension == "gif";
        let still = if moves { "still.png".to_owned() } else { file.clone() };
        self.files.keep(&folder(&name), &file, picture.content).await?;
        if moves {
            self.files.keep(&folder(&name), &still, picture.small.content).await?;
        }
        let media_type = picture.kind.media_type.to_owned();
        let new = NewEmoji { shortcode, category, name: name.clone(), file, still, media_type, visible: wish.visible };
        let (site, by, kept) = (self.site.clone(), self.by, name.clone());
        let added = self.db.write(move |tx| {
            by.into_iter().for_each(|by| tx.behalf_of(by.0));
            let added = act_once(tx, once.as_ref(), |tx| Ok(emojis::add(tx, &site, &new)?.id.0))?;
            emojis::find(tx.conn(), EmojiId(added))?.ok_or_else(missing)
        });
        let added = added.await;
        // What was not added, or was before, keeps no files twice.
        if added.as_ref().map_or(true, |added| added.name != kept) {
            self.files.forget(&folder(&name)).await?;
        }
        added
    }

    /// Takes one away, with its files.
    pub async fn remove(self, which: Which) -> Result<OwnEmoji> {
        let by = self.by;
        let removed = self.db.write(move |tx| {
            by.into_iter().for_each(|by| tx.behalf_of(by.0));
            emojis::remove(tx, &which)
        });
        let removed = removed.await?;
        self.files.forget(&folder(&removed.name)).await?;
        Ok(removed)
    }
}

/// What a file is, by how it begins. Where it lies is nothing to tell: what is sent lies in a folder of ours.
async fn kind_of(path: &path::Path) -> Result<Kind> {
    let unreadable = |cause: std::io::Error| Error::invalid("emoji.file", "The picture cannot be read.").because(cause);
    let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
    let bytes = file.metadata().await.map_err(unreadable)?.len();
    if bytes > LARGEST as u64 {
        let told = format!("The picture of an emoji has {} KiB at most.", LARGEST / 1024);
        return Err(Error::invalid("emoji.too_large", told));
    }
    let mut start = Vec::new();
    file.take(START as u64).read_to_end(&mut start).await.map_err(unreadable)?;
    let kind = judge(&start).filter(|kind| KINDS.contains(&kind.extension));
    kind.ok_or_else(|| Error::invalid("emoji.kind", "An emoji is a PNG, GIF or WebP."))
}
