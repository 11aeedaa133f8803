//! Integrity proofs on the document itself: FEP-8b32 with the cryptosuite eddsa-jcs-2022.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value, json};

use super::{Signer, bad};
use crate::{
    db::Timestamp,
    error::{Error, Result},
    net::keys::{Algorithm, PublicKey},
};

/// Adds a proof by `signer` (Ed25519) to a document. `created` is written in whole seconds, the shortest form.
pub fn attach(document: &mut Value, signer: &Signer, now: Timestamp) -> Result<()> {
    let created = now.rfc3339();
    let created = created.split_once('.').map_or(created.clone(), |(seconds, _)| format!("{seconds}Z"));
    let mut proof = json!({
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": signer.key_id,
        "proofPurpose": "assertionMethod",
        "created": created,
    });
    if let (Some(context), Some(options)) = (document.get("@context").cloned(), proof.as_object_mut()) {
        options.insert("@context".to_owned(), context);
    }
    let message = hash(&proof, document)?;
    let value = format!("z{}", bs58::encode(signer.key.sign(&message)?).into_string());
    if let Some(options) = proof.as_object_mut() {
        options.insert("proofValue".to_owned(), Value::String(value));
    }
    let Some(members) = document.as_object_mut() else {
        return Err(Error::internal("only an object can carry a proof"));
    };
    members.insert("proof".to_owned(), proof);
    Ok(())
}

/// The SHA-256 of the proof's options and of the document without its proof, each in canonical form.
fn hash(options: &Value, document: &Value) -> Result<Vec<u8>> {
    let canonical = |value: &Value| serde_jcs::to_vec(value).map_err(Error::internal);
    let mut message = digest(&SHA256, &canonical(options)?).as_ref().to_vec();
    message.extend(digest(&SHA256, &canonical(document)?).as_ref());
    Ok(message)
}

/// The key that a document's proof names, when the proof has the form that we know and its key is the actor's own.
pub fn verification_method(document: &Value) -> Result<String> {
    let proof = document.get("proof").and_then(Value::as_object).ok_or_else(|| bad("There is no proof."))?;
    let text = |name: &str| proof.get(name).and_then(Value::as_str);
    if text("type") != Some("DataIntegrityProof") || text("cryptosuite") != Some("eddsa-jcs-2022") {
        return Err(bad("This kind of proof is not supported. Use eddsa-jcs-2022."));
    }
    if text("proofPurpose") != Some("assertionMethod") {
        return Err(bad("The proof was made for another purpose."));
    }
    let method = text("verificationMethod").ok_or_else(|| bad("The proof names no key."))?;
    let actor = document.get("actor").or_else(|| document.get("attributedTo")).and_then(Value::as_str);
    let owner = method.split('#').next().unwrap_or_default();
    if actor != Some(owner) {
        return Err(bad("The proof was made by somebody else than the actor."));
    }
    Ok(method.to_owned())
}

/// When the document's proof says that it was made.
pub fn created(document: &Value) -> Option<Timestamp> {
    document.get("proof")?.get("created")?.as_str().and_then(Timestamp::parse_rfc3339)
}

/// Whether the document's proof was made by `key`.
pub fn verify(document: &Value, key: &PublicKey) -> Result<()> {
    verification_method(document)?;
    let mut document = document.clone();
    let members: &mut Map<String, Value> = document.as_object_mut().ok_or_else(|| bad("There is no proof."))?;
    let mut proof = members.remove("proof").ok_or_else(|| bad("There is no proof."))?;
    let value = proof.as_object_mut().and_then(|options| options.remove("proofValue"));
    let value = value.as_ref().and_then(Value::as_str).and_then(|text| text.strip_prefix('z'));
    let signature =
        value.and_then(|text| bs58::decode(text).into_vec().ok()).ok_or_else(|| bad("The proof has no value."))?;
    if key.verify(Algorithm::Ed25519, &hash(&proof, &document)?, &signature) {
        Ok(())
    } else {
        Err(bad("The proof does not match the document."))
    }
}
