//! Errors as pages, for whoever asks with a browser. APIs and ActivityPub have their own forms.

use askama::Template;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode, Uri, header};

use super::{frame::Frame, head::Head, page::page_with_status, slash};
use crate::{
    app::App,
    domain::Site,
    error::{Error, Kind},
    http::{activitypub::negotiation, problem},
};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    heading: &'static str,
    sentence: &'a str,
    detail: &'a str,
}

/// Layer: what went wrong behind it, as a page for browsers.
pub(super) async fn as_page(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let response = next.run(request).await;
    match problem::refusal(&response) {
        Some(error) if negotiation::wants_page(&headers) => show(&app, response, &error).await,
        _ => response,
    }
}

/// Layer: the same for addresses of documents, which browsers come to by mistake. Letters are answered to servers.
pub(in crate::http) async fn as_page_for_readers(app: State<App>, request: Request, next: Next) -> Response {
    if request.method().is_safe() { as_page(app, request, next).await } else { next.run(request).await }
}

/// What is answered where nothing is. Pages are found with a slash behind their address, too.
pub(super) async fn nothing(State(app): State<App>, method: Method, at: Uri, headers: HeaderMap) -> Response {
    if method.is_safe()
        && let Some(page) = slash::without(&at)
    {
        return page;
    }
    if !negotiation::wants_page(&headers) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let error = Error::not_found("route.not_found", "There is nothing at this address.");
    show(&app, StatusCode::NOT_FOUND.into_response(), &error).await
}

async fn show(app: &App, response: Response, error: &Error) -> Response {
    let ours = matches!(error.kind(), Kind::Internal | Kind::Unavailable);
    let site = app.site.clone();
    // A database that does not answer is not asked once more.
    let frame = if ours { None } else { app.db.read(move |conn| Frame::load(conn, &site)).await.ok() };
    let frame = frame.unwrap_or_else(|| bare(&app.site));
    let mut shown = match page_for(&frame, response.status(), error) {
        Ok(shown) => shown,
        Err(error) => return error.into_response(),
    };
    if let Some(wait) = response.headers().get(header::RETRY_AFTER) {
        shown.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    shown
}

fn bare(site: &Site) -> Frame {
    Frame { open: true, ..Frame::bare(site, &site.domain) }
}

/// The page for an error.
pub(super) fn page_for(frame: &Frame, status: StatusCode, error: &Error) -> crate::error::Result<Response> {
    let (heading, sentence, detail) = match error.kind() {
        Kind::NotFound => ("There is nothing at this address.", "It may have moved, or never have been public.", ""),
        Kind::Gone => ("This was here, and is gone.", "Whoever wrote it took it back.", ""),
        Kind::Internal | Kind::Unavailable => {
            ("That did not work, and it is our fault.", "Nothing was lost. Please try again in a minute.", "")
        }
        Kind::TooMany => ("That was a little much.", "Please wait a minute and try again.", ""),
        _ => ("That did not work.", error.safe(), error.code()),
    };
    let mut head = Head::new(frame, "/", heading.to_owned(), sentence);
    head.hidden = true;
    page_with_status(status, &ErrorPage { frame, head, place: "error", heading, sentence, detail })
}
