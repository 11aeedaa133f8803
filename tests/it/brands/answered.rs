//! Whoever looks after the answers to a post of a brand hears of them, themselves.

use std::sync::Arc;

use axum::body::Body;
use guildhall::{
    db::Tx,
    domain::{
        accounts::{self, AccountKind, GrantRole, Role},
        actors,
    },
    net::{
        Signer, SigningKey,
        signatures::{Digested, cavage},
    },
    secrets,
};
use http::{HeaderMap, Request, StatusCode, header};
use serde_json::{Value, json};

use super::{API, brand, desk::Desk, doors::in_an_app, give};
use crate::{
    mastodon::{
        BASE, Person,
        push::{PATH, handed, wish},
    },
    support::people::remote,
};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

impl Desk {
    /// A post of the brand whose answers this one looks after; answers its id.
    async fn looked_after_by(&self, owner: &str) -> String {
        let draft = self.begins(&self.contributor, json!({"body": "Ask us", "reply_owner": owner})).await.ok();
        let id = draft["id"].as_str().unwrap();
        self.acts(&self.contributor, id, "submit", json!({})).await.ok();
        self.approves(&self.approver, id).await.ok();
        self.publishes(&self.publisher, id).await.ok()["post"]["id"].as_str().unwrap().to_owned()
    }

    async fn answer(&self, by: &Person, to: &str, status: &str) -> String {
        self.house.says(by, json!({"status": status, "in_reply_to_id": to})).await
    }

    /// Of which posts somebody was told that these are for them, newest first.
    async fn heard(&self, who: &Person) -> Vec<String> {
        let told = self.house.get(who, "/api/v1/notifications?types[]=mention").await.ok();
        told.as_array().unwrap().iter().map(|one| one["status"]["id"].as_str().unwrap().to_owned()).collect()
    }

    /// An answer that another server sends to our inbox, to these; how it was taken.
    async fn arrives_from_elsewhere(&self, name: &str, to: &str, readers: Value) -> StatusCode {
        let key = SigningKey::generate("ed25519").unwrap();
        let them = remote(name, "reader.example", Some(&key));
        let signer = Signer { key: Arc::new(key), key_id: them.keys[0].uri.clone() };
        let answered = self.house.get(None, &format!("/api/v1/statuses/{to}")).await.ok();
        let acme = format!("{BASE}/ap/actors/{}", self.brand);
        let note = json!({
            "id": format!("{}/notes/{to}", them.uri), "type": "Note", "attributedTo": them.uri, "content": "<p>Is it blue?</p>",
            "to": readers, "inReplyTo": answered["uri"], "tag": [{"type": "Mention", "href": acme, "name": "@acme@company.example"}],
            "published": self.house.app.db.now().rfc3339(),
        });
        let activity = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{}/creates/{to}", them.uri), "type": "Create",
            "actor": them.uri, "to": readers, "object": note,
        });
        self.house.app.db.write(move |tx| actors::upsert_remote(tx, &them)).await.unwrap();
        let body = activity.to_string().into_bytes();
        let (digest, mut headers) = (Digested::of(&body), HeaderMap::new());
        headers.insert("digest", digest.header().parse().unwrap());
        headers.insert(header::HOST, "social.company.example".parse().unwrap());
        headers.insert(header::CONTENT_TYPE, "application/activity+json".parse().unwrap());
        let inbox = format!("{BASE}/ap/inbox").parse().unwrap();
        cavage::sign(&signer, "POST", &inbox, &mut headers, Some(&digest), true, self.house.app.db.now()).unwrap();
        let mut request = Request::post("/ap/inbox").body(Body::from(body)).unwrap();
        *request.headers_mut() = headers;
        let status = self.house.send(request).await.status;
        self.house.work().await;
        status
    }
}

