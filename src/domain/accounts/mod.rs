//! People with a login here: sign-up, roles, tokens, grants, the browsers in which they are signed in, and with what.

mod browsers;
mod certificates;
mod endings;
mod grants;
mod house;
mod limit;
mod passkeys;
mod people;
mod proof;
mod queries;
mod resets;
mod rights;
mod scopes;
mod second_step;
mod tokens;

use diesel::prelude::*;

pub use browsers::{
    BROWSER_LASTS, Browser, NewBrowser, browsers_of, close_browser, count_wrong_code, find_browser, open_browser,
    prune_browsers, see_browser,
};
pub use certificates::{
    Certificate, CertificateRole, Certified, NewCertificate, certified_on, get_certificate, give_certificate,
    list_certificates, prune_certificates, revoke_certificate,
};
pub use endings::{Endings, endings_for, tell_of_endings};
pub use grants::{
    Grant, GrantRole, Voice, grant, grants_of, has_speakers, list_grants, may_act_as, revoke_grant, spoken_for,
    voice_as,
};
pub use house::{delete_for, hold_colleague, suspend_for};
pub use limit::{limit, limit_for};
pub use passkeys::{
    CHALLENGE_LASTS, NewPasskey, Passkey, UsedPasskey, add_passkey, count_passkeys, find_passkey, passkeys_of,
    prune_challenges, remove_passkey, rename_passkey, use_passkey,
};
pub use people::{SecondPerson, Somebody, appoint, give_role, people, people_of_brand};
pub use proof::{Proof, not_your_passkey, take_proof};
pub use queries::{
    Joined, count_staff, employee_behind, employees_among, find, find_by_actor, find_by_name, find_by_username, get,
    guests_among, is_employee, is_moderator, list, list_moderators, list_staff, list_staff_lately, list_writers,
    names_of, of_people, search_employees, spelling, weekly, with_address,
};
pub use resets::{
    RESET_LASTS, ask_for_reset, find_for_reset, find_reset, forget_reset, open_reset, prune_resets, take_reset,
};
pub use rights::{
    HouseRight, Right, answers_for, brands_of, brands_with, crisis_handlers, need_crisis_handler, need_right, no_brand,
    people_behind, people_on, people_on_brands, people_with, reached_with, role_on, roles_on,
};
pub use scopes::{APPROVE, SCOPES, covers, narrowed, read_scopes};
pub use second_step::{
    SecondStep, begin_second_step, confirm_second_step, count_recovery_codes, end_second_step, has_second_step,
    second_step, take_code, take_recovery_code,
};
pub use tokens::{
    Session, Token, end_everything_of, end_tokens, find_token, issue_browser_token, issue_token, issue_token_to_app,
    outside_scopes, prune_browser_tokens, revoke_own_token, revoke_token, revoke_tokens_of_code, session, session_of,
    tokens_of,
};

use serde_json::json;

use super::{
    AccountId, ActorId, InvitationId, Site,
    actors::{self, Actor, ActorKind, NewLocal},
    audit::{self, About, Act, Entry},
};
use crate::{
    db::{Conn, Key, Signal, Timestamp, Tx, schema::accounts},
    error::{Error, Result},
    text::{self, Language},
};

crate::text_enum! {
    /// How a person belongs to the company.
    AccountKind {
        /// Works here.
        Employee = "employee",
        /// Buys here.
        Customer = "customer",
        /// Works with us.
        Partner = "partner",
        /// Writes about us.
        Press = "press",
    }
}

crate::text_enum! {
    /// What a person may do with the server itself.
    Role {
        /// Everything.
        Owner = "owner",
        /// Everything but removing owners.
        Admin = "admin",
        /// Reports and server policies.
        Moderator = "moderator",
        /// Their own account.
        Member = "member",
    }
}

crate::text_enum! {
    /// What posts of brands may say of a person at most.
    NamedAs {
        /// Their name.
        Name = "name",
        /// Its first letters.
        Initials = "initials",
        /// Nothing.
        Nobody = "none",
    }
}

