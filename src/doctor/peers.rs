//! The brand's actor, its keys and its newest post, as each kind of server reads them.

use http::StatusCode;
use serde_json::Value;
use url::Url;

use super::{
    Judged, Trouble, Visit,
    engines::of_document,
    report::{Known, Told, told},
    visit::{MANGLED, all_of},
};
use crate::{
    domain::actors,
    net::{Fetched, PublicKey, content_type::is_activity, host_of},
};

const CONTEXT: &str = "https://www.w3.org/ns/activitystreams";
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// A document of ours, as somebody read it.
struct Read {
    fetched: Fetched,
    document: Value,
    wrong: Vec<Told>,
}

impl Read {
    async fn of(visit: &Visit, uri: &str) -> Result<Self, Trouble> {
        let (fetched, document) = visit.document(uri).await?;
        Ok(Self { fetched, document, wrong: Vec::new() })
    }

    fn text(&self, pointer: &str) -> &str {
        self.document.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// Notes what is wrong when `right` is not.
    fn need(&mut self, right: bool, wrong: impl Into<Told>) {
        if !right {
            self.wrong.push(wrong.into());
        }
    }

    /// Notes each of these members that is not there as text.
    fn need_texts(&mut self, pointers: &[&str]) {
        for pointer in pointers {
            let right = !self.text(pointer).is_empty();
            self.need(right, missing(&member(pointer)));
        }
    }

    fn has_context(&self) -> bool {
        let context = self.document.get("@context");
        context.is_some_and(|context| {
            context == CONTEXT || context.as_array().is_some_and(|list| list.iter().any(|one| one == CONTEXT))
        })
    }

    /// All is well, by a code and by what its address is followed by.
    fn judged(self, (code, found): Known) -> Judged {
        let url = self.fetched.url;
        all_of(Told::of(code, format!("{url} {found}")).with("url", &url), self.wrong, MANGLED)
    }
}

/// The name of a member, as people write it.
fn member(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".")
}

fn missing(member: &str) -> Told {
    told!("found.missing", "{member} is missing.", member = member)
}

const NO_CONTEXT: Known = ("found.no_context", "@context does not name ActivityStreams as text.");
const OTHER_ID: Known = ("found.other_id", "The id is not the address.");
const OTHER_OWNER: Known = ("found.other_owner", "publicKey.owner is not the actor.");

/// A type that this software takes for no account.
fn no_account(software: &str) -> Told {
    told!("found.no_account", "The type is none that {software} takes for an account.", software = software)
}

/// A name that this software does not take.
fn no_username(software: &str) -> Told {
    told!("found.no_username", "{software} takes no such preferredUsername.", software = software)
}

/// Latin letters, digits and `_`, in the middle also `.` and `-`.
fn is_username(name: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.len() <= 128
        && name.starts_with(word)
        && name.ends_with(word)
        && name.chars().all(|c| word(c) || c == '.' || c == '-')
}

/// Mastodon: type, context as text, id, inbox, name, key; the page on the same host.
pub(super) async fn mastodon(visit: &Visit) -> Judged {
    let uri = &visit.brand.uri;
    let mut read = Read::of(visit, uri).await?;
    read.need(
        is_activity(read.fetched.content_type()),
        ("found.not_activity", "The media type is not application/activity+json."),
    );
    read.need(read.has_context(), NO_CONTEXT);
    read.need(read.text("/id") == uri, OTHER_ID);
    let kinds = ["Application", "Group", "Organization", "Person", "Service"];
    read.need(kinds.contains(&read.text("/type")), no_account("Mastodon"));
    read.need_texts(&["/inbox", "/outbox", "/followers", "/publicKey/publicKeyPem", "/endpoints/sharedInbox"]);
    read.need(is_username(read.text("/preferredUsername")), no_username("Mastodon"));
    let page = Url::parse(read.text("/url")).is_ok_and(|page| host_of(&page) == host_of(&visit.base));
    read.need(page, ("found.page_elsewhere", "The page is on another host."));
    read.judged(("found.mastodon", "has type, context, id, name, inboxes, collections and key."))
}

