//! From what somebody typed to clean HTML.

use comrak::{
    Arena, Options, format_html,
    nodes::{Node, NodeValue},
    parse_document,
};

use super::{
    html::{clean, escape},
    names::{MentionText, Piece, find_hashtags, pieces},
};

/// How the text was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// As it is.
    Plain,
    /// Markdown.
    Markdown,
    /// HTML, of which only what can do no harm is kept. Names in it are links already, or stay text.
    Html,
}

/// A mention that was resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MentionLink {
    /// The profile.
    pub href: String,
    /// What stands after the `@`.
    pub handle: String,
}

/// Where names lead.
pub struct Links<'a> {
    /// Username and host to a profile; a name that leads nowhere stays text.
    pub mention: &'a dyn Fn(&str, Option<&str>) -> Option<MentionLink>,
    /// A normalised hashtag to its page.
    pub hashtag: &'a dyn Fn(&str) -> String,
}

/// A text, rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Clean HTML.
    pub html: String,
    /// The mentions that were resolved.
    pub mentions: Vec<MentionText>,
    /// Its hashtags, normalised.
    pub hashtags: Vec<String>,
}

/// Renders a text. Raw HTML in it is shown, not obeyed.
pub fn render(source: &str, format: Format, links: &Links<'_>) -> Rendered {
    let mut mentions = Vec::new();
    let html = match format {
        Format::Plain => plain_paragraphs(source, links, &mut mentions),
        Format::Markdown => markdown(source, links, &mut mentions),
        Format::Html => return Rendered { html: clean(source).trim().to_owned(), mentions, hashtags: Vec::new() },
    };
    Rendered { html: clean(&html).trim().to_owned(), mentions, hashtags: find_hashtags(source) }
}

fn plain_paragraphs(source: &str, links: &Links<'_>, mentions: &mut Vec<MentionText>) -> String {
    let normal = source.replace("\r\n", "\n").replace('\r', "\n");
    normal
        .split("\n\n")
        .map(|paragraph| paragraph.trim_matches('\n'))
        .filter(|paragraph| !paragraph.trim().is_empty())
        .map(|paragraph| format!("<p>{}</p>", inline(paragraph, links, mentions).replace('\n', "<br>")))
        .collect()
}

/// Text with its links, mentions and hashtags as HTML.
fn inline(text: &str, links: &Links<'_>, mentions: &mut Vec<MentionText>) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => html.push_str(&escape(text)),
            Piece::Link(address) => {
                let address = escape(address);
                html.push_str(&format!("<a href=\"{address}\">{address}</a>"));
            }
            Piece::Hashtag(name) => {
                let key = name.to_lowercase();
                html.push_str(&format!(
                    "<a href=\"{}\" class=\"mention hashtag\">#<span>{}</span></a>",
                    escape(&(links.hashtag)(&key)),
                    escape(name)
                ));
            }
            Piece::Mention(mention) => match (links.mention)(&mention.username, mention.host.as_deref()) {
                Some(link) => {
                    html.push_str(&format!(
                        "<span class=\"h-card\"><a href=\"{}\" class=\"u-url mention\">@<span>{}</span></a></span>",
                        escape(&link.href),
                        escape(&link.handle)
                    ));
                    mentions.push(mention);
                }
                None => html.push_str(&escape(text.get(mention.range).unwrap_or_default())),
            },
        }
    }
    html
}

/// What means something in Markdown, and what stands for it while Markdown is read: characters that mean nothing anywhere.
const GUARDS: [(char, char); 3] = [('_', '\u{fdd0}'), ('*', '\u{fdd1}'), ('~', '\u{fdd2}')];

/// The text with what stands inside of addresses, handles and hashtags guarded: nobody who names `@ana_b_c` or an address
/// means emphasis. What they end with stays as it is, because it may end the emphasis around them.
fn guarded(source: &str) -> String {
    let source = source.replace(GUARDS.map(|(_, guard)| guard), "\u{fffd}");
    let mut text = String::with_capacity(source.len());
    for piece in pieces(&source) {
        match piece {
            Piece::Text(plain) => text.push_str(plain),
            Piece::Link(address) => guard(address, &mut text),
            Piece::Hashtag(name) => {
                text.push('#');
                guard(name, &mut text);
            }
            Piece::Mention(mention) => guard(source.get(mention.range).unwrap_or_default(), &mut text),
        }
    }
    text
}

fn guard(piece: &str, text: &mut String) {
    let inner = piece.trim_end_matches(GUARDS.map(|(meaning, _)| meaning));
    text.extend(inner.chars().map(|c| GUARDS.iter().find(|(meaning, _)| *meaning == c).map_or(c, |(_, guard)| *guard)));
    text.push_str(piece.get(inner.len()..).unwrap_or_default());
}

fn unguarded(text: &str) -> String {
    text.chars().map(|c| GUARDS.iter().find(|(_, guard)| *guard == c).map_or(c, |(meaning, _)| *meaning)).collect()
}

fn markdown(source: &str, links: &Links<'_>, mentions: &mut Vec<MentionText>) -> String {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.render.escape = true;
    options.render.hardbreaks = true;
    let arena = Arena::new();
    let root = parse_document(&arena, &guarded(source), &options);
    let mut waiting: Vec<Node<'_>> = vec![root];
    while let Some(node) = waiting.pop() {
        let mut data = node.data.borrow_mut();
        match &mut data.value {
            NodeValue::Text(text) => {
                let html = inline(&unguarded(text), links, mentions);
                data.value = NodeValue::Raw(html);
            }
            // A link's own text stays text; an image becomes a link to it.
            NodeValue::Link(link) => link.url = unguarded(&link.url),
            NodeValue::Image(image) => {
                let mut link = image.clone();
                link.url = unguarded(&link.url);
                data.value = NodeValue::Link(link);
            }
            _ => {
                drop(data);
                waiting.extend(node.children());
            }
        }
    }
    let mut html = String::new();
    // Writing to a string does not fail.
    let _ = format_html(root, &options, &mut html);
    unguarded(&html)
}
