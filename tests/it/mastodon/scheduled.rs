//! Posts that wait for their time.

use guildhall::{
    db::Engine,
    domain::{
        accounts::{self, AccountKind, GrantRole, Role},
        actors::{self, ActorKind},
        scheduled,
    },
    error::Error,
    secrets,
};
use http::{Method, Request, header};
use serde_json::{Value, json};

use super::{House, Person, Reply, ids};

const DAY: u64 = 24 * 3600;
const LIST: &str = "/api/v1/scheduled_statuses";

/// Schedules for noon plus some seconds.
async fn schedules(house: &House, who: &Person, seconds: u64, more: Value) -> Reply {
    let at = house.app.db.now().plus(std::time::Duration::from_secs(seconds)).rfc3339();
    let mut body = json!({"status": "Later", "scheduled_at": at});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    house.post(who, "/api/v1/statuses", body).await
}

async fn posts_of(house: &House, who: &Person) -> Vec<Value> {
    let list = house.get(who, &format!("/api/v1/accounts/{}/statuses", who.id())).await.ok();
    list.as_array().unwrap().clone()
}

/// The same request with a key, as an app sends it.
async fn with_key(house: &House, who: &Person, key: &str, body: &Value) -> Reply {
    let request = Request::post("/api/v1/statuses")
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header("idempotency-key", key)
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.to_string().into())
        .unwrap();
    house.send(request).await
}

