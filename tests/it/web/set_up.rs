//! A company from the link of its first run to its first posts on another company's server, by a browser alone: Debian's
//! Chromium, told what to do by `tests/browser/setup.mjs`; and by an owner with a passkey, by `tests/browser/owner.mjs`.

use std::{path::Path, process::Command};

use guildhall::domain::accounts::{self, AccountKind};

use super::workroom::site;
use crate::{
    cli::{Place, Running, link},
    support::{database::TestDatabase, peer, ports, server::Server},
};

const PASSWORD: &str = "a sentence that is long enough";

/// Walks with the binary in a process of its own, and a customer on another server.
async fn walk(database: TestDatabase) {
    site();
    let elsewhere = Server::start(TestDatabase::sqlite()).await;
    let kim = elsewhere.person("kim", AccountKind::Customer).await;
    let hash = guildhall::secrets::hash_password(PASSWORD).unwrap();
    let made = elsewhere.app.db.write(move |tx| {
        let account = accounts::find_by_actor(tx.conn(), kim.actor)?.unwrap();
        accounts::set_password(tx, account.id, &hash)
    });
    made.await.unwrap();

    let port = ports::reserve(1);
    let origin = format!("http://localhost:{port}");
    let place = Place::on(database)
        .with("GUILDHALL_BASE_URL", &origin)
        .with("GUILDHALL_LISTEN", &format!("127.0.0.1:{port}"))
        .with("GUILDHALL_FEDERATION__ALLOW_HTTP", "true")
        .with("GUILDHALL_FEDERATION__ALLOWED_PRIVATE_ADDRESSES", r#"["127.0.0.1:1024-65535"]"#);
    let server = place.serve();
    browse("setup", &[&origin, &link(&server), &elsewhere.origin, PASSWORD], &server).await;
}

/// Runs a script of `tests/browser`, and shows what it and the server said where something is wrong.
async fn browse(script: &str, arguments: &[&str], server: &Running) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(peer::node());
    command.arg(root.join(format!("tests/browser/{script}.mjs"))).args(arguments);
    command.arg(root.join("target/screenshots").join(script));
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}{said}\n{}", String::from_utf8_lossy(&output.stdout), server.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_sets_up_with_a_passkey_in_a_browser_and_signs_in_with_it() {
    site();
    let port = ports::reserve(1);
    let origin = format!("http://localhost:{port}");
    let place = Place::on(TestDatabase::sqlite())
        .with("GUILDHALL_BASE_URL", &origin)
        .with("GUILDHALL_LISTEN", &format!("127.0.0.1:{port}"));
    let server = place.serve();
    browse("owner", &[&origin, &link(&server), PASSWORD], &server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_company_is_set_up_in_a_browser_and_heard_elsewhere() {
    walk(TestDatabase::sqlite()).await;
}
