//! HTML from elsewhere: cleaned to an allow-list, or turned into plain text.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::Builder;

use super::length::{beginning, invisible};

/// More than this is cut before it is parsed, in bytes.
const INPUT: usize = 256 * 1024;
/// Deeper nesting than this is not text any more.
const DEPTH: usize = 256;

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| cleaner("nofollow noopener noreferrer"));
static OWN_CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| cleaner("me nofollow noopener noreferrer"));

fn cleaner(rel: &'static str) -> Builder<'static> {
    let tags: HashSet<&str> = [
        "p",
        "br",
        "span",
        "a",
        "del",
        "s",
        "strike",
        "pre",
        "code",
        "em",
        "strong",
        "b",
        "i",
        "u",
        "sub",
        "sup",
        "ul",
        "ol",
        "li",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "ruby",
        "rt",
        "rp",
    ]
    .into();
    let classes: HashSet<&str> =
        ["mention", "hashtag", "ellipsis", "invisible", "h-card", "u-url", "quote-inline"].into();
    let attributes: HashMap<&str, HashSet<&str>> =
        HashMap::from([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start", "reversed"]))]);
    let mut builder = Builder::default();
    builder
        .tags(tags)
        .tag_attributes(attributes)
        .generic_attributes(HashSet::from(["lang", "translate"]))
        .allowed_classes(HashMap::from([("a", classes.clone()), ("span", classes)]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some(rel))
        .set_tag_attribute_value("a", "target", "_blank")
        .strip_comments(true);
    builder
}

static STRIPPER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder.clean_content_tags(HashSet::from(["script", "style", "template", "noscript", "iframe", "title"]));
    builder
});

/// Cuts what is too long and refuses what is too deep for a parser's stack.
fn bounded(html: &str) -> Option<&str> {
    let html = beginning(html, INPUT);
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    for (at, _) in html.match_indices('<') {
        match html.as_bytes().get(at + 1) {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(letter) if letter.is_ascii_alphabetic() => {
                // Void elements nest nothing.
                let name: String = html
                    .as_bytes()
                    .iter()
                    .skip(at + 1)
                    .take_while(|byte| byte.is_ascii_alphanumeric())
                    .take(8)
                    .map(|byte| char::from(byte.to_ascii_lowercase()))
                    .collect();
                if !matches!(
                    name.as_str(),
                    "br" | "hr"
                        | "img"
                        | "wbr"
                        | "input"
                        | "meta"
                        | "link"
                        | "area"
                        | "base"
                        | "col"
                        | "embed"
                        | "source"
                        | "track"
                ) {
                    depth += 1;
                }
            }
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    (deepest <= DEPTH).then_some(html)
}

/// HTML of which nothing can do harm: an allow-list of tags, links to http, https and mailto only.
pub fn clean(html: &str) -> String {
    match bounded(html) {
        Some(html) => CLEANER.clean(html).to_string(),
        None => escape(beginning(html, 2000)),
    }
}

/// The same for what somebody says of themselves: its links say that they lead to the same person (rel=me).
pub fn clean_own(html: &str) -> String {
    bounded(html).map(|html| OWN_CLEANER.clean(html).to_string()).unwrap_or_default()
}

/// What is left of HTML when only its text counts; paragraphs and breaks become new lines.
pub fn plain(html: &str) -> String {
    let Some(html) = bounded(html) else { return String::new() };
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        text.push_str(before);
        let lower: String = tag.chars().take(6).collect::<String>().to_ascii_lowercase();
        if lower.starts_with("<br") {
            text.push('\n');
        } else if lower.starts_with("</p") || lower.starts_with("</h") || lower.starts_with("</bl") {
            text.push_str("\n\n");
        } else if lower.starts_with("</li") || lower.starts_with("</pre") {
            text.push('\n');
        }
        let (head, tail) = tag.split_at(1);
        text.push_str(head);
        rest = tail;
    }
    text.push_str(rest);
    let stripped = STRIPPER.clean(&text).to_string();
    html_escape::decode_html_entities(&stripped).trim().to_owned()
}

/// Plain text as HTML.
pub fn escape(text: &str) -> String {
    html_escape::encode_safe(text).into_owned().replace("&#x27;", "&#39;").replace("&#x2F;", "/")
}

/// A name that cannot pretend to be more than one: no markup, no control characters, no changes of direction, one
/// line, at most `longest` characters. Empty when a reader would see nothing.
pub fn clean_name(text: &str, longest: usize) -> String {
    let text = if text.contains(['<', '&']) { plain(text) } else { text.to_owned() };
    if text.chars().all(invisible) {
        return String::new();
    }
    let kept: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'))
        .collect();
    let words: Vec<&str> = kept.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(longest).collect()
}
