//! Teams of the company.

use guildhall::domain::accounts::{AccountKind, GrantRole, Role};
use http::{Method, header};
use serde_json::{Value, json};

use super::{House, ids};
use crate::brands::{brand, desk::refused, give};

fn members(team: &Value) -> Vec<&str> {
    team["members"].as_array().unwrap().iter().map(|member| member["username"].as_str().unwrap()).collect()
}

on_both! {
    async fn admins_make_teams_and_employees_see_them(database: TestDatabase) {
        let house = House::open(database).await;
        let boss = house.person("boss", AccountKind::Employee, Role::Admin).await;
        let (ana, dora) = (house.employee("ana").await, house.customer("dora").await);
        let path = "/api/guildhall/v1/teams";
        let team = house.post(&boss, path, json!({"name": "Press", "members": ["ana", "boss"]})).await.ok();
        assert_eq!(members(&team), ["ana", "boss"]);
        let id = team["id"].as_str().unwrap();
        assert_eq!(team["audience"], format!("team:{id}"));
        let team = house.delete(&boss, &format!("{path}/{id}/members/boss")).await.ok();
        assert_eq!(members(&team), ["ana"]);
        let team = house.post(&boss, &format!("{path}/{id}/members/@BOSS"), json!({})).await.ok();
        assert_eq!(members(&team), ["ana", "boss"]);
        assert_eq!(ids(&house.get(&ana, path).await.ok()), [id]);
        assert_eq!(house.get(&ana, &format!("{path}/{id}")).await.ok(), team);
        assert_eq!(house.get(&dora, path).await.status, 403);
        assert_eq!(house.get(None, path).await.status, 401);
        assert_eq!(house.post(&ana, path, json!({"name": "Mine"})).await.status, 403);
        assert_eq!(house.call(Some(&ana), Method::DELETE, &format!("{path}/{id}/members/boss"), json!({})).await.status, 403);
        let taken = house.post(&boss, path, json!({"name": "PRESS"})).await;
        assert_eq!((taken.status.as_u16(), &taken.body["code"]), (409, &json!("team.taken")));
        assert_eq!(taken.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(house.post(&boss, path, json!({"name": "Sales", "members": ["dora"]})).await.status, 422);
        assert_eq!(house.post(&boss, path, json!({"name": "Sales", "members": ["nobody"]})).await.status, 422);
        assert_eq!(house.post(&boss, path, json!({})).await.status, 400);
        assert_eq!(ids(&house.get(&ana, path).await.ok()).len(), 1, "what is refused leaves nothing behind");
        assert_eq!(house.post(&boss, &format!("{path}/12345/members/ana"), json!({})).await.status, 404);
    }

    async fn nobody_is_in_two_departments(database: TestDatabase) {
        let house = House::open(database).await;
        let boss = house.person("boss", AccountKind::Employee, Role::Owner).await;
        let (ana, dora) = (house.employee("ana").await, house.customer("dora").await);
        house.employee("ben").await;
        let path = "/api/guildhall/v1/teams";
        let made = async |wish: Value| house.post(&boss, path, wish).await.ok();
        let change = async |id: &str, wish: Value| house.call(Some(&boss), Method::PATCH, &format!("{path}/{id}"), wish).await;
        let support = made(json!({"name": "Support", "kind": "department", "members": ["ana", "ben"]})).await;
        let sales = made(json!({"name": "Sales", "kind": "department"})).await;
        let welders = made(json!({"name": "Welders", "members": ["ana", "boss"]})).await;
        assert_eq!((&support["kind"], &welders["kind"]), (&json!("department"), &json!("team")));
        assert_eq!(refused(&house.post(&boss, path, json!({"name": "Odd", "kind": "guild"})).await), (422, "team.kind"));
        let (support, sales, welders) = (support["id"].as_str().unwrap(), sales["id"].as_str().unwrap(), welders["id"].as_str().unwrap());
        // Whoever comes into another one leaves the one in which they were.
        let moved = house.post(&boss, &format!("{path}/{sales}/members/ana"), json!({})).await.ok();
        assert_eq!(members(&moved), ["ana"]);
        assert_eq!(members(&house.get(&ana, &format!("{path}/{support}")).await.ok()), ["ben"]);
        let me = house.get(&ana, "/api/guildhall/v1/me").await.ok();
        assert_eq!(me["department"], json!({"id": sales, "name": "Sales"}));
        let teams: Vec<_> = me["teams"].as_array().unwrap().iter().map(|team| (team["name"].as_str().unwrap(), team["kind"].as_str().unwrap())).collect();
        assert_eq!(teams, [("Sales", "department"), ("Welders", "team")], "and in any number of teams");
        let of_dora = house.get(&dora, "/api/guildhall/v1/me").await.ok();
        assert_eq!((&of_dora["department"], &of_dora["teams"]), (&Value::Null, &json!([])));
        let people = house.get(&boss, "/api/guildhall/v1/accounts").await.ok();
        let departments: Vec<_> = people.as_array().unwrap().iter().map(|one| (one["username"].as_str().unwrap(), one["department"]["name"].as_str())).collect();
        for expected in [("ana", Some("Sales")), ("ben", Some("Support")), ("boss", None), ("dora", None)] {
            assert!(departments.contains(&expected), "{departments:?}");
        }
        // A team is no department while somebody in it is in one; who that is stands there.
        let reply = change(welders, json!({"kind": "department"})).await;
        assert_eq!(refused(&reply), (409, "team.in_another_department"));
        assert!(reply.body["detail"].as_str().unwrap().contains("@ana is in “Sales”"), "{}", reply.body);
        house.delete(&boss, &format!("{path}/{welders}/members/ana")).await.ok();
        assert_eq!(change(welders, json!({"kind": "department", "name": " Shop "})).await.ok()["name"], "Shop");
        assert_eq!(change(welders, json!({"kind": "department"})).await.ok()["kind"], "department", "twice is once");
        assert_eq!(refused(&change(welders, json!({"name": "SALES"})).await), (409, "team.taken"));
        assert_eq!(change(welders, json!({"name": "shop"})).await.ok()["name"], "shop", "its own name is not taken");
        for name in [" ", "\u{200b}\u{2060}", "\u{202e}", &"x".repeat(101)] {
            assert_eq!(refused(&change(welders, json!({"name": name})).await), (422, "team.name"), "{name:?}");
        }
        assert_eq!(refused(&change(welders, json!({"kind": "guild"})).await), (422, "team.kind"));
        assert_eq!(refused(&change("12345", json!({"name": "x"})).await), (404, "team.not_found"));
        for method in [Method::PATCH, Method::DELETE] {
            for who in [&ana, &dora] {
                let reply = house.call(Some(who), method.clone(), &format!("{path}/{welders}"), json!({"name": "Mine"})).await;
                assert_eq!(refused(&reply), (403, "team.admins_only"));
            }
        }
        // All of it is written down, with the names of teams, and no name of anybody.
        let entries = house.get(&boss, "/api/guildhall/v1/audit?limit=100").await.ok();
        let acts: Vec<&str> = entries.as_array().unwrap().iter().rev().map(|entry| entry["act"].as_str().unwrap()).collect();
        assert_eq!(acts, [
            "team.created", "team.joined", "team.joined", "team.created", "team.created", "team.joined", "team.joined",
            "team.left", "team.joined", "team.left", "team.changed", "team.changed",
        ]);
        let details = |at: usize| entries[at]["details"].clone();
        assert_eq!((&details(0)["name"], &details(0)["name_before"]), (&json!("shop"), &json!("Shop")));
        assert_eq!((&details(1)["name"], &details(1)["name_before"]), (&json!("Shop"), &json!("Welders")));
        assert!(entries.as_array().unwrap().iter().any(|entry| entry["act"] == "team.created" && entry["details"]["name"] == "Welders"));
        let left = entries.as_array().unwrap().iter().rev().find(|entry| entry["act"] == "team.left").unwrap();
        assert_eq!(left["details"]["team"], support);
    }

    async fn a_team_goes_unless_something_was_said_to_it_or_waits_for_it(database: TestDatabase) {
        let house = House::open(database).await;
        let boss = house.person("boss", AccountKind::Employee, Role::Owner).await;
        let ana = house.employee("ana").await;
        let path = "/api/guildhall/v1/teams";
        let made = async |name: &str| house.post(&boss, path, json!({"name": name, "members": ["ana"]})).await.ok()["id"].as_str().unwrap().to_owned();
        let gone = async |id: &str| house.call(Some(&boss), Method::DELETE, &format!("{path}/{id}"), json!({})).await;
        let quiet = made("Quiet").await;
        let invited = house.post(&boss, "/api/guildhall/v1/invitations", json!({"kind": "employee", "team": quiet})).await.ok();
        assert_eq!(gone(&quiet).await.status, 204);
        assert_eq!(refused(&gone(&quiet).await), (404, "team.not_found"));
        assert_eq!(house.get(&ana, "/api/guildhall/v1/me").await.ok()["teams"], json!([]));
        let invited = house.get(&boss, &format!("/api/guildhall/v1/invitations/{}", invited["id"].as_str().unwrap())).await.ok();
        assert_eq!(invited["team"], Value::Null, "who comes comes into no team");
        // Its name is free again.
        let press = made("quiet").await;
        let post = house.says(&ana, json!({"status": "Among us", "guildhall_audience": format!("team:{press}")})).await;
        let reply = gone(&press).await;
        assert_eq!(refused(&reply), (409, "team.has_posts"));
        assert_eq!(house.get(&ana, &format!("/api/v1/statuses/{post}")).await.ok()["id"], post);
        house.delete(&ana, &format!("/api/v1/statuses/{post}")).await.ok();
        house.work().await;
        // What waits for its time, by itself or beside a post in the open.
        for wish in [
            json!({"status": "Later", "scheduled_at": "2026-11-01T13:00:00Z", "guildhall_audience": format!("team:{press}")}),
            json!({"status": "Later", "scheduled_at": "2026-11-01T13:00:00Z", "guildhall_also_internal": {"audience": format!("team:{press}")}}),
        ] {
            let waits = house.post(&ana, "/api/v1/statuses", wish).await.ok();
            assert_eq!(refused(&gone(&press).await), (409, "team.has_drafts"));
            house.delete(&ana, &format!("/api/v1/scheduled_statuses/{}", waits["id"].as_str().unwrap())).await.ok();
        }
        // And what is drafted for a brand.
        let brand = brand(&house, "acme").await;
        give(&house, &ana, brand, GrantRole::Publisher).await.unwrap();
        let drafts = format!("/api/guildhall/v1/actors/{brand}/drafts");
        let draft = house.post(&ana, &drafts, json!({"body": "Hello", "audience": format!("team:{press}")})).await.ok();
        assert_eq!(refused(&gone(&press).await), (409, "team.has_drafts"));
        house.delete(&ana, &format!("/api/guildhall/v1/drafts/{}", draft["id"].as_str().unwrap())).await.ok();
        assert_eq!(gone(&press).await.status, 204);
        let last = &house.get(&boss, "/api/guildhall/v1/audit?limit=1").await.ok()[0];
        assert_eq!((&last["act"], &last["details"]["members"]), (&json!("team.deleted"), &json!([ana.account.to_string()])));
        assert_eq!(last["details"]["name"], "quiet", "by its number nobody knows which one it was");
    }
}
