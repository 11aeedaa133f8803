//! What somebody keeps for themselves costs the same however much it is.

use serde_json::json;

use super::{alone, asked};
use crate::{
    mastodon::{House, Person, follow},
    support::database::TestDatabase,
};

/// Everything that is read with one list or page of it.
pub(super) const PAGES: [&str; 17] = [
    "/api/v1/lists",
    "/api/v1/lists/LIST/accounts",
    "/api/v1/timelines/list/LIST",
    "/api/v1/bookmarks",
    "/api/v1/favourites",
    "/api/v1/blocks",
    "/api/v1/mutes",
    "/api/v1/domain_blocks",
    "/api/v1/followed_tags",
    "/api/v1/featured_tags",
    "/api/v1/featured_tags/suggestions",
    "/api/v1/endorsements",
    "/api/v1/accounts?PEOPLE",
    "/api/v1/accounts/relationships?PEOPLE",
    "/api/v1/accounts/familiar_followers?PEOPLE",
    "/api/v1/statuses?POSTS",
    "/api/v1/markers?timeline[]=home&timeline[]=notifications",
];

/// The most statements that one of them takes.
const MOST: usize = 23;

/// Keeps a bit more of everything.
async fn keep(
    house: &House,
    ana: &Person,
    list: &str,
    number: usize,
    people: &mut Vec<String>,
    posts: &mut Vec<String>,
) {
    let other = house.employee(&format!("person{number}")).await;
    let unwanted = house.employee(&format!("unwanted{number}")).await.id();
    follow(house, ana, &other.id()).await;
    if let Some(before) = people.last() {
        follow(house, &other, before).await;
    }
    let post = house.says(&other, json!({"status": format!("Hello #tea{number} #everybody")})).await;
    house.says(ana, json!({"status": format!("Mine #own{number} #also{number}")})).await;
    let (id, unwanted) = (other.id(), format!("/api/v1/accounts/{unwanted}"));
    for (path, body) in [
        (format!("/api/v1/lists/{list}/accounts"), json!({"account_ids": [id]})),
        ("/api/v1/lists".to_owned(), json!({"title": format!("Number {number}")})),
        (format!("/api/v1/statuses/{post}/bookmark"), json!({})),
        (format!("/api/v1/statuses/{post}/favourite"), json!({})),
        (format!("/api/v1/statuses/{post}/mute"), json!({})),
        (format!("{unwanted}/block"), json!({})),
        (format!("{unwanted}/mute"), json!({})),
        (format!("/api/v1/accounts/{id}/note"), json!({"comment": "Somebody"})),
        (format!("/api/v1/accounts/{id}/endorse"), json!({})),
        ("/api/v1/domain_blocks".to_owned(), json!({"domain": format!("host{number}.example")})),
        (format!("/api/v1/tags/tea{number}/follow"), json!({})),
        ("/api/v1/markers".to_owned(), json!({"home": {"last_read_id": post}, "notifications": {"last_read_id": "1"}})),
    ] {
        assert_eq!(house.post(ana, &path, body).await.status, 200, "{path}");
    }
    if number < 10 {
        house.post(ana, &format!("/api/v1/tags/own{number}/feature"), json!({})).await.ok();
    }
    people.push(id);
    posts.push(post);
}

/// How many statements each page takes, and which; and how many rows it shows, where it shows rows.
async fn read(
    house: &House,
    ana: &Person,
    list: &str,
    people: &[String],
    posts: &[String],
) -> Vec<(Vec<String>, Option<usize>)> {
    let many = |ids: &[String]| ids.iter().map(|id| format!("id[]={id}")).collect::<Vec<_>>().join("&");
    let mut costs = Vec::new();
    for page in PAGES {
        let path = page.replace("LIST", list).replace("PEOPLE", &many(people)).replace("POSTS", &many(posts));
        let mut shown = None;
        let taken = asked(async { shown = house.get(ana, &path).await.ok().as_array().map(Vec::len) }).await;
        costs.push((taken, shown));
    }
    costs
}

pub(super) async fn costs(database: TestDatabase) {
    let house = House::open(database).await;
    let ana = house.employee("ana").await;
    let list = house.post(&ana, "/api/v1/lists", json!({"title": "Friends"})).await.ok();
    let list = list["id"].as_str().unwrap();
    let (mut people, mut posts) = (Vec::new(), Vec::new());
    for number in 0..2 {
        keep(&house, &ana, list, number, &mut people, &mut posts).await;
    }
    let few = read(&house, &ana, list, &people, &posts).await;
    for number in 2..15 {
        keep(&house, &ana, list, number, &mut people, &mut posts).await;
    }
    let many = read(&house, &ana, list, &people, &posts).await;
    for (page, ((few, some), (many, all))) in PAGES.iter().zip(few.iter().zip(&many)) {
        assert!(some.is_none() || all > some, "{page} shows {some:?} rows, and then {all:?}");
        assert_eq!(few.len(), many.len(), "{page}: {few:#?} {many:#?}");
        assert!(many.len() <= MOST, "{page} takes {} statements: {many:#?}", many.len());
    }
}

#[test]
fn shelves_cost_the_same_however_full_sqlite() {
    alone("shelves_on_sqlite");
}

#[test]
fn shelves_cost_the_same_however_full_postgres() {
    alone("shelves_on_postgres");
}
