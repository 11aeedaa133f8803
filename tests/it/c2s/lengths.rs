//! What leaves is below 64 KiB, whatever characters it has.

use serde_json::{Value, json};

use super::Desk;
use crate::support::world::PUBLIC;

fn typed(text: &str, media: &str) -> Value {
    json!({"type": "Note", "to": PUBLIC, "source": {"content": text, "mediaType": media}})
}

on_both! {
    async fn no_activity_of_ours_is_longer_than_64_kib(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", "read write follow").await;
        // Each link counts 23 characters, whatever its length.
        let links = |count: usize, bytes: usize| vec![format!("https://a.example/{}", "x".repeat(bytes)); count].join(" ");
        let tags: Vec<String> = (0..45).map(|number| format!("#{}{number}", "日".repeat(98))).collect();
        let refused = [
            ("links that are longer than a post", links(200, 2_000)),
            ("long links", links(30, 2_000)),
            ("short links", links(200, 150)),
            ("tags that are longer in addresses", tags.join(" ")),
            ("names that are links", "#a ".repeat(1_600)),
        ];
        let taken = [
            ("links", links(60, 180)),
            ("characters that are escaped", "\"\\".repeat(2_499)),
            ("characters of four bytes", "🦀".repeat(4_999)),
            ("tags", tags[..12].join(" ")),
        ];
        for media in ["text/plain", "text/markdown"] {
            for (name, text) in &refused {
                assert_eq!(desk.submit(&ana, typed(text, media)).await.refusal(), (422, "post.too_long"), "{name}, {media}");
            }
            for (name, text) in &taken {
                assert_eq!(desk.submit(&ana, typed(text, media)).await.status, 201, "{name}, {media}");
            }
        }
        let flood = json!({"type": "Note", "to": PUBLIC, "content": "<b></x>".repeat(100_000)});
        assert_eq!(desk.submit(&ana, flood).await.refusal(), (422, "post.too_long"));
        let sent = desk.sent().await;
        assert_eq!(sent.len(), 8);
        for one in sent {
            let length = one.body.to_string().len();
            assert!(length < 64 * 1024, "{length} bytes: {}", one.body["object"]["content"].to_string().get(..80).unwrap_or_default());
        }
    }
}
