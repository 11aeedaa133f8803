//! `/api/guildhall/v1/actors/{id}/policy`: by which rules a brand speaks, and what one may do for it.

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::{delete, get, post},
};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    once::once,
    openapi::{self, Operation},
    versions::{seen, versioned},
};
use crate::{
    app::App,
    db::{Conn, Timestamp, Tx},
    domain::{
        AccountId, ActorId, Once,
        accounts::{self, GrantRole, Right},
        act_once,
        brands::{self, Changed, PolicyChange, Proposal, ReplyLane, Rules, Signature, Topic},
        drafts::Hand,
    },
    error::{Error, Result},
    http::{
        extract::{Form, Given, Id, Paths, Session},
        problem,
    },
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/actors/{id}/policy", get(show).put(change).patch(change))
        .at("/api/guildhall/v1/actors/{id}/policy/proposals/{proposal}", delete(withdraw))
        .at("/api/guildhall/v1/actors/{id}/policy/proposals/{proposal}/confirm", post(confirm))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get("/actors/{id}/policy", "showPolicy", "Tells the rules of a brand, and what one may do for it.")
            .refuses(&["brand.not_found"])
            .needs("read")
            .for_drafters()
            .answers::<Shown>()
            .versioned(),
        openapi::change("/actors/{id}/policy", "changePolicy", "Changes the rules of a brand.")
            .refuses(&[
                "brand.not_found",
                "policy.approval_hours",
                "policy.min_approvals",
                "policy.proposer",
                "policy.reason",
                "policy.reply_lane",
                "policy.signature",
                "policy.topics",
                "role.right",
            ])
            .tells("What is left out stays. Weaker rules need a `reason`, and a second person where there is one.")
            .needs("admin:write")
            .takes::<Change>()
            .of_version::<Shown>("policy.stale", false)
            .answers::<Shown>()
            .answers_with::<Shown>(StatusCode::ACCEPTED, "Weaker rules wait for a second person, as `proposal`.")
            .versioned(),
        openapi::post(
            "/actors/{id}/policy/proposals/{proposal}/confirm",
            "confirmPolicy",
            "Agrees, as a second person, to weaker rules.",
        )
        .refuses(&["brand.not_found", "policy.no_proposal", "policy.own", "policy.proposer", "role.right"])
        .needs("admin:write")
        .once()
        .answers::<Shown>()
        .versioned(),
        openapi::delete(
            "/actors/{id}/policy/proposals/{proposal}",
            "withdrawPolicy",
            "Drops the wish for weaker rules.",
        )
        .refuses(&["brand.not_found", "policy.no_proposal", "role.right"])
        .needs("admin:write")
        .answers::<Shown>()
        .versioned(),
    ]
}

/// The rules of a brand, and what whoever asks may do for it: an app says so before anything is written.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Policy)]
struct Shown {
    actor: ActorId,
    min_approvals: i32,
    self_approve: bool,
    approval_hours: i32,
    reply_lane: ReplyLane,
    signature: Signature,
    typo_lane: bool,
    /// Whether the department stands after the name.
    signature_department: bool,
    /// Whether approvals count only of those who hold a certificate as approver.
    certified_approvers: bool,
    /// Of what not everybody speaks without asking.
    topics: Vec<Topic>,
    version: i64,
    updated_at: Option<String>,
    /// What counts in place of these rules while crisis mode is on.
    crisis: Option<InCrisis>,
    /// Weaker rules that wait for a second person.
    proposal: Option<Proposed>,
    role: GrantRole,
    may: Vec<Right>,
}

/// What crisis mode asks for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CrisisPolicy)]
struct InCrisis {
    since: String,
    min_approvals: i32,
    self_approve: bool,
    reply_lane: ReplyLane,
    typo_lane: bool,
}

impl InCrisis {
    fn of(rules: &Rules) -> Option<Self> {
        rules.crisis_since.map(|since| Self {
            since: since.rfc3339(),
            min_approvals: rules.min_approvals,
            self_approve: rules.self_approve,
            reply_lane: rules.reply_lane,
            typo_lane: rules.typo_lane,
        })
    }
}

/// Weaker rules that somebody wishes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyProposal)]
struct Proposed {
    id: String,
    /// Whose wish it is.
    account: AccountId,
    wished: PolicyChange,
    reason: Option<String>,
    at: String,
}

impl From<Proposal> for Proposed {
    fn from(proposal: Proposal) -> Self {
        Self {
            id: proposal.id.to_string(),
            account: proposal.account_id,
            wished: proposal.change.0,
            reason: proposal.reason,
            at: proposal.created_at.rfc3339(),
        }
    }
}

