//! How a company comes to have more than one brand: who makes them, what they are called, and that they are brands like
//! the first one.

use guildhall::domain::{
    accounts::{self, AccountKind, HouseRight, Role},
    actors::list_brands,
};
use http::{Request, StatusCode, header};
use serde_json::{Value, json};

use super::{
    API, brand,
    desk::{Desk, refused},
};
use crate::mastodon::{BASE, House, Person, Reply};

async fn makes(house: &House, who: &Person, wish: Value) -> Reply {
    house.post(who, &format!("{API}/brands"), wish).await
}

async fn owner(house: &House) -> Person {
    house.person("olga", AccountKind::Employee, Role::Owner).await
}

/// The usernames of the brands, the first one first.
async fn brands(house: &House) -> Vec<String> {
    let found = house.app.db.read(|conn| list_brands(conn, 100)).await.unwrap();
    found.into_iter().map(|brand| brand.username).collect()
}

/// What somebody without a token gets at an address of ours who wants this.
async fn visits(house: &House, address: &str, accept: &str) -> Reply {
    let path = address.strip_prefix(BASE).unwrap_or(address);
    let request = Request::get(path).header(header::HOST, "social.company.example").header(header::ACCEPT, accept);
    house.send(request.body(axum::body::Body::empty()).unwrap()).await
}

