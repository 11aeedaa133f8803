//! Pages for people: written by the server, working without script, loading nothing from elsewhere. And what belongs
//! to them for machines: feeds, sitemaps, cards, embedding.
//!
//! To add a page, write a file with its handler and its template, give it a [`frame::Frame`] and a [`head::Head`],
//! answer with [`page::page`], and name its route here. What it says stands in [`sentences`], in every language.

mod about;
mod account;
mod assets;
mod authorize;
mod body;
mod challenge;
mod colour;
mod door;
mod entry;
mod error;
mod face;
mod faults;
mod feed;
mod frame;
mod head;
mod home;
mod interact;
mod invitation;
mod language;
mod legal;
mod oembed;
mod own;
mod page;
mod person;
mod pictures;
mod post;
mod private;
mod profile;
mod refusals;
mod sentences;
pub(super) mod setup;
mod sign_in;
mod sign_up;
mod sitemap;
mod slash;
mod street;
mod subject;
mod tag;
mod to_copy;
mod turn;
mod visitor_address;
mod words;
mod workroom;

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state, map_response},
    response::Redirect,
    routing::{get, post},
};
use tower::ServiceBuilder;

pub(super) use assets::logo_address;
pub(super) use authorize::doors;
pub(super) use error::as_page_for_readers;
pub(super) use face::Face;
pub(super) use frame::Frame;
pub(super) use head::Head;
pub(super) use private::{Forms, LONGEST, go, private_page, sign_in_address, to_sign_in};
pub(super) use sentences::Html;
pub(super) use sign_in::hash_of_new;
pub use workroom::way_in;

use super::{extract::read_fields, oauth, observe};
use crate::{app::App, domain::Site};

/// Every page, and what is shown where nothing is.
pub fn routes(app: &App) -> Router<App> {
    let files = Router::new()
        .route("/robots.txt", get(sitemap::robots))
        .route("/assets/{file}", get(assets::asset))
        .route("/home/_app/{*file}", get(workroom::file))
        .route("/favicon.ico", get(assets::favicon));
    Router::new()
        .route("/", get(home::home))
        // The link of the first run, opened once more.
        .route("/setup", get(|| async { Redirect::to("/sign-in?already=yes") }))
        .route("/@{name}", get(profile::profile))
        .route("/@{name}/feed.atom", get(feed::of_actor))
        .route("/@{name}/{id}", get(post::post))
        .route("/tags/{name}", get(tag::tag))
        .route("/tags/{name}/feed.atom", get(feed::of_tag))
        .route("/about", get(about::about))
        .route("/legal/{kind}", get(legal::legal))
        .route("/authorize_interaction", get(authorize::authorize))
        .route("/oembed", get(oembed::oembed))
        // Where Mastodon has it.
        .route("/api/oembed", get(oembed::oembed))
        .route("/sitemap.xml", get(sitemap::index))
        .route("/sitemap/{file}", get(sitemap::map))
        .route("/interact", get(interact::ask).post(interact::go))
        .layer(ServiceBuilder::new().layer(from_fn_with_state(app.clone(), observe::limit)).layer(from_fn(read_fields)))
        .merge(files)
        .layer(from_fn_with_state(app.clone(), error::as_page))
        .merge(personal(app))
        .fallback(error::nothing)
        .layer(from_fn_with_state(Site::clone(&app.site), language::choose))
}

/// Pages for one person.
fn personal(app: &App) -> Router<App> {
    Router::new()
        .route("/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/sign-in/code", get(sign_in::code::show).post(sign_in::code::submit))
        .route("/sign-in/passkey", post(sign_in::passkey::submit))
        .route("/sign-in/forgotten", get(sign_in::forgotten::show).post(sign_in::forgotten::ask))
        .route("/sign-in/reset", get(sign_in::forgotten::choose).post(sign_in::forgotten::set))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/invitations/{token}", get(invitation::show).post(invitation::accept))
        .route("/sign-up", get(sign_up::show).post(sign_up::ask))
        .route("/sign-up/again", post(sign_up::again))
        .route("/sign-up/confirm", get(sign_up::look).post(sign_up::confirm))
        .merge(workroom::routes())
        .route("/account", get(account::show))
        .route("/account/apps/end", post(account::end_app))
        .route("/account/browsers/end", post(account::end_browser))
        .route("/account/end-everything", post(account::end_everything))
        .route("/account/password", get(account::password::show).post(account::password::change))
        .route("/account/passkeys", get(account::passkeys::show))
        .route("/account/passkeys/begin", post(account::passkeys::begin))
        .route("/account/passkeys/add", post(account::passkeys::add))
        .route("/account/passkeys/rename", post(account::passkeys::rename))
        .route("/account/passkeys/remove", post(account::passkeys::remove))
        .route("/account/second-step", get(account::second_step::show))
        .route("/account/second-step/begin", post(account::second_step::begin))
        .route("/account/second-step/confirm", post(account::second_step::confirm))
        .route("/account/second-step/end", post(account::second_step::end))
        .merge(oauth::pages())
        .layer(
            ServiceBuilder::new()
                .layer(map_response(private::let_openers_be))
                .layer(from_fn_with_state(app.clone(), error::as_page))
                .layer(from_fn_with_state(app.clone(), observe::limit))
                .layer(from_fn(read_fields)),
        )
}
