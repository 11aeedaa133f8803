//! Pages behind links that mean us no good, over real sockets.

use std::{convert::Infallible, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use futures_util::stream;
use guildhall::domain::accounts::AccountKind;
use http::{StatusCode, header};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::neighbour::Canary;
use crate::support::server::{Person, Server};

/// A site whose pages have every fault.
#[derive(Clone)]
struct Site {
    /// Somebody who must not be asked.
    forbidden: String,
}

fn html(body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], body.into()).into_response()
}

async fn page(State(site): State<Site>, Path(name): Path<String>) -> Response {
    let forbidden = &site.forbidden;
    let head = "<html><head><title>Fine</title>";
    match name.as_str() {
        "fine" => html(format!("{head}<meta property=og:image content=/fine.png></head>")),
        "endless" => {
            let more = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 16 * 1024])));
            html(Body::from_stream(more))
        }
        "endless behind its head" => {
            let first = stream::iter([Ok::<_, Infallible>(Bytes::from(format!("{head}</HEAD><body>")))]);
            html(Body::from_stream(futures_util::StreamExt::chain(first, stream::pending())))
        }
        "never ends" => Redirect::to("/never%20ends").into_response(),
        "private" => Redirect::to(&format!("http://{forbidden}/")).into_response(),
        "file" => Redirect::to("file:///etc/passwd").into_response(),
        "embed" => html(format!(
            "{head}<link rel=alternate type=application/json+oembed href='http://{forbidden}/'>\
             <meta property=og:image content='http://{forbidden}/a.png'></head>"
        )),
        "long" => html(format!(
            "<title>{}</title><meta name=description content='{}'>",
            "t".repeat(300_000),
            "d".repeat(300_000)
        )),
        "attributes" => html(format!("<title>Fine</title><meta {} content=x>", "a=b ".repeat(100_000))),
        "script" => html(
            "<title>&lt;script&gt;alert(1)&lt;/script&gt;Fine \u{202e}x</title><meta property=og:image content='javascript:alert(1)'>\
             <meta property=og:url content='javascript:alert(1)'>",
        ),
        "charset" => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], &b"<title>K\xe4se \xff\xfe</title>"[..])
            .into_response(),
        "no page" => ([(header::CONTENT_TYPE, "application/pdf")], "<title>Fine</title>").into_response(),
        "packed" => ([(header::CONTENT_TYPE, "text/html"), (header::CONTENT_ENCODING, "gzip")], "<title>Fine</title>")
            .into_response(),
        "refused" => (StatusCode::FORBIDDEN, html("<title>Fine</title>")).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The address of the site, on a port of this machine.
async fn open(forbidden: String) -> (String, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new().route("/{name}", get(page)).with_state(Site { forbidden });
    tokio::spawn(async move { axum::serve(listener, router).await });
    (format!("http://127.0.0.1:{port}"), port)
}

/// The card of a page, or null when it was read and has none.
async fn card(server: &Server, ana: &Person, url: &str) -> Value {
    let post = server.post(ana, "/api/v1/statuses", json!({"status": url})).await;
    let id = post["id"].as_str().unwrap();
    for _ in 0..2_000 {
        let link = url.to_owned();
        let now = server.app.db.now();
        if !server.app.db.read(move |conn| guildhall::domain::cards::is_wanted(conn, &link, now)).await.unwrap() {
            return server.get(ana, &format!("/api/v1/statuses/{id}")).await["card"].clone();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{url} was not read");
}

on_both! {
    async fn hostile_pages_have_a_harmless_card_or_none(database: TestDatabase) {
        let canary = Canary::at("127.0.0.1").await;
        let (origin, port) = open(canary.address.to_string()).await;
        let server = Server::admitting(database, &format!(r#"["127.0.0.1:{port}"]"#)).await;
        let ana = server.person("ana", AccountKind::Employee).await;
        for (name, title) in [
            ("fine", Some("Fine")),
            ("endless", None),
            ("endless%20behind%20its%20head", Some("Fine")),
            ("never%20ends", None),
            ("private", None),
            ("file", None),
            ("embed", Some("Fine")),
            ("attributes", Some("Fine")),
            ("script", Some("Fine x")),
            ("charset", Some("K\u{fffd}se \u{fffd}\u{fffd}")),
            ("no%20page", None),
            ("packed", None),
            ("refused", None),
        ] {
            let card = card(&server, &ana, &format!("{origin}/{name}")).await;
            assert_eq!(card["title"].as_str(), title, "{name}: {card}");
            assert_eq!(card["image"].is_string(), matches!(name, "fine" | "embed"), "{name}: {card}");
            assert_eq!(card["html"].as_str().unwrap_or_default(), "", "{name}");
        }
        let long = card(&server, &ana, &format!("{origin}/long")).await;
        assert_eq!((long["title"].as_str().unwrap().len(), long["description"].as_str().unwrap().len()), (300, 1_000));
        // The picture of a private host is asked for when somebody looks, and not had then.
        let embed = card(&server, &ana, &format!("{origin}/embed")).await;
        let image = embed["image"].as_str().unwrap().strip_prefix(server.origin.as_str()).unwrap();
        assert_eq!(server.try_call(None, "GET", image, Value::Null).await.0, StatusCode::NOT_FOUND);
        assert_eq!(canary.visits(), 0);
    }
}
