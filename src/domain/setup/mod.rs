//! The first act: the company comes into being.

use super::{
    Site,
    accounts::{self, AccountKind, GrantRole, NewAccount, Role},
    actors::{self, Actor, ActorKind, NewLocal},
    org,
    work::Job,
};
use crate::{
    db::{Key, Tx},
    error::{Error, Result},
};

/// The setting that holds the SHA-256 (hex) of the first-run token.
pub const TOKEN_SETTING: &str = "first_run_token";

/// What is needed to establish a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// What it is called.
    pub name: String,
    /// The username of its brand.
    pub handle: String,
    /// The username of its owner.
    pub owner: String,
    /// The owner's e-mail address.
    pub email: String,
    /// The owner's password, hashed.
    pub password_hash: String,
}

/// Creates the brand, the server's own actor and the owner, who may speak for the brand. Once per database.
pub fn establish(tx: &mut Tx<'_>, site: &Site, company: &Company) -> Result<(Actor, Actor)> {
    tx.lock(Key("setup", &[]))?;
    if org::setting(tx.conn(), "base_url")?.is_some() {
        return Err(Error::conflict("setup.done", "This server is set up already."));
    }
    let name = company.name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Error::invalid("setup.name", "The company needs a name of 1 to 100 characters."));
    }
    org::set_setting(tx, "base_url", &site.base_url)?;
    org::set_setting(tx, "domain", &site.domain)?;
    org::set_setting(tx, "name", name)?;
    org::remove_setting(tx, TOKEN_SETTING)?;
    let server_name = site.domain.rsplit_once(':').map_or(site.domain.as_str(), |(host, _)| host).to_owned();
    let server = NewLocal {
        kind: ActorKind::Application,
        username: server_name,
        name: name.to_owned(),
        summary: String::new(),
        locked: true,
    };
    actors::create_local(tx, site, &server)?;
    let brand = NewLocal {
        kind: ActorKind::Organization,
        username: company.handle.trim_start_matches('@').to_owned(),
        name: name.to_owned(),
        summary: String::new(),
        locked: false,
    };
    let brand = actors::create_local(tx, site, &brand)?;
    let owner = NewAccount {
        username: company.owner.trim_start_matches('@').to_owned(),
        display_name: String::new(),
        email: Some(company.email.clone()),
        password_hash: Some(company.password_hash.clone()),
        kind: AccountKind::Employee,
        role: Role::Owner,
    };
    let (account, owner) = accounts::create(tx, site, &owner)?;
    accounts::grant(tx, account.id, brand.id, GrantRole::Owner)?;
    tx.defer(&Job::Prune)?;
    Ok((brand, owner))
}
