//! `/interact`: a visitor follows, answers, likes or shares from their own server.
//!
//! The form asks for their address, their server is asked by WebFinger where its door is, and they are sent there.
//! The door must be on that server: nobody can be sent elsewhere by a link to us, and only our own form can ask.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;
use url::Url;

use super::{
    door,
    frame::Frame,
    head::Head,
    own::{Own, Wish},
    page::{Keep, page, page_with_status},
    subject::Subject,
    to_copy::ToCopy,
    visitor_address::VisitorAddress,
    words,
};
use crate::{
    app::App,
    domain::Site,
    error::{Error, Kind, Result},
    http::extract::{Form, Language, Reader},
    net::host_of,
};

#[derive(Template)]
#[template(path = "interact.html")]
struct InteractPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    heading: &'static str,
    what: &'a str,
    back: &'a str,
    own: Own,
    to_copy: ToCopy,
    address: &'a str,
    error: &'a str,
}

#[derive(Template)]
#[template(path = "go.html")]
struct GoPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    host: &'a str,
    target: &'a str,
    address: &'a str,
}

/// What a visitor wants, and with what.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    to: String,
    #[serde(default)]
    uri: String,
    #[serde(default)]
    address: String,
}

/// `GET /interact`: the form by itself.
pub(super) async fn ask(
    State(app): State<App>,
    Form(wanted): Form<Wanted>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response> {
    let wish = Wish::named(&wanted.to).ok_or_else(nothing)?;
    let (frame, subject) = subject(&app, &reader, wish, wanted.uri).await?;
    page(&headers, &frame, Keep::Never, &form(&frame, &subject, wish, "", ""))
}

/// `POST /interact`: finds the door and sends the visitor there.
pub(super) async fn go(
    State(app): State<App>,
    reader: Reader,
    headers: HeaderMap,
    Form(wanted): Form<Wanted>,
) -> Result<Response> {
    if !is_our_own_form(&app.site, &headers) {
        return Err(Error::forbidden("interact.origin", "Only a form on our own pages can ask this."));
    }
    let wish = Wish::named(&wanted.to).ok_or_else(nothing)?;
    let (frame, subject) = subject(&app, &reader, wish, wanted.uri).await?;
    let again = |error: &str| {
        let shown = form(&frame, &subject, wish, &wanted.address, error);
        page_with_status(&frame, StatusCode::UNPROCESSABLE_ENTITY, &shown)
    };
    let Some(visitor) = VisitorAddress::read(&wanted.address) else {
        return again(reader.language.address_looks_like());
    };
    if app.site.is_our_host(&visitor.host) {
        let location = format!("/authorize_interaction?intent={}&uri={}", wish.name(), words::parameter(&subject.uri));
        return Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response());
    }
    match door::find(&app, &visitor, wish, &subject).await {
        Ok(target) => send(&frame, &target, wanted.address.trim()),
        Err(error) if error.kind() == Kind::Internal => Err(error),
        Err(error) => {
            tracing::debug!(%error, "Could not find the door of a visitor's server");
            again(&closed(reader.language, &visitor))
        }
    }
}

/// What to do when a server does not show its door.
fn closed(say: Language, visitor: &VisitorAddress) -> String {
    let host = &visitor.host;
    if visitor.name.is_none() {
        return say.host_alone(host);
    }
    say.door_is_closed(host)
}

/// Browsers tell from where a form is sent. Only ours may make us ask other servers.
fn is_our_own_form(site: &Site, headers: &HeaderMap) -> bool {
    let value = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site_ok =
        value(&HeaderName::from_static("sec-fetch-site")).is_none_or(|from| matches!(from, "same-origin" | "none"));
    // Where a browser hides the origin, what it says of the site decides.
    let origin_ok = match value(&header::ORIGIN) {
        None => true,
        Some("null") => headers.contains_key("sec-fetch-site"),
        Some(origin) => origin == site.base_url,
    };
    site_ok && origin_ok
}

fn nothing() -> Error {
    Error::not_found("interact.not_found", "There is nothing here to do that with.")
}

/// Who or what it is about.
async fn subject(app: &App, reader: &Reader, wish: Wish, uri: String) -> Result<(Frame, Subject)> {
    let (site, reader) = (app.site.clone(), reader.clone());
    let found = app.db.read(move |conn| {
        let subject = Subject::find(conn, &site, wish, &uri, reader.language)?;
        Ok((Frame::load(conn, &site, &reader)?, subject))
    });
    let (frame, subject) = found.await?;
    Ok((frame, subject.ok_or_else(nothing)?))
}

fn form<'a>(frame: &'a Frame, subject: &'a Subject, wish: Wish, address: &'a str, error: &'a str) -> InteractPage<'a> {
    let (say, heading) = (frame.say, wish.heading(frame.say));
    let mut head = Head::new(frame, "/interact", heading.to_owned(), heading);
    head.hidden = true;
    let own = Own { label: say.your_address(), ..Own::new(wish, &subject.uri, say) };
    InteractPage {
        frame,
        head,
        place: "interact",
        heading,
        what: &subject.what,
        back: &subject.page,
        own,
        to_copy: subject.to_copy(wish, say),
        address,
        error,
    }
}

/// A page that says where it goes, and goes there: a redirect right after a form would be stopped by the policy
/// that keeps forms on our own pages. It holds the address that led there, for the visitor's browser to remember.
fn send(frame: &Frame, target: &Url, address: &str) -> Result<Response> {
    let host = host_of(target);
    let mut head = Head::new(frame, "/interact", frame.say.to_host(&host), "");
    head.hidden = true;
    let template = GoPage { frame, head, place: "interact", host: &host, target: target.as_str(), address };
    let mut response = page_with_status(frame, StatusCode::OK, &template)?;
    let refresh = HeaderValue::from_str(&format!("0;url={target}")).map_err(Error::internal)?;
    response.headers_mut().insert(HeaderName::from_static("refresh"), refresh);
    Ok(response)
}
