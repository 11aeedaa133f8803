//! `guildhall token`: bearer tokens for scripts and clients.

use super::{Desk, say};
use crate::{
    domain::{TokenId, accounts, actors},
    error::Result,
    secrets,
};

/// What to do with tokens.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Issue a token; it is shown once.
    Create {
        /// Whose token.
        username: String,
        /// The brand that it acts as; without it the person's own actor.
        #[arg(long = "as", value_name = "ACTOR")]
        acts_as: Option<String>,
        /// Such as "read write follow push".
        #[arg(long)]
        scopes: String,
        /// What it is for.
        #[arg(long, default_value = "command line")]
        name: String,
        /// Answer as JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the tokens of a person.
    List {
        /// Whose tokens.
        username: String,
    },
    /// End a token.
    Revoke {
        /// Its number, as list shows it.
        id: TokenId,
    },
}

/// Prints a secret with the advice that goes with it.
pub fn show(token: &str) {
    say(format_args!("Token (shown once, keep it safe): {token}"));
}

pub async fn run(desk: &Desk, command: Command) -> Result<()> {
    match command {
        Command::Create { username, acts_as, scopes, name, json } => {
            let (account, own) = desk.account(&username).await?;
            let actor = match acts_as {
                None => own,
                Some(brand) => desk.brand(&brand).await?,
            };
            let secret = secrets::new_token();
            let (hash, target) = (secrets::token_hash(&secret), actor.id);
            desk.db.write(move |tx| accounts::issue_token(tx, account.id, target, &scopes, &name, &hash)).await?;
            if json {
                say(
                    serde_json::json!({ "id": actor.id.to_string(), "acct": actor.acct(), "uri": actor.uri, "token": secret }),
                );
            } else {
                show(&secret);
            }
            Ok(())
        }
        Command::List { username } => {
            let (account, _) = desk.account(&username).await?;
            let listed = desk.db.read(move |conn| {
                let tokens = accounts::tokens_of(conn, account.id)?;
                let actors: Vec<_> = tokens.iter().map(|token| token.actor_id).collect();
                Ok((tokens, actors::get_many(conn, &actors)?))
            });
            let (tokens, actors) = listed.await?;
            for token in tokens {
                let acts_as = actors.iter().find(|actor| actor.id == token.actor_id);
                let acts_as = acts_as.map_or("nobody", |actor| actor.username.as_str());
                let (id, made, scopes, name) = (token.id, token.created_at.rfc3339(), token.scopes, token.name);
                say(format_args!("{id} {made} as @{acts_as}: {scopes} ({name})"));
            }
            Ok(())
        }
        Command::Revoke { id } => {
            desk.db.write(move |tx| accounts::revoke_token(tx, id)).await?;
            say("The token no longer works.");
            Ok(())
        }
    }
}
