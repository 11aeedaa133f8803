//! `/account`: where one is signed in, whom one let in, and how to end it.

pub(super) mod passkeys;
pub(super) mod password;
mod proof;
mod qr;
pub(super) mod second_step;

use askama::Template;
use axum::{extract::State, response::Response};
use http::StatusCode;
use serde::Deserialize;

use super::{
    face::Face,
    frame::Frame,
    head::Head,
    private::{self, Forms, private_page},
    words::Moment,
    workroom,
};
use crate::{
    app::App,
    domain::{
        BrowserId, TokenId,
        accounts::{self, Browser},
        apps::{self, Authorized},
    },
    error::Result,
    http::{
        extract::{Form, Language, SignedIn, Visitor, set_cookie},
        oauth,
    },
};

/// A browser as its owner sees it.
struct BrowserRow {
    id: String,
    name: String,
    since: Moment,
    seen: Moment,
    this: bool,
}

/// A token as its owner sees it.
struct AppRow {
    id: String,
    name: String,
    website: Option<String>,
    acts_as: String,
    since: Moment,
    rights: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    form_token: &'a str,
    face: Face,
    name: &'a str,
    handle: String,
    page: &'a str,
    browsers: Vec<BrowserRow>,
    apps: Vec<AppRow>,
    second_step: bool,
    /// How many there are, in words; nothing when there are none.
    passkeys: String,
    server: &'a str,
    workroom: Option<&'static str>,
}

/// `GET /account`
pub(super) async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response> {
    let Some(person) = visitor.signed_in() else { return Ok(private::to_sign_in(private::ACCOUNT)) };
    let (site, account, now) = (app.site.clone(), person.account.id, app.db.now());
    let (reader, say) = (visitor.reader().clone(), visitor.language());
    let (frame, browsers, authorized, second_step, passkeys) = app
        .db
        .read(move |conn| {
            let browsers = accounts::browsers_of(conn, account, now)?;
            let second_step = accounts::has_second_step(conn, account)?;
            let passkeys = accounts::count_passkeys(conn, account)?;
            Ok((Frame::load(conn, &site, &reader)?, browsers, apps::authorized(conn, account)?, second_step, passkeys))
        })
        .await?;
    let mut head = Head::new(&frame, private::ACCOUNT, say.your_account().to_owned(), say.account_description());
    head.hidden = true;
    let template = AccountPage {
        head,
        place: "account",
        form_token: &visitor.form_token(),
        face: Face::of(&app.site, &person.actor),
        name: person.actor.display_name(),
        handle: person.actor.handle(&app.site),
        page: person.actor.page(),
        browsers: browsers.into_iter().map(|browser| browser_row(browser, person, say)).collect(),
        apps: authorized.into_iter().map(|authorized| app_row(&app, authorized, say)).collect(),
        second_step,
        passkeys: if passkeys == 0 { String::new() } else { say.have_passkeys(passkeys) },
        server: app.site.host(),
        workroom: workroom::way_in(),
        frame: &frame,
    };
    private_page(&frame, StatusCode::OK, &template, Forms::StayHere)
}

fn browser_row(browser: Browser, person: &SignedIn, say: Language) -> BrowserRow {
    BrowserRow {
        id: browser.id.to_string(),
        this: browser.id == person.browser.id,
        since: Moment::of(browser.created_at, say),
        seen: Moment::of(browser.seen_at, say),
        name: browser.name,
    }
}

fn app_row(app: &App, authorized: Authorized, say: Language) -> AppRow {
    AppRow {
        id: authorized.token.id.to_string(),
        acts_as: authorized.actor.handle(&app.site),
        since: Moment::of(authorized.token.created_at, say),
        rights: oauth::rights(say, authorized.token.scopes.split_whitespace()),
        website: authorized.app.as_ref().and_then(|app| app.website.clone()),
        name: authorized.app.map_or(authorized.token.name, |app| app.name),
    }
}

/// What a form of the page says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    form_token: String,
    id: i64,
}

/// `POST /account/browsers/end`
pub(super) async fn end_browser(State(app): State<App>, visitor: Visitor, Form(wish): Form<Wish>) -> Result<Response> {
    visitor.check(&wish.form_token)?;
    if let Some(person) = visitor.signed_in() {
        let account = person.account.id;
        app.db.write(move |tx| accounts::close_browser(tx, account, BrowserId(wish.id))).await?;
    }
    Ok(private::go(private::ACCOUNT))
}

/// `POST /account/apps/end`
pub(super) async fn end_app(State(app): State<App>, visitor: Visitor, Form(wish): Form<Wish>) -> Result<Response> {
    visitor.check(&wish.form_token)?;
    if let Some(person) = visitor.signed_in() {
        let account = person.account.id;
        app.db.write(move |tx| accounts::revoke_own_token(tx, account, TokenId(wish.id))).await?;
    }
    Ok(private::go(private::ACCOUNT))
}

/// `POST /account/end-everything`: every browser and every app.
pub(super) async fn end_everything(
    State(app): State<App>,
    visitor: Visitor,
    Form(wish): Form<Wish>,
) -> Result<Response> {
    visitor.check(&wish.form_token)?;
    if let Some(person) = visitor.signed_in() {
        let account = person.account.id;
        app.db.write(move |tx| accounts::end_everything_of(tx, account)).await?;
    }
    let mut response = private::to_sign_in(private::ACCOUNT);
    set_cookie(&mut response, &app.site, "", Some(0));
    Ok(response)
}
