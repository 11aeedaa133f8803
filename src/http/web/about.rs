//! `/about`: who is here; and the page of the server's own actor.

use askama::Template;
use axum::{extract::State, response::Response};
use http::HeaderMap;

use super::{
    frame::Frame,
    head::Head,
    page::{Keep, page, with_object},
    person::Person,
    sentences::Html,
};
use crate::{app::App, domain::accounts, error::Result, http::extract::Reader};

/// How many people are listed.
const PEOPLE: i64 = 60;
/// The sign of those who work here.
const ROOF: &str = r#"<span class="roof" aria-hidden="true"></span>"#;
/// The sign of what links back.
const MARK: &str = r##"<svg class="ic inline" aria-hidden="true"><use href="#i-check"/></svg>"##;

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    address_is_ours: Html,
    check_without_us: Html,
    people: Vec<Person>,
    brands: Vec<Person>,
    version: &'static str,
    source: &'a str,
}

/// `GET /about`
pub(super) async fn about(State(app): State<App>, reader: Reader, headers: HeaderMap) -> Result<Response> {
    let site = app.site.clone();
    let (frame, people) =
        app.db.read(move |conn| Ok((Frame::load(conn, &site, &reader)?, accounts::list_staff(conn, PEOPLE)?))).await?;
    let name = &frame.company.name;
    let say = frame.say;
    let uri = format!("{}/ap/actor", app.site.base_url);
    let head = Head::new(&frame, "/about", say.people_of(name), &say.who_writes_at(name)).link(
        "alternate",
        "application/activity+json",
        uri.clone(),
        "",
    );
    let template = AboutPage {
        head,
        place: "about",
        address_is_ours: say.address_is_ours(&frame.site.domain, Html::of(ROOF.to_owned())),
        check_without_us: say.check_without_us(Html::of(MARK.to_owned())),
        people: Person::list(&app.site, &people, say),
        brands: Person::list(&app.site, &frame.brands, say),
        version: env!("CARGO_PKG_VERSION"),
        source: app.config.source(),
        frame: &frame,
    };
    Ok(with_object(page(&headers, &frame, Keep::Minute, &template)?, &uri))
}
