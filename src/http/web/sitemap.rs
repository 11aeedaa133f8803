//! `robots.txt` and the sitemaps: what search engines may list, and where it is.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use http::HeaderMap;
use jiff::{civil::Date, tz::TimeZone};

use super::page::{Keep, document, write};
use crate::{
    app::App,
    db::{Conn, Timestamp, first_id_at, time_of},
    domain::{actors, org::LEGAL_TEXTS, posts},
    error::{Error, Result},
};

/// The most addresses of one sitemap; the protocol allows no more.
const LARGEST: i64 = 50_000;
const XML: &str = "application/xml; charset=utf-8";

#[derive(Template)]
#[template(path = "sitemap_index.xml")]
struct Index {
    maps: Vec<String>,
}

#[derive(Template)]
#[template(path = "sitemap.xml")]
struct Map {
    pages: Vec<(String, Option<String>)>,
}

/// `GET /robots.txt`
pub(super) async fn robots(State(app): State<App>, headers: HeaderMap) -> Response {
    let text = format!(
        "User-agent: *\nDisallow: /api/\nDisallow: /interact\nDisallow: /authorize_interaction\n\nSitemap: {}/sitemap.xml\n",
        app.site.base_url
    );
    document(&headers, Keep::Hour, "text/plain; charset=utf-8", text)
}

/// `GET /sitemap.xml`: one sitemap of pages, and one of posts for each month that has some.
pub(super) async fn index(State(app): State<App>, headers: HeaderMap) -> Result<Response> {
    let base = &app.site.base_url;
    let mut maps = vec![format!("{base}/sitemap/pages.xml")];
    let months = app.db.read(months).await?;
    maps.extend(months.into_iter().map(|month| format!("{base}/sitemap/posts-{}.xml", month.strftime("%Y-%m"))));
    Ok(document(&headers, Keep::Hour, XML, write(&Index { maps })?))
}

/// The months that have posts, oldest first. One query for each.
fn months(conn: &mut Conn) -> Result<Vec<Date>> {
    let (mut months, mut from) = (Vec::new(), 0);
    while let Some(post) = posts::first_indexable(conn, from)? {
        let month = month_of(time_of(post.0));
        months.push(month);
        from = first_id_at(start(next(month))?);
    }
    Ok(months)
}

/// `GET /sitemap/{file}`
pub(super) async fn map(State(app): State<App>, Path(file): Path<String>, headers: HeaderMap) -> Result<Response> {
    let name = file.strip_suffix(".xml").ok_or_else(missing)?;
    let pages = match name.strip_prefix("posts-") {
        Some(month) => of_posts(&app, month).await?,
        None if name == "pages" => of_pages(&app).await?,
        None => return Err(missing()),
    };
    Ok(document(&headers, Keep::Hour, XML, write(&Map { pages })?))
}

async fn of_pages(app: &App) -> Result<Vec<(String, Option<String>)>> {
    let base = &app.site.base_url;
    let mut pages = vec![(format!("{base}/"), None), (format!("{base}/about"), None)];
    pages.extend(LEGAL_TEXTS.iter().map(|text| (format!("{base}/legal/{text}"), None)));
    let people = app.db.read(|conn| actors::list_indexable(conn, LARGEST - 10)).await?;
    pages.extend(people.iter().map(|actor| {
        let changed = actor.last_post_at.map_or(actor.updated_at, |at| at.max(actor.updated_at));
        (actor.page().to_owned(), Some(changed.rfc3339()))
    }));
    Ok(pages)
}

async fn of_posts(app: &App, month: &str) -> Result<Vec<(String, Option<String>)>> {
    let sound = month.len() == 7 && month.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let month: Date =
        Some(format!("{month}-01")).filter(|_| sound).and_then(|day| day.parse().ok()).ok_or_else(missing)?;
    let (from, before) = (start(month)?, start(next(month))?);
    let posts =
        app.db.read(move |conn| posts::list_indexable(conn, first_id_at(from), first_id_at(before), LARGEST)).await?;
    if posts.is_empty() {
        return Err(missing());
    }
    Ok(posts.into_iter().map(|(page, changed)| (page, Some(changed.rfc3339()))).collect())
}

fn month_of(at: Timestamp) -> Date {
    let moment = jiff::Timestamp::from_microsecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    moment.to_zoned(TimeZone::UTC).date().first_of_month()
}

fn next(month: Date) -> Date {
    month.last_of_month().tomorrow().unwrap_or(Date::MAX)
}

fn start(month: Date) -> Result<Timestamp> {
    let moment = month.to_zoned(TimeZone::UTC).map_err(|_| missing())?;
    Ok(Timestamp(moment.timestamp().as_microsecond()))
}

fn missing() -> Error {
    Error::not_found("sitemap.not_found", "There is no such sitemap.")
}
