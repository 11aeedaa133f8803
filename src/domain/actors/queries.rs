//! Looking actors up.

use diesel::{dsl, prelude::*};

use super::{Actor, ActorKind};
use crate::{
    db::{
        Among, Conn,
        schema::{actors, doubtful_handles, follows, limited_actors, refused_actors},
    },
    domain::{ActorId, Site},
    error::{Error, Result},
};

/// The actor of this id, in whatever state.
pub fn find(conn: &mut Conn, id: ActorId) -> Result<Option<Actor>> {
    Ok(actors::table.find(id).select(Actor::as_select()).first(conn).optional()?)
}

/// The actor of this id; not found when there is none or it was deleted.
pub fn get(conn: &mut Conn, id: ActorId) -> Result<Actor> {
    find(conn, id)?
        .filter(|actor| actor.deleted_at.is_none())
        .ok_or_else(|| Error::not_found("actor.not_found", "There is no such account."))
}

/// All actors of these ids, in no order.
pub fn get_many(conn: &mut Conn, ids: &[ActorId]) -> Result<Vec<Actor>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(actors::table.filter(actors::id.among(ids.to_vec())).select(Actor::as_select()).load(conn)?)
}

/// The actor with this ActivityPub id.
pub fn find_by_uri(conn: &mut Conn, uri: &str) -> Result<Option<Actor>> {
    Ok(actors::table.filter(actors::uri.eq(uri)).select(Actor::as_select()).first(conn).optional()?)
}

/// All known actors with these ActivityPub ids, in no order.
pub fn find_by_uris(conn: &mut Conn, uris: &[String]) -> Result<Vec<Actor>> {
    if uris.is_empty() {
        return Ok(Vec::new());
    }
    Ok(actors::table.filter(actors::uri.among(uris.to_vec())).select(Actor::as_select()).load(conn)?)
}

/// One of our own by username, whatever its case; also when deleted, so that it can answer 410.
pub fn find_local(conn: &mut Conn, username: &str) -> Result<Option<Actor>> {
    find_by_handle(conn, username, "")
}

/// Who holds the handle of this username and host (`""` for our own), whatever the case. Of several, as Lemmy has a
/// person and a community of one name, the one heard of last.
pub fn find_by_handle(conn: &mut Conn, username: &str, host: &str) -> Result<Option<Actor>> {
    Ok(actors::table
        .filter(actors::username_key.eq(username.to_lowercase()))
        .filter(actors::host.eq(host.to_lowercase()))
        .filter(dsl::not(dsl::exists(doubtful_handles::table.filter(doubtful_handles::actor_id.eq(actors::id)))))
        .order(actors::id.desc())
        .select(Actor::as_select())
        .first(conn)
        .optional()?)
}

/// Whoever holds an address as people type it: `ana`, `@ana`, `ana@host`; our own also with our domain. Nobody who was
/// deleted.
pub fn find_by_address(conn: &mut Conn, site: &Site, typed: &str) -> Result<Option<Actor>> {
    let handle = typed.trim().trim_start_matches('@');
    let (username, host) = handle.split_once('@').unwrap_or((handle, ""));
    let host = if site.is_our_host(host) { "" } else { host };
    Ok(find_by_handle(conn, username, host)?.filter(|actor| actor.deleted_at.is_none()))
}

/// The actor that speaks for the server itself: it signs fetches.
pub fn instance_actor(conn: &mut Conn) -> Result<Option<Actor>> {
    Ok(actors::table
        .filter(actors::host.eq(""))
        .filter(actors::kind.eq(ActorKind::Application))
        .order(actors::id.asc())
        .select(Actor::as_select())
        .first(conn)
        .optional()?)
}

/// Our own actors but for the server's, oldest first.
pub fn list_local(conn: &mut Conn, limit: i64) -> Result<Vec<Actor>> {
    Ok(actors::table
        .filter(actors::host.eq(""))
        .filter(actors::kind.ne(ActorKind::Application))
        .filter(actors::deleted_at.is_null())
        .order(actors::id.asc())
        .limit(limit)
        .select(Actor::as_select())
        .load(conn)?)
}

/// Everyone who ever was here, by id.
pub fn list_local_ids(conn: &mut Conn) -> Result<Vec<ActorId>> {
    Ok(actors::table.filter(actors::host.eq("")).order(actors::id).select(actors::id).load(conn)?)
}

/// Our brands, oldest first.
pub fn list_brands(conn: &mut Conn, limit: i64) -> Result<Vec<Actor>> {
    Ok(actors::table
        .filter(actors::host.eq(""))
        .filter(actors::kind.among([ActorKind::Organization, ActorKind::Group]))
        .filter(actors::suspended_at.is_null())
        .filter(actors::deleted_at.is_null())
        .order(actors::id.asc())
        .limit(limit)
        .select(Actor::as_select())
        .load(conn)?)
}

