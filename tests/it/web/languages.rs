//! Pages in the language of whoever reads them: which one it is, what stays English, and who may keep what.

use std::collections::BTreeSet;

use axum::body::Body;
use guildhall::domain::{accounts, org, posts::Audience};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};

use super::{
    pages::{attributes, pages, settle},
    town::Town,
};
use crate::{
    federation::house::{BASE, House},
    oauth::{Browser, Desk, PASSWORD, Page, authorize, landing},
};

const HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
/// What is the same in every language, beside what people wrote: names of things and of languages, addresses, examples.
const SAME: [&str; 18] = [
    "Larkfield",
    "Ask the people who weld your bike.",
    "Seven, with the pump",
    "Six tools",
    "The tensioner arm, with the worn bolt",
    "English",
    "Deutsch",
    "العربية",
    "Feed",
    "larkfield.example",
    "company.example",
    "@you@your.server",
    "#heron",
    "Passkeys",
    "guildhall company set",
    "Acme",
    // How a browser is called is kept when somebody signs in.
    "A browser",
    "https://app.example/",
];

async fn visit(house: &House, path: &str, more: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    let headers: Vec<(&str, &str)> = [("accept", HTML)].into_iter().chain(more.iter().copied()).collect();
    house.get(path, &headers).await
}

/// What a page says in the house's own voice: its texts and what is told of its parts. What others wrote is left out.
fn said(page: &str) -> BTreeSet<String> {
    const ALONE: [&str; 6] = ["meta", "link", "input", "img", "br", "wbr"];
    const OTHERS: [&str; 7] = [
        " dir=\"",
        "class=\"addr",
        "class=\"words",
        "class=\"face",
        "class=\"lead\"",
        "class=\"ellipsis",
        "rel=\"me\"",
    ];
    let mut said = BTreeSet::new();
    // Whether what stands in each open element is not ours.
    let mut open: Vec<bool> = vec![false];
    let body = page.split_once("</title>").unwrap().1;
    for part in body.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or((part, ""));
        if let Some(closed) = tag.strip_prefix('/') {
            if !ALONE.contains(&closed) && open.len() > 1 {
                open.pop();
            }
        } else {
            let name = tag.split([' ', '/']).next().unwrap();
            let theirs = *open.last().unwrap()
                || OTHERS.iter().any(|sign| tag.contains(sign))
                || matches!(name, "script" | "code" | "bdi");
            for told in [
                "aria-label",
                "placeholder",
                "data-copy",
                "data-copied",
                "data-marked",
                "data-has",
                "data-unable",
                "data-nothing",
            ] {
                if !theirs && name != "link" {
                    said.extend(attributes(&format!("<{tag}>"), told).into_iter().map(str::to_owned));
                }
            }
            if !ALONE.contains(&name) && !tag.ends_with('/') {
                open.push(theirs);
            }
        }
        if !*open.last().unwrap() && text.chars().filter(|c| c.is_alphabetic()).count() > 1 {
            said.insert(text.trim().to_owned());
        }
    }
    said
}

/// What of an English page is still said in another one.
fn left(english: &str, other: &str) -> Vec<String> {
    let same = |words: &&String| SAME.iter().any(|same| words.contains(same) && words.len() < same.len() + 24);
    said(english).intersection(&said(other)).filter(|words| !same(words)).cloned().collect()
}

/// Whether a page is whole in a language.
#[track_caller]
fn assert_speaks(page: &str, headers: &HeaderMap, english: &str, tag: &str, path: &str) {
    let direction = if tag == "ar" { "rtl" } else { "ltr" };
    assert!(page.contains(&format!("<html lang=\"{tag}\" dir=\"{direction}\">")), "{path} in {tag}");
    assert_eq!(headers[header::CONTENT_LANGUAGE], tag, "{path}");
    assert_eq!(headers[header::VARY], "Accept, Accept-Language, Cookie", "{path}");
    assert_eq!(left(english, page), Vec::<String>::new(), "{path} in {tag}");
}

fn all(town: &Town) -> Vec<String> {
    let mut all = pages(town);
    all.extend(
        ["/sign-in", "/sign-in/forgotten", "/sign-up", "/nothing/here", "/@nobody", "/tags/nothing"]
            .map(ToOwned::to_owned),
    );
    for wish in ["ask", "follow"] {
        all.push(format!("/interact?to={wish}&uri={}", town.brand.uri));
        all.push(format!("/authorize_interaction?intent={wish}&uri={}", town.brand.uri));
    }
    for wish in ["answer", "like", "share"] {
        let uri = format!("{BASE}/ap/objects/{}", town.answer);
        all.push(format!("/interact?to={wish}&uri={uri}"));
        all.push(format!("/authorize_interaction?intent={wish}&uri={uri}"));
    }
    all.push("/authorize_interaction".to_owned());
    all
}

