//! Other servers that we know: whether we talk to them, and how well that goes.

mod limited;
mod refused;

use std::time::Duration;

use diesel::prelude::*;

pub use limited::{Limit, limit, limit_of, list_limited, set_limited, unlimit};
pub use refused::{is_refused, keep_shown, origin, settle};
use serde_json::json;

use crate::{
    db::{
        Among, Conn, Key, Signal, Timestamp, Tx,
        schema::{actors, deliveries, servers},
    },
    domain::{
        Site,
        audit::{self, About, Act, Entry},
    },
    error::{Error, Result},
    on_conn,
};

/// A server that failed is not tried again sooner than this because it writes to us: it may write and take nothing.
const CALM: Duration = Duration::from_secs(60);

/// Who is from a refused or limited server is worked out again under this lock, after it was written which are. Whoever
/// stores an actor takes part in it: the block sees the actor, or the actor the block.
const REFUSED: Key<'_> = Key("servers.refused", &[]);

/// What we know of another server.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = servers)]
pub struct Server {
    /// Host, with a port only when it is not the usual one; lower case.
    pub host: String,
    /// We refuse everything from it and send nothing to it.
    pub blocked: bool,
    /// Since when.
    pub blocked_at: Option<Timestamp>,
    /// Why, for other operators.
    pub block_reason: Option<String>,
    /// `name version` from its NodeInfo.
    pub software: Option<String>,
    /// The signature scheme that it accepted last: `cavage` or `rfc9421`.
    pub signature_scheme: Option<String>,
    /// It checks signed GETs without the query.
    pub get_without_query: bool,
    /// Failed deliveries in a row.
    pub failures: i32,
    /// Nothing is sent to it before this moment.
    pub paused_until: Timestamp,
    /// It asked for that itself, so hearing from it does not end the pause.
    pub pause_asked: bool,
    /// When a delivery last succeeded.
    pub last_success_at: Option<Timestamp>,
    /// When a delivery last failed.
    pub last_failure_at: Option<Timestamp>,
    /// What the last failure was, until something goes well again.
    pub last_error: Option<String>,
    /// When we first or last heard of it.
    pub seen_at: Timestamp,
    /// Since when only those find its actors who follow them.
    pub limited_at: Option<Timestamp>,
    /// Why, for other operators.
    pub limit_reason: Option<String>,
}

crate::text_enum! {
    /// How it stands with a server.
    State {
        /// We refuse it.
        Blocked = "blocked",
        /// It did not answer; nothing is sent for a while.
        Paused = "paused",
        /// It did not answer last.
        Failing = "failing",
        /// Nothing is wrong.
        Fine = "fine",
    }
}

impl Server {
    /// How it stands with the server.
    pub fn state(&self, now: Timestamp) -> State {
        match self {
            Self { blocked: true, .. } => State::Blocked,
            Self { paused_until, .. } if *paused_until > now => State::Paused,
            Self { failures, .. } if *failures > 0 => State::Failing,
            _ => State::Fine,
        }
    }
}

/// Servers by name, behind the name `after`; only those in this state where one is given.
pub fn page(conn: &mut Conn, state: Option<State>, after: &str, now: Timestamp, limit: i64) -> Result<Vec<Server>> {
    let mut query = servers::table
        .filter(servers::host.gt(after))
        .order(servers::host.asc())
        .limit(limit)
        .select(Server::as_select())
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(servers::blocked.eq(state == State::Blocked));
    }
    query = match state {
        Some(State::Paused) => query.filter(servers::paused_until.gt(now)),
        Some(State::Failing) => query.filter(servers::paused_until.le(now)).filter(servers::failures.gt(0)),
        Some(State::Fine) => query.filter(servers::paused_until.le(now)).filter(servers::failures.eq(0)),
        Some(State::Blocked) | None => query,
    };
    Ok(query.load(conn)?)
}

/// The server of `host`, when we have heard of it.
pub fn find(conn: &mut Conn, host: &str) -> Result<Option<Server>> {
    Ok(servers::table.find(host).select(Server::as_select()).first(conn).optional()?)
}

