//! Letters that are really signed, but not over what must be, and keys that are not whose they seem.

use std::time::Duration;

use guildhall::net::signatures::{Digested, cavage};
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::world::{Letter, NOW, OURS, Stranger, World};

const ALICE: &str = "https://good.example/users/alice";
const EVE: &str = "https://evil.example/users/eve";

const WHOLE: &[&str] = &["(request-target)", "host", "date", "digest"];
const RSA: &[(&str, &str)] = &[("algorithm", "rsa-sha256")];

/// A moment in whole seconds, so many hours from now.
fn hours(from_now: i64) -> String {
    (NOW.0 / 1_000_000 + from_now * 3600).to_string()
}

fn date(days: u64) -> (String, String) {
    let span = Duration::from_secs(days * 86400);
    (cavage::http_date(NOW.minus(span)), cavage::http_date(NOW.plus(span)))
}

/// Letters by draft-cavage that say too little, or too much.
fn cavage_forgeries(alice: &Stranger, activity: &Value) -> Vec<(&'static str, Letter)> {
    let letter = || Letter::dated(activity);
    let digest = Digested::of(activity.to_string().as_bytes()).header();
    let other = Digested::of(b"other").header();
    let (past, future) = date(3);
    let late = hours(-2);
    let aged = hours(-15);
    let early = hours(15);
    let soon = hours(1);
    let lasting = ["(request-target)", "host", "(created)", "(expires)", "digest"];
    let created = ["(request-target)", "host", "(created)", "digest"];
    vec![
        ("only the digest is signed", letter().covering(alice, &["digest"], RSA)),
        ("no date is signed", letter().covering(alice, &["(request-target)", "host", "digest"], RSA)),
        ("no host is signed", letter().covering(alice, &["(request-target)", "date", "digest"], RSA)),
        ("no target is signed", letter().covering(alice, &["host", "date", "digest"], RSA)),
        ("no digest is signed", letter().covering(alice, &["(request-target)", "host", "date"], RSA)),
        ("there is no digest", letter().lacking("digest").covering(alice, &["(request-target)", "host", "date"], RSA)),
        ("the digest is of another body", letter().with("digest", &other).covering(alice, WHOLE, RSA)),
        (
            "the digest is of an unknown kind",
            letter().with("digest", "SHA-1=2jmj7l5rSw0yVb/vlWAYkK/YBwk=").covering(alice, WHOLE, RSA),
        ),
        ("the digest is MD5", letter().with("digest", "MD5=1B2M2Y8AsgTpgAmY7PhCfg==").covering(alice, WHOLE, RSA)),
        (
            "one of two digests is wrong",
            letter().with("digest", &format!("{digest},SHA-512=AAAA")).covering(alice, WHOLE, RSA),
        ),
        (
            "two digests of one kind, one wrong",
            letter().with("digest", &format!("{digest},{other}")).covering(alice, WHOLE, RSA),
        ),
        ("the digest is not base64", letter().with("digest", "SHA-256=%%%").covering(alice, WHOLE, RSA)),
        ("two Digest headers", letter().covering(alice, WHOLE, RSA).twice("digest", &other)),
        ("two Date headers", letter().covering(alice, WHOLE, RSA).twice("date", &future)),
        ("two Host headers", letter().covering(alice, WHOLE, RSA).twice("host", "evil.example")),
        ("a Date that cannot be read", letter().with("date", "yesterday").covering(alice, WHOLE, RSA)),
        ("an empty Date", letter().with("date", "").covering(alice, WHOLE, RSA)),
        ("a Date long ago", letter().with("date", &past).covering(alice, WHOLE, RSA)),
        ("a Date to come", letter().with("date", &future).covering(alice, WHOLE, RSA)),
        ("for another host", letter().with("host", "evil.example").covering(alice, WHOLE, RSA)),
        (
            "for another path",
            Letter {
                path: "/ap/inbox".to_owned(),
                ..Letter { path: "/ap/other".to_owned(), ..letter() }.covering(alice, WHOLE, RSA)
            },
        ),
        ("the label none", letter().covering(alice, WHOLE, &[("algorithm", "none")])),
        ("the label hmac-sha256", letter().covering(alice, WHOLE, &[("algorithm", "hmac-sha256")])),
        ("the label rsa-sha1", letter().covering(alice, WHOLE, &[("algorithm", "rsa-sha1")])),
        ("the label of another size", letter().covering(alice, WHOLE, &[("algorithm", "rsa-sha512")])),
        ("a label twice", letter().covering(alice, WHOLE, &[("algorithm", "rsa-sha256"), ("algorithm", "hs2019")])),
        ("a component twice", letter().covering(alice, &["(request-target)", "host", "date", "digest", "date"], RSA)),
        (
            "it has expired",
            letter().covering(alice, &lasting, &[("algorithm", "hs2019"), ("created", &aged), ("expires", &late)]),
        ),
        (
            "it has just expired",
            letter().covering(alice, &lasting, &[("algorithm", "hs2019"), ("created", &late), ("expires", &late)]),
        ),
        ("it was created long ago", letter().covering(alice, &created, &[("algorithm", "hs2019"), ("created", &aged)])),
        (
            "it is created in the future",
            letter().covering(alice, &created, &[("algorithm", "hs2019"), ("created", &early)]),
        ),
        ("created is no number", letter().covering(alice, &created, &[("algorithm", "hs2019"), ("created", "soon")])),
        (
            "created under a label that has none",
            letter().covering(alice, &created, &[("algorithm", "rsa-sha256"), ("created", &soon)]),
        ),
    ]
}

