//! Whoever is given a role, or loses it, hears of it.

use guildhall::domain::{
    NotificationId,
    accounts::{self, AccountKind, GrantRole, Role},
    notifications::{self, NotificationKind, Which},
};
use serde_json::{Value, json};

use super::{API, brand, desk::Desk};
use crate::{
    invitations::{PASSWORD, come, link, owner},
    mastodon::{
        House, Person,
        push::{PATH, handed, wish},
    },
    oauth::Browser,
};

const KIND: &str = "types[]=guildhall.role";

/// What somebody was told of their roles, newest first.
async fn told(house: &House, who: &Person) -> Vec<Value> {
    let page = house.get(who, &format!("/api/v2/notifications?{KIND}")).await.ok();
    let groups = page["notification_groups"].as_array().unwrap();
    let told = groups.iter().map(|group| {
        let mut role = group["guildhall"]["role"].clone();
        role.as_object_mut().unwrap().remove("by");
        role
    });
    told.collect()
}

/// By whom, newest first: their username, or nothing.
async fn givers(house: &House, who: &Person) -> Vec<Value> {
    let page = house.get(who, &format!("/api/v2/notifications?{KIND}")).await.ok();
    let groups = page["notification_groups"].as_array().unwrap();
    groups.iter().map(|group| group["guildhall"]["role"]["by"]["username"].clone()).collect()
}

/// The letters about roles that were written by now.
async fn letters(desk: &Desk) -> Vec<String> {
    desk.house.wait(600);
    desk.letters().await.into_iter().filter(|letter| letter.contains("Subject: Your role")).collect()
}

