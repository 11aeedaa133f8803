//! From "yes, as whom" to a token: a code that works once, for ten minutes, for the app that it was made for.

use std::time::Duration;

use diesel::prelude::*;

use super::find;
use crate::{
    db::{
        Among, Key, Timestamp, Tx,
        schema::{app_codes, browsers},
    },
    domain::{AccountId, ActorId, AppId, BrowserId, CodeId, accounts},
    error::{Error, Result},
};

/// How long a code works.
const LASTS: Duration = Duration::from_secs(600);
/// How long we remember one, to notice that it is shown twice.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);

/// What a person said yes to.
#[derive(Debug, Clone)]
pub struct Consent {
    /// Which app.
    pub app: AppId,
    /// Who said it.
    pub account: AccountId,
    /// In which browser; it must still be signed in.
    pub browser: BrowserId,
    /// As whom the app acts.
    pub actor: ActorId,
    /// What it may do.
    pub scopes: Vec<&'static str>,
    /// Where the person is sent back to.
    pub redirect_uri: String,
    /// The SHA-256, as base64url, of what only the app knows (RFC 7636).
    pub challenge: Option<String>,
}

/// Lets an app in: writes down a code for it. What the person may not do themselves the app may not either.
pub fn allow(tx: &mut Tx<'_>, consent: &Consent, code_hash: &[u8]) -> Result<()> {
    tx.lock(Key("account.tokens", &[consent.account.0]))?;
    let signed_in: bool = diesel::select(diesel::dsl::exists(
        browsers::table.find(consent.browser).filter(browsers::account_id.eq(consent.account)),
    ))
    .get_result(tx.conn())?;
    if !signed_in {
        return Err(Error::forbidden("browser.ended", "You were signed out meanwhile. Sign in again."));
    }
    if accounts::voice_as(tx.conn(), consent.account, consent.actor)?.is_none() {
        return Err(Error::forbidden("token.actor", "You may not speak for this account any more."));
    }
    let person = accounts::get(tx.conn(), consent.account)?;
    let scopes = accounts::narrowed(&consent.scopes, person.house_role(), person.actor_id == consent.actor);
    if scopes.is_empty() {
        return Err(Error::forbidden("token.scope", "Nothing of what the app asks for is yours to give."));
    }
    let (id, now) = (CodeId(tx.new_id()), tx.now());
    diesel::insert_into(app_codes::table)
        .values((
            app_codes::id.eq(id),
            app_codes::code_hash.eq(code_hash),
            app_codes::app_id.eq(consent.app),
            app_codes::account_id.eq(consent.account),
            app_codes::actor_id.eq(consent.actor),
            app_codes::scopes.eq(scopes.join(" ")),
            app_codes::redirect_uri.eq(&consent.redirect_uri),
            app_codes::challenge.eq(&consent.challenge),
            app_codes::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// What an app shows with a code.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Which app; its secret was right.
    pub app: AppId,
    /// The SHA-256 of the code.
    pub code_hash: [u8; 32],
    /// Where it says that the person was sent back to.
    pub redirect_uri: String,
    /// The challenge that fits the secret of RFC 7636 that it shows, if it shows one.
    pub challenge: Option<String>,
}

/// What came of it. A refusal is no error: that a code was shown twice must be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exchanged {
    /// The token works.
    Token {
        /// What for.
        scopes: String,
        /// Since when.
        created_at: Timestamp,
    },
    /// There is none, and this is why.
    Refused(&'static str),
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = app_codes)]
struct Code {
    id: CodeId,
    app_id: AppId,
    account_id: AccountId,
    actor_id: ActorId,
    scopes: String,
    redirect_uri: String,
    challenge: Option<String>,
    created_at: Timestamp,
}

/// Changes a code for a token, whose secret has this hash. A code that is shown again ends the token that it gave.
pub fn exchange(tx: &mut Tx<'_>, shown: &Shown, secret_hash: &[u8]) -> Result<Exchanged> {
    let code: Option<Code> = app_codes::table
        .filter(app_codes::code_hash.eq(&shown.code_hash[..]))
        .select(Code::as_select())
        .first(tx.conn())
        .optional()?;
    let Some(code) = code.filter(|code| code.app_id == shown.app) else {
        return Ok(Exchanged::Refused("This code is not one that was given to this app, or it is too old."));
    };
    if code.redirect_uri != shown.redirect_uri {
        return Ok(Exchanged::Refused("The redirect_uri is another one than the code was given for."));
    }
    // Also where none was asked for: whoever took the challenge away on the way must not get through.
    if code.challenge != shown.challenge {
        return Ok(Exchanged::Refused("The code_verifier does not fit the code_challenge."));
    }
    tx.lock(Key("account.tokens", &[code.account_id.0]))?;
    let now = tx.now();
    let taken = diesel::update(app_codes::table.find(code.id).filter(app_codes::used_at.is_null()))
        .set(app_codes::used_at.eq(now))
        .execute(tx.conn())?;
    if taken == 0 {
        accounts::revoke_tokens_of_code(tx, code.id)?;
        return Ok(Exchanged::Refused("This code was used before. The token that it gave has ended."));
    }
    if now.since(code.created_at) >= LASTS {
        return Ok(Exchanged::Refused("This code is older than ten minutes."));
    }
    let may = accounts::find(tx.conn(), code.account_id)?.is_some_and(|account| account.is_active())
        && accounts::voice_as(tx.conn(), code.account_id, code.actor_id)?.is_some();
    if !may {
        return Ok(Exchanged::Refused("Whoever allowed this may not any more."));
    }
    let Some(app) = find(tx.conn(), code.app_id)? else { return Ok(Exchanged::Refused("There is no such app.")) };
    tx.behalf_of(code.account_id.0);
    let whose = (code.account_id, code.actor_id);
    accounts::issue_token_to_app(tx, whose, &code.scopes, (app.id, &app.name), Some(code.id), secret_hash)?;
    Ok(Exchanged::Token { scopes: code.scopes, created_at: now })
}

/// Forgets codes that work no longer; answers how many.
pub fn prune_codes(tx: &mut Tx<'_>, limit: i64) -> Result<usize> {
    let old = app_codes::table
        .filter(app_codes::created_at.lt(tx.now().minus(REMEMBERED)))
        .select(app_codes::id)
        .limit(limit)
        .load::<CodeId>(tx.conn())?;
    Ok(diesel::delete(app_codes::table.filter(app_codes::id.among(old))).execute(tx.conn())?)
}
