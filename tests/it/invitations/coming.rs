//! The page behind a link, and what whoever comes has then.

use guildhall::domain::{
    Page,
    accounts::{self, AccountKind, GrantRole, Role},
    actors,
    audit::{Of, list},
};
use http::header;
use serde_json::{Value, json};

use super::{API, PASSWORD, come, come_as, customers_link, invite, link, owner};
use crate::{
    brands::{brand, give},
    mastodon::House,
    oauth::{Browser, landing},
};

on_both! {
    async fn whoever_comes_has_what_the_invitation_gives(database: TestDatabase) {
        let house = House::open(database).await;
        let (olga, acme) = (owner(&house).await, brand(&house, "acme").await);
        give(&house, &olga, acme, GrantRole::Manager).await.unwrap();
        let team = house.post(&olga, "/api/guildhall/v1/teams", json!({"name": "Welders"})).await.ok();
        let made = invite(&house, &olga, json!({
            "kind": "employee", "role": "moderator", "team": team["id"], "grants": [{"actor": acme, "role": "publisher"}],
        })).await;
        let (link, mut browser) = (link(&made), Browser::default());
        let page = browser.get(&house, &link).await;
        assert_eq!(page.status, 200);
        for said in ["OLGA", "@acme", "publisher", "Welders", "moderator", "8 Nov 2026, 12:00 UTC", "List me among", "content=\"noindex\""] {
            assert!(page.text.contains(said), "{said}: {}", page.text);
        }
        // Nobody is told the address of the page, and nobody keeps it.
        assert_eq!(page.headers[header::REFERRER_POLICY], "no-referrer");
        assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
        let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("script-src"), "{policy}");
        let head = page.text.split("</head>").next().unwrap();
        assert!(!head.contains(link.rsplit('/').next().unwrap()), "{head}");
        let typed = [("username", "@Nina"), ("display_name", "Nina \u{202e}\u{200b}Nord"), ("email", " nina@mail.example "), ("password", PASSWORD)];
        let came = come(&mut browser, &house, &link, &typed).await;
        assert_eq!((came.status.as_u16(), came.location()), (303, landing()), "{}", came.text);
        assert!(browser.get(&house, "/account").await.text.contains("@Nina@company.example"), "she is signed in");
        let (account, built) = (browser.get(&house, "/account").await.text, browser.get(&house, "/home").await.status == 200);
        assert_eq!((landing() == "/home", account.contains("href=\"/home\"")), (built, built), "where the workroom is there, she finds it: {account}");
        assert_eq!(Browser::default().sign_in(&house, "nina@mail.example", PASSWORD, "").await.location(), landing());
        let (account, actor) = house.app.db.read(|conn| accounts::find_by_username(conn, "nina")).await.unwrap().unwrap();
        assert_eq!((account.kind, account.role), (AccountKind::Employee, Role::Moderator));
        assert_eq!((account.invited_by, account.invitation_id.unwrap().to_string()), (Some(olga.account), made["id"].as_str().unwrap().to_owned()));
        assert_eq!((actor.name.as_str(), actor.discoverable, actor.indexable), ("Nina Nord", false, false));
        let id = account.id;
        let role = house.app.db.read(move |conn| accounts::role_on(conn, id, acme)).await.unwrap();
        assert_eq!(role, Some(GrantRole::Publisher));
        let team = house.get(&olga, &format!("/api/guildhall/v1/teams/{}", team["id"].as_str().unwrap())).await.ok();
        assert_eq!(team["members"][0]["username"], "Nina");
        // Who came is told to whoever invited, to those who moderate, and to the audit log.
        let shown = house.get(&olga, &format!("{API}/{}", made["id"].as_str().unwrap())).await.ok();
        assert_eq!((&shown["state"], &shown["accepted_by"][0]["username"]), (&json!("used"), &json!("Nina")));
        let told = house.get(&olga, "/api/v1/notifications?types[]=admin.sign_up").await.ok();
        assert_eq!(told[0]["account"]["username"], "Nina");
        let records = house.app.db.read(|conn| list(conn, &Of::Everybody, &Page { limit: 100, ..Page::default() })).await.unwrap();
        let said: Vec<_> = records.iter().rev().map(|record| (record.act.as_str(), record.person_id)).collect();
        let olga = Some(olga.account);
        assert_eq!(said[said.len() - 4..], [("invitation.made", olga), ("grant.given", olga), ("team.joined", olga), ("invitation.accepted", Some(id))]);
        assert!(!records.iter().any(|record| record.details.contains("mail.example")), "no address is in the log");
        // The link is used up, and says what to do.
        for (who, way) in [(&mut browser, "You are signed in as"), (&mut Browser::default(), "href=\"/sign-in\"")] {
            let page = who.get(&house, &link).await;
            assert_eq!(page.status, 410);
            assert!(page.text.contains("used already") && page.text.contains(way), "{}", page.text);
        }
    }

    async fn customers_come_by_one_link_until_everybody_is_there(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let made = invite(&house, &olga, json!({"kind": "customer", "people": 3})).await;
        let link = link(&made);
        for name in ["carl", "cora", "cleo"] {
            let mut browser = Browser::default();
            let email = format!("{name}@mail.example");
            let typed = [("username", name), ("email", &email), ("password", PASSWORD), ("listed", "yes")];
            assert_eq!(come(&mut browser, &house, &link, &typed).await.location(), landing());
            let (account, actor) = house.app.db.read(move |conn| accounts::find_by_username(conn, name)).await.unwrap().unwrap();
            assert_eq!((account.kind, account.role, actor.discoverable), (AccountKind::Customer, Role::Member, true));
        }
        assert_eq!(Browser::default().get(&house, &link).await.status, 410);
        let shown = house.get(&olga, &format!("{API}/{}", made["id"].as_str().unwrap())).await.ok();
        let came: Vec<&Value> = shown["accepted_by"].as_array().unwrap().iter().map(|who| &who["username"]).collect();
        assert_eq!(came, ["carl", "cora", "cleo"]);
        let refused = house.delete(&olga, &format!("{API}/{}", made["id"].as_str().unwrap())).await;
        assert_eq!(crate::brands::desk::refused(&refused), (409, "invitation.used"));
    }

    async fn who_is_signed_in_makes_place_for_whoever_comes(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let (first, second) = (customers_link(&house, &olga).await, customers_link(&house, &olga).await);
        let mut browser = Browser::default();
        come_as(&mut browser, &house, &first, "carl").await;
        let page = browser.get(&house, &second).await;
        assert!(page.text.contains("You are signed in as") && page.text.contains("@carl@company.example"), "{}", page.text);
        assert_eq!(come_as(&mut browser, &house, &second, "cora").await.location(), landing());
        assert!(browser.get(&house, "/account").await.text.contains("@cora@company.example"));
    }

    async fn everything_that_is_wrong_is_said_at_once_and_at_its_field(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let (link, mut browser) = (customers_link(&house, &olga).await, Browser::default());
        let long = "n".repeat(101);
        let typed = [("username", "no spaces"), ("display_name", &*long), ("email", "nowhere"), ("password", "short")];
        let page = come(&mut browser, &house, &link, &typed).await;
        assert_eq!(page.status, 422, "{}", page.text);
        for field in ["username", "display-name", "email", "password"] {
            let (said, marked) = (format!("id=\"{field}-fault\""), format!("aria-describedby=\"{field}-fault {field}-hint\" aria-invalid=\"true\""));
            assert!(page.text.contains(&said) && page.text.contains(&marked), "{field}: {}", page.text);
        }
        assert_eq!(page.text.matches(" autofocus").count(), 1, "one goes on at the first: {}", page.text);
        assert!(page.text.contains("value=\"no spaces\"") && page.text.contains("value=\"nowhere\""), "{}", page.text);
        // One may still read it in another language, and there what was typed is there again; the password never is.
        let german = format!("{link}?username=no+spaces&#38;display_name={long}&#38;email=nowhere&#38;language=de");
        assert!(page.text.contains(&format!("href=\"{german}\"")), "{}", page.text);
        let anew = browser.get(&house, &format!("{link}?username=no+spaces&email=nowhere&password=brief+secret")).await;
        assert!(anew.text.contains("value=\"no spaces\"") && anew.text.contains("value=\"nowhere\""), "{}", anew.text);
        assert!(anew.status == 200 && !anew.text.contains("value=\"brief"), "{}", anew.text);
        // What somebody else has is said at its field, too.
        come_as(&mut Browser::default(), &house, &link, "carl").await;
        let another = customers_link(&house, &olga).await;
        let page = come_as(&mut browser, &house, &another, "carl").await;
        assert!(page.text.contains("id=\"username-fault\"") && page.text.contains("id=\"email-fault\""), "{}", page.text);
        // And at once with what is wrong with the password.
        let typed = [("username", "Carl"), ("display_name", ""), ("email", "else@mail.example"), ("password", "short")];
        let page = come(&mut browser, &house, &another, &typed).await;
        assert!(page.text.contains("id=\"username-fault\"") && page.text.contains("id=\"password-fault\""), "{}", page.text);
    }

    async fn how_somebody_came_is_remembered_when_the_invitation_is_forgotten(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let link = customers_link(&house, &olga).await;
        come_as(&mut Browser::default(), &house, &link, "carl").await;
        let pruned = async |days: u64| {
            house.wait(days * 24 * 3600);
            house.app.db.write(|tx| guildhall::domain::invitations::prune(tx, 10)).await.unwrap()
        };
        assert_eq!(pruned(96).await, 0);
        assert_eq!(pruned(2).await, 1);
        assert_eq!(Browser::default().get(&house, &link).await.status, 404);
        let (account, actor) = house.app.db.read(|conn| accounts::find_by_username(conn, "carl")).await.unwrap().unwrap();
        assert_eq!(account.invited_by, Some(olga.account));
        assert!(house.app.db.read(move |conn| actors::find(conn, actor.id)).await.unwrap().is_some());
    }
}
