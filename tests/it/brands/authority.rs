//! Who may say what for a brand without asking: by role, by lane, and by topic.

use guildhall::domain::accounts::GrantRole;
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    API, audit_acts,
    desk::{Desk, refused},
    doors::in_an_app,
    give,
};
use crate::mastodon::{Person, Reply};

/// What becomes of what each role posts in an app: `P`osted or `W`aiting; for three texts each, of which the first
/// touches no topic, the second one about which everybody asks, the third one of which all of them may speak. The columns
/// are posts and answers under rules that ask for nothing, and the same where they ask for an approval.
const TABLE: &[(GrantRole, [&str; 4])] = &[
    (GrantRole::Owner, ["PWP", "PWP", "WWW", "PWP"]),
    (GrantRole::Manager, ["PWP", "PWP", "WWW", "PWP"]),
    (GrantRole::Approver, ["PWP", "PWP", "WWW", "PWP"]),
    (GrantRole::Publisher, ["PWP", "PWP", "WWW", "PWP"]),
    (GrantRole::Responder, ["WWW", "PWP", "WWW", "PWP"]),
    (GrantRole::Contributor, ["WWW", "WWW", "WWW", "WWW"]),
];

const TEXTS: [&str; 3] = ["Good morning", "The PRICES are fine", "The warranty is ours"];

fn topics(may: &[&Person]) -> Value {
    let may: Vec<String> = may.iter().map(|person| person.account.to_string()).collect();
    json!([
        {"name": "Prices", "words": ["price*", "discount"], "may": []},
        {"name": "Warranty", "words": ["warranty"], "may": may},
    ])
}

async fn authority(desk: &Desk, who: &Person) -> Value {
    desk.house.get(who, &format!("{API}/actors/{}/authority", desk.brand)).await.ok()
}

/// What becomes of these texts, as letters.
async fn outcomes(desk: &Desk, app: &Person, answered: Option<&str>) -> String {
    let mut letters = String::new();
    for text in TEXTS {
        let body = json!({"status": text, "in_reply_to_id": answered});
        let posted = desk.house.post(app, "/api/v1/statuses", body).await.ok();
        letters.push(if posted["guildhall"]["approval"].is_null() { 'P' } else { 'W' });
    }
    letters
}

/// What somebody was told that would become of them.
fn foretold(told: &Value, lane: &str) -> String {
    let topics = told["topics"].as_array().unwrap();
    let may = |name: &str| topics.iter().any(|topic| topic["name"] == name && topic["may"] == true);
    let free = told[lane] == "free";
    [free, free && may("Prices"), free && may("Warranty")].iter().map(|free| if *free { 'P' } else { 'W' }).collect()
}

async fn wishes(desk: &Desk, who: &Person, rules: Value) -> Reply {
    desk.house.put(who, &format!("{API}/actors/{}/policy", desk.brand), rules).await
}

