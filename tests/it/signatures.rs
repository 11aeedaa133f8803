//! HTTP signatures and integrity proofs: every vector, and what no vector says.

use std::sync::Arc;

use guildhall::{
    db::Timestamp,
    net::{
        PublicKey, Signer, SigningKey,
        signatures::{self, Digested, Expectations, RequestParts, cavage, proof, rfc9421},
    },
};
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use serde_json::Value;
use url::Url;

const VECTORS: &str = include_str!("../fixtures/signatures/vectors.json");

fn headers(vector: &Value) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in vector["headers"].as_object().unwrap() {
        let value = HeaderValue::from_str(value.as_str().unwrap()).unwrap();
        map.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value);
    }
    map
}

fn key_of(vector: &Value) -> PublicKey {
    match (vector["public_key_pem"].as_str(), vector["public_key_multibase"].as_str()) {
        (Some(pem), _) => PublicKey::from_pem(pem).unwrap(),
        (None, Some(multibase)) => PublicKey::from_multibase(multibase).unwrap(),
        (None, None) => panic!("no key in {vector}"),
    }
}

/// What we say of a vector: `accept` or `reject`.
fn judge(vector: &Value) -> &'static str {
    let key = key_of(vector);
    if vector["scheme"].as_str().unwrap().starts_with("fep-8b32") {
        let document = vector
            .get("document")
            .cloned()
            .unwrap_or_else(|| serde_json::from_str(vector["body"].as_str().unwrap()).unwrap());
        return if proof::verify(&document, &key).is_ok() { "accept" } else { "reject" };
    }
    let url = Url::parse(vector["url"].as_str().unwrap()).unwrap();
    let path_and_query = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let headers = headers(vector);
    let hosts = ["company.example".to_owned()];
    let request = RequestParts {
        method: vector["method"].as_str().unwrap(),
        path_and_query: &path_and_query,
        headers: &headers,
        body: vector["body"].as_str().unwrap_or_default().as_bytes(),
    };
    let expect = Expectations {
        hosts: &hosts,
        scheme: "https",
        now: Timestamp::parse_rfc3339(vector["now"].as_str().unwrap()).unwrap(),
    };
    match signatures::parse(&request, &expect) {
        Ok(candidates) if candidates.iter().any(|candidate| candidate.verify(&key)) => "accept",
        _ => "reject",
    }
}

