//! What is answered at one address depends on who asks: a browser, another server, a program that wants JSON.

use guildhall::domain::{By, actors, posts};
use http::StatusCode;
use serde_json::{Value, json};

use super::pages::{settle, visit};
use crate::federation::house::BASE;

const ACTIVITY: &str = "application/activity+json; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

on_both! {
    async fn a_browser_at_the_address_of_a_document_that_is_not_there_reads_a_page(database: TestDatabase) {
        let (house, town) = settle(database).await;
        for path in ["/ap/actors/1", "/ap/actors/x", "/ap/actors/1/outbox", "/ap/objects/1", "/ap/objects/1/likes", "/ap/activities/1", "/ap/quotes/1", "/ap/nothing"] {
            let (status, headers, page) = visit(&house, path).await;
            assert_eq!((status, headers["content-type"].to_str().unwrap(), headers["vary"].to_str().unwrap()), (StatusCode::NOT_FOUND, HTML, "Accept, Accept-Language, Cookie"), "{path}");
            assert!(page.contains("There is nothing at this address."), "{path}");
            for accept in ["application/activity+json", "application/json", "*/*"] {
                let (status, _, body) = house.get(path, &[("accept", accept)]).await;
                assert_eq!(status, StatusCode::NOT_FOUND, "{path} {accept}");
                assert!(!body.contains('<'), "{path} {accept}: {body}");
            }
        }
        let (brand, jonas) = (town.brand.id, town.jonas.id);
        house.write(move |tx| {
            posts::delete(tx, &By::Local { actor: brand, account: None }, town.news)?;
            actors::delete(tx, jonas)
        }).await;
        for uri in [house.app.site.object_uri(town.news), town.jonas.uri.clone()] {
            let (status, headers, page) = visit(&house, uri.strip_prefix(BASE).unwrap()).await;
            assert_eq!((status, headers["content-type"].to_str().unwrap()), (StatusCode::GONE, HTML), "{uri}");
            assert!(page.contains("This was here, and is gone."), "{uri}");
            let (status, body) = house.get_object(&uri).await;
            assert_eq!((status, &body["type"], &body["id"]), (StatusCode::GONE, &json!("Tombstone"), &json!(uri)));
        }
    }

    async fn who_wants_json_at_the_address_of_a_page_gets_the_document(database: TestDatabase) {
        let (house, town) = settle(database).await;
        for path in ["/@company".to_owned(), "/@jonas".to_owned(), format!("/@company/{}", town.answer)] {
            let (_, document) = house.get_object(&path).await;
            for accept in ["application/json", "application/json, text/plain, */*", "text/html;q=0.1,application/json;q=0.9"] {
                let (status, headers, body) = house.get(&path, &[("accept", accept)]).await;
                assert_eq!((status, headers["content-type"].to_str().unwrap(), headers["vary"].to_str().unwrap()), (StatusCode::OK, ACTIVITY, "Accept"), "{path} {accept}");
                assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), document, "{path} {accept}");
            }
            for accept in ["text/html", "text/html, application/json", "application/json;q=0.5, text/html", "*/*"] {
                let (status, headers, _) = house.get(&path, &[("accept", accept)]).await;
                assert_eq!((status, headers["content-type"].to_str().unwrap(), headers["vary"].to_str().unwrap()), (StatusCode::OK, HTML, "Accept, Accept-Language, Cookie"), "{path} {accept}");
            }
        }
        for path in ["/@nobody", "/@company/1"] {
            let (status, _, body) = house.get(path, &[("accept", "application/json")]).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            assert!(!body.contains('<'), "{path}: {body}");
        }
    }
}
