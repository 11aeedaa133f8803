//! The first act: the company comes into being.

mod guide;

use std::net::IpAddr;

pub use guide::{Step, end, left, left_for, settle};

use super::{
    AccountId, ActorId, By, MediaId, Site,
    accounts::{self, AccountKind, GrantRole, NewAccount, NewPasskey, Right, Role},
    actors::{self, Actor, ActorKind, NewLocal, Profile},
    brands, media, org,
    work::Job,
};
use crate::{
    db::{Conn, Key, Tx},
    error::{Error, Result},
};

/// The setting that holds the SHA-256 (hex) of the first-run token.
pub const TOKEN_SETTING: &str = "first_run_token";

/// The setting that names the secret key without telling it.
const KEY_SETTING: &str = "secret_key_fingerprint";

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
    /// How the owner signs in.
    pub way_in: WayIn,
}

/// What the first owner signs in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WayIn {
    /// A password, hashed.
    Password(String),
    /// A passkey alone.
    Passkey(NewPasskey),
}

/// Refuses when the company exists already.
pub fn refuse_twice(conn: &mut Conn) -> Result<()> {
    if is_done(conn)? {
        return Err(Error::conflict("setup.done", "This server is set up already."));
    }
    Ok(())
}

/// Whether the company exists.
pub fn is_done(conn: &mut Conn) -> Result<bool> {
    Ok(org::setting(conn, "base_url")?.is_some())
}

/// The name of the key with which the company's secrets are sealed, as it was when the company came into being.
pub fn key_fingerprint(conn: &mut Conn) -> Result<Option<String>> {
    org::setting(conn, KEY_SETTING)
}

/// Remembers with which key the company's secrets are sealed, so that a wrong one is noticed.
pub fn remember_key(tx: &mut Tx<'_>, fingerprint: &str) -> Result<()> {
    org::set_setting(tx, KEY_SETTING, fingerprint)
}

/// Whether a company can be called this.
pub fn check_name(name: &str) -> Result<()> {
    if name.trim().is_empty() || name.trim().chars().count() > 100 {
        return Err(Error::invalid("setup.name", "The company needs a name of 1 to 100 characters."));
    }
    Ok(())
}

/// Whether handles can end in this domain for good: a name with a dot, or this machine itself for a try-out.
pub fn check_domain(domain: &str) -> Result<()> {
    let bare = match domain.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => domain,
    };
    let invalid =
        |why: &str| Err(Error::invalid("setup.domain", format!("“{domain}” is no domain for handles: {why}")));
    if let Ok(address) = bare.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        if address.is_loopback() {
            return Ok(());
        }
        return invalid("it is an address of a machine. Other servers look for a name, such as company.com.");
    }
    if bare == "localhost" || bare.ends_with(".localhost") {
        return Ok(());
    }
    let labels: Vec<&str> = bare.split('.').collect();
    if labels.len() < 2 || labels.iter().any(|label| label.is_empty()) {
        return invalid("a domain has a dot inside, such as company.com.");
    }
    Ok(())
}

/// Whether the owner can have this username beside the brand's.
pub fn check_owner(owner: &str, brand: &str) -> Result<()> {
    let (owner, brand) = (owner.trim_start_matches('@'), brand.trim_start_matches('@'));
    if owner.eq_ignore_ascii_case(brand) {
        return Err(Error::invalid(
            "setup.same_username",
            format!("@{brand} is the brand's username. You and the brand need different ones, because both can write."),
        ));
    }
    Ok(())
}

/// What a fault of a company is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in Company")]
pub enum Field {
    Name,
    Handle,
    Owner,
    Email,
}

/// Everything that is wrong with what whoever sets up says.
pub fn faults(name: &str, handle: &str, owner: &str, email: &str) -> Vec<(Field, Error)> {
    let username = |typed: &str| actors::check_username(typed.trim_start_matches('@'));
    let checks = [
        (Field::Name, check_name(name)),
        (Field::Handle, username(handle)),
        (Field::Owner, username(owner).and_then(|()| check_owner(owner, handle))),
        (Field::Email, accounts::check_email(email)),
    ];
    checks.into_iter().filter_map(|(field, checked)| Some((field, checked.err()?))).collect()
}

