//! Who is owed an activity: distinct inboxes, shared ones first.

use diesel::prelude::*;
use url::Url;

use crate::{
    db::{
        Conn,
        schema::{activities, deliveries},
    },
    domain::{ActorId, actors, follows},
    error::Result,
    net::host_of,
};

/// The inboxes of these actors of other servers, and of the author's followers when they are addressed.
pub fn inboxes(conn: &mut Conn, author: ActorId, followers: bool, named: &[ActorId]) -> Result<Vec<(String, String)>> {
    let mut found = if followers { follows::follower_inboxes(conn, author)? } else { Vec::new() };
    for actor in actors::get_many(conn, named)? {
        if !actor.is_local() && actor.deleted_at.is_none() {
            found.push((actor.host.clone(), actor.best_inbox().to_owned()));
        }
    }
    Ok(distinct(found))
}

/// The inboxes that earlier got something about this object: whoever has a copy must hear that it changed.
pub fn who_has(conn: &mut Conn, object_uri: &str) -> Result<Vec<(String, String)>> {
    Ok(deliveries::table
        .inner_join(activities::table)
        .filter(activities::object_uri.eq(object_uri))
        .filter(activities::kind.eq_any(["Create", "Update"]))
        .select((deliveries::host, deliveries::inbox))
        .distinct()
        .load(conn)?)
}

/// Each inbox once, under the host that is really posted to.
pub fn distinct(found: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut inboxes: Vec<(String, String)> =
        found.into_iter().filter_map(|(_, inbox)| Url::parse(&inbox).ok().map(|url| (host_of(&url), inbox))).collect();
    inboxes.sort();
    inboxes.dedup();
    inboxes
}
