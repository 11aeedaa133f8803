//! Customers of another server, who have no account here, read what a brand says, follow it and answer it: Debian's
//! Chromium, told what to do by `tests/browser/visitor.mjs`, and two servers that reach each other.

use std::{path::Path, process::Command};

use guildhall::domain::{
    accounts::{self, AccountKind},
    posts::Audience,
};

use super::{
    town::{self, Town},
    workroom::site,
};
use crate::support::{database::TestDatabase, peer, server::Server};

const PASSWORD: &str = "a sentence that is long enough";

/// Somebody who may sign in with `PASSWORD`.
async fn customer(server: &Server, name: &str) {
    let actor = server.person(name, AccountKind::Customer).await.actor;
    let hash = guildhall::secrets::hash_password(PASSWORD).unwrap();
    let made = server.app.db.write(move |tx| {
        let account = accounts::find_by_actor(tx.conn(), actor)?.unwrap();
        accounts::set_password(tx, account.id, &hash)
    });
    made.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_no_account_here_follows_and_answers_in_a_browser() {
    site();
    let (here, elsewhere) = (Server::start(TestDatabase::sqlite()).await, Server::start(TestDatabase::sqlite()).await);
    let town = Town::fill(&here.app, "brand").await;
    let asks = "<p>Does yours squeak in the cold? Tell us, we weld the next ones in May.</p>";
    let post = town::says(&here.app, town.brand.id, asks, None, Audience::Public).await;
    for name in ["kim", "lea"] {
        customer(&elsewhere, name).await;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(peer::node());
    command.arg(root.join("tests/browser/visitor.mjs")).args([&here.origin, "brand"]);
    command.arg(format!("{}/@brand/{post}", here.origin));
    command.args([&elsewhere.origin, "kim", "lea", PASSWORD]).arg(root.join("target/screenshots/visitor"));
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}{said}", String::from_utf8_lossy(&output.stdout));
}
