//! What became of a post on its way, over HTTP: for its author and for whoever runs the server.

use axum::body::{Body, to_bytes};
use guildhall::{
    domain::{
        ActorId, accounts,
        posts::{Audience, Draft},
    },
    http as rim,
    secrets::{new_token, token_hash},
};
use http::{Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;

use crate::federation::{house::House, peers::Behaviour};

async fn token(house: &House, actor: ActorId, scopes: &'static str) -> String {
    let token = new_token();
    let hash = token_hash(&token);
    house
        .write(move |tx| {
            let account = accounts::find_by_actor(tx.conn(), actor)?.unwrap();
            accounts::issue_token(tx, account.id, actor, scopes, "test", &hash)
        })
        .await;
    token
}

async fn ask(house: &House, method: &str, path: &str, token: &str) -> (StatusCode, Value) {
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
    let response = rim::router(house.app.clone()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

on_both! {
    async fn an_author_sees_what_became_of_a_post_and_has_it_tried_again(database: TestDatabase) {
        let house = House::open(database).await;
        let site = house.app.site.clone();
        let zoe = house.write(move |tx| {
            let new = accounts::NewAccount {
                username: "zoe".to_owned(),
                display_name: String::new(),
                email: None,
                password_hash: None,
                kind: accounts::AccountKind::Employee,
                role: accounts::Role::Member,
            };
            Ok(accounts::create(tx, &site, &new)?.1)
        }).await;
        let bob = house.stranger("bob", "one.example").await;
        house.follow(&bob, house.owner.id).await;
        house.send().await;
        house.peers.behave("one.example", Behaviour { status: 403, ..Behaviour::default() });
        let post = house.post(house.owner.id, Draft::note(Audience::Public, "<p>News</p>".to_owned())).await;
        house.send().await;
        let (author, other) = (token(&house, house.owner.id, "read write").await, token(&house, zoe.id, "read write").await);
        let path = format!("/api/guildhall/v1/posts/{post}/deliveries");
        let (status, answer) = ask(&house, "GET", &path, &author).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        let receipt = &answer[0];
        let shown = (&receipt["activity"], &receipt["host"], &receipt["state"], &receipt["last_status"]);
        assert_eq!(shown, (&"Create".into(), &"one.example".into(), &"failed".into(), &403.into()));
        let retry = format!("{path}/{}/retry", receipt["id"].as_str().unwrap());
        // Neither reading nor trying again is for everybody.
        for (method, path) in [("GET", &path), ("POST", &retry)] {
            assert_eq!(ask(&house, method, path, &other).await.0, StatusCode::NOT_FOUND);
            assert_eq!(ask(&house, method, path, "nonsense").await.0, StatusCode::UNAUTHORIZED);
        }
        let reader = token(&house, house.owner.id, "read").await;
        assert_eq!(ask(&house, "POST", &retry, &reader).await.0, StatusCode::FORBIDDEN);
        house.peers.behave("one.example", Behaviour::default());
        let (status, answer) = ask(&house, "POST", &retry, &author).await;
        assert_eq!((status, &answer["state"]), (StatusCode::OK, &"waiting".into()), "{answer}");
        house.send().await;
        let (_, answer) = ask(&house, "GET", &path, &author).await;
        assert_eq!(answer[0]["state"], "delivered");
        assert_eq!(ask(&house, "POST", &retry, &author).await.0, StatusCode::NOT_FOUND, "it arrived");
    }
}
