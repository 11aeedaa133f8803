//! Each page: what it says, what it weighs, what it loads, who may see it.

use guildhall::domain::{
    ActorId, By,
    accounts::{self, GrantRole, NamedAs},
    actors::{self, Profile},
    posts::{self, Audience, Draft},
};
use http::{HeaderMap, StatusCode};

use super::town::{self, Town};
use crate::{
    federation::house::{BASE, House},
    support::database::TestDatabase,
};

const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
pub const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A town in a house.
pub async fn settle(database: TestDatabase) -> (House, Town) {
    let house = House::build(database).await;
    let town = Town::fill(&house.app, "company").await;
    (house, town)
}

/// A page as a browser gets it.
pub async fn visit(house: &House, path: &str) -> (StatusCode, HeaderMap, String) {
    house.get(path, &[BROWSER]).await
}

/// The values of an attribute, as they stand in the page.
pub fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    page.split(&format!(" {name}=\"")).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// The tags of a page that begin so.
pub fn tags<'a>(page: &'a str, begin: &str) -> Vec<&'a str> {
    page.match_indices(&format!("<{begin}")).filter_map(|(at, _)| page[at..].split('>').next()).collect()
}

/// What a page loads by itself.
pub fn loaded(page: &str) -> Vec<String> {
    let mut loaded: Vec<String> = attributes(page, "src").into_iter().map(str::to_owned).collect();
    for link in tags(page, "link") {
        if ["stylesheet", "icon", "preload"].iter().any(|rel| link.contains(&format!("rel=\"{rel}\""))) {
            loaded.extend(attributes(link, "href").into_iter().map(str::to_owned));
        }
    }
    loaded.sort();
    loaded.dedup();
    loaded
}

pub fn pages(town: &Town) -> Vec<String> {
    let mut pages: Vec<String> = [
        "/",
        "/about",
        "/legal/imprint",
        "/legal/privacy",
        "/legal/rules",
        "/tags/heron",
        "/@company",
        "/@jonas",
        "/@ana",
        "/authorize_interaction?uri=https://elsewhere.example/1",
    ]
    .map(ToOwned::to_owned)
    .to_vec();
    pages.push(format!("/@company/{}", town.answer));
    pages.push(format!("/@company/{}", town.news));
    pages.push(format!("/@mette/{}", town.article));
    pages.push(format!("/interact?to=follow&uri={}", town.brand.uri));
    pages
}

