//! `/api/guildhall/v1/invitations`: who was asked to come, as what, and who came.
//!
//! The link is told once, when it is made: what is kept of it is its hash.

use std::{collections::HashMap, time::Duration};

use axum::{Router, extract::State, routing::get};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    once::once,
    openapi::{self, Operation},
};
use crate::{
    app::App,
    db::{Conn, Timestamp},
    domain::{
        AccountId, ActorId, InvitationId, TeamId,
        accounts::{self, AccountKind, GrantRole, Role},
        invitations::{self, Came, Invitation, InvitationState, NewInvitation, Offered},
    },
    error::{Error, Result},
    http::extract::{Form, Id, Json, Links, Paging, Paths, Session},
    secrets,
};

/// How many a page has where nobody says.
const PAGE: i64 = 40;
/// The seconds of a day.
const DAY: u64 = 24 * 3600;

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/invitations", get(list).post(make))
        .at("/api/guildhall/v1/invitations/{id}", get(show).delete(revoke))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get(
            "/invitations",
            "listInvitations",
            "Lists invitations, newest first: those that one may make oneself.",
        )
        .refuses(&["role.house_right"])
        .needs("admin:read")
        .paged(PAGE)
        .answers_list::<Shown>(),
        openapi::post("/invitations", "createInvitation", "Invites somebody, with a letter where an address is given.")
            .refuses(&[
                "account.email",
                "account.email_taken",
                "brand.not_found",
                "grant.role",
                "invitation.customer",
                "invitation.days",
                "invitation.grants",
                "invitation.kind",
                "invitation.letters",
                "invitation.limit",
                "invitation.people",
                "invitation.role",
                "invitation.used",
                "parameter.missing",
                "role.house_right",
                "role.right",
                "role.second_person",
                "team.not_found",
            ])
            .tells("The link is told once, in this answer. `kind` must be given.")
            .needs("admin:write")
            .takes::<Wish>()
            .once()
            .answers::<Shown>(),
        openapi::get("/invitations/{id}", "showInvitation", "Shows one invitation, and who came by it.")
            .refuses(&["invitation.not_found", "role.house_right"])
            .needs("admin:read")
            .answers::<Shown>(),
        openapi::delete(
            "/invitations/{id}",
            "revokeInvitation",
            "Takes an invitation back: nobody comes by it any more.",
        )
        .refuses(&["invitation.not_found", "invitation.used", "role.house_right"])
        .needs("admin:write")
        .answers::<Shown>(),
    ]
}

/// An invitation as it is shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
struct Shown {
    id: InvitationId,
    state: InvitationState,
    kind: AccountKind,
    role: Role,
    grants: Vec<Offered>,
    team: Option<TeamId>,
    email: Option<String>,
    /// How many people may come by it.
    people: i64,
    /// Who came by it, oldest first.
    accepted_by: Vec<Somebody>,
    /// Nobody, when it was the command line.
    invited_by: Option<Somebody>,
    created_at: String,
    expires_at: String,
    revoked_at: Option<String>,
    /// Told once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    link: Option<String>,
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvitationPerson)]
struct Somebody {
    account: AccountId,
    username: Option<String>,
    /// When they came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    at: Option<String>,
}

/// Invitations with the people that belong to them: two queries, however many there are.
fn shown(conn: &mut Conn, found: Vec<Invitation>, now: Timestamp) -> Result<Vec<Shown>> {
    let ids: Vec<InvitationId> = found.iter().map(|one| one.id).collect();
    let inviters: Vec<AccountId> = found.iter().filter_map(|one| one.invited_by).collect();
    let came = invitations::came_by(conn, &ids)?;
    let names = accounts::names_of(conn, &inviters)?.into_iter().map(|(id, username, _)| (id, username)).collect();
    Ok(found.into_iter().map(|one| one_of(one, &came, &names, now)).collect())
}

fn one_of(one: Invitation, came: &[Came], names: &HashMap<AccountId, String>, now: Timestamp) -> Shown {
    let accepted_by = came.iter().filter(|who| who.invitation == Some(one.id));
    let somebody = |who: &Came| Somebody {
        account: who.account,
        username: Some(who.username.clone()),
        at: Some(who.at.rfc3339()),
    };
    Shown {
        id: one.id,
        state: one.state(now),
        kind: one.kind,
        role: one.role,
        people: one.most,
        accepted_by: accepted_by.map(somebody).collect(),
        invited_by: one.invited_by.map(|by| Somebody { account: by, username: names.get(&by).cloned(), at: None }),
        created_at: one.created_at.rfc3339(),
        expires_at: one.expires_at.rfc3339(),
        revoked_at: one.revoked_at.map(Timestamp::rfc3339),
        grants: one.grants.0,
        team: one.team_id,
        email: one.email,
        link: None,
    }
}

