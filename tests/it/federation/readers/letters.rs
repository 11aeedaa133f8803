//! What a brand sends, taken from the wire while people write, approve, change and delete it.

use std::collections::BTreeMap;

use guildhall::domain::{
    By,
    actors::{self, RemoteActor},
    follows::{self, Wishes},
};
use http::{Method, Request, header};
use serde_json::{Value, json};

use crate::{
    brands::{desk::Desk, doors::in_an_app},
    leak::work,
    mastodon::{BASE, Person},
    support::{database::TestDatabase, keys, people::remote},
};

/// Where the reader is.
pub const HERE: &str = "reader.example";

/// Something that we send or show.
pub struct Form {
    pub body: Value,
    /// Whose it is.
    pub actor: String,
    pub signer: String,
    /// Where it was fetched, when it is no letter.
    pub fetched_at: Option<String>,
}

/// The last letter that the reader was sent; there is a new one.
async fn letter(desk: &Desk, seen: &mut usize) -> Form {
    work(&desk.house).await;
    let all = desk.house.documents.posts();
    let new: Vec<Value> = all
        .iter()
        .filter(|(url, ..)| url.starts_with(&format!("https://{HERE}/")))
        .map(|(_, _, body)| serde_json::from_slice(body).unwrap())
        .collect();
    assert_eq!(new.len(), *seen + 1, "{:#?}", &new[*seen..]);
    *seen += 1;
    let body = new.last().unwrap().clone();
    let actor = body["actor"].as_str().unwrap().to_owned();
    Form { body, signer: actor.clone(), actor, fetched_at: None }
}

async fn fetched(desk: &Desk, path: &str) -> Form {
    let request = Request::get(path)
        .header(header::HOST, "social.company.example")
        .header(header::ACCEPT, "application/activity+json");
    let body = desk.house.send(request.body(axum::body::Body::empty()).unwrap()).await.ok();
    let uri = format!("{BASE}{path}");
    Form { body, actor: uri.clone(), signer: uri.clone(), fetched_at: Some(uri) }
}

/// Writes as the brand in an app, and lets a colleague like it: so it goes out.
async fn says(desk: &Desk, pat: &Person, abe: &Person, body: Value) {
    let waits = desk.house.post(pat, "/api/v1/statuses", body).await.ok();
    let id = waits["id"].as_str().unwrap();
    if waits["guildhall"]["approval"].is_null() {
        return;
    }
    desk.house.post(abe, &format!("/api/v1/statuses/{id}/favourite"), json!({})).await.ok();
}

/// Everything that a brand sends, by its name.
pub async fn recorded(database: TestDatabase) -> BTreeMap<&'static str, Form> {
    let desk = Desk::open(database).await;
    let (house, mut seen, mut forms) = (&desk.house, 0, BTreeMap::new());
    desk.rules(json!({"signature": "mention"})).await;
    let key = keys::rsa(0);
    let finn = RemoteActor { shared_inbox: None, ..remote("finn", HERE, Some(&key)) };
    let (site, brand) = (house.app.site.clone(), desk.brand);
    let follower = house.app.db.write(move |tx| {
        let follower = actors::upsert_remote(tx, &finn)?.actor;
        let by = By::Remote { actor: follower.id, activity: Some(format!("{}/follows/1", finn.uri)) };
        follows::request(tx, &site, &by, brand, &Wishes::default())?;
        Ok(follower)
    });
    let follower = follower.await.unwrap();
    forms.insert("accept", letter(&desk, &mut seen).await);

    // With the name of who wrote it, and with a mention of somebody who reads it.
    let post = desk.published("**News** for @finn@reader.example #Launch").await;
    forms.insert("create", letter(&desk, &mut seen).await);
    house.wait(60);
    let change = desk.begins(&desk.contributor, json!({"of_post": post, "body": "Other **news**"})).await.ok();
    let id = change["id"].as_str().unwrap();
    desk.acts(&desk.contributor, id, "submit", json!({})).await.ok();
    desk.approves(&desk.approver, id).await.ok();
    desk.publishes(&desk.publisher, id).await.ok();
    forms.insert("edit", letter(&desk, &mut seen).await);
    let (pat, abe) = (in_an_app(&desk, &desk.publisher, "pat").await, in_an_app(&desk, &desk.approver, "abe").await);
    house.delete(&pat, &format!("/api/v1/statuses/{post}")).await.ok();
    forms.insert("delete", letter(&desk, &mut seen).await);

    house.post(&pat, &format!("/api/v1/accounts/{}/follow", follower.id), json!({})).await.ok();
    forms.insert("follow", letter(&desk, &mut seen).await);
    let poll = json!({"options": ["Yes", "No"], "expires_in": 3600, "multiple": true});
    says(&desk, &pat, &abe, json!({"status": "Tea?", "poll": poll})).await;
    forms.insert("poll", letter(&desk, &mut seen).await);
    let picture = house.uploaded(&pat).await["id"].clone();
    says(&desk, &pat, &abe, json!({"status": "Look", "media_ids": [picture]})).await;
    forms.insert("picture", letter(&desk, &mut seen).await);
    says(
        &desk,
        &pat,
        &abe,
        json!({"status": "It broke", "spoiler_text": "Sad news", "sensitive": true, "visibility": "unlisted"}),
    )
    .await;
    forms.insert("warned", letter(&desk, &mut seen).await);
    let question = house.arrived(&follower, |_| ()).await;
    says(&desk, &pat, &abe, json!({"status": "@finn@reader.example Yes", "in_reply_to_id": question.to_string()}))
        .await;
    forms.insert("reply", letter(&desk, &mut seen).await);
    let own =
        house.get(&pat, &format!("/api/v1/accounts/{}/statuses?limit=1&exclude_replies=true", desk.brand)).await.ok();
    says(&desk, &pat, &abe, json!({"status": "As we said", "quoted_status_id": own[0]["id"]})).await;
    forms.insert("quote", letter(&desk, &mut seen).await);

    let profile =
        json!({"note": "We make kettles", "fields_attributes": [{"name": "Site", "value": "https://company.example"}]});
    house.call(Some(&pat), Method::PATCH, "/api/v1/accounts/update_credentials", profile).await.ok();
    forms.insert("update_actor", letter(&desk, &mut seen).await);
    forms.insert("organization", fetched(&desk, &format!("/ap/actors/{}", desk.brand)).await);
    // NodeBB looks for a name at the host of the id, and wants to be led back to it.
    let name = house.get(None, "/.well-known/webfinger?resource=acct:acme@social.company.example").await.ok();
    let own = name["links"].as_array().unwrap().iter().find(|link| link["rel"] == "self").unwrap();
    assert_eq!(own["href"], forms["organization"].body["id"]);
    forms.insert("person", fetched(&desk, &format!("/ap/actors/{}", desk.contributor.actor)).await);
    house.reaches_eve().await;
    forms.insert("application", fetched(&desk, "/ap/actor").await);
    forms
}
