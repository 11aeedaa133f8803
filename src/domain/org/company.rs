//! What a company says of itself on its pages.

use std::collections::HashMap;

use diesel::prelude::*;

use serde_json::json;

use super::{Colour, LogoRef, logo::LOGO_REF, remove_setting, set_setting};
use crate::{
    db::{Among, Conn, Key, Tx, schema::settings},
    domain::{
        AccountId, PostId,
        accounts::{self, HouseRight},
        audit::{About, Act},
    },
    error::{Error, Result},
    text,
};

crate::text_enum! {
    /// A text that the law or good manners ask for.
    LegalText {
        /// Who answers for this server.
        Imprint = "imprint",
        /// What becomes of data.
        Privacy = "privacy",
        /// How people treat each other here.
        Rules = "rules",
    }
}

crate::text_enum! {
    /// Whether people may sign up who were not invited.
    Registrations {
        /// Whoever confirms their address has an account.
        Open = "open",
        /// They have one when somebody here said yes, too.
        Approval = "approval",
        /// They may not.
        Closed = "closed",
    }
}

/// The setting that says whether people may sign up.
const REGISTRATIONS: &str = "registrations";

/// Every legal text, in the order in which they are linked.
pub const LEGAL_TEXTS: &[LegalText] = LegalText::ALL;

/// The longest legal text, in bytes: with it a page stays well below 100 kB.
const LONGEST_TEXT: usize = 32 * 1024;

/// How many rules are told apart.
const RULES: usize = 100;

/// The company as its pages show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// What it is called.
    pub name: String,
    /// The first sentence on its front page, when it has written one.
    pub headline: Option<String>,
    /// What it does, plain text.
    pub description: Option<String>,
    /// Its web site.
    pub website: Option<String>,
    /// Its colour.
    pub colour: Colour,
    /// Its logo.
    pub logo: Option<LogoRef>,
    /// Whether people may sign up who were not invited.
    pub registrations: Registrations,
    /// What stands on top of its pages during a crisis.
    pub statement: Option<Statement>,
}

/// What stands on top of the company's pages during a crisis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// A text, Markdown.
    Text(String),
    /// A public post of a brand.
    Post(PostId),
}

/// The setting that holds a text, and the one that holds the id of a post.
const STATEMENT: (&str, &str) = ("crisis.statement", "crisis.post");

/// Changes to the company; what is `None` stays, what is empty goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in Company")]
pub struct Edit {
    pub name: Option<String>,
    pub headline: Option<String>,
    pub description: Option<String>,
    pub website: Option<String>,
    pub colour: Option<String>,
    /// Markdown.
    pub legal: Vec<(LegalText, String)>,
}

impl LegalText {
    /// The setting that holds its Markdown.
    fn key(self) -> &'static str {
        match self {
            Self::Imprint => "legal.imprint",
            Self::Privacy => "legal.privacy",
            Self::Rules => "legal.rules",
        }
    }

    /// What the company wrote, as clean HTML.
    pub fn html(self, conn: &mut Conn) -> Result<Option<String>> {
        let links = text::Links { mention: &|_, _| None, hashtag: &|name| format!("/tags/{name}") };
        let source = super::setting(conn, self.key())?;
        Ok(source.map(|source| text::render(&source, text::Format::Markdown, &links).html))
    }
}

/// What the company asks of people: each item of its rules, or all of them as one where they are no list.
pub fn rules(conn: &mut Conn) -> Result<Vec<String>> {
    let Some(source) = super::setting(conn, LegalText::Rules.key())? else { return Ok(Vec::new()) };
    let item = |line: &str| {
        let line = line.trim_start();
        let rest = line
            .strip_prefix(['-', '*', '+'])
            .or_else(|| line.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix(['.', ')']))?;
        let text = rest.strip_prefix(' ')?.trim();
        (!text.is_empty()).then(|| plain(text))
    };
    let items: Vec<String> = source.lines().filter_map(item).take(RULES).collect();
    Ok(if items.is_empty() { vec![plain(&source)] } else { items })
}

fn plain(markdown: &str) -> String {
    let links = text::Links { mention: &|_, _| None, hashtag: &|name| format!("/tags/{name}") };
    text::plain(&text::render(markdown, text::Format::Markdown, &links).html)
}

/// The company; `fallback` names it where it has no name yet. One query.
pub fn company(conn: &mut Conn, fallback: &str) -> Result<Company> {
    let keys =
        ["name", "headline", "description", "website", "colour", LOGO_REF, REGISTRATIONS, STATEMENT.0, STATEMENT.1];
    let rows: Vec<(String, String)> =
        settings::table.filter(settings::key.among(keys)).select((settings::key, settings::value)).load(conn)?;
    let mut rows: HashMap<String, String> = rows.into_iter().collect();
    Ok(Company {
        name: rows.remove("name").unwrap_or_else(|| fallback.to_owned()),
        headline: rows.remove("headline"),
        description: rows.remove("description"),
        website: rows.remove("website"),
        colour: rows.remove("colour").and_then(|hex| hex.parse().ok()).unwrap_or(Colour::DEFAULT),
        logo: rows.remove(LOGO_REF).and_then(|reference| LogoRef::parse(&reference)),
        registrations: read_registrations(rows.remove(REGISTRATIONS).as_deref()),
        statement: match (rows.remove(STATEMENT.0), rows.remove(STATEMENT.1)) {
            (Some(text), _) => Some(Statement::Text(text)),
            (None, post) => post.and_then(|id| id.parse().ok()).map(Statement::Post),
        },
    })
}