on_both! {
    async fn who_gets_or_loses_a_role_with_a_brand_is_told(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        let nils = house.employee("nils").await;
        desk.reached(&nils, "nils").await;
        desk.reached(&desk.manager, "mia").await;
        let place = "https://push.example/send/1";
        let made = house.post(&nils, PATH, wish(place, &["guildhall.role"])).await.ok();
        assert_eq!(made["alerts"]["guildhall.role"], true);
        let path = format!("{API}/actors/{}/grants/nils", desk.brand);
        let gives = async |role: &str| drop(house.put(&desk.manager, &path, json!({"role": role})).await.ok());
        let now = |role: Value| [json!({"actor": desk.brand.to_string(), "role": role})];
        gives("contributor").await;
        assert_eq!(told(house, &nils).await, now(json!("contributor")));
        house.work().await;
        assert_eq!(handed(house, place).len(), 1);
        let sent = letters(&desk).await;
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert_eq!(givers(house, &nils).await, ["the_manager"]);
        for said in ["To: nils@mail.example", "Your role with @acme is contributor now", "@the_manager changed it.", "/home/notifications"] {
            assert!(sent[0].contains(said), "should say “{said}”: {}", sent[0]);
        }
        // Given again it is no news.
        gives("contributor").await;
        assert_eq!((letters(&desk).await.len(), handed(house, place).len()), (1, 1));
        // One piece of news for each brand, and one letter for what changes at once.
        gives("publisher").await;
        gives("auditor").await;
        assert_eq!(told(house, &nils).await, now(json!("auditor")));
        let sent = letters(&desk).await;
        assert!(sent.len() == 2 && sent.iter().any(|letter| letter.contains("is auditor now")), "{sent:?}");
        // What is as it was when the letter would leave needs none.
        gives("publisher").await;
        gives("auditor").await;
        assert_eq!(letters(&desk).await.len(), 2);
        house.delete(&desk.manager, &path).await.ok();
        assert_eq!(told(house, &nils).await, now(Value::Null));
        assert!(letters(&desk).await.iter().any(|letter| letter.contains("You have no role with @acme any more")));
        // Nobody is told what they did, and apps that do not ask for it are told nothing.
        assert_eq!(told(house, &desk.manager).await, [Value::Null; 0]);
        assert!(!house.get(&nils, "/api/v2/notifications").await.ok().to_string().contains("guildhall.role"));
        let one = house.get(&nils, &format!("/api/v1/notifications?{KIND}")).await.ok();
        assert_eq!((&one[0]["type"], &one[0]["account"]["username"]), (&json!("guildhall.role"), &json!("acme")));
        assert_eq!(one[0]["guildhall"]["role"]["by"]["account"], desk.manager.account.to_string());
    }

    async fn who_makes_a_brand_or_comes_by_an_invitation_knows_their_role(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let made = house.post(&olga, &format!("{API}/brands"), json!({"username": "acme", "display_name": "Acme"})).await;
        let acme = made.body["id"].clone();
        assert_eq!(made.status, 201, "{}", made.body);
        assert_eq!(told(&house, &olga).await, [Value::Null; 0]);
        let grants = json!([{"actor": acme, "role": "publisher"}]);
        let wish = json!({"kind": "employee", "email": "nina@mail.example", "grants": grants});
        let invited = house.post(&olga, "/api/guildhall/v1/invitations", wish).await.ok();
        let nina = [("username", "nina"), ("email", "nina@mail.example"), ("password", PASSWORD)];
        assert_eq!(come(&mut Browser::default(), &house, &link(&invited), &nina).await.status, 303);
        let nina = house.app.db.read(|conn| accounts::find_by_username(conn, "nina"));
        let (_, nina) = nina.await.unwrap().unwrap();
        let count = house.app.db.read(move |conn| {
            let which = Which { only: vec![NotificationKind::Role], ..Which::default() };
            notifications::count_unread(conn, nina.id, &which, NotificationId(0), 10)
        });
        assert_eq!(count.await.unwrap(), 0);
    }

    async fn who_gets_or_loses_a_role_with_the_house_is_told(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        let nils = house.employee("nils").await;
        desk.reached(&nils, "nils").await;
        let account = nils.account;
        let becomes = async |kind, role| {
            house.app.db.write(move |tx| notifications::set_role(tx, account, kind, role)).await.unwrap();
        };
        becomes(AccountKind::Employee, Role::Moderator).await;
        assert_eq!(told(house, &nils).await, [json!({"actor": null, "role": "moderator"})]);
        let sent = letters(&desk).await;
        assert!(sent[0].contains("Your role with the house is moderator now") && !sent[0].contains("changed it"), "{sent:?}");
        assert_eq!(givers(house, &nils).await, [Value::Null], "the command line has no name");
        becomes(AccountKind::Employee, Role::Moderator).await;
        assert_eq!(letters(&desk).await.len(), 1);
        becomes(AccountKind::Employee, Role::Member).await;
        assert_eq!(told(house, &nils).await, [json!({"actor": null, "role": null})]);
        assert!(letters(&desk).await.iter().any(|letter| letter.contains("no role with the house any more")));
        // Of each brand apart, also from the command line.
        let other = brand(house, "other").await;
        for (acts, role) in [(desk.brand, GrantRole::Analyst), (other, GrantRole::Auditor)] {
            let appoint = house.app.db.write(move |tx| notifications::appoint(tx, account, acts, Some(role)));
            assert!(!appoint.await.unwrap());
        }
        let expected = [
            json!({"actor": other.to_string(), "role": "auditor"}), json!({"actor": desk.brand.to_string(), "role": "analyst"}),
            json!({"actor": null, "role": null}),
        ];
        assert_eq!(told(house, &nils).await, expected);
        letters(&desk).await;
        // Who works here no longer has none of them, and hears that of each.
        becomes(AccountKind::Partner, Role::Member).await;
        assert!(told(house, &nils).await.iter().all(|one| one["role"].is_null()));
        let sent = letters(&desk).await;
        for brand in ["@acme", "@other"] {
            let lost = format!("You have no role with {brand} any more");
            assert!(sent.iter().any(|letter| letter.contains(&lost)), "{lost}: {sent:?}");
        }
    }

    async fn who_is_given_a_role_with_the_house_by_a_colleague_is_told(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        let (olga, nils) = (owner(house).await, house.employee("nils").await);
        desk.reached(&nils, "nils").await;
        let gives = async |role: &str| {
            drop(house.put(&olga, &format!("{API}/accounts/nils/role"), json!({"role": role})).await.ok());
        };
        gives("admin").await;
        assert_eq!(told(house, &nils).await, [json!({"actor": null, "role": "admin"})]);
        assert!(letters(&desk).await[0].contains("Your role with the house is admin now"));
        gives("admin").await;
        assert_eq!(letters(&desk).await.len(), 1);
        gives("member").await;
        assert_eq!(told(house, &nils).await, [json!({"actor": null, "role": null})]);
        assert!(letters(&desk).await.iter().any(|letter| letter.contains("no role with the house any more")));
        assert_eq!(told(house, &olga).await, [Value::Null; 0]);
        assert_eq!(givers(house, &nils).await, ["olga"]);
        // Who works here no longer does not learn which colleague it was.
        let account = nils.account;
        house.app.db.write(move |tx| notifications::set_role(tx, account, AccountKind::Partner, Role::Member)).await.unwrap();
        assert_eq!(givers(house, &nils).await, [Value::Null]);
    }
}
