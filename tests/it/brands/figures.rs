//! How a brand's conversations go, in figures.

use serde_json::{Value, json};

use super::{
    API,
    desk::{Desk, refused},
    doors::in_an_app,
};
use crate::mastodon::Person;

async fn figures(desk: &Desk, who: &Person, query: &str) -> Vec<Value> {
    let answer = desk.house.get(who, &format!("{API}/actors/{}/figures{query}", desk.brand)).await.ok();
    answer.as_array().unwrap().clone()
}

on_both! {
    async fn each_day_tells_what_was_said_asked_and_how_long_answers_took(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        desk.rules(json!({"min_approvals": 0})).await;
        let app = in_an_app(&desk, &desk.publisher, "publisher-app").await;
        let carl = house.customer("carl").await;
        let asks = async |words: &str| house.says(&carl, json!({"status": format!("@acme {words}")})).await;
        let answers = async |to: &str| house.says(&app, json!({"status": "@carl Yes", "in_reply_to_id": to})).await;

        // At noon: two questions, of which one is answered after ten minutes, and twice.
        house.says(&app, json!({"status": "Good morning"})).await;
        let (first, second) = (asks("Is it waterproof?").await, asks("Is it red?").await);
        house.wait(600);
        answers(&first).await;
        house.wait(3_000);
        answers(&first).await;
        let mine = answers(&first).await;
        house.says(&app, json!({"status": "And more", "in_reply_to_id": mine})).await;
        // The other one the day after, and a letter for the brand alone.
        house.wait(24 * 3_600);
        answers(&second).await;
        let private = house.says(&carl, json!({"status": "@acme Psst", "visibility": "direct"})).await;
        house.says(&app, json!({"status": "@carl Hush", "visibility": "direct", "in_reply_to_id": private})).await;
        // What is inside is in no figure.
        house.says(&desk.manager, json!({"status": "@acme We talk about it", "local_only": true})).await;

        let told = figures(&desk, &desk.manager, "?days=3").await;
        assert_eq!(told, [
            json!({"day": "2026-10-31", "posts": 0, "answers": 0, "asked": 0, "answered_within": null}),
            json!({"day": "2026-11-01", "posts": 2, "answers": 3, "asked": 2, "answered_within": 10}),
            // One waited a day and an hour, the other not at all: half of them no time.
            json!({"day": "2026-11-02", "posts": 0, "answers": 2, "asked": 1, "answered_within": 0}),
        ]);
        assert_eq!(figures(&desk, &desk.manager, "?days=1").await[0]["answered_within"], 0, "as in the longer list");
        assert_eq!(figures(&desk, &desk.manager, "").await.len(), 28);
        for (who, what) in [(&desk.contributor, (403, "role.right")), (&carl, (404, "brand.not_found"))] {
            assert_eq!(refused(&house.get(who, &format!("{API}/actors/{}/figures", desk.brand)).await), what);
        }
        for days in ["0", "-1", "91"] {
            let answer = house.get(&desk.manager, &format!("{API}/actors/{}/figures?days={days}", desk.brand)).await;
            assert_eq!(refused(&answer), (422, "figures.days"), "{days}");
        }
    }
}
