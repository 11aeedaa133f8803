//! Apps and their tokens.

use serde_json::json;

use super::sight::Sight;
use crate::{
    mastodon::Person,
    oauth::{BACK, ClientApp, Desk},
};

pub const APPS: &[&str] = &["Application", "CredentialApplication", "Token"];

on_both! {
    async fn apps_and_tokens_have_the_documented_fields(database: TestDatabase) {
        let (desk, mut sight) = (Desk::open(database).await, Sight::default());
        let said = json!({"client_name": "Parrot", "redirect_uris": BACK, "scopes": "read write", "website": "https://app.example"});
        let made = desk.house.post(None, "/api/v1/apps", said).await.ok();
        sight.see("CredentialApplication", &made);
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        let app = ClientApp { id: text("client_id"), secret: text("client_secret") };
        let own = desk.token(&app, &[("grant_type", "client_credentials"), ("scope", "read")]).await.ok();
        sight.see("Token", &own);
        let token = own["access_token"].as_str().unwrap().to_owned();
        let (account, actor) = desk.ana;
        let itself = Person { actor, account, token };
        let ana = desk.let_in(&app, "read", actor).await;
        for holder in [&itself, &ana] {
            sight.see("Application", &desk.house.get(holder, "/api/v1/apps/verify_credentials").await.ok());
        }
        sight.whole(APPS);
    }
}
