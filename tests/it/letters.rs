//! In which language letters come, and that they are whole in it: to whom something is known of, and to whom not.

use base64::{Engine, engine::general_purpose::STANDARD};
use guildhall::domain::{
    accounts::{AccountKind, GrantRole, Role},
    org::Registrations,
};
use http::Method;
use serde_json::{Value, json};

use crate::{
    brands::{
        desk::{Desk, refused},
        give,
    },
    inside::reached,
    invitations::{
        self, come_as, invite,
        letters::{all, link_in},
    },
    mastodon::{BASE, House, Person},
    oauth::{Browser, asking},
    sign_ups::{account, allow, confirm, sign_up},
};

const ME: &str = "/api/guildhall/v1/me";

/// A letter as a program for e-mail shows it.
#[derive(Debug, Clone)]
struct Read {
    to: String,
    language: String,
    subject: String,
    text: String,
    html: String,
}

fn quoted(body: &str) -> String {
    let (mut bytes, joined) = (Vec::new(), body.replace("=\r\n", ""));
    let mut rest = joined.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'=' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// What a header says, some words of which are coated (RFC 2047).
fn worded(value: &str) -> String {
    let mut pieces = value.split("=?utf-8?b?");
    let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        let (coated, rest) = piece.split_once("?=").unwrap();
        bytes.extend(STANDARD.decode(coated).unwrap());
        // Between two of them a space says nothing.
        if !rest.trim().is_empty() {
            bytes.extend(rest.bytes());
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// A file of a letter, read.
fn read(letter: &str) -> Read {
    let (head, body) = letter.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let field = |head: &str, name: &str| {
        let start = format!("{}:", name.to_lowercase());
        let line = head.lines().find(|line| line.to_lowercase().starts_with(&start));
        line.unwrap_or_else(|| panic!("no {name}: {head}")).split_once(':').unwrap().1.trim().to_owned()
    };
    let kind = field(&head, "Content-Type");
    let boundary = kind.split("boundary=").nth(1).unwrap().trim_matches('"');
    let parts: Vec<String> = body
        .split(&format!("--{boundary}"))
        .filter_map(|part| part.trim_start().split_once("\r\n\r\n"))
        .map(|(head, body)| match field(head, "Content-Transfer-Encoding").as_str() {
            "base64" => String::from_utf8(STANDARD.decode(body.replace("\r\n", "").trim()).unwrap()).unwrap(),
            "quoted-printable" => quoted(body),
            _ => body.to_owned(),
        })
        .collect();
    let [text, html] = parts.as_slice() else { panic!("{} parts: {letter}", parts.len()) };
    Read {
        to: field(&head, "To"),
        language: field(&head, "Content-Language"),
        subject: worded(&field(&head, "Subject")),
        text: text.replace("\r\n", "\n").trim().to_owned(),
        html: html.clone(),
    }
}

/// The letters in the data folder, as they are.
async fn letters(house: &House) -> Vec<Read> {
    house.work().await;
    let Ok(folder) = std::fs::read_dir(house.app.config.data_dir.join("mail")) else { return Vec::new() };
    folder.map(|entry| read(&std::fs::read_to_string(entry.unwrap().path()).unwrap())).collect()
}

/// The only letter that somebody got.
async fn letter_to(house: &House, name: &str) -> Read {
    let mut found = letters(house).await;
    found.retain(|letter| letter.to == format!("{name}@mail.example"));
    assert_eq!(found.len(), 1, "{name}: {found:?}");
    found.remove(0)
}

async fn reads(house: &House, who: &Person, language: &str) -> Value {
    house.call(Some(who), Method::PATCH, ME, json!({ "letter_language": language })).await.ok()
}

/// Whether a letter is whole in a language: marked as that, and with no line of the one in English.
#[track_caller]
fn assert_speaks(letter: &Read, tag: &str, english: &Read) {
    let direction = if tag == "ar" { "rtl" } else { "ltr" };
    assert_eq!(letter.language, tag);
    assert!(letter.html.contains(&format!("<html lang=\"{tag}\" dir=\"{direction}\">")), "{}", letter.html);
    assert_ne!(letter.subject, english.subject);
    let written = |line: &&str| !line.starts_with("https://") && line.chars().filter(|c| c.is_alphabetic()).count() > 1;
    let known: Vec<&str> = english.text.lines().filter(written).collect();
    let left: Vec<&str> = letter.text.lines().filter(written).filter(|line| known.contains(line)).collect();
    assert!(!known.is_empty() && left.is_empty(), "left in English: {left:?}");
    if tag == "ar" {
        for line in letter.text.lines().filter(written) {
            assert!(line.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c)), "{line}");
        }
        // Names are kept apart, and nothing stays open.
        let count = |sign: char| letter.text.matches(sign).count() + letter.subject.matches(sign).count();
        assert!(count('\u{2068}') > 0 && count('\u{2068}') == count('\u{2069}'), "{}", letter.text);
        assert!(letter.html.contains("<bdi>") && !letter.html.contains("border-left"), "{}", letter.html);
    }
}

on_both! {
    async fn letters_come_in_the_language_that_somebody_chose(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        // Of three who hear the same each reads it in their own language; who never said one reads English.
        for (who, name) in [(&desk.contributor, "con"), (&desk.approver, "abe"), (&desk.manager, "man")] {
            desk.reached(who, name).await;
        }
        assert_eq!(house.get(&desk.contributor, ME).await.ok()["letter_language"], "en");
        assert_eq!(reads(house, &desk.contributor, "de-AT").await["letter_language"], "de");
        assert_eq!(reads(house, &desk.approver, "ar").await["letter_language"], "ar");
        let wrong = house.call(Some(&desk.approver), Method::PATCH, ME, json!({"letter_language": "tlh"})).await;
        assert_eq!(refused(&wrong), (422, "me.letter_language"));
        assert_eq!(house.get(&desk.approver, ME).await.ok()["letter_language"], "ar");
        let reason = "The factory in Kiel is on fire.";
        let olga = desk.also("olga", GrantRole::Manager).await;
        let begun = house.post(&olga, "/api/guildhall/v1/crisis", json!({ "reason": reason })).await;
        assert_eq!(begun.status, 201, "{}", begun.body);
        let (german, arabic, english) = (letter_to(house, "con").await, letter_to(house, "abe").await, letter_to(house, "man").await);
        assert_eq!(english.language, "en");
        assert!(english.subject.starts_with("Crisis mode is on at ") && english.html.contains("<html lang=\"en\" dir=\"ltr\">"), "{english:?}");
        for (letter, tag) in [(&german, "de"), (&arabic, "ar")] {
            let mut letter = letter.clone();
            // What people wrote stays as they wrote it.
            assert!(letter.text.contains(reason) && letter.html.contains(reason), "{letter:?}");
            letter.text = letter.text.replace(reason, "");
            assert_speaks(&letter, tag, &english);
        }
        assert!(german.subject.contains("Krisenmodus") && german.text.contains("@olga"), "{german:?}");
        assert!(arabic.text.contains("\u{2068}@olga\u{2069}"), "{arabic:?}");
        // Chosen anew, the next one comes in it.
        reads(house, &desk.approver, "de").await;
        desk.handed_in("textcanary").await;
        house.wait(301);
        let asked: Vec<Read> = letters(house).await.into_iter().filter(|letter| letter.text.contains("/home/review/")).collect();
        let to = |name: &str| asked.iter().find(|letter| letter.to.starts_with(name)).unwrap();
        assert_speaks(to("abe"), "de", to("man"));
        assert!(asked.iter().all(|letter| !letter.text.contains("textcanary") && !letter.html.contains("textcanary")));
    }

    async fn a_letter_about_a_held_draft_says_why_in_each_language(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        for (who, name, language) in [(&desk.contributor, "cam", "ar"), (&desk.publisher, "pat", "de")] {
            desk.reached(who, name).await;
            reads(house, who, language).await;
        }
        let id = desk.approved("News").await;
        let at = house.app.db.now().plus(std::time::Duration::from_secs(3_000)).rfc3339();
        desk.acts(&desk.publisher, &id, "schedule", json!({"scheduled_at": at})).await.ok();
        give(house, &desk.approver, desk.brand, GrantRole::Publisher).await.unwrap();
        house.wait(3_600);
        letters(house).await;
        assert_eq!(desk.reads(&desk.manager, &id).await["held_code"], "draft.approvals_missing");
        for (name, why) in [("cam", "ينقصها من الموافقات ما تشترطه العلامة"), ("pat", "Ihm fehlen Freigaben, die die Marke verlangt.")] {
            let told: Vec<Read> = letters(house).await.into_iter().filter(|letter| letter.to.starts_with(name)).collect();
            assert!(told.iter().any(|letter| letter.text.contains(why) && letter.html.contains(why)), "{told:?}");
        }
    }

    async fn who_signs_up_is_written_to_in_the_language_of_the_form(database: TestDatabase) {
        let house = House::open(database).await;
        let mona = house.person("mona", AccountKind::Employee, Role::Moderator).await;
        reached(&house, &mona, "mona").await;
        allow(&house, Registrations::Approval).await;
        for (name, wish) in [("cora", ""), ("dora", "de-CH, en;q=0.4"), ("amal", "ar")] {
            let mut browser = Browser::default();
            if !wish.is_empty() {
                browser.more.push(("accept-language", wish));
            }
            let email = format!("{name}@mail.example");
            sign_up(&mut browser, &house, &[("username", name), ("email", &email)]).await;
        }
        let english = letter_to(&house, "cora").await;
        for (name, tag) in [("dora", "de"), ("amal", "ar")] {
            let letter = letter_to(&house, name).await;
            assert_speaks(&letter, tag, &english);
            let link = letter.text.lines().find_map(|line| line.strip_prefix(BASE)).unwrap().to_owned();
            assert_eq!(confirm(&mut Browser::default(), &house, &link).await.status, 200);
        }
        // Who answers them hears it in their own.
        house.wait(3601);
        assert_eq!(letter_to(&house, "mona").await.language, "en");
        let waiting = house.get(&mona, "/api/guildhall/v1/sign-ups").await.ok();
        let id = |name: &str| waiting.as_array().unwrap().iter().find(|one| one["username"] == name).unwrap()["id"].as_str().unwrap().to_owned();
        house.post(&mona, &format!("/api/guildhall/v1/sign-ups/{}/approve", id("dora")), json!({})).await.ok();
        house.post(&mona, &format!("/api/guildhall/v1/sign-ups/{}/reject", id("amal")), json!({})).await.ok();
        let last = async |name: &str, confirms: &str| {
            let mut found = letters(&house).await;
            found.retain(|letter| letter.to == format!("{name}@mail.example") && !letter.text.contains(confirms));
            assert_eq!(found.len(), 1, "{found:?}");
            found.remove(0)
        };
        let (welcome, refusal) = (last("dora", "/sign-up/confirm").await, last("amal", "/sign-up/confirm").await);
        assert!(welcome.language == "de" && welcome.subject.starts_with("Willkommen"), "{welcome:?}");
        assert!(refusal.language == "ar" && refusal.html.contains("dir=\"rtl\""), "{refusal:?}");
        assert_eq!(account(&house, "dora").await.unwrap().letter_language.as_deref(), Some("de"));
    }

    async fn an_invitation_speaks_as_whoever_invites_and_later_letters_as_whoever_came(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = invitations::owner(&house).await;
        invite(&house, &olga, json!({"kind": "employee", "email": "nina@mail.example"})).await;
        let english = letter_to(&house, "nina").await;
        assert_eq!(english.language, "en");
        reads(&house, &olga, "ar").await;
        invite(&house, &olga, json!({"kind": "employee", "email": "nils@mail.example"})).await;
        assert_speaks(&letter_to(&house, "nils").await, "ar", &english);
        // Nina reads the page in German, and is written to in it from then on.
        let sent = all(&house).await;
        let link = link_in(sent.iter().find(|letter| letter.contains("To: nina@")).unwrap());
        let mut browser = Browser::default();
        browser.more.push(("accept-language", "de"));
        come_as(&mut browser, &house, &link, "nina").await;
        assert_eq!(account(&house, "nina").await.unwrap().letter_language.as_deref(), Some("de"));
        let mut forgotten = Browser::default();
        let fields = asking(&mut forgotten, &house, "nina").await;
        forgotten.submit(&house, "/sign-in/forgotten", &fields).await;
        let reset = letters(&house).await.into_iter().find(|letter| letter.text.contains("/sign-in/reset")).unwrap();
        assert!(reset.language == "de" && reset.text.contains("innerhalb von 60 Minuten"), "{reset:?}");
    }
}
