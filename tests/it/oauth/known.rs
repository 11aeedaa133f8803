//! Who signed in with a browser before gets in there, however many guess elsewhere.

use std::sync::atomic::{AtomicU32, Ordering};

use guildhall::domain::accounts::Role;
use http::{StatusCode, header};

use super::{Browser, Desk, PASSWORD, Page, landing, person};

const KNOWN: &str = "__Host-guildhall-known";

/// A browser in a network of its own.
fn elsewhere() -> Browser {
    static NETWORKS: AtomicU32 = AtomicU32::new(0);
    let number = NETWORKS.fetch_add(1, Ordering::SeqCst);
    Browser { from: Some(format!("2001:db8:{number:x}::1")), ..Browser::default() }
}

/// Guesses from many networks until nobody may try under this name any more.
async fn use_up(desk: &Desk, name: &str) {
    for _ in 0..100 {
        let mut guesser = elsewhere();
        let form = guesser.get(&desk.house, "/sign-in").await;
        let mut tries = 0;
        while guesser.type_in(&desk.house, &form, name, "wrong").await.status == StatusCode::UNPROCESSABLE_ENTITY {
            tries += 1;
        }
        // Less than this network has: it is the name that has no more.
        if tries < 10 {
            return;
        }
    }
    panic!("anybody may guess for ever");
}

/// Tries to sign in as Ana in the moment in which there are no more tries.
async fn tries(desk: &Desk, browser: &mut Browser, name: &str) -> Page {
    use_up(desk, "ana").await;
    browser.sign_in(&desk.house, name, PASSWORD, "").await
}

async fn sign_out(desk: &Desk, browser: &mut Browser) {
    let page = browser.get(&desk.house, "/account").await;
    browser.submit(&desk.house, "/sign-out", &page.hidden("/sign-out")).await;
}

on_both! {
    async fn guessers_in_many_networks_lock_nobody_out_who_was_here_before(database: TestDatabase) {
        let desk = Desk::open_with(database, |_| ()).await;
        person(&desk.house, "ben", Some(PASSWORD), Role::Member).await;
        let mut at_home = elsewhere();
        let entered = at_home.sign_in(&desk.house, "ana", PASSWORD, "").await;
        let mut cookies = entered.headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap());
        let known = cookies.find(|line| line.starts_with(KNOWN)).unwrap();
        for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Max-Age="] {
            assert!(known.contains(part), "{known}");
        }
        sign_out(&desk, &mut at_home).await;
        // Nobody new gets in, with whatever spelling, with a cookie of somebody else's or a made-up one.
        for name in ["ana", "@ANA", "ana@company.example", " @ana@social.company.example"] {
            assert_eq!(tries(&desk, &mut elsewhere(), name).await.status, StatusCode::TOO_MANY_REQUESTS, "{name}");
        }
        let mut bens = elsewhere();
        assert_eq!(bens.sign_in(&desk.house, "ben", PASSWORD, "").await.status, StatusCode::SEE_OTHER);
        sign_out(&desk, &mut bens).await;
        assert_eq!(tries(&desk, &mut bens, "ana").await.status, StatusCode::TOO_MANY_REQUESTS);
        let mut forged = elsewhere();
        forged.cookies.insert(KNOWN.to_owned(), "AAAA".to_owned());
        assert_eq!(tries(&desk, &mut forged, "ana").await.status, StatusCode::TOO_MANY_REQUESTS);
        // She does where she was before, also in another network.
        at_home.from = elsewhere().from;
        let entered = tries(&desk, &mut at_home, "ana").await;
        assert_eq!((entered.status, entered.location()), (StatusCode::SEE_OTHER, landing()), "{}", entered.text);
        // Who has stolen the cookie may guess no more than others.
        let mut thief = elsewhere();
        thief.cookies.insert(KNOWN.to_owned(), at_home.cookies[KNOWN].clone());
        let form = thief.get(&desk.house, "/sign-in").await;
        let mut guesses = 0;
        while thief.type_in(&desk.house, &form, "ana", "wrong").await.status == StatusCode::UNPROCESSABLE_ENTITY {
            guesses += 1;
        }
        assert!((8..20).contains(&guesses), "{guesses}");
        // A browser is known for several people.
        let mut shared = elsewhere();
        shared.cookies.insert(KNOWN.to_owned(), bens.cookies[KNOWN].clone());
        assert_eq!(shared.sign_in(&desk.house, "ben", PASSWORD, "").await.status, StatusCode::SEE_OTHER);
    }

    async fn a_browser_stays_known_for_half_a_year(database: TestDatabase) {
        let desk = Desk::open_with(database, |_| ()).await;
        let mut browser = desk.browser().await;
        browser.cookies.retain(|name, _| name == KNOWN);
        browser.from = elsewhere().from;
        let mut late = browser.clone();
        desk.house.wait(179 * 24 * 3600);
        assert_eq!(tries(&desk, &mut browser, "ana").await.status, StatusCode::SEE_OTHER);
        desk.house.wait(2 * 24 * 3600);
        assert_eq!(tries(&desk, &mut late, "ana").await.status, StatusCode::TOO_MANY_REQUESTS);
    }
}