/// Every server, worst health first.
pub fn list(conn: &mut Conn, limit: i64) -> Result<Vec<Server>> {
    Ok(servers::table
        .order((servers::blocked.desc(), servers::failures.desc(), servers::host.asc()))
        .limit(limit)
        .select(Server::as_select())
        .load(conn)?)
}

/// Hosts that took something from us lately, the last one first.
pub fn list_healthy(conn: &mut Conn, limit: i64) -> Result<Vec<String>> {
    Ok(servers::table
        .filter(servers::blocked.eq(false))
        .filter(servers::failures.eq(0))
        .filter(servers::last_success_at.is_not_null())
        .order(servers::last_success_at.desc())
        .limit(limit)
        .select(servers::host)
        .load(conn)?)
}

/// The signature schemes that these hosts accepted last, where that is known.
pub fn signature_schemes(conn: &mut Conn, hosts: &[String]) -> Result<Vec<(String, String)>> {
    Ok(servers::table
        .filter(servers::host.among(hosts.to_vec()))
        .filter(servers::signature_scheme.is_not_null())
        .select((servers::host, servers::signature_scheme.assume_not_null()))
        .load(conn)?)
}

/// Which of these hosts are paused, and until when.
pub fn pauses(conn: &mut Conn, hosts: &[&str], now: Timestamp) -> Result<Vec<(String, Timestamp)>> {
    Ok(servers::table
        .filter(servers::host.among(hosts.to_vec()))
        .filter(servers::paused_until.gt(now))
        .select((servers::host, servers::paused_until))
        .load(conn)?)
}

/// How many servers we have heard of.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(servers::table.count().get_result(conn)?)
}

/// The names of the servers that are known and not refused, nor below one that is, by name.
pub fn peers(conn: &mut Conn, limit: i64) -> Result<Vec<String>> {
    let known = servers::table.filter(servers::blocked.eq(false)).order(servers::host).limit(limit);
    let mut known: Vec<String> = known.select(servers::host).load(conn)?;
    let blocked = list_blocked(conn)?;
    known.retain(|host| !covers(&blocked, host));
    Ok(known)
}

/// Hosts that are blocked. A block of `example.com` also covers `social.example.com`.
pub fn list_blocked(conn: &mut Conn) -> Result<Vec<String>> {
    Ok(servers::table.filter(servers::blocked.eq(true)).order(servers::host).select(servers::host).load(conn)?)
}

/// Whether a list of blocked hosts covers `host`.
pub fn covers(blocked: &[String], host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    blocked.iter().any(|entry| {
        entry == host || entry == name || name.strip_suffix(entry.as_str()).is_some_and(|rest| rest.ends_with('.'))
    })
}

/// Whether we refuse to talk with `host`.
pub fn is_blocked(conn: &mut Conn, host: &str) -> Result<bool> {
    let query = servers::table.filter(servers::host.among(above(host))).filter(servers::blocked.eq(true));
    Ok(diesel::select(diesel::dsl::exists(query)).get_result(conn)?)
}

/// The blocked hosts that may cover one of these, for [`covers`].
pub fn blocked_above(conn: &mut Conn, hosts: &[String]) -> Result<Vec<String>> {
    if hosts.is_empty() {
        return Ok(Vec::new());
    }
    let mut names: Vec<String> = hosts.iter().flat_map(|host| above(host)).collect();
    names.sort();
    names.dedup();
    let blocked = servers::table.filter(servers::host.among(names)).filter(servers::blocked.eq(true));
    Ok(blocked.select(servers::host).load(conn)?)
}

/// A host and every domain above it.
fn above(host: &str) -> Vec<String> {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let mut names = vec![host.to_owned(), name.to_owned()];
    let mut rest = name;
    while let Some((_, parent)) = rest.split_once('.') {
        names.push(parent.to_owned());
        rest = parent;
    }
    names
}

/// Refuses to block or limit ourselves, and, unless it is meant, everything below an ending such as `com`. Both cover
/// what is below a domain, too. `host` is as [`normalise`] has it.
pub fn may_judge(site: &Site, host: &str, all_below: bool) -> Result<()> {
    let below = format!(".{host}");
    let us = [site.domain.as_str(), site.host()];
    if us.iter().any(|us| *us == host || us.ends_with(&below)) {
        let said = format!("{host} is this server, or a domain above it. It cannot refuse or limit itself.");
        return Err(Error::invalid("server.ourselves", said));
    }
    if !all_below && !host.contains(['.', ':']) {
        let said = format!(
            "“{host}” is no server: this would mean every server whose name ends in {below}. Name one, such as \
             social.example, or say --all-below on the command line."
        );
        return Err(Error::invalid("server.all_below", said));
    }
    Ok(())
}

