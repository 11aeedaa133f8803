//! How kinds of posts that are more than a text are shown as one.

use super::Post;
use crate::{db::Timestamp, text};

impl Post {
    /// What is shown of it, clean HTML: its text, and above that the title, which leads to its own page, and when and
    /// where an event takes place.
    pub fn shown_html(&self) -> String {
        let mut html = String::new();
        if let Some(title) = self.title.as_deref().map(str::trim).filter(|title| !title.is_empty()) {
            let title = text::escape(title);
            html = match self.url.as_deref().or(self.uri.as_deref()) {
                Some(url) => format!(
                    "<p><a href=\"{}\" rel=\"nofollow noopener\" target=\"_blank\"><strong>{title}</strong></a></p>",
                    text::escape(url)
                ),
                None => format!("<p><strong>{title}</strong></p>"),
            };
        }
        if let Some(line) = self.occasion() {
            html.push_str(&format!("<p>{}</p>", text::escape(&line)));
        }
        html.push_str(&self.content);
        html
    }

    /// When and where it takes place, when it is an event.
    fn occasion(&self) -> Option<String> {
        let details = &self.details.0;
        if self.kind != "event" {
            return None;
        }
        let when = match (details.starts_at, details.ends_at) {
            (Some(start), Some(end)) => Some(format!("{} – {}", minute(start), minute(end))),
            (Some(start), None) => Some(minute(start)),
            (None, _) => None,
        };
        let parts: Vec<String> = when.into_iter().chain(details.location.clone()).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// `2026-11-01 12:00 UTC`
fn minute(moment: Timestamp) -> String {
    let text = moment.rfc3339();
    let (day, time) = text.split_once('T').unwrap_or((&text, ""));
    format!("{day} {} UTC", time.get(..5).unwrap_or_default())
}
