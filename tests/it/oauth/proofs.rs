//! A passkey in place of the password, where a page of the account asks who is there.

use diesel::prelude::*;
use guildhall::{db::schema::accounts as accounts_table, domain::accounts::Role};
use http::StatusCode;

use super::{
    Browser, Desk, PASSWORD, Page,
    passkeys::{add, anas, asked, enter, send},
    person,
};
use crate::{mastodon::BASE, support::device::Device};

const PASSKEYS: &str = "/account/passkeys";
/// Where one comes when one was added, which the page says.
const ADDED: &str = "/account/passkeys?added=yes";
const BEGIN: &str = "/account/passkeys/begin";
const PASSWORD_PAGE: &str = "/account/password";

/// A browser in which Ana is signed in by her passkey, the one way in that she has.
async fn without_password(desk: &Desk, device: &mut Device) -> Browser {
    let ana = desk.ana.0;
    let forgotten = desk.house.app.db.write(move |tx| {
        let row = accounts_table::table.find(ana);
        diesel::update(row).set(accounts_table::password_hash.eq(None::<String>)).execute(tx.conn())?;
        Ok(())
    });
    forgotten.await.unwrap();
    let mut browser = Browser::default();
    assert_eq!(enter(&mut browser, desk, device, "").await.status, StatusCode::SEE_OTHER);
    browser
}

/// The challenge that a form of the page holds.
fn challenge(page: &Page, action: &str) -> String {
    page.hidden(action).into_iter().find(|(name, _)| name == "challenge").unwrap().1
}

