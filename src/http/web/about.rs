//! `/about`: who is here; and the page of the server's own actor.

use askama::Template;
use axum::{extract::State, response::Response};
use http::HeaderMap;

use super::{
    frame::Frame,
    head::Head,
    page::{Keep, page, with_object},
    person::Person,
};
use crate::{app::App, domain::accounts, error::Result};

/// How many people are listed.
const PEOPLE: i64 = 60;

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    lead: String,
    people: Vec<Person>,
    brands: Vec<Person>,
    version: &'static str,
    source: &'a str,
}

/// `GET /about`
pub(super) async fn about(State(app): State<App>, headers: HeaderMap) -> Result<Response> {
    let site = app.site.clone();
    let (frame, people) =
        app.db.read(move |conn| Ok((Frame::load(conn, &site)?, accounts::list_staff(conn, PEOPLE)?))).await?;
    let name = &frame.company.name;
    let lead = "Follow whom you like; each writes as themselves.".to_owned();
    let uri = format!("{}/ap/actor", app.site.base_url);
    let head = Head::new(
        &frame,
        "/about",
        format!("The people of {name}"),
        &format!("Who writes and answers at {name}, and how to check it."),
    )
    .link("alternate", "application/activity+json", uri.clone(), "");
    let template = AboutPage {
        head,
        place: "about",
        lead,
        people: Person::list(&app.site, &people),
        brands: Person::list(&app.site, &frame.brands),
        version: env!("CARGO_PKG_VERSION"),
        source: app.config.source(),
        frame: &frame,
    };
    Ok(with_object(page(&headers, Keep::Minute, &template)?, &uri))
}
