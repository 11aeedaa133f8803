//! From a handle to an actor's id, and whether the two agree.

use serde_json::Value;
use url::Url;

use super::{Budget, document};
use crate::{
    app::App,
    domain::servers,
    error::{Error, Result},
    federation::incoming::values::{id_of, list, parse, text},
    net::{content_type, host_of},
};

/// What a handle leads to.
#[derive(Debug, Clone)]
pub(super) struct Finger {
    /// The handle as its server writes it.
    pub username: String,
    /// Its host.
    pub host: String,
    /// The actor's id.
    pub uri: String,
    /// The ids of others with the same handle.
    others: Vec<String>,
}

impl Finger {
    /// Whether the handle leads to this actor.
    pub(super) fn leads_to(&self, uri: &str) -> bool {
        self.uri == uri || self.others.iter().any(|other| other == uri)
    }

    /// To whom it leads besides.
    pub(super) fn besides(&self, uri: &str) -> Vec<String> {
        let all = self.others.iter().chain([&self.uri]);
        all.filter(|other| *other != uri).cloned().collect()
    }
}

/// How many actors besides the first may have one handle.
const NAMESAKES: usize = 4;

fn wrong() -> Error {
    Error::not_found("webfinger.none", "There is no such account.")
}

/// https, but for test servers where http is allowed.
pub fn scheme(app: &App, host: &str) -> &'static str {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let local = name == "localhost"
        || name.ends_with(".localhost")
        || name.ends_with(".test")
        || name.starts_with("127.")
        || name == "[::1]";
    if app.config.federation.allow_http && local { "http" } else { "https" }
}

/// A way into somebody's own server, from which they act there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// What it is for: an intent of FEP-3b86, or OStatus's subscribe.
    pub rel: String,
    /// An address with `{…}` in it.
    pub template: String,
}

/// The doors of the server of a handle, and the hosts on which they may be: the one of the handle, and the one that
/// answered for it.
pub async fn doors(app: &App, username: &str, host: &str) -> Result<(Vec<Door>, [String; 2])> {
    let host = servers::normalise(host)?;
    let mut budget = Budget::of(2);
    let (answer, answered_by) = read(app, username, &host, &mut budget).await?;
    let door = |link: &Value| {
        let template = text(link, "template").or_else(|| text(link, "href"))?;
        Some(Door { rel: text(link, "rel")?.to_ascii_lowercase(), template: template.to_owned() })
    };
    Ok((list(&answer, "links").into_iter().filter_map(door).take(64).collect(), [host, answered_by]))
}

/// Asks a host for a handle. A subject on another host is asked there once, and must say the same. One that is blocked
/// is not asked: who claims to be from there is refused.
pub(super) async fn ask(app: &App, username: &str, host: &str, budget: &mut Budget) -> Result<Finger> {
    let first = ask_once(app, username, host, budget).await?;
    if first.host.eq_ignore_ascii_case(host) || app.refuses(&first.host) {
        return Ok(first);
    }
    let second = ask_once(app, &first.username, &first.host, budget).await?;
    if second.uri == first.uri && second.host == first.host { Ok(second) } else { Err(wrong()) }
}

/// For one cause nobody is asked the same twice: who is searched for by their handle is stored under it right afterwards.
async fn ask_once(app: &App, username: &str, host: &str, budget: &mut Budget) -> Result<Finger> {
    let host = servers::normalise(host)?;
    let asked = (username.to_lowercase(), host.clone());
    if let Some((_, finger)) = budget.fingers.iter().find(|(known, _)| *known == asked) {
        return Ok(finger.clone());
    }
    let (answer, _) = read(app, username, &host, budget).await?;
    let finger = read_finger(&answer, username, &host)?;
    budget.fingers.push((asked, finger.clone()));
    Ok(finger)
}

fn read_finger(answer: &Value, username: &str, host: &str) -> Result<Finger> {
    let subject =
        text(answer, "subject").map(|subject| subject.trim_start_matches("acct:").trim_start_matches('@').to_owned());
    let subject = subject.unwrap_or_else(|| format!("{username}@{host}"));
    let (name, subject_host) = subject.split_once('@').ok_or_else(wrong)?;
    let mut uris = list(answer, "links")
        .into_iter()
        .filter(|link| text(link, "rel") == Some("self") && text(link, "type").is_some_and(content_type::is_activity))
        .filter_map(|link| link.get("href").and_then(id_of))
        .map(ToOwned::to_owned);
    let uri = uris.next().ok_or_else(wrong)?;
    let others = uris.take(NAMESAKES).collect();
    Ok(Finger { username: name.to_owned(), host: servers::normalise(subject_host)?, uri, others })
}

/// The answer of a host about a handle, and which host it came from in the end.
async fn read(app: &App, username: &str, host: &str, budget: &mut Budget) -> Result<(Value, String)> {
    if app.refuses(host) {
        return Err(Error::forbidden("server.blocked", "This server is blocked."));
    }
    let mut url = Url::parse(&format!("{}://{host}/.well-known/webfinger", scheme(app, host))).map_err(|_| wrong())?;
    url.query_pairs_mut().append_pair("resource", &format!("acct:{username}@{host}"));
    let fetched = document::get(app, &url, content_type::ACCEPT_JRD, budget).await?;
    if !content_type::is_jrd(fetched.content_type()) {
        return Err(wrong());
    }
    let answer = parse(&fetched.body).map_err(|_| wrong())?;
    Ok((answer, host_of(&fetched.url)))
}
