//! Coming in by an invitation.

use diesel::prelude::*;
use serde_json::json;

use super::{Invitation, InvitationState, make::note, may_still};
use crate::{
    db::{
        Conn, Key, Timestamp, Tx,
        schema::{invitation_links, invitations},
    },
    domain::{
        InvitationId, Site,
        accounts::{self, Account, NewAccount},
        actors,
        audit::Act,
        notifications, org,
    },
    error::{Error, Kind, Result},
};

/// What somebody says who comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// The name in the handle.
    pub username: String,
    /// What the person is called.
    pub display_name: String,
    /// Where mail reaches the person.
    pub email: String,
    /// argon2id.
    pub password_hash: String,
    /// Others may find the person in lists and by search.
    pub listed: bool,
}

/// What a fault is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in Acceptance")]
pub enum Field {
    Username,
    DisplayName,
    Email,
}

impl Acceptance {
    /// Everything with which nobody could come, whoever it is, and what somebody else has already.
    pub fn faults(&self, conn: &mut Conn) -> Result<Vec<(Field, Error)>> {
        let username = accounts::typed_username(&self.username);
        let checks = [
            (Field::Username, actors::check_username(username).and_then(|()| actors::refuse_taken(conn, username))),
            (Field::DisplayName, accounts::typed_name(&self.display_name).map(drop)),
            (Field::Email, accounts::email_key(&self.email).and_then(|key| accounts::refuse_taken(conn, &key))),
        ];
        let mut faults = Vec::new();
        for (field, checked) in checks {
            match checked {
                Err(error) if matches!(error.kind(), Kind::Invalid | Kind::Conflict) => faults.push((field, error)),
                checked => checked?,
            }
        }
        Ok(faults)
    }
}

/// Where there is no such link.
pub fn unknown() -> Error {
    Error::not_found(
        "invitation.not_found",
        "There is no such invitation. Look whether the whole link was copied, or ask whoever gave it to you for another one.",
    )
}

/// The invitation behind a link by which somebody may come now. Otherwise the error says why not: not found where there
/// is no such link, gone with a code of its own where there was.
pub fn find_usable(conn: &mut Conn, link: &[u8; 32], now: Timestamp) -> Result<Invitation> {
    let invitation: Option<Invitation> = invitation_links::table
        .inner_join(invitations::table)
        .filter(invitation_links::secret_hash.eq(&link[..]))
        .select(Invitation::as_select())
        .first(conn)
        .optional()?;
    let invitation = invitation.ok_or_else(unknown)?;
    let over = match invitation.state(now) {
        InvitationState::Open => None,
        InvitationState::Used => Some((
            "invitation.used",
            "This invitation was used already. If that was you, sign in. If not, ask whoever gave it to you for another one.",
        )),
        InvitationState::Expired => Some((
            "invitation.expired",
            "The time of this invitation is over. Ask whoever gave it to you for another one.",
        )),
        InvitationState::Revoked => {
            Some(("invitation.revoked", "This invitation was taken back. Ask whoever gave it to you what happened."))
        }
    };
    if let Some((code, told)) = over {
        return Err(Error::gone(code, told));
    }
    if !may_still(conn, &invitation)? {
        return Err(Error::gone(
            "invitation.void",
            "Whoever made this invitation may not invite like that any more. Ask somebody else at the company for another one.",
        ));
    }
    Ok(invitation)
}

/// Makes an account for whoever comes by a link, with all that the invitation gives. Of two who come at once by one that
/// is for one person, one has an account.
pub fn accept(tx: &mut Tx<'_>, site: &Site, link: &[u8; 32], new: &Acceptance) -> Result<Account> {
    let now = tx.now();
    let Invitation { id: InvitationId(number), team_id, .. } = find_usable(tx.conn(), link, now)?;
    tx.lock(Key("invitation", &[number]))?;
    if let Some(team) = team_id {
        org::hold_team(tx, team)?;
    }
    // Somebody may have been faster while we waited for the locks, or the team is gone: then they come into none.
    let invitation = find_usable(tx.conn(), link, now)?;
    let person = NewAccount {
        username: accounts::typed_username(&new.username).to_owned(),
        display_name: accounts::typed_name(&new.display_name)?,
        email: Some(new.email.trim().to_owned()),
        password_hash: Some(new.password_hash.clone()),
        kind: invitation.kind,
        role: invitation.role,
    };
    let (account, actor) = accounts::create(tx, site, &person)?;
    accounts::remember_origin(tx, account.id, invitation.id, invitation.invited_by)?;
    diesel::update(invitations::table.find(invitation.id))
        .set(invitations::accepted.eq(invitations::accepted + 1))
        .execute(tx.conn())?;
    if !new.listed {
        actors::keep_unlisted(tx, actor.id)?;
    }
    give(tx, &invitation, &account)?;
    tx.behalf_of(account.id.0);
    let details = json!({
        "account": account.id, "by": invitation.invited_by, "kind": invitation.kind, "role": invitation.role,
    });
    note(tx, Act::InvitationAccepted, invitation.id, details)?;
    notifications::tell_of_sign_up(tx, actor.id)?;
    accounts::get(tx.conn(), account.id)
}

/// Gives what goes with an invitation. Whoever invited gives it, so the audit log names them.
fn give(tx: &mut Tx<'_>, invitation: &Invitation, account: &Account) -> Result<()> {
    if let Some(by) = invitation.invited_by {
        tx.behalf_of(by.0);
    }
    for offered in &invitation.grants.0 {
        accounts::grant(tx, account.id, offered.actor, offered.role)?;
    }
    invitation.team_id.map_or(Ok(()), |team| org::add_to_team(tx, team, account.id))
}
