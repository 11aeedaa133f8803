//! A page for people or a document for servers, from one address.

use http::{HeaderMap, header};

use crate::net::content_type::is_activity;

/// What a reader wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A page.
    Html,
    /// An ActivityPub document.
    Activity,
}

/// What the `Accept` header asks for; `default` when it does not care.
pub fn wanted(headers: &HeaderMap, default: Form) -> Form {
    let (mut html, mut activity) = (0_u32, 0_u32);
    for header in headers.get_all(header::ACCEPT) {
        for range in split(header.to_str().unwrap_or_default()) {
            let quality = quality(range);
            let essence = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            if is_activity(range)
                || (essence == "application/ld+json" && !range.contains("profile"))
                || essence == "application/json"
            {
                activity = activity.max(quality);
            } else if matches!(essence.as_str(), "text/html" | "application/xhtml+xml") {
                html = html.max(quality);
            }
        }
    }
    match (html, activity) {
        (0, 0) => default,
        (html, activity) if activity > html => Form::Activity,
        (html, activity) if html > activity => Form::Html,
        _ => default,
    }
}

/// The ranges of an `Accept` header; commas inside quotes do not count.
fn split(header: &str) -> Vec<&str> {
    let (mut ranges, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, c) in header.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                ranges.extend(header.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    ranges.extend(header.get(start..));
    ranges
}

/// In thousandths.
fn quality(range: &str) -> u32 {
    let value = range.split(';').skip(1).find_map(|parameter| parameter.trim().strip_prefix("q="));
    let value: f32 = value.map_or(1.0, |value| value.trim().parse().unwrap_or(0.0));
    (value.clamp(0.0, 1.0) * 1000.0) as u32
}
