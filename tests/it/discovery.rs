//! How peers find us, and what they get when they ask.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may")]

use guildhall::{
    domain::{
        By, actors,
        posts::{self, Audience, Draft},
    },
    net::{Signer, signatures::cavage},
};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::{
    federation::house::{BASE, House, here, steady},
    support::keys,
};

const OBJECT: (&str, &str) = ("accept", "application/activity+json");
const PAGE: (&str, &str) = ("accept", "text/html");

async fn finger(house: &House, resource: &str) -> (StatusCode, HeaderMap, Value) {
    let encoded: String = form_urlencoded::byte_serialize(resource.as_bytes()).collect();
    let (status, headers, body) = house.get(&format!("/.well-known/webfinger?resource={encoded}"), &[]).await;
    (status, headers, serde_json::from_str(&body).unwrap())
}

on_both! {
    async fn webfinger_finds_who_is_here_and_nobody_else(database: TestDatabase) {
        let house = House::open(database).await;
        house.stranger("bob", "one.example").await;
        let brand = house.brand.clone();
        let number = brand.id;
        for resource in [
            "acct:company@company.example",
            "acct:COMPANY@Company.Example",
            "acct:company@social.company.example",
            "company@company.example",
            "acct:@company@company.example",
            &brand.uri,
            "https://social.company.example/@company",
            "https://social.company.example/@Company",
            "https://social.company.example/@company@company.example",
        ] {
            let (status, headers, body) = finger(&house, resource).await;
            assert_eq!(status, StatusCode::OK, "{resource}");
            assert_eq!(headers["content-type"], "application/jrd+json; charset=utf-8");
            assert_eq!(headers["access-control-allow-origin"], "*");
            assert_eq!(body["subject"], "acct:company@company.example", "{resource}");
            let link = body["links"].as_array().unwrap().iter().find(|link| link["rel"] == "self").unwrap();
            assert_eq!(link, &json!({ "rel": "self", "type": "application/activity+json", "href": brand.uri }));
        }
        for resource in [
            "https://company.example/",
            "https://social.company.example",
            "https://social.company.example/",
            "https://social.company.example/ap/actor",
        ] {
            let (status, _, body) = finger(&house, resource).await;
            assert_eq!(status, StatusCode::OK, "{resource}");
            assert_eq!(body["links"][1]["href"], format!("{BASE}/ap/actor"), "{resource}");
            let service = body["links"].as_array().unwrap().iter().find(|link| link["rel"] == "https://www.w3.org/ns/activitystreams#Service");
            assert_eq!(service.unwrap()["href"], format!("{BASE}/ap/actor"), "{resource}");
        }
        let (status, _, body) = finger(&house, "acct:company.example@company.example").await;
        assert_eq!((status, &body["subject"]), (StatusCode::OK, &json!("acct:company.example@company.example")));
        for resource in [
            "acct:nobody@company.example",
            "acct:company@other.example",
            "acct:bob@one.example",
            "acct:company@company.example.evil.example",
            "acct:admin@company.example",
            "https://other.example/@company",
            "https://social.company.example/@nobody",
            "https://social.company.example/@company/1",
            "https://social.company.example/ap/actors/1",
            "https://social.company.example/ap/actors/-1",
            &format!("https://social.company.example:8443/ap/actors/{number}"),
            &format!("https://social.company.example/ap/actors/{number}/inbox"),
            "https://one.example/users/bob",
            "acct:co%mpany@company.example",
        ] {
            let status = finger(&house, resource).await.0;
            assert_eq!(status, StatusCode::NOT_FOUND, "{resource}");
        }
        let long = format!("acct:{}@company.example", "a".repeat(4000));
        for resource in [
            "", "company", "acct:", "acct:company", "acct:@", "acct:company@", "acct:@company.example", "mailto:company",
            "acct:a@b@company.example", "acct:company@company.example/x", "https://", "https:///", "acct:com\u{0}pany@company.example", &long,
            "urn:x:y", "acct:company@[::1", "acct:' OR 1=1 --@company.example",
        ] {
            assert_eq!(finger(&house, resource).await.0, StatusCode::BAD_REQUEST, "{resource}");
        }
        for query in ["", "?", "?resource", "?resource=acct:a@company.example&resource=acct:b@company.example", "?rel=self", "?resource=%ff%fe"] {
            let (status, headers, _) = house.get(&format!("/.well-known/webfinger{query}"), &[]).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
            assert_eq!(headers["access-control-allow-origin"], "*", "{query}");
        }
        let (_, _, body) = house.get("/.well-known/webfinger?resource=acct:company@company.example&rel=self", &[]).await;
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["links"].as_array().unwrap().len(), 1);
        house.write(move |tx| actors::set_suspended(tx, brand.id, true)).await;
        assert_eq!(finger(&house, "acct:company@company.example").await.0, StatusCode::NOT_FOUND);
        house.write(move |tx| actors::delete(tx, brand.id)).await;
        assert_eq!(finger(&house, "acct:company@company.example").await.0, StatusCode::GONE);
    }

    async fn nodeinfo_and_host_meta_say_what_runs_here(database: TestDatabase) {
        let house = House::open(database).await;
        house.note(Audience::Public, "Hello").await;
        house.post(house.owner.id, Draft::note(Audience::Company, "<p>Inside</p>".to_owned())).await;
        let (status, _, body) = house.get("/.well-known/nodeinfo", &[]).await;
        let discovery: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(status, StatusCode::OK);
        assert_eq!(discovery["links"][2], json!({ "rel": "https://www.w3.org/ns/activitystreams#Application", "href": format!("{BASE}/ap/actor") }));
        for version in ["2.0", "2.1"] {
            let (status, headers, body) = house.get(&format!("/nodeinfo/{version}"), &[]).await;
            let info: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(status, StatusCode::OK);
            assert!(headers["content-type"].to_str().unwrap().contains(&format!("schema/{version}#")));
            assert_eq!(info["version"], version);
            assert_eq!(info["software"]["name"], "guildhall");
            assert_eq!(info["software"].get("repository").is_some(), version == "2.1");
            assert_eq!(info["usage"], json!({ "users": { "total": 2, "activeMonth": 1, "activeHalfyear": 1 }, "localPosts": 1 }));
            assert_eq!(info["metadata"], json!({ "nodeName": "Company", "upstream": { "name": "mastodon" } }));
        }
        assert_eq!(house.get("/nodeinfo/3.0", &[]).await.0, StatusCode::NOT_FOUND);
        let (_, headers, body) = house.get("/.well-known/host-meta", &[]).await;
        assert_eq!(headers["content-type"], "application/xrd+xml; charset=utf-8");
        assert!(body.contains("template=\"https://social.company.example/.well-known/webfinger?resource={uri}\""), "{body}");
        let (_, _, body) = house.get("/.well-known/host-meta.json", &[]).await;
        let meta: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(meta["links"][0]["template"], format!("{BASE}/.well-known/webfinger?resource={{uri}}"));
    }

    async fn actors_are_documents_and_pages(database: TestDatabase) {
        let house = House::open(database).await;
        let path = house.brand.uri.strip_prefix(BASE).unwrap().to_owned();
        let (status, headers, body) = house.get(&path, &[OBJECT]).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert_eq!(headers["content-type"], "application/activity+json; charset=utf-8");
        assert_eq!(headers["vary"], "Accept");
        let document: Value = serde_json::from_str(&body).unwrap();
        insta::assert_json_snapshot!("brand", steady(&document));
        let (_, instance) = house.get_object("/ap/actor").await;
        insta::assert_json_snapshot!("server", steady(&instance));
        for (path, accept, expected) in [
            (path.as_str(), "text/html", StatusCode::FOUND),
            (&path, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", StatusCode::FOUND),
            (&path, "*/*", StatusCode::OK),
            (&path, "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"", StatusCode::OK),
            ("/@company", "text/html", StatusCode::OK),
            ("/@Company", "*/*", StatusCode::OK),
            ("/@company@company.example", "text/html", StatusCode::OK),
            ("/@company@other.example", "text/html", StatusCode::NOT_FOUND),
            ("/@nobody", "text/html", StatusCode::NOT_FOUND),
            ("/about", "text/html", StatusCode::OK),
            ("/ap/actors/0", "*/*", StatusCode::NOT_FOUND),
            ("/ap/actors/x", "*/*", StatusCode::NOT_FOUND),
            ("/ap/actors/99999999999999999999", "*/*", StatusCode::NOT_FOUND),
            ("/ap/actors/%F0%9F%98%80", "*/*", StatusCode::NOT_FOUND),
        ] {
            assert_eq!(house.get(path, &[("accept", accept)]).await.0, expected, "{path} {accept}");
        }
        let (_, headers, body) = house.get(&path, &[PAGE]).await;
        assert_eq!((headers["location"].to_str().unwrap(), body.as_str()), ("https://social.company.example/@company", ""));
        let (_, headers, body) = house.get("/@company", &[PAGE]).await;
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        assert!(body.contains(&format!("<link rel=\"alternate\" type=\"application/activity+json\" href=\"{}\">", house.brand.uri)), "{body}");
        let (_, headers, body) = house.get("/@company", &[OBJECT]).await;
        assert_eq!(headers["vary"], "Accept");
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), document);
        let brand = house.brand.id;
        house.write(move |tx| actors::delete(tx, brand)).await;
        for path in [path.as_str(), "/@company"] {
            let (status, body) = house.get_object(path).await;
            assert_eq!((status, &body["type"], &body["id"]), (StatusCode::GONE, &json!("Tombstone"), &json!(house.brand.uri)));
        }
        assert_eq!(house.get("/@company", &[PAGE]).await.0, StatusCode::GONE);
        assert_eq!(house.get_object(&format!("{path}/outbox")).await.0, StatusCode::GONE);
    }

    async fn collections_tell_what_everybody_may_know(database: TestDatabase) {
        let house = House::open(database).await;
        for number in 0..3 {
            let follower = house.stranger(&format!("bob{number}"), "one.example").await;
            house.follow(&follower, house.brand.id).await;
        }
        for number in 0..25 {
            house.note(Audience::Public, &format!("Number {number}")).await;
        }
        house.note(Audience::Followers, "Closed").await;
        let (uri, owner) = (house.brand.uri.clone(), house.owner.uri.clone());
        house.post(house.owner.id, Draft::note(Audience::Company, "<p>Inside</p>".to_owned())).await;
        for (collection, total) in [("outbox", 25), ("followers", 3), ("following", 0), ("featured", 0), ("liked", 0)] {
            let (status, body) = house.get_object(&format!("{uri}/{collection}")).await;
            assert_eq!((status, &body["type"], &body["totalItems"]), (StatusCode::OK, &json!("OrderedCollection"), &json!(total)), "{collection}");
            assert_eq!(body["id"], format!("{uri}/{collection}"));
        }
        assert_eq!(house.get_object(&format!("{owner}/outbox")).await.1["totalItems"], 0, "what is inside is not counted");
        let mut seen = Vec::new();
        let mut next = house.get_object(&format!("{uri}/outbox")).await.1["first"].as_str().map(ToOwned::to_owned);
        while let Some(address) = next {
            let (_, page) = house.get_object(&address).await;
            assert_eq!(page["id"], address);
            seen.extend(page["orderedItems"].as_array().unwrap().iter().map(|item| item["object"]["content"].clone()));
            next = page["next"].as_str().map(ToOwned::to_owned);
        }
        assert_eq!(seen.len(), 25);
        assert_eq!(seen[0], "<p>Number 24</p>");
        let (_, page) = house.get_object(&format!("{uri}/followers?page=true")).await;
        assert_eq!(page["orderedItems"].as_array().unwrap().len(), 3);
        let (site, brand) = (house.app.site.clone(), house.brand.id);
        let (open, closed) = (house.note(Audience::Public, "Liked").await, house.note(Audience::Followers, "Liked closed").await);
        for post in [open, closed] {
            let site = site.clone();
            house.write(move |tx| posts::like(tx, &site, &here(brand), post)).await;
        }
        let (_, liked) = house.get_object(&format!("{uri}/liked")).await;
        assert_eq!((&liked["totalItems"], &liked["first"]), (&json!(1), &json!(format!("{uri}/liked?page=true"))));
        let (_, page) = house.get_object(&format!("{uri}/liked?page=true")).await;
        assert_eq!(page["orderedItems"], json!([site.object_uri(open)]));
        for path in ["nothing", "outbox?page=1&max_id=nonsense", "outbox?page=true&max_id=-5"] {
            let status = house.get_object(&format!("{uri}/{path}")).await.0;
            assert_eq!(status, if path == "nothing" { StatusCode::NOT_FOUND } else { StatusCode::OK }, "{path}");
        }
        assert_eq!(house.get(&format!("{}/inbox", uri.strip_prefix(BASE).unwrap()), &[]).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(house.get_object("/ap/actor/outbox").await.0, StatusCode::OK);
    }

    async fn posts_are_shown_to_whom_they_are_addressed(database: TestDatabase) {
        let house = House::open(database).await;
        let key = keys::rsa(0);
        let bob = house.stranger_with_key("bob", "one.example", Some(&key)).await;
        let signer = Signer { key, key_id: format!("{}#main-key", bob.uri) };
        house.follow(&bob, house.brand.id).await;
        let public = house.note(Audience::Public, "Everybody").await;
        let closed = house.note(Audience::Followers, "Followers").await;
        let direct = house.note(Audience::Direct, "Nobody").await;
        let inside = house.post(house.owner.id, Draft::note(Audience::Company, "<p>Inside</p>".to_owned())).await;
        let signed = |path: &str| {
            let mut headers = HeaderMap::new();
            let url = format!("{BASE}{path}").parse().unwrap();
            cavage::sign(&signer, "GET", &url, &mut headers, None, true, house.now()).unwrap();
            let text = |name: &str| headers[name].to_str().unwrap().to_owned();
            vec![("accept".to_owned(), OBJECT.1.to_owned()), ("date".to_owned(), text("date")), ("signature".to_owned(), text("signature"))]
        };
        for (post, anonymous, follower) in [(public, 200, 200), (closed, 404, 200), (direct, 404, 404), (inside, 404, 404)] {
            let path = format!("/ap/objects/{post}");
            assert_eq!(house.get(&path, &[OBJECT]).await.0, anonymous, "{path}");
            let headers = signed(&path);
            let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let (status, answered, _) = house.get(&path, &headers).await;
            assert_eq!(status, follower, "{path}");
            if post == closed {
                assert_eq!(answered["cache-control"], "private, no-store");
                let other = house.get(&format!("/ap/objects/{direct}"), &headers).await.0;
                assert_eq!(other, 404, "a signature for one address is none for another");
                assert_eq!(house.get(&format!("{path}/likes"), &headers).await.0, 404);
            }
        }
        // Refused servers are refused here too.
        house.write(|tx| guildhall::domain::servers::block(tx, "one.example", None)).await;
        house.app.reload_policies().await.unwrap();
        let path = format!("/ap/objects/{public}");
        let headers = signed(&path);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(house.get(&path, &headers).await.0, StatusCode::FORBIDDEN);
        assert_eq!(house.get(&path, &[OBJECT]).await.0, StatusCode::OK, "a reader who does not sign is anybody");
    }

    async fn posts_are_documents_pages_and_tombstones(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", "one.example").await;
        let post = house.note(Audience::Public, "Everybody").await;
        let uri = house.app.site.object_uri(post);
        let mut draft = Draft::note(Audience::Public, "<p>An answer</p>".to_owned());
        draft.uri = Some(format!("{}/notes/1", bob.uri));
        draft.reply_to = Some(posts::ReplyTo { post: Some(post), uri: None });
        let site = house.app.site.clone();
        house.write(move |tx| posts::create(tx, &site, &By::Remote { actor: bob.id, activity: None }, &draft)).await;
        house.tell().await;
        let (status, note) = house.get_object(&uri).await;
        assert_eq!((status, &note["type"], &note["id"]), (StatusCode::OK, &json!("Note"), &json!(uri)));
        assert_eq!(note["@context"][0], "https://www.w3.org/ns/activitystreams");
        let (_, replies) = house.get_object(note["replies"]["first"].as_str().unwrap()).await;
        assert_eq!(replies["items"], json!(["https://one.example/users/bob/notes/1"]));
        for collection in ["replies", "likes", "shares"] {
            let (status, body) = house.get_object(note[collection]["id"].as_str().unwrap()).await;
            assert_eq!((status, &body["id"]), (StatusCode::OK, &note[collection]["id"]));
        }
        let (_, outbox) = house.get_object(&format!("{}/outbox?page=true", house.brand.uri)).await;
        let create = outbox["orderedItems"][0]["id"].as_str().unwrap().to_owned();
        let (status, body) = house.get_object(&create).await;
        assert_eq!((status, &body["type"], &body["object"]["id"]), (StatusCode::OK, &json!("Create"), &json!(uri)));
        let page = format!("/@company/{post}");
        let (status, headers, _) = house.get(&format!("/ap/objects/{post}"), &[PAGE]).await;
        assert_eq!((status, headers["location"].to_str().unwrap()), (StatusCode::FOUND, format!("{BASE}{page}").as_str()));
        let (status, _, body) = house.get(&page, &[PAGE]).await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("<p>Everybody</p>"), "{body}");
        assert_eq!(house.get(&format!("/@ana/{post}"), &[PAGE]).await.0, StatusCode::NOT_FOUND);
        assert_eq!(house.get_object(&page).await.1, note);
        let brand = house.brand.id;
        house.write(move |tx| posts::delete(tx, &here(brand), post)).await;
        house.tell().await;
        for path in [uri.as_str(), &page, &format!("{uri}/replies")] {
            let (status, body) = house.get_object(path).await;
            assert_eq!((status, &body["type"], &body["id"]), (StatusCode::GONE, &json!("Tombstone"), &json!(uri)), "{path}");
        }
        assert_eq!(house.get_object(&create).await.0, StatusCode::GONE, "what it said is not told any more");
        assert_eq!(house.get_object("/ap/activities/1").await.0, StatusCode::NOT_FOUND);
    }

    async fn what_concerns_two_is_not_told_to_others(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", "one.example").await;
        house.follow(&bob, house.brand.id).await;
        let mut draft = Draft::note(Audience::Direct, "<p>Only you</p>".to_owned());
        draft.mentions = vec![bob.id];
        house.post(house.brand.id, draft).await;
        house.tell().await;
        for said in house.said().await {
            let id = said.body["id"].as_str().unwrap();
            assert_eq!(house.get_object(id).await.0, StatusCode::NOT_FOUND, "{} {id}", said.kind);
        }
    }
}
