//! Whom a post would reach is told beforehand, and is whom it is owed to afterwards.

use std::collections::BTreeSet;

use diesel::prelude::*;
use guildhall::{
    db::schema::{activities, deliveries},
    domain::{
        By, PostId,
        accounts::{AccountKind, Role},
        actors,
        follows::{self, Wishes},
    },
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    mastodon::{House, Person},
    support::{dice::Dice, people::remote},
};

const PREVIEW: &str = "/api/guildhall/v1/reach-preview";
/// Whoever follows, by name and host; two share a server.
const FOLLOWERS: [(&str, &str); 5] = [
    ("ada", "one.example"),
    ("bob", "one.example"),
    ("eva", "two.example"),
    ("fay", "three.example"),
    ("gus", "shut.example"),
];
/// Whoever may be named.
const NAMED: [(&str, &str); 4] =
    [("ada", "one.example"), ("hal", "four.example"), ("ida", "five.example"), ("jon", "shut.example")];

async fn follow_all(house: &House, target: &Person) {
    let (site, target) = (house.app.site.clone(), target.actor);
    let followed = house.app.db.write(move |tx| {
        for (name, host) in FOLLOWERS.iter().chain(&NAMED) {
            let known = actors::upsert_remote(tx, &remote(name, host, None))?.actor;
            if FOLLOWERS.contains(&(*name, *host)) {
                let by = By::Remote { actor: known.id, activity: Some(format!("{}/follows/1", known.uri)) };
                follows::request(tx, &site, &by, target, &Wishes::default())?;
            }
        }
        Ok(())
    });
    followed.await.unwrap();
}

/// The servers to which something about a post is owed.
async fn owed(house: &House, post: &str) -> BTreeSet<String> {
    let id: i64 = post.parse().unwrap();
    let hosts = house.app.db.read(move |conn| {
        let rows: Vec<String> = deliveries::table
            .inner_join(activities::table)
            .filter(activities::post_id.eq(PostId(id)))
            .select(deliveries::host)
            .load(conn)?;
        Ok(rows)
    });
    hosts.await.unwrap().into_iter().collect()
}

