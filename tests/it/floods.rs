//! Texts that are made to cost: each is read in one pass, or refused unread. Where a door needs the square of their
//! length, these tests do not end.

use guildhall::text::{self, Format, Links};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    mastodon::House,
    support::world::{Stranger, World},
};

const MEBIBYTE: usize = 1024 * 1024;
/// More than is read of any text.
const LONG: usize = 300_000;
const ALICE: &str = "https://good.example/users/alice";

/// Pieces that somebody repeats.
const PIECES: [&str; 50] = [
    ")",
    "https://a/)",
    "https://",
    "https://@",
    "https://a.",
    "http://[",
    "@a",
    "@a@",
    "@a@b.c:",
    "@.",
    " @a@b.example",
    "#a",
    "#·",
    " #a1",
    "[](",
    "[a](<b",
    "![",
    "*a ",
    "**a *a ",
    "*_",
    "~~a ~",
    "`",
    "```\n",
    "> ",
    ">",
    "- ",
    "|a|b|\n|-|-|\n",
    "\\",
    "&amp",
    "&",
    "&#x1;",
    "<",
    "</",
    "<!--",
    "<!---->",
    "<!--->",
    "<?",
    "<![CDATA[",
    "<b>",
    "<b></x>",
    "<b x=\"</b>\">",
    "<a:b></a>",
    "<a href=x>",
    "<p><b lang=x>",
    "<svg><input>",
    "<title>",
    "<style></",
    "</p>",
    "<br>",
    "ä\u{0}",
];

fn repeated(piece: &str, bytes: usize) -> String {
    piece.repeat(bytes / piece.len())
}

/// Floods that are no repetition.
fn grown(bytes: usize) -> Vec<String> {
    let numbered = |start: &str, item: &dyn Fn(usize) -> String| {
        let mut text = start.to_owned();
        for number in 0.. {
            if text.len() >= bytes {
                break;
            }
            text.push_str(&item(number));
        }
        text
    };
    let half = bytes / 2;
    vec![
        format!("https://a/{}", repeated(")", bytes)),
        format!("@{}", repeated("a", bytes)),
        format!("@a@{}", repeated("ä.", bytes)),
        format!("#{}", repeated("a", bytes)),
        numbered("<b", &|number| format!(" a{number:x}")),
        numbered("<b", &|number| format!(" a{number:x}='>'")) + ">",
        numbered("", &|number| format!("<b lang=l{number}>")),
        // Formatting that stays open comes back in every paragraph.
        (0..200).map(|number| format!("<b lang=l{number}>")).fold("<p>".to_owned(), |text, tag| text + &tag)
            + "</p>"
            + &repeated("<p>x</p>", bytes),
        repeated("<b>", half) + &repeated("</i>", half),
        numbered("", &|number| "`".repeat(number % 2000) + "e"),
        repeated("> ", half) + "\n" + &repeated("a\n", half),
        repeated("- ", half) + "\n" + &repeated("\n", half),
        numbered("", &|number| format!("[a{number}]: /u\n")),
    ]
}

fn floods(bytes: usize) -> Vec<String> {
    PIECES.iter().map(|piece| repeated(piece, bytes)).chain(grown(bytes)).collect()
}

#[test]
fn names_in_a_long_text_are_found_in_one_pass() {
    for flood in floods(LONG) {
        assert!(text::find_mentions(&flood).len() <= 50);
        assert!(text::find_hashtags(&flood).len() <= 100);
        assert!(text::count(&flood) > 0);
        let _ =
            (text::is_blank(&flood), text::is_emoji(&flood), text::normalise_hashtag(&flood), text::http_url(&flood));
    }
}

#[test]
fn long_html_is_cleaned_in_one_pass_and_does_not_grow() {
    for flood in floods(LONG / 4) {
        let begin: String = flood.chars().take(40).collect();
        // A link is given a target and a rel, and every `<` that is text three bytes more.
        assert!(text::clean(&flood).len() <= 3 * MEBIBYTE, "{begin}");
        assert!(text::plain(&flood).len() <= MEBIBYTE, "{begin}");
        assert!(text::clean_name(&flood, 100).chars().count() <= 100);
        assert!(text::read_tags(&flood).1.len() <= 2 * MEBIBYTE);
    }
    assert_eq!(text::clean_own(&repeated("<b></x>", 700)).matches("<b>").count(), 100);
}

