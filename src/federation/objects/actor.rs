//! Our own actors on the wire.

use serde_json::{Map, Value, json};

use super::emoji;
use crate::{
    db::Conn,
    domain::{
        Site,
        actors::{self, Actor, ActorKey, ActorKind},
        emojis::OwnEmoji,
    },
    error::{Error, Result},
    net::PublicKey,
};

/// What an actor's document says of others than the actor.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The domains whose pages may name it as their author, besides this server's own.
    pub domains: Vec<String>,
    /// The company's pictures that stand for names in what it says of itself.
    pub emojis: Vec<OwnEmoji>,
}

impl Surroundings {
    /// Reads what is around an actor.
    pub fn load(conn: &mut Conn, actor: &Actor) -> Result<Self> {
        Ok(Self { domains: actors::attribution_domains(conn, actor.id)?, emojis: actors::own_emojis_of(conn, actor)? })
    }
}

/// One of our actors as others read it, with its public keys.
pub fn to_json(site: &Site, actor: &Actor, keys: &[ActorKey], around: &Surroundings) -> Result<Value> {
    if !actor.is_local() {
        return Err(Error::internal("only our own actors are written by us"));
    }
    let uri = &actor.uri;
    let mut wire = Map::new();
    let mut put = |name: &str, value: Value| {
        wire.insert(name.to_owned(), value);
    };
    put("id", json!(uri));
    put("type", json!(actor.kind.as_str()));
    put("inbox", json!(actor.inbox));
    put("outbox", json!(format!("{uri}/outbox")));
    put("followers", json!(format!("{uri}/followers")));
    put("following", json!(format!("{uri}/following")));
    put("featured", json!(format!("{uri}/featured")));
    put("liked", json!(format!("{uri}/liked")));
    put("preferredUsername", json!(actor.username));
    put("webfinger", json!(actor.handle(site)));
    put("name", json!(actor.display_name()));
    put("summary", json!(actor.summary));
    put("url", json!(actor.page()));
    for (name, address) in [("icon", &actor.icon), ("image", &actor.header)] {
        if let Some(url) = address {
            put(name, picture(url));
        }
    }
    put("manuallyApprovesFollowers", json!(actor.locked));
    put("discoverable", json!(actor.discoverable && actor.kind != ActorKind::Application));
    put("indexable", json!(actor.indexable && actor.kind != ActorKind::Application));
    put("published", json!(actor.published_at.rfc3339()));
    put("updated", json!(actor.updated_at.rfc3339()));
    for key in keys {
        let public = PublicKey::from_bytes(&key.algorithm, &key.public_key)?;
        if key.algorithm == "rsa" {
            put("publicKey", json!({ "id": key.key_uri, "owner": uri, "publicKeyPem": public.to_pem() }));
        } else {
            let multikey = json!({
                "id": key.key_uri,
                "type": "Multikey",
                "controller": uri,
                "publicKeyMultibase": public.to_multibase(),
            });
            put("assertionMethod", json!([multikey]));
        }
    }
    put("endpoints", json!({ "sharedInbox": site.shared_inbox() }));
    let fields = actor.fields.0.iter();
    let fields = fields.map(|field| json!({ "type": "PropertyValue", "name": field.name, "value": field.value }));
    put("attachment", fields.collect());
    put("tag", around.emojis.iter().map(|emoji| emoji::to_json(site, emoji)).collect());
    // Our own pages name who wrote them.
    let others = around.domains.iter().map(String::as_str).filter(|domain| *domain != site.host());
    put("attributionDomains", json!([site.host()].into_iter().chain(others).collect::<Vec<_>>()));
    if !actor.also_known_as.0.is_empty() {
        put("alsoKnownAs", json!(actor.also_known_as.0));
    }
    if let Some(target) = &actor.moved_to {
        put("movedTo", json!(target));
    }
    if actor.kind == ActorKind::Application {
        put("implements", capabilities());
    } else {
        put(
            "generator",
            json!({ "type": "Application", "id": format!("{}/ap/actor", site.base_url), "implements": capabilities() }),
        );
    }
    Ok(Value::Object(wire))
}

/// A picture of a profile, with its media type where the name tells it.
fn picture(url: &str) -> Value {
    let endings = [(".png", "image/png"), (".jpg", "image/jpeg")];
    match endings.iter().find(|(ending, _)| url.ends_with(ending)) {
        Some((_, media_type)) => json!({ "type": "Image", "mediaType": media_type, "url": url }),
        None => json!({ "type": "Image", "url": url }),
    }
}

/// What our server can do, for peers that ask (FEP-844e).
fn capabilities() -> Value {
    json!([{ "href": "https://datatracker.ietf.org/doc/html/rfc9421", "name": "RFC-9421: HTTP Message Signatures" }])
}
