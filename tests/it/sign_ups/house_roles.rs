//! Giving a colleague another role with the server, by those who run it.

use guildhall::{
    db::{Tx, schema::accounts as accounts_table},
    domain::{
        AccountId, Page,
        accounts::{self, AccountKind, Role},
        audit::{Of, Record, list},
        notifications,
    },
};
use serde_json::{Value, json};

use super::account;
use crate::{
    brands::{brand, desk::refused},
    mastodon::{House, Person, Reply},
};

const API: &str = "/api/guildhall/v1/accounts";

async fn gives(house: &House, by: &Person, whom: &str, role: &str) -> Reply {
    house.put(by, &format!("{API}/{whom}/role"), json!({"role": role})).await
}

async fn role_of(house: &House, whom: &str) -> Role {
    account(house, whom).await.unwrap().role
}

/// Gives or takes the password of somebody, whatever it is.
async fn password(house: &House, whom: &Person, hash: Option<&'static str>) {
    let account = whom.account;
    let set = move |tx: &mut Tx<'_>| {
        use diesel::prelude::*;
        diesel::update(accounts_table::table.find(account))
            .set(accounts_table::password_hash.eq(hash))
            .execute(tx.conn())?;
        Ok(())
    };
    house.app.db.write(set).await.unwrap();
}

/// The roles that were written down as given, oldest first: by whom, what it was before, and what it is.
async fn log(house: &House) -> Vec<(Option<AccountId>, String, Value, Value)> {
    let page = Page { limit: 40, ..Page::default() };
    let records = house.app.db.read(move |conn| list(conn, &Of::Everybody, &page)).await.unwrap();
    let given = records.into_iter().rev().filter(|record| record.act.as_str() == "account.role");
    let one = |record: Record| {
        let details: Value = serde_json::from_str(&record.details).unwrap();
        (record.person_id, record.about, details["before"]["role"].clone(), details["role"].clone())
    };
    given.map(one).collect()
}