/// Refuses a server at every door from now on; what is still owed to it is dropped by delivery. What came from it
/// before is kept, and not shown.
pub fn block(tx: &mut Tx<'_>, host: &str, reason: Option<&str>) -> Result<()> {
    let host = normalise(host)?;
    let now = tx.now();
    on_conn!(tx.conn(), |c| diesel::insert_into(servers::table)
        .values((
            servers::host.eq(&host),
            servers::blocked.eq(true),
            servers::blocked_at.eq(now),
            servers::block_reason.eq(reason),
            servers::seen_at.eq(now),
        ))
        .on_conflict(servers::host)
        .do_update()
        .set((servers::blocked.eq(true), servers::blocked_at.eq(now), servers::block_reason.eq(reason)))
        .execute(c))?;
    tx.lock(REFUSED)?;
    refused::hide(tx, &host)?;
    tx.signal(Signal { topic: "servers", kind: "update", id: 0 });
    let (act, about) = (Act::ServerBlocked, About::Server(&host));
    audit::record(tx, &Entry { act, about, brand: None, reason, details: json!({}) })
}

/// Talks to a server again, and shows what came from it. Answers whether it was blocked.
pub fn allow(tx: &mut Tx<'_>, host: &str) -> Result<bool> {
    let host = normalise(host)?;
    let allowed = diesel::update(servers::table.find(&host).filter(servers::blocked.eq(true)))
        .set((
            servers::blocked.eq(false),
            servers::blocked_at.eq(None::<Timestamp>),
            servers::block_reason.eq(None::<String>),
        ))
        .execute(tx.conn())?;
    tx.lock(REFUSED)?;
    refused::show(tx)?;
    tx.signal(Signal { topic: "servers", kind: "update", id: 0 });
    if allowed > 0 {
        let (act, about) = (Act::ServerAllowed, About::Server(&host));
        audit::record(tx, &Entry { act, about, brand: None, reason: None, details: json!({}) })?;
    }
    Ok(allowed > 0)
}

/// Remembers that a delivery succeeded, and with which signature scheme; ends a pause, and what was wrong is over.
pub fn succeeded(tx: &mut Tx<'_>, host: &str, scheme: &str) -> Result<()> {
    let now = tx.now();
    on_conn!(tx.conn(), |c| diesel::insert_into(servers::table)
        .values((
            servers::host.eq(host),
            servers::signature_scheme.eq(scheme),
            servers::last_success_at.eq(now),
            servers::seen_at.eq(now),
        ))
        .on_conflict(servers::host)
        .do_update()
        .set((
            servers::signature_scheme.eq(scheme),
            servers::last_success_at.eq(now),
            servers::failures.eq(0),
            servers::paused_until.eq(Timestamp(0)),
            servers::pause_asked.eq(false),
            servers::last_error.eq(None::<String>),
        ))
        .execute(c))?;
    Ok(())
}

/// How long nothing is sent to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// As long as we think right.
    Ours(Duration),
    /// As long as the server asked for.
    Asked(Duration),
}

/// Remembers that a delivery failed for a reason that is the server's, and pauses it.
pub fn failed(tx: &mut Tx<'_>, host: &str, error: &str, pause: Pause) -> Result<()> {
    let now = tx.now();
    let (until, asked) = match pause {
        Pause::Ours(length) => (now.plus(length), false),
        Pause::Asked(length) => (now.plus(length), true),
    };
    on_conn!(tx.conn(), |c| diesel::insert_into(servers::table)
        .values((
            servers::host.eq(host),
            servers::failures.eq(1),
            servers::paused_until.eq(until),
            servers::pause_asked.eq(asked),
            servers::last_failure_at.eq(now),
            servers::last_error.eq(error),
            servers::seen_at.eq(now),
        ))
        .on_conflict(servers::host)
        .do_update()
        .set((
            servers::failures.eq(servers::failures + 1),
            servers::paused_until.eq(until),
            servers::pause_asked.eq(asked),
            servers::last_failure_at.eq(now),
            servers::last_error.eq(error),
        ))
        .execute(c))?;
    Ok(())
}

