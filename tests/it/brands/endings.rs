//! Letters about certificates that end: a month before, and when they have, each once.

use diesel::{RunQueryDsl, sql_query};
use guildhall::domain::accounts::{self, AccountKind, GrantRole, Role};
use http::StatusCode;
use serde_json::json;

use super::{
    API,
    certificates::{certified, certifies, owner, takes},
    desk::Desk,
};
use crate::mastodon::Person;

const DAY: u64 = 24 * 3600;

/// The letters to somebody.
async fn got(desk: &Desk, name: &str) -> Vec<String> {
    let to = format!("To: {name}@mail.example\r\n");
    desk.letters().await.into_iter().filter(|letter| letter.contains(&to)).collect()
}

/// Somebody who may give certificates, with an address.
async fn giver(desk: &Desk, name: &str) -> Person {
    let person = desk.house.person(name, AccountKind::Employee, Role::Admin).await;
    desk.reached(&person, name).await;
    person
}

/// Somebody who answers, with an address.
async fn responder(desk: &Desk, name: &str) -> Person {
    let person = desk.also(name, GrantRole::Responder).await;
    desk.reached(&person, name).await;
    person
}

/// The job that looks for what ends runs, whether it is its time or not.
async fn looks(desk: &Desk) {
    desk.house.app.db.write(accounts::tell_of_endings).await.unwrap();
}

