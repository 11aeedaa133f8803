//! Media types as peers write them.

/// The type that we send.
pub const ACTIVITY: &str = "application/activity+json";
/// What we accept when we fetch an object.
pub const ACCEPT_ACTIVITY: &str =
    "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
/// What we accept when we ask for a handle.
pub const ACCEPT_JRD: &str = "application/jrd+json, application/json";

fn essence(text: &str) -> String {
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether this is `application/activity+json`, or `application/ld+json` with the ActivityStreams profile. Uploads
/// served as anything else are never taken for an object.
pub fn is_activity(text: &str) -> bool {
    match essence(text).as_str() {
        ACTIVITY => true,
        "application/ld+json" => text.split(';').skip(1).any(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            name.trim().eq_ignore_ascii_case("profile")
                && value
                    .trim()
                    .trim_matches('"')
                    .split_whitespace()
                    .any(|profile| profile.trim_end_matches('#') == "https://www.w3.org/ns/activitystreams")
        }),
        _ => false,
    }
}

/// Whether this is a WebFinger answer.
pub fn is_jrd(text: &str) -> bool {
    matches!(essence(text).as_str(), "application/jrd+json" | "application/json")
}

/// Whether this is a page.
pub fn is_html(text: &str) -> bool {
    matches!(essence(text).as_str(), "text/html" | "application/xhtml+xml")
}
