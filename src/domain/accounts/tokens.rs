//! Bearer tokens: one account, acting as one actor, with some scopes.

use diesel::prelude::*;

use super::{Account, may_act_as};
use crate::{
    db::{
        Conn, Key, Signal, Timestamp, Tx,
        schema::{accounts, actors, tokens},
    },
    domain::{AccountId, ActorId, By, TokenId, actors::Actor},
    error::{Error, Result},
};

/// The scopes that exist; a broad one includes the fine ones below it.
const SCOPES: &[&str] = &["read", "write", "follow", "push", "profile", "admin:read", "admin:write"];

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
}

impl Session {
    /// Who acts, for operations.
    pub fn by(&self) -> By {
        By::Local { actor: self.actor.id, account: Some(self.account.id) }
    }

    /// Refuses when the token's scopes do not cover `scope`, such as `write:statuses`.
    pub fn need(&self, scope: &str) -> Result<()> {
        if self.may(scope) {
            return Ok(());
        }
        Err(Error::forbidden("token.scope", "This action is outside the authorized scopes"))
    }

    /// Whether the token's scopes cover `wanted`, such as `write:statuses`. `follow` covers follows, blocks
    /// and mutes, as in Mastodon.
    pub fn may(&self, wanted: &str) -> bool {
        let (broad, fine) = wanted.split_once(':').unwrap_or((wanted, ""));
        let broad_admin =
            if broad == "admin" { fine.split(':').next().map(|first| format!("admin:{first}")) } else { None };
        self.token.scopes.split_whitespace().any(|scope| {
            scope == wanted
                || (broad != "admin" && scope == broad)
                || broad_admin.as_deref() == Some(scope)
                || (scope == "follow" && matches!(fine, "follows" | "blocks" | "mutes"))
        })
    }
}

/// Issues a token. `secret_hash` is the SHA-256 of the secret.
pub fn issue_token(
    tx: &mut Tx<'_>,
    account: AccountId,
    actor: ActorId,
    scopes: &str,
    name: &str,
    secret_hash: &[u8],
) -> Result<TokenId> {
    let scopes: Vec<&str> = scopes.split_whitespace().collect();
    let known = |scope: &&str| {
        SCOPES.iter().any(|known| scope == known || scope.strip_prefix(known).is_some_and(|rest| rest.starts_with(':')))
    };
    if let Some(unknown) = scopes.iter().find(|scope| !known(scope)) {
        return Err(Error::invalid(
            "token.scope",
            format!("“{unknown}” is not a scope. Known: {}.", SCOPES.join(", ")),
        ));
    }
    if scopes.is_empty() {
        return Err(Error::invalid("token.scope", "A token needs at least one scope, such as read."));
    }
    tx.lock(Key("account.tokens", &[account.0]))?;
    if !may_act_as(tx.conn(), account, actor)? {
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
            tokens::name.eq(name),
            tokens::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

/// Who shows this secret. Nobody when the token ended, the person or the actor is suspended or deleted, or the
/// grant is gone: rights are looked up at every call.
pub fn session(conn: &mut Conn, secret_hash: &[u8]) -> Result<Option<Session>> {
    let row: Option<(Token, Account, Actor)> = tokens::table
        .inner_join(accounts::table.on(accounts::id.eq(tokens::account_id)))
        .inner_join(actors::table.on(actors::id.eq(tokens::actor_id)))
        .filter(tokens::secret_hash.eq(secret_hash))
        .filter(tokens::revoked_at.is_null())
        .select((Token::as_select(), Account::as_select(), Actor::as_select()))
        .first(conn)
        .optional()?;
    let Some((token, account, actor)) = row else { return Ok(None) };
    if !account.is_active() || !actor.is_active() {
        return Ok(None);
    }
    if account.actor_id != actor.id && !may_act_as(conn, account.id, actor.id)? {
        return Ok(None);
    }
    Ok(Some(Session { token, account, actor }))
}

/// Ends a token.
pub fn revoke_token(tx: &mut Tx<'_>, token: TokenId) -> Result<()> {
    let now = tx.now();
    let ended = diesel::update(tokens::table.find(token).filter(tokens::revoked_at.is_null()))
        .set(tokens::revoked_at.eq(now))
        .execute(tx.conn())?;
    if ended == 0 {
        return Err(Error::not_found("token.not_found", format!("There is no token {token} that still works.")));
    }
    tx.signal(Signal { topic: "token", kind: "delete", id: token.0 });
    Ok(())
}

/// Ends every token of a person.
pub fn revoke_tokens_of(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    let now = tx.now();
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
