//! `/api/guildhall/v1/audit`: what people with rights did. Owners of the company read all of it; owners and auditors of
//! a brand read what concerns it.

use std::collections::{BTreeSet, HashMap};

use axum::{Router, extract::State, routing::get};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::openapi::{self, Operation};
use crate::{
    app::App,
    db::Conn,
    domain::{
        AccountId, ActorId, DraftId, InvitationId,
        accounts::{self, Right, Role},
        actors::{self, Actor},
        audit::{self, Of, Record},
        drafts::{self, Hand},
        invitations,
    },
    error::{Error, Result},
    http::extract::{Json, Links, Paging, Paths, Session},
};

/// How many entries a page has where nobody says.
const PAGE: i64 = 100;

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/guildhall/v1/audit", get(list))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get("/audit", "listAuditEntries", "Lists what people with rights did, newest first.")
            .refuses(&["audit.readers_only"])
            .tells("Owners of the company read all of it; owners and auditors of a brand what concerns that.")
            .needs("admin:read")
            .paged(PAGE)
            .answers_list::<Shown>(),
    ]
}

/// An entry as it is shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
struct Shown {
    id: String,
    at: String,
    /// Nobody, when it was the command line or the server itself.
    by: Option<Somebody>,
    act: String,
    about: String,
    /// It is about a draft that is there no longer: it went with its post, or was thrown away long ago.
    about_gone: bool,
    /// What a brand or somebody is called whom `about` names as an actor, or for which address an invitation is, while that
    /// is known. It is looked up, and not written down.
    about_name: Option<String>,
    /// The brand that it concerns.
    actor: Option<ActorId>,
    /// What that is called.
    actor_name: Option<String>,
    /// Everybody whom it names: who did it, to whom, and whose ids stand among the details.
    people: Vec<Named>,
    reason: Option<String>,
    details: Value,
    previous: String,
    hash: String,
}

/// Who did it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AuditPerson)]
struct Somebody {
    account: AccountId,
    username: Option<String>,
}

/// Somebody whom an entry names.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AuditName)]
struct Named {
    account: AccountId,
    username: String,
    display_name: String,
}

/// Under which names ids of people stand among the details.
const PEOPLE: &[&str] = &["account", "approved_by", "author", "by", "proposed_by", "scheduled_by", "told"];

/// An entry with its details read, and the people whom it names.
struct Entry {
    record: Record,
    details: Value,
    people: BTreeSet<AccountId>,
}

impl Entry {
    fn of(record: Record) -> Self {
        // What somebody changed by hand is shown as it is; that it was changed is what verify says.
        let details = serde_json::from_str(&record.details).unwrap_or_else(|_| Value::String(record.details.clone()));
        let listed = PEOPLE.iter().filter_map(|name| details.get(name)).flat_map(|value| match value {
            Value::Array(all) => all.iter().collect(),
            one => vec![one],
        });
        let to_whom = record.about.strip_prefix("account:");
        let ids = listed.filter_map(Value::as_str).chain(to_whom).filter_map(|id| id.parse().ok().map(AccountId));
        let people = ids.chain(record.person_id).collect();
        Self { record, details, people }
    }
}

/// What `me` may read of it: with a token that acts as a brand, what concerns that.
fn reach(conn: &mut Conn, me: &Session) -> Result<Of> {
    let hand = Hand::of(me);
    if me.account.runs_server() && me.account.role == Role::Owner && hand.actor == hand.own {
        return Ok(Of::Everybody);
    }
    let mut brands = accounts::brands_with(conn, me.account.id, Right::ReadAudit)?;
    brands.retain(|brand| hand.reaches(*brand));
    if brands.is_empty() {
        let told = "The audit log is read by owners of the company, and by owners and auditors of a brand.";
        return Err(Error::forbidden("audit.readers_only", told));
    }
    Ok(Of::Brands(brands))
}

