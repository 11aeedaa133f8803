//! The `@context` of what we send. Its first item is always the plain ActivityStreams address, as text, because
//! several peers look for exactly that; every term of an extension that we use is defined beside it.

use activitypub_federation::protocol::context::WithContext;
use serde_json::{Value, json};

pub use super::addressing::PUBLIC;
use crate::error::Result;

/// The vocabulary of ActivityStreams.
pub const ACTIVITYSTREAMS: &str = "https://www.w3.org/ns/activitystreams";
/// What an integrity proof needs.
const DATA_INTEGRITY: &str = "https://w3id.org/security/data-integrity/v1";

/// The person who wrote a post for a brand.
pub const AUTHOR: &str = "guildhall:author";

/// Which extensions a document uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terms {
    /// None.
    Plain,
    /// Those of posts.
    Post,
    /// Those of actors.
    Actor,
    /// Those of the consent to quotes, and of the posts that quote.
    Quote,
}

/// Makes a document of an object. `proven` says that an integrity proof will be attached to it.
pub fn document(object: Value, terms: Terms, proven: bool) -> Result<Value> {
    let mut context = vec![json!(ACTIVITYSTREAMS)];
    if proven {
        context.push(json!(DATA_INTEGRITY));
    }
    match terms {
        Terms::Plain => {}
        Terms::Post => context.push(post_terms()),
        Terms::Quote => {
            context.push(post_terms());
            context.push(quote_terms());
        }
        Terms::Actor => {
            context.push(json!("https://w3id.org/security/v1"));
            context.push(json!("https://w3id.org/security/multikey/v1"));
            context.push(actor_terms());
        }
    }
    if object.get(AUTHOR).or_else(|| object.get("object")?.get(AUTHOR)).is_some() {
        context.push(json!({ AUTHOR: { "@id": AUTHOR, "@type": "@id" } }));
    }
    let context = match <[Value; 1]>::try_from(context) {
        Ok([only]) => only,
        Err(several) => Value::Array(several),
    };
    Ok(serde_json::to_value(WithContext::new(object, context))?)
}

fn post_terms() -> Value {
    json!({
        "guildhall": "https://w3id.org/guildhall#",
        "toot": "http://joinmastodon.org/ns#",
        "gts": "https://gotosocial.org/ns#",
        "Hashtag": "as:Hashtag",
        "sensitive": "as:sensitive",
        "Emoji": "toot:Emoji",
        "blurhash": "toot:blurhash",
        "votersCount": "toot:votersCount",
        "focalPoint": { "@id": "toot:focalPoint", "@container": "@list" },
        "interactionPolicy": { "@id": "gts:interactionPolicy", "@type": "@id" },
        "canQuote": { "@id": "gts:canQuote", "@type": "@id" },
        "automaticApproval": { "@id": "gts:automaticApproval", "@type": "@id" },
        "quote": { "@id": "https://w3id.org/fep/044f#quote", "@type": "@id" },
        "quoteAuthorization": { "@id": "https://w3id.org/fep/044f#quoteAuthorization", "@type": "@id" },
        "quoteUrl": "as:quoteUrl",
        "quoteUri": "http://fedibird.com/ns#quoteUri",
        "_misskey_quote": "https://misskey-hub.net/ns#_misskey_quote",
    })
}

fn quote_terms() -> Value {
    json!({
        "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
        "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
        "interactingObject": { "@id": "gts:interactingObject", "@type": "@id" },
        "interactionTarget": { "@id": "gts:interactionTarget", "@type": "@id" },
    })
}

fn actor_terms() -> Value {
    json!({
        "guildhall": "https://w3id.org/guildhall#",
        "toot": "http://joinmastodon.org/ns#",
        "schema": "http://schema.org#",
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "alsoKnownAs": { "@id": "as:alsoKnownAs", "@type": "@id" },
        "movedTo": { "@id": "as:movedTo", "@type": "@id" },
        "discoverable": "toot:discoverable",
        "indexable": "toot:indexable",
        "featured": { "@id": "toot:featured", "@type": "@id" },
        "attributionDomains": { "@id": "toot:attributionDomains", "@type": "@id" },
        "Emoji": "toot:Emoji",
        "PropertyValue": "schema:PropertyValue",
        "value": "schema:value",
        "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger",
        "implements": { "@id": "https://w3id.org/fep/844e#implements", "@type": "@id", "@container": "@set" },
        "assertionMethod": { "@id": "https://w3id.org/security#assertionMethod", "@type": "@id", "@container": "@set" },
    })
}
