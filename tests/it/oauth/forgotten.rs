//! Who forgot their password sets another one, by a link in a letter.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use diesel::prelude::*;
use guildhall::{
    db::schema::jobs,
    domain::accounts::{self, Role},
};
use http::{StatusCode, header};

use super::{Browser, Desk, PASSWORD, Page, landing, person, postbox::Postbox, second_step::turn_on};
use crate::mastodon::House;

const NEW: &str = "quite another sentence than before";
const HOUR: u64 = 3600;

/// What asks for a letter as `name`: also where the page has no form, because nobody would get one.
pub async fn asking(browser: &mut Browser, house: &House, name: &str) -> Vec<(String, String)> {
    let mut fields = browser.get(house, "/sign-in").await.hidden("/sign-in");
    fields.retain(|(field, _)| field == "form_token");
    fields.push(("name".to_owned(), name.to_owned()));
    fields
}

/// Asks for a letter, as `name`.
async fn ask(browser: &mut Browser, house: &House, name: &str) -> Page {
    let fields = asking(browser, house, name).await;
    browser.submit(house, "/sign-in/forgotten", &fields).await
}

/// Opens a link, and sends its form with a password.
async fn set(browser: &mut Browser, house: &House, link: &str, password: &str) -> Page {
    let page = browser.get(house, link).await;
    let mut fields = page.hidden("/sign-in/reset");
    fields.push(("new_password".to_owned(), password.to_owned()));
    browser.submit(house, "/sign-in/reset", &fields).await
}

/// The letters in the data folder, without the line ends that letters are given on their way.
fn letters(house: &House) -> Vec<String> {
    let Ok(entries) = fs::read_dir(house.app.config.data_dir.join("mail")) else { return Vec::new() };
    let read = entries.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    read.map(|letter| letter.replace("=\r\n", "").replace("=3D", "=")).collect()
}

/// The link in the text of a letter, without our address.
#[track_caller]
fn link(letter: &str) -> String {
    let (_, rest) = letter.split_once("https://social.company.example").unwrap_or_else(|| panic!("no link: {letter}"));
    rest.split(|sign: char| sign.is_whitespace() || sign == '"').next().unwrap().to_owned()
}

/// What was said of the letter that did not leave.
async fn waiting(house: &House) -> String {
    let last = house.app.db.read(|conn| {
        let letters = jobs::table.filter(jobs::kind.eq("send_reset")).order(jobs::id.desc());
        Ok(letters.select(jobs::last_error).first::<Option<String>>(conn)?)
    });
    last.await.unwrap().unwrap()
}

