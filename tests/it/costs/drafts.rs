//! Drafts, the meters of brands and the audit log cost the same however many there are.

use guildhall::domain::accounts::GrantRole;
use serde_json::json;

use super::{alone, asked};
use crate::{
    brands::{API, brand, desk::Desk, doors::in_an_app, give},
    mastodon::Person,
    support::database::TestDatabase,
};

/// What is read.
const PAGES: [&str; 5] = ["drafts?limit=40", "drafts/DRAFT", "drafts/DRAFT/history", "audit?limit=200", "meters"];
/// The most statements that one of them takes.
const MOST: usize = 16;

/// How many statements each page takes, and which.
async fn read(desk: &Desk, id: &str) -> Vec<Vec<String>> {
    let mut costs = Vec::new();
    for page in PAGES {
        let path = format!("{API}/{}", page.replace("DRAFT", id));
        costs.push(asked(async { assert_eq!(desk.house.get(&desk.auditor, &path).await.status, 200, "{path}") }).await);
    }
    costs
}

/// A draft that somebody else changed and somebody else approved.
async fn more(desk: &Desk, number: usize) -> String {
    let id = desk.approved(&format!("Number {number}")).await;
    desk.saves(&desk.publisher, &id, json!({"body": format!("Number {number} again")})).await.ok();
    desk.acts(&desk.contributor, &id, "submit", json!({})).await.ok();
    desk.approves(&desk.manager, &id).await.ok();
    id
}

/// The most statements that a page takes in an app of the brand: its home, where posts and what waits stand together.
const MOST_IN_AN_APP: usize = 60;

/// A post that waits for approval in an app, of a kind that there is some of on every page.
async fn waits(desk: &Desk, app: &Person, number: usize) {
    let house = &desk.house;
    let published = desk.published(&format!("News {number}")).await;
    house.wait(1);
    let more = match number % 6 {
        0 => json!({"poll": {"options": ["Green", "Black"], "expires_in": 3600}}),
        1 => json!({"media_ids": [house.uploaded(app).await["id"]]}),
        2 => json!({"quoted_status_id": published}),
        3 => json!({"in_reply_to_id": published, "spoiler_text": "Tea"}),
        4 => json!({"visibility": "unlisted", "language": "de"}),
        _ => {
            let draft = desk.begins(&desk.contributor, json!({"of_post": published})).await.ok();
            let id = draft["id"].as_str().unwrap();
            desk.saves(&desk.contributor, id, json!({"body": "Other news: 5, see https://tea.example/"})).await.ok();
            return drop(desk.acts(&desk.contributor, id, "submit", json!({})).await.ok());
        }
    };
    let mut says = json!({"status": format!("Some :cup: of #tea {number}")});
    says.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    house.post(app, "/api/v1/statuses", says).await.ok();
}

/// What waits for approval costs apps the same however much it is.
async fn costs_in_an_app(desk: &Desk) {
    desk.house.emoji("cup").await;
    let app = in_an_app(desk, &desk.publisher, "pat").await;
    let (mut taken, mut number) = (Vec::new(), 0);
    for rows in [20, 40] {
        while number < rows {
            waits(desk, &app, number).await;
            number += 1;
        }
        let path = format!("/api/v1/timelines/home?limit={rows}");
        let mut waiting = 0;
        let home = asked(async {
            let home = desk.house.get(&app, &path).await.ok();
            let home = home.as_array().unwrap();
            assert_eq!(home.len(), rows);
            waiting = home.iter().filter(|status| !status["guildhall"]["approval"].is_null()).count();
        });
        taken.push(home.await);
        assert!(waiting * 3 >= rows, "{waiting} of {rows} wait");
    }
    assert_eq!(taken[0].len(), taken[1].len(), "the home of a brand grows: {taken:#?}");
    assert!(taken[1].len() <= MOST_IN_AN_APP, "it takes {} statements: {:#?}", taken[1].len(), taken[1]);
}

pub(super) async fn costs(database: TestDatabase) {
    let desk = Desk::open(database).await;
    let mut last = String::new();
    for number in 0..2 {
        last = more(&desk, number).await;
    }
    let few = read(&desk, &last).await;
    for number in 2..15 {
        last = more(&desk, number).await;
    }
    for name in ["shop", "club", "press", "school"] {
        let brand = brand(&desk.house, name).await;
        give(&desk.house, &desk.auditor, brand, GrantRole::Auditor).await.unwrap();
    }
    let many = read(&desk, &last).await;
    for (page, (few, many)) in PAGES.iter().zip(few.iter().zip(&many)) {
        assert_eq!(few.len(), many.len(), "{page}: {few:#?} {many:#?}");
        assert!(many.len() <= MOST, "{page} takes {} statements: {many:#?}", many.len());
    }
    costs_in_an_app(&desk).await;
}

#[test]
fn drafts_cost_the_same_however_many_sqlite() {
    alone("drafts_on_sqlite");
}

#[test]
fn drafts_cost_the_same_however_many_postgres() {
    alone("drafts_on_postgres");
}
