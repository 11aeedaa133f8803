//! Programs and libraries that people really use, from PyPI and npm, against a whole instance.

use std::process::Command;

use guildhall::{
    domain::{
        accounts::{self, AccountKind, GrantRole, NewAccount, Role},
        actors, announcements,
    },
    http::emojis::{Shelf, Wish},
};

use super::PASSWORD;
use crate::{
    mastodon::media::picture,
    support::{database::TestDatabase, peer::node, server::Server},
};

/// The interpreter of `tests/clients`.
pub fn python() -> String {
    let output = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/python")).arg("path").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// An instance with Ana, who may publish as the brand, an emoji and an announcement.
async fn with_ana(database: TestDatabase) -> Server {
    let server = Server::start(database).await;
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
        accounts::grant(tx, account.id, brand.id, GrantRole::Publisher)
    });
    made.await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tea.png");
    std::fs::write(&file, picture(32, 32, image::ImageFormat::Png)).unwrap();
    let shelf = Shelf { files: &server.app.files, db: &server.app.db, site: &server.app.site, by: None };
    let wish = Wish { shortcode: "tea".to_owned(), category: Some("Drinks".to_owned()), visible: true };
    shelf.add(&wish, &file).await.unwrap();
    let site = server.app.site.clone();
    let told = server.app.db.write(move |tx| announcements::make(tx, &site, "We have *tea* :tea:", None));
    told.await.unwrap();
    server
}

/// Runs a program of `tests/clients` as the person and as the brand.
async fn run(database: TestDatabase, interpreter: impl AsRef<std::ffi::OsStr>, program: &str) {
    let server = with_ana(database).await;
    for acts_as in ["ana", "brand"] {
        let mut command = Command::new(&interpreter);
        command.arg(format!("{}/tests/clients/{program}", env!("CARGO_MANIFEST_DIR")));
        command.args([&server.origin, "ana@acme.test", PASSWORD, acts_as]);
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{acts_as}: {}{said}", String::from_utf8_lossy(&output.stdout));
    }
}

on_both! {
    async fn mastodon_py_signs_in_as_a_person_and_as_the_brand(database: TestDatabase) {
        run(database, python(), "mastodon_py.py").await;
    }

    async fn toot_signs_in_as_a_person_and_as_the_brand(database: TestDatabase) {
        run(database, python(), "toot_cli.py").await;
    }

    async fn masto_js_signs_in_as_a_person_and_as_the_brand(database: TestDatabase) {
        run(database, node(), "npm/masto.mjs").await;
    }

    async fn megalodon_signs_in_as_a_person_and_as_the_brand(database: TestDatabase) {
        run(database, node(), "npm/megalodon.mjs").await;
    }
}
