//! Inviting somebody, and taking that back.

use std::time::Duration;

use diesel::prelude::*;
use serde_json::json;

use super::{DAY, GRANTS, Invitation, InvitationState, LONGEST, Offered, get_for, need_rights};
use crate::{
    db::{
        Among, Conn, Json, Key, Tx,
        schema::{invitation_links, invitations},
    },
    domain::{
        AccountId, InvitationId, Once, TeamId,
        accounts::{self, AccountKind, HouseRight, Role},
        act_once, actors,
        audit::{self, About, Act, Entry},
        org,
        work::Job,
    },
    error::{Error, Result},
};

/// How many people may come by one invitation, where it is for people who do not work here.
pub const MOST: i64 = 100;
/// How many invitations of one person may be open.
pub const OPEN: i64 = 500;
/// How many invitations are sent to one address in a day.
pub const LETTERS: i64 = 3;
/// How long it is remembered how somebody could have come.
const REMEMBERED: Duration = Duration::from_secs(90 * DAY);

/// Whom to invite, and as what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// Who invites; nobody, when it is the command line.
    pub by: Option<AccountId>,
    /// How whoever comes belongs to the company: an employee, a customer, a partner or press.
    pub kind: AccountKind,
    /// What they may do with the server.
    pub role: Role,
    /// The roles on brands that they get.
    pub grants: Vec<Offered>,
    /// The team that they are in.
    pub team: Option<TeamId>,
    /// Where a letter with a link goes.
    pub email: Option<String>,
    /// For how long it counts.
    pub lasts: Duration,
    /// How many people may come by it.
    pub most: i64,
}

/// Invites somebody by a link whose secret has this hash. The same key with the same words is the same invitation, by
/// another link: whoever asks again did not get the first one.
pub fn make(tx: &mut Tx<'_>, new: &NewInvitation, link: &[u8; 32], once: Option<&Once>) -> Result<InvitationId> {
    let right = HouseRight::to_invite(new.kind, new.role);
    need_rights(tx.conn(), new.by, right, &new.grants)?;
    let id = InvitationId(act_once(tx, once, |tx| Ok(insert(tx, new)?.0))?);
    add_link(tx, id, link)?;
    Ok(id)
}

fn insert(tx: &mut Tx<'_>, new: &NewInvitation) -> Result<InvitationId> {
    tx.lock(Key("invitations", &[new.by.map_or(0, |by| by.0)]))?;
    if let Some(team) = new.team {
        org::hold_team(tx, team)?;
    }
    let email_key = check(tx.conn(), new)?;
    let (id, now) = (InvitationId(tx.new_id()), tx.now());
    if let Some(key) = &email_key {
        tx.lock(Key(&format!("invitations.to.{key}"), &[]))?;
    }
    check_count(tx, new.by, email_key.as_deref())?;
    let expires_at = now.plus(new.lasts);
    diesel::insert_into(invitations::table)
        .values((
            invitations::id.eq(id),
            invitations::kind.eq(new.kind),
            invitations::role.eq(new.role),
            invitations::grants.eq(Json(new.grants.clone())),
            invitations::team_id.eq(new.team),
            invitations::email.eq(new.email.as_deref().map(str::trim)),
            invitations::email_key.eq(email_key),
            invitations::most.eq(new.most),
            invitations::accepted.eq(0),
            invitations::invited_by.eq(new.by),
            invitations::created_at.eq(now),
            invitations::expires_at.eq(expires_at),
        ))
        .execute(tx.conn())?;
    if new.email.is_some() {
        tx.defer(&Job::SendInvitation { invitation: id })?;
    }
    let details = json!({
        "kind": new.kind, "role": new.role, "grants": new.grants, "team": new.team, "people": new.most,
        "until": expires_at.rfc3339(),
    });
    note(tx, Act::InvitationMade, id, details)?;
    Ok(id)
}

/// Writes down what was done with an invitation.
pub(super) fn note(tx: &mut Tx<'_>, act: Act, id: InvitationId, details: serde_json::Value) -> Result<()> {
    audit::record(tx, &Entry { act, about: About::Invitation(id), brand: None, reason: None, details })
}

/// Whether there can be such an invitation; answers the form in which its address is compared.
fn check(conn: &mut Conn, new: &NewInvitation) -> Result<Option<String>> {
    let invalid = |code, told: &str| Err(Error::invalid(code, told.to_owned()));
    if new.kind != AccountKind::Employee {
        if new.role != Role::Member || !new.grants.is_empty() || new.team.is_some() {
            return invalid(
                "invitation.customer",
                "Who does not work here has no role here, speaks for no brand and is in no team.",
            );
        }
        if !(1..=MOST).contains(&new.most) {
            return Err(Error::invalid("invitation.people", format!("Such an invitation is for 1 to {MOST} people.")));
        }
    } else if new.most != 1 {
        return invalid("invitation.people", "An invitation of an employee is for one person.");
    }
    if new.most != 1 && new.email.is_some() {
        return invalid("invitation.people", "An invitation that is sent to an address is for one person.");
    }
    if new.lasts.is_zero() || new.lasts > LONGEST {
        return Err(Error::invalid(
            "invitation.days",
            format!("An invitation lasts 1 to {} days.", LONGEST.as_secs() / DAY),
        ));
    }
    check_grants(conn, &new.grants)?;
    if let Some(team) = new.team
        && org::find_team(conn, team)?.is_none()
    {
        return Err(Error::not_found("team.not_found", "There is no such team."));
    }
    let Some(email) = &new.email else { return Ok(None) };
    let key = accounts::email_key(email)?;
    accounts::refuse_taken(conn, &key)?;
    Ok(Some(key))
}