/// The same by RFC 9421.
fn rfc9421_forgeries(alice: &Stranger, activity: &Value) -> Vec<(&'static str, Letter)> {
    let target = format!("{OURS}/ap/inbox");
    let letter = |components: &[(&str, &str)], parameters: &str| {
        Letter::dated(activity).covering_9421(alice, components, parameters)
    };
    let whole = [("@method", "POST"), ("@target-uri", target.as_str()), ("content-digest", "")];
    let now = format!(";created={}", hours(0));
    let other = Digested::of(b"other").content_header();
    vec![
        ("the label hmac-sha256", letter(&whole, &format!("{now};alg=\"hmac-sha256\""))),
        ("the label ed25519", letter(&whole, &format!("{now};alg=\"ed25519\""))),
        ("the label rsa-pss-sha512", letter(&whole, &format!("{now};alg=\"rsa-pss-sha512\""))),
        ("for another target", letter(&[whole[0], ("@target-uri", "https://evil.example/ap/inbox"), whole[2]], &now)),
        ("for another path", letter(&[whole[0], ("@target-uri", "https://company.example/ap/other"), whole[2]], &now)),
        ("for another method", letter(&[("@method", "GET"), whole[1], whole[2]], &now)),
        ("no method", letter(&whole[1..], &now)),
        ("no target", letter(&[whole[0], whole[2]], &now)),
        ("a path without the authority", letter(&[whole[0], ("@path", "/ap/inbox"), whole[2]], &now)),
        ("no digest", letter(&whole[..2], &now)),
        (
            "the digest is of another body",
            Letter::dated(activity).with("content-digest", &other).covering_9421(alice, &whole, &now),
        ),
        ("two Content-Digest headers", letter(&whole, &now).twice("content-digest", &other)),
        ("no created", letter(&whole, "")),
        ("created long ago", letter(&whole, &format!(";created={}", hours(-15)))),
        ("created in the future", letter(&whole, &format!(";created={}", hours(15)))),
        ("expired", letter(&whole, &format!("{now};expires={}", hours(-2)))),
        ("a component that nobody knows", letter(&[whole[0], whole[1], whole[2], ("@status", "200")], &now)),
    ]
}

