//! Our own actors: how they come into being, change and end.

use diesel::prelude::*;

use super::{Actor, ActorKind, Collections, Field, attribution, find_local, get};
use crate::{
    db::{
        Among, Conn, Json, Key, Signal, Timestamp, Tx,
        schema::{actors, tombstones},
    },
    domain::{
        ActorId, Site,
        work::{Change, Job},
    },
    error::{Error, Result},
    on_conn,
};

/// Names that must not be taken: they would read as the company's own voice, or clash with paths.
const RESERVED: &[&str] = &[
    "admin",
    "administrator",
    "root",
    "system",
    "webmaster",
    "postmaster",
    "hostmaster",
    "abuse",
    "security",
    "noreply",
    "no-reply",
    "mailer-daemon",
    "api",
    "ap",
    "inbox",
    "outbox",
    "actor",
    "instance",
    "about",
    "oauth",
    "auth",
    "login",
    "signup",
    "settings",
    "setup",
    "well-known",
    "nodeinfo",
    "healthz",
    "readyz",
    "metrics",
    "media",
    "proxy",
    "search",
    "tags",
    "explore",
    "moderator",
    "everyone",
    "here",
    "all",
    "guildhall",
];

/// How many characters what one of ours is called may have.
pub const NAME_LENGTH: usize = 100;

/// What is needed to make an actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLocal {
    /// Its type.
    pub kind: ActorKind,
    /// The name in its handle.
    pub username: String,
    /// What it is called.
    pub name: String,
    /// What it says of itself, HTML.
    pub summary: String,
    /// Followers wait for an answer.
    pub locked: bool,
}

/// Changes to a profile; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the columns of actors")]
pub struct Profile {
    pub name: Option<String>,
    /// Source and clean HTML.
    pub summary: Option<(String, String)>,
    pub locked: Option<bool>,
    pub discoverable: Option<bool>,
    pub indexable: Option<bool>,
    pub bot: Option<bool>,
    /// Whether nobody is shown whom they follow, and who follows them.
    pub hide_collections: Option<bool>,
    pub fields: Option<Vec<Field>>,
    /// Domains whose pages may name them as their author, as typed.
    pub attribution_domains: Option<Vec<String>>,
    /// Where the picture is from now on; nowhere, when there is to be none.
    pub icon: Option<Option<String>>,
    pub header: Option<Option<String>>,
}

/// Checks a username: letters, digits, `_`, and `.` or `-` inside; at most 30; not reserved.
pub fn check_username(username: &str) -> Result<()> {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let edge_ok = username.chars().next().is_some_and(inner) && username.chars().last().is_some_and(inner);
    if !edge_ok || username.len() > 30 || !username.chars().all(|c| inner(c) || c == '.' || c == '-') {
        return Err(Error::invalid(
            "username.invalid",
            "A username has 1 to 30 letters (a–z), digits or underscores, with dots and hyphens only inside.",
        ));
    }
    if RESERVED.contains(&username.to_lowercase().as_str()) {
        return Err(Error::invalid(
            "username.reserved",
            format!("“{username}” is reserved. Please choose another username."),
        ));
    }
    Ok(())
}

/// What a name looks like at a glance: without what sets words apart, and each sign that stands for another as that one.
fn at_a_glance(name: &str) -> String {
    let alike = |sign: char| match sign {
        '0' => 'o',
        '1' | 'l' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        other => other.to_ascii_lowercase(),
    };
    name.chars().filter(|sign| !matches!(sign, '.' | '-' | '_')).map(|sign| alike(sign.to_ascii_lowercase())).collect()
}

/// Whether a name reads like one of the company's brands, or like a name that nobody may have. For people whom nobody
/// here knows: who works here may call themselves what they like.
pub fn looks_like_the_house(conn: &mut Conn, username: &str) -> Result<bool> {
    let seen = at_a_glance(username);
    if RESERVED.iter().any(|reserved| at_a_glance(reserved) == seen) {
        return Ok(true);
    }
    let brands: Vec<String> = actors::table
        .filter(actors::host.eq(""))
        .filter(actors::kind.among([ActorKind::Organization, ActorKind::Group, ActorKind::Application]))
        .select(actors::username)
        .load(conn)?;
    Ok(brands.iter().any(|brand| at_a_glance(brand) == seen))
}

