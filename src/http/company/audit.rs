//! `/api/guildhall/v1/audit`: what people with rights did. Owners of the company read all of it; owners and auditors of
//! a brand read what concerns it.

use std::collections::HashMap;

use axum::{Router, extract::State, routing::get};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::openapi::{self, Operation};
use crate::{
    app::App,
    db::Conn,
    domain::{
        AccountId, ActorId,
        accounts::{self, Right, Role},
        audit::{self, Of, Record},
        drafts::Hand,
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
    /// The brand that it concerns.
    actor: Option<ActorId>,
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
    let found = app.db.read(move |conn| {
        let of = reach(conn, &me)?;
        let records = audit::list(conn, &of, &page)?;
        let people: Vec<AccountId> = records.iter().filter_map(|record| record.person_id).collect();
        let names = accounts::names_of(conn, &people)?.into_iter().map(|(id, username, _)| (id, username)).collect();
        Ok((records, names))
    });
    let (records, names) = found.await?;
    let links = paging.links(
        &app.site.base_url,
        records.first().map(|record| record.seq),
        records.last().map(|record| record.seq),
    );
    Ok((links, Json(records.into_iter().map(|record| shown(record, &names)).collect())))
}

fn shown(record: Record, names: &HashMap<AccountId, String>) -> Shown {
    let by = record.person_id.map(|account| Somebody { account, username: names.get(&account).cloned() });
    Shown {
        id: record.seq.to_string(),
        at: record.at.rfc3339(),
        by,
        act: record.act,
        about: record.about,
        actor: record.actor_id,
        reason: record.reason,
        // What somebody changed by hand is shown as it is; that it was changed is what verify says.
        details: serde_json::from_str(&record.details).unwrap_or(Value::String(record.details)),
        previous: record.previous,
        hash: record.hash,
    }
}
