//! HTML from elsewhere: cleaned to an allow-list, or turned into plain text.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::Builder;

use super::{
    balance::balanced,
    length::{beginning, is_invisible},
    markup::{Token, tokens},
};

/// More than this is cut before it is read, in bytes.
const INPUT: usize = 256 * 1024;

/// The elements that may stay.
pub(super) const ALLOWED: [&str; 30] = [
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
];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| cleaner("nofollow noopener noreferrer"));
static OWN_CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| cleaner("me nofollow noopener noreferrer"));

fn cleaner(rel: &'static str) -> Builder<'static> {
    let classes: HashSet<&str> =
        ["mention", "hashtag", "ellipsis", "invisible", "h-card", "u-url", "quote-inline"].into();
    let attributes: HashMap<&str, HashSet<&str>> = HashMap::from([
        ("a", HashSet::from(["href"])),
        ("ol", HashSet::from(["start", "reversed"])),
        ("p", HashSet::from(["class"])),
    ]);
    let mut builder = Builder::default();
    builder
        .tags(HashSet::from(ALLOWED))
        .tag_attributes(attributes)
        .generic_attributes(HashSet::from(["lang", "translate"]))
        .allowed_classes(HashMap::from([("a", classes.clone()), ("span", classes)]))
        .attribute_filter(of_paragraphs)
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some(rel))
        .set_tag_attribute_value("a", "target", "_blank")
        .strip_comments(true);
    builder
}

/// Of a paragraph's classes the one stays by which clients know where a quote leads that they show themselves.
fn of_paragraphs<'a>(tag: &str, attribute: &str, value: &'a str) -> Option<Cow<'a, str>> {
    match (tag, attribute) {
        ("p", "class") => {
            value.split_ascii_whitespace().any(|class| class == "quote-inline").then(|| Cow::from("quote-inline"))
        }
        _ => Some(Cow::from(value)),
    }
}

/// HTML of which nothing can do harm: an allow-list of tags, links to http, https and mailto only.
pub fn clean(html: &str) -> String {
    CLEANER.clean(&balanced(beginning(html, INPUT))).to_string()
}

/// The same for what somebody says of themselves: its links say that they lead to the same person (rel=me).
pub fn clean_own(html: &str) -> String {
    OWN_CLEANER.clean(&balanced(beginning(html, INPUT))).to_string()
}

/// What is left of HTML when only its text counts; paragraphs and breaks become new lines.
pub fn plain(html: &str) -> String {
    let mut text = String::new();
    for token in tokens(beginning(html, INPUT)) {
        match token {
            Token::Text(part) => text.push_str(&html_escape::decode_html_entities(part)),
            // What is shown as it is written; the others are not shown.
            Token::Raw("textarea" | "xmp" | "plaintext", part) => text.push_str(part),
            Token::Raw(..) => {}
            Token::Open(tag) if tag.name.eq_ignore_ascii_case("br") => text.push('\n'),
            Token::Open(tag) => {
                // What stands below does not run into what stands above.
                let apart = BLOCKS.iter().any(|block| tag.name.eq_ignore_ascii_case(block));
                if apart && !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
            }
            Token::Close(name) => match name.to_ascii_lowercase().as_str() {
                "p" | "blockquote" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => text.push_str("\n\n"),
                "li" | "pre" => text.push('\n'),
                _ => {}
            },
        }
    }
    text.trim().to_owned()
}

/// The elements that stand below each other.
const BLOCKS: [&str; 13] = ["p", "blockquote", "pre", "ul", "ol", "li", "hr", "h1", "h2", "h3", "h4", "h5", "h6"];
/// What ends a sentence or a part of one, in the scripts that people write here.
const ENDS: [char; 13] = ['.', '!', '?', '…', ':', ';', ',', '。', '！', '？', '؟', '।', '،'];

/// What HTML says in one line. Between what stands below each other is a dot, unless the first of it ends as a sentence
/// does: a heading does not run into the text under it.
pub fn one_line(html: &str) -> String {
    let mut blocks = vec![String::new()];
    for token in tokens(beginning(html, INPUT)) {
        let name = match &token {
            Token::Open(tag) => tag.name,
            Token::Close(name) => *name,
            _ => "",
        };
        match token {
            _ if BLOCKS.iter().any(|block| name.eq_ignore_ascii_case(block)) => blocks.push(String::new()),
            Token::Text(part) => add(&mut blocks, &html_escape::decode_html_entities(part)),
            Token::Raw("textarea" | "xmp" | "plaintext", part) => add(&mut blocks, part),
            Token::Open(_) if name.eq_ignore_ascii_case("br") => add(&mut blocks, " "),
            _ => {}
        }
    }
    let mut line = String::new();
    for block in blocks {
        let block = block.split_whitespace().collect::<Vec<_>>().join(" ");
        if block.is_empty() {
            continue;
        }
        if !line.is_empty() {
            let said = line.trim_end_matches(['"', '\'', '”', '’', '»', '›', ')', ']']);
            line.push_str(if said.ends_with(ENDS) { " " } else { " · " });
        }
        line.push_str(&block);
    }
    line
}

fn add(blocks: &mut [String], part: &str) {
    if let Some(last) = blocks.last_mut() {
        last.push_str(part);
    }
}

/// Plain text as HTML.
pub fn escape(text: &str) -> String {
    html_escape::encode_safe(text).into_owned().replace("&#x27;", "&#39;").replace("&#x2F;", "/")
}

/// A name that cannot pretend to be more than one: no markup, no control characters, no changes of direction, one
/// line, at most `longest` characters. Empty when a reader would see nothing.
pub fn clean_name(text: &str, longest: usize) -> String {
    let text = if text.contains(['<', '&']) { plain(text) } else { text.to_owned() };
    if text.chars().all(is_invisible) {
        return String::new();
    }
    let kept: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'))
        .collect();
    let words: Vec<&str> = kept.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(longest).collect()
}

/// A few lines as somebody typed them, who means each character: each line as [`typed_name`], without those at the
/// beginning and at the end that are empty.
pub fn typed_lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| typed_name(line, usize::MAX)).collect();
    lines.join("\n").trim().to_owned()
}

/// A name as somebody here typed it, who means each character: otherwise as [`clean_name`].
pub fn typed_name(text: &str, longest: usize) -> String {
    clean_name(&escape(beginning(text, 8 * 1024)), longest)
}
