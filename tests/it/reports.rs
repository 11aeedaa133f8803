//! Reports, from whoever tells of somebody to the moderators, and to other servers and back.

mod moderators;

use std::time::Duration;

use guildhall::domain::accounts::{self, AccountKind, GrantRole, Role};
use http::{Method, Request, header};
use serde_json::{Value, json};

use crate::{
    c2s::{Desk, Reply, Writer},
    support::world::{OURS, Stranger, World},
};

const ADMIN: &str = "/api/v1/admin/reports";

async fn call(desk: &Desk, who: &Writer, method: Method, path: &str, body: Value) -> Reply {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token));
    let body = if body.is_null() { axum::body::Body::empty() } else { axum::body::Body::from(body.to_string()) };
    desk.send(request.body(body).unwrap()).await
}

async fn reports(desk: &Desk, who: &Writer, body: Value) -> Reply {
    call(desk, who, Method::POST, "/api/v1/reports", body).await
}

/// Everything that moderators see.
async fn listed(desk: &Desk, who: &Writer, query: &str) -> Vec<Value> {
    call(desk, who, Method::GET, &format!("{ADMIN}{query}"), Value::Null).await.ok().as_array().unwrap().clone()
}

/// A moderator with a token for everything.
async fn moderator(desk: &Desk) -> Writer {
    let mona = desk.writer("mona", "read write admin:read admin:write").await;
    let account = mona.account;
    desk.world
        .app
        .db
        .write(move |tx| accounts::set_role(tx, account, AccountKind::Employee, Role::Moderator))
        .await
        .unwrap();
    mona
}

/// As another server reports.
fn flag(by: &Stranger, id: &str, objects: impl serde::Serialize, more: &Value) -> Value {
    let mut flag = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{}#flag-{id}", by.uri), "type": "Flag", "actor": by.uri,
        "content": "Rude", "object": objects,
    });
    flag.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    flag
}

fn server(world: &World, uri: &str, number: usize) -> Stranger {
    let stranger = Stranger::new(uri, number);
    let mut document = stranger.document();
    document["type"] = json!("Application");
    world.serve(uri, &document);
    stranger
}

