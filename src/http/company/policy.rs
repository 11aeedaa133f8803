//! `/api/guildhall/v1/actors/{id}/policy`: by which rules a brand speaks, and what one may do for it.

use axum::{Router, extract::State, response::Response, routing::get};
use http::HeaderMap;
use serde::{Deserialize, Serialize};

use super::versions::{seen, versioned};
use crate::{
    app::App,
    db::{Conn, Timestamp},
    domain::{
        ActorId,
        accounts::{self, GrantRole, Right},
        brands::{self, PolicyChange, ReplyLane, Signature},
        drafts::Hand,
    },
    error::{Error, Result},
    http::{
        extract::{Form, Id, Paths, Session},
        problem,
    },
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/guildhall/v1/actors/{id}/policy", get(show).put(change).patch(change))
}

/// The rules of a brand, and what whoever asks may do for it: an app says so before anything is written.
#[derive(Debug, Serialize)]
struct Shown {
    actor: ActorId,
    min_approvals: i32,
    self_approve: bool,
    approval_hours: i32,
    reply_lane: ReplyLane,
    signature: Signature,
    version: i64,
    updated_at: Option<String>,
    role: GrantRole,
    may: Vec<Right>,
}

fn shown(conn: &mut Conn, hand: &Hand, brand: ActorId) -> Result<Shown> {
    let missing = || Error::not_found("brand.not_found", "There is no such brand on which you have a role.");
    let role = accounts::role_on(conn, hand.account, brand)?.filter(|_| hand.reaches(brand)).ok_or_else(missing)?;
    let policy = brands::policy_of(conn, brand)?;
    Ok(Shown {
        actor: brand,
        min_approvals: policy.min_approvals,
        self_approve: policy.self_approve,
        approval_hours: policy.approval_hours,
        reply_lane: policy.reply_lane,
        signature: policy.signature,
        version: policy.version,
        updated_at: (policy.version > 0).then(|| Timestamp::rfc3339(policy.updated_at)),
        role,
        may: Right::ALL.iter().copied().filter(|right| role.may(*right)).collect(),
    })
}

fn answer(shown: Shown) -> Response {
    versioned(shown.version, shown)
}

/// `GET /api/guildhall/v1/actors/{id}/policy`
async fn show(State(app): State<App>, me: Session, Id(brand): Id<ActorId>) -> Result<Response> {
    me.need("read")?;
    let hand = Hand::of(&me);
    app.db.read(move |conn| shown(conn, &hand, brand)).await.map(answer)
}

/// Other rules; what is left out stays.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Change {
    min_approvals: Option<i32>,
    self_approve: Option<bool>,
    approval_hours: Option<i32>,
    reply_lane: Option<String>,
    signature: Option<String>,
}

/// `PUT /api/guildhall/v1/actors/{id}/policy`
async fn change(
    State(app): State<App>,
    me: Session,
    Id(brand): Id<ActorId>,
    headers: HeaderMap,
    Form(change): Form<Change>,
) -> Result<Response> {
    me.need("admin:write")?;
    let (hand, seen) = (Hand::of(&me), seen(&headers)?);
    let reply_lane = change.reply_lane.as_deref().map(str::parse).transpose();
    let signature = change.signature.as_deref().map(str::parse).transpose();
    let change = PolicyChange {
        min_approvals: change.min_approvals,
        self_approve: change.self_approve,
        approval_hours: change.approval_hours,
        reply_lane: reply_lane.map_err(|told: String| Error::invalid("policy.reply_lane", told))?,
        signature: signature.map_err(|told: String| Error::invalid("policy.signature", told))?,
    };
    let changed = app.db.write(move |tx| {
        tx.behalf_of(hand.account.0);
        // Who may not even know of the brand is told so, whatever they ask for.
        shown(tx.conn(), &hand, brand)?;
        let done = brands::change_policy(tx, hand.account, brand, &change, seen)?;
        Ok((done, shown(tx.conn(), &hand, brand)?))
    });
    let (done, shown) = changed.await?;
    if done {
        return Ok(answer(shown));
    }
    let told = "Somebody changed the rules of this brand meanwhile. Look at them, and try again.";
    Ok(problem::with_current(&Error::conflict("policy.stale", told), &shown))
}
