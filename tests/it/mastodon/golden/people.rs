//! People, and how one stands to them.

use guildhall::domain::{
    accounts::{self, AccountKind, Role},
    actors::{self, RemoteActor},
};
use http::Method;
use serde_json::json;

use super::sight::Sight;
use crate::{
    mastodon::{House, follow},
    support::people::remote,
};

pub const ACCOUNTS: &[&str] =
    &["Account", "CredentialAccount", "CredentialAccount::source", "MutedAccount", "Field", "Role"];
pub const RELATIONS: &[&str] = &["Relationship", "FamiliarFollowers", "Suggestion"];

on_both! {
    async fn accounts_have_the_documented_fields(database: TestDatabase) {
        let (house, mut sight) = (House::open(database).await, Sight::default());
        let ana = house.person("ana", AccountKind::Employee, Role::Owner).await;
        let (ben, cleo) = (house.employee("ben").await, house.employee("cleo").await);
        house.emoji("tea").await;
        let profile = json!({
            "display_name": "Ana Hill :tea:", "note": "Tea", "fields_attributes": [{"name": "Page", "value": "https://ana.example/"}],
            "source": {"privacy": "unlisted", "sensitive": true, "language": "en"}, "attribution_domains": ["ana.example"],
        });
        let own = house.call(Some(&ana), Method::PATCH, "/api/v1/accounts/update_credentials", profile).await.ok();
        sight.see("CredentialAccount", &own);
        let (actor, link) = (ana.actor, own["fields"][0]["value"].as_str().unwrap().to_owned());
        house.app.db.write(move |tx| actors::mark_field_verified(tx, actor, &link, true)).await.unwrap();
        house.says(&ana, json!({"status": "Hello"})).await;
        sight.see("CredentialAccount", &house.get(&ana, "/api/v1/accounts/verify_credentials").await.ok());
        for reader in [None, Some(&ben)] {
            sight.see("Account", &house.get(reader, &format!("/api/v1/accounts/{}", ana.id())).await.ok());
        }
        let fred = house.stranger("fred", "remote.example").await;
        let eve = RemoteActor { moved_to: Some(fred.uri), ..remote("eve", "remote.example", None) };
        house.app.db.write(move |tx| actors::upsert_remote(tx, &eve)).await.unwrap();
        sight.see("Account", &house.get(None, "/api/v1/accounts/lookup?acct=eve@remote.example").await.ok());
        let actor = cleo.actor;
        house.app.db.write(move |tx| accounts::limit(tx, actor, true, None)).await.unwrap();
        sight.see("Account", &house.get(&ana, &format!("/api/v1/accounts/{}", cleo.id())).await.ok());
        house.app.db.write(move |tx| actors::set_suspended(tx, actor, true)).await.unwrap();
        sight.see("Account", &house.get(&ana, &format!("/api/v1/accounts/{}", cleo.id())).await.ok());
        house.post(&ana, &format!("/api/v1/accounts/{}/mute", ben.id()), json!({"duration": 600})).await.ok();
        house.post(&ana, &format!("/api/v1/accounts/{}/mute", fred.id), json!({})).await.ok();
        sight.see("[MutedAccount]", &house.get(&ana, "/api/v1/mutes").await.ok());
        sight.whole(ACCOUNTS);
    }

    async fn relationships_have_the_documented_fields(database: TestDatabase) {
        let (house, mut sight) = (House::open(database).await, Sight::default());
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        house.says(&cleo, json!({"status": "Hello"})).await;
        follow(&house, &ana, &ben.id()).await;
        follow(&house, &ben, &cleo.id()).await;
        house.post(&ana, &format!("/api/v1/accounts/{}/follow", ben.id()), json!({"languages": ["en"]})).await.ok();
        sight.see("[FamiliarFollowers]", &house.get(&ana, &format!("/api/v1/accounts/familiar_followers?id[]={}", cleo.id())).await.ok());
        sight.see("[Suggestion]", &house.get(&ana, "/api/v2/suggestions").await.ok());
        house.post(&ana, &format!("/api/v1/accounts/{}/note", ben.id()), json!({"comment": "Likes tea"})).await.ok();
        house.post(&ana, &format!("/api/v1/accounts/{}/mute", ben.id()), json!({"duration": 600})).await.ok();
        let path = format!("/api/v1/accounts/relationships?id[]={}&id[]={}", ben.id(), cleo.id());
        sight.see("[Relationship]", &house.get(&ana, &path).await.ok());
        sight.whole(RELATIONS);
    }
}
