//! `/sign-in` and `/sign-out`: by e-mail address or username, and password; or with a passkey.

mod browser_name;
pub(super) mod code;
pub(super) mod forgotten;
pub(super) mod passkey;
mod password;

use askama::Template;
use axum::{extract::State, response::Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;

pub(super) use browser_name::browser_name;
pub(in crate::http) use password::hash_of_new;
pub(super) use password::is_right;

use super::{
    challenge::{self, Asked},
    frame::Frame,
    head::Head,
    private::{self, Forms, private_page},
    refusals,
};
use crate::{
    app::App,
    domain::{
        AccountId,
        accounts::{self, Account, BROWSER_LASTS, NewBrowser},
        actors::Actor,
        sign_ups,
    },
    error::{Error, Kind, Result},
    http::{
        extract::{Form, Language, Visitor, set_cookie},
        observe::Address,
        problem,
    },
    secrets,
};

/// What somebody types.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    form_token: String,
    name: String,
    password: String,
    then: String,
    /// Something where one came by the link of the first run, which is over.
    already: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    form_token: &'a str,
    name: &'a str,
    then: &'a str,
    error: &'a str,
    /// They wanted to set up what is set up already.
    already: bool,
    for_app: bool,
    now: String,
    passkey: Asked,
}

/// `GET /sign-in?then=…`
pub(super) async fn show(State(app): State<App>, visitor: Visitor, Form(typed): Form<Typed>) -> Result<Response> {
    if visitor.signed_in().is_some() && typed.then.is_empty() {
        return Ok(private::go(private::beginning()));
    }
    page(&app, &visitor, &typed, StatusCode::OK, "").await
}

async fn page(app: &App, visitor: &Visitor, typed: &Typed, status: StatusCode, error: &str) -> Result<Response> {
    let reader = visitor.reader().or_begins_at("/sign-in", &[("then", &typed.then), ("name", &typed.name)]);
    let (site, say) = (app.site.clone(), visitor.language());
    let frame = app.db.read(move |conn| Frame::load(conn, &site, &reader)).await?;
    let mut head = Head::new(&frame, "/sign-in", say.sign_in_at(&frame.company.name), say.for_people_with_account());
    head.hidden = true;
    let then = private::known(&typed.then);
    let template = SignInPage {
        head,
        place: "sign-in",
        form_token: &visitor.form_token(),
        name: &typed.name,
        then,
        error,
        already: !typed.already.is_empty(),
        for_app: then.starts_with("/oauth/"),
        now: visitor.signed_in().map(|person| person.actor.handle(&app.site)).unwrap_or_default(),
        passkey: challenge::give(app, visitor, passkey::PURPOSE, challenge::party(&app.site)?.ask()?),
        frame: &frame,
    };
    let mut response = private_page(&frame, status, &template, Forms::Scripted)?;
    visitor.keep(&mut response, &app.site);
    Ok(response)
}

/// `POST /sign-in`
pub(super) async fn submit(
    State(app): State<App>,
    visitor: Visitor,
    Address(address): Address,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    visitor.check(&typed.form_token)?;
    let entered = async {
        let (site, name) = (app.site.clone(), typed.name.clone());
        let found = app.db.read(move |conn| accounts::find_by_name(conn, &site, &name)).await?;
        let known = found.as_ref().and_then(|(account, _)| visitor.known_for(account.id));
        app.limits.sign_in(&accounts::spelling(&app.site, &typed.name), address, known)?;
        let account = check(&app, found, &typed, visitor.language()).await?;
        enter(&app, &visitor, &headers, &account, &typed.then).await
    };
    match entered.await {
        Ok(response) => Ok(response),
        Err(refused) => explain(&app, &visitor, &typed, refused).await,
    }
}

/// Who it is, by name and password. What is wrong with an account, or that it is still asked for, is told only to who
/// knows its password, and it takes as long when there is none.
async fn check(app: &App, found: Option<(Account, Actor)>, typed: &Typed, say: Language) -> Result<Account> {
    let waits = if found.is_none() {
        let (site, name) = (app.site.clone(), typed.name.clone());
        app.db.read(move |conn| sign_ups::awaits(conn, &site, &name)).await?
    } else {
        None
    };
    let hash = found.as_ref().and_then(|(account, _)| account.password_hash.clone());
    let hash = hash.or_else(|| waits.as_ref().map(|waits| waits.password_hash.clone()));
    let right = is_right(app, typed.password.clone(), hash).await?;
    if let Some(waits) = waits.filter(|_| right) {
        let told = if waits.confirmed_at.is_some() { say.confirmed_but_waiting() } else { say.confirm_first() };
        return Err(Error::forbidden("sign_in.waiting", told));
    }
    let Some((account, actor)) = found.filter(|_| right) else {
        return Err(Error::invalid("sign_in.wrong", say.name_and_password_differ()));
    };
    if account.is_active() && actor.is_active() {
        return Ok(account);
    }
    Err(suspended())
}

