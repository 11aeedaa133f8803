//! The `@context` of what we send. Every term of ours is defined inline, so nobody has to fetch it.

use activitypub_federation::protocol::context::WithContext;
use serde_json::{Value, json};

use crate::error::{Error, Result};

/// The public address.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// The context: ActivityStreams first, as plain text, because several readers look for exactly that.
pub fn context() -> Value {
    json!([
        "https://www.w3.org/ns/activitystreams",
        "https://w3id.org/security/v1",
        "https://w3id.org/security/data-integrity/v1",
        "https://w3id.org/security/multikey/v1",
        {
            "toot": "http://joinmastodon.org/ns#",
            "schema": "http://schema.org#",
            "guildhall": "https://w3id.org/guildhall#",
            "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
            "sensitive": "as:sensitive",
            "Hashtag": "as:Hashtag",
            "movedTo": { "@id": "as:movedTo", "@type": "@id" },
            "alsoKnownAs": { "@id": "as:alsoKnownAs", "@type": "@id" },
            "featured": { "@id": "toot:featured", "@type": "@id" },
            "discoverable": "toot:discoverable",
            "indexable": "toot:indexable",
            "blurhash": "toot:blurhash",
            "focalPoint": { "@container": "@list", "@id": "toot:focalPoint" },
            "attributionDomains": { "@id": "toot:attributionDomains", "@type": "@id" },
            "assertionMethod": { "@id": "https://w3id.org/security#assertionMethod", "@type": "@id", "@container": "@set" },
            "PropertyValue": "schema:PropertyValue",
            "value": "schema:value",
            "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger",
        }
    ])
}

/// A document with its context.
pub fn with_context(document: Value) -> Result<Value> {
    serde_json::to_value(WithContext::new(document, context())).map_err(Error::internal)
}