on_both! {
    async fn whom_each_role_gives_which_role(database: TestDatabase) {
        let house = House::open(database).await;
        for (name, kind, role) in [
            ("olga", AccountKind::Employee, Role::Owner),
            ("adam", AccountKind::Employee, Role::Admin),
            ("mona", AccountKind::Employee, Role::Moderator),
            ("ben", AccountKind::Employee, Role::Member),
            ("carl", AccountKind::Customer, Role::Owner),
        ] {
            let by = house.person(name, kind, role).await;
            let colleague = format!("of{name}");
            let other = house.employee(&colleague).await.account;
            for before in Role::ALL {
                for wished in Role::ALL {
                    let reset = move |tx: &mut Tx<'_>| accounts::set_role(tx, other, AccountKind::Employee, *before);
                    house.app.db.write(reset).await.unwrap();
                    let may = match name {
                        "olga" => true,
                        "adam" => *before != Role::Owner && *wished != Role::Owner,
                        _ => false,
                    };
                    let answer = gives(&house, &by, &colleague, wished.as_str()).await;
                    if may {
                        assert_eq!(answer.ok()["role"], wished.as_str(), "{name}: {before} to {wished}");
                    } else {
                        assert_eq!(refused(&answer), (403, "role.house_right"), "{name}: {before} to {wished}");
                    }
                    assert_eq!(role_of(&house, &colleague).await, if may { *wished } else { *before });
                }
            }
            // Who may not hears of nobody.
            let nobody = gives(&house, &by, "nobody", "moderator").await;
            let expected = if ["olga", "adam"].contains(&name) { (404, "account.not_found") } else { (403, "role.house_right") };
            assert_eq!(refused(&nobody), expected, "{name}");
        }
    }

    async fn only_colleagues_who_are_there_have_a_role(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = house.person("olga", AccountKind::Employee, Role::Owner).await;
        house.employee("ben").await;
        house.employee("gone").await;
        brand(&house, "acme").await;
        for (name, kind) in [("cora", AccountKind::Customer), ("pia", AccountKind::Partner), ("rita", AccountKind::Press)] {
            house.person(name, kind, Role::Member).await;
            for role in Role::ALL {
                assert_eq!(refused(&gives(&house, &olga, name, role.as_str()).await), (422, "account.employees"), "{name}");
            }
            assert_eq!(account(&house, name).await.unwrap().kind, kind);
        }
        house.delete(&olga, &format!("{API}/gone")).await.ok();
        for nobody in ["gone", "acme", "nobody"] {
            assert_eq!(refused(&gives(&house, &olga, nobody, "admin").await), (404, "account.not_found"), "{nobody}");
        }
        for wrong in ["", "boss", "employee", "Owner"] {
            assert_eq!(refused(&gives(&house, &olga, "ben", wrong).await), (422, "account.role"), "{wrong}");
        }
        assert_eq!(refused(&house.put(&olga, &format!("{API}/ben/role"), json!({})).await), (422, "account.role"));
        // Who is locked out has the role on the day on which that ends, as from the command line.
        house.post(&olga, &format!("{API}/ben/suspend"), json!({})).await.ok();
        let given = gives(&house, &olga, "ben", "moderator").await.ok();
        assert!(given["suspended_at"].is_string() && given["role"] == "moderator", "{given}");
        house.post(&olga, &format!("{API}/ben/restore"), json!({})).await.ok();
        assert_eq!(role_of(&house, "ben").await, Role::Moderator);
    }

    async fn nobody_changes_their_own_role_but_an_owner_who_leaves_another_behind(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = house.person("olga", AccountKind::Employee, Role::Owner).await;
        let adam = house.person("adam", AccountKind::Employee, Role::Admin).await;
        let otto = house.employee("otto").await;
        for role in ["admin", "moderator", "member"] {
            assert_eq!(refused(&gives(&house, &adam, "adam", role).await), (403, "account.own"), "{role}");
            assert_eq!(refused(&gives(&house, &olga, "olga", role).await), (409, "account.last_owner"), "{role}");
        }
        assert_eq!(refused(&gives(&house, &adam, "adam", "owner").await), (403, "role.house_right"));
        assert_eq!(gives(&house, &olga, "olga", "owner").await.ok()["role"], "owner");
        assert!(log(&house).await.is_empty(), "what is so already is not written down");
        // Another one counts who may act and can sign in.
        password(&house, &olga, Some("a hash")).await;
        gives(&house, &olga, "otto", "owner").await.ok();
        assert_eq!(refused(&gives(&house, &olga, "olga", "admin").await), (409, "account.last_owner"));
        password(&house, &otto, Some("a hash")).await;
        house.post(&olga, &format!("{API}/otto/suspend"), json!({})).await.ok();
        assert_eq!(refused(&gives(&house, &olga, "olga", "admin").await), (409, "account.last_owner"));
        house.post(&olga, &format!("{API}/otto/restore"), json!({})).await.ok();
        assert_eq!(gives(&house, &olga, "olga", "admin").await.ok()["role"], "admin");
        // The role is gone at once, and nobody takes it back alone.
        assert_eq!(refused(&gives(&house, &olga, "otto", "admin").await), (403, "role.house_right"));
        assert_eq!(refused(&gives(&house, &olga, "olga", "owner").await), (403, "role.house_right"));
        assert_eq!(refused(&gives(&house, &otto, "otto", "member").await), (409, "account.last_owner"));
        assert_eq!(gives(&house, &otto, "olga", "owner").await.ok()["role"], "owner");
        // One owner makes another one none, though nobody else could sign in: they are there themselves.
        password(&house, &otto, None).await;
        assert_eq!(gives(&house, &otto, "olga", "member").await.ok()["role"], "member");
        let (olga, otto) = (&olga, &otto);
        let line = |by: &Person, whom: &Person, before: &str, role: &str| {
            (Some(by.account), format!("account:{}", whom.account), json!(before), json!(role))
        };
        let expected = [
            line(olga, otto, "member", "owner"),
            line(olga, olga, "owner", "admin"),
            line(otto, olga, "admin", "owner"),
            line(otto, olga, "owner", "member"),
        ];
        assert_eq!(log(&house).await, expected);
    }

    async fn a_role_that_is_given_again_is_no_news_and_stands_in_the_log_as_from_the_command_line(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = house.person("olga", AccountKind::Employee, Role::Owner).await;
        let nils = house.employee("nils").await;
        let told = async || house.get(&nils, "/api/v1/notifications?types[]=guildhall.role").await.ok();
        let first = gives(&house, &olga, "nils", "moderator").await.ok();
        let news = told().await;
        assert_eq!(news.as_array().unwrap().len(), 1, "{news}");
        assert_eq!(gives(&house, &olga, "nils", "moderator").await.ok(), first);
        assert_eq!((told().await, log(&house).await.len()), (news, 1));
        // What the role lets one do is so at once, and over at once.
        house.get(&nils, API).await.ok();
        gives(&house, &olga, "nils", "member").await.ok();
        assert_eq!(refused(&house.get(&nils, API).await), (403, "role.house_right"));
        assert_eq!(told().await.as_array().unwrap().len(), 1, "in place of what was told before");
        let account = nils.account;
        let by_hand = move |tx: &mut Tx<'_>| notifications::set_role(tx, account, AccountKind::Employee, Role::Moderator);
        house.app.db.write(by_hand).await.unwrap();
        let written = log(&house).await;
        assert_eq!((written[0].0, written[2].0), (Some(olga.account), None));
        assert_eq!((&written[0].1, &written[0].2, &written[0].3), (&written[2].1, &written[2].2, &written[2].3));
    }
}
