//! `/faces/ID/HASH`: the picture of somebody as pages show it beside a name: a small square of few bytes, whatever its
//! owner uploaded. It is made when it is asked for first, and lies beside the picture itself, with which it goes.
//!
//! As in [`elsewhere`], the address has a fingerprint of what the actor names, so nobody makes us read anything else.

use std::time::Duration;

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::get,
};
use http::HeaderMap;

use super::{
    elsewhere::{self, fingerprint},
    files::{Keep, hand_out},
};
use crate::{
    app::App,
    db::Conn,
    domain::{
        ActorId, Site,
        media::{self, Purpose},
        posts::{self, Showing},
    },
    error::{self, Error, Result},
    federation::fetch::{self, Largest},
    files::{self, Kind, START, Shape, Sort},
};

/// Width and height: pages show 48, and good displays have two dots for each.
const SIDE: u32 = 96;
/// How long somebody waits for their turn: one is made at a time, since reading a large picture takes a while.
const PATIENCE: Duration = Duration::from_secs(10);

/// What faces are: most are photographs, and some can be seen through.
const MADE: [Kind; 2] = [Kind::JPEG, Kind::PNG];

/// The routes of this module.
pub fn routes() -> Router<App> {
    Router::new().route("/faces/{id}/{hash}", get(face))
}

/// Where the face of an actor is who names this picture.
pub(super) fn address(site: &Site, actor: ActorId, icon: &str) -> String {
    format!("{}/faces/{actor}/{}", site.base_url, fingerprint(icon))
}

fn unusable() -> Error {
    Error::not_found("media.no_face", "There is no picture here that can be shown.")
}

/// `GET /faces/ID/HASH`
async fn face(State(app): State<App>, Path((id, hash)): Path<(String, String)>, asked: HeaderMap) -> Result<Response> {
    let id = ActorId(id.parse().map_err(|_| elsewhere::missing())?);
    let (wanted, site) = (hash.clone(), app.site.clone());
    let found = app.db.read(move |conn| {
        let icon = elsewhere::icon_of(conn, id)?.filter(|icon| fingerprint(icon) == wanted);
        let Some(icon) = icon else { return Ok(None) };
        Ok(Some((place(conn, &site, id, &icon, &wanted)?, icon, media::find_kept(conn, &wanted)?)))
    });
    let (place, icon, kept) = found.await?.ok_or_else(elsewhere::missing)?;
    let Some((folder, file)) = place else { return Ok(elsewhere::face_instead(&app.site)) };
    for kind in MADE {
        if app.files.size(&folder, &named(kind)).await?.is_some() {
            if let Some(kept) = kept {
                elsewhere::is_used(&app, &kept).await?;
            }
            return hand_out(&app, &folder, &named(kind), kind.media_type, Keep::Everybody, &asked).await;
        }
    }
    match make(&app, &icon, &hash, (&folder, &file)).await {
        Ok(kind) => hand_out(&app, &folder, &named(kind), kind.media_type, Keep::Everybody, &asked).await,
        Err(error)
            if matches!(error.kind(), error::Kind::NotFound | error::Kind::Unavailable | error::Kind::Invalid) =>
        {
            Ok(elsewhere::face_instead(&app.site))
        }
        Err(error) => Err(error),
    }
}

/// The folder and the name of the picture itself in the store. Of our own files it is only the one that the actor
/// uploaded for that: anybody elsewhere can name another, and whose it is decides who may see it.
fn place(conn: &mut Conn, site: &Site, actor: ActorId, icon: &str, hash: &str) -> Result<Option<(String, String)>> {
    if !site.owns(icon) {
        return Ok(Some((fetch::folder(hash), fetch::FILE.to_owned())));
    }
    let path = icon.strip_prefix(&site.base_url).and_then(|path| path.strip_prefix("/media/"));
    let Some((folder, file)) = path.and_then(|path| path.split_once('/')) else { return Ok(None) };
    let Some((media, Showing::Everybody)) = posts::find_file(conn, folder)? else { return Ok(None) };
    let is_theirs = media.actor_id == actor && media.purpose == Purpose::Avatar && media.details.0.file == file;
    Ok(is_theirs.then(|| (folder.to_owned(), file.to_owned())))
}

fn named(kind: Kind) -> String {
    format!("face.{}", kind.extension)
}

/// Makes the small picture and keeps it; answers what it is. The picture itself is fetched from its server first, where
/// it is not there yet.
async fn make(app: &App, icon: &str, hash: &str, (folder, file): (&str, &str)) -> Result<Kind> {
    let fetches = &app.file_fetches;
    let asked = format!("face {hash}");
    if fetches.is_given_up(&asked) {
        return Err(unusable());
    }
    if app.files.size(folder, file).await?.is_none() && !app.site.owns(icon) {
        fetch::file(app, icon, hash, Largest::File).await?;
    }
    let _turn = fetches.turn_for_face(PATIENCE).await?;
    let made = small(app, folder, file).await;
    // A picture that is broken stays broken; a store that is away comes back.
    if made.as_ref().is_err_and(|error| error.kind() != error::Kind::Unavailable) {
        fetches.give_up(&asked);
    }
    let made = made?;
    app.files.keep(folder, &named(made.kind), made.content).await?;
    Ok(made.kind)
}

async fn small(app: &App, folder: &str, file: &str) -> Result<files::Picture> {
    let copy = app.files.temporary()?;
    app.files.fetch(folder, file, copy.path()).await?;
    let mut start = Vec::new();
    let opened = tokio::fs::File::open(copy.path()).await.map_err(Error::internal)?;
    let mut reader = tokio::io::AsyncReadExt::take(opened, START as u64);
    tokio::io::AsyncReadExt::read_to_end(&mut reader, &mut start).await.map_err(Error::internal)?;
    let kind = files::judge(&start).filter(|kind| kind.sort == Sort::Picture).ok_or_else(unusable)?;
    app.files.picture(copy.path().to_owned(), kind, Shape::Face(SIDE)).await
}
