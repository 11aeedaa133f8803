//! Our actors as others read them.

use serde_json::{Value, json};

use crate::{
    domain::{
        Site,
        actors::{Actor, ActorKey},
    },
    error::Result,
    net::PublicKey,
};

/// The document of one of our actors, without its context. `keys` are its public keys, RSA first.
pub fn to_json(site: &Site, actor: &Actor, keys: &[ActorKey]) -> Result<Value> {
    let uri = &actor.uri;
    let mut document = json!({
        "id": uri,
        "type": actor.kind.as_str(),
        "preferredUsername": actor.username,
        "webfinger": actor.handle(site),
        "name": actor.display_name(),
        "summary": actor.summary,
        "url": actor.page(),
        "inbox": actor.inbox,
        "outbox": format!("{uri}/outbox"),
        "followers": format!("{uri}/followers"),
        "following": format!("{uri}/following"),
        "featured": format!("{uri}/featured"),
        "liked": format!("{uri}/liked"),
        "endpoints": { "sharedInbox": site.shared_inbox() },
        "manuallyApprovesFollowers": actor.locked,
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        "published": actor.published_at.rfc3339(),
        "updated": actor.updated_at.rfc3339(),
        "attributionDomains": [domain_name(site)],
        "attachment": actor.fields.0.iter().map(|field| json!({
            "type": "PropertyValue", "name": field.name, "value": field.value,
        })).collect::<Vec<_>>(),
        "tag": [],
    });
    let Some(members) = document.as_object_mut() else { return Ok(document) };
    for key in keys {
        let public = PublicKey::from_bytes(&key.algorithm, &key.public_key)?;
        if key.algorithm == "rsa" {
            members.insert(
                "publicKey".to_owned(),
                json!({ "id": key.key_uri, "owner": uri, "publicKeyPem": public.to_pem() }),
            );
        } else {
            let method = json!({ "id": key.key_uri, "type": "Multikey", "controller": uri, "publicKeyMultibase": public.to_multibase() });
            members.insert("assertionMethod".to_owned(), json!([method]));
        }
    }
    for (name, picture) in [("icon", &actor.icon), ("image", &actor.header)] {
        if let Some(url) = picture {
            members.insert(name.to_owned(), json!({ "type": "Image", "url": url }));
        }
    }
    if !actor.also_known_as.0.is_empty() {
        members.insert("alsoKnownAs".to_owned(), json!(actor.also_known_as.0));
    }
    if let Some(target) = &actor.moved_to {
        members.insert("movedTo".to_owned(), json!(target));
    }
    Ok(document)
}

fn domain_name(site: &Site) -> &str {
    site.domain.rsplit_once(':').map_or(site.domain.as_str(), |(host, _)| host)
}

/// What is left of a deleted thing, FEP-4f05.
pub fn tombstone(uri: &str) -> Value {
    json!({ "id": uri, "type": "Tombstone" })
}
