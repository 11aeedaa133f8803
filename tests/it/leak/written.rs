//! What is written inside, and what goes out of all that is written.

use std::sync::Arc;

use diesel::prelude::*;
use guildhall::{
    db::schema::{activities, deliveries},
    federation::delivery::Deliverer,
    jobs::{Handlers, runner::Runner},
};
use serde_json::{Value, json};

use crate::mastodon::{House, Person};

/// What was written for one audience.
pub struct Written {
    pub audience: &'static str,
    pub post: String,
    pub reply: String,
    /// Everything that nobody outside may meet: the words, and the numbers of the posts.
    pub secrets: Vec<String>,
}

/// The same conversation for an audience: a post that is edited, answered and liked, and one that is deleted.
pub async fn conversation(
    house: &House,
    audience: &'static str,
    readers: &Value,
    ana: &Person,
    ben: &Person,
) -> Written {
    let word = |what: &str| format!("{what}canary{audience}");
    let say = |status: String, more: Value| {
        let mut body = json!({ "status": status, "spoiler_text": word("warning") });
        for part in [readers, &more] {
            body.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        }
        body
    };
    let mut named = format!("@{}@{}.example", word("handle"), word("host"));
    if audience != "public" {
        // Nobody elsewhere is named inside, and nobody is asked who that would be; in code a name is nobody.
        let refused = house.post(ana, "/api/v1/statuses", say(format!("{} {named}", word("text")), json!({}))).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
        named = format!("`{named}`");
    }
    let text = format!("{} #{} {named}", word("text"), word("tag"));
    let post = house.says(ana, say(text, json!({}))).await;
    let path = format!("/api/v1/statuses/{post}");
    let reply = house
        .says(ben, say(format!("{} #{} {named}", word("reply"), word("replytag")), json!({ "in_reply_to_id": post })))
        .await;
    house.post(ben, &format!("{path}/favourite"), json!({})).await.ok();
    if audience != "public" {
        assert_eq!(house.post(ben, &format!("{path}/reblog"), json!({})).await.status, 403);
    }
    work(house).await;
    house.wait(1);
    let edit = say(format!("{} #{} {named}", word("edit"), word("edittag")), json!({}));
    house.put(ana, &path, edit).await.ok();
    let deleted = house.says(ana, say(word("deleted"), json!({}))).await;
    house.delete(ana, &format!("/api/v1/statuses/{deleted}")).await.ok();
    let said = ["warning", "handle", "host", "text", "tag", "reply", "replytag", "edit", "edittag", "deleted"];
    let secrets = said.into_iter().map(word).chain([post.clone(), reply.clone(), deleted]).collect();
    Written { audience, post, reply, secrets }
}

/// Everything that is owed is done and sent.
pub async fn work(house: &House) {
    Runner::new(house.app.db.clone(), Arc::new(Handlers::new(house.app.clone())), 1).run_until_idle().await.unwrap();
    Deliverer::new(house.app.clone()).run_until_idle().await;
}

/// Everything that went to other servers, and what is kept of it.
pub async fn sent(house: &House) -> Vec<String> {
    let mut sent: Vec<String> = house.documents.requests();
    for (url, headers, body) in house.documents.posts() {
        sent.push(format!("{url} {headers:?} {}", String::from_utf8_lossy(&body)));
    }
    let kept = house.app.db.read(|conn| {
        let said: Vec<(String, Option<String>)> =
            activities::table.select((activities::body, activities::object_uri)).load(conn)?;
        let owed: Vec<(String, Option<String>)> =
            deliveries::table.select((deliveries::inbox, deliveries::last_error)).load(conn)?;
        Ok(said.into_iter().chain(owed).map(|row| format!("{row:?}")).collect::<Vec<String>>())
    });
    sent.extend(kept.await.unwrap());
    sent
}
