//! The ladder on the wire: what leaves an instance of ours, and what another one hears, on each rung.

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use guildhall::domain::{
    ActorId,
    accounts::AccountKind,
    exposure::{self, Exposure},
    scheduled,
    work::Job,
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    database::TestDatabase,
    server::{Person, Server},
};

#[derive(QueryableByName)]
struct Kind {
    #[diesel(sql_type = Text)]
    kind: String,
}

/// The kinds of all activities that somebody's server has made, oldest first.
async fn made(server: &Server, who: ActorId) -> Vec<String> {
    let query = format!("SELECT kind FROM activities WHERE actor_id = {who} ORDER BY id");
    let kinds: Vec<Kind> = server.app.db.read(move |conn| Ok(sql_query(&query).load(conn)?)).await.unwrap();
    kinds.into_iter().map(|kind| kind.kind).collect()
}

async fn stand(server: &Server, actor: Option<ActorId>, level: Exposure) {
    server.app.db.write(move |tx| exposure::set(tx, None, actor, level)).await.unwrap();
}

async fn run(server: &Server, statement: String) {
    server.app.db.write(move |tx| Ok(sql_query(&statement).execute(tx.conn())?)).await.unwrap();
}

/// Ana here and Bo there, who follow each other.
async fn two(database: TestDatabase) -> ((Server, Person), (Server, Person), String) {
    let other = if database.url.starts_with("postgres") { TestDatabase::postgres() } else { TestDatabase::sqlite() };
    let (here, there) = (Server::start(database).await, Server::start(other).await);
    let (ana, bo) = (here.person("ana", AccountKind::Employee).await, there.person("bo", AccountKind::Employee).await);
    let ana_there = there.find(&bo, &ana.handle).await;
    there.post(&bo, &format!("/api/v1/accounts/{ana_there}/follow"), Value::Null).await;
    let bo_here = here.find(&ana, &bo.handle).await;
    here.post(&ana, &format!("/api/v1/accounts/{bo_here}/follow"), Value::Null).await;
    let both = |answer: &Value| answer[0]["following"] == true && answer[0]["followed_by"] == true;
    here.wait_for(&ana, &format!("/api/v1/accounts/relationships?id[]={bo_here}"), "both follows", both).await;
    there.wait_for(&bo, &format!("/api/v1/accounts/relationships?id[]={ana_there}"), "both follows", both).await;
    ((here, ana), (there, bo), ana_there)
}

/// Something that a rung does not let out: 403, with a sentence that says so and who can change it.
async fn refused(server: &Server, who: &Person, method: &str, path: &str, body: Value, says: &str) {
    let (status, answer) = server.try_call(Some(who), method, path, body.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{method} {path} {body}: {answer}");
    let told = answer.to_string();
    assert!(told.contains(says) && told.contains("owners and admins of the server"), "{method} {path}: {told}");
}

fn public(kind: &str, object: &Value) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams", "type": kind, "object": object,
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
    })
}

