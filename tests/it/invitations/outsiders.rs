//! People who have an account here and do not work here: customers, partners, press. They may all the same.

use guildhall::domain::{
    accounts::{self, AccountKind, GrantRole, Role},
    org,
};
use serde_json::{Value, json};

use super::{API, come_as, invite, link, owner};
use crate::{
    brands::{brand, desk::refused, give},
    mastodon::{House, ids},
    oauth::Browser,
};

const OURS: &str = "/api/guildhall/v1";

on_both! {
    async fn partners_and_press_come_by_invitation_and_see_nothing_of_the_inside(database: TestDatabase) {
        let house = House::open(database).await;
        let (olga, acme) = (owner(&house).await, brand(&house, "acme").await);
        let mona = house.person("mona", AccountKind::Employee, Role::Moderator).await;
        for (kind, name) in [("partner", "pat"), ("press", "paula")] {
            let made = invite(&house, &mona, json!({"kind": kind})).await;
            assert_eq!(made["kind"], kind);
            assert!(ids(&house.get(&mona, API).await.ok()).contains(&made["id"].as_str().unwrap().to_owned()), "{kind}");
            come_as(&mut Browser::default(), &house, &link(&made), name).await;
            let people = house.get(&olga, &format!("{OURS}/accounts")).await.ok();
            let one = people.as_array().unwrap().iter().find(|one| one["username"] == name).unwrap();
            assert_eq!((&one["kind"], &one["role"]), (&json!(kind), &json!("member")));
        }
        let inside = house.says(&olga, json!({"status": "Only for us", "local_only": true})).await;
        for kind in [AccountKind::Partner, AccountKind::Press] {
            let guest = house.person(&format!("a_{kind}"), kind, Role::Member).await;
            assert_eq!(house.get(&guest, &format!("/api/v1/statuses/{inside}")).await.status, 404, "{kind}");
            assert_eq!(refused(&house.get(&guest, &format!("{OURS}/teams")).await), (403, "team.employees_only"), "{kind}");
            assert_eq!(refused(&house.get(&guest, &format!("{OURS}/crisis")).await), (403, "crisis.employees"), "{kind}");
            assert_eq!(give(&house, &guest, acme, GrantRole::Analyst).await.unwrap_err().code(), "grant.employees", "{kind}");
            let wish = json!({"account": format!("a_{kind}"), "role": "approver"});
            assert_eq!(refused(&house.post(&olga, &format!("{OURS}/certificates"), wish).await), (422, "certificate.employees"), "{kind}");
            let wish = json!({"name": format!("Of {kind}"), "members": [format!("a_{kind}")]});
            assert_eq!(refused(&house.post(&olga, &format!("{OURS}/teams"), wish).await), (422, "team.employees_only"), "{kind}");
        }
    }

    async fn the_page_says_as_what_one_comes_and_what_one_may(database: TestDatabase) {
        let house = House::open(database).await;
        let (olga, acme) = (owner(&house).await, brand(&house, "acme").await);
        give(&house, &olga, acme, GrantRole::Manager).await.unwrap();
        let page = async |wish: Value| {
            let made = invite(&house, &olga, wish).await;
            Browser::default().get(&house, &link(&made)).await.text
        };
        let (closed, named) = ("stays closed to you", "names who writes for it");
        for kind in ["customer", "partner", "press"] {
            let text = page(json!({"kind": kind})).await;
            for said in [&*format!("<b>{kind}</b>"), "You write in your own name", closed] {
                assert!(text.contains(said), "{kind}, {said}: {text}");
            }
            assert!(!text.contains(named) && !text.contains("works at"), "{kind}: {text}");
        }
        for (role, may, writes) in [("contributor", "you write drafts", true), ("analyst", "you read its figures", false)] {
            let text = page(json!({"kind": "employee", "grants": [{"actor": acme, "role": role}]})).await;
            let line = format!("You will be {role} of <b class=\"addr\">@acme</b>: {may}.");
            assert!(text.contains(&line) && text.contains("<b>works at"), "{role}: {text}");
            assert_eq!((text.contains(named), text.contains(closed)), (writes, false), "{role}: {text}");
        }
        let text = page(json!({"kind": "employee"})).await;
        assert!(text.contains("<b>works at") && !text.contains(named), "{text}");
    }

    async fn nobody_who_does_not_work_here_runs_the_server_whatever_role_is_written_down(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let carl = house.customer("carl").await;
        for role in [Role::Owner, Role::Admin, Role::Moderator] {
            let account = carl.account;
            let given = house.app.db.write(move |tx| accounts::set_role(tx, account, AccountKind::Customer, role)).await;
            assert_eq!(given.unwrap_err().code(), "account.role", "{role}");
        }
        // As an older version could have left it.
        let odd = house.person("odd", AccountKind::Customer, Role::Owner).await;
        for path in ["announcements", "emojis", "servers", "jobs/parked", "doctor"] {
            assert_eq!(refused(&house.get(&odd, &format!("{OURS}/{path}")).await), (403, "admin.only"), "{path}");
        }
        assert_eq!(refused(&house.post(&odd, &format!("{OURS}/teams"), json!({"name": "Odd"})).await), (403, "team.admins_only"));
        assert_eq!(house.get(&odd, "/api/v1/admin/reports").await.status, 403);
        assert_eq!(house.get(&odd, &format!("{OURS}/audit")).await.status, 403);
        // Apps are told of no role, and let in to run nothing.
        assert_eq!(house.get(&odd, "/api/v1/accounts/verify_credentials").await.ok()["role"]["id"], "-99");
        let account = odd.account;
        let odd = house.app.db.read(move |conn| accounts::get(conn, account)).await.unwrap();
        assert_eq!(accounts::narrowed(&["read", "admin:read"], odd.house_role(), true), ["read"]);
        // And they are not the owner whom the company keeps.
        let account = olga.account;
        let left = house.app.db.write(move |tx| accounts::set_role(tx, account, AccountKind::Employee, Role::Member)).await;
        assert_eq!(left.unwrap_err().code(), "account.last_owner");
    }

    async fn who_works_here_no_longer_is_in_no_team_and_comes_back_into_none(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let bob = house.employee("bob").await;
        let team = house.post(&olga, &format!("{OURS}/teams"), json!({"name": "Bikes", "members": ["bob"]})).await.ok();
        let members = async || house.get(&olga, &format!("{OURS}/teams")).await.ok()[0]["members"].as_array().unwrap().len();
        assert_eq!((members().await, team["members"].as_array().unwrap().len()), (1, 1));
        for kind in [AccountKind::Press, AccountKind::Employee] {
            let account = bob.account;
            house.app.db.write(move |tx| org::set_role(tx, account, kind, Role::Member)).await.unwrap();
            assert_eq!(members().await, 0, "{kind}");
        }
    }

    async fn a_field_for_a_colleague_offers_only_people_who_work_here(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let anton = house.customer("anton").await;
        house.person("andy", AccountKind::Partner, Role::Member).await;
        let anna = house.employee("anna").await;
        let found = async |who, more: &str| -> Vec<Value> {
            house.get(who, &format!("/api/v1/accounts/search?q=an{more}")).await.ok().as_array().unwrap().clone()
        };
        assert_eq!(found(&olga, "").await.len(), 3);
        let only = found(&olga, "&guildhall_employees=true").await;
        assert_eq!((only.len(), &only[0]["id"]), (1, &json!(anna.id())));
        let first = found(&olga, "&guildhall_employees=true&limit=1").await;
        assert_eq!(first[0]["id"], json!(anna.id()), "however many others are found before her");
        assert_eq!(found(&anton, "&guildhall_employees=true").await.len(), 0, "nobody asks that from outside");
    }
}
