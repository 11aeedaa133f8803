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
    body,
    frame::Frame,
    head::Head,
    own::{Own, Wish},
    page::{Keep, page, page_with_status},
    words,
};
use crate::{
    app::App,
    db::Conn,
    domain::{
        Site, actors, posts,
        posts::{EntryRef, Viewer},
    },
    error::{Error, Kind, Result},
    federation::fetch::{self, Door},
    http::extract::Form,
    net::host_of,
    text,
};

const INTENTS: &str = "https://w3id.org/fep/3b86/";
const SUBSCRIBE: &str = "http://ostatus.org/schema/1.0/subscribe";
/// The longest address that somebody is sent to.
const LONGEST: usize = 4096;

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

/// What somebody wants to do something with.
struct Subject {
    frame: Frame,
    uri: String,
    /// What it is, in a line.
    what: String,
    /// Its page.
    page: String,
    /// `@user@host` of whom it is about.
    handle: String,
}

/// `GET /interact`: the form by itself.
pub(super) async fn ask(State(app): State<App>, Form(wanted): Form<Wanted>, headers: HeaderMap) -> Result<Response> {
    let wish = Wish::named(&wanted.to).ok_or_else(nothing)?;
    let subject = subject(&app, wish, wanted.uri).await?;
    page(&headers, Keep::Never, &form(&subject, wish, "", ""))
}

/// `POST /interact`: finds the door and sends the visitor there.
pub(super) async fn go(State(app): State<App>, headers: HeaderMap, Form(wanted): Form<Wanted>) -> Result<Response> {
    if !is_our_own_form(&app.site, &headers) {
        return Err(Error::forbidden("interact.origin", "Only a form on our own pages can ask this."));
    }
    let wish = Wish::named(&wanted.to).ok_or_else(nothing)?;
    let subject = subject(&app, wish, wanted.uri).await?;
    let again =
        |error: &str| page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &form(&subject, wish, &wanted.address, error));
    let Some((username, host)) = read_address(&wanted.address) else {
        return again("An address looks like @kim@kunde.example: a name, and after the second @ the server.");
    };
    if app.site.is_our_host(&host) {
        let location = format!("/authorize_interaction?intent={}&uri={}", wish.name(), words::parameter(&subject.uri));
        return Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response());
    }
    match find_door(&app, &username, &host, wish, &subject).await {
        Ok(target) => send(&subject.frame, &target),
        Err(error) if error.kind() == Kind::Internal => Err(error),
        Err(error) => {
            tracing::debug!(%error, "Could not find the door of a visitor's server");
            again(&format!(
                "{} does not tell us where its door is. Copy {} and search for it there.",
                host, subject.uri
            ))
        }
    }
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

/// Who or what it is about: known here, and such that anybody may see it.
async fn subject(app: &App, wish: Wish, uri: String) -> Result<Subject> {
    if uri.chars().any(char::is_control) {
        return Err(nothing());
    }
    let site = app.site.clone();
    app.db.read(move |conn| find_subject(conn, &site, wish, uri)).await
}

fn find_subject(conn: &mut Conn, site: &Site, wish: Wish, uri: String) -> Result<Subject> {
    let frame = Frame::load(conn, site)?;
    if wish.is_about_actor() {
        let actor = actors::find_by_uri(conn, &uri)?.filter(actors::Actor::is_active).ok_or_else(nothing)?;
        let handle = format!("@{}", actor.handle(site));
        let what = format!("{} ({handle})", actor.display_name());
        return Ok(Subject { frame, uri, what, page: actor.page().to_owned(), handle });
    }
    let post = posts::find_by_uri(conn, &uri)?.ok_or_else(nothing)?;
    if !posts::may_see(conn, &Viewer::Anonymous, &post)? {
        return Err(nothing());
    }
    let view = posts::views(conn, None, &[EntryRef::post(post.id)])?.pop().filter(|view| view.author.is_active());
    let view = view.ok_or_else(nothing)?;
    let what = format!("{}: {}", view.author.display_name(), body::line(&view.post, 120));
    let handle = format!("@{}", view.author.handle(site));
    Ok(Subject { frame, uri, what, page: body::address(site, &view), handle })
}

fn form<'a>(subject: &'a Subject, wish: Wish, address: &'a str, error: &'a str) -> InteractPage<'a> {
    let mut head = Head::new(&subject.frame, "/interact", wish.heading().to_owned(), wish.heading());
    head.hidden = true;
    let own = Own { label: "Your address", ..Own::new(wish, &subject.uri) };
    InteractPage {
        frame: &subject.frame,
        head,
        place: "interact",
        heading: wish.heading(),
        what: &subject.what,
        back: &subject.page,
        own,
        address,
        error,
    }
}

/// `@me@server`, `me@server`, `acct:me@server` or the address of a profile.
fn read_address(address: &str) -> Option<(String, String)> {
    let address = address.trim();
    if address.len() > 320 || address.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return None;
    }
    let (name, host) = if let Some(url) = text::http_url(address).and_then(|url| Url::parse(&url).ok()) {
        let name = url.path_segments()?.rfind(|part| !part.is_empty())?.trim_start_matches('@').to_owned();
        (name, host_of(&url))
    } else {
        let bare = address.strip_prefix("acct:").unwrap_or(address).trim_start_matches('@');
        let (name, host) = bare.split_once('@')?;
        (name.to_owned(), host.to_lowercase())
    };
    let name_ok = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    let host_ok = !host.is_empty() && !host.contains(['/', '?', '#', '@', '\\', '%']);
    (name_ok && host_ok).then_some((name, host))
}