on_both! {
    async fn moderators_see_what_was_reported_as_it_was(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben, mona) = (desk.writer("writer", "read write").await, desk.writer("ben", "read write").await, moderator(&desk).await);
        let says = async |who: &Writer, body: Value| call(&desk, who, Method::POST, "/api/v1/statuses", body).await.ok()["id"].as_str().unwrap().to_owned();
        let (rude, secret, own) = (says(&ben, json!({"status": "Rude words"})).await, says(&ben, json!({"status": "Hidden", "visibility": "private"})).await, says(&ana, json!({"status": "Mine"})).await);
        let body = json!({"account_id": ben.actor.id.to_string(), "status_ids": [rude, secret, own, "12345"], "comment": "Look", "category": "spam", "forward": true});
        let filed = reports(&desk, &ana, body).await.ok();
        assert_eq!((&filed["status_ids"], &filed["category"], &filed["comment"]), (&json!([rude]), &json!("spam"), &json!("Look")));
        assert_eq!((&filed["action_taken"], &filed["action_taken_at"], &filed["forwarded"], &filed["rule_ids"]), (&json!(false), &Value::Null, &json!(false), &json!([])));
        assert_eq!(filed["target_account"]["acct"], "ben");
        // Edited and deleted, it is still what was reported.
        call(&desk, &ben, Method::PUT, &format!("/api/v1/statuses/{rude}"), json!({"status": "Kind words"})).await.ok();
        let seen = listed(&desk, &mona, "").await;
        assert_eq!(seen.len(), 1);
        let report = &seen[0];
        assert_eq!(report["guildhall"]["reported"][0]["content"], "<p>Rude words</p>");
        assert_eq!(report["guildhall"]["target"], json!({"kind": "employee", "role": "member"}));
        assert_eq!((&report["statuses"][0]["content"], &report["account"]["username"], &report["target_account"]["account"]["acct"]), (&json!("<p>Kind words</p>"), &json!("writer"), &json!("ben")));
        assert_eq!((&report["target_account"]["domain"], &report["assigned_account"], &report["rules"]), (&Value::Null, &Value::Null, &json!([])));
        call(&desk, &ben, Method::DELETE, &format!("/api/v1/statuses/{rude}"), Value::Null).await.ok();
        let path = format!("{ADMIN}/{}", filed["id"].as_str().unwrap());
        let report = call(&desk, &mona, Method::GET, &path, Value::Null).await.ok();
        assert_eq!((&report["statuses"], &report["guildhall"]["reported"][0]["id"]), (&json!([]), &json!(rude)));
        // Taken, given back, done with, and open again.
        let act = async |what: &str| call(&desk, &mona, Method::POST, &format!("{path}/{what}"), Value::Null).await.ok();
        assert_eq!(act("assign_to_self").await["assigned_account"]["username"], "mona");
        assert_eq!(act("unassign").await["assigned_account"], Value::Null);
        desk.world.clock.advance(Duration::from_secs(60));
        let done = act("resolve").await;
        assert_eq!((&done["action_taken"], &done["action_taken_by_account"]["username"]), (&json!(true), &json!("mona")));
        assert_eq!(done["action_taken_at"], done["updated_at"]);
        assert_eq!((listed(&desk, &mona, "").await.len(), listed(&desk, &mona, "?resolved=true").await.len()), (0, 1));
        assert_eq!(act("reopen").await["action_taken_by_account"], Value::Null);
        for (query, found) in [
            (format!("?account_id={}", ana.actor.id), 1), (format!("?account_id={}", ben.actor.id), 0),
            (format!("?target_account_id={}", ben.actor.id), 1), (format!("?max_id={}", filed["id"].as_str().unwrap()), 0),
        ] {
            assert_eq!(listed(&desk, &mona, &query).await.len(), found, "{query}");
        }
        assert_eq!(desk.sent().await.iter().filter(|sent| sent.kind == "Flag").count(), 0, "nobody elsewhere is concerned");
    }

    async fn reports_are_for_moderators_alone(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben, mona) = (desk.writer("writer", "read write admin:read admin:write").await, desk.writer("ben", "read write").await, moderator(&desk).await);
        let id = reports(&desk, &ben, json!({"account_id": ana.actor.id.to_string()})).await.ok()["id"].as_str().unwrap().to_owned();
        let narrow = Writer { token: desk.token(mona.account, &mona.actor, "read write admin:read:accounts admin:write:accounts").await, ..mona.clone() };
        let reading = Writer { token: desk.token(mona.account, &mona.actor, "admin:read:reports").await, ..mona.clone() };
        let account = mona.account;
        let brand = desk.world.app.db.write(move |tx| {
            let brand = guildhall::domain::actors::find_local(tx.conn(), "brand")?.unwrap();
            accounts::grant(tx, account, brand.id, GrantRole::Publisher)?;
            Ok(brand)
        }).await.unwrap();
        let token = desk.token(mona.account, &brand, "read write admin:read admin:write").await;
        let company = Writer { actor: brand, account: mona.account, token };
        let before = desk.world.state().await;
        for path in [ADMIN.to_owned(), format!("{ADMIN}/{id}")] {
            for who in [&ana, &ben, &narrow, &company] {
                assert_eq!(call(&desk, who, Method::GET, &path, Value::Null).await.status, 403);
            }
            call(&desk, &reading, Method::GET, &path, Value::Null).await.ok();
            assert_eq!(desk.get(None, &path).await.status, 401);
        }
        for what in ["assign_to_self", "unassign", "resolve", "reopen"] {
            for who in [&ana, &ben, &narrow, &reading, &company] {
                assert_eq!(call(&desk, who, Method::POST, &format!("{ADMIN}/{id}/{what}"), Value::Null).await.status, 403, "{what}");
            }
            assert_eq!(call(&desk, &mona, Method::POST, &format!("{ADMIN}/12345/{what}"), Value::Null).await.status, 404);
        }
        assert_eq!(desk.world.state().await, before);
        // The brand is reported and reports as itself.
        reports(&desk, &company, json!({"account_id": ben.actor.id.to_string()})).await.ok();
        assert_eq!(listed(&desk, &mona, "").await[0]["account"]["username"], "brand");
        let deaf = desk.writer("deaf", "read write:statuses").await;
        assert_eq!(reports(&desk, &deaf, json!({"account_id": ben.actor.id.to_string()})).await.status, 403);
    }

    async fn what_is_no_report_is_refused(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", "read write").await, desk.writer("ben", "read write").await);
        let target = ben.actor.id.to_string();
        let many: Vec<String> = (0..51).map(|number| number.to_string()).collect();
        for (body, status) in [
            (json!({}), 400), (json!({"account_id": "12345"}), 404), (json!({"account_id": "ben"}), 422),
            (json!({"account_id": ana.actor.id.to_string()}), 422),
            (json!({"account_id": target, "comment": "x".repeat(1001)}), 422),
            (json!({"account_id": target, "category": "boring"}), 422),
            (json!({"account_id": target, "category": "violation", "rule_ids": ["1"]}), 422),
            (json!({"account_id": target, "status_ids": many}), 422),
            (json!({"account_id": target, "status_ids": "me"}), 422),
        ] {
            let reply = reports(&desk, &ana, body.clone()).await;
            assert_eq!(reply.status, status, "{body}: {}", reply.body);
        }
        assert_eq!(desk.world.count("reports", "1 = 1").await, 0);
        for _ in 0..100 {
            reports(&desk, &ana, json!({"account_id": target, "comment": "x".repeat(1000)})).await.ok();
        }
        assert_eq!(reports(&desk, &ana, json!({"account_id": target})).await.status, 429);
        desk.world.clock.advance(Duration::from_secs(24 * 3600 + 1));
        reports(&desk, &ana, json!({"account_id": target})).await.ok();
    }

    async fn a_report_is_passed_on_without_who_reports(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, mona) = (desk.writer("writer", "read write").await, moderator(&desk).await);
        let eve = desk.world.followed("https://there.example/users/eve", 0).await;
        let notes: Vec<String> = ["1", "2"].map(|id| eve.note(id, "<p>Rude</p>")).iter().map(|note| note["id"].as_str().unwrap().to_owned()).collect();
        let mut ids = Vec::new();
        for id in ["1", "2"] {
            let note = eve.note(id, "<p>Rude</p>");
            assert_eq!(desk.world.receive(&eve, &eve.create(&note)).await, 202);
            ids.push(desk.world.post(note["id"].as_str().unwrap()).await.unwrap().id.to_string());
        }
        let target = desk.world.actor(&eve.uri).await.unwrap().id.to_string();
        reports(&desk, &ana, json!({"account_id": target, "status_ids": ids, "comment": "Only for us"})).await.ok();
        let flags = async |desk: &Desk| desk.sent().await.into_iter().filter(|sent| sent.kind == "Flag").collect::<Vec<_>>();
        assert_eq!(flags(&desk).await.len(), 0, "it is not passed on unasked");
        let filed = reports(&desk, &ana, json!({"account_id": target, "status_ids": ids, "comment": "Rude", "forward": "true"})).await.ok();
        assert_eq!(filed["forwarded"], true);
        let sent = flags(&desk).await;
        assert_eq!(sent.len(), 1);
        let said = &sent[0].body;
        assert_eq!((&said["actor"], &said["content"], &said["to"]), (&json!(format!("{OURS}/ap/actor")), &json!("Rude"), &json!([eve.uri])));
        // Of two posts of one second either may come first.
        let mut objects: Vec<&str> = said["object"].as_array().unwrap().iter().map(|uri| uri.as_str().unwrap()).collect();
        objects[1..].sort_unstable();
        assert_eq!(objects, [eve.uri.as_str(), &notes[0], &notes[1]]);
        assert_eq!(sent[0].inboxes, [format!("{}/inbox", eve.uri)]);
        for name in [ana.actor.uri.as_str(), "writer", ana.actor.username.as_str()] {
            assert!(!said.to_string().contains(name), "{said}");
        }
        // Nobody else reads it.
        for who in [None, Some(&ana), Some(&mona)] {
            assert_eq!(desk.get(who, said["id"].as_str().unwrap()).await.status, 404);
        }
    }

    async fn what_other_servers_report_is_kept_for_the_moderators(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, mona) = (desk.writer("writer", "read write").await, moderator(&desk).await);
        let world = &desk.world;
        let there = server(world, "https://there.example/actor", 0);
        let uri = crate::c2s::number;
        let post = desk.writes(&ana, crate::c2s::note("Rude words")).await;
        let others = world.ana_writes("somebody else's").await.uri.unwrap();
        let forms = [
            json!([ana.actor.uri, post, others, format!("{OURS}/ap/objects/12345"), "https://far.example/1"]),
            json!(post), json!({"id": post}), json!(ana.actor.uri),
        ];
        for (number, objects) in forms.iter().enumerate() {
            let letter = flag(&there, &number.to_string(), objects.clone(), &json!({}));
            for _ in 0..2 {
                assert_eq!(world.receive(&there, &letter).await, 202);
            }
        }
        let seen = listed(&desk, &mona, "").await;
        let pointed: Vec<Vec<&str>> = seen.iter().rev().map(|report| {
            assert_eq!((&report["account"]["domain"], &report["target_account"]["username"], &report["comment"]), (&json!("there.example"), &json!("writer"), &json!("Rude")));
            assert_eq!(report["category"], "other");
            report["guildhall"]["reported"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect()
        }).collect();
        assert_eq!(pointed, [vec![uri(&post)], vec![uri(&post)], vec![uri(&post)], vec![]]);
        // Nobody who is reported is told, and nothing else happens to them.
        assert_eq!(call(&desk, &ana, Method::GET, "/api/v1/notifications", Value::Null).await.ok(), json!([]));
    }

    async fn reports_of_nobody_here_and_floods_change_nothing(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, mona) = (desk.writer("writer", "read write").await, moderator(&desk).await);
        let world = &desk.world;
        let (there, near) = (server(world, "https://there.example/actor", 0), server(world, "https://near.example/actor", 1));
        let inside = call(&desk, &ana, Method::POST, "/api/v1/statuses", json!({"status": "Inside", "local_only": true})).await.ok();
        let inside = format!("{OURS}/ap/objects/{}", inside["id"].as_str().unwrap());
        for (number, objects) in [
            json!("https://far.example/users/x"), json!([]), json!([there.uri]), json!(format!("{OURS}/ap/actors/12345")),
            json!(inside), json!([inside, 7, null, {"type": "Note"}]), json!(vec![format!("{OURS}/ap/objects/1"); 10_000]),
        ].into_iter().enumerate() {
            assert_eq!(world.receive(&there, &flag(&there, &format!("n{number}"), objects, &json!({}))).await, 202);
            assert_eq!(world.count("reports", "1 = 1").await, 0, "{number}");
        }
        let long = flag(&there, "long", json!(ana.actor.uri), &json!({"content": format!("<b>{}</b><script>x</script>", "y".repeat(500_000))}));
        assert_eq!(world.receive(&there, &long).await, 202);
        let kept = listed(&desk, &mona, "").await[0]["comment"].as_str().unwrap().to_owned();
        assert!(kept.len() <= 5000 && kept.starts_with('y'), "{}", kept.len());
        // In another's name.
        let forged = crate::support::world::Letter::signed(&near, &flag(&there, "forged", json!(ana.actor.uri), &json!({})));
        assert_eq!(world.send(forged).await, 401);
        for number in 0..205 {
            assert_eq!(world.receive(&there, &flag(&there, &number.to_string(), json!(ana.actor.uri), &json!({}))).await, 202);
        }
        assert_eq!(world.count("reports", "1 = 1").await, 200);
        assert_eq!(world.receive(&near, &flag(&near, "1", json!(ana.actor.uri), &json!({}))).await, 202);
        assert_eq!(world.count("reports", "1 = 1").await, 201, "another server is heard");
        // Done with one, there is room for one; and they go with whoever is gone.
        let id = listed(&desk, &mona, "?limit=2").await[1]["id"].as_str().unwrap().to_owned();
        call(&desk, &mona, Method::POST, &format!("{ADMIN}/{id}/resolve"), Value::Null).await.ok();
        assert_eq!(world.receive(&there, &flag(&there, "again", json!(ana.actor.uri), &json!({}))).await, 202);
        assert_eq!(world.count("reports", "1 = 1").await, 202);
        let account = ana.account;
        world.app.db.write(move |tx| accounts::delete(tx, account)).await.unwrap();
        world.work().await;
        assert_eq!(world.count("reports", "1 = 1").await + world.count("report_posts", "1 = 1").await, 0);
    }
}
