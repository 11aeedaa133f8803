//! What the page of the workroom knows when it begins: who is there, as whom they may act, and whose house it is.

use serde::Serialize;

use super::super::frame::Frame;
use crate::{
    db::Conn,
    domain::{
        ActorId, Site, TeamId,
        accounts::{self, Account, AccountKind, GrantRole, HouseRight, Right, Role},
        actors::{self, Actor},
        brands, org, setup,
    },
    error::Result,
    http::faces,
    text::Language,
};

/// Who is there.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    kind: AccountKind,
    role: Role,
    /// What they may do with the house.
    may: Vec<HouseRight>,
    language: Option<&'static str>,
    /// The person first, then the brands on which they have a role.
    identities: Vec<Identity>,
    teams: Vec<Team>,
    /// Whether crisis mode is on, for people who work here.
    crisis: bool,
    /// How many questions of the set-up are left, for whoever may answer them.
    setup_left: usize,
    /// How many people work here.
    staff: i64,
    host: String,
    longest_post: usize,
}

/// With the house around it.
#[derive(Debug, Serialize)]
pub(super) struct Whole {
    #[serde(flatten)]
    told: Told,
    form_token: String,
    company: House,
    /// Whether letters are sent; without a mail server they are files that an operator reads.
    sends_mail: bool,
}

#[derive(Debug, Serialize)]
struct House {
    name: String,
    colour: String,
    /// Its logo; it has a drawn house without one.
    logo: Option<String>,
}

/// Somebody as whom a person acts or writes.
#[derive(Debug, Serialize)]
struct Identity {
    id: ActorId,
    username: String,
    name: String,
    handle: String,
    picture: Option<String>,
    followers: i64,
    brand: Option<Brand>,
}

/// What a person may do for a brand.
#[derive(Debug, Serialize)]
struct Brand {
    role: GrantRole,
    may: Vec<Right>,
    min_approvals: i32,
}

/// A team in which the person is.
#[derive(Debug, Serialize)]
struct Team {
    id: TeamId,
    name: String,
    people: usize,
}

/// Reads it: as many queries as the person has roles, and some.
pub(super) fn read(conn: &mut Conn, site: &Site, account: &Account) -> Result<Told> {
    let own = actors::get(conn, account.actor_id)?;
    let mut identities = vec![identity(site, &own, None)];
    let granted: Vec<ActorId> = accounts::grants_of(conn, account.id)?.iter().map(|grant| grant.actor_id).collect();
    let rules = brands::all_rules_of(conn, &granted)?;
    for actor in actors::get_many(conn, &granted)? {
        let Some(role) = accounts::role_on(conn, account.id, actor.id)? else { continue };
        let may = Right::ALL.iter().copied().filter(|right| role.may(*right)).collect();
        let min_approvals =
            rules.iter().find(|rules| rules.actor_id == actor.id).map_or(0, |rules| rules.min_approvals);
        identities.push(identity(site, &actor, Some(Brand { role, may, min_approvals })));
    }
    let employee = account.kind == AccountKind::Employee;
    let setup_left = if account.may(HouseRight::ChangeCompany) { setup::left(conn)?.len() } else { 0 };
    let (mine, members) = (org::teams_of(conn, own.id)?, org::all_members(conn)?);
    let teams = org::list_teams(conn)?.into_iter().filter(|team| employee && mine.contains(&team.id));
    let people = |team: TeamId| members.iter().filter(|(of, _)| *of == team).count();
    let teams = teams.map(|team| Team { people: people(team.id), id: team.id, name: team.name }).collect();
    Ok(Told {
        kind: account.kind,
        role: account.house_role(),
        may: HouseRight::ALL.iter().copied().filter(|right| account.may(*right)).collect(),
        language: account.language().map(Language::tag),
        identities,
        teams,
        crisis: employee && brands::crisis(conn)?.is_some(),
        setup_left,
        staff: if employee { accounts::count_staff(conn)? } else { 0 },
        host: site.host().to_owned(),
        longest_post: site.post_characters,
    })
}

fn identity(site: &Site, actor: &Actor, brand: Option<Brand>) -> Identity {
    Identity {
        id: actor.id,
        username: actor.username.clone(),
        name: actor.display_name().to_owned(),
        handle: actor.handle(site),
        picture: actor.icon.as_ref().map(|icon| faces::address(site, actor.id, icon)),
        followers: actor.followers_count,
        brand,
    }
}

impl Told {
    /// With whose house it is, and what shows that a request comes from this page.
    pub(super) fn about(self, frame: &Frame, form_token: String, sends_mail: bool) -> Whole {
        let company = House {
            name: frame.company.name.clone(),
            colour: frame.company.colour.to_string(),
            logo: frame.company.logo.as_ref().map(|_| frame.icon()),
        };
        Whole { told: self, form_token, company, sends_mail }
    }
}
