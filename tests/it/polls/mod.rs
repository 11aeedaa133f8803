//! Polls, from the client API to other servers and back.

mod arriving;
mod asking;
mod clients;
mod ending;
mod voting;

use axum::body::Body;
use guildhall::domain::{
    By,
    posts::{self, Audience, Details, Draft},
};
use http::{Request, header};
use serde_json::{Value, json};

use crate::{
    c2s::{Desk, Reply, Writer, number},
    support::world::{NOW, OURS, Stranger, World},
};

pub const ALL: &str = "read write follow";
pub const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);

/// A request of the client API with a JSON body.
pub async fn call(desk: &Desk, who: Option<&Writer>, method: &str, path: &str, body: Value) -> Reply {
    let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
    if let Some(who) = who {
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", who.token));
    }
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    desk.send(request.body(body).unwrap()).await
}

/// Asks for an hour, and answers the post as its author sees it.
pub async fn asks(desk: &Desk, who: &Writer, more: Value) -> Value {
    let mut body = json!({"status": "Tea or coffee?", "poll": {"options": ["Tea", "Coffee"], "expires_in": 3600}});
    for (name, value) in more.as_object().unwrap() {
        match (name.as_str(), value) {
            ("poll", Value::Object(poll)) => body["poll"].as_object_mut().unwrap().extend(poll.clone()),
            _ => body[name] = value.clone(),
        }
    }
    call(desk, Some(who), "POST", "/api/v1/statuses", body).await.ok()
}

/// Votes, and answers what came of it.
pub async fn votes(desk: &Desk, who: &Writer, poll: &str, choices: Value) -> Reply {
    call(desk, Some(who), "POST", &format!("/api/v1/polls/{poll}/votes"), json!({ "choices": choices })).await
}

/// The poll as somebody sees it.
pub async fn poll(desk: &Desk, who: Option<&Writer>, id: &str) -> Value {
    call(desk, who, "GET", &format!("/api/v1/polls/{id}"), Value::Null).await.ok()
}

/// How often each choice was made.
pub fn counts(poll: &Value) -> Vec<Option<u64>> {
    poll["options"].as_array().unwrap().iter().map(|option| option["votes_count"].as_u64()).collect()
}

/// Status and sentence of a refusal.
pub fn refusal(reply: &Reply) -> (u16, String) {
    (reply.status.as_u16(), reply.body["error"].as_str().unwrap_or_default().to_owned())
}

/// A vote as Mastodon sends it.
pub fn vote(by: &Stranger, poll: &str, choice: &str, id: &str) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{}#votes/{id}/activity", by.uri), "type": "Create",
        "actor": by.uri, "to": format!("{OURS}/ap/actors/1"),
        "object": {"id": format!("{}#votes/{id}", by.uri), "type": "Note", "name": choice, "attributedTo": by.uri, "inReplyTo": poll},
    })
}

/// Somebody elsewhere whom nobody here follows.
pub fn somebody(world: &World, uri: &str, number: usize) -> Stranger {
    let stranger = Stranger::new(uri, number);
    world.publish(&stranger);
    stranger
}

/// A question by somebody elsewhere, as Mastodon writes it.
pub fn question(by: &Stranger, id: &str, votes: [u64; 2]) -> Value {
    let mut question = by.note(id, "<p>Tea or coffee?</p>");
    question["type"] = json!("Question");
    question["endTime"] = json!(NOW.plus(HOUR).rfc3339());
    question["votersCount"] = json!(votes[0] + votes[1]);
    let choice =
        |(name, votes)| json!({"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": votes}});
    question["oneOf"] = ["Tea", "Coffee"].into_iter().zip(votes).map(choice).collect();
    question
}

/// A question that arrived from somebody whom Ana follows; its author, its address, and its number here.
pub async fn asked_elsewhere(desk: &Desk) -> (Stranger, String, String) {
    let eve = desk.world.followed("https://there.example/users/eve", 0).await;
    let question = question(&eve, "poll", [3, 2]);
    assert_eq!(desk.world.receive(&eve, &eve.create(&question)).await, 202);
    let uri = question["id"].as_str().unwrap().to_owned();
    let id = desk.world.post(&uri).await.unwrap().id.to_string();
    (eve, uri, id)
}

/// A poll by Ana with these choices, written without a client.
pub async fn ana_asks(world: &World, choices: &[&str], multiple: bool, audience: Audience) -> posts::Post {
    let (site, ana) = (world.app.site.clone(), world.ana.id);
    let options: Vec<(String, Option<u64>)> = choices.iter().map(|choice| ((*choice).to_owned(), Some(0))).collect();
    let details = Details { options, multiple, voters: Some(0), ends_at: Some(NOW.plus(HOUR)), ..Details::default() };
    world
        .app
        .db
        .write(move |tx| {
            let mut draft = Draft::note(audience, "<p>Which?</p>".to_owned());
            draft.kind = "question".to_owned();
            draft.details = details.clone();
            let id = posts::create(tx, &site, &By::Local { actor: ana, account: None }, &draft)?;
            posts::get(tx.conn(), id)
        })
        .await
        .unwrap()
}

/// The number of a status.
pub fn id_of(status: &Value) -> String {
    number(status["id"].as_str().unwrap()).to_owned()
}
