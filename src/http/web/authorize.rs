//! `/authorize_interaction`: where other sites send our own people who want to act from here.
//!
//! Nobody acts from these pages yet: they say what it is about, and how to find it in one's app. Nothing is fetched for
//! it.

use askama::Template;
use axum::{extract::State, response::Response};
use http::HeaderMap;
use serde::Deserialize;

use super::{
    frame::Frame,
    head::Head,
    page::{Keep, page},
    words,
};
use crate::{app::App, domain::Site, error::Result, http::extract::Form, text};

/// The longest address or text that is repeated.
const LONGEST: usize = 2048;

#[derive(Template)]
#[template(path = "authorize.html")]
struct AuthorizePage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    heading: &'static str,
    address: String,
    content: String,
    ours: bool,
}

/// What the other site says.
#[derive(Debug, Default, Deserialize)]
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
pub(super) async fn authorize(State(app): State<App>, Form(said): Form<Said>, headers: HeaderMap) -> Result<Response> {
    let site = app.site.clone();
    let frame = app.db.read(move |conn| Frame::load(conn, &site)).await?;
    let address = readable(&said.uri);
    let heading = match said.intent.as_str() {
        "follow" => "Follow from here",
        "like" => "Like from here",
        "share" => "Share from here",
        "answer" if address.is_empty() => "Write from here",
        "answer" => "Answer from here",
        _ => "Open it from here",
    };
    let mut head = Head::new(&frame, "/authorize_interaction", heading.to_owned(), heading);
    head.hidden = true;
    let template = AuthorizePage {
        head,
        place: "authorize",
        heading,
        ours: app.site.owns(&address),
        address,
        content: words::excerpt(&said.content, LONGEST),
        frame: &frame,
    };
    page(&headers, Keep::Never, &template)
}

/// An address that can be searched for in an app: of the web, or a handle. Nothing when it is neither.
fn readable(uri: &str) -> String {
    if uri.len() > LONGEST {
        return String::new();
    }
    let handle = uri.trim().trim_start_matches("acct:").trim_start_matches('@');
    let is_handle = handle.split_once('@').is_some_and(|(name, host)| {
        let plain = |text: &str| {
            !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':'))
        };
        plain(name) && plain(host)
    });
    if is_handle { format!("@{handle}") } else { text::http_url(uri).unwrap_or_default() }
}
