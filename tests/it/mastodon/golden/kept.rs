//! What people keep: lists, filters, hashtags, where they read, and what they find.

use http::Method;
use serde_json::json;

use super::sight::Sight;
use crate::mastodon::House;

pub const FILTERS: &[&str] = &["Filter", "FilterKeyword", "FilterStatus", "FilterResult", "V1::Filter"];
pub const KEPT: &[&str] = &["List", "Marker", "Preferences"];
pub const TAGS: &[&str] = &["Tag", "Tag::history", "FeaturedTag", "Search"];

on_both! {
    async fn filters_have_the_documented_fields(database: TestDatabase) {
        let (house, mut sight) = (House::open(database).await, Sight::default());
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let post = house.says(&ben, json!({"status": "Tea?"})).await;
        let wish = json!({"title": "Tea", "context": ["home", "public"], "expires_in": 3600, "keywords_attributes": [{"keyword": "tea"}]});
        let filter = house.post(&ana, "/api/v2/filters", wish).await.ok();
        sight.see("Filter", &filter);
        let path = format!("/api/v2/filters/{}", filter["id"].as_str().unwrap());
        sight.see("FilterStatus", &house.post(&ana, &format!("{path}/statuses"), json!({"status_id": post})).await.ok());
        let forever = json!({"title": "Never", "context": ["account"], "filter_action": "hide"});
        sight.see("Filter", &house.post(&ana, "/api/v2/filters", forever).await.ok());
        sight.see("Filter", &house.get(&ana, &path).await.ok());
        sight.see("[Filter]", &house.get(&ana, "/api/v2/filters").await.ok());
        sight.see("[FilterKeyword]", &house.get(&ana, &format!("{path}/keywords")).await.ok());
        sight.see("[FilterStatus]", &house.get(&ana, &format!("{path}/statuses")).await.ok());
        sight.see("[V1::Filter]", &house.get(&ana, "/api/v1/filters").await.ok());
        let shown = house.get(&ana, &format!("/api/v1/statuses/{post}")).await.ok();
        sight.see("[FilterResult]", &shown["filtered"]);
        sight.whole(FILTERS);
    }

    async fn lists_markers_and_preferences_have_the_documented_fields(database: TestDatabase) {
        let (house, mut sight) = (House::open(database).await, Sight::default());
        let ana = house.employee("ana").await;
        sight.see("List", &house.post(&ana, "/api/v1/lists", json!({"title": "Press"})).await.ok());
        sight.see("[List]", &house.get(&ana, "/api/v1/lists").await.ok());
        let post = house.says(&ana, json!({"status": "Hello"})).await;
        let read = json!({"home": {"last_read_id": post}, "notifications": {"last_read_id": post}});
        sight.see("{Marker}", &house.post(&ana, "/api/v1/markers", read).await.ok());
        sight.see("{Marker}", &house.get(&ana, "/api/v1/markers?timeline[]=home&timeline[]=notifications").await.ok());
        sight.see("Preferences", &house.get(&ana, "/api/v1/preferences").await.ok());
        let speaks = json!({"source": {"language": "en", "privacy": "private"}});
        house.call(Some(&ana), Method::PATCH, "/api/v1/accounts/update_credentials", speaks).await.ok();
        sight.see("Preferences", &house.get(&ana, "/api/v1/preferences").await.ok());
        sight.whole(KEPT);
    }

    async fn hashtags_and_what_is_found_have_the_documented_fields(database: TestDatabase) {
        let (house, mut sight) = (House::open(database).await, Sight::default());
        let ana = house.employee("ana").await;
        house.employee("teapot").await;
        house.says(&ana, json!({"status": "A cup of #tea"})).await;
        sight.see("Tag", &house.get(None, "/api/v1/tags/tea").await.ok());
        sight.see("Tag", &house.post(&ana, "/api/v1/tags/tea/follow", json!({})).await.ok());
        sight.see("[Tag]", &house.get(&ana, "/api/v1/followed_tags").await.ok());
        for name in ["tea", "quiet"] {
            sight.see("FeaturedTag", &house.post(&ana, "/api/v1/featured_tags", json!({"name": name})).await.ok());
        }
        sight.see("[FeaturedTag]", &house.get(&ana, "/api/v1/featured_tags").await.ok());
        sight.see("Search", &house.get(&ana, "/api/v2/search?q=tea").await.ok());
        sight.whole(TAGS);
    }
}
