//! Names between colons that stand for a picture: `:tea:`.

/// The longest such name, in bytes.
pub const SHORTCODE: usize = 100;

/// Whether this can stand between two colons.
pub fn is_shortcode(name: &str) -> bool {
    (1..=SHORTCODE).contains(&name.len()) && name.bytes().all(in_shortcode)
}

fn in_shortcode(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+')
}

/// The different names between colons in a text or in clean HTML, at most so many.
pub fn shortcodes(text: &str, most: usize) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    let mut at = 0;
    while let Some((start, name)) = next(text, at)
        && found.len() < most
    {
        if !found.contains(&name) {
            found.push(name);
        }
        at = start + name.len() + 1;
    }
    found
}

/// The first name between colons that begins at `from` or later, with the place of its first colon: neither side is
/// in the middle of a word, a number as in `8:30:15`, or an address.
fn next(text: &str, from: usize) -> Option<(usize, &str)> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let start = at + text.get(at..)?.find(':')?;
        at = start + 1;
        let length = bytes.get(at..)?.iter().take_while(|byte| in_shortcode(**byte)).count();
        let name = text.get(at..at + length)?;
        let closed = bytes.get(at + length) == Some(&b':');
        let before = text.get(..start).and_then(|text| text.chars().next_back());
        let after = text.get(at + length + 1..).and_then(|text| text.chars().next());
        let alone = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || c == '/');
        if closed && is_shortcode(name) && alone(before) && alone(after) {
            return Some((start, name));
        }
    }
}

/// Clean HTML in which pictures stand in the place of their names; what stands in tags and in code stays. `picture`
/// answers the HTML of one.
pub fn with_pictures(html: &str, picture: &dyn Fn(&str) -> Option<String>) -> String {
    let mut shown = String::with_capacity(html.len());
    let (mut rest, mut code) = (html, 0_usize);
    while !rest.is_empty() {
        let text = rest.find('<').and_then(|end| rest.get(..end)).unwrap_or(rest);
        if code == 0 {
            push(&mut shown, text, picture);
        } else {
            shown.push_str(text);
        }
        rest = rest.get(text.len()..).unwrap_or_default();
        let tag = tag(rest);
        match tag.trim_start_matches('<').split([' ', '>']).next() {
            Some("code" | "pre") => code += 1,
            Some("/code" | "/pre") => code = code.saturating_sub(1),
            _ => {}
        }
        shown.push_str(tag);
        rest = rest.get(tag.len()..).unwrap_or_default();
    }
    shown
}

/// The tag at the beginning; a `>` in a quoted value does not end it.
fn tag(html: &str) -> &str {
    let mut quote: Option<char> = None;
    for (at, c) in html.char_indices() {
        match (quote, c) {
            (None, '>') => return html.get(..=at).unwrap_or(html),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    html
}

fn push(shown: &mut String, text: &str, picture: &dyn Fn(&str) -> Option<String>) {
    let (mut done, mut at) = (0, 0);
    while let Some((start, name)) = next(text, at) {
        let end = start + name.len() + 2;
        if let Some(picture) = picture(name) {
            shown.push_str(text.get(done..start).unwrap_or_default());
            shown.push_str(&picture);
            (done, at) = (end, end);
        } else {
            // Its last colon may be the first of the next one.
            at = end - 1;
        }
    }
    shown.push_str(text.get(done..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_between_colons_are_found_where_they_stand_alone() {
        for (text, found) in [
            (":tea: and :coffee:, :tea:", vec!["tea", "coffee"]),
            (":a::b:", vec!["a", "b"]),
            ("x:tea:", vec![]),
            (":tea:s", vec![]),
            ("at 8:30:15", vec![]),
            ("https://a.example:8080/:x:/", vec![]),
            (":: : :tea", vec![]),
            (":blob-cat+1:", vec!["blob-cat+1"]),
            ("ä:tea:", vec![]),
            ("„:tea:“", vec!["tea"]),
            (":té:", vec![]),
            ("::tea::", vec!["tea"]),
        ] {
            assert_eq!(shortcodes(text, 9), found, "{text}");
        }
        assert_eq!(shortcodes(":a: :b: :c:", 2), ["a", "b"]);
        assert!(shortcodes(&format!(":{}:", "x".repeat(101)), 9).is_empty());
    }

    #[test]
    fn pictures_stand_in_texts_and_nowhere_else() {
        let picture = |name: &str| (name == "tea").then(|| "<img>".to_owned());
        for (html, shown) in [
            ("<p>:tea: or :milk::tea:</p>", "<p><img> or :milk:<img></p>"),
            ("<a href=\"https://a.example/:tea:\">x</a>", "<a href=\"https://a.example/:tea:\">x</a>"),
            ("<p lang=\"a>:tea:\">:tea:</p>", "<p lang=\"a>:tea:\"><img></p>"),
            (
                "<code>:tea:</code>:tea:<pre><code>:tea:</code>:tea:</pre>",
                "<code>:tea:</code><img><pre><code>:tea:</code>:tea:</pre>",
            ),
            ("a < :tea:", "a < :tea:"),
            ("", ""),
        ] {
            assert_eq!(with_pictures(html, &picture), shown, "{html}");
        }
    }
}
