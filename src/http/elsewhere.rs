//! `/elsewhere/…`: pictures, films and sounds of other servers, handed on by us, so that no reader's browser asks there.
//!
//! An address of ours names the post or actor that names the file, and the file by a fingerprint of its own address:
//! nobody makes us fetch what nothing here shows, and what hangs on a post is found by its readers only.
//!
//! A picture of somebody that cannot be had leads to the picture of those who have none: pages and apps show that, and
//! no broken frame.

use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, StatusCode, header};

use super::{
    files::{Keep, hand_out},
    mastodon::assets,
};
use crate::{
    app::App,
    db::Conn,
    domain::{ActorId, PostId, Site, actors, cards, media, posts, servers},
    error::{Error, Kind, Result},
    federation::fetch::{self, Largest},
    secrets,
};

/// The routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/elsewhere/posts/{id}/{hash}", get(of_post))
        .route("/elsewhere/actors/{id}/{hash}", get(of_actor))
}

/// Our address for a file that a post names, or the page that it links to.
pub(super) fn file_of_post(site: &Site, post: PostId, address: &str) -> String {
    format!("{}/elsewhere/posts/{post}/{}", site.base_url, fingerprint(address))
}

/// Our address for a picture that an actor names.
pub(super) fn file_of_actor(site: &Site, actor: ActorId, address: &str) -> String {
    format!("{}/elsewhere/actors/{actor}/{}", site.base_url, fingerprint(address))
}

/// Where the picture is that stands for a name in a post. The company's own need not be handed on.
pub(super) fn emoji_of_post(site: &Site, post: PostId, address: &str) -> String {
    if is_own_emoji(site, address) { address.to_owned() } else { file_of_post(site, post, address) }
}

/// The same for what an actor says of itself.
pub(super) fn emoji_of_actor(site: &Site, actor: ActorId, address: &str) -> String {
    if is_own_emoji(site, address) { address.to_owned() } else { file_of_actor(site, actor, address) }
}

fn is_own_emoji(site: &Site, address: &str) -> bool {
    address.strip_prefix(&site.base_url).is_some_and(|path| path.starts_with("/emojis/"))
}

pub(super) fn fingerprint(address: &str) -> String {
    hex::encode(secrets::token_hash(address))
}

pub(super) fn missing() -> Error {
    Error::not_found("media.not_found", "There is no such file.")
}

/// `GET /elsewhere/posts/ID/HASH`
async fn of_post(
    State(app): State<App>,
    Path((id, hash)): Path<(String, String)>,
    asked: HeaderMap,
) -> Result<Response> {
    let id = PostId(id.parse().map_err(|_| missing())?);
    hand_on(&app, hash, Keep::Reader, &asked, move |conn| named_by_post(conn, id)).await
}

/// `GET /elsewhere/actors/ID/HASH`
async fn of_actor(
    State(app): State<App>,
    Path((id, hash)): Path<(String, String)>,
    asked: HeaderMap,
) -> Result<Response> {
    let id = ActorId(id.parse().map_err(|_| missing())?);
    let wanted = hash.clone();
    let handed = hand_on(&app, hash, Keep::Everybody, &asked, move |conn| {
        Ok(pictures_of(conn, id)?.into_iter().map(|(which, address)| (address, which.largest())).collect())
    });
    let handed = handed.await;
    let is_missing = match &handed {
        Ok(response) => !is_shown(response),
        Err(error) => matches!(error.kind(), Kind::NotFound | Kind::Unavailable),
    };
    if !is_missing {
        return handed;
    }
    let pictures = app.db.read(move |conn| pictures_of(conn, id)).await?;
    let named = pictures.into_iter().find(|(_, address)| fingerprint(address) == wanted);
    named.and_then(|(which, _)| instead(&app.site, which)).map_or(handed, Ok)
}

/// Which picture of somebody it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Picture {
    Face,
    Header,
    Emoji,
}

impl Picture {
    const fn largest(self) -> Largest {
        match self {
            Self::Face | Self::Header => Largest::File,
            Self::Emoji => Largest::Emoji,
        }
    }
}

/// Whether a browser can show it as a picture: somebody's icon may be a film.
fn is_shown(response: &Response) -> bool {
    let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_none_or(|media_type| media_type.starts_with("image/"))
}

