//! `/account/password`: another password, or the first one. Everything else that is signed in ends with the old one.

use askama::Template;
use axum::{extract::State, response::Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::proof::{self, Said};
use crate::{
    app::App,
    domain::accounts,
    error::{Error, Result},
    http::{
        extract::{Form, SignedIn, Visitor},
        web::{
            challenge::Asked,
            faults::{Faults, NO_FAULTS},
            frame::Frame,
            head::Head,
            private::{self, Forms, private_page},
            sign_in::{self, Sentence},
        },
    },
    secrets,
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
    faults: &'a Faults,
    username: &'a str,
    has_password: bool,
    /// What a passkey is asked that proves who is there.
    proof: Option<Asked>,
}

/// What somebody types.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::http::web) struct Typed {
    form_token: String,
    password: String,
    challenge: String,
    answer: String,
    new_password: String,
}

/// `GET /account/password`
pub(in crate::http::web) async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response> {
    match visitor.signed_in() {
        Some(person) => page(&app, &visitor, person, &Refused::No).await,
        None => Ok(private::to_sign_in(PATH)),
    }
}

/// Why the password is not another one yet.
enum Refused {
    /// They have not tried.
    No,
    /// What they typed is wrong.
    Wrong(Faults),
    /// Something else.
    So(Sentence),
}

async fn page(app: &App, visitor: &Visitor, person: &SignedIn, refused: &Refused) -> Result<Response> {
    let (site, account) = (app.site.clone(), person.account.id);
    let (reader, say) = (visitor.reader().clone(), visitor.language());
    let (frame, passkeys) = app
        .db
        .read(move |conn| Ok((Frame::load(conn, &site, &reader)?, accounts::count_passkeys(conn, account)?)))
        .await?;
    let mut head = Head::new(&frame, PATH, say.another_password().to_owned(), say.change_your_password());
    head.hidden = true;
    let proof = proof::ask(app, visitor, person, PATH, passkeys > 0)?;
    let forms = if proof.is_some() { Forms::Scripted } else { Forms::StayHere };
    let template = PasswordPage {
        head,
        place: "account",
        form_token: &visitor.form_token(),
        error: if let Refused::So(refused) = refused { &refused.words } else { "" },
        faults: if let Refused::Wrong(faults) = refused { faults } else { &NO_FAULTS },
        username: &person.actor.username,
        has_password: person.account.password_hash.is_some(),
        proof,
        frame: &frame,
    };
    let status = match refused {
        Refused::No => StatusCode::OK,
        Refused::Wrong(faults) => faults.status(),
        Refused::So(refused) => refused.status,
    };
    let mut response = private_page(&frame, status, &template, forms)?;
    if let Refused::So(refused) = refused {
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
    let say = visitor.language();
    let refused = match set(&app, &visitor, person, typed).await {
        Ok(Ok(proven)) => return open(&app, &visitor, &headers, proven).await,
        Ok(Err(faults)) => Refused::Wrong(Faults::of(say, faults)),
        Err(refused) => Refused::So(sign_in::sentence(refused, say)?),
    };
    page(&app, &visitor, person, &refused).await
}

async fn open(app: &App, visitor: &Visitor, headers: &HeaderMap, proven: sign_in::Proven) -> Result<Response> {
    // Every browser was signed out, this one too: it goes on with a new secret.
    sign_in::open(app, visitor, headers, proven, private::ACCOUNT).await
}

/// What is wrong, by the names of the fields.
type Wrong = Vec<(&'static str, Error)>;

async fn set(
    app: &App,
    visitor: &Visitor,
    person: &SignedIn,
    typed: Typed,
) -> Result<std::result::Result<sign_in::Proven, Wrong>> {
    let said = Said { password: typed.password, challenge: typed.challenge, answer: typed.answer };
    let mut wrong: Wrong = Vec::new();
    let proof = match proof::check(app, visitor, person, PATH, said).await {
        Err(error) if error.code() == "sign_in.wrong" => {
            wrong.push(("password", error));
            None
        }
        checked => Some(checked?),
    };
    wrong.extend(secrets::check_password(&typed.new_password).err().map(|error| ("new-password", error)));
    let Some(proof) = proof.filter(|_| wrong.is_empty()) else { return Ok(Err(wrong)) };
    let (account, hash) = (person.account.id, sign_in::hash_of_new(app, typed.new_password).await?);
    let proven = sign_in::Proven { account, password_hash: Some(hash.clone()) };
    app.db
        .write(move |tx| {
            accounts::take_proof(tx, account, &proof)?;
            accounts::set_password(tx, account, &hash)
        })
        .await?;
    Ok(Ok(proven))
}
