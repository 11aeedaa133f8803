//! The workroom in a browser: Debian's Chromium, told what to do by `tests/browser/workroom.mjs`, `own.mjs`, `house.mjs`,
//! `people.mjs`, `copies.mjs`, `push.mjs` and `proof.mjs`.

use std::{fs, path::Path, process::Command, time::Duration};

use diesel::prelude::*;
use guildhall::{
    db::{Timestamp, Tx, schema::jobs},
    domain::{
        ActorId, Site,
        accounts::{self, AccountKind, GrantRole, NewAccount, Role},
        brands::{self, PolicyChange},
        servers::{self, Pause},
    },
    error::Result,
};

use super::town::Town;
use crate::support::{database::TestDatabase, peer, server::Server};

const PASSWORD: &str = "a sentence that is long enough";
/// What all screens in all languages may have together, compressed, in bytes. What the first of them really loads is
/// measured by `workroom.mjs`.
const ALL_SCREENS: u64 = 340_000;

pub(super) fn site() -> std::path::PathBuf {
    let site = Path::new(env!("CARGO_MANIFEST_DIR")).join("frontend/build/site");
    assert!(site.join("index.html").exists(), "the workroom is not built: run scripts/workroom");
    site
}

/// Work that was given up.
fn park(tx: &mut Tx<'_>) -> Result<()> {
    let now = tx.now();
    diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(1),
            jobs::kind.eq("fetch_post"),
            jobs::payload.eq("{}"),
            jobs::state.eq("parked"),
            jobs::attempts.eq(10),
            jobs::run_at.eq(now),
            jobs::leased_until.eq(Timestamp(0)),
            jobs::last_error.eq(Some("It broke.")),
            jobs::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// A company in which three people may sign in with `PASSWORD`, and a journey of theirs through it.
async fn walk(journey: &str) {
    walk_among(journey, |_, _, _, _| Ok(())).await;
}

/// The same with more people: `others` makes them, with the hash of the password and the brand.
async fn walk_among(journey: &str, others: impl Fn(&mut Tx<'_>, &Site, &str, ActorId) -> Result<()> + Send + 'static) {
    site();
    let server = Server::start(TestDatabase::sqlite()).await;
    let town = Town::fill(&server.app, "brand").await;
    let (hash, brand) = (guildhall::secrets::hash_password(PASSWORD).unwrap(), town.brand.id);
    let site = server.app.site.clone();
    let made = server.app.db.write(move |tx| {
        for (name, role) in
            [("anaf", GrantRole::Contributor), ("mette", GrantRole::Owner), ("jonas", GrantRole::Manager)]
        {
            let (account, _) = accounts::find_by_username(tx.conn(), name)?.unwrap();
            accounts::set_password(tx, account.id, &hash)?;
            accounts::grant(tx, account.id, brand, role)?;
        }
        let (mette, _) = accounts::find_by_username(tx.conn(), "mette")?.unwrap();
        accounts::set_role(tx, mette.id, AccountKind::Employee, Role::Owner)?;
        servers::failed(tx, "bikes.example", "The server answered 503.", Pause::Ours(Duration::ZERO))?;
        park(tx)?;
        others(tx, &site, &hash, brand)?;
        let change = PolicyChange { min_approvals: Some(1), ..PolicyChange::default() };
        brands::change_policy(tx, mette.id, brand, &change, None, None)
    });
    made.await.unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(peer::node());
    command.arg(root.join("tests/browser").join(journey)).arg(&server.origin).arg(PASSWORD);
    command.arg(root.join("target/screenshots/workroom"));
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}{said}", String::from_utf8_lossy(&output.stdout));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_workroom_is_used_in_a_browser() {
    walk("workroom.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_do_for_themselves_works_in_a_browser() {
    walk("own.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_house_is_run_in_a_browser() {
    walk("house.mjs").await;
}

/// Somebody who handles reports, somebody who reads what was done for the brand, and a customer.
fn more_people(tx: &mut Tx<'_>, site: &Site, hash: &str, brand: ActorId) -> Result<()> {
    let (idris, _) = accounts::find_by_username(tx.conn(), "idris")?.unwrap();
    accounts::set_password(tx, idris.id, hash)?;
    accounts::set_role(tx, idris.id, AccountKind::Employee, Role::Moderator)?;
    accounts::revoke_grant(tx, idris.id, brand)?;
    for (username, display_name, kind) in
        [("audrey", "Audrey Lindqvist", AccountKind::Employee), ("carla", "Carla Reyes", AccountKind::Customer)]
    {
        let new = NewAccount {
            username: username.to_owned(),
            display_name: display_name.to_owned(),
            email: Some(format!("{username}@company.example")),
            password_hash: Some(hash.to_owned()),
            kind,
            role: Role::Member,
        };
        let (account, _) = accounts::create(tx, site, &new)?;
        if kind == AccountKind::Employee {
            accounts::grant(tx, account.id, brand, GrantRole::Auditor)?;
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_put_together_and_certified_in_a_browser() {
    walk_among("people.mjs", more_people).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_said_inside_is_published_anew_in_a_browser() {
    walk("copies.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn news_come_while_the_workroom_is_closed() {
    walk("push.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_screen_is_measured_and_work_is_done_by_keyboard_alone() {
    walk("proof.mjs").await;
}

#[test]
fn the_workroom_built_for_a_browser_is_small() {
    fn sizes(folder: &Path, found: &mut Vec<(u64, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sizes(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "br") {
                found.push((fs::metadata(&path).unwrap().len(), path.display().to_string()));
            }
        }
    }
    let mut found = Vec::new();
    sizes(&site().join("_app/immutable"), &mut found);
    let whole: u64 = found.iter().map(|(size, _)| size).sum();
    assert!(!found.is_empty() && whole <= ALL_SCREENS, "{whole} bytes: {found:#?}");
}