/// Leads to the picture of those who have none; asked again soon, because the server may come back. In the place of an
/// emoji stands its name.
fn instead(site: &Site, which: Picture) -> Option<Response> {
    match which {
        Picture::Face => Some(face_instead(site)),
        Picture::Header => Some(led_to(&assets::header(&site.base_url))),
        Picture::Emoji => None,
    }
}

/// Leads to the face of those who have none.
pub(super) fn face_instead(site: &Site) -> Response {
    led_to(&assets::avatar(&site.base_url))
}

fn led_to(location: &str) -> Response {
    let headers = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, "public, max-age=60"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (StatusCode::FOUND, headers).into_response()
}

/// The picture that somebody names who may be seen here.
pub(super) fn icon_of(conn: &mut Conn, id: ActorId) -> Result<Option<String>> {
    let face = pictures_of(conn, id)?.into_iter().find(|(which, _)| *which == Picture::Face);
    Ok(face.map(|(_, address)| address))
}

/// An address, and how large what is there may be.
type Named = (String, Largest);

fn named_by_post(conn: &mut Conn, id: PostId) -> Result<Vec<Named>> {
    let Some(post) = posts::find(conn, id)? else { return Ok(Vec::new()) };
    if servers::is_refused(conn, post.author_id)? || !actors::get(conn, post.author_id)?.is_active() {
        return Ok(Vec::new());
    }
    let card = cards::of_posts(conn, &[id])?.into_iter().find_map(|(_, linked)| linked.card.image);
    let files = post.attachments.0.into_iter().map(|attachment| attachment.url).chain(card);
    let emojis = post.emojis.0.into_iter().map(|emoji| (emoji.url, Largest::Emoji));
    Ok(files.map(|address| (address, Largest::File)).chain(emojis).collect())
}

fn pictures_of(conn: &mut Conn, id: ActorId) -> Result<Vec<(Picture, String)>> {
    let found = actors::find(conn, id)?.filter(actors::Actor::is_active);
    let Some(actor) = found else { return Ok(Vec::new()) };
    if servers::is_refused(conn, id)? {
        return Ok(Vec::new());
    }
    let emojis = actors::emojis_of(conn, [&actor])?.remove(&id).unwrap_or_default();
    let emojis = emojis.into_iter().map(|emoji| (Picture::Emoji, emoji.url));
    let named = [(Picture::Face, actor.icon), (Picture::Header, actor.header)];
    Ok(named.into_iter().filter_map(|(which, address)| Some((which, address?))).chain(emojis).collect())
}

async fn hand_on(
    app: &App,
    hash: String,
    keep: Keep,
    asked: &HeaderMap,
    named: impl FnOnce(&mut Conn) -> Result<Vec<Named>> + Send + 'static,
) -> Result<Response> {
    let wanted = hash.clone();
    let (address, kept) = app
        .db
        .read(move |conn| {
            let address = named(conn)?.into_iter().find(|(address, _)| fingerprint(address) == wanted);
            Ok((address, media::find_kept(conn, &wanted)?))
        })
        .await?;
    let (address, largest) = address.filter(|(address, _)| !app.site.owns(address)).ok_or_else(missing)?;
    let folder = fetch::folder(&hash);
    if let Some(kept) = kept
        && app.files.size(&folder, fetch::FILE).await?.is_some()
    {
        if !largest.takes_kept(&kept.media_type, kept.bytes) {
            return Err(missing());
        }
        is_used(app, &kept).await?;
        return hand_out(app, &folder, fetch::FILE, &kept.media_type, keep, asked).await;
    }
    let media_type = fetch::file(app, &address, &hash, largest).await?;
    hand_out(app, &folder, fetch::FILE, media_type, keep, asked).await
}

/// Writes down, now and then, that a file is used: what is not used for long makes room.
pub(super) async fn is_used(app: &App, kept: &media::Kept) -> Result<()> {
    if kept.is_to_be_seen(app.db.now()) {
        let (name, media_type, bytes) = (kept.name.clone(), kept.media_type.clone(), kept.bytes);
        app.db.write(move |tx| media::keep(tx, &name, &media_type, bytes)).await?;
    }
    Ok(())
}
