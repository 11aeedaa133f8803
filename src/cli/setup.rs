//! `guildhall setup`: creates the company. Asks on a terminal for what is missing.

use super::{
    ask,
    desk::{base_url_of, open_database},
    say,
};
use crate::{
    app,
    config::Config,
    domain::{
        Site, accounts, actors,
        setup::{self, Company, WayIn},
    },
    error::{Error, Result},
    http,
    secrets::{self, SecretKey},
};

const BRAND: &str = "Username of the brand (letters, digits, _; dots and hyphens inside)";
const LISTED: &str = "May your own page be listed among the company's people, and be found by search engines?";

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
    pub(super) domain: Option<String>,
    /// The owner's username.
    #[arg(long)]
    owner: Option<String>,
    /// The owner's e-mail address.
    #[arg(long)]
    email: Option<String>,
    /// The owner's password, at least 12 characters; - reads it from the standard input.
    #[arg(long)]
    password: Option<String>,
    /// Do not list the owner among the company's people, nor let search engines find their page.
    #[arg(long)]
    unlisted: bool,
}

pub async fn run(config: Config, arguments: Arguments) -> Result<()> {
    let asking = ask::somebody_is_there();
    if !asking {
        refuse_missing(&arguments)?;
    }
    let alone = config.why_not_federating();
    if let (Some(alone), true) = (&alone, asking) {
        say(format_args!("This will be a try-out. {alone}\n"));
    }
    // Whoever types their username is asked; a script says it with a flag.
    let (unlisted, asks) = (arguments.unlisted, asking && arguments.owner.is_none());
    let name = given_or_asked(arguments.name, "What is your company called?", setup::check_name)?;
    let given = arguments.handle.clone();
    let handle = given_or_asked(arguments.handle, BRAND, username)?;
    let owner = given_or_asked(arguments.owner, "Your own username", |text| {
        username(text).and_then(|()| setup::check_owner(text, &handle))
    })?;
    let email = given_or_asked(arguments.email, "Your e-mail address", accounts::check_email)?;
    let password = arguments.password.map_or_else(ask::new_password, ask::password)?;
    let unlisted = if asks && !unlisted { !ask::yes(LISTED)? } else { unlisted };
    let (handle, domain) = for_good(&config, given.as_deref(), handle, &owner)?;
    setup::check_domain(&domain)?;
    secrets::check_password(&password)?;
    let password_hash =
        tokio::task::spawn_blocking(move || secrets::hash_password(&password)).await.map_err(Error::internal)??;
    let db = open_database(&config)?;
    db.migrate()?;
    db.read(setup::refuse_twice).await?;
    let key = SecretKey::load(config.secret_key.as_deref(), &config.data_dir)?;
    app::seal(&db, &key);
    let fingerprint = key.fingerprint();
    let site = Site {
        base_url: base_url_of(&config),
        domain,
        post_characters: config.limits.post_characters,
        federates: config.federates(),
    };
    let company = Company { name, handle, owner, email, way_in: WayIn::Password(password_hash) };
    let (brand, owner) = {
        let site = site.clone();
        db.write(move |tx| {
            let established = setup::establish(tx, &site, &company)?;
            setup::remember_key(tx, &fingerprint)?;
            if unlisted {
                actors::keep_unlisted(tx, established.1.id)?;
            }
            Ok(established)
        })
        .await?
    };
    say(format_args!(
        "{} is set up: the brand is @{}, the owner is @{}.",
        brand.name,
        brand.handle(&site),
        owner.handle(&site)
    ));
    if let (Some(alone), false) = (alone, asking) {
        say(format_args!("This is a try-out. {alone}"));
    }
    say(format_args!(
        "Start it with: guildhall serve, and the settings or flags that you gave here; then open {}",
        site.base_url
    ));
    let way_in = http::way_in().unwrap_or("/sign-in");
    say(format_args!("To read, write and invite people in your browser, sign in at {}{way_in}", site.base_url));
    Ok(())
}

/// Names every flag at once that is needed where nobody can be asked.
fn refuse_missing(arguments: &Arguments) -> Result<()> {
    let needed = [
        ("--name", &arguments.name),
        ("--handle", &arguments.handle),
        ("--owner", &arguments.owner),
        ("--email", &arguments.email),
        ("--password", &arguments.password),
    ];
    let missing: Vec<&str> = needed.iter().filter(|(_, value)| value.is_none()).map(|(flag, _)| *flag).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::invalid(
        "setup.missing_value",
        format!("Give {}, or run this on a terminal to be asked.", missing.join(", ")),
    ))
}

fn given_or_asked(given: Option<String>, question: &str, check: impl Fn(&str) -> Result<()>) -> Result<String> {
    given.map_or_else(|| ask::line(question, check), Ok)
}

fn username(text: &str) -> Result<()> {
    actors::check_username(text.trim_start_matches('@'))
}

/// The brand's username and the domain of handles, which nobody can change later. Where either was asked for, somebody
/// says yes to the whole handle first.
fn for_good(config: &Config, given: Option<&str>, asked: String, owner: &str) -> Result<(String, String)> {
    let usual = config.handle_domain();
    if !ask::somebody_is_there() || (given.is_some() && config.domain.is_some()) {
        return Ok((asked, usual));
    }
    let mut handle = asked;
    loop {
        let domain = match &config.domain {
            Some(domain) => domain.clone(),
            None => ask::line_or("Domain of your handles, as in @name@domain", &usual, domain)?,
        };
        let whole = format!("@{}@{domain}", handle.trim_start_matches('@'));
        if ask::yes(&format!("The brand will be {whole}. Other servers remember this for good. Is it right?"))? {
            return Ok((handle, domain));
        }
        if given.is_none() {
            handle = ask::line(BRAND, |text| username(text).and_then(|()| setup::check_owner(owner, text)))?;
        }
    }
}

fn domain(typed: &str) -> Result<String> {
    let domain = Config::read_domain(typed)?;
    setup::check_domain(&domain)?;
    Ok(domain)
}
