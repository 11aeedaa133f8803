//! The pages that a text links to.

use super::{
    markup::{Token, tokens},
    tags::opening,
    urls::http_url,
};

/// How many links of a text are read.
const LINKS: usize = 20;
/// Classes of links that name people and hashtags (Mastodon, Pleroma, Misskey).
const NAMES: [&str; 4] = ["mention", "hashtag", "u-url", "h-card"];

/// Where the links of some HTML lead, in their order and without their fragments. Those that name people or hashtags
/// lead to no page that the text is about, and where a quote leads is shown otherwise.
pub fn links(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut tokens = tokens(html).peekable();
    let mut quote: Option<String> = None;
    while let Some(token) = tokens.next() {
        if let Token::Close(name) = &token
            && quote.as_ref().is_some_and(|open| open.eq_ignore_ascii_case(name))
        {
            quote = None;
        }
        let Token::Open(tag) = token else { continue };
        let tag = opening(&tag);
        if tag
            .attribute("class")
            .is_some_and(|class| class.split_ascii_whitespace().any(|class| class == "quote-inline"))
        {
            quote = Some(tag.name.clone());
        }
        if found.len() >= LINKS || quote.is_some() || tag.name != "a" {
            continue;
        }
        let classes = tag.attribute("class").unwrap_or_default();
        // Some servers give such links no class.
        let shown = matches!(tokens.peek(), Some(Token::Text(text)) if text.trim_start().starts_with(['@', '#']));
        if shown || tag.has_rel("tag") || classes.split_ascii_whitespace().any(|class| NAMES.contains(&class)) {
            continue;
        }
        found.extend(tag.attribute("href").and_then(page));
    }
    found
}

/// The address of a page: what is behind `#` is a place in it.
fn page(href: &str) -> Option<String> {
    let address = http_url(href)?;
    Some(address.split_once('#').map_or(address.as_str(), |(page, _)| page).to_owned())
}

#[cfg(test)]
mod tests {
    use super::links;

    #[test]
    fn people_and_hashtags_are_no_pages() {
        let text = "<p><span class=\"h-card\"><a href=\"https://a.example/@ana\" class=\"u-url mention\">@<span>ana</span></a></span> \
            <a href=\"https://b.example/@ben\">@ben</a> <a href=\"https://a.example/tags/tea\" rel=\"tag\">tea</a> \
            <a href=\"https://a.example/tags/tea\" class=\"mention hashtag\">#<span>tea</span></a> \
            <a href=\"javascript:alert(1)\">x</a> <a href=\"https://ana:secret@c.example/\">x</a> \
            <a href=\"HTTPS://News.example/One?a=1&amp;b=2#part\" rel=\"nofollow\"><span>news.example</span></a> <a href='http://d.example'>d</a></p>";
        assert_eq!(links(text), ["https://news.example/One?a=1&b=2", "http://d.example/"]);
        assert!(links("https://news.example/").is_empty());
        let quote = "<p class=\"quote-inline\">RE: <a href=\"https://a.example/1\">x</a></p><p><a href=\"https://b.example/\">y</a></p>";
        assert_eq!(links(quote), ["https://b.example/"]);
        assert!(
            links(&format!("<a href=\"https://a.example/{}\">x</a>", "ä".repeat(500))).is_empty(),
            "too long once it is written out"
        );
    }
}
