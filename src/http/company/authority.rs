//! `/api/guildhall/v1/actors/{id}/authority`: who may say what without asking.

use axum::{Router, extract::State, routing::get};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    drafts::{Names, Somebody},
    openapi::{self, Operation},
};
use crate::{
    app::App,
    db::{Conn, Timestamp},
    domain::{
        AccountId, ActorId,
        accounts::{self, CertificateRole, GrantRole, Right},
        brands::{self, Lane, MissingCertificate, ReplyLane},
        drafts::Hand,
        exposure::{self, Exposure},
    },
    error::Result,
    http::extract::{Id, Json, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/guildhall/v1/actors/{id}/authority", get(show))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get("/actors/{id}/authority", "showAuthority", "Tells what one may say for a brand without asking.")
            .refuses(&["brand.not_found"])
            .needs("read")
            .for_drafters()
            .answers::<Shown>(),
    ]
}

/// What whoever asks may say for a brand, so that an app says so before anything is written.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Authority)]
struct Shown {
    actor: ActorId,
    role: GrantRole,
    /// What begins a thread, or goes on with what the brand or a colleague said: `free`, `approval` or `closed`.
    posts: Lane,
    /// Answers to others.
    replies: Lane,
    /// Changes of what is published.
    edits: Lane,
    /// Whether little mistakes are mended at once, whatever `edits` says.
    typo_lane: bool,
    /// How many approvals a post needs; where it speaks of a topic about which they ask first, one at least.
    approvals: i32,
    topics: Vec<ShownTopic>,
    /// Since when crisis mode asks for more than the brand's own rules.
    crisis_since: Option<String>,
    /// How far the brand reaches.
    exposure: Exposure,
    /// What answers need: `free`, `certified` or `approval`.
    reply_lane: ReplyLane,
    /// What whoever asks lacks for `replies` to be `free`, or for their own approvals to count.
    missing: Vec<Missing>,
    /// Who may approve what they write.
    approvers: Vec<Somebody>,
}

/// Something that whoever asks lacks.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MissingStep)]
struct Missing {
    step: MissingCertificate,
    /// The certificates any of which would do.
    certificates: Vec<CertificateRole>,
    /// The same in a sentence.
    told: String,
}

/// Something of which not everybody speaks without asking.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuthorityTopic)]
struct ShownTopic {
    name: String,
    words: Vec<String>,
    /// Whether whoever asks speaks of it without asking, as far as `posts` and `replies` let them.
    may: bool,
}

fn shown(conn: &mut Conn, hand: &Hand, brand: ActorId, now: Timestamp) -> Result<Shown> {
    let role =
        accounts::role_on(conn, hand.account, brand)?.filter(|_| hand.reaches(brand)).ok_or_else(accounts::no_brand)?;
    let authority = brands::authority(conn, brand, hand.account, role, now)?;
    let approvers = accounts::people_with(conn, &[brand], Right::Approve)?.into_iter().map(|(_, account)| account);
    let rules = &authority.rules;
    let counts = |account: &AccountId| {
        (rules.self_approve || *account != hand.account) && rules.counts_approval_of(*account, now)
    };
    let others: Vec<_> = approvers.filter(counts).collect();
    let names = Names::of(conn, others.clone())?;
    Ok(Shown {
        actor: brand,
        role,
        posts: authority.posts,
        replies: authority.replies,
        edits: authority.edits,
        typo_lane: authority.rules.typo_lane,
        approvals: authority.rules.min_approvals,
        topics: authority
            .topics
            .into_iter()
            .map(|(topic, may)| ShownTopic { name: topic.name, words: topic.words, may })
            .collect(),
        crisis_since: authority.rules.crisis_since.map(Timestamp::rfc3339),
        reply_lane: authority.rules.reply_lane,
        missing: authority
            .missing
            .into_iter()
            .map(|step| Missing { step, certificates: step.roles(), told: step.told() })
            .collect(),
        exposure: exposure::rungs(conn, brand)?.counts(),
        approvers: names.all(&others),
    })
}

/// `GET /api/guildhall/v1/actors/{id}/authority`
async fn show(State(app): State<App>, me: Session, Id(brand): Id<ActorId>) -> Result<Json<Shown>> {
    me.need("read")?;
    let (hand, now) = (Hand::of(&me), app.db.now());
    app.db.read(move |conn| shown(conn, &hand, brand, now)).await.map(Json)
}
