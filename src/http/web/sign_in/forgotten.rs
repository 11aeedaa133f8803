//! `/sign-in/forgotten`: asks for a letter with a link. `/sign-in/reset`: where the link leads.

use askama::Template;
use axum::{extract::State, response::Response};
use http::StatusCode;
use serde::Deserialize;

use super::{Sentence, hash_of_new, sentence};
use crate::{
    app::App,
    domain::accounts,
    error::Result,
    http::{
        extract::{Form, Visitor},
        observe::Address,
        web::{
            frame::Frame,
            head::Head,
            private::{Forms, private_page},
        },
    },
    secrets,
};

/// What somebody types.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::http::web) struct Typed {
    form_token: String,
    name: String,
    token: String,
    new_password: String,
}

/// How far somebody is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// They say who they are.
    Ask,
    /// If there is such an account, a letter is on its way.
    Asked,
    /// They came by a link that works, as the one with this handle.
    Choose,
    /// They came by a link that does not work any more.
    Ended,
    /// The password is another one now.
    Done,
}

#[derive(Template)]
#[template(path = "forgotten.html")]
struct ForgottenPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    form_token: &'a str,
    error: &'a str,
    step: Step,
    name: &'a str,
    token: &'a str,
    handle: &'a str,
    sends: bool,
}

/// What a page shows beside what was typed.
struct Shown<'a> {
    step: Step,
    handle: &'a str,
    refused: Option<&'a Sentence>,
}

impl Shown<'_> {
    const fn of(step: Step) -> Self {
        Self { step, handle: "", refused: None }
    }
}

async fn page(app: &App, visitor: &Visitor, typed: &Typed, shown: Shown<'_>) -> Result<Response> {
    let (site, reader, say) = (app.site.clone(), visitor.reader().clone(), visitor.language());
    let frame = app.db.read(move |conn| Frame::load(conn, &site, &reader)).await?;
    let mut head = Head::new(&frame, "/sign-in/forgotten", say.forgotten_password().to_owned(), say.link_for_another());
    head.hidden = true;
    let template = ForgottenPage {
        head,
        place: "sign-in",
        form_token: &visitor.form_token(),
        error: shown.refused.map_or("", |refused| &refused.words),
        step: shown.step,
        name: &typed.name,
        token: &typed.token,
        handle: shown.handle,
        sends: app.mailer.sends(),
        frame: &frame,
    };
    let status = match shown.step {
        Step::Ended => StatusCode::GONE,
        _ => shown.refused.map_or(StatusCode::OK, |refused| refused.status),
    };
    let mut response = private_page(&frame, status, &template, Forms::StayHere)?;
    if let Some(refused) = shown.refused {
        refused.say_when(&mut response);
    }
    visitor.keep(&mut response, &app.site);
    Ok(response)
}

/// `GET /sign-in/forgotten`
pub(in crate::http::web) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    page(&app, &visitor, &typed, Shown::of(Step::Ask)).await
}

/// `POST /sign-in/forgotten`: answers the same whoever it is.
pub(in crate::http::web) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    Address(address): Address,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    visitor.check(&typed.form_token)?;
    if let Err(refused) = app.limits.letter(address) {
        let refused = sentence(refused, visitor.language())?;
        return page(&app, &visitor, &typed, Shown { refused: Some(&refused), ..Shown::of(Step::Ask) }).await;
    }
    let (site, name) = (app.site.clone(), typed.name.clone());
    app.db.write(move |tx| accounts::ask_for_reset(tx, &site, &name)).await?;
    page(&app, &visitor, &typed, Shown::of(Step::Asked)).await
}

/// `GET /sign-in/reset?token=…`: looking uses nothing up, because programs look at links in letters as well.
pub(in crate::http::web) async fn choose(
    State(app): State<App>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    choices(&app, &visitor, &typed, None).await
}

async fn choices(app: &App, visitor: &Visitor, typed: &Typed, refused: Option<&Sentence>) -> Result<Response> {
    let (hash, now) = (secrets::token_hash(&typed.token), app.db.now());
    match app.db.read(move |conn| accounts::find_reset(conn, &hash, now)).await {
        Ok((_, actor)) => {
            let handle = actor.handle(&app.site);
            page(app, visitor, typed, Shown { step: Step::Choose, handle: &handle, refused }).await
        }
        Err(error) if error.code() == "reset.ended" => page(app, visitor, typed, Shown::of(Step::Ended)).await,
        Err(error) => Err(error),
    }
}

/// `POST /sign-in/reset`: whoever comes by the link still signs in, with the second step if there is one.
pub(in crate::http::web) async fn set(
    State(app): State<App>,
    visitor: Visitor,
    Address(address): Address,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    visitor.check(&typed.form_token)?;
    match take(&app, address, &typed).await {
        Ok(()) => page(&app, &visitor, &typed, Shown::of(Step::Done)).await,
        // A link that ended meanwhile is told of there.
        Err(refused) if refused.code() == "reset.ended" => choices(&app, &visitor, &typed, None).await,
        Err(refused) => choices(&app, &visitor, &typed, Some(&sentence(refused, visitor.language())?)).await,
    }
}

async fn take(app: &App, address: Option<std::net::IpAddr>, typed: &Typed) -> Result<()> {
    app.limits.letter(address)?;
    let (token, now) = (secrets::token_hash(&typed.token), app.db.now());
    // Nobody makes us hash passwords without a link that works.
    app.db.read(move |conn| accounts::find_reset(conn, &token, now)).await?;
    let hash = hash_of_new(app, typed.new_password.clone()).await?;
    app.db.write(move |tx| accounts::take_reset(tx, &token, &hash)).await
}
