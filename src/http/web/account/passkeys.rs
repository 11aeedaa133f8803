//! `/account/passkeys`: which passkeys one has. Adding one begins with a proof of who is there; that and where it
//! was made are sealed in its challenge.

use askama::Template;
use axum::{extract::State, response::Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::proof::{self, Said};
use crate::{
    app::App,
    domain::{
        PasskeyId,
        accounts::{self, NewPasskey, Passkey},
    },
    error::{Error, Result},
    http::{
        extract::{Form, Language, SignedIn, Visitor},
        web::{
            challenge::{self, Asked},
            frame::Frame,
            head::Head,
            private::{self, Forms, private_page},
            sign_in::{self, Sentence},
            words::Moment,
        },
    },
    secrets::passkey::Owner,
};

const PATH: &str = "/account/passkeys";
/// The same, once one was added.
const ADDED: &str = "/account/passkeys?added=yes";

/// A passkey as its owner sees it.
struct Row {
    id: String,
    name: String,
    since: Moment,
    used: Option<Moment>,
}

#[derive(Template)]
#[template(path = "passkeys.html")]
struct PasskeysPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    form_token: &'a str,
    error: &'a str,
    /// One was added just now.
    added: bool,
    passkeys: Vec<Row>,
    new: Option<New>,
    has_password: bool,
    /// What a passkey is asked that proves who is there.
    proof: Option<Asked>,
}

/// What the script makes a passkey of.
struct New {
    asked: Asked,
    name: String,
}

/// What a form of the page says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::http::web) struct Sent {
    form_token: String,
    password: String,
    challenge: String,
    answer: String,
    id: i64,
    name: String,
}

/// What the address of the page says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::http::web) struct Came {
    /// Something where one was added just now.
    added: String,
}

/// `GET /account/passkeys`
pub(in crate::http::web) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Form(came): Form<Came>,
) -> Result<Response> {
    match visitor.signed_in() {
        Some(person) => page(&app, &visitor, person, Shown { added: !came.added.is_empty(), ..Shown::default() }).await,
        None => Ok(private::to_sign_in(PATH)),
    }
}

/// What the page shows beside the passkeys there are.
#[derive(Default)]
struct Shown<'a> {
    new: Option<New>,
    added: bool,
    refused: Option<&'a Sentence>,
}

async fn page(
    app: &App,
    visitor: &Visitor,
    person: &SignedIn,
    Shown { new, added, refused }: Shown<'_>,
) -> Result<Response> {
    let (site, account) = (app.site.clone(), person.account.id);
    let (reader, say) = (visitor.reader().clone(), visitor.language());
    let (frame, passkeys) = app
        .db
        .read(move |conn| Ok((Frame::load(conn, &site, &reader)?, accounts::passkeys_of(conn, account)?)))
        .await?;
    let mut head = Head::new(&frame, PATH, say.your_passkeys().to_owned(), say.passkeys_description());
    head.hidden = true;
    let asks = new.is_none() && !passkeys.is_empty();
    let proof = proof::ask(app, visitor, person, PATH, asks)?;
    // Where no device is asked no script runs.
    let forms = if new.is_some() || asks { Forms::Scripted } else { Forms::StayHere };
    let template = PasskeysPage {
        head,
        place: "account",
        form_token: &visitor.form_token(),
        error: refused.map_or("", |refused| &refused.words),
        added,
        passkeys: passkeys.into_iter().map(|passkey| row(passkey, say)).collect(),
        new,
        has_password: person.account.password_hash.is_some(),
        proof,
        frame: &frame,
    };
    let mut response =
        private_page(&frame, refused.map_or(StatusCode::OK, |refused| refused.status), &template, forms)?;
    if let Some(refused) = refused {
        refused.say_when(&mut response);
    }
    Ok(response)
}

fn row(passkey: Passkey, say: Language) -> Row {
    Row {
        id: passkey.id.to_string(),
        since: Moment::of(passkey.created_at, say),
        used: passkey.used_at.map(|at| Moment::of(at, say)),
        name: passkey.name,
    }
}

/// Shows the page with what is wrong.
async fn explain(app: &App, visitor: &Visitor, person: &SignedIn, refused: Error) -> Result<Response> {
    let refused = sign_in::sentence(refused, visitor.language())?;
    page(app, visitor, person, Shown { refused: Some(&refused), ..Shown::default() }).await
}

