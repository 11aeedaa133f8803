//! Following, answering, liking and sharing from one's own server.

use axum::body::Body;
use guildhall::domain::posts::{self, Audience};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{pages::POLICY, town};
use crate::support::world::{OURS, World};

const SUBSCRIBE: &str = "http://ostatus.org/schema/1.0/subscribe";

struct Visit {
    status: StatusCode,
    headers: HeaderMap,
    page: String,
}

impl Visit {
    /// Where the page goes by itself.
    fn target(&self) -> Option<&str> {
        self.headers.get("refresh")?.to_str().ok()?.strip_prefix("0;url=")
    }
}

async fn submit(world: &World, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Visit {
    let body: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let mut request = Request::post("/interact")
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = world.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let page = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    Visit { status: parts.status, headers: parts.headers, page }
}

/// A server whose WebFinger says so of `kim`.
fn server(world: &World, host: &str, links: &Value) {
    server_of(world, host, "kim", links);
}

/// A server whose WebFinger says so of somebody.
fn server_of(world: &World, host: &str, name: &str, links: &Value) {
    let url = format!("https://{host}/.well-known/webfinger?resource=acct%3A{name}%40{host}");
    let body = json!({ "subject": format!("acct:{name}@{host}"), "links": links });
    world.documents.put(&url, "application/jrd+json", body.to_string());
}

/// A page for people.
async fn read(world: &World, path: &str) -> String {
    let request = Request::get(path).header("accept", "text/html").body(Body::empty()).unwrap();
    let response = world.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

fn door(rel: &str, template: &str) -> Value {
    json!({ "rel": rel, "template": template })
}

on_both! {
    async fn visitors_are_sent_to_their_own_server(database: TestDatabase) {
        let world = World::open(database).await;
        let post = world.ana_writes("Hello").await.uri.unwrap();
        let ana = world.ana.uri.clone();
        server(&world, "mastodon.example", &json!([door(SUBSCRIBE, "https://mastodon.example/authorize_interaction?uri={uri}")]));
        server(&world, "modern.example", &json!([
            door(SUBSCRIBE, "https://modern.example/old?uri={uri}"),
            door("https://w3id.org/fep/3b86/Follow", "https://modern.example/follow?object={object}&on-success={on-success}"),
            door("https://w3id.org/fep/3b86/like", "https://modern.example/like?object={object}"),
            json!({ "rel": "https://w3id.org/fep/3b86/Announce", "href": "https://modern.example/share?object={object}" }),
            door("https://w3id.org/fep/3b86/Create", "https://modern.example/write?inReplyTo={inReplyTo}&content={content}"),
        ]));
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let (actor, object) = (encoded(&ana), encoded(&post));
        for (to, uri, address, expected) in [
            ("follow", &ana, "@kim@mastodon.example", format!("https://mastodon.example/authorize_interaction?uri={actor}")),
            ("ask", &ana, "kim@mastodon.example", format!("https://mastodon.example/authorize_interaction?uri={actor}")),
            ("answer", &post, "@kim@mastodon.example", format!("https://mastodon.example/authorize_interaction?uri={object}")),
            ("like", &post, "https://mastodon.example/@kim", format!("https://mastodon.example/authorize_interaction?uri={object}")),
            ("follow", &ana, "@kim@modern.example", format!("https://modern.example/follow?object={actor}&on-success=")),
            ("like", &post, "@kim@modern.example", format!("https://modern.example/like?object={object}")),
            ("share", &post, "@kim@MODERN.example", format!("https://modern.example/share?object={object}")),
            ("answer", &post, "@kim@modern.example", format!("https://modern.example/write?inReplyTo={object}&content=")),
            ("ask", &ana, "@kim@modern.example", "https://modern.example/write?inReplyTo=&content=%40ana%40company.example".to_owned()),
        ] {
            let visit = submit(&world, &[("to", to), ("uri", uri), ("address", address)], &[("origin", OURS), ("sec-fetch-site", "same-origin")]).await;
            assert_eq!((visit.status, visit.target()), (StatusCode::OK, Some(expected.as_str())), "{to} {address}: {}", visit.page);
            assert_eq!(visit.headers["content-security-policy"], POLICY);
            assert_eq!((visit.headers["cache-control"].to_str().unwrap(), visit.headers["referrer-policy"].to_str().unwrap()), ("no-store", "same-origin"));
            assert!(visit.page.contains(&format!("href=\"{}\"", expected.replace('&', "&#38;"))), "{}", visit.page);
            assert!(!visit.headers.contains_key("set-cookie"));
        }
        for address in ["@ana@company.example", "company.example"] {
        let visit = submit(&world, &[("to", "follow"), ("uri", &ana), ("address", address)], &[]).await;
        assert_eq!((visit.status, visit.headers["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, format!("/authorize_interaction?intent=follow&uri={actor}").as_str()));
        }
    }

    async fn a_server_alone_is_enough_where_it_tells_its_door(database: TestDatabase) {
        let world = World::open(database).await;
        let ana = world.ana.uri.clone();
        let encoded: String = form_urlencoded::byte_serialize(ana.as_bytes()).collect();
        let template = "https://mastodon.example/authorize_interaction?uri={uri}";
        server_of(&world, "mastodon.example", "mastodon.example", &json!([door(SUBSCRIBE, template)]));
        for address in ["mastodon.example", " @Mastodon.example", "https://mastodon.example/"] {
            let visit = submit(&world, &[("to", "follow"), ("uri", &ana), ("address", address)], &[]).await;
            let expected = format!("https://mastodon.example/authorize_interaction?uri={encoded}");
            assert_eq!((visit.status, visit.target()), (StatusCode::OK, Some(expected.as_str())), "{address}");
        }
        let visit = submit(&world, &[("to", "follow"), ("uri", &ana), ("address", "quiet.example")], &[]).await;
        assert_eq!((visit.status, visit.target()), (StatusCode::UNPROCESSABLE_ENTITY, None));
        assert!(visit.page.contains("Type your whole address, @you@quiet.example"), "{}", visit.page);
    }

    async fn a_browser_remembers_what_led_somewhere_and_nothing_else(database: TestDatabase) {
        let world = World::open(database).await;
        let ana = world.ana.uri.clone();
        server(&world, "mastodon.example", &json!([door(SUBSCRIBE, "https://mastodon.example/go?uri={uri}")]));
        let worked = submit(&world, &[("to", "follow"), ("uri", &ana), ("address", " @kim@mastodon.example")], &[]).await;
        assert!(worked.page.contains("data-worked=\"@kim@mastodon.example\""), "{}", worked.page);
        for address in ["kim", "@kim@nowhere.example", "nowhere.example"] {
            let failed = submit(&world, &[("to", "follow"), ("uri", &ana), ("address", address)], &[]).await;
            assert!(!failed.page.contains("data-worked") && failed.page.contains(&format!("value=\"{address}\"")), "{address}");
            assert!(failed.page.contains(">@ana@company.example</textarea>"), "it can be copied: {}", failed.page);
        }
    }

    async fn whom_another_site_sends_here_is_told_how_to_go_on(database: TestDatabase) {
        let world = World::open(database).await;
        let post = world.ana_writes("Hello").await.uri.unwrap();
        let ana = world.ana.uri.clone();
        let ask = format!("name=\"to\" value=\"ask\"><input type=\"hidden\" name=\"uri\" value=\"{ana}\"");
        let form = |to: &str, uri: &str| format!("name=\"to\" value=\"{to}\"><input type=\"hidden\" name=\"uri\" value=\"{uri}\"");
        for (query, copied, form) in [
            ("intent=answer&uri=&content=%40ana%40company.example".to_owned(), "@ana@company.example", Some(ask.clone())),
            (format!("intent=ask&uri={ana}"), "@ana@company.example", Some(ask)),
            (format!("intent=follow&uri={ana}"), "@ana@company.example", Some(form("follow", &ana))),
            ("uri=acct:ana@company.example".to_owned(), "@ana@company.example", Some(form("follow", &ana))),
            (format!("intent=like&uri={post}"), post.as_str(), Some(form("like", &post))),
            (format!("intent=answer&uri={post}&content=Hi"), "Hi", Some(form("answer", &post))),
            ("intent=answer&content=%40mallory%40nowhere.example+hello".to_owned(), "@mallory@nowhere.example hello", None),
            ("uri=https://nowhere.example/1".to_owned(), "https://nowhere.example/1", None),
        ] {
            let page = read(&world, &format!("/authorize_interaction?{query}")).await;
            assert!(page.contains(&format!(">{copied}</textarea>")), "{query}: {page}");
            assert!(page.contains("With an account at") && page.contains("on another server"), "{query}: {page}");
            assert_eq!(page.contains("action=\"/interact\""), form.is_some(), "{query}");
            assert!(form.is_none_or(|form| page.contains(&form)), "{query}: {page}");
        }
        let inside = town::says(&world.app, world.ana.id, "<p>Inside</p>", None, Audience::Followers).await;
        let uri = world.app.db.read(move |conn| Ok(posts::get(conn, inside)?.uri)).await.unwrap().unwrap();
        let page = read(&world, &format!("/authorize_interaction?intent=like&uri={uri}")).await;
        assert!(!page.contains("Inside") && !page.contains("action=\"/interact\""), "{page}");
        let page = read(&world, "/authorize_interaction?intent=follow").await;
        assert!(page.contains("did not say what it is about") && !page.contains("<textarea"), "{page}");
    }

    async fn nobody_is_sent_anywhere_else(database: TestDatabase) {
        let world = World::open(database).await;
        let ana = world.ana.uri.clone();
        for (number, template) in [
            "https://elsewhere.example/?uri={uri}",
            "https://host.example@elsewhere.example/?uri={uri}",
            "https://elsewhere.example\\@host.example/?uri={uri}",
            "http://host.example/?uri={uri}",
            "javascript:alert(1)//{uri}",
            "data:text/html,{uri}",
            "//elsewhere.example/{uri}",
            "/relative?uri={uri}",
            "{uri}",
            "https://{uri}/",
            "https://host.example{uri}",
            "https://host.example:8443/?uri={uri}",
            "https://host.example.elsewhere.example/?uri={uri}",
            "https://user:password@host.example/?uri={uri}",
            "https://host.example/\r\nSet-Cookie: x=y?uri={uri}{",
            "https://company.example/?uri={uri}",
            "no placeholder",
        ].into_iter().enumerate() {
            let host = format!("host{number}.example");
            server(&world, &host, &json!([door(SUBSCRIBE, &template.replace("host.example", &host))]));
            let visit = submit(&world, &[("to", "follow"), ("uri", &ana), ("address", &format!("@kim@{host}"))], &[]).await;
            assert_eq!((visit.status, visit.target()), (StatusCode::UNPROCESSABLE_ENTITY, None), "{template}");
            assert!(!visit.headers.contains_key("location") && visit.page.contains("role=\"alert\""));
            assert!(!visit.page.contains("elsewhere.example"), "{template}");
        }
    }

    async fn only_our_own_form_asks_other_servers(database: TestDatabase) {
        let world = World::open(database).await;
        let ana = world.ana.uri.clone();
        server(&world, "mastodon.example", &json!([door(SUBSCRIBE, "https://mastodon.example/go?uri={uri}")]));
        let fields = [("to", "follow"), ("uri", ana.as_str()), ("address", "@kim@mastodon.example")];
        for headers in [
            &[("origin", "https://evil.example")][..],
            &[("origin", "null")],
            &[("origin", "https://company.example.evil.example")],
            &[("sec-fetch-site", "cross-site")],
            &[("origin", "null"), ("sec-fetch-site", "same-site")],
        ] {
            let visit = submit(&world, &fields, headers).await;
            assert_eq!((visit.status, visit.target()), (StatusCode::FORBIDDEN, None), "{headers:?}");
        }
        assert!(world.documents.requests().is_empty(), "nobody was asked");
        assert_eq!(submit(&world, &fields, &[("origin", "null"), ("sec-fetch-site", "same-origin")]).await.status, StatusCode::OK);
        let get = Request::get("/interact?to=follow&uri=".to_owned() + &ana + "&address=@kim@mastodon.example").header("accept", "text/html").body(Body::empty()).unwrap();
        let response = world.router.clone().oneshot(get).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert!(!response.headers().contains_key("refresh"), "a link sends nobody anywhere");
    }

    async fn addresses_that_are_none_and_servers_that_do_not_answer_are_explained(database: TestDatabase) {
        let world = World::open(database).await;
        let ana = world.ana.uri.clone();
        server(&world, "blocked.example", &json!([door(SUBSCRIBE, "https://blocked.example/go?uri={uri}")]));
        world.app.db.write(|tx| guildhall::domain::servers::block(tx, "blocked.example", None)).await.unwrap();
        world.app.reload_policies().await.unwrap();
        world.documents.put("https://html.example/.well-known/webfinger?resource=acct%3Akim%40html.example", "text/html", "<p>Hello</p>");
        server(&world, "doorless.example", &json!([]));
        for address in ["", "kim", "@kim@", "kim@@x", "<script>alert(1)</script>@x.example", "kim@x.example/path", "kim@nowhere.example", "kim@blocked.example", "kim@html.example", "kim@doorless.example", "kim@127.0.0.1", "kim@[::1]", "kim@localhost", "kim@169.254.169.254"] {
            let visit = submit(&world, &[("to", "follow"), ("uri", &ana), ("address", address)], &[]).await;
            assert_eq!((visit.status, visit.target()), (StatusCode::UNPROCESSABLE_ENTITY, None), "{address}");
            assert!(visit.page.contains("role=\"alert\"") && visit.page.contains("aria-invalid=\"true\""), "{address}");
            assert_eq!(visit.page.matches("<script").count(), 1, "{address}");
        }
        for (to, uri) in [("follow", "https://nobody.example/users/x"), ("fly", &ana), ("like", &ana), ("follow", "")] {
            let visit = submit(&world, &[("to", to), ("uri", uri), ("address", "@kim@mastodon.example")], &[]).await;
            assert_eq!(visit.status, StatusCode::NOT_FOUND, "{to} {uri}");
        }
    }

    async fn what_is_not_for_everybody_has_no_form(database: TestDatabase) {
        let world = World::open(database).await;
        let inside = town::says(&world.app, world.ana.id, "<p>Inside</p>", None, Audience::Followers).await;
        let uri = world.app.db.read(move |conn| Ok(posts::get(conn, inside)?.uri)).await.unwrap().unwrap();
        let visit = submit(&world, &[("to", "answer"), ("uri", &uri), ("address", "@kim@mastodon.example")], &[]).await;
        assert_eq!(visit.status, StatusCode::NOT_FOUND);
        assert!(!visit.page.contains("Inside"));
    }

    async fn the_form_is_limited_like_every_stranger(database: TestDatabase) {
        let world = World::configured(database, &[("GUILDHALL_LIMITS__ANONYMOUS_REQUESTS_PER_5_MINUTES", "3")]).await;
        let ana = world.ana.uri.clone();
        let mut statuses = Vec::new();
        for _ in 0..5 {
            let mut request = Request::post("/interact").header("accept", "text/html").header("content-type", "application/x-www-form-urlencoded");
            let address: std::net::SocketAddr = "203.0.113.9:4711".parse().unwrap();
            request.extensions_mut().unwrap().insert(axum::extract::ConnectInfo(address));
            let body = form_urlencoded::Serializer::new(String::new()).append_pair("to", "follow").append_pair("uri", &ana).append_pair("address", "x").finish();
            statuses.push(world.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap().status().as_u16());
        }
        assert_eq!(statuses, [422, 422, 422, 429, 429]);
    }
}
