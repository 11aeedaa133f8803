//! The first-run form: does what `guildhall setup` does, behind a token that works once.

use std::{sync::Arc, time::Duration};

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::{
    assets,
    challenge::{self, Asked},
    error::page_for,
    faults::{Faults, NO_FAULTS},
    frame::Frame,
    head::Head,
    language,
    page::page_with_status,
    refusals,
    sentences::Html,
    sign_in::{Proven, browser_name, new_browser},
    workroom,
};
use crate::{
    config::Alone,
    db::Db,
    domain::{
        AccountId, Site,
        accounts::{self, BROWSER_LASTS, NewPasskey},
        actors::{self, Actor},
        org,
        setup::{self, Company, Field, WayIn},
    },
    error::{Error, Kind, Result},
    http::{
        activitypub::negotiation,
        extract::{Form, Language, Reader, read_fields, set_cookie, spoken},
        problem,
    },
    secrets::{self, SecretKey, passkey::Owner},
};

/// What a server knows before it has a company.
#[derive(Clone)]
pub struct FirstRun {
    /// The database, migrated and empty.
    pub db: Db,
    /// Where it answers, and what its handles will end in.
    pub site: Site,
    /// The key that will seal the company's secrets.
    pub secrets: Arc<SecretKey>,
    /// Why it will not talk with other servers, where it will not.
    pub alone: Option<Alone>,
}

/// How the colour and the logo are set without the workroom.
const COMMAND: &str = "guildhall company set --colour \"#f2572b\" --logo logo.svg";

/// How often we look whether another process made the company, when no signal says so.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Fields {
    token: String,
    name: String,
    handle: String,
    owner: String,
    email: String,
    password: String,
    /// Something where the box is ticked.
    listed: String,
    /// With what the owner wants to sign in, where it is not the password.
    way: String,
    /// The number of the account for which a passkey is made.
    account: i64,
    /// What the owner calls the passkey.
    device: String,
    challenge: String,
    /// What the device said that made one.
    answer: String,
}

/// What the script makes the owner's passkey of.
struct New {
    asked: Asked,
    account: i64,
    device: String,
}

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    done: bool,
    alone: Option<Html>,
    domain: &'a str,
    token: &'a str,
    error: Option<&'a str>,
    faults: &'a Faults,
    form: &'a Fields,
    /// Whether devices make passkeys for this address.
    passkeys: bool,
    new: Option<&'a New>,
    handle: String,
    page: String,
    workroom: Option<&'static str>,
    command: &'static str,
    /// What helps an owner who has nothing but a passkey and loses it.
    way_back: Option<String>,
}

/// The routes of a server that has no company yet.
pub(in crate::http) fn routes(first: FirstRun) -> Router {
    Router::new()
        .route("/setup", get(show).post(submit))
        .route("/assets/{file}", get(asset))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(|| async { (StatusCode::SERVICE_UNAVAILABLE, "not set up yet") }))
        .layer(from_fn(read_fields))
        .layer(from_fn_with_state(first.site.clone(), language::choose))
        .fallback(|reader: Reader| async move {
            (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", reader.language.not_set_up_yet()))
        })
        .with_state(first)
}

async fn asset(Path(file): Path<String>) -> Result<Response, StatusCode> {
    assets::find(&file).ok_or(StatusCode::NOT_FOUND)
}

fn page(first: &FirstRun, reader: &Reader, status: StatusCode, shown: &Shown<'_>) -> Response {
    let (frame, say) = (Frame::bare(&first.site, "Guildhall", reader), reader.language);
    let mut head = Head::new(&frame, "/setup", say.set_up_company().to_owned(), say.first_run());
    head.hidden = true;
    let template = SetupPage {
        head,
        place: "setup",
        done: shown.opened.is_some(),
        alone: first.alone.as_ref().map(|alone| said_alone(say, alone)),
        domain: &first.site.domain,
        token: &shown.form.token,
        error: shown.error,
        faults: shown.faults,
        form: shown.form,
        passkeys: challenge::party(&first.site).is_ok(),
        new: shown.new,
        handle: shown.opened.map(|brand| brand.handle(&first.site)).unwrap_or_default(),
        page: shown.opened.map(|brand| brand.page().to_owned()).unwrap_or_default(),
        workroom: workroom::way_in(),
        command: COMMAND,
        way_back: shown.form.by_passkey().then(|| way_back(shown.form.owner())),
        frame: &frame,
    };
    page_with_status(&frame, status, &template).unwrap_or_else(IntoResponse::into_response)
}

/// What the form shows.
struct Shown<'a> {
    form: &'a Fields,
    error: Option<&'a str>,
    faults: &'a Faults,
    new: Option<&'a New>,
    opened: Option<&'a Actor>,
}

