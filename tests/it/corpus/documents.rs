//! What is fetched: actors, posts, keys, answers for handles, and what is none of these.

use guildhall::{
    domain::{actors::ActorKind, posts::Post},
    error::Kind,
    federation::{
        fetch::{self, Budget, Resolved},
        incoming,
    },
    net::Signer,
};
use serde_json::{Value, json};

use super::{
    Entry, id_of, origin, rekeyed,
    rules::Rule,
    serve_actor, signer,
    table::Outcome::{self, Ignored, Kept, Refused},
};
use crate::support::world::{Letter, Stranger, World};

pub async fn judge(world: &World, entry: &Entry, rule: Rule, why: &'static str) -> Outcome {
    let document = &entry.document;
    match rule {
        Rule::Actor => actor(world, entry, document).await,
        Rule::ActorRefused => actor_refused(world, document).await,
        Rule::Object => object(world, entry).await,
        Rule::ObjectRefused => {
            object_refused(world, document).await;
            Refused(why)
        }
        Rule::Upload => {
            upload(world, document).await;
            Refused(why)
        }
        Rule::Key => key(world, document).await,
        Rule::KeyStub => key_stub(world, document).await,
        Rule::WebFinger => match webfinger(world, document).await {
            Kept if !why.is_empty() => Refused(why),
            other => other,
        },
        Rule::Recorded => recorded(world, entry).await,
        _ => {
            not_for_us(world, document).await;
            Ignored(why)
        }
    }
}

async fn actor(world: &World, entry: &Entry, document: &Value) -> Outcome {
    let uri = document["id"].as_str().expect("an actor has an id");
    world.serve(uri, document);
    let found = fetch::actor(&world.app, uri, &mut Budget::default()).await.unwrap();
    assert!(!found.username.is_empty() && found.inbox.starts_with("http"));
    assert_eq!(found.uri, uri);
    assert!(!found.summary.contains("<script") && !found.name.contains('<'));
    if entry.says("GROUP") {
        assert_eq!(found.kind, ActorKind::Group);
    }
    let keys = world.count("actor_keys", &format!("actor_id = {}", found.id)).await;
    if entry.says("publicKey: accept, but no signature") {
        // Some have other keys.
        assert_eq!(keys > 0, document["assertionMethod"].is_array());
    } else if document["publicKey"]["publicKeyPem"].is_string() && document["publicKey"]["owner"] == uri {
        let readable =
            guildhall::net::PublicKey::from_pem(document["publicKey"]["publicKeyPem"].as_str().unwrap()).is_ok();
        assert_eq!(keys > 0, readable, "its key");
    }
    // With a key of ours in place of its own, it can speak.
    let stranger = signer(uri);
    world.serve(uri, &rekeyed(document, &stranger));
    let post = world.ana_writes("hello").await.uri.unwrap();
    assert_eq!(world.receive(&stranger, &stranger.does("Like", "1", &post)).await, 202);
    assert_eq!(world.post(&post).await.unwrap().likes_count, 1);
    Kept
}

async fn actor_refused(world: &World, document: &Value) -> Outcome {
    let uri = document["id"].as_str().expect("an actor has an id");
    let stranger = signer(uri);
    world.serve(uri, &rekeyed(document, &stranger));
    let error = fetch::actor(&world.app, uri, &mut Budget::default()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid);
    let post = world.ana_writes("hello").await.uri.unwrap();
    let status = world.receive(&stranger, &stranger.does("Like", "1", &post)).await;
    assert_eq!(status, 401);
    assert!(world.actor(uri).await.is_none());
    Refused("an actor without an inbox cannot be answered")
}

/// Serves an author for a document that is fetched.
fn serve_author(world: &World, document: &Value) {
    let authors = incoming::values::list(document, "attributedTo").into_iter().filter_map(id_of);
    for author in authors.chain(incoming::note::author_of(document)) {
        serve_actor(world, &author, "Person");
    }
}

/// Whether a post is as the index describes it.
pub fn assert_described(entry: &Entry, post: &Post) {
    let visibility = entry.expect.split("visibility ").nth(1).and_then(|rest| rest.split([';', ',', ' ', '(']).next());
    if let Some(visibility) = visibility {
        assert_eq!(post.audience.as_str(), visibility);
    }
    assert!(!post.content.contains("<script") && !post.content.contains("javascript:"));
    let shown = if entry.document["object"].is_object() { &entry.document["object"] } else { &entry.document };
    if (entry.says("titled") || entry.says("WITH TITLE")) && shown["name"].is_string() {
        assert!(post.title.is_some(), "a title");
    }
    if entry.says("is a QUOTE") {
        assert!(post.details.0.quote.is_some(), "a quote");
    }
    if entry.says("content warning") {
        assert!(!post.summary.is_empty() && post.sensitive, "a content warning");
    }
    if entry.says("store as reply") {
        assert!(post.reply_to_uri.is_some(), "a reply");
    }
    if let Some(options) = entry.expect.split("poll, ").nth(1).and_then(|rest| rest.split(' ').next()) {
        assert_eq!(post.details.0.options.len(), options.parse::<usize>().unwrap());
        assert_eq!(post.details.0.multiple, entry.says("multiple choice"));
    }
    if entry.says("media post") && !entry.says("ignore or") {
        assert!(!post.attachments.0.is_empty(), "what it shows");
    }
}

