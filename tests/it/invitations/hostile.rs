//! What is tried at the page of an invitation.

use guildhall::domain::accounts;

use super::{PASSWORD, come, come_as, customers_link, owner};
use crate::{
    mastodon::House,
    oauth::{Browser, landing},
};

on_both! {
    async fn what_nobody_can_come_with_uses_nothing_up(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let link = customers_link(&house, &olga).await;
        come_as(&mut Browser::default(), &house, &customers_link(&house, &olga).await, "carl").await;
        let mut browser = Browser::default();
        let fine = [("username", "cora"), ("display_name", "Cora"), ("email", "cora@mail.example"), ("password", PASSWORD)];
        let (long, far) = ("n".repeat(101), format!("{}@mail.example", "a".repeat(250)));
        for (field, value, status) in [
            ("username", "", 422),
            ("username", "admin", 422),
            ("username", "Everyone", 422),
            // Cyrillic letters, and signs that nobody sees.
            ("username", "с\u{43e}r\u{430}", 422),
            ("username", "co\u{200b}ra", 422),
            ("username", "cora\u{202e}", 422),
            ("username", "two words", 422),
            ("username", "cora@elsewhere.example", 422),
            ("username", "\"><script>alert(1)</script>", 422),
            ("username", "a234567890123456789012345678901", 422),
            ("username", "CARL", 409),
            ("username", "olga", 409),
            ("display_name", &long, 422),
            ("email", "", 422),
            ("email", "nobody", 422),
            ("email", "a b@mail.example", 422),
            ("email", "a@mail.example\r\nBcc: all@mail.example", 422),
            ("email", &far, 422),
            ("email", "Carl@Mail.example", 409),
            ("password", "short", 422),
            ("password", &"p".repeat(1001), 422),
        ] {
            let typed: Vec<(&str, &str)> = fine.iter().map(|(name, was)| (*name, if *name == field { value } else { was })).collect();
            let page = come(&mut browser, &house, &link, &typed).await;
            assert_eq!(page.status, status, "{field} {value}: {}", page.text);
            assert!(page.text.contains("role=\"alert\"") && !page.text.contains("<script"), "{field} {value}: {}", page.text);
            assert!(!page.text.contains(PASSWORD), "a password is not shown again");
        }
        assert_eq!(house.app.db.read(accounts::list).await.unwrap().len(), 2);
        assert_eq!(come(&mut browser, &house, &link, &fine).await.location(), landing());
    }

    async fn another_site_lets_nobody_come(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let link = customers_link(&house, &olga).await;
        let mut browser = Browser::default();
        browser.get(&house, &link).await;
        let mut forged = vec![("form_token".to_owned(), "forged".to_owned())];
        for (name, value) in [("username", "cora"), ("email", "cora@mail.example"), ("password", PASSWORD)] {
            forged.push((name.to_owned(), value.to_owned()));
        }
        assert_eq!(browser.submit(&house, &link, &forged).await.status, 403);
        assert_eq!(Browser::default().submit(&house, &link, &forged).await.status, 403);
        let mut foreign = browser.clone();
        foreign.more = vec![("sec-fetch-site", "cross-site")];
        assert_eq!(come_as(&mut foreign, &house, &link, "cora").await.status, 403);
        assert_eq!(come_as(&mut browser, &house, &link, "cora").await.location(), landing());
    }

    async fn guesses_are_counted_by_address_and_by_link(database: TestDatabase) {
        let house = House::open_with(database, |config| config.limits.anonymous_requests_per_5_minutes = 100_000).await;
        let olga = owner(&house).await;
        let (link, other) = (customers_link(&house, &olga).await, customers_link(&house, &olga).await);
        let mut guesser = Browser { from: Some("203.0.113.7".to_owned()), ..Browser::default() };
        for number in 0..100 {
            assert_eq!(guesser.get(&house, &format!("/invitations/{number:043}")).await.status, 404);
        }
        let page = guesser.get(&house, &link).await;
        assert_eq!(page.status, 429, "also with the right one");
        assert!(page.headers.contains_key("retry-after"));
        // By one link few names are tried, from one network; elsewhere somebody comes by it.
        let mut browser = Browser { from: Some("203.0.113.8".to_owned()), ..Browser::default() };
        for _ in 0..10 {
            assert_eq!(come_as(&mut browser, &house, &link, "olga").await.status, 409);
        }
        let page = come_as(&mut browser, &house, &link, "cora").await;
        assert!(page.status == 429 && page.text.contains("too many tries"), "{}", page.text);
        assert_eq!(come_as(&mut browser, &house, &other, "cleo").await.location(), landing());
        let mut elsewhere = Browser { from: Some("203.0.113.9".to_owned()), ..Browser::default() };
        assert_eq!(come_as(&mut elsewhere, &house, &link, "cora").await.location(), landing());
    }
}
