//! Passkeys: added with the password, and then in its place.

use diesel::prelude::*;
use guildhall::{
    db::{
        Tx,
        schema::{passkey_challenges, passkeys},
    },
    domain::{
        AccountId, BrowserId,
        accounts::{self, NewPasskey, Role},
    },
    error::Result,
};
use http::{StatusCode, header};
use serde_json::Value;

use super::{Browser, Desk, PASSWORD, Page, authorize, landing, person, second_step::turn_on};
use crate::{mastodon::BASE, support::device::Device};

const PATH: &str = "/account/passkeys";
/// Where one comes when one was added, which the page says.
const ADDED: &str = "/account/passkeys?added=yes";

/// What the page asks a device, if it asks one.
pub(super) fn asked(page: &Page) -> Option<Value> {
    let text = page.text.split("data-options=\"").nth(1)?.split('"').next()?;
    Some(serde_json::from_str(&html_escape::decode_html_entities(text)).unwrap())
}

/// Sends the form with some of its fields in place of what the page has in them.
pub(super) async fn send(
    browser: &mut Browser,
    desk: &Desk,
    page: &Page,
    action: &str,
    fields: &[(&str, &str)],
) -> Page {
    let mut all = page.hidden(action);
    for (name, value) in fields {
        all.retain(|(other, _)| other != name);
        all.push(((*name).to_owned(), (*value).to_owned()));
    }
    browser.submit(&desk.house, action, &all).await
}

/// The page that asks for a new passkey.
async fn begin(browser: &mut Browser, desk: &Desk) -> Page {
    let page = browser.get(&desk.house, PATH).await;
    send(browser, desk, &page, "/account/passkeys/begin", &[("password", PASSWORD)]).await
}

pub(super) async fn add(browser: &mut Browser, desk: &Desk, name: &str) -> (Device, Page) {
    let page = begin(browser, desk).await;
    let (device, answer) = Device::make(&asked(&page).unwrap(), BASE);
    let fields = [("answer", answer.as_str()), ("name", name)];
    (device, send(browser, desk, &page, "/account/passkeys/add", &fields).await)
}

/// A passkey of Ana's.
pub(super) async fn anas(desk: &Desk) -> Device {
    let (device, added) = add(&mut desk.browser().await, desk, "Phone").await;
    assert_eq!(
        (added.status, added.location()),
        (StatusCode::SEE_OTHER, "/account/passkeys?added=yes"),
        "{}",
        added.text
    );
    device
}

/// Signs in with a passkey, to go on at `then`.
pub(super) async fn enter(browser: &mut Browser, desk: &Desk, device: &mut Device, then: &str) -> Page {
    let then: String = form_urlencoded::byte_serialize(then.as_bytes()).collect();
    let page = browser.get(&desk.house, &format!("/sign-in?then={then}")).await;
    let answer = device.sign(&asked(&page).unwrap());
    send(browser, desk, &page, "/sign-in/passkey", &[("answer", &answer)]).await
}

