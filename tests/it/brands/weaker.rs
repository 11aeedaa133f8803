//! Weaker rules need a second person, as publishing does.

use guildhall::domain::accounts::{self, GrantRole};
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    API, audit_acts,
    desk::{Desk, refused},
    give,
};
use crate::mastodon::{Person, Reply};

const REASON: &str = "We answer faster now.";

async fn wishes(desk: &Desk, who: &Person, rules: Value) -> Reply {
    desk.house.put(who, &format!("{API}/actors/{}/policy", desk.brand), rules).await
}

async fn confirms(desk: &Desk, who: &Person, proposal: &Value) -> Reply {
    let path = format!("{API}/actors/{}/policy/proposals/{}/confirm", desk.brand, proposal["id"].as_str().unwrap());
    desk.house.post(who, &path, json!({})).await
}

async fn rules(desk: &Desk, who: &Person) -> Value {
    desk.house.get(who, &format!("{API}/actors/{}/policy", desk.brand)).await.ok()
}

on_both! {
    async fn a_manager_does_not_take_the_rules_away_publish_and_put_them_back(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"min_approvals": 2, "reply_lane": "approval", "certified_approvers": true})).await;
        let owner = desk.also("olga", GrantRole::Owner).await;
        for weaker in [json!({"min_approvals": 1}), json!({"self_approve": true}), json!({"approval_hours": 73}), json!({"reply_lane": "certified"}), json!({"reply_lane": "free"}), json!({"typo_lane": true}), json!({"certified_approvers": false})] {
            let waits = wishes(&desk, &desk.manager, weaker.clone()).await;
            assert_eq!(waits.status, StatusCode::ACCEPTED, "{weaker}: {}", waits.body);
            assert_eq!((&waits.body["min_approvals"], &waits.body["version"]), (&json!(2), &json!(2)), "they count as they were");
            assert_eq!(waits.body["proposal"]["account"], desk.manager.account.to_string());
        }
        let waits = wishes(&desk, &desk.manager, json!({"min_approvals": 0, "reason": REASON})).await;
        let proposal = waits.body["proposal"].clone();
        assert_eq!((&proposal["wished"]["min_approvals"], &proposal["reason"]), (&json!(0), &json!(REASON)));
        let draft = desk.begins(&desk.manager, json!({"body": "At once"})).await.ok();
        assert_eq!(refused(&desk.publishes(&desk.manager, draft["id"].as_str().unwrap()).await), (403, "draft.approvals_missing"));
        assert_eq!(refused(&confirms(&desk, &desk.manager, &proposal).await), (403, "policy.own"));
        assert_eq!(refused(&confirms(&desk, &desk.approver, &proposal).await), (403, "role.right"));
        let stranger = desk.house.employee("stranger").await;
        assert_eq!(refused(&confirms(&desk, &stranger, &proposal).await), (404, "brand.not_found"));
        assert_eq!(refused(&confirms(&desk, &owner, &json!({"id": "12345"})).await), (404, "policy.no_proposal"));
        assert_eq!(rules(&desk, &desk.approver).await["proposal"], Value::Null, "who does not decide is not told");
        let confirmed = confirms(&desk, &owner, &proposal).await.ok();
        assert_eq!((&confirmed["min_approvals"], &confirmed["version"], &confirmed["proposal"]), (&json!(0), &json!(3), &Value::Null));
        assert_eq!(refused(&confirms(&desk, &owner, &proposal).await), (404, "policy.no_proposal"), "once");
        let entry = &desk.house.get(&owner, &format!("{API}/audit?limit=1")).await.ok()[0];
        assert_eq!((&entry["act"], &entry["by"]["username"], &entry["details"]["proposed_by"], &entry["reason"]), (&json!("policy.changed"), &json!("olga"), &json!(desk.manager.account.to_string()), &json!(REASON)));
        // To make them stronger needs nobody, and where nothing is asked for nothing becomes weaker.
        wishes(&desk, &desk.manager, json!({"self_approve": true, "approval_hours": 100})).await.ok();
        assert_eq!(wishes(&desk, &desk.manager, json!({"min_approvals": 3, "self_approve": false})).await.ok()["min_approvals"], 3);
    }

    async fn to_ask_nobody_for_a_certificate_any_more_is_weaker_even_where_nothing_needs_approval(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.also("olga", GrantRole::Owner).await;
        desk.rules(json!({"min_approvals": 1, "reply_lane": "certified"})).await;
        // Less than an approval, and more than nothing.
        for (wished, status) in [
            (json!({"reply_lane": "free"}), StatusCode::ACCEPTED),
            (json!({"reply_lane": "approval"}), StatusCode::OK),
            (json!({"reply_lane": "certified"}), StatusCode::ACCEPTED),
            (json!({"signature_department": true}), StatusCode::OK),
            (json!({"signature_department": false}), StatusCode::OK),
        ] {
            assert_eq!(wishes(&desk, &desk.manager, wished.clone()).await.status, status, "{wished}");
        }
        let other = super::brand(&desk.house, "beta").await;
        for (who, role) in [(&desk.manager, GrantRole::Manager), (&desk.approver, GrantRole::Owner)] {
            give(&desk.house, who, other, role).await.unwrap();
        }
        let wish = async |rules: Value| desk.house.put(&desk.manager, &format!("{API}/actors/{other}/policy"), rules).await;
        // Under this one answers of responders wait for somebody who publishes.
        assert_eq!(wish(json!({"reply_lane": "approval"})).await.status, StatusCode::OK);
        for weaker in ["free", "certified"] {
            assert_eq!(wish(json!({"reply_lane": weaker})).await.status, StatusCode::ACCEPTED, "{weaker}");
        }
        let other = super::brand(&desk.house, "gamma").await;
        for (who, role) in [(&desk.manager, GrantRole::Manager), (&desk.approver, GrantRole::Owner)] {
            give(&desk.house, who, other, role).await.unwrap();
        }
        let wish = async |rules: Value| desk.house.put(&desk.manager, &format!("{API}/actors/{other}/policy"), rules).await;
        let made = wish(json!({"reply_lane": "certified", "certified_approvers": true})).await.ok();
        assert_eq!((&made["reply_lane"], &made["certified_approvers"], &made["min_approvals"]), (&json!("certified"), &json!(true), &json!(0)));
        for weaker in [json!({"reply_lane": "free"}), json!({"certified_approvers": false})] {
            let waits = wish(weaker.clone()).await;
            assert_eq!((waits.status, &waits.body["reply_lane"], &waits.body["certified_approvers"]), (StatusCode::ACCEPTED, &json!("certified"), &json!(true)), "{weaker}");
        }
        let waits = wish(json!({"reply_lane": "free", "certified_approvers": false})).await.body;
        let confirm = format!("{API}/actors/{other}/policy/proposals/{}/confirm", waits["proposal"]["id"].as_str().unwrap());
        let confirmed = desk.house.post(&desk.approver, &confirm, json!({})).await.ok();
        assert_eq!((&confirmed["reply_lane"], &confirmed["certified_approvers"]), (&json!("free"), &json!(false)));
    }

    async fn a_wish_goes_with_time_with_other_rules_and_with_whose_it_is(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let owner = desk.also("olga", GrantRole::Owner).await;
        let wish = async || wishes(&desk, &desk.manager, json!({"min_approvals": 0})).await.body["proposal"].clone();
        let old = wish().await;
        desk.house.wait(7 * 24 * 3600);
        assert_eq!(refused(&confirms(&desk, &owner, &old).await), (404, "policy.no_proposal"));
        let proposal = wish().await;
        wishes(&desk, &owner, json!({"min_approvals": 2})).await.ok();
        assert_eq!(refused(&confirms(&desk, &owner, &proposal).await), (404, "policy.no_proposal"), "it was of other rules");
        let proposal = wish().await;
        give(&desk.house, &desk.manager, desk.brand, GrantRole::Publisher).await.unwrap();
        assert_eq!(refused(&confirms(&desk, &owner, &proposal).await), (409, "policy.proposer"));
        give(&desk.house, &desk.manager, desk.brand, GrantRole::Manager).await.unwrap();
        let path = format!("{API}/actors/{}/policy/proposals/{}", desk.brand, proposal["id"].as_str().unwrap());
        assert_eq!(desk.house.delete(&owner, &path).await.ok()["proposal"], Value::Null);
        assert_eq!(refused(&confirms(&desk, &owner, &proposal).await), (404, "policy.no_proposal"));
        assert_eq!(audit_acts(&desk).await.last().unwrap(), "policy.dropped");
        assert_eq!(rules(&desk, &owner).await["min_approvals"], 2);
    }

    async fn who_is_alone_says_why_and_everybody_is_told(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.reached(&desk.contributor, "ana").await;
        desk.reached(&desk.auditor, "aud").await;
        desk.reached(&desk.manager, "man").await;
        for body in [json!({"min_approvals": 0}), json!({"min_approvals": 0, "reason": "Only fourteen."}), json!({"min_approvals": 0, "reason": "\u{200b}".repeat(20)}), json!({"min_approvals": 0, "reason": "x".repeat(1_001)})] {
            assert_eq!(refused(&wishes(&desk, &desk.manager, body).await), (422, "policy.reason"));
        }
        // Who may not sign in is nobody who could agree.
        let owner = desk.also("olga", GrantRole::Owner).await;
        let account = owner.account;
        desk.house.app.db.write(move |tx| accounts::set_suspended(tx, account, true)).await.unwrap();
        wishes(&desk, &desk.manager, json!({"min_approvals": 0, "reason": REASON})).await.ok();
        let mut letters = desk.letters().await;
        letters.sort();
        assert_eq!(letters.len(), 2, "whoever did it knows: {letters:?}");
        for (name, address) in [("contributor", "ana"), ("auditor", "aud")] {
            let letter = letters.iter().find(|letter| letter.contains(&format!("To: {address}@mail.example"))).unwrap_or_else(|| panic!("{name}"));
            for said in ["Subject: The rules of @acme are weaker now", REASON, "@the_manager"] {
                assert!(letter.contains(said), "should say “{said}”: {letter}");
            }
        }
    }
}