/// What nobody set is closed.
fn read_registrations(stored: Option<&str>) -> Registrations {
    stored.and_then(|stored| stored.parse().ok()).unwrap_or(Registrations::Closed)
}

/// Whether people may sign up who were not invited.
pub fn registrations(conn: &mut Conn) -> Result<Registrations> {
    Ok(read_registrations(super::setting(conn, REGISTRATIONS)?.as_deref()))
}

/// The same, for somebody who may change it.
pub fn registrations_for(conn: &mut Conn, by: AccountId) -> Result<Registrations> {
    accounts::get(conn, by)?.need(HouseRight::ChangeRegistrations)?;
    registrations(conn)
}

/// Says whether people may sign up. Who waits already goes on waiting. `by` is nobody for the command line.
pub fn set_registrations(tx: &mut Tx<'_>, by: Option<AccountId>, registrations: Registrations) -> Result<()> {
    if let Some(person) = by {
        accounts::get(tx.conn(), person)?.need(HouseRight::ChangeRegistrations)?;
    }
    tx.lock(Key(REGISTRATIONS, &[]))?;
    let before = self::registrations(tx.conn())?;
    if before == registrations {
        return Ok(());
    }
    set_setting(tx, REGISTRATIONS, registrations.as_str())?;
    let details = json!({ "registrations": registrations, "before": before });
    super::note(tx, Act::RegistrationsChanged, About::Company, details)
}

/// Refuses who may not change what the company says of itself, nor how it looks.
pub fn need_to_change(conn: &mut Conn, by: AccountId) -> Result<()> {
    accounts::get(conn, by)?.need(HouseRight::ChangeCompany)
}

/// Changes what the company says of itself.
pub fn edit_company(tx: &mut Tx<'_>, edit: &Edit) -> Result<()> {
    if let Some(name) = &edit.name {
        let name = one_line(name, 100, "name")?;
        if name.is_empty() {
            return Err(Error::invalid("company.name", "The company needs a name of 1 to 100 characters."));
        }
        set_setting(tx, "name", &name)?;
    }
    if let Some(headline) = &edit.headline {
        keep(tx, "headline", &one_line(headline, 120, "headline")?)?;
    }
    if let Some(description) = &edit.description {
        keep(tx, "description", &one_line(description, 500, "description")?)?;
    }
    if let Some(website) = &edit.website {
        let website = website.trim();
        let address = if website.is_empty() { Some(String::new()) } else { text::http_url(website) };
        let address =
            address.ok_or_else(|| Error::invalid("company.website", "A web site begins with https:// or http://."))?;
        keep(tx, "website", &address)?;
    }
    if let Some(colour) = &edit.colour {
        let colour = colour.trim();
        let hex = if colour.is_empty() { String::new() } else { colour.parse::<Colour>()?.to_string() };
        keep(tx, "colour", &hex)?;
    }
    for (kind, source) in &edit.legal {
        if source.len() > LONGEST_TEXT {
            return Err(Error::invalid("company.legal", format!("The {kind} may have 32 KiB at most.")));
        }
        keep(tx, kind.key(), source.trim())?;
    }
    let fields = [
        ("name", edit.name.is_some()),
        ("headline", edit.headline.is_some()),
        ("description", edit.description.is_some()),
        ("website", edit.website.is_some()),
        ("colour", edit.colour.is_some()),
    ];
    let named = fields.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name);
    let changed: Vec<&str> = named.chain(edit.legal.iter().map(|(kind, _)| kind.as_str())).collect();
    changed_fields(tx, &changed)
}

/// Puts something on top of the company's pages, in place of what stood there; nothing takes it away.
pub fn set_statement(tx: &mut Tx<'_>, statement: Option<&Statement>) -> Result<()> {
    let (text, post) = match statement {
        Some(Statement::Text(text)) => (text.clone(), String::new()),
        Some(Statement::Post(post)) => (String::new(), post.to_string()),
        None => (String::new(), String::new()),
    };
    keep(tx, STATEMENT.0, &text)?;
    keep(tx, STATEMENT.1, &post)
}

/// Writes down which parts of what the company says of itself were changed; nothing where none was.
pub(super) fn changed_fields(tx: &mut Tx<'_>, changed: &[&str]) -> Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    super::note(tx, Act::CompanyChanged, About::Company, json!({ "changed": changed }))
}

fn keep(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<()> {
    if value.is_empty() { remove_setting(tx, key) } else { set_setting(tx, key, value) }
}

fn one_line(text: &str, longest: usize, what: &str) -> Result<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > longest || line.chars().any(char::is_control) {
        return Err(Error::invalid("company.text", format!("The {what} may have {longest} characters at most.")));
    }
    Ok(line)
}
