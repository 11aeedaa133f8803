//! Who gives and takes roles on a brand by the API, and who sees who has a login here.

use guildhall::{
    db::schema::accounts as accounts_table,
    domain::accounts::{self, AccountKind, GrantRole, Role},
};
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    API, audit_acts,
    desk::{Desk, refused},
    give,
};
use crate::mastodon::{Person, Reply};

impl Desk {
    async fn gives(&self, by: &Person, name: &str, role: &str) -> Reply {
        self.house.put(by, &format!("{API}/actors/{}/grants/{name}", self.brand), json!({"role": role})).await
    }

    async fn takes(&self, by: &Person, name: &str) -> Reply {
        self.house.delete(by, &format!("{API}/actors/{}/grants/{name}", self.brand)).await
    }

    async fn people(&self, by: &Person) -> Reply {
        self.house.get(by, &format!("{API}/actors/{}/grants", self.brand)).await
    }
}

fn role_of(people: &Value, name: &str) -> Option<String> {
    let one = people.as_array().unwrap().iter().find(|one| one["username"] == name)?;
    Some(one["role"].as_str().unwrap().to_owned())
}

on_both! {
    async fn roles_are_given_by_who_manages_the_people_of_a_brand(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (nils, carl) = (desk.house.employee("nils").await, desk.house.customer("carl").await);
        let adam = desk.house.person("adam", AccountKind::Employee, Role::Admin).await;
        for by in [&desk.contributor, &desk.publisher, &desk.approver, &desk.auditor] {
            assert_eq!(refused(&desk.gives(by, "nils", "contributor").await), (403, "role.right"));
            assert_eq!(refused(&desk.takes(by, "the_contributor").await), (403, "role.right"));
            assert_eq!(role_of(&desk.people(by).await.ok(), "the_manager").unwrap(), "manager");
        }
        for by in [&nils, &carl, &adam] {
            assert_eq!(refused(&desk.gives(by, "nils", "owner").await), (404, "brand.not_found"));
            assert_eq!(refused(&desk.people(by).await), (404, "brand.not_found"));
        }
        let given = desk.gives(&desk.manager, "nils", "contributor").await.ok();
        assert_eq!(role_of(&given, "nils").unwrap(), "contributor");
        let draft = desk.begins(&nils, json!({"body": "Hello"})).await;
        assert_eq!(draft.status, StatusCode::OK, "it counts from the next request on");
        assert_eq!(desk.gives(&desk.manager, "nils", "contributor").await.ok(), given, "twice is once");
        assert_eq!(role_of(&desk.takes(&desk.manager, "nils").await.ok(), "nils"), None);
        assert_eq!(desk.begins(&nils, json!({"body": "Hello again"})).await.status, StatusCode::NOT_FOUND);
        for (name, role, answer) in [
            ("nobody", "contributor", (404, "account.not_found")),
            ("carl", "contributor", (422, "grant.employees")),
            ("nils", "king", (422, "grant.role")),
            ("nils", "", (422, "grant.role")),
            ("nils", "owner", (403, "grant.owner")),
            ("the_manager", "owner", (403, "grant.own")),
            ("the_manager", "auditor", (403, "grant.own")),
        ] {
            assert_eq!(refused(&desk.gives(&desk.manager, name, role).await), answer, "{name} {role}");
        }
        let acts = audit_acts(&desk).await;
        let of_nils = &acts[acts.len() - 2..];
        assert_eq!(of_nils, ["grant.given", "grant.taken"]);
        let elsewhere = desk.house.put(&desk.manager, &format!("{API}/actors/{}/grants/nils", nils.actor), json!({"role": "owner"})).await;
        assert_eq!(refused(&elsewhere), (404, "brand.not_found"));
    }

    async fn owners_are_made_and_unmade_by_owners(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (olga, nils) = (desk.house.employee("olga").await, desk.house.employee("nils").await);
        give(&desk.house, &olga, desk.brand, GrantRole::Owner).await.unwrap();
        give(&desk.house, &nils, desk.brand, GrantRole::Publisher).await.unwrap();
        assert_eq!(refused(&desk.takes(&desk.manager, "olga").await), (403, "grant.owner"));
        assert_eq!(refused(&desk.gives(&desk.manager, "olga", "auditor").await), (403, "grant.owner"));
        assert_eq!(role_of(&desk.gives(&olga, "nils", "owner").await.ok(), "nils").unwrap(), "owner");
        assert_eq!(role_of(&desk.gives(&nils, "olga", "auditor").await.ok(), "olga").unwrap(), "auditor");
        assert_eq!(refused(&desk.gives(&olga, "nils", "auditor").await), (403, "role.right"), "the role is gone at once");
    }

    async fn nobody_makes_whom_they_invited_the_second_person(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let sock = desk.house.employee("sock").await;
        let (by, account) = (desk.manager.account, sock.account);
        let invite = move |tx: &mut guildhall::db::Tx<'_>| {
            use diesel::prelude::*;
            diesel::update(accounts_table::table.find(account))
                .set(accounts_table::invited_by.eq(Some(by)))
                .execute(tx.conn())?;
            Ok(())
        };
        desk.house.app.db.write(invite).await.unwrap();
        for role in ["approver", "manager"] {
            assert_eq!(refused(&desk.gives(&desk.manager, "sock", role).await), (403, "role.second_person"), "{role}");
        }
        assert_eq!(role_of(&desk.gives(&desk.manager, "sock", "publisher").await.ok(), "sock").unwrap(), "publisher");
        // By a detour neither.
        let deep = desk.house.employee("deep").await;
        let (account, by) = (deep.account, sock.account);
        desk.house.app.db.write(move |tx| {
            use diesel::prelude::*;
            diesel::update(accounts_table::table.find(account)).set(accounts_table::invited_by.eq(Some(by))).execute(tx.conn())?;
            Ok(())
        }).await.unwrap();
        assert_eq!(refused(&desk.gives(&desk.manager, "deep", "approver").await), (403, "role.second_person"));
        // Nor by taking the role from the one who has it.
        assert_eq!(refused(&desk.takes(&desk.manager, "the_approver").await), (403, "role.last_second_person"));
        assert_eq!(refused(&desk.gives(&desk.manager, "the_approver", "publisher").await), (403, "role.last_second_person"));
        // Who is alone with a brand needs a first colleague.
        let approver = desk.approver.account;
        let brand = desk.brand;
        desk.house.app.db.write(move |tx| accounts::revoke_grant(tx, approver, brand)).await.unwrap();
        assert_eq!(role_of(&desk.gives(&desk.manager, "sock", "approver").await.ok(), "sock").unwrap(), "approver");
    }

    async fn the_last_second_person_stays_only_where_the_rules_ask_for_one(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let topic = json!([{"name": "Prices", "words": ["price"]}]);
        for (asks, rules) in [("approvals", json!({"min_approvals": 1})), ("a topic", json!({"min_approvals": 0, "topics": topic}))] {
            desk.rules(rules).await;
            assert_eq!(refused(&desk.gives(&desk.manager, "the_approver", "publisher").await), (403, "role.last_second_person"), "{asks}");
            assert_eq!(refused(&desk.takes(&desk.manager, "the_approver").await), (403, "role.last_second_person"), "{asks}");
        }
        desk.rules(json!({"topics": []})).await;
        let lowered = desk.gives(&desk.manager, "the_approver", "publisher").await.ok();
        assert_eq!(role_of(&lowered, "the_approver").unwrap(), "publisher");
        assert_eq!(role_of(&desk.takes(&desk.manager, "the_approver").await.ok(), "the_approver"), None);
    }

    async fn the_role_of_who_is_suspended_is_taken_and_none_is_given(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let publisher = desk.publisher.account;
        desk.house.app.db.write(move |tx| accounts::set_suspended(tx, publisher, true)).await.unwrap();
        assert_eq!(refused(&desk.gives(&desk.manager, "the_publisher", "contributor").await), (404, "account.not_found"));
        assert_eq!(role_of(&desk.takes(&desk.manager, "the_publisher").await.ok(), "the_publisher"), None);
        desk.house.app.db.write(move |tx| accounts::set_suspended(tx, publisher, false)).await.unwrap();
        assert_eq!(refused(&desk.people(&desk.publisher).await), (404, "brand.not_found"), "it is gone for good");
    }

    async fn who_runs_the_server_sees_who_has_a_login(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (mona, carl) = (
            desk.house.person("mona", AccountKind::Employee, Role::Moderator).await,
            desk.house.customer("carl").await,
        );
        for by in [&desk.manager, &carl] {
            assert_eq!(refused(&desk.house.get(by, &format!("{API}/accounts")).await), (403, "role.house_right"));
        }
        let people = desk.house.get(&mona, &format!("{API}/accounts?limit=2")).await.ok();
        let names = |people: &Value| -> Vec<String> {
            people.as_array().unwrap().iter().map(|one| one["username"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names(&people), ["carl", "mona"], "newest first");
        assert!(people[0].get("email").is_none(), "addresses are not told");
        let older = format!("{API}/accounts?max_id={}&limit=2", people[1]["id"].as_str().unwrap());
        let older = desk.house.get(&mona, &older).await.ok();
        assert_eq!(names(&older), ["the_auditor", "the_manager"]);
        assert_eq!(older[1]["grants"], json!([{"actor": desk.brand.0.to_string(), "role": "manager"}]));
    }
}