fn shown_alone(conn: &mut Conn, one: Invitation, now: Timestamp) -> Result<Shown> {
    shown(conn, vec![one], now)?.pop().ok_or_else(|| Error::internal("an invitation is not shown"))
}

/// Whom to invite, and as what.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = InvitationWish)]
struct Wish {
    #[schema(value_type = AccountKind)]
    kind: Option<String>,
    /// On the server; `member` where it says nothing.
    #[schema(value_type = Option<Role>)]
    role: Option<String>,
    #[serde(default)]
    grants: Vec<WishedGrant>,
    team: Option<TeamId>,
    email: Option<String>,
    /// For how many days it lasts; a week where it says nothing.
    #[schema(minimum = 1, maximum = 30)]
    days: Option<u64>,
    /// How many people may come by it; more than one are customers.
    #[schema(minimum = 1)]
    people: Option<i64>,
}

/// A role on a brand.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = BrandRoleWish)]
struct WishedGrant {
    actor: ActorId,
    #[schema(value_type = GrantRole)]
    role: String,
}

impl Wish {
    fn read(self, by: AccountId) -> Result<NewInvitation> {
        let missing = "param is missing or the value is empty: kind";
        let kind = self.kind.ok_or_else(|| Error::malformed("parameter.missing", missing))?;
        let role = self.role.as_deref().map_or(Ok(Role::Member), str::parse);
        let offered = |wished: WishedGrant| match wished.role.parse() {
            Ok(role) => Ok(Offered { actor: wished.actor, role }),
            Err(told) => Err(Error::invalid("grant.role", format!("grants: {told}"))),
        };
        Ok(NewInvitation {
            by: Some(by),
            kind: kind.parse().map_err(|told: String| Error::invalid("invitation.kind", format!("kind: {told}")))?,
            role: role.map_err(|told: String| Error::invalid("invitation.role", format!("role: {told}")))?,
            grants: self.grants.into_iter().map(offered).collect::<Result<_>>()?,
            team: self.team,
            email: self.email,
            lasts: self.days.map_or(invitations::USUAL, |days| Duration::from_secs(days.saturating_mul(DAY))),
            most: self.people.unwrap_or(1),
        })
    }
}

/// `POST /api/guildhall/v1/invitations`
async fn make(State(app): State<App>, me: Session, headers: HeaderMap, Form(wish): Form<Wish>) -> Result<Json<Shown>> {
    me.need("admin:write")?;
    let new = wish.read(me.account.id)?;
    let said =
        (new.kind, new.role, &new.grants, new.team, &new.email, new.lasts.as_secs().to_string(), new.most.to_string());
    let once = once(&me, &headers, &said)?;
    let secret = secrets::new_token();
    let hash = secrets::token_hash(&secret);
    let made = app.db.write(move |tx| {
        tx.behalf_of(me.account.id.0);
        let id = invitations::make(tx, &new, &hash, once.as_ref())?;
        let (one, now) = (invitations::get_for(tx.conn(), new.by, id)?, tx.now());
        shown_alone(tx.conn(), one, now)
    });
    let link = format!("{}/invitations/{secret}", app.site.base_url);
    Ok(Json(Shown { link: Some(link), ..made.await? }))
}

/// `GET /api/guildhall/v1/invitations`: newest first, those that one may make oneself.
async fn list(State(app): State<App>, me: Session, paging: Paging) -> Result<(Links, Json<Vec<Shown>>)> {
    me.need("admin:read")?;
    let (page, now) = (paging.page(PAGE), app.db.now());
    let found = app.db.read(move |conn| {
        let found = invitations::list(conn, Some(me.account.id), &page)?;
        shown(conn, found, now)
    });
    let found = found.await?;
    let links = paging.links(&app.site.base_url, found.first().map(|one| one.id.0), found.last().map(|one| one.id.0));
    Ok((links, Json(found)))
}

/// `GET /api/guildhall/v1/invitations/{id}`
async fn show(State(app): State<App>, me: Session, Id(id): Id<InvitationId>) -> Result<Json<Shown>> {
    me.need("admin:read")?;
    let now = app.db.now();
    let found = app.db.read(move |conn| {
        let one = invitations::get_for(conn, Some(me.account.id), id)?;
        shown_alone(conn, one, now)
    });
    found.await.map(Json)
}

/// `DELETE /api/guildhall/v1/invitations/{id}`: nobody comes by it any more.
async fn revoke(State(app): State<App>, me: Session, Id(id): Id<InvitationId>) -> Result<Json<Shown>> {
    me.need("admin:write")?;
    let revoked = app.db.write(move |tx| {
        tx.behalf_of(me.account.id.0);
        let (one, now) = (invitations::revoke(tx, Some(me.account.id), id)?, tx.now());
        shown_alone(tx.conn(), one, now)
    });
    revoked.await.map(Json)
}
