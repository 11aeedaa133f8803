//! A brand with people in several roles, and what they do with drafts.

use std::fs;

use diesel::{RunQueryDsl, sql_query};
use guildhall::domain::{
    ActorId,
    accounts::{AccountKind, GrantRole},
};
use http::{Method, Request, header};
use serde_json::{Value, json};

use super::{API, brand, give, with_role};
use crate::{
    mastodon::{House, Person, Reply},
    support::database::TestDatabase,
};

/// A brand that asks for one approval, and five who have to do with it.
pub struct Desk {
    pub house: House,
    pub brand: ActorId,
    pub contributor: Person,
    pub publisher: Person,
    pub approver: Person,
    pub manager: Person,
    pub auditor: Person,
}

impl Desk {
    pub async fn open(database: TestDatabase) -> Self {
        let house = House::open(database).await;
        let brand = brand(&house, "acme").await;
        let desk = Self {
            brand,
            contributor: with_role(&house, brand, GrantRole::Contributor).await,
            publisher: with_role(&house, brand, GrantRole::Publisher).await,
            approver: with_role(&house, brand, GrantRole::Approver).await,
            manager: with_role(&house, brand, GrantRole::Manager).await,
            auditor: with_role(&house, brand, GrantRole::Auditor).await,
            house,
        };
        desk.rules(json!({"min_approvals": 1})).await;
        desk
    }

    /// Changes the rules of the brand, as a manager who is alone may.
    pub async fn rules(&self, mut rules: Value) -> Value {
        rules["reason"] = json!("The test asks for it.");
        self.house.put(&self.manager, &format!("{API}/actors/{}/policy", self.brand), rules).await.ok()
    }

    /// Gives somebody an e-mail address, which is their name at mail.example.
    pub async fn reached(&self, who: &Person, name: &str) {
        let update = format!("UPDATE accounts SET email = '{name}@mail.example' WHERE id = {}", who.account);
        self.house.app.db.write(move |tx| Ok(sql_query(&update).execute(tx.conn())?)).await.unwrap();
    }

    /// A post of the brand that was approved and published; answers its id.
    pub async fn published(&self, text: &str) -> String {
        let id = self.approved(text).await;
        let published = self.publishes(&self.publisher, &id).await.ok();
        published["post"]["id"].as_str().unwrap().to_owned()
    }

    /// All letters that were written.
    pub async fn letters(&self) -> Vec<String> {
        self.house.work().await;
        let Ok(folder) = fs::read_dir(self.house.app.config.data_dir.join("mail")) else { return Vec::new() };
        folder.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap().replace("=\r\n", "")).collect()
    }

    /// Somebody with another role, whose name is this.
    pub async fn also(&self, name: &str, role: GrantRole) -> Person {
        let person = self.house.person(name, AccountKind::Employee, guildhall::domain::accounts::Role::Member).await;
        give(&self.house, &person, self.brand, role).await.unwrap();
        person
    }

    /// Begins a draft.
    pub async fn begins(&self, who: &Person, body: Value) -> Reply {
        self.house.post(who, &format!("{API}/actors/{}/drafts", self.brand), body).await
    }

    /// A draft by the contributor that is handed in; answers its id.
    pub async fn handed_in(&self, text: &str) -> String {
        let draft = self.begins(&self.contributor, json!({"body": text})).await.ok();
        let id = draft["id"].as_str().unwrap().to_owned();
        let submitted = self.acts(&self.contributor, &id, "submit", json!({})).await.ok();
        assert!(["in_review", "approved"].contains(&submitted["state"].as_str().unwrap()), "{submitted}");
        id
    }

    /// The same, approved by the approver.
    pub async fn approved(&self, text: &str) -> String {
        let id = self.handed_in(text).await;
        assert_eq!(self.approves(&self.approver, &id).await.ok()["state"], "approved");
        id
    }

    /// Does something with a draft, whatever version it has.
    pub async fn acts(&self, who: &Person, id: &str, verb: &str, body: Value) -> Reply {
        self.house.post(who, &format!("{API}/drafts/{id}/{verb}"), body).await
    }

    /// Does something with a version of a draft.
    pub async fn with(&self, who: &Person, method: Method, path: &str, version: i64, body: Value) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(format!("{API}/drafts/{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::IF_MATCH, format!("\"{version}\""));
        self.house.send(request.body(body.to_string().into()).unwrap()).await
    }

    /// A draft as somebody reads it.
    pub async fn reads(&self, who: &Person, id: &str) -> Value {
        self.house.get(who, &format!("{API}/drafts/{id}")).await.ok()
    }

    async fn version(&self, id: &str) -> i64 {
        self.reads(&self.manager, id).await["version"].as_i64().unwrap()
    }

    /// Approves what is there now.
    pub async fn approves(&self, who: &Person, id: &str) -> Reply {
        let version = self.version(id).await;
        self.with(who, Method::POST, &format!("{id}/approve"), version, json!({})).await
    }

    /// Saves over what is there now.
    pub async fn saves(&self, who: &Person, id: &str, body: Value) -> Reply {
        let version = self.version(id).await;
        self.with(who, Method::PATCH, id, version, body).await
    }

    pub async fn publishes(&self, who: &Person, id: &str) -> Reply {
        self.acts(who, id, "publish", json!({})).await
    }

    /// What everybody reads of the brand, newest first.
    pub async fn said(&self) -> Vec<String> {
        let path = format!("/api/v1/accounts/{}/statuses?limit=40", self.brand);
        let posts = self.house.get(&self.manager, &path).await.ok();
        posts.as_array().unwrap().iter().map(|post| post["content"].as_str().unwrap().to_owned()).collect()
    }
}

/// Status and code of a refusal.
pub fn refused(reply: &Reply) -> (u16, &str) {
    (reply.status.as_u16(), reply.body["code"].as_str().unwrap_or_default())
}
