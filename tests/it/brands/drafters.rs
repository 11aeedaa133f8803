//! Who only writes drafts for a brand acts as it in an app: what they post waits, and nothing else is done or read as it.

use guildhall::domain::accounts::{self, GrantRole};
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    audit_acts,
    desk::{Desk, refused},
    doors::in_an_app,
    give,
};
use crate::{
    mastodon::{House, Person, ids, streaming},
    oauth::{Browser, PASSWORD},
};

const ME: &str = "/api/v1/accounts/verify_credentials";

async fn writes(desk: &Desk, app: &Person, body: Value) -> Value {
    desk.house.post(app, "/api/v1/statuses", body).await.ok()
}

/// A browser in which somebody is signed in.
async fn browser(house: &House, who: &Person) -> Browser {
    // A new password ends their tokens.
    let name = house.get(who, ME).await.ok()["username"].as_str().unwrap().to_owned();
    let (account, hash) = (who.account, guildhall::secrets::hash_password(PASSWORD).unwrap());
    house.app.db.write(move |tx| accounts::set_password(tx, account, &hash)).await.unwrap();
    let mut browser = Browser::default();
    assert_eq!(browser.sign_in(house, &name, PASSWORD, "").await.status, StatusCode::SEE_OTHER);
    browser
}

fn id(status: &Value) -> &str {
    status["id"].as_str().unwrap()
}