on_both! {
    async fn who_holds_one_and_who_gives_them_hear_once_before_it_ends_and_once_after(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let olga = owner(&desk.house).await;
        desk.reached(&olga, "olga").await;
        responder(&desk, "rita").await;
        let wish = json!({"account": "rita", "role": "responder", "note": "notecanary"});
        assert_eq!(certifies(&desk.house, &olga, wish).await.status, StatusCode::CREATED);
        desk.house.wait(334 * DAY);
        looks(&desk).await;
        assert_eq!(desk.letters().await.len(), 0, "it is not time");
        desk.house.wait(DAY);
        let rita = got(&desk, "rita").await;
        let [letter] = rita.as_slice() else { panic!("{rita:?}") };
        for said in ["Subject: Your certificate as responder", "ends on 1 Nov 2027, and counts until 15 Nov 2027", "/home/company/certificates", "wait for approval", "ask one of them"] {
            assert!(letter.contains(said), "should say “{said}”: {letter}");
        }
        let letters = got(&desk, "olga").await;
        let [letter] = letters.as_slice() else { panic!("{letters:?}") };
        for said in ["Subject: A certificate as responder", "ends on 1 Nov 2027", "/home/company/certificates", "You may give a new one"] {
            assert!(letter.contains(said), "should say “{said}”: {letter}");
        }
        // However often it is looked, nobody hears of it twice.
        for _ in 0..3 {
            looks(&desk).await;
            desk.house.wait(DAY);
            assert_eq!(desk.letters().await.len(), 2);
        }
        desk.house.wait(27 * DAY);
        let rita = got(&desk, "rita").await;
        assert_eq!(rita.len(), 2, "it has ended: {rita:?}");
        let letter = rita.iter().find(|letter| letter.contains("Subject: Your certificate as responder") && letter.contains("It still counts")).unwrap();
        for said in ["ended on 1 Nov 2027. It still counts until 15 Nov 2027", "wait for approval", "/home/company/certificates"] {
            assert!(letter.contains(said), "should say “{said}”: {letter}");
        }
        for _ in 0..3 {
            looks(&desk).await;
            desk.house.wait(5 * DAY);
            assert_eq!(desk.letters().await.len(), 4);
        }
        assert!(desk.letters().await.iter().all(|letter| !letter.contains("notecanary") && !letter.contains("RITA")));
    }

    async fn nobody_hears_of_what_was_given_anew_or_taken_back_nor_who_may_not_sign_in(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let olga = owner(&desk.house).await;
        desk.reached(&olga, "olga").await;
        for name in ["rene", "revo", "dele", "lena"] {
            responder(&desk, name).await;
            certified(&desk.house, &olga, name, "responder").await;
        }
        let locked = responder(&desk, "locky").await.account;
        certified(&desk.house, &olga, "locky", "responder").await;
        let id = certified(&desk.house, &olga, "revo", "approver").await;
        let of_revoked = certified(&desk.house, &olga, "revo", "responder").await;
        let of_later = certified(&desk.house, &olga, "lena", "responder").await;
        desk.house.wait(300 * DAY);
        certified(&desk.house, &olga, "rene", "responder").await;
        for id in [&id, &of_revoked] {
            assert_eq!(takes(&desk.house, &olga, id).await.status, StatusCode::NO_CONTENT);
        }
        desk.house.app.db.write(move |tx| accounts::set_suspended(tx, locked, true)).await.unwrap();
        desk.house.delete(&olga, &format!("{API}/accounts/dele")).await.ok();
        desk.house.wait(36 * DAY);
        // Its letters are asked for, and it is taken back before they are written.
        looks(&desk).await;
        assert_eq!(takes(&desk.house, &olga, &of_later).await.status, StatusCode::NO_CONTENT);
        assert_eq!(desk.letters().await, [""; 0]);
        desk.house.wait(40 * DAY);
        assert_eq!(desk.letters().await, [""; 0]);
        // The new one has a time of its own.
        desk.house.wait(260 * DAY);
        assert_eq!((got(&desk, "rene").await.len(), got(&desk, "olga").await.len(), desk.letters().await.len()), (1, 1, 2));
    }

    async fn a_few_of_those_who_give_them_hear_in_one_letter_and_of_their_own_once(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let olga = owner(&desk.house).await;
        desk.reached(&olga, "olga").await;
        for name in ["adam1", "adam2", "adam3"] {
            giver(&desk, name).await;
        }
        let last = giver(&desk, "adam4").await;
        for name in ["evelina", "friederike"] {
            responder(&desk, name).await;
            certified(&desk.house, &last, name, "responder").await;
        }
        certified(&desk.house, &last, "evelina", "approver").await;
        desk.house.wait(335 * DAY);
        let all = desk.letters().await;
        assert_eq!(all.len(), 5, "to two who hold them, to who gave them and to two others: {all:?}");
        let letters = got(&desk, "adam4").await;
        assert!(letters.len() == 1 && letters[0].contains("Subject: 3 certificates at "), "{letters:?}");
        assert!(all.iter().all(|letter| !letter.contains("EVELINA") && !letter.contains("FRIEDERIKE")), "{all:?}");
        let letters = got(&desk, "evelina").await;
        assert!(letters.len() == 1 && letters[0].contains("Subject: 2 certificates at "), "{letters:?}");
        for said in ["Your certificate as approver", "Your certificate as responder", "approvals count no more"] {
            assert!(letters[0].contains(said), "should say “{said}”: {}", letters[0]);
        }
        // Whoever gives them hears of their own as everybody does, and not a second time.
        certified(&desk.house, &olga, "adam1", "responder").await;
        desk.house.wait(335 * DAY);
        let letters = got(&desk, "adam1").await;
        let own = |letter: &&String| letter.contains("Subject: Your certificate as responder");
        let of_others = |letter: &&String| letter.contains("Subject: A certificate as responder");
        assert_eq!((letters.iter().filter(own).count(), letters.iter().filter(of_others).count()), (1, 0), "{letters:?}");
    }

    async fn one_for_a_short_time_is_told_of_when_it_has_ended_and_while_it_counts(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let olga = owner(&desk.house).await;
        for (name, until) in [("rita", "2026-11-11T12:00:00Z"), ("rolf", "2026-12-11T12:00:00Z")] {
            responder(&desk, name).await;
            let wish = json!({"account": name, "role": "responder", "valid_until": until});
            assert_eq!(certifies(&desk.house, &olga, wish).await.status, StatusCode::CREATED);
        }
        desk.house.wait(9 * DAY);
        looks(&desk).await;
        assert_eq!(desk.letters().await, [""; 0], "it was given for ten days");
        desk.house.wait(2 * DAY);
        let rita = got(&desk, "rita").await;
        assert!(rita.len() == 1 && rita[0].contains("ended on 11 Nov 2026. It still counts until 25 Nov 2026"), "{rita:?}");
        // Where nothing ran for a while, nobody hears that something counts which does not.
        assert_eq!(got(&desk, "rolf").await.len(), 1, "that it ends");
        desk.house.wait(60 * DAY);
        assert_eq!((got(&desk, "rita").await.len(), got(&desk, "rolf").await.len()), (1, 1));
    }

    async fn what_was_given_before_letters_were_written_is_found_by_pruning(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let olga = owner(&desk.house).await;
        responder(&desk, "rita").await;
        let wish = json!({"account": "rita", "role": "responder", "valid_until": "2026-11-21T12:00:00Z"});
        assert_eq!(certifies(&desk.house, &olga, wish).await.status, StatusCode::CREATED);
        for before in ["DELETE FROM jobs WHERE kind = 'look_at_certificates'", "UPDATE certificates SET warned_at = NULL"] {
            desk.house.app.db.write(move |tx| Ok(sql_query(before).execute(tx.conn())?)).await.unwrap();
        }
        guildhall::jobs::ensure_pruning(&desk.house.app.db).await.unwrap();
        let rita = got(&desk, "rita").await;
        assert!(rita.len() == 1 && rita[0].contains("ends on 21 Nov 2026"), "{rita:?}");
        desk.house.wait(21 * DAY);
        assert_eq!(got(&desk, "rita").await.len(), 2);
    }
}
