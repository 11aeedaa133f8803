//! How somebody reads and writes: markers, preferences, muted conversations, notes about people, several at once.

use guildhall::domain::{
    accounts::{self, AccountKind, Role},
    posts::ReplyTo,
};
use http::{Method, Request, header};
use serde_json::{Value, json};

use super::{House, Person, follow, ids, walk};

const OUTSIDE: (u16, &str) = (403, "This action is outside the authorized scopes");

async fn told(house: &House, who: &Person) -> usize {
    house.get(who, "/api/v1/notifications").await.ok().as_array().unwrap().len()
}

on_both! {
    async fn who_may_quote_is_a_habit_too(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let brand = house.brand_of(&ana).await;
        let update = "/api/v1/accounts/update_credentials";
        let change = async |policy: &str| house.call(Some(&ana), Method::PATCH, update, json!({"source": {"quote_policy": policy}})).await;
        let automatic = async |who: &Person, more: Value| {
            let mut post = json!({"status": "Quote me?"});
            post.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            house.post(who, "/api/v1/statuses", post).await.ok()["quote_approval"]["automatic"].clone()
        };
        assert_eq!(automatic(&ana, json!({})).await, json!(["public"]));
        for (policy, told) in [("nobody", json!([])), ("followers", json!(["followers"])), ("public", json!(["public"])), ("nobody", json!([]))] {
            assert_eq!(change(policy).await.ok()["source"]["quote_policy"], policy);
            assert_eq!(house.get(&ana, "/api/v1/accounts/verify_credentials").await.ok()["source"]["quote_policy"], policy);
            assert_eq!(house.get(&ana, "/api/v1/preferences").await.ok()["posting:default:quote_policy"], policy);
            assert_eq!(automatic(&ana, json!({})).await, told, "{policy}");
        }
        assert_eq!(automatic(&ana, json!({"quote_approval_policy": "public"})).await, json!(["public"]), "what is said counts");
        assert_eq!(automatic(&brand, json!({})).await, json!(["public"]), "the brand has habits of its own");
        for (wrong, status) in [("friends", 422), ("", 200)] {
            assert_eq!(change(wrong).await.status.as_u16(), status, "{wrong}");
        }
        let kept = house.call(Some(&ana), Method::PATCH, update, json!({"source": {"sensitive": true}})).await.ok();
        assert_eq!((&kept["source"]["quote_policy"], &kept["source"]["privacy"]), (&json!("nobody"), &json!("public")));
        // An edit leaves the policy as it was, and one that is to be changed without a word becomes as usual.
        let id = house.says(&ana, json!({"status": "Open", "quote_approval_policy": "public"})).await;
        let edited = house.put(&ana, &format!("/api/v1/statuses/{id}"), json!({"status": "Still open"})).await.ok();
        assert_eq!(edited["quote_approval"]["automatic"], json!(["public"]));
        let edited = house.put(&ana, &format!("/api/v1/statuses/{id}"), json!({"status": "A poll", "poll": {"options": ["a", "b"], "expires_in": 600}})).await.ok();
        assert_eq!(edited["quote_approval"]["automatic"], json!(["public"]));
        let changed = house.put(&ana, &format!("/api/v1/statuses/{id}/interaction_policy"), json!({})).await.ok();
        assert_eq!(changed["quote_approval"]["automatic"], json!([]));
    }

    async fn a_note_about_somebody_is_read_by_its_writer_only(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        let brand = house.brand_of(&ana).await;
        let note = |whom: &Person| format!("/api/v1/accounts/{}/note", whom.id());
        let relation = |whom: &Person| format!("/api/v1/accounts/relationships?id[]={}", whom.id());
        assert_eq!(house.post(&ana, &note(&ben), json!({"comment": "Knows tea"})).await.ok()["note"], "Knows tea");
        house.post(&brand, &note(&ben), json!({"comment": "A partner"})).await.ok();
        house.post(&ana, &note(&ben), json!({"comment": "Knows all teas"})).await.ok();
        assert_eq!(house.get(&ana, &relation(&ben)).await.ok()[0]["note"], "Knows all teas");
        assert_eq!(house.get(&brand, &relation(&ben)).await.ok()[0]["note"], "A partner");
        for (reader, whom) in [(&cleo, &ben), (&ben, &ana), (&ben, &ben)] {
            assert_eq!(house.get(reader, &relation(whom)).await.ok()[0]["note"], "");
        }
        assert_eq!(house.post(&ana, &note(&ben), json!({"comment": "x".repeat(2001)})).await.status, 422);
        assert_eq!(house.get(&ana, &relation(&ben)).await.ok()[0]["note"], "Knows all teas");
        assert_eq!(house.post(&ana, &note(&ben), json!({"comment": ""})).await.ok()["note"], "");
        assert_eq!(house.get(&ana, &relation(&ben)).await.ok()[0]["note"], "");
        assert_eq!(house.post(&ana, "/api/v1/accounts/999/note", json!({"comment": "x"})).await.status, 404);
    }

    async fn markers_are_moved_and_say_their_version(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let brand = house.brand_of(&ana).await;
        let all = "/api/v1/markers?timeline[]=home&timeline[]=notifications&timeline[]=other";
        assert_eq!(house.get(&ana, all).await.ok(), json!({}));
        let moved = house.post(&ana, "/api/v1/markers", json!({"home": {"last_read_id": "103"}})).await.ok();
        assert_eq!(moved, json!({"home": {"last_read_id": "103", "version": 1, "updated_at": "2026-11-01T12:00:00.000Z"}}));
        house.wait(60);
        let form = Request::post("/api/v1/markers")
            .header(header::AUTHORIZATION, format!("Bearer {}", ana.token))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body("home[last_read_id]=110&notifications[last_read_id]=7".into())
            .unwrap();
        let moved = house.send(form).await.ok();
        assert_eq!((&moved["home"]["version"], &moved["notifications"]["version"]), (&json!(2), &json!(1)));
        assert_eq!(house.get(&ana, all).await.ok(), moved);
        assert_eq!(house.get(&ana, "/api/v1/markers?timeline[]=home").await.ok(), json!({"home": moved["home"]}));
        assert_eq!(house.get(&ana, "/api/v1/markers").await.ok(), json!({}));
        let stale = json!({"notifications": {"last_read_id": "8", "version": 1}, "home": {"last_read_id": "90", "version": 1}});
        assert_eq!(house.post(&ana, "/api/v1/markers", stale).await.refusal(), (409, "Conflict during update, please try again"));
        assert_eq!(house.get(&ana, all).await.ok(), moved, "all or none");
        assert_eq!(house.post(&ana, "/api/v1/markers", json!({"home": {"last_read_id": "120", "version": 2}})).await.ok()["home"]["version"], 3);
        assert_eq!(house.post(&ana, "/api/v1/markers", json!({"home": {"last_read_id": "x"}})).await.status, 422);
        assert_eq!(house.get(&brand, all).await.ok(), json!({}), "the brand reads for itself");
    }

    async fn posts_begin_as_their_author_prefers(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let brand = house.brand_of(&ana).await;
        let update = "/api/v1/accounts/update_credentials";
        let usual = json!({
            "posting:default:visibility": "public", "posting:default:sensitive": false, "posting:default:language": null,
            "posting:default:quote_policy": "public", "reading:expand:media": "default", "reading:expand:spoilers": false,
            "reading:autoplay:gifs": false,
        });
        assert_eq!(house.get(&ana, "/api/v1/preferences").await.ok(), usual);
        let source = house.call(Some(&ana), Method::PATCH, update, json!({"source": {"privacy": "private", "sensitive": true, "language": "de"}})).await.ok()["source"].clone();
        assert_eq!((&source["privacy"], &source["sensitive"], &source["language"]), (&json!("private"), &json!(true), &json!("de")));
        let preferences = house.get(&ana, "/api/v1/preferences").await.ok();
        assert_eq!(
            (&preferences["posting:default:visibility"], &preferences["posting:default:sensitive"], &preferences["posting:default:language"]),
            (&json!("private"), &json!(true), &json!("de")),
        );
        let post = house.post(&ana, "/api/v1/statuses", json!({"status": "As usual"})).await.ok();
        assert_eq!((&post["visibility"], &post["sensitive"], &post["language"]), (&json!("private"), &json!(true), &json!("de")));
        let post = house.post(&ana, "/api/v1/statuses", json!({"status": "Otherwise", "visibility": "public", "sensitive": false})).await.ok();
        assert_eq!((&post["visibility"], &post["sensitive"]), (&json!("public"), &json!(false)));
        let post = house.post(&brand, "/api/v1/statuses", json!({"status": "As the brand"})).await.ok();
        assert_eq!((&post["visibility"], &post["sensitive"]), (&json!("public"), &json!(false)), "the brand has habits of its own");
        house.call(Some(&ana), Method::PATCH, update, json!({"source": {"privacy": "unlisted"}})).await.ok();
        let inside = house.says(&ana, json!({"status": "Inside", "local_only": true})).await;
        let reply = house.post(&ana, "/api/v1/statuses", json!({"status": "A reply", "in_reply_to_id": inside})).await.ok();
        assert_eq!(reply["local_only"], true, "a reply stays inside, whatever is usual");
        for privacy in ["direct", "everyone"] {
            assert_eq!(house.call(Some(&ana), Method::PATCH, update, json!({"source": {"privacy": privacy}})).await.status, 422, "{privacy}");
        }
        assert_eq!(house.get(&ana, "/api/v1/preferences").await.ok()["posting:default:sensitive"], true, "what is left out stays");
    }

    async fn a_muted_conversation_tells_nothing_more(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let root = house.says(&ana, json!({"status": "A question"})).await;
        let answer = house.says(&ben, json!({"status": "An answer", "in_reply_to_id": root})).await;
        assert_eq!(told(&house, &ana).await, 1);
        let muted = house.post(&ana, &format!("/api/v1/statuses/{answer}/mute"), json!({})).await.ok();
        assert_eq!(muted["muted"], true);
        assert_eq!(house.get(&ana, &format!("/api/v1/statuses/{root}")).await.ok()["muted"], true, "the whole conversation");
        assert_eq!(house.get(&ben, &format!("/api/v1/statuses/{root}")).await.ok()["muted"], false);
        let again = house.says(&ben, json!({"status": "Again @ana", "in_reply_to_id": answer})).await;
        house.post(&ben, &format!("/api/v1/statuses/{root}/favourite"), json!({})).await.ok();
        assert_eq!(told(&house, &ana).await, 1);
        house.says(&ben, json!({"status": "Elsewhere @ana"})).await;
        assert_eq!(told(&house, &ana).await, 2, "other conversations are heard");
        house.delete(&ben, &format!("/api/v1/statuses/{answer}")).await.ok();
        house.says(&ben, json!({"status": "And again @ana", "in_reply_to_id": again})).await;
        assert_eq!(told(&house, &ana).await, 1, "what was told of the answer went with it, and nothing came");
        assert_eq!(house.post(&ana, &format!("/api/v1/statuses/{again}/unmute"), json!({})).await.ok()["muted"], false);
        house.says(&ben, json!({"status": "At last @ana", "in_reply_to_id": again})).await;
        assert_eq!(told(&house, &ana).await, 2);
        let (dora, inside) = (house.customer("dora").await, house.says(&ana, json!({"status": "Inside", "local_only": true})).await);
        assert_eq!(house.post(&dora, &format!("/api/v1/statuses/{inside}/mute"), json!({})).await.refusal(), (404, "Record not found"));
    }

    async fn conversations_that_meet_stay_muted(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let eve = house.stranger("eve", "remote.example").await;
        let target = ana.actor;
        let root = "https://remote.example/posts/root";
        let reply = house.arrived(&eve, move |draft| {
            draft.reply_to = Some(ReplyTo { post: None, uri: Some(root.to_owned()) });
            draft.mentions = vec![target];
        }).await;
        house.post(&ana, &format!("/api/v1/statuses/{reply}/mute"), json!({})).await.ok();
        let before = told(&house, &ana).await;
        let first = house.arrived(&eve, move |draft| draft.uri = Some(root.to_owned())).await;
        assert_eq!(house.get(&ana, &format!("/api/v1/statuses/{first}")).await.ok()["muted"], true);
        house.arrived(&eve, move |draft| {
            draft.reply_to = Some(ReplyTo { post: Some(first), uri: None });
            draft.mentions = vec![target];
        }).await;
        assert_eq!(told(&house, &ana).await, before);
    }

    async fn people_are_endorsed_while_they_are_followed(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let mut whom = Vec::new();
        for name in ["ben", "cleo", "dora"] {
            let id = house.employee(name).await.id();
            follow(&house, &ana, &id).await;
            whom.push(id);
        }
        let stranger = house.employee("fred").await;
        let act = async |id: &str, verb: &str| house.post(&ana, &format!("/api/v1/accounts/{id}/{verb}"), json!({})).await;
        for (id, verb) in [(&whom[1], "endorse"), (&whom[0], "pin"), (&whom[2], "endorse"), (&whom[2], "endorse")] {
            assert_eq!(act(id, verb).await.ok()["endorsed"], true);
        }
        assert_eq!(act(&stranger.id(), "endorse").await.status, 422);
        assert_eq!(act("999", "endorse").await.status, 404);
        let expected = [whom[2].clone(), whom[0].clone(), whom[1].clone()];
        let public = format!("/api/v1/accounts/{}/endorsements", ana.id());
        assert_eq!(ids(&house.get(None, &public).await.ok()), expected, "everybody sees them");
        let (down, up) = walk(&house, &ana, "/api/v1/endorsements?limit=1").await;
        assert_eq!((&down[..], &up[..]), (&expected[..], &expected[..]));
        assert_eq!(house.get(&stranger, "/api/v1/endorsements").await.ok(), json!([]));
        assert_eq!(act(&whom[2], "unpin").await.ok()["endorsed"], false);
        assert_eq!(act(&whom[2], "unendorse").await.ok()["endorsed"], false);
        act(&whom[0], "unfollow").await.ok();
        assert_eq!(ids(&house.get(&ana, "/api/v1/endorsements").await.ok()), [whom[1].clone()], "it ends with the follow");
    }

    async fn several_people_and_posts_are_read_at_once(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, dora) = (house.employee("ana").await, house.employee("ben").await, house.customer("dora").await);
        let (open, inside) = (house.says(&ana, json!({"status": "Open"})).await, house.says(&ana, json!({"status": "Inside", "local_only": true})).await);
        let people = format!("/api/v1/accounts?id[]={}&id[]=999&id[]=x&id[]={}&id[]={}", ben.id(), ana.id(), ben.id());
        assert_eq!(ids(&house.get(None, &people).await.ok()), [ben.id(), ana.id()]);
        let posts = format!("/api/v1/statuses?id[]={inside}&id[]=999&id[]=x&id[]={open}");
        assert_eq!(ids(&house.get(&ben, &posts).await.ok()), [inside, open.clone()]);
        for reader in [Some(&dora), None] {
            assert_eq!(ids(&house.get(reader, &posts).await.ok()), std::slice::from_ref(&open));
        }
        assert_eq!(house.get(None, "/api/v1/statuses").await.ok(), json!([]));
        assert_eq!(house.get(None, "/api/v1/accounts").await.ok(), json!([]));
    }

    async fn familiar_followers_are_those_whom_one_follows(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo, dora) =
            (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await, house.employee("dora").await);
        for (who, whom) in [(&ana, &ben), (&ben, &cleo), (&dora, &cleo), (&ana, &cleo), (&ben, &dora)] {
            follow(&house, who, &whom.id()).await;
        }
        let told = house.get(&ana, &format!("/api/v1/accounts/familiar_followers?id[]={}&id[]={}&id[]=999&id[]={}", cleo.id(), dora.id(), ben.id())).await.ok();
        let familiar: Vec<(String, Vec<String>)> = told
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["id"].as_str().unwrap().to_owned(), ids(&one["accounts"])))
            .collect();
        assert_eq!(familiar, [(cleo.id(), vec![ben.id()]), (dora.id(), vec![ben.id()]), (ben.id(), vec![])]);
        assert_eq!(house.get(&dora, &format!("/api/v1/accounts/familiar_followers?id[]={}", cleo.id())).await.ok()[0]["accounts"], json!([]));
    }

    async fn habits_need_their_scopes_and_go_with_their_owner(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let some = house.person_with("some", AccountKind::Employee, Role::Member, "read:search write:media").await;
        let said = house.says(&ben, json!({"status": "Hello"})).await;
        let calls: Vec<(Method, String, Value)> = vec![
            (Method::GET, "/api/v1/markers".to_owned(), Value::Null),
            (Method::POST, "/api/v1/markers".to_owned(), json!({"home": {"last_read_id": "1"}})),
            (Method::GET, "/api/v1/preferences".to_owned(), Value::Null),
            (Method::POST, format!("/api/v1/statuses/{said}/mute"), json!({})),
            (Method::POST, format!("/api/v1/accounts/{}/note", ben.id()), json!({"comment": "x"})),
            (Method::POST, format!("/api/v1/accounts/{}/endorse", ben.id()), json!({})),
            (Method::GET, "/api/v1/endorsements".to_owned(), Value::Null),
            (Method::POST, "/api/v1/tags/tea/follow".to_owned(), json!({})),
            (Method::GET, "/api/v1/followed_tags".to_owned(), Value::Null),
            (Method::POST, "/api/v1/featured_tags".to_owned(), json!({"name": "tea"})),
            (Method::GET, "/api/v1/featured_tags".to_owned(), Value::Null),
            (Method::GET, "/api/v1/accounts/familiar_followers".to_owned(), Value::Null),
        ];
        follow(&house, &ana, &ben.id()).await;
        for (method, path, body) in calls {
            assert_eq!(house.call(Some(&some), method.clone(), &path, body.clone()).await.refusal(), OUTSIDE, "{method} {path}");
            assert_eq!(house.call(None, method.clone(), &path, body.clone()).await.status, 401, "{method} {path}");
            assert_eq!(house.call(Some(&ana), method.clone(), &path, body).await.status, 200, "{method} {path}");
        }
        house.post(&ana, &format!("/api/v1/statuses/{said}/bookmark"), json!({})).await.ok();
        house.post(&ana, "/api/v1/domain_blocks", json!({"domain": "remote.example"})).await.ok();
        house.post(&ana, &format!("/api/v1/accounts/{}/mute", ben.id()), json!({})).await.ok();
        house.call(Some(&ana), Method::PATCH, "/api/v1/accounts/update_credentials", json!({"source": {"privacy": "private"}})).await.ok();
        let (account, actor) = (ana.account, ana.actor);
        house.app.db.write(move |tx| accounts::delete(tx, account)).await.unwrap();
        house.work().await;
        let left = house.app.db.read(move |conn| {
            use diesel::prelude::*;
            use guildhall::db::schema::*;
            Ok([
                bookmarks::table.filter(bookmarks::actor_id.eq(actor)).count().get_result::<i64>(conn)?,
                shunned_hosts::table.filter(shunned_hosts::actor_id.eq(actor)).count().get_result(conn)?,
                mutes::table.filter(mutes::actor_id.eq(actor)).count().get_result(conn)?,
                markers::table.filter(markers::actor_id.eq(actor)).count().get_result(conn)?,
                quiet_threads::table.filter(quiet_threads::actor_id.eq(actor)).count().get_result(conn)?,
                actor_notes::table.filter(actor_notes::actor_id.eq(actor)).count().get_result(conn)?,
                endorsements::table.filter(endorsements::actor_id.eq(actor)).count().get_result(conn)?,
                followed_tags::table.filter(followed_tags::actor_id.eq(actor)).count().get_result(conn)?,
                featured_tags::table.filter(featured_tags::actor_id.eq(actor)).count().get_result(conn)?,
                writing_habits::table.filter(writing_habits::actor_id.eq(actor)).count().get_result(conn)?,
            ])
        });
        assert_eq!(left.await.unwrap(), [0; 10]);
    }
}
