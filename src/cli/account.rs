//! `guildhall account`: logins.

use serde_json::json;

use super::{Desk, ask, say, token};
use crate::{
    db::{Timestamp, Tx},
    domain::{
        AccountId, Page,
        accounts::{self, Account, AccountKind, GrantRole, NewAccount, Role},
        actors, notifications, sign_ups,
    },
    error::{Error, Result},
    secrets,
};

/// What to do with logins.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create a person with a login.
    Create(Create),
    /// List everybody.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Change what somebody may do here.
    Role {
        /// Who.
        username: String,
        /// The new role.
        #[arg(value_enum)]
        role: NewRole,
    },
    /// Lock somebody out and hide them.
    Suspend {
        /// Who.
        username: String,
        /// End the suspension.
        #[arg(long)]
        undo: bool,
    },
    /// Let only those find somebody who follow them; here or on another server.
    Limit {
        /// Who: ana, or eve@social.example.
        handle: String,
        /// Why; the audit log keeps it.
        #[arg(long)]
        reason: Option<String>,
        /// End the limit.
        #[arg(long)]
        undo: bool,
    },
    /// Delete a person, their posts and their profile; other servers are told.
    Delete {
        /// Who.
        username: String,
        /// Do not ask on a terminal whether it is meant. Without a terminal nobody is asked.
        #[arg(long)]
        yes: bool,
    },
    /// List who signed up, confirmed their e-mail address, and waits for an answer.
    Waiting {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Give somebody an account who waits; a letter tells them.
    Approve {
        /// Who.
        username: String,
    },
    /// Refuse somebody an account who waits; a letter tells them, and what they said is deleted.
    Reject {
        /// Who.
        username: String,
        /// Why; the letter says it, and the audit log keeps it.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Turn the second step of signing in off, for who lost their app and their recovery codes.
    TotpOff {
        /// Whose.
        username: String,
    },
    /// Change a password, end all tokens and passkeys, and sign out every browser.
    Password {
        /// Whose.
        username: String,
        /// The new password, - to read it from the standard input; without it one is made and printed.
        #[arg(long)]
        password: Option<String>,
    },
}

/// What somebody may be here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum NewRole {
    /// Works here and may do everything.
    Owner,
    /// Works here and runs the server.
    Admin,
    /// Works here and handles reports.
    Moderator,
    /// Works here.
    Employee,
    /// Buys here.
    Customer,
    /// Works with us; sees no more than who buys here.
    Partner,
    /// Writes about us; sees no more than who buys here.
    Press,
}

impl NewRole {
    pub(super) fn kind_and_role(self) -> (AccountKind, Role) {
        match self {
            Self::Owner => (AccountKind::Employee, Role::Owner),
            Self::Admin => (AccountKind::Employee, Role::Admin),
            Self::Moderator => (AccountKind::Employee, Role::Moderator),
            Self::Employee => (AccountKind::Employee, Role::Member),
            Self::Customer => (AccountKind::Customer, Role::Member),
            Self::Partner => (AccountKind::Partner, Role::Member),
            Self::Press => (AccountKind::Press, Role::Member),
        }
    }
}

/// What somebody is here, in the words of [`NewRole`].
pub(super) fn word(kind: AccountKind, role: Role) -> &'static str {
    if role == Role::Member { kind.as_str() } else { role.as_str() }
}

/// A person to create.
#[derive(Debug, clap::Args)]
pub struct Create {
    /// The name in the handle.
    username: String,
    /// What the person may do.
    #[arg(long, value_enum)]
    role: NewRole,
    /// What the person is called.
    #[arg(long, default_value = "")]
    display_name: String,
    /// Where mail reaches the person.
    #[arg(long)]
    email: Option<String>,
    /// The password, - to read it from the standard input; without it the person cannot sign in by password.
    #[arg(long)]
    password: Option<String>,
    /// Keep the person out of the list on /about, suggestions and search engines; they can change that themselves.
    #[arg(long)]
    unlisted: bool,
    /// Also issue a token with these scopes, such as "read write follow push".
    #[arg(long, value_name = "SCOPES")]
    token: Option<String>,
    /// Answer as JSON: {"id","acct","uri","token"}.
    #[arg(long)]
    json: bool,
}

