//! What the company is called and how it looks, by the API; and what the set-up still asks.

use guildhall::{
    domain::{
        accounts::{self, AccountKind, GrantRole, Role},
        actors::{self, Profile},
        org, setup,
    },
    secrets,
};
use http::{Method, Request, StatusCode, header};
use image::ImageFormat;
use serde_json::{Value, json};

use crate::{
    brands::{API, brand, desk::refused, give},
    mastodon::{House, Person, Reply, media::picture},
    support::server::{Person as Caller, Server},
};

const SVG: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><circle r=\"4\"/></svg>";

async fn send_logo(house: &House, who: &Person, picture: &[u8]) -> Reply {
    let request = Request::builder()
        .method(Method::PUT)
        .uri(format!("{API}/company/logo"))
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, "text/html");
    house.send(request.body(picture.to_vec().into()).unwrap()).await
}

async fn change(house: &House, who: &Person, wish: Value) -> Reply {
    house.call(Some(who), Method::PATCH, &format!("{API}/company"), wish).await
}

on_both! {
    async fn the_company_looks_as_who_runs_it_says(database: TestDatabase) {
        let house = House::open(database).await;
        let ada = house.person("ada", AccountKind::Employee, Role::Admin).await;
        let olga = house.person("olga", AccountKind::Employee, Role::Owner).await;
        let mo = house.person("mo", AccountKind::Employee, Role::Moderator).await;
        let (ben, carl) = (house.employee("ben").await, house.customer("carl").await);
        let company = format!("{API}/company");
        let before = house.get(&ben, &company).await.ok();
        assert_eq!((&before["colour"], &before["logo"]), (&json!("#3d4b5c"), &Value::Null));
        assert_eq!(refused(&house.get(&carl, &company).await), (403, "company.employees"));

        for who in [&mo, &ben, &carl] {
            assert_eq!(refused(&change(&house, who, json!({"name": "Evil"})).await), (403, "role.house_right"));
            assert_eq!(refused(&send_logo(&house, who, SVG).await), (403, "role.house_right"));
            assert_eq!(refused(&house.delete(who, &format!("{company}/logo")).await), (403, "role.house_right"));
        }
        for (wish, code) in [
            (json!({"name": " "}), "company.name"),
            (json!({"name": "x".repeat(101)}), "company.text"),
            (json!({"colour": "orange"}), "company.colour"),
            (json!({"website": "javascript:alert(1)"}), "company.website"),
            (json!({"name": "Half", "colour": "#12"}), "company.colour"),
        ] {
            assert_eq!(refused(&change(&house, &ada, wish.clone()).await), (422, code), "{wish}");
        }
        assert_eq!(house.get(&ben, &company).await.ok(), before, "what is refused changes nothing");

        let wish = json!({"name": "Acme", "headline": "Ask us", "website": "https://acme.example", "colour": "F2572B"});
        let now = change(&house, &ada, wish).await.ok();
        assert_eq!((&now["name"], &now["headline"], &now["colour"]), (&json!("Acme"), &json!("Ask us"), &json!("#f2572b")));
        assert_eq!(change(&house, &ada, json!({"headline": ""})).await.ok()["headline"], Value::Null);
        assert_eq!(house.get(&ben, &company).await.ok()["name"], "Acme");

        for bad in [&b""[..], b"GIF89a", b"<svg onload=\"x\"/>", &[b'a'; 64 * 1024 + 1], &[b'a'; 200 * 1024]] {
            let answer = send_logo(&house, &ada, bad).await;
            assert!(matches!(refused(&answer), (422, "company.logo_type" | "company.logo_size")), "{answer:?}");
        }
        let logo = send_logo(&house, &ada, SVG).await.ok()["logo"].as_str().unwrap().to_owned();
        assert!(logo.starts_with("/assets/logo-") && logo.ends_with(".svg"), "{logo}");
        let picture = house.get(None, &logo).await;
        assert_eq!((picture.status, &picture.headers[header::CONTENT_TYPE]), (StatusCode::OK, &"image/svg+xml".parse().unwrap()));
        assert_eq!(house.delete(&ada, &format!("{company}/logo")).await.ok()["logo"], Value::Null);

        let colours = house.get(&ben, &format!("{company}/colours?colour=%23ffffff")).await.ok();
        assert_eq!((&colours["brand"], &colours["on_brand"]), (&json!("#ffffff"), &json!("#000000")));
        assert_ne!(colours["light"]["accent"], "#ffffff", "words can be read whatever the colour");
        assert_eq!(refused(&house.get(&ben, &format!("{company}/colours?colour=red")).await), (422, "company.colour"));
        assert_eq!(house.get(&ben, &company).await.ok()["colour"], "#f2572b", "who looks changes nothing");
        let audit = house.get(&olga, &format!("{API}/audit")).await.ok();
        let changes: Vec<&Value> = audit.as_array().unwrap().iter().filter(|entry| entry["act"] == "company.changed").collect();
        assert_eq!(changes.len(), 4, "{audit}");
        assert!(changes.iter().all(|entry| entry["by"]["username"] == "ada"), "{audit}");
    }

    async fn the_logo_of_the_set_up_is_the_picture_of_the_brand_as_well(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = house.person("olga", AccountKind::Employee, Role::Owner).await;
        let brand = brand(&house, "acme").await;
        // As the first run leaves it.
        house.app.db.write(|tx| org::set_setting(tx, "setup.left", "look")).await.unwrap();
        let icon = async || house.app.db.read(move |conn| Ok(actors::get(conn, brand)?.icon)).await.unwrap();
        let logo = picture(40, 40, ImageFormat::Png);
        send_logo(&house, &olga, &logo).await.ok();
        assert_eq!(icon().await, None, "who does not speak for the brand changes the company alone");
        give(&house, &olga, brand, GrantRole::Owner).await.unwrap();
        for (no_picture, code) in [(SVG, "company.logo_picture"), (b"\x89PNG\r\n\x1a\nbroken", "media.broken")] {
            assert_eq!(refused(&send_logo(&house, &olga, no_picture).await), (422, code));
        }
        assert_eq!(icon().await, None, "what no other server shows");
        let shown = house.get(&olga, &format!("{API}/company")).await.ok();
        assert!(shown["logo"].as_str().unwrap().ends_with(".png"), "the logo is the one from before: {shown}");
        send_logo(&house, &olga, &logo).await.ok();
        let first = icon().await.expect("the brand has a picture");
        assert_eq!(house.get(None, first.strip_prefix(&house.app.site.base_url).unwrap()).await.status, StatusCode::OK);
        send_logo(&house, &olga, &picture(50, 50, ImageFormat::Png)).await.ok();
        assert_eq!(icon().await.as_ref(), Some(&first), "a brand that has one keeps it");
        // Once the set-up is over, logo and picture are two things.
        house.app.db.write(move |tx| {
            let none = Profile { icon: Some(None), ..Profile::default() };
            actors::edit_profile(tx, brand, &none)?;
            setup::end(tx)
        }).await.unwrap();
        send_logo(&house, &olga, &logo).await.ok();
        assert_eq!(icon().await, None);
    }

    async fn the_set_up_asks_what_is_left_and_nobody_else(database: TestDatabase) {
        let server = Server::start(database).await;
        let ben = server.person("ben", AccountKind::Employee).await;
        let runs = async |username: &'static str| {
            let token = secrets::new_token();
            let hash = secrets::token_hash(&token);
            let made = server.app.db.write(move |tx| {
                let (account, actor) = accounts::find_by_username(tx.conn(), username)?.unwrap();
                accounts::issue_token(tx, account.id, actor.id, "admin:read admin:write", "test", &hash)?;
                Ok(actor.id)
            });
            Caller { actor: made.await.unwrap(), token, ..ben.clone() }
        };
        let (owner, ben) = (runs("owner").await, runs("ben").await);
        let ask = async |who: &Caller, method: &str, step: &str| {
            server.try_call(Some(who), method, &format!("{API}/setup{step}"), Value::Null).await
        };
        let (_, asked) = ask(&owner, "GET", "").await;
        assert_eq!(asked["left"], json!(["look", "check", "people", "post"]));
        for _ in 0..2 {
            let (status, asked) = ask(&owner, "DELETE", "/check").await;
            assert_eq!((status, &asked["left"]), (StatusCode::OK, &json!(["look", "people", "post"])));
        }
        assert_eq!(ask(&owner, "DELETE", "/everything").await.0, StatusCode::NOT_FOUND);
        for (method, path) in [("GET", ""), ("DELETE", "/look")] {
            assert_eq!(ask(&ben, method, path).await.0, StatusCode::FORBIDDEN);
        }
        for step in ["/look", "/people", "/post"] {
            ask(&owner, "DELETE", step).await;
        }
        assert_eq!(ask(&owner, "GET", "").await.1["left"], json!([]));
        assert!(server.app.db.read(setup::left).await.unwrap().is_empty());
    }
}
