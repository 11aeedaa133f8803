//! Programs and libraries that people really use, from PyPI and npm, against a whole instance.

use std::process::Command;

use guildhall::{
    domain::{
        accounts::{self, AccountKind, GrantRole, NewAccount, Role},
        actors, announcements,
        brands::{self, PolicyChange, Signature},
    },
    http::emojis::{Shelf, Wish},
};

use serde_json::{Value, json};

use super::PASSWORD;
use crate::{
    mastodon::media::picture,
    support::{
        database::TestDatabase,
        peer::node,
        ports::reserve,
        server::{Person, Server},
    },
};

/// The interpreter of `tests/clients`.
pub fn python() -> String {
    let output = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/python")).arg("path").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Ana, with a role on the brand of an instance.
async fn employ(server: &Server, role: GrantRole) {
    let (site, hash) = (server.app.site.clone(), guildhall::secrets::hash_password(PASSWORD).unwrap());
    let made = server.app.db.write(move |tx| {
        let new = NewAccount {
            username: "ana".to_owned(),
            display_name: "Ana".to_owned(),
            email: Some("ana@acme.test".to_owned()),
            password_hash: Some(hash.clone()),
            kind: AccountKind::Employee,
            role: Role::Member,
        };
        let (account, _) = accounts::create(tx, &site, &new)?;
        let brand = actors::find_local(tx.conn(), "brand")?.unwrap();
        accounts::grant(tx, account.id, brand.id, role)
    });
    made.await.unwrap();
}

/// An instance with Ana, who may publish as the brand, an emoji and an announcement.
async fn with_ana(database: TestDatabase) -> Server {
    let server = Server::start(database).await;
    employ(&server, GrantRole::Publisher).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tea.png");
    std::fs::write(&file, picture(32, 32, image::ImageFormat::Png)).unwrap();
    let shelf = Shelf { files: &server.app.files, db: &server.app.db, site: &server.app.site, by: None };
    let wish = Wish { shortcode: "tea".to_owned(), category: Some("Drinks".to_owned()), visible: true };
    shelf.add(&wish, &file, None).await.unwrap();
    let site = server.app.site.clone();
    let told = server.app.db.write(move |tx| announcements::make(tx, &site, "We have *tea* :tea:", None));
    told.await.unwrap();
    server
}

/// Runs a program of `tests/clients` as the person and as the brand.
async fn run(database: TestDatabase, interpreter: impl AsRef<std::ffi::OsStr>, program: &str) {
    let server = with_ana(database).await;
    for acts_as in ["ana", "brand"] {
        run_as(&server, &interpreter, program, acts_as).await;
    }
}

/// Runs it as one of both; answers what it says.
async fn run_as(server: &Server, interpreter: impl AsRef<std::ffi::OsStr>, program: &str, acts_as: &str) -> String {
    let mut command = Command::new(&interpreter);
    command.arg(format!("{}/tests/clients/{program}", env!("CARGO_MANIFEST_DIR")));
    command.args([&server.origin, "ana@acme.test", PASSWORD, acts_as]);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let (said, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{acts_as}: {said}{error}");
    said.into_owned()
}

on_both! {
    async fn mastodon_py_signs_in_as_a_person_and_as_the_brand(database: TestDatabase) {
        run(database, python(), "mastodon_py.py").await;
    }

    async fn toot_signs_in_as_a_person_and_as_the_brand(database: TestDatabase) {
        run(database, python(), "toot_cli.py").await;
    }

    async fn what_somebody_drafts_in_toot_reaches_another_server_when_a_colleague_agrees(database: TestDatabase) {
        let (here, there) = (Server::start(database).await, Server::start(TestDatabase::sqlite()).await);
        employ(&here, GrantRole::Contributor).await;
        let rules = here.app.db.write(|tx| {
            let brand = actors::find_local(tx.conn(), "brand")?.unwrap().id;
            let owner = accounts::find_by_username(tx.conn(), "owner")?.unwrap().0.id;
            let change = PolicyChange { min_approvals: Some(1), signature: Some(Signature::NameLink), ..PolicyChange::default() };
            brands::change_policy(tx, owner, brand, &change, None, None)
        });
        rules.await.unwrap();
        let abe = here.person("abe", AccountKind::Employee).await;
        let hash = guildhall::secrets::token_hash("abe as the brand");
        let approver = here.app.db.write(move |tx| {
            let brand = actors::find_local(tx.conn(), "brand")?.unwrap().id;
            let abe = accounts::find_by_username(tx.conn(), "abe")?.unwrap().0.id;
            accounts::grant(tx, abe, brand, GrantRole::Approver)?;
            accounts::issue_token(tx, abe, brand, "read write", "app", &hash)
        });
        approver.await.unwrap();
        let abe = Person { token: "abe as the brand".to_owned(), ..abe };
        let cleo = there.person("cleo", AccountKind::Customer).await;
        let brand = there.find(&cleo, &format!("@brand@{}", here.app.site.domain)).await;
        there.post(&cleo, &format!("/api/v1/accounts/{brand}/follow"), json!({})).await;
        there.wait_for(&cleo, &format!("/api/v1/accounts/relationships?id[]={brand}"), "the follow", |told| told[0]["following"] == true).await;

        let waits: Value = serde_json::from_str(&run_as(&here, python(), "toot_draft.py", "brand").await).unwrap();
        let posted = here.post(&abe, &format!("/api/v1/statuses/{}/favourite", waits["id"].as_str().unwrap()), json!({})).await;
        assert_eq!((&posted["visibility"], &posted["account"]["username"]), (&json!("public"), &json!("brand")));
        let arrived = there.wait_at_home(&cleo, posted["uri"].as_str().unwrap()).await;
        let content = arrived["content"].as_str().unwrap();
        assert!(content.contains("We open a second workshop") && content.contains("Ana</a></p>"), "{content}");
        // Of what waited, and of what was thrown away, nothing left.
        let all = there.get(&cleo, &format!("/api/v1/accounts/{brand}/statuses")).await;
        assert_eq!(all.as_array().unwrap().len(), 1, "{all}");
        assert!(!there.letters().iter().any(|letter| format!("{letter:?}").contains("Never mind")));
    }

    async fn masto_js_signs_in_as_a_person_and_as_the_brand(database: TestDatabase) {
        run(database, node(), "npm/masto.mjs").await;
    }

    async fn megalodon_signs_in_as_a_person_and_as_the_brand(database: TestDatabase) {
        run(database, node(), "npm/megalodon.mjs").await;
    }
}

/// The walk of the documentation, as its reader does it.
#[test]
fn the_walk_from_a_draft_to_another_server_does_what_it_says() {
    let first = reserve(2);
    let top = env!("CARGO_MANIFEST_DIR");
    let output = Command::new(python())
        .arg(format!("{top}/tests/clients/walk.py"))
        .args([&format!("{top}/docs/walks/brand-post.sh"), env!("CARGO_BIN_EXE_guildhall")])
        .env("WALK_PORTS", format!("{first} {}", first + 1))
        .output()
        .unwrap();
    let (said, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{error}");
    assert!(said.contains("Cleo reads: We open a second workshop on Monday  —  Ben Berg"), "{said}");
    assert!(said.trim_end().ends_with("their folder is gone."), "{said}");
}
