//! Bearer tokens: one account, acting as one actor, with some scopes.

use diesel::prelude::*;

use serde_json::{Value, json};

use super::{Account, Voice, get, may_act_as, resets::end_resets, scopes, voice_as};
use crate::{
    db::{
        Among, Conn, Key, Signal, Timestamp, Tx,
        schema::{accounts, actors, app_codes, browsers, tokens},
    },
    domain::{
        AccountId, ActorId, AppId, BrowserId, By, CodeId, TokenId,
        actors::Actor,
        audit::{self, About, Act, Entry},
    },
    error::{Error, Result},
};

/// A token as it is stored; the secret itself is not.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = tokens)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Token {
    pub id: TokenId,
    pub account_id: AccountId,
    pub actor_id: ActorId,
    pub scopes: String,
    pub name: String,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    pub app_id: Option<AppId>,
    /// The browser with which it ends, where it is one's.
    pub browser_id: Option<BrowserId>,
}

/// Somebody who is signed in: the token, the person and the actor that they act as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The token that was shown.
    pub token: Token,
    /// The person.
    pub account: Account,
    /// Whom they act as.
    pub actor: Actor,
    /// How much of that actor they have.
    pub voice: Voice,
}

/// What is said to who shows a token for something else.
pub fn outside_scopes(needed: &str, has: &str) -> Error {
    let has = if has.trim().is_empty() { "none" } else { has };
    Error::forbidden("token.scope", format!("This needs a token with the scope {needed}; this one has: {has}."))
}

impl Session {
    /// Who acts, for operations.
    pub fn by(&self) -> By {
        By::Local { actor: self.actor.id, account: Some(self.account.id) }
    }

    /// Whether all that they write is a draft, and nothing else is done or read as the brand.
    pub fn drafts_only(&self) -> bool {
        self.voice == Voice::Drafts
    }

    /// Whether it is the workroom that asks, in the browser in which they are signed in.
    pub fn is_workroom(&self) -> bool {
        self.token.browser_id.is_some()
    }

    /// With whose eyes they read, and to whom belongs what they upload: who only writes drafts for a brand reads what they
    /// may read themselves.
    pub fn reads_as(&self) -> ActorId {
        if self.drafts_only() { self.account.actor_id } else { self.actor.id }
    }

    /// Refuses when the token's scopes do not cover `scope`, such as `write:statuses`.
    pub fn need(&self, scope: &str) -> Result<()> {
        if self.may(scope) {
            return Ok(());
        }
        Err(outside_scopes(scope, &self.token.scopes))
    }

    /// Whether the token's scopes cover `wanted`, such as `write:statuses`.
    pub fn may(&self, wanted: &str) -> bool {
        scopes::covers(&self.token.scopes, wanted)
    }
}

/// To whom a token is given.
#[derive(Debug, Clone, Copy)]
enum Holder<'a> {
    /// Whoever runs the server, on its command line, under this name.
    CommandLine(&'a str),
    /// An app of this name, in which somebody signed in.
    App(&'a str),
    /// The workroom, in a browser in which somebody is signed in.
    Workroom,
}

impl Holder<'_> {
    /// What the token is called.
    const fn name(&self) -> &str {
        match self {
            Self::CommandLine(name) | Self::App(name) => name,
            Self::Workroom => "",
        }
    }

    /// What the audit log tells of a token.
    fn told(&self, token: TokenId, scopes: &[&str]) -> Value {
        match self {
            Self::CommandLine(name) => {
                json!({ "token": token, "scopes": scopes, "holder": "command_line", "name": name })
            }
            Self::App(name) => json!({ "token": token, "scopes": scopes, "holder": "app", "name": name }),
            Self::Workroom => json!({ "token": token, "scopes": scopes, "holder": "workroom" }),
        }
    }
}

/// Issues a token on the command line. `secret_hash` is the SHA-256 of the secret.
pub fn issue_token(
    tx: &mut Tx<'_>,
    account: AccountId,
    actor: ActorId,
    scopes: &str,
    name: &str,
    secret_hash: &[u8],
) -> Result<TokenId> {
    issue(tx, account, actor, scopes, Holder::CommandLine(name), secret_hash)
}

