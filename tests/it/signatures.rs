//! HTTP signatures and integrity proofs: every vector, and what no vector says.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    routing::{get, post},
};
use base64::{
    Engine, alphabet,
    engine::{GeneralPurpose, GeneralPurposeConfig},
};
use diesel::prelude::*;
use guildhall::{
    app::App,
    db::{Timestamp, schema::actors},
    federation::signed_get,
    net::{
        PublicKey, Signer, SigningKey,
        signatures::{self, Digested, Expectations, RequestParts, cavage, proof, rfc9421},
    },
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use proptest::prelude::*;
use serde_json::{Value, json};
use tower::ServiceExt;
use url::Url;

use crate::support::{
    keys,
    world::{Stranger, World},
};

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
    assert_eq!(vectors.len(), 59);
    let wrong: Vec<String> = vectors
        .iter()
        .filter(|vector| judge(vector) != vector["expect"])
        .map(|vector| format!("{} ({}): {} but {}", vector["name"], vector["scheme"], judge(vector), vector["why"]))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The shared vectors where they lie beside the checkout, and ours.
fn vectors_by_http() -> Vec<Value> {
    let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus/signatures/vectors.json");
    let mut all: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    if let Ok(text) = std::fs::read_to_string(shared) {
        all.extend(serde_json::from_str::<Vec<Value>>(&text).unwrap());
    }
    all.retain(|vector| !vector["scheme"].as_str().unwrap().starts_with("fep-8b32"));
    all
}

/// Serves the key of a vector as its owner's document lists it.
fn serve_key(world: &World, vector: &Value) -> String {
    const OWNER: &str = "https://peer.example/users/alice";
    let key_id = vector["key_id"].as_str().unwrap_or("https://peer.example/users/alice#main-key");
    let mut document = Stranger::new(OWNER, 0).document();
    let mut key = json!({"id": key_id, "owner": OWNER, "controller": OWNER});
    if let Some(pem) = vector["public_key_pem"].as_str() {
        key["publicKeyPem"] = json!(pem);
        document["publicKey"] = key.clone();
    } else {
        key["type"] = json!("Multikey");
        key["publicKeyMultibase"] = vector["public_key_multibase"].clone();
        document["assertionMethod"] = json!([key]);
        document.as_object_mut().unwrap().remove("publicKey");
    }
    let address = key_id.split('#').next().unwrap();
    if address != OWNER {
        world.serve(address, &key);
    }
    world.serve(OWNER, &document);
    OWNER.to_owned()
}

/// What the doors say to the very request of a vector.
async fn ask(world: &World, vector: &Value) -> StatusCode {
    async fn reader(State(app): State<App>, request: Request) -> StatusCode {
        let (parts, _) = request.into_parts();
        match signed_get::reader(&app, &parts).await.unwrap() {
            Some(_) => StatusCode::OK,
            None => StatusCode::UNAUTHORIZED,
        }
    }
    // Our own inbox and our own check of a GET, at the addresses for which the vectors were signed.
    let router = Router::new()
        .route("/inbox", post(guildhall::http::activitypub::inbox::shared))
        .route("/users/support", get(reader))
        .route("/users/support/outbox", get(reader))
        .with_state(world.app.clone());
    let url = Url::parse(vector["url"].as_str().unwrap()).unwrap();
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let body = vector["body"].as_str().unwrap_or_default().to_owned();
    let mut request =
        http::Request::builder().method(vector["method"].as_str().unwrap()).uri(path).body(Body::from(body)).unwrap();
    *request.headers_mut() = headers(vector);
    router.oneshot(request).await.unwrap().status()
}

on_both! {
    async fn every_vector_that_travels_by_http_is_judged_at_the_door(database: TestDatabase) {
        let mut database = database;
        for vector in vectors_by_http() {
            let world = World::open(database).await;
            world.clock.set(Timestamp::parse_rfc3339(vector["now"].as_str().unwrap()).unwrap());
            let owner = serve_key(&world, &vector);
            let budget = &mut guildhall::federation::fetch::Budget::default();
            guildhall::federation::fetch::actor(&world.app, &owner, budget).await.unwrap();
            // Whom the vectors follow is here: what has no effect leaves no trace, signed or not.
            let ana = world.ana.id;
            world.app.db.write(move |tx| {
                diesel::update(actors::table.find(ana)).set(actors::uri.eq("https://company.example/users/support")).execute(tx.conn())?;
                Ok(())
            }).await.unwrap();
            let status = ask(&world, &vector).await.as_u16();
            let right = match vector["expect"].as_str().unwrap() {
                "accept" => matches!(status, 200 | 202),
                // One lacks its Content-Type, which is looked at first.
                _ => matches!(status, 400 | 401 | 415),
            };
            assert!(right, "{} ({}): {status}, but {}", vector["name"], vector["scheme"], vector["why"]);
            let taken = world.count("received", "TRUE").await;
            assert_eq!(taken > 0, status == 202, "{}", vector["name"]);
            database = world.leave();
        }
    }
}

fn rsa() -> Signer {
    Signer { key: keys::rsa(0), key_id: "https://peer.example/actor#main-key".to_owned() }
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

/// What stands before, in and behind a sequence of bytes in a structured field. Of the last letter of base64 a few bits
/// say nothing.
fn around_bytes(header: &str) -> Option<(&str, Vec<u8>, &str)> {
    let loose = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
    let (before, rest) = header.split_once(':')?;
    let (bytes, behind) = rest.split_once(':')?;
    Some((before, GeneralPurpose::new(&alphabet::STANDARD, loose).decode(bytes).ok()?, behind))
}

/// Whether two spellings of a header say the same to us: names have no case, signatures have.
fn says_the_same(name: &str, one: &str, other: &str) -> bool {
    const VALUE: &str = "signature=\"";
    if name == "signature" && around_bytes(one).is_some_and(|bytes| around_bytes(other) == Some(bytes)) {
        return true;
    }
    let exact = match name {
        "host" => one.len(),
        "signature" => one.to_ascii_lowercase().find(VALUE).map_or(0, |begin| begin + VALUE.len()),
        _ => 0,
    };
    let (one, other) = (one.split_at(exact), other.split_at(exact));
    one.0.eq_ignore_ascii_case(other.0) && one.1.trim() == other.1.trim()
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
    fn a_signed_header_that_is_changed_is_refused(scheme in prop::sample::select(vec!["cavage", "rfc9421"]), which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), with in "[ -~]") {
        let signer = ed25519();
        let key = signer.key.public_key().unwrap();
        let mut signed = Signed::make(scheme, &signer, "POST", "/ap/inbox", b"{\"a\":1}");
        prop_assert!(signed.accepted(&key));
        let covered: &[&'static str] = match scheme {
            "cavage" => &["host", "date", "digest", "content-type", "signature"],
            _ => &["host", "content-digest", "signature-input", "signature"],
        };
        let name = covered[which.index(covered.len())];
        let before = signed.headers[name].to_str().unwrap().to_owned();
        // Which key it was is asked later; here it is given.
        let first = before.find("headers=").filter(|_| name == "signature").unwrap_or(0);
        let place = first + at.index(before.len() - first);
        let mut after = before.clone();
        after.replace_range(place..=place, &with);
        signed.headers.insert(name, HeaderValue::from_str(&after).unwrap());
        let same = says_the_same(name, &after, &before);
        prop_assert!(same || !signed.accepted(&key), "{scheme} {name}: {after}");
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