on_both! {
    async fn a_post_waits_and_is_published_once(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let parent = house.says(&ben, json!({"status": "Hello"})).await;
        let wish = json!({
            "status": "Later @ben", "spoiler_text": "Patience", "visibility": "unlisted", "language": "en", "in_reply_to_id": parent,
            "poll": {"options": ["Tea", "Coffee"], "expires_in": 600, "multiple": true},
        });
        let waiting = schedules(&house, &ana, 600, wish).await.ok();
        let id = waiting["id"].as_str().unwrap().to_owned();
        assert_eq!(waiting, json!({
            "id": id, "scheduled_at": "2026-11-01T12:10:00.000Z", "media_attachments": [],
            "params": {
                "text": "Later @ben", "poll": {"options": ["Tea", "Coffee"], "expires_in": 600, "multiple": true, "hide_totals": false},
                "media_ids": null, "sensitive": false, "spoiler_text": "Patience", "visibility": "unlisted", "language": "en", "scheduled_at": null,
                "idempotency": null, "with_rate_limit": false, "in_reply_to_id": parent, "application_id": null, "quoted_status_id": null,
                "quote_approval_policy": null,
            },
            "guildhall": {"audience": "unlisted", "failed": null, "failed_code": null},
        }));
        assert_eq!(house.get(&ana, LIST).await.ok(), json!([waiting]));
        assert_eq!(house.get(&ana, &format!("{LIST}/{id}")).await.ok(), waiting);
        house.wait(599);
        house.work().await;
        assert_eq!((posts_of(&house, &ana).await.len(), house.get(&ben, "/api/v1/notifications").await.ok()), (0, json!([])));
        house.wait(1);
        for _ in 0..2 {
            house.work().await;
        }
        let posted = posts_of(&house, &ana).await;
        assert_eq!(posted.len(), 1);
        assert_eq!((&posted[0]["created_at"], &posted[0]["spoiler_text"], &posted[0]["visibility"]), (&json!("2026-11-01T12:10:00.000Z"), &json!("Patience"), &json!("unlisted")));
        assert_eq!((&posted[0]["in_reply_to_id"], &posted[0]["poll"]["expires_at"]), (&json!(parent), &json!("2026-11-01T12:20:00.000Z")));
        assert_eq!(house.get(&ben, "/api/v1/notifications").await.ok().as_array().unwrap().len(), 1);
        assert_eq!(house.get(&ana, LIST).await.ok(), json!([]));
        assert_eq!(house.get(&ana, &format!("{LIST}/{id}")).await.refusal(), (404, "Record not found"));
    }

    async fn what_cannot_wait_is_refused(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let customer = house.customer("cleo").await;
        for (who, seconds, more, told) in [
            (&ana, 299, json!({}), "must be in the future"),
            (&ana, 0, json!({}), "must be in the future"),
            (&ana, 600, json!({"scheduled_at": "2020-01-01T00:00:00Z"}), "must be in the future"),
            (&ana, 600, json!({"scheduled_at": "tomorrow"}), "must be a time"),
            (&ana, 600, json!({"scheduled_at": "9".repeat(100_000)}), "must be a time"),
            (&ana, 600, json!({"status": ""}), "needs some text"),
            (&ana, 600, json!({"status": "x".repeat(501)}), "501"),
            (&ana, 600, json!({"poll": {"options": ["a"], "expires_in": 300}}), "2 to 4"),
            (&ana, 600, json!({"media_ids": ["1"]}), "uploads is not there"),
            (&customer, 600, json!({"local_only": true}), "employees"),
        ] {
            let reply = schedules(&house, who, seconds, more.clone()).await;
            assert!(reply.status.is_client_error() && reply.refusal().1.contains(told), "{more}: {}", reply.body);
        }
        assert_eq!(schedules(&house, &ana, 600, json!({"in_reply_to_id": "12345"})).await.refusal(), (404, "Record not found"));
        assert_eq!(house.get(&ana, LIST).await.ok(), json!([]));
        for form in ["2026-11-01T12:05:00Z", "2026-11-01T13:05:00+01:00", "2026-11-01T12:05:00", "2026-11-02"] {
            schedules(&house, &ana, 0, json!({"scheduled_at": form})).await.ok();
        }
        house.wait(300);
        house.work().await;
        assert_eq!(posts_of(&house, &ana).await.len(), 3);
    }

    async fn only_so_much_waits(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        for number in 0..25 {
            schedules(&house, &ana, DAY + number, json!({})).await.ok();
        }
        let reply = schedules(&house, &ana, DAY + 600, json!({})).await;
        assert_eq!(reply.refusal(), (422, "Validation failed: You have exceeded the limit of 25 scheduled posts for today"));
        schedules(&house, &ben, DAY, json!({})).await.ok();
        for day in 2..13 {
            for number in 0..25 {
                schedules(&house, &ana, day * DAY + number, json!({})).await.ok();
            }
        }
        let reply = schedules(&house, &ana, 20 * DAY, json!({})).await;
        assert_eq!(reply.refusal(), (422, "Validation failed: You have exceeded the limit of 300 scheduled posts"));
        // What is moved is not counted twice, and however much waits there is one job for it.
        let list = house.get(&ana, &format!("{LIST}?limit=3")).await;
        let next = list.link("next").unwrap();
        let newest = list.ok();
        house.put(&ana, &format!("{LIST}/{}", ids(&newest)[0]), json!({"scheduled_at": "2026-11-30T12:00:00Z"})).await.ok();
        let more = house.get(&ana, &next).await.ok();
        assert_eq!((ids(&newest).len(), ids(&more).len()), (3, 3));
        assert!(ids(&newest)[2] > ids(&more)[0]);
        assert_eq!(house.get(&ana, &format!("{LIST}?limit=1000")).await.ok().as_array().unwrap().len(), 40);
        let jobs = house.app.db.read(|conn| {
            use diesel::prelude::*;
            Ok(guildhall::db::schema::jobs::table.count().get_result::<i64>(conn)?)
        });
        assert_eq!(jobs.await.unwrap(), 2);
    }

    async fn nobody_else_sees_moves_or_cancels_what_waits(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let id = schedules(&house, &ana, 600, json!({})).await.ok()["id"].as_str().unwrap().to_owned();
        let path = format!("{LIST}/{id}");
        for (method, body) in [(Method::GET, Value::Null), (Method::PUT, json!({"scheduled_at": "2026-11-02T12:00:00Z"})), (Method::DELETE, Value::Null)] {
            assert_eq!(house.call(Some(&ben), method.clone(), &path, body.clone()).await.refusal(), (404, "Record not found"));
            assert_eq!(house.call(None, method.clone(), &path, body.clone()).await.status, 401);
            let wrong = house.person_with(&format!("w{}", method.as_str().to_lowercase()), AccountKind::Employee, Role::Member, if method == Method::GET { "write" } else { "read" }).await;
            assert_eq!(house.call(Some(&wrong), method, &path, body).await.status, 403);
        }
        assert_eq!(house.get(&ben, LIST).await.ok(), json!([]));
        assert_eq!(house.get(&ana, &path).await.ok()["scheduled_at"], "2026-11-01T12:10:00.000Z");
        assert_eq!(house.get(&ana, &format!("{LIST}/soon")).await.status, 404);
    }

    async fn what_waits_is_moved_and_cancelled(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let mut waiting = Vec::new();
        for text in ["One", "Two", "Three"] {
            waiting.push(schedules(&house, &ana, 3600, json!({"status": text})).await.ok()["id"].as_str().unwrap().to_owned());
        }
        let path = |number: usize| format!("{LIST}/{}", waiting[number]);
        assert_eq!(house.put(&ana, &path(0), json!({"scheduled_at": "2026-11-01T12:04:59Z"})).await.refusal(), (422, "Validation failed: Scheduled at The scheduled date must be in the future"));
        assert_eq!(house.put(&ana, &path(0), json!({"scheduled_at": "2026-11-01T12:10:00Z"})).await.ok()["scheduled_at"], "2026-11-01T12:10:00.000Z");
        house.call(Some(&ana), Method::PATCH, &path(1), json!({"scheduled_at": "2026-11-01T14:00:00Z"})).await.ok();
        assert_eq!(house.delete(&ana, &path(2)).await.ok(), json!({}));
        assert_eq!(house.delete(&ana, &path(2)).await.status, 404);
        let mut seen = Vec::new();
        for seconds in [600, 3000, 3600] {
            house.wait(seconds);
            house.work().await;
            seen.push(posts_of(&house, &ana).await.len());
        }
        assert_eq!(seen, [1, 1, 2]);
        assert!(posts_of(&house, &ana).await[0]["content"].as_str().unwrap().contains("Two"));
    }

    async fn rights_are_those_of_the_moment_of_publishing(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        let (site, account) = (house.app.site.clone(), ana.account);
        let brand = house.app.db.write(move |tx| {
            let brand = actors::NewLocal { kind: ActorKind::Organization, username: "brand".to_owned(), name: "Brand".to_owned(), summary: String::new(), locked: false };
            let actor = actors::create_local(tx, &site, &brand)?.id;
            accounts::grant(tx, account, actor, GrantRole::Publisher)?;
            accounts::issue_token(tx, account, actor, "read write", "brand", &secrets::token_hash("brand-token"))?;
            Ok(Person { actor, account, token: "brand-token".to_owned() })
        }).await.unwrap();
        // One for the brand, one by somebody who will be locked out, one that answers what will be gone.
        let parent = house.says(&ben, json!({"status": "Hello"})).await;
        schedules(&house, &brand, 600, json!({"status": "As the brand, first"})).await.ok();
        schedules(&house, &brand, 1200, json!({"status": "As the brand, then"})).await.ok();
        schedules(&house, &cleo, 600, json!({})).await.ok();
        let answer = schedules(&house, &ben, 600, json!({"in_reply_to_id": parent})).await.ok()["id"].as_str().unwrap().to_owned();
        let fine = schedules(&house, &ben, 601, json!({"status": "Still fine"})).await.ok();
        assert_eq!(house.get(&ana, LIST).await.ok(), json!([]), "the brand's list is the brand's");
        let cleos = cleo.account;
        house.app.db.write(move |tx| accounts::set_suspended(tx, cleos, true)).await.unwrap();
        house.delete(&ben, &format!("/api/v1/statuses/{parent}")).await.ok();
        house.wait(700);
        house.work().await;
        assert_eq!(posts_of(&house, &brand).await.len(), 1);
        let actor = brand.actor;
        house.app.db.write(move |tx| accounts::revoke_grant(tx, account, actor)).await.unwrap();
        house.wait(600);
        house.work().await;
        let timeline = house.get(&ben, "/api/v1/timelines/public").await.ok();
        let said: Vec<&str> = timeline.as_array().unwrap().iter().map(|status| status["content"].as_str().unwrap()).collect();
        assert_eq!(said.iter().map(|text| text.replace("<p>", "").replace("</p>", "")).collect::<Vec<_>>(), ["Still fine", "As the brand, first"]);
        // What its author can mend is still there, with the reason.
        let left = house.get(&ben, LIST).await.ok();
        assert_eq!((ids(&left), fine["id"].is_string()), (vec![answer.clone()], true));
        assert!(left[0]["guildhall"]["failed"].as_str().unwrap().contains("no such post"), "{left}");
        assert_eq!(left[0]["guildhall"]["failed_code"], "post.not_found");
        let again = house.put(&ben, &format!("{LIST}/{answer}"), json!({"scheduled_at": "2026-11-01T13:00:00Z"})).await.ok();
        assert_eq!((&again["guildhall"]["failed"], &again["guildhall"]["failed_code"]), (&Value::Null, &Value::Null));
        let failed = house.app.db.read(move |conn| scheduled::list(conn, actor, &guildhall::domain::Page::default())).await.unwrap();
        assert!(failed[0].failed.as_deref().unwrap().contains("may not write"), "{failed:?}");
    }

    async fn a_death_in_the_middle_publishes_nothing_twice_and_loses_nothing(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        for number in 0..3 {
            schedules(&house, &ana, 600, json!({"status": format!("Number {number}")})).await.ok();
        }
        house.wait(600);
        // Everything is done and then lost, as when the process dies before the commit.
        let (site, actor) = (house.app.site.clone(), ana.actor);
        let lost = house.app.db.write(move |tx| {
            let next = scheduled::next_due(tx, actor)?.unwrap();
            scheduled::publish_due(tx, &site, actor, next)?;
            Err::<(), Error>(Error::internal("the process dies"))
        });
        lost.await.unwrap_err();
        assert_eq!(posts_of(&house, &ana).await.len(), 0);
        // Several at the same moment, as when a lease ran out and another process took the job.
        let at_once = (0..4).map(|_| {
            let (app, actor) = (house.app.clone(), ana.actor);
            async move {
                while let Some(next) = app.db.write(move |tx| scheduled::next_due(tx, actor)).await.unwrap() {
                    let site = app.site.clone();
                    app.db.write(move |tx| scheduled::publish_due(tx, &site, actor, next)).await.unwrap();
                }
            }
        });
        futures_util::future::join_all(at_once).await;
        house.work().await;
        let mut said: Vec<String> = posts_of(&house, &ana).await.iter().map(|status| status["content"].as_str().unwrap().to_owned()).collect();
        said.sort();
        assert_eq!(said, ["<p>Number 0</p>", "<p>Number 1</p>", "<p>Number 2</p>"]);
    }

    async fn what_breaks_in_the_middle_leaves_nothing_behind_and_keeps_nobody_back(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let spoiled = schedules(&house, &ana, 600, json!({"status": "Spoiled"})).await.ok()["id"].as_str().unwrap().to_owned();
        schedules(&house, &ana, 600, json!({"status": "Fine"})).await.ok();
        // That it waits no longer is written when the post is there already.
        let spoil = match house.app.db.engine() {
            Engine::Sqlite => "CREATE TRIGGER spoil BEFORE DELETE ON scheduled_posts WHEN OLD.id = POST BEGIN SELECT RAISE(ABORT, 'spoiled'); END",
            Engine::Postgres => "CREATE FUNCTION spoil() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'spoiled'; END $$ LANGUAGE plpgsql; \
                CREATE TRIGGER spoil BEFORE DELETE ON scheduled_posts FOR EACH ROW WHEN (OLD.id = POST) EXECUTE FUNCTION spoil()",
        };
        let spoil = spoil.replace("POST", &spoiled);
        house.app.db.write(move |tx| Ok(diesel::connection::SimpleConnection::batch_execute(tx.conn(), &spoil)?)).await.unwrap();
        house.wait(600);
        house.work().await;
        let said: Vec<Value> = posts_of(&house, &ana).await.iter().map(|post| post["content"].clone()).collect();
        assert_eq!(said, ["<p>Fine</p>"], "no half of the other");
        let kept = house.get(&ana, &format!("{LIST}/{spoiled}")).await.ok();
        assert!(kept["guildhall"]["failed"].as_str().unwrap().starts_with("A fault of this server"), "{kept}");
    }

    async fn a_post_during_which_the_server_dies_again_and_again_keeps_no_other_one_back(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let deadly = schedules(&house, &ana, 600, json!({"status": "Deadly"})).await.ok()["id"].as_str().unwrap().to_owned();
        schedules(&house, &ana, 600, json!({"status": "Fine"})).await.ok();
        house.wait(600);
        let died = "UPDATE jobs SET attempts = 12 WHERE kind = 'publish_scheduled'";
        house.app.db.write(move |tx| Ok(diesel::RunQueryDsl::execute(diesel::sql_query(died), tx.conn())?)).await.unwrap();
        house.work().await;
        let said: Vec<Value> = posts_of(&house, &ana).await.iter().map(|post| post["content"].clone()).collect();
        assert_eq!(said, ["<p>Fine</p>"]);
        let kept = house.get(&ana, &format!("{LIST}/{deadly}")).await.ok();
        assert!(kept["guildhall"]["failed"].as_str().unwrap().starts_with("A fault of this server"), "{kept}");
    }

    async fn twins_are_one_post_whatever_they_ask_for(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let poll = json!({"options": ["Tea", "Coffee"], "expires_in": 600});
        for (key, body) in [
            ("plain", json!({"status": "Hello"})),
            ("poll", json!({"status": "Tea?", "poll": poll})),
            ("scheduled", json!({"status": "Later", "scheduled_at": "2026-11-01T12:10:00Z"})),
            ("both", json!({"status": "Later", "scheduled_at": "2026-11-01T12:10:00Z", "poll": poll})),
        ] {
            let twins = (0..8).map(|_| with_key(&house, &ana, key, &body));
            let answers: Vec<Value> = futures_util::future::join_all(twins).await.into_iter().map(Reply::ok).collect();
            assert!(answers.iter().all(|answer| answer["id"] == answers[0]["id"]), "{key}");
            assert_eq!(answers[0].get("params").is_some(), body.get("scheduled_at").is_some());
        }
        assert_eq!((posts_of(&house, &ana).await.len(), house.get(&ana, LIST).await.ok().as_array().unwrap().len()), (2, 2));
        // One key is one wish, also where the second says it otherwise.
        with_key(&house, &ana, "mixed", &json!({"status": "Later", "scheduled_at": "2026-11-01T12:10:00Z"})).await.ok();
        assert!(with_key(&house, &ana, "mixed", &json!({"status": "Now"})).await.ok()["params"].is_object());
        // Asked again when it is published, it is the post; somebody else's key is another.
        house.wait(600);
        house.work().await;
        let again = with_key(&house, &ana, "both", &json!({"status": "Later", "scheduled_at": "2026-11-01T12:10:00Z"})).await.ok();
        assert_eq!(again["poll"]["options"][0]["title"], "Tea");
        let ben = house.employee("ben").await;
        with_key(&house, &ben, "plain", &json!({"status": "Hello"})).await.ok();
        assert_eq!((posts_of(&house, &ana).await.len(), posts_of(&house, &ben).await.len()), (5, 1));
    }
}