on_both! {
    async fn what_is_told_beforehand_is_what_is_owed(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        house.employee("ben").await;
        let boss = house.person("boss", AccountKind::Employee, Role::Owner).await;
        follow_all(&house, &ana).await;
        house.app.db.write(|tx| guildhall::domain::servers::block(tx, "shut.example", None)).await.unwrap();
        house.app.reload_policies().await.unwrap();
        let team = house.post(&boss, "/api/guildhall/v1/teams", json!({"name": "Press", "members": ["ana", "ben"]})).await.ok();
        let hal = house.stranger("hal", "four.example").await;
        let asked = house.arrived(&hal, |_| ()).await.to_string();
        let mut parents = vec![asked];
        let mut dice = Dice::new(11);
        let mut widths = BTreeSet::new();
        for round in 0..500 {
            let named: Vec<String> = NAMED.iter().filter(|_| dice.roll(3) == 0).map(|(name, host)| format!("@{name}@{host}")).collect();
            let mut body = json!({"status": format!("Number {round} {}", named.join(" "))});
            let inside = match dice.roll(7) {
                0 => { body["local_only"] = json!(true); true }
                1 => { body["guildhall_audience"] = team["audience"].clone(); true }
                2 => { body["visibility"] = json!("unlisted"); false }
                3 => { body["visibility"] = json!("private"); false }
                4 => { body["visibility"] = json!("direct"); false }
                _ => { body["visibility"] = json!("public"); false }
            };
            if inside {
                body["status"] = json!(format!("Number {round} @ben"));
            }
            if dice.roll(3) == 0 {
                body["in_reply_to_id"] = json!(parents[dice.roll(parents.len())]);
            }
            let told = house.post(&ana, PREVIEW, body.clone()).await;
            let posted = house.post(&ana, "/api/v1/statuses", body.clone()).await;
            assert_eq!(told.status, posted.status, "{body}: {} {}", told.body, posted.body);
            if posted.status != StatusCode::OK {
                continue;
            }
            let (told, posted) = (told.ok(), posted.ok());
            house.work().await;
            let id = posted["id"].as_str().unwrap();
            let hosts: BTreeSet<String> = told["hosts"].as_array().unwrap().iter().map(|host| host.as_str().unwrap().to_owned()).collect();
            assert_eq!(hosts, owed(&house, id).await, "{body}");
            assert_eq!(told["servers"], json!(hosts.len()));
            assert!(!inside || hosts.is_empty());
            widths.insert(hosts.len());
            if parents.len() < 20 {
                parents.push(id.to_owned());
            }
        }
        assert!(widths.len() >= 4, "the posts reach differently far: {widths:?}");
    }

    async fn it_says_who_and_writes_nothing(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, boss) = (house.employee("ana").await, house.person("boss", AccountKind::Employee, Role::Owner).await);
        let dora = house.customer("dora").await;
        follow_all(&house, &ana).await;
        house.post(&dora, &format!("/api/v1/accounts/{}/follow", ana.id()), json!({})).await.ok();
        let team = house.post(&boss, "/api/guildhall/v1/teams", json!({"name": "Press", "members": ["ana"]})).await.ok();
        let told = async |body: Value| house.post(&ana, PREVIEW, body).await;
        // Before the first word.
        let public = told(json!({})).await.ok();
        assert_eq!((&public["audience"], &public["open"], &public["followers"], &public["people"]), (&json!("public"), &json!(true), &json!(6), &Value::Null));
        assert_eq!((&public["servers"], &public["hosts"]), (&json!(4), &json!(["one.example", "shut.example", "three.example", "two.example"])));
        let company = told(json!({"status": "Inside", "local_only": true})).await.ok();
        assert_eq!((&company["audience"], &company["open"], &company["people"], &company["servers"]), (&json!("company"), &json!(false), &json!(2), &json!(0)));
        let press = told(json!({"guildhall_audience": team["audience"]})).await.ok();
        assert_eq!((&press["audience"], &press["people"]), (&team["audience"], &json!(1)));
        // Whom nobody here has met is not counted, and named.
        let far = told(json!({"status": "@zoe@far.example and @hal@four.example", "visibility": "direct"})).await.ok();
        assert_eq!((&far["hosts"], &far["unknown"]), (&json!(["four.example"]), &json!(["@zoe@far.example"])));
        // What could not be published is refused in the same words.
        for (body, status) in [
            (json!({"status": "@hal@four.example", "local_only": true}), 422),
            (json!({"status": "x".repeat(501)}), 422),
            (json!({"status": "Yes", "in_reply_to_id": "12345"}), 404),
            (json!({"status": "Yes", "visibility": "sometimes"}), 422),
            (json!({"status": "Yes", "media_ids": ["12345"]}), 422),
        ] {
            let reply = told(body.clone()).await;
            assert_eq!(reply.status.as_u16(), status, "{body}: {}", reply.body);
        }
        assert_eq!(house.post(&dora, PREVIEW, json!({"status": "Yes", "local_only": true})).await.status, StatusCode::FORBIDDEN);
        assert_eq!(house.post(None, PREVIEW, json!({})).await.status, StatusCode::UNAUTHORIZED);
        house.work().await;
        assert_eq!(house.get(&ana, &format!("/api/v1/accounts/{}", ana.id())).await.ok()["statuses_count"], 0);
        assert_eq!(house.get(&dora, "/api/v1/timelines/home").await.ok(), json!([]));
        assert_eq!(house.app.db.read(|conn| Ok(activities::table.filter(activities::kind.eq("Create")).count().get_result::<i64>(conn)?)).await.unwrap(), 0);
    }
}
