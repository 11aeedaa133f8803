//! What somebody may not read and what is not there cost the same and are answered alike: nobody tells them apart.

use axum::body::Body;
use http::{HeaderMap, Request, header};
use serde_json::{Value, json};

use super::{alone, asked};
use crate::{
    mastodon::{House, Person},
    support::database::TestDatabase,
};

/// An id that nothing has.
const MISSING: &str = "117000000000000001";

/// The doors with the id of a post in them; `ID` stands for it.
const DOORS: [(&str, &str); 14] = [
    ("GET", "/api/v1/statuses/ID"),
    ("GET", "/api/v1/statuses/ID/context"),
    ("GET", "/api/v1/statuses/ID/history"),
    ("GET", "/api/v1/statuses/ID/source"),
    ("GET", "/api/v1/statuses/ID/favourited_by"),
    ("GET", "/api/v1/statuses/ID/reblogged_by"),
    ("GET", "/api/v1/statuses/ID/quotes"),
    ("POST", "/api/v1/statuses/ID/favourite"),
    ("POST", "/api/v1/statuses/ID/reblog"),
    ("POST", "/api/v1/statuses/ID/bookmark"),
    ("GET", "/ap/objects/ID"),
    ("GET", "/ap/objects/ID/replies"),
    ("GET", "/@ana/ID"),
    ("GET", "/api/oembed?url=https%3A%2F%2Fsocial.company.example%2F%40ana%2FID"),
];

/// What one is told, and by which statements; the id that was asked for stands nowhere.
async fn told(
    house: &House,
    by: Option<&Person>,
    door: (&str, &str),
    id: &str,
) -> (Vec<String>, u16, HeaderMap, String) {
    let (method, path) = (door.0, door.1.replace("ID", id));
    let mut request = Request::builder().method(method).uri(&path).header(header::HOST, "social.company.example");
    if path.starts_with("/ap/") {
        request = request.header(header::ACCEPT, "application/activity+json");
    }
    if let Some(by) = by {
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", by.token));
    }
    let mut said = None;
    let statements = asked(async { said = Some(house.send(request.body(Body::empty()).unwrap()).await) }).await;
    let said = said.unwrap();
    let mut headers = said.headers;
    for each_time in ["date", "x-request-id", "server-timing", "x-ratelimit-remaining", "x-ratelimit-reset"] {
        headers.remove(each_time);
    }
    let text = match said.body {
        Value::String(text) => text,
        other => other.to_string(),
    };
    // What they are asked with is another id.
    let without_values = |query: String| query.split(" -- binds").next().unwrap().to_owned();
    let statements = statements.into_iter().map(without_values).collect();
    (statements, said.status.as_u16(), headers, text.replace(id, "ID"))
}

pub(super) async fn costs(database: TestDatabase) {
    let house = House::open(database).await;
    let (ana, ben, dora) = (house.employee("ana").await, house.employee("ben").await, house.customer("dora").await);
    let boss = house
        .person("boss", guildhall::domain::accounts::AccountKind::Employee, guildhall::domain::accounts::Role::Owner)
        .await;
    let team = house.post(&boss, "/api/guildhall/v1/teams", json!({"name": "Press", "members": ["ana"]})).await.ok();
    let company = house.says(&ana, json!({"status": "Inside", "local_only": true})).await;
    let for_team = house.says(&ana, json!({"status": "For the team", "guildhall_audience": team["audience"]})).await;
    let open = house.says(&ana, json!({"status": "For everybody"})).await;
    house.work().await;
    // Those who may read them are told another thing: the doors are the right ones.
    for (id, reader) in [(&company, Some(&ben)), (&for_team, Some(&ana)), (&open, None)] {
        assert_eq!(told(&house, reader, DOORS[0], id).await.1, 200);
    }
    for door in DOORS {
        for (hidden, readers) in [(&company, vec![None, Some(&dora)]), (&for_team, vec![None, Some(&dora), Some(&ben)])]
        {
            for reader in readers {
                // What is asked once and kept is asked before.
                told(&house, reader, door, MISSING).await;
                let (hidden, missing) =
                    (told(&house, reader, door, hidden).await, told(&house, reader, door, MISSING).await);
                assert!(hidden.1 >= 400, "{door:?} {}", hidden.1);
                assert_eq!(hidden, missing, "{door:?}");
            }
        }
    }
}

#[test]
fn what_is_inside_and_what_is_not_there_are_answered_alike_sqlite() {
    alone("hidden_on_sqlite");
}

#[test]
fn what_is_inside_and_what_is_not_there_are_answered_alike_postgres() {
    alone("hidden_on_postgres");
}
