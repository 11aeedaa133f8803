//! Links on profiles that are proven by rel=me, theirs and ours.

use std::sync::atomic::{AtomicUsize, Ordering};

use guildhall::domain::actors::{self, Field, Profile};
use serde_json::json;

use crate::support::world::{OURS, Stranger, World};

const ALICE: &str = "https://social.good.example/users/alice";

fn link(address: &str) -> String {
    format!("<a href=\"{address}\">{address}</a>")
}

/// What of the profile is proven, by the names of its fields.
async fn proven(world: &World, uri: &str) -> Vec<String> {
    let fields = world.actor(uri).await.unwrap().fields.0;
    fields.into_iter().filter(|field| field.verified_at.is_some()).map(|field| field.name).collect()
}

async fn with_fields(world: &World, alice: &Stranger, fields: &[(&str, String)]) {
    let mut document = alice.document();
    let fields = fields.iter().map(|(name, value)| json!({ "type": "PropertyValue", "name": name, "value": value }));
    document["attachment"] = fields.collect();
    world.serve(ALICE, &document);
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed).to_string();
    world.receive(alice, &alice.does("Update", &number, &document)).await;
    world.work().await;
}

on_both! {
    async fn links_of_others_are_proven_by_the_pages_they_lead_to(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let page = |url: &str, body: &str| world.documents.put(url, "text/html; charset=utf-8", body.to_owned());
        page("https://alice.example/", &format!("<p>Hi</p><LINK href={ALICE} rel='nofollow Me'>"));
        page("https://silent.example/", "<p>Nothing here</p>");
        page("https://spoof.example/", &format!("<!-- <a rel=me href={ALICE}> --><a data-rel=me data-href={ALICE}>x</a>"));
        let fields = [
            ("Page", link("https://alice.example/")),
            ("Silent", link("https://silent.example/")),
            ("Other", "<a href=\"https://silent.example/\">https://alice.example/</a>".to_owned()),
            ("Spoof", link("https://spoof.example/")),
            ("Text", "https://alice.example/".to_owned()),
        ];
        with_fields(&world, &alice, &fields).await;
        assert_eq!(proven(&world, ALICE).await, ["Page"]);
        let asked = || world.documents.requests().iter().filter(|url| url.contains("alice.example")).count();
        assert_eq!(asked(), 1);
        with_fields(&world, &alice, &fields).await;
        assert_eq!((proven(&world, ALICE).await, asked()), (vec!["Page".to_owned()], 1), "what stays the same is not asked again");
        with_fields(&world, &alice, &[("Page", link("https://alice.example/")), ("New", link("https://new.example/"))]).await;
        let new = world.documents.requests().iter().filter(|url| url.contains("new.example")).count();
        assert_eq!(new, 0, "who changes links again and again makes us ask once");
        world.app.fetches.forget();
        page("https://new.example/", &format!("<a href='{ALICE}' rel=me>me</a>"));
        with_fields(&world, &alice, &[("New", link("https://new.example/")), ("Newer", link("https://newer.example/"))]).await;
        assert_eq!(proven(&world, ALICE).await, ["New"]);
    }

    async fn our_links_say_that_they_are_of_the_same_person_and_are_proven(database: TestDatabase) {
        let world = World::open(database).await;
        let ana = world.ana.clone();
        let back = format!("<a rel=\"me\" href=\"{OURS}/@ana\">Ana</a>");
        world.documents.put("https://ana.example/", "text/html", back);
        let value = guildhall::text::clean_own(&link("https://ana.example/"));
        assert!(value.contains("rel=\"me nofollow noopener noreferrer\""), "{value}");
        let fields = Some(vec![Field { name: "Page".to_owned(), value, verified_at: None }]);
        let profile = Profile { fields, ..Profile::default() };
        world.app.db.write(move |tx| actors::edit_profile(tx, ana.id, &profile)).await.unwrap();
        world.work().await;
        assert_eq!(proven(&world, &world.ana.uri).await, ["Page"]);
        let request = |path: String, accept: &str| http::Request::get(path).header("accept", accept).body(axum::body::Body::empty()).unwrap();
        for (path, accept) in [("/@ana".to_owned(), "text/html"), (world.ana.uri.strip_prefix(OURS).unwrap().to_owned(), "application/activity+json")] {
            let response = tower::ServiceExt::oneshot(world.router.clone(), request(path, accept)).await.unwrap();
            let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap().replace("\\\"", "\"");
            assert!(body.contains("rel=\"me nofollow noopener noreferrer\""), "{accept}: {body}");
        }
    }
}
