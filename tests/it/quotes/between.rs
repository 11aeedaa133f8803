//! Quotes between servers: who asks, who answers, and what is believed.

use diesel::prelude::*;
use guildhall::{
    db::{Clock, schema::activities},
    domain::{
        By, PostId, follows,
        posts::{self, Addressees, Audience, Inside, NewPost, Post, QuotePolicy, QuoteState},
    },
    text::Format,
};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::world::{OURS, Stranger, World};

pub(super) const ALICE: &str = "https://social.good.example/users/alice";
pub(super) const BOB: &str = "https://other.good.example/users/bob";
const EVE: &str = "https://evil.example/users/eve";

/// How the quote of a post stands.
pub(super) async fn state(world: &World, uri: &str) -> Option<QuoteState> {
    let post = world.post(uri).await?.id;
    let found = world.app.db.read(move |conn| posts::find_quote_of(conn, post)).await.unwrap();
    found.map(|(quote, _)| quote.state)
}

/// Everything of one kind that was said, in order.
pub(super) async fn said(world: &World, kind: &'static str) -> Vec<Value> {
    let rows: Vec<String> = world
        .app
        .db
        .read(move |conn| {
            let said = activities::table.filter(activities::kind.eq(kind)).order(activities::id);
            Ok(said.select(activities::body).load(conn)?)
        })
        .await
        .unwrap();
    rows.iter().map(|body| serde_json::from_str(body).unwrap()).collect()
}

