//! `/sign-in/code`: the second step.

use askama::Template;
use axum::{extract::State, response::Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::{Proven, Sentence, open, sentence};
use crate::{
    app::App,
    domain::{AccountId, accounts},
    error::{Error, Result},
    http::{
        extract::{Form, SignedIn, Visitor},
        web::{
            frame::Frame,
            head::Head,
            private::{self, Forms, private_page},
            words,
        },
    },
    secrets::{self, totp},
};

/// What somebody types.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::http::web) struct Typed {
    form_token: String,
    code: String,
    then: String,
}

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct CodePage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    form_token: &'a str,
    then: &'a str,
    error: &'a str,
    handle: String,
}

/// Where the code is asked for, before going on.
pub(super) fn address(then: &str) -> String {
    format!("/sign-in/code?then={}", words::parameter(then))
}

/// `GET /sign-in/code?then=…`
pub(in crate::http::web) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    match visitor.code_due() {
        Some(person) => page(&app, &visitor, person, &typed, None).await,
        None => Ok(private::to_sign_in(private::known(&typed.then))),
    }
}

async fn page(
    app: &App,
    visitor: &Visitor,
    person: &SignedIn,
    typed: &Typed,
    refused: Option<&Sentence>,
) -> Result<Response> {
    let reader = visitor.reader().or_begins_at("/sign-in/code", &[("then", &typed.then)]);
    let (site, say) = (app.site.clone(), visitor.language());
    let frame = app.db.read(move |conn| Frame::load(conn, &site, &reader)).await?;
    let mut head = Head::new(&frame, "/sign-in/code", say.second_step().to_owned(), say.code_to_sign_in());
    head.hidden = true;
    let template = CodePage {
        head,
        place: "sign-in",
        form_token: &visitor.form_token(),
        then: private::known(&typed.then),
        error: refused.map_or("", |refused| &refused.words),
        handle: person.actor.handle(&app.site),
        frame: &frame,
    };
    let status = refused.map_or(StatusCode::OK, |refused| refused.status);
    private_page(&frame, status, &template, Forms::StayHere)
}

/// `POST /sign-in/code`
pub(in crate::http::web) async fn submit(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    visitor.check(&typed.form_token)?;
    let then = private::known(&typed.then);
    let Some(person) = visitor.code_due() else { return Ok(private::to_sign_in(then)) };
    let (account, browser) = (person.account.id, person.browser.id);
    let refused = match app.limits.code(account.0, visitor.known_for(account)) {
        Ok(()) if is_right(&app, account, &typed.code).await? => {
            let proven = Proven { account, password_hash: person.account.password_hash.clone() };
            return open(&app, &visitor, &headers, proven, then).await;
        }
        Ok(()) => {
            let goes_on = app.db.write(move |tx| accounts::count_wrong_code(tx, browser)).await?;
            if !goes_on {
                return Ok(private::to_sign_in(then));
            }
            Error::invalid("sign_in.code", visitor.language().code_is_wrong())
        }
        Err(refused) => refused,
    };
    let refused = sentence(refused, visitor.language())?;
    let mut response = page(&app, &visitor, person, &typed, Some(&refused)).await?;
    refused.say_when(&mut response);
    Ok(response)
}

/// For what the secret of the second step is sealed.
pub(in crate::http::web) fn purpose(account: AccountId) -> String {
    format!("account.second_step:{account}")
}

/// Whether a code is one of the person's app or one of their recovery codes. Either is taken once.
async fn is_right(app: &App, account: AccountId, code: &str) -> Result<bool> {
    let Some(step) = app.db.read(move |conn| accounts::second_step(conn, account)).await? else { return Ok(false) };
    let secret = app.secrets.open(&purpose(account), &step.secret)?;
    // Seconds.
    let now = app.db.now().0.div_euclid(1_000_000);
    if let Some(at) = totp::step_of(&secret, code, now) {
        return app.db.write(move |tx| accounts::take_code(tx, account, at)).await;
    }
    let hash = secrets::token_hash(&totp::plain_recovery_code(code));
    app.db.write(move |tx| accounts::take_recovery_code(tx, account, &hash)).await
}
