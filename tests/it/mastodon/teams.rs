//! Teams of the company.

use guildhall::domain::accounts::{AccountKind, Role};
use http::{Method, header};
use serde_json::{Value, json};

use super::{House, ids};

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
}