on_both! {
    async fn what_is_really_signed_but_not_whole_is_refused(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let activity = alice.create(&alice.note("1", "<p>1</p>"));
        world.work().await;
        let (before, asked) = (world.state().await, world.documents.requests().len());
        for (name, letter) in cavage_forgeries(&alice, &activity).into_iter().chain(rfc9421_forgeries(&alice, &activity)) {
            let status = world.send(letter).await;
            assert!(matches!(status.as_u16(), 400 | 401), "{name}: {status}");
        }
        world.work().await;
        world.state().await.assert_same(&before, "a forgery");
        // A signature that fails is a reason to read the key once more, and only once.
        assert!(world.documents.requests().len() <= asked + 1, "{:?}", world.documents.requests());
        // The controls: the same, whole, each with a note of its own.
        let created = ["(request-target)", "host", "(created)", "(expires)", "digest"];
        let (now, soon) = (hours(0), hours(1));
        let target = format!("{OURS}/ap/inbox");
        let whole = [("@method", "POST"), ("@target-uri", target.as_str()), ("content-digest", "")];
        let split = [("@method", "POST"), ("@authority", "company.example"), ("@path", "/ap/inbox"), ("content-digest", "")];
        let note = |id: &str| alice.create(&alice.note(id, "<p>whole</p>"));
        let listed = |activity: &Value| format!("MD5=AAAA,{},x-none=1", Digested::of(activity.to_string().as_bytes()).header());
        for (id, letter) in [
            ("a", Letter::dated(&note("a")).covering(&alice, WHOLE, RSA)),
            ("b", Letter::dated(&note("b")).covering(&alice, &created, &[("algorithm", "hs2019"), ("created", &now), ("expires", &soon)])),
            ("c", Letter::dated(&note("c")).with("digest", &listed(&note("c"))).covering(&alice, WHOLE, RSA)),
            ("d", Letter::dated(&note("d")).covering_9421(&alice, &whole, &format!(";created={now};expires={soon}"))),
            ("e", Letter::dated(&note("e")).covering_9421(&alice, &split, &format!(";created={now};alg=\"rsa-v1_5-sha256\""))),
        ] {
            assert_eq!(world.send(letter).await, StatusCode::ACCEPTED, "{id}");
            assert!(world.post(&format!("{ALICE}/{id}")).await.is_some(), "{id}");
        }
    }

    async fn a_key_that_is_found_by_way_of_another_server_is_not_its_owners(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = Stranger::new(ALICE, 0);
        world.publish(&alice);
        let post = world.ana_writes("like me").await.uri.unwrap();
        let mut eve = Stranger::new(EVE, 1);
        let mut fake = alice.document();
        fake["publicKey"]["publicKeyPem"] = json!(eve.signer.key.public_key().unwrap().to_pem());
        // An open redirect on Alice's server leads to a document of Eve's that says it is Alice.
        world.serve("https://evil.example/fake", &fake);
        world.documents.redirect("https://good.example/go", "https://evil.example/fake");
        eve.signer.key_id = "https://good.example/go#main-key".to_owned();
        let like = Letter::signed(&eve, &alice.does("Like", "forged", &post));
        assert_eq!(world.send(like).await, StatusCode::UNAUTHORIZED);
        // Her own address leads away.
        world.documents.redirect(ALICE, "https://evil.example/fake");
        eve.signer.key_id = format!("{ALICE}#main-key");
        assert_eq!(world.send(Letter::signed(&eve, &alice.does("Like", "forged", &post))).await, StatusCode::UNAUTHORIZED);
        world.work().await;
        assert_eq!(world.post(&post).await.unwrap().likes_count, 0);
        assert_eq!(world.count("actor_keys", "key_uri LIKE 'https://good.example%'").await, 0);
        // The control: her address shows her.
        world.app.fetches.forget();
        world.publish(&alice);
        assert_eq!(world.receive(&alice, &alice.does("Like", "true", &post)).await, StatusCode::ACCEPTED);
        assert_eq!(world.post(&post).await.unwrap().likes_count, 1);
    }

    async fn what_is_read_first_and_what_is_read_then_is_one_verb(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let note = alice.note("1", "<p>hello</p>");
        let mut create = alice.create(&note);
        // Of a long list the beginning decides whether anybody is asked.
        for (types, status, shown) in [
            (json!(["a", "b", "c", "d", "e", "f", "g", "h", "Create"]), StatusCode::BAD_REQUEST, false),
            (json!(["a", "Create"]), StatusCode::ACCEPTED, true),
        ] {
            create["type"] = types;
            assert_eq!(world.receive(&alice, &create).await, status);
            assert_eq!(world.post(&format!("{ALICE}/1")).await.is_some(), shown);
        }
    }

    async fn thirty_forgeries_cost_few_fetches(database: TestDatabase) {
        let world = World::open(database).await;
        let post = world.ana_writes("like me").await.uri.unwrap();
        let mut eve = Stranger::new(EVE, 1);
        for (host, status) in [("missing.example", 404), ("broken.example", 500), ("gone.example", 410), ("nonsense.example", 200)] {
            let uri = format!("https://{host}/users/victim");
            match status {
                200 => world.documents.put(&uri, "application/activity+json", "{"),
                status => world.documents.put_status(&uri, StatusCode::from_u16(status).unwrap()),
            }
            eve.uri.clone_from(&uri);
            eve.signer.key_id = format!("{uri}#main-key");
            let asked = world.documents.requests().len();
            for number in 0..30 {
                let status = world.receive(&eve, &eve.does("Like", &format!("{number}"), &post)).await;
                assert!(matches!(status.as_u16(), 401 | 503), "{host}: {status}");
            }
            let cost = world.documents.requests().len() - asked;
            assert!((1..=3).contains(&cost), "{host}: {cost} fetches");
        }
        // The control: who has a key is heard meanwhile.
        let alice = Stranger::new(ALICE, 0);
        world.publish(&alice);
        assert_eq!(world.receive(&alice, &alice.does("Like", "1", &post)).await, StatusCode::ACCEPTED);
        assert_eq!(world.post(&post).await.unwrap().likes_count, 1);
    }
}
