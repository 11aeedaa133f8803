//! `/account/second-step`: turning the second step of signing in on and off, each time with the password.

use askama::Template;
use axum::{extract::State, response::Response};
use http::StatusCode;
use serde::Deserialize;

use super::check_password;
use crate::{
    app::App,
    domain::accounts::{self, SecondStep},
    error::{Error, Result},
    http::{
        extract::{Form, SignedIn, Visitor},
        web::{
            frame::Frame,
            head::Head,
            private::{self, Forms, private_page},
            sign_in::{self, Sentence, code::purpose},
            words::{self, Moment},
        },
    },
    secrets::{self, totp},
};

const PATH: &str = "/account/second-step";
/// How many recovery codes there are at first.
const RECOVERY_CODES: usize = 10;

#[derive(Template)]
#[template(path = "second_step.html")]
struct SecondStepPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    form_token: &'a str,
    error: &'a str,
    on: Option<(Moment, String)>,
    secret: Option<Written>,
    recovery_codes: &'a [String],
}

/// A secret as an app takes it.
struct Written {
    letters: String,
    link: String,
}

/// What somebody types.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::http::web) struct Typed {
    form_token: String,
    password: String,
    code: String,
}

/// What the page shows beside what is stored.
#[derive(Default)]
struct Shown<'a> {
    refused: Option<&'a Sentence>,
    recovery_codes: &'a [String],
}

/// `GET /account/second-step`
pub(in crate::http::web) async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response> {
    match visitor.signed_in() {
        Some(person) => page(&app, &visitor, person, Shown::default()).await,
        None => Ok(private::to_sign_in(PATH)),
    }
}

async fn page(app: &App, visitor: &Visitor, person: &SignedIn, shown: Shown<'_>) -> Result<Response> {
    let (site, account) = (app.site.clone(), person.account.id);
    let (frame, step, left) = app
        .db
        .read(move |conn| {
            let step = accounts::second_step(conn, account)?;
            Ok((Frame::load(conn, &site)?, step, accounts::count_recovery_codes(conn, account)?))
        })
        .await?;
    let mut head = Head::new(&frame, PATH, "The second step".to_owned(), "A code besides the password.");
    head.hidden = true;
    let confirmed = step.as_ref().and_then(|step| step.confirmed_at);
    let waiting = step.filter(|step| step.confirmed_at.is_none());
    let template = SecondStepPage {
        head,
        place: "account",
        form_token: &visitor.form_token(),
        error: shown.refused.map_or("", |refused| &refused.words),
        on: confirmed.map(|since| (Moment::of(since), words::count(left, "recovery code", "recovery codes"))),
        secret: waiting.map(|step| written(app, person, &frame, &step)).transpose()?,
        recovery_codes: shown.recovery_codes,
        frame: &frame,
    };
    let status = shown.refused.map_or(StatusCode::OK, |refused| refused.status);
    let mut response = private_page(status, &template, Forms::StayHere)?;
    if let Some(refused) = shown.refused {
        refused.say_when(&mut response);
    }
    Ok(response)
}

fn written(app: &App, person: &SignedIn, frame: &Frame, step: &SecondStep) -> Result<Written> {
    let secret = app.secrets.open(&purpose(person.account.id), &step.secret)?;
    let letters = totp::written(&secret);
    let plain = |text: &str| words::parameter(text).replace('+', "%20");
    let (issuer, name) = (plain(&frame.company.name), plain(&person.actor.handle(&app.site)));
    let link = format!("otpauth://totp/{issuer}:{name}?secret={letters}&issuer={issuer}");
    let groups: Vec<String> =
        letters.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned()).collect();
    Ok(Written { letters: groups.join(" "), link })
}

/// Shows the page with what is wrong.
async fn explain(app: &App, visitor: &Visitor, person: &SignedIn, refused: Error) -> Result<Response> {
    let refused = sign_in::sentence(refused)?;
    page(app, visitor, person, Shown { refused: Some(&refused), ..Shown::default() }).await
}

/// `POST /account/second-step/begin`
pub(in crate::http::web) async fn begin(
    State(app): State<App>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    visitor.check(&typed.form_token)?;
    let Some(person) = visitor.signed_in() else { return Ok(private::to_sign_in(PATH)) };
    if let Err(refused) = check_password(&app, person, typed.password).await {
        return explain(&app, &visitor, person, refused).await;
    }
    let account = person.account.id;
    let sealed = app.secrets.seal(&purpose(account), &totp::new_secret()?);
    app.db.write(move |tx| accounts::begin_second_step(tx, account, &sealed)).await?;
    Ok(private::go(PATH))
}

/// `POST /account/second-step/confirm`: on from here; the recovery codes are shown this one time.
pub(in crate::http::web) async fn confirm(
    State(app): State<App>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    visitor.check(&typed.form_token)?;
    let Some(person) = visitor.signed_in() else { return Ok(private::to_sign_in(PATH)) };
    let account = person.account.id;
    if let Err(refused) = app.limits.code(account.0) {
        return explain(&app, &visitor, person, refused).await;
    }
    let Some(step) = app.db.read(move |conn| accounts::second_step(conn, account)).await? else {
        return Ok(private::go(PATH));
    };
    let secret = app.secrets.open(&purpose(account), &step.secret)?;
    let now = app.db.now().0.div_euclid(1_000_000);
    let Some(at) = totp::step_of(&secret, &typed.code, now) else {
        let refused = Error::invalid("sign_in.code", "This code is not right. Is the clock of your device?");
        return explain(&app, &visitor, person, refused).await;
    };
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| totp::new_recovery_code()).collect::<Result<_>>()?;
    let hashes: Vec<[u8; 32]> =
        codes.iter().map(|code| secrets::token_hash(&totp::plain_recovery_code(code))).collect();
    if !app.db.write(move |tx| accounts::confirm_second_step(tx, account, at, &hashes)).await? {
        return Ok(private::go(PATH));
    }
    page(&app, &visitor, person, Shown { recovery_codes: &codes, ..Shown::default() }).await
}

/// `POST /account/second-step/end`
pub(in crate::http::web) async fn end(
    State(app): State<App>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    visitor.check(&typed.form_token)?;
    let Some(person) = visitor.signed_in() else { return Ok(private::to_sign_in(PATH)) };
    if let Err(refused) = check_password(&app, person, typed.password).await {
        return explain(&app, &visitor, person, refused).await;
    }
    let account = person.account.id;
    app.db.write(move |tx| accounts::end_second_step(tx, account)).await?;
    Ok(private::go(private::HOME))
}
