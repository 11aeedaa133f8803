//! Making, changing and ending filters.

use http::Method;
use serde_json::{Value, json};

use super::{super::calm, filter};
use crate::mastodon::{House, Person, ids};

async fn form(house: &House, who: &Person, method: Method, path: &str, body: &str) -> Value {
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {}", who.token))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from(body.to_owned()))
        .unwrap();
    house.send(request).await.ok()
}

fn words(filter: &Value) -> Vec<(&str, bool)> {
    let all = filter["keywords"].as_array().unwrap().iter();
    all.map(|word| (word["keyword"].as_str().unwrap(), word["whole_word"].as_bool().unwrap())).collect()
}

on_both! {
    async fn a_filter_is_made_changed_and_ended(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        assert_eq!(house.get(&ana, "/api/v2/filters").await.ok(), json!([]));
        let made = house.post(&ana, "/api/v2/filters", json!({
            "title": "Spoilers", "context": ["home", "public", "home"], "filter_action": "blur", "expires_in": 3600,
            "keywords_attributes": [{"keyword": "final", "whole_word": true}, {"keyword": "#end", "whole_word": false}, {"keyword": ""}],
        })).await.ok();
        let id = made["id"].as_str().unwrap();
        let names = [(id, "FILTER"), (made["keywords"][0]["id"].as_str().unwrap(), "ONE"), (made["keywords"][1]["id"].as_str().unwrap(), "TWO")];
        assert_eq!(calm(&made, &names), json!({
            "id": "FILTER", "title": "Spoilers", "context": ["home", "public"], "expires_at": "2026-11-01T13:00:00.000Z", "filter_action": "blur",
            "keywords": [{"id": "ONE", "keyword": "final", "whole_word": true}, {"id": "TWO", "keyword": "#end", "whole_word": false}],
            "statuses": [],
        }));
        let path = format!("/api/v2/filters/{id}");
        assert_eq!(house.get(&ana, "/api/v2/filters/").await.ok(), json!([made]));
        assert_eq!(house.get(&ana, &path).await.ok(), made);
        // What is left out stays; words are changed, deleted and added by their ids.
        let changed = house.put(&ana, &path, json!({
            "title": "Endings", "expires_in": "",
            "keywords_attributes": [{"id": names[1].0, "keyword": "finale"}, {"id": names[2].0, "_destroy": true}, {"keyword": "epilogue"}],
        })).await.ok();
        assert_eq!((&changed["title"], &changed["expires_at"], &changed["filter_action"]), (&json!("Endings"), &Value::Null, &json!("blur")));
        assert_eq!(words(&changed), [("finale", true), ("epilogue", true)]);
        assert_eq!(house.get(&ana, &path).await.ok(), changed);
        let patched = house.call(Some(&ana), Method::PATCH, &path, json!({"context": ["account"], "filter_action": "hide"})).await.ok();
        assert_eq!((&patched["context"], &patched["filter_action"]), (&json!(["account"]), &json!("hide")));
        assert_eq!(house.delete(&ana, &path).await.ok(), json!({}));
        assert_eq!(house.get(&ana, &path).await.status, 404);
        assert_eq!(house.get(&ana, "/api/v2/filters").await.ok(), json!([]));
    }

    async fn forms_say_the_same_with_brackets(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let made = form(&house, &ana, Method::POST, "/api/v2/filters",
            "title=Teas&context[]=home&context[]=thread&filter_action=warn&expires_in=60&keywords_attributes[0][keyword]=tea\
             &keywords_attributes[0][whole_word]=true&keywords_attributes[1][keyword]=mate&keywords_attributes[1][whole_word]=0").await;
        assert_eq!((&made["context"], &made["expires_at"]), (&json!(["home", "thread"]), &json!("2026-11-01T12:01:00.000Z")));
        assert_eq!(words(&made), [("tea", true), ("mate", false)]);
        let (id, tea) = (made["id"].as_str().unwrap(), made["keywords"][0]["id"].as_str().unwrap());
        let body = format!("expires_in=&keywords_attributes[][id]={tea}&keywords_attributes[][_destroy]=1&keywords_attributes[][keyword]=coffee");
        let changed = form(&house, &ana, Method::PUT, &format!("/api/v2/filters/{id}"), &body).await;
        assert_eq!((&changed["title"], &changed["expires_at"]), (&json!("Teas"), &Value::Null));
        assert_eq!(words(&changed), [("mate", false)], "a word that goes takes nothing along");
        let body = "keywords_attributes[7][keyword]=coffee";
        let changed = form(&house, &ana, Method::PUT, &format!("/api/v2/filters/{id}"), body).await;
        assert_eq!(words(&changed), [("mate", false), ("coffee", true)]);
    }

    async fn words_and_single_posts_are_kept_one_by_one(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let made = filter(&house, &ana, "warn", &["home"], &[]).await;
        let path = format!("/api/v2/filters/{}", made["id"].as_str().unwrap());
        let word = house.post(&ana, &format!("{path}/keywords"), json!({"keyword": "tea", "whole_word": "false"})).await.ok();
        assert_eq!((&word["keyword"], &word["whole_word"]), (&json!("tea"), &json!(false)));
        let own = format!("/api/v2/filters/keywords/{}", word["id"].as_str().unwrap());
        let other = house.put(&ana, &own, json!({"keyword": "Tea", "whole_word": true})).await.ok();
        assert_eq!(house.get(&ana, &own).await.ok(), other);
        assert_eq!(house.get(&ana, &format!("{path}/keywords")).await.ok(), json!([other]));
        assert_eq!(other, json!({"id": word["id"], "keyword": "Tea", "whole_word": true}));
        house.delete(&ana, &own).await.ok();
        assert_eq!((house.get(&ana, &own).await.status.as_u16(), house.get(&ana, &format!("{path}/keywords")).await.ok()), (404, json!([])));

        let post = house.says(&ben, json!({"status": "Look at this"})).await;
        let boost = house.post(&ben, &format!("/api/v1/statuses/{post}/reblog"), json!({})).await.ok();
        let marked = house.post(&ana, &format!("{path}/statuses"), json!({"status_id": boost["id"]})).await.ok();
        assert_eq!(marked["status_id"], json!(post), "a boost stands for its post");
        assert_eq!(house.post(&ana, &format!("{path}/statuses"), json!({"status_id": post})).await.ok(), marked, "twice is once");
        let own = format!("/api/v2/filters/statuses/{}", marked["id"].as_str().unwrap());
        assert_eq!((house.get(&ana, &own).await.ok(), house.get(&ana, &format!("{path}/statuses")).await.ok()), (marked.clone(), json!([marked])));
        let shown = house.get(&ana, &format!("/api/v1/statuses/{post}")).await.ok();
        assert_eq!(shown["filtered"][0]["status_matches"], json!([post]));
        assert_eq!(shown["filtered"][0]["keyword_matches"], Value::Null);
        house.delete(&ana, &own).await.ok();
        assert_eq!(house.get(&ana, &own).await.status, 404);
        assert_eq!(house.get(&ana, &format!("/api/v1/statuses/{post}")).await.ok()["filtered"], json!([]));
        // What one may not see cannot be put anywhere; what is deleted is in no filter.
        let hidden = house.says(&ben, json!({"status": "Psst", "visibility": "direct"})).await;
        assert_eq!(house.post(&ana, &format!("{path}/statuses"), json!({"status_id": hidden})).await.status, 404);
        house.post(&ana, &format!("{path}/statuses"), json!({"status_id": post})).await.ok();
        house.delete(&ben, &format!("/api/v1/statuses/{post}")).await.ok();
        assert_eq!(house.get(&ana, &path).await.ok()["statuses"], json!([]));
    }

    async fn what_makes_no_sense_is_refused_and_changes_nothing(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        for (wish, told) in [
            (json!({"context": ["home"]}), "A filter needs a title of at most 256 characters."),
            (json!({"title": "x".repeat(257), "context": ["home"]}), "A filter needs a title of at most 256 characters."),
            (json!({"title": "Tea"}), "Say where the filter is at work: home, notifications, public, thread or account."),
            (json!({"title": "Tea", "context": []}), "Say where the filter is at work: home, notifications, public, thread or account."),
            (json!({"title": "Tea", "context": ["moon"]}), "“moon” is not known here. Known: home, notifications, public, thread, account."),
            (json!({"title": "Tea", "context": ["home"], "filter_action": "burn"}), "“burn” is not known here. Known: warn, hide, blur."),
            (json!({"title": "Tea", "context": ["home"], "expires_in": "soon"}), "expires_in: must be a whole number of seconds"),
            (json!({"title": "Tea", "context": ["home"], "keywords_attributes": [{"keyword": " ", "whole_word": true}]}), "A filter looks for words of one to 512 characters."),
            (json!({"title": "Tea", "context": ["home"], "keywords_attributes": [{"keyword": "x".repeat(513)}]}), "A filter looks for words of one to 512 characters."),
        ] {
            assert_eq!(house.post(&ana, "/api/v2/filters", wish.clone()).await.refusal(), (422, told), "{wish}");
        }
        let words: Vec<Value> = (0..301).map(|number| json!({"keyword": format!("word{number}")})).collect();
        let refused = house.post(&ana, "/api/v2/filters", json!({"title": "All", "context": ["home"], "keywords_attributes": words})).await;
        assert_eq!(refused.refusal(), (422, "All filters together look for at most 300 words. Delete another one first."));
        assert_eq!(house.get(&ana, "/api/v2/filters").await.ok(), json!([]));
        for number in 0..100 {
            filter(&house, &ana, "warn", &["home"], &[&format!("word{number}")]).await;
        }
        let refused = house.post(&ana, "/api/v2/filters", json!({"title": "One more", "context": ["home"]})).await;
        assert_eq!(refused.refusal(), (422, "At most 100 filters are possible. Delete another one first."));
        assert_eq!(ids(&house.get(&ana, "/api/v2/filters").await.ok()).len(), 100);
    }

    async fn filters_belong_to_whom_one_acts_as(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let brand = house.brand_of(&ana).await;
        let post = house.says(&ben, json!({"status": "Tea?"})).await;
        let made = filter(&house, &ana, "warn", &["home"], &["tea"]).await;
        house.post(&ana, &format!("/api/v2/filters/{}/statuses", made["id"].as_str().unwrap()), json!({"status_id": post})).await.ok();
        let made = house.get(&ana, &format!("/api/v2/filters/{}", made["id"].as_str().unwrap())).await.ok();
        let (id, word, marked) = (&made["id"], &made["keywords"][0]["id"], &made["statuses"][0]["id"]);
        for who in [&ben, &brand] {
            assert_eq!(house.get(who, "/api/v2/filters").await.ok(), json!([]));
            assert_eq!(house.get(who, "/api/v1/filters").await.ok(), json!([]));
            for (path, methods) in [
                (format!("/api/v2/filters/{id}"), vec![Method::GET, Method::PUT, Method::DELETE]),
                (format!("/api/v2/filters/{id}/keywords"), vec![Method::GET, Method::POST]),
                (format!("/api/v2/filters/keywords/{word}"), vec![Method::GET, Method::PUT, Method::DELETE]),
                (format!("/api/v2/filters/{id}/statuses"), vec![Method::GET, Method::POST]),
                (format!("/api/v2/filters/statuses/{marked}"), vec![Method::GET, Method::DELETE]),
                (format!("/api/v1/filters/{word}"), vec![Method::GET, Method::PUT, Method::DELETE]),
            ] {
                let path = path.replace('"', "");
                for method in methods {
                    let body = json!({"title": "Mine", "keyword": "mine", "phrase": "mine", "status_id": post, "context": ["home"]});
                    assert_eq!(house.call(Some(who), method.clone(), &path, body).await.status, 404, "{method} {path}");
                }
            }
            // Nor is a word of another's filter moved into one's own.
            let own = filter(&house, who, "warn", &["home"], &[]).await;
            let theft = json!({"keywords_attributes": [{"id": word, "keyword": "mine"}]});
            assert_eq!(house.put(who, &format!("/api/v2/filters/{}", own["id"].as_str().unwrap()), theft).await.status, 404);
        }
        assert_eq!(house.get(&ana, &format!("/api/v2/filters/{}", id.as_str().unwrap())).await.ok(), made);
        // The brand reads with its own filters.
        filter(&house, &brand, "hide", &["public"], &["tea"]).await;
        let public = async |who: &Person| ids(&house.get(who, "/api/v1/timelines/public").await.ok());
        assert_eq!((public(&brand).await, public(&ana).await), (Vec::new(), vec![post.clone()]));
        for (scopes, read, write) in [("read:filters", 200, 403), ("write:filters", 403, 422), ("read:statuses write:statuses", 403, 403)] {
            let narrow = house.person_with(&scopes.replace([':', ' '], "."), guildhall::domain::accounts::AccountKind::Employee, guildhall::domain::accounts::Role::Member, scopes).await;
            assert_eq!(house.get(&narrow, "/api/v2/filters").await.status, read, "{scopes}");
            assert_eq!(house.post(&narrow, "/api/v2/filters", json!({})).await.status, write, "{scopes}");
        }
        assert_eq!(house.get(None, "/api/v2/filters").await.status, 401);
    }
}