fn check_grants(conn: &mut Conn, grants: &[Offered]) -> Result<()> {
    if grants.len() > GRANTS {
        let told = format!("An invitation gives roles on {GRANTS} brands at most.");
        return Err(Error::invalid("invitation.grants", told));
    }
    for (at, offered) in grants.iter().enumerate() {
        let brand = actors::find(conn, offered.actor)?;
        if !brand.is_some_and(|brand| brand.is_local() && brand.is_active() && brand.kind.has_speakers()) {
            return Err(accounts::no_brand());
        }
        if grants.iter().take(at).any(|other| other.actor == offered.actor) {
            return Err(Error::invalid("invitation.grants", "Each brand is named once, with one role."));
        }
    }
    Ok(())
}

/// Refuses when this person has invited so many, or this address got so many letters.
fn check_count(tx: &mut Tx<'_>, by: Option<AccountId>, email_key: Option<&str>) -> Result<()> {
    let now = tx.now();
    if let Some(by) = by {
        let open: i64 = invitations::table
            .filter(invitations::invited_by.eq(by))
            .filter(invitations::expires_at.gt(now))
            .filter(invitations::revoked_at.is_null())
            .filter(invitations::accepted.lt(invitations::most))
            .count()
            .get_result(tx.conn())?;
        if open >= OPEN {
            let told = format!("You have {OPEN} open invitations already. Take some back first.");
            return Err(Error::invalid("invitation.limit", told));
        }
    }
    if let Some(key) = email_key {
        let lately: i64 = invitations::table
            .filter(invitations::email_key.eq(key))
            .filter(invitations::created_at.gt(now.minus(Duration::from_secs(DAY))))
            .count()
            .get_result(tx.conn())?;
        if lately >= LETTERS {
            let told = format!(
                "{LETTERS} invitations went to this address within a day. Wait, or invite without an address and pass the link on."
            );
            return Err(Error::invalid("invitation.letters", told));
        }
    }
    Ok(())
}

/// Writes down a link of an invitation, by the hash of its secret.
pub fn add_link(tx: &mut Tx<'_>, id: InvitationId, link: &[u8; 32]) -> Result<()> {
    diesel::insert_into(invitation_links::table)
        .values((invitation_links::secret_hash.eq(&link[..]), invitation_links::invitation_id.eq(id)))
        .execute(tx.conn())?;
    Ok(())
}

/// Forgets a link that was never sent.
pub fn forget_link(tx: &mut Tx<'_>, link: &[u8; 32]) -> Result<()> {
    diesel::delete(invitation_links::table.find(&link[..])).execute(tx.conn())?;
    Ok(())
}

/// Takes an invitation back; nobody comes by it any more. Twice is once. `by` is nobody for the command line.
pub fn revoke(tx: &mut Tx<'_>, by: Option<AccountId>, id: InvitationId) -> Result<Invitation> {
    tx.lock(Key("invitation", &[id.0]))?;
    let invitation = get_for(tx.conn(), by, id)?;
    let now = tx.now();
    match invitation.state(now) {
        InvitationState::Revoked => return Ok(invitation),
        InvitationState::Used => {
            let told = "Everybody came whom this invitation was for. To shut somebody out, suspend the account.";
            return Err(Error::conflict("invitation.used", told));
        }
        InvitationState::Open | InvitationState::Expired => {}
    }
    diesel::update(invitations::table.find(id)).set(invitations::revoked_at.eq(now)).execute(tx.conn())?;
    note(
        tx,
        Act::InvitationRevoked,
        id,
        json!({
            "accepted": invitation.accepted, "kind": invitation.kind, "role": invitation.role,
            "people": invitation.most, "by": invitation.invited_by, "made_at": invitation.created_at.rfc3339(),
        }),
    )?;
    Ok(Invitation { revoked_at: Some(now), ..invitation })
}

/// Whoever comes by an invitation comes into this team no longer: it is deleted.
pub fn forget_team(tx: &mut Tx<'_>, team: TeamId) -> Result<()> {
    let named = invitations::table.filter(invitations::team_id.eq(team));
    diesel::update(named).set(invitations::team_id.eq(None::<TeamId>)).execute(tx.conn())?;
    Ok(())
}

/// Forgets up to `limit` invitations by which nobody could come for long. Answers how many. Accounts remember who
/// invited them.
pub fn prune(tx: &mut Tx<'_>, limit: i64) -> Result<usize> {
    let old: Vec<InvitationId> = invitations::table
        .filter(invitations::expires_at.lt(tx.now().minus(REMEMBERED)))
        .order(invitations::expires_at)
        .limit(limit)
        .select(invitations::id)
        .load(tx.conn())?;
    diesel::delete(invitation_links::table.filter(invitation_links::invitation_id.among(old.clone())))
        .execute(tx.conn())?;
    Ok(diesel::delete(invitations::table.filter(invitations::id.among(old))).execute(tx.conn())?)
}