impl<'a> Shown<'a> {
    const fn of(form: &'a Fields) -> Self {
        Self { form, error: None, faults: &NO_FAULTS, new: None, opened: None }
    }
}

/// Why nobody elsewhere will hear of the company.
fn said_alone(say: Language, alone: &Alone) -> Html {
    let why = say.not_federating(alone.base.as_str());
    if alone.is_for_tests { Html::of(format!("{why} {}", say.several_instances())) } else { why }
}

/// How whoever runs the server gives the owner a password.
fn way_back(owner: &str) -> String {
    format!("guildhall account password {owner}")
}

impl Fields {
    /// Whether the owner has, or will have, a passkey and no password.
    fn by_passkey(&self) -> bool {
        self.way == "passkey"
    }

    /// Everything that is wrong with what was typed, by the names of the fields.
    fn faults(&self) -> Vec<(&'static str, Error)> {
        let faults = setup::faults(&self.name, &self.handle, &self.owner, &self.email).into_iter();
        let mut faults: Vec<_> = faults.map(|(field, error)| (name_of(field), error)).collect();
        if !self.by_passkey() {
            faults.extend(secrets::check_password(&self.password).err().map(|error| ("password", error)));
        }
        faults
    }

    /// The owner's username alone.
    fn owner(&self) -> &str {
        self.owner.trim_start_matches('@')
    }
}

/// What a field is called in the form.
const fn name_of(field: Field) -> &'static str {
    match field {
        Field::Name => "name",
        Field::Handle => "handle",
        Field::Owner => "owner",
        Field::Email => "email",
    }
}

/// A refusal, as a page for browsers.
fn refused(first: &FirstRun, reader: &Reader, headers: &HeaderMap, error: Error) -> Response {
    if !negotiation::wants_page(headers) {
        return error.into_response();
    }
    let frame = Frame::bare(&first.site, "Guildhall", reader);
    let status = problem::status(error.kind());
    page_for(&frame, status, &error).unwrap_or_else(IntoResponse::into_response)
}

impl FirstRun {
    /// Waits until the company exists, whether this form made it or another process.
    pub(in crate::http) async fn is_over(&self) {
        let mut signals = self.db.signals();
        loop {
            if self.db.read(setup::is_done).await.unwrap_or(false) {
                return;
            }
            // Signals may be lost, so the wait has an end; an error means that some were missed.
            let _ = tokio::time::timeout(LOOK_AGAIN, signals.recv()).await;
        }
    }

    async fn check(&self, token: &str) -> Result<()> {
        let hash = hex::encode(secrets::token_hash(token));
        let stored = self.db.read(|conn| org::setting(conn, setup::TOKEN_SETTING)).await?;
        if stored.is_some_and(|stored| stored == hash) {
            Ok(())
        } else {
            Err(Error::forbidden("setup.token", "This link does not work. Use the one that the server printed last."))
        }
    }
}

#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    token: String,
}

async fn show(State(first): State<FirstRun>, reader: Reader, headers: HeaderMap, Form(link): Form<Link>) -> Response {
    if let Err(error) = first.check(&link.token).await {
        return refused(&first, &reader, &headers, error);
    }
    let fields = Fields { token: link.token, ..Fields::default() };
    // Where nobody could be found later, that is said before anything is typed.
    let wrong = setup::check_domain(&first.site.domain).err();
    let wrong = wrong.map(|error| reader.language.set_base_url(refusals::words(reader.language, &error)));
    page(&first, &reader, StatusCode::OK, &Shown { error: wrong.as_deref(), ..Shown::of(&fields) })
}

async fn submit(
    State(first): State<FirstRun>,
    reader: Reader,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    if let Err(error) = first.check(&fields.token).await {
        return refused(&first, &reader, &headers, error);
    }
    let say = reader.language;
    let faults = Faults::of(say, fields.faults())
        .called("handle", say.username_of_brand())
        .called("owner", say.your_own_username());
    if !faults.is_empty() {
        let shown = Shown { faults: &faults, ..Shown::of(&fields) };
        return page(&first, &reader, faults.status(), &shown);
    }
    match open(&first, &headers, &fields).await {
        Ok(Outcome::Asked(new)) => {
            page(&first, &reader, StatusCode::OK, &Shown { new: Some(&new), ..Shown::of(&fields) })
        }
        Ok(Outcome::Opened { brand, secret }) => {
            let shown = Shown { opened: Some(&brand), ..Shown::of(&fields) };
            let mut response = page(&first, &reader, StatusCode::OK, &shown);
            set_cookie(&mut response, &first.site, &secret, Some(BROWSER_LASTS.as_secs()));
            response
        }
        Err(error) if matches!(error.kind(), Kind::Invalid | Kind::Conflict | Kind::Forbidden) => {
            let told = refusals::words(reader.language, &error);
            let shown = Shown { error: Some(&told), ..Shown::of(&fields) };
            let forbidden = error.kind() == Kind::Forbidden;
            let status = if forbidden { StatusCode::FORBIDDEN } else { StatusCode::UNPROCESSABLE_ENTITY };
            page(&first, &reader, status, &shown)
        }
        Err(error) => refused(&first, &reader, &headers, error),
    }
}

