//! The second step of signing in: codes of an app, each taken once, and recovery codes.

use std::collections::HashSet;

use guildhall::{domain::accounts, secrets::totp};
use http::StatusCode;

use super::{Browser, Desk, PASSWORD, Page, landing};

impl Desk {
    fn now(&self) -> i64 {
        self.house.app.db.now().0 / 1_000_000
    }

    /// What Ana's app shows now.
    async fn shown(&self) -> String {
        let account = self.ana.0;
        let step = self.house.app.db.read(move |conn| accounts::second_step(conn, account)).await.unwrap().unwrap();
        let secret = self.house.app.secrets.open(&format!("account.second_step:{account}"), &step.secret).unwrap();
        totp::code_at(&secret, self.now() / 30)
    }
}

async fn send(browser: &mut Browser, desk: &Desk, page: &Page, action: &str, field: &str, value: &str) -> Page {
    let mut fields = page.hidden(action);
    fields.push((field.to_owned(), value.to_owned()));
    browser.submit(&desk.house, action, &fields).await
}

const PATH: &str = "/account/second-step";

/// What the camera of a phone reads in the QR code of a page, four pixels to a module.
fn scanned(page: &str) -> String {
    let svg = page.split("class=\"qr\"").nth(1).unwrap().split("</svg>").next().unwrap();
    let side: usize = svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let path = svg.split("d=\"M").nth(1).unwrap().split('"').next().unwrap();
    let dark: HashSet<(usize, usize)> = path
        .split('M')
        .map(|square| {
            let (x, y) = square.strip_suffix("h1v1h-1z").unwrap().split_once(' ').unwrap();
            (x.parse().unwrap(), y.parse().unwrap())
        })
        .collect();
    let light = |x: usize, y: usize| if dark.contains(&(x / 4, y / 4)) { 0 } else { 255 };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side * 4, side * 4, light);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1);
    grids[0].decode().unwrap().1
}

/// Turns it on, and answers the recovery codes.
pub async fn turn_on(desk: &Desk) -> Vec<String> {
    let mut browser = desk.browser().await;
    let page = browser.get(&desk.house, PATH).await;
    let wrong = send(&mut browser, desk, &page, "/account/second-step/begin", "password", "wrong").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let begun = send(&mut browser, desk, &page, "/account/second-step/begin", "password", PASSWORD).await;
    let page = begun;
    assert!(page.text.contains("otpauth://totp/"), "{}", page.text);
    let link = page.text.split("href=\"otpauth:").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(scanned(&page.text), format!("otpauth:{}", html_escape::decode_html_entities(link)));
    // Until a code was shown it is not on.
    assert_eq!(Browser::default().sign_in(&desk.house, "ana", PASSWORD, "").await.location(), landing());
    let wrong = send(&mut browser, desk, &page, "/account/second-step/confirm", "code", "000000x").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = send(&mut browser, desk, &page, "/account/second-step/confirm", "code", &desk.shown().await).await;
    assert_eq!(done.status, StatusCode::OK);
    let list = done.text.split("class=\"codes addr\">").nth(1).unwrap().split("</ul>").next().unwrap();
    let codes: Vec<String> =
        list.split("<li>").skip(1).map(|code| code.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 10);
    let again = browser.get(&desk.house, PATH).await;
    assert!(!again.text.contains(&codes[0]) && !again.text.contains("otpauth"), "shown once");
    codes
}

/// Types the password, and answers the page that asks for the code.
async fn half_way(desk: &Desk, browser: &mut Browser, then: &str) -> Page {
    let half = browser.sign_in(&desk.house, "ana", PASSWORD, then).await;
    assert!(half.location().starts_with("/sign-in/code?then="), "{}", half.location());
    let there = half.location().to_owned();
    browser.get(&desk.house, &there).await
}