pub async fn run(desk: &Desk, command: Command) -> Result<()> {
    match command {
        Command::Create(new) => create(desk, new).await,
        Command::List { json } => list(desk, json).await,
        Command::Role { username, role } => {
            let (account, _) = desk.account(&username).await?;
            let (kind, role) = role.kind_and_role();
            desk.db.write(move |tx| notifications::set_role(tx, account.id, kind, role)).await?;
            say(format_args!("@{username} has the role {} now.", word(kind, role)));
            Ok(())
        }
        Command::Suspend { username, undo } => {
            let (account, _) = desk.account(&username).await?;
            desk.db.write(move |tx| accounts::set_suspended(tx, account.id, !undo)).await?;
            say(if undo { format!("@{username} may act again.") } else { format!("@{username} is suspended.") });
            Ok(())
        }
        Command::Limit { handle, reason, undo } => {
            let (site, typed) = (desk.site.clone(), handle.clone());
            let changed = desk.db.write(move |tx| {
                let found = actors::find_by_address(tx.conn(), &site, &typed)?;
                let found = found.ok_or_else(|| {
                    Error::not_found("account.not_found", format!("Nobody is known here as “{typed}”."))
                })?;
                accounts::limit(tx, found.id, !undo, reason.as_deref())
            });
            let actor = changed.await?;
            say(match (undo, actor.limited) {
                (false, _) => format!("@{} is limited: only who follows them finds them.", actor.acct()),
                (true, false) => format!("@{} is limited no more.", actor.acct()),
                (true, true) => format!("@{} is limited with their server still.", actor.acct()),
            });
            Ok(())
        }
        Command::Delete { username, yes } => delete(desk, &username, yes).await,
        Command::Waiting { json } => waiting(desk, json).await,
        Command::Approve { username } => {
            let site = desk.site.clone();
            let name = username.clone();
            let approve = move |tx: &mut Tx<'_>| {
                let waits = sign_ups::get_waiting(tx.conn(), &name)?;
                sign_ups::approve(tx, &site, None, waits.id)
            };
            desk.db.write(approve).await?;
            say(format_args!("@{} has an account now; a letter tells them.", username.trim_start_matches('@')));
            Ok(())
        }
        Command::Reject { username, reason } => {
            let name = username.clone();
            let refuse = move |tx: &mut Tx<'_>| {
                let waits = sign_ups::get_waiting(tx.conn(), &name)?;
                sign_ups::refuse(tx, None, waits.id, &reason)
            };
            desk.db.write(refuse).await?;
            say(format_args!("@{} gets no account; a letter tells them.", username.trim_start_matches('@')));
            Ok(())
        }
        Command::TotpOff { username } => {
            let (account, _) = desk.account(&username).await?;
            let was_on = desk.db.write(move |tx| accounts::end_second_step(tx, account.id)).await?;
            say(if was_on {
                format!("The second step of @{username} is off: the password alone signs in.")
            } else {
                format!("The second step of @{username} was not on.")
            });
            Ok(())
        }
        Command::Password { username, password } => {
            let (account, _) = desk.account(&username).await?;
            let given = password.is_some();
            let password = password.map_or_else(|| Ok(secrets::new_token()), ask::password)?;
            let hash = hash(&password)?;
            desk.db.write(move |tx| accounts::set_password(tx, account.id, &hash)).await?;
            say(if given {
                format!("The password of @{username} is changed.")
            } else {
                format!("The new password of @{username} is {password}")
            });
            Ok(())
        }
    }
}

fn hash(password: &str) -> Result<String> {
    secrets::check_password(password)?;
    secrets::hash_password(password)
}

async fn create(desk: &Desk, new: Create) -> Result<()> {
    let (kind, role) = new.role.kind_and_role();
    let account = NewAccount {
        username: new.username.trim_start_matches('@').to_owned(),
        display_name: new.display_name,
        email: new.email,
        password_hash: new.password.map(|given| hash(&ask::password(given)?)).transpose()?,
        kind,
        role,
    };
    let (site, scopes, secret, unlisted) = (desk.site.clone(), new.token, secrets::new_token(), new.unlisted);
    let (wanted, hash) = (scopes.is_some(), secrets::token_hash(&secret));
    let actor = desk
        .db
        .write(move |tx| {
            let (login, actor) = accounts::create(tx, &site, &account)?;
            if unlisted {
                actors::keep_unlisted(tx, actor.id)?;
            }
            notifications::tell_of_sign_up(tx, actor.id)?;
            if let Some(scopes) = &scopes {
                accounts::issue_token(tx, login.id, actor.id, scopes, "command line", &hash)?;
            }
            Ok(actor)
        })
        .await?;
    let token = wanted.then_some(secret);
    if new.json {
        say(json!({ "id": actor.id.to_string(), "acct": actor.acct(), "uri": actor.uri, "token": token }));
    } else {
        say(format_args!("Created @{} ({}).", actor.handle(&desk.site), actor.uri));
        if kind == AccountKind::Employee && !unlisted {
            say(format_args!("@{} is listed on /about, as who works here.", actor.username));
        }
        if let Some(token) = token {
            token::show(&token);
        }
    }
    Ok(())
}