/// Asks the visitor's server for its door, and opens it.
async fn find_door(app: &App, username: &str, host: &str, wish: Wish, subject: &Subject) -> Result<Url> {
    let (doors, hosts) = fetch::doors(app, username, host).await?;
    let allowed = |url: &Url| {
        let host = host_of(url);
        let secure = url.scheme() == "https" || url.scheme() == fetch::scheme(app, &host);
        secure
            && hosts.contains(&host)
            && !app.refuses(&host)
            && url.username().is_empty()
            && url.password().is_none()
            && url.as_str().len() <= LONGEST
    };
    let found = candidates(wish, subject)
        .iter()
        .filter_map(|(rel, needs, values)| {
            let door = doors.iter().find(|door| door.rel == *rel && door.template.contains(needs))?;
            open(door, values)
        })
        .find(allowed);
    found.ok_or_else(|| Error::not_found("interact.no_door", "This server has no door."))
}

type Candidate<'a> = (String, &'static str, Vec<(&'static str, &'a str)>);

/// Which doors lead to what is wanted, the best one first.
fn candidates<'a>(wish: Wish, subject: &'a Subject) -> Vec<Candidate<'a>> {
    let uri = subject.uri.as_str();
    let intent = |name: &str| format!("{INTENTS}{name}");
    let object = |name: &str| (intent(name), "{object}", vec![("object", uri)]);
    let mut doors = match wish {
        Wish::Follow => vec![object("follow")],
        Wish::Ask => vec![(intent("create"), "{content}", vec![("content", subject.handle.as_str())])],
        Wish::Answer => vec![(intent("create"), "{inReplyTo}", vec![("inReplyTo", uri)])],
        Wish::Like => vec![object("like")],
        Wish::Share => vec![object("announce")],
    };
    doors.push(object("object"));
    doors.push((SUBSCRIBE.to_owned(), "{uri}", vec![("uri", uri)]));
    doors
}

/// The address that a template leads to; what it asks for and we do not have stays empty.
fn open(door: &Door, values: &[(&str, &str)]) -> Option<Url> {
    let mut address = String::new();
    let mut rest = door.template.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        address.push_str(before);
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            address.push_str(&words::parameter(value).replace('+', "%20"));
        }
        rest = after;
    }
    address.push_str(rest);
    // A template whose host is filled in is none.
    let fixed = door.template.split('{').next().unwrap_or_default();
    let fixed = Url::parse(fixed).ok()?;
    Url::parse(&address).ok().filter(|url| url.host() == fixed.host() && url.port() == fixed.port())
}

/// A page that says where it goes, and goes there: a redirect right after a form would be stopped by the policy
/// that keeps forms on our own pages.
fn send(frame: &Frame, target: &Url) -> Result<Response> {
    let host = host_of(target);
    let mut head = Head::new(frame, "/interact", format!("To {host}"), "");
    head.hidden = true;
    let template = GoPage { frame, head, place: "interact", host: &host, target: target.as_str() };
    let mut response = page_with_status(StatusCode::OK, &template)?;
    let refresh = HeaderValue::from_str(&format!("0;url={target}")).map_err(Error::internal)?;
    response.headers_mut().insert(HeaderName::from_static("refresh"), refresh);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        let read = |text: &str| read_address(text).map(|(name, host)| format!("{name}@{host}"));
        for text in [
            "@kim@kunde.example",
            "kim@kunde.example",
            " acct:kim@Kunde.example ",
            "https://kunde.example/@kim",
            "https://kunde.example/users/kim/",
        ] {
            assert_eq!(read(text).as_deref(), Some("kim@kunde.example"), "{text}");
        }
        for text in [
            "",
            "@",
            "kim",
            "@kim",
            "@kim@",
            "@@kunde.example",
            "kim@kunde.example/path",
            "kim@evil.example#@kunde.example",
            "kim@kunde.example@evil.example",
            "ki m@kunde.example",
            "kim@kunde.example\r\nX: y",
            "javascript:alert(1)",
            "https://kunde.example/",
            "<b>@kunde.example",
            "kim@kunde.example?x",
            "kim@%6b",
            &format!("{}@kunde.example", "a".repeat(400)),
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn doors_are_opened_with_what_they_ask_for() {
        let to = |template: &str| {
            let door = Door { rel: String::new(), template: template.to_owned() };
            open(&door, &[("uri", "https://a.example/1?x=y&z")]).map(String::from)
        };
        assert_eq!(
            to("https://kunde.example/go?uri={uri}&then={on-success}").as_deref(),
            Some("https://kunde.example/go?uri=https%3A%2F%2Fa.example%2F1%3Fx%3Dy%26z&then=")
        );
        for template in
            ["https://{uri}/", "{uri}", "https://kunde.example{uri}", "/go?uri={uri}", "https://kunde.example/{uri", ""]
        {
            assert_eq!(to(template), None, "{template}");
        }
    }
}