on_both! {
    async fn every_page_speaks_the_language_that_is_wished_for(database: TestDatabase) {
        let (house, town) = settle(database).await;
        house.write(|tx| org::set_registrations(tx, None, org::Registrations::Open)).await;
        for path in all(&town) {
            let (status, headers, english) = visit(&house, &path, &[]).await;
            assert!(english.contains("<html lang=\"en\" dir=\"ltr\">"), "{path}");
            assert_eq!(headers[header::CONTENT_LANGUAGE], "en", "{path}");
            for (wish, tag) in [("de-AT,de;q=0.9,en;q=0.5", "de"), ("fr, ar;q=0.7, en;q=0.1", "ar")] {
                let (again, headers, page) = visit(&house, &path, &[("accept-language", wish)]).await;
                assert_eq!(again, status, "{path}");
                assert_speaks(&page, &headers, &english, tag, &path);
                assert!(!headers.contains_key(header::SET_COOKIE) || path.starts_with("/sign"), "{path}");
                // Wherever it is read, it is one page.
                let canonical = |page: &str| page.split("rel=\"canonical\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
                assert_eq!(canonical(&page), canonical(&english), "{path}");
                assert!(!canonical(&page).contains("language"), "{path}");
            }
        }
    }

    async fn counts_and_days_are_written_as_each_language_does(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let path = format!("/@company/{}", town.answer);
        for (wish, words) in [("en", ["messages by", "Join in"]), ("de", ["Nachrichten von", "Sprich mit"]), ("ar", ["رسائل من", "شارك في الحديث"])] {
            let (_, _, page) = visit(&house, &path, &[("accept-language", wish)]).await;
            assert!(words.iter().all(|words| page.contains(words)), "{wish}: {page}");
        }
        let (_, _, brand) = visit(&house, "/@company", &[("accept-language", "ar")]).await;
        let months = ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"];
        assert!(months.iter().any(|month| brand.contains(month)), "{brand}");
        // What people wrote says itself in which direction it runs.
        assert!(brand.contains("dir=\"auto\""));
    }

    async fn what_is_said_runs_by_its_own_words_and_no_handle_before_it(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let mention = "<a href=\"https://company.example/@jonas\" class=\"u-url mention\">@<span>jonas</span></a>";
        let arabic = format!("<p><span class=\"h-card\">{mention}</span> صباح الخير</p>");
        let (brand, jonas) = (town.brand.id, town.jonas.id);
        let post = super::town::says(&house.app, brand, &arabic, None, Audience::Public).await;
        super::town::says(&house.app, jonas, &format!("<p>{mention} good morning</p>"), Some(post), Audience::Public).await;
        let path = format!("/@company/{post}");
        for (wish, heading) in [("ar", "</bdi> يتحدثان</h1>"), ("en", "</bdi> talk</h1>")] {
            let (_, _, page) = visit(&house, &path, &[("accept-language", wish)]).await;
            assert!(page.contains("class=\"words\" dir=\"rtl\"") && page.contains("class=\"words\" dir=\"ltr\""), "{page}");
            // The heading is the house's own words.
            assert!(page.contains("<h1 class=\"title calm\"><bdi>") && page.contains(heading), "{page}");
        }
    }

    async fn who_has_a_page_in_one_language_is_given_another_in_another(database: TestDatabase) {
        let (house, _) = settle(database).await;
        for path in ["/", "/about", "/@company", "/legal/rules"] {
            let mut marks = BTreeSet::new();
            for wish in ["en", "de", "ar"] {
                let (_, headers, _) = visit(&house, path, &[("accept-language", wish)]).await;
                let mark = headers[header::ETAG].to_str().unwrap().to_owned();
                let (status, headers, body) = visit(&house, path, &[("accept-language", wish), ("if-none-match", &mark)]).await;
                assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path} in {wish}");
                assert_eq!(headers[header::VARY], "Accept, Accept-Language, Cookie");
                assert_eq!(headers[header::CONTENT_LANGUAGE], wish);
                marks.insert(mark);
            }
            assert_eq!(marks.len(), 3, "{path}");
            let all = marks.into_iter().collect::<Vec<_>>();
            for wish in ["en", "de", "ar"] {
                let mut kept = 0;
                for mark in &all {
                    let asked = visit(&house, path, &[("accept-language", wish), ("if-none-match", mark)]).await;
                    kept += usize::from(asked.0 == StatusCode::NOT_MODIFIED);
                }
                assert_eq!(kept, 1, "{path} in {wish}");
            }
        }
    }

    async fn odd_wishes_get_the_page_in_english(database: TestDatabase) {
        let (house, _) = settle(database).await;
        let long = format!("{}de", "xx-yy;q=0.9,".repeat(900));
        let many = "de,".repeat(4000);
        for wish in ["", "*", "*/*;;q=9", ";;;", "q=1", "de;q=0", "de;q=x", "tlh", "en-GB", "x".repeat(10_000).as_str(), &long, "../../de", "<script>"] {
            let (status, headers, page) = visit(&house, "/about", &[("accept-language", wish)]).await;
            assert_eq!((status, headers[header::CONTENT_LANGUAGE].to_str().unwrap()), (StatusCode::OK, "en"), "{wish}");
            assert!(!page.contains("<script>"), "{wish}");
        }
        let (status, headers, _) = visit(&house, "/about", &[("accept-language", &many)]).await;
        assert_eq!((status, headers[header::CONTENT_LANGUAGE].to_str().unwrap()), (StatusCode::OK, "de"));
        for cookie in ["guildhall-language=", "guildhall-language=tlh", "guildhall-language=\"de", "guildhall-language", "=de"] {
            let (status, headers, _) = visit(&house, "/about", &[("cookie", cookie)]).await;
            assert_eq!((status, headers[header::CONTENT_LANGUAGE].to_str().unwrap()), (StatusCode::OK, "en"), "{cookie}");
        }
        let bytes = HeaderValue::from_bytes(b"\xff\xfe;q=1").unwrap();
        let request = Request::get("/about").header("accept", HTML).header("accept-language", bytes).body(Body::empty()).unwrap();
        let (status, headers, _) = house.answer(request).await;
        assert_eq!((status, headers[header::CONTENT_LANGUAGE].to_str().unwrap()), (StatusCode::OK, "en"));
    }

    async fn a_language_that_is_chosen_is_remembered(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let (_, _, page) = visit(&house, "/@company?before=9&x=%22", &[]).await;
        assert!(page.contains("href=\"/@company?before=9&#38;x=%22&#38;language=de\""), "{page}");
        for (at, to) in [
            ("/about?language=de", "/about"),
            ("/?language=de-CH", "/"),
            ("/@company?before=9&language=de", "/@company?before=9"),
            ("/nothing/here?language=de&y=1", "/nothing/here?y=1"),
            ("/sign-in?language=de&then=%2Faccount", "/sign-in?then=%2Faccount"),
        ] {
            let (status, headers, body) = visit(&house, at, &[("accept-language", "ar")]).await;
            assert_eq!((status, headers[header::LOCATION].to_str().unwrap(), body.as_str()), (StatusCode::SEE_OTHER, to, ""), "{at}");
            assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{at}");
            assert_eq!(headers[header::SET_COOKIE], "guildhall-language=de; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=31536000", "{at}");
        }
        let chosen = [("accept-language", "ar"), ("cookie", "a=b; guildhall-language=de")];
        for path in ["/about".to_owned(), "/nothing/here".to_owned(), format!("/@company/{}", town.answer)] {
            let (_, headers, page) = visit(&house, &path, &chosen).await;
            assert_eq!(headers[header::CONTENT_LANGUAGE], "de", "{path}");
            assert!(page.contains("<html lang=\"de\" dir=\"ltr\">") && page.contains("lang=\"de\" hreflang=\"de\" dir=\"ltr\" rel=\"nofollow\" aria-current=\"true\""), "{path}");
        }
        // Nobody is led elsewhere, and nothing that is no choice is one.
        for at in ["//evil.example/?language=de", "/%5Cevil.example/?language=de", "/about?language=tlh", "/about?language=", "/about?languages=de"] {
            let (status, headers, page) = visit(&house, at, &[]).await;
            let led = headers.get(header::LOCATION).map_or("/", |to| to.to_str().unwrap());
            assert!(led.starts_with('/') && !led.starts_with("//") && !led.starts_with("/\\"), "{at} leads to {led}");
            assert!(status == StatusCode::SEE_OTHER || !headers.contains_key(header::SET_COOKIE), "{at}");
            assert!(!page.contains("href=\"//"), "{at}");
        }
        // A form that is sent is not a choice, and what it answers cannot be opened by an address.
        let sent = Request::post("/interact?language=de").header("accept", HTML).header("content-type", "application/x-www-form-urlencoded");
        let body = format!("to=follow&uri={}&address=kim", form_urlencoded::byte_serialize(town.brand.uri.as_bytes()).collect::<String>());
        let (status, headers, page) = house.answer(sent.body(Body::from(body)).unwrap()).await;
        assert_eq!((status, headers.contains_key(header::SET_COOKIE)), (StatusCode::UNPROCESSABLE_ENTITY, false));
        assert!(!String::from_utf8(page).unwrap().contains("language="));
        let head = Request::builder().method(Method::HEAD).uri("/about?language=ar").header("accept", HTML);
        assert_eq!(house.answer(head.body(Body::empty()).unwrap()).await.0, StatusCode::SEE_OTHER);
    }

    async fn what_machines_read_is_the_same_in_every_language(database: TestDatabase) {
        let (house, town) = settle(database).await;
        let post = format!("{BASE}/@company/{}", town.answer);
        for path in ["/robots.txt", "/sitemap.xml", "/sitemap/pages.xml", "/@company/feed.atom", "/tags/heron/feed.atom", &format!("/oembed?url={post}"), "/.well-known/nodeinfo"] {
            let (_, headers, plain) = house.get(path, &[]).await;
            let (_, _, wished) = house.get(path, &[("accept-language", "ar"), ("cookie", "guildhall-language=de")]).await;
            assert_eq!(plain, wished, "{path}");
            assert!(!headers.contains_key(header::CONTENT_LANGUAGE), "{path}");
        }
        let object = [("accept", "application/activity+json"), ("accept-language", "ar")];
        let (_, headers, document) = house.get("/@company", &object).await;
        assert_eq!(headers[header::VARY], "Accept");
        assert_eq!(document, house.get("/@company", &object[..1]).await.2);
    }

    async fn pages_for_one_person_speak_their_language(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        let app = desk.app("read write follow push").await;
        let asked = authorize(&app, &[("scope", "read write:favourites")]);
        let mut plain = desk.browser().await;
        let paths = ["/account", "/account/password", "/account/passkeys", "/account/second-step", &asked];
        let mut english = Vec::new();
        for path in paths {
            let page = plain.get(house, path).await;
            assert_eq!((page.status, &page.headers[header::CONTENT_LANGUAGE]), (StatusCode::OK, &HeaderValue::from_static("en")), "{path}");
            english.push(page);
        }
        for (wish, tag) in [("de", "de"), ("ar-MA", "ar")] {
            let mut browser = Browser { more: vec![("accept-language", wish)], ..plain.clone() };
            for (path, english) in paths.iter().zip(&english) {
                let page = browser.get(house, path).await;
                assert_speaks(&page.text, &page.headers, &english.text, tag, path);
            }
        }
        // Their own language is known here: it comes before the browser's, and what was chosen before both.
        let ana = desk.ana.0;
        let set = house.app.db.write(move |tx| accounts::set_default_language(tx, ana, "ar"));
        set.await.unwrap();
        let language = |page: &Page| page.headers[header::CONTENT_LANGUAGE].to_str().unwrap().to_owned();
        let mut browser = Browser { more: vec![("accept-language", "de")], ..plain.clone() };
        assert_eq!(language(&browser.get(house, "/account").await), "ar");
        assert_eq!(browser.get(house, "/account/password?language=de").await.location(), "/account/password");
        assert_eq!(language(&browser.get(house, "/account").await), "de");
        assert_eq!(language(&browser.get(house, "/about").await), "de");
    }

    async fn who_is_refused_reads_why_in_their_language(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut browser = Browser { more: vec![("accept-language", "de")], ..Browser::default() };
        let page = browser.sign_in(&desk.house, "ana", "wrong wrong wrong", "").await;
        assert!(page.text.contains("gehören nicht zusammen"), "{}", page.text);
        let mut browser = Browser { more: vec![("accept-language", "ar")], ..Browser::default() };
        let page = browser.sign_in(&desk.house, "ana", "wrong wrong wrong", "").await;
        assert!(page.text.contains("لا يتوافقان") && page.text.contains("dir=\"rtl\""), "{}", page.text);
        let mut browser = Browser { more: vec![("accept-language", "de")], ..Browser::default() };
        assert_eq!(browser.sign_in(&desk.house, "ana", PASSWORD, "").await.location(), landing());
        let page = browser.get(&desk.house, "/account/password").await;
        let mut fields = page.hidden("/account/password");
        fields.extend([("password".to_owned(), PASSWORD.to_owned()), ("new_password".to_owned(), "short".to_owned())]);
        let refused = browser.submit(&desk.house, "/account/password", &fields).await;
        assert!(refused.text.contains("mindestens 12 Zeichen. Ein Satz ist leicht zu merken."), "{}", refused.text);
        // A form that is not ours is refused on a page of its own.
        let foreign = browser.submit(&desk.house, "/account/password", &[]).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        assert!(foreign.text.contains("Dieses Formular war zu lange offen") && !foreign.text.contains("This form"), "{}", foreign.text);
        // What only English has words for is said to be English.
        let odd = browser.get(&desk.house, "/oauth/authorize?client_id=nobody").await;
        assert!(odd.text.contains("auf Englisch") && odd.text.contains("<p class=\"human\" lang=\"en\" dir=\"auto\">"), "{}", odd.text);
    }
}