on_both! {
    async fn everybody_is_told_before_what_becomes_of_what_they_write(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let carl = desk.house.customer("carl").await;
        let question = desk.house.says(&carl, json!({"status": "Is it waterproof?"})).await;
        let mut people = Vec::new();
        for (role, _) in TABLE {
            let who = desk.also(&format!("trying_{role}"), *role).await;
            let app = in_an_app(&desk, &who, role.as_str()).await;
            people.push((who, app));
        }
        let all: Vec<&Person> = people.iter().map(|(who, _)| who).collect();
        let mut cases = 0;
        for (approvals, lane) in [(0, "free"), (1, "free"), (1, "approval")] {
            let sets = [json!({"min_approvals": 0, "reply_lane": "free", "topics": []}), json!({"min_approvals": approvals, "reply_lane": lane, "topics": topics(&all)})];
            // Weaker rules need a second person; the way to them is not what is tried here.
            for rules in sets {
                let wished = wishes(&desk, &desk.manager, rules).await;
                if wished.status == StatusCode::ACCEPTED {
                    let proposal = wished.body["proposal"]["id"].as_str().unwrap();
                    desk.house.post(all[0], &format!("{API}/actors/{}/policy/proposals/{proposal}/confirm", desk.brand), json!({})).await.ok();
                }
            }
            for ((role, table), (who, app)) in TABLE.iter().zip(&people) {
                let expected = match (approvals, lane) {
                    (0, _) => [table[0], table[1]],
                    (_, "free") => [table[2], table[3]],
                    // Answers take the lane of posts.
                    _ => ["WWW", "WWW"],
                };
                let told = authority(&desk, who).await;
                assert_eq!((&told["role"], &told["approvals"]), (&json!(role), &json!(approvals)));
                assert_eq!([foretold(&told, "posts"), foretold(&told, "replies")], expected, "{role} was told, {approvals} {lane}");
                let found = [outcomes(&desk, app, None).await, outcomes(&desk, app, Some(&question)).await];
                assert_eq!(found, expected, "{role}, {approvals} {lane}");
                cases += found.concat().len();
            }
        }
        assert_eq!(cases, 108);
        for role in [GrantRole::Analyst, GrantRole::Auditor] {
            let who = desk.also(&format!("trying_{role}"), role).await;
            let told = authority(&desk, &who).await;
            assert_eq!((&told["posts"], &told["replies"], &told["edits"]), (&json!("closed"), &json!("closed"), &json!("closed")));
            assert_eq!(desk.begins(&who, json!({"body": "Good morning"})).await.status, StatusCode::FORBIDDEN);
        }
        let stranger = desk.house.employee("stranger").await;
        assert_eq!(refused(&desk.house.get(&stranger, &format!("{API}/actors/{}/authority", desk.brand)).await), (404, "brand.not_found"));
    }

    async fn a_topic_counts_from_the_next_request_on(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"min_approvals": 0})).await;
        let pat = in_an_app(&desk, &desk.publisher, "pat").await;
        let says = async |text: &str| desk.house.post(&pat, "/api/v1/statuses", json!({"status": text})).await.ok();
        let posted = says("The price is 10").await;
        assert_eq!(posted["guildhall"]["approval"], Value::Null);
        wishes(&desk, &desk.manager, json!({"topics": topics(&[])})).await.ok();
        let waits = says("The price is 20").await;
        let id = waits["guildhall"]["approval"]["id"].as_str().unwrap();
        let approvals = desk.reads(&desk.publisher, id).await["approvals"].clone();
        assert_eq!((&approvals["needed"], &approvals["topics"]), (&json!(1), &json!("Prices")));
        let told = desk.publishes(&desk.publisher, id).await;
        assert_eq!(refused(&told), (403, "draft.approvals_missing"));
        assert!(told.body["detail"].as_str().unwrap().contains("Prices"), "{}", told.body);
        assert_eq!(desk.said().await, ["<p>The price is 10</p>"]);
        desk.approves(&desk.approver, id).await.ok();
        assert_eq!(desk.said().await[0], "<p>The price is 20</p>");
        // The choices of a poll and a warning are said too, at every door.
        let poll = json!({"status": "Which?", "poll": {"options": ["A discount", "None"], "expires_in": 3600}});
        for body in [poll, json!({"status": "Look", "spoiler_text": "Our prices"}), json!({"status": "Our **pri**ces", "content_type": "text/markdown"})] {
            assert_ne!(desk.house.post(&pat, "/api/v1/statuses", body.clone()).await.ok()["guildhall"]["approval"], Value::Null, "{body}");
        }
        // So is what a picture shows, at the door of apps and at that of drafts.
        let picture = async |who: &Person| {
            let id = desk.house.uploaded(who).await["id"].as_str().unwrap().to_owned();
            desk.house.put(who, &format!("/api/v1/media/{id}"), json!({"description": "A list of prices"})).await.ok();
            id
        };
        let shown = json!({"status": "Look", "media_ids": [picture(&pat).await]});
        assert_ne!(desk.house.post(&pat, "/api/v1/statuses", shown).await.ok()["guildhall"]["approval"], Value::Null);
        let draft = desk.begins(&desk.publisher, json!({"body": "Look", "media": [picture(&desk.publisher).await]})).await.ok();
        assert_eq!((&draft["approvals"]["needed"], &draft["approvals"]["topics"]), (&json!(1), &json!("Prices")));
        assert_eq!(refused(&desk.publishes(&desk.publisher, draft["id"].as_str().unwrap()).await), (403, "draft.approvals_missing"));
        // What is given a time is refused at once.
        let later = desk.house.post(&pat, "/api/v1/statuses", json!({"status": "The price is 30", "scheduled_at": "2026-11-05T12:00:00Z"})).await;
        assert_eq!(later.status, StatusCode::FORBIDDEN);
        assert!(later.body["error"].as_str().unwrap().contains("a draft until colleagues approve it"), "{}", later.body);
        // So is a small change that speaks of it for the first time.
        let quiet = says("All is well with it").await;
        let edits = async |id: &Value, text: &str| {
            desk.house.put(&pat, &format!("/api/v1/statuses/{}", id.as_str().unwrap()), json!({"status": text})).await
        };
        wishes(&desk, &desk.manager, json!({"typo_lane": true, "reason": "Typos are no news."})).await.ok();
        assert_eq!(edits(&quiet["id"], "All is well with prices").await.status, StatusCode::FORBIDDEN);
        edits(&quiet["id"], "All is fine with it").await.ok();
        edits(&posted["id"], "The price iz 10").await.ok();
        assert_eq!(edits(&posted["id"], "The price iz 11").await.status, StatusCode::FORBIDDEN, "a number is no typo");
        // What may have needed approval is not deleted without a trace.
        desk.house.delete(&pat, &format!("/api/v1/statuses/{}", posted["id"].as_str().unwrap())).await.ok();
        assert_eq!(audit_acts(&desk).await.last().unwrap(), "post.deleted");
    }

    async fn all_who_wrote_in_it_must_be_let(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"min_approvals": 0, "topics": topics(&[&desk.publisher])})).await;
        let begins = async || desk.begins(&desk.publisher, json!({"body": "The warranty is ours"})).await.ok()["id"].as_str().unwrap().to_owned();
        let own = begins().await;
        assert_eq!(desk.publishes(&desk.publisher, &own).await.ok()["state"], "published");
        let mixed = begins().await;
        desk.saves(&desk.approver, &mixed, json!({"body": "The warranty is all ours"})).await.ok();
        assert_eq!(refused(&desk.publishes(&desk.publisher, &mixed).await), (403, "draft.approvals_missing"));
        assert_eq!(desk.reads(&desk.publisher, &mixed).await["approvals"]["topics"], "Warranty");
        // What was scheduled is held when it became something to ask about.
        let later = desk.begins(&desk.publisher, json!({"body": "The weather is fine"})).await.ok()["id"].as_str().unwrap().to_owned();
        desk.acts(&desk.publisher, &later, "schedule", json!({"scheduled_at": "2026-11-02T12:00:00Z"})).await.ok();
        let mut stricter = topics(&[&desk.publisher]);
        stricter.as_array_mut().unwrap().push(json!({"name": "Weather", "words": ["weather"]}));
        wishes(&desk, &desk.manager, json!({"topics": stricter})).await.ok();
        desk.house.wait(40 * 24 * 3600);
        desk.house.work().await;
        let held = desk.reads(&desk.publisher, &later).await;
        assert_eq!(held["state"], "held");
        assert!(held["held"].as_str().unwrap().contains("Weather"), "{held}");
    }

    async fn topics_are_opened_by_two_and_broken_ones_are_refused(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let second = desk.also("second", GrantRole::Owner).await;
        desk.house.put(&desk.manager, &format!("{API}/actors/{}/policy", desk.brand), json!({"topics": topics(&[])})).await.ok();
        for weaker in [json!([]), topics(&[&desk.contributor]), json!([{"name": "Prices", "words": ["price*", "discount"]}])] {
            assert_eq!(wishes(&desk, &desk.manager, json!({"topics": weaker.clone()})).await.status, StatusCode::ACCEPTED, "{weaker}");
        }
        let waits = wishes(&desk, &desk.manager, json!({"topics": topics(&[&desk.contributor])})).await;
        let proposal = waits.body["proposal"]["id"].as_str().unwrap().to_owned();
        assert_eq!(waits.body["topics"][1]["may"], json!([]), "until somebody agrees");
        // Whoever is named may lose their role meanwhile.
        give(&desk.house, &desk.contributor, desk.brand, GrantRole::Analyst).await.unwrap();
        let confirm = format!("{API}/actors/{}/policy/proposals/{proposal}/confirm", desk.brand);
        assert_eq!(refused(&desk.house.post(&second, &confirm, json!({})).await), (422, "policy.topics"));
        give(&desk.house, &desk.contributor, desk.brand, GrantRole::Contributor).await.unwrap();
        let confirmed = desk.house.post(&second, &confirm, json!({})).await.ok();
        assert_eq!(confirmed["topics"][1]["may"], json!([desk.contributor.account.to_string()]));
        let one = |topic: Value| json!({"topics": [topic]});
        let many: Vec<Value> = (0..51).map(|n| json!({"name": format!("T{n}"), "words": ["a"]})).collect();
        let words: Vec<String> = (0..51).map(|n| format!("w{n}")).collect();
        let stranger = desk.house.employee("stranger").await;
        for broken in [
            json!({"topics": many}),
            one(json!({"name": "", "words": ["a"]})),
            one(json!({"name": "\u{200b}", "words": ["a"]})),
            one(json!({"name": "n".repeat(61), "words": ["a"]})),
            one(json!({"name": "A", "words": []})),
            one(json!({"name": "A", "words": [" "]})),
            one(json!({"name": "A", "words": ["*"]})),
            one(json!({"name": "A", "words": ["w".repeat(61)]})),
            one(json!({"name": "A", "words": words})),
            one(json!({"name": "A", "words": ["a"], "may": [stranger.account.to_string()]})),
            one(json!({"name": "A", "words": ["a"], "may": ["nobody"]})),
            json!({"topics": "prices"}),
            json!({"topics": [{"name": "A", "words": ["a"]}, {"name": "a", "words": ["b"]}]}),
        ] {
            let refused = wishes(&desk, &desk.manager, broken.clone()).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{broken}: {}", refused.body);
        }
        assert_eq!(refused(&wishes(&desk, &desk.manager, one(json!({"words": ["a"]}))).await), (400, "parameter.missing"));
        assert_eq!(desk.house.get(&desk.manager, &format!("{API}/actors/{}/policy", desk.brand)).await.ok()["topics"], confirmed["topics"]);
    }
}
