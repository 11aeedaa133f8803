//! Errors as pages, for whoever asks with a browser. APIs and ActivityPub have their own forms.

use askama::Template;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode, Uri, header};

use super::{frame::Frame, head::Head, page::page_with_status, refusals, slash};
use crate::{
    app::App,
    domain::Site,
    error::{Error, Kind},
    http::{activitypub::negotiation, extract::Reader, problem},
};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    heading: &'static str,
    sentence: &'a str,
    /// Why, in English, where the server has a reason of its own.
    told: &'a str,
    detail: &'a str,
}

/// Layer: what went wrong behind it, as a page for browsers.
pub(super) async fn as_page(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let reader = Reader::of(request.method(), request.uri(), &headers);
    let response = next.run(request).await;
    match problem::refusal(&response) {
        Some(error) if negotiation::wants_page(&headers) => show(&app, response, &error, reader).await,
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
    let reader = Reader::of(&method, &at, &headers);
    show(&app, StatusCode::NOT_FOUND.into_response(), &error, reader).await
}

async fn show(app: &App, response: Response, error: &Error, reader: Reader) -> Response {
    let ours = matches!(error.kind(), Kind::Internal | Kind::Unavailable);
    let site = app.site.clone();
    // A database that does not answer is not asked once more.
    let read = reader.clone();
    let frame = if ours { None } else { app.db.read(move |conn| Frame::load(conn, &site, &read)).await.ok() };
    let frame = frame.unwrap_or_else(|| bare(&app.site, &reader));
    let mut shown = match page_for(&frame, response.status(), error) {
        Ok(shown) => shown,
        Err(error) => return error.into_response(),
    };
    if let Some(wait) = response.headers().get(header::RETRY_AFTER) {
        shown.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    shown
}

fn bare(site: &Site, reader: &Reader) -> Frame {
    let mut frame = Frame::bare(site, &site.domain, reader);
    frame.open = true;
    frame
}

/// The page for an error.
pub(super) fn page_for(frame: &Frame, status: StatusCode, error: &Error) -> crate::error::Result<Response> {
    let say = frame.say;
    let (heading, sentence, told, detail) = match error.kind() {
        Kind::NotFound => (say.nothing_here(), say.nothing_here_more(), "", ""),
        Kind::Gone => (say.gone(), say.gone_more(), "", ""),
        Kind::Internal | Kind::Unavailable => (say.our_fault(), say.our_fault_more(), "", ""),
        Kind::TooMany => (say.too_much(), say.too_much_more(), "", ""),
        _ => match refusals::said(say, error) {
            Some(sentence) => (say.did_not_work(), sentence, "", error.code()),
            None => (say.did_not_work(), say.did_not_work_more(), error.safe(), error.code()),
        },
    };
    let mut head = Head::new(frame, "/", heading.to_owned(), sentence);
    head.hidden = true;
    page_with_status(frame, status, &ErrorPage { frame, head, place: "error", heading, sentence, told, detail })
}
