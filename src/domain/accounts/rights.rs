//! What a role on a brand, and one on the server, lets a person do: the two tables that every door asks.

use diesel::prelude::*;

use super::{Account, AccountKind, GrantRole, Role, Voice, find_by_actor, of_people};
use crate::{
    db::{
        Among, Conn,
        schema::{accounts, actors, grants},
    },
    domain::{AccountId, ActorId, actors::ActorKind},
    error::{Error, Result, Rule},
};

crate::text_enum! {
    /// Something that may be done with a brand or a space.
    Right {
        /// Begin a draft, and change one's own.
        WriteDraft = "write_draft",
        /// Change and throw away what others drafted.
        EditOthersDraft = "edit_others_draft",
        /// Hand a draft in for review.
        Submit = "submit",
        /// Say yes to a draft that others wrote.
        Approve = "approve",
        /// Give a draft back.
        RequestChanges = "request_changes",
        /// Publish what has the approvals that it needs; act as the brand in an app.
        Publish = "publish",
        /// Give it a time instead.
        Schedule = "schedule",
        /// Publish in an emergency what has not.
        Override = "override",
        /// Answer without approval, where the brand's rules let answers go free.
        ReplyWithoutApproval = "reply_without_approval",
        /// Change what is published.
        EditPublished = "edit_published",
        /// Take back what is published.
        DeletePublished = "delete_published",
        /// Change the brand's rules.
        ChangePolicy = "change_policy",
        /// Give and take roles.
        ManageGrants = "manage_grants",
        /// Read drafts and what was said about them.
        ReadDrafts = "read_drafts",
        /// Read who did what.
        ReadAudit = "read_audit",
        /// Read figures.
        ReadFigures = "read_figures",
        /// Begin crisis mode, and be one of the two who end it.
        HandleCrisis = "handle_crisis",
    }
}

crate::text_enum! {
    /// Something that may be done with the server itself.
    HouseRight {
        /// Invite somebody who buys here.
        InviteCustomer = "invite_customer",
        /// Invite somebody who works here.
        InviteMember = "invite_member",
        /// Invite somebody who handles reports.
        InviteModerator = "invite_moderator",
        /// Invite somebody who runs the server.
        InviteAdmin = "invite_admin",
        /// Invite somebody who may do everything.
        InviteOwner = "invite_owner",
        /// Say whether people may sign up.
        ChangeRegistrations = "change_registrations",
        /// Say whether somebody who signed up gets an account.
        AnswerSignUps = "answer_sign_ups",
        /// Lock out somebody who buys here, or let them in again.
        SuspendCustomer = "suspend_customer",
        /// Lock out somebody who works here, or let them in again.
        SuspendStaff = "suspend_staff",
        /// Let only their followers find somebody who buys here or is elsewhere, or end that.
        LimitAccount = "limit_account",
        /// Lock out or delete somebody who may do everything.
        RemoveOwner = "remove_owner",
        /// Give somebody who works here another role with the server.
        ChangeRoles = "change_roles",
        /// Let somebody who works here do everything, or end that.
        ChangeOwners = "change_owners",
        /// Delete an account.
        DeleteAccount = "delete_account",
        /// Begin crisis mode, and be one of the two who end it.
        HandleCrisis = "handle_crisis",
        /// Set how far people and brands reach.
        SetExposure = "set_exposure",
        /// Change what the company is called, what it says of itself, and how it looks.
        ChangeCompany = "change_company",
        /// Give somebody a certificate, or take one back.
        GiveCertificates = "give_certificates",
        /// Make a brand.
        MakeBrands = "make_brands",
    }
}

impl HouseRight {
    /// What it takes to invite somebody as this.
    pub const fn to_invite(kind: AccountKind, role: Role) -> Self {
        match (kind, role) {
            (AccountKind::Employee, Role::Member) => Self::InviteMember,
            (_, Role::Member) => Self::InviteCustomer,
            (_, Role::Moderator) => Self::InviteModerator,
            (_, Role::Admin) => Self::InviteAdmin,
            (_, Role::Owner) => Self::InviteOwner,
        }
    }

    /// What it takes to lock out somebody who is this.
    pub const fn to_suspend(kind: AccountKind, role: Role) -> Self {
        match (kind, role) {
            (_, Role::Owner) => Self::RemoveOwner,
            (AccountKind::Employee, _) | (_, Role::Admin | Role::Moderator) => Self::SuspendStaff,
            (_, Role::Member) => Self::SuspendCustomer,
        }
    }

