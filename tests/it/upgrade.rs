//! A company that began with the first tables there were: after the update everything that it had is there, and found
//! where newer tables are needed to find it.

use diesel::{Connection, PgConnection, SqliteConnection, connection::SimpleConnection};
use guildhall::{
    db::Engine,
    domain::{
        By,
        actors::{self, Profile},
        follows::{self, Wishes},
        posts,
    },
};
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    brands::{
        desk::{Desk, refused},
        doors::in_an_app,
        keys::keyed,
    },
    mastodon::{BASE, House, Person, follow},
    migrations,
    support::database::TestDatabase,
};

/// Makes the tables what they were in the beginning; what is in them stays, as far as there was a place for it.
fn go_back(database: &TestDatabase) {
    go_back_to(database, "2026-11-24-000000", "");
}

/// Makes the tables what they were after the migration with this number, and does this in them.
fn go_back_to(database: &TestDatabase, last: &str, then: &str) {
    let engine = database.db.engine();
    let mut names = migrations::names(engine);
    names.retain(|name| name.split('_').next() > Some(last));
    names.reverse();
    let down =
        |name: &String| std::fs::read_to_string(format!("{}/{name}/down.sql", migrations::folder(engine))).unwrap();
    let steps: String = names.iter().map(down).collect();
    let version = last.replace('-', "");
    let older = format!("DELETE FROM __diesel_schema_migrations WHERE version > '{version}'");
    let all = format!("BEGIN; {steps} {older}; {then}; COMMIT");
    match engine {
        // As migrations themselves, without following references while tables are rebuilt.
        Engine::Sqlite => {
            let mut conn = SqliteConnection::establish(database.url.strip_prefix("sqlite:").unwrap()).unwrap();
            conn.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = OFF").unwrap();
            conn.batch_execute(&all).unwrap();
        }
        Engine::Postgres => PgConnection::establish(&database.url).unwrap().batch_execute(&all).unwrap(),
    }
}

/// What is shown at each of these addresses, without what newer tables say besides.
async fn shown(house: &House, who: &Person, paths: &[String]) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for path in paths {
        let mut body = house.get(who, path).await.ok();
        forget(&mut body, &["approved_by", "author", "group_key", "reply_owner", "review_at"]);
        all.push((path.clone(), body));
    }
    all
}

fn forget(value: &mut Value, names: &[&str]) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !names.contains(&name.as_str()));
            members.values_mut().for_each(|member| forget(member, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| forget(item, names)),
        _ => {}
    }
}

/// With whom somebody talks, and what was said last.
async fn talks(house: &House, who: &Person) -> Value {
    let mut talks = house.get(who, "/api/v1/conversations").await.ok();
    talks.as_array_mut().unwrap().iter_mut().for_each(|talk| drop(talk.as_object_mut().unwrap().remove("id")));
    talks
}

/// The document at an address, as other servers read it.
async fn document(house: &House, uri: &str) -> (StatusCode, Value) {
    let request = Request::get(uri.strip_prefix(BASE).unwrap()).header(header::ACCEPT, "application/activity+json");
    let reply = house.send(request.body(axum::body::Body::empty()).unwrap()).await;
    (reply.status, reply.body)
}

