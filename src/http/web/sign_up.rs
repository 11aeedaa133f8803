//! `/sign-up`: whoever wants an account asks for one. `/sign-up/confirm`: where the link in the letter leads.

use askama::Template;
use axum::{extract::State, response::Response};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::{
    faults::{Faults, NO_FAULTS},
    frame::Frame,
    head::Head,
    private::{Forms, private_page},
    sign_in::{Sentence, sentence},
};
use crate::{
    app::App,
    domain::{
        org::Registrations,
        sign_ups::{self, Confirmed, Field, NewSignUp, UNCONFIRMED},
    },
    error::{Kind, Result},
    http::{
        extract::{Form, Visitor},
        observe::Address,
        sign_up::{Outcome, sign_up},
    },
    secrets,
};

/// How many days somebody has to confirm their address.
const DAYS: i64 = (UNCONFIRMED.as_secs() / (24 * 3600)).cast_signed();

/// What somebody types.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    form_token: String,
    username: String,
    display_name: String,
    email: String,
    password: String,
    reason: String,
    /// Something where the box is ticked.
    agreement: String,
    /// The same.
    listed: String,
    /// What whoever signed up holds.
    key: String,
    /// The secret of a link.
    token: String,
}

impl Typed {
    /// What is still there in another language: of what stands in an address no more than that.
    fn kept(&self) -> [(&'static str, &str); 4] {
        [
            ("username", &self.username),
            ("display_name", &self.display_name),
            ("email", &self.email),
            ("listed", &self.listed),
        ]
    }
}

/// How far somebody is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// They say who they want to be.
    Ask,
    /// A letter is on its way.
    Sent,
    /// They came by a link that works.
    Confirm,
    /// They have an account.
    Done,
    /// Somebody here decides.
    Waits,
    /// They came by a link that does not work any more.
    Ended,
}

#[derive(Template)]
#[template(path = "sign_up.html")]
struct SignUpPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    form_token: &'a str,
    step: Step,
    form: &'a Typed,
    error: &'a str,
    faults: &'a Faults,
    handle: &'a str,
    domain: &'a str,
    asks_reason: bool,
    sends: bool,
    open_within: String,
}

/// What a page shows beside what was typed.
struct Shown<'a> {
    handle: &'a str,
    faults: &'a Faults,
    refused: Option<&'a Sentence>,
}

impl Default for Shown<'_> {
    fn default() -> Self {
        Self { handle: "", faults: &NO_FAULTS, refused: None }
    }
}

/// What a field is called in the form.
const fn name_of(field: Field) -> &'static str {
    match field {
        Field::Username => "username",
        Field::DisplayName => "display-name",
        Field::Email => "email",
        Field::Password => "password",
        Field::Agreement => "agreement",
        Field::Reason => "reason",
    }
}

async fn page(app: &App, visitor: &Visitor, typed: &Typed, step: Step, shown: Shown<'_>) -> Result<Response> {
    let reader = match step {
        Step::Ask => visitor.reader().or_begins_at("/sign-up", &typed.kept()),
        Step::Confirm => visitor.reader().or_begins_at("/sign-up/confirm", &[("token", &typed.token)]),
        Step::Sent | Step::Done | Step::Waits | Step::Ended => visitor.reader().clone(),
    };
    let (site, say) = (app.site.clone(), visitor.language());
    let frame = app.db.read(move |conn| Frame::load(conn, &site, &reader)).await?;
    let mut head = Head::new(&frame, "/sign-up", say.sign_up_at(&frame.company.name), say.for_people_who_want_one());
    head.hidden = true;
    let closed = step == Step::Ask && !frame.takes_sign_ups();
    let template = SignUpPage {
        head,
        place: "sign-up",
        form_token: &visitor.form_token(),
        step,
        form: typed,
        error: shown.refused.map_or("", |refused| &refused.words),
        faults: shown.faults,
        handle: shown.handle,
        domain: &app.site.domain,
        asks_reason: frame.company.registrations == Registrations::Approval,
        sends: app.mailer.sends(),
        open_within: say.open_within(DAYS),
        frame: &frame,
    };
    let status = match (step, shown.refused) {
        (Step::Ended, _) => StatusCode::GONE,
        _ if closed => StatusCode::FORBIDDEN,
        (_, Some(refused)) => refused.status,
        (_, None) if !shown.faults.is_empty() => shown.faults.status(),
        (_, None) => StatusCode::OK,
    };
    let mut response = private_page(&frame, status, &template, Forms::StayHere)?;
    // The address may hold the secret of a link.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Some(refused) = shown.refused {
        refused.say_when(&mut response);
    }
    visitor.keep(&mut response, &app.site);
    Ok(response)
}

