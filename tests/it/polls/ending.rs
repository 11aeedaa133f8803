//! The end of a poll: who is told, and what is shown then.

use std::time::Duration;

use guildhall::domain::posts::Audience;
use serde_json::{Value, json};

use super::{
    ALL, HOUR, ana_asks, asked_elsewhere, asks, call, counts, id_of, poll, question, refusal, somebody, vote, votes,
};
use crate::c2s::{Desk, Sent, Writer};

async fn told(desk: &Desk, who: &Writer) -> Vec<(String, String)> {
    let list = call(desk, Some(who), "GET", "/api/v1/notifications?types[]=poll", Value::Null).await.ok();
    let one = |one: &Value| {
        (one["account"]["acct"].as_str().unwrap().to_owned(), one["status"]["id"].as_str().unwrap().to_owned())
    };
    list.as_array().unwrap().iter().map(one).collect()
}

fn updates(sent: Vec<Sent>) -> Vec<Sent> {
    sent.into_iter().filter(|sent| sent.kind == "Update").collect()
}

on_both! {
    async fn who_asked_and_who_voted_hears_of_the_end_once(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben, cleo) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await, desk.writer("cleo", ALL).await);
        let id = id_of(&asks(&desk, &ana, json!({})).await);
        votes(&desk, &ben, &id, json!([0])).await.ok();
        desk.world.work().await;
        assert_eq!(told(&desk, &ana).await, []);
        desk.world.clock.advance(Duration::from_secs(3599));
        desk.world.work().await;
        assert_eq!((told(&desk, &ana).await, updates(desk.sent().await).len()), (vec![], 1));
        desk.world.clock.advance(Duration::from_secs(1));
        assert_eq!(poll(&desk, None, &id).await["expired"], true);
        assert_eq!(refusal(&votes(&desk, &cleo, &id, json!([1])).await), (422, "Validation failed: The poll has already ended".to_owned()));
        let said = updates(desk.sent().await).pop().unwrap();
        let question = &said.body["object"];
        assert_eq!((&question["closed"], &question["oneOf"][0]["replies"]["totalItems"]), (&question["endTime"], &json!(1)));
        for who in [&ana, &ben] {
            assert_eq!(told(&desk, who).await, [("writer".to_owned(), id.clone())]);
        }
        assert_eq!(told(&desk, &cleo).await, []);
        assert_eq!(refusal(&votes(&desk, &cleo, &id, json!([1])).await).0, 422);
        // Longer, it is over once more; what was told is not told again.
        let longer = json!({"status": "Tea?", "poll": {"options": ["Tea", "Coffee"], "expires_in": 600}});
        call(&desk, Some(&ana), "PUT", &format!("/api/v1/statuses/{id}"), longer).await.ok();
        votes(&desk, &cleo, &id, json!([1])).await.ok();
        desk.world.clock.advance(HOUR);
        desk.world.work().await;
        assert_eq!((told(&desk, &ana).await.len(), told(&desk, &cleo).await.len()), (1, 1));
        assert_eq!(counts(&poll(&desk, None, &id).await), [Some(1), Some(1)]);
    }

    async fn the_end_moves_with_an_edit(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", ALL).await;
        let id = id_of(&asks(&desk, &ana, json!({"poll": {"expires_in": 7200}})).await);
        let path = format!("/api/v1/statuses/{id}");
        let ends_in = |seconds: u64| json!({"status": "Tea or coffee?", "poll": {"options": ["Tea", "Coffee"], "expires_in": seconds}});
        for seconds in [86_400, 300, 400, 600] {
            call(&desk, Some(&ana), "PUT", &path, ends_in(seconds)).await.ok();
        }
        desk.world.work().await;
        assert_eq!(desk.world.count("jobs", "kind = 'end_poll'").await, 1, "however often it is moved");
        let said = updates(desk.sent().await);
        let ends: Vec<&Value> = said.iter().map(|sent| &sent.body["object"]["endTime"]).collect();
        assert!(!ends.is_empty() && said.iter().all(|sent| sent.body["object"].get("updated").is_none()), "{ends:?}");
        desk.world.clock.advance(Duration::from_secs(599));
        desk.world.work().await;
        assert_eq!(told(&desk, &ana).await, []);
        desk.world.clock.advance(Duration::from_secs(1));
        desk.world.work().await;
        assert_eq!(told(&desk, &ana).await.len(), 1);
        assert_eq!(desk.world.count("jobs", "kind = 'end_poll'").await, 0);
    }

    async fn hidden_votes_are_shown_at_the_end_and_not_before(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let status = asks(&desk, &ana, json!({"poll": {"hide_totals": true}})).await;
        let (id, uri) = (id_of(&status), status["uri"].as_str().unwrap().to_owned());
        let eve = somebody(&desk.world, "https://there.example/users/eve", 0);
        assert_eq!(desk.world.receive(&eve, &vote(&eve, &uri, "Tea", "1")).await, 202);
        let seen = votes(&desk, &ben, &id, json!([0])).await.ok();
        assert_eq!((counts(&seen), &seen["votes_count"], &seen["own_votes"]), (vec![None, None], &json!(2), &json!([0])));
        desk.world.clock.advance(Duration::from_secs(181));
        desk.world.work().await;
        assert_eq!(updates(desk.sent().await).len(), 0, "there is nothing to tell");
        let page = |page: &Value| page.as_str().unwrap().contains("2 votes");
        let request = |desk: &Desk| {
            let request = http::Request::get(format!("/@writer/{id}")).header("accept", "text/html").body(axum::body::Body::empty()).unwrap();
            let router = desk.world.router.clone();
            async move {
                let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
                let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
                json!(String::from_utf8_lossy(&bytes))
            }
        };
        let wire = desk.get(None, &uri).await.ok();
        assert_eq!(wire["oneOf"][0]["replies"], json!({"type": "Collection"}));
        assert!(!page(&request(&desk).await));
        desk.world.clock.advance(HOUR);
        assert_eq!(counts(&poll(&desk, None, &id).await), [Some(2), Some(0)]);
        desk.world.work().await;
        let said = updates(desk.sent().await).pop().unwrap();
        assert_eq!(said.body["object"]["oneOf"][0]["replies"]["totalItems"], 2);
        assert_eq!(said.inboxes, [format!("{}/inbox", eve.uri)]);
        assert_eq!(desk.get(None, &uri).await.ok()["oneOf"][0]["replies"]["totalItems"], 2);
        assert!(page(&request(&desk).await));
    }

    async fn of_the_end_of_a_poll_elsewhere_hears_who_voted_here(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let (eve, uri, id) = asked_elsewhere(&desk).await;
        votes(&desk, &ana, &id, json!([0])).await.ok();
        desk.world.serve(&uri, &question(&eve, "poll", [40, 2]));
        desk.world.clock.advance(HOUR);
        desk.world.work().await;
        assert_eq!(told(&desk, &ana).await, [], "its server counts first");
        desk.world.clock.advance(Duration::from_secs(300));
        desk.world.work().await;
        assert_eq!(told(&desk, &ana).await, [("eve@there.example".to_owned(), id.clone())]);
        assert_eq!(told(&desk, &ben).await, []);
        assert_eq!(counts(&poll(&desk, Some(&ana), &id).await), [Some(40), Some(2)]);
        // Closed early, it is over when that is said.
        let mut early = question(&eve, "early", [1, 1]);
        early["endTime"] = json!("2026-11-30T12:00:00Z");
        early["id"] = json!(format!("{}/early", eve.uri));
        desk.world.serve(early["id"].as_str().unwrap(), &early);
        let (site, early_uri) = (desk.world.app.clone(), early["id"].as_str().unwrap().to_owned());
        let early_id = guildhall::federation::fetch::post(&site, &early_uri, &mut guildhall::federation::fetch::Budget::default()).await.unwrap().to_string();
        votes(&desk, &ben, &early_id, json!([0])).await.ok();
        early["closed"] = json!(true);
        let now = desk.world.app.db.now();
        let update = eve.does("Update", "closed", &early);
        for _ in 0..2 {
            assert_eq!(desk.world.send(crate::support::world::Letter::signed_at(&eve, &update, now)).await, 202);
        }
        assert_eq!(told(&desk, &ben).await, [("eve@there.example".to_owned(), early_id)]);
        assert_eq!(told(&desk, &ana).await.len(), 1);
    }

    async fn what_somebody_chose_goes_with_them_and_the_poll_stands(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let world = &desk.world;
        let (ben, id) = (desk.writer("ben", ALL).await, ana_asks(world, &["Tea", "Coffee"], false, Audience::Public).await.id.to_string());
        let eve = somebody(world, "https://there.example/users/eve", 0);
        let uri = format!("{}/ap/objects/{id}", crate::support::world::OURS);
        assert_eq!(world.receive(&eve, &vote(&eve, &uri, "Tea", "1")).await, 202);
        votes(&desk, &ben, &id, json!([1])).await.ok();
        assert_eq!(world.count("poll_votes", "1 = 1").await, 2);
        assert_eq!(world.receive(&eve, &eve.does("Delete", "me", &eve.uri)).await, 202);
        let account = ben.account;
        world.app.db.write(move |tx| guildhall::domain::accounts::delete(tx, account)).await.unwrap();
        world.work().await;
        assert_eq!(world.count("poll_votes", "1 = 1").await, 0);
        assert_eq!(counts(&poll(&desk, None, &id).await), [Some(1), Some(1)]);
    }
}
