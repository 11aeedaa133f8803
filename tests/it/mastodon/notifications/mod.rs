//! What one is told, one by one and in groups, and by whom.

mod grouped;
mod policy;
mod requests;
mod which;

use serde_json::{Value, json};

use super::{House, Person};

/// Somebody likes a post.
async fn likes(house: &House, who: &Person, post: &str) {
    house.post(who, &format!("/api/v1/statuses/{post}/favourite"), json!({})).await.ok();
}

/// Somebody follows another.
async fn follows(house: &House, who: &Person, whom: &Person) {
    house.post(who, &format!("/api/v1/accounts/{}/follow", whom.id()), json!({})).await.ok();
}

/// What stands under a key in each element of a list.
fn each<'a>(list: &'a Value, key: &str) -> Vec<&'a str> {
    list.as_array().unwrap().iter().map(|one| one[key].as_str().unwrap()).collect()
}

/// The kinds of what somebody is told.
async fn kinds(house: &House, who: &Person, query: &str) -> Vec<String> {
    let told = house.get(who, &format!("/api/v1/notifications{query}")).await.ok();
    each(&told, "type").into_iter().map(ToOwned::to_owned).collect()
}