on_both! {
    async fn who_listens_says_nothing_and_can_take_everything_back(database: TestDatabase) {
        let ((here, ana), (there, bo), ana_there) = two(database).await;
        let post = here.post(&ana, "/api/v1/statuses", json!({"status": "Said before"})).await;
        let arrived = there.wait_at_home(&bo, post["uri"].as_str().unwrap()).await;
        let theirs = there.post(&bo, "/api/v1/statuses", json!({"status": "Bo speaks", "poll": {"options": ["a", "b"], "expires_in": 3600}})).await;
        let theirs_uri = theirs["uri"].as_str().unwrap().to_owned();
        let seen = here.wait_at_home(&ana, &theirs_uri).await;
        let (own, known) = (post["id"].as_str().unwrap().to_owned(), seen["id"].as_str().unwrap().to_owned());
        here.post(&ana, &format!("/api/v1/statuses/{known}/favourite"), Value::Null).await;
        here.post(&ana, &format!("/api/v1/statuses/{known}/reblog"), Value::Null).await;
        let path = format!("/api/v1/statuses/{}", theirs["id"].as_str().unwrap());
        there.wait_for(&bo, &path, "like and boost", |post| post["favourites_count"] == 1 && post["reblogs_count"] == 1).await;
        let another = there.post(&bo, "/api/v1/statuses", json!({"status": "Bo goes on"})).await;
        let next = here.wait_at_home(&ana, another["uri"].as_str().unwrap()).await["id"].as_str().unwrap().to_owned();
        // It waits for its time, which comes when she only listens.
        let waits = here.post(&ana, "/api/v1/statuses", json!({"status": "Said later", "scheduled_at": "2999-11-01T13:00:00Z"})).await;
        stand(&here, Some(ana.actor), Exposure::Listen).await;
        let before = made(&here, ana.actor).await;
        let says = "only listens";
        for body in [
            json!({"status": "Said now"}),
            json!({"status": "Said now", "visibility": "unlisted"}),
            json!({"status": "Said now", "visibility": "private"}),
            json!({"status": format!("Said now {}", bo.handle), "visibility": "direct"}),
            json!({"status": "An answer", "in_reply_to_id": known}),
            json!({"status": "Later", "scheduled_at": "2999-11-01T14:00:00Z"}),
            json!({"status": "Which?", "poll": {"options": ["a", "b"], "expires_in": 3600}}),
        ] {
            refused(&here, &ana, "POST", "/api/v1/statuses", body, says).await;
        }
        for verb in ["favourite", "reblog"] {
            refused(&here, &ana, "POST", &format!("/api/v1/statuses/{next}/{verb}"), Value::Null, says).await;
        }
        refused(&here, &ana, "POST", &format!("/api/v1/statuses/{own}/pin"), Value::Null, says).await;
        refused(&here, &ana, "POST", &format!("/api/v1/polls/{}/votes", seen["poll"]["id"].as_str().unwrap()), json!({"choices": [0]}), says).await;
        let outbox = format!("/ap/actors/{}/outbox", ana.actor);
        for activity in [
            public("Create", &json!({"type": "Note", "content": "<p>Said now</p>"})),
            public("Create", &json!({"type": "Note", "content": "<p>An answer</p>", "inReplyTo": theirs_uri})),
            public("Like", &another["uri"]),
            public("Announce", &another["uri"]),
        ] {
            refused(&here, &ana, "POST", &outbox, activity, says).await;
        }
        run(&here, "UPDATE scheduled_posts SET publish_at = 1".to_owned()).await;
        let actor = ana.actor;
        here.app.db.write(move |tx| { let at = tx.now(); tx.defer(&Job::PublishScheduled { actor, at }) }).await.unwrap();
        // The job may wait for the time that it knew: what is due is published now.
        if let Some(id) = here.app.db.write(move |tx| scheduled::next_due(tx, actor)).await.unwrap() {
            let site = here.app.site.clone();
            here.app.db.write(move |tx| scheduled::publish_due(tx, &site, actor, id)).await.unwrap();
        }
        let held = here.wait_for(&ana, &format!("/api/v1/scheduled_statuses/{}", waits["id"].as_str().unwrap()), "the time", |post| post["guildhall"]["failed"].is_string()).await;
        assert!(held["guildhall"]["failed"].as_str().unwrap().contains(says), "{held}");
        // What stays inside is no business of the ladder.
        here.post(&ana, "/api/v1/statuses", json!({"status": "For us", "local_only": true})).await;
        // Reading and following go on, and everything can be changed and taken back.
        let carl = there.person("carl", AccountKind::Employee).await;
        let carl_here = here.find(&ana, &carl.handle).await;
        here.post(&ana, &format!("/api/v1/accounts/{carl_here}/follow"), Value::Null).await;
        here.wait_for(&ana, &format!("/api/v1/accounts/relationships?id[]={carl_here}"), "the Accept", |answer| answer[0]["following"] == true).await;
        here.call(&ana, "PUT", &format!("/api/v1/statuses/{own}"), json!({"status": "Said better"})).await;
        let arrived = format!("/api/v1/statuses/{}", arrived["id"].as_str().unwrap());
        there.wait_for(&bo, &arrived, "the Update", |post| post["content"] == "<p>Said better</p>").await;
        for verb in ["unfavourite", "unreblog"] {
            here.post(&ana, &format!("/api/v1/statuses/{known}/{verb}"), Value::Null).await;
        }
        there.wait_for(&bo, &path, "both Undos", |post| post["favourites_count"] == 0 && post["reblogs_count"] == 0).await;
        here.call(&ana, "DELETE", &format!("/api/v1/statuses/{own}"), Value::Null).await;
        there.wait_for(&bo, &arrived, "the Delete", |post| post["error"].is_string()).await;
        let after = made(&here, ana.actor).await;
        let mut since = after[before.len()..].to_vec();
        since.sort();
        since.dedup();
        assert_eq!(since, ["Delete", "Follow", "Undo", "Update"], "nothing else left since");
        assert_eq!(there.get(&bo, &format!("/api/v1/accounts/{ana_there}/statuses")).await, json!([]), "Bo heard nothing more");
        // The next request sees the next rung.
        stand(&here, Some(ana.actor), Exposure::Publish).await;
        let again = here.post(&ana, "/api/v1/statuses", json!({"status": "Said again"})).await;
        there.wait_at_home(&bo, again["uri"].as_str().unwrap()).await;
    }

    async fn who_only_answers_answers_whoever_wrote_first(database: TestDatabase) {
        let ((here, ana), (there, bo), ana_there) = two(database).await;
        let own = here.post(&ana, "/api/v1/statuses", json!({"status": "Said before"})).await;
        there.wait_at_home(&bo, own["uri"].as_str().unwrap()).await;
        let question = there.post(&bo, "/api/v1/statuses", json!({"status": format!("{} Is it waterproof?", ana.handle)})).await;
        let asked = here.wait_at_home(&ana, question["uri"].as_str().unwrap()).await["id"].as_str().unwrap().to_owned();
        let cleo = here.person("cleo", AccountKind::Employee).await;
        // The company's rung is nobody's to go beyond.
        stand(&here, None, Exposure::Reply).await;
        let says = "only answers";
        for body in [
            json!({"status": "Said now"}),
            json!({"status": format!("Said now {}", bo.handle), "visibility": "direct"}),
            json!({"status": "One more thing", "in_reply_to_id": own["id"]}),
            json!({"status": "Yes, ask @cleo", "in_reply_to_id": asked}),
            json!({"status": "Yes", "in_reply_to_id": asked, "quoted_status_id": own["id"]}),
        ] {
            refused(&here, &ana, "POST", "/api/v1/statuses", body, says).await;
        }
        for verb in ["favourite", "reblog"] {
            refused(&here, &ana, "POST", &format!("/api/v1/statuses/{asked}/{verb}"), Value::Null, says).await;
        }
        let answer = here.post(&ana, "/api/v1/statuses", json!({"status": format!("{} Yes", bo.handle), "in_reply_to_id": asked})).await;
        there.wait_at_home(&bo, answer["uri"].as_str().unwrap()).await;
        // A colleague who wrote first is answered too.
        stand(&here, None, Exposure::Publish).await;
        let first = here.post(&cleo, "/api/v1/statuses", json!({"status": "I am new here"})).await;
        stand(&here, Some(ana.actor), Exposure::Reply).await;
        let welcome = here.post(&ana, "/api/v1/statuses", json!({"status": "Welcome", "in_reply_to_id": first["id"]})).await;
        let (said, uri) = (format!("/api/v1/accounts/{ana_there}/statuses"), welcome["uri"].clone());
        let has = |posts: &Value| posts.as_array().is_some_and(|posts| posts.iter().any(|post| post["uri"] == uri));
        there.wait_for(&bo, &said, "the welcome", has).await;
        // What was said is taken back on every rung.
        stand(&here, Some(ana.actor), Exposure::Listen).await;
        here.call(&ana, "DELETE", &format!("/api/v1/statuses/{}", welcome["id"].as_str().unwrap()), Value::Null).await;
        there.wait_for(&bo, &said, "the Delete", |posts| !has(posts)).await;
    }
}
