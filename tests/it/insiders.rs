//! Customers are guests: no role makes them read what is said for the company.

use diesel::prelude::*;
use guildhall::{
    db::schema::accounts as accounts_table,
    domain::accounts::{self, AccountKind, GrantRole},
    secrets,
};
use serde_json::json;

use crate::mastodon::House;

const SECRET: &str = "the merger is on";

on_both! {
    async fn a_customer_never_speaks_for_a_brand(database: TestDatabase) {
        let house = House::open(database).await;
        let (olga, carl) = (house.employee("olga").await, house.customer("carl").await);
        let brand = house.brand_of(&olga).await;
        let (account, actor) = (carl.account, brand.actor);
        for role in [GrantRole::Owner, GrantRole::Publisher, GrantRole::Auditor] {
            let refused = house.app.db.write(move |tx| accounts::grant(tx, account, actor, role)).await.unwrap_err();
            assert_eq!(refused.code(), "grant.employees");
        }
        let issue = move |tx: &mut guildhall::db::Tx<'_>| {
            accounts::issue_token(tx, account, actor, "read", "brand", &secrets::token_hash("stolen"))
        };
        assert_eq!(house.app.db.write(issue).await.unwrap_err().code(), "token.actor");
    }

    async fn who_is_an_employee_no_more_reads_nothing_internal_not_even_their_own(database: TestDatabase) {
        let house = House::open(database).await;
        let (olga, eve) = (house.employee("olga").await, house.employee("eve").await);
        let brand = house.brand_of(&eve).await;
        let internal = json!({"status": SECRET, "local_only": true});
        let by_brand = house.post(&brand, "/api/v1/statuses", internal.clone()).await.ok();
        let by_eve = house.post(&eve, "/api/v1/statuses", internal).await.ok();
        let open = house.post(&eve, "/api/v1/statuses", json!({"status": "hello"})).await.ok();
        let at = |status: &serde_json::Value| format!("/api/v1/statuses/{}", status["id"].as_str().unwrap());
        // The controls: both are there for those inside.
        for (who, status) in [(&brand, &by_brand), (&eve, &by_eve), (&eve, &by_brand), (&olga, &by_eve)] {
            assert!(house.get(who, &at(status)).await.ok().to_string().contains(SECRET));
        }
        let account = eve.account;
        let leave = move |tx: &mut guildhall::db::Tx<'_>| {
            diesel::update(accounts_table::table.find(account))
                .set(accounts_table::kind.eq(AccountKind::Customer))
                .execute(tx.conn())?;
            Ok(())
        };
        house.app.db.write(leave).await.unwrap();
        for (who, status) in [(&brand, &by_brand), (&brand, &by_eve), (&eve, &by_eve), (&eve, &by_brand)] {
            for path in [at(status), format!("{}/context", at(status)), format!("{}/source", at(status))] {
                let reply = house.get(who, &path).await;
                assert!(matches!(reply.status.as_u16(), 401 | 403 | 404), "{path}: {} {}", reply.status, reply.body);
                assert!(!reply.body.to_string().contains(SECRET), "{path}");
            }
        }
        for path in ["/api/v1/timelines/home", &format!("/api/v1/accounts/{}/statuses", eve.id())] {
            assert!(!house.get(&eve, path).await.ok().to_string().contains(SECRET), "{path}");
        }
        assert!(house.get(&eve, &at(&open)).await.ok().to_string().contains("hello"));
    }
}
