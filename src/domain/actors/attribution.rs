//! By which sites somebody may be named as the author of a page.

use diesel::prelude::*;

use crate::{
    db::{Among, Conn, Tx, schema::attribution_domains},
    domain::{ActorId, servers},
    error::{Error, Result},
};

/// How many domains somebody here names, and how many of somebody elsewhere are read.
pub const ATTRIBUTION_DOMAINS: usize = 20;

/// A domain as people type it: an address or `*.` before it are passed over, as in Mastodon.
fn domain(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let bare = typed.strip_prefix("https://").or_else(|| typed.strip_prefix("http://")).unwrap_or(typed);
    servers::normalise(bare.strip_prefix("*.").unwrap_or(bare)).ok().filter(|domain| domain.contains('.'))
}

/// The domains among these, each once; what is none is passed over.
pub fn read_attribution_domains<'a>(typed: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for domain in typed.into_iter().filter_map(domain) {
        if found.len() < ATTRIBUTION_DOMAINS && !found.contains(&domain) {
            found.push(domain);
        }
    }
    found
}

/// The domains among what somebody here typed, of which each must be one; empty lines are none.
pub(super) fn check(typed: &[String]) -> Result<Vec<String>> {
    let lines: Vec<&str> = typed.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
    if lines.len() > ATTRIBUTION_DOMAINS {
        let told =
            format!("Validation failed: Attribution domains has {} and may have {ATTRIBUTION_DOMAINS}", lines.len());
        return Err(Error::invalid("profile.attribution", told));
    }
    if let Some(wrong) = lines.iter().find(|line| domain(line).is_none()) {
        let told = format!("Validation failed: Attribution domains: {wrong} is not a valid domain name");
        return Err(Error::invalid("profile.attribution", told));
    }
    Ok(read_attribution_domains(lines))
}

/// The domains whose pages may name this actor as their author.
pub fn attribution_domains(conn: &mut Conn, actor: ActorId) -> Result<Vec<String>> {
    Ok(attribution_domains::table
        .filter(attribution_domains::actor_id.eq(actor))
        .order(attribution_domains::domain)
        .select(attribution_domains::domain)
        .load(conn)?)
}

/// From now on these.
pub(super) fn replace(tx: &mut Tx<'_>, actor: ActorId, domains: &[String]) -> Result<()> {
    let mut known = attribution_domains(tx.conn(), actor)?;
    known.retain(|domain| !domains.contains(domain));
    if !known.is_empty() {
        let gone = attribution_domains::table.filter(attribution_domains::actor_id.eq(actor));
        diesel::delete(gone.filter(attribution_domains::domain.among(known))).execute(tx.conn())?;
    }
    let known = attribution_domains(tx.conn(), actor)?;
    for domain in domains.iter().filter(|domain| !known.contains(domain)) {
        diesel::insert_into(attribution_domains::table)
            .values((attribution_domains::actor_id.eq(actor), attribution_domains::domain.eq(domain)))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Those of these actors whom the page may name as its author that is on the host beside them.
pub fn attributed_among(conn: &mut Conn, named: &[(ActorId, String)]) -> Result<Vec<(ActorId, String)>> {
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let actors: Vec<ActorId> = named.iter().map(|(actor, _)| *actor).collect();
    let rows: Vec<(ActorId, String)> = attribution_domains::table
        .filter(attribution_domains::actor_id.among(actors))
        .select((attribution_domains::actor_id, attribution_domains::domain))
        .load(conn)?;
    let agreed = |(actor, host): &&(ActorId, String)| {
        rows.iter().any(|(owner, domain)| owner == actor && servers::covers(std::slice::from_ref(domain), host))
    };
    Ok(named.iter().filter(agreed).cloned().collect())
}

/// Forgets the domains of an actor that goes.
pub fn forget_attribution_of(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    diesel::delete(attribution_domains::table.filter(attribution_domains::actor_id.eq(actor))).execute(tx.conn())?;
    Ok(())
}
