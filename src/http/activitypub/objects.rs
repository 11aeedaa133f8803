//! Our posts, as documents.

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::request::Parts;

use super::negotiation;
use crate::{
    app::App,
    db::{Conn, Timestamp},
    domain::{
        PostId, Site,
        actors::Actor,
        posts::{self, FederablePost, Viewer},
    },
    error::{Error, Result},
    federation::{
        objects::{
            context::{self, Terms},
            note::{self, Surroundings},
            tombstone,
        },
        signed_get,
    },
    http::extract::MaybeSession,
};

/// What is at the address of a post.
pub(in crate::http) enum Found {
    /// The post.
    Post(Box<FederablePost>, Box<Surroundings>),
    /// It was deleted.
    Deleted(String, Timestamp),
}

/// `GET /ap/objects/{id}`
pub(super) async fn object(State(app): State<App>, Path(id): Path<String>, parts: Parts) -> Result<Response> {
    let viewer = viewer(&app, &parts).await?;
    let (site, number) = (app.site.clone(), number(&app.site, &id)?);
    let found = app.db.read(move |conn| find(conn, &site, &viewer, number)).await?;
    show(&app.site, &found, &parts)
}

/// Who looks: one of ours with a token, an actor of another server that signed, or anybody.
pub(in crate::http) async fn viewer(app: &App, parts: &Parts) -> Result<Viewer> {
    if let Some(me) = MaybeSession::read(parts, app).await?.person() {
        me.need("read:statuses")?;
        let actor = me.actor.id;
        return app.db.read(move |conn| Viewer::local(conn, actor)).await;
    }
    Ok(signed_get::reader(app, parts).await?.map_or(Viewer::Anonymous, Viewer::Remote))
}

/// The number of a post in its address.
pub(in crate::http) fn number(site: &Site, id: &str) -> Result<PostId> {
    let uri = format!("{}/ap/objects/{id}", site.base_url);
    site.local_id(&uri, "objects").map(PostId).ok_or_else(missing)
}

/// The post of ours with this number as far as `viewer` may see it. What is internal, hidden, somebody else's or
/// was never there is missing all the same.
pub(in crate::http) fn find(conn: &mut Conn, site: &Site, viewer: &Viewer, id: PostId) -> Result<Found> {
    let uri = site.object_uri(id);
    if let Some(deleted) = posts::deleted_at(conn, &uri)? {
        return Ok(Found::Deleted(uri, deleted));
    }
    let post =
        posts::get_visible(conn, viewer, id)?.federable().filter(|post| post.uri() == uri).ok_or_else(missing)?;
    let around = Surroundings::load(conn, &post)?;
    if !around.author.as_ref().is_some_and(Actor::is_active) {
        return Err(missing());
    }
    Ok(Found::Post(Box::new(post), Box::new(around)))
}

/// The document of what was found.
pub(in crate::http) fn show(site: &Site, found: &Found, parts: &Parts) -> Result<Response> {
    let (post, around) = match found {
        Found::Post(post, around) => (post, around),
        Found::Deleted(..) if negotiation::wants_page(&parts.headers) => {
            return Err(Error::gone("post.deleted", "This post was deleted."));
        }
        Found::Deleted(uri, deleted) => {
            let tombstone = tombstone::to_json(uri, Some(*deleted));
            return Ok(negotiation::gone(&context::document(tombstone, Terms::Plain, false)?));
        }
    };
    let open = post.audience.is_open();
    if let (true, true, Some(url)) = (open, negotiation::wants_page(&parts.headers), &post.url) {
        return Ok(negotiation::see_page(url));
    }
    let document = context::document(note::to_json(site, post, around)?, Terms::Post, false)?;
    Ok(if open { negotiation::object(&document) } else { negotiation::object_for_reader(&document) })
}

/// There is no such post, or the reader may not know that there is.
pub(in crate::http) fn missing() -> Error {
    Error::not_found("post.not_found", "There is no such post.")
}
