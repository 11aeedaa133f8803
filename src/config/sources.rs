//! Where settings come from, and what we say when one cannot be used.

use super::{
    Config,
    section::{Key, Refusal},
};
use crate::error::{Error, Result};
use std::{
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
};
use toml::{Table, Value};

const PREFIX: &str = "GUILDHALL_";

/// Variables with our prefix that are no settings: the path of the file, and what tests and measurements use.
fn is_no_setting(name: &str) -> bool {
    name == "GUILDHALL_CONFIG" || name.starts_with("GUILDHALL_TEST_") || name.starts_with("GUILDHALL_BENCH_")
}

/// Settings whose values never appear in a message.
const SECRET: &[&str] = &["database_url", "secret_key"];

/// Settings given on the command line; they win over every other source.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Overrides {
    /// Read settings from this file instead of ./guildhall.toml
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The address at which people and servers reach this instance
    #[arg(long, global = true, value_name = "URL")]
    pub base_url: Option<String>,
    /// The domain of our handles; not a flag of every command, because `setup` has its own
    #[arg(skip)]
    pub domain: Option<String>,
    /// The address and port to listen on
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// The folder of the database, the secret key and uploaded files
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data_dir: Option<String>,
    /// postgres://… or sqlite:PATH
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Any other setting, such as limits.post_characters=500
    #[arg(long = "set", global = true, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

/// Where a value came from, in words for the operator.
enum Source<'a> {
    File(&'a Path),
    Environment(&'a str),
    Flag(&'a str),
}

impl fmt::Display for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "in {}", path.display()),
            Self::Environment(name) => write!(f, "from the environment variable {name}"),
            Self::Flag(name) => write!(f, "from the flag {name}"),
        }
    }
}

/// Reads all sources in their order.
pub(super) fn read(
    flags: &Overrides,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    folder: &Path,
) -> Result<Config> {
    let mut config = Config::default();
    let mut environment = own_variables(environment)?;
    environment.sort();

    let named = environment.iter().find(|(name, _)| name == "GUILDHALL_CONFIG").map(|(_, path)| Path::new(path));
    if let Some((path, table)) = read_file(flags.config.as_deref().or(named), folder)? {
        take_table(&mut config, &[], &table, &Source::File(&path))?;
    }
    for (name, text) in environment.iter().filter(|(name, _)| !is_no_setting(name)) {
        let source = Source::Environment(name);
        let key = name.strip_prefix(PREFIX).unwrap_or(name);
        // One spelling only, so that two variables cannot contradict each other.
        let key = if key == key.to_ascii_uppercase() { key.to_ascii_lowercase() } else { name.to_owned() };
        take_text(&mut config, &key.split("__").collect::<Vec<_>>(), text, &source)?;
    }
    take_flags(&mut config, flags)?;
    Ok(config)
}

fn own_variables(environment: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Vec<(String, String)>> {
    let ours = environment.into_iter().filter_map(|(name, value)| {
        let name = name.into_string().ok().filter(|name| name.starts_with(PREFIX))?;
        Some((name, value))
    });
    ours.map(|(name, value)| match value.into_string() {
        Ok(value) => Ok((name, value)),
        Err(_) => Err(bad(format!("The environment variable {name} is not valid UTF-8."))),
    })
    .collect()
}

fn read_file(named: Option<&Path>, folder: &Path) -> Result<Option<(PathBuf, Table)>> {
    let path = named.map_or_else(|| folder.join("guildhall.toml"), Path::to_path_buf);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => return Ok(None),
        Err(error) => {
            let path = path.display();
            return Err(Error::invalid(
                "config.unreadable",
                format!("The settings file {path} cannot be read: {error}."),
            ));
        }
    };
    match text.parse::<Table>() {
        Ok(table) => Ok(Some((path, table))),
        Err(error) => {
            // Not the whole error: it would print the line, and the line may hold a secret.
            let line = error.span().map_or(0, |span| text.get(..span.start).unwrap_or("").matches('\n').count() + 1);
            let (path, message) = (path.display(), error.message().trim_end_matches('.'));
            Err(Error::invalid("config.not_toml", format!("{path} is not valid TOML in line {line}: {message}.")))
        }
    }
}