/// Misskey: everything of an actor on one host, over https.
pub(super) async fn misskey(visit: &Visit) -> Judged {
    let mut read = Read::of(visit, &visit.brand.uri).await?;
    read.need(read.has_context(), NO_CONTEXT);
    read.need(is_username(read.text("/preferredUsername")), no_username("Misskey"));
    let host = host_of(&visit.base);
    for pointer in
        ["/id", "/inbox", "/endpoints/sharedInbox", "/outbox", "/followers", "/following", "/publicKey/id", "/url"]
    {
        let here = Url::parse(read.text(pointer))
            .is_ok_and(|url| host_of(&url) == host && url.scheme() == visit.base.scheme());
        let found = told!("found.not_on_host", "{member} is not on {host}.", member = member(pointer), host = host);
        read.need(here, found);
    }
    read.judged(("found.misskey", "is on one host with all that belongs to it."))
}

/// Lemmy (and what else uses the same library): one of three media types to the letter, an outbox, the whole key,
/// and no port in the address.
pub(super) async fn lemmy(visit: &Visit) -> Judged {
    let mut read = Read::of(visit, &visit.brand.uri).await?;
    let kind = read.fetched.content_type().to_ascii_lowercase();
    let exact = [
        "application/activity+json",
        "application/activity+json; charset=utf-8",
        "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
    ];
    read.need(
        exact.contains(&kind.as_str()),
        told!("found.not_for_lemmy", "Lemmy takes no documents of the type “{kind}”.", kind = kind),
    );
    read.need_texts(&["/id", "/preferredUsername", "/inbox", "/outbox", "/publicKey/id", "/publicKey/publicKeyPem"]);
    read.need(read.text("/publicKey/owner") == visit.brand.uri, OTHER_OWNER);
    let judged = read.judged(("found.lemmy", "has outbox and key, in a media type that Lemmy takes."))?;
    if visit.base.port().is_some() {
        return Err(Trouble::warning(
            told!(
                "found.port_in_address",
                "Lemmy asks no server with a port in its address, such as {host}.",
                host = host_of(&visit.base),
            ),
            ("advice.usual_port", "Serve the company at the usual port of https. The base URL is fixed at set-up."),
        ));
    }
    Ok(judged)
}

/// GoToSocial: whoever asks for the id of a key, unsigned, gets the key and its owner.
pub(super) async fn gotosocial(visit: &Visit) -> Judged {
    let mut told = Vec::new();
    for actor in [&visit.brand, &visit.server] {
        // An actor that was never asked for has no keys yet.
        let mut read = Read::of(visit, &actor.uri).await?;
        let id = actor.id;
        let keys = visit.app.db.read(move |conn| actors::keys_of(conn, id)).await?;
        let Some(key) = keys.into_iter().find(|key| key.algorithm == "rsa") else {
            let found = told!("found.no_key", "{actor} has no key.", actor = actor.uri);
            return Err(Trouble::failed(found, MANGLED));
        };
        let address = key.key_uri.split('#').next().unwrap_or_default();
        read.need(address == actor.uri, ("found.key_elsewhere", "The key has another address than its actor."));
        read.need(
            read.text("/publicKey/id") == key.key_uri,
            ("found.other_key_id", "publicKey.id is another one than we sign with."),
        );
        read.need(read.text("/publicKey/owner") == actor.uri, OTHER_OWNER);
        let published = PublicKey::from_pem(read.text("/publicKey/publicKeyPem"));
        let same = published.is_ok_and(|published| published.to_bytes() == key.public_key);
        read.need(same, ("found.other_key", "The key that is published is not the one that we sign with."));
        told.push(key.key_uri);
        if !read.wrong.is_empty() {
            return Err(Trouble::failed(Told::all(read.wrong), MANGLED));
        }
    }
    Ok(told!(
        "found.keys",
        "{keys} can be fetched without a signature and are the keys that we sign with.",
        keys = told.join(", "),
    ))
}

/// NodeBB: a type that it knows, an inbox, a key, and https.
pub(super) async fn nodebb(visit: &Visit) -> Judged {
    let mut read = Read::of(visit, &visit.brand.uri).await?;
    let kinds = ["Application", "Organization", "Person", "Service", "Group"];
    read.need(kinds.contains(&read.text("/type")), no_account("NodeBB"));
    read.need_texts(&["/id", "/inbox", "/preferredUsername"]);
    read.need(
        read.document.get("publicKey").is_some_and(Value::is_object),
        ("found.no_key_object", "publicKey is no object."),
    );
    let judged = read.judged(("found.nodebb", "has type, inbox, name and key."))?;
    if visit.base.scheme() != "https" {
        return Err(Trouble::warning(
            ("found.only_https", "NodeBB talks with https servers only."),
            ("advice.https", "Serve the company over https. The base URL is fixed at set-up."),
        ));
    }
    Ok(judged)
}

