//! Invitations that are sent to an address.

use std::{fs, path::Path};

use guildhall::domain::accounts::{self, AccountKind, Role};
use serde_json::json;

use super::{API, come_as, invite, link, owner};
use crate::{
    brands::desk::refused,
    mastodon::{BASE, House},
    oauth::{Browser, landing},
};

/// All letters that were written, without the line ends that letters are given on their way.
pub async fn all(house: &House) -> Vec<String> {
    house.work().await;
    let Ok(entries) = fs::read_dir(house.app.config.data_dir.join("mail")) else { return Vec::new() };
    let read = entries.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    read.map(|letter| letter.replace("=\r\n", "").replace("=3D", "=")).collect()
}

/// The link in the text of a letter, without our address.
pub fn link_in(letter: &str) -> String {
    let (_, rest) = letter.split_once(BASE).unwrap_or_else(|| panic!("no link: {letter}"));
    rest.split(|sign: char| sign.is_whitespace() || sign == '"').next().unwrap().to_owned()
}

on_both! {
    async fn a_letter_has_a_link_of_its_own(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let made = invite(&house, &olga, json!({"kind": "employee", "email": " Nina@Mail.Example "})).await;
        let sent = all(&house).await;
        let [letter] = sent.as_slice() else { panic!("{sent:?}") };
        for said in ["To: Nina@Mail.Example\r\n", "Subject: Come to ", "OLGA invites you", "as somebody who works there", "until 8 Nov 2026", "background:#3d4b5c"] {
            assert!(letter.contains(said), "{said}: {letter}");
        }
        let sent_link = link_in(letter);
        assert_ne!(sent_link, link(&made));
        // Whoever reads the database or a copy of it learns neither.
        if let Some(file) = house.database.url.strip_prefix("sqlite:") {
            for entry in fs::read_dir(Path::new(file).parent().unwrap()).unwrap() {
                let bytes = fs::read(entry.unwrap().path()).unwrap();
                for link in [&sent_link, &link(&made)] {
                    let token = link.rsplit('/').next().unwrap().as_bytes();
                    assert_eq!(token.len(), 43);
                    assert!(!bytes.windows(token.len()).any(|window| window == token));
                }
            }
        }
        let page = Browser::default().get(&house, &sent_link).await;
        assert!(page.text.contains("value=\"Nina@Mail.Example\""), "{}", page.text);
        assert_eq!(come_as(&mut Browser::default(), &house, &sent_link, "nina").await.location(), landing());
        assert_eq!(Browser::default().get(&house, &link(&made)).await.status, 410);
    }

    async fn nobody_is_written_to_who_is_not_invited_any_more(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let adam = house.person("adam", AccountKind::Employee, Role::Admin).await;
        let made = invite(&house, &olga, json!({"kind": "customer", "email": "one@mail.example"})).await;
        invite(&house, &adam, json!({"kind": "employee", "email": "two@mail.example"})).await;
        house.delete(&olga, &format!("{API}/{}", made["id"].as_str().unwrap())).await.ok();
        let account = adam.account;
        house.app.db.write(move |tx| accounts::set_role(tx, account, AccountKind::Employee, Role::Member)).await.unwrap();
        assert_eq!(all(&house).await, [""; 0]);
    }

    async fn one_address_gets_few_letters_and_none_where_it_has_an_account(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        for address in ["one@mail.example", "ONE@mail.example", "one@Mail.Example"] {
            invite(&house, &olga, json!({"kind": "customer", "email": address})).await;
        }
        let wish = json!({"kind": "customer", "email": "one@mail.example"});
        assert_eq!(refused(&house.post(&olga, API, wish.clone()).await), (422, "invitation.letters"));
        assert_eq!(all(&house).await.len(), 3);
        house.wait(24 * 3600);
        let made = invite(&house, &olga, wish.clone()).await;
        come_as(&mut Browser::default(), &house, &link(&made), "one").await;
        assert_eq!(refused(&house.post(&olga, API, wish).await), (409, "account.email_taken"));
    }
}
