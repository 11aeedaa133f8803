//! Drafts and the audit log cost the same however many there are.

use serde_json::json;

use super::{alone, asked};
use crate::{
    brands::{API, desk::Desk},
    support::database::TestDatabase,
};

/// What is read.
const PAGES: [&str; 4] = ["drafts?limit=40", "drafts/DRAFT", "drafts/DRAFT/history", "audit?limit=200"];
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
    let many = read(&desk, &last).await;
    for (page, (few, many)) in PAGES.iter().zip(few.iter().zip(&many)) {
        assert_eq!(few.len(), many.len(), "{page}: {few:#?} {many:#?}");
        assert!(many.len() <= MOST, "{page} takes {} statements: {many:#?}", many.len());
    }
}

#[test]
fn drafts_cost_the_same_however_many_sqlite() {
    alone("drafts_on_sqlite");
}

#[test]
fn drafts_cost_the_same_however_many_postgres() {
    alone("drafts_on_postgres");
}
