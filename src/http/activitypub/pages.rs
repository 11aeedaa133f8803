//! `/@name` and `/@name/{id}`: for servers the document, for people a plain page.

use askama::Template;
use axum::{
    extract::{OriginalUri, Path, State},
    response::{Html, IntoResponse, Response},
};
use http::{HeaderMap, header};

use super::{Form, actors as actor_documents, gone, objects, wanted};
use crate::{
    app::App,
    domain::{
        PostId,
        actors::{self, Actor, Field},
        posts::{self, PostView},
        timelines,
    },
    error::{Error, Result},
};

#[derive(Template)]
#[template(path = "profile.html")]
struct ProfilePage<'a> {
    actor: &'a Actor,
    handle: String,
    fields: &'a [Field],
    posts: &'a [PostView],
}

#[derive(Template)]
#[template(path = "post.html")]
struct PostPage<'a> {
    view: &'a PostView,
    handle: String,
    uri: &'a str,
}

fn missing() -> Error {
    Error::not_found("page.not_found", "There is no such page.")
}

async fn find(app: &App, handle: &str) -> Result<Actor> {
    let name = handle.strip_prefix('@').ok_or_else(missing)?.to_owned();
    app.db.read(move |conn| actors::find_local(conn, &name)).await?.ok_or_else(missing)
}

fn page(html: String) -> Response {
    let headers = [
        (header::VARY, "Accept"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'",
        ),
    ];
    (headers, Html(html)).into_response()
}

/// `GET /@name`
pub async fn profile(State(app): State<App>, Path(handle): Path<String>, headers: HeaderMap) -> Result<Response> {
    let actor = find(&app, &handle).await?;
    if actor.deleted_at.is_some() {
        return gone(&actor.uri);
    }
    if !actor.is_active() {
        return Err(missing());
    }
    if wanted(&headers, Form::Html) == Form::Activity {
        return actor_documents::as_activity(&app, &actor).await;
    }
    let id = actor.id;
    let shown = app
        .db
        .read(move |conn| {
            let without = timelines::Without { replies: true, ..timelines::Without::default() };
            let entries =
                timelines::account(conn, &posts::Viewer::Anonymous, id, &without, &crate::domain::Page::default())?;
            posts::views(conn, None, &entries)
        })
        .await?;
    let template =
        ProfilePage { actor: &actor, handle: actor.handle(&app.site), fields: &actor.fields.0, posts: &shown };
    Ok(page(template.render().map_err(Error::internal)?))
}

/// `GET /@name/{id}`
pub async fn post(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    Path((handle, id)): Path<(String, i64)>,
    headers: HeaderMap,
) -> Result<Response> {
    let author = find(&app, &handle).await?;
    let path = uri.path_and_query().map_or(uri.path(), |path| path.as_str());
    if wanted(&headers, Form::Html) == Form::Activity {
        return objects::show(&app, PostId(id), path, &headers, Form::Activity).await;
    }
    let (found, owner) = objects::visible(&app, PostId(id), path, &HeaderMap::new()).await?;
    if owner.id != author.id {
        return Err(missing());
    }
    let views = app.db.read(move |conn| posts::views(conn, None, &[posts::EntryRef::post(PostId(id))])).await?;
    let view = views.first().ok_or_else(missing)?;
    let template = PostPage { view, handle: owner.handle(&app.site), uri: found.uri() };
    Ok(page(template.render().map_err(Error::internal)?))
}
