//! The tags of a page, read as a browser reads them: comments, scripts and what stands in text fields are no tags.

use std::cell::RefCell;

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag as Token, TagKind, Token as Piece, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::RawKind,
    },
};

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

#[derive(Default)]
struct Reader {
    tags: RefCell<Vec<OpeningTag>>,
    text: RefCell<String>,
}

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Piece, _line: u64) -> TokenSinkResult<()> {
        match token {
            Piece::CharacterTokens(text) => self.text.borrow_mut().push_str(&text),
            Piece::TagToken(tag) if tag.kind == TagKind::StartTag => {
                let next = content_of(&tag.name);
                self.tags.borrow_mut().push(opening(tag));
                return next;
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// How what follows an opening tag is to be read.
fn content_of(name: &str) -> TokenSinkResult<()> {
    match name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" | "noscript" => TokenSinkResult::RawData(RawKind::Rawtext),
        "plaintext" => TokenSinkResult::Plaintext,
        _ => TokenSinkResult::Continue,
    }
}

fn opening(tag: Token) -> OpeningTag {
    let attributes = tag.attrs.into_iter();
    OpeningTag {
        name: tag.name.to_string(),
        attributes: attributes
            .map(|attribute| (attribute.name.local.to_string(), attribute.value.to_string()))
            .collect(),
    }
}

/// The opening tags of some HTML in their order, and all its text.
pub fn read_tags(html: &str) -> (Vec<OpeningTag>, String) {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let tokenizer = Tokenizer::new(Reader::default(), TokenizerOpts::default());
    // What waits for a script or names an encoding is ours to go on with: there is neither here.
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    (tokenizer.sink.tags.take(), tokenizer.sink.text.take())
}
