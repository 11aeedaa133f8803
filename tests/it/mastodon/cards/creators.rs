//! Pages that name their authors on the Fediverse (`fediverse:creator`), and authors who say where they may be named.

use axum::body::Body;
use guildhall::domain::{
    actors::{self, RemoteActor},
    cards, servers,
};
use http::{Method, Request};
use serde_json::{Value, json};

use super::{PAGE, asked, card, page};
use crate::{
    mastodon::{House, Person, Reply},
    support::people::remote,
};

const EVE: &str = "https://remote.example/users/eve";
const PATCH: &str = "/api/v1/accounts/update_credentials";

/// A page that names somebody as its author.
fn by(creator: &str) -> String {
    page("Tea", &format!("<meta name=\"fediverse:creator\" content=\"{creator}\">"))
}

/// Eve's server says where she may be named.
fn eve_agrees_to(house: &House, domains: &Value) {
    let document = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": EVE, "type": "Person", "preferredUsername": "eve",
        "inbox": format!("{EVE}/inbox"), "outbox": format!("{EVE}/outbox"), "attributionDomains": domains,
    });
    house.documents.put(EVE, "application/activity+json", document.to_string());
}

/// Whom the card of a new post names as the author of a page.
async fn author(house: &House, who: &Person, url: &str) -> Value {
    let id = house.says(who, json!({"status": url})).await;
    house.work().await;
    authors(house, who, &id).await
}

async fn authors(house: &House, who: &Person, id: &str) -> Value {
    let shown = card(house, who, id).await;
    assert_eq!(shown["title"], "Tea", "the card is there");
    shown["authors"][0]["account"]["acct"].clone()
}

async fn agree_to(house: &House, who: &Person, domains: Value) -> Reply {
    house.call(Some(who), Method::PATCH, PATCH, json!({"attribution_domains": domains})).await
}

async fn block(house: &House, host: &'static str) {
    house.app.db.write(move |tx| servers::block(tx, host, None)).await.unwrap();
    house.app.reload_policies().await.unwrap();
}