on_both! {
    async fn a_link_in_a_letter_sets_another_password_once(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, app) = (&desk.house, desk.app("read").await);
        let (mut signed_in, ana) = (desk.browser().await, desk.let_in(&app, "read", desk.ana.1).await);
        let mut browser = Browser::default();
        assert!(browser.get(house, "/sign-in").await.text.contains("href=\"/sign-in/forgotten\""));
        for name in ["ana", "Ana@Mail.Example"] {
            let asked = ask(&mut browser, house, name).await;
            assert_eq!(asked.status, StatusCode::OK);
            assert!(asked.text.contains("This server sends no e-mail"), "{}", asked.text);
            house.work().await;
        }
        let sent = letters(house);
        let [first, second] = sent.as_slice() else { panic!("{sent:?}") };
        for said in ["Subject: Set another password at ", "To: ana@mail.example\r\n", "Auto-Submitted: auto-generated", "@ana@company.example", "within 60 minutes"] {
            assert!(first.contains(said), "{said}: {first}");
        }
        let (link, other) = (link(first), link(second));
        assert_ne!(link, other);
        // Looking at it uses nothing up, and a password that is too short neither.
        let short = set(&mut browser, house, &link, "short").await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(short.text.contains("role=\"alert\"") && short.text.contains("@ana@company.example"), "{}", short.text);
        let done = set(&mut browser, house, &link, NEW).await;
        assert!(done.status == StatusCode::OK && done.text.contains("That is your password now"), "{}", done.text);
        // Whatever was signed in is not any more, and both links have ended.
        assert!(signed_in.get(house, "/account").await.location().starts_with("/sign-in"));
        assert_eq!(house.get(&ana, "/api/v1/accounts/verify_credentials").await.status, 401);
        for link in [&link, &other] {
            let ended = browser.get(house, link).await;
            assert!(ended.status == StatusCode::GONE && ended.text.contains("This link has ended"), "{}", ended.text);
        }
        assert_eq!(Browser::default().sign_in(house, "ana", PASSWORD, "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(Browser::default().sign_in(house, "ana", NEW, "").await.location(), landing());
    }

    async fn letters_are_for_their_reader_only(database: TestDatabase) {
        let desk = Desk::open(database).await;
        ask(&mut Browser::default(), &desk.house, "ana").await;
        desk.house.work().await;
        let folder = desk.house.app.config.data_dir.join("mail");
        let file = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
        for (path, mode) in [(&folder, 0o700), (&file, 0o600)] {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode, "{path:?}");
        }
        // The page that the link opens tells its address to nobody, and no page that we send is kept anywhere.
        let page = Browser::default().get(&desk.house, &link(&letters(&desk.house)[0])).await;
        assert_eq!(page.headers[header::REFERRER_POLICY], "same-origin");
        assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
        // Whoever reads the database or a copy of it learns no link.
        if let Some(file) = desk.house.database.url.strip_prefix("sqlite:") {
            let token = link(&letters(&desk.house)[0]).split_once('=').unwrap().1.to_owned();
            assert_eq!(token.len(), 43);
            for entry in fs::read_dir(Path::new(file).parent().unwrap()).unwrap() {
                let bytes = fs::read(entry.unwrap().path()).unwrap();
                assert!(!bytes.windows(token.len()).any(|window| window == token.as_bytes()));
            }
        }
    }

    async fn who_asks_learns_nothing_about_others(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        let gone = person(house, "gone", Some(PASSWORD), Role::Member).await.0;
        house.app.db.write(move |tx| accounts::set_suspended(tx, gone, true)).await.unwrap();
        let mut browser = Browser::default();
        let known = ask(&mut browser, house, "ana").await;
        house.work().await;
        for name in ["nobody", "gone", "acme", "", "ana@elsewhere.example", "x\0y", "'; DROP TABLE accounts"] {
            let asked = ask(&mut browser, house, name).await;
            assert_eq!((asked.status, &asked.text), (known.status, &known.text), "{name}");
            house.work().await;
        }
        assert_eq!(letters(house).len(), 1);
        for token in ["", "x", &"a".repeat(43), &"a".repeat(5000)] {
            assert_eq!(browser.get(house, &format!("/sign-in/reset?token={token}")).await.status, StatusCode::GONE);
        }
        // A form of another page asks for nothing.
        let forged = [("name".to_owned(), "ana".to_owned()), ("form_token".to_owned(), "forged".to_owned())];
        assert_eq!(browser.submit(house, "/sign-in/forgotten", &forged).await.status, StatusCode::FORBIDDEN);
        house.work().await;
        assert_eq!(letters(house).len(), 1);
    }

    async fn what_is_written_down_says_nothing_of_who_is_meant(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, mut browser) = (&desk.house, Browser::default());
        let written = async || -> Vec<(String, Option<String>, String)> {
            house.app.db.read(|conn| {
                let all = jobs::table.filter(jobs::kind.eq("send_reset")).order(jobs::id);
                Ok(all.select((jobs::state, jobs::lane, jobs::payload)).load(conn)?)
            }).await.unwrap()
        };
        let names = ["ana", "eve", "Ana@Mail.Example", "eve@mail.example", "@ana@company.example", "", "x\u{1}y"];
        for name in names {
            ask(&mut browser, house, name).await;
        }
        let job = |name: &str| ("ready".to_owned(), Some(format!("send_reset:{name}")), format!("{{\"job\":\"send_reset\",\"name\":\"{name}\"}}"));
        // Who asks twice under one name gets one letter.
        assert_eq!(written().await, ["ana", "eve", "ana@mail.example", "eve@mail.example", "", "xy"].map(job));
        ask(&mut browser, house, &"é".repeat(5_000)).await;
        assert!(written().await.last().unwrap().2.len() < 1_000);
        house.work().await;
        assert_eq!((written().await.len(), letters(house).len()), (0, 2));
    }

    async fn nobody_is_flooded_with_letters_and_links_grow_old(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, mut browser) = (&desk.house, Browser::default());
        for _ in 0..5 {
            ask(&mut browser, house, "ana").await;
            house.work().await;
        }
        assert_eq!(letters(house).len(), 3, "three an hour");
        let link = link(&letters(house)[0]);
        assert_eq!(browser.get(house, &link).await.status, StatusCode::OK);
        house.wait(HOUR + 1);
        assert_eq!(browser.get(house, &link).await.status, StatusCode::GONE);
        ask(&mut browser, house, "ana").await;
        house.work().await;
        assert_eq!(letters(house).len(), 4);
    }

    async fn one_network_asks_for_ten_letters(database: TestDatabase) {
        let desk = Desk::open_with(database, |_| ()).await;
        let mut browser = Browser { from: Some("192.0.2.7".to_owned()), ..Browser::default() };
        let mut asked = 0;
        let refused = loop {
            let page = ask(&mut browser, &desk.house, "nobody").await;
            if page.status != StatusCode::OK {
                break page;
            }
            asked += 1;
        };
        assert!((10..15).contains(&asked), "{asked}");
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.headers.contains_key(header::RETRY_AFTER));
        let mut other = Browser { from: Some("192.0.2.8".to_owned()), ..Browser::default() };
        assert_eq!(ask(&mut other, &desk.house, "nobody").await.status, StatusCode::OK);
    }

    async fn the_second_step_is_still_asked_for(database: TestDatabase) {
        let desk = Desk::open(database).await;
        turn_on(&desk).await;
        let mut other = Browser::default();
        ask(&mut other, &desk.house, "ana").await;
        desk.house.work().await;
        set(&mut other, &desk.house, &link(&letters(&desk.house)[0]), NEW).await;
        let entered = other.sign_in(&desk.house, "ana", NEW, "").await;
        assert!(entered.location().starts_with("/sign-in/code"), "{}", entered.location());
    }

    async fn a_mail_server_takes_letters_and_is_asked_again(database: TestDatabase) {
        let mut postbox = Postbox::open();
        let url = postbox.url.clone();
        let desk = Desk::open_with(database, |config| {
            config.limits.enabled = false;
            config.mail.smtp_url = Some(url.into());
        })
        .await;
        let house = &desk.house;
        ask(&mut Browser::default(), house, "ana").await;
        house.work().await;
        let letter = postbox.letter();
        assert_eq!((letter["sender"].as_str(), letter["to"][0].as_str()), (Some("noreply@company.example"), Some("ana@mail.example")));
        let headers = &letter["headers"];
        assert_eq!(headers["auto-submitted"], "auto-generated");
        assert!(headers["message-id"].as_str().unwrap().ends_with("@company.example>"), "{headers}");
        assert!(headers["date"].is_string() && headers["from"].as_str().unwrap().contains("<noreply@company.example>"), "{headers}");
        let (plain, html) = (letter["plain"].as_str().unwrap(), letter["html"].as_str().unwrap());
        assert_eq!(link(plain), link(html));
        assert!(!html.contains("<img") && !html.contains("<script"), "{html}");
        let done = set(&mut Browser::default(), house, &link(plain), NEW).await;
        assert!(done.text.contains("That is your password now"), "{}", done.text);
        // One whose server wants to be asked again gets the letter later; one who has no box is given up at once.
        for username in ["later", "refused"] {
            person(house, username, Some(PASSWORD), Role::Member).await;
            ask(&mut Browser::default(), house, username).await;
        }
        house.work().await;
        let waiting = waiting(house).await;
        assert!(waiting.contains("451") && !waiting.contains("mail.example"), "{waiting}");
        house.wait(HOUR);
        house.work().await;
        assert_eq!(postbox.letter()["to"][0], "later@mail.example");
        assert_eq!(postbox.close(), Vec::<String>::new());
    }

    async fn who_can_get_no_letter_is_told_one_thing_whom_to_ask(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut browser = Browser::default();
        let pages = [browser.get(&desk.house, "/sign-in/forgotten").await, ask(&mut browser, &desk.house, "ana").await];
        for Page { text, status, .. } in &pages {
            assert_eq!(*status, StatusCode::OK);
            assert!(text.contains("<code>guildhall account password NAME</code>"), "{text}");
            for wrong in ["a letter", "Look at your e-mail", "action=\"/sign-in/forgotten\""] {
                assert!(!text.contains(wrong), "{wrong}: {text}");
            }
        }
        for (language, said) in [("de", "sendet keine E-Mail"), ("ar", "لا يرسل هذا الخادم بريدًا")] {
            let mut browser = Browser::default();
            browser.more.push(("accept-language", language));
            let page = browser.get(&desk.house, "/sign-in/forgotten").await;
            assert!(page.text.contains(said) && page.text.contains("guildhall account password NAME"), "{}", page.text);
        }
    }

    async fn where_letters_leave_the_page_sends_one(database: TestDatabase) {
        let desk = Desk::open_with(database, |config| config.mail.smtp_url = Some("smtp://127.0.0.1:9".into())).await;
        let page = Browser::default().get(&desk.house, "/sign-in/forgotten").await;
        assert!(!page.hidden("/sign-in/forgotten").is_empty() && !page.text.contains("sends no e-mail"), "{}", page.text);
    }

    async fn a_mail_server_that_is_away_loses_no_letter(database: TestDatabase) {
        let desk = Desk::open_with(database, |config| {
            config.limits.enabled = false;
            config.mail.smtp_url = Some("smtp://127.0.0.1:9".into());
        })
        .await;
        let asked = ask(&mut Browser::default(), &desk.house, "ana").await;
        assert!(asked.text.contains("Look at your e-mail"));
        desk.house.work().await;
        let waiting = waiting(&desk.house).await;
        assert!(waiting.contains("it was not reached"), "{waiting}");
    }
}