on_both! {
    async fn a_password_alone_does_not_sign_in(database: TestDatabase) {
        let desk = Desk::open(database).await;
        turn_on(&desk).await;
        desk.house.wait(30);
        let mut browser = Browser::default();
        let then = "/oauth/authorize?client_id=x";
        let page = half_way(&desk, &mut browser, then).await;
        let before = browser.cookies.clone();
        assert!(browser.get(&desk.house, "/account").await.location().starts_with("/sign-in"));
        let app = desk.app("read").await;
        assert!(browser.get(&desk.house, &super::authorize(&app, &[])).await.location().starts_with("/sign-in"));
        let wrong = send(&mut browser, &desk, &page, "/sign-in/code", "code", "not one").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let entered = send(&mut browser, &desk, &page, "/sign-in/code", "code", &desk.shown().await).await;
        assert_eq!((entered.status, entered.location()), (StatusCode::SEE_OTHER, then));
        assert_eq!(browser.get(&desk.house, "/account").await.status, StatusCode::OK);
        // Another secret than half way: who saw that one is nobody.
        assert_ne!(browser.cookies, before);
        let mut half = Browser { cookies: before, ..Browser::default() };
        assert!(half.get(&desk.house, "/account").await.location().starts_with("/sign-in"));
    }

    async fn only_who_began_with_the_password_finishes_it(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (mut owner, mut left_open) = (desk.browser().await, desk.browser().await);
        let page = owner.get(&desk.house, PATH).await;
        let begun = send(&mut owner, &desk, &page, "/account/second-step/begin", "password", PASSWORD).await;
        let proof = begun.hidden("/account/second-step/confirm").into_iter().find(|(name, _)| name == "begun").unwrap().1;
        assert!(!proof.is_empty());
        // Somebody at another browser of hers sees no secret, and finishes nothing with a code that they know.
        let seen = left_open.get(&desk.house, PATH).await;
        assert!(!seen.text.contains("otpauth") && seen.text.contains("/account/second-step/begin"), "{}", seen.text);
        let token = seen.hidden("/account/second-step/begin");
        let finish = async |browser: &mut Browser, proof: &str| {
            let mut fields = token.clone();
            fields.extend([("begun".to_owned(), proof.to_owned()), ("code".to_owned(), desk.shown().await)]);
            browser.submit(&desk.house, "/account/second-step/confirm", &fields).await
        };
        for stolen in ["", "nonsense", proof.as_str()] {
            let refused = finish(&mut left_open, stolen).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{stolen}");
            assert!(!refused.text.contains("otpauth"));
        }
        // A wrong code may be mended; too late is too late.
        let wrong = send(&mut owner, &desk, &begun, "/account/second-step/confirm", "code", "000000x").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("otpauth"), "and goes on");
        desk.house.wait(15 * 60);
        let late = send(&mut owner, &desk, &begun, "/account/second-step/confirm", "code", &desk.shown().await).await;
        assert_eq!(late.status, StatusCode::FORBIDDEN);
        assert_eq!(Browser::default().sign_in(&desk.house, "ana", PASSWORD, "").await.location(), landing(), "it is not on");
        turn_on(&desk).await;
    }

    async fn guesses_of_an_hour_are_few_and_keep_the_owner_out_of_nothing(database: TestDatabase) {
        let desk = Desk::open_with(database, |_| ()).await;
        turn_on(&desk).await;
        // Ana was here before; the guesser knows the password.
        let mut at_home = Browser::default();
        let page = half_way(&desk, &mut at_home, "").await;
        desk.house.wait(60);
        let entered = send(&mut at_home, &desk, &page, "/sign-in/code", "code", &desk.shown().await).await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER);
        let mut guesses = 0;
        'guessing: for _ in 0..3 {
            let mut guesser = Browser::default();
            let page = half_way(&desk, &mut guesser, "").await;
            for _ in 0..5 {
                let answer = send(&mut guesser, &desk, &page, "/sign-in/code", "code", "000000x").await;
                if answer.status == StatusCode::TOO_MANY_REQUESTS {
                    break 'guessing;
                }
                guesses += 1;
            }
        }
        // One more for each half minute that this takes.
        assert!((8..15).contains(&guesses), "{guesses}");
        let out = at_home.get(&desk.house, "/account").await;
        at_home.submit(&desk.house, "/sign-out", &out.hidden("/sign-out")).await;
        let page = half_way(&desk, &mut at_home, "").await;
        desk.house.wait(60);
        let entered = send(&mut at_home, &desk, &page, "/sign-in/code", "code", &desk.shown().await).await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
    }

    async fn a_code_is_taken_once(database: TestDatabase) {
        let desk = Desk::open(database).await;
        turn_on(&desk).await;
        let used = desk.shown().await;
        let mut browser = Browser::default();
        let page = half_way(&desk, &mut browser, "").await;
        let again = send(&mut browser, &desk, &page, "/sign-in/code", "code", &used).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "the code that turned it on");
        desk.house.wait(60);
        let next = desk.shown().await;
        desk.house.wait(30);
        assert_eq!(send(&mut browser, &desk, &page, "/sign-in/code", "code", &next).await.status, StatusCode::SEE_OTHER, "one step late");
        let mut other = Browser::default();
        let page = half_way(&desk, &mut other, "").await;
        assert_eq!(send(&mut other, &desk, &page, "/sign-in/code", "code", &next).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        // Two at the same moment with the same code: one gets in.
        let code = desk.shown().await;
        let mut both = [Browser::default(), Browser::default()];
        let mut pages = Vec::new();
        for browser in &mut both {
            pages.push(half_way(&desk, browser, "").await);
        }
        let [one, two] = &mut both;
        let answers = futures_util::future::join(
            send(one, &desk, &pages[0], "/sign-in/code", "code", &code),
            send(two, &desk, &pages[1], "/sign-in/code", "code", &code),
        )
        .await;
        let entered = [answers.0, answers.1].iter().filter(|answer| answer.status == StatusCode::SEE_OTHER).count();
        assert_eq!(entered, 1);
    }

    async fn recovery_codes_work_once_each_and_guessing_ends_the_try(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let codes = turn_on(&desk).await;
        for (code, expected) in [(codes[0].to_uppercase(), 303), (codes[0].clone(), 422), (codes[1].replace('-', " "), 303)] {
            let mut browser = Browser::default();
            let page = half_way(&desk, &mut browser, "").await;
            assert_eq!(send(&mut browser, &desk, &page, "/sign-in/code", "code", &code).await.status, expected, "{code}");
        }
        let mut browser = Browser::default();
        let page = half_way(&desk, &mut browser, "").await;
        for _ in 0..4 {
            assert_eq!(send(&mut browser, &desk, &page, "/sign-in/code", "code", "guess").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let again = format!("/sign-in?then={}", landing().replace('/', "%2F"));
        let ended = send(&mut browser, &desk, &page, "/sign-in/code", "code", "guess").await;
        assert_eq!(ended.location(), again, "the password again");
        let late = send(&mut browser, &desk, &page, "/sign-in/code", "code", &codes[2]).await;
        assert_eq!(late.location(), again);
        let page = half_way(&desk, &mut browser, "").await;
        desk.house.wait(600);
        let late = send(&mut browser, &desk, &page, "/sign-in/code", "code", &codes[2]).await;
        assert_eq!(late.location(), again, "after ten minutes too");
    }

    async fn the_password_turns_it_off(database: TestDatabase) {
        let desk = Desk::open(database).await;
        turn_on(&desk).await;
        desk.house.wait(30);
        let mut browser = Browser::default();
        let page = half_way(&desk, &mut browser, "").await;
        send(&mut browser, &desk, &page, "/sign-in/code", "code", &desk.shown().await).await;
        let page = browser.get(&desk.house, PATH).await;
        assert!(page.text.contains("10 recovery codes"), "{}", page.text);
        let wrong = send(&mut browser, &desk, &page, "/account/second-step/end", "password", "wrong").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        send(&mut browser, &desk, &page, "/account/second-step/end", "password", PASSWORD).await;
        assert_eq!(Browser::default().sign_in(&desk.house, "ana", PASSWORD, "").await.location(), landing());
    }
}