on_both! {
    async fn a_passkey_signs_in_without_password_and_code_and_goes_on_where_one_came_from(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut device = anas(&desk).await;
        turn_on(&desk).await;
        let (app, mut browser) = (desk.app("read").await, Browser::default());
        let wanted = authorize(&app, &[("state", "mine")]);
        let before = browser.get(&desk.house, &wanted).await;
        assert!(before.location().starts_with("/sign-in?then="), "{}", before.location());
        let entered = enter(&mut browser, &desk, &mut device, &wanted).await;
        assert_eq!((entered.status, entered.location()), (StatusCode::SEE_OTHER, wanted.as_str()), "{}", entered.text);
        let consent = browser.get(&desk.house, &wanted).await;
        let code = browser.answer(&desk.house, &consent, desk.ana.1, "allow").await.query("code").unwrap();
        desk.exchange(&app, &code).await.ok();
        let list = browser.get(&desk.house, PATH).await;
        assert!(list.text.contains("<b dir=\"auto\">Phone</b>") && list.text.contains("last used"), "{}", list.text);
        assert!(browser.get(&desk.house, "/account").await.text.contains("You have 1 passkey:"));
        // No other place is ever gone to.
        let elsewhere = enter(&mut Browser::default(), &desk, &mut device, "https://evil.example/").await;
        assert_eq!(elsewhere.location(), landing());
    }

    async fn its_owner_is_told_by_letter_of_a_passkey_that_comes_or_goes(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let letters = async || {
            desk.house.work().await;
            let mut said: Vec<String> = std::fs::read_dir(desk.house.app.config.data_dir.join("mail")).map_or(Vec::new(), |entries| {
                entries.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap().replace("=\r\n", "")).collect()
            });
            said.sort_by_key(|letter| letter.contains("removed from"));
            said
        };
        let mut browser = desk.browser().await;
        add(&mut browser, &desk, "Phone").await;
        let told = letters().await;
        assert_eq!(told.len(), 1);
        for said in ["To: ana@mail.example\r\n", "Subject: A passkey was added to your account", "@company.example", "Phone", "/account"] {
            assert!(told[0].contains(said), "{said}: {}", told[0]);
        }
        let page = browser.get(&desk.house, PATH).await;
        let id = page.hidden("/account/passkeys/remove").into_iter().find(|(name, _)| name == "id").unwrap().1;
        // An id of somebody else's is none, and nobody is told.
        let not_hers = send(&mut browser, &desk, &page, "/account/passkeys/remove", &[("id", "999")]).await;
        assert_eq!(not_hers.status, StatusCode::NOT_FOUND);
        assert_eq!(letters().await.len(), 1);
        send(&mut browser, &desk, &page, "/account/passkeys/remove", &[("id", &id)]).await;
        let told = letters().await;
        assert_eq!(told.len(), 2);
        assert!(told[1].contains("Subject: A passkey was removed from your account") && told[1].contains("Phone"), "{}", told[1]);
        // Another name for one is nothing to be told of.
        add(&mut browser, &desk, "Key").await;
        let page = browser.get(&desk.house, PATH).await;
        send(&mut browser, &desk, &page, "/account/passkeys/rename", &[("name", "Other key")]).await;
        assert_eq!(letters().await.len(), 3);
    }

    async fn an_answer_counts_once_and_where_it_was_asked_for(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut device = anas(&desk).await;
        let (mut browser, mut other) = (Browser::default(), Browser::default());
        let (page, others) = (browser.get(&desk.house, "/sign-in").await, other.get(&desk.house, "/sign-in").await);
        let path = "/sign-in/passkey";
        let options = asked(&page).unwrap();
        assert_eq!((&options["userVerification"], &options["rpId"]), (&"required".into(), &"social.company.example".into()));
        // Nothing of these is an answer to this page.
        let theirs = device.sign(&asked(&others).unwrap());
        device.origin = "https://social.company.example.evil.example".to_owned();
        let phished = device.sign(&options);
        device.origin = BASE.to_owned();
        device.verifies = false;
        let unverified = device.sign(&options);
        device.verifies = true;
        let mut stranger = Device::make(&serde_json::json!({"user": {"id": "AAAAAAAAAAE"}, "rp": {"id": "social.company.example"}, "challenge": "AA"}), BASE).0;
        let unknown = stranger.sign(&options);
        for (name, answer) in [("other page", &theirs), ("other site", &phished), ("no finger", &unverified), ("unknown", &unknown), ("none", &String::new()), ("no JSON", &"{".repeat(20_000))] {
            let refused = send(&mut browser, &desk, &page, path, &[("answer", answer)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert!(refused.text.contains("role=\"alert\"") && asked(&refused).is_some(), "{name}: {}", refused.text);
        }
        // Not without the form of this browser, nor with what was given to another one, nor what was never given.
        let right = device.sign(&options);
        let cross = send(&mut browser, &desk, &page, path, &[("answer", &right), ("form_token", "")]).await;
        assert_eq!(cross.status, StatusCode::FORBIDDEN);
        let given = others.hidden(path).into_iter().find(|(name, _)| name == "challenge").unwrap().1;
        for challenge in [given.as_str(), "", "nonsense"] {
            let fields = [("answer", theirs.as_str()), ("challenge", challenge)];
            assert_eq!(send(&mut browser, &desk, &page, path, &fields).await.status, StatusCode::FORBIDDEN, "{challenge}");
        }
        // The same at the same moment, twice: one gets in, and later nobody does, not even where it was asked for.
        let (mut one, mut two, mut later) = (browser.clone(), browser.clone(), browser.clone());
        let fields = [("answer", right.as_str())];
        let both = futures_util::future::join(
            send(&mut one, &desk, &page, path, &fields),
            send(&mut two, &desk, &page, path, &fields),
        )
        .await;
        let mut statuses = [both.0.status, both.1.status];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::CONFLICT]);
        assert_eq!(send(&mut later, &desk, &page, path, &fields).await.status, StatusCode::CONFLICT);
        assert!(later.get(&desk.house, "/account").await.location().starts_with("/sign-in"));
        // A device that counts, and a copy of it that has signed less often.
        device.counts = true;
        for (count, status) in [(10, 303), (5, 422), (11, 303)] {
            device.count = count;
            assert_eq!(enter(&mut Browser::default(), &desk, &mut device, "").await.status, status, "{count}");
        }
        // Too late is too late.
        let page = other.get(&desk.house, "/sign-in").await;
        desk.house.wait(15 * 60);
        let answer = device.sign(&asked(&page).unwrap());
        assert_eq!(send(&mut other, &desk, &page, path, &[("answer", &answer)]).await.status, StatusCode::FORBIDDEN);
    }

    async fn only_who_began_with_a_proof_adds_a_passkey(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (mut owner, mut left_open) = (desk.browser().await, desk.browser().await);
        let (begin_path, add_path) = ("/account/passkeys/begin", "/account/passkeys/add");
        let page = owner.get(&desk.house, PATH).await;
        let wrong = send(&mut owner, &desk, &page, begin_path, &[("password", "wrong")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked(&page).is_none() && asked(&wrong).is_none());
        let cross = send(&mut owner, &desk, &page, begin_path, &[("password", PASSWORD), ("form_token", "")]).await;
        assert_eq!(cross.status, StatusCode::FORBIDDEN);
        let begun = begin(&mut owner, &desk).await;
        let options = asked(&begun).unwrap();
        assert_eq!(options["user"]["name"], "ana@company.example");
        let (device, answer) = Device::make(&options, BASE);
        let given = begun.hidden(add_path).into_iter().find(|(name, _)| name == "challenge").unwrap().1;
        // Another browser of hers, and a challenge that is for signing in.
        let theirs = left_open.get(&desk.house, PATH).await.hidden(begin_path);
        let fields = |challenge: &str| [theirs.clone(), vec![("challenge".to_owned(), challenge.to_owned()), ("answer".to_owned(), answer.clone()), ("name".to_owned(), "Mine".to_owned())]].concat();
        assert_eq!(left_open.submit(&desk.house, add_path, &fields(&given)).await.status, StatusCode::FORBIDDEN);
        let to_sign_in = left_open.get(&desk.house, "/sign-in?then=/account").await;
        let for_signing = to_sign_in.hidden("/sign-in/passkey").into_iter().find(|(name, _)| name == "challenge").unwrap().1;
        assert_eq!(left_open.submit(&desk.house, add_path, &fields(&for_signing)).await.status, StatusCode::FORBIDDEN);
        // A name it must have, made for this site it must be.
        let phished = Device::make(&options, "https://evil.example").1;
        for (answer, name) in [(&answer, ""), (&answer, &*"n".repeat(61)), (&phished, "Phone"), (&String::new(), "Phone")] {
            let refused = send(&mut owner, &desk, &begun, add_path, &[("answer", answer), ("name", name)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        }
        let added = [("answer", answer.as_str()), ("name", " Phone <b>\u{7} ")];
        assert_eq!(send(&mut owner, &desk, &begun, add_path, &added).await.location(), ADDED);
        assert_eq!(send(&mut owner, &desk, &begun, add_path, &added).await.status, StatusCode::CONFLICT);
        let list = owner.get(&desk.house, PATH).await;
        assert!(list.text.contains("<b dir=\"auto\">Phone &#60;b&#62;</b>") && list.text.contains("never used"), "{}", list.text);
        // A device that has one makes no second one.
        let known = asked(&begin(&mut owner, &desk).await).unwrap();
        assert_eq!(known["excludeCredentials"][0]["id"], device.id());
        let late = begin(&mut owner, &desk).await;
        let answer = Device::make(&asked(&late).unwrap(), BASE).1;
        desk.house.wait(15 * 60);
        let late = send(&mut owner, &desk, &late, add_path, &[("answer", &answer), ("name", "Late")]).await;
        assert_eq!(late.status, StatusCode::FORBIDDEN);
    }

    async fn one_has_twenty_passkeys_at_most(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut browser = desk.browser().await;
        let begun = begin(&mut browser, &desk).await;
        for number in 0..20 {
            desk.house.app.db.write(move |tx| add_directly(tx, desk.ana.0, number)).await.unwrap();
        }
        let answer = Device::make(&asked(&begun).unwrap(), BASE).1;
        let fields = [("answer", answer.as_str()), ("name", "One more")];
        let refused = send(&mut browser, &desk, &begun, "/account/passkeys/add", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("You have 20 passkeys"), "{}", refused.text);
        let page = browser.get(&desk.house, PATH).await;
        send(&mut browser, &desk, &page, "/account/passkeys/remove", &[]).await;
        assert_eq!(send(&mut browser, &desk, &begun, "/account/passkeys/add", &fields).await.location(), ADDED);
    }

    async fn passkeys_are_renamed_and_removed_by_their_owner_alone(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut device = anas(&desk).await;
        person(&desk.house, "ben", Some(PASSWORD), Role::Member).await;
        let (mut ana, mut ben) = (desk.browser().await, Browser::default());
        ben.sign_in(&desk.house, "ben", PASSWORD, "").await;
        let (rename, remove) = ("/account/passkeys/rename", "/account/passkeys/remove");
        let page = ana.get(&desk.house, PATH).await;
        let token = ben.get(&desk.house, PATH).await.hidden("/account/passkeys/begin")[0].1.clone();
        for path in [rename, remove] {
            let theirs = send(&mut ben, &desk, &page, path, &[("form_token", &token), ("name", "Ben's")]).await;
            assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{path}");
            let cross = send(&mut ana, &desk, &page, path, &[("form_token", ""), ("name", "x")]).await;
            assert_eq!(cross.status, StatusCode::FORBIDDEN, "{path}");
        }
        for (name, status) in [("", 422), (&*"n".repeat(61), 422), ("Tablet", 303)] {
            assert_eq!(send(&mut ana, &desk, &page, rename, &[("name", name)]).await.status, status, "{name}");
        }
        assert!(ana.get(&desk.house, PATH).await.text.contains("<b dir=\"auto\">Tablet</b>"));
        assert_eq!(enter(&mut Browser::default(), &desk, &mut device, "").await.status, StatusCode::SEE_OTHER);
        assert_eq!(send(&mut ana, &desk, &page, remove, &[]).await.location(), PATH);
        let refused = enter(&mut Browser::default(), &desk, &mut device, "").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("not known here any more"), "{}", refused.text);
        assert_eq!(send(&mut ana, &desk, &page, remove, &[]).await.status, StatusCode::NOT_FOUND);
    }

    async fn whoever_is_suspended_or_gone_or_has_a_new_password_has_no_passkey(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut device = anas(&desk).await;
        let (house, ana) = (&desk.house, desk.ana.0);
        for (suspended, status) in [(true, StatusCode::FORBIDDEN), (false, StatusCode::SEE_OTHER)] {
            house.app.db.write(move |tx| accounts::set_suspended(tx, ana, suspended)).await.unwrap();
            let answer = enter(&mut Browser::default(), &desk, &mut device, "").await;
            assert_eq!((answer.status, answer.text.contains("is suspended")), (status, suspended), "{}", answer.text);
        }
        let count = async || house.app.db.read(|conn| Ok(passkeys::table.count().get_result::<i64>(conn)?)).await.unwrap();
        // What was begun before does not come after.
        let mut browser = desk.browser().await;
        let begun = begin(&mut browser, &desk).await;
        let signed = browser.get(&desk.house, "/sign-in?then=/account").await;
        let hash = guildhall::secrets::hash_password(PASSWORD).unwrap();
        house.app.db.write(move |tx| accounts::set_password(tx, ana, &hash)).await.unwrap();
        let answer = Device::make(&asked(&begun).unwrap(), BASE).1;
        let late = send(&mut browser, &desk, &begun, "/account/passkeys/add", &[("answer", &answer), ("name", "Late")]).await;
        assert!(late.location().starts_with("/sign-in"), "{}", late.text);
        let answer = device.sign(&asked(&signed).unwrap());
        let late = send(&mut browser, &desk, &signed, "/sign-in/passkey", &[("answer", &answer)]).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(count().await, 0);
        // Nor from a browser that was signed out in the same moment.
        let gone = house.app.db.write(move |tx| add_directly(tx, ana, 1)).await;
        assert_eq!(gone.unwrap_err().code(), "passkey.signed_out");
        let mut device = anas(&desk).await;
        assert_eq!(count().await, 1);
        house.app.db.write(move |tx| accounts::delete(tx, ana)).await.unwrap();
        assert_eq!(count().await, 0);
        assert_eq!(enter(&mut Browser::default(), &desk, &mut device, "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn answered_challenges_are_forgotten_when_they_are_too_old_anyway(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut device = anas(&desk).await;
        enter(&mut Browser::default(), &desk, &mut device, "").await;
        for (minutes, expected) in [(0, 2), (15, 2), (1, 0)] {
            desk.house.wait(minutes * 60);
            desk.house.app.db.write(|tx| accounts::prune_challenges(tx, 100)).await.unwrap();
            let left = desk.house.app.db.read(|conn| Ok(passkey_challenges::table.count().get_result::<i64>(conn)?));
            assert_eq!(left.await.unwrap(), expected, "{minutes}");
        }
    }

    async fn tries_with_passkeys_are_counted_apart_where_their_owner_was_before(database: TestDatabase) {
        let desk = Desk::open_with(database, |config| config.limits.anonymous_requests_per_5_minutes = 10_000).await;
        let mut device = anas(&desk).await;
        let from = Some("2001:db8:77::1".to_owned());
        let mut at_home = Browser { from: from.clone(), ..Browser::default() };
        assert_eq!(enter(&mut at_home, &desk, &mut device, "").await.status, StatusCode::SEE_OTHER);
        let mut guesser = Browser { from, ..Browser::default() };
        let page = guesser.get(&desk.house, "/sign-in").await;
        device.origin = "https://evil.example".to_owned();
        let wrong = device.sign(&asked(&page).unwrap());
        let refused = loop {
            let answer = send(&mut guesser, &desk, &page, "/sign-in/passkey", &[("answer", &wrong)]).await;
            if answer.status != StatusCode::UNPROCESSABLE_ENTITY {
                break answer;
            }
        };
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.headers.contains_key(header::RETRY_AFTER) && refused.text.contains("too many tries"), "{}", refused.text);
        device.origin = BASE.to_owned();
        assert_eq!(enter(&mut at_home, &desk, &mut device, "/account").await.status, StatusCode::SEE_OTHER);
    }
}

/// Adds a passkey of nobody's device, from the newest browser of the person.
fn add_directly(tx: &mut Tx<'_>, account: AccountId, number: u8) -> Result<()> {
    let now = tx.now();
    let browser = accounts::browsers_of(tx.conn(), account, now)?.first().map(|browser| browser.id);
    accounts::add_passkey(
        tx,
        browser.unwrap_or(BrowserId(1)),
        &NewPasskey {
            account,
            credential_id: vec![number; 16],
            public_key: vec![number],
            state: vec![0; 7],
            name: format!("Device {number}"),
            challenge: [number; 32],
        },
    )
}
