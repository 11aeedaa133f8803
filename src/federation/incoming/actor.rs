//! Actors of other servers.

use serde_json::Value;
use url::Url;

use super::{
    emojis,
    values::{id, ids, kind, link, list, moment, one_origin, own_id, text},
};
use crate::{
    domain::actors::{
        ATTRIBUTION_DOMAINS, ActorKind, Collections, Field, Handle, RemoteActor, RemoteKey, read_attribution_domains,
    },
    error::{Error, Result},
    net::{PublicKey, host_of},
    text as floor,
};

/// How many profile fields are read.
const FIELDS: usize = 50;
/// The longest name, in characters.
const NAME: usize = 100;
/// How much of the text about somebody is read, and of the value of a field, in bytes.
const SUMMARY: usize = 20 * 1024;
const VALUE: usize = 2 * 1024;
/// How many keys are read.
const KEYS: usize = 10;

/// Whether this type is an actor's.
pub fn is_actor_kind(kind: &str) -> bool {
    kind.parse::<ActorKind>().is_ok()
}

fn unusable(reason: &'static str) -> Error {
    Error::invalid("actor.unusable", reason)
}

/// Reads an actor's document, which was found at its id. The handle's host is the host of the id; whoever knows
/// better by WebFinger changes it.
pub fn read(document: &Value) -> Result<RemoteActor> {
    let uri = own_id(document).ok_or_else(|| unusable("The actor has no id that can be used."))?;
    let url = Url::parse(uri).map_err(|_| unusable("The actor's id is not a web address."))?;
    let kind: ActorKind = kind(document, is_actor_kind).parse().map_err(|_| unusable("This is not an actor."))?;
    let own = |value: Option<&str>| value.filter(|value| one_origin(value, uri)).map(ToOwned::to_owned);
    let inbox = own(id(document, "inbox")).ok_or_else(|| unusable("The actor has no inbox on its own server."))?;
    let username = username(document, &url).ok_or_else(|| unusable("The actor has no username that can be used."))?;
    let shared_inbox = document.get("endpoints").and_then(|endpoints| id(endpoints, "sharedInbox"));
    Ok(RemoteActor {
        uri: uri.to_owned(),
        kind,
        username,
        host: host_of(&url),
        url: link(document, "url"),
        name: floor::clean_name(text(document, "name").unwrap_or_default(), NAME),
        summary: floor::clean(floor::beginning(text(document, "summary").unwrap_or_default(), SUMMARY)),
        icon: picture(document, "icon"),
        header: picture(document, "image"),
        fields: fields(document),
        inbox,
        shared_inbox: own(shared_inbox),
        followers_uri: own(id(document, "followers")),
        collections: Collections {
            outbox: own(id(document, "outbox")),
            following: own(id(document, "following")),
            featured: own(id(document, "featured")),
            hidden: false,
        },
        locked: flag(document, "manuallyApprovesFollowers", false),
        discoverable: flag(document, "discoverable", false),
        indexable: flag(document, "indexable", false),
        bot: matches!(kind, ActorKind::Service | ActorKind::Application),
        also_known_as: ids(document, "alsoKnownAs", 20),
        moved_to: id(document, "movedTo").map(ToOwned::to_owned),
        emojis: emojis::read(document, uri),
        attribution_domains: attribution_domains(document),
        published_at: moment(document, "published"),
        keys: keys(document, uri),
        handle: Handle::Doubtful,
    })
}

/// The handle that the document claims (FEP-2c59), else the username on the host of the id.
pub fn claimed_handle(document: &Value, remote: &RemoteActor) -> (String, String) {
    let claimed = text(document, "webfinger").map(|handle| handle.trim_start_matches("acct:").trim_start_matches('@'));
    let (name, host) = claimed.and_then(|handle| handle.split_once('@')).unwrap_or((&remote.username, &remote.host));
    (name.to_owned(), host.to_owned())
}

/// A username for who claims one that is somebody else's: the path of the id, which nobody else has.
pub fn username_by_path(uri: &str) -> String {
    let path = Url::parse(uri).map(|url| url.path().to_owned()).unwrap_or_default();
    let parts =
        path.trim_start_matches('/').chars().map(|c| if is_username(c.encode_utf8(&mut [0; 4])) { c } else { '~' });
    let name: String = parts.take(100).collect();
    if name.contains('~') { name } else { format!("~{name}") }
}

fn flag(document: &Value, name: &str, default: bool) -> bool {
    document.get(name).and_then(Value::as_bool).unwrap_or(default)
}

/// The username, or the last part of the id where there is none. Only what can stand in a handle.
fn username(document: &Value, url: &Url) -> Option<String> {
    let from_path =
        || url.path_segments()?.rfind(|part| !part.is_empty()).map(|part| part.trim_start_matches('@').to_owned());
    let name = text(document, "preferredUsername").map(ToOwned::to_owned).or_else(from_path)?;
    is_username(&name).then_some(name)
}

/// Whether this can stand in a handle.
pub fn is_username(name: &str) -> bool {
    !name.is_empty()
        && name.chars().count() <= 128
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '~' | '+'))
}

/// The domains whose pages may name it as their author: text, or the id of a node as JSON-LD may have it.
fn attribution_domains(document: &Value) -> Vec<String> {
    let named = list(document, "attributionDomains").into_iter().take(2 * ATTRIBUTION_DOMAINS);
    read_attribution_domains(named.filter_map(|one| one.as_str().or_else(|| text(one, "id"))))
}

/// The last of several pictures, as Lemmy does it.
fn picture(document: &Value, name: &str) -> Option<String> {
    let last = list(document, name).into_iter().next_back()?;
    last.as_str().and_then(floor::http_url).or_else(|| link(last, "url")).or_else(|| link(last, "href"))
}

fn fields(document: &Value) -> Vec<Field> {
    list(document, "attachment")
        .into_iter()
        .filter(|field| text(field, "type") == Some("PropertyValue"))
        .take(FIELDS)
        .map(|field| Field {
            name: floor::clean_name(text(field, "name").unwrap_or_default(), 255),
            value: floor::clean(floor::beginning(text(field, "value").unwrap_or_default(), VALUE)),
            verified_at: None,
        })
        .filter(|field| !field.name.is_empty())
        .collect()
}

/// The keys that the document lists as the actor's own: on its own origin, and naming it as their owner.
fn keys(document: &Value, uri: &str) -> Vec<RemoteKey> {
    let mut found = Vec::new();
    for key in list(document, "publicKey").into_iter().chain(list(document, "assertionMethod")).take(KEYS) {
        let owner = text(key, "owner").or_else(|| text(key, "controller"));
        let Some(key_uri) = own_id(key).filter(|key_uri| one_origin(key_uri, uri)) else { continue };
        if owner.is_some_and(|owner| owner != uri) {
            continue;
        }
        let parsed = match (text(key, "publicKeyPem"), text(key, "publicKeyMultibase")) {
            (Some(pem), _) => PublicKey::from_pem(pem),
            (None, Some(multibase)) => PublicKey::from_multibase(multibase),
            (None, None) => continue,
        };
        if let Ok(public) = parsed {
            found.push(RemoteKey {
                uri: key_uri.to_owned(),
                algorithm: public.algorithm().to_owned(),
                public_key: public.to_bytes(),
            });
        }
    }
    found
}
