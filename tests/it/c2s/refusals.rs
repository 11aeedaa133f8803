//! What an outbox refuses, each beside what it takes.

use guildhall::domain::servers;
use http::{Method, Request, header};
use serde_json::{Value, json};

use super::{Desk, LD, Writer, note};
use crate::support::world::{OURS, PUBLIC, Stranger};

const ALL: &str = "read write follow";

on_both! {
    async fn only_a_token_of_the_actor_opens_its_outbox(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let body = note("Hello").to_string();
        let before = desk.world.state().await;
        let nobody = desk.post_to(None, &ana.outbox(), LD, body.clone()).await;
        assert_eq!(nobody.headers[header::WWW_AUTHENTICATE], "Bearer");
        assert_eq!(nobody.refusal(), (401, "token.missing"));
        let wrong = desk.post_to(Some("wrong"), &ana.outbox(), LD, body.clone()).await;
        assert_eq!((wrong.headers[header::WWW_AUTHENTICATE].clone(), wrong.refusal()), ("Bearer".parse().unwrap(), (401, "token.invalid")));
        assert_eq!(desk.post_to(Some(&ben.token), &ana.outbox(), LD, body.clone()).await.refusal(), (403, "token.actor"));
        let nowhere = format!("{OURS}/ap/actors/12345/outbox");
        assert_eq!(desk.post_to(Some(&ana.token), &nowhere, LD, body.clone()).await.refusal(), (404, "actor.not_found"));
        assert_eq!(desk.post_to(Some(&ana.token), &ana.outbox(), "text/html", body.clone()).await.refusal(), (415, "activity.type"));
        assert_eq!(desk.world.state().await, before);
        for media in [LD, "application/activity+json", "application/json; charset=utf-8", "text/plain;charset=UTF-8"] {
            assert_eq!(desk.post_to(Some(&ana.token), &ana.outbox(), media, body.clone()).await.status, 201, "{media}");
        }
    }

    async fn each_verb_needs_its_scope(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let post = desk.writes(&ben, note("Hello")).await;
        let own = desk.writes(&ana, note("Mine")).await;
        let verbs = [
            ("write:favourites", json!({"type": "Like", "object": post})),
            ("write:statuses", json!({"type": "Announce", "object": post, "to": PUBLIC})),
            ("write:follows", json!({"type": "Follow", "object": ben.actor.uri})),
            ("write:favourites", json!({"type": "Undo", "object": {"type": "Like", "object": post}})),
            ("write:statuses", json!({"type": "Undo", "object": {"type": "Announce", "object": post}})),
            ("write:follows", json!({"type": "Undo", "object": {"type": "Follow", "object": ben.actor.uri}})),
            ("write:blocks", json!({"type": "Block", "object": ben.actor.uri})),
            ("write:blocks", json!({"type": "Undo", "object": {"type": "Block", "object": ben.actor.uri}})),
            ("write:statuses", json!({"type": "Update", "object": {"id": own, "content": "Changed"}})),
            ("write:accounts", json!({"type": "Add", "object": own, "target": format!("{}/featured", ana.actor.uri)})),
            ("write:accounts", json!({"type": "Remove", "object": own, "target": format!("{}/featured", ana.actor.uri)})),
            ("write:statuses", json!({"type": "Delete", "object": own})),
            ("write:statuses", note("New")),
        ];
        let with = |scopes: &'static str| {
            let (desk, ana) = (&desk, ana.clone());
            async move { Writer { token: desk.token(ana.account, &ana.actor, scopes).await, ..ana } }
        };
        let mut writers = std::collections::BTreeMap::new();
        for scope in ["write:favourites", "write:statuses", "write:follows", "write:blocks", "write:accounts"] {
            writers.insert(scope, with(scope).await);
        }
        let reader = with("read push profile").await;
        for (scope, document) in verbs {
            for (other, writer) in writers.iter().filter(|(other, _)| **other != scope) {
                assert_eq!(desk.submit(writer, document.clone()).await.refusal(), (403, "token.scope"), "{document} with {other}");
            }
            assert_eq!(desk.submit(&reader, document.clone()).await.refusal(), (403, "token.scope"), "{document}");
            assert_eq!(desk.submit(&writers[scope], document.clone()).await.status, 201, "{document}");
        }
    }

    async fn nobody_speaks_or_writes_for_somebody_else(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let bob = desk.world.followed("https://there.example/users/bob", 0).await;
        let theirs = bob.note("notes/1", "<p>Tea?</p>");
        assert_eq!(desk.world.receive(&bob, &bob.create(&theirs)).await, 202);
        let bens = desk.writes(&ben, note("Ben's")).await;
        let secret = desk.writes(&ben, json!({"type": "Note", "content": "secret"})).await;
        let before = desk.world.state().await;
        let (me, other) = (&ana.actor.uri, &ben.actor.uri);
        for (document, refusal) in [
            (json!({"type": "Create", "actor": other, "to": PUBLIC, "object": note("x")}), (403, "activity.actor")),
            (json!({"type": "Create", "actor": [me, other], "to": PUBLIC, "object": note("x")}), (403, "activity.actor")),
            (json!({"type": "Create", "actor": {"type": "Person"}, "to": PUBLIC, "object": note("x")}), (403, "activity.actor")),
            (json!({"type": "Note", "attributedTo": other, "content": "x"}), (403, "activity.actor")),
            (json!({"type": "Create", "object": {"type": "Note", "attributedTo": [bob.uri], "content": "x"}}), (403, "activity.actor")),
            (json!({"type": "Like", "actor": other, "object": bens}), (403, "activity.actor")),
            (json!({"type": "Undo", "object": {"type": "Like", "actor": other, "object": bens}}), (403, "activity.actor")),
            (json!({"type": "Update", "object": {"id": bens, "content": "x"}}), (403, "post.not_yours")),
            (json!({"type": "Update", "object": {"id": theirs["id"], "content": "x"}}), (403, "post.not_yours")),
            (json!({"type": "Update", "object": {"id": secret, "content": "x"}}), (404, "post.not_found")),
            (json!({"type": "Update", "object": {"id": "https://there.example/never", "content": "x"}}), (404, "post.not_found")),
            (json!({"type": "Update", "object": {"id": bob.uri, "name": "x"}}), (404, "post.not_found")),
            (json!({"type": "Update", "object": {"id": other, "name": "x"}}), (404, "post.not_found")),
            (json!({"type": "Update", "object": me}), (422, "activity.object")),
            (json!({"type": "Update", "object": {"id": me, "name": 5}}), (422, "profile.form")),
            (json!({"type": "Update", "object": {"id": me, "discoverable": "yes"}}), (422, "profile.form")),
            (json!({"type": "Update", "object": {"id": me, "name": "x".repeat(101)}}), (422, "profile.too_long")),
            (json!({"type": "Update", "object": {"id": me, "summary": "x".repeat(1001)}}), (422, "profile.too_long")),
            (json!({"type": "Update", "object": {"id": me, "attachment": [{"type": "Link"}]}}), (422, "profile.attachment")),
            (json!({"type": "Update", "object": {"id": me, "attachment": vec![json!({"type": "PropertyValue", "name": "x", "value": "y"}); 9]}}), (422, "profile.fields")),
            (json!({"type": "Update", "object": {"id": me, "icon": {"type": "Image", "url": "https://x.example/1.png"}}}), (422, "profile.picture")),
            (json!({"type": "Delete", "object": bens}), (403, "post.not_yours")),
            (json!({"type": "Delete", "object": theirs["id"]}), (403, "post.not_yours")),
            (json!({"type": "Delete", "object": secret}), (404, "post.not_found")),
            (json!({"type": "Delete", "object": other}), (404, "post.not_found")),
            (json!({"type": "Delete", "object": me}), (403, "actor.not_served")),
            (json!({"type": "Like", "object": secret}), (404, "post.not_found")),
            (json!({"type": "Like", "object": format!("{OURS}/ap/objects/12345")}), (404, "post.not_found")),
            (json!({"type": "Announce", "to": PUBLIC, "object": secret}), (404, "post.not_found")),
            (json!({"type": "Follow", "object": me}), (422, "follow.self")),
            (json!({"type": "Follow", "object": format!("{OURS}/ap/actors/12345")}), (404, "actor.not_found")),
            (json!({"type": "Block", "object": me}), (422, "block.self")),
        ] {
            assert_eq!(desk.submit(&ana, document.clone()).await.refusal(), refusal, "{document}");
        }
        assert_eq!(desk.world.state().await, before, "nothing was changed by any of them");
        desk.say(&ana, json!({"type": "Create", "actor": {"id": me}, "object": {"type": "Note", "attributedTo": [me], "content": "x"}})).await;
    }

    async fn what_is_no_post_for_anybody_is_refused_with_the_reason(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", ALL).await;
        let bob = Stranger::new("https://there.example/users/bob", 0);
        desk.world.publish(&bob);
        let before = desk.world.state().await;
        let with = |name: &str, value: Value| {
            let mut document = note("Hello");
            document[name] = value;
            document
        };
        for (document, refusal) in [
            (json!([]), (400, "activity.form")),
            (json!("Note"), (400, "activity.form")),
            (json!({}), (422, "activity.not_served")),
            (json!({"type": "Question", "oneOf": []}), (422, "poll.choices")),
            (json!({"type": "Accept", "object": "https://x.example/1"}), (422, "activity.not_served")),
            (json!({"type": "Person", "name": "x"}), (422, "activity.not_served")),
            (json!({"type": 7}), (422, "activity.not_served")),
            (json!({"type": "Create"}), (400, "activity.object")),
            (json!({"type": "Like", "object": null}), (400, "activity.object")),
            (json!({"type": "Like", "object": [1, 2]}), (422, "activity.object")),
            (json!({"type": "Like", "object": {"type": "Note"}}), (422, "activity.object")),
            (json!({"type": "Create", "object": "https://there.example/notes/1"}), (422, "post.kind")),
            (json!({"type": "Create", "object": {"type": "Video", "content": "x"}}), (422, "post.kind")),
            (json!({"type": "Note"}), (422, "post.empty")),
            (note(""), (422, "post.empty")),
            (note("<p> <br> </p><script>alert(1)</script>"), (422, "post.empty")),
            (note(&"x".repeat(5001)), (422, "post.too_long")),
            (note(&"<i>".repeat(20_000)), (422, "post.too_long")),
            (with("content", json!({"a": 1})), (422, "post.form")),
            (with("summary", json!(["a"])), (422, "post.form")),
            (with("mediaType", json!("text/x-org")), (422, "post.media_type")),
            (with("attachment", json!([{"type": "Image", "url": "https://x.example/1.png"}])), (422, "media.elsewhere")),
            (with("image", json!("https://x.example/1.png")), (422, "post.not_served")),
            (with("anyOf", json!([{"name": "a"}])), (422, "post.not_served")),
            (with("quoteUrl", json!("https://x.example/1")), (404, "post.not_found")),
            (with("bto", json!(PUBLIC)), (422, "post.addressing")),
            (with("cc", json!([[PUBLIC]])), (422, "post.addressing")),
            (with("cc", json!(format!("{}/followers", bob.uri))), (422, "post.addressing")),
            (with("to", json!("mailto:bob@there.example")), (422, "post.addressing")),
            (with("bcc", json!("not an address")), (422, "post.addressing")),
            (with("to", json!(format!("{}/following", ana.actor.uri))), (422, "post.addressing")),
            (with("guildhall:audience", json!("company")), (422, "post.audience")),
            (with("inReplyTo", json!("https://there.example/never")), (404, "post.not_found")),
        ] {
            let shown: String = document.to_string().chars().take(200).collect();
            assert_eq!(desk.submit(&ana, document).await.refusal(), refusal, "{shown}");
        }
        let deep = format!("{{\"type\":\"Note\",\"content\":\"x\",\"tag\":{}{}}}", "[".repeat(500), "]".repeat(500));
        let huge = note(&"x".repeat(1024 * 1024)).to_string();
        for (body, refusal) in [
            ("no json".to_owned(), (400, "activity.json")),
            (deep, (400, "activity.json")),
            (huge, (413, "request.too_large")),
        ] {
            assert_eq!(desk.post_to(Some(&ana.token), &ana.outbox(), LD, body).await.refusal(), refusal);
        }
        // Whoever was addressed may be remembered.
        let others = ["actors", "actor_keys"];
        assert_eq!(desk.world.state().await.without(&others), before.without(&others));
        desk.say(&ana, with("to", json!([PUBLIC, bob.uri]))).await;
        desk.say(&ana, with("content", json!("x".repeat(5000)))).await;
        let zero = desk.writes(&ana, note("zero\u{0}byte")).await;
        assert_eq!(desk.status(None, &zero).await.ok()["content"], "zero\u{fffd}byte");
    }

    async fn blocked_servers_are_neither_addressed_nor_followed(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", ALL).await;
        let bob = desk.world.followed("https://there.example/users/bob", 0).await;
        let (eve, far) = (Stranger::new("https://there.example/users/eve", 1), Stranger::new("https://far.example/users/far", 2));
        desk.world.publish(&eve);
        desk.world.publish(&far);
        desk.world.app.db.write(|tx| servers::block(tx, "there.example", None)).await.unwrap();
        desk.world.app.reload_policies().await.unwrap();
        for target in [&bob, &eve] {
            for document in [
                json!({"type": "Note", "content": "x", "to": target.uri}),
                json!({"type": "Note", "content": "x", "bcc": target.uri, "to": PUBLIC}),
                json!({"type": "Follow", "object": target.uri}),
            ] {
                assert_eq!(desk.submit(&ana, document.clone()).await.refusal(), (403, "server.blocked"), "{document}");
            }
        }
        desk.say(&ana, json!({"type": "Follow", "object": far.uri})).await;
        desk.say(&ana, json!({"type": "Note", "content": "x", "to": far.uri})).await;
    }

    async fn a_page_in_a_browser_may_ask_with_a_token(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", ALL).await;
        let uri = desk.writes(&ana, note("Hello")).await;
        for (method, url) in [(Method::POST, ana.outbox()), (Method::GET, ana.outbox()), (Method::GET, ana.inbox()), (Method::GET, uri)] {
            let request = Request::options(url.strip_prefix(OURS).unwrap())
                .header(header::ORIGIN, "https://client.example")
                .header(header::ACCESS_CONTROL_REQUEST_METHOD, method.as_str())
                .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization,content-type");
            let reply = desk.send(request.body(axum::body::Body::empty()).unwrap()).await;
            assert!(reply.status.is_success(), "{method} {url}");
            assert_eq!(reply.headers[header::ACCESS_CONTROL_ALLOW_HEADERS], "authorization,content-type", "{method} {url}");
        }
        let shown = desk.get(Some(&ana), &ana.outbox()).await;
        assert_eq!(shown.headers.get_all(header::ACCESS_CONTROL_ALLOW_ORIGIN).iter().count(), 1);
    }
}