/// Refuses a username that somebody here has, or had.
pub fn refuse_taken(conn: &mut Conn, username: &str) -> Result<()> {
    if find_local(conn, username)?.is_some() {
        return Err(Error::conflict("username.taken", format!("The username “{username}” is taken.")));
    }
    Ok(())
}

/// Makes one of our own actors. Usernames are unique whatever their case, and never used twice.
pub fn create_local(tx: &mut Tx<'_>, site: &Site, new: &NewLocal) -> Result<Actor> {
    if new.kind != ActorKind::Application {
        check_username(&new.username)?;
    }
    tx.lock(Key("actor.create", &[]))?;
    refuse_taken(tx.conn(), &new.username)?;
    let (id, now) = (ActorId(tx.new_id()), tx.now());
    let uri =
        if new.kind == ActorKind::Application { format!("{}/ap/actor", site.base_url) } else { site.actor_uri(id) };
    let collections = Collections {
        outbox: Some(format!("{uri}/outbox")),
        following: Some(format!("{uri}/following")),
        featured: Some(format!("{uri}/featured")),
        hidden: false,
    };
    let page = if new.kind == ActorKind::Application {
        format!("{}/about", site.base_url)
    } else {
        format!("{}/@{}", site.base_url, new.username)
    };
    diesel::insert_into(actors::table)
        .values((
            (
                actors::id.eq(id),
                actors::kind.eq(new.kind),
                actors::username.eq(&new.username),
                actors::username_key.eq(new.username.to_lowercase()),
                actors::host.eq(""),
                actors::uri.eq(&uri),
                actors::url.eq(Some(page)),
                actors::name.eq(&new.name),
                actors::summary.eq(&new.summary),
                actors::summary_source.eq(""),
            ),
            actors::inbox.eq(format!("{uri}/inbox")),
            actors::shared_inbox.eq(Some(site.shared_inbox())),
            actors::followers_uri.eq(Some(format!("{uri}/followers"))),
            actors::collections.eq(Json(collections)),
            actors::locked.eq(new.locked),
            actors::bot.eq(matches!(new.kind, ActorKind::Application | ActorKind::Service)),
            actors::published_at.eq(now),
            actors::updated_at.eq(now),
        ))
        .execute(tx.conn())?;
    get(tx.conn(), id)
}

/// Keeps somebody out of lists of people and out of search engines, until their profile says otherwise.
pub fn keep_unlisted(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    let unlisted = Profile { discoverable: Some(false), indexable: Some(false), ..Profile::default() };
    edit_profile(tx, actor, &unlisted)
}