    /// What it takes to limit somebody who is this: of colleagues as much as to lock them out.
    pub const fn to_limit(kind: AccountKind, role: Role) -> Self {
        match Self::to_suspend(kind, role) {
            Self::SuspendCustomer => Self::LimitAccount,
            right => right,
        }
    }

    /// What it takes to give somebody who is this another role with the server.
    pub const fn to_change(before: Role, role: Role) -> Self {
        match (before, role) {
            (Role::Owner, _) | (_, Role::Owner) => Self::ChangeOwners,
            (Role::Admin | Role::Moderator | Role::Member, _) => Self::ChangeRoles,
        }
    }

    /// What it takes to delete somebody who is this.
    pub const fn to_delete(role: Role) -> Self {
        match role {
            Role::Owner => Self::RemoveOwner,
            Role::Admin | Role::Moderator | Role::Member => Self::DeleteAccount,
        }
    }
}

impl Role {
    /// Whether this role has a right: the table itself.
    pub const fn may(self, right: HouseRight) -> bool {
        match right {
            HouseRight::InviteCustomer
            | HouseRight::AnswerSignUps
            | HouseRight::SuspendCustomer
            | HouseRight::LimitAccount => !matches!(self, Self::Member),
            HouseRight::InviteMember
            | HouseRight::InviteModerator
            | HouseRight::InviteAdmin
            | HouseRight::HandleCrisis
            | HouseRight::SetExposure
            | HouseRight::ChangeCompany
            | HouseRight::GiveCertificates
            | HouseRight::MakeBrands
            | HouseRight::ChangeRegistrations
            | HouseRight::SuspendStaff
            | HouseRight::ChangeRoles
            | HouseRight::DeleteAccount => matches!(self, Self::Owner | Self::Admin),
            HouseRight::InviteOwner | HouseRight::RemoveOwner | HouseRight::ChangeOwners => matches!(self, Self::Owner),
        }
    }
}

impl Account {
    /// What the person may do with the server: nothing where they do not work here, whatever is written down.
    pub fn house_role(&self) -> Role {
        if self.kind == AccountKind::Employee { self.role } else { Role::Member }
    }

    /// Whether the person works here and has a role with the server, and may sign in. Nobody else moderates.
    pub fn moderates(&self) -> bool {
        self.is_active() && self.house_role() != Role::Member
    }

    /// Whether the person is an owner or an admin who works here, and may sign in.
    pub fn runs_server(&self) -> bool {
        self.moderates() && matches!(self.house_role(), Role::Owner | Role::Admin)
    }

    /// Whether the person may do this with the server: an employee who may sign in, with a role that has the right.
    pub fn may(&self, right: HouseRight) -> bool {
        self.is_active() && self.house_role().may(right)
    }

    /// Refuses who may not do this with the server.
    pub fn need(&self, right: HouseRight) -> Result<()> {
        if self.may(right) {
            return Ok(());
        }
        let roles = Role::ALL.iter().copied();
        let having: Vec<&str> = roles.filter(|role| role.may(right)).map(Role::as_str).collect();
        Err(Error::forbidden(
            "role.house_right",
            format!("Your role here is {}. This can be done by: {}.", self.house_role(), having.join(", ")),
        ))
    }
}

/// Of a person, in a query: an employee who may sign in. Nobody else has a role, whatever was granted once.
macro_rules! may_have_roles {
    () => {
        accounts::kind
            .eq(AccountKind::Employee)
            .and(accounts::suspended_at.is_null())
            .and(accounts::deleted_at.is_null())
    };
}

/// Who may do this with the server and can be written a letter, in the order of their ids.
pub fn reached_with(conn: &mut Conn, right: HouseRight) -> Result<Vec<AccountId>> {
    let roles: Vec<Role> = Role::ALL.iter().copied().filter(|role| role.may(right)).collect();
    Ok(accounts::table
        .filter(accounts::role.among(roles))
        .filter(may_have_roles!())
        .filter(accounts::email.is_not_null())
        .order(accounts::id)
        .select(accounts::id)
        .load(conn)?)
}

