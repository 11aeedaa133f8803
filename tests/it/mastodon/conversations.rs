//! Direct posts, by whom they are with.

use guildhall::domain::{
    accounts::{self, AccountKind, Role},
    posts::{Audience, ReplyTo},
};
use serde_json::{Value, json};

use super::{
    House, Person, follow, ids,
    streaming::{listen, serve},
};

const PATH: &str = "/api/v1/conversations";

async fn talks(house: &House, who: &Person) -> Value {
    house.get(who, PATH).await.ok()
}

/// Id of the last post, whether it is new, and the others, of each conversation.
fn brief(talks: &Value) -> Vec<(String, bool, Vec<String>)> {
    let one = |talk: &Value| {
        let last = talk["last_status"]["id"].as_str().unwrap().to_owned();
        let others =
            talk["accounts"].as_array().unwrap().iter().map(|account| account["username"].as_str().unwrap().to_owned());
        (last, talk["unread"].as_bool().unwrap(), others.collect())
    };
    talks.as_array().unwrap().iter().map(one).collect()
}

async fn says(house: &House, who: &Person, text: &str, to: Option<&str>) -> String {
    house.says(who, json!({"status": text, "visibility": "direct", "in_reply_to_id": to})).await
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

on_both! {
    async fn a_direct_post_is_a_conversation_of_everybody_in_it(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        house.says(&ana, json!({"status": "@ben in public"})).await;
        assert_eq!(talks(&house, &ana).await, json!([]));
        let one = says(&house, &ana, "@ben Tea?", None).await;
        assert_eq!(brief(&talks(&house, &ana).await), [(one.clone(), false, names(&["ben"]))]);
        assert_eq!(brief(&talks(&house, &ben).await), [(one.clone(), true, names(&["ana"]))]);
        assert_eq!(talks(&house, &cleo).await, json!([]));
        let two = says(&house, &ben, "@ana Yes", Some(&one)).await;
        assert_eq!(brief(&talks(&house, &ana).await), [(two.clone(), true, names(&["ben"]))]);
        assert_eq!(brief(&talks(&house, &ben).await), [(two.clone(), false, names(&["ana"]))]);
        // With other people, or in another thread, it is another one.
        let three = says(&house, &ana, "@ben @cleo All of us?", Some(&two)).await;
        let four = says(&house, &ana, "@ben Something else", None).await;
        assert_eq!(brief(&talks(&house, &ben).await), [
            (four.clone(), true, names(&["ana"])), (three.clone(), true, names(&["ana", "cleo"])), (two.clone(), false, names(&["ana"])),
        ]);
        assert_eq!(brief(&talks(&house, &cleo).await), [(three.clone(), true, names(&["ana", "ben"]))]);
        let alone = says(&house, &cleo, "To myself", None).await;
        assert_eq!(brief(&talks(&house, &cleo).await)[0], (alone, false, names(&["cleo"])));
        // Walked by the last posts.
        let first = house.get(&ben, &format!("{PATH}?limit=2")).await;
        let second = house.get(&ben, &first.link("next").unwrap()).await;
        assert_eq!(brief(&first.body).len() + brief(&second.body).len(), 3);
        assert_eq!(brief(&second.body)[0].0, two);
        let back = house.get(&ben, &second.link("prev").unwrap()).await;
        assert_eq!(back.body, first.body);
        assert_eq!(brief(&house.get(&ben, &format!("{PATH}?limit=1&min_id={two}")).await.ok())[0].0, three);
    }

    async fn what_waits_is_in_no_conversation_until_its_sender_is_let_in(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, dan, fay) = (house.employee("ana").await, house.customer("dan").await, house.employee("fay").await);
        follow(&house, &fay, &dan.id()).await;
        let requests = "/api/v1/notifications/requests";
        let home = async |who: &Person| ids(&house.get(who, "/api/v1/timelines/home").await.ok());
        let address = serve(&house).await;
        let mut anas = listen(&address, &ana, &["user", "direct"]).await;
        let one = says(&house, &dan, "@ana @fay Between us", None).await;
        // Also where a post names somebody later.
        let two = says(&house, &dan, "@fay And you?", None).await;
        house.put(&dan, &format!("/api/v1/statuses/{two}"), json!({"status": "@fay @ana And you?"})).await.ok();
        assert_eq!((home(&ana).await.len(), talks(&house, &ana).await), (0, json!([])));
        assert_eq!(home(&fay).await, [two.clone(), one.clone()], "whom one follows is at home");
        assert_eq!((talks(&house, &fay).await.as_array().unwrap().len(), talks(&house, &dan).await.as_array().unwrap().len()), (2, 2));
        let waiting = house.get(&ana, requests).await.ok();
        assert_eq!((&waiting[0]["account"]["id"], &waiting[0]["notifications_count"]), (&json!(dan.id()), &json!("2")));
        // Another policy changes nothing of what waits, as in Mastodon.
        house.put(&ana, "/api/v2/notifications/policy", json!({"for_private_mentions": "accept"})).await.ok();
        house.put(&ana, "/api/v2/notifications/policy", json!({"for_private_mentions": "filter"})).await.ok();
        assert_eq!(talks(&house, &ana).await, json!([]));
        house.post(&ana, &format!("{requests}/{}/accept", waiting[0]["id"].as_str().unwrap()), json!({})).await.ok();
        let mut heard = Vec::new();
        for _ in 0..3 {
            let (stream, event, _) = anas.event().await;
            heard.push((stream[0].as_str().unwrap().to_owned(), event));
        }
        heard.sort();
        let said = |stream: &str, event: &str| (stream.to_owned(), event.to_owned());
        assert_eq!(heard, [said("direct", "conversation"), said("direct", "conversation"), said("user", "notifications_merged")], "and nothing before");
        let with = names(&["dan", "fay"]);
        assert_eq!(brief(&talks(&house, &ana).await), [(two, true, with.clone()), (one, true, with)]);
        assert_eq!(home(&ana).await.len(), 0, "who is no stranger any more is followed by nobody yet");
        let three = says(&house, &dan, "@ana Thanks", None).await;
        assert_eq!(brief(&talks(&house, &ana).await)[0], (three, true, names(&["dan"])));
        // What is dropped is gone, and so is what is dismissed.
        let gus = house.customer("gus").await;
        house.put(&ana, "/api/v2/notifications/policy", json!({"for_private_mentions": "drop"})).await.ok();
        says(&house, &gus, "@ana Buy", None).await;
        house.put(&ana, "/api/v2/notifications/policy", json!({"for_private_mentions": "filter"})).await.ok();
        says(&house, &gus, "@ana Now", None).await;
        let waiting = house.get(&ana, requests).await.ok();
        assert_eq!(waiting[0]["notifications_count"], "1");
        house.post(&ana, &format!("{requests}/{}/dismiss", waiting[0]["id"].as_str().unwrap()), json!({})).await.ok();
        assert_eq!(talks(&house, &ana).await.as_array().unwrap().len(), 3);
        says(&house, &gus, "@ana Then", None).await;
        let waiting = house.get(&ana, requests).await.ok();
        house.post(&ana, &format!("{requests}/accept"), json!({"id": [waiting[0]["id"]]})).await.ok();
        assert_eq!(talks(&house, &ana).await.as_array().unwrap().len(), 4, "of what was dismissed nothing comes back");
    }

    async fn what_somebody_does_not_want_to_hear_is_in_no_conversation_of_theirs(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, carl) = (house.employee("ana").await, house.employee("ben").await, house.customer("carl").await);
        // Muted, whoever it is: a colleague, and a stranger whose letter would wait otherwise.
        for who in [&ben, &carl] {
            house.post(&ana, &format!("/api/v1/accounts/{}/mute", who.id()), json!({})).await.ok();
            says(&house, who, "@ana Psst", None).await;
        }
        // Of a server that she does not want to hear of.
        let eve = house.stranger("eve", "remote.example").await;
        house.post(&ana, "/api/v1/domain_blocks", json!({"domain": "remote.example"})).await.ok();
        let to = ana.actor;
        house.arrived(&eve, move |draft| {
            draft.audience = Audience::Direct;
            draft.mentions = vec![to];
        }).await;
        assert_eq!(talks(&house, &ana).await, json!([]));
        assert_eq!(house.get(&ana, "/api/v1/notifications/requests").await.ok(), json!([]));
        // In a thread that she keeps quiet what is said later changes nothing.
        let dora = house.employee("dora").await;
        let first = says(&house, &dora, "@ana One", None).await;
        house.post(&ana, &format!("/api/v1/statuses/{first}/mute"), json!({})).await.ok();
        says(&house, &dora, "@ana Two", Some(&first)).await;
        let heard = talks(&house, &ana).await;
        assert_eq!((heard.as_array().unwrap().len(), &heard[0]["last_status"]["id"]), (1, &json!(first)));
    }

    async fn however_much_waited_of_it_all_comes_into_conversations(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let (eve, to) = (house.stranger("eve", "remote.example").await, ana.actor);
        let mut said = Vec::new();
        for _ in 0..203 {
            house.wait(1);
            said.push(house.arrived(&eve, move |draft| {
                draft.audience = Audience::Direct;
                draft.mentions = vec![to];
            }).await);
        }
        let requests = "/api/v1/notifications/requests";
        let waiting = house.get(&ana, requests).await.ok();
        assert_eq!((&waiting[0]["notifications_count"], talks(&house, &ana).await), (&json!("203"), json!([])));
        house.post(&ana, &format!("{requests}/accept"), json!({"id": [waiting[0]["id"]]})).await.ok();
        let oldest = async || brief(&house.get(&ana, &format!("{PATH}?min_id=0&limit=1")).await.ok())[0].0.clone();
        assert_eq!(brief(&talks(&house, &ana).await)[0].0, said[202].to_string(), "the latest at once");
        assert_eq!(oldest().await, said[3].to_string());
        let merged = async || house.get(&ana, &format!("{requests}/merged")).await.ok()["merged"].as_bool().unwrap();
        assert!(!merged().await, "the rest is being told");
        house.work().await;
        assert!(merged().await);
        assert_eq!(oldest().await, said[0].to_string(), "and all of it");
        let summary = house.get(&ana, "/api/v2/notifications/policy").await.ok()["summary"].clone();
        assert_eq!(summary, json!({"pending_requests_count": 0, "pending_notifications_count": 0}));
        assert_eq!(brief(&talks(&house, &ana).await).iter().filter(|(_, unread, _)| *unread).count(), 20);
    }

    async fn a_conversation_is_read_unread_and_taken_away(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let one = says(&house, &ana, "@ben Tea?", None).await;
        let id = ids(&talks(&house, &ben).await)[0].clone();
        for (what, unread) in [("read", false), ("unread", true), ("read", false)] {
            let shown = house.post(&ben, &format!("{PATH}/{id}/{what}"), json!({})).await.ok();
            assert_eq!((&shown["unread"], &shown["last_status"]["id"]), (&json!(unread), &json!(one)), "{what}");
            assert_eq!(brief(&talks(&house, &ben).await), [(one.clone(), unread, names(&["ana"]))]);
        }
        for what in ["read", "unread"] {
            assert_eq!(house.post(&ana, &format!("{PATH}/{id}/{what}"), json!({})).await.status, 404);
        }
        assert_eq!(house.delete(&ana, &format!("{PATH}/{id}")).await.status, 404);
        assert_eq!(house.delete(&ben, &format!("{PATH}/{id}")).await.ok(), json!({}));
        assert_eq!((talks(&house, &ben).await, brief(&talks(&house, &ana).await).len()), (json!([]), 1));
        assert_eq!(house.get(&ben, &format!("/api/v1/statuses/{one}")).await.status, 200, "the post stays");
        let two = says(&house, &ana, "@ben Still there?", Some(&one)).await;
        assert_eq!(brief(&talks(&house, &ben).await), [(two, true, names(&["ana"]))]);
        let narrow = house.person_with("dora", AccountKind::Employee, Role::Member, "read:statuses").await;
        assert_eq!((talks(&house, &narrow).await, house.post(&narrow, &format!("{PATH}/1/read"), json!({})).await.status.as_u16()), (json!([]), 403));
        let narrow = house.person_with("eve", AccountKind::Employee, Role::Member, "write:conversations").await;
        assert_eq!((house.get(&narrow, PATH).await.status.as_u16(), house.get(None, PATH).await.status.as_u16()), (403, 401));
    }

    async fn what_was_deleted_leaves_what_was_said_before(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let one = says(&house, &ana, "@ben One", None).await;
        let two = says(&house, &ben, "@ana Two", Some(&one)).await;
        house.delete(&ben, &format!("/api/v1/statuses/{two}")).await.ok();
        for who in [&ana, &ben] {
            assert_eq!(brief(&talks(&house, who).await)[0].0, one);
        }
        house.delete(&ana, &format!("/api/v1/statuses/{one}")).await.ok();
        for who in [&ana, &ben] {
            assert_eq!(talks(&house, who).await, json!([]));
        }
    }

    async fn a_conversation_shows_nothing_that_its_owner_may_not_read(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        let one = says(&house, &ana, "@ben @cleo One", None).await;
        let two = says(&house, &cleo, "@ana @ben Two", Some(&one)).await;
        assert_eq!(brief(&talks(&house, &ben).await)[0].0, two);
        house.post(&cleo, &format!("/api/v1/accounts/{}/block", ben.id()), json!({})).await.ok();
        assert_eq!(brief(&talks(&house, &ben).await)[0].0, one, "what was said before is left");
        assert_eq!(talks(&house, &cleo).await, json!([]), "who blocks somebody has no conversation with them");
        says(&house, &cleo, "@ana @ben Three", Some(&one)).await;
        assert_eq!(brief(&talks(&house, &ben).await)[0].0, one);
        // Named no more, one reads no more.
        house.put(&ana, &format!("/api/v1/statuses/{one}"), json!({"status": "@cleo alone"})).await.ok();
        assert_eq!(talks(&house, &ben).await, json!([]));
        let dora = house.employee("dora").await;
        house.put(&ana, &format!("/api/v1/statuses/{one}"), json!({"status": "@dora and @cleo"})).await.ok();
        assert_eq!(brief(&talks(&house, &dora).await), [(one.clone(), true, names(&["ana", "cleo"]))], "named later, told later");
    }

    async fn conversations_come_from_elsewhere_and_find_each_other(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let eve = house.stranger("eve", "remote.example").await;
        let ben = house.employee("ben").await;
        for who in [&ana, &ben] {
            house.put(who, "/api/v2/notifications/policy", json!({"for_private_mentions": "accept"})).await.ok();
        }
        let to = ana.actor;
        let direct = move |uri: &'static str, answers: Option<&'static str>| move |draft: &mut guildhall::domain::posts::Draft| {
            draft.audience = Audience::Direct;
            draft.mentions = vec![to];
            draft.uri = Some(uri.to_owned());
            draft.reply_to = answers.map(|uri| ReplyTo { post: None, uri: Some(uri.to_owned()) });
        };
        // The answer is here before what it answers.
        let answer = house.arrived(&eve, direct("https://remote.example/2", Some("https://remote.example/1"))).await.to_string();
        assert_eq!(brief(&talks(&house, &ana).await), [(answer.clone(), true, names(&["eve"]))]);
        house.wait(1);
        let asked = house.arrived(&eve, direct("https://remote.example/1", None)).await.to_string();
        house.arrived(&eve, direct("https://remote.example/1", None)).await;
        assert_eq!(brief(&talks(&house, &ana).await), [(asked, true, names(&["eve"]))], "one conversation");
        // Somebody who gets it without being named is seen by nobody, and sees whom it names.
        let hidden = ben.actor;
        house.wait(1);
        let third = house.arrived(&eve, move |draft| {
            draft.audience = Audience::Direct;
            draft.mentions = vec![to];
            draft.hidden = vec![hidden];
        }).await.to_string();
        assert_eq!(brief(&talks(&house, &ana).await)[0], (third.clone(), true, names(&["eve"])));
        let (last, _, mut with) = brief(&talks(&house, &ben).await).remove(0);
        with.sort();
        assert_eq!((last, with), (third, names(&["ana", "eve"])));
        // A brand has its own.
        let brand = house.brand_of(&ana).await;
        let to_brand = brand.actor;
        house.arrived(&eve, move |draft| {
            draft.audience = Audience::Direct;
            draft.mentions = vec![to_brand];
        }).await;
        assert_eq!((brief(&talks(&house, &brand).await).len(), brief(&talks(&house, &ana).await).len()), (1, 2));
    }

    async fn what_was_said_before_what_is_deleted_is_the_last(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let one = says(&house, &ana, "@ben Tea?", None).await;
        let two = says(&house, &ana, "@ben Coffee?", None).await;
        let three = says(&house, &ben, "@ana Tea", Some(&one)).await;
        let four = says(&house, &ana, "@ben Fine", Some(&three)).await;
        let last = async || -> Vec<String> { brief(&talks(&house, &ben).await).into_iter().map(|(last, ..)| last).collect() };
        assert_eq!(last().await, [four.clone(), two.clone()]);
        house.delete(&ana, &format!("/api/v1/statuses/{three}")).await;
        house.delete(&ben, &format!("/api/v1/statuses/{three}")).await.ok();
        assert_eq!(last().await, [four.clone(), two.clone()]);
        house.delete(&ana, &format!("/api/v1/statuses/{four}")).await.ok();
        assert_eq!(last().await, [two.clone(), one.clone()]);
        // What comes late from before is not the last.
        house.delete(&ana, &format!("/api/v1/statuses/{one}")).await.ok();
        assert_eq!(last().await, [two]);
    }

    async fn direct_posts_from_before_conversations_are_put_into_them_once(database: TestDatabase) {
        use diesel::prelude::*;
        use guildhall::{db::schema::conversations, domain::{PostId, work::Job}};
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        let one = says(&house, &ana, "@ben Tea?", None).await;
        let two = says(&house, &ben, "@ana Yes", Some(&one)).await;
        house.says(&ana, json!({"status": "@ben in public"})).await;
        let three = says(&house, &cleo, "@ana @ben All of us?", None).await;
        house.post(&ben, &format!("/api/v1/accounts/{}/block", cleo.id()), json!({})).await.ok();
        let everybody = [&ana, &ben, &cleo];
        let mut before = Vec::new();
        for who in everybody {
            let seen: Vec<_> = brief(&talks(&house, who).await).into_iter().map(|(last, _, with)| (last, false, with)).collect();
            before.push(seen);
        }
        assert_eq!(before.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1, 1]);
        house.app.db.write(|tx| {
            diesel::delete(conversations::table).execute(tx.conn())?;
            tx.defer(&Job::Converse { before: PostId(i64::MAX) })
        }).await.unwrap();
        assert_eq!(talks(&house, &ana).await, json!([]));
        for _ in 0..2 {
            house.work().await;
            for (who, before) in everybody.iter().zip(&before) {
                assert_eq!(brief(&talks(&house, who).await), *before, "nothing of it is new");
            }
            house.app.db.write(|tx| tx.defer(&Job::Converse { before: PostId(i64::MAX) })).await.unwrap();
        }
        // What comes next goes on in them.
        let four = says(&house, &ana, "@ben Now?", Some(&two)).await;
        assert_eq!(brief(&talks(&house, &ben).await), [(four, true, names(&["ana"]))]);
        assert_ne!(three, two);
    }

    async fn conversations_go_with_their_owner(database: TestDatabase) {
        use diesel::prelude::*;
        use guildhall::db::schema::{conversation_posts, conversations};
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        says(&house, &ben, "@ana Tea?", None).await;
        let left = || house.app.db.read(|conn| Ok((conversations::table.count().get_result::<i64>(conn)?, conversation_posts::table.count().get_result::<i64>(conn)?)));
        assert_eq!(left().await.unwrap(), (2, 2));
        let account = ana.account;
        house.app.db.write(move |tx| accounts::delete(tx, account)).await.unwrap();
        crate::leak::work(&house).await;
        assert_eq!(left().await.unwrap(), (1, 1));
    }
}
