//! `/media/…`: files that people uploaded. Nothing in them can run: a file has the type that it was found to have, and
//! is no page of ours.

use std::ops::Range;

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts};

use super::extract::{MaybeSession, Visitor};
use crate::{
    app::App,
    domain::posts::{self, Showing, Viewer},
    error::{Error, Result},
    files::{Opened, Part},
};

/// The routes of this module.
pub fn routes() -> Router<App> {
    Router::new().route("/media/{name}/{file}", get(show))
}

fn missing() -> Error {
    Error::not_found("media.not_found", "There is no such file.")
}

/// `GET /media/NAME/FILE`
async fn show(
    State(app): State<App>,
    Path((name, file)): Path<(String, String)>,
    mut parts: Parts,
) -> Result<Response> {
    let wanted = name.clone();
    let found = app.db.read(move |conn| posts::find_file(conn, &wanted)).await?;
    let (media, showing) = found.ok_or_else(missing)?;
    let facts = &media.details.0;
    let media_type = if file == facts.file {
        media.media_type.as_str()
    } else if Some(&file) == facts.preview.as_ref() {
        if file.ends_with(".png") { "image/png" } else { "image/jpeg" }
    } else {
        return Err(missing());
    };
    let keep = match &showing {
        Showing::Everybody => Keep::Everybody,
        Showing::Told => Keep::Reader,
        Showing::Readers(_) => {
            let reader = reader(&app, &mut parts).await?;
            let seen = app.db.read(move |conn| {
                let viewer = reader.map_or(Ok(Viewer::Anonymous), |actor| Viewer::local(conn, actor))?;
                posts::may_see_file(conn, &viewer, &showing)
            });
            if !seen.await? {
                return Err(missing());
            }
            Keep::Nobody
        }
    };
    hand_out(&app, &name, &file, media_type, keep, &parts.headers).await
}

/// Who asks, by token or cookie.
async fn reader(app: &App, parts: &mut Parts) -> Result<Option<crate::domain::ActorId>> {
    use axum::extract::FromRequestParts;
    if let Ok(MaybeSession::Person(session)) = MaybeSession::read(parts, app).await {
        return Ok(session.may("read:statuses").then_some(session.actor.id));
    }
    let visitor = Visitor::from_request_parts(parts, app).await?;
    Ok(visitor.signed_in().map(|signed_in| signed_in.actor.id))
}

/// Who may keep a file, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// Anybody, for ever: another file has another name.
    Everybody,
    /// The reader's own browser.
    Reader,
    /// Nobody: whether somebody may still see it is asked each time, and no disk of theirs has it afterwards.
    Nobody,
}

impl Keep {
    const fn header(self) -> &'static str {
        match self {
            Self::Everybody => "public, max-age=31536000, immutable",
            Self::Reader => "private, max-age=31536000, immutable",
            Self::Nobody => "private, no-store",
        }
    }
}

/// A file of the store as a response, whole or in part.
pub(super) async fn hand_out(
    app: &App,
    folder: &str,
    file: &str,
    media_type: &str,
    keep: Keep,
    asked: &HeaderMap,
) -> Result<Response> {
    let tag = format!("\"{}\"", folder.rsplit('/').next().unwrap_or_default());
    let text = |name: HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
    if text(header::IF_NONE_MATCH).is_some_and(|known| known.split(',').any(|known| known.trim() == tag)) {
        return Ok(protected(StatusCode::NOT_MODIFIED.into_response(), media_type, keep, &tag));
    }
    let fresh = text(header::IF_RANGE).is_none_or(|known| known == tag);
    let part = text(header::RANGE).filter(|_| fresh).and_then(part);
    let ranged = part.is_some();
    if let Some(wanted) = &part {
        let size = app.files.size(folder, file).await?.ok_or_else(missing)?;
        let satisfiable = match wanted {
            Part::Between(first, _) | Part::From(first) => *first < size,
            Part::Last(count) => *count > 0 && size > 0,
            Part::Whole => true,
        };
        if !satisfiable {
            let range = [(header::CONTENT_RANGE, format!("bytes */{size}"))];
            let refusal = (StatusCode::RANGE_NOT_SATISFIABLE, range).into_response();
            return Ok(protected(refusal, media_type, Keep::Nobody, &tag));
        }
    }
    let opened = app.files.open(folder, file, part.unwrap_or(Part::Whole)).await?.ok_or_else(missing)?;
    Ok(protected(content(opened, ranged), media_type, keep, &tag))
}

fn content(opened: Opened, ranged: bool) -> Response {
    let Opened { size, range: Range { start, end }, content } = opened;
    let length = (header::CONTENT_LENGTH, (end - start).to_string());
    let body = Body::from_stream(content);
    if ranged {
        let range = (header::CONTENT_RANGE, format!("bytes {start}-{}/{size}", end.saturating_sub(1)));
        (StatusCode::PARTIAL_CONTENT, [length, range], body).into_response()
    } else {
        ([length], body).into_response()
    }
}

fn protected(mut response: Response, media_type: &str, keep: Keep, tag: &str) -> Response {
    let headers = response.headers_mut();
    let neighbours = if keep == Keep::Nobody { "same-origin" } else { "cross-origin" };
    for (name, value) in [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, keep.header()),
        (header::ETAG, tag),
        (header::ACCEPT_RANGES, "bytes"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), neighbours),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    if keep == Keep::Nobody {
        headers.insert(header::VARY, HeaderValue::from_static("Authorization, Cookie"));
    } else {
        // Apps in a browser paint pictures into their own pages.
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    response
}

/// The one part that a Range header names; of several parts the whole is sent, as RFC 9110 (14.2) lets us.
fn part(range: &str) -> Option<Part> {
    let (first, last) = range.strip_prefix("bytes=")?.trim().split_once('-')?;
    match (first.trim(), last.trim()) {
        ("", count) => count.parse().ok().map(Part::Last),
        (first, "") => first.parse().ok().map(Part::From),
        (first, last) => {
            let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
            (first <= last).then(|| Part::Between(first, last.saturating_add(1)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_is_read_and_everything_else_is_the_whole() {
        for (range, expected) in [
            ("bytes=0-99", Some(Part::Between(0, 100))),
            ("bytes=5-", Some(Part::From(5))),
            ("bytes=-7", Some(Part::Last(7))),
            ("bytes=9-3", None),
            ("bytes=0-1,5-6", None),
            ("lines=0-1", None),
            ("bytes=", None),
            ("bytes=a-b", None),
        ] {
            assert_eq!(part(range), expected, "{range}");
        }
    }
}