#[test]
fn a_text_as_long_as_a_post_can_be_is_rendered_in_one_pass() {
    let links = Links { mention: &|_, _| None, hashtag: &|name| format!("https://home.example/tags/{name}") };
    for flood in floods(40_000) {
        for format in [Format::Plain, Format::Markdown] {
            assert!(text::render(&flood, format, &links).html.len() <= 16 * MEBIBYTE);
        }
    }
}

#[test]
fn what_is_nested_too_deep_keeps_its_text() {
    let deep = format!("{}x{}", "ä<b>".repeat(600), "</b>".repeat(600));
    let cleaned = text::clean(&deep);
    assert_eq!((cleaned.matches('ä').count(), cleaned.matches('x').count()), (600, 1));
    assert_eq!((cleaned.matches("<b>").count(), cleaned.matches("</b>").count()), (100, 100));
    assert_eq!(
        text::clean("<p>a<ul><li>b<li>c<p>d<p>e</ul>f"),
        "<p>a</p><ul><li>b</li><li>c<p>d</p><p>e</p></li></ul>f"
    );
    assert_eq!(text::clean("<b><i>x</b></i>y"), "<b><i>x</i></b>y");
}

on_both! {
    async fn a_mebibyte_of_post_is_refused_before_it_is_read(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let kept = house.post(&ana, "/api/v1/statuses", json!({"status": "kept"})).await.ok();
        let address = format!("/api/v1/statuses/{}", kept["id"].as_str().unwrap());
        for flood in floods(900_000).into_iter().filter(|flood| !flood.contains(['"', '\0', '\n', '\\'])) {
            for (method, path, body) in [
                (Method::POST, "/api/v1/statuses", json!({"status": flood})),
                (Method::POST, "/api/v1/statuses", json!({"status": flood, "content_type": "text/markdown", "visibility": "direct"})),
                (Method::POST, "/api/v1/statuses", json!({"status": flood, "local_only": true})),
                (Method::POST, "/api/v1/statuses", json!({"status": "x", "spoiler_text": flood})),
                (Method::PUT, address.as_str(), json!({"status": flood})),
                (Method::PATCH, "/api/v1/accounts/update_credentials", json!({"display_name": flood})),
                (Method::PATCH, "/api/v1/accounts/update_credentials", json!({"note": flood})),
                (Method::PATCH, "/api/v1/accounts/update_credentials", json!({"fields_attributes": [{"name": "x", "value": flood}]})),
            ] {
                let begin: String = flood.chars().take(30).collect();
                let reply = house.call(Some(&ana), method.clone(), path, body).await;
                assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{method} {path} {begin}: {}", reply.body);
            }
        }
        assert!(house.get(&ana, &address).await.ok()["content"].as_str().unwrap().contains("kept"));
    }

    async fn letters_full_of_tags_hold_nobody_up(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let floods = floods(200_000).into_iter().filter(|flood| flood.contains('<') && !flood.contains('\0'));
        for (number, flood) in floods.enumerate() {
            let begin: String = flood.chars().take(30).collect();
            let note = hostile(&alice, number, &flood);
            assert_eq!(world.receive(&alice, &alice.create(&note)).await, StatusCode::ACCEPTED, "{begin}");
            let post = world.post(note["id"].as_str().unwrap()).await.unwrap_or_else(|| panic!("{begin} is not there"));
            assert!(post.content.len() <= 3 * MEBIBYTE && post.content.contains("begin"), "{begin}: {} bytes", post.content.len());
            let mut me = alice.document();
            me["summary"] = json!(format!("begin {number} {flood}"));
            let update = alice.does("Update", &format!("profile-{number}"), &me);
            assert_eq!(world.receive(&alice, &update).await, StatusCode::ACCEPTED, "{begin}");
        }
    }
}

/// A note that says a flood wherever text is read.
fn hostile(by: &Stranger, number: usize, flood: &str) -> Value {
    let short = flood.chars().take(10_000).collect::<String>();
    let mut note = by.note(&format!("flood-{number}"), &format!("<p>begin</p>{flood}"));
    note["summary"] = json!(short);
    note["name"] = json!(short);
    note["location"] = json!({"type": "Place", "name": short});
    note["oneOf"] = json!([{"type": "Note", "name": short}]);
    note["attachment"] = json!([{"type": "Document", "url": "https://good.example/a.png", "name": short}]);
    note
}