/// What comes of the form.
enum Outcome {
    /// A device is to make the owner's passkey first.
    Asked(New),
    /// A company has come into being.
    Opened {
        brand: Box<Actor>,
        /// What the owner's browser keeps: they are signed in.
        secret: String,
    },
}

async fn open(first: &FirstRun, headers: &HeaderMap, fields: &Fields) -> Result<Outcome> {
    if !fields.by_passkey() {
        let password = fields.password.clone();
        let hashed = tokio::task::spawn_blocking(move || secrets::hash_password(&password));
        let hash = hashed.await.map_err(Error::internal)??;
        return establish(first, headers, fields, WayIn::Password(hash)).await;
    }
    if fields.challenge.is_empty() {
        return ask(first, headers, fields).await.map(Outcome::Asked);
    }
    establish(first, headers, fields, WayIn::Passkey(made(first, fields)?)).await
}

/// What seals the challenge of this form: only who has the link opens it again, for the account that it was made for.
fn purpose(token: &str, account: i64) -> String {
    format!("passkey:set-up:{account}:{}", hex::encode(secrets::token_hash(token)))
}

/// What a device is asked. What would be refused is refused before, so that no device keeps a passkey that opens
/// nothing.
async fn ask(first: &FirstRun, headers: &HeaderMap, fields: &Fields) -> Result<New> {
    setup::check(&first.site, &fields.name, &fields.handle, &fields.owner, &fields.email)?;
    let account = first.db.write(|tx| Ok(tx.new_id())).await?;
    let owner = fields.owner();
    let handle = format!("{owner}@{}", first.site.domain);
    let owner = Owner { account, handle: &handle, display_name: owner };
    let question = challenge::party(&first.site)?.ask_for_new(owner, Vec::new())?;
    let under = purpose(&fields.token, account);
    let asked = challenge::give_sealed(&first.secrets, first.db.now(), &under, question);
    Ok(New { asked, account, device: browser_name(headers) })
}

/// The passkey that the device made.
fn made(first: &FirstRun, fields: &Fields) -> Result<NewPasskey> {
    let under = purpose(&fields.token, fields.account);
    let challenge = challenge::take_sealed(&first.secrets, first.db.now(), &under, &fields.challenge)?;
    let made = challenge::party(&first.site)?.check_new(&challenge.state, &fields.answer)?;
    Ok(challenge.answered_by(AccountId(fields.account), made, fields.device.clone()))
}

async fn establish(first: &FirstRun, headers: &HeaderMap, fields: &Fields, way_in: WayIn) -> Result<Outcome> {
    let Fields { name, handle, owner, email, listed, .. } = fields.clone();
    let company = Company { name, handle, owner, email, way_in };
    let site = first.site.clone();
    let fingerprint = first.secrets.fingerprint();
    let headers = headers.clone();
    let established = first.db.write(move |tx| {
        let (brand, owner) = setup::establish(tx, &site, &company)?;
        setup::remember_key(tx, &fingerprint)?;
        if listed.is_empty() {
            actors::keep_unlisted(tx, owner.id)?;
        }
        let account = accounts::find_by_actor(tx.conn(), owner.id)?;
        let account = account.ok_or_else(|| Error::internal("the owner has no account"))?;
        if let Some(language) = spoken(&headers) {
            accounts::set_letter_language(tx, account.id, language)?;
        }
        let proven = Proven { account: account.id, password_hash: account.password_hash };
        let (secret, browser) = new_browser(&headers, proven, false, None);
        accounts::open_browser(tx, &browser)?;
        Ok(Outcome::Opened { brand: Box::new(brand), secret })
    });
    established.await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_try_out_is_told_in_each_language_as_the_command_line_tells_it() {
        for is_for_tests in [true, false] {
            let base = url::Url::parse("http://localhost:8080/").unwrap();
            let alone = Alone { base, is_for_tests };
            let said = |say| {
                said_alone(say, &alone)
                    .into_string()
                    .replace("<bdi>", "")
                    .replace("<bdi dir=\"ltr\">", "")
                    .replace("</bdi>", "")
            };
            assert_eq!(said(Language::English), alone.to_string());
            for say in [Language::German, Language::Arabic] {
                let said = said(say);
                assert!(said.contains("http://localhost:8080/") && !said.contains("instance"), "{said}");
                assert_eq!(said.contains("federation.allow_http = true"), is_for_tests, "{said}");
            }
        }
    }
}