#[test]
fn every_vector_is_judged_as_it_should_be() {
    let vectors: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    assert!(vectors.len() >= 53);
    let wrong: Vec<String> = vectors
        .iter()
        .filter(|vector| judge(vector) != vector["expect"])
        .map(|vector| format!("{} ({}): {} but {}", vector["name"], vector["scheme"], judge(vector), vector["why"]))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn rsa() -> Signer {
    static KEY: std::sync::OnceLock<Arc<SigningKey>> = std::sync::OnceLock::new();
    let key = KEY.get_or_init(|| Arc::new(SigningKey::generate("rsa").unwrap())).clone();
    Signer { key, key_id: "https://peer.example/actor#main-key".to_owned() }
}

fn ed25519() -> Signer {
    static KEY: std::sync::OnceLock<Arc<SigningKey>> = std::sync::OnceLock::new();
    let key = KEY.get_or_init(|| Arc::new(SigningKey::generate("ed25519").unwrap())).clone();
    Signer { key, key_id: "https://peer.example/actor#ed25519-key".to_owned() }
}

const NOW: Timestamp = Timestamp(1_790_000_000_000_000);

struct Signed {
    method: String,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Signed {
    fn make(scheme: &str, signer: &Signer, method: &str, path: &str, body: &[u8]) -> Self {
        let url = Url::parse(&format!("https://company.example{path}")).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/activity+json"));
        let digested = (method == "POST").then(|| Digested::of(body));
        match scheme {
            "cavage" => {
                if let Some(digested) = &digested {
                    headers.insert("digest", HeaderValue::from_str(&digested.header()).unwrap());
                }
                cavage::sign(signer, method, &url, &mut headers, digested.as_ref(), true, NOW).unwrap();
            }
            _ => rfc9421::sign(signer, method, &url, &mut headers, digested.as_ref(), NOW).unwrap(),
        }
        Self { method: method.to_owned(), path: path.to_owned(), headers, body: body.to_vec() }
    }

    fn accepted(&self, key: &PublicKey) -> bool {
        let hosts = ["company.example".to_owned()];
        let request =
            RequestParts { method: &self.method, path_and_query: &self.path, headers: &self.headers, body: &self.body };
        let expect = Expectations { hosts: &hosts, scheme: "https", now: NOW };
        signatures::parse(&request, &expect)
            .is_ok_and(|candidates| candidates.iter().any(|candidate| candidate.verify(key)))
    }
}

#[test]
fn what_we_sign_is_accepted_and_nothing_else() {
    for scheme in ["cavage", "rfc9421"] {
        for signer in [rsa(), ed25519()] {
            let key = signer.key.public_key().unwrap();
            for (method, path, body) in [("POST", "/ap/inbox", &b"{}"[..]), ("GET", "/ap/actor?page=1", b"")] {
                let good = Signed::make(scheme, &signer, method, path, body);
                assert!(good.accepted(&key), "{scheme} {method}");
                let other = SigningKey::generate("ed25519").unwrap().public_key().unwrap();
                assert!(!good.accepted(&other));
                let elsewhere =
                    Signed { path: "/ap/other".to_owned(), ..Signed::make(scheme, &signer, method, path, body) };
                assert!(!elsewhere.accepted(&key), "{scheme} {method} other path");
                let method_changed =
                    Signed { method: "PUT".to_owned(), ..Signed::make(scheme, &signer, method, path, body) };
                assert!(!method_changed.accepted(&key));
                let mut doubled = Signed::make(scheme, &signer, method, path, body);
                let signature = doubled.headers["signature"].clone();
                doubled.headers.append("signature", signature);
                assert!(!doubled.accepted(&key), "{scheme} two signatures");
                let mut moved = Signed::make(scheme, &signer, method, path, body);
                let signature = moved.headers.remove("signature").unwrap();
                moved.headers.insert(
                    "authorization",
                    HeaderValue::from_str(&format!("Signature {}", signature.to_str().unwrap())).unwrap(),
                );
                assert!(!moved.accepted(&key), "{scheme} authorization");
            }
        }
    }
}

#[test]
fn a_small_rsa_key_and_garbage_are_refused() {
    let small = "-----BEGIN PUBLIC KEY-----\nMIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC7VJTUt9Us8cKjMzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvuNMoSfm76oqFvAp8Gy0iz5sxjZmSnXyCdPEovGhLa0VzMaQ8s+CLOyS56YyCFGeJZqgtzJ6GR3eqoYSW9b9UMvkBpZODSctWSNGj3P7jRFDO5VoTwCQAWbFnOjDfH5Ulgp2PKSQnSJP3AJLQNFNe7br1XbrhV//eO+t51mIpGSDCUv3E0DDFcWDTH9cXDTTlRZVEiR2BwpZOOkE/Z0/BVnhZYL71oZV34bKfWjQIt6V/isSMahdsAASACp4ZTGtwiVuNd9tybAgMBAAE=\n-----END PUBLIC KEY-----";
    for text in [small, "", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", "zzzz", &"A".repeat(10_000)] {
        assert!(PublicKey::from_pem(text).is_err());
        assert!(PublicKey::from_multibase(text).is_err());
    }
}

#[test]
fn keys_survive_every_form() {
    for signer in [rsa(), ed25519()] {
        let key = signer.key.public_key().unwrap();
        let again = SigningKey::from_pkcs8(key.algorithm(), &signer.key.to_pkcs8().unwrap()).unwrap();
        assert_eq!(again.public_key().unwrap(), key);
        assert_eq!(PublicKey::from_bytes(key.algorithm(), &key.to_bytes()).unwrap(), key);
        if key.algorithm() == "rsa" {
            assert_eq!(PublicKey::from_pem(&key.to_pem()).unwrap(), key);
        } else {
            assert_eq!(PublicKey::from_multibase(&key.to_multibase()).unwrap(), key);
        }
    }
}

#[test]
fn a_proof_holds_for_its_document_alone() {
    let signer = Signer { key_id: "https://peer.example/actor#ed25519-key".to_owned(), ..ed25519() };
    let key = signer.key.public_key().unwrap();
    let mut document = serde_json::json!({"@context": ["https://www.w3.org/ns/activitystreams"], "type": "Like", "actor": "https://peer.example/actor", "object": "ü"});
    proof::attach(&mut document, &signer, NOW).unwrap();
    proof::verify(&document, &key).unwrap();
    let mut changed = document.clone();
    changed["object"] = "u".into();
    proof::verify(&changed, &key).unwrap_err();
    let mut other = document.clone();
    other["actor"] = "https://peer.example/somebody".into();
    proof::verify(&other, &key).unwrap_err();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_header_can_make_the_parser_panic(signature in "[ -~]{0,200}", input in "[ -~]{0,200}", digest in "[ -~]{0,80}", date in "[ -~]{0,40}") {
        for with_input in [true, false] {
            let mut headers = HeaderMap::new();
            headers.insert("host", HeaderValue::from_static("company.example"));
            headers.insert("signature", HeaderValue::from_str(&signature).unwrap());
            headers.insert("digest", HeaderValue::from_str(&digest).unwrap());
            headers.insert("content-digest", HeaderValue::from_str(&digest).unwrap());
            headers.insert("date", HeaderValue::from_str(&date).unwrap());
            if with_input {
                headers.insert("signature-input", HeaderValue::from_str(&input).unwrap());
            }
            let signed = Signed { method: "POST".to_owned(), path: "/inbox".to_owned(), headers, body: b"{}".to_vec() };
            let key = ed25519().key.public_key().unwrap();
            prop_assert!(!signed.accepted(&key));
        }
    }

    #[test]
    fn one_changed_byte_is_one_too_many(body in proptest::collection::vec(any::<u8>(), 1..300), at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let signer = ed25519();
        let key = signer.key.public_key().unwrap();
        for scheme in ["cavage", "rfc9421"] {
            let mut signed = Signed::make(scheme, &signer, "POST", "/ap/inbox", &body);
            prop_assert!(signed.accepted(&key));
            let place = at.index(signed.body.len());
            signed.body[place] ^= 1 << bit;
            prop_assert!(!signed.accepted(&key));
        }
    }
}
