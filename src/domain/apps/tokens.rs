//! What apps hold: tokens of people, and tokens that act for nobody.

use diesel::prelude::*;

use super::ClientApp;
use crate::{
    db::{
        Conn, Timestamp, Tx,
        schema::{actors, app_tokens, apps, tokens},
    },
    domain::{
        AccountId, AppId,
        accounts::{self, Token},
        actors::Actor,
    },
    error::{Error, Result},
};

/// An app that asks for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppSession {
    /// The app.
    pub app: ClientApp,
    /// What it may do.
    pub scopes: String,
    /// Since when.
    pub created_at: Timestamp,
}

/// How many tokens an app has for itself at most, the newest.
const OWN_TOKENS: i64 = 20;

/// Issues a token that acts for nobody. Of more than twenty of an app the oldest end: they have no other end, and
/// anybody may register an app.
pub fn issue_app_token(tx: &mut Tx<'_>, app: AppId, scopes: &[&'static str], secret_hash: &[u8]) -> Result<Timestamp> {
    let (id, now) = (tx.new_id(), tx.now());
    diesel::insert_into(app_tokens::table)
        .values((
            app_tokens::id.eq(id),
            app_tokens::secret_hash.eq(secret_hash),
            app_tokens::app_id.eq(app),
            app_tokens::scopes.eq(scopes.join(" ")),
            app_tokens::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    let all = app_tokens::table.filter(app_tokens::app_id.eq(app));
    let oldest: Option<i64> =
        all.order(app_tokens::id.desc()).offset(OWN_TOKENS).select(app_tokens::id).first(tx.conn()).optional()?;
    if let Some(oldest) = oldest {
        diesel::delete(all.filter(app_tokens::id.le(oldest))).execute(tx.conn())?;
    }
    Ok(now)
}

/// Which app shows this secret for itself.
pub fn app_session(conn: &mut Conn, secret_hash: &[u8]) -> Result<Option<AppSession>> {
    let row: Option<(ClientApp, String, Timestamp)> = app_tokens::table
        .inner_join(apps::table)
        .filter(app_tokens::secret_hash.eq(secret_hash))
        .select((ClientApp::as_select(), app_tokens::scopes, app_tokens::created_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(app, scopes, created_at)| AppSession { app, scopes, created_at }))
}

/// Ends the token with this secret for the app that shows it: only its own, or one that was made by hand, which belongs
/// to no app, so that whoever holds it may end it. What does not exist has ended.
pub fn give_back(tx: &mut Tx<'_>, client: Option<AppId>, secret_hash: &[u8]) -> Result<()> {
    let foreign = || Error::forbidden("oauth.unauthorized_client", "You are not authorized to revoke this token");
    if let Some(token) = accounts::find_token(tx.conn(), secret_hash)? {
        if token.app_id.is_some() && token.app_id != client {
            return Err(foreign());
        }
        return accounts::end_tokens(tx, [token.id]);
    }
    if app_session(tx.conn(), secret_hash)?.is_some_and(|session| Some(session.app.id) != client) {
        return Err(foreign());
    }
    diesel::delete(app_tokens::table.filter(app_tokens::secret_hash.eq(secret_hash))).execute(tx.conn())?;
    Ok(())
}

/// A token of a person, the app that holds it, and as whom it acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorized {
    /// The token.
    pub token: Token,
    /// The app; none where the token was made by hand.
    pub app: Option<ClientApp>,
    /// As whom.
    pub actor: Actor,
}

/// What a person let in, newest first. Browsers in which they are signed in are none of it.
pub fn authorized(conn: &mut Conn, account: AccountId) -> Result<Vec<Authorized>> {
    let rows: Vec<(Token, Option<ClientApp>, Actor)> = tokens::table
        .left_join(apps::table)
        .inner_join(actors::table)
        .filter(tokens::account_id.eq(account))
        .filter(tokens::revoked_at.is_null())
        .filter(tokens::browser_id.is_null())
        .order(tokens::id.desc())
        .select((Token::as_select(), Option::<ClientApp>::as_select(), Actor::as_select()))
        .load(conn)?;
    Ok(rows.into_iter().map(|(token, app, actor)| Authorized { token, app, actor }).collect())
}
