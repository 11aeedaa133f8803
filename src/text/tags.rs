//! The tags of a page, read as a browser reads them: comments, scripts and what stands in text fields are no tags.

use super::markup::{Tag, Token, tokens};

/// A tag that opens an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningTag {
    /// Its name, lower case.
    pub name: String,
    attributes: Vec<(String, String)>,
}

impl OpeningTag {
    /// An attribute by its name, decoded.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether a word stands in `rel`.
    pub fn has_rel(&self, word: &str) -> bool {
        self.attribute("rel").is_some_and(|rel| rel.split_ascii_whitespace().any(|rel| rel.eq_ignore_ascii_case(word)))
    }
}

pub(super) fn opening(tag: &Tag<'_>) -> OpeningTag {
    let decoded = |value: &str| html_escape::decode_html_entities(value).into_owned();
    OpeningTag {
        name: tag.name.to_ascii_lowercase(),
        attributes: tag.attributes.iter().map(|(name, value)| (name.to_ascii_lowercase(), decoded(value))).collect(),
    }
}

/// The opening tags of some HTML in their order, and all its text.
pub fn read_tags(html: &str) -> (Vec<OpeningTag>, String) {
    let (mut tags, mut text) = (Vec::new(), String::new());
    for token in tokens(html) {
        match token {
            Token::Text(part) => text.push_str(&html_escape::decode_html_entities(part)),
            Token::Raw(_, part) => text.push_str(part),
            Token::Open(tag) => tags.push(opening(&tag)),
            Token::Close(_) => {}
        }
    }
    (tags, text)
}
