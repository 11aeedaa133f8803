//! What was refused stays refused, and what is for few is told to nobody else.

use guildhall::{
    db::Clock,
    domain::{
        By,
        posts::{self, QuoteState},
    },
    net::signatures::cavage,
};
use http::{HeaderMap, Request, StatusCode};
use serde_json::json;
use tower::ServiceExt;

use super::between::{ALICE, BOB, get, quoting, request, said, state};
use crate::support::world::{OURS, Stranger, World};

/// Who alice's followers are.
fn followers() -> String {
    format!("{ALICE}/followers")
}

/// The status that somebody's signed GET gets.
async fn asks(world: &World, who: &Stranger, address: &str) -> StatusCode {
    let mut headers = HeaderMap::new();
    headers.insert("host", "company.example".parse().unwrap());
    let now = world.app.db.now();
    cavage::sign(&who.signer, "GET", &address.parse().unwrap(), &mut headers, None, true, now).unwrap();
    let mut request = Request::get(address.strip_prefix(OURS).unwrap()).body(axum::body::Body::empty()).unwrap();
    *request.headers_mut() = headers;
    request.headers_mut().insert("accept", "application/activity+json".parse().unwrap());
    world.router.clone().oneshot(request).await.unwrap().status()
}

on_both! {
    async fn a_refusal_outlasts_what_is_quoted_in_between(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let (first, second) = (world.ana_writes("Tea").await, world.ana_writes("Cake").await);
        let uri = |post: &posts::Post| post.uri.clone().unwrap();
        let note = quoting(&alice, "1", &uri(&first));
        let theirs = note["id"].as_str().unwrap().to_owned();
        assert_eq!(world.receive(&alice, &alice.create(&note)).await, StatusCode::ACCEPTED);
        world.receive(&alice, &request(&alice, "1", &uri(&first), json!(theirs))).await;
        world.work().await;
        assert_eq!(state(&world, &theirs).await, Some(QuoteState::Accepted));
        let (site, by, quoted, quoting_id) = (world.app.site.clone(), By::Local { actor: world.ana.id, account: None }, first.id, world.post(&theirs).await.unwrap().id);
        world.app.db.write(move |tx| posts::revoke_quote(tx, &site, &by, quoted, quoting_id)).await.unwrap();
        world.work().await;
        for (number, (quoted, expected)) in [(&second, QuoteState::Accepted), (&first, QuoteState::Revoked), (&second, QuoteState::Accepted), (&first, QuoteState::Revoked)].into_iter().enumerate() {
            world.clock.advance(std::time::Duration::from_secs(60));
            let mut note = quoting(&alice, "1", &uri(quoted));
            note["content"] = json!(format!("<p>Look, {number}</p>"));
            note["updated"] = json!(world.clock.now().rfc3339());
            assert_eq!(world.receive(&alice, &alice.does("Update", &format!("u{number}"), &note)).await, StatusCode::ACCEPTED);
            world.receive(&alice, &request(&alice, &format!("again{number}"), &uri(quoted), json!(theirs))).await;
            world.work().await;
            assert_eq!(state(&world, &theirs).await, Some(expected), "{number}");
        }
        assert_eq!(world.count("quote_refusals", "1 = 1").await, 1);
        // It goes with the post.
        world.receive(&alice, &alice.does("Delete", "1", &theirs)).await;
        world.work().await;
        assert_eq!(world.count("quote_refusals", "1 = 1").await, 0);
    }

    async fn who_is_refused_again_and_again_quotes_nothing_any_more(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let mut theirs = String::new();
        for number in 0..24 {
            let post = world.ana_writes(&format!("Number {number}")).await;
            let mut note = quoting(&alice, "1", post.uri.as_ref().unwrap());
            theirs = note["id"].as_str().unwrap().to_owned();
            note["content"] = json!(format!("<p>Look, {number}</p>"));
            world.clock.advance(std::time::Duration::from_secs(60));
            note["updated"] = json!(world.clock.now().rfc3339());
            let letter = if number == 0 { alice.create(&note) } else { alice.does("Update", &format!("u{number}"), &note) };
            assert_eq!(world.receive(&alice, &letter).await, StatusCode::ACCEPTED);
            let (site, by, quoted, quoting_id) = (world.app.site.clone(), By::Local { actor: world.ana.id, account: None }, post.id, world.post(&theirs).await.unwrap().id);
            let taken_back = world.app.db.write(move |tx| posts::revoke_quote(tx, &site, &by, quoted, quoting_id)).await;
            assert_eq!(taken_back.is_ok(), number <= 20, "{number}");
        }
        assert_eq!((world.count("quote_refusals", "1 = 1").await, state(&world, &theirs).await), (20, Some(QuoteState::Revoked)));
    }

    async fn a_consent_tells_nobody_else_of_a_post_for_few(database: TestDatabase) {
        let world = World::open(database).await;
        let (alice, bob) = (world.followed(ALICE, 0).await, world.followed(BOB, 1).await);
        let post = world.ana_writes("Tea").await;
        let uri = post.uri.clone().unwrap();
        let mut note = quoting(&alice, "1", &uri);
        (note["to"], note["cc"]) = (json!([followers()]), json!([]));
        world.receive(&alice, &alice.create(&note)).await;
        world.receive(&alice, &request(&alice, "1", &uri, note["id"].clone())).await;
        world.work().await;
        let stamp = said(&world, "Accept").await.pop().unwrap()["result"].as_str().unwrap().to_owned();
        assert_eq!(get(&world, &stamp).await.0, StatusCode::NOT_FOUND, "everybody");
        assert_eq!(asks(&world, &bob, &stamp).await, StatusCode::NOT_FOUND, "somebody else");
        assert_eq!(asks(&world, &alice, &stamp).await, StatusCode::OK, "its author");
        // Servers ask by an actor of their own whom nobody ever met: that of her server is asked for its key.
        let (hers, other) = (Stranger::new("https://social.good.example/actor", 2), Stranger::new("https://other.example/actor", 3));
        for server in [&hers, &other] {
            let mut document = server.document();
            document["type"] = json!("Application");
            world.serve(&server.uri, &document);
        }
        let mut forged = hers.clone();
        forged.signer.key = other.signer.key.clone();
        let before = world.documents.requests().len();
        assert_eq!(asks(&world, &other, &stamp).await, StatusCode::NOT_FOUND, "another server");
        assert_eq!(world.documents.requests().len(), before, "its key is not even asked for");
        assert_eq!(asks(&world, &forged, &stamp).await, StatusCode::NOT_FOUND, "another server that says it is hers");
        assert_eq!(asks(&world, &hers, &stamp).await, StatusCode::OK, "her server");
        // Who names many keys of her server makes us ask it a few times, and takes nothing from whom we know.
        let before = world.documents.requests().len();
        for number in 0..40 {
            let forged = Stranger::new(&format!("https://social.good.example/actors/{number}"), 3);
            assert_eq!(asks(&world, &forged, &stamp).await, StatusCode::NOT_FOUND);
        }
        let asked = world.documents.requests().len() - before;
        assert!((1..=20).contains(&asked), "{asked}");
        assert_eq!((asks(&world, &alice, &stamp).await, asks(&world, &hers, &stamp).await), (StatusCode::OK, StatusCode::OK));
        // Of an open post everybody may know.
        let open = quoting(&alice, "2", &uri);
        world.receive(&alice, &alice.create(&open)).await;
        world.receive(&alice, &request(&alice, "2", &uri, open["id"].clone())).await;
        world.work().await;
        let stamp = said(&world, "Accept").await.pop().unwrap()["result"].as_str().unwrap().to_owned();
        assert_eq!((get(&world, &stamp).await.0, asks(&world, &bob, &stamp).await), (StatusCode::OK, StatusCode::OK));
    }

    async fn a_deletion_that_overtakes_a_request_to_quote_is_obeyed(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let uri = world.ana_writes("Tea").await.uri.unwrap();
        let note = quoting(&alice, "1", &uri);
        let theirs = note["id"].as_str().unwrap().to_owned();
        assert_eq!(world.receive(&alice, &alice.does("Delete", "1", &theirs)).await, StatusCode::ACCEPTED);
        assert_eq!(world.receive(&alice, &request(&alice, "1", &uri, note.clone())).await, StatusCode::ACCEPTED);
        world.work().await;
        assert!(world.post(&theirs).await.is_none(), "it was deleted before it came");
        assert_eq!((said(&world, "Accept").await.len(), world.count("quotes", "1 = 1").await), (0, 0));
        // Another one is answered as ever.
        let other = quoting(&alice, "2", &uri);
        world.receive(&alice, &request(&alice, "2", &uri, other.clone())).await;
        world.work().await;
        assert_eq!(state(&world, other["id"].as_str().unwrap()).await, Some(QuoteState::Accepted));
    }
}
