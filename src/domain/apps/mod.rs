//! Programs that people let act for them: registered, let in, given tokens.

mod codes;
mod redirects;
mod tokens;

use std::time::Duration;

use diesel::prelude::*;

pub use codes::{Consent, Exchanged, Shown, allow, exchange, prune_codes};
pub use redirects::OUT_OF_BAND;
pub use tokens::{AppSession, Authorized, app_session, authorized, give_back, issue_app_token};

use super::{AppId, accounts};
use crate::{
    db::{
        Among, Conn, Json, Timestamp, Tx,
        schema::{app_codes, app_tokens, apps, tokens as tokens_table},
    },
    error::{Error, Result},
    text,
};

/// The longest name of an app, in characters.
const NAME_LENGTH: usize = 60;
/// The longest address, in bytes.
const ADDRESS_LENGTH: usize = 2000;
/// How many addresses an app may name.
const ADDRESSES: usize = 20;
/// How long an app that nobody let in is remembered.
const UNUSED: Duration = Duration::from_secs(30 * 24 * 3600);

/// An app as it is stored; its secret is not.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = apps)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct ClientApp {
    pub id: AppId,
    pub client_id: String,
    pub secret_hash: Vec<u8>,
    pub name: String,
    pub website: Option<String>,
    pub redirect_uris: Json<Vec<String>>,
    pub scopes: String,
    pub created_at: Timestamp,
}

impl ClientApp {
    /// Whether people may be sent back to this address: to the letter one of those that were registered.
    pub fn returns_to(&self, address: &str) -> bool {
        self.redirect_uris.0.iter().any(|registered| registered == address)
    }

    /// Reads scopes that the app asks for, of those that it was registered with; refuses others. Who asks for none
    /// reads, as in Mastodon.
    pub fn read_scopes(&self, wanted: Option<&str>) -> Result<Vec<&'static str>> {
        let usual = if accounts::covers(&self.scopes, "read") { "read" } else { &self.scopes };
        let wanted = accounts::read_scopes(wanted.unwrap_or(usual))?;
        match wanted.iter().find(|scope| !accounts::covers(&self.scopes, scope)) {
            None => Ok(wanted),
            Some(scope) => Err(Error::invalid("token.scope", format!("The app was not registered with “{scope}”."))),
        }
    }
}

/// What is needed to register an app.
#[derive(Debug, Clone)]
pub struct NewApp {
    /// What people call it.
    pub name: String,
    /// Where it is described.
    pub website: Option<String>,
    /// Where people may be sent back to.
    pub redirect_uris: Vec<String>,
    /// What it may ask for.
    pub scopes: String,
    /// Its public name, which nobody can guess.
    pub client_id: String,
    /// The SHA-256 of its secret.
    pub secret_hash: [u8; 32],
}

/// Registers an app. Anybody may: it can do nothing until somebody lets it in.
pub fn register(tx: &mut Tx<'_>, new: &NewApp) -> Result<ClientApp> {
    // One more than there may be, so that one that is too long is seen.
    let name = text::clean_name(&new.name, NAME_LENGTH + 1);
    if name.is_empty() {
        return Err(Error::invalid("app.name", "Validation failed: Application name can't be blank"));
    }
    if name.chars().count() > NAME_LENGTH {
        let sentence = format!("Validation failed: Application name is longer than {NAME_LENGTH} characters");
        return Err(Error::invalid("app.name", sentence));
    }
    let website = new.website.as_deref().map(str::trim).filter(|website| !website.is_empty());
    let website = website.map(read_website).transpose()?;
    if new.redirect_uris.is_empty() {
        return Err(Error::invalid("app.redirect_uri", "Validation failed: Redirect URI can't be blank"));
    }
    if new.redirect_uris.len() > ADDRESSES {
        let sentence = format!("Validation failed: An app has at most {ADDRESSES} redirect URIs");
        return Err(Error::invalid("app.redirect_uri", sentence));
    }
    new.redirect_uris.iter().try_for_each(|address| redirects::check(address))?;
    let app = ClientApp {
        id: AppId(tx.new_id()),
        client_id: new.client_id.clone(),
        secret_hash: new.secret_hash.to_vec(),
        name,
        website,
        redirect_uris: Json(new.redirect_uris.clone()),
        scopes: accounts::read_scopes(&new.scopes)?.join(" "),
        created_at: tx.now(),
    };
    diesel::insert_into(apps::table)
        .values((
            apps::id.eq(app.id),
            apps::client_id.eq(&app.client_id),
            apps::secret_hash.eq(&app.secret_hash),
            apps::name.eq(&app.name),
            apps::website.eq(&app.website),
            apps::redirect_uris.eq(&app.redirect_uris),
            apps::scopes.eq(&app.scopes),
            apps::created_at.eq(app.created_at),
        ))
        .execute(tx.conn())?;
    Ok(app)
}

fn read_website(website: &str) -> Result<String> {
    let address = text::http_url(website).filter(|address| address.len() <= ADDRESS_LENGTH);
    address.ok_or_else(|| Error::invalid("app.website", "Validation failed: Website must be a valid URL"))
}

/// The app of this id.
pub fn find(conn: &mut Conn, id: AppId) -> Result<Option<ClientApp>> {
    Ok(apps::table.find(id).select(ClientApp::as_select()).first(conn).optional()?)
}

/// The app with this public name.
pub fn find_by_client_id(conn: &mut Conn, client_id: &str) -> Result<Option<ClientApp>> {
    Ok(apps::table.filter(apps::client_id.eq(client_id)).select(ClientApp::as_select()).first(conn).optional()?)
}

/// Forgets apps that nobody let in for a long time, with the tokens that they have for themselves; answers how many.
pub fn prune(tx: &mut Tx<'_>, limit: i64) -> Result<usize> {
    let before = tx.now().minus(UNUSED);
    // Each has some tokens, which go in the same transaction.
    let limit = (limit / 20).max(1);
    let unused = apps::table
        .filter(apps::created_at.lt(before))
        .filter(diesel::dsl::not(diesel::dsl::exists(
            tokens_table::table.filter(tokens_table::app_id.eq(apps::id.nullable())),
        )))
        .filter(diesel::dsl::not(diesel::dsl::exists(app_codes::table.filter(app_codes::app_id.eq(apps::id)))))
        .filter(diesel::dsl::not(diesel::dsl::exists(
            app_tokens::table.filter(app_tokens::app_id.eq(apps::id)).filter(app_tokens::created_at.gt(before)),
        )))
        .select(apps::id)
        .limit(limit)
        .load::<AppId>(tx.conn())?;
    diesel::delete(app_tokens::table.filter(app_tokens::app_id.among(&unused))).execute(tx.conn())?;
    Ok(diesel::delete(apps::table.filter(apps::id.among(unused))).execute(tx.conn())?)
}