/// Whether a company can be like this: what is known before its owner has a way in.
pub fn check(site: &Site, name: &str, handle: &str, owner: &str, email: &str) -> Result<()> {
    check_domain(&site.domain)?;
    faults(name, handle, owner, email).into_iter().next().map_or(Ok(()), |(_, error)| Err(error))
}

/// The brand that was made with the company, while the set-up asks how that looks: as long as the brand has no picture,
/// the logo is one for it as well. Only for whoever may speak for the brand.
pub fn brand_without_picture(conn: &mut Conn, by: AccountId) -> Result<Option<ActorId>> {
    if !left(conn)?.contains(&Step::Look) {
        return Ok(None);
    }
    let Some(brand) = actors::list_brands(conn, 1)?.pop().filter(|brand| brand.icon.is_none()) else { return Ok(None) };
    let role = accounts::role_on(conn, by, brand.id)?;
    Ok(role.filter(|role| role.may(Right::Publish)).map(|_| brand.id))
}

/// Says that a logo cannot be the picture of the brand, which it is to become.
pub fn logo_is_no_picture() -> Error {
    let told = "This logo is to be the picture of your brand as well, and other servers show a PNG, JPEG or WebP only. \
                Please give one of these; an SVG can be the logo later.";
    Error::invalid("company.logo_picture", told)
}

/// Gives the company its logo, and a brand the same picture, where it still has none.
pub fn give_logo(
    tx: &mut Tx<'_>,
    site: &Site,
    by: AccountId,
    content: &[u8],
    picture: Option<(ActorId, MediaId)>,
) -> Result<()> {
    org::set_logo(tx, content)?;
    let Some((brand, picture)) = picture else { return Ok(()) };
    if brand_without_picture(tx.conn(), by)? != Some(brand) {
        return Ok(());
    }
    let icon = media::use_picture(tx, site, brand, picture)?;
    let by = By::Local { actor: brand, account: Some(by) };
    brands::edit_profile(tx, &by, &Profile { icon: Some(Some(icon)), ..Profile::default() })
}

/// Creates the brand, the server's own actor and the owner, who may speak for the brand. Once per database.
pub fn establish(tx: &mut Tx<'_>, site: &Site, company: &Company) -> Result<(Actor, Actor)> {
    tx.lock(Key("setup", &[]))?;
    refuse_twice(tx.conn())?;
    let name = company.name.trim();
    check(site, name, &company.handle, &company.owner, &company.email)?;
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
    let brand = brands::create(tx, site, &company.handle, name)?;
    let owner = NewAccount {
        username: company.owner.trim_start_matches('@').to_owned(),
        display_name: String::new(),
        email: Some(company.email.clone()),
        password_hash: match &company.way_in {
            WayIn::Password(hash) => Some(hash.clone()),
            WayIn::Passkey(_) => None,
        },
        kind: AccountKind::Employee,
        role: Role::Owner,
    };
    let (account, owner) = match &company.way_in {
        WayIn::Password(_) => accounts::create(tx, site, &owner)?,
        WayIn::Passkey(passkey) => accounts::create_with_passkey(tx, site, &owner, passkey)?,
    };
    accounts::grant(tx, account.id, brand.id, GrantRole::Owner)?;
    tx.defer(&Job::Prune)?;
    guide::begin(tx)?;
    Ok((brand, owner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_of_handles_is_a_name_that_others_can_find() {
        for domain in ["company.com", "social.company.com", "xn--mller-kva.example", "company.com:8443", "acme.test"] {
            assert!(check_domain(domain).is_ok(), "{domain}");
        }
        for domain in ["localhost", "localhost:8080", "acme.localhost", "127.0.0.1:8081", "[::1]:8080"] {
            assert!(check_domain(domain).is_ok(), "a try-out at {domain}");
        }
        for domain in [
            "olga",
            "olga:8080",
            "",
            ".",
            "company.",
            ".com",
            "a..b",
            "203.0.113.7",
            "203.0.113.7:443",
            "10.0.0.1",
            "[2001:db8::1]",
        ] {
            assert_eq!(check_domain(domain).unwrap_err().code(), "setup.domain", "{domain}");
        }
    }
}