/// A login as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = accounts)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Account {
    pub id: AccountId,
    pub actor_id: ActorId,
    pub email: Option<String>,
    pub password_hash: Option<String>,
    pub kind: AccountKind,
    pub role: Role,
    pub default_language: Option<String>,
    pub created_at: Timestamp,
    pub suspended_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    pub named_as: NamedAs,
    /// Who invited the person; nobody where they came otherwise, or the command line invited them.
    pub invited_by: Option<AccountId>,
    /// By which invitation the person came.
    pub invitation_id: Option<InvitationId>,
    /// The language in which the person is written to, by its tag; nothing where nobody knows.
    pub letter_language: Option<String>,
}

impl Account {
    /// Whether the person may sign in and act.
    pub fn is_active(&self) -> bool {
        self.suspended_at.is_none() && self.deleted_at.is_none()
    }

    /// The language in which the person reads what the house says: the one that they chose or came with, else the one in
    /// which they write themselves. Nothing where neither is known, or is none that the house speaks.
    pub fn language(&self) -> Option<Language> {
        let own = self.letter_language.as_deref().and_then(Language::tagged);
        own.or_else(|| self.default_language.as_deref().and_then(Language::tagged))
    }

    /// The language in which the person is written to: their own, else English.
    pub fn reads(&self) -> Language {
        self.language().unwrap_or_default()
    }
}

/// What is needed to make a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// The name in the handle.
    pub username: String,
    /// What the person is called.
    pub display_name: String,
    /// Where mail reaches the person.
    pub email: Option<String>,
    /// argon2id, as `secrets::hash_password` makes it.
    pub password_hash: Option<String>,
    /// How the person belongs to the company.
    pub kind: AccountKind,
    /// What the person may do with the server.
    pub role: Role,
}

/// Makes a person with a login and their own Person actor.
pub fn create(tx: &mut Tx<'_>, site: &Site, new: &NewAccount) -> Result<(Account, Actor)> {
    let id = AccountId(tx.new_id());
    create_as(tx, site, id, new)
}

/// The same, with the passkey that a device made for them before they were there: for the account of this number.
pub fn create_with_passkey(
    tx: &mut Tx<'_>,
    site: &Site,
    new: &NewAccount,
    passkey: &NewPasskey,
) -> Result<(Account, Actor)> {
    let created = create_as(tx, site, passkey.account, new)?;
    passkeys::keep_first(tx, passkey)?;
    Ok(created)
}

