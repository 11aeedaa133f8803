//! Invitations: how people come in whom somebody here asks to.
//!
//! An invitation says as what somebody may come, and until when. Whoever comes has what the inviter may give at that
//! moment, not what they might have given when they invited: who lost the right invites nobody any more. What is known
//! of a link is its hash.

mod accept;
mod make;
mod queries;

use std::time::Duration;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use accept::{Acceptance, Field, accept, find_usable, unknown};
pub use make::{LETTERS, MOST, NewInvitation, OPEN, add_link, forget_link, forget_team, make, prune, revoke};
pub use queries::{Came, addresses_of, came_by, find, get_for, list, waiting_for_letter};

use super::{AccountId, ActorId, InvitationId, TeamId, accounts};
use crate::{
    db::{Conn, Json, Timestamp, schema::invitations},
    domain::accounts::{AccountKind, GrantRole, HouseRight, Right, Role},
    error::{Error, Kind, Result},
};

/// How long an invitation lasts where nobody says.
pub const USUAL: Duration = Duration::from_secs(7 * DAY);
/// How long it may last.
pub const LONGEST: Duration = Duration::from_secs(30 * DAY);
/// How many brands somebody may be given a role on with one.
pub const GRANTS: usize = 20;
/// The seconds of a day.
const DAY: u64 = 24 * 3600;

crate::text_enum! {
    /// What has become of an invitation.
    InvitationState {
        /// Somebody may still come by it.
        Open = "open",
        /// Everybody came whom it was for.
        Used = "used",
        /// Its time is over.
        Expired = "expired",
        /// It was taken back.
        Revoked = "revoked",
    }
}

/// A role on a brand that goes with an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = OfferedRole)]
pub struct Offered {
    /// The brand.
    pub actor: ActorId,
    /// The role.
    pub role: GrantRole,
}

/// An invitation as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = invitations)]
pub struct Invitation {
    /// Its number.
    pub id: InvitationId,
    /// How whoever comes belongs to the company.
    pub kind: AccountKind,
    /// What they may do with the server.
    pub role: Role,
    /// The roles on brands that they get.
    pub grants: Json<Vec<Offered>>,
    /// The team that they are in.
    pub team_id: Option<TeamId>,
    /// Where the letter went.
    pub email: Option<String>,
    /// How many people may come by it.
    pub most: i64,
    /// How many have come.
    pub accepted: i64,
    /// Who invited; nobody, when it was the command line.
    pub invited_by: Option<AccountId>,
    /// When.
    pub created_at: Timestamp,
    /// Until when somebody may come.
    pub expires_at: Timestamp,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

impl Invitation {
    /// What has become of it by now.
    pub fn state(&self, now: Timestamp) -> InvitationState {
        if self.revoked_at.is_some() {
            InvitationState::Revoked
        } else if self.accepted >= self.most {
            InvitationState::Used
        } else if self.expires_at <= now {
            InvitationState::Expired
        } else {
            InvitationState::Open
        }
    }

    /// What it takes to make it, and to take it back.
    pub const fn right(&self) -> HouseRight {
        HouseRight::to_invite(self.kind, self.role)
    }
}

/// Refuses what this person may not give: a role on the server, or on a brand. The command line may give everything.
fn need_rights(conn: &mut Conn, by: Option<AccountId>, right: HouseRight, grants: &[Offered]) -> Result<()> {
    let Some(by) = by else { return Ok(()) };
    accounts::get(conn, by)?.need(right)?;
    for offered in grants {
        accounts::need_right(conn, by, offered.actor, Right::ManageGrants)?;
        // Whoever invites could come by it themselves, and be the second person that rules ask for.
        if [Right::Approve, Right::ChangePolicy, Right::Override].into_iter().any(|right| offered.role.may(right)) {
            let told = "Whoever approves what others write, or changes the rules, gets that role on the command line: \
                        guildhall grant BRAND NAME ROLE. Invite them without it.";
            return Err(Error::forbidden("role.second_person", told));
        }
    }
    Ok(())
}

/// Whether whoever made an invitation may still give what it gives.
fn may_still(conn: &mut Conn, invitation: &Invitation) -> Result<bool> {
    match need_rights(conn, invitation.invited_by, invitation.right(), &invitation.grants.0) {
        Err(refused) if matches!(refused.kind(), Kind::Forbidden | Kind::NotFound) => Ok(false),
        checked => checked.map(|()| true),
    }
}
