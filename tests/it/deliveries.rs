//! Who got a post, who waits and why, servers with their health, parked jobs: in the API and on the command line.

use std::{fs, process::Command, time::Duration};

use axum::body::{Body, to_bytes};
use diesel::prelude::*;
use guildhall::{
    db::{Timestamp, schema::jobs},
    domain::{
        accounts::{self, AccountKind, NewAccount, Role},
        posts::{Audience, Draft},
    },
    secrets,
};
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    federation::{
        house::{BASE, House},
        peers::Behaviour,
    },
    migrations,
    support::contract,
};

const API: &str = "/api/guildhall/v1";

async fn ask(house: &House, method: &str, path: &str, token: &str) -> (StatusCode, HeaderMap, Value) {
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
    let response = contract::router(house.app.clone()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, parts.headers, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

async fn ok(house: &House, method: &str, path: &str, token: &str) -> Value {
    let (status, _, body) = ask(house, method, path, token).await;
    assert_eq!(status, StatusCode::OK, "{method} {path}: {body}");
    body
}

/// The address of the next page.
fn next(headers: &HeaderMap) -> Option<String> {
    let links = headers.get("link")?.to_str().unwrap();
    let link = links.split(", ").find(|link| link.ends_with("rel=\"next\""))?;
    Some(link.split_once('<')?.1.split_once('>')?.0.strip_prefix(BASE).unwrap().to_owned())
}

/// People whose tokens are their names.
async fn people(house: &House) {
    let site = house.app.site.clone();
    house
        .write(move |tx| {
            for (name, role, scopes) in [
                ("boss", Role::Admin, "admin:read admin:write"),
                ("onlooker", Role::Admin, "admin:read"),
                ("clerk", Role::Member, "read write admin:read admin:write"),
            ] {
                let new = NewAccount {
                    username: name.to_owned(),
                    display_name: String::new(),
                    email: None,
                    password_hash: None,
                    kind: AccountKind::Employee,
                    role,
                };
                let (account, actor) = accounts::create(tx, &site, &new)?;
                accounts::issue_token(tx, account.id, actor.id, scopes, "test", &secrets::token_hash(name))?;
            }
            Ok(())
        })
        .await;
}

/// A house whose owner has followers on one server that answers, one that refuses and one that does not answer.
async fn three(house: &House) {
    for host in ["good.example", "closed.example", "dead.example"] {
        let follower = house.stranger("bob", host).await;
        house.follow(&follower, house.brand.id).await;
    }
    house.send().await;
    house.peers.behave("closed.example", Behaviour { status: 403, ..Behaviour::default() });
    house.peers.behave("dead.example", Behaviour { unreachable: true, ..Behaviour::default() });
}

async fn park(house: &House, number: i64) {
    house
        .write(move |tx| {
            let now = tx.now();
            diesel::insert_into(jobs::table)
                .values((
                    jobs::id.eq(number),
                    jobs::kind.eq("fetch_post"),
                    jobs::payload.eq("a letter to somebody"),
                    jobs::state.eq("parked"),
                    jobs::attempts.eq(10),
                    jobs::run_at.eq(now),
                    jobs::leased_until.eq(Timestamp(0)),
                    jobs::last_error.eq(Some("It broke.")),
                    jobs::created_at.eq(now),
                ))
                .execute(tx.conn())?;
            Ok(())
        })
        .await;
}

on_both! {
    async fn admins_see_who_got_a_post_and_have_it_tried_again(database: TestDatabase) {
        let house = House::open(database).await;
        people(&house).await;
        three(&house).await;
        let post = house.note(Audience::Public, "News").await;
        house.send().await;
        let path = format!("{API}/posts/{post}/deliveries");
        let all = ok(&house, "GET", &path, "onlooker").await;
        let mut told: Vec<(&str, &str, &str)> = all.as_array().unwrap().iter()
            .map(|one| (one["host"].as_str().unwrap(), one["state"].as_str().unwrap(), one["last_error"].as_str().unwrap_or(""))).collect();
        told.sort_unstable();
        assert_eq!(told[1], ("dead.example", "waiting", "The other server cannot be reached."), "{all:#}");
        let codes: Vec<(&str, &Value)> = all.as_array().unwrap().iter().map(|one| (one["host"].as_str().unwrap(), &one["last_error_code"])).collect();
        assert!(codes.contains(&("dead.example", &"net.unreachable".into())), "{codes:?}");
        assert!(codes.contains(&("closed.example", &"delivery.answered".into())), "{codes:?}");
        assert_eq!((told[0].0, told[0].1, told[2].0, told[2].1), ("closed.example", "failed", "good.example", "delivered"), "{all:#}");
        let waiting = ok(&house, "GET", &format!("{path}?state=waiting"), "boss").await;
        assert_eq!((waiting.as_array().unwrap().len(), &waiting[0]["host"]), (1, &"dead.example".into()));
        assert!(waiting[0]["next_at"].is_string());
        // One page after the other, each delivery once.
        let (mut seen, mut address) = (Vec::new(), Some(format!("{path}?limit=2")));
        while let Some(path) = address {
            let (status, headers, page) = ask(&house, "GET", &path, "boss").await;
            assert_eq!(status, StatusCode::OK);
            seen.extend(page.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()));
            address = next(&headers);
        }
        assert_eq!(seen.len(), 3);
        for (method, path, token, expected) in [
            ("GET", path.clone(), "clerk", 404),
            ("POST", format!("{path}/retry"), "clerk", 404),
            ("POST", format!("{path}/retry"), "onlooker", 403),
            ("GET", format!("{path}?state=lost"), "boss", 400),
            ("GET", format!("{API}/posts/1/deliveries"), "boss", 404),
            ("POST", format!("{path}/1/retry"), "boss", 404),
            ("GET", path.clone(), "nobody", 401),
        ] {
            let (status, headers, body) = ask(&house, method, &path, token).await;
            assert_eq!(status, expected, "{method} {path} {token}: {body}");
            assert_eq!(headers["content-type"], "application/problem+json");
        }
        // Who asked to be left alone is, and why it waits stays there.
        let asked = async |asked: &'static str| {
            let update = format!("UPDATE servers SET pause_asked = {asked} WHERE host = 'dead.example'");
            house.write(move |tx| Ok(diesel::sql_query(&update).execute(tx.conn())?)).await;
        };
        asked("TRUE").await;
        assert_eq!(ok(&house, "POST", &format!("{path}/retry"), "boss").await["retried"], 2);
        let waiting = ok(&house, "GET", &format!("{path}?state=waiting"), "boss").await;
        let why: Vec<bool> = waiting.as_array().unwrap().iter().map(|one| one["last_error"].is_string()).collect();
        assert_eq!(why.iter().filter(|why| **why).count(), 1, "{waiting:#}");
        asked("FALSE").await;
        house.peers.behave("closed.example", Behaviour::default());
        house.peers.behave("dead.example", Behaviour::default());
        assert_eq!(ok(&house, "POST", &format!("{path}/retry"), "boss").await["retried"], 2);
        let waiting = ok(&house, "GET", &format!("{path}?state=waiting"), "boss").await;
        let again: Vec<_> = waiting.as_array().unwrap().iter().map(|one| (&one["last_error"], &one["last_status"], one["next_at"].is_string())).collect();
        assert_eq!(again, [(&Value::Null, &Value::Null, true); 2], "it waits, and not for the old reason: {waiting:#}");
        // Its pause is over with that.
        house.send().await;
        let all = ok(&house, "GET", &format!("{path}?state=delivered"), "boss").await;
        assert_eq!(all.as_array().unwrap().len(), 3, "{all:#}");
        let inside = house.post(house.owner.id, Draft::note(Audience::Company, "<p>Inside</p>".to_owned())).await;
        let (status, ..) = ask(&house, "GET", &format!("{API}/posts/{inside}/deliveries"), "boss").await;
        assert_eq!(status, StatusCode::NOT_FOUND, "what stays inside is its author's alone");
    }

    async fn each_day_tells_how_sending_went(database: TestDatabase) {
        let house = House::open(database).await;
        people(&house).await;
        let figures = async |days: &str| ok(&house, "GET", &format!("{API}/deliveries/figures?days={days}"), "onlooker").await;
        let empty = |day: &str| json!({"day": day, "delivered": 0, "retried": 0, "given_up": 0});
        let today = |ago: u64| house.now().minus(Duration::from_secs(ago * 24 * 3600)).rfc3339()[..10].to_owned();
        assert_eq!(figures("2").await, json!([empty(&today(1)), empty(&today(0))]));
        three(&house).await;
        let accepted = figures("1").await;
        assert_eq!(accepted, json!([{"day": today(0), "delivered": 3, "retried": 0, "given_up": 0}]), "an Accept each");
        house.note(Audience::Public, "News").await;
        house.send().await;
        assert_eq!(figures("1").await, json!([{"day": today(0), "delivered": 4, "retried": 1, "given_up": 1}]));
        // The one that waited arrives on the day after.
        house.wait(24 * 3600);
        house.peers.behave("dead.example", Behaviour::default());
        house.peers.behave("closed.example", Behaviour::default());
        house.send().await;
        let told = figures("2").await;
        assert_eq!(told[0], json!({"day": today(1), "delivered": 4, "retried": 1, "given_up": 1}));
        assert_eq!(told[1], json!({"day": today(0), "delivered": 1, "retried": 0, "given_up": 0}));
        assert_eq!(figures("90").await.as_array().unwrap().len(), 90);
        // An older database tells as much of the days before, as far as it has receipts.
        let folder = migrations::folder(house.app.db.engine());
        let counted_anew = async |first: &'static str| {
            let folder = folder.clone();
            house
                .write(move |tx| {
                    let step = fs::read_to_string(format!("{folder}/2026-11-27-090000_delivery_days/up.sql")).unwrap();
                    let insert = &step[step.find("INSERT").unwrap()..];
                    for sql in [first, "DELETE FROM delivery_days", insert.trim_end().trim_end_matches(';')] {
                        diesel::sql_query(sql).execute(tx.conn())?;
                    }
                    Ok(())
                })
                .await;
            figures("2").await
        };
        let (mut before, mut tried) = (told.clone(), counted_anew("DELETE FROM delivery_days").await);
        for days in [&mut before, &mut tried] {
            days.as_array_mut().unwrap().iter_mut().for_each(|day| drop(day.as_object_mut().unwrap().remove("retried")));
        }
        assert_eq!(tried, before);
        let none = counted_anew("UPDATE deliveries SET attempts = 0 WHERE state = 'failed'").await;
        assert_eq!((&none[0]["delivered"], &none[0]["given_up"]), (&json!(4), &json!(0)), "what was never tried");
        for (path, token, expected) in [
            ("deliveries/figures", "clerk", 403),
            ("deliveries/figures", "nobody", 401),
            ("deliveries/figures?days=0", "boss", 422),
            ("deliveries/figures?days=91", "boss", 422),
            ("deliveries/figures?days=soon", "boss", 422),
        ] {
            let (status, _, body) = ask(&house, "GET", &format!("{API}/{path}"), token).await;
            assert_eq!(status, expected, "{path} {token}: {body}");
        }
    }

    async fn a_servers_health_is_that_of_the_last_minute(database: TestDatabase) {
        let house = House::open(database).await;
        people(&house).await;
        let bob = house.stranger("bob", "one.example").await;
        house.follow(&bob, house.brand.id).await;
        house.send().await;
        let shown = async || ok(&house, "GET", &format!("{API}/servers/one.example"), "boss").await;
        let sends = async |behaviour: Behaviour| {
            house.peers.behave("one.example", behaviour);
            house.note(Audience::Public, "News").await;
            house.send().await;
            shown().await
        };
        let first = shown().await["last_success_at"].clone();
        house.wait(30);
        assert_eq!(sends(Behaviour::default()).await["last_success_at"], first, "not written down each time");
        house.wait(31);
        let later = sends(Behaviour::default()).await["last_success_at"].clone();
        assert_eq!(later, house.now().rfc3339());
        house.wait(10);
        let failing = sends(Behaviour { unreachable: true, ..Behaviour::default() }).await;
        assert_eq!((&failing["state"], failing["last_error"].is_string()), (&"paused".into(), true));
        assert_eq!((&failing["last_error_code"], &failing["last_status"]), (&"net.unreachable".into(), &Value::Null));
        house.wait(61);
        let fine = sends(Behaviour::default()).await;
        assert_eq!((&fine["state"], &fine["last_error"]), (&"fine".into(), &Value::Null));
        assert_eq!(fine["last_success_at"], house.now().rfc3339());
        assert!(fine["last_failure_at"].is_string());
    }

    async fn a_delivery_names_its_post_only_to_who_may_see_it(database: TestDatabase) {
        let house = House::open(database).await;
        people(&house).await;
        three(&house).await;
        let (open, closed) = (house.note(Audience::Public, "News").await, house.note(Audience::Followers, "Psst").await);
        house.send().await;
        // Whoever runs the server follows nobody, and reads what everybody may read.
        for (post, named) in [(open, open.to_string().into()), (closed, Value::Null)] {
            let told = ok(&house, "GET", &format!("{API}/posts/{post}/deliveries"), "boss").await;
            let told: Vec<(&Value, &Value)> =
                told.as_array().unwrap().iter().map(|one| (&one["activity"], &one["post"])).collect();
            assert_eq!(told, [(&"Create".into(), &named); 3]);
        }
        // What is about no post names none.
        let all = ok(&house, "GET", &format!("{API}/servers/good.example/deliveries"), "boss").await;
        let accepted = all.as_array().unwrap().iter().find(|one| one["activity"] == "Accept").unwrap();
        assert_eq!(accepted["post"], Value::Null);
    }

    async fn servers_are_shown_with_their_health(database: TestDatabase) {
        let house = House::open(database).await;
        people(&house).await;
        three(&house).await;
        let post = house.note(Audience::Public, "News").await;
        house.send().await;
        house.write(|tx| guildhall::domain::servers::block(tx, "spam.example", Some("Spam"))).await;
        let all = ok(&house, "GET", &format!("{API}/servers"), "onlooker").await;
        let state = |host: &str| all.as_array().unwrap().iter().find(|server| server["host"] == host).unwrap();
        assert_eq!(state("good.example")["state"], "fine");
        assert!(state("good.example")["last_success_at"].is_string());
        assert_eq!((&state("dead.example")["state"], &state("dead.example")["waiting"]), (&"paused".into(), &1.into()), "{all:#}");
        assert_eq!(state("closed.example")["failed"], 1);
        assert_eq!(state("spam.example")["block_reason"], "Spam");
        let paused = ok(&house, "GET", &format!("{API}/servers?state=paused"), "boss").await;
        assert_eq!((paused.as_array().unwrap().len(), &paused[0]["host"]), (1, &"dead.example".into()));
        let (mut seen, mut address) = (Vec::new(), Some(format!("{API}/servers?limit=1")));
        while let Some(path) = address {
            let (_, headers, page) = ask(&house, "GET", &path, "boss").await;
            seen.extend(page.as_array().unwrap().iter().map(|one| one["host"].as_str().unwrap().to_owned()));
            address = next(&headers);
        }
        assert_eq!(seen, ["closed.example", "dead.example", "good.example", "spam.example"]);
        let one = ok(&house, "GET", &format!("{API}/servers/DEAD.example"), "boss").await;
        assert_eq!((&one["host"], &one["failures"]), (&"dead.example".into(), &1.into()));
        let owed = ok(&house, "GET", &format!("{API}/servers/dead.example/deliveries?state=waiting"), "boss").await;
        assert_eq!(owed[0]["inbox"], "https://dead.example/inbox");
        assert_eq!((&owed[0]["activity"], &owed[0]["post"]), (&"Create".into(), &post.to_string().into()));
        for (method, path, token, expected) in [
            ("GET", "servers", "clerk", 403),
            ("GET", "servers/unknown.example", "boss", 404),
            ("GET", "servers?state=odd", "boss", 400),
            ("POST", "servers/dead.example/retry", "onlooker", 403),
            ("POST", "servers/unknown.example/retry", "boss", 404),
        ] {
            let (status, ..) = ask(&house, method, &format!("{API}/{path}"), token).await;
            assert_eq!(status, expected, "{method} {path} {token}");
        }
        house.peers.behave("dead.example", Behaviour::default());
        assert_eq!(ok(&house, "POST", &format!("{API}/servers/dead.example/retry"), "boss").await["retried"], 1);
        house.send().await;
        assert_eq!(ok(&house, "GET", &format!("{API}/servers/dead.example"), "boss").await["state"], "fine");
    }

    async fn parked_jobs_are_shown_without_what_they_carry(database: TestDatabase) {
        let house = House::open(database).await;
        people(&house).await;
        for number in 1..=3 {
            park(&house, number).await;
        }
        let (status, headers, page) = ask(&house, "GET", &format!("{API}/jobs/parked?limit=2"), "onlooker").await;
        assert_eq!((status, &page[0]["id"], &page[0]["last_error"]), (StatusCode::OK, &"3".into(), &"It broke.".into()));
        assert!(!page.to_string().contains("letter"), "{page}");
        let rest = ok(&house, "GET", &next(&headers).unwrap(), "boss").await;
        assert_eq!((rest.as_array().unwrap().len(), &rest[0]["id"]), (1, &"1".into()));
        // Only what we know is a code.
        for (kept, code) in [
            ("net.timeout: The server did not answer in time.", "net.timeout".into()),
            ("internal: Something went wrong on our side. (The disk: it is full)", "internal".into()),
            ("warning: the disk is full", Value::Null),
            ("net.weather: It rains.", Value::Null),
            ("net.timeout", Value::Null),
        ] {
            let keep = format!("UPDATE jobs SET last_error = '{kept}' WHERE id = 3");
            house.write(move |tx| Ok(diesel::sql_query(&keep).execute(tx.conn())?)).await;
            let page = ok(&house, "GET", &format!("{API}/jobs/parked"), "boss").await;
            assert_eq!((&page[0]["last_error"], &page[0]["last_error_code"]), (&kept.into(), &code), "{kept}");
        }
        for (method, path, token, expected) in [
            ("GET", "jobs/parked", "clerk", 403),
            ("POST", "jobs/parked/1/retry", "onlooker", 403),
            ("POST", "jobs/parked/9/retry", "boss", 404),
        ] {
            assert_eq!(ask(&house, method, &format!("{API}/{path}"), token).await.0, expected, "{method} {path} {token}");
        }
        ok(&house, "POST", &format!("{API}/jobs/parked/1/retry"), "boss").await;
        assert_eq!(ok(&house, "GET", &format!("{API}/jobs/parked"), "boss").await.as_array().unwrap().len(), 2);
        assert_eq!(ok(&house, "POST", &format!("{API}/jobs/parked/retry"), "boss").await["retried"], 2);
        assert_eq!(ok(&house, "GET", &format!("{API}/jobs/parked"), "boss").await.as_array().unwrap().len(), 0);
    }

    async fn the_command_line_tells_who_got_a_post(database: TestDatabase) {
        let house = House::build(database).await;
        three(&house).await;
        let post = house.note(Audience::Public, "News").await;
        house.send().await;
        let folder = tempfile::tempdir().unwrap();
        let run = |arguments: &[&str]| {
            let output = Command::new(env!("CARGO_BIN_EXE_guildhall")).args(arguments).current_dir(folder.path())
                .env("GUILDHALL_DATABASE_URL", &house.database.url).output().unwrap();
            assert!(output.status.success(), "{arguments:?}: {output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        for address in [post.to_string(), house.app.site.object_uri(post), format!("{BASE}/@company/{post}")] {
            let told = run(&["deliveries", &address]);
            assert!(told.contains("1 delivered, 1 waiting, 1 given up."), "{told}");
            assert!(told.contains("https://closed.example/inbox failed after 1 try"), "{told}");
            assert!(told.contains("The other server cannot be reached."), "{told}");
        }
        let told = run(&["server", "list"]);
        // Its pause may be over when the command line looks.
        let is_down = |line: &str| line.contains("paused") || line.contains("failing");
        assert!(told.lines().any(|line| line.starts_with("dead.example") && is_down(line) && line.contains("1 waiting")), "{told}");
        let told = run(&["server", "show", "dead.example"]);
        assert!(told.contains("last error: The other server cannot be reached."), "{told}");
        house.peers.behave("closed.example", Behaviour::default());
        house.peers.behave("dead.example", Behaviour::default());
        assert!(run(&["deliveries", &post.to_string(), "--retry"]).contains("2 deliveries will be tried again."));
        let told = run(&["deliveries", &post.to_string()]);
        assert!(told.contains("https://closed.example/inbox waiting after 1 try, next ") && told.contains("1 delivered, 2 waiting, 0 given up."), "{told}");
        // Where a reason stands, it follows the moment of the next try.
        assert!(told.lines().all(|line| line.ends_with('Z') || line.ends_with("given up.")), "the old reasons are gone: {told}");
        assert!(run(&["server", "retry", "dead.example"]).contains("1 delivery will be tried again."));
        house.send().await;
        assert!(run(&["deliveries", &post.to_string()]).contains("3 delivered, 0 waiting, 0 given up."));
        let inside = house.post(house.owner.id, Draft::note(Audience::Company, "<p>Inside</p>".to_owned())).await;
        assert!(run(&["deliveries", &inside.to_string()]).contains("stays inside"));
        let unknown = Command::new(env!("CARGO_BIN_EXE_guildhall")).args(["deliveries", "https://other.example/1"]).current_dir(folder.path())
            .env("GUILDHALL_DATABASE_URL", &house.database.url).output().unwrap();
        assert!(!unknown.status.success() && String::from_utf8_lossy(&unknown.stderr).contains("There is no post of ours"));
    }
}