impl GrantRole {
    /// Whether this role has a right: the table itself.
    pub const fn may(self, right: Right) -> bool {
        use GrantRole::{Analyst, Approver, Auditor, Contributor, Manager, Owner, Publisher, Responder};
        match right {
            Right::WriteDraft | Right::Submit => !matches!(self, Analyst | Auditor),
            Right::ReadDrafts => !matches!(self, Analyst),
            Right::EditOthersDraft
            | Right::Publish
            | Right::Schedule
            | Right::EditPublished
            | Right::DeletePublished => matches!(self, Owner | Manager | Approver | Publisher),
            Right::ReplyWithoutApproval => matches!(self, Owner | Manager | Approver | Publisher | Responder),
            Right::Approve | Right::RequestChanges => matches!(self, Owner | Manager | Approver),
            Right::Override | Right::ChangePolicy | Right::ManageGrants | Right::HandleCrisis => {
                matches!(self, Owner | Manager)
            }
            Right::ReadAudit => matches!(self, Owner | Auditor),
            Right::ReadFigures => !matches!(self, Contributor | Responder),
        }
    }

    /// How much of a brand this role gives to who acts as it.
    pub const fn voice(self) -> Option<Voice> {
        if self.may(Right::Publish) {
            Some(Voice::Whole)
        } else if self.may(Right::WriteDraft) {
            Some(Voice::Drafts)
        } else {
            None
        }
    }

    /// The roles that have a right.
    pub(in crate::domain) fn having(right: Right) -> Vec<Self> {
        Self::ALL.iter().copied().filter(|role| role.may(right)).collect()
    }
}

/// A person's role on a brand, while they are an employee who may sign in and the brand is there.
pub fn role_on(conn: &mut Conn, account: AccountId, actor: ActorId) -> Result<Option<GrantRole>> {
    let granted: Option<(GrantRole, ActorKind)> = grants::table
        .inner_join(actors::table)
        .inner_join(accounts::table)
        .filter(grants::account_id.eq(account))
        .filter(grants::actor_id.eq(actor))
        .filter(may_have_roles!())
        .filter(actors::suspended_at.is_null())
        .filter(actors::deleted_at.is_null())
        .select((grants::role, actors::kind))
        .first(conn)
        .optional()?;
    Ok(granted.and_then(|(role, kind)| kind.has_speakers().then_some(role)))
}

/// What is said to who has no role on a brand: whether there is one is not told.
pub fn no_brand() -> Error {
    Error::not_found("brand.not_found", "There is no such brand on which you have a role.")
}

/// Refuses who has no such right on a brand. To who has no role on it at all the brand is not there: nobody finds out
/// by asking.
pub fn need_right(conn: &mut Conn, account: AccountId, actor: ActorId, right: Right) -> Result<GrantRole> {
    let role = role_on(conn, account, actor)?.ok_or_else(no_brand)?;
    if role.may(right) {
        return Ok(role);
    }
    let having: Vec<&str> = GrantRole::having(right).into_iter().map(GrantRole::as_str).collect();
    let told = format!("Your role on this brand is {role}. This can be done by: {}.", having.join(", "));
    Err(Error::forbidden("role.right", told).ruled_by(Rule::Brand(actor.0)))
}

/// The brands on which a person has a right, in the order of their ids.
pub fn brands_with(conn: &mut Conn, account: AccountId, right: Right) -> Result<Vec<ActorId>> {
    brands_as(conn, account, GrantRole::having(right))
}

/// The brands on which a person has a role, in the order of their ids.
pub fn brands_of(conn: &mut Conn, account: AccountId) -> Result<Vec<ActorId>> {
    brands_as(conn, account, GrantRole::ALL.to_vec())
}

fn brands_as(conn: &mut Conn, account: AccountId, roles: Vec<GrantRole>) -> Result<Vec<ActorId>> {
    let granted: Vec<(ActorId, ActorKind)> = grants::table
        .inner_join(actors::table)
        .inner_join(accounts::table)
        .filter(grants::account_id.eq(account))
        .filter(grants::role.among(roles))
        .filter(may_have_roles!())
        .filter(actors::suspended_at.is_null())
        .filter(actors::deleted_at.is_null())
        .order(grants::actor_id)
        .select((grants::actor_id, actors::kind))
        .load(conn)?;
    Ok(granted.into_iter().filter(|(_, kind)| kind.has_speakers()).map(|(actor, _)| actor).collect())
}