fn suspended() -> Error {
    Error::forbidden("sign_in.suspended", "This account is suspended. Ask whoever runs this server.")
}

async fn explain(app: &App, visitor: &Visitor, typed: &Typed, refused: Error) -> Result<Response> {
    let sentence = sentence(refused, visitor.language())?;
    let mut response = page(app, visitor, typed, sentence.status, &sentence.words).await?;
    sentence.say_when(&mut response);
    Ok(response)
}

/// A refusal as a form shows it.
pub(super) struct Sentence {
    /// The status of the page.
    pub status: StatusCode,
    /// What it says.
    pub words: String,
    wait: Option<u64>,
}

impl Sentence {
    /// Tells machines how long to wait.
    pub(super) fn say_when(&self, response: &mut Response) {
        if let Some(wait) = self.wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
    }
}

/// What a form shows; faults are for the page of faults.
pub(super) fn sentence(refused: Error, say: Language) -> Result<Sentence> {
    let wait = refused.retry_after().map(|wait| wait.as_secs().max(1));
    let words = match refused.kind() {
        Kind::TooMany => {
            let minutes = wait.unwrap_or(60).div_ceil(60).cast_signed();
            say.too_many_tries(minutes)
        }
        Kind::Invalid | Kind::Forbidden | Kind::Conflict => refusals::words(say, &refused),
        _ => return Err(refused),
    };
    Ok(Sentence { status: problem::status(refused.kind()), words, wait })
}

/// Signs somebody in, or asks for the code first, and goes on.
async fn enter(app: &App, visitor: &Visitor, headers: &HeaderMap, account: &Account, then: &str) -> Result<Response> {
    let id = account.id;
    let proven = Proven { account: id, password_hash: account.password_hash.clone() };
    if !app.db.read(move |conn| accounts::has_second_step(conn, id)).await? {
        return open(app, visitor, headers, proven, then).await;
    }
    let secret = remember(app, visitor, headers, proven, true).await?;
    let mut response = private::go(&code::address(private::known(then)));
    set_cookie(&mut response, &app.site, &secret, None);
    Ok(response)
}

/// Who showed that they are it, and the hash of their password at that moment.
pub(super) struct Proven {
    /// Who.
    pub account: AccountId,
    /// As it is stored.
    pub password_hash: Option<String>,
}

/// Signs somebody in, and goes on.
pub(super) async fn open(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    proven: Proven,
    then: &str,
) -> Result<Response> {
    let account = proven.account;
    let secret = remember(app, visitor, headers, proven, false).await?;
    go_on(app, visitor, account, &secret, then)
}

/// Gives a browser in which somebody has just signed in its secret, and goes on.
fn go_on(app: &App, visitor: &Visitor, account: AccountId, secret: &str, then: &str) -> Result<Response> {
    let mut response = private::go(private::known(then));
    set_cookie(&mut response, &app.site, secret, Some(BROWSER_LASTS.as_secs()));
    visitor.become_known(&mut response, app, account)?;
    Ok(response)
}

/// Writes a browser down under a new secret.
async fn remember(app: &App, visitor: &Visitor, headers: &HeaderMap, proven: Proven, code_due: bool) -> Result<String> {
    let (secret, new) = new_browser(headers, proven, code_due, Some(visitor.secret_hash()));
    app.db.write(move |tx| accounts::open_browser(tx, &new)).await?;
    Ok(secret)
}

/// A new secret for a browser, and what is written down of it; `before` is the hash of the one that it had.
pub(super) fn new_browser(
    headers: &HeaderMap,
    proven: Proven,
    code_due: bool,
    before: Option<[u8; 32]>,
) -> (String, NewBrowser) {
    let secret = secrets::new_token();
    let new = NewBrowser {
        account: proven.account,
        password_hash: proven.password_hash,
        name: browser_name(headers),
        secret_hash: secrets::token_hash(&secret),
        code_due,
        before,
    };
    (secret, new)
}

/// What a form says that asks nothing but to be believed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Signed {
    form_token: String,
}

/// `POST /sign-out`
pub(super) async fn sign_out(State(app): State<App>, visitor: Visitor, Form(signed): Form<Signed>) -> Result<Response> {
    visitor.check(&signed.form_token)?;
    if let Some(person) = visitor.signed_in() {
        let (account, browser) = (person.account.id, person.browser.id);
        app.db.write(move |tx| accounts::close_browser(tx, account, browser)).await?;
    }
    let mut response = private::go("/");
    set_cookie(&mut response, &app.site, "", Some(0));
    Ok(response)
}