async fn object(world: &World, entry: &Entry) -> Outcome {
    let document = &entry.document;
    let Some(uri) = document["id"].as_str() else {
        // An example in a page of documentation, with no address: there is nothing to fetch.
        not_for_us(world, document).await;
        return Ignored("an example without an address");
    };
    if incoming::note::author_of(document).is_none() {
        object_refused(world, document).await;
        return Refused("it names no author");
    }
    serve_author(world, document);
    world.serve(uri, document);
    let found = fetch::resolve(&world.app, uri).await.unwrap();
    assert!(matches!(found, Some(Resolved::Post(_))), "not kept");
    let post = world.post(uri).await.unwrap();
    assert_described(entry, &post);
    world.work().await;
    Kept
}

async fn object_refused(world: &World, document: &Value) {
    let before = world.state().await;
    serve_author(world, document);
    if let Some(uri) = document["id"].as_str() {
        world.serve(uri, document);
        assert_eq!(fetch::resolve(&world.app, uri).await.unwrap(), None);
        assert!(world.post(uri).await.is_none());
    }
    // Posted to us in a Create by whoever says so, it counts no more.
    let eve = world.followed("https://eve.example/users/eve", 1).await;
    let status = world.receive(&eve, &eve.does("Create", "1", document)).await;
    assert!(!status.is_server_error(), "{status}");
    world.work().await;
    world
        .state()
        .await
        .without(&["actors", "actor_keys", "follows"])
        .assert_same(&before.without(&["actors", "actor_keys", "follows"]), "what is no post");
}

async fn upload(world: &World, document: &Value) {
    let uri = document["id"].as_str().unwrap();
    serve_author(world, document);
    for kind in ["image/png", "text/plain", "application/json", "application/octet-stream"] {
        world.documents.put("https://media.example/file", kind, document.to_string());
        assert_eq!(fetch::resolve(&world.app, "https://media.example/file").await.unwrap(), None, "{kind}");
        world.app.fetches.forget();
        world.documents.put(uri, kind, document.to_string());
        assert_eq!(fetch::resolve(&world.app, uri).await.unwrap(), None, "{kind}");
        world.app.fetches.forget();
    }
    world.serve("https://media.example/file", document);
    world.documents.remove(uri);
    assert_eq!(fetch::resolve(&world.app, "https://media.example/file").await.unwrap(), None);
    assert!(world.post(uri).await.is_none());
}

/// A key at an address of its own counts when its owner lists it.
async fn key(world: &World, document: &Value) -> Outcome {
    let key_id = document["id"].as_str().unwrap();
    let named = document["owner"].as_str().or_else(|| document["controller"].as_str());
    let owner = named.map_or_else(|| format!("{}/users/owner", origin(key_id)), ToOwned::to_owned);
    let mut stranger = Stranger::new(&owner, 0);
    stranger.signer = Signer { key_id: key_id.to_owned(), ..stranger.signer };
    let mut document = document.clone();
    document["publicKeyPem"] = stranger.document()["publicKey"]["publicKeyPem"].clone();
    world.serve(key_id, &document);
    let post = world.ana_writes("hello").await.uri.unwrap();
    let like = |id: &str| stranger.does("Like", id, &post);
    // Its owner lists another one.
    serve_actor(world, &owner, "Person");
    assert_eq!(world.receive(&stranger, &like("1")).await, 401);
    // Its owner lists it.
    world.app.fetches.forget();
    world.serve(&owner, &stranger.document());
    let status = world.receive(&stranger, &like("2")).await;
    assert_eq!(status, if named.is_some() { 202 } else { 401 });
    assert_eq!(world.post(&post).await.unwrap().likes_count, i64::from(named.is_some()));
    if named.is_some() { Kept } else { Refused("a key that names no owner") }
}

async fn key_stub(world: &World, document: &Value) -> Outcome {
    let key_id = document["publicKey"]["id"].as_str().unwrap();
    let owner = document["publicKey"]["owner"].as_str().unwrap();
    let mut stranger = Stranger::new(owner, 0);
    stranger.signer = Signer { key_id: key_id.to_owned(), ..stranger.signer };
    world.serve(key_id, &rekeyed(document, &stranger));
    let post = world.ana_writes("hello").await.uri.unwrap();
    // The stub alone is not enough: it cannot be answered.
    let status = world.receive(&stranger, &stranger.does("Like", "1", &post)).await;
    assert_eq!(status, 401);
    world.app.fetches.forget();
    world.serve(owner, &stranger.document());
    if owner == key_id.split('#').next().unwrap() {
        // The stub was at the owner's own address, which now shows all of it.
        world.app.remote_keys.forget_all();
    } else {
        world.serve(key_id, &rekeyed(document, &stranger));
    }
    assert_eq!(world.receive(&stranger, &stranger.does("Like", "2", &post)).await, 202);
    assert_eq!(world.post(&post).await.unwrap().likes_count, 1);
    Kept
}

