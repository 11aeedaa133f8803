//! `/oembed`: posts and profiles as other sites embed them. No frame and no script: a quotation with its source.

use askama::Template;
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    body,
    page::{Keep, document, write},
    profile, words,
};
use crate::{
    app::App,
    domain::{
        Site, org,
        posts::{self, EntryRef, PostView, Viewer},
    },
    error::{Error, Result},
    http::{
        activitypub::{actors as documents, objects},
        extract::{Form, Language},
    },
};

/// As wide as a quotation is when nobody says otherwise, in pixels.
const WIDTH: u32 = 600;
/// How many characters of a post are quoted.
const QUOTED: usize = 500;

#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    url: String,
    #[serde(default)]
    format: Option<String>,
    #[serde(default)]
    maxwidth: Option<String>,
}

#[derive(Template)]
#[template(
    source = r#"<blockquote cite="{{ page }}"><p>{{ words }}</p><footer>{{ author }} (@{{ handle }}), <a href="{{ page }}">{{ day }}</a></footer></blockquote>"#,
    ext = "html"
)]
struct Quotation<'a> {
    page: &'a str,
    words: &'a str,
    author: &'a str,
    handle: &'a str,
    day: &'a str,
}

/// Where a page's embedded form is described.
pub(super) fn address(site: &Site, page: &str) -> String {
    format!("{}/oembed?url={}", site.base_url, words::parameter(page))
}

/// `GET /oembed?url=…`
pub(super) async fn oembed(State(app): State<App>, Form(wanted): Form<Wanted>, headers: HeaderMap) -> Result<Response> {
    if wanted.format.as_deref().is_some_and(|format| format != "json") {
        let body = Json(json!({ "error": "There is only JSON here.", "code": "oembed.format" }));
        return Ok((StatusCode::NOT_IMPLEMENTED, body).into_response());
    }
    if wanted.url.is_empty() {
        let told = format!(
            "url: name the page of ours that is to be embedded, such as /oembed?url={}/@name",
            app.site.base_url
        );
        return Err(Error::malformed("oembed.url", told));
    }
    let path = wanted.url.strip_prefix(&format!("{}/@", app.site.base_url)).ok_or_else(missing)?;
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let width = wanted.maxwidth.and_then(|width| width.parse().ok()).unwrap_or(WIDTH).min(WIDTH);
    let described = match path.split_once('/') {
        None => of_actor(&app, path).await?,
        Some((name, id)) => of_post(&app, name, id, width).await?,
    };
    let mut response = document(&headers, Keep::Hour, "application/json; charset=utf-8", described.to_string());
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(response)
}

async fn company_name(app: &App) -> Result<String> {
    let domain = app.site.domain.clone();
    Ok(app.db.read(move |conn| org::company(conn, &domain)).await?.name)
}

async fn of_actor(app: &App, name: &str) -> Result<Value> {
    let actor = profile::find(app, name).await?;
    documents::must_be_here(&actor)?;
    Ok(json!({
        "version": "1.0", "type": "link",
        "title": format!("{} (@{})", actor.display_name(), actor.handle(&app.site)),
        "author_name": actor.display_name(), "author_url": actor.page(),
        "provider_name": company_name(app).await?, "provider_url": format!("{}/", app.site.base_url),
        "cache_age": 3600,
    }))
}

async fn of_post(app: &App, name: &str, id: &str, width: u32) -> Result<Value> {
    let author = profile::find(app, name).await?;
    let (site, number) = (app.site.clone(), objects::number(&app.site, id)?);
    let view: PostView = app
        .db
        .read(move |conn| match objects::find(conn, &site, &Viewer::Anonymous, number)? {
            objects::Found::Post(..) => {
                posts::views(conn, None, &[EntryRef::post(number)])?.pop().ok_or_else(objects::missing)
            }
            objects::Found::Deleted(..) => Err(Error::gone("post.deleted", "This post was deleted.")),
        })
        .await?;
    if view.author.id != author.id {
        return Err(objects::missing());
    }
    let page = body::address(&app.site, &view);
    let handle = author.handle(&app.site);
    let quotation = Quotation {
        page: &page,
        words: &body::beginning(&view.post, QUOTED, Language::English),
        author: author.display_name(),
        handle: &handle,
        day: &words::Moment::of(view.post.published_at, Language::English).day,
    };
    Ok(json!({
        "version": "1.0", "type": "rich", "title": body::line(&view.post, 100, Language::English),
        "author_name": author.display_name(), "author_url": author.page(),
        "provider_name": company_name(app).await?, "provider_url": format!("{}/", app.site.base_url),
        "cache_age": 3600, "html": write(&quotation)?, "width": width, "height": Value::Null,
    }))
}

fn missing() -> Error {
    Error::not_found("oembed.not_found", "This is no page of ours that can be embedded.")
}