async fn list(desk: &Desk, as_json: bool) -> Result<()> {
    let read = desk.db.read(|conn| {
        let everybody = accounts::list(conn)?;
        let inviters: Vec<AccountId> = everybody.iter().filter_map(|(account, _)| account.invited_by).collect();
        Ok((everybody, accounts::list_grants(conn)?, accounts::names_of(conn, &inviters)?))
    });
    let (everybody, speakers, names) = read.await?;
    let voices = |account: &Account| -> Vec<(&str, GrantRole)> {
        speakers
            .iter()
            .filter(|(grant, _)| grant.account_id == account.id)
            .map(|(grant, of)| (of.as_str(), grant.role))
            .collect()
    };
    if as_json {
        let called = |by: AccountId| names.iter().find(|(id, ..)| *id == by).map(|(_, username, _)| username.as_str());
        let rows: Vec<_> = everybody
            .iter()
            .map(|(account, actor)| {
                json!({
                    "id": actor.id.to_string(), "acct": actor.acct(), "uri": actor.uri, "kind": account.kind, "role": account.role,
                    "suspended": account.suspended_at.is_some(), "limited": actor.limited,
                    "created_at": account.created_at.rfc3339(),
                    "invited_by": account.invited_by.and_then(called), "invitation": account.invitation_id,
                    "speaks_for": voices(account).iter().map(|(of, role)| json!({ "acct": of, "role": role })).collect::<Vec<_>>(),
                })
            })
            .collect();
        say(serde_json::Value::from(rows));
        return Ok(());
    }
    say(format_args!("{:<30} {:<10} {}", "USERNAME", "ROLE", "NOTES"));
    for (account, actor) in everybody {
        let mut notes: Vec<String> = voices(&account).iter().map(|(of, role)| format!("{role} of @{of}")).collect();
        if account.suspended_at.is_some() {
            notes.insert(0, "suspended".to_owned());
        }
        if actor.limited {
            notes.insert(0, "limited".to_owned());
        }
        let role = word(account.kind, account.role);
        say(format_args!("{:<30} {role:<10} {}", actor.acct(), notes.join(", ")).to_string().trim_end());
    }
    Ok(())
}

async fn waiting(desk: &Desk, as_json: bool) -> Result<()> {
    let everybody = Page { limit: sign_ups::WAITING, ..Page::default() };
    let waiting = desk.db.read(move |conn| sign_ups::list(conn, None, &everybody)).await?;
    if as_json {
        let rows = waiting.iter().map(|one| {
            json!({
                "id": one.id, "username": one.username, "display_name": one.display_name, "email": one.email,
                "reason": one.reason, "created_at": one.created_at.rfc3339(),
                "confirmed_at": one.confirmed_at.map(Timestamp::rfc3339),
            })
        });
        say(serde_json::Value::from(rows.collect::<Vec<_>>()));
        return Ok(());
    }
    if waiting.is_empty() {
        say("Nobody waits for an account.");
    }
    for one in waiting {
        say(format_args!("{:<30} {}", one.username, one.email));
        for line in one.reason.lines() {
            say(format_args!("    {line}"));
        }
    }
    Ok(())
}

async fn delete(desk: &Desk, username: &str, yes: bool) -> Result<()> {
    let (account, actor) = desk.account(username).await?;
    let question =
        format!("Delete @{username} and everything that they wrote, here and elsewhere? Nothing brings it back.");
    if !yes && ask::somebody_is_there() && !ask::yes(&question)? {
        say("Nothing was deleted.");
        return Ok(());
    }
    let (author, login) = (actor.id, account.id);
    // First nobody can write as this person any more, then nothing stays of what they wrote. What else they leave
    // behind is taken away by the server, after others were told.
    desk.db.write(move |tx| accounts::delete(tx, login)).await?;
    while desk.db.write(move |tx| crate::domain::posts::delete_all_of(tx, author, 100)).await? {}
    say(format_args!("@{username} is deleted. Nobody can have that name again."));
    Ok(())
}
