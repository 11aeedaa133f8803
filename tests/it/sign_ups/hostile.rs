//! What attackers try.

use guildhall::domain::org::Registrations;

use super::{account, allow, confirm, count, letters, link_in, sign_up, sign_up_as};
use crate::{mastodon::House, oauth::Browser};

on_both! {
    async fn one_network_signs_a_few_up(database: TestDatabase) {
        let house = House::open_with(database, |_| {}).await;
        allow(&house, Registrations::Open).await;
        let mut statuses = Vec::new();
        for number in 0..7 {
            // Addresses of one customer of a provider.
            let from = Some(format!("2001:db8:7:{number}::1"));
            let mut browser = Browser { from, ..Browser::default() };
            statuses.push(sign_up_as(&mut browser, &house, &format!("cora{number}")).await.status.as_u16());
        }
        assert_eq!(statuses, [200, 200, 200, 200, 200, 429, 429]);
        let mut browser = Browser { from: Some("198.51.100.7".to_owned()), ..Browser::default() };
        assert_eq!(sign_up_as(&mut browser, &house, "carl").await.status, 200);
    }

    async fn one_address_gets_few_letters_whoever_asks(database: TestDatabase) {
        let house = House::open(database).await;
        allow(&house, Registrations::Open).await;
        for number in 0..8 {
            let page = sign_up(&mut Browser::default(), &house, &[("username", &format!("cora{number}")), ("email", "Victim@mail.example")]).await;
            assert_eq!(page.status, 200);
        }
        assert_eq!(letters(&house).await.len(), 5);
        house.wait(24 * 3600 + 1);
        sign_up(&mut Browser::default(), &house, &[("username", "late"), ("email", "victim@mail.example")]).await;
        assert_eq!(letters(&house).await.len(), 6);
    }

    async fn a_form_of_another_site_does_nothing(database: TestDatabase) {
        let house = House::open(database).await;
        allow(&house, Registrations::Open).await;
        let mut browser = Browser::default();
        sign_up_as(&mut browser, &house, "cora").await;
        let link = link_in(&letters(&house).await[0]);
        let token = link.split_once("token=").unwrap().1.to_owned();
        let fields = [("token".to_owned(), token)];
        assert_eq!(browser.submit(&house, "/sign-up/confirm", &fields).await.status, 403);
        for path in ["/sign-up", "/sign-up/again"] {
            assert_eq!(browser.submit(&house, path, &[]).await.status, 403, "{path}");
        }
        assert!(account(&house, "cora").await.is_none());
        for wrong in ["/sign-up/confirm", "/sign-up/confirm?token=", "/sign-up/confirm?token=%00", "/sign-up/confirm?token=AAAA"] {
            assert_eq!(browser.get(&house, wrong).await.status, 410, "{wrong}");
        }
        assert_eq!(confirm(&mut browser, &house, &link).await.status, 200);
    }

    async fn what_is_stored_has_a_bound(database: TestDatabase) {
        let house = House::open(database).await;
        allow(&house, Registrations::Open).await;
        let filled = house.app.db.write(|tx| {
            use guildhall::domain::sign_ups::{NewSignUp, WAITING, ask};
            for number in 0..WAITING + 5 {
                let mut hash = [0; 32];
                hash[..8].copy_from_slice(&number.to_be_bytes());
                let new = NewSignUp { username: format!("u{number}x"), email: format!("u{number}@mail.example"), agrees: true, ..NewSignUp::default() };
                ask(tx, &new, "none", &hash)?;
            }
            Ok(())
        });
        filled.await.unwrap();
        assert_eq!(count(&house, "sign_ups", "TRUE").await, 1000);
        assert_eq!(count(&house, "sign_ups", "username = 'u0x'").await, 0);
        assert_eq!(count(&house, "sign_ups", "username = 'u1004x'").await, 1);
    }
}
