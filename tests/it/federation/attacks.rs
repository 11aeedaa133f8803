//! Attackers at the front door. Each attack stands beside a control that must pass.

use std::time::Duration;

use guildhall::{
    domain::servers,
    net::{Signer, SigningKey, signatures::proof},
};
use http::StatusCode;
use serde_json::json;

use crate::support::world::{Letter, NOW, PUBLIC, Stranger, World};

const ALICE: &str = "https://good.example/users/alice";
const EVE: &str = "https://evil.example/users/eve";
const NEIGHBOUR: &str = "https://good.example/users/mallory";

on_both! {
    async fn a_letter_that_was_tampered_with_is_refused(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let eve = Stranger::new(EVE, 1);
        world.publish(&eve);
        let activity = alice.create(&alice.note("forged", "<p>forged</p>"));
        let letter = || Letter::signed(&alice, &activity);
        let other = json!({"id": "x"}).to_string();
        let (before, asked) = (world.state().await, world.documents.requests().len());
        let attacks: Vec<(&str, Letter)> = vec![
            ("no signature", Letter::unsigned(&activity)),
            ("another body", Letter { body: activity.to_string().replace("forged", "sneaky").into_bytes(), ..letter() }),
            ("a space more", Letter { body: format!("{activity} ").into_bytes(), ..letter() }),
            ("digest of another body", letter().with("digest", &guildhall::net::signatures::Digested::of(other.as_bytes()).header())),
            ("digest md5", letter().with("digest", "MD5=1B2M2Y8AsgTpgAmY7PhCfg==")),
            ("signature made for another host", letter().with("host", "evil.example")),
            ("another path", Letter { path: "/ap/actor/inbox".to_owned(), ..letter() }),
            ("a header left out after signing", letter().edit("signature", "host date", "host")),
            ("three days old", Letter::signed_at(&alice, &activity, NOW.minus(Duration::from_secs(3 * 86400)))),
            ("two days ahead", Letter::signed_at(&alice, &activity, NOW.plus(Duration::from_secs(2 * 86400)))),
            ("hmac with the public key", letter().edit("signature", "rsa-sha256", "hmac-sha256")),
            ("ed25519 label on an RSA key", letter().edit("signature", "rsa-sha256", "ed25519")),
            ("another one's key", letter().edit("signature", "good.example/users/alice", "evil.example/users/eve")),
            ("a key on loopback", letter().edit("signature", "https://good.example", "http://127.0.0.2")),
            ("an acct key", letter().edit("signature", "https://good.example/users/alice#main-key", "acct:alice@good.example")),
            ("signature not base64", letter().edit("signature", "signature=\"", "signature=\"%%%")),
            ("RFC 9421 without the digest", Letter::signed_9421(&alice, &activity).edit("signature-input", " \"content-digest\"", "")),
            ("RFC 9421 with another body", Letter { body: other.clone().into_bytes(), ..Letter::signed_9421(&alice, &activity) }),
            ("RFC 9421 with a later date", Letter::signed_9421(&alice, &activity).edit("signature-input", "created=1", "created=2")),
            ("somebody else's name under her own key", Letter::signed(&eve, &activity)),
        ];
        for (name, letter) in attacks {
            let status = world.send(letter).await;
            assert!(matches!(status.as_u16(), 400 | 401 | 403), "{name}: {status}");
        }
        world.work().await;
        world.state().await.assert_same(&before, "a letter that was tampered with");
        // A signature that fails is a reason to read that key once more; nothing else is asked for.
        let requests = world.documents.requests();
        assert!(requests.len() <= asked + 1 && requests.iter().all(|request| request.starts_with("https://good.example/")), "{requests:?}");
        assert_eq!(world.receive(&alice, &activity).await, StatusCode::ACCEPTED);
        assert!(world.post(&format!("{ALICE}/forged")).await.is_some());
        let second = alice.create(&alice.note("second", "<p>second</p>"));
        assert_eq!(world.send(Letter::signed_9421(&alice, &second)).await, StatusCode::ACCEPTED);
        assert!(world.post(&format!("{ALICE}/second")).await.is_some());
    }

    async fn the_form_of_a_request_is_checked_before_anything_else(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let activity = alice.create(&alice.note("1", "<p>x</p>"));
        let big = json!({"type": "Create", "actor": ALICE, "object": "x".repeat(1_100_000)});
        assert_eq!(world.send(Letter::signed(&alice, &big)).await, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(world.send(Letter::unsigned(&big)).await, StatusCode::UNAUTHORIZED);
        assert_eq!(world.send(Letter::signed(&alice, &activity).with("content-encoding", "gzip")).await, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(world.send(Letter::signed(&alice, &activity).with("content-type", "text/html")).await, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        for body in ["", "null", "[]", "\"x\"", "{", "{\"type\":\"Create\"}", "{\"actor\":1}", "{\"type\":\"Follow\",\"actor\":\"https://good.example/users/alice\"}"] {
            let letter = Letter::with_body(&alice, body.as_bytes().to_vec());
            assert_eq!(world.send(letter).await, StatusCode::BAD_REQUEST, "{body}");
        }
        let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
        let nested = format!("{{\"type\":\"Create\",\"actor\":\"{ALICE}\",\"object\":{deep}}}");
        assert_eq!(world.send(Letter::with_body(&alice, nested.into_bytes())).await, StatusCode::BAD_REQUEST);
        assert_eq!(world.receive(&alice, &activity).await, StatusCode::ACCEPTED);
        assert!(world.post(&format!("{ALICE}/1")).await.is_some());
    }

    async fn one_letter_has_one_effect_however_often_it_comes(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let post = world.ana_writes("like me").await;
        let uri = post.uri.unwrap();
        let like = alice.does("Like", "1", &uri);
        for _ in 0..5 {
            assert_eq!(world.receive(&alice, &like).await, StatusCode::ACCEPTED);
        }
        // The same thing under other ids, and without one.
        assert_eq!(world.receive(&alice, &alice.does("Like", "2", &uri)).await, StatusCode::ACCEPTED);
        let mut nameless = alice.does("Like", "3", &uri);
        nameless.as_object_mut().unwrap().remove("id");
        assert_eq!(world.receive(&alice, &nameless).await, StatusCode::ACCEPTED);
        assert_eq!(world.post(&uri).await.unwrap().likes_count, 1);
        assert_eq!(world.receive(&alice, &alice.does("Undo", "1", &like)).await, StatusCode::ACCEPTED);
        assert_eq!(world.post(&uri).await.unwrap().likes_count, 0);
        // A replay of the old Like does not bring it back.
        assert_eq!(world.receive(&alice, &like).await, StatusCode::ACCEPTED);
        assert_eq!(world.post(&uri).await.unwrap().likes_count, 0);
    }

    async fn eight_copies_that_come_at_once_are_one_post(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let mut note = alice.note("twin", "<p>@ana twin</p>");
        note["cc"] = json!([world.ana.uri]);
        note["tag"] = json!({"type": "Mention", "href": world.ana.uri, "name": "@ana@company.example"});
        let create = alice.create(&note);
        let twins = futures_util::future::join_all((0..8).map(|_| world.receive(&alice, &create))).await;
        assert!(twins.iter().all(|status| *status == StatusCode::ACCEPTED), "{twins:?}");
        let uri = format!("{ALICE}/twin");
        let post = world.post(&uri).await.unwrap();
        assert_eq!(world.count("posts", &format!("uri = '{uri}'")).await, 1);
        assert_eq!(world.actor(ALICE).await.unwrap().posts_count, 1);
        assert_eq!(world.count("home_entries", &format!("post_id = {}", post.id)).await, 1);
        assert_eq!(world.count("notifications", &format!("post_id = {} AND kind = 'mention'", post.id)).await, 1);
    }

    async fn nobody_acts_on_what_is_somebody_elses(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let eve = world.followed(EVE, 1).await;
        let mallory = world.followed(NEIGHBOUR, 2).await;
        let note = alice.note("1", "<p>original</p>");
        assert_eq!(world.receive(&alice, &alice.create(&note)).await, StatusCode::ACCEPTED);
        let ours = world.ana_writes("ours").await.uri.unwrap();
        assert_eq!(world.receive(&alice, &alice.does("Like", "1", &ours)).await, StatusCode::ACCEPTED);
        let direct = {
            let mut direct = alice.note("secret", "<p>secret</p>");
            direct["to"] = json!([world.ana.uri]);
            direct["cc"] = json!([]);
            direct
        };
        assert_eq!(world.receive(&alice, &alice.create(&direct)).await, StatusCode::ACCEPTED);
        world.work().await;
        let before = world.state().await.without(&["tombstones"]);
        for attacker in [&eve, &mallory] {
            let mut changed = note.clone();
            changed["content"] = json!("<p>defaced</p>");
            let mut wider = direct.clone();
            wider["to"] = json!([PUBLIC]);
            let mut stolen = attacker.note("stolen", "<p>as alice</p>");
            stolen["attributedTo"] = json!(ALICE);
            let mut foreign = attacker.note("x", "<p>as alice</p>");
            foreign["id"] = json!(format!("{ALICE}/new"));
            foreign["attributedTo"] = json!(ALICE);
            let mut profile = alice.document();
            profile["name"] = json!("defaced");
            let like = alice.does("Like", "1", &ours);
            let follow = json!({"id": format!("{ALICE}#follow"), "type": "Follow", "actor": ALICE, "object": world.ana.uri});
            for (name, activity) in [
                ("Update of another's post", attacker.does("Update", "1", &changed)),
                ("Create of an existing post with more readers", attacker.does("Create", "2", &wider)),
                ("Create in another's name", attacker.does("Create", "3", &stolen)),
                ("Create with another's id", attacker.does("Create", "4", &foreign)),
                ("Create with our id", attacker.does("Create", "5", json!({"id": ours, "type": "Note", "attributedTo": attacker.uri, "content": "x", "to": [PUBLIC]}))),
                ("Delete of another's post", attacker.does("Delete", "6", note["id"].as_str().unwrap())),
                ("Delete of our post", attacker.does("Delete", "7", &ours)),
                ("Delete of another actor", attacker.does("Delete", "8", ALICE)),
                ("Update of another actor", attacker.does("Update", "9", &profile)),
                ("Undo of another's like", attacker.does("Undo", "10", &like)),
                ("Undo of another's like by id", attacker.does("Undo", "11", like["id"].as_str().unwrap())),
                ("Accept that nobody asked for", attacker.does("Accept", "12", &follow)),
                ("Reject of another's follow", attacker.does("Reject", "13", json!({"type": "Follow", "actor": world.ana.uri, "object": ALICE}))),
                ("Announce with a forged copy", attacker.does("Announce", "14", json!({"id": format!("{ALICE}/forged"), "type": "Note", "attributedTo": ALICE, "content": "<p>forged</p>", "to": [PUBLIC]}))),
                ("Block in another's name", attacker.does("Block", "15", json!({"type": "Block", "actor": ALICE, "object": world.ana.uri}))),
                ("Follow of a stranger", attacker.does("Follow", "16", ALICE)),
                ("Boost of a direct post", attacker.does("Announce", "17", direct["id"].as_str().unwrap())),
                ("Like of a direct post", attacker.does("Like", "18", direct["id"].as_str().unwrap())),
                ("A group's relay by no group", attacker.does("Announce", "19", alice.does("Like", "x", &ours))),
            ] {
                let status = world.receive(attacker, &activity).await;
                assert!(status == StatusCode::ACCEPTED || status.is_client_error(), "{name}: {status}");
                world.work().await;
                // A neighbour may delete what it never had; that counts for nobody else.
                let after = world.state().await.without(&["tombstones"]);
                after.assert_same(&before, &format!("{name} by {}", attacker.uri));
            }
        }
        assert_eq!(world.post(note["id"].as_str().unwrap()).await.unwrap().content, "<p>original</p>");
        // The control: the owner may.
        let mut changed = note.clone();
        changed["content"] = json!("<p>corrected</p>");
        changed["updated"] = json!("2026-11-01T11:00:00Z");
        assert_eq!(world.receive(&alice, &alice.does("Update", "own", &changed)).await, StatusCode::ACCEPTED);
        assert_eq!(world.post(note["id"].as_str().unwrap()).await.unwrap().content, "<p>corrected</p>");
        assert_eq!(world.receive(&alice, &alice.does("Delete", "own", note["id"].as_str().unwrap())).await, StatusCode::ACCEPTED);
        assert!(world.post(note["id"].as_str().unwrap()).await.is_none());
    }

    async fn what_was_deleted_before_it_came_stays_away(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let mallory = world.followed(NEIGHBOUR, 2).await;
        let (early, late) = (alice.note("early", "<p>x</p>"), alice.note("late", "<p>x</p>"));
        // A neighbour cannot forbid what is not theirs.
        assert_eq!(world.receive(&mallory, &mallory.does("Delete", "1", late["id"].as_str().unwrap())).await, StatusCode::ACCEPTED);
        assert_eq!(world.receive(&alice, &alice.does("Delete", "1", early["id"].as_str().unwrap())).await, StatusCode::ACCEPTED);
        assert_eq!(world.receive(&alice, &alice.create(&early)).await, StatusCode::ACCEPTED);
        assert_eq!(world.receive(&alice, &alice.create(&late)).await, StatusCode::ACCEPTED);
        assert!(world.post(early["id"].as_str().unwrap()).await.is_none());
        assert!(world.post(late["id"].as_str().unwrap()).await.is_some());
        // An old version does not overwrite a new one.
        let mut new = late.clone();
        new["content"] = json!("<p>new</p>");
        new["updated"] = json!("2026-11-02T10:00:00Z");
        let mut old = late.clone();
        old["content"] = json!("<p>old</p>");
        old["updated"] = json!("2026-11-01T12:00:00Z");
        world.receive(&alice, &alice.does("Update", "new", &new)).await;
        world.receive(&alice, &alice.does("Update", "old", &old)).await;
        assert_eq!(world.post(late["id"].as_str().unwrap()).await.unwrap().content, "<p>new</p>");
    }

    async fn a_key_counts_only_when_its_owner_lists_it(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = Stranger::new(ALICE, 0);
        world.publish(&alice);
        let post = world.ana_writes("like me").await.uri.unwrap();
        world.work().await;
        // Alice is known before anybody speaks in her name.
        guildhall::federation::fetch::actor(&world.app, ALICE, &mut guildhall::federation::fetch::Budget::default()).await.unwrap();
        let before = world.state().await;
        // A bare key document on another host that claims to be Alice's.
        let mut eve = Stranger::new(EVE, 1);
        eve.signer.key_id = "https://evil.example/keys/1".to_owned();
        let pem = eve.signer.key.public_key().unwrap().to_pem();
        world.serve("https://evil.example/keys/1", &json!({"@context": "https://w3id.org/security/v1", "id": "https://evil.example/keys/1", "type": "Key", "owner": ALICE, "publicKeyPem": pem}));
        let as_alice = |by: &Stranger| Letter::signed(by, &alice.does("Like", "forged", &post));
        assert!(world.send(as_alice(&eve)).await.is_client_error());
        // The actor document on evil has Alice's id.
        eve.signer.key_id = "https://evil.example/users/fake#main-key".to_owned();
        let mut fake = alice.document();
        fake["publicKey"] = json!({"id": eve.signer.key_id, "owner": ALICE, "publicKeyPem": pem});
        world.serve("https://evil.example/users/fake", &fake);
        assert!(world.send(as_alice(&eve)).await.is_client_error());
        // A key uploaded to Alice's server as something else than an activity.
        eve.signer.key_id = "https://good.example/uploads/key.json".to_owned();
        for kind in ["text/html", "text/plain", "image/png", "application/json", "application/octet-stream"] {
            world.documents.put("https://good.example/uploads/key.json", kind, json!({"id": eve.signer.key_id, "owner": ALICE, "publicKeyPem": pem}).to_string());
            assert!(world.send(as_alice(&eve)).await.is_client_error(), "{kind}");
        }
        // A key that Alice's own document does not list, on her own server.
        eve.signer.key_id = "https://good.example/users/alice/other-key".to_owned();
        world.serve("https://good.example/users/alice/other-key", &json!({"id": eve.signer.key_id, "owner": ALICE, "publicKeyPem": pem}));
        assert!(world.send(as_alice(&eve)).await.is_client_error());
        world.work().await;
        world.state().await.assert_same(&before, "a key that its owner does not list");
        assert_eq!(world.receive(&alice, &alice.does("Like", "true", &post)).await, StatusCode::ACCEPTED);
        assert_eq!(world.post(&post).await.unwrap().likes_count, 1);
    }

    async fn a_new_key_is_fetched_once_and_the_old_one_ends(database: TestDatabase) {
        let world = World::open(database).await;
        let old = world.followed(ALICE, 0).await;
        let post = world.ana_writes("like me").await.uri.unwrap();
        assert_eq!(world.receive(&old, &old.does("Like", "1", &post)).await, StatusCode::ACCEPTED);
        let new = Stranger::new(ALICE, 3);
        world.publish(&new);
        assert_eq!(world.receive(&new, &new.does("Undo", "1", old.does("Like", "1", &post))).await, StatusCode::ACCEPTED);
        assert_eq!(world.post(&post).await.unwrap().likes_count, 0);
        assert_eq!(world.receive(&old, &old.does("Like", "2", &post)).await, StatusCode::UNAUTHORIZED);
        // A flood of forgeries provokes no flood of fetches.
        let asked = world.documents.requests().len();
        for number in 0..30 {
            assert_eq!(world.receive(&old, &old.does("Like", &format!("flood{number}"), &post)).await, StatusCode::UNAUTHORIZED);
        }
        assert!(world.documents.requests().len() - asked <= 2, "{:?}", world.documents.requests());
        assert_eq!(world.receive(&new, &new.does("Like", "3", &post)).await, StatusCode::ACCEPTED);
    }

    async fn strangers_cost_nothing_when_they_say_goodbye(database: TestDatabase) {
        let world = World::open(database).await;
        let stranger = Stranger::new("https://far.example/users/somebody", 1);
        for activity in [stranger.does("Delete", "1", stranger.uri.as_str()), stranger.does("Update", "2", stranger.document())] {
            assert_eq!(world.receive(&stranger, &activity).await, StatusCode::ACCEPTED);
        }
        assert_eq!(world.documents.requests(), Vec::<String>::new());
        assert!(world.actor(&stranger.uri).await.is_none());
        // What nobody here asked for is not kept either.
        world.publish(&stranger);
        assert_eq!(world.receive(&stranger, &stranger.create(&stranger.note("1", "<p>spam</p>"))).await, StatusCode::ACCEPTED);
        world.work().await;
        assert!(world.post(&format!("{}/1", stranger.uri)).await.is_none());
        // Unless it concerns us.
        let mut mention = stranger.note("2", "<p>@ana help</p>");
        mention["cc"] = json!([world.ana.uri]);
        mention["tag"] = json!({"type": "Mention", "href": world.ana.uri, "name": "@ana@company.example"});
        assert_eq!(world.receive(&stranger, &stranger.create(&mention)).await, StatusCode::ACCEPTED);
        assert!(world.post(&format!("{}/2", stranger.uri)).await.is_some());
    }

    async fn a_blocked_server_is_refused_at_every_door(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        world.app.db.write(|tx| servers::block(tx, "good.example", Some("spam"))).await.unwrap();
        world.app.reload_policies().await.unwrap();
        assert_eq!(world.receive(&alice, &alice.create(&alice.note("1", "x"))).await, StatusCode::FORBIDDEN);
        let asked = world.documents.requests().len();
        let resolved = guildhall::federation::fetch::resolve(&world.app, "https://social.good.example/users/x").await.unwrap();
        assert_eq!((resolved, world.documents.requests().len()), (None, asked));
        world.ana_writes("not for them").await;
        world.work().await;
        guildhall::federation::delivery::Deliverer::new(world.app.clone()).run_until_idle().await;
        assert_eq!(world.documents.posts().len(), 0);
        world.app.db.write(|tx| servers::allow(tx, "good.example")).await.unwrap();
        world.app.reload_policies().await.unwrap();
        assert_eq!(world.receive(&alice, &alice.create(&alice.note("2", "x"))).await, StatusCode::ACCEPTED);
        assert!(world.post(&format!("{ALICE}/2")).await.is_some());
    }

    async fn what_another_passes_on_counts_with_its_authors_proof_only(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let carrier = Stranger::new("https://relay.example/actor", 1);
        world.publish(&carrier);
        let signer = Signer { key: std::sync::Arc::new(SigningKey::generate("ed25519").unwrap()), key_id: format!("{ALICE}#ed25519-key") };
        let mut document = alice.document();
        document["assertionMethod"] = json!([{"id": signer.key_id, "type": "Multikey", "controller": ALICE, "publicKeyMultibase": signer.key.public_key().unwrap().to_multibase()}]);
        world.serve(ALICE, &document);
        let plain = alice.create(&alice.note("plain", "<p>plain</p>"));
        assert_eq!(world.receive(&carrier, &plain).await, StatusCode::UNAUTHORIZED);
        let mut proven = alice.create(&alice.note("proven", "<p>proven</p>"));
        proof::attach(&mut proven, &signer, NOW).unwrap();
        // Alice's keys are known without this one, so her document is asked again.
        world.receive(&alice, &alice.does("Update", "keys", &document)).await;
        assert_eq!(world.receive(&carrier, &proven).await, StatusCode::ACCEPTED);
        assert!(world.post(&format!("{ALICE}/proven")).await.is_some());
        let mut changed = proven.clone();
        changed["id"] = json!(format!("{ALICE}#other"));
        changed["object"]["content"] = json!("<p>forged</p>");
        changed["object"]["id"] = json!(format!("{ALICE}/changed"));
        assert_eq!(world.receive(&carrier, &changed).await, StatusCode::UNAUTHORIZED);
        assert!(world.post(&format!("{ALICE}/plain")).await.is_none() && world.post(&format!("{ALICE}/changed")).await.is_none());
    }

    async fn an_endless_thread_is_cut(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        for number in 0..60 {
            let mut note = alice.note(&format!("deep{number}"), "<p>deep</p>");
            note["inReplyTo"] = json!(format!("{ALICE}/deep{}", number + 1));
            world.serve(note["id"].as_str().unwrap(), &note);
        }
        let mut note = alice.note("top", "<p>top</p>");
        note["inReplyTo"] = json!(format!("{ALICE}/deep0"));
        let asked = world.documents.requests().len();
        assert_eq!(world.receive(&alice, &alice.create(&note)).await, StatusCode::ACCEPTED);
        assert!(world.post(&format!("{ALICE}/top")).await.is_some());
        world.work().await;
        let fetches = world.documents.requests().len() - asked;
        assert!((2..=20).contains(&fetches), "{fetches}");
        assert!(world.post(&format!("{ALICE}/deep0")).await.is_some());
    }
}
