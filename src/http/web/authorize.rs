//! `/authorize_interaction`: where other sites send people who want to act from here.
//!
//! Who is signed in in this browser goes on in the workroom at once. All others read what it is about, how to go on
//! with an account here, in the workroom or in one's app, and how to go on from another server. Nothing is fetched for
//! it, and nobody acts by coming here.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, header};
use serde::Deserialize;

use super::{
    frame::Frame,
    head::Head,
    own::{Own, Wish},
    page::{Keep, page},
    subject::{Subject, read_handle},
    to_copy::ToCopy,
    words, workroom,
};
use crate::{
    app::App,
    db::Conn,
    domain::Site,
    error::Result,
    http::extract::{Form, Language, Visitor},
    text,
};

/// The longest address or text that is repeated.
const LONGEST: usize = 2048;

#[derive(Template)]
#[template(path = "authorize.html")]
struct AuthorizePage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    heading: &'static str,
    about: Option<&'a Subject>,
    own: Option<Own>,
    copies: Vec<ToCopy>,
    /// What to do in one's app with what is copied.
    step: &'static str,
    /// Where the workroom goes on with it; nothing where it is not in this server, or where nothing is named.
    workroom: Option<&'a str>,
}

/// What the other site says.
#[derive(Debug, Default, Clone, Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    intent: String,
    #[serde(default)]
    uri: String,
    #[serde(default)]
    content: String,
}

/// Our doors for WebFinger: intents of FEP-3b86, and OStatus's subscribe.
pub(in crate::http) fn doors(site: &Site) -> Vec<serde_json::Value> {
    let page = format!("{}/authorize_interaction", site.base_url);
    let intent = |name: &str, query: &str| serde_json::json!({ "rel": format!("https://w3id.org/fep/3b86/{name}"), "template": format!("{page}?{query}") });
    vec![
        serde_json::json!({ "rel": "http://ostatus.org/schema/1.0/subscribe", "template": format!("{page}?uri={{uri}}") }),
        intent("Follow", "intent=follow&uri={object}"),
        intent("Like", "intent=like&uri={object}"),
        intent("Announce", "intent=share&uri={object}"),
        intent("Object", "uri={object}"),
        intent("Create", "intent=answer&uri={inReplyTo}&content={content}"),
    ]
}

/// `GET /authorize_interaction?uri=…`
pub(super) async fn authorize(
    State(app): State<App>,
    Form(said): Form<Said>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response> {
    let workroom = workroom::way_in().and_then(|way_in| goes_on(way_in, &said));
    if let (Some(there), Some(_)) = (&workroom, visitor.signed_in()) {
        return Ok(([(header::CACHE_CONTROL, "no-store")], Redirect::to(there)).into_response());
    }
    let (site, asked, reader) = (app.site.clone(), said.clone(), visitor.reader().clone());
    let say = reader.language;
    let found =
        app.db.read(move |conn| Ok((Frame::load(conn, &site, &reader)?, find(conn, &site, &asked, reader.language)?)));
    let (frame, found) = found.await?;
    let writes = said.uri.trim().is_empty() && !said.content.trim().is_empty();
    let heading = match said.intent.as_str() {
        "follow" => say.follow_from_here(),
        "like" => say.like_from_here(),
        "share" => say.share_from_here(),
        "ask" => say.write_from_here(),
        "answer" if writes => say.write_from_here(),
        "answer" => say.answer_from_here(),
        _ => say.open_from_here(),
    };
    let mut head = Head::new(&frame, "/authorize_interaction", heading.to_owned(), heading);
    head.hidden = true;
    let asks = writes || said.intent == "ask";
    let template = AuthorizePage {
        head,
        place: "authorize",
        workroom: workroom.as_deref(),
        heading,
        copies: copies(say, &said, asks, found.as_ref().map(|(_, subject)| subject)),
        own: found
            .as_ref()
            .map(|(wish, subject)| Own { label: say.your_address(), ..Own::new(*wish, &subject.uri, say) }),
        about: found.as_ref().map(|(_, subject)| subject),
        step: if asks { say.begins_so() } else { say.search_for_it() },
        frame: &frame,
    };
    page(&headers, &frame, Keep::Never, &template)
}

/// The place in the workroom that goes on with what is wished.
fn goes_on(way_in: &str, said: &Said) -> Option<String> {
    let (uri, content) = (said.uri.trim(), said.content.trim());
    let go = |intent: &str, named: &str| {
        let named = read_handle(named).map_or_else(|| named.to_owned(), |(name, host)| format!("@{name}@{host}"));
        format!("{way_in}/go?intent={}&uri={}", words::parameter(intent), words::parameter(&named))
    };
    let writes = || format!("{way_in}/write?text={}", words::parameter(&words::excerpt(content, LONGEST)));
    match (uri, content) {
        ("", "") => None,
        // A post that begins with somebody and says nothing yet: they are looked for, and written to.
        ("", handle) if read_handle(handle).is_some() => Some(go("ask", handle)),
        ("", _) => Some(writes()),
        _ => Some(go(&said.intent, uri)),
    }
}

/// What it is about, where it is known here, and what can be wished of it from another server.
fn find(conn: &mut Conn, site: &Site, said: &Said, say: Language) -> Result<Option<(Wish, Subject)>> {
    let uri = said.uri.trim();
    let named = if uri.is_empty() { said.content.split_whitespace().next().unwrap_or_default() } else { uri };
    let of_actor = if matches!(said.intent.as_str(), "answer" | "ask") { Wish::Ask } else { Wish::Follow };
    let somebody = match read_handle(named) {
        Some((name, host)) => Subject::by_handle(conn, site, (&name, &host), say)?,
        None => Subject::find(conn, site, of_actor, uri, say)?,
    };
    if let Some(subject) = somebody {
        return Ok(Some((of_actor, subject)));
    }
    let of_post = Wish::named(&said.intent).filter(|wish| !wish.is_about_actor()).unwrap_or(Wish::Answer);
    Ok(Subject::find(conn, site, of_post, uri, say)?.map(|subject| (of_post, subject)))
}

/// What to take into one's app.
fn copies(say: Language, said: &Said, asks: bool, about: Option<&Subject>) -> Vec<ToCopy> {
    let mut copies = Vec::new();
    let content = words::excerpt(&said.content, LONGEST);
    let of_somebody = about.filter(|about| about.is_actor).map(|about| about.handle.clone());
    let address = if said.uri.trim().is_empty() { None } else { of_somebody.or_else(|| readable(&said.uri)) };
    if let Some(value) = address {
        copies.push(ToCopy { id: "uri", label: if asks { say.how_it_begins() } else { say.the_address() }, value });
    }
    if !content.is_empty() {
        copies.push(ToCopy {
            id: "text",
            label: if asks { say.how_it_begins() } else { say.what_you_want_to_say() },
            value: content,
        });
    }
    copies
}

/// An address that can be searched for in an app: of the web, or a handle. Nothing when it is neither.
fn readable(uri: &str) -> Option<String> {
    if uri.len() > LONGEST {
        return None;
    }
    match read_handle(uri) {
        Some((name, host)) => Some(format!("@{name}@{host}")),
        None => text::http_url(uri),
    }
}