/// `GET /sign-up`, and with what was typed before, where somebody chose another language.
pub(super) async fn show(State(app): State<App>, visitor: Visitor, Form(typed): Form<Typed>) -> Result<Response> {
    let Typed { username, display_name, email, listed, .. } = typed;
    let typed = Typed { username, display_name, email, listed, ..Typed::default() };
    page(&app, &visitor, &typed, Step::Ask, Shown::default()).await
}

/// `POST /sign-up`: answers the same whether or not somebody has the address already.
pub(super) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    Address(address): Address,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    visitor.check(&typed.form_token)?;
    let new = NewSignUp {
        username: typed.username.clone(),
        display_name: typed.display_name.clone(),
        email: typed.email.clone(),
        reason: typed.reason.clone(),
        agrees: !typed.agreement.is_empty(),
        listed: !typed.listed.is_empty(),
        app: None,
        language: Some(visitor.language()),
    };
    match sign_up(&app, address, new, typed.password.clone()).await {
        Ok(Outcome::Asked(key)) => page(&app, &visitor, &Typed { key, ..typed }, Step::Sent, Shown::default()).await,
        Ok(Outcome::Wrong(faults)) => {
            let faults = faults.into_iter().map(|fault| (name_of(fault.field), fault.error));
            let faults = Faults::of(visitor.language(), faults);
            page(&app, &visitor, &typed, Step::Ask, Shown { faults: &faults, ..Shown::default() }).await
        }
        Err(refused) => {
            let refused = sentence(refused, visitor.language())?;
            page(&app, &visitor, &typed, Step::Ask, Shown { refused: Some(&refused), ..Shown::default() }).await
        }
    }
}

/// `POST /sign-up/again`: another letter, to another address if one is given.
pub(super) async fn again(
    State(app): State<App>,
    visitor: Visitor,
    Address(address): Address,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    visitor.check(&typed.form_token)?;
    let sent = async {
        app.limits.letter(address)?;
        let (key, email) = (secrets::token_hash(&typed.key), typed.email.clone());
        app.db.write(move |tx| sign_ups::again(tx, &key, Some(&email))).await
    };
    match sent.await {
        Ok(()) => page(&app, &visitor, &typed, Step::Sent, Shown::default()).await,
        Err(refused) if refused.kind() == Kind::NotFound => {
            page(&app, &visitor, &typed, Step::Ended, Shown::default()).await
        }
        Err(refused) => {
            let refused = sentence(refused, visitor.language())?;
            page(&app, &visitor, &typed, Step::Sent, Shown { refused: Some(&refused), ..Shown::default() }).await
        }
    }
}

/// `GET /sign-up/confirm?token=…`: looking confirms nothing, because programs look at links in letters as well.
pub(super) async fn look(
    State(app): State<App>,
    visitor: Visitor,
    Address(address): Address,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    app.limits.invitation(address)?;
    confirmation(&app, &visitor, &typed, None).await
}

async fn confirmation(app: &App, visitor: &Visitor, typed: &Typed, refused: Option<&Sentence>) -> Result<Response> {
    let (link, now) = (secrets::token_hash(&typed.token), app.db.now());
    match app.db.read(move |conn| sign_ups::find_by_link(conn, &link, now)).await {
        Ok(found) if found.confirmed_at.is_some() => page(app, visitor, typed, Step::Waits, Shown::default()).await,
        Ok(found) => {
            let handle = format!("{}@{}", found.username, app.site.domain);
            page(app, visitor, typed, Step::Confirm, Shown { handle: &handle, refused, ..Shown::default() }).await
        }
        Err(error) if error.kind() == Kind::Gone => page(app, visitor, typed, Step::Ended, Shown::default()).await,
        Err(error) => Err(error),
    }
}

/// `POST /sign-up/confirm`
pub(super) async fn confirm(
    State(app): State<App>,
    visitor: Visitor,
    Address(address): Address,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    visitor.check(&typed.form_token)?;
    let confirmed = async {
        app.limits.invitation(address)?;
        let (site, link) = (app.site.clone(), secrets::token_hash(&typed.token));
        app.db.write(move |tx| sign_ups::confirm(tx, &site, &link)).await
    };
    match confirmed.await {
        Ok(Confirmed::Account(_)) => page(&app, &visitor, &typed, Step::Done, Shown::default()).await,
        Ok(Confirmed::Waits) => page(&app, &visitor, &typed, Step::Waits, Shown::default()).await,
        // A link that ended meanwhile is told of there.
        Err(refused) if refused.kind() == Kind::Gone => confirmation(&app, &visitor, &typed, None).await,
        Err(refused) => confirmation(&app, &visitor, &typed, Some(&sentence(refused, visitor.language())?)).await,
    }
}