fn take_flags(config: &mut Config, flags: &Overrides) -> Result<()> {
    let named = [
        ("--base-url", "base_url", &flags.base_url),
        ("--domain", "domain", &flags.domain),
        ("--listen", "listen", &flags.listen),
        ("--data-dir", "data_dir", &flags.data_dir),
        ("--database-url", "database_url", &flags.database_url),
    ];
    for (flag, key, value) in named {
        if let Some(value) = value {
            take(config, &[key], &Value::String(value.clone()), &Source::Flag(flag))?;
        }
    }
    for pair in &flags.set {
        let Some((key, text)) = pair.split_once('=') else {
            return Err(bad(format!("--set needs KEY=VALUE, and {} has no =.", shortened(pair))));
        };
        let path: Vec<&str> = key.trim().split('.').collect();
        take_text(config, &path, text, &Source::Flag(&format!("--set {}", key.trim())))?;
    }
    Ok(())
}

/// Takes text as the TOML value it spells, and as plain text where that does not fit.
fn take_text(config: &mut Config, path: &[&str], text: &str, source: &Source<'_>) -> Result<()> {
    if text.is_empty() {
        // An empty value is mostly a secret that some tool failed to fill in: do not run without it.
        let key = path.join(".");
        return Err(bad(format!("{key} ({source}) is empty. Give it a value, or leave it out to use the default.")));
    }
    let plain = Value::String(text.to_owned());
    match as_toml(text) {
        Some(value) => {
            let before = config.clone();
            take(config, path, &value, source).or_else(|error| {
                *config = before;
                // Digits can be text as well: a key in hex, a password, a name.
                take(config, path, &plain, source).map_err(|_| error)
            })
        }
        None => take(config, path, &plain, source),
    }
}

fn as_toml(text: &str) -> Option<Value> {
    // "value = …" with a line break in it could spell more than one key.
    let mut table = format!("value = {text}").parse::<Table>().ok()?;
    let value = table.remove("value")?;
    table.is_empty().then_some(value)
}

fn take_table(config: &mut Config, path: &[&str], table: &Table, source: &Source<'_>) -> Result<()> {
    for (name, value) in table {
        let below: Vec<&str> = path.iter().copied().chain([name.as_str()]).collect();
        take(config, &below, value, source)?;
    }
    Ok(())
}

fn take(config: &mut Config, path: &[&str], value: &Value, source: &Source<'_>) -> Result<()> {
    let section = format!("{}.", path.join("."));
    if let Value::Table(table) = value
        && keys().iter().any(|(name, _)| name.starts_with(&section))
    {
        return take_table(config, path, table, source);
    }
    config.assign(path, value).map_err(|refusal| refused(path, value, source, &refusal))
}

fn refused(path: &[&str], value: &Value, source: &Source<'_>, refusal: &Refusal) -> Error {
    let key = path.join(".");
    match refusal {
        Refusal::Unknown => {
            let key = shortened(&key);
            Error::invalid(
                "config.unknown_key",
                format!("{key} ({source}) is not a setting. The settings there are: {}.", neighbours(path)),
            )
        }
        Refusal::Bad(Key { allowed, .. }) => {
            let shown =
                if SECRET.contains(&key.as_str()) { "[hidden]".to_owned() } else { shortened(&value.to_string()) };
            bad(format!("{key} = {shown} ({source}) cannot be used: it must be {allowed}."))
        }
    }
}

/// The settings that stand where the unknown one was looked for.
fn neighbours(path: &[&str]) -> String {
    let section = path
        .split_last()
        .map_or(String::new(), |(_, parents)| parents.iter().map(|parent| format!("{parent}.")).collect());
    let all = keys();
    let exists = all.iter().any(|(name, _)| name.starts_with(&section));
    let section = if exists { section } else { String::new() };
    let mut names: Vec<&str> = all
        .iter()
        .filter_map(|(name, _)| name.strip_prefix(&section))
        .map(|rest| rest.split('.').next().unwrap_or(rest))
        .collect();
    names.dedup();
    names.join(", ")
}

/// Every setting with its full name.
pub(super) fn keys() -> Vec<(String, &'static Key)> {
    let mut keys = Vec::new();
    Config::list_keys("", &mut keys);
    keys
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 100 { text.to_owned() } else { text.chars().take(100).chain(['…']).collect() }
}

fn bad(sentence: String) -> Error {
    Error::invalid("config.bad_value", sentence)
}