on_both! {
    async fn who_looks_after_the_answers_hears_of_them_once(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, carl) = (&desk.house, desk.house.customer("carl").await);
        let place = "https://push.example/send/1";
        house.post(&desk.publisher, PATH, wish(place, &["mention"])).await.ok();
        let post = desk.looked_after_by("the_publisher").await;
        let first = desk.answer(&carl, &post, "Is it blue?").await;
        assert_eq!(desk.heard(&desk.publisher).await, std::slice::from_ref(&first));
        house.work().await;
        assert_eq!(handed(house, place).len(), 1);
        // Whoever is named as well hears of it once, and nobody else does.
        let named = desk.answer(&carl, &post, "@the_publisher is it?").await;
        assert_eq!(desk.heard(&desk.publisher).await, [named.clone(), first.clone()]);
        house.work().await;
        assert_eq!(handed(house, place).len(), 2);
        for who in [&desk.contributor, &desk.approver, &desk.manager] {
            assert!(desk.heard(who).await.is_empty());
        }
        // What the brand was told it is told as before.
        let brand = in_an_app(&desk, &desk.manager, "as-brand").await;
        assert_eq!(desk.heard(&brand).await, [named.clone(), first.clone()]);
        // Not of their own answer, nor of what the brand adds.
        desk.answer(&desk.publisher, &post, "It is").await;
        assert_eq!(desk.heard(&desk.publisher).await, [named, first]);
    }

    async fn neither_what_they_wrote_for_another_brand_nor_who_is_blocked_is_news(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, carl) = (&desk.house, desk.house.customer("carl").await);
        let post = desk.looked_after_by("the_publisher").await;
        let rival = brand(house, "rival").await;
        for (who, heard) in [(&desk.publisher, 0), (&desk.manager, 1)] {
            give(house, who, rival, GrantRole::Publisher).await.unwrap();
            let (account, token) = (who.account, format!("{}-as-rival", who.account));
            let hash = secrets::token_hash(&token);
            let issue = move |tx: &mut Tx<'_>| accounts::issue_token(tx, account, rival, "read write", "app", &hash);
            house.app.db.write(issue).await.unwrap();
            let as_rival = Person { actor: rival, account, token };
            desk.answer(&as_rival, &post, "So do we").await;
            assert_eq!(desk.heard(&desk.publisher).await.len(), heard);
        }
        house.post(&desk.publisher, &format!("/api/v1/accounts/{}/block", carl.id()), json!({})).await.ok();
        desk.answer(&carl, &post, "Is it blue?").await;
        assert_eq!(desk.heard(&desk.publisher).await.len(), 1);
    }

    async fn an_answer_that_they_may_not_read_is_no_news(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let carl = desk.house.customer("carl").await;
        let post = desk.looked_after_by("the_publisher").await;
        let secret = json!({"status": "@acme between us", "in_reply_to_id": post, "visibility": "direct"});
        desk.house.says(&carl, secret).await;
        assert!(desk.heard(&desk.publisher).await.is_empty());
    }

    async fn who_may_not_sign_in_hears_nothing_and_the_author_does(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let carl = desk.house.customer("carl").await;
        let post = desk.looked_after_by("the_publisher").await;
        let publisher = desk.publisher.account;
        desk.house.app.db.write(move |tx| accounts::set_suspended(tx, publisher, true)).await.unwrap();
        let answer = desk.answer(&carl, &post, "Is it blue?").await;
        assert_eq!(desk.heard(&desk.contributor).await, [answer]);
        desk.house.app.db.write(move |tx| accounts::set_suspended(tx, publisher, false)).await.unwrap();
        assert!(desk.heard(&desk.publisher).await.is_empty());
    }

    async fn a_team_hears_and_whoever_posted_in_an_app_does(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, carl) = (&desk.house, desk.house.customer("carl").await);
        let boss = house.person("boss", AccountKind::Employee, Role::Owner).await;
        let rita = desk.also("rita", GrantRole::Responder).await;
        let team = json!({"name": "Support", "kind": "team", "members": ["rita", "the_approver", "the_auditor"]});
        let team = house.post(&boss, &format!("{API}/teams"), team).await.ok()["id"].as_str().unwrap().to_owned();
        let post = desk.looked_after_by(&format!("team:{team}")).await;
        let answer = desk.answer(&carl, &post, "Is it blue?").await;
        for (who, expected) in [(&rita, 1), (&desk.approver, 1), (&desk.auditor, 0), (&desk.contributor, 0)] {
            assert_eq!(desk.heard(who).await, vec![answer.clone(); expected]);
        }
        desk.rules(json!({"min_approvals": 0})).await;
        let app = in_an_app(&desk, &desk.publisher, "app").await;
        let post = house.says(&app, json!({"status": "Ask me"})).await;
        let answer = desk.answer(&carl, &post, "Are you there?").await;
        assert_eq!(desk.heard(&desk.publisher).await, [answer]);
    }

    async fn an_answer_from_another_server_is_news_as_one_from_here(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let post = desk.looked_after_by("the_publisher").await;
        assert_eq!(desk.arrives_from_elsewhere("finn", &post, json!([PUBLIC])).await, StatusCode::ACCEPTED);
        let told = desk.house.get(&desk.publisher, "/api/v1/notifications?types[]=mention").await.ok();
        let told = told.as_array().unwrap();
        assert_eq!((told.len(), &told[0]["status"]["in_reply_to_id"], &told[0]["account"]["acct"]), (1, &json!(post), &json!("finn@reader.example")));
        // What only the brand may read is not.
        let acme = format!("{BASE}/ap/actors/{}", desk.brand);
        assert_eq!(desk.arrives_from_elsewhere("fay", &post, json!([acme])).await, StatusCode::ACCEPTED);
        assert_eq!(desk.heard(&desk.publisher).await.len(), 1);
    }
}
