//! Atom feeds (RFC 4287): of somebody here, and of a hashtag.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::{
    body,
    page::{Keep, document, write},
    profile, tag,
    words::{self, for_xml},
};
use crate::{
    app::App,
    db::{Conn, Timestamp},
    domain::{
        Page, Site,
        media::Attachment,
        posts::{self, EntryRef, Post, PostView, Viewer},
        timelines::{self, Without},
    },
    error::Result,
    http::{activitypub::actors as documents, extract::Language},
    text,
};

/// How many posts a feed has.
const POSTS: i64 = 20;
/// What is longer than this, in bytes of HTML, is only begun.
const LONG: usize = 16 * 1024;
/// How many characters of it are shown then.
const BEGINNING: usize = 1000;
const ATOM: &str = "application/atom+xml; charset=utf-8";

#[derive(Template)]
#[template(path = "feed.xml")]
struct Feed {
    id: String,
    title: String,
    subtitle: String,
    page: String,
    own: String,
    updated: String,
    entries: Vec<FeedEntry>,
}

struct FeedEntry {
    id: String,
    title: String,
    page: String,
    published: String,
    updated: String,
    author: String,
    author_page: String,
    content: String,
    warning: String,
    hashtags: Vec<String>,
    files: Vec<FeedFile>,
}

/// A file of ours that hangs on a post. Those of other servers are behind its page: readers fetch what a feed names.
struct FeedFile {
    address: String,
    media_type: String,
    description: String,
}

impl FeedFile {
    fn of(site: &Site, file: &Attachment) -> Option<Self> {
        Some(Self {
            address: Some(&file.url).filter(|url| site.owns(url)).cloned()?,
            media_type: file.media_type.clone()?,
            description: for_xml(&words::excerpt(file.description.as_deref().unwrap_or_default(), 300)),
        })
    }
}

impl FeedEntry {
    fn of(site: &Site, view: &PostView) -> Self {
        let post = &view.post;
        let page = body::address(site, view);
        let hidden = !post.summary.is_empty() || post.sensitive;
        Self {
            id: for_xml(post.uri.as_deref().unwrap_or(&page)),
            title: for_xml(&body::line(post, 100, Language::English)),
            published: post.published_at.rfc3339(),
            updated: post.edited_at.unwrap_or(post.published_at).rfc3339(),
            author: for_xml(view.author.display_name()),
            author_page: for_xml(view.author.page()),
            content: for_xml(&content(post, &page)),
            warning: for_xml(&post.summary),
            hashtags: view.hashtags.iter().map(|tag| for_xml(tag)).collect(),
            files: if hidden {
                Vec::new()
            } else {
                post.attachments.0.iter().filter_map(|file| FeedFile::of(site, file)).collect()
            },
            page: for_xml(&page),
        }
    }
}

/// All that a post says, or how it begins and where the rest is.
fn content(post: &Post, page: &str) -> String {
    if post.content.len() <= LONG {
        return post.content.clone();
    }
    let beginning = text::escape(&words::excerpt_of_html(&post.content, BEGINNING));
    format!("<p>{beginning}</p><p><a href=\"{}\">Read all of it</a></p>", text::escape(page))
}

fn read(conn: &mut Conn, site: &Site, refs: &[EntryRef]) -> Result<Vec<FeedEntry>> {
    let views = posts::views(conn, None, refs)?;
    let shown = views.iter().filter(|view| view.author.is_active());
    Ok(shown.map(|view| FeedEntry::of(site, view)).collect())
}

fn latest(entries: &[FeedEntry]) -> Option<String> {
    entries.iter().map(|entry| entry.updated.clone()).max()
}

/// `GET /@name/feed.atom`: what somebody here publishes, without answers and what they pass on.
pub(super) async fn of_actor(State(app): State<App>, Path(name): Path<String>, headers: HeaderMap) -> Result<Response> {
    let actor = profile::find(&app, &name).await?;
    documents::must_be_here(&actor)?;
    let (site, id) = (app.site.clone(), actor.id);
    let entries = app
        .db
        .read(move |conn| {
            let without = Without { replies: true, boosts: true, ..Without::default() };
            let list = Page { limit: POSTS, ..Page::default() };
            let refs = timelines::account(conn, &Viewer::Anonymous, id, &without, &list)?;
            read(conn, &site, &refs)
        })
        .await?;
    let own = format!("{}/feed.atom", actor.page());
    let feed = Feed {
        id: own.clone(),
        title: for_xml(&format!("{} (@{})", actor.display_name(), actor.handle(&app.site))),
        subtitle: for_xml(&words::excerpt_of_html(&actor.summary, 200)),
        page: actor.page().to_owned(),
        own,
        updated: latest(&entries).unwrap_or_else(|| actor.updated_at.rfc3339()),
        entries,
    };
    let mut response = document(&headers, Keep::Minute, ATOM, write(&feed)?);
    if !actor.may_be_indexed() {
        response.headers_mut().insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    }
    Ok(response)
}

/// `GET /tags/{name}/feed.atom`
pub(super) async fn of_tag(State(app): State<App>, Path(name): Path<String>, headers: HeaderMap) -> Result<Response> {
    let tag = tag::normalised(&name)?;
    let (site, wanted, now): (_, _, Timestamp) = (app.site.clone(), tag.clone(), app.db.now());
    let entries = app
        .db
        .read(move |conn| {
            let list = Page { limit: POSTS, ..Page::default() };
            let refs = timelines::public(conn, None, timelines::From::Everywhere, Some(&wanted), &list, now)?;
            read(conn, &site, &refs)
        })
        .await?;
    let updated = latest(&entries).ok_or_else(tag::missing)?;
    let page = format!("{}/tags/{}", app.site.base_url, words::parameter(&tag));
    let own = format!("{page}/feed.atom");
    let feed = Feed { id: own.clone(), title: format!("#{tag}"), subtitle: String::new(), page, own, updated, entries };
    let mut response = document(&headers, Keep::Minute, ATOM, write(&feed)?);
    response.headers_mut().insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    Ok(response)
}
