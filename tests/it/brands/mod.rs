//! Brands that several people speak for: what their roles let them do, and what is written down of it.

mod acts;
mod answered;
mod appointed;
mod apps;
mod audit;
mod authority;
mod certificates;
mod crisis;
pub mod desk;
pub mod doors;
mod drafters;
mod edits;
mod emergency;
mod endings;
mod exposure;
mod figures;
mod flow;
mod keeping;
pub mod keys;
mod later;
mod letters;
mod log;
mod making;
mod names;
mod news;
mod once;
mod people;
mod random;
mod rights;
mod roles;
mod weaker;

use guildhall::{
    domain::{
        ActorId, Page,
        accounts::{self, GrantRole},
        actors::{self, ActorKind, NewLocal},
        audit::{Of, list},
    },
    error::Result,
};

use crate::mastodon::{House, Person};

/// Where our own API is.
pub const API: &str = "/api/guildhall/v1";

/// A brand without anybody.
pub async fn brand(house: &House, username: &'static str) -> ActorId {
    let site = house.app.site.clone();
    let brand = move |tx: &mut guildhall::db::Tx<'_>| {
        let new = NewLocal {
            kind: ActorKind::Organization,
            username: username.to_owned(),
            name: username.to_uppercase(),
            summary: String::new(),
            locked: false,
        };
        Ok(actors::create_local(tx, &site, &new)?.id)
    };
    house.app.db.write(brand).await.unwrap()
}

/// Gives somebody a role, as the command line does.
pub async fn give(house: &House, person: &Person, brand: ActorId, role: GrantRole) -> Result<()> {
    let account = person.account;
    house.app.db.write(move |tx| accounts::grant(tx, account, brand, role)).await
}

/// An employee with a role on a brand.
pub async fn with_role(house: &House, brand: ActorId, role: GrantRole) -> Person {
    let person = house.employee(&format!("the_{role}")).await;
    give(house, &person, brand, role).await.unwrap();
    person
}

/// What was written down, oldest first.
pub async fn audit_acts(desk: &desk::Desk) -> Vec<String> {
    let page = Page { limit: 1_000, ..Page::default() };
    let records = desk.house.app.db.read(move |conn| list(conn, &Of::Everybody, &page)).await.unwrap();
    records.into_iter().rev().map(|record| record.act).collect()
}