/// Changes a profile and tells those who follow it.
pub fn edit_profile(tx: &mut Tx<'_>, actor: ActorId, profile: &Profile) -> Result<()> {
    tx.lock(Key("actor", &[actor.0]))?;
    let old = get(tx.conn(), actor)?;
    let now = tx.now();
    let (summary_source, summary) = profile.summary.clone().unwrap_or((old.summary_source, old.summary));
    let hidden = profile.hide_collections.unwrap_or(old.collections.0.hidden);
    // A link keeps its mark only while it stays as it was.
    let fields = match &profile.fields {
        None => old.fields.0,
        Some(fields) => fields
            .iter()
            .map(|field| {
                let verified_at =
                    old.fields.0.iter().find(|known| known.value == field.value).and_then(|known| known.verified_at);
                Field { verified_at, ..field.clone() }
            })
            .collect(),
    };
    diesel::update(actors::table.find(actor).filter(actors::deleted_at.is_null()))
        .set((
            actors::name.eq(profile.name.as_ref().unwrap_or(&old.name)),
            actors::summary_source.eq(summary_source),
            actors::summary.eq(summary),
            actors::locked.eq(profile.locked.unwrap_or(old.locked)),
            actors::discoverable.eq(profile.discoverable.unwrap_or(old.discoverable)),
            actors::indexable.eq(profile.indexable.unwrap_or(old.indexable)),
            actors::bot.eq(profile.bot.unwrap_or(old.bot)),
            actors::fields.eq(Json(fields)),
            actors::collections.eq(Json(Collections { hidden, ..old.collections.0 })),
            actors::icon.eq(profile.icon.as_ref().unwrap_or(&old.icon)),
            actors::header.eq(profile.header.as_ref().unwrap_or(&old.header)),
            actors::updated_at.eq(now),
        ))
        .execute(tx.conn())?;
    if let Some(typed) = &profile.attribution_domains {
        let domains = attribution::check(typed)?;
        attribution::replace(tx, actor, &domains)?;
    }
    if profile.fields.is_some() {
        tx.defer(&Job::VerifyFields { actor, host: String::new() })?;
    }
    tx.defer(&Job::Federate { actor, change: Change::ActorUpdated })?;
    tx.signal(Signal { topic: "actor", kind: "update", id: actor.0 });
    Ok(())
}

/// Marks every field with this value as seen to link back.
pub fn mark_field_verified(tx: &mut Tx<'_>, actor: ActorId, value: &str, verified: bool) -> Result<()> {
    tx.lock(Key("actor", &[actor.0]))?;
    let mut fields = get(tx.conn(), actor)?.fields.0;
    let now = tx.now();
    let mut changed = false;
    for field in fields.iter_mut().filter(|field| field.value == value) {
        changed |= field.verified_at.is_some() != verified;
        field.verified_at = verified.then(|| field.verified_at.unwrap_or(now));
    }
    if changed {
        diesel::update(actors::table.find(actor)).set(actors::fields.eq(Json(fields))).execute(tx.conn())?;
        tx.signal(Signal { topic: "actor", kind: "update", id: actor.0 });
    }
    Ok(())
}

/// Stops an actor from acting and from being shown, or ends that.
pub fn set_suspended(tx: &mut Tx<'_>, actor: ActorId, suspended: bool) -> Result<()> {
    let since: Option<Timestamp> = suspended.then(|| tx.now());
    diesel::update(actors::table.find(actor)).set(actors::suspended_at.eq(since)).execute(tx.conn())?;
    tx.signal(Signal { topic: "actor", kind: "update", id: actor.0 });
    Ok(())
}

/// Deletes one of our own for good: the row stays as a tombstone that answers 410, empty of personal data;
/// everybody who knew it is told, and then what it leaves behind is taken away by a job.
pub fn delete(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    tx.lock(Key("actor", &[actor.0]))?;
    let old = get(tx.conn(), actor)?;
    let now = tx.now();
    tx.defer(&Job::Federate { actor, change: Change::ActorDeleted })?;
    tx.defer(&Job::EraseActor { actor })?;
    on_conn!(tx.conn(), |c| diesel::insert_into(tombstones::table)
        .values((tombstones::uri.eq(&old.uri), tombstones::actor_id.eq(actor), tombstones::deleted_at.eq(now)))
        .on_conflict((tombstones::uri, tombstones::actor_id))
        .do_nothing()
        .execute(c))?;
    diesel::update(actors::table.find(actor))
        .set((
            actors::name.eq(""),
            actors::summary.eq(""),
            actors::summary_source.eq(""),
            actors::icon.eq(None::<String>),
            actors::header.eq(None::<String>),
            actors::fields.eq(Json(Vec::<Field>::new())),
            actors::deleted_at.eq(now),
            actors::updated_at.eq(now),
        ))
        .execute(tx.conn())?;
    tx.signal(Signal { topic: "actor", kind: "delete", id: actor.0 });
    Ok(())
}