/// Served for the handle that it speaks of, an answer leads to its link and to nobody else.
async fn webfinger(world: &World, document: &Value) -> Outcome {
    let Some(handle) = document["subject"].as_str().and_then(|subject| subject.strip_prefix("acct:")) else {
        not_for_us(world, document).await;
        return Ignored("an answer that is about no handle");
    };
    let host = handle.split('@').nth(1).unwrap();
    let mut address = url::Url::parse(&format!("https://{host}/.well-known/webfinger")).unwrap();
    address.query_pairs_mut().append_pair("resource", &format!("acct:{handle}"));
    let link = incoming::values::list(document, "links").into_iter().find(|link| {
        link["rel"] == "self" && link["type"].as_str().is_some_and(guildhall::net::content_type::is_activity)
    });
    let href = link.and_then(|link| link["href"].as_str());
    // Another host says so: nobody is found under a handle that is not its own to give.
    let mut elsewhere = url::Url::parse("https://hacker.example/.well-known/webfinger").unwrap();
    elsewhere.query_pairs_mut().append_pair("resource", "acct:x@hacker.example");
    world.documents.put(elsewhere.as_str(), "application/jrd+json", document.to_string());
    if let Some(href) = href {
        serve_actor(world, href, "Person");
    }
    assert_eq!(fetch::resolve(&world.app, "@x@hacker.example").await.unwrap(), None, "another host's word");
    assert_eq!(world.count("actors", "host NOT IN ('', 'after.example')").await, 0);
    // Its own host says so.
    world.app.fetches.forget();
    world.documents.put(address.as_str(), "application/jrd+json", document.to_string());
    let found = fetch::resolve(&world.app, &format!("@{handle}")).await.unwrap();
    match href {
        None => {
            assert_eq!(found, None);
            Ignored("an answer that leads to no actor")
        }
        Some(href) => {
            assert!(matches!(found, Some(Resolved::Actor(_))), "nobody found at {href}");
            let known = world.actor(href).await.unwrap();
            // A handle on another host than the actor counts only where both agree.
            let agrees = known.host == host || origin(href).ends_with(&known.host);
            assert!(agrees, "{} for {href}", known.acct());
            Kept
        }
    }
}

/// An answer with its headers, as text or as JSON with a body.
async fn recorded(world: &World, entry: &Entry) -> Outcome {
    let (kind, body) = match entry.document["body"].as_str() {
        Some(body) => {
            (entry.document["headers"]["content-type"].as_str().unwrap_or_default().to_owned(), body.to_owned())
        }
        None => {
            let text = entry.text.replace("\r\n", "\n");
            let (head, body) = text.split_once("\n\n").unwrap_or((text.as_str(), ""));
            let kind = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-type:").map(|kind| kind.trim().to_owned()));
            (kind.unwrap_or_default(), body.to_owned())
        }
    };
    let document: Value = serde_json::from_str(&body).unwrap_or(Value::Null);
    if document["links"].is_array() {
        let outcome = webfinger(world, &document).await;
        let hostile = entry.says("hostile host");
        return if hostile { Refused("a host answers for a handle of another host") } else { outcome };
    }
    if document["id"].is_string() && entry.says("REJECT") {
        return actor_refused(world, &document).await;
    }
    if document["id"].is_string() {
        assert!(guildhall::net::content_type::is_activity(&kind), "{kind}");
        return actor(world, entry, &document).await;
    }
    // Atom, XRD and the like are nothing that we read.
    world.documents.put("https://far.example/page", &kind, body);
    assert_eq!(fetch::resolve(&world.app, "https://far.example/page").await.unwrap(), None);
    Ignored("a format that is not read, such as Atom or XRD")
}

/// Posted to an inbox or fetched, it changes nothing and is no fault of ours.
async fn not_for_us(world: &World, document: &Value) {
    let nobody = Stranger::new("https://nobody.example/users/x", 0);
    world.publish(&nobody);
    let before = world.state().await;
    let status = world.send(Letter::signed(&nobody, document)).await;
    let is_activity = id_of(&document["actor"]).is_some();
    assert!(if is_activity { !status.is_server_error() } else { status == 400 }, "{status}");
    if let Some(uri) = document["id"].as_str().filter(|uri| uri.starts_with("http")) {
        world.serve(uri, document);
        assert_eq!(fetch::resolve(&world.app, uri).await.unwrap(), None);
    }
    // Wrapped in an activity of somebody whom we hear.
    let alice = world.followed("https://alice.example/users/alice", 1).await;
    let wrapped = alice.does("Create", "1", json!(document));
    if !document.is_null() {
        assert!(!world.receive(&alice, &wrapped).await.is_server_error());
    }
    world.work().await;
    let besides = ["actors", "actor_keys", "follows"];
    world.state().await.without(&besides).assert_same(&before.without(&besides), "what is not for us");
}