on_both! {
    async fn who_has_a_passkey_alone_adds_another_with_it(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut device = anas(&desk).await;
        let mut browser = without_password(&desk, &mut device).await;
        let page = browser.get(&desk.house, PASSKEYS).await;
        assert!(page.text.contains("Go on with a passkey you have"), "{}", page.text);
        assert!(!page.text.contains("name=\"password\"") && !page.text.contains("you have neither"), "{}", page.text);
        // Nothing is no proof, and no password is one either.
        for password in ["", PASSWORD] {
            let refused = send(&mut browser, &desk, &page, BEGIN, &[("password", password)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{password}");
        }
        let answer = device.sign(&asked(&page).unwrap());
        let begun = send(&mut browser, &desk, &page, BEGIN, &[("answer", &answer)]).await;
        assert_eq!(begun.status, StatusCode::OK, "{}", begun.text);
        let (mut second, made) = Device::make(&asked(&begun).unwrap(), BASE);
        let fields = [("answer", made.as_str()), ("name", "Key at work")];
        assert_eq!(send(&mut browser, &desk, &begun, "/account/passkeys/add", &fields).await.location(), ADDED);
        // It counts once.
        let again = send(&mut browser, &desk, &page, BEGIN, &[("answer", &answer)]).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);
        let list = browser.get(&desk.house, PASSKEYS).await;
        assert!(list.text.contains("<b dir=\"auto\">Key at work</b>") && list.text.contains("Phone"), "{}", list.text);
        assert_eq!(enter(&mut Browser::default(), &desk, &mut second, "").await.status, StatusCode::SEE_OTHER);
        // The one that is removed proves nothing from then on, and an old page nothing either.
        let page = browser.get(&desk.house, PASSKEYS).await;
        let (of_removed, too_late) = (second.sign(&asked(&page).unwrap()), device.sign(&asked(&page).unwrap()));
        // The newest is first.
        send(&mut browser, &desk, &page, "/account/passkeys/remove", &[]).await;
        let refused = send(&mut browser, &desk, &page, BEGIN, &[("answer", &of_removed)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        desk.house.wait(15 * 60);
        let refused = send(&mut browser, &desk, &page, BEGIN, &[("answer", &too_late)]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    }

    async fn what_was_answered_by_others_elsewhere_or_for_something_else_is_no_proof(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut device = anas(&desk).await;
        person(&desk.house, "ben", Some(PASSWORD), Role::Member).await;
        let (mut browser, mut ben) = (desk.browser().await, Browser::default());
        ben.sign_in(&desk.house, "ben", PASSWORD, "").await;
        let mut bens = add(&mut ben, &desk, "Ben's").await.0;
        let page = browser.get(&desk.house, PASSKEYS).await;
        let options = asked(&page).unwrap();
        // Ben's own passkey, one that answers another site, and one whose owner showed no finger.
        let theirs = bens.sign(&options);
        device.origin = "https://evil.example".to_owned();
        let phished = device.sign(&options);
        device.origin = BASE.to_owned();
        device.verifies = false;
        let unverified = device.sign(&options);
        device.verifies = true;
        for (name, answer) in [("Ben's", &theirs), ("other site", &phished), ("no finger", &unverified), ("no JSON", &"{".to_owned())] {
            let refused = send(&mut browser, &desk, &page, BEGIN, &[("answer", answer)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {}", refused.text);
            assert!(refused.text.contains("role=\"alert\""), "{name}");
        }
        let refused = send(&mut browser, &desk, &page, BEGIN, &[("answer", &theirs)]).await;
        assert!(refused.text.contains("This is no passkey of yours"), "{}", refused.text);
        // A challenge of another page of hers, of the page to sign in, and of another browser of hers.
        let (mut other, mut outside) = (desk.browser().await, Browser::default());
        let elsewhere = [
            (browser.get(&desk.house, PASSWORD_PAGE).await, PASSWORD_PAGE),
            (browser.get(&desk.house, "/account/second-step").await, "/account/second-step/begin"),
            (outside.get(&desk.house, "/sign-in").await, "/sign-in/passkey"),
            (other.get(&desk.house, PASSKEYS).await, BEGIN),
        ];
        for (given, action) in &elsewhere {
            let (answer, challenge) = (device.sign(&asked(given).unwrap()), challenge(given, action));
            let fields = [("answer", answer.as_str()), ("challenge", challenge.as_str())];
            let refused = send(&mut browser, &desk, &page, BEGIN, &fields).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{action}: {}", refused.text);
        }
        let right = device.sign(&options);
        for fields in [[("answer", right.as_str()), ("challenge", "")], [("answer", right.as_str()), ("form_token", "")]] {
            assert_eq!(send(&mut browser, &desk, &page, BEGIN, &fields).await.status, StatusCode::FORBIDDEN);
        }
        let begun = send(&mut browser, &desk, &page, BEGIN, &[("answer", &right)]).await;
        assert_eq!(begun.status, StatusCode::OK, "{}", begun.text);
    }

    async fn a_passkey_proves_who_sets_a_password_and_turns_the_second_step_on(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut device = anas(&desk).await;
        let mut browser = without_password(&desk, &mut device).await;
        let begin = "/account/second-step/begin";
        let page = browser.get(&desk.house, "/account/second-step").await;
        let answer = device.sign(&asked(&page).unwrap());
        let begun = send(&mut browser, &desk, &page, begin, &[("answer", &answer)]).await;
        assert!(begun.status == StatusCode::OK && begun.text.contains("otpauth://totp/"), "{}", begun.text);
        assert!(!begun.text.contains("<script"), "{}", begun.text);
        let again = send(&mut browser, &desk, &page, begin, &[("answer", &answer)]).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);
        let page = browser.get(&desk.house, PASSWORD_PAGE).await;
        let new = "a sentence that she likes";
        let answer = device.sign(&asked(&page).unwrap());
        let unproven = send(&mut browser, &desk, &page, PASSWORD_PAGE, &[("new_password", new)]).await;
        assert_eq!(unproven.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", unproven.text);
        // A password that is too short uses the answer up as little as nothing does.
        let short = send(&mut browser, &desk, &page, PASSWORD_PAGE, &[("answer", &answer), ("new_password", "short")]).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", short.text);
        let set = send(&mut browser, &desk, &page, PASSWORD_PAGE, &[("answer", &answer), ("new_password", new)]).await;
        assert_eq!((set.status, set.location()), (StatusCode::SEE_OTHER, "/account"), "{}", set.text);
        let entered = Browser::default().sign_in(&desk.house, "ana", new, "").await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
        // Every passkey ended with it, that one too.
        assert_eq!(enter(&mut Browser::default(), &desk, &mut device, "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
