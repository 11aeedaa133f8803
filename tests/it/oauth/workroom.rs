//! The workroom asks the APIs without a token, by the cookie of the browser in which its person is signed in.

use axum::body::Body;
use guildhall::domain::{
    ActorId,
    accounts::{self, GrantRole},
};
use http::{Request, StatusCode, header};

use super::{Browser, Desk, PASSWORD};
use crate::mastodon::Reply;

const WHO: &str = "/api/v1/accounts/verify_credentials";

/// What a page of ours in this browser knows.
async fn form_token(browser: &mut Browser, desk: &Desk) -> String {
    let page = browser.get(&desk.house, "/account").await;
    page.hidden("/sign-out").into_iter().find(|(name, _)| name == "form_token").unwrap().1
}

/// A request as the workroom makes it.
async fn asks(browser: &Browser, desk: &Desk, token: &str, more: &[(&str, &str)]) -> Reply {
    let cookies: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut request = Request::get(WHO).header(header::COOKIE, cookies.join("; "));
    if !token.is_empty() {
        request = request.header("guildhall-form-token", token);
    }
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    desk.house.send(request.body(Body::empty()).unwrap()).await
}

async fn enter(browser: &mut Browser, desk: &Desk, token: &str, actor: Option<ActorId>) -> StatusCode {
    let mut fields = vec![("form_token".to_owned(), token.to_owned())];
    fields.extend(actor.map(|actor| ("act_as".to_owned(), actor.to_string())));
    browser.submit(&desk.house, "/home/enter", &fields).await.status
}

