//! No list costs more because more of it is shown: each of those that `mastodon::attacks::numbers` knows, which are all
//! that are served.

use std::collections::BTreeSet;

use http::Method;
use serde_json::json;

use super::{alone, asked, shelves::PAGES, statements::READ_BY_APPS};
use crate::{
    mastodon::attacks::{
        ids::calls_of,
        numbers::{Full, LISTS, List, OTHERS, WHOLE, Who, rows},
    },
    support::database::TestDatabase,
};

/// How many rows are shown at first; the other time it is as many as the list shows.
const FEW: usize = 3;

/// Lists without pages that are read here: what fills them a bit more, and how often.
const GROWING: [(&str, usize); 5] = [
    ("/api/v1/statuses/{id}/history", 12),
    ("/api/v1/accounts/{id}/lists", 12),
    ("/api/v1/accounts/{id}/featured_tags", 8),
    ("/api/v2/filters/{id}/keywords", 12),
    ("/api/v2/filters/{id}/statuses", 12),
];

/// What stands in a path, without its gaps and its query.
fn bare(path: &str) -> String {
    calls_of(&format!("GET {}", path.split('?').next().unwrap())).remove(0)
}

#[test]
fn every_list_is_counted_somewhere() {
    let counted: BTreeSet<String> = PAGES
        .into_iter()
        .chain(READ_BY_APPS.into_iter().map(|(_, path, _)| path))
        .chain(GROWING.into_iter().map(|(path, _)| path))
        .map(bare)
        .collect();
    for path in WHOLE {
        assert!(counted.contains(&bare(path)), "{path} shows a list, and nobody counts what it costs");
    }
    assert!(LISTS.len() > 30 && OTHERS.len() > 30, "{} {}", LISTS.len(), OTHERS.len());
}

/// Statements of a read, shortened, and how many rows it showed.
async fn read(full: &Full, list: &List, limit: usize) -> (Vec<String>, usize) {
    let path = full.path(list.path, &format!("limit={limit}"));
    // What is remembered of a token is not counted.
    full.house.get(full.who(list.by), &path).await.ok();
    let mut shown = 0;
    let taken = asked(async { shown = rows(&full.house.get(full.who(list.by), &path).await.ok()) }).await;
    (taken.into_iter().map(|one| one.chars().take(120).collect()).collect(), shown)
}

/// One more row in each of the lists that grow; answers their addresses.
async fn grow(full: &Full, from: usize, to: usize, filter: &str) {
    let (house, ana) = (&full.house, full.who(Who::Ana));
    let path = |list: &str| full.path(list, "").trim_end_matches('?').to_owned();
    for number in from..to {
        house.wait(61);
        let text = json!({"status": format!("Who has tea? {number} times")});
        house.put(ana, &path("/api/v1/statuses/POST"), text).await.ok();
        let list = house.post(ana, "/api/v1/lists", json!({"title": format!("List {number}")})).await.ok();
        let members = format!("/api/v1/lists/{}/accounts", list["id"].as_str().unwrap());
        house.post(ana, &members, json!({"account_ids": [full.word("GUEST")]})).await.ok();
        if number < 8 {
            house.says(ana, json!({"status": format!("#own{number}")})).await;
            house.post(ana, &format!("/api/v1/tags/own{number}/feature"), json!({})).await.ok();
        }
        let keywords = format!("/api/v2/filters/{filter}/keywords");
        house.post(ana, &keywords, json!({"keyword": format!("word{number}")})).await.ok();
        let said = house.says(ana, json!({"status": "Noise"})).await;
        house.post(ana, &format!("/api/v2/filters/{filter}/statuses"), json!({"status_id": said})).await.ok();
    }
}

pub(super) async fn costs(database: TestDatabase) {
    let full = Full::open(database).await;
    let mut wrong = Vec::new();
    for list in LISTS.iter().filter(|list| list.by != Who::Few) {
        let ((few, some), (many, all)) = (read(&full, list, FEW).await, read(&full, list, list.most).await);
        if (some, all) != (FEW, list.most) {
            wrong.push(format!("{} shows {some} and {all}, and not {FEW} and {}", list.path, list.most));
        } else if few.len() != many.len() {
            wrong.push(format!("{} grows: {few:#?} {many:#?}", list.path));
        }
    }
    let ana = full.who(Who::Ana);
    let filter = json!({"title": "Noise", "context": ["home"]});
    let filter = full.house.call(Some(ana), Method::POST, "/api/v2/filters", filter).await.ok();
    let filter = filter["id"].as_str().unwrap().to_owned();
    let paths = [
        full.path("/api/v1/statuses/POST/history", ""),
        full.path("/api/v1/accounts/GUEST/lists", ""),
        full.path("/api/v1/accounts/ANA/featured_tags", ""),
        format!("/api/v2/filters/{filter}/keywords"),
        format!("/api/v2/filters/{filter}/statuses"),
    ];
    let mut taken = [Vec::new(), Vec::new()];
    for ((from, to), taken) in [(0, 2), (2, 12)].into_iter().zip(&mut taken) {
        grow(&full, from, to, &filter).await;
        for (path, (_, most)) in paths.iter().zip(GROWING) {
            full.house.get(ana, path).await.ok();
            let mut shown = 0;
            let asked = asked(async { shown = rows(&full.house.get(ana, path).await.ok()) }).await;
            assert!(shown >= to.min(most), "{path}: {shown} rows");
            taken.push(asked);
        }
    }
    let [few, many] = taken;
    for (path, (few, many)) in paths.iter().zip(few.iter().zip(&many)) {
        if few.len() != many.len() {
            wrong.push(format!("{path} grows: {few:#?} {many:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_list_costs_the_same_however_much_of_it_is_shown_sqlite() {
    alone("every_list_on_sqlite");
}

#[test]
fn every_list_costs_the_same_however_much_of_it_is_shown_postgres() {
    alone("every_list_on_postgres");
}
