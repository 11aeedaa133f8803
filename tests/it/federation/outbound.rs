//! What is said about each change, and who is owed it.

use diesel::prelude::*;
use guildhall::{
    db::schema::{activities, publications},
    domain::{
        actors, follows,
        posts::{self, Audience, Draft, ReplyTo},
        servers,
        work::Change,
    },
    error::Error,
    federation::outbound,
};
use serde_json::{Value, json};

use super::house::{House, Said, here, steady};

/// What a snapshot shows.
fn shown(said: &Said) -> Value {
    json!({ "inboxes": said.inboxes, "activity": steady(&said.body) })
}

on_both! {
    async fn posts_are_told_to_whom_they_are_addressed(database: TestDatabase) {
        let house = House::open(database).await;
        let (bob, carol) = (house.stranger("bob", "one.example").await, house.stranger("carol", "one.example").await);
        let dan = house.stranger("dan", "two.example").await;
        for follower in [&bob, &carol] {
            house.follow(follower, house.brand.id).await;
        }
        house.tell().await;
        let parent = house.arrives(&dan, 1, Audience::Public, vec![house.brand.id]).await;

        let mut draft = Draft::note(Audience::Public, "<p>Hello @dan</p>".to_owned());
        draft.source = Some("Hello @dan@two.example #Launch".to_owned());
        draft.source_type = Some("text/plain".to_owned());
        draft.summary = "News".to_owned();
        draft.sensitive = true;
        draft.language = Some("en".to_owned());
        draft.hashtags = vec!["launch".to_owned()];
        draft.mentions = vec![dan.id];
        draft.reply_to = Some(ReplyTo { post: Some(parent), uri: None });
        let public = house.post(house.brand.id, draft).await;
        insta::assert_json_snapshot!("public_reply", shown(&house.says().await));

        house.note(Audience::Unlisted, "Quietly").await;
        let said = house.says().await;
        assert_eq!(said.body["to"], json!([format!("{}/followers", house.brand.uri)]));
        assert_eq!(said.body["cc"], json!(["https://www.w3.org/ns/activitystreams#Public"]));
        assert_eq!(said.inboxes, ["https://one.example/inbox"]);

        let mut draft = Draft::note(Audience::Followers, "<p>For you</p>".to_owned());
        draft.mentions = vec![dan.id];
        house.post(house.brand.id, draft).await;
        let said = house.says().await;
        assert_eq!(said.body["object"]["to"], json!([format!("{}/followers", house.brand.uri)]));
        assert_eq!(said.body["object"]["cc"], json!([dan.uri]));
        assert_eq!(said.inboxes, ["https://one.example/inbox", "https://two.example/inbox"]);
        assert!(said.body.get("proof").is_none(), "only what is open carries a proof");

        let mut draft = Draft::note(Audience::Direct, "<p>Only you</p>".to_owned());
        draft.mentions = vec![bob.id, house.owner.id];
        house.post(house.brand.id, draft).await;
        insta::assert_json_snapshot!("direct", shown(&house.says().await));

        let mut draft = Draft::note(Audience::Public, "<p>Hello again</p>".to_owned());
        draft.language = Some("en".to_owned());
        let brand = house.brand.id;
        house.wait(60);
        house.write(move |tx| posts::edit(tx, &here(brand), public, &draft)).await;
        let said = house.says().await;
        assert_eq!(said.kind, "Update");
        assert_eq!(said.body["object"]["updated"], "2026-11-01T12:01:00.000Z");
        assert_eq!(said.inboxes, ["https://one.example/inbox", "https://two.example/inbox"], "whoever has it hears of it");

        house.write(move |tx| posts::delete(tx, &here(brand), public)).await;
        insta::assert_json_snapshot!("delete", shown(&house.says().await));
    }

    async fn likes_boosts_follows_and_blocks_are_told(database: TestDatabase) {
        let house = House::open(database).await;
        let (bob, dan) = (house.stranger("bob", "one.example").await, house.stranger("dan", "two.example").await);
        let (brand, site) = (house.brand.id, house.app.site.clone());
        let post = house.arrives(&dan, 1, Audience::Public, Vec::new()).await;
        house.follow(&bob, brand).await;
        insta::assert_json_snapshot!("accept", shown(&house.says().await));

        let at = site.clone();
        house.write(move |tx| posts::like(tx, &at, &here(brand), post)).await;
        insta::assert_json_snapshot!("like", shown(&house.says().await));
        house.write(move |tx| posts::unlike(tx, &here(brand), post)).await;
        insta::assert_json_snapshot!("undo_like", shown(&house.says().await));

        let at = site.clone();
        house.write(move |tx| posts::boost(tx, &at, &here(brand), post, Audience::Public, None)).await;
        insta::assert_json_snapshot!("announce", shown(&house.says().await));
        house.write(move |tx| posts::unboost(tx, &here(brand), post)).await;
        insta::assert_json_snapshot!("undo_announce", shown(&house.says().await));

        let (at, dan_id) = (site.clone(), dan.id);
        house.write(move |tx| follows::request(tx, &at, &here(brand), dan_id, &follows::Wishes::default())).await;
        insta::assert_json_snapshot!("follow", shown(&house.says().await));
        house.write(move |tx| follows::unfollow(tx, &here(brand), dan_id)).await;
        insta::assert_json_snapshot!("undo_follow", shown(&house.says().await));

        let bob_id = bob.id;
        house.write(move |tx| follows::remove_follower(tx, brand, bob_id)).await;
        insta::assert_json_snapshot!("reject", shown(&house.says().await));

        let at = site.clone();
        house.write(move |tx| follows::block(tx, &at, &here(brand), dan_id)).await;
        insta::assert_json_snapshot!("block", shown(&house.says().await));
        house.write(move |tx| follows::unblock(tx, &here(brand), dan_id)).await;
        insta::assert_json_snapshot!("undo_block", shown(&house.says().await));
    }

    async fn of_a_deletion_hears_only_who_could_read_the_post(database: TestDatabase) {
        let house = House::open(database).await;
        let (bob, dan) = (house.stranger("bob", "one.example").await, house.stranger("dan", "two.example").await);
        let brand = house.brand.id;
        house.follow(&bob, brand).await;
        let parent = house.arrives(&dan, 1, Audience::Public, Vec::new()).await;
        house.tell().await;
        for (audience, inboxes) in [
            (Audience::Followers, vec!["https://one.example/inbox"]),
            (Audience::Direct, vec![]),
            (Audience::Public, vec!["https://one.example/inbox", "https://two.example/inbox"]),
        ] {
            let mut draft = Draft::note(audience, "<p>Of this I say</p>".to_owned());
            draft.reply_to = Some(ReplyTo { post: Some(parent), uri: None });
            let id = house.post(brand, draft).await;
            assert_eq!(house.says().await.inboxes, inboxes, "{audience}");
            house.write(move |tx| posts::delete(tx, &here(brand), id)).await;
            let said = house.says().await;
            assert_eq!((said.kind.as_str(), &said.inboxes), ("Delete", &inboxes.iter().map(|inbox| (*inbox).to_owned()).collect()), "{audience}");
            assert_eq!(said.body.to_string().contains(&dan.uri), audience == Audience::Public, "{audience}: {}", said.body);
        }
    }

    async fn changes_of_an_actor_are_told_to_all_who_know_it(database: TestDatabase) {
        let house = House::open(database).await;
        let (bob, dan) = (house.stranger("bob", "one.example").await, house.stranger("dan", "two.example").await);
        let brand = house.brand.id;
        house.follow(&bob, brand).await;
        let mut draft = Draft::note(Audience::Direct, "<p>Only you</p>".to_owned());
        draft.mentions = vec![dan.id];
        house.post(brand, draft).await;
        house.tell().await;
        let profile = actors::Profile {
            name: Some("The Company".to_owned()),
            fields: Some(vec![actors::Field {
                name: "Site".to_owned(),
                value: "<a href=\"https://company.example\">company.example</a>".to_owned(),
                verified_at: None,
            }]),
            ..actors::Profile::default()
        };
        house.wait(60);
        house.write(move |tx| actors::edit_profile(tx, brand, &profile)).await;
        insta::assert_json_snapshot!("update_actor", shown(&house.says().await));
        house.write(move |tx| actors::delete(tx, brand)).await;
        let said = house.says().await;
        assert_eq!((said.kind.as_str(), &said.body["object"]), ("Delete", &json!(house.brand.uri)));
        assert!(said.inboxes.contains(&"https://one.example/inbox".to_owned()), "{said:?}");
        assert!(said.inboxes.contains(&format!("{}/inbox", dan.uri)), "{said:?}");
    }

    async fn what_is_internal_has_no_way_out(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", "one.example").await;
        house.follow(&bob, house.owner.id).await;
        house.tell().await;
        let before = house.said().await.len();
        let post = house.post(house.owner.id, Draft::note(Audience::Company, "<p>canary</p>".to_owned())).await;
        assert!(house.changes().await.is_empty(), "nothing is to be told");
        // Even if a job for it existed.
        let (owner, uri) = (house.owner.id, house.app.site.object_uri(post));
        for change in [
            Change::PostCreated { post },
            Change::PostEdited { post },
            Change::PostDeleted { uri, audience: Audience::Company, concerned: vec![bob.id], hidden: Vec::new() },
        ] {
            outbound::handle_federate(&house.app, owner, &change).await.unwrap();
        }
        assert_eq!(house.said().await.len(), before);
        // And even by hand.
        for audience in ["company", "team"] {
            let refused = house.app.db.write(move |tx| {
                diesel::insert_into(publications::table)
                    .values((publications::post_id.eq(post), publications::audience.eq(audience)))
                    .execute(tx.conn())?;
                Ok(())
            });
            assert!(refused.await.is_err(), "the gate takes no {audience} post");
        }
        let refused = house.app.db.write(move |tx| {
            let id = tx.new_id();
            diesel::insert_into(activities::table)
                .values((
                    activities::id.eq(id),
                    activities::uri.eq("https://social.company.example/ap/activities/1"),
                    activities::kind.eq("Create"),
                    activities::actor_id.eq(owner),
                    activities::post_id.eq(post),
                    activities::body.eq("canary"),
                    activities::created_at.eq(0),
                ))
                .execute(tx.conn())?;
            Ok::<_, Error>(())
        });
        assert!(refused.await.is_err(), "an activity about it cannot be stored");
        let (status, body) = house.get_object(&format!("/ap/objects/{post}")).await;
        assert_eq!(status, 404, "{body}");
        // The control: the same by the same author, for everybody.
        house.post(house.owner.id, Draft::note(Audience::Public, "<p>news</p>".to_owned())).await;
        assert_eq!(house.says().await.inboxes, ["https://one.example/inbox"]);
    }

    async fn telling_a_change_again_adds_nothing(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", "one.example").await;
        house.follow(&bob, house.brand.id).await;
        house.note(Audience::Public, "Once").await;
        let changes = house.changes().await;
        for _ in 0..3 {
            for (actor, change) in &changes {
                outbound::handle_federate(&house.app, *actor, change).await.unwrap();
            }
        }
        let said = house.said().await;
        assert_eq!(said.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>(), ["Accept", "Create"]);
        assert_eq!(house.owed().await.len(), 2);
    }

    async fn a_new_text_that_is_not_open_goes_only_to_whom_it_is_addressed_now(database: TestDatabase) {
        let house = House::open(database).await;
        let (bob, dan) = (house.stranger("bob", "one.example").await, house.stranger("dan", "two.example").await);
        let mut draft = Draft::note(Audience::Direct, "<p>Both of you</p>".to_owned());
        draft.mentions = vec![bob.id, dan.id];
        let post = house.post(house.brand.id, draft.clone()).await;
        assert_eq!(house.says().await.inboxes.len(), 2);
        draft.mentions = vec![bob.id];
        draft.content = "<p>You alone</p>".to_owned();
        let brand = house.brand.id;
        house.wait(1);
        house.write(move |tx| posts::edit(tx, &here(brand), post, &draft)).await;
        assert_eq!(house.says().await.inboxes, [format!("{}/inbox", bob.uri)]);
        house.write(move |tx| posts::delete(tx, &here(brand), post)).await;
        assert_eq!(house.says().await.inboxes.len(), 2, "that it is gone concerns whoever had it");
    }

    async fn a_new_language_alone_is_told(database: TestDatabase) {
        let house = House::open(database).await;
        let bob = house.stranger("bob", "one.example").await;
        house.follow(&bob, house.brand.id).await;
        house.tell().await;
        let mut draft = Draft::note(Audience::Public, "<p>Gift</p>".to_owned());
        draft.language = Some("en".to_owned());
        let post = house.post(house.brand.id, draft.clone()).await;
        assert_eq!(house.says().await.body["object"]["contentMap"], json!({ "en": "<p>Gift</p>" }));
        draft.language = Some("de".to_owned());
        let brand = house.brand.id;
        house.wait(60);
        let again = draft.clone();
        house.write(move |tx| posts::edit(tx, &here(brand), post, &draft)).await;
        let update = house.says().await;
        assert_eq!((update.kind.as_str(), update.inboxes.len()), ("Update", 1));
        assert_eq!(update.body["object"]["contentMap"], json!({ "de": "<p>Gift</p>" }));
        assert_eq!(update.body["object"]["updated"], "2026-11-01T12:01:00.000Z");
        house.write(move |tx| posts::edit(tx, &here(brand), post, &again)).await;
        assert!(house.changes().await.is_empty(), "nothing was changed, and nothing is said");
    }

    async fn blocked_servers_and_our_own_inboxes_are_owed_nothing(database: TestDatabase) {
        let house = House::open(database).await;
        for (name, host) in [("bob", "one.example"), ("eve", "social.evil.example")] {
            let follower = house.stranger(name, host).await;
            house.follow(&follower, house.brand.id).await;
        }
        let (owner, brand, site) = (house.owner.id, house.brand.id, house.app.site.clone());
        house.write(move |tx| follows::request(tx, &site, &here(owner), brand, &follows::Wishes::default())).await;
        house.tell().await;
        house.write(|tx| servers::block(tx, "evil.example", None)).await;
        house.app.reload_policies().await.unwrap();
        house.note(Audience::Public, "News").await;
        assert_eq!(house.says().await.inboxes, ["https://one.example/inbox"]);
    }

    async fn a_long_post_stays_below_64_kib(database: TestDatabase) {
        let house = House::open(database).await;
        let text = "\u{1F600}".repeat(5_000);
        let mut draft = Draft::note(Audience::Public, format!("<p>{text}</p>"));
        draft.source = Some(text);
        draft.language = Some("en".to_owned());
        house.post(house.brand.id, draft).await;
        let said = house.says().await;
        let length = said.body.to_string().len();
        assert!(length < 64 * 1024, "{length}");
        assert!(said.body["object"].get("source").is_none() || said.body["object"].get("contentMap").is_none());
    }
}
