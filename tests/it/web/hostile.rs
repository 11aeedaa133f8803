//! Names and texts that want to be more than words.

use guildhall::domain::{
    By,
    actors::{self, Profile},
    org::{self, Edit},
    posts::{Audience, Draft},
};
use http::StatusCode;

use super::{
    machines::schema,
    pages::{settle, visit},
    town,
};

const NAME: &str = "</script><script>alert(1)</script>\"><img src=x onerror=alert(1)> ' {{ 7*7 }} \u{2028}<!--";

on_both! {
    async fn a_hostile_name_stays_a_name_everywhere(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let (brand, jonas) = (town.brand.id, town.jonas.id);
        house.write(move |tx| {
            for actor in [brand, jonas] {
                actors::edit_profile(tx, actor, &Profile { name: Some(NAME.to_owned()), ..Profile::default() })?;
            }
            let words = Some(NAME.replace('\u{2028}', ""));
            org::edit_company(tx, &Edit { name: Some(NAME.chars().filter(|c| !c.is_control()).take(99).collect()), headline: words.clone(), description: words, ..Edit::default() })
        }).await;
        let eve = town::stranger(&house.app, "eve", "evil.example", NAME, true).await;
        let mut draft = Draft::note(Audience::Public, "<p>Words</p>".to_owned());
        draft.title = Some(NAME.to_owned());
        draft.summary = NAME.to_owned();
        draft.language = Some("en\" onload=\"alert(1)".to_owned());
        draft.hashtags = vec!["heron".to_owned()];
        draft.attachments = vec![guildhall::domain::posts::Attachment { kind: "image".to_owned(), url: "javascript:alert(1)".to_owned(), description: Some(NAME.to_owned()), ..Default::default() }];
        town::arrives(&house.app, &eve, draft.clone(), Some(town.answer)).await;
        // XML has no way to write this, and one post must not take a feed from everybody.
        let mut odd = draft.clone();
        odd.uri = Some("https://evil.example/notes/\u{ffff}\u{fffe}".to_owned());
        odd.url = odd.uri.clone();
        town::post(&house.app, By::Remote { actor: eve.id, activity: None }, odd).await;
        let article = house.post(jonas, draft).await;
        for path in ["/".to_owned(), "/about".to_owned(), "/@company".to_owned(), "/@jonas".to_owned(), format!("/@company/{}", town.answer), format!("/@jonas/{article}"), "/tags/heron".to_owned(), format!("/interact?to=follow&uri={}", town.brand.uri), "/nothing".to_owned(), "/legal/imprint".to_owned()] {
            let (status, _, page) = visit(&house, &path).await;
            assert!(status == StatusCode::OK || path == "/nothing", "{path}: {status}");
            let scripts = page.matches("<script").count();
            let expected = 1 + page.matches("<script type=\"application/ld+json\">").count();
            assert_eq!(scripts, expected, "{path}: {page}");
            assert_eq!(page.matches("<script").count(), page.matches("</script>").count(), "{path}");
            for bad in ["<img src=x", "alert(1)</script", "javascript:", "<!--", "lang=\"en\"\u{20}onload", " onerror=alert(1)>"] {
                assert!(!page.contains(bad), "{path} contains {bad}");
            }
            if page.contains("ld+json") {
                schema(&page);
            }
        }
        for path in ["/@company/feed.atom", "/@jonas/feed.atom", "/tags/heron/feed.atom", "/sitemap.xml", "/sitemap/pages.xml"] {
            let (status, _, xml) = house.get(path, &[]).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            roxmltree::Document::parse(&xml).unwrap();
        }
        let (_, _, embedded) = house.get(&format!("/oembed?url={}/{article}", town.jonas.page()), &[]).await;
        let embedded: serde_json::Value = serde_json::from_str(&embedded).unwrap();
        assert!(!embedded["html"].as_str().unwrap().contains("<script"));
    }

    async fn odd_addresses_do_no_harm(database: TestDatabase) {
        let (house, town) = settle(database).await;
        for path in [
            "/@%3Cscript%3E", "/@a%00b", "/@company%40evil.example", "/tags/%3Cb%3E", "/tags/a%00b", "/tags/%F0%9F%9A%B2",
            "/interact?to=follow&uri=a%00b", "/interact?to=like&uri=%27%20OR%201%3D1", "/assets/..%2f..%2fCargo.toml", "/assets/colour-zzzzzz-1.css",
            "/assets/colour-f2572b-000000000000.css", "/assets/logo-x.png", "/legal/..%2f", "/sitemap/..%2f.xml",
        ] {
            let (status, _, page) = visit(&house, path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            assert!(!page.contains("<b>") && page.matches("<script").count() <= 1, "{path}");
        }
        let (_, _, page) = visit(&house, &format!("/interact?to=like&uri={}/ap/objects/{}", crate::federation::house::BASE, town.answer)).await;
        assert!(page.contains("Like from your own server"));
    }
}
