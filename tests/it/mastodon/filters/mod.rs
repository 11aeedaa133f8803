//! What one does not want to read.

mod first;
mod matching;
mod rules;

use serde_json::{Value, json};

use super::{House, Person};

/// Makes a filter for these words at these places.
async fn filter(house: &House, who: &Person, action: &str, places: &[&str], words: &[&str]) -> Value {
    let words: Vec<Value> = words.iter().map(|word| json!({"keyword": word, "whole_word": true})).collect();
    let wish = json!({"title": "Not today", "context": places, "filter_action": action, "keywords_attributes": words});
    house.post(who, "/api/v2/filters", wish).await.ok()
}

/// The words that a post matches, for this reader; one list for each filter.
async fn matched(house: &House, who: &Person, post: &str) -> Vec<Value> {
    let shown = house.get(who, &format!("/api/v1/statuses/{post}")).await.ok();
    shown["filtered"].as_array().unwrap().iter().map(|result| result["keyword_matches"].clone()).collect()
}