on_both! {
    async fn what_a_contributor_posts_waits_and_is_a_post_when_a_colleague_likes_it(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"signature": "name"})).await;
        let (house, cora, abe) = (&desk.house, in_an_app(&desk, &desk.contributor, "cora").await, in_an_app(&desk, &desk.approver, "abe").await);
        assert_eq!(house.get(&cora, ME).await.ok()["username"], "acme");
        let picture = house.uploaded(&cora).await;
        let waits = writes(&desk, &cora, json!({"status": "The price is 10", "media_ids": [picture["id"]]})).await;
        assert_eq!((&waits["visibility"], &waits["spoiler_text"], &waits["account"]["username"]), (&json!("direct"), &json!("⏳ waiting for approval (public)"), &json!("acme")));
        assert_eq!((&waits["guildhall"]["approval"]["state"], &waits["media_attachments"][0]["id"]), (&json!("in_review"), &picture["id"]));
        assert_eq!(desk.said().await.len(), 0);
        assert_eq!(ids(&house.get(&cora, "/api/v1/timelines/home").await.ok()), [id(&waits)]);
        assert_eq!(house.get(&cora, &format!("/api/v1/statuses/{}", id(&waits))).await.ok()["content"], waits["content"]);
        assert_eq!(house.post(&cora, &format!("/api/v1/statuses/{}/favourite", id(&waits)), json!({})).await.status, StatusCode::FORBIDDEN);
        let posted = house.post(&abe, &format!("/api/v1/statuses/{}/favourite", id(&waits)), json!({})).await.ok();
        assert_eq!((&posted["visibility"], &posted["content"], &posted["guildhall"]["approval"]), (&json!("public"), &json!("<p>The price is 10</p><p>— THE_CONTRIBUTOR</p>"), &Value::Null));
        // It is the brand's own now, and the contributor's no more.
        let path = format!("/api/v1/statuses/{}", id(&posted));
        assert_eq!(house.get(&cora, &path).await.ok()["content"], posted["content"]);
        assert_eq!(house.put(&cora, &path, json!({"status": "The price is 20"})).await.status, StatusCode::NOT_FOUND);
        assert_eq!(house.delete(&cora, &path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(desk.said().await, ["<p>The price is 10</p><p>— THE_CONTRIBUTOR</p>"]);
        let draft = desk.reads(&desk.manager, waits["guildhall"]["approval"]["id"].as_str().unwrap()).await;
        assert_eq!((&draft["post"]["by"]["username"], &draft["author"]["username"]), (&json!("the_approver"), &json!("the_contributor")));
        let acts = audit_acts(&desk).await;
        assert_eq!(acts[acts.len() - 2..], ["draft.approved", "draft.published"]);
    }

    async fn at_the_door_of_drafts_they_name_nothing_that_the_brand_alone_may_read(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        let carl = house.customer("carl").await;
        let secret = house.says(&carl, json!({"status": "@acme Between us", "visibility": "direct"})).await;
        for body in [json!({"body": "Yes", "reply_to": secret}), json!({"body": "Look", "quote_of": secret})] {
            assert_eq!(refused(&desk.begins(&desk.contributor, body.clone()).await), (404, "post.not_found"), "{body}");
            desk.begins(&desk.publisher, body).await.ok();
        }
    }

    async fn a_brand_without_rules_publishes_nothing_of_a_contributor_by_itself(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"min_approvals": 0})).await;
        let (house, cora, abe) = (&desk.house, in_an_app(&desk, &desk.contributor, "cora").await, in_an_app(&desk, &desk.approver, "abe").await);
        let carl = house.customer("carl").await;
        let question = house.says(&carl, json!({"status": "Is it waterproof?"})).await;
        let mut waiting = Vec::new();
        for body in [
            json!({"status": "Hello"}),
            json!({"status": "Hello @carl", "visibility": "direct"}),
            json!({"status": "Hello", "local_only": true}),
            json!({"status": "Yes", "in_reply_to_id": question}),
        ] {
            let waits = writes(&desk, &cora, body.clone()).await;
            assert_eq!((&waits["visibility"], &waits["guildhall"]["approval"]["needed"]), (&json!("direct"), &json!(0)), "{body}");
            waiting.push(id(&waits).to_owned());
        }
        let later = house.post(&cora, "/api/v1/statuses", json!({"status": "Hello", "scheduled_at": "2026-11-01T13:00:00Z"})).await;
        assert_eq!(later.status, StatusCode::FORBIDDEN, "{}", later.body);
        let told = later.body["error"].as_str().unwrap();
        assert!(told.contains("Post it without a time") && told.contains("@acme"), "{told}");
        let outbox = http::Request::post(format!("/ap/actors/{}/outbox", desk.brand)).header("authorization", "Bearer cora").header("content-type", "application/activity+json");
        let note = json!({"@context": "https://www.w3.org/ns/activitystreams", "type": "Note", "content": "<p>Hello</p>", "to": ["https://www.w3.org/ns/activitystreams#Public"]});
        let sent = house.send(outbox.body(note.to_string().into()).unwrap()).await;
        assert_eq!((sent.status, &sent.body["code"]), (StatusCode::FORBIDDEN, &json!("token.drafts_only")), "{}", sent.body);
        assert_eq!(desk.said().await.len(), 0);
        house.post(&abe, &format!("/api/v1/statuses/{}/favourite", waiting[0]), json!({})).await.ok();
        assert_eq!(desk.said().await, ["<p>Hello</p>"]);
    }

    async fn a_contributor_gives_what_waits_another_text_and_throws_it_away(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, cora, abe) = (&desk.house, in_an_app(&desk, &desk.contributor, "cora").await, in_an_app(&desk, &desk.approver, "abe").await);
        let address = streaming::serve(house).await;
        let mut heard = streaming::listen(&address, &cora, &["user"]).await;
        let waits = writes(&desk, &cora, json!({"status": "The **price** is 10", "spoiler_text": "News", "content_type": "text/markdown", "visibility": "unlisted"})).await;
        assert_eq!(heard.event().await.1, "update");
        let source = house.get(&cora, &format!("/api/v1/statuses/{}/source", id(&waits))).await.ok();
        assert_eq!((&source["id"], &source["text"], &source["spoiler_text"], &source["content_type"]), (&waits["id"], &json!("The **price** is 10"), &json!("News"), &json!("text/markdown")));
        let other = house.put(&cora, &format!("/api/v1/statuses/{}", id(&waits)), json!({"status": "The **price** is 20"})).await.ok();
        assert_eq!((&other["content"], &other["spoiler_text"]), (&json!("<p>The <strong>price</strong> is 20</p>"), &json!("⏳ waiting for approval (unlisted): News")));
        let mut told = Vec::new();
        for _ in 0..2 {
            told.push(heard.event().await.1);
        }
        told.sort();
        assert_eq!(told, ["delete", "update"]);
        // Who liked the old text liked nothing.
        assert_eq!(house.post(&abe, &format!("/api/v1/statuses/{}/favourite", id(&waits)), json!({})).await.status, StatusCode::NOT_FOUND);
        let posted = house.post(&abe, &format!("/api/v1/statuses/{}/favourite", id(&other)), json!({})).await.ok();
        assert_eq!(posted["content"], other["content"]);
        let mut told = Vec::new();
        for _ in 0..2 {
            told.push(heard.event().await.1);
        }
        told.sort();
        assert_eq!(told, ["delete", "update"]);
        // What a colleague began is not theirs to change.
        let pat = in_an_app(&desk, &desk.publisher, "pat").await;
        let theirs = writes(&desk, &pat, json!({"status": "Theirs"})).await;
        for reply in [house.put(&cora, &format!("/api/v1/statuses/{}", id(&theirs)), json!({"status": "Mine"})).await, house.delete(&cora, &format!("/api/v1/statuses/{}", id(&theirs))).await] {
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{}", reply.body);
        }
        let gone = writes(&desk, &cora, json!({"status": "Never mind"})).await;
        assert_eq!(house.delete(&cora, &format!("/api/v1/statuses/{}", id(&gone))).await.ok()["text"], "Never mind");
        assert_eq!(house.get(&cora, &format!("/api/v1/statuses/{}", id(&gone))).await.status, StatusCode::NOT_FOUND);
    }

    async fn a_contributor_reads_nothing_that_only_the_brand_may_read(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, cora, abe) = (&desk.house, in_an_app(&desk, &desk.contributor, "cora").await, in_an_app(&desk, &desk.approver, "abe").await);
        let address = streaming::serve(house).await;
        let mut heard = streaming::listen(&address, &cora, &["user"]).await;
        let carl = house.customer("carl").await;
        house.post(&abe, &format!("/api/v1/accounts/{}/follow", carl.id()), json!({})).await.ok();
        let secret = house.says(&carl, json!({"status": "My order is 4711 @acme", "visibility": "direct"})).await;
        let few = house.says(&carl, json!({"status": "For followers", "visibility": "private"})).await;
        let open = house.says(&carl, json!({"status": "For everybody"})).await;
        // The control: the brand reads all of it.
        let home = ids(&house.get(&abe, "/api/v1/timelines/home").await.ok());
        assert!(home.contains(&few) && home.contains(&open), "{home:?}");
        house.get(&abe, &format!("/api/v1/statuses/{secret}")).await.ok();
        assert_eq!(ids(&house.get(&cora, "/api/v1/timelines/home").await.ok()), [open.as_str()]);
        for hidden in [&secret, &few] {
            for path in ["", "/context", "/source"] {
                assert_eq!(house.get(&cora, &format!("/api/v1/statuses/{hidden}{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
            }
            // Nor is it answered or quoted.
            let answer = house.post(&cora, "/api/v1/statuses", json!({"status": "Sorry", "in_reply_to_id": hidden})).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.body);
            let quote = house.post(&cora, "/api/v1/statuses", json!({"status": "Hear", "quoted_status_id": hidden})).await;
            assert_eq!(quote.status, StatusCode::NOT_FOUND, "{}", quote.body);
        }
        for path in ["/api/v1/notifications", "/api/v1/conversations", "/api/v1/streaming/direct", "/api/v1/favourites", "/api/v1/accounts/relationships", "/api/v1/markers?timeline[]=home"] {
            let reply = house.get(&cora, path).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path}: {}", reply.body);
            assert!(reply.body["error"].as_str().unwrap().contains("you write drafts"), "{}", reply.body);
        }
        // In the stream there was the open post alone.
        let (_, event, payload) = heard.event().await;
        assert!(event == "update" && payload.contains("For everybody"), "{event} {payload}");
        // An upload that waits for its post is whoever's uploaded it.
        let picture = house.uploaded(&abe).await;
        let path = format!("/api/v1/media/{}", picture["id"].as_str().unwrap());
        assert_eq!(house.get(&cora, &path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(house.delete(&cora, &path).await.status, StatusCode::NOT_FOUND);
        house.get(&abe, &path).await.ok();
    }

    async fn a_draft_takes_only_what_its_writer_uploaded_or_what_it_has(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, cora, pat) = (&desk.house, in_an_app(&desk, &desk.contributor, "cora").await, in_an_app(&desk, &desk.publisher, "pat").await);
        let secret = house.uploaded(&pat).await["id"].clone();
        let own = house.uploaded(&cora).await["id"].clone();
        // Whoever knows the number of another's upload has it not, at either door.
        for body in [json!({"status": "Look", "media_ids": [secret]}), json!({"status": "Look", "media_ids": [own, secret]})] {
            let answer = house.post(&cora, "/api/v1/statuses", body).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
        }
        for who in [&desk.contributor, &desk.manager] {
            assert_eq!(refused(&desk.begins(who, json!({"body": "Look", "media": [secret]})).await), (422, "media.unknown"));
        }
        // Uploads of the same person serve, as whom they made them.
        let as_themselves = house.uploaded(&desk.contributor).await["id"].clone();
        let begun = desk.begins(&desk.contributor, json!({"body": "Look", "media": [own, as_themselves]})).await.ok();
        let files = |draft: &Value| draft["media"].as_array().unwrap().iter().map(|file| file["id"].clone()).collect::<Vec<_>>();
        assert_eq!(files(&begun), [own.clone(), as_themselves.clone()]);
        assert_eq!(refused(&desk.saves(&desk.contributor, id(&begun), json!({"body": "Look", "media": [own, secret]})).await), (422, "media.unknown"));
        // A colleague who edits it keeps what it has, and brings back what it had.
        let pats = desk.saves(&desk.publisher, id(&begun), json!({"body": "Look here", "media": [own, secret]})).await.ok();
        assert_eq!(files(&pats), [own.clone(), secret]);
        let back = desk.saves(&desk.publisher, id(&begun), json!({"body": "Look", "media": [as_themselves, own]})).await.ok();
        assert_eq!(files(&back), [as_themselves, own]);
    }

    async fn what_waits_has_a_page_for_who_may_read_it(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, cora) = (&desk.house, in_an_app(&desk, &desk.contributor, "cora").await);
        let waits = writes(&desk, &cora, json!({"status": "The price is <10>", "spoiler_text": "Prices"})).await;
        let draft = waits["guildhall"]["approval"]["id"].as_str().unwrap();
        let path = format!("/home/review/{draft}");
        assert_eq!(waits["url"], format!("{}{path}", crate::mastodon::BASE));
        let (mut coras, mut carls) = (browser(house, &desk.contributor).await, browser(house, &house.customer("carl").await).await);
        // Nobody hears that there is one without signing in, and signing in leads back.
        for path in [path.as_str(), "/home/review/1"] {
            let page = Browser::default().get(house, path).await;
            assert_eq!((page.status, page.location().replace("%2F", "/")), (StatusCode::SEE_OTHER, format!("/sign-in?then={path}")));
        }
        let page = coras.get(house, &path).await;
        assert_eq!(page.status, StatusCode::OK);
        if page.text.contains("id=\"told\"") {
            // The workroom was built: its page asks the API, which refuses others, and is the same for everybody.
            assert!(!page.text.contains("The price"));
            assert!(carls.get(house, &path).await.text.contains("id=\"told\""));
            return;
        }
        for said in ["This waits for approval", "<b dir=\"auto\">Prices</b>", "The price is &#60;10&#62;", "0 of 1 approval", "@acme"] {
            assert!(page.text.contains(said), "{said}: {}", page.text);
        }
        assert_eq!(page.headers["cache-control"], "no-store");
        for (browser, path) in [(&mut carls, "/home/review/1"), (&mut coras, "/home/review/1")] {
            let page = browser.get(house, path).await;
            assert!(page.status == StatusCode::NOT_FOUND && page.text.contains("There is nothing at this address."), "{}", page.text);
        }
        let (missing, hidden) = (carls.get(house, "/home/review/1").await, carls.get(house, &path).await);
        assert_eq!((hidden.status, hidden.text), (missing.status, missing.text), "who may not read it learns nothing");
        desk.approves(&desk.approver, draft).await.ok();
        let page = coras.get(house, &path).await;
        assert!(page.text.contains("This is approved") || page.text.contains("This is published"), "{}", page.text);
        assert_eq!(coras.get(house, "/home").await.status, StatusCode::SERVICE_UNAVAILABLE, "of the rest there is nothing");
    }

    async fn a_publisher_whose_brand_asks_for_approval_is_told_what_to_do_about_a_time(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let pat = in_an_app(&desk, &desk.publisher, "pat").await;
        let later = desk.house.post(&pat, "/api/v1/statuses", json!({"status": "Hello", "scheduled_at": "2026-11-01T13:00:00Z"})).await;
        assert!(later.status == StatusCode::FORBIDDEN && later.body["error"].as_str().unwrap().contains("without a time"), "{}", later.body);
    }

    async fn a_contributor_reads_no_change_of_a_post_that_they_may_not_read(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"min_approvals": 0})).await;
        let (house, cora, pat) = (&desk.house, in_an_app(&desk, &desk.contributor, "cora").await, in_an_app(&desk, &desk.publisher, "pat").await);
        let few = writes(&desk, &pat, json!({"status": "For followers", "visibility": "private"})).await;
        desk.rules(json!({"min_approvals": 1})).await;
        let address = streaming::serve(house).await;
        let mut heard = streaming::listen(&address, &cora, &["user"]).await;
        let edit = desk.begins(&desk.publisher, json!({"of_post": id(&few), "body": "For few"})).await.ok();
        desk.acts(&desk.publisher, id(&edit), "submit", json!({})).await.ok();
        let waits = ids(&house.get(&pat, "/api/v1/timelines/home").await.ok())[0].clone();
        assert_eq!(house.get(&pat, &format!("/api/v1/statuses/{waits}")).await.ok()["content"], "<p>For few</p>");
        assert_eq!(house.get(&cora, "/api/v1/timelines/home").await.ok(), json!([]));
        assert_eq!(house.get(&cora, &format!("/api/v1/statuses/{waits}")).await.status, StatusCode::NOT_FOUND);
        let own = writes(&desk, &cora, json!({"status": "For everybody"})).await;
        assert!(heard.event().await.2.contains(id(&own)), "it is the first that they hear");
    }

    async fn a_role_that_rises_or_falls_counts_at_the_next_call(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, app) = (&desk.house, in_an_app(&desk, &desk.contributor, "cora").await);
        let question = house.says(&house.customer("carl").await, json!({"status": "Is it waterproof?"})).await;
        let address = streaming::serve(house).await;
        let notifications = async || house.get(&app, "/api/v1/notifications").await.status;
        assert_eq!(notifications().await, StatusCode::FORBIDDEN);
        let mut stream = streaming::listen(&address, &app, &["user"]).await;
        give(house, &desk.contributor, desk.brand, GrantRole::Publisher).await.unwrap();
        assert!(stream.hears().await.is_none(), "the app connects again, as what it is now");
        assert_eq!(notifications().await, StatusCode::OK);
        house.post(&app, &format!("/api/v1/statuses/{question}/favourite"), json!({})).await.ok();
        // Falling, the same token writes drafts again: also what was written with a time is not published.
        desk.rules(json!({"min_approvals": 0})).await;
        writes(&desk, &app, json!({"status": "Later", "scheduled_at": "2026-11-01T13:00:00Z"})).await;
        let mut stream = streaming::listen(&address, &app, &["user"]).await;
        give(house, &desk.contributor, desk.brand, GrantRole::Contributor).await.unwrap();
        assert!(stream.hears().await.is_none());
        assert_eq!(notifications().await, StatusCode::FORBIDDEN);
        assert_eq!(house.post(&app, &format!("/api/v1/statuses/{question}/unfavourite"), json!({})).await.status, StatusCode::FORBIDDEN);
        assert!(!writes(&desk, &app, json!({"status": "Hello"})).await["guildhall"]["approval"].is_null());
        house.wait(3600);
        house.work().await;
        assert_eq!(desk.said().await.len(), 0);
        // Who writes nothing at all for the brand is out, for good.
        give(house, &desk.contributor, desk.brand, GrantRole::Analyst).await.unwrap();
        assert_eq!(house.get(&app, ME).await.status, StatusCode::UNAUTHORIZED);
        give(house, &desk.contributor, desk.brand, GrantRole::Contributor).await.unwrap();
        assert_eq!(house.get(&app, ME).await.status, StatusCode::UNAUTHORIZED);
    }

    async fn a_responder_answers_customers_at_once_where_answers_go_free(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, rosa) = (&desk.house, desk.also("rosa", GrantRole::Responder).await);
        let app = in_an_app(&desk, &rosa, "rosa-app").await;
        let carl = house.customer("carl").await;
        let question = house.says(&carl, json!({"status": "Is it waterproof?"})).await;
        let picture = house.uploaded(&app).await;
        let answer = writes(&desk, &app, json!({"status": "Yes", "in_reply_to_id": question, "media_ids": [picture["id"]]})).await;
        assert_eq!((&answer["visibility"], &answer["guildhall"]["approval"], &answer["media_attachments"][0]["id"]), (&json!("public"), &Value::Null, &picture["id"]));
        assert!(!writes(&desk, &app, json!({"status": "News"})).await["guildhall"]["approval"].is_null());
        desk.rules(json!({"reply_lane": "approval"})).await;
        assert!(!writes(&desk, &app, json!({"status": "Yes", "in_reply_to_id": question})).await["guildhall"]["approval"].is_null());
        assert_eq!(desk.said().await, ["<p>Yes</p>"]);
        assert_eq!(refused(&desk.publishes(&desk.contributor, "1").await).0, 404);
    }
}
