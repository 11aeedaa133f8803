//! What pages tell machines: cards, schema.org, feeds, sitemaps, embedding, doors.

use guildhall::{
    db::Timestamp,
    domain::{
        actors::{self, Field, Profile},
        media::Attachment,
        org,
        posts::{Audience, Draft},
    },
};
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    pages::{attributes, settle, tags, visit},
    town,
};
use crate::federation::house::BASE;

/// What a page says in schema.org's words.
pub fn schema(page: &str) -> Value {
    let (_, rest) = page.split_once("<script type=\"application/ld+json\">").unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

fn meta(page: &str, name: &str) -> Option<String> {
    let tag = tags(page, "meta").into_iter().find(|tag| tag.contains(&format!("=\"{name}\"")))?;
    Some(html_escape::decode_html_entities(attributes(tag, "content")[0]).into_owned())
}

fn link(page: &str, rel: &str, kind: &str) -> Option<String> {
    let tag = tags(page, "link").into_iter().find(|tag| {
        tag.contains(&format!("rel=\"{rel}\"")) && (kind.is_empty() || tag.contains(&format!("type=\"{kind}\"")))
    })?;
    Some(html_escape::decode_html_entities(attributes(tag, "href")[0]).into_owned())
}

on_both! {
    async fn pages_have_cards_and_say_what_they_are(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let (_, _, home) = visit(&house, "/").await;
        let data = schema(&home);
        assert_eq!(data["@context"], "https://schema.org");
        assert_eq!((&data["@graph"][0]["@type"], &data["@graph"][0]["name"]), (&json!("Organization"), &json!("Larkfield Bicycle Works")));
        assert_eq!(data["@graph"][0]["sameAs"][0], "https://larkfield.example/");
        assert_eq!(link(&home, "canonical", ""), Some(format!("{BASE}/")));
        assert_eq!(link(&home, "me", ""), Some("https://larkfield.example/".to_owned()));
        assert_eq!(meta(&home, "og:site_name").unwrap(), "Larkfield Bicycle Works");
        assert_eq!(meta(&home, "theme-color").unwrap(), "#f2572b");
        let (_, headers, brand) = visit(&house, "/@company").await;
        let data = schema(&brand);
        assert_eq!((&data["@type"], &data["mainEntity"]["@type"], &data["mainEntity"]["alternateName"]), (&json!("ProfilePage"), &json!("Organization"), &json!("@company@company.example")));
        assert_eq!(meta(&brand, "fediverse:creator").unwrap(), "@company@company.example");
        assert_eq!(meta(&brand, "og:type").unwrap(), "profile");
        assert_eq!(link(&brand, "canonical", "").unwrap(), format!("{BASE}/@company"));
        assert_eq!(link(&brand, "alternate", "application/activity+json").unwrap(), town.brand.uri);
        assert_eq!(headers["link"], format!("<{}>; rel=\"alternate\"; type=\"application/activity+json\"", town.brand.uri));
        let (_, _, person) = visit(&house, "/@jonas").await;
        assert_eq!(schema(&person)["mainEntity"]["worksFor"]["name"], "Larkfield Bicycle Works");
        let path = format!("/@company/{}", town.answer);
        let (_, _, post) = visit(&house, &path).await;
        let data = schema(&post);
        assert_eq!((&data["@type"], &data["author"]["name"]), (&json!("DiscussionForumPosting"), &json!("Larkfield")));
        assert_eq!(data["comment"][0]["author"]["name"], "Ruth Okafor");
        assert!(data["text"].as_str().unwrap().starts_with("Paul is right"));
        assert_eq!(meta(&post, "og:type").unwrap(), "article");
        assert_eq!(meta(&post, "fediverse:creator").unwrap(), "@company@company.example");
        assert_eq!(link(&post, "canonical", "").unwrap(), format!("{BASE}{path}"));
        for page in [home, brand, person, post] {
            let description = meta(&page, "description").unwrap();
            assert!((10..=200).contains(&description.chars().count()), "{description}");
            assert_eq!(meta(&page, "og:url"), link(&page, "canonical", ""));
        }
    }

    async fn tags_about_and_legal_texts_have_cards_too(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let mut odd = Draft::note(Audience::Public, "<p>#größe</p>".to_owned());
        odd.hashtags = vec!["größe".to_owned()];
        house.post(town.brand.id, odd).await;
        house.write(|tx| {
            let rules = "# Rules\n\nBe *kind* to whoever \"asks\" & answers <here>.".to_owned();
            org::edit_company(tx, &org::Edit { legal: vec![(org::LegalText::Rules, rules)], ..org::Edit::default() })
        }).await;
        for (path, title, description) in [
            ("/tags/heron", "#heron, Larkfield Bicycle Works", "What is said about #heron at Larkfield Bicycle Works."),
            ("/tags/gr%C3%B6%C3%9Fe", "#größe, Larkfield Bicycle Works", "What is said about #größe at Larkfield Bicycle Works."),
            ("/about", "The people of Larkfield Bicycle Works", "Who writes and answers at Larkfield Bicycle Works, and how to check it."),
            ("/legal/imprint", "Imprint, Larkfield Bicycle Works", "Larkfield Bicycle Works runs this server, company.example, and answers for what its brands say here. You reach it by a post or a message to @company@company.example."),
            ("/legal/privacy", "Your data here, Larkfield Bicycle Works", "Reading. These pages set no cookies, load nothing from other companies, and do not watch you."),
            ("/legal/rules", "House rules, Larkfield Bicycle Works", "Rules · Be kind to whoever \"asks\" & answers"),
        ] {
            let (status, _, page) = visit(&house, path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            let said = |name: &str| meta(&page, name).unwrap_or_else(|| panic!("{path} has no {name}"));
            let canonical = format!("{BASE}{path}");
            assert_eq!((said("og:title"), said("og:url"), link(&page, "canonical", "")), (title.to_owned(), canonical.clone(), Some(canonical)), "{path}");
            assert_eq!((said("og:site_name").as_str(), said("og:type").as_str(), said("twitter:card").as_str()), ("Larkfield Bicycle Works", "website", "summary"), "{path}");
            assert!(said("og:description").starts_with(description) && said("og:description").chars().count() <= 200, "{path}: {}", said("og:description"));
            assert_eq!(said("og:description"), said("description"), "{path}");
            assert!(page.contains(&format!("<title>{title}</title>")), "{path}");
            assert!(!page.contains("noindex"), "{path}");
        }
    }

    async fn headings_do_not_run_into_what_stands_below_them(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let content = "<h2>What went wrong</h2><ul><li>We hoped</li><li>Nobody wrote.</li></ul><p>Now we do</p>";
        let said = "What went wrong · We hoped · Nobody wrote. Now we do";
        let post = town::says(&house.app, town.brand.id, content, None, Audience::Public).await;
        let (_, _, page) = visit(&house, &format!("/@company/{post}")).await;
        assert_eq!((meta(&page, "og:description"), meta(&page, "description")), (Some(said.to_owned()), Some(said.to_owned())));
        assert_eq!((&schema(&page)["text"], &schema(&page)["headline"]), (&json!(said), &json!(said)));
        assert!(house.get("/@company/feed.atom", &[]).await.2.contains(said));
        let (_, _, embedded) = house.get(&format!("/oembed?url={BASE}/@company/{post}"), &[]).await;
        assert!(embedded.contains(said), "{embedded}");
    }

    async fn cards_of_posts_have_a_picture(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let (jonas, brand) = (town.jonas.id, town.brand.id);
        let picture = |url: &str| Attachment { kind: "image".to_owned(), url: url.to_owned(), ..Attachment::default() };
        let mut draft = Draft::note(Audience::Public, "<p>Seen</p>".to_owned());
        draft.attachments = vec![picture("https://elsewhere.example/a.png"), picture(&format!("{BASE}/files/heron.png"))];
        let shown = house.post(jonas, draft.clone()).await;
        draft.sensitive = true;
        let hidden = house.post(jonas, draft.clone()).await;
        let plain = house.post(jonas, Draft::note(Audience::Public, "<p>Said</p>".to_owned())).await;
        let card = async |post| {
            let page = visit(&house, &format!("/@jonas/{post}")).await.2;
            (meta(&page, "og:image"), meta(&page, "twitter:card").unwrap())
        };
        let (large, small) = ("summary_large_image".to_owned(), "summary".to_owned());
        assert_eq!(card(shown).await, (Some(format!("{BASE}/files/heron.png")), large));
        assert_eq!(card(hidden).await, (None, small.clone()), "neither he nor the company has a picture");
        let face = |who, url: String| {
            house.write(move |tx| actors::edit_profile(tx, who, &Profile { icon: Some(Some(url.clone())), ..Profile::default() }))
        };
        let (of_brand, of_jonas) = (format!("{BASE}/files/house.png"), format!("{BASE}/files/jonas.png"));
        face(brand, of_brand.clone()).await;
        assert_eq!(card(plain).await, (Some(of_brand.clone()), small.clone()), "the brand's");
        assert_eq!(meta(&visit(&house, "/").await.2, "og:image"), Some(of_brand));
        face(jonas, of_jonas.clone()).await;
        for post in [hidden, plain] {
            assert_eq!(card(post).await, (Some(of_jonas.clone()), small.clone()), "the author's");
        }
    }

    async fn feeds_are_atom_and_hold_what_is_public(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let mut odd = Draft::note(Audience::Public, "<p>Bell\u{7} &amp; <b>]]&gt;</b></p>".to_owned());
        odd.summary = "A <warning> & more".to_owned();
        house.post(town.brand.id, odd).await;
        town::says(&house.app, town.brand.id, "<p>]]&gt; &lt;script&gt;</p>", None, Audience::Public).await;
        let (_, _, page) = visit(&house, "/@company").await;
        let address = link(&page, "alternate", "application/atom+xml").unwrap();
        assert_eq!(address, format!("{BASE}/@company/feed.atom"));
        let (_, _, page) = visit(&house, "/tags/heron").await;
        let of_tag = link(&page, "alternate", "application/atom+xml").unwrap();
        for (address, entries) in [(address, 3), (of_tag, 1), (format!("{BASE}/@ana/feed.atom"), 0)] {
            let (status, headers, feed) = house.get(address.strip_prefix(BASE).unwrap(), &[]).await;
            assert_eq!((status, headers["content-type"].to_str().unwrap()), (StatusCode::OK, "application/atom+xml; charset=utf-8"));
            let document = roxmltree::Document::parse(&feed).unwrap();
            let root = document.root_element();
            assert_eq!((root.tag_name().name(), root.tag_name().namespace()), ("feed", Some("http://www.w3.org/2005/Atom")));
            let children = |name: &str| root.children().filter(|node| node.has_tag_name(("http://www.w3.org/2005/Atom", name))).collect::<Vec<_>>();
            for name in ["id", "title", "updated"] {
                assert_eq!(children(name).len(), 1, "{name}");
                assert!(!children(name)[0].text().unwrap().is_empty());
            }
            assert!(children("link").iter().any(|link| link.attribute("rel") == Some("self") && link.attribute("href") == Some(&*address)));
            assert_eq!(children("entry").len(), entries, "{feed}");
            for entry in children("entry") {
                for name in ["id", "title", "updated", "published", "author", "link"] {
                    assert_eq!(entry.children().filter(|node| node.tag_name().name() == name).count(), 1, "{name}");
                }
            }
            assert!(!feed.contains("a secret"));
        }
    }

    async fn people_have_cards_of_their_own(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let (jonas, icon) = (town.jonas.id, format!("{BASE}/files/jonas.png"));
        let profile = Profile {
            icon: Some(Some(icon.clone())),
            fields: Some(vec![
                Field { name: "Web".to_owned(), value: "<a href=\"https://jonas.example/\" rel=\"me\">jonas.example</a>".to_owned(), verified_at: None },
                Field { name: "Not me".to_owned(), value: "<a href=\"https://other.example/\">other.example</a>".to_owned(), verified_at: None },
            ]),
            ..Profile::default()
        };
        let proven = profile.fields.as_ref().unwrap()[0].value.clone();
        house.write(move |tx| {
            actors::edit_profile(tx, jonas, &profile)?;
            actors::mark_field_verified(tx, jonas, &proven, true)
        }).await;
        let (_, _, page) = visit(&house, "/@jonas").await;
        assert_eq!((meta(&page, "og:image"), meta(&page, "og:image:alt")), (Some(icon.clone()), Some("Jonas Holm".to_owned())));
        let entity = &schema(&page)["mainEntity"];
        assert_eq!((&entity["image"], &entity["sameAs"]), (&json!(icon), &json!(["https://jonas.example/"])));
        // An older part of the list is a page of its own, which nobody needs to find.
        for (path, first) in [("/@jonas?before=99999999999999999", "/@jonas"), ("/@jonas?before=x", "/@jonas"), ("/tags/heron?before=9000000000000000000", "/tags/heron")] {
            let (_, _, page) = visit(&house, path).await;
            let own = if path.ends_with('x') { first } else { path };
            assert_eq!(link(&page, "canonical", ""), Some(format!("{BASE}{own}")), "{path}");
            assert!(page.contains("<meta name=\"robots\" content=\"noindex\">"), "{path}");
        }
    }

    async fn pictures_of_ours_are_named_in_feeds(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let picture = |url: &str| Attachment {
            kind: "image".to_owned(), url: url.to_owned(), media_type: Some("image/png".to_owned()),
            description: Some("A \"crane\" & a heron".to_owned()), ..Attachment::default()
        };
        let mut draft = Draft::note(Audience::Public, "<p>Seen</p>".to_owned());
        draft.attachments = vec![picture(&format!("{BASE}/files/heron.png")), picture("https://elsewhere.example/heron.png")];
        house.post(town.jonas.id, draft.clone()).await;
        draft.summary = "Birds".to_owned();
        house.post(town.jonas.id, draft).await;
        let (_, _, feed) = house.get("/@jonas/feed.atom", &[]).await;
        let document = roxmltree::Document::parse(&feed).unwrap();
        let files = document.descendants().filter(|node| node.attribute("rel") == Some("enclosure"));
        let files: Vec<_> = files.map(|node| ["href", "type", "title"].map(|name| node.attribute(name).unwrap())).collect();
        assert_eq!(files, [[format!("{BASE}/files/heron.png").as_str(), "image/png", "A \"crane\" & a heron"]], "{feed}");
    }

    async fn a_month_in_which_nothing_was_said_has_no_sitemap(database: TestDatabase) {
        let (house, town) = settle(database.with_clock(Timestamp::parse_rfc3339("2026-01-15T12:00:00Z").unwrap())).await;
        house.wait(70 * 86_400);
        town::says(&house.app, town.brand.id, "<p>Spring</p>", None, Audience::Public).await;
        let (_, _, index) = house.get("/sitemap.xml", &[]).await;
        let maps: Vec<&str> = index.split("<loc>").skip(1).map(|rest| rest.split("</loc>").next().unwrap()).collect();
        assert_eq!(maps, ["pages", "posts-2026-01", "posts-2026-03"].map(|name| format!("{BASE}/sitemap/{name}.xml")));
        for (month, status) in [("01", StatusCode::OK), ("02", StatusCode::NOT_FOUND), ("03", StatusCode::OK)] {
            assert_eq!(house.get(&format!("/sitemap/posts-2026-{month}.xml"), &[]).await.0, status, "{month}");
        }
    }

    async fn sitemaps_list_what_may_be_found(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let locations = |xml: &str| -> Vec<String> {
            let document = roxmltree::Document::parse(xml).unwrap();
            let namespace = document.root_element().tag_name().namespace();
            assert_eq!(namespace, Some("http://www.sitemaps.org/schemas/sitemap/0.9"));
            document.descendants().filter(|node| node.tag_name().name() == "loc").map(|node| node.text().unwrap().to_owned()).collect()
        };
        let (_, _, robots) = house.get("/robots.txt", &[]).await;
        let address = robots.lines().find_map(|line| line.strip_prefix("Sitemap: ")).unwrap();
        let (_, headers, index) = house.get(address.strip_prefix(BASE).unwrap(), &[]).await;
        assert_eq!(headers["content-type"], "application/xml; charset=utf-8");
        let maps = locations(&index);
        assert_eq!(maps[0], format!("{BASE}/sitemap/pages.xml"));
        let mut pages = Vec::new();
        for map in &maps {
            let (status, _, xml) = house.get(map.strip_prefix(BASE).unwrap(), &[]).await;
            assert_eq!(status, StatusCode::OK, "{map}");
            pages.extend(locations(&xml));
        }
        for page in ["/", "/about", "/legal/rules", "/@company", "/@jonas", &format!("/@company/{}", town.answer), &format!("/@mette/{}", town.article)] {
            assert!(pages.contains(&format!("{BASE}{page}")), "{page} is not in {pages:#?}");
        }
        for page in &pages {
            let (status, _, body) = visit(&house, page.strip_prefix(BASE).unwrap()).await;
            assert_eq!(status, StatusCode::OK, "{page}");
            assert!(!body.contains("noindex"), "{page}");
        }
        for path in ["/sitemap/nothing.xml", "/sitemap/posts-1999-01.xml", "/sitemap/posts-9999-99.xml", "/sitemap/posts-.xml", "/sitemap/pages"] {
            assert_eq!(house.get(path, &[]).await.0, StatusCode::NOT_FOUND, "{path}");
        }
    }

    async fn posts_and_profiles_can_be_embedded(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let (_, _, page) = visit(&house, &format!("/@company/{}", town.answer)).await;
        let address = link(&page, "alternate", "application/json+oembed").unwrap();
        let (status, headers, body) = house.get(address.strip_prefix(BASE).unwrap(), &[]).await;
        assert_eq!((status, headers["access-control-allow-origin"].to_str().unwrap()), (StatusCode::OK, "*"));
        let embedded: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((&embedded["version"], &embedded["type"], &embedded["author_name"], &embedded["provider_name"]), (&json!("1.0"), &json!("rich"), &json!("Larkfield"), &json!("Larkfield Bicycle Works")));
        let html = embedded["html"].as_str().unwrap();
        assert!(html.starts_with("<blockquote cite=\"") && html.contains("Paul is right") && !html.contains("<script"), "{html}");
        let (_, _, body) = house.get(&format!("/oembed?format=json&url={BASE}/@jonas"), &[]).await;
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["type"], "link");
        assert_eq!(house.get(&format!("/api/oembed?format=json&url={BASE}/@jonas"), &[]).await.2, body, "as in Mastodon");
        assert_eq!(house.get(&format!("/oembed?format=xml&url={BASE}/@jonas"), &[]).await.0, StatusCode::NOT_IMPLEMENTED);
        for path in ["/oembed", "/oembed?url=", "/api/oembed?format=json"] {
            let (status, _, told) = house.get(path, &[]).await;
            assert!(status == StatusCode::BAD_REQUEST && told.contains("oembed.url") || told.contains("url: name the page"), "{path}: {status} {told}");
        }
        for url in ["https://elsewhere.example/@jonas", &format!("{BASE}/@nobody"), &format!("{BASE}.evil.example/@jonas"), &format!("{BASE}/@a%00b"), "/@jonas"] {
            assert_eq!(house.get(&format!("/oembed?url={url}"), &[]).await.0, StatusCode::NOT_FOUND, "{url}");
        }
    }

    async fn webfinger_names_doors_that_open(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let (_, _, body) = house.get("/.well-known/webfinger?resource=acct:jonas@company.example", &[]).await;
        let body: Value = serde_json::from_str(&body).unwrap();
        let template = |rel: &str| {
            let link = body["links"].as_array().unwrap().iter().find(|link| link["rel"] == rel);
            link.unwrap_or_else(|| panic!("{rel}"))["template"].as_str().unwrap().to_owned()
        };
        let subscribe = template("http://ostatus.org/schema/1.0/subscribe");
        assert_eq!(subscribe, format!("{BASE}/authorize_interaction?uri={{uri}}"));
        let mut addresses = vec![subscribe.replace("{uri}", "acct%3Akim%40kunde.example")];
        for intent in ["Follow", "Like", "Announce", "Object"] {
            addresses.push(template(&format!("https://w3id.org/fep/3b86/{intent}")).replace("{object}", "https%3A%2F%2Fkunde.example%2F1"));
        }
        addresses.push(template("https://w3id.org/fep/3b86/Create").replace("{inReplyTo}", "https%3A%2F%2Fkunde.example%2F1").replace("{content}", "Hello%20%3Cscript%3E"));
        for address in addresses {
            let (status, _, page) = visit(&house, address.strip_prefix(BASE).unwrap()).await;
            assert_eq!(status, StatusCode::OK, "{address}");
            assert!(page.contains("kunde.example") && !page.contains("<script>"), "{address}");
        }
        let ours = format!("/authorize_interaction?uri={}", town.brand.uri);
        let (_, _, page) = visit(&house, &ours).await;
        assert!(page.contains(&format!("<a href=\"{}\">", town.brand.page())), "{page}");
        let (_, _, page) = visit(&house, "/authorize_interaction?uri=javascript:alert(1)").await;
        // Nothing begins with it: it stands behind the address of this page alone, where that is led to in other languages.
        let begins = page.matches("javascript:").count() - page.matches("/authorize_interaction?uri=javascript:alert(1)").count();
        assert_eq!(begins, 0, "{page}");
        let (_, _, body) = house.get("/.well-known/webfinger?resource=acct:company.example@company.example", &[]).await;
        let body: Value = serde_json::from_str(&body).unwrap();
        let links = body["links"].as_array().unwrap();
        assert!(links.iter().any(|link| link["template"] == subscribe), "who knows only the server finds the way in: {body}");
    }
}
