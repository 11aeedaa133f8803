//! The pages in a browser: Debian's Chromium, told what to do by `tests/browser/check.mjs`.

use std::{path::Path, process::Command, sync::Arc};

use guildhall::domain::{
    accounts,
    invitations::{NewInvitation, Offered},
    org,
    posts::{Audience, Draft},
    setup::TOKEN_SETTING,
    sign_ups::{self, NewSignUp},
};

use serde_json::json;

use super::town::{self, Town};
use crate::support::{browser::look, database::TestDatabase, peer, server::Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_seen_in_a_browser() {
    let server = Server::start(TestDatabase::sqlite()).await;
    let town = Town::fill(&server.app, "brand").await;
    let words = "<p>Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft https://example.example/a/very/long/path/that/does/not/end/anywhere/soon/and/goes/on</p>";
    let odd = town::stranger(
        &server.app,
        "an_unusually_long_name_for_one",
        "a.very.long.host.name.on.the.social.web.example",
        "مرحبا Donaudampfschifffahrtsgesellschaft",
        true,
    )
    .await;
    town::arrives(&server.app, &odd, Draft::note(Audience::Public, words.to_owned()), Some(town.answer)).await;
    let pages = [
        "home=/".to_owned(),
        "brand=/@brand".to_owned(),
        "person=/@jonas".to_owned(),
        format!("thread=/@brand/{}", town.answer),
        format!("article=/@mette/{}", town.article),
        "tag=/tags/heron".to_owned(),
        "about=/about".to_owned(),
        "rules=/legal/rules".to_owned(),
        "missing=/nothing/here".to_owned(),
        format!("follow=/interact?to=follow&uri={}", town.brand.uri),
        "authorize=/authorize_interaction?intent=follow&uri=acct:kim@kunde.example".to_owned(),
        format!("write=/authorize_interaction?intent=answer&content=%40{}", town.brand.handle(&server.app.site)),
        format!("like=/authorize_interaction?intent=like&uri={}/ap/objects/{}", server.origin, town.answer),
    ];
    look(&server.origin, "company", &pages, &[]).await;
}

const PASSWORD: &str = "a sentence that is long enough";

/// A whole company in which Ana Ferreira speaks for the brand, and an app that wants to be let in.
async fn with_ana() -> (Server, String) {
    let server = Server::start(TestDatabase::sqlite()).await;
    Town::fill(&server.app, "brand").await;
    let hash = guildhall::secrets::hash_password(PASSWORD).unwrap();
    let made = server.app.db.write(move |tx| {
        let (account, _) = accounts::find_by_username(tx.conn(), "anaf")?.unwrap();
        accounts::set_password(tx, account.id, &hash)
    });
    made.await.unwrap();
    let said = json!({ "client_name": "Phanpy", "redirect_uris": "https://phanpy.example/", "scopes": "read write follow push", "website": "https://phanpy.example" });
    let (_, app) = server.try_call(None, "POST", "/api/v1/apps", said).await;
    let client = app["client_id"].as_str().unwrap();
    let asked = format!(
        "/oauth/authorize?response_type=code&client_id={client}&redirect_uri=https%3A%2F%2Fphanpy.example%2F&scope=read+write+follow+push"
    );
    (server, asked)
}

/// The secret of a link by which Ana sets another password.
async fn link_for_ana(server: &Server) -> String {
    let secret = guildhall::secrets::new_token();
    let hash = guildhall::secrets::token_hash(&secret);
    let opened = server.app.db.write(move |tx| {
        let (account, _) = accounts::find_by_username(tx.conn(), "anaf")?.unwrap();
        accounts::open_reset(tx, account.id, &hash)
    });
    opened.await.unwrap().unwrap();
    secret
}

/// The secret of a link by which an employee may come who will speak for the brand, or might have.
async fn invited(server: &Server, taken_back: bool) -> String {
    let secret = guildhall::secrets::new_token();
    let hash = guildhall::secrets::token_hash(&secret);
    let made = server.app.db.write(move |tx| {
        let brand = guildhall::domain::actors::find_local(tx.conn(), "brand")?.unwrap();
        let team = org::create_team(tx, if taken_back { "Welders" } else { "Painters" }, org::TeamKind::Team)?;
        let new = NewInvitation {
            by: None,
            kind: accounts::AccountKind::Employee,
            role: accounts::Role::Member,
            grants: vec![Offered { actor: brand.id, role: accounts::GrantRole::Publisher }],
            team: Some(team),
            email: None,
            lasts: guildhall::domain::invitations::USUAL,
            most: 1,
        };
        let id = guildhall::domain::invitations::make(tx, &new, &hash, None)?;
        if taken_back {
            guildhall::domain::invitations::revoke(tx, None, id)?;
        }
        Ok(())
    });
    made.await.unwrap();
    secret
}

/// Lets people sign up who say why, and signs somebody up; answers the secret of their link.
async fn signed_up(server: &Server) -> String {
    let secret = guildhall::secrets::new_token();
    let hash = guildhall::secrets::token_hash(&secret);
    let asked = server.app.db.write(move |tx| {
        org::set_registrations(tx, None, org::Registrations::Approval)?;
        let new = NewSignUp {
            username: "cora".to_owned(),
            email: "cora@mail.example".to_owned(),
            reason: "I weld, too.".to_owned(),
            agrees: true,
            ..NewSignUp::default()
        };
        let id = sign_ups::ask(tx, &new, "none", &hash)?;
        sign_ups::open_link(tx, id, &hash)
    });
    asked.await.unwrap();
    secret
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_in_is_seen_in_a_browser() {
    let (server, asked) = with_ana().await;
    let then: String = form_urlencoded::byte_serialize(asked.as_bytes()).collect();
    look(
        &server.origin,
        "sign-in",
        &[
            "sign-in=/sign-in".to_owned(),
            format!("for-app=/sign-in?then={then}"),
            "forgotten=/sign-in/forgotten".to_owned(),
            format!("reset=/sign-in/reset?token={}", link_for_ana(&server).await),
            "reset-ended=/sign-in/reset?token=old".to_owned(),
            format!("invitation=/invitations/{}", invited(&server, false).await),
            "sign-up=/sign-up".to_owned(),
            format!("sign-up-confirm=/sign-up/confirm?token={}", signed_up(&server).await),
            "sign-up-ended=/sign-up/confirm?token=old".to_owned(),
            format!("invitation-over=/invitations/{}", invited(&server, true).await),
        ],
        &["--only-look"],
    )
    .await;
    let native = format!("code=/oauth/authorize/native?code={}", "a".repeat(43));
    let pages = [
        format!("consent={asked}"),
        "account=/account".to_owned(),
        "second-step=/account/second-step".to_owned(),
        "passkeys=/account/passkeys".to_owned(),
        "password=/account/password".to_owned(),
        native,
    ];
    look(&server.origin, "sign-in", &pages, &["--only-look", "--as", &format!("anaf:{PASSWORD}")]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_is_let_in_with_a_browser() {
    let (server, _) = with_ana().await;
    as_ana(&server, "let-in.mjs", &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_is_made_used_and_removed_in_a_browser() {
    let (server, asked) = with_ana().await;
    as_ana(&server, "passkey.mjs", &[asked]).await;
}

/// Does with a browser what Ana does.
async fn as_ana(server: &Server, script: &str, more: &[String]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(peer::node());
    command.arg(root.join("tests/browser").join(script)).args([&server.origin, "anaf", PASSWORD]);
    command.arg(root.join("target/screenshots/sign-in")).args(more);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}{said}", String::from_utf8_lossy(&output.stdout));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_run_is_seen_in_a_browser() {
    let database = TestDatabase::sqlite();
    let hash = hex::encode(guildhall::secrets::token_hash("first"));
    database.db.write(move |tx| org::set_setting(tx, TOKEN_SETTING, &hash)).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let site = guildhall::domain::Site {
        base_url: origin.clone(),
        domain: "larkfield.example".to_owned(),
        post_characters: 5000,
        federates: true,
    };
    let secrets = Arc::new(guildhall::secrets::SecretKey::generate().unwrap());
    let first = guildhall::http::FirstRun { db: database.db.clone(), site, secrets, alone: None };
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let serving = tokio::spawn(guildhall::http::serve_setup(listener, first, patient(), stopped));
    look(
        &origin,
        "setup",
        &["setup=/setup?token=first".to_owned(), "refused=/setup?token=wrong".to_owned()],
        &["--only-look"],
    )
    .await;
    stop.send(true).unwrap();
    serving.await.unwrap().unwrap();
}

fn patient() -> guildhall::http::Connections {
    crate::support::server::connections(std::time::Duration::from_secs(600))
}
