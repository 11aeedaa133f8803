//! Quotes in Mastodon's client API.

use guildhall::domain::{
    accounts::{AccountKind, Role},
    posts::{Details, QuotePolicy, Quoters},
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::mastodon::{House, Person, follow, ids};

async fn quotes(house: &House, who: &Person, quoted: &str, text: &str) -> String {
    house.says(who, json!({"status": text, "quoted_status_id": quoted})).await
}

async fn status(house: &House, who: impl Into<Option<&Person>>, id: &str) -> Value {
    house.get(who, &format!("/api/v1/statuses/{id}")).await.ok()
}

/// What a post quotes, as somebody reads it: the state, and the id of what is quoted.
async fn quote(house: &House, who: impl Into<Option<&Person>>, id: &str) -> (String, Value) {
    let quote = status(house, who, id).await["quote"].clone();
    (quote["state"].as_str().unwrap_or_default().to_owned(), quote["quoted_status"]["id"].clone())
}

fn state(name: &str) -> (String, Value) {
    (name.to_owned(), Value::Null)
}

on_both! {
    async fn a_post_quotes_another_and_its_author_hears_of_it(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.customer("ben").await, house.customer("cleo").await);
        let first = house.says(&ana, json!({"status": "Tea is ready"})).await;
        let second = quotes(&house, &ben, &first, "At last").await;
        let third = quotes(&house, &cleo, &second, "").await;
        let shown = status(&house, None, &second).await;
        assert_eq!((&shown["quote"]["state"], &shown["quote"]["quoted_status"]["id"]), (&json!("accepted"), &json!(first)));
        assert_eq!(shown["quote"]["quoted_status"]["content"], "<p>Tea is ready</p>");
        let content = shown["content"].as_str().unwrap();
        assert!(content.starts_with("<p class=\"quote-inline\">RE: <a href=\"https://social.company.example/@ana/"), "{content}");
        assert!(content.ends_with("<p>At last</p>"), "{content}");
        // What a quoted post quotes itself is told by its id.
        let nested = status(&house, &ana, &third).await["quote"]["quoted_status"].clone();
        assert_eq!((&nested["id"], &nested["quote"]), (&json!(second), &json!({"state": "accepted", "quoted_status_id": first})));
        assert_eq!(status(&house, None, &first).await["quotes_count"], 1);
        let told = house.get(&ana, "/api/v1/notifications").await.ok();
        assert_eq!((&told[0]["type"], &told[0]["status"]["id"], told.as_array().unwrap().len()), (&json!("quote"), &json!(second), 1));
        assert_eq!(ids(&house.get(&ana, "/api/v1/notifications?types[]=quote").await.ok()).len(), 1);
        let path = format!("/api/v1/statuses/{first}/quotes");
        assert_eq!(ids(&house.get(&cleo, &path).await.ok()), std::slice::from_ref(&second));
        assert_eq!(house.get(None, &path).await.status, StatusCode::UNAUTHORIZED);
        // Its page shows what it quotes, and not twice.
        let address = shown["url"].as_str().unwrap().strip_prefix(crate::mastodon::BASE).unwrap().to_owned();
        let request = http::Request::get(address).header("accept", "text/html");
        let page = house.send(request.body(axum::body::Body::empty()).unwrap()).await.body;
        let page = page.as_str().unwrap();
        assert!(page.contains("<blockquote class=\"quoted\""), "{page}");
        assert!(page.contains("Tea is ready") && page.contains("class=\"words quotes\""), "{page}");
        // A boost of it is no quote.
        let boost = house.post(&ana, &format!("/api/v1/statuses/{second}/reblog"), json!({})).await.ok();
        assert_eq!((&boost["quote"], &boost["reblog"]["quote"]["state"]), (&Value::Null, &json!("accepted")));
        house.delete(&ben, &format!("/api/v1/statuses/{second}")).await.ok();
        assert_eq!((status(&house, None, &first).await["quotes_count"].clone(), quote(&house, None, &third).await), (json!(0), state("deleted")));
    }

    async fn the_author_says_who_may_quote(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.customer("cleo").await);
        follow(&house, &ben, &ana.id()).await;
        let says = async |fields: Value| house.says(&ana, fields).await;
        let tries = async |who: &Person, id: &str| {
            let wish = json!({"status": "Look", "quoted_status_id": id});
            house.post(who, "/api/v1/statuses", wish).await.status
        };
        let approval = async |who: &Person, id: &str| status(&house, who, id).await["quote_approval"].clone();
        let followers = says(json!({"status": "x", "quote_approval_policy": "followers"})).await;
        assert_eq!(approval(&ben, &followers).await, json!({"automatic": ["followers"], "manual": [], "current_user": "automatic"}));
        assert_eq!(approval(&cleo, &followers).await["current_user"], "denied");
        assert_eq!((tries(&ben, &followers).await, tries(&cleo, &followers).await), (StatusCode::OK, StatusCode::NOT_FOUND));
        let nobody = says(json!({"status": "y", "quote_approval_policy": "nobody"})).await;
        assert_eq!(approval(&ben, &nobody).await, json!({"automatic": [], "manual": [], "current_user": "denied"}));
        assert_eq!((tries(&ben, &nobody).await, tries(&ana, &nobody).await), (StatusCode::NOT_FOUND, StatusCode::OK));
        // It is changed, by its author alone, and an edit of the text keeps it.
        let path = format!("/api/v1/statuses/{nobody}/interaction_policy");
        assert_eq!(house.put(&ben, &path, json!({"quote_approval_policy": "public"})).await.status, StatusCode::NOT_FOUND);
        assert_eq!(house.put(&ana, &path, json!({"quote_approval_policy": "friends"})).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let changed = house.put(&ana, &path, json!({"quote_approval_policy": "public"})).await.ok();
        assert_eq!(changed["quote_approval"]["automatic"], json!(["public"]));
        house.wait(60);
        house.put(&ana, &format!("/api/v1/statuses/{followers}"), json!({"status": "z"})).await.ok();
        assert_eq!(approval(&cleo, &followers).await["automatic"], json!(["followers"]));
        assert_eq!(tries(&cleo, &nobody).await, StatusCode::OK);
        house.put(&ana, &format!("/api/v1/statuses/{nobody}"), json!({"status": "y", "quote_approval_policy": "nobody"})).await.ok();
        assert_eq!(tries(&cleo, &nobody).await, StatusCode::NOT_FOUND);
        // What not everybody may read is quoted by nobody else, and what is internal by nobody at all.
        for (visibility, own) in [("private", StatusCode::OK), ("direct", StatusCode::NOT_FOUND), ("company", StatusCode::NOT_FOUND)] {
            let fields = if visibility == "company" { json!({"status": "@ben", "local_only": true}) } else { json!({"status": "@ben", "visibility": visibility}) };
            let id = says(fields).await;
            assert_eq!((tries(&ben, &id).await, tries(&ana, &id).await), (StatusCode::NOT_FOUND, own), "{visibility}");
            assert_eq!(approval(&ben, &id).await["current_user"], "denied", "{visibility}");
        }
        // Nor is whoever is blocked, either way.
        let open = says(json!({"status": "Open"})).await;
        house.post(&ana, &format!("/api/v1/accounts/{}/block", cleo.id()), json!({})).await.ok();
        assert_eq!(tries(&cleo, &open).await, StatusCode::NOT_FOUND);
        let hers = house.says(&cleo, json!({"status": "Hers"})).await;
        assert_eq!(tries(&ana, &hers).await, StatusCode::NOT_FOUND);
        assert_eq!(tries(&ana, "12345").await, StatusCode::NOT_FOUND);
    }

    async fn a_quote_is_taken_back_by_whoever_is_quoted(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.customer("ben").await, house.customer("cleo").await);
        let first = house.says(&ana, json!({"status": "Tea"})).await;
        let second = quotes(&house, &ben, &first, "Ha").await;
        let path = format!("/api/v1/statuses/{first}/quotes/{second}/revoke");
        for who in [&ben, &cleo] {
            assert_eq!(house.post(who, &path, json!({})).await.status, StatusCode::NOT_FOUND);
        }
        let other = format!("/api/v1/statuses/{first}/quotes/{first}/revoke");
        assert_eq!(house.post(&ana, &other, json!({})).await.status, StatusCode::NOT_FOUND);
        assert_eq!(quote(&house, &cleo, &second).await.0, "accepted");
        assert_eq!(house.post(&ana, &path, json!({})).await.ok()["quote"], json!({"state": "revoked", "quoted_status": null}));
        assert_eq!((quote(&house, None, &second).await, status(&house, None, &first).await["quotes_count"].clone()), (state("revoked"), json!(0)));
        assert_eq!(house.get(&ana, &format!("/api/v1/statuses/{first}/quotes")).await.ok(), json!([]));
        assert_eq!(house.get(&ana, "/api/v1/notifications").await.ok(), json!([]));
        // Each counts once, however it ends.
        let count = async || status(&house, None, &first).await["quotes_count"].clone();
        house.post(&ana, &path, json!({})).await.ok();
        house.delete(&ben, &format!("/api/v1/statuses/{second}")).await.ok();
        let third = quotes(&house, &cleo, &first, "Hm").await;
        assert_eq!(count().await, 1);
        house.delete(&cleo, &format!("/api/v1/statuses/{third}")).await.ok();
        quotes(&house, &cleo, &first, "Again").await;
        quotes(&house, &ben, &first, "And again").await;
        assert_eq!(count().await, 2);
        let account = ben.account;
        house.app.db.write(move |tx| guildhall::domain::accounts::delete(tx, account)).await.unwrap();
        house.work().await;
        assert_eq!(count().await, 1);
    }

    async fn readers_see_of_a_quote_what_they_may_and_want_to(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.customer("ben").await, house.customer("cleo").await);
        let first = house.says(&ana, json!({"status": "Tea"})).await;
        let second = quotes(&house, &ben, &first, "Ha").await;
        for (deed, undone, name) in [("mute", "unmute", "muted_account"), ("block", "unblock", "blocked_account")] {
            house.post(&cleo, &format!("/api/v1/accounts/{}/{deed}", ana.id()), json!({})).await.ok();
            assert_eq!(quote(&house, &cleo, &second).await, (name.to_owned(), json!(first)));
            house.post(&cleo, &format!("/api/v1/accounts/{}/{undone}", ana.id()), json!({})).await.ok();
        }
        house.post(&ana, &format!("/api/v1/accounts/{}/block", cleo.id()), json!({})).await.ok();
        assert_eq!(quote(&house, &cleo, &second).await, state("unauthorized"));
        assert_eq!(quote(&house, None, &second).await, ("accepted".to_owned(), json!(first)));
        // What was said to followers is not passed on to everybody by its own author.
        let quiet = house.says(&ana, json!({"status": "For you", "visibility": "private"})).await;
        let again = quotes(&house, &ana, &quiet, "See").await;
        assert_eq!(status(&house, &ana, &again).await["visibility"], "private");
        let told = house.says(&ana, json!({"status": "@ben See", "visibility": "direct", "quoted_status_id": quiet})).await;
        assert_eq!((quote(&house, &ben, &told).await, quote(&house, &ana, &told).await.0), (state("unauthorized"), "accepted".to_owned()));
        let owner = house.person("boss", AccountKind::Employee, Role::Owner).await;
        assert_eq!(house.get(&owner, &format!("/api/v1/statuses/{quiet}/quotes")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(status(&house, &ana, &quiet).await["quotes_count"], 0, "a figure tells of no post that others may not read");
    }

    async fn an_edit_keeps_the_quote_and_tells_whoever_quotes(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.customer("ben").await);
        let first = house.says(&ana, json!({"status": "Tea"})).await;
        let second = quotes(&house, &ben, &first, "Ha").await;
        house.wait(60);
        house.put(&ana, &format!("/api/v1/statuses/{first}"), json!({"status": "Coffee"})).await.ok();
        let told = house.get(&ben, "/api/v1/notifications").await.ok();
        assert_eq!((&told[0]["type"], &told[0]["status"]["id"], &told[0]["account"]["id"]), (&json!("quoted_update"), &json!(second), &json!(ana.id())));
        let edited = house.put(&ben, &format!("/api/v1/statuses/{second}"), json!({"status": "Hm"})).await.ok();
        assert!(edited["content"].as_str().unwrap().starts_with("<p class=\"quote-inline\">"), "{edited}");
        assert_eq!((&edited["quote"]["state"], &edited["quote"]["quoted_status"]["content"]), (&json!("accepted"), &json!("<p>Coffee</p>")));
        assert_eq!(house.get(&ben, &format!("/api/v1/statuses/{second}/source")).await.ok()["text"], "Hm");
        // A quote needs no words, a post that quotes nothing does.
        let bare = house.put(&ben, &format!("/api/v1/statuses/{second}"), json!({"status": ""})).await.ok();
        assert_eq!(bare["quote"]["state"], "accepted");
        assert_eq!(house.put(&ana, &format!("/api/v1/statuses/{first}"), json!({"status": ""})).await.status, 422);
    }

    async fn a_scheduled_post_quotes_when_its_time_comes(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let first = house.says(&ana, json!({"status": "Tea"})).await;
        let wish = json!({"status": "Later", "quoted_status_id": first, "quote_approval_policy": "followers", "scheduled_at": "2026-11-01T12:10:00Z"});
        let waits = house.post(&ben, "/api/v1/statuses", wish).await.ok();
        assert_eq!((&waits["params"]["quoted_status_id"], &waits["params"]["quote_approval_policy"]), (&json!(first), &json!("followers")));
        house.wait(601);
        house.work().await;
        let listed = house.get(&ana, &format!("/api/v1/statuses/{first}/quotes")).await.ok();
        assert_eq!((&listed[0]["quote_approval"]["automatic"], &listed[0]["quote"]["state"]), (&json!(["followers"]), &json!("accepted")));
    }

    async fn posts_of_others_are_quoted_as_their_servers_say(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, eve) = (house.employee("ana").await, house.stranger("eve", "remote.example").await);
        let silent = house.arrived(&eve, |_| ()).await.to_string();
        let wish = json!({"status": "Look", "quoted_status_id": silent});
        assert_eq!(house.post(&ana, "/api/v1/statuses", wish).await.status, StatusCode::NOT_FOUND);
        let with = |automatic: Vec<Quoters>, manual: Vec<Quoters>| Details { quoting: Some(QuotePolicy { automatic, manual }), ..Details::default() };
        for (details, standing) in [
            (with(vec![Quoters::Public], Vec::new()), "automatic"),
            (with(Vec::new(), vec![Quoters::Public]), "manual"),
            (with(vec![Quoters::UnsupportedPolicy], Vec::new()), "unknown"),
        ] {
            let id = house.arrived(&eve, move |draft| draft.details = details.clone()).await.to_string();
            assert_eq!(status(&house, &ana, &id).await["quote_approval"]["current_user"], standing);
            let quoting = quotes(&house, &ana, &id, "Look").await;
            assert_eq!(quote(&house, &ana, &quoting).await, state("pending"), "{standing}: her server is asked");
            let inside = json!({"status": "Look", "local_only": true, "quoted_status_id": id});
            let expected = if standing == "automatic" { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(house.post(&ana, "/api/v1/statuses", inside).await.status, expected, "{standing}");
        }
        // Inside the company nobody is asked, and nobody outside hears of it.
        let open = with(vec![Quoters::Public], Vec::new());
        let id = house.arrived(&eve, move |draft| draft.details = open.clone()).await.to_string();
        let inside = house.says(&ana, json!({"status": "Look", "local_only": true, "quoted_status_id": id})).await;
        assert_eq!(quote(&house, &ana, &inside).await, ("accepted".to_owned(), json!(id)));
        assert_eq!(status(&house, None, &id).await["quotes_count"], 0);
    }
}
