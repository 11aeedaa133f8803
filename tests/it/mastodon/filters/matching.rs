//! What matches a filter, and what becomes of it.

use guildhall::domain::posts::{Attachment, Audience};
use serde_json::{Value, json};

use super::{filter, matched};
use crate::mastodon::{House, Person, ids};

async fn listed(house: &House, who: &Person, path: &str) -> Vec<String> {
    ids(&house.get(who, path).await.ok())
}

on_both! {
    async fn a_post_says_which_filters_of_its_reader_it_matches(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        house.post(&ana, &format!("/api/v1/accounts/{}/follow", ben.id()), json!({})).await.ok();
        let made = filter(&house, &ana, "warn", &["home", "public"], &["tea", "mate"]).await;
        let post = house.says(&ben, json!({"status": "TEA or mate?"})).await;
        let told = json!([{
            "filter": {"id": made["id"], "title": "Not today", "context": ["home", "public"], "expires_at": null, "filter_action": "warn"},
            "keyword_matches": ["tea", "mate"], "status_matches": null,
        }]);
        let boost = house.post(&ben, &format!("/api/v1/statuses/{post}/reblog"), json!({})).await.ok()["id"].as_str().unwrap().to_owned();
        for path in [format!("/api/v1/statuses/{post}"), format!("/api/v1/statuses/{boost}")] {
            let shown = house.get(&ana, &path).await.ok();
            assert_eq!(shown["filtered"], told, "{path}");
            assert!(shown["reblog"].is_null() || shown["reblog"]["filtered"] == told);
        }
        let home = house.get(&ana, "/api/v1/timelines/home").await.ok();
        assert_eq!((&home[0]["filtered"], home.as_array().unwrap().len()), (&told, 1), "a warning leaves it there");
        assert_eq!(matched(&house, &ben, &post).await, [Value::Null; 0], "others have other filters");
        assert_eq!(house.get(None, &format!("/api/v1/statuses/{post}")).await.ok()["filtered"], json!([]));
        // What is over is told, and at work no more.
        let path = format!("/api/v2/filters/{}", made["id"].as_str().unwrap());
        house.put(&ana, &path, json!({"expires_in": 60})).await.ok();
        assert_eq!(matched(&house, &ana, &post).await.len(), 1);
        house.wait(61);
        assert_eq!(matched(&house, &ana, &post).await.len(), 0);
        assert_eq!(house.get(&ana, &path).await.ok()["expires_at"], "2026-11-01T12:01:00.000Z");
    }

    async fn words_are_found_in_everything_that_a_post_says(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let eve = house.stranger("eve", "remote.example").await;
        filter(&house, &ana, "warn", &["home"], &["tea"]).await;
        let arrived = async |change: fn(&mut guildhall::domain::posts::Draft)| house.arrived(&eve, change).await.to_string();
        let posts = [
            arrived(|draft| draft.content = "<p>Green <b>tea</b></p>".to_owned()).await,
            arrived(|draft| draft.summary = "Tea".to_owned()).await,
            arrived(|draft| draft.title = Some("On tea".to_owned())).await,
            arrived(|draft| draft.details.options = vec![("Water".to_owned(), None), ("Tea!".to_owned(), None)]).await,
            arrived(|draft| {
                draft.attachments = vec![Attachment { kind: "image".to_owned(), url: "https://remote.example/1.png".to_owned(), description: Some("A cup of tea".to_owned()), ..Attachment::default() }];
            }).await,
        ];
        for post in &posts {
            assert_eq!(matched(&house, &ana, post).await, [json!(["tea"])]);
        }
        let other = arrived(|draft| draft.content = "<p class=\"tea\">Steam, <a href=\"https://tea.example/\">here</a></p>".to_owned()).await;
        assert_eq!(matched(&house, &ana, &other).await.len(), 0, "neither parts of words nor markup count");
    }

    async fn whole_words_are_whole_in_every_script(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        for (word, whole, text, found) in [
            ("über", true, "ÜBER uns", true),
            ("über", true, "überall", false),
            ("über", false, "Überall", true),
            ("чай", true, "Чай?", true),
            ("чай", true, "чайник", false),
            ("茶", false, "緑茶です", true),
            ("c++", true, "C++17", true),
            (".*", false, "anything", false),
            (".*", false, "the pattern .*", true),
            ("(a+)+$", true, "aaaaaaaaaaaaaaaaaaaaaaaaaaaa!", false),
            ("\u{1f375}", true, "A \u{1f375}!", true),
        ] {
            let wish = json!({"title": "Word", "context": ["home"], "keywords_attributes": [{"keyword": word, "whole_word": whole}]});
            let made = house.post(&ana, "/api/v2/filters", wish).await.ok();
            let post = house.says(&ben, json!({"status": text})).await;
            let expected = if found { vec![json!([word])] } else { Vec::new() };
            assert_eq!(matched(&house, &ana, &post).await, expected, "{word} in {text}");
            house.delete(&ana, &format!("/api/v2/filters/{}", made["id"].as_str().unwrap())).await.ok();
        }
    }

    async fn what_is_hidden_is_left_out_where_the_filter_is_at_work(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        house.post(&ana, &format!("/api/v1/accounts/{}/follow", ben.id()), json!({})).await.ok();
        let root = house.says(&ana, json!({"status": "What do you drink?"})).await;
        let tea = house.says(&ben, json!({"status": "@ana Tea, #tea", "in_reply_to_id": root})).await;
        let open = house.says(&ben, json!({"status": "I had a tea #tea"})).await;
        let mine = house.says(&ana, json!({"status": "Tea is mine #tea"})).await;
        let places = async || {
            let context = house.get(&ana, &format!("/api/v1/statuses/{root}/context")).await.ok();
            let told = house.get(&ana, "/api/v1/notifications?types[]=mention").await.ok();
            [
                ("home", listed(&house, &ana, "/api/v1/timelines/home").await.contains(&tea)),
                ("public", listed(&house, &ana, "/api/v1/timelines/public").await.contains(&open)),
                ("public", listed(&house, &ana, "/api/v1/timelines/tag/tea").await.contains(&open)),
                ("account", listed(&house, &ana, &format!("/api/v1/accounts/{}/statuses", ben.id())).await.contains(&open)),
                ("thread", ids(&context["descendants"]).contains(&tea)),
                ("notifications", told.as_array().unwrap().len() == 1),
            ]
        };
        assert!(places().await.iter().all(|(_, there)| *there), "{:?}", places().await);
        for place in ["home", "public", "account", "thread", "notifications"] {
            let made = filter(&house, &ana, "hide", &[place], &["tea"]).await;
            for (other, there) in places().await {
                assert_eq!(there, other != place, "{other} with a filter at {place}");
            }
            assert!(listed(&house, &ana, "/api/v1/timelines/home").await.contains(&mine), "one's own is never hidden");
            assert_eq!(matched(&house, &ana, &tea).await.len(), 1, "whoever asks for it gets it");
            house.delete(&ana, &format!("/api/v2/filters/{}", made["id"].as_str().unwrap())).await.ok();
        }
        // Links lead on over what is left out.
        filter(&house, &ana, "hide", &["public"], &["tea"]).await;
        house.says(&ben, json!({"status": "More tea"})).await;
        let page = house.get(&ana, "/api/v1/timelines/public?limit=1").await;
        assert_eq!(page.body, json!([]));
        assert_eq!(listed(&house, &ana, &page.link("next").unwrap()).await, [mine]);
    }

    async fn filters_go_with_their_owner(database: TestDatabase) {
        use diesel::prelude::*;
        use guildhall::{db::schema::{filter_keywords, filter_posts, filters}, domain::accounts};
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let post = house.arrived(&house.stranger("eve", "remote.example").await, |draft| draft.audience = Audience::Public).await;
        for who in [&ana, &ben] {
            let made = filter(&house, who, "warn", &["home"], &["tea"]).await;
            house.post(who, &format!("/api/v2/filters/{}/statuses", made["id"].as_str().unwrap()), json!({"status_id": post})).await.ok();
        }
        let account = ana.account;
        house.app.db.write(move |tx| accounts::delete(tx, account)).await.unwrap();
        crate::leak::work(&house).await;
        let left = house.app.db.read(|conn| Ok([
            filters::table.count().get_result::<i64>(conn)?,
            filter_keywords::table.count().get_result(conn)?,
            filter_posts::table.count().get_result(conn)?,
        ]));
        assert_eq!(left.await.unwrap(), [1, 1, 1]);
    }
}