/// Our own actors whom search engines may list, oldest first; nobody who is limited.
pub fn list_indexable(conn: &mut Conn, limit: i64) -> Result<Vec<Actor>> {
    Ok(actors::table
        .filter(actors::host.eq(""))
        .filter(actors::kind.ne(ActorKind::Application))
        .filter(actors::indexable.eq(true))
        .filter(dsl::not(dsl::exists(limited_actors::table.find(actors::id))))
        .filter(actors::suspended_at.is_null())
        .filter(actors::deleted_at.is_null())
        .order(actors::id.asc())
        .limit(limit)
        .select(Actor::as_select())
        .load(conn)?)
}

/// In which order people are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectoryOrder {
    /// Who wrote last first, and who never wrote after them, as in Mastodon.
    Active,
    /// Who came last first.
    New,
}

/// Our own who let themselves be found, and are not limited.
pub fn directory(conn: &mut Conn, order: DirectoryOrder, limit: i64, offset: i64) -> Result<Vec<Actor>> {
    let listed = actors::table
        .filter(actors::host.eq(""))
        .filter(actors::kind.ne(ActorKind::Application))
        .filter(actors::discoverable.eq(true))
        .filter(dsl::not(dsl::exists(limited_actors::table.find(actors::id))))
        .filter(actors::suspended_at.is_null())
        .filter(actors::deleted_at.is_null())
        .limit(limit)
        .offset(offset)
        .select(Actor::as_select())
        .into_boxed();
    let listed = match order {
        // The databases disagree where nothing stands.
        DirectoryOrder::Active => {
            listed.order((actors::last_post_at.is_null(), actors::last_post_at.desc(), actors::id.desc()))
        }
        DirectoryOrder::New => listed.order(actors::id.desc()),
    };
    Ok(listed.load(conn)?)
}

/// How many of our own there are, and how many of those posted since `since`: how large this server is, for NodeInfo and
/// apps. As in Mastodon who is limited counts, and who is suspended does not.
pub fn count_local(conn: &mut Conn, since: crate::db::Timestamp) -> Result<(i64, i64)> {
    let ours = || {
        actors::table
            .filter(actors::host.eq(""))
            .filter(actors::kind.ne(ActorKind::Application))
            .filter(actors::suspended_at.is_null())
            .filter(actors::deleted_at.is_null())
    };
    let all = ours().count().get_result(conn)?;
    let active = ours().filter(actors::last_post_at.ge(since)).count().get_result(conn)?;
    Ok((all, active))
}

/// Who looks for somebody by handle.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seeker {
    /// As whom they read.
    pub reader: Option<ActorId>,
    /// They look among those whom they follow.
    pub only_followed: bool,
    /// They work here, or speak for the company.
    pub inside: bool,
}

/// Actors whose username begins with `start`, on a host that begins with `host` when one is given; empty for our own. Who
/// is limited is found by those who follow them, by themselves, and by who types the whole handle, which is the username
/// alone for our own; so are people here who do not let themselves be found, by who does not work here. Whose handle was
/// typed whole stands first.
pub fn search_by_handle(
    conn: &mut Conn,
    start: &str,
    host: Option<&str>,
    seeker: Seeker,
    limit: i64,
    offset: i64,
) -> Result<Vec<Actor>> {
    let start = start.to_lowercase();
    let pattern = format!("{}%", start.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    // Nobody has this number.
    let me = seeker.reader.unwrap_or(ActorId(0));
    let followed = || {
        follows::table
            .filter(follows::follower_id.eq(me))
            .filter(follows::state.eq("accepted"))
            .select(follows::target_id)
    };
    let named = || actors::username_key.eq(start.clone()).and(actors::host.eq(host.unwrap_or_default().to_lowercase()));
    let mut query = actors::table
        .filter(actors::username_key.like(pattern).escape('\\'))
        .filter(actors::deleted_at.is_null())
        .filter(actors::suspended_at.is_null())
        .filter(dsl::not(actors::id.eq_any(refused_actors::table.select(refused_actors::actor_id))))
        .filter(
            dsl::not(dsl::exists(limited_actors::table.find(actors::id)))
                .or(actors::id.eq(me))
                .or(actors::id.eq_any(followed()))
                .or(named()),
        )
        .filter(actors::kind.ne(ActorKind::Application))
        .into_boxed();
    if !seeker.inside {
        query = query.filter(
            actors::host
                .ne("")
                .or(actors::kind.eq(ActorKind::Organization))
                .or(actors::kind.eq(ActorKind::Group))
                .or(actors::discoverable.eq(true))
                .or(actors::id.eq(me))
                .or(actors::id.eq_any(followed()))
                .or(named()),
        );
    }
    if seeker.only_followed {
        query = query.filter(actors::id.eq_any(followed()));
    }
    if host == Some("") {
        query = query.filter(actors::host.eq(""));
    } else if let Some(host) = host {
        query = query.filter(actors::host.like(format!("{}%", host.to_lowercase().replace('%', ""))));
    }
    Ok(query
        .order((named().desc(), actors::followers_count.desc(), actors::id.asc()))
        .limit(limit)
        .offset(offset)
        .select(Actor::as_select())
        .load(conn)?)
}
