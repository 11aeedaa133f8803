//! `/account/password`: another password. Everything else that is signed in ends with the old one.

use askama::Template;
use axum::{extract::State, response::Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::check_password;
use crate::{
    app::App,
    domain::accounts,
    error::Result,
    http::{
        extract::{Form, Language, SignedIn, Visitor},
        web::{
            frame::Frame,
            head::Head,
            private::{self, Forms, private_page},
            sign_in::{self, Sentence},
        },
    },
};

const PATH: &str = "/account/password";

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    form_token: &'a str,
    error: &'a str,
    username: &'a str,
}

/// What somebody types.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::http::web) struct Typed {
    form_token: String,
    password: String,
    new_password: String,
}

/// `GET /account/password`
pub(in crate::http::web) async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response> {
    match visitor.signed_in() {
        Some(person) => page(&app, &visitor, person, None).await,
        None => Ok(private::to_sign_in(PATH)),
    }
}

async fn page(app: &App, visitor: &Visitor, person: &SignedIn, refused: Option<&Sentence>) -> Result<Response> {
    let (site, reader, say) = (app.site.clone(), visitor.reader().clone(), visitor.language());
    let frame = app.db.read(move |conn| Frame::load(conn, &site, &reader)).await?;
    let mut head = Head::new(&frame, PATH, say.another_password().to_owned(), say.change_your_password());
    head.hidden = true;
    let template = PasswordPage {
        head,
        place: "account",
        form_token: &visitor.form_token(),
        error: refused.map_or("", |refused| &refused.words),
        username: &person.actor.username,
        frame: &frame,
    };
    let mut response =
        private_page(&frame, refused.map_or(StatusCode::OK, |refused| refused.status), &template, Forms::StayHere)?;
    if let Some(refused) = refused {
        refused.say_when(&mut response);
    }
    Ok(response)
}

/// `POST /account/password`
pub(in crate::http::web) async fn change(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    visitor.check(&typed.form_token)?;
    let Some(person) = visitor.signed_in() else { return Ok(private::to_sign_in(PATH)) };
    let proven = match set(&app, person, visitor.language(), typed).await {
        Ok(proven) => proven,
        Err(refused) => {
            let refused = sign_in::sentence(refused, visitor.language())?;
            return page(&app, &visitor, person, Some(&refused)).await;
        }
    };
    // Every browser was signed out, this one too: it goes on with a new secret.
    sign_in::open(&app, &visitor, &headers, proven, private::ACCOUNT).await
}

async fn set(app: &App, person: &SignedIn, say: Language, typed: Typed) -> Result<sign_in::Proven> {
    let checked = check_password(app, person, say, typed.password).await?;
    let (account, hash) = (person.account.id, sign_in::hash_of_new(app, typed.new_password).await?);
    let proven = sign_in::Proven { account, password_hash: Some(hash.clone()) };
    app.db
        .write(move |tx| {
            accounts::same_password(tx, account, &checked)?;
            accounts::set_password(tx, account, &hash)
        })
        .await?;
    Ok(proven)
}
