//! Links by which nobody comes any more.

use guildhall::domain::accounts::{self, AccountKind, GrantRole, Role};
use serde_json::{Value, json};

use super::{API, PASSWORD, come_as, customers_link, invite, link, owner};
use crate::{
    brands::{brand, give},
    mastodon::{House, Person},
    oauth::{Browser, Page, landing},
};

/// What a page says of an invitation that is over; nobody came.
async fn is_over(house: &House, link: &str, said: &str) {
    let page = Browser::default().get(house, link).await;
    assert_eq!(page.status, 410, "{}", page.text);
    assert!(page.text.contains(said) && !page.text.contains("<form"), "{said}: {}", page.text);
}

/// Sends the form of a page that was opened before.
async fn send(browser: &mut Browser, house: &House, page: &Page, link: &str) -> Page {
    let mut fields = page.hidden(link);
    for (name, value) in [("username", "late"), ("email", "late@mail.example"), ("password", PASSWORD)] {
        fields.push((name.to_owned(), value.to_owned()));
    }
    browser.submit(house, link, &fields).await
}

async fn people(house: &House) -> usize {
    house.app.db.read(accounts::list).await.unwrap().len()
}

on_both! {
    async fn what_is_over_says_why_and_what_to_do(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let made = invite(&house, &olga, json!({"kind": "customer", "days": 1})).await;
        let (old, taken_back) = (link(&made), invite(&house, &olga, json!({"kind": "customer"})).await);
        let mut browser = Browser::default();
        let open = browser.get(&house, &old).await;
        house.wait(24 * 3600 - 1);
        assert_eq!(browser.get(&house, &old).await.status, 200);
        house.wait(1);
        is_over(&house, &old, "The time of this invitation is over.").await;
        house.delete(&olga, &format!("{API}/{}", taken_back["id"].as_str().unwrap())).await.ok();
        is_over(&house, &link(&taken_back), "This invitation was taken back.").await;
        // Who had the page open before is told the same.
        let late = send(&mut browser, &house, &open, &old).await;
        assert!(late.status == 410 && late.text.contains("The time of this invitation is over."), "{}", late.text);
        for unknown in ["a".repeat(43), "short".to_owned(), "a".repeat(5000), "%00".to_owned()] {
            assert_eq!(Browser::default().get(&house, &format!("/invitations/{unknown}")).await.status, 404);
        }
        // It says what to do instead, and offers what is there.
        for unknown in ["a".repeat(43), "short".to_owned()] {
            let page = Browser::default().get(&house, &format!("/invitations/{unknown}")).await.text;
            for said in ["leads to no invitation", "Look whether the whole link was copied", "href=\"/sign-in\""] {
                assert!(page.contains(said), "{said}: {page}");
            }
            assert!(!page.contains("class=\"btn\" href=\"/sign-up\""), "nobody can sign up here: {page}");
        }
        assert_eq!(people(&house).await, 1);
    }

    async fn whoever_lost_the_right_invites_nobody_any_more(database: TestDatabase) {
        let house = House::open(database).await;
        let (_, acme) = (owner(&house).await, brand(&house, "acme").await);
        let void = "may not invite like that any more";
        let adam = house.person("adam", AccountKind::Employee, Role::Admin).await;
        give(&house, &adam, acme, GrantRole::Owner).await.unwrap();
        let plain = link(&invite(&house, &adam, json!({"kind": "employee"})).await);
        let guest = customers_link(&house, &adam).await;
        let voice = link(&invite(&house, &adam, json!({"kind": "employee", "grants": [{"actor": acme, "role": "publisher"}]})).await);
        let mut browser = Browser::default();
        let open = browser.get(&house, &plain).await;
        // He gives no roles on the brand any more, and only what gives one is void.
        give(&house, &adam, acme, GrantRole::Publisher).await.unwrap();
        is_over(&house, &voice, void).await;
        assert_eq!(Browser::default().get(&house, &plain).await.status, 200);
        let role = async |who: &Person, kind, role| {
            let account = who.account;
            house.app.db.write(move |tx| accounts::set_role(tx, account, kind, role)).await.unwrap();
        };
        role(&adam, AccountKind::Employee, Role::Moderator).await;
        is_over(&house, &plain, void).await;
        let late = send(&mut browser, &house, &open, &plain).await;
        assert!(late.status == 410 && late.text.contains(void), "{}", late.text);
        assert_eq!(Browser::default().get(&house, &guest).await.status, 200, "a moderator may invite customers");
        role(&adam, AccountKind::Employee, Role::Member).await;
        is_over(&house, &guest, void).await;
        // It counts again when the right comes back.
        role(&adam, AccountKind::Employee, Role::Admin).await;
        assert_eq!(Browser::default().get(&house, &plain).await.status, 200);
        let account = adam.account;
        house.app.db.write(move |tx| accounts::set_suspended(tx, account, true)).await.unwrap();
        is_over(&house, &guest, void).await;
        house.app.db.write(move |tx| accounts::set_suspended(tx, account, false)).await.unwrap();
        house.app.db.write(move |tx| accounts::delete(tx, account)).await.unwrap();
        is_over(&house, &guest, void).await;
        assert_eq!(people(&house).await, 1);
    }

    async fn an_invitation_of_the_command_line_needs_nobody_who_stays(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let token = guildhall::secrets::new_token();
        let hash = guildhall::secrets::token_hash(&token);
        let made = house.app.db.write(move |tx| {
            use guildhall::domain::invitations::{NewInvitation, USUAL, make};
            let new = NewInvitation { by: None, kind: AccountKind::Employee, role: Role::Owner, grants: Vec::new(), team: None, email: None, lasts: USUAL, most: 1 };
            make(tx, &new, &hash, None)
        });
        let id = made.await.unwrap();
        assert_eq!(come_as(&mut Browser::default(), &house, &format!("/invitations/{token}"), "otto").await.location(), landing());
        let shown = house.get(&olga, &format!("{API}/{id}")).await.ok();
        assert_eq!((&shown["invited_by"], &shown["role"]), (&Value::Null, &json!("owner")));
    }
}
