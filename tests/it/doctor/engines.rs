//! What goes wrong on the way to search engines, feed readers and link checkers.

use bytes::Bytes;
use guildhall::{
    doctor::Verdict,
    domain::{actors, org},
};
use http::{HeaderValue, StatusCode, header};

use super::{
    breaking::{Case, answer, each},
    front::{BASE, Front, Manners, found, troubles},
};

/// Changes the text of what is answered at one path.
fn text_at(path: &'static str, change: impl Fn(&str) -> String + Send + Sync + 'static) -> Manners {
    Manners::answer(move |asked, reply| {
        if asked == path {
            *reply.body_mut() = Bytes::from(change(std::str::from_utf8(reply.body()).unwrap()));
        }
    })
}

/// Answers something else at one path.
fn instead(path: &'static str, status: u16, body: &'static str) -> Manners {
    Manners::answer(move |asked, reply| {
        if asked == path {
            *reply = answer(StatusCode::from_u16(status).unwrap(), body);
        }
    })
}

fn kind_at(path: &'static str, kind: &'static str) -> Manners {
    Manners::answer(move |asked, reply| {
        if asked == path {
            reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
    })
}

fn robots() -> Vec<Case> {
    let failed: &[&str] = &["robots failed"];
    vec![
        (
            "everybody is kept out",
            text_at("/robots.txt", |_| format!("User-agent: *\nDisallow: /\nSitemap: {BASE}/sitemap.xml\n")),
            failed,
        ),
        (
            "one is kept out",
            text_at("/robots.txt", |told| format!("User-agent: Googlebot\nDisallow: /@\n\n{told}")),
            failed,
        ),
        (
            "another sitemap is named",
            text_at("/robots.txt", |told| told.replace(BASE, "http://127.0.0.1:8080")),
            failed,
        ),
        ("none is named", text_at("/robots.txt", |told| told.replace("Sitemap:", "Site:")), failed),
        ("there is no robots.txt", instead("/robots.txt", 404, "Not found"), failed),
        ("a page stands for robots.txt", kind_at("/robots.txt", "text/html"), failed),
    ]
}

fn sitemaps() -> Vec<Case> {
    let failed: &[&str] = &["sitemap failed"];
    vec![
        ("there is no sitemap", instead("/sitemap.xml", 404, "Not found"), failed),
        ("a page stands for the sitemap", instead("/sitemap.xml", 200, "<html><p>Loading<br></html>"), failed),
        ("the sitemap breaks off", text_at("/sitemap.xml", |map| map[..map.len() - 5].to_owned()), failed),
        (
            "another site\u{2019}s sitemap",
            text_at("/sitemap.xml", |map| map.replace(BASE, "https://elsewhere.example")),
            failed,
        ),
        ("the pages are not listed", text_at("/sitemap.xml", |map| map.replace("pages.xml", "leaves.xml")), failed),
        ("the brand is not listed", text_at("/sitemap/pages.xml", |map| map.replace("/@company<", "/@other<")), failed),
        (
            "the owner is not listed",
            text_at("/sitemap/pages.xml", |map| map.replace("/@ana<", "/@other<")),
            &["profiles_listed failed"],
        ),
        (
            "pages of others are listed",
            text_at("/sitemap/pages.xml", |map| {
                map.replace(&format!("{BASE}/about"), "https://elsewhere.example/about")
            }),
            failed,
        ),
        ("the map of pages is broken", text_at("/sitemap/pages.xml", |map| map.replace("</urlset>", "</url>")), failed),
        (
            "the map of posts is gone",
            Manners::answer(|path, reply| {
                if path.starts_with("/sitemap/posts-") {
                    *reply = answer(StatusCode::NOT_FOUND, "");
                }
            }),
            failed,
        ),
    ]
}

fn feeds() -> Vec<Case> {
    let failed: &[&str] = &["feeds failed"];
    vec![
        (
            "the page does not name its feed",
            text_at("/@company", |page| page.replace("application/atom+xml", "text/plain")),
            failed,
        ),
        ("the feed is gone", instead("/@company/feed.atom", 404, ""), failed),
        ("the feed is a page", kind_at("/@company/feed.atom", "text/html; charset=utf-8"), failed),
        ("the feed breaks off", text_at("/@company/feed.atom", |feed| feed.replace("</feed>", "")), failed),
        (
            "the feed is of HTML",
            text_at("/@company/feed.atom", |feed| feed.replace("</title>", "&nbsp;</title>")),
            failed,
        ),
        (
            "the feed is nobody\u{2019}s",
            text_at("/@company/feed.atom", |feed| feed.replace("rel=\"self\"", "rel=\"next\"")),
            failed,
        ),
        (
            "the feed is without ids",
            text_at("/@company/feed.atom", |feed| feed.replace("<id>", "<key>").replace("</id>", "</key>")),
            failed,
        ),
    ]
}

on_both! {
    async fn what_keeps_search_engines_and_readers_out_is_noticed(database: TestDatabase) {
        let front = Front::open(database).await;
        each(&front, robots()).await;
        each(&front, sitemaps()).await;
        each(&front, feeds()).await;
        front.behave(Manners::default());
        assert_eq!(troubles(&front.examine().await), Vec::<String>::new());
    }

    async fn whoever_does_not_want_to_be_listed_is_not(database: TestDatabase) {
        let front = Front::open(database).await;
        let seen = |page: &'static str, reply: &'static str| Manners::answer(move |path, answer| {
            if path == page {
                answer.headers_mut().insert("x-robots-tag", HeaderValue::from_static(reply));
            }
        });
        each(&front, vec![("a page is forbidden that may be listed", seen("/@ana", "none"), &["profiles_listed failed"])]).await;
        // The page that sends it is named, and not what is for servers.
        for (page, id) in [("/@ana", "profiles_listed"), ("/@company", "indexable")] {
            front.behave(seen(page, "googlebot: noindex, nofollow"));
            let report = front.examine().await;
            let finding = report.checks.iter().find(|finding| finding.id == id).unwrap();
            let (told, advice) = (&finding.found, finding.advice.as_deref().unwrap());
            assert!(told.contains(&format!("{BASE}{page} sends the header “X-Robots-Tag: googlebot: noindex, nofollow”")), "{finding:?}");
            assert!(advice.contains("add_header X-Robots-Tag") && !advice.contains("/ap/"), "{finding:?}");
        }
        front.write(move |tx| {
            let ana = actors::find_local(tx.conn(), "ana")?.unwrap();
            actors::edit_profile(tx, ana.id, &actors::Profile { indexable: Some(false), ..actors::Profile::default() })
        }).await;
        front.behave(Manners::default());
        let report = front.examine().await;
        assert_eq!(troubles(&report), Vec::<String>::new(), "{report:#?}");
        assert!(found(&report, "profiles_listed").1.contains("1 may not"), "{report:#?}");
        each(&front, vec![
            ("noindex is tidied away", text_at("/@ana", |page| page.replace("<meta name=\"robots\" content=\"noindex\">", "")), &["profiles_listed failed"]),
            ("an old sitemap is kept", text_at("/sitemap/pages.xml", |map| map.replace("</urlset>", &format!("<url><loc>{BASE}/@ana</loc></url></urlset>"))), &["profiles_listed failed"]),
            ("noindex is a header now", Manners::answer(|path, reply| {
                if path == "/@ana" {
                    let page = String::from_utf8(reply.body().to_vec()).unwrap();
                    *reply.body_mut() = Bytes::from(page.replace("content=\"noindex\"", "content=\"all\""));
                    reply.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
                }
            }), &[]),
        ]).await;
        // Without a sitemap that can be read, only that is told.
        front.behave(instead("/sitemap/pages.xml", 500, ""));
        let report = front.examine().await;
        assert_eq!(troubles(&report), ["sitemap failed"]);
        assert_eq!(found(&report, "profiles_listed").0, Verdict::Skipped);
    }

    async fn links_that_lose_what_they_prove_are_noticed(database: TestDatabase) {
        let front = Front::open(database).await;
        let brand = front.brand.id;
        front.write(move |tx| {
            org::set_setting(tx, "website", "https://company.example/about")?;
            let value = "<a href=\"https://shop.example/\" rel=\"me nofollow noopener noreferrer\">https://shop.example/</a>".to_owned();
            let field = actors::Field { name: "Shop".to_owned(), value: value.clone(), verified_at: None };
            actors::edit_profile(tx, brand, &actors::Profile { fields: Some(vec![field]), ..actors::Profile::default() })?;
            actors::mark_field_verified(tx, brand, &value, true)
        }).await;
        let report = front.examine().await;
        assert_eq!(troubles(&report), Vec::<String>::new(), "{report:#?}");
        assert!(found(&report, "rel_me_shown").1.starts_with("2 links"), "{report:#?}");
        let strip = |page: &str| page.replace("rel=\"me\"", "").replace("rel=\"me ", "rel=\"");
        each(&front, vec![
            ("rel is stripped from the profile", text_at("/@company", strip), &["rel_me_shown failed"]),
            ("rel is stripped from the front page", text_at("/", strip), &["rel_me_shown failed"]),
            ("the links are rewritten", text_at("/@company", |page| page.replace("https://shop.example/", "https://track.example/?to=shop")), &["rel_me_shown failed"]),
            ("the links are as they were", Manners::default(), &[]),
        ]).await;
    }
}
