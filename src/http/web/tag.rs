//! `/tags/{name}`: what is said in public with a hashtag.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use http::HeaderMap;

use super::{
    entry::Entry,
    frame::Frame,
    head::Head,
    page::{Keep, page},
    profile::{self, POSTS, Window},
    words,
};
use crate::{
    app::App,
    domain::{posts::EntryRef, timelines},
    error::{Error, Result},
    http::extract::{Form, Reader},
    text,
};

#[derive(Template)]
#[template(path = "tag.html")]
struct TagPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    tag: &'a str,
    entries: &'a [Entry],
    next: Option<String>,
    feed: String,
}

/// A hashtag as it is stored.
pub(super) fn normalised(name: &str) -> Result<String> {
    text::normalise_hashtag(name).ok_or_else(missing)
}

pub(super) fn missing() -> Error {
    Error::not_found("tag.not_found", "Nobody has written about this in public.")
}

/// `GET /tags/{name}`
pub(super) async fn tag(
    State(app): State<App>,
    Path(name): Path<String>,
    Form(window): Form<Window>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response> {
    let tag = normalised(&name)?;
    let (site, wanted, list, now) = (app.site.clone(), tag.clone(), window.page(), app.db.now());
    let (frame, entries, next) = app
        .db
        .read(move |conn| {
            let frame = Frame::load(conn, &site, &reader)?;
            let refs = timelines::public(conn, None, timelines::From::Everywhere, Some(&wanted), &list, now)?;
            let next = (refs.len() > POSTS).then(|| refs.get(POSTS - 1).map(EntryRef::id)).flatten();
            let refs: Vec<EntryRef> = refs.into_iter().take(POSTS).collect();
            let (entries, _) = profile::entries(conn, &frame, &refs, None, &[])?;
            Ok((frame, entries, next))
        })
        .await?;
    if entries.is_empty() {
        return Err(missing());
    }
    let path = format!("/tags/{}", words::parameter(&tag));
    let feed = frame.address(&format!("{path}/feed.atom"));
    let name = &frame.company.name;
    let mut head =
        Head::new(&frame, &path, frame.say.titled(format!("#{tag}"), name), &frame.say.said_about_tag(&tag, name))
            .link("alternate", "application/atom+xml", feed.clone(), &format!("#{tag}"));
    head.canonical = window.address(&head.canonical);
    // Among the posts of people who do not want to be found, none is listed.
    head.hidden = window.before.is_some() || entries.iter().any(|entry| entry.unquoted);
    let template = TagPage {
        head,
        place: "tag",
        tag: &tag,
        entries: &entries,
        next: next.map(|id| format!("{path}?before={id}")),
        feed,
        frame: &frame,
    };
    page(&headers, &frame, Keep::Minute, &template)
}