on_both! {
    async fn an_owner_makes_a_brand_which_others_find_and_for_which_people_speak(database: TestDatabase) {
        let house = House::open(database).await;
        brand(&house, "acme").await;
        let olga = owner(&house).await;
        let wish = json!({"username": "Shop", "display_name": "Acme Shop", "note": "Tools & <b>more</b>"});
        let made = makes(&house, &olga, wish).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let made = made.body;
        let domain = house.app.site.domain.clone();
        assert_eq!((&made["username"], &made["display_name"], &made["note"]), (&json!("Shop"), &json!("Acme Shop"), &json!("Tools & <b>more</b>")));
        assert_eq!((&made["handle"], &made["url"]), (&json!(format!("Shop@{domain}")), &json!(format!("{BASE}/@Shop"))));
        assert_eq!(brands(&house).await, ["acme", "Shop"], "the first brand stays the company's own voice");

        // Another server finds it.
        let found = visits(&house, &format!("/.well-known/webfinger?resource=acct%3Ashop%40{domain}"), "application/jrd+json").await.ok();
        let link = found["links"].as_array().unwrap().iter().find(|link| link["rel"] == "self").unwrap();
        assert_eq!(link["href"], made["uri"]);
        let uri = made["uri"].as_str().unwrap();
        let document = visits(&house, uri, "application/activity+json").await.ok();
        assert_eq!((&document["id"], &document["type"], &document["preferredUsername"], &document["name"]), (&made["uri"], &json!("Organization"), &json!("Shop"), &json!("Acme Shop")));
        assert!(document["publicKey"]["publicKeyPem"].as_str().unwrap().contains("PUBLIC KEY"), "{document}");
        let summary = document["summary"].as_str().unwrap();
        assert!(summary.contains("Tools &amp; &lt;b&gt;more"), "what was typed is text: {summary}");
        let page = visits(&house, "/@Shop", "text/html").await;
        assert!(page.status == StatusCode::OK && page.body.as_str().unwrap().contains("Acme Shop"), "{}", page.status);

        // Whoever made it manages it, and gives others their roles.
        let id = made["id"].as_str().unwrap().to_owned();
        let grants = house.get(&olga, &format!("{API}/actors/{id}/grants")).await.ok();
        assert_eq!(grants.as_array().unwrap().len(), 1);
        assert_eq!((&grants[0]["username"], &grants[0]["role"]), (&json!("olga"), &json!("manager")));
        let mut people = Vec::new();
        for role in ["contributor", "publisher", "approver", "auditor"] {
            people.push(house.employee(&format!("the_{role}")).await);
            house.put(&olga, &format!("{API}/actors/{id}/grants/the_{role}"), json!({"role": role})).await.ok();
        }
        let [contributor, publisher, approver, auditor]: [Person; 4] = people.try_into().ok().unwrap();
        let desk = Desk { house, brand: id.parse().unwrap(), contributor, publisher, approver, manager: olga, auditor };
        desk.rules(json!({"min_approvals": 1})).await;
        let waits = desk.handed_in("Too early").await;
        assert_eq!(refused(&desk.publishes(&desk.publisher, &waits).await), (403, "draft.approvals_missing"));
        desk.published("The shop is open").await;
        let said = desk.said().await;
        assert!(said.len() == 1 && said[0].contains("The shop is open"), "{said:?}");
    }

    async fn owners_and_admins_make_brands_and_nobody_else(database: TestDatabase) {
        let house = House::open(database).await;
        for role in Role::ALL {
            let who = house.person(&format!("the_{role}"), AccountKind::Employee, *role).await;
            let reply = makes(&house, &who, json!({"username": format!("shop_{role}"), "display_name": "Shop"})).await;
            if role.may(HouseRight::MakeBrands) {
                assert_eq!(reply.status, StatusCode::CREATED, "{role}: {}", reply.body);
            } else {
                assert_eq!(refused(&reply), (403, "role.house_right"), "{role}");
            }
        }
        let wish = || json!({"username": "shop", "display_name": "Shop"});
        let odd = house.person("odd", AccountKind::Customer, Role::Admin).await;
        assert_eq!(refused(&makes(&house, &odd, wish()).await), (403, "role.house_right"));
        let reader = house.person_with("reader", AccountKind::Employee, Role::Owner, "read write admin:read").await;
        assert_eq!(refused(&makes(&house, &reader, wish()).await), (403, "token.scope"));
        assert_eq!(house.post(None, &format!("{API}/brands"), wish()).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(brands(&house).await, ["shop_owner", "shop_admin"]);
    }

    async fn names_that_are_taken_reserved_or_odd_make_no_brand(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let gone = house.employee("gone").await.account;
        house.app.db.write(move |tx| accounts::delete(tx, gone)).await.unwrap();
        let (long, longer) = ("x".repeat(31), "x".repeat(101));
        for (username, status, code) in [
            ("olga", 409, "username.taken"),
            ("OLGA", 409, "username.taken"),
            ("@olga", 409, "username.taken"),
            ("gone", 409, "username.taken"),
            ("admin", 422, "username.reserved"),
            ("Guildhall", 422, "username.reserved"),
            ("", 422, "username.invalid"),
            ("@", 422, "username.invalid"),
            ("a shop", 422, "username.invalid"),
            (".shop", 422, "username.invalid"),
            ("shop/../olga", 422, "username.invalid"),
            ("shöp", 422, "username.invalid"),
            (long.as_str(), 422, "username.invalid"),
        ] {
            let reply = makes(&house, &olga, json!({"username": username, "display_name": "Shop"})).await;
            assert_eq!(refused(&reply), (status, code), "{username}");
        }
        for name in ["", "   ", longer.as_str()] {
            let reply = makes(&house, &olga, json!({"username": "shop", "display_name": name})).await;
            assert_eq!(refused(&reply), (422, "brand.name"), "{name}");
        }
        assert_eq!(refused(&makes(&house, &olga, json!({"username": "shop"})).await), (422, "brand.name"));
        let long = json!({"username": "shop", "display_name": "Shop", "note": "x".repeat(1_001)});
        assert_eq!(refused(&makes(&house, &olga, long).await), (422, "brand.note"));
        assert_eq!(brands(&house).await, [""; 0], "what is refused makes nothing");
    }

    async fn of_two_who_ask_at_once_for_one_name_one_gets_it(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let ada = house.person("ada", AccountKind::Employee, Role::Admin).await;
        let wish = || json!({"username": "shop", "display_name": "Shop"});
        let (one, other) =
            futures_util::future::join(makes(&house, &olga, wish()), makes(&house, &ada, wish())).await;
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{} {}", one.body, other.body);
        assert_eq!(refused(&makes(&house, &olga, wish()).await), (409, "username.taken"));
        assert_eq!(brands(&house).await, ["shop"]);
    }

    async fn who_made_a_brand_is_written_down(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let made = makes(&house, &olga, json!({"username": "shop", "display_name": "Shop"})).await.body;
        let entries = house.get(&olga, &format!("{API}/audit")).await.ok();
        let acts: Vec<&str> = entries.as_array().unwrap().iter().map(|entry| entry["act"].as_str().unwrap()).collect();
        assert_eq!(acts, ["grant.given", "brand.created"]);
        let (created, id) = (&entries[1], made["id"].as_str().unwrap());
        assert_eq!((&created["about"], &created["actor"]), (&json!(format!("actor:{id}")), &json!(id)));
        assert_eq!((&created["by"]["username"], &created["details"]), (&json!("olga"), &json!({"username": "shop"})));
    }
}
