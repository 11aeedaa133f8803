//! The company: what it is called, how it looks, and its teams.

mod colour;
mod company;
mod logo;
mod teams;

use diesel::prelude::*;

pub use colour::{Colour, Shades, Tint};
pub use company::{
    Company, Edit, LEGAL_TEXTS, LegalText, Registrations, Statement, company, edit_company, need_to_change,
    registrations, registrations_for, rules, set_registrations, set_statement,
};
pub use logo::{LARGEST_LOGO, Logo, LogoRef, judge_logo, logo, logo_too_large, remove_logo, set_logo};
pub use teams::{
    Team, TeamKind, add_to_team, all_members, change_team, create_team, delete_team, departments_of, desk, find_team,
    hold_team, list_teams, list_teams_of, lock_team, members_of, no_team, remove_from_team, set_role, teams_among,
    teams_of, writers_in,
};

use serde_json::Value;

use super::audit::{self, About, Act, Entry};
use crate::{
    db::{Conn, Signal, Tx, schema::settings},
    error::Result,
    on_conn,
};

/// Writes down what was done to the company.
fn note(tx: &mut Tx<'_>, act: Act, about: About<'_>, details: Value) -> Result<()> {
    audit::record(tx, &Entry { act, about, brand: None, reason: None, details })
}

/// The setting that holds when `guildhall backup` last wrote a copy, in microseconds.
pub const LAST_BACKUP: &str = "last_backup";

/// A setting of the company, such as `name`, `base_url`, `domain`.
pub fn setting(conn: &mut Conn, key: &str) -> Result<Option<String>> {
    Ok(settings::table.find(key).select(settings::value).first(conn).optional()?)
}

/// Stores a setting of the company.
pub fn set_setting(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<()> {
    on_conn!(tx.conn(), |c| diesel::insert_into(settings::table)
        .values((settings::key.eq(key), settings::value.eq(value)))
        .on_conflict(settings::key)
        .do_update()
        .set(settings::value.eq(value))
        .execute(c))?;
    tx.signal(Signal { topic: "settings", kind: "update", id: 0 });
    Ok(())
}

/// Forgets a setting.
pub fn remove_setting(tx: &mut Tx<'_>, key: &str) -> Result<()> {
    diesel::delete(settings::table.find(key)).execute(tx.conn())?;
    tx.signal(Signal { topic: "settings", kind: "update", id: 0 });
    Ok(())
}