/// The people who have a right on one of these brands, and may sign in, those with a role for longest first.
pub fn people_with(conn: &mut Conn, brands: &[ActorId], right: Right) -> Result<Vec<(ActorId, AccountId)>> {
    Ok(grants::table
        .inner_join(accounts::table)
        .filter(grants::actor_id.among(brands.to_vec()))
        .filter(grants::role.among(GrantRole::having(right)))
        .filter(may_have_roles!())
        .order((grants::created_at, grants::account_id))
        .select((grants::actor_id, grants::account_id))
        .load(conn)?)
}

/// The people who answer for an actor, with their own actors: themselves; for a brand those who publish for it.
pub fn people_behind(conn: &mut Conn, actor: ActorId) -> Result<Vec<(AccountId, ActorId)>> {
    if let Some(own) = find_by_actor(conn, actor)? {
        return Ok(vec![(own.id, own.actor_id)]);
    }
    let people: Vec<AccountId> =
        people_with(conn, &[actor], Right::Publish)?.into_iter().map(|(_, account)| account).collect();
    Ok(of_people(conn, &[], &people)?.into_iter().map(|person| (person.id, person.actor_id)).collect())
}

/// For whom a person answers: the brands as which they publish, and themselves.
pub fn answers_for(conn: &mut Conn, account: AccountId, own: ActorId) -> Result<Vec<ActorId>> {
    let mut actors = brands_with(conn, account, Right::Publish)?;
    actors.push(own);
    Ok(actors)
}

/// Everybody who has a role on these brands, with it, and may sign in, those with one for longest first.
pub fn roles_on(conn: &mut Conn, brands: &[ActorId]) -> Result<Vec<(ActorId, AccountId, GrantRole)>> {
    Ok(grants::table
        .inner_join(accounts::table)
        .filter(grants::actor_id.among(brands.to_vec()))
        .filter(may_have_roles!())
        .order((grants::created_at, grants::account_id))
        .select((grants::actor_id, grants::account_id, grants::role))
        .load(conn)?)
}

/// Everybody who has a role on a brand, and may sign in, those with one for longest first.
pub fn people_on(conn: &mut Conn, brand: ActorId) -> Result<Vec<AccountId>> {
    Ok(grants::table
        .inner_join(accounts::table)
        .filter(grants::actor_id.eq(brand))
        .filter(may_have_roles!())
        .order((grants::created_at, grants::account_id))
        .select(grants::account_id)
        .load(conn)?)
}

/// Everybody who may begin crisis mode and be one of the two who end it: owners and admins of the server, and owners and
/// managers of any brand, in the order of their ids.
pub fn crisis_handlers(conn: &mut Conn) -> Result<Vec<AccountId>> {
    let roles: Vec<Role> = Role::ALL.iter().copied().filter(|role| role.may(HouseRight::HandleCrisis)).collect();
    let mut people: Vec<AccountId> = accounts::table
        .filter(accounts::role.among(roles))
        .filter(may_have_roles!())
        .select(accounts::id)
        .load(conn)?;
    let of_brands: Vec<(AccountId, ActorKind)> = grants::table
        .inner_join(actors::table)
        .inner_join(accounts::table)
        .filter(grants::role.among(GrantRole::having(Right::HandleCrisis)))
        .filter(may_have_roles!())
        .filter(actors::suspended_at.is_null())
        .filter(actors::deleted_at.is_null())
        .select((grants::account_id, actors::kind))
        .load(conn)?;
    people.extend(of_brands.into_iter().filter(|(_, kind)| kind.has_speakers()).map(|(account, _)| account));
    people.sort();
    people.dedup();
    Ok(people)
}

/// Refuses who may not begin crisis mode, or be one of the two who end it.
pub fn need_crisis_handler(conn: &mut Conn, account: AccountId) -> Result<()> {
    if crisis_handlers(conn)?.contains(&account) {
        return Ok(());
    }
    let told =
        "Crisis mode is for owners and admins of the server, and owners and managers of a brand. Ask one of them.";
    Err(Error::forbidden("crisis.right", told))
}

/// Everybody who has a role on some brand, and may sign in, in the order of their ids.
pub fn people_on_brands(conn: &mut Conn) -> Result<Vec<AccountId>> {
    Ok(grants::table
        .inner_join(accounts::table)
        .filter(may_have_roles!())
        .order(grants::account_id)
        .select(grants::account_id)
        .distinct()
        .load(conn)?)
}