on_both! {
    async fn a_company_of_the_first_tables_has_everything_after_the_update(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        let brand = house.brand_of(&ana).await;
        let (me, eve) = (ana.actor, house.stranger("eve", "remote.example").await);
        let (site, other) = (house.app.site.clone(), eve.id);
        house.app.db.write(move |tx| {
            let profile = Profile { summary: Some(("I answer".to_owned(), "<p>I answer</p>".to_owned())), ..Profile::default() };
            actors::edit_profile(tx, me, &profile)?;
            follows::request(tx, &site, &By::Remote { actor: other, activity: None }, me, &Wishes::default()).map(|_| ())
        }).await.unwrap();
        follow(&house, &ben, &ana.id()).await;
        follow(&house, &cleo, &ben.id()).await;
        let public = house.says(&ana, json!({"status": "Kettle is on, @ben #tea", "language": "en"})).await;
        let answer = house.says(&ben, json!({"status": "@ana coming", "in_reply_to_id": public})).await;
        let inside = house.says(&ana, json!({"status": "Margins are up", "local_only": true})).await;
        let closed = house.says(&ben, json!({"status": "For followers", "visibility": "private"})).await;
        let direct = house.says(&ana, json!({"status": "@ben psst", "visibility": "direct"})).await;
        let announced = house.says(&brand, json!({"status": "Cake for everybody", "spoiler_text": "Sugar"})).await;
        let elsewhere = house.arrived(&eve, move |draft| draft.mentions = vec![me]).await.to_string();
        let deleted = house.says(&ana, json!({"status": "Forget this"})).await;
        house.delete(&ana, &format!("/api/v1/statuses/{deleted}")).await.ok();
        house.put(&ben, &format!("/api/v1/statuses/{answer}"), json!({"status": "@ana coming with cups"})).await.ok();
        for (who, post, verb) in [(&ben, &public, "favourite"), (&cleo, &answer, "favourite"), (&ben, &announced, "reblog"), (&ana, &elsewhere, "favourite")] {
            house.post(who, &format!("/api/v1/statuses/{post}/{verb}"), json!({})).await.ok();
        }
        let talk = house.get(&ben, "/api/v1/conversations").await.ok()[0]["id"].as_str().unwrap().to_owned();
        house.post(&ben, &format!("/api/v1/conversations/{talk}/read"), json!({})).await.ok();
        house.work().await;

        let mut paths: Vec<String> = [&public, &answer, &inside, &closed, &direct, &announced, &elsewhere]
            .iter()
            .flat_map(|post| ["", "/context", "/history", "/favourited_by", "/reblogged_by"].map(|more| format!("/api/v1/statuses/{post}{more}")))
            .collect();
        for who in [&ana, &ben, &cleo, &brand] {
            for more in ["", "/statuses", "/followers", "/following"] {
                paths.push(format!("/api/v1/accounts/{}{more}", who.id()));
            }
            paths.push(format!("/api/v1/accounts/relationships?id[]={}", who.id()));
        }
        for path in ["accounts/verify_credentials", "timelines/home", "timelines/public", "timelines/tag/tea", "notifications"] {
            paths.push(format!("/api/v1/{path}"));
        }
        paths.extend(["kettle", "psst", "cups", "margins"].map(|word| format!("/api/v2/search?type=statuses&q={word}")));
        let people = [&ana, &ben, &cleo];
        let mut before = Vec::new();
        for who in people {
            // What somebody may not read is not there, before and afterwards.
            let mut readable = Vec::new();
            for path in &paths {
                if house.get(who, path).await.status == StatusCode::OK {
                    readable.push(path.clone());
                }
            }
            let (read, said) = (shown(&house, who, &readable).await, talks(&house, who).await);
            before.push((readable, read, said));
        }
        assert_eq!(before[0].1.iter().filter(|(path, found)| path.contains("q=") && found["statuses"] != json!([])).count(), 4);
        assert_eq!((before[0].2.as_array().unwrap().len(), before[1].2.as_array().unwrap().len(), before[2].2.as_array().unwrap().len()), (1, 1, 0));
        let mut uris: Vec<String> = [&public, &announced, &deleted].map(|post| house.app.site.object_uri(guildhall::domain::PostId(post.parse().unwrap()))).to_vec();
        uris.extend([format!("{BASE}/@ana"), format!("{BASE}/@company")]);
        let mut documents = Vec::new();
        for uri in &uris {
            documents.push(document(&house, uri).await);
        }
        assert_eq!(documents.iter().map(|(status, _)| status.as_u16()).collect::<Vec<_>>(), [200, 200, 410, 200, 200]);

        go_back(&house.database);
        assert!(house.get(&ana, "/api/v1/timelines/home").await.status.is_server_error(), "it is an old database now");
        let done = house.database.db.migrate().unwrap();
        assert_eq!(done.len(), migrations::names(house.database.db.engine()).len() - 1);
        house.work().await;

        for (who, (readable, read, said)) in people.into_iter().zip(&before) {
            for ((path, was), (_, is)) in read.iter().zip(shown(&house, who, readable).await) {
                assert_eq!(*was, is, "{path}");
            }
            assert_eq!(*said, talks(&house, who).await);
        }
        for (uri, was) in uris.iter().zip(&documents) {
            assert_eq!(*was, document(&house, uri).await, "{uri}");
        }
        // What is inside is looked at again, ninety days from the update.
        let kept = house.get(&ana, &format!("/api/v1/statuses/{inside}")).await.ok();
        assert!(kept["guildhall"]["review_at"].is_string(), "{kept}");
        // And it goes on: what is said now stands after what was said before.
        let more = house.says(&cleo, json!({"status": "@ana me too", "in_reply_to_id": public})).await;
        let context = house.get(&ana, &format!("/api/v1/statuses/{public}/context")).await.ok();
        assert_eq!(crate::mastodon::ids(&context["descendants"]), [answer, more]);
        let gone = public.clone();
        house.app.db.write(move |tx| posts::delete(tx, &By::Local { actor: me, account: None }, guildhall::domain::PostId(gone.parse().unwrap()))).await.unwrap();
        assert_eq!(house.get(&ben, &format!("/api/v1/statuses/{public}")).await.status, StatusCode::NOT_FOUND);
    }
    async fn what_an_app_handed_in_before_the_update_is_one_draft_under_its_key_after_it(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let pat = in_an_app(&desk, &desk.publisher, "pat").await;
        let posts = async |key: &str| {
            let request = Request::post("/api/v1/statuses")
                .header(header::AUTHORIZATION, "Bearer pat")
                .header(header::CONTENT_TYPE, "application/json")
                .header("idempotency-key", key);
            desk.house.send(request.body(json!({"status": "Spring sale"}).to_string().into()).unwrap()).await
        };
        let drafts = format!("actors/{}/drafts", desk.brand);
        let body = json!({"body": "Summer sale"});
        let waits = posts("app").await.ok();
        let begun = keyed(&desk.house, &pat, Method::POST, &drafts, "api", &body).await.ok();
        let (handed, begun) = (waits["guildhall"]["approval"]["id"].as_str().unwrap(), begun["id"].as_str().unwrap());
        // As the tables before kept keys: with the draft, and what was said as it was fingerprinted then.
        let kept = |draft: &str, key: &str, said: &str| format!(
            "UPDATE drafts SET idempotency_key = '{key}', request_hash = {said},
                 token_id = (SELECT token_id FROM acts_once WHERE key = '{key}') WHERE id = {draft}"
        );
        let then = [
            kept(handed, "app", "'0123456789abcdef'"),
            kept(begun, "api", "(SELECT request_hash FROM acts_once WHERE key = 'api')"),
            "DELETE FROM acts_once".to_owned(),
        ];
        go_back_to(&desk.house.database, "2026-11-28-030000", &then.join("; "));
        assert!(!desk.house.database.db.migrate().unwrap().is_empty());
        assert_eq!(posts("app").await.ok()["id"], waits["id"]);
        let again = keyed(&desk.house, &pat, Method::POST, &drafts, "api", &body).await.ok();
        assert_eq!(again["id"], begun);
        // And the one is not the other.
        assert_eq!(refused(&keyed(&desk.house, &pat, Method::POST, &drafts, "app", &body).await).0, 422);
        assert_eq!(posts("api").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
