//! `/oauth/authorize`: a person is asked whether an app may act for them, and as whom.

use axum::{extract::State, response::Response};
use serde::Deserialize;

use super::{
    consent,
    request::{Asked, Request},
};
use crate::{
    app::App,
    domain::{
        ActorId,
        apps::{self, Consent},
    },
    error::Result,
    http::{
        extract::{Form, Visitor},
        web,
    },
    secrets,
};

/// How the question is asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Manner {
    force_login: bool,
}

/// `GET /oauth/authorize`
pub(super) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    Form(manner): Form<Manner>,
    Form(asked): Form<Asked>,
) -> Result<Response> {
    let request = Request::check(&app, asked).await?;
    match visitor.signed_in() {
        Some(person) if !manner.force_login => consent::show(&app, &visitor, person, &request).await,
        _ => Ok(web::to_sign_in(&request.asked.address())),
    }
}

/// What a person answers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Answer {
    form_token: String,
    decision: String,
    act_as: Option<i64>,
}

/// `POST /oauth/authorize`
pub(super) async fn answer(
    State(app): State<App>,
    visitor: Visitor,
    Form(answer): Form<Answer>,
    Form(asked): Form<Asked>,
) -> Result<Response> {
    let request = Request::check(&app, asked).await?;
    visitor.check(&answer.form_token)?;
    let Some(person) = visitor.signed_in() else { return Ok(web::to_sign_in(&request.asked.address())) };
    if answer.decision != "allow" {
        return Ok(web::go(&request.denied(&app.site)?));
    }
    let consent = Consent {
        app: request.client.id,
        account: person.account.id,
        browser: person.browser.id,
        actor: answer.act_as.map_or(person.actor.id, ActorId),
        scopes: request.scopes.clone(),
        redirect_uri: request.redirect_uri.clone(),
        challenge: request.asked.challenge(),
    };
    let code = secrets::new_token();
    let hash = secrets::token_hash(&code);
    app.db.write(move |tx| apps::allow(tx, &consent, &hash)).await?;
    Ok(web::go(&request.allowed(&app.site, &code)))
}
