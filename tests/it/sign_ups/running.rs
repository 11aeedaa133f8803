//! Locking people out and deleting them, by those who run the server.

use guildhall::domain::{
    Page,
    accounts::{AccountKind, Role},
    audit::{Of, list},
};
use http::Method;
use serde_json::{Value, json};

use super::account;
use crate::{brands::desk::refused, mastodon::House};

const API: &str = "/api/guildhall/v1/accounts";

on_both! {
    async fn whom_each_role_locks_out_and_deletes(database: TestDatabase) {
        let house = House::open(database).await;
        for (name, kind, role, suspends, deletes) in [
            ("olga", AccountKind::Employee, Role::Owner, ["customer", "member", "admin", "owner"].as_slice(), ["customer", "member", "admin", "owner"].as_slice()),
            ("adam", AccountKind::Employee, Role::Admin, &["customer", "member", "admin"], &["customer", "member", "admin"]),
            ("mona", AccountKind::Employee, Role::Moderator, &["customer"], &[]),
            ("ben", AccountKind::Employee, Role::Member, &[], &[]),
            ("carl", AccountKind::Customer, Role::Owner, &[], &[]),
        ] {
            let by = house.person(name, kind, role).await;
            for (whom, kind, role) in [
                ("customer", AccountKind::Customer, Role::Member),
                ("member", AccountKind::Employee, Role::Member),
                ("admin", AccountKind::Employee, Role::Admin),
                ("owner", AccountKind::Employee, Role::Owner),
            ] {
                let other = format!("{whom}of{name}");
                house.person(&other, kind, role).await;
                let expected = |may: &[&str]| if may.contains(&whom) { 200 } else { 403 };
                for act in ["suspend", "restore"] {
                    let answer = house.post(&by, &format!("{API}/{other}/{act}"), json!({})).await;
                    assert_eq!(answer.status, expected(suspends), "{name} {act} {whom}: {}", answer.body);
                }
                assert!(account(&house, &other).await.unwrap().is_active());
                let answer = house.delete(&by, &format!("{API}/{other}")).await;
                assert_eq!(answer.status, expected(deletes), "{name} deletes {whom}: {}", answer.body);
                assert_eq!(account(&house, &other).await.unwrap().deleted_at.is_some(), deletes.contains(&whom));
            }
            let nobody = house.post(&by, &format!("{API}/nobody/suspend"), json!({})).await.status;
            assert_eq!(nobody, if suspends.is_empty() { 403 } else { 404 }, "{name}");
        }
    }

    async fn who_is_locked_out_is_out_at_once_and_who_is_deleted_is_gone(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = house.person("olga", AccountKind::Employee, Role::Owner).await;
        let cora = house.customer("cora").await;
        let post = house.says(&cora, json!({"status": "Hello"})).await;
        let out = house.post(&olga, &format!("{API}/cora/suspend"), json!({})).await.ok();
        assert!(out["suspended_at"].is_string());
        assert_eq!(house.post(&olga, &format!("{API}/cora/suspend"), json!({})).await.ok(), out);
        assert_eq!(house.get(&cora, "/api/v1/timelines/home").await.status, 401);
        assert_eq!(house.get(None, "/@cora").await.status, 404);
        let back = house.post(&olga, &format!("{API}/cora/restore"), json!({})).await.ok();
        assert_eq!((&back["suspended_at"], &back["kind"]), (&Value::Null, &json!("customer")));
        house.get(&cora, "/api/v1/timelines/home").await.ok();
        assert_eq!(refused(&house.delete(&olga, &format!("{API}/olga")).await), (403, "account.own"));
        house.delete(&olga, &format!("{API}/cora")).await.ok();
        house.work().await;
        assert_eq!(house.get(None, &format!("/api/v1/statuses/{post}")).await.status, 404);
        assert_eq!(refused(&house.delete(&olga, &format!("{API}/cora")).await), (404, "account.not_found"));
        assert_eq!(house.call(Some(&olga), Method::DELETE, &format!("{API}/%00"), Value::Null).await.status, 404);
        let records = house.app.db.read(|conn| list(conn, &Of::Everybody, &Page { limit: 10, ..Page::default() })).await.unwrap();
        let said: Vec<_> = records.iter().rev().map(|record| (record.act.as_str(), record.person_id)).collect();
        assert_eq!(said, [("account.suspended", Some(olga.account)), ("account.restored", Some(olga.account)), ("account.deleted", Some(olga.account))]);
    }
}
