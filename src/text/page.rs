//! What a page of the web says of itself in its head: OpenGraph, `twitter:`, and what HTML has for it.

use super::{
    markup::{Token, tokens},
    tags::{OpeningTag, opening},
};

/// The longest value that is read, in bytes.
const VALUE: usize = 4 * 1024;

/// What a page says of itself, as it stands there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// What is said under a name in `<meta>`, the first time each.
    said: Vec<(String, String)>,
    /// The text of `<title>`.
    title: Option<String>,
    /// The language of the document.
    pub language: Option<String>,
    /// Where it can be read as oEmbed.
    pub embed: Option<String>,
}

impl Page {
    /// What is said under the first of these names under which something is said.
    pub fn meta(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.said.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()))
    }

    /// The title.
    pub fn title(&self) -> Option<&str> {
        self.meta(&["og:title", "twitter:title"]).or(self.title.as_deref())
    }
}

/// The names that mean something to us.
const NAMES: [&str; 19] = [
    "og:title",
    "og:description",
    "og:site_name",
    "og:image",
    "og:image:url",
    "og:image:secure_url",
    "og:image:alt",
    "og:image:width",
    "og:image:height",
    "og:locale",
    "twitter:title",
    "twitter:description",
    "twitter:image",
    "twitter:image:src",
    "twitter:image:alt",
    "article:published_time",
    "author",
    "description",
    "fediverse:creator",
];

/// Reads the head of a page; what stands behind it is not looked at.
pub fn read_page(html: &str) -> Page {
    let mut page = Page::default();
    for token in tokens(html) {
        match token {
            Token::Raw("title", text) if page.title.is_none() => {
                page.title = value(&html_escape::decode_html_entities(text));
            }
            Token::Open(tag) if tag.name.eq_ignore_ascii_case("body") => break,
            Token::Close(name) if name.eq_ignore_ascii_case("head") => break,
            Token::Open(tag) => page.take(&opening(&tag)),
            Token::Text(_) | Token::Raw(..) | Token::Close(_) => {}
        }
    }
    page
}

fn value(text: &str) -> Option<String> {
    let text = super::beginning(text.trim(), VALUE);
    (!text.is_empty()).then(|| text.to_owned())
}

impl Page {
    fn take(&mut self, tag: &OpeningTag) {
        match tag.name.as_str() {
            "html" => self.language = tag.attribute("lang").and_then(value),
            "meta" => self.take_meta(tag),
            "link" if tag.has_rel("alternate") && self.embed.is_none() => {
                let json =
                    tag.attribute("type").is_some_and(|kind| kind.eq_ignore_ascii_case("application/json+oembed"));
                self.embed = tag.attribute("href").filter(|_| json).and_then(value);
            }
            _ => {}
        }
    }

    fn take_meta(&mut self, tag: &OpeningTag) {
        let name = tag.attribute("property").or_else(|| tag.attribute("name")).unwrap_or_default();
        let Some(name) = NAMES.into_iter().find(|known| known.eq_ignore_ascii_case(name.trim())) else { return };
        if self.said.iter().all(|(known, _)| known != name)
            && let Some(value) = tag.attribute("content").and_then(value)
        {
            self.said.push((name.to_owned(), value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read_page;

    #[test]
    fn a_page_says_of_itself_what_stands_in_its_head() {
        let page = read_page(
            "<!doctype html><HTML lang=da><head><!-- <meta property='og:title' content='No'> -->\
             <script>'<title>No</title>'</script><title> Tea &amp; cake </title><meta NAME=description content=' Hot '>\
             <META property='OG:Title' content='First'><meta property=og:title content=Second>\
             <meta property='og:image' content=''><meta property='og:image' content='/a.png'>\
             <link rel=alternate type='application/json+oembed' href='/embed?a=1&amp;b=2'></head>\
             <body><meta property='og:site_name' content='Late'><title>Late</title>",
        );
        assert_eq!(page.title(), Some("First"));
        assert_eq!(page.meta(&["og:description", "description"]), Some("Hot"));
        assert_eq!(page.meta(&["og:image"]), Some("/a.png"));
        assert_eq!(page.meta(&["og:site_name"]), None);
        assert_eq!((page.language.as_deref(), page.embed.as_deref()), (Some("da"), Some("/embed?a=1&b=2")));
        assert_eq!(read_page("<title>Tea &amp; cake</title>").title(), Some("Tea & cake"));
    }
}
