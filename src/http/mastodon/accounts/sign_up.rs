//! `POST /api/v1/accounts`: somebody signs up in an app. `/api/v1/emails`: whether they confirmed their address.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    app::App,
    domain::{
        accounts::{self, APPROVE, Role},
        sign_ups::{self, Fault, Field, NewSignUp, SignUp},
    },
    error::{Error, Result},
    http::{
        extract::{Form, Json, MaybeSession, Token},
        observe::Address,
        problem,
        sign_up::{Outcome, sign_up},
    },
    secrets,
    text::Language,
};

/// What somebody types in an app.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    username: String,
    email: String,
    password: String,
    agreement: bool,
    reason: String,
    /// The language of the letter.
    locale: String,
}

/// A token as OAuth's clients read it. It works when its owner has an account.
#[derive(Serialize)]
struct Issued {
    access_token: String,
    token_type: &'static str,
    scope: String,
    created_at: i64,
}

/// `POST /api/v1/accounts`: for an app, by a token that acts for nobody.
pub(super) async fn create(
    State(app): State<App>,
    session: MaybeSession,
    Address(address): Address,
    Form(said): Form<Said>,
) -> Result<Response> {
    session.need("write:accounts")?;
    let client = match session {
        MaybeSession::App(client) => client.app,
        MaybeSession::Person(_) => {
            let told = "This method requires an client credentials authentication";
            return Err(Error::forbidden("token.person", told));
        }
        MaybeSession::Nobody => {
            return Err(Error::unauthorized("token.missing", "Send a token of the app as Authorization: Bearer."));
        }
    };
    // Nobody is asked what the app may do: no more than everybody may with an app.
    let mut scopes = accounts::narrowed(&accounts::read_scopes(&client.scopes)?, Role::Member, true);
    scopes.retain(|scope| *scope != APPROVE);
    let scopes = scopes.join(" ");
    let new = NewSignUp {
        username: said.username,
        display_name: String::new(),
        email: said.email,
        reason: said.reason,
        agrees: said.agreement,
        // An app asks nobody: they are found when their profile says so.
        listed: false,
        app: Some((client.id, scopes.clone())),
        language: Language::tagged(&said.locale),
    };
    match sign_up(&app, address, new, said.password).await? {
        Outcome::Wrong(faults) => Ok(problem::unsound(&sentence(&faults), &details(&faults))),
        Outcome::Asked(secret) => {
            // Seconds.
            let created_at = app.db.now().0.div_euclid(1_000_000);
            let token = Issued { access_token: secret, token_type: "Bearer", scope: scopes, created_at };
            Ok(Json(token).into_response())
        }
    }
}

/// The field of a fault as Mastodon names it.
const fn name(field: Field) -> &'static str {
    match field {
        Field::Username => "username",
        Field::DisplayName => "display_name",
        Field::Email => "email",
        Field::Password => "password",
        Field::Agreement => "agreement",
        Field::Reason => "reason",
    }
}

/// The kind of a fault as Mastodon names it.
fn kind(fault: &Fault) -> &'static str {
    match (fault.field, fault.error.code()) {
        (_, "username.taken") => "ERR_TAKEN",
        (_, "username.reserved") => "ERR_RESERVED",
        (Field::Agreement, _) => "ERR_ACCEPTED",
        (Field::Password, _) => "ERR_TOO_SHORT",
        (_, "sign_up.reason") => "ERR_BLANK",
        (_, "sign_up.reason_too_long") => "ERR_TOO_LONG",
        _ => "ERR_INVALID",
    }
}

fn sentence(faults: &[Fault]) -> String {
    let sentences: Vec<&str> = faults.iter().map(|fault| fault.error.safe()).collect();
    format!("Validation failed: {}", sentences.join(" "))
}

fn details(faults: &[Fault]) -> Value {
    let mut details = Map::new();
    for fault in faults {
        let one = json!({ "error": kind(fault), "description": fault.error.safe() });
        let of_field = details.entry(name(fault.field)).or_insert_with(|| json!([]));
        if let Some(list) = of_field.as_array_mut() {
            list.push(one);
        }
    }
    Value::from(details)
}

/// Who holds a token that may do this, while they wait; nobody where they have an account already.
async fn waiting(app: &App, secret: &str, scope: &str) -> Result<Option<SignUp>> {
    let hash = secrets::token_hash(secret);
    let found = app.db.read(move |conn| match accounts::session(conn, &hash)? {
        Some(session) => Ok(Some((session.token.scopes, None))),
        None => {
            let waits = sign_ups::find_by_secret(conn, &hash)?.filter(|one| one.app_id.is_some());
            Ok(waits.map(|waits| (waits.scopes.clone(), Some(waits))))
        }
    });
    let (scopes, waits) = found
        .await?
        .ok_or_else(|| Error::unauthorized("token.invalid", "This token is not one of ours, or it was ended."))?;
    if !accounts::covers(&scopes, scope) {
        return Err(accounts::outside_scopes(scope, &scopes));
    }
    Ok(waits)
}

/// `GET /api/v1/emails/check_confirmation`
pub(super) async fn check(State(app): State<App>, Token(secret): Token) -> Result<Json<bool>> {
    let waits = waiting(&app, &secret, "read:accounts").await?;
    Ok(Json(waits.is_none_or(|one| one.confirmed_at.is_some())))
}

/// Another address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Another {
    email: Option<String>,
}

/// `POST /api/v1/emails/confirmations`: another letter, to another address if one is given.
pub(super) async fn again(
    State(app): State<App>,
    Token(secret): Token,
    Address(address): Address,
    Form(another): Form<Another>,
) -> Result<Json<Value>> {
    let Some(waits) = waiting(&app, &secret, "write:accounts").await? else {
        let told = "This method is only available while the e-mail is awaiting confirmation";
        return Err(Error::forbidden("sign_up.confirmed", told));
    };
    app.limits.letter(address)?;
    app.db.write(move |tx| sign_ups::again(tx, &waits.secret_hash, another.email.as_deref())).await?;
    Ok(Json(json!({})))
}