pub(super) async fn get(world: &World, address: &str) -> (StatusCode, Value) {
    let path = address.strip_prefix(OURS).unwrap();
    let request = Request::get(path).header("accept", "application/activity+json");
    let response = world.router.clone().oneshot(request.body(axum::body::Body::empty()).unwrap()).await.unwrap();
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

pub(super) fn quoting(author: &Stranger, id: &str, quoted: &str) -> Value {
    let mut note = author.note(id, "<p>Look at that</p>");
    note["quote"] = json!(quoted);
    note
}

pub(super) fn request(author: &Stranger, id: &str, quoted: &str, instrument: Value) -> Value {
    let mut request = author.does("QuoteRequest", id, quoted);
    request["instrument"] = instrument;
    request
}

async fn allows(world: &World, post: PostId, policy: QuotePolicy) {
    let by = By::Local { actor: world.ana.id, account: None };
    world.app.db.write(move |tx| posts::set_quote_policy(tx, &by, post, &policy)).await.unwrap();
}

/// Ana quotes a post.
async fn ana_quotes(world: &World, quoted: PostId) -> Post {
    let (site, by) = (world.app.site.clone(), By::Local { actor: world.ana.id, account: None });
    let new = NewPost {
        text: "Look".to_owned(),
        format: Format::Plain,
        title: None,
        summary: String::new(),
        sensitive: false,
        language: None,
        audience: Audience::Public,
        team: None,
        reply_to: None,
        addressees: Addressees::default(),
        media: Vec::new(),
        edited: None,
        hashtags: Vec::new(),
        poll: None,
        quote: Some(quoted),
        quoting: None,
        inside: Inside::default(),
        twin: None,
    };
    let written = world.app.db.write(move |tx| {
        let draft = posts::compose(tx, &site, &by, &new)?;
        let id = posts::create(tx, &site, &by, &draft)?;
        posts::get(tx.conn(), id)
    });
    written.await.unwrap()
}

/// A post of a stranger that everybody may quote.
async fn open_post(world: &World, author: &Stranger, id: &str) -> Post {
    let mut note = author.note(id, "<p>Quote me</p>");
    note["interactionPolicy"] =
        json!({"canQuote": {"automaticApproval": ["https://www.w3.org/ns/activitystreams#Public"]}});
    assert_eq!(world.receive(author, &author.create(&note)).await, StatusCode::ACCEPTED);
    world.post(note["id"].as_str().unwrap()).await.unwrap()
}

on_both! {
    async fn who_asks_to_quote_us_is_answered_by_the_policy(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let post = world.ana_writes("Tea").await;
        let uri = post.uri.clone().unwrap();
        let note = quoting(&alice, "1", &uri);
        let theirs = note["id"].as_str().unwrap().to_owned();
        // Her server sends the post with the request, or lets us fetch it.
        assert_eq!(world.receive(&alice, &request(&alice, "1", &uri, note.clone())).await, StatusCode::ACCEPTED);
        world.work().await;
        assert_eq!(state(&world, &theirs).await, Some(QuoteState::Accepted));
        let accept = said(&world, "Accept").await.pop().unwrap();
        assert_eq!(accept["object"]["type"], "QuoteRequest");
        assert_eq!((&accept["object"]["instrument"], &accept["object"]["object"], &accept["to"]), (&json!(theirs), &json!(uri), &json!([ALICE])));
        let stamp = accept["result"].as_str().unwrap().to_owned();
        let (status, document) = get(&world, &stamp).await;
        assert_eq!(status, StatusCode::OK);
        for (member, value) in [("id", stamp.as_str()), ("type", "QuoteAuthorization"), ("attributedTo", world.ana.uri.as_str()), ("interactingObject", theirs.as_str()), ("interactionTarget", uri.as_str())] {
            assert_eq!(document[member], value, "{member}");
        }
        let second = quoting(&alice, "2", &uri);
        let fetched = second["id"].as_str().unwrap().to_owned();
        world.serve(&fetched, &second);
        world.receive(&alice, &request(&alice, "2", &uri, json!(fetched))).await;
        world.work().await;
        assert_eq!((state(&world, &fetched).await, said(&world, "Accept").await.len()), (Some(QuoteState::Accepted), 2));
        // Taken back it is said to be gone, and stays so whoever asks.
        let (site, by, quoted, quoting_id) = (world.app.site.clone(), By::Local { actor: world.ana.id, account: None }, post.id, world.post(&theirs).await.unwrap().id);
        world.app.db.write(move |tx| posts::revoke_quote(tx, &site, &by, quoted, quoting_id)).await.unwrap();
        world.work().await;
        let delete = said(&world, "Delete").await.pop().unwrap();
        assert_eq!((&delete["object"], get(&world, &stamp).await.0), (&json!(stamp), StatusCode::NOT_FOUND));
        world.receive(&alice, &request(&alice, "3", &uri, note)).await;
        world.work().await;
        assert_eq!((state(&world, &theirs).await, said(&world, "Reject").await.len()), (Some(QuoteState::Revoked), 1));
    }

    async fn who_may_not_quote_us_is_refused(database: TestDatabase) {
        let world = World::open(database).await;
        let (alice, bob) = (world.followed(ALICE, 0).await, world.followed(BOB, 1).await);
        let post = world.ana_writes("Tea").await;
        let uri = post.uri.clone().unwrap();
        allows(&world, post.id, QuotePolicy::automatic(None)).await;
        let note = quoting(&alice, "1", &uri);
        world.receive(&alice, &alice.create(&note)).await;
        let theirs = note["id"].as_str().unwrap();
        assert_eq!(state(&world, theirs).await, Some(QuoteState::Pending));
        world.receive(&alice, &request(&alice, "1", &uri, json!(theirs))).await;
        world.work().await;
        assert_eq!(state(&world, theirs).await, Some(QuoteState::Rejected));
        let reject = said(&world, "Reject").await.pop().unwrap();
        assert_eq!((&reject["object"]["instrument"], &reject["to"]), (&json!(theirs), &json!([ALICE])));
        // Nobody asks for somebody else's post, nor with a post that quotes something else.
        allows(&world, post.id, QuotePolicy::automatic(Some(posts::Quoters::Public))).await;
        let before = said(&world, "Accept").await.len();
        world.receive(&bob, &request(&bob, "1", &uri, json!(theirs))).await;
        let other = bob.note("9", "<p>No quote</p>");
        world.receive(&bob, &bob.create(&other)).await;
        world.receive(&bob, &request(&bob, "2", &uri, other["id"].clone())).await;
        world.work().await;
        assert_eq!(said(&world, "Accept").await.len(), before);
    }

    async fn quotes_said_the_old_way_count_by_what_is_known(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let ours = world.ana_writes("Tea").await.uri.unwrap();
        let open = open_post(&world, &world.followed(BOB, 1).await, "1").await.uri.unwrap();
        let bob = Stranger::new(BOB, 1);
        let silent = bob.note("2", "<p>Nothing said</p>");
        world.receive(&bob, &bob.create(&silent)).await;
        let silent = silent["id"].as_str().unwrap().to_owned();
        let link = |uri: &str| json!([{"type": "Link", "mediaType": "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"", "rel": "https://misskey-hub.net/ns#_misskey_quote", "href": uri}]);
        for (number, (member, value, expected)) in [
            ("_misskey_quote", json!(ours), QuoteState::Accepted),
            ("quoteUrl", json!(open), QuoteState::Accepted),
            ("quoteUri", json!(silent), QuoteState::Pending),
            ("tag", link(&ours), QuoteState::Accepted),
        ].into_iter().enumerate() {
            let mut note = alice.note(&format!("old{number}"), "<p>RE</p>");
            note[member] = value;
            world.receive(&alice, &alice.create(&note)).await;
            world.work().await;
            assert_eq!(state(&world, note["id"].as_str().unwrap()).await, Some(expected), "{member}");
        }
        // Who is blocked is not let in that way.
        let (site, ana, blocked) = (world.app.site.clone(), world.ana.id, world.actor(ALICE).await.unwrap().id);
        let block = move |tx: &mut guildhall::db::Tx<'_>| follows::block(tx, &site, &By::Local { actor: ana, account: None }, blocked);
        world.app.db.write(block).await.unwrap();
        let mut note = alice.note("blocked", "<p>RE</p>");
        note["_misskey_quote"] = json!(ours);
        world.receive(&alice, &alice.create(&note)).await;
        world.work().await;
        assert_ne!(state(&world, note["id"].as_str().unwrap()).await, Some(QuoteState::Accepted));
    }

    async fn quotes_between_others_are_believed_when_the_quoted_server_says_so(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let (bob, eve) = (Stranger::new(BOB, 1), Stranger::new(EVE, 2));
        world.publish(&bob);
        world.publish(&eve);
        let quoted = bob.note("1", "<p>Quote me</p>");
        let uri = quoted["id"].as_str().unwrap().to_owned();
        world.serve(&uri, &quoted);
        let stamp = |id: &str, author: &str, quoting: &str, target: &str| json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "QuoteAuthorization", "attributedTo": author,
            "interactingObject": quoting, "interactionTarget": target,
        });
        for (number, good) in [("good", true), ("forged", false), ("other", false), ("missing", false), ("kind", false), ("elsewhere", false)] {
            let mut note = quoting(&alice, number, &uri);
            let id = note["id"].as_str().unwrap().to_owned();
            let host = if number == "forged" { "https://evil.example" } else { "https://other.good.example" };
            let address = format!("{host}/stamps/{number}");
            note["quoteAuthorization"] = json!(address);
            let about = if number == "other" { "https://social.good.example/users/alice/notes/x" } else { id.as_str() };
            let mut document = stamp(&address, BOB, about, &uri);
            if number == "kind" {
                document["type"] = json!("Note");
            }
            if number == "elsewhere" {
                // Her server leads on to somebody else's.
                let elsewhere = "https://evil.example/stamps/elsewhere";
                document["id"] = json!(elsewhere);
                world.serve(elsewhere, &document);
                world.documents.redirect(&address, elsewhere);
            } else if number != "missing" {
                world.serve(&address, &document);
            }
            assert_eq!(world.receive(&alice, &alice.create(&note)).await, StatusCode::ACCEPTED);
            world.work().await;
            assert_eq!(state(&world, &id).await, Some(if good { QuoteState::Accepted } else { QuoteState::Pending }), "{number}");
        }
        // Taken back by its author, and by nobody else.
        let id = quoting(&alice, "good", &uri)["id"].as_str().unwrap().to_owned();
        let address = "https://other.good.example/stamps/good";
        world.receive(&eve, &eve.does("Delete", "1", address)).await;
        assert_eq!(state(&world, &id).await, Some(QuoteState::Accepted));
        world.receive(&bob, &bob.does("Delete", "1", address)).await;
        assert_eq!(state(&world, &id).await, Some(QuoteState::Revoked));
        // What was taken back stays so when the post is said again without the quote, and then with it.
        let mut note = quoting(&alice, "good", &uri);
        note["quoteAuthorization"] = json!(address);
        let mut without = alice.note("good", "<p>Look away</p>");
        for (number, document) in [&mut without, &mut note].into_iter().enumerate() {
            world.clock.advance(std::time::Duration::from_secs(60));
            document["updated"] = json!(world.clock.now().rfc3339());
            world.receive(&alice, &alice.does("Update", &format!("good{number}"), document)).await;
            world.work().await;
        }
        assert_eq!(state(&world, &id).await, Some(QuoteState::Revoked));
        // Everybody may quote themselves.
        let own = quoting(&alice, "own", &id);
        world.receive(&alice, &alice.create(&own)).await;
        assert_eq!(state(&world, own["id"].as_str().unwrap()).await, Some(QuoteState::Accepted));
    }

    async fn whom_we_quote_is_asked_and_answers(database: TestDatabase) {
        let world = World::open(database).await;
        let (alice, eve) = (world.followed(ALICE, 0).await, world.followed(EVE, 2).await);
        let quoted = open_post(&world, &alice, "1").await;
        let ours = ana_quotes(&world, quoted.id).await;
        let uri = ours.uri.clone().unwrap();
        world.work().await;
        let asked = said(&world, "QuoteRequest").await.pop().unwrap();
        assert_eq!((&asked["object"], &asked["instrument"]["id"], &asked["to"]), (&json!(quoted.uri), &json!(uri), &json!([ALICE])));
        let note = said(&world, "Create").await.pop().unwrap()["object"].clone();
        for member in ["quote", "_misskey_quote", "quoteUrl", "quoteUri"] {
            assert_eq!(note[member], json!(quoted.uri), "{member}");
        }
        assert!(note["content"].as_str().unwrap().contains("<p class=\"quote-inline\">RE: "), "{note}");
        assert!(note.get("quoteAuthorization").is_none());
        assert_eq!(state(&world, &uri).await, Some(QuoteState::Pending));
        let answer = |who: &Stranger, kind: &str, id: &str, stamp: &str| {
            let mut answer = who.does(kind, id, json!({"id": asked["id"], "type": "QuoteRequest", "actor": asked["actor"], "object": asked["object"], "instrument": uri}));
            answer["result"] = json!(stamp);
            answer
        };
        let stamp = "https://social.good.example/stamps/1";
        for (who, result) in [(&eve, stamp), (&alice, "https://evil.example/stamps/1")] {
            world.receive(who, &answer(who, "Accept", "no", result)).await;
            assert_eq!(state(&world, &uri).await, Some(QuoteState::Pending));
        }
        world.clock.advance(std::time::Duration::from_secs(60));
        assert_eq!(world.receive(&alice, &answer(&alice, "Accept", "yes", stamp)).await, StatusCode::ACCEPTED);
        world.work().await;
        assert_eq!(state(&world, &uri).await, Some(QuoteState::Accepted));
        let update = said(&world, "Update").await.pop().unwrap();
        assert_eq!(update["object"]["quoteAuthorization"], stamp);
        world.receive(&alice, &alice.does("Delete", "1", stamp)).await;
        assert_eq!(state(&world, &uri).await, Some(QuoteState::Revoked));
        let other = ana_quotes(&world, quoted.id).await.uri.unwrap();
        world.work().await;
        let asked = said(&world, "QuoteRequest").await.pop().unwrap();
        world.receive(&alice, &alice.does("Reject", "2", asked["id"].as_str().unwrap())).await;
        assert_eq!(state(&world, &other).await, Some(QuoteState::Rejected));
    }
}
