//! Looking invitations up.

use diesel::prelude::*;

use super::{Invitation, InvitationState, may_still};
use crate::{
    db::{
        Among, Conn, Timestamp,
        schema::{accounts as accounts_table, actors, invitations},
    },
    domain::{
        AccountId, InvitationId, Page,
        accounts::{self, AccountKind, HouseRight, Role},
    },
    error::{Error, Result},
};

/// Somebody who came by an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Came {
    /// By which.
    pub invitation: Option<InvitationId>,
    /// Who.
    pub account: AccountId,
    /// The name in their handle.
    pub username: String,
    /// When.
    pub at: Timestamp,
}

/// The invitation of this id.
pub fn find(conn: &mut Conn, id: InvitationId) -> Result<Option<Invitation>> {
    Ok(invitations::table.find(id).select(Invitation::as_select()).first(conn).optional()?)
}

/// The invitation of this id, for somebody who may make such a one; nobody is the command line.
pub fn get_for(conn: &mut Conn, by: Option<AccountId>, id: InvitationId) -> Result<Invitation> {
    let by = by.map(|by| accounts::get(conn, by)).transpose()?;
    // Who invites nobody hears that, whatever there is.
    if let Some(by) = &by {
        by.need(HouseRight::InviteCustomer)?;
    }
    find(conn, id)?
        .filter(|invitation| by.as_ref().is_none_or(|by| by.may(invitation.right())))
        .ok_or_else(|| Error::not_found("invitation.not_found", "There is no such invitation that you may handle."))
}

/// For which addresses these invitations are, of those that are remembered and for one.
pub fn addresses_of(conn: &mut Conn, ids: Vec<InvitationId>) -> Result<Vec<(InvitationId, String)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(invitations::table
        .filter(invitations::id.among(ids))
        .filter(invitations::email.is_not_null())
        .select((invitations::id, invitations::email.assume_not_null()))
        .load(conn)?)
}

/// A page of the invitations that somebody may handle, newest first; nobody is the command line.
pub fn list(conn: &mut Conn, by: Option<AccountId>, page: &Page) -> Result<Vec<Invitation>> {
    let (above, below) = page.bounds();
    let mut query = invitations::table
        .filter(invitations::id.gt(above))
        .filter(invitations::id.lt(below))
        .limit(page.limit)
        .select(Invitation::as_select())
        .into_boxed();
    if let Some(by) = by {
        let by = accounts::get(conn, by)?;
        by.need(HouseRight::InviteCustomer)?;
        let roles = Role::ALL.iter().copied();
        let roles: Vec<Role> =
            roles.filter(|role| by.may(HouseRight::to_invite(AccountKind::Employee, *role))).collect();
        query = query.filter(invitations::kind.ne(AccountKind::Employee).or(invitations::role.among(roles)));
    }
    query = if page.upwards() { query.order(invitations::id.asc()) } else { query.order(invitations::id.desc()) };
    let mut found: Vec<Invitation> = query.load(conn)?;
    if page.upwards() {
        found.reverse();
    }
    Ok(found)
}

/// Who came by these invitations, oldest first.
pub fn came_by(conn: &mut Conn, ids: &[InvitationId]) -> Result<Vec<Came>> {
    Ok(accounts_table::table
        .inner_join(actors::table)
        .filter(accounts_table::invitation_id.among(ids.to_vec()))
        .order(accounts_table::id)
        .select((accounts_table::invitation_id, accounts_table::id, actors::username, accounts_table::created_at))
        .load(conn)?)
}

/// The invitation with its address, where a letter with a link is still wanted: it is open, and whoever made it may.
pub fn waiting_for_letter(conn: &mut Conn, id: InvitationId, now: Timestamp) -> Result<Option<(Invitation, String)>> {
    let open = find(conn, id)?.filter(|one| one.state(now) == InvitationState::Open);
    let Some(invitation) = open else { return Ok(None) };
    if !may_still(conn, &invitation)? {
        return Ok(None);
    }
    Ok(invitation.email.clone().map(|address| (invitation, address)))
}
