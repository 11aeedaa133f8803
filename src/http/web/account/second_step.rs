//! `/account/second-step`: turning the second step of signing in on and off, each time with a proof of who is
//! there.

use std::time::Duration;

use askama::Template;
use axum::{extract::State, response::Response};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::StatusCode;
use serde::Deserialize;

use super::{
    proof::{self, Said},
    qr::QrPicture,
};
use crate::{
    app::App,
    db::Timestamp,
    domain::accounts::{self, Proof, SecondStep},
    error::{Error, Result},
    http::{
        extract::{Form, SignedIn, Visitor},
        web::{
            challenge::Asked,
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
/// For what it is sealed that somebody began with a proof.
const BEGUN: &str = "second-step-begun";
/// How long they have to show a first code.
const LASTS: Duration = Duration::from_secs(15 * 60);

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
    begun: &'a str,
    recovery_codes: &'a [String],
    has_password: bool,
    /// What a passkey is asked that proves who is there.
    proof: Option<Asked>,
}

/// A secret as an app takes it.
struct Written {
    letters: String,
    link: String,
    code: QrPicture,
}

/// What somebody types.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::http::web) struct Typed {
    form_token: String,
    password: String,
    challenge: String,
    answer: String,
    code: String,
    begun: String,
}

/// What the page shows beside what is stored.
#[derive(Default)]
struct Shown<'a> {
    refused: Option<&'a Sentence>,
    /// What proves that the person began with a proof, here and lately: who has none is not shown the secret.
    begun: &'a str,
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
    let (reader, say) = (visitor.reader().clone(), visitor.language());
    let (frame, step, left, passkeys) = app
        .db
        .read(move |conn| {
            let step = accounts::second_step(conn, account)?;
            let (left, passkeys) =
                (accounts::count_recovery_codes(conn, account)?, accounts::count_passkeys(conn, account)?);
            Ok((Frame::load(conn, &site, &reader)?, step, left, passkeys))
        })
        .await?;
    let mut head = Head::new(&frame, PATH, say.second_step().to_owned(), say.code_besides());
    head.hidden = true;
    let confirmed = step.as_ref().and_then(|step| step.confirmed_at);
    let waiting = step.filter(|step| step.confirmed_at.is_none() && !shown.begun.is_empty());
    let asks = passkeys > 0 && waiting.is_none() && shown.recovery_codes.is_empty();
    let proof = proof::ask(app, visitor, person, PATH, asks)?;
    // Codes are copied by our script.
    let scripted = asks || !shown.recovery_codes.is_empty();
    let forms = if scripted { Forms::Scripted } else { Forms::StayHere };
    let template = SecondStepPage {
        head,
        place: "account",
        form_token: &visitor.form_token(),
        error: shown.refused.map_or("", |refused| &refused.words),
        on: confirmed.map(|since| (Moment::of(since, say), say.codes_left(left))),
        secret: waiting.map(|step| written(app, person, &frame, &step)).transpose()?,
        begun: shown.begun,
        recovery_codes: shown.recovery_codes,
        has_password: person.account.password_hash.is_some(),
        proof,
        frame: &frame,
    };
    let status = shown.refused.map_or(StatusCode::OK, |refused| refused.status);
    let mut response = private_page(&frame, status, &template, forms)?;
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
    let code = QrPicture::of(&link)?;
    Ok(Written { letters: groups.join(" "), link, code })
}

/// Shows the page with what is wrong, and goes on with what was begun.
async fn explain(app: &App, visitor: &Visitor, person: &SignedIn, begun: &str, refused: Error) -> Result<Response> {
    let refused = sign_in::sentence(refused, visitor.language())?;
    page(app, visitor, person, Shown { refused: Some(&refused), begun, ..Shown::default() }).await
}

/// What a begun second step is called where it was begun: in this browser, now.
fn mark(person: &SignedIn, at: Timestamp) -> [u8; 24] {
    let mut mark = [0; 24];
    let parts = [person.account.id.0, person.browser.id.0, at.0];
    for (place, part) in mark.chunks_exact_mut(8).zip(parts) {
        place.copy_from_slice(&part.to_be_bytes());
    }
    mark
}

/// Whether the person began in this browser with a proof, not long ago. A browser that was left open is not
/// enough to finish what somebody else began.
fn has_begun(app: &App, person: &SignedIn, begun: &str) -> bool {
    let sealed = URL_SAFE_NO_PAD.decode(begun).ok();
    let Some(plain) = sealed.and_then(|sealed| app.secrets.open(BEGUN, &sealed).ok()) else { return false };
    let Some(at) = plain.last_chunk::<8>().map(|at| Timestamp(i64::from_be_bytes(*at))) else { return false };
    plain.as_slice() == mark(person, at) && app.db.now().since(at) < LASTS
}

async fn prove(app: &App, visitor: &Visitor, person: &SignedIn, typed: Typed) -> Result<Proof> {
    let said = Said { password: typed.password, challenge: typed.challenge, answer: typed.answer };
    proof::check(app, visitor, person, PATH, said).await
}

/// `POST /account/second-step/begin`
pub(in crate::http::web) async fn begin(
    State(app): State<App>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    visitor.check(&typed.form_token)?;
    let Some(person) = visitor.signed_in() else { return Ok(private::to_sign_in(PATH)) };
    let proof = match prove(&app, &visitor, person, typed).await {
        Ok(proof) => proof,
        Err(refused) => return explain(&app, &visitor, person, "", refused).await,
    };
    let account = person.account.id;
    let sealed = app.secrets.seal(&purpose(account), &totp::new_secret()?);
    let written = app.db.write(move |tx| {
        accounts::take_proof(tx, account, &proof)?;
        accounts::begin_second_step(tx, account, &sealed)
    });
    if let Err(refused) = written.await {
        return explain(&app, &visitor, person, "", refused).await;
    }
    let begun = URL_SAFE_NO_PAD.encode(app.secrets.seal(BEGUN, &mark(person, app.db.now())));
    page(&app, &visitor, person, Shown { begun: &begun, ..Shown::default() }).await
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
    if !has_begun(&app, person, &typed.begun) {
        let refused =
            Error::forbidden("second_step.begin", "This was not begun here, or it was too long ago. Begin again.");
        return explain(&app, &visitor, person, "", refused).await;
    }
    if let Err(refused) = app.limits.code(account.0, visitor.known_for(account)) {
        return explain(&app, &visitor, person, &typed.begun, refused).await;
    }
    let Some(step) = app.db.read(move |conn| accounts::second_step(conn, account)).await? else {
        return Ok(private::go(PATH));
    };
    let secret = app.secrets.open(&purpose(account), &step.secret)?;
    let now = app.db.now().0.div_euclid(1_000_000);
    let Some(at) = totp::step_of(&secret, &typed.code, now) else {
        let refused = Error::invalid("sign_in.code", visitor.language().code_not_right());
        return explain(&app, &visitor, person, &typed.begun, refused).await;
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
    let proof = match prove(&app, &visitor, person, typed).await {
        Ok(proof) => proof,
        Err(refused) => return explain(&app, &visitor, person, "", refused).await,
    };
    let account = person.account.id;
    let ended = app.db.write(move |tx| {
        accounts::take_proof(tx, account, &proof)?;
        accounts::end_second_step(tx, account)
    });
    if let Err(refused) = ended.await {
        return explain(&app, &visitor, person, "", refused).await;
    }
    Ok(private::go(private::ACCOUNT))
}
