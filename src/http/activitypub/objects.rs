//! Our posts and activities.

use axum::{
    extract::{OriginalUri, Path, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};

use super::{Form, bytes, document, gone, to_page, wanted};
use crate::{
    app::App,
    domain::{
        PostId,
        actors::{self, Actor},
        posts::{self, FederablePost, Viewer},
    },
    error::{Error, Kind, Result},
    federation::{objects::note, outbound, signed_get},
};

/// A post of ours that the asking server may read, with its author.
pub async fn visible(
    app: &App,
    id: PostId,
    path_and_query: &str,
    headers: &HeaderMap,
) -> Result<(FederablePost, Actor)> {
    let missing = || Error::not_found("post.not_found", "There is no such post.");
    let open = app.db.read(move |conn| find(conn, &Viewer::Anonymous, id)).await;
    let found = match open {
        Err(error) if error.kind() == Kind::NotFound && headers.contains_key("signature") => {
            let reader = signed_get::reader(app, path_and_query, headers).await?.ok_or_else(missing)?;
            app.db.read(move |conn| find(conn, &Viewer::Remote(reader), id)).await?
        }
        other => other?,
    };
    found.ok_or_else(missing)
}

fn find(conn: &mut crate::db::Conn, viewer: &Viewer, id: PostId) -> Result<Option<(FederablePost, Actor)>> {
    let Some(post) = posts::get_visible(conn, viewer, id)?.federable() else { return Ok(None) };
    let author = actors::find(conn, post.author_id)?.filter(|author| author.is_local() && author.is_active());
    Ok(author.map(|author| (post, author)))
}

/// `GET /ap/objects/{id}`
pub async fn by_id(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Result<Response> {
    let path = uri.path_and_query().map_or(uri.path(), |path| path.as_str());
    show(&app, PostId(id), path, &headers, Form::Activity).await
}

/// A post as a document, or the way to its page.
pub async fn show(app: &App, id: PostId, path_and_query: &str, headers: &HeaderMap, default: Form) -> Result<Response> {
    let (post, author) = match visible(app, id, path_and_query, headers).await {
        Err(error) if error.kind() == Kind::NotFound => {
            let uri = app.site.object_uri(id);
            let wanted = uri.clone();
            return if app.db.read(move |conn| posts::is_tombstone(conn, &wanted)).await? {
                gone(&uri)
            } else {
                Err(error)
            };
        }
        other => other?,
    };
    if wanted(headers, default) == Form::Html {
        return Ok(to_page(post.url.as_deref().unwrap_or(post.uri())));
    }
    let (site, open) = (app.site.clone(), post.audience.is_open());
    let value = app
        .db
        .read(move |conn| {
            let around = outbound::surroundings(conn, &author, &post)?;
            note::to_json(&site, &post, &around)
        })
        .await?;
    document(value, open)
}

/// `GET /ap/activities/{id}`: what everybody may read.
pub async fn activity(State(app): State<App>, Path(id): Path<String>) -> Result<Response> {
    let uri = format!("{}/ap/activities/{id}", app.site.base_url);
    let body = app.db.read(move |conn| outbound::open_activity(conn, &uri)).await?;
    let body = body.ok_or_else(|| Error::not_found("activity.not_found", "There is no such activity."))?;
    Ok(bytes(body, StatusCode::OK, true))
}
