//! Cards of the pages that posts link to.

mod creators;

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::{
    House, Person,
    streaming::{listen, serve},
};

const PAGE: &str = "https://news.example/tea";

fn page(title: &str, more: &str) -> String {
    format!("<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>{more}</head><body>x</body>")
}

/// How often an address was asked for.
fn asked(house: &House, url: &str) -> usize {
    house.documents.requests().iter().filter(|asked| *asked == url).count()
}

async fn card(house: &House, who: &Person, id: &str) -> Value {
    house.get(who, &format!("/api/v1/statuses/{id}")).await.ok()["card"].clone()
}

on_both! {
    async fn a_post_shows_a_card_of_the_page_that_it_links_to(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.customer("ben").await);
        let said = "<meta property=og:description content='How to &amp; why'><meta property=og:image content=/tea.png>\
            <meta property=og:site_name content='The &lt;b&gt;News&lt;/b&gt;'><meta property=og:image:width content=400><meta property=og:image:height content=300>";
        house.documents.put(PAGE, "text/html", page("Tea &amp; cake", said));
        house.documents.put("https://news.example/tea.png", "image/png", blurred());
        house.post(&ben, &format!("/api/v1/accounts/{}/follow", ana.id()), json!({})).await.ok();
        let mut bens = listen(&serve(&house).await, &ben, &["user"]).await;
        let id = house.says(&ana, json!({"status": format!("@ben #tea {PAGE}#milk and https://late.example/")})).await;
        let path = format!("/api/v1/statuses/{id}/card");
        assert_eq!((card(&house, &ana, &id).await, house.get(&ana, &path).await.ok()), (Value::Null, json!({})));
        house.work().await;
        let shown = card(&house, &ana, &id).await;
        assert_eq!(house.get(None, &path).await.ok(), shown);
        for (name, value) in [("url", PAGE), ("title", "Tea & cake"), ("description", "How to & why"), ("provider_name", "The News"), ("type", "link"), ("html", ""), ("language", "en")] {
            assert_eq!(shown[name], value, "{name}");
        }
        assert_eq!((&shown["width"], &shown["height"]), (&json!(400), &json!(300)));
        let mut heard = Vec::new();
        while heard.last().is_none_or(|(_, event, _): &(Value, String, String)| event != "status.update") {
            heard.push(bens.event().await);
        }
        let told: Value = serde_json::from_str(&heard.last().unwrap().2).unwrap();
        assert_eq!((&told["id"], &told["card"]["title"]), (&json!(id), &shown["title"]), "who listens is told");
        assert_eq!((asked(&house, PAGE), asked(&house, "https://late.example/")), (1, 0), "the first page counts");
        let page = house.send(Request::get(format!("/@ana/{id}")).header("accept", "text/html").body(Body::empty()).unwrap()).await.body;
        assert!(page.as_str().unwrap().contains(&format!("<a class=\"link\" href=\"{PAGE}\"")), "{page}");
        // The picture comes from us, to readers and nobody else knows its address.
        let image = shown["image"].as_str().unwrap().strip_prefix(super::BASE).unwrap().to_owned();
        assert_eq!(asked(&house, "https://news.example/tea.png"), 0);
        assert_eq!(house.get(None, &image).await.status, StatusCode::OK);
        assert_eq!(house.get(None, &image.replace(&id, "1")).await.status, StatusCode::NOT_FOUND);
    }

    async fn one_card_serves_every_post_and_is_read_anew_in_time(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, eve) = (house.employee("ana").await, house.stranger("eve", "remote.example").await);
        house.documents.put(PAGE, "text/html", page("Tea", ""));
        let says = async |text: &str| {
            let id = house.says(&ana, json!({"status": text})).await;
            house.work().await;
            id
        };
        let first = says(PAGE).await;
        let theirs = house.arrived(&eve, |draft| draft.link = Some(PAGE.to_owned())).await.to_string();
        for id in [first.clone(), theirs, says(&format!("Again {PAGE}")).await] {
            assert_eq!(card(&house, &ana, &id).await["title"], "Tea");
        }
        assert_eq!(asked(&house, PAGE), 1);
        // A page without anything is left alone for a day, and then asked again for the next post.
        let empty = "https://empty.example/";
        for (wait, times) in [(0, 1), (3600, 1), (24 * 3600, 2)] {
            house.wait(wait);
            let id = says(empty).await;
            assert_eq!((card(&house, &ana, &id).await, asked(&house, empty)), (Value::Null, times));
        }
        house.wait(14 * 24 * 3600);
        house.documents.put(PAGE, "text/html", page("Coffee", ""));
        says(&format!("Once more {PAGE}")).await;
        assert_eq!((card(&house, &ana, &first).await["title"].clone(), asked(&house, PAGE)), (json!("Coffee"), 2));
        house.wait(14 * 24 * 3600);
        house.documents.remove(PAGE);
        says(&format!("At last {PAGE}")).await;
        assert_eq!((card(&house, &ana, &first).await["title"].clone(), asked(&house, PAGE)), (json!("Coffee"), 3), "what is gone keeps its card");
    }

    async fn a_page_that_cannot_be_read_now_is_tried_again(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        house.documents.put_status(PAGE, StatusCode::SERVICE_UNAVAILABLE);
        let id = house.says(&ana, json!({"status": PAGE})).await;
        house.work().await;
        assert_eq!((card(&house, &ana, &id).await, asked(&house, PAGE)), (Value::Null, 1));
        house.documents.put(PAGE, "text/html", page("Tea", ""));
        house.wait(3600);
        house.work().await;
        assert_eq!((card(&house, &ana, &id).await["title"].clone(), asked(&house, PAGE)), (json!("Tea"), 2));
    }

    async fn a_link_for_few_is_told_to_nobody(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        house.documents.put(PAGE, "text/html", page("Tea", "<meta property=og:image content=/tea.png>"));
        house.documents.put("https://news.example/tea.png", "image/png", blurred());
        let mut hidden = Vec::new();
        for (field, value) in [("visibility", json!("private")), ("visibility", json!("direct")), ("local_only", json!(true))] {
            hidden.push(house.says(&ana, json!({"status": format!("@ben {PAGE}"), field: value})).await);
        }
        house.work().await;
        assert_eq!(asked(&house, PAGE), 0);
        for id in hidden {
            assert_eq!(card(&house, &ana, &id).await, Value::Null);
        }
        let open = house.says(&ana, json!({"status": PAGE, "visibility": "unlisted"})).await;
        house.work().await;
        assert_eq!(card(&house, &ben, &open).await["title"], "Tea");
        // What is known is shown to readers of what is not for everybody, without asking.
        let inside = house.says(&ana, json!({"status": format!("@ben {PAGE}"), "local_only": true})).await;
        house.work().await;
        assert_eq!((card(&house, &ben, &inside).await["title"].clone(), asked(&house, PAGE)), (json!("Tea"), 1));
        // Nor is anybody told who guesses the address of its picture.
        assert_eq!(card(&house, &ben, &inside).await["image"], Value::Null);
        let image = card(&house, &ben, &open).await["image"].as_str().unwrap().strip_prefix(super::BASE).unwrap().to_owned();
        assert_eq!(house.get(None, &image).await.status, StatusCode::OK);
        assert_eq!(house.get(None, &image.replace(&open, &inside)).await.status, StatusCode::NOT_FOUND);
        let path = format!("/api/v1/statuses/{inside}/card");
        assert_eq!(house.get(None, &path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(house.get(&house.customer("cleo").await, &path).await.status, StatusCode::NOT_FOUND);
    }

    async fn names_and_our_own_pages_have_no_card(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        house.stranger("eve", "remote.example").await;
        let id = house.says(&ana, json!({"status": format!("@eve@remote.example #tea {}/@ana", super::BASE)})).await;
        house.work().await;
        assert_eq!((card(&house, &ana, &id).await, house.documents.requests()), (Value::Null, Vec::<String>::new()));
    }

    async fn an_edit_changes_the_card(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        house.documents.put(PAGE, "text/html", page("Tea", ""));
        house.documents.put("https://news.example/cake", "text/html", page("Cake", ""));
        let id = house.says(&ana, json!({"status": PAGE})).await;
        house.work().await;
        for (text, title) in [("https://news.example/cake", json!("Cake")), ("Nothing", Value::Null), (PAGE, json!("Tea"))] {
            house.wait(60);
            house.put(&ana, &format!("/api/v1/statuses/{id}"), json!({"status": text})).await.ok();
            house.work().await;
            assert_eq!(card(&house, &ana, &id).await["title"], title);
        }
    }

    async fn pages_of_blocked_servers_have_no_card(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let block = async |host: &'static str| {
            house.app.db.write(move |tx| guildhall::domain::servers::block(tx, host, None)).await.unwrap();
            house.app.reload_policies().await.unwrap();
        };
        house.documents.put(PAGE, "text/html", page("Tea", ""));
        let known = house.says(&ana, json!({"status": PAGE})).await;
        house.work().await;
        assert_eq!(card(&house, &ana, &known).await["title"], "Tea");
        block("news.example").await;
        assert_eq!(card(&house, &ana, &known).await, Value::Null);
        house.documents.put("https://www.news.example/", "text/html", page("Tea", ""));
        let other = house.says(&ana, json!({"status": "https://www.news.example/"})).await;
        house.work().await;
        assert_eq!((card(&house, &ana, &other).await, asked(&house, "https://www.news.example/")), (Value::Null, 0));
    }

    async fn cards_that_no_post_shows_are_forgotten(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        house.documents.put(PAGE, "text/html", page("Tea", ""));
        let (gone, kept) = (house.says(&ana, json!({"status": PAGE})).await, house.says(&ana, json!({"status": "https://news.example/cake"})).await);
        house.work().await;
        house.delete(&ana, &format!("/api/v1/statuses/{gone}")).await.ok();
        house.wait(25 * 3600);
        guildhall::jobs::ensure_pruning(&house.app.db).await.unwrap();
        house.work().await;
        house.says(&ana, json!({"status": PAGE})).await;
        house.says(&ana, json!({"status": "https://news.example/cake"})).await;
        house.work().await;
        assert_eq!(asked(&house, PAGE), 2, "{kept} keeps the other");
        assert_eq!(asked(&house, "https://news.example/cake"), 2, "a day is over");
    }
}

/// A small picture.
fn blurred() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(4, 3, image::Rgb([10, 90, 40])).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}