on_both! {
    async fn the_workroom_acts_as_its_person_and_as_their_brand(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut browser = desk.browser().await;
        let token = form_token(&mut browser, &desk).await;
        assert_eq!(asks(&browser, &desk, &token, &[]).await.status, StatusCode::UNAUTHORIZED, "nothing was given yet");
        assert_eq!(enter(&mut browser, &desk, &token, None).await, StatusCode::OK);
        assert_eq!(enter(&mut browser, &desk, &token, None).await, StatusCode::OK, "twice is once");
        assert_eq!(asks(&browser, &desk, &token, &[]).await.ok()["username"], "ana");

        let brand = desk.brand.id.to_string();
        let as_brand = [("guildhall-as", brand.as_str())];
        assert_eq!(asks(&browser, &desk, &token, &as_brand).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(enter(&mut browser, &desk, &token, Some(desk.brand.id)).await, StatusCode::OK);
        assert_eq!(asks(&browser, &desk, &token, &as_brand).await.ok()["username"], "acme");
        assert_eq!(asks(&browser, &desk, &token, &[]).await.ok()["username"], "ana", "as before");
        assert_eq!(asks(&browser, &desk, &token, &[("guildhall-as", "acme")]).await.status, StatusCode::BAD_REQUEST);

        // It is no app that one let in, and the audit log knows of the brand.
        assert!(!browser.get(&desk.house, "/account").await.text.contains("Acts as"));
    }

    async fn the_workroom_is_the_whole_brand_or_nothing_of_it(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut browser = desk.browser().await;
        let token = form_token(&mut browser, &desk).await;
        let (account, brand) = (desk.ana.0, desk.brand.id);
        let name = brand.to_string();
        let as_brand = [("guildhall-as", name.as_str())];
        let becomes = async |role: GrantRole| desk.house.app.db.write(move |tx| accounts::grant(tx, account, brand, role)).await.unwrap();
        assert_eq!(enter(&mut browser, &desk, &token, Some(brand)).await, StatusCode::OK);
        assert_eq!(asks(&browser, &desk, &token, &as_brand).await.status, StatusCode::OK);
        becomes(GrantRole::Contributor).await;
        assert_eq!(asks(&browser, &desk, &token, &as_brand).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(enter(&mut browser, &desk, &token, Some(brand)).await, StatusCode::FORBIDDEN);
        becomes(GrantRole::Publisher).await;
        assert_eq!(asks(&browser, &desk, &token, &as_brand).await.status, StatusCode::UNAUTHORIZED, "not by itself");
        assert_eq!(enter(&mut browser, &desk, &token, Some(brand)).await, StatusCode::OK);
        assert_eq!(asks(&browser, &desk, &token, &as_brand).await.status, StatusCode::OK);
        // That it works again stands in the audit log as well.
        let page = guildhall::domain::Page { limit: 100, ..guildhall::domain::Page::default() };
        let records = desk.house.app.db.read(move |conn| guildhall::domain::audit::list(conn, &guildhall::domain::audit::Of::Everybody, &page)).await.unwrap();
        let issued = records.iter().filter(|record| record.act == "token.issued").count();
        assert_eq!((issued, records[0].act.as_str()), (2, "token.issued"));
        assert!(records[0].details.contains(r#""holder":"workroom""#), "{}", records[0].details);
    }
}

on_both! {
    async fn nobody_else_is_let_in_as_the_workroom(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut browser = desk.browser().await;
        let token = form_token(&mut browser, &desk).await;
        assert_eq!(enter(&mut browser, &desk, "x", None).await, StatusCode::FORBIDDEN);
        assert_eq!(enter(&mut browser, &desk, &token, None).await, StatusCode::OK);

        assert_eq!(asks(&browser, &desk, "", &[]).await.status, StatusCode::UNAUTHORIZED, "a cookie alone is nothing");
        assert_eq!(asks(&browser, &desk, "x", &[]).await.status, StatusCode::FORBIDDEN);
        for foreign in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")] {
            assert_eq!(asks(&browser, &desk, &token, &[foreign]).await.status, StatusCode::FORBIDDEN, "{foreign:?}");
        }
        let stranger = Browser::default();
        assert_eq!(asks(&stranger, &desk, &token, &[]).await.status, StatusCode::UNAUTHORIZED);

        // Another browser of the same person has its own.
        let mut other = desk.browser().await;
        assert_eq!(asks(&other, &desk, &token, &[]).await.status, StatusCode::FORBIDDEN);
        let others = form_token(&mut other, &desk).await;
        assert_eq!(asks(&other, &desk, &others, &[]).await.status, StatusCode::UNAUTHORIZED, "it did not enter");

        // Nobody enters as somebody for whom they may not speak.
        let ben = super::person(&desk.house, "ben", Some(PASSWORD), accounts::Role::Member).await;
        assert_eq!(enter(&mut browser, &desk, &token, Some(ben.1)).await, StatusCode::FORBIDDEN);
    }
}

on_both! {
    async fn what_the_workroom_may_ends_with_its_browser_and_with_the_role(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (mut browser, mut other) = (desk.browser().await, desk.browser().await);
        let (token, others) = (form_token(&mut browser, &desk).await, form_token(&mut other, &desk).await);
        assert_eq!(enter(&mut browser, &desk, &token, None).await, StatusCode::OK);
        assert_eq!(enter(&mut other, &desk, &others, None).await, StatusCode::OK);
        assert_eq!(enter(&mut other, &desk, &others, Some(desk.brand.id)).await, StatusCode::OK);

        let (thief, account) = (browser.clone(), desk.ana.0);
        let working = move |conn: &mut guildhall::db::Conn| Ok(accounts::tokens_of(conn, account)?.len());
        assert_eq!(desk.house.app.db.read(working).await.unwrap(), 3);
        browser.submit(&desk.house, "/sign-out", &[("form_token".to_owned(), token.clone())]).await;
        assert_eq!(asks(&thief, &desk, &token, &[]).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(desk.house.app.db.read(working).await.unwrap(), 2, "streams hear that it ended");
        assert_eq!(asks(&other, &desk, &others, &[]).await.status, StatusCode::OK);

        let (brand, id) = (desk.brand.id, desk.brand.id.to_string());
        let as_brand = [("guildhall-as", id.as_str())];
        desk.house.app.db.write(move |tx| accounts::revoke_grant(tx, account, brand)).await.unwrap();
        assert_eq!(asks(&other, &desk, &others, &as_brand).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(enter(&mut other, &desk, &others, Some(brand)).await, StatusCode::FORBIDDEN);
        desk.house.app.db.write(move |tx| accounts::grant(tx, account, brand, GrantRole::Publisher)).await.unwrap();
        assert_eq!(enter(&mut other, &desk, &others, Some(brand)).await, StatusCode::OK);
        assert_eq!(asks(&other, &desk, &others, &as_brand).await.status, StatusCode::OK);
    }
}

on_both! {
    async fn whoever_is_not_signed_in_signs_in_and_comes_back_to_the_workroom(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut browser = Browser::default();
        let sent = browser.get(&desk.house, "/home/write?to=1").await;
        assert_eq!((sent.status, sent.location()), (StatusCode::SEE_OTHER, "/sign-in?then=%2Fhome%2Fwrite%3Fto%3D1"));
        let entered = browser.sign_in(&desk.house, "ana", PASSWORD, "/home/write?to=1").await;
        assert_eq!(entered.location(), "/home/write?to=1");
        // Built or not, it is for one person, and nobody keeps it.
        let page = browser.get(&desk.house, "/home/write?to=1").await;
        assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
        assert!(page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'; "));
        assert_eq!(desk.house.get(None, "/home/_app/..%2f..%2findex.html").await.status, StatusCode::NOT_FOUND);
        // How it is installed is for everybody: nothing of a person is in it.
        let manifest = desk.house.get(None, "/home/manifest.webmanifest").await;
        assert_eq!(manifest.status, StatusCode::OK);
        assert_eq!(manifest.headers[header::CONTENT_TYPE], "application/manifest+json");
    }

    async fn whom_another_site_sends_here_goes_on_in_the_workroom(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut browser = desk.browser().await;
        for (said, place) in [
            ("intent=follow&uri=https%3A%2F%2Fkunde.example%2Fusers%2Fkim", "/go?intent=follow&uri=https%3A%2F%2Fkunde.example%2Fusers%2Fkim"),
            ("uri=acct%3Akim%40kunde.example", "/go?intent=&uri=%40kim%40kunde.example"),
            ("intent=answer&uri=https%3A%2F%2Fkunde.example%2F1&content=", "/go?intent=answer&uri=https%3A%2F%2Fkunde.example%2F1"),
            ("intent=answer&uri=&content=%40kim%40kunde.example", "/go?intent=ask&uri=%40kim%40kunde.example"),
            ("intent=answer&uri=&content=%40kim%40kunde.example+hello", "/write?text=%40kim%40kunde.example+hello"),
        ] {
            let address = format!("/authorize_interaction?{said}");
            // Who is signed in is there at once; all others read how to go on, and get no cookie for it.
            let (hers, other) = (browser.get(&desk.house, &address).await, Browser::default().get(&desk.house, &address).await);
            assert_eq!((other.status, other.headers.contains_key(header::SET_COOKIE)), (StatusCode::OK, false), "{said}");
            assert_eq!(hers.headers[header::CACHE_CONTROL], "no-store");
            if let Some(way_in) = guildhall::http::way_in() {
                assert_eq!((hers.status, hers.location()), (StatusCode::SEE_OTHER, format!("{way_in}{place}").as_str()), "{said}");
                let link = format!("href=\"{way_in}{}\"", place.replace('&', "&#38;"));
                assert!(other.text.contains(&link), "{said}: {}", other.text);
            } else {
                assert_eq!((hers.status, other.text.contains("href=\"/home/")), (StatusCode::OK, false), "{said}");
            }
        }
        let nothing = browser.get(&desk.house, "/authorize_interaction?intent=follow").await;
        assert_eq!(nothing.status, StatusCode::OK);
        assert!(nothing.text.contains("did not say what it is about"), "{}", nothing.text);
    }

    async fn what_ended_with_a_browser_is_forgotten_with_it(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut browser = desk.browser().await;
        let token = form_token(&mut browser, &desk).await;
        assert_eq!(enter(&mut browser, &desk, &token, None).await, StatusCode::OK);
        assert_eq!(enter(&mut browser, &desk, &token, Some(desk.brand.id)).await, StatusCode::OK);
        let prune = async || {
            desk.house.app.db.write(|tx| tx.defer(&guildhall::domain::work::Job::Prune)).await.unwrap();
            desk.house.work().await;
        };
        // How many tokens of browsers there are, and how many of others.
        let kept = async || {
            let counts = desk.house.app.db.read(|conn| {
                use diesel::prelude::*;
                use guildhall::db::schema::tokens;
                let of_browsers = tokens::table.filter(tokens::browser_id.is_not_null()).count().get_result::<i64>(conn)?;
                Ok((of_browsers, tokens::table.filter(tokens::browser_id.is_null()).count().get_result::<i64>(conn)?))
            });
            counts.await.unwrap()
        };
        prune().await;
        let (mine, others) = kept().await;
        assert_eq!(mine, 2, "they work");
        desk.house.wait(15 * 24 * 3600);
        prune().await;
        assert_eq!(kept().await, (0, others), "nobody came for two weeks");
    }
}
