//! Pages for people: written by the server, working without script, loading nothing from elsewhere. And what belongs
//! to them for machines: feeds, sitemaps, cards, embedding.
//!
//! To add a page, write a file with its handler and its template, give it a [`frame::Frame`] and a [`head::Head`],
//! answer with [`page::page`], and name its route here.

mod about;
mod assets;
mod authorize;
mod body;
mod colour;
mod entry;
mod error;
mod face;
mod feed;
mod frame;
mod head;
mod home;
mod interact;
mod legal;
mod oembed;
mod own;
mod page;
mod person;
mod post;
mod profile;
pub(super) mod setup;
mod sitemap;
mod street;
mod tag;
mod turn;
mod words;

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    routing::get,
};

pub(super) use authorize::doors;

use super::{extract::read_fields, observe};
use crate::app::App;

/// Every page, and what is shown where nothing is.
pub fn routes(app: &App) -> Router<App> {
    let forms = Router::new()
        .route("/interact", get(interact::ask).post(interact::go))
        .layer(from_fn_with_state(app.clone(), observe::limit));
    Router::new()
        .route("/", get(home::home))
        .route("/@{name}", get(profile::profile))
        .route("/@{name}/feed.atom", get(feed::of_actor))
        .route("/@{name}/{id}", get(post::post))
        .route("/tags/{name}", get(tag::tag))
        .route("/tags/{name}/feed.atom", get(feed::of_tag))
        .route("/about", get(about::about))
        .route("/legal/{kind}", get(legal::legal))
        .route("/authorize_interaction", get(authorize::authorize))
        .route("/oembed", get(oembed::oembed))
        .route("/robots.txt", get(sitemap::robots))
        .route("/sitemap.xml", get(sitemap::index))
        .route("/sitemap/{file}", get(sitemap::map))
        .route("/assets/{file}", get(assets::asset))
        .route("/favicon.ico", get(assets::favicon))
        .merge(forms)
        .layer(from_fn(read_fields))
        .layer(from_fn_with_state(app.clone(), error::as_page))
        .fallback(error::nothing)
}
