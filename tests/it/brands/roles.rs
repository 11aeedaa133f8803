//! What each role may do with the drafts and the rules of a brand, at the doors of our own API.

use guildhall::domain::accounts::GrantRole;
use http::Method;
use serde_json::json;

use super::{
    API, brand,
    desk::{Desk, refused},
    give, with_role,
};
use crate::mastodon::{House, Person};

/// What is tried, and by whom it may be done: o(wner), m(anager), a(pprover), p(ublisher), c(ontributor), r(esponder),
/// s for the analyst and u for the auditor.
const TRIED: &[(&str, &str)] = &[
    ("begin", "omapcr"),
    ("save own", "omapcr"),
    ("submit own", "omapcr"),
    ("save another's", "omap"),
    ("submit another's", "omap"),
    ("discard another's", "omap"),
    ("approve", "oma"),
    ("request changes", "oma"),
    ("publish", "omap"),
    ("schedule", "omap"),
    ("override", "om"),
    ("answer", "omapr"),
    ("read", "omapcru"),
    ("read history", "omapcru"),
    ("read rules", "omapcrsu"),
    ("change rules", "om"),
    ("read audit", "ou"),
];

const LETTERS: &str = "omapcrsu";

/// Tries one thing; answers the status.
async fn tries(desk: &Desk, who: &Person, what: &str, carl: &Person) -> u16 {
    let (house, rules) = (&desk.house, format!("{API}/actors/{}/policy", desk.brand));
    let own = async || {
        let begun = desk.begins(who, json!({"body": "Mine"})).await;
        begun.body["id"].as_str().map(ToOwned::to_owned)
    };
    let another = async |approved: bool| {
        if approved { desk.approved("Theirs").await } else { desk.handed_in("Theirs").await }
    };
    let reply = match what {
        "begin" => desk.begins(who, json!({"body": "Mine"})).await,
        "save own" | "submit own" => match own().await {
            None => return 403,
            Some(id) if what == "save own" => desk.saves(who, &id, json!({"body": "Still mine"})).await,
            Some(id) => desk.acts(who, &id, "submit", json!({})).await,
        },
        "save another's" => desk.saves(who, &another(false).await, json!({"body": "Changed"})).await,
        "submit another's" => desk.acts(who, &another(false).await, "submit", json!({})).await,
        "discard another's" => house.delete(who, &format!("{API}/drafts/{}", another(false).await)).await,
        "approve" => desk.approves(who, &another(false).await).await,
        "request changes" => desk.acts(who, &another(false).await, "request-changes", json!({"comment": "No"})).await,
        "publish" => desk.publishes(who, &another(true).await).await,
        "schedule" => {
            desk.acts(who, &another(true).await, "schedule", json!({"scheduled_at": "2026-11-02T12:00:00Z"})).await
        }
        "override" => {
            desk.acts(who, &another(false).await, "override", json!({"reason": "The factory is on fire."})).await
        }
        "answer" => {
            let carl = house.says(carl, json!({"status": "A question"})).await;
            let draft = desk.begins(&desk.contributor, json!({"body": "An answer", "reply_to": carl})).await.ok();
            desk.publishes(who, draft["id"].as_str().unwrap()).await
        }
        "read" => house.get(who, &format!("{API}/drafts/{}", another(false).await)).await,
        "read history" => house.get(who, &format!("{API}/drafts/{}/history", another(false).await)).await,
        "read rules" => house.get(who, &rules).await,
        "change rules" => house.put(who, &rules, json!({"approval_hours": 72})).await,
        "read audit" => house.get(who, &format!("{API}/audit")).await,
        other => panic!("{other}"),
    };
    reply.status.as_u16()
}

on_both! {
    async fn every_role_gets_at_every_door_what_the_table_says(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let carl = desk.house.customer("carl").await;
        // A second manager who can be told of an override.
        let second = desk.also("second", GrantRole::Manager).await;
        desk.reached(&second, "second").await;
        for (role, letter) in GrantRole::ALL.iter().zip(LETTERS.chars()) {
            let who = desk.also(&format!("trying_{role}"), *role).await;
            for (what, allowed) in TRIED {
                let status = tries(&desk, &who, what, &carl).await;
                // An analyst is not told of drafts at all.
                let refusals: &[u16] = if *role == GrantRole::Analyst { &[403, 404] } else { &[403] };
                let right = if allowed.contains(letter) { status == 200 } else { refusals.contains(&status) };
                assert!(right, "{role}: {what}: {status}");
            }
        }
    }

    async fn the_rules_of_a_brand_are_told_and_changed_by_who_may(database: TestDatabase) {
        let house = House::open(database).await;
        let acme = brand(&house, "acme").await;
        let (manager, contributor) = (with_role(&house, acme, GrantRole::Manager).await, with_role(&house, acme, GrantRole::Contributor).await);
        let path = format!("{API}/actors/{acme}/policy");
        let usual = house.get(&contributor, &path).await;
        assert_eq!(usual.headers["etag"], "\"0\"");
        let usual = usual.ok();
        assert_eq!((&usual["min_approvals"], &usual["self_approve"], &usual["approval_hours"], &usual["reply_lane"]), (&json!(0), &json!(false), &json!(72), &json!("free")));
        assert_eq!((&usual["role"], &usual["may"]), (&json!("contributor"), &json!(["write_draft", "submit", "read_drafts"])));
        let changed = house.put(&manager, &path, json!({"min_approvals": 3, "self_approve": true, "reply_lane": "approval"})).await.ok();
        assert_eq!((&changed["min_approvals"], &changed["approval_hours"], &changed["version"]), (&json!(3), &json!(72), &json!(1)));
        for wrong in [json!({"min_approvals": 4}), json!({"min_approvals": -1}), json!({"approval_hours": 0}), json!({"approval_hours": 745}), json!({"reply_lane": "certain"}), json!({"min_approvals": "many"})] {
            assert_eq!(house.put(&manager, &path, wrong.clone()).await.status, 422, "{wrong}");
        }
        assert_eq!(house.get(&manager, &path).await.ok()["version"], 1, "what is refused changes nothing");
        let stale = http::Request::put(&path).header("authorization", format!("Bearer {}", manager.token)).header("content-type", "application/json").header("if-match", "\"0\"");
        let stale = house.send(stale.body(json!({"min_approvals": 0}).to_string().into()).unwrap()).await;
        assert_eq!((refused(&stale), &stale.body["current"]["min_approvals"]), ((409, "policy.stale"), &json!(3)));
        let stranger = house.employee("stranger").await;
        for (who, method) in [(&stranger, Method::GET), (&stranger, Method::PUT)] {
            assert_eq!(refused(&house.call(Some(who), method, &path, json!({})).await), (404, "brand.not_found"));
        }
        assert_eq!(refused(&house.put(&contributor, &path, json!({"min_approvals": 0})).await), (403, "role.right"));
        let boss = house.person("boss", guildhall::domain::accounts::AccountKind::Employee, guildhall::domain::accounts::Role::Owner).await;
        let entry = &house.get(&boss, &format!("{API}/audit?limit=1")).await.ok()[0];
        assert_eq!((&entry["act"], &entry["by"]["username"]), (&json!("policy.changed"), &json!("the_manager")));
        assert_eq!((&entry["details"]["before"]["min_approvals"], &entry["details"]["now"]["min_approvals"]), (&json!(0), &json!(3)));
        // Somebody whose role goes away reads them no more.
        give(&house, &contributor, acme, GrantRole::Analyst).await.unwrap();
        assert_eq!(house.get(&contributor, &path).await.ok()["may"], json!(["read_figures"]));
    }
}
