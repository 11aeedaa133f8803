//! Markup that is safe to stand in a page.

use std::fmt;

use askama::filters::HtmlSafe;

use super::super::escape;

/// A piece of HTML of ours, with what others wrote escaped in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Markup of our own making.
    pub const fn of(markup: String) -> Self {
        Self(markup)
    }

    /// A name, which runs in its own direction whatever stands around it.
    pub fn name(name: &str) -> Self {
        Self(format!("<bdi>{}</bdi>", escape(name)))
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The markup, taken out.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

/// Something that can stand in a sentence with markup.
pub trait Piece {
    /// It as HTML: text is escaped.
    fn as_html(&self) -> String;
}

impl Piece for str {
    fn as_html(&self) -> String {
        escape(self)
    }
}

impl Piece for String {
    fn as_html(&self) -> String {
        escape(self)
    }
}

impl Piece for Html {
    fn as_html(&self) -> String {
        self.0.clone()
    }
}

impl<T: Piece + ?Sized> Piece for &T {
    fn as_html(&self) -> String {
        (**self).as_html()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_escaped_once() {
        assert_eq!(Html::name("<b>&").as_html(), "<bdi>&lt;b&gt;&amp;</bdi>");
        assert_eq!("<b>&".as_html(), "&lt;b&gt;&amp;");
        assert_eq!(Html::of("<i>x</i>".to_owned()).as_html(), "<i>x</i>");
    }
}
