//! `/sign-in/passkey`: with a passkey, which stands for password and code.

use axum::{extract::State, response::Response};
use http::HeaderMap;
use serde::Deserialize;

use super::{Proven, explain, go_on, new_browser};
use crate::{
    app::App,
    domain::accounts::{self, UsedPasskey},
    error::{Error, Result},
    http::{
        extract::{Form, Visitor},
        observe::Address,
        web::challenge,
    },
    secrets::passkey::Answer,
};

/// For what the challenges of the sign-in page are.
pub(super) const PURPOSE: &str = "sign-in";

/// What the script sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::http::web) struct Sent {
    form_token: String,
    challenge: String,
    answer: String,
    then: String,
}

/// `POST /sign-in/passkey`
pub(in crate::http::web) async fn submit(
    State(app): State<App>,
    visitor: Visitor,
    Address(address): Address,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    visitor.check(&sent.form_token)?;
    match enter(&app, &visitor, address, &headers, &sent).await {
        Ok(response) => Ok(response),
        Err(refused) => {
            let typed = super::Typed { then: sent.then, ..super::Typed::default() };
            explain(&app, &visitor, &typed, refused).await
        }
    }
}

async fn enter(
    app: &App,
    visitor: &Visitor,
    address: Option<std::net::IpAddr>,
    headers: &HeaderMap,
    sent: &Sent,
) -> Result<Response> {
    let challenge = challenge::take_back(app, visitor, PURPOSE, &sent.challenge)?;
    let answer = Answer::parse(&sent.answer)?;
    let named = answer.credential_id().to_vec();
    let found = app.db.read(move |conn| accounts::find_passkey(conn, &named)).await?;
    let known = found.as_ref().and_then(|(_, account, _)| visitor.known_for(account.id));
    app.limits.passkey(address, known)?;
    let Some((passkey, account, actor)) = found else {
        let told = "This passkey is not known here any more. Sign in with your password.";
        return Err(Error::invalid("passkey.unknown", told));
    };
    let kept = (passkey.public_key.as_slice(), passkey.state.as_slice());
    let state = challenge::party(&app.site)?.check(&challenge.state, &answer, account.id.0, kept)?;
    // What is wrong with an account is told only to who has its passkey.
    if !account.is_active() || !actor.is_active() {
        return Err(super::suspended());
    }
    let proven = Proven { account: account.id, password_hash: account.password_hash };
    let (secret, browser) = new_browser(headers, proven, false, Some(visitor.secret_hash()));
    let used = UsedPasskey { passkey, state, challenge: challenge.hash };
    let written = app.db.write(move |tx| {
        accounts::use_passkey(tx, &used)?;
        accounts::open_browser(tx, &browser)
    });
    written.await?;
    go_on(app, visitor, account.id, &secret, &sent.then)
}
