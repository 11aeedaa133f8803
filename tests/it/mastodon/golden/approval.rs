//! A post of a brand on its way from an app into the world (spec A6): what waits for approval, the real post that it
//! becomes, and what streams say of both, each as Mastodon documents its entities.

use serde_json::{Value, json};

use super::sight::Sight;
use crate::{
    brands::{desk::Desk, doors::in_an_app},
    mastodon::streaming::{self, Listener},
};

/// The next events of a stream, by their names.
async fn events(heard: &mut Listener, count: usize) -> Vec<(String, String)> {
    let mut events = Vec::new();
    for _ in 0..count {
        let (stream, event, payload) = heard.event().await;
        assert_eq!(stream, json!(["user"]));
        events.push((event, payload));
    }
    events.sort();
    events
}

fn read(payload: &str) -> Value {
    serde_json::from_str(payload).unwrap()
}

on_both! {
    async fn what_waits_for_approval_and_what_it_becomes_decode_as_posts(database: TestDatabase) {
        let (desk, mut sight) = (Desk::open(database).await, Sight::default());
        desk.rules(json!({"signature": "mention"})).await;
        let (house, pat, abe) = (&desk.house, in_an_app(&desk, &desk.publisher, "pat").await, in_an_app(&desk, &desk.approver, "abe").await);
        let address = streaming::serve(house).await;
        let mut heard = streaming::listen(&address, &pat, &["user"]).await;
        let picture = house.uploaded(&pat).await["id"].clone();
        let wishes = [
            json!({"status": "The price is 10 #tea", "spoiler_text": "News", "language": "en", "media_ids": [picture], "sensitive": true}),
            json!({"status": "Tea?", "visibility": "unlisted", "poll": {"options": ["Yes", "No"], "expires_in": 3600}}),
        ];
        for wish in wishes {
            let waits = house.post(&pat, "/api/v1/statuses", wish).await.ok();
            let id = waits["id"].as_str().unwrap();
            let path = format!("/api/v1/statuses/{id}");
            sight.see("Status", &waits);
            assert_eq!((&waits["visibility"], &waits["guildhall"]["approval"]["state"]), (&json!("direct"), &json!("in_review")));
            for reader in [&pat, &abe] {
                sight.see("Status", &house.get(reader, &path).await.ok());
                sight.see("[Status]", &house.get(reader, "/api/v1/timelines/home").await.ok());
                sight.see("Context", &house.get(reader, &format!("{path}/context")).await.ok());
            }
            let told = events(&mut heard, 1).await;
            assert_eq!((told[0].0.as_str(), read(&told[0].1)["id"].as_str()), ("update", Some(id)));
            sight.see("Status", &read(&told[0].1));

            let posted = house.post(&abe, &format!("{path}/favourite"), json!({})).await.ok();
            sight.see("Status", &posted);
            assert_ne!(posted["id"], waits["id"]);
            let told = events(&mut heard, 2).await;
            assert_eq!(told[0], ("delete".to_owned(), id.to_owned()), "what waited goes");
            assert_eq!((told[1].0.as_str(), &read(&told[1].1)["id"]), ("update", &posted["id"]), "and the real post comes");
            sight.see("Status", &read(&told[1].1));
            let path = format!("/api/v1/statuses/{}", posted["id"].as_str().unwrap());
            for reader in [None, Some(&pat), Some(&desk.contributor)] {
                sight.see("Status", &house.get(reader, &path).await.ok());
            }
            sight.see("[StatusEdit]", &house.get(None, &format!("{path}/history")).await.ok());
            sight.see("StatusSource", &house.get(&pat, &format!("{path}/source")).await.ok());
        }
        // One that is taken back goes without a post.
        let waits = house.post(&pat, "/api/v1/statuses", json!({"status": "Never mind"})).await.ok();
        events(&mut heard, 1).await;
        let id = waits["id"].as_str().unwrap();
        sight.see("Status", &house.delete(&pat, &format!("/api/v1/statuses/{id}")).await.ok());
        assert_eq!(events(&mut heard, 1).await, [("delete".to_owned(), id.to_owned())]);
        assert!(sight.faults().is_empty(), "{}", sight.faults().join("\n"));
    }
}