/// Integrity proofs (FEP-8b32), by which Mastodon and Mitra believe what others pass on: the Ed25519 key as Multikey.
pub(super) async fn proofs(visit: &Visit) -> Judged {
    let mut read = Read::of(visit, &visit.brand.uri).await?;
    let id = visit.brand.id;
    let keys = visit.app.db.read(move |conn| actors::keys_of(conn, id)).await?;
    let key = keys.into_iter().find(|key| key.algorithm == "ed25519");
    let methods = read.document.get("assertionMethod").and_then(Value::as_array).cloned().unwrap_or_default();
    let published = key.is_some_and(|key| {
        let multibase = PublicKey::from_bytes(&key.algorithm, &key.public_key).map(|key| key.to_multibase());
        methods.iter().any(|method| {
            let text = |name: &str| method.get(name).and_then(Value::as_str);
            text("type") == Some("Multikey")
                && text("id") == Some(&key.key_uri)
                && text("controller") == Some(&visit.brand.uri)
                && multibase.as_deref().ok() == text("publicKeyMultibase")
        })
    });
    read.need(
        published,
        ("found.no_multikey", "assertionMethod has no Multikey with the key that we make proofs with."),
    );
    read.judged(("found.proofs", "publishes the key of its proofs (FEP-521a)."))
}

/// The collections by which servers count followers and posts.
pub(super) async fn collections(visit: &Visit) -> Judged {
    let actor = Read::of(visit, &visit.brand.uri).await?;
    let mut counts = [0; 4];
    for (name, count) in ["outbox", "followers", "following", "featured"].into_iter().zip(&mut counts) {
        let address = actor.text(&format!("/{name}")).to_owned();
        let mut read = Read::of(visit, &address).await?;
        read.need(read.text("/id") == address, OTHER_ID);
        read.need(read.text("/type") == "OrderedCollection", ("found.no_collection", "It is no OrderedCollection."));
        let total = read.document.get("totalItems").and_then(Value::as_u64);
        read.need(total.is_some(), missing("totalItems"));
        if !read.wrong.is_empty() {
            let found = Told::all([of_document(&address)].into_iter().chain(read.wrong));
            return Err(Trouble::failed(found, MANGLED));
        }
        *count = total.unwrap_or_default();
    }
    let [posts, followers, following, pinned] = counts;
    Ok(told!(
        "found.collections",
        "Posts: {posts}, followers: {followers}, followed: {following}, pinned: {pinned}.",
        posts = posts,
        followers = followers,
        following = following,
        pinned = pinned,
    ))
}

/// The newest public post of the brand: what Mastodon, Misskey and Lemmy need of a post.
pub(super) async fn newest_post(visit: &Visit) -> Judged {
    let outbox = format!("{}/outbox?page=true", visit.brand.uri);
    let page = Read::of(visit, &outbox).await?;
    let posts = page.document.get("orderedItems").and_then(Value::as_array).into_iter().flatten();
    let mut ids = posts.filter_map(|activity| match activity.get("object")? {
        Value::String(id) => Some(id.clone()),
        object => object.get("id")?.as_str().map(str::to_owned),
    });
    let Some(uri) = ids.find(|id| visit.app.site.owns(id)) else {
        return Err(Trouble::skipped(("found.no_posts", "The brand has not published anything yet.")));
    };
    let mut read = Read::of(visit, &uri).await?;
    read.need(read.fetched.status == StatusCode::OK && read.text("/id") == uri, OTHER_ID);
    read.need(read.has_context(), NO_CONTEXT);
    read.need_texts(&["/type", "/attributedTo", "/content", "/published", "/url"]);
    for name in ["to", "cc", "tag", "attachment"] {
        let list = read.document.get(name).is_some_and(Value::is_array);
        read.need(list, told!("found.no_list", "{member} is no list.", member = name));
    }
    let addressed = ["to", "cc"].iter().filter_map(|name| read.document.get(*name)?.as_array()).flatten();
    let public = addressed.into_iter().any(|one| one == PUBLIC);
    read.need(public, ("found.not_public", "It is not addressed to the public."));
    read.judged(("found.newest_post", "is whole."))
}
