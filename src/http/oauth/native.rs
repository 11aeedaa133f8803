//! `/oauth/authorize/native`: a code to copy, for apps that nobody can be sent back to.

use askama::Template;
use axum::{extract::State, response::Response};
use http::StatusCode;
use serde::Deserialize;

use crate::{
    app::App,
    error::{Error, Result},
    http::{
        extract::{Form, Reader},
        web::{Forms, Frame, Head, private_page},
    },
    secrets,
};

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    code: &'a str,
}

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Given {
    code: String,
}

/// `GET /oauth/authorize/native?code=…`
pub(super) async fn show(State(app): State<App>, reader: Reader, Form(given): Form<Given>) -> Result<Response> {
    // Nobody gets other words of their own onto this page.
    if !secrets::is_token(&given.code) {
        return Err(Error::not_found("oauth.code", "There is no code in this address."));
    }
    let site = app.site.clone();
    let frame = app.db.read(move |conn| Frame::load(conn, &site, &reader)).await?;
    let mut head =
        Head::new(&frame, "/oauth/authorize/native", frame.say.your_code().to_owned(), frame.say.code_for_an_app());
    head.hidden = true;
    private_page(
        &frame,
        StatusCode::OK,
        &CodePage { frame: &frame, head, place: "sign-in", code: &given.code },
        Forms::StayHere,
    )
}
