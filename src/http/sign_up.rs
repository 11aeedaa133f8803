//! Signing up, by whichever door somebody comes.

use std::net::IpAddr;

use super::web;
use crate::{
    app::App,
    domain::sign_ups::{self, Fault, Field, NewSignUp},
    error::{Kind, Result},
    secrets,
};

/// What became of it.
pub(super) enum Outcome {
    /// A letter is on its way. The secret is for whoever signed up: with it they ask for another one.
    Asked(String),
    /// This is wrong with what they said.
    Wrong(Vec<Fault>),
}

/// Signs somebody up. Nobody makes us hash passwords with what nobody can have.
pub(super) async fn sign_up(app: &App, address: Option<IpAddr>, new: NewSignUp, password: String) -> Result<Outcome> {
    let said = new.clone();
    let mut faults = app.db.read(move |conn| sign_ups::faults(conn, &said)).await?;
    if let Err(error) = secrets::check_password(&password) {
        faults.push(Fault { field: Field::Password, error });
    }
    if !faults.is_empty() {
        return Ok(Outcome::Wrong(faults));
    }
    app.limits.sign_up(address)?;
    let password_hash = web::hash_of_new(app, password).await?;
    let secret = secrets::new_token();
    let hash = secrets::token_hash(&secret);
    match app.db.write(move |tx| sign_ups::ask(tx, &new, &password_hash, &hash)).await {
        Ok(_) => Ok(Outcome::Asked(secret)),
        // Somebody took the name while the password was hashed.
        Err(error) if matches!(error.kind(), Kind::Conflict) => {
            Ok(Outcome::Wrong(vec![Fault { field: Field::Username, error }]))
        }
        Err(error) => Err(error),
    }
}
