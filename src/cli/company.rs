//! `guildhall company`: what the company says of itself, and how its pages look.

use std::path::{Path, PathBuf};

use super::{Desk, say};
use crate::{
    domain::org::{self, Edit, LegalText, Registrations},
    error::{Error, Result},
    text,
};

/// What to do with the company's pages.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show what is set.
    Show,
    /// Change it, also while the server runs. An empty value goes back to the default.
    Set(Box<Set>),
}

/// What can be set; what is not named stays as it is.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
pub struct Set {
    /// What the company is called.
    #[arg(long)]
    name: Option<String>,
    /// The first sentence on the front page, such as "Ask the people who weld your bike."
    #[arg(long)]
    headline: Option<String>,
    /// What the company does, in a sentence or two.
    #[arg(long)]
    description: Option<String>,
    /// The company's web site; it can prove its brands by linking back with rel=me.
    #[arg(long)]
    website: Option<String>,
    /// The company's colour, such as #f2572b. Colours for reading are derived from it.
    #[arg(long)]
    colour: Option<String>,
    /// A PNG, JPEG, WebP or SVG of 64 KiB at most.
    #[arg(long, value_name = "FILE")]
    logo: Option<PathBuf>,
    /// Go back to the drawn house.
    #[arg(long, conflicts_with = "logo")]
    no_logo: bool,
    /// Whether people may sign up who were not invited: open, approval (somebody here says yes to each), or closed.
    #[arg(long, value_enum)]
    registrations: Option<NewRegistrations>,
    /// Who answers for this server, a Markdown file.
    #[arg(long, value_name = "FILE")]
    imprint: Option<PathBuf>,
    /// What becomes of data, a Markdown file.
    #[arg(long, value_name = "FILE")]
    privacy: Option<PathBuf>,
    /// The house rules, a Markdown file.
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
}

/// Whether people may sign up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum NewRegistrations {
    /// Whoever confirms their e-mail address has an account.
    Open,
    /// They have one when somebody here said yes, too.
    Approval,
    /// They may not.
    Closed,
}

impl From<NewRegistrations> for Registrations {
    fn from(new: NewRegistrations) -> Self {
        match new {
            NewRegistrations::Open => Self::Open,
            NewRegistrations::Approval => Self::Approval,
            NewRegistrations::Closed => Self::Closed,
        }
    }
}

pub async fn run(desk: &Desk, command: Command) -> Result<()> {
    match command {
        Command::Show => show(desk).await,
        Command::Set(set) => change(desk, *set).await,
    }
}

async fn show(desk: &Desk) -> Result<()> {
    let domain = desk.site.domain.clone();
    let read = desk.db.read(move |conn| {
        let texts = org::LEGAL_TEXTS.iter().map(|text| Ok((text.as_str(), text.html(conn)?)));
        let texts: Vec<_> = texts.collect::<Result<_>>()?;
        Ok((org::company(conn, &domain)?, texts))
    });
    let (company, texts) = read.await?;
    let or_default = |value: &Option<String>| value.clone().unwrap_or_else(|| "(default)".to_owned());
    say(format_args!("name         {}", company.name));
    say(format_args!("headline     {}", or_default(&company.headline)));
    say(format_args!("description  {}", or_default(&company.description)));
    say(format_args!("website      {}", or_default(&company.website)));
    say(format_args!("colour       {}", company.colour));
    say(format_args!("logo         {}", or_default(&company.logo.map(|logo| logo.file_name()))));
    say(format_args!("registrations {}", company.registrations));
    for (name, html) in texts {
        let beginning = html.map(|html| beginning(&text::plain(&html)));
        say(format_args!("{name:<12} {}", beginning.as_deref().unwrap_or("(none)")));
    }
    say(format_args!("pages        {}/", desk.site.base_url));
    Ok(())
}

/// The first line of a text, and so much of it that a terminal shows it in one.
fn beginning(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut shown: String = line.chars().take(60).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

async fn change(desk: &Desk, set: Set) -> Result<()> {
    let texts =
        [(LegalText::Imprint, &set.imprint), (LegalText::Privacy, &set.privacy), (LegalText::Rules, &set.rules)];
    let mut legal = Vec::new();
    for (kind, path) in texts {
        if let Some(path) = path {
            let source = String::from_utf8(read(path)?)
                .map_err(|_| Error::invalid("company.legal", format!("{} is not text in UTF-8.", path.display())))?;
            legal.push((kind, source));
        }
    }
    let logo = set.logo.as_deref().map(read).transpose()?;
    let edit = Edit {
        name: set.name,
        headline: set.headline,
        description: set.description,
        website: set.website,
        colour: set.colour,
        legal,
    };
    let (no_logo, registrations) = (set.no_logo, set.registrations.map(Registrations::from));
    desk.db
        .write(move |tx| {
            org::edit_company(tx, &edit)?;
            if let Some(registrations) = registrations {
                org::set_registrations(tx, None, registrations)?;
            }
            match &logo {
                Some(content) => org::set_logo(tx, content).map(drop),
                None if no_logo => org::remove_logo(tx),
                None => Ok(()),
            }
        })
        .await?;
    say(format_args!("Changed. Look at {}/", desk.site.base_url));
    if registrations.is_some_and(|registrations| registrations != Registrations::Closed) {
        say(format_args!("People sign up at {}/sign-up, and confirm their address by a letter.", desk.site.base_url));
        if desk.config.mail.smtp_url.is_none() {
            say("warning: mail.smtp_url is not set, so letters go into files and reach nobody.");
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path)
        .map_err(|error| Error::invalid("company.file", format!("{} cannot be read.", path.display())).because(error))
}
