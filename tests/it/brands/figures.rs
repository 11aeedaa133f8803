//! How a brand's conversations go, in figures.

use serde_json::{Value, json};

use guildhall::domain::accounts::GrantRole;

use super::{
    API, brand,
    desk::{Desk, refused},
    doors::in_an_app,
    give,
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

    async fn a_meter_tells_of_answers_beside_announcements_as_the_public_page_does(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        desk.rules(json!({"min_approvals": 0})).await;
        let app = in_an_app(&desk, &desk.publisher, "publisher-app").await;
        let carl = house.customer("carl").await;
        let meters = async |who: &Person| house.get(who, &format!("{API}/meters")).await.ok();
        let acme = |answers: i64, announcements: i64| {
            json!({"actor": desk.brand.to_string(), "answers": answers, "announcements": announcements})
        };
        let page = async || {
            let request = http::Request::get("/@acme").header("accept", "text/html");
            house.send(request.body(String::new().into()).unwrap()).await.body.as_str().unwrap().to_owned()
        };
        assert_eq!(meters(&desk.contributor).await, json!([acme(0, 0)]), "who said nothing has one too");

        let asked = house.says(&carl, json!({"status": "@acme Is it red?"})).await;
        let begun = house.says(&app, json!({"status": "Good morning"})).await;
        house.says(&app, json!({"status": "And more", "in_reply_to_id": begun})).await;
        house.says(&app, json!({"status": "@carl It is", "in_reply_to_id": asked})).await;
        // Only what everybody reads is counted.
        house.says(&app, json!({"status": "Quietly", "visibility": "unlisted"})).await;
        house.says(&app, json!({"status": "@carl Hush", "visibility": "direct", "in_reply_to_id": asked})).await;
        for who in [&desk.contributor, &desk.manager, &desk.approver, &app] {
            assert_eq!(meters(who).await, json!([acme(1, 2)]));
        }
        let shown = page().await;
        assert!(shown.contains("1 answer to people") && shown.contains("2 announcements"), "{shown}");
        assert_eq!(meters(&carl).await, json!([]), "who has a role on no brand");

        // Each brand on which one has a role; who acts as one brand is told of that.
        let shop = brand(house, "shop").await;
        give(house, &desk.publisher, shop, GrantRole::Analyst).await.unwrap();
        let other = json!({"actor": shop.to_string(), "answers": 0, "announcements": 0});
        assert_eq!(meters(&desk.publisher).await, json!([acme(1, 2), other]));
        assert_eq!(meters(&app).await, json!([acme(1, 2)]));
        house.wait(28 * 24 * 3_600 + 1);
        assert_eq!(meters(&desk.manager).await, json!([acme(0, 0)]));
    }

    async fn people_wait_until_somebody_who_works_here_has_answered(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        desk.rules(json!({"min_approvals": 0})).await;
        let app = in_an_app(&desk, &desk.publisher, "publisher-app").await;
        let (carl, dora) = (house.customer("carl").await, house.customer("dora").await);
        let path = format!("{API}/actors/{}/waiting", desk.brand);
        let waiting = async |who: &Person| house.get(who, &path).await.ok();
        let nobody = json!({"people": 0, "post": null, "since": null});
        assert_eq!(waiting(&desk.contributor).await, nobody);
        let first = house.says(&carl, json!({"status": "@acme Is it red?"})).await;
        house.wait(60);
        house.says(&carl, json!({"status": "@acme Or blue?", "in_reply_to_id": first})).await;
        let other = house.says(&dora, json!({"status": "@acme Is it waterproof?"})).await;
        // Nobody waits where one is named among colleagues.
        house.says(&desk.manager, json!({"status": "@acme We talk about it", "local_only": true})).await;
        house.says(&desk.manager, json!({"status": "@acme Well done"})).await;
        let since = "2026-11-01T12:00:00.000Z";
        for who in [&desk.contributor, &desk.manager, &app] {
            assert_eq!(waiting(who).await, json!({"people": 2, "post": first, "since": since}));
        }
        assert_eq!(refused(&house.get(&carl, &path).await), (404, "brand.not_found"));
        assert_eq!(refused(&house.get(&app, &format!("{API}/actors/{}/waiting", carl.actor)).await), (404, "brand.not_found"));
        // What stays inside answers nobody, nor does another customer.
        house.says(&desk.manager, json!({"status": "Who knows?", "in_reply_to_id": first, "local_only": true})).await;
        house.says(&dora, json!({"status": "@carl I think it is red", "in_reply_to_id": first})).await;
        assert_eq!(waiting(&app).await["people"], 2);
        // Any colleague answers for the house, and one answer is enough for what was asked before in the thread.
        house.says(&desk.approver, json!({"status": "@dora It is", "in_reply_to_id": other})).await;
        assert_eq!(waiting(&app).await["people"], 1);
        let told = house.says(&app, json!({"status": "@carl Both", "in_reply_to_id": first})).await;
        assert_eq!(waiting(&app).await, nobody);
        // A customer who was answered owes the house no answer, unless they were asked alone.
        let own = async |who: &Person| house.get(who, &format!("{API}/actors/{}/waiting", who.actor)).await.ok()["people"].clone();
        assert_eq!((own(&carl).await, own(&dora).await), (json!(0), json!(0)));
        house.post(&dora, &format!("/api/v1/accounts/{}/follow", desk.brand), json!({})).await.ok();
        let asked = house.says(&app, json!({"status": "@dora Which size?", "visibility": "direct"})).await;
        assert_eq!(own(&dora).await, 1);
        house.says(&dora, json!({"status": "@acme Small", "visibility": "direct", "in_reply_to_id": asked})).await;
        assert_eq!(own(&dora).await, 0);
        house.says(&app, json!({"status": "@dora Thanks", "visibility": "direct", "in_reply_to_id": asked})).await;
        // Nor does who works here owe one to a brand of ours that names them.
        house.says(&app, json!({"status": "@the_manager made it"})).await;
        assert_eq!(own(&desk.manager).await, 0);
        assert_eq!(waiting(&app).await, nobody);
        // Who asks again waits again, for two weeks.
        let again = house.says(&carl, json!({"status": "@acme Really?", "in_reply_to_id": told})).await;
        // Also for who looks after the answers, until the brand has answered.
        assert_eq!((waiting(&app).await["people"].clone(), own(&desk.publisher).await), (json!(1), json!(1)));
        house.says(&app, json!({"status": "@carl Really", "in_reply_to_id": again})).await;
        assert_eq!((waiting(&app).await, own(&desk.publisher).await), (nobody.clone(), json!(0)));
        // Of two in one thread who is answered waits no longer, and the other one does until they are named as well.
        let begun = house.says(&app, json!({"status": "Ask us"})).await;
        house.says(&carl, json!({"status": "@acme Is it light?", "in_reply_to_id": begun})).await;
        let last = house.says(&dora, json!({"status": "@acme Is it fast?", "in_reply_to_id": begun})).await;
        house.says(&app, json!({"status": "@dora It is", "in_reply_to_id": last})).await;
        assert_eq!(waiting(&app).await["people"], 1);
        house.says(&app, json!({"status": "@dora @carl And light", "in_reply_to_id": last})).await;
        assert_eq!(waiting(&app).await, nobody);
        house.says(&carl, json!({"status": "@acme And green?", "in_reply_to_id": told})).await;
        assert_eq!(waiting(&app).await["people"], 1);
        house.wait(14 * 24 * 3_600 + 1);
        assert_eq!(waiting(&app).await, nobody);
    }
}
