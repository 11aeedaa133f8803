//! What is kept of a draft: its texts, its uploads, who writes in it; and how much.

use diesel::{RunQueryDsl, sql_query};
use guildhall::domain::{
    accounts,
    drafts::{OPEN, VERSIONS_BYTES},
};
use http::Method;
use serde_json::{Value, json};

use super::{
    API,
    desk::{Desk, refused},
    doors::in_an_app,
};
use crate::mastodon::ids;

on_both! {
    async fn earlier_texts_are_kept_in_steps(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let draft = desk.begins(&desk.contributor, json!({"body": "H"})).await.ok();
        let id = draft["id"].as_str().unwrap();
        // What is saved every few seconds is one step.
        for text in ["He", "Hel", "Hello"] {
            desk.saves(&desk.contributor, id, json!({"body": text})).await.ok();
        }
        desk.saves(&desk.publisher, id, json!({"body": "Hello you"})).await.ok();
        desk.acts(&desk.contributor, id, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, id).await.ok();
        // What somebody approved stays, however soon it is changed.
        desk.saves(&desk.publisher, id, json!({"body": "Hello all"})).await.ok();
        desk.house.wait(601);
        desk.saves(&desk.publisher, id, json!({"body": "Hello world"})).await.ok();
        let path = format!("{API}/drafts/{id}/history");
        let texts = desk.house.get(&desk.manager, &path).await.ok();
        let told: Vec<(&str, &str, i64)> = texts.as_array().unwrap().iter()
            .map(|text| (text["body"].as_str().unwrap(), text["by"]["username"].as_str().unwrap(), text["version"].as_i64().unwrap())).collect();
        assert_eq!(told, [("Hello", "the_contributor", 4), ("Hello you", "the_publisher", 5), ("Hello all", "the_publisher", 6), ("Hello world", "the_publisher", 7)]);
        // What changes nothing is no version.
        let same = desk.saves(&desk.publisher, id, json!({"body": "Hello world"})).await.ok();
        assert_eq!(same["version"], 7);
    }

    async fn who_writes_is_shown_while_they_do(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let draft = desk.begins(&desk.contributor, json!({"body": "Hello"})).await.ok();
        let id = draft["id"].as_str().unwrap();
        let writing = |draft: &Value| -> Vec<String> {
            draft["writing"].as_array().unwrap().iter().map(|one| one["username"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(writing(&draft), ["the_contributor"]);
        desk.house.wait(20);
        assert_eq!(writing(&desk.acts(&desk.publisher, id, "presence", json!({})).await.ok()), ["the_contributor", "the_publisher"]);
        desk.house.wait(20);
        assert_eq!(writing(&desk.reads(&desk.manager, id).await), ["the_publisher"]);
        desk.house.wait(3);
        assert_eq!(writing(&desk.reads(&desk.manager, id).await), [""; 0]);
        // Whoever leaves says so, and again; nobody says it for others.
        desk.acts(&desk.publisher, id, "presence", json!({})).await.ok();
        let path = format!("{API}/drafts/{id}/presence");
        assert_eq!(desk.house.call(Some(&desk.contributor), Method::DELETE, &path, json!({})).await.status, 204);
        assert_eq!(writing(&desk.reads(&desk.manager, id).await), ["the_publisher"]);
        for _ in 0..2 {
            assert_eq!(desk.house.call(Some(&desk.publisher), Method::DELETE, &path, json!({})).await.status, 204);
            assert_eq!(writing(&desk.reads(&desk.manager, id).await), [""; 0]);
        }
    }

    async fn an_upload_of_the_author_becomes_the_brands_and_waits_for_the_draft(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (house, ana) = (&desk.house, &desk.contributor);
        let picture = house.uploaded(ana).await;
        let others = house.uploaded(&desk.publisher).await;
        let media = picture["id"].as_str().unwrap();
        assert_eq!(refused(&desk.begins(ana, json!({"body": "Look", "media": [others["id"]]})).await), (422, "media.unknown"), "somebody else's");
        let draft = desk.begins(ana, json!({"body": "Look", "media": [media]})).await.ok();
        let id = draft["id"].as_str().unwrap();
        assert_eq!(draft["media"][0]["id"], media);
        let second = desk.begins(ana, json!({"body": "Look", "media": [media]})).await;
        assert_eq!(refused(&second), (422, "media.unknown"), "it waits for the other draft");
        // It waits longer than uploads that hang on nothing.
        house.wait(3 * 24 * 3600);
        house.app.db.write(|tx| tx.defer(&guildhall::domain::work::Job::Prune)).await.unwrap();
        house.work().await;
        desk.acts(ana, id, "submit", json!({})).await.ok();
        let approved = desk.approves(&desk.approver, id).await.ok();
        // What it shows is a part of what was approved: nobody says it differently past the draft.
        let words = json!({"description": "Another ship"});
        for (who, token) in [(&desk.publisher, "publisher's"), (&desk.approver, "approver's")] {
            let brand = in_an_app(&desk, who, token).await;
            assert_eq!(house.put(&brand, &format!("/api/v1/media/{media}"), words.clone()).await.status, 422);
        }
        let upload: guildhall::domain::MediaId = media.parse().unwrap();
        house.app.db.write(move |tx| Ok(sql_query(format!("UPDATE media SET description = 'A ship' WHERE id = {upload}")).execute(tx.conn())?)).await.unwrap();
        let described = desk.reads(&desk.manager, id).await;
        assert_ne!(described["content_hash"], approved["content_hash"]);
        assert_eq!(refused(&desk.publishes(&desk.publisher, id).await), (403, "draft.approvals_missing"));
        // Whoever approves must have seen it.
        assert_eq!(refused(&desk.approves(&desk.approver, id).await), (409, "draft.stale"));
        desk.approves(&desk.approver, id).await.ok();
        let post = desk.publishes(&desk.publisher, id).await.ok()["post"]["id"].as_str().unwrap().to_owned();
        let shown = house.get(None, &format!("/api/v1/statuses/{post}")).await.ok();
        assert_eq!((&shown["media_attachments"][0]["id"], &shown["media_attachments"][0]["description"]), (&json!(media), &json!("A ship")));
    }

    async fn what_is_thrown_away_is_found_for_a_while_and_lets_go_of_its_uploads(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let picture = desk.house.uploaded(&desk.contributor).await;
        let draft = desk.begins(&desk.contributor, json!({"body": "No", "media": [picture["id"]]})).await.ok();
        let id = draft["id"].as_str().unwrap();
        let path = format!("{API}/drafts/{id}");
        let other = desk.also("other", accounts::GrantRole::Contributor).await;
        assert_eq!(refused(&desk.house.delete(&other, &path).await), (403, "role.right"), "another contributor's");
        assert_eq!(desk.house.delete(&desk.contributor, &path).await.ok()["state"], "discarded");
        assert_eq!(desk.house.delete(&desk.publisher, &path).await.ok()["state"], "discarded");
        for verb in ["submit", "publish"] {
            assert_eq!(refused(&desk.acts(&desk.publisher, id, verb, json!({})).await), (409, "draft.state"));
        }
        assert_eq!(ids(&desk.house.get(&desk.manager, &format!("{API}/drafts?state=discarded")).await.ok()), [id]);
        desk.house.wait(31 * 24 * 3600);
        desk.house.app.db.write(|tx| tx.defer(&guildhall::domain::work::Job::Prune)).await.unwrap();
        desk.house.work().await;
        assert_eq!(desk.house.get(&desk.manager, &path).await.status, 404);
        assert_eq!(desk.house.kept(), 0, "its picture is gone");
    }

    async fn earlier_texts_take_no_more_than_so_many_bytes(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let draft = desk.begins(&desk.contributor, json!({"body": "One"})).await.ok();
        let id = draft["id"].as_str().unwrap();
        for number in 0..45 {
            // Two who write in turns make a step of each text.
            let who = if number % 2 == 0 { &desk.publisher } else { &desk.contributor };
            desk.saves(who, id, json!({"body": format!("{number:08000}")})).await.ok();
        }
        let texts = desk.house.get(&desk.manager, &format!("{API}/drafts/{id}/history")).await.ok();
        let bytes: usize = texts.as_array().unwrap().iter().map(|text| text["body"].as_str().unwrap().len()).sum();
        assert!(bytes as i64 <= VERSIONS_BYTES && bytes as i64 > VERSIONS_BYTES - 16_000, "{bytes}");
        let last = texts.as_array().unwrap().last().unwrap();
        assert!(last["body"].as_str().unwrap().ends_with("44"), "the present one stays");
        // What is thrown away keeps its last text alone.
        desk.house.delete(&desk.contributor, &format!("{API}/drafts/{id}")).await.ok();
        assert_eq!(desk.house.get(&desk.manager, &format!("{API}/drafts/{id}/history")).await.ok().as_array().unwrap().len(), 1);
    }

    async fn only_so_many_drafts_are_open(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let draft = desk.begins(&desk.contributor, json!({"body": "One"})).await.ok();
        let id: i64 = draft["id"].as_str().unwrap().parse().unwrap();
        let columns = "actor_id, author_id, state, wish, content_hash, version, writers, reply_owner_id, created_at, updated_at";
        desk.house.app.db.write(move |tx| {
            for number in 1..OPEN {
                sql_query(format!("INSERT INTO drafts (id, {columns}) SELECT id - {number}, {columns} FROM drafts WHERE id = {id}")).execute(tx.conn())?;
            }
            Ok(())
        }).await.unwrap();
        assert_eq!(refused(&desk.begins(&desk.contributor, json!({"body": "Too many"})).await), (422, "draft.limit"));
        // Pages lead through all of them.
        let (down, up) = crate::mastodon::walk(&desk.house, &desk.manager, &format!("{API}/drafts?limit=40")).await;
        assert_eq!((down.len() as i64, &up), (OPEN, &down));
        desk.house.delete(&desk.contributor, &format!("{API}/drafts/{id}")).await.ok();
        desk.begins(&desk.contributor, json!({"body": "Room again"})).await.ok();
    }

    async fn a_draft_goes_with_its_post_and_with_its_brand(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let id = desk.approved("Out").await;
        let published = desk.publishes(&desk.publisher, &id).await.ok();
        let account = desk.publisher.account;
        let brand = desk.brand;
        let issue = move |tx: &mut guildhall::db::Tx<'_>| {
            accounts::issue_token(tx, account, brand, "read write", "brand", &guildhall::secrets::token_hash("brand"))
        };
        desk.house.app.db.write(issue).await.unwrap();
        let as_brand = crate::mastodon::Person { actor: brand, account, token: "brand".to_owned() };
        desk.house.delete(&as_brand, &format!("/api/v1/statuses/{}", published["post"]["id"].as_str().unwrap())).await.ok();
        assert_eq!(desk.house.get(&desk.manager, &format!("{API}/drafts/{id}")).await.status, 404);
        desk.begins(&desk.contributor, json!({"body": "Left behind"})).await.ok();
        desk.house.app.db.write(move |tx| guildhall::domain::actors::delete(tx, brand)).await.unwrap();
        desk.house.work().await;
        let left = desk.house.app.db.read(|conn| {
            use diesel::prelude::*;
            use guildhall::db::schema::{brand_policies, draft_versions, drafts};
            Ok((drafts::table.count().get_result::<i64>(conn)?, draft_versions::table.count().get_result::<i64>(conn)?, brand_policies::table.count().get_result::<i64>(conn)?))
        });
        assert_eq!(left.await.unwrap(), (0, 0, 0));
        let reply = desk.house.call(Some(&desk.contributor), Method::POST, &format!("{API}/actors/{brand}/drafts"), json!({"body": "Nobody's"})).await;
        assert_eq!(refused(&reply), (404, "brand.not_found"));
    }
}