/// `GET /api/guildhall/v1/audit`: newest first.
async fn list(State(app): State<App>, me: Session, paging: Paging) -> Result<(Links, Json<Vec<Shown>>)> {
    me.need("admin:read")?;
    let page = paging.page(PAGE);
    let site = app.site.clone();
    let found = app.db.read(move |conn| {
        let of = reach(conn, &me)?;
        let entries: Vec<Entry> = audit::list(conn, &of, &page)?.into_iter().map(Entry::of).collect();
        let people: BTreeSet<AccountId> = entries.iter().flat_map(|entry| entry.people.iter().copied()).collect();
        let people: Vec<AccountId> = people.into_iter().collect();
        let named = accounts::names_of(conn, &people)?.into_iter().map(|(account, username, name)| {
            let display_name = if name.is_empty() { username.clone() } else { name };
            (account, Named { account, username, display_name })
        });
        let brands = entries.iter().filter_map(|entry| entry.record.actor_id);
        let actors: BTreeSet<ActorId> = brands.chain(ids_of(&entries, "actor:").map(ActorId)).collect();
        let actors: Vec<ActorId> = actors.into_iter().collect();
        // Somebody elsewhere is called what they like: their handle says who it is.
        let called = |actor: Actor| {
            let own = actor.is_local();
            (actor.id, if own { actor.display_name().to_owned() } else { format!("@{}", actor.handle(&site)) })
        };
        let drafts: BTreeSet<DraftId> = ids_of(&entries, "draft:").map(DraftId).collect();
        let invitations: BTreeSet<InvitationId> = ids_of(&entries, "invitation:").map(InvitationId).collect();
        let names = Names {
            people: named.collect(),
            actors: actors::get_many(conn, &actors)?.into_iter().map(called).collect(),
            drafts: drafts::existing(conn, drafts.into_iter().collect())?.into_iter().collect(),
            invitations: invitations::addresses_of(conn, invitations.into_iter().collect())?.into_iter().collect(),
        };
        Ok((entries, names))
    });
    let (entries, names) = found.await?;
    let links = paging.links(
        &app.site.base_url,
        entries.first().map(|entry| entry.record.seq),
        entries.last().map(|entry| entry.record.seq),
    );
    Ok((links, Json(entries.into_iter().map(|entry| shown(entry, &names)).collect())))
}

/// The ids of what entries are about, of one kind.
fn ids_of<'e>(entries: &'e [Entry], kind: &'e str) -> impl Iterator<Item = i64> + 'e {
    entries.iter().filter_map(move |entry| entry.record.about.strip_prefix(kind)?.parse().ok())
}

/// What everybody and every brand of a page is called, for whom its invitations are, and which of its drafts are there.
struct Names {
    people: HashMap<AccountId, Named>,
    actors: HashMap<ActorId, String>,
    drafts: BTreeSet<DraftId>,
    invitations: HashMap<InvitationId, String>,
}

impl Names {
    /// What an entry is about.
    fn about(&self, about: &str) -> Option<String> {
        let (kind, id) = about.split_once(':')?;
        match kind {
            "actor" => self.actors.get(&ActorId(id.parse().ok()?)).cloned(),
            "invitation" => self.invitations.get(&InvitationId(id.parse().ok()?)).cloned(),
            _ => None,
        }
    }

    /// Whether an entry is about a draft that is there no longer.
    fn is_gone(&self, about: &str) -> bool {
        let draft = about.strip_prefix("draft:").and_then(|id| id.parse().ok());
        draft.is_some_and(|id| !self.drafts.contains(&DraftId(id)))
    }
}

fn shown(Entry { record, details, people }: Entry, names: &Names) -> Shown {
    let by = record.person_id.map(|account| {
        let username = names.people.get(&account).map(|known| known.username.clone());
        Somebody { account, username }
    });
    Shown {
        id: record.seq.to_string(),
        at: record.at.rfc3339(),
        by,
        act: record.act,
        about_gone: names.is_gone(&record.about),
        about_name: names.about(&record.about),
        about: record.about,
        actor: record.actor_id,
        actor_name: record.actor_id.and_then(|brand| names.actors.get(&brand).cloned()),
        people: people.iter().filter_map(|account| names.people.get(account).cloned()).collect(),
        reason: record.reason,
        details,
        previous: record.previous,
        hash: record.hash,
    }
}