/// Issues the token of an app in which somebody signed in, and writes down for which code it got it, where it got it
/// for one.
pub fn issue_token_to_app(
    tx: &mut Tx<'_>,
    (account, actor): (AccountId, ActorId),
    scopes: &str,
    (app, name): (AppId, &str),
    code: Option<CodeId>,
    secret_hash: &[u8],
) -> Result<()> {
    let token = issue(tx, account, actor, scopes, Holder::App(name), secret_hash)?;
    diesel::update(tokens::table.find(token))
        .set((tokens::app_id.eq(app), tokens::code_id.eq(code)))
        .execute(tx.conn())?;
    Ok(())
}

fn issue(
    tx: &mut Tx<'_>,
    account: AccountId,
    actor: ActorId,
    scopes: &str,
    holder: Holder<'_>,
    secret_hash: &[u8],
) -> Result<TokenId> {
    let scopes = scopes::read_scopes(scopes)?;
    tx.lock(Key("account.tokens", &[account.0]))?;
    if voice_as(tx.conn(), account, actor)?.is_none() {
        return Err(Error::forbidden(
            "token.actor",
            "This person may not act as this account. For a brand, grant a role first: guildhall grant BRAND USERNAME publisher",
        ));
    }
    let (id, now) = (TokenId(tx.new_id()), tx.now());
    diesel::insert_into(tokens::table)
        .values((
            tokens::id.eq(id),
            tokens::secret_hash.eq(secret_hash),
            tokens::account_id.eq(account),
            tokens::actor_id.eq(actor),
            tokens::scopes.eq(scopes.join(" ")),
            tokens::name.eq(holder.name()),
            tokens::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    if get(tx.conn(), account)?.actor_id != actor {
        note_issued(tx, account, actor, holder.told(id, &scopes))?;
    }
    Ok(id)
}

fn note_issued(tx: &mut Tx<'_>, account: AccountId, brand: ActorId, details: Value) -> Result<()> {
    let about = About::Account(account);
    audit::record(tx, &Entry { act: Act::TokenIssued, about, brand: Some(brand), reason: None, details })
}

/// Issues the token with which a browser acts as somebody, and which ends with it. Nothing happens where it works
/// already; one that ended because its person might not act as this actor works again once they may. A browser acts as
/// the whole of somebody: who writes drafts for a brand does so as themselves there.
pub fn issue_browser_token(
    tx: &mut Tx<'_>,
    browser: BrowserId,
    account: AccountId,
    actor: ActorId,
    scopes: &str,
    secret_hash: &[u8],
) -> Result<()> {
    tx.lock(Key("account.tokens", &[account.0]))?;
    let own =
        browsers::table.find(browser).filter(browsers::account_id.eq(account)).filter(browsers::code_due.eq(false));
    if !diesel::select(diesel::dsl::exists(own)).get_result::<bool>(tx.conn())? {
        return Err(Error::unauthorized("browser.ended", "You were signed out meanwhile. Sign in again."));
    }
    let before: Option<Token> = tokens::table
        .filter(tokens::secret_hash.eq(secret_hash))
        .filter(tokens::account_id.eq(account))
        .filter(tokens::actor_id.eq(actor))
        .select(Token::as_select())
        .first(tx.conn())
        .optional()?;
    let token = match before {
        Some(token) if token.revoked_at.is_none() => {
            // A newer version may need other scopes for its screens.
            let wanted = scopes::read_scopes(scopes)?.join(" ");
            if token.scopes != wanted {
                diesel::update(tokens::table.find(token.id)).set(tokens::scopes.eq(wanted)).execute(tx.conn())?;
            }
            return Ok(());
        }
        _ if !may_act_as(tx.conn(), account, actor)? => {
            return Err(Error::forbidden("token.actor", "You may not act as this account in the workroom."));
        }
        Some(token) => {
            if get(tx.conn(), account)?.actor_id != actor {
                let scopes = scopes::read_scopes(&token.scopes)?;
                note_issued(tx, account, actor, Holder::Workroom.told(token.id, &scopes))?;
            }
            diesel::update(tokens::table.find(token.id))
                .set(tokens::revoked_at.eq(None::<Timestamp>))
                .execute(tx.conn())?;
            token.id
        }
        None => issue(tx, account, actor, scopes, Holder::Workroom, secret_hash)?,
    };
    diesel::update(tokens::table.find(token)).set(tokens::browser_id.eq(browser)).execute(tx.conn())?;
    Ok(())
}

/// Ends the tokens with which these browsers act.
pub(super) fn end_tokens_of_browsers(tx: &mut Tx<'_>, ended: &[BrowserId]) -> Result<()> {
    let ended: Vec<Option<BrowserId>> = ended.iter().copied().map(Some).collect();
    let ended: Vec<TokenId> = tokens::table
        .filter(tokens::browser_id.among(ended))
        .filter(tokens::revoked_at.is_null())
        .select(tokens::id)
        .load(tx.conn())?;
    end_tokens(tx, ended)
}

/// Forgets what ended with browsers that are forgotten; answers how many tokens that were.
pub fn prune_browser_tokens(tx: &mut Tx<'_>, limit: i64) -> Result<usize> {
    let its_browser = browsers::table.filter(browsers::id.nullable().eq(tokens::browser_id));
    let ended: Vec<TokenId> = tokens::table
        .filter(tokens::revoked_at.is_not_null())
        .filter(tokens::browser_id.is_not_null())
        .filter(diesel::dsl::not(diesel::dsl::exists(its_browser)))
        .select(tokens::id)
        .limit(limit)
        .load(tx.conn())?;
    Ok(diesel::delete(tokens::table.filter(tokens::id.among(ended))).execute(tx.conn())?)
}

type Shown = (Token, Account, Actor);

/// Tokens that did not end, nor did the browser by which they act, with whose they are and whom they act as.
#[diesel::dsl::auto_type]
fn unended() -> _ {
    let its_browser = browsers::table.filter(browsers::id.nullable().eq(tokens::browser_id));
    tokens::table
        .inner_join(accounts::table.on(accounts::id.eq(tokens::account_id)))
        .inner_join(actors::table.on(actors::id.eq(tokens::actor_id)))
        .filter(tokens::revoked_at.is_null())
        .filter(tokens::browser_id.is_null().or(diesel::dsl::exists(its_browser)))
}

/// Who shows this secret. Nobody when the token ended, the person or the actor is suspended or deleted, or the
/// grant is gone: rights are looked up at every call.
pub fn session(conn: &mut Conn, secret_hash: &[u8]) -> Result<Option<Session>> {
    let row =
        unended().filter(tokens::secret_hash.eq(secret_hash)).select(Shown::as_select()).first(conn).optional()?;
    while_it_may(conn, row)
}

/// As [`session`], by the number of the token.
pub fn session_of(conn: &mut Conn, token: TokenId) -> Result<Option<Session>> {
    let row = unended().filter(tokens::id.eq(token)).select(Shown::as_select()).first(conn).optional()?;
    while_it_may(conn, row)
}

fn while_it_may(conn: &mut Conn, row: Option<Shown>) -> Result<Option<Session>> {
    let Some((token, account, actor)) = row else { return Ok(None) };
    if !account.is_active() || !actor.is_active() {
        return Ok(None);
    }
    let voice = if account.actor_id == actor.id { Some(Voice::Whole) } else { voice_as(conn, account.id, actor.id)? };
    // A browser acts as the whole of somebody.
    let voice = voice.filter(|voice| *voice == Voice::Whole || token.browser_id.is_none());
    Ok(voice.map(|voice| Session { token, account, actor, voice }))
}

/// The token with this secret, when it did not end. Whether its person may still use it is another question.
pub fn find_token(conn: &mut Conn, secret_hash: &[u8]) -> Result<Option<Token>> {
    Ok(tokens::table
        .filter(tokens::secret_hash.eq(secret_hash))
        .filter(tokens::revoked_at.is_null())
        .select(Token::as_select())
        .first(conn)
        .optional()?)
}

/// Ends a token.
pub fn revoke_token(tx: &mut Tx<'_>, token: TokenId) -> Result<()> {
    if end(tx, token)? {
        return Ok(());
    }
    Err(Error::not_found("token.not_found", format!("There is no token {token} that still works.")))
}

/// Ends a token; answers whether it still worked.
fn end(tx: &mut Tx<'_>, token: TokenId) -> Result<bool> {
    let now = tx.now();
    let ended = diesel::update(tokens::table.find(token).filter(tokens::revoked_at.is_null()))
        .set(tokens::revoked_at.eq(now))
        .execute(tx.conn())?;
    tx.signal(Signal { topic: "token", kind: "delete", id: token.0 });
    Ok(ended > 0)
}

/// Ends tokens. One that somebody else ends at the same moment is ended as well.
pub fn end_tokens(tx: &mut Tx<'_>, tokens: impl IntoIterator<Item = TokenId>) -> Result<()> {
    tokens.into_iter().try_for_each(|token| end(tx, token).map(|_| ()))
}

/// Ends a token of a person.
pub fn revoke_own_token(tx: &mut Tx<'_>, account: AccountId, token: TokenId) -> Result<()> {
    let own = tokens::table.find(token).filter(tokens::account_id.eq(account));
    if diesel::select(diesel::dsl::exists(own)).get_result::<bool>(tx.conn())? {
        return revoke_token(tx, token);
    }
    Err(Error::not_found("token.not_found", "There is no such app that still works."))
}

/// Ends what came from a code that was shown twice: one of the two stole it.
pub fn revoke_tokens_of_code(tx: &mut Tx<'_>, code: CodeId) -> Result<()> {
    let ended: Vec<TokenId> = tokens::table
        .filter(tokens::code_id.eq(code))
        .filter(tokens::revoked_at.is_null())
        .select(tokens::id)
        .load(tx.conn())?;
    end_tokens(tx, ended)
}

/// Ends the tokens with which a person acts as somebody, and the codes for them.
pub(super) fn revoke_tokens_as(tx: &mut Tx<'_>, account: AccountId, actor: ActorId) -> Result<()> {
    tx.lock(Key("account.tokens", &[account.0]))?;
    let codes = app_codes::table.filter(app_codes::account_id.eq(account)).filter(app_codes::actor_id.eq(actor));
    diesel::delete(codes.filter(app_codes::used_at.is_null())).execute(tx.conn())?;
    let ended: Vec<TokenId> = tokens::table
        .filter(tokens::account_id.eq(account))
        .filter(tokens::actor_id.eq(actor))
        .filter(tokens::revoked_at.is_null())
        .select(tokens::id)
        .load(tx.conn())?;
    end_tokens(tx, ended)
}

/// Ends the tokens with which a person's browsers act as somebody.
pub(super) fn revoke_browser_tokens_as(tx: &mut Tx<'_>, account: AccountId, actor: ActorId) -> Result<()> {
    tx.lock(Key("account.tokens", &[account.0]))?;
    let ended: Vec<TokenId> = tokens::table
        .filter(tokens::account_id.eq(account))
        .filter(tokens::actor_id.eq(actor))
        .filter(tokens::browser_id.is_not_null())
        .filter(tokens::revoked_at.is_null())
        .select(tokens::id)
        .load(tx.conn())?;
    end_tokens(tx, ended)
}

/// Signs a person out of everything: every browser, every token, the codes that apps have not changed for one yet, and
/// the links by which a password is set again.
/// What is being opened or issued at this moment ends as well.
pub fn end_everything_of(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    tx.lock(Key("account.tokens", &[account.0]))?;
    let now = tx.now();
    end_resets(tx, account)?;
    diesel::delete(browsers::table.filter(browsers::account_id.eq(account))).execute(tx.conn())?;
    diesel::delete(app_codes::table.filter(app_codes::account_id.eq(account)).filter(app_codes::used_at.is_null()))
        .execute(tx.conn())?;
    diesel::update(tokens::table.filter(tokens::account_id.eq(account)).filter(tokens::revoked_at.is_null()))
        .set(tokens::revoked_at.eq(now))
        .execute(tx.conn())?;
    tx.signal(Signal { topic: "account", kind: "update", id: account.0 });
    Ok(())
}

/// The tokens of a person that still work, newest first.
pub fn tokens_of(conn: &mut Conn, account: AccountId) -> Result<Vec<Token>> {
    Ok(tokens::table
        .filter(tokens::account_id.eq(account))
        .filter(tokens::revoked_at.is_null())
        .order(tokens::id.desc())
        .select(Token::as_select())
        .load(conn)?)
}
