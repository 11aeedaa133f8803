//! `/elsewhere/…`: pictures, films and sounds of other servers, handed on by us, so that no reader's browser asks there.
//!
//! An address of ours names the post or actor that names the file, and the file by a fingerprint of its own address:
//! nobody makes us fetch what nothing here shows, and what hangs on a post is found by its readers only.

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::get,
};
use http::HeaderMap;

use super::files::{Keep, hand_out};
use crate::{
    app::App,
    db::Conn,
    domain::{ActorId, PostId, Site, actors, media, posts, servers},
    error::{Error, Result},
    federation::fetch,
    secrets,
};

/// The routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/elsewhere/posts/{id}/{hash}", get(of_post))
        .route("/elsewhere/actors/{id}/{hash}", get(of_actor))
}

/// Our address for a file that a post names.
pub(super) fn file_of_post(site: &Site, post: PostId, address: &str) -> String {
    format!("{}/elsewhere/posts/{post}/{}", site.base_url, fingerprint(address))
}

/// Our address for a picture that an actor names.
pub(super) fn file_of_actor(site: &Site, actor: ActorId, address: &str) -> String {
    format!("{}/elsewhere/actors/{actor}/{}", site.base_url, fingerprint(address))
}

fn fingerprint(address: &str) -> String {
    hex::encode(secrets::token_hash(address))
}

fn missing() -> Error {
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
    hand_on(&app, hash, Keep::Everybody, &asked, move |conn| named_by_actor(conn, id)).await
}

fn named_by_post(conn: &mut Conn, id: PostId) -> Result<Vec<String>> {
    let Some(post) = posts::find(conn, id)? else { return Ok(Vec::new()) };
    if servers::is_refused(conn, post.author_id)? || !actors::get(conn, post.author_id)?.is_active() {
        return Ok(Vec::new());
    }
    Ok(post.attachments.0.into_iter().map(|attachment| attachment.url).collect())
}

fn named_by_actor(conn: &mut Conn, id: ActorId) -> Result<Vec<String>> {
    let found = actors::find(conn, id)?.filter(actors::Actor::is_active);
    let Some(actor) = found else { return Ok(Vec::new()) };
    if servers::is_refused(conn, id)? {
        return Ok(Vec::new());
    }
    Ok([actor.icon, actor.header].into_iter().flatten().collect())
}

async fn hand_on(
    app: &App,
    hash: String,
    keep: Keep,
    asked: &HeaderMap,
    named: impl FnOnce(&mut Conn) -> Result<Vec<String>> + Send + 'static,
) -> Result<Response> {
    let wanted = hash.clone();
    let (address, kept) = app
        .db
        .read(move |conn| {
            let address = named(conn)?.into_iter().find(|address| fingerprint(address) == wanted);
            Ok((address, media::find_kept(conn, &wanted)?))
        })
        .await?;
    let address = address.filter(|address| !app.site.owns(address)).ok_or_else(missing)?;
    let folder = fetch::folder(&hash);
    if let Some(kept) = kept
        && app.files.size(&folder, fetch::FILE).await?.is_some()
    {
        if kept.is_to_be_seen(app.db.now()) {
            let (name, media_type, bytes) = (kept.name, kept.media_type.clone(), kept.bytes);
            app.db.write(move |tx| media::keep(tx, &name, &media_type, bytes)).await?;
        }
        return hand_out(app, &folder, fetch::FILE, &kept.media_type, keep, asked).await;
    }
    let media_type = fetch::file(app, &address, &hash).await?;
    hand_out(app, &folder, fetch::FILE, media_type, keep, asked).await
}
