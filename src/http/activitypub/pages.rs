//! `/@name` and `/@name/{id}`: for servers the document, for people a plain page.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{Html, IntoResponse, Response},
};
use http::{HeaderValue, header, request::Parts};

use super::{
    actors::{self as actor_documents, not_here},
    negotiation, objects,
};
use crate::{
    app::App,
    domain::{
        Page,
        actors::{self, Actor, Field},
        org,
        posts::{self, EntryRef, PostView, Viewer},
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

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage<'a> {
    name: &'a str,
    domain: &'a str,
    version: &'a str,
    uri: &'a str,
}

/// One of ours by the name in a page's address, with our domain or without.
async fn find(app: &App, name: &str) -> Result<Actor> {
    let name = match name.split_once('@') {
        Some((name, host)) if app.site.is_our_host(host) => name.to_owned(),
        Some(_) => return Err(actor_documents::missing()),
        None => name.to_owned(),
    };
    app.db.read(move |conn| actors::find_local(conn, &name)).await?.ok_or_else(actor_documents::missing)
}

/// A whole page that says where its object is, and loads nothing from elsewhere.
fn page(html: String, object: &str) -> Response {
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "public, max-age=60"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(link) =
        HeaderValue::from_str(&format!("<{object}>; rel=\"alternate\"; type=\"application/activity+json\""))
    {
        headers.insert(header::LINK, link);
    }
    negotiation::with_vary(response)
}

/// `GET /@name`
pub(super) async fn profile(State(app): State<App>, Path(name): Path<String>, parts: Parts) -> Result<Response> {
    let actor = find(&app, &name).await?;
    if negotiation::wants_object(&parts.headers) {
        return actor_documents::show(&app, actor, &parts).await;
    }
    if let Some(gone) = not_here(&actor)? {
        return Ok(gone);
    }
    let id = actor.id;
    let shown = app
        .db
        .read(move |conn| {
            let without = timelines::Without { replies: true, ..timelines::Without::default() };
            let entries = timelines::account(conn, &Viewer::Anonymous, id, &without, &Page::default())?;
            posts::views(conn, None, &entries)
        })
        .await?;
    let template =
        ProfilePage { actor: &actor, handle: actor.handle(&app.site), fields: &actor.fields.0, posts: &shown };
    Ok(page(template.render().map_err(Error::internal)?, &actor.uri))
}

/// `GET /@name/{id}`
pub(super) async fn post(
    State(app): State<App>,
    Path((name, id)): Path<(String, String)>,
    parts: Parts,
) -> Result<Response> {
    let author = find(&app, &name).await?;
    let as_object = negotiation::wants_object(&parts.headers);
    // A page is the same for everybody.
    let viewer = if as_object { objects::viewer(&app, &parts).await? } else { Viewer::Anonymous };
    let (site, number) = (app.site.clone(), objects::number(&app.site, &id)?);
    let found = app.db.read(move |conn| objects::find(conn, &site, &viewer, number)).await?;
    let shown = match &found {
        objects::Found::Post(post, _) if post.author_id != author.id => return Err(objects::missing()),
        objects::Found::Post(post, _) if !as_object => post,
        _ => return objects::show(&app.site, &found, &parts),
    };
    let views = app.db.read(move |conn| posts::views(conn, None, &[EntryRef::post(number)])).await?;
    let view = views.first().ok_or_else(objects::missing)?;
    let template = PostPage { view, handle: author.handle(&app.site), uri: shown.uri() };
    Ok(page(template.render().map_err(Error::internal)?, shown.uri()))
}

/// `GET /about`: the page of the server's own actor.
pub(super) async fn about(State(app): State<App>) -> Result<Response> {
    let name = app.db.read(|conn| org::setting(conn, "name")).await?.unwrap_or_else(|| app.site.domain.clone());
    let uri = format!("{}/ap/actor", app.site.base_url);
    let template = AboutPage { name: &name, domain: &app.site.domain, version: env!("CARGO_PKG_VERSION"), uri: &uri };
    Ok(page(template.render().map_err(Error::internal)?, &uri))
}
