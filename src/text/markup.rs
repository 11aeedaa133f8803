//! HTML as a row of tags and texts, in one pass whatever it is: parsers for browsers take quadratic time for tags with
//! thousands of attributes. Comments, declarations and what is inside scripts are no tags (HTML, 13.2.5).

/// A part of HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text in which character references stand for characters.
    Text(&'a str),
    /// What is inside an element whose content is no markup, such as a script: the element's name, lower case.
    Raw(&'static str, &'a str),
    /// A tag that opens an element.
    Open(Tag<'a>),
    /// A tag that closes one: its name as written.
    Close(&'a str),
}

/// A tag that opens an element, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    /// Names and values, not decoded.
    pub(super) attributes: Vec<(&'a str, &'a str)>,
}

/// How many attributes of a tag are read.
const ATTRIBUTES: usize = 64;
/// Elements whose content is no markup.
const RAW: [&str; 10] =
    ["script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript", "plaintext"];

/// Reads HTML from the beginning to the end; what is broken off at the end counts for nothing.
pub(super) struct Tokens<'a> {
    rest: &'a str,
    /// The element that was opened last, when its content is no markup.
    raw: Option<&'static str>,
}

/// The tags and texts of some HTML.
pub(super) const fn tokens(html: &str) -> Tokens<'_> {
    Tokens { rest: html, raw: None }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if let Some(name) = self.raw.take() {
            return Some(Token::Raw(name, self.take_raw(name)));
        }
        while !self.rest.is_empty() {
            let text = self.take_to(self.rest.find('<'));
            if !text.is_empty() {
                return Some(Token::Text(text));
            }
            let after: &[u8] = self.rest.as_bytes().get(1..).unwrap_or_default();
            match after {
                [letter, ..] if letter.is_ascii_alphabetic() => {
                    self.skip(1);
                    let tag = self.take_tag()?;
                    self.raw = RAW.into_iter().find(|raw| raw.eq_ignore_ascii_case(tag.name));
                    return Some(Token::Open(tag));
                }
                [b'/', letter, ..] if letter.is_ascii_alphabetic() => {
                    self.skip(2);
                    return Some(Token::Close(self.take_tag()?.name));
                }
                [b'!', b'-', b'-', ..] => self.skip_comment(),
                [b'!' | b'?', ..] | [b'/', _, ..] => self.skip_past(">"),
                _ => return Some(Token::Text(self.take_to(Some(1)))),
            }
        }
        None
    }
}

impl<'a> Tokens<'a> {
    /// Takes so many bytes, or everything.
    fn take_to(&mut self, end: Option<usize>) -> &'a str {
        let (taken, rest) =
            end.and_then(|end| self.rest.split_at_checked(end)).unwrap_or((self.rest, Default::default()));
        self.rest = rest;
        taken
    }

    fn take_until(&mut self, ends: impl Fn(u8) -> bool) -> &'a str {
        self.take_to(self.rest.bytes().position(ends))
    }

    fn skip(&mut self, bytes: usize) {
        self.take_to(Some(bytes));
    }

    fn skip_past(&mut self, end: &str) {
        self.take_to(self.rest.find(end).map(|at| at + end.len()));
    }

    /// `<!-->` and `<!--->` are whole comments.
    fn skip_comment(&mut self) {
        self.skip("<!--".len());
        if self.rest.starts_with('>') || self.rest.starts_with("->") {
            self.skip_past(">");
            return;
        }
        let ends = |at: &usize| self.rest.get(..*at).is_some_and(|text| text.ends_with("--") || text.ends_with("--!"));
        let end = self.rest.match_indices('>').map(|(at, _)| at).find(ends);
        self.take_to(end.map(|at| at + 1));
    }

    /// What stands before the closing tag of this name.
    fn take_raw(&mut self, name: &str) -> &'a str {
        let closes = |at: &usize| {
            let after = self.rest.as_bytes().get(at + 2..).unwrap_or_default();
            after.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
                && after.get(name.len()).is_none_or(|next| ends_name(*next))
        };
        let end = self.rest.match_indices("</").map(|(at, _)| at).find(closes);
        self.take_to(end.filter(|_| name != "plaintext"))
    }

    /// A tag from its name on; nothing when it does not end.
    fn take_tag(&mut self) -> Option<Tag<'a>> {
        let mut tag = Tag { name: self.take_until(ends_name), attributes: Vec::new() };
        loop {
            self.take_until(|byte| !is_space(byte) && byte != b'/');
            if self.rest.is_empty() {
                return None;
            }
            if self.rest.starts_with('>') {
                self.skip(1);
                return Some(tag);
            }
            let attribute = self.take_attribute();
            if tag.attributes.len() < ATTRIBUTES {
                tag.attributes.push(attribute);
            }
        }
    }

    fn take_attribute(&mut self) -> (&'a str, &'a str) {
        // An equals sign at the beginning is part of the name.
        let sign = usize::from(self.rest.starts_with('='));
        let length = self.rest.bytes().skip(sign).position(|byte| ends_name(byte) || byte == b'=');
        let name = self.take_to(length.map(|length| length + sign));
        self.take_until(|byte| !is_space(byte));
        if !self.rest.starts_with('=') {
            return (name, "");
        }
        self.skip(1);
        self.take_until(|byte| !is_space(byte));
        let value = match self.rest.bytes().next() {
            Some(quote @ (b'"' | b'\'')) => {
                self.skip(1);
                let value = self.take_until(|byte| byte == quote);
                self.skip(1);
                value
            }
            _ => self.take_until(|byte| is_space(byte) || byte == b'>'),
        };
        (name, value)
    }
}

fn ends_name(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b'/' | b'>')
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')
}