/// For what the challenges of this page are: a passkey of this account, made in this browser.
fn purpose(person: &SignedIn) -> String {
    format!("add:{}:{}", person.account.id, person.browser.id)
}

/// `POST /account/passkeys/begin`: with a proof, because a browser that was left open is not enough.
pub(in crate::http::web) async fn begin(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    visitor.check(&sent.form_token)?;
    let Some(person) = visitor.signed_in() else { return Ok(private::to_sign_in(PATH)) };
    let have = match prove(&app, &visitor, person, sent).await {
        Ok(have) => have,
        Err(refused) => return explain(&app, &visitor, person, refused).await,
    };
    let account = person.account.id;
    let owner = Owner {
        account: account.0,
        handle: &person.actor.handle(&app.site),
        display_name: person.actor.display_name(),
    };
    let known = have.into_iter().map(|passkey| passkey.credential_id).collect();
    let question = challenge::party(&app.site)?.ask_for_new(owner, known)?;
    let asked = challenge::give(&app, &visitor, &purpose(person), question);
    let new = New { asked, name: sign_in::browser_name(&headers) };
    page(&app, &visitor, person, Shown { new: Some(new), ..Shown::default() }).await
}

/// Takes the proof of who is there; answers the passkeys that they have.
async fn prove(app: &App, visitor: &Visitor, person: &SignedIn, sent: Sent) -> Result<Vec<Passkey>> {
    let said = Said { password: sent.password, challenge: sent.challenge, answer: sent.answer };
    let proof = proof::check(app, visitor, person, PATH, said).await?;
    let account = person.account.id;
    let taken = app.db.write(move |tx| {
        accounts::take_proof(tx, account, &proof)?;
        accounts::passkeys_of(tx.conn(), account)
    });
    taken.await
}

/// `POST /account/passkeys/add`: what the device made.
pub(in crate::http::web) async fn add(
    State(app): State<App>,
    visitor: Visitor,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    visitor.check(&sent.form_token)?;
    let Some(person) = visitor.signed_in() else { return Ok(private::to_sign_in(PATH)) };
    match made(&app, &visitor, person, sent) {
        Ok(new) => {
            let browser = person.browser.id;
            let added = app.db.write(move |tx| accounts::add_passkey(tx, browser, &new)).await;
            done(&app, &visitor, person, added, ADDED).await
        }
        Err(refused) => explain(&app, &visitor, person, refused).await,
    }
}

fn made(app: &App, visitor: &Visitor, person: &SignedIn, sent: Sent) -> Result<NewPasskey> {
    let challenge = challenge::take_back(app, visitor, &purpose(person), &sent.challenge)?;
    let made = challenge::party(&app.site)?.check_new(&challenge.state, &sent.answer)?;
    Ok(challenge.answered_by(person.account.id, made, sent.name))
}

/// Back to the page, or what is wrong on it.
async fn done(app: &App, visitor: &Visitor, person: &SignedIn, done: Result<()>, then: &str) -> Result<Response> {
    match done {
        Ok(()) => Ok(private::go(then)),
        Err(refused) => explain(app, visitor, person, refused).await,
    }
}

/// `POST /account/passkeys/rename`
pub(in crate::http::web) async fn rename(
    State(app): State<App>,
    visitor: Visitor,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    visitor.check(&sent.form_token)?;
    let Some(person) = visitor.signed_in() else { return Ok(private::to_sign_in(PATH)) };
    let account = person.account.id;
    let renamed = app.db.write(move |tx| accounts::rename_passkey(tx, account, PasskeyId(sent.id), &sent.name)).await;
    done(&app, &visitor, person, renamed, PATH).await
}

/// `POST /account/passkeys/remove`: whoever lost a device is quicker than whoever found it.
pub(in crate::http::web) async fn remove(
    State(app): State<App>,
    visitor: Visitor,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    visitor.check(&sent.form_token)?;
    let Some(person) = visitor.signed_in() else { return Ok(private::to_sign_in(PATH)) };
    let account = person.account.id;
    let removed = app.db.write(move |tx| accounts::remove_passkey(tx, account, PasskeyId(sent.id))).await;
    done(&app, &visitor, person, removed, PATH).await
}