fn shown(conn: &mut Conn, hand: &Hand, brand: ActorId, now: Timestamp) -> Result<Shown> {
    let role =
        accounts::role_on(conn, hand.account, brand)?.filter(|_| hand.reaches(brand)).ok_or_else(accounts::no_brand)?;
    let policy = brands::policy_of(conn, brand)?;
    // Who may only write is not told of what is not decided.
    let proposal = if role.may(Right::ChangePolicy) { brands::find_proposal(conn, brand, now)? } else { None };
    Ok(Shown {
        actor: brand,
        min_approvals: policy.min_approvals,
        self_approve: policy.self_approve,
        approval_hours: policy.approval_hours,
        reply_lane: policy.reply_lane,
        signature: policy.signature,
        typo_lane: policy.typo_lane,
        signature_department: policy.signature_department,
        certified_approvers: policy.certified_approvers,
        topics: policy.topics.0,
        version: policy.version,
        updated_at: (policy.version > 0).then(|| Timestamp::rfc3339(policy.updated_at)),
        crisis: InCrisis::of(&brands::rules_of(conn, brand)?),
        proposal: proposal.map(Proposed::from),
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
    let (hand, now) = (Hand::of(&me), app.db.now());
    app.db.read(move |conn| shown(conn, &hand, brand, now)).await.map(answer)
}

/// Other rules; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = PolicyWish)]
struct Change {
    #[schema(minimum = 0, maximum = 3)]
    min_approvals: Option<i32>,
    self_approve: Option<bool>,
    #[schema(minimum = 1, maximum = 744)]
    approval_hours: Option<i32>,
    #[schema(value_type = Option<ReplyLane>)]
    reply_lane: Option<String>,
    #[schema(value_type = Option<Signature>)]
    signature: Option<String>,
    typo_lane: Option<bool>,
    signature_department: Option<bool>,
    certified_approvers: Option<bool>,
    /// All topics, in place of those that there are.
    topics: Option<Vec<Topic>>,
    /// Why, where the rules become weaker.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    reason: Given,
}

/// `PUT /api/guildhall/v1/actors/{id}/policy`: 202, where weaker rules wait for a second person.
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
    let reason = change.reason.0.clone();
    let change = PolicyChange {
        min_approvals: change.min_approvals,
        self_approve: change.self_approve,
        approval_hours: change.approval_hours,
        reply_lane: reply_lane.map_err(|told: String| Error::invalid("policy.reply_lane", told))?,
        signature: signature.map_err(|told: String| Error::invalid("policy.signature", told))?,
        typo_lane: change.typo_lane,
        topics: change.topics,
        signature_department: change.signature_department,
        certified_approvers: change.certified_approvers,
    };
    let changed = app.db.write(move |tx| {
        tx.behalf_of(hand.account.0);
        let now = tx.now();
        // Who may not even know of the brand is told so, whatever they ask for.
        shown(tx.conn(), &hand, brand, now)?;
        let done = brands::change_policy(tx, hand.account, brand, &change, reason.as_deref(), seen)?;
        Ok((done, shown(tx.conn(), &hand, brand, now)?))
    });
    let (done, shown) = changed.await?;
    match done {
        Changed::Done => Ok(answer(shown)),
        Changed::Proposed => {
            let mut waits = answer(shown);
            *waits.status_mut() = StatusCode::ACCEPTED;
            Ok(waits)
        }
        Changed::Stale => {
            let told = "Somebody changed the rules of this brand meanwhile. Look at them, and try again.";
            Ok(problem::with_current(&Error::conflict("policy.stale", told), &shown))
        }
    }
}

/// `POST /api/guildhall/v1/actors/{id}/policy/proposals/{proposal}/confirm`: a second person agrees to weaker rules.
async fn confirm(
    State(app): State<App>,
    me: Session,
    headers: HeaderMap,
    Path((brand, proposal)): Path<(String, String)>,
) -> Result<Response> {
    let once = once(&me, &headers, &("policy.confirm", &brand, &proposal))?;
    decide((&app, &me, once), &brand, &proposal, brands::confirm_policy).await
}

/// `DELETE /api/guildhall/v1/actors/{id}/policy/proposals/{proposal}`: nobody wishes them any more.
async fn withdraw(
    State(app): State<App>,
    me: Session,
    Path((brand, proposal)): Path<(String, String)>,
) -> Result<Response> {
    decide((&app, &me, None), &brand, &proposal, brands::drop_proposal).await
}

async fn decide(
    (app, me, once): (&App, &Session, Option<Once>),
    brand: &str,
    proposal: &str,
    decision: fn(&mut Tx<'_>, AccountId, ActorId, i64) -> Result<()>,
) -> Result<Response> {
    me.need("admin:write")?;
    let missing = || Error::not_found("policy.no_proposal", "There is no such wish for other rules.");
    let brand: ActorId = brand.parse().map_err(|_| missing())?;
    let (proposal, hand) = (proposal.parse::<i64>().map_err(|_| missing())?, Hand::of(me));
    let decided = app.db.write(move |tx| {
        tx.behalf_of(hand.account.0);
        let now = tx.now();
        shown(tx.conn(), &hand, brand, now)?;
        act_once(tx, once.as_ref(), |tx| decision(tx, hand.account, brand, proposal).map(|()| proposal))?;
        shown(tx.conn(), &hand, brand, now)
    });
    decided.await.map(answer)
}
