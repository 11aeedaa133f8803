//! `guildhall setup`: creates the company. Asks on a terminal for what is missing.

use std::io::IsTerminal;

use super::{base_url_of, open_database, say};
use crate::{
    config::Config,
    domain::{
        Site,
        setup::{self, Company},
    },
    error::{Error, Result},
    secrets,
};

/// What the company is called and who owns it.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The company's or brand's name, such as "Acme".
    #[arg(long)]
    name: Option<String>,
    /// The brand's username, such as acme.
    #[arg(long)]
    handle: Option<String>,
    /// The domain of handles; without it, GUILDHALL_DOMAIN or the host of the base URL.
    #[arg(long)]
    domain: Option<String>,
    /// The owner's username.
    #[arg(long)]
    owner: Option<String>,
    /// The owner's e-mail address.
    #[arg(long)]
    email: Option<String>,
    /// The owner's password, at least 12 characters.
    #[arg(long)]
    password: Option<String>,
}

pub async fn run(config: &Config, arguments: Arguments) -> Result<()> {
    let name = ask(arguments.name, "--name", "What is your company called?")?;
    let handle = ask(arguments.handle, "--handle", "Username of the brand (letters, digits, _)")?;
    let owner = ask(arguments.owner, "--owner", "Your own username")?;
    let email = ask(arguments.email, "--email", "Your e-mail address")?;
    let password = match arguments.password {
        Some(password) => password,
        None if std::io::stdin().is_terminal() => dialoguer::Password::new()
            .with_prompt("A password of at least 12 characters")
            .with_confirmation("Once more", "These are different.")
            .interact()
            .map_err(Error::internal)?,
        None => return Err(missing("--password")),
    };
    secrets::check_password(&password)?;
    let password_hash =
        tokio::task::spawn_blocking(move || secrets::hash_password(&password)).await.map_err(Error::internal)??;
    let db = open_database(config)?;
    db.migrate()?;
    secrets::SecretKey::load(config)?;
    let site = Site {
        base_url: base_url_of(config),
        domain: arguments.domain.unwrap_or_else(|| config.handle_domain()).to_lowercase(),
        post_characters: config.limits.post_characters,
    };
    let company = Company { name, handle, owner, email, password_hash };
    let (brand, owner) = {
        let site = site.clone();
        db.write(move |tx| setup::establish(tx, &site, &company)).await?
    };
    say(format_args!(
        "{} is set up: the brand is @{}, the owner is @{}.",
        brand.name,
        brand.handle(&site),
        owner.handle(&site)
    ));
    say(format_args!("Start it with: guildhall serve, then open {}", site.base_url));
    Ok(())
}

fn missing(flag: &str) -> Error {
    Error::invalid("setup.missing_value", format!("Give {flag}, or run this on a terminal to be asked for it."))
}

fn ask(given: Option<String>, flag: &str, question: &str) -> Result<String> {
    match given {
        Some(value) => Ok(value),
        None if std::io::stdin().is_terminal() => {
            dialoguer::Input::<String>::new().with_prompt(question).interact_text().map_err(Error::internal)
        }
        None => Err(missing(flag)),
    }
}