on_both! {
    async fn pages_are_light_closed_and_whole(database: TestDatabase) {
        let (house, town) = settle(database).await;
        for path in pages(&town) {
            let (status, headers, page) = visit(&house, &path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert_eq!(headers["content-security-policy"], POLICY, "{path}");
            assert_eq!(headers["content-type"], "text/html; charset=utf-8");
            assert_eq!(headers["x-content-type-options"], "nosniff");
            assert_eq!(headers["referrer-policy"], "same-origin");
            assert_eq!(headers["vary"], "Accept, Accept-Language, Cookie");
            assert_eq!(headers["strict-transport-security"], "max-age=63072000");
            assert!(!headers.contains_key("set-cookie"));
            assert!(!page.contains(" style=") && !page.contains("<style") && !page.contains(" onclick"), "{path}");
            assert_eq!(page.matches("<h1").count(), 1, "{path}");
            assert!(page.contains("<html lang=\"en\" dir=\"ltr\">") && page.contains("<main id=\"main\">"));
            let mut weight = page.len();
            // What other servers show is handed on by us, and weighs what it weighs; faces are small and kept.
            let others = [format!("{BASE}/elsewhere/"), format!("{BASE}/faces/")];
            for file in loaded(&page).into_iter().filter(|file| !others.iter().any(|other| file.starts_with(other))) {
                assert!(file.starts_with('/') && !file.starts_with("//"), "{path} loads {file}");
                let (status, headers, content) = house.get_bytes(&file, &[]).await;
                assert_eq!(status, StatusCode::OK, "{file}");
                assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable", "{file}");
                assert_eq!(headers["x-content-type-options"], "nosniff", "{file}");
                weight += content.len();
            }
            assert!(weight <= 100_000, "{path} weighs {weight} bytes");
            assert!(!page.contains("a secret"), "{path}");
        }
    }

    async fn pages_tell_who_answers_and_what_is_talked_about(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let (_, _, home) = visit(&house, "/").await;
        for words in ["Ask the people who weld your bike.", "Larkfield Bicycle Works", "Jonas Holm", "Mette Skov", "Ruth Okafor", "2 are lit.", "does it bolt straight on?"] {
            assert!(home.contains(words), "{words}");
        }
        let (_, _, brand) = visit(&house, "/@company").await;
        for words in ["Does it listen?", "To <span dir=\"auto\">Ruth Okafor</span>", "of us write here", "links back here", "@company@company.example"] {
            assert!(brand.contains(words), "{words}");
        }
        let (_, _, person) = visit(&house, "/@jonas").await;
        assert!(person.contains("works at Larkfield Bicycle Works") && person.contains("Frames and drivetrain"));
        let (_, _, thread) = visit(&house, &format!("/@company/{}", town.answer)).await;
        let script = thread.split_once("<main").unwrap().1;
        let order = ["My Heron 2 squeaks", "Paul is right", "Fitted in ten minutes"].map(|words| script.find(words).unwrap());
        assert!(order.is_sorted());
        assert!(thread.contains("href=\"https://hillfolk.example/media/arm.jpg\""), "pictures of others are linked");
        assert!(!thread.contains("src=\"https://hillfolk.example"), "and handed on by us");
        assert!(thread.contains("/elsewhere/posts/") && thread.contains("/faces/"));
        let (_, _, article) = visit(&house, &format!("/@mette/{}", town.article)).await;
        assert!(article.contains("<h1 class=\"title\" dir=\"ltr\">Our spare-part prices are public now."));
        let (_, _, about) = visit(&house, "/about").await;
        assert!(about.contains("Idris Bello") && about.contains("@idris@company.example"));
        let (_, _, tag) = visit(&house, "/tags/Heron").await;
        assert!(tag.contains("step washer"));
    }

    async fn what_not_everybody_may_see_is_like_nothing(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let inside = house.post(town.jonas.id, Draft::note(Audience::Company, "<p>a secret</p>".to_owned())).await;
        let closed = house.post(town.jonas.id, Draft::note(Audience::Followers, "<p>a secret</p>".to_owned())).await;
        let answer = town::says(&house.app, town.jonas.id, "<p>a secret</p>", Some(town.answer), Audience::Company).await;
        let (status, _, nothing) = visit(&house, "/@jonas/1234567890").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        for post in [inside, closed, answer] {
            let (status, headers, page) = visit(&house, &format!("/@jonas/{post}")).await;
            // The address that was asked for is no news.
            assert_eq!((status, page.replace(&post.to_string(), "1234567890")), (StatusCode::NOT_FOUND, nothing.clone()));
            assert_eq!(headers["content-security-policy"], POLICY);
            assert_eq!(headers["cache-control"], "no-store");
            let form = format!("/interact?to=answer&uri={BASE}/ap/objects/{post}");
            assert_eq!(visit(&house, &form).await.0, StatusCode::NOT_FOUND);
            let embedded = format!("/oembed?url={BASE}/@jonas/{post}");
            assert_eq!(house.get(&embedded, &[]).await.0, StatusCode::NOT_FOUND);
        }
        for path in ["/", "/@jonas", "/@jonas/feed.atom", &format!("/@company/{}", town.answer)] {
            assert!(!visit(&house, path).await.2.contains("a secret"), "{path}");
        }
    }

    async fn who_is_suspended_or_gone_is_not_shown(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let paths = ["/".to_owned(), "/about".to_owned(), format!("/@company/{}", town.answer)];
        for path in &paths[..2] {
            assert!(visit(&house, path).await.2.contains("Jonas Holm"), "{path}");
        }
        let (jonas, ruth) = (town.jonas.id, town.ruth.id);
        house.write(move |tx| {
            let account = accounts::find_by_actor(tx.conn(), jonas)?.unwrap();
            accounts::set_suspended(tx, account.id, true)?;
            actors::set_suspended(tx, ruth, true)
        }).await;
        for path in &paths {
            let page = visit(&house, path).await.2;
            assert!(!page.contains(">Jonas Holm<") && !page.contains("Ruth Okafor<") && !page.contains("Silence at last"), "{path}");
        }
        assert_eq!(visit(&house, "/@jonas").await.0, StatusCode::NOT_FOUND);
        assert_eq!(house.get("/@jonas/feed.atom", &[]).await.0, StatusCode::NOT_FOUND);
        house.write(move |tx| actors::delete(tx, jonas)).await;
        let (status, headers, page) = visit(&house, "/@jonas").await;
        assert_eq!((status, headers["content-type"].to_str().unwrap()), (StatusCode::GONE, "text/html; charset=utf-8"));
        assert!(page.contains("This was here, and is gone."));
        let brand = town.brand.id;
        house.write(move |tx| posts::delete(tx, &By::Local { actor: brand, account: None }, town.news)).await;
        let (status, _, page) = visit(&house, &format!("/@company/{}", town.news)).await;
        assert_eq!(status, StatusCode::GONE);
        assert!(page.contains("This was here, and is gone."));
    }

    async fn whoever_does_not_want_to_be_found_is_not(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let hidden = "<meta name=\"robots\" content=\"noindex\">";
        let brand = town.brand.id;
        let (_, _, page) = visit(&house, &format!("/@company/{}", town.answer)).await;
        assert!(!page.contains(hidden));
        assert_eq!(page.matches("data-nosnippet").count(), 0, "Rosa’s answer stands in another branch");
        let unlisted = town::says(&house.app, brand, "<p>Quietly</p>", None, Audience::Unlisted).await;
        assert!(visit(&house, &format!("/@company/{unlisted}")).await.2.contains(hidden));
        house.write(move |tx| actors::edit_profile(tx, brand, &Profile { indexable: Some(false), ..Profile::default() })).await;
        for path in ["/@company".to_owned(), format!("/@company/{}", town.answer), "/tags/heron".to_owned()] {
            assert!(visit(&house, &path).await.2.contains(hidden), "{path}");
        }
        assert_eq!(house.get("/@company/feed.atom", &[]).await.1["x-robots-tag"], "noindex");
        for map in ["/sitemap/pages.xml"] {
            assert!(!house.get(map, &[]).await.2.contains("/@company<"));
        }
    }

    async fn a_page_is_not_sent_twice_and_changes_when_it_changes(database: TestDatabase) {
        let (house, town) = settle(database).await;
        for path in ["/".to_owned(), "/@company".to_owned(), format!("/@company/{}", town.answer), "/about".to_owned(), "/@company/feed.atom".to_owned(), "/robots.txt".to_owned()] {
            let (_, headers, _) = visit(&house, &path).await;
            let tag = headers["etag"].to_str().unwrap().to_owned();
            assert!(headers["cache-control"].to_str().unwrap().starts_with("public, max-age="), "{path}");
            let (status, headers, body) = house.get(&path, &[BROWSER, ("if-none-match", &format!("\"x\", {tag}"))]).await;
            assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
            assert_eq!(headers["etag"], tag);
        }
        let (_, before, _) = visit(&house, "/@company").await;
        town::says(&house.app, town.brand.id, "<p>News</p>", None, Audience::Public).await;
        let (status, after, _) = house.get("/@company", &[BROWSER, ("if-none-match", before["etag"].to_str().unwrap())]).await;
        assert_eq!(status, StatusCode::OK);
        assert_ne!(before["etag"], after["etag"]);
    }

    async fn errors_are_pages_for_browsers_and_stay_as_they_were_for_others(database: TestDatabase) {
        let (house, _) = settle(database).await;
        for path in ["/nothing", "/@nobody", "/tags/nobody", "/legal/nothing", "/assets/nothing.css", "/@company/x", "/interact?to=fly&uri=x", "/a/b/c"] {
            let (status, headers, page) = visit(&house, path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(headers["content-type"], "text/html; charset=utf-8", "{path}");
            assert_eq!(headers["content-security-policy"], POLICY);
            assert!(page.contains("There is nothing at this address.") && page.contains("Larkfield Bicycle Works"), "{path}");
            assert!(page.contains("<meta name=\"robots\" content=\"noindex\">"));
        }
        for (path, accept) in [("/@nobody", "application/activity+json"), ("/@nobody", "*/*"), ("/api/v1/nothing", "text/html"), ("/ap/objects/1", "application/activity+json"), ("/api/guildhall/v1/nothing", "text/html")] {
            let (status, headers, body) = house.get(path, &[("accept", accept)]).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            assert!(headers["content-type"].to_str().unwrap().contains("json"), "{path} {headers:?}");
            assert!(serde_json::from_str::<serde_json::Value>(&body).is_ok(), "{path}");
        }
        let (status, _, body) = house.get("/nothing", &[]).await;
        assert_eq!((status, body.as_str()), (StatusCode::NOT_FOUND, ""));
    }

    async fn a_slash_behind_the_address_of_a_page_leads_to_it(database: TestDatabase) {
        let (house, town) = settle(database).await;
        for path in ["/about", "/legal/privacy", "/tags/heron", "/@company", "/@company/feed.atom", &format!("/@company/{}", town.answer), "/sign-in", "/account", "/home"] {
            let (status, headers, _) = visit(&house, &format!("{path}/?a=b")).await;
            assert_eq!((status, headers["location"].to_str().unwrap()), (StatusCode::MOVED_PERMANENTLY, format!("{path}?a=b").as_str()));
            let leads = visit(&house, path).await.0;
            assert!(leads == StatusCode::OK || leads == StatusCode::SEE_OTHER, "{path}: {leads}");
        }
        for path in ["//evil.example/", "//evil.example", "/%2F%2Fevil.example/", "/\\evil.example/", "/nothing/", "/ap/actor/"] {
            let (status, headers, _) = visit(&house, path).await;
            assert!(status == StatusCode::NOT_FOUND && !headers.contains_key("location"), "{path}: {status}");
        }
        let ask = async |method: &str| {
            let request = http::Request::builder().method(method).uri("/about/").body(axum::body::Body::empty()).unwrap();
            tower::ServiceExt::oneshot(guildhall::http::router(house.app.clone()), request).await.unwrap().status()
        };
        assert_eq!((ask("HEAD").await, ask("POST").await), (StatusCode::MOVED_PERMANENTLY, StatusCode::NOT_FOUND));
    }

    async fn a_fault_of_ours_is_a_page_with_the_companys_look_left_out(database: TestDatabase) {
        let (house, _) = settle(database).await;
        house.write(|tx| {
            diesel::RunQueryDsl::execute(diesel::sql_query("DROP TABLE settings"), tx.conn())?;
            Ok(())
        }).await;
        let (status, headers, page) = visit(&house, "/").await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(headers["content-security-policy"], POLICY);
        assert!(page.contains("it is our fault") && !page.to_lowercase().contains("settings"), "{page}");
    }

    async fn long_lists_and_long_threads_are_paged_and_stay_light(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let long = format!("<p>{}</p>", "\u{1f6b2} und dann noch ein Stück weiter. ".repeat(300));
        let mut first = None;
        for number in 0..45 {
            let post = town::says(&house.app, town.brand.id, &format!("{long}<p>No. {number}</p>"), None, Audience::Public).await;
            first = first.or(Some(post));
            town::arrives(&house.app, &town.ruth, Draft::note(Audience::Public, format!("{long}<p>Re {number}</p>")), first).await;
        }
        let path = format!("/@company/{}", first.unwrap());
        for path in ["/@company", "/", &path, &format!("{path}?page=2")] {
            let (status, _, page) = visit(&house, path).await;
            assert_eq!(status, StatusCode::OK);
            assert!(page.len() < 64_000, "{path} has {} bytes", page.len());
        }
        let (_, _, page) = visit(&house, "/@company").await;
        let mut seen = page.matches("<article class=\"post").count();
        let mut next = attributes(tags(&page, "a class=\"btn soft\"")[0], "href")[0].to_owned();
        for _ in 0..3 {
            let (_, _, page) = visit(&house, &next).await;
            seen += page.matches("<article class=\"post").count();
            match tags(&page, "a class=\"btn soft\"").first() {
                Some(tag) => attributes(tag, "href")[0].clone_into(&mut next),
                None => break,
            }
        }
        assert_eq!(seen, 45 + 2, "every post once: those above, the answer and the news");
        let (_, _, one) = visit(&house, &path).await;
        let (_, _, two) = visit(&house, &format!("{path}?page=2")).await;
        assert_eq!((one.matches("<article class=\"turn").count(), two.matches("<article class=\"turn").count()), (16, 16));
        for odd in ["?page=0", "?page=-1", "?page=x", "?page=99999999999999999999"] {
            assert_eq!(visit(&house, &format!("{path}{odd}")).await.0, StatusCode::OK, "{odd}");
        }
        assert_eq!(visit(&house, "/@company?before=x").await.0, StatusCode::OK);
    }

    async fn the_page_of_a_brand_names_who_writes_there_and_not_who_agrees(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let change = async |name: &'static str, how: fn(&mut guildhall::db::Tx<'_>, guildhall::domain::AccountId, ActorId) -> guildhall::error::Result<()>| {
            let changed = house.app.db.write(move |tx| {
                let (account, _) = accounts::find_by_username(tx.conn(), name)?.unwrap();
                let brand = actors::find_local(tx.conn(), "company")?.unwrap();
                how(tx, account.id, brand.id)
            });
            changed.await.unwrap();
            visit(&house, "/@company").await.2
        };
        let (_, _, page) = visit(&house, "/@company").await;
        assert!(page.contains("4 of us write here"), "those who publish, and not the owner who set it up");
        let page = change("mette", |tx, account, brand| accounts::grant(tx, account, brand, GrantRole::Approver)).await;
        assert!(page.contains("3 of us write here"));
        let page = change("idris", |tx, account, _| accounts::set_named_as(tx, account, NamedAs::Nobody)).await;
        assert!(page.contains("Jonas Holm and Ana Ferreira write here"), "who wants not to be named is not");
        let page = change("jonas", |tx, account, brand| accounts::grant(tx, account, brand, GrantRole::Auditor)).await;
        assert!(page.contains("Ana Ferreira writes here"));
        let post = town.answer;
        // Who agrees and writes too is named where a post names them.
        house.app.db.write(move |tx| {
            let (account, _) = accounts::find_by_username(tx.conn(), "mette")?.unwrap();
            let named = format!("INSERT INTO authorship (post_id, account_id, shown_as) VALUES ({post}, {}, 'name')", account.id);
            Ok(diesel::RunQueryDsl::execute(diesel::sql_query(named), tx.conn())?)
        }).await.unwrap();
        let (_, _, page) = visit(&house, "/@company").await;
        assert!(page.contains("Ana Ferreira and Mette Skov write here"));
    }
}