/// A signed activity arrived from a host that was failing: it lives, so its pause ends soon, `CALM` after its last
/// failure. Answers when, if there was something to end. A pause that the server asked for lasts as long as it asked.
pub fn heard_from(tx: &mut Tx<'_>, host: &str) -> Result<Option<Timestamp>> {
    let now = tx.now();
    let failing = servers::table
        .find(host)
        .filter(servers::failures.gt(0))
        .filter(servers::pause_asked.eq(false).or(servers::paused_until.le(now)));
    // Every activity asks this, and hardly any server was failing: looking is cheaper than writing nothing.
    let found: Option<(Timestamp, Option<Timestamp>)> =
        failing.select((servers::paused_until, servers::last_failure_at)).first(tx.conn()).optional()?;
    let Some((paused_until, failed_at)) = found else { return Ok(None) };
    let until = failed_at.map_or(now, |at| at.plus(CALM)).min(paused_until).max(now);
    let healed = (
        servers::failures.eq(0),
        servers::paused_until.eq(until),
        servers::pause_asked.eq(false),
        servers::last_error.eq(None::<String>),
    );
    Ok((diesel::update(failing).set(healed).execute(tx.conn())? > 0).then_some(until))
}

/// Forgets up to `limit` servers of which nothing was heard since a moment and nobody here knows anybody, and to
/// which nothing is owed; what is blocked or limited stays. Answers how many.
pub fn prune(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<usize> {
    let known = actors::table.filter(actors::host.eq(servers::host));
    let owed = deliveries::table
        .filter(deliveries::state.among(["waiting", "delivered", "failed"]))
        .filter(deliveries::host.eq(servers::host));
    let idle: Vec<String> = servers::table
        .filter(servers::blocked.eq(false))
        .filter(servers::limited_at.is_null())
        .filter(servers::seen_at.lt(before))
        .filter(servers::last_success_at.is_null().or(servers::last_success_at.assume_not_null().lt(before)))
        .filter(servers::last_failure_at.is_null().or(servers::last_failure_at.assume_not_null().lt(before)))
        .filter(diesel::dsl::not(diesel::dsl::exists(known)))
        .filter(diesel::dsl::not(diesel::dsl::exists(owed)))
        .limit(limit)
        .select(servers::host)
        .load(tx.conn())?;
    Ok(diesel::delete(servers::table.filter(servers::host.among(idle))).execute(tx.conn())?)
}

/// Brings a host name as people type it into the form in which it is stored. What is decided of a domain covers those
/// below it, so a star for them is refused: nobody is called so.
pub fn normalise(host: &str) -> Result<String> {
    let text = host.trim().trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/');
    if text.contains('*') {
        let said = match text.strip_prefix("*.").filter(|domain| !domain.is_empty() && !domain.contains('*')) {
            Some(domain) => format!("Name the domain itself: what is decided of {domain} also holds for all below it."),
            None => format!("“{text}” is not a host name. Give one such as social.example, which covers all below it."),
        };
        return Err(Error::invalid("server.star", said));
    }
    let parsed = url::Url::parse(&format!("https://{text}/"))
        .ok()
        .filter(|url| url.path() == "/" && url.username().is_empty() && url.query().is_none());
    let host = parsed.as_ref().and_then(|url| url.host_str().map(|host| (host, url.port())));
    // `host.` is the same machine as `host`.
    let host = host.map(|(host, port)| (host.strip_suffix('.').unwrap_or(host), port));
    // An empty label is no host's: nobody would be met under it.
    match host.filter(|(host, _)| host.split('.').all(|label| !label.is_empty())) {
        Some((host, Some(port))) => Ok(format!("{host}:{port}")),
        Some((host, None)) => Ok(host.to_owned()),
        None => {
            Err(Error::invalid("server.host", format!("“{text}” is not a host name. Give one such as social.example.")))
        }
    }
}