on_both! {
    async fn a_page_names_somebody_elsewhere_who_agrees(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        house.reaches_eve().await;
        eve_agrees_to(&house, &json!(["https://news.example", "*.other.example", 7, {"id": "third.example"}]));
        // Of several the first counts.
        let two = by("@eve@remote.example").replace("</head>", "<meta name='fediverse:creator' content='@mallory@bad.example'></head>");
        house.documents.put(PAGE, "text/html", two);
        let pages = [
            ("https://www.news.example/1", json!("eve@remote.example")), ("https://third.example/1", json!("eve@remote.example")),
            ("https://evilnews.example/1", Value::Null), ("https://news.example.evil.example/1", Value::Null),
        ];
        let first = house.says(&ana, json!({"status": PAGE})).await;
        house.work().await;
        let shown = card(&house, &ana, &first).await;
        assert_eq!((&shown["authors"][0]["account"]["acct"], &shown["authors"][0]["name"]), (&json!("eve@remote.example"), &json!("")));
        assert_eq!(shown["authors"].as_array().unwrap().len(), 1);
        for (url, who) in pages {
            house.documents.put(url, "text/html", by("eve@remote.example"));
            assert_eq!(author(&house, &ana, url).await, who, "{url}");
        }
        assert!(house.documents.requests().iter().all(|url| !url.contains("bad.example")));
        // Taken back, or where her server is blocked, she is named no more; the card stays.
        let eve = RemoteActor { attribution_domains: vec!["third.example".to_owned()], ..remote("eve", "remote.example", None) };
        house.app.db.write(move |tx| actors::upsert_remote(tx, &eve)).await.unwrap();
        assert_eq!(authors(&house, &ana, &first).await, Value::Null);
        let eve = RemoteActor { attribution_domains: vec!["news.example".to_owned()], ..remote("eve", "remote.example", None) };
        house.app.db.write(move |tx| actors::upsert_remote(tx, &eve)).await.unwrap();
        assert_eq!(authors(&house, &ana, &first).await, "eve@remote.example");
        block(&house, "remote.example").await;
        assert_eq!(authors(&house, &ana, &first).await, Value::Null);
    }

    async fn people_here_say_which_pages_may_name_them(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        house.documents.put(PAGE, "text/html", by("@Ana@company.example"));
        let id = house.says(&ben, json!({"status": PAGE})).await;
        house.work().await;
        assert_eq!(authors(&house, &ben, &id).await, Value::Null, "she was not asked");
        let own = agree_to(&house, &ana, json!(["https://News.Example/", " *.blog.example ", "", "news.example"])).await.ok();
        assert_eq!(own["source"]["attribution_domains"], json!(["blog.example", "news.example"]));
        assert_eq!(authors(&house, &ben, &id).await, "ana");
        // Other servers are told.
        let document = async || {
            let request = Request::get(format!("/ap/actors/{}", ana.id())).header("accept", "application/activity+json");
            house.send(request.body(Body::empty()).unwrap()).await.ok()["attributionDomains"].clone()
        };
        assert_eq!(document().await, json!(["social.company.example", "blog.example", "news.example"]));
        // What is none changes nothing, nor does what is not said.
        let many: Vec<String> = (0..21).map(|number| format!("n{number}.example")).collect();
        for wrong in [json!(["news.example", "no domain"]), json!(["localhost"]), json!(["a/b.example"]), json!(["x@y.example"]), json!(many)] {
            let refused = agree_to(&house, &ana, wrong.clone()).await;
            assert_eq!(refused.status, 422, "{wrong}: {}", refused.body);
        }
        let other = house.call(Some(&ana), Method::PATCH, PATCH, json!({"display_name": "Ana"})).await.ok();
        assert_eq!(other["source"]["attribution_domains"], json!(["blog.example", "news.example"]));
        let form = Request::patch(PATCH).header("authorization", format!("Bearer {}", ana.token)).header("content-type", "application/x-www-form-urlencoded");
        let kept = house.send(form.body(Body::from("attribution_domains[]=news.example&attribution_domains[]=")).unwrap()).await.ok();
        assert_eq!(kept["source"]["attribution_domains"], json!(["news.example"]));
        agree_to(&house, &ana, json!([])).await.ok();
        assert_eq!((document().await, authors(&house, &ben, &id).await), (json!(["social.company.example"]), Value::Null));
        // The company's other hosts may name its people as all others may: those who say so.
        house.documents.put("https://blog.company.example/1", "text/html", by("@ana@company.example"));
        house.documents.put("https://customer.company.example/1", "text/html", by("@ana@company.example"));
        assert_eq!(author(&house, &ben, "https://blog.company.example/1").await, Value::Null);
        agree_to(&house, &ana, json!(["blog.company.example"])).await.ok();
        assert_eq!(author(&house, &ben, "https://blog.company.example/1#once").await, "ana");
        assert_eq!(author(&house, &ben, "https://customer.company.example/1").await, Value::Null);
        let actor = ana.actor;
        house.app.db.write(move |tx| actors::set_suspended(tx, actor, true)).await.unwrap();
        assert_eq!(author(&house, &ben, "https://blog.company.example/1#again").await, Value::Null);
    }

    async fn an_author_whose_server_is_away_is_named_when_it_is_back(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        house.reaches_eve().await;
        eve_agrees_to(&house, &json!(["news.example"]));
        let finger = |name: &str, host: &str| format!("https://{host}/.well-known/webfinger?resource=acct%3A{name}%40{host}");
        for url in [finger("eve", "remote.example"), finger("gone", "away.example")] {
            house.documents.put_status(&url, http::StatusCode::SERVICE_UNAVAILABLE);
        }
        house.documents.put(PAGE, "text/html", by("@eve@remote.example"));
        house.documents.put("https://news.example/2", "text/html", by("@gone@away.example"));
        let (id, other) = (house.says(&ana, json!({"status": PAGE})).await, house.says(&ana, json!({"status": "https://news.example/2"})).await);
        house.work().await;
        assert_eq!(authors(&house, &ana, &id).await, Value::Null, "the card does not wait for it");
        house.documents.put(&finger("eve", "remote.example"), "application/jrd+json", json!({
            "subject": "acct:eve@remote.example", "links": [{"rel": "self", "type": "application/activity+json", "href": EVE}],
        }).to_string());
        for _ in 0..20 {
            house.wait(24 * 3600);
            house.app.fetches.forget();
            house.work().await;
        }
        assert_eq!(authors(&house, &ana, &id).await, "eve@remote.example");
        assert_eq!(authors(&house, &ana, &other).await, Value::Null);
        let tries = asked(&house, &finger("gone", "away.example"));
        assert!((2..=8).contains(&tries), "{tries}: it is given up");
    }

    async fn a_page_that_names_nobody_makes_us_ask_nobody(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        house.reaches_eve().await;
        block(&house, "bad.example").await;
        let long = format!("@{}@remote.example", "x".repeat(300));
        let names = ["", "eve", "@eve", "@ana", "https://remote.example/users/eve", "@eve@remote.example/users", "@eve@bad.example", "@eve@sub.bad.example", "@<b>@remote.example", "@eve@127.0.0.1", &long];
        for (number, name) in names.iter().enumerate() {
            let url = format!("https://news.example/{number}");
            house.documents.put(&url, "text/html", by(name));
            assert_eq!(author(&house, &ana, &url).await, Value::Null, "{name}");
            assert!(house.documents.requests().iter().all(|asked| asked.starts_with("https://news.example/") || asked.contains("127.0.0.1")), "{name}: {:?}", house.documents.requests());
        }
        // Nobody of this name is there: that is asked once, whatever pages say so.
        let finger = "https://remote.example/.well-known/webfinger?resource=acct%3Anobody%40remote.example";
        for number in 20..24 {
            let url = format!("https://news.example/{number}");
            house.documents.put(&url, "text/html", by("@nobody@remote.example"));
            assert_eq!(author(&house, &ana, &url).await, Value::Null);
            house.wait(400);
        }
        assert_eq!(asked(&house, finger), 1);
        // Whoever is known and never agreed is read again once.
        eve_agrees_to(&house, &json!([]));
        for number in 30..34 {
            let url = format!("https://news.example/{number}");
            house.documents.put(&url, "text/html", by("@eve@remote.example"));
            assert_eq!(author(&house, &ana, &url).await, Value::Null);
        }
        assert!((1..=2).contains(&asked(&house, EVE)), "{}", asked(&house, EVE));
    }

    async fn a_page_that_led_to_a_blocked_server_has_no_card(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        house.documents.redirect("https://short.example/1", PAGE);
        house.documents.put(PAGE, "text/html", page("Tea", ""));
        let id = house.says(&ana, json!({"status": "https://short.example/1"})).await;
        house.work().await;
        assert_eq!(card(&house, &ana, &id).await["title"], "Tea");
        block(&house, "news.example").await;
        assert_eq!(card(&house, &ana, &id).await, Value::Null);
    }

    async fn many_pages_of_one_server_do_not_take_the_place_of_others(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, eve, bob) = (house.employee("ana").await, house.stranger("eve", "remote.example").await, house.stranger("bob", "small.example").await);
        let mut posts = vec![house.says(&ana, json!({"status": "https://news.example/ana"})).await];
        posts.push(house.arrived(&bob, |draft| draft.link = Some("https://news.example/bob".to_owned())).await.to_string());
        for number in 0..4 {
            posts.push(house.arrived(&eve, move |draft| draft.link = Some(format!("https://news.example/eve{number}"))).await.to_string());
        }
        for name in ["ana", "bob", "eve0", "eve1", "eve2", "eve3"] {
            house.documents.put(&format!("https://news.example/{name}"), "text/html", page("Tea", ""));
        }
        house.wait(60);
        house.work().await;
        assert_eq!(house.app.db.write(|tx| cards::prune(tx, 4, 1)).await.unwrap(), 1, "as many as are asked for");
        assert_eq!(house.app.db.write(|tx| cards::prune(tx, 4, 100)).await.unwrap(), 1);
        assert_eq!(house.app.db.write(|tx| cards::prune(tx, 4, 100)).await.unwrap(), 0);
        let mut left = Vec::new();
        for id in &posts {
            left.push(card(&house, &ana, id).await["title"] == "Tea");
        }
        assert_eq!(left, [true, true, false, false, true, true]);
        // Who all have the same lose the same, at once.
        assert_eq!(house.app.db.write(|tx| cards::prune(tx, 1, 100)).await.unwrap(), 3);
    }
}