fn create_as(tx: &mut Tx<'_>, site: &Site, id: AccountId, new: &NewAccount) -> Result<(Account, Actor)> {
    let email_key = new.email.as_deref().map(email_key).transpose()?;
    tx.lock(Key("account.create", &[]))?;
    if let Some(key) = &email_key {
        refuse_taken(tx.conn(), key)?;
    }
    let person = NewLocal {
        kind: ActorKind::Person,
        username: new.username.clone(),
        name: new.display_name.clone(),
        summary: String::new(),
        locked: false,
    };
    let actor = actors::create_local(tx, site, &person)?;
    let now = tx.now();
    diesel::insert_into(accounts::table)
        .values((
            accounts::id.eq(id),
            accounts::actor_id.eq(actor.id),
            accounts::email.eq(&new.email),
            accounts::email_key.eq(email_key),
            accounts::password_hash.eq(&new.password_hash),
            accounts::kind.eq(new.kind),
            accounts::role.eq(new.role),
            accounts::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok((get(tx.conn(), id)?, actor))
}

/// Refuses an e-mail address, in the form in which it is compared, that an account has already.
pub fn refuse_taken(conn: &mut Conn, email_key: &str) -> Result<()> {
    let of_somebody = accounts::table.filter(accounts::email_key.eq(email_key));
    if diesel::select(diesel::dsl::exists(of_somebody)).get_result(conn)? {
        return Err(Error::conflict("account.email_taken", "There is an account with this e-mail address already."));
    }
    Ok(())
}

/// Remembers by which invitation a person came, and who made it.
pub fn remember_origin(
    tx: &mut Tx<'_>,
    account: AccountId,
    invitation: InvitationId,
    by: Option<AccountId>,
) -> Result<()> {
    diesel::update(accounts::table.find(account))
        .set((accounts::invitation_id.eq(invitation), accounts::invited_by.eq(by)))
        .execute(tx.conn())?;
    Ok(())
}

/// Refuses where the password is not any more what it was when it was checked, under this hash: somebody who changed it
/// meanwhile did so to shut out whoever knew the other one.
pub fn same_password(tx: &mut Tx<'_>, account: AccountId, checked: &str) -> Result<()> {
    tx.lock(Key("account.password", &[account.0]))?;
    if get(tx.conn(), account)?.password_hash.as_deref() == Some(checked) {
        return Ok(());
    }
    Err(Error::conflict("account.password_changed", "The password was changed a moment ago. Please sign in again."))
}

/// Changes the password; every token of the account ends, every browser is signed out, and no passkey signs in any more,
/// because whoever held one may be why.
pub fn set_password(tx: &mut Tx<'_>, account: AccountId, password_hash: &str) -> Result<()> {
    tx.lock(Key("account.password", &[account.0]))?;
    end_everything_of(tx, account)?;
    passkeys::end_passkeys(tx, account)?;
    diesel::update(accounts::table.find(account)).set(accounts::password_hash.eq(password_hash)).execute(tx.conn())?;
    Ok(())
}

/// Changes the language in which the person writes where a post does not say; empty for none.
pub fn set_default_language(tx: &mut Tx<'_>, account: AccountId, language: &str) -> Result<()> {
    let language = Some(language.trim()).filter(|language| !language.is_empty());
    if language.is_some_and(|language| !text::is_language(language)) {
        return Err(Error::invalid("account.language", "A language is a code such as en or pt-BR."));
    }
    diesel::update(accounts::table.find(account)).set(accounts::default_language.eq(language)).execute(tx.conn())?;
    Ok(())
}

/// Changes the language in which a person is written to, from the next letter on.
pub fn set_letter_language(tx: &mut Tx<'_>, account: AccountId, language: Language) -> Result<()> {
    let tag = language.tag();
    diesel::update(accounts::table.find(account)).set(accounts::letter_language.eq(tag)).execute(tx.conn())?;
    Ok(())
}

/// Changes what posts of brands may say of a person, from the next one on.
pub fn set_named_as(tx: &mut Tx<'_>, account: AccountId, named_as: NamedAs) -> Result<()> {
    diesel::update(accounts::table.find(account)).set(accounts::named_as.eq(named_as)).execute(tx.conn())?;
    Ok(())
}

/// Locks a person out and hides their actor, or ends that.
pub fn set_suspended(tx: &mut Tx<'_>, account: AccountId, suspended: bool) -> Result<()> {
    let person = get(tx.conn(), account)?;
    if suspended {
        may_leave(tx, account)?;
        grants::look_at_what_waits(tx, account)?;
    }
    let since: Option<Timestamp> = suspended.then(|| tx.now());
    diesel::update(accounts::table.find(account)).set(accounts::suspended_at.eq(since)).execute(tx.conn())?;
    actors::set_suspended(tx, person.actor_id, suspended)?;
    tx.signal(Signal { topic: "account", kind: "update", id: account.0 });
    let act = if suspended { Act::AccountSuspended } else { Act::AccountRestored };
    note(tx, act, account, json!({}))
}

/// Deletes a login and its actor. From here on the person cannot write; what they wrote is taken away by a job.
pub fn delete(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    let person = get(tx.conn(), account)?;
    may_leave(tx, account)?;
    let now = tx.now();
    end_everything_of(tx, account)?;
    end_second_step(tx, account)?;
    passkeys::end_passkeys(tx, account)?;
    grants::revoke_all_of(tx, account)?;
    certificates::forget_certificates_of(tx, account)?;
    diesel::update(accounts::table.find(account))
        .set((
            accounts::deleted_at.eq(now),
            accounts::email.eq(None::<String>),
            accounts::email_key.eq(None::<String>),
            accounts::password_hash.eq(None::<String>),
        ))
        .execute(tx.conn())?;
    actors::delete(tx, person.actor_id)?;
    note(tx, Act::AccountDeleted, account, json!({}))
}

/// Writes down what was done to a login.
fn note(tx: &mut Tx<'_>, act: Act, account: AccountId, details: serde_json::Value) -> Result<()> {
    audit::record(tx, &Entry { act, about: About::Account(account), brand: None, reason: None, details })
}

/// Changes how a person belongs to the company and what they may do with the server. Who is no employee any more
/// speaks for no brand any more either.
pub fn set_role(tx: &mut Tx<'_>, account: AccountId, kind: AccountKind, role: Role) -> Result<()> {
    if kind != AccountKind::Employee && role != Role::Member {
        let told = "Only employees have a role with the server. Make this person an employee, or give them none.";
        return Err(Error::invalid("account.role", told));
    }
    let before = get(tx.conn(), account)?;
    if role != Role::Owner {
        may_leave(tx, account)?;
    }
    if kind != AccountKind::Employee {
        grants::revoke_all_of(tx, account)?;
    }
    diesel::update(accounts::table.find(account))
        .set((accounts::kind.eq(kind), accounts::role.eq(role)))
        .execute(tx.conn())?;
    tx.signal(Signal { topic: "account", kind: "update", id: account.0 });
    let details = json!({ "kind": kind, "role": role, "before": { "kind": before.kind, "role": before.role } });
    note(tx, Act::AccountRole, account, details)
}

/// Refuses when the company would be left without an owner.
fn may_leave(tx: &mut Tx<'_>, leaving: AccountId) -> Result<()> {
    if get(tx.conn(), leaving)?.role == Role::Owner { keep_one_owner(tx, leaving) } else { Ok(()) }
}

fn keep_one_owner(tx: &mut Tx<'_>, leaving: AccountId) -> Result<()> {
    tx.lock(Key("account.owners", &[]))?;
    if owners_but(tx.conn(), leaving)?.is_empty() {
        return Err(Error::conflict(
            "account.last_owner",
            "This is the last owner. Make somebody else an owner first: guildhall account role NAME owner",
        ));
    }
    Ok(())
}

/// Refuses when no owner but this one can sign in: a password or a passkey is what counts.
fn keep_owner_who_signs_in(conn: &mut Conn, leaving: AccountId) -> Result<()> {
    for other in owners_but(conn, leaving)? {
        if other.password_hash.is_some() || count_passkeys(conn, other.id)? > 0 {
            return Ok(());
        }
    }
    let told = "No other owner can sign in here. Make somebody an owner first who has a password or a passkey.";
    Err(Error::conflict("account.last_owner", told))
}

/// The owners who may act, but this one.
fn owners_but(conn: &mut Conn, leaving: AccountId) -> Result<Vec<Account>> {
    Ok(accounts::table
        .filter(accounts::role.eq(Role::Owner))
        .filter(accounts::kind.eq(AccountKind::Employee))
        .filter(accounts::id.ne(leaving))
        .filter(accounts::deleted_at.is_null())
        .filter(accounts::suspended_at.is_null())
        .select(Account::as_select())
        .load(conn)?)
}

/// A username as somebody types it who makes their own account.
pub fn typed_username(typed: &str) -> &str {
    typed.trim().trim_start_matches('@')
}

/// A name as it may be shown, without signs that nobody sees.
pub fn typed_name(typed: &str) -> Result<String> {
    let longest = actors::NAME_LENGTH;
    if typed.chars().count() > longest {
        return Err(Error::invalid("profile.too_long", format!("A name has {longest} characters at most.")));
    }
    Ok(text::typed_name(typed, longest))
}

/// Whether this can be an e-mail address.
pub fn check_email(email: &str) -> Result<()> {
    email_key(email).map(|_| ())
}

/// The form in which addresses are compared; refuses what cannot be one.
pub fn email_key(email: &str) -> Result<String> {
    let email = email.trim();
    let sound = email.len() <= 254
        // In quotes one mailbox has any number of spellings.
        && !email.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\\'))
        && email.rsplit_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if !sound {
        return Err(Error::invalid("account.email", "This is not an e-mail address. It looks like name@company.com."));
    }
    Ok(email.to_lowercase())
}
